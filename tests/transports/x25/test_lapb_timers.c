/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LAPB's timers and the user's functions in each state: what is sent when T1 runs out, after N2
 * times, and when the link is stopped or its line goes (X.25 2.4.4 and 2.4.5.9, ISO 7776 5.4 to
 * 5.8).  We are the DCE: our commands have address 03, our responses 01.
 */
#include "tests/transports/x25/lapb_end.h"

#include <stdio.h>
#include <string.h>

#define NEVER UINT64_MAX

/* An active DCE brought to this state at 0. */
static struct end *lapb_timers_in(enum lapb_state s)
{
	struct end *e = lapb_make(true, false, false, 7);

	if (s != LAPB_DISCONNECTED)
		lapb_start(&e->l, 0);
	if (s > LAPB_SETUP)
		test_lapb_rx(e, "0373", 0); /* UA */
	if (s == LAPB_REJECTED)
		test_lapb_rx(e, "010d", 0); /* an S frame of no kind */
	if (s == LAPB_DISC_SENT)
		lapb_stop(&e->l, 0);
	CU_ASSERT_EQUAL_FATAL(e->l.state, s);
	e->sent.outs = e->n_reports = 0;
	return e;
}

/* Nothing was sent, or this frame and no other. */
static void lapb_timers_sent(struct end *e, const char *hex)
{
	if (*hex)
		lapb_expect(e, hex);
	CU_ASSERT_EQUAL(e->sent.outs, 0);
}

/* Nothing was reported, or this and nothing else; LAPB_R_UP is not asked for here. */
static void lapb_timers_down(struct end *e, bool down)
{
	CU_ASSERT_EQUAL(e->n_reports, down);
	if (down)
		CU_ASSERT_EQUAL(e->reports[0], LAPB_R_DOWN);
}

/* SABM, FRMR and DISC go out N2 times, T1 apart. */
static void t1_and_n2_in_every_state(void)
{
	static const struct {
		enum lapb_state state;
		const char *again; /* at each T1 */
		enum lapb_state then;
		const char *last;
		bool down;
		uint64_t next;
	} rows[] = {
		{LAPB_SETUP, "033f", LAPB_DISCONNECTED, "", false, 90 * S},
		{LAPB_REJECTED, "0187 0d0001", LAPB_SETUP, "033f", true, 63 * S},
		{LAPB_DISC_SENT, "0353", LAPB_DISCONNECTED, "", true, NEVER},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct end *e = lapb_timers_in(rows[i].state);

		for (unsigned t = 3; t < 60; t += 3) {
			CU_ASSERT_EQUAL(lapb_deadline(&e->l), t * (uint64_t)S);
			lapb_expire(&e->l, t * (uint64_t)S - 1);
			CU_ASSERT_EQUAL(e->sent.outs, 0);
			lapb_expire(&e->l, t * (uint64_t)S);
			lapb_timers_sent(e, rows[i].again);
			CU_ASSERT_EQUAL(e->l.state, rows[i].state);
		}
		CU_ASSERT_EQUAL(e->n_reports, 0);
		lapb_expire(&e->l, 60 * S);
		CU_ASSERT_EQUAL(e->l.state, rows[i].then);
		lapb_timers_sent(e, rows[i].last);
		lapb_timers_down(e, rows[i].down);
		CU_ASSERT_EQUAL(lapb_deadline(&e->l), rows[i].next);
		lapb_drop(e);
	}
}

/* X.25 2.4.4.5.1: after a collision of SABMs the link is up when the UA comes, or when T1 runs out
 * after we have sent ours. */
static void a_collision_ends_with_t1(void)
{
	struct end *e = lapb_timers_in(LAPB_SETUP);

	test_lapb_rx(e, "013f", 1 * S);
	lapb_timers_sent(e, "0173");
	CU_ASSERT_EQUAL(e->l.state, LAPB_SETUP);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 3 * S);
	lapb_expire(&e->l, 3 * S);
	lapb_timers_sent(e, "");
	CU_ASSERT_EQUAL(e->l.state, LAPB_UP);
	CU_ASSERT_EQUAL(e->n_reports, 1);
	CU_ASSERT_EQUAL(e->reports[0], LAPB_R_UP);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), NEVER);
	/* Of the next set-up no UA has been sent. */
	test_lapb_rx(e, "031f", 4 * S);
	lapb_timers_sent(e, "033f");
	test_lapb_rx(e, "0100 61", 5 * S);
	CU_ASSERT_EQUAL(e->l.state, LAPB_SETUP);
	CU_ASSERT_EQUAL(e->gots, 0);
	lapb_drop(e);
}

