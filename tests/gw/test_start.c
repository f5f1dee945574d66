/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Coming up and going down, and ports that fail. */
#include "gw/bind.h"
#include "gw/client.h"
#include "gw/port.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"

#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#define CONF                                                           \
	"host-name = gw\n"                                             \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                      \
	"peer lac { service = s }\n"                                   \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n"                   \
	"service s { local = 10.64.0.1  pool = s  auth = { chap } }\n" \
	"user ann { secret = \"a password\" }\n"

static void goes_down_in_good_order(void)
{
	struct far_call *c;
	uint64_t begin;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	begin = clock_us;
	gw_shutdown(bench.gw, clock_us);
	bench_pass(SEC / 2);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_DONE);
	CU_ASSERT_EQUAL(c->why, PPP_WHY_PEER);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_TRUE(bench.tunnel_down);
	CU_ASSERT_EQUAL(bench.stop_result.result, L2TP_STOP_SHUTTING_DOWN);
	CU_ASSERT(clock_us - begin <= SEC / 2);
	bench_stop();
}

static void a_client_is_not_dialled_while_going_down(void)
{
	bench_start(
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"
		"client home { peer = lns  user = ann  secret = \"a password\"  auth = { chap }\n"
		"  redial = 100ms }\n");
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_UP);
	gw_shutdown(bench.gw, clock_us);
	bench_pass(5 * SEC);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_DONE);
	CU_ASSERT_EQUAL(bench.calls, 1);
	bench_stop();
}

static void a_silent_peer_gets_five_seconds(void)
{
	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench.silent = true;
	gw_shutdown(bench.gw, clock_us);
	bench_pass(SEC / 2);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_CLOSING);
	bench_pass(SEC);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_STOPPING);
	bench_pass(3 * SEC);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_STOPPING);
	bench_pass(SEC);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_DONE);
	bench_stop();
}

static void asked_twice_it_goes_at_once(void)
{
	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench.silent = true;
	gw_shutdown(bench.gw, clock_us);
	gw_shutdown(bench.gw, clock_us);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_DONE);
	CU_ASSERT_EQUAL(bench_logged("main notice: asked again: ending at once"), 1);
	bench_stop();
}

static void nothing_new_while_going_down(void)
{
	struct far_call *c;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->hold = true;
	gw_shutdown(bench.gw, clock_us);
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
	CU_ASSERT_STRING_EQUAL(c->result.text, "shutting down");
	bench_pass(6 * SEC);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_DONE);
	bench_stop();
}

static void a_failed_port_is_opened_again(void)
{
	static const unsigned waits[] = {1, 2, 4, 8, 16, 32, 60, 60};
	unsigned i, opens;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	fake.port_refuses = true;
	bind_dp_ops.port_failed(bench.gw, 0, -5, "cable cut", clock_us);
	/* Its tunnels are gone, without a word nobody could carry. */
	CU_ASSERT_EQUAL(bench.gw->joins->n == 0 || fake.calls == 0, true);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(bench.gw->engine, NULL));
	CU_ASSERT_EQUAL(fake_said("close 0"), 1);
	CU_ASSERT_PTR_NULL(port_by_number(bench.gw, 0));
	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		opens = fake_said("open a");
		bench_pass(waits[i] * SEC - 1);
		CU_ASSERT_EQUAL(fake_said("open a"), opens);
		bench_pass(1);
		CU_ASSERT_EQUAL(fake_said("open a"), opens + 1);
	}
	CU_ASSERT_STRING_EQUAL(bench.gw->port[0].error, "no such wire");
	fake.port_refuses = false;
	bench_pass(60 * SEC);
	CU_ASSERT(bench.gw->port[0].number >= 0);
	bench_stop();
}

