/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cases about frames.  "Arrives" is always checked with the next frame on the same channel behind
 * it, so that nothing has to wait to see that something does not come.
 */
#include "tests/conformance/cases.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LINE_TIME   1500000u /* us on a bad line, where a channel that pushes back is slow */
#define LINE_LEAST  100	     /* frames that are worth LINE_LONG */
#define LINE_LONG   (4 * PATIENCE)
#define LINE_LIMIT  (12 * PATIENCE) /* for the counters to move at all */
#define LINE_FRAMES 1000
#define SMALL	    2100u /* all sizes up to here; above, those at the edges and some at random */

static bool size_both_ways(struct pair *p, struct link *l, uint32_t len)
{
	return pair_send(p, l, A, len, 0, 0) && pair_send(p, l, B, len, 0, 0);
}

bool case_sizes(struct pair *p)
{
	for (unsigned i = 0; i < p->links && i < 4; i++) {
		struct link *l = &p->link[i];
		uint32_t mtu = pair_mtu(p, l), len;

		if (!mtu)
			return fail(p, "a channel that is up has an MTU of 0");
		for (len = 1; len <= mtu && len <= SMALL; len++)
			if (!size_both_ways(p, l, len))
				return false;
		for (len = 4096; len < mtu; len *= 2)
			for (uint32_t d = 0; d < 3; d++)
				if (!size_both_ways(p, l, len - 1 + d))
					return false;
		for (unsigned n = 0; mtu > SMALL && n < 40; n++)
			if (!size_both_ways(p, l, SMALL + (uint32_t)(pair_rand(p) % (mtu - SMALL))))
				return false;
		for (len = mtu > 16 ? mtu - 16 : 1; len <= mtu; len++)
			if (!size_both_ways(p, l, len))
				return false;
		if (!pair_drain(p))
			return false;
	}
	return true;
}

/* Which counter of side A has grown since they were last read; NULL = none but those for frames. */
static bool dropped_counted(struct pair *p)
{
	uint64_t before[CHECK_COUNTERS];
	const struct ist_counter *c = p->spec->t->counters;

	memcpy(before, p->count[A], sizeof(before));
	pair_count(p);
	for (unsigned i = 0; i < CHECK_COUNTERS && c[i].name; i++)
		if (p->count[A][i] > before[i] && strstr(c[i].name, "long"))
			return true;
	return false;
}

bool case_over(struct pair *p)
{
	static uint8_t octets[70000];

	for (unsigned i = 0; i < p->links && i < 4; i++) {
		struct link *l = &p->link[i];
		uint32_t mtu = check_mtu(&p->side[A], l->id[A]);
		struct ist_frame f = {.channel = l->id[A], .payload = octets, .len = mtu + 1 - 12};
		int r;

		if (mtu < 13 || mtu >= sizeof(octets))
			return fail(p, "the MTU is %u", mtu);
		f.head = octets;
		f.head_len = 12;
		pair_count(p);
		r = check_send(&p->side[A], &f, 1);
		if (r != 1 && r != -EMSGSIZE)
			return fail(p, "send of a frame over the MTU gives %d", r);
		if (!dropped_counted(p))
			return fail(p, "the drop moves no counter with `long` in its name");
		if (!pair_send(p, l, A, 40, 0, 0) || !pair_drain(p))
			return false;
	}
	return true;
}

bool case_heads(struct pair *p)
{
	for (unsigned i = 0; i < p->links && i < 4; i++) {
		uint32_t mtu = pair_mtu(p, &p->link[i]);

		for (uint32_t head = 1; head <= IST_HEAD_MAX; head++)
			for (unsigned from = A; from <= B; from++)
				if (!pair_send(p, &p->link[i], from, head + 300, head, 0) ||
				    !pair_send(p, &p->link[i], from, head, head, 0) ||
				    !pair_send(p, &p->link[i], from, mtu, head, 0))
					return false;
		if (!pair_drain(p))
			return false;
	}
	return true;
}

/* A thousand at once may be more than the line holds: so twenty-five, forty times. */
bool case_batch(struct pair *p)
{
	for (unsigned i = 0; i < p->links && i < 4; i++)
		for (unsigned n = 0; n < 40; n++)
			for (unsigned from = A; from <= B; from++)
				if (!pair_send_batch(p, &p->link[i], from, 200, 25) ||
				    !pair_drain(p))
					return false;
	return true;
}

