/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Outgoing calls as LAC: the far end is an LNS that asks, the circuits are the data plane's. */
#include "gw/dialout.h"
#include "gw/bind.h"
#include "tests/gw/bench.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/x25/x25_transport.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LAC                                                                        \
	"host-name = gw\n"                                                         \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                  \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"        \
	"x25 x { link = \"loop:y\"  address = 1 }\n"                               \
	"serial t { device = \"/nonexistent/tty\"  chat = { \"'' ATD\\\\T\" } }\n" \
	"peer lns { hostname = lns }\n"                                            \
	"route pstn { from-peer = lns  called = \"49*\"  to-circuit = \"t *\" }\n" \
	"route fr { from-peer = lns  called = 200  to-circuit = \"f 100\" }\n"     \
	"route x25 { from-peer = lns  called = \"3110*\"  to-circuit = \"x *\" }\n"
/* One call on the DLCI at a time, others go to the next LAC. */
#define FULL                                                                                  \
	"host-name = gw\n"                                                                    \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                             \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"                   \
	"peer lns { hostname = lns }\n"                                                       \
	"peer far { port = a  dial = \"192.0.2.9:1701\"  hostname = x }\n"                    \
	"route fr { from-peer = lns  called = 200  to-circuit = \"f 100\"  max-calls = 1 }\n" \
	"route on { from-peer = lns  called = 200  to = far }\n"
#define DLCI  ((l2tp_channel)2 << 32 | 0x20001)
#define XCALL ((l2tp_channel)3 << 32 | 7)
#define TCALL ((l2tp_channel)4 << 32 | 7)

static const struct leg_out fr = {.called = "200", .min_bps = 1, .max_bps = UINT32_MAX};
static const struct leg_out x25 = {.called = "31104242", .min_bps = 1, .max_bps = UINT32_MAX};

static struct dp_speed line_speed;

static void dialout_bench_of(const char *conf, bool dlci_up)
{
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = IST_PAYLOAD_PPP,
			      .permanent = true,
			      .tx_bps = line_speed.tx_bps,
			      .rx_bps = line_speed.rx_bps};

	bench_start(conf);
	fake.frame = NULL;
	CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&a.peer, "100"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lns"));
	fake_circuit(DLCI, &a.peer);
	if (dlci_up)
		bind_dp_ops.up(bench.gw, DLCI, &a, clock_us);
}

static void dialout_bench(bool dlci_up)
{
	dialout_bench_of(LAC, dlci_up);
}

static void dialout_up(l2tp_channel c)
{
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = IST_PAYLOAD_PPP,
			      .tx_bps = line_speed.tx_bps,
			      .rx_bps = line_speed.rx_bps};

	dp_channel_peer(bench.gw->dp, c, &a.peer);
	bind_dp_ops.up(bench.gw, c, &a, clock_us);
	bench_pass(0);
}

static void dialout_down(l2tp_channel c, enum ist_cause_kind kind, uint8_t cause)
{
	struct ist_cause why = {.kind = (uint8_t)kind, .cause = cause, .words = "it is so"};

	bind_dp_ops.down(bench.gw, c, &why, true, clock_us);
	bench_pass(0);
}

/* Both entries forward to each other, and we are the LAC of the call. */
static void dialout_joined(l2tp_channel line)
{
	const struct dp_call *a, *b;

	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	a = leg_line_entry(bench_join()->leg[0]);
	b = leg_call_entry(bench_join()->leg[1]);
	a = fake_entry(0, a->sid);
	b = fake_entry(b->tid, b->sid);
	CU_ASSERT_TRUE_FATAL(a && b);
	CU_ASSERT_EQUAL(a->channel, line);
	CU_ASSERT_TRUE(a->mode == DP_FORWARD && b->mode == DP_FORWARD);
	CU_ASSERT_TRUE(a->to_tid == b->tid && a->to_sid == b->sid && b->to_sid == a->sid);
	CU_ASSERT_FALSE(b->data.lns);
}

