/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/hdr.h"

#include <stdlib.h>
#include <string.h>

#include "tests/core/body.h"

/* --- whole messages --------------------------------------------------------------------------- */

static void msg_captures_decode(void)
{
	static const char *const file[] = {"xl2tpd-lac_xl2tpd-lns.hex",
					   "xl2tpd-lac_l2tpns-lns.hex"};
	struct l2tp_secret secret = kat_secret("testsecret");
	unsigned good = 0, zlb = 0, closed = 0;
	uint8_t buf[1024];
	struct l2tp_hdr h;
	struct kat k;

	for (unsigned i = 0; i < 2; i++)
		for (kat_open(&k, file[i]); kat_next(&k);) {
			size_t n = kat_last_hex(&k, buf, sizeof(buf));
			enum l2tp_verdict v;

			if (l2tp_hdr_decode(&h, buf, n) != L2TP_HDR_IS_CONTROL)
				continue;
			zlb += !h.len;
			if (!h.len)
				continue;
			v = l2tp_msg_decode(&m, &fault, h.payload, h.len, &secret, 0);
			good += v == L2TP_MSG_OK;
			closed += v == L2TP_MSG_CLOSE;
			/* the one hand-made SCCRQ that hides its Host Name, which MUST NOT be
			 * hidden */
			if (v == L2TP_MSG_CLOSE)
				CU_ASSERT_EQUAL(fault.reason, L2TP_R_HIDDEN_NOT_ALLOWED);
		}
	CU_ASSERT_EQUAL(good, 8 + 14 - 1);
	CU_ASSERT_EQUAL(zlb, 5 + 3);
	CU_ASSERT_EQUAL(closed, 1);
}

/* The first two lines of the l2tpns capture, by their values. */
static void captured_hidden_sccrq(void)
{
	struct l2tp_secret secret = kat_secret("testsecret");
	uint8_t buf[1024];
	struct l2tp_hdr h;
	uint16_t v16;
	struct kat k;
	size_t n;

	kat_open(&k, "xl2tpd-lac_l2tpns-lns.hex");
	CU_ASSERT_TRUE_FATAL(kat_next(&k));
	n = kat_last_hex(&k, buf, sizeof(buf));
	free(k.text);
	CU_ASSERT_EQUAL_FATAL(l2tp_hdr_decode(&h, buf, n), L2TP_HDR_IS_CONTROL);
	CU_ASSERT_EQUAL(l2tp_msg_decode(&m, &fault, h.payload, h.len, &secret, 0), L2TP_MSG_OK);
	CU_ASSERT_EQUAL(m.type, L2TP_SCCRQ);
	CU_ASSERT_EQUAL(m.n, 8);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &v16));
	CU_ASSERT_EQUAL(v16, 0x4321);
	CU_ASSERT_TRUE(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID)->hidden);
	CU_ASSERT_EQUAL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CHALLENGE)->len, 16);
	/* without the secret the hidden id, M set, cannot be read */
	CU_ASSERT_EQUAL(l2tp_msg_decode(&m, &fault, h.payload, h.len, NULL, 0), L2TP_MSG_CLOSE);
	CU_ASSERT_EQUAL(fault.reason, L2TP_R_HIDDEN_NO_SECRET);
}

/* A real LAC: Random Vector second, Challenge hidden with a secret we do not have. */
static void rtbrick_sccrq(void)
{
	struct l2tp_secret wrong = kat_secret("not the secret");
	uint8_t buf[1024];
	const uint8_t *host;
	struct l2tp_hdr h;
	struct kat k;
	size_t n;

	for (kat_open(&k, "rtbrick-lac-sccrq.hex"); kat_next(&k);)
		if (kat_starts(&k, "l2tp_payload"))
			n = kat_last_hex(&k, buf, sizeof(buf));
	CU_ASSERT_EQUAL_FATAL(l2tp_hdr_decode(&h, buf, n), L2TP_HDR_IS_CONTROL);
	host = l2tp_msg_peek(h.payload, h.len, L2TP_IETF, L2TP_AVP_HOST_NAME, &n);
	CU_ASSERT_PTR_NOT_NULL_FATAL(host);
	ASSERT_OCTETS(host, n, "BNG", 3);
	CU_ASSERT_EQUAL(l2tp_msg_decode(&m, &fault, h.payload, h.len, &wrong, 0), L2TP_MSG_CLOSE);
	CU_ASSERT_EQUAL(fault.reason, L2TP_R_HIDDEN_LENGTH);
	CU_ASSERT_EQUAL(fault.answer.error, L2TP_ERR_WRONG_LENGTH);
	CU_ASSERT_PTR_NOT_NULL(strstr(fault.answer.text, "Challenge"));
}

