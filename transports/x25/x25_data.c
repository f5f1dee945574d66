/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data transfer on one circuit (X.25 4.4, states d1 to d3); x25.c calls in here in state p4.
 *
 * Sending: an SDU becomes a complete packet sequence, full packets with M = 1 and a last one with
 * M = 0.  The window limits how many packets are unacknowledged; the rest of the SDU waits in the
 * circuit's buffer.  While the layer below is full, circuits with packets to send stand in a list
 * and send one packet each in turn.  Receiving: packets are collected until one has M = 0.
 *
 * A wrong P(S) or P(R), or the D bit, resets the circuit: P(S) and P(R) start at 0 and SDUs in
 * flight are lost.
 */
#include "transports/x25/x25_int.h"

static uint8_t x25_data_modulus(const struct x25 *x)
{
	return x->cfg.extended ? 128 : 8;
}

static uint8_t x25_data_distance(const struct x25 *x, uint8_t a, uint8_t b)
{
	return (uint8_t)((b + x25_data_modulus(x) - a) % x25_data_modulus(x));
}

void x25_data_start(struct x25 *x, struct x25_vc *v)
{
	if (v->in_len || v->in_more || v->out_at < v->out_len)
		x->count[X25_C_SDU_LOST]++;
	v->d = X25_D1_READY;
	v->vs = v->va = v->vr = v->told = 0;
	v->peer_busy = v->in_more = false;
	v->in_len = v->out_len = v->out_at = 0;
	v->at = v->window_at = X25_NEVER;
}

/* --- sending ---------------------------------------------------------------------------------- */

static void x25_data_send_flow(struct x25 *x, struct x25_vc *v, enum x25_type t)
{
	struct x25_pkt p = {.type = t, .extended = x->cfg.extended, .lci = v->lci, .pr = v->vr};

	v->told = v->vr;
	x25_send_packet(x, &p);
}

static void x25_data_send_packet(struct x25 *x, struct x25_vc *v)
{
	size_t room = (size_t)1 << v->size_out, left = v->out_len - v->out_at;
	struct x25_pkt p = {.type = X25_DATA,
			    .extended = x->cfg.extended,
			    .lci = v->lci,
			    .ps = v->vs,
			    .pr = v->vr,
			    .m = left > room,
			    .data = v->out + v->out_at,
			    .len = left > room ? room : left};

	v->out_at += (uint32_t)p.len;
	v->vs = (uint8_t)((v->vs + 1) % x25_data_modulus(x));
	v->told = v->vr;
	x->count[X25_C_DATA_TX]++;
	x25_send_packet(x, &p);
}

static bool x25_data_may_send(const struct x25 *x, const struct x25_vc *v)
{
	return v->out_at < v->out_len && v->p == X25_P4_DATA && v->d == X25_D1_READY &&
	       x->r == X25_R1_READY && !v->peer_busy &&
	       x25_data_distance(x, v->va, v->vs) < v->window_out;
}

static void x25_data_send_one(struct x25 *x, struct x25_vc *v, uint64_t now)
{
	x25_data_send_packet(x, v);
	if (v->window_at == X25_NEVER && x->cfg.timers.window) {
		v->window_at = now + x->cfg.timers.window;
		x25_wake_at(x, v->window_at);
	}
}

void x25_data_enqueue(struct x25 *x, struct x25_vc *v)
{
	if (v->waiting)
		return;
	v->waiting = true;
	v->wait_prev = x->wait_last;
	v->wait_next = NULL;
	*(x->wait_last ? &x->wait_last->wait_next : &x->wait_first) = v;
	x->wait_last = v;
}

void x25_data_dequeue(struct x25 *x, struct x25_vc *v)
{
	if (!v->waiting)
		return;
	v->waiting = false;
	*(v->wait_prev ? &v->wait_prev->wait_next : &x->wait_first) = v->wait_next;
	*(v->wait_next ? &v->wait_next->wait_prev : &x->wait_last) = v->wait_prev;
}

static void x25_data_report_writable(struct x25 *x, struct x25_vc *v)
{
	if (v->out_at == v->out_len && v->refused && v->d == X25_D1_READY) {
		v->refused = false;
		x25_notify(x, v, X25_WRITABLE, 0, 0, false);
	}
}

void x25_data_pump(struct x25 *x, struct x25_vc *v, uint64_t now)
{
	while (x25_data_may_send(x, v) && !x->blocked)
		x25_data_send_one(x, v, now);
	if (x25_data_may_send(x, v))
		x25_data_enqueue(x, v);
	if (x->r == X25_R1_READY)
		x25_data_report_writable(x, v);
}

void x25_block(struct x25 *x)
{
	x->blocked = true;
}

