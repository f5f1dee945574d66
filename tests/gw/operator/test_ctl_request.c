/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_request.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

static char words[CTL_WORDS_MAX];

static bool request_reads(const char *line)
{
	struct ctl_request r;
	bool good = ctl_request_read(&r, line, strlen(line), words);

	if (good)
		ctl_request_free(&r);
	return good;
}

static void a_request_has_a_command_and_arguments(void)
{
	static const char *const good[] = {
		"{\"command\":\"x\"}",
		" { \"arguments\" : {} , \"command\" : \"x\" } ",
		"{\"command\":\"\"}",
	};
	static const char *const bad[] = {
		"",
		"x",
		"1",
		"[]",
		"{}",
		"{\"command\":1}",
		"{\"command\":\"x\",\"command\":\"x\"}",
		"{\"command\":\"x\",\"more\":1}",
		"{\"command\":\"x\",\"arguments\":[]}",
		"{\"arguments\":{}}",
		"{\"command\":\"x\"} {}",
		"{\"command\":\"\xff\"}",
		"{\"command\":\"x\\u0000\"}",
	};

	for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_TRUE(request_reads(good[i]));
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		*words = '\0';
		CU_ASSERT_FALSE(request_reads(bad[i]));
		CU_ASSERT_NOT_EQUAL(*words, '\0');
	}
}

static void its_parts_are_found(void)
{
	static const char line[] =
		"{\"command\":\"do\",\"arguments\":{\"n\":7,\"who\":\"ann\",\"y\":true,"
		"\"z\":false,\"w\":[\"to\",\"file\"]}}";
	const char *word[2] = {NULL, NULL};
	struct ctl_request r;

	CU_ASSERT_TRUE_FATAL(ctl_request_read(&r, line, strlen(line), words));
	CU_ASSERT_STRING_EQUAL(r.command, "do");
	CU_ASSERT_EQUAL(ctl_request_number(r.arguments, "n", 1), 7);
	CU_ASSERT_EQUAL(ctl_request_number(r.arguments, "m", 1), 1);
	CU_ASSERT_STRING_EQUAL(ctl_request_text(r.arguments, "who"), "ann");
	CU_ASSERT_PTR_NULL(ctl_request_text(r.arguments, "whom"));
	CU_ASSERT_PTR_NULL(ctl_request_text(NULL, "who"));
	CU_ASSERT_TRUE(ctl_request_boolean(r.arguments, "y"));
	CU_ASSERT_FALSE(ctl_request_boolean(r.arguments, "z"));
	CU_ASSERT_FALSE(ctl_request_boolean(r.arguments, "x"));
	CU_ASSERT_FALSE(ctl_request_boolean(NULL, "y"));
	CU_ASSERT_EQUAL(ctl_request_words(r.arguments, "w", word, 2), 2);
	CU_ASSERT_STRING_EQUAL(word[0], "to");
	CU_ASSERT_STRING_EQUAL(word[1], "file");
	CU_ASSERT_EQUAL(ctl_request_words(r.arguments, "w", word, 1), 1);
	CU_ASSERT_EQUAL(ctl_request_words(NULL, "w", word, 2), 0);
	ctl_request_free(&r);
}

static const struct ctl_arg args[] = {
	{"id", CTL_ARG_NUMBER, .required = true, .least = 1, .most = 65535, .help = ""},
	{"who", CTL_ARG_TEXT, .least = 1, .most = 3, .help = ""},
	{"match", CTL_ARG_OBJECT, .help = ""},
	{"dry-run", CTL_ARG_BOOLEAN, .help = ""},
	{"password", CTL_ARG_SECRET, .most = 3, .help = ""},
	{"what", CTL_ARG_WORDS, .least = 1, .most = 2, .help = ""},
};

static void arguments_fit_their_rows(void)
{
	static const struct {
		const char *text, *words; /* NULL = they fit */
	} rows[] = {
		{"{\"id\":1}", NULL},
		{"{\"id\":65535,\"who\":\"ann\",\"match\":{}}", NULL},
		{"{}", "id is missing"},
		{"{\"id\":0}", "id is a number, 1 to 65535"},
		{"{\"id\":65536}", "id is a number, 1 to 65535"},
		{"{\"id\":1.0}", "id is a number, 1 to 65535"},
		{"{\"id\":\"1\"}", "id is a number, 1 to 65535"},
		{"{\"id\":null}", "id is a number, 1 to 65535"},
		{"{\"id\":1,\"who\":\"\"}", "who is a text of octets, 1 to 3"},
		{"{\"id\":1,\"who\":\"anna\"}", "who is a text of octets, 1 to 3"},
		{"{\"id\":1,\"who\":1}", "who is a text of octets, 1 to 3"},
		{"{\"id\":1,\"match\":[]}", "match is an object"},
		{"{\"id\":1,\"dry-run\":true}", NULL},
		{"{\"id\":1,\"dry-run\":false}", NULL},
		{"{\"id\":1,\"password\":\"\"}", NULL},
		{"{\"id\":1,\"password\":\"four\"}", "password is a text of octets, 0 to 3"},
		{"{\"id\":1,\"what\":[\"a\",\"\"]}", NULL},
		{"{\"id\":1,\"what\":[]}", "what is an array of texts, 1 to 2"},
		{"{\"id\":1,\"what\":[\"a\",\"b\",\"c\"]}", "what is an array of texts, 1 to 2"},
		{"{\"id\":1,\"what\":[1]}", "what is an array of texts, 1 to 2"},
		{"{\"id\":1,\"what\":\"a\"}", "what is an array of texts, 1 to 2"},
		{"{\"id\":1,\"dry-run\":1}", "dry-run is true or false"},
		{"{\"id\":1,\"dry-run\":\"true\"}", "dry-run is true or false"},
		{"{\"id\":1,\"ID\":1}", "no argument of this command: ID"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *a = json_loads(rows[i].text, 0, NULL);

		CU_ASSERT_EQUAL(ctl_request_fits(a, args, 6, words), !rows[i].words);
		if (rows[i].words)
			CU_ASSERT_STRING_EQUAL(words, rows[i].words);
		json_decref(a);
	}
	CU_ASSERT_FALSE(ctl_request_fits(NULL, args, 6, words));
	CU_ASSERT_TRUE(ctl_request_fits(NULL, args + 1, 5, words));
	CU_ASSERT_TRUE(ctl_request_fits(NULL, NULL, 0, words));
}

static const struct test_case cases[] = {
	{"a_request_has_a_command_and_arguments", a_request_has_a_command_and_arguments},
	{"its_parts_are_found", its_parts_are_found},
	{"arguments_fit_their_rows", arguments_fit_their_rows},
	{NULL, NULL},
};
const struct test_suite suite_ctl_request = {"ctl_request", cases};