static void a_permanent_circuit_is_there_at_once(void)
{
	struct far_call *c;

	dialout_bench(true);
	c = bench_ask(&fr);
	CU_ASSERT_TRUE(c->replied && c->up);
	dialout_joined(DLCI);
	/* hung up, it waits for the next call */
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "enough");
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	c = bench_ask(&fr);
	CU_ASSERT_TRUE(c->up);
	bench_stop();
}

/* RFC 2661 7.5.1: OCRP when the call is placed, OCCN when it is up, CDN when either end is gone. */
static void a_number_is_called(void)
{
	struct far_call *c;
	unsigned i;

	dialout_bench(false);
	for (i = 0; i < 2; i++) {
		c = bench_ask(&x25);
		CU_ASSERT_EQUAL(fake_said("connect 2"), i + 1);
		CU_ASSERT_TRUE(c->replied && !c->up);
		dialout_up(XCALL);
		CU_ASSERT_TRUE(c->up);
		dialout_joined(XCALL);
		if (!i)
			bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "enough");
		else
			dialout_down(XCALL, IST_CAUSE_CLEARED, 0);
		CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
		CU_ASSERT_EQUAL(fake_said("disconnect 300000007"), 1);
	}
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_LOST_CARRIER);
	CU_ASSERT_PTR_NOT_NULL(strstr(c->result.text, "it is so"));
	bench_stop();
}

/* RFC 2661 4.4.4: what is called behind the number goes to the medium with it. */
static void a_sub_address_is_called(void)
{
	struct leg_out ask = x25;

	dialout_bench(false);
	strcpy(ask.sub_address, "12");
	bench_ask(&ask);
	CU_ASSERT_EQUAL(fake_said("connect 2 sub 12"), 1);
	bench_stop();
}

/* A modem calls it: nothing of the circuit is up before. */
static void a_modem_calls_a_number(void)
{
	static const struct leg_out pstn = {.called = "49,5551212", .max_bps = UINT32_MAX};
	struct ist_addr a;
	struct far_call *c;

	dialout_bench(false);
	c = bench_ask(&pstn);
	CU_ASSERT_EQUAL(fake_said("connect 3"), 1);
	CU_ASSERT_TRUE(c->replied && !c->up);
	CU_ASSERT_TRUE(dp_channel_peer(bench.gw->dp, TCALL, &a));
	CU_ASSERT_TRUE(a.len == 10 && !memcmp(a.data, "49,5551212", 10));
	dialout_up(TCALL);
	CU_ASSERT_TRUE(c->up);
	dialout_joined(TCALL);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "enough");
	CU_ASSERT_EQUAL(fake_said("disconnect 400000007"), 1);
	bench_stop();
}

/* A Called Number is a peer's: with anything but a number in it nothing is dialled. */
static void a_modem_gets_no_commands(void)
{
	static const char *const rows[] = {"495551212\rATH0", "495551212;H0", "49 5551212", "49+++",
					   "49\\T"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg_out ask = {.max_bps = UINT32_MAX};
		struct far_call *c;

		dialout_bench(false);
		strcpy(ask.called, rows[i]);
		c = bench_ask(&ask);
		CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_INVALID_DESTINATION);
		CU_ASSERT_FALSE(c->replied);
		CU_ASSERT_EQUAL(fake_said("connect 3"), 0);
		CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
		bench_stop();
	}
}

