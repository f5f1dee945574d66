/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/lapb.h"

#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S 1000000u

/* One end with what it sent and reported. */
struct end {
	struct lapb l;
	void *store;
	uint8_t out[64][1100];
	size_t out_len[64];
	unsigned outs;
	uint8_t got[64][1100];
	size_t got_len[64];
	unsigned gots;
	enum lapb_report reports[64];
	unsigned n_reports;
};

static void tx(void *ctx, const uint8_t *frame, size_t len)
{
	struct end *e = ctx;

	CU_ASSERT_FATAL(e->outs < 64 && len <= sizeof(e->out[0]));
	memcpy(e->out[e->outs], frame, len);
	e->out_len[e->outs++] = len;
}

static void deliver(void *ctx, const uint8_t *data, size_t len)
{
	struct end *e = ctx;

	CU_ASSERT_FATAL(e->gots < 64);
	memcpy(e->got[e->gots], data, len);
	e->got_len[e->gots++] = len;
}

static void report(void *ctx, enum lapb_report r)
{
	struct end *e = ctx;

	if (e->n_reports < 64)
		e->reports[e->n_reports++] = r;
}

static const struct lapb_ops ops = {tx, deliver, report};

static struct end *make(bool dce, bool extended, bool passive, uint8_t k)
{
	struct end *e = calloc(1, sizeof(*e));
	struct lapb_config c;

	lapb_config_default(&c);
	c.dce = dce;
	c.extended = extended;
	c.passive = passive;
	c.k = k;
	e->store = calloc(1, lapb_store_size(&c));
	lapb_init(&e->l, &c, &ops, e, e->store);
	return e;
}

static void drop(struct end *e)
{
	free(e->store);
	free(e);
}

static void rx(struct end *e, const char *hex, uint64_t now)
{
	uint8_t buf[64];
	size_t n = test_hex(buf, sizeof(buf), hex);

	lapb_rx(&e->l, buf, n, now);
}

/* The next frame e sent is this one. */
static void expect(struct end *e, const char *hex)
{
	uint8_t want[64];
	size_t n = test_hex(want, sizeof(want), hex);

	CU_ASSERT_FATAL(e->outs > 0);
	ASSERT_OCTETS(e->out[0], e->out_len[0], want, n);
	e->outs--;
	memmove(e->out[0], e->out[1], sizeof(e->out[0]) * e->outs);
	memmove(&e->out_len[0], &e->out_len[1], sizeof(e->out_len[0]) * e->outs);
}

static struct end *up_dce(void)
{
	struct end *e = make(true, false, true, 7);

	lapb_start(&e->l, 0);
	rx(e, "013f", 0);
	expect(e, "0173");
	CU_ASSERT_EQUAL(e->l.state, LAPB_UP);
	e->n_reports = 0;
	return e;
}

/* As a Linux lapbether device begins: SABM P, then a Restart in the first I frame. */
static void conversation_of_a_kernel(void)
{
	struct end *e = up_dce();
	static const uint8_t confirm[] = {0x10, 0x00, 0xff};

	rx(e, "0100 1000fb0000", 10);
	CU_ASSERT_EQUAL(e->gots, 1);
	ASSERT_OCTETS(e->got[0], e->got_len[0], "\x10\x00\xfb\x00\x00", 5);
	expect(e, "0121"); /* RR, N(R) 1, a response of the DCE */
	CU_ASSERT_TRUE(lapb_send(&e->l, confirm, sizeof(confirm), 20));
	expect(e, "0320 1000ff");
	rx(e, "0321", 30); /* RR N(R) 1, a response of the DTE */
	CU_ASSERT_EQUAL(e->l.va, 1);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), UINT64_MAX);
	rx(e, "0153", 40);
	expect(e, "0173");
	CU_ASSERT_EQUAL(e->l.state, LAPB_DISCONNECTED);
	CU_ASSERT_EQUAL(e->reports[e->n_reports - 1], LAPB_R_DOWN);
	drop(e);
}

