/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/login_limit.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <stdio.h>
#include <string.h>

#define SEC UINT64_C(1000000)

enum { FAILURES = 6, ROOM = 32 };

static struct login_limit *limit;

static void limit_start(const struct cfg_login *cfg, unsigned room)
{
	static const uint8_t key[LOGIN_LIMIT_KEY] = {1, 2, 3};

	limit = login_limit_new(cfg, key, room);
	CU_ASSERT_PTR_NOT_NULL_FATAL(limit);
}

static void limit_usual(void)
{
	static const struct cfg_login usual = {
		.delay = SEC, .failures = FAILURES, .lock = 60 * SEC};

	limit_start(&usual, ROOM);
}

static struct login_id limit_id(const char *name, uint64_t source)
{
	return (struct login_id){name, strlen(name), source};
}

static uint64_t limit_wait(const char *name, uint64_t source, uint64_t now)
{
	struct login_id id = limit_id(name, source);
	bool locked;

	return login_limit_wait(limit, &id, now, &locked);
}

static bool limit_locked(const char *name, uint64_t source, uint64_t now)
{
	struct login_id id = limit_id(name, source);
	bool locked;

	login_limit_wait(limit, &id, now, &locked);
	return locked;
}

static bool limit_fail(const char *name, uint64_t source, uint64_t now)
{
	struct login_id id = limit_id(name, source);

	return login_limit_failed(limit, &id, now);
}

static void limit_succeed(const char *name, uint64_t source, uint64_t now)
{
	struct login_id id = limit_id(name, source);

	login_limit_succeeded(limit, &id, now);
}

static struct login_limit_view limit_view(uint64_t now)
{
	struct login_limit_view v;

	login_limit_view(limit, now, &v);
	return v;
}

static void the_delay_doubles_up_to_eight(void)
{
	static const uint64_t want[] = {0, 1, 2, 4, 8, 8};

	limit_usual();
	for (unsigned i = 0; i < 6; i++) {
		CU_ASSERT_EQUAL(limit_wait("ann", 1, 0), want[i] * SEC);
		CU_ASSERT_FALSE(limit_locked("ann", 1, 0));
		CU_ASSERT_EQUAL(limit_fail("ann", 1, 0), i == FAILURES - 1);
	}
	login_limit_free(limit);
}

static void a_lock_ends_at_its_time(void)
{
	limit_usual();
	for (unsigned i = 0; i < FAILURES - 1; i++)
		CU_ASSERT_FALSE(limit_fail("ann", 1, 7));
	CU_ASSERT_FALSE(limit_locked("ann", 1, 7));
	CU_ASSERT_TRUE(limit_fail("ann", 1, 7));
	CU_ASSERT_TRUE(limit_locked("ann", 1, 7));
	CU_ASSERT_EQUAL(limit_wait("ann", 1, 7), 8 * SEC);
	/* Once per lock, and not longer for what comes meanwhile. */
	CU_ASSERT_FALSE(limit_fail("ann", 1, 8));
	CU_ASSERT_TRUE(limit_locked("ann", 1, 7 + 60 * SEC - 1));
	CU_ASSERT_EQUAL(limit_view(7 + 60 * SEC - 1).locked, 1);
	CU_ASSERT_EQUAL(limit_view(7 + 60 * SEC).locked, 0);
	CU_ASSERT_FALSE(limit_locked("ann", 1, 7 + 60 * SEC));
	/* From the beginning again, and another lock. */
	for (unsigned i = 0; i < FAILURES - 1; i++)
		CU_ASSERT_FALSE(limit_fail("ann", 1, 7 + 60 * SEC));
	CU_ASSERT_TRUE(limit_fail("ann", 1, 7 + 60 * SEC));
	login_limit_free(limit);
}

static void failures_are_forgotten(void)
{
	limit_usual();
	limit_fail("ann", 1, 5);
	limit_fail("ann", 1, 6);
	CU_ASSERT_EQUAL(limit_wait("ann", 1, 6 + LOGIN_LIMIT_FORGET - 1), 2 * SEC);
	CU_ASSERT_EQUAL(limit_wait("ann", 1, 6 + LOGIN_LIMIT_FORGET), 0);
	login_limit_free(limit);
}

