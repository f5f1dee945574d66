/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dp/worker.h"
#include "tests/harness.h"

static void bucket_gives_its_burst_then_its_rate(void)
{
	uint32_t tokens = 0;
	uint64_t refilled = 0, now = 10000000;
	unsigned n = 0;

	while (bucket_take(&tokens, &refilled, now, 100, 5))
		n++;
	CU_ASSERT(n == 5);
	CU_ASSERT(!bucket_take(&tokens, &refilled, now + 9999, 100, 5)); /* one in 10 ms */
	CU_ASSERT(bucket_take(&tokens, &refilled, now + 10010, 100, 5));
	CU_ASSERT(!bucket_take(&tokens, &refilled, now + 10010, 100, 5));
	for (n = 0; bucket_take(&tokens, &refilled, UINT64_MAX, 100, 5);)
		n++;
	CU_ASSERT(n == 5);
}

/* Asked every microsecond it must still fill up. */
static void bucket_fills_while_asked(void)
{
	uint32_t tokens = 0;
	uint64_t refilled = 1000000;
	unsigned n = 0;

	for (uint64_t now = 1000000; now < 2000000; now++)
		n += bucket_take(&tokens, &refilled, now, 100, 5);
	CU_ASSERT(n >= 90 && n <= 100);
}

static const struct test_case cases[] = {
	{"bucket_gives_its_burst_then_its_rate", bucket_gives_its_burst_then_its_rate},
	{"bucket_fills_while_asked", bucket_fills_while_asked},
	{NULL, NULL},
};
const struct test_suite suite_worker = {"worker", cases};
