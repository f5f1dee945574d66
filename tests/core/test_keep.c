/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When which record is given to the owner.  That it is given before the packets that imply it is
 * checked by the rig at each packet. */
#include "core/save.h"
#include "tests/core/rig.h"
#include "tests/heap.h"

#include <string.h>

static struct rig r;
static struct rig_peer p;
static struct shelf shelf;

static void keep_single(void)
{
	memset(&shelf, 0, sizeof(shelf));
	rig_single(&r);
	r.a.shelf = &shelf;
}

static struct l2tp_tunnel *keep_tunnel_up(void)
{
	keep_single();
	return rig_peer_up(&p, &r);
}

/* The valid record of the only tunnel; state 0 = there is none. */
static struct save_tunnel keep_tunnel_record(void)
{
	struct save_tunnel s = {0};

	for (unsigned i = 0; i < shelf.valid.n; i++)
		if (shelf.valid.rec[i].what == L2TP_KEEP_TUNNEL)
			CU_ASSERT_TRUE(save_tunnel_read(&s, shelf.valid.rec[i].octets,
							shelf.valid.rec[i].len));
	return s;
}

/* The valid record of the only call; id 0 = there is none. */
static struct save_call keep_call_record(void)
{
	struct save_call s = {0};

	for (unsigned i = 0; i < shelf.valid.n; i++)
		if (shelf.valid.rec[i].what == L2TP_KEEP_CALL)
			CU_ASSERT_TRUE(save_call_read(&s, shelf.valid.rec[i].octets,
						      shelf.valid.rec[i].len));
	return s;
}

/* A tunnel the peer opened is kept with its SCCCN, before that is acknowledged. */
static void tunnel_the_peer_opens(void)
{
	struct save_tunnel s;

	keep_single();
	rig_peer(&p, &r, 4711);
	rig_sccrq(&p);
	rig_send(&p);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_TUNNEL), 0);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_ENGINE), 1);
	rig_free(&r);
	keep_tunnel_up();
	s = keep_tunnel_record();
	CU_ASSERT_EQUAL(s.state, L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(s.peer_id, 4711);
	CU_ASSERT_EQUAL(s.una, 1);
	CU_ASSERT_EQUAL(s.reach, 1);
	CU_ASSERT_EQUAL(s.nr, 2);
	CU_ASSERT_EQUAL(s.peer_window, 16);
	CU_ASSERT_FALSE(s.initiator);
	CU_ASSERT_STRING_EQUAL(s.peer_host, "peer");
	rig_free(&r);
}

/* The peer may have lost our SCCCN: a HELLO in its place would not establish the tunnel. */
static void tunnel_we_open_is_kept_when_scccn_is_acknowledged(void)
{
	keep_single();
	rig_peer_answers(&p, &r);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCCN), 1);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_TUNNEL), 0);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(keep_tunnel_record().state, L2TP_T_ESTABLISHED);
	CU_ASSERT_TRUE(keep_tunnel_record().initiator);
	CU_ASSERT_EQUAL(keep_tunnel_record().una, 2);
	rig_free(&r);
}

