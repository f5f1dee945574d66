/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Setting up a control connection: RFC 2661 5.1, 5.1.1, 6.1 to 6.3, 4.4.3 and appendix B.1. */
#include "tests/core/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rig r;
static struct l2tp_msg m;

/* Appendix B.1, number by number. */
static void rfc2661_b1_lock_step(void)
{
	struct l2tp_tunnel *t, *u;
	struct l2tp_tunnel_info i;

	rig_pair(&r);
	t = rig_tunnel(&r, &u);
	CU_ASSERT_EQUAL(r.a.pkts, 2);
	CU_ASSERT_EQUAL(r.b.pkts, 2);
	CU_ASSERT_EQUAL(r.a.pkt[0].type, L2TP_SCCRQ);
	CU_ASSERT_EQUAL(r.a.pkt[0].h.ns, 0);
	CU_ASSERT_EQUAL(r.a.pkt[0].h.nr, 0);
	CU_ASSERT_EQUAL(r.a.pkt[0].h.tid, 0);
	CU_ASSERT_EQUAL(r.b.pkt[0].type, L2TP_SCCRP);
	CU_ASSERT_EQUAL(r.b.pkt[0].h.ns, 0);
	CU_ASSERT_EQUAL(r.b.pkt[0].h.nr, 1);
	CU_ASSERT_EQUAL(r.a.pkt[1].type, L2TP_SCCCN);
	CU_ASSERT_EQUAL(r.a.pkt[1].h.ns, 1);
	CU_ASSERT_EQUAL(r.a.pkt[1].h.nr, 1);
	CU_ASSERT_EQUAL(r.b.pkt[1].type, 0); /* ZLB */
	CU_ASSERT_EQUAL(r.b.pkt[1].h.ns, 1);
	CU_ASSERT_EQUAL(r.b.pkt[1].h.nr, 2);
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_EQUAL(r.b.pkt[0].h.tid, i.local_id); /* "MUST place this value in the header" */
	CU_ASSERT_EQUAL(r.a.pkt[1].h.tid, i.peer_id);
	CU_ASSERT_EQUAL(i.state, L2TP_T_ESTABLISHED);
	CU_ASSERT_TRUE(i.initiator);
	CU_ASSERT_STRING_EQUAL(i.peer_host, "lns.example");
	CU_ASSERT_EQUAL(i.peer_window, 64);
	l2tp_tunnel_info(u, &i);
	CU_ASSERT_STRING_EQUAL(i.peer_host, "lac.example");
	CU_ASSERT_FALSE(i.initiator);
	CU_ASSERT_PTR_EQUAL(l2tp_tunnel_by_id(r.b.e, i.local_id), u);
	rig_free(&r);
}

static void what_sccrq_and_sccrp_carry(void)
{
	uint16_t v;
	uint32_t w;

	rig_pair(&r);
	r.a.policy.receive_window = 9;
	rig_tunnel(&r, NULL);
	rig_decode(&r.a.pkt[0], &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION, &v) && v == 0x0100);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_RECEIVE_WINDOW_SIZE, &v) && v == 9);
	CU_ASSERT_TRUE(l2tp_msg_u32(&m, L2TP_IETF, L2TP_AVP_FRAMING_CAPS, &w) && w == 3);
	CU_ASSERT_TRUE(l2tp_msg_u32(&m, L2TP_IETF, L2TP_AVP_BEARER_CAPS, &w) && w == 3);
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_TIE_BREAKER));
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CHALLENGE));
	rig_decode(&r.b.pkt[0], &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_RECEIVE_WINDOW_SIZE, &v) && v == 64);
	CU_ASSERT_TRUE(l2tp_msg_u32(&m, L2TP_IETF, L2TP_AVP_FRAMING_CAPS, &w) && w == 3);
	w = 0;
	CU_ASSERT_TRUE(l2tp_msg_u32(&m, L2TP_IETF, L2TP_AVP_BEARER_CAPS, &w) && w == 3);
	rig_free(&r);
}

