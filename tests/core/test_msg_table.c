/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/msg.h"

#include <string.h>

#include "tests/harness.h"

#define N L2TP_NO_AVP

/* RFC 2661 3.2 and 6.1-6.14: number, name, whether it is about a call, and which attributes "MUST
 * be present" beside Message Type, ascending. */
static const struct {
	uint16_t type;
	const char *name, *section;
	bool call;
	uint16_t must[8];
} rfc[] = {
	{1, "SCCRQ", "6.1", false, {2, 3, 7, 9, N}},
	{2, "SCCRP", "6.2", false, {2, 3, 7, 9, N}},
	{3, "SCCCN", "6.3", false, {N}},
	{4, "StopCCN", "6.4", false, {1, 9, N}},
	{6, "HELLO", "6.5", false, {N}},
	{7, "OCRQ", "6.9", true, {14, 15, 16, 17, 18, 19, 21, N}},
	{8, "OCRP", "6.10", true, {14, N}},
	{9, "OCCN", "6.11", true, {19, 24, N}},
	{10, "ICRQ", "6.6", true, {14, 15, N}},
	{11, "ICRP", "6.7", true, {14, N}},
	{12, "ICCN", "6.8", true, {19, 24, N}},
	{14, "CDN", "6.12", true, {1, 14, N}},
	{15, "WEN", "6.13", true, {34, N}},
	{16, "SLI", "6.14", true, {35, N}},
};
#define ROWS (sizeof(rfc) / sizeof(rfc[0]))

static bool in_list(const uint16_t *list, uint16_t t)
{
	for (; *list != N; list++)
		if (*list == t)
			return true;
	return false;
}

static void rfc2661_3_2_messages(void)
{
	unsigned named = 0;

	for (unsigned t = 0; t < L2TP_MSG_TYPES; t++)
		named += l2tp_msg_table[t].name != NULL;
	CU_ASSERT_EQUAL(named, ROWS);
	for (size_t i = 0; i < ROWS; i++) {
		CU_ASSERT_STRING_EQUAL(l2tp_msg_table[rfc[i].type].name, rfc[i].name);
		CU_ASSERT_STRING_EQUAL(l2tp_msg_table[rfc[i].type].section, rfc[i].section);
		CU_ASSERT_EQUAL(l2tp_msg_table[rfc[i].type].about_call, rfc[i].call);
	}
}

static void rfc2661_6_required_attributes(void)
{
	for (size_t i = 0; i < ROWS; i++)
		for (uint16_t t = 1; t < 50; t++)
			CU_ASSERT_EQUAL(in_list(l2tp_msg_table[rfc[i].type].required, t),
					in_list(rfc[i].must, t));
}

static void msg_table_names(void)
{
	char buf[24];

	CU_ASSERT_STRING_EQUAL(l2tp_msg_name(4, buf, sizeof(buf)), "StopCCN");
	CU_ASSERT_STRING_EQUAL(l2tp_msg_name(5, buf, sizeof(buf)), "message 5");
	CU_ASSERT_STRING_EQUAL(l2tp_msg_name(0, buf, sizeof(buf)), "message 0");
	CU_ASSERT_STRING_EQUAL(l2tp_msg_name(28, buf, sizeof(buf)), "message 28");
	CU_ASSERT_STRING_EQUAL(l2tp_msg_name(65535, buf, sizeof(buf)), "message 65535");
}

static void words_of_results(void)
{
	static const struct {
		struct l2tp_result r;
		bool stop;
		const char *want;
	} row[] = {
		{{1, 0, ""}, true, "general request to clear"},
		{{1, 0, "Goodbye!"}, true, "general request to clear (Goodbye!)"},
		{{2, 8, "Host Name"}, true, "general error: unknown mandatory AVP (Host Name)"},
		{{2, 77, ""}, false, "general error: error 77"},
		{{5, 0x0100, ""}, true, "protocol version not supported: highest is 1.0"},
		{{5, 0, ""}, false, "no facilities (permanent)"},
		{{1, 0, ""}, false, "loss of carrier"},
		{{11, 0, ""}, false, "no appropriate framing detected"},
		{{12, 0, ""}, false, "per-hop behavior not agreed"},
		{{13, 0, ""}, false, "result 13"},
		{{0, 0, ""}, true, "result 0"},
	};
	char buf[400];

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		int n = l2tp_result_format(&row[i].r, row[i].stop, buf, sizeof(buf));

		CU_ASSERT_STRING_EQUAL(buf, row[i].want);
		CU_ASSERT_EQUAL(n, (int)strlen(row[i].want));
	}
}

static const struct test_case cases[] = {
	{"rfc2661_3_2_messages", rfc2661_3_2_messages},
	{"rfc2661_6_required_attributes", rfc2661_6_required_attributes},
	{"names", msg_table_names},
	{"words_of_results", words_of_results},
	{NULL, NULL},
};
const struct test_suite suite_msg_table = {"msg_table", cases};
