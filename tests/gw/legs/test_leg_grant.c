/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What RADIUS grants to users of a service, as the client and the data plane see it. */
#include "gw/bind.h"
#include "gw/legs/ra.h"
#include "tests/gw/fake_radius.h"
#include "tests/gw/frames.h"
#include "tests/gw/operator/says.h"
#include "tests/heap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CONF_OF(keys, more)                                                                   \
	"host-name = gw\nlogin-delay = 0\n"                                                   \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                             \
	"peer lac { service = s }\n"                                                          \
	"radius r { server \"192.0.2.9\" { secret = \"0123456789abcdef\" } }\n"               \
	"pool p { ranges = { \"10.64.0.0/29\", \"2001:db8:64::/56\" } }\n"                    \
	"pool q { ranges = { \"10.65.0.0/29\", \"2001:db8:65::/56\" } }\n"                    \
	"filter web { filter-in = \"tcp port 80\" }\n"                                        \
	"filter out { filter-out = \"not port 25\" }\n"                                       \
	"service s { local = 10.64.0.1  pool = p  tun = ist0  mtu = 1400  radius = r  dns = " \
	"10.64.0.1 " keys " }\n" more
#define CONF CONF_OF("", "")

/* Whoever comes is let in with these attributes. */
static struct far_call *granted_on(const char *conf, const char *attrs)
{
	struct far_call *c;

	fake_radius_accept(attrs);
	bench_start_kept(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "x", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	return c;
}

static struct far_call *granted(const char *attrs)
{
	struct far_call *c = granted_on(CONF, attrs);

	CU_ASSERT_TRUE_FATAL(c->ip4 && c->ip6);
	return c;
}

static void granted_end(void)
{
	bench_stop();
	fake_radius = (struct fake_radius){0};
}

/* Nobody is let in by these; why, and what the client is told. */
static void not_granted(const char *attrs, const char *logged, const char *told)
{
	struct far_call *c = granted_on(CONF, attrs);
	char line[200];

	CU_ASSERT_TRUE(c->down && !c->ip4);
	CU_ASSERT_STRING_EQUAL(c->said, told);
	snprintf(line, sizeof(line), "aaa *: call */*: refused from *: user ann: %s", logged);
	CU_ASSERT_EQUAL(bench_logged(line), 1);
	granted_end();
}

/* --- name servers, sizes, words ---------------------------------------------------------------- */

/* RFC 2548 2.5.1: those of the service are none then. */
static void name_servers_go_to_the_client(void)
{
	struct far_call *c = granted("1a0c00000137 1c06 0a000035");

	CU_ASSERT_EQUAL(c->got.dns4[0], 0x0a000035);
	CU_ASSERT_EQUAL(c->got.dns4[1], 0);
	granted_end();
	c = granted("");
	CU_ASSERT_EQUAL(c->got.dns4[0], 0x0a400001);
	granted_end();
}

/* RFC 2865 5.12: what LCP has agreed may be less; IPv6 needs 1280 (RFC 8200 section 5). */
static void framed_mtu_is_a_maximum(void)
{
	granted("0c0600000514");
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1300);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1300);
	granted_end();
	granted("0c06000007d0");
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1400);
	granted_end();
	granted("0c0600000300");
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1280);
	granted_end();
	CU_ASSERT_TRUE(granted_on(CONF_OF("ipv6 = no", ""), "0c0600000300")->ip4);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 768);
	granted_end();
}

#define PAP_ANN "c023 01 01 000a 03616e6e 0161"

/* The client has sent its name and password. */
static const struct dp_call *granted_pap(const char *options, unsigned len)
{
	const struct dp_call *at = frames_lcp(options, len);

	frames_give(at->tid, at->sid, PAP_ANN);
	return at;
}

