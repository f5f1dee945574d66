/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * With one side everything goes straight through.  With two, what arrives goes to the side it is
 * meant for: an ENQUIRY to the network's, the rest to the user's.  What a side reports of the link
 * or of a PVC is passed on when the other says the same, and a side that goes down takes down what
 * both had up.
 */
#include "transports/frame-relay/lmi_sides.h"

#include "transports/kit/handover.h"

#define MESSAGE_TYPE 3u /* its offset in a PDU, in every kind */

static const struct lmi_side *lmi_sides_other(const struct lmi_side *s)
{
	return s->of->n < 2 ? NULL : &s->of->side[s == s->of->side];
}

static void lmi_sides_tx(void *ctx, const uint8_t *pdu, size_t len)
{
	struct lmi_sides *s = ((struct lmi_side *)ctx)->of;

	s->ops->tx(s->ctx, pdu, len);
}

static void lmi_sides_link(void *ctx, bool up)
{
	const struct lmi_side *side = ctx, *o = lmi_sides_other(side);

	if (!o || o->lmi.up)
		side->of->ops->link(side->of->ctx, up);
}

static void lmi_sides_pvc(void *ctx, uint32_t dlci, bool up)
{
	const struct lmi_side *side = ctx, *o = lmi_sides_other(side);

	if (!o || lmi_pvc_up(&o->lmi, dlci))
		side->of->ops->pvc(side->of->ctx, dlci, up);
}

static const struct lmi_ops side_ops = {lmi_sides_tx, lmi_sides_link, lmi_sides_pvc};

const char *lmi_sides_check(const struct lmi_conf *c, bool nni)
{
	if (nni && (c->automatic || c->kind == LMI_CISCO))
		return "role: nni is for lmi = annex-a and annex-d";
	return lmi_conf_check(c);
}

int lmi_sides_init(struct lmi_sides *s, const struct lmi_conf *c, bool nni,
		   const struct lmi_ops *ops, void *ctx, const uint32_t *dlci, unsigned n)
{
	struct lmi_conf conf = *c;
	int r = 0;

	*s = (struct lmi_sides){.ops = ops, .ctx = ctx};
	for (unsigned i = 0; !r && i < 1u + nni; i++) {
		if (nni)
			conf.role = i ? LMI_NETWORK : LMI_USER;
		s->side[i].of = s;
		r = lmi_init(&s->side[i].lmi, &conf, &side_ops, &s->side[i], dlci, n);
		s->n += !r;
	}
	if (r)
		lmi_sides_free(s);
	return r;
}

void lmi_sides_free(struct lmi_sides *s)
{
	for (unsigned i = 0; i < s->n; i++)
		lmi_free(&s->side[i].lmi);
	s->n = 0;
}

void lmi_sides_start(struct lmi_sides *s, uint64_t now)
{
	for (unsigned i = 0; i < s->n; i++)
		lmi_start(&s->side[i].lmi, now);
}

void lmi_sides_stop(struct lmi_sides *s)
{
	for (unsigned i = 0; i < s->n; i++)
		lmi_stop(&s->side[i].lmi);
}

void lmi_sides_rx(struct lmi_sides *s, const uint8_t *pdu, size_t len, uint64_t now)
{
	bool enquiry = len > MESSAGE_TYPE && pdu[MESSAGE_TYPE] == LMI_STATUS_ENQUIRY;

	lmi_rx(&s->side[s->n > 1 && enquiry].lmi, pdu, len, now);
}

void lmi_sides_expire(struct lmi_sides *s, uint64_t now)
{
	for (unsigned i = 0; i < s->n; i++)
		lmi_expire(&s->side[i].lmi, now);
}

uint64_t lmi_sides_deadline(const struct lmi_sides *s)
{
	uint64_t first = UINT64_MAX;

	for (unsigned i = 0; i < s->n; i++)
		if (lmi_deadline(&s->side[i].lmi) < first)
			first = lmi_deadline(&s->side[i].lmi);
	return first;
}

bool lmi_sides_up(const struct lmi_sides *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (!s->side[i].lmi.up)
			return false;
	return s->n > 0;
}

bool lmi_sides_on_dlci(const struct lmi_sides *s, uint32_t dlci)
{
	return lmi_on_dlci(&s->side[0].lmi, dlci);
}

uint32_t lmi_sides_tx_dlci(const struct lmi_sides *s)
{
	return lmi_variants[s->side[0].lmi.conf.kind].dlci;
}

const char *lmi_sides_role(const struct lmi_sides *s)
{
	if (s->n > 1)
		return "nni";
	return s->side[0].lmi.conf.role == LMI_NETWORK ? "network" : "user";
}

const char *lmi_sides_name(const struct lmi_sides *s)
{
	return lmi_name(&s->side[0].lmi);
}

bool lmi_sides_pvc_up(const struct lmi_sides *s, uint32_t dlci)
{
	for (unsigned i = 0; i < s->n; i++)
		if (!lmi_pvc_up(&s->side[i].lmi, dlci))
			return false;
	return s->n > 0;
}

bool lmi_sides_absent(const struct lmi_sides *s, uint32_t dlci)
{
	const struct lmi *user = &s->side[0].lmi;

	return lmi_sides_up(s) && user->conf.role == LMI_USER && user->count[LMI_FULL_RX] &&
	       lmi_pvc_absent(user, dlci);
}

bool lmi_sides_hand(struct lmi_sides *s, struct handover *h)
{
	if (handover_word(h, s->n, 2) != s->n)
		return false;
	for (unsigned i = 0; i < s->n; i++)
		if (!lmi_hand(&s->side[i].lmi, h))
			return false;
	return true;
}

void lmi_sides_count(const struct lmi_sides *s, uint64_t out[LMI_COUNTER_COUNT])
{
	for (unsigned c = 0; c < LMI_COUNTER_COUNT; c++)
		out[c] = s->side[0].lmi.count[c] + s->side[1].lmi.count[c];
}
