/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Per-hop behaviors of calls (RFC 3308 section 4), and the marks of a peer's and a service's. */
#include "gw/bind.h"
#include "gw/outgoing.h"
#include "tests/gw/bench.h"
#include "transports/frame-relay/frame_relay.h"

#include <stdio.h>
#include <string.h>

/* asks: -1 = for none */
static void phb_lns(const char *keys, int32_t asks, int64_t answer, uint8_t dscp)
{
	uint8_t value[2];
	const struct l2tp_avp avp = {.type = 48, .val = value, .len = 2};
	char conf[400];

	snprintf(conf, sizeof(conf),
		 "udp a { listen = \"192.0.2.1:1701\" }\n"
		 "peer lac { service = s  %s }\n"
		 "service s { local = 10.64.0.1 }\n",
		 keys);
	bench_start(conf);
	wr_put16(value, (uint16_t)asks);
	bench.icrq = &avp;
	bench.icrq_avps = asks >= 0;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE(bench_call(NULL, NULL, PPP_AUTH_NONE)->up);
	CU_ASSERT_EQUAL(bench.phb_got, answer);
	CU_ASSERT_EQUAL(fake.call[0].dscp, dscp);
	bench_stop();
}

/* As the terminator. */
static void rfc3308_4_what_is_asked_for(void)
{
	phb_lns("", 0xb800, -1, 0); /* no support: ignored, no attribute */
	phb_lns("dscp = copy", 0xb800, -1, DP_DSCP_COPY);
	phb_lns("dscp = ef", 0xb800, 0xb800, 46);   /* accepted */
	phb_lns("dscp = af11", 0xb800, 0x2800, 10); /* the value we are willing to use */
	phb_lns("dscp = ef", -1, -1, 46); /* not asked: not answered, marked all the same */
	phb_lns("dscp = peer", 0x2800, 0x2800, 10);
	phb_lns("dscp = peer", 0x1231, -1, 0); /* nothing that we have a codepoint for */
	phb_lns("dscp = peer", 0, 0, 0);       /* the default behavior */
	phb_lns("dscp = peer", -1, -1, 0);
}

/* What the far end was asked for, and how the call is marked. */
static void phb_call_is_up(int64_t asked, uint8_t dscp)
{
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.phb_got, asked);
	CU_ASSERT_TRUE_FATAL(bench.calls == 1);
	CU_ASSERT_TRUE(bench.call[0].up);
	CU_ASSERT_EQUAL(fake.call[0].dscp, dscp);
}

static void phb_lac(const char *keys, uint16_t answer, int64_t asked, uint8_t dscp)
{
	char conf[400];

	snprintf(conf, sizeof(conf),
		 "udp a { listen = \"192.0.2.1:1701\" }\n"
		 "peer lns { port = a  dial = \"192.0.2.9:1701\"  %s }\n"
		 "client home { peer = lns  user = ann  secret = \"a password\" }\n",
		 keys);
	bench_start(conf);
	bench.phb = answer;
	phb_call_is_up(asked, dscp);
	bench_stop();
}

/* As the initiator. */
static void rfc3308_4_what_is_answered(void)
{
	phb_lac("dscp = ef", 0xb800, 0xb800, 46);
	phb_lac("dscp = ef", 0, 0xb800, 46); /* the peer cannot: we mark what we send */
	phb_lac("dscp = ef", 0x2800, 0xb800, 10);
	phb_lac("dscp = copy", 0, -1, DP_DSCP_COPY);
	phb_lac("", 0xb800, -1, 0); /* an answer that was not asked for */
}

/* An OCRQ asks for it too, and OCRP answers: as LNS of an outgoing call. */
static void phb_lns_out(const char *keys, uint16_t answer, int64_t asked, uint8_t dscp)
{
	char conf[400];

	snprintf(conf, sizeof(conf),
		 "udp a { listen = \"192.0.2.1:1701\" }\n"
		 "peer lac { port = a  dial = \"192.0.2.9:1701\"  %s }\n"
		 "pool s { ranges = { \"10.64.0.0/24\" } }\n"
		 "service s { local = 10.64.0.1  pool = s  auth = { chap } }\n"
		 "user ann { secret = \"a password\" }\n",
		 keys);
	bench_start(conf);
	bench.policy.bearer_caps = 3;
	bench.phb = answer;
	CU_ASSERT_PTR_NULL(outgoing_call(bench.gw, "lac", "4711", "s", clock_us));
	phb_call_is_up(asked, dscp);
	bench_stop();
}

