/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The join knows nothing of tunnels, PPP or devices: only that legs start, carry frames and go.
 * What goes is told once (the state GONE is entered once), so that legs may end each other in any
 * order and from inside each other's functions.
 */
#include "gw/legs/join.h"

#include "gw/event.h"
#include "gw/histogram.h"
#include "gw/legs/leg_entry.h"
#include "gw/legs/legs.h"
#include "gw/trace.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The PPP peer of a terminal is behind the call and goes with it.  The far end of a call is the
 * tunnel's peer, which must get a CDN. */
const struct join_row join_table[] = {
	{LEG_CALL, LEG_SERVER, JOIN_THEN_LOST},	  {LEG_CALL, LEG_CLIENT, JOIN_THEN_LOST},
	{LEG_SERVER, LEG_CALL, JOIN_THEN_STOP},	  {LEG_CLIENT, LEG_CALL, JOIN_THEN_STOP},
	{LEG_CALL, LEG_CALL, JOIN_THEN_STOP},	  {LEG_CALL, LEG_LINE, JOIN_THEN_STOP},
	{LEG_LINE, LEG_CALL, JOIN_THEN_STOP},	  {LEG_LINE, LEG_LINE, JOIN_THEN_STOP},
	{LEG_LINE, LEG_SERVER, JOIN_THEN_LOST},	  {LEG_LINE, LEG_CLIENT, JOIN_THEN_LOST},
	{LEG_SERVER, LEG_LINE, JOIN_THEN_STOP},	  {LEG_CLIENT, LEG_LINE, JOIN_THEN_STOP},
	{LEG_BUNDLE, LEG_SERVER, JOIN_THEN_LOST}, {LEG_SERVER, LEG_BUNDLE, JOIN_THEN_STOP},
	{LEG_BUNDLE, LEG_CLIENT, JOIN_THEN_LOST}, {LEG_CLIENT, LEG_BUNDLE, JOIN_THEN_STOP},
	{LEG_LINE, LEG_PROXY, JOIN_THEN_LOST},	  {LEG_PROXY, LEG_LINE, JOIN_THEN_STOP},
};
const unsigned join_table_len = sizeof(join_table) / sizeof(join_table[0]);

static const char *const state_names[LEG_STATES] = {
	[LEG_IDLE] = "idle",	     [LEG_STARTING] = "starting", [LEG_UP] = "up",
	[LEG_STOPPING] = "stopping", [LEG_GONE] = "gone",
};
static const char *const cause_names[LEG_CAUSES] = {
	[LEG_BY_OPERATOR] = "operator", [LEG_BY_SHUTDOWN] = "shutting down",
	[LEG_BY_PEER] = "peer",		[LEG_BY_LOSS] = "lost",
	[LEG_BY_TIMEOUT] = "timeout",	[LEG_BY_AUTH] = "authentication",
	[LEG_BY_MISMATCH] = "mismatch", [LEG_BY_RESOURCES] = "resources",
	[LEG_BY_LIMIT] = "time limit",	[LEG_BY_ANOTHER] = "another log-in",
};

const char *leg_state_name(enum leg_state s)
{
	return s < LEG_STATES ? state_names[s] : "?";
}

const char *leg_cause_name(enum leg_cause c)
{
	return c < LEG_CAUSES ? cause_names[c] : "?";
}

struct leg_end leg_end(enum leg_cause cause, const char *words)
{
	struct leg_end e = {.cause = cause};

	snprintf(e.words, sizeof(e.words), "%s", words ? words : leg_cause_name(cause));
	return e;
}

struct leg_end leg_end_cdn(const char *words, uint16_t result)
{
	struct leg_end e = leg_end(LEG_BY_MISMATCH, words);

	e.has_cdn = true;
	e.cdn_result = result;
	snprintf(e.cdn_text, sizeof(e.cdn_text), "%s", words);
	return e;
}

static struct leg_end leg_end_bare[LEG_CAUSES];

void leg_end_forget(const struct leg_end *kept)
{
	if (kept && kept != &leg_end_bare[kept->cause])
		free((void *)(uintptr_t)kept);
}

const struct leg_end *leg_end_keep(const struct leg_end *before, const struct leg_end *why)
{
	struct leg_end *kept = malloc(sizeof(*kept));

	if (kept) {
		*kept = *why;
	} else {
		kept = &leg_end_bare[why->cause];
		*kept = leg_end(why->cause, NULL);
	}
	leg_end_forget(before);
	return kept;
}

const struct join_drop_row join_drops[JOIN_D_COUNT] = {
#define X(sym, key, words) [JOIN_D_##sym] = {key, words},
	JOIN_DROPS(X)
#undef X
};

void join_drop(struct leg *l, enum join_drop why)
{
	l->join->list->drop[why]++;
}

struct join_early {
	struct join_early *next;
	struct leg *from;
	size_t len;
	uint8_t octets[];
};

