/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tunnels that peers have asked for and not established: which of them give way, and when. */
#include "tests/core/rig.h"

static struct rig r;
static struct l2tp_msg m;

static void half_open_ask(uint64_t source, uint16_t tid)
{
	struct rig_peer p;

	r.a.source = source;
	rig_peer(&p, &r, tid);
	rig_sccrq(&p);
	rig_send_ns(&p, 0);
}

static struct l2tp_counters half_open_count(void)
{
	struct l2tp_counters c;

	l2tp_engine_counters(r.a.e, &c);
	return c;
}

static bool half_open_has(uint16_t peer_id)
{
	struct l2tp_tunnel_info i;

	for (struct l2tp_tunnel *t = NULL; (t = l2tp_tunnel_next(r.a.e, t));) {
		l2tp_tunnel_info(t, &i);
		if (i.peer_id == peer_id)
			return true;
	}
	return false;
}

/* 200 at once from one source all have their 100 ms; then 16 of them may stay. */
static void half_open_of_one_source(void)
{
	rig_single(&r);
	for (unsigned i = 1; i <= 200; i++)
		half_open_ask(1, (uint16_t)i);
	half_open_ask(2, 900);
	rig_pass(&r, 100000);
	half_open_ask(1, 201);
	CU_ASSERT_EQUAL(half_open_count().half_open, 202);
	CU_ASSERT_EQUAL(half_open_count().half_open_worst, 201);
	CU_ASSERT_EQUAL(half_open_count().reason[L2TP_R_HALF_OPEN_SOURCE], 0);
	rig_pass(&r, 1);
	half_open_ask(1, 202);
	CU_ASSERT_EQUAL(half_open_count().half_open, 17);
	CU_ASSERT_EQUAL(half_open_count().half_open_worst, 16);
	CU_ASSERT_EQUAL(half_open_count().reason[L2TP_R_HALF_OPEN_SOURCE], 186);
	CU_ASSERT_FALSE(half_open_has(186)); /* the oldest go */
	CU_ASSERT_TRUE(half_open_has(187));
	CU_ASSERT_TRUE(half_open_has(202));
	CU_ASSERT_TRUE(half_open_has(900));
	rig_free(&r);
}

/* The owner hears of each that gives way; nothing is sent to it. */
static void half_open_events_and_silence(void)
{
	static const struct l2tp_limits limits = {.half_open_per_source = 1};
	unsigned sent;

	rig_limited(&r, &limits);
	half_open_ask(1, 1);
	rig_pass(&r, 100001);
	sent = r.a.pkts;
	half_open_ask(1, 2);
	CU_ASSERT_EQUAL(r.a.pkts, sent + 1);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_SCCRP)->h.tid, 2);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->by, L2TP_BY_US);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->result.error, L2TP_ERR_NO_RESOURCES);
	CU_ASSERT_EQUAL(half_open_count().half_open, 1);
	CU_ASSERT_EQUAL(half_open_count().reason[L2TP_R_MSG_STATE], 0);
	rig_free(&r);
}

/* One source may have half of the places; when all are taken the oldest of all gives way. */
static void half_open_in_all(void)
{
	static const struct l2tp_limits limits = {.max_half_open = 8};

	rig_limited(&r, &limits);
	for (unsigned i = 1; i <= 10; i++)
		half_open_ask(1, (uint16_t)i);
	CU_ASSERT_EQUAL(half_open_count().half_open, 4);
	CU_ASSERT_EQUAL(half_open_count().reason[L2TP_R_HALF_OPEN_SOURCE], 6);
	for (unsigned i = 11; i <= 14; i++)
		half_open_ask(i, (uint16_t)i);
	CU_ASSERT_EQUAL(half_open_count().half_open, 8);
	CU_ASSERT_EQUAL(half_open_count().reason[L2TP_R_HALF_OPEN_TOTAL], 0);
	half_open_ask(15, 15);
	CU_ASSERT_EQUAL(half_open_count().half_open, 8);
	CU_ASSERT_EQUAL(half_open_count().reason[L2TP_R_HALF_OPEN_TOTAL], 1);
	CU_ASSERT_FALSE(half_open_has(7));
	CU_ASSERT_TRUE(half_open_has(8));
	rig_free(&r);
}

