/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for many things of one size, each at the start of a cache line.  Malloc leaves as much
 * again between aligned pieces, since what was freed there is never aligned as the next one wants
 * it.  One thread takes; any may give back, without a lock.  A page of which nothing is used goes.
 */
#ifndef GW_DP_SLAB_H
#define GW_DP_SLAB_H

#include <stdatomic.h>
#include <stddef.h>

#define SLAB_LINE 64u	     /* octets of a cache line */
#define SLAB_PAGE (1u << 18) /* octets, and what it is aligned to */

struct slab_page;
struct slab_piece;

struct slab {
	size_t size;			    /* of a piece, whole lines */
	struct slab_page *room;		    /* pages that have some */
	_Atomic(struct slab_piece *) given; /* back, and not yet in their pages */
};

/* Pieces of at least this many octets, a few hundred at the most. */
void slab_init(struct slab *s, size_t size);
/* All has been given back, and nobody gives any more. */
void slab_free(struct slab *s);
/* All zeros; NULL without memory. */
void *slab_take(struct slab *s);
/* From any thread; NULL is fine. */
void slab_give(void *piece);
/* The thread that takes: what was given back goes into its pages, empty ones away. */
void slab_tidy(struct slab *s);

#endif
