/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bad lines at ports: which frames they are of, where they are counted, and that off is off. */
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define EVER   UINT64_MAX
#define SECOND 1000000u

static int spoil(struct rig *r, enum dp_impair_way way, struct dp_impair set)
{
	if (!set.left)
		set.left = EVER;
	return dp_impair_set(r->dp, r->port, NULL, way, &set, false);
}

static struct dp_impair_row the_row(struct rig *r)
{
	struct dp_impair_row row[DP_IMPAIR_ROWS] = {0};

	CU_ASSERT_EQUAL(dp_impair_rows(r->dp, r->port, row, DP_IMPAIR_ROWS), 1);
	return row[0];
}

static bool says(struct rig *r, const char *text)
{
	return dp_send(r->dp, rig_channel(r, 5), (const uint8_t *)text, strlen(text), 0, 0) !=
	       L2TP_TX_FAILED;
}

static const char *const hello = "c802 000c 0000 0000 0000 0000";

static void a_call(struct rig *r)
{
	const struct dp_call c = {.tid = 2,
				  .sid = 3,
				  .channel = rig_channel(r, 5),
				  .data = {.peer_tid = 1, .peer_sid = 1},
				  .mtu = 1400};

	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
}

static bool ppp_says(struct rig *r)
{
	uint8_t p[6];

	return dp_ppp_send(r->dp, 2, 3, p, test_hex(p, sizeof(p), "c021 0101 0004"));
}

/* Control and data that go out are lost; nothing that comes in is.  Both are counted. */
static void do_out(struct rig *r)
{
	struct dp_counters n;

	a_call(r);
	CU_ASSERT_EQUAL_FATAL(spoil(r, DP_IMPAIR_OUT, (struct dp_impair){.loss = 1000000}), 0);
	CU_ASSERT(says(r, "one") && ppp_says(r));
	CU_ASSERT_TRUE(rig_wait_reason(r, DP_R_IMPAIR_OUT, 2));
	fake_hex(r->fake, 5, hello);
	CU_ASSERT_TRUE(rig_wait_lines(r, 1));
	CU_ASSERT_EQUAL(fake_sent_count(r->fake), 0);
	CU_ASSERT_EQUAL(the_row(r).n[DP_IMPAIR_LOST], 2);
	dp_count(r->dp, &n);
	CU_ASSERT(n.from_control == 1 && n.dropped == 1 && !n.tx_frames && !n.tx_control);
	CU_ASSERT_EQUAL(dp_impair_set(r->dp, r->port, NULL, DP_IMPAIR_OUT, NULL, false), 0);
	CU_ASSERT(says(r, "two") && ppp_says(r));
	CU_ASSERT_TRUE(rig_wait_sent(r, 2));
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_IMPAIR_OUT), 2);
	CU_ASSERT_EQUAL(dp_impair_set(r->dp, r->port, NULL, DP_IMPAIR_OUT, NULL, false), -ENOENT);
}

static void frames_that_go_out_are_lost(void)
{
	rig_each_of(do_out, &fake_udp);
}

/* Those that come in, each segment by itself. */
static void do_in(struct rig *r)
{
	uint8_t two[24];

	a_call(r);
	CU_ASSERT_EQUAL_FATAL(spoil(r, DP_IMPAIR_IN, (struct dp_impair){.loss = 1000000}), 0);
	test_hex(two, sizeof(two), "c802 000c 0000 0000 0000 0000 c802 000c 0000 0000 0001 0000");
	fake_octets(r->fake, 5, two, sizeof(two), 12);
	CU_ASSERT_TRUE(rig_wait_reason(r, DP_R_IMPAIR_IN, 2));
	CU_ASSERT(says(r, "one"));
	CU_ASSERT_TRUE(rig_wait_sent(r, 1));
	CU_ASSERT_EQUAL(r->n_line, 0);
	CU_ASSERT_EQUAL(dp_impair_set(r->dp, r->port, NULL, DP_IMPAIR_IN, NULL, false), 0);
	fake_octets(r->fake, 5, two, sizeof(two), 12);
	CU_ASSERT_TRUE(rig_wait_lines(r, 2));
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_IMPAIR_IN), 2);
}

static void frames_that_come_in_are_lost(void)
{
	rig_each_of(do_in, &fake_udp);
}

