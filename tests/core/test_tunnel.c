/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control connections from beginning to end: RFC 2661 5.5, 5.6, 5.7, 5.8, 7.2.1; the answer to
 * every message in every state.
 */
#include "tests/core/rig.h"

#include <stdio.h>
#include <string.h>

static struct rig r;
static struct rig_peer p;
static struct l2tp_msg m;

static enum l2tp_tunnel_state tunnel_state_of(struct l2tp_tunnel *t)
{
	struct l2tp_tunnel_info i;

	l2tp_tunnel_info(t, &i);
	return i.state;
}

static struct l2tp_result tunnel_sent_result(uint16_t type)
{
	struct l2tp_result res = {0};

	rig_decode(rig_last(&r.a, type), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, &res));
	return res;
}

/* --- every message in every state ------------------------------------------------------------- */

/* An engine with one tunnel, in this state, whose peer is the test. */
static struct l2tp_tunnel *tunnel_bring(enum l2tp_tunnel_state s)
{
	struct l2tp_tunnel *t;

	rig_single(&r);
	rig_peer(&p, &r, 4711);
	if (s == L2TP_T_WAIT_CTL_REPLY) {
		t = rig_open(&r.a);
		rig_decode(rig_last(&r.a, L2TP_SCCRQ), &m, NULL);
	} else {
		rig_sccrq(&p);
		rig_send(&p);
		rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
		t = l2tp_tunnel_next(r.a.e, NULL);
	}
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
	if (s >= L2TP_T_ESTABLISHED) {
		rig_start(&p, L2TP_SCCCN, 0);
		rig_send(&p);
	}
	if (s == L2TP_T_STOPPING) {
		rig_ack(&p);
		l2tp_tunnel_close(t, NULL, r.now);
		r.a.taken = r.a.pkts; /* the peer has not seen our StopCCN yet */
	}
	if (s == L2TP_T_LINGER)
		rig_stopccn(&p, 1);
	CU_ASSERT_EQUAL(tunnel_state_of(t), s);
	return t;
}

/* What 7.2.1 has us do: 's' StopCCN with result 7, 'l' clean up and linger, 'u' up, '.' stay, 'c'
 * stay and count the message, 'k' stay and answer about the call. */
static const char expect[L2TP_T_STATES][L2TP_MSG_TYPES + 1] = {
	/*                         0  SCCRQ SCCRP SCCCN StopCCN - HELLO OCRQ OCRP OCCN ICRQ ICRP
	   ICCN - CDN WEN SLI */
	[L2TP_T_WAIT_CTL_REPLY] = {' ', 's', 'u', 's', 'l', ' ', 'c', 's', 's', 's', 's', 's', 's',
				   ' ', 's', 's', 's'},
	[L2TP_T_WAIT_CTL_CONN] = {' ', 's', 's', 'u', 'l', ' ', 'c', 's', 's', 's', 's', 's', 's',
				  ' ', 's', 's', 's'},
	[L2TP_T_ESTABLISHED] = {' ', 's', 's', 's', 'l', ' ', '.', 'k', 'k', 'k', 'k', 'k', 'k',
				' ', 'k', 'k', 'k'},
	[L2TP_T_STOPPING] = {' ', '.', '.', '.', 'l', ' ', '.', '.', '.', '.', '.', '.', '.', ' ',
			     '.', '.', '.'},
	[L2TP_T_LINGER] = {' ', '.', '.', '.', '.', ' ', '.', '.', '.', '.', '.', '.', '.', ' ',
			   '.', '.', '.'},
};

static enum l2tp_tunnel_state after(char what, enum l2tp_tunnel_state s)
{
	return what == 's'   ? L2TP_T_STOPPING
	       : what == 'l' ? L2TP_T_LINGER
	       : what == 'u' ? L2TP_T_ESTABLISHED
			     : s;
}

