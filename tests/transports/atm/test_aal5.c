/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/atm/aal5.h"

#include "tests/harness.h"

#include <string.h>

/* I.363.5 appendix: the trailers of four one-cell PDUs of 40 octets (the last with UU 11, CPI 22).
 */
static void published_trailers(void)
{
	uint8_t sdu[3][40], want[8], pdu[48];
	static const char *trailer[] = {"00000028864d7f99", "00000028c55e457a", "00000028bf671ed0"};

	memset(sdu[0], 0, 40);
	memset(sdu[1], 0xff, 40);
	for (int i = 0; i < 40; i++)
		sdu[2][i] = (uint8_t)(i + 1);
	for (int i = 0; i < 3; i++) {
		test_hex(want, sizeof(want), trailer[i]);
		aal5_pdu_write(pdu, sdu[i], 13, sdu[i] + 13, 27, AAL5_CRC_STRICT);
		ASSERT_OCTETS(pdu, 40, sdu[i], 40);
		ASSERT_OCTETS(pdu + 40, 8, want, 8);
	}
}

/* The fourth published trailer has UU 11 and CPI 22: its CRC is good, its CPI is not. */
static void uu_is_anything_and_cpi_is_zero(void)
{
	uint8_t pdu[48];
	size_t sdu;

	for (int i = 0; i < 40; i++)
		pdu[i] = (uint8_t)(i + 1);
	test_hex(pdu + 40, 8, "11220028acba602a");
	CU_ASSERT_EQUAL(aal5_pdu_check(pdu, 48, 1600, AAL5_CRC_STRICT, &sdu), AAL5_E_CPI);
	pdu[41] = 0;
	CU_ASSERT_EQUAL(aal5_pdu_check(pdu, 48, 1600, AAL5_CRC_IGNORE, &sdu), AAL5_SDU);
}

/* RFC 3355 SCCRQ with Message Type only: LLC in one cell, then VC multiplexed. */
static void l2tp_in_one_cell(void)
{
	static const struct {
		const char *head, *pdu;
	} rows[] = {
		{"aaaa0300005e0007", "aaaa0300005e0007 c802001400000000000000008008000000000001"
				     "000000000000000000000000 0000001c 196666e4"},
		{"", "c802001400000000000000008008000000000001"
		     "0000000000000000000000000000000000000000 00000014 b1bdd817"},
	};
	uint8_t head[8], sccrq[20], want[48], got[48];
	size_t sdu;

	test_hex(sccrq, sizeof(sccrq), "c802001400000000000000008008000000000001");
	for (int i = 0; i < 2; i++) {
		size_t n = test_hex(head, sizeof(head), rows[i].head);

		CU_ASSERT_EQUAL(test_hex(want, sizeof(want), rows[i].pdu), 48);
		aal5_pdu_write(got, head, n, sccrq, sizeof(sccrq), AAL5_CRC_STRICT);
		ASSERT_OCTETS(got, 48, want, 48);
		CU_ASSERT_EQUAL(aal5_pdu_check(want, 48, 1600, AAL5_CRC_STRICT, &sdu), AAL5_SDU);
		CU_ASSERT_EQUAL(sdu, n + 20);
	}
}

static enum aal5_result aal5_feed(struct aal5_reasm *r, const uint8_t *pdu, size_t len,
				  enum aal5_crc_mode mode, size_t *sdu)
{
	enum aal5_result res = AAL5_MORE;

	for (size_t at = 0; at < len; at += CELL_PAYLOAD)
		res = aal5_reasm_cell(r, pdu + at, at + CELL_PAYLOAD == len, mode, 0, sdu);
	return res;
}

static void every_length_survives_cells(void)
{
	enum { MAX = 2000 };
	static uint8_t sdu[MAX], pdu[MAX + 100], buf[MAX + 100];
	struct aal5_reasm r;
	uint64_t seed = test_seed();

	for (size_t i = 0; i < MAX; i++)
		sdu[i] = (uint8_t)test_rand(&seed);
	aal5_reasm_init(&r, buf, MAX, 0);
	for (int mode = AAL5_CRC_STRICT; mode <= AAL5_CRC_IGNORE; mode++)
		for (size_t len = 1; len <= MAX; len++) {
			size_t head = test_rand(&seed) % (len + 1), got = 0;

			aal5_pdu_write(pdu, sdu, head, sdu + head, len - head,
				       (enum aal5_crc_mode)mode);
			CU_ASSERT_EQUAL_FATAL(aal5_feed(&r, pdu, aal5_pdu_len(len),
							(enum aal5_crc_mode)mode, &got),
					      AAL5_SDU);
			CU_ASSERT_EQUAL_FATAL(got, len);
			CU_ASSERT_EQUAL_FATAL(memcmp(r.buf, sdu, len), 0);
		}
}

