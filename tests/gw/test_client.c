/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links we dial, answered by a real L2TP engine and PPP server. */
#include "gw/bind.h"
#include "gw/client.h"
#include "tests/gw/frames.h"

#include <stdio.h>
#include <string.h>

#define CONF(peer)                                                                                \
	"host-name = gw\n"                                                                        \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                                 \
	"peer lns { port = a  dial = \"192.0.2.9:1701\" " peer " }\n"                             \
	"client home { peer = lns  user = ann  secret = \"a password\"  auth = { chap, mschapv2 " \
	"}\n"                                                                                     \
	"  tun = home  routes = { \"10.0.0.0/8\", \"2001:db8::/32\" }  redial = 10s  mtu = 1400 " \
	"}\n"

static struct gw_client *home(void)
{
	return &bench.gw->client[0];
}

static void dials_and_takes_what_it_is_given(void)
{
	const struct dp_call *e = &fake.call[0];

	bench_start(CONF(""));
	bench_pass(0);
	CU_ASSERT_EQUAL(home()->state, CLIENT_UP);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	CU_ASSERT_TRUE(bench.call[0].ip4 && bench.call[0].ip6);
	CU_ASSERT_EQUAL(bench_logged("ppp info: client home: authenticated"), 1);
	CU_ASSERT_EQUAL(e->mode, DP_TERMINAL);
	CU_ASSERT_TRUE(e->client && e->ip4 && e->ip6);
	CU_ASSERT_EQUAL(e->tun, home()->tun);
	CU_ASSERT_EQUAL(fake_said("tun home mtu 1400"), 1);
	CU_ASSERT_EQUAL(fake_said("addr home add 10.100.0.2/32 10.100.0.1/32"), 1);
	CU_ASSERT_EQUAL(fake_said("addr home add link-local"), 1);
	CU_ASSERT_EQUAL(fake_said("route home add 10.0.0.0/8"), 1);
	CU_ASSERT_EQUAL(fake_said("route home add 2001:db8::/32"), 1);
	/* The device appears before anything is sent to it, and goes when nothing is any more. */
	CU_ASSERT(fake_line("tun home", 0) < fake_line("set terminal", 0));
	CU_ASSERT(fake_line("set terminal", 0) < fake_line("addr home add", 0));
	bench_stop();
	CU_ASSERT(fake_line("set punt", (unsigned)fake_line("addr home add link", 0)) <
		  fake_line("untun home", 0));
	CU_ASSERT_EQUAL(fake_said("addr home del 10.100.0.2/32 10.100.0.1/32"), 1);
	CU_ASSERT_EQUAL(fake_said("addr home del link-local"), 1);
	CU_ASSERT_EQUAL(fake_said("untun home"), 1);
}

/* RFC 1661 4.6: the Restart timer, 3 s. */
static void asks_again_when_nothing_comes(void)
{
	bench_start(CONF(""));
	bench.no_ppp = true;
	bench_pass(0);
	CU_ASSERT_EQUAL(fake_said("ppp c021"), 1);
	bench_pass(3 * SEC - 1);
	CU_ASSERT_EQUAL(fake_said("ppp c021"), 1);
	bench_pass(1);
	CU_ASSERT_EQUAL(fake_said("ppp c021"), 2);
	bench_stop();
}

static void dials_again_after_a_cdn(void)
{
	bench_start(CONF(""));
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "maintenance");
	CU_ASSERT_EQUAL(home()->state, CLIENT_WAITING);
	CU_ASSERT_PTR_NOT_NULL(strstr(home()->why.words, "maintenance"));
	CU_ASSERT_EQUAL(fake_said("addr home del 10.100.0.2/32"), 1);
	bench_pass(9 * SEC);
	CU_ASSERT_EQUAL(bench.calls, 1);
	bench_pass(2 * SEC);
	CU_ASSERT_EQUAL(bench.calls, 2);
	CU_ASSERT_EQUAL(home()->state, CLIENT_UP);
	/* In the tunnel that still stood. */
	CU_ASSERT_EQUAL(fake_said("connect"), 1);
	bench_stop();
}

