/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/bind.h"
#include "tests/gw/operator/says.h"

#include <stdio.h>
#include <string.h>

#define CONF                                                           \
	"host-name = gw\n"                                             \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                      \
	"udp b { listen = \"192.0.2.1:1702\" }\n"                      \
	"peer lac { port = a  service = s  hostname = lac }\n"         \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                   \
	"service s { local = 10.64.0.1  pool = p  auth = { chap } }\n" \
	"user ann { secret = \"a password\" }\n"
#define TITLES "Where Counter Count Meaning\n"

/* Of an idle gateway there is nothing but what the data plane and its ports have counted; a port
 * that is not open has none. */
static void zero_is_left_out(void)
{
	vty_begin(CONF);
	CU_ASSERT_TRUE(vty_rows("show counters",
				TITLES "data rx-frames 12 PPP frames in\n"
				       "data data-spoof 7 source address is not the client's\n"
				       "a rx-frames 100 datagrams received\n"
				       "b rx-frames 101 datagrams received\n"));
	fake.port_refuses = true;
	bind_dp_ops.port_failed(bench.gw, 0, -5, "cable cut", clock_us);
	CU_ASSERT_PTR_NULL(strstr(vty_says("show counters"), "\na  "));
	CU_ASSERT_PTR_NOT_NULL(strstr(vty_told, "\nb  "));
	vty_end();
}

static void counters_row(char *at, const char *where, const char *key, unsigned n,
			 const char *words)
{
	sprintf(at + strlen(at), "%s %s %u %s\n", where, key, n, words);
}

/* All at once: the first and the last of each list too. */
static void every_reason(void)
{
	static char want[16384];

	vty_begin(CONF);
	memset(&fake.count, 0, sizeof(fake.count));
	fake.passed = 5000;
	strcpy(want, TITLES "a rx-frames 100 datagrams received\n"
			    "b rx-frames 101 datagrams received\n");
	for (unsigned i = 0; i < PPP_R_COUNT; i++) {
		bench.gw->ppp_count[i] = 1000 + i;
		counters_row(want, "ppp", ppp_reasons[i].key, 1000 + i, ppp_reasons[i].words);
	}
	for (unsigned i = 0; i < JOIN_D_COUNT; i++) {
		bench.gw->joins->drop[i] = 2000 + i;
		counters_row(want, "join", join_drops[i].key, 2000 + i, join_drops[i].words);
	}
	for (unsigned i = 0; i < DP_R_COUNT; i++) {
		fake.count.reason[i] = 3000 + i;
		counters_row(want, "data", dp_reasons[i].key, 3000 + i, dp_reasons[i].words);
	}
	counters_row(want, "xdp", "syn", 5000, "first of a connection");
	CU_ASSERT_TRUE(vty_rows("show counters", want));
	vty_end();
}

/* Messages by their type, with those that say nothing but an acknowledgement (ZLB), and a reason of
 * the engine.  The counters of a link that is up, and of one that is gone, are one sum. */
static void messages_and_links(void)
{
	static const uint8_t junk[] = {0xc8, 2, 0, 12, 0, 1, 0, 0, 0, 0, 0, 0};
	static const uint8_t unknown[] = {0x80, 0x99, 0, 0};
	struct dp_call e;

	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	e = fake.call[0];
	bind_dp_ops.control(bench.gw, FAR_CHANNEL, junk, sizeof(junk), clock_us);
	bind_dp_ops.ppp(bench.gw, e.tid, e.sid, unknown, 1, clock_us);
	bench_pass(0);
	CU_ASSERT_TRUE(
		vty_matches("show counters",
			    "Where  Counter     Count  Meaning\n"
			    "l2tp   tx-ZLB          2  control messages sent\n"
			    "l2tp   rx-SCCRQ        1  control messages received\n"
			    "l2tp   tx-SCCRP        1  control messages sent\n"
			    "l2tp   rx-SCCCN        1  control messages received\n"
			    "l2tp   rx-ICRQ         1  control messages received\n"
			    "l2tp   tx-ICRP         1  control messages sent\n"
			    "l2tp   rx-ICCN         1  control messages received\n"
			    "l2tp   no-tunnel       1  unknown Tunnel ID\n"
			    "ppp    ppp-short       1  frame or packet shorter than its header\n"
			    "*"));
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "gone");
	CU_ASSERT_PTR_NOT_NULL(strstr(vty_says("show counters"), "\nl2tp   rx-CDN          1  "));
	CU_ASSERT_PTR_NOT_NULL(strstr(vty_told, "\nppp    ppp-short       1  "));
	vty_end();
}

static const struct test_case cases[] = {
	{"zero_is_left_out", zero_is_left_out},
	{"every_reason", every_reason},
	{"messages_and_links", messages_and_links},
	{NULL, NULL},
};
const struct test_suite suite_show_counters = {"show_counters", cases};
