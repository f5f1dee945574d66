/* SPDX-License-Identifier: GPL-2.0-or-later */
/* While the layer below is full: circuits wait, send in turn, and report WRITABLE. */
#include "transports/x25/x25.h"

#include "tests/harness.h"

#include <stdlib.h>
#include <string.h>

struct line {
	struct x25 x;
	unsigned room;	     /* packets the layer below takes before it says stop */
	uint16_t sent[5000]; /* data packets, by channel */
	unsigned n;
	uint16_t rr[8]; /* the same of RR */
	unsigned rrs;
	uint16_t writable[64];
	unsigned writables;
};

static void x25_data_tx(void *ctx, const uint8_t *pkt, size_t len)
{
	struct line *l = ctx;

	if (len >= 3 && (pkt[2] & 0x1f) == 1 && l->rrs < 8)
		l->rr[l->rrs++] = (uint16_t)((pkt[0] & 15) << 8 | pkt[1]);
	if (len < 3 || pkt[2] & 1)
		return;
	l->sent[l->n++] = (uint16_t)((pkt[0] & 15) << 8 | pkt[1]);
	if (!--l->room)
		x25_block(&l->x);
}

static void x25_data_report(void *ctx, const struct x25_report *r)
{
	struct line *l = ctx;

	if (r->kind == X25_WRITABLE)
		l->writable[l->writables++] = r->lci;
}

static const struct x25_ops ops = {x25_data_tx, x25_data_report};

static void test_x25_data_rx(struct line *l, const char *hex)
{
	uint8_t buf[64];

	x25_rx(&l->x, buf, test_hex(buf, sizeof(buf), hex), 0);
}

/* Channels 1 to n are permanent: packets of 16, a window of 7. */
static struct line *x25_data_make(uint16_t n)
{
	struct line *l = calloc(1, sizeof(*l));
	struct x25_config c;

	x25_config_default(&c, true);
	c.pvc = n;
	c.lci_low = c.lci_high = (uint16_t)(n + 1);
	c.size = 4;
	c.window = 7;
	CU_ASSERT_EQUAL_FATAL(x25_init(&l->x, &c, &ops, l), 0);
	x25_up(&l->x, 0);
	test_x25_data_rx(l, "1000ff");
	return l;
}

static void x25_data_drop(struct line *l)
{
	x25_free(&l->x);
	free(l);
}

static bool x25_data_put(struct line *l, uint16_t lci, size_t len)
{
	static const uint8_t zeros[1600];

	return x25_send(&l->x, lci, NULL, 0, zeros, len, 0);
}

static void circuits_take_turns(void)
{
	static const uint16_t order[] = {1, 1, 1, 2, 3, 2, 3, 2, 3};
	struct line *l = x25_data_make(3);

	l->room = 3;
	CU_ASSERT_TRUE(x25_data_put(l, 1, 48)); /* three packets: all the room */
	CU_ASSERT_TRUE(x25_data_put(l, 2, 48));
	CU_ASSERT_TRUE(x25_data_put(l, 3, 48));
	CU_ASSERT_EQUAL(l->n, 3);
	for (unsigned i = 0; i < 3; i++) {
		l->room = 2;
		x25_unblock(&l->x, 0);
	}
	CU_ASSERT_EQUAL_FATAL(l->n, 9);
	CU_ASSERT_EQUAL(memcmp(l->sent, order, sizeof(order)), 0);
	x25_data_drop(l);
}

/* Circuit 2 has a shut window: the others do not wait for it. */
static void a_stuck_circuit_delays_nobody(void)
{
	struct line *l = x25_data_make(3);

	l->room = UINT16_MAX;
	CU_ASSERT_TRUE(x25_data_put(l, 2, 16 * 20));
	CU_ASSERT_EQUAL(l->n, 7);
	CU_ASSERT_FALSE(x25_data_put(l, 2, 1));
	for (unsigned i = 0; i < 7; i++) {
		CU_ASSERT_TRUE(x25_data_put(l, 1, 16));
		CU_ASSERT_TRUE(x25_data_put(l, 3, 16));
	}
	CU_ASSERT_EQUAL(l->n, 21);
	CU_ASSERT_EQUAL(l->writables, 0);
	test_x25_data_rx(l, "1002e1"); /* RR, P(R) = 7 */
	CU_ASSERT_EQUAL(l->n, 28);
	CU_ASSERT_EQUAL(l->writables, 0);
	test_x25_data_rx(l, "1002c1"); /* 7 + 7 modulo 8 = 6 */
	CU_ASSERT_EQUAL(l->n, 34);
	CU_ASSERT_EQUAL_FATAL(l->writables, 1);
	CU_ASSERT_EQUAL(l->writable[0], 2);
	x25_data_drop(l);
}

