/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 2867 section 3: what a server is told of tunnels and of the calls in them. */
#include "gw/tunnel_acct.h"

#include "gw/aaa/aaa.h"
#include "gw/dial.h"
#include "tests/gw/bench.h"
#include "tests/gw/fake_radius.h"
#include "tests/gw/heard.h"

#include <stdio.h>
#include <string.h>

#define CONF                                                                              \
	"host-name = gw\nlogin-delay = 0\n"                                               \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                         \
	"peer lac { service = s  radius = r }\n"                                          \
	"radius r { accounting = yes accounting-on = no server \"192.0.2.9\" { secret = " \
	"\"0123456789abcdef\" } }\n"                                                      \
	"pool p { ranges = { \"10.64.0.0/29\" } }\n"                                      \
	"service s { local = 10.64.0.1  pool = p  ipv6 = no }\n"                          \
	"user ann { secret = \"a password\" }\n"

static struct far_call *tunnel_call(void)
{
	struct far_call *c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);

	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	return c;
}

static void a_tunnel_and_its_calls(void)
{
	struct far_call *c;
	char id[64];

	heard_begin(CONF, "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 1 && heard_is(0, RADIUS_ACCT_TUNNEL_START));
	snprintf(id, sizeof(id), "%.63s", heard_value(0, RADIUS_ACCT_SESSION_ID));
	ASSERT_HEARD(0, TUNNEL_TYPE, "000003");
	ASSERT_HEARD(0, TUNNEL_CLIENT_AUTH_ID, "6c6163");
	ASSERT_HEARD(0, TUNNEL_SERVER_AUTH_ID, "6777");
	ASSERT_HEARD(0, TUNNEL_SERVER_ENDPOINT, "3139322e302e322e31");
	ASSERT_HEARD(0, USER_NAME, "-");
	for (unsigned i = 0; i < 2; i++) {
		fake.stats.rx_octets = 10;
		c = tunnel_call();
		CU_ASSERT_TRUE_FATAL(heards == 2 + 2 * i &&
				     heard_is(1 + 2 * i, RADIUS_ACCT_LINK_START));
		CU_ASSERT_STRING_EQUAL(heard_text(1 + 2 * i, RADIUS_ACCT_MULTI_SESSION_ID),
				       heard_text(0, RADIUS_ACCT_SESSION_ID));
		fake.stats.rx_octets = 1010;
		fake.stats.seq_lost = 3;
		bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
		bench_pass(SEC);
		CU_ASSERT_TRUE_FATAL(heards == 3 + 2 * i &&
				     heard_is(2 + 2 * i, RADIUS_ACCT_LINK_STOP));
		ASSERT_HEARD(2 + 2 * i, ACCT_INPUT_OCTETS, "000003e8");
		ASSERT_HEARD(2 + 2 * i, ACCT_TERMINATE_CAUSE, "00000002");
	}
	ASSERT_HEARD(2, ACCT_TUNNEL_PACKETS_LOST, "00000003");
	l2tp_tunnel_close(bench.tunnel, NULL, clock_us);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 6 && heard_is(5, RADIUS_ACCT_TUNNEL_STOP));
	ASSERT_HEARD(5, ACCT_SESSION_ID, id);
	ASSERT_HEARD(5, ACCT_INPUT_OCTETS, "000007d0");
	heard_end();
}

/* Control dies: tunnel and call go on, and so does what is counted of them. */
static void both_go_on_in_the_next_life(void)
{
	struct far_call *c;

	heard_begin(CONF, "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	fake.stats.rx_octets = 10;
	c = tunnel_call();
	CU_ASSERT_EQUAL(heards, 2);
	fake.stats.rx_octets = 500;
	bench_pass(SEC);
	bench_kill(NULL);
	fake.stats.rx_octets = 1010;
	bench_pass(SEC);
	CU_ASSERT_EQUAL(heards, 2);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "");
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 3 && heard_is(2, RADIUS_ACCT_LINK_STOP));
	ASSERT_HEARD(2, ACCT_INPUT_OCTETS, "000003e8");
	bench_kill(NULL);
	l2tp_tunnel_close(bench.tunnel, NULL, clock_us);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 4 && heard_is(3, RADIUS_ACCT_TUNNEL_STOP));
	ASSERT_HEARD(3, ACCT_INPUT_OCTETS, "000003e8");
	heard_end();
}

