/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What event handlers may call, and the order of events. */
#include "tests/core/rig.h"

#include <string.h>

static struct rig r;
static struct rig_peer p;

/* At every CALL_DOWN, hang up all other calls of the tunnel. */
static unsigned hung_up;

static void events_hang_up_all(struct rig_end *end, const struct l2tp_event *ev)
{
	struct l2tp_call *c = NULL;

	if (ev->kind != L2TP_EV_CALL_DOWN)
		return;
	while ((c = l2tp_call_next(ev->tunnel, c))) {
		l2tp_call_hangup(c, NULL, NULL, 0, end->rig->now);
		hung_up++;
	}
}

static void handlers_may_end_everything(void)
{
	struct l2tp_tunnel *t;

	hung_up = 0;
	rig_pair(&r);
	r.a.connect = r.b.answer = true;
	t = rig_tunnel(&r, NULL);
	for (int i = 0; i < 5; i++)
		l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	rig_run(&r);
	r.a.on_event = r.b.on_event = events_hang_up_all;
	l2tp_call_hangup(l2tp_call_next(t, NULL), NULL, NULL, 0, r.now);
	rig_run(&r);
	CU_ASSERT_TRUE(hung_up > 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 5); /* each once */
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_DOWN), 5);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	rig_free(&r);
}

static void close_when_up(struct rig_end *end, const struct l2tp_event *ev)
{
	if (ev->kind == L2TP_EV_TUNNEL_UP)
		l2tp_tunnel_close(ev->tunnel, NULL, end->rig->now);
	if (ev->kind == L2TP_EV_TUNNEL_DOWN) /* the pointer is good until the handler returns */
		l2tp_engine_channel_lost(end->e, 7, end->rig->now);
}

static void closed_by_its_own_up_event(void)
{
	rig_pair(&r);
	r.a.on_event = close_when_up;
	rig_open(&r.a);
	rig_pass(&r, 100 * SEC);
	CU_ASSERT_EQUAL(r.a.ev[0].kind, L2TP_EV_TUNNEL_UP);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, NULL));
	rig_free(&r);
}

/* A packet given to the engine from inside a handler waits, so that the event's message stays
 * valid. */
static uint16_t inner_type;
static unsigned inner_events;

static void receive_inside(struct rig_end *end, const struct l2tp_event *ev)
{
	const struct rig_packet *k = rig_last(end->other, L2TP_SCCRQ);

	if (ev->kind != L2TP_EV_CALL_OFFERED)
		return;
	inner_events = end->evs;
	for (int i = 0; i < 300; i++) /* more than may wait */
		l2tp_engine_rx(end->e, 99, k->octets, k->len, end->rig->now);
	CU_ASSERT_EQUAL(end->evs, inner_events);
	inner_type = ev->msg->type;
}

static void packets_inside_a_handler_wait(void)
{
	struct l2tp_tunnel *t;
	unsigned before;

	rig_pair(&r);
	r.b.on_event = receive_inside;
	t = rig_tunnel(&r, NULL);
	before = rig_count_sent(&r.b, L2TP_SCCRP);
	l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(inner_type, L2TP_ICRQ);
	CU_ASSERT_EQUAL(rig_count_sent(&r.b, L2TP_SCCRP), before + 1);
	CU_ASSERT_EQUAL(rig_reason(&r.b, L2TP_R_NO_MEMORY), 300 - 256);
	/* and once more: those that waited have gone */
	l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_reason(&r.b, L2TP_R_NO_MEMORY), 2 * (300 - 256));
	CU_ASSERT_EQUAL(rig_reason(&r.b, L2TP_R_DUPLICATE), 2 * 256 - 1);
	rig_free(&r);
}

/* The channel is lost while the tunnel comes up, and a packet for it is waiting. */
static void lose_and_receive(struct rig_end *end, const struct l2tp_event *ev)
{
	if (ev->kind != L2TP_EV_TUNNEL_UP)
		return;
	l2tp_engine_channel_lost(end->e, 7, end->rig->now);
	rig_sccrq(&p);
	rig_send(&p);
}

static void a_tunnel_that_went_stays_gone(void)
{
	rig_single(&r);
	r.a.on_event = lose_and_receive;
	rig_peer_up(&p, &r);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_TUNNEL), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 1);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, NULL));
	rig_free(&r);
}

/* An event has its own message only. */
static void messages_only_where_there_was_one(void)
{
	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_any(&p, L2TP_ICRQ, 0, 77);
	CU_ASSERT_TRUE(rig_event(&r.a, L2TP_EV_CALL_OFFERED)->had_msg);
	l2tp_call_hangup(rig_event(&r.a, L2TP_EV_CALL_OFFERED)->call, NULL, NULL, 0, r.now);
	CU_ASSERT_FALSE(rig_event(&r.a, L2TP_EV_CALL_DOWN)->had_msg);
	CU_ASSERT_FALSE(rig_event(&r.a, L2TP_EV_TUNNEL_UP)->had_msg);
	rig_free(&r);
}

static void call_that_went_with_its_tunnel_says_why(void)
{
	static const struct l2tp_result why = {.result = 6, .text = "maintenance"};

	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_any(&p, L2TP_ICRQ, 0, 77);
	rig_start(&p, L2TP_STOPCCN, 0);
	l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, p.tid);
	l2tp_build_result(&p.b, &why);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_CALL_DOWN)->result.result, L2TP_CDN_GENERAL_ERROR);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_CALL_DOWN)->result.error,
			L2TP_ERR_NO_CONTROL_CONNECTION);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_event(&r.a, L2TP_EV_CALL_DOWN)->result.text, "maintenance"));
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_CALL_DOWN)->by, L2TP_BY_PEER);
	rig_free(&r);
}

/* A tunnel with two events keeps its place between them, whatever is queued behind it meanwhile. */
static void queue_a_call_down(struct rig_end *end, const struct l2tp_event *ev)
{
	if (ev->kind == L2TP_EV_TUNNEL_UP)
		l2tp_call_hangup(l2tp_call_new(ev->tunnel, NULL, NULL), NULL, NULL, 0,
				 end->rig->now);
}

static void two_events_keep_their_place(void)
{
	static const enum l2tp_event_kind want[] = {L2TP_EV_TUNNEL_UP, L2TP_EV_MALFORMED,
						    L2TP_EV_CALL_DOWN};
	static struct l2tp_msg m;

	rig_single(&r);
	r.a.on_event = queue_a_call_down;
	rig_peer(&p, &r, 4711);
	rig_sccrq(&p);
	rig_send(&p);
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
	rig_start(&p, L2TP_SCCCN, 0);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_VENDOR_NAME, "x", 1);
	p.buf[L2TP_HDR_CONTROL_LEN + 8] |= 0x04; /* a reserved bit: malformed */
	rig_send(&p);
	CU_ASSERT_EQUAL_FATAL(r.a.evs, 3);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(r.a.ev[i].kind, want[i]);
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"handlers_may_end_everything", handlers_may_end_everything},
	{"closed_by_its_own_up_event", closed_by_its_own_up_event},
	{"packets_inside_a_handler_wait", packets_inside_a_handler_wait},
	{"a_tunnel_that_went_stays_gone", a_tunnel_that_went_stays_gone},
	{"messages_only_where_there_was_one", messages_only_where_there_was_one},
	{"call_that_went_with_its_tunnel_says_why", call_that_went_with_its_tunnel_says_why},
	{"two_events_keep_their_place", two_events_keep_their_place},
	{NULL, NULL},
};
const struct test_suite suite_events = {"events", cases};
