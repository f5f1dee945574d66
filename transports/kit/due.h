/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The next of many circuits to serve, and when: a heap over the numbers 0 to most - 1, one time
 * each, all memory taken at the start.  For ports with many circuits and one timer.
 */
#ifndef TRANSPORTS_KIT_DUE_H
#define TRANSPORTS_KIT_DUE_H

#include <stdbool.h>
#include <stdint.h>

#define DUE_NEVER UINT64_MAX

struct due {
	uint64_t *at;	 /* of each number; DUE_NEVER = not in the heap */
	uint32_t *place; /* of each number that is */
	uint32_t *heap;
	uint32_t n;
};

/* False when there is no memory; due_free is called after both. */
bool due_init(struct due *d, uint32_t most);
void due_free(struct due *d);
/* Earlier or later than before; DUE_NEVER takes it out. */
void due_set(struct due *d, uint32_t id, uint64_t at);
/* DUE_NEVER = none. */
uint64_t due_next(const struct due *d);
/* Takes out the earliest that is due by now, of several at one time the lowest number; false = none
 * is. */
bool due_pop(struct due *d, uint64_t now, uint32_t *id);

#endif
