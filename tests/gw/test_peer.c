/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/peer.h"

#include "tests/gw/bench.h"
#include "transports/builtin.h"
#include <string.h>

static bool host(const char *pattern, const char *name)
{
	return peer_host_match(pattern, (const uint8_t *)name, strlen(name));
}

static void host_name_patterns(void)
{
	CU_ASSERT_TRUE(host("lac", "lac"));
	CU_ASSERT_TRUE(host("lac", "LAC"));
	CU_ASSERT_FALSE(host("lac", "lacs"));
	CU_ASSERT_FALSE(host("lac", "la"));
	CU_ASSERT_FALSE(host("lac", ""));
	CU_ASSERT_TRUE(host("*", ""));
	CU_ASSERT_TRUE(host("*", "anything"));
	CU_ASSERT_TRUE(host("lac-*", "lac-"));
	CU_ASSERT_TRUE(host("lac-*", "lac-east"));
	CU_ASSERT_FALSE(host("lac-*", "lac"));
	CU_ASSERT_TRUE(host("*.example", "a.b.example"));
	CU_ASSERT_FALSE(host("*.example", "a.b.example.org"));
	CU_ASSERT_TRUE(host("a*b*c", "aXbXbc"));
	CU_ASSERT_FALSE(host("a*b*c", "aXbXbcX"));
	CU_ASSERT_TRUE(host("**", "x"));
	/* The octets of a peer are no C string. */
	CU_ASSERT_FALSE(peer_host_match("lac", (const uint8_t *)"lac\0x", 5));
	CU_ASSERT_TRUE(peer_host_match("lac*", (const uint8_t *)"lac\0x", 5));
}

static void from(const char *text)
{
	CU_ASSERT_EQUAL_FATAL(ist_builtin_transports[0]->addr_parse(&fake.peer, text), 0);
}

static const char *chosen(l2tp_channel c, const char *name)
{
	const struct cfg_peer *p = peer_choose(bench.gw, c, (const uint8_t *)name, strlen(name));

	return p ? p->name : "none";
}

#define PORT(n) ((l2tp_channel)((n) + 1) << 32 | 5)

static void first_section_that_takes_port_address_and_name(void)
{
	bench_start("udp a { listen = \"192.0.2.1:1701\" }\n"
		    "udp b { listen = \"192.0.2.1:1702\" }\n"
		    "peer one { port = a  address = { \"192.0.2.0/24\" }  hostname = \"lac-*\" }\n"
		    "peer two { port = a  address = { \"192.0.2.0/24\", \"2001:db8::/32\" } }\n"
		    "peer three { hostname = roamer }\n");
	from("192.0.2.9:1701");
	CU_ASSERT_STRING_EQUAL(chosen(PORT(0), "lac-1"), "one");
	CU_ASSERT_STRING_EQUAL(chosen(PORT(0), "other"), "two");
	CU_ASSERT_STRING_EQUAL(chosen(PORT(0), "roamer"), "two");
	CU_ASSERT_STRING_EQUAL(chosen(PORT(1), "lac-1"), "none");
	CU_ASSERT_STRING_EQUAL(chosen(PORT(1), "roamer"), "three");
	CU_ASSERT_STRING_EQUAL(chosen(PORT(2), "roamer"), "none");
	from("[2001:db8::7]:1701");
	CU_ASSERT_STRING_EQUAL(chosen(PORT(0), "lac-1"), "two");
	from("203.0.113.5:1701");
	CU_ASSERT_STRING_EQUAL(chosen(PORT(0), "lac-1"), "none");
	CU_ASSERT_STRING_EQUAL(chosen(PORT(0), "roamer"), "three");
	bench_stop();
}

static uint64_t source(const char *text)
{
	struct ist_addr a = {0};

	CU_ASSERT_EQUAL_FATAL(ist_builtin_transports[0]->addr_parse(&a, text), 0);
	return peer_source(ist_builtin_transports[0], &a);
}

static void half_open_are_counted_by_address_or_site(void)
{
	CU_ASSERT_EQUAL(source("192.0.2.9:1701"), source("192.0.2.9:40000"));
	CU_ASSERT_NOT_EQUAL(source("192.0.2.9:1701"), source("192.0.2.10:1701"));
	CU_ASSERT_EQUAL(source("[2001:db8::1]:1701"), source("[2001:db8::1]:1702"));
	CU_ASSERT_EQUAL(source("[2001:db8::1]:1701"), source("[2001:db8::ffff:2]:1701"));
	CU_ASSERT_NOT_EQUAL(source("[2001:db8::1]:1701"), source("[2001:db8:0:1::1]:1701"));
	CU_ASSERT_NOT_EQUAL(source("[2001:db8::1]:1701"), source("192.0.2.9:1701"));
}

static const struct test_case cases[] = {
	{"host_name_patterns", host_name_patterns},
	{"first_section_that_takes_port_address_and_name",
	 first_section_that_takes_port_address_and_name},
	{"half_open_are_counted_by_address_or_site", half_open_are_counted_by_address_or_site},
	{NULL, NULL},
};
const struct test_suite suite_peer = {"peer", cases};
