/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper is played by the test: its answers wait already when control asks. */
#include "gw/keeper/keeper.h"
#include "gw/client.h"
#include "gw/operator/operator.h"
#include "tests/gw/operator/says.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CONF                                                              \
	"host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"         \
	"pool p { ranges = 10.1.0.0/24 }\n"                               \
	"service s { local = 10.1.0.1 pool = p auth = chap ipv6 = no }\n" \
	"peer lac { port = a hostname = far service = s }\n"              \
	"peer other { port = a hostname = other }\n"                      \
	"user ann { secret = \"a password\" }\n"

#define TITLES "Section Name Change Effect Calls Keys\n"

static void reload_shows(const char *report, const char *want)
{
	vty_report(report, 2); /* `show reload` asks for it twice */
	CU_ASSERT_TRUE(vty_rows("show reload", want));
}

/* Octets of the last question. */
static size_t reload_asked(uint8_t kind, uint8_t body[KEEPER_MSG_MAX])
{
	struct keeper_msg q;
	uint8_t buf[KEEPER_MSG_MAX];

	CU_ASSERT_EQUAL(keeper_recv(vty_keeper, buf, &q), 1);
	CU_ASSERT_EQUAL(q.kind, kind);
	memcpy(body, q.body, q.len);
	return q.len;
}

static void keeper_is_asked(void)
{
	struct keeper_msg done = {.kind = KEEPER_RELOAD},
			  busy = {.kind = KEEPER_RELOAD, .error = EBUSY};
	uint8_t body[KEEPER_MSG_MAX];

	vty_begin_keeper(CONF);
	CU_ASSERT_EQUAL(keeper_send(vty_keeper, &done), 0);
	CU_ASSERT_TRUE(vty_equals("reload", ""));
	CU_ASSERT_TRUE(reload_asked(KEEPER_RELOAD, body) == 1 && body[0] == 0);
	CU_ASSERT_EQUAL(keeper_send(vty_keeper, &done), 0);
	CU_ASSERT_TRUE(vty_equals("reload dry-run", ""));
	CU_ASSERT_TRUE(reload_asked(KEEPER_RELOAD, body) == 1 && body[0] == 1);
	CU_ASSERT_EQUAL(keeper_send(vty_keeper, &busy), 0);
	CU_ASSERT_TRUE(vty_equals("reload dry-run",
				  "% No reload: one is going on, or the gateway is ending\n"));
	bench.gw->keeper = NULL;
	CU_ASSERT_TRUE(
		vty_equals("reload", "% No reload: there is no keeper to do it (workers = 0)\n"));
	CU_ASSERT_TRUE(vty_rows("show reload", TITLES));
	vty_end_keeper();
}

static void changes_and_the_calls_they_concern(void)
{
	vty_begin_keeper(CONF);
	reload_shows("", TITLES);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	reload_shows("change\tpeer\tlac\tchanged\tnew-calls\tsecret\n"
		     "change\tpeer\tother\tremoved\tends\t-\n"
		     "change\tservice\ts\tchanged\tnew-calls\tmtu, auth\n"
		     "change\tudp\ta\tchanged\treopens-port\tlisten\n"
		     "change\tudp\tb\tadded\tlive\t-\n"
		     "change\tclient\tc\tremoved\tends\t-\n"
		     "change\tuser\tann\tremoved\tnew-calls\t-\n"
		     "change\ttop\t-\tchanged\trestart\tworkers\n",
		     TITLES "peer lac changed new-calls 1 secret\n"
			    "peer other removed ends 0 -\n"
			    "service s changed new-calls 1 mtu, auth\n"
			    "udp a changed reopens-port 1 listen\n"
			    "udp b added live - -\n"
			    "client c removed ends 0 -\n"
			    "user ann removed new-calls - -\n"
			    "top - changed restart - workers\n");
	vty_end_keeper();
}

/* One that dials has a call from then on. */
static void a_client_that_dials(void)
{
	vty_begin_keeper(CONF "peer core { port = a dial = \"192.0.2.9:1701\" }\n"
			      "client c { peer = core user = ann secret = \"a password\" }\n");
	bench_pass(0);
	CU_ASSERT_PTR_NOT_NULL(bench.gw->client[0].join);
	reload_shows("change\tclient\tc\tchanged\tnew-calls\tmtu\n",
		     TITLES "client c changed new-calls 1 mtu\n");
	vty_end_keeper();
}

/* A reload ends the calls of what it removes: the control that leaves has counted them. */
static void calls_that_have_ended_since(void)
{
	static const char report[] = "change\tuser\tbob\tadded\tlive\t-\n"
				     "x.conf:1: warning: doubtful\n"
				     "change\tpeer\tlac\tremoved\tends\t-\n"
				     "change\tudp\ta\tremoved\tends\t-\n",
			  other[] = "change\tpeer\tlac\tremoved\tends\t-\n";
	struct far_call *c;
	int fd;

	vty_begin_keeper(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	vty_report(report, 1);
	fd = vty_reload_calls(bench.gw);
	CU_ASSERT_FATAL(fd >= 0);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "");
	bench_pass(SEC);
	bench.gw->reload_calls = fd; /* as the control after it has it */
	reload_shows(report, "x.conf:1: warning: doubtful\n" TITLES "user bob added live - -\n"
			     "peer lac removed ends 2 -\n"
			     "udp a removed ends 2 -\n");
	/* it is not counted again by who leaves next, */
	vty_report(report, 1);
	CU_ASSERT_EQUAL(vty_reload_calls(bench.gw), -1);
	/* and is nothing to another report */
	reload_shows(other, TITLES "peer lac removed ends 1 -\n");
	CU_ASSERT_EQUAL(ftruncate(fd, 0), 0);
	reload_shows(report, "x.conf:1: warning: doubtful\n" TITLES "user bob added live - -\n"
			     "peer lac removed ends 1 -\n"
			     "udp a removed ends 1 -\n");
	bench.gw->reload_calls = -1;
	close(fd);
	vty_end_keeper();
}

/* A line that is cut off is no crash. */
static void mistakes_come_first(void)
{
	vty_begin_keeper(CONF);
	reload_shows("x.conf:1: no\nchange\tpool\tp\nx.conf:2: neither\nchange",
		     "x.conf:1: no\n"
		     "x.conf:2: neither\nchange\n" TITLES "pool p - - - -\n");
	vty_end_keeper();
}

/* It ends in the middle of a row. */
static void more_than_a_report_has_room_for(void)
{
	static const char row[] = "change\tpool\tp\tadded\tlive\t-\n", cut[] = "change\tpool\tq";
	static char text[KEEPER_REPORT_MAX + 1];

	memset(text, '\n', KEEPER_REPORT_MAX);
	memcpy(text, row, sizeof(row) - 1);
	memcpy(text + KEEPER_REPORT_MAX - (sizeof(cut) - 1), cut, sizeof(cut) - 1);
	vty_begin_keeper(CONF);
	reload_shows(text, "more has changed than can be told\n" TITLES "pool p added live - -\n");
	vty_end_keeper();
}

static const struct test_case cases[] = {
	{"keeper_is_asked", keeper_is_asked},
	{"changes_and_the_calls_they_concern", changes_and_the_calls_they_concern},
	{"a_client_that_dials", a_client_that_dials},
	{"calls_that_have_ended_since", calls_that_have_ended_since},
	{"mistakes_come_first", mistakes_come_first},
	{"more_than_a_report_has_room_for", more_than_a_report_has_room_for},
	{NULL, NULL},
};
extern const struct test_suite suite_show_reload;
const struct test_suite suite_show_reload = {"show_reload", cases};
