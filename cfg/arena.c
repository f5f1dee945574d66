/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model and everything it points to live and die together, and so does everything that is needed
 * while a text is being read.  An arena is a list of pieces of memory; nothing is ever given back
 * alone.
 */
#include "cfg/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct piece {
	struct piece *next;
	size_t len;
	_Alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct piece *last;
};

static void *arena_or_die(void *p)
{
	if (!p) {
		fputs("isthmus: out of memory while reading the configuration\n", stderr);
		abort();
	}
	return p;
}

struct arena *arena_new(void)
{
	return arena_or_die(calloc(1, sizeof(struct arena)));
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct piece *p = a->last, *next; p; p = next) {
		next = p->next;
		explicit_bzero(p->data, p->len);
		free(p);
	}
	free(a);
}

void *arena_get(struct arena *a, size_t n)
{
	struct piece *p = arena_or_die(calloc(1, sizeof(*p) + n));

	p->len = n;
	p->next = a->last;
	a->last = p;
	return p->data;
}

char *arena_text(struct arena *a, const char *s, size_t len)
{
	char *out = arena_get(a, len + 1);

	if (len)
		memcpy(out, s, len);
	return out;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *out;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	out = arena_get(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(out, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return out;
}

void arena_add(struct arena_buf *b, const char *s, size_t len)
{
	if (b->len + len + 1 > b->cap) {
		size_t cap = (b->len + len + 32) * 2;
		char *p = arena_get(b->a, cap);

		if (b->len)
			memcpy(p, b->p, b->len);
		b->p = p;
		b->cap = cap;
	}
	if (len)
		memcpy(b->p + b->len, s, len);
	b->len += len;
	b->p[b->len] = '\0';
}

void arena_add_text(struct arena_buf *b, const char *s)
{
	arena_add(b, s, strlen(s));
}
