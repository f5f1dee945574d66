/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control connection: the actions of its state table (cc_table.c says which action an event
 * causes in which state), its deadlines, and the owner's calls to open and close it.
 */
#include "core/engine_int.h"

#include <stdlib.h>

/* --- birth ------------------------------------------------------------------------------------ */

static void tunnel_link_in(struct l2tp_tunnel *t)
{
	struct l2tp_engine *e = t->e;

	t->prev = e->last_tunnel;
	*(t->prev ? &t->prev->next : &e->tunnels) = t;
	e->last_tunnel = t;
	htab_add(&e->channels, &t->by_channel, t->channel);
}

static void tunnel_link_out(struct l2tp_tunnel *t)
{
	struct l2tp_engine *e = t->e;

	*(t->prev ? &t->prev->next : &e->tunnels) = t->next;
	*(t->next ? &t->next->prev : &e->last_tunnel) = t->prev;
	htab_del(&e->channels, &t->by_channel);
	htab_del(&e->peer_ids, &t->by_peer_id);
	htab_del(&e->requests, &t->by_peer);
	htab_del(&e->challenges, &t->by_challenge);
	htab_del(&e->with_room, &t->by_room);
	fifo_del(&e->linger, &t->in_linger);
}

static void tunnel_init_rel(struct l2tp_tunnel *t)
{
	struct rel_config rel = {.interval = t->policy.retransmit,
				 .interval_max = t->policy.retransmit_max,
				 .retries = t->policy.retransmit_count,
				 .window = t->policy.receive_window};

	rel_init(&t->rel, &rel);
	t->rel.held_cap = L2TP_MSG_MAX; /* little trust before it is established */
	t->since = t->last_heard = t->e->now;
}

static void tunnel_init(struct l2tp_tunnel *t, const struct l2tp_peer_answer *who)
{
	uint8_t key[16];

	for (unsigned i = 0; i < D_TUNNEL; i++)
		t->due[i].kind = (uint8_t)i;
	t->policy = who->policy;
	t->peer = who->peer;
	t->dscp = setup_dscp(&t->policy);
	tunnel_init_rel(t);
	engine_random(t->e, key, sizeof(key));
	idtab_init(&t->sids, key, t->policy.max_calls ? t->policy.max_calls : 65535);
}

/* again: the id that it has; 0 = a new one. */
static struct l2tp_tunnel *tunnel_make(struct l2tp_engine *e, l2tp_channel channel,
				       const struct l2tp_peer_answer *who, uint16_t again,
				       enum l2tp_reason *why)
{
	struct l2tp_tunnel *t = calloc(1, sizeof(*t));

	*why = L2TP_R_NO_MEMORY;
	if (!t || !spare_fill(&e->spare)) {
		free(t);
		return NULL;
	}
	*why = L2TP_R_TUNNEL_CAP;
	if (again)
		t->id = idtab_take_id(&e->tids, again, t) ? again : 0;
	else
		t->id = idtab_take(&e->tids, t, e->now);
	if (!t->id) {
		free(t);
		return NULL;
	}
	t->e = e;
	t->channel = channel;
	t->birth = e->births++;
	keep_engine(e);
	tunnel_init(t, who);
	tunnel_link_in(t);
	if (quota_join(t))
		return t;
	*why = L2TP_R_NO_MEMORY;
	tunnel_free(t);
	return NULL;
}

struct l2tp_tunnel *tunnel_new(struct l2tp_engine *e, l2tp_channel channel,
			       const struct l2tp_peer_answer *who, enum l2tp_reason *why)
{
	return tunnel_make(e, channel, who, 0, why);
}

struct l2tp_tunnel *tunnel_again(struct l2tp_engine *e, l2tp_channel channel,
				 const struct l2tp_peer_answer *who, uint16_t id)
{
	enum l2tp_reason why;

	return tunnel_make(e, channel, who, id, &why);
}

/* --- death ------------------------------------------------------------------------------------ */

