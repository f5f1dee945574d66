/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/spare.h"

#include <stdlib.h>

bool spare_fill(struct spare *s)
{
	while (s->n < SPARE_PIECES && (s->piece[s->n] = malloc(SPARE_PIECE)))
		s->n++;
	return s->n == SPARE_PIECES;
}

bool spare_use(struct spare *s)
{
	if (!s->n)
		return false;
	free(s->piece[--s->n]);
	return true;
}

void spare_free(struct spare *s)
{
	while (spare_use(s))
		;
}
