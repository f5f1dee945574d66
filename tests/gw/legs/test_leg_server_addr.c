/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which addresses a client has, where they were taken, and that they go back there.  A call is up;
 * then what decides is changed, as another user of the same link would change it.
 */
#include "gw/event.h"
#include "gw/legs/leg_server.h"

#include "tests/gw/fake_radius.h"
#include "tests/gw/frames.h"
#include "tests/heap.h"

#include <stdio.h>
#include <string.h>

#define ADDR_CONF(keys)                                                                      \
	"host-name = gw\nlogin-delay = 0\n"                                                  \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                            \
	"peer lac { service = s }\n"                                                         \
	"radius r { server \"192.0.2.9\" { secret = \"0123456789abcdef\" } }\n"              \
	"pool p { ranges = { \"10.64.0.0/30\", \"2001:db8:64::/63\" } }\n"                   \
	"pool q { ranges = { \"10.65.0.0/29\", \"2001:db8:65::/56\" } }\n"                   \
	"service s { local = 10.64.0.1  pool = p  tun = ist0  mtu = 1400  radius = r  " keys \
	" }\n"

#define OURS 0x0a400002 /* the one address of p that is not the gateway's */
#define HIS  0x0a420007 /* of no pool */

/* The log-in of the only call. */
static struct leg_server *addr_up(const char *conf, const char *attrs)
{
	struct far_call *c;

	fake_radius_accept(attrs);
	bench_start(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "x", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->ip4 || c->ip6);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	return (struct leg_server *)bench_join()->leg[1];
}

static void addr_end(void)
{
	bench_stop();
	fake_radius = (struct fake_radius){0};
}

static struct addrpool_stats addr_stats(const struct addrpool *p)
{
	struct addrpool_stats st;

	addrpool_stats(p, &st);
	return st;
}

/* A link that starts again has what it had. */
static void the_same_user_keeps_them(void)
{
	struct leg_server *s = addr_up(ADDR_CONF(""), "");
	const struct leg_server was = *s;

	CU_ASSERT_EQUAL(s->given4, OURS);
	CU_ASSERT(s->has6);
	CU_ASSERT_TRUE(leg_server_have_addresses(s));
	CU_ASSERT_EQUAL(s->given4, was.given4);
	ASSERT_OCTETS(s->prefix6, 16, was.prefix6, 16);
	CU_ASSERT(addr_stats(s->service->pool).used4 == 1 &&
		  addr_stats(s->service->pool).used6 == 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 10.64.0.2/32"), 0); /* the pool's leads to it */
	addr_end();
}

/* His own, outside of all pools: it has a route while he has it, and the pool's is free. */
static void another_user_with_his_own(void)
{
	static const struct cfg_prefix own = {
		.v6 = true, .bits = 64, .addr = {0x20, 1, 0x0d, 0xb8, 0, 0x77}};
	struct leg_server *s = addr_up(ADDR_CONF(""), "");
	struct addrpool *p = s->service->pool;

	leg_server_give(&s->t.leg, &(struct leg_own){.address4 = HIS, .prefix6 = &own});
	CU_ASSERT_TRUE(leg_server_have_addresses(s));
	CU_ASSERT(s->has_addresses && s->given4 == HIS && s->has6 && s->routed && s->routed6);
	ASSERT_OCTETS(s->prefix6, 8, own.addr, 8);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 10.66.0.7/32"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 2001:db8:77::/64"), 1);
	CU_ASSERT(addr_stats(p).used4 == 0 && addr_stats(p).used6 == 0);
	CU_ASSERT_EQUAL(addr_stats(p).outside, 2);
	leg_server_give(&s->t.leg, &(struct leg_own){.address4 = 0});
	CU_ASSERT_TRUE(leg_server_have_addresses(s));
	CU_ASSERT(s->given4 == OURS && s->has6 && !s->routed && !s->routed6);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 10.66.0.7/32"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 2001:db8:77::/64"), 1);
	CU_ASSERT_EQUAL(addr_stats(p).outside, 0);
	addr_end();
}

/* Somebody has it: he has none, and what the link had before is free, once. */
static void his_own_is_in_use(void)
{
	struct leg_server *s = addr_up(ADDR_CONF("ipv6 = no"), "");
	struct addrpool *p = s->service->pool;

	CU_ASSERT_TRUE(addrpool_take4_fixed(p, HIS));
	s->fixed4 = HIS;
	CU_ASSERT_FALSE(leg_server_have_addresses(s));
	CU_ASSERT(!s->has_addresses && !s->given4 && !s->routed);
	CU_ASSERT_STRING_EQUAL(leg_server_why_none(s), "the user's address is in use");
	CU_ASSERT_EQUAL(addrpool_take4(p), OURS);
	leg_server_give_addresses_back(s);
	CU_ASSERT_EQUAL(addrpool_take4(p), 0);
	CU_ASSERT_FALSE(addrpool_take4_fixed(p, HIS));
	addrpool_give4(p, OURS);
	addrpool_give4(p, HIS);
	addr_end();
}

