/* SPDX-License-Identifier: GPL-2.0-or-later */
/* After a restart: ids, limits, timers and secrets; and records that do not hold together. */
#include "core/save.h"
#include "tests/core/rig.h"
#include "tests/heap.h"

#include <string.h>

static struct rig r;
static struct rig_peer p;
static struct shelf shelf;
static struct l2tp_msg m;

static void checks_single(void)
{
	memset(&shelf, 0, sizeof(shelf));
	rig_single(&r);
	r.a.shelf = &shelf;
}

static struct l2tp_tunnel *checks_only_tunnel(void)
{
	return l2tp_tunnel_next(r.a.e, NULL);
}

static uint16_t checks_call_id(const struct l2tp_call *c)
{
	struct l2tp_call_info i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	l2tp_call_info(c, &i);
	return i.local_id;
}

static uint16_t checks_tunnel_id(const struct l2tp_tunnel *t)
{
	struct l2tp_tunnel_info i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	l2tp_tunnel_info(t, &i);
	return i.local_id;
}

/* An established call that the peer has placed with this id. */
static uint16_t checks_call(uint16_t peer_sid)
{
	struct l2tp_call *c;
	uint16_t id;

	rig_any(&p, L2TP_ICRQ, 0, peer_sid);
	c = rig_event(&r.a, L2TP_EV_CALL_OFFERED)->call;
	id = checks_call_id(c);
	l2tp_call_answer(c, NULL, 0, r.now);
	rig_any(&p, L2TP_ICCN, id, peer_sid);
	return id;
}

/* --- ids -------------------------------------------------------------------------------------- */

/* A tunnel that formed and one that is closed had ids too: no new tunnel has one of them. */
static void tunnel_ids_rest(void)
{
	uint16_t old[20], id;

	checks_single();
	rig_peer_up(&p, &r);
	for (unsigned i = 0; i < 20; i++)
		old[i] = checks_tunnel_id(rig_open(&r.a));
	rig_restart(&r.a);
	r.a.policy.setup_timeout = 1000 * SEC;
	for (unsigned n = 0; n < 100; n++) {
		id = checks_tunnel_id(rig_open(&r.a));
		for (unsigned i = 0; i < 20; i++)
			CU_ASSERT_NOT_EQUAL(id, old[i]);
		CU_ASSERT_NOT_EQUAL(id, p.peer_tid);
	}
	rig_free(&r);
}

/* Over two restarts, the second of which finds no tunnel; and back when they have rested. */
static void tunnel_ids_come_back(void)
{
	uint16_t old[50], id;
	bool back = false;

	checks_single();
	for (unsigned i = 0; i < 50; i++)
		old[i] = checks_tunnel_id(rig_open(&r.a));
	rig_restart(&r.a);
	CU_ASSERT_EQUAL(shelf.open.n, 1); /* the engine's record, kept anew */
	rig_restart(&r.a);
	id = checks_tunnel_id(rig_open(&r.a));
	for (unsigned i = 0; i < 50; i++)
		CU_ASSERT_NOT_EQUAL(id, old[i]);
	rig_pass(&r, 40 * SEC);
	id = checks_tunnel_id(rig_open(&r.a));
	for (unsigned i = 0; i < 50; i++)
		back |= id == old[i];
	CU_ASSERT_TRUE(back);
	rig_free(&r);
}

/* With room for four calls only: the ids of the life before come back, late ones excepted. */
static void call_ids_come_back(void)
{
	uint16_t id[4];

	checks_single();
	r.a.policy.max_calls = 4;
	rig_peer_up(&p, &r);
	for (uint16_t i = 0; i < 4; i++)
		id[i] = checks_call((uint16_t)(77 + i));
	for (uint16_t i = 1; i < 4; i++)
		rig_any(&p, L2TP_CDN, id[i], (uint16_t)(77 + i));
	CU_ASSERT_EQUAL(rig_restart(&r.a).calls, 1);
	for (uint16_t i = 0; i < 3; i++)
		CU_ASSERT_NOT_EQUAL(checks_call((uint16_t)(90 + i)), id[0]);
	CU_ASSERT_PTR_NULL(l2tp_call_new(checks_only_tunnel(), NULL, NULL));
	rig_free(&r);
}

