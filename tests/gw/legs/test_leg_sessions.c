/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A user who logs in twice. */
#include "tests/gw/bench.h"
#include "tests/heap.h"

#include <string.h>

#define CONF(keys)                                                               \
	"host-name = gw\nlogin-delay = 0\n"                                      \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                \
	"peer lac { service = s }\n"                                             \
	"pool p { ranges = { \"10.64.0.0/28\", \"2001:db8:64::/56\" } }\n"       \
	"service s { local = 10.64.0.1  pool = p  auth = { chap }  " keys " }\n" \
	"user ann { secret = \"of ann\"  address = 10.64.0.9 }\n"                \
	"user bob { secret = \"of bob\" }\n"

static struct far_call *sessions_call(const char *user, const char *secret)
{
	struct far_call *c = bench_call(user, secret, PPP_AUTH_CHAP_MD5);

	bench_pass(SEC);
	return c;
}

static struct far_call *sessions_first(const char *conf)
{
	struct far_call *c;

	bench_start_kept(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = sessions_call("ann", "of ann");
	CU_ASSERT_TRUE_FATAL(c->ip4);
	return c;
}

/* The client has crashed and says nothing; its address is his again at once. */
static void the_last_one_replaces(void)
{
	struct far_call *c = sessions_first(CONF("sessions = replace")), *d, *e;

	c->hold = true;
	d = sessions_call("ann", "of ann");
	CU_ASSERT_TRUE(d->ip4 && d->got.local4 == 0x0a400009);
	CU_ASSERT_PTR_NULL(c->call);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_STRING_EQUAL(c->result.text, "the same user has logged in somewhere else");
	CU_ASSERT_EQUAL(fake.calls, 1);
	CU_ASSERT_EQUAL(fake.call[0].peer4, 0x0a400009);
	/* another user is nobody's business, and neither is a new life of the gateway */
	CU_ASSERT_TRUE(sessions_call("bob", "of bob")->ip4);
	CU_ASSERT_TRUE(d->ip4 && !d->down);
	bench_kill(NULL);
	e = sessions_call("ann", "of ann");
	CU_ASSERT_TRUE(e->ip4 && e->got.local4 == 0x0a400009);
	CU_ASSERT_PTR_NULL(d->call);
	CU_ASSERT_EQUAL(fake.calls, 2);
	bench_stop();
}

static void the_first_one_stays(void)
{
	struct far_call *c = sessions_first(CONF("sessions = deny")), *d;

	d = sessions_call("ann", "of ann");
	CU_ASSERT_TRUE(d->down && !d->ip4);
	CU_ASSERT_STRING_EQUAL(d->said, "logged in already");
	CU_ASSERT_EQUAL(bench_logged("aaa *: user ann: he is logged in already"), 1);
	CU_ASSERT_TRUE(c->ip4 && !c->down);
	CU_ASSERT_TRUE(sessions_call("bob", "of bob")->ip4);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(SEC);
	CU_ASSERT_TRUE(sessions_call("ann", "of ann")->ip4);
	bench_stop();
}

/* A link that starts again is no other one. */
static void the_same_one_starts_again(void)
{
	struct far_call *c = sessions_first(CONF("sessions = deny"));

	bench_redial(c, "ann", "of ann");
	bench_pass(SEC);
	CU_ASSERT_TRUE(c->ip4 && !c->down);
	bench_stop();
}

static void both_may_be(void)
{
	struct far_call *c, *d;

	static const char *const keys[] = {CONF(""), CONF("sessions = allow")};

	for (unsigned i = 0; i < 2; i++) {
		sessions_first(keys[i]);
		c = sessions_call("bob", "of bob");
		d = sessions_call("bob", "of bob");
		CU_ASSERT_TRUE(c->ip4 && d->ip4 && !c->down);
		bench_stop();
	}
}

/* What the one says is nothing to the log-ins of another. */
static void each_service_has_its_own(void)
{
	static const char conf[] =
		"host-name = gw\nlogin-delay = 0\nudp a { listen = \"192.0.2.1:1701\" }\n"
		"peer one { hostname = one  service = s }\npeer two { hostname = two  service = t "
		"}\n"
		"pool p { ranges = { \"10.64.0.0/28\" } }\n"
		"service s { local = 10.64.0.1  pool = p  ipv6 = no  sessions = deny }\n"
		"service t { local = 10.64.0.1  pool = p  ipv6 = no  sessions = replace }\n"
		"user bob { secret = \"of bob\" }\n";
	struct far_call *c, *d;

	bench_start_kept(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("one"));
	c = sessions_call("bob", "of bob");
	CU_ASSERT_TRUE_FATAL(c->ip4);
	CU_ASSERT_TRUE_FATAL(bench_dial("two"));
	d = sessions_call("bob", "of bob");
	CU_ASSERT_TRUE(c->ip4 && !c->down && d->ip4);
	CU_ASSERT_TRUE(sessions_call("bob", "of bob")->ip4);
	CU_ASSERT_TRUE(c->ip4 && !c->down && !d->call);
	CU_ASSERT_TRUE_FATAL(bench_dial("one"));
	CU_ASSERT_TRUE(sessions_call("bob", "of bob")->down);
	CU_ASSERT_TRUE(c->ip4 && !c->down);
	bench_stop();
}

/* --- what a log-in is found by ------------------------------------------------------------------ */

static unsigned sessions_found(const struct leg_login_name *name, struct leg **last)
{
	struct leg *l = NULL;
	unsigned n = 0;

	while ((l = leg_login_next(bench.gw, name, l))) {
		*last = l;
		n++;
	}
	return n;
}

static unsigned sessions_of(const char *user, struct leg **last)
{
	return sessions_found(&(struct leg_login_name){.by = LEG_LOGIN_USER, .user = user}, last);
}

static unsigned sessions_at(uint32_t address, struct leg **last)
{
	return sessions_found(
		&(struct leg_login_name){.by = LEG_LOGIN_ADDRESS, .address4 = address}, last);
}

static void each_name_finds_its_log_ins(void)
{
	struct leg *l = NULL, *m = NULL;
	struct leg_server_view v;
	struct far_call *c;

	sessions_first(CONF(""));
	c = sessions_call("bob", "of bob");
	sessions_call("bob", "of bob");
	CU_ASSERT_EQUAL(sessions_of("bob", &l), 2);
	CU_ASSERT_EQUAL(sessions_of("ann", &l), 1);
	CU_ASSERT_EQUAL(sessions_of("bo", &m), 0);
	CU_ASSERT_EQUAL(sessions_at(0x0a400009, &m), 1);
	CU_ASSERT_PTR_EQUAL(l, m);
	CU_ASSERT_TRUE_FATAL(leg_server_view(l, &v));
	CU_ASSERT_PTR_NOT_NULL_FATAL(v.prefix6);
	CU_ASSERT_EQUAL(
		sessions_found(
			&(struct leg_login_name){.by = LEG_LOGIN_PREFIX, .prefix6 = v.prefix6}, &m),
		1);
	CU_ASSERT_PTR_EQUAL(l, m);
	/* that goes while its join does, before that is freed */
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "bye");
	CU_ASSERT_EQUAL(sessions_of("bob", &m), 1);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(sessions_of("bob", &l), 1);
	CU_ASSERT_EQUAL(sessions_of("ann", &l), 1);
	CU_ASSERT_EQUAL(sessions_at(0x0a400009, &m), 1);
	CU_ASSERT_PTR_EQUAL(l, m);
	bench_stop();
}