static void dte_sets_up_and_repeats_n2_times(void)
{
	struct end *e = make(false, false, false, 7);
	unsigned sent = 0;
	uint64_t now = 0;

	lapb_start(&e->l, now);
	while (lapb_deadline(&e->l) == now + 3 * S || !sent) {
		expect(e, "013f");
		sent++;
		now = lapb_deadline(&e->l);
		lapb_expire(&e->l, now);
	}
	CU_ASSERT_EQUAL(sent, 20);
	CU_ASSERT_EQUAL(e->l.state, LAPB_DISCONNECTED);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), now + 30 * S); /* and tries again later */
	lapb_expire(&e->l, now + 30 * S);
	expect(e, "013f");
	rx(e, "0173", now + 31 * S);
	CU_ASSERT_EQUAL(e->l.state, LAPB_UP);
	CU_ASSERT_EQUAL(e->reports[e->n_reports - 1], LAPB_R_UP);
	drop(e);
}

static void a_gap_gets_one_reject(void)
{
	struct end *e = up_dce();

	rx(e, "0102 aa", 1); /* N(S) 1, 0 is missing */
	expect(e, "0109");   /* REJ N(R) 0 */
	rx(e, "0104 bb", 2);
	CU_ASSERT_EQUAL(e->outs, 0);
	rx(e, "0100 99", 3);
	expect(e, "0121");
	rx(e, "0102 aa", 4);
	expect(e, "0141");
	CU_ASSERT_EQUAL(e->gots, 2);
	drop(e);
}

static void reject_makes_it_send_again(void)
{
	struct end *e = up_dce();

	for (int i = 0; i < 3; i++)
		CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t[]){(uint8_t)i}, 1, 0));
	expect(e, "0300 00");
	expect(e, "0302 01");
	expect(e, "0304 02");
	rx(e, "0329", 1); /* REJ N(R) 1 */
	expect(e, "0302 01");
	expect(e, "0304 02");
	CU_ASSERT_EQUAL(e->l.count[LAPB_C_RESENT], 2);
	drop(e);
}

static void window_closes_and_opens(void)
{
	struct end *e = up_dce();

	for (int i = 0; i < 7; i++)
		CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	CU_ASSERT_FALSE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	CU_ASSERT_EQUAL(e->n_reports, 0);
	rx(e, "0341", 1);
	CU_ASSERT_EQUAL(e->n_reports, 1);
	CU_ASSERT_EQUAL(e->reports[0], LAPB_R_WRITABLE);
	CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	drop(e);
}

static void busy_peer_is_not_sent_to_and_is_polled(void)
{
	struct end *e = up_dce();

	rx(e, "0305", 0); /* RNR */
	CU_ASSERT_FALSE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 3 * S);
	lapb_expire(&e->l, 3 * S);
	expect(e, "0311"); /* RR command, P */
	rx(e, "0311", 4 * S); /* RR response, F: no longer busy */
	CU_ASSERT_EQUAL(e->reports[0], LAPB_R_WRITABLE);
	CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 4 * S));
	drop(e);
}

static void timer_recovery_polls_then_sends_from_nr(void)
{
	struct end *e = up_dce();

	lapb_send(&e->l, (const uint8_t *)"a", 1, 0);
	lapb_send(&e->l, (const uint8_t *)"b", 1, 0);
	e->outs = 0;
	lapb_expire(&e->l, 3 * S);
	expect(e, "0311");
	rx(e, "0331", 4 * S); /* RR F N(R) 1: the second is missing */
	expect(e, "0302 62");
	drop(e);
}

static void given_up_after_n2_polls_starts_over(void)
{
	struct end *e = up_dce();
	uint64_t now = 0;

	lapb_send(&e->l, (const uint8_t *)"a", 1, now);
	e->outs = 0;
	for (int i = 0; i < 20; i++) {
		now = lapb_deadline(&e->l);
		lapb_expire(&e->l, now);
		expect(e, "0311");
	}
	lapb_expire(&e->l, lapb_deadline(&e->l));
	expect(e, "033f");
	CU_ASSERT_EQUAL(e->l.state, LAPB_SETUP);
	CU_ASSERT_EQUAL(e->reports[0], LAPB_R_DOWN);
	drop(e);
}

