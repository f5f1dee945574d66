/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames laid out by hand after RFC 791, RFC 8200, RFC 768 and the lists of link types: a ZLB to
 * port 1701 behind each head.
 */
#include "tests/gw/replay/held.h"

#include <stdlib.h>
#include <string.h>

#define ZLB  "c802 000c 0001 0000 0002 0003"
#define UDP  "1388 06a5 0014 0000" ZLB
#define IPV4 "4500 0028 0000 0000 4011 0000 c0000201 c0000202" UDP
#define IPV6                                                                        \
	"60000000 0014 11 40 20010db8000000000000000000000001 20010db8000000000000" \
	"000000000002" UDP
#define ETHER "020000000001 020000000002 "

static const struct {
	uint32_t link_type;
	const char *hex, *from; /* NULL = no L2TP */
} rows[] = {
	{101, IPV4, "192.0.2.1:5000"},
	{101, IPV6, "[2001:db8::1]:5000"},
	{228, IPV4, "192.0.2.1:5000"},
	{229, IPV6, "[2001:db8::1]:5000"},
	{1, ETHER "0800" IPV4, "192.0.2.1:5000"},
	{1, ETHER "8100 0005 86dd" IPV6, "[2001:db8::1]:5000"},
	{1, ETHER "88a8 0006 8100 0005 0800" IPV4, "192.0.2.1:5000"},
	{1, ETHER "0806" IPV4, NULL},
	{113, "0000 0001 0006 0200000000010000 0800" IPV4, "192.0.2.1:5000"},
	{276, "0800 0000 00000002 0001 00 06 0200000000010000" IPV4, "192.0.2.1:5000"},
	{276, "86dd 0000 00000002 0001 00 06 0200000000010000" IPV6, "[2001:db8::1]:5000"},
	{0, "02000000" IPV4, "192.0.2.1:5000"},
	{108, "0000001e" IPV6, "[2001:db8::1]:5000"},
	{105, IPV4, NULL},
	/* DLCI 100, with the pad of RFC 3070 and without; 16 bits of DLCI; PPP is none */
	{107, "1841 03 80 00005e 0007" ZLB, "dlci 100 ?"},
	{107, "1841 03 00 80 00005e 0007" ZLB, "dlci 100 ?"},
	{107, "00c8 91 03 80 00005e 0007" ZLB, "dlci 804 ?"},
	{107, "1841 03 cf c021 0901 0004", NULL},
	{107, "1840 0202 03 80 00005e 0007" ZLB, NULL},
	/* PVC 0/35, sent and received where it was captured (RFC 3355) */
	{123, "82 00 0023 aaaa03 00005e 0007" ZLB, "pvc 0/35 a"},
	{123, "02 08 0030 aaaa03 00005e 0007" ZLB, "pvc 8/48 b"},
	{123, "82 00 0023 fefe03 cf c021 0901 0004", NULL},
	{252, "000c 0008 6c327470726177 00 0000 0000" ZLB, "?"},
	{252, "000c 0004 782e3235 0000 0000" ZLB, NULL},
	/* options, and padding behind the packet */
	{101,
	 "4600 002c 0000 0000 4011 0000 c0000201 c0000202 01010101 1388 06a5 0014 0000" ZLB "0000",
	 "192.0.2.1:5000"},
	/* from the port, not to it */
	{101, "4500 0028 0000 0000 4011 0000 c0000201 c0000202 06a5 1388 0014 0000" ZLB,
	 "192.0.2.1:1701"},
	{101, "4500 0028 0000 0000 4011 0000 c0000201 c0000202 1388 1389 0014 0000" ZLB, NULL},
	{101, "4500 0028 0000 2000 4011 0000 c0000201 c0000202" UDP, NULL}, /* a fragment */
	{101, "4500 0028 0000 0001 4011 0000 c0000201 c0000202" UDP, NULL},
	{101, "4500 0028 0000 0000 4006 0000 c0000201 c0000202" UDP, NULL}, /* TCP */
	{101, "4400 0028 0000 0000 4011 0000 c0000201 c0000202" UDP, NULL},
	{101, "4500 0013 0000 0000 4011 0000 c0000201 c0000202" UDP, NULL},
	{101, "4500 001c 0000 0000 4011 0000 c0000201 c0000202 1388 06a5 0008 0000", NULL},
	{101, "4500 001c 0000 0000 4011 0000 c0000201 c0000202 1388 06a5 0007 0000", NULL},
};

static void l2tp_in_frames(void)
{
	uint8_t zlb[12];

	test_hex(zlb, sizeof(zlb), ZLB);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t frame[200];
		size_t len = test_hex(frame, sizeof(frame), rows[i].hex);
		struct replay_msg m = {.us = 7};
		char text[REPLAY_END_TEXT];
		bool found = replay_frame(&m, rows[i].link_type, frame, len);

		CU_ASSERT_EQUAL(found, rows[i].from != NULL);
		CU_ASSERT_EQUAL(m.us, 7);
		if (!found || !rows[i].from)
			continue;
		CU_ASSERT_STRING_EQUAL(replay_end_text(&m.from, false, text, sizeof(text)),
				       rows[i].from);
		ASSERT_OCTETS(m.pkt, m.len, zlb, sizeof(zlb));
	}
}

/* Of a frame that is cut off nothing is read behind its end, and no message comes out. */
static void frames_that_are_cut_off(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t whole[200];
		size_t len = test_hex(whole, sizeof(whole), rows[i].hex);

		for (size_t part = 0; part < len; part++) {
			uint8_t *piece = malloc(part + !part);
			struct replay_msg m = {0};

			memcpy(piece, whole, part);
			/* a circuit's frame is as long as the capture says, and Length is not read
			 * here */
			if (replay_frame(&m, rows[i].link_type, piece, part))
				CU_ASSERT_TRUE(m.from.kind > REPLAY_IPV6
						       ? m.pkt + m.len == piece + part
						       : m.len == 12);
			free(piece);
		}
	}
}

static void names_of_ends(void)
{
	struct replay_end e = {REPLAY_IPV6, {0x20, 0x01, 0x0d, 0xb8}, 1701};
	char text[REPLAY_END_TEXT];

	CU_ASSERT_STRING_EQUAL(replay_end_text(&e, true, text, sizeof(text)), "2001:db8::");
	CU_ASSERT_STRING_EQUAL(replay_end_text(&e, false, text, sizeof(text)), "[2001:db8::]:1701");
}

static const struct test_case cases[] = {
	{"l2tp_in_frames", l2tp_in_frames},
	{"frames_that_are_cut_off", frames_that_are_cut_off},
	{"names_of_ends", names_of_ends},
	{NULL, NULL},
};
const struct test_suite suite_replay_frame = {"replay_frame", cases};
