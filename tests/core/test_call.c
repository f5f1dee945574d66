/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls from beginning to end: RFC 2661 5.2, 5.6, 6.6 to 6.14, 7.4 and 7.5; incoming and outgoing,
 * LAC and LNS, and the answer to every message in every state.
 */
#include "tests/core/rig.h"

#include <stdio.h>
#include <string.h>

static struct rig r;
static struct rig_peer p;
static struct l2tp_msg m;

static enum l2tp_call_state call_state_of(struct l2tp_call *c)
{
	struct l2tp_call_info i;

	l2tp_call_info(c, &i);
	return i.state;
}

static struct l2tp_result call_sent_result(const struct rig_end *end)
{
	struct l2tp_result res = {0};

	rig_decode(rig_last(end, L2TP_CDN), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, &res));
	return res;
}

static struct l2tp_call *call_place(struct l2tp_tunnel *t, enum l2tp_call_kind kind)
{
	struct l2tp_call *c = l2tp_call_new(t, NULL, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	l2tp_call_place(c, kind, NULL, 0, r.now);
	return c;
}

/* --- both ends -------------------------------------------------------------------------------- */

static void incoming_call_three_messages(void)
{
	struct l2tp_tunnel *t, *u;
	struct l2tp_call_info i, j;
	struct l2tp_call *c;
	uint16_t v;

	rig_pair(&r);
	r.a.connect = r.b.answer = true;
	t = rig_tunnel(&r, &u);
	c = l2tp_call_new(t, &r, NULL);
	l2tp_call_info(c, &i);
	CU_ASSERT_NOT_EQUAL(i.local_id, 0);
	CU_ASSERT_EQUAL(i.state, L2TP_C_IDLE);
	CU_ASSERT_EQUAL(r.a.pkts, 2); /* reserved: no packet yet */
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_ICRQ)->h.sid, 0); /* "Before ... received: 0" */
	rig_run(&r);
	l2tp_call_info(c, &i);
	l2tp_call_info(rig_event(&r.b, L2TP_EV_CALL_UP)->call, &j);
	CU_ASSERT_EQUAL(i.state, L2TP_C_ESTABLISHED);
	CU_ASSERT_EQUAL(j.state, L2TP_C_ESTABLISHED);
	CU_ASSERT_EQUAL(i.peer_id, j.local_id);
	CU_ASSERT_EQUAL(j.peer_id, i.local_id);
	CU_ASSERT_EQUAL(i.serial, j.serial);
	CU_ASSERT_TRUE(!i.we_are_lns && j.we_are_lns && i.placed_by_us && !j.placed_by_us);
	CU_ASSERT_PTR_EQUAL(i.user, &r);
	CU_ASSERT_EQUAL(rig_last(&r.b, L2TP_ICRP)->h.sid, i.local_id);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_ICCN)->h.sid, j.local_id);
	CU_ASSERT_PTR_EQUAL(l2tp_call_by_id(t, i.local_id), c);
	/* the events, in order */
	CU_ASSERT_EQUAL(r.a.ev[1].kind, L2TP_EV_CALL_REPLIED);
	CU_ASSERT_EQUAL(r.a.ev[1].msg_type, L2TP_ICRP);
	CU_ASSERT_EQUAL(r.a.ev[2].kind, L2TP_EV_CALL_UP);
	CU_ASSERT_FALSE(r.a.ev[2].had_msg);
	CU_ASSERT_EQUAL(r.b.ev[1].kind, L2TP_EV_CALL_OFFERED);
	CU_ASSERT_EQUAL(r.b.ev[1].msg_type, L2TP_ICRQ);
	CU_ASSERT_EQUAL(r.b.ev[2].kind, L2TP_EV_CALL_UP);
	CU_ASSERT_EQUAL(r.b.ev[2].msg_type, L2TP_ICCN);
	/* one ZLB for the whole call: the rest is acknowledged by what follows */
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, 0), 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.b, 0), 2);
	rig_decode(rig_last(&r.a, L2TP_ICRQ), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, &v) &&
		       v == i.local_id);
	rig_free(&r);
}

