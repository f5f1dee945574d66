/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LAPB as octets for another process: every field, and what the far end sees of it. */
#include "tests/transports/x25/hand_rig.h"
#include "tests/transports/x25/lapb_end.h"

#include <stdlib.h>
#include <string.h>

static const struct lapb_ops no_lapb;

/* l as it is, in another machine, which has its configuration already. */
static bool lapb_handed(struct lapb *l, struct lapb *to)
{
	struct hand_rig g;
	bool ok;

	hand_freeze(&g);
	lapb_hand(l, &g.h);
	hand_thaw(&g);
	ok = lapb_hand(to, &g.h);
	free(g.octets);
	return ok;
}

static void lapb_make_one(struct lapb *l, const struct lapb_config *c)
{
	lapb_init(l, c, &no_lapb, NULL, calloc(1, lapb_store_size(c)));
}

static struct lapb_config lapb_hand_config(void)
{
	struct lapb_config c;

	lapb_config_default(&c);
	c.k = 3;
	c.n1 = 300;
	c.dce = true;
	return c;
}

static void every_field_of_lapb(void)
{
	const struct lapb_config c = lapb_hand_config();
	struct lapb l, m;

	lapb_make_one(&l, &c);
	lapb_make_one(&m, &c);
	l.state = LAPB_UP;
	l.vs = 1;
	l.va = 6;
	l.vr = 5;
	l.tries = 9;
	l.t1_at = 3000000;
	l.t3_at = 30000000;
	memcpy(l.frmr, "\x11\x22\x33\x44\x55", 5);
	l.store_len[6 % 4] = 300;
	memset(l.store + (size_t)(6 % 4) * 300, 0x66, 300);
	l.store_len[0] = 1;
	l.store[0] = 0x10;
	CU_ASSERT(lapb_handed(&l, &m));
	CU_ASSERT_EQUAL(m.state, LAPB_UP);
	CU_ASSERT(m.vs == 1 && m.va == 6 && m.vr == 5 && m.tries == 9);
	CU_ASSERT(m.t1_at == 3000000 && m.t3_at == 30000000);
	ASSERT_OCTETS(m.frmr, sizeof(m.frmr), "\x11\x22\x33\x44\x55", 5);
	CU_ASSERT_EQUAL(m.store_len[2], 300);
	CU_ASSERT_EQUAL(m.store[2 * 300 + 299], 0x66);
	CU_ASSERT_EQUAL(m.store_len[3], 0);
	CU_ASSERT_EQUAL(m.store_len[0], 1);
	CU_ASSERT_EQUAL(m.store[0], 0x10);
	free(m.store_len);
	free(l.store_len);
}

/* One at a time: none stands for another. */
static void every_flag_of_lapb(void)
{
	static const size_t flags[] = {
		offsetof(struct lapb, peer_busy), offsetof(struct lapb, rej_out),
		offsetof(struct lapb, polling),	  offsetof(struct lapb, ua_sent),
		offsetof(struct lapb, refused),	  offsetof(struct lapb, ack_due),
		offsetof(struct lapb, wanted)};
	const struct lapb_config c = lapb_hand_config();

	for (unsigned i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		struct lapb l, m;

		lapb_make_one(&l, &c);
		lapb_make_one(&m, &c);
		*(bool *)((char *)&l + flags[i]) = true;
		CU_ASSERT(lapb_handed(&l, &m));
		for (unsigned j = 0; j < sizeof(flags) / sizeof(*flags); j++)
			CU_ASSERT_EQUAL(*(bool *)((char *)&m + flags[j]), i == j);
		free(m.store_len);
		free(l.store_len);
	}
}

/* A time that another process wrote is at most an hour ahead: the link cannot be made to hang. */
static void no_time_is_far_away(void)
{
	const struct lapb_config c = lapb_hand_config();
	const uint64_t hour = 3600 * (uint64_t)S;
	struct lapb l, m;

	lapb_make_one(&l, &c);
	lapb_make_one(&m, &c);
	l.t1_at = HAND_NOW + hour + 1;
	l.t3_at = HAND_NOW + hour;
	CU_ASSERT(lapb_handed(&l, &m));
	CU_ASSERT_EQUAL(m.t1_at, HAND_NOW + hour);
	CU_ASSERT_EQUAL(m.t3_at, HAND_NOW + hour);
	l.t1_at = UINT64_MAX;
	l.t3_at = HAND_NOW + hour + 1;
	CU_ASSERT(lapb_handed(&l, &m));
	CU_ASSERT_EQUAL(m.t1_at, UINT64_MAX);
	CU_ASSERT_EQUAL(m.t3_at, HAND_NOW + hour);
	free(m.store_len);
	free(l.store_len);
}

/* Each of what both processes must have alike. */
static void another_lapb(void)
{
	for (unsigned i = 0; i < 4; i++) {
		const struct lapb_config c = lapb_hand_config();
		struct lapb_config other = c;
		struct lapb l, m;

		other.k += i == 0;
		other.dce ^= i == 1;
		other.n1 += i == 2;
		other.extended ^= i == 3;
		lapb_make_one(&l, &c);
		lapb_make_one(&m, &other);
		l.state = LAPB_UP;
		CU_ASSERT_FALSE(lapb_handed(&l, &m));
		CU_ASSERT_EQUAL(m.state, LAPB_DISCONNECTED);
		free(m.store_len);
		free(l.store_len);
	}
}