/* ISO 7776 5.3.9: W, X, Y, Z and what the three octets say. */
static void frame_reject_says_why(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"010d", "0197 0d0001"},      /* S frame of no kind: W */
		{"012100", "0197 210003"},    /* RR with information: W and X */
		{"01a0 00", "0197 a00008"},   /* N(R) 5 while nothing was sent: Z */
		{"03 81", "0197 811008"},     /* the same in a response */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct end *e = up_dce();
		uint8_t want[8];
		size_t n = test_hex(want, sizeof(want), rows[i].out);

		rx(e, rows[i].in, 0);
		CU_ASSERT_EQUAL_FATAL(e->outs, 1);
		/* F answers a P, which these do not have */
		want[1] = 0x87;
		ASSERT_OCTETS(e->out[0], e->out_len[0], want, n);
		CU_ASSERT_EQUAL(e->l.state, LAPB_REJECTED);
		e->outs = 0;
		rx(e, "013f", 1);
		expect(e, "0173");
		CU_ASSERT_EQUAL(e->l.state, LAPB_UP);
		drop(e);
	}
}

static void too_long_is_rejected_with_y(void)
{
	struct end *e = up_dce();
	static uint8_t frame[2 + 1031] = {0x01, 0x00};

	lapb_rx(&e->l, frame, sizeof(frame), 0);
	CU_ASSERT_EQUAL(e->out[0][1], 0x87);
	CU_ASSERT_EQUAL(e->out[0][4], 4);
	CU_ASSERT_EQUAL(e->gots, 0);
	drop(e);
}

static void disconnected_says_dm(void)
{
	struct end *e = make(true, false, true, 7);

	rx(e, "013f", 0); /* SABM while nobody wants the link */
	expect(e, "011f");
	rx(e, "0153", 0);
	expect(e, "011f");
	rx(e, "0111", 0); /* RR P */
	expect(e, "011f");
	rx(e, "0101", 0);
	CU_ASSERT_EQUAL(e->outs, 0);
	drop(e);
}

static void short_and_foreign_frames_are_counted(void)
{
	struct end *e = up_dce();

	rx(e, "", 0);
	rx(e, "01", 0);
	rx(e, "0700", 0);
	CU_ASSERT_EQUAL(e->l.count[LAPB_C_SHORT], 2);
	CU_ASSERT_EQUAL(e->l.count[LAPB_C_BAD_ADDRESS], 1);
	CU_ASSERT_EQUAL(e->outs, 0);
	drop(e);
}

static void silence_is_polled_when_t3_is_set(void)
{
	struct end *e = up_dce();

	e->l.cfg.t3 = 10 * S;
	rx(e, "013f", 0);
	e->outs = 0;
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 10 * S);
	lapb_expire(&e->l, 10 * S);
	expect(e, "0311");
	rx(e, "0311", 11 * S);
	CU_ASSERT_EQUAL(lapb_deadline(&e->l), 21 * S);
	drop(e);
}

/* Frames in flight from one end to the other, with loss. */
static unsigned carry(struct end *from, struct end *to, uint64_t *seed, unsigned loss, uint64_t now)
{
	unsigned n = from->outs;
	static uint8_t copy[64][1100];
	size_t len[64];

	memcpy(copy, from->out, sizeof(copy[0]) * n);
	memcpy(len, from->out_len, sizeof(len[0]) * n);
	from->outs = 0;
	for (unsigned i = 0; i < n; i++)
		if (test_rand(seed) % 100 >= loss)
			lapb_rx(&to->l, copy[i], len[i], now);
	return n;
}

