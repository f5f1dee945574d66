/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/x25/lapb_end.h"

#include <stdio.h>
#include <string.h>

/* As a Linux lapbether device begins: SABM P, then a Restart in the first I frame. */
static void conversation_of_a_kernel(void)
{
	struct end *e = lapb_up_dce();
	static const uint8_t confirm[] = {0x10, 0x00, 0xff};

	test_lapb_rx(e, "0100 1000fb0000", 10);
	CU_ASSERT_EQUAL(e->gots, 1);
	ASSERT_OCTETS(e->got[0], e->got_len[0], "\x10\x00\xfb\x00\x00", 5);
	lapb_expect(e, "0121"); /* RR, N(R) 1, a response of the DCE */
	CU_ASSERT_TRUE(lapb_send(&e->l, confirm, sizeof(confirm), 20));
	lapb_expect(e, "0320 1000ff");
	test_lapb_rx(e, "0321", 30); /* RR N(R) 1, a response of the DTE */
	CU_ASSERT_EQUAL(e->l.va, 1);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), UINT64_MAX);
	test_lapb_rx(e, "0153", 40);
	lapb_expect(e, "0173");
	CU_ASSERT_EQUAL(e->l.state, LAPB_DISCONNECTED);
	CU_ASSERT_EQUAL(e->reports[e->n_reports - 1], LAPB_R_DOWN);
	lapb_drop(e);
}

static void dte_sets_up_and_repeats_n2_times(void)
{
	struct end *e = lapb_make(false, false, false, 7);
	unsigned sent = 0;
	uint64_t now = 0;

	lapb_start(&e->l, now);
	while (lapb_deadline(&e->l) == now + 3 * S || !sent) {
		lapb_expect(e, "013f");
		sent++;
		now = lapb_deadline(&e->l);
		lapb_expire(&e->l, now);
	}
	CU_ASSERT_EQUAL(sent, 20);
	CU_ASSERT_EQUAL(e->l.state, LAPB_DISCONNECTED);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), now + 30 * S); /* and tries again later */
	lapb_expire(&e->l, now + 30 * S);
	lapb_expect(e, "013f");
	test_lapb_rx(e, "0173", now + 31 * S);
	CU_ASSERT_EQUAL(e->l.state, LAPB_UP);
	CU_ASSERT_EQUAL(e->reports[e->n_reports - 1], LAPB_R_UP);
	lapb_drop(e);
}

static void a_gap_gets_one_reject(void)
{
	struct end *e = lapb_up_dce();

	test_lapb_rx(e, "0102 aa", 1); /* N(S) 1, 0 is missing */
	lapb_expect(e, "0109");	       /* REJ N(R) 0 */
	test_lapb_rx(e, "0104 bb", 2);
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	test_lapb_rx(e, "0100 99", 3);
	lapb_expect(e, "0121");
	test_lapb_rx(e, "0102 aa", 4);
	lapb_expect(e, "0141");
	CU_ASSERT_EQUAL(e->gots, 2);
	lapb_drop(e);
}

static void reject_makes_it_send_again(void)
{
	struct end *e = lapb_up_dce();

	for (int i = 0; i < 3; i++)
		CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t[]){(uint8_t)i}, 1, 0));
	lapb_expect(e, "0300 00");
	lapb_expect(e, "0302 01");
	lapb_expect(e, "0304 02");
	test_lapb_rx(e, "0329", 1); /* REJ N(R) 1 */
	lapb_expect(e, "0302 01");
	lapb_expect(e, "0304 02");
	CU_ASSERT_EQUAL(e->l.count[LAPB_C_RESENT], 2);
	lapb_drop(e);
}