/* RFC 2865 5.18, RFC 1334 2.2.2: in the answer, and in the Terminate-Request behind a refusal. */
static void words_of_the_server_reach_the_client(void)
{
	fake_radius_accept("120748656c6c6f");
	bench_start(CONF_OF("auth = pap", ""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	frames_record();
	granted_pap("", 0);
	CU_ASSERT(frames_next("c023 02 01 000a 05 48656c6c6f"));
	CU_ASSERT(frames_next("8021 01 *"));
	CU_ASSERT(frames_next("8057 01 *"));
	fake_radius.code = RADIUS_ACCESS_REJECT;
	granted_pap("", 0);
	CU_ASSERT(frames_next("c023 03 01 000a 05 48656c6c6f"));
	CU_ASSERT(frames_next("c021 05 ?? 0009 48656c6c6f"));
	CU_ASSERT_EQUAL(bench_logged("aaa *: user ann: Hello"), 1);
	/* without words it is our own */
	fake_radius.attrs = "";
	bench_pass(10 * SEC);
	frames_record();
	granted_pap("", 0);
	CU_ASSERT(frames_next("c023 03 01 001a 15 41757468656e7469636174696f6e206661696c6564"));
	granted_end();
}

/* RFC 2548 2.1.5, RFC 2759 section 6: "E=648 R=1 C=00 V=3 M=late" becomes "E=648 R=0 ..." */
static void an_error_of_mschap_reaches_the_client(void)
{
	const struct dp_call *at;
	char hex[2 * 64];

	fake_radius_accept("1a22 00000137 021c 07 "
			   "453d36343820523d3120433d303020563d33204d3d6c617465");
	fake_radius.code = RADIUS_ACCESS_REJECT;
	bench_start(CONF_OF("auth = mschapv2", ""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	frames_record();
	at = frames_lcp("", 0);
	CU_ASSERT(frames_next("c223 01 *"));
	snprintf(hex, sizeof(hex), "c223 02 01 0039 31 %098d 616e6e", 0);
	frames_give(at->tid, at->sid, hex);
	CU_ASSERT(frames_next("c223 04 01 003b 453d36343820523d3020433d*"));
	CU_ASSERT(frames_next("c021 05 ?? 0008 6c617465"));
	granted_end();
}

/* --- filters ----------------------------------------------------------------------------------- */

static void a_filter_is_named(void)
{
	granted("0b05776562");
	CU_ASSERT_NOT_EQUAL(fake.call[0].filter[DP_FILTER_IP_IN], 0);
	CU_ASSERT_EQUAL(fake.call[0].filter[DP_FILTER_IP_OUT], 0);
	bench_kill(NULL);
	CU_ASSERT_NOT_EQUAL(fake.call[0].filter[DP_FILTER_IP_IN], 0);
	CU_ASSERT_EQUAL(fake.call[0].filter[DP_FILTER_IP_OUT], 0);
	granted_end();
}

/* Without it he could do what he may not. */
static void a_filter_that_is_not_there_is_a_refusal(void)
{
	not_granted("0b05776570", "the filter that its Filter-Id names is not configured",
		    "not authorized");
	not_granted("0b0577 6562 0b056f7574", "Authentication failed", "Authentication failed");
}

/* Nor when today's configuration has it no more. */
static void a_filter_that_is_gone_ends_the_call(void)
{
	struct far_call *c = granted("0b05776562");

	bench_kill("host-name = gw\n"
		   "udp a { listen = \"192.0.2.1:1701\" }\n"
		   "peer lac { service = s }\n"
		   "pool p { ranges = { \"10.64.0.0/29\", \"2001:db8:64::/56\" } }\n"
		   "service s { local = 10.64.0.1  pool = p  tun = ist0  mtu = 1400 }\n");
	bench_pass(10 * SEC);
	CU_ASSERT_TRUE(c->down || !c->call);
	CU_ASSERT_EQUAL(fake.calls, 0);
	granted_end();
}

/* One that the server names when it is asked again; the rest is of the log-in. */
static void a_later_answer_changes_the_filter(void)
{
	struct far_call *c = granted_on(CONF_OF("rechallenge = 1m", ""), "0b05776562 0c0600000514");

	fake_radius.attrs = "0b056f7574 0c0600000550";
	bench_pass(90 * SEC);
	CU_ASSERT_TRUE(c->ip4 && !c->down);
	CU_ASSERT_EQUAL(fake_radius.asked, 2);
	CU_ASSERT_EQUAL(fake.call[0].filter[DP_FILTER_IP_IN], 0);
	CU_ASSERT_NOT_EQUAL(fake.call[0].filter[DP_FILTER_IP_OUT], 0);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1300);
	granted_end();
}

/* --- addresses --------------------------------------------------------------------------------- */

/* RFC 2869 5.18, RFC 3162 2.6.  The service's device has no route to that pool. */
static void a_pool_is_named(void)
{
	struct far_call *c = granted("580371 640371");

	CU_ASSERT_EQUAL(c->got.local4, 0x0a410001);
	CU_ASSERT_EQUAL(fake.call[0].peer4, 0x0a410001);
	CU_ASSERT_EQUAL(fake.call[0].peer6[5], 0x65);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 10.65.0.1/32"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:65::/64"), 1);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(fake.call[0].peer4, 0x0a410001);
	/* it is not given to another meanwhile */
	CU_ASSERT_EQUAL(bench_call("bob", "x", PPP_AUTH_CHAP_MD5)->got.local4, 0x0a410002);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 10.65.0.1/32"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 2001:db8:65::/64"), 1);
	granted_end();
}

