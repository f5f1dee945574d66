/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/kit/due.h"

#include "tests/harness.h"

static void earliest_first(void)
{
	static const uint64_t at[] = {50, 10, 40, 20, 30, 10};
	static const uint64_t want[] = {10, 10, 20, 30, 40, 50};
	struct due d;
	uint32_t id = 0;

	CU_ASSERT_TRUE_FATAL(due_init(&d, 6));
	CU_ASSERT_EQUAL(due_next(&d), DUE_NEVER);
	CU_ASSERT_FALSE(due_pop(&d, DUE_NEVER, &id));
	for (uint32_t i = 0; i < 6; i++)
		due_set(&d, i, at[i]);
	CU_ASSERT_FALSE(due_pop(&d, 9, &id));
	for (int i = 0; i < 6; i++) {
		CU_ASSERT_EQUAL(due_next(&d), want[i]);
		CU_ASSERT_TRUE(due_pop(&d, want[i], &id));
		CU_ASSERT_EQUAL(at[id], want[i]);
	}
	CU_ASSERT_EQUAL(due_next(&d), DUE_NEVER);
	due_free(&d);
}

/* At one time, however they got there. */
static void lowest_number_first(void)
{
	struct due d;
	uint32_t id = 0;

	CU_ASSERT_TRUE_FATAL(due_init(&d, 7));
	for (uint32_t i = 7; i-- > 0;)
		due_set(&d, i, 20);
	due_set(&d, 5, 10);
	due_set(&d, 5, 20);
	for (uint32_t i = 0; i < 7; i++) {
		CU_ASSERT_TRUE(due_pop(&d, 20, &id));
		CU_ASSERT_EQUAL(id, i);
	}
	due_free(&d);
}

/* Set, moved either way, taken out and popped at random: always what a search over all says. */
static void as_a_search_would(void)
{
	enum { MOST = 100 };
	uint64_t at[MOST], seed = test_seed();
	struct due d;

	CU_ASSERT_TRUE_FATAL(due_init(&d, MOST));
	for (int i = 0; i < MOST; i++)
		at[i] = DUE_NEVER;
	for (int k = 0; k < 20000; k++) {
		uint32_t id = (uint32_t)(test_rand(&seed) % MOST), what = test_rand(&seed) % 8;
		uint64_t least = DUE_NEVER;

		if (what > 1) {
			at[id] = what == 2 ? DUE_NEVER : test_rand(&seed) % 500;
			due_set(&d, id, at[id]);
		} else if (due_pop(&d, 400, &id)) {
			CU_ASSERT_TRUE(at[id] <= 400);
			for (uint32_t i = 0; i < MOST; i++)
				CU_ASSERT_TRUE(i < id ? at[i] > at[id] : at[i] >= at[id]);
			at[id] = DUE_NEVER;
		}
		for (int i = 0; i < MOST; i++)
			least = at[i] < least ? at[i] : least;
		CU_ASSERT_EQUAL_FATAL(due_next(&d), least);
	}
	due_free(&d);
}

static const struct test_case cases[] = {
	{"earliest_first", earliest_first},
	{"lowest_number_first", lowest_number_first},
	{"as_a_search_would", as_a_search_would},
	{NULL, NULL},
};
const struct test_suite suite_due = {"due", cases};
