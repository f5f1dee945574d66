/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is between the packet layer and a link: the kernel's pseudo-header in both roles, and LAPB.
 */
#include "tests/heap.h"
#include "tests/netns.h"
#include "tests/transports/link/wire.h"
#include "tests/transports/x25/x25_pair.h"

#include <errno.h>
#include <stdlib.h>

#define L2TP IST_PAYLOAD_L2TP

/* --- the pseudo-header ------------------------------------------------------------------------ */

static void expect_frame(struct typed *t, unsigned i, uint8_t kind, const char *hex)
{
	uint8_t want[20];
	size_t n = test_hex(want, sizeof(want), hex);

	CU_ASSERT_FATAL(i < t->pkts);
	CU_ASSERT_EQUAL(t->kind[i], kind);
	ASSERT_OCTETS(t->pkt[i], t->len[i], want, n);
}

/* A kernel as x25-iface has it: idle, then asking; each time the answer is 01 and a Restart. */
static void a_dce_towards_a_kernel(void)
{
	struct typed t;

	typed_begin(&t, (const char *const[]){"role=dce", NULL});
	CU_ASSERT_EQUAL_FATAL(t.pkts, 2);
	expect_frame(&t, 0, 2, "");	      /* forget what was */
	expect_frame(&t, 1, 0, "1000fb0700"); /* an idle kernel takes that as "up" */
	t.pkts = 0;
	typed_rx(&t, "1000ff");
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&t.h), "packet layer ready as DCE"));
	t.pkts = 0;
	typed_frame(&t, "01");
	CU_ASSERT_EQUAL_FATAL(t.pkts, 2);
	expect_frame(&t, 0, 1, "");
	expect_frame(&t, 1, 0, "1000fb0700");
	typed_rx(&t, "1000fb0000"); /* the kernel restarts too: that is one restart */
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&t.h), "packet layer ready as DCE"));
	t.pkts = 0;
	typed_frame(&t, "02");
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 2, "");
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&t.h), "packet layer down"));
	t.pkts = 0;
	typed_frame(&t, "02"); /* once is enough */
	CU_ASSERT_EQUAL(t.pkts, 0);
	typed_close(&t);
}

static void a_dte_asks_until_it_is_answered(void)
{
	struct typed t;

	typed_open(&t, NULL);
	typed_frame(&t, "02");
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&t.h), "packet layer down as DTE"));
	CU_ASSERT_EQUAL(t.pkts, 0);
	for (unsigned i = 0; i < 4; i++) {
		fake_run(&t.h, fake_now + 3 * S);
		CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
		expect_frame(&t, 0, 1, "");
		t.pkts = 0;
	}
	typed_frame(&t, "01");
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 0, "1000fb0000");
	typed_rx(&t, "1000ff");
	t.pkts = 0;
	typed_frame(&t, "01"); /* once more: it is connected already */
	typed_frame(&t, "03");
	fake_run(&t.h, fake_now + 30 * S);
	CU_ASSERT_EQUAL(t.pkts, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&t.h), "packet layer ready as DTE"));
	typed_close(&t);
}

/* 02 ends what was connected; a Restart before it clears the calls there are. */
static void what_a_port_says_as_it_closes(void)
{
	struct typed t;
	ist_channel c;

	typed_begin(&t, NULL); /* it asks: there is nothing to end */
	typed_close(&t);
	CU_ASSERT_EQUAL(t.pkts, 0);
	typed_begin(&t, NULL);
	typed_frame(&t, "01"); /* it restarts, which is not over */
	typed_close(&t);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 2, "");
	typed_open(&t, NULL);
	typed_close(&t);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 2, "");
	typed_open(&t, (const char *const[]){"lci-two-way=1-9", NULL});
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5", L2TP, &c), 0);
	typed_rx(&t, "10090f");
	typed_close(&t);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 2);
	expect_frame(&t, 0, 0, "1000fb0000");
	expect_frame(&t, 1, 2, "");
	typed_begin(&t, (const char *const[]){"role=dce", NULL});
	typed_rx(&t, "1000ff");
	typed_close(&t);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 2, "");
}