/* A call placed before that is kept together with the tunnel. */
static void call_in_a_tunnel_not_yet_kept(void)
{
	struct l2tp_tunnel *t;
	struct l2tp_call *c;

	keep_single();
	t = rig_peer_answers(&p, &r);
	c = l2tp_call_new(t, NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	l2tp_call_hide_info(c);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(keep_call_record().state, L2TP_C_IDLE);
	CU_ASSERT_NOT_EQUAL(keep_call_record().id, 0);
	l2tp_call_hangup(c, NULL, NULL, 0, r.now);
	CU_ASSERT_EQUAL(keep_call_record().result, L2TP_CDN_ADMINISTRATIVE);
	rig_free(&r);
}

/* Hung up before the tunnel is kept: its CDN is, when the tunnel is. */
static void cdn_in_a_tunnel_not_yet_kept(void)
{
	struct l2tp_tunnel *t;
	struct l2tp_call *c;

	keep_single();
	t = rig_peer_answers(&p, &r);
	c = l2tp_call_new(t, NULL, NULL);
	l2tp_call_place(c, L2TP_INCOMING, NULL, 0, r.now);
	l2tp_call_hangup(c, NULL, NULL, 0, r.now);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	p.nr = 2; /* the SCCCN alone */
	r.a.taken = r.a.pkts;
	rig_start(&p, L2TP_HELLO, 0);
	rig_send_ns(&p, p.ns++);
	CU_ASSERT_EQUAL(keep_call_record().result, L2TP_CDN_ADMINISTRATIVE);
	rig_free(&r);
}

/* LAC: until the ICCN is acknowledged the LNS may not have the call. */
static void call_is_to_be_cleared_until_both_have_it(void)
{
	static const enum rig_side lac[] = {RIG_LAC_IN, RIG_LAC_OUT};
	static const enum rig_side lns[] = {RIG_LNS_IN, RIG_LNS_OUT};

	for (unsigned i = 0; i < 2; i++) {
		rig_bring(&p, keep_tunnel_up(), lac[i], L2TP_C_WAIT_CS);
		CU_ASSERT_EQUAL(keep_call_record().state, L2TP_C_IDLE);
		CU_ASSERT_EQUAL(keep_call_record().peer_id, 77);
		CU_ASSERT_EQUAL(keep_call_record().result, L2TP_CDN_NO_FACILITIES_TEMP);
		rig_free(&r);
		rig_bring(&p, keep_tunnel_up(), lac[i], L2TP_C_ESTABLISHED);
		CU_ASSERT_EQUAL(keep_call_record().state, L2TP_C_IDLE);
		rig_zlb(&p);
		CU_ASSERT_EQUAL(keep_call_record().state, L2TP_C_ESTABLISHED);
		CU_ASSERT_EQUAL(keep_call_record().role, lac[i]);
		rig_free(&r);
		rig_bring(&p, keep_tunnel_up(), lns[i], L2TP_C_ESTABLISHED);
		CU_ASSERT_EQUAL(keep_call_record().state, L2TP_C_ESTABLISHED);
		CU_ASSERT_EQUAL(keep_call_record().role, lns[i]);
		rig_free(&r);
	}
}

static unsigned without_call;

static void keep_note_call_down(struct rig_end *end, const struct l2tp_event *ev)
{
	(void)end;
	without_call += ev->kind == L2TP_EV_CALL_DOWN;
}

/* The record stays, as that of the CDN, until the CDN is acknowledged. */
static void cdn_is_kept_until_acknowledged(void)
{
	struct l2tp_result busy = {.result = L2TP_CDN_GENERAL_ERROR, .error = 4};
	struct l2tp_call *c = rig_bring(&p, keep_tunnel_up(), RIG_LNS_IN, L2TP_C_ESTABLISHED);
	uint16_t id = keep_call_record().id;

	without_call = 0;
	r.a.on_event = keep_note_call_down;
	l2tp_call_hangup(c, &busy, NULL, 0, r.now);
	CU_ASSERT_EQUAL(without_call, 1);
	CU_ASSERT_EQUAL(keep_call_record().id, id);
	CU_ASSERT_EQUAL(keep_call_record().peer_id, 77);
	CU_ASSERT_EQUAL(keep_call_record().state, L2TP_C_IDLE);
	CU_ASSERT_EQUAL(keep_call_record().result, L2TP_CDN_GENERAL_ERROR);
	CU_ASSERT_EQUAL(keep_call_record().error, 4);
	rig_pass(&r, 5 * SEC);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 1);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	rig_free(&r);
}

/* A call that ends otherwise has no record from then on. */
static void call_the_peer_ends(void)
{
	uint16_t id;

	rig_bring(&p, keep_tunnel_up(), RIG_LNS_IN, L2TP_C_ESTABLISHED);
	id = keep_call_record().id;
	rig_any(&p, L2TP_CDN, id, 77);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_TUNNEL), 1);
	rig_free(&r);
	rig_bring(&p, keep_tunnel_up(), RIG_LNS_IN, L2TP_C_ESTABLISHED);
	rig_stopccn(&p, 1);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_TUNNEL), 0);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_ENGINE), 1);
	rig_free(&r);
}

