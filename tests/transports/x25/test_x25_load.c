/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many circuits, bad lines, and octets that mean harm. */
#include "tests/transports/x25/x25_pair.h"

#define L2TP IST_PAYLOAD_L2TP

#define MANY 3000u

static void answer_all(struct fake_host *h, const struct fake_event *e)
{
	if (e->kind == FAKE_OFFER)
		CU_ASSERT_EQUAL(h->tr->answer(h->port, e->channel), 0);
}

static void thousands_of_calls(void)
{
	static const char *const keys[] = {"lci-two-way=1-4095", NULL};
	static ist_channel a[MANY];
	struct pair p;

	pair_open(&p, "lapb", keys, keys);
	p.dce.on_event = answer_all;
	for (unsigned i = 0; i < MANY; i++)
		CU_ASSERT_EQUAL_FATAL(fake_connect(&p.dte, "3111", L2TP, &a[i]), 0);
	pair_run(&p);
	CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_UP), MANY);
	CU_ASSERT_EQUAL(fake_pending(&p.dce, FAKE_UP), MANY);
	for (unsigned i = 0; i < MANY; i++)
		CU_ASSERT_EQUAL_FATAL(fake_send(&p.dte, a[i], &i, sizeof(i)), 1);
	pair_run(&p);
	CU_ASSERT_EQUAL(fake_pending(&p.dce, FAKE_FRAME), MANY);
	for (unsigned i = 0; i < MANY; i += 2)
		fake_disconnect(&p.dte, a[i]);
	pair_run(&p);
	CU_ASSERT_EQUAL(fake_pending(&p.dce, FAKE_DOWN), MANY / 2);
	CU_ASSERT_STRING_EQUAL(fake_status(&p.dce),
			       "link up, LAPB up, packet layer ready as DCE, 1500 circuits");
	CU_ASSERT_STRING_EQUAL(fake_fill(&p.dce), "circuits 1500/4095 0/0");
	pair_close(&p);
}

/* A line that loses: LAPB mends all of it. */
static void lapb_over_a_bad_line(void)
{
	static const char *const bad[] = {"impair-loss=5", "impair-delay=2ms", "lapb-t1=100ms",
					  NULL};
	static ist_channel a[20], b[20];
	unsigned sent[20] = {0}, got[20] = {0};
	struct fake_event *e;
	struct pair p;

	pair_open(&p, "lapb", bad, bad);
	p.dce.on_event = answer_all;
	fake_run(&p.dte, fake_now + 30 * S);
	for (unsigned i = 0; i < 20; i++)
		CU_ASSERT_EQUAL_FATAL(fake_connect(&p.dte, "3111", L2TP, &a[i]), 0);
	fake_run(&p.dte, fake_now + 60 * S);
	CU_ASSERT_EQUAL_FATAL(fake_pending(&p.dte, FAKE_UP), 20);
	for (unsigned round = 0; round < 400; round++) {
		for (unsigned i = 0; i < 20; i++) {
			uint8_t data[600] = {(uint8_t)i};

			memcpy(data + 1, &sent[i], sizeof(sent[i]));
			if (sent[i] < 60)
				sent[i] += (unsigned)fake_send(&p.dte, a[i], data, 1 + 4 + round);
		}
		fake_run(&p.dte, fake_now + S / 2);
	}
	fake_run(&p.dte, fake_now + 60 * S);
	while ((e = fake_take(&p.dce, FAKE_FRAME))) {
		unsigned i = e->data[0], n;

		memcpy(&n, e->data + 1, sizeof(n));
		CU_ASSERT_FATAL(i < 20);
		CU_ASSERT_TRUE_FATAL(!b[i] || b[i] == e->channel);
		b[i] = e->channel;
		CU_ASSERT_EQUAL_FATAL(n, got[i]);
		got[i]++;
		fake_free(e);
	}
	for (unsigned i = 0; i < 20; i++)
		CU_ASSERT_EQUAL(got[i], 60);
	CU_ASSERT_TRUE(fake_count(&p.dte, "lapb-resent") > 0);
	CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_DOWN) + fake_pending(&p.dce, FAKE_DOWN), 0);
	pair_close(&p);
}

