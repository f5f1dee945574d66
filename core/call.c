/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call: the actions of its state tables (call_table.c says which action an event causes in which
 * state) and the owner's calls to place it, answer it and hang up.  Its messages are read and built
 * in call_msg.c.
 */
#include "core/engine_int.h"

#include <stdlib.h>

/* --- birth and death -------------------------------------------------------------------------- */

/* One of a life before is not set up any more. */
static struct l2tp_call *call_alloc(bool setup)
{
	struct l2tp_call *c = calloc(1, sizeof(*c));

	if (!c || !setup)
		return c;
	c->setup = calloc(1, sizeof(*c->setup));
	if (!c->setup) {
		free(c);
		return NULL;
	}
	c->setup->c = c;
	c->setup->late.kind = D_CALL;
	return c;
}

static void call_not_late(struct l2tp_call *c)
{
	if (c->setup)
		deadline_cancel(&c->t->e->heap, &c->setup->late);
}

/* It is up, or freed. */
static void call_setup_over(struct l2tp_call *c)
{
	call_not_late(c);
	if (!c->setup)
		return;
	free(c->setup->request);
	free(c->setup->connect);
	free(c->setup->asked);
	free(c->setup);
	c->setup = NULL;
}

/* again: the id that it has; 0 = a new one. */
static struct l2tp_call *call_make(struct l2tp_tunnel *t, enum call_role role, uint16_t again,
				   enum l2tp_reason *why)
{
	struct l2tp_engine *e = t->e;
	struct l2tp_call *c;

	*why = L2TP_R_NO_MEMORY;
	c = spare_fill(&e->spare) ? call_alloc(!again) : NULL;
	if (!c)
		return NULL;
	*why = L2TP_R_CALL_CAP;
	if (again)
		c->id = idtab_take_id(&t->sids, again, c) ? again : 0;
	else
		c->id = idtab_take(&t->sids, c, e->now);
	if (!c->id) {
		free(c->setup);
		free(c);
		return NULL;
	}
	c->t = t;
	c->events.is_call = true;
	c->role = (uint8_t)role;
	c->since = e->now;
	c->prev = t->last_call;
	*(c->prev ? &c->prev->next : &t->calls) = c;
	t->last_call = c;
	e->calls++;
	t->quota->calls++;
	if (t->share)
		t->share->calls++;
	tunnel_update_room(t);
	deadline_cancel(&e->heap, &t->due[D_IDLE]);
	return c;
}

struct l2tp_call *call_new(struct l2tp_tunnel *t, enum call_role role, enum l2tp_reason *why)
{
	*why = quota_call(t);
	return *why == L2TP_R_NONE ? call_make(t, role, 0, why) : NULL;
}

struct l2tp_call *call_again(struct l2tp_tunnel *t, enum call_role role, uint16_t id)
{
	enum l2tp_reason why;

	return call_make(t, role, id, &why);
}

static void call_wait_leave(struct l2tp_call *c)
{
	struct l2tp_tunnel *t = c->t;
	struct call_setup *s = c->setup;

	if (!c->waiting)
		return;
	c->waiting = false;
	*(s->wait_prev ? &s->wait_prev->setup->wait_next : &t->waiting) = s->wait_next;
	*(s->wait_next ? &s->wait_next->setup->wait_prev : &t->last_waiting) = s->wait_prev;
}

static void call_wait_join(struct l2tp_call *c)
{
	struct l2tp_tunnel *t = c->t;

	c->waiting = true;
	c->setup->wait_prev = t->last_waiting;
	*(t->last_waiting ? &t->last_waiting->setup->wait_next : &t->waiting) = c;
	t->last_waiting = c;
}

void call_free(struct l2tp_call *c)
{
	struct l2tp_tunnel *t = c->t;

	keep_call_gone(c);
	call_wait_leave(c);
	call_setup_over(c);
	htab_del(&t->e->peer_sids, &c->by_peer_sid);
	idtab_give(&t->sids, c->id, t->e->now + rel_cycle(&t->rel.cfg));
	*(c->prev ? &c->prev->next : &t->calls) = c->next;
	*(c->next ? &c->next->prev : &t->last_call) = c->prev;
	t->e->calls--;
	t->e->count.gone++;
	t->quota->calls--;
	if (t->share)
		t->share->calls--;
	free(c->result);
	free(c);
	tunnel_call_gone(t);
}

/* The call ignores everything from now on, and CALL_DOWN is queued.  r NULL = the tunnel's result.
 */
