/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show summary`: each line with what is taken of its limit, and what others can take up. */
#include "tests/gw/operator/says.h"

#include <stdio.h>
#include <string.h>

/* What a port says of itself is its own line, behind it the most from one source. */
static void fills_of_a_port(void)
{
	vty_begin("host-name = gw\nudp wan { listen = \"192.0.2.1:1701\" }\n");
	bench_pass(3725 * SEC);
	CU_ASSERT_TRUE(vty_matches(
		"show summary", "version      isthmus *\n"
				"host name    gw\n"
				"file         *\n"
				"up for       1h02m\n"
				"workers      1\n"
				"ports        1 of 1 open\n"
				"tunnels      0 of *\n"
				"wan          3 of 100 sessions, the most from one source 2 of 8\n"
				"wan          5 of 7 calls\n"
				"lines        0 of 65535\n"
				"joins        0\n"
				"*clients      0 of 0 up\n"
				"frames       12 in, 0 out, 7 dropped\n"));
	vty_end();
}

/* All frames that were dropped, whatever the reason. */
static void frames_are_added_up(void)
{
	vty_begin("host-name = gw\nudp wan { listen = \"192.0.2.1:1701\" }\n");
	fake.count = (struct dp_counters){.rx_frames = 5, .tx_frames = 6};
	for (unsigned i = 0; i < DP_R_COUNT; i++)
		fake.count.reason[i] = 2;
	fake.workers = 3;
	vty_says("show summary");
	CU_ASSERT_PTR_NOT_NULL(strstr(vty_told, "\nworkers      3\n"));
	{
		char want[80];

		snprintf(want, sizeof(want), "\nframes       5 in, 6 out, %u dropped\n",
			 2 * (unsigned)DP_R_COUNT);
		CU_ASSERT_PTR_NOT_NULL(strstr(vty_told, want));
	}
	vty_end();
}

static const struct test_case cases[] = {
	{"fills_of_a_port", fills_of_a_port},
	{"frames_are_added_up", frames_are_added_up},
	{NULL, NULL},
};
const struct test_suite suite_show_summary = {"show_summary", cases};