static void window_closes_and_opens(void)
{
	struct end *e = lapb_up_dce();

	for (int i = 0; i < 7; i++)
		CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	CU_ASSERT_FALSE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	CU_ASSERT_EQUAL(e->n_reports, 0);
	test_lapb_rx(e, "0341", 1);
	CU_ASSERT_EQUAL(e->n_reports, 1);
	CU_ASSERT_EQUAL(e->reports[0], LAPB_R_WRITABLE);
	CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	test_lapb_rx(e, "0361", 2); /* told once for each refusal */
	CU_ASSERT_EQUAL(e->n_reports, 1);
	lapb_drop(e);
}

static void busy_peer_is_not_sent_to_and_is_polled(void)
{
	struct end *e = lapb_up_dce();

	test_lapb_rx(e, "0305", 0); /* RNR */
	CU_ASSERT_FALSE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 3 * S);
	lapb_expire(&e->l, 3 * S);
	lapb_expect(e, "0311");		/* RR command, P */
	test_lapb_rx(e, "0311", 4 * S); /* RR response, F: no longer busy */
	CU_ASSERT_EQUAL(e->reports[0], LAPB_R_WRITABLE);
	CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 4 * S));
	lapb_drop(e);
}

/* It is asked again for as long as it says so, whatever else it does meanwhile. */
static void a_busy_peer_is_never_forgotten(void)
{
	struct end *e = lapb_up_dce();

	lapb_send(&e->l, (const uint8_t *)"a", 1, 0);
	test_lapb_rx(e, "0105", 0); /* RNR, N(R) 0 */
	test_lapb_rx(e, "0120 61",
		     1 * S); /* information all the same, which acknowledges: N(R) 1 */
	e->sent.outs = 0;
	for (uint64_t i = 1; i <= 50; i++) { /* more than N2: it does answer */
		uint64_t now = lapb_deadline(&e->l);

		CU_ASSERT_FATAL(now != UINT64_MAX);
		lapb_expire(&e->l, now);
		lapb_expect(e, "0331");	      /* RR command, P, N(R) 1 */
		test_lapb_rx(e, "0335", now); /* RNR response, F */
	}
	CU_ASSERT_FALSE(lapb_send(&e->l, (const uint8_t *)"x", 1, 999 * S));
	test_lapb_rx(e, "0321", 999 * S);
	CU_ASSERT_EQUAL(e->l.state, LAPB_UP);
	CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 999 * S));
	lapb_drop(e);
}

/* What was unacknowledged when it became busy is sent once it is not. */
static void a_busy_peer_gets_what_it_missed(void)
{
	struct end *e = lapb_up_dce();

	lapb_send(&e->l, (const uint8_t *)"a", 1, 0);
	lapb_send(&e->l, (const uint8_t *)"b", 1, 0);
	e->sent.outs = 0;
	test_lapb_rx(e, "0325", 0); /* RNR, N(R) 1 */
	lapb_expire(&e->l, 3 * S);
	lapb_expect(e, "0311");
	test_lapb_rx(e, "0335", 3 * S); /* RNR, F, N(R) 1 */
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	lapb_expire(&e->l, 6 * S);
	lapb_expect(e, "0311");
	test_lapb_rx(e, "0331", 6 * S); /* RR, F, N(R) 1 */
	lapb_expect(e, "0302 62");
	lapb_drop(e);
}

static void timer_recovery_polls_then_sends_from_nr(void)
{
	struct end *e = lapb_up_dce();

	lapb_send(&e->l, (const uint8_t *)"a", 1, 0);
	lapb_send(&e->l, (const uint8_t *)"b", 1, 0);
	e->sent.outs = 0;
	lapb_expire(&e->l, 3 * S);
	lapb_expect(e, "0311");
	test_lapb_rx(e, "0331", 4 * S); /* RR F N(R) 1: the second is missing */
	lapb_expect(e, "0302 62");
	lapb_drop(e);
}

