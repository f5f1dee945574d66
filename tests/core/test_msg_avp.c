/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/hdr.h"

#include <string.h>

#include "tests/core/body.h"

/* --- M, H and reserved bits ------------------------------------------------------------------- */

static void rfc2661_4_1_reserved_bits(void)
{
	struct body b;

	for (unsigned bit = 10; bit < 14; bit++) {
		begin_whole(&b, L2TP_ICCN);
		avp(&b, (uint16_t)(M | 1u << bit), 0, L2TP_AVP_PRIVATE_GROUP_ID, "41");
		expect_close(&b, L2TP_R_AVP_RESERVED, L2TP_ERR_UNKNOWN_MANDATORY,
			     "Private Group ID (vendor 0, type 37)");
		begin_whole(&b, L2TP_ICCN);
		avp(&b, (uint16_t)(1u << bit), 0, L2TP_AVP_PRIVATE_GROUP_ID, "41");
		expect_passed(&b, L2TP_R_AVP_RESERVED, L2TP_AVP_PRIVATE_GROUP_ID);
	}
}

static void rfc2661_4_1_unknown_mandatory(void)
{
	struct body b;

	begin_whole(&b, L2TP_ICRQ);
	avp(&b, M, 9, 100, "00");
	expect_close(&b, L2TP_R_AVP_UNKNOWN_M, L2TP_ERR_UNKNOWN_MANDATORY, "vendor 9, type 100");
	CU_ASSERT_TRUE(l2tp_msg_table[m.type].about_call);
	begin_whole(&b, L2TP_SCCRQ);
	avp(&b, M, 0, 20, "");
	expect_close(&b, L2TP_R_AVP_UNKNOWN_M, L2TP_ERR_UNKNOWN_MANDATORY, "vendor 0, type 20");
	CU_ASSERT_FALSE(l2tp_msg_table[m.type].about_call);
}

static void rfc2661_4_1_unknown_optional(void)
{
	const struct l2tp_avp *last;
	struct body b;

	begin_whole(&b, L2TP_ICRQ);
	avp(&b, 0, 9, L2TP_AVP_PROTOCOL_VERSION, "0900");
	avp(&b, 0, 9, L2TP_AVP_PROTOCOL_VERSION, "0901");
	CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
	CU_ASSERT_EQUAL(m.ignored[L2TP_R_AVP_UNKNOWN], 2);
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION));
	last = &m.avp[m.n - 1]; /* kept for a switch */
	CU_ASSERT_EQUAL(last->vendor, 9);
	CU_ASSERT_PTR_NULL(last->row);
	ASSERT_OCTETS(last->val, last->len, "\x09\x01", 2);
}

static void rfc2661_4_1_longest_value(void)
{
	static const uint16_t text[] = {L2TP_AVP_CALLED_NUMBER, L2TP_AVP_CALLING_NUMBER,
					L2TP_AVP_SUB_ADDRESS};
	static const uint16_t length[] = {0, 1, 254, 255, 256, 1017};
	struct body b;

	for (unsigned i = 0; i < 3; i++)
		for (unsigned j = 0; j < 6; j++) {
			begin_whole(&b, L2TP_ICRQ);
			wr_u16(&b.w, (uint16_t)(M | (6 + length[j])));
			wr_u16(&b.w, 0);
			wr_u16(&b.w, text[i]);
			memset(wr_room(&b.w, length[j]), '5', length[j]);
			CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
			CU_ASSERT_EQUAL(l2tp_msg_find(&m, L2TP_IETF, text[i])->len, length[j]);
		}
}

/* RFC 2661 7.1: its own example, and the same fault with M set. */
static void rfc2661_7_1_malformed_by_the_m_bit(void)
{
	struct body b;

	begin_whole(&b, L2TP_ICCN);
	avp(&b, 0, 0, L2TP_AVP_RX_CONNECT_SPEED, "2580");
	expect_passed(&b, L2TP_R_AVP_LENGTH, L2TP_AVP_RX_CONNECT_SPEED);
	begin_whole(&b, L2TP_ICCN);
	avp(&b, M, 0, L2TP_AVP_RX_CONNECT_SPEED, "2580");
	expect_close(&b, L2TP_R_AVP_LENGTH, L2TP_ERR_WRONG_LENGTH, "Rx Connect Speed");
	begin_whole(&b, L2TP_ICCN);
	avp(&b, 0, 0, L2TP_AVP_PROXY_AUTHEN_ID, "0102");
	expect_passed(&b, L2TP_R_AVP_VALUE, L2TP_AVP_PROXY_AUTHEN_ID);
}

