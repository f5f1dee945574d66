/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/bind.h"
#include "gw/history.h"
#include "tests/gw/bench.h"
#include "transports/builtin.h"

#include <string.h>

#define CONF                                                           \
	"host-name = gw\n"                                             \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                      \
	"peer lac { hostname = \"lac*\"  service = s }\n"              \
	"peer none { hostname = nobody }\n"                            \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n"                   \
	"service s { local = 10.64.0.1  pool = s  auth = { chap } }\n" \
	"user ann { secret = \"a password\" }\n"

static void a_stranger_gets_no_tunnel(void)
{
	struct l2tp_counters n;

	bench_start(CONF);
	CU_ASSERT_FALSE(bench_dial("stranger"));
	CU_ASSERT_EQUAL(bench_logged("tunnel notice: no peer section for host name \"stranger\" "
				     "from a 192.0.2.9:1701"),
			1);
	l2tp_engine_counters(bench.gw->engine, &n);
	CU_ASSERT(n.reason[L2TP_R_NO_PEER] >= 1);
	CU_ASSERT_EQUAL(n.calls, 0);
	bench_stop();
}

static void a_peer_without_service_gets_no_call(void)
{
	struct far_call *c;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("nobody"));
	c = bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_PERM);
	CU_ASSERT_STRING_EQUAL(c->result.text, "not offered here");
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();
}

/* There is no route to a line. */
static void an_outgoing_call_is_refused(void)
{
	static const uint8_t zero[4] = {0}, digits[] = {'1'};
	const struct l2tp_avp avps[] = {
		{.type = L2TP_AVP_MINIMUM_BPS, .mandatory = true, .val = zero, .len = 4},
		{.type = L2TP_AVP_MAXIMUM_BPS, .mandatory = true, .val = zero, .len = 4},
		{.type = L2TP_AVP_BEARER_TYPE,
		 .mandatory = true,
		 .val = (const uint8_t[]){0, 0, 0, 1},
		 .len = 4},
		{.type = L2TP_AVP_FRAMING_TYPE,
		 .mandatory = true,
		 .val = (const uint8_t[]){0, 0, 0, 1},
		 .len = 4},
		{.type = L2TP_AVP_CALLED_NUMBER, .mandatory = true, .val = digits, .len = 1},
	};
	struct l2tp_counters n;
	enum l2tp_reason why;
	struct l2tp_call *c;

	bench_start(CONF);
	/* No key says that we have bearers, so that the far end would not even ask. */
	((struct cfg_peer *)(uintptr_t)bench.gw->cfg->peer)->policy.bearer_caps = 3;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = l2tp_call_new(bench.tunnel, NULL, &why);
	l2tp_call_place(c, L2TP_OUTGOING, avps, 5, clock_us);
	bench_pass(0);
	l2tp_engine_counters(bench.far, &n);
	CU_ASSERT_EQUAL(n.rx[L2TP_CDN], 1);
	CU_ASSERT_EQUAL(bench_logged("call notice: call */*: peer lac asks for 1: no route for "
				     "this number: no route"),
			1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

static void data_heard_keeps_hello_quiet(void)
{
	struct l2tp_counters n;
	unsigned i;

	bench_start(CONF);
	bench.policy.hello = 0;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	for (i = 0; i < 200; i++) {
		fake.heard = clock_us;
		bench_pass(SEC);
	}
	l2tp_engine_counters(bench.gw->engine, &n);
	CU_ASSERT_EQUAL(n.tx[L2TP_HELLO], 0);
	bench_pass(70 * SEC);
	l2tp_engine_counters(bench.gw->engine, &n);
	CU_ASSERT_EQUAL(n.tx[L2TP_HELLO], 1);
	bench_stop();
}

static void channel_down_and_lost(void)
{
	struct far_call *c;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(c->ip4);
	bind_dp_ops.down(bench.gw, FAR_CHANNEL, &(struct ist_cause){.kind = IST_CAUSE_INACTIVE},
			 false, clock_us);
	bench_pass(45 * SEC); /* what an LMI makes of 2 s without its link: four polls more */
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	bind_dp_ops.up(bench.gw, FAR_CHANNEL, NULL, clock_us);
	bench_pass(300 * SEC);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	bind_dp_ops.down(bench.gw, FAR_CHANNEL, &(struct ist_cause){.kind = IST_CAUSE_LINK}, true,
			 clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();
}

static void a_switched_circuit_must_be_configured(void)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_L2TP};

	bench_start(CONF);
	a.peer = fake.peer;
	bind_dp_ops.offer(bench.gw, FAR_CHANNEL, &a, clock_us);
	CU_ASSERT_EQUAL(fake_said("refuse"), 1);
	CU_ASSERT_EQUAL(fake_said("answer"), 0);
	bench_stop();
}

#define X25_CONF                                           \
	"host-name = gw\n"                                 \
	"x25 x { link = \"xot-listen:127.0.0.1\"\n"        \
	"  accept \"3110*\" { carries = l2tp }\n"          \
	"  accept \"3\" { carries = ppp service = s } }\n" \
	"service s { local = 10.0.0.1 }\n"                 \
	"peer lac { hostname = \"lac*\" }\n"

/* A call is let in by its address and what it carries; without a tunnel it is hung up again. */
static void a_call_that_leads_to_nothing(void)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_L2TP};

	bench_start(X25_CONF);
	for (int i = 0; i < 3; i++) {
		const char *const from[] = {"4110", "3", "31101234"};

		CU_ASSERT_EQUAL(bench.gw->cfg->port[0].transport->addr_parse(&a.peer, from[i]), 0);
		bind_dp_ops.offer(bench.gw, FAR_CHANNEL + (unsigned)i, &a, clock_us);
	}
	CU_ASSERT_EQUAL(fake_said("refuse"), 2);
	CU_ASSERT_EQUAL(fake_said("answer"), 1);
	bench_pass(25 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	bench_stop();
}

