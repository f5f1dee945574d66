/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limit of a rate: the bucket alone with a time that the test makes, then entries of the data
 * plane whose rate is so low (1 bit/s) that however slow the machine is nothing is added meanwhile.
 */
#include "core/bytes.h"
#include "gw/dp/rate.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"

#include <string.h>

#define SECOND 1000000u
#define LINE   0x101u /* payload ppp */
#define CALL   0x001u

/* --- the bucket --------------------------------------------------------------------------------- */

/* How many of these pass, one behind the other, `gap` us after each other. */
static unsigned rate_passes(const struct rate *r, struct rate_bucket *b, uint64_t *now,
			    unsigned packets, size_t octets, uint64_t gap)
{
	unsigned passed = 0;

	for (; packets; packets--, *now += gap)
		passed += rate_take(r, b, *now, octets);
	return passed;
}

/* 8 Mbit/s is an octet a microsecond; 100 ms of it are 100,000 octets. */
static void a_burst_and_then_the_rate(void)
{
	const struct rate r = rate_of(8000000, 0, 1500);
	struct rate_bucket b = {0};
	uint64_t now = 77 * SECOND;

	CU_ASSERT_EQUAL(rate_passes(&r, &b, &now, 200, 1000, 0), 100);
	now += 999;
	CU_ASSERT_EQUAL(rate_passes(&r, &b, &now, 1, 1000, 0), 0);
	now += 1;
	CU_ASSERT_EQUAL(rate_passes(&r, &b, &now, 2, 1000, 0), 1);
	/* ten seconds of twice the rate */
	CU_ASSERT_EQUAL(rate_passes(&r, &b, &now, 20000, 1000, 500), 9999);
	/* an hour of nothing is no more than a burst */
	now += 3600 * (uint64_t)SECOND;
	CU_ASSERT_EQUAL(rate_passes(&r, &b, &now, 200, 1000, 0), 100);
	now += 50000;
	CU_ASSERT_EQUAL(rate_passes(&r, &b, &now, 200, 1000, 0), 50);
}

/* A rate of which a microsecond is a fraction of an octet: an hour at 12,345 bit/s is 5,555,250
 * octets, and 100,000 packets a second ask for them. */
static void nothing_is_lost_to_rounding(void)
{
	const struct rate r = rate_of(12345, 0, 1500);
	struct rate_bucket b = {0};
	uint64_t now = SECOND, octets = 0;

	rate_passes(&r, &b, &now, 3000, 1, 0); /* two packets of 1500 */
	CU_ASSERT_EQUAL(rate_passes(&r, &b, &now, 1, 1, 0), 0);
	for (unsigned s = 0; s < 36; s++)
		octets += rate_passes(&r, &b, &now, 100000, 1, 10);
	CU_ASSERT_EQUAL(octets, 55552);
}

/* 64 kbit/s for 100 ms are 800 octets: less than one packet. */
static void a_burst_has_two_of_the_largest(void)
{
	struct rate r = rate_of(64000, 0, 1492);
	struct rate_bucket b = {0}, c = {0}, d = {0};
	uint64_t now = SECOND;

	CU_ASSERT_EQUAL(rate_passes(&r, &b, &now, 5, 1500, 0), 2);
	r = rate_of(64000, 0, 9000);
	CU_ASSERT_EQUAL(rate_passes(&r, &c, &now, 5, 9000, 0), 2);
	r = rate_of(64000, 1000000, 1500); /* a second of it: 8000 octets */
	CU_ASSERT_EQUAL(rate_passes(&r, &d, &now, 10, 1000, 0), 8);
	/* a packet that is larger than that passes when the bucket is full, and empties it */
	now += SECOND - 1;
	CU_ASSERT_FALSE(rate_take(&r, &d, now, 9000));
	now += 1;
	CU_ASSERT_TRUE(rate_take(&r, &d, now, 9000));
	CU_ASSERT_FALSE(rate_take(&r, &d, now, 1));
}

