/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a log-in is found by.  The servers know ann by another name; what she has is then changed,
 * as leg_server_addr.c and leg_acct.c change it.
 */
#include "gw/legs/leg_server.h"

#include "tests/gw/bench.h"
#include "tests/gw/heard.h"
#include "tests/heap.h"

#define CONF                                                                              \
	"host-name = gw\nlogin-delay = 0\n"                                               \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                         \
	"peer lac { service = s }\n"                                                      \
	"pool p { ranges = { \"10.64.0.0/28\", \"2001:db8:64::/56\" } }\n"                \
	"radius r { accounting = yes accounting-on = no server \"192.0.2.9\" { secret = " \
	"\"0123456789abcdef\" } }\n"                                                      \
	"service s { local = 10.64.0.1  pool = p  auth = { chap }  radius = r }\n"

#define IS_BOB "0105 626f62" /* User-Name, RFC 2865 5.1 */

static struct leg_login_name login_user(const char *user)
{
	return (struct leg_login_name){.by = LEG_LOGIN_USER, .user = user};
}

static struct leg_login_name login_told(const char *name)
{
	return (struct leg_login_name){.by = LEG_LOGIN_TOLD, .told = rd_init(name, strlen(name))};
}

static struct leg_login_name login_at(uint32_t address)
{
	return (struct leg_login_name){.by = LEG_LOGIN_ADDRESS, .address4 = address};
}

static struct leg_login_name login_behind(const uint8_t *prefix)
{
	return (struct leg_login_name){.by = LEG_LOGIN_PREFIX, .prefix6 = prefix};
}

static struct leg_login_name login_acct(uint64_t id)
{
	return (struct leg_login_name){.by = LEG_LOGIN_ACCT, .acct = id};
}

/* How many there are; each of them is found once. */
static unsigned logins_found(struct leg_login_name name)
{
	struct leg *l = NULL, *before = NULL;
	unsigned n = 0;

	while ((l = leg_login_next(bench.gw, &name, l))) {
		CU_ASSERT(l->ops->kind == LEG_SERVER && l != before);
		before = l;
		CU_ASSERT_TRUE_FATAL(++n < 10);
	}
	return n;
}

