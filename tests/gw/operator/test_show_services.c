/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/log.h"
#include "tests/gw/operator/says.h"

#define CONF                                                                                   \
	"host-name = gw\n"                                                                     \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                              \
	"peer lac { port = a  service = one  hostname = lac }\n"                               \
	"pool p { ranges = { \"10.64.0.0/29\", \"2001:db8:64::/62\" } }\n"                     \
	"pool q { ranges = { \"10.65.0.0/30\" } }\n"                                           \
	"service one { local = 10.64.0.1  pool = p  auth = { chap }  tun = t1  mtu = 1400 }\n" \
	"service two { local = 10.64.9.1  pool = q  auth = { chap }  tun = t2  mtu = 1000 }\n" \
	"service bare { local = 10.64.8.1  auth = { chap }  tun = t3  mtu = 576 }\n"           \
	"user ann { secret = \"a\" }\n"                                                        \
	"user bob { secret = \"b\"  address = 10.64.0.5 }\n"                                   \
	"user cat { secret = \"c\"  address = 192.0.2.200 }\n"
#define POOLS "Pool IPv4 Used Held IPv6 /64 Used Fixed outside Prefixes Delegated\n"

static void services_log_in(const char *user, const char *secret)
{
	CU_ASSERT_TRUE_FATAL(bench_call(user, secret, PPP_AUTH_CHAP_MD5)->ip4);
}

/* Of a /29 six addresses are for clients: ours and bob's are held for whose they are.  A /62 has
 * four /64.  Cat's address is in no range. */
static void pools(void)
{
	vty_begin(CONF);
	CU_ASSERT_TRUE(vty_rows("show pools", POOLS "p 6 0 2 4 0 0 0 0\n"
						    "q 2 0 0 0 0 0 0 0\n"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	services_log_in("ann", "a");
	CU_ASSERT_TRUE(vty_rows("show pools", POOLS "p 6 1 2 4 1 0 0 0\n"
						    "q 2 0 0 0 0 0 0 0\n"));
	services_log_in("bob", "b");
	services_log_in("cat", "c");
	CU_ASSERT_TRUE(vty_rows("show pools", POOLS "p 6 2 2 4 3 1 0 0\n"
						    "q 2 0 0 0 0 0 0 0\n"));
	vty_end();
}

static void services(void)
{
	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	services_log_in("ann", "a");
	services_log_in("bob", "b");
	CU_ASSERT_TRUE(vty_rows("show services",
				"Service Device Local Pool MTU Clients Filtered in Filtered out\n"
				"one t1 10.64.0.1 p 1400 2 0 0\n"
				"two t2 10.64.9.1 q 1000 0 0 0\n"
				"bare t3 10.64.8.1 - 576 0 0 0\n"));
	vty_end();
}

/* A level is that of one category, and of all after that. */
static void levels_of_the_log(void)
{
	static const char of_all[] = "Category Level About\n"
				     "main fatal start, stop, configuration\n"
				     "port fatal ports: opened, failed, opened again\n"
				     "transport fatal lines of transports\n"
				     "tunnel fatal L2TP control connections\n"
				     "call fatal L2TP calls\n"
				     "ppp fatal PPP negotiation\n"
				     "aaa fatal log-ins\n"
				     "client fatal links that we dial\n";
	static const char of_two[] = "Category Level About\n"
				     "main fatal start, stop, configuration\n"
				     "port fatal ports: opened, failed, opened again\n"
				     "transport fatal lines of transports\n"
				     "tunnel info L2TP control connections\n"
				     "call fatal L2TP calls\n"
				     "ppp fatal PPP negotiation\n"
				     "aaa fatal log-ins\n"
				     "client error links that we dial\n";

	vty_begin(CONF);
	CU_ASSERT_TRUE(gw_log_set("all", "fatal"));
	CU_ASSERT_TRUE(vty_rows("show log", of_all));
	CU_ASSERT_TRUE(gw_log_set("tunnel", "info"));
	CU_ASSERT_TRUE(gw_log_set("client", "error"));
	CU_ASSERT_TRUE(vty_rows("show log", of_two));
	CU_ASSERT_TRUE(gw_log_set("all", "fatal"));
	vty_end();
}

static const struct test_case cases[] = {
	{"pools", pools},
	{"services", services},
	{"levels_of_the_log", levels_of_the_log},
	{NULL, NULL},
};
const struct test_suite suite_show_services = {"show_services", cases};
