/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_text.h"

#include "gw/text.h"

#include <stdlib.h>
#include <string.h>

void ctl_text_free(struct ctl_text *t)
{
	free(t->at);
	*t = (struct ctl_text){0};
}

void ctl_text_add(struct ctl_text *t, const char *octets, size_t len)
{
	if (len > t->cap - t->len) {
		size_t cap = t->cap ? t->cap * 2 : 1024;
		char *at;

		while (cap - t->len < len)
			cap *= 2;
		at = t->failed ? NULL : realloc(t->at, cap);
		if (!at) {
			t->failed = true;
			return;
		}
		t->at = at;
		t->cap = cap;
	}
	memcpy(t->at + t->len, octets, len);
	t->len += len;
}

void ctl_text_words(struct ctl_text *t, const char *words)
{
	ctl_text_add(t, words, strlen(words));
}

static int ctl_text_dump(const char *octets, size_t len, void *ctx)
{
	struct ctl_text *t = ctx;

	ctl_text_add(t, octets, len);
	return t->failed ? -1 : 0;
}

void ctl_text_json(struct ctl_text *t, json_t *value)
{
	if (!value || json_dump_callback(value, ctl_text_dump, t,
					 JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY) < 0)
		t->failed = true;
	json_decref(value);
}

void ctl_text_cut(struct ctl_text *t, size_t len)
{
	t->len = len;
	t->failed = false;
}

void ctl_text_sent(struct ctl_text *t, size_t n)
{
	t->from += n;
	if (t->from < t->len) {
		/* who reads slowly and is told more all the time must not make it grow */
		if (t->from > t->len / 2) {
			memmove(t->at, t->at + t->from, t->len - t->from);
			t->len -= t->from;
			t->from = 0;
		}
		return;
	}
	/* a long answer is no reason to hold its memory */
	if (t->cap > 16384)
		ctl_text_free(t);
	t->from = t->len = 0;
}

json_t *ctl_string(const char *words)
{
	json_t *s = json_string(words);
	char plain[1024];

	return s ? s : json_string(gw_printable(plain, sizeof(plain), words, strlen(words)));
}
