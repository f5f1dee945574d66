/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One turn of the loop: wait for a descriptor or the earliest deadline, let libosmocore call the
 * handlers, then serve what is due and end the turn.  The timerfd is set once a turn, to an
 * absolute time, and only when that time has changed.
 */
#include "gw/loop.h"

#include "gw/histogram.h"

#include <errno.h>
#include <osmocom/core/select.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Deadlines served in one turn; the rest wait for the next, so that descriptors are not starved. */
#define LOOP_TURN_MAX 4096

enum { LOOP_TIMER, LOOP_MANY }; /* kinds of deadlines */

struct loop {
	struct deadline_heap heap;
	void (*many)(struct deadline *d, uint64_t now); /* of those of LOOP_MANY */
	uint64_t (*now)(void);
	uint64_t (*machine_deadline)(void *ctx);
	void (*machine_expire)(void *ctx, uint64_t now);
	void *machine;
	void (*turn_end)(void *ctx);
	void *turn_ctx;
	struct osmo_fd timerfd;
	uint64_t armed;
	uint64_t due; /* when the wait was to end at the latest */
	bool attached, quit;
};

struct loop *loop_new(uint64_t (*now)(void))
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->now = now;
	l->timerfd.fd = -1;
	l->armed = l->due = DEADLINE_NEVER;
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	if (l->attached) {
		osmo_fd_unregister(&l->timerfd);
		close(l->timerfd.fd);
	}
	free(l);
}

uint64_t loop_now(const struct loop *l)
{
	return l->now();
}

uint64_t loop_wall(void)
{
	time_t now = time(NULL);

	return now < 0 ? 0 : (uint64_t)now;
}

void loop_timer_init(struct loop_timer *t, void (*fn)(void *ctx, uint64_t now), void *ctx)
{
	*t = (struct loop_timer){.fn = fn, .ctx = ctx};
}

void loop_set(struct loop *l, struct loop_timer *t, uint64_t when)
{
	deadline_set(&l->heap, &t->d, when);
}

void loop_cancel(struct loop *l, struct loop_timer *t)
{
	deadline_cancel(&l->heap, &t->d);
}

void loop_set_deadline(struct loop *l, struct deadline *d,
		       void (*fn)(struct deadline *d, uint64_t now), uint64_t when)
{
	l->many = fn;
	d->kind = LOOP_MANY;
	deadline_set(&l->heap, d, when);
}

void loop_cancel_deadline(struct loop *l, struct deadline *d)
{
	deadline_cancel(&l->heap, d);
}

uint64_t loop_back_off(uint64_t *wait, uint64_t most, uint64_t now)
{
	uint64_t when = now + *wait;

	*wait = *wait * 2 > most ? most : *wait * 2;
	return when;
}

void loop_set_machine(struct loop *l, uint64_t (*deadline)(void *ctx),
		      void (*expire)(void *ctx, uint64_t now), void *ctx)
{
	l->machine_deadline = deadline;
	l->machine_expire = expire;
	l->machine = ctx;
}

void loop_set_turn_end(struct loop *l, void (*fn)(void *ctx), void *ctx)
{
	l->turn_end = fn;
	l->turn_ctx = ctx;
}

uint64_t loop_deadline(const struct loop *l)
{
	uint64_t when = deadline_next(&l->heap);
	uint64_t m = l->machine_deadline ? l->machine_deadline(l->machine) : DEADLINE_NEVER;

	return m < when ? m : when;
}

void loop_expire(struct loop *l, uint64_t now)
{
	struct deadline *d;
	unsigned n;

	if (l->machine_deadline && l->machine_deadline(l->machine) <= now)
		l->machine_expire(l->machine, now);
	for (n = 0; n < LOOP_TURN_MAX && (d = deadline_pop(&l->heap, now)); n++) {
		const struct loop_timer *t = (const struct loop_timer *)d;

		if (d->kind == LOOP_MANY)
			l->many(d, now);
		else
			t->fn(t->ctx, now);
	}
	if (l->turn_end)
		l->turn_end(l->turn_ctx);
}

static int loop_timer_fired(struct osmo_fd *ofd, unsigned what)
{
	struct loop *l = ofd->data;
	uint64_t times;

	(void)what;
	if (read(ofd->fd, &times, sizeof(times)) == (ssize_t)sizeof(times))
		l->armed = DEADLINE_NEVER;
	return 0;
}

int loop_attach(struct loop *l)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	int rc;

	if (fd < 0)
		return -errno;
	osmo_fd_setup(&l->timerfd, fd, OSMO_FD_READ, loop_timer_fired, l, 0);
	rc = osmo_fd_register(&l->timerfd);
	if (rc < 0) {
		close(fd);
		return rc;
	}
	l->attached = true;
	return 0;
}

/* now: when the turn began, which nothing can be late before. */
static void loop_arm(struct loop *l, uint64_t now)
{
	uint64_t when = loop_deadline(l);
	struct itimerspec at = {0};

	l->due = when > now ? when : now;
	if (when == l->armed)
		return;
	if (when != DEADLINE_NEVER) {
		/* All zeros would disarm. */
		at.it_value.tv_sec = (time_t)(when / 1000000);
		at.it_value.tv_nsec = (long)(when % 1000000) * 1000 + (when == 0);
	}
	timerfd_settime(l->timerfd.fd, TFD_TIMER_ABSTIME, &at, NULL);
	l->armed = when;
}

/* Has something kept us from the deadline that was the earliest? */
static void loop_count_stall(const struct loop *l, uint64_t now)
{
	if (now > l->due)
		histogram_add(HISTOGRAM_LOOP_STALL, now - l->due);
}

void loop_run(struct loop *l)
{
	while (!l->quit) {
		uint64_t now = l->now();

		loop_count_stall(l, now);
		loop_expire(l, now);
		if (l->quit)
			break;
		loop_arm(l, now);
		osmo_select_main(0);
	}
}

void loop_quit(struct loop *l)
{
	l->quit = true;
}
