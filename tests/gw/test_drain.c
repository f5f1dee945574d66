/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/drain.h"
#include "gw/keeper/keeper.h"
#include "gw/client.h"
#include "gw/dial.h"
#include "gw/outgoing.h"
#include "gw/route_way.h"
#include "tests/gw/operator/says.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CONF                                                                     \
	"host-name = gw\n"                                                       \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                \
	"pool p { ranges = 10.1.0.0/24 }\n"                                      \
	"service s { local = 10.1.0.1 pool = p auth = chap ipv6 = no }\n"        \
	"peer lac { port = a hostname = far service = s }\n"                     \
	"peer core { port = a dial = \"192.0.2.9:1701\" hostname = core }\n"     \
	"peer spare { port = a dial = \"192.0.2.8:1701\" hostname = spare }\n"   \
	"outgoing o { peer = core service = s called = 1 address = 10.1.0.9 }\n" \
	"route r { from-peer = lac to = { core, spare } }\n"                     \
	"user ann { secret = \"a password\" }\n"                                 \
	"user bob { secret = \"b\" }\n"

static struct far_call *drain_call(void)
{
	return bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
}

static uint16_t drain_tunnel(char text[8])
{
	struct l2tp_tunnel *t = NULL;
	struct l2tp_tunnel_info i = {0};

	while ((t = l2tp_tunnel_next(bench.gw->engine, t))) {
		l2tp_tunnel_info(t, &i);
		if (i.state == L2TP_T_ESTABLISHED)
			break;
	}
	snprintf(text, 8, "%u", i.local_id);
	return i.local_id;
}

/* Each kind: a call that is there goes on, a new one is refused, and one after the end comes in. */
static void no_new_call_of_what_drains(void)
{
	static const struct {
		enum drain_kind kind;
		const char *name, *words;
	} row[] = {
		{DRAIN_GATEWAY, "", "the gateway takes no new calls"},
		{DRAIN_PORT, "a", "the port takes no new calls"},
		{DRAIN_PEER, "lac", "the peer takes no new calls"},
		{DRAIN_TUNNEL, NULL, "the tunnel takes no new calls"},
	};
	struct far_call *there, *c;
	char id[8];

	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	drain_tunnel(id);
	there = drain_call();
	CU_ASSERT_EQUAL(there->result.result, 0);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const char *name = row[i].name ? row[i].name : id;

		CU_ASSERT_PTR_NULL(drain_begin(bench.gw, row[i].kind, name));
		CU_ASSERT_PTR_NULL(drain_begin(bench.gw, row[i].kind, name)); /* once is enough */
		c = drain_call();
		CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
		CU_ASSERT_STRING_EQUAL(c->result.text, row[i].words);
		CU_ASSERT_EQUAL(there->result.result, 0);
		CU_ASSERT_PTR_NULL(drain_end(bench.gw, row[i].kind, name));
		CU_ASSERT_STRING_EQUAL(drain_end(bench.gw, row[i].kind, name), "it does not drain");
		c = drain_call();
		CU_ASSERT_EQUAL(c->result.result, 0);
		bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "");
		bench_pass(1000);
	}
	CU_ASSERT_EQUAL(bench_logged("main notice: drain: gateway takes no new calls"), 1);
	CU_ASSERT_EQUAL(bench_logged("main notice: drain: port a takes no new calls"), 1);
	CU_ASSERT_EQUAL(bench_logged("main notice: drain: peer lac takes calls again"), 1);
	CU_ASSERT_EQUAL(bench_logged("main notice: drain: tunnel * takes calls again"), 1);
	/* others' are no matter */
	CU_ASSERT_PTR_NULL(drain_begin(bench.gw, DRAIN_PEER, "core"));
	c = drain_call();
	CU_ASSERT_EQUAL(c->result.result, 0);
	vty_end();
}

