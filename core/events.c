/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events for the owner.  A tunnel or call with events stands in one queue, once, with a bit for
 * each kind of event, so that the queue needs no memory of its own and cannot overflow.  The *_DOWN
 * event is delivered last and frees the tunnel or call.
 */
#include "core/engine_int.h"

#include <stdio.h>

#define BIT(k) ((uint16_t)(1u << (k)))

static void events_enqueue(struct l2tp_engine *e, struct event_queue *w)
{
	if (w->queued)
		return;
	w->queued = true;
	w->next = NULL;
	*e->events_end = w;
	e->events_end = &w->next;
}

void events_tunnel(struct l2tp_tunnel *t, enum l2tp_event_kind kind)
{
	if (t->is_proof)
		return;
	t->events.bits |= BIT(kind);
	events_enqueue(t->e, &t->events);
}

void events_call(struct l2tp_call *c, enum l2tp_event_kind kind, bool with_msg)
{
	c->events.bits |= BIT(kind);
	if (with_msg)
		c->events.with_msg |= BIT(kind);
	events_enqueue(c->t->e, &c->events);
}

/* Take out the next kind of event; `last`, the *_DOWN kind, only when there is no other. */
static enum l2tp_event_kind events_take_kind(struct event_queue *w, uint16_t last)
{
	uint16_t bits = w->bits & (uint16_t)~last ? w->bits & (uint16_t)~last : w->bits;
	unsigned k = 0;

	while (!(bits & 1u << k))
		k++;
	w->bits &= (uint16_t)~BIT(k);
	return (enum l2tp_event_kind)k;
}

/* The result of a call that ended with its tunnel. */
static struct l2tp_result events_tunnel_result(const struct l2tp_tunnel *t)
{
	char why[sizeof(t->result.text) + 64];

	l2tp_result_format(&t->result, true, why, sizeof(why));
	return engine_result(L2TP_CDN_GENERAL_ERROR, L2TP_ERR_NO_CONTROL_CONNECTION,
			     "tunnel ended: %.200s", why);
}

static void events_deliver_call(struct l2tp_engine *e, struct l2tp_call *c)
{
	struct l2tp_event ev = {.tunnel = c->t, .call = c, .now = e->now};

	ev.kind = events_take_kind(&c->events, BIT(L2TP_EV_CALL_DOWN));
	ev.msg = c->events.with_msg & BIT(ev.kind) ? &e->msg : NULL;
	c->events.with_msg &= (uint16_t)~BIT(ev.kind);
	if (ev.kind == L2TP_EV_CALL_DOWN) {
		ev.result = c->result ? *c->result : events_tunnel_result(c->t);
		ev.by = (enum l2tp_side)c->by;
	}
	e->ops->event(e->ctx, &ev);
	if (ev.kind == L2TP_EV_CALL_DOWN)
		call_free(c);
}

static void events_deliver_tunnel(struct l2tp_engine *e, struct l2tp_tunnel *t)
{
	struct l2tp_event ev = {.tunnel = t,
				.now = e->now,
				.why = (enum l2tp_reason)t->ignored,
				.ok = t->reauth_ok};

	ev.kind = events_take_kind(&t->events, BIT(L2TP_EV_TUNNEL_DOWN));
	if (ev.kind == L2TP_EV_TUNNEL_DOWN) {
		if (t->calls) { /* CALL_DOWN of its calls comes first: to the end of the queue */
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

/* Deliver one event of the first in the queue, which keeps its place while it has more. */
static void events_deliver_one(struct l2tp_engine *e)
{
	struct event_queue *w = e->events;

	e->events = w->next;
	if (!e->events)
		e->events_end = &e->events;
	w->queued = false;
	if (w->bits & (w->bits - 1)) {
		w->queued = true; /* more than one: keep the place */
		w->next = e->events;
		e->events = w;
		if (!w->next)
			e->events_end = &w->next;
	}
	if (w->is_call)
		events_deliver_call(e, IST_CONTAINER_OF(w, struct l2tp_call, events));
	else
		events_deliver_tunnel(e, IST_CONTAINER_OF(w, struct l2tp_tunnel, events));
}

void events_deliver(struct l2tp_engine *e)
{
	if (e->delivering)
		return;
	e->delivering = true;
	while (e->events)
		events_deliver_one(e);
	e->delivering = false;
}
