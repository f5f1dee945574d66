/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dp/calltab.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <stdlib.h>

static _Atomic uint64_t heard[65536];

static void finds_by_both_ids(void)
{
	struct call a = {.version = 1}, b = {.version = 2};
	struct calltab t;

	rcu_enter();
	CU_ASSERT_FATAL(!calltab_init(&t, heard));
	CU_ASSERT(!calltab_get(&t, 1, 1) && !calltab_get(&t, 0, 0) &&
		  !calltab_get(&t, 65535, 65535));
	CU_ASSERT(calltab_set(&t, 1, 65535, &a) && calltab_set(&t, 65535, 1, &b));
	CU_ASSERT(calltab_get(&t, 1, 65535) == &a && calltab_get(&t, 65535, 1) == &b);
	CU_ASSERT(!calltab_get(&t, 1, 1) && !calltab_get(&t, 65535, 65535));
	CU_ASSERT(calltab_set(&t, 1, 65535, &b) && calltab_get(&t, 1, 65535) == &b);
	CU_ASSERT(calltab_set(&t, 1, 65535, NULL) && !calltab_get(&t, 1, 65535));
	calltab_set(&t, 65535, 1, NULL);
	rcu_drain();
	calltab_free(&t);
	rcu_leave();
}

static void a_new_tunnel_has_heard_nothing(void)
{
	struct call a = {.version = 1};
	struct calltab t;

	rcu_enter();
	CU_ASSERT_FATAL(!calltab_init(&t, heard));
	calltab_set(&t, 5, 1, &a);
	calltab_heard(&t, 5, 1234);
	calltab_set(&t, 5, 2, &a); /* a second call changes nothing */
	CU_ASSERT(atomic_load(&heard[5]) == 1234);
	calltab_set(&t, 5, 1, NULL);
	calltab_set(&t, 5, 2, NULL);
	calltab_set(&t, 5, 3, &a); /* the id has been given to another tunnel */
	CU_ASSERT(atomic_load(&heard[5]) == 0);
	calltab_set(&t, 5, 3, NULL);
	rcu_drain();
	calltab_free(&t);
	rcu_leave();
}

/* The tables of the tunnels go with the array; the entries are the caller's. */
static void freed_with_calls_in_it(void)
{
	static const uint16_t tid[] = {0, 1, 40000, 65535};
	struct call a = {.version = 1};
	struct calltab t;

	rcu_enter();
	heap_refuse(0);
	CU_ASSERT_EQUAL(calltab_init(&t, heard), -ENOMEM);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_FATAL(!calltab_init(&t, heard));
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT(calltab_set(&t, tid[i], 5, &a));
	calltab_free(&t);
	CU_ASSERT_PTR_NULL(t.tunnel);
	calltab_free(&t); /* also when there is none */
	rcu_leave();
}

static void add_one(void *ctx, struct call *c)
{
	*(unsigned *)ctx += c->version;
}

static void a_full_tunnel(void)
{
	struct call *c = aligned_alloc(SLAB_LINE, 65536 * sizeof(*c));
	struct calltab t;
	unsigned sum = 0;

	rcu_enter();
	CU_ASSERT_FATAL(c && !calltab_init(&t, heard));
	for (unsigned i = 1; i < 65536; i++) {
		c[i] = (struct call){.version = 1};
		CU_ASSERT_FATAL(calltab_set(&t, 9, (uint16_t)(i * 40503), &c[i]));
	}
	for (unsigned i = 1; i < 65536; i++)
		CU_ASSERT_FATAL(calltab_get(&t, 9, (uint16_t)(i * 40503)) == &c[i]);
	calltab_each(&t, add_one, &sum);
	CU_ASSERT(sum == 65535);
	for (unsigned i = 1; i < 65536; i++)
		calltab_set(&t, 9, (uint16_t)i, NULL);
	CU_ASSERT(!calltab_get(&t, 9, 40503));
	rcu_drain();
	calltab_free(&t);
	rcu_leave();
	free(c);
}

static void begins_look_ups(const struct calltab *t)
{
	static const uint32_t none[CALLTAB_AHEAD] = {0, UINT32_MAX, 1, 0x10000, 0x10001, 0x20001};

	calltab_look_ahead(t, none, CALLTAB_AHEAD);
	calltab_look_ahead(t, none, 0);
}

/* It counts what is there: a call that takes another's place is none more. */
static void is_large(void)
{
	struct call_state st = {.version = 1};
	struct call a = {.st = &st}, b = {.st = &st};
	struct calltab t;

	rcu_enter();
	CU_ASSERT_FATAL(!calltab_init(&t, heard));
	begins_look_ups(&t);
	for (unsigned i = 0; i < CALLTAB_LARGE; i++)
		CU_ASSERT(calltab_set(&t, (uint16_t)(i % 5), (uint16_t)(i + 1), &a));
	CU_ASSERT_FALSE(calltab_is_large(&t));
	CU_ASSERT(calltab_set(&t, 0, 1, &b) && !calltab_is_large(&t));
	CU_ASSERT(calltab_set(&t, 7, 1, &b) && calltab_is_large(&t));
	begins_look_ups(&t);
	CU_ASSERT(calltab_set(&t, 7, 2, NULL) && calltab_is_large(&t)); /* it was not there */
	CU_ASSERT(calltab_set(&t, 7, 1, NULL) && !calltab_is_large(&t));
	begins_look_ups(&t);
	rcu_drain();
	calltab_free(&t);
	rcu_leave();
}

static const struct test_case cases[] = {
	{"finds_by_both_ids", finds_by_both_ids},
	{"a_new_tunnel_has_heard_nothing", a_new_tunnel_has_heard_nothing},
	{"freed_with_calls_in_it", freed_with_calls_in_it},
	{"a_full_tunnel", a_full_tunnel},
	{"is_large", is_large},
	{NULL, NULL},
};
const struct test_suite suite_calltab = {"calltab", cases};