static void tunnel_no_deadlines(struct l2tp_tunnel *t)
{
	static const uint8_t kinds[] = {D_LIFE, D_HELLO, D_IDLE, D_REAUTH};

	for (unsigned i = 0; i < sizeof(kinds); i++)
		deadline_cancel(&t->e->heap, &t->due[kinds[i]]);
}

void tunnel_free(struct l2tp_tunnel *t)
{
	struct l2tp_engine *e = t->e;

	keep_tunnel_gone(t);
	tunnel_no_deadlines(t);
	deadline_cancel(&e->heap, &t->due[D_RETRY]);
	deadline_cancel(&e->heap, &t->due[D_HOLD]);
	half_open_leave(t);
	quota_leave(t);
	tunnel_link_out(t);
	idtab_give(&e->tids, t->id, e->now + rel_cycle(&t->rel.cfg));
	idtab_free(&t->sids);
	rel_free(&t->rel);
	explicit_bzero(&t->policy.secret, sizeof(t->policy.secret));
	t->e->count.gone++;
	free(t);
}

void tunnel_release(struct l2tp_tunnel *t)
{
	if (t->state == L2TP_T_IDLE && !t->events.queued && !t->pins && !t->dirty && !t->calls)
		tunnel_free(t);
}

/* --- looking up ------------------------------------------------------------------------------- */

void tunnel_set_peer_id(struct l2tp_tunnel *t, uint16_t peer_id)
{
	t->peer_id = peer_id;
	htab_del(&t->e->peer_ids, &t->by_peer_id);
	htab_add(&t->e->peer_ids, &t->by_peer_id, htab_key(t->channel, peer_id));
	rel_retarget(&t->rel, peer_id);
}

void tunnel_set_channel(struct l2tp_tunnel *t, l2tp_channel c)
{
	t->channel = c;
	htab_del(&t->e->channels, &t->by_channel);
	htab_add(&t->e->channels, &t->by_channel, c);
}

/* First tunnel from n on with this channel and peer id. */
static struct l2tp_tunnel *tunnel_match(struct hnode *n, l2tp_channel from, uint16_t peer_id)
{
	for (; n; n = htab_more(n)) {
		struct l2tp_tunnel *t = IST_CONTAINER_OF(n, struct l2tp_tunnel, by_peer_id);

		if (t->channel == from && t->peer_id == peer_id && t->state != L2TP_T_IDLE)
			return t;
	}
	return NULL;
}

static struct l2tp_tunnel *tunnel_first_by_peer_id(struct l2tp_engine *e, l2tp_channel from,
						   uint16_t peer_id)
{
	return tunnel_match(htab_first(&e->peer_ids, htab_key(from, peer_id)), from, peer_id);
}

static struct l2tp_tunnel *tunnel_next_by_peer_id(struct l2tp_tunnel *t)
{
	return tunnel_match(htab_more(&t->by_peer_id), t->channel, t->peer_id);
}

struct l2tp_tunnel *tunnel_by_peer_id(struct l2tp_engine *e, l2tp_channel from, uint16_t peer_id)
{
	struct l2tp_tunnel *found = NULL;

	for (struct l2tp_tunnel *t = tunnel_first_by_peer_id(e, from, peer_id); t;
	     t = tunnel_next_by_peer_id(t))
		if (!found || t->state < found->state)
			found = t;
	return found;
}

/* An SCCRQ is a retransmission when it equals, octet for octet, the one that opened a tunnel which
 * is still forming; a forged one with the same id does not stand in the way.  A peer gives a Tunnel
 * ID to one tunnel at a time, so an SCCRQ that assigns the id of an established tunnel, equal to
 * its SCCRQ or not, says that the peer has restarted and lost the tunnel.  It opens a second one,
 * and the first ends when the second is established (tunnel_supersede()).  Not earlier, because a
 * sender that forges the peer's address, or repeats what it has captured, never learns our id and
 * so cannot establish the second. */
static bool tunnel_opened_by(const struct l2tp_tunnel *t, uint64_t request)
{
	return t->state == L2TP_T_WAIT_CTL_CONN && t->request == request;
}

