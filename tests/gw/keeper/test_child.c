/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/keeper/child.h"
#include "tests/harness.h"

#include <signal.h>
#include <string.h>

/* Statuses as waitpid() gives them. */
#define EXITED(status) ((status) << 8)
#define KILLED(signal) (signal)
#define DUMPED(signal) ((signal) | 0x80)

#define SECOND UINT64_C(1000000)

static void the_end_is_told_in_words(void)
{
	static const struct {
		int status;
		const char *words;
	} row[] = {
		{EXITED(0), "ended with status 0"},
		{EXITED(127), "ended with status 127"},
		{KILLED(SIGKILL), "killed by SIGKILL"},
		{KILLED(SIGSYS), "killed by SIGSYS"},
		{DUMPED(SIGSEGV), "killed by SIGSEGV, core dumped"},
		{KILLED(35), "killed by signal 35"},
	};
	char words[CHILD_WHY];

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		child_why(row[i].status, words, sizeof(words));
		CU_ASSERT_STRING_EQUAL(words, row[i].words);
	}
}

/* Started, ready and dead after `life` us. */
static void child_lives(struct child *c, uint64_t *now, uint64_t life)
{
	child_started(c, 7, *now);
	child_ready(c);
	*now += life;
	child_ended(c, KILLED(SIGKILL), *now);
}

static void a_crash_loop_backs_off(void)
{
	static const uint64_t want[] = {0,	 100000,   1000000,  2000000,  4000000,
					8000000, 16000000, 30000000, 30000000, 30000000};
	struct child c = {.due = CHILD_NEVER};
	uint64_t now = 5 * SECOND;

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		child_lives(&c, &now, 1000);
		CU_ASSERT_EQUAL(c.state, CHILD_WAITING);
		CU_ASSERT_EQUAL(c.due - now, want[i]);
		CU_ASSERT_EQUAL(c.delay, want[i]);
		now = c.due;
	}
	CU_ASSERT_EQUAL(c.lives, 10);
}

static void one_that_has_lived_is_started_at_once(void)
{
	struct child c = {.due = CHILD_NEVER};
	uint64_t now = 0;

	for (unsigned i = 0; i < 4; i++)
		child_lives(&c, &now, 1000);
	CU_ASSERT_EQUAL(c.delay, 2 * SECOND);
	child_lives(&c, &now, SECOND);
	CU_ASSERT_EQUAL(c.delay, 0);
	child_lives(&c, &now, 1000);
	CU_ASSERT_EQUAL(c.delay, 100000);
}

/* However long it takes, one that never was at work is a crash loop. */
static void one_that_was_never_ready_has_died_soon(void)
{
	struct child c = {.due = CHILD_NEVER};

	child_started(&c, 7, 0);
	child_ended(&c, KILLED(SIGSEGV), 60 * SECOND);
	child_started(&c, 7, 60 * SECOND);
	child_ended(&c, KILLED(SIGSEGV), 120 * SECOND);
	CU_ASSERT_EQUAL(c.delay, 100000);
}

static void one_that_cannot_be_started_is_tried_again(void)
{
	struct child c = {.due = CHILD_NEVER};

	child_failed(&c, "no memory", 10);
	CU_ASSERT_EQUAL(c.state, CHILD_WAITING);
	CU_ASSERT_EQUAL(c.due, 10);
	CU_ASSERT_STRING_EQUAL(c.why, "not started: no memory");
	child_failed(&c, "no memory", 10);
	CU_ASSERT_EQUAL(c.due, 100010);
}

static void one_that_was_asked_to_end_is_over(void)
{
	struct child c = {.due = CHILD_NEVER};

	child_started(&c, 7, 0);
	CU_ASSERT_TRUE(child_stop(&c, 3 * SECOND, 100));
	CU_ASSERT_EQUAL(c.due, 3 * SECOND + 100);
	child_ready(&c);
	CU_ASSERT_EQUAL(c.state, CHILD_STOPPING);
	CU_ASSERT_TRUE(child_stop(&c, SECOND, 200)); /* asked again: sooner */
	CU_ASSERT_EQUAL(c.due, SECOND + 200);
	child_ended(&c, EXITED(0), 300);
	CU_ASSERT_EQUAL(c.state, CHILD_OVER);
	CU_ASSERT_EQUAL(c.due, CHILD_NEVER);
}

