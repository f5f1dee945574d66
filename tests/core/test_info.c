/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/core/rig.h"

#include <string.h>

static struct rig r;

static void walks_see_everything_once(void)
{
	struct l2tp_tunnel *t = NULL;
	unsigned tunnels = 0, calls = 0;

	rig_pair(&r);
	for (int i = 0; i < 5; i++) {
		t = rig_open(&r.a);
		rig_run(&r);
		for (int k = 0; k < i; k++)
			l2tp_call_new(t, NULL, NULL);
	}
	for (t = NULL; (t = l2tp_tunnel_next(r.a.e, t)); tunnels++)
		for (struct l2tp_call *c = NULL; (c = l2tp_call_next(t, c)); calls++) {
			struct l2tp_call_info i;

			l2tp_call_info(c, &i);
			CU_ASSERT_PTR_EQUAL(i.tunnel, t);
			CU_ASSERT_PTR_EQUAL(l2tp_call_by_id(t, i.local_id), c);
		}
	CU_ASSERT_EQUAL(tunnels, 5);
	CU_ASSERT_EQUAL(calls, 0 + 1 + 2 + 3 + 4);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_by_id(r.a.e, 0));
	rig_free(&r);
}

static void tunnels_of_a_channel(void)
{
	struct l2tp_tunnel *t = NULL;
	unsigned n[3] = {0};

	rig_single(&r);
	for (int i = 0; i < 6; i++) {
		r.a.to = 7 + (l2tp_channel)(i % 2);
		rig_open(&r.a);
	}
	for (l2tp_channel c = 7; c < 10; c++)
		for (t = NULL; (t = l2tp_tunnel_on(r.a.e, c, t)); n[c - 7]++) {
			struct l2tp_tunnel_info i;

			l2tp_tunnel_info(t, &i);
			CU_ASSERT_EQUAL(i.channel, c);
		}
	CU_ASSERT(n[0] == 3 && n[1] == 3 && n[2] == 0);
	rig_free(&r);
}

/* l2tp_tunnel_with_room() finds a tunnel we opened that is not closing and not full. */
static void tunnel_with_room(void)
{
	struct l2tp_tunnel *t, *at_b;
	struct l2tp_call *c, *d;
	int somebody;

	rig_pair(&r);
	r.a.policy.max_calls = 2;
	r.a.peer = &somebody;
	CU_ASSERT_PTR_NULL(l2tp_tunnel_with_room(r.a.e, &somebody, NULL));
	t = rig_open(&r.a);
	CU_ASSERT_PTR_EQUAL(l2tp_tunnel_with_room(r.a.e, &somebody, NULL), t); /* coming up */
	CU_ASSERT_PTR_NULL(l2tp_tunnel_with_room(r.a.e, &t, NULL));
	rig_run(&r);
	at_b = l2tp_tunnel_next(r.b.e, NULL);
	CU_ASSERT_PTR_NOT_NULL(at_b);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_with_room(r.b.e, r.b.peer, NULL)); /* the peer's, not ours */
	c = l2tp_call_new(t, NULL, NULL);
	CU_ASSERT_PTR_EQUAL(l2tp_tunnel_with_room(r.a.e, &somebody, NULL), t);
	d = l2tp_call_new(t, NULL, NULL);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_with_room(r.a.e, &somebody, NULL)); /* full */
	l2tp_call_hangup(c, NULL, NULL, 0, r.now);
	rig_run(&r);
	CU_ASSERT_PTR_EQUAL(l2tp_tunnel_with_room(r.a.e, &somebody, NULL), t);
	CU_ASSERT_PTR_NOT_NULL(d);
	l2tp_tunnel_close(t, NULL, r.now);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_with_room(r.a.e, &somebody, NULL)); /* ending */
	rig_free(&r);
}

static void every_state_has_a_name(void)
{
	for (int s = 0; s < L2TP_T_STATES; s++)
		CU_ASSERT_TRUE(strlen(l2tp_tunnel_state_name((enum l2tp_tunnel_state)s)) > 3);
	for (int s = 0; s < L2TP_C_STATES; s++)
		CU_ASSERT_TRUE(strlen(l2tp_call_state_name((enum l2tp_call_state)s)) > 3);
	CU_ASSERT_STRING_EQUAL(l2tp_tunnel_state_name(L2TP_T_STATES), "?");
	CU_ASSERT_STRING_EQUAL(l2tp_call_state_name(L2TP_C_STATES), "?");
}

/* 9.1: ids "SHOULD be selected in an unpredictable manner rather than sequentially". */
static void ids_are_not_sequential(void)
{
	struct l2tp_tunnel_info i;
	unsigned in_a_row = 0;
	uint16_t before = 0;

	rig_single(&r);
	for (int k = 0; k < 100; k++) {
		l2tp_tunnel_info(rig_open(&r.a), &i);
		in_a_row += (uint16_t)(i.local_id - before) <= 2;
		before = i.local_id;
	}
	CU_ASSERT_TRUE(in_a_row < 5);
	rig_free(&r);
}

static void user_pointers(void)
{
	struct l2tp_tunnel_info i;
	struct l2tp_call_info j;
	struct l2tp_tunnel *t;
	struct l2tp_call *c;
	int x;

	rig_pair(&r);
	t = rig_tunnel(&r, NULL);
	c = l2tp_call_new(t, NULL, NULL);
	l2tp_tunnel_set_user(t, &x);
	l2tp_call_set_user(c, &r);
	l2tp_tunnel_info(t, &i);
	l2tp_call_info(c, &j);
	CU_ASSERT_PTR_EQUAL(i.user, &x);
	CU_ASSERT_PTR_EQUAL(j.user, &r);
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"walks_see_everything_once", walks_see_everything_once},
	{"tunnels_of_a_channel", tunnels_of_a_channel},
	{"tunnel_with_room", tunnel_with_room},
	{"every_state_has_a_name", every_state_has_a_name},
	{"ids_are_not_sequential", ids_are_not_sequential},
	{"user_pointers", user_pointers},
	{NULL, NULL},
};
const struct test_suite suite_info = {"info", cases};
