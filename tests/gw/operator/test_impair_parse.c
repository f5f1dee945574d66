/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of `impair`: all of them in any order, each value in its bounds. */
#include "gw/operator/impair_parse.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

static char parse_copy[400];
static const char *parse_word[40];

static const char *parse_text_of(struct impairs_wish *w, const char *text, bool bare)
{
	unsigned n = 0;

	snprintf(parse_copy, sizeof(parse_copy), "%s", text);
	for (char *p = strtok(parse_copy, " "); p; p = strtok(NULL, " "))
		parse_word[n++] = p;
	return impair_parse(w, parse_word, n, bare);
}

static void all_that_can_be_set(void)
{
	struct impairs_wish w;

	CU_ASSERT_PTR_NULL(parse_text_of(&w,
					 "fr0 100 out loss 5% delay 20ms jitter 5ms reorder 1% "
					 "duplicate 2.5% corrupt 0.1% rate 64k seed 7 for 60s",
					 false));
	CU_ASSERT_STRING_EQUAL(w.port, "fr0");
	CU_ASSERT_STRING_EQUAL(w.circuit, "100");
	CU_ASSERT_EQUAL(w.ways, 1u << DP_IMPAIR_OUT);
	CU_ASSERT(w.set.loss == 50000 && w.set.delay == 20000 && w.set.jitter == 5000);
	CU_ASSERT(w.set.reorder == 10000 && w.set.duplicate == 25000 && w.set.corrupt == 1000);
	CU_ASSERT(w.set.rate == 64000 && w.set.seed == 7 && w.seeded && w.set.left == 60000000);
	CU_ASSERT_PTR_NULL(parse_text_of(&w, "wan in loss 0.0001", false));
	CU_ASSERT(!w.circuit && w.ways == 1u << DP_IMPAIR_IN && w.set.loss == 1);
	CU_ASSERT(!w.seeded && w.set.left == UINT64_MAX);
	CU_ASSERT_PTR_NULL(parse_text_of(&w, "wan 192.0.2.1:1701 delay 1s", false));
	CU_ASSERT_STRING_EQUAL(w.circuit, "192.0.2.1:1701");
	CU_ASSERT_EQUAL(w.ways, IMPAIRS_BOTH);
	CU_ASSERT_PTR_NULL(parse_text_of(&w, "wan loss 100%", false));
	CU_ASSERT_EQUAL(w.set.loss, 1000000);
}

static void what_ends(void)
{
	struct impairs_wish w;

	CU_ASSERT_PTR_NULL(parse_text_of(&w, "fr0 100 in", true));
	CU_ASSERT(!strcmp(w.circuit, "100") && w.ways == 1u << DP_IMPAIR_IN);
	CU_ASSERT_PTR_NULL(parse_text_of(&w, "fr0", true));
	CU_ASSERT(!w.circuit && w.ways == IMPAIRS_BOTH);
	CU_ASSERT_PTR_NOT_NULL(parse_text_of(&w, "", true));
	CU_ASSERT_PTR_NOT_NULL(parse_text_of(&w, "fr0 100 in loss", true));
}

static void what_is_wrong(void)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"", "PORT [CIRCUIT]"},
		{"fr0", "PORT [CIRCUIT]"},
		{"fr0 100", "PORT [CIRCUIT]"},
		{"fr0 100 200 loss 5%", "PORT [CIRCUIT]"},
		{"fr0 loss", "PORT [CIRCUIT]"},
		{"fr0 loss 5% sometimes", "PORT [CIRCUIT]"},
		{"fr0 seed 5", "PORT [CIRCUIT]"},
		{"fr0 loss 0%", "PORT [CIRCUIT]"},
		{"fr0 loss 101%", "loss is a percentage"},
		{"fr0 loss 100.1%", "loss is a percentage"},
		{"fr0 loss -1%", "loss is a percentage"},
		{"fr0 loss 5.%", "loss is a percentage"},
		{"fr0 loss .5%", "loss is a percentage"},
		{"fr0 loss 0.00001%", "loss is a percentage"},
		{"fr0 loss 5%%", "loss is a percentage"},
		{"fr0 loss 5% loss 6%", "loss is a percentage, as 5% or 0.1%, once"},
		{"fr0 delay 20", "delay is a time"},
		{"fr0 delay 61s", "delay is a time"},
		{"fr0 jitter 1h", "jitter is a time"},
		{"fr0 rate 0", "rate is a rate"},
		{"fr0 rate fast", "rate is a rate"},
		{"fr0 loss 5% seed 1234567890123456789", "seed is a number"},
		{"fr0 loss 5% seed x", "seed is a number"},
		{"fr0 loss 5% for 0", "for is a time"},
		{"fr0 loss 5% for 60", "for is a time"},
	};
	struct impairs_wish w;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *words = parse_text_of(&w, rows[i].text, false);

		CU_ASSERT_PTR_NOT_NULL(words);
		if (!words || !strstr(words, rows[i].says)) {
			printf("%s: %s\n", rows[i].text, words ? words : "(nothing)");
			CU_FAIL("other words");
		}
	}
}

static const struct test_case cases[] = {
	{"all_that_can_be_set", all_that_can_be_set},
	{"what_ends", what_ends},
	{"what_is_wrong", what_is_wrong},
	{NULL, NULL},
};
const struct test_suite suite_impair_parse = {"impair_parse", cases};