/* The attributes of a record that RFC 2867 3.1 to 3.6 wish for; Acct-Delay-Time is 0 at once. */
static void tunnel_wishes(unsigned i, enum radius_acct_status status)
{
	static const enum radius_name always[] = {RADIUS_ACCT_DELAY_TIME,
						  RADIUS_EVENT_TIMESTAMP,
						  RADIUS_TUNNEL_TYPE,
						  RADIUS_TUNNEL_MEDIUM_TYPE,
						  RADIUS_TUNNEL_CLIENT_ENDPOINT,
						  RADIUS_TUNNEL_SERVER_ENDPOINT,
						  RADIUS_ACCT_TUNNEL_CONNECTION,
						  RADIUS_NAS_IDENTIFIER};
	static const enum radius_name stopped[] = {
		RADIUS_ACCT_INPUT_OCTETS,     RADIUS_ACCT_OUTPUT_OCTETS,
		RADIUS_ACCT_SESSION_ID,	      RADIUS_ACCT_SESSION_TIME,
		RADIUS_ACCT_INPUT_PACKETS,    RADIUS_ACCT_OUTPUT_PACKETS,
		RADIUS_ACCT_MULTI_SESSION_ID, RADIUS_ACCT_TUNNEL_PACKETS_LOST,
		RADIUS_NAS_PORT_TYPE};
	bool link = status == RADIUS_ACCT_LINK_START || status == RADIUS_ACCT_LINK_STOP;
	bool start = status == RADIUS_ACCT_LINK_START || status == RADIUS_ACCT_TUNNEL_START;
	bool stop = status == RADIUS_ACCT_LINK_STOP || status == RADIUS_ACCT_TUNNEL_STOP;

	CU_ASSERT_TRUE_FATAL(i < heards && heard_is(i, status));
	for (size_t k = 0; k < sizeof(always) / sizeof(always[0]); k++)
		CU_ASSERT_STRING_NOT_EQUAL(heard_value(i, always[k]), "-");
	for (size_t k = 0; stop && k < sizeof(stopped) / sizeof(stopped[0]); k++)
		CU_ASSERT_STRING_NOT_EQUAL(heard_value(i, stopped[k]), "-");
	CU_ASSERT_TRUE(!link || strcmp(heard_value(i, RADIUS_NAS_PORT), "-") != 0);
	CU_ASSERT_EQUAL(strcmp(heard_value(i, RADIUS_ACCT_TERMINATE_CAUSE), "-") != 0, !start);
}