static void both_sides_deliver_in_order_under_loss(bool extended, uint8_t k)
{
	struct end *a = make(false, extended, false, k), *b = make(true, extended, false, k);
	uint64_t seed = test_seed(), now = 0;
	unsigned sent = 0, seen = 0;

	lapb_start(&a->l, now);
	lapb_start(&b->l, now);
	for (unsigned step = 0; step < 400000 && seen < 2000; step++) {
		uint8_t data[2] = {(uint8_t)(sent >> 8), (uint8_t)sent};

		if (a->l.state == LAPB_UP && b->l.state == LAPB_UP && sent < 2000 && a->outs < 32 &&
		    lapb_send(&a->l, data, 2, now))
			sent++;
		if (carry(a, b, &seed, 10, now) + carry(b, a, &seed, 10, now) == 0) {
			uint64_t da = lapb_deadline(&a->l), db = lapb_deadline(&b->l);

			now = da < db ? da : db;
			CU_ASSERT_FATAL(now != UINT64_MAX || seen == sent);
			lapb_expire(&a->l, now);
			lapb_expire(&b->l, now);
		}
		for (unsigned i = 0; i < b->gots; i++, seen++)
			CU_ASSERT_EQUAL_FATAL(b->got[i][0] << 8 | b->got[i][1], (int)seen);
		b->gots = 0;
	}
	CU_ASSERT_EQUAL(seen, 2000);
	drop(a);
	drop(b);
}

static void in_order_under_loss_modulo_8(void)
{
	both_sides_deliver_in_order_under_loss(false, 7);
}

static void in_order_under_loss_modulo_128(void)
{
	both_sides_deliver_in_order_under_loss(true, 20);
}

static void extended_set_up_and_numbers(void)
{
	struct end *e = make(true, true, true, 127);

	lapb_start(&e->l, 0);
	rx(e, "013f", 0); /* SABM is not SABME */
	CU_ASSERT_EQUAL(e->l.state, LAPB_DISCONNECTED);
	e->outs = 0;
	rx(e, "017f", 0);
	expect(e, "0173");
	CU_ASSERT_TRUE(lapb_send(&e->l, (const uint8_t *)"x", 1, 0));
	expect(e, "030000 78");
	rx(e, "010003 79", 1); /* I N(S) 0, N(R) 1, P */
	expect(e, "010103");   /* RR N(R) 1, F */
	CU_ASSERT_EQUAL(e->l.va, 1);
	drop(e);
}

/* --- every frame in every state ------------------------------------------------------------------------- */

enum { F_I, F_RR, F_RNR, F_REJ, F_SABM, F_DISC, F_UA, F_DM, F_FRMR, F_BAD, FRAMES };

/* Commands with P, responses with F; the last is an S frame of no kind. */
static const char *const frames[FRAMES] = {"011061", "0111", "0115", "0119", "013f",
					   "0153",   "0373", "031f", "0397000000", "010d"};