void x25_unblock(struct x25 *x, uint64_t now)
{
	x->blocked = false;
	while (x->wait_first && !x->blocked) {
		struct x25_vc *v = x->wait_first;

		x25_data_dequeue(x, v);
		if (x25_data_may_send(x, v))
			x25_data_send_one(x, v, now);
		if (x25_data_may_send(x, v))
			x25_data_enqueue(x, v);
		x25_data_report_writable(x, v);
	}
}

/* --- reset ------------------------------------------------------------------------------------ */

void x25_start_reset(struct x25 *x, struct x25_vc *v, uint8_t cause, uint8_t diag, uint64_t now)
{
	x25_data_start(x, v);
	v->d = X25_D_WE_RESET;
	v->tries = 0;
	v->at = now + x->cfg.timers.reset;
	x25_wake_at(x, v->at);
	x->count[X25_C_RESETS_TX]++;
	x25_send_cause(x, v->lci, X25_RESET, cause, diag);
}

static void x25_data_reset_over(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
				uint64_t now)
{
	x25_data_start(x, v);
	x25_notify(x, v, X25_RESET_DONE, p->cause, p->diag, p->type == X25_RESET_CONF);
	if (v->p == X25_P4_DATA)
		x25_data_pump(x, v, now);
}

/* --- receiving -------------------------------------------------------------------------------- */

typedef void (*handler)(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p, uint64_t now);

/* P(R) acknowledges all packets below it.  False: it acknowledges packets that were never sent, and
 * the circuit is reset. */
static bool x25_data_acknowledged(struct x25 *x, struct x25_vc *v, uint8_t pr, uint64_t now)
{
	if (x25_data_distance(x, v->va, pr) > x25_data_distance(x, v->va, v->vs)) {
		x25_start_reset(x, v, x25_error_cause(x, true), X25_DIAG_PR, now);
		return false;
	}
	if (pr != v->va) {
		v->va = pr;
		v->window_at = pr == v->vs || !x->cfg.timers.window ? X25_NEVER
								    : now + x->cfg.timers.window;
	}
	return true;
}

void x25_settle(struct x25 *x)
{
	struct x25_vc *v = x->owes;

	x->owes = NULL;
	if (v && v->told != v->vr && v->p == X25_P4_DATA && v->d == X25_D1_READY &&
	    x->r == X25_R1_READY)
		x25_data_send_flow(x, v, X25_RR);
}

/* Send RR when no data packet has carried the P(R): when half of the window is unacknowledged, or
 * at the end of a sequence, unless more come with it; then one RR is for all. */
static void x25_data_acknowledge(struct x25 *x, struct x25_vc *v, bool end)
{
	uint8_t owed = x25_data_distance(x, v->told, v->vr);

	if (owed && owed * 2 >= v->window_in) {
		x25_data_send_flow(x, v, X25_RR);
	} else if (owed && end) {
		if (x->owes != v)
			x25_settle(x);
		x->owes = v;
	}
}

static void x25_data_deliver(struct x25 *x, struct x25_vc *v, const uint8_t *sdu, uint32_t len)
{
	struct x25_report r = {
		.kind = v->in_q ? X25_SDU_Q : X25_SDU, .lci = v->lci, .data = sdu, .len = len};

	v->in_len = 0;
	x->ops->report(x->ctx, &r);
}

/* A packet that is a whole SDU need not be gathered. */
static void x25_data_gather(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p)
{
	bool alone = !p->m && !v->in_len;

	v->in_q = p->q;
	v->in_more = p->m;
	if (!alone && p->len)
		memcpy(v->in + v->in_len, p->data, p->len);
	v->in_len += (uint32_t)p->len;
	if (!p->m)
		x25_data_deliver(x, v, alone ? p->data : v->in, v->in_len);
}

static void x25_data_receive(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p, uint64_t now)
{
	uint8_t cause = x25_error_cause(x, true);

	if (p->ps != v->vr || x25_data_distance(x, v->told, p->ps) >= v->window_in) {
		x25_start_reset(x, v, cause, X25_DIAG_PS, now);
		return;
	}
	if (!x25_data_acknowledged(x, v, p->pr, now))
		return;
	if (p->d) { /* RFC 1356 3.13 forbids it: D = 1 ends a packet sequence as M = 0 does */
		x->count[X25_C_D_BIT]++;
		x25_start_reset(x, v, cause, X25_DIAG_NO_D_BIT, now);
		return;
	}
	if (p->len > (size_t)1 << v->size_in) {
		x25_start_reset(x, v, cause, X25_DIAG_TOO_LONG, now);
		return;
	}
	if (p->len > x->cfg.sdu_max - v->in_len) {
		x->count[X25_C_SDU_LONG]++;
		x25_start_reset(x, v, cause, X25_DIAG_TOO_LONG, now);
		return;
	}
	x->count[X25_C_DATA_RX]++;
	v->vr = (uint8_t)((v->vr + 1) % x25_data_modulus(x));
	x25_data_gather(x, v, p);
	if (v->p != X25_P4_DATA || v->d != X25_D1_READY)
		return; /* cleared or reset from inside the report */
	x25_data_pump(x, v, now);
	x25_data_acknowledge(x, v, !p->m);
}

