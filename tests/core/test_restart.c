/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A peer restarts and uses the same Assigned Tunnel ID again: which SCCRQ is a retransmission and
 * which opens a new tunnel, RFC 2661 5.8. */
#include "tests/core/rig.h"

#include <string.h>

static struct rig r;
static struct l2tp_msg m;

/* The SCCRQ of rig_sccrq() with this Host Name and, if given, a Challenge, which differs after
 * every restart of the peer. */
static void restart_request(struct rig_peer *p, const char *host, const char *challenge)
{
	p->peer_tid = p->nr = 0;
	rig_start(p, L2TP_SCCRQ, 0);
	l2tp_build_u16(&p->b, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION, 0x0100);
	l2tp_build_avp(&p->b, L2TP_IETF, L2TP_AVP_HOST_NAME, host, strlen(host));
	l2tp_build_u32(&p->b, L2TP_IETF, L2TP_AVP_FRAMING_CAPS, 3);
	l2tp_build_u16(&p->b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, p->tid);
	if (challenge)
		l2tp_build_avp(&p->b, L2TP_IETF, L2TP_AVP_CHALLENGE, challenge, strlen(challenge));
	rig_send_ns(p, 0);
}

/* Answer the last SCCRP: the tunnel is established. */
static struct l2tp_tunnel *restart_confirm(struct rig_peer *p)
{
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p->peer_tid);
	p->nr = 1;
	rig_start(p, L2TP_SCCCN, 0);
	rig_send_ns(p, 1);
	return l2tp_tunnel_by_id(r.a.e, p->peer_tid);
}

static struct l2tp_tunnel *first_life(struct rig_peer *p, const char *challenge)
{
	rig_single(&r);
	rig_peer(p, &r, 1);
	restart_request(p, "peer", challenge);
	return restart_confirm(p);
}

static enum l2tp_tunnel_state restart_state_of(const struct l2tp_tunnel *t)
{
	struct l2tp_tunnel_info i;

	l2tp_tunnel_info(t, &i);
	return i.state;
}

/* An SCCRQ with other content is no retransmission. */
static void restart_with_a_new_challenge(void)
{
	struct l2tp_tunnel *old, *t;
	struct rig_peer p;

	old = first_life(&p, "aaaaaaaaaaaaaaaa");
	restart_request(&p, "peer", "bbbbbbbbbbbbbbbb");
	restart_request(&p, "peer",
			"bbbbbbbbbbbbbbbb"); /* a retransmission of the second life's own */
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 3);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_DUPLICATE), 1);
	/* until it is established its sender may be forging the peer's address: no tunnel ends */
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	CU_ASSERT_EQUAL(restart_state_of(old), L2TP_T_ESTABLISHED);
	t = restart_confirm(&p);
	CU_ASSERT_PTR_NOT_EQUAL(t, old);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 2);
	CU_ASSERT_EQUAL_FATAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_PTR_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->tunnel, old);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->by, L2TP_BY_PEER);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0); /* it would hit the new one */
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_SUPERSEDED), 1);
	CU_ASSERT_PTR_EQUAL(l2tp_tunnel_next(r.a.e, NULL), t);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, t));
	rig_free(&r);
}

/* The same SCCRQ, octet for octet, is a retransmission only while the tunnel forms; a peer that has
 * lost the tunnel is served at once. */
static void restart_with_the_very_same_sccrq(void)
{
	struct l2tp_tunnel *old;
	struct rig_peer p;

	rig_single(&r);
	rig_peer(&p, &r, 1);
	restart_request(&p, "peer", NULL);
	restart_request(&p, "peer", NULL);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_DUPLICATE), 1);
	old = restart_confirm(&p);
	restart_request(&p, "peer", NULL);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_DUPLICATE), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	CU_ASSERT_PTR_NOT_EQUAL(restart_confirm(&p), old);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 2);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_PTR_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->tunnel, old);
	rig_free(&r);
}

/* A captured SCCRQ sent again, and what it draws, do not hurt the live tunnel at either end. */
static void restart_forged_by_a_replay(void)
{
	struct l2tp_tunnel *t, *u;
	const struct rig_packet *sccrq;

	rig_pair(&r);
	t = rig_tunnel(&r, &u);
	sccrq = &r.a.pkt[0];
	CU_ASSERT_EQUAL(sccrq->type, L2TP_SCCRQ);
	for (unsigned i = 0; i < 50; i++) {
		l2tp_engine_rx(r.b.e, 7, sccrq->octets, sccrq->len, r.now);
		rig_pass(&r, SEC);
	}
	rig_pass(&r, 100 * SEC);
	CU_ASSERT_EQUAL(restart_state_of(t), L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(restart_state_of(u), L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_TUNNEL_UP), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0);
	rig_free(&r);
}

