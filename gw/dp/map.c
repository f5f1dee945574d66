/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A slot is taken by a key for the life of its array: a removed key leaves its slot with the value
 * GONE and only the same key may use it again.  So a reader that has seen a value and then reads
 * the key cannot be shown another's.  When keys and gone ones fill half the array it is copied into
 * a fresh one, sized by the live keys.
 */
#include "gw/dp/map.h"
#include "gw/dp/rcu.h"

#include <stdlib.h>

#define GONE UINTPTR_MAX

struct slot {
	_Atomic uint64_t key;
	_Atomic uintptr_t v; /* 0 = free; written after the key */
};
struct map_array {
	struct rcu_head rcu;
	uint32_t mask, used; /* used: slots taken, gone ones too */
	struct slot slot[];
};

void map_init(struct map *m, bool shared)
{
	atomic_init(&m->array, NULL);
	m->live = 0;
	m->shared = shared;
}

void map_free(struct map *m)
{
	free(atomic_load_explicit(&m->array, memory_order_relaxed));
	map_init(m, m->shared);
}

static uint32_t map_start(uint64_t key, uint32_t mask)
{
	return (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32) & mask;
}

/* The slot of key, or the free one where it would go. */
static struct slot *map_find(struct map_array *a, uint64_t key, uintptr_t *v)
{
	for (uint32_t i = map_start(key, a->mask);; i = (i + 1) & a->mask) {
		struct slot *s = &a->slot[i];

		*v = atomic_load_explicit(&s->v, memory_order_acquire);
		if (!*v || atomic_load_explicit(&s->key, memory_order_relaxed) == key)
			return s;
	}
}

uintptr_t map_get(const struct map *m, uint64_t key)
{
	struct map_array *a = atomic_load_explicit(&m->array, memory_order_acquire);
	uintptr_t v;

	if (!a)
		return 0;
	map_find(a, key, &v);
	return v == GONE ? 0 : v;
}

void map_ahead(const struct map *m, uint64_t key)
{
	struct map_array *a = atomic_load_explicit(&m->array, memory_order_acquire);

	if (a)
		__builtin_prefetch(&a->slot[map_start(key, a->mask)]);
}

static void map_put(struct map_array *a, struct slot *s, uint64_t key, uintptr_t v)
{
	atomic_store_explicit(&s->key, key, memory_order_relaxed);
	atomic_store_explicit(&s->v, v, memory_order_release);
	a->used++;
}

static void map_free_array(struct rcu_head *head)
{
	rcu_grace_over();
	free(IST_CONTAINER_OF(head, struct map_array, rcu));
	rcu_deferred_done();
}

static void map_replace(struct map *m, struct map_array *fresh)
{
	struct map_array *old = atomic_load_explicit(&m->array, memory_order_relaxed);

	atomic_store_explicit(&m->array, fresh, memory_order_release);
	if (!old)
		return;
	if (m->shared)
		rcu_defer(&old->rcu, map_free_array);
	else
		free(old);
}

static bool map_resize(struct map *m)
{
	struct map_array *old = atomic_load_explicit(&m->array, memory_order_relaxed), *a;
	uint32_t size = 4;
	uintptr_t v, ignored;

	while (size < 3 * (m->live + 1))
		size <<= 1;
	a = calloc(1, sizeof(*a) + size * sizeof(a->slot[0]));
	if (!a)
		return false;
	a->mask = size - 1;
	for (uint32_t i = 0; old && i <= old->mask; i++) {
		uint64_t key = atomic_load_explicit(&old->slot[i].key, memory_order_relaxed);

		v = atomic_load_explicit(&old->slot[i].v, memory_order_relaxed);
		if (v && v != GONE)
			map_put(a, map_find(a, key, &ignored), key, v);
	}
	map_replace(m, a);
	return true;
}

bool map_set(struct map *m, uint64_t key, uintptr_t v)
{
	struct map_array *a = atomic_load_explicit(&m->array, memory_order_relaxed);
	struct slot *s = NULL;
	uintptr_t old = 0;

	if (a)
		s = map_find(a, key, &old);
	if (!old) {
		if (!v)
			return true;
		if ((!a || 2 * (a->used + 1) > a->mask + 1) && !map_resize(m))
			return false;
		a = atomic_load_explicit(&m->array, memory_order_relaxed);
		map_put(a, map_find(a, key, &old), key, v);
		m->live++;
		return true;
	}
	m->live += (v != 0) - (old != GONE);
	atomic_store_explicit(&s->v, v ? v : GONE, memory_order_release);
	if (!m->live)
		map_replace(m, NULL);
	return true;
}

void map_each(struct map *m, void (*fn)(void *ctx, uint64_t key, uintptr_t v), void *ctx)
{
	struct map_array *a = atomic_load_explicit(&m->array, memory_order_relaxed);

	/* Removing the last pair frees the array: count the pairs that are left. */
	for (uint32_t i = 0, left = m->live; left && i <= a->mask; i++) {
		uintptr_t v = atomic_load_explicit(&a->slot[i].v, memory_order_relaxed);

		if (!v || v == GONE)
			continue;
		left--;
		fn(ctx, atomic_load_explicit(&a->slot[i].key, memory_order_relaxed), v);
	}
}
