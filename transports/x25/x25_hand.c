/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A packet layer on its way to another process: its circuits with their numbers, windows and SDUs.
 */
#include "transports/x25/x25_int.h"

#include "transports/kit/handover.h"

#define X25_TIME_MOST (24 * 3600000000ull) /* no timer of X.25 runs longer */

static uint8_t x25_hand_number(const struct x25 *x, struct handover *h, uint8_t v)
{
	return (uint8_t)handover_word(h, v, x->cfg.extended ? 127 : 7);
}

static uint8_t x25_hand_size(struct handover *h, uint8_t v)
{
	v = (uint8_t)handover_word(h, v, 12);
	if (v < 4)
		h->bad = true;
	return v;
}

static uint8_t x25_hand_window(const struct x25 *x, struct handover *h, uint8_t v)
{
	v = x25_hand_number(x, h, v);
	if (!v)
		h->bad = true;
	return v;
}

static void x25_hand_numbers(const struct x25 *x, struct x25_vc *v, struct handover *h)
{
	v->p = (enum x25_p)handover_word(h, v->p, X25_P_STATES - 1);
	v->d = (enum x25_d)handover_word(h, v->d, X25_D_WE_RESET);
	v->pvc = handover_flag(h, v->pvc);
	v->tries = (uint8_t)handover_word(h, v->tries, UINT8_MAX);
	v->vs = x25_hand_number(x, h, v->vs);
	v->va = x25_hand_number(x, h, v->va);
	v->vr = x25_hand_number(x, h, v->vr);
	v->told = x25_hand_number(x, h, v->told);
	v->peer_busy = handover_flag(h, v->peer_busy);
	v->refused = handover_flag(h, v->refused);
	v->size_in = x25_hand_size(h, v->size_in);
	v->size_out = x25_hand_size(h, v->size_out);
	v->window_in = x25_hand_window(x, h, v->window_in);
	v->window_out = x25_hand_window(x, h, v->window_out);
	v->class_called = (uint8_t)handover_word(h, v->class_called, UINT8_MAX);
	v->class_calling = (uint8_t)handover_word(h, v->class_calling, UINT8_MAX);
	v->at = handover_time(h, v->at, X25_TIME_MOST);
	v->window_at = handover_time(h, v->window_at, X25_TIME_MOST);
}

/* Of an SDU that is sent the octets that remain. */
static void x25_hand_sdus(const struct x25 *x, struct x25_vc *v, struct handover *h)
{
	uint32_t left = handover_word(h, v->out_len - v->out_at, x->cfg.sdu_max);

	if (h->thawing) {
		v->out_at = 0;
		v->out_len = left;
	}
	handover_octets(h, v->out + v->out_at, left);
	v->in_len = handover_word(h, v->in_len, x->cfg.sdu_max);
	handover_octets(h, v->in, v->in_len);
	v->in_q = handover_flag(h, v->in_q);
	v->in_more = handover_flag(h, v->in_more);
}

static void x25_hand_vc(struct x25 *x, struct x25_vc *v, struct handover *h)
{
	x25_hand_numbers(x, v, h);
	x25_hand_sdus(x, v, h);
	if (v->p == X25_P1_READY || v->pvc != (v->lci <= x->cfg.pvc) ||
	    (v->pvc && v->p != X25_P4_DATA))
		h->bad = true;
	x25_wake_at(x, v->at < v->window_at ? v->at : v->window_at);
}

static void x25_thaw_vc(struct x25 *x, struct handover *h)
{
	uint16_t lci = (uint16_t)handover_word(h, 0, x->vcs - 1u);
	struct x25_vc *v = lci && !x->vc[lci] ? x25_make_vc(x, lci) : NULL;

	if (v)
		x25_hand_vc(x, v, h);
	else
		h->bad = true;
}

static void x25_hand_vcs(struct x25 *x, struct handover *h)
{
	uint32_t n = handover_word(h, x->used, x->vcs);

	if (h->thawing) {
		while (n-- && !h->bad)
			x25_thaw_vc(x, h);
		return;
	}
	for (uint32_t i = 0; i < x->vcs; i++) {
		if (!x->vc[i])
			continue;
		handover_word(h, i, x->vcs - 1u);
		x25_hand_vc(x, x->vc[i], h);
	}
}

/* Circuits that wait for the layer below, in their order. */
static void x25_hand_waiting(struct x25 *x, struct handover *h)
{
	for (struct x25_vc *v = x->wait_first; v && !h->thawing; v = v->wait_next)
		handover_word(h, v->lci, x->vcs - 1u);
	if (!h->thawing) {
		handover_word(h, 0, 0);
		return;
	}
	for (uint32_t n = 0; n <= x->vcs && !h->bad; n++) {
		uint32_t lci = handover_word(h, 0, x->vcs - 1u);

		if (!lci)
			return;
		if (x->vc[lci])
			x25_data_enqueue(x, x->vc[lci]);
	}
	h->bad = true;
}

bool x25_hand(struct x25 *x, struct handover *h)
{
	bool same = handover_flag(h, x->cfg.dce) == x->cfg.dce;

	same &= handover_flag(h, x->cfg.extended) == x->cfg.extended;
	same &= handover_flag(h, x->cfg.restarts) == x->cfg.restarts;
	same &= handover_word(h, x->cfg.pvc, UINT16_MAX) == x->cfg.pvc;
	same &= handover_word(h, x->cfg.lci_low, UINT16_MAX) == x->cfg.lci_low;
	same &= handover_word(h, x->vcs, UINT16_MAX) == x->vcs;
	same &= handover_word(h, x->cfg.sdu_max, UINT32_MAX) == x->cfg.sdu_max;
	if (!same || h->bad)
		return false;
	x->r = (enum x25_r)handover_word(h, x->r, X25_R_DOWN);
	x->restart_at = handover_time(h, x->restart_at, X25_TIME_MOST);
	x->blocked = handover_flag(h, x->blocked);
	x25_wake_at(x, x->restart_at);
	x25_hand_vcs(x, h);
	if (!h->bad)
		x25_hand_waiting(x, h);
	return !h->bad;
}
