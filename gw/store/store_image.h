/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a store as it lies there, in the byte order of the machine:
 *
 *   struct store_head | slots | blocks
 *
 * A slot holds a record as it was at one time, with the number of the publication that it came
 * with.  A change goes into another slot, so that nothing that counts is ever written to; of the
 * slots of one record not above the number in the head, the highest counts.  A deletion is a slot
 * too.  Once all that is published, slots that count no more get the number 0, and after them those
 * of deletions.  The tail of a long record is a chain of blocks that belongs to its slot.
 *
 * Slots and blocks are small, since there are two records for each call: that of the call fits into
 * its slot, and that of the join loses half a block.  Until major 2 slots were pairs: only the
 * higher one of a pair counts, whatever record the other was of; those of major 1 were larger, too.
 */
#ifndef GW_STORE_STORE_IMAGE_H
#define GW_STORE_STORE_IMAGE_H

#include "gw/store/store.h"

#include <stdatomic.h>

#define STORE_MAGIC   UINT64_C(0x4953544d53544f52) /* "ISTMSTOR" where octets come high first */
#define STORE_NONE    UINT32_MAX		   /* no block */
#define STORE_RECORDS (1u << 24)
/* Of a new store, for each record.  Slots: as it is published, its deletion, and another record in
 * its place. */
#define STORE_SLOTS	 3u
#define STORE_BLOCKS	 9u
#define STORE_SLOTS_MAX	 (STORE_RECORDS * STORE_SLOTS)
#define STORE_BLOCKS_MAX (STORE_RECORDS * STORE_BLOCKS)
/* Numbers of publications stay under this. */
#define STORE_TXN_MAX (UINT64_C(1) << 62)

struct store_head {
	uint64_t magic;
	uint16_t major, minor;
	uint32_t slots, blocks;
	_Atomic uint32_t used; /* slots from here on were never written to: reading takes memory */
	uint8_t boot[STORE_BOOT];
	_Atomic uint64_t published;
	uint8_t rest[208];
};
/* Data follows. */
struct store_slot {
	_Atomic uint64_t txn; /* 0 = it holds nothing */
	uint64_t key;
	uint32_t next; /* its first block, or STORE_NONE */
	uint16_t len;
	uint8_t kind; /* 0 = the record is deleted */
	uint8_t was;  /* of which kind it was then */
};
/* Likewise. */
struct store_block {
	uint32_t next; /* or STORE_NONE */
};

_Static_assert(sizeof(struct store_head) == 256, "head");
_Static_assert(sizeof(struct store_slot) == 24, "slot");
_Static_assert(sizeof(struct store_block) == 4, "block");

/* Octets of a slot and of a block, whole. */
struct store_shape {
	uint16_t slot, block;
};
/* That of major 2 and 3, and of the release before them. */
static const struct store_shape store_shape = {64, 64}, store_shape_1 = {256, 256};

static inline size_t store_image_size(const struct store_shape *of, uint32_t slots, uint32_t blocks)
{
	return sizeof(struct store_head) + (size_t)slots * of->slot + (size_t)blocks * of->block;
}

#endif
