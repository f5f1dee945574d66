/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every command of the VTY: what it shows, in full, and what it does. */
#include "gw/operator/vty.h"

#include "gw/bind.h"
#include "gw/client.h"
#include "tests/gw/operator/says.h"
#include "tests/heap.h"
#include <osmocom/core/talloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONF                                                                          \
	"host-name = gw\n"                                                            \
	"udp wan { listen = \"192.0.2.1:1701\" }\n"                                   \
	"udp b { listen = \"192.0.2.1:1702\" }\n"                                     \
	"peer lac { port = wan  service = gold  address = \"192.0.2.0/24\" }\n"       \
	"peer other { port = b  hostname = lns  dial = \"192.0.2.7:1701\" }\n"        \
	"pool p { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/56\" } }\n"            \
	"service gold { local = 10.64.0.1  pool = p  auth = { chap }  mtu = 1400 }\n" \
	"user ann { secret = \"a password\" }\n"                                      \
	"client home { peer = other  user = ann  secret = \"a password\"  redial = 9s }\n"

/* As the manual has them: what shows is there for all, what changes something in enabled mode. */
static void every_command(void)
{
	static const char *const shows[] = {
		"show summary",	     "show ports",	  "show captures",  "show plugins",
		"show peers",	     "show tunnels",	  "show clients",   "show outgoing",
		"show calls",	     "show calls detail", "show pools",	    "show services",
		"show log",	     "show counters",	  "show lines",	    "show joins",
		"show joins detail", "show bundles",	  "show routes",    "show route user ann",
		"show filters",	     "show trials",	  "show processes", "show history failures",
		"show failures",     "show version"};
	static const struct {
		const char *command, *told;
	} changes[] = {
		{"clear tunnel 65535", "% No tunnel 65535\n"},
		{"ping tunnel 65535", "% tunnel 65535: there is no such tunnel\n"},
		{"clear call 65535 1", "% No tunnel 65535\n"},
		{"call 65535 1 sequencing on", "% No tunnel 65535\n"},
		{"call 65535 1 sequencing off", "% No tunnel 65535\n"},
		{"client nobody dial", "% nobody: no such client\n"},
		{"call nobody called 5 service gold", "% nobody: no such peer\n"},
		{"outgoing nobody call", "% nobody: no such section\n"},
		{"capture nowhere x.pcap", "% nowhere: no such port\n"},
		{"no capture wan", "% No capture of wan\n"},
		{"call 65535 1 filter in ip", "% No tunnel 65535\n"},
		{"call 65535 1 filter out ip", "% No tunnel 65535\n"},
		{"call 65535 1 ppp-filter in ip", "% No tunnel 65535\n"},
		{"call 65535 1 ppp-filter out ip", "% No tunnel 65535\n"},
		{"no call 65535 1 filter in", "% No tunnel 65535\n"},
		{"no call 65535 1 ppp-filter out", "% No tunnel 65535\n"},
		{"upgrade", "% No upgrade: there is no keeper to do it (workers = 0)\n"},
	};

	vty_begin(CONF);
	for (size_t i = 0; i < sizeof(shows) / sizeof(shows[0]); i++) {
		vty_says_in(VIEW_NODE, shows[i]);
		CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
		vty_says(shows[i]);
		CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	}
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		CU_ASSERT_TRUE(vty_equals(changes[i].command, changes[i].told));
		CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
		CU_ASSERT_STRING_EQUAL(vty_says_in(VIEW_NODE, changes[i].command), "");
		CU_ASSERT_NOT_EQUAL(vty_result, CMD_WARNING);
	}
	CU_ASSERT_TRUE(vty_matches(
		"show version", "isthmus *\nLicense GPL-2.0-or-later: *There is NO WARRANTY*\n"));
	vty_end();
}

/* What is left out is said once, also when there is memory again. */
static void a_table_without_memory(void)
{
	vty_begin(CONF);
	heap_refuse(2); /* the text of the table, its titles, the first row */
	vty_says("show peers");
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	CU_ASSERT_EQUAL(strncmp(vty_told, "Peer  ", 6), 0);
	CU_ASSERT_STRING_EQUAL(strchr(vty_told, '\n') + 1,
			       "% Out of memory: the rest is left out\n");
	vty_end();
}

/* Commands go to the leg of the call that is named, whether it is the first of its join or not: the
 * far LAC's is the second, and we are its LNS. */
