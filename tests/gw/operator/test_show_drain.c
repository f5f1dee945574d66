/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `drain`, `shutdown` and `show drain`: the commands; what drains is in test_drain.c. */
#include "tests/gw/operator/says.h"

#include <stdio.h>

#define SHOW_DRAIN_CONF                           \
	"host-name = gw\n"                        \
	"udp a { listen = \"192.0.2.1:1701\" }\n" \
	"peer core { port = a  dial = \"192.0.2.9:1701\"  hostname = core }\n"
#define SHOW_DRAIN_HEAD "Drains Name For Calls left\n"

/* Each kind has its command, and one that takes it back. */
static void each_kind_of_drain(void)
{
	static const struct {
		const char *what, *row;
	} rows[] = {
		{"gateway", "gateway - 5s 0\n"},
		{"port a", "port a 5s 0\n"},
		{"peer core", "peer core 5s 0\n"},
	};
	char command[40], want[80];

	vty_begin(SHOW_DRAIN_CONF);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(command, sizeof(command), "drain %s", rows[i].what);
		CU_ASSERT_TRUE(vty_equals(command, ""));
		CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
		bench_pass(5 * SEC);
		snprintf(want, sizeof(want), SHOW_DRAIN_HEAD "%s", rows[i].row);
		CU_ASSERT_TRUE(vty_rows("show drain", want));
		snprintf(command, sizeof(command), "no drain %s", rows[i].what);
		CU_ASSERT_TRUE(vty_equals(command, ""));
		CU_ASSERT_TRUE(vty_rows("show drain", SHOW_DRAIN_HEAD));
	}
	vty_end();
}

static void what_cannot_drain(void)
{
	static const char *const rows[][2] = {
		{"drain port b", "% b: there is none of this name\n"},
		{"drain peer a", "% a: there is none of this name\n"},
		{"drain tunnel 7", "% 7: there is none of this name\n"},
		{"no drain gateway", "% the gateway: it does not drain\n"},
		{"no drain port a", "% a: it does not drain\n"},
		{"no drain tunnel 7", "% 7: it does not drain\n"},
		{"no shutdown", "% shutdown: none has been asked for\n"},
	};

	vty_begin(SHOW_DRAIN_CONF);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_TRUE(vty_equals(rows[i][0], rows[i][1]));
		CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	}
	CU_ASSERT_TRUE(vty_rows("show drain", SHOW_DRAIN_HEAD));
	vty_end();
}

/* Minutes; another time takes the place of the one before. */
static void how_long_until_a_shutdown(void)
{
	vty_begin(SHOW_DRAIN_CONF);
	CU_ASSERT_TRUE(vty_equals("shutdown after 90", ""));
	CU_ASSERT_TRUE(vty_rows("show drain", SHOW_DRAIN_HEAD "shutdown - in 1h30m 0\n"));
	CU_ASSERT_TRUE(vty_equals("shutdown after 10", ""));
	CU_ASSERT_TRUE(vty_rows("show drain", SHOW_DRAIN_HEAD "shutdown - in 10m00s 0\n"));
	CU_ASSERT_TRUE(vty_equals("no shutdown", ""));
	CU_ASSERT_TRUE(vty_rows("show drain", SHOW_DRAIN_HEAD));
	vty_end();
}

static const struct test_case cases[] = {
	{"each_kind_of_drain", each_kind_of_drain},
	{"what_cannot_drain", what_cannot_drain},
	{"how_long_until_a_shutdown", how_long_until_a_shutdown},
	{NULL, NULL},
};
const struct test_suite suite_show_drain = {"show_drain", cases};
