/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/bind.h"
#include "gw/client.h"
#include "gw/outgoing.h"
#include "tests/gw/operator/says.h"

#include <stdio.h>
#include <string.h>

#define CONF                                                                                 \
	"host-name = gw\n"                                                                   \
	"udp wan { listen = \"192.0.2.1:1701\" }\n"                                          \
	"peer lac { port = wan  service = gold  hostname = lac  secret = \"between us\" }\n" \
	"peer lns { port = wan  dial = \"192.0.2.7:1701\"  hostname = far }\n"               \
	"peer any { address = \"198.51.100.0/24\"  max-tunnels = 3  max-peer-calls = 0 }\n"  \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                                         \
	"service gold { local = 10.64.0.1  pool = p  auth = { chap } }\n"                    \
	"user ann { secret = \"a password\" }\n"

/* Of two tunnels to one peer both count, and their calls; those of others do not. */
static void peers_count_their_tunnels(void)
{
	static const char none[] =
		"Peer Port Address Host Name Dial Service Secret Tunnels Most Calls Most\n"
		"lac wan any lac - gold no 0 64 0 1024\n"
		"lns wan any far 192.0.2.7:1701 - no 0 64 0 1024\n"
		"any any 198.51.100.0/24 any - - no 0 3 0 -\n";
	static const char some[] =
		"Peer Port Address Host Name Dial Service Secret Tunnels Most Calls Most\n"
		"lac wan any lac - gold no 2 64 3 1024\n"
		"lns wan any far 192.0.2.7:1701 - no 0 64 0 1024\n"
		"any any 198.51.100.0/24 any - - no 0 3 0 -\n";
	char conf[1000], *secret;

	snprintf(conf, sizeof(conf), "%s", CONF);
	secret = strstr(conf, "secret = \"between us\"");
	memset(secret, ' ', strlen("secret = \"between us\""));
	vty_begin(conf);
	CU_ASSERT_TRUE(vty_rows("show peers", none));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_TRUE(vty_rows("show peers", some));
	vty_end();
	vty_begin(CONF);
	CU_ASSERT_PTR_NOT_NULL(strstr(vty_says("show peers"), "gold     yes"));
	vty_end();
}

/* The first address, and that there are more. */
static void peers_have_addresses(void)
{
	vty_begin("host-name = gw\n"
		  "udp wan { listen = \"192.0.2.1:1701\" }\n"
		  "peer one { port = wan  address = \"192.0.2.8\" }\n"
		  "peer two { port = wan  address = { \"192.0.2.16/28\", \"192.0.2.9\" } }\n");
	CU_ASSERT_TRUE(vty_matches("show peers", "*\none   wan *192.0.2.8  *\n"
						 "two   wan *192.0.2.16/28,... *\n"));
	vty_end();
}

/* One is up since a minute, the other waits for an answer, with SCCRQ sent three times: RFC 2661
 * 5.8, after 1 s and 2 s more. */
static void tunnels_of_both_sides(void)
{
	struct l2tp_tunnel_info info[2];
	struct l2tp_tunnel *t = NULL;
	char want[600];

	vty_begin("host-name = gw\n"
		  "udp wan { listen = \"192.0.2.1:1701\" }\n"
		  "peer lac { port = wan  hostname = lac  service = gold }\n"
		  "peer lns { port = wan  dial = \"192.0.2.7:1701\"  hostname = far  control-dscp "
		  "= ef }\n"
		  "pool p { ranges = { \"10.64.0.0/24\" } }\n"
		  "service gold { local = 10.64.0.1  pool = p  auth = { chap } }\n"
		  "user ann { secret = \"a password\" }\n"
		  "client home { peer = lns  user = ann  secret = \"a password\" }\n");
	bench.silent = true;
	bench_pass(0);
	bench.silent = false;
	CU_ASSERT_EQUAL_FATAL(bench.gw->client[0].state, CLIENT_DIALLING);
	bench.silent = true;
	bench_pass(3500000);
	for (unsigned i = 0; i < 2 && (t = l2tp_tunnel_next(bench.gw->engine, t)); i++)
		l2tp_tunnel_info(t, &info[i]);
	snprintf(want, sizeof(want),
		 "ID Peer ID State Opened Peer Host Name Channel Calls Age Heard Resent "
		 "Unacked/Window DSCP IPsec\n"
		 "%u 0 wait-ctl-reply by us lns - wan 192.0.2.7:1701 1 3s 3s 2 1/1 46 -\n",
		 info[0].local_id);
	CU_ASSERT_TRUE(vty_rows("show tunnels", want));
	vty_end();
}