static void a_pool_that_is_not_there_is_a_refusal(void)
{
	not_granted("580378", "the pool that its Framed-Pool names is not configured",
		    "not authorized");
	not_granted("640378", "the pool that its Framed-IPv6-Pool names is not configured",
		    "not authorized");
}

/* The pool goes when the configuration does. */
static void a_pool_that_is_gone_ends_the_call(void)
{
	struct far_call *c = granted("580371");

	bench_kill("host-name = gw\n"
		   "udp a { listen = \"192.0.2.1:1701\" }\n"
		   "peer lac { service = s }\n"
		   "pool p { ranges = { \"10.64.0.0/29\", \"2001:db8:64::/56\" } }\n"
		   "service s { local = 10.64.0.1  pool = p  tun = ist0  mtu = 1400 }\n");
	bench_pass(10 * SEC);
	CU_ASSERT_TRUE(!c->call && fake.calls == 0);
	granted_end();
}

/* RFC 3162 2.2 and 2.3: one of the pool, and one of nobody's. */
static void a_prefix_and_an_identifier(void)
{
	struct far_call *c = granted("610c0040 20010db800640007 600a 0200000000000007");

	CU_ASSERT_TRUE(fake.call[0].has_peer6);
	ASSERT_OCTETS(fake.call[0].peer6, 8, "\x20\x01\x0d\xb8\0\x64\0\x07", 8);
	CU_ASSERT_EQUAL(c->got.local_iid, 0x0200000000000007);
	CU_ASSERT_EQUAL(fake.call[0].peer_iid, 0x0200000000000007);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:64:7::/64"), 0);
	granted_end();
	granted("610c0040 20010db800770000");
	ASSERT_OCTETS(fake.call[0].peer6, 8, "\x20\x01\x0d\xb8\0\x77\0\0", 8);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:77::/64"), 1);
	bench_kill(NULL);
	ASSERT_OCTETS(fake.call[0].peer6, 8, "\x20\x01\x0d\xb8\0\x77\0\0", 8);
	/* it is one client's */
	CU_ASSERT_FALSE(bench_call("bob", "x", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_EQUAL(bench_logged("aaa *: user bob: the user's prefix is in use"), 1);
	granted_end();
}

static uint8_t granted_ra[2 + RA_MAX];
static size_t granted_ra_len;

static void granted_keep_ra(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len)
{
	(void)tid;
	(void)sid;
	if (frame[1] != 0x57 || len > sizeof(granted_ra))
		return;
	memcpy(granted_ra, frame, len);
	granted_ra_len = len;
}

/* RFC 6911 3.2 by RFC 8106 5.1 */
static void name_servers_of_ipv6_are_advertised(void)
{
	static const uint8_t want[24] = {25,   3,    0, 0,    0,    0,		0x07,
					 0x08, 0x20, 1, 0x0d, 0xb8, [23] = 0x53};
	void (*pass)(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len);

	granted("a91220010db8000000000000000000000053");
	pass = fake.frame;
	fake.frame = granted_keep_ra;
	bench_pass(3 * SEC);
	fake.frame = pass;
	ASSERT_OCTETS(granted_ra + 2 + RA_LEN, granted_ra_len - 2 - RA_LEN, want, sizeof(want));
	granted_end();
}

/* RFC 2865 5.8: the user chooses, here 0.0.0.0, ours, a loopback, one of another user's section,
 * one of nobody's, and one of the pool. */
static void a_user_may_choose(void)
{
	const struct dp_call *at;

	fake_radius_accept("0806ffffffff");
	bench_start_kept(
		CONF_OF("auth = pap  ipv6 = no", "user zoe { secret = z  address = 10.64.0.4 }\n"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	frames_record();
	at = granted_pap("", 0);
	CU_ASSERT(frames_next("c023 02 *"));
	CU_ASSERT(frames_next("8021 01 *"));
	for (unsigned i = 0; i < 4; i++) {
		static const char *const asked[] = {"00000000", "0a400001", "7f000001", "0a400004"};
		char hex[64];

		snprintf(hex, sizeof(hex), "8021 01 %02x 000a 0306%s", i, asked[i]);
		frames_give(at->tid, at->sid, hex);
		snprintf(hex, sizeof(hex), "8021 03 %02x 000a 03060a400002", i);
		CU_ASSERT(frames_next(hex));
	}
	frames_give(at->tid, at->sid, "8021 01 05 000a 0306c6336407");
	CU_ASSERT(frames_next("8021 02 05 000a 0306c6336407"));
	CU_ASSERT_EQUAL(fake_said("route ist0 add 198.51.100.7/32"), 1);
	frames_give(at->tid, at->sid, "8021 01 06 000a 03060a400005");
	CU_ASSERT(frames_next("8021 02 06 000a 03060a400005"));
	CU_ASSERT_EQUAL(fake_said("route ist0 del 198.51.100.7/32"), 1);
	frames_give(at->tid, at->sid, "8021 02 01 000a 03060a400001");
	CU_ASSERT_EQUAL(fake_entry(at->tid, at->sid)->peer4, 0x0a400005);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(fake.call[0].peer4, 0x0a400005);
	granted_end();
}

static void nobody_else_may_choose(void)
{
	const struct dp_call *at;

	fake_radius_accept("0806fffffffe");
	bench_start(CONF_OF("auth = pap  ipv6 = no", ""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	frames_record();
	at = granted_pap("", 0);
	CU_ASSERT(frames_next("c023 02 *"));
	CU_ASSERT(frames_next("8021 01 *"));
	frames_give(at->tid, at->sid, "8021 01 05 000a 03060a400005");
	CU_ASSERT(frames_next("8021 03 05 000a 03060a400002"));
	granted_end();
}

/* --- networks ---------------------------------------------------------------------------------- */

/* "10.9.0.0/16 0.0.0.0 1", "2001:db8:9::/48 :: 1" */
#define NETWORKS                                         \
	"161731302e392e302e302f313620302e302e302e302031" \
	"6316323030313a6462383a393a3a2f3438203a3a2031"
#define NET4 "0a09000000000000/16"
#define NET6 "v6 20010db800090000/48"

/* What the data plane was told of the first call last. */
static bool networks_lead_to(const struct dp_call *c)
{
	char want4[96], want6[96];

	snprintf(want4, sizeof(want4), "lead ist0 " NET4 " to %u/%u", c->tid, c->sid);
	snprintf(want6, sizeof(want6), "lead ist0 " NET6 " to %u/%u", c->tid, c->sid);
	return fake_line(want4, 0) >= 0 && fake_line(want6, 0) >= 0;
}

/* RFC 2865 5.22, RFC 3162 2.5 */
static void networks_lead_to_their_client(void)
{
	struct far_call *c = granted(NETWORKS);

	CU_ASSERT_EQUAL(fake_said("route ist0 add 10.9.0.0/16"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:9::/48"), 1);
	CU_ASSERT_TRUE(networks_lead_to(&fake.call[0]));
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 10.9.0.0/16"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 2001:db8:9::/48"), 1);
	CU_ASSERT_EQUAL(fake_said("unlead ist0 " NET4), 1);
	CU_ASSERT_EQUAL(fake_said("unlead ist0 " NET6), 1);
	granted_end();
}

/* The data plane that goes on with a new control hears of them again, and the kernel has them. */
static void networks_outlive_control(void)
{
	struct far_call *c = granted(NETWORKS);

	fake.lines = 0;
	bench_kill(NULL);
	CU_ASSERT_TRUE(networks_lead_to(&fake.call[0]));
	CU_ASSERT_EQUAL(fake_said("route ist0 del 10.9.0.0/16"), 0);
	fake.lines = 0;
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 10.9.0.0/16"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 2001:db8:9::/48"), 1);
	granted_end();
}

/* The kernel leads nowhere for a call that cannot go on. */
static void networks_of_a_lost_call_are_given_back(void)
{
	granted(NETWORKS " 0b05776562");
	fake.lines = 0;
	bench_kill("host-name = gw\n"
		   "udp a { listen = \"192.0.2.1:1701\" }\n"
		   "pool p { ranges = { \"10.64.0.0/29\", \"2001:db8:64::/56\" } }\n"
		   "service s { local = 10.64.0.1  pool = p  tun = ist0  mtu = 1400 }\n");
	CU_ASSERT_EQUAL(fake_said("route ist0 del 10.9.0.0/16"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 2001:db8:9::/48"), 1);
	bench_pass(60 * SEC);
	granted_end();
}

/* A client that comes back before its last call has ended. */
static void the_last_call_has_the_networks(void)
{
	struct far_call *c = granted(NETWORKS), *d = bench_call("ann", "x", PPP_AUTH_CHAP_MD5);
	struct dp_call first = fake.call[0];

	bench_pass(SEC);
	CU_ASSERT_TRUE(d->ip4 && networks_lead_to(&fake.call[1]));
	CU_ASSERT_EQUAL(fake_said("route ist0 add 10.9.0.0/16"), 1);
	fake.lines = 0;
	bench_hangup(d, L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(SEC);
	CU_ASSERT_TRUE(networks_lead_to(&first));
	CU_ASSERT_EQUAL(fake_said("route ist0 del 10.9.0.0/16"), 0);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 10.9.0.0/16"), 1);
	granted_end();
}

/* Whoever configured that route has meant it. */
static void a_network_that_leads_elsewhere_stays(void)
{
	fake_radius_accept(NETWORKS);
	bench_start_kept(CONF);
	fake.netif_fails = "route ist0 add 10.9.0.0/16";
	fake.netif_error = -EEXIST;
	fake.netif_keeps = true;
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE(bench_call("ann", "x", PPP_AUTH_CHAP_MD5)->ip4);
	bench_pass(2 * SEC); /* it is tried again */
	CU_ASSERT_EQUAL(bench_logged("* ist0: the route to 10.9.0.0/16 is not ours: *"), 1);
	bench_stop();
	CU_ASSERT_EQUAL(fake_said("route ist0 del 10.9.0.0/16"), 0);
	fake_radius = (struct fake_radius){0};
}

/* "10.0.0.0/99" */
static void a_wrong_network_is_logged(void)
{
	granted("160d31302e302e302e302f3939");
	CU_ASSERT_EQUAL(bench_logged("aaa notice: user ann from *: radius r: Framed-Route "
				     "\"10.0.0.0/99\" is left out: a wrong prefix length"),
			1);
	granted_end();
}

/* --- shown ------------------------------------------------------------------------------------- */

static void what_a_user_has_is_shown(void)
{
	fake_radius_accept(NETWORKS "580371 610c0040 20010db800640007 0b05776562 0c0600000514 "
				    "3e0600000002 1a0c00000137 1c06 0a000035 "
				    "a91220010db8000000000000000000000053");
	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE(bench_call("ann", "x", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_TRUE(vty_matches("show calls detail",
				   "*\n  has     10.65.0.1 of pool q, prefix 2001:db8:64:7::/64\n"
				   "  routes  10.9.0.0/16, 2001:db8:9::/48\n"
				   "  dns     10.0.0.53, 2001:db8::53\n"
				   "  most    filter web, packets of 1300 octets, links 2\n*"));
	vty_end();
	fake_radius = (struct fake_radius){0};
}

/* --- links ------------------------------------------------------------------------------------- */

static bool granted_link(void)
{
	const struct dp_call *at = granted_pap("1104 05dc 1304 01 aa", 8);

	CU_ASSERT(frames_next("c023 02 01 *"));
	bench_pass(SEC / 10);
	return fake_entry(at->tid, at->sid) && fake_entry(at->tid, at->sid)->mode == DP_MEMBER;
}

/* RFC 2865 5.42 */
static void port_limit_is_for_links(void)
{
	fake_radius_accept("3e0600000002");
	bench_start(CONF_OF("multilink = yes  auth = pap", ""));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	frames_record();
	CU_ASSERT_TRUE(granted_link());
	CU_ASSERT(frames_next("8021 01 *"));
	CU_ASSERT(frames_next("8057 01 *"));
	CU_ASSERT_TRUE(granted_link());
	CU_ASSERT_FALSE(granted_link());
	CU_ASSERT_EQUAL(bench_logged("aaa *: user ann: its user may have no more links"), 1);
	granted_end();
}

static const struct test_case cases[] = {
	{"name_servers_go_to_the_client", name_servers_go_to_the_client},
	{"framed_mtu_is_a_maximum", framed_mtu_is_a_maximum},
	{"words_of_the_server_reach_the_client", words_of_the_server_reach_the_client},
	{"an_error_of_mschap_reaches_the_client", an_error_of_mschap_reaches_the_client},
	{"a_filter_is_named", a_filter_is_named},
	{"a_filter_that_is_not_there_is_a_refusal", a_filter_that_is_not_there_is_a_refusal},
	{"a_filter_that_is_gone_ends_the_call", a_filter_that_is_gone_ends_the_call},
	{"a_later_answer_changes_the_filter", a_later_answer_changes_the_filter},
	{"a_pool_is_named", a_pool_is_named},
	{"a_pool_that_is_not_there_is_a_refusal", a_pool_that_is_not_there_is_a_refusal},
	{"a_pool_that_is_gone_ends_the_call", a_pool_that_is_gone_ends_the_call},
	{"a_prefix_and_an_identifier", a_prefix_and_an_identifier},
	{"name_servers_of_ipv6_are_advertised", name_servers_of_ipv6_are_advertised},
	{"a_user_may_choose", a_user_may_choose},
	{"nobody_else_may_choose", nobody_else_may_choose},
	{"networks_lead_to_their_client", networks_lead_to_their_client},
	{"networks_outlive_control", networks_outlive_control},
	{"networks_of_a_lost_call_are_given_back", networks_of_a_lost_call_are_given_back},
	{"the_last_call_has_the_networks", the_last_call_has_the_networks},
	{"a_network_that_leads_elsewhere_stays", a_network_that_leads_elsewhere_stays},
	{"a_wrong_network_is_logged", a_wrong_network_is_logged},
	{"what_a_user_has_is_shown", what_a_user_has_is_shown},
	{"port_limit_is_for_links", port_limit_is_for_links},
	{NULL, NULL},
};
const struct test_suite suite_leg_grant = {"leg_grant", cases};
