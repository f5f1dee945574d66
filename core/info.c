/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read access for the owner: copies of a tunnel's or call's state, look-up by id, walks, counters
 * and names of states.  The second tunnel of a re-authentication is internal and never appears.
 */
#include "core/engine_int.h"

#include <stdio.h>

void l2tp_tunnel_info(const struct l2tp_tunnel *t, struct l2tp_tunnel_info *out)
{
	*out = (struct l2tp_tunnel_info){
		.local_id = t->id,
		.peer_id = t->peer_id,
		.channel = t->channel,
		.state = (enum l2tp_tunnel_state)t->state,
		.initiator = t->initiator,
		.authenticated = t->authenticated,
		.dscp = t->dscp,
		.user = t->user,
		.peer = t->peer,
		.peer_window = t->rel.peer_window,
		.cwnd = t->rel.cwnd,
		.in_flight = rel_in_flight(&t->rel),
		.queued = (uint16_t)(t->rel.end - t->rel.nxt),
		.ns = t->rel.top,
		.nr = t->rel.nr,
		.calls = t->sids.live,
		.since = t->since,
		.last_heard = tunnel_heard(t),
		.retransmits = t->rel.retransmits,
	};
	memcpy(out->peer_host, t->peer_host, sizeof(out->peer_host));
	memcpy(out->peer_vendor, t->peer_vendor, sizeof(out->peer_vendor));
}

void l2tp_call_info(const struct l2tp_call *c, struct l2tp_call_info *out)
{
	*out = (struct l2tp_call_info){
		.tunnel = c->t,
		.local_id = c->id,
		.peer_id = c->peer_id,
		.state = (enum l2tp_call_state)c->state,
		.kind = c->role == CALL_LAC_IN || c->role == CALL_LNS_IN ? L2TP_INCOMING
									 : L2TP_OUTGOING,
		.we_are_lns = c->role == CALL_LNS_IN || c->role == CALL_LNS_OUT,
		.placed_by_us = c->placed,
		.sequencing_required = c->required,
		.serial = c->serial,
		.since = c->since,
		.user = c->user,
	};
}

void l2tp_tunnel_set_user(struct l2tp_tunnel *t, void *user)
{
	t->user = user;
}

void l2tp_call_set_user(struct l2tp_call *c, void *user)
{
	c->user = user;
}

struct l2tp_tunnel *l2tp_tunnel_by_id(const struct l2tp_engine *e, uint16_t local_id)
{
	struct l2tp_tunnel *t = idtab_get(&e->tids, local_id);

	return t && !t->is_proof ? t : NULL;
}

struct l2tp_call *l2tp_call_by_id(const struct l2tp_tunnel *t, uint16_t local_id)
{
	return idtab_get(&t->sids, local_id);
}

struct l2tp_tunnel *l2tp_tunnel_by_peer_id(const struct l2tp_engine *e, l2tp_channel c,
					   uint16_t peer_id)
{
	return tunnel_by_peer_id((struct l2tp_engine *)(uintptr_t)e, c, peer_id);
}

struct l2tp_call *l2tp_call_by_peer_id(const struct l2tp_tunnel *t, uint16_t peer_id)
{
	return call_by_peer_sid((struct l2tp_tunnel *)(uintptr_t)t, peer_id);
}

struct l2tp_tunnel *l2tp_tunnel_next(const struct l2tp_engine *e, const struct l2tp_tunnel *after)
{
	struct l2tp_tunnel *t = after ? after->next : e->tunnels;

	while (t && t->is_proof)
		t = t->next;
	return t;
}

struct l2tp_tunnel *l2tp_tunnel_on(const struct l2tp_engine *e, l2tp_channel c,
				   const struct l2tp_tunnel *after)
{
	struct hnode *n = after ? htab_more(&after->by_channel) : htab_first(&e->channels, c);

	for (; n; n = htab_more(n)) {
		struct l2tp_tunnel *t = IST_CONTAINER_OF(n, struct l2tp_tunnel, by_channel);

		if (!t->is_proof)
			return t;
	}
	return NULL;
}

struct l2tp_tunnel *l2tp_tunnel_with_room(const struct l2tp_engine *e, const void *peer,
					  const struct l2tp_tunnel *after)
{
	struct hnode *n = after ? htab_more(&after->by_room)
				: htab_first(&e->with_room, htab_key((uintptr_t)peer, 0));

	for (; n; n = htab_more(n))
		if (IST_CONTAINER_OF(n, struct l2tp_tunnel, by_room)->peer == peer)
			return IST_CONTAINER_OF(n, struct l2tp_tunnel, by_room);
	return NULL;
}

struct l2tp_call *l2tp_call_next(const struct l2tp_tunnel *t, const struct l2tp_call *after)
{
	return after ? after->next : t->calls;
}

void l2tp_engine_counters(const struct l2tp_engine *e, struct l2tp_counters *out)
{
	*out = e->count;
	out->calls = e->calls;
	out->half_open_worst = half_open_worst(e);
	out->limits = e->limits;
	for (const struct l2tp_tunnel *t = e->tunnels; t; t = t->next) {
		out->tunnels += t->state == L2TP_T_ESTABLISHED && !t->is_proof;
		out->half_open +=
			t->state == L2TP_T_WAIT_CTL_REPLY || t->state == L2TP_T_WAIT_CTL_CONN;
	}
}

const char *l2tp_tunnel_state_name(enum l2tp_tunnel_state s)
{
	static const char *const names[L2TP_T_STATES] = {
		[L2TP_T_IDLE] = "idle",
		[L2TP_T_WAIT_CTL_REPLY] = "wait-ctl-reply",
		[L2TP_T_WAIT_CTL_CONN] = "wait-ctl-conn",
		[L2TP_T_ESTABLISHED] = "established",
		[L2TP_T_STOPPING] = "stopping",
		[L2TP_T_LINGER] = "linger",
	};

	return s < L2TP_T_STATES ? names[s] : "?";
}

const char *l2tp_call_state_name(enum l2tp_call_state s)
{
	static const char *const names[L2TP_C_STATES] = {
		[L2TP_C_IDLE] = "idle",
		[L2TP_C_WAIT_TUNNEL] = "wait-tunnel",
		[L2TP_C_WAIT_REPLY] = "wait-reply",
		[L2TP_C_WAIT_CONNECT] = "wait-connect",
		[L2TP_C_WAIT_ANSWER] = "wait-answer",
		[L2TP_C_WAIT_CS] = "wait-cs-answer",
		[L2TP_C_ESTABLISHED] = "established",
	};

	return s < L2TP_C_STATES ? names[s] : "?";
}
