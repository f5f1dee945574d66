/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/avp.h"
#include "core/msg.h"

#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"

static void length_of_every_attribute(void)
{
	for (size_t i = 0; i < l2tp_avp_table_len; i++) {
		const struct l2tp_avp_row *row = &l2tp_avp_table[i];

		for (size_t len = 0; len <= L2TP_AVP_VALUE_MAX; len++) {
			bool want = len >= row->min && len <= row->max;

			if (!row->vendor && row->type == L2TP_AVP_RESULT_CODE)
				want = len == 2 || len >= 4; /* RFC 2661 4.4.2: 8, or 10 and up */
			CU_ASSERT_EQUAL(l2tp_avp_length_ok(row, len), want);
		}
	}
}

static bool value_ok(uint16_t type, uint16_t message, const char *hex)
{
	uint8_t buf[64];
	size_t n = test_hex(buf, sizeof(buf), hex);

	return l2tp_avp_value_ok(l2tp_avp_row(0, type), message, buf, n);
}

static void rfc2661_5_3_ids_are_not_zero(void)
{
	CU_ASSERT_FALSE(value_ok(L2TP_AVP_ASSIGNED_TUNNEL_ID, L2TP_SCCRQ, "0000"));
	CU_ASSERT_FALSE(value_ok(L2TP_AVP_ASSIGNED_TUNNEL_ID, L2TP_SCCRP, "0000"));
	CU_ASSERT_TRUE(value_ok(L2TP_AVP_ASSIGNED_TUNNEL_ID, L2TP_SCCRQ, "0001"));
	CU_ASSERT_TRUE(value_ok(L2TP_AVP_ASSIGNED_TUNNEL_ID, L2TP_SCCRQ, "0100"));
	CU_ASSERT_FALSE(value_ok(L2TP_AVP_ASSIGNED_SESSION_ID, L2TP_ICRQ, "0000"));
	CU_ASSERT_FALSE(value_ok(L2TP_AVP_ASSIGNED_SESSION_ID, L2TP_OCRP, "0000"));
	CU_ASSERT_TRUE(value_ok(L2TP_AVP_ASSIGNED_SESSION_ID, L2TP_ICRQ, "ffff"));
	/* a sender that has assigned no id clears with id 0 */
	CU_ASSERT_TRUE(value_ok(L2TP_AVP_ASSIGNED_SESSION_ID, L2TP_CDN, "0000"));
	CU_ASSERT_TRUE(value_ok(L2TP_AVP_ASSIGNED_TUNNEL_ID, L2TP_STOPCCN, "0000"));
}

static void rfc2661_5_8_window_is_not_zero(void)
{
	CU_ASSERT_FALSE(value_ok(L2TP_AVP_RECEIVE_WINDOW_SIZE, L2TP_SCCRQ, "0000"));
	CU_ASSERT_TRUE(value_ok(L2TP_AVP_RECEIVE_WINDOW_SIZE, L2TP_SCCRQ, "0001"));
}

static void rfc2661_4_4_5_proxy_authen_id_high_octet(void)
{
	CU_ASSERT_TRUE(value_ok(L2TP_AVP_PROXY_AUTHEN_ID, L2TP_ICCN, "0000"));
	CU_ASSERT_TRUE(value_ok(L2TP_AVP_PROXY_AUTHEN_ID, L2TP_ICCN, "00ff"));
	CU_ASSERT_FALSE(value_ok(L2TP_AVP_PROXY_AUTHEN_ID, L2TP_ICCN, "0100"));
}

static void other_values_are_free(void)
{
	CU_ASSERT_TRUE(value_ok(L2TP_AVP_FIRMWARE_REVISION, L2TP_SCCRQ, "0000"));
	CU_ASSERT_TRUE(value_ok(L2TP_AVP_PROXY_AUTHEN_TYPE, L2TP_ICCN, "ffff"));
	CU_ASSERT_TRUE(value_ok(L2TP_AVP_FRAMING_TYPE, L2TP_ICCN, "00000000"));
}

static void expect_text(uint16_t vendor, uint16_t type, bool hidden, const char *hex,
			const char *want)
{
	struct l2tp_avp a = {.vendor = vendor, .type = type, .hidden = hidden};
	uint8_t val[1024];
	char text[512];
	int n;

	a.row = l2tp_avp_row(vendor, type);
	a.len = (uint16_t)test_hex(val, sizeof(val), hex);
	a.val = val;
	n = l2tp_avp_format(&a, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, want);
	CU_ASSERT_EQUAL(n, (int)strlen(want));
}

