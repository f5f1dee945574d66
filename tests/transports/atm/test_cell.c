/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/atm/cell.h"

#include "tests/harness.h"

/* HEC values as seen on equipment and in I.432. */
static const struct {
	const char *cell;
	struct cell_hdr h;
} uni[] = {
	{"0000000152", {.clp = true}}, /* idle */
	{"0000000055", {.vpi = 0}},    /* unassigned */
	{"00000050e2", {.vci = 5}},    /* signalling */
	{"0000010040", {.vci = 16}},   /* ILMI */
	{"000002007f", {.vci = 32}},
	{"00000230ef", {.vci = 35}},
	{"00000238d7", {.vci = 35, .pti = CELL_PTI_F5_SEGMENT}},
	{"0000023ad9", {.vci = 35, .pti = CELL_PTI_F5_END_TO_END}},
	{"00000640ec", {.vci = 100}},
	{"00000642e2", {.vci = 100, .pti = CELL_PTI_LAST}},
	{"00100c828c", {.vpi = 1, .vci = 200, .pti = CELL_PTI_LAST}},
};

static bool cell_same(const struct cell_hdr *a, const struct cell_hdr *b)
{
	return a->vpi == b->vpi && a->vci == b->vci && a->gfc == b->gfc && a->pti == b->pti &&
	       a->clp == b->clp;
}

static void headers_match_the_published_ones(void)
{
	for (size_t i = 0; i < sizeof(uni) / sizeof(*uni); i++) {
		uint8_t want[CELL_HDR_LEN], got[CELL_HDR_LEN];
		struct cell_hdr h;

		test_hex(want, sizeof(want), uni[i].cell);
		CU_ASSERT_TRUE(cell_decode(&h, want, CELL_UNI));
		CU_ASSERT_TRUE(cell_same(&h, &uni[i].h));
		cell_encode(got, &uni[i].h, CELL_UNI);
		ASSERT_OCTETS(got, sizeof(got), want, sizeof(want));
	}
}

static void cell_every_single_bit_error_is_seen(void)
{
	uint8_t good[CELL_HDR_LEN], bad[CELL_HDR_LEN];
	struct cell_hdr h;

	test_hex(good, sizeof(good), "00100c828c");
	for (int bit = 0; bit < 40; bit++) {
		for (int i = 0; i < 5; i++)
			bad[i] = good[i];
		bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_FALSE(cell_decode(&h, bad, CELL_UNI));
	}
}

/* The first four bits are GFC at the UNI and the top of the VPI at the NNI. */
static void nni_has_twelve_bits_of_vpi(void)
{
	struct cell_hdr h = {.vpi = 0xabc, .vci = 0x1234, .pti = 2}, back;
	uint8_t out[CELL_HDR_LEN];

	cell_encode(out, &h, CELL_NNI);
	CU_ASSERT_EQUAL(out[0], 0xab);
	CU_ASSERT_TRUE(cell_decode(&back, out, CELL_NNI));
	CU_ASSERT_TRUE(cell_same(&h, &back));
	CU_ASSERT_TRUE(cell_decode(&back, out, CELL_UNI));
	CU_ASSERT_EQUAL(back.gfc, 0xa);
	CU_ASSERT_EQUAL(back.vpi, 0xbc);
	h.vpi = 0xbc;
	h.gfc = 0xa;
	cell_encode(out, &h, CELL_UNI);
	CU_ASSERT_EQUAL(out[0], 0xab);
}

static const struct {
	const char *text;
	enum cell_format f;
	bool ok;
	uint16_t vpi, vci;
} addresses[] = {
	{"0/35", CELL_UNI, true, 0, 35},
	{"255/65535", CELL_UNI, true, 255, 65535},
	{"256/1", CELL_UNI, false, 0, 0},
	{"4095/1", CELL_NNI, true, 4095, 1},
	{"4096/1", CELL_NNI, false, 0, 0},
	{"1/65536", CELL_UNI, false, 0, 0},
	{"", CELL_UNI, false, 0, 0},
	{"/", CELL_UNI, false, 0, 0},
	{"0/", CELL_UNI, false, 0, 0},
	{"0/35 ", CELL_UNI, false, 0, 0},
	{"0.35", CELL_UNI, false, 0, 0},
	{"-1/35", CELL_UNI, false, 0, 0},
	{"0/99999999999", CELL_UNI, false, 0, 0},
};

static void addresses_are_vpi_slash_vci(void)
{
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		uint16_t vpi = 0, vci = 0;
		bool ok = cell_addr_parse(addresses[i].text, addresses[i].f, &vpi, &vci);

		CU_ASSERT_EQUAL(ok, addresses[i].ok);
		if (ok) {
			CU_ASSERT_EQUAL(vpi, addresses[i].vpi);
			CU_ASSERT_EQUAL(vci, addresses[i].vci);
		}
	}
}

static const struct test_case cases[] = {
	{"headers_match_the_published_ones", headers_match_the_published_ones},
	{"every_single_bit_error_is_seen", cell_every_single_bit_error_is_seen},
	{"nni_has_twelve_bits_of_vpi", nni_has_twelve_bits_of_vpi},
	{"addresses_are_vpi_slash_vci", addresses_are_vpi_slash_vci},
	{NULL, NULL},
};
const struct test_suite suite_cell = {"cell", cases};