static void tunnel_cell(enum l2tp_tunnel_state s, uint16_t type)
{
	struct l2tp_tunnel *t = tunnel_bring(s);
	char what = expect[s][type];
	unsigned before = r.a.pkts, stops = rig_count_sent(&r.a, L2TP_STOPCCN);
	uint64_t odd = rig_reason(&r.a, L2TP_R_MSG_STATE);
	uint16_t nr;

	rig_any(&p, type, 0, 77);
	CU_ASSERT_EQUAL(tunnel_state_of(t), after(what, s));
	if (tunnel_state_of(t) != after(what, s))
		printf("\n   state %s, message %u", l2tp_tunnel_state_name(s), type);
	CU_ASSERT_TRUE(r.a.pkts > before); /* whatever it is, it is acknowledged */
	nr = r.a.pkt[r.a.pkts - 1].h.nr;
	CU_ASSERT_EQUAL(nr, p.ns);
	if (what == 's') {
		CU_ASSERT_EQUAL(tunnel_sent_result(L2TP_STOPCCN).result, L2TP_STOP_FSM_ERROR);
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_MSG_STATE), odd + 1);
	} else {
		CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), stops);
	}
	if (what == 'c')
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_MSG_STATE), odd + 1);
	rig_free(&r);
}

static void rfc2661_7_2_1_every_message_in_every_state(void)
{
	for (enum l2tp_tunnel_state s = L2TP_T_WAIT_CTL_REPLY; s < L2TP_T_STATES; s++)
		for (uint16_t type = 1; type < L2TP_MSG_TYPES; type++)
			if (l2tp_msg_table[type].name)
				tunnel_cell(s, type);
}

/* 7.2.1, idle: there is no tunnel. */
static void rfc2661_7_2_1_idle(void)
{
	for (uint16_t type = 2; type < L2TP_MSG_TYPES; type++) {
		if (!l2tp_msg_table[type].name)
			continue;
		rig_single(&r);
		rig_peer(&p, &r, 4711);
		p.peer_tid = 1234;
		p.nr = 1; /* the SCCRQ we have forgotten */
		rig_any(&p, type, 0, 77);
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_TUNNEL), 1);
		CU_ASSERT_EQUAL(r.a.pkts, type == L2TP_SCCRP); /* "Send StopCCN" */
		if (type == L2TP_SCCRP) {
			CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_STOPCCN)->h.tid, 4711);
			/* Ns 0 would be a duplicate of the SCCRQ, and never looked at (5.8) */
			CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_STOPCCN)->h.ns, 1);
			CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_STOPCCN)->h.nr, 1);
			CU_ASSERT_EQUAL(tunnel_sent_result(L2TP_STOPCCN).result,
					L2TP_STOP_FSM_ERROR);
		}
		rig_free(&r);
	}
}

/* --- closing ---------------------------------------------------------------------------------- */

/* 5.7: StopCCN, ZLB ACK; the receiver keeps its state for 31 s to acknowledge retransmissions. */
static void stopccn_and_linger(void)
{
	struct l2tp_result why = {.result = 6, .text = "maintenance"};
	struct l2tp_tunnel *t, *u;
	uint16_t tid;

	rig_pair(&r);
	t = rig_tunnel(&r, &u);
	l2tp_tunnel_close(t, &why, r.now);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0); /* not acknowledged yet */
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->by, L2TP_BY_US);
	CU_ASSERT_EQUAL(rig_event(&r.b, L2TP_EV_TUNNEL_DOWN)->by, L2TP_BY_PEER);
	CU_ASSERT_EQUAL(rig_event(&r.b, L2TP_EV_TUNNEL_DOWN)->result.result, 6);
	CU_ASSERT_STRING_EQUAL(rig_event(&r.b, L2TP_EV_TUNNEL_DOWN)->result.text, "maintenance");
	rig_decode(rig_last(&r.a, L2TP_STOPCCN), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &tid));
	rig_decode(&r.a.pkt[0], &m, NULL); /* "the same as the Assigned Tunnel ID AVP first sent" */
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.tid) &&
		       p.tid == tid);
	CU_ASSERT_EQUAL(tunnel_state_of(u), L2TP_T_LINGER);
	rig_pass(&r, 31 * SEC - 1);
	CU_ASSERT_EQUAL(tunnel_state_of(u), L2TP_T_LINGER);
	for (int i = 0; i < 3; i++) { /* the ZLB was lost, says the peer */
		unsigned zlbs = rig_count_sent(&r.b, 0);
		const struct rig_packet *k = rig_last(&r.a, L2TP_STOPCCN);

		l2tp_engine_rx(r.b.e, 7, k->octets, k->len, r.now);
		CU_ASSERT_EQUAL(rig_count_sent(&r.b, 0), zlbs + 1);
	}
	rig_pass(&r, 1);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, NULL));
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.b.e, NULL));
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(l2tp_engine_deadline(r.a.e), DEADLINE_NEVER);
	rig_free(&r);
}

