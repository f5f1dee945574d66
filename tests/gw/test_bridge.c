/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Line to line: two circuits, a data plane that remembers, no PPP of ours. */
#include "gw/bridge.h"
#include "gw/bind.h"
#include "gw/history.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"
#include "transports/atm/atm.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/x25/x25_transport.h"
#include <string.h>

#define PVCS                                                                              \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  join = \"a 0/35\" " \
	"} }\n"                                                                           \
	"atm a { link = \"loop:y\"  pvc \"0/35\" { carries = ppp } }\n"
#define CALLED                                                                            \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  join = \"x 4242\" " \
	"} }\n"                                                                           \
	"x25 x { link = \"loop:y\"  address = 1 }\n"
#define CALLING                                                                   \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n"       \
	"x25 x { link = \"loop:y\"  address = 1  accept \"42*\" { carries = ppp " \
	"join = \"f 100\" } }\n"

#define FIRST  ((l2tp_channel)1 << 32 | 0x20001)
#define SECOND ((l2tp_channel)2 << 32 | 0x20001)
#define DIALED ((l2tp_channel)2 << 32 | 7)

static const uint8_t request[] = {0xc0, 0x21, 1, 1, 0, 4}, packet[] = {0, 0x21, 0x45};

static void bridge_circuit(l2tp_channel c, const struct ist_transport *t, const char *address)
{
	struct ist_addr a = {0};

	CU_ASSERT_FATAL(!t->addr_parse(&a, address));
	fake_circuit(c, &a);
}

static struct ist_attrs bridge_attrs(l2tp_channel c, bool permanent)
{
	struct ist_attrs a = {
		.size = sizeof(a), .payload = IST_PAYLOAD_PPP, .permanent = permanent};

	dp_channel_peer(bench.gw->dp, c, &a.peer);
	return a;
}

static void bridge_up(l2tp_channel c, bool permanent)
{
	struct ist_attrs a = bridge_attrs(c, permanent);

	bind_dp_ops.up(bench.gw, c, &a, clock_us);
}

static void bridge_down(l2tp_channel c, bool forever)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_CLEARED, .words = "busy"};

	bind_dp_ops.down(bench.gw, c, &why, forever, clock_us);
	bench_pass(0);
}

static void bridge_frame(l2tp_channel c, const uint8_t *frame, size_t len)
{
	bind_dp_ops.line(bench.gw, c, frame, len, clock_us);
	bench_pass(0);
}

static void bridge_bench(const char *conf)
{
	bench_start(conf);
	fake.frame = NULL;
	bridge_circuit(FIRST, &frame_relay_transport, "100");
}

static void bridge_pvcs(void)
{
	bridge_bench(PVCS);
	bridge_circuit(SECOND, &atm_transport, "0/35");
	bridge_up(FIRST, true);
	bridge_up(SECOND, true);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
}

static const struct dp_call *bridge_entry(l2tp_channel c)
{
	for (unsigned i = 0; i < fake.calls; i++)
		if (fake.call[i].channel == c)
			return &fake.call[i];
	return NULL;
}

/* Each entry sends its frames out by the other. */
static bool bridge_forwards(l2tp_channel a, l2tp_channel b)
{
	const struct dp_call *x = bridge_entry(a), *y = bridge_entry(b);

	return x && y && x != y && x->mode == DP_FORWARD && y->mode == DP_FORWARD && !x->tid &&
	       !y->tid && !x->to_tid && !y->to_tid && x->to_sid == y->sid && y->to_sid == x->sid;
}

