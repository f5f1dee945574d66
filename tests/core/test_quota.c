/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits of tunnels and calls, of one peer section and in all; RFC 2661 4.4.2: result 2 with error
 * 4, "Insufficient resources to handle this operation now", in StopCCN; result 4 in CDN. */
#include "tests/core/rig.h"

static struct rig r;
static struct l2tp_msg m;

static void quota_up(struct rig_peer *p, uint16_t tid)
{
	rig_peer(p, &r, tid);
	rig_sccrq(p);
	rig_send_ns(p, 0);
	if (rig_last(&r.a, L2TP_SCCRP)->h.tid != tid)
		return;
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p->peer_tid);
	p->nr = 1;
	p->ns = 2;
	rig_start(p, L2TP_SCCCN, 0);
	rig_send_ns(p, 1);
}

static void quota_refused(uint16_t tid, enum l2tp_reason why, unsigned times)
{
	struct l2tp_result res;

	CU_ASSERT_EQUAL(rig_reason(&r.a, why), times);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_STOPCCN)->h.tid, tid);
	rig_decode(rig_last(&r.a, L2TP_STOPCCN), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, &res));
	CU_ASSERT_EQUAL(res.result, L2TP_STOP_GENERAL_ERROR);
	CU_ASSERT_EQUAL(res.error, L2TP_ERR_NO_RESOURCES);
}

/* Two may be established; the third is refused, and another section is not affected. */
static void quota_of_tunnels(void)
{
	struct rig_peer p[5];
	struct l2tp_counters c;
	int mine, other;

	rig_single(&r);
	r.a.policy.max_tunnels = 2;
	r.a.peer = &mine;
	quota_up(&p[0], 1);
	quota_up(&p[1], 2);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_PEER_TUNNELS), 0);
	quota_up(&p[2], 3);
	quota_refused(3, L2TP_R_PEER_TUNNELS, 1);
	r.a.peer = &other;
	quota_up(&p[3], 4);
	r.a.peer = &mine;
	l2tp_engine_counters(r.a.e, &c);
	CU_ASSERT_EQUAL(c.tunnels, 3);
	CU_ASSERT_PTR_NULL(rig_open(&r.a)); /* nor may we open one */
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_PEER_TUNNELS), 2);
	rig_stopccn(&p[0], 1); /* one ends: there is room again */
	quota_up(&p[4], 5);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_PEER_TUNNELS), 2);
	l2tp_engine_counters(r.a.e, &c);
	CU_ASSERT_EQUAL(c.tunnels, 3);
	CU_ASSERT_TRUE(l2tp_peer_is_used(r.a.e, &mine) && l2tp_peer_is_used(r.a.e, &other));
	CU_ASSERT_FALSE(l2tp_peer_is_used(r.a.e, &r));
	CU_ASSERT_EQUAL(l2tp_peer_calls(r.a.e, &mine), 0);
	CU_ASSERT_EQUAL(l2tp_peer_calls(r.a.e, &r), 0);
	CU_ASSERT_EQUAL(l2tp_peer_tunnels(r.a.e, &mine), 2);
	CU_ASSERT_EQUAL(l2tp_peer_tunnels(r.a.e, &other), 1);
	CU_ASSERT_EQUAL(l2tp_peer_tunnels(r.a.e, &r), 0);
	rig_free(&r);
}

/* Both are half-open, so both are answered; the second SCCCN is refused. */
static void quota_at_scccn(bool of_the_engine)
{
	static const struct l2tp_limits one = {.max_tunnels = 1};
	struct rig_peer p[2];

	rig_limited(&r, of_the_engine ? &one : NULL);
	r.a.policy.max_tunnels = of_the_engine ? 0 : 1;
	for (unsigned i = 0; i < 2; i++) {
		rig_peer(&p[i], &r, (uint16_t)(1 + i));
		rig_sccrq(&p[i]);
		rig_send_ns(&p[i], 0);
		rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
		l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p[i].peer_tid);
		p[i].nr = 1;
	}
	for (unsigned i = 0; i < 2; i++) {
		rig_start(&p[i], L2TP_SCCCN, 0);
		rig_send_ns(&p[i], 1);
	}
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 1);
	quota_refused(2, of_the_engine ? L2TP_R_TUNNEL_CAP : L2TP_R_PEER_TUNNELS, 1);
	rig_free(&r);
}

