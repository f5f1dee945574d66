/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

#define SEC    UINT64_C(1000000)
#define SECRET "secret = 0123456789abcdef"

static void radius_defaults(void)
{
	static struct told t;
	const struct cfg_radius *r;
	const struct cfg_radius_server *s;

	tell(&t, "host-name = here\nradius isp { server \"10.0.0.5\" { " SECRET " }\n"
		 " server \"[2001:db8::5]:1645\" { " SECRET " backup = yes } }\nnet n { }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	CU_ASSERT_EQUAL_FATAL(t.m->radiuses, 1);
	r = t.m->radius;
	ASSERT_TEXT(r->name, "isp");
	ASSERT_TEXT(r->nas_identifier, "here");
	CU_ASSERT_EQUAL_FATAL(r->servers, 2);
	s = r->server;
	ASSERT_TEXT(s->text, "10.0.0.5");
	ASSERT_TEXT(s->address, "10.0.0.5");
	ASSERT_TEXT(s->secret, "0123456789abcdef");
	CU_ASSERT_EQUAL(s->port, 1812); /* RFC 2865 section 3 */
	CU_ASSERT_EQUAL(s->weight, 1);
	CU_ASSERT_FALSE(s->backup);
	CU_ASSERT_EQUAL(s->timeout, 3 * SEC);
	CU_ASSERT_EQUAL(s->retries, 2);
	CU_ASSERT_EQUAL(s->max_fail, 3);
	CU_ASSERT_EQUAL(s->fail_time, 60 * SEC);
	CU_ASSERT_EQUAL(s->requests, 256);
	CU_ASSERT_FALSE(s->status_server);   /* RFC 5997 4.1: disabled by default */
	CU_ASSERT_EQUAL(s->acct_port, 1813); /* RFC 2866 section 3 */
	CU_ASSERT_FALSE(r->accounting);
	CU_ASSERT_TRUE(r->accounting_on);
	CU_ASSERT_EQUAL(r->interim, 0);
	CU_ASSERT_PTR_NULL(r->spool);
	CU_ASSERT_EQUAL(r->spool_limit, 64 << 20);
	s++;
	ASSERT_TEXT(s->address, "2001:db8::5");
	CU_ASSERT_EQUAL(s->port, 1645);
	CU_ASSERT_TRUE(s->backup);
	told_end(&t);
}

static void radius_keys_are_taken(void)
{
	static struct told t;
	const struct cfg_radius_server *s;

	tell(&t,
	     "radius isp { nas-identifier = gate server \"2001:db8::5\" { " SECRET " weight = 7\n"
	     " timeout = 1s retries = 4 max-fail = 9 fail-time = 5m requests = 700\n"
	     " status-server = yes } }\n"
	     "service a { local = 10.0.0.1 radius = isp }\n"
	     "service b { local = 10.0.1.1 radius = isp local-users = fallback }\n"
	     "service c { local = 10.0.2.1 radius = isp local-users = never }\nnet n { }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	ASSERT_TEXT(t.m->radius->nas_identifier, "gate");
	s = t.m->radius->server;
	ASSERT_TEXT(s->address, "2001:db8::5");
	CU_ASSERT_EQUAL(s->port, 1812);
	CU_ASSERT_EQUAL(s->weight, 7);
	CU_ASSERT_EQUAL(s->timeout, SEC);
	CU_ASSERT_EQUAL(s->retries, 4);
	CU_ASSERT_EQUAL(s->max_fail, 9);
	CU_ASSERT_EQUAL(s->fail_time, 300 * SEC);
	CU_ASSERT_EQUAL(s->requests, 700);
	CU_ASSERT_TRUE(s->status_server);
	CU_ASSERT_PTR_EQUAL(t.m->service[0].radius, t.m->radius);
	CU_ASSERT_EQUAL(t.m->service[0].local_users, CFG_LOCAL_FIRST);
	CU_ASSERT_EQUAL(t.m->service[1].local_users, CFG_LOCAL_FALLBACK);
	CU_ASSERT_EQUAL(t.m->service[2].local_users, CFG_LOCAL_NEVER);
	told_end(&t);
}

#define ACCOUNTING(rest) \
	"radius r { accounting = yes " rest " server \"10.0.0.5\" { " SECRET " } }\nnet n { }"

static void radius_accounting_keys_are_taken(void)
{
	static struct told t;
	const struct cfg_radius *r;

	tell(&t, "radius isp { accounting = yes accounting-on = no interim = 15m\n"
		 "spool = \"/var/spool/isthmus\" spool-limit = 100000\n"
		 "server \"10.0.0.5\" { " SECRET " acct-port = 0 }\n"
		 "server \"10.0.0.6\" { " SECRET " acct-port = 1646 } }\nnet n { }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	r = t.m->radius;
	CU_ASSERT_TRUE(r->accounting);
	CU_ASSERT_FALSE(r->accounting_on);
	CU_ASSERT_EQUAL(r->interim, 900 * SEC);
	ASSERT_TEXT(r->spool, "/var/spool/isthmus");
	CU_ASSERT_EQUAL(r->spool_limit, 100000);
	CU_ASSERT_EQUAL(r->server[0].acct_port, 0);
	CU_ASSERT_EQUAL(r->server[1].acct_port, 1646);
	told_end(&t);
}

static void radius_accounting_mistakes(void)
{
	ASSERT_TOLD(ACCOUNTING("spool = here"),
		    "t:1: radius r: spool: is to be a whole path, from / on\n");
	ASSERT_TOLD("radius r { accounting = yes\n server \"10.0.0.5\" { " SECRET
		    " acct-port = 0 } }\nnet n { }",
		    "t:1: radius r: accounting: no server of the section has an `acct-port`\n");
	ASSERT_TOLD("radius r { server \"10.0.0.5\" { " SECRET " } }\nnet n { }\n"
		    "peer p { secret = \"0123456789\" radius = r }",
		    "t:3: peer p: radius: `r` has no `accounting = yes`, and a peer's tunnels are "
		    "told to no others\n");
	ASSERT_WARNED(ACCOUNTING("spool-limit = 70000"),
		      "t:1: radius r: spool-limit: warning: means nothing without `spool`\n");
	ASSERT_WARNED(ACCOUNTING("interim = 9m"),
		      "t:1: radius r: interim: warning: under 10m is a burden to servers (RFC 2869 "
		      "5.16)\n");
	ASSERT_WARNED(
		"radius r { interim = 10m\n server \"10.0.0.5\" { " SECRET " } }\nnet n { }",
		"t:1: radius r: interim: warning: means nothing without `accounting = yes`\n");
}

/* RFC 2865 section 3: preferably at least 16 octets. */
static void radius_short_secrets_are_warned_of(void)
{
	ASSERT_WARNED("radius r { server \"10.0.0.5\" { secret = 0123456789abcde } }\nnet n { }",
		      "t:1: radius r: server 10.0.0.5: secret: warning: a secret of less than 16 "
		      "octets can be guessed from one packet\n");
}

#define SERVER(address) "radius r { server \"" address "\" { " SECRET " } }\nnet n { }"
#define IN_SERVER	"t:1: radius r: server "
#define NO_ADDRESS	"` is not an address, as in 10.0.0.5, 10.0.0.5:1645 or [2001:db8::5]:1645\n"

static void radius_mistakes(void)
{
	ASSERT_TOLD(SERVER("radius.example"),
		    IN_SERVER "radius.example: `radius.example" NO_ADDRESS);
	ASSERT_TOLD(SERVER("10.0.0.5:0"), IN_SERVER "10.0.0.5:0: `10.0.0.5:0" NO_ADDRESS);
	ASSERT_TOLD(SERVER("10.0.0:1812"), IN_SERVER "10.0.0:1812: `10.0.0:1812" NO_ADDRESS);
	ASSERT_TOLD("service s { local = 10.0.0.1\nradius-routes = 10.9.0.0/16 }\nnet n { }",
		    "t:2: service s: radius-routes: needs `radius`\n");
	ASSERT_TOLD("service s { local = 10.0.0.1\nselect = { s, t } }\n"
		    "service t { local = 10.0.0.2 }\nnet n { }",
		    "t:2: service s: select: `s` is the service itself\n"
		    "t:2: service s: select: service `t` has no `realms`\n");
	ASSERT_TOLD("service s { local = 10.0.0.1\nauth = { chap, eap } }\nnet n { }",
		    "t:2: service s: auth: `eap` needs `radius`\n");
	ASSERT_TOLD("radius r { }\nnet n { }", "t:1: radius r: needs a `server \"ADDRESS\" { }`\n");
	ASSERT_TOLD("radius r { server \"10.0.0.5\" { } }\nnet n { }",
		    IN_SERVER "10.0.0.5: needs `secret-file` (or `secret`)\n");
	ASSERT_TOLD("radius r { server \"10.0.0.5\" { secret = \"\" } }\nnet n { }",
		    IN_SERVER "10.0.0.5: secret: the secret is empty\n");
	ASSERT_TOLD("radius r { server \"10.0.0.5\" { " SECRET " }\n"
		    "server \"10.0.0.5\" { " SECRET " } }\nnet n { }",
		    "t:2: radius r: server 10.0.0.5: given twice, first on line 1\n");
	ASSERT_TOLD(SERVER("10.0.0.5") "\nservice s { local = 10.0.0.1 radius = 5r }",
		    "t:3: service s: radius: there is no radius `5r`\n");
}

/* By name, so that another address is a change of the same server. */
static void radius_servers_may_have_names(void)
{
	static struct told t;
	const struct cfg_radius_server *s;

	tell(&t, "radius r { server first { address = \"[2001:db8::5]:1645\" " SECRET " }\n"
		 "server second { address = 10.0.0.5 " SECRET " } }\nnet n { }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	s = t.m->radius->server;
	ASSERT_TEXT(s[0].text, "first");
	ASSERT_TEXT(s[0].address, "2001:db8::5");
	CU_ASSERT_EQUAL(s[0].port, 1645);
	ASSERT_TEXT(s[1].text, "second");
	ASSERT_TEXT(s[1].address, "10.0.0.5");
	CU_ASSERT_EQUAL(s[1].port, 1812);
	told_end(&t);
	ASSERT_TOLD("radius r { server first { address = radius.example " SECRET " } }\nnet n { }",
		    IN_SERVER "first: address: `radius.example" NO_ADDRESS);
	ASSERT_TOLD("radius r { server \"10.0.0.5\" { " SECRET " }\n"
		    "server again { address = \"10.0.0.5:1812\" " SECRET " } }\nnet n { }",
		    "t:2: radius r: server again: has the address of `server 10.0.0.5`\n");
	ASSERT_TOLD("radius r { server \"2001:db8::5\" { " SECRET " }\n"
		    "server again { address = \"2001:DB8:0::5\" " SECRET " } }\nnet n { }",
		    "t:2: radius r: server again: has the address of `server 2001:db8::5`\n");
}

static void radius_has_sixteen_servers_at_most(void)
{
	char text[2048] = "radius r {\n";

	for (unsigned i = 0; i < 17; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "server \"10.0.0.%u\" { " SECRET " }\n", i + 1);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "}\nnet n { }");
	ASSERT_TOLD(text, "t:1: radius r: more than 16 servers\n");
}

static const struct test_case cases[] = {
	{"radius_defaults", radius_defaults},
	{"radius_keys_are_taken", radius_keys_are_taken},
	{"radius_accounting_keys_are_taken", radius_accounting_keys_are_taken},
	{"radius_accounting_mistakes", radius_accounting_mistakes},
	{"radius_mistakes", radius_mistakes},
	{"radius_short_secrets_are_warned_of", radius_short_secrets_are_warned_of},
	{"radius_servers_may_have_names", radius_servers_may_have_names},
	{"radius_has_sixteen_servers_at_most", radius_has_sixteen_servers_at_most},
	{NULL, NULL},
};
const struct test_suite suite_radius = {"radius", cases};