static void a_switched_call(void)
{
	const struct dp_call *in, *out;
	char command[80], want[160];

	vty_begin(VTY_SWITCH);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 2);
	in = fake.call[0].data.lns ? &fake.call[0] : &fake.call[1];
	out = fake.call[0].data.lns ? &fake.call[1] : &fake.call[0];
	snprintf(command, sizeof(command), "call %u %u sequencing on", in->tid, in->sid);
	CU_ASSERT_TRUE(vty_equals(command, ""));
	CU_ASSERT_TRUE(in->data.send_seq && !out->data.send_seq);
	snprintf(command, sizeof(command), "call %u %u sequencing on", out->tid, out->sid);
	snprintf(want, sizeof(want),
		 "%% %u/%u: only the LNS says whether data is sequenced, and we are the LAC\n",
		 out->tid, out->sid);
	CU_ASSERT_TRUE(vty_equals(command, want));
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	snprintf(command, sizeof(command), "call %u %u ppp-filter in link proto 1", in->tid,
		 in->sid);
	CU_ASSERT_TRUE(vty_equals(command, ""));
	CU_ASSERT_TRUE(in->filter[DP_FILTER_PPP_IN] == 1 && !out->filter[DP_FILTER_PPP_IN]);
	snprintf(command, sizeof(command), "call %u %u ppp-filter out link proto 1", out->tid,
		 out->sid);
	CU_ASSERT_TRUE(vty_equals(command, ""));
	CU_ASSERT_TRUE(out->filter[DP_FILTER_PPP_OUT] == 2 && !in->filter[DP_FILTER_PPP_OUT]);
	snprintf(want, sizeof(want),
		 "Of Filter In force Passed Dropped Expression\n"
		 "call %u/%u ppp-filter-out 1 20 2 link proto 1\n"
		 "call %u/%u ppp-filter-in 1 10 1 link proto 1\n",
		 out->tid, out->sid, in->tid, in->sid);
	CU_ASSERT_TRUE(vty_rows("show filters", want));
	snprintf(command, sizeof(command), "clear call %u %u", in->tid, in->sid);
	CU_ASSERT_TRUE(vty_equals(command, ""));
	bench_pass(5 * SEC);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	vty_end();
}

static void tables_by_their_commands(void)
{
	vty_begin(CONF);
	for (unsigned i = 0; operator_tables[i]; i++) {
		const struct table *t = operator_tables[i];
		char command[64];

		snprintf(command, sizeof(command), "show %s", t->name);
		vty_says(command);
		CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
		if (t == &table_plugins) {
			CU_ASSERT_STRING_EQUAL(vty_told, "No plugin-dir is configured.\n");
			continue;
		}
		CU_ASSERT_EQUAL(strncmp(vty_told, t->column[0].title, strlen(t->column[0].title)),
				0);
	}
	CU_ASSERT_TRUE(vty_matches("show log",
				   "Category   Level  About\n"
				   "main       fatal  start, stop, configuration\n"
				   "port       fatal  ports: opened, failed, opened again\n*"
				   "client     fatal  links that we dial\n"));
	vty_end();
}

static void summary(void)
{
	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	bench_pass(61 * SEC);
	CU_ASSERT_TRUE(vty_matches("show summary",
				   "version      isthmus *\n"
				   "host name    gw\n"
				   "file         test.conf\n"
				   "up for       1m01s\n"
				   "workers      1\n"
				   "ports        2 of 2 open\n"
				   "tunnels      1 of *\n"
				   "half-open    1 of *, the most from one source 0 of *\n"
				   "calls        2 of *\n"
				   "lines        0 of 65535\n"
				   "joins        2\n"
				   "log-ins      0 waiting, 0 locked, 1 of * entries\n"
				   "vty          0 of 64 connections\n"
				   "control      0 of 64 clients\n"
				   "descriptors  * of *, * kept for the operator\n"
				   "clients      0 of 1 up\n"
				   "frames       12 in, 0 out, 7 dropped\n"));
	vty_end();
}

static void summary_of_clients(void)
{
	vty_begin("host-name = gw\n"
		  "udp a { listen = \"192.0.2.1:1701\" }\n"
		  "peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"
		  "client home { peer = lns  user = ann  secret = \"a password\" }\n"
		  "client site { peer = lns  user = ann  secret = \"another\" }\n"
		  "client work { peer = lns  user = ann  secret = \"a password\" }\n");
	bench_pass(0);
	CU_ASSERT_TRUE(vty_matches("show summary",
				   "*\nports        1 of 1 open\n*\nclients      2 of 3 up\n*"));
	fake.port_refuses = true;
	bind_dp_ops.port_failed(bench.gw, 0, -5, "gone", clock_us);
	CU_ASSERT_TRUE(vty_matches("show summary",
				   "*\nports        0 of 1 open\n*\nclients      0 of 3 up\n*"));
	vty_end();
}