/* Whoever removes the device of a service ends its calls, not the service. */
static void a_removed_device_is_made_again(void)
{
	struct far_call *c;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(c->ip4);
	fake.gone = dp_tun_name(bench.gw->dp, bench.gw->service[0].tun);
	bench_pass(SEC);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT_EQUAL(fake_said("untun"), 1);
	CU_ASSERT_EQUAL(fake_said("tun"), 2);
	CU_ASSERT_TRUE(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(fake_said("tun"), 2);
	bench_stop();
}

#define MEMORY_CONF                                                                        \
	"host-name = gw\n"                                                                 \
	"log { tunnel = error }\n"                                                         \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                          \
	"udp b { listen = \"192.0.2.2:1701\" }\n"                                          \
	"peer lac { port = a  service = s }\n"                                             \
	"peer lns { port = b  dial = \"192.0.2.9:1701\" }\n"                               \
	"pool s { ranges = { \"10.64.0.0/24\", \"2001:db8::/56\" } }\n"                    \
	"service s { local = 10.64.0.1  pool = s  auth = { chap }  filter-in = \"ip\" }\n" \
	"user ann { secret = \"a password\" }\n"                                           \
	"client home { peer = lns  user = ann  secret = \"a password\"  redial = 10s }\n"  \
	"client office { peer = lns  user = ann  secret = \"a password\"  redial = 10s }\n"

/* Each allocation of the start is refused once: it does not start, or does without. */
static void starts_only_with_memory(void)
{
	const struct cfg_model *m;
	unsigned n = 0, refused = 0, blocks;

	bench_start(MEMORY_CONF);
	m = bench.gw->cfg;
	gw_free(bench.gw);
	log_brakes_reset();
	blocks = heap_blocks();
	for (bool more = true; more; n++) {
		struct gw *gw;

		heap_refuse(n);
		gw = bench_gw_new(m);
		more = heap_refused();
		refused += !gw;
		gw_free(gw);
		log_brakes_reset();
		CU_ASSERT_EQUAL(heap_blocks(), blocks);
	}
	CU_ASSERT(refused >= 15);
	bench.gw = bench_gw_new(m);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.gw);
	bench_stop();
}

/* Each allocation for a call is refused once.  That call may go, another one is served. */
static void a_call_without_memory(void)
{
	bool fired = true;

	for (unsigned n = 0; fired; n++) {
		struct far_call *c;

		bench_start(CONF);
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		bench.refusing = true;
		bench.refuse = n;
		c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
		fired = !bench.refusing;
		bench.refusing = false;
		bench_pass(5 * SEC);
		if (c->call && !c->ip4) /* it waits for something that does not come any more */
			bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "");
		else if (!c->call)
			CU_ASSERT(c->result.result == L2TP_CDN_NO_FACILITIES_TEMP ||
				  c->result.result == L2TP_CDN_GENERAL_ERROR || bench.tunnel_down);
		CU_ASSERT(fired || c->ip4);
		bench_pass(100 * SEC);
		if (!bench.tunnel)
			CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		CU_ASSERT_TRUE(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
		bench_stop();
	}
}

/* Levels of the configuration are in force, and the loop is left when all is done. */
static void the_log_as_configured_and_the_end_of_the_loop(void)
{
	bench_start("log { tunnel = error  aaa = info }\n" CONF);
	CU_ASSERT_STRING_EQUAL(gw_log_level(GW_LOG_TUNNEL), "error");
	CU_ASSERT_STRING_EQUAL(gw_log_level(GW_LOG_AAA), "info");
	gw_log_set("all", "fatal");
	gw_shutdown(bench.gw, clock_us);
	bench_pass(SEC);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_DONE);
	loop_run(bench.gw->loop); /* ends at once */
	bench_stop();
}

/* What the data plane has for us is asked for when its descriptor says so. */
static void the_data_plane_wakes_us(void)
{
	bench_start(CONF);
	CU_ASSERT_EQUAL(fake.polls, 0);
	CU_ASSERT_EQUAL(eventfd_write(bench.gw->dp_fd.fd, 1), 0);
	osmo_select_main(1);
	CU_ASSERT_EQUAL(fake.polls, 1);
	bench_stop();
}