/* Only one of the two sections names the other; either end may begin, with any frame. */
static void either_end_begins(void)
{
	static const struct {
		l2tp_channel from;
		const uint8_t *frame;
		size_t len;
		const char *said;
	} rows[] = {
		{FIRST, request, sizeof(request), "ppp c021"},
		{SECOND, request, sizeof(request), "ppp c021"},
		{FIRST, packet, sizeof(packet), "ppp 0021"},
		{SECOND, packet, sizeof(packet), "ppp 0021"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bridge_pvcs();
		bridge_frame(rows[i].from, rows[i].frame, rows[i].len);
		CU_ASSERT_TRUE(bridge_forwards(FIRST, SECOND));
		CU_ASSERT_EQUAL(fake_said(rows[i].said), 1); /* the first frame is not lost */
		CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], 0);
		CU_ASSERT_EQUAL(lines_joined(bench.gw), 2);
		bench_stop();
	}
}

static void bridge_filters_are(l2tp_channel c, uint32_t in, uint32_t out)
{
	const struct dp_call *e = bridge_entry(c);

	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->filter[DP_FILTER_PPP_IN], in);
	CU_ASSERT_EQUAL(e->filter[DP_FILTER_PPP_OUT], out);
	CU_ASSERT_EQUAL(e->filter[DP_FILTER_IP_IN], 0);
	CU_ASSERT_EQUAL(e->filter[DP_FILTER_IP_OUT], 0);
}

/* Each circuit has those of its own section, whichever begins. */
static void circuits_have_filters(void)
{
	static const l2tp_channel from[] = {FIRST, SECOND};

	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		bridge_bench("frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp\n"
			     "  join = \"a 0/35\"  ppp-filter-in = \"ip\"  ppp-filter-out = "
			     "\"not port 25\" } }\n"
			     "atm a { link = \"loop:y\"  pvc \"0/35\" { carries = ppp\n"
			     "  ppp-filter-out = \"udp\" } }\n");
		bridge_circuit(SECOND, &atm_transport, "0/35");
		bridge_up(FIRST, true);
		bridge_up(SECOND, true);
		bridge_frame(from[i], request, sizeof(request));
		CU_ASSERT_TRUE(bridge_forwards(FIRST, SECOND));
		bridge_filters_are(FIRST, 1, 2);
		bridge_filters_are(SECOND, 0, 3);
		CU_ASSERT_STRING_EQUAL(
			leg_filters_in_force(bench_join()->leg[!i], DP_FILTER_PPP_OUT)->of,
			"circuit f 100");
		bench_stop();
		CU_ASSERT_EQUAL(fake_said("unfilter"), 3);
	}
}

static void a_circuit_goes_down_and_comes_back(void)
{
	bridge_pvcs();
	bridge_frame(FIRST, request, sizeof(request));
	bridge_down(SECOND, false);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bridge_frame(FIRST, request, sizeof(request));
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], 1);
	bridge_up(SECOND, true);
	bench_pass(SEC); /* the wait after the failure */
	bridge_frame(FIRST, packet, sizeof(packet));
	CU_ASSERT_TRUE(bridge_forwards(FIRST, SECOND));
	bench_stop();
}

