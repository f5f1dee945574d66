/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/keys.h"
#include "tests/cfg/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A mark for every section of the top level. */
#define MARKS                                                                             \
	".\\\" keys top\n.\\\" keys vty\n.\\\" keys control\n.\\\" keys log\n.\\\" keys " \
	"peer\n.\\\" keys pool\n"                                                         \
	".\\\" keys radius\n.\\\" keys filter\n.\\\" keys service\n.\\\" keys user\n"     \
	".\\\" keys client\n.\\\" keys route\n.\\\" keys outgoing\n.\\\" keys metrics\n"

static char *page;

static bool man_make(const char *text)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r"), *out;
	size_t len;
	bool whole;

	free(page);
	out = open_memstream(&page, &len);
	if (!in || !out)
		abort();
	whole = cfg_print_man(out, in, media);
	fclose(in);
	fclose(out);
	return whole;
}

static void man_end_of_test(void)
{
	free(page);
	page = NULL;
}

static bool man_has(const char *text)
{
	bool there = strstr(page, text) != NULL;

	if (!there)
		printf("\n      not in the page: %s\n", text);
	return there;
}

static void text_stays_and_keys_come(void)
{
	CU_ASSERT_TRUE(man_make(".TH X\n" MARKS "between\n.\\\" keys ports\nafter\n"));
	CU_ASSERT_EQUAL(strncmp(page, ".TH X\n.RS\n.TP\n\\fB", 17), 0);
	CU_ASSERT_TRUE(man_has("\n.RE\nbetween\n.PP\n"));
	CU_ASSERT_TRUE(man_has("\n.RE\nafter\n"));
	CU_ASSERT_PTR_NULL(strstr(page, "\" keys"));
	man_end_of_test();
}

/* Kind, list, default and mark; a hyphen as it is typed. */
static void a_key_has_all_its_words(void)
{
	CU_ASSERT_TRUE(man_make(MARKS ".\\\" keys ports\n"));
	CU_ASSERT_TRUE(man_has("\n\\fBretransmit\\fR = \\fItime, 50ms to 1m\\fR\n"));
	CU_ASSERT_TRUE(man_has("\n(default: 1s; live)\n"));
	CU_ASSERT_TRUE(man_has("\n\\fBranges\\fR = \\fIprefix\\fR, or a list\n"));
	CU_ASSERT_TRUE(man_has("\n(required; new\\-calls)\n"));
	CU_ASSERT_TRUE(man_has(".PP\n\\fBline\\fR \\fINAME\\fR { ... }\n.br\na port of transport "
			       "line\n.RS\n"));
	CU_ASSERT_TRUE(man_has(".PP\n\\fBserver\\fR \\fIADDRESS\\fR { ... }\n"));
	CU_ASSERT_TRUE(man_has(".PP\n\\fBaccept\\fR \\fIPATTERN\\fR { ... }\n"));
	man_end_of_test();
}

static void a_page_without_a_section_is_refused(void)
{
	CU_ASSERT_FALSE(man_make(MARKS));
	CU_ASSERT_FALSE(man_make(MARKS ".\\\" keys ports\n.\\\" keys user\n"));
	CU_ASSERT_FALSE(man_make(MARKS ".\\\" keys ports\n.\\\" keys pear\n"));
	man_end_of_test();
}

static const struct test_case cases[] = {
	{"text_stays_and_keys_come", text_stays_and_keys_come},
	{"a_key_has_all_its_words", a_key_has_all_its_words},
	{"a_page_without_a_section_is_refused", a_page_without_a_section_is_refused},
	{NULL, NULL},
};
const struct test_suite suite_man = {"man", cases};
