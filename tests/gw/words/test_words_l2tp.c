/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages laid out by hand after RFC 2661 sections 3.1, 4.1 and 6. */
#include "tests/gw/words/said.h"

#include "tests/harness.h"
#include <string.h>

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct l2tp_secret secret;
static struct l2tp_msg message;

static bool say(struct words *w, const uint8_t *octets, size_t len)
{
	words_l2tp(w, octets, len, &secret, &message);
	return true;
}

static void messages(void)
{
	static const struct said_row rows[] = {
		{"c802 000c 0007 0000 0002 0003", "ZLB Ns 2 Nr 3"},
		{"c802 0014 0007 0000 0002 0003 8008 0000 0000 0006", "HELLO Ns 2 Nr 3"},
		{"c802 0026 0007 0000 0002 0003 8008 0000 0000 000a 8008 0000 000e 0009 "
		 "800a 0000 000f 00000001",
		 "ICRQ Ns 2 Nr 3: Assigned Session ID: 9, Call Serial Number: 1"},
		{"4002 0006", "4 octets that are no control message"},
	};

	said_rows(rows, N(rows), say);
}

/* Of what a peer sends that has no row, and of what no RFC has. */
static void what_is_unknown(void)
{
	uint8_t pkt[64];
	struct words w = {0};
	size_t len = test_hex(pkt, sizeof(pkt),
			      "c802 001e 0007 0000 0002 0003 8008 0000 0000 0006 "
			      "000a 0009 0063 0a0b0c0d");

	words_l2tp(&w, pkt, len, NULL, &message);
	CU_ASSERT_STRING_EQUAL(w.text, "HELLO Ns 2 Nr 3: vendor 9 attribute 99: 0a0b0c0d");
	len = test_hex(pkt, sizeof(pkt), "c802 0014 0007 0000 0002 0003 8008 0000 0000 0063");
	w.len = 0;
	words_l2tp(&w, pkt, len, NULL, &message);
	CU_ASSERT_PTR_NOT_NULL(strstr(w.text, "message 99 Ns 2 Nr 3"));
}

/* What hides a value and what proves a secret is not said; a value that was hidden is, marked. */
static void secrets(void)
{
	static const uint8_t rv[16] = {1, 2, 3}, response[16] = {0xab, 0xcd};
	struct l2tp_build b;
	struct words w = {0};
	uint8_t pkt[400];
	size_t len;

	secret.len = 7;
	memcpy(secret.octets, "hidden!", 7);
	l2tp_build_start(&b, pkt, sizeof(pkt), L2TP_ICCN, 7, 9, &secret, true, rv);
	l2tp_build_u32(&b, L2TP_IETF, L2TP_AVP_TX_CONNECT_SPEED, 64000);
	l2tp_build_u32(&b, L2TP_IETF, L2TP_AVP_FRAMING_TYPE, 1);
	l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_PROXY_AUTHEN_NAME, "ann", 3);
	l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_PROXY_AUTHEN_RESPONSE, response, 16);
	len = l2tp_build_end(&b);
	words_l2tp(&w, pkt, len, &secret, &message);
	CU_ASSERT_PTR_NOT_NULL(strstr(w.text, "ICCN Ns 0 Nr 0: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(w.text, "(Tx) Connect Speed: 64000 (hidden), "));
	CU_ASSERT_PTR_NOT_NULL(strstr(w.text, "Proxy Authen Name: ann (hidden), "));
	CU_ASSERT_PTR_NOT_NULL(strstr(w.text, "Proxy Authen Response: "));
	CU_ASSERT_PTR_NULL(strstr(w.text, "abcd"));
	w.len = 0;
	words_l2tp(&w, pkt, len, NULL, &message);
	CU_ASSERT_PTR_NULL(strstr(w.text, "64000"));
	memset(&secret, 0, sizeof(secret));
}

static const struct test_case cases[] = {
	{"messages", messages},
	{"what_is_unknown", what_is_unknown},
	{"secrets", secrets},
	{NULL, NULL},
};
const struct test_suite suite_words_l2tp = {"words_l2tp", cases};
