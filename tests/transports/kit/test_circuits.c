/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "transports/kit/circuits.h"

struct row {
	uint32_t key;
	char name;
};

static void circuits_in_order(void)
{
	struct row row[] = {{UINT32_MAX, 'd'}, {16, 'b'}, {0, 'a'}, {1007, 'c'}};
	uint32_t twice = 0;

	CU_ASSERT(circuits_sort(row, 4, sizeof(row[0]), &twice));
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(row[i].name, "abcd"[i]);
		CU_ASSERT_EQUAL(circuits_find(row, 4, sizeof(row[0]), row[i].key), i);
	}
	CU_ASSERT_EQUAL(circuits_find(row, 4, sizeof(row[0]), 15), 4);
	CU_ASSERT_EQUAL(circuits_find(row, 4, sizeof(row[0]), 1), 4);
	CU_ASSERT_EQUAL(circuits_find(row, 3, sizeof(row[0]), UINT32_MAX), 3);
	CU_ASSERT_EQUAL(circuits_find(NULL, 0, sizeof(row[0]), 0), 0);
}

static void circuits_twice(void)
{
	struct row row[] = {{7, 'a'}, {9, 'b'}, {7, 'c'}};
	uint32_t twice = 0;

	CU_ASSERT(!circuits_sort(row, 3, sizeof(row[0]), &twice));
	CU_ASSERT_EQUAL(twice, 7);
	CU_ASSERT(circuits_sort(row, 1, sizeof(row[0]), &twice));
	CU_ASSERT(circuits_sort(row, 0, sizeof(row[0]), &twice));
}

static void circuits_channels(void)
{
	static const struct {
		ist_channel c;
		unsigned n, i;
		uint8_t payload;
	} rows[] = {
		{0x00010000, 2, 0, IST_PAYLOAD_L2TP},
		{0x00010001, 2, 0, IST_PAYLOAD_PPP},
		{0x00010002, 2, 1, IST_PAYLOAD_L2TP},
		{0x00010003, 2, 1, IST_PAYLOAD_PPP},
		{0x00010004, 2, 2, 0},
		{0x00000000, 2, 2, 0},
		{0x00020000, 2, 2, 0},
		{0x00010000, 0, 0, 0},
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		uint8_t payload = 0;

		CU_ASSERT_EQUAL(circuits_of_channel(rows[k].n, rows[k].c, &payload), rows[k].i);
		CU_ASSERT_EQUAL(payload, rows[k].payload);
		if (payload)
			CU_ASSERT_EQUAL(circuits_channel(rows[k].i, payload), rows[k].c);
	}
	CU_ASSERT_EQUAL(handle_index(circuits_channel(CIRCUITS_MOST - 1, IST_PAYLOAD_PPP)),
			HANDLE_SLOTS - 3);
}

static const struct test_case cases[] = {
	{"in_order", circuits_in_order},
	{"one_key_twice", circuits_twice},
	{"channels", circuits_channels},
	{NULL, NULL},
};
const struct test_suite suite_circuits = {"circuits", cases};