static void outgoing_call_three_messages(void)
{
	struct l2tp_tunnel *t, *u;
	struct l2tp_call_info i, j;
	struct l2tp_call *c;

	rig_pair(&r);
	r.b.connect = r.b.answer = true;
	t = rig_tunnel(&r, &u);
	c = call_place(t, L2TP_OUTGOING);
	rig_run(&r);
	l2tp_call_info(c, &i);
	l2tp_call_info(rig_event(&r.b, L2TP_EV_CALL_UP)->call, &j);
	CU_ASSERT_EQUAL(i.state, L2TP_C_ESTABLISHED);
	CU_ASSERT_EQUAL(j.state, L2TP_C_ESTABLISHED);
	CU_ASSERT_EQUAL(i.kind, L2TP_OUTGOING);
	CU_ASSERT_TRUE(i.we_are_lns && !j.we_are_lns);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_OCRQ), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.b, L2TP_OCRP), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.b, L2TP_OCCN), 1);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_CALL_UP)->msg_type, L2TP_OCCN);
	CU_ASSERT_FALSE(rig_event(&r.b, L2TP_EV_CALL_UP)->had_msg);
	rig_free(&r);
}

/* 7.4.1 and 7.5.2, wait-tunnel: the request follows when the tunnel is up. */
static void placed_before_the_tunnel_is_up(void)
{
	struct l2tp_tunnel *t;
	struct l2tp_call *c, *d, *gone;

	rig_pair(&r);
	r.a.connect = r.b.answer = r.b.connect = true;
	t = rig_open(&r.a);
	c = call_place(t, L2TP_INCOMING);
	gone = call_place(t, L2TP_INCOMING);
	d = call_place(t, L2TP_OUTGOING);
	CU_ASSERT_EQUAL(call_state_of(c), L2TP_C_WAIT_TUNNEL);
	l2tp_call_hangup(gone, NULL, NULL, 0, r.now);
	CU_ASSERT_EQUAL(r.a.pkts, 1);
	rig_run(&r);
	CU_ASSERT_EQUAL(call_state_of(c), L2TP_C_ESTABLISHED);
	CU_ASSERT_EQUAL(call_state_of(d), L2TP_C_ESTABLISHED);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRQ), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 1);
	rig_free(&r);
}

/* They follow at once, not with the next acknowledgement: of our own tunnel and of the peer's. */
static void placed_before_goes_when_it_is_up(void)
{
	struct l2tp_tunnel *t;

	rig_single(&r);
	rig_peer(&p, &r, 4712);
	t = rig_open(&r.a);
	call_place(t, L2TP_INCOMING);
	rig_decode(rig_last(&r.a, L2TP_SCCRQ), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
	rig_sccrp(&p);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCCN), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRQ), 1);
	rig_free(&r);

	rig_single(&r);
	rig_peer(&p, &r, 4711);
	rig_sccrq(&p);
	rig_send(&p);
	call_place(l2tp_tunnel_next(r.a.e, NULL), L2TP_INCOMING);
	rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p.peer_tid);
	rig_start(&p, L2TP_SCCCN, 0);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRQ), 1);
	rig_free(&r);
}

/* 6.6: the LAC may have answered already; then ICCN follows ICRP at once. */
static void circuit_up_before_the_reply(void)
{
	struct l2tp_call *c;

	rig_pair(&r);
	r.b.answer = true;
	c = call_place(rig_open(&r.a), L2TP_INCOMING);
	l2tp_call_connected(c, NULL, 0, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(call_state_of(c), L2TP_C_ESTABLISHED);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_REPLIED), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_UP), 1);
	rig_free(&r);
}

/* 5.0: PPP frames only in a session; CALL_UP comes when the ICCN has left, not before. */
static void up_when_the_iccn_has_left(void)
{
	struct l2tp_call_info i;
	struct l2tp_call *c;
	uint16_t nr;

	rig_single(&r);
	c = call_place(rig_peer_up(&p, &r), L2TP_INCOMING);
	l2tp_call_info(c, &i);
	nr = p.nr;
	rig_pass(&r, SEC); /* the ICRQ goes again: the congestion window is one */
	p.nr = nr;
	r.a.taken = r.a.pkts;
	rig_any(&p, L2TP_ICRP, i.local_id, 77); /* does not acknowledge it */
	l2tp_call_connected(c, NULL, 0, r.now);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICCN), 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 0);
	p.nr = (uint16_t)(nr + 1);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICCN), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 1);
	rig_free(&r);
}

