/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the engine hands to its owner and when: the peer's window, acknowledgements, channels that
 * queue packets, and a peer that acknowledges nothing.
 */
#include "core/engine_int.h"
#include "tests/core/rig.h"

static struct rig r;
static struct rig_peer p;

static void output_peers_window_is_kept(void)
{
	struct l2tp_tunnel *t;
	struct l2tp_tunnel_info i;

	rig_pair(&r);
	r.b.policy.receive_window = 3;
	t = rig_tunnel(&r, NULL);
	for (int k = 0; k < 20; k++)
		l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	for (int round = 0; round < 20; round++) {
		l2tp_tunnel_info(t, &i);
		CU_ASSERT_TRUE(i.in_flight <= 3);
		rig_run(&r);
	}
	CU_ASSERT_EQUAL(i.peer_window, 3);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_OFFERED), 20);
	rig_free(&r);
}

/* 5.8: "MUST be acknowledged", "MUST NOT withhold": a message in sequence or a duplicate. */
static void output_zlb_only_when_nothing_else_goes(void)
{
	unsigned before;

	rig_single(&r);
	rig_peer_up(&p, &r);
	before = r.a.pkts;
	rig_start(&p, L2TP_HELLO, 0);
	rig_send(&p);
	CU_ASSERT_EQUAL(r.a.pkts, before + 1);
	CU_ASSERT_EQUAL(r.a.pkt[before].type, 0);
	CU_ASSERT_EQUAL(r.a.pkt[before].len, L2TP_HDR_CONTROL_LEN);
	r.a.answer = true;
	rig_any(&p, L2TP_ICRQ, 0, 9);
	CU_ASSERT_EQUAL(r.a.pkts, before + 2);
	CU_ASSERT_EQUAL(r.a.pkt[before + 1].type, L2TP_ICRP);
	CU_ASSERT_EQUAL(r.a.pkt[before + 1].h.nr, p.ns);
	rig_zlb(&p);
	rig_zlb(&p); /* a ZLB is not acknowledged */
	CU_ASSERT_EQUAL(r.a.pkts, before + 2);
	rig_free(&r);
}

static void output_waiting_packets_are_not_timed(void)
{
	uint64_t cookie;

	rig_single(&r);
	r.a.tx = L2TP_TX_WAITING;
	rig_open(&r.a);
	rig_pass(&r, 25 * SEC);
	CU_ASSERT_EQUAL(r.a.pkts, 1); /* no second copy while the first waits */
	cookie = r.a.pkt[0].cookie;
	l2tp_engine_sent(r.a.e, cookie + 1, r.now); /* not one of ours */
	rig_pass(&r, SEC);
	CU_ASSERT_EQUAL(r.a.pkts, 1);
	l2tp_engine_sent(r.a.e, cookie, r.now);
	rig_pass(&r, SEC - 1);
	CU_ASSERT_EQUAL(r.a.pkts, 1);
	rig_pass(&r, 1);
	CU_ASSERT_EQUAL(r.a.pkts, 2);		/* one second after it left */
	l2tp_engine_sent(r.a.e, cookie, r.now); /* that one has left already */
	rig_pass(&r, 20 * SEC);
	CU_ASSERT_EQUAL(r.a.pkts, 2);
	rig_free(&r);
}

static void output_waiting_zlb_is_followed_by_a_newer_one(void)
{
	unsigned before;

	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_ack(&p);
	r.a.tx = L2TP_TX_WAITING;
	before = r.a.pkts;
	for (int i = 0; i < 3; i++) {
		rig_start(&p, L2TP_HELLO, 0);
		rig_send(&p);
	}
	CU_ASSERT_EQUAL(r.a.pkts, before + 1);
	CU_ASSERT_EQUAL(r.a.pkt[before].h.nr, 3);
	l2tp_engine_sent(r.a.e, r.a.pkt[before].cookie, r.now);
	CU_ASSERT_EQUAL(r.a.pkts, before + 2);
	CU_ASSERT_EQUAL(r.a.pkt[before + 1].h.nr, 5);
	rig_free(&r);
}

static void output_failed_transmission_is_a_lost_packet(void)
{
	rig_single(&r);
	r.a.tx = L2TP_TX_FAILED;
	rig_open(&r.a);
	rig_pass(&r, 3 * SEC);
	CU_ASSERT_EQUAL(r.a.pkts, 3);
	rig_free(&r);
}