static void quota_when_it_is_established(void)
{
	quota_at_scccn(false);
	quota_at_scccn(true);
}

/* A tunnel that waits for the acknowledgement of our StopCCN still counts. */
static void quota_while_stopping(void)
{
	struct rig_peer p, q;

	rig_single(&r);
	r.a.policy.max_tunnels = 1;
	quota_up(&p, 1);
	l2tp_tunnel_close(rig_event(&r.a, L2TP_EV_TUNNEL_UP)->tunnel, NULL, r.now);
	quota_up(&q, 2);
	quota_refused(2, L2TP_R_PEER_TUNNELS, 1);
	rig_pass(&r, 40 * SEC);
	quota_up(&q, 3);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 2);
	rig_free(&r);
}

/* A peer with its one tunnel restarts with the same id: the new tunnel takes the old one's place.
 */
static void quota_of_a_peer_that_restarts(void)
{
	struct rig_peer p, q;

	rig_single(&r);
	r.a.policy.max_tunnels = 1;
	quota_up(&p, 1);
	quota_up(&q, 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 2);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_PEER_TUNNELS), 0);
	rig_free(&r);
}

/* Only an established tunnel with the same id and the same Host Name makes room: not one that forms
 * beside, and not one of another system behind the same address. */
static void quota_of_a_peer_that_does_not_restart(void)
{
	struct rig_peer p, q;

	rig_single(&r);
	r.a.policy.max_tunnels = 1;
	rig_peer(&q, &r, 2);
	rig_sccrq(&q);
	l2tp_build_avp(&q.b, L2TP_IETF, L2TP_AVP_CHALLENGE, "a", 1);
	rig_send_ns(&q, 0); /* never established */
	rig_peer(&q, &r, 2);
	rig_sccrq(&q);
	rig_send_ns(&q, 0);
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &q.peer_tid);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 2);
	quota_up(&p, 1);
	q.nr = 1;
	rig_start(&q, L2TP_SCCCN, 0);
	rig_send_ns(&q, 1);
	quota_refused(2, L2TP_R_PEER_TUNNELS, 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 1);

	rig_peer(&q, &r, 1);
	rig_start(&q, L2TP_SCCRQ, 0);
	l2tp_build_u16(&q.b, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION, 0x0100);
	l2tp_build_avp(&q.b, L2TP_IETF, L2TP_AVP_HOST_NAME, "another", 7);
	l2tp_build_u32(&q.b, L2TP_IETF, L2TP_AVP_FRAMING_CAPS, 3);
	l2tp_build_u16(&q.b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, 1);
	rig_send_ns(&q, 0);
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &q.peer_tid);
	q.nr = 1;
	rig_start(&q, L2TP_SCCCN, 0);
	rig_send_ns(&q, 1);
	quota_refused(1, L2TP_R_PEER_TUNNELS, 2);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	rig_free(&r);
}

/* Two calls over two tunnels; the third has no room in either, and a call that ends makes room. */
static void quota_of_calls(void)
{
	struct rig_peer p, q;
	struct l2tp_result res;

	rig_single(&r);
	r.a.policy.max_peer_calls = 2;
	r.a.answer = true;
	quota_up(&p, 1);
	quota_up(&q, 2);
	rig_any(&p, L2TP_ICRQ, 0, 10);
	rig_any(&q, L2TP_ICRQ, 0, 11);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 2);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_PEER_CALLS), 0);
	rig_any(&q, L2TP_ICRQ, 0, 12);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 2);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_PEER_CALLS), 1);
	rig_ack(&q);
	rig_zlb(&q);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 12);
	rig_decode(rig_last(&r.a, L2TP_CDN), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, &res));
	CU_ASSERT_EQUAL(res.result, L2TP_CDN_NO_FACILITIES_TEMP);
	rig_stopccn(&p, 1); /* with its call */
	rig_any(&q, L2TP_ICRQ, 0, 13);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 3);
	rig_free(&r);
}

/* The same for calls of ours. */
static void quota_of_our_calls(void)
{
	enum l2tp_reason why;
	struct l2tp_tunnel *t;

	rig_pair(&r);
	r.a.policy.max_peer_calls = 1;
	t = rig_tunnel(&r, NULL);
	CU_ASSERT_PTR_NOT_NULL(l2tp_call_new(t, NULL, &why));
	CU_ASSERT_PTR_NULL(l2tp_call_new(t, NULL, &why));
	CU_ASSERT_EQUAL(why, L2TP_R_PEER_CALLS);
	rig_free(&r);
}