static void what_it_may_need_is_logged(void)
{
	struct rlimit old, low;

	bench_start(CONF);
	CU_ASSERT_EQUAL(bench_logged("main notice: descriptors: * allowed, the configuration may "
				     "need *"),
			1);
	CU_ASSERT_EQUAL(bench_logged("main info: the configuration may need * MB of memory: *"), 1);
	bench_stop();
	getrlimit(RLIMIT_NOFILE, &old);
	low = (struct rlimit){.rlim_cur = 90, .rlim_max = old.rlim_max};
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &low), 0);
	bench_start(CONF);
	CU_ASSERT_EQUAL(bench_logged("main notice: descriptors: * allowed, *"), 1); /* raised */
	setrlimit(RLIMIT_NOFILE, &old);
	bench_stop();
}

static void memory_of_calls_that_have_gone(void)
{
	bench_start(CONF);
	bench.gw->joins->gone = 999;
	bench_pass(SEC);
	CU_ASSERT_EQUAL(bench_logged("main info: memory of calls that have gone is given back"), 0);
	bench.gw->joins->gone = 1000;
	bench_pass(SEC);
	CU_ASSERT_EQUAL(bench_logged("main info: memory of calls that have gone is given back"), 1);
	bench_stop();
}

static char start_said[400];

static void start_report(void *ctx, const char *text)
{
	(void)ctx;
	snprintf(start_said, sizeof(start_said), "%s", text);
}

/* A warning, no mistake. */
static void more_descriptors_than_are_allowed(void)
{
	struct cfg_model m = {.file = "x.conf", .services = 4000000000u};
	unsigned need, allowed;
	struct rlimit now;

	getrlimit(RLIMIT_NOFILE, &now);
	if (now.rlim_max >= m.services) {
		test_skip("start.more_descriptors_than_are_allowed", "there is no limit");
		return;
	}
	CU_ASSERT_EQUAL(gw_check(&m, start_report, NULL), 0);
	CU_ASSERT_EQUAL(sscanf(start_said,
			       "x.conf: warning: it may need %u file descriptors, and %u are "
			       "allowed (ulimit -Hn, LimitNOFILE=)",
			       &need, &allowed),
			2);
	CU_ASSERT(need > m.services);
	CU_ASSERT_EQUAL(allowed, now.rlim_max);
}

static void a_port_that_does_not_open(void)
{
	const struct cfg_model *m;

	bench_start(CONF);
	m = bench.gw->cfg;
	gw_free(bench.gw);
	fake.port_refuses = true;
	CU_ASSERT_PTR_NULL(bench_gw_new(m));
	CU_ASSERT_EQUAL(bench_logged("port error: port a: cannot open: no such wire"), 1);
	CU_ASSERT_EQUAL(bench_logged("main error: cannot start"), 1);
	fake.port_refuses = false;
	bench.gw = bench_gw_new(m);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.gw);
	bench_stop();
}

static const struct test_case cases[] = {
	{"goes_down_in_good_order", goes_down_in_good_order},
	{"a_client_is_not_dialled_while_going_down", a_client_is_not_dialled_while_going_down},
	{"a_silent_peer_gets_five_seconds", a_silent_peer_gets_five_seconds},
	{"asked_twice_it_goes_at_once", asked_twice_it_goes_at_once},
	{"nothing_new_while_going_down", nothing_new_while_going_down},
	{"a_failed_port_is_opened_again", a_failed_port_is_opened_again},
	{"a_removed_device_is_made_again", a_removed_device_is_made_again},
	{"starts_only_with_memory", starts_only_with_memory},
	{"a_call_without_memory", a_call_without_memory},
	{"the_log_as_configured_and_the_end_of_the_loop",
	 the_log_as_configured_and_the_end_of_the_loop},
	{"the_data_plane_wakes_us", the_data_plane_wakes_us},
	{"what_it_may_need_is_logged", what_it_may_need_is_logged},
	{"memory_of_calls_that_have_gone", memory_of_calls_that_have_gone},
	{"more_descriptors_than_are_allowed", more_descriptors_than_are_allowed},
	{"a_port_that_does_not_open", a_port_that_does_not_open},
	{NULL, NULL},
};
const struct test_suite suite_start = {"start", cases};
