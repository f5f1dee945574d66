/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/hdr.h"

#include <stdlib.h>
#include <string.h>

#include "tests/core/kat.h"

static enum l2tp_hdr_kind hdr_decode(struct l2tp_hdr *h, uint8_t buf[256], const char *hex)
{
	return l2tp_hdr_decode(h, buf, test_hex(buf, 256, hex));
}

static enum l2tp_hdr_kind kind_of(const char *hex)
{
	struct l2tp_hdr h;
	uint8_t buf[256];

	return hdr_decode(&h, buf, hex);
}

static void control_fields(void)
{
	struct l2tp_hdr h;
	uint8_t buf[256];

	CU_ASSERT_EQUAL(hdr_decode(&h, buf, "c802 0014 1234 5678 9abc def0 8008000000000001"),
			L2TP_HDR_IS_CONTROL);
	CU_ASSERT_EQUAL(h.tid, 0x1234);
	CU_ASSERT_EQUAL(h.sid, 0x5678);
	CU_ASSERT_EQUAL(h.ns, 0x9abc);
	CU_ASSERT_EQUAL(h.nr, 0xdef0);
	CU_ASSERT_EQUAL(h.hlen, 12);
	CU_ASSERT_EQUAL(h.len, 8);
	CU_ASSERT_PTR_EQUAL(h.payload, buf + 12);
}

static void rfc2661_3_1_control_needs_length(void)
{
	CU_ASSERT_EQUAL(kind_of("8802 0000 0000 0000 0000 0000"), L2TP_HDR_BAD_FLAGS);
}

static void rfc2661_3_1_control_needs_sequence(void)
{
	CU_ASSERT_EQUAL(kind_of("c002 0008 0000 0000"), L2TP_HDR_BAD_FLAGS);
	CU_ASSERT_EQUAL(kind_of("8002 0000 0000"), L2TP_HDR_BAD_FLAGS);
}

static void rfc2661_3_1_control_without_offset(void)
{
	CU_ASSERT_EQUAL(kind_of("ca02 000e 0000 0000 0000 0000 0000"), L2TP_HDR_BAD_FLAGS);
}

static void rfc2661_3_1_control_without_priority(void)
{
	CU_ASSERT_EQUAL(kind_of("c902 000c 0000 0000 0000 0000"), L2TP_HDR_BAD_FLAGS);
}

static void rfc2661_3_1_reserved_bits_ignored(void)
{
	struct l2tp_hdr h;
	uint8_t buf[256];

	/* every reserved bit: x at 2, 3, 5, 8-11 */
	CU_ASSERT_EQUAL(hdr_decode(&h, buf, "fcf2 000c 0001 0002 0003 0004"), L2TP_HDR_IS_CONTROL);
	CU_ASSERT_EQUAL(h.nr, 4);
	CU_ASSERT_EQUAL(hdr_decode(&h, buf, "34f2 0001 0002 ff"), L2TP_HDR_IS_DATA);
	CU_ASSERT_EQUAL(h.len, 1);
}

/* Each of the sixteen L, S, O, P combinations of a data message, there and back. */
static void data_every_combination(void)
{
	static const uint16_t bit[] = {L2TP_HDR_L, L2TP_HDR_S, L2TP_HDR_O, L2TP_HDR_P};
	static const uint8_t payload[] = {0xff, 0x03, 0xc0, 0x21, 0x09};

	for (unsigned mask = 0; mask < 16; mask++) {
		uint8_t buf[64];
		struct wr w = wr_init(buf, sizeof(buf));
		struct l2tp_hdr h;
		uint16_t flags = 0;
		size_t want = 6;

		for (unsigned i = 0; i < 4; i++)
			if (mask & 1u << i)
				flags |= bit[i];
		want += flags & L2TP_HDR_L ? 2 : 0;
		want += flags & L2TP_HDR_S ? 4 : 0;
		want += flags & L2TP_HDR_O ? 2 : 0;
		l2tp_hdr_data(&w, flags, 0x1122, 0x3344, 0x5566, 0, sizeof(payload));
		CU_ASSERT_EQUAL(w.len, want);
		wr_bytes(&w, payload, sizeof(payload));
		wr_bytes(&w, "pad", 3);
		CU_ASSERT_EQUAL_FATAL(l2tp_hdr_decode(&h, buf, w.len - 3), L2TP_HDR_IS_DATA);
		CU_ASSERT_EQUAL(h.flags, flags | 2);
		CU_ASSERT_EQUAL(h.tid, 0x1122);
		CU_ASSERT_EQUAL(h.sid, 0x3344);
		CU_ASSERT_EQUAL(h.ns, flags & L2TP_HDR_S ? 0x5566 : 0);
		ASSERT_OCTETS(h.payload, h.len, payload, sizeof(payload));
		/* what a medium pads with is cut off where Length says so */
		CU_ASSERT_EQUAL_FATAL(l2tp_hdr_decode(&h, buf, w.len), L2TP_HDR_IS_DATA);
		CU_ASSERT_EQUAL(h.len, sizeof(payload) + (flags & L2TP_HDR_L ? 0 : 3));
	}
}

