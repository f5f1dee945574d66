/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines whose gateway is killed, while their circuits and far ends stay. */
#include "gw/bind.h"
#include "gw/client.h"
#include "gw/line.h"
#include "gw/resume.h"
#include "gw/route_way.h"
#include "tests/gw/line_far.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/pppoe/pppoe.h"
#include "transports/udp/udp.h"
#include "transports/x25/x25_transport.h"

#include <string.h>

#define FR_CHANNEL ((l2tp_channel)2 << 32 | 0x20001)

static const uint8_t request[] = {0xc0, 0x21, 1, 1, 0, 4};

static struct resume_counters line_save_counted(void)
{
	struct resume_counters n;

	resume_count(bench.gw->resume, &n);
	return n;
}

static struct ist_addr line_save_circuit(l2tp_channel c, const struct ist_transport *t,
					 const char *peer)
{
	struct ist_addr a = {0};

	CU_ASSERT_FATAL(!t->addr_parse(&a, peer));
	fake_circuit(c, &a);
	return a;
}

static void line_save_up(l2tp_channel c, const struct ist_addr *peer, bool permanent)
{
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = IST_PAYLOAD_PPP,
			      .permanent = permanent,
			      .calling = "4242",
			      .tx_bps = 9600,
			      .rx_bps = 4800,
			      .peer = *peer};

	if (!permanent)
		bind_dp_ops.offer(bench.gw, c, &a, clock_us);
	bind_dp_ops.up(bench.gw, c, &a, clock_us);
}

static void line_save_stop(void)
{
	ppp_free(line_far.ppp);
	bench_stop();
}

static void line_save_begin(const char *conf)
{
	memset(&line_far, 0, sizeof(line_far));
	bench_start_kept(conf);
	fake.frame = line_from_gw;
}

/* --- with a service --------------------------------------------------------------------------- */

static void line_save_served(const char *port, const struct ist_transport *t, const char *peer,
			     bool permanent)
{
	struct ist_addr a;
	struct dp_call was;
	char conf[1000];

	snprintf(conf, sizeof(conf),
		 "%s  service = s } }\n"
		 "pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n"
		 "service s { local = 10.64.0.1  pool = s  auth = { chap } mtu = 1400 rate-up = 1M "
		 "}\n"
		 "user ann { secret = \"a password\"  rate-down = 5M }\n",
		 port);
	line_save_begin(conf);
	a = line_save_circuit(LINE_CHANNEL, t, peer);
	line_save_up(LINE_CHANNEL, &a, permanent);
	line_dial_in();
	CU_ASSERT_TRUE_FATAL(line_far.ip4 && line_far.ip6 && fake.calls == 1);
	was = fake.call[0];
	CU_ASSERT(was.rate[DP_RATE_UP] == 1000000 && was.rate[DP_RATE_DOWN] == 5000000);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(line_save_counted().joins, 1);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
	CU_ASSERT_EQUAL(memcmp(&was, &fake.call[0], sizeof(was)), 0);
	/* the data plane says again what there is */
	bind_dp_ops.up(bench.gw, LINE_CHANNEL,
		       &(struct ist_attrs){.size = sizeof(struct ist_attrs),
					   .payload = IST_PAYLOAD_PPP,
					   .permanent = permanent,
					   .peer = a},
		       clock_us);
	line_pump(100 * SEC);
	CU_ASSERT_FALSE(line_far.down);
	CU_ASSERT_EQUAL(memcmp(&was, &fake.call[0], sizeof(was)), 0);
	ppp_close(line_far.ppp, clock_us);
	line_pump(4 * SEC);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(line_save_counted().joins, 0);
	line_save_stop();
}

static void line_save_permanent(void)
{
	line_save_served("frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp",
			 &frame_relay_transport, "100", true);
}

static void line_save_switched(void)
{
	line_save_served("x25 x { link = \"loop:x\"  address = 1  accept \"42*\" { carries = ppp",
			 &x25_transport, "4242", false);
}

