/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many tunnels and calls one peer section has, against the limits of its policy, and all of
 * them against those of the engine.  A tunnel counts from its SCCCN on, or from our SCCRQ, until
 * its StopCCN is acknowledged; one that the peer has not established yet is counted by half_open.c.
 */
#include "core/engine_int.h"

#include <stdlib.h>

static struct quota *quota_find(const struct l2tp_engine *e, const void *peer)
{
	struct hnode *n = htab_first(&e->quotas, htab_key((uintptr_t)peer, 0));

	for (; n; n = htab_more(n))
		if (IST_CONTAINER_OF(n, struct quota, node)->peer == peer)
			return IST_CONTAINER_OF(n, struct quota, node);
	return NULL;
}

bool quota_join(struct l2tp_tunnel *t)
{
	struct l2tp_engine *e = t->e;

	t->quota = quota_find(e, t->peer);
	if (!t->quota) {
		t->quota = calloc(1, sizeof(*t->quota));
		if (!t->quota)
			return false;
		t->quota->peer = t->peer;
		htab_add(&e->quotas, &t->quota->node, htab_key((uintptr_t)t->peer, 0));
	}
	t->quota->users++;
	return true;
}

void quota_leave(struct l2tp_tunnel *t)
{
	struct quota *q = t->quota;

	t->quota = NULL;
	if (!q || --q->users)
		return;
	htab_del(&t->e->quotas, &q->node);
	free(q);
}

void quota_update(struct l2tp_tunnel *t)
{
	bool counts = !t->is_proof &&
		      (t->state == L2TP_T_WAIT_CTL_REPLY || t->state == L2TP_T_ESTABLISHED ||
		       (t->state == L2TP_T_STOPPING && t->counted));

	if (counts == t->counted)
		return;
	t->counted = counts;
	t->quota->tunnels += counts ? 1 : UINT32_MAX;
	t->e->counted += counts ? 1 : UINT32_MAX;
}

enum l2tp_reason quota_tunnel(const struct l2tp_engine *e, const void *peer,
			      const struct l2tp_policy *p, unsigned leaving)
{
	const struct quota *q = quota_find(e, peer);

	if (e->counted >= e->limits.max_tunnels + leaving)
		return L2TP_R_TUNNEL_CAP;
	if (q && p->max_tunnels && q->tunnels >= p->max_tunnels + leaving)
		return L2TP_R_PEER_TUNNELS;
	return L2TP_R_NONE;
}

enum l2tp_reason quota_call(const struct l2tp_tunnel *t)
{
	if (t->e->calls >= t->e->limits.max_calls)
		return L2TP_R_CALL_CAP;
	if (t->policy.max_peer_calls && t->quota->calls >= t->policy.max_peer_calls)
		return L2TP_R_PEER_CALLS;
	return L2TP_R_NONE;
}
