/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/heap.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t align, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t align, size_t n);
char *__wrap_strdup(const char *s);
void __wrap_free(void *p);

/* --- what is held: open addressing, so that a block of a library passes unnoticed when freed --- */

#define SLOTS (1u << 21)

static uintptr_t
	slot[SLOTS]; /* complemented: no pointers, or LeakSanitizer would find each block */
static unsigned held;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static unsigned heap_home(uintptr_t entry)
{
	return (unsigned)(entry * UINT64_C(0x9e3779b97f4a7c15) >> 43) % SLOTS;
}

static void heap_note(const void *p)
{
	uintptr_t entry = ~(uintptr_t)p;
	unsigned i = heap_home(entry);

	if (!p)
		return;
	pthread_mutex_lock(&lock);
	while (slot[i])
		i = (i + 1) % SLOTS;
	slot[i] = entry;
	if (++held > SLOTS / 2) {
		fprintf(stderr, "a test holds too many blocks\n");
		abort();
	}
	pthread_mutex_unlock(&lock);
}

/* Those behind move up, as far as their home allows. */
static void heap_close_gap(unsigned gap)
{
	for (unsigned i = (gap + 1) % SLOTS; slot[i]; i = (i + 1) % SLOTS) {
		unsigned home = heap_home(slot[i]);

		if ((i - home) % SLOTS < (i - gap) % SLOTS)
			continue;
		slot[gap] = slot[i];
		gap = i;
	}
	slot[gap] = 0;
}

/* False: it is of a library. */
static bool heap_forget(const void *p)
{
	uintptr_t entry = ~(uintptr_t)p;
	unsigned i = heap_home(entry);
	bool ours;

	if (!p)
		return false;
	pthread_mutex_lock(&lock);
	while (slot[i] && slot[i] != entry)
		i = (i + 1) % SLOTS;
	ours = slot[i];
	if (ours) {
		heap_close_gap(i);
		held--;
	}
	pthread_mutex_unlock(&lock);
	return ours;
}

unsigned heap_blocks(void)
{
	unsigned n;

	pthread_mutex_lock(&lock);
	n = held;
	pthread_mutex_unlock(&lock);
	return n;
}

/* --- what is refused -------------------------------------------------------------------------- */

static _Thread_local unsigned to_skip, to_refuse, refusals;

void heap_refuse_many(unsigned skip, unsigned n)
{
	to_skip = skip;
	to_refuse = n;
	refusals = 0;
}

void heap_refuse(unsigned skip)
{
	heap_refuse_many(skip, 1);
}

unsigned heap_refusals(void)
{
	unsigned n = refusals;

	heap_refuse_many(0, 0);
	return n;
}

bool heap_refused(void)
{
	return heap_refusals() > 0;
}

static bool heap_refuses(void)
{
	if (!to_refuse || (to_skip && to_skip--))
		return false;
	to_refuse -= to_refuse != HEAP_FOR_EVER;
	refusals++;
	errno = ENOMEM;
	return true;
}

/* --- in place of the C library's -------------------------------------------------------------- */

/* Neither new nor freed memory looks like anything good. */
enum { NEW = 0xcd, FREED = 0xa5 };

void *__wrap_malloc(size_t n)
{
	void *p = heap_refuses() ? NULL : __real_malloc(n);

	if (p)
		memset(p, NEW, n);
	heap_note(p);
	return p;
}

void *__wrap_calloc(size_t n, size_t size)
{
	void *p = heap_refuses() ? NULL : __real_calloc(n, size);

	heap_note(p);
	return p;
}

void *__wrap_realloc(void *p, size_t n)
{
	void *q;

	if (heap_refuses())
		return NULL;
	heap_forget(p);
	q = __real_realloc(p, n);
	heap_note(q ? q : n ? p : NULL);
	return q;
}

void *__wrap_aligned_alloc(size_t align, size_t n)
{
	void *p = heap_refuses() ? NULL : __real_aligned_alloc(align, n);

	if (p)
		memset(p, NEW, n);
	heap_note(p);
	return p;
}

char *__wrap_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = __wrap_malloc(n);

	return p ? memcpy(p, s, n) : NULL;
}

void __wrap_free(void *p)
{
	if (heap_forget(p))
		memset(p, FREED, malloc_usable_size(p));
	__real_free(p);
}
