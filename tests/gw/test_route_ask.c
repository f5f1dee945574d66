/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A route's servers: what they are asked, and what their answer makes of the way.  Circuits whose
 * calls go there are in test_line_ask.c.
 */
#include "gw/route_ask.h"

#include "gw/lns.h"
#include "tests/gw/bench.h"
#include "tests/gw/fake_radius.h"

#include <stdio.h>
#include <string.h>

#define CONF(keys)                                                                       \
	"host-name = gw\n"                                                               \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                        \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  lcp = proxy } }\n" \
	"radius isp { server \"192.0.2.5\" { secret = \"0123456789abcdef\" } }\n"        \
	"peer one { port = a  dial = \"192.0.2.20:1701\" }\n"                            \
	"peer any { port = a }\n"                                                        \
	"route r { radius = isp  template = any " keys " }\n"

/* RFC 2868 3.1 (L2TP) and 3.4, of this tag; preference 3.8 */
#define L2TP(tag)	"4006" tag "000003"
#define TO_9(tag)	L2TP(tag) "430c" tag "3139322e302e322e39"
#define TO_10(tag)	L2TP(tag) "430d" tag "3139322e302e322e3130"
#define PREFERS(tag, n) "5306" tag "0000" n

static struct {
	unsigned n; /* answers */
	bool ok;
	char message[64];
} asked;

static void ask_answered(void *ctx, bool ok, const char *message, uint64_t now)
{
	CU_ASSERT_PTR_EQUAL(ctx, &asked);
	CU_ASSERT_EQUAL(now, clock_us);
	asked.n++;
	asked.ok = ok;
	snprintf(asked.message, sizeof(asked.message), "%s", message ? message : "-");
}

static struct route_way ask_way;

/* The call takes the only route, and the servers are asked.  False: they cannot be. */
static bool ask_route(const struct route_what *what, const struct ppp_auth_claim *claim)
{
	struct route_question q = {.what = what,
				   .claim = claim,
				   .source = 7,
				   .source_text = "f 100",
				   .about = LOG_ABOUT(.port = "f"),
				   .medium = AAA_SYNC};

	memset(&asked, 0, sizeof(asked));
	CU_ASSERT_TRUE_FATAL(route_way_begin(bench.gw, &ask_way, what));
	CU_ASSERT_TRUE(route_asks(&ask_way));
	return route_ask(bench.gw, &ask_way, &q, ask_answered, &asked, clock_us);
}

/* Has the question this attribute?  Its value in hex, "" = any; NULL = it is not there. */
static bool ask_has(uint8_t type, const char *hex)
{
	uint8_t want[RADIUS_MAX];
	size_t n = hex ? test_hex(want, sizeof(want), hex) : 0;

	for (size_t at = 0; at < fake_radius.question_len; at += fake_radius.question[at + 1]) {
		const uint8_t *a = fake_radius.question + at;

		if (a[0] == type)
			return hex && (!n || (a[1] == n + 2 && !memcmp(a + 2, want, n)));
	}
	return !hex;
}

static bool ask_has_text(uint8_t type, const char *text)
{
	char hex[2 * 256 + 1] = "";

	for (size_t i = 0; text[i]; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)text[i]);
	return ask_has(type, hex);
}

/* --- the question ------------------------------------------------------------------------------ */

