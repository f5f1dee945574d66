/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two engines on a simulated clock, joined by a link that loses, duplicates, delays and thereby
 * reorders packets, all from one seed.  Every tunnel and call is tracked from its first event to
 * its *_DOWN event, so that a test can say "nothing leaked, nothing is stuck".
 */
#ifndef TESTS_SIM_LINK_H
#define TESTS_SIM_LINK_H

#include "core/deadline.h"
#include "core/engine.h"
#include "tests/core/shelf.h"
#include "tests/harness.h"

#define SEC 1000000ull

struct sim;

struct sim_end {
	struct sim *sim;
	struct l2tp_engine *e;
	struct sim_end *other;
	struct l2tp_policy policy;
	uint64_t seed;
	/* events seen by the owner */
	unsigned tunnels_up, tunnels_down, calls_up, calls_down, calls_offered, calls_made;
	unsigned twice; /* ends told twice, or of something never heard of: must stay 0 */
	uint64_t sent;
	/* Called before each packet and each record that leaves the engine; true = the process is
	 * dead: nothing leaves it any more.  NULL = it lives. */
	bool (*dies)(struct sim_end *end);
	struct shelf *shelf; /* its records; NULL = none are kept */
};

struct sim {
	uint64_t now, seed;
	/* out of 1000 */
	unsigned loss, doubled;
	uint64_t delay_min, delay_max; /* us */
	uint64_t gathers;	       /* packets of this long arrive together, in engines held */
	uint64_t waiting;	  /* when set, packets queue in the transport this long at most */
	struct deadline_heap air; /* packets under way */
	struct sim_end a, b;
	void (*on_event)(struct sim_end *end, const struct l2tp_event *ev);
	void (*on_step)(struct sim *s);
	void *ctx;
};

/* The user pointer of a tunnel or call. */
struct sim_object {
	bool down;
};

/* The forms of an engine, from now on: its owner takes records of it, or does not. */
void sim_keeps_records(void);
void sim_keeps_nothing(void);
void sim_init(struct sim *s, uint64_t seed);
/* Frees both engines and the packets on the link. */
void sim_free(struct sim *s);
/* The process of this end has died: another one takes its place, with what is on its shelf.
 * back: called for each call that came back; or NULL. */
void sim_restart(struct sim_end *end, void (*back)(struct sim_end *end, struct l2tp_call *c));
/* Run until no packet or deadline is left, or until `until`. */
void sim_run(struct sim *s, uint64_t until);
struct l2tp_tunnel *sim_open(struct sim_end *end, l2tp_channel on);
struct l2tp_call *sim_place(struct sim_end *end, struct l2tp_tunnel *t, enum l2tp_call_kind kind);
/* Random number below n, from the simulation's seed. */
unsigned sim_random(struct sim *s, unsigned n);
/* No tunnel or call is left in either engine, and each had its *_DOWN event. */
void sim_check_empty(const struct sim *s);

#endif
