/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One end's process dies and comes back: what lives on, what is cleared, and that the numbers of
 * both ends fit again, RFC 2661 5.8. */
#include "core/save.h"
#include "tests/core/rig.h"
#include "tests/heap.h"

#include <string.h>

static struct rig r;
static struct rig_peer p;
static struct shelf shelf;
static uint8_t again[L2TP_RECORD_MAX];

static void restore_pair(void)
{
	rig_pair(&r);
	memset(&shelf, 0, sizeof(shelf));
	r.a.shelf = &shelf;
	r.a.answer = r.b.answer = r.a.connect = r.b.connect = true;
}

static struct l2tp_call *restore_call(struct rig_end *end, struct l2tp_tunnel *t,
				      enum l2tp_call_kind kind)
{
	struct l2tp_call *c = l2tp_call_new(t, NULL, NULL);

	l2tp_call_place(c, kind, NULL, 0, end->rig->now);
	rig_run(end->rig);
	return c;
}

/* Both ends have the same tunnels and calls, and nothing is on its way. */
static void restore_same_at_both_ends(unsigned calls)
{
	struct l2tp_tunnel *t = l2tp_tunnel_next(r.a.e, NULL);
	struct l2tp_tunnel *u = l2tp_tunnel_next(r.b.e, NULL);
	struct l2tp_tunnel_info i, j;

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_PTR_NOT_NULL_FATAL(u);
	l2tp_tunnel_info(t, &i);
	l2tp_tunnel_info(u, &j);
	CU_ASSERT_EQUAL(i.state, L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(j.state, L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(i.local_id, j.peer_id);
	CU_ASSERT_EQUAL(i.peer_id, j.local_id);
	CU_ASSERT_EQUAL(i.ns, j.nr);
	CU_ASSERT_EQUAL(i.nr, j.ns);
	CU_ASSERT_EQUAL(i.in_flight + i.queued + j.in_flight + j.queued, 0);
	CU_ASSERT_EQUAL(i.calls, calls);
	CU_ASSERT_EQUAL(j.calls, calls);
	for (struct l2tp_call *c = l2tp_call_next(t, NULL); c; c = l2tp_call_next(t, c)) {
		struct l2tp_call_info k, l;

		l2tp_call_info(c, &k);
		CU_ASSERT_PTR_NOT_NULL_FATAL(l2tp_call_by_id(u, k.peer_id));
		l2tp_call_info(l2tp_call_by_id(u, k.peer_id), &l);
		CU_ASSERT_EQUAL(l.peer_id, k.local_id);
		CU_ASSERT_EQUAL(k.state, L2TP_C_ESTABLISHED);
		CU_ASSERT_EQUAL(l.state, L2TP_C_ESTABLISHED);
		CU_ASSERT_EQUAL(l.serial, k.serial);
		CU_ASSERT_EQUAL(l.kind, k.kind);
		CU_ASSERT_NOT_EQUAL(l.we_are_lns, k.we_are_lns);
	}
}

/* A call of each role lives on; the owner hears nothing, and the peer sees one HELLO. */
static void calls_of_all_roles_live_on(void)
{
	struct l2tp_tunnel *t, *u;
	struct shelf_owner o;
	unsigned hello;

	restore_pair();
	t = rig_tunnel(&r, &u);
	restore_call(&r.a, t, L2TP_INCOMING);
	restore_call(&r.a, t, L2TP_OUTGOING);
	restore_call(&r.b, u, L2TP_INCOMING);
	restore_call(&r.b, u, L2TP_OUTGOING);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 4);
	r.a.evs = r.b.evs = 0;
	hello = rig_count_sent(&r.a, L2TP_HELLO);
	o = rig_restart(&r.a);
	CU_ASSERT_EQUAL(o.tunnels, 1);
	CU_ASSERT_EQUAL(o.calls, 4);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), hello + 1);
	rig_run(&r);
	restore_same_at_both_ends(4);
	CU_ASSERT_EQUAL(r.a.evs + r.b.evs, 0);
	rig_pass(&r, 100 * SEC);
	restore_same_at_both_ends(4);
	t = l2tp_tunnel_next(r.a.e, NULL);
	while (l2tp_call_next(t, NULL))
		l2tp_call_hangup(l2tp_call_next(t, NULL), NULL, NULL, 0, r.now);
	restore_call(&r.a, t, L2TP_INCOMING);
	restore_same_at_both_ends(1);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_DOWN), 4);
	rig_free(&r);
}

/* --- numbers ---------------------------------------------------------------------------------- */