/* Every known attribute in a message that lists it, at every length around the legal ones, M set.
 */
static void length_sweep(void)
{
	for (size_t i = 0; i < l2tp_avp_table_len; i++) {
		const struct l2tp_avp_row *row = &l2tp_avp_table[i];
		uint16_t type = 1;

		if (row->type == L2TP_AVP_MESSAGE_TYPE)
			continue;
		while (!(row->messages & 1u << type))
			type++;
		for (unsigned len = 0; len <= 40; len++) {
			struct body b;

			begin(&b, type);
			wr_u16(&b.w, (uint16_t)(M | (6 + len)));
			wr_u16(&b.w, row->vendor);
			wr_u16(&b.w, row->type);
			memset(wr_room(&b.w, len), row->shape == L2TP_SHAPE_ID ? 0 : 1, len);
			decode(&b);
			CU_ASSERT_EQUAL(fault.reason == L2TP_R_AVP_LENGTH,
					!l2tp_avp_length_ok(row, len));
		}
	}
}

static void known_attribute_with_wrong_m(void)
{
	struct body b;

	/* old Windows clients; and a required one without M */
	begin(&b, L2TP_ICRQ);
	avp(&b, M, 0, L2TP_AVP_PHYSICAL_CHANNEL_ID, "00000001");
	avp(&b, 0, 0, L2TP_AVP_ASSIGNED_SESSION_ID, "0001");
	avp(&b, 0, 0, L2TP_AVP_CALL_SERIAL_NUMBER, "00000001");
	CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
	CU_ASSERT_PTR_NOT_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_PHYSICAL_CHANNEL_ID));
}

static void rfc2661_4_4_2_bad_version(void)
{
	struct body b;

	begin(&b, L2TP_SCCRQ);
	avp(&b, M, 0, L2TP_AVP_PROTOCOL_VERSION, "0200");
	CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_CLOSE);
	CU_ASSERT_EQUAL(fault.answer.result, L2TP_STOP_BAD_VERSION);
	CU_ASSERT_EQUAL(fault.answer.error, 0x0100);
	begin_whole(&b, L2TP_SCCRQ);
	b.octets[8 + 7] = 7; /* another revision of version 1 is fine */
	CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
}

static void rfc2661_5_3_assigned_ids_not_zero(void)
{
	struct body b;

	begin(&b, L2TP_ICRQ);
	avp(&b, M, 0, L2TP_AVP_ASSIGNED_SESSION_ID, "0000");
	expect_close(&b, L2TP_R_AVP_VALUE, L2TP_ERR_BAD_VALUE, "Assigned Session ID");
	begin(&b, L2TP_SCCRP);
	avp(&b, M, 0, L2TP_AVP_ASSIGNED_TUNNEL_ID, "0000");
	expect_close(&b, L2TP_R_AVP_VALUE, L2TP_ERR_BAD_VALUE, "Assigned Tunnel ID");
}

static void duplicates_first_counts(void)
{
	struct body b;
	uint16_t sid = 0;

	begin_whole(&b, L2TP_CDN);
	avp(&b, M, 0, L2TP_AVP_ASSIGNED_SESSION_ID, "1111");
	CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
	CU_ASSERT_EQUAL(m.ignored[L2TP_R_AVP_DUPLICATE], 1);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, &sid));
	CU_ASSERT_EQUAL(sid, 0x0100);
	/* RFC 3145 3.4 lets this one be given per NCP */
	avp(&b, 0, 0, L2TP_AVP_PPP_DISCONNECT_CAUSE, "0012 8021 00");
	avp(&b, 0, 0, L2TP_AVP_PPP_DISCONNECT_CAUSE, "0012 8057 00");
	CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
	CU_ASSERT_EQUAL(m.ignored[L2TP_R_AVP_DUPLICATE], 1);
	CU_ASSERT_EQUAL(m.n, 5);
}

/* --- hiding ----------------------------------------------------------------------------------- */

#define RV	   "f31a00ff427c91085de633b014aa69c2" /* that of the known answers */
#define HIDDEN_TID "0c23f66a"			      /* 0x4321 as type 9 */

