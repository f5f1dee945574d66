/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is freed whole.  Each piece is its own malloc, so that a sanitizer sees its bounds,
 * and is wiped before it goes, because configurations hold secrets.  Running out of memory ends the
 * process: a gateway that cannot hold its configuration cannot run.
 */
#ifndef CFG_ARENA_H
#define CFG_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);
/* n octets of zeros, aligned for anything; n = 0 gives a valid pointer. */
void *arena_get(struct arena *a, size_t n);
/* A copy of len octets of text, NUL ended. */
char *arena_text(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Text that grows inside an arena; always NUL ended once something was added. */
struct arena_buf {
	struct arena *a;
	char *p;
	size_t len, cap;
};
void arena_add(struct arena_buf *b, const char *s, size_t len);
void arena_add_text(struct arena_buf *b, const char *s);

#endif
