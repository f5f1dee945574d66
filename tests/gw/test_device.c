/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices, addresses and routes that the kernel does not give, and what the log says then. */
#include "gw/device.h"

#include "gw/client.h"
#include "tests/gw/bench.h"
#include <errno.h>
#include <string.h>

#define SERVICE                                                                                \
	"host-name = gw\n"                                                                     \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                              \
	"peer lac { service = s }\n"                                                           \
	"pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n"                     \
	"service s { local = 10.64.0.1  pool = s  auth = { chap }  tun = ist0  mtu = 1400 }\n" \
	"user ann { secret = \"a password\" }\n"                                               \
	"user bob { secret = \"a password\"  address = 10.99.0.9 }\n"

static void a_service_gets_what_it_needs(void)
{
	bench_start(SERVICE);
	CU_ASSERT_EQUAL(fake_said("tun ist0 mtu 1400"), 1);
	CU_ASSERT_EQUAL(fake_said("addr ist0 add 10.64.0.1/32 "), 1);
	CU_ASSERT_EQUAL(fake_said("addr ist0 add link-local"), 1);
	CU_ASSERT_EQUAL(fake_said("if ist0 up"), 1);
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
		CU_ASSERT_PTR_NULL(bench.gw->service[0].tun);
		CU_ASSERT_EQUAL(fake_said("untun ist0"), 2);
		bench_pass(SEC);
		CU_ASSERT_EQUAL(bench_logged("main notice: service s: device ist0 is there again"),
				1);
		CU_ASSERT_PTR_NOT_NULL(bench.gw->service[0].tun);
		CU_ASSERT_EQUAL(fake_said("untun ist0"), 2);
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
	CU_ASSERT_PTR_NOT_NULL(bench.gw->service[0].tun);
	/* At the start that is the end. */
	m = bench.gw->cfg;
	gw_free(bench.gw);
	fake.tun_refuses = true;
	CU_ASSERT_PTR_NULL(gw_new(m));
	CU_ASSERT_EQUAL(bench_logged("main error: cannot start"), 1);
	fake.tun_refuses = false;
	bench.gw = gw_new(m);
	bench_stop();
}

/* The route of another gateway with the same pool; and a kernel without IPv6. */
static void what_a_service_can_do_without(void)
{
	bench_start(SERVICE);
	fake.gone = "ist0";
	fake.netif_fails = "route ist0 add 10.64.0.0/24";
	fake.netif_error = -EEXIST;
	bench_pass(SEC);
	CU_ASSERT_EQUAL(
		bench_logged("main error: service s: the route to 10.64.0.0/24 is not ours: "
			     "it was there before and does not lead to ist0"),
		1);
	CU_ASSERT_PTR_NOT_NULL(bench.gw->service[0].tun);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:64::/48"), 2);
	fake.gone = "ist0";
	fake.netif_fails = "addr ist0 add link-local";
	fake.netif_error = -EACCES;
	bench_pass(SEC);
	CU_ASSERT_EQUAL(bench_logged("main error: ist0: no IPv6: Permission denied"), 1);
	CU_ASSERT_PTR_NOT_NULL(bench.gw->service[0].tun);
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
	fake.netif_error = -EEXIST;
	c = bench_call("bob", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(bench_logged("client error: ist0: route of a fixed address: File exists"),
			1);
	bench_stop();
}

#define CLIENT                                                                             \
	"host-name = gw\n"                                                                 \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                          \
	"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"                               \
	"client home { peer = lns  user = ann  secret = \"a password\"  auth = { chap }\n" \
	"  routes = { \"10.0.0.0/8\", \"2001:db8::/32\" }  redial = 10s  mtu = 1400 }\n"

static void what_a_client_does_not_get(void)
{
	static const struct {
		const char *call, *words;
	} rows[] = {
		{"if home up", "home: up: File exists"},
		{"addr home add 10.100.0.2/32", "home: address: File exists"},
		{"addr home add link-local", "home: address: File exists"},
		{"route home add 10.0.0.0/8", "home: 10.0.0.0/8: File exists"},
		{"route home add 2001:db8::/32", "home: 2001:db8::/32: File exists"},
		{"addr home del 10.100.0.2/32", "home: remove address: File exists"},
		{"addr home del link-local", "home: remove address: File exists"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[160];

		bench_start(CLIENT);
		fake.netif_fails = rows[i].call;
		fake.netif_error = -EEXIST;
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
	{"no_device_for_a_service", no_device_for_a_service},
	{"what_a_service_can_do_without", what_a_service_can_do_without},
	{"a_route_of_a_fixed_address", a_route_of_a_fixed_address},
	{"what_a_client_does_not_get", what_a_client_does_not_get},
	{"no_device_for_a_client", no_device_for_a_client},
	{NULL, NULL},
};
const struct test_suite suite_device = {"device", cases};