static void stopccn_from_both_ends_at_once(void)
{
	struct l2tp_tunnel *t, *u;

	rig_pair(&r);
	t = rig_tunnel(&r, &u);
	l2tp_tunnel_close(t, NULL, r.now);
	l2tp_tunnel_close(u, NULL, r.now);
	rig_pass(&r, 40 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_GAVE_UP) + rig_reason(&r.b, L2TP_R_GAVE_UP), 0);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, NULL));
	rig_free(&r);
}

/* 4.4.3: before SCCRP the sender of StopCCN does not know our id: Tunnel ID 0 and its own id. */
static void stopccn_without_our_id(void)
{
	rig_single(&r);
	rig_peer(&p, &r, 4711);
	rig_sccrq(&p);
	rig_send(&p);
	p.nr = 0; /* it has not seen the SCCRP */
	r.a.taken = r.a.pkts;
	rig_stopccn(&p, 6);
	CU_ASSERT_EQUAL(tunnel_state_of(l2tp_tunnel_next(r.a.e, NULL)), L2TP_T_LINGER);
	CU_ASSERT_EQUAL(rig_last(&r.a, 0)->h.nr, 2);
	p.ns--;
	rig_stopccn(&p, 6); /* and again, when the ZLB was lost */
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, 0), 2);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	rig_free(&r);
}

/* The peer may reuse the id of a closed tunnel at once. */
static void new_tunnel_under_a_lingering_id(void)
{
	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_stopccn(&p, 1);
	rig_peer(&p, &r, 4711);
	rig_sccrq(&p);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 2);
	rig_free(&r);
}

/* Closed before the SCCRP came: the StopCCN still finds the peer's tunnel. */
static void close_while_opening(void)
{
	struct l2tp_tunnel *t;

	rig_pair(&r);
	t = rig_open(&r.a);
	l2tp_tunnel_close(t, NULL, r.now);
	rig_pass(&r, 40 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_MSG_STATE), 0);
	CU_ASSERT_NOT_EQUAL(rig_last(&r.a, L2TP_STOPCCN)->h.tid, 0);
	CU_ASSERT_EQUAL(rig_event(&r.b, L2TP_EV_TUNNEL_DOWN)->by, L2TP_BY_PEER);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.b.e, NULL));
	rig_free(&r);
}

static void stop_the_engine(void)
{
	struct rig_peer q;

	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_open(&r.a);
	l2tp_engine_stop(r.a.e, NULL, r.now);
	CU_ASSERT_EQUAL(tunnel_sent_result(L2TP_STOPCCN).result, L2TP_STOP_SHUTTING_DOWN);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	rig_peer(&q, &r, 5);
	rig_sccrq(&q);
	rig_send_ns(&q, 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 1);
	CU_ASSERT_EQUAL(tunnel_sent_result(L2TP_STOPCCN).result, L2TP_STOP_SHUTTING_DOWN);
	CU_ASSERT_PTR_NULL(rig_open(&r.a));
	rig_pass(&r, 100 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 2);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, NULL));
	rig_free(&r);
}

/* --- silence ---------------------------------------------------------------------------------- */

