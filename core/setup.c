/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Set-up of a control connection: SCCRQ, SCCRP and SCCCN, tunnel authentication in both directions,
 * and which SCCRQ is accepted.  A refused SCCRQ leaves no state; when it is retransmitted, it is
 * refused again.
 */
#include "core/engine_int.h"
#include "core/phb.h"

#include <stdio.h>

#define VERSION 0x0100 /* Protocol Version 1, revision 0 */
#define AT_NS	8u     /* in a control header */
#define AT_NR	10u

/* --- sending ---------------------------------------------------------------------------------- */

static void setup_capabilities(struct l2tp_tunnel *t, struct l2tp_build *b)
{
	const struct l2tp_policy *p = &t->policy;

	l2tp_build_u16(b, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION, VERSION);
	l2tp_build_avp(b, L2TP_IETF, L2TP_AVP_HOST_NAME, p->host_name, strlen(p->host_name));
	l2tp_build_u32(b, L2TP_IETF, L2TP_AVP_FRAMING_CAPS, p->framing_caps);
	output_tunnel_id(t, b);
	if (p->bearer_caps)
		output_avp_u32(t, b, L2TP_IETF, L2TP_AVP_BEARER_CAPS, p->bearer_caps);
	output_avp_u16(t, b, L2TP_IETF, L2TP_AVP_RECEIVE_WINDOW_SIZE, t->rel.cfg.window);
	if (p->vendor_name[0])
		output_avp(t, b, L2TP_IETF, L2TP_AVP_VENDOR_NAME, p->vendor_name,
			   strlen(p->vendor_name));
}

static bool setup_challenges(const struct l2tp_tunnel *t)
{
	return t->policy.challenge && t->policy.secret.len;
}

static uint64_t setup_challenge_key(const uint8_t value[16])
{
	struct rd r = rd_init(value, 16);

	return rd_u64(&r);
}

static void setup_challenge(struct l2tp_tunnel *t, struct l2tp_build *b)
{
	if (!setup_challenges(t))
		return;
	engine_random(t->e, t->challenge, sizeof(t->challenge));
	htab_add(&t->e->challenges, &t->by_challenge, setup_challenge_key(t->challenge));
	l2tp_build_avp(b, L2TP_IETF, L2TP_AVP_CHALLENGE, t->challenge, sizeof(t->challenge));
}

/* Add the response to the Challenge in e->msg.  type: the message being built. */
static void setup_respond(struct l2tp_tunnel *t, struct l2tp_build *b, uint16_t type)
{
	const struct l2tp_avp *a = l2tp_msg_find(&t->e->msg, L2TP_IETF, L2TP_AVP_CHALLENGE);
	uint8_t response[L2TP_MD5_LEN];

	if (!a)
		return;
	l2tp_challenge_response(response, type, &t->policy.secret, a->val, a->len);
	l2tp_build_avp(b, L2TP_IETF, L2TP_AVP_CHALLENGE_RESPONSE, response, sizeof(response));
}

/* --- the per-hop behavior of the control connection: RFC 3308 section 3 --- */

/* One that is ours to ask for. */
static bool setup_has_phb(const struct l2tp_policy *p)
{
	return p->control_dscp && p->control_dscp != L2TP_DSCP_PEER;
}

uint8_t setup_dscp(const struct l2tp_policy *p)
{
	return setup_has_phb(p) ? p->control_dscp : 0;
}

static int setup_phb(const struct l2tp_tunnel *t)
{
	return phb_find(&t->e->msg, L2TP_AVP_CONTROL_DS);
}

/* SCCRQ: ours to say what both use, unless the peer's wish counts.  SCCRP: theirs, if we have
 * asked. An answer without a behavior leaves us our own. */
static void setup_learn_phb(struct l2tp_tunnel *t)
{
	int dscp = setup_phb(t);
	bool theirs = t->e->msg.type == L2TP_SCCRQ ? t->policy.control_dscp == L2TP_DSCP_PEER
						   : setup_has_phb(&t->policy);

	if (theirs && dscp >= 0)
		t->dscp = (uint8_t)dscp;
}

