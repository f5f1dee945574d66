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

/* Changes (a letter more, less, other, or two swapped) from a to b; letter case and - against _ are
 * no difference.  Names over 63 octets are as far as can be. */
unsigned suggest_distance(const char *a, const char *b);

void suggest_init(struct suggest *s, const char *written);
/* Consider a name; it must live as long as s. */
void suggest_offer(struct suggest *s, const char *name);
/* Each word of a list with blanks between; the best is written to buf. */
void suggest_offer_words(struct suggest *s, const char *words, char *buf, size_t cap);

#endif