static void text_of_every_shape(void)
{
	expect_text(0, 9, false, "1234", "Assigned Tunnel ID: 4660");
	expect_text(0, 15, false, "00010000", "Call Serial Number: 65536");
	expect_text(0, 5, false, "0123456789abcdef", "Tie Breaker: 0123456789abcdef");
	expect_text(0, 7, false, "6c61632d65617374", "Host Name: lac-east");
	expect_text(0, 7, false, "61 0a 5c 1b 80 7f", "Host Name: a\\x0a\\x5c\\x1b\\x80\\x7f");
	expect_text(0, 36, false, "00ff", "Random Vector: 00ff");
	expect_text(0, 1, false, "0001", "Result Code: 1");
	expect_text(0, 1, false, "00020008", "Result Code: 2 error 8");
	expect_text(0, 1, false, "000100006279 65", "Result Code: 1 error 0 \"bye\"");
	expect_text(0, 2, false, "0100", "Protocol Version: 1.0");
	expect_text(0, 12, false, "0010 45", "Q.931 Cause Code: 16 message 0x45");
	expect_text(0, 12, false, "0010 45 6f6b", "Q.931 Cause Code: 16 message 0x45 \"ok\"");
	expect_text(0, 34, false, "0000 00000001 00000002 00000003 00000004 00000005 00010000",
		    "Call Errors: crc 1, framing 2, hardware-overruns 3, buffer-overruns 4, "
		    "time-out 5, alignment 65536");
	expect_text(0, 35, false, "0000 ffffffff 000a0000", "ACCM: send ffffffff receive 000a0000");
	expect_text(0, 32, false, "0007", "Proxy Authen ID: 7");
	expect_text(0, 39, false, "", "Sequencing Required: yes");
	expect_text(3561, 129, false, "0000000165a0bc00",
		    "Access Line Actual-Data-Rate-Upstream: 6000000000");
	expect_text(9, 2, false, "6162", "vendor 9 type 2: 6162");
}

static void avp_secrets_are_never_shown(void)
{
	expect_text(0, 33, false, "70617373776f7264", "Proxy Authen Response: (8 octets)");
	expect_text(0, 13, true, "000102030405060708090a0b0c0d0e0f",
		    "Challenge Response: (16 octets)");
	expect_text(9, 2, true, "6162", "vendor 9 type 2: (2 octets)");
}

/* snprintf rules: never past cap, ended by NUL, the full length returned. */
static void text_is_cut_to_fit(void)
{
	struct l2tp_avp a = {.type = 7, .len = 8, .val = (const uint8_t *)"lac-east"};
	static const char full[] = "Host Name: lac-east";
	char text[32];

	a.row = l2tp_avp_row(0, 7);
	for (size_t cap = 0; cap < sizeof(text); cap++) {
		memset(text, '#', sizeof(text));
		CU_ASSERT_EQUAL(l2tp_avp_format(&a, text, cap), (int)strlen(full));
		if (!cap)
			CU_ASSERT_EQUAL(text[0], '#');
		if (cap && cap <= strlen(full)) {
			CU_ASSERT_EQUAL(strlen(text), cap - 1);
			CU_ASSERT_EQUAL(text[cap], '#');
			CU_ASSERT_FALSE(strncmp(text, full, cap - 1));
		}
	}
}

static void a_copy_has_values_of_its_own(void)
{
	uint8_t text[] = {'a', 'b', 'c'}, number[] = {1};
	const struct l2tp_avp from[] = {
		{.vendor = 9, .type = 1, .mandatory = true, .val = text, .len = 3},
		{.type = 2, .val = NULL, .len = 0},
		{.type = 3, .hidden = true, .val = number, .len = 1},
	};
	struct l2tp_avps *copy = l2tp_avps_copy(from, 3);

	memset(text, 0, sizeof(text));
	number[0] = 0;
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	CU_ASSERT_EQUAL(copy->n, 3);
	CU_ASSERT_TRUE(l2tp_avp_is(&copy->avp[0], 9, 1) && copy->avp[0].mandatory);
	CU_ASSERT_EQUAL(copy->avp[0].len, 3);
	CU_ASSERT_FALSE(memcmp(copy->avp[0].val, "abc", 3));
	CU_ASSERT_TRUE(l2tp_avp_is(&copy->avp[1], 0, 2) && !copy->avp[1].len);
	CU_ASSERT_TRUE(l2tp_avp_is(&copy->avp[2], 0, 3) && copy->avp[2].hidden);
	CU_ASSERT_EQUAL(copy->avp[2].val[0], 1);
	free(copy);
	copy = l2tp_avps_copy(NULL, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	CU_ASSERT_EQUAL(copy->n, 0);
	free(copy);
}

static void the_first_of_a_kind_is_found(void)
{
	const struct l2tp_avp avps[] = {
		{.vendor = 9, .type = 1}, {.type = 1}, {.type = 2}, {.type = 1}};

	CU_ASSERT_PTR_EQUAL(l2tp_avp_find(avps, 4, 0, 1), &avps[1]);
	CU_ASSERT_PTR_EQUAL(l2tp_avp_find(avps, 4, 9, 1), &avps[0]);
	CU_ASSERT_PTR_EQUAL(l2tp_avp_find(avps, 4, 0, 2), &avps[2]);
	CU_ASSERT_PTR_NULL(l2tp_avp_find(avps, 2, 0, 2));
	CU_ASSERT_PTR_NULL(l2tp_avp_find(avps, 4, 9, 2));
}

static const struct test_case cases[] = {
	{"length_of_every_attribute", length_of_every_attribute},
	{"rfc2661_5_3_ids_are_not_zero", rfc2661_5_3_ids_are_not_zero},
	{"rfc2661_5_8_window_is_not_zero", rfc2661_5_8_window_is_not_zero},
	{"rfc2661_4_4_5_proxy_authen_id_high_octet", rfc2661_4_4_5_proxy_authen_id_high_octet},
	{"other_values_are_free", other_values_are_free},
	{"text_of_every_shape", text_of_every_shape},
	{"secrets_are_never_shown", avp_secrets_are_never_shown},
	{"text_is_cut_to_fit", text_is_cut_to_fit},
	{"a_copy_has_values_of_its_own", a_copy_has_values_of_its_own},
	{"the_first_of_a_kind_is_found", the_first_of_a_kind_is_found},
	{NULL, NULL},
};
const struct test_suite suite_avp = {"avp", cases};
