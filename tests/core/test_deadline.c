/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/deadline.h"
#include "tests/harness.h"

#include <string.h>

static void pops_in_order_and_not_early(void)
{
	struct deadline_heap h = {0};
	struct deadline d[5] = {0};
	static const uint64_t when[5] = {50, 10, 40, 20, 30};

	CU_ASSERT_EQUAL(deadline_next(&h), DEADLINE_NEVER);
	for (int i = 0; i < 5; i++)
		deadline_set(&h, &d[i], when[i]);
	CU_ASSERT_EQUAL(deadline_next(&h), 10);
	CU_ASSERT_PTR_NULL(deadline_pop(&h, 9));
	for (uint64_t t = 10; t <= 50; t += 10) {
		struct deadline *p = deadline_pop(&h, t);

		CU_ASSERT_PTR_NOT_NULL_FATAL(p);
		CU_ASSERT_EQUAL(p->when, t);
		CU_ASSERT_FALSE(p->set);
		CU_ASSERT_PTR_NULL(deadline_pop(&h, t));
	}
	CU_ASSERT_EQUAL(deadline_next(&h), DEADLINE_NEVER);
}

static void rearm_and_cancel(void)
{
	struct deadline_heap h = {0};
	struct deadline a = {0}, b = {0};

	deadline_cancel(&h, &a); /* harmless */
	deadline_set(&h, &a, 10);
	deadline_set(&h, &b, 20);
	deadline_set(&h, &a, 30);
	CU_ASSERT_PTR_EQUAL(deadline_pop(&h, 100), &b);
	deadline_set(&h, &a, DEADLINE_NEVER);
	CU_ASSERT_FALSE(a.set);
	CU_ASSERT_PTR_NULL(deadline_pop(&h, 100));
}

/* Against a plain array, with a printed seed. */
static void deadline_random_operations_match_a_list(void)
{
	enum { N = 200, STEPS = 20000 };
	static struct deadline d[N];
	struct deadline_heap h = {0};
	uint64_t seed = test_seed();

	memset(d, 0, sizeof(d));
	for (int step = 0; step < STEPS; step++) {
		struct deadline *x = &d[test_rand(&seed) % N];
		uint64_t min = DEADLINE_NEVER;

		switch (test_rand(&seed) % 4) {
		case 0:
			deadline_cancel(&h, x);
			break;
		case 1:
			x = deadline_pop(&h, test_rand(&seed) % 1000);
			break;
		default:
			deadline_set(&h, x, test_rand(&seed) % 1000);
		}
		for (int i = 0; i < N; i++)
			if (d[i].set && d[i].when < min)
				min = d[i].when;
		CU_ASSERT_EQUAL_FATAL(deadline_next(&h), min);
	}
}

static const struct test_case cases[] = {
	{"pops_in_order_and_not_early", pops_in_order_and_not_early},
	{"rearm_and_cancel", rearm_and_cancel},
	{"random_operations_match_a_list", deadline_random_operations_match_a_list},
	{NULL, NULL},
};
const struct test_suite suite_deadline = {"deadline", cases};
