/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/accounts.h"

#include "gw/aaa/aaa.h"
#include "tests/gw/bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char said[600];

static void accounts_report(void *ctx, const char *text)
{
	(void)ctx;
	snprintf(said, sizeof(said), "%s", text);
}

static void a_spool_that_cannot_be_is_warned_of(void)
{
	struct cfg_radius r = {.name = "isp", .accounting = true, .spool = "/nowhere/spool"};
	struct cfg_model m = {.file = "f", .radius = &r, .radiuses = 1};

	*said = '\0';
	accounts_check(&m, accounts_report, NULL);
	CU_ASSERT_STRING_EQUAL(said,
			       "f: radius isp: warning: spool: /nowhere/spool: No such file or "
			       "directory: records of accounting would wait in memory");
	*said = '\0';
	r.spool = "/tmp";
	accounts_check(&m, accounts_report, NULL);
	r.spool = NULL;
	accounts_check(&m, accounts_report, NULL);
	r.spool = "/nowhere/spool";
	r.accounting = false;
	accounts_check(&m, accounts_report, NULL);
	CU_ASSERT_STRING_EQUAL(said, "");
}

/* Each call's log-in and last record, and those that wait where there is no spool. */
static void as_many_are_kept_as_there_may_be(void)
{
	struct cfg_radius r[2] = {{.name = "a"}, {.name = "b"}};
	struct cfg_peer p[2] = {{.name = "p"}, {.name = "q"}};
	struct cfg_model m = {.radius = r, .radiuses = 2, .max_calls = 100};

	CU_ASSERT_EQUAL(accounts_kept(&m), 0);
	r[0].accounting = true;
	r[0].spool = "/s";
	CU_ASSERT_EQUAL(accounts_kept(&m), 202 + ACCT_FORMER);
	r[1].accounting = true;
	CU_ASSERT_EQUAL(accounts_kept(&m), 202 + ACCT_FORMER + ACCT_KEPT);
	m.peer = p;
	m.peers = 2;
	m.max_tunnels = 7;
	CU_ASSERT_EQUAL(accounts_kept(&m), 202 + ACCT_FORMER + ACCT_KEPT);
	p[1].radius = &r[0];
	CU_ASSERT_EQUAL(accounts_kept(&m), 202 + ACCT_FORMER + 2 * 107 + ACCT_KEPT);
}

/* The spool of a gateway that is one process is opened by itself. */
static void a_gateway_has_its_spool(void)
{
	char folder[] = "/tmp/accounts.XXXXXX", conf[400], file[64];
	struct acct_view v;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(conf, sizeof(conf),
		 "udp a { listen = \"192.0.2.1:1701\" }\n"
		 "radius isp { accounting = yes  accounting-on = no  spool = \"%s\"\n"
		 "  server \"127.0.0.1\" { secret = 0123456789abcdef  acct-port = 1 } }\n",
		 folder);
	bench_start(conf);
	CU_ASSERT_TRUE_FATAL(acct_view(bench.gw->acct, 0, &v));
	CU_ASSERT_TRUE(v.spool && !v.spool_fails);
	bench_stop();
	for (unsigned i = 0; i < 2; i++) {
		snprintf(file, sizeof(file), "%s/isp.%u", folder, i);
		CU_ASSERT_EQUAL(access(file, F_OK), 0);
		unlink(file);
	}
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static const struct test_case cases[] = {
	{"a_spool_that_cannot_be_is_warned_of", a_spool_that_cannot_be_is_warned_of},
	{"as_many_are_kept_as_there_may_be", as_many_are_kept_as_there_may_be},
	{"a_gateway_has_its_spool", a_gateway_has_its_spool},
	{NULL, NULL},
};
const struct test_suite suite_accounts = {"accounts", cases};
