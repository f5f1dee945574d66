/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What leaves the engine.  A message is started with output_start(), gets its attributes, and is
 * queued for reliable delivery; the tunnel is then marked.  When the outermost call into the engine
 * ends, output_flush() hands each marked tunnel's packets to the owner as far as the window allows,
 * and a ZLB where an acknowledgement is owed and no message carried it (RFC 2661 5.8).
 */
#include "core/engine_int.h"

/* Hand one packet of the tunnel to the owner; counted under its message type, 0 = ZLB. */
static enum l2tp_tx output_tx(struct l2tp_tunnel *t, const uint8_t *pkt, size_t len, uint16_t type,
			      uint64_t cookie)
{
	struct l2tp_engine *e = t->e;

	e->count.tx[type < L2TP_MSG_TYPES ? type : L2TP_MSG_TYPES]++;
	return e->ops->tx(e->ctx, t->channel, pkt, len, cookie, t->dscp);
}

void output_start(struct l2tp_tunnel *t, struct l2tp_build *b, uint16_t type, uint16_t sid)
{
	bool hide = t->policy.hide && t->policy.secret.len;
	uint8_t octets[32] = {0}; /* Random Vector, then what padding is made from */

	if (hide && (type == L2TP_SCCRQ || type == L2TP_SCCRP) &&
	    t->policy.quirks & L2TP_QUIRK_CLEAR_SETUP) {
		engine_quirks(t->e, L2TP_QUIRK_CLEAR_SETUP);
		hide = false;
	}
	/* also without `hide`: attributes that came hidden are relayed hidden */
	if (t->policy.secret.len)
		engine_random(t->e, octets, sizeof(octets));
	l2tp_build_start(b, t->e->out, sizeof(t->e->out), type, t->peer_id, sid, &t->policy.secret,
			 hide, octets);
	l2tp_build_padding(b, t->policy.hide_padding, octets + 16);
}

bool output_suppressed(const struct l2tp_tunnel *t, uint16_t vendor, uint16_t type)
{
	const struct l2tp_policy *p = &t->policy;

	for (unsigned i = 0; i < p->suppressed; i++)
		if (p->suppress[i].vendor == vendor && p->suppress[i].type == type)
			return true;
	return false;
}

void output_avp(const struct l2tp_tunnel *t, struct l2tp_build *b, uint16_t vendor, uint16_t type,
		const void *val, size_t len)
{
	if (!output_suppressed(t, vendor, type))
		l2tp_build_avp(b, vendor, type, val, len);
}

void output_avp_u16(const struct l2tp_tunnel *t, struct l2tp_build *b, uint16_t vendor,
		    uint16_t type, uint16_t v)
{
	if (!output_suppressed(t, vendor, type))
		l2tp_build_u16(b, vendor, type, v);
}

void output_avp_u32(const struct l2tp_tunnel *t, struct l2tp_build *b, uint16_t vendor,
		    uint16_t type, uint32_t v)
{
	if (!output_suppressed(t, vendor, type))
		l2tp_build_u32(b, vendor, type, v);
}

void output_tunnel_id(const struct l2tp_tunnel *t, struct l2tp_build *b)
{
	bool hide = b->hide;

	b->hide = false;
	l2tp_build_u16(b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, t->id);
	b->hide = hide;
}

void output_mark(struct l2tp_tunnel *t)
{
	keep_tunnel(t);
	if (t->dirty)
		return;
	t->dirty = true;
	t->dirty_next = t->e->dirty;
	t->e->dirty = t;
}

void output_queue_octets(struct l2tp_tunnel *t, const uint8_t *pkt, size_t len, uint16_t type)
{
	while (!rel_queue(&t->rel, pkt, len, (uint8_t)type, REL_QUEUE_HARD)) {
		if (rel_full(&t->rel, len, REL_QUEUE_HARD))
			t->choked = "too many messages not acknowledged";
		else if (!spare_use(&t->e->spare))
			t->choked = "out of memory";
		if (t->choked)
			break;
	}
	output_mark(t);
}

void output_queue(struct l2tp_tunnel *t, struct l2tp_build *b)
{
	size_t len = l2tp_build_end(b);

	if (len)
		output_queue_octets(t, t->e->out, len, b->type);
	else
		t->choked = "a message is too long";
}

/* A cookie names the tunnel, its birth (ids come back), the Ns and the copy; copy 0 is a ZLB. */
static uint64_t output_cookie(const struct l2tp_tunnel *t, uint16_t ns, uint16_t copy)
{
	return (uint64_t)t->id << 48 | (uint64_t)t->birth << 32 | (uint32_t)ns << 16 | copy;
}

