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
		{{.called = "42*"}, {.port = &port[0], .called = "4217"}, true},
		{{.called = "42*"}, {.port = &port[0], .called = "17"}, false},
		{{.called = "42*"}, {.port = &port[0]}, false},
		{{.calling = "*9"}, {.port = &port[0], .calling = "19"}, true},
		{{.calling = "*9"}, {.port = &port[0], .calling = "18"}, false},
		{{.calling = "*9"}, {.port = &port[0], .called = "19"}, false},
		{{.called = "1", .calling = "2"}, {.called = "1", .calling = "2"}, true},
		{{.called = "1", .calling = "2"}, {.called = "1", .calling = "1"}, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(!route_why_not(&rows[i].route, &rows[i].what), rows[i].fits);
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

static const struct test_case cases[] = {
	{"every_condition", every_condition},
	{"the_first_that_fits", the_first_that_fits},
	{NULL, NULL},
};
const struct test_suite suite_route = {"route", cases};