/* An SCCRP without it says that we do not know of them. */
static void setup_answer_phb(struct l2tp_tunnel *t, struct l2tp_build *b)
{
	int asked = setup_phb(t);

	if (asked != PHB_NONE &&
	    (setup_has_phb(&t->policy) ||
	     (t->policy.control_dscp == L2TP_DSCP_PEER && asked != PHB_UNKNOWN)))
		output_avp_u16(t, b, L2TP_IETF, L2TP_AVP_CONTROL_DS, phb_code(t->dscp));
}

/* An answer that we have no codepoint for cannot be used. */
static bool setup_phb_ok(const struct l2tp_tunnel *t, struct l2tp_result *r)
{
	if (!setup_has_phb(&t->policy) || setup_phb(t) != PHB_UNKNOWN)
		return true;
	*r = engine_result(L2TP_STOP_CONTROL_DS, 0, "the peer's behavior is unknown here");
	return false;
}

void setup_send_request(struct l2tp_tunnel *t)
{
	struct l2tp_build b;

	output_start(t, &b, L2TP_SCCRQ, 0);
	setup_capabilities(t, &b);
	if (t->policy.single_tunnel && !t->is_proof) {
		engine_random(t->e, t->tie, sizeof(t->tie));
		l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_TIE_BREAKER, t->tie, sizeof(t->tie));
	}
	if (setup_has_phb(&t->policy))
		output_avp_u16(t, &b, L2TP_IETF, L2TP_AVP_CONTROL_DS, phb_code(t->dscp));
	setup_challenge(t, &b);
	output_queue(t, &b);
}

void setup_send_reply(struct l2tp_tunnel *t)
{
	struct l2tp_build b;

	output_start(t, &b, L2TP_SCCRP, 0);
	setup_capabilities(t, &b);
	setup_answer_phb(t, &b);
	setup_challenge(t, &b);
	setup_respond(t, &b, L2TP_SCCRP);
	output_queue(t, &b);
}

void setup_send_connected(struct l2tp_tunnel *t)
{
	struct l2tp_build b;

	output_start(t, &b, L2TP_SCCCN, 0);
	setup_respond(t, &b, L2TP_SCCCN);
	output_queue(t, &b);
}

/* --- authentication --------------------------------------------------------------------------- */

/* 5.1.1: "If the expected response and response received from a peer does not match, establishment
 * of the tunnel MUST be disallowed." */
static bool setup_response_ok(struct l2tp_tunnel *t, uint16_t type, struct l2tp_result *r)
{
	const struct l2tp_avp *a =
		l2tp_msg_find(&t->e->msg, L2TP_IETF, L2TP_AVP_CHALLENGE_RESPONSE);
	uint8_t want[L2TP_MD5_LEN];
	enum l2tp_reason why = a ? L2TP_R_AUTH_FAILED : L2TP_R_AUTH_MISSING;

	if (!setup_challenges(t))
		return true;
	l2tp_challenge_response(want, type, &t->policy.secret, t->challenge, sizeof(t->challenge));
	t->authenticated = a && a->len == sizeof(want) && l2tp_equal(a->val, want, sizeof(want));
	if (t->authenticated)
		return true;
	engine_count(t->e, why);
	*r = engine_result(L2TP_STOP_NOT_AUTHORIZED, 0, "%s", l2tp_reasons[why].words);
	return false;
}

/* Is this one of our own outstanding Challenges?  Both directions use the same secret, so a peer
 * without it could send our Challenge back to make us compute the response. */
static bool setup_is_reflected(struct l2tp_engine *e, const struct l2tp_avp *a)
{
	struct hnode *n;

	if (a->len != sizeof(((struct l2tp_tunnel *)0)->challenge))
		return false;
	n = htab_first(&e->challenges, setup_challenge_key(a->val));
	for (; n; n = htab_more(n)) {
		const struct l2tp_tunnel *t = IST_CONTAINER_OF(n, struct l2tp_tunnel, by_challenge);

		if (!memcmp(t->challenge, a->val, sizeof(t->challenge)))
			return true;
	}
	return false;
}

