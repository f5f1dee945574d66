/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools, services, users and clients. */
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

#define US UINT64_C(1000000)

static struct told t;

static void ppp_tell(const char *text)
{
	tell(&t, text);
	ASSERT_TEXT(t.text, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t.m);
}

static const struct cfg_service *service_told(const char *keys)
{
	static char text[2000];

	snprintf(text, sizeof(text), "host-name = us\nservice s { local = 10.64.0.1 %s }", keys);
	ppp_tell(text);
	CU_ASSERT_EQUAL_FATAL(t.m->services, 1);
	return t.m->service;
}

static void ppp_faults(const char *text, unsigned faults)
{
	tell(&t, text);
	CU_ASSERT_EQUAL(t.faults, faults);
	if (t.faults != faults)
		printf("\n      %s: %s", text, t.text);
	told_end(&t);
}

#define SERVICE(keys) "service s { local = 10.64.0.1 " keys " }"

/* --- methods ----------------------------------------------------------------------------------- */

static void methods_are(const char *keys, unsigned n, uint8_t first, uint8_t second)
{
	const struct cfg_service *s = service_told(keys);

	CU_ASSERT_EQUAL(s->ppp.n_auth, n);
	CU_ASSERT(n < 1 || s->ppp.auth[0] == first);
	CU_ASSERT(n < 2 || s->ppp.auth[1] == second);
	told_end(&t);
}

/* In the order in which they are written. */
static void methods_of_a_service(void)
{
	methods_are("", 1, PPP_AUTH_CHAP_MD5, 0);
	methods_are("auth = none", 0, 0, 0);
	methods_are("auth = { pap, mschapv2 }", 2, PPP_AUTH_PAP, PPP_AUTH_MSCHAPV2);
	methods_are("auth = { mschapv2, chap }", 2, PPP_AUTH_MSCHAPV2, PPP_AUTH_CHAP_MD5);
	ASSERT_TOLD(SERVICE("auth = { chap, pap, chap }"),
		    "t:1: service s: auth: `chap` is named twice\n");
	ASSERT_TOLD(SERVICE("auth = { none, none }"),
		    "t:1: service s: auth: `none` is named twice\n");
	ASSERT_TOLD(SERVICE("auth = { none, pap }"),
		    "t:1: service s: auth: `none` does not go with a method\n");
	ASSERT_TOLD(SERVICE("auth = eap"), "t:1: service s: auth: `eap` needs `radius`\n");
	ppp_faults(SERVICE("auth = { chap, eap } radius = r") "\nradius r { server 192.0.2.1 { "
							      "secret = 0123456789abcdef } }",
		   0);
}

/* --- names and secrets ------------------------------------------------------------------------- */

#define LINE(keys) \
	"net n { }\npeer p { port = n dial = 192.0.2.1:1701 }\nclient c { peer = p " keys " }"

/* RFC 1334 2.2.1, RFC 1994 4.1: lengths of one octet. */
static void names_and_secrets(void)
{
	static const struct {
		const char *before, *after;
	} rows[] = {{"user u { secret = ", " }"},
		    {"net n { }\npeer p { port = n dial = 192.0.2.1:1701 }\n"
		     "client c { peer = p user = u secret = ",
		     " }"},
		    {"net n { }\npeer p { port = n dial = 192.0.2.1:1701 }\n"
		     "client c { peer = p secret = s user = ",
		     " }"}};
	static char text[700], name[300];

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (unsigned n = 255; n < 257; n++) {
			memset(name, 'x', n);
			name[n] = '\0';
			snprintf(text, sizeof(text), "%s%s%s", rows[i].before, name, rows[i].after);
			ppp_faults(text, n > 255);
			snprintf(text, sizeof(text), "%s\"\"%s", rows[i].before, rows[i].after);
			ppp_faults(text, 1);
		}
	ppp_tell(LINE("user = ann secret = \"a b\""));
	ASSERT_TEXT(t.m->client->ppp.name, "ann");
	ASSERT_TEXT(t.m->client->ppp.secret, "a b");
	told_end(&t);
	ppp_tell("user ann { secret = \"a b\" }");
	ASSERT_TEXT(t.m->user->secret, "a b");
	told_end(&t);
}