/* We are LNS of ann's call; LAC of our client's, whose tunnel has no answer yet. */
static void calls_in_detail(void)
{
	const struct dp_call *e;
	struct far_call *c;
	char want[1500];

	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	fake.stats = (struct dp_call_stats){.rx_frames = 3,
					    .tx_frames = 4,
					    .drops = 5,
					    .rx_octets = 30,
					    .tx_octets = 40,
					    .seq_lost = 6,
					    .seq_late = 7,
					    .seq_reordered = 8,
					    .filtered_in = 9,
					    .filtered_out = 10};
	e = fake.call[0].data.lns ? &fake.call[0] : &fake.call[1];
	bench_pass(7 * SEC);
	snprintf(want, sizeof(want),
		 "*call %u/%u, we are LNS of peer lac, established, for 7s\n"
		 "  tunnel  wan 192.0.2.7:1701 (lac), peer's ids %u/%u, serial *\n"
		 "  join    call %u/%u up - server up, user ann\n"
		 "  ppp     network: LCP Opened, IPCP Opened, IPV6CP Opened; authentication chap\n"
		 "  link    MRU 1400 in, 1500 out; we compress nothing; peer compresses nothing\n"
		 "  ip      10.64.0.1 to 10.64.0.2; interface ids * to *\n"
		 "  frames  in 3 (30 octets), out 4 (40 octets), dropped 5\n"
		 "  filter  dropped 9 of those in, and 10 on the way out\n"
		 "  order   not sequenced; lost 6, late 7, put in order 8\n*",
		 e->tid, e->sid, e->data.peer_tid, e->data.peer_sid, e->tid, e->sid);
	CU_ASSERT_TRUE(vty_matches("show calls detail", want));
	CU_ASSERT_TRUE(vty_matches("show calls detail",
				   "*call */*, we are LAC of peer other, *, for 7s\n"
				   "  tunnel  b 192.0.2.7:1701 (), peer's ids 0/0, serial *\n"
				   "  join    call */* * - client *, user *\n*"));
	vty_end();
}

static void clear_a_tunnel(void)
{
	char command[64];

	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_STRING_EQUAL(vty_says("clear tunnel 65535"), "% No tunnel 65535\n");
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	snprintf(command, sizeof(command), "clear tunnel %u",
		 fake.call[0].data.lns ? fake.call[0].tid : fake.call[1].tid);
	CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	bench_pass(0);
	CU_ASSERT_TRUE(bench.tunnel_down);
	CU_ASSERT_EQUAL(bench.stop_result.result, 1); /* RFC 2661 4.4.2: cleared */
	CU_ASSERT_STRING_EQUAL(bench.stop_result.text, "cleared by operator");
	CU_ASSERT_EQUAL(
		bench_logged("tunnel notice: tunnel *: down with lac on wan 192.0.2.7:1701: "
			     "*cleared by operator*"),
		1);
	vty_end();
}

static void clear_a_call(void)
{
	const struct dp_call *e;
	struct far_call *c;
	char command[64], want[80];

	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	e = fake.call[0].data.lns ? &fake.call[0] : &fake.call[1];
	CU_ASSERT_STRING_EQUAL(vty_says("clear call 65535 1"), "% No tunnel 65535\n");
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	snprintf(command, sizeof(command), "clear call %u %u", e->tid, e->sid ^ 1);
	snprintf(want, sizeof(want), "%% No call %u in tunnel %u\n", e->sid ^ 1, e->tid);
	CU_ASSERT_STRING_EQUAL(vty_says(command), want);
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	snprintf(command, sizeof(command), "clear call %u %u", e->tid, e->sid);
	CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	bench_pass(10 * SEC);
	CU_ASSERT_PTR_NULL(c->call);
	CU_ASSERT_EQUAL(c->result.result, 3); /* RFC 2661 4.4.2: administrative reasons */
	CU_ASSERT_TRUE(c->down);	      /* PPP was terminated first */
	CU_ASSERT_EQUAL(c->why, PPP_WHY_PEER);
	vty_end();
}