/* A lock that is longer than failures are remembered holds to its end. */
static void a_long_lock_is_not_forgotten(void)
{
	static const struct cfg_login cfg = {.failures = 1, .lock = 2 * LOGIN_LIMIT_FORGET};

	limit_start(&cfg, ROOM);
	CU_ASSERT_TRUE(limit_fail("ann", 1, 0));
	CU_ASSERT_TRUE(limit_locked("ann", 1, 2 * LOGIN_LIMIT_FORGET - 1));
	CU_ASSERT_FALSE(limit_locked("ann", 1, 2 * LOGIN_LIMIT_FORGET));
	login_limit_free(limit);
}

/* Locks out nobody who comes from elsewhere: at most one delay, and none for a pair that is proved.
 */
static void a_name_alone_is_mild(void)
{
	limit_usual();
	limit_succeed("ann", 9, 0);
	for (unsigned i = 0; i < FAILURES - 1; i++)
		limit_fail("ann", 100 + i, 0);
	CU_ASSERT_EQUAL(limit_wait("ann", 2, 0), 0);
	for (unsigned i = 0; i < 100; i++)
		limit_fail("ann", 100, 0);
	CU_ASSERT_EQUAL(limit_wait("ann", 2, 0), SEC);
	CU_ASSERT_FALSE(limit_locked("ann", 2, 0));
	CU_ASSERT_EQUAL(limit_wait("ann", 9, 0), 0);
	CU_ASSERT_TRUE(limit_locked("ann", 100, 0));
	CU_ASSERT_EQUAL(limit_wait("bob", 2, 0), 0);
	login_limit_free(limit);
}

static void a_source_alone_is_delayed_but_not_locked(void)
{
	static const uint64_t want[] = {1, 2, 4, 8, 8, 8};
	char name[8];

	limit_usual();
	limit_succeed("ann", 1, 0);
	for (unsigned i = 0; i < FAILURES; i++) {
		snprintf(name, sizeof(name), "u%u", i);
		CU_ASSERT_EQUAL(limit_wait("new", 1, 0), 0);
		limit_fail(name, 1, 0);
	}
	CU_ASSERT_EQUAL(limit_wait("new", 1, 0), 0);
	for (unsigned i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "v%u", i % 3);
		limit_fail(name, 1, 0);
		CU_ASSERT_EQUAL(limit_wait("new", 1, 0), want[i] * SEC);
		CU_ASSERT_FALSE(limit_locked("new", 1, 0));
	}
	CU_ASSERT_EQUAL(limit_wait("ann", 1, 0), 0);
	CU_ASSERT_EQUAL(limit_wait("new", 2, 0), 0);
	login_limit_free(limit);
}

/* A peer that carries many users is not held up by the few among them who fail. */
static void successes_of_a_source_make_up_for_failures(void)
{
	char name[8];

	limit_usual();
	for (unsigned i = 0; i < FAILURES + 3; i++) {
		snprintf(name, sizeof(name), "u%u", i);
		limit_fail(name, 1, 0);
	}
	CU_ASSERT_EQUAL(limit_wait("new", 1, 0), 4 * SEC);
	limit_succeed("ann", 1, 0);
	CU_ASSERT_EQUAL(limit_wait("new", 1, 0), 2 * SEC);
	limit_succeed("ann", 1, 0);
	limit_succeed("ann", 1, 0);
	CU_ASSERT_EQUAL(limit_wait("new", 1, 0), 0);
	for (unsigned i = 0; i < 20; i++)
		limit_succeed("ann", 1, 0); /* stops at none */
	for (unsigned i = 0; i < FAILURES; i++) {
		snprintf(name, sizeof(name), "w%u", i);
		limit_fail(name, 1, 0);
	}
	CU_ASSERT_EQUAL(limit_wait("new", 1, 0), 0);
	limit_fail("w", 1, 0);
	CU_ASSERT_EQUAL(limit_wait("new", 1, 0), SEC);
	login_limit_free(limit);
}

static void a_success_clears_its_pair_only(void)
{
	limit_usual();
	limit_fail("ann", 1, 0);
	limit_fail("ann", 2, 0);
	limit_fail("bob", 1, 0);
	limit_succeed("ann", 1, 0);
	CU_ASSERT_EQUAL(limit_wait("ann", 1, 0), 0);
	CU_ASSERT_EQUAL(limit_wait("ann", 2, 0), SEC);
	CU_ASSERT_EQUAL(limit_wait("bob", 1, 0), SEC);
	CU_ASSERT_EQUAL(limit_view(0).proved, 1);
	login_limit_free(limit);
}