static void call_end(struct l2tp_call *c, const struct l2tp_result *r, enum l2tp_side by)
{
	bool from_cdn = by == L2TP_BY_PEER && r;

	c->ended = true;
	c->state = L2TP_C_IDLE;
	c->by = (uint8_t)by;
	if (r)
		c->result = malloc(sizeof(*r));
	if (c->result)
		*c->result = *r;
	call_wait_leave(c);
	call_not_late(c);
	htab_del(&c->t->e->peer_sids, &c->by_peer_sid);
	events_call(c, L2TP_EV_CALL_DOWN, from_cdn);
}

void call_all_gone(struct l2tp_tunnel *t)
{
	struct call_arg arg = {.by = (enum l2tp_side)t->by};

	for (struct l2tp_call *c = t->calls; c; c = c->next)
		call_step(c, CALL_TUNNEL_GONE, &arg);
}

/* --- looking up ------------------------------------------------------------------------------- */

struct l2tp_call *call_by_peer_sid(struct l2tp_tunnel *t, uint16_t sid)
{
	struct hnode *n = sid ? htab_first(&t->e->peer_sids, htab_key((uintptr_t)t, sid)) : NULL;

	for (; n; n = htab_more(n)) {
		struct l2tp_call *c = IST_CONTAINER_OF(n, struct l2tp_call, by_peer_sid);

		if (c->t == t && c->peer_id == sid)
			return c;
	}
	return NULL;
}

void call_set_peer_sid(struct l2tp_call *c, uint16_t sid)
{
	c->peer_id = sid;
	htab_add(&c->t->e->peer_sids, &c->by_peer_sid, htab_key((uintptr_t)c->t, sid));
}

/* --- actions of the state tables -------------------------------------------------------------- */

static void call_start_timeout(struct l2tp_call *c)
{
	if (c->setup)
		deadline_set(&c->t->e->heap, &c->setup->late,
			     c->t->e->now + c->t->policy.setup_timeout);
}

static void call_is_up(struct l2tp_call *c, bool with_msg)
{
	call_setup_over(c);
	c->since = c->t->e->now;
	events_call(c, L2TP_EV_CALL_UP, with_msg);
}

/* 4.4.3: a call must not ask for a framing or bearer type the peer did not advertise; 6.9: an
 * outgoing call needs Bearer Capabilities. */
static bool call_peer_supports(const struct l2tp_call *c, bool bearer)
{
	const struct l2tp_tunnel *t = c->t;

	if (c->framing & ~t->peer_framing)
		return false;
	return !bearer || (t->has_bearer && !(c->bearer & ~t->peer_bearer));
}

static const struct l2tp_result *call_unsupported(struct l2tp_result *r)
{
	*r = engine_result(L2TP_CDN_NO_FACILITIES_PERM, 0,
			   "the peer did not advertise this framing or bearer type");
	return r;
}

static const struct l2tp_result no_room = {.result = L2TP_CDN_GENERAL_ERROR,
					   .error = L2TP_ERR_NO_RESOURCES,
					   .text = "attributes do not fit into a message"};

/* The types that the owner has left open are of those the peer has advertised by now. */
static bool call_build_again(struct l2tp_call *c)
{
	struct call_setup *s = c->setup;

	free(s->request);
	s->request = call_build_request(c, s->asked->avp, s->asked->n);
	free(s->asked);
	s->asked = NULL;
	return s->request;
}

static void call_do_request(struct l2tp_call *c, const struct call_arg *arg)
{
	struct l2tp_result r;

	(void)arg;
	if (c->setup->asked && !call_build_again(c)) {
		engine_count(c->t->e, L2TP_R_NO_MEMORY);
		call_end(c, &no_room, L2TP_BY_US);
		return;
	}
	if (c->role == CALL_LNS_OUT && !call_peer_supports(c, true)) {
		call_end(c, call_unsupported(&r), L2TP_BY_US);
		return;
	}
	call_start_timeout(c);
	call_send_packet(c, &c->setup->request, c->role == CALL_LAC_IN ? L2TP_ICRQ : L2TP_OCRQ);
}

static void call_do_offer(struct l2tp_call *c, const struct call_arg *arg)
{
	(void)arg;
	call_start_timeout(c);
	events_call(c, L2TP_EV_CALL_OFFERED, true);
}

static void call_do_reply(struct l2tp_call *c, const struct call_arg *arg)
{
	if (call_send_reply(c, arg->avps, arg->n))
		return;
	engine_count(c->t->e, L2TP_R_NO_MEMORY);
	call_send_cdn(c, &no_room, NULL, 0);
	call_end(c, &no_room, L2TP_BY_US);
}