struct l2tp_tunnel *tunnel_of_request(struct l2tp_engine *e, l2tp_channel from, uint16_t peer_id,
				      uint64_t request)
{
	struct l2tp_tunnel *t = tunnel_first_by_peer_id(e, from, peer_id);

	while (t && !tunnel_opened_by(t, request))
		t = tunnel_next_by_peer_id(t);
	return t;
}

void tunnel_update_room(struct l2tp_tunnel *t)
{
	bool room = t->initiator && !t->is_proof &&
		    (t->state == L2TP_T_WAIT_CTL_REPLY || t->state == L2TP_T_ESTABLISHED) &&
		    (!t->policy.max_calls || t->sids.live < t->policy.max_calls);

	if (!room)
		htab_del(&t->e->with_room, &t->by_room);
	else if (!hnode_in(&t->by_room))
		htab_add(&t->e->with_room, &t->by_room, htab_key((uintptr_t)t->peer, 0));
}

uint64_t tunnel_heard(const struct l2tp_tunnel *t)
{
	const struct l2tp_engine *e = t->e;
	uint64_t data = e->ops->heard ? e->ops->heard(e->ctx, t->id) : 0;

	return data > t->last_heard ? data : t->last_heard;
}

/* --- actions of the state table --------------------------------------------------------------- */

/* Keep the result for TUNNEL_DOWN; the first one counts. */
static void tunnel_keep_result(struct l2tp_tunnel *t, const struct l2tp_result *r,
			       enum l2tp_side by)
{
	if (t->has_result)
		return;
	t->has_result = true;
	t->result = *r;
	t->by = (uint8_t)by;
}

static void tunnel_queue_down(struct l2tp_tunnel *t)
{
	if (!t->down_queued)
		events_tunnel(t, L2TP_EV_TUNNEL_DOWN);
	t->down_queued = true;
}

static void tunnel_clean_up(struct l2tp_tunnel *t)
{
	reauth_over(t);
	call_all_gone(t);
	keep_clearings_gone(t);
	tunnel_no_deadlines(t);
	rel_drop_unsent(&t->rel);
	fifo_del(&t->e->linger, &t->in_linger);
}

/* Without memory for the StopCCN it is tried again: at once, since the memory of the tunnel's calls
 * is freed after this, then each retransmission interval. */
void tunnel_send_stop(struct l2tp_tunnel *t)
{
	uint64_t again = t->e->now + (t->stop_tries ? t->rel.cfg.interval : 0);
	struct l2tp_build b;

	output_start(t, &b, L2TP_STOPCCN, 0);
	output_tunnel_id(t, &b);
	l2tp_build_result(&b, &t->result);
	output_queue(t, &b);
	if (!t->choked) {
		t->stop_tries = 0;
		return;
	}
	t->choked = NULL;
	t->stop_tries++;
	deadline_set(&t->e->heap, &t->due[D_LIFE], again);
}

static void tunnel_stop(struct l2tp_tunnel *t)
{
	tunnel_clean_up(t);
	tunnel_send_stop(t);
}

static void tunnel_end(struct l2tp_tunnel *t)
{
	tunnel_clean_up(t);
	tunnel_queue_down(t);
	output_mark(t);
	deadline_set(&t->e->heap, &t->due[D_LIFE], t->e->now + rel_cycle(&t->rel.cfg));
	fifo_add(&t->e->linger, &t->in_linger);
	if (t->e->linger.count <= LINGER_MAX)
		return;
	engine_count(t->e, L2TP_R_LINGER_CAP);
	tunnel_step(IST_CONTAINER_OF(t->e->linger.first, struct l2tp_tunnel, in_linger), CC_LATE,
		    NULL, L2TP_BY_US);
}

static void tunnel_discard(struct l2tp_tunnel *t)
{
	tunnel_clean_up(t);
	half_open_leave(t);
	deadline_cancel(&t->e->heap, &t->due[D_RETRY]);
	deadline_cancel(&t->e->heap, &t->due[D_HOLD]);
	tunnel_queue_down(t);
	tunnel_release(t);
}

/* The peer has given its id to this tunnel, so it has lost an older tunnel with the same id.  One
 * with another Host Name belongs to another system behind the same address and stays. */
