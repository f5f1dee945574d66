/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A LAPB link on its way to another process: its numbers, and the frames that are not acknowledged.
 */
#include "transports/x25/lapb.h"

#include "transports/kit/handover.h"

#define LAPB_TIME_MOST 3600000000u /* T1, T3 and the retry are shorter */

static uint8_t lapb_hand_number(const struct lapb *l, struct handover *h, uint8_t v)
{
	return (uint8_t)handover_word(h, v, l->cfg.extended ? 127 : 7);
}

static void lapb_hand_state(struct lapb *l, struct handover *h)
{
	l->state = (enum lapb_state)handover_word(h, l->state, LAPB_STATES - 1);
	l->vs = lapb_hand_number(l, h, l->vs);
	l->vr = lapb_hand_number(l, h, l->vr);
	l->va = lapb_hand_number(l, h, l->va);
	l->tries = (uint8_t)handover_word(h, l->tries, UINT8_MAX);
	l->peer_busy = handover_flag(h, l->peer_busy);
	l->rej_out = handover_flag(h, l->rej_out);
	l->polling = handover_flag(h, l->polling);
	l->ua_sent = handover_flag(h, l->ua_sent);
	l->refused = handover_flag(h, l->refused);
	l->ack_due = handover_flag(h, l->ack_due);
	l->wanted = handover_flag(h, l->wanted);
	l->t1_at = handover_time(h, l->t1_at, LAPB_TIME_MOST);
	l->t3_at = handover_time(h, l->t3_at, LAPB_TIME_MOST);
	handover_octets(h, l->frmr, sizeof(l->frmr));
	l->told = l->vr; /* or a few less, for which ack_due stands */
}

/* The slots of store_len and store: lapb.c has a frame in that of its number. */
static void lapb_hand_frame(struct lapb *l, struct handover *h, uint8_t ns)
{
	size_t slots = (size_t)(l->store - (uint8_t *)l->store_len) / sizeof(*l->store_len);
	uint16_t *len = &l->store_len[ns % slots];

	*len = (uint16_t)handover_word(h, *len, l->cfg.n1);
	handover_octets(h, l->store + ns % slots * l->cfg.n1, *len);
}

bool lapb_hand(struct lapb *l, struct handover *h)
{
	uint8_t modulus = l->cfg.extended ? 128 : 8, n;
	bool same = handover_flag(h, l->cfg.extended) == l->cfg.extended;

	same &= handover_flag(h, l->cfg.dce) == l->cfg.dce;
	same &= handover_word(h, l->cfg.k, UINT8_MAX) == l->cfg.k;
	same &= handover_word(h, l->cfg.n1, UINT16_MAX) == l->cfg.n1;
	if (!same || h->bad)
		return false;
	lapb_hand_state(l, h);
	n = (uint8_t)((l->vs + modulus - l->va) % modulus);
	if (n > l->cfg.k)
		h->bad = true;
	for (uint8_t i = 0; i < n && !h->bad; i++)
		lapb_hand_frame(l, h, (uint8_t)((l->va + i) % modulus));
	return !h->bad;
}
