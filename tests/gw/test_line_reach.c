/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines we dial, and what their sections know of them. */
#include "gw/bind.h"
#include "gw/history.h"
#include "gw/line_int.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"
#include "transports/frame-relay/frame_relay.h"

#include <errno.h>

#define LAC                                                                 \
	"host-name = gw\n"                                                  \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                           \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp } }\n" \
	"x25 x { link = \"loop:y\"  address = 1 }\n"                        \
	"peer one { port = a  dial = \"192.0.2.9:1701\" }\n"                \
	"route calls { from = f  to = one }\n"
#define FR_CHANNEL ((l2tp_channel)2 << 32 | 0x20001)

static const uint8_t request[] = {0xc0, 0x21, 1, 1, 0, 4};

/* What the medium does not say of either way the section may. */
static void the_section_knows_the_speed(void)
{
	static const struct {
		uint64_t tx, rx;
		int64_t iccn_tx, iccn_rx;
	} rows[] = {{0, 0, 64000, -1}, {9600, 0, 9600, 64000}, {0, 4800, 64000, 4800}};

	for (size_t i = 0; i < 3; i++) {
		struct ist_attrs a = {.size = sizeof(a),
				      .payload = IST_PAYLOAD_PPP,
				      .permanent = true,
				      .tx_bps = rows[i].tx,
				      .rx_bps = rows[i].rx};

		bench_start("host-name = gw\n"
			    "udp a { listen = \"192.0.2.1:1701\" }\n"
			    "frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp "
			    "connect-speed = 64000 } }\n"
			    "peer one { port = a  dial = \"192.0.2.9:1701\" }\n"
			    "route calls { to = one }\n");
		fake.frame = NULL;
		CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&a.peer, "100"));
		fake.peer = a.peer;
		bind_dp_ops.up(bench.gw, FR_CHANNEL, &a, clock_us);
		bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
		bench_pass(0);
		CU_ASSERT_EQUAL(bench.iccn_tx, rows[i].iccn_tx);
		CU_ASSERT_EQUAL(bench.iccn_rx, rows[i].iccn_rx);
		bench_stop();
	}
}

/* Why a line cannot be reached. */
static void lines_that_cannot_be_reached(void)
{
	static const struct {
		int err;
		const char *words;
	} refusals[] = {
		{EBUSY, "the line is busy"},
		{EDESTADDRREQ, "the line calls a number, and there is none"},
		{EOPNOTSUPP, "the line calls no numbers"},
		{ENOLINK, "the circuit is down"},
	};
	const struct cfg_port *f, *x;
	struct line_fail fail;
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_PPP, .permanent = true};

	bench_start(LAC);
	fake.frame = NULL;
	f = &bench.gw->cfg->port[1];
	x = &bench.gw->cfg->port[2];
	CU_ASSERT_PTR_NULL(
		line_reach(bench.gw, &(struct line_to){f, "100", NULL}, &fail, clock_us));
	CU_ASSERT_EQUAL(fail.err, ENOLINK);
	CU_ASSERT_STRING_EQUAL(fail.words, "the circuit is down");
	CU_ASSERT_PTR_NULL(line_reach(bench.gw, &(struct line_to){f, "x", NULL}, &fail, clock_us));
	CU_ASSERT_EQUAL(fail.err, EINVAL);
	CU_ASSERT_STRING_EQUAL(fail.words, "the address is wrong");
	fake.connect_refuses = true;
	CU_ASSERT_PTR_NULL(
		line_reach(bench.gw, &(struct line_to){x, "4242", NULL}, &fail, clock_us));
	CU_ASSERT_EQUAL(fail.err, ENETDOWN);
	CU_ASSERT_STRING_EQUAL(fail.words, "Network is down");
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		fake.connect_error = refusals[i].err;
		CU_ASSERT_PTR_NULL(
			line_reach(bench.gw, &(struct line_to){x, "4242", NULL}, &fail, clock_us));
		CU_ASSERT_EQUAL(fail.err, refusals[i].err);
		CU_ASSERT_STRING_EQUAL(fail.words, refusals[i].words);
	}
	fake.connect_refuses = false;
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(
		line_reach(bench.gw, &(struct line_to){x, "4242", NULL}, &fail, clock_us));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(fail.err, ENOMEM);
	CU_ASSERT_STRING_EQUAL(fail.words, "out of memory");
	CU_ASSERT_PTR_NOT_NULL(
		line_reach(bench.gw, &(struct line_to){x, "4242", NULL}, &fail, clock_us));
	CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&a.peer, "100"));
	fake_circuit(FR_CHANNEL, &a.peer);
	bind_dp_ops.up(bench.gw, FR_CHANNEL, &a, clock_us);
	CU_ASSERT_PTR_NOT_NULL(
		line_reach(bench.gw, &(struct line_to){f, "100", NULL}, &fail, clock_us));
	bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	CU_ASSERT_PTR_NULL(
		line_reach(bench.gw, &(struct line_to){f, "100", NULL}, &fail, clock_us));
	CU_ASSERT_EQUAL(fail.err, EBUSY);
	CU_ASSERT_STRING_EQUAL(fail.words, "the circuit has a join already");
	bind_dp_ops.port_failed(bench.gw, 1, -5, "gone", clock_us);
	CU_ASSERT_PTR_NULL(
		line_reach(bench.gw, &(struct line_to){f, "100", NULL}, &fail, clock_us));
	CU_ASSERT_EQUAL(fail.err, ENETDOWN);
	CU_ASSERT_STRING_EQUAL(fail.words, "its port is not open");
	bench_stop();
}

