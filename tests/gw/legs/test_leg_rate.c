/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rates of services, users, routes and of one call, as the data plane is told of them. */
#include "gw/legs/leg_entry.h"
#include "tests/gw/bench.h"
#include "tests/gw/fake_radius.h"
#include "tests/gw/frames.h"
#include "tests/heap.h"

#include <string.h>

#define CONF_OF(keys, more)                          \
	"host-name = gw\nlogin-delay = 0\n"          \
	"udp a { listen = \"192.0.2.1:1701\" }\n"    \
	"peer lac { service = s }\n"                 \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n" \
	"service s { local = 10.64.0.1  pool = s  auth = { chap }  ipv6 = no " keys " }\n" more
#define USERS                                        \
	"user ann { secret = a  rate-down = 10M }\n" \
	"user bob { secret = b }\n"                  \
	"user cid { secret = c  rate-up = 0  rate-down = 64k }\n"
#define CONF CONF_OF("rate-up = 1M  rate-down = 2M  rate-burst = 50ms", USERS)

static void rate_is(unsigned i, uint64_t up, uint64_t down)
{
	CU_ASSERT_EQUAL(fake.call[i].rate[DP_RATE_UP], up);
	CU_ASSERT_EQUAL(fake.call[i].rate[DP_RATE_DOWN], down);
}

static struct far_call *rate_call(const char *conf, const char *user, const char *secret)
{
	struct far_call *c;

