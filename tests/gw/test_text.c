/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/text.h"
#include "tests/harness.h"

#include <string.h>

static void nothing_of_a_peer_reaches_a_terminal_raw(void)
{
	static const struct {
		const char *in;
		size_t len;
		const char *out;
	} rows[] = {
		{"lac-1.example", 13, "lac-1.example"},
		{"", 0, ""},
		{" ~}", 3, " ~}"},
		{"\x1f\x7f", 2, "\\x1f\\x7f"},
		{"a\nb", 3, "a\\x0ab"},
		{"\x1b[2J", 4, "\\x1b[2J"},
		{"\0\x7f\x80\xff", 4, "\\x00\\x7f\\x80\\xff"},
		{"back\\slash", 10, "back\\x5cslash"},
	};
	char buf[64];
	unsigned i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_STRING_EQUAL(gw_printable(buf, sizeof(buf), rows[i].in, rows[i].len),
				       rows[i].out);
}

static void a_name_is_one_word_in_the_log(void)
{
	char buf[64];

	CU_ASSERT_STRING_EQUAL(gw_word(buf, sizeof(buf), "a b\"\\\n", 6), "a\\x20b\\x22\\x5c\\x0a");
	CU_ASSERT_STRING_EQUAL(gw_word(buf, sizeof(buf), "ann", 3), "ann");
	CU_ASSERT_STRING_EQUAL(gw_word(buf, sizeof(buf), "", 0), "-");
	CU_ASSERT_STRING_EQUAL(gw_printable(buf, 6, "abcdef", 6), "ab"); /* 4 are kept free */
	CU_ASSERT_STRING_EQUAL(gw_printable(buf, 6, "\n\n", 2), "\\x0a");
	gw_printable(NULL, 0, "a", 1);
}

static void a_long_name_is_cut_whole(void)
{
	uint8_t in[300];
	char buf[17];
	size_t cap;

	memset(in, 0xee, sizeof(in));
	for (cap = 1; cap <= sizeof(buf); cap++) {
		memset(buf, 'x', sizeof(buf));
		gw_printable(buf, cap, in, sizeof(in));
		CU_ASSERT(strlen(buf) < cap);
		CU_ASSERT_EQUAL(strlen(buf) % 4, 0);
	}
}

static void rates(void)
{
	char buf[64];

	CU_ASSERT_STRING_EQUAL(gw_rate_text(buf, sizeof(buf), 0), "-");
	CU_ASSERT_STRING_EQUAL(gw_rate_text(buf, sizeof(buf), 999), "999");
	CU_ASSERT_STRING_EQUAL(gw_rate_text(buf, sizeof(buf), 1500000), "1500k");
	CU_ASSERT_STRING_EQUAL(gw_rate_text(buf, sizeof(buf), UINT64_C(100000000000)), "100G");
}

static void durations(void)
{
	static const struct {
		uint64_t s;
		const char *out;
	} rows[] = {{0, "0s"},	     {59, "59s"},	{60, "1m00s"},	  {3599, "59m59s"},
		    {3600, "1h00m"}, {86399, "23h59m"}, {86400, "1d00h"}, {400000, "4d15h"}};
	char buf[GW_TEXT_MAX];
	unsigned i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_STRING_EQUAL(
			gw_duration_text(buf, sizeof(buf), rows[i].s * 1000000 + 999999),
			rows[i].out);
}

static void text_addresses(void)
{
	static const struct cfg_prefix v4 = {.bits = 8, .addr = {[12] = 10}},
				       v6 = {.v6 = true, .bits = 48, .addr = {0x20, 1, 0xd, 0xb8}};
	char buf[GW_TEXT_MAX];

	CU_ASSERT_STRING_EQUAL(gw_ip4_text(buf, sizeof(buf), 0xc0000201), "192.0.2.1");
	CU_ASSERT_STRING_EQUAL(gw_ip4_text(buf, sizeof(buf), 0), "-");
	CU_ASSERT_STRING_EQUAL(gw_prefix_text(buf, sizeof(buf), &v4), "10.0.0.0/8");
	CU_ASSERT_STRING_EQUAL(gw_prefix_text(buf, sizeof(buf), &v6), "2001:db8::/48");
}

static const struct test_case cases[] = {
	{"nothing_of_a_peer_reaches_a_terminal_raw", nothing_of_a_peer_reaches_a_terminal_raw},
	{"a_name_is_one_word_in_the_log", a_name_is_one_word_in_the_log},
	{"a_long_name_is_cut_whole", a_long_name_is_cut_whole},
	{"durations", durations},
	{"rates", rates},
	{"addresses", text_addresses},
	{NULL, NULL},
};
const struct test_suite suite_text = {"text", cases};
