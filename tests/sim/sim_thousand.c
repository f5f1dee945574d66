/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thousand tunnels with ten calls each come up and go down over a bad link.  The retransmission
 * count is high, so no side gives up: every tunnel and call must be established, and none may be
 * left.
 */
#include "tests/sim/sim_link.h"

#include <stdio.h>

enum { TUNNELS = 1000, CALLS = 10, CHANNELS = 40 };

/* The side that opened the tunnel places the calls: half of them incoming, half outgoing. */
static void sim_thousand_tunnel_up(struct sim_end *end, const struct l2tp_event *ev)
{
	struct l2tp_tunnel_info i;

	l2tp_tunnel_info(ev->tunnel, &i);
	if (!i.initiator)
		return;
	for (unsigned n = 0; n < CALLS; n++)
		sim_place(end, ev->tunnel, n % 2 ? L2TP_OUTGOING : L2TP_INCOMING);
}

/* One of the two sides, at random, hangs up as soon as the call is established. */
static void sim_thousand_call_up(struct sim_end *end, const struct l2tp_event *ev)
{
	struct l2tp_call_info i;

	l2tp_call_info(ev->call, &i);
	if (i.serial % 2 == (unsigned)i.placed_by_us)
		l2tp_call_hangup(ev->call, NULL, NULL, 0, end->sim->now);
}

static void sim_thousand_event(struct sim_end *end, const struct l2tp_event *ev)
{
	struct l2tp_call_info i;

	if (ev->call)
		l2tp_call_info(ev->call, &i);
	if (ev->kind == L2TP_EV_TUNNEL_UP)
		sim_thousand_tunnel_up(end, ev);
	if (ev->kind == L2TP_EV_CALL_OFFERED)
		l2tp_call_answer(ev->call, NULL, 0, end->sim->now);
	if ((ev->kind == L2TP_EV_CALL_OFFERED || ev->kind == L2TP_EV_CALL_REPLIED) && !i.we_are_lns)
		l2tp_call_connected(ev->call, NULL, 0, end->sim->now);
	if (ev->kind == L2TP_EV_CALL_UP)
		sim_thousand_call_up(end, ev);
}

static void patient(struct l2tp_policy *p)
{
	p->retransmit_count = 30;
	p->setup_timeout = 3600 * SEC;
	p->idle_close = 600 * SEC; /* long after the last message about the last call */
}

static void thousand(unsigned loss, unsigned doubled, uint64_t waiting)
{
	struct sim s;

	sim_init(&s, test_seed());
	s.loss = loss;
	s.doubled = doubled;
	s.waiting = waiting;
	s.on_event = sim_thousand_event;
	patient(&s.a.policy);
	patient(&s.b.policy);
	for (unsigned n = 0; n < TUNNELS; n++) {
		sim_open(n % 2 ? &s.a : &s.b, 1 + sim_random(&s, CHANNELS));
		sim_run(&s, s.now + 10000);
	}
	sim_run(&s, DEADLINE_NEVER);
	CU_ASSERT_EQUAL(s.a.tunnels_up, TUNNELS);
	CU_ASSERT_EQUAL(s.b.tunnels_up, TUNNELS);
	CU_ASSERT_EQUAL(s.a.calls_made + s.b.calls_made, TUNNELS * CALLS);
	CU_ASSERT_EQUAL(s.a.calls_offered + s.b.calls_offered, TUNNELS * CALLS);
	/* established at both sides, though one hangs up at once: order is kept */
	CU_ASSERT_EQUAL(s.a.calls_up + s.b.calls_up, 2 * TUNNELS * CALLS);
	CU_ASSERT_EQUAL(s.a.tunnels_down, TUNNELS);
	CU_ASSERT_EQUAL(s.b.tunnels_down, TUNNELS);
	sim_check_empty(&s);
	printf(" (%.0f s simulated, %llu packets) ", (double)s.now / SEC,
	       (unsigned long long)(s.a.sent + s.b.sent));
	sim_free(&s);
}

static void good_link(void)
{
	thousand(0, 0, 0);
}

static void loss_20_duplication_and_reordering(void)
{
	thousand(200, 100, 0);
}

static void flow_controlled_channel_and_loss(void)
{
	thousand(100, 20, 3 * SEC);
}

/* --- both open at once ------------------------------------------------------------------------ */

static void sim_tie_event(struct sim_end *end, const struct l2tp_event *ev)
{
	if (ev->kind != L2TP_EV_TUNNEL_UP)
		sim_thousand_event(end, ev);
}

/* Both ends open a tunnel with a Tie Breaker on one channel, up to a second apart, each for a call:
 * whichever tunnel is left, both calls come up. */
static void ties_over_a_bad_link(void)
{
	enum { ROUNDS = 500 };
	struct sim s;

	sim_init(&s, test_seed());
	s.loss = 200;
	s.doubled = 100;
	s.on_event = sim_tie_event;
	patient(&s.a.policy);
	patient(&s.b.policy);
	s.a.policy.single_tunnel = s.b.policy.single_tunnel = true;
	for (l2tp_channel n = 1; n <= ROUNDS; n++) {
		sim_place(&s.a, sim_open(&s.a, n), n % 2 ? L2TP_OUTGOING : L2TP_INCOMING);
		sim_run(&s, s.now + sim_random(&s, SEC));
		sim_place(&s.b, sim_open(&s.b, n), n % 3 ? L2TP_OUTGOING : L2TP_INCOMING);
		sim_run(&s, DEADLINE_NEVER);
	}
	CU_ASSERT_EQUAL(s.a.calls_made + s.b.calls_made, 2 * ROUNDS);
	CU_ASSERT_EQUAL(s.a.calls_up + s.b.calls_up, 4 * ROUNDS);
	sim_check_empty(&s);
	printf(" (%u tunnels for %u calls) ", s.a.tunnels_up, 2 * ROUNDS);
	sim_free(&s);
}

static const struct test_case cases[] = {
	{"good_link", good_link},
	{"loss_20_duplication_and_reordering", loss_20_duplication_and_reordering},
	{"flow_controlled_channel_and_loss", flow_controlled_channel_and_loss},
	{"ties_over_a_bad_link", ties_over_a_bad_link},
	{NULL, NULL},
};
const struct test_suite suite_sim_thousand = {"sim_thousand", cases};
