/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_rows.h"

#include "tests/harness.h"

#include <stdlib.h>
#include <string.h>

static json_t *rows_columns, *rows_all;

static void rows_begin(void)
{
	rows_columns = json_loads("[{\"name\":\"user\",\"type\":\"text\"},"
				  "{\"name\":\"frames-in\",\"type\":\"number\"}]",
				  0, NULL);
	rows_all = json_loads("[{\"user\":\"cat\",\"frames-in\":7},"
			      "{\"user\":null,\"frames-in\":10},"
			      "{\"user\":\"ann\",\"frames-in\":null},"
			      "{\"user\":\"b\\u00e4r\\n\",\"frames-in\":7}]",
			      0, NULL);
	CU_ASSERT_TRUE_FATAL(rows_columns && rows_all);
}

static void rows_end(void)
{
	json_decref(rows_columns);
	json_decref(rows_all);
}

/* Which rows it takes, each as its number. */
static const char *rows_taken(const char *test)
{
	static char taken[8];
	struct ctl_test t;
	char *to = taken;
	json_t *row;
	size_t i;

	CU_ASSERT_PTR_NULL_FATAL(ctl_test_read(&t, test, rows_columns));
	json_array_foreach(rows_all, i, row)
	{
		if (ctl_test_holds(&t, row))
			*to++ = (char)('0' + i);
	}
	*to = '\0';
	return taken;
}

static void rows_by_a_test(void)
{
	static const struct {
		const char *test, *rows;
	} rows[] = {
		{"user=cat", "0"},    {"user!=cat", "123"},    {"user~a", "02"},
		{"user=-", "1"},      {"user!=-", "023"},      {"frames-in=7", "03"},
		{"frames-in=-", "2"}, {"frames-in!=7", "12"},  {"frames-in<10", "03"},
		{"frames-in>7", "1"}, {"frames-in>-1", "013"}, {"frames-in~1", "1"},
		{"user=", ""},	      {"user~", "0123"},
	};

	rows_begin();
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_STRING_EQUAL(rows_taken(rows[i].test), rows[i].rows);
	rows_end();
}

static void tests_that_are_none(void)
{
	static const struct {
		const char *test, *why;
	} rows[] = {
		{"user", "is not COLUMN=VALUE, COLUMN!=VALUE, COLUMN~PART, COLUMN<N or COLUMN>N"},
		{"users=ann", "names no column"},
		{"=ann", "names no column"},
		{"user<ann", "needs a column of numbers"},
		{"frames-in=x", "needs a number"},
		{"frames-in>", "needs a number"},
		{"frames-in<99999999999999999999", "needs a number"},
	};
	static char longest[300];
	struct ctl_test t;

	rows_begin();
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = ctl_test_read(&t, rows[i].test, rows_columns);

		CU_ASSERT_PTR_NOT_NULL_FATAL(why);
		CU_ASSERT_STRING_EQUAL(why, rows[i].why);
	}
	memset(longest, 'x', sizeof(longest) - 1);
	CU_ASSERT_STRING_EQUAL(ctl_test_read(&t, longest, rows_columns), "is too long");
	rows_end();
}

/* What the gateway is asked to leave out is what the test would have left out. */
static void tests_for_the_gateway(void)
{
	static const struct {
		const char *test, *value;
	} rows[] = {
		{"user=cat", "\"cat\""}, {"user=-", "null"},	{"frames-in=7", "7"},
		{"user!=cat", NULL},	 {"frames-in<7", NULL}, {"user~c", NULL},
		{"user=7", "\"7\""},
	};

	rows_begin();
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ctl_test t;
		json_t *v, *want = rows[i].value ? json_loads(rows[i].value, JSON_DECODE_ANY, NULL)
						 : NULL;

		CU_ASSERT_PTR_NULL(ctl_test_read(&t, rows[i].test, rows_columns));
		v = ctl_test_value(&t);
		CU_ASSERT_TRUE(v ? json_equal(v, want) : !want);
		json_decref(v);
		json_decref(want);
	}
	rows_end();
}

static char *rows_text;

static const char *rows_printed(void)
{
	size_t len;
	FILE *to = open_memstream(&rows_text, &len);

	ctl_rows_print(rows_all, rows_columns, to);
	fclose(to);
	return rows_text;
}

static void rows_in_order(void)
{
	static const struct {
		const char *column;
		bool down;
		const char *text;
	} rows[] = {
		/* what says nothing is last both ways, and the same stay as they were */
		{"frames-in", false,
		 "user  frames-in\ncat           7\nb\xc3\xa4r?          7\n-            10\nann   "
		 "     "
		 "   -\n"},
		{"frames-in", true,
		 "user  frames-in\n-            10\ncat           7\nb\xc3\xa4r?          7\nann   "
		 "     "
		 "   -\n"},
		{"user", false,
		 "user  frames-in\nann           -\nb\xc3\xa4r?          7\ncat           7\n-     "
		 "     "
		 "  10\n"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rows_begin();
		ctl_rows_order(rows_all, rows[i].column, rows[i].down);
		CU_ASSERT_STRING_EQUAL(rows_printed(), rows[i].text);
		free(rows_text);
		rows_end();
	}
}

static void no_rows_have_their_titles(void)
{
	rows_begin();
	json_array_clear(rows_all);
	ctl_rows_order(rows_all, "user", false);
	CU_ASSERT_STRING_EQUAL(rows_printed(), "user  frames-in\n");
	free(rows_text);
	rows_end();
}

static const struct test_case cases[] = {
	{"rows_by_a_test", rows_by_a_test},
	{"tests_that_are_none", tests_that_are_none},
	{"tests_for_the_gateway", tests_for_the_gateway},
	{"rows_in_order", rows_in_order},
	{"no_rows_have_their_titles", no_rows_have_their_titles},
	{NULL, NULL},
};
const struct test_suite suite_ctl_rows = {"ctl_rows", cases};