/* A copy is one frame made: what comes and what goes adds up (rig_down looks). */
static void do_twice(struct rig *r)
{
	struct dp_counters n;

	a_call(r);
	CU_ASSERT_EQUAL(spoil(r, DP_IMPAIR_OUT, (struct dp_impair){.duplicate = 1000000}), 0);
	CU_ASSERT_EQUAL(spoil(r, DP_IMPAIR_IN, (struct dp_impair){.duplicate = 1000000}), 0);
	CU_ASSERT(ppp_says(r));
	CU_ASSERT_TRUE(rig_wait_sent(r, 2));
	CU_ASSERT_EQUAL(r->fake->sent[0].len, r->fake->sent[1].len);
	fake_hex(r->fake, 5, "0002 0002 0003 ff03 c021 0101 0004");
	CU_ASSERT_TRUE(rig_wait_lines(r, 2));
	rig_settle(r);
	dp_count(r->dp, &n);
	CU_ASSERT(n.made == 1 && n.tx_frames == 2 && n.rx_frames == 2 && n.punted == 2);
}

static void frames_come_twice(void)
{
	rig_each_of(do_twice, &fake_udp);
}

/* Not before its time; and at once when the line is good again. */
static void do_delay(struct rig *r)
{
	uint64_t begin = dp_now();

	CU_ASSERT_EQUAL(spoil(r, DP_IMPAIR_OUT, (struct dp_impair){.delay = 30000}), 0);
	CU_ASSERT(says(r, "one"));
	CU_ASSERT_TRUE(rig_wait_sent(r, 1));
	CU_ASSERT(dp_now() - begin >= 30000);
	ASSERT_OCTETS(r->fake->sent[0].octets, r->fake->sent[0].len, "one", 3);
	CU_ASSERT(r->fake->on_path);
	CU_ASSERT_EQUAL(spoil(r, DP_IMPAIR_OUT, (struct dp_impair){.delay = 60 * SECOND}), 0);
	CU_ASSERT(says(r, "two") && says(r, "three"));
	rig_settle(r);
	CU_ASSERT_EQUAL(fake_sent_count(r->fake), 1);
	CU_ASSERT_EQUAL(the_row(r).n[DP_IMPAIR_WAITING], 2);
	CU_ASSERT_EQUAL(dp_impair_set(r->dp, r->port, NULL, DP_IMPAIR_OUT, NULL, false), 0);
	CU_ASSERT_EQUAL(fake_sent_count(r->fake), 3);
	ASSERT_OCTETS(r->fake->sent[1].octets, r->fake->sent[1].len, "two", 3);
}

static void frames_wait(void)
{
	rig_each_of(do_delay, &fake_udp);
}

/* A channel that is full keeps its own queue behind the line. */
static void a_full_channel(struct rig *r)
{
	fake_say(r->fake, FAKE_UP, 5);
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(r, 1));
	CU_ASSERT_EQUAL(spoil(r, DP_IMPAIR_OUT, (struct dp_impair){.delay = 1000}), 0);
	fake_say_room(r->fake, 5, 0);
	rig_settle(r);
	CU_ASSERT(says(r, "one") && says(r, "two"));
	rig_settle(r);
	CU_ASSERT_EQUAL(fake_sent_count(r->fake), 0);
	fake_say_room(r->fake, 5, 2);
	CU_ASSERT_TRUE(rig_wait_sent(r, 2));
	ASSERT_OCTETS(r->fake->sent[0].octets, r->fake->sent[0].len, "one", 3);
}

static void a_flow_controlled_channel(void)
{
	rig_each_of(a_full_channel, &fake_flow);
}

/* The peers that the fake tells are "peer" and the number of the channel. */
static void do_circuit(struct rig *r)
{
	struct ist_addr five, none = {.len = 3, .data = "no"};
	struct dp_impair set = {.loss = 1000000, .left = EVER};

	fake_say(r->fake, FAKE_UP, 5);
	fake_say(r->fake, FAKE_UP, 6);
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(r, 2));
	CU_ASSERT_TRUE_FATAL(dp_channel_peer(r->dp, rig_channel(r, 5), &five));
	CU_ASSERT_EQUAL(dp_impair_set(r->dp, r->port, &five, DP_IMPAIR_IN, &set, false), 0);
	fake_hex(r->fake, 5, hello);
	fake_hex(r->fake, 6, hello);
	CU_ASSERT_TRUE(rig_wait_lines(r, 3));
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_IMPAIR_IN), 1);
	/* its own settings take the place of the port's */
	set.loss = 0;
	set.delay = 1;
	CU_ASSERT_EQUAL(dp_impair_set(r->dp, r->port, &five, DP_IMPAIR_IN, &set, false), 0);
	CU_ASSERT_EQUAL(spoil(r, DP_IMPAIR_IN, (struct dp_impair){.loss = 1000000}), 0);
	fake_hex(r->fake, 5, hello);
	fake_hex(r->fake, 6, hello);
	CU_ASSERT_TRUE(rig_wait_lines(r, 4));
	CU_ASSERT_TRUE(rig_wait_reason(r, DP_R_IMPAIR_IN, 2));
	CU_ASSERT_EQUAL(dp_impair_set(r->dp, r->port, &none, DP_IMPAIR_IN, NULL, false), -ENOENT);
}

