/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DEBUG_RATE messages in a second, on a clock of the test's. */
#include "gw/operator/debug_rate.h"

#include "tests/harness.h"

#define SECOND UINT64_C(1000000)

static uint64_t rate_now;
static unsigned rate_told, rate_last;

static uint64_t rate_clock(void)
{
	return rate_now;
}

static void rate_on_left_out(void *ctx, unsigned n)
{
	CU_ASSERT_PTR_EQUAL(ctx, &rate_told);
	rate_told++;
	rate_last = n;
}

static unsigned rate_taken(struct debug_rate *r, unsigned n)
{
	unsigned taken = 0;

	while (n--)
		taken += debug_rate_takes(r);
	return taken;
}

static struct loop *rate_begin(struct debug_rate *r)
{
	struct loop *l;

	rate_now = 5 * SECOND;
	rate_told = rate_last = 0;
	l = loop_new(rate_clock);
	CU_ASSERT_PTR_NOT_NULL_FATAL(l);
	debug_rate_init(r, l, rate_on_left_out, &rate_told);
	return l;
}

static void as_many_in_each_second(void)
{
	struct debug_rate r;
	struct loop *l = rate_begin(&r);

	CU_ASSERT_EQUAL(rate_taken(&r, DEBUG_RATE), DEBUG_RATE);
	CU_ASSERT_EQUAL(loop_deadline(l), DEADLINE_NEVER);
	rate_now += SECOND - 1;
	CU_ASSERT_EQUAL(rate_taken(&r, 3), 0);
	CU_ASSERT_EQUAL(rate_told, 0);
	rate_now++;
	CU_ASSERT_EQUAL(rate_taken(&r, DEBUG_RATE + 1), DEBUG_RATE);
	/* what was left out before is told in front of what follows */
	CU_ASSERT_EQUAL(rate_told, 1);
	CU_ASSERT_EQUAL(rate_last, 3);
	debug_rate_end(&r);
	loop_free(l);
}

static void it_is_told_when_nothing_follows(void)
{
	struct debug_rate r;
	struct loop *l = rate_begin(&r);

	rate_taken(&r, DEBUG_RATE + 7);
	CU_ASSERT_EQUAL(loop_deadline(l), 6 * SECOND);
	rate_now = 6 * SECOND;
	loop_expire(l, rate_now);
	CU_ASSERT_EQUAL(rate_told, 1);
	CU_ASSERT_EQUAL(rate_last, 7);
	/* once */
	CU_ASSERT_EQUAL(rate_taken(&r, 1), 1);
	CU_ASSERT_EQUAL(rate_told, 1);
	CU_ASSERT_EQUAL(loop_deadline(l), DEADLINE_NEVER);
	debug_rate_end(&r);
	loop_free(l);
}

static void nothing_is_told_after_its_end(void)
{
	struct debug_rate r;
	struct loop *l = rate_begin(&r);

	rate_taken(&r, DEBUG_RATE + 7);
	debug_rate_end(&r);
	CU_ASSERT_EQUAL(loop_deadline(l), DEADLINE_NEVER);
	loop_free(l);
}

static const struct test_case cases[] = {
	{"as_many_in_each_second", as_many_in_each_second},
	{"it_is_told_when_nothing_follows", it_is_told_when_nothing_follows},
	{"nothing_is_told_after_its_end", nothing_is_told_after_its_end},
	{0},
};
const struct test_suite suite_debug_rate = {"debug_rate", cases};
