/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/hdr.h"
#include "core/msg.h"

#include <string.h>

#include "tests/core/kat.h"

static const uint8_t rv[16] = {0xf3, 0x1a, 0x00, 0xff, 0x42, 0x7c, 0x91, 0x08,
			       0x5d, 0xe6, 0x33, 0xb0, 0x14, 0xaa, 0x69, 0xc2};

static void build_expect(struct l2tp_build *b, const uint8_t *buf, const char *hex)
{
	uint8_t want[1024];
	size_t n = test_hex(want, sizeof(want), hex);

	ASSERT_OCTETS(buf, l2tp_build_end(b), want, n);
}

static void build_start(struct l2tp_build *b, uint8_t buf[1024], uint16_t type, bool hide)
{
	static struct l2tp_secret secret;

	secret = kat_secret("testsecret");
	l2tp_build_start(b, buf, 1024, type, 0x1234, 0x5678, hide ? &secret : NULL, hide, rv);
}

static void hello_octets(void)
{
	struct l2tp_build b;
	uint8_t buf[1024];

	l2tp_build_start(&b, buf, sizeof(buf), L2TP_HELLO, 1, 0, NULL, false, rv);
	build_expect(&b, buf, "c8020014 0001 0000 0000 0000 8008 0000 0000 0006");
}

static void m_bit_from_the_row(void)
{
	struct l2tp_build b;
	uint8_t buf[1024];

	build_start(&b, buf, L2TP_ICCN, false);
	l2tp_build_u32(&b, L2TP_IETF, L2TP_AVP_TX_CONNECT_SPEED, 64000);
	l2tp_build_u32(&b, L2TP_IETF, L2TP_AVP_RX_CONNECT_SPEED, 9600);
	l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_SEQUENCING_REQUIRED, NULL, 0);
	build_expect(&b, buf,
		     "c802002e 1234 5678 0000 0000 8008 0000 0000 000c 800a 0000 0018 0000fa00"
		     "000a 0000 0026 00002580 8006 0000 0027");
}

/* Every attribute, hidden wherever its row allows: M, H and reserved bits are what RFC 2661 says,
 * and the Random Vector comes before the first hidden one. */
static void rfc2661_4_1_bits_sent(void)
{
	static const uint8_t zero[32];

	for (size_t i = 0; i < l2tp_avp_table_len; i++) {
		const struct l2tp_avp_row *row = &l2tp_avp_table[i];
		struct l2tp_build b;
		uint8_t buf[1024];
		uint16_t flags;
		size_t at = 20;

		build_start(&b, buf, L2TP_ICRQ, true);
		l2tp_build_avp(&b, row->vendor, row->type, zero, row->min);
		CU_ASSERT_NOT_EQUAL_FATAL(l2tp_build_end(&b), 0);
		if (row->may_hide) {
			static const uint8_t vector[6] = {0x80, 0x16, 0, 0, 0, 36};

			ASSERT_OCTETS(buf + at, 6, vector, 6);
			ASSERT_OCTETS(buf + at + 6, 16, rv, 16);
			at += 22;
		}
		flags = (uint16_t)(buf[at] << 8 | buf[at + 1]);
		CU_ASSERT_EQUAL(!!(flags & 0x8000), row->m == L2TP_M_MUST_BE_1);
		CU_ASSERT_EQUAL(!!(flags & 0x4000), row->may_hide);
		CU_ASSERT_EQUAL(flags & 0x3c00, 0);
		CU_ASSERT_EQUAL(flags & 0x03ff, 6 + row->min + (row->may_hide ? 2 : 0));
		CU_ASSERT_EQUAL((size_t)(buf[2] << 8 | buf[3]), at + (flags & 0x03ff));
	}
}

static void one_vector_for_several_hidden(void)
{
	struct l2tp_build b;
	uint8_t buf[1024];

	/* the values are rows "tid-1block-nopad" and "challenge-16" of the known answers */
	build_start(&b, buf, L2TP_SCCRQ, true);
	l2tp_build_u16(&b, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION, 0x0100);
	l2tp_build_u16(&b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, 0x4321);
	l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_CHALLENGE,
		       "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 16);
	build_expect(&b, buf,
		     "c8020054 1234 5678 0000 0000 8008 0000 0000 0001 8008 0000 0002 0100"
		     "8016 0000 0024 f31a00ff427c91085de633b014aa69c2"
		     "c00a 0000 0009 0c23f66a"
		     "c018 0000 000b 55aea111a3968f369b029505abf9d0efe15b");
}