static void call_do_replied(struct l2tp_call *c, const struct call_arg *arg)
{
	(void)arg;
	events_call(c, L2TP_EV_CALL_REPLIED, true);
}

static void call_do_connect(struct l2tp_call *c, const struct call_arg *arg)
{
	struct l2tp_result r;

	(void)arg;
	if (!call_peer_supports(c, false)) {
		call_send_cdn(c, call_unsupported(&r), NULL, 0);
		call_end(c, &r, L2TP_BY_US);
		return;
	}
	call_not_late(c);
	c->connecting = true;
	c->connect_ns = c->t->rel.end;
	keep_connecting(c);
	call_send_packet(c, &c->setup->connect, c->role == CALL_LAC_IN ? L2TP_ICCN : L2TP_OCCN);
}

/* CALL_UP allows the owner to send PPP frames, so it waits until the ICCN or OCCN that establishes
 * the call has been sent. */
void call_connect_sent(struct l2tp_call *c)
{
	if (!c->connecting)
		return;
	c->connecting = false;
	call_is_up(c, false);
}

static void call_do_replied_connect(struct l2tp_call *c, const struct call_arg *arg)
{
	call_do_replied(c, arg);
	call_do_connect(c, arg);
}

static void call_do_up(struct l2tp_call *c, const struct call_arg *arg)
{
	(void)arg;
	c->required = l2tp_msg_find(&c->t->e->msg, L2TP_IETF, L2TP_AVP_SEQUENCING_REQUIRED);
	call_is_up(c, true);
}

static void call_do_report(struct l2tp_call *c, const struct call_arg *arg)
{
	(void)arg;
	events_call(c, c->t->e->msg.type == L2TP_SLI ? L2TP_EV_SLI : L2TP_EV_WEN, true);
}

static void call_do_count(struct l2tp_call *c, const struct call_arg *arg)
{
	(void)arg;
	engine_count(c->t->e, L2TP_R_MSG_STATE);
}

static const struct l2tp_result out_of_turn = {.result = L2TP_CDN_GENERAL_ERROR,
					       .error = L2TP_ERR_BAD_SESSION_ID,
					       .text = "message not allowed in this state"};

static void call_do_cdn(struct l2tp_call *c, const struct call_arg *arg)
{
	const struct l2tp_result *r = arg->r ? arg->r : &out_of_turn;

	if (!arg->r)
		call_do_count(c, arg);
	call_send_cdn(c, r, arg->avps, arg->n);
	call_end(c, r, arg->by);
}

static void call_do_clean(struct l2tp_call *c, const struct call_arg *arg)
{
	bool alone = !arg->r && c->t->state == L2TP_T_ESTABLISHED;

	if (alone)
		call_do_count(c, arg);
	call_end(c, alone ? &out_of_turn : arg->r, arg->by);
}

static void (*const actions[CALL_ACTIONS])(struct l2tp_call *c, const struct call_arg *arg) = {
	[CALL_DO_COUNT] = call_do_count,     [CALL_DO_REQUEST] = call_do_request,
	[CALL_DO_OFFER] = call_do_offer,     [CALL_DO_REPLY] = call_do_reply,
	[CALL_DO_REPLIED] = call_do_replied, [CALL_DO_REPLIED_CONNECT] = call_do_replied_connect,
	[CALL_DO_CONNECT] = call_do_connect, [CALL_DO_UP] = call_do_up,
	[CALL_DO_REPORT] = call_do_report,   [CALL_DO_CDN] = call_do_cdn,
	[CALL_DO_CLEAN] = call_do_clean,
};

/* Its ICCN or OCCN waits to be sent. */
static bool call_is_built(const struct l2tp_call *c)
{
	return c->setup && c->setup->connect;
}

void call_step(struct l2tp_call *c, enum call_event ev, const struct call_arg *arg)
{
	static const struct call_arg nothing = {.by = L2TP_BY_US};
	const struct call_row *row;

	if (c->ended)
		return;
	if (!arg)
		arg = &nothing;
	row = call_row((enum call_role)c->role, c->state, ev, !arg->refused, call_is_built(c));
	if (row->next != CALL_SAME) {
		c->state = row->next;
		keep_call(c);
	}
	if (actions[row->action])
		actions[row->action](c, arg);
}

