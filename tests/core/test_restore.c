/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One end's process dies and comes back: what lives on, what is cleared, and that the numbers of
 * both ends fit again, RFC 2661 5.8. */
#include "tests/core/rig.h"

#include <string.h>

static struct rig r;
static struct shelf shelf;

static void restore_pair(void)
{
	rig_pair(&r);
	memset(&shelf, 0, sizeof(shelf));
	r.a.shelf = &shelf;
	r.a.answer = r.b.answer = r.a.connect = r.b.connect = true;
}

static struct l2tp_call *restore_call(struct rig_end *end, struct l2tp_tunnel *t,
				      enum l2tp_call_kind kind)
{
	struct l2tp_call *c = l2tp_call_new(t, NULL, NULL);

	l2tp_call_place(c, kind, NULL, 0, end->rig->now);
	rig_run(end->rig);
	return c;
}

/* Both ends have the same tunnels and calls, and nothing is on its way. */
static void restore_same_at_both_ends(unsigned calls)
{
	struct l2tp_tunnel *t = l2tp_tunnel_next(r.a.e, NULL);
	struct l2tp_tunnel *u = l2tp_tunnel_next(r.b.e, NULL);
	struct l2tp_tunnel_info i, j;

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	CU_ASSERT_PTR_NOT_NULL_FATAL(u);
	l2tp_tunnel_info(t, &i);
	l2tp_tunnel_info(u, &j);
	CU_ASSERT_EQUAL(i.state, L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(j.state, L2TP_T_ESTABLISHED);
	CU_ASSERT_EQUAL(i.local_id, j.peer_id);
	CU_ASSERT_EQUAL(i.peer_id, j.local_id);
	CU_ASSERT_EQUAL(i.ns, j.nr);
	CU_ASSERT_EQUAL(i.nr, j.ns);
	CU_ASSERT_EQUAL(i.in_flight + i.queued + j.in_flight + j.queued, 0);
	CU_ASSERT_EQUAL(i.calls, calls);
	CU_ASSERT_EQUAL(j.calls, calls);
	for (struct l2tp_call *c = l2tp_call_next(t, NULL); c; c = l2tp_call_next(t, c)) {
		struct l2tp_call_info k, l;

		l2tp_call_info(c, &k);
		CU_ASSERT_PTR_NOT_NULL_FATAL(l2tp_call_by_id(u, k.peer_id));
		l2tp_call_info(l2tp_call_by_id(u, k.peer_id), &l);
		CU_ASSERT_EQUAL(l.peer_id, k.local_id);
		CU_ASSERT_EQUAL(k.state, L2TP_C_ESTABLISHED);
		CU_ASSERT_EQUAL(l.state, L2TP_C_ESTABLISHED);
		CU_ASSERT_EQUAL(l.serial, k.serial);
		CU_ASSERT_EQUAL(l.kind, k.kind);
		CU_ASSERT_NOT_EQUAL(l.we_are_lns, k.we_are_lns);
	}
}

/* A call of each role lives on; the owner hears nothing, and the peer sees one HELLO. */
static void calls_of_all_roles_live_on(void)
{
	struct l2tp_tunnel *t, *u;
	struct shelf_owner o;
	unsigned hello;

	restore_pair();
	t = rig_tunnel(&r, &u);
	restore_call(&r.a, t, L2TP_INCOMING);
	restore_call(&r.a, t, L2TP_OUTGOING);
	restore_call(&r.b, u, L2TP_INCOMING);
	restore_call(&r.b, u, L2TP_OUTGOING);
	CU_ASSERT_EQUAL(rig_count_events(&r.a, L2TP_EV_CALL_UP), 4);
	r.a.evs = r.b.evs = 0;
	hello = rig_count_sent(&r.a, L2TP_HELLO);
	o = rig_restart(&r.a);
	CU_ASSERT_EQUAL(o.tunnels, 1);
	CU_ASSERT_EQUAL(o.calls, 4);
	CU_ASSERT_EQUAL(rig_count_sent(&r.a, L2TP_HELLO), hello + 1);
	rig_run(&r);
	restore_same_at_both_ends(4);
	CU_ASSERT_EQUAL(r.a.evs + r.b.evs, 0);
	rig_pass(&r, 100 * SEC);
	restore_same_at_both_ends(4);
	t = l2tp_tunnel_next(r.a.e, NULL);
	while (l2tp_call_next(t, NULL))
		l2tp_call_hangup(l2tp_call_next(t, NULL), NULL, NULL, 0, r.now);
	restore_call(&r.a, t, L2TP_INCOMING);
	restore_same_at_both_ends(1);
	CU_ASSERT_EQUAL(rig_count_events(&r.b, L2TP_EV_CALL_DOWN), 4);
	rig_free(&r);
}

static const struct test_case cases[] = {
	{"calls_of_all_roles_live_on", calls_of_all_roles_live_on},
	{NULL, NULL},
};
extern const struct test_suite suite_restore;
const struct test_suite suite_restore = {"restore", cases};
