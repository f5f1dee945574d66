/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of X.25 annexes C (what a packet does in each state) and D (what a timer does), cell
 * by cell, as DCE and as DTE.  The tables there are the DCE's; a DTE does the same with the states'
 * names from its side (ISO 8208 clause 12) and with cause 0.
 */
#include "tests/transports/x25/x25_end.h"

#include <stdio.h>
#include <string.h>

/* --- tables C-3 and C-4 ----------------------------------------------------------------------- */

/* The states by who did what; p2 is "they called" for a DCE and "we called" for a DTE, d3 and p7
 * are the DCE's. */
enum { P1, THEY_CALLED, WE_CALLED, P4_D1, WE_CLEARED, WE_RESET, STATES };

/* n: normal; d: discarded; #20 and so on: an error, answered with a Clear (p) or a Reset (d) and
 * this diagnostic. P is the number of the state itself: 20 + 1 or 2. */
enum { N = 1000, D, P };
struct row {
	const char *packet, *what;
	int cell[STATES];
};
static const struct row rows[] = {
	/*                                      p1  they  we   p4/d1 we   we
	 *                                          called     cleared reset */
	{"10010b 00 00", "Call", {N, P, N, 23, D, 23}},
	{"10010f", "Call Accepted", {20, P, N, 23, D, 23}},
	{"10011300", "Clear", {N, N, N, N, N, N}},
	{"100117", "Clear Confirmation", {20, P, P, 23, N, 23}},
	{"100100 41", "Data", {20, P, P, N, D, D}},
	{"100101", "RR", {20, P, P, N, D, D}},
	{"100105", "RNR", {20, P, P, N, D, D}},
	{"100109", "REJ", {20, P, P, 37, D, D}},
	{"10012301", "Interrupt", {20, P, P, N, D, D}},
	{"100127", "Interrupt Confirmation", {20, P, P, 43, D, D}},
	{"10011b00", "Reset", {20, P, P, N, D, N}},
	{"10011f", "Reset Confirmation", {20, P, P, 27, D, N}},
	{"100153", "of no type", {33, 33, 33, 33, D, D}},
	{"1001", "without a type", {38, 38, 38, 38, D, D}},
	{"1001fb00", "Restart with a channel", {41, 41, 41, 41, D, D}},
	{"10011b", "Reset too short", {38, 38, 38, 38, D, D}},
	{"100113", "Clear too short", {38, 38, 38, 38, D, 38}},
	{"10011f00", "Reset Confirmation too long", {39, 39, 39, 39, D, D}},
};

static struct end *x25_states_in_state(int st, bool dce)
{
	struct x25_config c;
	struct end *e;

	x25_config_default(&c, dce);
	c.lci_high = 1;
	e = started(&c);
	if (st == P4_D1 || st == WE_CLEARED || st == WE_RESET)
		call_up(e);
	if (st == THEY_CALLED)
		rx(e, "10010b 00 00", 0);
	if (st == WE_CALLED)
		CU_ASSERT_EQUAL(x25_call(&e->x, "1", "", "", NULL, 0, 0), 1);
	if (st == WE_CLEARED)
		x25_clear(&e->x, 1, 0, 0, 0);
	if (st == WE_RESET)
		x25_reset(&e->x, 1, 0, 0, 0);
	e->sent.outs = e->n_reports = 0;
	memset(e->x.count, 0, sizeof(e->x.count));
	return e;
}

/* A Reset and not a Clear: an error of flow control, or a packet that is wrong by itself in p4. */
static bool by_reset(const struct row *r, int st, int diag)
{
	return (st == P4_D1 && diag != 23 && strncmp(r->packet, "100113", 6)) || diag == 27;
}

static void check_cell(const struct row *r, int st, bool dce)
{
	static const int state_number[2][STATES] = {{[THEY_CALLED] = 22, [WE_CALLED] = 21},
						    {[THEY_CALLED] = 21, [WE_CALLED] = 22}};
	struct end *e = x25_states_in_state(st, dce);
	int want = r->cell[st] == P ? state_number[dce][st] : r->cell[st];

	/* X.25 4.1.6: when both call, the DTE's call stands */
	if (st == WE_CALLED && !dce && r == &rows[0])
		want = D;
	rx(e, r->packet, 1);
	if (want == D) {
		CU_ASSERT_EQUAL(e->sent.outs, 0);
		CU_ASSERT_EQUAL(e->x.count[X25_C_DISCARDED], 1);
	} else if (want == N) {
		CU_ASSERT_EQUAL(e->x.count[X25_C_PROTOCOL] + e->x.count[X25_C_DISCARDED], 0);
		CU_ASSERT_EQUAL(e->x.count[X25_C_CLEARS_TX] + e->x.count[X25_C_RESETS_TX], 0);
	} else {
		bool reset = by_reset(r, st, want);
		uint8_t clear[] = {0x10, 0x01, 0x13, dce ? 0x13 : 0, (uint8_t)want};

		if (reset) {
			clear[2] = 0x1b;
			clear[3] = dce ? 0x05 : 0;
		}
		if (e->sent.outs != 1 || memcmp(e->sent.out[0], clear, 5))
			printf("%s, state %d, %s\n", r->what, st, dce ? "DCE" : "DTE");
		CU_ASSERT_EQUAL_FATAL(e->sent.outs, 1);
		ASSERT_OCTETS(e->sent.out[0], e->sent.out_len[0], clear, 5);
	}
	drop(e);
}

