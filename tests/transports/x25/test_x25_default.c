/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "transports/x25/x25.h"

#include <errno.h>
#include <stdio.h>

#define S UINT64_C(1000000)

/* X.25 tables D-1 and D-2, annex A; RFC 1356 3.6. */
static void figures_of_x25(void)
{
	struct x25_config c;

	for (int dce = 0; dce < 2; dce++) {
		x25_config_default(&c, dce);
		CU_ASSERT_EQUAL(c.dce, dce);
		CU_ASSERT_TRUE(c.restarts && c.flow_facilities && !c.extended);
		CU_ASSERT_TRUE(c.pvc == 0 && c.lci_low == 1 && c.lci_high == 1024);
		CU_ASSERT_TRUE(c.size == 7 && c.size_want == 10);
		CU_ASSERT_TRUE(c.window == 2 && c.window_want == 7 && c.throughput == 0);
		CU_ASSERT_EQUAL(c.sdu_max, 1614);
		CU_ASSERT_EQUAL(c.timers.restart, dce ? 60 * S : 180 * S);
		CU_ASSERT_EQUAL(c.timers.call, dce ? 180 * S : 200 * S);
		CU_ASSERT_EQUAL(c.timers.reset, dce ? 60 * S : 180 * S);
		CU_ASSERT_EQUAL(c.timers.clear, dce ? 60 * S : 180 * S);
		CU_ASSERT_EQUAL(c.timers.window, dce ? 0 : 200 * S);
		CU_ASSERT_TRUE(c.timers.resets == 1 && c.timers.clears == 1);
	}
}

/* Each value at its limits and one beyond. */
static void limits_of_a_configuration(void)
{
	static const struct {
		bool extended;
		uint16_t pvc, low, high, two_low, two_high;
		uint8_t size, want, window, window_want;
		uint32_t sdu;
		bool sane;
	} rows[] = {
		{false, 0, 1, 1, 0, 0, 4, 12, 1, 7, 1, true},
		{false, 0, 1, 1, 0, 0, 12, 4, 7, 1, 1, true},
		{true, 0, 1, 4095, 0, 0, 7, 7, 127, 127, 1, true},
		{false, 3, 4, 8, 4, 8, 7, 7, 2, 2, 1, true},
		{false, 3, 4, 8, 5, 7, 7, 7, 2, 2, 1, true},
		{false, 0, 1, 1, 0, 0, 3, 7, 2, 2, 1, false},
		{false, 0, 1, 1, 0, 0, 13, 7, 2, 2, 1, false},
		{false, 0, 1, 1, 0, 0, 7, 3, 2, 2, 1, false},
		{false, 0, 1, 1, 0, 0, 7, 13, 2, 2, 1, false},
		{false, 0, 1, 1, 0, 0, 7, 7, 0, 2, 1, false},
		{false, 0, 1, 1, 0, 0, 7, 7, 8, 2, 1, false},
		{false, 0, 1, 1, 0, 0, 7, 7, 2, 0, 1, false},
		{false, 0, 1, 1, 0, 0, 7, 7, 2, 8, 1, false},
		{true, 0, 1, 1, 0, 0, 7, 7, 128, 2, 1, false},
		{true, 0, 1, 1, 0, 0, 7, 7, 2, 128, 1, false},
		{false, 3, 3, 8, 0, 0, 7, 7, 2, 2, 1, false},
		{false, 0, 0, 8, 0, 0, 7, 7, 2, 2, 1, false},
		{false, 0, 9, 8, 0, 0, 7, 7, 2, 2, 1, false},
		{false, 0, 1, 4096, 0, 0, 7, 7, 2, 2, 1, false},
		{false, 3, 4, 8, 3, 8, 7, 7, 2, 2, 1, false},
		{false, 3, 4, 8, 4, 9, 7, 7, 2, 2, 1, false},
		{false, 0, 1, 1, 0, 0, 7, 7, 2, 2, 0, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct x25_config c = {.extended = rows[i].extended,
				       .pvc = rows[i].pvc,
				       .lci_low = rows[i].low,
				       .lci_high = rows[i].high,
				       .two_way_low = rows[i].two_low,
				       .two_way_high = rows[i].two_high,
				       .size = rows[i].size,
				       .size_want = rows[i].want,
				       .window = rows[i].window,
				       .window_want = rows[i].window_want,
				       .sdu_max = rows[i].sdu};
		struct x25 x;
		int r = x25_init(&x, &c, NULL, NULL);

		if (r != (rows[i].sane ? 0 : -EINVAL))
			printf("\nrow %zu", i);
		CU_ASSERT_EQUAL(r, rows[i].sane ? 0 : -EINVAL);
		if (!r)
			x25_free(&x);
	}
}

static const struct test_case cases[] = {
	{"figures_of_x25", figures_of_x25},
	{"limits_of_a_configuration", limits_of_a_configuration},
	{NULL, NULL},
};
const struct test_suite suite_x25_default = {"x25_default", cases};
