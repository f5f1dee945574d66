/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a server is told of a log-in, from the call to the record, and through the death of the
 * control side. */
#include "gw/bind.h"
#include "gw/operator/clear.h"
#include "tests/gw/bench.h"
#include "tests/gw/fake_radius.h"
#include "tests/gw/heard.h"
#include "tests/gw/line_far.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/pppoe/pppoe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONF_OF(keys, more)                                                               \
	"host-name = gw\nlogin-delay = 0\n"                                               \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                         \
	"peer lac { service = s }\n"                                                      \
	"radius r { accounting = yes accounting-on = no server \"192.0.2.9\" { secret = " \
	"\"0123456789abcdef\" } " keys " }\n"                                             \
	"pool p { ranges = { \"10.64.0.0/29\", \"2001:db8:64::/56\" } }\n"                \
	"service s { local = 10.64.0.1  pool = p  mtu = 1400  radius = r " more " }\n"    \
	"user bob { secret = \"of bob\" }\n"
#define CONF CONF_OF("", "")

static struct far_call *acct_call(const char *user, const char *secret)
{
	struct far_call *c;

	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call(user, secret, PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	return c;
}

/* RFC 2866 5, 2867 4, 2868 3, 3162 2 */
static void what_is_told_of_a_call(void)
{
	struct far_call *c;
	unsigned last;

	heard_begin(CONF, "1904aabb 1903cc");
	c = acct_call("ann", "x");
	CU_ASSERT_TRUE_FATAL(heards >= 1 && heard_is(0, RADIUS_ACCT_START));
	ASSERT_HEARD(0, USER_NAME, "616e6e");
	ASSERT_HEARD(0, NAS_IDENTIFIER, "6777");
	ASSERT_HEARD(0, CLASS, "aabb");
	ASSERT_HEARD(0, ACCT_AUTHENTIC, "00000001");
	ASSERT_HEARD(heards - 1, FRAMED_IP_ADDRESS, "0a400002");
	ASSERT_HEARD(heards - 1, FRAMED_IPV6_PREFIX, "004020010db800640000");
	CU_ASSERT_EQUAL(strlen(heard_value(heards - 1, RADIUS_FRAMED_INTERFACE_ID)), 16);
	ASSERT_HEARD(0, TUNNEL_TYPE, "000003");
	ASSERT_HEARD(0, TUNNEL_MEDIUM_TYPE, "000001");
	ASSERT_HEARD(0, TUNNEL_SERVER_ENDPOINT, "3139322e302e322e31");
	ASSERT_HEARD(0, TUNNEL_SERVER_AUTH_ID, "6777");
	ASSERT_HEARD(0, TUNNEL_CLIENT_AUTH_ID, "6c6163");
	fake.stats.rx_octets = 1000;
	fake.stats.tx_frames += 7;
	bench_pass(9 * SEC);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	bench_pass(SEC);
	last = heards - 1;
	CU_ASSERT_TRUE_FATAL(heard_is(last, RADIUS_ACCT_STOP));
	ASSERT_HEARD(last, ACCT_INPUT_OCTETS, "000003e8");
	ASSERT_HEARD(last, ACCT_OUTPUT_PACKETS, "00000007");
	ASSERT_HEARD(last, ACCT_TERMINATE_CAUSE, "00000002");
	ASSERT_HEARD(last, FRAMED_IP_ADDRESS, "0a400002");
	ASSERT_HEARD(last, CLASS, "aabb");
	heard_end();
}

/* RFC 2865 5.30 and 5.31; RFC 5515 in ICRQ is RFC 4679 to the server, and so it is when control has
 * died in between. */
static void the_line_behind_a_call(void)
{
	static const struct l2tp_avp line[] = {
		{.type = L2TP_AVP_CALLED_NUMBER, .val = (const uint8_t *)"31101", .len = 5},
		{.type = L2TP_AVP_CALLING_NUMBER, .val = (const uint8_t *)"4242", .len = 4},
		{.vendor = 3561, .type = 1, .val = (const uint8_t *)"m1", .len = 2},
		{.vendor = 3561,
		 .type = 129,
		 .val = (const uint8_t *)"\0\0\0\0\0\x0f\x98\x30",
		 .len = 8}};
	struct far_call *c;

	heard_begin(CONF_OF("", "ipv6 = no"), "");
	bench.icrq = line;
	bench.icrq_avps = 4;
	c = acct_call("ann", "x");
	bench_kill(NULL);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 2 && heard_is(0, RADIUS_ACCT_START) &&
			     heard_is(1, RADIUS_ACCT_STOP));
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_STRING_EQUAL(heard_text(i, RADIUS_CALLED_STATION_ID), "31101");
		CU_ASSERT_STRING_EQUAL(heard_text(i, RADIUS_CALLING_STATION_ID), "4242");
		CU_ASSERT_STRING_EQUAL(heard_text(i, RADIUS_AGENT_CIRCUIT_ID), "m1");
		ASSERT_HEARD(i, RATE_UPSTREAM, "000f9830");
	}
	heard_end();
}