static void every_packet_in_every_state(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (int st = 0; st < STATES; st++)
			for (int dce = 0; dce < 2; dce++)
				check_cell(&rows[i], st, dce);
}

/* --- tables C-1 and C-2 ----------------------------------------------------------------------- */

static struct end *in_r(bool dce, bool restarting)
{
	struct end *e = ready(dce);

	if (restarting) {
		rx(e, "1000ff", 0); /* not asked for */
		e->sent.outs = e->n_reports = 0;
	}
	memset(e->x.count, 0, sizeof(e->x.count));
	return e;
}

/* "-": silence.  A text for a DCE and for a DTE, in r1; in the third column what both say while
 * they restart. */
static void the_interface_itself(void)
{
	static const struct {
		const char *packet, *dce, *dte, *restarting;
		bool ready_again; /* in r1 */
		bool over;	  /* the restart that was out */
	} cells[] = {
		{"1000fb0000", "1000ff", "1000ff", "-", true, true},
		{"1000ff", "1000fb0111", "1000fb0011", "-", false, true},
		{"1000fb", "1000fb0126", "1000fb0026", "-", false, false},
		{"1000ff00", "1000fb0127", "1000fb0027", "-", false, false},
		{"1000f1 24", "-", "-", "-", false, false},
		{"1000f3 00", "-", "-", "-", false, false},
		{"10000b 00 00", "1000f124 10000b", "-", "-", false, false},
		{"100001", "1000f124 100001", "-", "-", false, false},
		{"1fff01", "1000f124 1fff01", "-", "-", false, false},
		{"1fff53", "1000f124 1fff53", "-", "-", false, false},
		{"1fff", "1000f124 1fff", "-", "-", false, false},
		{"10", "1000f126 10", "-", "-", false, false},
		{"200101", "1000f128 200101", "-", "-", false, false},
		{"100101", "1001131314", "1001130014", "-", false, false},
	};

	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++)
		for (int way = 0; way < 4; way++) {
			bool dce = way & 1, restarting = way & 2;
			const char *want = restarting ? cells[i].restarting
					   : dce      ? cells[i].dce
						      : cells[i].dte;
			struct end *e = in_r(dce, restarting);

			rx(e, cells[i].packet, 0);
			if (e->sent.outs != (*want != '-'))
				printf("%s as %s%s\n", cells[i].packet, dce ? "DCE" : "DTE",
				       restarting ? ", restarting" : "");
			CU_ASSERT_EQUAL(e->sent.outs, *want != '-');
			if (*want != '-' && e->sent.outs)
				expect(e, want);
			CU_ASSERT_EQUAL(e->n_reports,
					restarting ? cells[i].over : cells[i].ready_again);
			drop(e);
		}
}

/* --- tables D-1 and D-2 ----------------------------------------------------------------------- */

/* Seconds and diagnostics: T20 to T23 of a DTE, T10 to T13 of a DCE. */
static const struct {
	uint64_t restart, call, reset, clear;
} seconds[2] = {{180, 200, 180, 180}, {60, 180, 60, 60}};

static void restart_is_repeated(void)
{
	for (int dce = 0; dce < 2; dce++) {
		struct x25_config c;
		struct end *e;

		x25_config_default(&c, dce);
		e = make(&c);
		x25_up(&e->x, 0);
		e->sent.outs = 0;
		for (uint64_t i = 1; i < 5; i++) {
			CU_ASSERT_EQUAL(x25_deadline(&e->x), i * seconds[dce].restart * S);
			x25_expire(&e->x, i * seconds[dce].restart * S);
			expect(e, dce ? "1000fb0134" : "1000fb0034"); /* 52 */
		}
		rx(e, "1000ff", 999 * S);
		CU_ASSERT_EQUAL(last(e)->kind, X25_READY);
		CU_ASSERT_EQUAL(x25_deadline(&e->x), UINT64_MAX);
		drop(e);
	}
}

/* The call is cleared, the Clear is repeated once, then the channel is free whatever the far end
 * thinks. */
