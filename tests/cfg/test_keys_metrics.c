/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/cfg/media.h"

static void nothing_is_served_by_itself(void)
{
	static struct told t;

	tell(&t, "metrics { }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	CU_ASSERT_PTR_NULL(t.m->metrics_listen);
	CU_ASSERT_TRUE(t.m->metrics_page);
	told_end(&t);
	tell(&t, "metrics { page = no }");
	CU_ASSERT_FALSE(t.m->metrics_page);
	told_end(&t);
}

static void where_it_is_served(void)
{
	static const struct {
		const char *text;
		bool v6;
		uint8_t last;
		uint16_t port;
	} rows[] = {
		{"metrics { listen = 9101 }", false, 1, 9101},
		{"metrics { listen = \"127.0.0.7:80\" }", false, 7, 80},
		{"metrics { listen = \"[::1]:65535\" }", true, 1, 65535},
	};
	static struct told t;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tell(&t, rows[i].text);
		CU_ASSERT_EQUAL_FATAL(t.faults, 0);
		CU_ASSERT_PTR_NOT_NULL_FATAL(t.m->metrics_listen);
		CU_ASSERT_EQUAL(t.m->metrics_listen->at.v6, rows[i].v6);
		CU_ASSERT_EQUAL(t.m->metrics_listen->at.addr[15], rows[i].last);
		CU_ASSERT_EQUAL(t.m->metrics_listen->port, rows[i].port);
		told_end(&t);
	}
	tell(&t, rows[0].text); /* a port alone is one of this host */
	ASSERT_OCTETS(t.m->metrics_listen->at.addr + 12, 4, "\x7f\x00\x00\x01", 4);
	told_end(&t);
}

#define NO_ADDRESS(what) \
	"t:1: metrics: listen: `" what "` is not an address and port, as in 127.0.0.1:9101\n"

static void what_is_no_place(void)
{
	ASSERT_TOLD("metrics { listen = 0 }", NO_ADDRESS("0"));
	ASSERT_TOLD("metrics { listen = 65536 }", NO_ADDRESS("65536"));
	ASSERT_TOLD("metrics { listen = localhost }", NO_ADDRESS("localhost"));
	ASSERT_TOLD("metrics { listen = \"host:80\" }", NO_ADDRESS("host:80"));
	ASSERT_TOLD("metrics { listen = \"127.0.0.1\" }", NO_ADDRESS("127.0.0.1"));
	ASSERT_TOLD("metrics { listen = \"127.0.0.0/8:80\" }", NO_ADDRESS("127.0.0.0/8:80"));
}

static void others_who_can_reach_it_are_warned_of(void)
{
	ASSERT_WARNED("metrics { listen = 9101 }", "");
	ASSERT_WARNED("metrics { listen = \"[::1]:9101\" }", "");
	ASSERT_WARNED("metrics { listen = \"192.0.2.1:9101\" }",
		      "t:1: metrics: listen: warning: anybody who can reach 192.0.2.1 can read "
		      "what the gateway does: there is no password\n");
}

static const struct test_case cases[] = {
	{"nothing_is_served_by_itself", nothing_is_served_by_itself},
	{"where_it_is_served", where_it_is_served},
	{"what_is_no_place", what_is_no_place},
	{"others_who_can_reach_it_are_warned_of", others_who_can_reach_it_are_warned_of},
	{NULL, NULL},
};
const struct test_suite suite_keys_metrics = {"keys_metrics", cases};
