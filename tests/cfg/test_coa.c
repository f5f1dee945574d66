/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

#define SECRET "secret = 0123456789abcdef"
#define SERVER " server \"10.0.0.5\" { " SECRET " }\n"
#define CLIENT "coa-client \"10.0.0.5\" { " SECRET " }"

static void coa_defaults(void)
{
	static struct told t;
	const struct cfg_coa_client *c;
	const struct cfg_radius *r;

	tell(&t, "radius isp {" SERVER "coa-listen = \"0.0.0.0\"\n" CLIENT "}\nnet n { }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	r = t.m->radius;
	CU_ASSERT_EQUAL_FATAL(r->coa_listens, 1);
	CU_ASSERT_EQUAL(r->coa_listen[0].port, 3799); /* RFC 5176 section 2.3 */
	CU_ASSERT_FALSE(r->coa_listen[0].at.v6);
	CU_ASSERT_EQUAL(r->nas_addresses, 0);
	CU_ASSERT_EQUAL_FATAL(r->coa_clients, 1);
	c = r->coa_client;
	ASSERT_TEXT(c->text, "10.0.0.5");
	ASSERT_OCTETS(c->address.addr + 12, 4, "\x0a\x00\x00\x05", 4);
	ASSERT_TEXT(c->secret, "0123456789abcdef");
	CU_ASSERT_TRUE(c->message_authenticator && c->event_timestamp);
	CU_ASSERT_EQUAL(c->requests, 50);
	told_end(&t);
}

static void coa_keys_are_taken(void)
{
	static struct told t;
	const struct cfg_coa_client *c;
	const struct cfg_radius *r;

	tell(&t, "radius isp {" SERVER "coa-listen = { \"10.0.0.1:1700\", \"2001:db8::1\", "
		 "\"[2001:db8::2]:1701\", \"[::]\" }\n"
		 "nas-address = { \"192.0.2.7\", \"2001:db8::7\" }\n" CLIENT
		 "coa-client \"2001:db8::5\" { " SECRET " message-authenticator = no "
		 "event-timestamp = no requests = 7 } }\nnet n { }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	r = t.m->radius;
	CU_ASSERT_EQUAL_FATAL(r->coa_listens, 4);
	CU_ASSERT_EQUAL(r->coa_listen[0].port, 1700);
	ASSERT_TEXT(r->coa_listen[0].text, "10.0.0.1:1700");
	CU_ASSERT_TRUE(r->coa_listen[1].at.v6);
	CU_ASSERT_EQUAL(r->coa_listen[1].port, 3799);
	CU_ASSERT_EQUAL(r->coa_listen[2].port, 1701);
	CU_ASSERT_EQUAL(r->coa_listen[2].at.addr[15], 2);
	CU_ASSERT_TRUE(r->coa_listen[3].at.v6 && !r->coa_listen[3].at.addr[15]);
	CU_ASSERT_EQUAL_FATAL(r->nas_addresses, 2);
	CU_ASSERT_EQUAL(r->nas_address[0].at.addr[15], 7);
	CU_ASSERT_EQUAL_FATAL(r->coa_clients, 2);
	c = &r->coa_client[1];
	CU_ASSERT_TRUE(c->address.v6);
	CU_ASSERT_FALSE(c->message_authenticator || c->event_timestamp);
	CU_ASSERT_EQUAL(c->requests, 7);
	told_end(&t);
}

#define IN "t:1: radius r: "

static void coa_mistakes(void)
{
	ASSERT_TOLD("radius r { coa-listen = here" SERVER CLIENT "}\nnet n { }",
		    IN "coa-listen: `here` is not an address, as in 192.0.2.1, 192.0.2.1:3799 or "
		       "[2001:db8::1]:3799\n");
	ASSERT_TOLD("radius r { coa-listen = \"0.0.0.0\" nas-address = \"10.0.0.1:5\"" SERVER CLIENT
		    "}\nnet n { }",
		    IN "nas-address: `10.0.0.1:5` is not an address, as in 192.0.2.1 or "
		       "2001:db8::1\n");
	ASSERT_TOLD("radius r { coa-listen = \"0.0.0.0\"" SERVER "}\nnet n { }",
		    IN "coa-listen: needs a `coa-client \"ADDRESS\" { }`: nobody could ask\n");
	ASSERT_TOLD("radius r {" SERVER CLIENT "}\nnet n { }",
		    IN "needs `coa-listen`: where its `coa-client` sends requests to\n");
	ASSERT_TOLD("radius r { coa-listen = \"0.0.0.0\"" SERVER
		    "coa-client \"10.0.0.0/8\" { " SECRET " } }\nnet n { }",
		    "t:2: radius r: coa-client 10.0.0.0/8: `10.0.0.0/8` is not an address, as in "
		    "192.0.2.1 or 2001:db8::1\n");
	ASSERT_TOLD("radius r { coa-listen = \"0.0.0.0\"" SERVER
		    "coa-client \"10.0.0.5\" { } }\nnet n { }",
		    "t:2: radius r: coa-client 10.0.0.5: needs `secret-file` (or `secret`)\n");
	ASSERT_TOLD("radius r { coa-listen = \"0.0.0.0\"" SERVER CLIENT "\n}\n"
		    "radius s { coa-listen = \"0.0.0.0\"" SERVER CLIENT "}\nnet n { }",
		    "t:5: radius s: coa-client 10.0.0.5: `radius r` has this client already\n");
	/* the same address in other words */
	ASSERT_TOLD(
		"radius r { coa-listen = \"::\"" SERVER "coa-client \"2001:db8::5\" { " SECRET
		" }\ncoa-client \"2001:db8:0::5\" { " SECRET " } }\nnet n { }",
		"t:3: radius r: coa-client 2001:db8:0::5: `radius r` has this client already\n");
}

static void coa_has_so_many_at_most(void)
{
	char text[8192] = "radius r { coa-listen = { ";

	for (unsigned i = 0; i < 9; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s\"10.0.0.%u\"",
			 i ? ", " : "", i + 1);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), " }\n" SERVER);
	for (unsigned i = 0; i < 65; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "coa-client \"10.0.1.%u\" { " SECRET " }\n", i + 1);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), "}\nnet n { }");
	ASSERT_TOLD(text, IN "coa-listen: more than 8 addresses\n" IN "more than 64 clients\n");
}

static const struct test_case cases[] = {
	{"coa_defaults", coa_defaults},
	{"coa_keys_are_taken", coa_keys_are_taken},
	{"coa_mistakes", coa_mistakes},
	{"coa_has_so_many_at_most", coa_has_so_many_at_most},
	{NULL, NULL},
};
const struct test_suite suite_coa = {"coa", cases};