struct judged {
	const char *row;
	enum l2tp_verdict verdict;
	enum l2tp_reason reason;
};

static void msg_judge(const char *file, const struct judged *want, size_t rows, size_t skip)
{
	unsigned seen = 0;
	uint8_t buf[1024];
	struct kat k;

	for (kat_open(&k, file); kat_next(&k);)
		for (size_t i = 0; i < rows; i++) {
			size_t n;

			if (!kat_starts(&k, want[i].row))
				continue;
			n = kat_last_hex(&k, buf, sizeof(buf));
			CU_ASSERT_EQUAL(l2tp_msg_decode(&m, &fault, buf + skip, n - skip, NULL, 0),
					want[i].verdict);
			CU_ASSERT_EQUAL(fault.reason, want[i].reason);
			seen++;
		}
	CU_ASSERT_EQUAL(seen, rows);
}

/* Rows of other projects' tests, judged from RFC 2661. */
static void msg_ze_rows(void)
{
	static const struct judged body[] = {
		{"avp_test.go:52", L2TP_MSG_CLOSE, L2TP_R_AVP_SHORT},	/* Length 4 */
		{"avp_test.go:65", L2TP_MSG_CLOSE, L2TP_R_AVP_OVERRUN}, /* Length 10 of 8 */
		{"avp_test.go:84", L2TP_MSG_CLOSE, L2TP_R_MSG_TYPE_NOT_FIRST},
		{"avp_test.go:112", L2TP_MSG_CLOSE, L2TP_R_MSG_TYPE_NOT_FIRST}, /* reserved bit */
		{"avp_test.go:131", L2TP_MSG_CLOSE, L2TP_R_AVP_MISSING},	/* SCCRP alone */
		{"avp_test.go:144", L2TP_MSG_CLOSE, L2TP_R_MSG_TYPE_NOT_FIRST},
	};
	static const struct judged message[] = {
		{"header_test.go:15", L2TP_MSG_CLOSE, L2TP_R_AVP_SHORT}, /* zeros: Length 0 */
		{"test/l2tp-wire/decode-sccrq.ci", L2TP_MSG_OK, L2TP_R_NONE},
	};

	msg_judge("ze.hex", body, sizeof(body) / sizeof(body[0]), 0);
	msg_judge("ze.hex", message, sizeof(message) / sizeof(message[0]), 12);
}

static void go_l2tp_rows(void)
{
	static const struct judged message[] = {
		{"msg_test.go:22", L2TP_MSG_OK, L2TP_R_NONE}, /* HELLO */
		{"msg_test.go:195", L2TP_MSG_OK, L2TP_R_NONE},
	};
	static const struct judged body[] = {
		{"avp_test.go:25", L2TP_MSG_CLOSE, L2TP_R_AVP_MISSING}, /* no Host Name */
		{"avp_test.go:45", L2TP_MSG_CLOSE, L2TP_R_AVP_OVERRUN}, /* four octets */
		{"avp_test.go:63", L2TP_MSG_OK, L2TP_R_NONE},		/* StopCCN, short result */
		{"avp_test.go:107", L2TP_MSG_CLOSE, L2TP_R_MSG_TYPE_NOT_FIRST}, /* vendor 495 */
		{"avp_test.go:139", L2TP_MSG_CLOSE, L2TP_R_MSG_TYPE_NOT_FIRST},
		{"avp_test.go:368", L2TP_MSG_CLOSE, L2TP_R_AVP_MISSING},   /* SCCRQ alone */
		{"avp_test.go:373", L2TP_MSG_OK, L2TP_R_NONE},		   /* SCCCN needs no more */
		{"avp_test.go:378", L2TP_MSG_CLOSE, L2TP_R_MSG_UNKNOWN_M}, /* type 20 */
	};

	msg_judge("go-l2tp.hex", message, sizeof(message) / sizeof(message[0]), 12);
	msg_judge("go-l2tp.hex", body, sizeof(body) / sizeof(body[0]), 0);
}