static bool has_octets(const struct rig_packet *p, const char *octets, size_t len)
{
	for (size_t i = 0; i + len <= p->len; i++)
		if (!memcmp(p->octets + i, octets, len))
			return true;
	return false;
}

static void challenge_both_ways(bool hide)
{
	struct l2tp_tunnel *t, *u;
	struct l2tp_tunnel_info i;

	rig_pair(&r);
	r.a.policy.challenge = r.b.policy.challenge = true;
	r.a.policy.hide = r.b.policy.hide = hide;
	r.a.policy.quirks = r.b.policy.quirks = 0; /* hide in SCCRQ and SCCRP too */
	t = rig_tunnel(&r, &u);
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_TRUE(i.authenticated);
	l2tp_tunnel_info(u, &i);
	CU_ASSERT_TRUE(i.authenticated);
	rig_decode(&r.b.pkt[0], &m, &r.a.policy.secret);
	CU_ASSERT_PTR_NOT_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CHALLENGE_RESPONSE));
	CU_ASSERT_EQUAL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CHALLENGE_RESPONSE)->hidden, hide);
	CU_ASSERT_EQUAL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_FRAMING_CAPS)->hidden, hide);
	/* one of 4 octets and one of 2 look alike: subformat 16, AVP 22 = 8016 + H */
	CU_ASSERT_EQUAL(has_octets(&r.b.pkt[0], "\xc0\x16\0\0\0\x03", 6), hide);
	CU_ASSERT_EQUAL(has_octets(&r.b.pkt[0], "\xc0\x16\0\0\0\x0a", 6), false);
	rig_free(&r);
}

static void authentication_both_ways(void)
{
	challenge_both_ways(false);
}

/* SCCRQ and SCCRP are hidden only without the clear-setup quirk. */
static void setup_in_the_clear(bool strict)
{
	const struct l2tp_secret *secret = strict ? &r.b.policy.secret : NULL;

	rig_pair(&r);
	r.a.policy.challenge = r.b.policy.challenge = true;
	r.a.policy.hide = r.b.policy.hide = true;
	if (strict)
		r.a.policy.quirks = r.b.policy.quirks = 0;
	rig_tunnel(&r, NULL);
	rig_decode(&r.a.pkt[0], &m, secret);
	CU_ASSERT_EQUAL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CHALLENGE)->hidden, strict);
	CU_ASSERT_EQUAL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_RANDOM_VECTOR) != NULL, strict);
	rig_decode(rig_last(&r.a, L2TP_SCCCN), &m, &r.b.policy.secret);
	CU_ASSERT_TRUE(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CHALLENGE_RESPONSE)->hidden);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_QUIRK_CLEAR_SETUP), !strict);
	rig_decode(&r.b.pkt[0], &m, secret);
	CU_ASSERT_EQUAL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CHALLENGE_RESPONSE)->hidden, strict);
	CU_ASSERT_EQUAL(rig_reason(&r.b, L2TP_R_QUIRK_CLEAR_SETUP), !strict);
	rig_free(&r);
}

static void setup_in_the_clear_unless_strict(void)
{
	setup_in_the_clear(false);
	setup_in_the_clear(true);
}

static void authentication_and_hiding_both_ways(void)
{
	challenge_both_ways(true);
}

/* a has another secret: the side that sends a Challenge refuses, with result 4. */
static void wrong_secret(bool a_asks, bool b_asks)
{
	struct rig_end *who = a_asks ? &r.a : &r.b;
	struct l2tp_result res;

	rig_pair(&r);
	r.a.policy.secret.octets[0] = 'x';
	r.a.policy.challenge = a_asks;
	r.b.policy.challenge = b_asks;
	rig_open(&r.a);
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), !a_asks);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_TUNNEL_UP), 0);
	rig_decode(rig_last(who, L2TP_STOPCCN), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, &res));
	CU_ASSERT_EQUAL(res.result, L2TP_STOP_NOT_AUTHORIZED);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->result.result,
			L2TP_STOP_NOT_AUTHORIZED);
	CU_ASSERT_EQUAL(rig_event(&r.b, L2TP_EV_TUNNEL_DOWN)->result.result,
			L2TP_STOP_NOT_AUTHORIZED);
	CU_ASSERT_EQUAL(rig_reason(who, L2TP_R_AUTH_FAILED), 1);
	rig_free(&r);
}