/* A cookie of a tunnel that is gone is ignored by the next tunnel with the same id. */
static void output_stale_cookies_are_ignored(void)
{
	enum { N = 33 }; /* one more than ids.c keeps waiting */
	uint64_t old;

	rig_single(&r);
	r.a.tx = L2TP_TX_WAITING;
	for (unsigned i = 0; i < N; i++) {
		rig_open(&r.a);
		l2tp_engine_channel_lost(r.a.e, 7, r.now);
	}
	rig_pass(&r, 32 * SEC); /* their ids have rested */
	old = r.a.pkt[0].cookie;
	CU_ASSERT_PTR_NOT_NULL(rig_open(&r.a));
	CU_ASSERT_EQUAL(r.a.pkt[N].cookie >> 48, old >> 48);
	l2tp_engine_sent(r.a.e, old, r.now);
	rig_pass(&r, 10 * SEC);
	CU_ASSERT_EQUAL(r.a.pkts, N + 1);
	rig_free(&r);
}

/* A peer that never acknowledges cannot make us queue without bound. */
static void output_answers_are_bounded(void)
{
	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_ack(&p);
	r.a.no_peer = true;
	for (unsigned i = 0; i < 60000 && !rig_count_sent(&r.a, L2TP_STOPCCN); i++) {
		rig_start(&p, L2TP_OCRQ, 0); /* refused: no Bearer Type of ours fits */
		l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, (uint16_t)(1 + i));
		l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_CALL_SERIAL_NUMBER, i);
		l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_MINIMUM_BPS, 1);
		l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_MAXIMUM_BPS, 1);
		l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_BEARER_TYPE, 0x80);
		l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_FRAMING_TYPE, 1);
		l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_CALLED_NUMBER, "1", 1);
		rig_send_ns(&p, p.ns++);
		r.a.pkts = r.a.taken; /* nothing of it is kept, nor acknowledged */
		if (rig_reason(&r.a, L2TP_R_NO_MEMORY))
			break;
	}
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_MEMORY), 1);
	rig_pass(&r, 31 * SEC);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->result.error, L2TP_ERR_NO_RESOURCES);
	rig_free(&r);
}

static struct l2tp_call *output_place(struct l2tp_tunnel *t)
{
	struct l2tp_call *c = l2tp_call_new(t, NULL, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	return c;
}

/* A call ends while its ICCN waits, and the peer gives its Session ID to another call whose ICCN
 * waits behind the first: that one is up when its own has left. */
static void output_iccn_of_a_call_whose_id_is_used_again(void)
{
	struct l2tp_call_info ended, i;
	struct l2tp_tunnel *t;
	struct l2tp_call *c;

	rig_single(&r);
	t = rig_peer_up(&p, &r);
	rel_peer_window(&t->rel, 1);
	c = output_place(t);
	l2tp_call_info(c, &ended);
	rig_any(&p, L2TP_ICRP, ended.local_id, 77);
	l2tp_call_info(output_place(t), &i);
	r.a.taken = r.a.pkts; /* its ICRQ fills the window */
	l2tp_call_connected(c, NULL, 0, r.now);
	rig_any(&p, L2TP_CDN, ended.local_id, 77);
	r.a.taken = r.a.pkts;
	rig_any(&p, L2TP_ICRP, i.local_id, 77);
	r.a.taken = r.a.pkts;
	l2tp_call_connected(rig_event(&r.a, L2TP_EV_CALL_REPLIED)->call, NULL, 0, r.now);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICCN), 0);
	p.nr++;
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICCN), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 0);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICCN), 2);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 1);
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"peers_window_is_kept", output_peers_window_is_kept},
	{"zlb_only_when_nothing_else_goes", output_zlb_only_when_nothing_else_goes},
	{"waiting_packets_are_not_timed", output_waiting_packets_are_not_timed},
	{"waiting_zlb_is_followed_by_a_newer_one", output_waiting_zlb_is_followed_by_a_newer_one},
	{"failed_transmission_is_a_lost_packet", output_failed_transmission_is_a_lost_packet},
	{"stale_cookies_are_ignored", output_stale_cookies_are_ignored},
	{"answers_are_bounded", output_answers_are_bounded},
	{"iccn_of_a_call_whose_id_is_used_again", output_iccn_of_a_call_whose_id_is_used_again},
	{NULL, NULL},
};
const struct test_suite suite_output = {"output", cases};
