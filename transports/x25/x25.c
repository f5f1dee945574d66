/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The X.25 packet layer: restart of the interface, and calls on its logical channels (X.25 section
 * 4, annexes B and C).  x25_rx takes packets, x25_expire timers, and x25_call to x25_send the
 * requests of x25_circuit.c.
 *
 * A Restart clears all channels.  A Call takes a channel from p1 (ready) through "we call" or "they
 * call" to p4 (data transfer); a Clear takes it back to p1.  States have names from our side, so
 * that one table serves DTE and DCE; only the diagnostic that names a state depends on the role.  A
 * Clear or Restart from the peer is confirmed at once, so that there are no states in which the
 * peer waits for our confirmation.
 */
#include "transports/x25/x25_int.h"

#include <errno.h>
#include <stdlib.h>

int x25_init(struct x25 *x, const struct x25_config *c, const struct x25_ops *ops, void *ctx)
{
	if (!x25_config_sane(c))
		return -EINVAL;
	memset(x, 0, sizeof(*x));
	x->cfg = *c;
	if (!c->two_way_low) {
		x->cfg.two_way_low = c->lci_low;
		x->cfg.two_way_high = c->lci_high;
	}
	x->ops = ops;
	x->ctx = ctx;
	x->r = X25_R_DOWN;
	x->restart_at = x->next = X25_NEVER;
	x->vcs = (uint16_t)(c->lci_high + 1);
	x->vc = calloc(x->vcs, sizeof(*x->vc));
	return x->vc ? 0 : -ENOMEM;
}

static void plp_free_vc(struct x25 *x, struct x25_vc *v)
{
	x25_data_dequeue(x, v);
	if (x->owes == v)
		x->owes = NULL;
	x->vc[v->lci] = NULL;
	x->used--;
	free(v);
}

void x25_free(struct x25 *x)
{
	for (uint16_t i = 0; x->vc && i < x->vcs; i++)
		free(x->vc[i]);
	free(x->vc);
	x->vc = NULL;
}

struct x25_vc *x25_make_vc(struct x25 *x, uint16_t lci)
{
	struct x25_vc *v = calloc(1, sizeof(*v) + 2 * (size_t)x->cfg.sdu_max);

	if (!v)
		return NULL;
	v->lci = lci;
	v->in = (uint8_t *)(v + 1);
	v->out = v->in + x->cfg.sdu_max;
	v->size_in = v->size_out = x->cfg.size;
	v->window_in = v->window_out = x->cfg.window;
	v->at = v->window_at = X25_NEVER;
	x->vc[lci] = v;
	x->used++;
	return v;
}

/* --- sending ---------------------------------------------------------------------------------- */

void x25_send_packet(struct x25 *x, const struct x25_pkt *p)
{
	uint8_t buf[4 + 4096 + X25_CUD_FAST];
	struct wr w = wr_init(buf, sizeof(buf));

	if (x25_encode(&w, p))
		x->ops->tx(x->ctx, w.buf, w.len);
}

void x25_send_cause(struct x25 *x, uint16_t lci, enum x25_type t, uint8_t cause, uint8_t diag)
{
	struct x25_pkt p = {
		.type = t, .extended = x->cfg.extended, .lci = lci, .cause = cause, .diag = diag};

	x25_send_packet(x, &p);
}

void x25_notify(struct x25 *x, const struct x25_vc *v, enum x25_report_kind k, uint8_t cause,
		uint8_t diag, bool by_us)
{
	struct x25_report r = {.kind = k, .cause = cause, .diag = diag, .by_us = by_us};

	r.lci = v ? v->lci : 0;
	x->ops->report(x->ctx, &r);
}

void x25_wake_at(struct x25 *x, uint64_t when)
{
	if (when < x->next)
		x->next = when;
}

uint8_t x25_error_cause(const struct x25 *x, bool reset)
{
	if (!x->cfg.dce)
		return 0;
	return reset ? 0x05 : X25_CLEAR_LOCAL_ERROR;
}

static void plp_set_timer(struct x25 *x, struct x25_vc *v, uint64_t when)
{
	v->at = when;
	x25_wake_at(x, when);
}

/* Diagnostic "packet type invalid in state p..": our states have other numbers as DTE and as DCE.
 */
