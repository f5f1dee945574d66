/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/atm/oam.h"

#include "tests/harness.h"

#include <string.h>

static const char request[] = "1801 11223344 ffffffffffffffffffffffffffffffff "
			      "ffffffffffffffffffffffffffffffff 6a6a6a6a6a6a6a6a 028b";

static void crc10_check_value(void)
{
	CU_ASSERT_EQUAL(oam_crc10((const uint8_t *)"123456789", 9), 0x199);
}

static void loopback_request_is_the_known_cell(void)
{
	uint8_t want[CELL_PAYLOAD], got[CELL_PAYLOAD];
	struct oam_cell o;

	CU_ASSERT_EQUAL(test_hex(want, sizeof(want), request), CELL_PAYLOAD);
	oam_loopback_request(got, 0x11223344);
	ASSERT_OCTETS(got, sizeof(got), want, sizeof(want));
	oam_decode(&o, want);
	CU_ASSERT_EQUAL(o.kind, OAM_LOOPBACK_REQUEST);
	CU_ASSERT_EQUAL(o.tag, 0x11223344);
	CU_ASSERT_EQUAL(o.location[0], 0xff);
}

static void reply_clears_the_indication_and_nothing_else(void)
{
	uint8_t in[CELL_PAYLOAD], out[CELL_PAYLOAD];
	struct oam_cell o;

	oam_loopback_request(in, 7);
	oam_loopback_reply(out, in);
	CU_ASSERT_EQUAL(out[1], 0);
	CU_ASSERT_EQUAL(memcmp(in + 2, out + 2, CELL_PAYLOAD - 4), 0);
	oam_decode(&o, out);
	CU_ASSERT_EQUAL(o.kind, OAM_LOOPBACK_REPLY);
	CU_ASSERT_EQUAL(o.tag, 7);
}

static void oam_every_single_bit_error_is_seen(void)
{
	for (unsigned bit = 0; bit < CELL_PAYLOAD * 8; bit++) {
		uint8_t cell[CELL_PAYLOAD];
		struct oam_cell o;

		oam_rdi(cell);
		cell[bit / 8] ^= (uint8_t)(1 << bit % 8);
		oam_decode(&o, cell);
		CU_ASSERT_EQUAL(o.kind, OAM_BAD_CRC);
	}
}

/* I.610 table: fault management 0001 with AIS 0000, RDI 0001, CC 0100, loopback 1000. */
static void functions_are_told_apart(void)
{
	static const struct {
		uint8_t first;
		enum oam_kind kind;
	} rows[] = {{0x10, OAM_AIS}, {0x11, OAM_RDI}, {0x14, OAM_CC}, {0x20, OAM_OTHER}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t cell[CELL_PAYLOAD];
		struct oam_cell o;
		uint16_t c;

		memset(cell, 0x6a, sizeof(cell));
		cell[0] = rows[i].first;
		/* find the seal by trial: an independent way to the CRC */
		for (c = 0; c < 0x400; c++) {
			cell[46] = (uint8_t)(c >> 8);
			cell[47] = (uint8_t)c;
			if (!oam_crc10(cell, sizeof(cell)))
				break;
		}
		CU_ASSERT_TRUE(c < 0x400);
		oam_decode(&o, cell);
		CU_ASSERT_EQUAL(o.kind, rows[i].kind);
	}
}

static void liveness_goes_down_after_misses_and_up_after_answers(void)
{
	struct oam_live l;
	uint64_t now = 1000;

	oam_live_init(&l, 5000, 3, 2, now);
	CU_ASSERT_TRUE(l.up);
	for (int i = 0; i < 3; i++, now += 5000) {
		CU_ASSERT_TRUE(oam_live_expire(&l, now));
		CU_ASSERT_FALSE(oam_live_expire(&l, now));
		CU_ASSERT_TRUE(l.up);
	}
	CU_ASSERT_TRUE(oam_live_expire(&l, now)); /* the third miss is seen here */
	CU_ASSERT_FALSE(l.up);
	oam_live_reply(&l, l.tag - 1); /* late answer to an old request */
	CU_ASSERT_FALSE(l.up);
	oam_live_reply(&l, l.tag);
	oam_live_reply(&l, l.tag); /* twice counts once */
	CU_ASSERT_FALSE(l.up);
	now += 5000;
	CU_ASSERT_TRUE(oam_live_expire(&l, now));
	oam_live_reply(&l, l.tag);
	CU_ASSERT_TRUE(l.up);
}

static void interval_zero_never_asks(void)
{
	struct oam_live l;

	oam_live_init(&l, 0, 3, 2, 0);
	CU_ASSERT_TRUE(l.up);
	CU_ASSERT_FALSE(oam_live_expire(&l, UINT64_MAX - 1));
}

static const struct test_case cases[] = {
	{"crc10_check_value", crc10_check_value},
	{"loopback_request_is_the_known_cell", loopback_request_is_the_known_cell},
	{"reply_clears_the_indication_and_nothing_else",
	 reply_clears_the_indication_and_nothing_else},
	{"every_single_bit_error_is_seen", oam_every_single_bit_error_is_seen},
	{"functions_are_told_apart", functions_are_told_apart},
	{"liveness_goes_down_after_misses_and_up_after_answers",
	 liveness_goes_down_after_misses_and_up_after_answers},
	{"interval_zero_never_asks", interval_zero_never_asks},
	{NULL, NULL},
};
const struct test_suite suite_oam = {"oam", cases};