static void join_early_keep(struct join *j, struct leg *l, const uint8_t *frame, size_t len)
{
	struct join_early **at = &j->early, *e = NULL;
	unsigned n = 0;

	for (; *at; at = &(*at)->next)
		n += (*at)->from == l;
	if (n < JOIN_EARLY_MAX && len <= JOIN_EARLY_LEN)
		e = malloc(sizeof(*e) + len);
	if (!e) {
		join_drop(l, JOIN_D_EARLY);
		return;
	}
	e->next = NULL;
	e->from = l;
	e->len = len;
	memcpy(e->octets, frame, len);
	*at = e;
}

static void join_early_drop(struct join *j)
{
	struct join_early *e;

	while ((e = j->early)) {
		j->early = e->next;
		join_drop(e->from, JOIN_D_NOT_UP);
		free(e);
	}
}

/* A terminal answers from its start on, since PPP is what brings it up; the others carry frames
 * when they are up. */
static bool join_takes_frames(const struct leg *l)
{
	return l->state == LEG_UP ||
	       (l->state != LEG_IDLE && l->state != LEG_GONE && !l->ops->entry);
}

/* The oldest that came from l, or the end. */
static struct join_early **join_early_first(struct join *j, const struct leg *l)
{
	struct join_early **at = &j->early;

	while (*at && (*at)->from != l)
		at = &(*at)->next;
	return at;
}

/* What came from l waits for the other leg no longer. */
static void join_early_deliver(struct leg *l, uint64_t now)
{
	struct join_early **first, *e;

	while (join_takes_frames(join_other(l)) && *(first = join_early_first(l->join, l))) {
		e = *first;
		*first = e->next;
		join_other(l)->ops->frame(join_other(l), e->octets, e->len, now);
		free(e);
	}
}

static void join_free(struct join *j)
{
	unsigned i;

	llist_del(&j->entry);
	llist_del(&j->changed);
	j->list->n--;
	j->list->gone++;
	if (!j->over)
		join_early_drop(j);
	/* The second may still have something to say to the first. */
	for (i = 2; i-- > 0;)
		j->leg[i]->ops->free(j->leg[i]);
	leg_end_forget(j->why);
	free(j->reason);
	free(j->owned);
	free(j);
}

static void join_reap(void *ctx, uint64_t now)
{
	struct join_list *l = ctx;
	struct join *j;

	(void)now;
	while ((j = l->over_first)) {
		l->over_first = j->reap;
		join_free(j);
	}
}

struct join_list *join_list_new(struct loop *loop)
{
	struct join_list *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	INIT_LLIST_HEAD(&l->head);
	l->loop = loop;
	loop_timer_init(&l->reap, join_reap, l);
	return l;
}

struct join *join_new(struct join_list *list, struct leg *first, struct leg *second,
		      const struct join_owner *owner, void *ctx, uint64_t now)
{
	struct join *j = first && second ? calloc(1, sizeof(*j)) : NULL;
	struct join_owned *owned = j && owner ? malloc(sizeof(*owned)) : NULL;

	if (!j || (owner && !owned)) {
		free(j);
		if (first)
			first->ops->free(first);
		if (second)
			second->ops->free(second);
		return NULL;
	}
	if (owned)
		*owned = (struct join_owned){owner, ctx};
	*j = (struct join){.list = list, .leg = {first, second}, .owned = owned, .since = now};
	first->join = second->join = j;
	INIT_LLIST_HEAD(&j->changed);
	llist_add_tail(&j->entry, &list->head);
	list->n++;
	return j;
}

void join_list_free(struct join_list *l)
{
	struct join *j, *next;

	if (!l)
		return;
	loop_cancel(l->loop, &l->reap);
	llist_for_each_entry_safe(j, next, &l->head, entry) join_free(j);
	free(l);
}

static void join_tell_changed(struct join *j)
{
	if (j->list->changed)
		j->list->changed(j->list->changed_ctx, j);
}

void join_changed(struct leg *l)
{
	if (l->join)
		join_tell_changed(l->join);
}

static void join_leg_start(struct leg *l, uint64_t now)
{
	l->state = LEG_STARTING;
	l->ops->start(l, now);
}

/* Neither leg is a terminal: frames go from one to the other without us from now on. */
static void join_forward(struct join *j)
{
	struct leg *a = j->leg[0], *b = j->leg[1];

	if (!a->ops->entry || !b->ops->entry)
		return;
	leg_entry_forward(a->ops->entry(a), b->ops->entry(b));
	leg_entry_forward(b->ops->entry(b), a->ops->entry(a));
}

void join_explain(struct join *j, const char *reason)
{
	free(j->reason);
	j->reason = strdup(reason);
}

void join_start(struct join *j, uint64_t now)
{
	join_leg_start(j->leg[0], now);
}

