/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/core/rig.h"
#include "tests/heap.h"

#include <string.h>

static struct rig r;

static void proof_succeeds_again_and_again(void)
{
	struct l2tp_tunnel *t, *n;
	struct l2tp_tunnel_info i;
	unsigned seen = 0;

	rig_pair(&r);
	r.a.policy.reauth = 100 * SEC;
	t = rig_tunnel(&r, NULL);
	rig_pass(&r, 550 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_REAUTH), 5);
	CU_ASSERT_TRUE(rig_event(&r.a, L2TP_EV_REAUTH)->ok);
	CU_ASSERT_PTR_EQUAL(rig_event(&r.a, L2TP_EV_REAUTH)->tunnel, t);
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_TRUE(i.authenticated);
	CU_ASSERT_EQUAL(i.state, L2TP_T_ESTABLISHED);
	/* the second connection is internal: opened, closed, never visible */
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRQ), 6);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCCN), 6);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 5);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_TUNNEL_UP), 6);
	for (n = NULL; (n = l2tp_tunnel_next(r.a.e, n));)
		seen++;
	CU_ASSERT_EQUAL(seen, 1);
	rig_free(&r);
}

static void failure_ends_the_tunnel(void)
{
	static struct l2tp_msg m;
	struct l2tp_result res;

	rig_pair(&r);
	r.a.policy.reauth = 100 * SEC;
	rig_tunnel(&r, NULL);
	r.b.policy.secret.octets[0] = 'x'; /* somebody else answers there now */
	rig_pass(&r, 150 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_REAUTH), 1);
	CU_ASSERT_FALSE(rig_event(&r.a, L2TP_EV_REAUTH)->ok);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->result.result,
			L2TP_STOP_NOT_AUTHORIZED);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->result.text,
				      "re-authentication failed"));
	rig_decode(rig_last(&r.a, L2TP_STOPCCN), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, &res));
	CU_ASSERT_EQUAL(res.result, L2TP_STOP_NOT_AUTHORIZED);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_TUNNEL_DOWN), 2);
	rig_free(&r);
}

static void silence_ends_the_tunnel(void)
{
	rig_pair(&r);
	r.a.policy.reauth = 100 * SEC;
	r.a.policy.hello = 0;
	rig_tunnel(&r, NULL);
	r.b.drop = true;
	rig_pass(&r, 200 * SEC);
	CU_ASSERT_FALSE(rig_event(&r.a, L2TP_EV_REAUTH)->ok);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	rig_free(&r);
}

static void needs_a_secret_and_many_tunnels(void)
{
	rig_pair(&r);
	r.a.policy.reauth = 100 * SEC;
	r.a.policy.single_tunnel = true;
	rig_tunnel(&r, NULL);
	rig_pass(&r, 500 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_REAUTH), 0);
	rig_free(&r);
	rig_pair(&r);
	r.a.policy.reauth = 100 * SEC;
	r.a.policy.secret.len = 0;
	rig_tunnel(&r, NULL);
	rig_pass(&r, 500 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_REAUTH), 0);
	rig_free(&r);
}

/* While the channel is down, or without memory for the second tunnel, a re-authentication waits for
 * the next interval; the tunnel stays. */
static void proof_not_possible_now(void)
{
	for (unsigned no_memory = 0; no_memory < 2; no_memory++) {
		rig_pair(&r);
		r.a.policy.reauth = 100 * SEC;
		r.a.policy.hold = 200 * SEC;
		rig_tunnel(&r, NULL);
		rig_pass(&r, 99 * SEC);
		if (no_memory)
			heap_refuse(0);
		else
			l2tp_engine_channel(r.a.e, 7, false, r.now);
		rig_pass(&r, 2 * SEC);
		CU_ASSERT_EQUAL(heap_refused(), no_memory);
		l2tp_engine_channel(r.a.e, 7, true, r.now);
		rig_pass(&r, 98 * SEC);
		CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRQ), 1);
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_REAUTH), 0);
		rig_pass(&r, 2 * SEC);
		CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRQ), 2);
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_REAUTH), 1);
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
		rig_free(&r);
	}
}

/* The tunnel is closed during a re-authentication: the second tunnel closes too, without REAUTH. */
static void closing_takes_the_proof_along(void)
{
	struct l2tp_tunnel *t;

	rig_pair(&r);
	r.a.policy.reauth = 100 * SEC;
	r.a.policy.hello = r.b.policy.hello = 0;
	t = rig_tunnel(&r, NULL);
	r.a.drop = r.b.drop = true;
	rig_pass(&r, 101 * SEC);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRQ), 3); /* the proof's, twice */
	r.a.drop = r.b.drop = false;
	l2tp_tunnel_close(t, NULL, r.now);
	rig_pass(&r, 200 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_REAUTH), 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, NULL));
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.b.e, NULL));
	rig_free(&r);
}

/* An SCCRQ with a Tie Breaker during a re-authentication is not compared with its SCCRQ. */
static void a_proof_takes_no_part_in_ties(void)
{
	struct rig_peer p, q;

	rig_single(&r);
	r.a.policy.reauth = 100 * SEC;
	r.a.policy.hello = 0;
	rig_peer_up(&p, &r);
	rig_zlb(&p);
	r.now = 100 * SEC;
	l2tp_engine_expire(r.a.e, r.now);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRQ), 1);
	rig_peer(&q, &r, 500);
	rig_sccrq(&q);
	l2tp_build_avp(&q.b, L2TP_IETF, L2TP_AVP_TIE_BREAKER, "\0\0\0\0\0\0\0\0", 8);
	rig_send_ns(&q, 0);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_TIE_LOST), 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_REAUTH), 0);
	rig_free(&r);
}

/* The channel is lost during a re-authentication: the calls still end before their tunnel. */
static void channel_lost_during_a_proof(void)
{
	struct l2tp_tunnel *t;

	rig_pair(&r);
	r.a.policy.reauth = 100 * SEC;
	r.a.policy.hello = r.b.policy.hello = 0;
	r.a.connect = r.b.answer = true;
	t = rig_tunnel(&r, NULL);
	for (int i = 0; i < 3; i++)
		l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	rig_pass(&r, 99 * SEC);
	r.b.drop = true;
	rig_pass(&r, 2 * SEC);
	l2tp_engine_channel_lost(r.a.e, 7, r.now);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 3);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(r.a.ev[r.a.evs - 1].kind, L2TP_EV_TUNNEL_DOWN);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, NULL));
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"proof_succeeds_again_and_again", proof_succeeds_again_and_again},
	{"failure_ends_the_tunnel", failure_ends_the_tunnel},
	{"silence_ends_the_tunnel", silence_ends_the_tunnel},
	{"needs_a_secret_and_many_tunnels", needs_a_secret_and_many_tunnels},
	{"a_proof_takes_no_part_in_ties", a_proof_takes_no_part_in_ties},
	{"channel_lost_during_a_proof", channel_lost_during_a_proof},
	{"proof_not_possible_now", proof_not_possible_now},
	{"closing_takes_the_proof_along", closing_takes_the_proof_along},
	{NULL, NULL},
};
const struct test_suite suite_reauth = {"reauth", cases};
