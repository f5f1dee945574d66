/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets that wait for a client of the control socket: a buffer that grows and is sent off from its
 * beginning. */
#ifndef GW_OPERATOR_CTL_TEXT_H
#define GW_OPERATOR_CTL_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct ctl_text {
	char *at;
	size_t from, len, cap; /* at[from..len) waits */
	bool failed;	       /* out of memory: something is missing at the end */
};

void ctl_text_free(struct ctl_text *t);
static inline size_t ctl_text_left(const struct ctl_text *t)
{
	return t->len - t->from;
}
void ctl_text_add(struct ctl_text *t, const char *octets, size_t len);
void ctl_text_words(struct ctl_text *t, const char *words);
/* A value on one line, which is given up; NULL counts as out of memory. */
void ctl_text_json(struct ctl_text *t, json_t *value);
/* All but the first `len` is taken back, and that something failed. */
void ctl_text_cut(struct ctl_text *t, size_t len);
/* n octets of what waits are sent. */
void ctl_text_sent(struct ctl_text *t, size_t n);

/* Words of any origin: octets that are no UTF-8 as \xx. */
json_t *ctl_string(const char *words);

#endif