/* What a stranger could have written.  Numbers run to 7 or 127, ISO 7776 4.2.2. */
static void lapb_hand_values(void)
{
	static const struct {
		uint8_t state, vs, va, vr;
		uint16_t len; /* of the frame va */
		bool extended, ok;
	} rows[] = {
		{LAPB_DISC_SENT, 0, 0, 0, 0, false, true},
		{LAPB_STATES, 0, 0, 0, 0, false, false},
		{LAPB_UP, 7, 7, 7, 0, false, true},
		{LAPB_UP, 8, 7, 0, 0, false, false},
		{LAPB_UP, 7, 8, 0, 0, false, false},
		{LAPB_UP, 7, 7, 8, 0, false, false},
		{LAPB_UP, 127, 127, 127, 0, true, true},
		{LAPB_UP, 0, 0, 128, 0, true, false},
		{LAPB_UP, 3, 0, 0, 0, false, true}, /* the window */
		{LAPB_UP, 4, 0, 0, 0, false, false},
		{LAPB_UP, 2, 127, 0, 0, true, true},
		{LAPB_UP, 2, 126, 0, 0, true, false},
		{LAPB_UP, 1, 0, 0, 300, false, true}, /* N1 */
		{LAPB_UP, 1, 0, 0, 301, false, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct lapb_config c = lapb_hand_config();
		struct lapb l, m;
		bool ok;

		c.extended = rows[i].extended;
		lapb_make_one(&l, &c);
		lapb_make_one(&m, &c);
		l.state = (enum lapb_state)rows[i].state;
		l.vs = rows[i].vs;
		l.va = rows[i].va;
		l.vr = rows[i].vr;
		l.store_len[l.va % 4] = rows[i].len;
		ok = lapb_handed(&l, &m);
		if (ok != rows[i].ok)
			printf("row %zu\n", i);
		CU_ASSERT_EQUAL(ok, rows[i].ok);
		free(m.store_len);
		free(l.store_len);
	}
}

static void cut_anywhere(void)
{
	const struct lapb_config c = lapb_hand_config();
	struct hand_rig g;
	struct lapb l;
	size_t whole;

	lapb_make_one(&l, &c);
	l.vs = 1;
	l.store_len[0] = 20;
	hand_freeze(&g);
	lapb_hand(&l, &g.h);
	whole = g.h.w.len;
	free(g.octets);
	for (size_t n = whole - 1; n > whole - 150 && n > 14; n--) {
		struct lapb m;

		lapb_make_one(&m, &c);
		hand_freeze(&g);
		lapb_hand(&l, &g.h);
		g.h.w.len = n;
		hand_thaw(&g);
		CU_ASSERT_FALSE(lapb_hand(&m, &g.h));
		free(g.octets);
		free(m.store_len);
	}
	free(l.store_len);
}

/* The far end rejects what the first process has sent: the second one sends the same again, with
 * numbers that went round in between (ISO 7776 5.4.6). */
static void sent_again_by_the_other(bool extended)
{
	struct end *a = lapb_up_as_dce(extended, 7), *b = lapb_make(true, extended, true, 7);
	unsigned modulus = extended ? 128 : 8;
	char hex[40];

	for (unsigned i = 0; i < modulus - 2 + 7; i++) {
		const uint8_t payload = (uint8_t)(0x80 ^ i);
		unsigned acked = i < modulus - 2 ? i + 1 : 0;

		CU_ASSERT_TRUE(lapb_send(&a->l, &payload, 1, 0));
		if (!acked)
			continue;
		snprintf(hex, sizeof(hex), extended ? "03 01 %02x" : "03 %02x",
			 extended ? acked << 1 : acked << 5 | 1);
		test_lapb_rx(a, hex, 0); /* RR */
		a->sent.outs = 0;
	}
	CU_ASSERT_TRUE(lapb_handed(&a->l, &b->l));
	snprintf(hex, sizeof(hex), extended ? "03 09 %02x" : "03 %02x",
		 extended ? (modulus - 2) << 1 : (modulus - 2) << 5 | 9);
	test_lapb_rx(b, hex, 0); /* REJ */
	for (unsigned i = modulus - 2; i < modulus - 2 + 7; i++) {
		unsigned ns = i % modulus;

		snprintf(hex, sizeof(hex), extended ? "03 %02x 00 %02x" : "03 %02x %02x", ns << 1,
			 (uint8_t)(0x80 ^ i));
		lapb_expect(b, hex);
	}
	CU_ASSERT_EQUAL(b->sent.outs, 0);
	CU_ASSERT_FALSE(lapb_send(&b->l, (const uint8_t *)"x", 1, 0)); /* the window is full */
	lapb_drop(a);
	lapb_drop(b);
}

static void frames_are_sent_again(void)
{
	sent_again_by_the_other(false);
	sent_again_by_the_other(true);
}

/* What was accepted and not acknowledged by the first is acknowledged by the second, once. */
static void acknowledged_by_the_other(void)
{
	struct end *a = lapb_up_dce(), *b = lapb_make(true, false, true, 7);
	uint8_t frame[8];

	lapb_rx(&a->l, frame, test_hex(frame, sizeof(frame), "0100 61"), 0);
	CU_ASSERT_TRUE(lapb_handed(&a->l, &b->l));
	lapb_settle(&b->l);
	lapb_expect(b, "0121");
	lapb_settle(&b->l);
	CU_ASSERT_EQUAL(b->sent.outs, 0);
	lapb_drop(a);
	lapb_drop(b);
}

static const struct test_case cases[] = {
	{"every_field_of_lapb", every_field_of_lapb},
	{"every_flag_of_lapb", every_flag_of_lapb},
	{"no_time_is_far_away", no_time_is_far_away},
	{"another_lapb", another_lapb},
	{"lapb_hand_values", lapb_hand_values},
	{"cut_anywhere", cut_anywhere},
	{"frames_are_sent_again", frames_are_sent_again},
	{"acknowledged_by_the_other", acknowledged_by_the_other},
	{NULL, NULL},
};
const struct test_suite suite_lapb_hand = {"lapb_hand", cases};