static struct leg_server *login_of(struct leg_login_name name)
{
	struct leg *l = leg_login_next(bench.gw, &name, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(l);
	return (struct leg_server *)l;
}

static struct far_call *login_call(const char *user)
{
	struct far_call *c = bench_call(user, "x", PPP_AUTH_CHAP_MD5);

	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	return c;
}

static struct far_call *login_begin(const char *attrs)
{
	heard_begin(CONF, attrs);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	return login_call("ann");
}

static void by_each_name(void)
{
	const struct leg_server *s;
	uint8_t prefix[16];
	struct far_call *c = login_begin(IS_BOB);

	s = login_of(login_user("ann"));
	CU_ASSERT_PTR_EQUAL(&s->t.leg, bench_join()->leg[1]);
	CU_ASSERT_PTR_EQUAL(login_of(login_told("bob")), s);
	CU_ASSERT_PTR_EQUAL(login_of(login_at(c->got.local4)), s);
	CU_ASSERT_PTR_EQUAL(login_of(login_behind(s->prefix6)), s);
	CU_ASSERT_PTR_EQUAL(login_of(login_acct(acct_session_id(s->acct))), s);
	/* a /64: what is behind it is no matter */
	memcpy(prefix, s->prefix6, 16);
	memset(prefix + 8, 0xff, 8);
	CU_ASSERT_EQUAL(logins_found(login_behind(prefix)), 1);
	prefix[7] ^= 1;
	CU_ASSERT_EQUAL(logins_found(login_behind(prefix)), 0);
	CU_ASSERT_EQUAL(logins_found(login_user("bob")), 0);
	CU_ASSERT_EQUAL(logins_found(login_told("ann")), 0);
	CU_ASSERT_EQUAL(logins_found(login_told("bo")), 0);
	CU_ASSERT_EQUAL(logins_found(login_at(c->got.local4 + 1)), 0);
	CU_ASSERT_EQUAL(logins_found(login_at(0)), 0);
	CU_ASSERT_EQUAL(logins_found(login_acct(0)), 0);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_EQUAL(logins_found(login_user("ann")), 0);
	heard_end();
}

/* The servers' name is none of its own where it is what he has said. */
static void a_name_that_is_the_same(void)
{
	static const char *const rows[] = {"0105 616e6e", ""};

	for (unsigned i = 0; i < 2; i++) {
		login_begin(rows[i]);
		CU_ASSERT_EQUAL(logins_found(login_user("ann")), 1);
		CU_ASSERT_EQUAL(logins_found(login_told("ann")), 0);
		heard_end();
	}
	/* of the same length, and one that it begins with */
	login_begin("0105 616e78");
	CU_ASSERT_EQUAL(logins_found(login_told("anx")), 1);
	heard_end();
	login_begin("0104 616e");
	CU_ASSERT_EQUAL(logins_found(login_told("an")), 1);
	heard_end();
}

/* Users who log in twice are both found, each from the one before on. */
static void several_of_one_name(void)
{
	struct leg_login_name name = login_user("ann");
	struct leg *first, *second;
	struct far_call *c = login_begin(IS_BOB);

	login_call("ann");
	login_call("cid");
	CU_ASSERT_EQUAL(logins_found(name), 2);
	CU_ASSERT_EQUAL(logins_found(login_told("bob")), 3);
	first = leg_login_next(bench.gw, &name, NULL);
	second = leg_login_next(bench.gw, &name, first);
	CU_ASSERT_PTR_NOT_EQUAL(first, second);
	CU_ASSERT_PTR_NULL(leg_login_next(bench.gw, &name, second));
	/* one that ends is none, before it is freed */
	first->join->ending = true;
	CU_ASSERT_PTR_EQUAL(leg_login_next(bench.gw, &name, NULL), second);
	CU_ASSERT_EQUAL(logins_found(login_told("bob")), 2);
	first->join->ending = false;
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_EQUAL(logins_found(name), 1);
	CU_ASSERT_EQUAL(logins_found(login_user("cid")), 1);
	heard_end();
}

/* A log-in that has no addresses is found by its accounting only. */
static void found_where_its_addresses_are(void)
{
	struct leg_server *s;
	uint32_t address;
	uint64_t id;

	login_begin(IS_BOB);
	s = login_of(login_user("ann"));
	address = s->given4;
	id = acct_session_id(s->acct);
	s->has_addresses = false;
	leg_login_update(s);
	CU_ASSERT_EQUAL(logins_found(login_user("ann")), 0);
	CU_ASSERT_EQUAL(logins_found(login_told("bob")), 0);
	CU_ASSERT_EQUAL(logins_found(login_at(address)), 0);
	CU_ASSERT_EQUAL(logins_found(login_behind(s->prefix6)), 0);
	CU_ASSERT_EQUAL(logins_found(login_acct(id)), 1);
	s->has_addresses = true;
	s->has6 = false;
	leg_login_update(s);
	CU_ASSERT_EQUAL(logins_found(login_user("ann")), 1);
	CU_ASSERT_EQUAL(logins_found(login_told("bob")), 1);
	CU_ASSERT_EQUAL(logins_found(login_at(address)), 1);
	CU_ASSERT_EQUAL(logins_found(login_behind(s->prefix6)), 0);
	s->has6 = true;
	s->given4 = 0;
	leg_login_update(s);
	CU_ASSERT_EQUAL(logins_found(login_at(address)), 0);
	CU_ASSERT_EQUAL(logins_found(login_at(0)), 0);
	CU_ASSERT_EQUAL(logins_found(login_behind(s->prefix6)), 1);
	s->given4 = address;
	leg_login_update(s);
	heard_end();
}

/* By what it has now; once more changes nothing. */
static void found_by_what_it_has_now(void)
{
	struct leg_server *s;
	uint32_t address;

	login_begin(IS_BOB);
	s = login_of(login_user("ann"));
	address = s->given4;
	s->given4 = 0x0a400063;
	s->prefix6[7] ^= 0x40;
	CU_ASSERT_TRUE_FATAL(leg_terminal_set_name(&s->t, "eve"));
	for (unsigned i = 0; i < 2; i++) {
		leg_login_update(s);
		CU_ASSERT_EQUAL(logins_found(login_user("eve")), 1);
		CU_ASSERT_EQUAL(logins_found(login_user("ann")), 0);
		CU_ASSERT_EQUAL(logins_found(login_at(0x0a400063)), 1);
		CU_ASSERT_EQUAL(logins_found(login_at(address)), 0);
		CU_ASSERT_EQUAL(logins_found(login_behind(s->prefix6)), 1);
		CU_ASSERT_EQUAL(logins_found(login_told("bob")), 1);
	}
	/* the servers' name is his own now, and then nobody's */
	CU_ASSERT_TRUE_FATAL(leg_terminal_set_name(&s->t, "bob"));
	leg_login_update(s);
	CU_ASSERT_EQUAL(logins_found(login_user("bob")), 1);
	CU_ASSERT_EQUAL(logins_found(login_told("bob")), 0);
	CU_ASSERT_TRUE_FATAL(leg_terminal_set_name(&s->t, ""));
	leg_login_update(s);
	CU_ASSERT_EQUAL(logins_found(login_user("")), 0);
	CU_ASSERT_EQUAL(logins_found(login_told("bob")), 1);
	s->given4 = address;
	s->prefix6[7] ^= 0x40;
	leg_login_update(s);
	heard_end();
}

/* The tables still have what it was: that is not what it is. */
static void what_has_changed_is_not_found_by_what_it_was(void)
{
	struct leg_server *s;
	uint8_t prefix[16];
	uint32_t address;

	login_begin(IS_BOB);
	s = login_of(login_user("ann"));
	address = s->given4;
	memcpy(prefix, s->prefix6, 16);
	s->given4++;
	CU_ASSERT_EQUAL(logins_found(login_at(address)), 0);
	s->given4 = address;
	for (unsigned i = 0; i < 8; i += 7) {
		s->prefix6[i] ^= 1;
		CU_ASSERT_EQUAL(logins_found(login_behind(prefix)), 0);
		s->prefix6[i] ^= 1;
	}
	CU_ASSERT_TRUE_FATAL(leg_terminal_set_name(&s->t, "bob"));
	CU_ASSERT_EQUAL(logins_found(login_user("ann")), 0);
	CU_ASSERT_EQUAL(logins_found(login_told("bob")), 0);
	CU_ASSERT_TRUE_FATAL(leg_terminal_set_name(&s->t, "ann"));
	CU_ASSERT_EQUAL(logins_found(login_told("bob")), 1);
	heard_end();
}

static void no_memory_for_the_tables(void)
{
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(logins_new());
	CU_ASSERT_TRUE(heap_refused());
	logins_free(NULL);
	logins_free(logins_new());
}

static const struct test_case cases[] = {
	{"by_each_name", by_each_name},
	{"a_name_that_is_the_same", a_name_that_is_the_same},
	{"several_of_one_name", several_of_one_name},
	{"found_where_its_addresses_are", found_where_its_addresses_are},
	{"found_by_what_it_has_now", found_by_what_it_has_now},
	{"what_has_changed_is_not_found_by_what_it_was",
	 what_has_changed_is_not_found_by_what_it_was},
	{"no_memory_for_the_tables", no_memory_for_the_tables},
	{NULL, NULL},
};
const struct test_suite suite_leg_login = {"leg_login", cases};