static void one_whom_we_have_judged(void)
{
	heard_begin(CONF_OF("", "ipv6 = no"), "");
	acct_call("bob", "of bob");
	CU_ASSERT_TRUE_FATAL(heards == 1);
	ASSERT_HEARD(0, ACCT_AUTHENTIC, "00000002");
	heard_end();
}

/* RFC 2865 5.1: the name that the server gives counts. */
static void a_server_may_name_him(void)
{
	heard_begin(CONF_OF("", "ipv6 = no"), "0105616e61");
	acct_call("ann", "x");
	CU_ASSERT_TRUE_FATAL(heards == 1);
	ASSERT_HEARD(0, USER_NAME, "616e61");
	heard_end();
}

static void without_accounting_nothing_is_told(void)
{
	heard_begin("udp a { listen = \"192.0.2.1:1701\" }\npeer lac { service = s }\n"
		    "radius r { server \"192.0.2.9\" { secret = \"0123456789abcdef\" } }\n"
		    "service s { local = 10.64.0.1  pool = p  radius = r }\n"
		    "pool p { ranges = { \"10.64.0.0/29\" } }\n",
		    "");
	acct_call("ann", "x");
	heard_end();
	CU_ASSERT_EQUAL(heards, 0);
}

/* RFC 2866 5.10 */
static void why_it_has_ended(void)
{
	static const struct {
		const char *keys, *cause;
		uint64_t after;
	} rows[] = {
		{"ipv6 = no idle = 60s", "00000004", 70 * SEC},
		{"ipv6 = no session = 60s", "00000005", 70 * SEC},
		{"ipv6 = no idle = 90s session = 60s", "00000005", 70 * SEC},
		{"ipv6 = no session = 90s idle = 60s", "00000004", 70 * SEC},
	};
	static const char fmt[] =
		"host-name = gw\nlogin-delay = 0\n"
		"udp a { listen = \"192.0.2.1:1701\" }\npeer lac { service = s }\n"
		"radius r { accounting = yes accounting-on = no "
		"server \"192.0.2.9\" { secret = \"0123456789abcdef\" } }\n"
		"pool p { ranges = { \"10.64.0.0/29\" } }\n"
		"service s { local = 10.64.0.1  pool = p  radius = r %s }\n";
	char conf[1024];

	for (unsigned i = 0; i < 4; i++) {
		snprintf(conf, sizeof(conf), fmt, rows[i].keys);
		heard_begin(conf, "");
		acct_call("ann", "x");
		bench_pass(rows[i].after);
		CU_ASSERT_TRUE_FATAL(heards == 2);
		ASSERT_HEARD(1, ACCT_TERMINATE_CAUSE, rows[i].cause);
		heard_end();
	}
}

/* RFC 2866 5.10 of the far end's doing, and ours. */
static void who_has_ended_it(void)
{
	heard_begin(CONF_OF("", "ipv6 = no"), "");
	ppp_close(acct_call("ann", "x")->ppp, clock_us);
	bench_pass(10 * SEC);
	CU_ASSERT_TRUE_FATAL(heards == 2);
	ASSERT_HEARD(1, ACCT_TERMINATE_CAUSE, "00000001");
	heard_end();
	heard_begin(CONF_OF("", "ipv6 = no"), "");
	acct_call("ann", "x");
	gw_shutdown(bench.gw, clock_us);
	bench_pass(10 * SEC);
	CU_ASSERT_TRUE_FATAL(heards == 2);
	ASSERT_HEARD(1, ACCT_TERMINATE_CAUSE, "00000007");
	heard_end();
}

/* RFC 2866 5.10: an operator, another log-in of the same user, a LAC that has no facilities, one
 * that hangs up, and a client that does not answer. */