static void rfc2661_4_3_vector_must_precede(void)
{
	struct body b;

	begin(&b, L2TP_STOPCCN);
	avp(&b, M | H, 0, L2TP_AVP_ASSIGNED_TUNNEL_ID, HIDDEN_TID);
	avp(&b, M, 0, L2TP_AVP_RANDOM_VECTOR, RV);
	expect_close(&b, L2TP_R_HIDDEN_NO_VECTOR, L2TP_ERR_BAD_VALUE, "Assigned Tunnel ID");
}

static void rfc2661_4_3_last_vector_applies(void)
{
	struct body b;
	uint16_t tid = 0;

	begin(&b, L2TP_STOPCCN);
	avp(&b, M, 0, L2TP_AVP_RANDOM_VECTOR, "00");
	avp(&b, M, 0, L2TP_AVP_RANDOM_VECTOR, RV);
	avp(&b, M | H, 0, L2TP_AVP_ASSIGNED_TUNNEL_ID, HIDDEN_TID);
	avp(&b, M, 0, L2TP_AVP_RANDOM_VECTOR, "11");
	avp(&b, M, 0, L2TP_AVP_RESULT_CODE, "0001");
	CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
	CU_ASSERT_TRUE(l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &tid));
	CU_ASSERT_EQUAL(tid, 0x4321);
	CU_ASSERT_EQUAL(m.ignored[L2TP_R_AVP_DUPLICATE], 0);
}

/* Each attribute that MUST NOT be hidden, hidden: M set closes, M clear is passed over. */
static void rfc2661_4_4_must_not_be_hidden(void)
{
	static const struct {
		uint16_t type, message;
	} row[] = {{36, 1}, {1, 14}, {2, 1}, {5, 1}, {7, 1}, {10, 1}, {12, 14}, {39, 12}};
	struct body b;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		begin(&b, row[i].message);
		avp(&b, M, 0, L2TP_AVP_RANDOM_VECTOR, RV);
		avp(&b, M | H, 0, row[i].type, "00112233");
		expect_close(&b, L2TP_R_HIDDEN_NOT_ALLOWED, L2TP_ERR_BAD_VALUE,
			     l2tp_avp_row(0, row[i].type)->name);
	}
	begin_whole(&b, L2TP_SCCRQ);
	avp(&b, M, 0, L2TP_AVP_RANDOM_VECTOR, RV);
	avp(&b, H, 0, L2TP_AVP_TIE_BREAKER, "00112233");
	expect_passed(&b, L2TP_R_HIDDEN_NOT_ALLOWED, L2TP_AVP_TIE_BREAKER);
}

static void hidden_without_a_secret(void)
{
	struct body b;

	begin_whole(&b, L2TP_ICCN);
	avp(&b, M, 0, L2TP_AVP_RANDOM_VECTOR, RV);
	avp(&b, H, 0, L2TP_AVP_PRIVATE_GROUP_ID, "00112233");
	CU_ASSERT_EQUAL(decode_with(&b, "", 0), L2TP_MSG_OK);
	CU_ASSERT_EQUAL(m.ignored[L2TP_R_HIDDEN_NO_SECRET], 1);
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, L2TP_AVP_PRIVATE_GROUP_ID));
}

/* The known answers that must be rejected.  They are hidden under the mask of type 7, which our
 * table does not allow to be hidden, so they come as type 7 of vendor 9: unknown and optional. */
static void msg_avp_deciphered_length_is_not_believed(void)
{
	unsigned rows = 0;
	struct kat k;

	for (kat_open(&k, "rfc2661-kat.txt"); kat_next(&k);) {
		char hex[256];
		struct body b;

		if (!kat_starts(&k, "reject"))
			continue;
		kat_text(&k, "hidden_value", hex, sizeof(hex));
		begin(&b, L2TP_HELLO);
		avp(&b, M, 0, L2TP_AVP_RANDOM_VECTOR, RV);
		avp(&b, H, 9, 7, hex);
		CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
		CU_ASSERT_EQUAL(m.ignored[L2TP_R_HIDDEN_LENGTH], 1);
		CU_ASSERT_EQUAL(m.n, 2);
		rows++;
	}
	CU_ASSERT_EQUAL(rows, 6);
}

