/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices, addresses and routes that the kernel does not give, and what the log says then. */
#include "gw/device.h"

#include "gw/aaa/addrpool.h"
#include "gw/client.h"
#include "tests/gw/bench.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SERVICE                                                                                \
	"host-name = gw\n"                                                                     \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                              \
	"peer lac { service = s }\n"                                                           \
	"pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n"                     \
	"service s { local = 10.64.0.1  pool = s  auth = { chap }  tun = ist0  mtu = 1400 }\n" \
	"user ann { secret = \"a password\" }\n"                                               \
	"user bob { secret = \"a password\"  address = 10.99.0.9 }\n"

static const char *device_test_link_local(uint64_t iid)
{
	static char text[INET6_ADDRSTRLEN + 4];
	uint8_t a[16] = {0xfe, 0x80};

	for (unsigned i = 0; i < 8; i++)
		a[8 + i] = (uint8_t)(iid >> (56 - 8 * i));
	inet_ntop(AF_INET6, a, text, INET6_ADDRSTRLEN);
	strcat(text, "/64");
	return text;
}

static void a_service_gets_what_it_needs(void)
{
	char line[100];

	bench_start(SERVICE);
	CU_ASSERT_EQUAL(fake_said("tun ist0 mtu 1400"), 1);
	CU_ASSERT_EQUAL(fake_said("addr ist0 add 10.64.0.1/32 "), 1);
	CU_ASSERT_EQUAL(fake_said("addr ist0 add link-local"), 1);
	CU_ASSERT_EQUAL(fake_said("if ist0 up mtu 1400"), 1);
	snprintf(line, sizeof(line), "addr ist0 add link-local %s ",
		 device_test_link_local(bench.gw->service[0].iid));
	CU_ASSERT_EQUAL(fake_said(line), 1);
	/* RFC 7136: an identifier that is not made of a hardware address, and is not 0 */
	CU_ASSERT_EQUAL(bench.gw->service[0].iid >> 57 & 1, 0);
	CU_ASSERT_EQUAL(bench.gw->service[0].iid & 1, 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 10.64.0.0/24"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:64::/48"), 1);
	bench_stop();
}

static void a_family_that_is_not_offered_has_no_route(void)
{
	bench_start("host-name = gw\n"
		    "udp a { listen = \"192.0.2.1:1701\" }\n"
		    "pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n"
		    "service s { local = 10.64.0.1  pool = s  auth = { chap }  tun = ist0  ipv6 = "
		    "no }\n");
	CU_ASSERT_EQUAL(fake_said("route ist0 add 10.64.0.0/24"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist0"), 1);
	CU_ASSERT_EQUAL(fake_said("addr ist0 add link-local"), 0);
	bench_stop();
}

/* Someone removes the device; its new one fails once in each way, and is tried again a second
 * later. */
static void what_a_service_does_not_get(void)
{
	static const struct {
		const char *call, *words;
	} rows[] = {
		{"addr ist0 add 10.64.0.1/32", "ist0: local address: Operation not permitted"},
		{"if ist0 up", "ist0: up: Operation not permitted"},
		{"route ist0 add 10.64.0.0/24",
		 "ist0: route to 10.64.0.0/24: Operation not permitted"},
		{"route ist0 add 2001:db8:64::/48",
		 "ist0: route to 2001:db8:64::/48: Operation not permitted"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[160];

		bench_start(SERVICE);
		fake.gone = "ist0";
		fake.netif_fails = rows[i].call;
		fake.netif_error = -EPERM;
		bench_pass(SEC);
		CU_ASSERT_EQUAL(bench_logged("main error: service s: device ist0 has been removed; "
					     "its calls are ended"),
				1);
		snprintf(line, sizeof(line), "main error: service s: %s", rows[i].words);
		CU_ASSERT_EQUAL(bench_logged(line), 1);
		CU_ASSERT_EQUAL(bench.gw->service[0].tun, 0);
		CU_ASSERT_EQUAL(fake_said("untun ist0"), 2);
		bench_pass(SEC);
		CU_ASSERT_EQUAL(bench_logged("main notice: service s: device ist0 is there again"),
				1);
		CU_ASSERT_NOT_EQUAL(bench.gw->service[0].tun, 0);
		CU_ASSERT_EQUAL(fake_said("untun ist0"), 2);
		bench_stop();
	}
}

/* `tun-offload`: enum dp_tun_offload; all of them is what there is without the key. */
static void offloads_of_a_device(void)
{
	static const struct {
		const char *word, *said;
	} rows[] = {
		{"auto", "tun near mtu 1400"},
		{"tcp", "tun near mtu 1400 offload 1"},
		{"udp", "tun near mtu 1400 offload 2"},
		{"off", "tun near mtu 1400 offload 0"},
	};
	char text[400];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text),
			 "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
			 "pool p { ranges = \"10.64.1.0/24\" }\n"
			 "service s { local = 10.64.0.1  pool = p  tun = near  mtu = 1400  "
			 "tun-offload = %s }\n",
			 rows[i].word);
		bench_start(text);
		CU_ASSERT_EQUAL(fake_said(rows[i].said), 1);
		bench_stop();
	}
}