static void frames_of_no_kind_are_counted(void)
{
	struct typed t;

	typed_open(&t, NULL);
	typed_frame(&t, "04");
	typed_frame(&t, "ff0102");
	typed_frame(&t, "");
	CU_ASSERT_EQUAL(fake_count(&t.h, "rx-framing"), 3);
	typed_nothing(&t);
	typed_close(&t);
}

/* --- LAPB ------------------------------------------------------------------------------------- */

static void a_link_reset_clears_calls(void)
{
	struct fake_event *e;
	ist_channel a, b;
	struct pair p;

	pair_open(&p, "lapb", NULL, NULL);
	CU_ASSERT_TRUE(pair_call(&p, "3111", L2TP, &a, &b));
	/* the far side dies without a word and comes again */
	fake_leave(&p.dce);
	fake_run(&p.dte, fake_now + 1);
	CU_ASSERT_EQUAL(fake_send(&p.dte, a, "x", 1), 1);
	fake_run(&p.dte, fake_now + 200 * S);
	e = fake_take(&p.dte, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->channel, a);
	CU_ASSERT_TRUE(e->forever);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_LINK);
	fake_free(e);
	CU_ASSERT_TRUE(fake_count(&p.dte, "lapb-given-up") > 0);
	fake_join(&p.dte, &p.dce);
	fake_run(&p.dte, fake_now + 100 * S);
	CU_ASSERT_EQUAL(fake_channel(&p.dce, FAKE_DOWN), b);
	fake_run(&p.dte, fake_now + 100 * S);
	CU_ASSERT_TRUE(pair_call(&p, "3112", L2TP, &a, &b));
	pair_close(&p);
}

static void the_window_of_the_link_holds_back(void)
{
	static const char *const keys[] = {"lapb-window=2", "impair-delay=20ms", NULL};
	static ist_channel a[40], b[40];
	struct pair p;

	pair_open(&p, "lapb", keys, keys);
	for (unsigned i = 0; i < 40; i++) {
		CU_ASSERT_EQUAL_FATAL(fake_connect(&p.dte, "3111", L2TP, &a[i]), 0);
		fake_run(&p.dte, fake_now + S);
		b[i] = fake_channel(&p.dce, FAKE_OFFER);
		CU_ASSERT_EQUAL_FATAL(fake_answer(&p.dce, b[i]), 0);
		fake_run(&p.dte, fake_now + S);
	}
	for (unsigned i = 0; i < 40; i++) /* 80 frames, two at a time */
		CU_ASSERT_EQUAL(fake_send(&p.dte, a[i], &(uint8_t[1500]){0}, 1500), 1);
	fake_run(&p.dte, fake_now + 10 * S);
	CU_ASSERT_EQUAL(fake_pending(&p.dce, FAKE_FRAME), 40);
	CU_ASSERT_EQUAL(fake_count(&p.dte, "queue-full"), 0);
	pair_close(&p);
}

/* A DTE on LAPB with a window of one frame; the link is set up, the packet layer restarted.  The
 * far end's I-frames from now on: N(S) 1. */
static void lapb_begin(struct typed *t)
{
	typed_begin(t, (const char *const[]){"framing=lapb", "lapb-window=1", "lapb-t3=0",
					     "negotiate=no", "packet-size=16", "window=7",
					     "lci-two-way=1-9", NULL});
	typed_frame(t, "0173");
	CU_ASSERT_STRING_EQUAL(t->h.last_log, "LAPB up");
	typed_frame(t, "0121");
	typed_frame(t, "0320 1000ff");
	t->pkts = 0;
}

static ist_channel lapb_call_up(struct typed *t);

/* A far end that is configured as we are (X.25 2.4.2: commands to a DTE have address 03) sets up
 * and is never answered.  The log says why, once, and the state until the link is up. */
