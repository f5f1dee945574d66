/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tunnels and calls of a life before, from the records that keep.c has given.  What a record claims
 * is checked against the other records here: ids must be among those given, and unique.
 *
 * Every message that may be on its way or lost is replaced by a HELLO with the same Ns, so that the
 * numbers fit whatever the peer has had: a message seen before is acknowledged as a duplicate (RFC
 * 2661 5.8), any other is a HELLO.  What these messages said is not lost: calls that were not yet
 * established at both ends, and calls and tunnels being closed, are cleared again.
 */
#include "core/engine_int.h"

#define RESTORE_REST  31000000u /* us: a retransmission cycle with the defaults of the RFC */
#define RESTORE_BURST 64u	/* tunnels whose HELLO goes at one time; */
#define RESTORE_PAUSE 1000u	/* us: then the next ones: 60,000 in a second */

static void restore_time(struct l2tp_engine *e, uint64_t now)
{
	if (now > e->now)
		e->now = now;
}

/* In full, and up to an eighth more: not all at one time. */
static uint64_t restore_jitter(struct l2tp_engine *e, uint64_t interval)
{
	uint32_t random;

	engine_random(e, &random, sizeof(random));
	return interval + random % (interval / 8 + 1);
}

bool l2tp_engine_restore(struct l2tp_engine *e, const uint8_t *rec, size_t len)
{
	struct save_engine s;

	if (e->tunnels || e->births || !save_engine_read(&s, rec, len))
		return false;
	idtab_free(&e->tids);
	idtab_init(&e->tids, s.key, 65535);
	e->tids.ids.fresh = s.fresh;
	e->births = s.births;
	keep_engine(e);
	return true;
}

/* --- tunnels ---------------------------------------------------------------------------------- */

static void restore_learn(struct l2tp_tunnel *t, const struct save_tunnel *s)
{
	t->initiator = s->initiator;
	t->authenticated = s->authenticated;
	t->has_bearer = s->has_bearer;
	t->peer_framing = s->peer_framing;
	t->peer_bearer = s->peer_bearer;
	t->dscp = s->dscp;
	t->since = s->since < t->e->now ? s->since : t->e->now;
	t->confirmed = t->restored = true;
	memcpy(t->peer_host, s->peer_host, sizeof(t->peer_host));
	memcpy(t->peer_vendor, s->peer_vendor, sizeof(t->peer_vendor));
	idtab_init(&t->sids, s->sid_key, t->policy.max_calls ? t->policy.max_calls : 65535);
	t->sids.ids.fresh = s->sid_fresh;
	tunnel_set_peer_id(t, s->peer_id);
}

static bool restore_numbers(struct l2tp_tunnel *t, const struct save_tunnel *s)
{
	struct l2tp_build b;
	size_t len;

	output_start(t, &b, L2TP_HELLO, 0);
	len = l2tp_build_end(&b);
	t->rel.held_cap = REL_QUEUE_OCTETS;
	rel_peer_window(&t->rel, s->peer_window);
	return rel_resync(&t->rel, s->una, s->reach, s->nr, t->e->out, len, L2TP_HELLO);
}

/* It was being closed, or cannot go on. */
static void restore_stop(struct l2tp_tunnel *t, const struct save_tunnel *s)
{
	if (s->state == L2TP_T_STOPPING)
		t->result = engine_result(s->result, s->error, "%s", "");
	else
		t->result = engine_result(L2TP_STOP_NOT_AUTHORIZED, 0, "the secret has changed");
	t->has_result = true;
	t->by = L2TP_BY_US;
	t->state = L2TP_T_STOPPING;
	tunnel_send_stop(t);
}

struct l2tp_tunnel *l2tp_tunnel_restore(struct l2tp_engine *e, const uint8_t *rec, size_t len,
					l2tp_channel channel, const struct l2tp_peer_answer *who,
					void *user, uint64_t now)
{
	struct l2tp_tunnel *t;
	struct save_tunnel s;

	restore_time(e, now);
	if (!save_tunnel_read(&s, rec, len))
		return NULL;
	t = tunnel_again(e, channel, who, s.id);
	if (!t)
		return NULL;
	restore_learn(t, &s);
	if (!restore_numbers(t, &s) || (!s.initiator && !quota_join_source(t, who->source))) {
		tunnel_free(t);
		return NULL;
	}
	t->user = user;
	t->state = L2TP_T_ESTABLISHED;
	quota_update(t);
	keep_print_secret(t);
	if (s.state == L2TP_T_STOPPING || !l2tp_equal(t->secret_print, s.secret, sizeof(s.secret)))
		restore_stop(t, &s);
	tunnel_update_room(t);
	return t;
}