/* The first frame places the call; what comes before it is up waits. */
static void a_switched_end_is_called(void)
{
	bridge_bench(CALLED);
	bridge_up(FIRST, true);
	CU_ASSERT_EQUAL(fake_said("connect"), 0);
	bridge_frame(FIRST, request, sizeof(request));
	bridge_frame(FIRST, packet, sizeof(packet));
	CU_ASSERT_EQUAL(fake_said("connect 1"), 1);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bridge_up(DIALED, false);
	bench_pass(0);
	CU_ASSERT_TRUE(bridge_forwards(FIRST, DIALED));
	CU_ASSERT_TRUE(fake_line("ppp c021", 0) >= 0 &&
		       fake_line("ppp c021", 0) < fake_line("ppp 0021", 0));
	/* the DLCI's end clears the call */
	bench_pass(100 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	bridge_down(FIRST, false);
	CU_ASSERT_EQUAL(fake_said("disconnect 200000007"), 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

/* The far end clears a call that was up: the next frame places another at once. */
static void a_call_is_placed_again(void)
{
	bridge_bench(CALLED);
	bridge_up(FIRST, true);
	for (unsigned i = 0; i < 3; i++) {
		bridge_frame(FIRST, request, sizeof(request));
		CU_ASSERT_EQUAL(fake_said("connect"), i + 1);
		bridge_up(DIALED, false);
		CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
		bridge_down(DIALED, true);
		CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	}
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], 0);
	bench_stop();
}

/* A far end that is busy is called after one second, two, four ... and once a minute. */
static void calls_that_fail_are_limited(void)
{
	static const unsigned waits[] = {1, 2, 4, 8, 16, 32, 60, 60};

	bridge_bench(CALLED);
	bridge_up(FIRST, true);
	for (unsigned i = 0; i < 8; i++) {
		bridge_frame(FIRST, request, sizeof(request));
		CU_ASSERT_EQUAL(fake_said("connect"), i + 1);
		CU_ASSERT_STRING_EQUAL(bench_join()->reason, "the circuit's join");
		bridge_down(DIALED, true);
		bench_pass(waits[i] * SEC - 1);
		bridge_frame(FIRST, request, sizeof(request));
		CU_ASSERT_EQUAL(fake_said("connect"), i + 1);
		CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], i + 1);
		bench_pass(1);
	}
	CU_ASSERT_EQUAL(fake_said("disconnect"), 8); /* a modem at the first would hang up */
	bench_stop();
}

/* The other circuit cannot be reached: said each time, and not tried again at once; a join that was
 * up begins the waits anew. */
static void the_other_end_cannot_be_reached(void)
{
	const struct history_entry *failure;

	bridge_bench(CALLED);
	bridge_up(FIRST, true);
	fake.connect_refuses = true;
	for (unsigned i = 0; i < 3; i++) {
		bridge_frame(FIRST, request, sizeof(request));
		CU_ASSERT_EQUAL(bench_logged("call notice: line (f 100): not joined to x 4242: "
					     "Network is down"),
				i + 1);
		failure = history_next(bench.gw->history, NULL);
		CU_ASSERT_PTR_NOT_NULL_FATAL(failure);
		CU_ASSERT_STRING_EQUAL(failure->what, "line - x 4242");
		CU_ASSERT_STRING_EQUAL(failure->from, "f 100");
		CU_ASSERT_STRING_EQUAL(failure->why, "resources: Network is down");
		CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], 2 * i + 1);
		bench_pass((SEC << i) - 1);
		bridge_frame(FIRST, request, sizeof(request));
		CU_ASSERT_EQUAL(fake_said("connect"), i + 1);
		bench_pass(1);
	}
	fake.connect_refuses = false;
	bridge_frame(FIRST, request, sizeof(request));
	bridge_up(DIALED, false);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	bridge_down(DIALED, true);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	fake.connect_refuses = true;
	bridge_frame(FIRST, request, sizeof(request));
	CU_ASSERT_EQUAL(fake_said("connect"), 5);
	bench_pass(SEC - 1);
	bridge_frame(FIRST, request, sizeof(request));
	CU_ASSERT_EQUAL(fake_said("connect"), 5);
	bench_pass(1);
	bridge_frame(FIRST, request, sizeof(request));
	CU_ASSERT_EQUAL(fake_said("connect"), 6);
	bench_stop();
}

static void bridge_offer(void)
{
	struct ist_attrs a = bridge_attrs(SECOND, false);

	bind_dp_ops.offer(bench.gw, SECOND, &a, clock_us);
}

/* RFC 1356: none is let in and then cleared. */
static void a_call_comes_in(void)
{
	bridge_bench(CALLING);
	bridge_circuit(SECOND, &x25_transport, "4217");
	bridge_offer();
	CU_ASSERT_EQUAL(fake_said("refuse"), 1); /* the DLCI is down */
	bridge_up(FIRST, true);
	bridge_offer();
	CU_ASSERT_EQUAL(fake_said("answer"), 1);
	bridge_up(SECOND, false);
	bridge_frame(FIRST, request, sizeof(request)); /* has no number to call */
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bridge_frame(SECOND, request, sizeof(request));
	CU_ASSERT_TRUE(bridge_forwards(FIRST, SECOND));
	bridge_offer();
	CU_ASSERT_EQUAL(fake_said("refuse"), 2); /* the DLCI has a join */
	CU_ASSERT_EQUAL(fake_said("answer"), 1);
	bridge_down(FIRST, false);
	CU_ASSERT_EQUAL(fake_said("disconnect 200020001"), 1);
	bench_stop();
}

