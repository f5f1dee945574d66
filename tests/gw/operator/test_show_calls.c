/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/bind.h"
#include "tests/gw/operator/says.h"
#include "tests/heap.h"
#include "transports/frame-relay/frame_relay.h"

#include <stdio.h>
#include <string.h>

#define CONF                                                                          \
	"host-name = gw\n"                                                            \
	"udp wan { listen = \"192.0.2.1:1701\" }\n"                                   \
	"peer lac { port = wan  service = gold  hostname = lac }\n"                   \
	"pool p { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/56\" } }\n"            \
	"service gold { local = 10.64.0.1  pool = p  auth = { chap }  mtu = 1400 }\n" \
	"user ann { secret = \"a password\" }\n"
#define TITLES                                                                                \
	"TID SID Peer SID State We are Joined to User IPv4 IPv6 MTU Age Fast In Out Dropped " \
	"Filtered Over rate\n"

/* The entry of a call of the far end. */
static const struct dp_call *calls_entry(const struct far_call *c)
{
	for (unsigned i = 0; i < fake.calls; i++)
		if (fake.call[i].data.peer_tid == c->tid && fake.call[i].data.peer_sid == c->sid)
			return &fake.call[i];
	CU_FAIL_FATAL("the call has no entry");
	return NULL;
}

/* Ann's is up; the other one has no PPP yet, and no address. */
static void two_calls(char *want, size_t cap, const char *first, const char *second)
{
	struct dp_call a = *calls_entry(&bench.call[0]), b = *calls_entry(&bench.call[1]);

	snprintf(want, cap,
		 TITLES "%u %u %u established LNS server ann 10.64.0.2 yes 1400 7s - %s\n"
			"%u %u %u established LNS server - - no 1458 7s - %s\n",
		 a.tid, a.sid, a.data.peer_sid, first, b.tid, b.sid, b.data.peer_sid, second);
}

static void calls_begin(void)
{
	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	bench_pass(7 * SEC);
	fake.stats = (struct dp_call_stats){
		.rx_frames = 3, .tx_frames = 4, .drops = 5, .filtered_in = 9, .filtered_out = 10};
}

/* Without an entry in the data plane the counters of a call are zero, not those of another. */
static void the_table(void)
{
	char want[800];

	calls_begin();
	two_calls(want, sizeof(want), "3 4 5 19 0", "3 4 5 19 0");
	CU_ASSERT_TRUE(vty_rows("show calls", want));
	for (unsigned i = 0; i < 2; i++) {
		struct dp_call *e = (struct dp_call *)calls_entry(&bench.call[i]);
		uint16_t sid = e->sid;

		two_calls(want, sizeof(want), i ? "3 4 5 19 0" : "0 0 0 0 0",
			  i ? "0 0 0 0 0" : "3 4 5 19 0");
		e->sid = 0;
		CU_ASSERT_TRUE(vty_rows("show calls", want));
		e->sid = sid;
	}
	vty_end();
}

/* Where the kernel may carry calls, each says whether it does, or why not. */
static void the_path_of_a_call(void)
{
	calls_begin();
	CU_ASSERT_FALSE(vty_matches("show calls detail", "*\n  path *"));
	fake.slow = "its rate is limited";
	CU_ASSERT_TRUE(
		vty_matches("show calls detail", "*\n  path    slow: its rate is limited\n*"));
	CU_ASSERT_TRUE(vty_matches("show calls", "* 1400 * no *3 *4 *5 *19 *0\n*"));
	fake.fast = true;
	fake.slow = "fast";
	CU_ASSERT_TRUE(vty_matches("show calls detail", "*\n  path    fast\n*"));
	CU_ASSERT_TRUE(vty_matches("show calls", "* 1400 * yes *3 *4 *5 *19 *0\n*"));
	vty_end();
}

