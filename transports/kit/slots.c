/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/kit/slots.h"

#include "transports/kit/handover.h"

#include <errno.h>
#include <stdlib.h>

int slots_init(struct slots *s, uint32_t first, uint32_t most)
{
	*s = (struct slots){.first = first, .most = most, .fresh = first};
	s->free_first = s->free_last = SLOT_NONE;
	s->slot = calloc(most, sizeof(*s->slot));
	return s->slot ? 0 : -ENOMEM;
}

void slots_free(struct slots *s)
{
	free(s->slot);
	*s = (struct slots){.slot = NULL};
}

static uint32_t slots_pick(struct slots *s)
{
	uint32_t i = s->free_first;

	if (s->fresh < s->most)
		return s->fresh++;
	if (i == SLOT_NONE)
		return SLOT_NONE;
	s->free_first = s->slot[i].next_free;
	if (s->free_first == SLOT_NONE)
		s->free_last = SLOT_NONE;
	return i;
}

uint32_t slots_take(struct slots *s)
{
	uint32_t i = slots_pick(s);

	if (i == SLOT_NONE)
		return SLOT_NONE;
	s->slot[i].generation = handle_next_generation(s->slot[i].generation);
	s->slot[i].taken = true;
	s->taken++;
	return i;
}

void slots_give_back(struct slots *s, uint32_t i)
{
	s->slot[i].taken = false;
	s->slot[i].next_free = SLOT_NONE;
	if (s->free_last == SLOT_NONE)
		s->free_first = i;
	else
		s->slot[s->free_last].next_free = i;
	s->free_last = i;
	s->taken--;
}

ist_channel slots_handle(const struct slots *s, uint32_t i)
{
	return handle_make(i, s->slot[i].generation);
}

uint32_t slots_find(const struct slots *s, ist_channel c)
{
	uint32_t i = handle_index(c);

	if (i >= s->fresh || !s->slot[i].taken || s->slot[i].generation != handle_generation(c))
		return SLOT_NONE;
	return i;
}

#define SLOT_PENDING (SLOT_NONE - 1) /* thawing: free, and its turn is not known yet */

/* Free ones, in the order in which they are taken again. */
static void slots_hand_free(struct slots *s, struct handover *h)
{
	uint32_t n = s->fresh - s->first - s->taken;

	for (uint32_t i = s->free_first; i != SLOT_NONE && !h->thawing; i = s->slot[i].next_free)
		handover_word(h, i, s->most);
	while (h->thawing && n-- && !h->bad) {
		uint32_t i = handover_word(h, 0, s->most);

		if (h->bad || i < s->first || i >= s->fresh || s->slot[i].taken ||
		    s->slot[i].next_free != SLOT_PENDING) {
			h->bad = true;
			return;
		}
		s->taken++;
		slots_give_back(s, i);
	}
}

void slots_hand(struct slots *s, struct handover *h)
{
	s->fresh = handover_word(h, s->fresh, s->most);
	if (h->bad || s->fresh < s->first) {
		s->fresh = s->first;
		h->bad = true;
	}
	for (uint32_t i = s->first; i < s->fresh && !h->bad; i++) {
		struct slot *t = &s->slot[i];
		uint32_t v = (uint32_t)t->generation << 1 | t->taken;

		v = handover_word(h, v, UINT16_MAX << 1 | 1);
		if (!h->thawing)
			continue;
		t->generation = (uint16_t)(v >> 1);
		t->taken = v & 1;
		t->next_free = SLOT_PENDING;
		s->taken += t->taken;
		if (t->taken && !t->generation)
			h->bad = true; /* a handle that is none */
	}
	if (!h->bad)
		slots_hand_free(s, h);
}
