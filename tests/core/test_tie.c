/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tie Breaker, RFC 2661 4.4.3. */
#include "tests/core/rig.h"

static struct rig r;
static struct rig_peer p;

/* a has sent its SCCRQ; the peer's SCCRQ arrives with this Tie Breaker (NULL = none). */
static void collide(bool ours, const char *theirs)
{
	rig_single(&r);
	r.a.policy.single_tunnel = ours;
	rig_open(&r.a);
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	if (theirs)
		l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_TIE_BREAKER, theirs, 8);
	rig_send_ns(&p, 0);
}

static void tie_expect(unsigned replies, unsigned downs, unsigned lost)
{
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), replies);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), downs);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_TIE_LOST), lost);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0); /* "silently discard" */
}

/* Our value is random: certainly above 0 and below all ones. */
static void lower_value_wins(void)
{
	collide(true, "\0\0\0\0\0\0\0\0");
	tie_expect(1, 1, 1);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->result.result,
			L2TP_STOP_ALREADY_EXISTS);
	rig_free(&r);
	collide(true, "\xff\xff\xff\xff\xff\xff\xff\xff");
	tie_expect(0, 0, 1);
	rig_free(&r);
}

static void having_one_wins_over_none(void)
{
	collide(false, "\xff\xff\xff\xff\xff\xff\xff\xff");
	tie_expect(1, 1, 1);
	rig_free(&r);
	collide(true, NULL);
	tie_expect(0, 0, 1);
	rig_free(&r);
}

static void none_means_two_tunnels(void)
{
	collide(false, NULL);
	tie_expect(1, 0, 0);
	rig_free(&r);
}

static void equal_means_both_lose(void)
{
	static struct l2tp_msg m;
	const struct l2tp_avp *a;

	rig_single(&r);
	r.a.policy.single_tunnel = true;
	rig_open(&r.a);
	rig_decode(rig_last(&r.a, L2TP_SCCRQ), &m, NULL);
	a = l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_TIE_BREAKER);
	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	CU_ASSERT_FALSE(a->mandatory); /* "The M-bit for this AVP MUST be set to 0" */
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_TIE_BREAKER, a->val, 8);
	rig_send_ns(&p, 0);
	tie_expect(0, 1, 2);
	rig_free(&r);
}

/* --- calls that wait for the tunnel that loses */

static enum l2tp_call_state tie_call_state(const struct l2tp_call *c)
{
	struct l2tp_call_info i;

	l2tp_call_info(c, &i);
	return i.state;
}

/* a has a call waiting for its tunnel; the peer's SCCRQ comes on this channel and wins. */
static struct l2tp_call *tie_with_call(enum l2tp_call_kind kind, l2tp_channel on)
{
	struct l2tp_call *c;

	rig_single(&r);
	r.a.policy.single_tunnel = true;
	c = l2tp_call_new(rig_open(&r.a), NULL, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	l2tp_call_place(c, kind, NULL, 0, r.now);
	rig_peer(&p, &r, 99);
	p.on = on;
	rig_sccrq(&p);
	l2tp_build_u32(&p.b, L2TP_IETF, L2TP_AVP_BEARER_CAPS, 3);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_TIE_BREAKER, "\0\0\0\0\0\0\0\0", 8);
	rig_send_ns(&p, 0);
	p.ns = 1;
	return c;
}

/* 7.2.1: "Re-queue SCCRQ for idle state", then wait-ctl-conn, "Receive SCCCN, acceptable: Send
 * tunnel-open event to waiting sessions" */
static void waiting_calls_take_the_winner(void)
{
	static const struct {
		enum l2tp_call_kind kind;
		uint16_t request;
	} kinds[] = {{L2TP_INCOMING, L2TP_ICRQ}, {L2TP_OUTGOING, L2TP_OCRQ}};
	static struct l2tp_msg m;
	uint16_t old = 0;

	for (unsigned i = 0; i < 2; i++) {
		struct l2tp_call *c = tie_with_call(kinds[i].kind, 7);
		struct l2tp_counters n;

		tie_expect(1, 0, 1);
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 0);
		CU_ASSERT_EQUAL(tie_call_state(c), L2TP_C_WAIT_TUNNEL);
		rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
		CU_ASSERT_TRUE(
			l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid));
		/* "Assigned Tunnel ID" of the tunnel that lost is of no use to the peer */
		rig_decode(rig_last(&r.a, L2TP_SCCRQ), &m, NULL);
		CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &old));
		CU_ASSERT_NOT_EQUAL(p.peer_tid, old);
		rig_ack(&p);
		rig_start(&p, L2TP_SCCCN, 0);
		rig_send(&p);
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 1);
		CU_ASSERT_EQUAL(tie_call_state(c), L2TP_C_WAIT_REPLY);
		CU_ASSERT_EQUAL(rig_last(&r.a, kinds[i].request)->h.tid, 99);
		CU_ASSERT_EQUAL(rig_last(&r.a, kinds[i].request)->h.ns, 1);
		l2tp_engine_counters(r.a.e, &n);
		CU_ASSERT_EQUAL(n.tunnels, 1);
		CU_ASSERT_EQUAL(n.half_open, 0);
		rig_pass(&r, SEC / 2); /* our SCCRQ is not sent again */
		CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRQ), 1);
		rig_free(&r);
	}
}