static void given_up_after_n2_polls_starts_over(void)
{
	struct end *e = lapb_up_dce();
	uint64_t now = 0;

	lapb_send(&e->l, (const uint8_t *)"a", 1, now);
	e->sent.outs = 0;
	for (int i = 0; i < 20; i++) {
		now = lapb_deadline(&e->l);
		lapb_expire(&e->l, now);
		lapb_expect(e, "0311");
	}
	lapb_expire(&e->l, lapb_deadline(&e->l));
	lapb_expect(e, "033f");
	CU_ASSERT_EQUAL(e->l.state, LAPB_SETUP);
	CU_ASSERT_EQUAL(e->reports[0], LAPB_R_DOWN);
	lapb_drop(e);
}

/* ISO 7776 5.3.9: W, X, Y, Z and what the three octets say. */
static void frame_reject_says_why(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"010d", "0197 0d0001"},    /* S frame of no kind: W */
		{"012100", "0197 210003"},  /* RR with information: W and X */
		{"01a0 00", "0197 a00008"}, /* N(R) 5 while nothing was sent: Z */
		{"03 81", "0197 811008"},   /* the same in a response */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct end *e = lapb_up_dce();
		uint8_t want[8];
		size_t n = test_hex(want, sizeof(want), rows[i].out);

		test_lapb_rx(e, rows[i].in, 0);
		CU_ASSERT_EQUAL_FATAL(e->sent.outs, 1);
		/* F answers a P, which these do not have */
		want[1] = 0x87;
		ASSERT_OCTETS(e->sent.out[0], e->sent.out_len[0], want, n);
		CU_ASSERT_EQUAL(e->l.state, LAPB_REJECTED);
		e->sent.outs = 0;
		test_lapb_rx(e, "013f", 1);
		lapb_expect(e, "0173");
		CU_ASSERT_EQUAL(e->l.state, LAPB_UP);
		lapb_drop(e);
	}
}

static void too_long_is_rejected_with_y(void)
{
	struct end *e = lapb_up_dce();
	static uint8_t frame[2 + 1031] = {0x01, 0x00};

	lapb_rx(&e->l, frame, sizeof(frame), 0);
	CU_ASSERT_EQUAL(e->sent.out[0][1], 0x87);
	CU_ASSERT_EQUAL(e->sent.out[0][4], 4);
	CU_ASSERT_EQUAL(e->gots, 0);
	lapb_drop(e);
}

static void disconnected_says_dm(void)
{
	struct end *e = lapb_make(true, false, true, 7);

	test_lapb_rx(e, "013f", 0); /* SABM while nobody wants the link */
	lapb_expect(e, "011f");
	test_lapb_rx(e, "0153", 0);
	lapb_expect(e, "011f");
	test_lapb_rx(e, "0111", 0); /* RR P */
	lapb_expect(e, "011f");
	test_lapb_rx(e, "0101", 0);
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	lapb_drop(e);
}

static void short_and_foreign_frames_are_counted(void)
{
	struct end *e = lapb_up_dce();

	test_lapb_rx(e, "", 0);
	test_lapb_rx(e, "01", 0);
	test_lapb_rx(e, "0700", 0);
	CU_ASSERT_EQUAL(e->l.count[LAPB_C_SHORT], 2);
	CU_ASSERT_EQUAL(e->l.count[LAPB_C_BAD_ADDRESS], 1);
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	lapb_drop(e);
}

static void silence_is_polled_when_t3_is_set(void)
{
	struct end *e = lapb_up_dce();

	e->l.cfg.t3 = 10 * S;
	test_lapb_rx(e, "013f", 0);
	e->sent.outs = 0;
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 10 * S);
	lapb_expire(&e->l, 10 * S);
	lapb_expect(e, "0311");
	test_lapb_rx(e, "0311", 11 * S);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 21 * S);
	lapb_drop(e);
}

/* --- modulo 128: X.25 2.3.2, tables 2 and 3; ISO 7776 3.3 ------------------------------------- */

