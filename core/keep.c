/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which records the owner is to store, and when.  A change only marks its tunnel or call; before
 * the next packet is sent keep_flush() gives each marked one's record, once, and then says that
 * they belong together.  So a life after this one knows all that any packet of this one has said.
 *
 * A call is kept from its request on, since the peer may keep it longer than we do: until it is
 * established at both ends, its record says that it is to be cleared.  The same record stays until
 * the CDN that ends a call is acknowledged.
 */
#include "core/engine_int.h"

#include <stdlib.h>

static bool keep_wanted(const struct l2tp_engine *e)
{
	return e->ops->keep && !e->keep.off;
}

static void keep_give(struct l2tp_engine *e, const struct l2tp_kept *k)
{
	e->keep.given = true;
	e->ops->keep(e->ctx, k);
}

static void keep_mark(struct fifo *f, struct fifo_node *n)
{
	if (!fifo_in(n))
		fifo_add(f, n);
}

/* --- marking ---------------------------------------------------------------------------------- */

void keep_engine(struct l2tp_engine *e)
{
	e->keep.engine = true;
}

void keep_tunnel(struct l2tp_tunnel *t)
{
	if (keep_wanted(t->e))
		keep_mark(&t->e->keep.tunnels, &t->in_keep);
}

void keep_call(struct l2tp_call *c)
{
	if (keep_wanted(c->t->e))
		keep_mark(&c->t->e->keep.calls, &c->in_keep);
}

void keep_connecting(struct l2tp_call *c)
{
	if (keep_wanted(c->t->e))
		fifo_add(&c->t->connecting, &c->in_connecting);
}

void keep_clearing(struct l2tp_tunnel *t, uint16_t id, uint16_t peer_id,
		   const struct l2tp_result *r)
{
	struct clearing *g = keep_wanted(t->e) ? malloc(sizeof(*g)) : NULL;

	if (!g)
		return;
	*g = (struct clearing){.t = t,
			       .id = id,
			       .peer_id = peer_id,
			       .ns = t->rel.end,
			       .result = r->result,
			       .error = r->error};
	fifo_add(&t->clearing, &g->node);
	keep_mark(&t->e->keep.clearings, &g->in_keep);
}

/* --- giving ----------------------------------------------------------------------------------- */

static void keep_write_engine(struct l2tp_engine *e)
{
	struct save_engine s = {.fresh = (uint16_t)e->tids.ids.fresh, .births = e->births};
	uint8_t rec[L2TP_RECORD_MAX];
	struct l2tp_kept k = {.what = L2TP_KEEP_ENGINE, .rec = rec};

	ids_key(&e->tids.ids, s.key);
	k.len = save_engine_write(&s, rec, sizeof(rec));
	keep_give(e, &k);
}

void keep_print_secret(struct l2tp_tunnel *t)
{
	uint8_t key[16], print[L2TP_MD5_LEN] = {0};

	ids_key(&t->sids.ids, key);
	if (t->policy.secret.len)
		l2tp_challenge_response(print, 0, &t->policy.secret, key, sizeof(key));
	memcpy(t->secret_print, print, sizeof(t->secret_print));
}

static size_t keep_build_tunnel(const struct l2tp_tunnel *t, uint8_t *rec, size_t cap)
{
	struct save_tunnel s = {
		.id = t->id,
		.peer_id = t->peer_id,
		.state = t->state,
		.initiator = t->initiator,
		.authenticated = t->authenticated,
		.has_bearer = t->has_bearer,
		.una = t->rel.una,
		.reach = rel_reach(&t->rel),
		.nr = t->rel.nr,
		.peer_window = t->rel.peer_window,
		.peer_framing = t->peer_framing,
		.peer_bearer = t->peer_bearer,
		.since = t->since,
		.sid_fresh = (uint16_t)t->sids.ids.fresh,
		.dscp = t->dscp,
		.result = t->result.result,
		.error = t->result.error,
	};

	ids_key(&t->sids.ids, s.sid_key);
	memcpy(s.secret, t->secret_print, sizeof(s.secret));
	memcpy(s.peer_host, t->peer_host, sizeof(s.peer_host));
	memcpy(s.peer_vendor, t->peer_vendor, sizeof(s.peer_vendor));
	return save_tunnel_write(&s, rec, cap);
}

/* One that proves the peer again is closed instead of being confirmed. */
static bool keep_tunnel_stays(const struct l2tp_tunnel *t)
{
	return t->confirmed && (t->state == L2TP_T_ESTABLISHED || t->state == L2TP_T_STOPPING);
}

/* Its calls have not been kept as long as it was not. */
static void keep_first_time(struct l2tp_tunnel *t)
{
	t->kept = true;
	keep_print_secret(t);
	for (struct l2tp_call *c = t->calls; c; c = c->next)
		keep_call(c);
	for (struct fifo_node *n = t->clearing.first; n; n = n->next)
		keep_mark(&t->e->keep.clearings,
			  &IST_CONTAINER_OF(n, struct clearing, node)->in_keep);
}

static void keep_write_tunnel(struct l2tp_tunnel *t)
{
	uint8_t rec[L2TP_RECORD_MAX];
	struct l2tp_kept k = {
		.what = L2TP_KEEP_TUNNEL, .tunnel_id = t->id, .tunnel = t, .rec = rec};
	bool stays = keep_tunnel_stays(t);

	if (!stays && !t->kept)
		return;
	if (stays && !t->kept)
		keep_first_time(t);
	t->kept = stays;
	if (stays)
		k.len = keep_build_tunnel(t, rec, sizeof(rec));
	keep_give(t->e, &k);
}

