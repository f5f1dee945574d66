/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Did you mean ...?": of the names that are known here, the one nearest to what was written.
 */
#ifndef CFG_SUGGEST_H
#define CFG_SUGGEST_H

#include <stddef.h>

struct suggest {
	const char *written;
	const char *best; /* NULL = nothing is near enough */
	unsigned distance;
};

/* Number of changes (a letter added, removed, replaced, or two swapped) from a to b; letter case
 * and
 * - instead of _ do not count.  UINT_MAX when a name is over 63 octets. */
unsigned suggest_distance(const char *a, const char *b);

void suggest_init(struct suggest *s, const char *written);
/* Consider a name; it must live as long as s. */
void suggest_offer(struct suggest *s, const char *name);
/* Each word of a list with blanks between; the best is written to buf. */
void suggest_offer_words(struct suggest *s, const char *words, char *buf, size_t cap);

#endif