static void each_end_has_its_cause(void)
{
	enum { BY_OPERATOR, BY_ANOTHER, BY_FACILITIES, BY_LAC, BY_SILENCE, ENDS };
	static const char *const cause[ENDS] = {"00000006", "0000000d", "0000000f", "00000001",
						"00000002"};

	for (unsigned i = 0; i < ENDS; i++) {
		struct far_call *c;

		heard_begin(CONF_OF("", "ipv6 = no  sessions = replace  echo-interval = 10s  "
					"echo-failures = 2"),
			    "");
		c = acct_call("ann", "x");
		if (i == BY_OPERATOR)
			clear_user(bench.gw, "ann");
		if (i == BY_ANOTHER)
			bench_call("ann", "x", PPP_AUTH_CHAP_MD5);
		if (i == BY_FACILITIES || i == BY_LAC)
			bench_hangup(c,
				     i == BY_LAC ? L2TP_CDN_ADMINISTRATIVE
						 : L2TP_CDN_NO_FACILITIES_TEMP,
				     "");
		c->hold = i == BY_SILENCE;
		bench_pass(40 * SEC);
		CU_ASSERT_TRUE_FATAL(heards >= 2 && heard_is(1, RADIUS_ACCT_STOP));
		ASSERT_HEARD(1, ACCT_TERMINATE_CAUSE, cause[i]);
		heard_end();
	}
}

/* RFC 2866 5.1 */
static void the_gateway_starts_and_ends(void)
{
	static const char conf[] = "udp a { listen = \"192.0.2.1:1701\" }\n"
				   "radius r { accounting = yes server \"192.0.2.9\" { secret = "
				   "\"0123456789abcdef\" } }";

	heard_begin(conf, "");
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 1 && heard_is(0, RADIUS_ACCT_ON));
	bench_kill(NULL);
	bench_pass(SEC);
	CU_ASSERT_EQUAL(heards, 1);
	gw_shutdown(bench.gw, clock_us);
	bench_pass(10 * SEC);
	CU_ASSERT_TRUE_FATAL(heards == 2 && heard_is(1, RADIUS_ACCT_OFF));
	heard_end();
}

/* Without a spool, and with a server that is silent, the log says what is lost. */
static void what_is_lost_is_said(void)
{
	heard_begin(CONF_OF("", "ipv6 = no"), "");
	acct_call("ann", "x");
	fake_radius.silent = true;
	gw_shutdown(bench.gw, clock_us);
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(bench_logged("aaa error: radius r: 1 records of accounting are lost*"), 1);
	heard_end();
}

/* How many records of this status there are, of different log-ins. */
static unsigned told_different(enum radius_acct_status status)
{
	char id[HEARD_MOST][64];
	unsigned n = 0, k;

	for (unsigned i = 0; i < heards; i++) {
		if (!heard_is(i, status))
			continue;
		snprintf(id[n], sizeof(id[n]), "%.63s", heard_value(i, RADIUS_ACCT_SESSION_ID));
		for (k = 0; k < n && strcmp(id[k], id[n]) != 0; k++)
			continue;
		n += k == n;
	}
	return n;
}

/* Killed at each packet and frame that it sends: there is one log-in with a Start and a Stop, or,
 * where the client had to come again, two. */
static void killed_at_each_send(void)
{
	bool killed = true;

	for (unsigned at = 1; killed; at++) {
		struct far_call *c;
		unsigned starts;

		heard_begin(CONF_OF("", "ipv6 = no"), "1903cc");
		bench.kill_at = at;
		if (bench_dial("lac")) {
			c = bench_call("ann", "x", PPP_AUTH_CHAP_MD5);
			bench_pass(20 * SEC);
			if (c->up && !c->down)
				bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
		}
		bench_pass(200 * SEC);
		killed = bench.kills;
		starts = told_different(RADIUS_ACCT_START);
		CU_ASSERT_TRUE(starts <= 2);
		CU_ASSERT_EQUAL(told_different(RADIUS_ACCT_STOP), starts);
		for (unsigned i = 0; i < heards; i++)
			ASSERT_HEARD(i, CLASS, "cc");
		heard_end();
	}
}

static struct leg *acct_log_in(uint64_t id)
{
	const struct leg_login_name name = {.by = LEG_LOGIN_ACCT, .acct = id};

	return leg_login_next(bench.gw, &name, NULL);
}