/* A call whose ICCN waits for the window is established as far as we can tell: no longer late. */
static void not_late_while_the_iccn_waits(void)
{
	struct l2tp_call_info i;
	struct l2tp_call *c;
	uint16_t nr;

	rig_single(&r);
	r.a.policy.retransmit_count = 50;
	c = call_place(rig_peer_up(&p, &r), L2TP_INCOMING);
	l2tp_call_info(c, &i);
	nr = p.nr;
	rig_pass(&r, 59 * SEC);
	p.nr = nr;
	r.a.taken = r.a.pkts;
	rig_any(&p, L2TP_ICRP, i.local_id, 77); /* the ICRQ is not acknowledged */
	l2tp_call_connected(c, NULL, 0, r.now);
	rig_pass(&r, 30 * SEC);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICCN), 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 0);
	p.nr = (uint16_t)(nr + 1);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 1);
	rig_free(&r);
}

/* The call ends while its ICCN waits, and the peer gives its Session ID to another: the ICCN that
 * leaves then does not establish that one. */
static void iccn_of_a_call_that_has_ended(void)
{
	struct l2tp_call_info i;
	struct l2tp_call *c;
	uint16_t nr;

	rig_single(&r);
	c = call_place(rig_peer_up(&p, &r), L2TP_INCOMING);
	l2tp_call_info(c, &i);
	nr = p.nr;
	rig_pass(&r, SEC);
	p.nr = nr;
	r.a.taken = r.a.pkts;
	rig_any(&p, L2TP_ICRP, i.local_id, 77); /* the ICRQ is not acknowledged */
	l2tp_call_connected(c, NULL, 0, r.now);
	rig_any(&p, L2TP_CDN, i.local_id, 77);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 1);
	rig_any(&p, L2TP_ICRQ, 0, 77);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICCN), 0);
	p.nr = (uint16_t)(nr + 1);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_ICCN)->h.sid, 77);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 0);
	CU_ASSERT_EQUAL(call_state_of(rig_event(&r.a, L2TP_EV_CALL_OFFERED)->call),
			L2TP_C_WAIT_ANSWER);
	rig_free(&r);
}

static void hang_up_from_both_sides(void)
{
	static const struct l2tp_result why = {.result = L2TP_CDN_LOST_CARRIER, .text = "hung up"};
	static const uint8_t q931[] = {0, 16, 69};
	const struct l2tp_avp cause = {.type = L2TP_AVP_Q931_CAUSE, .val = q931, .len = 3};

	for (int n = 0; n < 4; n++) {
		struct rig_end *x = n & 1 ? &r.b : &r.a, *y = n & 1 ? &r.a : &r.b;

		rig_pair(&r);
		r.a.connect = r.b.answer = r.b.connect = true;
		call_place(rig_tunnel(&r, NULL), n & 2 ? L2TP_OUTGOING : L2TP_INCOMING);
		rig_run(&r);
		l2tp_call_hangup(rig_event(x, L2TP_EV_CALL_UP)->call, &why, &cause, 1, r.now);
		rig_run(&r);
		CU_ASSERT_EQUAL(rig_event(x, L2TP_EV_CALL_DOWN)->by, L2TP_BY_US);
		CU_ASSERT_EQUAL(rig_event(y, L2TP_EV_CALL_DOWN)->by, L2TP_BY_PEER);
		CU_ASSERT_EQUAL(rig_event(y, L2TP_EV_CALL_DOWN)->result.result, 1);
		CU_ASSERT_STRING_EQUAL(rig_event(y, L2TP_EV_CALL_DOWN)->result.text, "hung up");
		CU_ASSERT_EQUAL(rig_event(y, L2TP_EV_CALL_DOWN)->msg_type, L2TP_CDN);
		CU_ASSERT_EQUAL(rig_count_sent(y, L2TP_CDN), 0); /* 6.12: no answer to a CDN */
		rig_decode(rig_last(x, L2TP_CDN), &m, NULL);
		CU_ASSERT_PTR_NOT_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_Q931_CAUSE));
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
		rig_free(&r);
	}
}

