/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No memory: a message of a tunnel that is up takes what is kept back, calls and tunnels are
 * refused until that is whole again, and a tunnel that ends says so as soon as it can.
 */
#include "core/spare.h"

#include "tests/core/rig.h"
#include "tests/heap.h"

static struct rig r;
static struct rig_peer p;

static void spare_is_given_up_piece_by_piece(void)
{
	struct spare s = {.n = 0};
	unsigned n = 0;

	CU_ASSERT_TRUE(spare_fill(&s));
	while (spare_use(&s))
		n++;
	CU_ASSERT_EQUAL(n, SPARE_PIECES);
	heap_refuse_many(3, HEAP_FOR_EVER);
	CU_ASSERT_FALSE(spare_fill(&s));
	CU_ASSERT_EQUAL(s.n, 3);
	CU_ASSERT_EQUAL(heap_refusals(), 1);
	CU_ASSERT_TRUE(spare_fill(&s));
	spare_free(&s);
	CU_ASSERT_EQUAL(s.n, 0);
}

static void icrq(uint16_t sid)
{
	rig_any(&p, L2TP_ICRQ, 0, sid);
	rig_ack(&p);
	rig_zlb(&p);
}

/* The allocation that fails is that of the CDN's place in the queue: the tunnel stays. */
static void spare_carries_the_message(void)
{
	struct l2tp_tunnel_info i;
	struct l2tp_tunnel *t;

	rig_single(&r);
	r.a.answer = true;
	t = rig_peer_up(&p, &r);
	icrq(1);
	heap_refuse_many(0, 2); /* the call, then the CDN */
	icrq(2);
	CU_ASSERT_EQUAL(heap_refusals(), 2);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 1);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_MEMORY), 1);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_CALL_CAP), 0);
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_EQUAL(i.state, L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(i.calls, 1);
	rig_free(&r);
}

/* While a piece is missing no call is added, also when there is memory for just that. */
static void spare_comes_before_new_calls_and_tunnels(void)
{
	struct rig_peer other;

	rig_single(&r);
	r.a.answer = true;
	rig_peer_up(&p, &r);
	heap_refuse_many(0, 1 + 8); /* the call, then its CDN eight times: as many pieces */
	icrq(1);
	CU_ASSERT_EQUAL(heap_refusals(), 9);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 1);
	rig_peer(&other, &r, 0x4321);
	heap_refuse_many(6, 1); /* the tunnel and five pieces get memory */
	rig_sccrq(&other);
	rig_send(&other);
	CU_ASSERT_EQUAL(heap_refusals(), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 1);
	heap_refuse_many(2, 1); /* two of the three that are missing */
	icrq(2);
	CU_ASSERT_EQUAL(heap_refusals(), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRP), 0);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_MEMORY), 3);
	icrq(3);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRP), 1);
	rig_free(&r);
}

/* Nothing is kept back any more and there is no memory: the tunnel ends with what is true, and its
 * StopCCN goes when there is memory again. */
static void spare_is_gone(void)
{
	struct l2tp_result res;
	struct l2tp_msg m;

	rig_single(&r);
	r.a.answer = true;
	rig_peer_up(&p, &r);
	rig_any(&p, L2TP_ICRQ, 0, 1);
	heap_refuse_many(0, HEAP_FOR_EVER);
	rig_start_any(&p, L2TP_ICRQ, 0, 2);
	rig_send_ns(&p, p.ns++); /* does not acknowledge the ICRP */
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_CALL_DOWN)->result.error,
			L2TP_ERR_NO_CONTROL_CONNECTION);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0);
	rig_pass(&r, SEC / 2);
	CU_ASSERT_TRUE(heap_refusals() > SPARE_PIECES);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0);
	rig_zlb(&p); /* what is acknowledged is not the StopCCN */
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	rig_pass(&r, SEC);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 1);
	rig_decode(rig_last(&r.a, L2TP_STOPCCN), &m, NULL);
	l2tp_msg_result(&m, &res);
	CU_ASSERT_EQUAL(res.error, L2TP_ERR_NO_RESOURCES);
	CU_ASSERT_STRING_EQUAL(res.text, "out of memory");
	rig_ack(&p);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	rig_free(&r);
}

/* There is never memory again: the tunnel does not stay for ever. */
static void spare_never_comes_back(void)
{
	struct l2tp_counters n;

	rig_single(&r);
	rig_peer_up(&p, &r);
	heap_refuse_many(0, HEAP_FOR_EVER);
	icrq(2);
	rig_pass(&r, 60 * SEC);
	l2tp_engine_counters(r.a.e, &n);
	CU_ASSERT_EQUAL(n.tunnels, 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	heap_refusals();
	rig_free(&r);
}

/* --- every allocation of a tunnel's life ------------------------------------------------------ */

static void life(void)
{
	struct l2tp_tunnel *t = rig_open(&r.a);
	struct l2tp_call *c;

	rig_pass(&r, 5 * SEC);
	c = t && rig_count_events(&r.a, L2TP_EV_TUNNEL_UP) &&
			    !rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN)
		    ? l2tp_call_new(t, NULL, NULL)
		    : NULL;
	if (c)
		l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	rig_pass(&r, 5 * SEC);
	l2tp_engine_stop(r.a.e, NULL, r.now);
	l2tp_engine_stop(r.b.e, NULL, r.now);
	rig_pass(&r, 120 * SEC);
}

static void nothing_is_left(const struct rig_end *end)
{
	struct l2tp_counters n;

	l2tp_engine_counters(end->e, &n);
	CU_ASSERT_EQUAL(n.tunnels + n.half_open + n.calls, 0);
	CU_ASSERT_EQUAL(rig_count_events(end, L2TP_EV_TUNNEL_UP) &&
				!rig_count_events(end, L2TP_EV_TUNNEL_DOWN),
			0);
}

static unsigned life_with(unsigned after, unsigned n)
{
	unsigned failed;

	rig_pair(&r);
	r.a.connect = r.b.answer = true;
	heap_refuse_many(after, n);
	life();
	failed = heap_refusals();
	nothing_is_left(&r.a);
	nothing_is_left(&r.b);
	rig_free(&r);
	return failed;
}

static void every_allocation_may_fail(void)
{
	unsigned k;

	for (k = 0; k < 500 && life_with(k, 40); k++)
		;
	CU_ASSERT_TRUE(k > 2 * SPARE_PIECES + 20 && k < 500);
	for (k = 0; k < 500 && life_with(k, HEAP_FOR_EVER); k++)
		;
	CU_ASSERT_TRUE(k < 500);
}

static const struct test_case cases[] = {
	{"is_given_up_piece_by_piece", spare_is_given_up_piece_by_piece},
	{"carries_the_message", spare_carries_the_message},
	{"comes_before_new_calls_and_tunnels", spare_comes_before_new_calls_and_tunnels},
	{"is_gone", spare_is_gone},
	{"never_comes_back", spare_never_comes_back},
	{"every_allocation_may_fail", every_allocation_may_fail},
	{NULL, NULL},
};

const struct test_suite suite_spare = {"spare", cases};
