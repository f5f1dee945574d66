/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_table.h"

#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ctl_thing {
	const char *name;
	uint64_t count;
	bool counted;
	uint64_t age; /* us */
};
static struct ctl_thing ctl_things[2500];
static unsigned n_ctl_things;

TABLE_TEXT(ctl_thing_name, ctl_thing, row->name)
TABLE_NUMBER_IF(ctl_thing_count, ctl_thing, row->counted, row->count)
TABLE_TIME(ctl_thing_age, ctl_thing, true, row->age)
static const struct table_column table_ctl_things_columns[] = {
	{"Name", "name", TABLE_LEFT, TABLE_WORDS(ctl_thing_name)},
	{"Count", "count", TABLE_RIGHT, TABLE_COUNT(ctl_thing_count)},
	{"Age", "age-seconds", TABLE_RIGHT, TABLE_COUNT(ctl_thing_age)},
};
static void table_ctl_things_rows(struct gw *gw, struct table_sink *to)
{
	(void)gw;
	for (unsigned i = 0; i < n_ctl_things; i++)
		table_row(to, &ctl_things[i]);
}
static TABLE(table_ctl_things, "ctl-things");

static struct ctl_text ctl_out;
static char ctl_words[CTL_WORDS_MAX];
static enum ctl_result ctl_result;

static const char *ctl_table_says(const char *arguments)
{
	json_t *a = arguments ? json_loads(arguments, 0, NULL) : NULL;

	ctl_text_free(&ctl_out);
	ctl_result = ctl_table(&table_ctl_things, NULL, a, &ctl_out, ctl_words);
	ctl_text_add(&ctl_out, "", 1);
	json_decref(a);
	return ctl_out.at;
}

static void ctl_table_three(void)
{
	ctl_things[0] = (struct ctl_thing){"a\"\xe4", UINT64_MAX, true, 61999999};
	ctl_things[1] = (struct ctl_thing){"", 5, false, 0};
	ctl_things[2] = (struct ctl_thing){"-", 0, true, 1000000};
	n_ctl_things = 3;
}

static void cells_are_typed(void)
{
	ctl_table_three();
	CU_ASSERT_STRING_EQUAL(
		ctl_table_says(NULL),
		"{\"rows\":["
		"{\"name\":\"a\\\"\\\\xe4\",\"count\":9223372036854775807,\"age-seconds\":61},"
		"{\"name\":null,\"count\":null,\"age-seconds\":0},"
		"{\"name\":null,\"count\":0,\"age-seconds\":1}],\"next\":null}");
	CU_ASSERT_EQUAL(ctl_result, CTL_DONE);
	CU_ASSERT_STRING_EQUAL(ctl_words, "3 rows");
	ctl_text_free(&ctl_out);
}

static void rows_that_match(void)
{
	ctl_table_three();
	CU_ASSERT_STRING_EQUAL(ctl_table_says("{\"match\":{\"name\":null,\"age-seconds\":1}}"),
			       "{\"rows\":[{\"name\":null,\"count\":0,\"age-seconds\":1}],"
			       "\"next\":null}");
	CU_ASSERT_STRING_EQUAL(ctl_words, "1 row");
	ctl_table_says("{\"match\":{\"age-seconds\":\"1\"}}");
	CU_ASSERT_EQUAL(ctl_result, CTL_NOTHING);
	ctl_table_says("{\"match\":{\"age\":1}}");
	CU_ASSERT_EQUAL(ctl_result, CTL_REFUSED);
	CU_ASSERT_STRING_EQUAL(ctl_words, "no column of this table: age");
	n_ctl_things = 0;
	CU_ASSERT_STRING_EQUAL(ctl_table_says(NULL), "{\"rows\":[],\"next\":null}");
	CU_ASSERT_EQUAL(ctl_result, CTL_DONE);
	ctl_text_free(&ctl_out);
}

/* Each row once, in answers of which none is too long. */
static void long_tables_come_in_pieces(const char *format, unsigned answers)
{
	unsigned seen = 0, n = 0;
	json_int_t next = 0;

	for (; n < 100; n++) {
		char arguments[80];
		json_t *a, *row, *at;
		size_t i;

		snprintf(arguments, sizeof(arguments), format, (long long)next);
		a = json_loads(ctl_table_says(arguments), 0, NULL);
		CU_ASSERT_PTR_NOT_NULL_FATAL(a);
		json_array_foreach(json_object_get(a, "rows"), i, row)
			CU_ASSERT_EQUAL(json_integer_value(json_object_get(row, "count")), seen++);
		at = json_object_get(a, "next");
		next = json_is_integer(at) ? json_integer_value(at) : 0;
		json_decref(a);
		CU_ASSERT_TRUE(ctl_out.len < CTL_ANSWER_MAX + 1000);
		if (!next)
			break;
	}
	CU_ASSERT_EQUAL(n + 1, answers);
	CU_ASSERT_EQUAL(seen, 2500);
}

static void pieces_of_a_long_table(void)
{
	static char name[240];

	memset(name, 'n', sizeof(name) - 1);
	n_ctl_things = 2500;
	for (unsigned i = 0; i < n_ctl_things; i++)
		ctl_things[i] = (struct ctl_thing){"abc", i, true, 0};
	long_tables_come_in_pieces("{\"from\":%lld}", 3);
	long_tables_come_in_pieces("{\"from\":%lld,\"limit\":100}", 25);
	for (unsigned i = 0; i < n_ctl_things; i++)
		ctl_things[i].name = name;
	/* 278 octets a row: 944 of them are more than CTL_ANSWER_MAX */
	long_tables_come_in_pieces("{\"from\":%lld}", 3);
	ctl_text_free(&ctl_out);
}

static void columns_are_told(void)
{
	json_t *f = ctl_table_fields(&table_ctl_things);
	char *text = json_dumps(f, JSON_COMPACT);

	CU_ASSERT_STRING_EQUAL(text, "[{\"name\":\"name\",\"type\":\"text\"},"
				     "{\"name\":\"count\",\"type\":\"number\"},"
				     "{\"name\":\"age-seconds\",\"type\":\"number\"}]");
	free(text);
	json_decref(f);
}

static const struct test_case cases[] = {
	{"cells_are_typed", cells_are_typed},
	{"rows_that_match", rows_that_match},
	{"pieces_of_a_long_table", pieces_of_a_long_table},
	{"columns_are_told", columns_are_told},
	{NULL, NULL},
};
const struct test_suite suite_ctl_table = {"ctl_table", cases};