/* Service-Type: Call-Check 10, Outbound 5 (RFC 2865 5.6), and no Framed-Protocol with either. */
static void what_is_asked(void)
{
	static const struct {
		const char *keys;
		struct route_what what;
		const char *name, *password, *service;
	} rows[] = {
		{"ask = called", {.called = "31101"}, "31101", "31101", "0000000a"},
		{"ask = called ask-password = pre",
		 {.called = "31101"},
		 "31101",
		 "pre",
		 "0000000a"},
		{"ask = calling",
		 {.called = "31101", .calling = "4242"},
		 "4242",
		 "4242",
		 "0000000a"},
		{"ask = realm",
		 {.user = "ann@isp.example"},
		 "isp.example",
		 "isp.example",
		 "00000005"},
		{"ask = realm ask-password = pre", {.user = "ISP\\ann"}, "ISP", "pre", "00000005"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char conf[2000];

		snprintf(conf, sizeof(conf), CONF("%s"), rows[i].keys);
		bench_start(conf);
		fake_radius_accept(TO_9("01"));
		CU_ASSERT_TRUE(ask_route(&rows[i].what, NULL));
		CU_ASSERT_EQUAL(fake_radius.asked, 1);
		CU_ASSERT_TRUE(ask_has_text(1, rows[i].name));
		ASSERT_OCTETS(fake_radius.password, fake_radius.password_len, rows[i].password,
			      strlen(rows[i].password));
		CU_ASSERT_TRUE(ask_has(6, rows[i].service) && ask_has(7, NULL));
		CU_ASSERT_TRUE(ask_has(61, "00000001") && ask_has_text(87, "f 100"));
		CU_ASSERT_TRUE(rows[i].what.called ? ask_has_text(30, rows[i].what.called)
						   : ask_has(30, NULL));
		CU_ASSERT_TRUE(rows[i].what.calling ? ask_has_text(31, rows[i].what.calling)
						    : ask_has(31, NULL));
		CU_ASSERT_FALSE(route_asks(&ask_way)); /* once */
		route_way_end(bench.gw, &ask_way);
		bench_stop();
	}
	fake_radius.on = false;
}

/* "fr0/100" */
static void a_circuit_by_its_port(void)
{
	struct route_what what = {.circuit = "100"};

	bench_start(CONF("ask = circuit"));
	fake_radius_accept(TO_9("01"));
	what.port = &bench.gw->cfg->port[1];
	CU_ASSERT_TRUE(ask_route(&what, NULL));
	CU_ASSERT_TRUE(ask_has_text(1, "f/100") && ask_has(6, "0000000a"));
	route_way_end(bench.gw, &ask_way);
	bench_stop();
	fake_radius.on = false;
}

/* His own proof; Service-Type Framed, and PPP. */
static void a_user_with_his_proof(void)
{
	struct ppp_auth_claim claim = {.method = PPP_AUTH_CHAP_MD5,
				       .name = "ann@isp.example",
				       .name_len = 15,
				       .id = 9,
				       .challenge = "challenge",
				       .challenge_len = 9,
				       .response = "0123456789abcdef",
				       .response_len = 16};

	bench_start(CONF(""));
	fake_radius_accept(TO_9("01"));
	CU_ASSERT_TRUE(ask_route(&(struct route_what){.user = "ann@isp.example"}, &claim));
	CU_ASSERT_TRUE(ask_has_text(1, "ann@isp.example"));
	CU_ASSERT_TRUE(ask_has(6, "00000002") && ask_has(7, "00000001"));
	CU_ASSERT_TRUE(ask_has(3, "09 30313233343536373839616263646566"));
	CU_ASSERT_TRUE(ask_has_text(60, "challenge"));
	route_way_end(bench.gw, &ask_way);
	bench_stop();
	fake_radius.on = false;
}

/* RFC 2865 5.2: a password has 128 octets at most. */
static void the_longest_names(void)
{
	char digits[221];

	memset(digits, '7', sizeof(digits));
	digits[sizeof(digits) - 1] = '\0';
	bench_start(CONF("ask = called"));
	fake_radius_accept(TO_9("01"));
	CU_ASSERT_TRUE(ask_route(&(struct route_what){.called = digits}, NULL));
	CU_ASSERT_TRUE(ask_has_text(1, digits));
	ASSERT_OCTETS(fake_radius.password, fake_radius.password_len, digits, 128);
	route_way_end(bench.gw, &ask_way);
	bench_stop();
	fake_radius.on = false;
}

static void what_is_not_known_is_not_asked(void)
{
	static const struct ppp_auth_claim nameless = {.method = PPP_AUTH_PAP};
	static const struct {
		const char *keys;
		struct route_what what;
		const struct ppp_auth_claim *claim;
		const char *words;
	} rows[] = {
		{"ask = called", {.calling = "1"}, NULL, "no called address"},
		{"ask = called", {.called = ""}, NULL, "no called address"},
		{"ask = calling", {.called = "1"}, NULL, "no calling address"},
		{"ask = circuit", {.circuit = "100"}, NULL, "no circuit"},
		{"ask = realm", {.user = "ann"}, NULL, "no realm"},
		{"ask = realm", {.called = "1", .user_later = true}, NULL, "no realm"},
		{"", {.user = "ann"}, NULL, "no user"},
		{"", {.user = "ann"}, &nameless, "no user"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char conf[2000], want[200];

		snprintf(conf, sizeof(conf), CONF("%s"), rows[i].keys);
		bench_start(conf);
		fake_radius_accept(TO_9("01"));
		CU_ASSERT_FALSE(ask_route(&rows[i].what, rows[i].claim));
		snprintf(want, sizeof(want), "route r, radius isp is not asked: %s is known",
			 rows[i].words);
		CU_ASSERT_STRING_EQUAL(ask_way.why, want);
		route_way_end(bench.gw, &ask_way);
		bench_pass(SEC);
		CU_ASSERT_TRUE(!fake_radius.asked && !asked.n);
		bench_stop();
	}
	fake_radius.on = false;
}

/* --- the answer -------------------------------------------------------------------------------- */

static const struct route_what called = {.called = "31101"};

/* The answer has come: was it yes, and what is said of it? */
static void ask_came(bool ok, const char *message, const char *why)
{
	bench_pass(0);
	CU_ASSERT_EQUAL(asked.n, 1);
	CU_ASSERT_EQUAL(asked.ok, ok);
	CU_ASSERT_STRING_EQUAL(asked.message, message);
	CU_ASSERT_STRING_EQUAL(ask_way.why, why);
	CU_ASSERT_EQUAL(ask_way.refused != NULL, !ok);
}

static const char *ask_next(void)
{
	const struct cfg_peer *p = route_way_next(bench.gw, &ask_way, clock_us);

	return p ? p->name : "-";
}

static void ask_end(void)
{
	route_way_end(bench.gw, &ask_way);
	bench_stop();
	fake_radius.on = false;
}

static void a_refusal(void)
{
	bench_start(CONF("ask = called  to = one"));
	fake_radius_accept("1206"
			   "62757379");
	fake_radius.code = RADIUS_ACCESS_REJECT;
	CU_ASSERT_TRUE(ask_route(&called, NULL));
	CU_ASSERT_EQUAL(asked.n, 0); /* not from inside the question */
	ask_came(false, "busy", "route r, radius isp: refused by RADIUS");
	CU_ASSERT_STRING_EQUAL(ask_way.refused, "refused by RADIUS");
	ask_end();
}

/* The route's peers are for this; without any the client is told nothing. */
static void nobody_answers(void)
{
	bench_start(CONF("ask = called  to = one"));
	fake_radius_accept("");
	fake_radius.unanswered = true;
	CU_ASSERT_TRUE(ask_route(&called, NULL));
	ask_came(true, "-", "route r, radius isp does not answer");
	CU_ASSERT_STRING_EQUAL(ask_next(), "one");
	CU_ASSERT_STRING_EQUAL(ask_next(), "-");
	ask_end();
	bench_start(CONF("ask = called"));
	fake_radius_accept("");
	fake_radius.unanswered = true;
	CU_ASSERT_TRUE(ask_route(&called, NULL));
	ask_came(false, "-", "route r, radius isp: no RADIUS server answers");
	ask_end();
}

static void no_tunnel_is_named(void)
{
	bench_start(CONF("ask = called  to = one"));
	fake_radius_accept("");
	CU_ASSERT_TRUE(ask_route(&called, NULL));
	ask_came(true, "-", "route r, radius isp");
	CU_ASSERT_STRING_EQUAL(ask_next(), "one");
	ask_end();
	bench_start(CONF("ask = called"));
	fake_radius_accept("");
	CU_ASSERT_TRUE(ask_route(&called, NULL));
	ask_came(false, "-", "route r, radius isp: RADIUS's answer names no tunnel");
	ask_end();
}

/* RFC 2868 3.8: the lowest preference first.  They take the place of the route's own. */
static void tunnels_in_the_order_of_preference(void)
{
	bench_start(CONF("ask = called  to = one"));
	fake_radius_accept(TO_9("01") PREFERS("01", "07") TO_10("02") PREFERS("02", "03"));
	CU_ASSERT_TRUE(ask_route(&called, NULL));
	ask_came(true, "-", "route r, radius isp");
	CU_ASSERT_STRING_EQUAL(ask_next(), "any@192.0.2.10");
	CU_ASSERT_STRING_EQUAL(ask_next(), "any@192.0.2.9");
	CU_ASSERT_STRING_EQUAL(ask_next(), "-");
	/* they stay as long as the call may need them */
	bench_pass(200 * SEC);
	CU_ASSERT_PTR_NOT_NULL(lns_named(bench.gw, "any@192.0.2.10"));
	route_way_end(bench.gw, &ask_way);
	bench_pass(90 * SEC);
	CU_ASSERT_PTR_NULL(lns_named(bench.gw, "any@192.0.2.10"));
	CU_ASSERT_PTR_NULL(lns_named(bench.gw, "any@192.0.2.9"));
	ask_end();
}

/* Tunnel-Type 1 is PPTP.  RFC 2868 3.1: when none is left, "as though an Access-Reject had been
 * received", whatever peers the route has. */
static void tunnels_that_cannot_be_used(void)
{
	bench_start(CONF("ask = called  to = one"));
	fake_radius_accept("400601000001"
			   "430c013139322e302e322e38" TO_9("02"));
	CU_ASSERT_TRUE(ask_route(&called, NULL));
	ask_came(true, "-", "route r, radius isp, not tunnel 1");
	CU_ASSERT_EQUAL(bench_logged("call notice: route r: radius isp: tunnel 1 to 192.0.2.8 is "
				     "passed over: its Tunnel-Type is not L2TP"),
			1);
	CU_ASSERT_STRING_EQUAL(ask_next(), "any@192.0.2.9");
	CU_ASSERT_STRING_EQUAL(ask_next(), "-");
	ask_end();
	bench_start(CONF("ask = called  to = one"));
	fake_radius_accept("400601000001"
			   "430c013139322e302e322e38");
	CU_ASSERT_TRUE(ask_route(&called, NULL));
	ask_came(false, "-",
		 "route r, radius isp, not tunnel 1: no tunnel of RADIUS's answer can be used");
	ask_end();
}

/* RFC 2868 3.6: an LNS is told of a group by an attribute that only a section adds. */
static void a_group_is_told_to_nobody(void)
{
	bench_start(CONF("ask = called"));
	fake_radius_accept(TO_9("01") "510601"
				      "766c61");
	CU_ASSERT_TRUE(ask_route(&called, NULL));
	ask_came(true, "-", "route r, radius isp");
	CU_ASSERT_EQUAL(bench_logged("call info: route r: radius isp: Tunnel-Private-Group-ID of "
				     "tunnel 1 is ignored: *"),
			1);
	ask_end();
}

/* The call has gone: nobody is told, and nothing of the answer is kept. */
static void the_way_ends_first(void)
{
	bench_start(CONF("ask = called"));
	fake_radius_accept(TO_9("01"));
	CU_ASSERT_TRUE(ask_route(&called, NULL));
	CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 1);
	route_way_end(bench.gw, &ask_way);
	bench_pass(SEC);
	CU_ASSERT_EQUAL(asked.n, 0);
	CU_ASSERT_EQUAL(route_way_calls(bench.gw, &bench.gw->cfg->route[0]), 0);
	CU_ASSERT_PTR_NULL(lns_named(bench.gw, "any@192.0.2.9"));
	ask_end();
}

/* Only a route that has servers, of a call that has begun, and only once. */
static void when_to_ask(void)
{
	static const struct cfg_radius radius = {.name = "isp"};
	static const struct cfg_route plain = {.name = "plain"},
				      asks = {.name = "asks", .radius = &radius};
	struct route_named named = {.n = 0};

	CU_ASSERT_TRUE(route_asks(&(struct route_way){.begun = true, .route = &asks}));
	CU_ASSERT_FALSE(route_asks(&(struct route_way){.begun = true, .route = &plain}));
	CU_ASSERT_FALSE(route_asks(&(struct route_way){.route = NULL}));
	CU_ASSERT_FALSE(
		route_asks(&(struct route_way){.begun = true, .route = &asks, .named = &named}));
	CU_ASSERT_FALSE(route_asks(
		&(struct route_way){.begun = true, .route = &asks, .answered = ask_answered}));
}

static const struct test_case cases[] = {
	{"what_is_asked", what_is_asked},
	{"a_circuit_by_its_port", a_circuit_by_its_port},
	{"a_user_with_his_proof", a_user_with_his_proof},
	{"the_longest_names", the_longest_names},
	{"what_is_not_known_is_not_asked", what_is_not_known_is_not_asked},
	{"a_refusal", a_refusal},
	{"nobody_answers", nobody_answers},
	{"no_tunnel_is_named", no_tunnel_is_named},
	{"tunnels_in_the_order_of_preference", tunnels_in_the_order_of_preference},
	{"tunnels_that_cannot_be_used", tunnels_that_cannot_be_used},
	{"a_group_is_told_to_nobody", a_group_is_told_to_nobody},
	{"the_way_ends_first", the_way_ends_first},
	{"when_to_ask", when_to_ask},
	{NULL, NULL},
};
const struct test_suite suite_route_ask = {"route_ask", cases};
