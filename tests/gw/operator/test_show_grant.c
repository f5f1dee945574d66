/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a client has, in `show calls detail`: a line for each thing, and none for what he has not.
 */
#include "tests/gw/fake_radius.h"
#include "tests/gw/operator/says.h"

#include <string.h>

#define SHOW_GRANT_CONF                                                         \
	"host-name = gw\nlogin-delay = 0\n"                                     \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                               \
	"peer lac { service = s }\n"                                            \
	"radius r { server \"192.0.2.9\" { secret = \"0123456789abcdef\" } }\n" \
	"pool p { ranges = { \"10.64.0.0/29\", \"2001:db8:64::/56\" } }\n"      \
	"filter web { filter-in = \"tcp port 80\" }\n"                          \
	"service s { local = 10.64.0.1  pool = p  tun = ist0  mtu = 1400  radius = r }\n"

/* Attributes of RFC 2865 5 (11 Filter-Id, 12 Framed-MTU, 22 Framed-Route, 62 Port-Limit), RFC 2548
 * 2.5.1 and RFC 6911 3.1. */
static void a_line_for_each_thing(void)
{
	static const struct {
		const char *attrs, *line;
	} rows[] = {
		{"", NULL},
		{"160d 31302e392e302e302f3136", "\n  routes  10.9.0.0/16\n"},
		{"1a0c00000137 1c06 0a000035", "\n  dns     10.0.0.53\n"},
		{"a912 20010db8000000000000000000000053", "\n  dns     2001:db8::53\n"},
		{"0b05 776562", "\n  most    filter web\n"},
		{"0c06 00000514", "\n  most    filter -, packets of 1300 octets\n"},
		{"3e06 00000002", "\n  most    filter -, links 2\n"},
	};
	static const char *const names[] = {"\n  routes ", "\n  dns ", "\n  most "};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_radius_accept(rows[i].attrs);
		vty_begin(SHOW_GRANT_CONF);
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		CU_ASSERT_TRUE(bench_call("ann", "x", PPP_AUTH_CHAP_MD5)->ip4);
		bench_pass(SEC);
		vty_says("show calls detail");
		CU_ASSERT_PTR_NOT_NULL(strstr(vty_told, "\n  has     10.64.0."));
		CU_ASSERT_PTR_NOT_NULL(strstr(vty_told, " of pool p, prefix 2001:db8:64:"));
		if (rows[i].line)
			CU_ASSERT_PTR_NOT_NULL(strstr(vty_told, rows[i].line));
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			CU_ASSERT_EQUAL(strstr(vty_told, names[k]) != NULL,
					rows[i].line &&
						!strncmp(rows[i].line, names[k], strlen(names[k])));
		vty_end();
		fake_radius = (struct fake_radius){0};
	}
}

static const struct test_case cases[] = {
	{"a_line_for_each_thing", a_line_for_each_thing},
	{NULL, NULL},
};
const struct test_suite suite_show_grant = {"show_grant", cases};
