/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dp/pool.h"
#include "tests/harness.h"

#include <string.h>

static void copies_until_empty(void)
{
	struct pool p;
	uint16_t a, b;
	size_t len;

	CU_ASSERT_FATAL(!pool_init(&p, 2, 8));
	a = pool_copy(&p, "abc", 3);
	b = pool_copy(&p, "12345678", 8);
	CU_ASSERT(a != POOL_NONE && b != POOL_NONE && a != b);
	CU_ASSERT(pool_copy(&p, "x", 1) == POOL_NONE);
	CU_ASSERT(!memcmp(pool_get(&p, a, &len), "abc", 3) && len == 3);
	CU_ASSERT(!memcmp(pool_get(&p, b, &len), "12345678", 8) && len == 8);
	pool_give(&p, a);
	CU_ASSERT(pool_copy(&p, "", 0) == a);
	pool_free(&p);
}

static void refuses_what_is_too_long(void)
{
	struct pool p;

	CU_ASSERT_FATAL(!pool_init(&p, 2, 8));
	CU_ASSERT(pool_copy(&p, "123456789", 9) == POOL_NONE);
	CU_ASSERT(p.n_free == 2);
	pool_free(&p);
}

static const struct test_case cases[] = {
	{"copies_until_empty", copies_until_empty},
	{"refuses_what_is_too_long", refuses_what_is_too_long},
	{NULL, NULL},
};
const struct test_suite suite_pool = {"pool", cases};