static void pad_is_0_to_47(void)
{
	CU_ASSERT_EQUAL(aal5_pdu_len(1), 48);
	CU_ASSERT_EQUAL(aal5_pdu_len(40), 48); /* pad 0 */
	CU_ASSERT_EQUAL(aal5_pdu_len(41), 96); /* pad 47 */
	CU_ASSERT_EQUAL(aal5_pdu_len(AAL5_SDU_MAX), AAL5_PDU_MAX);
}

static void errors_are_named(void)
{
	uint8_t sdu[100] = {1, 2, 3}, pdu[240], abort_cell[48] = {0}, buf[1700];
	struct aal5_reasm r;
	size_t got;

	aal5_pdu_write(pdu, NULL, 0, sdu, 100, AAL5_CRC_STRICT);
	pdu[5] ^= 1;
	CU_ASSERT_EQUAL(aal5_pdu_check(pdu, 144, 1600, AAL5_CRC_STRICT, &got), AAL5_E_CRC);
	CU_ASSERT_EQUAL(aal5_pdu_check(pdu, 144, 1600, AAL5_CRC_IGNORE, &got), AAL5_SDU);
	CU_ASSERT_EQUAL(aal5_pdu_check(pdu, 143, 1600, AAL5_CRC_IGNORE, &got), AAL5_E_LENGTH);
	CU_ASSERT_EQUAL(aal5_pdu_check(pdu, 0, 1600, AAL5_CRC_IGNORE, &got), AAL5_E_LENGTH);
	CU_ASSERT_EQUAL(aal5_pdu_check(pdu, 144, 99, AAL5_CRC_IGNORE, &got), AAL5_E_OVERSIZE);
	CU_ASSERT_EQUAL(aal5_pdu_check(abort_cell, 48, 1600, AAL5_CRC_IGNORE, &got), AAL5_E_ABORT);
	abort_cell[41] = 1;
	CU_ASSERT_EQUAL(aal5_pdu_check(abort_cell, 48, 1600, AAL5_CRC_IGNORE, &got), AAL5_E_CPI);
	/* Length says more than came, or less: pad would be 48 and more */
	abort_cell[41] = 0;
	abort_cell[43] = 41;
	CU_ASSERT_EQUAL(aal5_pdu_check(abort_cell, 48, 1600, AAL5_CRC_IGNORE, &got), AAL5_E_LENGTH);
	memset(pdu + 192, 0, 48);
	pdu[192 + 43] = 136; /* four cells: 137 to 184 octets */
	CU_ASSERT_EQUAL(aal5_pdu_check(pdu + 48, 192, 1600, AAL5_CRC_IGNORE, &got), AAL5_E_LENGTH);
	pdu[192 + 43] = 137; /* pad 47 */
	CU_ASSERT_EQUAL(aal5_pdu_check(pdu + 48, 192, 1600, AAL5_CRC_IGNORE, &got), AAL5_SDU);
	/* a lost cell in the middle: the length of the trailer does not fit what came */
	aal5_reasm_init(&r, buf, 1600, 0);
	CU_ASSERT_EQUAL(aal5_reasm_cell(&r, pdu, false, AAL5_CRC_IGNORE, 0, &got), AAL5_MORE);
	CU_ASSERT_EQUAL(aal5_reasm_cell(&r, pdu + 96, true, AAL5_CRC_IGNORE, 0, &got),
			AAL5_E_LENGTH);
}

/* The reflected CRC of some emulated routers is not the right one, nor the other way round. */
static void crc_modes_do_not_mix(void)
{
	uint8_t sdu[60] = {9}, pdu[96];
	size_t got;

	aal5_pdu_write(pdu, NULL, 0, sdu, 60, AAL5_CRC_REFLECTED);
	CU_ASSERT_EQUAL(aal5_pdu_check(pdu, 96, 1600, AAL5_CRC_REFLECTED, &got), AAL5_SDU);
	CU_ASSERT_EQUAL(aal5_pdu_check(pdu, 96, 1600, AAL5_CRC_STRICT, &got), AAL5_E_CRC);
	aal5_pdu_write(pdu, NULL, 0, sdu, 60, AAL5_CRC_STRICT);
	CU_ASSERT_EQUAL(aal5_pdu_check(pdu, 96, 1600, AAL5_CRC_REFLECTED, &got), AAL5_E_CRC);
}