static void who_was_refused_is_told_after_the_block(void)
{
	struct line *l = x25_data_make(2);

	l->room = 1;
	CU_ASSERT_TRUE(x25_data_put(l, 1, 16));
	CU_ASSERT_TRUE(x25_data_put(l, 2, 16)); /* waits in the circuit's own buffer */
	CU_ASSERT_FALSE(x25_data_put(l, 2, 16));
	CU_ASSERT_EQUAL(l->n, 1);
	l->room = 5;
	x25_unblock(&l->x, 0);
	CU_ASSERT_EQUAL(l->n, 2);
	CU_ASSERT_EQUAL_FATAL(l->writables, 1);
	CU_ASSERT_EQUAL(l->writable[0], 2);
	x25_data_drop(l);
}

/* A reset loses the packets that waited, and takes the circuit off the list. */
static void a_reset_while_waiting(void)
{
	struct line *l = x25_data_make(2);

	l->room = 1;
	CU_ASSERT_TRUE(x25_data_put(l, 1, 16));
	CU_ASSERT_TRUE(x25_data_put(l, 2, 32));
	test_x25_data_rx(l, "10021b0000");
	CU_ASSERT_EQUAL(l->x.count[X25_C_SDU_LOST], 1);
	l->room = 5;
	x25_unblock(&l->x, 0);
	CU_ASSERT_EQUAL(l->n, 1);
	CU_ASSERT_TRUE(x25_data_put(l, 2, 16));
	CU_ASSERT_EQUAL(l->n, 2);
	x25_data_drop(l);
}

static void the_line_goes_down_while_waiting(void)
{
	struct line *l = x25_data_make(2);

	l->room = 1;
	CU_ASSERT_TRUE(x25_data_put(l, 1, 16));
	CU_ASSERT_TRUE(x25_data_put(l, 2, 32));
	x25_down(&l->x);
	x25_up(&l->x, 0);
	test_x25_data_rx(l, "1000ff");
	l->room = 5;
	CU_ASSERT_TRUE(x25_data_put(l, 1, 16));
	CU_ASSERT_TRUE(x25_data_put(l, 2, 16));
	CU_ASSERT_EQUAL(l->n, 3);
	x25_data_drop(l);
}

/* Of thousands that wait each sends one packet before any sends a second. */
static void thousands_wait_and_share(void)
{
	struct line *l = x25_data_make(2000);
	uint8_t got[2001] = {0};

	l->room = 1;
	for (uint16_t i = 1; i <= 2000; i++)
		CU_ASSERT_TRUE_FATAL(x25_data_put(l, i, 32));
	while (l->n < 2001) {
		l->room = 7;
		x25_unblock(&l->x, 0);
	}
	for (unsigned i = 0; i < 2001; i++)
		got[l->sent[i]]++;
	CU_ASSERT_EQUAL(got[1], 2); /* it sent one before the layer was full */
	for (unsigned i = 2; i <= 2000; i++)
		CU_ASSERT_EQUAL_FATAL(got[i], 1);
	x25_data_drop(l);
}

/* One RR for the SDUs that come together; one for those before, when another circuit has some. */
static void sdus_at_hand_are_acknowledged_together(void)
{
	struct line *l = x25_data_make(3);

	l->room = UINT16_MAX;
	for (unsigned ps = 0; ps < 3; ps++) {
		char hex[20];

		snprintf(hex, sizeof(hex), "1001 %02x 61", ps << 1);
		test_x25_data_rx(l, hex);
	}
	CU_ASSERT_EQUAL(l->rrs, 0);
	test_x25_data_rx(l, "1001 06 61");
	CU_ASSERT_EQUAL(l->rrs, 1); /* half of the window */
	x25_settle(&l->x);
	CU_ASSERT_EQUAL(l->rrs, 1);
	test_x25_data_rx(l, "1001 08 61");
	CU_ASSERT_EQUAL(l->rrs, 1);
	test_x25_data_rx(l, "1002 00 61");
	CU_ASSERT_EQUAL(l->rrs, 2);
	CU_ASSERT_EQUAL(l->rr[1], 1);
	x25_settle(&l->x);
	CU_ASSERT_EQUAL(l->rrs, 3);
	CU_ASSERT_EQUAL(l->rr[2], 2);
	test_x25_data_rx(l, "1003 00 61");
	x25_down(&l->x);
	x25_settle(&l->x);
	CU_ASSERT_EQUAL(l->rrs, 3);
	x25_data_drop(l);
}

static const struct test_case cases[] = {
	{"circuits_take_turns", circuits_take_turns},
	{"a_stuck_circuit_delays_nobody", a_stuck_circuit_delays_nobody},
	{"who_was_refused_is_told_after_the_block", who_was_refused_is_told_after_the_block},
	{"a_reset_while_waiting", a_reset_while_waiting},
	{"the_line_goes_down_while_waiting", the_line_goes_down_while_waiting},
	{"thousands_wait_and_share", thousands_wait_and_share},
	{"sdus_at_hand_are_acknowledged_together", sdus_at_hand_are_acknowledged_together},
	{NULL, NULL},
};
const struct test_suite suite_x25_data = {"x25_data", cases};