/* The numbers that the LAC tells of a call, at the LNS and at both ends of a switch. */
static void numbers_of_a_call(const char *conf, unsigned calls)
{
	static const struct l2tp_avp icrq[] = {
		{.type = L2TP_AVP_CALLED_NUMBER, .val = (const uint8_t *)"31101", .len = 5},
		{.type = L2TP_AVP_CALLING_NUMBER, .val = (const uint8_t *)"42\n02", .len = 5},
	};
	static const char *const lines[] = {
		"  line    called -, calling -, 65536 bit/s\n",
		"  line    called 31101, calling -, 65536 bit/s\n",
		"  line    called 31101, calling 42\\x0a02, 65536 bit/s\n",
	};
	const char *at;

	for (unsigned told = 0; told < 3; told++) { /* none, one, both */
		vty_begin(conf);
		bench.icrq = icrq;
		bench.icrq_avps = told;
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
		vty_says("show calls detail");
		at = vty_told;
		for (unsigned i = 0; i < calls; i++) {
			at = strstr(at, lines[told]);
			CU_ASSERT_PTR_NOT_NULL_FATAL(at);
			at++;
		}
		CU_ASSERT_PTR_NULL(strstr(at, "  line    "));
		bench.icrq = NULL;
		bench.icrq_avps = 0;
		vty_end();
	}
}

static void calls_have_numbers(void)
{
	numbers_of_a_call(CONF, 1);
	numbers_of_a_call(VTY_SWITCH, 2);
}

/* The rest of the calls is left out. */
static void detail_without_memory(void)
{
	calls_begin();
	vty_says("show calls detail");
	CU_ASSERT_PTR_NOT_NULL(strstr(strstr(vty_told, "call ") + 1, "\ncall "));
	heap_refuse(1);
	vty_says("show calls detail");
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(strncmp(vty_told, "call ", 5), 0);
	CU_ASSERT_PTR_NULL(strstr(vty_told, "\ncall "));
	vty_end();
}

/* Both calls of a switched one, the LAC's and that to the LNS, with the route between them. */
static void a_switched_call(void)
{
	const struct dp_call *in, *out;
	char want[2000];

	vty_begin(VTY_SWITCH);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(bench.calls == 2 && bench.call[0].up && bench.call[1].up);
	bench_pass(60 * SEC);
	fake.stats = (struct dp_call_stats){.rx_frames = 1,
					    .rx_octets = 2,
					    .tx_frames = 3,
					    .tx_octets = 4,
					    .drops = 5,
					    .filtered_in = 6,
					    .filtered_out = 7,
					    .seq_lost = 8,
					    .seq_late = 9,
					    .seq_reordered = 10,
					    .sending_seq = true};
	in = calls_entry(&bench.call[0]);
	out = calls_entry(&bench.call[1]);
#define SWITCHED                                                   \
	"  join    call %u/%u up - call %u/%u up, user -\n"        \
	"  way     route sw, to one\n"                             \
	"  frames  in 1 (2 octets), out 3 (4 octets), dropped 5\n" \
	"  filter  dropped 6 of those in, and 7 on the way out\n"  \
	"  order   sequenced; lost 8, late 9, put in order 10\n"
	snprintf(want, sizeof(want),
		 "*call %u/%u, we are LNS of peer lac, established, for 1m00s\n"
		 "  tunnel  a 192.0.2.* (lac), peer's ids %u/%u, serial *\n" SWITCHED "*",
		 in->tid, in->sid, in->data.peer_tid, in->data.peer_sid, out->tid, out->sid,
		 in->tid, in->sid);
	CU_ASSERT_TRUE(vty_matches("show calls detail", want));
	snprintf(want, sizeof(want),
		 "*call %u/%u, we are LAC of peer one, established, for 1m00s\n"
		 "  tunnel  a 192.0.2.* (*), peer's ids %u/%u, serial *\n" SWITCHED "*",
		 out->tid, out->sid, out->data.peer_tid, out->data.peer_sid, out->tid, out->sid,
		 in->tid, in->sid);
	CU_ASSERT_TRUE(vty_matches("show calls detail", want));
	snprintf(want, sizeof(want),
		 TITLES "%u %u %u established LNS call %u/%u - - - 1458 1m00s - 1 3 5 13 0\n"
			"%u %u %u established LAC call %u/%u - - - 1458 1m00s - 1 3 5 13 0\n",
		 in->tid, in->sid, in->data.peer_sid, out->tid, out->sid, out->tid, out->sid,
		 out->data.peer_sid, in->tid, in->sid);
	CU_ASSERT_TRUE(vty_rows("show calls", want));
	vty_end();
}