void join_leg_up(struct leg *l, uint64_t now)
{
	struct join *j = l->join;

	if (l->state != LEG_STARTING)
		return;
	l->state = LEG_UP;
	join_tell_changed(j);
	if (l == j->leg[0]) {
		join_leg_start(j->leg[1], now);
	} else if (!j->told_up) {
		j->told_up = true;
		histogram_add(HISTOGRAM_CALL_SETUP, now > j->since ? now - j->since : 0);
		/* Frames that come later must not overtake them. */
		join_early_deliver(l, now);
		join_early_deliver(join_other(l), now);
		join_forward(j);
		EVENT(JOIN_UP, about_leg(j->leg[0]), j->reason);
		if (j->owned && j->owned->by->up)
			j->owned->by->up(j->owned->ctx, now);
	}
	join_early_deliver(l, now);
	join_early_deliver(join_other(l), now);
}

static enum join_then join_rule(enum leg_kind gone, enum leg_kind other)
{
	unsigned i;

	for (i = 0; i < join_table_len; i++)
		if (join_table[i].gone == gone && join_table[i].other == other)
			return join_table[i].then;
	return JOIN_THEN_STOP;
}

static void join_leg_stop(struct leg *l, const struct leg_end *why, uint64_t now)
{
	if (l->state == LEG_STOPPING || l->state == LEG_GONE)
		return;
	if (l->state == LEG_IDLE) {
		join_leg_gone(l, why, now);
		return;
	}
	l->state = LEG_STOPPING;
	l->ops->stop(l, why, now);
}

static void join_leg_lost(struct leg *l, const struct leg_end *why, uint64_t now)
{
	if (l->state == LEG_GONE)
		return;
	if (l->state == LEG_IDLE) {
		join_leg_gone(l, why, now);
		return;
	}
	l->state = LEG_STOPPING;
	l->ops->lost(l, why, now);
}

/* The first reason counts. */
static void join_set_why(struct join *j, const struct leg_end *why)
{
	if (j->ending)
		return;
	if (!j->announced)
		j->why = leg_end_keep(j->why, why);
	j->ending = true;
	join_tell_changed(j);
}

void join_leg_ends(struct leg *l, const struct leg_end *why)
{
	if (l->join->ending)
		return;
	l->join->announced = true;
	l->join->why = leg_end_keep(l->join->why, why);
}

void join_leg_recovers(struct leg *l)
{
	l->join->announced = false;
}

void join_leg_gone(struct leg *l, const struct leg_end *why, uint64_t now)
{
	struct join *j = l->join;
	struct leg *other = join_other(l);

	if (l->state == LEG_GONE)
		return;
	l->state = LEG_GONE;
	join_set_why(j, why);
	if (other->state != LEG_GONE) {
		if (join_rule(l->ops->kind, other->ops->kind) == JOIN_THEN_LOST)
			join_leg_lost(other, why, now);
		else
			join_leg_stop(other, why, now);
		return;
	}
	join_early_drop(j);
	j->over = true;
	j->reap = j->list->over_first;
	j->list->over_first = j;
	loop_set(j->list->loop, &j->list->reap, now);
	if (j->told_up)
		EVENT(JOIN_DOWN, about_leg(j->leg[0]), j->why ? j->why->words : NULL);
	if (j->list->over)
		j->list->over(j->list->over_ctx, j, now);
	if (j->owned && j->owned->by->gone)
		j->owned->by->gone(j->owned->ctx, j->why, now);
}

void join_end(struct join *j, const struct leg_end *why, uint64_t now)
{
	join_set_why(j, why);
	join_leg_stop(j->leg[1], why, now);
}

void join_cut(struct join *j, const struct leg_end *why, uint64_t now)
{
	join_set_why(j, why);
	join_leg_lost(j->leg[1], why, now);
}

void join_frame(struct leg *l, const uint8_t *frame, size_t len, uint64_t now)
{
	struct leg *other = join_other(l);

	if (trace_on())
		trace_passed(l, frame, len);
	if (join_takes_frames(other))
		other->ops->frame(other, frame, len, now);
	else if (!l->join->ending && other->state != LEG_GONE)
		join_early_keep(l->join, l, frame, len);
	else
		join_drop(l, JOIN_D_OTHER_NOT_UP);
}

void join_network(struct leg *l, const struct leg_network *n)
{
	struct leg *other = join_other(l);

	if (other->state == LEG_UP && other->ops->network)
		other->ops->network(other, n);
}

void join_accm(struct leg *l, uint32_t send, uint32_t receive, uint64_t now)
{
	struct leg *other = join_other(l);

	if (other->state == LEG_UP && other->ops->accm)
		other->ops->accm(other, send, receive, now);
}

void join_errors(struct leg *l, const uint32_t errors[IST_ERRORS], uint64_t now)
{
	struct leg *other = join_other(l);

	if (other->state == LEG_UP && other->ops->errors)
		other->ops->errors(other, errors, now);
}
