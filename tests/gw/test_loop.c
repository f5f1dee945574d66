/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/loop.h"

#include "gw/histogram.h"
#include "tests/gw/calls.h"
#include "tests/gw/clock.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <osmocom/core/select.h>
#include <osmocom/core/timer.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

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

static struct deadline *alone[2];

static void loop_fire_many(struct deadline *d, uint64_t now)
{
	fired[d == alone[0] ? 2 : 3]++;
	fired_at = now;
}

/* Deadlines alone, among timers. */
static void one_function_for_many(void)
{
	struct deadline a = {0}, b = {0};
	struct loop_timer t;

	loop_set_up();
	alone[0] = &a;
	alone[1] = &b;
	loop_timer_init(&t, loop_fire, (void *)0);
	loop_set_deadline(loop, &a, loop_fire_many, 3000);
	loop_set_deadline(loop, &b, loop_fire_many, 2000);
	loop_set(loop, &t, 2500);
	clock_until(loop, 2500);
	CU_ASSERT(fired[0] == 1 && fired[2] == 0 && fired[3] == 1);
	loop_set_deadline(loop, &b, loop_fire_many, 4000);
	loop_cancel_deadline(loop, &b);
	clock_until(loop, 10000);
	CU_ASSERT(fired[0] == 1 && fired[2] == 1 && fired[3] == 1);
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

static unsigned fired_by_the_end;

static void loop_on_turn_end(void *ctx)
{
	fired_by_the_end = fired[0];
	++*(unsigned *)ctx;
}

/* Every turn, behind all that is due in it; and it is nothing to wait for. */
static void a_turn_ends_behind_what_is_due(void)
{
	struct loop_timer t;
	unsigned turns = 0;

	loop_set_up();
	fired_by_the_end = 0;
	loop_set_turn_end(loop, loop_on_turn_end, &turns);
	CU_ASSERT_EQUAL(loop_deadline(loop), DEADLINE_NEVER);
	loop_expire(loop, 1000);
	CU_ASSERT_EQUAL(turns, 1);
	loop_timer_init(&t, loop_fire, (void *)0);
	loop_set(loop, &t, 2000);
	loop_expire(loop, 2000);
	CU_ASSERT_EQUAL(turns, 2);
	CU_ASSERT_EQUAL(fired_by_the_end, 1);
	CU_ASSERT_EQUAL(loop_deadline(loop), DEADLINE_NEVER);
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

/* At most so many are served in one turn. */
static void a_turn_has_an_end(void)
{
	static struct loop_timer many[4097];

	loop_set_up();
	for (unsigned i = 0; i < 4097; i++) {
		loop_timer_init(&many[i], loop_fire, (void *)0);
		loop_set(loop, &many[i], 1000);
	}
	loop_expire(loop, 1000);
	CU_ASSERT_EQUAL(fired[0], 4096);
	CU_ASSERT_EQUAL(loop_deadline(loop), 1000);
	loop_expire(loop, 1000);
	CU_ASSERT_EQUAL(fired[0], 4097);
	CU_ASSERT_EQUAL(loop_deadline(loop), DEADLINE_NEVER);
	loop_free(loop);
}

/* At its own time exactly, and not before. */
static void a_machine_at_its_time(void)
{
	loop_set_up();
	machine_at = 5000;
	machine_runs = 0;
	loop_set_machine(loop, machine_deadline, machine_expire, NULL);
	loop_expire(loop, 4999);
	CU_ASSERT_EQUAL(machine_runs, 0);
	loop_expire(loop, 5000);
	CU_ASSERT_EQUAL(machine_runs, 1);
	CU_ASSERT_EQUAL(loop_now(loop), 1000);
	loop_free(loop);
}

static int loop_timerfd(void)
{
	char path[64], to[64];

	for (int fd = 3; fd < 256; fd++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, to, sizeof(to) - 1);
		to[n > 0 ? n : 0] = '\0';
		if (!strcmp(to, "anon_inode:[timerfd]"))
			return fd;
	}
	return -1;
}

/* The descriptor is armed for the earliest deadline, again after each; it does
 * not block, and programs do not inherit it. */
static void the_timerfd_is_armed_for_the_earliest(void)
{
	struct loop_timer first, second, late;
	uint64_t due = monotonic() + 1000, far = due + 3600000000ull;
	int fd;

	loop_set_up();
	loop_free(loop);
	loop = loop_new(monotonic);
	CU_ASSERT_EQUAL(loop_timerfd(), -1);
	CU_ASSERT_EQUAL_FATAL(loop_attach(loop), 0);
	fd = loop_timerfd();
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
	CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC);
	loop_timer_init(&first, loop_fire, (void *)1);
	loop_timer_init(&second, test_loop_quit, loop);
	loop_timer_init(&late, loop_fire, (void *)2);
	loop_set(loop, &first, due);
	loop_set(loop, &second, due + 1000);
	loop_set(loop, &late, far);
	loop_run(loop);
	CU_ASSERT_EQUAL(fired[1], 1);
	CU_ASSERT_EQUAL(fired[3], 1);
	CU_ASSERT(fired_at >= due + 1000);
	CU_ASSERT_EQUAL(fired[2], 0);
	loop_free(loop);
	CU_ASSERT_EQUAL(loop_timerfd(), -1);
}