static void a_call_without_an_answer(void)
{
	for (int dce = 0; dce < 2; dce++) {
		struct end *e = ready(dce);
		uint64_t at = seconds[dce].call * S;
		uint16_t lci = x25_call(&e->x, "1", "", "", NULL, 0, 0);

		e->sent.outs = 0;
		CU_ASSERT_EQUAL(lci, dce ? 1 : 16);
		CU_ASSERT_EQUAL(x25_deadline(&e->x), at);
		x25_expire(&e->x, at);
		expect(e, dce ? "1001131331" : "1010130031"); /* 49 */
		CU_ASSERT_EQUAL(last(e)->kind, X25_CLEARED);
		for (int i = 0; i < 2; i++) {
			at += seconds[dce].clear * S;
			CU_ASSERT_EQUAL(x25_deadline(&e->x), at);
			x25_expire(&e->x, at);
			if (!i)
				expect(e, dce ? "1001131332" : "1010130032"); /* 50 */
		}
		if (dce)
			expect(e, "1000f132 100100");
		CU_ASSERT_EQUAL(e->sent.outs, 0);
		CU_ASSERT_EQUAL(x25_state(&e->x, lci), X25_P1_READY);
		CU_ASSERT_EQUAL(x25_deadline(&e->x), UINT64_MAX);
		drop(e);
	}
}

/* A Reset is repeated once, then the call is cleared. */
static void a_reset_without_an_answer(void)
{
	for (int dce = 0; dce < 2; dce++) {
		struct end *e = in_call(dce);
		uint64_t step = seconds[dce].reset * S;

		x25_reset(&e->x, 1, 0, 0, 0);
		expect(e, "10011b0000");
		CU_ASSERT_EQUAL(x25_deadline(&e->x), step);
		x25_expire(&e->x, step);
		expect(e, dce ? "10011b0533" : "10011b0033"); /* 51 */
		CU_ASSERT_EQUAL(e->n_reports, 0);
		x25_expire(&e->x, 2 * step);
		expect(e, dce ? "1001131333" : "1001130033");
		CU_ASSERT_EQUAL(last(e)->kind, X25_CLEARED);
		drop(e);
	}
}

/* T25 is a DTE's; a DCE's stays off unless configured. */
static void data_without_an_answer(void)
{
	for (int dce = 0; dce < 2; dce++) {
		struct end *e = in_call(dce);

		CU_ASSERT_TRUE(x25_send(&e->x, 1, NULL, 0, "a", 1, 0));
		CU_ASSERT_TRUE(x25_send(&e->x, 1, NULL, 0, "b", 1, 0));
		e->sent.outs = 0;
		rx(e, "100121", 150 * S); /* one of two is acknowledged: T25 starts again */
		CU_ASSERT_EQUAL(x25_deadline(&e->x), dce ? UINT64_MAX : 200 * S);
		x25_expire(&e->x, 200 * S);
		CU_ASSERT_EQUAL(e->sent.outs, 0);
		x25_expire(&e->x, 350 * S);
		CU_ASSERT_EQUAL(e->sent.outs, !dce);
		if (!dce)
			expect(e, "10011b0030"); /* 48 */
		drop(e);
	}
}

/* A Restart from the far end while data, calls, clears and resets are under way. */
static void restart_in_every_state(void)
{
	for (int st = P1; st < STATES; st++)
		for (int dce = 0; dce < 2; dce++) {
			struct end *e = x25_states_in_state(st, dce);

			if (st == P4_D1) {
				x25_send(&e->x, 1, NULL, 0, "a", 1, 0);
				rx(e, "100110 41", 0); /* M: half a sequence */
				e->sent.outs = 0;
			}
			rx(e, "1000fb0000", 1);
			expect(e, "1000ff");
			CU_ASSERT_EQUAL(e->sent.outs, 0);
			CU_ASSERT_EQUAL(last(e)->kind, X25_READY);
			CU_ASSERT_EQUAL(x25_state(&e->x, 1), X25_P1_READY);
			CU_ASSERT_EQUAL(x25_deadline(&e->x), UINT64_MAX);
			CU_ASSERT_EQUAL(e->x.count[X25_C_SDU_LOST], st == P4_D1);
			CU_ASSERT_EQUAL(e->x.used, 0);
			drop(e);
		}
}

static const struct test_case cases[] = {
	{"every_packet_in_every_state", every_packet_in_every_state},
	{"the_interface_itself", the_interface_itself},
	{"restart_in_every_state", restart_in_every_state},
	{"restart_is_repeated", restart_is_repeated},
	{"a_call_without_an_answer", a_call_without_an_answer},
	{"a_reset_without_an_answer", a_reset_without_an_answer},
	{"data_without_an_answer", data_without_an_answer},
	{NULL, NULL},
};
const struct test_suite suite_x25_states = {"x25_states", cases};