static void his_own_prefix_is_in_use(void)
{
	static const struct cfg_prefix own = {
		.v6 = true, .bits = 64, .addr = {0x20, 1, 0x0d, 0xb8, 0, 0x77}};
	struct leg_server *s = addr_up(ADDR_CONF(""), "");
	struct addrpool *p = s->service->pool;

	CU_ASSERT_TRUE(addrpool_take6_fixed(p, own.addr));
	leg_server_give(&s->t.leg, &(struct leg_own){.prefix6 = &own});
	CU_ASSERT_FALSE(leg_server_have_addresses(s));
	CU_ASSERT(!s->has_addresses && !s->has6 && !s->routed6);
	CU_ASSERT_STRING_EQUAL(leg_server_why_none(s), "the user's prefix is in use");
	leg_server_give_addresses_back(s);
	CU_ASSERT_FALSE(addrpool_take6_fixed(p, own.addr)); /* it was never his */
	addrpool_give6(p, own.addr);
	addr_end();
}

/* No IPv4 address is an error where there is nothing else. */
static void addr_pool_is_empty(void)
{
	static const struct {
		const char *conf;
		bool ok;
	} rows[] = {{ADDR_CONF("ipv6 = no"), false}, {ADDR_CONF(""), true}};

	for (unsigned i = 0; i < 2; i++) {
		struct leg_server *s = addr_up(rows[i].conf, "");
		struct addrpool *p = s->service->pool;

		leg_server_give_addresses_back(s);
		CU_ASSERT(!s->given4 && !s->has6 && !s->has_addresses);
		CU_ASSERT_EQUAL(addrpool_take4(p), OURS);
		CU_ASSERT_EQUAL(leg_server_have_addresses(s), rows[i].ok);
		CU_ASSERT_EQUAL(s->given4, 0);
		CU_ASSERT_EQUAL(s->has6, rows[i].ok);
		CU_ASSERT_STRING_EQUAL(leg_server_why_none(s), "the pool is empty");
		addrpool_give4(p, OURS);
		addr_end();
	}
}

static char addr_events[512];

static void addr_note(const struct gw_event *e)
{
	size_t n = strlen(addr_events);

	if (e->kind == EVENT_POOL_FULL || e->kind == EVENT_POOL_FREE)
		snprintf(addr_events + n, sizeof(addr_events) - n, "%s: %s\n",
			 event_names[e->kind].name, e->cause);
}