static void x25_data_flow_received(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
				   uint64_t now)
{
	v->peer_busy = p->type == X25_RNR;
	if (x25_data_acknowledged(x, v, p->pr, now))
		x25_data_pump(x, v, now);
}

/* REJ needs the packet retransmission facility (X.25 6.4), which is not subscribed to. */
static void x25_data_reject_received(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
				     uint64_t now)
{
	(void)p;
	x25_start_reset(x, v, x25_error_cause(x, true), X25_DIAG_REJECT_NOT_SUBSCRIBED, now);
}

static void x25_data_interrupt_received(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
					uint64_t now)
{
	(void)p;
	(void)now;
	x->count[X25_C_INTERRUPTS]++;
	x25_send_cause(x, v->lci, X25_INTERRUPT_CONF, 0, 0);
}

/* We never send an interrupt: a confirmation is a procedure error. */
static void x25_data_interrupt_confirmed(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
					 uint64_t now)
{
	(void)p;
	x25_start_reset(x, v, x25_error_cause(x, true), X25_DIAG_INTERRUPT_CONF, now);
}

static void x25_data_reset_received(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
				    uint64_t now)
{
	x->count[X25_C_RESETS_RX]++;
	x25_send_cause(x, v->lci, X25_RESET_CONF, 0, 0);
	x25_data_reset_over(x, v, p, now);
}

/* Resets that cross are one reset (X.25 4.4.3.3). */
static void x25_data_reset_collision(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
				     uint64_t now)
{
	x->count[X25_C_RESETS_RX]++;
	x25_data_reset_over(x, v, p, now);
}

static void x25_data_invalid_type(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
				  uint64_t now)
{
	(void)p;
	x->count[X25_C_PROTOCOL]++;
	x25_start_reset(x, v, x25_error_cause(x, true), X25_DIAG_TYPE_INVALID_D1, now);
}

static void x25_data_discard(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p, uint64_t now)
{
	(void)v;
	(void)p;
	(void)now;
	x->count[X25_C_DISCARDED]++;
}

/* X.25 table C-4: packets in d1, and after our Reset. */
static const handler table[2][X25_TYPES] = {
	[X25_D1_READY] = {[X25_DATA] = x25_data_receive,
			  [X25_RR] = x25_data_flow_received,
			  [X25_RNR] = x25_data_flow_received,
			  [X25_REJ] = x25_data_reject_received,
			  [X25_INTERRUPT] = x25_data_interrupt_received,
			  [X25_INTERRUPT_CONF] = x25_data_interrupt_confirmed,
			  [X25_RESET] = x25_data_reset_received,
			  [X25_RESET_CONF] = x25_data_invalid_type},
	[X25_D_WE_RESET] = {[X25_DATA] = x25_data_discard,
			    [X25_RR] = x25_data_discard,
			    [X25_RNR] = x25_data_discard,
			    [X25_REJ] = x25_data_discard,
			    [X25_INTERRUPT] = x25_data_discard,
			    [X25_INTERRUPT_CONF] = x25_data_discard,
			    [X25_RESET] = x25_data_reset_collision,
			    [X25_RESET_CONF] = x25_data_reset_over},
};

void x25_data_rx(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p, uint64_t now)
{
	table[v->d][p->type](x, v, p, now);
}

void x25_data_expire(struct x25 *x, struct x25_vc *v, uint64_t now)
{
	x->count[X25_C_TIMEOUTS]++;
	if (now >= v->window_at && v->d == X25_D1_READY) {
		x25_start_reset(x, v, x25_error_cause(x, true), X25_DIAG_TIMER, now);
		return;
	}
	/* A permanent circuit cannot be cleared: its Reset is repeated until it is confirmed. */
	if (v->pvc || v->tries++ < x->cfg.timers.resets) {
		v->at = now + x->cfg.timers.reset;
		x->count[X25_C_RESETS_TX]++;
		x25_send_cause(x, v->lci, X25_RESET, x25_error_cause(x, true),
			       X25_DIAG_TIMER_RESET);
		return;
	}
	v->at = X25_NEVER;
	x25_clear(x, v->lci, x25_error_cause(x, false), X25_DIAG_TIMER_RESET, now);
}