/* All CDNs and calls go with the tunnel; its own record stays until the StopCCN is acknowledged. */
static void stopccn_is_kept_until_acknowledged(void)
{
	struct l2tp_tunnel *t = keep_tunnel_up();
	struct l2tp_result why = {.result = L2TP_STOP_SHUTTING_DOWN};

	l2tp_call_hangup(rig_bring(&p, t, RIG_LNS_IN, L2TP_C_ESTABLISHED), NULL, NULL, 0, r.now);
	rig_any(&p, L2TP_ICRQ, 0, 78);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 1); /* rig_any() acknowledges */
	l2tp_call_hangup(rig_event(&r.a, L2TP_EV_CALL_OFFERED)->call, NULL, NULL, 0, r.now);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 1);
	l2tp_tunnel_close(t, &why, r.now);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	CU_ASSERT_EQUAL(keep_tunnel_record().state, L2TP_T_STOPPING);
	CU_ASSERT_EQUAL(keep_tunnel_record().result, L2TP_STOP_SHUTTING_DOWN);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_TUNNEL), 0);
	rig_free(&r);
}

/* However much one packet changes, each record is given once, and DONE once after them. */
static void each_record_once(void)
{
	struct l2tp_tunnel *t = keep_tunnel_up();

	rig_bring(&p, t, RIG_LNS_IN, L2TP_C_WAIT_CONNECT);
	shelf.kept = shelf.done = 0;
	rig_any(&p, L2TP_ICCN, keep_call_record().id, 77); /* acknowledges the ICRP too */
	CU_ASSERT_EQUAL(shelf.kept, 2);
	CU_ASSERT_EQUAL(shelf.done, 1);
	rig_free(&r);
}

/* What the owner changes is kept at once. */
static void owner_hides_what_a_call_says(void)
{
	struct l2tp_call *c = rig_bring(&p, keep_tunnel_up(), RIG_LNS_IN, L2TP_C_ESTABLISHED);

	shelf.kept = shelf.done = 0;
	l2tp_call_hide_info(c);
	CU_ASSERT_EQUAL(shelf.kept, 1);
	CU_ASSERT_EQUAL(shelf.done, 1);
	CU_ASSERT_TRUE(keep_call_record().hides_info);
	rig_free(&r);
}

/* A call that the peer does not know of, and one that there is no tunnel for, are not kept. */
static void call_that_is_not_kept(void)
{
	struct l2tp_call *c = l2tp_call_new(keep_tunnel_up(), NULL, NULL);

	shelf.kept = 0;
	l2tp_call_hide_info(c);
	CU_ASSERT_EQUAL(shelf.kept, 0);
	l2tp_call_hangup(c, NULL, NULL, 0, r.now);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	rig_free(&r);
}

/* The second tunnel of a re-authentication is opened anew after a restart. */
static void proof_is_not_kept(void)
{
	memset(&shelf, 0, sizeof(shelf));
	rig_pair(&r);
	r.a.shelf = &shelf;
	r.a.policy.reauth = 100 * SEC;
	rig_tunnel(&r, NULL);
	rig_pass(&r, 200 * SEC);
	CU_ASSERT_TRUE(rig_event(&r.a, L2TP_EV_REAUTH)->ok);
	CU_ASSERT_EQUAL(shelf.most_tunnels, 1);
	rig_free(&r);
}

/* The process ends and gives its place to another: nothing is deleted. */
static void freeing_the_engine_deletes_nothing(void)
{
	struct l2tp_tunnel *t = keep_tunnel_up();
	unsigned deleted;

	l2tp_call_hangup(rig_bring(&p, t, RIG_LNS_IN, L2TP_C_ESTABLISHED), NULL, NULL, 0, r.now);
	deleted = shelf.deleted;
	rig_free(&r);
	CU_ASSERT_EQUAL(shelf.deleted, deleted);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_TUNNEL), 1);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 1);
}

/* Without memory to remember its CDN a call has no record, rather than a wrong one. */
static void no_memory_for_the_cdn(void)
{
	struct l2tp_call *c = rig_bring(&p, keep_tunnel_up(), RIG_LNS_IN, L2TP_C_ESTABLISHED);

	heap_refuse(0);
	l2tp_call_hangup(c, NULL, NULL, 0, r.now);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 1);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	rig_free(&r);
}

