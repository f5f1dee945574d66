/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/suggest.h"
#include "tests/cfg/media.h"

#include <limits.h>
#include <string.h>

static void distances(void)
{
	static const struct {
		const char *a, *b;
		unsigned want;
	} rows[] = {
		{"", "", 0},
		{"", "abc", 3},
		{"secret", "secret", 0},
		{"secrt", "secret", 1},	  /* one missing */
		{"secreet", "secret", 1}, /* one too many */
		{"sacret", "secret", 1},  /* one other */
		{"sercet", "secret", 1},  /* two swapped */
		{"SECRET", "secret", 0},  /* case */
		{"max_calls", "max-calls", 0},
		{"kitten", "sitting", 3},
		{"ca", "abc", 3}, /* optimal string alignment, not full Damerau */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_EQUAL(suggest_distance(rows[i].a, rows[i].b), rows[i].want);
		CU_ASSERT_EQUAL(suggest_distance(rows[i].b, rows[i].a), rows[i].want);
	}
}

static void long_names_are_far(void)
{
	char name[65] = "";

	memset(name, 'a', 63);
	CU_ASSERT_EQUAL(suggest_distance(name, name), 0);
	memset(name, 'a', 64);
	CU_ASSERT_EQUAL(suggest_distance(name, name), UINT_MAX);
}

static const char *nearest(const char *written, const char *words, char buf[64])
{
	struct suggest s;

	suggest_init(&s, written);
	suggest_offer_words(&s, words, buf, 64);
	return s.best ? s.best : "-";
}

static void nearest_word(void)
{
	char buf[64];

	ASSERT_TEXT(nearest("notce", "debug info notice error", buf), "notice");
	ASSERT_TEXT(nearest("inf", "debug info notice error", buf), "info");
	ASSERT_TEXT(nearest("zebra", "debug info notice error", buf), "-");
	ASSERT_TEXT(nearest("", "debug info", buf), "-");
	/* the nearer one wins wherever it stands, and of two equally near the first */
	ASSERT_TEXT(nearest("hold", "hello holds hold", buf), "hold");
	ASSERT_TEXT(nearest("bold", "hold cold", buf), "hold");
	/* a short name is not replaced by something that shares nothing with it */
	ASSERT_TEXT(nearest("x", "y z", buf), "-");
}

static const struct test_case cases[] = {
	{"distances", distances},
	{"long_names_are_far", long_names_are_far},
	{"nearest_word", nearest_word},
	{NULL, NULL},
};
const struct test_suite suite_suggest = {"suggest", cases};