static void several_calls_and_stopccn_clears_them(void)
{
	struct l2tp_tunnel *t, *u;

	rig_pair(&r);
	r.a.connect = r.b.answer = r.b.connect = true;
	t = rig_tunnel(&r, &u);
	for (int i = 0; i < 20; i++)
		call_place(t, i % 2 ? L2TP_OUTGOING : L2TP_INCOMING);
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_UP), 20);
	l2tp_tunnel_close(u, NULL, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 20);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_DOWN), 20);
	CU_ASSERT_EQUAL(rig_count_sent(&r.b, L2TP_CDN), 0); /* 6.4: implicitly cleared */
	CU_ASSERT_EQUAL(r.a.ev[r.a.evs - 1].kind, L2TP_EV_TUNNEL_DOWN); /* after all its calls */
	CU_ASSERT_EQUAL(r.b.ev[r.b.evs - 1].kind, L2TP_EV_TUNNEL_DOWN);
	rig_free(&r);
}

static void sli_and_wen(void)
{
	static const uint32_t errors[6] = {1, 2, 3, 4, 5, 6};
	struct l2tp_tunnel *t;
	struct l2tp_call *lac, *lns;
	const struct l2tp_avp *a;
	uint8_t want[26];

	rig_pair(&r);
	r.a.connect = r.b.answer = true;
	t = rig_tunnel(&r, NULL);
	lac = call_place(t, L2TP_INCOMING);
	rig_run(&r);
	lns = rig_event(&r.b, L2TP_EV_CALL_UP)->call;
	l2tp_call_send_sli(lns, 0x01020304, 0xffffffff, r.now);
	l2tp_call_send_sli(lac, 0, 0, r.now); /* a LAC sends no SLI */
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SLI), 0);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_SLI)->msg_type, L2TP_SLI);
	rig_decode(rig_last(&r.b, L2TP_SLI), &m, NULL);
	a = l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_ACCM);
	ASSERT_OCTETS(a->val, a->len, want, test_hex(want, 26, "0000 01020304 ffffffff"));
	l2tp_call_send_wen(lac, errors, r.now);
	l2tp_call_send_wen(lac, errors, r.now + 59 * SEC); /* 6.13: not more than once every 60 s */
	l2tp_call_send_wen(lns, errors, r.now);
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_WEN), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.b, L2TP_WEN), 0);
	CU_ASSERT_EQUAL(rig_event(&r.b, L2TP_EV_WEN)->msg_type, L2TP_WEN);
	rig_decode(rig_last(&r.a, L2TP_WEN), &m, NULL);
	a = l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CALL_ERRORS);
	ASSERT_OCTETS(
		a->val, a->len, want,
		test_hex(want, 26, "0000 00000001 00000002 00000003 00000004 00000005 00000006"));
	r.now += 60 * SEC;
	l2tp_call_send_wen(lac, errors, r.now);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_WEN), 2);
	rig_run(&r);
	l2tp_call_send_wen(lac, errors, r.now + 60 * SEC - 1); /* from the last one on */
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_WEN), 2);
	l2tp_call_send_wen(lac, errors, r.now + 60 * SEC);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_WEN), 3);
	rig_free(&r);
}

/* --- every message in every state ------------------------------------------------------------- */

/* A call in this state on a tunnel whose peer is the test; the peer's Session ID is 77. */
static struct l2tp_call *call_bring(enum rig_side side, enum l2tp_call_state s)
{
	rig_single(&r);
	return rig_bring(&p, rig_peer_up(&p, &r), side, s);
}

/* 7.4 and 7.5 by message: 'd' CDN and gone, 'g' gone without a CDN, 'e' established, 'c' connecting
 * (wait-connect or wait-cs), '.' stays, '-' stays and is counted. */
