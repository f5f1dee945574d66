/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A call's own state in the next life of the control side: each field, at both ends of a switch. */
#include "gw/legs/leg_call.h"

#include "tests/gw/bench.h"

#include <stdio.h>
#include <string.h>

static const struct leg_call *call_leg(unsigned i)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	return (const struct leg_call *)bench_join()->leg[i];
}

/* As it is now, with what it shares with others. */
struct call_was {
	struct leg_call c;
	struct dp_speed speed;
};

static struct call_was call_now(unsigned i)
{
	return (struct call_was){*call_leg(i), call_leg(i)->from->speed};
}

/* The same before and after. */
static void call_is_same(const struct leg_call *now, const struct call_was *before)
{
	const struct leg_call *was = &before->c;

	CU_ASSERT_EQUAL(now->placed, was->placed);
	CU_ASSERT_EQUAL(now->async, was->async);
	CU_ASSERT_EQUAL(now->has_origin, was->has_origin);
	CU_ASSERT(fake_same_entry(&now->entry.c, &was->entry.c));
	CU_ASSERT_EQUAL(now->entry.c.dscp, was->entry.c.dscp);
	CU_ASSERT_EQUAL(now->entry.c.data.send_seq, was->entry.c.data.send_seq);
	CU_ASSERT_EQUAL(now->entry.c.data.required, was->entry.c.data.required);
	CU_ASSERT_EQUAL(now->from->speed.tx_bps, before->speed.tx_bps);
	CU_ASSERT_EQUAL(now->from->speed.rx_bps, before->speed.rx_bps);
}

#define CALL_CONF(dscp)                                                \
	"host-name = gw\nlogin-delay = 0\n"                            \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                      \
	"peer lac { service = s  dscp = " dscp " }\n"                  \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n"                   \
	"service s { local = 10.64.0.1  pool = s  auth = { chap } }\n" \
	"user ann { secret = a }\n"

/* A call that was offered: it is none of ours then, either. */
static void an_offered_call(void)
{
	static const struct {
		const char *conf;
		uint8_t dscp;
		bool async;
	} rows[] = {
		{CALL_CONF("0"), 0, false},
		{CALL_CONF("46"), 46, true},
		{CALL_CONF("63"), 63, false},
		{CALL_CONF("copy"), DP_DSCP_COPY, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct call_was was;

		bench_start_kept(rows[i].conf);
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		bench.iccn_async = rows[i].async;
		CU_ASSERT_TRUE_FATAL(bench_call("ann", "a", PPP_AUTH_CHAP_MD5)->ip4);
		was = call_now(0);
		CU_ASSERT(!was.c.placed && was.c.async == rows[i].async);
		CU_ASSERT_EQUAL(was.c.entry.c.dscp, rows[i].dscp);
		bench_kill(NULL);
		call_is_same(call_leg(0), &was);
		/* what the configuration says now is for calls to come */
		bench_kill(CALL_CONF("10"));
		call_is_same(call_leg(0), &was);
		bench.iccn_async = false;
		bench_stop();
	}
}

/* A call that is switched, and the one that we have placed for it. */
static void both_calls_of_a_switch(void)
{
	static const char conf[] =
		"host-name = gw\n"
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lac { port = a  dial = \"192.0.2.8:1701\"  hostname = lac  dscp = 10 }\n"
		"peer one { port = a  dial = \"192.0.2.9:1701\"  hostname = x  dscp = copy }\n"
		"route sw { from-peer = lac  to = one }\n";
	struct call_was was[2];

	bench_start_kept(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(bench.calls == 2 && bench.call[1].up);
	for (unsigned i = 0; i < 2; i++)
		was[i] = call_now(i);
	CU_ASSERT(was[0].c.placed && !was[1].c.placed);
	CU_ASSERT(was[0].c.entry.c.dscp == DP_DSCP_COPY && was[1].c.entry.c.dscp == 10);
	bench_kill(NULL);
	for (unsigned i = 0; i < 2; i++)
		call_is_same(call_leg(i), &was[i]);
	CU_ASSERT_PTR_EQUAL(call_leg(0)->other, call_leg(1));
	CU_ASSERT_PTR_EQUAL(call_leg(1)->other, call_leg(0));
	bench_stop();
}

static const struct test_case cases[] = {
	{"an_offered_call", an_offered_call},
	{"both_calls_of_a_switch", both_calls_of_a_switch},
	{NULL, NULL},
};
const struct test_suite suite_leg_call_save = {"leg_call_save", cases};
