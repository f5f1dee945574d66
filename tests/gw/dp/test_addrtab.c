/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dp/addrtab.h"
#include "gw/dp/rcu.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>

static void finds_ipv4(void)
{
	struct addrtab t;

	CU_ASSERT_FATAL(!addrtab_init(&t));
	CU_ASSERT(addrtab_get4(&t, 0x0a400001) == 0 && addrtab_set4(&t, 0x0a400001, 0));
	CU_ASSERT(addrtab_set4(&t, 0x0a400001, call_key(7, 9)));
	CU_ASSERT(addrtab_set4(&t, 0, 3) && addrtab_set4(&t, UINT32_MAX, 4));
	CU_ASSERT(addrtab_get4(&t, 0x0a400001) == (7u << 16 | 9));
	CU_ASSERT(addrtab_get4(&t, 0x0a400002) == 0); /* same page */
	CU_ASSERT(addrtab_get4(&t, 0x0a400101) == 0); /* same /16 */
	CU_ASSERT(addrtab_get4(&t, 0x0a410001) == 0); /* another */
	CU_ASSERT(addrtab_get4(&t, 0) == 3 && addrtab_get4(&t, UINT32_MAX) == 4);
	CU_ASSERT(addrtab_set4(&t, 0x0a400001, 0) && addrtab_get4(&t, 0x0a400001) == 0);
	addrtab_free(&t);
}

/* The pages for a /16 and for a /24 are refused in turn. */
static void without_memory(void)
{
	struct addrtab t;

	heap_refuse(0);
	CU_ASSERT_EQUAL(addrtab_init(&t), -ENOMEM);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_FATAL(!addrtab_init(&t));
	for (unsigned n = 0; n < 2; n++) {
		heap_refuse(n);
		CU_ASSERT_FALSE(addrtab_set4(&t, 0x0a400001, 7));
		CU_ASSERT_TRUE(heap_refused());
		CU_ASSERT_EQUAL(addrtab_get4(&t, 0x0a400001), 0);
	}
	CU_ASSERT(addrtab_set4(&t, 0x0a400001, 7) && addrtab_get4(&t, 0x0a400001) == 7);
	addrtab_free(&t);
}

/* A pool of a /16, given out at random. */
static void fills_a_pool(void)
{
	uint64_t seed = test_seed();
	struct addrtab t;

	CU_ASSERT_FATAL(!addrtab_init(&t));
	for (uint32_t i = 0; i < 65536; i++)
		CU_ASSERT_FATAL(addrtab_set4(&t, 0x0a400000 | (i * 40503 & 0xffff), i + 1));
	for (unsigned n = 0; n < 10000; n++) {
		uint32_t i = test_rand(&seed) & 0xffff;

		CU_ASSERT_FATAL(addrtab_get4(&t, 0x0a400000 | (i * 40503 & 0xffff)) == i + 1);
	}
	addrtab_free(&t);
}

static void finds_ipv6_by_prefix(void)
{
	uint8_t a[16], b[16], ll[16];
	struct addrtab t;

	test_hex(a, 16, "20010db8 00640001 0000000000000001");
	test_hex(b, 16, "20010db8 00640002 0000000000000001");
	test_hex(ll, 16, "fe80000000000000 0200 5efe 0a00 0001");
	CU_ASSERT_FATAL(!addrtab_init(&t));
	CU_ASSERT(addrtab_get6(&t, a) == 0);
	CU_ASSERT(addr6_prefix(a) == 0x20010db800640001u && addr6_iid(a) == 1);
	CU_ASSERT(map_set(&t.prefix6, addr6_prefix(a), 65537));
	a[15] = 0x77; /* any host of the /64 */
	CU_ASSERT(addrtab_get6(&t, a) == 65537 && addrtab_get6(&t, b) == 0);
	CU_ASSERT(addr6_is_link_local(ll) && !addr6_is_link_local(a));
	CU_ASSERT(addrtab_get6(&t, ll) == 0);
	CU_ASSERT(map_set(&t.link_local, 0x02005efe0a000001u, 65538));
	CU_ASSERT(addrtab_get6(&t, ll) == 65538);
	rcu_enter();
	map_set(&t.prefix6, addr6_prefix(a), 0);
	map_set(&t.link_local, 0x02005efe0a000001u, 0);
	CU_ASSERT(addrtab_get6(&t, a) == 0 && addrtab_get6(&t, ll) == 0);
	rcu_drain();
	rcu_leave();
	addrtab_free(&t);
}

static const struct test_case cases[] = {
	{"finds_ipv4", finds_ipv4},
	{"without_memory", without_memory},
	{"fills_a_pool", fills_a_pool},
	{"finds_ipv6_by_prefix", finds_ipv6_by_prefix},
	{NULL, NULL},
};
const struct test_suite suite_addrtab = {"addrtab", cases};