/* An established tunnel needs no place, and what is forgotten leaves its place. */
static void half_open_places_come_back(void)
{
	static const struct l2tp_limits limits = {.max_half_open = 2};
	struct rig_peer p;

	rig_limited(&r, &limits);
	rig_peer_up(&p, &r);
	CU_ASSERT_EQUAL(half_open_count().half_open_worst, 0);
	half_open_ask(2, 2);
	half_open_ask(3, 3);
	CU_ASSERT_EQUAL(half_open_count().half_open, 2);
	CU_ASSERT_EQUAL(half_open_count().reason[L2TP_R_HALF_OPEN_TOTAL], 0);
	CU_ASSERT_EQUAL(half_open_count().tunnels, 1);
	rig_pass(&r, 40 * SEC);
	CU_ASSERT_EQUAL(half_open_count().half_open, 0);
	half_open_ask(2, 4);
	half_open_ask(3, 5);
	CU_ASSERT_EQUAL(half_open_count().reason[L2TP_R_HALF_OPEN_TOTAL], 0);
	rig_free(&r);
}

static void half_open_limits_in_force(void)
{
	static const struct l2tp_limits rows[][2] = {
		{{0}, {57343, 4096, 16, 1000000}},
		{{65535, 65535, 7, 5}, {45055, 16384, 7, 5}},
		{{10, 1, 1, 1}, {10, 2, 1, 1}},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct l2tp_limits l;

		rig_limited(&r, &rows[i][0]);
		l = half_open_count().limits;
		CU_ASSERT_EQUAL(l.max_tunnels, rows[i][1].max_tunnels);
		CU_ASSERT_EQUAL(l.max_half_open, rows[i][1].max_half_open);
		CU_ASSERT_EQUAL(l.half_open_per_source, rows[i][1].half_open_per_source);
		CU_ASSERT_EQUAL(l.max_calls, rows[i][1].max_calls);
		rig_free(&r);
	}
}

/* An SCCRQ forged with the id of a genuine one does not stand in its way. */
static void half_open_forged_with_the_same_id(void)
{
	struct rig_peer p;

	rig_single(&r);
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_CHALLENGE, "forged", 6);
	rig_send_ns(&p, 0);
	rig_sccrq(&p);
	rig_send_ns(&p, 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 2);
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CHALLENGE_RESPONSE));
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
	p.nr = 1;
	rig_start(&p, L2TP_SCCCN, 0);
	rig_send_ns(&p, 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 1);
	rig_free(&r);
}

/* The state of closed tunnels is kept for 4096 of them; the oldest gives way. */
static void half_open_lingering_is_limited(void)
{
	enum { N = 4097 };
	struct rig_peer p;
	uint16_t first = 0;

	rig_single(&r);
	for (unsigned i = 0; i < N; i++) {
		rig_peer(&p, &r, (uint16_t)(1 + i));
		rig_sccrq(&p);
		rig_send(&p);
		rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
		l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
		first = first ? first : p.peer_tid;
		rig_start(&p, L2TP_SCCCN, 0);
		rig_send(&p);
		rig_stopccn(&p, 1);
		r.a.pkts = r.a.taken = r.a.evs = 0;
		if (i == N - 2)
			CU_ASSERT_PTR_NOT_NULL(l2tp_tunnel_by_id(r.a.e, first));
	}
	CU_ASSERT_PTR_NULL(l2tp_tunnel_by_id(r.a.e, first));
	CU_ASSERT_EQUAL(half_open_count().reason[L2TP_R_LINGER_CAP], 1);
	CU_ASSERT_EQUAL(half_open_count().reason[L2TP_R_MSG_STATE], 0);
	rig_pass(&r, 40 * SEC);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, NULL));
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"half_open_of_one_source", half_open_of_one_source},
	{"half_open_events_and_silence", half_open_events_and_silence},
	{"half_open_in_all", half_open_in_all},
	{"half_open_places_come_back", half_open_places_come_back},
	{"half_open_limits_in_force", half_open_limits_in_force},
	{"half_open_forged_with_the_same_id", half_open_forged_with_the_same_id},
	{"half_open_lingering_is_limited", half_open_lingering_is_limited},
	{NULL, NULL},
};
const struct test_suite suite_half_open = {"half_open", cases};