static void output_send_zlb(struct l2tp_tunnel *t)
{
	uint8_t buf[L2TP_HDR_CONTROL_LEN];
	struct wr w = wr_init(buf, sizeof(buf));
	enum l2tp_tx r;

	l2tp_hdr_control(&w, t->peer_id, 0, rel_zlb_ns(&t->rel), t->rel.nr);
	l2tp_hdr_finish(&w, 0);
	r = output_tx(t, buf, w.len, 0, output_cookie(t, 0, 0));
	rel_zlb_handed(&t->rel, r == L2TP_TX_WAITING, t->e->now);
}

/* The first copy of an ICCN or OCCN has gone: from here on the call may carry data.  The message
 * may be that of a call that has ended, whose Session ID the peer has given to another since: Ns
 * tells them apart. */
static void output_connect_sent(struct l2tp_tunnel *t, const struct rel_msg *m)
{
	struct rd r = rd_init(m->pkt, m->len);
	struct l2tp_call *c;

	if (m->type != L2TP_ICCN && m->type != L2TP_OCCN)
		return;
	rd_skip(&r, 6); /* flags, Length, Tunnel ID */
	c = call_by_peer_sid(t, rd_u16(&r));
	if (c && c->connect_ns == t->rel.nxt)
		call_connect_sent(c);
}

/* Until a peer has shown that it receives what we send, its address may be forged: it is sent at
 * most three times the octets that came from it, repeats counted.  What is withheld is treated as
 * lost on the way; it goes out when the peer's own repeats have earned it. */
void output_earn(struct l2tp_tunnel *t, size_t octets)
{
	t->credit += OUTPUT_FACTOR * octets;
}

static bool output_may_send(struct l2tp_tunnel *t, size_t len)
{
	if (!t->stranger)
		return true;
	if (len > t->credit) {
		engine_count(t->e, L2TP_R_WITHHELD);
		return false;
	}
	t->credit -= len;
	return true;
}

void output_answer(struct l2tp_engine *e, l2tp_channel to, size_t asked, const uint8_t *pkt,
		   size_t len, uint16_t type)
{
	if (len > OUTPUT_FACTOR * asked) {
		engine_count(e, L2TP_R_WITHHELD);
		return;
	}
	e->count.tx[type]++;
	e->ops->tx(e->ctx, to, pkt, len, 0, 0);
}

static void output_send_message(struct l2tp_tunnel *t, struct rel_msg *m)
{
	struct l2tp_engine *e = t->e;
	uint64_t c = output_cookie(t, t->rel.nxt, rel_copy(&t->rel));
	enum l2tp_tx r = L2TP_TX_FAILED;

	if (output_may_send(t, m->len)) {
		r = output_tx(t, m->pkt, m->len, m->type, c);
		if (m->sent)
			engine_count(e, L2TP_R_RETRANSMITS);
		else
			output_connect_sent(t, m);
	}
	rel_handed(&t->rel, m, r == L2TP_TX_WAITING, e->now);
}

static void output_send_queued(struct l2tp_tunnel *t)
{
	struct l2tp_engine *e = t->e;
	struct rel_msg *m;

	while ((m = rel_next(&t->rel)))
		output_send_message(t, m);
	if (rel_owes_zlb(&t->rel, e->now) && output_may_send(t, L2TP_HDR_CONTROL_LEN))
		output_send_zlb(t);
	/* A deadline that is early does no harm and saves moving it at every acknowledgement. */
	if (t->rel.due != DEADLINE_NEVER &&
	    (!t->due[D_RETRY].set || t->rel.due < t->due[D_RETRY].when))
		deadline_set(&e->heap, &t->due[D_RETRY], t->rel.due);
}

/* A message was lost before it had a number, so the control connection cannot go on.  What is sent
 * now is sent at the next flush, because the state is kept before that. */
static void output_close_choked(struct l2tp_tunnel *t)
{
	struct l2tp_result r =
		engine_result(L2TP_STOP_GENERAL_ERROR, L2TP_ERR_NO_RESOURCES, "%s", t->choked);

	t->choked = NULL;
	engine_count(t->e, L2TP_R_NO_MEMORY);
	output_mark(t);
	tunnel_step(t, CC_CLOSE, &r, L2TP_BY_US);
}

bool output_flush(struct l2tp_engine *e)
{
	struct l2tp_tunnel *t = e->dirty;

	if (!t)
		return false;
	e->dirty = t->dirty_next;
	t->dirty = false;
	if (t->choked)
		output_close_choked(t);
	else if (t->state != L2TP_T_IDLE)
		output_send_queued(t);
	tunnel_release(t);
	return true;
}

void l2tp_engine_sent(struct l2tp_engine *e, uint64_t c, uint64_t now)
{
	struct l2tp_tunnel *t = idtab_get(&e->tids, (uint16_t)(c >> 48));

	if (!t || t->birth != (uint16_t)(c >> 32))
		return;
	engine_enter(e, now);
	rel_left(&t->rel, (uint16_t)(c >> 16), (uint16_t)c, e->now);
	output_mark(t);
	engine_leave(e);
}
