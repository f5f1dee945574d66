/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One end's process dies at any instant: before each packet that it sends, and before each record
 * that it keeps, of a random run over a bad link.  What it had kept up to then comes back in a new
 * engine.  Afterwards both ends must agree on every tunnel and call, whatever was half done; what
 * was established at both ends must live on; and no id may be given again soon.
 */
#include "core/save.h"
#include "tests/sim/sim_link.h"

#include <stdio.h>
#include <string.h>

enum { CHANNELS = 3, ROUNDS = 25, LIVES = 3, BACK_MAX = 200, USED_MAX = 1000 };

#define REST (30 * SEC)

struct crash_call {
	uint16_t tid, sid;
	unsigned done; /* sets of records that were valid when it was seen */
};

struct crash {
	struct sim s;
	struct shelf shelf[2];
	unsigned outs, dies_at; /* packets and records of a so far; the one before which it dies */
	bool dead;
	uint64_t born; /* when the present life of a began */
	unsigned lives;
	struct crash_call back[BACK_MAX]; /* established at both ends when a came back */
	unsigned backs;
	struct crash_call used[USED_MAX]; /* ids seen in earlier lives of a; sid 0: of a tunnel */
	unsigned useds, before;		  /* before: how many of these in earlier lives */
	unsigned fresh;			  /* ids of this life that were looked at */
};

static struct crash w;

/* --- what the owners do ----------------------------------------------------------------------- */

static struct l2tp_tunnel *crash_some_tunnel(struct sim_end *end)
{
	struct l2tp_tunnel *t = NULL;

	for (unsigned n = 1 + sim_random(end->sim, 6); n-- > 0;)
		t = l2tp_tunnel_next(end->e, t);
	return t;
}

static void crash_hang_up(struct sim_end *end, struct l2tp_tunnel *t)
{
	struct l2tp_call *c = NULL;

	for (unsigned n = 1 + sim_random(end->sim, 6); n-- > 0;)
		c = l2tp_call_next(t, c);
	if (c)
		l2tp_call_hangup(c, NULL, NULL, 0, end->sim->now);
}

/* After a crash nothing is ended, so that what lives then has to live on. */
static void crash_act(struct sim_end *end)
{
	struct sim *s = end->sim;
	unsigned what = sim_random(s, 12);
	struct l2tp_tunnel *t = crash_some_tunnel(end);

	if (end == &s->a && w.dead)
		return;
	if (what < 2)
		sim_open(end, 1 + sim_random(s, CHANNELS));
	else if (t && what < 8)
		sim_place(end, t, sim_random(s, 2) ? L2TP_INCOMING : L2TP_OUTGOING);
	else if (t && what < 11 && !w.lives)
		crash_hang_up(end, t);
	else if (t && !w.lives)
		l2tp_tunnel_close(t, NULL, s->now);
}

static bool crash_used(uint16_t tid, uint16_t sid, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (w.used[i].tid == tid && w.used[i].sid == sid)
			return true;
	return false;
}

/* An id of a's: not one of an earlier life, unless that is long ago. */
static void crash_see_id(uint16_t tid, uint16_t sid)
{
	if (w.lives && w.s.now - w.born < REST) {
		CU_ASSERT_FALSE(crash_used(tid, sid, w.before));
		w.fresh++;
	}
	if (!crash_used(tid, sid, w.useds) && w.useds < USED_MAX)
		w.used[w.useds++] = (struct crash_call){tid, sid, w.shelf[0].done};
}

static void crash_see_ids(const struct l2tp_event *ev)
{
	struct l2tp_tunnel_info i;
	struct l2tp_call_info j;

	l2tp_tunnel_info(ev->tunnel, &i);
	if (ev->kind == L2TP_EV_TUNNEL_UP)
		crash_see_id(i.local_id, 0);
	if (ev->kind != L2TP_EV_CALL_OFFERED && ev->kind != L2TP_EV_CALL_REPLIED)
		return;
	l2tp_call_info(ev->call, &j);
	crash_see_id(i.local_id, j.local_id);
}

static void crash_event(struct sim_end *end, const struct l2tp_event *ev)
{
	struct l2tp_call_info i;

	if (end == &w.s.a && !w.dead)
		crash_see_ids(ev);
	if (ev->kind != L2TP_EV_CALL_OFFERED && ev->kind != L2TP_EV_CALL_REPLIED)
		return;
	l2tp_call_info(ev->call, &i);
	if (ev->kind == L2TP_EV_CALL_OFFERED)
		l2tp_call_answer(ev->call, NULL, 0, end->sim->now);
	if (!i.we_are_lns)
		l2tp_call_connected(ev->call, NULL, 0, end->sim->now);
}

