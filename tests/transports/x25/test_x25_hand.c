/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LAPB and the packet layer as octets: every field that a random run seldom needs. */
#include "tests/harness.h"
#include "transports/kit/handover.h"
#include "transports/x25/lapb.h"
#include "transports/x25/x25_int.h"

#include <stdlib.h>

#define ROOM 20000u

static const struct lapb_ops no_lapb;
static const struct x25_ops no_x25;

struct hand_rig {
	struct ist_frozen f;
	struct handover h;
	struct handover_part part;
	uint8_t *octets;
};

static void hand_freeze(struct hand_rig *g)
{
	g->octets = malloc(ROOM);
	if (!g->octets)
		abort();
	g->f = (struct ist_frozen){.octets = g->octets, .room = ROOM};
	handover_freeze(&g->h, &g->f, 1000);
	handover_open(&g->h, &g->part, 1, 1);
}

static void hand_thaw(struct hand_rig *g)
{
	g->h.bad = false; /* what cannot be is written too */
	handover_close(&g->h, &g->part);
	CU_ASSERT_EQUAL(handover_frozen(&g->h), 0);
	handover_thaw(&g->h, &g->f, 1000);
	CU_ASSERT(handover_open(&g->h, &g->part, 1, 1));
}

static void lapb_make_one(struct lapb *l, uint8_t k, bool dce)
{
	struct lapb_config c;

	lapb_config_default(&c);
	c.k = k;
	c.n1 = 300;
	c.dce = dce;
	lapb_init(l, &c, &no_lapb, NULL, calloc(1, lapb_store_size(&c)));
}

/* l as it is, in another machine of this configuration. */
static bool lapb_handed(struct lapb *l, struct lapb *to, uint8_t k, bool dce)
{
	struct hand_rig g;
	bool ok;

	hand_freeze(&g);
	lapb_hand(l, &g.h);
	hand_thaw(&g);
	lapb_make_one(to, k, dce);
	ok = lapb_hand(to, &g.h);
	free(g.octets);
	return ok;
}

static void every_field_of_lapb(void)
{
	struct lapb l, m;

	lapb_make_one(&l, 3, true);
	l.state = LAPB_UP;
	l.vs = 1;
	l.va = 6;
	l.vr = 5;
	l.tries = 9;
	l.peer_busy = l.polling = l.refused = l.wanted = true;
	l.t1_at = 3000000;
	l.t3_at = 30000000;
	l.frmr[4] = 8;
	l.store_len[6 % 4] = 300;
	memset(l.store + (size_t)(6 % 4) * 300, 0x66, 300);
	l.store_len[0] = 1;
	l.store[0] = 0x10;
	CU_ASSERT(lapb_handed(&l, &m, 3, true));
	CU_ASSERT_EQUAL(m.state, LAPB_UP);
	CU_ASSERT(m.vs == 1 && m.va == 6 && m.vr == 5 && m.tries == 9);
	CU_ASSERT(m.peer_busy && m.polling && m.refused && m.wanted);
	CU_ASSERT(!m.rej_out && !m.ua_sent && !m.ack_due);
	CU_ASSERT(m.t1_at == 3000000 && m.t3_at == 30000000 && m.frmr[4] == 8);
	CU_ASSERT_EQUAL(m.store_len[2], 300);
	CU_ASSERT_EQUAL(m.store[2 * 300 + 299], 0x66);
	CU_ASSERT_EQUAL(m.store[0], 0x10);
	free(m.store_len);
	l.peer_busy = l.polling = l.refused = l.wanted = false;
	l.rej_out = l.ua_sent = l.ack_due = true;
	CU_ASSERT(lapb_handed(&l, &m, 3, true));
	CU_ASSERT(m.rej_out && m.ua_sent && m.ack_due);
	CU_ASSERT(!m.peer_busy && !m.polling && !m.refused && !m.wanted);
	free(m.store_len);
	free(l.store_len);
}