static void no_device_for_a_service(void)
{
	const struct cfg_model *m;

	bench_start(SERVICE);
	fake.gone = "ist0";
	fake.tun_refuses = true;
	bench_pass(3 * SEC);
	CU_ASSERT_EQUAL(bench_logged("main error: service s: ist0: no more devices"), 3);
	fake.tun_refuses = false;
	bench_pass(SEC);
	CU_ASSERT_NOT_EQUAL(bench.gw->service[0].tun, 0);
	/* At the start that is the end. */
	m = bench.gw->cfg;
	gw_free(bench.gw);
	fake.tun_refuses = true;
	CU_ASSERT_PTR_NULL(bench_gw_new(m));
	CU_ASSERT_EQUAL(bench_logged("main error: cannot start"), 1);
	fake.tun_refuses = false;
	bench.gw = bench_gw_new(m);
	bench_stop();
}

static void a_kernel_without_ipv6(void)
{
	bench_start(SERVICE);
	fake.gone = "ist0";
	fake.netif_fails = "addr ist0 add link-local";
	fake.netif_error = -EACCES;
	bench_pass(SEC);
	CU_ASSERT_EQUAL(bench_logged("main error: ist0: no IPv6: Permission denied"), 1);
	CU_ASSERT_NOT_EQUAL(bench.gw->service[0].tun, 0);
	bench_stop();
}

static const char pool_route[] = "route ist0 add 10.64.0.0/24";
static const char pool_elsewhere[] =
	"main error: ist0: the route to 10.64.0.0/24 is not ours: it was there before and does not "
	"lead here";
static const char pool_here[] = "main notice: ist0: the route to 10.64.0.0/24 leads here now";

static void device_led_elsewhere(const char *route)
{
	fake.netif_error = -EEXIST;
	fake.netif_fails = route;
	fake.netif_keeps = true;
}

/* The route of another gateway with the same pool is said once, and tried after 10 ms, 30 ms ...
 * 1.27 s, 2.55 s; it is taken when that has gone. */
static void a_route_of_another(void)
{
	bench_start(SERVICE);
	device_led_elsewhere(pool_route);
	fake.gone = "ist0";
	bench_pass(SEC);
	CU_ASSERT_NOT_EQUAL(bench.gw->service[0].tun, 0);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:64::/48"), 2);
	CU_ASSERT_EQUAL(bench_logged(pool_elsewhere), 0);
	bench_pass(3 * SEC);
	CU_ASSERT_EQUAL(bench_logged(pool_elsewhere), 1);
	CU_ASSERT_EQUAL(fake_said(pool_route), 1 + 1 + 8);
	fake.netif_fails = NULL;
	bench_pass(3 * SEC);
	CU_ASSERT_EQUAL(fake_said(pool_route), 1 + 1 + 9);
	CU_ASSERT_EQUAL(bench_logged(pool_here), 1);
	bench_pass(200 * SEC);
	CU_ASSERT_EQUAL(fake_said(pool_route), 1 + 1 + 9);
	bench_stop();
}

/* As that to the device of a service before its name has changed, which goes after the new one has
 * come: the pool is not without a route for long, and nothing is said of it. */
static void a_route_that_goes_soon(void)
{
	bench_start(SERVICE);
	device_led_elsewhere(pool_route);
	fake.gone = "ist0";
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake_said(pool_route), 1 + 1);
	bench_pass(10000);
	CU_ASSERT_EQUAL(fake_said(pool_route), 1 + 2);
	fake.netif_fails = NULL;
	bench_pass(20000);
	CU_ASSERT_EQUAL(fake_said(pool_route), 1 + 3);
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(fake_said(pool_route), 1 + 3);
	CU_ASSERT_EQUAL(bench_logged(pool_elsewhere) + bench_logged(pool_here), 0);
	bench_stop();
}

