/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tokens come in at the peak cell rate and never heap up beyond the cells of TOLERANCE (at least
 * one), so that a quiet circuit does not burst far over its rate, and a timer that comes late,
 * which it does by a millisecond or two, costs a busy one nothing.
 */
#include "transports/atm/atm_shape.h"

#include <stdlib.h>
#include <string.h>

#define CELL	  1000000 /* millionths */
#define TOLERANCE 4000	  /* us */

void atm_shape_init(struct atm_shape *s, uint32_t pcr, uint64_t now)
{
	memset(s, 0, sizeof(*s));
	s->pcr = pcr;
	s->tokens = CELL;
	s->filled = now;
}

void atm_shape_free(struct atm_shape *s)
{
	for (unsigned i = 0; s->queue && i < ATM_SHAPE_QUEUE; i++)
		free(s->queue[i].sdu);
	free(s->queue);
	s->queue = NULL;
	s->count = 0;
}

static void atm_shape_fill(struct atm_shape *s, uint64_t now)
{
	int64_t most = (int64_t)s->pcr * TOLERANCE;
	uint64_t span = now - s->filled;

	if (most < CELL)
		most = CELL;
	/* debt is at most the cells of one SDU: an hour fills any bucket */
	if (span > 3600000000u)
		span = 3600000000u;
	s->tokens += (int64_t)(span * s->pcr);
	if (s->tokens > most)
		s->tokens = most;
	s->filled = now;
}

bool atm_shape_may(struct atm_shape *s, uint64_t now)
{
	if (!s->pcr)
		return true;
	atm_shape_fill(s, now);
	return !s->count && s->tokens > 0;
}

void atm_shape_pay(struct atm_shape *s, uint32_t cells)
{
	if (s->pcr)
		s->tokens -= (int64_t)cells * CELL;
}

static bool atm_shape_make_room(struct atm_waiting *w, uint32_t len)
{
	uint8_t *p = w->sdu;

	if (len <= w->room)
		return true;
	p = realloc(p, len);
	if (!p)
		return false;
	w->sdu = p;
	w->room = len;
	return true;
}

bool atm_shape_wait(struct atm_shape *s, const void *head, uint32_t head_len, const void *data,
		    uint32_t len, bool discard)
{
	struct atm_waiting *w;

	if (!s->queue)
		s->queue = calloc(ATM_SHAPE_QUEUE, sizeof(*s->queue));
	if (!s->queue || s->count == ATM_SHAPE_QUEUE)
		return false;
	w = &s->queue[(s->head + s->count) % ATM_SHAPE_QUEUE];
	if (!atm_shape_make_room(w, head_len + len))
		return false;
	w->len = head_len + len;
	w->discard = discard;
	if (head_len)
		memcpy(w->sdu, head, head_len);
	if (len)
		memcpy(w->sdu + head_len, data, len);
	s->count++;
	return true;
}

const struct atm_waiting *atm_shape_next(struct atm_shape *s, uint64_t now)
{
	const struct atm_waiting *w;

	if (!s->count)
		return NULL;
	atm_shape_fill(s, now);
	if (s->tokens <= 0)
		return NULL;
	w = &s->queue[s->head];
	s->head = (s->head + 1) % ATM_SHAPE_QUEUE;
	s->count--;
	return w;
}

uint64_t atm_shape_deadline(const struct atm_shape *s)
{
	if (!s->count)
		return UINT64_MAX;
	if (s->tokens > 0)
		return s->filled;
	return s->filled + (uint64_t)(-s->tokens) / s->pcr + 1;
}
