/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins without a terminal, and those that we began, when the gateway is killed. */
#include "gw/bind.h"
#include "gw/outgoing.h"
#include "gw/resume.h"
#include "gw/route_way.h"
#include "tests/gw/bench.h"
#include "transports/atm/atm.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/udp/udp.h"

#include <string.h>

#define FIRST  ((l2tp_channel)1 << 32 | 0x20001)
#define SECOND ((l2tp_channel)2 << 32 | 0x20001)

static const uint8_t request[] = {0xc0, 0x21, 1, 1, 0, 4};

static void resume_join_circuit(l2tp_channel c, const struct ist_transport *t, const char *address)
{
	struct ist_addr a = {0};

	CU_ASSERT_FATAL(!t->addr_parse(&a, address));
	fake_circuit(c, &a);
}

static void resume_join_up(l2tp_channel c)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_PPP, .permanent = true};

	dp_channel_peer(bench.gw->dp, c, &a.peer);
	bind_dp_ops.up(bench.gw, c, &a, clock_us);
}

/* The data plane is told the same as before, of `joins` joins. */
static void resume_join_kill(unsigned joins)
{
	struct dp_call was[8];
	unsigned n = fake.calls;
	struct resume_counters c;

	CU_ASSERT_FATAL(n && n <= 8);
	memcpy(was, fake.call, sizeof(was));
	bench_kill(NULL);
	resume_count(bench.gw->resume, &c);
	CU_ASSERT_EQUAL(c.joins, joins);
	CU_ASSERT_EQUAL(c.ended, 0);
	CU_ASSERT_EQUAL(fake.calls, n);
	for (unsigned i = 0; i < n; i++) {
		const struct dp_call *is = fake_entry(was[i].tid, was[i].sid);

		CU_ASSERT(is && !memcmp(is, &was[i], sizeof(*is)));
	}
}

static unsigned resume_join_route_calls(void)
{
	return route_way_calls(bench.gw, &bench.gw->cfg->route[0]);
}

/* --- call to call ----------------------------------------------------------------------------- */

#define SWITCH                                                               \
	"host-name = gw\n"                                                   \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                            \
	"peer lac { port = a  dial = \"192.0.2.8:1701\"  hostname = lac }\n" \
	"peer one { port = a  dial = \"192.0.2.9:1701\"  hostname = x }\n"   \
	"route sw { from-peer = lac  to = one }\n"

static void resume_join_switch(void)
{
	struct far_call *lac, *lns = &bench.call[1];

	bench_start_kept(SWITCH);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	lac = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(bench.calls == 2 && lac->ip4 && lns->ip4);
	resume_join_kill(1);
	CU_ASSERT_EQUAL(resume_join_route_calls(), 1);
	bench_pass(200 * SEC);
	CU_ASSERT_TRUE(lac->up && lns->up && !lac->down && !lns->down);
	/* one goes, the other hears why */
	bench_hangup(lns, L2TP_CDN_ADMINISTRATIVE, "enough");
	bench_pass(0);
	CU_ASSERT_FALSE(lac->up);
	CU_ASSERT_EQUAL(lac->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_STRING_EQUAL(lac->result.text, "enough");
	CU_ASSERT_EQUAL(resume_join_route_calls(), 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();
}

/* The peer that the call goes on to is no more: both calls end. */
static void resume_join_switch_half(void)
{
	struct far_call *lac, *lns = &bench.call[1];

	bench_start_kept(SWITCH);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	lac = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(bench.calls == 2 && lac->ip4 && lns->ip4);
	bench_kill("host-name = gw\n"
		   "udp a { listen = \"192.0.2.1:1701\" }\n"
		   "peer lac { port = a  dial = \"192.0.2.8:1701\"  hostname = lac }\n");
	bench_pass(SEC);
	CU_ASSERT_FALSE(lac->up || lns->up);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

/* --- line to line ----------------------------------------------------------------------------- */

static void resume_join_bridge(void)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_INACTIVE, .words = "inactive"};

	bench_start_kept("frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  "
			 "join = \"a 0/35\" } }\n"
			 "atm a { link = \"loop:y\"  pvc \"0/35\" { carries = ppp } }\n");
	fake.frame = NULL;
	resume_join_circuit(FIRST, &frame_relay_transport, "100");
	resume_join_circuit(SECOND, &atm_transport, "0/35");
	resume_join_up(FIRST);
	resume_join_up(SECOND);
	bind_dp_ops.line(bench.gw, FIRST, request, sizeof(request), clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 2);
	resume_join_kill(1);
	CU_ASSERT_STRING_EQUAL(bench_join()->reason, "the circuit's join");
	bind_dp_ops.down(bench.gw, SECOND, &why, false, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	/* and begins anew */
	resume_join_up(SECOND);
	bind_dp_ops.line(bench.gw, FIRST, request, sizeof(request), clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(fake.calls, 2);
	bench_stop();
}

/* --- outgoing calls --------------------------------------------------------------------------- */

static void resume_join_asked_of_us(void)
{
	static const struct leg_out fr = {.called = "200", .min_bps = 1, .max_bps = UINT32_MAX};
	struct far_call *c;

	bench_start_kept("host-name = gw\n"
			 "frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"
			 "udp a { listen = \"192.0.2.1:1701\" }\n"
			 "peer lns { hostname = lns }\n"
			 "route fr { from-peer = lns  called = 200  to-circuit = \"f 100\" }\n");
	fake.frame = NULL;
	CU_ASSERT_TRUE_FATAL(bench_dial("lns"));
	resume_join_circuit(FIRST, &frame_relay_transport, "100");
	resume_join_up(FIRST);
	c = bench_ask(&fr);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->up && fake.calls == 2);
	resume_join_kill(1);
	CU_ASSERT_EQUAL(resume_join_route_calls(), 1);
	bench_pass(200 * SEC);
	CU_ASSERT_TRUE(c->up);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "enough");
	bench_pass(0);
	CU_ASSERT_EQUAL(resume_join_route_calls(), 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();
}

static void resume_join_asked_by_us(void)
{
	static const uint8_t pkt[100] = {0x45, 0, 0,  0, 0, 0, 0,  0,  64, 17,
					 0,    0, 10, 0, 0, 1, 10, 64, 0,  77};
	struct far_call *c = &bench.call[0];

	bench_start_kept("host-name = gw\n"
			 "udp a { listen = \"192.0.2.1:1701\" }\n"
			 "peer lac { port = a  dial = \"192.0.2.9:1701\"  hostname = lac }\n"
			 "pool p { ranges = { 10.64.0.0/24 } }\n"
			 "service s { local = 10.64.0.1  pool = p  auth = { chap }  tun = net }\n"
			 "user ann { secret = \"a password\" }\n"
			 "outgoing site { peer = lac  called = 5  service = s  "
			 "address = 10.64.0.77  routes = 10.9.0.0/16 }\n");
	bench.policy.bearer_caps = 3;
	bind_dp_ops.absent(bench.gw, pkt, sizeof(pkt), clock_us);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->up && c->ip4 && fake.calls == 1);
	CU_ASSERT_EQUAL(c->got.local4, 0x0a40004d);
	resume_join_kill(1);
	CU_ASSERT_EQUAL(bench.gw->outgoing[0].state, OUTGOING_UP);
	CU_ASSERT_STRING_EQUAL(outgoing_call_now(bench.gw, "site", clock_us), "is up");
	bench_pass(200 * SEC);
	CU_ASSERT_TRUE(c->up && !c->down);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "enough");
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->outgoing[0].state, OUTGOING_IDLE);
	bench_stop();
}

