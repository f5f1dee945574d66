/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telling the owner.  Whatever has something to tell stands in one line, once, with a bit for each
 * kind of event; so the line needs no memory of its own and cannot overflow.  The end of a tunnel
 * or call is told last, and frees it.
 */
#include "core/engine_int.h"

#include <stdio.h>

#define BIT(k) ((uint16_t)(1u << (k)))

static void events_stand_in_line(struct l2tp_engine *e, struct tell *w)
{
	if (w->queued)
		return;
	w->queued = true;
	w->next = NULL;
	*e->tell_end = w;
	e->tell_end = &w->next;
}

void events_tunnel(struct l2tp_tunnel *t, enum l2tp_event_kind kind)
{
	if (t->is_proof)
		return;
	t->tell.bits |= BIT(kind);
	events_stand_in_line(t->e, &t->tell);
}

void events_call(struct l2tp_call *c, enum l2tp_event_kind kind, bool with_msg)
{
	c->tell.bits |= BIT(kind);
	if (with_msg)
		c->tell.with_msg |= BIT(kind);
	events_stand_in_line(c->t->e, &c->tell);
}

/* The next kind to tell: the end comes last. */
static enum l2tp_event_kind events_pick(struct tell *w, uint16_t last)
{
	uint16_t bits = w->bits & (uint16_t)~last ? w->bits & (uint16_t)~last : w->bits;
	unsigned k = 0;

	while (!(bits & 1u << k))
		k++;
	w->bits &= (uint16_t)~BIT(k);
	return (enum l2tp_event_kind)k;
}

/* What a call that went with its tunnel says. */
static struct l2tp_result events_with_tunnel(const struct l2tp_tunnel *t)
{
	return engine_result(L2TP_CDN_GENERAL_ERROR, L2TP_ERR_NO_CONTROL_CONNECTION,
			     "tunnel ended: %.200s", t->result.text);
}

static void events_tell_call(struct l2tp_engine *e, struct l2tp_call *c)
{
	struct l2tp_event ev = {.tunnel = c->t, .call = c, .now = e->now};

	ev.kind = events_pick(&c->tell, BIT(L2TP_EV_CALL_DOWN));
	ev.msg = c->tell.with_msg & BIT(ev.kind) ? &e->msg : NULL;
	c->tell.with_msg &= (uint16_t)~BIT(ev.kind);
	if (ev.kind == L2TP_EV_CALL_DOWN) {
		ev.result = c->result ? *c->result : events_with_tunnel(c->t);
		ev.by = (enum l2tp_side)c->by;
	}
	e->ops->event(e->ctx, &ev);
	if (ev.kind == L2TP_EV_CALL_DOWN)
		call_free(c);
}

static void events_tell_tunnel(struct l2tp_engine *e, struct l2tp_tunnel *t)
{
	struct l2tp_event ev = {.tunnel = t, .now = e->now, .ok = t->reauth_ok};

	ev.kind = events_pick(&t->tell, BIT(L2TP_EV_TUNNEL_DOWN));
	if (ev.kind == L2TP_EV_TUNNEL_DOWN) {
		if (t->calls) { /* theirs come first: back to the end of the line */
			events_tunnel(t, L2TP_EV_TUNNEL_DOWN);
			return;
		}
		ev.result = t->result;
		ev.by = (enum l2tp_side)t->by;
	}
	t->pins++;
	e->ops->event(e->ctx, &ev);
	t->pins--;
	if (ev.kind == L2TP_EV_TUNNEL_DOWN)
		t->user = NULL;
	tunnel_release(t);
}

/* One event of the first in line, who leaves the line and stands in it again if there is more. */
static void events_tell_one(struct l2tp_engine *e)
{
	struct tell *w = e->tell;

	e->tell = w->next;
	if (!e->tell)
		e->tell_end = &e->tell;
	w->queued = false;
	if (w->bits & (w->bits - 1)) {
		w->queued = true; /* more than one: keep the place */
		w->next = e->tell;
		e->tell = w;
		if (!w->next)
			e->tell_end = &w->next;
	}
	if (w->is_call)
		events_tell_call(e, IST_CONTAINER_OF(w, struct l2tp_call, tell));
	else
		events_tell_tunnel(e, IST_CONTAINER_OF(w, struct l2tp_tunnel, tell));
}

void events_deliver(struct l2tp_engine *e)
{
	if (e->telling)
		return;
	e->telling = true;
	while (e->tell)
		events_tell_one(e);
	e->telling = false;
}
