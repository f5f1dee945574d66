/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/table.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

static char out[4096];

static void table_collect(void *ctx, const char *line)
{
	size_t n = strlen(out);

	(void)ctx;
	snprintf(out + n, sizeof(out) - n, "%s\n", line);
}

static void columns_are_as_wide_as_their_widest_cell(void)
{
	struct table *t = table_new("Name|>Count|Words");

	out[0] = '\0';
	table_cell(t, "%s", "a");
	table_cell(t, "%u", 12345678u);
	table_cell(t, "%s", "");
	table_cell(t, "%s", "longer");
	table_cell(t, "%u", 7u);
	table_cell(t, "%s", "no blanks behind");
	table_end(t, table_collect, NULL);
	CU_ASSERT_STRING_EQUAL(out, "Name       Count  Words\n"
				    "a       12345678  -\n"
				    "longer         7  no blanks behind\n");
}

static void many_rows(void)
{
	struct table *t = table_new(">N|x");
	unsigned i;

	out[0] = '\0';
	for (i = 0; i < 200; i++) {
		table_cell(t, "%u", i);
		table_cell(t, "x");
	}
	table_end(t, table_collect, NULL);
	CU_ASSERT_EQUAL(strlen(out), 201 * strlen("199  x\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "\n199  x\n"));
}

static const struct test_case cases[] = {
	{"columns_are_as_wide_as_their_widest_cell", columns_are_as_wide_as_their_widest_cell},
	{"many_rows", many_rows},
	{NULL, NULL},
};
const struct test_suite suite_table = {"table", cases};