/* The data plane is a new one, which has no call: it is not placed by us. */
static void line_save_switched_gone(void)
{
	struct ist_addr a;

	line_save_begin("x25 x { link = \"loop:x\"  address = 1  accept \"42*\" { carries = ppp  "
			"service = s } }\n"
			"pool s { ranges = 10.64.0.0/24 }\n"
			"service s { local = 10.64.0.1  pool = s  auth = { chap } }\n"
			"user ann { secret = \"a password\" }\n");
	a = line_save_circuit(LINE_CHANNEL, &x25_transport, "4242");
	line_save_up(LINE_CHANNEL, &a, false);
	line_dial_in();
	CU_ASSERT_TRUE_FATAL(line_far.ip4);
	fake.circuit[0].channel++;
	bench_kill(NULL);
	CU_ASSERT_EQUAL(line_save_counted().joins, 0);
	CU_ASSERT_EQUAL(fake_said("connect"), 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT(bench_logged("call error: line 0/*: cannot go on: its circuit is gone"));
	line_save_stop();
}

/* --- resumed ----------------------------------------------------------------------------------- */

static l2tp_channel line_save_channel_of(const struct dp_call *line)
{
	const struct dp_call *now = fake_entry(0, line->sid);

	return now ? now->channel : 0;
}

/* The data plane is a new one, and the transport goes on with the session by its ticket. */
static void line_save_resumed(void)
{
	struct dp_call was;
	struct ist_addr a;

	line_save_begin("pppoe p { link = \"loop:x\"  accept \"*\" { service = s } }\n"
			"pool s { ranges = 10.64.0.0/24 }\n"
			"service s { local = 10.64.0.1  pool = s  auth = { chap }  ipv6 = no }\n"
			"user ann { secret = \"a password\" }\n");
	a = line_save_circuit(LINE_CHANNEL, &pppoe_transport, "isp@00:00:5e:00:53:01");
	fake.circuit[0].ticket = "its ticket";
	line_save_up(LINE_CHANNEL, &a, false);
	line_dial_in();
	CU_ASSERT_TRUE_FATAL(line_far.ip4 && fake.calls == 1);
	was = fake.call[0];
	for (unsigned i = 1; i <= 2; i++) {
		fake.circuit[0].channel++;
		bench_kill(NULL);
		CU_ASSERT_EQUAL(line_save_counted().joins, 1);
		CU_ASSERT_EQUAL(fake_said("resume 0 its ticket"), i);
		CU_ASSERT_EQUAL(fake_said("connect"), 0);
		CU_ASSERT_EQUAL(fake.calls, 1);
		CU_ASSERT_EQUAL(line_save_channel_of(&was), LINE_CHANNEL + i);
		line_pump(100 * SEC);
		CU_ASSERT_FALSE(line_far.down);
	}
	/* a control that dies alone has the channel, and resumes nothing */
	bench_kill(NULL);
	CU_ASSERT_EQUAL(line_save_counted().joins, 1);
	CU_ASSERT_EQUAL(fake_said("resume"), 2);
	fake.circuit[0].ticket = "another";
	fake.circuit[0].channel++;
	bench_kill(NULL);
	CU_ASSERT_EQUAL(line_save_counted().joins, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT(bench_logged("call error: line 0/*: cannot go on: its circuit is gone"));
	line_save_stop();
}

/* Two sessions of one station, which have changed places. */
static void line_save_resumed_crosswise(void)
{
	const l2tp_channel c[2] = {((l2tp_channel)2 << 32) | 1, ((l2tp_channel)2 << 32) | 2};
	struct dp_call was[2];
	struct ist_addr a;
	unsigned n = 0;

	bench_start_kept("host-name = gw\n"
			 "udp a { listen = \"192.0.2.1:1701\" }\n"
			 "pppoe p { link = \"loop:x\"  accept \"*\" { } }\n"
			 "peer one { port = a  dial = \"192.0.2.9:1701\" }\n"
			 "route calls { from = p  to = one }\n");
	fake.frame = NULL;
	line_save_circuit(FAR_CHANNEL, &udp_transport, "192.0.2.9:1701");
	for (unsigned i = 0; i < 2; i++) {
		a = line_save_circuit(c[i], &pppoe_transport, "00:00:5e:00:53:01");
		fake.circuit[1 + i].ticket = i ? "second" : "first";
		line_save_up(c[i], &a, false);
		bind_dp_ops.line(bench.gw, c[i], request, sizeof(request), clock_us);
		bench_pass(0);
	}
	CU_ASSERT_TRUE_FATAL(bench.calls == 2 && bench.call[1].up && fake.calls == 4);
	for (unsigned i = 0; i < fake.calls; i++)
		if (!fake.call[i].tid && n < 2)
			was[n++] = fake.call[i];
	CU_ASSERT_FATAL(n == 2 && was[0].channel == c[0] && was[1].channel == c[1]);
	fake.circuit[1].channel = c[1];
	fake.circuit[2].channel = c[0];
	bench_kill(NULL);
	CU_ASSERT_EQUAL(line_save_counted().joins, 2);
	CU_ASSERT_EQUAL(line_save_channel_of(&was[0]), c[1]);
	CU_ASSERT_EQUAL(line_save_channel_of(&was[1]), c[0]);
	bench_pass(100 * SEC);
	CU_ASSERT_TRUE(bench.call[0].up && bench.call[1].up);
	/* one of them is gone, and its call with it */
	fake.circuit[2].ticket = "third";
	fake.circuit[2].channel += 7;
	bench_kill(NULL);
	CU_ASSERT_EQUAL(line_save_counted().joins, 1);
	bench_pass(SEC);
	CU_ASSERT_TRUE(bench.call[0].up && !bench.call[1].up);
	bench_stop();
}

static void line_save_client(void)
{
	struct ist_addr a;
	struct dp_call was;

	line_save_begin("frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"
			"client home { port = f  circuit = 100  user = ann  secret = x }\n");
	a = line_save_circuit(LINE_CHANNEL, &frame_relay_transport, "100");
	line_save_up(LINE_CHANNEL, &a, true);
	bench_pass(0);
	line_serve_far();
	CU_ASSERT_TRUE_FATAL(line_far.ip4 && fake.calls == 1);
	was = fake.call[0];
	bench_kill(NULL);
	CU_ASSERT_EQUAL(line_save_counted().joins, 1);
	CU_ASSERT_EQUAL(memcmp(&was, &fake.call[0], sizeof(was)), 0);
	line_pump(100 * SEC);
	CU_ASSERT_FALSE(line_far.down);
	CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_UP);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	ppp_close(line_far.ppp, clock_us);
	line_pump(4 * SEC);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT_NOT_EQUAL(bench.gw->client[0].state, CLIENT_UP);
	line_save_stop();
}

/* --- with a call ------------------------------------------------------------------------------ */

static void line_save_call(void)
{
	struct ist_addr a;
	struct dp_call was[2];

	bench_start_kept("host-name = gw\n"
			 "udp a { listen = \"192.0.2.1:1701\" }\n"
			 "frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"
			 "peer one { port = a  dial = \"192.0.2.9:1701\" }\n"
			 "route calls { from = f  to = one  rate-up = 1M }\n");
	fake.frame = NULL;
	line_save_circuit(FAR_CHANNEL, &udp_transport, "192.0.2.9:1701");
	a = line_save_circuit(FR_CHANNEL, &frame_relay_transport, "100");
	line_save_up(FR_CHANNEL, &a, true);
	bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
	bench_pass(0);
	CU_ASSERT_TRUE_FATAL(bench.calls == 1 && bench.call[0].up && fake.calls == 2);
	memcpy(was, fake.call, sizeof(was));
	for (unsigned i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(was[i].rate[DP_RATE_UP], was[i].tid ? 0 : 1000000);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(line_save_counted().joins, 1);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 2);
	CU_ASSERT_EQUAL(memcmp(fake_entry(was[0].tid, was[0].sid), &was[0], sizeof(was[0])), 0);
	CU_ASSERT_EQUAL(memcmp(fake_entry(was[1].tid, was[1].sid), &was[1], sizeof(was[1])), 0);
	CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 1);
	CU_ASSERT_STRING_EQUAL(bench_join()->reason, "route calls, to one");
	bench_pass(300 * SEC);
	CU_ASSERT_TRUE(bench.call[0].up);
	/* CDN: the circuit stays and may call again */
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "enough");
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 0);
	bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
	bench_pass(0);
	CU_ASSERT_TRUE(bench.calls == 2 && bench.call[1].up);
	bench_stop();
}

static const struct test_case cases[] = {
	{"permanent", line_save_permanent},
	{"switched", line_save_switched},
	{"switched_gone", line_save_switched_gone},
	{"resumed", line_save_resumed},
	{"resumed_crosswise", line_save_resumed_crosswise},
	{"client", line_save_client},
	{"call", line_save_call},
	{NULL, NULL},
};
const struct test_suite suite_line_save = {"line_save", cases};
