/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The slots of a port whose channels come and go: which index is free, and how often each was
 * taken, so that a handle of a slot's former user is seen to be stale (handle.h).  The owner keeps
 * what stands in a slot in an array of its own, by the same index.
 *
 * Freed slots are taken again oldest first.  All memory is asked for at the start, but not touched
 * before a slot is taken, so a large table costs address space and little else.
 *
 * core/idtab.h is the engine's slot table: its ids must be unpredictable, and rest for a time.
 * Handles stay inside the program and need neither.
 */
#ifndef TRANSPORTS_KIT_SLOTS_H
#define TRANSPORTS_KIT_SLOTS_H

#include "transports/kit/handle.h"

#define SLOT_NONE UINT32_MAX

struct slot {
	uint32_t next_free;
	uint16_t generation;
	bool taken;
};

struct slots {
	struct slot *slot;
	uint32_t first, most, fresh; /* slots from `fresh` on were never taken */
	uint32_t free_first, free_last;
	uint32_t taken; /* number of slots in use */
};

/* Indices first to most - 1, most <= HANDLE_SLOTS.  0 or -ENOMEM. */
int slots_init(struct slots *s, uint32_t first, uint32_t most);
/* Harmless after zeroed memory or an init that failed. */
void slots_free(struct slots *s);
/* The index of a slot nobody has, which has a new generation; SLOT_NONE = all are taken. */
uint32_t slots_take(struct slots *s);
/* i is taken. */
void slots_give_back(struct slots *s, uint32_t i);
struct handover;
/* Which slots are taken, how often each was, and the order of the free ones, to or from another
 * process: after slots_init, and handles stay as they were. */
void slots_hand(struct slots *s, struct handover *h);
/* The handle of a slot that is taken. */
ist_channel slots_handle(const struct slots *s, uint32_t i);
/* The index of a handle; SLOT_NONE = it is stale or never was one. */
uint32_t slots_find(const struct slots *s, ist_channel c);

#endif