static void rfc2661_6_required_missing(void)
{
	struct body b;

	for (uint16_t type = 0; type < L2TP_MSG_TYPES; type++) {
		const uint16_t *must = l2tp_msg_table[type].required;

		if (!must)
			continue;
		begin_whole(&b, type);
		CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
		for (; *must != L2TP_NO_AVP; must++) {
			struct body part;
			size_t at = 8;

			begin(&part, type);
			while (at < b.w.len) { /* all of the whole one but this */
				size_t n = b.octets[at + 1];

				if (b.octets[at + 5] != *must)
					wr_bytes(&part.w, b.octets + at, n);
				at += n;
			}
			expect_close(&part, L2TP_R_AVP_MISSING, L2TP_ERR_BAD_VALUE,
				     l2tp_avp_row(0, *must)->name);
			CU_ASSERT_EQUAL(m.type, type);
		}
	}
}

/* --- Message Type ----------------------------------------------------------------------------- */

static void rfc2661_4_4_1_message_type_first(void)
{
	struct body b;

	empty(&b);
	avp(&b, M, 0, L2TP_AVP_RANDOM_VECTOR, "00112233445566778899aabbccddeeff");
	avp(&b, M, 0, L2TP_AVP_MESSAGE_TYPE, "0006");
	expect_close(&b, L2TP_R_MSG_TYPE_NOT_FIRST, L2TP_ERR_BAD_VALUE, "Message Type");
	CU_ASSERT_EQUAL(m.type, 0);
}

static void rfc2661_4_4_1_message_type_not_hidden(void)
{
	struct body b;

	empty(&b);
	avp(&b, M | H, 0, L2TP_AVP_MESSAGE_TYPE, "0006");
	expect_close(&b, L2TP_R_MSG_TYPE_NOT_FIRST, L2TP_ERR_BAD_VALUE, "Message Type");
}

static void message_type_of_another_vendor(void)
{
	struct body b;

	empty(&b);
	avp(&b, M, 9, L2TP_AVP_MESSAGE_TYPE, "0006");
	expect_close(&b, L2TP_R_MSG_TYPE_NOT_FIRST, L2TP_ERR_BAD_VALUE, "Message Type");
}

static void message_type_length(void)
{
	static const char *const bad[] = {"", "06", "000600"};
	struct body b;

	for (unsigned i = 0; i < 3; i++) {
		empty(&b);
		avp(&b, M, 0, L2TP_AVP_MESSAGE_TYPE, bad[i]);
		expect_close(&b, L2TP_R_AVP_LENGTH, L2TP_ERR_WRONG_LENGTH, "Message Type");
	}
}

static void rfc2661_4_4_1_unknown_message(void)
{
	static const uint16_t unknown[] = {0, 5, 13, 17, 28, 29, 256, 65535};
	struct body b;

	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		begin(&b, unknown[i]);
		avp(&b, M, 0, 999, "");
		expect_close(&b, L2TP_R_MSG_UNKNOWN_M, L2TP_ERR_BAD_VALUE, "message ");
		CU_ASSERT_EQUAL(m.type, unknown[i]);
		b.octets[0] = 0; /* M off */
		CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_IGNORE);
		CU_ASSERT_EQUAL(fault.reason, L2TP_R_MSG_UNKNOWN);
		CU_ASSERT_FALSE(m.mandatory);
	}
}

static void known_message_with_m_off(void)
{
	struct body b;

	begin(&b, L2TP_HELLO);
	b.octets[0] = 0;
	CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
}

/* --- the shape of the run of attributes ------------------------------------------------------- */

static void avp_length_under_six(void)
{
	struct body b;

	for (uint16_t type = 0; type < 50; type++)
		for (uint16_t len = 0; len < 6; len++)
			for (unsigned bits = 0; bits < 4; bits++) {
				begin_whole(&b, L2TP_ICCN);
				wr_u16(&b.w, (uint16_t)(bits << 14 | len));
				wr_u16(&b.w, 0);
				wr_u16(&b.w, type);
				CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_CLOSE);
				CU_ASSERT_EQUAL(fault.reason, L2TP_R_AVP_SHORT);
				CU_ASSERT_EQUAL(fault.answer.error, L2TP_ERR_WRONG_LENGTH);
			}
}

