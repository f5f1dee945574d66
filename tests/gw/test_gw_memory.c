/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each way to a join, with each of its allocations refused once: what was begun is given back
 * whole, and the next try succeeds.
 */
#include "gw/bind.h"
#include "gw/client.h"
#include "gw/line.h"
#include "gw/route_way.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"
#include "transports/atm/atm.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/x25/x25_transport.h"

#include <string.h>

#define FR_CHANNEL  ((l2tp_channel)2 << 32 | 0x20001)
#define ATM_CHANNEL ((l2tp_channel)3 << 32 | 0x20001)
#define PORTS(keys)                                                                   \
	"host-name = gw\n"                                                            \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                     \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  " keys " } }\n" \
	"atm m { link = \"loop:y\"  pvc \"0/35\" { carries = ppp } }\n"               \
	"peer lns { port = a  dial = \"192.0.2.9:1701\"  hostname = x }\n"            \
	"peer lac { port = a  hostname = lac  address = \"192.0.2.9\" }\n"
#define SERVICE                              \
	"pool s { ranges = 10.64.0.0/24 }\n" \
	"service s { local = 10.64.0.1  pool = s  auth = none }\n"

static const uint8_t request[] = {0xc0, 0x21, 1, 1, 0, 4};

/* --- what must be alike, whatever has failed -------------------------------------------------- */

static unsigned gw_memory_legs(enum leg_kind kind)
{
	const struct join *j;
	unsigned n = 0;

	llist_for_each_entry(j, &bench.gw->joins->head, entry)
	{
		for (unsigned i = 0; i < 2; i++)
			n += j->leg[i]->ops->kind == kind;
	}
	return n;
}

static void gw_memory_is_consistent(void)
{
	struct l2tp_counters n;
	unsigned clients = 0, calls = 0;

	l2tp_engine_counters(bench.gw->engine, &n);
	CU_ASSERT_EQUAL(n.calls, gw_memory_legs(LEG_CALL));
	CU_ASSERT_EQUAL(lines_joined(bench.gw), gw_memory_legs(LEG_LINE));
	for (unsigned i = 0; i < bench.gw->cfg->services; i++)
		clients += bench.gw->service[i].clients;
	CU_ASSERT_EQUAL(clients, gw_memory_legs(LEG_SERVER));
	for (unsigned i = 0; i < bench.gw->cfg->routes; i++)
		calls += route_way_calls(bench.gw, &bench.gw->cfg->route[i]);
	CU_ASSERT_EQUAL(calls, bench.gw->cfg->routes && bench.gw->joins->n);
}

/* --- a line's first frame --------------------------------------------------------------------- */

static void gw_memory_up(l2tp_channel c, const struct ist_transport *t, const char *address)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_PPP, .permanent = true};

	CU_ASSERT_FATAL(!t->addr_parse(&a.peer, address));
	fake_circuit(c, &a.peer);
	bind_dp_ops.up(bench.gw, c, &a, clock_us);
}

static void gw_memory_start(const char *conf)
{
	bench_start(conf);
	fake.frame = NULL;
	gw_memory_up(FR_CHANNEL, &frame_relay_transport, "100");
	gw_memory_up(ATM_CHANNEL, &atm_transport, "0/35");
}

static void gw_memory_frame(void)
{
	bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
}

static void lines_of_each_kind(void)
{
	static const struct {
		const char *conf;
		unsigned least; /* allocations without which there is no join */
	} rows[] = {
		{PORTS("service = s") SERVICE, 3},
		{PORTS("join = \"m 0/35\""), 3},
		{PORTS("lcp = proxy") "route r { from = f  to = lns }\n", 3},
		{PORTS("") "route r { from = f  to = lns }\n", 4},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg_terminal_view t;
		unsigned failed = 0;

		for (unsigned skip = 0, more = true; more; skip++) {
			gw_memory_start(rows[i].conf);
			heap_refuse(skip);
			gw_memory_frame();
			more = heap_refused();
			loop_expire(bench.gw->loop, clock_us); /* what has ended is freed */
			if (!bench.gw->joins->n) {
				failed++;
				CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], 1);
			}
			if (i == 2) { /* our PPP is asked first, and no call is placed yet */
				CU_ASSERT_EQUAL(gw_memory_legs(LEG_PROXY), bench.gw->joins->n);
				CU_ASSERT_EQUAL(lines_joined(bench.gw), bench.gw->joins->n);
			} else {
				gw_memory_is_consistent();
			}
			/* a refused line of the join waits a second */
			bench_pass(SEC);
			if (!bench.gw->joins->n)
				gw_memory_frame();
			CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
			if (leg_terminal_view(bench_join()->leg[1], &t))
				CU_ASSERT_PTR_NOT_NULL(t.ppp);
			bench_stop();
		}
		CU_ASSERT(failed >= rows[i].least);
	}
}