static void another_lapb(void)
{
	struct lapb l, m;

	lapb_make_one(&l, 3, true);
	l.state = LAPB_UP;
	CU_ASSERT_FALSE(lapb_handed(&l, &m, 4, true));
	CU_ASSERT_EQUAL(m.state, LAPB_DISCONNECTED);
	free(m.store_len);
	CU_ASSERT_FALSE(lapb_handed(&l, &m, 3, false));
	free(m.store_len);
	l.vs = 4; /* more than the window are out */
	CU_ASSERT_FALSE(lapb_handed(&l, &m, 3, true));
	free(m.store_len);
	free(l.store_len);
}

static void x25_make_one(struct x25 *x, uint16_t high)
{
	struct x25_config c;

	x25_config_default(&c, false);
	c.lci_low = 1;
	c.lci_high = high;
	CU_ASSERT_EQUAL_FATAL(x25_init(x, &c, &no_x25, NULL), 0);
}

static bool x25_handed(struct x25 *x, struct x25 *to, uint16_t high)
{
	struct hand_rig g;
	bool ok;

	hand_freeze(&g);
	x25_hand(x, &g.h);
	hand_thaw(&g);
	x25_make_one(to, high);
	ok = x25_hand(to, &g.h);
	free(g.octets);
	return ok;
}

static void every_field_of_a_circuit(void)
{
	static const struct x25_vc want = {
		.p = X25_P4_DATA,
		.d = X25_D_WE_RESET,
		.tries = 2,
		.vs = 7,
		.va = 6,
		.vr = 5,
		.told = 4,
		.peer_busy = true,
		.refused = true,
		.size_in = 10,
		.size_out = 9,
		.window_in = 3,
		.window_out = 4,
		.class_called = 11,
		.class_calling = 12,
		.at = 5000,
		.window_at = 6000,
		.out_len = 4,
		.out_at = 1,
		.in_len = 2,
		.in_q = true,
		.in_more = true,
	};
	struct x25 x, y;
	struct x25_vc *v, *u;
	uint8_t *in, *out;

	x25_make_one(&x, 9);
	v = x25_make_vc(&x, 5);
	in = v->in;
	out = v->out;
	*v = want;
	v->lci = 5;
	v->in = in;
	v->out = out;
	memcpy(out, "abcd", 4);
	memcpy(in, "xy", 2);
	x.r = X25_R1_READY;
	x.restart_at = 7000;
	x.blocked = true;
	x25_data_enqueue(&x, v);
	CU_ASSERT(x25_handed(&x, &y, 9));
	CU_ASSERT(y.r == X25_R1_READY && y.restart_at == 7000 && y.blocked && y.used == 1);
	CU_ASSERT_EQUAL(x25_deadline(&y), 5000);
	u = y.vc[5];
	CU_ASSERT_PTR_NOT_NULL_FATAL(u);
	CU_ASSERT(y.wait_first == u && y.wait_last == u && u->waiting);
	CU_ASSERT(u->p == want.p && u->d == want.d && u->tries == 2 && !u->pvc);
	CU_ASSERT(u->vs == 7 && u->va == 6 && u->vr == 5 && u->told == 4);
	CU_ASSERT(u->peer_busy && u->refused && u->in_q && u->in_more);
	CU_ASSERT(u->size_in == 10 && u->size_out == 9);
	CU_ASSERT(u->window_in == 3 && u->window_out == 4);
	CU_ASSERT(u->class_called == 11 && u->class_calling == 12);
	CU_ASSERT(u->at == 5000 && u->window_at == 6000);
	CU_ASSERT_EQUAL(u->out_len - u->out_at, 3); /* the rest of the SDU */
	CU_ASSERT(!memcmp(u->out + u->out_at, "bcd", 3));
	CU_ASSERT(u->in_len == 2 && !memcmp(u->in, "xy", 2));
	x25_free(&y);
	CU_ASSERT_FALSE(x25_handed(&x, &y, 8)); /* other channels */
	CU_ASSERT(y.r == X25_R_DOWN && !y.used);
	x25_free(&y);
	v->size_in = 3;
	CU_ASSERT_FALSE(x25_handed(&x, &y, 9));
	x25_free(&y);
	x25_free(&x);
}

static const struct test_case cases[] = {
	{"every_field_of_lapb", every_field_of_lapb},
	{"another_lapb", another_lapb},
	{"every_field_of_a_circuit", every_field_of_a_circuit},
	{NULL, NULL},
};
const struct test_suite suite_x25_hand = {"x25_hand", cases};
