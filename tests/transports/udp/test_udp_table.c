/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The channel table: bounds, order of recycling, stale handles, and a random walk against a plain
 * array that knows the same things. */
#include "tests/harness.h"
#include "transports/udp/udp_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t secret[128];

static void test_udp_table_init(struct udp_table *t, uint32_t max)
{
	uint64_t state = 1701;

	for (size_t i = 0; i < sizeof(secret); i++)
		secret[i] = (uint8_t)test_rand(&state);
	CU_ASSERT_EQUAL(udp_table_init(t, max, secret), 0);
}

static struct udp_key udp_table_key_of(uint32_t n)
{
	struct udp_key k;

	memset(&k, 0, sizeof(k));
	k.peer.family = k.local.family = 4;
	memcpy(k.peer.ip, &n, 4);
	k.peer.port = 1701;
	return k;
}

static struct udp_slot *test_udp_table_add(struct udp_table *t, uint32_t n, bool held)
{
	struct udp_key k = udp_table_key_of(n);

	return udp_table_add(t, &k, held);
}

static struct udp_slot *test_udp_table_find(struct udp_table *t, uint32_t n)
{
	struct udp_key k = udp_table_key_of(n);

	return udp_table_find(t, &k);
}

static void strangers_take_half(void)
{
	struct udp_table t;

	test_udp_table_init(&t, 8);
	for (uint32_t i = 1; i <= 4; i++) {
		CU_ASSERT_PTR_NULL(udp_table_victim(&t));
		CU_ASSERT_PTR_NOT_NULL(test_udp_table_add(&t, i, false));
	}
	CU_ASSERT_PTR_NULL(test_udp_table_add(&t, 5, false));
	CU_ASSERT_PTR_EQUAL(udp_table_victim(&t), test_udp_table_find(&t, 1));
	for (uint32_t i = 11; i <= 14; i++)
		CU_ASSERT_PTR_NOT_NULL(test_udp_table_add(&t, i, true));
	CU_ASSERT_PTR_NULL(test_udp_table_add(&t, 15, true));
	CU_ASSERT_EQUAL(t.strangers, 4);
	CU_ASSERT_EQUAL(t.held, 4);
	udp_table_free(&t);
}

static void oldest_goes_first(void)
{
	struct udp_table t;

	test_udp_table_init(&t, 8);
	for (uint32_t i = 1; i <= 4; i++)
		test_udp_table_add(&t, i, false);
	udp_table_touch(&t, test_udp_table_find(&t, 1)); /* order now 2 3 4 1 */
	udp_table_hold(&t, test_udp_table_find(&t, 2));	 /* 3 4 1 */
	CU_ASSERT_PTR_NULL(udp_table_victim(&t));	 /* three strangers again */
	test_udp_table_add(&t, 5, false);
	CU_ASSERT_PTR_EQUAL(udp_table_victim(&t), test_udp_table_find(&t, 3));
	udp_table_remove(&t, test_udp_table_find(&t, 3));
	test_udp_table_add(&t, 6, false);
	CU_ASSERT_PTR_EQUAL(udp_table_victim(&t), test_udp_table_find(&t, 4));
	udp_table_free(&t);
}

static void all_held(void)
{
	struct udp_table t;

	test_udp_table_init(&t, 4);
	for (uint32_t i = 1; i <= 4; i++)
		CU_ASSERT_PTR_NOT_NULL(test_udp_table_add(&t, i, true));
	CU_ASSERT_PTR_NULL(udp_table_victim(&t));
	CU_ASSERT_PTR_NULL(test_udp_table_add(&t, 5, false));
	udp_table_free(&t);
}

static void handles(void)
{
	struct udp_table t;
	ist_channel c;

	test_udp_table_init(&t, 4);
	CU_ASSERT_PTR_NULL(udp_table_get(&t, 0));
	CU_ASSERT_PTR_NULL(udp_table_get(&t, UINT32_MAX));
	c = test_udp_table_add(&t, 1, true)->id;
	CU_ASSERT_NOT_EQUAL(c, 0);
	CU_ASSERT_PTR_EQUAL(udp_table_get(&t, c), test_udp_table_find(&t, 1));
	udp_table_remove(&t, test_udp_table_find(&t, 1));
	CU_ASSERT_PTR_NULL(udp_table_get(&t, c));
	for (uint32_t i = 2; i <= 5; i++) /* the freed slot comes last */
		CU_ASSERT_PTR_NULL((test_udp_table_add(&t, i, true), udp_table_get(&t, c)));
	CU_ASSERT_EQUAL(handle_index(test_udp_table_find(&t, 5)->id), handle_index(c));
	CU_ASSERT_NOT_EQUAL(test_udp_table_find(&t, 5)->id, c);
	udp_table_free(&t);
}

static void generations(void)
{
	CU_ASSERT_EQUAL(handle_next_generation(0), 1);
	CU_ASSERT_EQUAL(handle_next_generation(65534), 65535);
	CU_ASSERT_EQUAL(handle_next_generation(65535), 1);
	CU_ASSERT_EQUAL(handle_make(65535, 1), 0x0001ffff);
}

/* Against an array of (key, handle). */
static void random_walk(void)
{
	enum { MAX = 64, KEYS = 200 };
	ist_channel have[KEYS] = {0};
	uint64_t seed = test_seed();
	struct udp_table t;
	unsigned count = 0;

	test_udp_table_init(&t, MAX);
	for (unsigned step = 0; step < 20000; step++) {
		uint32_t n = (uint32_t)(test_rand(&seed) % KEYS),
			 what = (uint32_t)(test_rand(&seed) % 4);
		struct udp_slot *s = test_udp_table_find(&t, n), *v;

		if (s ? s->id != have[n] : have[n] != 0) {
			CU_FAIL_FATAL("found what is not there, or not what is");
		}
		if (!s) {
			v = what ? NULL : udp_table_victim(&t);
			if (v) {
				uint32_t old;

				memcpy(&old, v->key.peer.ip, 4);
				have[old] = 0;
				udp_table_remove(&t, v);
				count--;
			}
			s = test_udp_table_add(&t, n, what == 1);
			if (s) {
				have[n] = s->id;
				count++;
			}
		} else if (what == 0) {
			udp_table_remove(&t, s);
			have[n] = 0;
			count--;
		} else if (what == 1) {
			udp_table_hold(&t, s);
		} else {
			udp_table_touch(&t, s);
		}
		if (t.strangers + t.held != count || count > MAX || t.strangers > MAX / 2)
			CU_FAIL_FATAL("counts are off");
	}
	udp_table_free(&t);
}

static void udp_table_spread(void)
{
	struct udp_table t;
	unsigned used = 0;

	test_udp_table_init(&t, 4096);
	for (uint32_t i = 0; i < 4096; i++)
		test_udp_table_add(&t, i, true);
	for (uint32_t i = 0; i < t.buckets; i++)
		used += t.bucket[i] != 0;
	/* 1 - 1/e of the buckets for a random function: 2589; 2400 is far below chance. */
	CU_ASSERT_TRUE(used > 2400);
	udp_table_free(&t);
}

static const struct test_case cases[] = {
	{"strangers_may_have_half", strangers_take_half},
	{"least_recently_heard_goes_first", oldest_goes_first},
	{"held_channels_are_never_recycled", all_held},
	{"stale_handles_are_seen", handles},
	{"generation_is_never_zero", generations},
	{"random_walk_against_an_array", random_walk},
	{"keys_spread_over_buckets", udp_table_spread},
	{NULL, NULL},
};
const struct test_suite suite_udp_table = {"udp_table", cases};