/* A Challenge must be answered, which takes a secret. */
static bool setup_can_respond(struct l2tp_engine *e, const struct l2tp_policy *p,
			      struct l2tp_result *r)
{
	const struct l2tp_avp *a = l2tp_msg_find(&e->msg, L2TP_IETF, L2TP_AVP_CHALLENGE);

	if (!a || (p->secret.len && !setup_is_reflected(e, a)))
		return true;
	engine_count(e, L2TP_R_AUTH_FAILED);
	*r = engine_result(L2TP_STOP_NOT_AUTHORIZED, 0, "%s",
			   p->secret.len ? "challenged with our own challenge"
					 : "challenged, but there is no shared secret");
	return false;
}

static uint8_t setup_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool setup_same_name(const char *want, struct rd host)
{
	size_t i = 0;

	while (host.left && want[i] && setup_lower(*host.p) == setup_lower((uint8_t)want[i])) {
		rd_skip(&host, 1);
		i++;
	}
	return !host.left && !want[i];
}

/* The one that we have called is the one whom our owner means. */
static bool setup_host_ok(const struct l2tp_tunnel *t, struct l2tp_result *r)
{
	const struct l2tp_avp *a = l2tp_msg_find(&t->e->msg, L2TP_IETF, L2TP_AVP_HOST_NAME);

	if (!*t->policy.expect_host ||
	    (a && setup_same_name(t->policy.expect_host, rd_init(a->val, a->len))))
		return true;
	engine_count(t->e, L2TP_R_WRONG_HOST);
	*r = engine_result(L2TP_STOP_NOT_AUTHORIZED, 0, "%s",
			   l2tp_reasons[L2TP_R_WRONG_HOST].words);
	return false;
}

bool setup_reply_ok(struct l2tp_tunnel *t, struct l2tp_result *r)
{
	return setup_host_ok(t, r) && setup_response_ok(t, L2TP_SCCRP, r) &&
	       setup_can_respond(t->e, &t->policy, r) && setup_phb_ok(t, r);
}

struct l2tp_result setup_full(enum l2tp_reason why)
{
	return engine_result(L2TP_STOP_GENERAL_ERROR, L2TP_ERR_NO_RESOURCES, "%s",
			     l2tp_reasons[why].words);
}

bool setup_connected_ok(struct l2tp_tunnel *t, struct l2tp_result *r)
{
	enum l2tp_reason why;

	if (!setup_response_ok(t, L2TP_SCCCN, r))
		return false;
	why = quota_tunnel(t->e, t->peer, &t->policy, t->source ? &t->source->node.key : NULL,
			   tunnel_replaces(t));
	if (why == L2TP_R_NONE && t->source && !quota_join_source(t, t->source->node.key))
		why = L2TP_R_NO_MEMORY;
	if (why == L2TP_R_NONE)
		return true;
	engine_count(t->e, why);
	*r = setup_full(why);
	return false;
}

/* --- what the peer advertised ----------------------------------------------------------------- */

/* out is all zero: a tunnel learns this once. */
static void setup_copy_text(char *out, size_t cap, const struct l2tp_avp *a)
{
	for (size_t n = 0; a && n < a->len && n < cap - 1; n++)
		out[n] = a->val[n] >= 0x20 && a->val[n] < 0x7f ? (char)a->val[n] : '.';
}

void setup_learn(struct l2tp_tunnel *t)
{
	const struct l2tp_msg *m = &t->e->msg;
	uint16_t v = 0;

	l2tp_msg_u16(m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &v);
	tunnel_set_peer_id(t, v);
	if (l2tp_msg_u16(m, L2TP_IETF, L2TP_AVP_RECEIVE_WINDOW_SIZE, &v))
		rel_peer_window(&t->rel, v);
	l2tp_msg_u32(m, L2TP_IETF, L2TP_AVP_FRAMING_CAPS, &t->peer_framing);
	t->has_bearer = l2tp_msg_u32(m, L2TP_IETF, L2TP_AVP_BEARER_CAPS, &t->peer_bearer);
	setup_learn_phb(t);
	setup_copy_text(t->peer_host, sizeof(t->peer_host),
			l2tp_msg_find(m, L2TP_IETF, L2TP_AVP_HOST_NAME));
	setup_copy_text(t->peer_vendor, sizeof(t->peer_vendor),
			l2tp_msg_find(m, L2TP_IETF, L2TP_AVP_VENDOR_NAME));
}

