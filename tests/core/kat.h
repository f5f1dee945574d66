/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading tests/vectors: a line of words, "key=value" ones among them; a word that starts with '#'
 * begins a comment.
 */
#ifndef TESTS_CORE_KAT_H
#define TESTS_CORE_KAT_H

#include "core/hide.h"
#include "tests/harness.h"

struct kat {
	char *text, *next; /* the file, and where the next line starts */
	char *line;	   /* the current one, without its comment */
};

void kat_open(struct kat *k, const char *name); /* a file in tests/vectors */
/* The next line that is not empty; false at the end, when everything is freed. */
bool kat_next(struct kat *k);
bool kat_starts(const struct kat *k, const char *word);
/* The value of key in this line into buf; the test aborts when there is none. */
void kat_text(const struct kat *k, const char *key, char *buf, size_t cap);
size_t kat_hex(const struct kat *k, const char *key, uint8_t *out, size_t cap);
/* The last word of the line as octets. */
size_t kat_last_hex(const struct kat *k, uint8_t *out, size_t cap);
unsigned long kat_number(const struct kat *k, const char *key);

struct l2tp_secret kat_secret(const char *text);

#endif