static void stopped_in_every_state(void)
{
	static const struct {
		enum lapb_state state, then;
		const char *sent;
		uint64_t next;
	} rows[] = {
		{LAPB_DISCONNECTED, LAPB_DISCONNECTED, "", NEVER},
		{LAPB_SETUP, LAPB_DISCONNECTED, "", NEVER},
		{LAPB_UP, LAPB_DISC_SENT, "0353", 5 * S},
		{LAPB_REJECTED, LAPB_DISC_SENT, "0353", 5 * S},
		{LAPB_DISC_SENT, LAPB_DISC_SENT, "0353", 5 * S},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct end *e = lapb_timers_in(rows[i].state);

		lapb_stop(&e->l, 2 * S);
		CU_ASSERT_EQUAL(e->l.state, rows[i].then);
		lapb_timers_sent(e, rows[i].sent);
		lapb_timers_down(e, false);
		CU_ASSERT_EQUAL(lapb_deadline(&e->l), rows[i].next);
		test_lapb_rx(e, "013f", 3 * S); /* a SABM is refused from here on */
		lapb_timers_sent(e, "011f");
		lapb_drop(e);
	}
}

static void the_line_goes_in_every_state(void)
{
	for (int s = 0; s < LAPB_STATES; s++) {
		struct end *e = lapb_timers_in((enum lapb_state)s);

		lapb_line_down(&e->l);
		CU_ASSERT_EQUAL(e->l.state, LAPB_DISCONNECTED);
		lapb_timers_sent(e, "");
		lapb_timers_down(e, s >= LAPB_UP);
		CU_ASSERT_EQUAL(lapb_deadline(&e->l), NEVER);
		lapb_start(&e->l, 9 * S);
		lapb_timers_sent(e, "033f");
		lapb_drop(e);
	}
}

/* After the peer's DISC, and after ours when the link is wanted again, a set-up follows later. */
static void set_up_again_after_a_disc(void)
{
	struct end *e = lapb_timers_in(LAPB_UP);

	test_lapb_rx(e, "0153", 1 * S);
	lapb_timers_sent(e, "0173");
	lapb_timers_down(e, true);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 31 * S);
	lapb_expire(&e->l, 31 * S);
	lapb_timers_sent(e, "033f");
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 34 * S);
	lapb_drop(e);

	e = lapb_timers_in(LAPB_DISC_SENT);
	lapb_start(&e->l, 1 * S);
	lapb_timers_sent(e, "");
	test_lapb_rx(e, "0373", 2 * S);
	lapb_timers_down(e, true);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 32 * S);
	lapb_drop(e);

	e = lapb_up_dce(); /* a passive end waits */
	test_lapb_rx(e, "0153", 1 * S);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), NEVER);
	lapb_drop(e);
}

/* X.25 2.4.4.2: an unsolicited DM, without F, asks for a set-up. */
static void an_unsolicited_dm(void)
{
	struct end *e = lapb_timers_in(LAPB_DISCONNECTED);

	test_lapb_rx(e, "030f", 0); /* not started */
	lapb_timers_sent(e, "");
	lapb_start(&e->l, 0);
	lapb_timers_sent(e, "033f");
	test_lapb_rx(e, "031f", 1 * S); /* refused */
	CU_ASSERT_EQUAL(e->l.state, LAPB_DISCONNECTED);
	test_lapb_rx(e, "030f", 2 * S);
	lapb_timers_sent(e, "033f");
	CU_ASSERT_EQUAL(e->l.state, LAPB_SETUP);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 5 * S);
	lapb_drop(e);

	e = lapb_make(true, false, true, 7);
	lapb_start(&e->l, 0);
	test_lapb_rx(e, "030f", 1 * S);
	lapb_timers_sent(e, "");
	CU_ASSERT_EQUAL(e->l.state, LAPB_DISCONNECTED);
	lapb_drop(e);
}

/* While a poll waits for its answer, T3 does not send another; a frame puts T3 off. */
static void t3_beside_t1(void)
{
	struct end *e = lapb_make(true, false, false, 7);

	e->l.cfg.t3 = 2 * S;
	lapb_start(&e->l, 0);
	lapb_timers_sent(e, "033f");
	test_lapb_rx(e, "0373", 0);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 2 * S);
	test_lapb_rx(e, "0301", 1 * S);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 3 * S);
	lapb_expire(&e->l, 3 * S);
	lapb_timers_sent(e, "0311");
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 5 * S);
	lapb_expire(&e->l, 5 * S);
	lapb_timers_sent(e, "");
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 6 * S);
	lapb_expire(&e->l, 6 * S);
	lapb_timers_sent(e, "0311"); /* T1 */
	CU_ASSERT_EQUAL(e->l.count[LAPB_C_T1], 1);
	lapb_drop(e);
}