static void call_ids_rest(void)
{
	uint16_t id[40], again;
	struct l2tp_call *c;

	checks_single();
	r.a.policy.max_calls = 1000;
	rig_peer_up(&p, &r);
	for (uint16_t i = 0; i < 40; i++)
		id[i] = checks_call((uint16_t)(77 + i));
	for (uint16_t i = 0; i < 40; i++)
		rig_any(&p, L2TP_CDN, id[i], (uint16_t)(77 + i));
	rig_restart(&r.a);
	rig_pass(&r, 15 * SEC);
	rig_zlb(&p);
	for (unsigned n = 0; n < 200; n++) {
		c = l2tp_call_new(checks_only_tunnel(), NULL, NULL);
		again = checks_call_id(c);
		for (unsigned i = 0; i < 40; i++)
			CU_ASSERT_NOT_EQUAL(again, id[i]);
	}
	rig_free(&r);
}

/* --- limits ----------------------------------------------------------------------------------- */

/* What came back counts against the limits of its peer section and of its source. */
static void what_came_back_counts(void)
{
	struct rig_peer q;

	checks_single();
	r.a.policy.max_peer_calls = 3;
	r.a.policy.max_source_calls = 2;
	r.a.policy.max_tunnels = 1;
	rig_peer_up(&p, &r);
	checks_call(77);
	rig_restart(&r.a);
	checks_call(78);
	rig_any(&p, L2TP_ICRQ, 0, 79);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_SOURCE_CALLS), 1);
	rig_peer(&q, &r, 4713);
	rig_sccrq(&q);
	rig_send_ns(&q, 0);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_PEER_TUNNELS), 1);
	rig_free(&r);
}

/* Limits that are lower now end nothing. */
static void lower_limits_end_nothing(void)
{
	checks_single();
	rig_peer_up(&p, &r);
	checks_call(77);
	checks_call(78);
	r.a.policy.max_calls = 1;
	r.a.policy.max_peer_calls = 1;
	CU_ASSERT_EQUAL(rig_restart(&r.a).calls, 2);
	rig_any(&p, L2TP_ICRQ, 0, 79);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 1);
	rig_free(&r);
}

/* --- timers ----------------------------------------------------------------------------------- */

/* In full from now on, and up to an eighth more. */
static void hello_timer_in_full(void)
{
	checks_single();
	rig_peer_up(&p, &r);
	rig_pass(&r, 50 * SEC);
	rig_restart(&r.a);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 1);
	rig_pass(&r, 60 * SEC - 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 1);
	rig_pass(&r, 60 * SEC / 8 + 1);
	CU_ASSERT_TRUE(rig_count_sent(&r.a, L2TP_HELLO) > 1);
	rig_free(&r);
}

static void idle_timer_in_full(void)
{
	checks_single();
	r.a.policy.hello = 0;
	r.a.policy.idle_close = 16 * SEC;
	rig_peer_up(&p, &r);
	rig_restart(&r.a);
	rig_zlb(&p);
	rig_pass(&r, 16 * SEC - 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0);
	rig_pass(&r, 2 * SEC + 1);
	CU_ASSERT_TRUE(rig_count_sent(&r.a, L2TP_STOPCCN) > 0);
	rig_free(&r);
	/* not with a call in it */
	checks_single();
	r.a.policy.hello = 0;
	r.a.policy.idle_close = 16 * SEC;
	rig_peer_up(&p, &r);
	checks_call(77);
	rig_restart(&r.a);
	rig_zlb(&p);
	rig_pass(&r, 100 * SEC);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_STOPCCN), 0);
	rig_free(&r);
}

static void proof_timer_in_full(void)
{
	checks_single();
	r.a.policy.hello = 0;
	rig_peer_up(&p, &r);
	r.a.policy.reauth = 80 * SEC;
	rig_restart(&r.a);
	rig_zlb(&p);
	rig_pass(&r, 80 * SEC - 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_SCCRQ), 0);
	rig_pass(&r, 10 * SEC + 1);
	CU_ASSERT_TRUE(rig_count_sent(&r.a, L2TP_SCCRQ) > 0);
	rig_free(&r);
}

