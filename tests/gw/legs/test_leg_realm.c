/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose service a user has by the realm of his name, and who judges him. */
#include "tests/gw/bench.h"
#include "tests/gw/fake_radius.h"
#include "tests/heap.h"

#include <string.h>

#define CONF_OF(any, corp)                                                                     \
	"host-name = gw\nlogin-delay = 0\n"                                                    \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                              \
	"peer lac { service = any }\n"                                                         \
	"radius r { server \"192.0.2.9\" { secret = \"0123456789abcdef\" } }\n"                \
	"pool p { ranges = { \"10.64.0.0/29\" } }\npool q { ranges = { \"10.65.0.0/29\" } }\n" \
	"service any { local = 10.64.0.1  pool = p  tun = any0  auth = { chap, mschapv2 }\n"   \
	"              select = { corp, isp }  filter-in = \"udp\"  " any " }\n"               \
	"service corp { local = 10.65.0.1  pool = q  tun = corp0  realms = CORP\n"             \
	"               strip-realm = prefix  session = 1h  filter-in = \"tcp\"  " corp " }\n" \
	"service isp { local = 10.66.0.1  tun = isp0  auth = pap  realms = \"*.example\" }\n"  \
	"user ann { secret = \"of ann\" }\n"

static struct far_call *realm_call(const char *user, const char *secret, enum ppp_auth method)
{
	struct far_call *c;

	CU_ASSERT_TRUE_FATAL(bench.tunnel_up || bench_dial("lac"));
	c = bench_call(user, secret, method);
	bench_pass(SEC);
	return c;
}

static void realm_end(void)
{
	bench_stop();
	fake_radius = (struct fake_radius){0};
}

static const char *realm_service(void)
{
	const struct leg_limits *n = leg_server_limits(bench_join()->leg[1]);

	return n->session ? "corp" : "any";
}

static void without_a_realm_nothing_changes(void)
{
	struct far_call *c;

	bench_start_kept(CONF_OF("", ""));
	c = realm_call("ann", "of ann", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(c->got.local4, 0x0a400002);
	CU_ASSERT_STRING_EQUAL(realm_service(), "any");
	CU_ASSERT_EQUAL(bench.gw->service[0].clients, 1);
	realm_end();
}

/* Case is none of a realm's (RFC 7542 section 2.4). */
static void a_realm_has_its_service(void)
{
	struct far_call *c;
	uint32_t filter;

	bench_start_kept(CONF_OF("rate-up = 1M", "rate-up = 2M"));
	c = realm_call("Corp\\ann", "of ann", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(c->ip4);
	CU_ASSERT_EQUAL(c->got.local4, 0x0a410002);
	CU_ASSERT_EQUAL(c->got.peer4, 0x0a410001);
	CU_ASSERT_STRING_EQUAL(realm_service(), "corp");
	CU_ASSERT_EQUAL(bench.gw->service[0].clients, 0);
	CU_ASSERT_EQUAL(bench.gw->service[1].clients, 1);
	CU_ASSERT_EQUAL(fake.call[0].tun, bench.gw->service[1].tun);
	CU_ASSERT_EQUAL(fake.call[0].rate[DP_RATE_UP], 2000000);
	filter = fake.call[0].filter[DP_FILTER_IP_IN];
	bench_kill(NULL);
	CU_ASSERT_EQUAL(fake.call[0].rate[DP_RATE_UP], 2000000);
	CU_ASSERT_EQUAL(fake.call[0].peer4, 0x0a410002);
	CU_ASSERT_EQUAL(fake.call[0].tun, bench.gw->service[1].tun);
	CU_ASSERT_EQUAL(fake.call[0].filter[DP_FILTER_IP_IN], filter);
	CU_ASSERT_STRING_EQUAL(realm_service(), "corp");
	/* another user on the same link is of the first service again */
	bench_redial(c, "ann", "of ann");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(c->got.local4, 0x0a400002);
	CU_ASSERT_STRING_EQUAL(realm_service(), "any");
	CU_ASSERT_EQUAL(bench.gw->service[0].clients, 1);
	CU_ASSERT_EQUAL(bench.gw->service[1].clients, 0);
	CU_ASSERT_NOT_EQUAL(fake.call[0].filter[DP_FILTER_IP_IN], filter);
	CU_ASSERT_EQUAL(fake.call[0].rate[DP_RATE_UP], 1000000);
	realm_end();
}

/* What LCP has agreed on must be good enough for that service. */
static void a_method_that_it_does_not_ask_for(void)
{
	struct far_call *c;

	bench_start(CONF_OF("", ""));
	c = realm_call("ann@isp.example", "of ann", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(c->down && !c->ip4);
	CU_ASSERT_EQUAL(bench_logged("aaa *: user ann@isp.example: the service of his realm does "
				     "not ask for this method"),
			1);
	realm_end();
}

/* --- who judges -------------------------------------------------------------------------------- */

/* RFC 2865 5.1 */
static void a_server_is_asked_without_the_realm(void)
{
	fake_radius_accept("");
	bench_start(CONF_OF("", "radius = r  local-users = never"));
	CU_ASSERT_TRUE(realm_call("CORP\\zoe", "x", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_EQUAL(fake_radius.asked, 1);
	ASSERT_OCTETS(fake_radius.question, 5, "\x01\x05zoe", 5);
	realm_end();
}

/* What the LAC has said of it (RFC 5515 5.1), by RFC 4679 3.3.1. */
static void a_server_is_told_of_the_line(void)
{
	static const struct l2tp_avp circuit = {
		.vendor = 3561, .type = 1, .val = (const uint8_t *)"m1", .len = 2};

	fake_radius_accept("");
	bench_start(CONF_OF("radius = r  local-users = never", ""));
	CU_ASSERT_TRUE(realm_call("zoe", "x", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_FALSE(fake_radius_asked("1a0a 00000de9 0104"));
	bench.icrq = &circuit;
	bench.icrq_avps = 1;
	CU_ASSERT_TRUE(realm_call("zoe", "x", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_EQUAL(fake_radius.asked, 2);
	CU_ASSERT_TRUE(fake_radius_asked("1a0a 00000de9 0104 6d31"));
	realm_end();
}

static void local_users_are_last(void)
{
	fake_radius_accept("");
	fake_radius.code = RADIUS_ACCESS_REJECT;
	bench_start(CONF_OF("radius = r  local-users = last", ""));
	CU_ASSERT_TRUE(realm_call("ann", "of ann", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_EQUAL(fake_radius.asked, 1);
	CU_ASSERT_FALSE(realm_call("ann", "of zoe", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_FALSE(realm_call("zoe", "of ann", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_EQUAL(fake_radius.asked, 3);
	/* whom the server lets in needs no section */
	fake_radius.code = RADIUS_ACCESS_ACCEPT;
	CU_ASSERT_TRUE(realm_call("zoe", "x", PPP_AUTH_CHAP_MD5)->ip4);
	realm_end();
}

static const struct test_case cases[] = {
	{"without_a_realm_nothing_changes", without_a_realm_nothing_changes},
	{"a_realm_has_its_service", a_realm_has_its_service},
	{"a_method_that_it_does_not_ask_for", a_method_that_it_does_not_ask_for},
	{"a_server_is_asked_without_the_realm", a_server_is_asked_without_the_realm},
	{"a_server_is_told_of_the_line", a_server_is_told_of_the_line},
	{"local_users_are_last", local_users_are_last},
	{NULL, NULL},
};
const struct test_suite suite_leg_realm = {"leg_realm", cases};
