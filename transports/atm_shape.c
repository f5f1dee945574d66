/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tokens come in at the peak cell rate and never heap up beyond the cells of one millisecond (at least
 * one), so that a quiet circuit does not burst far over its rate.
 */
#include "transports/atm_shape.h"

#include <stdlib.h>
#include <string.h>

#define CELL 1000000 /* millionths */

void atm_shape_init(struct atm_shape *s, uint32_t pcr, uint64_t now)
{
	memset(s, 0, sizeof(*s));
	s->pcr = pcr;
	s->tokens = CELL;
	s->filled = now;
}

void atm_shape_free(struct atm_shape *s)
{
	for (unsigned i = 0; i < ATM_SHAPE_QUEUE; i++)
		free(s->queue[i].sdu);
	memset(s->queue, 0, sizeof(s->queue));
	s->count = 0;
}

static void fill(struct atm_shape *s, uint64_t now)
{
	int64_t most = s->pcr > 1000 ? (int64_t)s->pcr * 1000 : CELL;
	uint64_t span = now - s->filled;

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
	fill(s, now);
	return !s->count && s->tokens > 0;
}

void atm_shape_pay(struct atm_shape *s, uint32_t cells)
{
	if (s->pcr)
		s->tokens -= (int64_t)cells * CELL;
}

static bool make_room(struct atm_waiting *w, uint32_t len)
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
	struct atm_waiting *w = &s->queue[(s->head + s->count) % ATM_SHAPE_QUEUE];

	if (s->count == ATM_SHAPE_QUEUE || !make_room(w, head_len + len))
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
	const struct atm_waiting *w = &s->queue[s->head];

	if (!s->count)
		return NULL;
	fill(s, now);
	if (s->tokens <= 0)
		return NULL;
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
