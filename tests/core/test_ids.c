/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/ids.h"

#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"

static void fresh_key(uint8_t key[16], uint64_t *seed)
{
	for (unsigned i = 0; i < 16; i++)
		key[i] = (uint8_t)test_rand(seed);
}

/* For any key: every slot has its own id, never 0, and ids_slot() inverts ids_id(). */
static void rfc2661_5_3_permutation_without_zero(void)
{
	uint64_t seed = test_seed();
	uint8_t key[16], *seen = malloc(65536);
	struct ids s;

	for (unsigned round = 0; round < 20; round++) {
		unsigned wrong = 0;

		fresh_key(key, &seed);
		ids_init(&s, key, 65535);
		memset(seen, 0, 65536);
		for (uint32_t slot = 0; slot < 65535; slot++) {
			uint16_t id = ids_id(&s, (uint16_t)slot);

			wrong += !id || seen[id] || ids_slot(&s, id) != slot;
			seen[id] = 1;
		}
		CU_ASSERT_EQUAL(wrong, 0);
		ids_free(&s);
	}
	free(seen);
}

/* Neighbouring slots are not neighbouring ids, and another key gives another order. */
static void ids_do_not_count_up(void)
{
	uint8_t key[16] = {1};
	struct ids a, b;
	unsigned near = 0, same = 0;

	ids_init(&a, key, 65535);
	key[15] = 1;
	ids_init(&b, key, 65535);
	for (uint16_t slot = 0; slot < 1000; slot++) {
		near += abs(ids_id(&a, slot) - ids_id(&a, slot + 1u)) < 16;
		same += ids_id(&a, slot) == ids_id(&b, slot);
	}
	CU_ASSERT_TRUE(near < 20);
	CU_ASSERT_TRUE(same < 10);
}

static void all_taken_then_none(void)
{
	uint8_t key[16] = {7};
	struct ids s;

	ids_init(&s, key, 65535);
	for (uint32_t i = 0; i < 65535; i++)
		CU_ASSERT_NOT_EQUAL_FATAL(ids_take(&s), 0);
	CU_ASSERT_EQUAL(ids_take(&s), 0);
	CU_ASSERT_TRUE(ids_give(&s, 4711));
	CU_ASSERT_EQUAL(ids_take(&s), 4711);
	CU_ASSERT_EQUAL(ids_take(&s), 0);
	ids_free(&s);
}

static void oldest_first(void)
{
	uint8_t key[16] = {9};
	uint16_t id[200];
	struct ids s;

	ids_init(&s, key, 200);
	for (unsigned i = 0; i < 200; i++)
		id[i] = ids_take(&s);
	for (unsigned i = 0; i < 200; i++)
		CU_ASSERT_TRUE(ids_give(&s, id[(i * 7) % 200]));
	for (unsigned i = 0; i < 200; i++)
		CU_ASSERT_EQUAL(ids_take(&s), id[(i * 7) % 200]);
	ids_free(&s);
}

/* One call after the other: an id comes back only after others, and few slots are used. */
static void an_id_rests_and_slots_stay_dense(void)
{
	uint8_t key[16] = {3}, seen[65536] = {0};
	unsigned used = 0;
	struct ids s;
	uint16_t last = 0;

	ids_init(&s, key, 65535);
	for (unsigned i = 0; i < 10000; i++) {
		uint16_t id = ids_take(&s);

		CU_ASSERT_NOT_EQUAL(id, last);
		used += !seen[id];
		seen[id] = 1;
		last = id;
		CU_ASSERT_TRUE(ids_give(&s, id));
	}
	CU_ASSERT_TRUE(used > 8 && used < 100);
	ids_free(&s);
}

static void random_take_and_give(void)
{
	uint64_t seed = test_seed();
	uint8_t key[16], *taken = calloc(1, 65536);
	uint16_t *list = malloc(65536 * sizeof(*list));
	unsigned n = 0;
	struct ids s;

	fresh_key(key, &seed);
	ids_init(&s, key, 5000);
	for (unsigned i = 0; i < 100000; i++) {
		if (test_rand(&seed) % 5 < 3) {
			uint16_t id = ids_take(&s);

			CU_ASSERT_EQUAL(!id, n == 5000);
			if (!id)
				continue;
			CU_ASSERT_FALSE_FATAL(taken[id]);
			taken[id] = 1;
			list[n++] = id;
		} else if (n) {
			unsigned pick = (unsigned)(test_rand(&seed) % n);

			taken[list[pick]] = 0;
			CU_ASSERT_TRUE(ids_give(&s, list[pick]));
			list[pick] = list[--n];
		}
	}
	ids_free(&s);
	free(list);
	free(taken);
}

/* The key comes out as it went in: with it the same slots have the same ids. */
static void key_comes_back(void)
{
	uint64_t seed = test_seed();
	uint8_t key[16], back[16];
	struct ids s;

	fresh_key(key, &seed);
	ids_init(&s, key, 100);
	ids_key(&s, back);
	ASSERT_OCTETS(back, 16, key, 16);
	ids_free(&s);
}

/* The permutation belongs to the layout of records (core/save.h): these were computed apart. */
static void permutation_never_changes(void)
{
	static const uint8_t key[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	static const uint8_t other[16] = {16, 17, 18, 19, 20, 21, 22, 23,
					  24, 25, 26, 27, 28, 29, 30, 31};
	static const uint16_t want[] = {0xf157, 0x70b5, 0x390d, 0x8119, 0x2ac6};
	struct ids s;

	ids_init(&s, key, 65535);
	CU_ASSERT_EQUAL(ids_id(&s, 3), 0x5195);
	CU_ASSERT_EQUAL(ids_id(&s, 5), 0x347a);
	ids_free(&s);
	ids_init(&s, other, 65535);
	for (uint16_t i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(ids_id(&s, i), want[i]);
	ids_free(&s);
}

static const struct test_case cases[] = {
	{"key_comes_back", key_comes_back},
	{"permutation_never_changes", permutation_never_changes},
	{"rfc2661_5_3_permutation_without_zero", rfc2661_5_3_permutation_without_zero},
	{"ids_do_not_count_up", ids_do_not_count_up},
	{"all_taken_then_none", all_taken_then_none},
	{"oldest_first", oldest_first},
	{"an_id_rests_and_slots_stay_dense", an_id_rests_and_slots_stay_dense},
	{"random_take_and_give", random_take_and_give},
	{NULL, NULL},
};
const struct test_suite suite_ids = {"ids", cases};
