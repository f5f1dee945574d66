/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cases about PPP frames in calls: much at once, every size, on a line that loses, and behind
 * control. */
#include "tests/conformance/cases.h"
#include "tests/conformance/l2tp_end.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MEGABYTE 1000000u

static bool a_call(struct bed *b, unsigned from, struct tun *t[2], struct leg *l[2])
{
	return bed_tunnel(b, from, b->link[0], t) && bed_call(b, from, t[from], L2TP_INCOMING, l);
}

static bool megabyte(struct bed *b, struct leg *l[2])
{
	uint32_t room = bed_room(b, l[A]);

	if (!room)
		return fail(b->p, "the MTU leaves no room for a PPP frame");
	for (uint64_t done[2] = {0, 0}; done[A] < MEGABYTE || done[B] < MEGABYTE;)
		for (unsigned k = A; k <= B; k++) {
			uint32_t len =
				1 + (uint32_t)(pair_rand(b->p) % (room < 1500 ? room : 1500));

			if (!bed_send(b, k, l[k], len))
				return false;
			done[k] += len;
		}
	if (!bed_drain(b))
		return false;
	for (unsigned k = A; k <= B; k++)
		if (l[k]->got != l[!k]->sent || l[k]->octets < MEGABYTE)
			return fail(b->p, "%u of %u frames are there, %" PRIu64 " octets",
				    l[k]->got, l[!k]->sent, l[k]->octets);
	return true;
}

static bool data_body(struct bed *b)
{
	struct tun *t[2];
	struct leg *l[2];

	if (!a_call(b, A, t, l) || !megabyte(b, l))
		return false;
	if (l[A]->data.seen_seq || l[B]->data.seen_seq)
		return fail(b->p, "a frame has a sequence number that nobody asked for");
	return true;
}

bool case_l2tp_data(struct pair *p)
{
	return bed_run(p, NULL, data_body);
}

/* Without Sequencing Required the LAC follows the LNS (RFC 2661 5.4). */
static bool follows(struct bed *b)
{
	struct tun *t[2];
	struct leg *l[2];

	b->data.required = false;
	b->data.send_seq = true;
	if (!a_call(b, A, t, l) || !bed_both_ways(b, l, 50))
		return false;
	if (!l[A]->data.sending_seq || !l[B]->data.seen_seq)
		return fail(b->p, "the LAC does not follow the LNS into sequencing");
	l2tp_data_set_seq(&l[B]->data, false);
	if (!bed_both_ways(b, l, 50))
		return false;
	return l[A]->data.sending_seq ? fail(b->p, "the LAC does not follow out of sequencing")
				      : true;
}

static bool sequence_body(struct bed *b)
{
	struct tun *t[2];
	struct leg *l[2];

	b->data.required = true;
	if (!a_call(b, B, t, l) || !megabyte(b, l))
		return false;
	for (unsigned k = A; k <= B; k++)
		if (l[k]->data.lost || l[k]->data.late || (uint16_t)l[k]->got != l[k]->data.nr)
			return fail(b->p, "sequence numbers: %" PRIu64 " lost, %" PRIu64 " late",
				    l[k]->data.lost, l[k]->data.late);
	return follows(b);
}

bool case_l2tp_sequence(struct pair *p)
{
	return bed_run(p, NULL, sequence_body);
}

/* --- sizes ------------------------------------------------------------------------------------ */

#define SMALL 1600u /* all sizes up to here; above, some at random and those at the edge */
#define EDGE  16u
#define SOME  40u

static uint32_t size_no(struct bed *b, uint32_t room, uint32_t n)
{
	uint32_t small = room < SMALL ? room : SMALL;

	if (n <= small)
		return n;
	if (room > SMALL && n <= small + SOME)
		return SMALL + (uint32_t)(pair_rand(b->p) % (room - SMALL));
	n -= small + (room > SMALL ? SOME : 0);
	return n <= EDGE && room > EDGE ? room - EDGE + n : 0;
}