/* One in a hundred takes two packets: the loop has room for a window of these. */
static size_t large_len(unsigned n)
{
	return n % 100 == 99 ? 4150 : 4 + n % 500;
}

/* The largest windows and packets that two ends can agree on: as many SDUs as fit at once, of one
 * packet and of two, in order, and few frames of LAPB beside those that carry them. */
static void the_largest_windows(void)
{
	static const char *const keys[] = {"modulo=128",
					   "window-want=127",
					   "packet-size-want=4096",
					   "lapb-modulo=128",
					   "lapb-window=127",
					   "mtu=9216",
					   NULL};
	unsigned sent = 0, got = 0;
	ist_channel a = 0, b = 0;
	struct fake_event *e;
	struct pair p;

	pair_open(&p, "lapb", keys, keys);
	CU_ASSERT_TRUE_FATAL(pair_call(&p, "3111", L2TP, &a, &b));
	while (sent < 1000) {
		uint8_t data[4200] = {0};

		memcpy(data, &sent, sizeof(sent));
		if (fake_send(&p.dte, a, data, large_len(sent)) == 1)
			sent++;
		else
			pair_run(&p);
	}
	pair_run(&p);
	while ((e = fake_take(&p.dce, FAKE_FRAME))) {
		CU_ASSERT_EQUAL_FATAL(e->len, large_len(got));
		CU_ASSERT_EQUAL_FATAL(memcmp(e->data, &got, sizeof(got)), 0);
		got++;
		fake_free(e);
	}
	CU_ASSERT_EQUAL(got, sent);
	CU_ASSERT(fake_count(&p.dce, "link-tx") < sent / 8);
	CU_ASSERT_EQUAL(fake_count(&p.dte, "lapb-resent"), 0);
	pair_close(&p);
}

static void x25_load_hostile_octets(void)
{
	uint64_t seed = test_seed();
	struct typed t;
	ist_channel c = 0;

	typed_open(&t, (const char *const[]){"@1 l2tp", "@2 ppp", "lci-two-way=3-40", "hold-down=0",
					     NULL});
	for (unsigned i = 0; i < 60000; i++) {
		static const uint8_t types[] = {0x0b, 0x0f, 0x13, 0x17, 0x00, 0x10, 0x01, 0x05,
						0x09, 0x23, 0x27, 0x1b, 0x1f, 0xfb, 0xff, 0xf1};
		uint8_t buf[60];
		struct link_frame f = {NULL, buf, 0, 4 + (uint32_t)(test_rand(&seed) % 56)};

		for (unsigned j = 0; j < sizeof(buf); j++)
			buf[j] = (uint8_t)test_rand(&seed);
		buf[0] = test_rand(&seed) % 50 ? 0 : (uint8_t)(test_rand(&seed) % 5);
		buf[1] = test_rand(&seed) % 8 ? 0x10 : buf[1];
		buf[2] = (uint8_t)(test_rand(&seed) % 42);
		buf[3] = types[test_rand(&seed) % sizeof(types)];
		if (buf[3] == 0x0b && test_rand(&seed) % 2)
			memcpy(buf + 4, "\x00\x00\x80\x00\x00\x5e\x00\x07", 8);
		link_send(t.link, &f, 1);
		if (test_rand(&seed) % 16 == 0)
			(void)fake_connect(&t.h, "42", L2TP, &c);
		if (test_rand(&seed) % 8 == 0)
			(void)fake_send(&t.h, c, buf, 20);
		if (test_rand(&seed) % 4 == 0 && fake_pending(&t.h, FAKE_OFFER))
			(void)fake_answer(&t.h, fake_channel(&t.h, FAKE_OFFER));
		if (test_rand(&seed) % 32 == 0)
			fake_disconnect(&t.h, c);
		fake_run(&t.h, fake_now + test_rand(&seed) % S);
		t.pkts = 0;
		if (i % 64 == 0)
			fake_forget(&t.h);
	}
	typed_close(&t);
}

static const struct test_case cases[] = {
	{"thousands_of_calls", thousands_of_calls},
	{"the_largest_windows", the_largest_windows},
	{"lapb_over_a_bad_line", lapb_over_a_bad_line},
	{"hostile_octets", x25_load_hostile_octets},
	{NULL, NULL},
};
const struct test_suite suite_x25_load = {"x25_load", cases};
