/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of the packet layer: what each packet, procedure and timer counts, and that it counts
 * nothing else.  A script is packets in hex, and of its user: A accept, C call, K clear, R reset,
 * S send an octet; T60 is the time in seconds at which timers are looked at.
 */
#include "tests/transports/x25/counters.h"
#include "tests/transports/x25/x25_end.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const keys[] = {
#define X(sym, key, words) key,
	X25_COUNTERS(X)
#undef X
};

static void x25_counters_step(struct end *e, const char *step, uint64_t *now)
{
	switch (*step) {
	case 'A':
		CU_ASSERT_TRUE(x25_accept(&e->x, 1, *now));
		break;
	case 'C':
		CU_ASSERT_NOT_EQUAL(x25_call(&e->x, "5555", "", "", "\xcf", 1, *now), 0);
		break;
	case 'K':
		x25_clear(&e->x, 1, 0, 0, *now);
		break;
	case 'R':
		x25_reset(&e->x, 1, 0, 0, *now);
		break;
	case 'S':
		CU_ASSERT_TRUE(x25_send(&e->x, 1, NULL, 0, "a", 1, *now));
		break;
	case 'T':
		*now = strtoull(step + 1, NULL, 10) * S;
		CU_ASSERT_EQUAL(x25_deadline(&e->x), *now);
		x25_expire(&e->x, *now);
		break;
	default:
		rx(e, step, *now);
	}
}

#define UP "10010b 00 00|A|" /* a call of the far end on channel 1 */

/* The restart that begins an interface is in each row. */
static const struct {
	bool dce;
	const char *script, *counters;
} rows[] = {
	{true, "", "x25-restarts-tx=1"},
	{true, "1000fb0000", "x25-restarts-rx=1 x25-restarts-tx=1"},
	{true, "1000ff", "x25-restarts-tx=2 x25-protocol=1"},
	{true, "1000ff|T60", "x25-restarts-tx=3 x25-protocol=1 x25-timeouts=1"},
	{false, "1000ff|T180", "x25-restarts-tx=3 x25-protocol=1 x25-timeouts=1"},
	{true, "1000ff|100101|100101", "x25-restarts-tx=2 x25-protocol=1 x25-discarded=2"},
	{true, "1000f124", "x25-restarts-tx=1 x25-diagnostics-rx=1"},
	{true, "1000f3", "x25-restarts-tx=1 x25-discarded=1"},
	{true, "1fff01", "x25-restarts-tx=1 x25-unassigned=1"},
	{true, "200101", "x25-restarts-tx=1 x25-protocol=1"},
	{true, "C", "x25-calls-out=1 x25-restarts-tx=1"},
	{true, "C|10010f", "x25-calls-out=1 x25-restarts-tx=1"},
	{true, "C|1001130000", "x25-calls-out=1 x25-clears-rx=1 x25-restarts-tx=1"},
	{true, "C|T180", "x25-calls-out=1 x25-clears-tx=1 x25-restarts-tx=1 x25-timeouts=1"},
	{false, "C|T200", "x25-calls-out=1 x25-clears-tx=1 x25-restarts-tx=1 x25-timeouts=1"},
	{true, "10010b 00 00", "x25-calls-in=1 x25-restarts-tx=1"},
	{true, "10010b 00 02 0180",
	 "x25-calls-in=1 x25-clears-tx=1 x25-restarts-tx=1 x25-fast-select=1"},
	{true, "10010b 00 00|K", "x25-calls-in=1 x25-clears-tx=1 x25-restarts-tx=1"},
	{true, UP "100100 61", "x25-calls-in=1 x25-restarts-tx=1 x25-data-rx=1"},
	{true, UP "S|S", "x25-calls-in=1 x25-restarts-tx=1 x25-data-tx=2"},
	{true, UP "100110 61|10011b0000",
	 "x25-calls-in=1 x25-resets-rx=1 x25-restarts-tx=1 x25-data-rx=1 x25-sdu-lost=1"},
	{true, UP "1001130000", "x25-calls-in=1 x25-clears-rx=1 x25-restarts-tx=1"},
	{true, UP "K|100101|10011f",
	 "x25-calls-in=1 x25-clears-tx=1 x25-restarts-tx=1 x25-discarded=2"},
	{true, UP "K|1001130000",
	 "x25-calls-in=1 x25-clears-rx=1 x25-clears-tx=1 x25-restarts-tx=1"},
	{true, UP "K|T60", "x25-calls-in=1 x25-clears-tx=2 x25-restarts-tx=1 x25-timeouts=1"},
	{true, UP "K|T60|T120", "x25-calls-in=1 x25-clears-tx=2 x25-restarts-tx=1 x25-timeouts=2"},
	{true, UP "R", "x25-calls-in=1 x25-resets-tx=1 x25-restarts-tx=1"},
	{true, UP "R|10011f", "x25-calls-in=1 x25-resets-tx=1 x25-restarts-tx=1"},
	{true, UP "R|10011b0000",
	 "x25-calls-in=1 x25-resets-rx=1 x25-resets-tx=1 x25-restarts-tx=1"},
	{true, UP "R|100100 61|100101",
	 "x25-calls-in=1 x25-resets-tx=1 x25-restarts-tx=1 x25-discarded=2"},
	{true, UP "R|T60", "x25-calls-in=1 x25-resets-tx=2 x25-restarts-tx=1 x25-timeouts=1"},
	{true, UP "R|T60|T120",
	 "x25-calls-in=1 x25-clears-tx=1 x25-resets-tx=2 x25-restarts-tx=1 x25-timeouts=2"},
	{false, UP "S|T200",
	 "x25-calls-in=1 x25-resets-tx=1 x25-restarts-tx=1 x25-data-tx=1 x25-timeouts=1"},
	{true, UP "500100 61", "x25-calls-in=1 x25-resets-tx=1 x25-restarts-tx=1 x25-d-bit=1"},
	{true, UP "10012355", "x25-calls-in=1 x25-restarts-tx=1 x25-interrupts=1"},
	{true, UP "10011f", "x25-calls-in=1 x25-resets-tx=1 x25-restarts-tx=1 x25-protocol=1"},
	{true, UP "10010f", "x25-calls-in=1 x25-clears-tx=1 x25-restarts-tx=1 x25-protocol=1"},
	{true, "100101", "x25-clears-tx=1 x25-restarts-tx=1 x25-protocol=1"},
};

static void x25_counters_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct end *e = ready(rows[i].dce);
		const char *script = rows[i].script;
		char step[64], got[COUNTERS_TEXT];
		uint64_t now = 0;

		while (counters_step(&script, step))
			x25_counters_step(e, step, &now);
		counters_text(got, keys, e->x.count, X25_C_COUNT);
		if (strcmp(got, rows[i].counters)) {
			printf("%s: %s\n", rows[i].script, got);
			CU_FAIL(rows[i].script);
		}
		drop(e);
	}
}

static const struct test_case cases[] = {
	{"every_counter", x25_counters_rows},
	{NULL, NULL},
};
const struct test_suite suite_x25_counters = {"x25_counters", cases};