static void what_we_place_waits_too(void)
{
	struct route_way w;
	const struct cfg_model *m;
	unsigned dials;

	vty_begin(CONF "client c { peer = core user = ann secret = x ipv6 = no redial = 1s }\n");
	m = bench.gw->cfg;
	CU_ASSERT_PTR_NULL(drain_begin(bench.gw, DRAIN_PEER, "core"));
	route_way_show(bench.gw, &w, &(struct route_what){.peer = &m->peer[0]}, clock_us);
	CU_ASSERT_STRING_EQUAL(w.why,
			       "route r, core passed over: the peer takes no new calls, to spare");
	CU_ASSERT_STRING_EQUAL(outgoing_call_now(bench.gw, "o", clock_us),
			       "the peer takes no new calls");
	CU_ASSERT_STRING_EQUAL(outgoing_call(bench.gw, "core", "5", "s", clock_us),
			       "the peer takes no new calls");
	dials = bench.gw->client[0].dials;
	bench_pass(120 * SEC);
	CU_ASSERT_EQUAL(bench.gw->client[0].dials, dials);
	CU_ASSERT_EQUAL(bench.gw->client[0].join != NULL, false);
	CU_ASSERT_PTR_NULL(drain_end(bench.gw, DRAIN_PEER, "core"));
	route_way_show(bench.gw, &w, &(struct route_what){.peer = &m->peer[0]}, clock_us);
	CU_ASSERT_STRING_EQUAL(w.why, "route r, to core");
	vty_end();
}

static void what_there_is_not_cannot_drain(void)
{
	char name[DRAIN_NAME + 1];

	vty_begin(CONF);
	CU_ASSERT_STRING_EQUAL(drain_begin(bench.gw, DRAIN_PORT, "b"),
			       "there is none of this name");
	CU_ASSERT_STRING_EQUAL(drain_begin(bench.gw, DRAIN_PEER, ""), "there is none of this name");
	CU_ASSERT_STRING_EQUAL(drain_begin(bench.gw, DRAIN_TUNNEL, "7"),
			       "there is none of this name");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	CU_ASSERT_PTR_NOT_NULL(drain_begin(bench.gw, DRAIN_PEER, name));
	vty_end();
}

static void an_operator_drains(void)
{
	char id[8], command[40], rows[200];

	vty_begin(CONF);
	CU_ASSERT_TRUE(vty_rows("show drain", "Drains Name For Calls left\n"));
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	drain_tunnel(id);
	drain_call();
	drain_call();
	snprintf(command, sizeof(command), "drain tunnel %s", id);
	CU_ASSERT_TRUE(vty_equals(command, ""));
	CU_ASSERT_TRUE(vty_equals("drain gateway", "") && vty_equals("drain port a", ""));
	CU_ASSERT_TRUE(vty_equals("drain peer lac", "") && vty_equals("drain peer core", ""));
	bench_pass(3 * SEC);
	snprintf(rows, sizeof(rows),
		 "Drains Name For Calls left\ntunnel %s 3s 2\ngateway - 3s 2\nport a 3s 2\npeer "
		 "lac 3s "
		 "2\npeer core 3s 0\n",
		 id);
	CU_ASSERT_TRUE(vty_rows("show drain", rows));
	CU_ASSERT_TRUE(vty_equals("no drain port a", "") && vty_equals("no drain peer lac", ""));
	CU_ASSERT_TRUE(vty_equals("no drain peer lac", "% lac: it does not drain\n"));
	CU_ASSERT_TRUE(vty_equals("drain peer nobody", "% nobody: there is none of this name\n"));
	CU_ASSERT_TRUE(vty_equals("no drain gateway", ""));
	CU_ASSERT_TRUE(vty_equals("no drain gateway", "% the gateway: it does not drain\n"));
	vty_end();
}