/* 10, 20, 40, 80, 160, 160 s, and 10 s again after it was up. */
static void waits_longer_each_time(void)
{
	static const unsigned waits[] = {10, 20, 40, 80, 160, 160};
	unsigned i;

	bench_start(CONF(""));
	fake.connect_refuses = true;
	bench_pass(0);
	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		CU_ASSERT_EQUAL(home()->state, CLIENT_WAITING);
		CU_ASSERT_EQUAL(home()->next, clock_us + waits[i] * SEC);
		CU_ASSERT_EQUAL(home()->dials, i + 1);
		bench_pass(waits[i] * SEC);
	}
	fake.connect_refuses = false;
	bench_pass(160 * SEC);
	CU_ASSERT_EQUAL(home()->state, CLIENT_UP);
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "");
	CU_ASSERT_EQUAL(home()->next, clock_us + 10 * SEC);
	bench_stop();
}

static void a_channel_coming_up_cuts_the_wait_short(void)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_L2TP};

	bench_start(CONF(""));
	fake.connect_refuses = true;
	bench_pass(SEC);
	CU_ASSERT_EQUAL(home()->state, CLIENT_WAITING);
	fake.connect_refuses = false;
	/* Not a stranger's: he could make us dial at his pace. */
	bind_dp_ops.up(bench.gw, FAR_CHANNEL, &a, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(home()->state, CLIENT_WAITING);
	a.permanent = true;
	bind_dp_ops.up(bench.gw, FAR_CHANNEL, &a, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(home()->state, CLIENT_UP);
	bench_stop();
}

static void an_operator_need_not_wait(void)
{
	bench_start(CONF(""));
	fake.connect_refuses = true;
	bench_pass(SEC);
	fake.connect_refuses = false;
	CU_ASSERT_STRING_EQUAL(client_dial_now(bench.gw, "nobody", clock_us), "no such client");
	CU_ASSERT_PTR_NULL(client_dial_now(bench.gw, "home", clock_us));
	bench_pass(0);
	CU_ASSERT_EQUAL(home()->state, CLIENT_UP);
	CU_ASSERT_PTR_NOT_NULL(client_dial_now(bench.gw, "home", clock_us));
	bench_stop();
}

static void nobody_answers(void)
{
	bench_start(CONF(""));
	bench.silent = true;
	bench_pass(70 * SEC);
	CU_ASSERT_EQUAL(bench.calls, 0);
	CU_ASSERT(home()->why.words[0]);
	bench.silent = false;
	bench_pass(70 * SEC);
	CU_ASSERT_EQUAL(home()->state, CLIENT_UP);
	bench_stop();
}

static void wrong_secret_is_said(void)
{
	bench_start("udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"
		    "client home { peer = lns  user = ann  secret = \"wrong\"  auth = { chap }  "
		    "redial = 10s }\n");
	bench_pass(5 * SEC);
	CU_ASSERT_EQUAL(home()->state, CLIENT_WAITING);
	CU_ASSERT_EQUAL(home()->why.cause, LEG_BY_AUTH);
	CU_ASSERT_EQUAL(home()->why.ppp_direction, 2);
	bench_stop();
}

/* A line for each step, and the gateway's own words for each state. */
static void what_is_logged_of_a_client(void)
{
	static const char *const names[] = {"waiting", "dialling", "up", "ended", "?"};

	for (unsigned i = 0; i <= CLIENT_STATES; i++)
		CU_ASSERT_STRING_EQUAL(client_state_name((enum client_state)i), names[i]);
	bench_start(CONF(""));
	fake.connect_refuses = true;
	bench_pass(0);
	CU_ASSERT_EQUAL(bench_logged("client error: client home: cannot dial: Network is down"), 1);
	fake.connect_refuses = false;
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(bench_logged("client notice: client home: up"), 1);
	CU_ASSERT_EQUAL(bench_logged("client notice: client home: we are 10.100.0.2"), 1);
	CU_ASSERT_EQUAL(bench_logged("ppp info: client home: authenticated"), 1);
	CU_ASSERT_EQUAL(home()->since, clock_us);
	bench_pass(61 * SEC);
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "");
	CU_ASSERT_EQUAL(bench_logged("client notice: client home: down after 1m01s: *"), 1);
	CU_ASSERT_EQUAL(home()->since, clock_us);
	bench.silent = true;
	bench_pass(80 * SEC);
	CU_ASSERT(bench_logged("client notice: client home: not up in *: *") >= 1);
	CU_ASSERT_EQUAL(bench_logged("client notice: client home: we are *"), 1);
	bench_stop();
}