static uint8_t plp_invalid_in(const struct x25 *x, enum x25_p p)
{
	static const uint8_t dte[X25_P_STATES] = {20, 21, 22, 23, 25};
	static const uint8_t dce[X25_P_STATES] = {20, 22, 21, 23, 26};

	return x->cfg.dce ? dce[p] : dte[p];
}

/* --- restart ---------------------------------------------------------------------------------- */

static void plp_end_circuit(struct x25 *x, struct x25_vc *v, uint8_t cause, uint8_t diag)
{
	x25_data_start(x, v); /* counts SDUs that are lost */
	if (v->pvc) {
		x25_notify(x, v, X25_RESET_DONE, cause, diag, false);
		return;
	}
	v->p = X25_P_WE_CLEAR; /* requests from inside the report find the call cleared */
	x25_notify(x, v, X25_CLEARED, cause, diag, false);
	plp_free_vc(x, v);
}

static void plp_end_all(struct x25 *x, uint8_t cause, uint8_t diag)
{
	for (uint32_t i = 0; i < x->vcs && x->used; i++)
		if (x->vc[i])
			plp_end_circuit(x, x->vc[i], cause, diag);
}

static void plp_make_pvcs(struct x25 *x)
{
	for (uint16_t i = 1; i <= x->cfg.pvc; i++) {
		struct x25_vc *v = x->vc[i] ? x->vc[i] : x25_make_vc(x, i);

		if (!v)
			continue;
		v->pvc = true;
		v->p = X25_P4_DATA;
	}
}

static void plp_ready(struct x25 *x)
{
	x->r = X25_R1_READY;
	x->restart_at = x->next = X25_NEVER; /* no circuit is left whose timer runs */
	plp_make_pvcs(x);
	x25_notify(x, NULL, X25_READY, 0, 0, false);
	for (uint16_t i = 1; i <= x->cfg.pvc; i++)
		if (x->vc[i])
			x25_data_pump(x, x->vc[i],
				      0); /* reports WRITABLE; there is nothing to send */
}

static void plp_send_restart(struct x25 *x, uint8_t cause, uint8_t diag, uint64_t now)
{
	x->r = X25_R_WE_RESTART;
	x->restart_at = now + x->cfg.timers.restart;
	x25_wake_at(x, x->restart_at);
	x->count[X25_C_RESTARTS_TX]++;
	x25_send_cause(x, 0, X25_RESTART, cause, diag);
}

void x25_up(struct x25 *x, uint64_t now)
{
	if (!x->cfg.restarts)
		plp_ready(x);
	else
		plp_send_restart(x, x->cfg.dce ? 0x07 : 0x00, 0, now);
}

void x25_shutdown(struct x25 *x)
{
	x25_send_cause(x, 0, X25_RESTART, 0, 0);
}

void x25_down(struct x25 *x)
{
	bool was = x->r != X25_R_DOWN;

	x->r = X25_R_DOWN;
	x->restart_at = X25_NEVER;
	x->blocked = false;
	plp_end_all(x, X25_CLEAR_OUT_OF_ORDER, 0);
	if (was)
		x25_notify(x, NULL, X25_DOWN, 0, 0, false);
}

static void plp_restart_received(struct x25 *x, const struct x25_pkt *p)
{
	x->count[X25_C_RESTARTS_RX]++;
	if (x->r == X25_R1_READY) {
		plp_end_all(x, p->cause, p->diag);
		x25_send_cause(x, 0, X25_RESTART_CONF, 0, 0);
	}
	plp_ready(x); /* after our own Restart the peer's is the confirmation */
}

static void plp_restart_for_error(struct x25 *x, uint8_t diag, uint64_t now)
{
	x->count[X25_C_PROTOCOL]++;
	plp_end_all(x, x25_error_cause(x, false), diag);
	plp_send_restart(x, x->cfg.dce ? 0x01 : 0x00, diag, now);
}

static void plp_restart_confirmed(struct x25 *x, uint64_t now)
{
	if (x->r == X25_R_WE_RESTART)
		plp_ready(x);
	else
		plp_restart_for_error(x, X25_DIAG_TYPE_INVALID_R1, now);
}

/* --- clear ------------------------------------------------------------------------------------ */