static const struct {
	enum rig_side side;
	enum l2tp_call_state state;
	/*          OCRQ OCRP OCCN ICRQ ICRP ICCN CDN WEN SLI */
	const char *what;
} cells[] = {
	{RIG_LAC_IN, L2TP_C_WAIT_REPLY,
	 "dddd"
	 "c"
	 "g"
	 "g--"},
	{RIG_LAC_IN, L2TP_C_WAIT_CS,
	 "dddddd"
	 "g--"},
	{RIG_LAC_IN, L2TP_C_ESTABLISHED,
	 "dddddd"
	 "g-."},
	{RIG_LNS_IN, L2TP_C_WAIT_ANSWER,
	 "dddddd"
	 "g--"},
	{RIG_LNS_IN, L2TP_C_WAIT_CONNECT, "dddddeg--"},
	{RIG_LNS_IN, L2TP_C_ESTABLISHED,
	 "dddddd"
	 "g.-"},
	{RIG_LAC_OUT, L2TP_C_WAIT_ANSWER,
	 "dddddd"
	 "g--"},
	{RIG_LAC_OUT, L2TP_C_WAIT_CS,
	 "dddddd"
	 "g--"},
	{RIG_LAC_OUT, L2TP_C_ESTABLISHED,
	 "dddddd"
	 "g-."},
	{RIG_LNS_OUT, L2TP_C_WAIT_REPLY,
	 "dcdddd"
	 "g--"},
	{RIG_LNS_OUT, L2TP_C_WAIT_CONNECT,
	 "ddeddd"
	 "g--"},
	{RIG_LNS_OUT, L2TP_C_ESTABLISHED,
	 "dddddd"
	 "g.-"},
};
static const uint16_t columns[] = {L2TP_OCRQ, L2TP_OCRP, L2TP_OCCN, L2TP_ICRQ, L2TP_ICRP,
				   L2TP_ICCN, L2TP_CDN,	 L2TP_WEN,  L2TP_SLI};

static void call_cell(unsigned i, unsigned col)
{
	struct l2tp_call *c = call_bring(cells[i].side, cells[i].state);
	uint16_t type = columns[col];
	bool asks = type == L2TP_ICRQ || type == L2TP_OCRQ;
	char what = cells[i].what[col];
	uint64_t odd = rig_reason(&r.a, L2TP_R_MSG_STATE);
	struct l2tp_call_info info;
	unsigned downs, cdns;

	l2tp_call_info(c, &info);
	if (asks && info.state == L2TP_C_WAIT_REPLY) {
		rig_free(&r); /* the peer's id is not known: its request is another call */
		return;
	}
	rig_any(&p, type, asks ? 0 : info.local_id, 77);
	downs = rig_count_events(&r.a, L2TP_EV_CALL_DOWN);
	cdns = rig_count_sent(&r.a, L2TP_CDN);
	CU_ASSERT_EQUAL(downs, what == 'd' || what == 'g');
	CU_ASSERT_EQUAL(cdns, what == 'd');
	if (downs != (what == 'd' || what == 'g') || cdns != (what == 'd'))
		printf("\n   side %u state %s message %u", cells[i].side,
		       l2tp_call_state_name(cells[i].state), type);
	if (what == 'd')
		CU_ASSERT_EQUAL(call_sent_result(&r.a).result, L2TP_CDN_GENERAL_ERROR);
	if (what == '-' || what == 'd')
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_MSG_STATE), odd + 1);
	if (what == 'g') /* a CDN is never out of turn */
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_MSG_STATE), odd + (type != L2TP_CDN));
	if (what == '.' || what == 'c' || what == 'e')
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_MSG_STATE), odd);
	if (what == 'e')
		CU_ASSERT_EQUAL(call_state_of(c), L2TP_C_ESTABLISHED);
	if (what == 'c')
		CU_ASSERT_TRUE(call_state_of(c) == L2TP_C_WAIT_CS ||
			       call_state_of(c) == L2TP_C_WAIT_CONNECT);
	if (what == '.' || what == '-')
		CU_ASSERT_EQUAL(call_state_of(c), cells[i].state);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0);
	rig_free(&r);
}

static void rfc2661_7_4_7_5_every_message_in_every_state(void)
{
	for (unsigned i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		for (unsigned col = 0; col < sizeof(columns) / sizeof(columns[0]); col++)
			call_cell(i, col);
}

/* A message for an unknown call, state idle: "Clean up". */
static void rfc2661_7_4_7_5_idle(void)
{
	for (unsigned col = 0; col < sizeof(columns) / sizeof(columns[0]); col++) {
		if (columns[col] == L2TP_ICRQ || columns[col] == L2TP_OCRQ)
			continue;
		rig_single(&r);
		rig_peer_up(&p, &r);
		rig_any(&p, columns[col], 4242, 77);
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_CALL), 1);
		CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 0);
		CU_ASSERT_EQUAL(rig_last(&r.a, 0)->h.nr, 3);
		rig_free(&r);
	}
}

