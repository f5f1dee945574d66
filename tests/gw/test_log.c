/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/log.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define S 1000000ull

static unsigned log_allowed(uint64_t site, uint64_t source, uint64_t now, unsigned times)
{
	unsigned n = 0, skipped;

	while (times--)
		n += gw_log_allowed(site, source, now, &skipped);
	return n;
}

static void one_source_gets_a_few_lines_then_a_trickle(void)
{
	gw_log_limits_reset();
	CU_ASSERT_EQUAL(log_allowed(1, 7, 100 * S, 1000), 5);
	CU_ASSERT_EQUAL(log_allowed(1, 7, 109 * S, 1000), 0);
	CU_ASSERT_EQUAL(log_allowed(1, 7, 110 * S, 1000), 1);
	CU_ASSERT_EQUAL(log_allowed(1, 7, 140 * S, 1000), 3);
	/* Another source, or another place in the code, is not punished for it. */
	CU_ASSERT_EQUAL(log_allowed(1, 8, 140 * S, 1), 1);
	CU_ASSERT_EQUAL(log_allowed(2, 7, 140 * S, 1), 1);
}

static void what_was_left_out_is_counted(void)
{
	unsigned skipped = 99;

	gw_log_limits_reset();
	CU_ASSERT_EQUAL(log_allowed(1, 7, 100 * S, 25), 5);
	CU_ASSERT_TRUE(gw_log_allowed(1, 7, 110 * S, &skipped));
	CU_ASSERT_EQUAL(skipped, 20);
	CU_ASSERT_TRUE(gw_log_allowed(3, 7, 110 * S, &skipped));
	CU_ASSERT_EQUAL(skipped, 0);
}

/* A flood from ever new addresses: 100,000 sources in one second, then a minute of it. */
static void new_sources_do_not_open_the_brake(void)
{
	uint64_t seed = test_seed(), i;
	unsigned n = 0, skipped;

	gw_log_limits_reset();
	for (i = 0; i < 100000; i++)
		n += gw_log_allowed(1, test_rand(&seed), 1000 * S + i * 10, &skipped);
	CU_ASSERT(n >= 50 && n <= 56);
	for (n = 0, i = 0; i < 100000; i++)
		n += gw_log_allowed(1, test_rand(&seed), 1001 * S + i * 600, &skipped);
	CU_ASSERT(n >= 250 && n <= 310);
}

/* libosmocore logs a failed accept() as often as select() returns. */
static void libraries_pass_the_brake_too(void)
{
	FILE *out = tmpfile();
	int kept = dup(STDERR_FILENO), lines = 0, first = 0;
	char line[200];

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	gw_log_limits_reset();
	fflush(stderr);
	dup2(fileno(out), STDERR_FILENO);
	for (int i = 0; i < 10000; i++)
		LOGP(DLGLOBAL, LOGL_ERROR, "accept failed %d\n", i);
	LOGP(DLGLOBAL, LOGL_ERROR, "something else\n");
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(out);
	while (fgets(line, sizeof(line), out)) {
		lines++;
		first += strstr(line, "library error: accept failed ") != NULL;
	}
	CU_ASSERT(first >= 5 && first <= 20); /* five, and one for each ten seconds this took */
	CU_ASSERT(lines > first && lines <= first + 20);
	CU_ASSERT_PTR_NOT_NULL(strstr(line, "library error: something else"));
	fclose(out);
}

static void categories_by_name(void)
{
	CU_ASSERT_TRUE(gw_log_set("tunnel", "fatal"));
	CU_ASSERT_TRUE(gw_log_set("all", "fatal"));
	CU_ASSERT_FALSE(gw_log_set("tunel", "debug"));
	CU_ASSERT_FALSE(gw_log_set("tunnel", "loud"));
	CU_ASSERT_STRING_EQUAL(gw_log_name(GW_LOG_MAIN), "main");
	CU_ASSERT_PTR_NULL(gw_log_name(GW_LOG_CATEGORY_COUNT));
}

static const struct test_case cases[] = {
	{"one_source_gets_a_few_lines_then_a_trickle", one_source_gets_a_few_lines_then_a_trickle},
	{"what_was_left_out_is_counted", what_was_left_out_is_counted},
	{"new_sources_do_not_open_the_brake", new_sources_do_not_open_the_brake},
	{"libraries_pass_the_brake_too", libraries_pass_the_brake_too},
	{"categories_by_name", categories_by_name},
	{NULL, NULL},
};
const struct test_suite suite_log = {"log", cases};