static void a_proved_pair_waits_for_its_own_failures_and_can_lock(void)
{
	limit_usual();
	limit_succeed("ann", 1, 0);
	limit_succeed("ann", 1, 0);
	CU_ASSERT_EQUAL(limit_view(0).proved, 1);
	limit_fail("ann", 1, 0);
	CU_ASSERT_EQUAL(limit_wait("ann", 1, 0), SEC);
	for (unsigned i = 0; i < FAILURES - 1; i++)
		limit_fail("ann", 1, 0);
	CU_ASSERT_TRUE(limit_locked("ann", 1, 0));
	CU_ASSERT_EQUAL(limit_view(0).proved, 0);
	/* After the lock the name alone counts again. */
	CU_ASSERT_EQUAL(limit_wait("ann", 1, 60 * SEC), SEC);
	login_limit_free(limit);
}

static void zero_switches_off(void)
{
	static const struct cfg_login no_delay = {.failures = 2, .lock = 60 * SEC},
				      no_lock = {.failures = 2, .delay = SEC};

	limit_start(&no_delay, ROOM);
	limit_fail("ann", 1, 0);
	CU_ASSERT_EQUAL(limit_wait("ann", 1, 0), 0);
	CU_ASSERT_TRUE(limit_fail("ann", 1, 0));
	CU_ASSERT_EQUAL(limit_wait("ann", 1, 0), 0);
	login_limit_free(limit);
	limit_start(&no_lock, ROOM);
	for (unsigned i = 0; i < 100; i++)
		CU_ASSERT_FALSE(limit_fail("ann", 1, 0));
	CU_ASSERT_FALSE(limit_locked("ann", 1, 0));
	CU_ASSERT_EQUAL(limit_wait("ann", 1, 0), 8 * SEC);
	login_limit_free(limit);
}

/* Names are octets, and where name and source meet does not matter. */
static void names_are_octets(void)
{
	struct login_id a = {"ann\0x", 5, 1}, b = {"ann\0y", 5, 1}, none = {"", 0, 1};
	bool locked;

	limit_usual();
	login_limit_failed(limit, &a, 0);
	CU_ASSERT_EQUAL(login_limit_wait(limit, &a, 0, &locked), SEC);
	CU_ASSERT_EQUAL(login_limit_wait(limit, &b, 0, &locked), 0);
	CU_ASSERT_EQUAL(login_limit_wait(limit, &none, 0, &locked), 0);
	CU_ASSERT_EQUAL(limit_wait("ann", 1, 0), 0);
	login_limit_free(limit);
}

/* 16 and 32: a failure alone makes three entries, its name and source known makes one. */
static void the_oldest_unproved_gives_way(void)
{
	static const struct cfg_login cfg = {.delay = SEC, .failures = 1000, .lock = SEC};
	char name[8];

	limit_start(&cfg, LOGIN_LIMIT_MIN);
	limit_succeed("ann", 1, 0);
	limit_fail("old", 2, 0);
	limit_fail("young", 2, 0); /* ann, old, 2, old/2, young, young/2: six */
	CU_ASSERT_EQUAL(limit_view(0).entries, 6);
	limit_fail("x", 2, 0); /* two more: full */
	CU_ASSERT_EQUAL(limit_view(0).entries, 8);
	CU_ASSERT_EQUAL(limit_view(0).evicted, 0);
	CU_ASSERT_EQUAL(limit_wait("old", 2, 0), SEC);
	limit_fail("young", 2, 0); /* touched: none made */
	limit_fail("y", 2, 0);	   /* two made: old and old/2 give way */
	CU_ASSERT_EQUAL(limit_view(0).evicted, 2);
	CU_ASSERT_EQUAL(limit_wait("old", 2, 0), 0);
	CU_ASSERT_EQUAL(limit_wait("young", 2, 0), 2 * SEC);
	CU_ASSERT_EQUAL(limit_wait("x", 2, 0), SEC);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "u%u", i);
		limit_fail(name, i, 0);
	}
	CU_ASSERT_EQUAL(limit_view(0).entries, 8);
	CU_ASSERT_EQUAL(limit_view(0).room, 8);
	CU_ASSERT_EQUAL(limit_view(0).proved, 1);
	limit_fail("ann", 3, 0);
	CU_ASSERT_EQUAL(limit_wait("ann", 1, 0), 0);
	login_limit_free(limit);
}

