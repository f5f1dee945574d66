/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many tunnels and calls one peer section has, and one source in it, against the limits of its
 * policy, and all of them against those of the engine.  A tunnel counts from its SCCCN on, or from
 * our SCCRQ, until its StopCCN is acknowledged; one that the peer has not established yet is
 * counted by half_open.c.
 */
#include "core/engine_int.h"

#include <stdlib.h>

static struct quota *quota_find(const struct l2tp_engine *e, const struct quota *like)
{
	struct hnode *n = htab_first(&e->quotas, htab_key((uintptr_t)like->peer, like->source));

	for (; n; n = htab_more(n)) {
		struct quota *q = IST_CONTAINER_OF(n, struct quota, node);

		if (q->peer == like->peer && q->source == like->source &&
		    q->of_source == like->of_source)
			return q;
	}
	return NULL;
}

/* NULL = no memory */
static struct quota *quota_use(struct l2tp_engine *e, const struct quota *like)
{
	struct quota *q = quota_find(e, like);

	if (!q) {
		q = calloc(1, sizeof(*q));
		if (!q)
			return NULL;
		*q = *like;
		htab_add(&e->quotas, &q->node, htab_key((uintptr_t)q->peer, q->source));
	}
	q->users++;
	return q;
}

static void quota_unuse(struct l2tp_engine *e, struct quota *q)
{
	if (!q || --q->users)
		return;
	htab_del(&e->quotas, &q->node);
	free(q);
}

bool quota_join(struct l2tp_tunnel *t)
{
	t->quota = quota_use(t->e, &(struct quota){.peer = t->peer});
	return t->quota;
}

bool quota_join_source(struct l2tp_tunnel *t, uint64_t source)
{
	if (!t->policy.max_source_tunnels && !t->policy.max_source_calls)
		return true;
	t->share = quota_use(t->e,
			     &(struct quota){.peer = t->peer, .source = source, .of_source = true});
	return t->share;
}

void quota_leave(struct l2tp_tunnel *t)
{
	quota_unuse(t->e, t->quota);
	quota_unuse(t->e, t->share);
	t->quota = t->share = NULL;
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
	if (t->share)
		t->share->tunnels += counts ? 1 : UINT32_MAX;
	t->e->counted += counts ? 1 : UINT32_MAX;
}

unsigned l2tp_peer_calls(const struct l2tp_engine *e, const void *peer)
{
	const struct quota *q = quota_find(e, &(struct quota){.peer = peer});

	return q ? q->calls : 0;
}

unsigned l2tp_peer_tunnels(const struct l2tp_engine *e, const void *peer)
{
	const struct quota *q = quota_find(e, &(struct quota){.peer = peer});

	return q ? q->tunnels : 0;
}

bool l2tp_peer_is_used(const struct l2tp_engine *e, const void *peer)
{
	return quota_find(e, &(struct quota){.peer = peer});
}

static bool quota_is_full(const struct quota *q, uint32_t most, unsigned leaving)
{
	return q && most && q->tunnels >= most + leaving;
}

enum l2tp_reason quota_tunnel(const struct l2tp_engine *e, const void *peer,
			      const struct l2tp_policy *p, const uint64_t *source, unsigned leaving)
{
	struct quota like = {.peer = peer};

	if (e->counted >= e->limits.max_tunnels + leaving)
		return L2TP_R_TUNNEL_CAP;
	if (quota_is_full(quota_find(e, &like), p->max_tunnels, leaving))
		return L2TP_R_PEER_TUNNELS;
	if (!source)
		return L2TP_R_NONE;
	like.source = *source;
	like.of_source = true;
	if (quota_is_full(quota_find(e, &like), p->max_source_tunnels, leaving))
		return L2TP_R_SOURCE_TUNNELS;
	return L2TP_R_NONE;
}

enum l2tp_reason quota_call(const struct l2tp_tunnel *t)
{
	if (t->e->calls >= t->e->limits.max_calls)
		return L2TP_R_CALL_CAP;
	if (t->policy.max_peer_calls && t->quota->calls >= t->policy.max_peer_calls)
		return L2TP_R_PEER_CALLS;
	if (t->share && t->policy.max_source_calls && t->share->calls >= t->policy.max_source_calls)
		return L2TP_R_SOURCE_CALLS;
	return L2TP_R_NONE;
}
