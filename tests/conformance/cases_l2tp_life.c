/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cases about how a tunnel learns that something has become of its peer or its channel.  Engines
 * have short times here, so that nobody waits for long; none depends on how fast this machine is.
 */
#include "tests/conformance/cases.h"
#include "tests/conformance/l2tp_end.h"

/* Silence is noticed after 200 ms, given up after 750 ms more. */
static const struct l2tp_policy *hasty(struct l2tp_policy *p)
{
	bed_policy(p);
	p->hello = 200000;
	p->retransmit = 50000;
	p->retransmit_count = 3;
	p->hold = 300000;
	return p;
}

/* A new tunnel comes up and carries data. */
static bool works_again(struct bed *b, unsigned from)
{
	struct tun *t[2];
	struct leg *l[2];

	return bed_tunnel(b, from, b->link[0], t) && bed_call(b, from, t[from], L2TP_INCOMING, l) &&
	       bed_both_ways(b, l, 20);
}

static bool hello_body(struct bed *b)
{
	struct tun *t[2];
	uint64_t end;

	if (!bed_tunnel(b, A, b->link[0], t))
		return false;
	end = bed_now() + BED_PATIENCE;
	while (bed_told(&b->end[A], L2TP_HELLO) + bed_told(&b->end[B], L2TP_HELLO) < 5) {
		if (bed_now() > end)
			return fail(b->p, "an idle tunnel sends no HELLO");
		if (!bed_pass(b, 3, 50000))
			return false;
	}
	if (t[A]->down || t[B]->down)
		return fail(b->p, "an idle tunnel goes down in spite of HELLO");
	return works_again(b, B);
}

bool case_l2tp_hello(struct pair *p)
{
	struct l2tp_policy policy;

	hasty(&policy);
	policy.retransmit_count = 8; /* nothing may be given up here */
	return bed_run(p, &policy, hello_body);
}

static bool silence_body(struct bed *b)
{
	struct tun *t[2];
	struct leg *l[2];

	for (unsigned dumb = A; dumb <= B; dumb++) {
		unsigned k = !dumb;

		if (!bed_tunnel(b, A, b->link[0], t) || !bed_call(b, B, t[B], L2TP_INCOMING, l) ||
		    !bed_both_ways(b, l, 5))
			return false;
		b->end[dumb].deaf = true;
		if (!bed_until(b, &t[k]->down, "the peer falls silent, the tunnel stays up"))
			return false;
		if (t[k]->by != L2TP_BY_TIMEOUT || t[k]->result.result != L2TP_STOP_GENERAL_ERROR)
			return fail(b->p, "the peer falls silent, the tunnel ends by %u with %u",
				    t[k]->by, t[k]->result.result);
		if (!bed_told(&b->end[k], L2TP_HELLO) || !bed_count(&b->end[k], L2TP_R_GAVE_UP))
			return fail(b->p, "the tunnel goes down without a HELLO");
		b->end[dumb].deaf = false;
		if (!bed_until(b, &t[dumb]->down,
			       "the other side never learns that the tunnel is gone") ||
		    !works_again(b, dumb))
			return false;
	}
	return true;
}

bool case_l2tp_silence(struct pair *p)
{
	struct l2tp_policy policy;

	return bed_run(p, hasty(&policy), silence_body);
}

/* The channel may say that it is down, or nobody says anything. */
static bool killed_body(struct bed *b)
{
	struct tun *t[2];
	struct leg *l[2];

	for (unsigned n = 0; n < 2; n++) {
		unsigned victim = !n, k = n;

		if (!bed_tunnel(b, A, b->link[0], t) || !bed_call(b, k, t[k], L2TP_INCOMING, l) ||
		    !bed_both_ways(b, l, 5))
			return false;
		bed_close(b, victim, true);
		if (!bed_until(b, &t[k]->down, "the peer is killed, the tunnel stays up"))
			return false;
		if (t[k]->by != L2TP_BY_TIMEOUT && t[k]->by != L2TP_BY_CHANNEL)
			return fail(b->p, "the peer is killed, the tunnel ends by %u", t[k]->by);
		if (!l[k]->down)
			return fail(b->p, "the tunnel is down, its call is not");
		if (!bed_reopen(b, victim) || !works_again(b, A) || !works_again(b, B))
			return false;
	}
	return true;
}

bool case_l2tp_killed(struct pair *p)
{
	struct l2tp_policy policy;

	return bed_run(p, hasty(&policy), killed_body);
}

/* Is the first circuit a call, and none that stands forever? */
static bool is_call(struct pair *p)
{
	return pair_has(p, IST_CAP_SWITCHED) &&
	       !check_chan(&p->side[A], p->link[0].id[A])->permanent;
}

/* While the line is cut, a call is placed from either side and one is hung up. */
static bool outage_body(struct bed *b)
{
	struct leg *l[2], *gone[2], *late[2], *both[2];
	struct tun *t[2];

	if (!bed_tunnel(b, A, b->link[0], t) || !bed_call(b, A, t[A], L2TP_INCOMING, l))
		return false;
	for (unsigned cut = A; cut <= B; cut++) {
		if (!bed_call(b, cut, t[cut], L2TP_OUTGOING, gone) || !bed_both_ways(b, l, 20))
			return false;
		bed_close(b, cut, false);
		l2tp_call_hangup(gone[!cut]->c, NULL, NULL, 0, bed_now());
		for (unsigned k = A; k <= B; k++)
			late[k] = bed_place(b, k, t[k], L2TP_INCOMING);
		if (!late[A] || !late[B] || !bed_pass(b, 3, 100000) || !bed_reopen(b, cut) ||
		    !bed_until(b, &gone[cut]->down, "hung up during an outage, the call stays"))
			return false;
		for (unsigned k = A; k <= B; k++)
			if (!bed_leg_up(b, k, late[k], both) || !bed_both_ways(b, both, 5))
				return false;
		if (!bed_both_ways(b, l, 20))
			return false;
	}
	return t[A]->down || t[B]->down ? fail(b->p, "a short outage ends a tunnel") : true;
}

bool case_l2tp_outage(struct pair *p)
{
	struct l2tp_policy policy;

	if (is_call(p))
		return skip(p, "its calls do not come back");
	bed_policy(&policy);
	policy.retransmit = 50000;
	policy.retransmit_count = 20;
	policy.hold = 60000000;
	return bed_run(p, &policy, outage_body);
}

static bool cleared_body(struct bed *b)
{
	struct link *on = &b->p->link[b->link[0]];
	struct tun *t[2];
	struct leg *l[2];

	for (unsigned by = A; by <= B; by++) {
		if (!bed_tunnel(b, A, b->link[0], t) || !bed_call(b, B, t[B], L2TP_INCOMING, l))
			return false;
		check_disconnect(&b->p->side[by], on->id[by]);
		l2tp_engine_channel_lost(b->end[by].e, b->link[0] + 1, bed_now());
		for (unsigned k = A; k <= B; k++)
			if (!bed_until(b, &t[k]->down,
				       "its circuit is cleared, the tunnel stays up"))
				return false;
			else if (t[k]->by != L2TP_BY_CHANNEL || !l[k]->down)
				return fail(b->p, "its circuit is cleared, the tunnel ends by %u",
					    t[k]->by);
		on->id[A] = 0;
		if (!bed_relink(b) || !works_again(b, by))
			return false;
	}
	return true;
}

bool case_l2tp_cleared(struct pair *p)
{
	if (!is_call(p))
		return skip(p, "its circuit is permanent");
	return bed_run(p, NULL, cleared_body);
}