/* However many have logged in, failures find room: three entries are there after each. */
static void half_the_table_is_for_failures(void)
{
	static const struct cfg_login cfg = {.delay = SEC, .failures = 3, .lock = SEC};
	char name[8];

	limit_start(&cfg, LOGIN_LIMIT_MIN);
	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "u%u", i);
		limit_succeed(name, 1, 0);
		CU_ASSERT_EQUAL(limit_view(0).proved, i < 4 ? i + 1 : 4);
	}
	CU_ASSERT_EQUAL(limit_view(0).entries, 8);
	CU_ASSERT_FALSE(limit_fail("ann", 2, 0));
	CU_ASSERT_FALSE(limit_fail("ann", 2, 0));
	CU_ASSERT_TRUE(limit_fail("ann", 2, 0));
	/* Of the proved ones those stay that were heard of last. */
	limit_succeed("u96", 1, 0);
	limit_succeed("new", 1, 0);
	for (unsigned i = 0; i < 20; i++)
		limit_fail("more", 1, 0);
	CU_ASSERT_EQUAL(limit_wait("u96", 1, 0), 0);
	CU_ASSERT_EQUAL(limit_wait("u98", 1, 0), 0);
	CU_ASSERT_NOT_EQUAL(limit_wait("u97", 1, 0), 0);
	login_limit_free(limit);
}

/* By sha256sum of the secret 010203 and 13 zeros, the kind, the source 07 ... 07 and "ann". */
static void what_an_entry_is_found_by(void)
{
	static const char *const want[] = {"dceed9caaa02071a", "03f09c58ca1c184e",
					   "c611429e2d71e39b"};
	struct login_id id = limit_id("ann", UINT64_C(0x0707070707070707));

	limit_usual();
	for (unsigned kind = 0; kind < 3; kind++) {
		uint64_t got = login_limit_hash(limit, (enum login_limit_kind)kind, &id);
		uint8_t octets[8];

		test_hex(octets, 8, want[kind]);
		ASSERT_OCTETS(&got, 8, octets, 8);
	}
	login_limit_free(limit);
}

/* The place of one who failed is given to another, who has not. */
static void a_place_that_is_given_away_is_empty(void)
{
	static const struct cfg_login cfg = {.delay = SEC, .failures = 2, .lock = 60 * SEC};
	char name[8];

	limit_start(&cfg, LOGIN_LIMIT_MIN);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "u%u", i);
		CU_ASSERT_FALSE(limit_fail(name, i, 0));
		CU_ASSERT_TRUE(limit_fail(name, i, 0));
		CU_ASSERT_TRUE(limit_locked(name, i, 0));
	}
	CU_ASSERT_FALSE(limit_fail("new", 99, 1));
	CU_ASSERT_EQUAL(limit_wait("new", 99, 1), SEC);
	CU_ASSERT_EQUAL(limit_view(1).evicted, 20 * 3 + 3 - 8);
	login_limit_free(limit);
}

static void a_limit_needs_memory(void)
{
	static const uint8_t key[LOGIN_LIMIT_KEY];
	static const struct cfg_login cfg = {.failures = 1};

	for (unsigned skip = 0; skip < 2; skip++) {
		heap_refuse(skip);
		CU_ASSERT_PTR_NULL(login_limit_new(&cfg, key, ROOM));
		CU_ASSERT_TRUE(heap_refused());
	}
	login_limit_free(NULL);
}

static const struct test_case cases[] = {
	{"the_delay_doubles_up_to_eight", the_delay_doubles_up_to_eight},
	{"a_lock_ends_at_its_time", a_lock_ends_at_its_time},
	{"failures_are_forgotten", failures_are_forgotten},
	{"a_long_lock_is_not_forgotten", a_long_lock_is_not_forgotten},
	{"a_name_alone_is_mild", a_name_alone_is_mild},
	{"a_source_alone_is_delayed_but_not_locked", a_source_alone_is_delayed_but_not_locked},
	{"successes_of_a_source_make_up_for_failures", successes_of_a_source_make_up_for_failures},
	{"a_success_clears_its_pair_only", a_success_clears_its_pair_only},
	{"a_proved_pair_waits_for_its_own_failures_and_can_lock",
	 a_proved_pair_waits_for_its_own_failures_and_can_lock},
	{"zero_switches_off", zero_switches_off},
	{"names_are_octets", names_are_octets},
	{"the_oldest_unproved_gives_way", the_oldest_unproved_gives_way},
	{"half_the_table_is_for_failures", half_the_table_is_for_failures},
	{"what_an_entry_is_found_by", what_an_entry_is_found_by},
	{"a_place_that_is_given_away_is_empty", a_place_that_is_given_away_is_empty},
	{"a_limit_needs_memory", a_limit_needs_memory},
	{NULL, NULL},
};
const struct test_suite suite_login_limit = {"login_limit", cases};
