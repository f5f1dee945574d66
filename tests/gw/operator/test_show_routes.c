/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/operator/says.h"

#define CONF                                                                     \
	"host-name = gw\n"                                                       \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                \
	"peer lac { port = a  hostname = lac }\n"                                \
	"peer one { port = a  dial = \"192.0.2.9:1701\"  hostname = x }\n"       \
	"peer two { port = a  dial = \"192.0.2.10:1701\" hostname = x }\n"       \
	"route sw { from-peer = lac  to = { one, two }  priority = { 1, 2 }\n"   \
	"  weight = { 7, 8 }  balance = weight  deny = busy  deny-for = 90s }\n" \
	"route other { realm = \"*@isp\"  to = two }\n"
#define TITLES "Route Calls Peer Priority Weight Passed over for\n"

/* A peer that has refused a call is passed over until its time is over. */
static void a_peer_is_passed_over(void)
{
	vty_begin(CONF);
	CU_ASSERT_TRUE(vty_rows("show routes", TITLES "sw 0 one 1 7 -\n"
						      "sw 0 two 2 8 -\n"
						      "other 0 two 1 1 -\n"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.no_answer = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench_hangup(&bench.call[1], L2TP_CDN_BUSY, "no line");
	bench_pass(29 * SEC);
	CU_ASSERT_TRUE(vty_rows("show routes", TITLES "sw 1 one 1 7 1m01s more: busy (no line)\n"
						      "sw 1 two 2 8 -\n"
						      "other 0 two 1 1 -\n"));
	CU_ASSERT_TRUE(vty_equals("show route peer lac",
				  "route sw, one passed over for 1m01s more: busy (no line), to "
				  "two\n"));
	bench_pass(61 * SEC);
	CU_ASSERT_TRUE(vty_rows("show routes", TITLES "sw 0 one 1 7 -\n"
						      "sw 0 two 2 8 -\n"
						      "other 0 two 1 1 -\n"));
	vty_end();
}

static const struct test_case cases[] = {
	{"a_peer_is_passed_over", a_peer_is_passed_over},
	{NULL, NULL},
};
const struct test_suite suite_show_routes = {"show_routes", cases};