/* The channel of a stranger is kept while his tunnel stands and given up some time after. */
static void a_tunnels_channel_is_kept(void)
{
	struct l2tp_result r = {.result = L2TP_STOP_GENERAL_CLEAR};

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_EQUAL(fake_said("answer"), 1);
	bench_pass(1000 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	l2tp_tunnel_close(bench.tunnel, &r, clock_us);
	bench_pass(20 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	bench_pass(100 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	bench_stop();
}

/* A second tunnel that comes to nothing must not take the channel of the first away. */
static void a_failed_tunnel_leaves_the_channel(void)
{
	struct l2tp_tunnel *first;

	bench_start(CONF);
	bench.policy.hello = 0;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	first = bench.tunnel;
	bench.tunnel_up = false;
	bench.silent = true;
	CU_ASSERT_FALSE(bench_dial("lac"));
	l2tp_tunnel_close(bench.tunnel, NULL, clock_us);
	bench_pass(40 * SEC);
	bench.silent = false;
	bench_pass(100 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	bench.tunnel = first;
	CU_ASSERT_TRUE(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	bench_stop();
}

/* A tunnel that fails before it is up takes nothing from the one that stands on the same channel.
 */
static void a_failed_tunnel_does_not_cost_another_its_channel(void)
{
	struct l2tp_result r = {.result = L2TP_STOP_GENERAL_CLEAR};
	struct l2tp_tunnel *t = NULL;
	struct l2tp_tunnel_info i;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.silent = true;
	bench_dial("lac");
	while ((t = l2tp_tunnel_next(bench.gw->engine, t))) {
		l2tp_tunnel_info(t, &i);
		if (i.state == L2TP_T_WAIT_CTL_CONN)
			break;
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	l2tp_tunnel_close(t, &r, clock_us);
	bench_pass(50 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	bench_stop();
}

/* The channel of the last tunnel is to be given up while the next one is being set up on it. */
static void a_tunnel_being_set_up_keeps_the_channel_of_the_last(void)
{
	struct l2tp_result r = {.result = L2TP_STOP_GENERAL_CLEAR};
	uint64_t closed;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	l2tp_tunnel_close(bench.tunnel, &r, clock_us);
	closed = clock_us;
	bench_pass(20 * SEC);
	bench.silent = true;
	bench_dial("lac");
	CU_ASSERT_TRUE(clock_us < closed + 31 * SEC);
	bench_pass(closed + 35 * SEC - clock_us);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	bench_pass(100 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	bench_stop();
}

/* --- lines of the log ------------------------------------------------------------------------- */

#define FROM " 192.0.2.9:1701"

static void lines_of_tunnels_and_calls(void)
{
	struct l2tp_result r = {.result = L2TP_STOP_GENERAL_CLEAR, .text = "enough"};
	struct far_call *c;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac\x1b[2J"));
	CU_ASSERT_EQUAL(bench_logged("tunnel notice: tunnel *: up with lac (lac?*) on a" FROM), 1);
	CU_ASSERT_EQUAL(bench_logged("*\x1b*"), 0); /* no peer writes on the operator's terminal */
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(bench_logged("call info: call */*: up with a" FROM), 1);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "good night");
	CU_ASSERT_EQUAL(bench_logged("call info: call */*: down with a" FROM
				     ": administrative reasons*good night*"),
			1);
	l2tp_tunnel_close(bench.tunnel, &r, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench_logged("tunnel notice: tunnel *: down with lac on a" FROM
				     ": general request to clear*enough*"),
			1);
	CU_ASSERT_TRUE_FATAL(bench_dial("nobody"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(bench_logged("call notice: call */*: not taken from a" FROM
				     ": peer none has no service and no route"),
			1);
	bench_stop();
}

/* Of a source that has a secret every tunnel is said; of one that needs none some, and how many
 * were left out. */
static void lines_of_many_tunnels(void)
{
	static const struct {
		const char *key;
		unsigned lines;
	} rows[] = {{"secret = \"between us\"", 25}, {"address = \"192.0.2.9\"", 25}, {"", 10}};
	struct l2tp_result r = {.result = L2TP_STOP_GENERAL_CLEAR};
	char conf[200];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(conf, sizeof(conf),
			 "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
			 "peer lac { %s }\n",
			 rows[i].key);
		bench_start(conf);
		bench.policy.secret.len = i ? 0 : 10;
		memcpy(bench.policy.secret.octets, "between us", 10);
		for (unsigned n = 0; n < 25; n++) {
			CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
			l2tp_tunnel_close(bench.tunnel, &r, clock_us);
			bench_pass(0);
		}
		CU_ASSERT_EQUAL(bench_logged("tunnel notice: tunnel *: up with lac *"),
				rows[i].lines);
		CU_ASSERT_EQUAL(bench_logged("tunnel notice: tunnel *: down with lac *"),
				rows[i].lines);
		bench_stop();
	}
}

static void lines_of_tunnels_that_do_not_come_up(void)
{
	bench_start("host-name = gw\n"
		    "udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lac { hostname = \"lac*\"  secret = \"between us\" }\n"
		    "peer open { hostname = open }\n");
	bench.policy.secret.len = 5;
	memcpy(bench.policy.secret.octets, "wrong", 5);
	CU_ASSERT_FALSE(bench_dial("lac"));
	bench_pass(0);
	CU_ASSERT_EQUAL(bench_logged("tunnel notice: tunnel *: refused from a" FROM
				     ": peer lac, host name lac: ?*"),
			1);
	bench.policy.secret.len = 0;
	bench.silent = true;
	CU_ASSERT_FALSE(bench_dial("open"));
	bench_pass(40 * SEC);
	CU_ASSERT_EQUAL(
		bench_logged("tunnel notice: tunnel *: not up with open (open) on a" FROM ": ?*"),
		1);
	bench_stop();
}

static void lines_of_what_the_engine_tells(void)
{
	static const uint32_t errors[6] = {1, 2, 3, 4, 5, 6};
	struct l2tp_event ev = {.kind = L2TP_EV_MALFORMED, .why = L2TP_R_NO_PEER};
	struct far_call *c;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	l2tp_call_send_wen(c->call, errors, clock_us);
	bench_pass(61 * SEC);
	CU_ASSERT_EQUAL(bench_logged("call debug: call */*: WEN received: ?*1*2*3*4*5*6*"), 1);
	ev.tunnel = l2tp_tunnel_next(bench.gw->engine, NULL);
	ev.now = clock_us;
	bind_engine_ops.event(bench.gw, &ev);
	CU_ASSERT_EQUAL(bench_logged("tunnel notice: tunnel *: peer lac sends malformed "
				     "attributes, which are ignored: ?*"),
			1);
	ev.kind = L2TP_EV_REAUTH;
	ev.ok = true;
	bind_engine_ops.event(bench.gw, &ev);
	CU_ASSERT_EQUAL(bench_logged("tunnel info: tunnel *: peer lac has authenticated again"), 1);
	ev.ok = false;
	bind_engine_ops.event(bench.gw, &ev);
	CU_ASSERT_EQUAL(
		bench_logged("tunnel error: tunnel *: peer lac failed to authenticate again"), 1);
	bench_stop();
}

/* RFC 2661 6.14: the LNS, which the far end is of a call of ours, tells the characters. */
static void line_of_an_sli(void)
{
	bench_start(
		"host-name = gw\n"
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"
		"client home { peer = lns  user = ann  secret = \"a password\"  auth = { chap } "
		"}\n");
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	l2tp_call_send_sli(bench.call[0].call, 0xfffffffe, 0x00010203, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench_logged("call debug: call */*: SLI received: ?*"), 1);
	bench_stop();
}

static void lines_of_the_data_plane(void)
{
	static const struct {
		int level;
		const char *name;
	} rows[] = {{-1, "debug"}, {0, "fatal"},  {1, "fatal"}, {2, "fatal"}, {3, "error"},
		    {4, "error"},  {5, "notice"}, {6, "info"},	{7, "debug"}, {8, "debug"}};
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_L2TP};
	const struct history_entry *failure;
	uint16_t tid;
	struct l2tp_tunnel_info i;

	bench_start(CONF);
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		char text[16], line[64];

		snprintf(text, sizeof(text), "row %zu", k);
		bind_dp_ops.log(bench.gw, 0, rows[k].level, text);
		snprintf(line, sizeof(line), "transport %s: port a: row %zu", rows[k].name, k);
		CU_ASSERT_EQUAL(bench_logged(line), 1);
	}
	bind_dp_ops.log(bench.gw, 9, 5, "words");
	CU_ASSERT_EQUAL(bench_logged("transport notice: port ?: words"), 1);
	a.peer = fake.peer;
	bind_dp_ops.offer(bench.gw, FAR_CHANNEL, &a, clock_us);
	CU_ASSERT_EQUAL(
		bench_logged("port notice: port a: circuit from" FROM " refused: not configured"),
		1);
	failure = history_next(bench.gw->history, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(failure);
	CU_ASSERT_STRING_EQUAL(failure->what, "circuit on a");
	CU_ASSERT_STRING_EQUAL(failure->why, "resources: not configured");
	CU_ASSERT_EQUAL(failure->source, HISTORY_STRANGERS);
	a.permanent = true;
	bind_dp_ops.up(bench.gw, FAR_CHANNEL, &a, clock_us);
	CU_ASSERT_EQUAL(bench_logged("port notice: channel a" FROM ": up"), 1);
	bind_dp_ops.mtu(bench.gw, FAR_CHANNEL, 1234, clock_us);
	CU_ASSERT_EQUAL(bench_logged("port notice: channel a" FROM ": frames of 1234 octets now"),
			1);
	bind_dp_ops.down(bench.gw, FAR_CHANNEL, &(struct ist_cause){.words = "LMI says so"}, false,
			 clock_us);
	CU_ASSERT_EQUAL(bench_logged("port notice: channel a" FROM ": down: LMI says so"), 1);
	bind_dp_ops.down(bench.gw, FAR_CHANNEL, NULL, true, clock_us);
	CU_ASSERT_EQUAL(bench_logged("port debug: channel a" FROM ": down"), 1);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	l2tp_tunnel_info(l2tp_tunnel_next(bench.gw->engine, NULL), &i);
	tid = i.local_id;
	bind_dp_ops.unsequenced(bench.gw, tid, 7, clock_us);
	bind_dp_ops.unsequenced(bench.gw, (uint16_t)(tid ^ 1), 7, clock_us);
	CU_ASSERT_EQUAL(bench_logged("call notice: call */7: peer lac sends data without sequence "
				     "numbers, which are required: dropped"),
			1);
	bench_stop();
}

/* A packet in a transport's queue is not sent again; its time runs from when it has left. */
static void a_packet_that_waits(void)
{
	struct l2tp_result r = {.result = L2TP_STOP_GENERAL_CLEAR};
	unsigned sent;

	bench_start(CONF);
	bench.policy.hello = 0;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	fake.tx_waits = true;
	sent = fake_said("send");
	l2tp_tunnel_close(l2tp_tunnel_next(bench.gw->engine, NULL), &r, clock_us);
	bench_pass(30 * SEC);
	CU_ASSERT_EQUAL(fake_said("send"), sent + 1);
	bind_dp_ops.sent(bench.gw, fake.cookie, clock_us);
	bench_pass(SEC - 1);
	CU_ASSERT_EQUAL(fake_said("send"), sent + 1);
	bench_pass(1);
	CU_ASSERT_EQUAL(fake_said("send"), sent + 2);
	fake.tx_waits = false;
	bench_stop();
}

static const struct test_case cases[] = {
	{"lines_of_tunnels_and_calls", lines_of_tunnels_and_calls},
	{"lines_of_many_tunnels", lines_of_many_tunnels},
	{"lines_of_tunnels_that_do_not_come_up", lines_of_tunnels_that_do_not_come_up},
	{"lines_of_what_the_engine_tells", lines_of_what_the_engine_tells},
	{"line_of_an_sli", line_of_an_sli},
	{"lines_of_the_data_plane", lines_of_the_data_plane},
	{"a_packet_that_waits", a_packet_that_waits},
	{"a_stranger_gets_no_tunnel", a_stranger_gets_no_tunnel},
	{"a_peer_without_service_gets_no_call", a_peer_without_service_gets_no_call},
	{"an_outgoing_call_is_refused", an_outgoing_call_is_refused},
	{"data_heard_keeps_hello_quiet", data_heard_keeps_hello_quiet},
	{"channel_down_and_lost", channel_down_and_lost},
	{"a_switched_circuit_must_be_configured", a_switched_circuit_must_be_configured},
	{"a_call_that_leads_to_nothing", a_call_that_leads_to_nothing},
	{"a_tunnels_channel_is_kept", a_tunnels_channel_is_kept},
	{"a_failed_tunnel_leaves_the_channel", a_failed_tunnel_leaves_the_channel},
	{"a_tunnel_being_set_up_keeps_the_channel_of_the_last",
	 a_tunnel_being_set_up_keeps_the_channel_of_the_last},
	{"a_failed_tunnel_does_not_cost_another_its_channel",
	 a_failed_tunnel_does_not_cost_another_its_channel},
	{NULL, NULL},
};
const struct test_suite suite_bind = {"bind", cases};
