/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets in hex, and what is to be said of them. */
#ifndef TESTS_GW_WORDS_SAID_H
#define TESTS_GW_WORDS_SAID_H

#include "gw/words/words.h"

struct said_row {
	const char *hex;
	const char *text; /* NULL = nothing is said */
};

/* Each of n rows is said by `say`, and each shorter piece of its packet says something that is
 * printable, or nothing. */
void said_rows(const struct said_row *row, size_t n,
	       bool (*say)(struct words *w, const uint8_t *octets, size_t len));

#endif
