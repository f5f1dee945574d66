/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/cfg/media.h"

/* Lines of the text; the route is on the last one. */
#define ASKS(from, keys)                                                       \
	"line l { link = x  dlci 16 { carries = ppp " from " } }\nnet n { }\n" \
	"peer a { port = n  dial = 192.0.2.1:1 }\npeer t { port = n }\n"       \
	"radius r { server 192.0.2.5 { secret = 0123456789abcdef } }\nroute w {\n" keys " }"
#define PROXY	 "lcp = proxy"
#define IN_ROUTE "t:7: route w: "

static void a_route_that_asks(void)
{
	static struct told t;

	ASSERT_TOLD(ASKS(PROXY, "radius = r template = t"), "");
	ASSERT_TOLD(ASKS("", "radius = r template = t ask = circuit ask-password = x"), "");
	tell(&t, ASKS(PROXY, "radius = r template = t to = a ask = realm ask-password = hello"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(t.m);
	CU_ASSERT_PTR_EQUAL(t.m->route[0].radius, &t.m->radius[0]);
	CU_ASSERT_PTR_EQUAL(t.m->route[0].like, &t.m->peer[1]);
	CU_ASSERT_EQUAL(t.m->route[0].ask, CFG_ASK_REALM);
	CU_ASSERT_STRING_EQUAL(t.m->route[0].ask_password, "hello");
	/* no SCCRQ is for a template, so that nobody is warned of its missing secret */
	CU_ASSERT_TRUE(t.m->peer[1].is_template && !t.m->peer[1].anybody);
	CU_ASSERT_FALSE(t.m->peer[0].is_template);
	CU_ASSERT_PTR_NULL(strstr(t.warned, "peer t"));
	told_end(&t);
}

static void what_has_no_sense(void)
{
	ASSERT_TOLD(ASKS(PROXY, "to = a ask = called template = t"),
		    IN_ROUTE "ask: means nothing without `radius`\n" IN_ROUTE
			     "template: means nothing without `radius`\n");
	ASSERT_TOLD(ASKS(PROXY, "radius = r template = t ask-password = x"),
		    IN_ROUTE "ask-password: a user has a proof of his own: say `ask` too\n");
	ASSERT_TOLD(ASKS(PROXY, "radius = r template = t from-peer = t"),
		    IN_ROUTE "template: `t` opens no tunnels to us, so that `from-peer` cannot "
			     "name it\n");
	ASSERT_TOLD(ASKS("", "radius = r template = t"),
		    "t:6: route w: the servers are asked about users, and no circuit of its ports "
		    "has `lcp = proxy`\n");
	ASSERT_TOLD(ASKS("", "from-peer = a radius = r template = t"), "");
	ASSERT_TOLD(ASKS(PROXY, "from-peer = a radius = r template = t to-circuit = \"l 16\""),
		    IN_ROUTE "to-circuit: `radius` and `to-circuit` exclude each other\n");
}

static void without_a_template(void)
{
	static struct told t;

	tell(&t, ASKS(PROXY, "radius = r"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.warned,
				      IN_ROUTE "radius: warning: without `template` only an LNS "
					       "that a peer section dials can be called\n"));
	told_end(&t);
}

static const struct test_case cases[] = {
	{"a_route_that_asks", a_route_that_asks},
	{"what_has_no_sense", what_has_no_sense},
	{"without_a_template", without_a_template},
	{NULL, NULL},
};
const struct test_suite suite_routes = {"routes", cases};
