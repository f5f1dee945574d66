/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/bytes.h"
#include "tests/harness.h"

static const uint8_t octets[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static void reads_network_order(void)
{
	struct rd r = rd_init(octets, sizeof(octets));

	CU_ASSERT_EQUAL(rd_u8(&r), 0x01);
	CU_ASSERT_EQUAL(rd_u16(&r), 0x0203);
	CU_ASSERT_EQUAL(rd_u32(&r), 0x04050607);
	CU_ASSERT_EQUAL(rd_u64(&r), 0x08090a0b0c0d0e0fu);
	CU_ASSERT_EQUAL(r.left, 0);
	CU_ASSERT_FALSE(r.bad);
}

/* Every read past the end gives zero, and the error stays. */
static void short_reads_stick(void)
{
	for (size_t n = 0; n < 8; n++) {
		struct rd r = rd_init(octets, n);

		CU_ASSERT_EQUAL(rd_u64(&r), n < 4 ? 0 : 0x0102030400000000u);
		CU_ASSERT_TRUE(r.bad);
		CU_ASSERT_EQUAL(r.left, 0);
		CU_ASSERT_EQUAL(rd_u8(&r), 0);
		CU_ASSERT_PTR_NULL(rd_take(&r, 0));
	}
}

static void sub_reader_is_a_wall(void)
{
	struct rd r = rd_init(octets, 4);
	struct rd s = rd_sub(&r, 2);

	CU_ASSERT_EQUAL(rd_u16(&s), 0x0102);
	CU_ASSERT_EQUAL(rd_u8(&s), 0);
	CU_ASSERT_TRUE(s.bad);
	CU_ASSERT_FALSE(r.bad);
	CU_ASSERT_EQUAL(rd_u16(&r), 0x0304);
	s = rd_sub(&r, 1);
	CU_ASSERT_TRUE(s.bad);
	CU_ASSERT_TRUE(r.bad);
}

static void writes_network_order(void)
{
	uint8_t buf[15];
	struct wr w = wr_init(buf, sizeof(buf));

	wr_u8(&w, 0x01);
	wr_u16(&w, 0x0203);
	wr_u32(&w, 0x04050607);
	wr_u64(&w, 0x08090a0b0c0d0e0fu);
	CU_ASSERT_FALSE(w.bad);
	ASSERT_OCTETS(buf, w.len, octets, sizeof(octets));
	wr_u8(&w, 0);
	CU_ASSERT_TRUE(w.bad);
}

/* A write that does not fit changes no octet, and neither does any later write. */
static void long_writes_stick(void)
{
	uint8_t buf[4] = {9, 9, 9, 9};
	static const uint8_t want[4] = {0, 1, 9, 9};
	struct wr w = wr_init(buf, 3);

	wr_u16(&w, 1);
	wr_u16(&w, 0xffff);
	CU_ASSERT_TRUE(w.bad);
	wr_u8(&w, 7);
	CU_ASSERT_PTR_NULL(wr_room(&w, 0));
	ASSERT_OCTETS(buf, 4, want, 4);
	CU_ASSERT_EQUAL(w.len, 2);
}

static void patch_stays_inside(void)
{
	uint8_t buf[8];
	struct wr w = wr_init(buf, sizeof(buf));

	wr_u32(&w, 0);
	wr_patch16(&w, 2, 0xabcd);
	CU_ASSERT_FALSE(w.bad);
	CU_ASSERT_EQUAL(buf[2], 0xab);
	CU_ASSERT_EQUAL(buf[3], 0xcd);
	wr_patch16(&w, 3, 0);
	CU_ASSERT_TRUE(w.bad);
	w = wr_init(buf, 8);
	wr_u8(&w, 0);
	wr_patch16(&w, 0, 0);
	CU_ASSERT_TRUE(w.bad);
}

static const struct test_case cases[] = {
	{"reads_network_order", reads_network_order},
	{"short_reads_stick", short_reads_stick},
	{"sub_reader_is_a_wall", sub_reader_is_a_wall},
	{"writes_network_order", writes_network_order},
	{"long_writes_stick", long_writes_stick},
	{"patch_stays_inside", patch_stays_inside},
	{NULL, NULL},
};
const struct test_suite suite_bytes = {"bytes", cases};
