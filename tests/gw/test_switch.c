/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls from one tunnel to another: the far end of the bench is the LAC and the LNS. */
#include "gw/switch.h"
#include "tests/gw/bench.h"
#include <string.h>

#define SWITCH(to)                                                         \
	"host-name = gw\n"                                                 \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                          \
	"peer lac { hostname = lac }\n"                                    \
	"peer one { port = a  dial = \"192.0.2.9:1701\"  hostname = x }\n" \
	"peer two { port = a  dial = \"192.0.2.10:1701\" hostname = x }\n" \
	"route sw { from-peer = lac  " to " }\n"

static void switch_bench(const char *conf)
{
	bench_start(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
}

static void a_call_goes_on_in_another_tunnel(void)
{
	const struct dp_call *in, *out;
	struct far_call *lac;

	switch_bench(SWITCH("to = one"));
	lac = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_TRUE(lac->up && bench.call[1].up);
	CU_ASSERT_EQUAL(bench.iccn_tx, 0x10000); /* as the LAC's ICCN says */
	/* PPP of both ends has met: the LNS has let the client in and given the address */
	CU_ASSERT_TRUE(lac->ip4 && bench.call[1].ip4);
	CU_ASSERT_EQUAL(lac->got.local4, 0x0a640002);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	out = leg_call_entry(bench_join()->leg[0]);
	in = leg_call_entry(bench_join()->leg[1]);
	CU_ASSERT_TRUE(in->mode == DP_FORWARD && out->mode == DP_FORWARD);
	CU_ASSERT_TRUE(in->to_tid == out->tid && in->to_sid == out->sid);
	CU_ASSERT_TRUE(out->to_tid == in->tid && out->to_sid == in->sid);
	CU_ASSERT_TRUE(in->tid != out->tid);
	CU_ASSERT_TRUE(in->data.lns && !out->data.lns);
	bench_stop();
}

/* The LNS learns what the far LAC's PPP has agreed and proved. */
static void proxy_attributes_go_on(void)
{
	switch_bench(SWITCH("to = one"));
	bench.iccn_proxy = true;
	bench.iccn_proxied = 0;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_EQUAL(bench.iccn_proxied, 5);
	bench_stop();
}

/* ICRP is not sent to the LAC before the LNS has taken the call. */
static void the_answer_waits_for_the_lns(void)
{
	struct far_call *lac;

	switch_bench(SWITCH("to = one"));
	bench.no_answer = true;
	lac = bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	CU_ASSERT_FALSE(lac->up);
	bench_hangup(&bench.call[1], L2TP_CDN_NO_FRAMING, "no");
	CU_ASSERT_EQUAL(lac->result.result, L2TP_CDN_NO_FRAMING);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

static void switch_next_peer(void)
{
	struct far_call *lac;

	switch_bench(SWITCH("to = { one, two }"));
	bench.no_answer = true;
	lac = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench.no_answer = false;
	bench_hangup(&bench.call[1], L2TP_CDN_NO_FACILITIES_TEMP, "busy");
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 3);
	CU_ASSERT_TRUE(lac->up && bench.call[2].up && lac->ip4);
	bench_stop();
}

/* Each end's CDN reaches the other with its result. */
static void the_end_goes_through(void)
{
	struct far_call *lac;

	switch_bench(SWITCH("to = one"));
	lac = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(bench.calls == 2 && lac->ip4);
	bench_hangup(&bench.call[1], L2TP_CDN_ADMINISTRATIVE, "maintenance");
	CU_ASSERT_FALSE(lac->up);
	CU_ASSERT_EQUAL(lac->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_PTR_NOT_NULL(strstr(lac->result.text, "maintenance"));
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();

	switch_bench(SWITCH("to = one"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "gone");
	CU_ASSERT_EQUAL(bench.call[1].result.result, L2TP_CDN_LOST_CARRIER);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();
}

/* The LAC gives up while the LNS has not answered. */
static void the_lac_goes_first(void)
{
	switch_bench(SWITCH("to = { one, two }"));
	bench.no_answer = true;
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL_FATAL(bench.calls, 2);
	bench_hangup(&bench.call[0], L2TP_CDN_LOST_CARRIER, "gone");
	CU_ASSERT_EQUAL(bench.call[1].result.result, L2TP_CDN_LOST_CARRIER);
	CU_ASSERT_EQUAL(bench.calls, 2); /* the second peer is not asked any more */
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

static void no_route_no_switch(void)
{
	struct far_call *c;

	switch_bench(SWITCH("called = 5*  to = one"));
	c = bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(bench.calls, 1);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_PERM);
	bench_stop();
	switch_bench(SWITCH("to = one"));
	fake.connect_refuses = true;
	c = bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(bench.calls, 1);
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_NO_FACILITIES_TEMP);
	bench_stop();
}

static const struct test_case cases[] = {
	{"a_call_goes_on_in_another_tunnel", a_call_goes_on_in_another_tunnel},
	{"proxy_attributes_go_on", proxy_attributes_go_on},
	{"the_answer_waits_for_the_lns", the_answer_waits_for_the_lns},
	{"next_peer", switch_next_peer},
	{"the_end_goes_through", the_end_goes_through},
	{"the_lac_goes_first", the_lac_goes_first},
	{"no_route_no_switch", no_route_no_switch},
	{NULL, NULL},
};
const struct test_suite suite_switch = {"switch", cases};
