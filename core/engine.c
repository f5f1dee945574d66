/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets and time coming in (output.c sends).  The Tunnel ID in a packet's header is our own and
 * finds the tunnel at once, however many there are; the packet must have come on the tunnel's
 * channel; its Ns and Nr pass reliable delivery; messages in sequence are decoded and handed to the
 * control connection (tunnel.c) or to the call they are about (call_msg.c).
 */
#include "core/engine_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* --- birth and death -------------------------------------------------------------------------- */

void engine_random(struct l2tp_engine *e, void *buf, size_t len)
{
	e->ops->random(e->ctx, buf, len);
}

static struct l2tp_limits engine_with_defaults(const struct l2tp_limits *given)
{
	struct l2tp_limits l = given ? *given : (struct l2tp_limits){0};

	uint16_t most;

	if (!l.max_half_open)
		l.max_half_open = 4096;
	if (l.max_half_open > HALF_OPEN_MOST)
		l.max_half_open = HALF_OPEN_MOST;
	if (l.max_half_open < 2)
		l.max_half_open = 2;
	most = (uint16_t)(65535 - LINGER_MAX - l.max_half_open);
	if (!l.max_tunnels || l.max_tunnels > most)
		l.max_tunnels = most;
	if (!l.half_open_per_source)
		l.half_open_per_source = 16;
	if (!l.max_calls)
		l.max_calls = 1000000;
	return l;
}

static void engine_init_tables(struct l2tp_engine *e, uint64_t secret)
{
	struct htab *tabs[] = {&e->channels, &e->peer_ids,   &e->requests,  &e->with_room,
			       &e->sources,  &e->challenges, &e->peer_sids, &e->quotas};

	for (unsigned i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++)
		htab_init(tabs[i], secret);
}

struct l2tp_engine *l2tp_engine_new(const struct l2tp_ops *ops, void *ctx,
				    const struct l2tp_limits *limits)
{
	struct l2tp_engine *e = calloc(1, sizeof(*e));
	uint64_t secret;
	uint8_t key[16];

	if (!e)
		return NULL;
	e->ops = ops;
	e->ctx = ctx;
	e->limits = engine_with_defaults(limits);
	e->events_end = &e->events;
	e->deferred_end = &e->deferred;
	engine_random(e, key, sizeof(key));
	idtab_init(&e->tids, key, 65535);
	engine_random(e, &secret, sizeof(secret));
	engine_init_tables(e, secret);
	engine_random(e, &e->serial, sizeof(e->serial));
	return e;
}

void l2tp_engine_free(struct l2tp_engine *e)
{
	if (!e)
		return;
	e->keep.off = true;
	while (e->tunnels) {
		while (e->tunnels->calls)
			call_free(e->tunnels->calls);
		tunnel_free(e->tunnels);
	}
	htab_free(&e->channels);
	htab_free(&e->peer_ids);
	htab_free(&e->requests);
	htab_free(&e->challenges);
	htab_free(&e->with_room);
	htab_free(&e->sources);
	htab_free(&e->quotas);
	htab_free(&e->peer_sids);
	idtab_free(&e->tids);
	spare_free(&e->spare);
	free(e);
}

void engine_count(struct l2tp_engine *e, enum l2tp_reason why)
{
	e->count.reason[why]++;
}

_Static_assert(L2TP_R_QUIRK_CLEAR_SETUP - L2TP_R_QUIRK_SHORT_RESULT == L2TP_QUIRKS - 1 &&
		       L2TP_QUIRK_CLEAR_SETUP == 1u << (L2TP_QUIRKS - 1),
	       "a counter for each leniency, in the same order");

void engine_quirks(struct l2tp_engine *e, uint32_t used)
{
	for (unsigned i = 0; i < L2TP_QUIRKS; i++)
		if (used & 1u << i)
			engine_count(e, (enum l2tp_reason)(L2TP_R_QUIRK_SHORT_RESULT + i));
}

struct l2tp_result engine_result(uint16_t result, uint16_t error, const char *fmt, ...)
{
	struct l2tp_result r = {.result = result, .error = error};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r.text, sizeof(r.text), fmt, ap);
	va_end(ap);
	return r;
}

/* --- in --------------------------------------------------------------------------------------- */

static uint16_t engine_peek_u16(const struct l2tp_hdr *h, uint16_t vendor, uint16_t type)
{
	uint16_t n = 0;

	l2tp_msg_peek_u16(h->payload, h->len, vendor, type, &n);
	return n;
}