static void extended_set_up_and_numbers(void)
{
	struct end *e = lapb_up_as_dce(true, 127);

	CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	lapb_expect(e, "030000 78");
	test_lapb_rx(e, "010003 79", 1); /* I N(S) 0, N(R) 1, P */
	lapb_expect(e, "010103");	 /* RR N(R) 1, F */
	CU_ASSERT_EQUAL(e->l.va, 1);
	test_lapb_rx(e, "010101", 2); /* RR, P, N(R) 0: below what was acknowledged */
	lapb_expect(e, "0197 0101 02 02 08");
	lapb_drop(e);
	e = lapb_make(false, true, false, 127);
	lapb_start(&e->l, 0);
	lapb_expect(e, "017f"); /* SABME, P: the DTE's command to the DCE */
	test_lapb_rx(e, "0173", 0);
	CU_ASSERT_EQUAL(e->l.state, LAPB_UP);
	lapb_stop(&e->l, 1);
	lapb_expect(e, "0153"); /* unnumbered frames keep their one octet */
	lapb_drop(e);
}

static void extended_supervisory_frames(void)
{
	struct end *e = lapb_up_as_dce(true, 127);

	test_lapb_rx(e, "010200 aa", 1); /* N(S) 1, 0 is missing */
	lapb_expect(e, "010900");	 /* REJ N(R) 0 */
	test_lapb_rx(e, "010001 99", 2); /* N(S) 0, P */
	lapb_expect(e, "010103");	 /* RR N(R) 1, F */
	for (int i = 0; i < 3; i++)
		lapb_send(&e->l, (const uint8_t[]){(uint8_t)i}, 1, 2);
	e->sent.outs = 0;
	test_lapb_rx(e, "030902", 3); /* REJ response, N(R) 1 */
	lapb_expect(e, "030202 01");
	lapb_expect(e, "030402 02");
	test_lapb_rx(e, "030506", 4); /* RNR, N(R) 3 */
	CU_ASSERT_FALSE(lapb_send(&e->l, (const uint8_t *)"x", 1, 4));
	lapb_expire(&e->l, 4 + 3 * S);
	lapb_expect(e, "030103");	  /* RR command, P, N(R) 1 */
	test_lapb_rx(e, "030107", 5 * S); /* RR response, F, N(R) 3 */
	CU_ASSERT_EQUAL(e->reports[0], LAPB_R_WRITABLE);
	CU_ASSERT_EQUAL(e->l.va, 3);
	test_lapb_rx(e, "0101", 6 * S); /* cut off behind the first octet of the control field */
	CU_ASSERT_EQUAL(e->l.count[LAPB_C_SHORT], 1);
	lapb_drop(e);
}

static void extended_numbers_wrap_at_128(void)
{
	struct end *e = lapb_up_as_dce(true, 127);

	for (int i = 0; i < 127; i++) {
		CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
		if (i < 126)
			e->sent.outs = 0;
	}
	lapb_expect(e, "03fc00 78"); /* N(S) 126 */
	CU_ASSERT_FALSE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	test_lapb_rx(e, "0301fe", 0); /* RR N(R) 127 */
	CU_ASSERT_EQUAL(e->n_reports, 1);
	CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	lapb_expect(e, "03fe00 78"); /* N(S) 127, then 0 */
	lapb_expect(e, "030000 78");
	for (int i = 0; i < 128; i++) {
		uint8_t frame[4] = {0x01, (uint8_t)(i << 1), 0x02, 'y'};

		lapb_rx(&e->l, frame, 4, 1);
		e->gots = 0;
		if (i < 127)
			e->sent.outs = 0;
	}
	lapb_expect(e, "010100"); /* N(R) 0 again */
	lapb_drop(e);
}