static bool tunnel_takes_over(const struct l2tp_tunnel *t, const struct l2tp_tunnel *old)
{
	return old != t && !strcmp(old->peer_host, t->peer_host);
}

unsigned tunnel_replaces(const struct l2tp_tunnel *t)
{
	unsigned n = 0;

	for (struct l2tp_tunnel *o = tunnel_first_by_peer_id(t->e, t->channel, t->peer_id); o;
	     o = tunnel_next_by_peer_id(o))
		n += o->counted && tunnel_takes_over(t, o);
	return n;
}

static void tunnel_supersede(struct l2tp_tunnel *t)
{
	struct l2tp_result r = engine_result(L2TP_STOP_GENERAL_CLEAR, 0,
					     "peer has started anew with this tunnel id");
	struct l2tp_tunnel *next;

	for (struct l2tp_tunnel *o = tunnel_first_by_peer_id(t->e, t->channel, t->peer_id); o;
	     o = next) {
		next = tunnel_next_by_peer_id(o);
		if (!tunnel_takes_over(t, o))
			continue;
		engine_count(t->e, L2TP_R_SUPERSEDED);
		tunnel_step(o, CC_LOST, &r, L2TP_BY_PEER);
	}
}

void tunnel_tell_malformed(struct l2tp_tunnel *t)
{
	if (!t->ignored || t->quota->malformed || t->state != L2TP_T_ESTABLISHED)
		return;
	t->quota->malformed = true;
	events_tunnel(t, L2TP_EV_MALFORMED);
}

static void tunnel_went_up(struct l2tp_tunnel *t)
{
	struct l2tp_engine *e = t->e;

	tunnel_supersede(t);
	if (t->state != L2TP_T_ESTABLISHED) /* a re-authentication of a superseded tunnel */
		return;

	t->since = e->now;
	t->rel.held_cap = REL_QUEUE_OCTETS;
	t->confirmed = !t->initiator;
	half_open_leave(t);
	t->stranger = false;
	deadline_cancel(&e->heap, &t->due[D_LIFE]);
	if (t->policy.hello)
		deadline_set(&e->heap, &t->due[D_HELLO], e->now + t->policy.hello);
	if (t->is_proof) {
		reauth_proved(t);
		return;
	}
	reauth_arm(t);
	events_tunnel(t, L2TP_EV_TUNNEL_UP);
	tunnel_tell_malformed(t);
	call_pump(t);
}

/* The tunnel keeps its calls, which wait for the SCCCN of the peer now.  The new birth makes
 * reports about our SCCRQ void. */
static void tunnel_yield(struct l2tp_tunnel *t)
{
	tunnel_no_deadlines(t);
	deadline_cancel(&t->e->heap, &t->due[D_RETRY]);
	deadline_cancel(&t->e->heap, &t->due[D_HOLD]);
	rel_free(&t->rel);
	tunnel_init_rel(t);
	t->initiator = false;
	t->birth = t->e->births++;
	keep_engine(t->e);
}

static void tunnel_request(struct l2tp_tunnel *t)
{
	htab_add(&t->e->requests, &t->by_peer, htab_key((uintptr_t)t->peer, 0));
	deadline_set(&t->e->heap, &t->due[D_LIFE], t->e->now + t->policy.setup_timeout);
	setup_send_request(t);
}

static void tunnel_reply(struct l2tp_tunnel *t)
{
	deadline_set(&t->e->heap, &t->due[D_LIFE], t->e->now + t->policy.setup_timeout);
	setup_learn(t);
	setup_send_reply(t);
}

static void tunnel_connect(struct l2tp_tunnel *t)
{
	setup_learn(t);
	setup_send_connected(t);
	tunnel_went_up(t);
}

static void tunnel_learn_peer_id(struct l2tp_tunnel *t)
{
	uint16_t id;

	if (!t->peer_id && l2tp_msg_u16(&t->e->msg, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &id) &&
	    id)
		tunnel_set_peer_id(t, id);
}