static void lapb_of_the_same_side(void)
{
	struct typed t;

	typed_begin(&t, (const char *const[]){"framing=lapb", NULL});
	for (int i = 0; i < 3; i++)
		typed_frame(&t, "013f");
	CU_ASSERT_STRING_EQUAL(t.h.last_log, "LAPB: the far end is DTE too");
	CU_ASSERT_EQUAL(t.h.last_level, 4);
	CU_ASSERT_EQUAL(t.h.warnings, 1);
	CU_ASSERT_STRING_EQUAL(fake_status(&t.h), "link up, LAPB setup, the far end is DTE too, "
						  "packet layer down as DTE, 0 circuits");
	typed_frame(&t, "0173");
	CU_ASSERT_STRING_EQUAL(t.h.last_log, "LAPB up");
	CU_ASSERT_PTR_NULL(strstr(fake_status(&t.h), "far end"));
	typed_close(&t);
	typed_begin(&t, (const char *const[]){"framing=lapb", NULL});
	typed_frame(&t, "037f");
	CU_ASSERT_STRING_EQUAL(t.h.last_log, "LAPB: the far end has modulo 128, here it is 8");
	typed_close(&t);
	typed_begin(&t, (const char *const[]){"framing=lapb", "role=dce", "lapb-modulo=128", NULL});
	typed_frame(&t, "037f");
	CU_ASSERT_STRING_EQUAL(t.h.last_log, "LAPB: the far end is DCE too");
	typed_frame(&t, "013f");
	CU_ASSERT_STRING_EQUAL(t.h.last_log, "LAPB: the far end has modulo 8, here it is 128");
	typed_close(&t);
}

/* The same over LAPB, whose end is a DISC. */
static void what_a_port_says_as_lapb_closes(void)
{
	struct typed t;

	typed_begin(&t, (const char *const[]){"framing=lapb", NULL});
	CU_ASSERT_STRING_EQUAL(fake_status(&t.h),
			       "link up, LAPB setup, packet layer down as DTE, 0 circuits");
	typed_close(&t); /* our SABM is not answered */
	CU_ASSERT_EQUAL(t.pkts, 0);
	lapb_begin(&t);
	typed_close(&t);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 1, "53");
	lapb_call_up(&t);
	typed_close(&t);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 2);
	expect_frame(&t, 0, 1, "44 1000fb0000");
	expect_frame(&t, 1, 1, "53");
}

/* With a LAPB window of 1 the second Call waits for the first to be acknowledged.  The far end
 * resets the link: what waited belongs to calls that are over, so the Restart is next, alone. */
static void a_link_reset_empties_the_queue(void)
{
	struct typed t;
	ist_channel c;

	lapb_begin(&t);
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5", L2TP, &c), 0);
	CU_ASSERT_EQUAL(fake_connect(&t.h, "6", L2TP, &c), 0);
	fake_run(&t.h, fake_now + 1000);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 1, "22 10090b 41 531100 00 80 00005e0007");
	t.pkts = 0;
	typed_frame(&t, "033f"); /* SABM */
	CU_ASSERT_STRING_EQUAL(t.h.last_log,
			       "call to 5 cleared: line down, no additional information");
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_DOWN), 2);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 2);
	expect_frame(&t, 0, 3, "73");
	expect_frame(&t, 1, 1, "00 1000fb0000");
	t.pkts = 0;
	typed_frame(&t, "0121");
	typed_frame(&t, "0320 1000ff");
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1); /* the RR, and nothing of what waited */
	expect_frame(&t, 0, 3, "21");
	typed_frame(&t, "033f");
	CU_ASSERT_STRING_EQUAL(t.h.last_log, "LAPB reset by the far end");
	typed_close(&t);
}

/* A call of ours on channel 9 is up: packets of 16, a window of 7.  The far end has acknowledged
 * all frames, the next of both is number 2. */
static ist_channel lapb_call_up(struct typed *t)
{
	ist_channel c;

	lapb_begin(t);
	CU_ASSERT_EQUAL(fake_connect(&t->h, "5", L2TP, &c), 0);
	typed_frame(t, "0342 10090f"); /* N(R) 2, N(S) 1 */
	CU_ASSERT_EQUAL(fake_channel(&t->h, FAKE_UP), c);
	t->pkts = 0;
	return c;
}

