/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Networks behind clients: one route in the kernel for as long as any call has it, and the data
 * plane leads to the call that has taken it last.
 */
#include "gw/network.h"

#include "tests/gw/bench.h"

#include <string.h>

#define CONF                                                  \
	"host-name = gw\n"                                    \
	"udp a { listen = \"192.0.2.1:1701\" }\n"             \
	"pool p { ranges = 10.1.0.0/24 }\n"                   \
	"service s { local = 10.1.0.1  pool = p  tun = s }\n" \
	"service t { local = 10.2.0.1  tun = t }\n"

static const struct cfg_prefix net4 = {.bits = 16, .addr = {[12] = 10, [13] = 9}};
static const struct cfg_prefix net6 = {.v6 = true, .bits = 48, .addr = {0x20, 1, 0xd, 0xb8, 0, 9}};

#define LEAD6 "lead s v6 20010db800090000/48 to "

static uint32_t network_tun(unsigned i)
{
	return bench.gw->service[i].tun;
}

/* How many lines of each kind the kernel and the data plane have heard of since. */
static unsigned network_from;

static unsigned network_said(const char *begin)
{
	unsigned n = 0;
	int at = (int)network_from - 1;

	while ((at = fake_line(begin, (unsigned)(at + 1))) >= 0)
		n++;
	return n;
}

static void network_begin(void)
{
	bench_start(CONF);
	network_from = fake.lines;
}

/* --- tests ------------------------------------------------------------------------------------- */

static void one_call_has_it(void)
{
	struct network_hold h;

	network_begin();
	CU_ASSERT_TRUE(network_take(bench.gw, &h, network_tun(0), &net4, 3, 4));
	CU_ASSERT_EQUAL(network_said("route s add 10.9.0.0/16"), 1);
	CU_ASSERT_EQUAL(h.tid, 3);
	CU_ASSERT_EQUAL(h.sid, 4);
	network_give(bench.gw, &h);
	CU_ASSERT_PTR_NULL(h.of);
	CU_ASSERT_EQUAL(network_said("route s del 10.9.0.0/16"), 1);
	network_give(bench.gw, &h); /* once is enough */
	CU_ASSERT_EQUAL(network_said("route s del"), 1);
	bench_stop();
}

/* The kernel is told when the first takes it and when the last gives it back. */
static void the_last_that_took_it_is_led_to(void)
{
	struct network_hold a, b, c;

	network_begin();
	CU_ASSERT_TRUE(network_take(bench.gw, &a, network_tun(0), &net6, 1, 1));
	CU_ASSERT_TRUE(network_take(bench.gw, &b, network_tun(0), &net6, 2, 2));
	CU_ASSERT_TRUE(network_take(bench.gw, &c, network_tun(0), &net6, 3, 3));
	CU_ASSERT_EQUAL(network_said("route s add"), 1);
	CU_ASSERT_PTR_EQUAL(a.of, c.of);
	CU_ASSERT_EQUAL(network_said(LEAD6 "1/1"), 1);
	CU_ASSERT_EQUAL(network_said(LEAD6 "2/2"), 1);
	CU_ASSERT_EQUAL(network_said(LEAD6 "3/3"), 1);
	network_give(bench.gw, &a); /* c still */
	CU_ASSERT_EQUAL(network_said(LEAD6 "3/3"), 2);
	network_give(bench.gw, &c); /* b has it */
	CU_ASSERT_EQUAL(network_said(LEAD6 "2/2"), 2);
	CU_ASSERT_EQUAL(network_said(LEAD6 "1/1"), 1);
	CU_ASSERT_EQUAL(network_said("route s del"), 0);
	network_give(bench.gw, &b);
	CU_ASSERT_EQUAL(network_said("route s del"), 1);
	bench_stop();
}

/* The same network of another device, another length or family is another one. */
static void others_are_no_matter(void)
{
	const struct cfg_prefix wider = {.bits = 15, .addr = {[12] = 10, [13] = 8}};
	struct network_hold a, b, c;

	network_begin();
	CU_ASSERT_TRUE(network_take(bench.gw, &a, network_tun(0), &net4, 1, 1));
	CU_ASSERT_TRUE(network_take(bench.gw, &b, network_tun(1), &net4, 2, 2));
	CU_ASSERT_TRUE(network_take(bench.gw, &c, network_tun(0), &wider, 3, 3));
	CU_ASSERT_TRUE(a.of != b.of && a.of != c.of);
	CU_ASSERT_EQUAL(network_said("route s add 10.9.0.0/16"), 1);
	CU_ASSERT_EQUAL(network_said("route t add 10.9.0.0/16"), 1);
	CU_ASSERT_EQUAL(network_said("route s add 10.8.0.0/15"), 1);
	network_give(bench.gw, &a);
	CU_ASSERT_EQUAL(network_said("route s del 10.9.0.0/16"), 1);
	CU_ASSERT_EQUAL(network_said("route t del"), 0);
	network_give(bench.gw, &b);
	network_give(bench.gw, &c);
	bench_stop();
}

/* A kernel that does not take the route: the call is told, and nothing is taken away later. */
static void the_kernel_refuses(void)
{
	struct network_hold a, b;

	network_begin();
	fake.netif_fails = "route s add";
	fake.netif_error = -ENETUNREACH;
	CU_ASSERT_FALSE(network_take(bench.gw, &a, network_tun(0), &net4, 1, 1));
	CU_ASSERT_FALSE(network_take(bench.gw, &b, network_tun(0), &net4, 2, 2));
	network_give(bench.gw, &a);
	network_give(bench.gw, &b);
	CU_ASSERT_EQUAL(network_said("route s del"), 0);
	bench_stop();
}

/* A life before has left routes: those that a call takes up stay, the others go. */
static void routes_that_were_left(void)
{
	struct network_hold h;

	network_begin();
	network_left(bench.gw, network_tun(0), &net4);
	network_left(bench.gw, network_tun(0), &net6);
	CU_ASSERT_TRUE(network_take(bench.gw, &h, network_tun(0), &net4, 1, 1));
	networks_sweep(bench.gw);
	CU_ASSERT_EQUAL(network_said("route s del"), 1);
	CU_ASSERT_EQUAL(network_said("route s del 10.9.0.0/16"), 0);
	networks_sweep(bench.gw);
	CU_ASSERT_EQUAL(network_said("route s del"), 1);
	network_give(bench.gw, &h);
	CU_ASSERT_EQUAL(network_said("route s del 10.9.0.0/16"), 1);
	bench_stop();
}

static const struct test_case cases[] = {
	{"one_call_has_it", one_call_has_it},
	{"the_last_that_took_it_is_led_to", the_last_that_took_it_is_led_to},
	{"others_are_no_matter", others_are_no_matter},
	{"the_kernel_refuses", the_kernel_refuses},
	{"routes_that_were_left", routes_that_were_left},
	{NULL, NULL},
};
const struct test_suite suite_network = {"network", cases};
