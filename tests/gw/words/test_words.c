/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/words/words.h"

#include "tests/harness.h"
#include <string.h>

static void quoted(void)
{
	static const uint8_t octets[] = {'a', ' ', '"', '\\', 0, 0x7f, 0xff, '~'};
	struct words w = {0};

	words_quoted(&w, octets, sizeof(octets));
	CU_ASSERT_STRING_EQUAL(w.text, "\"a \\x22\\x5c\\x00\\x7f\\xff~\"");
	CU_ASSERT_EQUAL(w.len, strlen(w.text));
}

static void hex(void)
{
	uint8_t octets[40] = {0x0f, 0xf0};
	struct words w = {0};

	words_hex(&w, octets, 0);
	words_add(&w, " ");
	words_hex(&w, octets, 2);
	words_add(&w, " ");
	words_hex(&w, octets, 33);
	CU_ASSERT_STRING_EQUAL(w.text, "nothing 0ff0 "
				       "0ff0000000000000000000000000000000000000000000000000000000"
				       "000000... (33 octets)");
}

static void names(void)
{
	static const struct words_name table[] = {{1, "one"}, {3, "three"}, {0, NULL}};
	struct words w = {0};

	words_name(&w, table, 3, "number");
	words_add(&w, " ");
	words_name(&w, table, 2, "number");
	CU_ASSERT_STRING_EQUAL(w.text, "three number 2");
}

/* A line has its end wherever it is cut, and nothing follows that. */
static void a_line_that_is_too_long(void)
{
	char text[WORDS_MAX + 2];
	struct words w;

	memset(text, 'x', sizeof(text));
	for (size_t len = WORDS_MAX - 2; len < sizeof(text); len++) {
		w.len = 0;
		text[len] = '\0';
		words_add(&w, "%s", text);
		if (len <= WORDS_MAX) {
			CU_ASSERT_EQUAL(w.len, len);
			CU_ASSERT_STRING_EQUAL(w.text, text);
		}
		words_add(&w, "%s", "more than there is room for");
		CU_ASSERT_EQUAL(strlen(w.text), WORDS_MAX + 3);
		CU_ASSERT_STRING_EQUAL(w.text + WORDS_MAX, "...");
		CU_ASSERT_TRUE(w.len > WORDS_MAX);
		words_quoted(&w, (const uint8_t *)"x", 1);
		CU_ASSERT_EQUAL(strlen(w.text), WORDS_MAX + 3);
		text[len] = 'x';
	}
}

static const struct test_case cases[] = {
	{"quoted", quoted}, {"hex", hex},
	{"names", names},   {"a_line_that_is_too_long", a_line_that_is_too_long},
	{NULL, NULL},
};
const struct test_suite suite_words = {"words", cases};