/* --- a service --------------------------------------------------------------------------------- */

/* RFC 1877: IPCP has a primary and a secondary server. */
static void two_name_servers(void)
{
	const struct cfg_service *s = service_told("dns = { 192.0.2.53, 192.0.2.54 }");

	CU_ASSERT(s->dns4[0] == 0xc0000235 && s->dns4[1] == 0xc0000236);
	told_end(&t);
	s = service_told("dns = 192.0.2.53");
	CU_ASSERT(s->dns4[0] == 0xc0000235 && !s->dns4[1]);
	told_end(&t);
	ASSERT_TOLD(SERVICE("dns = { 1.1.1.1, 1.1.1.2, 1.1.1.3 }"),
		    "t:1: service s: dns: IPCP can name two servers, this is the third\n");
}

static void what_a_service_is_by_itself(void)
{
	const struct cfg_service *s = service_told("");

	CU_ASSERT(s->ppp.server && s->dhcpv6 && !s->ppp.ipv6 && !s->ppp.mrru && !s->realms);
	ASSERT_TEXT(s->tun, "ist%d");
	ASSERT_TEXT(s->ppp.name, "us"); /* RFC 1994 4.1: who challenges */
	CU_ASSERT(s->mtu == 1400 && s->ppp.mtu == 1400 && s->ppp.mru == 1400);
	CU_ASSERT(!s->idle && !s->session && !s->radius && !s->pool);
	told_end(&t);
	s = service_told("mtu = 1200");
	CU_ASSERT(s->mtu == 1200 && s->ppp.mtu == 1200 && s->ppp.mru == 1200);
	told_end(&t);
}

/* Without the key as the pool has it; a prefix to delegate is enough. */
static void ipv6_with_a_pool(void)
{
	static const struct {
		const char *pool, *key;
		bool ipv6;
	} rows[] = {
		{"ranges = 10.64.0.0/24", "", false},
		{"ranges = { 10.64.0.0/24, 2001:db8:64::/48 }", "", true},
		{"ranges = { 10.64.0.0/24, 2001:db8:64::/48 }", "ipv6 = no", false},
		{"ranges = 10.64.0.0/24 delegate = 2001:db8::/40", "", true},
		{"ranges = 10.64.0.0/24", "ipv6 = yes", true},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[300];

		snprintf(text, sizeof(text),
			 "pool p { %s }\nservice s { local = 10.64.0.1 pool = p %s }", rows[i].pool,
			 rows[i].key);
		tell(&t, text);
		if (i + 1 < sizeof(rows) / sizeof(rows[0]))
			CU_ASSERT_EQUAL(t.faults, 0);
		if (t.m)
			CU_ASSERT_EQUAL(t.m->service->ppp.ipv6, rows[i].ipv6);
		told_end(&t);
	}
}

static void services_that_select_others(void)
{
	ASSERT_TOLD("service a { local = 10.64.0.1 realms = x select = a }",
		    "t:1: service a: select: `a` is the service itself\n");
	ASSERT_TOLD("service a { local = 10.64.0.1 select = b }\nservice b { local = 10.65.0.1 }",
		    "t:1: service a: select: service `b` has no `realms`\n");
	ppp_tell("service a { local = 10.64.0.1 select = b }\n"
		 "service b { local = 10.65.0.1 realms = { isp.example, \"*.net\" } }");
	CU_ASSERT_EQUAL_FATAL(t.m->service[0].select.n, 1);
	CU_ASSERT_PTR_EQUAL(t.m->service[0].select.at[0], &t.m->service[1]);
	CU_ASSERT_EQUAL_FATAL(t.m->service[1].realms, 2);
	ASSERT_TEXT(t.m->service[1].realm[0], "isp.example");
	ASSERT_TEXT(t.m->service[1].realm[1], "*.net");
	told_end(&t);
}