/* The LNS gives up while the number is being called. */
static void the_lns_goes_first(void)
{
	struct far_call *c;

	dialout_bench(false);
	c = bench_ask(&x25);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "never mind");
	CU_ASSERT_EQUAL(fake_said("disconnect 300000007"), 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

/* RFC 2661 4.4.2, Result Codes of CDN; X.25 table 5-7, clearing causes. */
static void why_a_call_does_not_come_up(void)
{
	static const struct {
		enum ist_cause_kind kind;
		uint8_t cause;
		uint16_t result;
	} rows[] = {
		{IST_CAUSE_CLEARED, 1, 8},   {IST_CAUSE_CLEARED, 3, 5},	 {IST_CAUSE_CLEARED, 5, 4},
		{IST_CAUSE_CLEARED, 9, 7},   {IST_CAUSE_CLEARED, 11, 3}, {IST_CAUSE_CLEARED, 13, 6},
		{IST_CAUSE_CLEARED, 21, 4},  {IST_CAUSE_CLEARED, 25, 5}, {IST_CAUSE_CLEARED, 33, 6},
		{IST_CAUSE_CLEARED, 41, 5},  {IST_CAUSE_CLEARED, 57, 6}, {IST_CAUSE_CLEARED, 0, 7},
		{IST_CAUSE_CLEARED, 200, 7}, {IST_CAUSE_TIMEOUT, 0, 10}, {IST_CAUSE_LINK, 0, 9},
		{IST_CAUSE_INACTIVE, 0, 7},  {IST_CAUSE_REFUSED, 0, 8},	 {IST_CAUSE_LOCAL, 0, 3},
		{IST_CAUSE_NONE, 0, 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct far_call *c;

		dialout_bench(false);
		c = bench_ask(&x25);
		CU_ASSERT_TRUE_FATAL(c->replied);
		dialout_down(XCALL, rows[i].kind, rows[i].cause);
		CU_ASSERT_EQUAL(c->result.result, rows[i].result);
		CU_ASSERT_EQUAL(c->result.error, 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(c->result.text, "it is so"));
		CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
		bench_stop();
	}
}

static void why_no_circuit_can_be_had(void)
{
	static const struct {
		int err;
		enum l2tp_cdn_result result;
	} rows[] = {{ENETDOWN, 9}, {EHOSTDOWN, 9}, {EINVAL, 6}, {ENOENT, 6},	   {ENOLINK, 7},
		    {EBUSY, 8},	   {ENOBUFS, 4},   {ENOMEM, 4}, {EDESTADDRREQ, 6}, {EOPNOTSUPP, 5}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(dialout_result_of_fail(&(struct line_fail){rows[i].err, ""}),
				rows[i].result);
}

/* What cannot be done is refused without OCRP. */
static void refused_at_once(void)
{
	static const struct {
		struct leg_out ask;
		bool dlci_up;
		uint16_t result, error;
	} rows[] = {
		{{.called = "201"}, true, 6, 0}, /* no route */
		{{.called = "200"}, false, 7, 0},
		{{.called = "200", .min_bps = 64001, .max_bps = 64000}, true, 2, 3},
		{{.called = "200", .min_bps = 9601}, true, 5, 0},
		{{.called = "200", .max_bps = 4799}, true, 5, 0},
		{{.called = "200", .min_bps = 4801}, true, 5, 0},
		{{.called = "200", .max_bps = 9599}, true, 5, 0},
		{{.called = "3110x"}, true, 6, 0},	       /* no digits */
		{{.called = "200", .framing = 2}, true, 5, 0}, /* asynchronous only */
		{{.called = "200", .bearer = 2}, true, 5, 0},  /* analog only */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct far_call *c;
		char line[2000];

		line_speed = (struct dp_speed){9600, 4800};
		dialout_bench(rows[i].dlci_up);
		c = bench_ask(&rows[i].ask);
		CU_ASSERT_FALSE(c->replied);
		CU_ASSERT_EQUAL(c->result.result, rows[i].result);
		CU_ASSERT_EQUAL(c->result.error, rows[i].error);
		snprintf(line, sizeof(line), "call notice: call */*: peer lns asks for %s: %s*",
			 rows[i].ask.called, c->result.text);
		CU_ASSERT_NOT_EQUAL(c->result.text[0], '\0');
		CU_ASSERT_EQUAL(bench_logged(line), 1);
		CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
		bench_stop();
	}
	line_speed = (struct dp_speed){0, 0};
}

/* The data plane is told of the line, and of the call when it is offered to it; then that frames go
 * from one to the other, without which they still go by way of us. */
static void no_room_for_the_call(void)
{
	unsigned without = 0;

	for (unsigned n = 1; n <= 7; n++) {
		struct far_call *c;

		dialout_bench(true);
		fake.set_refused = n;
		c = bench_ask(&fr);
		CU_ASSERT_EQUAL(c->up, bench.gw->joins->n);
		CU_ASSERT_EQUAL(c->call != NULL, bench.gw->joins->n);
		CU_ASSERT_EQUAL(fake.calls, bench.gw->joins->n ? 2 : 0);
		if (!c->up) {
			without++;
			CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
			CU_ASSERT_PTR_NOT_NULL(strstr(c->result.text, "no room for the "));
		}
		bench_stop();
	}
	CU_ASSERT_EQUAL(without, 2);
}

static void a_circuit_in_use_is_busy(void)
{
	struct far_call *c;

	dialout_bench(true);
	CU_ASSERT_TRUE(bench_ask(&fr)->up);
	c = bench_ask(&fr);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_BUSY);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	bench_stop();
}

/* The next route may be for another LAC. */
static void a_full_route_gives_way(void)
{
	dialout_bench_of(FULL, true);
	bench.policy.bearer_caps = 3;
	CU_ASSERT_TRUE(bench_ask(&fr)->up);
	CU_ASSERT_EQUAL(bench.calls, 1);
	bench_ask(&fr);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 3); /* the call that the next LAC is asked for */
	CU_ASSERT_STRING_EQUAL(bench.ocrq.called, "200");
	CU_ASSERT_EQUAL(bench.gw->joins->n, 2);
	bench_stop();
}

/* RFC 2661 4.4.4: bounds hold for the line that has come up, and OCCN says its speed. */
static void speeds_of_a_call(void)
{
	struct leg_out ask = x25;
	struct far_call *c;

	dialout_bench(false);
	ask.min_bps = 9600;
	c = bench_ask(&ask);
	line_speed = (struct dp_speed){4800, 4800};
	dialout_up(XCALL);
	CU_ASSERT_FALSE(c->up);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_PERM);
	CU_ASSERT_PTR_NOT_NULL(strstr(c->result.text, "BPS")); /* its Error Message says why */
	CU_ASSERT_EQUAL(fake_said("disconnect 300000007"), 1);
	c = bench_ask(&ask);
	line_speed = (struct dp_speed){19200, 9600};
	dialout_up(XCALL);
	CU_ASSERT_TRUE(c->up);
	CU_ASSERT_EQUAL(bench.iccn_tx, 19200);
	CU_ASSERT_EQUAL(bench.iccn_rx, 9600);
	line_speed = (struct dp_speed){0, 0};
	bench_stop();
}