static void the_ends_of_the_range(void)
{
	const struct rate most = rate_of(DP_RATE_MAX, DP_RATE_BURST_MAX, 1500),
			  least = rate_of(1, 1, 576);
	struct rate_bucket b = {0}, c = {0};
	uint64_t now = SECOND;

	/* 10 s of 100 Gbit/s are 125 GB; half of it comes in 5 s */
	b.missing = UINT64_C(125000000000) * RATE_OCTET;
	b.filled = now;
	CU_ASSERT_FALSE(rate_take(&most, &b, now, 1));
	now += 5 * SECOND;
	CU_ASSERT_TRUE(rate_take(&most, &b, now, 1));
	CU_ASSERT_EQUAL(b.missing, UINT64_C(62500000001) * RATE_OCTET);
	now += UINT64_C(1) << 62;
	CU_ASSERT_TRUE(rate_take(&most, &b, now, 1));
	CU_ASSERT_EQUAL(b.missing, RATE_OCTET);
	/* 1 bit/s: 8 s an octet */
	CU_ASSERT_EQUAL(rate_passes(&least, &c, &now, 4000, 1, 0), 3000);
	now += 8 * SECOND - 1;
	CU_ASSERT_FALSE(rate_take(&least, &c, now, 1));
	now += 1;
	CU_ASSERT_TRUE(rate_take(&least, &c, now, 1));
	CU_ASSERT_EQUAL(rate_of(0, 0, 1500).bps, 0);
}

/* What is missing stays, and is never more than the new one holds. */
static void a_rate_changes(void)
{
	const struct rate fast = rate_of(80000000, 0, 1500), slow = rate_of(8000000, 0, 1500);
	struct rate_bucket b = {0};
	uint64_t now = SECOND;

	CU_ASSERT_EQUAL(rate_passes(&fast, &b, &now, 500, 1000, 0), 500); /* of 1,000,000 octets */
	CU_ASSERT_EQUAL(rate_passes(&slow, &b, &now, 200, 1000, 0), 0);
	now += 1000;
	CU_ASSERT_EQUAL(rate_passes(&slow, &b, &now, 200, 1000, 0), 1);
	CU_ASSERT_EQUAL(rate_passes(&fast, &b, &now, 1000, 1000, 0), 900);
	now += 1000;
	CU_ASSERT_EQUAL(rate_passes(&fast, &b, &now, 200, 1000, 0), 10);
}

/* --- entries ------------------------------------------------------------------------------------ */

static struct dp_call rate_line(const struct rig *r, uint64_t up, uint64_t down)
{
	return (struct dp_call){.sid = 7,
				.channel = rig_channel(r, LINE),
				.mode = DP_FORWARD,
				.to_tid = 2,
				.to_sid = 3,
				.no_address = true,
				.mtu = 1500,
				.rate = {[DP_RATE_UP] = up, [DP_RATE_DOWN] = down}};
}

/* Line 7 joined to call 2/3, whose rate has no limit. */
static void rate_join(struct rig *r, const struct dp_call *line)
{
	const struct dp_call call = {.tid = 2,
				     .sid = 3,
				     .channel = rig_channel(r, CALL),
				     .mode = DP_FORWARD,
				     .to_sid = 7,
				     .mtu = 1500};

	fake_say(r->fake, FAKE_UP, LINE);
	fake_say(r->fake, FAKE_UP, CALL);
	CU_ASSERT_FATAL(rig_wait_lines(r, 2));
	CU_ASSERT_FATAL(!dp_call_set(r->dp, line));
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &call));
}

/* So many frames: what is before the information, and 1000 octets of it. */
static void rate_frames(struct rig *r, ist_channel c, const char *head, unsigned n)
{
	uint8_t frame[1100];
	size_t len = test_hex(frame, sizeof(frame), head);

	memset(frame + len, 0x45, 1000);
	for (; n; n--)
		fake_octets(r->fake, c, frame, len + 1000, 0);
}

static void rate_limited(struct rig *r, uint64_t up, uint64_t down)
{
	struct dp_call_stats s;

	rig_settle(r);
	CU_ASSERT_TRUE_FATAL(dp_call_stats(r->dp, 0, 7, &s));
	CU_ASSERT_EQUAL(s.limited[DP_RATE_UP], up);
	CU_ASSERT_EQUAL(s.limited[DP_RATE_DOWN], down);
	CU_ASSERT_EQUAL(s.drops, up + down);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_RATE_UP), up);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_RATE_DOWN), down);
}

