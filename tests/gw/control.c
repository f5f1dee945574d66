/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control side of the gateway, with a data plane that only remembers (bench.h). */
#include "gw/log.h"
#include "tests/gw/bench.h"

#include <osmocom/core/talloc.h>

/* One suite for each test file, named like it. */
#define SUITES(X)        \
	X(aaa)           \
	X(aaa_radius)    \
	X(addrpool)      \
	X(bind)          \
	X(bridge)        \
	X(capture)       \
	X(client)        \
	X(device)        \
	X(dial)          \
	X(dialout)       \
	X(grant)         \
	X(gw_memory)     \
	X(history)       \
	X(join)          \
	X(leg_bundle)    \
	X(keep)          \
	X(kept)          \
	X(leg_call)      \
	X(leg_echo)      \
	X(leg_entry)     \
	X(leg_filter)    \
	X(leg_grant)     \
	X(leg_limit)     \
	X(leg_line)      \
	X(leg_server)    \
	X(leg_terminal)  \
	X(limits)        \
	X(line)          \
	X(line_proxy)    \
	X(line_reach)    \
	X(line_save)     \
	X(log)           \
	X(log_brake)     \
	X(login_limit)   \
	X(loop)          \
	X(memory)        \
	X(origin)        \
	X(outgoing)      \
	X(peer)          \
	X(permit)        \
	X(port)          \
	X(proxy_avp)     \
	X(call_end)      \
	X(call_phb)      \
	X(plugin)        \
	X(ra)            \
	X(radius_acct)   \
	X(radius_pool)   \
	X(radius_read)   \
	X(radius_write)  \
	X(random)        \
	X(reserve)       \
	X(resume)        \
	X(resume_join)   \
	X(route)         \
	X(route_way)     \
	X(show_calls)    \
	X(show_counters) \
	X(show_filters)  \
	X(show_joins)    \
	X(show_peers)    \
	X(show_ports)    \
	X(show_process)  \
	X(show_routes)   \
	X(show_services) \
	X(show_upgrade)  \
	X(start)         \
	X(store)         \
	X(store_open)    \
	X(switch)        \
	X(switch_sides)  \
	X(table)         \
	X(text)          \
	X(vty)           \
	X(vty_ask)       \
	X(vty_listen)

#define X(name) extern const struct test_suite suite_##name;
SUITES(X)
#undef X

static const struct test_suite *const suites[] = {
#define X(name) &suite_##name,
	SUITES(X)
#undef X
		NULL,
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