static void two_clients(void)
{
	vty_begin("host-name = gw\n"
		  "udp wan { listen = \"192.0.2.1:1701\" }\n"
		  "peer lns { port = wan  dial = \"192.0.2.7:1701\" }\n"
		  "user ann { secret = \"a password\" }\n"
		  "client one { peer = lns  user = ann  secret = \"a password\"  tun = c1  redial "
		  "= 9s }\n"
		  "client two { peer = lns  user = ann  secret = \"a password\"  tun = c2  redial "
		  "= 9s }\n");
	bench_pass(5 * SEC);
	CU_ASSERT_TRUE(vty_rows("show clients",
				"Client Peer State For Device IPv4 Far end Dials Redial in Last "
				"ended\n"
				"one lns up 5s c1 10.100.0.2 10.100.0.1 1 - -\n"
				"two lns up 5s c2 10.100.0.2 10.100.0.1 1 - -\n"));
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench.silent = true;
	bench_hangup(&bench.call[1], L2TP_CDN_LOST_CARRIER, "gone");
	bench_pass(2 * SEC);
	CU_ASSERT_TRUE(vty_rows("show clients",
				"Client Peer State For Device IPv4 Far end Dials Redial in Last "
				"ended\n"
				"one lns up 7s c1 10.100.0.2 10.100.0.1 1 - -\n"
				"two lns waiting 2s - - - 1 7s loss of carrier (gone)\n"));
	vty_end();
}

/* To 10.64.0.77. */
static void peers_packet(void)
{
	const uint8_t pkt[28] = {0x45, 0, 0,  0, 0, 0, 0,  0,  64, 17,
				 0,    0, 10, 0, 0, 1, 10, 64, 0,  77};

	bind_dp_ops.absent(bench.gw, pkt, sizeof(pkt), clock_us);
}

static void two_outgoing(void)
{
	vty_begin("host-name = gw\n"
		  "udp a { listen = \"192.0.2.1:1701\" }\n"
		  "peer lac { port = a  dial = \"192.0.2.9:1701\"  hostname = lac }\n"
		  "pool p { ranges = { 10.64.0.0/24, \"2001:db8:64::/48\" } }\n"
		  "service s { local = 10.64.0.1  pool = p  auth = { chap }  mtu = 1400 }\n"
		  "user ann { secret = \"a password\" }\n"
		  "outgoing site { peer = lac  called = 31101234  service = s  address = "
		  "10.64.0.77 }\n"
		  "outgoing cite { peer = lac  called = 31105678  service = s  address = "
		  "10.64.0.78  prefix = \"2001:db8:64:7::/64\"  routes = { 10.80.0.0/16, "
		  "\"2001:db8:80::/48\" } }\n");
	bench.policy.bearer_caps = 3;
	bench.no_answer = true;
	peers_packet();
	peers_packet();
	bench_pass(3 * SEC);
#define OUTGOING_TITLES "Outgoing Peer Called IPv4 IPv6 Routes State For Calls Waiting Last ended\n"
#define CITE		"cite lac 31105678 10.64.0.78 2001:db8:64:7::/64 10.80.0.0/16 2001:db8:80::/48 "
	CU_ASSERT_TRUE(vty_rows("show outgoing", OUTGOING_TITLES
				"site lac 31101234 10.64.0.77 - - calling 3s 1 2 -\n" CITE
				"idle 3s 0 0 -\n"));
	CU_ASSERT_TRUE(vty_equals("outgoing site call", "% site: is being called\n"));
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	bench.no_answer = false;
	CU_ASSERT_TRUE(vty_equals("outgoing cite call", ""));
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	bench_pass(2 * SEC);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench_hangup(&bench.call[0], L2TP_CDN_BUSY, "no line");
	CU_ASSERT_TRUE(vty_rows("show outgoing", OUTGOING_TITLES
				"site lac 31101234 10.64.0.77 - - idle 0s 1 0 busy (no line)\n" CITE
				"up 2s 1 0 -\n"));
	vty_end();
}

/* A number that the command names, and no section. */
static void a_number_is_called(void)
{
	vty_begin("host-name = gw\n"
		  "udp a { listen = \"192.0.2.1:1701\" }\n"
		  "peer lac { port = a  dial = \"192.0.2.9:1701\"  hostname = lac }\n"
		  "pool p { ranges = { 10.64.0.0/24 } }\n"
		  "service s { local = 10.64.0.1  pool = p  auth = { chap } }\n");
	bench.policy.bearer_caps = 3;
	CU_ASSERT_TRUE(vty_equals("call lac called 5 service t", "% lac: no such service\n"));
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	CU_ASSERT_TRUE(vty_equals("call cal called 5 service s", "% cal: no such peer\n"));
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	CU_ASSERT_TRUE(vty_equals("call lac called 31105 service s", ""));
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	CU_ASSERT_STRING_EQUAL(bench.ocrq.called, "31105");
	vty_end();
}

static const struct test_case cases[] = {
	{"peers_count_their_tunnels", peers_count_their_tunnels},
	{"peers_have_addresses", peers_have_addresses},
	{"tunnels_of_both_sides", tunnels_of_both_sides},
	{"two_clients", two_clients},
	{"two_outgoing", two_outgoing},
	{"a_number_is_called", a_number_is_called},
	{NULL, NULL},
};
const struct test_suite suite_show_peers = {"show_peers", cases};