static void data_octets(void)
{
	static const uint8_t want[] = {0x4b, 0x02, 0x00, 0x12, 0x00, 0x0a, 0x00,
				       0x0b, 0x00, 0x0c, 0x00, 0x00, 0x00, 0x00};
	uint8_t buf[L2TP_HDR_DATA_MAX];
	struct wr w = wr_init(buf, sizeof(buf));

	l2tp_hdr_data(&w, L2TP_HDR_L | L2TP_HDR_S | L2TP_HDR_O | L2TP_HDR_P, 10, 11, 12, 0, 4);
	ASSERT_OCTETS(buf, w.len, want, sizeof(want));
}

static void data_length_does_not_wrap(void)
{
	uint8_t buf[L2TP_HDR_DATA_MAX];
	struct wr w = wr_init(buf, sizeof(buf));

	l2tp_hdr_data(&w, L2TP_HDR_L, 1, 1, 0, 0, 65535 - 8);
	CU_ASSERT_FALSE(w.bad);
	CU_ASSERT_EQUAL(buf[2], 0xff);
	w = wr_init(buf, sizeof(buf));
	l2tp_hdr_data(&w, L2TP_HDR_L, 1, 1, 0, 0, 65536 - 8);
	CU_ASSERT_TRUE(w.bad);
}

static void offset_ends_the_header(void)
{
	struct l2tp_hdr h;
	uint8_t buf[256];

	CU_ASSERT_EQUAL(hdr_decode(&h, buf, "0202 0001 0002 0003 aaaaaa c021"), L2TP_HDR_IS_DATA);
	CU_ASSERT_EQUAL(h.hlen, 11);
	CU_ASSERT_EQUAL(h.len, 2);
	CU_ASSERT_EQUAL(h.payload[0], 0xc0);
	CU_ASSERT_EQUAL(hdr_decode(&h, buf, "0202 0001 0002 0005 aaaaaa c021"), L2TP_HDR_IS_DATA);
	CU_ASSERT_EQUAL(h.len, 0);
	CU_ASSERT_EQUAL(kind_of("0202 0001 0002 0006 aaaaaa c021"), L2TP_HDR_BAD_OFFSET);
	CU_ASSERT_EQUAL(kind_of("0202 0001 0002 ffff aaaaaa c021"), L2TP_HDR_BAD_OFFSET);
	/* inside the datagram but outside Length */
	CU_ASSERT_EQUAL(kind_of("4202 000b 0001 0002 0002 aaaaaa c021"), L2TP_HDR_BAD_OFFSET);
}

static void offset_longer_than_16_bits_can_say(void)
{
	size_t len = 70000;
	uint8_t *big = calloc(1, len);
	struct l2tp_hdr h;

	test_hex(big, len, "0202 0001 0002 ffff");
	CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, big, len), L2TP_HDR_BAD_OFFSET);
	test_hex(big, len, "0202 0001 0002 fff7");
	CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, big, len), L2TP_HDR_IS_DATA);
	CU_ASSERT_EQUAL(h.hlen, 65535);
	free(big);
}

