/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/histogram.h"

#include "tests/harness.h"

static void bounds_grow(void)
{
	for (unsigned k = 0; k < HISTOGRAM_KINDS; k++)
		for (unsigned i = 1; i < HISTOGRAM_BOUNDS; i++)
			CU_ASSERT(histograms[k].bound[i] > histograms[k].bound[i - 1]);
}

/* A bound is part of the range below it, as "le" of Prometheus says. */
static void a_time_is_in_one_range(void)
{
	static const struct {
		uint64_t us;
		unsigned range;
	} rows[] = {{0, 0}, {10000, 0}, {10001, 1}, {25000, 1}, {10000000, 9}, {10000001, 10}};
	const struct histogram_counts *c = histogram_counts(HISTOGRAM_CALL_SETUP);
	uint64_t sum = 0;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		histogram_clear();
		histogram_add(HISTOGRAM_CALL_SETUP, rows[i].us);
		CU_ASSERT_EQUAL(c->in[rows[i].range], 1);
		CU_ASSERT_EQUAL(c->n, 1);
		CU_ASSERT_EQUAL(c->sum, rows[i].us);
	}
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++, sum++)
		histogram_add(HISTOGRAM_RADIUS, 7);
	CU_ASSERT_EQUAL(histogram_counts(HISTOGRAM_RADIUS)->n, sum);
	CU_ASSERT_EQUAL(histogram_counts(HISTOGRAM_RADIUS)->sum, 7 * sum);
	CU_ASSERT_EQUAL(c->n, 1); /* of its own kind only */
	histogram_clear();
}

static const struct test_case cases[] = {
	{"bounds_grow", bounds_grow},
	{"a_time_is_in_one_range", a_time_is_in_one_range},
	{NULL, NULL},
};
const struct test_suite suite_histogram = {"histogram", cases};