bool setup_may_move(struct l2tp_tunnel *t, l2tp_channel from, const struct l2tp_hdr *h)
{
	struct l2tp_engine *e = t->e;
	struct l2tp_peer_answer who;
	const uint8_t *host;
	struct l2tp_result r;
	size_t len;

	if (t->state != L2TP_T_WAIT_CTL_REPLY || h->ns || !h->len)
		return false;
	if (l2tp_msg_decode(&e->msg, &e->fault, h->payload, h->len, &t->policy.secret,
			    t->policy.quirks) != L2TP_MSG_OK ||
	    e->msg.type != L2TP_SCCRP || !setup_reply_ok(t, &r))
		return false;
	host = l2tp_msg_peek(h->payload, h->len, L2TP_IETF, L2TP_AVP_HOST_NAME, &len);
	if (!host || !e->ops->peer(e->ctx, from, host, len, &who) || who.peer != t->peer)
		return false;
	tunnel_set_channel(t, from);
	return true;
}

/* --- refusing --------------------------------------------------------------------------------- */

static size_t setup_build_refusal(struct l2tp_engine *e, uint16_t peer_id,
				  const struct l2tp_result *r)
{
	static const uint8_t no_rv[16];
	struct l2tp_build b;

	l2tp_build_start(&b, e->out, sizeof(e->out), L2TP_STOPCCN, peer_id, 0, NULL, false, no_rv);
	l2tp_build_u16(&b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, idtab_spare(&e->tids));
	l2tp_build_result(&b, r);
	return l2tp_build_end(&b);
}

/* Ns and Nr are those the peer expects: with another Ns it would drop the StopCCN as a duplicate or
 * as out of order.  The words are left out when the answer would be too large. */
void setup_refuse(struct l2tp_engine *e, l2tp_channel to, uint16_t peer_id,
		  const struct l2tp_hdr *h, const struct l2tp_result *r)
{
	size_t asked = L2TP_HDR_CONTROL_LEN + h->len;
	size_t len = setup_build_refusal(e, peer_id, r);

	if (len > OUTPUT_FACTOR * asked) {
		struct l2tp_result bare = {.result = r->result, .error = r->error};

		len = setup_build_refusal(e, peer_id, &bare);
	}
	wr_put16(e->out + AT_NS, h->nr);
	wr_put16(e->out + AT_NR, (uint16_t)(h->ns + 1));
	output_answer(e, to, asked, e->out, len, L2TP_STOPCCN);
}

static uint16_t setup_assigned_id(const struct l2tp_engine *e, const struct l2tp_hdr *h)
{
	return engine_assigned_id(e, h, L2TP_AVP_ASSIGNED_TUNNEL_ID);
}

/* Answer the SCCRQ h with StopCCN. */
static struct l2tp_tunnel *setup_send_refusal(struct l2tp_engine *e, l2tp_channel from,
					      const struct l2tp_hdr *h, const struct l2tp_result *r)
{
	setup_refuse(e, from, setup_assigned_id(e, h), h, r);
	return NULL;
}

/* --- an SCCRQ --------------------------------------------------------------------------------- */

/* yields: our own tunnel, which has lost the tie and takes the SCCRQ; NULL = a new one does. */
static struct l2tp_tunnel *setup_tunnel(struct l2tp_engine *e, l2tp_channel from,
					const struct l2tp_peer_answer *who,
					struct l2tp_tunnel *yields, enum l2tp_reason *why)
{
	if (!yields)
		return tunnel_new(e, from, who, why);
	*why = L2TP_R_TUNNEL_CAP;
	return tie_yield(yields) ? yields : NULL;
}

