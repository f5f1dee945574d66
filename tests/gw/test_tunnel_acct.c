/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 2867 section 3: what a server is told of tunnels and of the calls in them. */
#include "gw/tunnel_acct.h"

#include "tests/gw/bench.h"
#include "tests/gw/heard.h"

#include <stdio.h>
#include <string.h>

#define CONF                                                                              \
	"host-name = gw\nlogin-delay = 0\n"                                               \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                         \
	"peer lac { service = s  radius = r }\n"                                          \
	"radius r { accounting = yes accounting-on = no server \"192.0.2.9\" { secret = " \
	"\"0123456789abcdef\" } }\n"                                                      \
	"pool p { ranges = { \"10.64.0.0/29\" } }\n"                                      \
	"service s { local = 10.64.0.1  pool = p  ipv6 = no }\n"                          \
	"user ann { secret = \"a password\" }\n"

static struct far_call *tunnel_call(void)
{
	struct far_call *c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);

	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	return c;
}

static void a_tunnel_and_its_calls(void)
{
	struct far_call *c;
	char id[64];

	heard_begin(CONF, "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 1 && heard_is(0, RADIUS_ACCT_TUNNEL_START));
	snprintf(id, sizeof(id), "%.63s", heard_value(0, RADIUS_ACCT_SESSION_ID));
	ASSERT_HEARD(0, TUNNEL_TYPE, "000003");
	ASSERT_HEARD(0, TUNNEL_CLIENT_AUTH_ID, "6c6163");
	ASSERT_HEARD(0, TUNNEL_SERVER_AUTH_ID, "6777");
	ASSERT_HEARD(0, TUNNEL_SERVER_ENDPOINT, "3139322e302e322e31");
	ASSERT_HEARD(0, USER_NAME, "-");
	for (unsigned i = 0; i < 2; i++) {
		fake.stats.rx_octets = 10;
		c = tunnel_call();
		CU_ASSERT_TRUE_FATAL(heards == 2 + 2 * i &&
				     heard_is(1 + 2 * i, RADIUS_ACCT_LINK_START));
		CU_ASSERT_STRING_EQUAL(heard_text(1 + 2 * i, RADIUS_ACCT_MULTI_SESSION_ID),
				       heard_text(0, RADIUS_ACCT_SESSION_ID));
		fake.stats.rx_octets = 1010;
		fake.stats.seq_lost = 3;
		bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
		bench_pass(SEC);
		CU_ASSERT_TRUE_FATAL(heards == 3 + 2 * i &&
				     heard_is(2 + 2 * i, RADIUS_ACCT_LINK_STOP));
		ASSERT_HEARD(2 + 2 * i, ACCT_INPUT_OCTETS, "000003e8");
		ASSERT_HEARD(2 + 2 * i, ACCT_TERMINATE_CAUSE, "00000002");
	}
	ASSERT_HEARD(2, ACCT_TUNNEL_PACKETS_LOST, "00000003");
	l2tp_tunnel_close(bench.tunnel, NULL, clock_us);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 6 && heard_is(5, RADIUS_ACCT_TUNNEL_STOP));
	ASSERT_HEARD(5, ACCT_SESSION_ID, id);
	ASSERT_HEARD(5, ACCT_INPUT_OCTETS, "000007d0");
	heard_end();
}

/* Control dies: tunnel and call go on, and so does what is counted of them. */
static void both_go_on_in_the_next_life(void)
{
	struct far_call *c;

	heard_begin(CONF, "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	fake.stats.rx_octets = 10;
	c = tunnel_call();
	CU_ASSERT_EQUAL(heards, 2);
	fake.stats.rx_octets = 500;
	bench_pass(SEC);
	bench_kill(NULL);
	fake.stats.rx_octets = 1010;
	bench_pass(SEC);
	CU_ASSERT_EQUAL(heards, 2);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "");
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 3 && heard_is(2, RADIUS_ACCT_LINK_STOP));
	ASSERT_HEARD(2, ACCT_INPUT_OCTETS, "000003e8");
	bench_kill(NULL);
	l2tp_tunnel_close(bench.tunnel, NULL, clock_us);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 4 && heard_is(3, RADIUS_ACCT_TUNNEL_STOP));
	ASSERT_HEARD(3, ACCT_INPUT_OCTETS, "000003e8");
	heard_end();
}

/* A call that never came up. */
static void what_is_rejected(void)
{
	heard_begin(CONF, "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.no_iccn = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	bench_pass(SEC);
	bench_hangup(&bench.call[0], L2TP_CDN_BUSY, "");
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 2 && heard_is(1, RADIUS_ACCT_LINK_REJECT));
	ASSERT_HEARD(1, ACCT_TERMINATE_CAUSE, "00000001");
	ASSERT_HEARD(1, ACCT_INPUT_OCTETS, "-");
	heard_end();
}

static const struct test_case cases[] = {
	{"a_tunnel_and_its_calls", a_tunnel_and_its_calls},
	{"both_go_on_in_the_next_life", both_go_on_in_the_next_life},
	{"what_is_rejected", what_is_rejected},
	{NULL, NULL},
};
const struct test_suite suite_tunnel_acct = {"tunnel_acct", cases};
