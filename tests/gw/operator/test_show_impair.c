/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `impair`, `no impair` and `show impair`: the commands; the words are in test_impair_parse.c. */
#include "tests/gw/operator/says.h"

#define SHOW_IMPAIR_CONF                          \
	"host-name = gw\n"                        \
	"udp a { listen = \"192.0.2.1:1701\" }\n" \
	"frame-relay fr0 { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"
#define SHOW_IMPAIR_HEAD                                                                         \
	"Port Circuit Way State Left Set Seed Frames Lost Delayed Reordered Twice Corrupt Full " \
	"Waiting Passed\n"

static void an_operator_impairs_a_port(void)
{
	vty_begin(SHOW_IMPAIR_CONF);
	CU_ASSERT_TRUE(vty_rows("show impair", SHOW_IMPAIR_HEAD));
	CU_ASSERT_TRUE(vty_equals("impair a loss 5% delay 20ms jitter 1500us rate 64k seed 7 for "
				  "60s",
				  "seed 7\n"));
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	CU_ASSERT_TRUE(vty_rows(
		"show impair", SHOW_IMPAIR_HEAD
		"a - in on 1m00s loss 5% delay 20ms jitter 1500us rate 64k 7 0 0 0 0 0 0 0 0 0\n"
		"a - out on 1m00s loss 5% delay 20ms jitter 1500us rate 64k 7 0 0 0 0 0 0 0 0 "
		"0\n"));
	CU_ASSERT_TRUE(vty_equals("no impair a in", ""));
	CU_ASSERT_TRUE(vty_equals("impair fr0 100 in corrupt 0.1% seed 8", "seed 8\n"));
	CU_ASSERT_TRUE(vty_rows(
		"show impair", SHOW_IMPAIR_HEAD
		"a - out on 1m00s loss 5% delay 20ms jitter 1500us rate 64k 7 0 0 0 0 0 0 0 0 0\n"
		"fr0 100 in on - corrupt 0.1% 8 0 0 0 0 0 0 0 0 0\n"));
	CU_ASSERT_TRUE(vty_equals("no impair a", ""));
	CU_ASSERT_TRUE(vty_equals("no impair fr0 100", ""));
	CU_ASSERT_TRUE(vty_rows("show impair", SHOW_IMPAIR_HEAD));
	vty_end();
}

/* Without a seed there is one, and it is told. */
static void a_seed_is_told(void)
{
	vty_begin(SHOW_IMPAIR_CONF);
	CU_ASSERT_TRUE(vty_matches("impair a out loss 1%", "seed [0-9]*\n"));
	vty_end();
}

static void what_cannot_be_impaired(void)
{
	static const char *const rows[][2] = {
		{"impair b loss 5%", "% impair: no such port\n"},
		{"impair fr0 x loss 5%",
		 "% impair: that is no address of a circuit of this port\n"},
		{"impair a loss 500%", "% impair: loss is a percentage, as 5% or 0.1%\n"},
		{"no impair b", "% no impair: no such port\n"},
		{"no impair a", "% no impair: it is not impaired\n"},
		{"no impair a 100 in out", "% no impair: PORT [CIRCUIT] [in|out]\n"},
	};

	vty_begin(SHOW_IMPAIR_CONF);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_TRUE(vty_equals(rows[i][0], rows[i][1]));
		CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	}
	vty_end();
}

static const struct test_case cases[] = {
	{"an_operator_impairs_a_port", an_operator_impairs_a_port},
	{"a_seed_is_told", a_seed_is_told},
	{"what_cannot_be_impaired", what_cannot_be_impaired},
	{NULL, NULL},
};
const struct test_suite suite_show_impair = {"show_impair", cases};
