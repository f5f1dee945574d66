/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The private header of this folder.  What is here beside the memory is all that is believed: the
 * memory is written to, and read only for the octets of records.
 */
#ifndef GW_STORE_STORE_INT_H
#define GW_STORE_STORE_INT_H

#include "gw/store/store_image.h"

/* Of one slot. */
struct store_index {
	uint64_t key, txn;
	uint32_t chain; /* its first block, or STORE_NONE */
	/* In the bucket of its key the next slot + 1, 0 at the end; else the next free slot, or the
	 * next of those that go. */
	uint32_t next;
	uint16_t len;
	uint8_t kind;  /* 0 = it is no record that there is now */
	bool before;   /* of one that is not published: the same record is in another slot */
	uint32_t seen; /* the last store_each() that has had it */
};

struct store {
	int fd;
	size_t size;
	struct store_shape shape;
	struct store_head *head;
	uint8_t *slot, *block; /* the first */
	uint32_t slots, blocks;
	struct store_index *index; /* by slot */
	uint32_t *next;		   /* by block: the next of its chain or of the free ones */
	/* First slot + 1, 0 = none.  One bucket more is in use for each record more: untouched
	 * memory takes none. */
	uint32_t *bucket;
	uint32_t buckets, mask;	   /* in use; the next power of two, minus 1 */
	uint32_t fresh;		   /* slots from here on were never used */
	uint32_t fresh_block;	   /* likewise */
	uint32_t free, free_block; /* first of those given back */
	uint32_t gone, graves;	   /* first that goes at the next publication; of deletions */
	uint64_t txn;		   /* of the changes that are not published yet */
	uint32_t looks;		   /* of store_each(), so far */
	struct store_counters n;
};

/* Map fd and make what lies beside it; slots and blocks are those of its head.  NULL without
 * memory; fd stays open. */
struct store *store_map(int fd, const struct store_shape *shape, uint32_t slots, uint32_t blocks);
/* The slot with this record, or STORE_NONE. */
uint32_t store_find(const struct store *s, uint8_t kind, uint64_t key);
/* Put a slot, whose kind and key are set, where store_find() looks; take it out there. */
void store_link(struct store *s, uint32_t slot);
void store_unlink(struct store *s, uint32_t slot);
static inline struct store_slot *store_slot(const struct store *s, uint32_t i)
{
	return (struct store_slot *)(s->slot + (size_t)i * s->shape.slot);
}
/* It holds nothing any more: neither now nor after a kill. */
static inline void store_slot_clear(const struct store *s, uint32_t i)
{
	atomic_store_explicit(&store_slot(s, i)->txn, 0, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst); /* before what follows */
}
static inline struct store_block *store_block(const struct store *s, uint32_t i)
{
	return (struct store_block *)(s->block + (size_t)i * s->shape.block);
}
/* Octets of a record that these hold. */
static inline size_t store_slot_data(const struct store *s)
{
	return s->shape.slot - sizeof(struct store_slot);
}
static inline size_t store_block_data(const struct store *s)
{
	return s->shape.block - sizeof(struct store_block);
}
/* Blocks that a record of this length needs. */
static inline uint32_t store_blocks_for(const struct store *s, size_t len)
{
	size_t tail = len > store_slot_data(s) ? len - store_slot_data(s) : 0;

	return (uint32_t)((tail + store_block_data(s) - 1) / store_block_data(s));
}

#endif