/* --- death and return ------------------------------------------------------------------------- */

static bool crash_dies(struct sim_end *end)
{
	(void)end;
	if (!w.dead && ++w.outs == w.dies_at)
		w.dead = true;
	return w.dead;
}

/* Is it established at the other end too? */
static bool crash_has(struct sim_end *end, uint16_t tid, uint16_t sid)
{
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(end->e, tid);
	struct l2tp_call *c = t ? l2tp_call_by_id(t, sid) : NULL;
	struct l2tp_tunnel_info i;
	struct l2tp_call_info j;

	if (!c)
		return false;
	l2tp_tunnel_info(t, &i);
	l2tp_call_info(c, &j);
	return i.state == L2TP_T_ESTABLISHED && j.state == L2TP_C_ESTABLISHED;
}

/* Does the other end know that we know?  Until then it may clear the call when it dies too. */
static bool crash_confirmed(const struct shelf *shelf, uint16_t tid, uint16_t sid)
{
	const struct shelf_record *r = shelf_find(shelf, L2TP_KEEP_CALL, tid, sid);
	struct save_call s;

	return r && save_call_read(&s, r->octets, r->len) && s.state == L2TP_C_ESTABLISHED;
}

static void crash_back(struct sim_end *end, struct l2tp_call *c)
{
	struct l2tp_call_info j;
	struct l2tp_tunnel_info i;

	l2tp_call_info(c, &j);
	l2tp_tunnel_info(j.tunnel, &i);
	if (crash_has(end->other, i.peer_id, j.peer_id) &&
	    crash_confirmed(end->other->shelf, i.peer_id, j.peer_id) && w.backs < BACK_MAX)
		w.back[w.backs++] = (struct crash_call){i.local_id, j.local_id, 0};
}

/* The owner sees an id before it is kept, and no packet has said it before that. */
static void crash_unsay(void)
{
	while (w.useds > w.before && w.used[w.useds - 1].done == w.shelf[0].done)
		w.useds--;
	w.before = w.useds;
}

static void crash_step(struct sim *s)
{
	if (!w.dead)
		return;
	w.dead = false;
	w.dies_at = ++w.lives < LIVES ? w.outs + 1 + sim_random(s, 60) : 0;
	crash_unsay();
	w.born = s->now;
	if (!sim_random(s, 4)) /* all at once */
		sim_restart(&s->b, NULL);
	sim_restart(&s->a, crash_back);
}

/* --- do they agree? --------------------------------------------------------------------------- */

static void crash_agree_call(struct l2tp_tunnel *u, const struct l2tp_call *c)
{
	struct l2tp_call_info j, k;
	struct l2tp_call *d;

	l2tp_call_info(c, &j);
	CU_ASSERT_EQUAL(j.state, L2TP_C_ESTABLISHED);
	d = l2tp_call_by_id(u, j.peer_id);
	CU_ASSERT_PTR_NOT_NULL(d);
	if (!d)
		return;
	l2tp_call_info(d, &k);
	CU_ASSERT_EQUAL(k.peer_id, j.local_id);
	CU_ASSERT_EQUAL(k.kind, j.kind);
	CU_ASSERT_NOT_EQUAL(k.we_are_lns, j.we_are_lns);
}

static void crash_agree(struct sim_end *end)
{
	struct l2tp_tunnel_info i, j;

	for (struct l2tp_tunnel *t = l2tp_tunnel_next(end->e, NULL); t;
	     t = l2tp_tunnel_next(end->e, t)) {
		struct l2tp_tunnel *u;

		l2tp_tunnel_info(t, &i);
		u = l2tp_tunnel_by_id(end->other->e, i.peer_id);
		CU_ASSERT_EQUAL(i.state, L2TP_T_ESTABLISHED);
		CU_ASSERT_PTR_NOT_NULL(u);
		if (!u)
			continue;
		l2tp_tunnel_info(u, &j);
		CU_ASSERT_EQUAL(j.peer_id, i.local_id);
		CU_ASSERT_EQUAL(j.nr, i.ns);
		CU_ASSERT_EQUAL(j.calls, i.calls);
		for (struct l2tp_call *c = l2tp_call_next(t, NULL); c; c = l2tp_call_next(t, c))
			crash_agree_call(u, c);
	}
}

/* No HELLO is under way. */
static bool crash_quiet(const struct sim_end *end)
{
	struct l2tp_tunnel_info i = {0};

	for (struct l2tp_tunnel *t = l2tp_tunnel_next(end->e, NULL); t && !i.in_flight;
	     t = l2tp_tunnel_next(end->e, t))
		l2tp_tunnel_info(t, &i);
	return !i.in_flight;
}

