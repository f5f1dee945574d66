/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/loop.h"
#include "tests/gw/clock.h"
#include "tests/harness.h"

#include <osmocom/core/select.h>
#include <time.h>

static struct loop *loop;
static unsigned fired[4];
static uint64_t fired_at;

static void loop_fire(void *ctx, uint64_t now)
{
	fired[(uintptr_t)ctx]++;
	fired_at = now;
}

static void loop_set_up(void)
{
	clock_us = 1000;
	loop = loop_new(clock_now);
	fired[0] = fired[1] = fired[2] = fired[3] = 0;
	fired_at = 0;
}

static void earliest_first_and_cancelled_never(void)
{
	struct loop_timer a, b;

	loop_set_up();
	loop_timer_init(&a, loop_fire, (void *)0);
	loop_timer_init(&b, loop_fire, (void *)1);
	CU_ASSERT_EQUAL(loop_deadline(loop), DEADLINE_NEVER);
	loop_set(loop, &a, 3000);
	loop_set(loop, &b, 2000);
	CU_ASSERT_EQUAL(loop_deadline(loop), 2000);
	loop_cancel(loop, &b);
	CU_ASSERT_EQUAL(loop_deadline(loop), 3000);
	clock_until(loop, 10000);
	CU_ASSERT_EQUAL(fired[0], 1);
	CU_ASSERT_EQUAL(fired[1], 0);
	CU_ASSERT_EQUAL(fired_at, 3000);
	loop_free(loop);
}

static uint64_t machine_at;
static unsigned machine_runs;

static uint64_t machine_deadline(void *ctx)
{
	(void)ctx;
	return machine_at;
}

static void machine_expire(void *ctx, uint64_t now)
{
	(void)ctx;
	CU_ASSERT(now >= machine_at);
	machine_runs++;
	machine_at = DEADLINE_NEVER;
}

static void a_machine_is_asked_too(void)
{
	struct loop_timer a;

	loop_set_up();
	machine_at = 5000;
	machine_runs = 0;
	loop_set_machine(loop, machine_deadline, machine_expire, NULL);
	loop_timer_init(&a, loop_fire, (void *)2);
	loop_set(loop, &a, 7000);
	CU_ASSERT_EQUAL(loop_deadline(loop), 5000);
	clock_until(loop, 6000);
	CU_ASSERT_EQUAL(machine_runs, 1);
	CU_ASSERT_EQUAL(fired[2], 0);
	clock_until(loop, 7000);
	CU_ASSERT_EQUAL(fired[2], 1);
	loop_free(loop);
}

static uint64_t monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void test_loop_quit(void *ctx, uint64_t now)
{
	loop_fire((void *)3, now);
	loop_quit(ctx);
}

/* The real thing: the timerfd wakes the select loop, not before its time. */
static void timerfd_wakes_select(void)
{
	struct loop_timer t;
	uint64_t due;

	loop_set_up();
	loop_free(loop);
	loop = loop_new(monotonic);
	CU_ASSERT_EQUAL_FATAL(loop_attach(loop), 0);
	due = monotonic() + 20000;
	loop_timer_init(&t, test_loop_quit, loop);
	loop_set(loop, &t, due);
	loop_run(loop);
	CU_ASSERT_EQUAL(fired[3], 1);
	CU_ASSERT(fired_at >= due);
	loop_free(loop);
}

static void back_off_doubles_to_its_most(void)
{
	uint64_t wait = 3;

	CU_ASSERT_EQUAL(loop_back_off(&wait, 10, 100), 103);
	CU_ASSERT_EQUAL(loop_back_off(&wait, 10, 200), 206);
	CU_ASSERT_EQUAL(wait, 10); /* not 12 */
	CU_ASSERT_EQUAL(loop_back_off(&wait, 10, 300), 310);
	CU_ASSERT_EQUAL(wait, 10);
	wait = 5;
	loop_back_off(&wait, 10, 0);
	CU_ASSERT_EQUAL(wait, 10); /* twice is the most */
}

static const struct test_case cases[] = {
	{"earliest_first_and_cancelled_never", earliest_first_and_cancelled_never},
	{"a_machine_is_asked_too", a_machine_is_asked_too},
	{"timerfd_wakes_select", timerfd_wakes_select},
	{"back_off_doubles_to_its_most", back_off_doubles_to_its_most},
	{NULL, NULL},
};
const struct test_suite suite_loop = {"loop", cases};