/* The five octets: control field in two, V(S), V(R) and C/R, why. */
static void extended_frame_reject(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"010d00", "0187 0d00 00 00 01"},    /* S frame of no kind: W */
		{"01010042", "0187 0100 00 00 03"},  /* RR with information: W and X */
		{"01000a 61", "0187 000a 00 00 08"}, /* N(R) 5 while nothing was sent: Z */
		{"030102", "0187 0102 00 01 08"},    /* the same in a response: C/R */
		{"0107", "0187 0700 00 00 01"},	     /* unnumbered, of no kind */
		{"0117", "0197 1700 00 00 01"},	     /* with P, which is answered by F */
		{"013f", "0197 3f00 00 00 01"},	     /* SABM where SABME was agreed */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct end *e = lapb_up_as_dce(true, 7);

		test_lapb_rx(e, rows[i].in, 0);
		lapb_expect(e, rows[i].out);
		CU_ASSERT_EQUAL(e->l.state, LAPB_REJECTED);
		lapb_expire(&e->l, 3 * S); /* once more after T1 */
		CU_ASSERT_EQUAL(e->sent.out_len[0], 7);
		lapb_drop(e);
	}
}

static void extended_frame_reject_tells_both_numbers(void)
{
	struct end *e = lapb_up_as_dce(true, 7);

	lapb_send(&e->l, (const uint8_t *)"a", 1, 0);
	lapb_send(&e->l, (const uint8_t *)"b", 1, 0);
	test_lapb_rx(e, "010000 61", 0);
	test_lapb_rx(e, "010200 61", 0);
	test_lapb_rx(e, "010400 61", 0);
	e->sent.outs = 0;
	test_lapb_rx(e, "010612 61", 0); /* N(S) 3, N(R) 9; V(S) is 2, V(R) 3 */
	lapb_expect(e, "0187 0612 04 06 08");
	lapb_drop(e);
}

/* --- one end knows modulo 8, the other 128 (X.25 2.4.3: DM says no to a set-up) --------------- */

static void the_other_modulo_is_refused(void)
{
	for (int extended = 0; extended < 2; extended++) {
		const char *other = extended ? "013f" : "017f", *ours = extended ? "037f" : "033f";
		struct end *e = lapb_make(true, extended, true, 7);

		lapb_start(&e->l, 0);
		test_lapb_rx(e, other, 0);
		lapb_expect(e, "011f"); /* DM, F */
		CU_ASSERT_EQUAL(e->l.state, LAPB_DISCONNECTED);
		CU_ASSERT_EQUAL(e->l.count[LAPB_C_MODULO], 1);
		lapb_drop(e);

		e = lapb_make(true, extended, false, 7); /* both have sent their own */
		lapb_start(&e->l, 0);
		lapb_expect(e, ours);
		test_lapb_rx(e, other, 0);
		lapb_expect(e, "011f");
		test_lapb_rx(e, "031f", 0); /* and hear the other's DM, F */
		CU_ASSERT_EQUAL(e->l.state, LAPB_DISCONNECTED);
		CU_ASSERT_EQUAL(e->l.count[LAPB_C_SETUP_REFUSED], 1);
		CU_ASSERT_EQUAL(lapb_deadline(&e->l),
				3 * S);	    /* not at once, or both would for ever */
		test_lapb_rx(e, "031f", 1); /* another, late */
		CU_ASSERT_EQUAL(e->l.state, LAPB_DISCONNECTED);
		CU_ASSERT_EQUAL(e->sent.outs, 0);
		lapb_expire(&e->l, 3 * S);
		lapb_expect(e, ours);
		test_lapb_rx(e, "030f", 4 * S); /* DM without F is no answer to a P */
		CU_ASSERT_EQUAL(e->l.state, LAPB_SETUP);
		lapb_drop(e);
	}
}

static uint64_t line_time;

static void lapb_arrive(void *far, const uint8_t *frame, size_t len)
{
	struct end *e = far;

	lapb_rx(&e->l, frame, len, line_time);
	lapb_settle(&e->l);
}