/* Quotes around an expression are as in the configuration; the words of a mistake are libpcap's. */
static void filters_of_a_call(void)
{
	const struct dp_call *e;
	char command[120], id[30];

	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	e = fake.call[0].data.lns ? &fake.call[0] : &fake.call[1];
	snprintf(id, sizeof(id), "%u %u", e->tid, e->sid);
	snprintf(command, sizeof(command), "call %s filter in \"not port 25\"", id);
	CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	CU_ASSERT_EQUAL(e->filter[DP_FILTER_IP_IN], 1);
	snprintf(command, sizeof(command), "call %s ppp-filter out not link proto 1", id);
	CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	CU_ASSERT_EQUAL(e->filter[DP_FILTER_PPP_OUT], 2);
	snprintf(command, sizeof(command),
		 "*call %u/%u * filter-in * 1 * 10 * 1 * not port 25\n*ppp-filter-out * 1 * 20 * 2 "
		 "* not "
		 "link proto 1\n*",
		 e->tid, e->sid);
	CU_ASSERT_TRUE(vty_matches("show filters", command));
	snprintf(command, sizeof(command), "call %s filter out prot 25", id);
	CU_ASSERT_TRUE(vty_matches(command, "% */*: *\n"));
	CU_ASSERT_EQUAL(e->filter[DP_FILTER_IP_OUT], 0);
	snprintf(command, sizeof(command), "no call %s filter in", id);
	CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	CU_ASSERT_EQUAL(e->filter[DP_FILTER_IP_IN], 0);
	CU_ASSERT_STRING_EQUAL(vty_says("call 65535 1 filter in ip"), "% No tunnel 65535\n");
	vty_end();
}

/* Each limit and filter with the section it is of. */
static void a_call_tells_what_is_in_force(void)
{
	const struct dp_call *e;
	char command[120];

	vty_begin("udp wan { listen = \"192.0.2.1:1701\" }\npeer lac { service = gold }\n"
		  "service gold { local = 10.64.0.1  auth = { chap }  idle = 30m  session = 8h\n"
		  "  filter-in = \"tcp\"  filter-out = \"not port 25\" }\n"
		  "user ann { secret = \"a password\"  address = 10.64.0.9  session = 0\n"
		  "  filter-in = \"udp\" }\nuser bob { secret = b  filter-in = \"icmp\" }\n");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	e = &fake.call[0];
	CU_ASSERT_TRUE(vty_matches("show filters",
				   "Of *Filter *In force *Passed *Dropped *Expression*\n"
				   "service gold *filter-in *0 *10 *1 *tcp*\n"
				   "service gold *filter-out *1 *20 *2 *not port 25*\n"
				   "user ann *filter-in *1 *30 *3 *udp*\n"
				   "user bob *filter-in *0 *40 *4 *icmp*\n"));
	CU_ASSERT_TRUE(vty_matches("show calls detail",
				   "*\n  ends    idle 30m00s (service's), session never (user's)\n"
				   "  filter  filter-in of user ann: udp\n"
				   "  filter  filter-out of service gold: not port 25\n"
				   "  frames *"));
	snprintf(command, sizeof(command), "call %u %u filter out ip", e->tid, e->sid);
	CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	CU_ASSERT_TRUE(
		vty_matches("show calls detail", "*\n  filter  filter-out of call */*: ip\n*"));
	CU_ASSERT_TRUE(vty_matches("show joins detail", "call */* up - server* up, for *\n"
							"  filter  filter-in of user ann: udp\n"
							"  filter  filter-out of call */*: ip\n"));
	vty_end();
}

static void sequencing_of_a_call(void)
{
	const struct dp_call *e;
	char command[64], id[32], want[200];

	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	e = fake.call[0].data.lns ? &fake.call[0] : &fake.call[1];
	snprintf(id, sizeof(id), "%u %u", e->tid, e->sid);
	CU_ASSERT_FALSE(e->data.send_seq);
	snprintf(command, sizeof(command), "call %s sequencing on", id);
	CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	CU_ASSERT_TRUE(e->data.send_seq);
	snprintf(command, sizeof(command), "call %s sequencing off", id);
	CU_ASSERT_STRING_EQUAL(vty_says(command), "");
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	CU_ASSERT_FALSE(e->data.send_seq);
	CU_ASSERT_STRING_EQUAL(vty_says("call 65535 1 sequencing on"), "% No tunnel 65535\n");
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	/* The LNS decides (RFC 2661 5.4); of our client's call we are the LAC. */
	e = fake.call[0].data.lns ? &fake.call[1] : &fake.call[0];
	if (fake.calls > 1) {
		snprintf(command, sizeof(command), "call %u %u sequencing on", e->tid, e->sid);
		snprintf(want, sizeof(want), "%% %u/%u: ?*\n", e->tid, e->sid);
		CU_ASSERT_TRUE(vty_matches(command, want));
		CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	}
	vty_end();
}

