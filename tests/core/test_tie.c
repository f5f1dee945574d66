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

/* Two engines open at once: one tunnel is left, or (without ties) two. */
static void both_ends_at_once(bool single)
{
	struct l2tp_counters c, d;
	uint64_t want = single ? 1 : 2;

	rig_pair(&r);
	r.a.policy.single_tunnel = r.b.policy.single_tunnel = single;
	rig_open(&r.a);
	rig_open(&r.b);
	rig_pass(&r, 40 * SEC);
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
	{"another_peer_is_no_collision", another_peer_is_no_collision},
	{"established_is_no_collision", established_is_no_collision},
	{"two_engines_with_and_without", two_engines_with_and_without},
	{NULL, NULL},
};
const struct test_suite suite_tie = {"tie", cases};