static void rfc3308_4_outgoing_calls(void)
{
	phb_lns_out("dscp = ef", 0xb800, 0xb800, 46);
	phb_lns_out("dscp = ef", 0, 0xb800, 46);
	phb_lns_out("dscp = ef", 0x2800, 0xb800, 10);
	phb_lns_out("", 0, -1, 0);
}

/* The same as their LAC: OCRP answers on a circuit that accepts it. */
static void phb_lac_out(const char *keys, uint16_t asks, int64_t answer, uint8_t dscp)
{
	static const struct leg_out ask = {.called = "200", .max_bps = UINT32_MAX};
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_PPP, .permanent = true};
	const l2tp_channel dlci = (l2tp_channel)2 << 32 | 0x20001;
	char conf[400];

	snprintf(conf, sizeof(conf),
		 "udp a { listen = \"192.0.2.1:1701\" }\n"
		 "frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"
		 "peer lns { hostname = lns  %s }\n"
		 "route fr { from-peer = lns  called = 200  to-circuit = \"f 100\" }\n",
		 keys);
	bench_start(conf);
	CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&a.peer, "100"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lns"));
	fake_circuit(dlci, &a.peer);
	bind_dp_ops.up(bench.gw, dlci, &a, clock_us);
	bench.phb = asks;
	CU_ASSERT_TRUE_FATAL(bench_ask(&ask)->up);
	CU_ASSERT_EQUAL(bench.phb_got, answer);
	CU_ASSERT_EQUAL(leg_call_entry(bench_join()->leg[1])->dscp, dscp);
	bench_stop();
}

static void rfc3308_4_an_ocrq_is_answered(void)
{
	phb_lac_out("dscp = ef", 0xb800, 0xb800, 46);
	phb_lac_out("dscp = af11", 0xb800, 0x2800, 10);
	phb_lac_out("dscp = peer", 0x2800, 0x2800, 10);
	phb_lac_out("dscp = peer", 0x1231, -1, 0);
	phb_lac_out("dscp = ef", 0, -1, 46);
	phb_lac_out("", 0xb800, -1, 0);
}

/* Result Code 12 when the answer cannot be used. */
static void rfc3308_4_an_answer_we_cannot_use(void)
{
	bench_start(
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lns { port = a  dial = \"192.0.2.9:1701\"  dscp = ef }\n"
		"client home { peer = lns  user = ann  secret = \"a password\"  redial = 0 }\n");
	bench.phb = 0x1231;
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.call[0].result.result, 12);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();
}

/* AF12 is 12, AF13 14, codepoint 1 LE. */
static void what_may_be_dropped_first(void)
{
	bench_start("udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lac { service = s  discard-eligible = { af12, af13 } }\n"
		    "service s { local = 10.64.0.1  discard-eligible = { le } }\n");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE(bench_call(NULL, NULL, PPP_AUTH_NONE)->up);
	CU_ASSERT_EQUAL(fake.call[0].discard, 1u << 12 | 1u << 14 | 1u << 1);
	bench_stop();
}

static const struct test_case cases[] = {
	{"rfc3308_4_what_is_asked_for", rfc3308_4_what_is_asked_for},
	{"rfc3308_4_what_is_answered", rfc3308_4_what_is_answered},
	{"rfc3308_4_outgoing_calls", rfc3308_4_outgoing_calls},
	{"rfc3308_4_an_ocrq_is_answered", rfc3308_4_an_ocrq_is_answered},
	{"rfc3308_4_an_answer_we_cannot_use", rfc3308_4_an_answer_we_cannot_use},
	{"what_may_be_dropped_first", what_may_be_dropped_first},
	{NULL, NULL},
};
const struct test_suite suite_call_phb = {"call_phb", cases};