/* A circuit that may come up. */
static struct ist_attrs reach_begin(void)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_PPP, .permanent = true};

	bench_start(LAC);
	fake.frame = NULL;
	CU_ASSERT_FATAL(!frame_relay_transport.addr_parse(&a.peer, "100"));
	fake_circuit(FR_CHANNEL, &a.peer);
	return a;
}

/* A peer that could not be called is a failure for `show history failures`. */
static void no_peer_can_be_called(void)
{
	struct ist_attrs a = reach_begin();
	const struct history_entry *e;

	bind_dp_ops.up(bench.gw, FR_CHANNEL, &a, clock_us);
	fake.connect_refuses = true;
	bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
	e = history_next(bench.gw->history, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_STRING_EQUAL(e->what, "line by route calls, to one");
	CU_ASSERT_STRING_EQUAL(e->from, "f 100");
	CU_ASSERT_STRING_EQUAL(e->why, "resources: Network is down");
	CU_ASSERT_PTR_NULL(history_next(bench.gw->history, e));
	bench_stop();
}

/* No line is begun for a channel that the data plane does not know, nor one there is no memory
 * for. */
static void a_circuit_that_is_not_known(void)
{
	struct ist_attrs a = reach_begin();

	heap_refuse(0);
	bind_dp_ops.up(bench.gw, FR_CHANNEL, &a, clock_us);
	CU_ASSERT_TRUE(heap_refused());
	bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], 1);
	bind_dp_ops.up(bench.gw, FR_CHANNEL, &a, clock_us);
	fake.no_peer = true;
	bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_LINE], 2);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	fake.no_peer = false;
	bind_dp_ops.line(bench.gw, FR_CHANNEL, request, sizeof(request), clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	bench_stop();
}

static const struct test_case cases[] = {
	{"the_section_knows_the_speed", the_section_knows_the_speed},
	{"lines_that_cannot_be_reached", lines_that_cannot_be_reached},
	{"no_peer_can_be_called", no_peer_can_be_called},
	{"a_circuit_that_is_not_known", a_circuit_that_is_not_known},
	{NULL, NULL},
};
const struct test_suite suite_line_reach = {"line_reach", cases};
