/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/core/body.h"

#include <stdio.h>
#include <string.h>

struct l2tp_msg m;
struct l2tp_fault fault;

void avp(struct body *b, uint16_t flags, uint16_t vendor, uint16_t type, const char *hex)
{
	uint8_t val[1024];
	size_t n = test_hex(val, sizeof(val), hex);

	wr_u16(&b->w, (uint16_t)(flags | (6 + n)));
	wr_u16(&b->w, vendor);
	wr_u16(&b->w, type);
	wr_bytes(&b->w, val, n);
}

void empty(struct body *b)
{
	b->w = wr_init(b->octets, sizeof(b->octets));
}

void begin(struct body *b, uint16_t type)
{
	char hex[8];

	empty(b);
	snprintf(hex, sizeof(hex), "%04x", type);
	avp(b, M, 0, L2TP_AVP_MESSAGE_TYPE, hex);
}

void begin_whole(struct body *b, uint16_t type)
{
	const uint16_t *t = l2tp_msg_table[type].required;

	begin(b, type);
	for (; *t != L2TP_NO_AVP; t++) {
		const struct l2tp_avp_row *row = l2tp_avp_row(0, *t);
		char hex[64] = "01";

		for (unsigned i = 1; i < row->min; i++)
			strcat(hex, "00");
		avp(b, M, 0, *t, row->min ? hex : "");
	}
}

enum l2tp_verdict decode_with(const struct body *b, const char *secret, uint32_t quirks)
{
	struct l2tp_secret s = kat_secret(secret);

	return l2tp_msg_decode(&m, &fault, b->octets, b->w.len, &s, quirks);
}

enum l2tp_verdict decode(const struct body *b)
{
	return decode_with(b, "testsecret", 0);
}

void expect_close(const struct body *b, enum l2tp_reason why, uint16_t error, const char *names)
{
	CU_ASSERT_EQUAL(decode(b), L2TP_MSG_CLOSE);
	CU_ASSERT_EQUAL(fault.reason, why);
	CU_ASSERT_EQUAL(fault.answer.result, 2);
	CU_ASSERT_EQUAL(fault.answer.error, error);
	CU_ASSERT_PTR_NOT_NULL(strstr(fault.answer.text, names));
}

void expect_passed(const struct body *b, enum l2tp_reason why, uint16_t type)
{
	CU_ASSERT_EQUAL(decode(b), L2TP_MSG_OK);
	CU_ASSERT_EQUAL(m.ignored[why], 1);
	CU_ASSERT_PTR_NULL(l2tp_msg_find(&m, L2TP_IETF, type));
}
