/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table from 64-bit keys to words, of which UINTPTR_MAX is none: one writer, any number of RCU
 * readers.  Open addressing, at most half full, so a look-up is one cache line as a rule.  Grows
 * and shrinks by copying; the old array goes after a grace period. core/htab.h cannot serve here:
 * it moves nodes from chain to chain while it grows, and a reader without a lock would follow them
 * into the wrong chain.
 */
#ifndef GW_DP_MAP_H
#define GW_DP_MAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_array;

struct map {
	_Atomic(struct map_array *) array; /* NULL while empty */
	uint32_t live;			   /* keys with a value */
	bool shared;			   /* readers on other threads: free by RCU */
};

void map_init(struct map *m, bool shared);
/* No reader is left. */
void map_free(struct map *m);
/* 0 = not there.  Any thread, online when shared. */
uintptr_t map_get(const struct map *m, uint64_t key);
/* A map_get() of this key will follow: fetch what it reads. */
void map_ahead(const struct map *m, uint64_t key);
/* Writer.  v 0 removes.  False only without memory, never for a removal or a replacement. */
bool map_set(struct map *m, uint64_t key, uintptr_t v);
/* Writer: every pair; fn may remove the pair it is shown. */
void map_each(struct map *m, void (*fn)(void *ctx, uint64_t key, uintptr_t v), void *ctx);

#endif