uint16_t engine_assigned_id(const struct l2tp_engine *e, const struct l2tp_hdr *h, uint16_t type)
{
	uint16_t id = 0;

	if (!l2tp_msg_u16(&e->msg, L2TP_IETF, type, &id))
		id = engine_peek_u16(h, L2TP_IETF, type);
	return id;
}

static void engine_count_rx(struct l2tp_engine *e, uint16_t type)
{
	e->count.rx[type < L2TP_MSG_TYPES ? type : L2TP_MSG_TYPES]++;
}

static void engine_count_decoded(struct l2tp_engine *e)
{
	engine_count_rx(e, e->msg.type ? e->msg.type : L2TP_MSG_TYPES);
	for (unsigned i = 0; i < L2TP_R_COUNT; i++)
		e->count.reason[i] += e->msg.ignored[i];
	engine_quirks(e, e->msg.quirks_used);
	if (e->fault.reason)
		engine_count(e, e->fault.reason);
}

/* Remember the first optional attribute that was malformed (7.1: "log the event"). */
static void engine_note_ignored(struct l2tp_tunnel *t)
{
	static const uint8_t malformed[] = {L2TP_R_AVP_RESERVED, L2TP_R_AVP_LENGTH,
					    L2TP_R_AVP_VALUE, L2TP_R_HIDDEN_NO_VECTOR,
					    L2TP_R_HIDDEN_LENGTH};

	for (unsigned i = 0; i < sizeof(malformed) && !t->ignored; i++)
		if (t->e->msg.ignored[malformed[i]])
			t->ignored = malformed[i];
	tunnel_tell_malformed(t);
}

static bool engine_about_call(uint16_t type)
{
	return type < L2TP_MSG_TYPES && l2tp_msg_table[type].about_call;
}

/* A message that broke a rule ends the call or tunnel it is about (7.1).  A malformed StopCCN ends
 * the tunnel like any other.
 */
static void engine_fault(struct l2tp_tunnel *t, const struct l2tp_hdr *h)
{
	struct l2tp_engine *e = t->e;
	uint16_t id;

	if (!t->peer_id && (id = engine_peek_u16(h, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID)))
		tunnel_set_peer_id(t, id);
	if (t->state == L2TP_T_ESTABLISHED && engine_about_call(e->msg.type))
		call_fault(t, h);
	else if (e->msg.type == L2TP_STOPCCN)
		tunnel_step(t, CC_STOPCCN, &e->fault.answer, L2TP_BY_PEER);
	else
		tunnel_step(t, CC_CLOSE, &e->fault.answer, L2TP_BY_US);
}

/* Decode and handle one message, in sequence. */
static void engine_deliver(struct l2tp_tunnel *t, const struct l2tp_hdr *h)
{
	struct l2tp_engine *e = t->e;
	enum l2tp_verdict v = l2tp_msg_decode(&e->msg, &e->fault, h->payload, h->len,
					      &t->policy.secret, t->policy.quirks);

	engine_count_decoded(e);
	engine_note_ignored(t);
	if (v == L2TP_MSG_CLOSE)
		engine_fault(t, h);
	else if (v == L2TP_MSG_OK && engine_about_call(e->msg.type))
		tunnel_step(t, CC_SESSION, NULL, L2TP_BY_US);
	if (v == L2TP_MSG_OK && engine_about_call(e->msg.type) && t->state == L2TP_T_ESTABLISHED)
		call_message(t, h);
	else if (v == L2TP_MSG_OK && !engine_about_call(e->msg.type))
		tunnel_message(t, h);
	events_deliver(e);
}

static void engine_deliver_held(struct l2tp_tunnel *t)
{
	struct rel_early *held;

	while (t->state != L2TP_T_IDLE && (held = rel_take(&t->rel))) {
		struct l2tp_hdr h;

		l2tp_hdr_decode(&h, held->pkt, held->len);
		engine_deliver(t, &h);
		free(held);
	}
}

static void engine_acked(struct l2tp_tunnel *t)
{
	if (t->state == L2TP_T_STOPPING && rel_idle(&t->rel) && !t->stop_tries)
		tunnel_step(t, CC_ACKED, NULL, L2TP_BY_US);
	if (t->is_proof && rel_idle(&t->rel))
		reauth_close(t);
	if (t->state == L2TP_T_ESTABLISHED)
		t->confirmed =
			true; /* its SCCCN, if that was ours, is among what is acknowledged */
	keep_acked(t);
	tunnel_ping_acked(t);
	call_pump(t);
	output_mark(t);
}

