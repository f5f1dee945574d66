/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control side of the gateway, with a data plane that only remembers (bench.h). */
#include "gw/log.h"
#include "tests/gw/bench.h"

#include <osmocom/core/talloc.h>

/* One suite for each test file, named like it: those with a gateway, which run in each form of it,
 */
#define GATEWAY_SUITES(X) \
	X(ctl_event)      \
	X(clear)          \
	X(ctl_command)    \
	X(ctl_listen)     \
	X(about)          \
	X(accounts)       \
	X(acct_former)    \
	X(bind)           \
	X(bridge)         \
	X(capture)        \
	X(capture_match)  \
	X(capture_out)    \
	X(client)         \
	X(debug)          \
	X(device)         \
	X(dial)           \
	X(dialout)        \
	X(gw_memory)      \
	X(drain)          \
	X(trial)          \
	X(aaa_test)       \
	X(show_trials)    \
	X(filter)         \
	X(history)        \
	X(ipsec)          \
	X(leg_acct)       \
	X(leg_bundle)     \
	X(kept)           \
	X(leg_call)       \
	X(leg_client)     \
	X(leg_eap)        \
	X(leg_dhcp6)      \
	X(leg_echo)       \
	X(leg_entry)      \
	X(leg_filter)     \
	X(leg_grant)      \
	X(leg_limit)      \
	X(leg_login)      \
	X(leg_proxy)      \
	X(leg_line)       \
	X(leg_realm)      \
	X(leg_server)     \
	X(leg_rate)       \
	X(leg_sessions)   \
	X(leg_terminal)   \
	X(limits)         \
	X(line)           \
	X(line_ask)       \
	X(line_proxy)     \
	X(line_reach)     \
	X(line_save)      \
	X(lns)            \
	X(memory)         \
	X(metrics)        \
	X(metrics_listen) \
	X(page)           \
	X(network)        \
	X(outgoing)       \
	X(port)           \
	X(call_phb)       \
	X(ra)             \
	X(realm)          \
	X(record)         \
	X(route_ask)      \
	X(reserve)        \
	X(resume)         \
	X(resume_join)    \
	X(show_calls)     \
	X(show_counters)  \
	X(show_filters)   \
	X(show_joins)     \
	X(show_peers)     \
	X(show_ports)     \
	X(show_datapath)  \
	X(show_radius)    \
	X(show_rates)     \
	X(show_process)   \
	X(show_routes)    \
	X(show_services)  \
	X(show_drain)     \
	X(show_impair)    \
	X(impairs)        \
	X(impair_parse)   \
	X(show_grant)     \
	X(show_history)   \
	X(show_summary)   \
	X(service)        \
	X(show_reload)    \
	X(show_upgrade)   \
	X(replace)        \
	X(leg_coa)        \
	X(show_coa)       \
	X(start)          \
	X(trace)          \
	X(tunnel_acct)    \
	X(switch)         \
	X(switch_sides)   \
	X(table)          \
	X(vty)            \
	X(vty_ask)        \
	X(vty_listen)

/* and of what is the same in both. */
#define OTHER_SUITES(X)    \
	X(ctl_client)      \
	X(ctl_follow)      \
	X(capture_parse)   \
	X(inside)          \
	X(mask)            \
	X(pcapng)          \
	X(replay_end)      \
	X(replay_pcapng)   \
	X(ctl_rows)        \
	X(ctl_request)     \
	X(ctl_table)       \
	X(ctl_text)        \
	X(acct)            \
	X(acct_file)       \
	X(acct_queue)      \
	X(acct_record)     \
	X(acct_said)       \
	X(acct_session)    \
	X(acct_lives)      \
	X(aaa)             \
	X(aaa_radius)      \
	X(addrpool)        \
	X(dhcp6)           \
	X(dhcp6_read)      \
	X(grant)           \
	X(join)            \
	X(keep)            \
	X(journal)         \
	X(log)             \
	X(log_brake)       \
	X(log_out)         \
	X(login_limit)     \
	X(bound)           \
	X(histogram)       \
	X(recent)          \
	X(loop)            \
	X(origin)          \
	X(peer)            \
	X(rate)            \
	X(permit)          \
	X(proxy_avp)       \
	X(call_end)        \
	X(leg_about)       \
	X(plugin)          \
	X(radius_acct)     \
	X(radius_client)   \
	X(radius_pool)     \
	X(radius_read)     \
	X(lac_tunnels)     \
	X(radius_write)    \
	X(radius_coa)      \
	X(coa_server)      \
	X(coa_listen)      \
	X(random)          \
	X(leg_call_save)   \
	X(leg_server_addr) \
	X(leg_server_save) \
	X(relay)           \
	X(replay)          \
	X(replay_command)  \
	X(replay_file)     \
	X(replay_frame)    \
	X(replay_node)     \
	X(replay_side)     \
	X(replay_x25)      \
	X(route)           \
	X(route_way)       \
	X(store)           \
	X(store_open)      \
	X(text)            \
	X(words)           \
	X(words_l2tp)      \
	X(words_medium)    \
	X(words_ppp)       \
	X(words_radius)

#define X(name) extern const struct test_suite suite_##name;
GATEWAY_SUITES(X)
OTHER_SUITES(X)
#undef X

#define X(name) &suite_##name,
static const struct test_suite *const suites[] = {GATEWAY_SUITES(X) OTHER_SUITES(X) NULL};
static const struct test_suite *const gateway_suites[] = {GATEWAY_SUITES(X) NULL};
#undef X

static const struct test_form forms[] = {
	{"", suites, bench_in_one_process},
	{"apart", gateway_suites, bench_apart},
	{NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
	void *talloc = talloc_named_const(NULL, 0, "unit-control");
	int rc;

	gw_log_start(talloc, CFG_LOG_TO_STDERR);
	log_out_set(LOG_FORM_PLAIN, NULL);
	gw_log_set("all", "fatal");
	bench_log_begin();
	rc = test_main_forms(argc, argv, forms);
	gw_log_stop();
	talloc_free(talloc);
	return rc;
}
