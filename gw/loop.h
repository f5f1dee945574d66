/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time and events of the control thread: one heap of protocol deadlines on the monotonic clock,
 * woken by one timerfd inside libosmocore's select loop.  (osmo_timer follows the wall clock, so it
 * is for nothing that a protocol depends on.)
 *
 * A loop without loop_attach() has no descriptor: a test moves its clock and calls loop_expire().
 */
#ifndef GW_LOOP_H
#define GW_LOOP_H

#include "core/deadline.h"

struct loop;

struct loop_timer {
	struct deadline d; /* first: found from the heap's node */
	void (*fn)(void *ctx, uint64_t now);
	void *ctx;
};

/* now: microseconds, monotonic.  NULL without memory. */
struct loop *loop_new(uint64_t (*now)(void));
/* Timers still set are forgotten, their functions not called. */
void loop_free(struct loop *l);

uint64_t loop_now(const struct loop *l);
/* The system's clock, seconds since 1970; for what outlives the process or others have to read. */
uint64_t loop_wall(void);
void loop_timer_init(struct loop_timer *t, void (*fn)(void *ctx, uint64_t now), void *ctx);
/* when <= now: called in this turn of the loop, after the present handler has returned.
 * DEADLINE_NEVER cancels. */
void loop_set(struct loop *l, struct loop_timer *t, uint64_t when);
void loop_cancel(struct loop *l, struct loop_timer *t);

/* The same for what there are many of: a deadline alone, of zeros at first.  fn is one for all. */
void loop_set_deadline(struct loop *l, struct deadline *d,
		       void (*fn)(struct deadline *d, uint64_t now), uint64_t when);
void loop_cancel_deadline(struct loop *l, struct deadline *d);

/* When to try again what has failed: after *wait, which is doubled for the next time, to `most` at
 * the most; us. */
uint64_t loop_back_off(uint64_t *wait, uint64_t most, uint64_t now);

/* A machine with a deadline of its own (the engine): asked before each wait, expired when due. */
void loop_set_machine(struct loop *l, uint64_t (*deadline)(void *ctx),
		      void (*expire)(void *ctx, uint64_t now), void *ctx);
/* The last thing of every turn, before the wait: no descriptor, deadline or system call brings it
 * about. */
void loop_set_turn_end(struct loop *l, void (*fn)(void *ctx), void *ctx);

uint64_t loop_deadline(const struct loop *l);
void loop_expire(struct loop *l, uint64_t now);

/* Join libosmocore's select loop; 0 or -errno. */
int loop_attach(struct loop *l);
/* Handle events until loop_quit(). */
void loop_run(struct loop *l);
void loop_quit(struct loop *l);

#endif