/* One source may have two of four tunnels, another the rest; a section without that limit does not
 * count sources. */
static void quota_of_tunnels_of_one_source(void)
{
	struct rig_peer p[8];
	int mine, other;

	rig_single(&r);
	r.a.policy.max_tunnels = 4;
	r.a.policy.max_source_tunnels = 2;
	r.a.peer = &mine;
	r.a.source = 1;
	quota_up(&p[0], 1);
	quota_up(&p[1], 2);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_SOURCE_TUNNELS), 0);
	quota_up(&p[2], 3);
	quota_refused(3, L2TP_R_SOURCE_TUNNELS, 1);
	CU_ASSERT_PTR_NOT_NULL(rig_open(&r.a)); /* what we open is not the source's */
	r.a.source = 2;
	quota_up(&p[3], 4);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 3);
	quota_up(&p[4], 5);
	quota_refused(5, L2TP_R_PEER_TUNNELS, 1);
	r.a.peer = &other; /* the same source in another section */
	r.a.source = 1;
	quota_up(&p[5], 6);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 4);
	r.a.peer = &mine;
	rig_stopccn(&p[0], 1); /* one ends: there is room again */
	quota_up(&p[6], 7);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 5);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_SOURCE_TUNNELS), 1);
	rig_free(&r);
}

/* Two set-ups at once: the second is refused when it would be established. */
static void quota_of_one_source_when_it_is_established(void)
{
	struct rig_peer p[2];

	rig_single(&r);
	r.a.policy.max_source_tunnels = 1;
	for (uint16_t i = 0; i < 2; i++) {
		rig_peer(&p[i], &r, (uint16_t)(i + 1));
		rig_sccrq(&p[i]);
		rig_send_ns(&p[i], 0);
		rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
		l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p[i].peer_tid);
		p[i].nr = 1;
	}
	for (uint16_t i = 0; i < 2; i++) {
		rig_start(&p[i], L2TP_SCCCN, 0);
		rig_send_ns(&p[i], 1);
	}
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 1);
	quota_refused(2, L2TP_R_SOURCE_TUNNELS, 1);
	rig_free(&r);
}

/* In all its tunnels, and in none of another's. */
static void quota_of_calls_of_one_source(void)
{
	static const uint16_t expected[] = {L2TP_ICRP, L2TP_ICRP, L2TP_CDN, L2TP_ICRP};
	struct rig_peer p[3];

	rig_single(&r);
	r.a.answer = true;
	r.a.policy.max_peer_calls = 3;
	r.a.policy.max_source_calls = 2;
	for (uint16_t i = 0; i < 3; i++) {
		r.a.source = i / 2;
		quota_up(&p[i], (uint16_t)(i + 1));
	}
	for (uint16_t i = 0; i < 4; i++) {
		rig_any(&p[i == 3 ? 2 : i % 2], L2TP_ICRQ, 0, (uint16_t)(70 + i));
		CU_ASSERT_EQUAL(r.a.pkt[r.a.pkts - 1].type, expected[i]);
	}
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_SOURCE_CALLS), 1);
	rig_any(&p[2], L2TP_ICRQ, 0, 80);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_PEER_CALLS), 1);
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"quota_of_tunnels_of_one_source", quota_of_tunnels_of_one_source},
	{"quota_of_one_source_when_it_is_established", quota_of_one_source_when_it_is_established},
	{"quota_of_calls_of_one_source", quota_of_calls_of_one_source},
	{"quota_of_tunnels", quota_of_tunnels},
	{"quota_when_it_is_established", quota_when_it_is_established},
	{"quota_while_stopping", quota_while_stopping},
	{"quota_of_a_peer_that_restarts", quota_of_a_peer_that_restarts},
	{"quota_of_a_peer_that_does_not_restart", quota_of_a_peer_that_does_not_restart},
	{"quota_of_calls", quota_of_calls},
	{"quota_of_our_calls", quota_of_our_calls},
	{NULL, NULL},
};
const struct test_suite suite_quota = {"quota", cases};