/* The records are those of what there is. */
static void crash_shelf_agrees(const struct sim_end *end)
{
	struct l2tp_counters c;

	l2tp_engine_counters(end->e, &c);
	CU_ASSERT_EQUAL(shelf_count(end->shelf, L2TP_KEEP_TUNNEL), c.tunnels);
	CU_ASSERT_EQUAL(shelf_count(end->shelf, L2TP_KEEP_CALL), c.calls);
}

static void crash_survivors(void)
{
	for (unsigned i = 0; i < w.backs; i++)
		CU_ASSERT_TRUE(crash_has(&w.s.a, w.back[i].tid, w.back[i].sid));
}

/* --- runs ------------------------------------------------------------------------------------- */

static void crash_prepare(struct sim *s, struct sim_end *end, struct shelf *shelf)
{
	end->shelf = shelf;
	end->policy.retransmit_count = 15; /* nobody gives up */
	end->policy.hello = 20 * SEC;
	end->policy.hide = sim_random(s, 2);
	end->policy.single_tunnel = !sim_random(s, 3);
	end->policy.receive_window = (uint16_t)(1 + sim_random(s, 8));
}

/* A run in which a dies before its packet or record `at`; 0 = it lives.  Returns how many there
 * were. */
static unsigned crash_run(uint64_t seed, unsigned at)
{
	memset(&w, 0, sizeof(w));
	sim_init(&w.s, seed);
	w.s.loss = 50;
	w.s.doubled = 50;
	w.s.waiting = sim_random(&w.s, 2) ? SEC : 0;
	w.s.gathers = sim_random(&w.s, 2) ? SEC / 10 : 0;
	w.s.on_event = crash_event;
	w.s.on_step = crash_step;
	w.s.a.dies = crash_dies;
	w.dies_at = at;
	crash_prepare(&w.s, &w.s.a, &w.shelf[0]);
	crash_prepare(&w.s, &w.s.b, &w.shelf[1]);
	sim_place(&w.s.a, sim_open(&w.s.a, 1), L2TP_INCOMING);
	sim_place(&w.s.b, sim_open(&w.s.b, 2), L2TP_OUTGOING);
	for (unsigned i = 0; i < ROUNDS; i++) {
		crash_act(sim_random(&w.s, 2) ? &w.s.a : &w.s.b);
		crash_step(&w.s);
		sim_run(&w.s, w.s.now + sim_random(&w.s, SEC));
	}
	w.dies_at = 0;
	w.s.loss = 0;
	sim_run(&w.s, w.s.now + 600 * SEC);
	while (!crash_quiet(&w.s.a) || !crash_quiet(&w.s.b))
		sim_run(&w.s, w.s.now + SEC / 10);
	crash_agree(&w.s.a);
	crash_agree(&w.s.b);
	crash_shelf_agrees(&w.s.a);
	crash_shelf_agrees(&w.s.b);
	crash_survivors();
	return w.outs;
}

/* How often something was there to be lost. */
struct crash_sum {
	unsigned instants, backs, fresh;
};

static void crash_at_each(uint64_t seed, struct crash_sum *sum)
{
	unsigned points = crash_run(seed, 0), failures = CU_get_number_of_failures();

	sim_free(&w.s);
	for (unsigned at = 1; at <= points; at++) {
		crash_run(seed, at);
		sum->instants++;
		sum->backs += w.backs;
		sum->fresh += w.fresh;
		if (CU_get_number_of_failures() != failures)
			printf(" (died before %u) ", at);
		failures = CU_get_number_of_failures();
		sim_free(&w.s);
	}
}

static bool crash_enough(const struct crash_sum *sum)
{
	return sum->instants >= 500 && sum->backs > 50 && sum->fresh > 50;
}

static void at_every_record_and_every_packet(void)
{
	uint64_t seed = test_seed();
	struct crash_sum sum = {0};

	/* some runs are short, because all is closed soon, and in some nothing comes back */
	for (unsigned n = 0; n < 100 && !crash_enough(&sum); n++)
		crash_at_each(seed + n, &sum);
	printf(" (%u instants, %u calls came back, %u new ids) ", sum.instants, sum.backs,
	       sum.fresh);
	CU_ASSERT_TRUE(crash_enough(&sum));
}

static const struct test_case cases[] = {
	{"at_every_record_and_every_packet", at_every_record_and_every_packet},
	{NULL, NULL},
};
extern const struct test_suite suite_sim_crash;
const struct test_suite suite_sim_crash = {"sim_crash", cases};