/* Cut off at every octet: never anything but SHORT or a wrong Length. */
static void every_cut(void)
{
	/* the datagram that tcpdump recursed on without end */
	static const char endless[] = "8002 0000 0000 00";
	uint8_t buf[256];
	struct l2tp_hdr h;
	size_t n = test_hex(buf, sizeof(buf), endless);

	CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, buf, n), L2TP_HDR_BAD_FLAGS);
	n = test_hex(buf, sizeof(buf), "4b02 0010 0001 0002 0003 0004 0000 c021");

	for (size_t i = 0; i < n; i++)
		CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, buf, i),
				i < 4 ? L2TP_HDR_SHORT : L2TP_HDR_BAD_LENGTH);
	n = test_hex(buf, sizeof(buf), "0a02 0001 0002 0003 0004 0000");
	for (size_t i = 0; i < n; i++)
		CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, buf, i), L2TP_HDR_SHORT);
	CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, buf, n), L2TP_HDR_IS_DATA);
}

/* Length from nothing to more than there is, on both kinds. */
static void every_length(void)
{
	uint8_t buf[256];
	struct l2tp_hdr h;
	size_t n = test_hex(buf, sizeof(buf), "c802 0000 0001 0002 0003 0004 8008000000000006");

	for (uint16_t length = 0; length < 40; length++) {
		wr_put16(buf + 2, length);
		CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, buf, n), length < 12 || length > n
								     ? L2TP_HDR_BAD_LENGTH
								     : L2TP_HDR_IS_CONTROL);
	}
	n = test_hex(buf, sizeof(buf), "4002 0000 0001 0002 c021");
	for (uint16_t length = 0; length < 40; length++) {
		wr_put16(buf + 2, length);
		CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, buf, n),
				length < 8 || length > n ? L2TP_HDR_BAD_LENGTH : L2TP_HDR_IS_DATA);
	}
}

static void rfc2661_3_1_unknown_version(void)
{
	uint8_t buf[256];
	struct l2tp_hdr h;
	size_t n = test_hex(buf, sizeof(buf), "c802 000c 0000 0000 0000 0000");

	for (uint8_t ver = 0; ver < 16; ver++) {
		buf[1] = ver;
		CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, buf, n) == L2TP_HDR_IS_CONTROL, ver == 2);
		CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, buf, n) == L2TP_HDR_BAD_VERSION,
				ver == 0 || ver > 3);
	}
}

static void l2f_is_recognised(void)
{
	CU_ASSERT_EQUAL(kind_of("2001 0101 0000 0000 0010 0000"), L2TP_HDR_IS_L2F);
	CU_ASSERT_EQUAL(kind_of("c801 000c 0000 0000 0000 0000"), L2TP_HDR_IS_L2F);
}

static void v3_is_recognised(void)
{
	struct l2tp_hdr h;
	uint8_t buf[256];

	CU_ASSERT_EQUAL(hdr_decode(&h, buf, "c803 0014 8899 aabb 0001 0002 8008000000000001"),
			L2TP_HDR_IS_V3);
	CU_ASSERT_EQUAL(h.tid, 0x8899);
	CU_ASSERT_EQUAL(h.sid, 0xaabb);
	CU_ASSERT_EQUAL(h.ns, 1);
	CU_ASSERT_EQUAL(h.nr, 2);
	CU_ASSERT_EQUAL(kind_of("0003 0000 1234 5678 ff"), L2TP_HDR_IS_V3);
	CU_ASSERT_EQUAL(kind_of("c803 000c 00"), L2TP_HDR_BAD_LENGTH);
}

static void control_octets(void)
{
	static const uint8_t want[] = {0xc8, 0x02, 0x00, 0x0e, 0x00, 0x01, 0x00,
				       0x02, 0x00, 0x03, 0x00, 0x04, 0xab, 0xcd};
	uint8_t buf[32];
	struct wr w = wr_init(buf, sizeof(buf));

	l2tp_hdr_control(&w, 1, 2, 3, 4);
	wr_u16(&w, 0xabcd);
	l2tp_hdr_finish(&w, 0);
	ASSERT_OCTETS(buf, w.len, want, sizeof(want));
	w = wr_init(buf, 11);
	l2tp_hdr_control(&w, 1, 2, 3, 4);
	l2tp_hdr_finish(&w, 0);
	CU_ASSERT_TRUE(w.bad);
}

