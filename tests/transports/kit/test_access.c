/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "transports/kit/access.h"

#include <errno.h>
#include <string.h>

static int test_access_read(struct access *a, const struct ist_setting *set, unsigned n, char *err,
			    size_t err_len)
{
	return access_read(a, &(struct settings){NULL, set, n}, "from", err, err_len);
}

static void access_lists(void)
{
	static const struct ist_setting set[] = {{"from", "192.0.2.0/24"},
						 {"link", "10.0.0.1"},
						 {"from", "2001:db8::1"},
						 {"from", "198.51.100.7"}};
	static const struct {
		const char *from;
		bool allowed;
	} rows[] = {
		{"192.0.2.0:1", true},	    {"192.0.2.255:65535", true},
		{"192.0.3.0:1", false},	    {"192.0.1.255:1", false},
		{"10.0.0.1:1", false},	    {"198.51.100.7:9", true},
		{"198.51.100.6:9", false},  {"[2001:db8::1]:9", true},
		{"[2001:db8::2]:9", false}, {"[::ffff:192.0.2.1]:9", 0},
	};
	struct access a, none;
	char err[100] = "";

	CU_ASSERT_EQUAL_FATAL(test_access_read(&a, set, 4, err, sizeof(err)), 0);
	CU_ASSERT_EQUAL_FATAL(test_access_read(&none, set + 1, 1, err, sizeof(err)), 0);
	CU_ASSERT_EQUAL(a.n, 3);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct udp_ep from;

		CU_ASSERT_FATAL(udp_ep_parse(&from, rows[i].from, 0));
		CU_ASSERT_EQUAL(access_allows(&a, &from), rows[i].allowed);
		CU_ASSERT(access_allows(&none, &from));
	}
	access_free(&a);
	access_free(&none);
	access_free(&none);
}

static void access_malformed(void)
{
	static const char *const texts[] = {
		"",	   "here",
		"192.0.2", "192.0.2.1/x",
		"/24",	   "192.0.2.1 and sixty-four octets of words that no address ever needs"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ist_setting set[] = {{"from", "192.0.2.1"}, {"from", texts[i]}};
		struct access a;
		char err[100] = "";

		CU_ASSERT_EQUAL(test_access_read(&a, set, 2, err, sizeof(err)), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(err, "from: \""));
		access_free(&a);
	}
}

static void access_errors(void)
{
	CU_ASSERT(access_starved(EMFILE) && access_starved(ENFILE) && access_starved(ENOMEM) &&
		  access_starved(ENOBUFS));
	CU_ASSERT(!access_starved(EAGAIN) && !access_starved(ECONNABORTED) && !access_starved(0));
}

static const struct test_case cases[] = {
	{"who_may_connect", access_lists},
	{"malformed_members", access_malformed},
	{"errors_of_accept", access_errors},
	{NULL, NULL},
};
const struct test_suite suite_access = {"access", cases};
