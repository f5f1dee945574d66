/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What RADIUS grants to users of a service, as the client and the data plane see it. */
#include "gw/bind.h"
#include "tests/gw/fake_radius.h"
#include "tests/gw/frames.h"
#include "tests/gw/operator/says.h"
#include "tests/heap.h"

#include <stdio.h>
#include <string.h>

#define CONF_OF(keys, more)                                                                      \
	"host-name = gw\nlogin-delay = 0\n"                                                      \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                                \
	"peer lac { service = s }\n"                                                             \
	"radius r { server \"192.0.2.9\" { secret = \"0123456789abcdef\" } }\n"                  \
	"pool p { ranges = { \"10.64.0.0/29\", \"2001:db8:64::/56\" } }\n"                       \
	"pool q { ranges = { \"10.65.0.0/29\", \"2001:db8:65::/56\" } }\n"                       \
	"filter web { filter-in = \"tcp port 80\" }\n"                                           \
	"filter out { filter-out = \"not port 25\" }\n"                                          \
	"service s { local = 10.64.0.1  pool = p  mtu = 1400  radius = r  dns = 10.64.0.1 " keys \
	" }\n" more
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
		   "service s { local = 10.64.0.1  pool = p  mtu = 1400 }\n");
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
	{"a_filter_is_named", a_filter_is_named},
	{"a_filter_that_is_not_there_is_a_refusal", a_filter_that_is_not_there_is_a_refusal},
	{"a_filter_that_is_gone_ends_the_call", a_filter_that_is_gone_ends_the_call},
	{"a_later_answer_changes_the_filter", a_later_answer_changes_the_filter},
	{"port_limit_is_for_links", port_limit_is_for_links},
	{NULL, NULL},
};
const struct test_suite suite_leg_grant = {"leg_grant", cases};