/* The user that a link has now, not the one before. */
static void another_user_of_the_same_link(void)
{
	struct far_call *c = sessions_first(CONF("sessions = deny"));
	struct leg *l = NULL;

	bench_redial(c, "bob", "of bob");
	bench_pass(SEC);
	CU_ASSERT_TRUE(c->ip4 && !c->down);
	CU_ASSERT_EQUAL(sessions_of("ann", &l), 0);
	CU_ASSERT_EQUAL(sessions_of("bob", &l), 1);
	CU_ASSERT_EQUAL(sessions_at(0x0a400009, &l), 0);
	CU_ASSERT_TRUE(sessions_call("bob", "of bob")->down);
	CU_ASSERT_TRUE(sessions_call("ann", "of ann")->ip4);
	bench_stop();
}

static const struct test_case cases[] = {
	{"the_last_one_replaces", the_last_one_replaces},
	{"the_first_one_stays", the_first_one_stays},
	{"the_same_one_starts_again", the_same_one_starts_again},
	{"both_may_be", both_may_be},
	{"each_service_has_its_own", each_service_has_its_own},
	{"each_name_finds_its_log_ins", each_name_finds_its_log_ins},
	{"another_user_of_the_same_link", another_user_of_the_same_link},
	{NULL, NULL},
};
const struct test_suite suite_leg_sessions = {"leg_sessions", cases};