static void rfc2867_3_attributes_of_each_record(void)
{
	struct far_call *c;

	heard_begin(CONF, "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = tunnel_call();
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	bench_pass(SEC);
	l2tp_tunnel_close(bench.tunnel, NULL, clock_us);
	bench_pass(SEC);
	tunnel_wishes(0, RADIUS_ACCT_TUNNEL_START);
	tunnel_wishes(1, RADIUS_ACCT_LINK_START);
	tunnel_wishes(2, RADIUS_ACCT_LINK_STOP);
	tunnel_wishes(3, RADIUS_ACCT_TUNNEL_STOP);
	ASSERT_HEARD(1, USER_NAME, "-"); /* nobody has said it */
	ASSERT_HEARD(2, USER_NAME, "616e6e");
	CU_ASSERT_STRING_EQUAL(heard_text(3, RADIUS_ACCT_MULTI_SESSION_ID),
			       heard_text(0, RADIUS_ACCT_SESSION_ID));
	heard_end();
}

/* RFC 2865 5.1, 5.25: as the server says, also in another life. */
static void who_is_behind_a_call(void)
{
	static const char conf[] =
		"host-name = gw\nlogin-delay = 0\nudp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lac { service = s  radius = r }\n"
		"radius r { accounting = yes accounting-on = no server \"192.0.2.9\" { secret = "
		"\"0123456789abcdef\" } }\n"
		"pool p { ranges = { \"10.64.0.0/29\" } }\n"
		"service s { local = 10.64.0.1  pool = p  ipv6 = no  radius = r }\n";

	for (unsigned life = 0; life < 2; life++) {
		struct far_call *c;
		unsigned last;

		heard_begin(conf, "0105616e61 1904aabb 1903cc");
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		c = tunnel_call();
		if (life)
			bench_kill(NULL);
		bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
		bench_pass(SEC);
		last = heards;
		while (last-- > 0 && !heard_is(last, RADIUS_ACCT_LINK_STOP))
			;
		CU_ASSERT_TRUE_FATAL(last < heards);
		ASSERT_HEARD(last, USER_NAME, "616e61");
		ASSERT_HEARD(last, CLASS, "aabb");
		heard_end();
	}
}

/* With the numbers of its request, though it never had a leg here, or nothing at all. */
static void what_is_refused_at_once(void)
{
	static const char fmt[] =
		"host-name = gw\nlogin-delay = 0\nudp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lac { %s  radius = r }\n"
		"radius r { accounting = yes accounting-on = no server \"192.0.2.9\" { secret = "
		"\"0123456789abcdef\" } }\n"
		"pool p { ranges = { \"10.64.0.0/29\" } }\n"
		"service s { local = 10.64.0.1  pool = p  ipv6 = no }\n"
		"user ann { secret = \"a password\" }\n";
	static const struct l2tp_avp numbers[] = {
		{.type = L2TP_AVP_CALLED_NUMBER, .val = (const uint8_t *)"31101", .len = 5},
		{.type = L2TP_AVP_CALLING_NUMBER, .val = (const uint8_t *)"4242", .len = 4},
		{.vendor = 3561, .type = 1, .val = (const uint8_t *)"m1", .len = 2}};
	static const char *const keys[] = {"", "service = s max-calls = 1"};
	char conf[1024];

	for (unsigned i = 0; i < 2; i++) {
		unsigned n;

		snprintf(conf, sizeof(conf), fmt, keys[i]);
		heard_begin(conf, "");
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		if (i)
			tunnel_call();
		n = heards;
		bench.icrq = numbers;
		bench.icrq_avps = 3;
		bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
		bench_pass(SEC);
		bench.icrq = NULL;
		bench.icrq_avps = 0;
		CU_ASSERT_EQUAL_FATAL(heards, n + 1);
		tunnel_wishes(n, RADIUS_ACCT_LINK_REJECT);
		CU_ASSERT_STRING_EQUAL(heard_text(n, RADIUS_CALLED_STATION_ID), "31101");
		CU_ASSERT_STRING_EQUAL(heard_text(n, RADIUS_CALLING_STATION_ID), "4242");
		CU_ASSERT_STRING_EQUAL(heard_text(n, RADIUS_AGENT_CIRCUIT_ID), "m1");
		CU_ASSERT_STRING_EQUAL(heard_text(n, RADIUS_ACCT_MULTI_SESSION_ID),
				       heard_text(0, RADIUS_ACCT_SESSION_ID));
		heard_end();
	}
}

/* They leave room for what was carried. */
static void rejects_take_the_place_of_nothing(void)
{
	struct acct_view v;

	heard_begin(CONF, "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_pass(SEC);
	fake_radius.silent = true;
	fake_radius.judge = NULL;
	for (unsigned i = 0; i < 15000; i++) {
		struct l2tp_msg msg = {.type = L2TP_ICRQ};

		tunnel_acct_refused(bench.gw, l2tp_tunnel_next(bench.gw->engine, NULL), &msg,
				    clock_us);
		CU_ASSERT_TRUE_FATAL(acct_view(bench.gw->acct, 0, &v));
	}
	CU_ASSERT_TRUE(v.octets > ACCT_MEMORY / 2 && v.octets < ACCT_MEMORY / 2 + 1000);
	CU_ASSERT_EQUAL(v.made, v.given_up + v.waiting + v.acknowledged);
	CU_ASSERT_TRUE(v.given_up > 1000);
	heard_end();
}

/* A call that never came up. */
static void what_is_rejected(void)
{
	heard_begin(CONF, "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.no_iccn = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	bench_pass(SEC);
	bench_hangup(&bench.call[0], L2TP_CDN_BUSY, "");
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 2 && heard_is(1, RADIUS_ACCT_LINK_REJECT));
	ASSERT_HEARD(1, ACCT_TERMINATE_CAUSE, "00000001");
	ASSERT_HEARD(1, ACCT_INPUT_OCTETS, "-");
	heard_end();
}

/* RFC 2867 3.3: a tunnel that is not established, of theirs with another secret, and of ours to
 * one that is silent. */
static void a_tunnel_that_does_not_come_up(void)
{
	static const char conf[] =
		"host-name = gw\nlogin-delay = 0\nudp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lac { hostname = lac  secret = \"ours\"  service = s  radius = r }\n"
		"peer lns { port = a  dial = \"192.0.2.7:1701\"  radius = r }\n"
		"radius r { accounting = yes accounting-on = no server \"192.0.2.9\" { secret = "
		"\"0123456789abcdef\" } }\n"
		"pool p { ranges = { \"10.64.0.0/29\" } }\n"
		"service s { local = 10.64.0.1  pool = p  ipv6 = no }\n";
	const char *words;

	heard_begin(conf, "");
	memcpy(bench.policy.secret.octets, "theirs", 6);
	bench.policy.secret.len = 6;
	bench.policy.challenge = true;
	CU_ASSERT_FALSE(bench_dial("lac"));
	bench_pass(SEC);
	CU_ASSERT_EQUAL_FATAL(heards, 1);
	tunnel_wishes(0, RADIUS_ACCT_TUNNEL_REJECT);
	ASSERT_HEARD(0, TUNNEL_CLIENT_AUTH_ID, "6c6163");
	ASSERT_HEARD(0, ACCT_INPUT_OCTETS, "-");
	bench.silent = true;
	CU_ASSERT_PTR_NOT_NULL(dial_tunnel(bench.gw, &bench.gw->cfg->peer[1], clock_us, &words));
	bench_pass(200 * SEC);
	CU_ASSERT_EQUAL_FATAL(heards, 2);
	tunnel_wishes(1, RADIUS_ACCT_TUNNEL_REJECT);
	ASSERT_HEARD(1, ACCT_TERMINATE_CAUSE, "00000003"); /* Lost Service */
	heard_end();
}

static const struct test_case cases[] = {
	{"a_tunnel_that_does_not_come_up", a_tunnel_that_does_not_come_up},
	{"a_tunnel_and_its_calls", a_tunnel_and_its_calls},
	{"both_go_on_in_the_next_life", both_go_on_in_the_next_life},
	{"rfc2867_3_attributes_of_each_record", rfc2867_3_attributes_of_each_record},
	{"who_is_behind_a_call", who_is_behind_a_call},
	{"what_is_refused_at_once", what_is_refused_at_once},
	{"rejects_take_the_place_of_nothing", rejects_take_the_place_of_nothing},
	{"what_is_rejected", what_is_rejected},
	{NULL, NULL},
};
const struct test_suite suite_tunnel_acct = {"tunnel_acct", cases};
