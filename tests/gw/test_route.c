/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/route.h"
#include "tests/harness.h"
#include <string.h>

static const struct cfg_port port[2];
static const struct cfg_peer peer[2];
static const void *const first_port[] = {&port[0]}, *const first_peer[] = {&peer[0]};

/* What a route asks for, what is known, and whether the route fits. */
static void every_condition(void)
{
	static const struct {
		struct cfg_route route;
		struct route_what what;
		bool fits;
	} rows[] = {
		{{.name = "any"}, {.port = &port[0]}, true},
		{{.from = {first_port, 1}}, {.port = &port[0]}, true},
		{{.from = {first_port, 1}}, {.port = &port[1]}, false},
		{{.from_peer = {first_peer, 1}}, {.port = &port[0]}, false},
		{{.from_peer = {first_peer, 1}}, {.peer = &peer[0]}, true},
		{{.from_peer = {first_peer, 1}}, {.peer = &peer[1]}, false},
		{{.name = "any"}, {.peer = &peer[0]}, false}, /* routes of circuits take no calls */
		{{.to_circuit.port = &port[0], .from_peer = {first_peer, 1}},
		 {.peer = &peer[0]},
		 false}, /* nor do those of calls that are placed, unless they are */
		{{.to_circuit.port = &port[0], .from_peer = {first_peer, 1}},
		 {.peer = &peer[0], .outgoing = true},
		 true},
		{{.called = "42*"}, {.port = &port[0], .called = "4217"}, true},
		{{.called = "42*"}, {.port = &port[0], .called = "17"}, false},
		{{.called = "42*"}, {.port = &port[0]}, false},
		{{.calling = "*9"}, {.port = &port[0], .calling = "19"}, true},
		{{.calling = "*9"}, {.port = &port[0], .calling = "18"}, false},
		{{.calling = "*9"}, {.port = &port[0], .called = "19"}, false},
		{{.called = "1", .calling = "2"}, {.called = "1", .calling = "2"}, true},
		{{.called = "1", .calling = "2"}, {.called = "1", .calling = "1"}, false},
		{{.circuit = "1*"}, {.circuit = "100"}, true},
		{{.circuit = "1*"}, {.circuit = "200"}, false},
		{{.circuit = "1*"}, {.called = "100"}, false},
		{{.user = "ann@*"}, {.user = "ann@isp.example"}, true},
		{{.user = "ann@*"}, {.user = "bob@isp.example"}, false},
		{{.user = "ann@*"}, {.called = "ann@isp.example"}, false},
		{{.user = "ann@*"}, {.user_later = true}, true},
		{{.user = "ann@*"}, {.user = "bob", .user_later = true}, false},
		{{.realm = "isp.example"}, {.user = "ann@isp.example"}, true},
		{{.realm = "ISP.*"}, {.user = "ann@x@isp.example"}, true},
		{{.realm = "isp.example"}, {.user = "isp.example"}, false},
		{{.realm = "isp.example"}, {.user = "ann@isp.example@x"}, false},
		{{.realm = "*@isp.example"}, {.user = "ann@isp.example"}, true},
		{{.realm = "*@isp.example"}, {.user = "ann@other.example"}, false},
		{{.realm = "isp.example", .user = "b*"}, {.user = "ann@isp.example"}, false},
		{{.realm = "isp.example", .user = "b*"}, {.user = "bob@isp.example"}, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(!route_why_not(&rows[i].route, &rows[i].what), rows[i].fits);
}

static void why_not(void)
{
	static const struct {
		struct cfg_route route;
		struct route_what what;
		const char *words;
	} rows[] = {
		{{.from_peer = {first_peer, 1}},
		 {.peer = &peer[1]},
		 "it is not for calls of this peer"},
		{{.from_peer = {first_peer, 1}}, {.port = &port[0]}, "it is for calls"},
		{{.to_circuit.port = &port[0], .from_peer = {first_peer, 1}},
		 {.peer = &peer[0]},
		 "it is for outgoing calls"},
		{{.from = {first_port, 1}}, {.port = &port[1]}, "it is not from this port"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_STRING_EQUAL(route_why_not(&rows[i].route, &rows[i].what), rows[i].words);
}

static void the_first_that_fits(void)
{
	static const struct cfg_route routes[] = {
		{.name = "a", .called = "1"}, {.name = "b", .called = "2*"}, {.name = "c"}};
	static const struct cfg_model m = {.route = routes, .routes = 3},
				      few = {.route = routes, .routes = 2};

	CU_ASSERT_PTR_EQUAL(route_find(&m, &(struct route_what){.called = "1"}), &routes[0]);
	CU_ASSERT_PTR_EQUAL(route_find(&m, &(struct route_what){.called = "23"}), &routes[1]);
	CU_ASSERT_PTR_EQUAL(route_find(&m, &(struct route_what){.called = "3"}), &routes[2]);
	CU_ASSERT_PTR_NULL(route_find(&few, &(struct route_what){.called = "3"}));
}

/* A route that asks for the user stands in front of the one that fits without him, or of none. */
static void who_waits_for_the_user(void)
{
	static const struct cfg_route routes[] = {
		{.called = "9", .realm = "x"}, {.called = "1"}, {.realm = "isp"}, {.called = "2"}};
	static const struct cfg_model m = {.route = routes, .routes = 4};
	static const struct {
		struct route_what what;
		bool waits;
	} rows[] = {
		{{.called = "1"}, false},
		{{.called = "2"}, true},
		{{.called = "3"}, true},
		{{.called = "9"}, true},
		{{.called = "2", .user = "a"}, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(route_waits_for_user(&m, &rows[i].what), rows[i].waits);
}

static int route_parse(struct ist_addr *out, const char *text)
{
	memset(out, 0, sizeof(*out));
	out->len = 1;
	out->data[0] = (uint8_t)text[0];
	return 0;
}

static void route_keep(void *ctx, const char *text)
{
	strcat(strcat(ctx, text), "\n");
}

/* Frame Relay f: DLCIs a and b; X.25 x: one accept section.  What is missing changes from row to
 * row. */
static void ppp_needs_an_end(void)
{
	static const struct ist_transport fr = {.name = "frame-relay",
						.circuit_word = "dlci",
						.addr_parse = route_parse},
					  x25 = {.name = "x25"};
	struct cfg_service service = {0};
	struct cfg_circuit dlci[] = {
		{.where = {"x.conf", 3},
		 .addr_text = "a",
		 .config.payloads = 1u << IST_PAYLOAD_PPP},
		{.where = {"x.conf", 4},
		 .addr_text = "b",
		 .config.payloads = 1u << IST_PAYLOAD_L2TP},
	};
	struct cfg_accept accept = {
		.where = {"x.conf", 7}, .pattern = "42*", .payloads = 1u << IST_PAYLOAD_PPP};
	struct cfg_port ports[] = {
		{.transport = &fr, .config.name = "f", .circuit = dlci, .circuits = 2},
		{.transport = &x25, .config.name = "x", .accept = &accept, .accepts = 1},
	};
	const void *const from_x[] = {&ports[1]};
	struct cfg_route route = {.from = {from_x, 1}};
	struct cfg_client client = {.port = &ports[0], .circuit = "a"};
	struct cfg_model m = {.port = ports, .ports = 2};
	char text[2000] = "";

	route_parse(&dlci[0].config.addr, "a");
	route_parse(&dlci[1].config.addr, "b");
	CU_ASSERT_EQUAL(routes_check(&m, route_keep, text), 2);
	CU_ASSERT_STRING_EQUAL(text, "x.conf:3: frame-relay f: dlci a: carries ppp, but has no "
				     "`service` and no `join`, no `client` goes out on it, and no "
				     "`route` is from this port\n"
				     "x.conf:7: x25 x: accept 42*: carries ppp, but has no "
				     "`service` and no `join`, and no `route` is from this port\n");
	m.route = &route;
	m.routes = 1;
	CU_ASSERT_EQUAL(routes_check(&m, route_keep, text), 1); /* x has an end */
	route.from.n = 0;
	CU_ASSERT_EQUAL(routes_check(&m, route_keep, text), 0);
	route.from_peer = (struct cfg_refs){first_peer, 1}; /* for calls only */
	CU_ASSERT_EQUAL(routes_check(&m, route_keep, text), 2);
	m.client = &client;
	m.clients = 1;
	CU_ASSERT_EQUAL(routes_check(&m, route_keep, text), 1);
	client.circuit = "b";
	CU_ASSERT_EQUAL(routes_check(&m, route_keep, text), 2);
	dlci[0].service = accept.service = &service;
	CU_ASSERT_EQUAL(routes_check(&m, route_keep, text), 0);
}

static const struct test_case cases[] = {
	{"ppp_needs_an_end", ppp_needs_an_end},
	{"every_condition", every_condition},
	{"why_not", why_not},
	{"the_first_that_fits", the_first_that_fits},
	{"who_waits_for_the_user", who_waits_for_the_user},
	{NULL, NULL},
};
const struct test_suite suite_route = {"route", cases};