/* 6.13: one may have gone just before the restart. */
static void wen_once_a_minute(void)
{
	static const uint32_t errors[6] = {1};
	struct l2tp_call *c;

	checks_single();
	r.a.policy.hello = 0;
	rig_bring(&p, rig_peer_up(&p, &r), RIG_LAC_IN, L2TP_C_ESTABLISHED);
	rig_zlb(&p);
	rig_restart(&r.a);
	rig_zlb(&p);
	c = l2tp_call_next(checks_only_tunnel(), NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	l2tp_call_send_wen(c, errors, r.now + 60 * SEC - 1);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_WEN), 0);
	l2tp_call_send_wen(c, errors, r.now + 60 * SEC);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_WEN), 1);
	rig_free(&r);
}

/* A queue on the way would drop most of the HELLOs if all went at one time. */
static void many_tunnels_in_turn(void)
{
	uint16_t id = 0;

	checks_single();
	for (uint16_t n = 0; n < 150; n++) {
		rig_peer(&p, &r, (uint16_t)(1000 + n));
		rig_sccrq(&p);
		rig_send_ns(&p, 0);
		rig_decode(rig_last(&r.a, L2TP_SCCRP), &m, NULL);
		l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &id);
		p.peer_tid = id;
		p.nr = 1;
		rig_start(&p, L2TP_SCCCN, 0);
		rig_send_ns(&p, 1);
	}
	CU_ASSERT_EQUAL(rig_restart(&r.a).tunnels, 150);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_TUNNEL), 150);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 64);
	rig_pass(&r, 1000);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 128);
	rig_pass(&r, 1000);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 150);
	rig_pass(&r, 100 * SEC); /* repeated and given up as ever */
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 6 * 150);
	CU_ASSERT_PTR_NULL(checks_only_tunnel());
	rig_free(&r);
}

/* --- what goes on ----------------------------------------------------------------------------- */

/* A tunnel that we opened takes new calls, also when none came back. */
static void empty_tunnel_has_room(void)
{
	checks_single();
	rig_peer_answers(&p, &r);
	rig_zlb(&p);
	rig_restart(&r.a);
	CU_ASSERT_PTR_NOT_NULL(l2tp_tunnel_with_room(r.a.e, NULL, NULL));
	CU_ASSERT_PTR_EQUAL(l2tp_tunnel_with_room(r.a.e, NULL, NULL), checks_only_tunnel());
	rig_free(&r);
}

/* As for any established tunnel, messages that came early wait for the one before them. */
static void early_messages_are_held(void)
{
	static const uint8_t filler[900];

	checks_single();
	rig_peer_up(&p, &r);
	rig_restart(&r.a);
	rig_ack(&p);
	for (uint16_t i = 1; i <= 12; i++) { /* more octets than a tunnel that forms may hold */
		struct l2tp_avp a = {.vendor = 9, .type = 1, .val = filler, .len = sizeof(filler)};

		rig_start_any(&p, L2TP_ICRQ, 0, (uint16_t)(77 + i));
		l2tp_build_raw(&p.b, &a);
		rig_send_ns(&p, (uint16_t)(p.ns + i));
	}
	rig_start_any(&p, L2TP_ICRQ, 0, 77);
	rig_send_ns(&p, p.ns);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_OFFERED), 13);
	rig_free(&r);
}

/* What came hidden goes on hidden. */
static void info_stays_hidden(void)
{
	const struct l2tp_avp *a;
	struct l2tp_call *c;

	checks_single();
	c = rig_bring(&p, rig_peer_up(&p, &r), RIG_LNS_IN, L2TP_C_ESTABLISHED);
	l2tp_call_hide_info(c);
	rig_restart(&r.a);
	rig_zlb(&p);
	l2tp_call_send_sli(l2tp_call_next(checks_only_tunnel(), NULL), 1, 2, r.now);
	rig_decode(rig_last(&r.a, L2TP_SLI), &m, &r.a.policy.secret);
	a = l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_ACCM);
	CU_ASSERT_TRUE(a && a->hidden);
	rig_free(&r);
}

/* --- secrets ---------------------------------------------------------------------------------- */

