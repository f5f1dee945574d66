/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP end points as text, address and socket address, and the patterns they match. */
#include "tests/harness.h"
#include "transports/kit/udp_addr.h"

#include <netinet/in.h>
#include <string.h>

static void udp_addr_round_trip(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"192.0.2.1:1701", "192.0.2.1:1701"},
		{"192.0.2.1", "192.0.2.1:1701"},
		{"0.0.0.0:0", "0.0.0.0:0"},
		{"255.255.255.255:65535", "255.255.255.255:65535"},
		{"[2001:db8::1]:1701", "[2001:db8::1]:1701"},
		{"[2001:DB8:0::1]:5", "[2001:db8::1]:5"},
		{"2001:db8::1", "[2001:db8::1]:1701"},
		{"[::]", "[::]:1701"},
		{"[::1]:9", "[::1]:9"},
		{"[fe80::1%lo]:7", "[fe80::1%lo]:7"},
		{"[fe80::1%1]:7", "[fe80::1%lo]:7"},	    /* an interface by its number */
		{"[fe80::1%99999]:7", "[fe80::1%99999]:7"}, /* and one that has no name */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sockaddr_storage ss;
		struct ist_addr a;
		struct udp_ep e, f;
		char text[80];

		CU_ASSERT_TRUE(udp_ep_parse(&e, rows[i].in, UDP_PORT_L2TP));
		CU_ASSERT_EQUAL(udp_ep_format(&e, text, sizeof(text)), (int)strlen(rows[i].out));
		CU_ASSERT_STRING_EQUAL(text, rows[i].out);
		udp_ep_to_addr(&e, &a);
		CU_ASSERT_TRUE(udp_ep_from_addr(&f, &a) && !memcmp(&e, &f, sizeof(e)));
		CU_ASSERT_TRUE(udp_ep_to_sock(&e, &ss) > 0);
		CU_ASSERT_TRUE(udp_ep_from_sock(&f, &ss) && !memcmp(&e, &f, sizeof(e)));
	}
}

static void udp_addr_refused(void)
{
	static const char *const bad[] = {
		"",
		":",
		":1701",
		"192.0.2",
		"192.0.2.256",
		"192.0.2.1:",
		"192.0.2.1:65536",
		"192.0.2.1:-1",
		"192.0.2.1:1701x",
		"lns.example:1701",
		"[192.0.2.1:1701",
		"[]",
		"[2001:db8::1",
		"[2001:db8::1]1701",
		"[2001:db8::1]:",
		"[2001:db8::g]:1",
		"192.0.2.0/24",
		"[fe80::1%no-such-interface]:1",
		"[fe80::1%]:1",
		"[fe80::1%0]:1",
		"[fe80::1%100000]:1",
		"1.2.3.4:5:6",
		("11111111111111111111111111111111111111111111111111111111"
		 "11111111111111111111111111")};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct udp_ep e, zero = {0};

		CU_ASSERT_FALSE(udp_ep_parse(&e, bad[i], 1701));
		CU_ASSERT_TRUE(!memcmp(&e, &zero, sizeof(e)));
	}
}