static void too_long_is_skipped_to_its_end(void)
{
	uint8_t cell[CELL_PAYLOAD] = {0}, good[48], sdu[4] = {1, 2, 3, 4}, buf[144];
	struct aal5_reasm r;
	size_t got = 0;

	aal5_reasm_init(&r, buf, 120, 0); /* room for three cells */
	for (int i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(aal5_reasm_cell(&r, cell, false, AAL5_CRC_STRICT, 0, &got),
				AAL5_MORE);
	CU_ASSERT_EQUAL(aal5_reasm_cell(&r, cell, true, AAL5_CRC_STRICT, 0, &got), AAL5_E_OVERSIZE);
	aal5_pdu_write(good, NULL, 0, sdu, 4, AAL5_CRC_STRICT);
	CU_ASSERT_EQUAL(aal5_reasm_cell(&r, good, true, AAL5_CRC_STRICT, 0, &got), AAL5_SDU);
	CU_ASSERT_EQUAL(got, 4);
}

/* Without its last cell a PDU takes the next one with it, and no further one. */
static void a_lost_last_cell_costs_two_pdus(void)
{
	static const struct {
		enum aal5_crc_mode mode;
		size_t max;
		enum aal5_result res;
	} rows[] = {
		{AAL5_CRC_STRICT, 1600, AAL5_E_CRC},
		{AAL5_CRC_IGNORE, 1600, AAL5_E_LENGTH},
		{AAL5_CRC_STRICT, 120, AAL5_E_OVERSIZE},
	};
	uint8_t sdu[100] = {7}, pdu[144], buf[1700];

	aal5_pdu_write(pdu, NULL, 0, sdu, sizeof(sdu), AAL5_CRC_STRICT);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct aal5_reasm r;
		size_t got;

		aal5_reasm_init(&r, buf, rows[i].max, 0);
		for (int k = 0; k < 2; k++)
			aal5_reasm_cell(&r, pdu + k * 48, false, rows[i].mode, 0, &got);
		CU_ASSERT_EQUAL(aal5_feed(&r, pdu, 144, rows[i].mode, &got), rows[i].res);
		CU_ASSERT_EQUAL(aal5_feed(&r, pdu, 144, rows[i].mode, &got), AAL5_SDU);
		CU_ASSERT_EQUAL(got, 100);
	}
}

/* What goes past the judge fills the same buffer, never over its end and never as the first. */
static void cells_in_the_middle_are_bounded(void)
{
	uint8_t cell[CELL_PAYLOAD] = {0}, buf[144 + 1];
	struct aal5_reasm r;
	size_t got;

	buf[144] = 0xee;
	aal5_reasm_init(&r, buf, 120, 0);
	CU_ASSERT_FALSE(aal5_reasm_middle(&r, cell));
	aal5_reasm_cell(&r, cell, false, AAL5_CRC_STRICT, 0, &got);
	CU_ASSERT_TRUE(aal5_reasm_middle(&r, cell));
	CU_ASSERT_TRUE(aal5_reasm_middle(&r, cell));
	CU_ASSERT_FALSE(aal5_reasm_middle(&r, cell));
	aal5_reasm_cell(&r, cell, false, AAL5_CRC_STRICT, 0, &got);
	CU_ASSERT_FALSE(aal5_reasm_middle(&r, cell)); /* skipping */
	CU_ASSERT_EQUAL(aal5_reasm_cell(&r, cell, true, AAL5_CRC_STRICT, 0, &got), AAL5_E_OVERSIZE);
	CU_ASSERT_EQUAL(buf[144], 0xee);
}

static void a_missing_last_cell_times_out(void)
{
	uint8_t cell[CELL_PAYLOAD] = {0}, buf[144];
	struct aal5_reasm r;
	size_t got;

	aal5_reasm_init(&r, buf, 120, 500);
	CU_ASSERT_EQUAL(aal5_reasm_expire(&r, 1u << 30), AAL5_MORE);
	aal5_reasm_cell(&r, cell, false, AAL5_CRC_STRICT, 1000, &got);
	aal5_reasm_cell(&r, cell, false, AAL5_CRC_STRICT, 1400, &got);
	CU_ASSERT_EQUAL(r.deadline, 1500); /* counted from the first cell */
	CU_ASSERT_EQUAL(aal5_reasm_expire(&r, 1499), AAL5_MORE);
	CU_ASSERT_EQUAL(aal5_reasm_expire(&r, 1500), AAL5_E_TIMEOUT);
	CU_ASSERT_EQUAL(r.len, 0);
	CU_ASSERT_EQUAL(aal5_reasm_expire(&r, 1u << 30), AAL5_MORE);
}

static const struct test_case cases[] = {
	{"published_trailers", published_trailers},
	{"uu_is_anything_and_cpi_is_zero", uu_is_anything_and_cpi_is_zero},
	{"l2tp_in_one_cell", l2tp_in_one_cell},
	{"every_length_survives_cells", every_length_survives_cells},
	{"pad_is_0_to_47", pad_is_0_to_47},
	{"errors_are_named", errors_are_named},
	{"crc_modes_do_not_mix", crc_modes_do_not_mix},
	{"too_long_is_skipped_to_its_end", too_long_is_skipped_to_its_end},
	{"a_lost_last_cell_costs_two_pdus", a_lost_last_cell_costs_two_pdus},
	{"cells_in_the_middle_are_bounded", cells_in_the_middle_are_bounded},
	{"a_missing_last_cell_times_out", a_missing_last_cell_times_out},
	{NULL, NULL},
};
const struct test_suite suite_aal5 = {"aal5", cases};