static void dial_a_client(void)
{
	vty_begin(CONF);
	CU_ASSERT_TRUE(vty_matches("client nobody dial", "% nobody: ?*\n"));
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	bench_pass(0);
	CU_ASSERT_TRUE(vty_matches("client home dial", "% home: ?*\n")); /* it dials */
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	bench_pass(32 * SEC); /* its tunnel is given up after 31 s, RFC 2661 5.8 */
	CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_WAITING);
	CU_ASSERT_TRUE(vty_matches("show clients", "*\nhome*other*waiting*1s*-*-*-*1*8s*"));
	CU_ASSERT_STRING_EQUAL(vty_says("client home dial"), "");
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->client[0].dials, 2);
	vty_end();
}

static void captures(void)
{
	char path[80];

	vty_begin(CONF);
	CU_ASSERT_TRUE(vty_matches("capture nowhere x.pcap", "% nowhere: ?*\n"));
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	CU_ASSERT_STRING_EQUAL(vty_says("no capture wan"), "% No capture of wan\n");
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	CU_ASSERT_STRING_EQUAL(vty_says("capture wan x.pcap"), "");
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	CU_ASSERT_EQUAL(fake_said("tap 0 on"), 1);
	CU_ASSERT_TRUE(vty_matches("show captures",
				   "Port  File    Files  Frames  Octets  Lost  State\n"
				   "wan   x.pcap      0       0       0     0  running\n"));
	CU_ASSERT_STRING_EQUAL(vty_says("no capture wan"), "");
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	CU_ASSERT_EQUAL(fake_said("tap 0 off"), 1);
	snprintf(path, sizeof(path), "%s/x.pcap", vty_folder);
	unlink(path);
	vty_end();
}

static void levels_of_the_log(void)
{
	vty_begin(CONF);
	CU_ASSERT_STRING_EQUAL(vty_says("log level tunnel debug"), "");
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	CU_ASSERT_STRING_EQUAL(gw_log_level(GW_LOG_TUNNEL), "debug");
	CU_ASSERT_STRING_EQUAL(gw_log_level(GW_LOG_CALL), "fatal");
	CU_ASSERT_STRING_EQUAL(vty_says("log level all fatal"), "");
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	CU_ASSERT_STRING_EQUAL(gw_log_level(GW_LOG_TUNNEL), "fatal");
	vty_end();
}

/* The configuration is a file: nothing here shows another, changes or writes it. */
static void no_command_configures(void)
{
	static const char *const wrong[] = {"write",
					    "write file",
					    "write terminal",
					    "copy running-config startup-config",
					    "configure terminal",
					    "show running-config",
					    "show startup-config",
					    "shutdown activate",
					    "show alarms"};

	vty_begin(CONF);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		vty_says(wrong[i]);
		CU_ASSERT_EQUAL(vty_result, CMD_ERR_NO_MATCH);
	}
	vty_says("show version");
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	vty_end();
}

#define ROUTES                                                       \
	"host-name = gw\n"                                           \
	"udp wan { listen = \"192.0.2.1:1701\" }\n"                  \
	"udp b { listen = \"192.0.2.1:1702\" }\n"                    \
	"peer lac { port = wan  address = \"192.0.2.0/24\" }\n"      \
	"peer lac2 { port = b  hostname = \"lac2\" }\n"              \
	"peer one { port = b  dial = \"192.0.2.7:1701\" }\n"         \
	"peer two { port = b  dial = \"192.0.2.8:1701\" }\n"         \
	"route r-user { realm = \"*@isp\"  to = one }\n"             \
	"route r-called { called = \"3110*\"  to = { one, two } }\n" \
	"route r-calling { calling = \"49*\"  to = two }\n"          \
	"route r-peer { from-peer = lac2  to = two }\n"