/* It is tried no more when its device has gone. */
static void a_route_of_no_device(void)
{
	bench_start(SERVICE);
	device_led_elsewhere(pool_route);
	fake.gone = "ist0";
	bench_pass(SEC);
	fake.netif_error = -ENODEV;
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(fake_said(pool_route), 1 + 2);
	CU_ASSERT_EQUAL(bench_logged(pool_elsewhere) + bench_logged(pool_here), 0);
	bench_stop();
}

/* A fixed address outside every pool has a route of its own, as long as its call. */
static void a_route_of_a_fixed_address(void)
{
	struct far_call *c;

	bench_start(SERVICE);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("bob", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(c->ip4);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 10.99.0.9/32"), 1);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "");
	CU_ASSERT_EQUAL(fake_said("route ist0 del 10.99.0.9/32"), 1);
	fake.netif_fails = "route ist0 add 10.99.0.9/32";
	fake.netif_error = -EACCES;
	c = bench_call("bob", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(bench_logged("client error: ist0: route to *: Permission denied"), 1);
	bench_stop();
}

/* Nobody wants it any more when its call has ended. */
static void a_route_that_is_given_up(void)
{
	static const char route[] = "route ist0 add 10.99.0.9/32";
	struct far_call *c;

	bench_start(SERVICE);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	device_led_elsewhere(route);
	c = bench_call("bob", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(c->ip4);
	CU_ASSERT_EQUAL(fake_said(route), 1);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "");
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(fake_said(route), 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 10.99.0.9/32"), 0);
	bench_stop();
}

#define CLIENT                                                                             \
	"host-name = gw\n"                                                                 \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                          \
	"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"                               \
	"client home { peer = lns  user = ann  secret = \"a password\"  auth = { chap }\n" \
	"  routes = { \"10.0.0.0/8\", \"2001:db8::/32\" }  redial = 10s  mtu = 1400 }\n"

static void a_client_gets_what_it_needs(void)
{
	const struct gw_client *home;
	char line[100];

	bench_start(CLIENT);
	bench_pass(0);
	home = &bench.gw->client[0];
	CU_ASSERT_EQUAL(home->state, CLIENT_UP);
	snprintf(line, sizeof(line), "addr home add link-local %s ",
		 device_test_link_local(home->addr.local_iid));
	CU_ASSERT_EQUAL(fake_said(line), 1);
	CU_ASSERT_EQUAL(fake_said("addr home add 10.100.0.2/32 10.100.0.1/32"), 1);
	CU_ASSERT_EQUAL(fake_said("if home up mtu 1400"), 2);
	CU_ASSERT_EQUAL(fake_said("route home add 10.0.0.0/8"), 1);
	CU_ASSERT_EQUAL(fake_said("route home add 2001:db8::/32"), 1);
	CU_ASSERT_EQUAL(fake_said("route home"), 2);
	/* each route comes with its family */
	CU_ASSERT((fake_line("route home add 10.0.0.0/8", 0) <
		   fake_line("addr home add link-local", 0)) ==
		  (fake_line("addr home add 10.", 0) < fake_line("addr home add link-local", 0)));
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "");
	CU_ASSERT_EQUAL(fake_said("addr home del"), 2);
	bench_stop();
}

/* Addresses that users, services and calls have of right are set aside in every pool. */
static void what_is_held_in_a_pool(void)
{
	struct addrpool_stats n;

	bench_start("host-name = gw\n"
		    "udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lac { port = a  dial = \"192.0.2.9:1701\" }\n"
		    "pool p { ranges = 10.64.0.0/24 }\n"
		    "pool q { ranges = 10.65.0.0/24 }\n"
		    "service s { local = 10.64.0.1  pool = p  auth = { chap }  tun = ist0 }\n"
		    "service t { local = 10.65.0.1  pool = q  auth = { chap }  tun = ist1 }\n"
		    "user ann { secret = \"a password\"  address = 10.64.0.2 }\n"
		    "user bob { secret = \"a password\"  address = 10.65.0.3 }\n"
		    "user eve { secret = \"a password\" }\n"
		    "outgoing x { peer = lac  called = 1  service = s  address = 10.64.0.77 }\n"
		    "outgoing y { peer = lac  called = 2  service = t }\n"
		    "outgoing z { peer = lac  called = 3  service = t  address = 10.65.0.78 }\n");
	for (unsigned i = 0; i < 2; i++) {
		addrpool_stats(bench.gw->pool[i], &n);
		CU_ASSERT_EQUAL(n.size4, 254);
		CU_ASSERT_EQUAL(n.held4, 3);
		CU_ASSERT_FALSE(!addrpool_take4_fixed(bench.gw->pool[i], 0x0a40004d + i * 0x10001));
		CU_ASSERT_EQUAL(addrpool_take4(bench.gw->pool[i]), i ? 0x0a410002 : 0x0a400003);
		addrpool_give4(bench.gw->pool[i], 0x0a40004d + i * 0x10001);
	}
	CU_ASSERT_EQUAL(fake_said("watch ist0 0a40004d00000000/32"), 1);
	CU_ASSERT_EQUAL(fake_said("watch ist1 0a41004e00000000/32"), 1);
	CU_ASSERT_EQUAL(fake_said("watch"), 2);
	/* a device that is made anew watches again */
	fake.gone = "ist1";
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake_said("watch ist1 0a41004e00000000/32"), 2);
	CU_ASSERT_EQUAL(fake_said("watch"), 3);
	bench_stop();
}

static void what_a_client_does_not_get(void)
{
	static const struct {
		const char *call, *words;
	} rows[] = {
		{"if home up", "home: up: Permission denied"},
		{"addr home add 10.100.0.2/32", "home: address: Permission denied"},
		{"addr home add link-local", "home: address: Permission denied"},
		{"route home add 10.0.0.0/8", "home: route to 10.0.0.0/8: Permission denied"},
		{"route home add 2001:db8::/32", "home: route to 2001:db8::/32: Permission denied"},
		{"addr home del 10.100.0.2/32", "home: remove address: Permission denied"},
		{"addr home del link-local", "home: remove address: Permission denied"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[160];

		bench_start(CLIENT);
		fake.netif_fails = rows[i].call;
		fake.netif_error = -EACCES;
		bench_pass(0);
		CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_UP);
		bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "");
		snprintf(line, sizeof(line), "client error: %s", rows[i].words);
		CU_ASSERT_EQUAL(bench_logged(line), 1);
		CU_ASSERT_EQUAL(fake_said("if home up"), 2); /* with IPv4, and with IPv6 */
		bench_stop();
	}
}

