/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine that plays one system.  Recorded ids are looked up in one table, tunnels and calls by
 * different keys; an id that the capture does not explain becomes one that the engine has not.
 */
#include "gw/replay/replay_node.h"

#include <stdlib.h>

#define AT_TID	   4u /* in a control header */
#define AT_SID	   6u
#define AT_NR	   10u
#define PATIENCE   (60u * 1000000u)
#define EVER	   (86400u * (uint64_t)1000000)
#define ALL_QUIRKS ((1u << L2TP_QUIRKS) - 1)

/* --- the engine's owner ------------------------------------------------------------------------- */

static uint64_t node_random(struct replay_node *n)
{
	uint64_t z = n->seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* A Challenge has sixteen octets and a Tie Breaker eight.  Keys of as many are no worse for being
 * these. */
static void node_on_random(void *ctx, void *buf, size_t len)
{
	struct replay_node *n = ctx;
	const uint8_t *given = len == 16 ? n->challenge : len == 8 ? n->tie : NULL;

	for (size_t i = 0; i < len; i++)
		((uint8_t *)buf)[i] = given ? given[i] : (uint8_t)node_random(n);
}

static enum l2tp_tx node_on_tx(void *ctx, l2tp_channel to, const uint8_t *pkt, size_t len,
			       uint64_t cookie, uint8_t dscp)
{
	struct replay_node *n = ctx;
	struct l2tp_hdr h;
	uint16_t type;

	(void)to;
	(void)cookie;
	(void)dscp;
	if (l2tp_hdr_decode(&h, pkt, len) != L2TP_HDR_IS_CONTROL || !h.len)
		return L2TP_TX_TAKEN;
	if (l2tp_msg_peek_u16(h.payload, h.len, L2TP_IETF, L2TP_AVP_MESSAGE_TYPE, &type) &&
	    type < L2TP_MSG_TYPES && !n->cueing)
		n->sent |= 1u << type;
	return L2TP_TX_TAKEN;
}

static bool node_on_peer(void *ctx, l2tp_channel from, const uint8_t *host, size_t host_len,
			 struct l2tp_peer_answer *out)
{
	struct replay_node *n = ctx;

	(void)from;
	(void)host;
	(void)host_len;
	*out = n->answer;
	return true;
}

static void node_forget(struct replay_node *n, struct replay_id *id)
{
	if (!id)
		return;
	id->gone = true;
	htab_del(&n->ids, &id->node);
}

/* A tunnel's id stays: what is repeated after its end belongs to it still. */
static void node_on_event(void *ctx, const struct l2tp_event *ev)
{
	struct l2tp_tunnel_info t;
	struct l2tp_call_info c;

	if (ev->kind == L2TP_EV_TUNNEL_DOWN) {
		l2tp_tunnel_info(ev->tunnel, &t);
		if (t.user)
			((struct replay_id *)t.user)->gone = true;
	} else if (ev->kind == L2TP_EV_CALL_DOWN) {
		l2tp_call_info(ev->call, &c);
		node_forget(ctx, c.user);
	}
}

static const struct l2tp_ops node_ops = {
	.tx = node_on_tx, .event = node_on_event, .peer = node_on_peer, .random = node_on_random};

/* --- recorded ids ------------------------------------------------------------------------------- */

static uint64_t node_key(bool is_call, uint16_t tunnel, uint16_t recorded)
{
	return htab_key((uint64_t)is_call << 16 | tunnel, recorded);
}

static struct replay_id *node_find(struct replay_node *n, bool is_call, uint16_t tunnel,
				   uint16_t recorded)
{
	struct hnode *h = htab_first(&n->ids, node_key(is_call, tunnel, recorded));

	for (; h; h = htab_more(h)) {
		struct replay_id *id = IST_CONTAINER_OF(h, struct replay_id, node);

		if (id->is_call == is_call && id->tunnel == tunnel && id->recorded == recorded)
			return id;
	}
	return NULL;
}

/* The engine may have given its id to another tunnel since. */
static struct replay_id *node_find_tunnel(struct replay_node *n, uint16_t recorded)
{
	struct replay_id *id = node_find(n, false, 0, recorded);
	struct l2tp_tunnel *t = id ? l2tp_tunnel_by_id(n->engine, id->ours) : NULL;
	struct l2tp_tunnel_info i;

	if (!t)
		return NULL;
	l2tp_tunnel_info(t, &i);
	return i.user && i.user != id ? NULL : id;
}

static struct replay_id *node_id_of(struct l2tp_engine *e, uint16_t tunnel)
{
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(e, tunnel);
	struct l2tp_tunnel_info i;

	if (!t)
		return NULL;
	l2tp_tunnel_info(t, &i);
	return i.user;
}

/* A newer one with the same id takes the place of the older. */
static struct replay_id *node_note(struct replay_node *n, bool is_call, uint16_t tunnel,
				   uint16_t recorded, uint16_t ours)
{
	struct replay_id *id = calloc(1, sizeof(*id));

	if (!id)
		return NULL;
	node_forget(n, node_find(n, is_call, tunnel, recorded));
	*id = (struct replay_id){.is_call = is_call,
				 .tunnel = tunnel,
				 .recorded = recorded,
				 .ours = ours,
				 .next = n->all};
	n->all = id;
	htab_add(&n->ids, &id->node, node_key(is_call, tunnel, recorded));
	return id;
}

static uint16_t node_no_tunnel(const struct replay_node *n)
{
	uint16_t id = 1;

	while (id && l2tp_tunnel_by_id(n->engine, id))
		id++;
	return id;
}

static uint16_t node_no_call(const struct l2tp_tunnel *t)
{
	uint16_t id = 1;

	while (t && id && l2tp_call_by_id(t, id))
		id++;
	return id;
}

/* --- what the recorded system says of itself ------------------------------------------------------ */

static const uint8_t *node_value(const struct replay_node *n, uint16_t type, size_t len)
{
	const struct l2tp_avp *a = l2tp_msg_find(&n->said, L2TP_IETF, type);

	return a && a->len == len ? a->val : NULL;
}

static uint16_t node_said_id(const struct replay_node *n, uint16_t type)
{
	uint16_t id = 0;

	l2tp_msg_u16(&n->said, L2TP_IETF, type, &id);
	return id;
}

/* Read a message into n->said; a ZLB has type 0. */
static void node_read(struct replay_node *n, const struct l2tp_hdr *h)
{
	struct l2tp_fault fault = {0};

	n->said.type = n->said.n = 0;
	if (h->len)
		l2tp_msg_decode(&n->said, &fault, h->payload, h->len, n->secret, ALL_QUIRKS);
}

/* The secret is there for answers alone when it is not known. */
static void node_policy(struct replay_node *n)
{
	static const struct l2tp_secret unknown = {.len = 7, .octets = "unknown"};
	struct l2tp_policy *p = &n->answer.policy;
	bool known = n->secret->len;

	l2tp_policy_default(p);
	strcpy(p->host_name, "replay");
	p->secret = known ? *n->secret : unknown;
	p->hello = 0;
	p->retransmit = p->retransmit_max = PATIENCE;
	p->retransmit_count = 0;
	p->setup_timeout = p->hold = EVER;
	n->answer.peer = n;
	n->challenge = n->tie = NULL;
}

/* As n->said has it, an SCCRQ or SCCRP of this system. */
static void node_policy_said(struct replay_node *n)
{
	struct l2tp_policy *p = &n->answer.policy;

	node_policy(n);
	p->receive_window = 4; /* RFC 2661 4.4.3 */
	l2tp_msg_u16(&n->said, L2TP_IETF, L2TP_AVP_RECEIVE_WINDOW_SIZE, &p->receive_window);
	l2tp_msg_u32(&n->said, L2TP_IETF, L2TP_AVP_FRAMING_CAPS, &p->framing_caps);
	l2tp_msg_u32(&n->said, L2TP_IETF, L2TP_AVP_BEARER_CAPS, &p->bearer_caps);
	n->challenge = node_value(n, L2TP_AVP_CHALLENGE, 16);
	n->tie = node_value(n, L2TP_AVP_TIE_BREAKER, 8);
	p->challenge = n->challenge && n->secret->len;
	p->single_tunnel = n->tie;
}

/* --- cues --------------------------------------------------------------------------------------- */

/* Where a cue is about: the tunnel by the peer's id, which is in the header. */
struct node_cue {
	struct replay_node *n;
	l2tp_channel channel;
	struct l2tp_hdr h;
	struct l2tp_tunnel *t;
	uint16_t tunnel; /* our id of it */
	uint64_t now;
};

/* In whatever the engine has queued nothing waits for a window or an acknowledgement. */
static void node_acknowledge(struct replay_node *n, uint16_t tunnel, l2tp_channel channel,
			     uint64_t now)
{
	struct l2tp_tunnel *t;
	struct l2tp_tunnel_info i;
	uint8_t pkt[L2TP_HDR_CONTROL_LEN];
	uint16_t before;

	while ((t = l2tp_tunnel_by_id(n->engine, tunnel))) {
		struct wr w = wr_init(pkt, sizeof(pkt));

		l2tp_tunnel_info(t, &i);
		if (!i.in_flight || i.state == L2TP_T_IDLE)
			return;
		before = i.ns;
		l2tp_hdr_control(&w, tunnel, 0, i.nr, i.ns);
		l2tp_hdr_finish(&w, 0);
		l2tp_engine_rx(n->engine, channel, pkt, w.len, now);
		t = l2tp_tunnel_by_id(n->engine, tunnel);
		if (!t)
			return;
		l2tp_tunnel_info(t, &i);
		if (i.ns == before)
			return;
	}
}

static void node_tunnel_is(struct node_cue *c, struct l2tp_tunnel *t)
{
	struct l2tp_tunnel_info i;
	uint16_t recorded = node_said_id(c->n, L2TP_AVP_ASSIGNED_TUNNEL_ID);
	struct replay_id *id;

	c->t = t;
	if (!t)
		return;
	l2tp_tunnel_info(t, &i);
	c->tunnel = i.local_id;
	if (i.user || !recorded)
		return;
	id = node_note(c->n, false, 0, recorded, i.local_id);
	l2tp_tunnel_set_user(t, id);
}

static void cue_sccrq(struct node_cue *c)
{
	struct replay_id *id =
		node_find_tunnel(c->n, node_said_id(c->n, L2TP_AVP_ASSIGNED_TUNNEL_ID));
	uint64_t request = htab_octets(c->h.payload, c->h.len);
	enum l2tp_reason why;

	if (id && id->request == request) {
		node_tunnel_is(c, l2tp_tunnel_by_id(c->n->engine, id->ours)); /* sent again */
		return;
	}
	node_policy_said(c->n);
	node_tunnel_is(
		c, l2tp_tunnel_open(c->n->engine, c->channel, &c->n->answer, NULL, c->now, &why));
	node_policy(c->n);
	id = node_id_of(c->n->engine, c->tunnel);
	if (id)
		id->request = request;
}

static void cue_stopccn(struct node_cue *c)
{
	struct l2tp_result r;

	l2tp_tunnel_close(c->t, l2tp_msg_result(&c->n->said, &r) ? &r : NULL, c->now);
}

static void node_call_is(struct node_cue *c, struct l2tp_call *call)
{
	struct l2tp_call_info i;

	l2tp_call_info(call, &i);
	if (!i.user)
		l2tp_call_set_user(call, node_note(c->n, true, c->tunnel,
						   node_said_id(c->n, L2TP_AVP_ASSIGNED_SESSION_ID),
						   i.local_id));
}

static void cue_request(struct node_cue *c)
{
	struct l2tp_call *call = l2tp_call_new(c->t, NULL, NULL);

	if (!call)
		return;
	node_call_is(c, call);
	l2tp_call_place(call, c->n->said.type == L2TP_ICRQ ? L2TP_INCOMING : L2TP_OUTGOING, NULL, 0,
			c->now);
}

static void cue_reply(struct node_cue *c)
{
	struct l2tp_call *call = l2tp_call_by_peer_id(c->t, c->h.sid);

	if (!call)
		return;
	node_call_is(c, call);
	l2tp_call_answer(call, NULL, 0, c->now);
}

static void cue_connected(struct node_cue *c)
{
	struct l2tp_call *call = l2tp_call_by_peer_id(c->t, c->h.sid);

	if (call)
		l2tp_call_connected(call, NULL, 0, c->now);
}

/* Session ID 0: the peer's id is not known, so the sender's own tells which. */
static void cue_cdn(struct node_cue *c)
{
	struct replay_id *id =
		node_find(c->n, true, c->tunnel, node_said_id(c->n, L2TP_AVP_ASSIGNED_SESSION_ID));
	struct l2tp_call *call = c->h.sid ? l2tp_call_by_peer_id(c->t, c->h.sid) : NULL;
	struct l2tp_result r;

	if (!call && id)
		call = l2tp_call_by_id(c->t, id->ours);
	if (call)
		l2tp_call_hangup(call, l2tp_msg_result(&c->n->said, &r) ? &r : NULL, NULL, 0,
				 c->now);
}

/* SCCRP and SCCCN the engine has sent by itself; HELLO, WEN and SLI change no state. */
static void (*const cues[L2TP_MSG_TYPES])(struct node_cue *c) = {
	[L2TP_STOPCCN] = cue_stopccn, [L2TP_OCRQ] = cue_request, [L2TP_OCRP] = cue_reply,
	[L2TP_OCCN] = cue_connected,  [L2TP_ICRQ] = cue_request, [L2TP_ICRP] = cue_reply,
	[L2TP_ICCN] = cue_connected,  [L2TP_CDN] = cue_cdn,
};

/* Not one that was sent before: what is ahead of its turn is new all the same. */
static bool node_is_new(struct node_cue *c)
{
	struct replay_id *id = node_id_of(c->n->engine, c->tunnel);

	if (!id)
		return true;
	if ((uint16_t)(c->h.ns - id->sent) >= 0x8000)
		return false;
	id->sent = (uint16_t)(c->h.ns + 1);
	return true;
}

static void node_cue(struct node_cue *c)
{
	uint16_t type = c->n->said.type;

	if (type == L2TP_SCCRQ)
		cue_sccrq(c);
	else
		node_tunnel_is(c, l2tp_tunnel_by_peer_id(c->n->engine, c->channel, c->h.tid));
	if (!c->t || !c->h.len || !node_is_new(c))
		return;
	if (type < L2TP_MSG_TYPES && cues[type])
		cues[type](c);
	node_acknowledge(c->n, c->tunnel, c->channel, c->now);
}

void replay_node_sent(struct replay_node *n, l2tp_channel channel, const struct replay_msg *m,
		      uint64_t now)
{
	struct node_cue c = {.n = n, .channel = channel, .now = now};

	if (l2tp_hdr_decode(&c.h, m->pkt, m->len) != L2TP_HDR_IS_CONTROL)
		return;
	node_read(n, &c.h);
	n->cueing = true;
	l2tp_engine_expire(n->engine, now);
	node_cue(&c);
	n->cueing = false;
}

/* --- received ----------------------------------------------------------------------------------- */

/* What it is about, by our ids. */
struct node_about {
	l2tp_channel channel;
	uint16_t tunnel, call;	     /* 0 = none yet: */
	uint16_t peer_tid, peer_sid; /* SCCRQ, ICRQ and OCRQ assign these */
};

static struct l2tp_tunnel *node_tunnel(const struct replay_node *n, const struct node_about *a)
{
	return a->tunnel     ? l2tp_tunnel_by_id(n->engine, a->tunnel)
	       : a->peer_tid ? l2tp_tunnel_by_peer_id(n->engine, a->channel, a->peer_tid)
			     : NULL;
}

static struct l2tp_call *node_call(const struct l2tp_tunnel *t, const struct node_about *a)
{
	return a->call	     ? l2tp_call_by_id(t, a->call)
	       : a->peer_sid ? l2tp_call_by_peer_id(t, a->peer_sid)
			     : NULL;
}

static void node_states(const struct replay_node *n, const struct node_about *a,
			enum l2tp_tunnel_state *ts, enum l2tp_call_state *cs,
			struct replay_outcome *out)
{
	const struct l2tp_tunnel *t = node_tunnel(n, a);
	const struct l2tp_call *c = t ? node_call(t, a) : NULL;
	struct l2tp_tunnel_info ti = {0};
	struct l2tp_call_info ci = {0};

	if (t)
		l2tp_tunnel_info(t, &ti);
	if (c)
		l2tp_call_info(c, &ci);
	*ts = ti.state;
	*cs = ci.state;
	out->has_tunnel |= t != NULL;
	out->has_call |= c != NULL;
}

/* An Nr that covers no more than the recorded system has sent covers all of ours; of a tunnel that
 * is over it is not known what that has sent since. */
static uint16_t node_nr(const struct replay_node *n, const struct replay_id *id, uint16_t nr)
{
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(n->engine, id->ours);
	uint16_t beyond = (uint16_t)(nr - id->sent);
	struct l2tp_tunnel_info i;

	if (!t)
		return nr;
	l2tp_tunnel_info(t, &i);
	return (uint16_t)(i.ns + (beyond < 0x8000 && !id->gone ? beyond : 0));
}

/* The recorded ids of the header for the engine's. */
static void node_translate(struct replay_node *n, const struct l2tp_hdr *h, uint8_t *pkt,
			   struct node_about *a)
{
	struct replay_id *id = h->tid ? node_find_tunnel(n, h->tid) : NULL;
	struct replay_id *call;

	if (!h->tid)
		return;
	a->tunnel = id ? id->ours : node_no_tunnel(n);
	wr_put16(pkt + AT_TID, a->tunnel);
	if (!id)
		return;
	wr_put16(pkt + AT_NR, node_nr(n, id, h->nr));
	if (!h->sid)
		return;
	call = node_find(n, true, id->ours, h->sid);
	a->call = call ? call->ours : node_no_call(l2tp_tunnel_by_id(n->engine, id->ours));
	wr_put16(pkt + AT_SID, a->call);
}

static void node_expect(struct replay_node *n, const struct replay_msg *reply)
{
	struct l2tp_hdr h;

	node_policy(n);
	if (!reply || l2tp_hdr_decode(&h, reply->pkt, reply->len) != L2TP_HDR_IS_CONTROL)
		return;
	node_read(n, &h);
	node_policy_said(n);
}

static void node_count(const struct replay_node *n, const struct l2tp_counters *before,
		       struct replay_outcome *out)
{
	struct l2tp_counters after;

	l2tp_engine_counters(n->engine, &after);
	for (unsigned i = 0; i < L2TP_R_COUNT; i++)
		out->reasons[i] = (uint32_t)(after.reason[i] - before->reason[i]);
}

void replay_node_received(struct replay_node *n, l2tp_channel channel, const struct replay_msg *m,
			  const struct replay_msg *reply, uint64_t now, struct replay_outcome *out)
{
	struct node_about about = {.channel = channel};
	struct l2tp_counters before;
	struct l2tp_tunnel *t;
	struct l2tp_tunnel_info i;
	struct l2tp_hdr h;
	uint8_t *pkt = malloc(m->len + 1);

	memset(out, 0, sizeof(*out));
	if (!pkt)
		return;
	memcpy(pkt, m->pkt, m->len);
	if (l2tp_hdr_decode(&h, m->pkt, m->len) == L2TP_HDR_IS_CONTROL) {
		node_read(n, &h);
		if (n->said.type == L2TP_SCCRQ || (n->said.type == L2TP_STOPCCN && !h.tid))
			about.peer_tid = node_said_id(n, L2TP_AVP_ASSIGNED_TUNNEL_ID);
		if (!h.sid)
			about.peer_sid = node_said_id(n, L2TP_AVP_ASSIGNED_SESSION_ID);
		node_translate(n, &h, pkt, &about);
	}
	l2tp_engine_expire(n->engine, now);
	node_states(n, &about, &out->tunnel_before, &out->call_before, out);
	node_expect(n, reply);
	n->sent = 0;
	l2tp_engine_counters(n->engine, &before);
	l2tp_engine_rx(n->engine, channel, pkt, m->len, now);
	node_count(n, &before, out);
	out->answers = n->sent;
	node_policy(n);
	node_states(n, &about, &out->tunnel_after, &out->call_after, out);
	t = node_tunnel(n, &about);
	if (t) {
		l2tp_tunnel_info(t, &i);
		node_acknowledge(n, i.local_id, channel, now);
	}
	free(pkt);
}

/* --- birth and death ------------------------------------------------------------------------------ */

bool replay_node_init(struct replay_node *n, const struct replay_end *end,
		      const struct l2tp_secret *secret)
{
	static const struct l2tp_limits limits = {.max_half_open = 16384,
						  .half_open_per_source = 16384};

	memset(n, 0, sizeof(*n));
	n->end = *end;
	n->secret = secret;
	node_policy(n);
	htab_init(&n->ids, node_random(n));
	n->engine = l2tp_engine_new(&node_ops, n, &limits);
	return n->engine;
}

void replay_node_free(struct replay_node *n)
{
	struct replay_id *id;

	l2tp_engine_free(n->engine);
	while ((id = n->all)) {
		n->all = id->next;
		free(id);
	}
	htab_free(&n->ids);
	explicit_bzero(&n->answer, sizeof(n->answer));
}
