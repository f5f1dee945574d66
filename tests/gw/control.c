/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control side of the gateway, with a data plane that only remembers (bench.h). */
#include "gw/log.h"
#include "tests/gw/bench.h"

#include <osmocom/core/talloc.h>

extern const struct test_suite suite_aaa;
extern const struct test_suite suite_addrpool;
extern const struct test_suite suite_login_limit;
extern const struct test_suite suite_bind;
extern const struct test_suite suite_capture;
extern const struct test_suite suite_client;
extern const struct test_suite suite_peer;
extern const struct test_suite suite_route;
extern const struct test_suite suite_route_way;
extern const struct test_suite suite_start;
extern const struct test_suite suite_join;
extern const struct test_suite suite_keep;
extern const struct test_suite suite_leg_call;
extern const struct test_suite suite_leg_filter;
extern const struct test_suite suite_leg_limit;
extern const struct test_suite suite_leg_terminal;
extern const struct test_suite suite_bridge;
extern const struct test_suite suite_line;
extern const struct test_suite suite_log;
extern const struct test_suite suite_log_brake;
extern const struct test_suite suite_loop;
extern const struct test_suite suite_memory;
extern const struct test_suite suite_reserve;
extern const struct test_suite suite_ra;
extern const struct test_suite suite_switch;
extern const struct test_suite suite_table;
extern const struct test_suite suite_text;
extern const struct test_suite suite_vty;
extern const struct test_suite suite_vty_listen;

static const struct test_suite *const suites[] = {
	&suite_aaa,	   &suite_addrpool,	&suite_login_limit,
	&suite_bind,	   &suite_client,	&suite_peer,
	&suite_route,	   &suite_route_way,	&suite_start,
	&suite_join,	   &suite_keep,		&suite_line,
	&suite_leg_call,   &suite_leg_terminal, &suite_log,
	&suite_log_brake,  &suite_loop,		&suite_memory,
	&suite_reserve,	   &suite_ra,		&suite_switch,
	&suite_table,	   &suite_text,		&suite_vty,
	&suite_vty_listen, &suite_capture,	&suite_leg_limit,
	&suite_bridge,	   &suite_leg_filter,	NULL,
};

int main(int argc, char **argv)
{
	void *talloc = talloc_named_const(NULL, 0, "unit-control");
	int rc;

	gw_log_start(talloc);
	gw_log_set("all", "fatal");
	bench_log_begin();
	rc = test_main(argc, argv, suites);
	gw_log_stop();
	talloc_free(talloc);
	return rc;
}