static void wrong_secret_seen_by_initiator(void)
{
	wrong_secret(true, false);
}

static void wrong_secret_seen_by_responder(void)
{
	wrong_secret(false, true);
}

/* Case does not count in it, as in the sections' patterns. */
static void setup_expects(const char *host, bool takes)
{
	rig_pair(&r);
	snprintf(r.a.policy.expect_host, sizeof(r.a.policy.expect_host), "%s", host);
	snprintf(r.b.policy.host_name, sizeof(r.b.policy.host_name), "lns.b");
	rig_open(&r.a);
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), takes);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_TUNNEL_UP), takes);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_WRONG_HOST), !takes);
	if (!takes)
		CU_ASSERT_EQUAL(rig_event(&r.b, L2TP_EV_TUNNEL_DOWN)->result.result,
				L2TP_STOP_NOT_AUTHORIZED);
	rig_free(&r);
}

static void the_reply_is_of_whom_we_mean(void)
{
	setup_expects("", true);
	setup_expects("lns.b", true);
	setup_expects("LNS.B", true);
	setup_expects("lns", false);
	setup_expects("lns.bb", false);
	setup_expects("lns.c", false);
}

static void missing_response_is_refused(void)
{
	struct rig_peer p;
	struct l2tp_result res;

	rig_single(&r);
	r.a.policy.challenge = true;
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	rig_send(&p);
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
	rig_start(&p, L2TP_SCCCN, 0);
	rig_send(&p);
	rig_decode(rig_last(&r.a, L2TP_STOPCCN), &m, NULL);
	l2tp_msg_result(&m, &res);
	CU_ASSERT_EQUAL(res.result, L2TP_STOP_NOT_AUTHORIZED);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_AUTH_MISSING), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 0);
	rig_free(&r);
}

/* The value of our Challenge in the last message of this type. */
static void challenge_sent(uint16_t type, uint8_t out[16])
{
	const struct l2tp_avp *a;

	rig_decode(rig_last(&r.a, type), &m, NULL);
	a = l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CHALLENGE);
	CU_ASSERT_FATAL(a && a->len == 16);
	memcpy(out, a->val, 16);
}

/* 5.1.1 has one secret for both directions, so a peer without it could send our Challenge back and
 * use our response to it. */
static void reflected_challenge_is_refused(void)
{
	struct rig_peer p;
	uint8_t ours[16];
	struct l2tp_result res;

	rig_single(&r);
	r.a.policy.challenge = true;
	rig_open(&r.a);
	challenge_sent(L2TP_SCCRQ, ours);
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_CHALLENGE, ours, sizeof(ours));
	rig_send_ns(&p, 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 0);
	rig_decode(rig_last(&r.a, L2TP_STOPCCN), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, &res) && res.result == L2TP_STOP_NOT_AUTHORIZED);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_AUTH_FAILED), 1);
	rig_free(&r);
}

/* The same the other way round: the Challenge of our SCCRP comes back in an SCCRP. */
static void reflected_challenge_in_sccrp(void)
{
	struct rig_peer p, q;
	uint8_t ours[16];

	rig_single(&r);
	r.a.policy.challenge = true;
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	rig_send(&p);
	challenge_sent(L2TP_SCCRP, ours);
	r.a.policy.challenge = false;
	rig_open(&r.a);
	rig_peer(&q, &r, 100);
	rig_decode(rig_last(&r.a, L2TP_SCCRQ), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &q.peer_tid));
	q.nr = 1;
	rig_sccrp(&q);
	l2tp_build_avp(&q.b, L2TP_IETF, L2TP_AVP_CHALLENGE, ours, sizeof(ours));
	rig_send_ns(&q, 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCCN), 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 1);
	rig_free(&r);
}

