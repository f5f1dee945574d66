/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where PPP of a circuit or a call goes. */
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

#define US UINT64_C(1000000)
#define AROUND                                                                    \
	"net n { }\npeer one { port = n dial = 192.0.2.9:1701 hostname = one }\n" \
	"peer two { port = n dial = 192.0.2.10:1701 hostname = two }\n"           \
	"peer lac { hostname = lac }\n"                                           \
	"peer like { hostname = like }\n"
#define ROUTE(keys) AROUND "route r { to = { one, two } " keys " }"

static const struct cfg_route *route_told(struct told *t, const char *keys)
{
	char text[1000];

	snprintf(text, sizeof(text), ROUTE("%s"), keys);
	tell(t, text);
	ASSERT_TEXT(t->text, "");
	CU_ASSERT_TRUE_FATAL(t->m && t->m->routes == 1);
	return t->m->route;
}

/* RFC 2661 4.4.2: the Result Codes of a CDN; silence is bit 0, since no CDN has that one. */
static void results_that_deny(void)
{
	static const char *const words[] = {"silent",
					    "lost-carrier",
					    "general-error",
					    "administrative",
					    "no-facilities",
					    "no-facilities-permanent",
					    "invalid-destination",
					    "no-carrier",
					    "busy",
					    "no-dial-tone",
					    "timeout",
					    "no-framing"};
	static struct told t;
	char keys[100];

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		snprintf(keys, sizeof(keys), "deny = %s", words[i]);
		CU_ASSERT_EQUAL(route_told(&t, keys)->deny, 1u << i);
		told_end(&t);
	}
	CU_ASSERT_EQUAL(route_told(&t, "deny = { busy, silent }")->deny, 1u << 8 | 1u);
	told_end(&t);
	/* none is said: silence, general error, no facilities for now or for good */
	CU_ASSERT_EQUAL(route_told(&t, "")->deny, 1u | 1u << 2 | 1u << 4 | 1u << 5);
	told_end(&t);
}

static void one_number_for_each_peer(void)
{
	static struct told t;
	const struct cfg_route *r = route_told(&t, "priority = { 65535, 0 } weight = { 1, 65535 }");

	CU_ASSERT_FATAL(r->priority.n == 2 && r->weight.n == 2);
	CU_ASSERT(r->priority.at[0] == 65535 && r->priority.at[1] == 0);
	CU_ASSERT(r->weight.at[0] == 1 && r->weight.at[1] == 65535);
	told_end(&t);
	r = route_told(&t, "");
	CU_ASSERT(!r->priority.n && !r->weight.n && r->balance == CFG_BALANCE_FIRST);
	CU_ASSERT(!r->ends_on_refusal && !r->max_calls && !r->deny_for && !r->like && !r->radius);
	told_end(&t);
}

static void words_of_a_route(void)
{
	static const char *const asks[CFG_ASKS] = {[CFG_ASK_USER] = "user",
						   [CFG_ASK_REALM] = "realm",
						   [CFG_ASK_CALLED] = "called",
						   [CFG_ASK_CALLING] = "calling",
						   [CFG_ASK_CIRCUIT] = "circuit"};
	static struct told t;
	const struct cfg_route *r;
	char text[800];

	for (unsigned i = 0; i < CFG_ASKS; i++) {
		snprintf(
			text, sizeof(text),
			ROUTE("from-peer = lac radius = rad template = like ask = %s") "\nradius "
										       "rad { "
										       "server "
										       "192.0.2.1 "
										       "{ secret = "
										       "0123456789a"
										       "bcdef } }",
			asks[i]);
		tell(&t, text);
		CU_ASSERT_FATAL(t.m && t.m->routes == 1);
		CU_ASSERT_EQUAL(t.m->route->ask, i);
		CU_ASSERT_PTR_EQUAL(t.m->route->radius, t.m->radius);
		told_end(&t);
	}
	r = route_told(&t, "balance = weight on-refuse = end max-calls = 7 deny-for = 24h");
	CU_ASSERT(r->balance == CFG_BALANCE_WEIGHT && r->ends_on_refusal && r->max_calls == 7);
	CU_ASSERT_EQUAL(r->deny_for, 24 * 3600 * US);
	told_end(&t);
	r = route_told(&t, "balance = round on-refuse = next");
	CU_ASSERT(r->balance == CFG_BALANCE_ROUND && !r->ends_on_refusal);
	told_end(&t);
}