static void a_bridge_without_memory_is_logged(void)
{
	for (unsigned skip = 0, more = true; more; skip++) {
		gw_memory_start(PORTS("join = \"m 0/35\""));
		heap_refuse(skip);
		gw_memory_frame();
		more = heap_refused();
		if (!bench.gw->joins->n) {
			CU_ASSERT_EQUAL(bench_logged("call notice: line (f 100): not joined to m "
						     "0/35: out of memory"),
					1);
			gw_memory_frame(); /* not before its time */
			CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
			bench_pass(SEC - 1);
			gw_memory_frame();
			CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
		}
		bench_stop();
	}
}

/* --- circuits that are offered ---------------------------------------------------------------- */

/* Refused, or answered: never forgotten. */
static void calls_of_a_network(void)
{
	static const char conf[] = "x25 x { link = \"loop:x\"  address = 1\n"
				   "  accept \"42*\" { carries = ppp  service = s } }\n" SERVICE;
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_PPP};
	unsigned refused = 0;

	CU_ASSERT_FATAL(!x25_transport.addr_parse(&a.peer, "4242"));
	for (unsigned skip = 0, more = true; more; skip++) {
		bench_start(conf);
		fake.peer = a.peer;
		heap_refuse(skip);
		bind_dp_ops.offer(bench.gw, FAR_CHANNEL, &a, clock_us);
		more = heap_refused();
		CU_ASSERT_EQUAL(fake_said("answer") + fake_said("refuse"), 1);
		refused += fake_said("refuse 100000007 6 not configured");
		bench_stop();
	}
	CU_ASSERT(refused >= 1);
}

/* --- clients ---------------------------------------------------------------------------------- */

/* Each has a time for its next try; what the first one lacked it says. */
static void clients_of_each_kind(void)
{
	static const char *const confs[] = {
		PORTS("") "client home { peer = lns  user = ann  secret = \"a password\"  redial = "
			  "10s }\nroute r { to = lns }\n",
		PORTS("") "client home { port = f  circuit = 100  user = ann  secret = \"a "
			  "password\"  redial = 10s }\nroute r { to = lns }\n",
	};

	for (unsigned i = 0; i < 2; i++) {
		unsigned failed = 0;

		for (unsigned skip = 0, more = true; more; skip++) {
			const struct gw_client *home;

			bench_start(confs[i]);
			fake.frame = NULL;
			gw_memory_up(FR_CHANNEL, &frame_relay_transport, "100");
			home = &bench.gw->client[0];
			heap_refuse(skip);
			loop_expire(bench.gw->loop, clock_us);
			more = heap_refused();
			CU_ASSERT_EQUAL(home->join != NULL, bench.gw->joins->n);
			if (!home->join) {
				failed += !strcmp(home->why.words, "out of memory");
				CU_ASSERT_EQUAL(home->state, CLIENT_WAITING);
				CU_ASSERT_EQUAL(home->next, clock_us + 10 * SEC);
				CU_ASSERT_EQUAL(lines_joined(bench.gw), 0);
				CU_ASSERT_EQUAL(
					bench_logged("client error: client home: cannot dial: *") +
						bench_logged("client notice: client home: not up "
							     "in 0s: *"),
					1);
				bench_pass(10 * SEC);
			}
			CU_ASSERT_PTR_NOT_NULL(home->join);
			bench_stop();
		}
		CU_ASSERT(failed >= 3); /* each leg, and the join */
	}
}