/* Is there a call that the peer may know of? */
static bool keep_call_stays(const struct l2tp_call *c)
{
	return c->t->kept && !c->ended && c->state >= L2TP_C_WAIT_REPLY;
}

static void keep_write_call(struct l2tp_call *c)
{
	bool up = c->state == L2TP_C_ESTABLISHED && !fifo_in(&c->in_connecting);
	struct save_call s = {
		.tunnel_id = c->t->id,
		.id = c->id,
		.peer_id = c->peer_id,
		.state = up ? L2TP_C_ESTABLISHED : L2TP_C_IDLE,
		.role = c->role,
		.placed = c->placed,
		.required = c->required,
		.hides_info = c->hides_info,
		.serial = c->serial,
		.since = c->since,
		.result = up ? 0 : L2TP_CDN_NO_FACILITIES_TEMP,
	};
	uint8_t rec[L2TP_RECORD_MAX];
	struct l2tp_kept k = {.what = L2TP_KEEP_CALL,
			      .tunnel_id = c->t->id,
			      .call_id = c->id,
			      .tunnel = c->t,
			      .call = c,
			      .rec = rec};

	if (!keep_call_stays(c))
		return;
	c->kept = true;
	k.len = save_call_write(&s, rec, sizeof(rec));
	keep_give(c->t->e, &k);
}

static void keep_delete_call(struct l2tp_tunnel *t, uint16_t id, struct l2tp_call *c)
{
	struct l2tp_kept k = {
		.what = L2TP_KEEP_CALL, .tunnel_id = t->id, .call_id = id, .tunnel = t, .call = c};

	if (keep_wanted(t->e))
		keep_give(t->e, &k);
}

/* While ids are short a new call may have this one's id already, and so its record's key. */
static bool keep_clearing_owns_key(const struct clearing *g)
{
	return g->t->kept && !idtab_get(&g->t->sids, g->id);
}

static void keep_write_clearing(struct clearing *g)
{
	struct save_call s = {.tunnel_id = g->t->id,
			      .id = g->id,
			      .peer_id = g->peer_id,
			      .state = L2TP_C_IDLE,
			      .result = g->result,
			      .error = g->error};
	uint8_t rec[L2TP_RECORD_MAX];
	struct l2tp_kept k = {.what = L2TP_KEEP_CALL,
			      .tunnel_id = g->t->id,
			      .call_id = g->id,
			      .tunnel = g->t,
			      .rec = rec};

	if (!keep_clearing_owns_key(g))
		return;
	g->kept = true;
	k.len = save_call_write(&s, rec, sizeof(rec));
	keep_give(g->t->e, &k);
}

static void keep_clearing_done(struct clearing *g)
{
	struct l2tp_tunnel *t = g->t;

	fifo_del(&t->clearing, &g->node);
	fifo_del(&t->e->keep.clearings, &g->in_keep);
	if (g->kept && !idtab_get(&t->sids, g->id))
		keep_delete_call(t, g->id, NULL);
	free(g);
}

void keep_flush(struct l2tp_engine *e)
{
	struct keep_queue *q = &e->keep;
	static const struct l2tp_kept done = {.what = L2TP_KEEP_DONE};
	struct fifo_node *n;

	if (!keep_wanted(e))
		return;
	if (q->engine)
		keep_write_engine(e);
	q->engine = false;
	while ((n = q->tunnels.first)) {
		fifo_del(&q->tunnels, n);
		keep_write_tunnel(IST_CONTAINER_OF(n, struct l2tp_tunnel, in_keep));
	}
	while ((n = q->calls.first)) {
		fifo_del(&q->calls, n);
		keep_write_call(IST_CONTAINER_OF(n, struct l2tp_call, in_keep));
	}
	while ((n = q->clearings.first)) {
		fifo_del(&q->clearings, n);
		keep_write_clearing(IST_CONTAINER_OF(n, struct clearing, in_keep));
	}
	if (q->given)
		keep_give(e, &done);
	q->given = false;
}

/* --- ends ------------------------------------------------------------------------------------- */

void keep_acked(struct l2tp_tunnel *t)
{
	struct fifo_node *n;

	while ((n = t->connecting.first)) {
		struct l2tp_call *c = IST_CONTAINER_OF(n, struct l2tp_call, in_connecting);

		if (!rel_is_acked(&t->rel, c->connect_ns))
			break;
		fifo_del(&t->connecting, n);
		keep_call(c);
	}
	while ((n = t->clearing.first)) {
		struct clearing *g = IST_CONTAINER_OF(n, struct clearing, node);

		if (!rel_is_acked(&t->rel, g->ns))
			break;
		keep_clearing_done(g);
	}
}

void keep_call_gone(struct l2tp_call *c)
{
	fifo_del(&c->t->connecting, &c->in_connecting);
	fifo_del(&c->t->e->keep.calls, &c->in_keep);
	if (c->kept)
		keep_delete_call(c->t, c->id, c);
}

void keep_clearings_gone(struct l2tp_tunnel *t)
{
	while (t->clearing.first)
		keep_clearing_done(IST_CONTAINER_OF(t->clearing.first, struct clearing, node));
}

void keep_tunnel_gone(struct l2tp_tunnel *t)
{
	struct l2tp_kept k = {.what = L2TP_KEEP_TUNNEL, .tunnel_id = t->id, .tunnel = t};

	keep_clearings_gone(t);
	fifo_del(&t->e->keep.tunnels, &t->in_keep);
	if (t->kept && keep_wanted(t->e))
		keep_give(t->e, &k);
}