/* Reliable delivery of a packet that came on its tunnel's channel. */
static void engine_numbered(struct l2tp_tunnel *t, const struct l2tp_hdr *h, const uint8_t *pkt)
{
	static const enum l2tp_reason why[] = {
		[REL_DUPLICATE] = L2TP_R_DUPLICATE,
		[REL_EARLY] = L2TP_R_OUT_OF_ORDER,
		[REL_BEYOND] = L2TP_R_WINDOW,
		[REL_BAD_NR] = L2TP_R_BAD_NR,
	};
	struct l2tp_engine *e = t->e;
	bool progress;
	enum rel_verdict v = rel_rx(&t->rel, h->ns, h->nr, !h->len, e->now, &progress);

	if (v == REL_ZLB)
		engine_count_rx(e, 0);
	else if (v != REL_DELIVER)
		engine_count(e, why[v]);
	if (v == REL_BAD_NR)
		return;
	t->last_heard = e->now;
	if (progress && h->tid)
		t->stranger = false; /* it knows our id, which was sent to its address */
	if (progress)
		engine_acked(t);
	if (v == REL_DUPLICATE && t->stranger && t->state == L2TP_T_WAIT_CTL_CONN) {
		rel_repeat(&t->rel); /* its SCCRQ again: it lacks our SCCRP, a ZLB is no use */
		output_mark(t);
	}
	if (v == REL_EARLY)
		rel_hold(&t->rel, h->ns, pkt, (size_t)(h->payload - pkt) + h->len);
	if (v == REL_DELIVER) {
		engine_deliver(t, h);
		engine_deliver_held(t);
	}
	if (t->rel.ack_due)
		output_mark(t);
}

static void engine_tunnel_rx(struct l2tp_tunnel *t, l2tp_channel from, const struct l2tp_hdr *h,
			     const uint8_t *pkt)
{
	if (from != t->channel && !setup_may_move(t, from, h)) {
		engine_count(t->e, L2TP_R_WRONG_CHANNEL);
		return;
	}
	if (t->stranger)
		output_earn(t, (size_t)(h->payload - pkt) + h->len);
	t->pins++;
	engine_numbered(t, h, pkt);
	t->pins--;
	tunnel_release(t);
}

/* The only live tunnel on a channel, for D-Link routers, which send Tunnel ID 0 after set-up.  NULL
 * when there are several or the policy does not allow it. */
static struct l2tp_tunnel *engine_only_tunnel_on(struct l2tp_engine *e, l2tp_channel from)
{
	struct l2tp_tunnel *found = NULL;

	for (struct hnode *n = htab_first(&e->channels, from); n; n = htab_more(n)) {
		struct l2tp_tunnel *t = IST_CONTAINER_OF(n, struct l2tp_tunnel, by_channel);

		if (t->state == L2TP_T_LINGER || t->state == L2TP_T_IDLE)
			continue;
		if (found || !(t->policy.quirks & L2TP_QUIRK_TID_ZERO))
			return NULL;
		found = t;
	}
	if (found)
		engine_quirks(e, L2TP_QUIRK_TID_ZERO);
	return found;
}

/* Tunnel ID 0: the sender does not know our id yet (4.4.3). */
static struct l2tp_tunnel *engine_find_without_id(struct l2tp_engine *e, l2tp_channel from,
						  const struct l2tp_hdr *h)
{
	uint16_t type = engine_peek_u16(h, L2TP_IETF, L2TP_AVP_MESSAGE_TYPE);
	struct l2tp_tunnel *t = NULL;

	if (type == L2TP_STOPCCN)
		t = tunnel_by_peer_id(e, from,
				      engine_peek_u16(h, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID));
	if (!t)
		t = engine_only_tunnel_on(e, from);
	return t;
}

/* 7.2.1, state idle: an SCCRP without an SCCRQ of ours is answered with StopCCN, every other
 * message is dropped. */
static void engine_no_tunnel(struct l2tp_engine *e, l2tp_channel from, const struct l2tp_hdr *h)
{
	struct l2tp_result r = engine_result(L2TP_STOP_FSM_ERROR, 0, "SCCRP without SCCRQ");
	uint16_t peer_id = engine_peek_u16(h, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID);

	engine_count(e, L2TP_R_NO_TUNNEL);
	if (engine_peek_u16(h, L2TP_IETF, L2TP_AVP_MESSAGE_TYPE) != L2TP_SCCRP || !peer_id)
		return;
	if (cc_row(L2TP_T_IDLE, CC_SCCRP, true)->action == CC_DO_REFUSE)
		setup_refuse(e, from, peer_id, h, &r);
}

/* A tunnel just created for an SCCRQ is idle too, but not over. */
static bool engine_is_over(const struct l2tp_tunnel *t)
{
	return t->state == L2TP_T_IDLE && t->down_queued;
}