static void match(void)
{
	static const struct {
		const char *addr, *pattern;
		bool is;
	} rows[] = {
		{"192.0.2.1:1701", "*", true},
		{"192.0.2.1:1701", "192.0.2.1", true},
		{"192.0.2.1:1701", "192.0.2.1:1701", true},
		{"192.0.2.1:1702", "192.0.2.1:1701", false},
		{"192.0.2.1:1702", "192.0.2.0/24", true},
		{"192.0.3.1:1701", "192.0.2.0/24", false},
		{"192.0.3.1:1701", "192.0.2.0/23", true},
		{"192.0.2.1:1701", "192.0.2.0/24:1701", true},
		{"192.0.2.1:1702", "192.0.2.0/24:1701", false},
		{"192.0.2.1:1701", "0.0.0.0/0", true},
		{"192.0.2.1:1701", "192.0.2.1/33", false},
		{"192.0.2.129:1", "192.0.2.128/25", true},
		{"192.0.2.127:1", "192.0.2.128/25", false},
		{"[2001:db8::1]:1701", "2001:db8::/32", true},
		{"[2001:db9::1]:1701", "2001:db8::/32", false},
		{"[2001:db8::1]:1701", "[2001:db8::/32]:1701", true},
		{"[2001:db8::1]:1702", "[2001:db8::/32]:1701", false},
		{"[2001:db8::1]:1701", "::/0", true},
		{"[2001:db8::1]:1701", "0.0.0.0/0", false},
		{"[2001:db8::1]:1701", "2001:db8::1", true},
		{"[2001:db8::1]:1701", "2001:db8::1/128", true},
		{"[2001:db8::1]:1701", "2001:db8::1/129", false},
		{"[fe80::1%lo]:1", "fe80::1", true},
		{"[fe80::1%lo]:1", "fe80::1%lo", true},
		{"[fe80::1%lo]:1", "fe80::1%99999", false},
		{"[fe80::1]:1", "fe80::1%lo", false},
		{"192.0.2.1:1701", "", false},
		{"192.0.2.1:1701", "192.0.2.0/", false},
		{"192.0.2.1:1701", "192.0.2.*", false},
		{"192.0.2.1:1701", "nonsense", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct udp_ep e;

		CU_ASSERT_TRUE_FATAL(udp_ep_parse(&e, rows[i].addr, 1701));
		if (udp_ep_match(&e, rows[i].pattern) != rows[i].is)
			CU_FAIL(rows[i].pattern);
	}
}

static void sources(void)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{"192.0.2.1:1", "192.0.2.1:2", true},
		{"192.0.2.1:1", "192.0.2.2:1", false},
		{"192.0.2.1:1", "193.0.2.1:1", false},
		{"[2001:db8:0:1::1]:1", "[2001:db8:0:1:ffff::2]:2", true},
		{"[2001:db8:0:1::1]:1", "[2001:db8:0:2::1]:1", false},
		{"[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.1]:2", true},
		{"[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.2]:1", false},
		{"[::fffe:192.0.2.1]:1", "[::fffe:192.0.2.2]:1", true},
		{"0.0.0.0:1", "[::]:1", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct udp_ep a, b;

		CU_ASSERT_TRUE_FATAL(udp_ep_parse(&a, rows[i].a, 0));
		CU_ASSERT_TRUE_FATAL(udp_ep_parse(&b, rows[i].b, 0));
		if (udp_ep_same_source(&a, &b) != rows[i].same ||
		    udp_ep_same_source(&b, &a) != rows[i].same)
			CU_FAIL(rows[i].b);
		CU_ASSERT_EQUAL(udp_ep_source_order(&a, &b) + udp_ep_source_order(&b, &a), 0);
		CU_ASSERT_EQUAL(!udp_ep_source_order(&a, &b), rows[i].same);
	}
}

/* Version, interface, how much of the address counts, the address: the first that differs. */
static void source_order(void)
{
	static const char *const ascending[] = {
		"1.2.3.4:9",	      "1.2.3.5:8",
		"200.1.1.1:7",	      "[1::1]:6",
		"[1:0:0:1::1]:5",     "[f000::1]:4",
		"[::ffff:1.2.3.4]:3", "[::ffff:1.2.3.5]:2",
		"[fe80::1%1]:1",      "[::ffff:1.2.3.4%1]:1",
		"[fe80::1%2]:1",      "[fe80::1%99999]:1",
	};
	const size_t n = sizeof(ascending) / sizeof(ascending[0]);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			struct udp_ep a, b;
			int order;

			CU_ASSERT_TRUE_FATAL(udp_ep_parse(&a, ascending[i], 0));
			CU_ASSERT_TRUE_FATAL(udp_ep_parse(&b, ascending[j], 0));
			order = udp_ep_source_order(&a, &b);
			if ((order > 0) - (order < 0) != (i > j) - (i < j))
				CU_FAIL(ascending[i]);
		}
}

static void opaque(void)
{
	struct ist_addr a = {.len = 3};
	struct sockaddr_storage ss = {.ss_family = AF_UNIX};
	struct udp_ep e;

	CU_ASSERT_FALSE(udp_ep_from_addr(&e, &a));
	a.len = sizeof(e); /* family 0 */
	CU_ASSERT_FALSE(udp_ep_from_addr(&e, &a));
	CU_ASSERT_FALSE(udp_ep_from_sock(&e, &ss));
}

static void wildcard(void)
{
	struct udp_ep e;

	CU_ASSERT_TRUE(udp_ep_parse(&e, "0.0.0.0:1", 0) && udp_ep_wildcard(&e));
	CU_ASSERT_TRUE(udp_ep_parse(&e, "[::]:1", 0) && udp_ep_wildcard(&e));
	CU_ASSERT_TRUE(udp_ep_parse(&e, "0.0.0.1:1", 0) && !udp_ep_wildcard(&e));
}

static const struct test_case cases[] = {
	{"text_there_and_back", udp_addr_round_trip},
	{"malformed_text_is_refused", udp_addr_refused},
	{"patterns", match},
	{"sources", sources},
	{"source_order", source_order},
	{"foreign_addresses_are_refused", opaque},
	{"wildcards", wildcard},
	{NULL, NULL},
};
const struct test_suite suite_udp_addr = {"udp_addr", cases};