static void restore_single(void)
{
	memset(&shelf, 0, sizeof(shelf));
	rig_single(&r);
	r.a.shelf = &shelf;
}

/* A tunnel with this peer, and n calls placed: their ICRQs have Ns 1 and following. */
static void restore_placed(unsigned n)
{
	struct l2tp_tunnel *t;

	restore_single();
	t = rig_peer_up(&p, &r);
	rig_ack(&p);
	while (n--)
		l2tp_call_place(l2tp_call_new(t, NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	r.a.taken = r.a.pkts;
}

static void restore_acknowledge(uint16_t nr)
{
	struct wr w = wr_init(p.buf, sizeof(p.buf));

	l2tp_hdr_control(&w, p.peer_tid, 0, p.ns, nr);
	l2tp_hdr_finish(&w, 0);
	l2tp_engine_rx(r.a.e, p.on, p.buf, w.len, r.now);
}

/* What packet i says, from `first` on: message type and Ns. */
static void restore_said(unsigned first, unsigned i, uint16_t type, uint16_t ns)
{
	CU_ASSERT_TRUE_FATAL(first + i < r.a.pkts);
	CU_ASSERT_EQUAL(r.a.pkt[first + i].type, type);
	CU_ASSERT_EQUAL(r.a.pkt[first + i].h.ns, ns);
}

/* Two ICRQs are under way and may have arrived; the third could not be sent, so its Ns is free. */
static unsigned restore_in_flight(void)
{
	unsigned first;

	restore_placed(3);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_ICRQ), 2);
	first = r.a.pkts;
	rig_restart(&r.a);
	CU_ASSERT_EQUAL(r.a.pkts, first + 1); /* nothing else until the peer has answered */
	restore_said(first, 0, L2TP_HELLO, 1);
	return first;
}

static void peer_has_had_all(void)
{
	unsigned first = restore_in_flight();

	restore_acknowledge(3);
	CU_ASSERT_EQUAL(r.a.pkts, first + 3);
	restore_said(first, 1, L2TP_CDN, 3);
	restore_said(first, 2, L2TP_CDN, 4);
	restore_acknowledge(5);
	restore_said(first, 3, L2TP_CDN, 5);
	restore_acknowledge(6);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	rig_free(&r);
}

static void peer_has_had_one(void)
{
	unsigned first = restore_in_flight();

	restore_acknowledge(2); /* or it has had none and took the HELLO: the same for us */
	CU_ASSERT_EQUAL(r.a.pkts, first + 3);
	restore_said(first, 1, L2TP_HELLO, 2);
	restore_said(first, 2, L2TP_CDN, 3);
	rig_free(&r);
}

/* What the peer sent before it had the HELLO acknowledges less; it does no harm, and nothing that
 * was never sent can be acknowledged. */
static void acknowledgements_on_their_way(void)
{
	unsigned first = restore_in_flight();

	restore_acknowledge(1);
	restore_acknowledge(4);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_BAD_NR), 1);
	CU_ASSERT_EQUAL(r.a.pkts, first + 1);
	restore_acknowledge(2);
	restore_acknowledge(3);
	restore_acknowledge(7);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_BAD_NR), 2);
	restore_acknowledge(6);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	rig_free(&r);
}

/* Nothing was under way: the HELLO has the next number, and a ZLB before it is acknowledged must
 * not be ahead of what the peer has had. */
static void nothing_on_its_way(void)
{
	unsigned first;

	restore_placed(0);
	first = r.a.pkts;
	rig_restart(&r.a);
	restore_said(first, 0, L2TP_HELLO, 1);
	CU_ASSERT_EQUAL(r.a.pkt[first].h.nr, 2);
	restore_acknowledge(2);
	rig_free(&r);
	restore_in_flight();
	rig_start(&p, L2TP_HELLO, 0);
	p.nr = 1;
	rig_send_ns(&p, p.ns++);
	restore_said(0, r.a.pkts - 1, 0, 2); /* after the HELLO, which had 1; not 3 */
	rig_free(&r);
}

static void peer_is_silent(void)
{
	restore_placed(1);
	rig_restart(&r.a);
	rig_pass(&r, 30 * SEC);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 0);
	rig_pass(&r, 2 * SEC);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->by, L2TP_BY_TIMEOUT);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 6);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 0);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_TUNNEL), 0);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	rig_free(&r);
}

/* The peer repeats what it had no answer to: acknowledged, and not done twice.  Its next message is
 * taken. */
