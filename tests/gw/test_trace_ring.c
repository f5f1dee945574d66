/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/trace_ring.h"

#include "tests/harness.h"

static bool ring_is(const struct trace_kept *k, const void *ctx)
{
	return k->key == *(const uint32_t *)ctx;
}

/* The newest are there, in order, each once; others stay. */
static void oldest_first(void)
{
	struct trace_ring *r = trace_ring_new();
	uint32_t odd = 1, even = 2;
	struct trace_kept *k;

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_PTR_NULL(trace_ring_take(r, ring_is, &odd));
	for (unsigned i = 0; i < TRACE_RING_SIZE + 10; i++) {
		k = trace_ring_put(r);
		k->key = i & 1 ? odd : even;
		k->len = i;
	}
	for (unsigned i = 11; i < TRACE_RING_SIZE + 10; i += 2) {
		k = trace_ring_take(r, ring_is, &odd);
		CU_ASSERT_PTR_NOT_NULL_FATAL(k);
		CU_ASSERT_EQUAL(k->len, i);
	}
	CU_ASSERT_PTR_NULL(trace_ring_take(r, ring_is, &odd));
	k = trace_ring_take(r, ring_is, &even);
	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	CU_ASSERT_EQUAL(k->len, 10);
	trace_ring_free(r);
	trace_ring_free(NULL);
}

static const struct test_case cases[] = {{"oldest_first", oldest_first}, {NULL, NULL}};
const struct test_suite suite_trace_ring = {"trace_ring", cases};
