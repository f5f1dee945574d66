/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ping tunnel` and `show trials`: the commands; what is tried is in test_trial.c. */
#include "gw/trial.h"
#include "tests/gw/operator/says.h"

#include <stdio.h>

#define SHOW_TRIALS_CONF                                               \
	"host-name = gw\n"                                             \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                      \
	"peer lac { port = a  service = s  hostname = lac }\n"         \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                   \
	"service s { local = 10.64.0.1  pool = p  auth = { chap } }\n" \
	"user ann { secret = \"a\" }\n"
#define SHOW_TRIALS_HEAD "Number Trial Of State ms Result\n"

static void a_tunnel_is_pinged(void)
{
	char command[40], want[200];
	unsigned tid;

	vty_begin(SHOW_TRIALS_CONF);
	CU_ASSERT_TRUE(vty_rows("show trials", SHOW_TRIALS_HEAD));
	CU_ASSERT_TRUE(vty_equals("ping tunnel 7", "% tunnel 7: there is no such tunnel\n"));
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a", PPP_AUTH_CHAP_MD5)->ip4);
	tid = fake.call[0].tid;
	snprintf(command, sizeof(command), "ping tunnel %u", tid);
	CU_ASSERT_TRUE(vty_equals(command, ""));
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	snprintf(want, sizeof(want), SHOW_TRIALS_HEAD "1 ping-tunnel tunnel %u going-on - -\n",
		 tid);
	CU_ASSERT_TRUE(vty_rows("show trials", want));
	trial_pinged(bench.gw, tid, clock_us + 12345);
	snprintf(want, sizeof(want),
		 SHOW_TRIALS_HEAD "1 ping-tunnel tunnel %u done 12.3 acknowledged\n", tid);
	CU_ASSERT_TRUE(vty_rows("show trials", want));
	vty_end();
}

static const struct test_case cases[] = {
	{"a_tunnel_is_pinged", a_tunnel_is_pinged},
	{NULL, NULL},
};
const struct test_suite suite_show_trials = {"show_trials", cases};
