/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory kept back for the messages of tunnels that are up.  A message that finds no memory is lost
 * before it has a number, which ends its tunnel with all calls; so when there is none, this is
 * given up piece by piece, and no tunnel or call is added until it is whole again.
 */
#ifndef CORE_SPARE_H
#define CORE_SPARE_H

#include <stdbool.h>

#define SPARE_PIECE  4096u /* octets */
#define SPARE_PIECES 16u

struct spare {
	void *piece[SPARE_PIECES];
	unsigned n;
};

/* Is it whole?  Takes back what is missing, as far as there is memory. */
bool spare_fill(struct spare *s);
/* Free one piece, for an allocation that has failed; false when there is none. */
bool spare_use(struct spare *s);
void spare_free(struct spare *s);

#endif