static void gives_up_after_31_seconds(void)
{
	static const uint64_t at[] = {0, 1, 3, 7, 15, 23};

	rig_single(&r);
	rig_open(&r.a);
	rig_pass(&r, 31 * SEC - 1);
	CU_ASSERT_EQUAL_FATAL(r.a.pkts, 6);
	for (unsigned i = 0; i < 6; i++)
		CU_ASSERT_EQUAL(r.a.pkt[i].at, at[i] * SEC);
	CU_ASSERT_EQUAL(r.a.evs, 0);
	rig_pass(&r, 1);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->by, L2TP_BY_TIMEOUT);
	CU_ASSERT_EQUAL(r.a.pkts, 6); /* nobody is there: no StopCCN */
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_GAVE_UP), 1);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, NULL));
	rig_free(&r);
}

static void hello_only_after_silence(void)
{
	rig_pair(&r);
	r.b.policy.hello = 0;
	rig_tunnel(&r, NULL);
	rig_pass(&r, 59 * SEC);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 0);
	rig_pass(&r, SEC);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 1);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_HELLO)->h.sid, 0); /* 6.5: "MUST be 0" */
	CU_ASSERT_EQUAL(rig_last(&r.b, 0)->h.nr, 3);
	rig_pass(&r, 300 * SEC); /* its ZLB was a sign of life: every 60 s */
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 6);
	CU_ASSERT_EQUAL(rig_count_sent(&r.b, L2TP_HELLO), 0);
	rig_free(&r);
}

static void data_counts_as_life(void)
{
	struct l2tp_tunnel_info i;
	struct l2tp_tunnel *t;

	rig_pair(&r);
	r.b.policy.hello = 0;
	t = rig_tunnel(&r, NULL);
	for (int k = 0; k < 30; k++) {
		rig_pass(&r, 30 * SEC);
		r.a.heard = r.now;
	}
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_EQUAL(i.last_heard, r.now);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 0);
	rig_pass(&r, 60 * SEC);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 1);
	rig_free(&r);
}

static void control_counts_as_life(void)
{
	rig_pair(&r);
	r.b.policy.hello = 25 * SEC;
	rig_tunnel(&r, NULL);
	rig_pass(&r, 600 * SEC);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.b, L2TP_HELLO), 24);
	rig_free(&r);
}

/* A message not yet acknowledged tests the peer as a HELLO would. */
static void no_hello_behind_an_unanswered_message(void)
{
	struct l2tp_tunnel_info i;
	struct l2tp_tunnel *t;

	rig_single(&r);
	r.a.policy.hello = 5 * SEC;
	t = rig_peer_up(&p, &r);
	rig_zlb(&p);
	l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	rig_pass(&r, 30 * SEC);
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_EQUAL(i.queued, 0); /* not even queued */
	CU_ASSERT_EQUAL(i.in_flight, 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRQ), 6);
	rig_pass(&r, SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	rig_free(&r);
}

/* 5.5: a HELLO may be sent at any time; behind others it waits for its turn. */
static void a_ping_is_a_hello(void)
{
	struct l2tp_tunnel *t;
	uint64_t at;

	rig_single(&r);
	t = rig_peer_up(&p, &r);
	rig_zlb(&p);
	CU_ASSERT_TRUE(l2tp_tunnel_ping(t, r.now));
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 1);
	rig_start(&p, L2TP_HELLO, 0); /* acknowledges nothing new */
	rig_send_ns(&p, p.ns++);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_PING), 0);
	at = r.now += SEC / 2;
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_PING), 1);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_PING)->now, at);
	CU_ASSERT_PTR_EQUAL(rig_event(&r.a, L2TP_EV_PING)->tunnel, t);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_PING), 1);
	rig_free(&r);
}

