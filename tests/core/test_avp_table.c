/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/avp.h"
#include "core/msg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"

#define VAR 1023u /* "6 plus the length of" something: up to the ten bits of Length */

/* RFC 2661 4.4, attribute by attribute as the text has them: title with its messages, Length (least
 * and most, header included), "The M-bit for this AVP MUST be set to", and whether the H-bit may
 * be 1. */
static const struct {
	uint16_t vendor, type;
	const char *name, *messages;
	uint16_t least, most;
	int m;
	bool hide;
} rfc[] = {
	{0, 0, "Message Type", "All Messages", 8, 8, 1, false},
	{0, 36, "Random Vector", "All Messages", 6, VAR, 1, false},
	{0, 1, "Result Code", "CDN, StopCCN", 8, VAR, 1, false},
	{0, 2, "Protocol Version", "SCCRP, SCCRQ", 8, 8, 1, false},
	{0, 3, "Framing Capabilities", "SCCRP, SCCRQ", 10, 10, 1, true},
	{0, 4, "Bearer Capabilities", "SCCRP, SCCRQ", 10, 10, 1, true},
	{0, 5, "Tie Breaker", "SCCRQ", 14, 14, 0, false},
	{0, 6, "Firmware Revision", "SCCRP, SCCRQ", 8, 8, 0, true},
	{0, 7, "Host Name", "SCCRP, SCCRQ", 7, VAR, 1, false},
	{0, 8, "Vendor Name", "SCCRP, SCCRQ", 6, VAR, 0, true},
	{0, 9, "Assigned Tunnel ID", "SCCRP, SCCRQ, StopCCN", 8, 8, 1, true},
	{0, 10, "Receive Window Size", "SCCRQ, SCCRP", 8, 8, 1, false},
	{0, 11, "Challenge", "SCCRP, SCCRQ", 7, VAR, 1, true},
	{0, 13, "Challenge Response", "SCCCN, SCCRP", 22, 22, 1, true},
	{0, 12, "Q.931 Cause Code", "CDN", 9, VAR, 1, false},
	{0, 14, "Assigned Session ID", "CDN, ICRP, ICRQ, OCRP, OCRQ", 8, 8, 1, true},
	{0, 15, "Call Serial Number", "ICRQ, OCRQ", 10, 10, 1, true},
	{0, 16, "Minimum BPS", "OCRQ", 10, 10, 1, true},
	{0, 17, "Maximum BPS", "OCRQ", 10, 10, 1, true},
	{0, 18, "Bearer Type", "ICRQ, OCRQ", 10, 10, 1, true},
	{0, 19, "Framing Type", "ICCN, OCCN, OCRQ", 10, 10, 1, true},
	{0, 21, "Called Number", "ICRQ, OCRQ", 6, VAR, 1, true},
	{0, 22, "Calling Number", "ICRQ", 6, VAR, 1, true},
	{0, 23, "Sub-Address", "ICRQ, OCRQ", 6, VAR, 1, true},
	{0, 24, "(Tx) Connect Speed", "ICCN, OCCN", 10, 10, 1, true},
	{0, 38, "Rx Connect Speed", "ICCN, OCCN", 10, 10, 0, true},
	{0, 25, "Physical Channel ID", "ICRQ, OCRP", 10, 10, 0, true},
	{0, 37, "Private Group ID", "ICCN", 6, VAR, 0, true},
	{0, 39, "Sequencing Required", "ICCN, OCCN", 6, 6, 1, false},
	{0, 26, "Initial Received LCP CONFREQ", "ICCN", 6, VAR, 0, true},
	{0, 27, "Last Sent LCP CONFREQ", "ICCN", 6, VAR, 0, true},
	{0, 28, "Last Received LCP CONFREQ", "ICCN", 6, VAR, 0, true},
	{0, 29, "Proxy Authen Type", "ICCN", 8, 8, 0, true},
	{0, 30, "Proxy Authen Name", "ICCN", 6, VAR, 0, true},
	{0, 31, "Proxy Authen Challenge", "ICCN", 7, VAR, 0, true},
	{0, 32, "Proxy Authen ID", "ICCN", 8, 8, 0, true},
	{0, 33, "Proxy Authen Response", "ICCN", 6, VAR, 0, true},
	{0, 34, "Call Errors", "WEN", 32, 32, 1, true},
	{0, 35, "ACCM", "SLI", 16, 16, 1, true},
	{0, 46, "PPP Disconnect Cause Code", "CDN", 11, VAR, 0, true},	 /* RFC 3145 section 2 */
	{0, 47, "Control Connection DS", "SCCRQ, SCCRP", 8, 8, 0, true}, /* RFC 3308 3.1 */
	{0, 48, "Session DS", "ICRQ, ICRP, OCRQ, OCRP", 8, 8, 0, true},	 /* RFC 3308 4.1 */
	/* RFC 5515 section 5 */
	{3561, 1, "Access Line Agent-Circuit-Id", "ICRQ", 8, 69, 0, true},
	{3561, 2, "Access Line Agent-Remote-Id", "ICRQ", 8, 69, 0, true},
	{3561, 129, "Access Line Actual-Data-Rate-Upstream", "ICRQ", 14, 14, 0, true},
	{3561, 130, "Access Line Actual-Data-Rate-Downstream", "ICRQ", 14, 14, 0, true},
	{3561, 131, "Access Line Minimum-Data-Rate-Upstream", "ICRQ", 14, 14, 0, true},
	{3561, 132, "Access Line Minimum-Data-Rate-Downstream", "ICRQ", 14, 14, 0, true},
	{3561, 133, "Access Line Attainable-Data-Rate-Upstream", "ICRQ", 14, 14, 0, true},
	{3561, 134, "Access Line Attainable-Data-Rate-Downstream", "ICRQ", 14, 14, 0, true},
	{3561, 135, "Access Line Maximum-Data-Rate-Upstream", "ICRQ", 14, 14, 0, true},
	{3561, 136, "Access Line Maximum-Data-Rate-Downstream", "ICRQ", 14, 14, 0, true},
	{3561, 137, "Access Line Minimum-Data-Rate-Upstream-Low-Power", "ICRQ", 14, 14, 0, true},
	{3561, 138, "Access Line Minimum-Data-Rate-Downstream-Low-Power", "ICRQ", 14, 14, 0, true},
	{3561, 139, "Access Line Maximum-Interleaving-Delay-Upstream", "ICRQ", 10, 10, 0, true},
	{3561, 140, "Access Line Actual-Interleaving-Delay-Upstream", "ICRQ", 10, 10, 0, true},
	{3561, 141, "Access Line Maximum-Interleaving-Delay-Downstream", "ICRQ", 10, 10, 0, true},
	{3561, 142, "Access Line Actual-Interleaving-Delay-Downstream", "ICRQ", 10, 10, 0, true},
	{3561, 144, "Access Line Access-Loop-Encapsulation", "ICRQ", 9, 9, 0, true},
	{3561, 145, "ANCP Access Line Type", "ICRQ", 10, 10, 0, true},
	{3561, 254, "Access Line IWF-Session", "ICRQ", 10, 10, 0, true},
	/* our own: at least one gateway */
	{32473, 1, "Gateways Passed", "ICRQ, OCRQ", 14, VAR, 0, true},
};
#define RFC_ROWS (sizeof(rfc) / sizeof(rfc[0]))