/* What IPCP and IPV6CP gave, each by itself; after the link nothing of it holds. */
static void the_addresses_of_a_client(void)
{
	bench_start(CONF(""));
	bench_pass(0);
	CU_ASSERT_TRUE(home()->ip4 && home()->ip6);
	CU_ASSERT_EQUAL(home()->addr.local4, 0x0a640002);
	CU_ASSERT_EQUAL(home()->addr.peer4, 0x0a640001);
	CU_ASSERT_EQUAL(home()->addr.peer_iid, fake.call[0].peer_iid);
	CU_ASSERT_NOT_EQUAL(home()->addr.local_iid, 0);
	CU_ASSERT_NOT_EQUAL(home()->addr.local_iid, home()->addr.peer_iid);
	CU_ASSERT_TRUE(home()->join && home()->tun);
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "");
	CU_ASSERT_FALSE(home()->ip4 || home()->ip6 || home()->join || home()->tun);
	bench_stop();
}

/* The second of two, by its name. */
static void the_second_client_is_dialled_by_name(void)
{
	bench_start(
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"
		"client one { peer = lns  user = ann  secret = \"a password\" redial = 100s }\n"
		"client two { peer = lns  user = ann  secret = \"a password\" redial = 100s }\n");
	fake.connect_refuses = true;
	bench_pass(0);
	fake.connect_refuses = false;
	CU_ASSERT_PTR_NULL(client_dial_now(bench.gw, "two", clock_us));
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_WAITING);
	CU_ASSERT_EQUAL(bench.gw->client[1].state, CLIENT_UP);
	CU_ASSERT_STRING_EQUAL(client_dial_now(bench.gw, "two", clock_us), "is up");
	bench.silent = true;
	CU_ASSERT_PTR_NULL(client_dial_now(bench.gw, "one", clock_us));
	bench_pass(0);
	CU_ASSERT_STRING_EQUAL(client_dial_now(bench.gw, "one", clock_us), "is dialling");
	bench_stop();
	bench_start(CONF(""));
	fake.connect_refuses = true;
	bench_pass(0);
	bench.gw->phase = GW_CLOSING;
	CU_ASSERT_STRING_EQUAL(client_dial_now(bench.gw, "home", clock_us),
			       "the gateway is ending");
	bench_stop();
}

static void once_only(void)
{
	bench_start("udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"
		    "client home { peer = lns  user = ann  secret = \"a password\"  auth = { chap "
		    "}  redial = 0s }\n");
	bench_pass(0);
	CU_ASSERT_EQUAL(home()->state, CLIENT_UP);
	bench_hangup(&bench.call[0], L2TP_CDN_ADMINISTRATIVE, "");
	CU_ASSERT_EQUAL(home()->state, CLIENT_ENDED);
	bench_pass(100 * SEC);
	CU_ASSERT_EQUAL(bench.calls, 1);
	bench_stop();
}

static void two_links_share_a_tunnel(void)
{
	bench_start(
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"
		"client one { peer = lns  user = ann  secret = \"a password\"  auth = { chap } }\n"
		"client two { peer = lns  user = ann  secret = \"a password\"  auth = { chap } "
		"}\n");
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.calls, 2);
	CU_ASSERT_EQUAL(fake_said("connect"), 1);
	CU_ASSERT_TRUE(bench.call[0].up && bench.call[1].up);
	bench_stop();
}