/* Of two that wait the event is the last one's; a tunnel that is given up has none. */
static void a_ping_without_an_answer(void)
{
	struct l2tp_tunnel *t;

	rig_single(&r);
	t = rig_peer_up(&p, &r);
	rig_zlb(&p);
	CU_ASSERT_TRUE(l2tp_tunnel_ping(t, r.now));
	CU_ASSERT_TRUE(l2tp_tunnel_ping(t, r.now));
	p.nr++; /* the first one has come */
	rig_start(&p, L2TP_HELLO, 0);
	rig_send_ns(&p, p.ns++);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_PING), 0);
	rig_pass(&r, 40 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_PING), 0);
	rig_free(&r);
	rig_single(&r);
	CU_ASSERT_FALSE(l2tp_tunnel_ping(rig_open(&r.a), r.now)); /* it is not established */
	rig_free(&r);
}

/* 5.8: "the tunnel and all sessions within MUST be cleared". */
static void hello_unanswered_ends_the_tunnel(void)
{
	rig_pair(&r);
	r.a.connect = r.b.answer = true;
	l2tp_call_place(l2tp_call_new(rig_tunnel(&r, NULL), NULL, NULL), L2TP_INCOMING, NULL, 0,
			r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_UP), 1);
	r.b.drop = r.a.drop = true;
	rig_pass(&r, 60 * SEC + 31 * SEC - 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 0);
	rig_pass(&r, 1);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->by, L2TP_BY_TIMEOUT);
	CU_ASSERT_EQUAL(rig_event(&r.b, L2TP_EV_TUNNEL_DOWN)->by, L2TP_BY_TIMEOUT);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_CALL_DOWN)->by, L2TP_BY_TIMEOUT);
	CU_ASSERT_EQUAL(rig_event(&r.b, L2TP_EV_CALL_DOWN)->by, L2TP_BY_TIMEOUT);
	rig_free(&r);
}

/* The peer acknowledges everything and says nothing. */
static void set_up_has_a_limit(void)
{
	rig_single(&r);
	rig_peer(&p, &r, 99);
	rig_sccrq(&p);
	rig_send(&p);
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
	rig_zlb(&p);
	rig_pass(&r, 60 * SEC - 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0);
	rig_pass(&r, 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 1);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->by, L2TP_BY_TIMEOUT);
	rig_free(&r);
}

static void closes_when_idle(void)
{
	struct l2tp_tunnel *t;
	struct l2tp_call *c;

	rig_pair(&r);
	r.a.policy.idle_close = 10 * SEC;
	r.a.connect = r.b.answer = true;
	t = rig_tunnel(&r, NULL);
	rig_pass(&r, 50 * SEC); /* a tunnel that never had a call is not idle: it waits */
	CU_ASSERT_EQUAL(tunnel_state_of(t), L2TP_T_ESTABLISHED);
	c = l2tp_call_new(t, NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	rig_pass(&r, 50 * SEC);
	l2tp_call_hangup(c, NULL, NULL, 0, r.now);
	rig_pass(&r, 9 * SEC);
	c = l2tp_call_new(t, NULL, NULL); /* another one in time */
	rig_pass(&r, 50 * SEC);
	CU_ASSERT_EQUAL(tunnel_state_of(t), L2TP_T_ESTABLISHED);
	l2tp_call_hangup(c, NULL, NULL, 0, r.now);
	rig_pass(&r, 10 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(tunnel_sent_result(L2TP_STOPCCN).result, L2TP_STOP_GENERAL_CLEAR);
	rig_free(&r);
}

/* --- channels --------------------------------------------------------------------------------- */

static void channel_down_and_held(void)
{
	struct l2tp_tunnel *t;
	unsigned before;

	rig_pair(&r);
	r.a.policy.hold = 90 * SEC;
	t = rig_tunnel(&r, NULL);
	l2tp_engine_channel(r.a.e, 7, false, r.now);
	before = r.a.pkts;
	rig_pass(&r, 80 * SEC); /* HELLO is due at 60 s, but there is nothing to send it on */
	CU_ASSERT_EQUAL(r.a.pkts, before);
	l2tp_engine_channel(r.a.e, 7, true, r.now);
	rig_pass(&r, 40 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	CU_ASSERT_TRUE(r.a.pkts > before);
	l2tp_engine_channel(r.a.e, 7, false, r.now);
	rig_pass(&r, 90 * SEC - 1);
	CU_ASSERT_EQUAL(tunnel_state_of(t), L2TP_T_ESTABLISHED);
	rig_pass(&r, 1);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->by, L2TP_BY_CHANNEL);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(r.a.e, NULL));
	rig_free(&r);
}

static void channel_lost_ends_its_tunnels_only(void)
{
	unsigned before;

	rig_single(&r);
	rig_open(&r.a);
	rig_open(&r.a);
	r.a.to = 8;
	rig_open(&r.a);
	before = r.a.pkts;
	l2tp_engine_channel_lost(r.a.e, 7, r.now);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 2);
	CU_ASSERT_EQUAL(r.a.pkts, before); /* no StopCCN: there is nothing to send it on */
	CU_ASSERT_PTR_NOT_NULL(l2tp_tunnel_next(r.a.e, NULL));
	rig_free(&r);
}

