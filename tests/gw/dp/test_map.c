/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dp/map.h"
#include "gw/dp/rcu.h"
#include "tests/harness.h"

#include <pthread.h>

static void sets_replaces_and_removes(void)
{
	struct map m;

	map_init(&m, false);
	CU_ASSERT(map_get(&m, 1) == 0 && map_set(&m, 1, 0) && m.live == 0);
	CU_ASSERT(map_set(&m, 1, 100) && map_set(&m, 0, 200) && map_set(&m, UINT64_MAX, 300));
	CU_ASSERT(map_get(&m, 1) == 100 && map_get(&m, 0) == 200);
	CU_ASSERT(map_get(&m, UINT64_MAX) == 300 && map_get(&m, 2) == 0 && m.live == 3);
	CU_ASSERT(map_set(&m, 1, 101) && map_get(&m, 1) == 101 && m.live == 3);
	CU_ASSERT(map_set(&m, 1, 0) && map_get(&m, 1) == 0 && m.live == 2);
	CU_ASSERT(map_set(&m, 1, 102) && map_get(&m, 1) == 102 && m.live == 3);
	map_set(&m, 1, 0);
	map_set(&m, 0, 0);
	map_set(&m, UINT64_MAX, 0);
	CU_ASSERT(m.live == 0 && map_get(&m, 0) == 0);
	CU_ASSERT(map_set(&m, 5, 50) && map_get(&m, 5) == 50);
	map_free(&m);
}

/* Against a plain array. */
static void random_use(void)
{
	static uintptr_t want[512];
	uint64_t seed = test_seed();
	struct map m;
	uint32_t live = 0;

	map_init(&m, false);
	for (unsigned i = 0; i < 512; i++)
		want[i] = 0;
	for (unsigned i = 0; i < 100000; i++) {
		unsigned k = test_rand(&seed) % 512;
		uintptr_t v = test_rand(&seed) % 3 ? 2 + test_rand(&seed) % 1000 : 0;

		CU_ASSERT_FATAL(map_set(&m, k * 0x100000001u, v));
		live += (v != 0) - (want[k] != 0);
		want[k] = v;
		k = test_rand(&seed) % 512;
		CU_ASSERT_FATAL(map_get(&m, k * 0x100000001u) == want[k] && m.live == live);
	}
	map_free(&m);
}

struct seen {
	struct map *m;
	unsigned n;
	uint64_t keys;
};

static void see_and_remove(void *ctx, uint64_t key, uintptr_t v)
{
	struct seen *s = ctx;

	CU_ASSERT(v == key + 10);
	s->n++;
	s->keys += key;
	map_set(s->m, key, 0);
}

static void each_may_remove(void)
{
	struct map m;
	struct seen s = {&m, 0, 0};

	map_init(&m, false);
	for (uint64_t k = 0; k < 100; k++)
		map_set(&m, k, k + 10);
	map_each(&m, see_and_remove, &s);
	CU_ASSERT(s.n == 100 && s.keys == 99 * 50 && m.live == 0);
	map_each(&m, see_and_remove, &s);
	CU_ASSERT(s.n == 100);
}

/* --- readers beside the writer: a value always belongs to its key ----------------------------- */

struct shared {
	struct map m;
	atomic_bool stop;
	atomic_uint wrong;
};

static void *read_it(void *arg)
{
	struct shared *s = arg;

	rcu_enter();
	while (!atomic_load(&s->stop)) {
		rcu_online();
		for (uint64_t k = 0; k < 64; k++) {
			uintptr_t v = map_get(&s->m, k);

			if (v && v % 64 != k)
				atomic_fetch_add(&s->wrong, 1);
		}
		rcu_offline();
	}
	rcu_leave();
	return NULL;
}

static void readers_see_whole_pairs(void)
{
	uint64_t seed = test_seed();
	struct shared s = {.stop = false};
	pthread_t t;

	map_init(&s.m, true);
	rcu_enter();
	CU_ASSERT_FATAL(!pthread_create(&t, NULL, read_it, &s));
	for (unsigned i = 0; i < 50000; i++) {
		uint64_t k = test_rand(&seed) % 64;

		map_set(&s.m, k, test_rand(&seed) % 4 ? 64 * (1 + i) + k : 0);
	}
	atomic_store(&s.stop, true);
	pthread_join(t, NULL);
	CU_ASSERT(atomic_load(&s.wrong) == 0);
	rcu_drain();
	rcu_leave();
	map_free(&s.m);
}

static const struct test_case cases[] = {
	{"sets_replaces_and_removes", sets_replaces_and_removes},
	{"random_use", random_use},
	{"each_may_remove", each_may_remove},
	{"readers_see_whole_pairs", readers_see_whole_pairs},
	{NULL, NULL},
};
const struct test_suite suite_map = {"map", cases};