static void tunnel_count(struct l2tp_tunnel *t)
{
	engine_count(t->e, L2TP_R_MSG_STATE);
}

static void (*const actions[CC_ACTIONS])(struct l2tp_tunnel *t) = {
	[CC_DO_COUNT] = tunnel_count,	       [CC_DO_REQUEST] = tunnel_request,
	[CC_DO_REPLY] = tunnel_reply,	       [CC_DO_CONNECT] = tunnel_connect,
	[CC_DO_UP] = tunnel_went_up,	       [CC_DO_STOP] = tunnel_stop,
	[CC_DO_TARGET] = tunnel_learn_peer_id, [CC_DO_END] = tunnel_end,
	[CC_DO_DISCARD] = tunnel_discard,      [CC_DO_YIELD] = tunnel_yield,
};

static void tunnel_carry_out(struct l2tp_tunnel *t, const struct cc_row *row,
			     const struct l2tp_result *r, enum l2tp_side by)
{
	static const struct l2tp_result fsm = {.result = L2TP_STOP_FSM_ERROR,
					       .text = "message not allowed in this state"};

	if (row->action == CC_DO_STOP || row->action == CC_DO_END || row->action == CC_DO_DISCARD) {
		if (!r && row->action == CC_DO_STOP)
			tunnel_count(t);
		tunnel_keep_result(t, r ? r : &fsm, by);
	}
	if (row->next != CC_SAME) {
		htab_del(&t->e->requests, &t->by_peer);
		htab_del(&t->e->challenges, &t->by_challenge);
		t->state = row->next;
	}
	tunnel_update_room(t);
	quota_update(t);
	if (actions[row->action])
		actions[row->action](t);
}

void tunnel_step(struct l2tp_tunnel *t, enum cc_event ev, const struct l2tp_result *r,
		 enum l2tp_side by)
{
	tunnel_carry_out(t, cc_row(t->state, ev, true), r, by);
}

/* The message that is the event cannot be accepted; r says why. */
static void tunnel_step_refused(struct l2tp_tunnel *t, enum cc_event ev,
				const struct l2tp_result *r)
{
	tunnel_carry_out(t, cc_row(t->state, ev, false), r, L2TP_BY_US);
}

/* --- messages --------------------------------------------------------------------------------- */

static void tunnel_stopped_by_peer(struct l2tp_tunnel *t)
{
	struct l2tp_engine *e = t->e;
	struct l2tp_result r;
	uint16_t id = 0;

	l2tp_msg_result(&e->msg, &r);
	l2tp_msg_u16(&e->msg, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &id);
	if (!t->peer_id && id)
		tunnel_set_peer_id(t, id);
	if (id == t->id && id != t->peer_id && (t->policy.quirks & L2TP_QUIRK_STOPCCN_TID))
		engine_quirks(e, L2TP_QUIRK_STOPCCN_TID);
	else if (id != t->peer_id)
		/* the header names the tunnel; 7.2.1 ends it whatever this id is */
		engine_count(e, L2TP_R_AVP_VALUE);
	tunnel_step(t, CC_STOPCCN, &r, L2TP_BY_PEER);
}

void tunnel_message(struct l2tp_tunnel *t, const struct l2tp_hdr *h)
{
	struct l2tp_result r;

	if (h->sid) /* a Session ID means nothing in a message about the tunnel */
		engine_count(t->e, L2TP_R_MSG_ROLE);
	switch (t->e->msg.type) {
	case L2TP_SCCRQ:
		tunnel_step(t, CC_SCCRQ, NULL, L2TP_BY_US);
		break;
	case L2TP_SCCRP:
		if (t->state == L2TP_T_WAIT_CTL_REPLY && !setup_reply_ok(t, &r)) {
			tunnel_learn_peer_id(t);
			tunnel_step_refused(t, CC_SCCRP, &r);
			break;
		}
		tunnel_step(t, CC_SCCRP, NULL, L2TP_BY_US);
		break;
	case L2TP_SCCCN:
		if (t->state == L2TP_T_WAIT_CTL_CONN && !setup_connected_ok(t, &r))
			tunnel_step_refused(t, CC_SCCCN, &r);
		else
			tunnel_step(t, CC_SCCCN, NULL, L2TP_BY_US);
		break;
	case L2TP_STOPCCN:
		tunnel_stopped_by_peer(t);
		break;
	default:
		tunnel_step(t, CC_HELLO, NULL, L2TP_BY_US);
	}
}

