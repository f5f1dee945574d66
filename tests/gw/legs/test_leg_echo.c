/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the data plane may answer LCP echoes (RFC 1661 5.8), with which magic numbers, and a link
 * that is asked while it rests. */
#include "gw/bind.h"
#include "gw/legs/leg_terminal.h"
#include "tests/gw/bench.h"
#include "tests/gw/frames.h"
#include "tests/heap.h"

#define CONF                                                                  \
	"host-name = gw\n"                                                    \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                             \
	"peer lac { service = s }\n"                                          \
	"pool s { ranges = { \"10.64.0.0/30\" } }\n"                          \
	"service s { local = 10.64.0.1  pool = s  auth = chap mtu = 1400 }\n" \
	"user ann { secret = \"a password\" }\n"

#define CLIENT_CONF                                          \
	"host-name = gw\n"                                   \
	"udp a { listen = \"192.0.2.1:1701\" }\n"            \
	"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n" \
	"client home { peer = lns  user = ann  secret = \"a password\" }\n"

static struct far_call *echo_dial(void)
{
	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	return bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
}

/* The far end's view: what is ours there is the peer's here. */
static void echoes_of_a_server(const struct far_call *c)
{
	const struct dp_call *e = &fake.call[0];
	struct ppp_info i;

	ppp_get_info(c->ppp, &i);
	CU_ASSERT_STRING_EQUAL(i.lcp, "Opened");
	CU_ASSERT_TRUE(e->echo);
	CU_ASSERT_NOT_EQUAL(e->our_magic, 0);
	CU_ASSERT_NOT_EQUAL(e->peer_magic, 0);
	CU_ASSERT_EQUAL(e->our_magic, i.link.peer_magic);
	CU_ASSERT_EQUAL(e->peer_magic, i.link.our_magic);
}

/* RFC 1661 5.8: the data plane answers echoes while LCP is open, and only then. */
static void echoes_are_answered_while_lcp_is_open(void)
{
	static const uint8_t again[] = {0xc0, 0x21, 1, 77, 0, 10, 5, 6, 1, 2, 3, 4};
	struct far_call *c = echo_dial();
	const struct dp_call *e = &fake.call[0];

	echoes_of_a_server(c);
	c->hold = true;
	bind_dp_ops.ppp(bench.gw, e->tid, e->sid, again, sizeof(again), clock_us);
	CU_ASSERT_FALSE(e->echo); /* it has acked, and waits for the peer's Ack */
	CU_ASSERT_EQUAL(e->mode, DP_PUNT);
	c->hold = false;
	bench_pass(10 * SEC);
	echoes_of_a_server(c);
	bench_stop();
}

/* In Closing no echo is answered any more, though the call is still there. */
static void none_is_answered_behind_our_terminate(void)
{
	struct far_call *c = echo_dial();
	struct leg_end why = leg_end(LEG_BY_OPERATOR, "test");

	echoes_of_a_server(c);
	c->hold = true;
	leg_terminal_stop(bench_join()->leg[1], &why, clock_us);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
	CU_ASSERT_FALSE(fake.call[0].echo);
	bench_stop();
}

/* LCP by hand: from its last Ack on, before any network protocol is open. */
static void echoes_of_a_client(const char *asks, uint32_t peer_magic)
{
	const struct dp_call *e = &fake.call[0];
	const uint8_t *ours;
	char ack[512];
	size_t n;

	bench_start(CLIENT_CONF);
	bench.no_ppp = true;
	frames_record();
	bench_pass(0);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
	frames_asked(ack);
	ours = frames_last(&n);
	for (ours += 6; *ours != 5; ours += ours[1])
		;
	frames_give(e->tid, e->sid, ack);
	CU_ASSERT_FALSE(e->echo);
	frames_give(e->tid, e->sid, asks);
	CU_ASSERT_TRUE(e->echo);
	CU_ASSERT_EQUAL(e->mode, DP_PUNT);
	CU_ASSERT_EQUAL(e->our_magic,
			(uint32_t)ours[2] << 24 | ours[3] << 16 | ours[4] << 8 | ours[5]);
	CU_ASSERT_EQUAL(e->peer_magic, peer_magic);
	frames_give(e->tid, e->sid, "c021 05 02 0004");
	CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
	CU_ASSERT_FALSE(e->echo);
	bench_stop();
}

static void echoes_are_answered_before_the_network(void)
{
	echoes_of_a_client("c021 01 01 000a 0506a0a0a0a1", 0xa0a0a0a1);
	echoes_of_a_client("c021 01 01 0004", 0);
}

/* A frame for a link that cannot be woken is counted, its moment comes again, and its end is the
 * call's. */
static void a_link_at_rest_without_memory(void)
{
	static const uint8_t frame[] = {0xc0, 0x21, 9, 9, 0, 8, 0, 0, 0, 0};
	struct leg *server;

	echo_dial();
	server = bench_join()->leg[1];
	heap_refuse(0);
	server->ops->frame(server, frame, sizeof(frame), clock_us);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_MEMORY], 1);
	server->ops->frame(server, frame, sizeof(frame), clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NO_MEMORY], 1);
	heap_refuse(1); /* behind the reason of its end */
	server->ops->stop(server, &(struct leg_end){.words = "enough"}, clock_us);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(server->state, LEG_GONE);
	bench_stop();
}

static const struct test_case cases[] = {
	{"answered_while_lcp_is_open", echoes_are_answered_while_lcp_is_open},
	{"none_is_answered_behind_our_terminate", none_is_answered_behind_our_terminate},
	{"answered_before_the_network", echoes_are_answered_before_the_network},
	{"a_link_at_rest_without_memory", a_link_at_rest_without_memory},
	{NULL, NULL},
};
const struct test_suite suite_leg_echo = {"leg_echo", cases};