/* X.25 2.4.5.4 and 2.4.3: a P is answered by F in REJ and, when REJ is out, in RR. */
static void polled_while_a_frame_is_missing(void)
{
	struct end *e = lapb_up_dce();

	test_lapb_rx(e, "0112 61", 0);
	lapb_timers_sent(e, "0119");
	test_lapb_rx(e, "0114 61", 0);
	lapb_timers_sent(e, "0111");
	test_lapb_rx(e, "0110 61", 0); /* the one that was missing */
	lapb_timers_sent(e, "0131");
	test_lapb_rx(e, "0104 61", 0); /* a gap again */
	lapb_timers_sent(e, "0129");
	CU_ASSERT_EQUAL(e->gots, 1);
	lapb_drop(e);
}

static void frame_reject_tells_both_numbers(void)
{
	struct end *e = lapb_up_dce();

	lapb_send(&e->l, (const uint8_t *)"a", 1, 0);
	lapb_send(&e->l, (const uint8_t *)"b", 1, 0);
	test_lapb_rx(e, "0100 61", 0);
	test_lapb_rx(e, "0102 61", 0);
	test_lapb_rx(e, "0104 61", 0);
	e->sent.outs = 0;
	test_lapb_rx(e, "01b6 61", 1 * S); /* N(R) 5, P, N(S) 3; V(S) is 2, V(R) 3 */
	lapb_timers_sent(e, "0197 b6 64 08");
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 4 * S);
	lapb_drop(e);
}

/* Frames that come together have one RR, and those that have one have no other. */
static void frames_at_hand_are_acknowledged_together(void)
{
	static const uint8_t i[][3] = {{1, 0x00, 'a'}, {1, 0x02, 'b'}, {1, 0x04, 'c'},
				       {1, 0x06, 'd'}, {1, 0x08, 'e'}, {1, 0x0a, 'f'}};
	struct end *e = lapb_up_dce();

	for (unsigned n = 0; n < 3; n++)
		lapb_rx(&e->l, i[n], 3, 0);
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	lapb_rx(&e->l, i[3], 3, 0);
	lapb_expect(e, "0181"); /* half of a window of 7 */
	lapb_settle(&e->l);
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	lapb_rx(&e->l, i[4], 3, 0);
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	lapb_settle(&e->l);
	lapb_expect(e, "01a1");
	lapb_rx(&e->l, i[5], 3, 0);
	CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	lapb_expect(e, "03c0 78"); /* by what is sent anyhow */
	lapb_settle(&e->l);
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	lapb_drop(e);
}

/* With the link gone there is nothing to acknowledge. */
static void nothing_is_acknowledged_on_a_link_that_is_down(void)
{
	static const uint8_t i[] = {1, 0x00, 'a'};
	struct end *e = lapb_up_dce();

	lapb_rx(&e->l, i, sizeof(i), 0);
	lapb_line_down(&e->l);
	lapb_settle(&e->l);
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	lapb_drop(e);
}

static const struct test_case cases[] = {
	{"t1_and_n2_in_every_state", t1_and_n2_in_every_state},
	{"x25_2_4_4_5_1_a_collision_ends_with_t1", a_collision_ends_with_t1},
	{"stopped_in_every_state", stopped_in_every_state},
	{"the_line_goes_in_every_state", the_line_goes_in_every_state},
	{"set_up_again_after_a_disc", set_up_again_after_a_disc},
	{"an_unsolicited_dm", an_unsolicited_dm},
	{"t3_beside_t1", t3_beside_t1},
	{"polled_while_a_frame_is_missing", polled_while_a_frame_is_missing},
	{"frame_reject_tells_both_numbers", frame_reject_tells_both_numbers},
	{"frames_at_hand_are_acknowledged_together", frames_at_hand_are_acknowledged_together},
	{"nothing_is_acknowledged_on_a_link_that_is_down",
	 nothing_is_acknowledged_on_a_link_that_is_down},
	{NULL, NULL},
};
const struct test_suite suite_lapb_timers = {"lapb_timers", cases};
