/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames lie one behind the other in a ring of octets, which gives room back in the order in which
 * it was taken; a heap has them in the order of their times.
 */
#include "gw/dp/impaired.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct impaired_slot {
	uint64_t due, no; /* no: as they came, for those that are due together */
	uint64_t at;	  /* of its record in the ring */
};

struct impaired_record {
	uint32_t takes; /* octets of the ring, with this head */
	uint32_t gone;	/* a flag: its room can be given back once those before it have gone */
	/* a record that fills the end of the ring may have no room for what follows */
	uint32_t len, flags;
	ist_channel channel;
	uint8_t octets[];
};

struct impaired {
	struct dp_impair set;
	struct impair plan;
	uint64_t until; /* us; UINT64_MAX = for ever */
	bool ended;
	uint64_t line_free; /* when the last frame has been sent at the set rate, us */
	uint64_t n[DP_IMPAIR_COUNT];
	uint64_t next_no;
	uint64_t head, tail; /* octets ever written, and given back */
	unsigned held;
	struct impaired_slot heap[IMPAIRED_FRAMES];
	_Alignas(8) uint8_t ring[IMPAIRED_OCTETS];
};

struct impaired *impaired_new(const struct dp_impair *set, uint64_t now)
{
	struct impaired *i = malloc(sizeof(*i));

	if (!i)
		return NULL;
	/* The ring is left alone: what is never used takes no memory. */
	memset(i, 0, offsetof(struct impaired, heap));
	i->set = *set;
	i->plan = (struct impair){
		.loss = set->loss,
		.duplicate = set->duplicate,
		.reorder = set->reorder,
		.delay = set->delay,
		.jitter = set->jitter,
	};
	impair_begin(&i->plan, set->seed);
	i->until = set->left > UINT64_MAX - now ? UINT64_MAX : now + set->left;
	return i;
}

void impaired_free(struct impaired *i)
{
	free(i);
}

/* --- the heap --------------------------------------------------------------------------------- */

static bool impaired_before(const struct impaired_slot *a, const struct impaired_slot *b)
{
	return a->due != b->due ? a->due < b->due : a->no < b->no;
}

static void impaired_heap_add(struct impaired *i, struct impaired_slot s)
{
	unsigned at = i->held++;

	for (; at && impaired_before(&s, &i->heap[(at - 1) / 2]); at = (at - 1) / 2)
		i->heap[at] = i->heap[(at - 1) / 2];
	i->heap[at] = s;
}

static struct impaired_slot impaired_heap_take(struct impaired *i)
{
	const struct impaired_slot first = i->heap[0], last = i->heap[--i->held];
	unsigned at = 0, child;

	while ((child = 2 * at + 1) < i->held) {
		if (child + 1 < i->held && impaired_before(&i->heap[child + 1], &i->heap[child]))
			child++;
		if (!impaired_before(&i->heap[child], &last))
			break;
		i->heap[at] = i->heap[child];
		at = child;
	}
	i->heap[at] = last;
	return first;
}

/* --- the ring --------------------------------------------------------------------------------- */

static struct impaired_record *impaired_record_at(struct impaired *i, uint64_t at)
{
	return (struct impaired_record *)(i->ring + at % IMPAIRED_OCTETS);
}

/* Room in one piece; what is left at the end of the ring is a record that has gone. */
static struct impaired_record *impaired_reserve(struct impaired *i, size_t len)
{
	const uint64_t takes = (sizeof(struct impaired_record) + len + 7) & ~UINT64_C(7);
	const uint64_t to_end = IMPAIRED_OCTETS - i->head % IMPAIRED_OCTETS;
	const uint64_t skip = takes > to_end ? to_end : 0;
	struct impaired_record *r;

	if (i->held == IMPAIRED_FRAMES || takes > IMPAIRED_OCTETS / 2 ||
	    i->head + skip + takes - i->tail > IMPAIRED_OCTETS)
		return NULL;
	if (skip) {
		r = impaired_record_at(i, i->head);
		r->takes = (uint32_t)skip;
		r->gone = 1;
		i->head += skip;
	}
	r = impaired_record_at(i, i->head);
	r->takes = (uint32_t)takes;
	r->gone = 0;
	i->head += takes;
	return r;
}

void impaired_forget(struct impaired *i)
{
	while (i->tail != i->head && impaired_record_at(i, i->tail)->gone)
		i->tail += impaired_record_at(i, i->tail)->takes;
}