/* Is the message named in a list like "CDN, ICRP"? */
static bool avp_table_listed(const char *messages, const char *name)
{
	size_t n = strlen(name);

	if (!strcmp(messages, "All Messages"))
		return true;
	for (const char *p = messages; (p = strstr(p, name)); p += n)
		if ((p == messages || p[-1] == ' ') && (!p[n] || p[n] == ','))
			return true;
	return false;
}

static void rfc2661_4_4_every_attribute(void)
{
	CU_ASSERT_EQUAL(l2tp_avp_table_len, RFC_ROWS);
	for (size_t i = 0; i < RFC_ROWS; i++) {
		const struct l2tp_avp_row *row = l2tp_avp_row(rfc[i].vendor, rfc[i].type);

		CU_ASSERT_PTR_NOT_NULL_FATAL(row);
		CU_ASSERT_EQUAL(row->type, rfc[i].type);
		CU_ASSERT_STRING_EQUAL(row->name, rfc[i].name);
		CU_ASSERT_EQUAL(row->min + 6u, rfc[i].least);
		CU_ASSERT_EQUAL(row->max + 6u, rfc[i].most);
	}
}

static void rfc2661_4_4_m_bit(void)
{
	for (size_t i = 0; i < RFC_ROWS; i++)
		CU_ASSERT_EQUAL(l2tp_avp_row(rfc[i].vendor, rfc[i].type)->m,
				rfc[i].m ? L2TP_M_MUST_BE_1 : L2TP_M_MUST_BE_0);
}

static void rfc2661_4_4_h_bit(void)
{
	for (size_t i = 0; i < RFC_ROWS; i++)
		CU_ASSERT_EQUAL(l2tp_avp_row(rfc[i].vendor, rfc[i].type)->may_hide, rfc[i].hide);
}

static void rfc2661_4_4_messages(void)
{
	for (size_t i = 0; i < RFC_ROWS; i++) {
		const struct l2tp_avp_row *row = l2tp_avp_row(rfc[i].vendor, rfc[i].type);

		CU_ASSERT_EQUAL(row->messages >> L2TP_MSG_TYPES, 0);
		for (unsigned t = 0; t < L2TP_MSG_TYPES; t++) {
			const char *name = l2tp_msg_table[t].name;
			bool want = name && avp_table_listed(rfc[i].messages, name);

			CU_ASSERT_EQUAL(!!(row->messages & 1u << t), want);
		}
	}
}

