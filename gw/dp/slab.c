/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page begins with its head, a line of its own, and a piece finds it by its address.  What is
 * given back is put on a list that the taking thread fetches whole: so no piece is on it twice, and
 * none is taken from its middle.
 */
#include "gw/dp/slab.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What nobody has is nobody's to read or write. */
#ifdef __SANITIZE_ADDRESS__
void __asan_poison_memory_region(const volatile void *at, size_t len);
void __asan_unpoison_memory_region(const volatile void *at, size_t len);
#define slab_hide(at, len) __asan_poison_memory_region(at, len)
#define slab_show(at, len) __asan_unpoison_memory_region(at, len)
#else
#define slab_hide(at, len) ((void)(at))
#define slab_show(at, len) ((void)(at))
#endif

struct slab_piece {
	struct slab_piece *next;
};

struct slab_page {
	struct slab *of;
	struct slab_page *next, **at; /* among those with room; at NULL = it has none */
	struct slab_piece *free;
	uint32_t used, fresh; /* octets from here on were never used */
};
_Static_assert(sizeof(struct slab_page) <= SLAB_LINE, "the head of a page is one line");

void slab_init(struct slab *s, size_t size)
{
	*s = (struct slab){.size = (size + SLAB_LINE - 1) & ~(size_t)(SLAB_LINE - 1)};
}

/* --- pages -------------------------------------------------------------------------------------- */

static void slab_page_in(struct slab *s, struct slab_page *p)
{
	p->next = s->room;
	p->at = &s->room;
	if (p->next)
		p->next->at = &p->next;
	s->room = p;
}

static void slab_page_out(struct slab_page *p)
{
	*p->at = p->next;
	if (p->next)
		p->next->at = p->at;
	p->at = NULL;
}

static void slab_page_free(struct slab_page *p)
{
	slab_show(p, SLAB_PAGE);
	slab_page_out(p);
	free(p);
}

static bool slab_page_is_full(const struct slab_page *p)
{
	return !p->free && p->fresh + p->of->size > SLAB_PAGE;
}

static struct slab_page *slab_page_new(struct slab *s)
{
	struct slab_page *p;
	void *at;

	if (posix_memalign(&at, SLAB_PAGE, SLAB_PAGE))
		return NULL;
	p = at;
	*p = (struct slab_page){.of = s, .fresh = SLAB_LINE};
	slab_hide((uint8_t *)at + SLAB_LINE, SLAB_PAGE - SLAB_LINE);
	slab_page_in(s, p);
	return p;
}

static struct slab_page *slab_page_of(const void *piece)
{
	return (struct slab_page *)((uintptr_t)piece & ~(uintptr_t)(SLAB_PAGE - 1));
}

/* --- pieces ------------------------------------------------------------------------------------- */

static void *slab_page_take(struct slab_page *p)
{
	struct slab_piece *piece = p->free;

	if (piece) {
		slab_show(piece, p->of->size);
		p->free = piece->next;
	} else {
		piece = (struct slab_piece *)(void *)((uint8_t *)p + p->fresh);
		slab_show(piece, p->of->size);
		p->fresh += (uint32_t)p->of->size;
	}
	p->used++;
	if (slab_page_is_full(p))
		slab_page_out(p);
	return piece;
}

/* The last page stays for the next piece. */
static void slab_page_put(struct slab *s, struct slab_piece *piece)
{
	struct slab_page *p = slab_page_of(piece);

	piece->next = p->free;
	p->free = piece;
	slab_hide(piece, s->size);
	if (!p->at)
		slab_page_in(s, p);
	if (!--p->used && (s->room != p || p->next))
		slab_page_free(p);
}

void slab_tidy(struct slab *s)
{
	struct slab_piece *piece = atomic_exchange(&s->given, NULL);

	while (piece) {
		struct slab_piece *next = piece->next;

		slab_page_put(s, piece);
		piece = next;
	}
}

void *slab_take(struct slab *s)
{
	struct slab_page *p;

	slab_tidy(s);
	p = s->room ? s->room : slab_page_new(s);
	return p ? memset(slab_page_take(p), 0, s->size) : NULL;
}

void slab_give(void *piece)
{
	struct slab_piece *fresh = piece;
	struct slab *s;

	if (!piece)
		return;
	s = slab_page_of(piece)->of;
	fresh->next = atomic_load(&s->given);
	while (!atomic_compare_exchange_weak(&s->given, &fresh->next, fresh))
		;
}

void slab_free(struct slab *s)
{
	slab_tidy(s);
	while (s->room)
		slab_page_free(s->room);
}