static void nobody_waits_for_ever(void)
{
	static const struct {
		enum rig_side side;
		enum l2tp_call_state state;
		uint16_t result;
	} t[] = {
		{RIG_LAC_IN, L2TP_C_WAIT_REPLY, L2TP_CDN_TIMEOUT},
		{RIG_LAC_IN, L2TP_C_WAIT_CS, L2TP_CDN_TIMEOUT},
		{RIG_LNS_IN, L2TP_C_WAIT_ANSWER, L2TP_CDN_ADMINISTRATIVE},
		{RIG_LNS_IN, L2TP_C_WAIT_CONNECT, L2TP_CDN_ADMINISTRATIVE},
		{RIG_LAC_OUT, L2TP_C_WAIT_ANSWER, L2TP_CDN_TIMEOUT},
		{RIG_LAC_OUT, L2TP_C_WAIT_CS, L2TP_CDN_TIMEOUT},
		{RIG_LNS_OUT, L2TP_C_WAIT_REPLY, L2TP_CDN_ADMINISTRATIVE},
		{RIG_LNS_OUT, L2TP_C_WAIT_CONNECT, L2TP_CDN_ADMINISTRATIVE},
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		call_bring(t[i].side, t[i].state);
		rig_zlb(&p);
		r.now = 60 * SEC - 1;
		l2tp_engine_expire(r.a.e, r.now);
		rig_zlb(&p);
		CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 0);
		r.now = 60 * SEC;
		l2tp_engine_expire(r.a.e, r.now);
		CU_ASSERT_EQUAL(call_sent_result(&r.a).result, t[i].result);
		CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_CALL_DOWN)->by, L2TP_BY_TIMEOUT);
		rig_free(&r);
	}
}

/* --- limits and calls in the wrong state ------------------------------------------------------ */

static void calls_are_capped(void)
{
	const struct l2tp_limits limits = {.max_calls = 3};
	struct l2tp_tunnel *t;
	enum l2tp_reason why;

	for (int by_policy = 0; by_policy < 2; by_policy++) {
		rig_limited(&r, by_policy ? NULL : &limits);
		if (by_policy)
			r.a.policy.max_calls = 3;
		t = rig_peer_up(&p, &r);
		for (uint16_t i = 0; i < 3; i++)
			rig_any(&p, L2TP_ICRQ, 0, (uint16_t)(100 + i));
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 3);
		rig_any(&p, L2TP_ICRQ, 0, 200);
		CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 3);
		CU_ASSERT_EQUAL(call_sent_result(&r.a).result, L2TP_CDN_NO_FACILITIES_TEMP);
		CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 200);
		CU_ASSERT_PTR_NULL(l2tp_call_new(t, NULL, &why));
		CU_ASSERT_EQUAL(why, L2TP_R_CALL_CAP);
		rig_any(&p, L2TP_CDN, 0, 101); /* one goes: there is room again */
		CU_ASSERT_PTR_NOT_NULL(l2tp_call_new(t, NULL, &why));
		rig_free(&r);
	}
}

/* Ten thousand calls placed at once through a bounded queue: every one is placed. */
static void more_calls_than_the_queue_holds(void)
{
	enum { N = 3000 };
	struct l2tp_counters cnt;
	struct l2tp_call *c;
	struct l2tp_tunnel *t;
	struct l2tp_tunnel_info i;

	rig_single(&r);
	t = rig_peer_up(&p, &r);
	c = call_place(t, L2TP_INCOMING);
	for (int k = 1; k < N; k++)
		call_place(t, L2TP_INCOMING);
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_TRUE(i.queued < N);
	CU_ASSERT_EQUAL(i.calls, N);
	l2tp_call_hangup(c, NULL, NULL, 0, r.now); /* it waits no longer: the others go on to */
	while (rig_count_sent(&r.a, L2TP_ICRQ) < N && r.a.pkts < RIG_PACKETS - 20) {
		unsigned before = r.a.pkts;

		rig_zlb(&p);
		CU_ASSERT_TRUE_FATAL(r.a.pkts > before);
	}
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRQ), N);
	l2tp_engine_counters(r.a.e, &cnt);
	CU_ASSERT_EQUAL(cnt.calls, N - 1);
	rig_free(&r);
}