/* What the LAC said of the line, and its errors. */
static void the_line_of_a_call(void)
{
	static const uint32_t errors[IST_ERRORS] = {1, 2, 3, 4, 5, 6};
	const struct l2tp_avp icrq[] = {{.type = 21, .val = (const uint8_t *)"31101", .len = 5},
					{.type = 23, .val = (const uint8_t *)"12f", .len = 3}};

	vty_begin("host-name = gw\n"
		  "udp a { listen = \"192.0.2.1:1701\" }\n"
		  "peer lac { port = a  service = s  hostname = lac }\n"
		  "service s { local = 10.64.0.1  auth = { chap } }\n");
	bench.icrq = icrq;
	bench.icrq_avps = 2;
	bench.iccn_async = true;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	bench_pass(0);
	CU_ASSERT_TRUE(vty_matches("show calls detail",
				   "*\n  line    called 31101/12f, calling -, 65536 bit/s, "
				   "asynchronous\n  join*"));
	l2tp_call_send_wen(bench.call[0].call, errors, clock_us);
	bench_pass(0);
	CU_ASSERT_TRUE(vty_matches("show calls detail",
				   "*, asynchronous\n  errors  CRC 1, framing 2, hardware overruns "
				   "3, buffer overruns 4, time-outs 5, alignment 6\n  join*"));
	vty_end();
}

/* A call that an LNS has asked for is the second leg of its join. */
static void a_call_to_a_line(void)
{
	static const struct leg_out ask = {
		.called = "200", .sub_address = "12", .max_bps = UINT32_MAX};
	struct ist_attrs a = {
		.size = sizeof(a), .payload = IST_PAYLOAD_PPP, .permanent = true, .number = 100};
	const l2tp_channel dlci = (l2tp_channel)2 << 32 | 0x20001;
	const struct dp_call *e;
	char want[400];

	vty_begin("host-name = gw\n"
		  "udp a { listen = \"192.0.2.1:1701\" }\n"
		  "frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"
		  "peer lns { hostname = lns }\n"
		  "route fr { from-peer = lns  called = 200  to-circuit = \"f 100\" }\n");
	CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&a.peer, "100"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lns"));
	fake_circuit(dlci, &a.peer);
	bind_dp_ops.up(bench.gw, dlci, &a, clock_us);
	CU_ASSERT_TRUE_FATAL(bench_ask(&ask)->up);
	bench_pass(5 * SEC);
	e = calls_entry(&bench.call[0]);
	snprintf(want, sizeof(want),
		 TITLES "%u %u %u established LAC line %u (f 100) - - - %u 5s - 3 4 5 0 0\n",
		 e->tid, e->sid, e->data.peer_sid, leg_line_entry(bench_join()->leg[0])->sid,
		 e->mtu);
	CU_ASSERT_TRUE(e->mtu > 0);
	CU_ASSERT_TRUE(vty_rows("show calls", want));
	CU_ASSERT_TRUE(vty_matches("show calls detail",
				   "*\n  line    called 200/12, calling -, channel 100\n"
				   "  join    line * (f 100) up - call */* up, user -\n"
				   "  way     route fr*\n*"));
	vty_end();
}

static const struct test_case cases[] = {
	{"the_table", the_table},
	{"the_path_of_a_call", the_path_of_a_call},
	{"detail_without_memory", detail_without_memory},
	{"a_switched_call", a_switched_call},
	{"a_call_to_a_line", a_call_to_a_line},
	{"the_line_of_a_call", the_line_of_a_call},
	{"calls_have_numbers", calls_have_numbers},
	{NULL, NULL},
};
const struct test_suite suite_show_calls = {"show_calls", cases};
