/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/fake_radius.h"
#include "tests/gw/operator/says.h"

#define CONF                                                                                \
	"host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"                           \
	"radius isp { accounting = yes  server \"192.0.2.9:1645\" { secret = "              \
	"0123456789abcdef }\n"                                                              \
	"  server \"2001:db8::9\" { secret = 0123456789abcdef  acct-port = 1646  backup = " \
	"yes }\n"                                                                           \
	"  server \"192.0.2.8\" { secret = 0123456789abcdef  acct-port = 0 } }\n"

#define SERVERS                                                                                 \
	"Radius Server Used State ms Waiting Asked Answered Sent again No answer Wrong secret " \
	"Dropped Status asked Status answered\n"

static void servers_by_what_they_are_for(void)
{
	fake_radius = (struct fake_radius){.on = true, .silent = true};
	vty_begin(CONF);
	CU_ASSERT_TRUE(vty_rows("show radius", SERVERS
				"isp 192.0.2.9:1645 yes alive - 0 0 0 0 0 0 0 0 0\n"
				"isp 2001:db8::9 backup alive - 0 0 0 0 0 0 0 0 0\n"
				"isp 192.0.2.8 yes alive - 0 0 0 0 0 0 0 0 0\n"
				"isp 192.0.2.9:1813 yes alive - 0 0 0 0 0 0 0 0 0\n"
				"isp [2001:db8::9]:1646 backup alive - 0 0 0 0 0 0 0 0 0\n"));
	vty_end();
	fake_radius = (struct fake_radius){0};
}

#define RECORDS                                                                              \
	"Radius Kept in Log-ins Made Found Acknowledged Given up Unreadable Waiting Octets " \
	"Oldest s Skipped octets Section\n"

static void records_and_where_they_wait(void)
{
	fake_radius = (struct fake_radius){.on = true, .silent = true};
	vty_begin(CONF);
	/* head 40, status 6, session id 18, event 6, NAS-Identifier 4 */
	CU_ASSERT_TRUE(vty_rows("show accounting",
				RECORDS "isp memory 0 1 0 0 0 0 1 74 0 0 configured\n"));
	vty_end();
	fake_radius =
		(struct fake_radius){.on = true, .code = RADIUS_ACCOUNTING_RESPONSE, .attrs = ""};
	vty_begin(CONF);
	bench_pass(SEC);
	CU_ASSERT_TRUE(
		vty_rows("show accounting", RECORDS "isp memory 0 1 0 1 0 0 0 0 0 0 configured\n"));
	vty_end();
	fake_radius = (struct fake_radius){0};
}

static const struct test_case cases[] = {
	{"servers_by_what_they_are_for", servers_by_what_they_are_for},
	{"records_and_where_they_wait", records_and_where_they_wait},
	{NULL, NULL},
};
const struct test_suite suite_show_radius = {"show_radius", cases};