void call_late(struct deadline *d)
{
	struct l2tp_call *c = IST_CONTAINER_OF(d, struct call_setup, late)->c;
	bool lac = c->role == CALL_LAC_IN || c->role == CALL_LAC_OUT;
	struct l2tp_result r = engine_result(lac ? L2TP_CDN_TIMEOUT : L2TP_CDN_ADMINISTRATIVE, 0,
					     "call not established in time");
	struct call_arg arg = {.r = &r, .by = L2TP_BY_TIMEOUT};

	call_step(c, CALL_LATE, &arg);
}

void call_pump(struct l2tp_tunnel *t)
{
	while (t->state == L2TP_T_ESTABLISHED && t->waiting && t->rel.octets < REL_QUEUE_OCTETS) {
		struct l2tp_call *c = t->waiting;

		call_wait_leave(c);
		call_step(c, CALL_TUNNEL_OPEN, NULL);
	}
}

/* --- calls of the owner ----------------------------------------------------------------------- */

struct l2tp_call *l2tp_call_new(struct l2tp_tunnel *t, void *user, enum l2tp_reason *why)
{
	enum l2tp_reason unused;
	struct l2tp_call *c = NULL;

	if (!why)
		why = &unused;
	*why = L2TP_R_NO_TUNNEL;
	if (t->state != L2TP_T_IDLE && t->state <= L2TP_T_ESTABLISHED)
		c = call_new(t, CALL_LAC_IN, why);
	if (c)
		c->user = user;
	else
		engine_count(t->e, *why);
	return c;
}

/* The owner's attributes do not fit into a message. */
static void call_end_unbuildable(struct l2tp_call *c)
{
	struct call_arg arg = {.r = &no_room, .by = L2TP_BY_US};

	engine_count(c->t->e, L2TP_R_NO_MEMORY);
	call_step(c, CALL_CLOSE, &arg);
}

void l2tp_call_place(struct l2tp_call *c, enum l2tp_call_kind kind, const struct l2tp_avp *avps,
		     unsigned n, uint64_t now)
{
	struct l2tp_engine *e = c->t->e;

	if (c->ended || c->placed || !c->setup || c->state != L2TP_C_IDLE)
		return;
	engine_enter(e, now);
	c->placed = true;
	c->role = kind == L2TP_INCOMING ? CALL_LAC_IN : CALL_LNS_OUT;
	c->serial = e->serial++;
	if (c->role == CALL_LNS_OUT && c->t->state != L2TP_T_ESTABLISHED)
		c->setup->asked = l2tp_avps_copy(avps, n);
	c->setup->request = call_build_request(c, avps, n);
	if (c->setup->request) {
		call_step(c, CALL_OPEN, NULL);
		call_wait_join(c);
		call_pump(c->t);
	} else {
		call_end_unbuildable(c);
	}
	engine_leave(e);
}

void l2tp_call_answer(struct l2tp_call *c, const struct l2tp_avp *avps, unsigned n, uint64_t now)
{
	struct l2tp_engine *e = c->t->e;
	struct call_arg arg = {.avps = avps, .n = n};

	engine_enter(e, now);
	call_step(c, CALL_ANSWER, &arg);
	engine_leave(e);
}

static bool call_circuit_may_come_up(const struct l2tp_call *c)
{
	return call_row((enum call_role)c->role, c->state, CALL_CIRCUIT_UP, true, true)->action !=
	       CALL_DO_COUNT;
}

void l2tp_call_connected(struct l2tp_call *c, const struct l2tp_avp *avps, unsigned n, uint64_t now)
{
	struct l2tp_engine *e = c->t->e;
	bool in_turn = c->setup && call_circuit_may_come_up(c);

	if (c->ended || call_is_built(c) || (c->role != CALL_LAC_IN && c->role != CALL_LAC_OUT))
		return;
	engine_enter(e, now);
	if (in_turn)
		c->setup->connect = call_build_connect(c, avps, n);
	if (in_turn && !call_is_built(c))
		call_end_unbuildable(c);
	else
		call_step(c, CALL_CIRCUIT_UP, NULL); /* out of turn: counted */
	engine_leave(e);
}

void l2tp_call_hangup(struct l2tp_call *c, const struct l2tp_result *r,
		      const struct l2tp_avp *cause, unsigned n, uint64_t now)
{
	static const struct l2tp_result admin = {.result = L2TP_CDN_ADMINISTRATIVE};
	struct l2tp_engine *e = c->t->e;
	struct call_arg arg = {.r = r ? r : &admin, .by = L2TP_BY_US, .avps = cause, .n = n};

	engine_enter(e, now);
	call_step(c, CALL_CLOSE, &arg);
	engine_leave(e);
}