static void plp_send_clear(struct x25 *x, struct x25_vc *v, uint8_t cause, uint8_t diag,
			   uint64_t now)
{
	v->p = X25_P_WE_CLEAR;
	v->window_at = X25_NEVER;
	plp_set_timer(x, v, now + x->cfg.timers.clear);
	x->count[X25_C_CLEARS_TX]++;
	x25_send_cause(x, v->lci, X25_CLEAR, cause, diag);
}

/* Procedure error: clear the call and report it at once. */
static void plp_clear_for_error(struct x25 *x, struct x25_vc *v, uint8_t diag, uint64_t now)
{
	uint8_t cause = x25_error_cause(x, false);

	x->count[X25_C_PROTOCOL]++;
	v->tries = 0;
	plp_send_clear(x, v, cause, diag, now);
	x25_notify(x, v, X25_CLEARED, cause, diag, false);
}

static void plp_reset_for_error(struct x25 *x, struct x25_vc *v, uint8_t diag, uint64_t now)
{
	x->count[X25_C_PROTOCOL]++;
	x25_start_reset(x, v, x25_error_cause(x, true), diag, now);
}

void x25_clear(struct x25 *x, uint16_t lci, uint8_t cause, uint8_t diag, uint64_t now)
{
	struct x25_vc *v = lci < x->vcs ? x->vc[lci] : NULL;

	if (!v || v->pvc || v->p == X25_P_WE_CLEAR)
		return;
	v->tries = 0;
	plp_send_clear(x, v, cause, diag, now);
	x25_notify(x, v, X25_CLEARED, cause, diag, true);
}

void x25_reset(struct x25 *x, uint16_t lci, uint8_t cause, uint8_t diag, uint64_t now)
{
	struct x25_vc *v = lci < x->vcs ? x->vc[lci] : NULL;

	if (v && v->p == X25_P4_DATA)
		x25_start_reset(x, v, cause, diag, now);
}

/* --- calls ------------------------------------------------------------------------------------ */

/* RFC 1356 3.13: fast select is not used. */
static void plp_refuse_fast_select(struct x25 *x, struct x25_vc *v, uint64_t now)
{
	x->count[X25_C_FAST_SELECT]++;
	plp_send_clear(x, v, x->cfg.dce ? X25_CLEAR_FAST_SELECT : 0,
		       x->cfg.dce ? 0 : X25_DIAG_NO_FAST_SELECT, now);
}

static void plp_call_received(struct x25 *x, uint16_t lci, const struct x25_pkt *p, uint64_t now)
{
	struct x25_pkt call = *p;
	struct x25_report r = {.kind = X25_INCOMING, .lci = lci, .pkt = &call};
	struct x25_vc *v = x25_make_vc(x, lci);

	x->count[X25_C_CALLS_IN]++;
	if (!v) {
		x->count[X25_C_CLEARS_TX]++;
		x25_send_cause(x, lci, X25_CLEAR, x->cfg.dce ? X25_CLEAR_CONGESTION : 0, 0);
		return;
	}
	v->p = X25_P_THEY_CALL;
	if (p->fac.given & X25_FAC_FAST) {
		plp_refuse_fast_select(x, v, now);
		return;
	}
	x25_negotiate(&x->cfg, v, &call.fac);
	x->ops->report(x->ctx, &r);
}

bool x25_accept(struct x25 *x, uint16_t lci, uint64_t now)
{
	struct x25_vc *v = lci < x->vcs ? x->vc[lci] : NULL;
	struct x25_pkt p = {.type = X25_CALL_ACCEPTED, .extended = x->cfg.extended, .lci = lci};
	struct x25_report r = {.kind = X25_CONNECTED, .lci = lci};

	(void)now;
	if (!v || v->p != X25_P_THEY_CALL)
		return false;
	x25_facilities_of_accept(&x->cfg, v, &p.fac);
	v->p = X25_P4_DATA;
	x25_data_start(x, v);
	x25_send_packet(x, &p);
	x->ops->report(x->ctx, &r);
	return true;
}

/* Channels on which the DTE (or the DCE) may place calls. */
static bool plp_may_call_on(const struct x25 *x, bool dce, uint16_t lci)
{
	return dce ? lci >= x->cfg.lci_low && lci <= x->cfg.two_way_high
		   : lci >= x->cfg.two_way_low && lci <= x->cfg.lci_high;
}