static void it_outlives_control(void)
{
	char id[8];

	bench_start_kept(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	drain_tunnel(id);
	CU_ASSERT_PTR_NULL(drain_begin(bench.gw, DRAIN_TUNNEL, id));
	CU_ASSERT_PTR_NULL(drain_begin(bench.gw, DRAIN_PEER, "core"));
	CU_ASSERT_PTR_NULL(drain_begin(bench.gw, DRAIN_PEER, "spare"));
	bench_pass(SEC);
	bench_kill(CONF);
	CU_ASSERT_PTR_NOT_NULL(drain_why(bench.gw, NULL, NULL, (uint16_t)atoi(id)));
	CU_ASSERT_PTR_NOT_NULL(drain_why(bench.gw, NULL, &bench.gw->cfg->peer[1], 0));
	CU_ASSERT_PTR_NULL(drain_why(bench.gw, NULL, &bench.gw->cfg->peer[0], 0));
	CU_ASSERT_PTR_NULL(drain_end(bench.gw, DRAIN_PEER, "core"));
	CU_ASSERT_PTR_NULL(drain_end(bench.gw, DRAIN_PEER, "spare"));
	CU_ASSERT_PTR_NULL(drain_end(bench.gw, DRAIN_TUNNEL, id));
	drain_shutdown(bench.gw, 3600 * SEC);
	bench_pass(SEC);
	bench_kill(CONF);
	CU_ASSERT_STRING_EQUAL(drain_why(bench.gw, NULL, NULL, 0), "the gateway is going to end");
	CU_ASSERT_PTR_NULL(drain_end(bench.gw, DRAIN_SHUTDOWN, ""));
	CU_ASSERT_PTR_NULL(drain_why(bench.gw, NULL, &bench.gw->cfg->peer[1], (uint16_t)atoi(id)));
	bench_stop();
}

static struct l2tp_tunnel *drain_dialled(char id[8])
{
	const char *words;
	struct l2tp_tunnel *t = dial_tunnel(bench.gw, &bench.gw->cfg->peer[1], clock_us, &words);
	struct l2tp_tunnel_info i = {0};

	if (t)
		l2tp_tunnel_info(t, &i);
	snprintf(id, 8, "%u", i.local_id);
	return t;
}

/* A call that we place goes into another tunnel of the peer. */
static void not_into_a_tunnel_that_drains(void)
{
	struct l2tp_tunnel *first, *second;
	char id[8], other[8];

	vty_begin(CONF);
	first = drain_dialled(id);
	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	CU_ASSERT_PTR_EQUAL(drain_dialled(id), first);
	CU_ASSERT_PTR_NULL(drain_begin(bench.gw, DRAIN_TUNNEL, id));
	second = drain_dialled(other);
	CU_ASSERT_PTR_NOT_NULL_FATAL(second);
	CU_ASSERT_PTR_NOT_EQUAL(second, first);
	CU_ASSERT_PTR_EQUAL(drain_dialled(other), second);
	CU_ASSERT_PTR_NULL(drain_end(bench.gw, DRAIN_TUNNEL, id));
	CU_ASSERT_PTR_NULL(drain_begin(bench.gw, DRAIN_TUNNEL, other));
	CU_ASSERT_PTR_EQUAL(drain_dialled(id), first);
	vty_end();
}

/* Its number is given to another one day. */
static void a_tunnel_that_ends_drains_no_more(void)
{
	const struct l2tp_result bye = {.result = L2TP_STOP_GENERAL_CLEAR};
	struct l2tp_tunnel *t;
	uint16_t number;
	char id[8];

	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	number = drain_tunnel(id);
	t = l2tp_tunnel_by_id(bench.gw->engine, number);
	CU_ASSERT_PTR_NULL(drain_begin(bench.gw, DRAIN_TUNNEL, id));
	CU_ASSERT_TRUE(drain_has_tunnel(bench.gw, number));
	l2tp_tunnel_close(t, &bye, clock_us);
	bench_pass(1000);
	CU_ASSERT_FALSE(drain_has_tunnel(bench.gw, number));
	CU_ASSERT_PTR_NULL(drain_why(bench.gw, NULL, NULL, number));
	CU_ASSERT_TRUE(vty_rows("show drain", "Drains Name For Calls left\n"));
	CU_ASSERT_EQUAL(bench_logged("main notice: drain: tunnel * takes calls again"), 0);
	if (l2tp_tunnel_by_id(bench.gw->engine, number)) /* it waits for its last words */
		CU_ASSERT_STRING_EQUAL(drain_begin(bench.gw, DRAIN_TUNNEL, id),
				       "there is none of this name");
	vty_end();
}

#define DRAIN_LONG 60 /* octets of each name */
#define DRAIN_FULL 70 /* so many do not fit */

/* What is told to drain does so in the next life too, or the operator hears that there are too
 * many. */
static void no_more_than_the_next_life_knows(void)
{
	char text[DRAIN_FULL * 200] = CONF, name[DRAIN_LONG + 1];
	unsigned n;

	for (unsigned i = 0; i < DRAIN_FULL; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "peer p%0*u { port = a hostname = h%u service = s }\n", DRAIN_LONG - 1, i,
			 i);
	bench_start_kept(text);
	for (n = 0; n < DRAIN_FULL; n++) {
		snprintf(name, sizeof(name), "p%0*u", DRAIN_LONG - 1, n);
		if (drain_begin(bench.gw, DRAIN_PEER, name))
			break;
	}
	CU_ASSERT_EQUAL(n, 4096 / (10 + DRAIN_LONG));
	bench_pass(SEC);
	bench_kill(text);
	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "p%0*u", DRAIN_LONG - 1, i);
		CU_ASSERT_PTR_NULL(drain_end(bench.gw, DRAIN_PEER, name));
	}
	bench_stop();
}

