/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cases about tunnels and calls: who opens, who closes, and that both sides learn the same of it. A
 * reason is given in the way of the RFC, by result code, error code and text, and must arrive so.
 */
#include "tests/conformance/cases.h"
#include "tests/conformance/l2tp_end.h"

#include <stdio.h>
#include <string.h>

static char side_name(unsigned side)
{
	return (char)('A' + side);
}

static bool same_result(const struct l2tp_result *a, const struct l2tp_result *b)
{
	return a->result == b->result && a->error == b->error && !strcmp(a->text, b->text);
}

/* --- tunnels ---------------------------------------------------------------------------------- */

static bool tunnel_ended(struct bed *b, unsigned by, struct tun *t[2], const struct l2tp_result *r)
{
	for (unsigned k = A; k <= B; k++) {
		if (!bed_until(b, &t[k]->down, "a tunnel that was closed does not go down"))
			return false;
		if (t[k]->by != (k == by ? L2TP_BY_US : L2TP_BY_PEER))
			return fail(b->p, "closed by side %c, side %c says by %u", side_name(by),
				    side_name(k), t[k]->by);
		if (!same_result(&t[k]->result, r))
			return fail(b->p, "closed with result %u/%u, side %c learns %u/%u \"%s\"",
				    r->result, r->error, side_name(k), t[k]->result.result,
				    t[k]->result.error, t[k]->result.text);
	}
	return true;
}

static bool tunnel_body(struct bed *b)
{
	static const struct l2tp_result why[] = {
		{L2TP_STOP_GENERAL_CLEAR, 0, "enough for today"},
		{L2TP_STOP_SHUTTING_DOWN, 0, "the machine is needed elsewhere"},
		{L2TP_STOP_GENERAL_ERROR, L2TP_ERR_TRY_ANOTHER, "192.0.2.7"},
		{L2TP_STOP_NOT_AUTHORIZED, 0, ""},
	};
	struct leg *l[2];
	struct tun *t[2];

	for (unsigned n = 0; n < 8; n++) {
		unsigned from = n & 1, by = n >> 1 & 1;
		const struct l2tp_result *r = &why[n % 4];

		if (!bed_tunnel(b, from, b->link[0], t) ||
		    !bed_call(b, from, t[from], L2TP_INCOMING, l))
			return false;
		l2tp_tunnel_close(t[by]->t, r, bed_now());
		if (!tunnel_ended(b, by, t, r))
			return false;
		if (!l[A]->down || !l[B]->down)
			return fail(b->p, "a tunnel is down, its call is not");
	}
	return true;
}

bool case_l2tp_tunnel(struct pair *p)
{
	return bed_run(p, NULL, tunnel_body);
}

static bool secret_body(struct bed *b)
{
	struct l2tp_secret ours = b->end[B].policy.secret;
	struct tun *t[2];

	for (unsigned from = A; from <= B; from++) {
		struct l2tp_end *far = &b->end[!from];
		unsigned n = far->tuns;

		b->end[B].policy.secret.octets[3] ^= 1;
		t[from] = bed_open(b, from, b->link[0]);
		if (!t[from] ||
		    !bed_until(b, &t[from]->down, "with another secret nothing goes down"))
			return false;
		if (t[from]->up || t[from]->result.result != L2TP_STOP_NOT_AUTHORIZED)
			return fail(b->p, "with another secret the result is %u",
				    t[from]->result.result);
		if (!bed_until_n(b, &far->tuns, n + 1, "the far side hears of the attempt") ||
		    !bed_until(b, &far->tun[n].down, "the far side's tunnel stays") ||
		    far->tun[n].up)
			return fail(b->p, "with another secret the far side is up");
		b->end[B].policy.secret = ours;
		if (!bed_tunnel(b, from, b->link[0], t))
			return false;
	}
	return true;
}

/* Nothing is hidden: what cannot be deciphered may end it earlier, for another reason. */
bool case_l2tp_secret(struct pair *p)
{
	struct l2tp_policy policy;

	bed_policy(&policy);
	policy.hide = false;
	return bed_run(p, &policy, secret_body);
}

#define SEVERAL 3u /* tunnels from each side, on each channel */

/* Frames of all calls take turns on the channel. */
static bool take_turns(struct bed *b, struct leg *legs[][2], unsigned n)
{
	for (unsigned round = 0; round < 30; round++)
		for (unsigned i = 0; i < n; i++)
			for (unsigned k = A; k <= B; k++)
				if (!bed_send(b, k, legs[i][k],
					      20 + (uint32_t)(pair_rand(b->p) % 300)))
					return false;
	return bed_drain(b);
}

static bool tunnels_body(struct bed *b)
{
	struct leg *legs[BED_LINKS * 2 * SEVERAL][2];
	struct tun *t[BED_LINKS * 2 * SEVERAL][2];
	unsigned n = 0;

	for (unsigned i = 0; i < b->links; i++)
		for (unsigned k = 0; k < 2 * SEVERAL; k++, n++) {
			if (!bed_tunnel(b, k & 1, b->link[i], t[n]) ||
			    !bed_call(b, k & 1, t[n][k & 1], L2TP_INCOMING, legs[n]))
				return false;
			for (unsigned m = 0; m < n; m++)
				if (t[m][A]->id == t[n][A]->id || t[m][B]->id == t[n][B]->id)
					return fail(b->p, "two tunnels have one id");
		}
	if (!take_turns(b, legs, n))
		return false;
	/* One goes, the others stay. */
	l2tp_tunnel_close(t[0][A]->t, NULL, bed_now());
	if (!bed_until(b, &t[0][B]->down, "a tunnel that was closed does not go down") ||
	    !take_turns(b, legs + 1, n - 1))
		return false;
	for (unsigned i = 1; i < n; i++)
		if (t[i][A]->down || t[i][B]->down)
			return fail(b->p, "one tunnel is closed, another goes down");
	return true;
}

