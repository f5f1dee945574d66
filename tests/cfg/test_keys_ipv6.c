/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Name servers and domains as they are told: RFC 4291 2.2, RFC 1035 2.3.4 and 3.1. */
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

#define SERVICE(keys) "host-name = us\nservice s { local = 10.64.0.1 " keys " }"

static void ipv6_name_servers(void)
{
	static const uint8_t want[2][16] = {{0x20, 1, 0x0d, 0xb8, [15] = 0x53}, {[15] = 1}};
	static struct told t;

	tell(&t, SERVICE("dns6 = { 2001:db8::53, \"::1\" }"));
	ASSERT_TEXT(t.text, "");
	CU_ASSERT_EQUAL_FATAL(t.m->service[0].dns6s, 2);
	ASSERT_OCTETS((const uint8_t *)t.m->service[0].dns6, 32, (const uint8_t *)want, 32);
	told_end(&t);
	tell(&t, SERVICE("dns6 = { 2001::1, 2001::2, 2001::3 }"));
	CU_ASSERT_EQUAL(t.m->service[0].dns6s, 3);
	told_end(&t);
	ASSERT_TOLD(SERVICE("dns6 = { 2001::1, 2001::2, 2001::3, 2001::4, 2001::5 }"),
		    "t:2: service s: dns6: more than 3 servers\n");
	ASSERT_TOLD(SERVICE("dns6 = { 192.0.2.1, \"2001::1/64\" }"),
		    "t:2: service s: dns6: `192.0.2.1` is not an IPv6 address\n"
		    "t:2: service s: dns6: `2001::1/64` is not an IPv6 address\n");
}

static void domains(void)
{
	static const char want[] = "\7example\3net\0\1a\5b-c_d\4corp";
	static struct told t;

	tell(&t, SERVICE("domains = { example.net, \"a.b-c_d.corp.\" }"));
	ASSERT_TEXT(t.text, "");
	ASSERT_OCTETS(t.m->service[0].domains, t.m->service[0].domains_len, want, sizeof(want));
	told_end(&t);
	tell(&t, SERVICE(""));
	CU_ASSERT_EQUAL(t.m->service[0].domains_len, 0);
	told_end(&t);
}

static void domains_that_are_none(void)
{
	static const char *const wrong[] = {
		"",
		".",
		".net",
		"a..b",
		"-a.net",
		"a b",
		"a/b",
		"a.net..",
		"a23456789012345678901234567890123456789012345678901234567890abcd.net"};
	char text[200], want[300];

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		static struct told t;

		snprintf(text, sizeof(text), SERVICE("domains = \"%s\""), wrong[i]);
		tell(&t, text);
		snprintf(want, sizeof(want),
			 "t:2: service s: domains: `%s` is no domain, as in example.net\n",
			 wrong[i]);
		CU_ASSERT_EQUAL(t.faults, 1);
		if (strlen(wrong[i]) < 40)
			ASSERT_TEXT(t.text, want);
		told_end(&t);
	}
}

/* One of 63 octets may be a label, one name has 255 at most, and so have all together. */
static void domains_have_an_end(void)
{
#define LABEL "a23456789012345678901234567890123456789012345678901234567890abc"
	ASSERT_TOLD(SERVICE("domains = \"" LABEL "." LABEL "." LABEL
			    ".a234567890123456789012345678901234567890123456789012345678901\""),
		    "");
	ASSERT_TOLD(SERVICE("domains = { \"" LABEL "." LABEL "." LABEL "\", \"" LABEL "\" }"),
		    "t:2: service s: domains: all of them have more than 255 octets\n");
}

static const struct test_case cases[] = {
	{"ipv6_name_servers", ipv6_name_servers},
	{"domains", domains},
	{"domains_that_are_none", domains_that_are_none},
	{"domains_have_an_end", domains_have_an_end},
	{NULL, NULL},
};
const struct test_suite suite_keys_ipv6 = {"keys_ipv6", cases};
