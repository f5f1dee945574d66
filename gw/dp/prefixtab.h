/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which call has the network of this address: the longest prefix that holds it, for one TUN device
 * and one family.  One writer (the control thread), any number of RCU readers.  Configured networks
 * are few and have few lengths, so there is a table for each length.
 */
#ifndef GW_DP_PREFIXTAB_H
#define GW_DP_PREFIXTAB_H

#include "gw/dp/map.h"

#define PREFIXTAB_BITS 64u

struct prefixtab {
	_Atomic uint64_t lengths;	      /* bit N - 1: there is a prefix of N bits */
	struct map by_length[PREFIXTAB_BITS]; /* of N bits at N - 1, by these bits */
};

void prefixtab_init(struct prefixtab *t);
/* No reader is left. */
void prefixtab_free(struct prefixtab *t);

/* addr: its first 64 bits; an IPv4 address is the upper 32 of them.  bits: 1 to PREFIXTAB_BITS.
 * key 0 removes.  False without memory. */
bool prefixtab_set(struct prefixtab *t, uint64_t addr, unsigned bits, uint32_t key);
/* Remove what the other table does not have. */
void prefixtab_keep(struct prefixtab *t, const struct prefixtab *only);
/* Every prefix, as prefixtab_set() got it. */
void prefixtab_each(struct prefixtab *t,
		    void (*fn)(void *ctx, uint64_t addr, unsigned bits, uint32_t key), void *ctx);
uint32_t prefixtab_get(const struct prefixtab *t, uint64_t addr);

#endif