	bench_start_kept(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call(user, secret, PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	return c;
}

/* Each direction is of whoever comes first; 0 is a word too. */
static void a_user_comes_before_the_service(void)
{
	struct far_call *c = rate_call(CONF, "ann", "a");
	enum leg_rates from;

	rate_is(0, 1000000, 10000000);
	CU_ASSERT_EQUAL(fake.call[0].rate_burst, 50000);
	CU_ASSERT_EQUAL(leg_rate(bench_join()->leg[0], DP_RATE_UP, &from), 1000000);
	CU_ASSERT_EQUAL(from, LEG_RATES_SECTION);
	CU_ASSERT_EQUAL(leg_rate(bench_join()->leg[0], DP_RATE_DOWN, &from), 10000000);
	CU_ASSERT_EQUAL(from, LEG_RATES_USER);
	bench_redial(c, "bob", "b");
	rate_is(0, 1000000, 2000000);
	bench_redial(c, "cid", "c");
	rate_is(0, 0, 64000);
	bench_stop();
}

/* That of the service is today's; that of the user is what he has logged in with. */
static void another_life_goes_on_with_them(void)
{
	rate_call(CONF, "ann", "a");
	bench_kill(NULL);
	rate_is(0, 1000000, 10000000);
	CU_ASSERT_EQUAL(fake.call[0].rate_burst, 50000);
	bench_kill(CONF_OF("rate-up = 3M  rate-down = 4M", "user ann { secret = a }\n"));
	rate_is(0, 3000000, 10000000);
	CU_ASSERT_EQUAL(fake.call[0].rate_burst, 0);
	bench_kill(CONF_OF("", USERS));
	rate_is(0, 0, 10000000);
	bench_stop();
}

/* An operator, or a server that changes it: at once, and in the next life. */
static void a_running_call_has_another_rate(void)
{
	static const struct cfg_rates user = {.bps = {5000000, CFG_OF_SERVICE}};
	struct far_call *c = rate_call(CONF, "bob", "b");
	struct leg *l = bench_join()->leg[0];
	enum leg_rates from;

	CU_ASSERT_TRUE(leg_take_rates(l, LEG_RATES_USER, &user));
	rate_is(0, 5000000, 2000000);
	CU_ASSERT_TRUE(leg_set_rate(l, LEG_RATES_OWN, DP_RATE_DOWN, 0));
	rate_is(0, 5000000, 0);
	CU_ASSERT_TRUE(leg_set_rate(l, LEG_RATES_OWN, DP_RATE_UP, 7000));
	rate_is(0, 7000, 0);
	bench_pass(SEC);
	bench_kill(NULL);
	rate_is(0, 7000, 0);
	l = bench_join()->leg[0];
	CU_ASSERT_EQUAL(leg_rate(l, DP_RATE_DOWN, &from), 0);
	CU_ASSERT_EQUAL(from, LEG_RATES_OWN);
	CU_ASSERT_TRUE(leg_set_rate(l, LEG_RATES_OWN, DP_RATE_UP, CFG_OF_SERVICE));
	CU_ASSERT_TRUE(leg_set_rate(l, LEG_RATES_OWN, DP_RATE_DOWN, CFG_OF_SERVICE));
	rate_is(0, 5000000, 2000000);
	CU_ASSERT_TRUE(c->ip4 && !c->down);
	bench_stop();
}

/* The data plane cannot be told: what was stays. */
static void without_memory_nothing_changes(void)
{
	struct leg *l;

	rate_call(CONF, "bob", "b");
	l = bench_join()->leg[0];
	fake.call_refuses = true;
	CU_ASSERT_FALSE(leg_set_rate(l, LEG_RATES_OWN, DP_RATE_UP, 7000));
	fake.call_refuses = false;
	rate_is(0, 1000000, 2000000);
	CU_ASSERT_TRUE(leg_set_rate(l, LEG_RATES_OWN, DP_RATE_DOWN, 8000));
	rate_is(0, 1000000, 8000);
	bench_stop();
}

static bool rate_recalls(struct leg_entry *e, const char *hex)
{
	uint8_t octets[64];
	struct rd r = rd_init(octets, test_hex(octets, sizeof(octets), hex));

	leg_rates_free(e);
	return leg_rates_recall(e, &r) && !r.left;
}

/* Bits 2 to 5: up and down of the user, of an operator; others are nobody's. */
static void records_are_read_as_hostile(void)
{
	struct leg_entry e = {0};

	CU_ASSERT_TRUE(rate_recalls(&e, "")); /* of an older release */
	CU_ASSERT_TRUE(!e.c.rate[0] && !e.c.rate[1]);
	CU_ASSERT_TRUE(rate_recalls(&e, "18 0000000000000001 000000174876e800"));
	CU_ASSERT_EQUAL(e.c.rate[DP_RATE_DOWN], 1);
	CU_ASSERT_EQUAL(e.c.rate[DP_RATE_UP], UINT64_C(100000000000));
	CU_ASSERT_FALSE(rate_recalls(&e, "10 000000174876e801"));
	CU_ASSERT_FALSE(rate_recalls(&e, "0c 0000000000000001 00000000"));
	leg_rates_free(&e);
}

#define CONF_RADIUS                                                                     \
	CONF_OF("rate-up = 1M  rate-down = 2M  radius = r",                             \
		"radius r { server \"192.0.2.9\" { secret = \"0123456789abcdef\" } }\n" \
		"filter web { filter-in = \"tcp port 80\" }\n")

/* Filter-Id "2048/512", then beside the name of a filter, then WISPr's in one direction. */
static void radius_comes_before_the_service(void)
{
	fake_radius_accept("0b0a 323034382f353132");
	rate_call(CONF_RADIUS, "ann", "x");
	rate_is(0, 512000, 2048000);
	CU_ASSERT_EQUAL(fake.call[0].filter[DP_FILTER_IP_IN], 0);
	bench_kill(NULL);
	rate_is(0, 512000, 2048000);
	bench_stop();
	fake_radius_accept("0b05776562 0b0a 323034382f353132");
	rate_call(CONF_RADIUS, "ann", "x");
	rate_is(0, 512000, 2048000);
	CU_ASSERT_NOT_EQUAL(fake.call[0].filter[DP_FILTER_IP_IN], 0);
	bench_stop();
	fake_radius_accept("1a0c 0000372a 0806 00000000");
	rate_call(CONF_RADIUS, "ann", "x");
	rate_is(0, 1000000, 0);
	bench_stop();
	fake_radius = (struct fake_radius){0};
}

/* A rate that cannot be read would let him do more than he may. */
static void a_rate_that_is_none_is_a_refusal(void)
{
	struct far_call *c;

	fake_radius_accept("1a0b 00003a8c 0805 316162");
	bench_start(CONF_RADIUS);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "x", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE(c->down && !c->ip4);
	CU_ASSERT_EQUAL(bench_logged("aaa *a Mikrotik-Rate-Limit that is no rate*"), 1);
	bench_stop();
	fake_radius = (struct fake_radius){0};
}

/* The call that came in has it, not the one it goes on by. */
static void a_route_limits_the_call_that_it_switches(void)
{
#define SWITCH(rates)                                                      \
	"host-name = gw\n"                                                 \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                          \
	"peer lac { port = a  hostname = lac }\n"                          \
	"peer one { port = a  dial = \"192.0.2.9:1701\"  hostname = x }\n" \
	"route sw { from-peer = lac  to = one " rates " }\n"
	unsigned in;

	bench_start_kept(SWITCH("rate-up = 1M  rate-down = 2M"));
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(fake.calls == 2 && bench.call[0].up && bench.call[1].up);
	in = fake.call[0].data.peer_sid == bench.call[0].sid ? 0 : 1;
	CU_ASSERT_EQUAL(fake.call[in].mode, DP_FORWARD);
	rate_is(in, 1000000, 2000000);
	rate_is(!in, 0, 0);
	bench_kill(SWITCH("rate-up = 3M"));
	in = fake.call[0].data.peer_sid == bench.call[0].sid ? 0 : 1;
	rate_is(in, 3000000, 0);
	rate_is(!in, 0, 0);
	bench_stop();
}

/* Ann comes by a link of multilink (RFC 1990): MRRU 1500, endpoint aa of class 1; PAP. */
static struct dp_call rate_link(void)
{
	const struct dp_call *at = frames_lcp("1104 05dc 1304 01 aa", 8);
	uint16_t tid = at->tid, sid = at->sid;

	frames_give(tid, sid, "c023 01 01 000a 03616e6e 0161");
	CU_ASSERT(frames_next("c023 02 01 *"));
	return *fake_entry(tid, sid);
}

static void rate_of_link_is(const struct dp_call *c, uint64_t up, uint64_t down)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_EQUAL(c->rate[DP_RATE_UP], up);
	CU_ASSERT_EQUAL(c->rate[DP_RATE_DOWN], down);
}

/* That of the user whose link was the first, and those of the service, are of the bundle alone. */
static void rates_are_those_of_the_bundle(void)
{
	struct dp_call first, second;

	bench_start_kept("host-name = gw\n"
			 "udp a { listen = \"192.0.2.1:1701\" }\n"
			 "peer lac { service = s }\n"
			 "pool s { ranges = { \"10.64.0.0/29\" } }\n"
			 "service s { local = 10.64.0.1  pool = s  mtu = 1400  multilink = yes"
			 "  auth = pap  rate-up = 1M  rate-down = 2M }\n"
			 "user ann { secret = a  rate-down = 5M }\n");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	frames_record();
	first = rate_link();
	CU_ASSERT(frames_next("8021 01 *"));
	second = rate_link();
	CU_ASSERT(first.mode == DP_MEMBER && second.to_sid == first.to_sid);
	rate_of_link_is(fake_entry(0, first.to_sid), 1000000, 5000000);
	rate_of_link_is(fake_entry(first.tid, first.sid), 0, 0);
	rate_of_link_is(fake_entry(second.tid, second.sid), 0, 0);
	bench_pass(SEC);
	bench_kill(NULL);
	bench_pass(SEC);
	rate_of_link_is(fake_entry(0, first.to_sid), 1000000, 5000000);
	rate_of_link_is(fake_entry(first.tid, first.sid), 0, 0);
	bench_stop();
}

static const struct test_case cases[] = {
	{"a_user_comes_before_the_service", a_user_comes_before_the_service},
	{"another_life_goes_on_with_them", another_life_goes_on_with_them},
	{"a_running_call_has_another_rate", a_running_call_has_another_rate},
	{"without_memory_nothing_changes", without_memory_nothing_changes},
	{"records_are_read_as_hostile", records_are_read_as_hostile},
	{"radius_comes_before_the_service", radius_comes_before_the_service},
	{"a_rate_that_is_none_is_a_refusal", a_rate_that_is_none_is_a_refusal},
	{"rates_are_those_of_the_bundle", rates_are_those_of_the_bundle},
	{"a_route_limits_the_call_that_it_switches", a_route_limits_the_call_that_it_switches},
	{NULL, NULL},
};
const struct test_suite suite_leg_rate = {"leg_rate", cases};