/* A DTE takes the highest free channel, a DCE the lowest, so that calls collide late. */
static uint16_t plp_free_lci(const struct x25 *x)
{
	uint16_t low = x->cfg.dce ? x->cfg.lci_low : x->cfg.two_way_low;
	uint16_t high = x->cfg.dce ? x->cfg.two_way_high : x->cfg.lci_high;

	for (int i = 0; low + i <= high; i++) { /* not once in an empty range */
		uint16_t lci = (uint16_t)(x->cfg.dce ? low + i : high - i);

		if (!x->vc[lci])
			return lci;
	}
	return 0;
}

uint16_t x25_call(struct x25 *x, const char *called, const char *calling, const char *sub,
		  const void *cud, size_t cud_len, uint64_t now)
{
	uint16_t lci = x->r == X25_R1_READY ? plp_free_lci(x) : 0;
	struct x25_pkt p = {.type = X25_CALL,
			    .extended = x->cfg.extended,
			    .lci = lci,
			    .data = cud,
			    .len = cud_len};
	struct x25_vc *v;

	if (!lci || cud_len > X25_CUD || !x25_digits_ok(called) ||
	    (*calling && !x25_digits_ok(calling)) || (*sub && !x25_sub_ok(sub)))
		return 0;
	v = x25_make_vc(x, lci);
	if (!v)
		return 0;
	memcpy(p.called, called, strlen(called) + 1);
	memcpy(p.calling, calling, strlen(calling) + 1);
	x25_facilities_of_call(&x->cfg, &p.fac);
	memcpy(p.fac.sub, sub, strlen(sub) + 1);
	v->p = X25_P_WE_CALL;
	plp_set_timer(x, v, now + x->cfg.timers.call);
	x->count[X25_C_CALLS_OUT]++;
	x25_send_packet(x, &p);
	return lci;
}

/* --- packets of a circuit --------------------------------------------------------------------- */

typedef void (*handler)(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p, uint64_t now);

static void plp_invalid_type(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p, uint64_t now)
{
	(void)p;
	plp_clear_for_error(x, v, plp_invalid_in(x, v->p), now);
}

/* On a permanent circuit a call packet is answered by a Reset. */
static void plp_invalid_type_in_p4(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
				   uint64_t now)
{
	if (!v->pvc) {
		plp_invalid_type(x, v, p, now);
		return;
	}
	plp_reset_for_error(x, v, X25_DIAG_TYPE_ON_PVC, now);
}

static void plp_call_accepted(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
			      uint64_t now)
{
	struct x25_report r = {.kind = X25_CONNECTED, .lci = v->lci, .pkt = p};

	if (!x25_accept_valid(&x->cfg, &p->fac)) {
		plp_clear_for_error(x, v, X25_DIAG_FACILITY_VALUE, now);
		return;
	}
	x25_apply_accept(&x->cfg, v, &p->fac);
	v->p = X25_P4_DATA;
	x25_data_start(x, v);
	x->ops->report(x->ctx, &r);
}

/* Call collision (X.25 4.1.6): the DTE's call goes on, the DCE's is given up. */
static void plp_call_collision(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
			       uint64_t now)
{
	uint16_t lci = v->lci;

	if (!x->cfg.dce) {
		x->count[X25_C_DISCARDED]++;
		return;
	}
	x25_notify(x, v, X25_CLEARED, X25_CLEAR_BUSY, X25_DIAG_COLLISION, false);
	plp_free_vc(x, v);
	plp_call_received(x, lci, p, now);
}

static void plp_clear_received(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
			       uint64_t now)
{
	(void)now;
	x->count[X25_C_CLEARS_RX]++;
	x25_send_cause(x, v->lci, X25_CLEAR_CONF, 0, 0);
	plp_end_circuit(x, v, p->cause, p->diag);
}

/* Our Clear is confirmed, or has crossed the peer's: the channel is free.  The report was made when
 * we cleared. */
static void plp_clear_confirmed(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p,
				uint64_t now)
{
	(void)now;
	if (p->type == X25_CLEAR)
		x->count[X25_C_CLEARS_RX]++;
	plp_free_vc(x, v);
}

static void plp_discard(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p, uint64_t now)
{
	(void)v;
	(void)p;
	(void)now;
	x->count[X25_C_DISCARDED]++;
}