/* Ids are short: a new call has the id of one whose CDN is not acknowledged.  The record under that
 * id is the new call's. */
static void id_used_again_before_the_cdn_is_acknowledged(void)
{
	struct l2tp_call *c;

	keep_single();
	r.a.policy.max_calls = 1;
	c = rig_bring(&p, rig_peer_up(&p, &r), RIG_LNS_IN, L2TP_C_ESTABLISHED);
	l2tp_call_hangup(c, NULL, NULL, 0, r.now);
	r.a.taken = r.a.pkts; /* the peer does not see the CDN yet */
	rig_start_any(&p, L2TP_ICRQ, 0, 78);
	rig_send_ns(&p, p.ns++);
	CU_ASSERT_EQUAL_FATAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 2);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 1);
	CU_ASSERT_EQUAL(keep_call_record().peer_id, 78);
	p.nr++;
	rig_start(&p, L2TP_HELLO, 0);
	rig_send_ns(&p, p.ns++);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 1);
	CU_ASSERT_EQUAL(keep_call_record().peer_id, 78);
	rig_free(&r);
}

/* The same, both in one call into the engine: an ICRQ that came early follows the message that ends
 * the call. */
static void id_used_again_at_once(void)
{
	uint16_t id;

	keep_single();
	r.a.policy.max_calls = 1;
	rig_bring(&p, rig_peer_up(&p, &r), RIG_LNS_IN, L2TP_C_ESTABLISHED);
	id = keep_call_record().id;
	rig_start_any(&p, L2TP_ICRQ, 0, 78);
	rig_send_ns(&p, (uint16_t)(p.ns + 1));
	rig_start_any(&p, L2TP_ICCN, id, 77);
	rig_send_ns(&p, p.ns);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_DOWN), 1);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 2);
	CU_ASSERT_EQUAL(keep_call_record().id, id);
	CU_ASSERT_EQUAL(keep_call_record().peer_id, 78);
	rig_free(&r);
}

/* A tunnel that ends for want of memory: its StopCCN too goes after the record. */
static void stopccn_of_a_tunnel_without_memory(void)
{
	struct l2tp_call *c = rig_bring(&p, keep_tunnel_up(), RIG_LNS_IN, L2TP_C_ESTABLISHED);

	heap_refuse_many(0, 1 + 16); /* and the spare memory in vain */
	l2tp_call_send_sli(c, 1, 2, r.now);
	CU_ASSERT_EQUAL(heap_refusals(), 17);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SLI), 0);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 1);
	CU_ASSERT_EQUAL(keep_tunnel_record().state, L2TP_T_STOPPING);
	rig_free(&r);
}

/* A tunnel that yields to the peer's in a tie has a new id. */
static void engine_record_of_a_tie(void)
{
	static const uint8_t lowest[8];
	const struct shelf_record *k;
	struct save_engine s;

	keep_single();
	r.a.policy.single_tunnel = true;
	l2tp_call_place(l2tp_call_new(rig_open(&r.a), NULL, NULL), L2TP_INCOMING, NULL, 0, r.now);
	rig_peer(&p, &r, 4711);
	rig_sccrq(&p);
	l2tp_build_avp(&p.b, L2TP_IETF, L2TP_AVP_TIE_BREAKER, lowest, sizeof(lowest));
	rig_send_ns(&p, p.ns++);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRP), 1);
	k = shelf_find(&shelf, L2TP_KEEP_ENGINE, 0, 0);
	CU_ASSERT_TRUE_FATAL(k && save_engine_read(&s, k->octets, k->len));
	CU_ASSERT_EQUAL(s.fresh, 2);
	CU_ASSERT_EQUAL(s.births, 2);
	rig_free(&r);
}