/* Once the tunnel is established its Challenge has had its response, and is one like any other. */
static void challenge_of_an_established_tunnel(void)
{
	uint8_t ours[16], response[L2TP_MD5_LEN];
	struct rig_peer p, q;

	rig_single(&r);
	r.a.policy.challenge = true;
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	rig_send(&p);
	challenge_sent(L2TP_SCCRP, ours);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
	l2tp_challenge_response(response, L2TP_SCCCN, &r.a.policy.secret, ours, sizeof(ours));
	rig_start(&p, L2TP_SCCCN, 0);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_CHALLENGE_RESPONSE, response, sizeof(response));
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 1);
	rig_peer(&q, &r, 100);
	rig_sccrq(&q);
	l2tp_build_avp(&q.b, L2TP_IETF, L2TP_AVP_CHALLENGE, ours, sizeof(ours));
	rig_send_ns(&q, 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 2);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_AUTH_FAILED), 0);
	rig_free(&r);
}

static void challenged_without_a_secret(void)
{
	struct rig_peer p;
	struct l2tp_result res;

	rig_single(&r);
	r.a.policy.secret.len = 0;
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_CHALLENGE, "0123456789abcdef", 16);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 0);
	rig_decode(rig_last(&r.a, L2TP_STOPCCN), &m, NULL);
	l2tp_msg_result(&m, &res);
	CU_ASSERT_EQUAL(res.result, L2TP_STOP_NOT_AUTHORIZED);
	rig_free(&r);
}

/* A captured exchange of two foreign daemons: we compute the same response. */
static void response_as_captured(void)
{
	static const char sccrq[] =
		"c802009800000000000000008008000000000001801600000024829b89e43f499e707f5f16deba6c0d"
		"688008000000020100800a0000000300000003800a0000000400000000000800000006069080110000"
		"00076c61632e6578616d706c6500130000000878656c6572616e63652e636f6d8008000000091b0680"
		"080000000a000480160000000b3ec7734ec6ab59cbc22f504e450d2674";
	static const char response[] = "0b30d3598a02f170f492f2631d4bbea2";
	uint8_t pkt[512], want[16];
	const struct l2tp_avp *a;

	rig_single(&r);
	l2tp_engine_rx(r.a.e, 7, pkt, test_hex(pkt, sizeof(pkt), sccrq), 0);
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_SCCRP)->h.tid, 0x1b06);
	a = l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CHALLENGE_RESPONSE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	ASSERT_OCTETS(a->val, a->len, want, test_hex(want, sizeof(want), response));
	rig_free(&r);
}

static const struct l2tp_result *refusal(void)
{
	static struct l2tp_result res;

	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 0);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_STOPCCN)->h.tid, 99);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_STOPCCN)->h.nr, 1);
	rig_decode(rig_last(&r.a, L2TP_STOPCCN), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, &res));
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, NULL)); /* no state is left behind */
	return &res;
}

static void unknown_peer_is_refused(void)
{
	struct rig_peer p;

	rig_single(&r);
	r.a.no_peer = true;
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	rig_send(&p);
	CU_ASSERT_EQUAL(refusal()->result, L2TP_STOP_NOT_AUTHORIZED);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_PEER), 1);
	rig_free(&r);
}

/* 4.4.2: result 5, "Error Code indicates highest version supported". */
static void wrong_version_in_sccrq(void)
{
	struct rig_peer p;
	const struct l2tp_result *res;

	rig_single(&r);
	rig_peer(&p, &r, 99);
	rig_start(&p, L2TP_SCCRQ, 0);
	l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION, 0x0200);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_HOST_NAME, "peer", 4);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_FRAMING_CAPS, 3);
	l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, 99);
	rig_send(&p);
	res = refusal();
	CU_ASSERT_EQUAL(res->result, L2TP_STOP_BAD_VERSION);
	CU_ASSERT_EQUAL(res->error, 0x0100);
	rig_free(&r);
}

