/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames waiting for their time come out in order of time, then of arrival, and whole. */
#include "tests/harness.h"
#include "tests/heap.h"
#include "transports/kit/delay.h"

#include <stdlib.h>

static void order(void)
{
	struct delay_queue q = {.max = 8};
	static const struct {
		uint64_t due;
		uint32_t tag;
	} in[] = {{50, 1}, {10, 2}, {50, 3}, {30, 4}, {10, 5}};
	static const uint32_t out[] = {2, 5, 4, 1, 3};

	CU_ASSERT_EQUAL(delay_next(&q), UINT64_MAX);
	for (unsigned i = 0; i < 5; i++)
		CU_ASSERT_TRUE(delay_push(&q, in[i].due, in[i].tag, "he", 2, "ad", 2));
	CU_ASSERT_EQUAL(delay_next(&q), 10);
	CU_ASSERT_PTR_NULL(delay_pop(&q, 9));
	for (unsigned i = 0; i < 5; i++) {
		struct delayed *d = delay_pop(&q, 50);

		CU_ASSERT_PTR_NOT_NULL_FATAL(d);
		CU_ASSERT_EQUAL(d->tag, out[i]);
		ASSERT_OCTETS(d->data, d->len, "head", 4);
		free(d);
	}
	CU_ASSERT_PTR_NULL(delay_pop(&q, UINT64_MAX));
	CU_ASSERT_EQUAL(q.count, 0);
}

static void delay_without_memory(void)
{
	struct delay_queue q = {.max = 2};

	heap_refuse(0);
	CU_ASSERT_FALSE(delay_push(&q, 1, 0, NULL, 0, "x", 1));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(q.count, 0);
	CU_ASSERT_EQUAL(delay_next(&q), UINT64_MAX);
	CU_ASSERT_TRUE(delay_push(&q, 1, 0, NULL, 0, "x", 1));
	delay_clear(&q);
}

static void delay_bounded(void)
{
	struct delay_queue q = {.max = 2};

	CU_ASSERT_TRUE(delay_push(&q, 1, 0, NULL, 0, NULL, 0));
	CU_ASSERT_TRUE(delay_push(&q, 1, 0, NULL, 0, "x", 1));
	CU_ASSERT_FALSE(delay_push(&q, 0, 0, NULL, 0, "x", 1));
	delay_clear(&q);
	CU_ASSERT_EQUAL(q.count, 0);
	CU_ASSERT_PTR_NULL(q.last);
	CU_ASSERT_TRUE(delay_push(&q, 1, 0, NULL, 0, "x", 1));
	delay_clear(&q);
}

static void random_order(void)
{
	struct delay_queue q = {.max = 1000};
	uint64_t seed = test_seed(), last = 0;

	for (uint32_t i = 0; i < 1000; i++)
		CU_ASSERT_TRUE(delay_push(&q, test_rand(&seed) % 100, i, NULL, 0, &i, 4));
	for (uint32_t i = 0, tag = 0; i < 1000; i++) {
		struct delayed *d = delay_pop(&q, 100);

		if (!d || d->due < last || (d->due == last && i && d->tag < tag)) {
			CU_FAIL_FATAL("out of order");
			break;
		}
		last = d->due;
		tag = d->tag;
		free(d);
	}
}

static const struct test_case cases[] = {
	{"without_memory", delay_without_memory},
	{"by_time_then_arrival", order},
	{"bounded_and_cleared", delay_bounded},
	{"a_thousand_at_random", random_order},
	{NULL, NULL},
};
const struct test_suite suite_delay = {"delay", cases};
