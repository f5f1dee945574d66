/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ids from slots.  The permutation is a Feistel network over two octets, so it can be inverted.
 * Its domain is all of 16 bits, one value more than there are slots (65535) and ids (1-65535); when
 * it gives that value it is applied again, which keeps it a permutation of the rest.
 *
 * Freed slots wait in a ring, oldest first.  While there are slots never used, WAITING of them stay
 * in the ring, so that an id does not come back at once in a quiet gateway either.
 */
#include "core/ids.h"

#include "core/bytes.h"

#include <stdlib.h>

#define SLOTS	65535u
#define ROUNDS	8u
#define WAITING 32u /* freed slots left in the ring while fresh ones remain */

/* A Feistel round may use any function of (octet, key); this one mixes well. */
static uint8_t ids_mix(const struct ids *s, unsigned round, uint8_t half)
{
	uint32_t x = s->key[round % 4] + (half | round << 8) * 0x9e3779b1u;

	x ^= x >> 16;
	x *= 0x7feb352du;
	x ^= x >> 15;
	x *= 0x846ca68bu;
	return (uint8_t)(x ^ x >> 16);
}

static uint16_t ids_permute(const struct ids *s, uint16_t v)
{
	uint8_t l = (uint8_t)(v >> 8), r = (uint8_t)v;

	for (unsigned i = 0; i < ROUNDS; i++) {
		uint8_t t = l ^ ids_mix(s, i, r);

		l = r;
		r = t;
	}
	return (uint16_t)(l << 8 | r);
}

static uint16_t ids_unpermute(const struct ids *s, uint16_t v)
{
	uint8_t l = (uint8_t)(v >> 8), r = (uint8_t)v;

	for (unsigned i = ROUNDS; i-- > 0;) {
		uint8_t t = r ^ ids_mix(s, i, l);

		r = l;
		l = t;
	}
	return (uint16_t)(l << 8 | r);
}

uint16_t ids_id(const struct ids *s, uint16_t slot)
{
	uint16_t v = ids_permute(s, slot);

	while (v == SLOTS)
		v = ids_permute(s, v);
	return v + 1u;
}

uint16_t ids_slot(const struct ids *s, uint16_t id)
{
	uint16_t v = ids_unpermute(s, id - 1u);

	while (v == SLOTS)
		v = ids_unpermute(s, v);
	return v;
}

void ids_init(struct ids *s, const uint8_t key[16], uint32_t cap)
{
	struct rd r = rd_init(key, 16);

	memset(s, 0, sizeof(*s));
	for (unsigned i = 0; i < 4; i++)
		s->key[i] = rd_u32(&r);
	s->cap = cap < SLOTS ? cap : SLOTS;
}

void ids_key(const struct ids *s, uint8_t key[16])
{
	for (unsigned i = 0; i < 4; i++)
		wr_put32(key + 4 * i, s->key[i]);
}

void ids_free(struct ids *s)
{
	free(s->queue);
	s->queue = NULL;
	s->head = s->count = s->room = 0;
}

static uint16_t ids_oldest(struct ids *s)
{
	uint16_t slot = s->queue[s->head];

	s->head = (s->head + 1) % s->room;
	s->count--;
	return slot;
}

uint16_t ids_take(struct ids *s)
{
	bool fresh = s->fresh < s->cap;

	if (s->count > (fresh ? WAITING : 0))
		return ids_id(s, ids_oldest(s));
	return fresh ? ids_id(s, (uint16_t)s->fresh++) : 0;
}

static bool ids_grow(struct ids *s)
{
	uint32_t room = s->room ? s->room * 2 : 2 * WAITING;
	uint16_t *queue = malloc(room * sizeof(*queue));

	if (!queue)
		return false;
	for (uint32_t i = 0; i < s->count; i++)
		queue[i] = s->queue[(s->head + i) % s->room];
	free(s->queue);
	s->queue = queue;
	s->room = room;
	s->head = 0;
	return true;
}

bool ids_give(struct ids *s, uint16_t id)
{
	if (s->count == s->room && !ids_grow(s))
		return false;
	s->queue[(s->head + s->count++) % s->room] = ids_slot(s, id);
	return true;
}