/* A permanent circuit that is down is not dialled: no packet before it is up, and then at once. */
static void a_circuit_that_is_down_is_waited_for(void)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_L2TP, .permanent = 1};

	bench_start(
		"frame-relay p { link = \"packet:eth0\"  dlci 100 { carries = l2tp } }\n"
		"peer lns { port = p  dial = \"100\" }\n"
		"client home { peer = lns  user = ann  secret = \"a password\"  auth = { chap }\n"
		"  redial = 1000s }\n");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake_said("send"), 0);
	CU_ASSERT_EQUAL(home()->state, CLIENT_WAITING);
	CU_ASSERT_STRING_EQUAL(home()->why.words, "the circuit is down");
	fake.peer = bench.gw->cfg->port[0].circuit[0].config.addr;
	bind_dp_ops.up(bench.gw, FAR_CHANNEL, &a, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(home()->state, CLIENT_UP);
	bench_stop();
}

/* A call that is cleared before the tunnel is up, and one after: the clear cause is the client's.
 */
static void the_clear_cause_stands_in_the_clients_line(void)
{
	struct ist_cause why = {IST_CAUSE_CLEARED, 13, 67, "not obtainable"};

	bench_start(
		"x25 p { link = \"xot:192.0.2.1>192.0.2.9\"  address = 1 }\n"
		"peer lns { port = p  dial = \"31101234\" }\n"
		"client home { peer = lns  user = ann  secret = \"a password\"  auth = { chap }\n"
		"  redial = 10s }\n");
	bench.silent = true;
	bench_pass(0);
	CU_ASSERT_EQUAL(home()->state, CLIENT_DIALLING);
	bind_dp_ops.down(bench.gw, FAR_CHANNEL, &why, true, clock_us);
	CU_ASSERT_EQUAL(home()->state, CLIENT_WAITING);
	CU_ASSERT_STRING_EQUAL(home()->why.words, "not obtainable");
	bench.silent = false;
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(home()->state, CLIENT_UP);
	why.words = "network congestion";
	bind_dp_ops.down(bench.gw, FAR_CHANNEL, &why, true, clock_us);
	CU_ASSERT_EQUAL(home()->state, CLIENT_WAITING);
	CU_ASSERT_STRING_EQUAL(home()->why.words, "network congestion");
	/* It does not stay for the next end, which has a cause of its own. */
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(home()->state, CLIENT_UP);
	bind_dp_ops.down(bench.gw, FAR_CHANNEL, NULL, true, clock_us);
	CU_ASSERT_PTR_NULL(strstr(home()->why.words, "congestion"));
	bench_stop();
}

/* --- multilink: several lines of one client ----------------------------------------------------- */

#define BUNDLE                                                                                   \
	"host-name = gw\n"                                                                       \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                                \
	"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"                                     \
	"client home { peer = lns  user = ann  secret = a  tun = home  redial = 10s  ipv6 = no " \
	" mtu = 1400  multilink = yes }\n"                                                       \
	"client spare { peer = lns  user = ann  secret = a  bundle = home  redial = 10s }\n"

/* Both calls are placed; LCP of each is opened with these options of the server, of so many octets.
 */
static void bundle_begin(const char *options[2], const unsigned len[2])
{
	char ack[2][512], hex[512];

	bench_start(BUNDLE);
	bench.no_ppp = true;
	frames_record();
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 2);
	for (unsigned i = 0; i < 2; i++)
		frames_asked(ack[i]);
	for (unsigned i = 0; i < 2; i++) {
		frames_give(fake.call[i].tid, fake.call[i].sid, ack[i]);
		snprintf(hex, sizeof(hex), "c021 01 01 %04x 0506a0a0a0a0 %s", 10 + len[i],
			 options[i]);
		frames_give(fake.call[i].tid, fake.call[i].sid, hex);
		CU_ASSERT(frames_next("c021 02 01 *"));
		if (!i)
			CU_ASSERT(frames_next("8021 01 01 *"));
	}
}