static uint64_t loop_late_clock(void)
{
	return monotonic() - 2000;
}

static bool loop_hangs;

static void loop_give_up(void *ctx)
{
	loop_hangs = true;
	loop_quit(ctx);
}

/* The timerfd may fire before our clock says that it is time.  Then it is armed once more. */
static void a_clock_behind_that_of_the_timerfd(void)
{
	struct osmo_timer_list guard = {0};
	struct loop_timer t;
	uint64_t due;

	loop_set_up();
	loop_free(loop);
	loop = loop_new(loop_late_clock);
	CU_ASSERT_EQUAL_FATAL(loop_attach(loop), 0);
	loop_hangs = false;
	osmo_timer_setup(&guard, loop_give_up, loop);
	osmo_timer_schedule(&guard, 30, 0);
	due = monotonic() + 1000;
	loop_timer_init(&t, test_loop_quit, loop);
	loop_set(loop, &t, due);
	loop_run(loop);
	osmo_timer_del(&guard);
	CU_ASSERT_FALSE(loop_hangs);
	CU_ASSERT_EQUAL(fired[3], 1);
	CU_ASSERT(fired_at >= due);
	loop_free(loop);
}

static unsigned loop_looks;

/* Disarms the timerfd behind the loop's back, and a turn later looks whether it still is. */
static void loop_look(void *ctx)
{
	struct itimerspec at = {0};
	struct osmo_timer_list *t = ctx;
	int fd = loop_timerfd();

	if (!loop_looks++) {
		timerfd_settime(fd, 0, &at, NULL);
		osmo_timer_schedule(t, 0, 1000);
		return;
	}
	CU_ASSERT_EQUAL(timerfd_gettime(fd, &at), 0);
	CU_ASSERT_EQUAL(at.it_value.tv_sec, 0);
	CU_ASSERT_EQUAL(at.it_value.tv_nsec, 0);
	loop_quit(loop);
}

/* No system call of each turn: only when the earliest deadline is another one. */
static void the_timerfd_is_armed_once_for_a_deadline(void)
{
	struct osmo_timer_list looks = {0};
	struct loop_timer t;

	loop_set_up();
	loop_free(loop);
	loop = loop_new(monotonic);
	CU_ASSERT_EQUAL_FATAL(loop_attach(loop), 0);
	loop_timer_init(&t, loop_fire, (void *)0);
	loop_set(loop, &t, monotonic() + 3600000000ull);
	loop_looks = 0;
	osmo_timer_setup(&looks, loop_look, &looks);
	osmo_timer_schedule(&looks, 0, 1000);
	loop_run(loop);
	CU_ASSERT_EQUAL(loop_looks, 2);
	CU_ASSERT_EQUAL(fired[0], 0);
	loop_free(loop);
}