/* One event when it begins and one when it ends, however many ask in between. */
static void a_full_pool_is_told(void)
{
	struct leg_server *s;

	*addr_events = '\0';
	event_to = addr_note;
	s = addr_up(ADDR_CONF("ipv6 = no"), "");
	CU_ASSERT_EQUAL(s->given4, OURS);
	CU_ASSERT_STRING_EQUAL(addr_events, "");
	for (unsigned i = 0; i < 2; i++)
		CU_ASSERT_FALSE(bench_call("bob", "x", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_STRING_EQUAL(addr_events, "pool-full: pool p: no IPv4 address is left\n");
	leg_server_give_addresses_back(s);
	CU_ASSERT_STRING_EQUAL(addr_events, "pool-full: pool p: no IPv4 address is left\n"
					    "pool-free: pool p: IPv4 address is free again\n");
	event_to = NULL;
	addr_end();
}

/* A device that somebody has removed has no routes to take away. */
static void the_device_is_gone(void)
{
	struct leg_server *s = addr_up(ADDR_CONF(""), "580371 640371");

	CU_ASSERT(s->routed && s->routed6);
	fake.gone = "ist0";
	leg_server_give_addresses_back(s);
	CU_ASSERT(!s->routed && !s->routed6 && !s->given4 && !s->has6);
	CU_ASSERT_EQUAL(fake_said("route ist0 del"), 0);
	fake.gone = NULL;
	addr_end();
}

static bool addr_may_have(struct leg_server *s, uint32_t addr)
{
	return leg_server_may_have4(&s->t, addr);
}

/* RFC 2865 5.8, who may choose: what no host has is not to be had, RFC 1122 3.2.1.3, RFC 1112 4. */
static void what_may_be_chosen(void)
{
	static const struct {
		uint32_t addr;
		bool ok;
	} rows[] = {
		{0, false},	     {0x00ffffff, false}, {0x01000001, true}, {0x7effffff, true},
		{0x7f000001, false}, {0x80000001, true},  {0xdfffffff, true}, {0xe0000000, false},
		{0xffffffff, false}, {0x0a400001, false}, /* ours */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct leg_server *s = addr_up(ADDR_CONF("ipv6 = no"), "0806ffffffff");

		CU_ASSERT_EQUAL(addr_may_have(s, rows[i].addr), rows[i].ok);
		CU_ASSERT_EQUAL(s->given4, rows[i].ok ? rows[i].addr : OURS);
		CU_ASSERT_EQUAL(addr_stats(s->service->pool).used4, !rows[i].ok);
		addr_end();
	}
}

/* Not who has none, nor one of his own, nor whose server does not let him. */
static void who_may_not_choose(void)
{
	struct leg_server *s = addr_up(ADDR_CONF(""), "0806ffffffff");

	leg_server_give_addresses_back(s);
	CU_ASSERT_FALSE(addr_may_have(s, HIS));
	s->fixed4 = HIS;
	CU_ASSERT_TRUE(leg_server_have_addresses(s));
	CU_ASSERT_FALSE(addr_may_have(s, HIS + 1));
	CU_ASSERT_EQUAL(s->given4, HIS);
	addr_end();
	s = addr_up(ADDR_CONF(""), "");
	CU_ASSERT_FALSE(addr_may_have(s, HIS));
	addr_end();
}

/* It is taken where it belongs: of the granted pool, or else in the service's, so that nobody else
 * is given it. */
static void chosen_in_the_right_pool(void)
{
	struct leg_server *s = addr_up(ADDR_CONF("ipv6 = no"), "0806ffffffff 580371");
	struct addrpool *p = s->service->pool, *q = s->taken_as->w.pool4;

	CU_ASSERT_PTR_NOT_EQUAL_FATAL(p, q);
	CU_ASSERT_EQUAL(s->given4, 0x0a410001);
	CU_ASSERT_TRUE(addr_may_have(s, OURS));
	CU_ASSERT_EQUAL(addrpool_take4(p), 0); /* the only one is his */
	CU_ASSERT(addr_stats(q).used4 == 0 && addr_stats(q).outside == 0);
	CU_ASSERT_EQUAL(fake_said("route ist0 del 10.65.0.1/32"), 1);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 10.64.0.2/32"), 0);
	CU_ASSERT_TRUE(addr_may_have(s, 0x0a410003));
	CU_ASSERT(addr_stats(q).used4 == 1 && addr_stats(p).used4 == 0);
	CU_ASSERT_EQUAL(fake_said("route ist0 add 10.65.0.3/32"), 1);
	/* one that another has stays his, and ours ours */
	CU_ASSERT_EQUAL(addrpool_take4(p), OURS);
	CU_ASSERT_FALSE(addr_may_have(s, OURS));
	CU_ASSERT_EQUAL(s->given4, 0x0a410003);
	addrpool_give4(p, OURS);
	addr_end();
}

/* What is wanted is noted in memory that log-ins share; without any nobody is let in. */
static void without_memory_for_what_is_wanted(void)
{
	struct leg_server *s = addr_up(ADDR_CONF(""), "");

	s->fixed4 = HIS;
	heap_refuse(0);
	CU_ASSERT_FALSE(leg_server_have_addresses(s));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_STRING_EQUAL(leg_server_why_none(s), "out of memory");
	CU_ASSERT_FALSE(s->given4 || s->has6);
	CU_ASSERT_TRUE(leg_server_have_addresses(s));
	CU_ASSERT_EQUAL(s->given4, HIS);
	addr_end();
}

static const struct test_case cases[] = {
	{"the_same_user_keeps_them", the_same_user_keeps_them},
	{"another_user_with_his_own", another_user_with_his_own},
	{"his_own_is_in_use", his_own_is_in_use},
	{"his_own_prefix_is_in_use", his_own_prefix_is_in_use},
	{"addr_pool_is_empty", addr_pool_is_empty},
	{"a_full_pool_is_told", a_full_pool_is_told},
	{"the_device_is_gone", the_device_is_gone},
	{"rfc2865_5_8_what_may_be_chosen", what_may_be_chosen},
	{"who_may_not_choose", who_may_not_choose},
	{"chosen_in_the_right_pool", chosen_in_the_right_pool},
	{"without_memory_for_what_is_wanted", without_memory_for_what_is_wanted},
	{NULL, NULL},
};
const struct test_suite suite_leg_server_addr = {"leg_server_addr", cases};