/* Two packets of 1500 octets have room for three frames of 1000. */
static void do_up(struct rig *r)
{
	const struct dp_call line = rate_line(r, 1, 0);

	rate_join(r, &line);
	rate_frames(r, LINE, "0021", 8);
	CU_ASSERT(rig_wait_reason(r, DP_R_RATE_UP, 5));
	CU_ASSERT(rig_wait_sent(r, 3));
	rate_limited(r, 5, 0);
	/* What negotiates and the other direction have no limit. */
	rate_frames(r, LINE, "8021", 2);
	rate_frames(r, LINE, "c021", 2);
	rate_frames(r, CALL, "0002 0002 0003 ff03 0021", 5);
	CU_ASSERT(rig_wait_sent(r, 12));
	rate_limited(r, 5, 0);
}

static void frames_that_come_in(void)
{
	rig_each(do_up);
}

static void do_down(struct rig *r)
{
	const struct dp_call line = rate_line(r, 0, 1);
	struct dp_call_stats s;

	rate_join(r, &line);
	rate_frames(r, CALL, "0002 0002 0003 ff03 0057", 6);
	CU_ASSERT(rig_wait_reason(r, DP_R_RATE_DOWN, 3));
	CU_ASSERT(rig_wait_sent(r, 3));
	rate_frames(r, CALL, "0002 0002 0003 ff03 8057", 2);
	rate_frames(r, LINE, "0021", 5);
	CU_ASSERT(rig_wait_sent(r, 10));
	rate_limited(r, 0, 3);
	CU_ASSERT_TRUE(dp_call_stats(r->dp, 0, 7, &s));
	CU_ASSERT_EQUAL(s.tx_frames, 5);
	/* they are counted where the limit is, and not at the leg they came in by */
	CU_ASSERT_TRUE(dp_call_stats(r->dp, 2, 3, &s));
	CU_ASSERT_EQUAL(s.drops, 0);
}

static void frames_that_go_out(void)
{
	rig_each(do_down);
}

/* An entry that is set anew keeps what it has left; without a limit all pass. */
static void do_change(struct rig *r)
{
	struct dp_call line = rate_line(r, 1, 0);

	rate_join(r, &line);
	rate_frames(r, LINE, "0021", 4);
	CU_ASSERT(rig_wait_reason(r, DP_R_RATE_UP, 1));
	line.pfc = true;
	CU_ASSERT_EQUAL(dp_call_set(r->dp, &line), 0);
	rate_frames(r, LINE, "0021", 2);
	CU_ASSERT(rig_wait_reason(r, DP_R_RATE_UP, 3));
	line.rate[DP_RATE_UP] = 0;
	CU_ASSERT_EQUAL(dp_call_set(r->dp, &line), 0);
	rate_frames(r, LINE, "0021", 9);
	CU_ASSERT(rig_wait_sent(r, 12));
	rate_limited(r, 3, 0);
	/* at once full at this rate, and more than is sent */
	line.rate[DP_RATE_UP] = DP_RATE_MAX;
	CU_ASSERT_EQUAL(dp_call_set(r->dp, &line), 0);
	rig_settle(r);
	rate_frames(r, LINE, "0021", 1);
	CU_ASSERT(rig_wait_sent(r, 13));
	rate_limited(r, 3, 0);
}

static void a_rate_changes_under_traffic(void)
{
	rig_each(do_change);
}

static const struct test_case cases[] = {
	{"a_burst_and_then_the_rate", a_burst_and_then_the_rate},
	{"nothing_is_lost_to_rounding", nothing_is_lost_to_rounding},
	{"a_burst_has_two_of_the_largest", a_burst_has_two_of_the_largest},
	{"the_ends_of_the_range", the_ends_of_the_range},
	{"a_rate_changes", a_rate_changes},
	{"frames_that_come_in", frames_that_come_in},
	{"frames_that_go_out", frames_that_go_out},
	{"a_rate_changes_under_traffic", a_rate_changes_under_traffic},
	{NULL, NULL},
};
const struct test_suite suite_rate = {"rate", cases};
