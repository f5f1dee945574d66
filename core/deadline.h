/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deadlines in order of time: a pairing heap whose nodes live inside their owners, so that setting
 * one allocates nothing and cannot fail.  Every timer inside core/ and ppp/ is one of these.
 *
 * Times are microseconds of a monotonic clock that the caller supplies.  A node is zero-initialised
 * before its first use and cancelled before its memory is freed.  Equal times are served in no
 * particular order.
 */
#ifndef IST_DEADLINE_H
#define IST_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#define DEADLINE_NEVER UINT64_MAX

struct deadline {
	uint64_t when;		/* microseconds; meaningful while set */
	struct deadline *child; /* leftmost child */
	struct deadline *next;	/* right sibling */
	struct deadline *prev;	/* left sibling, or the parent for a leftmost child */
	bool set;
	uint8_t kind; /* for the owner: which of its deadlines this is */
};

struct deadline_heap {
	struct deadline *root;
};

/* (Re)arm d for `when`; DEADLINE_NEVER cancels. */
void deadline_set(struct deadline_heap *h, struct deadline *d, uint64_t when);

/* Harmless when d is not set. */
void deadline_cancel(struct deadline_heap *h, struct deadline *d);

/* When the earliest one is due, DEADLINE_NEVER when there is none. */
uint64_t deadline_next(const struct deadline_heap *h);

/* Take out and return the earliest node with when <= now, or NULL. */
struct deadline *deadline_pop(struct deadline_heap *h, uint64_t now);

#endif