static void deciphered_value_is_checked_too(void)
{
	struct l2tp_secret secret = kat_secret("testsecret");
	uint8_t vector[16], hidden[64];
	struct wr w = wr_init(hidden, sizeof(hidden));
	struct body b;

	test_hex(vector, sizeof(vector), RV);
	begin(&b, L2TP_STOPCCN);
	avp(&b, M, 0, L2TP_AVP_RANDOM_VECTOR, RV);
	l2tp_hide(&w, L2TP_AVP_ASSIGNED_TUNNEL_ID, &secret, vector, 16, vector, 3, NULL, 0);
	wr_u16(&b.w, (uint16_t)(M | H | (6 + w.len)));
	wr_u16(&b.w, 0);
	wr_u16(&b.w, L2TP_AVP_ASSIGNED_TUNNEL_ID);
	wr_bytes(&b.w, hidden, w.len);
	expect_close(&b, L2TP_R_AVP_LENGTH, L2TP_ERR_WRONG_LENGTH, "Assigned Tunnel ID");
}

/* Eight hidden attributes of the longest kind: all deciphered values fit and are correct. */
static void much_that_is_hidden(void)
{
	struct l2tp_secret secret = kat_secret("testsecret");
	uint8_t rv[16] = {1, 2, 3}, value[1000], buf[L2TP_MSG_MAX];
	struct l2tp_build build;
	struct l2tp_hdr h;

	l2tp_build_start(&build, buf, sizeof(buf), L2TP_HELLO, 1, 0, &secret, true, rv);
	for (uint16_t i = 0; i < 8; i++) {
		struct l2tp_avp a = {.vendor = 9, .type = i, .hidden = true, .val = value};

		a.len = sizeof(value);
		memset(value, i, sizeof(value));
		l2tp_build_raw(&build, &a);
	}
	CU_ASSERT_EQUAL(l2tp_hdr_decode(&h, buf, l2tp_build_end(&build)), L2TP_HDR_IS_CONTROL);
	CU_ASSERT_EQUAL(l2tp_msg_decode(&m, &fault, h.payload, h.len, &secret, 0), L2TP_MSG_OK);
	CU_ASSERT_EQUAL_FATAL(m.n, 10);
	for (unsigned i = 0; i < 8; i++) {
		memset(value, (int)i, sizeof(value));
		ASSERT_OCTETS(m.avp[2 + i].val, m.avp[2 + i].len, value, sizeof(value));
	}
}

/* RFC 2661 4.1: "Any vendor wishing to implement their own L2TP extensions can use their own Vendor
 * ID along with private Attribute values, guaranteeing that they will not collide": a vendor's
 * type 1 is not the Result Code, even in front of it. */
static void msg_avp_vendor_type_1_is_no_result_code(void)
{
	static const uint16_t in[] = {L2TP_CDN, L2TP_STOPCCN};
	struct l2tp_result r;
	struct body b;
	uint16_t v = 0;

	for (unsigned i = 0; i < 2; i++) {
		begin(&b, in[i]);
		avp(&b, 0, 9, L2TP_AVP_RESULT_CODE, "0006");
		avp(&b, M, 0, L2TP_AVP_RESULT_CODE, "0002 0004");
		avp(&b, M, 0, L2TP_AVP_ASSIGNED_TUNNEL_ID + (in[i] == L2TP_CDN ? 5 : 0), "0007");
		CU_ASSERT_EQUAL(decode(&b), L2TP_MSG_OK);
		CU_ASSERT_TRUE(l2tp_msg_result(&m, &r));
		CU_ASSERT_EQUAL(r.result, 2);
		CU_ASSERT_EQUAL(r.error, 4);
		CU_ASSERT_TRUE(l2tp_msg_u16(&m, 9, L2TP_AVP_RESULT_CODE, &v));
		CU_ASSERT_EQUAL(v, 6);
		CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, 10, L2TP_AVP_RESULT_CODE));
		CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, 9, L2TP_AVP_ASSIGNED_SESSION_ID));
	}
}

/* It is not the Result Code that a CDN must carry either. */
static void msg_avp_vendor_type_is_not_the_required_one(void)
{
	struct body b;

	begin(&b, L2TP_CDN);
	avp(&b, 0, 9, L2TP_AVP_RESULT_CODE, "0001 0000");
	avp(&b, M, 0, L2TP_AVP_ASSIGNED_SESSION_ID, "0007");
	expect_close(&b, L2TP_R_AVP_MISSING, L2TP_ERR_BAD_VALUE, "Result Code");
}