/* Cut off at every octet: good only where an attribute ends and no required attribute is missing.
 */
static void cut_at_every_octet(void)
{
	struct body b;
	size_t whole;

	begin(&b, L2TP_ICCN);
	avp(&b, M, 0, L2TP_AVP_TX_CONNECT_SPEED, "00000001");
	avp(&b, M, 0, L2TP_AVP_FRAMING_TYPE, "00000001");
	whole = b.w.len;
	avp(&b, 0, 0, L2TP_AVP_RX_CONNECT_SPEED, "00000001");
	for (size_t n = 0; n <= b.w.len; n++) {
		uint8_t *copy = malloc(n + !n); /* exact, for the address sanitizer */
		enum l2tp_verdict v;

		memcpy(copy, b.octets, n);
		v = l2tp_msg_decode(&m, &fault, copy, n, NULL, 0);
		CU_ASSERT_EQUAL(v == L2TP_MSG_OK, n == whole || n == b.w.len);
		CU_ASSERT_EQUAL(fault.reason == L2TP_R_AVP_MISSING, n == 8 || n == 18);
		free(copy);
	}
}

static void message_over_the_limit(void)
{
	struct body b;

	begin(&b, L2TP_HELLO);
	while (b.w.len + 1000 <= L2TP_MSG_MAX) {
		memset(b.octets + b.w.len, 0, 1000);
		wr_u16(&b.w, 1000);
		wr_u16(&b.w, 9);
		wr_u16(&b.w, 1);
		b.w.len += 994;
	}
	wr_u16(&b.w, (uint16_t)(L2TP_MSG_MAX - b.w.len));
	wr_u16(&b.w, 9);
	wr_u16(&b.w, 1);
	b.w.len = L2TP_MSG_MAX;
	CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
	b.w.len++;
	expect_close(&b, L2TP_R_MSG_TOO_LONG, L2TP_ERR_WRONG_LENGTH, "message");
}

static void more_attributes_than_fit(void)
{
	struct body b;

	begin(&b, L2TP_HELLO);
	for (unsigned i = 0; i < L2TP_MSG_AVPS + 10; i++)
		avp(&b, 0, 9, 1, "");
	CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
	CU_ASSERT_EQUAL(m.n, L2TP_MSG_AVPS);
	CU_ASSERT_EQUAL(m.ignored[L2TP_R_AVP_TOO_MANY], 11);
	avp(&b, M, 0, L2TP_AVP_RANDOM_VECTOR, "00");
	expect_close(&b, L2TP_R_AVP_TOO_MANY, L2TP_ERR_NO_RESOURCES, "Random Vector");
}

/* --- quirks ----------------------------------------------------------------------------------- */

static void quirk_misplaced(void)
{
	struct body b;

	begin(&b, L2TP_SCCCN);
	avp(&b, M, 0, L2TP_AVP_RECEIVE_WINDOW_SIZE, "0004");
	expect_close(&b, L2TP_R_AVP_MISPLACED, L2TP_ERR_UNKNOWN_MANDATORY, "Receive Window Size");
	CU_ASSERT_EQUAL(decode_with(&b, "", L2TP_QUIRKS_DEFAULT), L2TP_MSG_OK);
	CU_ASSERT_EQUAL(m.quirks_used, L2TP_QUIRK_MISPLACED_AVP);
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_RECEIVE_WINDOW_SIZE));
	b.octets[8] = 0; /* M off: passed over in any case */
	expect_passed(&b, L2TP_R_AVP_MISPLACED, L2TP_AVP_RECEIVE_WINDOW_SIZE);
	CU_ASSERT_EQUAL(m.quirks_used, 0);
}

static void quirk_unknown_mandatory(void)
{
	struct body b;

	begin(&b, L2TP_SCCCN);
	avp(&b, M, 12341, 9, "0004");
	CU_ASSERT_EQUAL(decode_with(&b, "", L2TP_QUIRKS_DEFAULT), L2TP_MSG_CLOSE);
	CU_ASSERT_EQUAL(decode_with(&b, "", L2TP_QUIRK_UNKNOWN_MANDATORY), L2TP_MSG_OK);
	CU_ASSERT_EQUAL(m.quirks_used, L2TP_QUIRK_UNKNOWN_MANDATORY);
	CU_ASSERT_EQUAL(m.ignored[L2TP_R_AVP_UNKNOWN_M], 1);
	CU_ASSERT_EQUAL(m.n, 1);
}

