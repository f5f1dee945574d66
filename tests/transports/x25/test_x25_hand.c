/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packet layer as octets: every field that a random run seldom needs. */
#include "tests/harness.h"
#include "tests/transports/x25/hand_rig.h"
#include "transports/x25/x25_int.h"

#include <stdlib.h>

static const struct x25_ops no_x25;

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
	{"every_field_of_a_circuit", every_field_of_a_circuit},
	{NULL, NULL},
};
const struct test_suite suite_x25_hand = {"x25_hand", cases};
