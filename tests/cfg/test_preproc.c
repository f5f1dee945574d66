/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/load.h"
#include "cfg/names.h"
#include "cfg/parts.h"
#include "cfg/preproc.h"
#include "tests/cfg/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void braces_balance(void)
{
	ASSERT_TOLD("pool p {\nranges = \"10.0.0.0/8\"\n",
		    "t:1: pool p: this section is never closed: `}` is missing\n");
	ASSERT_TOLD("pool p { ranges = \"10.0.0.0/8\" }\n}\n",
		    "t:2: top level: this `}` closes nothing\n");
	ASSERT_TOLD("\n{\n}\n", "t:2: top level: `{` without the name of a section before it\n");
	/* cut off inside a circuit: both sections are open */
	ASSERT_TOLD("line l {\nlink = x\ndlci 100 { cir = 1",
		    "t:1: line l: this section is never closed: `}` is missing\n"
		    "t:3: line l: dlci 100: this section is never closed: `}` is missing\n");
}

/* The trap: `peer b` would be inside `peer a`, and all behind it too. */
static void a_forgotten_brace_ends_at_the_next_section(void)
{
	ASSERT_TOLD("peer a {\n  secret = x\npeer b {\n  hostname = b secrt = y\n}\npool p { }\n",
		    "t:1: peer a: this section is never closed: `}` is missing\n"
		    "t:4: peer b: unknown key `secrt`, did you mean `secret`?\n"
		    "t:6: pool p: needs `ranges` or `delegate`\n");
}

static void lists(void)
{
	ASSERT_TOLD("pool p { ranges = { \"10.0.0.0/8\" \"11.0.0.0/8\" } }",
		    "t:1: pool p: ranges: a comma is missing in the list\n");
	ASSERT_TOLD("pool p { ranges = { , \"11.0.0.0/8\" } }",
		    "t:1: pool p: ranges: nothing before the comma\n");
	ASSERT_TOLD("pool p { ranges = { } }", "t:1: pool p: ranges: the list is empty\n");
	ASSERT_TOLD("pool p { ranges = { \"10.0.0.0/8\", \n \"11.0.0.0/8\", } }", "");
	ASSERT_TOLD("pool p { ranges = { \"10.0.0.0/8\"\n}\nworkers = x\n",
		    "t:1: pool p: this section is never closed: `}` is missing\n"
		    "t:3: pool p: unknown key `workers`, it belongs in `top level`\n");
	ASSERT_TOLD("service s { local = 10.0.0.1 auth = { chap\n mtu = 1400\n }\n",
		    "t:1: service s: auth: the list is not closed: `}` is missing\n");
}

static void equals_and_values(void)
{
	ASSERT_TOLD("workers\n", "t:1: top level: `=` is missing after `workers`\n");
	ASSERT_TOLD("peer a { secret \"x\" }", "t:1: peer a: `=` is missing after `secret`\n");
	ASSERT_TOLD("workers =\nmax-tunnels = 5\n", "t:1: workers: no value after `=`\n");
	ASSERT_TOLD("= 5\nworkers = 1\n",
		    "t:1: top level: `=` without the name of a key before it\n");
	ASSERT_TOLD(
		"workers = 1,2\n",
		"t:1: top level: a comma stands only between the values of a list: `{ a, b }`\n");
	ASSERT_TOLD("\"workers\" = 1\n",
		    "t:1: top level: text that is neither `key = value` nor `section { ... }`\n");
	ASSERT_TOLD("pool\n", "t:1: top level: `{` is missing after `pool`\n");
	ASSERT_TOLD("what is this\n",
		    "t:1: top level: text that is neither `key = value` nor `section { ... }`\n");
	ASSERT_TOLD("workers += 1\n", "t:1: top level: `=` is missing after `workers`\n");
}

static void depth_is_bounded(void)
{
	char text[4096] = "";

	for (unsigned i = 0; i < 300; i++)
		strcat(text, "a {");
	for (unsigned i = 0; i < 300; i++)
		strcat(text, "}");
	ASSERT_TOLD(text, "t:1: a: a: a: a: a: a: a: a: sections nested more than 8 deep\n"
			  "t:1: top level: unknown section `a`\n");
	/* one without a name is as deep as others, and what is closed counts no more */
	ASSERT_TOLD("{ a { a { a { a { a { a { a { a { } } } } } } } } }",
		    "t:1: top level: `{` without the name of a section before it\n"
		    "t:1: ?: a: a: a: a: a: a: a: sections nested more than 8 deep\n");
	ASSERT_TOLD("{ } { } { a { a { a { a { a { a { a { } } } } } } } }",
		    "t:1: top level: `{` without the name of a section before it\n"
		    "t:1: top level: `{` without the name of a section before it\n"
		    "t:1: top level: `{` without the name of a section before it\n");
}

static void preproc_titles(void)
{
	setenv("IST_TEST_A", "a", 1);
	ASSERT_TOLD("peer ${IST_TEST_A} { }",
		    "t:1: top level: the name of a section cannot come from the environment\n");
	ASSERT_TOLD("peer ${IST_TEST_A} { hullo = 1s }",
		    "t:1: top level: the name of a section cannot come from the environment\n"
		    "t:1: peer ?: unknown key `hullo`, did you mean `hello`?\n");
	ASSERT_TOLD("peer \"a\\q\" { }",
		    "t:1: top level: unknown escape after `\\` in a quoted text, known are \\\" "
		    "\\\\ \\$ "
		    "\\n \\t \\r \\xHH; single quotes take all as it stands\n");
}

/* The spelling for libconfuse: everything on its own line, all values quoted, no comments. */
static void plain_spelling(void)
{
	static const char text[] = "# one\n"
				   "workers = 2 # two\n"
				   "\n"
				   "pool p { ranges = { 10.0.0.0/8,\n"
				   "   11.0.0.0/8 } }\n"
				   "sw x {\n"
				   "  accept 3110* { service = 's\"$\\' }\n"
				   "}\n"
				   "wrong = 1 host-name = \"a\\x07b\"\n";
	struct cfg_load l;

	cfg_load_init(&l, "t", media);
	cfg_parts_text(&l, text, strlen(text));
	cfg_outline(&l);
	cfg_names(&l);
	ASSERT_TEXT(cfg_plain(&l), "\nworkers = \"2\"\n"
				   "\n"
				   "pool { ranges = { \"10.0.0.0/8\",\n"
				   "\"11.0.0.0/8\" } }\n"
				   "sw {\n"
				   "accept { service = \"s\\\"\\$\\\\\" } }\n"
				   "\n"
				   "host-name = \"a\\x07b\"\n");
	cfg_load_drop(&l);
}

static const struct test_case cases[] = {
	{"braces_balance", braces_balance},
	{"a_forgotten_brace_ends_at_the_next_section", a_forgotten_brace_ends_at_the_next_section},
	{"lists", lists},
	{"equals_and_values", equals_and_values},
	{"depth_is_bounded", depth_is_bounded},
	{"titles", preproc_titles},
	{"plain_spelling", plain_spelling},
	{NULL, NULL},
};
const struct test_suite suite_preproc = {"preproc", cases};
