/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owners act at random times: they open tunnels, place, answer or ignore calls, hang up, close, and
 * lose channels and get them back, while the link loses a third of the packets, so that five
 * retransmissions are often not enough.  Every tunnel and call must still get exactly one *_DOWN
 * event, and none may be left.
 */
#include "tests/sim/sim_link.h"

#include <stdio.h>

enum { CHANNELS = 6, STEPS = 6000 };

static struct l2tp_tunnel *sim_chaos_some_tunnel(struct sim_end *end)
{
	struct l2tp_tunnel *t = NULL;

	for (unsigned n = sim_random(end->sim, 20); n-- > 0;)
		t = l2tp_tunnel_next(end->e, t);
	return t;
}

static struct l2tp_call *sim_chaos_some_call(struct sim_end *end)
{
	struct l2tp_tunnel *t = sim_chaos_some_tunnel(end);
	struct l2tp_call *c = NULL;

	for (unsigned n = sim_random(end->sim, 6); t && n-- > 0;)
		c = l2tp_call_next(t, c);
	return c;
}

static void act_on_call(struct sim_end *end, struct l2tp_call *c)
{
	static const uint32_t errors[6] = {1};
	uint64_t now = end->sim->now;

	switch (sim_random(end->sim, 8)) {
	case 0:
		l2tp_call_hangup(c, NULL, NULL, 0, now);
		break;
	case 1:
	case 2:
		l2tp_call_answer(c, NULL, 0, now);
		break;
	case 3:
	case 4:
	case 5:
		l2tp_call_connected(c, NULL, 0, now);
		break;
	case 6:
		l2tp_call_send_sli(c, 0, 0, now);
		break;
	default:
		l2tp_call_send_wen(c, errors, now);
	}
}

static void sim_chaos_act(struct sim_end *end)
{
	struct sim *s = end->sim;
	l2tp_channel on = 1 + sim_random(s, CHANNELS);
	struct l2tp_tunnel *t = sim_chaos_some_tunnel(end);
	struct l2tp_call *c = sim_chaos_some_call(end);

	switch (sim_random(s, 40)) {
	case 0:
		sim_open(end, on);
		break;
	case 1:
		if (t && !sim_random(s, 4))
			l2tp_tunnel_close(t, NULL, s->now);
		break;
	case 2:
		l2tp_engine_channel(end->e, on, false, s->now);
		break;
	case 3:
	case 4:
		l2tp_engine_channel(end->e, on, true, s->now);
		break;
	case 5:
		if (!sim_random(s, 20))
			l2tp_engine_channel_lost(end->e, on, s->now);
		break;
	case 6:
	case 7:
	case 8:
		if (t)
			sim_place(end, t, sim_random(s, 2) ? L2TP_INCOMING : L2TP_OUTGOING);
		break;
	default:
		if (c)
			act_on_call(end, c);
	}
}

/* Act from inside event handlers too. */
static void sim_chaos_event(struct sim_end *end, const struct l2tp_event *ev)
{
	(void)ev;
	if (!sim_random(end->sim, 3))
		sim_chaos_act(end);
}

static unsigned steps, total_tunnels, total_calls;

static void sim_chaos_step(struct sim *s)
{
	if (steps++ > STEPS)
		return;
	sim_chaos_act(sim_random(s, 2) ? &s->a : &s->b);
}

static void sim_chaos_prepare(struct sim *s, struct l2tp_policy *p)
{
	p->hold = 20 * SEC;
	p->idle_close = sim_random(s, 2) ? 15 * SEC : 0;
	p->single_tunnel = !sim_random(s, 3);
	p->hide = sim_random(s, 2);
	p->reauth = sim_random(s, 2) ? 30 * SEC : 0;
	p->receive_window = (uint16_t)(1 + sim_random(s, 8));
	p->max_calls = (uint16_t)(5 + sim_random(s, 30));
}

static void run_one(uint64_t seed)
{
	struct sim s;

	sim_init(&s, seed);
	s.loss = 330;
	s.doubled = 100;
	s.delay_max = 2 * SEC;
	s.waiting = sim_random(&s, 2) ? SEC : 0;
	s.on_event = sim_chaos_event;
	s.on_step = sim_chaos_step;
	steps = 0;
	sim_chaos_prepare(&s, &s.a.policy);
	sim_chaos_prepare(&s, &s.b.policy);
	sim_open(&s.a, 1);
	for (unsigned n = 0; n < 300 && steps < STEPS; n++) {
		sim_run(&s, s.now + 5 * SEC);
		sim_chaos_act(&s.a);
		sim_chaos_act(&s.b);
	}
	s.on_event = NULL;
	s.on_step = NULL;
	for (l2tp_channel c = 1; c <= CHANNELS; c++) {
		l2tp_engine_channel(s.a.e, c, true, s.now);
		l2tp_engine_channel(s.b.e, c, true, s.now);
	}
	l2tp_engine_stop(s.a.e, NULL, s.now);
	l2tp_engine_stop(s.b.e, NULL, s.now);
	sim_run(&s, DEADLINE_NEVER);
	CU_ASSERT_TRUE(s.a.calls_made + s.b.calls_made > 0);
	sim_check_empty(&s);
	total_tunnels += s.a.tunnels_up + s.b.tunnels_up;
	total_calls += s.a.calls_up + s.b.calls_up;
	sim_free(&s);
}

static void anything_at_any_time(void)
{
	uint64_t seed = test_seed();

	for (unsigned n = 0; n < 20; n++)
		run_one(seed + n);
	printf(" (%u tunnels and %u calls came up) ", total_tunnels, total_calls);
	CU_ASSERT_TRUE(total_tunnels > 100 && total_calls > 100);
}

static const struct test_case cases[] = {
	{"anything_at_any_time", anything_at_any_time},
	{NULL, NULL},
};
const struct test_suite suite_sim_chaos = {"sim_chaos", cases};