/* Hundreds of calls hung up at once: their CDNs queue up, and the tunnel stays. */
static void hundreds_hang_up_at_once(void)
{
	enum { N = 480 };
	static struct l2tp_call *calls[N];
	struct l2tp_tunnel *t;

	rig_single(&r);
	t = rig_peer_up(&p, &r);
	for (int k = 0; k < N; k++) {
		calls[k] = call_place(t, L2TP_INCOMING);
		rig_zlb(&p);
	}
	for (int k = 0; k < N; k++)
		l2tp_call_hangup(calls[k], NULL, NULL, 0, r.now);
	while (rig_count_sent(&r.a, L2TP_CDN) < N) {
		unsigned before = r.a.pkts;

		rig_zlb(&p);
		CU_ASSERT_TRUE_FATAL(r.a.pkts > before);
	}
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), N);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	rig_free(&r);
}

/* SLI and WEN to a peer that acknowledges nothing are dropped when the queue is full. */
static void news_do_not_pile_up(void)
{
	struct l2tp_call *c = call_bring(RIG_LNS_IN, L2TP_C_ESTABLISHED);
	struct l2tp_tunnel_info i;

	for (int k = 0; k < 20000; k++)
		l2tp_call_send_sli(c, 1, 2, r.now);
	CU_ASSERT_TRUE(rig_reason(&r.a, L2TP_R_NO_MEMORY) > 15000);
	l2tp_tunnel_info(rig_event(&r.a, L2TP_EV_TUNNEL_UP)->tunnel, &i);
	CU_ASSERT_EQUAL(i.state, L2TP_T_ESTABLISHED);
	CU_ASSERT_TRUE(i.queued < 5000);
	rig_free(&r);
}

static void no_call_on_a_tunnel_that_ends(void)
{
	struct l2tp_tunnel *t;
	enum l2tp_reason why;

	rig_single(&r);
	t = rig_peer_up(&p, &r);
	l2tp_tunnel_close(t, NULL, r.now);
	CU_ASSERT_PTR_NULL(l2tp_call_new(t, NULL, &why));
	CU_ASSERT_EQUAL(why, L2TP_R_NO_TUNNEL);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_TUNNEL), 1);
	CU_ASSERT_PTR_NULL(l2tp_call_new(t, NULL, NULL));
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_TUNNEL), 2);
	rig_free(&r);
}

static void reserved_call_given_up(void)
{
	struct l2tp_call *c;

	rig_single(&r);
	c = l2tp_call_new(rig_peer_up(&p, &r), NULL, NULL);
	l2tp_call_hangup(c, NULL, NULL, 0, r.now);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 0);
	rig_free(&r);
}

/* Owner calls in the wrong state are counted and change nothing. */
static void wishes_out_of_turn(void)
{
	const struct l2tp_avp required = {.type = L2TP_AVP_SEQUENCING_REQUIRED};
	struct l2tp_call *c = call_bring(RIG_LAC_IN, L2TP_C_ESTABLISHED);
	unsigned before = r.a.pkts;
	struct l2tp_call_info i;

	l2tp_call_answer(c, NULL, 0, r.now);
	l2tp_call_connected(c, &required, 1, r.now);
	l2tp_call_place(c, L2TP_OUTGOING, NULL, 0, r.now);
	CU_ASSERT_EQUAL(call_state_of(c), L2TP_C_ESTABLISHED);
	CU_ASSERT_EQUAL(r.a.pkts, before);
	l2tp_call_info(c, &i);
	CU_ASSERT_FALSE(i.sequencing_required); /* the ICCN that left did not say so */
	rig_free(&r);
}