static void networks_that_servers_may_lead(void)
{
	ASSERT_TOLD(SERVICE("radius-routes = 192.168.0.0/16"),
		    "t:1: service s: radius-routes: needs `radius`\n");
	ppp_tell(SERVICE(
		"radius = r radius-routes = { 192.168.0.0/16, 2001:db8::/32 }") "\nradius r { "
										"server 192.0.2.1 "
										"{ secret = "
										"0123456789abcdef "
										"} }");
	CU_ASSERT_EQUAL_FATAL(t.m->service->radius_routes, 2);
	CU_ASSERT(t.m->service->radius_route[0].bits == 16 && t.m->service->radius_route[1].v6);
	told_end(&t);
}

/* --- multilink --------------------------------------------------------------------------------- */

/* RFC 1990 5.1.1: 1500 octets at the least; 5.1.3: class 1 has up to 20 octets. */
static void an_endpoint_has_a_name(void)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyz";
	char text[300];

	for (unsigned n = 19; n < 22; n++) {
		const struct ppp_config *p;
		const unsigned most = n < 20 ? n : 20;

		snprintf(text, sizeof(text),
			 "host-name = %.*s\n" SERVICE("multilink = short mtu = 1499"), (int)n,
			 name);
		ppp_tell(text);
		p = &t.m->service->ppp;
		CU_ASSERT(p->mrru == 1500 && p->short_seq);
		CU_ASSERT_EQUAL(p->endpoint.len, 1 + most);
		CU_ASSERT_EQUAL(p->endpoint.octets[0], 1);
		ASSERT_OCTETS(p->endpoint.octets + 1, most, name, most);
		told_end(&t);
	}
	CU_ASSERT_EQUAL(service_told("multilink = yes mtu = 1501")->ppp.mrru, 1501);
	CU_ASSERT_FALSE(t.m->service->ppp.short_seq);
	told_end(&t);
	CU_ASSERT_EQUAL(service_told("multilink = no")->ppp.mrru, 0);
	CU_ASSERT_EQUAL(t.m->service->ppp.endpoint.len, 0);
	told_end(&t);
}

/* --- a client ---------------------------------------------------------------------------------- */

static void what_a_client_is_by_itself(void)
{
	const struct cfg_client *c;

	ppp_tell(LINE("user = u secret = s"));
	c = t.m->client;
	CU_ASSERT(!c->ppp.server && c->ppp.ipv4 && c->ppp.ipv6 && !c->ppp.mrru && !c->bundle);
	CU_ASSERT_EQUAL(c->ppp.n_auth, 2);
	CU_ASSERT(c->ppp.auth[0] == PPP_AUTH_MSCHAPV2 && c->ppp.auth[1] == PPP_AUTH_CHAP_MD5);
	ASSERT_TEXT(c->tun, "c");
	CU_ASSERT(c->mtu == 1400 && c->ppp.mtu == 1400 && c->ppp.mru == 1400);
	CU_ASSERT_EQUAL(c->redial, 30 * US);
	told_end(&t);
	ppp_tell(LINE("user = u secret = s auth = pap tun = x mtu = 576 redial = 0 ipv6 = no "
		      "routes = { 0.0.0.0/0, ::/0 }"));
	c = t.m->client;
	CU_ASSERT(c->ppp.n_auth == 1 && c->ppp.auth[0] == PPP_AUTH_PAP && !c->redial);
	ASSERT_TEXT(c->tun, "x");
	CU_ASSERT(c->ppp.ipv4 && !c->ppp.ipv6 && c->ppp.mru == 576 && c->routes == 2);
	told_end(&t);
}

/* --- users, ranges ----------------------------------------------------------------------------- */

