/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show history failures`: newest first, what is not known is a dash, ages as people say them. */
#include "gw/history.h"
#include "tests/gw/operator/says.h"

#define HISTORY_CONF "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"

static void failures_newest_first(void)
{
	static const char *const commands[] = {"show history failures", "show failures"};

	vty_begin(HISTORY_CONF);
	for (unsigned i = 0; i < 2; i++)
		CU_ASSERT_TRUE(vty_rows(commands[i], "Ago What From User Reason\n"));
	history_add(bench.gw->history, 1, clock_us, "call 1/2", "192.0.2.7:1701", "ann", "busy");
	bench_pass(90 * SEC);
	history_add(bench.gw->history, 2, clock_us, "client home", NULL, NULL, "no way there");
	bench_pass(7 * SEC);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(vty_rows(commands[i], "Ago What From User Reason\n"
						     "7s client home - - no way there\n"
						     "1m37s call 1/2 192.0.2.7:1701 ann busy\n"));
		CU_ASSERT_TRUE(vty_matches(commands[i], "*client home*call 1/2*"));
	}
	vty_end();
}

static const struct test_case cases[] = {
	{"failures_newest_first", failures_newest_first},
	{NULL, NULL},
};
const struct test_suite suite_show_history = {"show_history", cases};