/* The two at one line: neither comes up, neither sends without end. */
static void two_modulos_on_one_line_stay_quiet(void)
{
	struct end *a = lapb_make(false, false, false, 7), *b = lapb_make(true, true, false, 7);
	unsigned frames_seen = 0;

	line_time = 0;
	lapb_start(&a->l, 0);
	lapb_start(&b->l, 0);
	while (line_time < 600 * S) {
		unsigned n = recorder_carry(&a->sent, b, lapb_arrive) +
			     recorder_carry(&b->sent, a, lapb_arrive);
		uint64_t at = lapb_deadline(&a->l) < lapb_deadline(&b->l) ? lapb_deadline(&a->l)
									  : lapb_deadline(&b->l);

		frames_seen += n;
		CU_ASSERT_FATAL(a->l.state != LAPB_UP && b->l.state != LAPB_UP);
		if (n)
			continue;
		CU_ASSERT_FATAL(at != UINT64_MAX);
		line_time = at;
		lapb_expire(&a->l, line_time);
		lapb_expire(&b->l, line_time);
	}
	CU_ASSERT_TRUE(frames_seen <= 4 * 200 + 4); /* two set-ups and two answers every T1 */
	CU_ASSERT_TRUE(b->l.count[LAPB_C_MODULO] > 0);
	lapb_drop(a);
	lapb_drop(b);
}

/* --- every frame in every state --------------------------------------------------------------- */

enum { F_I, F_RR, F_RNR, F_REJ, F_SABM, F_MODE, F_DISC, F_UA, F_DM, F_FRMR, F_BAD, FRAMES };

/* Commands with P, responses with F; the last is an S frame of no kind.  By modulo. */
static const char *const frames[2][FRAMES] = {
	{"011061", "0111", "0115", "0119", "013f", "017f", "0153", "0373", "031f", "0397000000",
	 "010d"},
	{"01000161", "010101", "010501", "010901", "017f", "013f", "0153", "0373", "031f",
	 "03970000000000", "010d00"},
};

/* What a DCE sends first, by modulo ("" = nothing; the second NULL = as the first), and the state
 * after it. */
struct cell {
	const char *answer[2];
	enum lapb_state then;
};
#define AS(before)                 \
	{                          \
		{"", NULL}, before \
	}
#define SAYS(text, then)           \
	{                          \
		{text, NULL}, then \
	}