static bool every_size(struct bed *b)
{
	struct tun *t[2];
	struct leg *l[2];
	uint32_t room, len;

	if (!a_call(b, A, t, l))
		return false;
	room = bed_room(b, l[A]);
	if (!room)
		return fail(b->p, "the MTU leaves no room for a PPP frame");
	for (uint32_t n = 1; (len = size_no(b, room, n)); n++)
		for (unsigned k = A; k <= B; k++)
			if (!bed_send(b, k, l[k], len))
				return false;
	return bed_drain(b);
}

/* With the shortest header, and with the longest. */
static bool sizes_body(struct bed *b)
{
	if (!every_size(b))
		return false;
	b->data.required = b->data.send_length = true;
	return every_size(b);
}

bool case_l2tp_sizes(struct pair *p)
{
	return bed_run(p, NULL, sizes_body);
}

/* --- a line that loses ------------------------------------------------------------------------ */

#define LOSSY_CALLS  8u
#define LOSSY_FRAMES 300u

static bool calls_get_through(struct bed *b, struct tun *t[2])
{
	static const uint32_t errors[6] = {1};
	struct leg *l[LOSSY_CALLS][2];

	for (unsigned n = 0; n < LOSSY_CALLS; n++)
		if (!bed_call(b, n & 1, t[n & 1], n & 2 ? L2TP_OUTGOING : L2TP_INCOMING, l[n]))
			return false;
	for (unsigned n = 0; n < LOSSY_CALLS; n++) {
		unsigned lns = l[n][A]->data.cfg.lns ? A : B;

		l2tp_call_send_sli(l[n][lns]->c, 0, 0, bed_now());
		l2tp_call_send_wen(l[n][!lns]->c, errors, bed_now());
		if (!bed_until_n(b, &l[n][!lns]->slis, 1, "Set-Link-Info gets through") ||
		    !bed_until_n(b, &l[n][lns]->wens, 1, "WAN-Error-Notify gets through"))
			return false;
		l2tp_call_hangup(l[n][n & 1]->c, NULL, NULL, 0, bed_now());
	}
	for (unsigned n = 0; n < LOSSY_CALLS; n++)
		if (!bed_until(b, &l[n][A]->down, "a CDN does not get through") ||
		    !bed_until(b, &l[n][B]->down, "a CDN does not get through"))
			return false;
	return true;
}

/* After the last of them, more go until one arrives: what is missing before it is lost for good. */
static bool data_gets_through(struct bed *b, struct leg *l[2])
{
	const uint32_t all = LOSSY_FRAMES;

	b->p->progress = bed_now();
	for (uint32_t n = 0;
	     n < all || l[A]->got + l[A]->missed < all || l[B]->got + l[B]->missed < all; n++) {
		if (bed_now() > b->p->progress + BED_PATIENCE)
			return fail(b->p, "at 5 %% loss no more data arrives");
		for (unsigned k = A; k <= B; k++)
			if (!bed_push(b, k, l[k], 100 + (uint32_t)(pair_rand(b->p) % 200)))
				return false;
		bed_pass(b, 3, n < all ? 500 : 20000);
	}
	return true;
}

static bool loss_is_counted(struct bed *b, struct leg *l[2])
{
	for (unsigned k = A; k <= B; k++) {
		if (l[k]->data.lost != l[k]->missed)
			return fail(b->p,
				    "%u frames are missing, %" PRIu64
				    " numbers are counted as lost",
				    l[k]->missed, l[k]->data.lost);
		if (l[k]->got < LOSSY_FRAMES / 2)
			return fail(b->p, "at 5 %% loss, %u of %u frames arrive", l[k]->got,
				    l[!k]->sent);
	}
	if (b->loss && !(l[A]->missed + l[B]->missed))
		return fail(b->p, "at 5 %% loss no frame is lost");
	return true;
}

static unsigned lost_messages(const struct bed *b)
{
	return b->end[A].lost_messages + b->end[B].lost_messages;
}

static bool tunnel_gets_through(struct bed *b, unsigned n)
{
	struct tun *t[2];

	if (!bed_tunnel(b, n & 1, b->link[0], t) || (!n && !calls_get_through(b, t)))
		return false;
	l2tp_tunnel_close(t[n >> 1 & 1]->t, NULL, bed_now());
	return bed_until(b, &t[A]->down, "a StopCCN does not get through") &&
	       bed_until(b, &t[B]->down, "a StopCCN does not get through");
}

