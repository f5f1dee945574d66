/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dp/prefixtab.h"
#include "gw/dp/rcu.h"
#include "tests/harness.h"
#include "tests/heap.h"

#define IP(a, b, c, d) \
	((uint64_t)(a) << 56 | (uint64_t)(b) << 48 | (uint64_t)(c) << 40 | (uint64_t)(d) << 32)

static void the_longest_prefix_has_it(void)
{
	struct prefixtab t;

	rcu_enter();
	prefixtab_init(&t);
	CU_ASSERT_EQUAL(prefixtab_get(&t, 0), 0);
	CU_ASSERT_TRUE(prefixtab_set(&t, IP(10, 0, 0, 0), 8, 2));
	CU_ASSERT_TRUE(prefixtab_set(&t, IP(10, 80, 0, 0), 16, 3));
	CU_ASSERT_TRUE(prefixtab_set(&t, IP(10, 80, 7, 9), 32, 1));
	CU_ASSERT_EQUAL(prefixtab_get(&t, IP(10, 1, 2, 3)), 2);
	CU_ASSERT_EQUAL(prefixtab_get(&t, IP(10, 80, 2, 3)), 3);
	CU_ASSERT_EQUAL(prefixtab_get(&t, IP(10, 80, 7, 9)), 1);
	CU_ASSERT_EQUAL(prefixtab_get(&t, IP(11, 80, 7, 9)), 0);
	CU_ASSERT_TRUE(prefixtab_set(&t, IP(10, 80, 0, 0), 16, 0));
	CU_ASSERT_EQUAL(prefixtab_get(&t, IP(10, 80, 2, 3)), 2);
	CU_ASSERT_TRUE(prefixtab_set(&t, IP(10, 0, 0, 0), 8, 7));
	CU_ASSERT_EQUAL(prefixtab_get(&t, IP(10, 80, 2, 3)), 7);
	rcu_drain();
	rcu_leave();
	prefixtab_free(&t);
}

/* The shortest and the longest there can be. */
static void any_length(void)
{
	struct prefixtab t;

	rcu_enter();
	prefixtab_init(&t);
	for (unsigned bits = 1; bits <= PREFIXTAB_BITS; bits++)
		CU_ASSERT_TRUE(prefixtab_set(&t, UINT64_MAX << (64 - bits), bits, bits));
	CU_ASSERT_EQUAL(prefixtab_get(&t, UINT64_MAX), 64);
	CU_ASSERT_EQUAL(prefixtab_get(&t, UINT64_MAX - 1), 63);
	CU_ASSERT_EQUAL(prefixtab_get(&t, UINT64_C(1) << 63), 1);
	CU_ASSERT_EQUAL(prefixtab_get(&t, UINT64_MAX >> 1), 0);
	for (unsigned bits = PREFIXTAB_BITS; bits; bits--) {
		CU_ASSERT_EQUAL(prefixtab_get(&t, UINT64_MAX), bits);
		CU_ASSERT_TRUE(prefixtab_set(&t, UINT64_MAX << (64 - bits), bits, 0));
	}
	CU_ASSERT_EQUAL(prefixtab_get(&t, UINT64_MAX), 0);
	rcu_drain();
	rcu_leave();
	prefixtab_free(&t);
}

static void only_what_another_has_is_kept(void)
{
	struct prefixtab t, only;

	rcu_enter();
	prefixtab_init(&t);
	prefixtab_init(&only);
	CU_ASSERT_TRUE(prefixtab_set(&t, IP(10, 0, 0, 0), 8, 2));
	CU_ASSERT_TRUE(prefixtab_set(&t, IP(10, 80, 0, 0), 16, 3));
	CU_ASSERT_TRUE(prefixtab_set(&t, IP(10, 80, 0, 0), 32, 4));
	CU_ASSERT_TRUE(prefixtab_set(&t, IP(11, 80, 0, 0), 16, 5));
	CU_ASSERT_TRUE(prefixtab_set(&only, IP(10, 80, 0, 0), 16, 9));
	CU_ASSERT_TRUE(prefixtab_set(&only, IP(12, 0, 0, 0), 8, 9));
	prefixtab_keep(&t, &only);
	CU_ASSERT_EQUAL(prefixtab_get(&t, IP(10, 1, 0, 0)), 0);
	CU_ASSERT_EQUAL(prefixtab_get(&t, IP(10, 80, 0, 0)), 3); /* with its own value */
	CU_ASSERT_EQUAL(prefixtab_get(&t, IP(11, 80, 0, 0)), 0);
	CU_ASSERT_EQUAL(prefixtab_get(&t, IP(12, 0, 0, 0)), 0);
	rcu_drain();
	rcu_leave();
	prefixtab_free(&t);
	prefixtab_free(&only);
}

static void without_memory(void)
{
	struct prefixtab t;

	prefixtab_init(&t);
	heap_refuse(0);
	CU_ASSERT_FALSE(prefixtab_set(&t, IP(10, 0, 0, 0), 8, 2));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(prefixtab_get(&t, IP(10, 0, 0, 0)), 0);
	prefixtab_free(&t);
}

static const struct test_case cases[] = {
	{"the_longest_prefix_has_it", the_longest_prefix_has_it},
	{"any_length", any_length},
	{"only_what_another_has_is_kept", only_what_another_has_is_kept},
	{"without_memory", without_memory},
	{NULL, NULL},
};
const struct test_suite suite_prefixtab = {"prefixtab", cases};