static void no_call_comes_in_without_the_other_port(void)
{
	bridge_bench(CALLING);
	bridge_circuit(SECOND, &x25_transport, "4217");
	bridge_up(FIRST, true);
	fake.port_refuses = true;
	bind_dp_ops.port_failed(bench.gw, 0, -5, "gone", clock_us);
	bridge_offer();
	CU_ASSERT_EQUAL(fake_said("refuse"), 1);
	CU_ASSERT_EQUAL(fake_said("answer"), 0);
	bench_stop();
}

/* The DLCI goes down between the call and its first frame: the call is cleared, not left. */
static void a_call_that_cannot_go_on_is_cleared(void)
{
	bridge_bench(CALLING);
	bridge_circuit(SECOND, &x25_transport, "4217");
	bridge_up(FIRST, true);
	bridge_offer();
	bridge_up(SECOND, false);
	bridge_down(FIRST, false);
	bridge_frame(SECOND, request, sizeof(request));
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_pass(30 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect 200020001"), 1);
	bench_stop();
}

static void an_operator_ends_it(void)
{
	struct leg_end why = leg_end(LEG_BY_OPERATOR, "enough");

	bridge_bench(CALLED);
	bridge_up(FIRST, true);
	bridge_frame(FIRST, request, sizeof(request));
	bridge_up(DIALED, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	join_end(bench_join(), &why, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(fake_said("disconnect 200000007"), 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake.calls, 0);
	bench_stop();
}

/* Each allocation for the join is refused once: the frame is dropped and counted, both circuits
 * are as before, and a second later they are joined. */
static void without_memory_there_is_no_join(void)
{
	unsigned without = 0;

	for (unsigned skip = 0, more = true; more; skip++) {
		unsigned refused;

		bridge_pvcs();
		heap_refuse(skip);
		bind_dp_ops.line(bench.gw, FIRST, request, sizeof(request), clock_us);
		more = heap_refused();
		refused = bench_logged(
			"call notice: line (f 100): not joined to a 0/35: out of memory");
		without += refused;
		CU_ASSERT_EQUAL(bench.gw->joins->n, !refused);
		CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], refused);
		CU_ASSERT_EQUAL(fake.calls, 2 * !refused);
		bench_pass(SEC);
		bridge_frame(FIRST, packet, sizeof(packet));
		CU_ASSERT_TRUE(bridge_forwards(FIRST, SECOND));
		bench_stop();
	}
	CU_ASSERT(without >= 3); /* a leg of each, the join */
}

static const struct test_case cases[] = {
	{"either_end_begins", either_end_begins},
	{"circuits_have_filters", circuits_have_filters},
	{"a_circuit_goes_down_and_comes_back", a_circuit_goes_down_and_comes_back},
	{"a_switched_end_is_called", a_switched_end_is_called},
	{"a_call_is_placed_again", a_call_is_placed_again},
	{"the_other_end_cannot_be_reached", the_other_end_cannot_be_reached},
	{"calls_that_fail_are_limited", calls_that_fail_are_limited},
	{"a_call_comes_in", a_call_comes_in},
	{"no_call_comes_in_without_the_other_port", no_call_comes_in_without_the_other_port},
	{"a_call_that_cannot_go_on_is_cleared", a_call_that_cannot_go_on_is_cleared},
	{"an_operator_ends_it", an_operator_ends_it},
	{"without_memory_there_is_no_join", without_memory_there_is_no_join},
	{NULL, NULL},
};
const struct test_suite suite_bridge = {"bridge", cases};
