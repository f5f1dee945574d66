/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/heap.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__has_feature)
#define HEAP_SANITIZED __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define HEAP_SANITIZED 1
#else
#define HEAP_SANITIZED 0
#endif

void *__real_malloc(size_t n);
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

/* --- a fence behind each block ---------------------------------------------------------------- */

/* Neither new nor freed memory looks like anything good. */
enum { NEW = 0xcd, FREED = 0xa5 };

#define PAGE	   4096u
#define FENCES_MAX 8192u /* the system has a limit of mappings; blocks beyond have no fence */

/* In front of a block that has a fence, which stands right behind it or, so that the block is
 * aligned, at most 15 octets further on. */
struct fence {
	size_t len, room, spare; /* spare: so that the block is aligned */
	uintptr_t mark;		 /* here a block without a fence has its size */
};

static bool fencing;
static atomic_uint fences;

void heap_fence(void)
{
	fencing = !HEAP_SANITIZED; /* a sanitizer has fences of its own */
}

static size_t heap_aligned(size_t n)
{
	return (n + 15) & ~(size_t)15;
}

/* NULL = no room for another one. */
static void *heap_fenced(size_t n)
{
	size_t inside = sizeof(struct fence) + heap_aligned(n);
	size_t room = (inside + PAGE - 1) / PAGE * PAGE;
	uint8_t *at;
	struct fence *f;

	if (!fencing || atomic_load(&fences) >= FENCES_MAX)
		return NULL;
	at = __real_aligned_alloc(PAGE, room + PAGE);
	if (!at)
		return NULL;
	if (mprotect(at + room, PAGE, PROT_NONE)) {
		__real_free(at);
		return NULL;
	}
	f = (struct fence *)(at + room - inside);
	*f = (struct fence){.len = n, .room = room, .mark = ~(uintptr_t)f};
	memset(f + 1, NEW, heap_aligned(n));
	atomic_fetch_add(&fences, 1);
	return f + 1;
}

static struct fence *heap_fence_of(void *p)
{
	struct fence *f = (struct fence *)p - 1;

	return fencing && f->mark == ~(uintptr_t)f ? f : NULL;
}

/* Frees the block; false: it has no fence. */
static bool heap_unfence(void *p)
{
	struct fence *f = heap_fence_of(p);
	uint8_t *at, *octets = p;
	size_t room;

	if (!f)
		return false;
	for (size_t i = f->len; i < heap_aligned(f->len); i++)
		if (octets[i] != NEW) {
			fprintf(stderr, "a test wrote behind a block of %zu octets\n", f->len);
			abort();
		}
	atomic_fetch_sub(&fences, 1);
	at = (void *)((uintptr_t)f & ~(uintptr_t)(PAGE - 1));
	room = f->room;
	memset(at, FREED, room);
	if (mprotect(at + room, PAGE, PROT_READ | PROT_WRITE))
		abort();
	__real_free(at);
	return true;
}

/* --- in place of the C library's -------------------------------------------------------------- */

void (*heap_used)(const char *what);

static void heap_use(const char *what)
{
	if (heap_used)
		heap_used(what);
}

static void *heap_new(size_t n)
{
	void *p = heap_fenced(n);

	if (!p && (p = __real_malloc(n)))
		memset(p, NEW, n);
	heap_note(p);
	return p;
}

void *__wrap_malloc(size_t n)
{
	heap_use("malloc");
	return heap_refuses() ? NULL : heap_new(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	void *p;

	heap_use("calloc");
	p = heap_refuses() ? NULL : heap_new(n * size);
	return p ? memset(p, 0, n * size) : NULL;
}

static void *heap_moved(void *p, size_t n)
{
	size_t len = heap_fence_of(p)->len;
	void *q = heap_new(n);

	if (q) {
		memcpy(q, p, len < n ? len : n);
		heap_unfence(p);
	} else {
		heap_note(p);
	}
	return q;
}

void *__wrap_realloc(void *p, size_t n)
{
	void *q;

	heap_use("realloc");
	if (heap_refuses())
		return NULL;
	if (heap_forget(p) && heap_fence_of(p))
		return heap_moved(p, n);
	q = __real_realloc(p, n);
	heap_note(q ? q : n ? p : NULL);
	return q;
}

void *__wrap_aligned_alloc(size_t align, size_t n)
{
	void *p;

	heap_use("aligned_alloc");
	p = heap_refuses() ? NULL : __real_aligned_alloc(align, n);
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
	if (p)
		heap_use("free");
	if (heap_forget(p)) {
		if (heap_unfence(p))
			return;
		memset(p, FREED, malloc_usable_size(p));
	}
	__real_free(p);
}
