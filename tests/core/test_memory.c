/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that runs out: every request for memory in the life of a tunnel with calls fails once.
 * Nothing is lost or kept: each call and tunnel that was there goes down, all memory is given back,
 * and the next tunnel and call are served.
 */
#include "tests/core/rig.h"
#include "core/spare.h"
#include "tests/heap.h"

#include <string.h>

static struct rig r;
static struct rig_peer p;
static struct l2tp_msg m;

static unsigned memory_reason(const struct rig_end *end)
{
	return (unsigned)rig_reason(end, L2TP_R_NO_MEMORY);
}

/* A packet that comes while an event is handled has to wait. */
static void memory_receive_inside(struct rig_end *end, const struct l2tp_event *ev)
{
	static const uint8_t stray[] = {0xc8};

	if (ev->kind == L2TP_EV_CALL_OFFERED)
		l2tp_engine_rx(end->e, 99, stray, sizeof(stray), end->rig->now);
}

static void memory_story(void)
{
	struct l2tp_tunnel *t = rig_open(&r.a);
	struct l2tp_call *c = NULL;

	for (unsigned i = 0; t && i < 12; i++) {
		c = l2tp_call_new(t, NULL, NULL);
		if (c)
			l2tp_call_place(c, i % 2 ? L2TP_OUTGOING : L2TP_INCOMING, NULL, 0, r.now);
	}
	rig_run(&r);
	for (unsigned i = 0; i < 8; i++) { /* a message is lost, what follows it is held */
		t = l2tp_tunnel_next(r.a.e, NULL);
		r.a.drop = i == 0;
		if (t && (c = l2tp_call_new(t, NULL, NULL)))
			l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
		rig_run(&r);
	}
	rig_pass(&r, 5 * SEC);
	t = l2tp_tunnel_next(r.a.e, NULL);
	while (t && (c = l2tp_call_next(t, NULL)))
		l2tp_call_hangup(c, NULL, NULL, 0, r.now);
	rig_pass(&r, 5 * SEC);
}

static void memory_over(struct rig_end *end)
{
	struct l2tp_counters c;

	l2tp_engine_counters(end->e, &c);
	CU_ASSERT_EQUAL(c.tunnels, 0);
	CU_ASSERT_EQUAL(c.half_open, 0);
	CU_ASSERT_EQUAL(c.calls, 0);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(end->e, NULL));
	CU_ASSERT_TRUE(rig_count_events(end, L2TP_EV_TUNNEL_DOWN) >=
		       rig_count_events(end, L2TP_EV_TUNNEL_UP));
	CU_ASSERT_TRUE(rig_count_events(end, L2TP_EV_CALL_DOWN) >=
		       rig_count_events(end, L2TP_EV_CALL_UP));
	end->evs = 0;
}

static void memory_close_all(void)
{
	struct l2tp_tunnel *t = l2tp_tunnel_next(r.a.e, NULL), *next;

	for (; t; t = next) {
		next = l2tp_tunnel_next(r.a.e, t);
		l2tp_tunnel_close(t, NULL, r.now);
	}
	rig_pass(&r, 200 * SEC);
	memory_over(&r.a);
	memory_over(&r.b);
}

/* False when the story asks for no more than n pieces. */
static bool memory_without(unsigned n)
{
	struct l2tp_tunnel *t;
	unsigned before = heap_blocks();
	bool failed;

	rig_pair(&r);
	r.a.policy.challenge = r.b.policy.challenge = true;
	r.a.policy.hide = r.b.policy.hide = true;
	r.a.policy.max_source_tunnels = r.b.policy.max_source_tunnels = 100;
	r.a.answer = r.b.answer = r.a.connect = r.b.connect = true;
	r.b.on_event = memory_receive_inside;
	heap_refuse(n);
	memory_story();
	failed = heap_refused();
	r.a.drop = false;
	memory_close_all();
	t = rig_open(&r.a);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_UP), 1);
	memory_close_all();
	rig_free(&r);
	CU_ASSERT_EQUAL(heap_blocks(), before);
	return failed;
}

static void every_request_fails_once(void)
{
	unsigned n = 0;

	while (memory_without(n))
		n++;
	CU_ASSERT_TRUE(n > 100);
}

static void no_memory_for_an_engine(void)
{
	static const struct l2tp_ops ops;

	heap_refuse(0);
	CU_ASSERT_PTR_NULL(l2tp_engine_new(&ops, NULL, NULL));
	CU_ASSERT_TRUE(heap_refused());
	heap_refused();
	l2tp_engine_free(NULL);
}

