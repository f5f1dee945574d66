/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record stream; the octets are those of Linux's atmtcp as a PPPoA client sends them. */
#include "transports/link/atmtcp.h"

#include "tests/harness.h"

#define OPEN_WORDS "O 0.35 0.0.35 ubr,aal5:tx:max_sdu=16386,rx:max_sdu=1502"

static const uint8_t lcp[] = {
	0x00, 0x00, 0x00, 0x23, 0x00, 0x00, 0x00, 0x0c, /* 0.35, 12 octets */
	0xc0, 0x21, 0x01, 0x01, 0x00, 0x0a, 0x05, 0x06, 0x2a, 0x78, 0x4d, 0xc3,
};

static void atmtcp_sdu(void)
{
	struct rd r = rd_init(lcp, sizeof(lcp));
	struct atmtcp_record rec;
	uint8_t hdr[ATMTCP_HDR_LEN];

	CU_ASSERT_EQUAL(atmtcp_next(&r, &rec), ATMTCP_SDU);
	CU_ASSERT_EQUAL(rec.vpi, 0);
	CU_ASSERT_EQUAL(rec.vci, 35);
	ASSERT_OCTETS(rec.data, rec.len, lcp + 8, 12);
	CU_ASSERT_EQUAL(r.left, 0);
	CU_ASSERT_EQUAL(atmtcp_next(&r, &rec), ATMTCP_MORE);
	atmtcp_header(hdr, 0, 35, 12);
	ASSERT_OCTETS(hdr, sizeof(hdr), lcp, 8);
}

static void test_atmtcp_words(void)
{
	uint8_t buf[8 + sizeof(OPEN_WORDS)] = {0, 0, 0, 0, 0, 0, 0, 55};
	struct rd r = rd_init(buf, 8 + 55);
	struct atmtcp_record rec;
	char text[80];

	CU_ASSERT_EQUAL_FATAL(sizeof(OPEN_WORDS) - 1, 55);
	memcpy(buf + 8, OPEN_WORDS, 55);
	CU_ASSERT_EQUAL(atmtcp_next(&r, &rec), ATMTCP_CONTROL);
	atmtcp_words(text, sizeof(text), &rec);
	CU_ASSERT_STRING_EQUAL(text, OPEN_WORDS);
	atmtcp_words(text, 7, &rec);
	CU_ASSERT_STRING_EQUAL(text, "O 0.35");
	buf[8] = '\n';
	buf[9] = 0xff;
	buf[10] = '\0';
	atmtcp_words(text, 7, &rec);
	CU_ASSERT_STRING_EQUAL(text, "....35");
}

/* Every cut of two records: nothing is taken until one is whole. */
static void any_pieces(void)
{
	uint8_t buf[2 * sizeof(lcp)];

	memcpy(buf, lcp, sizeof(lcp));
	memcpy(buf + sizeof(lcp), lcp, sizeof(lcp));
	for (size_t len = 0; len <= sizeof(buf); len++) {
		struct rd r = rd_init(buf, len);
		struct atmtcp_record rec;
		unsigned n = 0;

		while (atmtcp_next(&r, &rec) == ATMTCP_SDU)
			n++;
		CU_ASSERT_EQUAL(n, len / sizeof(lcp));
		CU_ASSERT_EQUAL(r.left, len % sizeof(lcp));
		CU_ASSERT_FALSE(r.bad);
	}
}

static void lengths(void)
{
	static const struct {
		uint16_t vci;
		uint32_t len;
		enum atmtcp_kind kind;
	} rows[] = {
		{35, 0, ATMTCP_SDU},
		{35, 65535, ATMTCP_MORE},
		{35, 65536, ATMTCP_BAD},
		{35, 0xffffffff, ATMTCP_BAD},
		{0, 0, ATMTCP_CONTROL},
		{0, ATMTCP_CONTROL_MAX, ATMTCP_MORE},
		{0, ATMTCP_CONTROL_MAX + 1, ATMTCP_BAD},
		{0, 0xffffffff, ATMTCP_BAD},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t hdr[ATMTCP_HDR_LEN];
		struct rd r = rd_init(hdr, sizeof(hdr));
		struct atmtcp_record rec;

		atmtcp_header(hdr, 0, rows[i].vci, rows[i].len);
		CU_ASSERT_EQUAL(atmtcp_next(&r, &rec), rows[i].kind);
	}
}

static const struct test_case cases[] = {
	{"sdu_of_a_pppoa_client", atmtcp_sdu},
	{"words_about_circuits", test_atmtcp_words},
	{"stream_in_any_pieces", any_pieces},
	{"lengths_at_their_bounds", lengths},
	{NULL, NULL},
};
const struct test_suite suite_atmtcp = {"atmtcp", cases};