/* 7.2.1: "If the version is earlier and not supported, a StopCCN MUST be sent to the peer". */
static void wrong_version_in_sccrp(void)
{
	struct rig_peer p;
	struct l2tp_result res;

	rig_single(&r);
	rig_peer(&p, &r, 99);
	rig_open(&r.a);
	rig_decode(rig_last(&r.a, L2TP_SCCRQ), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
	rig_start(&p, L2TP_SCCRP, 0);
	l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION, 0x0000);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_HOST_NAME, "peer", 4);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_FRAMING_CAPS, 3);
	l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, 99);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_STOPCCN)->h.tid, 99);
	rig_decode(rig_last(&r.a, L2TP_STOPCCN), &m, NULL);
	l2tp_msg_result(&m, &res);
	CU_ASSERT_EQUAL(res.result, L2TP_STOP_BAD_VERSION);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->result.result, L2TP_STOP_BAD_VERSION);
	rig_free(&r);
}

static void missing_avp_is_refused_by_name(void)
{
	struct rig_peer p;
	const struct l2tp_result *res;

	rig_single(&r);
	rig_peer(&p, &r, 99);
	rig_start(&p, L2TP_SCCRQ, 0);
	l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION, 0x0100);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_HOST_NAME, "peer", 4);
	l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, 99);
	rig_send(&p);
	res = refusal();
	CU_ASSERT_EQUAL(res->result, L2TP_STOP_GENERAL_ERROR);
	CU_ASSERT_PTR_NOT_NULL(strstr(res->text, "Framing Capabilities"));
	rig_free(&r);
}

/* A resent SCCRQ finds its tunnel; another id from the same address and port is another tunnel. */
static void many_opening_from_one_address(void)
{
	enum { N = 200 };
	static struct rig_peer p[N];

	rig_single(&r);
	for (unsigned i = 0; i < N; i++) {
		rig_peer(&p[i], &r, (uint16_t)(1000 + i));
		rig_sccrq(&p[i]);
		rig_send_ns(&p[i], 0);
		rig_send_ns(&p[i], 0);
	}
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_DUPLICATE), N);
	for (unsigned i = 0; i < N; i++) {
		const struct rig_packet *k = &r.a.pkt[2 * i];

		CU_ASSERT_EQUAL_FATAL(k->type, L2TP_SCCRP);
		CU_ASSERT_EQUAL_FATAL(k->h.tid, 1000 + i);
		CU_ASSERT_EQUAL_FATAL(r.a.pkt[2 * i + 1].type, L2TP_SCCRP); /* it lacks it */
		rig_decode(k, &m, NULL);
		l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p[i].peer_tid);
	}
	for (unsigned i = 0; i < N; i++) {
		p[i].nr = 1;
		rig_start(&p[i], L2TP_SCCCN, 0);
		rig_send_ns(&p[i], 1);
	}
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), N);
	rig_free(&r);
}

/* The same id on another channel is another tunnel. */
static void same_id_on_another_channel(void)
{
	struct rig_peer p;

	rig_single(&r);
	rig_peer(&p, &r, 5);
	rig_sccrq(&p);
	rig_send_ns(&p, 0);
	p.on = 8;
	rig_send_ns(&p, 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 2);
	CU_ASSERT_EQUAL(r.a.pkt[0].to, 7);
	CU_ASSERT_EQUAL(r.a.pkt[1].to, 8);
	rig_free(&r);
}