static void routes(void)
{
	static const struct {
		const char *words, *answer;
		int result;
	} rows[] = {
		{"port nowhere", "% port: no port of this name\n", CMD_WARNING},
		{"peer nobody", "% peer: no peer of this name\n", CMD_WARNING},
		{"user", "% user: its value is missing\n", CMD_WARNING},
		{"called 1 peer", "% peer: its value is missing\n", CMD_WARNING},
		{"colour red",
		 "% colour: not port, peer, circuit, called, calling, service-name or user\n",
		 CMD_WARNING},
		{"user ann@isp", "route r-user, to one*\n", CMD_SUCCESS},
		{"user ann@ips", "no route*\n", CMD_SUCCESS},
		{"called 31101234", "route r-called (not r-user: no user is known), to one\n",
		 CMD_SUCCESS},
		{"service-name 31101234", "route r-called (not r-user: no user is known), to one\n",
		 CMD_SUCCESS},
		{"calling 4930",
		 "route r-calling (not r-user: *, not r-called: no called address is known), to "
		 "two\n",
		 CMD_SUCCESS},
		{"peer lac2",
		 "route r-peer (*not r-calling: it is not for calls of this peer), to two\n",
		 CMD_SUCCESS},
		{"peer lac port wan circuit 192.0.2.9:1701", "no route*\n", CMD_SUCCESS},
	};

	vty_begin(ROUTES);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char command[100];

		snprintf(command, sizeof(command), "show route %s", rows[i].words);
		CU_ASSERT_TRUE(vty_matches(command, rows[i].answer));
		CU_ASSERT_EQUAL(vty_result, rows[i].result);
	}
	CU_ASSERT_TRUE(vty_matches("show routes",
				   "Route      Calls  Peer  Priority  Weight  Passed over for\n"
				   "r-user         0  one          *       *  -\n"
				   "r-called       0  one          *       *  -\n"
				   "r-called       0  two          *       *  -\n"
				   "r-calling      0  two          *       *  -\n"
				   "r-peer         0  two          *       *  -\n"));
	vty_end();
}

/* One in good order is none. */
static void failures(void)
{
	static const char conf[] = "host-name = gw\n"
				   "udp wan { listen = \"192.0.2.1:1701\" }\n"
				   "peer lac { hostname = lac  service = gold }\n"
				   "pool p { ranges = { \"10.64.0.0/24\" } }\n"
				   "service gold { local = 10.64.0.1  pool = p  auth = { chap } }\n"
				   "user ann { secret = \"a password\" }\n";
	struct leg_end end = leg_end(LEG_BY_OPERATOR, "cleared");

	vty_begin(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	join_end(bench_join(), &end, clock_us);
	bench_pass(3 * SEC);
	CU_ASSERT_FALSE(bench_call("ann", "no password", PPP_AUTH_CHAP_MD5)->ip4);
	bench_pass(61 * SEC);
	CU_ASSERT_FALSE(bench_dial("stranger"));
	CU_ASSERT_TRUE(
		vty_matches("show history failures",
			    "  Ago  What *From *User *Reason\n"
			    "*s  tunnel *192.0.2.* stranger *no peer section for this host name\n"
			    "*1m*s  call */* - server *192.0.2.* ann *authentication: *\n"));
	CU_ASSERT_PTR_NULL(strstr(vty_told, "cleared"));
	vty_end();
}

static void joins_in_detail(void)
{
	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	bench_pass(7 * SEC);
	CU_ASSERT_TRUE(vty_matches("show joins detail", "*call */* up - server* up, for 7s\n*"));
	vty_end();
}

static const struct test_case cases[] = {
	{"every_command", every_command},
	{"a_table_without_memory", a_table_without_memory},
	{"a_switched_call", a_switched_call},
	{"routes", routes},
	{"joins_in_detail", joins_in_detail},
	{"failures", failures},
	{"tables_by_their_commands", tables_by_their_commands},
	{"summary", summary},
	{"summary_of_clients", summary_of_clients},
	{"calls_in_detail", calls_in_detail},
	{"clear_a_tunnel", clear_a_tunnel},
	{"clear_a_call", clear_a_call},
	{"filters_of_a_call", filters_of_a_call},
	{"a_call_tells_what_is_in_force", a_call_tells_what_is_in_force},
	{"sequencing_of_a_call", sequencing_of_a_call},
	{"dial_a_client", dial_a_client},
	{"captures", captures},
	{"levels_of_the_log", levels_of_the_log},
	{"no_command_configures", no_command_configures},
	{NULL, NULL},
};
const struct test_suite suite_vty = {"vty", cases};
