/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/clear.h"

#include "tests/gw/operator/says.h"

#define CONF                                                                     \
	"host-name = gw\n"                                                       \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                \
	"peer lac { port = a  service = s  hostname = lac }\n"                   \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                             \
	"service s { local = 10.64.0.1  pool = p  auth = { chap }  tun = t1 }\n" \
	"user ann { secret = \"a\" }\n"                                          \
	"user bob { secret = \"b\"  address = 10.64.0.5 }\n"

static void clear_begin(void)
{
	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_TRUE_FATAL(bench_call("bob", "b", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_EQUAL_FATAL(bench.gw->joins->n, 3);
}

static void log_ins_of_a_user(void)
{
	clear_begin();
	CU_ASSERT_TRUE(vty_equals("clear user an", "% No log-in of an\n"));
	CU_ASSERT_TRUE(vty_equals("clear user ann", "2 log-ins\n"));
	CU_ASSERT_EQUAL(clear_user(bench.gw, "ann"), 0);
	bench_pass(5 * SEC);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	CU_ASSERT_TRUE(vty_equals("clear user bob", "1 log-in\n"));
	bench_pass(5 * SEC);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	vty_end();
}

static void the_log_in_with_an_address(void)
{
	clear_begin();
	CU_ASSERT_TRUE(vty_equals("clear address 10.64.0.6", "% No log-in of 10.64.0.6\n"));
	CU_ASSERT_TRUE(vty_equals("clear address 10.64.0.5", "1 log-in\n"));
	bench_pass(5 * SEC);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 2);
	CU_ASSERT_EQUAL(clear_user(bench.gw, "bob"), 0);
	vty_end();
}

static void a_call_and_a_tunnel(void)
{
	const struct dp_call *e;

	clear_begin();
	e = fake.call[0].data.lns ? &fake.call[0] : &fake.call[1];
	CU_ASSERT_FALSE(clear_call(bench.gw, e->tid, e->sid ^ 1u));
	CU_ASSERT_FALSE(clear_call(bench.gw, e->tid ^ 1u, e->sid));
	CU_ASSERT_FALSE(clear_tunnel(bench.gw, e->tid ^ 1u));
	CU_ASSERT_TRUE(clear_call(bench.gw, e->tid, e->sid));
	bench_pass(5 * SEC);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 2);
	CU_ASSERT_TRUE(clear_tunnel(bench.gw, fake.call[0].tid));
	bench_pass(5 * SEC);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	vty_end();
}

static const struct test_case cases[] = {
	{"log_ins_of_a_user", log_ins_of_a_user},
	{"the_log_in_with_an_address", the_log_in_with_an_address},
	{"a_call_and_a_tunnel", a_call_and_a_tunnel},
	{NULL, NULL},
};
const struct test_suite suite_clear = {"clear", cases};
