/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A binary heap of numbers; `place` says where in it each one is, so that a time can be moved
 * without a search.
 */
#include "transports/kit/due.h"

#include <stdlib.h>

static void due_put(struct due *d, uint32_t i, uint32_t id)
{
	d->heap[i] = id;
	d->place[id] = i;
}

/* Those of one time have an order too, so that it does not hang on how the heap came to be. */
static bool due_before(const struct due *d, uint32_t a, uint32_t b)
{
	return d->at[a] != d->at[b] ? d->at[a] < d->at[b] : a < b;
}

static uint32_t due_up(struct due *d, uint32_t i, uint32_t id)
{
	while (i && due_before(d, id, d->heap[(i - 1) / 2])) {
		due_put(d, i, d->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	return i;
}

static uint32_t due_down(struct due *d, uint32_t i, uint32_t id)
{
	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child + 1 < d->n && due_before(d, d->heap[child + 1], d->heap[child]))
			child++;
		if (child >= d->n || due_before(d, id, d->heap[child]))
			return i;
		due_put(d, i, d->heap[child]);
		i = child;
	}
}

/* id, whose time is set, stands at place i or is new there. */
static void due_settle(struct due *d, uint32_t i, uint32_t id)
{
	due_put(d, due_down(d, due_up(d, i, id), id), id);
}

static void due_take_out(struct due *d, uint32_t id)
{
	uint32_t i = d->place[id], last = d->heap[--d->n];

	d->at[id] = DUE_NEVER;
	if (last != id)
		due_settle(d, i, last);
}

void due_set(struct due *d, uint32_t id, uint64_t at)
{
	bool was = d->at[id] != DUE_NEVER;

	if (at == DUE_NEVER) {
		if (was)
			due_take_out(d, id);
		return;
	}
	d->at[id] = at;
	due_settle(d, was ? d->place[id] : d->n++, id);
}

uint64_t due_next(const struct due *d)
{
	return d->n ? d->at[d->heap[0]] : DUE_NEVER;
}

bool due_pop(struct due *d, uint64_t now, uint32_t *id)
{
	if (due_next(d) == DUE_NEVER || due_next(d) > now)
		return false;
	*id = d->heap[0];
	due_take_out(d, *id);
	return true;
}

bool due_init(struct due *d, uint32_t most)
{
	d->n = 0;
	d->at = malloc(most * sizeof(*d->at) + 1);
	d->place = malloc(most * sizeof(*d->place) + 1);
	d->heap = malloc(most * sizeof(*d->heap) + 1);
	for (uint32_t i = 0; d->at && i < most; i++)
		d->at[i] = DUE_NEVER;
	return d->at && d->place && d->heap;
}

void due_free(struct due *d)
{
	free(d->at);
	free(d->place);
	free(d->heap);
	d->at = NULL;
	d->place = d->heap = NULL;
}