static const struct cell cells[LAPB_STATES][FRAMES] = {
	[LAPB_DISCONNECTED] = {[F_I] = SAYS("011f", LAPB_DISCONNECTED),
			       [F_RR] = SAYS("011f", LAPB_DISCONNECTED),
			       [F_RNR] = SAYS("011f", LAPB_DISCONNECTED),
			       [F_REJ] = SAYS("011f", LAPB_DISCONNECTED),
			       [F_SABM] = SAYS("0173", LAPB_UP),
			       [F_MODE] = SAYS("011f", LAPB_DISCONNECTED),
			       [F_DISC] = SAYS("011f", LAPB_DISCONNECTED),
			       [F_UA] = AS(LAPB_DISCONNECTED),
			       [F_DM] = AS(LAPB_DISCONNECTED),
			       [F_FRMR] = AS(LAPB_DISCONNECTED),
			       [F_BAD] = AS(LAPB_DISCONNECTED)},
	[LAPB_SETUP] = {[F_I] = AS(LAPB_SETUP),
			[F_RR] = AS(LAPB_SETUP),
			[F_RNR] = AS(LAPB_SETUP),
			[F_REJ] = AS(LAPB_SETUP),
			[F_SABM] = SAYS("0173", LAPB_SETUP),
			[F_MODE] = SAYS("011f", LAPB_SETUP),
			[F_DISC] = SAYS("011f", LAPB_SETUP),
			[F_UA] = AS(LAPB_UP),
			[F_DM] = AS(LAPB_DISCONNECTED),
			[F_FRMR] = AS(LAPB_SETUP),
			[F_BAD] = AS(LAPB_SETUP)},
	[LAPB_UP] = {[F_I] = {{"0131", "010103"}, LAPB_UP},
		     [F_RR] = {{"0111", "010101"}, LAPB_UP},
		     [F_RNR] = {{"0111", "010101"}, LAPB_UP},
		     [F_REJ] = {{"0111", "010101"}, LAPB_UP},
		     [F_SABM] = SAYS("0173", LAPB_UP),
		     [F_MODE] = {{"01977f0001", "01973f00000001"}, LAPB_REJECTED},
		     [F_DISC] = SAYS("0173", LAPB_DISCONNECTED),
		     [F_UA] = {{"033f", "037f"}, LAPB_SETUP},
		     [F_DM] = {{"033f", "037f"}, LAPB_SETUP},
		     [F_FRMR] = {{"033f", "037f"}, LAPB_SETUP},
		     [F_BAD] = {{"01870d0001", "01870d00000001"}, LAPB_REJECTED}},
	[LAPB_REJECTED] = {[F_I] = {{"01970d0001", "01970d00000001"}, LAPB_REJECTED},
			   [F_RR] = {{"01970d0001", "01970d00000001"}, LAPB_REJECTED},
			   [F_RNR] = {{"01970d0001", "01970d00000001"}, LAPB_REJECTED},
			   [F_REJ] = {{"01970d0001", "01970d00000001"}, LAPB_REJECTED},
			   [F_SABM] = SAYS("0173", LAPB_UP),
			   [F_MODE] = {{"01970d0001", "01970d00000001"}, LAPB_REJECTED},
			   [F_DISC] = SAYS("0173", LAPB_DISCONNECTED),
			   [F_UA] = AS(LAPB_REJECTED),
			   [F_DM] = {{"033f", "037f"}, LAPB_SETUP},
			   [F_FRMR] = {{"033f", "037f"}, LAPB_SETUP},
			   [F_BAD] = {{"01870d0001", "01870d00000001"}, LAPB_REJECTED}},
	[LAPB_DISC_SENT] = {[F_I] = AS(LAPB_DISC_SENT),
			    [F_RR] = AS(LAPB_DISC_SENT),
			    [F_RNR] = AS(LAPB_DISC_SENT),
			    [F_REJ] = AS(LAPB_DISC_SENT),
			    [F_SABM] = SAYS("011f", LAPB_DISC_SENT),
			    [F_MODE] = SAYS("011f", LAPB_DISC_SENT),
			    [F_DISC] = SAYS("0173", LAPB_DISCONNECTED),
			    [F_UA] = AS(LAPB_DISCONNECTED),
			    [F_DM] = AS(LAPB_DISCONNECTED),
			    [F_FRMR] = AS(LAPB_DISC_SENT),
			    [F_BAD] = AS(LAPB_DISC_SENT)},
};

/* The same octets from the other side: 01 and 03 change places. */
static void rx_as(struct end *e, bool dce, const char *hex)
{
	uint8_t buf[64];
	size_t n = test_hex(buf, sizeof(buf), hex);

	buf[0] ^= dce ? 0 : 2;
	lapb_rx(&e->l, buf, n, 0);
}

static struct end *lapb_in_state(enum lapb_state s, bool dce, bool extended)
{
	struct end *e = lapb_make(dce, extended, s != LAPB_SETUP, 7);

	lapb_start(&e->l, 0);
	if (s > LAPB_SETUP)
		rx_as(e, dce, frames[extended][F_SABM]);
	if (s == LAPB_REJECTED)
		rx_as(e, dce, frames[extended][F_BAD]);
	if (s == LAPB_DISC_SENT)
		lapb_stop(&e->l, 0);
	CU_ASSERT_EQUAL_FATAL(e->l.state, s);
	e->sent.outs = 0;
	return e;
}