static void a_circuit_by_itself(void)
{
	rig_each_of(do_circuit, &fake_flow);
}

static bool is_over(struct rig *r, void *arg)
{
	(void)arg;
	return !the_row(r).on;
}

/* By itself, and what it has done stays to be seen. */
static void do_time(struct rig *r)
{
	struct dp_impair set = {.loss = 1000000, .left = 20000, .seed = 12};

	CU_ASSERT_EQUAL(dp_impair_set(r->dp, r->port, NULL, DP_IMPAIR_OUT, &set, true), 0);
	CU_ASSERT_TRUE(rig_wait(r, is_over, NULL));
	CU_ASSERT(says(r, "one"));
	CU_ASSERT_TRUE(rig_wait_sent(r, 1));
	CU_ASSERT(the_row(r).configured && the_row(r).set.seed == 12);
}

static void its_time_is_over(void)
{
	rig_each_of(do_time, &fake_udp);
}

/* So many circuits of a port, and no more; a port that there is not. */
static void do_limits(struct rig *r)
{
	const struct dp_impair set = {.loss = 1, .left = EVER};
	struct dp_impair_row row[DP_IMPAIR_ROWS + 1];
	struct ist_addr a = {.len = 1};

	for (unsigned i = 0; i <= DP_IMPAIR_CIRCUITS; i++) {
		a.data[0] = (uint8_t)i;
		CU_ASSERT_EQUAL(dp_impair_set(r->dp, r->port, &a, DP_IMPAIR_IN, &set, false),
				i < DP_IMPAIR_CIRCUITS ? 0 : -ENOSPC);
	}
	CU_ASSERT_EQUAL(dp_impair_rows(r->dp, r->port, row, DP_IMPAIR_ROWS), DP_IMPAIR_CIRCUITS);
	a.data[0] = 3;
	CU_ASSERT_EQUAL(dp_impair_set(r->dp, r->port, &a, DP_IMPAIR_IN, NULL, false), 0);
	CU_ASSERT_EQUAL(dp_impair_set(r->dp, r->port, NULL, DP_IMPAIR_IN, &set, false), 0);
	CU_ASSERT_EQUAL(dp_impair_set(r->dp, 77, NULL, DP_IMPAIR_IN, &set, false), -ENOENT);
	CU_ASSERT_EQUAL(dp_impair_rows(r->dp, 77, row, 1), 0);
}

static void limits_of_a_port(void)
{
	rig_each_of(do_limits, &fake_udp);
}

/* A port that is closed takes what waits with it, counted. */
static void do_close(struct rig *r)
{
	a_call(r);
	CU_ASSERT_EQUAL(spoil(r, DP_IMPAIR_OUT, (struct dp_impair){.delay = 60 * SECOND}), 0);
	CU_ASSERT_EQUAL(spoil(r, DP_IMPAIR_IN, (struct dp_impair){.delay = 60 * SECOND}), 0);
	CU_ASSERT(says(r, "one") && ppp_says(r));
	fake_hex(r->fake, 5, hello);
	rig_settle(r);
	dp_port_close(r->dp, r->port);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_SEND), 2);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_PORT_CLOSED), 1);
}

static void a_port_is_closed(void)
{
	rig_each_of(do_close, &fake_udp);
}

static const struct test_case cases[] = {
	{"frames_that_go_out_are_lost", frames_that_go_out_are_lost},
	{"frames_that_come_in_are_lost", frames_that_come_in_are_lost},
	{"frames_come_twice", frames_come_twice},
	{"frames_wait", frames_wait},
	{"a_flow_controlled_channel", a_flow_controlled_channel},
	{"a_circuit_by_itself", a_circuit_by_itself},
	{"its_time_is_over", its_time_is_over},
	{"limits_of_a_port", limits_of_a_port},
	{"a_port_is_closed", a_port_is_closed},
	{NULL, NULL},
};
const struct test_suite suite_worker_impair = {"worker_impair", cases};
