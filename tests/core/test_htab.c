/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/htab.h"
#include "tests/harness.h"

#include <string.h>

static void htab_random_operations_match_a_list(void)
{
	enum { N = 300, STEPS = 50000, KEYS = 97 };
	static struct hnode n[N];
	struct htab t;
	uint64_t seed = test_seed();
	unsigned in = 0;

	memset(n, 0, sizeof(n));
	htab_init(&t, test_rand(&seed));
	CU_ASSERT_PTR_NULL(htab_first(&t, 1));
	for (int step = 0; step < STEPS; step++) {
		struct hnode *x = &n[test_rand(&seed) % N];
		uint64_t key = test_rand(&seed) % KEYS;
		unsigned want = 0, got = 0;

		if (hnode_in(x)) {
			htab_del(&t, x);
			in--;
		} else {
			htab_add(&t, x, key);
			in++;
		}
		for (unsigned i = 0; i < N; i++)
			want += hnode_in(&n[i]) && n[i].key == key;
		for (struct hnode *f = htab_first(&t, key); f; f = htab_more(f))
			got++;
		CU_ASSERT_EQUAL_FATAL(got, want);
		CU_ASSERT_EQUAL_FATAL(t.count, in);
	}
	htab_free(&t);
}

static void keys_of_pairs_differ(void)
{
	CU_ASSERT_NOT_EQUAL(htab_key(1, 2), htab_key(2, 1));
	CU_ASSERT_NOT_EQUAL(htab_key(7, 1), htab_key(7, 2));
	CU_ASSERT_NOT_EQUAL(htab_key(7, 1), htab_key(8, 1));
}

static const struct test_case cases[] = {
	{"random_operations_match_a_list", htab_random_operations_match_a_list},
	{"keys_of_pairs_differ", keys_of_pairs_differ},
	{NULL, NULL},
};
const struct test_suite suite_htab = {"htab", cases};