/* The circuit is up twice, or of a call whose circuit is not ours: once counts. */
static void circuit_up_twice_or_not_ours(void)
{
	const struct l2tp_avp required = {.type = L2TP_AVP_SEQUENCING_REQUIRED};
	struct l2tp_call_info i;
	struct l2tp_call *c;

	rig_single(&r);
	c = call_place(rig_peer_up(&p, &r), L2TP_INCOMING);
	l2tp_call_connected(c, NULL, 0, r.now);
	l2tp_call_connected(c, &required, 1, r.now); /* the first one's attributes go */
	l2tp_call_info(c, &i);
	rig_any(&p, L2TP_ICRP, i.local_id, 77);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICCN), 1);
	rig_decode(rig_last(&r.a, L2TP_ICCN), &m, NULL);
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_SEQUENCING_REQUIRED));
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 1);
	rig_free(&r);

	for (unsigned lns_out = 0; lns_out < 2; lns_out++) {
		unsigned sent;
		uint64_t counted;

		c = lns_out ? call_bring(RIG_LNS_OUT, L2TP_C_WAIT_CONNECT)
			    : call_bring(RIG_LNS_IN, L2TP_C_WAIT_CONNECT);
		sent = r.a.pkts;
		counted = rig_reason(&r.a, L2TP_R_MSG_STATE);
		l2tp_call_connected(c, NULL, 0, r.now);
		CU_ASSERT_EQUAL(r.a.pkts, sent);
		CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_MSG_STATE), counted);
		CU_ASSERT_EQUAL(call_state_of(c), L2TP_C_WAIT_CONNECT);
		l2tp_call_info(c, &i);
		rig_any(&p, lns_out ? L2TP_OCCN : L2TP_ICCN, i.local_id, 77);
		CU_ASSERT_EQUAL(call_state_of(c), L2TP_C_ESTABLISHED);
		rig_free(&r);
	}
}

/* A late message of an ended call must not reach the next: its id rests for a full retransmission
 * cycle, whatever many calls end. */
static void session_ids_rest(void)
{
	enum { N = 100 };
	struct l2tp_call_info i;
	struct l2tp_tunnel *t;
	uint16_t id[2 * N + 1];
	bool again = false;

	rig_single(&r);
	t = rig_peer_up(&p, &r);
	for (unsigned n = 0; n < 2 * N + 1; n++) {
		struct l2tp_call *c = l2tp_call_new(t, NULL, NULL);

		l2tp_call_info(c, &i);
		id[n] = i.local_id;
		for (unsigned k = 0; k < n; k++) {
			again = again || (n >= N && id[k] == id[n]);
			CU_ASSERT_TRUE(n >= N || id[k] != id[n]);
		}
		CU_ASSERT_TRUE(n >= N || !again);
		l2tp_call_hangup(c, NULL, NULL, 0, r.now);
		if (n == N - 1)
			r.now += 31 * SEC + 1;
		if (n == N - 1)
			l2tp_engine_expire(r.a.e, r.now);
	}
	CU_ASSERT_TRUE(again); /* and then it comes back */
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"incoming_call_three_messages", incoming_call_three_messages},
	{"outgoing_call_three_messages", outgoing_call_three_messages},
	{"placed_before_the_tunnel_is_up", placed_before_the_tunnel_is_up},
	{"circuit_up_before_the_reply", circuit_up_before_the_reply},
	{"up_when_the_iccn_has_left", up_when_the_iccn_has_left},
	{"iccn_of_a_call_that_has_ended", iccn_of_a_call_that_has_ended},
	{"hang_up_from_both_sides", hang_up_from_both_sides},
	{"several_calls_and_stopccn_clears_them", several_calls_and_stopccn_clears_them},
	{"sli_and_wen", sli_and_wen},
	{"rfc2661_7_4_7_5_every_message_in_every_state",
	 rfc2661_7_4_7_5_every_message_in_every_state},
	{"rfc2661_7_4_7_5_idle", rfc2661_7_4_7_5_idle},
	{"nobody_waits_for_ever", nobody_waits_for_ever},
	{"calls_are_capped", calls_are_capped},
	{"circuit_up_twice_or_not_ours", circuit_up_twice_or_not_ours},
	{"session_ids_rest", session_ids_rest},
	{"more_calls_than_the_queue_holds", more_calls_than_the_queue_holds},
	{"hundreds_hang_up_at_once", hundreds_hang_up_at_once},
	{"news_do_not_pile_up", news_do_not_pile_up},
	{"no_call_on_a_tunnel_that_ends", no_call_on_a_tunnel_that_ends},
	{"reserved_call_given_up", reserved_call_given_up},
	{"wishes_out_of_turn", wishes_out_of_turn},
	{"placed_before_goes_when_it_is_up", placed_before_goes_when_it_is_up},
	{"not_late_while_the_iccn_waits", not_late_while_the_iccn_waits},
	{NULL, NULL},
};
const struct test_suite suite_call = {"call", cases};
