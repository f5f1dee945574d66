/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/report.h"
#include "cfg/load.h"
#include "tests/cfg/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines in order, whichever step found the mistake. */
static void mistakes_in_order_of_lines(void)
{
	ASSERT_TOLD("peer a { service = s }\n"			       /* a reference */
		    "worker = 1\n"				       /* a name */
		    "vty { listen = x }\n"			       /* a value */
		    "pool p { ranges = { 10.0.0.0/8, 10.0.0.0/8 } }\n" /* the meaning */
		    "max-tunnels\n",				       /* the shape */
		    "t:1: peer a: service: there is no service `s`\n"
		    "t:2: top level: unknown key `worker`, did you mean `workers`?\n"
		    "t:3: vty: listen: `x` is not an address and port, as in 127.0.0.1:4246\n"
		    "t:4: pool p: ranges: `10.0.0.0/8` overlaps `10.0.0.0/8` of pool `p`\n"
		    "t:5: top level: `=` is missing after `max-tunnels`\n");
}

static void more_mistakes_than_anyone_reads(void)
{
	static struct told t;
	char text[250 * 6 + 1] = "";
	unsigned lines = 0;

	for (unsigned i = 0; i < 250; i++)
		strcat(text, "z = 1\n");
	tell(&t, text);
	CU_ASSERT_EQUAL(t.faults, 250);
	for (const char *p = t.text; *p; p++)
		lines += *p == '\n';
	CU_ASSERT_EQUAL(lines, 201);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.text, "\nt: and 50 more mistakes\n"));
}

/* Every way we know of to get a secret wrong; "hush" is it, or part of it. */
static void secrets_are_never_shown(void)
{
	static const char *const texts[] = {
		"peer a { secret = hush }\nx = 1",
		"peer a { secret = \"hush\" secret = hush }",
		"peer a { secret = my hush }",
		"peer a { secret = my hush = 1 }",
		"peer a { secret = my hush { } }",
		"peer a { secret = \"my hush }",
		"peer a { secret = \"my\nhush\" }\n",
		"peer a { secret = \"my\nhush = 1\" }\n",
		"peer a { secret = \"my\nhush { }\" }\n",
		"peer a { secret = 'my hush }",
		"peer a { secret hush }",
		"peer a { secret \"hush\" }",
		"peer a { secrt = hush }",
		"peer a { secret = my,hush }",
		"peer a { secret = my;hush }",
		"peer a { secret = my#hush }",
		"peer a { secret = my\"hush\" }",
		"peer a { secret = my=hush }",
		"peer a { secret = {hush} }",
		"peer a { secret = { my, hush } }",
		"peer a { secret = \"\\q hush\" }",
		"peer a { secret =\n hush }",
		"peer a { secret = ${IST_TEST_SECRET} window = 0 }",
		"peer a { window = \"${IST_TEST_SECRET}\" dial = \"${IST_TEST_SECRET}\" }",
		"peer a { service = \"${IST_TEST_SECRET}\" suppress = \"${IST_TEST_SECRET}\" }",
		"peer \"${IST_TEST_SECRET}\" { }",
		"${IST_TEST_SECRET} = 1",
		"user u { secret = \"${IST_TEST_UNSET:-hush}${IST_TEST_UNSET}\" }",
		"net n { listen = \"${IST_TEST_SECRET}\" rcvbuf = \"${IST_TEST_SECRET}\" }",
		"client c { tun = \"/${IST_TEST_SECRET}\" user = \"${IST_TEST_SECRET}\" }",
		"service s { local = 10.0.0.1 tun = \"/${IST_TEST_SECRET}\" }",
	};
	static struct told t;

	setenv("IST_TEST_SECRET", "hush/", 1);
	unsetenv("IST_TEST_UNSET");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		tell(&t, texts[i]);
		CU_ASSERT(t.faults > 0);
		CU_ASSERT_PTR_NULL(strstr(t.text, "hush"));
		CU_ASSERT_PTR_NULL(strstr(t.warned, "hush"));
		if (!t.faults || strstr(t.text, "hush"))
			printf("\n--- for %s\n%s", texts[i], t.text);
		told_end(&t);
	}
}

static void what_is_shown_is_printable(void)
{
	ASSERT_TOLD("workers = \"\x1b[2Jx\"",
		    "t:1: workers: `?[2Jx` is neither `auto` nor a number from 0 to 64\n");
	ASSERT_TOLD("workers = '"
		    "123456789 123456789 123456789 123456789 123456789 123456789 123456789'",
		    "t:1: workers: `123456789 123456789 123456789 123456789 123456789 123456789 "
		    "...` is "
		    "neither `auto` nor a number from 0 to 64\n");
}

/* Beside mistakes, in the order of lines, and not counted. */
static void warnings_are_no_mistakes(void)
{
	static struct told t;
	struct cfg_load l;

	memset(&t, 0, sizeof(t));
	cfg_load_init(&l, "t", media);
	l.root = arena_get(l.scratch, sizeof(*l.root));
	cfg_warn(&l, 3, l.root, "%s", "third");
	cfg_warn(&l, 1, NULL, "whole");
	CU_ASSERT_EQUAL(cfg_load_report(&l, told_add, &t), 0);
	ASSERT_TEXT(t.warned, "t: warning: whole\nt:3: top level: warning: third\n");
	ASSERT_TEXT(t.text, "");
	CU_ASSERT_PTR_NOT_NULL(l.m);
	cfg_unload(l.m);
	memset(&t, 0, sizeof(t));
	cfg_load_init(&l, "t", media);
	l.root = arena_get(l.scratch, sizeof(*l.root));
	cfg_warn(&l, 2, l.root, "two");
	cfg_wrong(&l, 1, l.root, "one");
	CU_ASSERT_EQUAL(cfg_load_report(&l, told_add, &t), 1);
	ASSERT_TEXT(t.text, "t:1: top level: one\n");
	ASSERT_TEXT(t.warned, "t:2: top level: warning: two\n");
	CU_ASSERT_PTR_NULL(l.m);
}

/* As many as there may be of one kind leave room for the other. */
static void warnings_do_not_crowd_out_mistakes(void)
{
	static struct told t;
	struct cfg_load l;

	memset(&t, 0, sizeof(t));
	cfg_load_init(&l, "t", media);
	for (unsigned i = 0; i < CFG_FAULTS_MAX + 7; i++)
		cfg_warn(&l, 0, NULL, "w");
	for (unsigned i = 0; i < CFG_FAULTS_MAX; i++)
		cfg_wrong(&l, 0, NULL, "x");
	CU_ASSERT_EQUAL(cfg_load_report(&l, told_add, &t), CFG_FAULTS_MAX);
	CU_ASSERT_EQUAL(t.len,
			CFG_FAULTS_MAX * strlen("t: x\n") + strlen("t: and 7 more warnings\n"));
	CU_ASSERT_EQUAL(t.warned_len, CFG_FAULTS_MAX * strlen("t: warning: w\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.text, "\nt: and 7 more warnings\n"));
}

static const struct test_case cases[] = {
	{"mistakes_in_order_of_lines", mistakes_in_order_of_lines},
	{"more_mistakes_than_anyone_reads", more_mistakes_than_anyone_reads},
	{"secrets_are_never_shown", secrets_are_never_shown},
	{"what_is_shown_is_printable", what_is_shown_is_printable},
	{"warnings_are_no_mistakes", warnings_are_no_mistakes},
	{"warnings_do_not_crowd_out_mistakes", warnings_do_not_crowd_out_mistakes},
	{NULL, NULL},
};
const struct test_suite suite_report = {"report", cases};