static void the_timerfd_is_not_to_be_had(void)
{
	int fd = dup(0);

	close(fd);
	loop_set_up();
	calls_refuse("osmo_fd_register", EBADF);
	CU_ASSERT_EQUAL(loop_attach(loop), -EBADF);
	CU_ASSERT_TRUE(calls_refused());
	CU_ASSERT_EQUAL(loop_timerfd(), -1);
	calls_refuse("timerfd_create", EMFILE);
	CU_ASSERT_EQUAL(loop_attach(loop), -EMFILE);
	CU_ASSERT_TRUE(calls_refused());
	loop_free(loop);
	CU_ASSERT_EQUAL(dup(0), fd);
	close(fd);
}

static void a_loop_needs_memory(void)
{
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(loop_new(monotonic));
	CU_ASSERT_TRUE(heap_refused());
	loop_free(NULL);
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

static uint64_t test_loop_ahead; /* us */

static uint64_t test_loop_clock(void)
{
	return monotonic() + test_loop_ahead;
}

static void test_loop_stall(void *ctx, uint64_t now)
{
	(void)ctx;
	(void)now;
	test_loop_ahead += 700000; /* so long it has had the thread */
}

/* What comes 600 ms late since a handler has taken 700 ms is counted as late as that, and the wait
 * for nothing is no stall. */
static void a_stall_is_counted(void)
{
	const struct histogram_counts *c = histogram_counts(HISTOGRAM_LOOP_STALL);
	struct loop_timer first, second;
	uint64_t now;

	loop_set_up();
	loop_free(loop);
	test_loop_ahead = 0;
	loop = loop_new(test_loop_clock);
	CU_ASSERT_EQUAL_FATAL(loop_attach(loop), 0);
	histogram_clear();
	now = test_loop_clock();
	loop_timer_init(&first, test_loop_stall, NULL);
	loop_timer_init(&second, test_loop_quit, loop);
	loop_set(loop, &first, now);
	loop_set(loop, &second, now + 100000);
	loop_run(loop);
	CU_ASSERT_EQUAL(c->n, 1);
	CU_ASSERT(c->sum >= 600000);
	CU_ASSERT_EQUAL(c->in[8] + c->in[9] + c->in[10], 1); /* over 250 ms */
	loop_free(loop);
	histogram_clear();
}

static const struct test_case cases[] = {
	{"earliest_first_and_cancelled_never", earliest_first_and_cancelled_never},
	{"one_function_for_many", one_function_for_many},
	{"a_machine_is_asked_too", a_machine_is_asked_too},
	{"a_turn_ends_behind_what_is_due", a_turn_ends_behind_what_is_due},
	{"timerfd_wakes_select", timerfd_wakes_select},
	{"a_turn_has_an_end", a_turn_has_an_end},
	{"a_machine_at_its_time", a_machine_at_its_time},
	{"the_timerfd_is_armed_for_the_earliest", the_timerfd_is_armed_for_the_earliest},
	{"a_clock_behind_that_of_the_timerfd", a_clock_behind_that_of_the_timerfd},
	{"the_timerfd_is_armed_once_for_a_deadline", the_timerfd_is_armed_once_for_a_deadline},
	{"the_timerfd_is_not_to_be_had", the_timerfd_is_not_to_be_had},
	{"a_loop_needs_memory", a_loop_needs_memory},
	{"a_stall_is_counted", a_stall_is_counted},
	{"back_off_doubles_to_its_most", back_off_doubles_to_its_most},
	{NULL, NULL},
};
const struct test_suite suite_loop = {"loop", cases};