#define DATA_TYPES(h)                                                                    \
	[X25_DATA] = h, [X25_RR] = h, [X25_RNR] = h, [X25_REJ] = h, [X25_INTERRUPT] = h, \
	[X25_INTERRUPT_CONF] = h, [X25_RESET] = h, [X25_RESET_CONF] = h

/* X.25 table C-3. */
static const handler table[X25_P_STATES][X25_TYPES] = {
	[X25_P_WE_CALL] = {DATA_TYPES(plp_invalid_type), [X25_CALL] = plp_call_collision,
			   [X25_CALL_ACCEPTED] = plp_call_accepted,
			   [X25_CLEAR] = plp_clear_received, [X25_CLEAR_CONF] = plp_invalid_type},
	[X25_P_THEY_CALL] = {DATA_TYPES(plp_invalid_type), [X25_CALL] = plp_invalid_type,
			     [X25_CALL_ACCEPTED] = plp_invalid_type,
			     [X25_CLEAR] = plp_clear_received, [X25_CLEAR_CONF] = plp_invalid_type},
	[X25_P4_DATA] =
		{DATA_TYPES(x25_data_rx), [X25_CALL] = plp_invalid_type_in_p4,
		 [X25_CALL_ACCEPTED] = plp_invalid_type_in_p4, [X25_CLEAR] = plp_clear_received,
		 [X25_CLEAR_CONF] = plp_invalid_type_in_p4},
	[X25_P_WE_CLEAR] = {DATA_TYPES(plp_discard), [X25_CALL] = plp_discard,
			    [X25_CALL_ACCEPTED] = plp_discard, [X25_CLEAR] = plp_clear_confirmed,
			    [X25_CLEAR_CONF] = plp_clear_confirmed},
};

/* A wrong packet on a channel in p1 is answered by a Clear; after the confirmation it is in p1
 * again.
 */
static void plp_clear_in_p1(struct x25 *x, uint16_t lci, uint8_t cause, uint8_t diag, uint64_t now)
{
	struct x25_vc *v = x25_make_vc(x, lci);

	x->count[X25_C_PROTOCOL]++;
	if (v)
		plp_send_clear(x, v, cause, diag, now);
}

/* A packet on a channel in p1: a Call begins a call, a Clear is confirmed, others are errors. */
static void plp_packet_in_p1(struct x25 *x, const struct x25_pkt *p, uint64_t now)
{
	if (p->type == X25_CALL && plp_may_call_on(x, !x->cfg.dce, p->lci)) {
		plp_call_received(x, p->lci, p, now);
	} else if (p->type == X25_CLEAR) {
		x->count[X25_C_CLEARS_RX]++;
		x25_send_cause(x, p->lci, X25_CLEAR_CONF, 0, 0);
	} else if (!x->cfg.restarts) {
		x->count[X25_C_DISCARDED]++; /* RFC 1613 6.1 */
	} else {
		plp_clear_in_p1(x, p->lci, x25_error_cause(x, false),
				p->type == X25_CALL ? X25_DIAG_ONE_WAY : X25_DIAG_TYPE_INVALID_P1,
				now);
	}
}

/* A DCE sends a Diagnostic packet about errors that belong to no circuit (X.25 3.4); a DTE does
 * not.
 */
static void plp_send_diagnostic(struct x25 *x, uint8_t diag, const uint8_t *pkt, size_t len)
{
	struct x25_pkt p = {.type = X25_DIAGNOSTIC,
			    .extended = x->cfg.extended,
			    .diag = diag,
			    .data = pkt,
			    .len = len < 3 ? len : 3};

	if (x->cfg.dce && x->cfg.restarts)
		x25_send_packet(x, &p);
}

static void plp_unassigned(struct x25 *x, const uint8_t *pkt, size_t len, uint8_t diag)
{
	x->count[diag == X25_DIAG_UNASSIGNED ? X25_C_UNASSIGNED : X25_C_PROTOCOL]++;
	plp_send_diagnostic(x, diag, pkt, len);
}

static bool plp_is_assigned(const struct x25 *x, uint16_t lci)
{
	return lci && lci < x->vcs && (x->vc[lci] || lci >= x->cfg.lci_low);
}