/* Many SCCRQs with a forged source address: the tunnels they form beside the live one time out. */
static void forged_sccrqs_do_not_hurt_a_live_tunnel(void)
{
	struct l2tp_counters c;
	struct l2tp_tunnel *t;
	struct rig_peer p;
	char challenge[17];

	t = first_life(&p, NULL);
	for (unsigned i = 0; i < 400; i++) {
		snprintf(challenge, sizeof(challenge), "%016u", i);
		restart_request(&p, "peer", challenge);
	}
	l2tp_engine_counters(r.a.e, &c);
	CU_ASSERT_EQUAL(c.half_open, 400);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 401);
	rig_pass(&r, 40 * SEC);
	l2tp_engine_counters(r.a.e, &c);
	CU_ASSERT_EQUAL(c.half_open, 0);
	CU_ASSERT_EQUAL(c.tunnels, 1);
	CU_ASSERT_EQUAL(restart_state_of(t), L2TP_T_ESTABLISHED);
	rig_free(&r);
}

/* Two systems behind one address and port, both with tunnel id 1: both stay. */
static void two_host_names_with_one_id(void)
{
	struct l2tp_tunnel *a, *b;
	struct rig_peer p;

	a = first_life(&p, NULL);
	restart_request(&p, "another", NULL);
	b = restart_confirm(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	CU_ASSERT_EQUAL(restart_state_of(a), L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(restart_state_of(b), L2TP_T_ESTABLISHED);
	rig_free(&r);
}

/* We opened the tunnel: no SCCRQ with its id can be a retransmission. */
static void restart_of_a_peer_we_dialled(void)
{
	struct l2tp_tunnel *old;
	struct rig_peer p;

	rig_single(&r);
	old = rig_peer_answers(&p, &r);
	restart_request(&p, "peer", NULL);
	CU_ASSERT_PTR_NOT_EQUAL(restart_confirm(&p), old);
	CU_ASSERT_EQUAL_FATAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_PTR_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->tunnel, old);
	rig_free(&r);
}

/* The peer has lost the tunnel and gives its id to the second tunnel of a re-authentication: the
 * first is superseded, and the second closes with it. */
static void restart_seen_by_the_proof(void)
{
	uint8_t response[L2TP_MD5_LEN];
	const struct l2tp_avp *a;
	struct rig_peer p, q;

	rig_single(&r);
	r.a.policy.reauth = 100 * SEC;
	r.a.policy.hello = 0;
	rig_peer_answers(&p, &r);
	rig_zlb(&p); /* of the SCCCN */
	rig_pass(&r, 100 * SEC);
	rig_peer(&q, &r, p.tid);
	rig_decode(rig_last(&r.a, L2TP_SCCRQ), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &q.peer_tid);
	CU_ASSERT_NOT_EQUAL(q.peer_tid, p.peer_tid);
	a = l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CHALLENGE);
	l2tp_challenge_response(response, L2TP_SCCRP, &r.a.policy.secret, a->val, a->len);
	rig_sccrp(&q);
	l2tp_build_avp(&q.b, L2TP_IETF, L2TP_AVP_CHALLENGE_RESPONSE, response, sizeof(response));
	rig_send_ns(&q, 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_SUPERSEDED), 1);
	rig_pass(&r, 100 * SEC);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, NULL));
	rig_free(&r);
}
static const struct test_case cases[] = {
	{"restart_with_a_new_challenge", restart_with_a_new_challenge},
	{"restart_with_the_very_same_sccrq", restart_with_the_very_same_sccrq},
	{"restart_forged_by_a_replay", restart_forged_by_a_replay},
	{"forged_sccrqs_do_not_hurt_a_live_tunnel", forged_sccrqs_do_not_hurt_a_live_tunnel},
	{"two_host_names_with_one_id", two_host_names_with_one_id},
	{"restart_of_a_peer_we_dialled", restart_of_a_peer_we_dialled},
	{"restart_seen_by_the_proof", restart_seen_by_the_proof},
	{NULL, NULL},
};

extern const struct test_suite suite_restart;
const struct test_suite suite_restart = {"restart", cases};
