/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a store as it lies there, in the byte order of the machine:
 *
 *   struct store_head | slots of two halves | blocks
 *
 * A slot holds at most one record.  Each half has the number of the publication that it came with;
 * of those not above the number in the head, the higher one counts.  A change goes into the other
 * half, so that nothing that counts is ever written to.  The tail of a long record is a chain of
 * blocks that belongs to its half.
 *
 * Halves and blocks are small, since there are two records for each call: that of the call fits
 * into its half, and that of the join loses half a block.  Those of major 1 were larger; a store of
 * a life before keeps its shape.
 */
#ifndef GW_STORE_STORE_IMAGE_H
#define GW_STORE_STORE_IMAGE_H

#include "gw/store/store.h"

#include <stdatomic.h>

#define STORE_MAGIC	 UINT64_C(0x4953544d53544f52) /* "ISTMSTOR" where octets come high first */
#define STORE_NONE	 UINT32_MAX		      /* no block */
#define STORE_SLOTS_MAX	 (1u << 24)
#define STORE_PER_SLOT	 9u /* blocks, of a new store */
#define STORE_BLOCKS_MAX (STORE_SLOTS_MAX * STORE_PER_SLOT)
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
struct store_half {
	_Atomic uint64_t txn; /* 0 = nothing was ever here */
	uint64_t key;
	uint32_t next; /* its first block, or STORE_NONE */
	uint16_t len;
	uint8_t kind; /* 0 = the record is deleted */
	uint8_t unused;
	/* data follows */
};
struct store_block {
	uint32_t next; /* or STORE_NONE */
		       /* likewise */
};

_Static_assert(sizeof(struct store_head) == 256, "head");
_Static_assert(sizeof(struct store_half) == 24, "half");
_Static_assert(sizeof(struct store_block) == 4, "block");

/* Octets of a half and of a block, whole. */
struct store_shape {
	uint16_t half, block;
};
/* That of major 2, and of the release before it. */
static const struct store_shape store_shape = {64, 64}, store_shape_1 = {256, 256};

static inline size_t store_image_size(const struct store_shape *of, uint32_t slots, uint32_t blocks)
{
	return sizeof(struct store_head) + 2 * (size_t)slots * of->half +
	       (size_t)blocks * of->block;
}

#endif