/* A vendor's type 36 is no Random Vector, and its type 7 is not the Host Name. */
static void msg_avp_vendor_types_are_not_looked_at(void)
{
	size_t len = 0;
	struct body b;
	const uint8_t *p;

	begin_whole(&b, L2TP_ICRQ);
	avp(&b, 0, 9, L2TP_AVP_RANDOM_VECTOR, "0102030405060708090a0b0c0d0e0f10");
	avp(&b, M | H, 0, L2TP_AVP_CALLED_NUMBER, "00112233445566778899aabbccddeeff");
	expect_close(&b, L2TP_R_HIDDEN_NO_VECTOR, L2TP_ERR_BAD_VALUE, "Called Number");

	begin(&b, L2TP_SCCRQ);
	avp(&b, 0, 9, L2TP_AVP_HOST_NAME, "6e6f");
	avp(&b, M, 0, L2TP_AVP_HOST_NAME, "6c6163");
	p = l2tp_msg_peek(b.octets, b.w.len, L2TP_IETF, L2TP_AVP_HOST_NAME, &len);
	ASSERT_OCTETS(p, len, "lac", 3);
	p = l2tp_msg_peek(b.octets, b.w.len, 9, L2TP_AVP_HOST_NAME, &len);
	ASSERT_OCTETS(p, len, "no", 2);
	CU_ASSERT_PTR_NULL(l2tp_msg_peek(b.octets, b.w.len, 10, L2TP_AVP_HOST_NAME, &len));
}

/* High octet first; nothing of another length, and then the number stays. */
static void msg_avp_a_number_is_seen(void)
{
	uint16_t n = 7;
	struct body b;

	begin(&b, L2TP_SCCRQ);
	avp(&b, M, 0, L2TP_AVP_ASSIGNED_TUNNEL_ID, "0102");
	avp(&b, M, 0, L2TP_AVP_HOST_NAME, "6c6163");
	CU_ASSERT_FALSE(l2tp_msg_peek_u16(b.octets, b.w.len, L2TP_IETF, L2TP_AVP_HOST_NAME, &n));
	CU_ASSERT_FALSE(
		l2tp_msg_peek_u16(b.octets, b.w.len, L2TP_IETF, L2TP_AVP_RECEIVE_WINDOW_SIZE, &n));
	CU_ASSERT_EQUAL(n, 7);
	CU_ASSERT_TRUE(
		l2tp_msg_peek_u16(b.octets, b.w.len, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &n));
	CU_ASSERT_EQUAL(n, 0x0102);
}

static const struct test_case cases[] = {
	{"a_number_is_seen", msg_avp_a_number_is_seen},
	{"rfc2661_4_1_reserved_bits", rfc2661_4_1_reserved_bits},
	{"rfc2661_4_1_unknown_mandatory", rfc2661_4_1_unknown_mandatory},
	{"rfc2661_4_1_unknown_optional", rfc2661_4_1_unknown_optional},
	{"rfc2661_4_1_longest_value", rfc2661_4_1_longest_value},
	{"rfc2661_7_1_malformed_by_the_m_bit", rfc2661_7_1_malformed_by_the_m_bit},
	{"length_sweep", length_sweep},
	{"known_attribute_with_wrong_m", known_attribute_with_wrong_m},
	{"rfc2661_4_4_2_bad_version", rfc2661_4_4_2_bad_version},
	{"rfc2661_5_3_assigned_ids_not_zero", rfc2661_5_3_assigned_ids_not_zero},
	{"duplicates_first_counts", duplicates_first_counts},
	{"rfc2661_4_3_vector_must_precede", rfc2661_4_3_vector_must_precede},
	{"rfc2661_4_3_last_vector_applies", rfc2661_4_3_last_vector_applies},
	{"rfc2661_4_4_must_not_be_hidden", rfc2661_4_4_must_not_be_hidden},
	{"hidden_without_a_secret", hidden_without_a_secret},
	{"deciphered_length_is_not_believed", msg_avp_deciphered_length_is_not_believed},
	{"deciphered_value_is_checked_too", deciphered_value_is_checked_too},
	{"much_that_is_hidden", much_that_is_hidden},
	{"vendor_type_1_is_no_result_code", msg_avp_vendor_type_1_is_no_result_code},
	{"vendor_type_is_not_the_required_one", msg_avp_vendor_type_is_not_the_required_one},
	{"vendor_types_are_not_looked_at", msg_avp_vendor_types_are_not_looked_at},
	{NULL, NULL},
};
const struct test_suite suite_msg_avp = {"msg_avp", cases};