static void quirk_long_response(void)
{
	static const char response[] = "000102030405060708090a0b0c0d0e0f 101112131415";
	struct body b;

	begin(&b, L2TP_SCCCN);
	avp(&b, M, 0, L2TP_AVP_CHALLENGE_RESPONSE, response);
	CU_ASSERT_EQUAL(decode_with(&b, "", L2TP_QUIRKS_DEFAULT), L2TP_MSG_CLOSE);
	CU_ASSERT_EQUAL(decode_with(&b, "", L2TP_QUIRK_LONG_RESPONSE), L2TP_MSG_OK);
	CU_ASSERT_EQUAL(m.quirks_used, L2TP_QUIRK_LONG_RESPONSE);
	CU_ASSERT_EQUAL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_CHALLENGE_RESPONSE)->len, 16);
	begin(&b, L2TP_SCCCN);
	avp(&b, M, 0, L2TP_AVP_CHALLENGE_RESPONSE, "000102030405060708090a0b0c0d0e0f 10");
	CU_ASSERT_EQUAL(decode_with(&b, "", L2TP_QUIRK_LONG_RESPONSE), L2TP_MSG_CLOSE);
}

static void decode_result(const char *hex, uint32_t quirks, struct l2tp_result *r)
{
	struct body b;

	begin(&b, L2TP_CDN);
	avp(&b, M, 0, L2TP_AVP_RESULT_CODE, hex);
	avp(&b, M, 0, L2TP_AVP_ASSIGNED_SESSION_ID, "0001");
	CU_ASSERT_EQUAL(decode_with(&b, "", quirks), L2TP_MSG_OK);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, r));
}

static void quirk_swapped_result(void)
{
	struct l2tp_result r;

	decode_result("0300 0800", 0, &r);
	CU_ASSERT_EQUAL(r.result, 0x0300);
	decode_result("0300 0800", L2TP_QUIRK_SWAPPED_RESULT, &r);
	CU_ASSERT_EQUAL(r.result, 3);
	CU_ASSERT_EQUAL(r.error, 8);
	CU_ASSERT_EQUAL(m.quirks_used, L2TP_QUIRK_SWAPPED_RESULT);
	decode_result("0003 0008", L2TP_QUIRK_SWAPPED_RESULT, &r);
	CU_ASSERT_EQUAL(r.result, 3);
	CU_ASSERT_EQUAL(m.quirks_used, 0);
}

static void rfc2661_4_4_2_result_lengths(void)
{
	struct l2tp_result r;

	decode_result("0001", 0, &r);
	CU_ASSERT_EQUAL(r.result, 1);
	CU_ASSERT_EQUAL(r.error, 0);
	CU_ASSERT_STRING_EQUAL(r.text, "");
	CU_ASSERT_EQUAL(m.quirks_used, L2TP_QUIRK_SHORT_RESULT);
	decode_result("0002 0006", 0, &r);
	CU_ASSERT_EQUAL(r.error, 6);
	CU_ASSERT_EQUAL(m.quirks_used, 0);
	decode_result("0002 0006 6f6b0a1bff21", 0, &r);
	CU_ASSERT_STRING_EQUAL(r.text, "ok...!");
}

static void result_text_is_cut(void)
{
	struct l2tp_result r;
	char hex[8 + 2 * 400 + 1] = "00010000";

	for (unsigned i = 0; i < 400; i++)
		strcat(hex, "41");
	decode_result(hex, 0, &r);
	CU_ASSERT_EQUAL(strlen(r.text), L2TP_MSG_TEXT_MAX);
}

/* --- looking into a message ------------------------------------------------------------------- */

static void find_and_numbers(void)
{
	struct body b;
	uint16_t v16;
	uint32_t v32;

	begin_whole(&b, L2TP_ICRQ);
	CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, &v16));
	CU_ASSERT_TRUE(l2tp_msg_u32(&m, L2TP_IETF, L2TP_AVP_CALL_SERIAL_NUMBER, &v32));
	CU_ASSERT_EQUAL(v32, 0x01000000);
	CU_ASSERT_FALSE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_CALL_SERIAL_NUMBER, &v16));
	CU_ASSERT_FALSE(l2tp_msg_u32(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, &v32));
	CU_ASSERT_FALSE(l2tp_msg_u32(&m, L2TP_IETF, L2TP_AVP_BEARER_TYPE, &v32));
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_BEARER_TYPE));
}