bool case_l2tp_tunnels(struct pair *p)
{
	return bed_run(p, NULL, tunnels_body);
}

/* --- calls ------------------------------------------------------------------------------------ */

static bool call_ended(struct bed *b, unsigned by, struct leg *l[2], const struct l2tp_result *r)
{
	for (unsigned k = A; k <= B; k++) {
		if (!bed_until(b, &l[k]->down, "a call that was hung up does not go down"))
			return false;
		if (l[k]->by != (k == by ? L2TP_BY_US : L2TP_BY_PEER) ||
		    !same_result(&l[k]->result, r))
			return fail(
				b->p,
				"hung up by side %c with %u/%u, side %c learns %u/%u \"%s\", by %u",
				side_name(by), r->result, r->error, side_name(k),
				l[k]->result.result, l[k]->result.error, l[k]->result.text,
				l[k]->by);
	}
	return true;
}

/* What either role may say about a call that is up, then its end. */
static bool one_call(struct bed *b, struct tun *t[2], unsigned n)
{
	static const uint32_t errors[6] = {1, 2, 3, 4, 5, 6};
	unsigned from = n & 1, by = n >> 2 & 1;
	enum l2tp_call_kind kind = n & 2 ? L2TP_OUTGOING : L2TP_INCOMING;
	unsigned lns = kind == L2TP_INCOMING ? !from : from;
	struct l2tp_result r = {.result = (uint16_t)(L2TP_CDN_LOST_CARRIER + n)};
	struct leg *l[2];

	r.error = r.result == L2TP_CDN_GENERAL_ERROR ? L2TP_ERR_VENDOR_SPECIFIC : L2TP_ERR_NONE;
	snprintf(r.text, sizeof(r.text), "reason %u", n);
	if (!bed_call(b, from, t[from], kind, l) || !bed_both_ways(b, l, 10))
		return false;
	l2tp_call_send_sli(l[lns]->c, 0xffffffff, 0x000a0000, bed_now());
	l2tp_call_send_wen(l[!lns]->c, errors, bed_now());
	if (!bed_until_n(b, &l[!lns]->slis, 1, "the LAC hears of the ACCM") ||
	    !bed_until_n(b, &l[lns]->wens, 1, "the LNS hears of errors on the line"))
		return false;
	l2tp_call_hangup(l[by]->c, &r, NULL, 0, bed_now());
	return call_ended(b, by, l, &r);
}

static bool calls_body(struct bed *b)
{
	struct tun *t[2];

	for (unsigned opener = A; opener <= B; opener++) {
		if (!bed_tunnel(b, opener, b->link[0], t))
			return false;
		for (unsigned n = 0; n < 8; n++)
			if (!one_call(b, t, n))
				return false;
		if (t[A]->down || t[B]->down)
			return fail(b->p, "a call is hung up, its tunnel goes down");
	}
	return true;
}

bool case_l2tp_calls(struct pair *p)
{
	return bed_run(p, NULL, calls_body);
}

static bool refused_body(struct bed *b)
{
	struct tun *t[2];

	if (!bed_tunnel(b, A, b->link[0], t))
		return false;
	for (unsigned n = 0; n < 4; n++) {
		unsigned from = n & 1;
		struct leg *l;

		b->end[!from].refuse = true;
		l = bed_place(b, from, t[from], n & 2 ? L2TP_OUTGOING : L2TP_INCOMING);
		if (!l || !bed_until(b, &l->down, "a call that is refused does not go down"))
			return false;
		if (l->up || l->by != L2TP_BY_PEER || l->result.result != L2TP_CDN_BUSY ||
		    l->result.error != L2TP_ERR_TRY_ANOTHER ||
		    strcmp(l->result.text, "all lines are taken"))
			return fail(b->p, "refused as busy, it ends with %u/%u \"%s\"",
				    l->result.result, l->result.error, l->result.text);
		b->end[!from].refuse = false;
		if (!one_call(b, t, n))
			return false;
	}
	return true;
}

bool case_l2tp_refused(struct pair *p)
{
	return bed_run(p, NULL, refused_body);
}

#define MANY 24u /* calls from each side */

/* More messages than any window lets out at once, and both sides are busy. */
static bool many_body(struct bed *b)
{
	struct leg *placed[2 * MANY], *l[2];
	struct tun *t[2];

	if (!bed_tunnel(b, B, b->link[0], t))
		return false;
	for (unsigned n = 0; n < 2 * MANY; n++)
		if (!(placed[n] =
			      bed_place(b, n & 1, t[n & 1], n & 2 ? L2TP_OUTGOING : L2TP_INCOMING)))
			return false;
	for (unsigned n = 0; n < 2 * MANY; n++)
		if (!bed_leg_up(b, n & 1, placed[n], l) || !bed_both_ways(b, l, 3))
			return false;
	for (unsigned n = 0; n < 2 * MANY; n++)
		l2tp_call_hangup(placed[n]->c, NULL, NULL, 0, bed_now());
	for (unsigned k = A; k <= B; k++)
		for (unsigned i = 0; i < b->end[k].legs; i++)
			if (!bed_until(b, &b->end[k].leg[i].down,
				       "a call that was hung up does not go down"))
				return false;
	return true;
}

bool case_l2tp_many(struct pair *p)
{
	return bed_run(p, NULL, many_body);
}