static void what_was_taken_is_not_taken_again(void)
{
	restore_placed(0);
	rig_any(&p, L2TP_ICRQ, 0, 77);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 1);
	rig_restart(&r.a);
	r.a.evs = 0;
	rig_start_any(&p, L2TP_ICRQ, 0, 77);
	rig_send_ns(&p, 2);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_DUPLICATE), 1);
	CU_ASSERT_EQUAL(r.a.pkt[r.a.pkts - 1].h.nr, 3);
	CU_ASSERT_EQUAL(r.a.evs, 0);
	rig_any(&p, L2TP_ICRQ, 0, 78);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 1);
	rig_free(&r);
}

/* Ns and Nr wrap. */
static void numbers_that_wrap(void)
{
	uint8_t rec[L2TP_RECORD_MAX];
	struct l2tp_peer_answer who = {0};
	struct save_tunnel s;
	size_t len;

	restore_single();
	who.policy = r.a.policy;
	CU_ASSERT_TRUE(save_tunnel_read(&s, rec, shelf_vector("tunnel", rec, sizeof(rec))));
	s.una = 0xfffe;
	s.reach = 1;
	s.nr = 0xffff;
	len = save_tunnel_write(&s, rec, sizeof(rec));
	rig_peer(&p, &r, 0x3c4d);
	p.peer_tid = 0x5195;
	p.ns = 0xffff;
	l2tp_engine_restore(r.a.e, again, shelf_vector("engine", again, sizeof(again)));
	CU_ASSERT_PTR_NOT_NULL_FATAL(l2tp_tunnel_restore(r.a.e, rec, len, 7, &who, NULL, 0));
	l2tp_engine_resume(r.a.e, 0);
	restore_said(0, 0, L2TP_HELLO, 0xfffe);
	restore_acknowledge(0xffff);
	restore_said(0, 1, L2TP_HELLO, 0xffff);
	restore_said(0, 2, L2TP_HELLO, 0);
	restore_acknowledge(1);
	rig_start(&p, L2TP_HELLO, 0);
	p.nr = 1;
	rig_send_ns(&p, p.ns++);
	restore_said(0, 3, 0, 1);
	CU_ASSERT_EQUAL(r.a.pkt[3].h.nr, 0);
	rig_free(&r);
}

/* A packet of the life before leaves the transport's queue: that says nothing of this life's. */
static void reports_about_packets_of_the_life_before(void)
{
	struct l2tp_tunnel_info i;
	uint64_t cookie;

	restore_single();
	r.a.tx = L2TP_TX_WAITING;
	rig_peer_up(&p, &r);
	cookie = r.a.pkt[0].cookie;
	rig_restart(&r.a);
	CU_ASSERT_NOT_EQUAL(r.a.pkt[r.a.pkts - 1].cookie, cookie);
	for (uint16_t copy = 0; copy < 4; copy++)
		l2tp_engine_sent(r.a.e, (cookie & ~0xffffffffull) | 1u << 16 | copy, r.now);
	l2tp_tunnel_info(l2tp_tunnel_next(r.a.e, NULL), &i);
	rig_pass(&r, 5 * SEC); /* the HELLO still waits: it is not sent again */
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 1);
	rig_free(&r);
}

/* --- what a record holds ---------------------------------------------------------------------- */

/* But for the numbers, the record of a tunnel says the same after the restart as before; and what
 * each field is good for still holds. */
static void a_record_makes_the_same_record(void)
{
	struct save_tunnel before, after;
	const struct shelf_record *k;
	struct l2tp_tunnel *t;
	struct l2tp_tunnel_info i;

	restore_pair();
	r.a.policy.challenge = true;
	r.a.policy.control_dscp = 46;
	r.b.policy.control_dscp = L2TP_DSCP_PEER;
	strcpy(r.b.policy.vendor_name, "vendor");
	r.b.policy.receive_window = 9;
	r.b.policy.bearer_caps = 2;
	r.b.policy.framing_caps = 2;
	t = rig_tunnel(&r, NULL);
	restore_call(&r.a, t, L2TP_INCOMING);
	rig_pass(&r, 50 * SEC);
	l2tp_tunnel_info(t, &i);
	k = shelf_find(&shelf, L2TP_KEEP_TUNNEL, i.local_id, 0);
	CU_ASSERT_TRUE_FATAL(k && save_tunnel_read(&before, k->octets, k->len));
	CU_ASSERT_TRUE(before.authenticated && before.initiator && before.has_bearer);
	CU_ASSERT_EQUAL(before.dscp, 46);
	CU_ASSERT_EQUAL(before.peer_window, 9);
	CU_ASSERT_EQUAL(before.peer_bearer, 2);
	CU_ASSERT_EQUAL(before.peer_framing, 2);
	CU_ASSERT_STRING_EQUAL(before.peer_vendor, "vendor");
	rig_restart(&r.a);
	k = shelf_find(&shelf, L2TP_KEEP_TUNNEL, i.local_id, 0);
	CU_ASSERT_TRUE_FATAL(k && save_tunnel_read(&after, k->octets, k->len));
	after.una = before.una;
	after.reach = before.reach;
	ASSERT_OCTETS(&after, sizeof(after), &before, sizeof(before));
	CU_ASSERT_EQUAL(r.a.pkt[r.a.pkts - 1].dscp, 46);
	rig_run(&r);
	t = l2tp_tunnel_next(r.a.e, NULL);
	CU_ASSERT_PTR_EQUAL(l2tp_tunnel_with_room(r.a.e, NULL, NULL), t);
	restore_call(&r.a, t, L2TP_OUTGOING); /* of the types the peer has advertised */
	restore_same_at_both_ends(2);
	rig_free(&r);
}