/* Of five packets one is sent, one waits for LAPB, and three stay in the circuit, so that a Reset
 * takes them away. */
static void data_wait_in_their_circuit(void)
{
	static const uint8_t data[5 * 16];
	struct typed t;
	ist_channel c = lapb_call_up(&t);

	CU_ASSERT_EQUAL(fake_send(&t.h, c, data, sizeof(data)), 1);
	fake_run(&t.h, fake_now + 1000);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 1, "44 100910 00000000000000000000000000000000");
	t.pkts = 0;
	typed_frame(&t, "0344 10091b0000");
	CU_ASSERT_STRING_EQUAL(t.h.last_log,
			       "channel 9 reset: DTE originated, no additional information");
	CU_ASSERT_EQUAL(fake_count(&t.h, "x25-sdu-lost"), 1);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 3, "61"); /* RR */
	t.pkts = 0;
	typed_frame(&t, "0161");
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 1, "66 100912 00000000000000000000000000000000");
	t.pkts = 0;
	typed_frame(&t, "0181");
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 1, "68 10091f");
	t.pkts = 0;
	typed_frame(&t, "01a1");
	CU_ASSERT_EQUAL(t.pkts, 0);
	CU_ASSERT_EQUAL(fake_send(&t.h, c, "a", 1), 1); /* and nothing is stuck */
	fake_run(&t.h, fake_now + 1000);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 1, "6a 100900 61");
	typed_close(&t);
}

/* The far end sends n interrupts, from its frame *number on, and acknowledges nothing from our
 * frame nr on: each confirmation must be queued. */
static void lapb_interrupts(struct typed *t, unsigned n, unsigned *number, unsigned nr)
{
	for (unsigned i = 0; i < n; i++, ++*number) {
		const uint8_t frame[] = {
			3, (uint8_t)(nr << 5 | (*number % 8) << 1), 0x10, 9, 0x23, 0x55};
		const struct link_frame f = {NULL, frame, 0, sizeof(frame)};

		link_send(t->link, &f, 1);
		fake_run(&t->h, fake_now);
		t->pkts = 0;
	}
}

/* 16384 packets are queued for a peer that asks and acknowledges nothing; with one more the line is
 * restarted.  What was acknowledged in time does not count. */
static void a_full_queue_restarts_the_line(void)
{
	unsigned number = 2;
	struct typed t;
	ist_channel c = lapb_call_up(&t);

	lapb_interrupts(&t, 9, &number, 2); /* eight are queued, and go one by one */
	for (unsigned nr = 3; nr < 3 + 9; nr++) {
		const uint8_t rr[] = {1, (uint8_t)((nr % 8) << 5 | 1)};
		const struct link_frame f = {NULL, rr, 0, 2};

		link_send(t.link, &f, 1);
		fake_run(&t.h, fake_now);
	}
	CU_ASSERT_EQUAL(fake_count(&t.h, "lapb-i-tx"), 2 + 9);
	lapb_interrupts(&t, 1 + 16384, &number, 3); /* 11 modulo 8 */
	CU_ASSERT_EQUAL(fake_count(&t.h, "queue-full"), 0);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_DOWN), 0);
	CU_ASSERT_EQUAL(t.h.warnings, 0);
	lapb_interrupts(&t, 1, &number, 3);
	CU_ASSERT_EQUAL(fake_count(&t.h, "queue-full"), 1);
	CU_ASSERT_EQUAL(fake_channel(&t.h, FAKE_DOWN), c);
	CU_ASSERT_EQUAL(t.h.warnings, 2); /* the restart, and that LAPB is down */
	CU_ASSERT_STRING_EQUAL(fake_status(&t.h),
			       "link up, LAPB setup, packet layer down as DTE, 0 circuits");
	typed_frame(&t, "0173");
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 1, "00 1000fb0000"); /* nothing of what was queued */
	CU_ASSERT_EQUAL(fake_count(&t.h, "queue-full"), 1);
	typed_close(&t);
}