/* Padding masks the length of a hidden value: 4.3, "To mask the size of the data being hidden". */
static void rfc2661_4_3_padding_masks_the_length(void)
{
	static const uint8_t seed[16] = {1}, other[16] = {2};
	static const struct {
		size_t len, avp;
	} rows[] = {{0, 22},  {1, 22},	    {14, 22},	  {15, 38},    {30, 38},
		    {31, 54}, {1006, 1014}, {1007, 1023}, {1015, 1023}};
	uint8_t value[1024] = {0}, out[1024], first[1024];
	struct l2tp_secret secret = kat_secret("testsecret");
	struct l2tp_build b;
	uint8_t buf[2048];

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t at = 12 + 8 + 22;

		l2tp_build_start(&b, buf, sizeof(buf), L2TP_ICRQ, 1, 0, &secret, true, rv);
		l2tp_build_padding(&b, 16, seed);
		l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_CALLED_NUMBER, value, rows[i].len);
		CU_ASSERT_EQUAL(l2tp_build_end(&b), at + rows[i].avp);
		CU_ASSERT_EQUAL((buf[at] << 8 | buf[at + 1]) & 0x03ff, rows[i].avp);
		CU_ASSERT_EQUAL(l2tp_unhide(out, L2TP_AVP_CALLED_NUMBER, &secret, rv, 16,
					    buf + at + 6, rows[i].avp - 6),
				(int)rows[i].len);
	}
	/* another seed gives other padding, which an outsider cannot know */
	for (unsigned i = 0; i < 2; i++) {
		l2tp_build_start(&b, buf, sizeof(buf), L2TP_ICRQ, 1, 0, &secret, true, rv);
		l2tp_build_padding(&b, 16, i ? other : seed);
		l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_CALLED_NUMBER, value, 1);
		l2tp_unhide(out, L2TP_AVP_CALLED_NUMBER, &secret, rv, 16, buf + 12 + 8 + 22 + 6,
			    16);
		CU_ASSERT(memcmp(out + 3, value, 13) != 0);
		CU_ASSERT(!i || memcmp(out + 3, first + 3, 13) != 0);
		memcpy(first, out, 16);
	}
}

static void rfc2661_4_3_no_secret_no_hiding(void)
{
	static const struct l2tp_secret empty;
	struct l2tp_avp a = {.type = L2TP_AVP_CALLED_NUMBER, .mandatory = true, .hidden = true};
	struct l2tp_build b;
	uint8_t buf[1024];

	a.row = l2tp_avp_row(0, a.type);
	a.val = (const uint8_t *)"31";
	a.len = 2;
	l2tp_build_start(&b, buf, sizeof(buf), L2TP_ICRQ, 1, 0, &empty, true, rv);
	l2tp_build_raw(&b, &a);
	l2tp_build_u16(&b, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, 7);
	build_expect(&b, buf,
		     "c8020024 0001 0000 0000 0000 8008 0000 0000 000a 8008 0000 0015 3331"
		     "8008 0000 000e 0007");
}

static void raw_keeps_vendor_and_bits(void)
{
	struct l2tp_avp a = {.vendor = 3561, .type = 1, .val = (const uint8_t *)"dsl", .len = 3};
	struct l2tp_build b;
	uint8_t buf[1024];

	build_start(&b, buf, L2TP_ICRQ, false);
	l2tp_build_raw(&b, &a);
	a.mandatory = true;
	l2tp_build_raw(&b, &a);
	build_expect(&b, buf,
		     "c8020026 1234 5678 0000 0000 8008 0000 0000 000a 0009 0de9 0001 64736c"
		     "8009 0de9 0001 64736c");
}

static void result_always_has_an_error_code(void)
{
	struct l2tp_result r = {.result = 1};
	struct l2tp_build b;
	uint8_t buf[1024];

	build_start(&b, buf, L2TP_CDN, false);
	l2tp_build_result(&b, &r);
	build_expect(&b, buf,
		     "c802001e 1234 5678 0000 0000 8008 0000 0000 000e 800a 0000 0001 00010000");
	r = (struct l2tp_result){2, 8, "bad"};
	build_start(&b, buf, L2TP_CDN, false);
	l2tp_build_result(&b, &r);
	build_expect(
		&b, buf,
		"c8020021 1234 5678 0000 0000 8008 0000 0000 000e 800d 0000 0001 00020008 626164");
}

static void longest_value(void)
{
	static const uint8_t value[1018];
	struct l2tp_build b;
	uint8_t buf[2048];

	for (size_t len = 1014; len <= 1018; len++) {
		bool hide = len % 2;
		struct l2tp_secret s = kat_secret("s");

		l2tp_build_start(&b, buf, sizeof(buf), L2TP_ICCN, 1, 1, &s, hide, rv);
		l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_PRIVATE_GROUP_ID, value, len);
		CU_ASSERT_EQUAL(l2tp_build_end(&b) == 0, len > (hide ? 1015 : 1017));
	}
}