static bool loss_body(struct bed *b)
{
	struct tun *t[2];
	struct leg *l[2];

	for (unsigned n = 0; n < 4 || (b->loss && !lost_messages(b) && n < BED_TUNS - 1); n++)
		if (!tunnel_gets_through(b, n))
			return false;
	if (lost_messages(b) && !bed_count(&b->end[A], L2TP_R_RETRANSMITS) &&
	    !bed_count(&b->end[B], L2TP_R_RETRANSMITS))
		return fail(b->p, "%u messages are lost, and none is sent again", lost_messages(b));
	b->data.required = true;
	return a_call(b, A, t, l) && data_gets_through(b, l) && loss_is_counted(b, l);
}

static bool loss_on_the_way(struct bed *b)
{
	b->loss = 5;
	return loss_body(b);
}

static bool lossy(struct pair *p, bool (*body)(struct bed *b))
{
	struct l2tp_policy policy;
	uint64_t seed = p->seed;

	bed_policy(&policy);
	policy.retransmit = 20000;
	if (bed_run(p, &policy, body))
		return true;
	snprintf(p->why + strlen(p->why), sizeof(p->why) - strlen(p->why), " (seed %" PRIu64 ")",
		 seed);
	return false;
}

/* Between engine and port, as every transport can. */
bool case_l2tp_loss(struct pair *p)
{
	return lossy(p, loss_on_the_way);
}

/* By the transport itself: what is lost may be more or less than a frame.  Circuits with windows of
 * their own are built on lines that lose nothing (X.25 on LAPB), and stand still on any other. */
bool case_l2tp_impair(struct pair *p)
{
	if (pair_has(p, IST_CAP_FLOW) && pair_has(p, IST_CAP_SWITCHED))
		return skip(p, "its calls want a line that loses nothing");
	return pair_open(p, "impair-loss = \"5\"", false) && lossy(p, loss_body);
}

/* --- a channel that is full ------------------------------------------------------------------- */

#define NEVER_FULL 5000u
#define BEHIND	   40u /* frames that wait in front of the channel */

/* B is not served, so that what A sends piles up; how many frames the transport took. */
static unsigned fill_up(struct bed *b, struct leg *l)
{
	struct queue *q = &b->end[A].line[l->link].data;
	uint32_t len = bed_room(b, l) < 500 ? bed_room(b, l) : 500;
	unsigned taken = 0;

	while (taken < NEVER_FULL && !bed_queued(q) && bed_push(b, A, l, len))
		taken += !bed_queued(q);
	for (unsigned n = 0; n < BEHIND && bed_queued(q); n++)
		bed_push(b, A, l, len);
	return taken;
}

static bool priority_body(struct bed *b)
{
	struct l2tp_end *a = &b->end[A];
	struct leg *l[2], *other[2];
	struct tun *t[2];
	unsigned taken;
	uint32_t before;

	if (!a_call(b, A, t, l) || !bed_call(b, A, t[A], L2TP_INCOMING, other))
		return false;
	bed_pass(b, 3, 20000); /* acknowledgements */
	before = b->end[B].received;
	taken = fill_up(b, l[A]);
	if (b->p->why[0])
		return false;
	if (taken == NEVER_FULL) /* then it owes nothing: the line drops, and counts */
		return skip(b->p, "not full after %u frames", taken);
	l2tp_call_hangup(other[A]->c, NULL, NULL, 0, bed_now());
	bed_pass(b, 1, 3 * a->policy.retransmit);
	if (bed_queued(&a->line[l[A]->link].control) && bed_told(a, L2TP_CDN) != 1)
		return fail(b->p, "a message that waits is sent again");
	if (!bed_until(b, &other[B]->down, "a CDN does not get through a full channel"))
		return false;
	if (other[B]->at_down - before > taken)
		return fail(b->p, "a CDN arrives behind %u frames, %u of which came after it",
			    other[B]->at_down - before, other[B]->at_down - before - taken);
	/* A rate holds the sender back whether or not anybody reads, and so fills the line while B
	 * does not; only windows lose nothing then. */
	return !pair_has(b->p, IST_CAP_SWITCHED) || bed_drain(b);
}

bool case_l2tp_priority(struct pair *p)
{
	return bed_run(p, NULL, priority_body);
}