/* A valid SCCRP may come from another channel, once; then the channel is frozen. */
static void sccrp_from_another_channel(void)
{
	struct l2tp_tunnel *t;
	struct l2tp_tunnel_info i;

	rig_pair(&r);
	r.a.policy.challenge = true;
	r.b.from = 70;
	r.b.policy.secret.octets[0] = 'x';
	t = rig_open(&r.a);
	rig_run(&r); /* an invalid one does not move it, and does not end it either */
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_EQUAL(i.state, L2TP_T_WAIT_CTL_REPLY);
	CU_ASSERT_EQUAL(i.channel, 7);
	CU_ASSERT_TRUE(rig_reason(&r.a, L2TP_R_WRONG_CHANNEL) > 0);
	rig_free(&r);

	rig_pair(&r);
	r.a.policy.challenge = true;
	r.b.from = 70;
	t = rig_tunnel(&r, NULL);
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_EQUAL(i.channel, 70);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_SCCCN)->to, 70);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_WRONG_CHANNEL), 0);
	r.b.from = 71;
	l2tp_tunnel_close(rig_event(&r.b, L2TP_EV_TUNNEL_UP)->tunnel, NULL, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_WRONG_CHANNEL), 1);
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_EQUAL(i.state, L2TP_T_ESTABLISHED);
	rig_free(&r);
}

/* A captured SCCRP sent again from elsewhere does not move an established tunnel, with a valid
 * response in it. */
static void captured_sccrp_does_not_move_it(void)
{
	const struct rig_packet *sccrp;
	struct l2tp_tunnel_info i;
	struct l2tp_tunnel *t;

	rig_pair(&r);
	r.a.policy.challenge = true;
	t = rig_tunnel(&r, NULL);
	sccrp = &r.b.pkt[0];
	CU_ASSERT_EQUAL(sccrp->type, L2TP_SCCRP);
	l2tp_engine_rx(r.a.e, 70, sccrp->octets, sccrp->len, r.now);
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_EQUAL(i.channel, 7);
	CU_ASSERT_EQUAL(i.state, L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_WRONG_CHANNEL), 1);
	rig_free(&r);
}

static void sccrp_from_another_peer_does_not_move_it(void)
{
	struct l2tp_tunnel *t;
	struct l2tp_tunnel_info i;
	int someone;

	rig_pair(&r);
	r.b.from = 70;
	t = rig_open(&r.a);
	r.a.peer = &someone; /* the peer callback names another section for channel 70 */
	rig_run(&r);
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_EQUAL(i.channel, 7);
	CU_ASSERT_EQUAL(i.state, L2TP_T_WAIT_CTL_REPLY);
	rig_free(&r);
}

/* 4.4.3: Vendor Name is text in UTF-8, default language; ours is what the policy says. */
static void vendor_name_as_given(void)
{
	const struct l2tp_avp *a;

	rig_pair(&r);
	strcpy(r.a.policy.vendor_name, "isthmus");
	rig_tunnel(&r, NULL);
	rig_decode(&r.a.pkt[0], &m, NULL);
	a = l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_VENDOR_NAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	ASSERT_OCTETS(a->val, a->len, "isthmus", 7);
	CU_ASSERT_FALSE(a->mandatory);
	rig_free(&r);
}

/* 5.8: an SCCRQ is the first message of its sender: Ns 0, and nothing to acknowledge yet. */
static void sccrq_that_is_not_the_first_message(void)
{
	static const struct l2tp_limits two = {.max_half_open = 2};
	struct l2tp_counters c;
	struct rig_peer p;

	rig_limited(&r, &two);
	for (uint16_t tid = 1; tid <= 2; tid++) {
		rig_peer(&p, &r, tid);
		rig_sccrq(&p);
		rig_send_ns(&p, 0);
	}
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	rig_send_ns(&p, 1);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_OUT_OF_ORDER), 1);
	p.nr = 1;
	rig_send_ns(&p, 0);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_BAD_NR), 1);
	CU_ASSERT_EQUAL(r.a.pkts, 2);
	l2tp_engine_counters(r.a.e, &c); /* and nothing gave way to it */
	CU_ASSERT_EQUAL(c.half_open, 2);
	CU_ASSERT_EQUAL(c.rx[L2TP_SCCRQ], 4);
	CU_ASSERT_EQUAL(c.reason[L2TP_R_HALF_OPEN_TOTAL], 0);
	rig_free(&r);
}

