/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one system's engine makes of what it receives, beyond the conversations of test_replay.c:
 * messages typed from RFC 2661 section 6.
 */
#include "gw/replay/replay_node.h"
#include "tests/gw/replay/held.h"

#include <stdlib.h>
#include <string.h>

/* Message Type, Protocol Version, Framing Capabilities 3, Host Name "a", Assigned Tunnel ID. */
#define START(type, id)                                                                          \
	"8008 0000 0000 00" type "8008 0000 0002 0100 800a 0000 0003 00000003 8007 0000 0007 61" \
	"8008 0000 0009 " id
#define WINDOW(n)   "8008 0000 000a " n
#define SESSION(id) "8008 0000 000e " id
#define SERIAL	    "800a 0000 000f 00000001"

static struct l2tp_secret none;
static struct replay_node far, near; /* 1 sends, 2 receives */

/* One message from `a` to `b`, which know each other as channel 1. */
static struct replay_outcome node_say(struct replay_node *a, struct replay_node *b, const char *ids,
				      const char *body, const struct replay_msg *reply)
{
	struct replay_outcome o;
	uint8_t pkt[300], rest[300];
	size_t n = test_hex(pkt, sizeof(pkt), "c802 0000"), len;
	struct replay_msg m = {.pkt = pkt};

	n += test_hex(pkt + n, sizeof(pkt) - n, ids);
	len = test_hex(rest, sizeof(rest), body);
	memcpy(pkt + n, rest, len);
	m.len = n + len;
	pkt[3] = (uint8_t)m.len;
	replay_node_sent(a, 1, &m, 1000000);
	replay_node_received(b, 1, &m, reply, 1000000, &o);
	return o;
}

static void nodes_begin(void)
{
	static const struct replay_end ends[] = {{REPLAY_IPV4, {1}, 1701},
						 {REPLAY_IPV4, {2}, 1701}};

	CU_ASSERT_TRUE(replay_node_init(&far, &ends[0], &none));
	CU_ASSERT_TRUE(replay_node_init(&near, &ends[1], &none));
}

static void nodes_end(void)
{
	replay_node_free(&far);
	replay_node_free(&near);
}

/* far has id 0x1111, near 0x2222, whose window is 1. */
static void nodes_set_up(void)
{
	uint8_t pkt[200];
	struct replay_msg reply = {.pkt = pkt,
				   .len = test_hex(pkt, sizeof(pkt),
						   "c802 003d 1111 0000 0000 0001" START(
							   "02", "2222") WINDOW("0001"))};

	nodes_begin();
	CU_ASSERT_EQUAL(node_say(&far, &near, "0000 0000 0000 0000", START("01", "1111"), &reply)
				.tunnel_after,
			L2TP_T_WAIT_CTL_CONN);
	CU_ASSERT_EQUAL(node_say(&near, &far, "1111 0000 0000 0001",
				 START("02", "2222") WINDOW("0001"), NULL)
				.tunnel_after,
			L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(node_say(&far, &near, "2222 0000 0001 0001", "8008 0000 0000 0003", NULL)
				.tunnel_after,
			L2TP_T_ESTABLISHED);
}

/* Calls that two LACs would have: each side asks, ids are the same on both, and each ends. */
static void calls_both_ways(void)
{
	struct replay_outcome o;

	nodes_set_up();
	o = node_say(&far, &near, "2222 0000 0002 0001",
		     "8008 0000 0000 000a" SESSION("0007") SERIAL, NULL);
	CU_ASSERT_EQUAL(o.call_after, L2TP_C_WAIT_ANSWER);
	o = node_say(&near, &far, "1111 0000 0001 0003",
		     "8008 0000 0000 000a" SESSION("0007") SERIAL, NULL);
	CU_ASSERT_EQUAL(o.call_after, L2TP_C_WAIT_ANSWER);
	o = node_say(&near, &far, "1111 0007 0002 0003", "8008 0000 0000 000b" SESSION("0008"),
		     NULL);
	CU_ASSERT_EQUAL(o.call_before, L2TP_C_WAIT_REPLY);
	CU_ASSERT_EQUAL(o.call_after, L2TP_C_WAIT_CS);
	/* refused before its id is known there */
	o = node_say(&near, &far, "1111 0000 0003 0003",
		     "8008 0000 0000 000e 8008 0000 0001 0003" SESSION("0007"), NULL);
	CU_ASSERT_TRUE(o.has_call);
	CU_ASSERT_EQUAL(o.call_after, L2TP_C_IDLE);
	o = node_say(&far, &near, "2222 0008 0003 0004",
		     "8008 0000 0000 000c 800a 0000 0018 00000000 800a 0000 0013 00000001", NULL);
	CU_ASSERT_EQUAL(o.call_after, L2TP_C_ESTABLISHED);
	CU_ASSERT_EQUAL(o.answers, 0);
	nodes_end();
}

/* An OCRQ to a peer that can take it: RFC 2661 7.5.1 and 7.5.2. */
static void an_outgoing_call(void)
{
	struct replay_outcome o;

	nodes_set_up();
	o = node_say(&near, &far, "1111 0000 0001 0002",
		     "8008 0000 0000 0007" SESSION("0009") SERIAL
		     "800a 0000 0010 00000001 800a 0000 0011 00000002 800a 0000 0012 00000001"
		     "800a 0000 0013 00000001 8007 0000 0015 35",
		     NULL);
	/* far has advertised no bearer */
	CU_ASSERT_EQUAL(o.answers, 1u << L2TP_CDN);
	nodes_end();
}

/* RFC 2661 5.8: near has announced a window of one message, so Ns 3 must wait for Nr 3. */
static void the_window_is_the_recorded_one(void)
{
	struct replay_outcome o;

	nodes_set_up();
	o = node_say(&far, &near, "2222 0000 0004 0001", "8008 0000 0000 0006", NULL);
	CU_ASSERT_EQUAL(o.reasons[L2TP_R_WINDOW], 1);
	nodes_end();
}

/* Whatever the other side has recorded, what it acknowledges can only have been sent. */
static void nr_is_of_the_recorded_system(void)
{
	struct replay_outcome o;

	nodes_set_up();
	o = node_say(&far, &near, "2222 0000 0002 0002", "8008 0000 0000 0006", NULL);
	CU_ASSERT_EQUAL(o.reasons[L2TP_R_BAD_NR], 1);
	node_say(&near, &far, "1111 0000 0001 0002", "8008 0000 0000 0006", NULL);
	o = node_say(&far, &near, "2222 0000 0002 0002", "8008 0000 0000 0006", NULL);
	CU_ASSERT_EQUAL(o.reasons[L2TP_R_BAD_NR], 0);
	CU_ASSERT_EQUAL(o.tunnel_after, L2TP_T_ESTABLISHED);
	nodes_end();
}

static const struct test_case cases[] = {
	{"calls_both_ways", calls_both_ways},
	{"an_outgoing_call", an_outgoing_call},
	{"the_window_is_the_recorded_one", the_window_is_the_recorded_one},
	{"nr_is_of_the_recorded_system", nr_is_of_the_recorded_system},
	{NULL, NULL},
};
const struct test_suite suite_replay_node = {"replay_node", cases};