/* Clearing cause for a malformed Call. */
static uint8_t plp_refusal_cause(const struct x25 *x, uint8_t diag)
{
	bool facility = diag == X25_DIAG_FACILITY_CODE || diag == X25_DIAG_FACILITY_VALUE ||
			diag == X25_DIAG_FACILITY_LENGTH;

	return x->cfg.dce && facility ? X25_CLEAR_INVALID_FACILITY : x25_error_cause(x, false);
}

static void plp_malformed_in_p1(struct x25 *x, const struct x25_pkt *p, uint8_t diag, uint64_t now)
{
	if (p->type == X25_CALL && plp_may_call_on(x, !x->cfg.dce, p->lci))
		plp_clear_in_p1(x, p->lci, plp_refusal_cause(x, diag), diag, now);
	else if (!x->cfg.restarts)
		x->count[X25_C_DISCARDED]++; /* RFC 1613 6.1 */
	else
		plp_clear_in_p1(x, p->lci, x25_error_cause(x, false), diag, now);
}

/* A malformed packet: on a circuit it is answered like a packet of a wrong type. */
static void plp_malformed(struct x25 *x, const struct x25_pkt *p, uint8_t diag, const uint8_t *pkt,
			  size_t len, uint64_t now)
{
	struct x25_vc *v = plp_is_assigned(x, p->lci) ? x->vc[p->lci] : NULL;
	bool call_with_q = diag == X25_DIAG_GFI && p->type == X25_CALL && !v;

	if (!p->lci && (p->type == X25_RESTART || p->type == X25_RESTART_CONF) && x->cfg.restarts)
		plp_restart_for_error(x, diag, now);
	else if (!plp_is_assigned(x, p->lci) || (diag == X25_DIAG_GFI && !call_with_q))
		plp_unassigned(x, pkt, len,
			       diag == X25_DIAG_GFI || len < 2 ? diag : X25_DIAG_UNASSIGNED);
	else if (!v)
		plp_malformed_in_p1(x, p, diag, now);
	else if (v->p == X25_P_WE_CLEAR)
		x->count[X25_C_DISCARDED]++;
	else if (v->p != X25_P4_DATA || p->type == X25_CLEAR)
		plp_clear_for_error(x, v, diag, now);
	else if (v->d == X25_D_WE_RESET)
		x->count[X25_C_DISCARDED]++;
	else
		plp_reset_for_error(x, v, diag, now);
}

/* Packets of the interface, which have LCN 0.  False: it is another packet. */
static bool plp_interface_packet(struct x25 *x, const struct x25_pkt *p, uint64_t now)
{
	switch (p->type) {
	case X25_RESTART:
		if (x->cfg.restarts)
			plp_restart_received(x, p);
		return true;
	case X25_RESTART_CONF:
		if (x->cfg.restarts)
			plp_restart_confirmed(x, now);
		return true;
	case X25_DIAGNOSTIC:
		x->count[X25_C_DIAGNOSTICS_RX]++;
		return true;
	case X25_REGISTRATION:
	case X25_REGISTRATION_CONF:
		x->count[X25_C_DISCARDED]++;
		return true;
	default:
		return false;
	}
}

void x25_rx(struct x25 *x, const uint8_t *pkt, size_t len, uint64_t now)
{
	struct x25_pkt p;
	uint8_t diag;

	if (x->r == X25_R_DOWN)
		return;
	diag = x25_decode(&p, pkt, len, x->cfg.extended);
	if (!diag && plp_interface_packet(x, &p, now))
		return;
	if (x->r == X25_R_WE_RESTART) {
		x->count[X25_C_DISCARDED]++;
		return;
	}
	if (diag)
		plp_malformed(x, &p, diag, pkt, len, now);
	else if (!plp_is_assigned(x, p.lci))
		plp_unassigned(x, pkt, len, X25_DIAG_UNASSIGNED);
	else if (!x->vc[p.lci])
		plp_packet_in_p1(x, &p, now);
	else
		table[x->vc[p.lci]->p][p.type](x, x->vc[p.lci], &p, now);
}