static void no_device_for_a_client(void)
{
	bench_start(CLIENT);
	fake.tun_refuses = true;
	bench_pass(0);
	CU_ASSERT_EQUAL(bench_logged("client error: client home: home: no more devices"), 1);
	CU_ASSERT_NOT_EQUAL(bench.gw->client[0].state, CLIENT_UP);
	CU_ASSERT_EQUAL(fake_said("addr home"), 0);
	fake.tun_refuses = false;
	bench_pass(20 * SEC);
	CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_UP);
	bench_stop();
}

static const struct test_case cases[] = {
	{"a_service_gets_what_it_needs", a_service_gets_what_it_needs},
	{"a_family_that_is_not_offered_has_no_route", a_family_that_is_not_offered_has_no_route},
	{"what_a_service_does_not_get", what_a_service_does_not_get},
	{"offloads_of_a_device", offloads_of_a_device},
	{"no_device_for_a_service", no_device_for_a_service},
	{"a_kernel_without_ipv6", a_kernel_without_ipv6},
	{"a_route_of_another", a_route_of_another},
	{"a_route_that_goes_soon", a_route_that_goes_soon},
	{"a_route_of_no_device", a_route_of_no_device},
	{"a_route_of_a_fixed_address", a_route_of_a_fixed_address},
	{"a_route_that_is_given_up", a_route_that_is_given_up},
	{"a_client_gets_what_it_needs", a_client_gets_what_it_needs},
	{"what_is_held_in_a_pool", what_is_held_in_a_pool},
	{"what_a_client_does_not_get", what_a_client_does_not_get},
	{"no_device_for_a_client", no_device_for_a_client},
	{NULL, NULL},
};
const struct test_suite suite_device = {"device", cases};
