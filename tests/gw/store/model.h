/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A store beside a table of what must be in it: random changes of a few keys, some with long
 * records, on a store with little room.
 */
#ifndef TESTS_GW_STORE_MODEL_H
#define TESTS_GW_STORE_MODEL_H

#include "gw/store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_KINDS 2u
#define MODEL_KEYS  9u
#define MODEL_ROOM  6u /* records, and twice the blocks: fewer than the keys may want */

extern const uint8_t model_boot[STORE_BOOT];

/* What each key has: the number of its record, of which length and octets follow; 0 = none. */
struct model_state {
	uint32_t version[MODEL_KINDS][MODEL_KEYS];
};
size_t model_len(uint32_t version);

/* One random change of a store and of the table.  False when the store had no room for it. */
bool model_change(struct store *s, struct model_state *m, uint64_t *seed);
/* A sealed memory with these octets, for store_open(); aborts without memory. */
int model_memory(const void *octets, size_t len);
/* Is in the store what the table says, octet by octet, and nothing else? */
bool model_same(struct store *s, const struct model_state *m);

#endif