bool x25_send(struct x25 *x, uint16_t lci, const void *head, size_t head_len, const void *data,
	      size_t len, uint64_t now)
{
	struct x25_vc *v = lci < x->vcs ? x->vc[lci] : NULL;

	if (!v || v->p != X25_P4_DATA || head_len + len > x->cfg.sdu_max || !(head_len + len))
		return false;
	if (v->out_at < v->out_len || v->d != X25_D1_READY || x->r != X25_R1_READY) {
		v->refused = true;
		return false;
	}
	if (head_len)
		memcpy(v->out, head, head_len);
	if (len)
		memcpy(v->out + head_len, data, len);
	v->out_len = (uint32_t)(head_len + len);
	v->out_at = 0;
	x25_data_pump(x, v, now);
	return true;
}

/* --- timers ----------------------------------------------------------------------------------- */

static void plp_clear_expired(struct x25 *x, struct x25_vc *v, uint64_t now)
{
	uint8_t about[3] = {0};

	x->count[X25_C_TIMEOUTS]++;
	if (v->tries++ < x->cfg.timers.clears) {
		plp_send_clear(x, v, x25_error_cause(x, false), X25_DIAG_TIMER_CLEAR, now);
		return;
	}
	about[0] = (uint8_t)((x->cfg.extended ? 0x20 : 0x10) | v->lci >> 8);
	about[1] = (uint8_t)v->lci;
	plp_send_diagnostic(x, X25_DIAG_TIMER_CLEAR, about, sizeof(about)); /* X.25 table D-1 */
	plp_free_vc(x, v);
}

static void plp_call_expired(struct x25 *x, struct x25_vc *v, uint64_t now)
{
	x->count[X25_C_TIMEOUTS]++;
	v->tries = 0;
	plp_send_clear(x, v, x25_error_cause(x, false), X25_DIAG_TIMER_CALL, now);
	x25_notify(x, v, X25_CLEARED, x25_error_cause(x, false), X25_DIAG_TIMER_CALL, false);
}

static void plp_expire_vc(struct x25 *x, struct x25_vc *v, uint64_t now)
{
	if (v->p == X25_P_WE_CLEAR)
		plp_clear_expired(x, v, now);
	else if (v->p == X25_P4_DATA)
		x25_data_expire(x, v, now);
	else
		plp_call_expired(x, v, now);
}

static void plp_expire_restart(struct x25 *x, uint64_t now)
{
	x->count[X25_C_TIMEOUTS]++;
	plp_send_restart(x, x->cfg.dce ? 0x01 : 0x00, X25_DIAG_TIMER_RESTART, now);
}

void x25_expire(struct x25 *x, uint64_t now)
{
	if (now < x->next)
		return;
	if (now >= x->restart_at)
		plp_expire_restart(x, now);
	for (uint32_t i = 0; i < x->vcs; i++) {
		struct x25_vc *v = x->vc[i];

		if (v && (now >= v->at || now >= v->window_at))
			plp_expire_vc(x, v, now);
	}
	x->next = x->restart_at;
	for (uint32_t i = 0; i < x->vcs && x->used; i++) {
		struct x25_vc *v = x->vc[i];

		if (v)
			x25_wake_at(x, v->at < v->window_at ? v->at : v->window_at);
	}
}

uint64_t x25_deadline(const struct x25 *x)
{
	return x->next;
}

enum x25_p x25_state(const struct x25 *x, uint16_t lci)
{
	return lci < x->vcs && x->vc[lci] ? x->vc[lci]->p : X25_P1_READY;
}

void x25_set_flow(struct x25 *x, uint16_t lci, uint8_t size_in, uint8_t size_out, uint8_t window_in,
		  uint8_t window_out)
{
	struct x25_vc *v = lci < x->vcs ? x->vc[lci] : NULL;

	if (!v)
		return;
	v->size_in = size_in;
	v->size_out = size_out;
	v->window_in = window_in;
	v->window_out = window_out;
}

bool x25_info(const struct x25 *x, uint16_t lci, struct x25_vc_info *out)
{
	const struct x25_vc *v = lci < x->vcs ? x->vc[lci] : NULL;

	if (!v)
		return false;
	*out = (struct x25_vc_info){.size_in = (uint16_t)(1u << v->size_in),
				    .size_out = (uint16_t)(1u << v->size_out),
				    .window_in = v->window_in,
				    .window_out = v->window_out,
				    .d1 = v->d == X25_D1_READY};
	return true;
}