/* Into every buffer too small, the build fails and nothing is written past the end. */
static void too_small_a_buffer(void)
{
	struct l2tp_secret s = kat_secret("s");
	struct l2tp_build b;
	uint8_t buf[100];

	for (size_t cap = 0; cap < 56; cap++) {
		memset(buf, 0xee, sizeof(buf));
		l2tp_build_start(&b, buf, cap, L2TP_ICRP, 1, 1, &s, true, rv);
		l2tp_build_u16(&b, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, 7);
		CU_ASSERT_EQUAL(l2tp_build_end(&b), cap < 52 ? 0 : 52);
		for (size_t i = cap; i < sizeof(buf); i++)
			CU_ASSERT_EQUAL(buf[i], 0xee);
	}
}

static void unknown_type_is_refused(void)
{
	struct l2tp_build b;
	uint8_t buf[1024];

	build_start(&b, buf, L2TP_ICRP, false);
	l2tp_build_u16(&b, L2TP_IETF, 20, 7);
	CU_ASSERT_EQUAL(l2tp_build_end(&b), 0);
	build_start(&b, buf, L2TP_ICRP, false); /* another vendor's has no row */
	l2tp_build_u16(&b, 9, L2TP_AVP_ASSIGNED_SESSION_ID, 7);
	CU_ASSERT_EQUAL(l2tp_build_end(&b), 0);
}

/* A message built decodes to the values put in, hidden or not. */
static void build_round_trip(void)
{
	static struct l2tp_msg m;
	struct l2tp_secret secret = kat_secret("testsecret");
	struct l2tp_fault fault;
	struct l2tp_build b;
	struct l2tp_hdr h;
	uint8_t buf[1024];
	uint32_t v;

	for (int hide = 0; hide < 2; hide++) {
		l2tp_build_start(&b, buf, sizeof(buf), L2TP_ICCN, 9, 10, &secret, hide, rv);
		l2tp_build_u32(&b, L2TP_IETF, L2TP_AVP_TX_CONNECT_SPEED, 0x12345678);
		l2tp_build_u32(&b, L2TP_IETF, L2TP_AVP_FRAMING_TYPE, 2);
		l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_PROXY_AUTHEN_RESPONSE,
			       "a password of 26 letters..", 26);
		CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, buf, l2tp_build_end(&b)), L2TP_HDR_IS_CONTROL);
		CU_ASSERT_EQUAL(l2tp_msg_decode(&m, &fault, h.payload, h.len, &secret, 0),
				L2TP_MSG_OK);
		CU_ASSERT_EQUAL(m.type, L2TP_ICCN);
		CU_ASSERT_TRUE(l2tp_msg_u32(&m, L2TP_IETF, L2TP_AVP_TX_CONNECT_SPEED, &v));
		CU_ASSERT_EQUAL(v, 0x12345678);
		ASSERT_OCTETS(l2tp_msg_find(&m, L2TP_IETF, 33)->val,
			      l2tp_msg_find(&m, L2TP_IETF, 33)->len, "a password of 26 letters..",
			      26);
		CU_ASSERT_EQUAL(l2tp_msg_find(&m, L2TP_IETF, 33)->hidden, hide);
	}
}

/* 4.1: the Length of an attribute has ten bits, 1023 with its header of 6 octets. */
static void raw_values_have_a_length_too(void)
{
	static const uint8_t big[1018];
	static const struct l2tp_secret secret = {.len = 1};
	uint8_t buf[4096];

	for (uint16_t hidden = 0; hidden < 2; hidden++)
		for (uint16_t more = 0; more < 2; more++) {
			struct l2tp_avp a = {.vendor = 9, .type = 1, .val = big};
			struct l2tp_build b;

			a.hidden = hidden;
			/* a hidden one holds its length in 2 octets more (4.3) */
			a.len = (uint16_t)(1017 - 2 * hidden + more);
			l2tp_build_start(&b, buf, sizeof(buf), L2TP_HELLO, 1, 0, &secret, false,
					 rv);
			l2tp_build_raw(&b, &a);
			CU_ASSERT_EQUAL(l2tp_build_end(&b) == 0, more);
		}
}

static const struct test_case cases[] = {
	{"hello_octets", hello_octets},
	{"m_bit_from_the_row", m_bit_from_the_row},
	{"rfc2661_4_1_bits_sent", rfc2661_4_1_bits_sent},
	{"one_vector_for_several_hidden", one_vector_for_several_hidden},
	{"rfc2661_4_3_padding_masks_the_length", rfc2661_4_3_padding_masks_the_length},
	{"rfc2661_4_3_no_secret_no_hiding", rfc2661_4_3_no_secret_no_hiding},
	{"raw_keeps_vendor_and_bits", raw_keeps_vendor_and_bits},
	{"result_always_has_an_error_code", result_always_has_an_error_code},
	{"longest_value", longest_value},
	{"too_small_a_buffer", too_small_a_buffer},
	{"unknown_type_is_refused", unknown_type_is_refused},
	{"round_trip", build_round_trip},
	{"raw_values_have_a_length_too", raw_values_have_a_length_too},
	{NULL, NULL},
};
const struct test_suite suite_build = {"build", cases};