static void one_that_waits_is_over_at_once(void)
{
	struct child c = {.due = CHILD_NEVER};
	uint64_t now = 0;

	child_lives(&c, &now, 1000);
	CU_ASSERT_FALSE(child_stop(&c, SECOND, now));
	CU_ASSERT_EQUAL(c.state, CHILD_OVER);
	CU_ASSERT_EQUAL(c.due, CHILD_NEVER);
}

static void doom_never_moves_a_deadline_away(void)
{
	struct child c = {.due = CHILD_NEVER};

	child_doom(&c, SECOND, 0); /* not running */
	CU_ASSERT_EQUAL(c.due, CHILD_NEVER);
	child_started(&c, 7, 0);
	child_doom(&c, SECOND, 5);
	CU_ASSERT_EQUAL(c.due, SECOND + 5);
	child_doom(&c, SECOND, 6);
	CU_ASSERT_EQUAL(c.due, SECOND + 5);
}

static void only_a_first_life_is_hopeless(void)
{
	struct child c = {.due = CHILD_NEVER};

	child_started(&c, 7, 0);
	CU_ASSERT_TRUE(child_hopeless(&c, EXITED(1)));
	CU_ASSERT_FALSE(child_hopeless(&c, KILLED(SIGSEGV)));
	child_ready(&c);
	CU_ASSERT_FALSE(child_hopeless(&c, EXITED(1)));
	child_ended(&c, EXITED(1), 0);
	child_started(&c, 7, 0);
	CU_ASSERT_FALSE(child_hopeless(&c, EXITED(1)));
}

/* It is no death: the next life begins at once, and how often it has died soon counts from zero. */
static void one_that_has_left_is_not_dead(void)
{
	struct child c = {.due = CHILD_NEVER};
	uint64_t now = 0;

	for (unsigned i = 0; i < 3; i++)
		child_lives(&c, &now, 1000);
	child_started(&c, 7, now);
	child_ready(&c);
	child_left(&c, "has left", now + 5);
	CU_ASSERT_EQUAL(c.state, CHILD_WAITING);
	CU_ASSERT_EQUAL(c.due, now + 5);
	CU_ASSERT_EQUAL(c.pid, 0);
	CU_ASSERT_STRING_EQUAL(c.why, "has left");
	child_lives(&c, &now, 1000);
	CU_ASSERT_EQUAL(c.delay, 0);
}

/* However often: the other one has its own delay. */
static void one_that_follows_another_is_not_blamed(void)
{
	struct child c = {.due = CHILD_NEVER};

	for (unsigned i = 0; i < 5; i++) {
		child_started(&c, 5, 100);
		child_followed(&c, EXITED(3), 200);
		CU_ASSERT_EQUAL(c.state, CHILD_WAITING);
		CU_ASSERT_EQUAL(c.due, 200);
		CU_ASSERT_EQUAL(c.delay, 0);
		CU_ASSERT_STRING_EQUAL(c.why, "ended with status 3");
	}
	child_started(&c, 5, 300);
	child_stop(&c, 1000, 300);
	child_followed(&c, EXITED(3), 400);
	CU_ASSERT_EQUAL(c.state, CHILD_OVER);
}

static const struct test_case cases[] = {
	{"one_that_follows_another_is_not_blamed", one_that_follows_another_is_not_blamed},
	{"the_end_is_told_in_words", the_end_is_told_in_words},
	{"a_crash_loop_backs_off", a_crash_loop_backs_off},
	{"one_that_has_lived_is_started_at_once", one_that_has_lived_is_started_at_once},
	{"one_that_was_never_ready_has_died_soon", one_that_was_never_ready_has_died_soon},
	{"one_that_cannot_be_started_is_tried_again", one_that_cannot_be_started_is_tried_again},
	{"one_that_was_asked_to_end_is_over", one_that_was_asked_to_end_is_over},
	{"one_that_waits_is_over_at_once", one_that_waits_is_over_at_once},
	{"doom_never_moves_a_deadline_away", doom_never_moves_a_deadline_away},
	{"only_a_first_life_is_hopeless", only_a_first_life_is_hopeless},
	{"one_that_has_left_is_not_dead", one_that_has_left_is_not_dead},
	{NULL, NULL},
};
const struct test_suite suite_child = {"child", cases};