static void no_memory_to_queue(void)
{
	struct typed t;
	ist_channel c;

	lapb_begin(&t);
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5", L2TP, &c), 0);
	heap_refuse(2); /* behind the circuit and its channel */
	CU_ASSERT_EQUAL(fake_connect(&t.h, "6", L2TP, &c), 0);
	CU_ASSERT_TRUE(heap_refused());
	fake_run(&t.h, fake_now + 3 * S); /* T1 at the latest */
	CU_ASSERT_EQUAL(fake_count(&t.h, "queue-full"), 1);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_DOWN), 2);
	typed_close(&t);
}

/* Each layer's counters stand in their own place. */
static void counters_of_each_layer(void)
{
	struct typed t;

	lapb_call_up(&t);
	typed_frame(&t, "0353"); /* DISC */
	typed_frame(&t, "0121"); /* an RR that has no place then */
	CU_ASSERT_EQUAL(fake_count(&t.h, "x25-calls-out"), 1);
	CU_ASSERT_EQUAL(fake_count(&t.h, "x25-timeouts"), 0);
	CU_ASSERT_EQUAL(fake_count(&t.h, "lapb-i-tx"), 2);
	CU_ASSERT_EQUAL(fake_count(&t.h, "lapb-i-rx"), 2);
	CU_ASSERT_EQUAL(fake_count(&t.h, "lapb-state"), 1);
	CU_ASSERT_EQUAL(fake_count(&t.h, "link-rx"), 6);
	CU_ASSERT_EQUAL(fake_count(&t.h, "link-tx-down"), 0);
	typed_close(&t);
}

static void link_is_lost(struct typed *t)
{
	link_close(t->link);
	t->link = NULL;
	fake_run(&t->h, fake_now);
}

/* The link goes without a word of its far end: calls are over, and nothing is sent into it, by
 * whatever timer. */
static void the_link_is_lost(void)
{
	for (int lapb = 0; lapb < 2; lapb++) {
		struct fake_event *e;
		struct typed t;
		ist_channel c;

		if (lapb) {
			c = lapb_call_up(&t);
		} else {
			typed_open(&t, (const char *const[]){"lci-two-way=1-9", NULL});
			CU_ASSERT_EQUAL(fake_connect(&t.h, "5", L2TP, &c), 0);
			typed_rx(&t, "10090f");
			CU_ASSERT_EQUAL(fake_channel(&t.h, FAKE_UP), c);
		}
		link_is_lost(&t);
		CU_ASSERT_STRING_EQUAL(fake_status(&t.h),
				       lapb ? "link down, LAPB disconnected, packet layer down as "
					      "DTE, 0 circuits"
					    : "link down, packet layer down as DTE, 0 circuits");
		e = fake_take(&t.h, FAKE_DOWN);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_TRUE(e->channel == c && e->forever);
		CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_LINK);
		CU_ASSERT_STRING_EQUAL(e->cause.words, "line down");
		fake_free(e);
		CU_ASSERT_EQUAL(fake_connect(&t.h, "6", L2TP, &c), -ENETDOWN);
		fake_run(&t.h, fake_now + 300 * S);
		CU_ASSERT_EQUAL(fake_count(&t.h, "link-tx-down"), 0);
		typed_close(&t);
	}
}

static void the_link_is_lost_while_we_ask(void)
{
	struct typed t;

	typed_begin(&t, NULL);
	CU_ASSERT_STRING_EQUAL(t.h.last_log, "link up");
	CU_ASSERT_EQUAL(t.h.warnings, 0);
	link_is_lost(&t);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.h.last_log, "link down: "));
	CU_ASSERT_EQUAL(t.h.warnings, 1);
	fake_run(&t.h, fake_now + 300 * S);
	CU_ASSERT_EQUAL(fake_count(&t.h, "link-tx-down"), 0);
	typed_close(&t);
}

