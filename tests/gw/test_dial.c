/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dial.h"

#include "gw/port.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"
#include <string.h>

#define CONF                                                                      \
	"host-name = gw\n"                                                        \
	"max-tunnels = 1\n"                                                       \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = l2tp } }\n"      \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                 \
	"udp b { listen = \"192.0.2.2:1701\" }\n"                                 \
	"x25 x { link = \"loop:y\"  address = 1 }\n"                              \
	"peer on-a { port = a  dial = \"192.0.2.9:1701\"  max-peer-calls = 1 }\n" \
	"peer on-b { port = b  dial = \"192.0.2.9:1701\" }\n"                     \
	"peer waits { hostname = w }\n"                                           \
	"peer dlci { port = f  dial = 100 }\n"                                    \
	"peer called { port = x  dial = 4242 }\n"

enum { ON_A, ON_B, WAITS, DLCI, CALLED };

static struct l2tp_tunnel *dialled(unsigned peer, const char **words)
{
	*words = "nothing";
	return dial_tunnel(bench.gw, &bench.gw->cfg->peer[peer], clock_us, words);
}

static uint64_t dial_calls(void)
{
	struct l2tp_counters n;

	l2tp_engine_counters(bench.gw->engine, &n);
	return n.calls;
}

/* Each is dialled on its own port. */
static void the_port_of_a_peer(void)
{
	static const struct {
		unsigned peer;
		const char *said;
	} rows[] = {{ON_A, "connect 1"}, {ON_B, "connect 2"}, {CALLED, "connect 3"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct l2tp_tunnel *t;
		const char *words;

		bench_start(CONF);
		t = dialled(rows[i].peer, &words);
		CU_ASSERT_PTR_NOT_NULL(t);
		CU_ASSERT_STRING_EQUAL(words, "nothing");
		CU_ASSERT_EQUAL(fake_said(rows[i].said), 1);
		CU_ASSERT_EQUAL(fake_said("connect"), 1);
		/* the same for the next call */
		CU_ASSERT_PTR_EQUAL(dialled(rows[i].peer, &words), t);
		CU_ASSERT_EQUAL(fake_said("connect"), 1);
		bench_stop();
	}
}

static void why_there_is_no_tunnel(void)
{
	struct l2tp_counters n;
	const char *words;

	bench_start(CONF);
	CU_ASSERT_PTR_NULL(dialled(WAITS, &words));
	CU_ASSERT_STRING_EQUAL(words, "the peer section has no dial address");
	CU_ASSERT_PTR_NULL(dialled(DLCI, &words));
	CU_ASSERT_STRING_EQUAL(words, "the circuit is down");
	port_failed(bench.gw, 2, -5, "gone", clock_us);
	CU_ASSERT_PTR_NULL(dialled(ON_B, &words));
	CU_ASSERT_STRING_EQUAL(words, "its port is not open");
	CU_ASSERT_EQUAL(fake_said("connect"), 0);
	fake.connect_refuses = true;
	CU_ASSERT_PTR_NULL(dialled(ON_A, &words));
	CU_ASSERT_STRING_EQUAL(words, "Network is down");
	l2tp_engine_counters(bench.gw->engine, &n);
	CU_ASSERT_EQUAL(n.tunnels + n.half_open, 0);
	bench_stop();
}

/* Without a port of its own it is dialled on the first that can read the address. */
static void a_peer_without_a_port(void)
{
	struct cfg_peer peer;
	const char *words = "nothing";

	bench_start(CONF);
	peer = bench.gw->cfg->peer[ON_A];
	peer.port = NULL;
	CU_ASSERT_PTR_NOT_NULL(dial_tunnel(bench.gw, &peer, clock_us, &words));
	CU_ASSERT_EQUAL(fake_said("connect 1"), 1);
	CU_ASSERT_STRING_EQUAL(words, "nothing");
	bench_stop();
	bench_start(CONF);
	peer = bench.gw->cfg->peer[ON_A];
	peer.dial = "no address of any kind";
	CU_ASSERT_PTR_NULL(dial_tunnel(bench.gw, &peer, clock_us, &words));
	CU_ASSERT_STRING_EQUAL(words, "no port for the peer's dial address");
	bench_stop();
}

/* A switched circuit that is called for a tunnel which may not be is cleared a while later. */
static void a_tunnel_too_many(void)
{
	const char *words;

	bench_start(CONF);
	CU_ASSERT_PTR_NOT_NULL(dialled(ON_A, &words));
	CU_ASSERT_PTR_NULL(dialled(ON_B, &words));
	CU_ASSERT_STRING_EQUAL(words, "no room for another tunnel");
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	bench_stop();
	bench_start(CONF);
	CU_ASSERT_PTR_NOT_NULL(dialled(ON_A, &words));
	CU_ASSERT_PTR_NULL(dialled(CALLED, &words));
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(fake_said("disconnect 400000007"), 1);
	bench_stop();
}

static void calls_in_the_tunnel(void)
{
	const struct cfg_peer *on_a;
	const char *words = "nothing";
	struct l2tp_call *call;

	bench_start(CONF);
	on_a = &bench.gw->cfg->peer[ON_A];
	call = dial_call(bench.gw, on_a, clock_us, &words);
	CU_ASSERT_PTR_NOT_NULL_FATAL(call);
	CU_ASSERT_STRING_EQUAL(words, "nothing");
	CU_ASSERT_PTR_NULL(dial_call(bench.gw, on_a, clock_us, &words));
	CU_ASSERT_STRING_EQUAL(words, "peer has as many calls as it may");
	CU_ASSERT_EQUAL(dial_calls(), 1);
	dial_abandon(call, &words, clock_us);
	CU_ASSERT_STRING_EQUAL(words, "out of memory");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(dial_calls(), 0);
	bench_stop();
}

#define OPENED                                                     \
	"host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"  \
	"peer other { hostname = o }\n"                            \
	"peer waits { hostname = w  dial = \"192.0.2.9:1701\" }\n" \
	"peer mute { hostname = m }\n"

/* The peer's own tunnel comes first, once it is established. */
static void in_the_tunnel_that_the_peer_has_opened(void)
{
	const struct cfg_peer *waits;
	struct l2tp_call_info i;
	struct l2tp_tunnel_info t;
	const char *words = "nothing";
	struct l2tp_call *call;

	bench_start(OPENED);
	waits = &bench.gw->cfg->peer[1];
	CU_ASSERT_TRUE_FATAL(bench_dial("o"));
	CU_ASSERT_PTR_NULL(dial_call_of(bench.gw, &bench.gw->cfg->peer[2], clock_us, &words));
	CU_ASSERT_STRING_EQUAL(
		words, "the peer has no tunnel to us that takes calls, and its section no dial "
		       "address");
	CU_ASSERT_TRUE_FATAL(bench_dial("w"));
	call = dial_call_of(bench.gw, waits, clock_us, &words);
	CU_ASSERT_PTR_NOT_NULL_FATAL(call);
	CU_ASSERT_EQUAL(fake_said("connect"), 0);
	l2tp_call_info(call, &i);
	l2tp_tunnel_info(i.tunnel, &t);
	CU_ASSERT_FALSE(t.initiator);
	CU_ASSERT_PTR_EQUAL(t.peer, waits);
	bench_stop();
	/* else it is dialled */
	bench_start(OPENED);
	call = dial_call_of(bench.gw, &bench.gw->cfg->peer[1], clock_us, &words);
	CU_ASSERT_PTR_NOT_NULL_FATAL(call);
	CU_ASSERT_EQUAL(fake_said("connect"), 1);
	bench_stop();
}

/* Of 1,472 octets L2TP takes 6, sequence numbers 4, and FF 03 and the protocol 4 (RFC 2661 3.1).
 * The tunnels of others count for nothing. */
static void what_a_call_carries(void)
{
	const struct cfg_peer *peer;

	bench_start(OPENED);
	peer = bench.gw->cfg->peer;
	CU_ASSERT_EQUAL(dial_carries(bench.gw, &peer[0]), UINT16_MAX);
	CU_ASSERT_TRUE_FATAL(bench_dial("o"));
	CU_ASSERT_EQUAL(dial_carries(bench.gw, &peer[0]), 1458);
	CU_ASSERT_EQUAL(dial_carries(bench.gw, &peer[1]), UINT16_MAX);
	fake.mtu = 1000;
	CU_ASSERT_EQUAL(dial_carries(bench.gw, &peer[0]), 986);
	bench_stop();
}

static const struct test_case cases[] = {
	{"the_port_of_a_peer", the_port_of_a_peer},
	{"why_there_is_no_tunnel", why_there_is_no_tunnel},
	{"a_peer_without_a_port", a_peer_without_a_port},
	{"a_tunnel_too_many", a_tunnel_too_many},
	{"calls_in_the_tunnel", calls_in_the_tunnel},
	{"what_a_call_carries", what_a_call_carries},
	{"in_the_tunnel_that_the_peer_has_opened", in_the_tunnel_that_the_peer_has_opened},
	{NULL, NULL},
};
const struct test_suite suite_dial = {"dial", cases};