static void what_a_user_has_of_the_service(void)
{
	const struct cfg_user *u;

	ppp_tell(
		"user u { secret = s }\nuser v { secret = s idle = 0 session = 365d rate-up = 0 }");
	u = t.m->user;
	CU_ASSERT(u[0].idle == CFG_OF_SERVICE && u[0].session == CFG_OF_SERVICE);
	CU_ASSERT(u[0].rates.bps[CFG_RATE_UP] == CFG_OF_SERVICE &&
		  u[0].rates.bps[CFG_RATE_DOWN] == CFG_OF_SERVICE);
	CU_ASSERT(u[1].idle == 0 && u[1].session == 365 * 86400 * US);
	CU_ASSERT(u[1].rates.bps[CFG_RATE_UP] == 0 &&
		  u[1].rates.bps[CFG_RATE_DOWN] == CFG_OF_SERVICE);
	CU_ASSERT(!u[0].address4 && !u[0].service);
	told_end(&t);
}

static void ranges_of_ppp(void)
{
	static const struct {
		const char *key, *least, *most, *under, *over;
	} rows[] = {
		{"mtu", "576", "65535", "575", "65536"},
		{"auth-timeout", "1s", "1h", "999ms", "3601s"},
		{"restart-timer", "100ms", "1m", "99ms", "60001ms"},
		{"max-configure", "1", "255", "0", "256"},
		{"max-terminate", "1", "255", "0", "256"},
		{"max-failure", "1", "255", "0", "256"},
		{"echo-interval", "0", "1h", "-1s", "3601s"},
		{"echo-failures", "1", "100", "0", "101"},
		{"idle", "0", "30d", "-1s", "2592001s"},
		{"session", "0", "365d", "-1s", "31536001s"},
		{"rechallenge", "0", "24h", "-1s", "86401s"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const values[] = {rows[i].least, rows[i].most, rows[i].under,
					      rows[i].over};

		for (unsigned k = 0; k < 4; k++) {
			char text[200];

			snprintf(text, sizeof(text), SERVICE("%s = %s"), rows[i].key, values[k]);
			ppp_faults(text, k > 1);
		}
	}
}

/* RFC 8415 6.3: a prefix that a client divides among its links, /64 at the longest. */
static void a_delegated_prefix(void)
{
	static const struct {
		const char *keys;
		unsigned bits;
	} rows[] = {{"", 56}, {"delegate-length = 64", 64}, {"delegate-length = 41", 41}};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[200];

		snprintf(text, sizeof(text), "pool p { delegate = 2001:db8::/40 %s }",
			 rows[i].keys);
		ppp_tell(text);
		CU_ASSERT_EQUAL(t.m->pool->delegate_bits, rows[i].bits);
		told_end(&t);
	}
	ppp_faults("pool p { delegate = 2001:db8::/40 delegate-length = 65 }", 1);
	ppp_faults("pool p { delegate = 2000::/16 delegate-length = 16 }", 1);
	ppp_faults("pool p { delegate = 2000::/16 delegate-length = 17 }", 0);
}

static const struct test_case cases[] = {
	{"methods_of_a_service", methods_of_a_service},
	{"names_and_secrets", names_and_secrets},
	{"two_name_servers", two_name_servers},
	{"what_a_service_is_by_itself", what_a_service_is_by_itself},
	{"ipv6_with_a_pool", ipv6_with_a_pool},
	{"services_that_select_others", services_that_select_others},
	{"networks_that_servers_may_lead", networks_that_servers_may_lead},
	{"an_endpoint_has_a_name", an_endpoint_has_a_name},
	{"what_a_client_is_by_itself", what_a_client_is_by_itself},
	{"what_a_user_has_of_the_service", what_a_user_has_of_the_service},
	{"ranges_of_ppp", ranges_of_ppp},
	{"a_delegated_prefix", a_delegated_prefix},
	{NULL, NULL},
};
const struct test_suite suite_keys_ppp = {"keys_ppp", cases};
