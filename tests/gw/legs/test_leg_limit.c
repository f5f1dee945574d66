/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log-ins that last too long, or carry nothing.  The data plane's counters are the test's. */
#include "gw/legs/leg_limit.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"

#include <string.h>

#define MIN  (60 * SEC)
#define HOUR (60 * MIN)

#define CONF_ANN(keys, ann)                                                                 \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                           \
	"peer lac { service = s }\n"                                                        \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n"                                        \
	"service s { local = 10.64.0.1  pool = s  auth = { chap }  ipv6 = no  " keys " }\n" \
	"user ann { secret = \"a password\"  " ann " }\n"                                   \
	"user bob { secret = \"another\" }\n"
#define CONF(keys) CONF_ANN(keys, "")

static struct far_call *limited(const char *conf)
{
	struct far_call *c;

	bench_start(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	return c;
}

/* RFC 3145 3.1: code 3, no protocol, direction 2: we sent the Terminate-Request.  RFC 2661 4.4.2:
 * result 3, administrative reasons. */
static void limit_ended(const struct far_call *c, const char *words)
{
	static const uint8_t cause[5] = {0, 3, 0, 0, 2};

	CU_ASSERT_TRUE(c->down);
	CU_ASSERT_EQUAL(c->why, PPP_WHY_PEER);
	CU_ASSERT_STRING_EQUAL(c->said, words);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_STRING_EQUAL(c->result.text, words);
	CU_ASSERT_FATAL(c->cause_len >= 5);
	ASSERT_OCTETS(c->cause, 5, cause, 5);
}

static void an_idle_login_ends(void)
{
	struct far_call *c = limited(CONF("idle = 30m"));

	bench_pass(30 * MIN - 1);
	CU_ASSERT_FALSE(c->down);
	bench_pass(2);
	limit_ended(c, "idle for 30m00s");
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

/* Either direction counts. */
static void data_keeps_it(void)
{
	struct far_call *c = limited(CONF("idle = 30m"));

	for (unsigned i = 0; i < 10; i++) {
		bench_pass(29 * MIN);
		if (i % 2)
			fake.stats.rx_frames++;
		else
			fake.stats.tx_frames++;
		bench_pass(MIN);
		CU_ASSERT_FALSE(c->down);
	}
	/* found at the next look, a minute after it at most */
	bench_pass(29 * MIN - 1);
	CU_ASSERT_FALSE(c->down);
	bench_pass(MIN + 1);
	limit_ended(c, "idle for 30m00s");
	bench_stop();
}

/* An echo and its reply are frames of the control thread. */
static void echoes_do_not(void)
{
	struct far_call *c = limited(CONF("idle = 10s"));

	for (unsigned i = 0; i < 10; i++) {
		CU_ASSERT_FALSE(c->down);
		bench_pass(SEC);
		fake.stats.rx_frames++;
		fake.stats.tx_frames++;
		fake.stats.control += 2;
	}
	bench_pass(1);
	limit_ended(c, "idle for 10s");
	bench_stop();
}

/* A call whose entry has moved counts from nothing. */
static void counters_may_start_again(void)
{
	struct far_call *c;

	c = limited(CONF("idle = 60s"));
	fake.stats.rx_frames = 1000;
	bench_pass(30 * SEC);
	fake.stats = (struct dp_call_stats){0};
	bench_pass(20 * SEC);
	fake.stats.rx_frames = 1;
	bench_pass(30 * SEC);
	CU_ASSERT_FALSE(c->down);
	bench_pass(34 * SEC);
	limit_ended(c, "idle for 1m00s");
	bench_stop();
}

static void a_session_ends_busy_or_not(void)
{
	struct far_call *c = limited(CONF("session = 8h  idle = 1h"));

	for (unsigned i = 0; i < 16; i++) {
		CU_ASSERT_FALSE(c->down);
		bench_pass(HOUR / 2 - (i == 15));
		fake.stats.rx_frames++;
	}
	CU_ASSERT_FALSE(c->down);
	bench_pass(1);
	limit_ended(c, "session limit of 8h00m");
	bench_stop();
}

/* The session is the log-in's: a link that starts again goes on with it, another user's is new. */
static void another_login_has_its_own_time(void)
{
	struct far_call *c = limited(CONF("session = 1h"));

	bench_pass(HOUR / 2);
	bench_redial(c, "ann", "a password");
	CU_ASSERT_TRUE(c->ip4);
	bench_pass(HOUR / 4);
	bench_redial(c, "bob", "another");
	CU_ASSERT_TRUE(c->ip4);
	bench_pass(HOUR - 1);
	CU_ASSERT_FALSE(c->down);
	bench_pass(1);
	limit_ended(c, "session limit of 1h00m");
	bench_stop();

	c = limited(CONF("session = 1h"));
	bench_pass(HOUR / 2);
	bench_redial(c, "ann", "a password");
	bench_pass(HOUR / 2 - 1);
	CU_ASSERT_FALSE(c->down);
	bench_pass(1);
	limit_ended(c, "session limit of 1h00m");
	bench_stop();
}

static void without_limits_it_stays(void)
{
	struct far_call *c = limited(CONF(""));

	bench_pass(100 * HOUR);
	CU_ASSERT_FALSE(c->down);
	bench_stop();

	c = limited(CONF("session = 0  idle = 0"));
	bench_pass(100 * HOUR);
	CU_ASSERT_FALSE(c->down);
	bench_stop();
}

/* Each of a user's limits takes the place of the service's, also when it is none. */
static void a_user_has_limits_of_his_own(void)
{
	struct far_call *c =
		limited(CONF_ANN("session = 1h  idle = 10m", "session = 20m  idle = 0"));
	const struct leg_limits *n = leg_server_limits(bench_join()->leg[1]);

	CU_ASSERT_EQUAL(n->idle, 0);
	CU_ASSERT_EQUAL(n->session, 20 * MIN);
	CU_ASSERT_TRUE(n->idle_of_user && n->session_of_user);
	CU_ASSERT_PTR_NULL(leg_server_limits(bench_join()->leg[0]));
	bench_pass(20 * MIN - 1);
	CU_ASSERT_FALSE(c->down);
	bench_pass(1);
	limit_ended(c, "session limit of 20m00s");
	bench_stop();

	c = limited(CONF_ANN("session = 1h  idle = 10m", "session = 0"));
	n = leg_server_limits(bench_join()->leg[1]);
	CU_ASSERT_EQUAL(n->idle, 10 * MIN);
	CU_ASSERT_EQUAL(n->session, 0);
	CU_ASSERT_TRUE(!n->idle_of_user && n->session_of_user);
	bench_pass(11 * MIN);
	limit_ended(c, "idle for 10m00s");
	bench_stop();
}

/* The next user of the link has none of them. */
static void limits_go_with_their_user(void)
{
	struct far_call *c =
		limited(CONF_ANN("session = 1h  idle = 10m", "session = 20m  idle = 0"));

	bench_redial(c, "bob", "another");
	CU_ASSERT_TRUE(c->ip4);
	bench_pass(10 * MIN - 1);
	CU_ASSERT_FALSE(c->down);
	bench_pass(MIN);
	limit_ended(c, "idle for 10m00s");
	bench_stop();
}

/* Nothing is left of a limit when the call goes first. */
static void the_call_may_go_first(void)
{
	struct far_call *c = limited(CONF("session = 1h  idle = 10m"));

	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_pass(2 * HOUR);
	bench_stop();
}

/* Who cannot be limited is not let in. */
static void limits_take_memory(void)
{
	struct leg_limit *l = NULL;

	CU_ASSERT_TRUE(leg_limit_start(&l, NULL, 0, 0, 0, 0));
	CU_ASSERT_PTR_NULL(l);
	heap_refuse(0);
	CU_ASSERT_FALSE(leg_limit_start(&l, NULL, SEC, 0, 0, 0));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_PTR_NULL(l);
}

static const struct test_case cases[] = {
	{"an_idle_login_ends", an_idle_login_ends},
	{"data_keeps_it", data_keeps_it},
	{"echoes_do_not", echoes_do_not},
	{"counters_may_start_again", counters_may_start_again},
	{"a_session_ends_busy_or_not", a_session_ends_busy_or_not},
	{"another_login_has_its_own_time", another_login_has_its_own_time},
	{"without_limits_it_stays", without_limits_it_stays},
	{"a_user_has_limits_of_his_own", a_user_has_limits_of_his_own},
	{"limits_go_with_their_user", limits_go_with_their_user},
	{"the_call_may_go_first", the_call_may_go_first},
	{"limits_take_memory", limits_take_memory},
	{NULL, NULL},
};
const struct test_suite suite_leg_limit = {"leg_limit", cases};