static void a_shutdown_waits_for_the_calls(void)
{
	struct far_call *c;

	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	c = drain_call();
	CU_ASSERT_TRUE(vty_equals("no shutdown", "% shutdown: none has been asked for\n"));
	CU_ASSERT_TRUE(vty_equals("shutdown after 30", ""));
	CU_ASSERT_TRUE(
		vty_rows("show drain", "Drains Name For Calls left\nshutdown - in 30m00s 1\n"));
	CU_ASSERT_STRING_EQUAL(drain_call()->result.text, "the gateway is going to end");
	bench_pass(29 * 60 * SEC);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_RUNNING);
	CU_ASSERT_EQUAL(c->result.result, 0);
	CU_ASSERT_EQUAL(bench_logged("main notice: shutdown: no new calls; the end is when none is "
				     "left, or in 30m00s"),
			1);
	CU_ASSERT_TRUE(vty_equals("no shutdown", ""));
	CU_ASSERT_EQUAL(bench_logged("main notice: the shutdown is taken back"), 1);
	bench_pass(10 * 60 * SEC);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_RUNNING);
	CU_ASSERT_TRUE(vty_equals("shutdown after 1", ""));
	bench_pass(59 * SEC);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_RUNNING);
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_DONE);
	CU_ASSERT_EQUAL(bench_logged("main notice: the time of the shutdown has come"), 1);
	vty_end();
	/* when none is left it need not wait */
	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	c = drain_call();
	CU_ASSERT_TRUE(vty_equals("shutdown after 30", ""));
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "");
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_DONE);
	vty_end();
}

static void keeper_ends_all(void)
{
	struct keeper_msg done = {.kind = KEEPER_END};
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg q;

	vty_begin_keeper(CONF);
	CU_ASSERT_EQUAL(keeper_send(vty_keeper, &done), 0);
	CU_ASSERT_TRUE(vty_equals("shutdown after 0", ""));
	bench_pass(5 * SEC);
	CU_ASSERT_FATAL(recv(vty_keeper, buf, sizeof(buf), MSG_PEEK | MSG_DONTWAIT) > 0);
	CU_ASSERT_EQUAL(keeper_recv(vty_keeper, buf, &q), 1);
	CU_ASSERT_EQUAL(q.kind, KEEPER_END);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_RUNNING); /* until keeper says so */
	vty_end_keeper();
}

/* As a stranger has written it. */
static void hostile_records(void)
{
	static const struct {
		const char *hex;
		bool good;
	} row[] = {
		{"", true},
		{"00 0000000000000001 00", true},
		{"02 0000000000000001 04 636f7265", true},
		{"02 0000000000000001 04 6e6f6e65", true}, /* there is none of that name */
		{"05 0000000000000001 00", false},
		{"00 7fffffffffffffff 00", false}, /* not yet */
		{"02 0000000000000001 05 636f7265", false},
		{"02 0000000000000001 ff 636f7265", false},
		{"02 00000000", false},
	};
	uint8_t rec[64];

	vty_begin(CONF);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		CU_ASSERT_EQUAL(
			drain_restore(bench.gw, rec, test_hex(rec, sizeof(rec), row[i].hex)),
			row[i].good);
	CU_ASSERT_STRING_EQUAL(drain_why(bench.gw, NULL, NULL, 0),
			       "the gateway takes no new calls");
	CU_ASSERT_PTR_NULL(drain_end(bench.gw, DRAIN_GATEWAY, ""));
	CU_ASSERT_PTR_NULL(drain_end(bench.gw, DRAIN_PEER, "core"));
	CU_ASSERT_PTR_NULL(drain_why(bench.gw, NULL, &bench.gw->cfg->peer[1], 0));
	vty_end();
}

static const struct test_case cases[] = {
	{"no_new_call_of_what_drains", no_new_call_of_what_drains},
	{"what_we_place_waits_too", what_we_place_waits_too},
	{"what_there_is_not_cannot_drain", what_there_is_not_cannot_drain},
	{"an_operator_drains", an_operator_drains},
	{"it_outlives_control", it_outlives_control},
	{"not_into_a_tunnel_that_drains", not_into_a_tunnel_that_drains},
	{"a_tunnel_that_ends_drains_no_more", a_tunnel_that_ends_drains_no_more},
	{"no_more_than_the_next_life_knows", no_more_than_the_next_life_knows},
	{"a_shutdown_waits_for_the_calls", a_shutdown_waits_for_the_calls},
	{"keeper_ends_all", keeper_ends_all},
	{"hostile_records", hostile_records},
	{NULL, NULL},
};
extern const struct test_suite suite_drain;
const struct test_suite suite_drain = {"drain", cases};
