/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/keep.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"

static struct loop *loop;
static struct keep *keep;
static l2tp_channel keep_forming; /* a tunnel is being set up there */

static bool keep_is_used(void *ctx, l2tp_channel c)
{
	return ctx == &keep && c == keep_forming;
}

static void keep_set_up(void)
{
	fake_reset();
	clock_us = 0;
	loop = loop_new(clock_now);
	keep = keep_new(loop, NULL, 10 * SEC, keep_is_used, &keep);
	keep_forming = 0;
}

static void keep_tear_down(void)
{
	keep_free(keep);
	loop_free(loop);
}

static void kept_while_any_tunnel_stands(void)
{
	keep_set_up();
	keep_tunnel_up(keep, 5);
	keep_tunnel_up(keep, 5);
	CU_ASSERT_EQUAL(fake_said("answer 5"), 1);
	keep_tunnel_down(keep, 5, clock_us);
	clock_until(loop, 100 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	keep_tunnel_down(keep, 5, clock_us);
	clock_until(loop, 109 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	clock_until(loop, 110 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect 5"), 1);
	keep_tear_down();
}

static void a_new_tunnel_in_time_keeps_it(void)
{
	keep_set_up();
	keep_tunnel_up(keep, 5);
	keep_tunnel_down(keep, 5, clock_us);
	clock_until(loop, 9 * SEC);
	keep_tunnel_up(keep, 5);
	clock_until(loop, 1000 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	keep_tear_down();
}

static void one_that_is_lost_is_forgotten(void)
{
	keep_set_up();
	keep_tunnel_up(keep, 5);
	keep_lost(keep, 5);
	keep_lost(keep, 6);
	keep_tunnel_down(keep, 5, clock_us);
	keep_tunnel_down(keep, 6, clock_us);
	clock_until(loop, 1000 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	keep_tear_down();
}

static void keep_many_channels(void)
{
	l2tp_channel c;

	keep_set_up();
	for (c = 1; c <= 5000; c++)
		keep_tunnel_up(keep, c << 32 | c);
	for (c = 1; c <= 5000; c++)
		keep_tunnel_down(keep, c << 32 | c, clock_us);
	fake.lines = 0;
	clock_until(loop, 10 * SEC);
	CU_ASSERT_EQUAL(fake.lines, FAKE_LINES);
	CU_ASSERT_EQUAL(fake_said("disconnect"), FAKE_LINES);
	CU_ASSERT_EQUAL(loop_deadline(loop), DEADLINE_NEVER);
	keep_tear_down();
}

/* A channel that cannot be remembered is not answered, so it is not kept for ever. */
static void keep_without_memory(void)
{
	keep_set_up();
	heap_refuse(0);
	keep_tunnel_up(keep, 5);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(fake_said("answer"), 0);
	keep_tunnel_down(keep, 5, clock_us);
	heap_refuse(0);
	keep_unused(keep, 6, clock_us);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(loop_deadline(loop), DEADLINE_NEVER);
	keep_unused(keep, 6, clock_us);
	CU_ASSERT_EQUAL(loop_deadline(loop), 10 * SEC);
	keep_tunnel_up(keep, 5);
	CU_ASSERT_EQUAL(fake_said("answer 5"), 1);
	clock_until(loop, 10 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect 6"), 1);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	keep_tear_down();
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(keep_new(NULL, NULL, 1, NULL, NULL));
	CU_ASSERT_TRUE(heap_refused());
	keep_free(NULL);
}

/* One without a tunnel waits from its last use on; one with a tunnel does not. */
static void keep_unused_channels(void)
{
	keep_set_up();
	keep_unused(keep, 5, 0);
	keep_unused(keep, 5, 2 * SEC);
	CU_ASSERT_EQUAL(loop_deadline(loop), 12 * SEC);
	keep_tunnel_up(keep, 5);
	CU_ASSERT_EQUAL(fake_said("answer"), 0);
	CU_ASSERT_EQUAL(loop_deadline(loop), DEADLINE_NEVER);
	keep_unused(keep, 5, 3 * SEC);
	CU_ASSERT_EQUAL(loop_deadline(loop), DEADLINE_NEVER);
	keep_tear_down();
}

/* The peer is dialled again while the channel of its last tunnel waits to be given up. */
static void a_tunnel_that_is_being_set_up_keeps_it(void)
{
	keep_set_up();
	keep_tunnel_up(keep, 5);
	keep_tunnel_down(keep, 5, clock_us);
	keep_unused(keep, 6, clock_us);
	keep_forming = 5;
	clock_until(loop, 19 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect 6"), 1);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	keep_forming = 0;
	clock_until(loop, 20 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect 5"), 1);
	keep_tear_down();
}

static const struct test_case cases[] = {
	{"kept_while_any_tunnel_stands", kept_while_any_tunnel_stands},
	{"a_new_tunnel_in_time_keeps_it", a_new_tunnel_in_time_keeps_it},
	{"one_that_is_lost_is_forgotten", one_that_is_lost_is_forgotten},
	{"many_channels", keep_many_channels},
	{"without_memory", keep_without_memory},
	{"a_tunnel_that_is_being_set_up_keeps_it", a_tunnel_that_is_being_set_up_keeps_it},
	{"unused_channels", keep_unused_channels},
	{NULL, NULL},
};
const struct test_suite suite_keep = {"keep", cases};