bool case_both_ways(struct pair *p)
{
	struct link *l = &p->link[0];
	uint32_t mtu = pair_mtu(p, l);

	for (uint64_t done[2] = {0, 0}; done[A] < 1000000 || done[B] < 1000000;)
		for (unsigned from = A; from <= B; from++) {
			uint32_t len = 1 + (uint32_t)(pair_rand(p) % (mtu < 1500 ? mtu : 1500));

			if (!pair_send(p, l, from, len, 0, 0))
				return false;
			done[from] += len;
		}
	return pair_drain(p);
}

bool case_interleaved(struct pair *p)
{
	for (unsigned round = 0; round < 200; round++)
		for (unsigned i = 0; i < p->links; i++)
			for (unsigned from = A; from <= B; from++)
				if (!pair_send(p, &p->link[i], from,
					       20 + (uint32_t)(pair_rand(p) % 200), 0, 0))
					return false;
	return pair_drain(p);
}

bool case_many(struct pair *p)
{
	if (!pair_open(p, NULL, true))
		return false;
	if (p->links < 1000)
		return fail(p, "only %u channels were configured", p->links);
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < p->links; i++)
			for (unsigned from = A; from <= B; from++)
				if (!pair_send(p, &p->link[i], from, 60, 0, 0))
					return false;
	return pair_drain(p);
}

#define NEVER_FULL 5000u

/* Frames until one is not taken, at most `most`, at one moment of side A's time. */
static unsigned send_until_full(struct pair *p, struct link *l, unsigned most)
{
	unsigned n = 0;

	check_stop_clock(&p->side[A], true);
	while (n < most && pair_try(p, l, A, 500, 0, 0))
		n++;
	check_stop_clock(&p->side[A], false);
	return n;
}

/* B is not served, so that what A sends piles up; then it is. */
bool case_full(struct pair *p)
{
	struct link *l = &p->link[0];
	struct check_chan *c = check_chan(&p->side[A], l->id[A]);
	unsigned n = send_until_full(p, l, NEVER_FULL), more;

	if (p->why[0])
		return false;
	if (n == NEVER_FULL) /* then it owes nothing: the line drops, and counts */
		return skip(p, "not full after %u frames", n);
	for (more = 0; more < 200; more++) {
		p->progress = check_now();
		while (!c->writable && check_now() < p->progress + PATIENCE)
			pair_serve(p, 3, p->progress + PATIENCE);
		if (!c->writable)
			return fail(p, "send took less after %u frames, `writable` never came", n);
		/* What is on the line already may fill what the line holds, after which it may
		 * drop. */
		while (pair_serve(p, 1u << B, check_now()))
			;
		n += send_until_full(p, l, NEVER_FULL);
	}
	return !p->why[0] && pair_drain(p);
}

bool case_echo(struct pair *p)
{
	p->echo = true;
	for (unsigned i = 0; i < 500; i++)
		if (!pair_send(p, &p->link[i % p->links], A, 100 + i, 0, 0))
			return false;
	if (!pair_drain(p))
		return false;
	p->echo = false;
	for (unsigned i = 0; i < p->links; i++)
		if (p->link[i].way[A].got && !p->link[i].way[B].got)
			return fail(p, "nothing came back that was sent inside a report");
	return true;
}

bool case_control(struct pair *p)
{
	p->unordered = true; /* control may overtake */
	for (unsigned i = 0; i < 300; i++)
		if (!pair_send(p, &p->link[i % p->links], i & 1, 30 + i, i % 20,
			       i % 3 ? 0 : IST_FRAME_CONTROL))
			return false;
	return pair_drain(p);
}

bool case_segments(struct pair *p)
{
	struct link *l = &p->link[0];
	struct ist_frame f = {.channel = l->id[A], .segment = 100, .len = 350};
	uint8_t octets[350];
	unsigned before = (unsigned)l->way[A].wrong;

	memset(octets, 0, sizeof(octets));
	f.payload = octets;
	if (check_send(&p->side[A], &f, 1) != 1)
		return fail(p, "send does not take it");
	pair_settle(p, 3);
	p->side[B].fault[0] = '\0'; /* what came was not made from numbers */
	if (l->way[A].wrong - before != 4)
		return fail(p, "350 octets of segments of 100 came as %" PRIu64 " frames",
			    l->way[A].wrong - before);
	return true;
}

static uint8_t line_state(struct pair *p)
{
	return check_chan(&p->side[A], p->link[0].id[A])->state;
}