static void other_channel_is_dropped_and_counted(void)
{
	unsigned before;

	rig_single(&r);
	rig_peer_up(&p, &r);
	before = r.a.pkts;
	p.on = 8;
	rig_stopccn(&p, 1);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_WRONG_CHANNEL), 1);
	CU_ASSERT_EQUAL(r.a.pkts, before);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	rig_free(&r);
}

/* --- quirks of peers -------------------------------------------------------------------------- */

static void stopccn_with_our_id_in_it(void)
{
	struct l2tp_result one = {.result = 1};

	for (unsigned lenient = 0; lenient < 2; lenient++) {
		rig_single(&r);
		if (lenient)
			r.a.policy.quirks |= L2TP_QUIRK_STOPCCN_TID;
		rig_peer_up(&p, &r);
		rig_start(&p, L2TP_STOPCCN, 0);
		l2tp_build_u16(&p.b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, p.peer_tid);
		l2tp_build_result(&p.b, &one);
		rig_send(&p);
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_QUIRK_STOPCCN_TID), lenient);
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_AVP_VALUE), lenient ^ 1u);
		rig_free(&r);
	}
}

static void tunnel_id_zero_after_set_up(void)
{
	for (unsigned lenient = 0; lenient < 2; lenient++) {
		rig_single(&r);
		if (lenient)
			r.a.policy.quirks |= L2TP_QUIRK_TID_ZERO;
		rig_peer_up(&p, &r);
		p.peer_tid = 0;
		rig_start(&p, L2TP_HELLO, 0);
		rig_send(&p);
		CU_ASSERT_EQUAL(rig_last(&r.a, 0)->h.nr, lenient ? 3u : 2u);
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_QUIRK_TID_ZERO), lenient);
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_TUNNEL), lenient ^ 1u);
		rig_free(&r);
	}
}

/* A lingering tunnel on the channel does not count. */
static void tunnel_id_zero_after_a_new_start(void)
{
	rig_single(&r);
	r.a.policy.quirks |= L2TP_QUIRK_TID_ZERO;
	rig_peer_up(&p, &r);
	rig_stopccn(&p, 1);
	rig_peer(&p, &r, 4713);
	rig_sccrq(&p);
	rig_send(&p);
	rig_start(&p, L2TP_SCCCN, 0);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_UP), 2);
	rig_free(&r);
}

static void hello_with_a_session_id(void)
{
	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_start(&p, L2TP_HELLO, 5);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_MSG_ROLE), 1);
	CU_ASSERT_EQUAL(rig_last(&r.a, 0)->h.nr, 3);
	rig_free(&r);
}

/* A malformed StopCCN still ends the tunnel and is only acknowledged. */
static void faulty_stopccn_ends_the_tunnel(void)
{
	rig_single(&r);
	rig_peer_up(&p, &r);
	rig_start(&p, L2TP_STOPCCN, 0);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->by, L2TP_BY_PEER);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0);
	CU_ASSERT_EQUAL(rig_last(&r.a, 0)->h.nr, 3);
	rig_free(&r);
}

