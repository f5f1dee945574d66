/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/leg_limit.h"

#include "gw/legs/leg_entry.h"
#include "gw/text.h"
#include <stdio.h>
#include <stdlib.h>

#define SECOND	 UINT64_C(1000000)
#define PARTS	 20u
#define STEP_MIN SECOND
#define STEP_MAX (60 * SECOND)

struct leg_limit {
	struct leg_terminal *t;
	struct loop_timer timer;
	uint64_t idle, session; /* us; 0 = no limit */
	uint64_t since;		/* the log-in */
	uint64_t busy;		/* when it was last found to have carried something */
	uint64_t carried;	/* frames, at the last look */
	bool was_idle;		/* the idle limit has been reached */
};

static uint64_t leg_limit_carried(const struct leg_limit *l)
{
	struct leg *other = join_other(&l->t->leg);
	struct dp_call_stats n;

	leg_entry_stats(other->ops->entry(other), &n);
	return n.rx_frames + n.tx_frames - n.control - n.filtered_in;
}

static uint64_t leg_limit_step(const struct leg_limit *l)
{
	uint64_t step = l->idle / PARTS;

	return step < STEP_MIN ? STEP_MIN : step > STEP_MAX ? STEP_MAX : step;
}

/* The counters start from nothing when the call moves to another worker. */
static void leg_limit_look(struct leg_limit *l, uint64_t now)
{
	uint64_t carried = leg_limit_carried(l);

	if (carried > l->carried)
		l->busy = now;
	l->carried = carried;
}

static uint64_t leg_limit_next(const struct leg_limit *l, uint64_t now)
{
	uint64_t session = l->session ? l->since + l->session : DEADLINE_NEVER;
	uint64_t idle = l->idle ? l->busy + l->idle : DEADLINE_NEVER;
	uint64_t look = l->idle ? now + leg_limit_step(l) : DEADLINE_NEVER;

	if (look < idle)
		idle = look;
	return idle < session ? idle : session;
}

static void leg_limit_reached(struct leg_limit *l, const char *what, uint64_t limit, uint64_t now)
{
	struct leg_end why = {.cause = LEG_BY_LIMIT};
	char time[GW_TEXT_MAX];

	snprintf(why.words, sizeof(why.words), "%s %.60s", what,
		 gw_duration_text(time, sizeof(time), limit));
	leg_terminal_close(l->t, &why, now);
}

static void leg_limit_on_time(void *ctx, uint64_t now)
{
	struct leg_limit *l = ctx;

	if (l->idle)
		leg_limit_look(l, now);
	l->was_idle = l->idle && now - l->busy >= l->idle;
	if (l->session && now - l->since >= l->session)
		leg_limit_reached(l, "session limit of", l->session, now);
	else if (l->was_idle)
		leg_limit_reached(l, "idle for", l->idle, now);
	else
		loop_set(l->t->gw->loop, &l->timer, leg_limit_next(l, now));
}

bool leg_limit_reserve(struct leg_limit **at, struct leg_terminal *t, uint64_t since)
{
	struct leg_limit *l = *at ? *at : calloc(1, sizeof(*l));

	if (!l)
		return false;
	if (!*at)
		loop_timer_init(&l->timer, leg_limit_on_time, l);
	l->t = t;
	l->since = since;
	*at = l;
	return true;
}

bool leg_limit_start(struct leg_limit **l, struct leg_terminal *t, uint64_t idle, uint64_t session,
		     uint64_t since, uint64_t now)
{
	leg_limit_stop(*l);
	leg_limit_free(*l);
	*l = NULL;
	if (!idle && !session)
		return true;
	if (!leg_limit_reserve(l, t, since))
		return false;
	leg_limit_change(*l, idle, session, now);
	return true;
}

void leg_limit_change(struct leg_limit *l, uint64_t idle, uint64_t session, uint64_t now)
{
	l->idle = idle;
	l->session = session;
	l->busy = now;
	l->carried = leg_limit_carried(l);
	loop_set(l->t->gw->loop, &l->timer, leg_limit_next(l, now));
}

bool leg_limit_is_idle(const struct leg_limit *l)
{
	return l && l->was_idle && (!l->session || l->busy + l->idle < l->since + l->session);
}

void leg_limit_stop(struct leg_limit *l)
{
	if (l)
		loop_cancel(l->t->gw->loop, &l->timer);
}

void leg_limit_free(struct leg_limit *l)
{
	free(l);
}
