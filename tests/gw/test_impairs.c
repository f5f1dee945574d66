/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What control does of bad lines: whom it asks, and that it looks again when one is over. */
#include "gw/impairs.h"

#include "tests/gw/bench.h"

#include <string.h>

#define IMPAIRS_CONF       \
	"host-name = gw\n" \
	"udp a { listen = \"192.0.2.1:1701\" }\n"

static struct impairs_wish impairs_a(uint64_t left)
{
	return (struct impairs_wish){.port = "a",
				     .ways = IMPAIRS_BOTH,
				     .set = {.loss = 1, .left = left},
				     .seeded = true};
}

/* Data is asked in time, so that calls are fast again. */
static void it_looks_when_one_is_over(void)
{
	struct impairs_wish w = impairs_a(60 * SEC);
	unsigned asked;

	bench_start(IMPAIRS_CONF);
	CU_ASSERT_PTR_NULL(impairs_begin(bench.gw, &w));
	asked = fake.impair_asked;
	bench_pass(59 * SEC);
	CU_ASSERT_EQUAL(fake.impair_asked, asked);
	for (unsigned i = 0; i < fake.impairs; i++)
		fake.impair[i].on = false;
	bench_pass(2 * SEC);
	CU_ASSERT_EQUAL(fake.impair_asked, asked + 1);
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(fake.impair_asked, asked + 1);
	bench_stop();
}

/* One that lasts is not looked at. */
static void one_that_lasts(void)
{
	struct impairs_wish w = impairs_a(UINT64_MAX);
	unsigned asked;

	bench_start(IMPAIRS_CONF);
	CU_ASSERT_PTR_NULL(impairs_begin(bench.gw, &w));
	asked = fake.impair_asked;
	bench_pass(3600 * SEC);
	CU_ASSERT_EQUAL(fake.impair_asked, asked);
	w.ways = 1u << DP_IMPAIR_IN;
	CU_ASSERT_PTR_NULL(impairs_end(bench.gw, &w));
	CU_ASSERT_STRING_EQUAL(impairs_end(bench.gw, &w), "it is not impaired");
	CU_ASSERT_EQUAL(fake.impairs, 1);
	bench_stop();
}

static void words_of_what_is_set(void)
{
	static const struct {
		struct dp_impair set;
		const char *text;
	} rows[] = {
		{{.loss = 50000}, "loss 5%"},
		{{.loss = 1}, "loss 0.0001%"},
		{{.loss = 1000000, .duplicate = 12500}, "loss 100% duplicate 1.25%"},
		{{.delay = 20000, .jitter = 1500}, "delay 20ms jitter 1500us"},
		{{.delay = 60000000, .reorder = 10000, .corrupt = 1000, .rate = 64000},
		 "delay 60s reorder 1% corrupt 0.1% rate 64k"},
	};
	char text[IMPAIRS_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_STRING_EQUAL(impairs_text(text, &rows[i].set), rows[i].text);
}

static const struct test_case cases[] = {
	{"it_looks_when_one_is_over", it_looks_when_one_is_over},
	{"one_that_lasts", one_that_lasts},
	{"words_of_what_is_set", words_of_what_is_set},
	{NULL, NULL},
};
const struct test_suite suite_impairs = {"impairs", cases};