static void try_cell(enum lapb_state s, int f, bool dce, bool extended)
{
	struct end *e = lapb_in_state(s, dce, extended);
	const struct cell *c = &cells[s][f];
	const char *answer = c->answer[extended] ? c->answer[extended] : c->answer[0];

	rx_as(e, dce, frames[extended][f]);
	if (e->l.state != c->then || !e->sent.outs != !*answer)
		printf("state %s, frame %s\n", lapb_state_name(s), frames[extended][f]);
	CU_ASSERT_EQUAL(e->l.state, c->then);
	CU_ASSERT_EQUAL(!e->sent.outs, !*answer);
	if (e->sent.outs && *answer) {
		e->sent.out[0][0] ^= dce ? 0 : 2;
		lapb_expect(e, answer);
	}
	lapb_drop(e);
}

static void every_frame_in_every_state(void)
{
	for (int s = 0; s < LAPB_STATES; s++)
		for (int f = 0; f < FRAMES; f++)
			for (int way = 0; way < 4; way++)
				try_cell((enum lapb_state)s, f, way & 1, way & 2);
}

/* Both send SABM; ours was never heard, so no UA comes, but information does. */
static void a_collision_ends_with_what_comes_next(void)
{
	struct end *e = lapb_make(true, false, false, 7);

	lapb_start(&e->l, 0);
	lapb_expect(e, "033f");
	test_lapb_rx(e, "013f", 0);
	lapb_expect(e, "0173");
	CU_ASSERT_EQUAL(e->n_reports, 0);
	test_lapb_rx(e, "010061", 0);
	CU_ASSERT_EQUAL(e->l.state, LAPB_UP);
	CU_ASSERT_EQUAL(e->n_reports, 1);
	CU_ASSERT_EQUAL(e->gots, 1);
	lapb_expect(e, "0121");
	lapb_drop(e);
}

static const struct test_case cases[] = {
	{"every_frame_in_every_state", every_frame_in_every_state},
	{"a_collision_ends_with_what_comes_next", a_collision_ends_with_what_comes_next},
	{"conversation_of_a_kernel", conversation_of_a_kernel},
	{"dte_sets_up_and_repeats_n2_times", dte_sets_up_and_repeats_n2_times},
	{"a_gap_gets_one_reject", a_gap_gets_one_reject},
	{"reject_makes_it_send_again", reject_makes_it_send_again},
	{"window_closes_and_opens", window_closes_and_opens},
	{"busy_peer_is_not_sent_to_and_is_polled", busy_peer_is_not_sent_to_and_is_polled},
	{"timer_recovery_polls_then_sends_from_nr", timer_recovery_polls_then_sends_from_nr},
	{"given_up_after_n2_polls_starts_over", given_up_after_n2_polls_starts_over},
	{"frame_reject_says_why", frame_reject_says_why},
	{"too_long_is_rejected_with_y", too_long_is_rejected_with_y},
	{"disconnected_says_dm", disconnected_says_dm},
	{"short_and_foreign_frames_are_counted", short_and_foreign_frames_are_counted},
	{"silence_is_polled_when_t3_is_set", silence_is_polled_when_t3_is_set},
	{"a_busy_peer_is_never_forgotten", a_busy_peer_is_never_forgotten},
	{"a_busy_peer_gets_what_it_missed", a_busy_peer_gets_what_it_missed},
	{"extended_set_up_and_numbers", extended_set_up_and_numbers},
	{"extended_supervisory_frames", extended_supervisory_frames},
	{"extended_numbers_wrap_at_128", extended_numbers_wrap_at_128},
	{"extended_frame_reject", extended_frame_reject},
	{"extended_frame_reject_tells_both_numbers", extended_frame_reject_tells_both_numbers},
	{"the_other_modulo_is_refused", the_other_modulo_is_refused},
	{"two_modulos_on_one_line_stay_quiet", two_modulos_on_one_line_stay_quiet},
	{NULL, NULL},
};
const struct test_suite suite_lapb = {"lapb", cases};
