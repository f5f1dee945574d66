/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the commands `impair` and `no impair`. */
#ifndef GW_OPERATOR_IMPAIR_PARSE_H
#define GW_OPERATOR_IMPAIR_PARSE_H

#include "gw/impairs.h"

/* "PORT [CIRCUIT] [in|out] loss 5% ... [seed N] [for 60s]"; bare: it ends in front of what is set.
 * The wish points into the words.  NULL, or what is wrong, good until the next one. */
const char *impair_parse(struct impairs_wish *w, const char *const *word, unsigned n, bool bare);

#endif