static void engine_control(struct l2tp_engine *e, l2tp_channel from, const struct l2tp_hdr *h,
			   const uint8_t *pkt)
{
	struct l2tp_tunnel *t;

	if (h->tid)
		t = idtab_get(&e->tids, h->tid);
	else if (engine_peek_u16(h, L2TP_IETF, L2TP_AVP_MESSAGE_TYPE) == L2TP_SCCRQ) {
		t = setup_request(e, from, h);
		if (!t) {
			engine_count_rx(e, L2TP_SCCRQ);
			return;
		}
	} else
		t = engine_find_without_id(e, from, h);
	if (t && !engine_is_over(t))
		engine_tunnel_rx(t, from, h, pkt);
	else
		engine_no_tunnel(e, from, h);
}

static void engine_packet(struct l2tp_engine *e, l2tp_channel from, const uint8_t *pkt, size_t len)
{
	static const enum l2tp_reason why[] = {
		[L2TP_HDR_IS_DATA] = L2TP_R_MSG_ROLE,
		[L2TP_HDR_IS_L2F] = L2TP_R_L2F,
		[L2TP_HDR_IS_V3] = L2TP_R_V3,
		[L2TP_HDR_BAD_VERSION] = L2TP_R_HDR_VERSION,
		[L2TP_HDR_SHORT] = L2TP_R_HDR_SHORT,
		[L2TP_HDR_BAD_LENGTH] = L2TP_R_HDR_LENGTH,
		[L2TP_HDR_BAD_FLAGS] = L2TP_R_HDR_FLAGS,
		[L2TP_HDR_BAD_OFFSET] = L2TP_R_HDR_OFFSET,
	};
	struct l2tp_hdr h;
	enum l2tp_hdr_kind kind = l2tp_hdr_decode(&h, pkt, len);

	if (kind == L2TP_HDR_IS_CONTROL)
		engine_control(e, from, &h, pkt);
	else
		engine_count(e, why[kind]);
	events_deliver(e);
}

/* Called from inside an event handler, whose event may point into e->msg: keep the packet until the
 * handler has returned. */
static void engine_defer(struct l2tp_engine *e, l2tp_channel from, const uint8_t *pkt, size_t len)
{
	struct deferred *l = e->deferred_count < DEFERRED_MAX ? malloc(sizeof(*l) + len) : NULL;

	if (!l) {
		engine_count(e, L2TP_R_NO_MEMORY);
		return;
	}
	*l = (struct deferred){.from = from, .len = len};
	memcpy(l->pkt, pkt, len);
	*e->deferred_end = l;
	e->deferred_end = &l->next;
	e->deferred_count++;
}

static bool engine_take_deferred(struct l2tp_engine *e)
{
	struct deferred *l = e->deferred;

	if (!l)
		return false;
	e->deferred = l->next;
	if (!e->deferred)
		e->deferred_end = &e->deferred;
	e->deferred_count--;
	engine_packet(e, l->from, l->pkt, l->len);
	free(l);
	return true;
}

void engine_enter(struct l2tp_engine *e, uint64_t now)
{
	if (now > e->now)
		e->now = now;
	e->depth++;
}

/* What is held is kept and sent by the release. */
static bool engine_flush(struct l2tp_engine *e)
{
	if (e->held)
		return false;
	keep_flush(e);
	return output_flush(e);
}

void engine_leave(struct l2tp_engine *e)
{
	if (e->depth == 1)
		do
			events_deliver(e);
		while (engine_take_deferred(e) || engine_flush(e));
	e->depth--;
}

void l2tp_engine_hold(struct l2tp_engine *e)
{
	e->held = true;
}

void l2tp_engine_release(struct l2tp_engine *e, uint64_t now)
{
	e->held = false;
	engine_enter(e, now);
	engine_leave(e);
}

void l2tp_engine_rx(struct l2tp_engine *e, l2tp_channel from, const uint8_t *pkt, size_t len,
		    uint64_t now)
{
	engine_enter(e, now);
	if (e->delivering)
		engine_defer(e, from, pkt, len);
	else
		engine_packet(e, from, pkt, len);
	engine_leave(e);
}

/* --- time ------------------------------------------------------------------------------------- */

void l2tp_engine_expire(struct l2tp_engine *e, uint64_t now)
{
	struct deadline *d;

	engine_enter(e, now);
	while ((d = deadline_pop(&e->heap, now))) {
		if (d->kind == D_CALL)
			call_late(d);
		else
			tunnel_deadline(d);
		events_deliver(e);
	}
	engine_leave(e);
}

uint64_t l2tp_engine_deadline(const struct l2tp_engine *e)
{
	return deadline_next(&e->heap);
}