/* What we, the DCE, send first, "" = nothing, and the state after it. */
static const struct {
	const char *answer;
	enum lapb_state then;
} cells[LAPB_STATES][FRAMES] = {
	[LAPB_DISCONNECTED] = {{"011f", LAPB_DISCONNECTED}, {"011f", LAPB_DISCONNECTED},
			       {"011f", LAPB_DISCONNECTED}, {"011f", LAPB_DISCONNECTED},
			       {"0173", LAPB_UP},	    {"011f", LAPB_DISCONNECTED},
			       {"", LAPB_DISCONNECTED},	    {"", LAPB_DISCONNECTED},
			       {"", LAPB_DISCONNECTED},	    {"", LAPB_DISCONNECTED}},
	[LAPB_SETUP] = {{"", LAPB_SETUP},
			{"", LAPB_SETUP},
			{"", LAPB_SETUP},
			{"", LAPB_SETUP},
			{"0173", LAPB_SETUP},
			{"011f", LAPB_SETUP},
			{"", LAPB_UP},
			{"", LAPB_DISCONNECTED},
			{"", LAPB_SETUP},
			{"", LAPB_SETUP}},
	[LAPB_UP] = {{"0131", LAPB_UP},
		     {"0111", LAPB_UP},
		     {"0111", LAPB_UP},
		     {"0111", LAPB_UP},
		     {"0173", LAPB_UP},
		     {"0173", LAPB_DISCONNECTED},
		     {"033f", LAPB_SETUP},
		     {"033f", LAPB_SETUP},
		     {"033f", LAPB_SETUP},
		     {"01870d0001", LAPB_REJECTED}},
	[LAPB_REJECTED] = {{"01970d0001", LAPB_REJECTED},
			   {"01970d0001", LAPB_REJECTED},
			   {"01970d0001", LAPB_REJECTED},
			   {"01970d0001", LAPB_REJECTED},
			   {"0173", LAPB_UP},
			   {"0173", LAPB_DISCONNECTED},
			   {"", LAPB_REJECTED},
			   {"033f", LAPB_SETUP},
			   {"033f", LAPB_SETUP},
			   {"01870d0001", LAPB_REJECTED}},
	[LAPB_DISC_SENT] = {{"", LAPB_DISC_SENT},
			    {"", LAPB_DISC_SENT},
			    {"", LAPB_DISC_SENT},
			    {"", LAPB_DISC_SENT},
			    {"011f", LAPB_DISC_SENT},
			    {"0173", LAPB_DISCONNECTED},
			    {"", LAPB_DISCONNECTED},
			    {"", LAPB_DISCONNECTED},
			    {"", LAPB_DISC_SENT},
			    {"", LAPB_DISC_SENT}},
};

static struct end *in_state(enum lapb_state s)
{
	struct end *e = make(true, false, s != LAPB_SETUP, 7);

	lapb_start(&e->l, 0);
	if (s > LAPB_SETUP)
		rx(e, "013f", 0);
	if (s == LAPB_REJECTED)
		rx(e, "010d", 0);
	if (s == LAPB_DISC_SENT)
		lapb_stop(&e->l, 0);
	CU_ASSERT_EQUAL_FATAL(e->l.state, s);
	e->outs = 0;
	return e;
}

static void every_frame_in_every_state(void)
{
	for (int s = 0; s < LAPB_STATES; s++)
		for (int f = 0; f < FRAMES; f++) {
			struct end *e = in_state((enum lapb_state)s);

			rx(e, frames[f], 0);
			if (e->l.state != cells[s][f].then || !e->outs != !*cells[s][f].answer)
				printf("state %s, frame %s\n", lapb_state_name((enum lapb_state)s),
				       frames[f]);
			CU_ASSERT_EQUAL(e->l.state, cells[s][f].then);
			CU_ASSERT_EQUAL(!e->outs, !*cells[s][f].answer);
			if (e->outs && *cells[s][f].answer)
				expect(e, cells[s][f].answer);
			drop(e);
		}
}

/* Both send SABM; ours was never heard, so no UA comes, but information does. */
static void a_collision_ends_with_what_comes_next(void)
{
	struct end *e = make(true, false, false, 7);

	lapb_start(&e->l, 0);
	expect(e, "033f");
	rx(e, "013f", 0);
	expect(e, "0173");
	CU_ASSERT_EQUAL(e->n_reports, 0);
	rx(e, "010061", 0);
	CU_ASSERT_EQUAL(e->l.state, LAPB_UP);
	CU_ASSERT_EQUAL(e->n_reports, 1);
	CU_ASSERT_EQUAL(e->gots, 1);
	expect(e, "0121");
	drop(e);
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
	{"in_order_under_loss_modulo_8", in_order_under_loss_modulo_8},
	{"in_order_under_loss_modulo_128", in_order_under_loss_modulo_128},
	{"extended_set_up_and_numbers", extended_set_up_and_numbers},
	{NULL, NULL},
};
const struct test_suite suite_lapb = {"lapb", cases};
