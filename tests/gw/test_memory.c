/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/memory.h"
#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SEC 1000000ull

static void only_after_many_have_gone_and_seldom(void)
{
	struct memory m = {0};

	CU_ASSERT_FALSE(memory_check(&m, 999, 1 * SEC));
	CU_ASSERT_FALSE(memory_check(&m, 0, 1 * SEC));
	CU_ASSERT_FALSE(memory_check(&m, 10000, 2 * SEC));
	CU_ASSERT_FALSE(memory_check(&m, 5001, 3 * SEC));
	CU_ASSERT_TRUE(memory_check(&m, 5000, 3 * SEC));
	CU_ASSERT_FALSE(memory_check(&m, 0, 13 * SEC - 1));
	CU_ASSERT_TRUE(memory_check(&m, 0, 13 * SEC));
	CU_ASSERT_FALSE(memory_check(&m, 0, 23 * SEC - 1));
	CU_ASSERT_TRUE(memory_check(&m, 0, 23 * SEC)); /* what was freed late */
	CU_ASSERT_FALSE(memory_check(&m, 0, 99 * SEC));
}

static size_t memory_resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long size = 0, pages = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fscanf(f, "%lu %lu", &size, &pages), 2);
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* 40 MB in pieces of 1,000 octets, of which one in a hundred stays. */
static void what_calls_had_goes_back_to_the_system(void)
{
	enum { PIECES = 40000 };
	void **piece = calloc(PIECES, sizeof(*piece));
	struct memory m = {0};
	size_t full;

#ifdef __SANITIZE_ADDRESS__
	free(piece);
	test_skip("memory.what_calls_had_goes_back_to_the_system",
		  "AddressSanitizer's allocator keeps what is freed");
	return;
#endif
	CU_ASSERT_PTR_NOT_NULL_FATAL(piece);
	for (unsigned i = 0; i < PIECES; i++)
		piece[i] = malloc(1000);
	memory_check(&m, PIECES, 1 * SEC);
	for (unsigned i = 0; i < PIECES; i++)
		if (i % 100)
			free(piece[i]);
	full = memory_resident();
	CU_ASSERT_TRUE(memory_check(&m, 0, 2 * SEC));
	CU_ASSERT_TRUE(memory_resident() + 30 * 1024 * 1024 < full);
	for (unsigned i = 0; i < PIECES; i += 100)
		free(piece[i]);
	free(piece);
}

static const struct test_case cases[] = {
	{"only_after_many_have_gone_and_seldom", only_after_many_have_gone_and_seldom},
	{"what_calls_had_goes_back_to_the_system", what_calls_had_goes_back_to_the_system},
	{NULL, NULL},
};
const struct test_suite suite_memory = {"memory", cases};