/* The tunnel was opened with another secret than the peer section has now. */
static void changed_secret_closes_the_tunnel(void)
{
	struct shelf_owner o;
	struct l2tp_result res;

	checks_single();
	rig_peer_up(&p, &r);
	checks_call(77);
	r.a.policy.secret.octets[0] ^= 1;
	o = rig_restart(&r.a);
	CU_ASSERT_EQUAL(o.tunnels, 1);
	CU_ASSERT_EQUAL(o.calls, 0);
	rig_zlb(&p);
	rig_decode(rig_last(&r.a, L2TP_STOPCCN), &m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, &res));
	CU_ASSERT_EQUAL(res.result, L2TP_STOP_NOT_AUTHORIZED);
	rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_TUNNEL_DOWN), 1);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_TUNNEL), 0);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	rig_free(&r);
}

/* Records do not show whether two peers have the same secret. */
static void secrets_do_not_show(void)
{
	struct save_tunnel s[2];
	unsigned n = 0;

	checks_single();
	rig_peer_up(&p, &r);
	rig_peer_answers(&p, &r);
	rig_zlb(&p);
	for (unsigned i = 0; i < shelf.valid.n; i++)
		if (shelf.valid.rec[i].what == L2TP_KEEP_TUNNEL)
			CU_ASSERT_TRUE(save_tunnel_read(&s[n++], shelf.valid.rec[i].octets,
							shelf.valid.rec[i].len));
	CU_ASSERT_EQUAL_FATAL(n, 2);
	CU_ASSERT_NOT_EQUAL(memcmp(s[0].secret, s[1].secret, sizeof(s[0].secret)), 0);
	rig_free(&r);
}

/* --- records that do not hold together -------------------------------------------------------- */

static struct l2tp_peer_answer who;

static struct l2tp_tunnel *checks_restore(const char *name)
{
	uint8_t rec[L2TP_RECORD_MAX];
	size_t len = shelf_vector(name, rec, sizeof(rec));

	who.policy = r.a.policy;
	return l2tp_tunnel_restore(r.a.e, rec, len, 7, &who, NULL, r.now);
}

static struct l2tp_call *checks_restore_call(struct l2tp_tunnel *t, const char *name, unsigned at,
					     uint16_t value)
{
	uint8_t rec[L2TP_RECORD_MAX];
	size_t len = shelf_vector(name, rec, sizeof(rec));

	if (at)
		wr_put16(rec + at, value);
	return l2tp_call_restore(t, rec, len, NULL, r.now);
}

static bool checks_restore_engine(void)
{
	uint8_t rec[L2TP_RECORD_MAX];

	return l2tp_engine_restore(r.a.e, rec, shelf_vector("engine", rec, sizeof(rec)));
}

static void ids_that_cannot_be(void)
{
	struct l2tp_tunnel *t;

	checks_single();
	CU_ASSERT_PTR_NULL(checks_restore("tunnel")); /* no id has been given yet */
	CU_ASSERT_TRUE(checks_restore_engine());
	t = checks_restore("tunnel");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_PTR_NULL(checks_restore("tunnel"));
	CU_ASSERT_FALSE(checks_restore_engine());
	/* a call: of another tunnel, with an id never given, twice, or with another's peer id */
	CU_ASSERT_PTR_NULL(checks_restore_call(t, "call-lns", 4, 0x5196));
	CU_ASSERT_PTR_NULL(checks_restore_call(t, "call-lns", 6, 0xf158));
	CU_ASSERT_PTR_NOT_NULL(checks_restore_call(t, "call-lns", 0, 0));
	CU_ASSERT_PTR_NULL(checks_restore_call(t, "call-lns", 0, 0));
	CU_ASSERT_PTR_NULL(checks_restore_call(t, "call-lac", 8, 0x0a0b));
	CU_ASSERT_PTR_NOT_NULL(checks_restore_call(t, "call-lac", 0, 0));
	/* the same of one to be cleared: no CDN */
	CU_ASSERT_PTR_NULL(checks_restore_call(t, "call-clearing", 6, 0xf158));
	CU_ASSERT_PTR_NULL(checks_restore_call(t, "call-clearing", 6, 0xf157));
	l2tp_engine_resume(r.a.e, r.now);
	rig_peer(&p, &r, 0x3c4d);
	p.peer_tid = 0x5195;
	p.ns = 0x21;
	p.nr = 0x10;
	for (unsigned i = 0; i < 3; i++)
		rig_zlb(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 2);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 0);
	/* it goes on: no record is taken any more */
	CU_ASSERT_PTR_NULL(checks_restore_call(t, "call-clearing", 0, 0));
	rig_start(&p, L2TP_HELLO, 0);
	rig_send(&p);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_CDN), 0);
	rig_free(&r);
}