static void hdr_captures_decode(void)
{
	static const char *const file[] = {"xl2tpd-lac_xl2tpd-lns.hex",
					   "xl2tpd-lac_l2tpns-lns.hex"};
	unsigned control = 0, data = 0;
	uint8_t buf[1024];
	struct l2tp_hdr h;
	struct kat k;

	for (unsigned i = 0; i < 2; i++)
		for (kat_open(&k, file[i]); kat_next(&k);) {
			size_t n = kat_last_hex(&k, buf, sizeof(buf));
			enum l2tp_hdr_kind kind = l2tp_hdr_decode(&h, buf, n);

			control += kind == L2TP_HDR_IS_CONTROL;
			data += kind == L2TP_HDR_IS_DATA;
			CU_ASSERT_EQUAL(h.hlen + h.len, n);
		}
	CU_ASSERT_EQUAL(control, 13 + 17);
	CU_ASSERT_EQUAL(data, 1);
}

/* The rows of ze.hex that are headers, each judged from RFC 2661 3.1. */
static void hdr_ze_rows(void)
{
	static const struct {
		const char *row;
		enum l2tp_hdr_kind kind;
	} want[] = {
		{"header_test.go:15", L2TP_HDR_IS_CONTROL}, /* its body is not */
		{"header_test.go:54", L2TP_HDR_IS_DATA},
		{"header_test.go:76", L2TP_HDR_IS_DATA}, /* O with two octets of padding */
		{"header_test.go:104", L2TP_HDR_IS_V3},
		{"header_test.go:126", L2TP_HDR_BAD_LENGTH}, /* v3, cut off */
		{"header_test.go:146", L2TP_HDR_IS_CONTROL},
		{"header_test.go:190", L2TP_HDR_BAD_FLAGS},  /* T without L and S */
		{"header_test.go:207", L2TP_HDR_BAD_LENGTH}, /* Length 100 of 12 */
		{"header_test.go:214", L2TP_HDR_BAD_LENGTH}, /* cut off after Length */
		{"header_test.go:222", L2TP_HDR_BAD_LENGTH}, /* Length 20 of 16 */
		{"header_test.go:240", L2TP_HDR_IS_CONTROL},
		{"reactor_test.go:141", L2TP_HDR_IS_L2F},
		{"reactor_test.go:158", L2TP_HDR_IS_V3},
		{"reactor_test.go:172", L2TP_HDR_BAD_LENGTH},
		{"reactor_test.go:190", L2TP_HDR_IS_CONTROL},
		{"listener_test.go:66", L2TP_HDR_IS_CONTROL},
		{"test/l2tp-wire/decode-sccrq.ci", L2TP_HDR_IS_CONTROL},
		{"test/l2tp-wire/decode-truncated.ci", L2TP_HDR_SHORT},
	};
	unsigned seen = 0;
	uint8_t buf[1024];
	struct l2tp_hdr h;
	struct kat k;

	for (kat_open(&k, "ze.hex"); kat_next(&k);)
		for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
			if (kat_starts(&k, want[i].row)) {
				size_t n = kat_last_hex(&k, buf, sizeof(buf));

				CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, buf, n), want[i].kind);
				seen++;
			}
	CU_ASSERT_EQUAL(seen, sizeof(want) / sizeof(want[0]));
}

static const struct test_case cases[] = {
	{"control_fields", control_fields},
	{"rfc2661_3_1_control_needs_length", rfc2661_3_1_control_needs_length},
	{"rfc2661_3_1_control_needs_sequence", rfc2661_3_1_control_needs_sequence},
	{"rfc2661_3_1_control_without_offset", rfc2661_3_1_control_without_offset},
	{"rfc2661_3_1_control_without_priority", rfc2661_3_1_control_without_priority},
	{"rfc2661_3_1_reserved_bits_ignored", rfc2661_3_1_reserved_bits_ignored},
	{"data_every_combination", data_every_combination},
	{"data_octets", data_octets},
	{"data_length_does_not_wrap", data_length_does_not_wrap},
	{"offset_ends_the_header", offset_ends_the_header},
	{"offset_longer_than_16_bits_can_say", offset_longer_than_16_bits_can_say},
	{"every_cut", every_cut},
	{"every_length", every_length},
	{"rfc2661_3_1_unknown_version", rfc2661_3_1_unknown_version},
	{"l2f_is_recognised", l2f_is_recognised},
	{"v3_is_recognised", v3_is_recognised},
	{"control_octets", control_octets},
	{"captures_decode", hdr_captures_decode},
	{"ze_rows", hdr_ze_rows},
	{NULL, NULL},
};
const struct test_suite suite_hdr = {"hdr", cases};