static void suppressed_attributes_are_not_sent(void)
{
	rig_pair(&r);
	strcpy(r.a.policy.vendor_name, "isthmus");
	strcpy(r.b.policy.vendor_name, "isthmus");
	r.a.policy.suppress[0] = (struct l2tp_avp_key){L2TP_IETF, L2TP_AVP_VENDOR_NAME};
	r.a.policy.suppress[1] = (struct l2tp_avp_key){L2TP_IETF, L2TP_AVP_BEARER_CAPS};
	r.a.policy.suppress[2] = (struct l2tp_avp_key){9, L2TP_AVP_RECEIVE_WINDOW_SIZE};
	r.a.policy.suppressed = 3;
	rig_tunnel(&r, NULL);
	rig_decode(&r.a.pkt[0], &m, NULL);
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_VENDOR_NAME));
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_BEARER_CAPS));
	CU_ASSERT_PTR_NOT_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_RECEIVE_WINDOW_SIZE));
	rig_decode(&r.b.pkt[0], &m, NULL);
	CU_ASSERT_PTR_NOT_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_VENDOR_NAME));
	rig_free(&r);
}

/* 4.4.3: an LNS that places no outgoing calls "should set the A and D bits of this AVP to 0, or
 * should not send the AVP at all"; one that does sets what it has. */
static void bearers_are_what_we_have(void)
{
	uint32_t caps;

	for (uint32_t have = 0; have <= 3; have++) {
		rig_single(&r);
		r.a.policy.bearer_caps = have;
		rig_open(&r.a);
		rig_decode(rig_last(&r.a, L2TP_SCCRQ), &m, NULL);
		caps = 0;
		CU_ASSERT_EQUAL(l2tp_msg_u32(&m, L2TP_IETF, L2TP_AVP_BEARER_CAPS, &caps), have > 0);
		CU_ASSERT_EQUAL(caps, have);
		rig_free(&r);
	}
}

static const struct test_case cases[] = {
	{"bearers_are_what_we_have", bearers_are_what_we_have},
	{"rfc2661_b1_lock_step", rfc2661_b1_lock_step},
	{"what_sccrq_and_sccrp_carry", what_sccrq_and_sccrp_carry},
	{"authentication_both_ways", authentication_both_ways},
	{"authentication_and_hiding_both_ways", authentication_and_hiding_both_ways},
	{"setup_in_the_clear_unless_strict", setup_in_the_clear_unless_strict},
	{"wrong_secret_seen_by_initiator", wrong_secret_seen_by_initiator},
	{"wrong_secret_seen_by_responder", wrong_secret_seen_by_responder},
	{"the_reply_is_of_whom_we_mean", the_reply_is_of_whom_we_mean},
	{"missing_response_is_refused", missing_response_is_refused},
	{"reflected_challenge_is_refused", reflected_challenge_is_refused},
	{"challenge_of_an_established_tunnel", challenge_of_an_established_tunnel},
	{"reflected_challenge_in_sccrp", reflected_challenge_in_sccrp},
	{"challenged_without_a_secret", challenged_without_a_secret},
	{"response_as_captured", response_as_captured},
	{"unknown_peer_is_refused", unknown_peer_is_refused},
	{"wrong_version_in_sccrq", wrong_version_in_sccrq},
	{"wrong_version_in_sccrp", wrong_version_in_sccrp},
	{"missing_avp_is_refused_by_name", missing_avp_is_refused_by_name},
	{"many_opening_from_one_address", many_opening_from_one_address},
	{"same_id_on_another_channel", same_id_on_another_channel},
	{"sccrp_from_another_channel", sccrp_from_another_channel},
	{"sccrp_from_another_peer_does_not_move_it", sccrp_from_another_peer_does_not_move_it},
	{"captured_sccrp_does_not_move_it", captured_sccrp_does_not_move_it},
	{"vendor_name_as_given", vendor_name_as_given},
	{"sccrq_that_is_not_the_first_message", sccrq_that_is_not_the_first_message},
	{"suppressed_attributes_are_not_sent", suppressed_attributes_are_not_sent},
	{NULL, NULL},
};
const struct test_suite suite_setup = {"setup", cases};