/* RFC 2661 4.4.4: what asks for either type takes any line. */
static void types_of_a_line(void)
{
	static const struct {
		uint32_t bearer, framing;
		bool sync_ok, async_ok;
	} rows[] = {{0, 0, true, true},	 {1, 1, true, false}, {2, 1, false, false},
		    {3, 1, true, false}, {1, 2, false, true}, {2, 2, false, true},
		    {3, 3, true, true},	 {2, 3, false, true}, {1, 3, true, true}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg_out ask = {.bearer = rows[i].bearer, .framing = rows[i].framing};

		CU_ASSERT_EQUAL(!leg_out_wrong(&ask, &(struct leg_origin){.async = false}),
				rows[i].sync_ok);
		CU_ASSERT_EQUAL(!leg_out_wrong(&ask, &(struct leg_origin){.async = true}),
				rows[i].async_ok);
	}
}

static const struct test_case cases[] = {
	{"a_permanent_circuit_is_there_at_once", a_permanent_circuit_is_there_at_once},
	{"a_number_is_called", a_number_is_called},
	{"a_sub_address_is_called", a_sub_address_is_called},
	{"a_modem_calls_a_number", a_modem_calls_a_number},
	{"a_modem_gets_no_commands", a_modem_gets_no_commands},
	{"the_lns_goes_first", the_lns_goes_first},
	{"why_a_call_does_not_come_up", why_a_call_does_not_come_up},
	{"why_no_circuit_can_be_had", why_no_circuit_can_be_had},
	{"refused_at_once", refused_at_once},
	{"no_room_for_the_call", no_room_for_the_call},
	{"a_circuit_in_use_is_busy", a_circuit_in_use_is_busy},
	{"a_full_route_gives_way", a_full_route_gives_way},
	{"speeds_of_a_call", speeds_of_a_call},
	{"types_of_a_line", types_of_a_line},
	{NULL, NULL},
};
const struct test_suite suite_dialout = {"dialout", cases};