#define LNS                                                                \
	"host-name = gw\n"                                                 \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                          \
	"peer lac { service = s }\n"                                       \
	"pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n" \
	"service s { local = 10.64.0.1  pool = s }\n"                      \
	"user ann { secret = \"a password\" }\n"

/* --- records that nobody wrote ---------------------------------------------------------------- */

/* Whatever a record of a join says, it is refused or goes on, and all is given back. */
static void resume_join_hostile(void)
{
	uint8_t rec[STORE_RECORD_MAX], bad[STORE_RECORD_MAX];
	uint64_t seed = test_seed();
	const char *words;
	size_t n;

	bench_start_kept(LNS);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	n = resume_join_save(bench_join(), rec, sizeof(rec));
	CU_ASSERT_FATAL(n > 50);
	for (unsigned i = 0; i < 20000; i++) {
		size_t len = test_rand(&seed) % 4 ? n : test_rand(&seed) % (n + 1);

		memcpy(bad, rec, n);
		for (unsigned k = test_rand(&seed) % 4; k--;)
			bad[test_rand(&seed) % n] = (uint8_t)test_rand(&seed);
		/* the call has its leg already: nothing is joined */
		CU_ASSERT_PTR_NULL(resume_join(bench.gw, bad, len, &words, clock_us));
		CU_ASSERT_PTR_NOT_NULL(words);
	}
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	CU_ASSERT_EQUAL(bench.gw->service[0].clients, 1);
	bench_stop();
}

struct resume_join_spoil {
	uint64_t *seed;
	uint8_t kind;
};

static void resume_join_spoil(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	struct resume_join_spoil *s = ctx;
	uint8_t bad[STORE_RECORD_MAX];

	if (!len || test_rand(s->seed) % 2)
		return;
	memcpy(bad, rec, len);
	for (uint64_t k = 1 + test_rand(s->seed) % 3; k--;)
		bad[test_rand(s->seed) % len] ^= (uint8_t)(1u << test_rand(s->seed) % 8);
	len -= test_rand(s->seed) % 8 ? 0 : test_rand(s->seed) % len;
	store_put(bench.store, s->kind, key, bad, len);
}

/* A life that finds any of its records spoilt starts all the same, and what it has fits together.
 */
static void resume_join_spoilt_store(void)
{
	uint64_t seed = test_seed();
	unsigned lived = 0, ended = 0;

	for (unsigned i = 0; i < 300; i++) {
		struct l2tp_counters n;

		bench_start_kept(i % 2 ? LNS : SWITCH);
		bench.loses = true; /* so many messages may wait, a tunnel says */
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
		for (uint8_t kind = 1; kind < 6; kind++)
			store_each(bench.store, kind, resume_join_spoil,
				   &(struct resume_join_spoil){&seed, kind});
		store_publish(bench.store);
		bench_kill(NULL);
		lived += bench.gw->joins->n;
		ended += !bench.gw->joins->n;
		bench_pass(200 * SEC);
		l2tp_engine_counters(bench.gw->engine, &n);
		CU_ASSERT_EQUAL(n.calls, (i % 2 ? 1 : 2) * bench.gw->joins->n);
		CU_ASSERT_EQUAL(fake.calls, n.calls);
		bench_stop();
	}
	CU_ASSERT(lived > 20 && ended > 20);
}

static const struct test_case cases[] = {
	{"switch", resume_join_switch},
	{"switch_half", resume_join_switch_half},
	{"bridge", resume_join_bridge},
	{"asked_of_us", resume_join_asked_of_us},
	{"asked_by_us", resume_join_asked_by_us},
	{"hostile", resume_join_hostile},
	{"spoilt_store", resume_join_spoilt_store},
	{NULL, NULL},
};
const struct test_suite suite_resume_join = {"resume_join", cases};
