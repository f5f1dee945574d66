/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Heads of frames: RFC 1661 section 2, 6.5, 6.6; RFC 1662 3.1, 3.2. */
#include "ppp/frame.h"

#include "tests/harness.h"

#include <string.h>

static void every_way_to_write_a_head(void)
{
	static const struct {
		uint16_t proto;
		struct ppp_framing f;
		const char *head;
	} rows[] = {
		{PPP_IP, {true, false, false}, "ff030021"},
		{PPP_IP, {true, true, false}, "0021"},
		{PPP_IP, {true, false, true}, "ff0321"},
		{PPP_IP, {true, true, true}, "21"},
		{PPP_IP, {false, false, false}, "0021"},
		{PPP_IP, {false, false, true}, "21"},
		{PPP_IPCP, {true, true, true}, "8021"},
		/* "LCP frames MUST be sent uncompressed" (6.6) */
		{PPP_LCP, {true, true, true}, "ff03c021"},
		{PPP_LCP, {false, true, true}, "c021"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t head[PPP_HEAD_MAX], want[PPP_HEAD_MAX];
		size_t n = ppp_frame_head(head, rows[i].proto, &rows[i].f);

		ASSERT_OCTETS(head, n, want, test_hex(want, sizeof(want), rows[i].head));
	}
}

struct frame_row {
	const char *frame;
	int proto; /* -1: no whole protocol field */
	const char *info;
};

static void frame_check(const struct frame_row *row)
{
	uint8_t frame[16], want[16];
	size_t len = test_hex(frame, sizeof(frame), row->frame);
	struct rd r = rd_init(frame, len);
	uint16_t proto;
	bool ok = ppp_frame_split(&r, &proto);

	CU_ASSERT_EQUAL(ok, row->proto >= 0);
	if (!ok)
		return;
	CU_ASSERT_EQUAL(proto, row->proto);
	ASSERT_OCTETS(r.p, r.left, want, test_hex(want, sizeof(want), row->info));
}

static void every_way_to_read_a_head(void)
{
	static const struct frame_row rows[] = {
		{"ff03 0021 aa", PPP_IP, "aa"},
		{"0021 aa", PPP_IP, "aa"},
		{"ff03 21 aa", PPP_IP, "aa"},
		{"21 aa", PPP_IP, "aa"},
		{"21", PPP_IP, ""},
		{"ff03 21", PPP_IP, ""},
		{"ff03 c021", PPP_LCP, ""},
		{"c021", PPP_LCP, ""},
		{"8057 0102", PPP_IPV6CP, "0102"},
		/* only the first FF 03 is address and control */
		{"ff03 c021 ff03", PPP_LCP, "ff03"},
		{"21 ff03", PPP_IP, "ff03"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		frame_check(&rows[i]);
}

static void a_short_frame_has_no_protocol(void)
{
	static const struct frame_row rows[] = {
		{"", -1, ""}, {"00", -1, ""}, {"c0", -1, ""}, {"ff03", -1, ""}, {"ff03 00", -1, ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		frame_check(&rows[i]);
}

/* RFC 1661 section 2: "Frames received which don't comply with these rules MUST be treated as
 * having an unrecognized Protocol", so the number must reach the engine.  The other rule, an even
 * first octet, cannot be broken: an odd one is the whole field (6.5). */
static void rfc1661_2_even_protocol_is_a_protocol(void)
{
	static const struct frame_row rows[] = {
		{"0020 45", 0x0020, "45"},   {"ff03 0020 45", 0x0020, "45"},
		{"c022 01", 0xc022, "01"},   {"0000", 0x0000, ""},
		{"0121 45", 0x0001, "2145"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		frame_check(&rows[i]);
}

/* RFC 1662 3.2: without both FF and 03 "it is assumed that the fields were compressed"; that leaves
 * the reserved protocol 00ff. */
static void rfc1662_3_2_ff_without_03(void)
{
	static const struct frame_row rows[] = {
		{"ff", 0x00ff, ""},
		{"ff04 0021", 0x00ff, "040021"},
		{"00ff 03", 0x00ff, "03"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		frame_check(&rows[i]);
}

static const struct test_case cases[] = {
	{"every_way_to_write_a_head", every_way_to_write_a_head},
	{"every_way_to_read_a_head", every_way_to_read_a_head},
	{"a_short_frame_has_no_protocol", a_short_frame_has_no_protocol},
	{"rfc1661_2_even_protocol_is_a_protocol", rfc1661_2_even_protocol_is_a_protocol},
	{"rfc1662_3_2_ff_without_03", rfc1662_3_2_ff_without_03},
	{NULL, NULL},
};
const struct test_suite suite_frame = {"frame", cases};