/* The key is (vendor, type): the same type of another vendor is another attribute. */
static void vendor_is_part_of_the_key(void)
{
	static const uint16_t vendor[] = {9, 43, 100, 311, 529, 2636, 65535};

	for (size_t v = 0; v < sizeof(vendor) / sizeof(vendor[0]); v++)
		for (uint16_t type = 0; type < 50; type++)
			CU_ASSERT_PTR_NULL(l2tp_avp_row(vendor[v], type));
	CU_ASSERT_PTR_NULL(l2tp_avp_row(3561, 3));
	CU_ASSERT_PTR_NULL(l2tp_avp_row(3561, 143));
	CU_ASSERT_PTR_NULL(l2tp_avp_row(0, 129));
	CU_ASSERT_PTR_NULL(l2tp_avp_row(0, 20));
	CU_ASSERT_PTR_NULL(l2tp_avp_row(0, 40));
	CU_ASSERT_PTR_NULL(l2tp_avp_row(0, 45));
	CU_ASSERT_PTR_NULL(l2tp_avp_row(0, 0xffff));
}

/* A tunnel switch never relays ids and always relays what describes the caller. */
static void switch_actions(void)
{
	static const uint16_t relay[] = {1,  12, 15, 16, 17, 18, 19, 21, 22, 23, 24, 25, 26,
					 27, 28, 29, 30, 31, 32, 33, 34, 35, 37, 38, 46};
	static const uint16_t again[] = {0, 14, 36, 39, 48};
	static const uint16_t drop[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 47};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(relay) / sizeof(relay[0]); i++, n++)
		CU_ASSERT_EQUAL(l2tp_avp_row(0, relay[i])->on_switch, L2TP_SWITCH_RELAY);
	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++, n++)
		CU_ASSERT_EQUAL(l2tp_avp_row(0, again[i])->on_switch, L2TP_SWITCH_REGENERATE);
	for (size_t i = 0; i < sizeof(drop) / sizeof(drop[0]); i++, n++)
		CU_ASSERT_EQUAL(l2tp_avp_row(0, drop[i])->on_switch, L2TP_SWITCH_DROP);
	for (size_t i = 0; i < RFC_ROWS; i++)
		if (rfc[i].vendor == 3561 && ++n)
			CU_ASSERT_EQUAL(l2tp_avp_row(3561, rfc[i].type)->on_switch,
					L2TP_SWITCH_RELAY);
	CU_ASSERT_EQUAL(l2tp_avp_row(32473, 1)->on_switch, L2TP_SWITCH_REGENERATE);
	CU_ASSERT_EQUAL(n + 1, l2tp_avp_table_len);
}

/* "| relayed | Result Code, ... |", one row for each action. */
static void avp_table_readme_row(char *out, size_t cap, const char *words, uint8_t action)
{
	size_t at = (size_t)snprintf(out, cap, "| %s |", words);
	const char *between = " ";

	for (size_t i = 0; i < l2tp_avp_table_len; i++)
		if (l2tp_avp_table[i].on_switch == action) {
			at += (size_t)snprintf(out + at, cap - at, "%s%s", between,
					       l2tp_avp_table[i].name);
			between = ", ";
		}
	snprintf(out + at, cap - at, " |\n");
}

static void the_readme_says_what_a_switch_does(void)
{
	static const struct {
		const char *words;
		uint8_t action;
	} rows[] = {{"relayed", L2TP_SWITCH_RELAY},
		    {"made anew for each tunnel", L2TP_SWITCH_REGENERATE},
		    {"dropped", L2TP_SWITCH_DROP}};
	char *readme = test_read_file("README.md", NULL), row[4096];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		avp_table_readme_row(row, sizeof(row), rows[i].words, rows[i].action);
		if (!strstr(readme, row))
			printf("\nnot in README.md:\n%s", row);
		CU_ASSERT_PTR_NOT_NULL(strstr(readme, row));
	}
	free(readme);
}

static const struct test_case cases[] = {
	{"rfc2661_4_4_every_attribute", rfc2661_4_4_every_attribute},
	{"rfc2661_4_4_m_bit", rfc2661_4_4_m_bit},
	{"rfc2661_4_4_h_bit", rfc2661_4_4_h_bit},
	{"rfc2661_4_4_messages", rfc2661_4_4_messages},
	{"vendor_is_part_of_the_key", vendor_is_part_of_the_key},
	{"switch_actions", switch_actions},
	{"the_readme_says_what_a_switch_does", the_readme_says_what_a_switch_does},
	{NULL, NULL},
};
const struct test_suite suite_avp_table = {"avp_table", cases};