static void several_lines_are_one_link(void)
{
	const char *options[2] = {"110405dc 130401bb", "110405dc 130401bb"};
	const unsigned len[2] = {8, 8};
	const struct dp_call *b;
	uint16_t number;

	bundle_begin(options, len);
	CU_ASSERT(frames_none());
	CU_ASSERT_EQUAL(fake.call[0].mode, DP_MEMBER);
	CU_ASSERT_EQUAL(fake.call[1].mode, DP_MEMBER);
	number = fake.call[0].to_sid;
	CU_ASSERT_EQUAL(fake.call[1].to_sid, number);
	frames_give(0, number, "8021 03 01 0016 03060a640002 81060a640009 83060a640009");
	CU_ASSERT(frames_next("8021 01 02 0016 03060a640002 81060a640009 83060a640009"));
	frames_give(0, number, "8021 02 02 0016 03060a640002 81060a640009 83060a640009");
	frames_give(0, number, "8021 01 01 000a 03060a640001");
	CU_ASSERT(frames_next("8021 02 01 000a 03060a640001"));
	b = fake_entry(0, number);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	CU_ASSERT_TRUE(b->client && b->ip4);
	CU_ASSERT_EQUAL(b->tun, home()->tun);
	CU_ASSERT_EQUAL(b->bundle.mrru, 1500);
	CU_ASSERT_EQUAL(b->mtu, 1400);
	CU_ASSERT_EQUAL(fake_said("addr home add 10.100.0.2/32 10.100.0.1/32"), 1);
	CU_ASSERT_EQUAL(home()->state, CLIENT_UP);
	CU_ASSERT_EQUAL(bench.gw->client[1].state, CLIENT_UP);
	/* the first line goes, and the addresses stay */
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_EQUAL(home()->state, CLIENT_WAITING);
	CU_ASSERT_TRUE(home()->ip4);
	CU_ASSERT_EQUAL(fake_said("addr home del"), 0);
	CU_ASSERT_EQUAL(fake_said("untun home"), 0);
	CU_ASSERT_EQUAL(fake_entry(0, number)->bundle.link[0].sid, 0);
	/* and with the second one the bundle */
	bench_hangup(&bench.call[1], L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_FALSE(home()->ip4);
	CU_ASSERT_EQUAL(fake_said("addr home del 10.100.0.2/32"), 1);
	CU_ASSERT_EQUAL(fake_said("untun home"), 1);
	CU_ASSERT_PTR_NULL(fake_entry(0, number));
	bench_stop();
}

/* The first line is a link; LCP of the second one is open, and it has answered the challenge.
 * Number of the bundle. */
static uint16_t bundle_challenged(void)
{
	const char *options[2] = {"110405dc 130401bb", "110405dc 130401bb 0305c22305"};
	const unsigned len[2] = {8, 13};

	bundle_begin(options, len);
	frames_give(fake.call[1].tid, fake.call[1].sid,
		    "c223 01 05 0016 10 00112233445566778899aabbccddeeff 78");
	CU_ASSERT(frames_next("c223 02 05 *"));
	CU_ASSERT_EQUAL(fake.call[1].mode, DP_PUNT);
	return fake.call[0].to_sid;
}

/* The server may send by the link as soon as it has let us in, which we hear later. */
static void a_link_is_waited_for_once_its_lcp_is_open(void)
{
	uint16_t number = bundle_challenged();

	CU_ASSERT_TRUE(fake_entry(0, number)->bundle.more);
	frames_give(fake.call[1].tid, fake.call[1].sid, "c223 03 05 0004");
	CU_ASSERT_EQUAL(fake.call[1].mode, DP_MEMBER);
	CU_ASSERT_EQUAL(fake.call[1].to_sid, number);
	CU_ASSERT_FALSE(fake_entry(0, number)->bundle.more);
	CU_ASSERT_EQUAL(fake.strangers, 0);
	bench_stop();
}

static void a_link_that_does_not_come_is_not_waited_for(void)
{
	uint16_t number = bundle_challenged();

	bench_hangup(&bench.call[1], L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_FALSE(fake_entry(0, number)->bundle.more);
	CU_ASSERT_EQUAL(fake_entry(0, number)->bundle.link[0].sid, fake.call[0].sid);
	bench_stop();
}

/* The bundle has gone before the link came: it is the first one of another. */
static void a_link_comes_when_its_bundle_has_gone(void)
{
	uint16_t number = bundle_challenged();
	struct dp_call link = fake.call[1];

	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_PTR_NULL(fake_entry(0, number));
	frames_give(link.tid, link.sid, "c223 03 05 0004");
	link = *fake_entry(link.tid, link.sid);
	CU_ASSERT_EQUAL(link.mode, DP_MEMBER);
	CU_ASSERT_PTR_NOT_NULL_FATAL(fake_entry(0, link.to_sid));
	CU_ASSERT_EQUAL(fake_entry(0, link.to_sid)->bundle.link[0].sid, link.sid);
	CU_ASSERT_FALSE(fake_entry(0, link.to_sid)->bundle.more);
	bench_stop();
}

static void neither_the_bundle_nor_the_link_is_left(void)
{
	uint16_t number = bundle_challenged();

	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "");
	bench_hangup(&bench.call[1], L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_PTR_NULL(fake_entry(0, number));
	bench_stop();
}

static void a_line_of_a_bundle_is_nothing_else(void)
{
	static const struct {
		const char *options;
		unsigned len;
		const char *words;
	} rows[] = {{"", 0, "the server does no multilink"},
		    {"110405dc 130401cc", 8, "another endpoint than that of its bundle"}};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *options[2] = {"110405dc 130401bb", rows[i].options};
		const unsigned len[2] = {8, rows[i].len};

		bundle_begin(options, len);
		frames_give(fake.call[1].tid, fake.call[1].sid, "c021 06 02 0004");
		bench_pass(10 * SEC);
		CU_ASSERT_NOT_EQUAL(bench.gw->client[1].state, CLIENT_UP);
		CU_ASSERT_PTR_NOT_NULL(strstr(bench.gw->client[1].why.words, rows[i].words));
		CU_ASSERT_EQUAL(home()->state, CLIENT_UP);
		bench_stop();
	}
}

/* The gateway ends while its lines are one link. */
static void a_bundle_goes_with_the_gateway(void)
{
	const char *options[2] = {"110405dc", "110405dc"};
	const unsigned len[2] = {4, 4};

	bundle_begin(options, len);
	CU_ASSERT_EQUAL(fake.call[1].mode, DP_MEMBER);
	bench_stop();
}

static const struct test_case cases[] = {
	{"the_clear_cause_stands_in_the_clients_line", the_clear_cause_stands_in_the_clients_line},
	{"dials_and_takes_what_it_is_given", dials_and_takes_what_it_is_given},
	{"asks_again_when_nothing_comes", asks_again_when_nothing_comes},
	{"dials_again_after_a_cdn", dials_again_after_a_cdn},
	{"waits_longer_each_time", waits_longer_each_time},
	{"a_channel_coming_up_cuts_the_wait_short", a_channel_coming_up_cuts_the_wait_short},
	{"an_operator_need_not_wait", an_operator_need_not_wait},
	{"nobody_answers", nobody_answers},
	{"wrong_secret_is_said", wrong_secret_is_said},
	{"what_is_logged_of_a_client", what_is_logged_of_a_client},
	{"the_addresses_of_a_client", the_addresses_of_a_client},
	{"the_second_client_is_dialled_by_name", the_second_client_is_dialled_by_name},
	{"once_only", once_only},
	{"two_links_share_a_tunnel", two_links_share_a_tunnel},
	{"a_circuit_that_is_down_is_waited_for", a_circuit_that_is_down_is_waited_for},
	{"several_lines_are_one_link", several_lines_are_one_link},
	{"a_link_is_waited_for_once_its_lcp_is_open", a_link_is_waited_for_once_its_lcp_is_open},
	{"a_link_that_does_not_come_is_not_waited_for",
	 a_link_that_does_not_come_is_not_waited_for},
	{"a_link_comes_when_its_bundle_has_gone", a_link_comes_when_its_bundle_has_gone},
	{"neither_the_bundle_nor_the_link_is_left", neither_the_bundle_nor_the_link_is_left},
	{"a_line_of_a_bundle_is_nothing_else", a_line_of_a_bundle_is_nothing_else},
	{"a_bundle_goes_with_the_gateway", a_bundle_goes_with_the_gateway},
	{NULL, NULL},
};
const struct test_suite suite_client = {"client", cases};