/* Every tunnel changes which ids have been given, refused ones excepted. */
static void engine_record_with_each_tunnel(void)
{
	struct save_engine s;
	const struct shelf_record *k;

	keep_single();
	rig_open(&r.a);
	rig_open(&r.a);
	k = shelf_find(&shelf, L2TP_KEEP_ENGINE, 0, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	CU_ASSERT_TRUE(save_engine_read(&s, k->octets, k->len));
	CU_ASSERT_EQUAL(s.fresh, 2);
	CU_ASSERT_EQUAL(s.births, 2);
	rig_free(&r);
}

static void keep_two(uint16_t type, uint16_t sid, uint16_t other_sid)
{
	l2tp_engine_hold(r.a.e);
	rig_any(&p, type, sid, 77);
	rig_any(&p, type, other_sid, 78);
}

/* What has come together is kept and answered together, when the engine is released. */
static void held_until_the_release(void)
{
	unsigned kept, sent;
	uint16_t sid[2];

	keep_tunnel_up();
	r.a.answer = true;
	kept = shelf.kept;
	sent = r.a.pkts;
	keep_two(L2TP_ICRQ, 0, 0);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 2);
	CU_ASSERT_EQUAL(shelf.kept, kept);
	CU_ASSERT_EQUAL(r.a.pkts, sent);
	l2tp_engine_release(r.a.e, r.now);
	CU_ASSERT_EQUAL(shelf.kept, kept + 3); /* the tunnel once, and two calls */
	CU_ASSERT_EQUAL_FATAL(r.a.pkts, sent + 2);
	for (unsigned i = 0; i < 2; i++)
		sid[i] = shelf.valid.rec[shelf.valid.n - 1 - i].call_id;
	keep_two(L2TP_ICCN, sid[1], sid[0]);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 2);
	CU_ASSERT_EQUAL(r.a.pkts, sent + 2);
	l2tp_engine_release(r.a.e, r.now);
	CU_ASSERT_EQUAL(r.a.pkts, sent + 3); /* one ZLB for both */
	CU_ASSERT_EQUAL(r.a.pkt[sent + 2].type, 0);
	CU_ASSERT_EQUAL(r.a.pkt[sent + 2].h.nr, p.ns);
	CU_ASSERT_EQUAL(shelf.kept, kept + 6);
	l2tp_engine_release(r.a.e, r.now); /* there is nothing more */
	CU_ASSERT_EQUAL(r.a.pkts, sent + 3);
	CU_ASSERT_EQUAL(shelf.kept, kept + 6);
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"held_until_the_release", held_until_the_release},
	{"tunnel_the_peer_opens", tunnel_the_peer_opens},
	{"tunnel_we_open_is_kept_when_scccn_is_acknowledged",
	 tunnel_we_open_is_kept_when_scccn_is_acknowledged},
	{"call_in_a_tunnel_not_yet_kept", call_in_a_tunnel_not_yet_kept},
	{"cdn_in_a_tunnel_not_yet_kept", cdn_in_a_tunnel_not_yet_kept},
	{"call_is_to_be_cleared_until_both_have_it", call_is_to_be_cleared_until_both_have_it},
	{"cdn_is_kept_until_acknowledged", cdn_is_kept_until_acknowledged},
	{"call_the_peer_ends", call_the_peer_ends},
	{"stopccn_is_kept_until_acknowledged", stopccn_is_kept_until_acknowledged},
	{"each_record_once", each_record_once},
	{"owner_hides_what_a_call_says", owner_hides_what_a_call_says},
	{"call_that_is_not_kept", call_that_is_not_kept},
	{"proof_is_not_kept", proof_is_not_kept},
	{"freeing_the_engine_deletes_nothing", freeing_the_engine_deletes_nothing},
	{"no_memory_for_the_cdn", no_memory_for_the_cdn},
	{"id_used_again_before_the_cdn_is_acknowledged",
	 id_used_again_before_the_cdn_is_acknowledged},
	{"id_used_again_at_once", id_used_again_at_once},
	{"stopccn_of_a_tunnel_without_memory", stopccn_of_a_tunnel_without_memory},
	{"engine_record_of_a_tie", engine_record_of_a_tie},
	{"engine_record_with_each_tunnel", engine_record_with_each_tunnel},
	{NULL, NULL},
};
extern const struct test_suite suite_keep;
const struct test_suite suite_keep = {"keep", cases};
