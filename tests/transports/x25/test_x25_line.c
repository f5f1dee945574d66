/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is between the packet layer and a link: the kernel's pseudo-header in both roles, and LAPB.
 */
#include "tests/transports/x25/x25_pair.h"

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

/* With a LAPB window of 1 the second Call waits for the first to be acknowledged.  The far end
 * resets the link: what waited belongs to calls that are over, so the Restart is next, alone. */
static void a_link_reset_empties_the_queue(void)
{
	struct typed t;
	ist_channel c;

	typed_begin(&t, (const char *const[]){"framing=lapb", "lapb-window=1", "lapb-t3=0",
					      "negotiate=no", "lci-two-way=1-9", NULL});
	typed_frame(&t, "0173");
	typed_frame(&t, "0121");
	typed_frame(&t, "0320 1000ff"); /* Restart Confirmation */
	t.pkts = 0;
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5", L2TP, &c), 0);
	CU_ASSERT_EQUAL(fake_connect(&t.h, "6", L2TP, &c), 0);
	fake_run(&t.h, fake_now + 1000);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1);
	expect_frame(&t, 0, 1, "22 10090b 41 531100 00 80 00005e0007");
	t.pkts = 0;
	typed_frame(&t, "033f"); /* SABM */
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_DOWN), 2);
	CU_ASSERT_EQUAL_FATAL(t.pkts, 2);
	expect_frame(&t, 0, 3, "73");
	expect_frame(&t, 1, 1, "00 1000fb0000");
	t.pkts = 0;
	typed_frame(&t, "0121");
	typed_frame(&t, "0320 1000ff");
	CU_ASSERT_EQUAL_FATAL(t.pkts, 1); /* the RR, and nothing of what waited */
	expect_frame(&t, 0, 3, "21");
	typed_close(&t);
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
	{"frames_of_no_kind_are_counted", frames_of_no_kind_are_counted},
	{"a_link_reset_clears_calls", a_link_reset_clears_calls},
	{"a_link_reset_empties_the_queue", a_link_reset_empties_the_queue},
	{"the_window_of_the_link_holds_back", the_window_of_the_link_holds_back},
	{"hostile_frames", x25_line_hostile_frames},
	{NULL, NULL},
};
const struct test_suite suite_x25_line = {"x25_line", cases};