/* --- frames ----------------------------------------------------------------------------------- */

/* bit: one to turn, or -1. */
static bool impaired_hold(struct impaired *i, const struct ist_frame *f, uint64_t due, int64_t bit)
{
	const size_t len = (size_t)f->head_len + f->len;
	struct impaired_record *r = impaired_reserve(i, len);

	if (!r)
		return false;
	r->len = (uint32_t)len;
	r->flags = f->flags;
	r->channel = f->channel;
	if (f->head_len)
		memcpy(r->octets, f->head, f->head_len);
	if (f->len)
		memcpy(r->octets + f->head_len, f->payload, f->len);
	if (bit >= 0)
		r->octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
	impaired_heap_add(i, (struct impaired_slot){
				     .due = due,
				     .no = i->next_no++,
				     .at = (uint64_t)((uint8_t *)r - i->ring),
			     });
	return true;
}

/* The line is busy with each frame that is not lost for as long as its octets take. */
static uint64_t impaired_line_takes(struct impaired *i, const struct ist_frame *f, uint64_t now)
{
	const uint64_t bits = 8 * ((uint64_t)f->head_len + f->len);

	if (!i->set.rate)
		return 0;
	if (i->line_free < now)
		i->line_free = now;
	i->line_free += (bits * 1000000 + i->set.rate - 1) / i->set.rate;
	return i->line_free - now;
}

/* Drawn for every frame, so that a seed decides the same whatever else is set. */
static int64_t impaired_bit(struct impaired *i, const struct ist_frame *f)
{
	const bool turned = impair_chance(&i->plan, i->set.corrupt);
	const uint64_t where = impair_draw(&i->plan);
	const uint64_t bits = 8 * ((uint64_t)f->head_len + f->len);

	return turned && bits ? (int64_t)(where % bits) : -1;
}

struct impaired_fate impaired_put(struct impaired *i, const struct ist_frame *f, uint64_t now)
{
	struct impaired_fate fate = {0};
	const uint64_t reordered = i->plan.reordered;
	uint64_t due[2];
	const unsigned copies = impair_plan(&i->plan, now, due);
	const int64_t bit = impaired_bit(i, f);

	i->n[DP_IMPAIR_FRAMES]++;
	i->n[DP_IMPAIR_LOST] += !copies;
	i->n[DP_IMPAIR_DUPLICATED] += copies == 2;
	i->n[DP_IMPAIR_REORDERED] += i->plan.reordered - reordered;
	i->n[DP_IMPAIR_CORRUPTED] += copies && bit >= 0;
	for (unsigned k = 0; k < copies; k++) {
		due[k] += impaired_line_takes(i, f, now);
		if (impaired_hold(i, f, due[k], bit))
			fate.held++;
		else
			fate.full++;
	}
	i->n[DP_IMPAIR_DELAYED] += fate.held && due[0] > now;
	i->n[DP_IMPAIR_FULL] += fate.full;
	return fate;
}

bool impaired_take(struct impaired *i, uint64_t now, struct ist_frame *out)
{
	struct impaired_record *r;

	if (!i->held || (!i->ended && i->heap[0].due > now))
		return false;
	r = impaired_record_at(i, impaired_heap_take(i).at);
	r->gone = 1;
	i->n[DP_IMPAIR_PASSED]++;
	*out = (struct ist_frame){
		.channel = r->channel, .flags = r->flags, .payload = r->octets, .len = r->len};
	return true;
}

/* --- its time --------------------------------------------------------------------------------- */

uint64_t impaired_next(const struct impaired *i)
{
	const uint64_t due = !i->held ? UINT64_MAX : i->ended ? 0 : i->heap[0].due;
	const uint64_t until = i->ended ? UINT64_MAX : i->until;

	return due < until ? due : until;
}

void impaired_end(struct impaired *i)
{
	i->ended = true;
}

bool impaired_is_over(const struct impaired *i, uint64_t now)
{
	return i->ended || i->until <= now;
}

void impaired_view(const struct impaired *i, uint64_t now, struct dp_impair_row *out)
{
	out->on = !impaired_is_over(i, now);
	out->set = i->set;
	out->set.left = i->until == UINT64_MAX ? UINT64_MAX : out->on ? i->until - now : 0;
	memcpy(out->n, i->n, sizeof(out->n));
	out->n[DP_IMPAIR_WAITING] = i->held;
}