/* Control dies while the call is up: one log-in, whose time and octets go on. */
static void it_goes_on_in_the_next_life(void)
{
	struct far_call *c;
	char id[64];

	heard_begin(CONF_OF("", "ipv6 = no"), "1903cc");
	fake.stats.rx_octets = 300;
	c = acct_call("ann", "x");
	fake.stats.rx_octets = 1000;
	bench_pass(9 * SEC);
	bench_kill(NULL);
	fake.stats.rx_octets = 1500;
	bench_pass(10 * SEC);
	CU_ASSERT_PTR_EQUAL(acct_log_in(strtoull(heard_text(0, RADIUS_ACCT_SESSION_ID), NULL, 16)),
			    bench_join()->leg[1]);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	bench_pass(SEC);
	CU_ASSERT_PTR_NULL(acct_log_in(strtoull(heard_text(0, RADIUS_ACCT_SESSION_ID), NULL, 16)));
	CU_ASSERT_TRUE_FATAL(heards == 2 && heard_is(0, RADIUS_ACCT_START) &&
			     heard_is(1, RADIUS_ACCT_STOP));
	snprintf(id, sizeof(id), "%.63s", heard_value(0, RADIUS_ACCT_SESSION_ID));
	ASSERT_HEARD(1, ACCT_SESSION_ID, id);
	ASSERT_HEARD(1, ACCT_INPUT_OCTETS, "000004b0");
	ASSERT_HEARD(1, ACCT_SESSION_TIME, "00000014");
	ASSERT_HEARD(1, CLASS, "cc");
	ASSERT_HEARD(1, ACCT_TERMINATE_CAUSE, "00000002");
	heard_end();
}

/* Its service is gone in the next life. */
static void what_cannot_go_on_has_ended(void)
{
	heard_begin(CONF_OF("", "ipv6 = no"), "");
	acct_call("ann", "x");
	bench_kill("udp a { listen = \"192.0.2.1:1701\" }\npeer lac { service = t }\n"
		   "radius r { accounting = yes accounting-on = no server \"192.0.2.9\" { secret = "
		   "\"0123456789abcdef\" } }\n"
		   "service t { local = 10.64.0.1 }\n");
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(heards == 2 && heard_is(1, RADIUS_ACCT_STOP));
	ASSERT_HEARD(1, ACCT_TERMINATE_CAUSE, "00000009");
	heard_end();
}

/* NAS-Port-Type, of the question and of the records: a line of Frame Relay is synchronous, one of
 * PPPoE is 32 in RFC 4603. */
static void a_line_says_its_medium(void)
{
	static const struct {
		const char *port, *peer, *type;
		const struct ist_transport *t;
	} rows[] = {
		{"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  service = s } }\n",
		 "100", "00000001", &frame_relay_transport},
		{"pppoe q { link = \"loop:x\"  services = { \"isp\" }  accept \"*\" { carries = "
		 "ppp "
		 " service = s } }\n",
		 "isp@02:00:00:00:00:01", "00000020", &pppoe_transport},
	};
	char conf[1000];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ist_attrs a = {
			.size = sizeof(a), .payload = IST_PAYLOAD_PPP, .permanent = true};

		snprintf(conf, sizeof(conf), "%s%s", rows[i].port, CONF);
		memset(&line_far, 0, sizeof(line_far));
		heard_begin(conf, "");
		fake.frame = line_from_gw;
		CU_ASSERT_FATAL(!rows[i].t->addr_parse(&fake.peer, rows[i].peer));
		a.peer = fake.peer;
		bind_dp_ops.up(bench.gw, LINE_CHANNEL, &a, clock_us);
		line_dial_in();
		line_pump(SEC);
		CU_ASSERT_TRUE_FATAL(line_far.ip4 && heards >= 1 && heard_is(0, RADIUS_ACCT_START));
		ASSERT_HEARD(0, NAS_PORT_TYPE, rows[i].type);
		ppp_free(line_far.ppp);
		line_far.ppp = NULL;
		heard_end();
	}
}

static const struct test_case cases[] = {
	{"a_line_says_its_medium", a_line_says_its_medium},
	{"what_is_told_of_a_call", what_is_told_of_a_call},
	{"the_line_behind_a_call", the_line_behind_a_call},
	{"one_whom_we_have_judged", one_whom_we_have_judged},
	{"a_server_may_name_him", a_server_may_name_him},
	{"without_accounting_nothing_is_told", without_accounting_nothing_is_told},
	{"why_it_has_ended", why_it_has_ended},
	{"who_has_ended_it", who_has_ended_it},
	{"each_end_has_its_cause", each_end_has_its_cause},
	{"the_gateway_starts_and_ends", the_gateway_starts_and_ends},
	{"what_is_lost_is_said", what_is_lost_is_said},
	{"killed_at_each_send", killed_at_each_send},
	{"it_goes_on_in_the_next_life", it_goes_on_in_the_next_life},
	{"what_cannot_go_on_has_ended", what_cannot_go_on_has_ended},
	{NULL, NULL},
};
const struct test_suite suite_leg_acct = {"leg_acct", cases};
