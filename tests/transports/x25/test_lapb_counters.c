/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of LAPB: what each frame and timer counts, and that it counts nothing else.  A script is
 * frames in hex; S sends an octet, G starts (the SABM is out), T3 is the time in seconds at which
 * timers are looked at.  We are the DCE: commands to us have address 01, responses 03; T1 is 3 s
 * and N2 is 2.
 */
#include "tests/transports/x25/counters.h"
#include "transports/x25/lapb.h"

#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const keys[] = {
#define X(sym, key, words) key,
	LAPB_COUNTERS(X)
#undef X
};

static void lapb_counters_tx(void *ctx, const uint8_t *frame, size_t len)
{
	(void)ctx;
	(void)frame;
	(void)len;
}

static void lapb_counters_report(void *ctx, enum lapb_report r)
{
	(void)ctx;
	(void)r;
}

static const struct lapb_ops ops = {lapb_counters_tx, lapb_counters_tx, lapb_counters_report};

static void lapb_counters_step(struct lapb *l, const char *step, uint64_t *now)
{
	uint8_t frame[64];

	switch (*step) {
	case 'G':
		lapb_start(l, *now);
		break;
	case 'S':
		CU_ASSERT_TRUE(lapb_send(l, (const uint8_t *)"a", 1, *now));
		break;
	case 'T':
		*now = strtoull(step + 1, NULL, 10) * 1000000;
		CU_ASSERT_EQUAL(lapb_deadline(l), *now);
		lapb_expire(l, *now);
		break;
	default:
		lapb_rx(l, frame, test_hex(frame, sizeof(frame), step), *now);
		lapb_settle(l);
	}
}

#define UP "G|0373|" /* SABM and UA */

static const struct {
	const char *script, *counters;
} rows[] = {
	{"G", ""},
	{"G|0373", ""},
	{"G|T3", "lapb-t1=1"},
	{"G|T3|T6", "lapb-t1=2 lapb-given-up=1"},
	{"G|031f", "lapb-setup-refused=1"},
	{"G|017f", "lapb-modulo=1"},
	{"G|0301", "lapb-state=1"},
	{"0100 61", "lapb-state=1"}, /* nobody has started it */
	{"0111", "lapb-state=1"},
	{"0373", "lapb-state=1"},
	{"0501", "lapb-bad-address=1"},
	{"01", "lapb-short=1"},
	{UP "S", "lapb-i-tx=1"},
	{UP "S|0321", "lapb-i-tx=1"},
	{UP "0100 61", "lapb-i-rx=1"},
	{UP "0102 61", "lapb-rej-tx=1"},
	{UP "0102 61|0104 61", "lapb-rej-tx=1"}, /* one REJ for a gap */
	{UP "S|0309", "lapb-i-tx=1 lapb-resent=1 lapb-rej-rx=1"},
	{UP "S|S|0309", "lapb-i-tx=2 lapb-resent=2 lapb-rej-rx=1"},
	{UP "S|T3", "lapb-i-tx=1 lapb-t1=1"},
	{UP "S|T3|T6|T9", "lapb-i-tx=1 lapb-t1=3 lapb-given-up=1 lapb-resets=1"},
	{UP "0321", "lapb-frmr-tx=1"}, /* N(R) of a frame that was never sent */
	{UP "017f", "lapb-frmr-tx=1 lapb-modulo=1"},
	{UP "0387 000000", "lapb-frmr-rx=1 lapb-resets=1"},
	{UP "013f", "lapb-resets=1"},
	{UP "0373", "lapb-resets=1"},
	{UP "0153", ""},
};

static void lapb_counters_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *script = rows[i].script;
		char step[64], got[COUNTERS_TEXT];
		struct lapb_config c;
		uint64_t now = 0;
		struct lapb l;
		void *store;

		lapb_config_default(&c);
		c.dce = true;
		c.n2 = 2;
		store = calloc(1, lapb_store_size(&c));
		CU_ASSERT_PTR_NOT_NULL_FATAL(store);
		lapb_init(&l, &c, &ops, NULL, store);
		while (counters_step(&script, step))
			lapb_counters_step(&l, step, &now);
		counters_text(got, keys, l.count, LAPB_C_COUNT);
		if (strcmp(got, rows[i].counters)) {
			printf("%s: %s\n", rows[i].script, got);
			CU_FAIL(rows[i].script);
		}
		free(store);
	}
}

static const struct test_case cases[] = {
	{"every_counter", lapb_counters_rows},
	{NULL, NULL},
};
const struct test_suite suite_lapb_counters = {"lapb_counters", cases};