/* False, and the case is skipped, when the keys are there for other links only. */
static bool open_on_line(struct pair *p, const char *settings)
{
	const char *why;

	if (pair_configure(p, settings, false) && pair_open_side(p, A)) {
		pair_close_side(p, A);
		return pair_open(p, settings, false);
	}
	why = strstr(p->why, "impair: ");
	if (why) {
		skip(p, "%s", why);
		p->why[0] = '\0';
	}
	return false;
}

static bool call_again(struct pair *p)
{
	pair_forget(p);
	p->link[0].id[A] = 0;
	return pair_links(p);
}

static uint64_t line_counted(const struct pair *p, const char *word)
{
	const struct ist_counter *c = p->spec->t->counters;
	uint64_t sum = 0;

	for (unsigned i = 0; i < CHECK_COUNTERS && c[i].name; i++)
		if (strstr(c[i].name, word))
			sum += p->count[A][i];
	return sum;
}

/* Has a frame arrived, and has each of the counters with one of these words in its name moved? */
static bool line_shown(struct pair *p, const char *const words[2])
{
	pair_count(p);
	for (unsigned i = 0; i < 2 && words[i]; i++)
		if (!line_counted(p, words[i]))
			return false;
	return p->link[0].way[A].got;
}

/* How many frames of the channel have gone out is the medium's affair: a circuit that pushes back
 * sends few, and a frame for one that is down goes nowhere.  So it is tried for longer until there
 * is something to see. */
static bool line_goes_on(struct pair *p, unsigned frames, uint64_t since,
			 const char *const words[2])
{
	uint64_t now = check_now();

	if (frames < LINE_FRAMES && now < since + (frames < LINE_LEAST ? LINE_LONG : LINE_TIME))
		return true;
	return now < since + LINE_LIMIT && !line_shown(p, words);
}

/* What the line does, counters it moves, and the sizes of frames: 50 octets and up to `spread`
 * more. */
struct line {
	const char *settings, *words[2];
	unsigned spread;
};

static bool cases_data_on_line(struct pair *p, const struct line *line)
{
	uint64_t since;
	unsigned frames = 0;

	if (!open_on_line(p, line->settings))
		return p->skipped[0];
	since = check_now();
	while (!p->why[0] && line_goes_on(p, frames, since, line->words)) {
		bool taken;

		/* A call may be lost, then the next one is placed; a permanent circuit that is down
		 * comes up again by itself. */
		if (line_state(p) == CHAN_DEAD && !call_again(p))
			return false;
		taken = line_state(p) == CHAN_UP &&
			pair_try(p, &p->link[0], A, 50 + frames % line->spread, 0, 0);
		frames += taken;
		for (unsigned n = 0; n < 2; n++) /* a channel that is full waits for the line */
			pair_serve(p, 3, taken ? 0 : check_now() + 10000);
		if (line_state(p) == CHAN_DEAD) /* then send may have said so first */
			p->why[0] = '\0';
	}
	pair_settle(p, 3);
	pair_count(p);
	return !p->why[0];
}

bool case_loss(struct pair *p)
{
	static const struct line line = {"impair-loss = \"5\"", {"lost"}, 200};
	struct way *w;

	if (!cases_data_on_line(p, &line))
		return false;
	if (p->skipped[0])
		return true;
	w = &p->link[0].way[A];
	if (!w->got)
		return fail(p, "nothing arrives at 5 %% loss");
	if (!line_counted(p, "lost"))
		return fail(p, "losses on purpose are not counted");
	w->lost += w->n;
	pair_forget(p);
	return true;
}

/* An X.25 circuit numbers its packets from 0 again after a reset, which LAPB on this line leads to
 * again and again.  A packet held back on the line for longer than a reset takes then passes for a
 * new one, and a frame of several packets may be put together from two.  So frames fit a packet of
 * 128 octets. */
bool case_bad_line(struct pair *p)
{
	static const struct line line = {
		"impair-duplicate = \"10\" impair-reorder = \"10\" impair-delay = 1ms",
		{"duplicated", "reordered"},
		70};

	p->unordered = true;
	if (!cases_data_on_line(p, &line))
		return false;
	if (p->skipped[0])
		return true;
	if (!p->link[0].way[A].got)
		return fail(p, "nothing arrives");
	if (!line_counted(p, "duplicated") || !line_counted(p, "reordered"))
		return fail(p, "what is done to frames on purpose is not counted");
	pair_forget(p);
	return true;
}
