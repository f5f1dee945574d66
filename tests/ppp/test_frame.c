/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Heads of frames: RFC 1661 section 2, 6.5, 6.6; RFC 1662 3.1. */
#include "ppp/frame.h"
#include "ppp/ppp.h"
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

static void every_way_to_read_a_head(void)
{
	static const struct {
		const char *frame;
		int proto, head; /* -1: invalid */
	} rows[] = {
		{"ff030021aa", PPP_IP, 4},
		{"0021aa", PPP_IP, 2},
		{"ff0321aa", PPP_IP, 3},
		{"21", PPP_IP, 1},
		{"ff03c021", PPP_LCP, 4},
		{"c021", PPP_LCP, 2},
		{"8057", PPP_IPV6CP, 2},
		/* nothing, half a protocol, a protocol with an even end, FF without 03 */
		{"", -1, 0},
		{"00", -1, 0},
		{"ff03", -1, 0},
		{"ff0300", -1, 0},
		{"0022", -1, 0},
		{"c020", -1, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t frame[16];
		size_t len = test_hex(frame, sizeof(frame), rows[i].frame);
		struct ppp_parsed got = {0, 0};
		bool ok = ppp_frame_parse(frame, len, &got);

		CU_ASSERT_EQUAL(ok, rows[i].proto >= 0);
		if (ok) {
			CU_ASSERT_EQUAL(got.proto, rows[i].proto);
			CU_ASSERT_EQUAL(got.head, rows[i].head);
		}
	}
}

static void normalize_and_dress_are_inverse(void)
{
	static const struct ppp_framing framings[] = {
		{true, false, false}, {true, true, true}, {false, false, true}};
	uint8_t frame[] = {0x00, 0x57, 0x60, 1, 2, 3}, wire[16], back[16];

	for (size_t i = 0; i < 3; i++) {
		size_t n = ppp_frame_dress(wire, sizeof(wire), frame, sizeof(frame), &framings[i]);

		CU_ASSERT(n > 0);
		n = ppp_frame_normalize(back, sizeof(back), wire, n);
		ASSERT_OCTETS(back, n, frame, sizeof(frame));
	}
}

static void frame_no_room_is_no_frame(void)
{
	static const struct ppp_framing plain = {true, false, false};
	uint8_t frame[] = {0xc0, 0x21, 9, 9}, out[8];

	for (size_t cap = 0; cap < 6; cap++)
		CU_ASSERT_EQUAL(ppp_frame_dress(out, cap, frame, 4, &plain), 0);
	CU_ASSERT_EQUAL(ppp_frame_dress(out, 6, frame, 4, &plain), 6);
	CU_ASSERT_EQUAL(ppp_frame_dress(out, 8, frame, 1, &plain), 0);
	for (size_t cap = 0; cap < 4; cap++)
		CU_ASSERT_EQUAL(ppp_frame_normalize(out, cap, frame, 4), 0);
	CU_ASSERT_EQUAL(ppp_frame_normalize(out, 8, frame, 1), 0);
}

static const struct test_case cases[] = {
	{"every_way_to_write_a_head", every_way_to_write_a_head},
	{"every_way_to_read_a_head", every_way_to_read_a_head},
	{"normalize_and_dress_are_inverse", normalize_and_dress_are_inverse},
	{"no_room_is_no_frame", frame_no_room_is_no_frame},
	{NULL, NULL},
};
const struct test_suite suite_frame = {"frame", cases};