/* The winner may be another host of the same peer section: the calls are not for that. */
static void calls_do_not_go_elsewhere(void)
{
	tie_with_call(L2TP_INCOMING, 1234);
	tie_expect(1, 1, 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 1);
	rig_free(&r);
}

static void tie_request(uint16_t peer_tid)
{
	rig_peer(&p, &r, peer_tid);
	p.on = 7;
	rig_sccrq(&p);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_TIE_BREAKER, "\0\0\0\0\0\0\0\0", 8);
	rig_send_ns(&p, 0);
	p.ns = 1;
}

/* The tunnel of the peer's SCCRQ is up, and then we send our own: a late copy of theirs is no new
 * request that could win. */
static void calls_do_not_go_with_a_late_copy(void)
{
	static struct l2tp_msg m;
	struct l2tp_call *c;

	rig_single(&r);
	r.a.policy.single_tunnel = true;
	tie_request(99);
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid));
	rig_ack(&p);
	rig_start(&p, L2TP_SCCCN, 0);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 1);
	c = l2tp_call_new(rig_open(&r.a), NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	tie_request(99);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_TIE_LOST), 0);
	CU_ASSERT_EQUAL(tie_call_state(c), L2TP_C_WAIT_TUNNEL);
	rig_pass(&r, SEC + SEC / 2); /* our own request goes on */
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRQ), 2);
	tie_request(98); /* another one wins as ever */
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_TIE_LOST), 1);
	rig_free(&r);
}

static void the_winner_may_not_come_up(void)
{
	struct l2tp_call *c = tie_with_call(L2TP_INCOMING, 7);

	CU_ASSERT_EQUAL(tie_call_state(c), L2TP_C_WAIT_TUNNEL);
	rig_pass(&r, 200 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(l2tp_engine_deadline(r.a.e), UINT64_MAX);
	rig_free(&r);
}

static void another_peer_is_no_collision(void)
{
	int someone;

	rig_single(&r);
	r.a.policy.single_tunnel = true;
	rig_open(&r.a);
	r.a.peer = &someone;
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_TIE_BREAKER, "\0\0\0\0\0\0\0\0", 8);
	rig_send_ns(&p, 0);
	tie_expect(1, 0, 0);
	rig_free(&r);
}

/* What the peer asks for later is no collision with a tunnel that is established. */
static void established_is_no_collision(void)
{
	struct rig_peer q;

	rig_single(&r);
	r.a.policy.single_tunnel = true;
	rig_peer_answers(&q, &r);
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_TIE_BREAKER, "\xff\xff\xff\xff\xff\xff\xff\xff",
		       8);
	rig_send_ns(&p, 0);
	tie_expect(1, 0, 0);
	rig_free(&r);
}

/* Two engines open at once, each for a call: one tunnel is left, or (without ties) two, and both
 * calls come up. */
static void both_ends_at_once(bool single)
{
	struct l2tp_counters c, d;
	uint64_t want = single ? 1 : 2;

	rig_pair(&r);
	r.a.policy.single_tunnel = r.b.policy.single_tunnel = single;
	r.a.answer = r.a.connect = r.b.answer = r.b.connect = true;
	r.a.from = r.b.to; /* tunnels both ways between the same two addresses */
	r.b.from = r.a.to;
	l2tp_call_place(l2tp_call_new(rig_open(&r.a), NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	l2tp_call_place(l2tp_call_new(rig_open(&r.b), NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	rig_pass(&r, 40 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 2);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_UP), 2);
	l2tp_engine_counters(r.a.e, &c);
	l2tp_engine_counters(r.b.e, &d);
	CU_ASSERT_EQUAL(c.tunnels, want);
	CU_ASSERT_EQUAL(d.tunnels, want);
	CU_ASSERT_EQUAL(c.half_open + d.half_open, 0);
	rig_free(&r);
}

static void two_engines_with_and_without(void)
{
	both_ends_at_once(true);
	both_ends_at_once(false);
}

static const struct test_case cases[] = {
	{"lower_value_wins", lower_value_wins},
	{"having_one_wins_over_none", having_one_wins_over_none},
	{"none_means_two_tunnels", none_means_two_tunnels},
	{"equal_means_both_lose", equal_means_both_lose},
	{"waiting_calls_take_the_winner", waiting_calls_take_the_winner},
	{"calls_do_not_go_elsewhere", calls_do_not_go_elsewhere},
	{"calls_do_not_go_with_a_late_copy", calls_do_not_go_with_a_late_copy},
	{"the_winner_may_not_come_up", the_winner_may_not_come_up},
	{"another_peer_is_no_collision", another_peer_is_no_collision},
	{"established_is_no_collision", established_is_no_collision},
	{"two_engines_with_and_without", two_engines_with_and_without},
	{NULL, NULL},
};
const struct test_suite suite_tie = {"tie", cases};