/* 4.1, 4.4.1: unknown with M set ends the tunnel, without M it is passed over. */
static void unknown_attributes_and_messages(void)
{
	static const struct {
		uint16_t type;
		bool m;
		uint16_t avp;
		bool avp_m;
		uint16_t error; /* 0 = nothing happens */
	} t[] = {
		{L2TP_HELLO, true, 999, true, L2TP_ERR_UNKNOWN_MANDATORY},
		{L2TP_HELLO, true, 999, false, 0},
		{200, true, 0, false, L2TP_ERR_BAD_VALUE},
		{200, false, 0, false, 0},
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct l2tp_avp a = {.type = t[i].avp, .mandatory = t[i].avp_m};

		rig_single(&r);
		rig_peer_up(&p, &r);
		rig_start(&p, t[i].type, 0);
		if (!t[i].m)
			p.buf[L2TP_HDR_CONTROL_LEN] &= 0x7f;
		if (t[i].avp)
			l2tp_build_raw(&p.b, &a);
		rig_send(&p);
		if (t[i].error) {
			CU_ASSERT_EQUAL(tunnel_sent_result(L2TP_STOPCCN).result,
					L2TP_STOP_GENERAL_ERROR);
			CU_ASSERT_EQUAL(tunnel_sent_result(L2TP_STOPCCN).error, t[i].error);
			CU_ASSERT(!t[i].avp ||
				  strstr(tunnel_sent_result(L2TP_STOPCCN).text, "999"));
		} else {
			CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0);
			CU_ASSERT_EQUAL(rig_last(&r.a, 0)->h.nr, 3);
		}
		rig_free(&r);
	}
}

static const struct test_case cases[] = {
	{"rfc2661_7_2_1_every_message_in_every_state", rfc2661_7_2_1_every_message_in_every_state},
	{"rfc2661_7_2_1_idle", rfc2661_7_2_1_idle},
	{"stopccn_and_linger", stopccn_and_linger},
	{"stopccn_from_both_ends_at_once", stopccn_from_both_ends_at_once},
	{"stopccn_without_our_id", stopccn_without_our_id},
	{"new_tunnel_under_a_lingering_id", new_tunnel_under_a_lingering_id},
	{"close_while_opening", close_while_opening},
	{"stop_the_engine", stop_the_engine},
	{"gives_up_after_31_seconds", gives_up_after_31_seconds},
	{"hello_only_after_silence", hello_only_after_silence},
	{"data_counts_as_life", data_counts_as_life},
	{"control_counts_as_life", control_counts_as_life},
	{"no_hello_behind_an_unanswered_message", no_hello_behind_an_unanswered_message},
	{"a_ping_is_a_hello", a_ping_is_a_hello},
	{"a_ping_without_an_answer", a_ping_without_an_answer},
	{"hello_unanswered_ends_the_tunnel", hello_unanswered_ends_the_tunnel},
	{"set_up_has_a_limit", set_up_has_a_limit},
	{"closes_when_idle", closes_when_idle},
	{"channel_down_and_held", channel_down_and_held},
	{"channel_lost_ends_its_tunnels_only", channel_lost_ends_its_tunnels_only},
	{"other_channel_is_dropped_and_counted", other_channel_is_dropped_and_counted},
	{"stopccn_with_our_id_in_it", stopccn_with_our_id_in_it},
	{"tunnel_id_zero_after_set_up", tunnel_id_zero_after_set_up},
	{"tunnel_id_zero_after_a_new_start", tunnel_id_zero_after_a_new_start},
	{"hello_with_a_session_id", hello_with_a_session_id},
	{"faulty_stopccn_ends_the_tunnel", faulty_stopccn_ends_the_tunnel},
	{"unknown_attributes_and_messages", unknown_attributes_and_messages},
	{NULL, NULL},
};
const struct test_suite suite_tunnel = {"tunnel", cases};