/* --- calls ------------------------------------------------------------------------------------ */

/* It was not established at both ends, or its CDN is not acknowledged. */
static void restore_clear(struct l2tp_tunnel *t, const struct save_call *s)
{
	struct l2tp_result r = engine_result(s->result, s->error, "%s", "");

	if (ids_slot(&t->sids.ids, s->id) >= t->sids.ids.fresh || idtab_get(&t->sids, s->id))
		return;
	keep_clearing(t, s->id, s->peer_id, &r);
	call_send_clear(t, s->id, s->peer_id, &r);
}

struct l2tp_call *l2tp_call_restore(struct l2tp_tunnel *t, const uint8_t *rec, size_t len,
				    void *user, uint64_t now)
{
	struct l2tp_engine *e = t->e;
	struct l2tp_call *c;
	struct save_call s;

	restore_time(e, now);
	if (!save_call_read(&s, rec, len) || s.tunnel_id != t->id || !t->restored ||
	    t->state != L2TP_T_ESTABLISHED)
		return NULL;
	if (s.state != L2TP_C_ESTABLISHED) {
		restore_clear(t, &s);
		return NULL;
	}
	if (call_by_peer_sid(t, s.peer_id))
		return NULL;
	c = call_again(t, (enum call_role)s.role, s.id);
	if (!c) { /* without memory, or not an id of ours */
		s.result = L2TP_CDN_NO_FACILITIES_TEMP;
		restore_clear(t, &s);
		return NULL;
	}
	c->user = user;
	c->state = L2TP_C_ESTABLISHED;
	c->placed = s.placed;
	c->required = s.required;
	c->hides_info = s.hides_info;
	c->serial = s.serial;
	c->since = s.since < e->now ? s.since : e->now;
	c->wen_sent = true; /* maybe: 6.13 allows one a minute */
	c->last_wen = e->now;
	call_set_peer_sid(c, s.peer_id);
	keep_call(c);
	return c;
}

/* --- going on --------------------------------------------------------------------------------- */

static void restore_timer(struct l2tp_tunnel *t, enum engine_deadline d, uint64_t interval)
{
	struct l2tp_engine *e = t->e;

	if (interval)
		deadline_set(&e->heap, &t->due[d], e->now + restore_jitter(e, interval));
}

/* Not all HELLOs at one time: those that a full queue drops would be repeated at one time too. */
static void restore_hello(struct l2tp_tunnel *t, uint32_t nth)
{
	uint64_t later = (uint64_t)(nth / RESTORE_BURST) * RESTORE_PAUSE;

	keep_tunnel(t);
	if (later)
		deadline_set(&t->e->heap, &t->due[D_RETRY], t->e->now + later);
	else
		output_mark(t);
}

static void restore_go_on(struct l2tp_tunnel *t, uint32_t nth)
{
	t->restored = false;
	idtab_rest_others(&t->sids, t->e->now + rel_cycle(&t->rel.cfg));
	restore_hello(t, nth);
	if (t->state != L2TP_T_ESTABLISHED)
		return;
	restore_timer(t, D_HELLO, t->policy.hello);
	restore_timer(t, D_IDLE, t->policy.idle_close);
	if (reauth_wanted(t))
		restore_timer(t, D_REAUTH, t->policy.reauth);
}

void l2tp_engine_resume(struct l2tp_engine *e, uint64_t now)
{
	uint32_t nth = 0;

	engine_enter(e, now);
	idtab_rest_others(&e->tids, e->now + RESTORE_REST);
	for (struct l2tp_tunnel *t = e->tunnels; t; t = t->next)
		if (t->restored)
			restore_go_on(t, nth++);
	engine_leave(e);
}
