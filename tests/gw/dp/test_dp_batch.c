/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames that come together, of more calls than the nearest cache holds. */
#include "core/bytes.h"
#include "gw/dp/calltab.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"

#include <stdio.h>

/* With so many calls that look-ups are begun together: each frame goes to its call, in the order of
 * the octets; among them are frames of no call, a frame that is cut short and a control message. */
static void do_segments_of_many(struct rig *r)
{
	enum { CALLS = CALLTAB_LARGE + 40, FRAMES = 2 * CALLTAB_AHEAD + 5, ONE = 12 };
	uint8_t p[FRAMES * ONE], *at = p;
	struct dp_call c = {
		.tid = 2, .channel = rig_channel(r, 1), .data = {.peer_tid = 1}, .mtu = 1400};
	unsigned lines = 1; /* the control message has a ring of its own, which comes first */

	for (c.sid = 100; c.sid < 100 + CALLS; c.sid++)
		CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	dp_flush(r->dp);
	for (unsigned i = 0; i < FRAMES; i++, at += ONE) {
		test_hex(at, ONE,
			 i % 2 ? "0002 0002 0000 c021 0101 0004" : "4002 000c 0002 0000 c021 0101");
		wr_put16(at + (i % 2 ? 4 : 6), (uint16_t)(100 + 13 * i));
	}
	wr_put16(p + 6, 99);
	test_hex(p + 5 * ONE, ONE, "c802 000c 0000 0000 0000 0000");
	fake_octets(r->fake, 1, p, sizeof(p) - ONE + 5, ONE); /* the last one ends in its ids */
	CU_ASSERT_FATAL(rig_wait_lines(r, FRAMES - 2));
	for (unsigned i = 1; i < FRAMES - 1; i++) {
		char text[40];

		if (i == 5)
			continue;
		snprintf(text, sizeof(text), "ppp 2/%u", 100 + 13 * i);
		CU_ASSERT_STRING_EQUAL(r->line[lines++].text, text);
	}
	CU_ASSERT_EQUAL(r->n_line, lines);
	CU_ASSERT(rig_wait_reason(r, DP_R_NO_CALL, 1) && rig_wait_reason(r, DP_R_BAD_HDR, 1));
}

static void segments_of_many_calls(void)
{
	rig_each_of(do_segments_of_many, &fake_udp);
}

static const struct test_case cases[] = {
	{"segments_of_many_calls", segments_of_many_calls},
	{NULL, NULL},
};
const struct test_suite suite_dp_batch = {"dp_batch", cases};