/* Calls of a tunnel that is being closed do not live on. */
static void calls_of_a_tunnel_being_closed(void)
{
	struct l2tp_tunnel *t;

	checks_single();
	checks_restore_engine();
	t = checks_restore("stopping");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_PTR_NULL(checks_restore_call(t, "call-lns", 4, 0x347a));
	CU_ASSERT_PTR_NULL(checks_restore_call(t, "call-clearing", 4, 0x347a));
	CU_ASSERT_PTR_NULL(l2tp_call_next(t, NULL));
	l2tp_engine_resume(r.a.e, r.now);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), 1);
	rig_free(&r);
}

/* A time to come, as after a restart of the machine, is now. */
static void times_to_come(void)
{
	struct l2tp_tunnel_info i;
	struct l2tp_call_info j;
	struct l2tp_tunnel *t;

	checks_single();
	r.now = 5 * SEC;
	checks_restore_engine();
	t = checks_restore("tunnel");
	l2tp_tunnel_info(t, &i);
	CU_ASSERT_EQUAL(i.since, 5 * SEC);
	l2tp_call_info(checks_restore_call(t, "call-lns", 0, 0), &j);
	CU_ASSERT_EQUAL(j.since, 5 * SEC);
	rig_free(&r);
}

/* --- memory ----------------------------------------------------------------------------------- */

/* One allocation after the other is refused: nothing is left behind, and what came back works. */
static void no_memory_anywhere(void)
{
	bool refused = true;

	for (unsigned skip = 0; refused; skip++) {
		struct l2tp_tunnel *t, *u;

		checks_single();
		r.a.policy.max_source_calls = 10;
		checks_restore_engine();
		heap_refuse(2 + skip); /* the first two read the vector */
		t = checks_restore("tunnel");
		refused = heap_refused();
		if (t) {
			heap_refuse(2 + skip);
			checks_restore_call(t, "call-lns", 0, 0);
			checks_restore_call(t, "call-clearing", 0, 0);
			l2tp_engine_resume(r.a.e, r.now);
			refused |= heap_refused();
		}
		u = checks_only_tunnel();
		CU_ASSERT_PTR_EQUAL(t, u);
		rig_pass(&r, 100 * SEC);
		CU_ASSERT_PTR_NULL(checks_only_tunnel());
		rig_free(&r);
	}
}

static const struct test_case cases[] = {
	{"tunnel_ids_rest", tunnel_ids_rest},
	{"tunnel_ids_come_back", tunnel_ids_come_back},
	{"call_ids_come_back", call_ids_come_back},
	{"call_ids_rest", call_ids_rest},
	{"what_came_back_counts", what_came_back_counts},
	{"lower_limits_end_nothing", lower_limits_end_nothing},
	{"hello_timer_in_full", hello_timer_in_full},
	{"idle_timer_in_full", idle_timer_in_full},
	{"proof_timer_in_full", proof_timer_in_full},
	{"wen_once_a_minute", wen_once_a_minute},
	{"many_tunnels_in_turn", many_tunnels_in_turn},
	{"empty_tunnel_has_room", empty_tunnel_has_room},
	{"early_messages_are_held", early_messages_are_held},
	{"info_stays_hidden", info_stays_hidden},
	{"changed_secret_closes_the_tunnel", changed_secret_closes_the_tunnel},
	{"secrets_do_not_show", secrets_do_not_show},
	{"ids_that_cannot_be", ids_that_cannot_be},
	{"calls_of_a_tunnel_being_closed", calls_of_a_tunnel_being_closed},
	{"times_to_come", times_to_come},
	{"no_memory_anywhere", no_memory_anywhere},
	{NULL, NULL},
};
extern const struct test_suite suite_restore_checks;
const struct test_suite suite_restore_checks = {"restore_checks", cases};
