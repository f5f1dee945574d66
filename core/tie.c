/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tie Breaker, RFC 2661 4.4.3: both ends ask for a tunnel at once and want only one.  What is
 * compared are an SCCRQ received and our own outstanding SCCRQs to the same peer section.  The
 * lower value wins, having one wins over having none, equal loses on both sides, and without any
 * there are two tunnels.
 *
 * RFC 2661 7.2.1 has the loser "re-queue SCCRQ for idle state", and a tunnel that opens lets all
 * waiting calls go.  So a losing tunnel with calls is not dropped: it takes the peer's SCCRQ
 * itself.  Only one from where our own SCCRQ went, since the calls are for the peer there.
 */
#include "core/engine_int.h"

enum tie { TIE_BOTH_LIVE, TIE_OURS_LOSES, TIE_THEIRS_LOSES, TIE_BOTH_LOSE };

static enum tie tie_compare(const uint8_t *ours, const uint8_t *theirs)
{
	int order;

	if (!ours || !theirs)
		return ours ? TIE_THEIRS_LOSES : theirs ? TIE_OURS_LOSES : TIE_BOTH_LIVE;
	order = memcmp(ours, theirs, 8);
	return order < 0 ? TIE_THEIRS_LOSES : order > 0 ? TIE_OURS_LOSES : TIE_BOTH_LOSE;
}

void tie_lose(struct l2tp_tunnel *t)
{
	struct l2tp_result r =
		engine_result(L2TP_STOP_ALREADY_EXISTS, 0, "the peer's own request won the tie");

	engine_count(t->e, L2TP_R_TIE_LOST);
	tunnel_step(t, CC_TIE_LOST, &r, L2TP_BY_PEER);
}

/* The id is a new one, because the peer may have answered our SCCRQ before it sent its own: what it
 * says in that tunnel has sequence numbers of its own and must not be taken for this one. */
bool tie_yield(struct l2tp_tunnel *t)
{
	uint16_t id = idtab_take(&t->e->tids, t, t->e->now);

	if (!id)
		return false;
	idtab_give(&t->e->tids, t->id, t->e->now + rel_cycle(&t->rel.cfg));
	t->id = id;
	engine_count(t->e, L2TP_R_TIE_LOST);
	tunnel_step(t, CC_TIE_YIELDED, NULL, L2TP_BY_PEER);
	return true;
}

bool tie_admit(struct l2tp_engine *e, l2tp_channel from, const void *peer,
	       struct l2tp_tunnel **yields)
{
	const struct l2tp_avp *a = l2tp_msg_find(&e->msg, L2TP_IETF, L2TP_AVP_TIE_BREAKER);
	const uint8_t *theirs = a && a->len == 8 ? a->val : NULL;
	struct hnode *n = htab_first(&e->requests, htab_key((uintptr_t)peer, 0)), *next;
	bool admitted = true;

	*yields = NULL;
	for (; n; n = next) {
		struct l2tp_tunnel *t = IST_CONTAINER_OF(n, struct l2tp_tunnel, by_peer);
		const uint8_t *ours = t->policy.single_tunnel ? t->tie : NULL;
		enum tie outcome = tie_compare(ours, theirs);

		next = htab_more(n);
		if (t->is_proof)
			continue;
		if (outcome == TIE_THEIRS_LOSES || outcome == TIE_BOTH_LOSE)
			admitted = false;
		if (outcome == TIE_OURS_LOSES && !*yields && t->calls && t->channel == from)
			*yields = t;
		else if (outcome == TIE_OURS_LOSES || outcome == TIE_BOTH_LOSE)
			tie_lose(t);
	}
	if (!admitted && *yields) {
		tie_lose(*yields);
		*yields = NULL;
	}
	if (!admitted)
		engine_count(e, L2TP_R_TIE_LOST);
	return admitted;
}