/* The service that a PPPoE client asks for is its called address. */
static void patterns_of_a_route(void)
{
	static struct told t;
	const struct cfg_route *r;

	r = route_told(&t, "circuit = \"1*\" called = 31 calling = \"42*\" user = ann realm = x");
	ASSERT_TEXT(r->circuit, "1*");
	ASSERT_TEXT(r->called, "31");
	ASSERT_TEXT(r->calling, "42*");
	ASSERT_TEXT(r->user, "ann");
	ASSERT_TEXT(r->realm, "x");
	told_end(&t);
	r = route_told(&t, "service-name = isp");
	ASSERT_TEXT(r->called, "isp");
	CU_ASSERT(!r->circuit && !r->calling && !r->user && !r->realm);
	told_end(&t);
}

/* RFC 2661 4.4.3: who may be asked for outgoing calls says on which lines he can place them,
 * digital 1 and analog 2; others are told of none. */
static void peers_that_may_ask_for_calls(void)
{
	static struct told t;
	const struct cfg_route *r = route_told(&t, "from-peer = lac");

	CU_ASSERT_EQUAL_FATAL(r->from_peer.n, 1);
	CU_ASSERT_PTR_EQUAL(r->from_peer.at[0], &t.m->peer[2]);
	CU_ASSERT_EQUAL(t.m->peer[2].policy.bearer_caps, 3);
	CU_ASSERT_EQUAL(t.m->peer[0].policy.bearer_caps, 0);
	told_end(&t);
}

/* A template is for tunnels that we open to others, and no stranger is taken for it. */
static void a_template_is_nobody(void)
{
	static struct told t;

	route_told(&t, "");
	CU_ASSERT(t.m->peer[3].anybody && !t.m->peer[3].is_template);
	told_end(&t);
	tell(&t, ROUTE("radius = rad template = like ask = called") "\nradius rad { server "
								    "192.0.2.1 { secret = "
								    "0123456789abcdef } }");
	ASSERT_TEXT(t.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t.m);
	CU_ASSERT_PTR_EQUAL(t.m->route->like, &t.m->peer[3]);
	CU_ASSERT(!t.m->peer[3].anybody && t.m->peer[3].is_template);
	CU_ASSERT(t.m->peer[0].anybody && !t.m->peer[0].is_template);
	told_end(&t);
}

static void route_faults(const char *keys, unsigned faults)
{
	static struct told t;
	char text[1000];

	snprintf(text, sizeof(text), ROUTE("%s"), keys);
	tell(&t, text);
	CU_ASSERT_EQUAL(t.faults, faults);
	if (t.faults != faults)
		printf("\n      %s: %s", keys, t.text);
	told_end(&t);
}

/* RFC 2865 5.2: a password has 128 octets at the most. */
static void ranges_of_a_route(void)
{
	route_faults("priority = { 65536, 0 }", 1);
	route_faults("weight = { 0, 1 }", 1);
	route_faults("weight = { 65536, 1 }", 1);
	route_faults("max-calls = 10000000", 0);
	route_faults("max-calls = 10000001", 1);
	route_faults("deny-for = 86401s", 1);
	for (unsigned n = 128; n < 130; n++) {
		static struct told t;
		char password[140] = "", text[1200];

		memset(password, 'x', n);
		snprintf(
			text, sizeof(text),
			ROUTE("radius = rad template = like ask = called ask-password = %s") "\nrad"
											     "i"
											     "us "
											     "rad "
											     "{ "
											     "serve"
											     "r"
											     " 192."
											     "0.2."
											     "1 "
											     "{ "
											     "secre"
											     "t"
											     " = "
											     "01234"
											     "5"
											     "6789a"
											     "b"
											     "cdef "
											     "} }",
			password);
		tell(&t, text);
		CU_ASSERT_EQUAL(t.faults, n > 128);
		if (n == 128)
			ASSERT_TEXT(t.m ? t.m->route->ask_password : "", password);
		told_end(&t);
	}
}

static const struct test_case cases[] = {
	{"results_that_deny", results_that_deny},
	{"one_number_for_each_peer", one_number_for_each_peer},
	{"words_of_a_route", words_of_a_route},
	{"patterns_of_a_route", patterns_of_a_route},
	{"peers_that_may_ask_for_calls", peers_that_may_ask_for_calls},
	{"a_template_is_nobody", a_template_is_nobody},
	{"ranges_of_a_route", ranges_of_a_route},
	{NULL, NULL},
};
const struct test_suite suite_keys_route = {"keys_route", cases};