/* The device and PPP of a client come later, with what the far end sends. */
static void a_client_on_its_way_up(void)
{
	static const char conf[] = "host-name = gw\n"
				   "udp a { listen = \"192.0.2.1:1701\" }\n"
				   "peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"
				   "client home { peer = lns  user = ann  secret = \"a password\"  "
				   "redial = 10s }\n";
	unsigned without = 0;
	bool fired = true;

	for (unsigned skip = 0; fired; skip++) {
		bench_start(conf);
		bench.no_answer = true;
		bench_pass(0);
		CU_ASSERT_EQUAL_FATAL(bench.calls, 1);
		bench.no_answer = false;
		bench.refusing = true;
		bench.refuse = skip;
		l2tp_call_answer(bench.call[0].call, NULL, 0, clock_us);
		bench_pass(5 * SEC);
		fired = !bench.refusing;
		bench.refusing = false;
		without += !strcmp(bench.gw->client[0].why.words, "out of memory");
		bench_pass(100 * SEC);
		CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_UP);
		CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
		gw_memory_is_consistent();
		bench_stop();
	}
	CU_ASSERT(without >= 1); /* its PPP */
}

/* --- calls that are offered ------------------------------------------------------------------- */

/* To our PPP, and to another peer, whose tunnel is opened for it; with and without a wait for the
 * user.  The LAC always hears what became of its call. */
static void calls_that_are_offered(void)
{
	static const char *const confs[] = {
		"host-name = gw\n"
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lac { service = s }\n" SERVICE,
		PORTS("") "route r { from-peer = lac  to = lns }\n",
		PORTS("") "route r { from-peer = lac  user = ann  to = lns }\n",
	};

	for (unsigned i = 0; i < 3; i++) {
		bool fired = true;

		for (unsigned skip = 0; fired; skip++) {
			struct far_call *c;

			bench_start(confs[i]);
			CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
			bench.iccn_proxy = true;
			bench.no_ppp = true;
			bench.refusing = true;
			bench.refuse = skip;
			c = bench_call(NULL, NULL, PPP_AUTH_NONE);
			fired = !bench.refusing;
			bench.refusing = false;
			bench_pass(100 * SEC);
			gw_memory_is_consistent();
			CU_ASSERT_EQUAL(c->up, bench.gw->joins->n);
			CU_ASSERT_EQUAL(c->call != NULL, bench.gw->joins->n);
			CU_ASSERT(fired || i == 0 || c->up); /* nobody answers our PPP */
			bench_stop();
		}
	}
}

/* To a circuit, as LAC; the LNS always hears what became of its call. */
static void calls_that_an_lns_asks_for(void)
{
	static const char conf[] =
		PORTS("") "route r { from-peer = lac  to-circuit = \"f 100\" }\n";
	static const struct leg_out ask = {.called = "200", .min_bps = 1, .max_bps = UINT32_MAX};
	unsigned without = 0;
	bool fired = true;

	for (unsigned skip = 0; fired; skip++) {
		struct far_call *c;

		gw_memory_start(conf);
		bench.policy.bearer_caps = 3;
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		bench.refusing = true;
		bench.refuse = skip;
		c = bench_ask(&ask);
		fired = !bench.refusing;
		bench.refusing = false;
		bench_pass(100 * SEC);
		gw_memory_is_consistent();
		CU_ASSERT_EQUAL(c->call != NULL, bench.gw->joins->n);
		CU_ASSERT_EQUAL(c->up, bench.gw->joins->n);
		without += !strcmp(c->result.text, "out of memory");
		CU_ASSERT(fired || c->up);
		bench_stop();
	}
	CU_ASSERT(without >= 2);
}

static const struct test_case cases[] = {
	{"lines_of_each_kind", lines_of_each_kind},
	{"a_bridge_without_memory_is_logged", a_bridge_without_memory_is_logged},
	{"calls_of_a_network", calls_of_a_network},
	{"clients_of_each_kind", clients_of_each_kind},
	{"a_client_on_its_way_up", a_client_on_its_way_up},
	{"calls_that_are_offered", calls_that_are_offered},
	{"calls_that_an_lns_asks_for", calls_that_an_lns_asks_for},
	{NULL, NULL},
};
const struct test_suite suite_gw_memory = {"gw_memory", cases};
