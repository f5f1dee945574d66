/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/log.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* libosmocore logs a failed accept() as often as select() returns. */
static void libraries_pass_the_brake_too(void)
{
	FILE *out = tmpfile();
	int kept = dup(STDERR_FILENO), lines = 0, first = 0;
	char line[200];

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	log_brakes_reset();
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
	CU_ASSERT(first >= 10 && first <= 25); /* ten, and one for each two seconds this took */
	CU_ASSERT(lines > first && lines <= first + 20);
	CU_ASSERT_PTR_NOT_NULL(strstr(line, "library error: something else"));
	fclose(out);
	log_brakes_reset();
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
	{"libraries_pass_the_brake_too", libraries_pass_the_brake_too},
	{"categories_by_name", categories_by_name},
	{NULL, NULL},
};
const struct test_suite suite_log = {"log", cases};