/* The records typed from the layout: the peer gets a HELLO, two calls live on, one is cleared. */
static void golden_records(void)
{
	uint8_t rec[L2TP_RECORD_MAX];
	struct l2tp_peer_answer who = {0};
	struct l2tp_call_info i;
	struct l2tp_tunnel *t, *u;
	struct l2tp_call *c;

	restore_single();
	who.policy = r.a.policy;
	r.now = 300 * SEC;
	CU_ASSERT_TRUE(l2tp_engine_restore(r.a.e, rec, shelf_vector("engine", rec, sizeof(rec))));
	t = l2tp_tunnel_restore(r.a.e, rec, shelf_vector("tunnel", rec, sizeof(rec)), 7, &who, &who,
				r.now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	c = l2tp_call_restore(t, rec, shelf_vector("call-lns", rec, sizeof(rec)), &r, r.now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	l2tp_call_info(c, &i);
	CU_ASSERT_TRUE(i.we_are_lns && i.sequencing_required && !i.placed_by_us);
	CU_ASSERT_EQUAL(i.serial, 0x12345678);
	CU_ASSERT_EQUAL(i.since, 200 * SEC);
	CU_ASSERT_PTR_EQUAL(i.user, &r);
	c = l2tp_call_restore(t, rec, shelf_vector("call-lac", rec, sizeof(rec)), NULL, r.now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	l2tp_call_info(c, &i);
	CU_ASSERT_TRUE(!i.we_are_lns && i.placed_by_us);
	CU_ASSERT_PTR_NULL(l2tp_call_restore(
		t, rec, shelf_vector("call-clearing", rec, sizeof(rec)), NULL, r.now));
	u = l2tp_tunnel_restore(r.a.e, rec, shelf_vector("stopping", rec, sizeof(rec)), 7, &who,
				NULL, r.now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(u);
	l2tp_engine_resume(r.a.e, r.now);
	CU_ASSERT_EQUAL(r.a.pkts, 2);
	rig_peer(&p, &r, 0x3c4d);
	p.peer_tid = 0x5195;
	p.ns = 0x21;
	restore_acknowledge(0x12);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, 0x0e0f);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.tid, 0x3c4d);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.ns, 0x12);
	p.peer_tid = 0x347a;
	restore_acknowledge(0xffff);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_STOPCCN)->h.tid, 0x3c4e);
	restore_acknowledge(0);
	CU_ASSERT_PTR_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->tunnel, u);
	CU_ASSERT_EQUAL(rig_event(&r.a, L2TP_EV_TUNNEL_DOWN)->result.result, 1);
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"peer_has_had_all", peer_has_had_all},
	{"peer_has_had_one", peer_has_had_one},
	{"acknowledgements_on_their_way", acknowledgements_on_their_way},
	{"nothing_on_its_way", nothing_on_its_way},
	{"peer_is_silent", peer_is_silent},
	{"what_was_taken_is_not_taken_again", what_was_taken_is_not_taken_again},
	{"numbers_that_wrap", numbers_that_wrap},
	{"reports_about_packets_of_the_life_before", reports_about_packets_of_the_life_before},
	{"a_record_makes_the_same_record", a_record_makes_the_same_record},
	{"golden_records", golden_records},
	{"calls_of_all_roles_live_on", calls_of_all_roles_live_on},
	{NULL, NULL},
};
extern const struct test_suite suite_restore;
const struct test_suite suite_restore = {"restore", cases};