/* A device of fewer octets than a packet may need, by its headers: address, control and two of
 * length; or the pseudo-header.  The log says so, and nothing at the edge. */
static void a_link_too_small_for_a_packet(void)
{
	static const struct {
		const char *framing;
		unsigned mtu; /* of the device: two octets of length stand in front */
		const char *log;
	} rows[] = {
		{"framing=lapb", 1033, "link up"},
		{"framing=lapb", 1032,
		 "link carries frames of 1030 octets, packets may need 1031: lower "
		 "packet-size-want"},
		{"framing=pseudo-header", 1031, "link up"},
		{"framing=pseudo-header", 1030,
		 "link carries frames of 1028 octets, packets may need 1029: lower "
		 "packet-size-want"},
	};

	if (!netns_enter("a_link_too_small_for_a_packet"))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fake_host h;

		fake_open(&h, &x25_transport,
			  (const char *const[]){"link=tap:x0", rows[i].framing, NULL});
		fake_run(&h, fake_now + S);
		wire_set_up("x0", false);
		fake_run(&h, fake_now + S);
		wire_set_mtu("x0", rows[i].mtu);
		wire_set_up("x0", true);
		fake_run(&h, fake_now + S);
		CU_ASSERT_STRING_EQUAL(h.last_log, rows[i].log);
		fake_close(&h);
	}
	netns_leave();
}

static void x25_line_hostile_frames(void)
{
	uint64_t seed = test_seed();
	struct typed t;

	typed_begin(&t, (const char *const[]){"framing=lapb", "role=dce", "@1 l2tp", NULL});
	for (unsigned i = 0; i < 60000; i++) {
		static const uint8_t control[] = {0x3f, 0x2f, 0x73, 0x1f, 0x53,
						  0x97, 0x01, 0x05, 0x09};
		uint8_t buf[40];
		struct link_frame f = {NULL, buf, 0, 1 + (uint32_t)(test_rand(&seed) % 39)};

		for (unsigned j = 0; j < sizeof(buf); j++)
			buf[j] = (uint8_t)test_rand(&seed);
		buf[0] = test_rand(&seed) % 16 ? 1 : 3;
		if (test_rand(&seed) % 3 == 0)
			buf[1] = control[test_rand(&seed) % sizeof(control)];
		buf[2] = 0x10;
		buf[3] = (uint8_t)(test_rand(&seed) % 4);
		link_send(t.link, &f, 1);
		fake_run(&t.h, fake_now + test_rand(&seed) % 100000);
		t.pkts = 0;
		if (i % 64 == 0)
			fake_forget(&t.h);
	}
	typed_close(&t);
}

static const struct test_case cases[] = {
	{"a_dce_towards_a_kernel", a_dce_towards_a_kernel},
	{"a_dte_asks_until_it_is_answered", a_dte_asks_until_it_is_answered},
	{"what_a_port_says_as_it_closes", what_a_port_says_as_it_closes},
	{"what_a_port_says_as_lapb_closes", what_a_port_says_as_lapb_closes},
	{"frames_of_no_kind_are_counted", frames_of_no_kind_are_counted},
	{"a_link_reset_clears_calls", a_link_reset_clears_calls},
	{"a_link_reset_empties_the_queue", a_link_reset_empties_the_queue},
	{"the_window_of_the_link_holds_back", the_window_of_the_link_holds_back},
	{"data_wait_in_their_circuit", data_wait_in_their_circuit},
	{"a_full_queue_restarts_the_line", a_full_queue_restarts_the_line},
	{"no_memory_to_queue", no_memory_to_queue},
	{"counters_of_each_layer", counters_of_each_layer},
	{"the_link_is_lost", the_link_is_lost},
	{"the_link_is_lost_while_we_ask", the_link_is_lost_while_we_ask},
	{"a_link_too_small_for_a_packet", a_link_too_small_for_a_packet},
	{"lapb_of_the_same_side", lapb_of_the_same_side},
	{"hostile_frames", x25_line_hostile_frames},
	{NULL, NULL},
};
const struct test_suite suite_x25_line = {"x25_line", cases};