/* --- deadlines -------------------------------------------------------------------------------- */

static void tunnel_retry_due(struct l2tp_tunnel *t)
{
	struct l2tp_engine *e = t->e;
	struct l2tp_result r = engine_result(L2TP_STOP_GENERAL_ERROR, 0,
					     "no acknowledgement after %u retransmissions",
					     t->policy.retransmit_count);

	if (rel_expire(&t->rel, e->now) == REL_GAVE_UP) {
		engine_count(e, L2TP_R_GAVE_UP);
		tunnel_step(t, CC_GAVE_UP, &r, L2TP_BY_TIMEOUT);
		return;
	}
	output_mark(t); /* retransmits, or sets the deadline that has moved */
}

static void tunnel_life_due(struct l2tp_tunnel *t)
{
	struct l2tp_result r =
		engine_result(L2TP_STOP_GENERAL_CLEAR, 0, "tunnel not established in time");

	if (t->state != L2TP_T_STOPPING)
		tunnel_step(t, CC_LATE, &r, L2TP_BY_TIMEOUT);
	else if (t->stop_tries <= t->policy.retransmit_count)
		tunnel_send_stop(t);
	else
		tunnel_step(t, CC_GAVE_UP, &r, L2TP_BY_TIMEOUT);
}

static void tunnel_hello(struct l2tp_tunnel *t)
{
	struct l2tp_build b;

	output_start(t, &b, L2TP_HELLO, 0);
	output_queue(t, &b);
}

/* 5.5: HELLO after silence.  Data and control messages both end silence; a message of ours not yet
 * acknowledged tests the peer already.
 */
static void tunnel_hello_due(struct l2tp_tunnel *t)
{
	struct l2tp_engine *e = t->e;
	uint64_t due = tunnel_heard(t) + t->policy.hello;

	if (due > e->now) {
		deadline_set(&e->heap, &t->due[D_HELLO], due);
		return;
	}
	deadline_set(&e->heap, &t->due[D_HELLO], e->now + t->policy.hello);
	if (rel_idle(&t->rel))
		tunnel_hello(t);
}

static void tunnel_idle_due(struct l2tp_tunnel *t)
{
	struct l2tp_result r = engine_result(L2TP_STOP_GENERAL_CLEAR, 0, "no calls");

	if (!t->calls)
		tunnel_step(t, CC_CLOSE, &r, L2TP_BY_US);
}

static void tunnel_hold_due(struct l2tp_tunnel *t)
{
	struct l2tp_result r = engine_result(L2TP_STOP_GENERAL_ERROR, 0, "channel down");

	tunnel_step(t, CC_LOST, &r, L2TP_BY_CHANNEL);
}

void tunnel_deadline(struct deadline *d)
{
	static void (*const due[D_TUNNEL])(struct l2tp_tunnel * t) = {
		[D_RETRY] = tunnel_retry_due, [D_LIFE] = tunnel_life_due,
		[D_HELLO] = tunnel_hello_due, [D_IDLE] = tunnel_idle_due,
		[D_HOLD] = tunnel_hold_due,   [D_REAUTH] = reauth_start,
	};

	due[d->kind](IST_CONTAINER_OF(d - d->kind, struct l2tp_tunnel, due[0]));
}

/* 5.6: "After the last session is cleared, the control connection MAY be torn down as well". */
void tunnel_call_gone(struct l2tp_tunnel *t)
{
	tunnel_update_room(t);
	if (!t->calls && t->state == L2TP_T_ESTABLISHED && t->policy.idle_close)
		deadline_set(&t->e->heap, &t->due[D_IDLE], t->e->now + t->policy.idle_close);
}

/* --- calls of the owner ----------------------------------------------------------------------- */