/* Create the tunnel and count it against its source. */
static struct l2tp_tunnel *setup_admit(struct l2tp_engine *e, l2tp_channel from,
				       const struct l2tp_hdr *h, const struct l2tp_peer_answer *who,
				       struct l2tp_tunnel *yields)
{
	unsigned lost =
		(tunnel_by_peer_id(e, from, setup_assigned_id(e, h)) != NULL) + (yields != NULL);
	enum l2tp_reason why = quota_tunnel(e, who->peer, &who->policy, &who->source, lost);
	struct l2tp_tunnel *t = NULL;
	struct l2tp_result full;
	struct source *s = NULL;

	if (why == L2TP_R_NONE) {
		why = L2TP_R_NO_MEMORY;
		half_open_make_room(e, who->source);
		s = half_open_source(e, who->source);
		t = s ? setup_tunnel(e, from, who, yields, &why) : NULL;
	}
	if (t) {
		t->stranger = true;
		half_open_enter(t, s);
		return t;
	}
	if (yields)
		tie_lose(yields);
	engine_count(e, why);
	if (s)
		half_open_forget_if_empty(e, s);
	full = setup_full(why);
	return setup_send_refusal(e, from, h, &full);
}

/* The SCCRQ is valid and its peer is known; Ns, Nr and ties are still to be checked. */
static struct l2tp_tunnel *setup_accept_request(struct l2tp_engine *e, l2tp_channel from,
						const struct l2tp_hdr *h,
						const struct l2tp_peer_answer *who)
{
	struct l2tp_result down = engine_result(L2TP_STOP_SHUTTING_DOWN, 0, "shutting down");
	struct l2tp_tunnel *yields = NULL;

	if (h->ns || h->nr) {
		engine_count(e, h->ns ? L2TP_R_OUT_OF_ORDER : L2TP_R_BAD_NR);
		return NULL;
	}
	if (e->stopping)
		return setup_send_refusal(e, from, h, &down);
	/* One with the id of a tunnel that is up is a late copy, or the peer has started anew:
	 * calls that wait for our own request must not go with it. */
	if (!tunnel_by_peer_id(e, from, setup_assigned_id(e, h)) &&
	    !tie_admit(e, from, who->peer, &yields))
		return NULL;
	return setup_admit(e, from, h, who, yields);
}

/* The caller passes the message itself on to reliable delivery, like any other of the tunnel
 * returned. */
struct l2tp_tunnel *setup_request(struct l2tp_engine *e, l2tp_channel from,
				  const struct l2tp_hdr *h)
{
	struct l2tp_peer_answer who;
	struct l2tp_result r = engine_result(L2TP_STOP_NOT_AUTHORIZED, 0, "unknown peer");
	struct l2tp_tunnel *t;
	size_t len = 0;
	const uint8_t *host =
		l2tp_msg_peek(h->payload, h->len, L2TP_IETF, L2TP_AVP_HOST_NAME, &len);
	bool known = host && e->ops->peer(e->ctx, from, host, len, &who);
	enum l2tp_verdict v =
		l2tp_msg_decode(&e->msg, &e->fault, h->payload, h->len,
				known ? &who.policy.secret : NULL, known ? who.policy.quirks : 0);
	uint64_t request = htab_octets(h->payload, h->len);
	uint16_t id = 0;

	l2tp_msg_u16(&e->msg, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &id);
	t = id ? tunnel_of_request(e, from, id, request) : NULL;
	if (t)
		return t;
	if (!known) {
		engine_count(e, L2TP_R_NO_PEER);
		return setup_send_refusal(e, from, h,
					  host || v == L2TP_MSG_OK ? &r : &e->fault.answer);
	}
	if (v != L2TP_MSG_OK) {
		engine_count(e, e->fault.reason);
		return setup_send_refusal(e, from, h, &e->fault.answer);
	}
	if (!setup_can_respond(e, &who.policy, &r))
		return setup_send_refusal(e, from, h, &r);
	t = setup_accept_request(e, from, h, &who);
	if (t)
		t->request = request;
	return t;
}