/* Our own tunnel or call: the reason is told and counted, and the next one is opened. */
static void no_memory_for_what_we_open(void)
{
	struct l2tp_peer_answer who = {0};
	enum l2tp_reason why;
	struct l2tp_tunnel *t;
	unsigned n = 0;

	rig_single(&r);
	who.policy = r.a.policy;
	do {
		why = L2TP_R_NONE;
		heap_refuse(n++);
		t = l2tp_tunnel_open(r.a.e, 7, &who, NULL, r.now, &why);
		if (!t) {
			CU_ASSERT_TRUE(heap_refused());
			CU_ASSERT_TRUE(why == L2TP_R_NO_MEMORY || why == L2TP_R_TUNNEL_CAP);
			CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_MEMORY) +
						rig_reason(&r.a, L2TP_R_TUNNEL_CAP),
					n);
			CU_ASSERT_EQUAL(r.a.pkts, 0);
		}
	} while (!t);
	heap_refused();
	CU_ASSERT_TRUE(rig_reason(&r.a, L2TP_R_NO_MEMORY) >= 2);
	CU_ASSERT_EQUAL(r.a.evs, 0);
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(l2tp_call_new(t, NULL, &why));
	CU_ASSERT_EQUAL(why, L2TP_R_NO_MEMORY);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_CALL_CAP), 0);
	heap_refused();
	CU_ASSERT_PTR_NOT_NULL(l2tp_call_new(t, NULL, &why));
	rig_free(&r);
}

/* 4.4.2: StopCCN result 2 with error 4, "Insufficient resources to handle this operation now". */
static void no_memory_for_a_peers_tunnel(void)
{
	struct l2tp_result res;

	rig_single(&r);
	rig_peer(&p, &r, 4711);
	rig_sccrq(&p);
	heap_refuse(0);
	rig_send(&p);
	heap_refused();
	CU_ASSERT_EQUAL(memory_reason(&r.a), 1);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_STOPCCN)->h.tid, 4711);
	rig_decode(rig_last(&r.a, L2TP_STOPCCN), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, &res));
	CU_ASSERT_EQUAL(res.result, L2TP_STOP_GENERAL_ERROR);
	CU_ASSERT_EQUAL(res.error, L2TP_ERR_NO_RESOURCES);
	rig_free(&r);
}

/* A message that cannot be queued was lost before it had a number: the tunnel ends. */
static void no_memory_for_a_message(void)
{
	struct l2tp_tunnel *t;
	struct l2tp_call *c;

	rig_single(&r);
	t = rig_peer_up(&p, &r);
	rig_zlb(&p);
	c = l2tp_call_new(t, NULL, NULL);
	heap_refuse(0); /* the ICRQ itself: only the call ends */
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_CALL_DOWN)->result.error, L2TP_ERR_NO_RESOURCES);
	CU_ASSERT_EQUAL(memory_reason(&r.a), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRQ), 0);
	heap_refused();
	c = l2tp_call_new(t, NULL, NULL);
	heap_refuse_many(1, 1 + SPARE_PIECES); /* its place in the queue */
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	heap_refused();
	CU_ASSERT_EQUAL(memory_reason(&r.a), 2);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRQ), 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 1);
	rig_free(&r);
}

/* The owner gives memory back when many have gone: each is counted, and once. */
static void what_has_gone_is_counted(void)
{
	struct l2tp_counters n;
	struct l2tp_tunnel *t;

	rig_pair(&r);
	r.b.answer = r.a.connect = true;
	t = rig_open(&r.a);
	l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	rig_run(&r);
	l2tp_engine_counters(r.b.e, &n);
	CU_ASSERT_EQUAL(n.calls, 2);
	CU_ASSERT_EQUAL(n.gone, 0);
	l2tp_call_hangup(l2tp_call_next(t, NULL), NULL, NULL, 0, r.now);
	rig_run(&r);
	l2tp_engine_counters(r.b.e, &n);
	CU_ASSERT_EQUAL(n.gone, 1);
	memory_close_all();
	l2tp_engine_counters(r.b.e, &n);
	CU_ASSERT_EQUAL(n.gone, 3);
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"what_has_gone_is_counted", what_has_gone_is_counted},
	{"every_request_fails_once", every_request_fails_once},
	{"no_memory_for_an_engine", no_memory_for_an_engine},
	{"no_memory_for_what_we_open", no_memory_for_what_we_open},
	{"no_memory_for_a_peers_tunnel", no_memory_for_a_peers_tunnel},
	{"no_memory_for_a_message", no_memory_for_a_message},
	{NULL, NULL},
};
const struct test_suite suite_memory = {"memory", cases};