static void peek_sees_only_sound_octets(void)
{
	const uint8_t *host;
	struct body b;
	size_t n = 0;

	begin(&b, L2TP_SCCRQ);
	avp(&b, M | H, 0, L2TP_AVP_HOST_NAME, "0000");
	avp(&b, M, 9, L2TP_AVP_HOST_NAME, "6e6f");
	avp(&b, M | 0x0400, 0, L2TP_AVP_HOST_NAME, "6e6f");
	avp(&b, M, 0, L2TP_AVP_HOST_NAME, "6c6163");
	host = l2tp_msg_peek(b.octets, b.w.len, L2TP_IETF, L2TP_AVP_HOST_NAME, &n);
	CU_ASSERT_PTR_NOT_NULL_FATAL(host);
	ASSERT_OCTETS(host, n, "lac", 3);
	CU_ASSERT_PTR_NULL(l2tp_msg_peek(b.octets, b.w.len - 1, L2TP_IETF, L2TP_AVP_HOST_NAME, &n));
	CU_ASSERT_PTR_NULL(l2tp_msg_peek(b.octets, b.w.len, L2TP_IETF, L2TP_AVP_CHALLENGE, &n));
}

/* Random octets behind a Message Type, exact in memory: ends, and never reads past the end. */
static void random_bodies(void)
{
	uint64_t seed = test_seed();
	struct l2tp_secret secret = kat_secret("s");

	for (unsigned i = 0; i < 20000; i++) {
		size_t len = 8 + test_rand(&seed) % 120;
		uint8_t *p = malloc(len);

		for (size_t j = 0; j < len; j++)
			p[j] = (uint8_t)(test_rand(&seed) & (j % 3 ? 0xff : 0x4f));
		memcpy(p, "\x80\x08\0\0\0\0\0", 7);
		p[7] = (uint8_t)(test_rand(&seed) % 18);
		l2tp_msg_decode(&m, &fault, p, len, &secret, (uint32_t)test_rand(&seed));
		for (unsigned j = 0; j < m.n; j++) {
			const uint8_t *v = m.avp[j].val;
			bool inside = v >= p && v + m.avp[j].len <= p + len;

			CU_ASSERT_TRUE(inside || (v >= m.plain &&
						  v + m.avp[j].len <= m.plain + sizeof(m.plain)));
		}
		free(p);
	}
}

static const struct test_case cases[] = {
	{"captures_decode", msg_captures_decode},
	{"captured_hidden_sccrq", captured_hidden_sccrq},
	{"rtbrick_sccrq", rtbrick_sccrq},
	{"ze_rows", msg_ze_rows},
	{"go_l2tp_rows", go_l2tp_rows},
	{"rfc2661_6_required_missing", rfc2661_6_required_missing},
	{"rfc2661_4_4_1_message_type_first", rfc2661_4_4_1_message_type_first},
	{"rfc2661_4_4_1_message_type_not_hidden", rfc2661_4_4_1_message_type_not_hidden},
	{"message_type_of_another_vendor", message_type_of_another_vendor},
	{"message_type_length", message_type_length},
	{"rfc2661_4_4_1_unknown_message", rfc2661_4_4_1_unknown_message},
	{"known_message_with_m_off", known_message_with_m_off},
	{"avp_length_under_six", avp_length_under_six},
	{"cut_at_every_octet", cut_at_every_octet},
	{"message_over_the_limit", message_over_the_limit},
	{"more_attributes_than_fit", more_attributes_than_fit},
	{"quirk_misplaced", quirk_misplaced},
	{"quirk_unknown_mandatory", quirk_unknown_mandatory},
	{"quirk_long_response", quirk_long_response},
	{"quirk_swapped_result", quirk_swapped_result},
	{"rfc2661_4_4_2_result_lengths", rfc2661_4_4_2_result_lengths},
	{"result_text_is_cut", result_text_is_cut},
	{"find_and_numbers", find_and_numbers},
	{"peek_sees_only_sound_octets", peek_sees_only_sound_octets},
	{"random_bodies", random_bodies},
	{NULL, NULL},
};
const struct test_suite suite_msg = {"msg", cases};