struct l2tp_tunnel *l2tp_tunnel_open(struct l2tp_engine *e, l2tp_channel to,
				     const struct l2tp_peer_answer *who, void *user, uint64_t now,
				     enum l2tp_reason *why)
{
	struct l2tp_tunnel *t = NULL;
	enum l2tp_reason unused;

	if (!why)
		why = &unused;
	engine_enter(e, now);
	*why = e->stopping ? L2TP_R_TUNNEL_CAP : quota_tunnel(e, who->peer, &who->policy, NULL, 0);
	if (*why == L2TP_R_NONE)
		t = tunnel_new(e, to, who, why);
	if (t) {
		t->user = user;
		t->initiator = true;
		tunnel_step(t, CC_OPEN, NULL, L2TP_BY_US);
	} else {
		engine_count(e, *why);
	}
	engine_leave(e);
	return t;
}

void l2tp_tunnel_close(struct l2tp_tunnel *t, const struct l2tp_result *r, uint64_t now)
{
	static const struct l2tp_result general = {.result = L2TP_STOP_GENERAL_CLEAR};
	struct l2tp_engine *e = t->e;

	engine_enter(e, now);
	tunnel_step(t, CC_CLOSE, r ? r : &general, L2TP_BY_US);
	engine_leave(e);
}

bool l2tp_tunnel_ping(struct l2tp_tunnel *t, uint64_t now)
{
	struct l2tp_engine *e = t->e;

	if (t->state != L2TP_T_ESTABLISHED)
		return false;
	engine_enter(e, now);
	t->pinged = true;
	t->ping_ns = t->rel.end;
	tunnel_hello(t);
	engine_leave(e);
	return true;
}

/* Something of ours is acknowledged. */
void tunnel_ping_acked(struct l2tp_tunnel *t)
{
	if (!t->pinged || !rel_is_acked(&t->rel, t->ping_ns))
		return;
	t->pinged = false;
	if (t->state == L2TP_T_ESTABLISHED)
		events_tunnel(t, L2TP_EV_PING);
}

void l2tp_engine_stop(struct l2tp_engine *e, const struct l2tp_result *r, uint64_t now)
{
	static const struct l2tp_result shutting = {.result = L2TP_STOP_SHUTTING_DOWN};

	engine_enter(e, now);
	e->stopping = true;
	for (struct l2tp_tunnel *t = e->tunnels; t; t = t->next)
		if (t->state != L2TP_T_IDLE)
			tunnel_step(t, CC_CLOSE, r ? r : &shutting, L2TP_BY_US);
	engine_leave(e);
}

/* --- channels --------------------------------------------------------------------------------- */

static void tunnel_channel_down(struct l2tp_tunnel *t)
{
	rel_pause(&t->rel);
	if (!t->due[D_HOLD].set)
		deadline_set(&t->e->heap, &t->due[D_HOLD], t->e->now + t->policy.hold);
}

static void tunnel_channel_up(struct l2tp_tunnel *t)
{
	deadline_cancel(&t->e->heap, &t->due[D_HOLD]);
	rel_resume(&t->rel);
	output_mark(t);
}

static void tunnel_each_on(struct l2tp_engine *e, l2tp_channel c,
			   void (*action)(struct l2tp_tunnel *t))
{
	struct hnode *next;

	for (struct hnode *n = htab_first(&e->channels, c); n; n = next) {
		struct l2tp_tunnel *t = IST_CONTAINER_OF(n, struct l2tp_tunnel, by_channel);

		next = htab_more(n);
		if (t->state != L2TP_T_IDLE)
			action(t);
	}
}

void l2tp_engine_channel(struct l2tp_engine *e, l2tp_channel c, bool up_now, uint64_t now)
{
	engine_enter(e, now);
	tunnel_each_on(e, c, up_now ? tunnel_channel_up : tunnel_channel_down);
	engine_leave(e);
}

void l2tp_engine_channel_lost(struct l2tp_engine *e, l2tp_channel c, uint64_t now)
{
	engine_enter(e, now);
	tunnel_each_on(e, c, tunnel_hold_due);
	engine_leave(e);
}
