/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dp/prefixtab.h"

void prefixtab_init(struct prefixtab *t)
{
	atomic_init(&t->lengths, 0);
	for (unsigned i = 0; i < PREFIXTAB_BITS; i++)
		map_init(&t->by_length[i], true);
}

void prefixtab_free(struct prefixtab *t)
{
	for (unsigned i = 0; i < PREFIXTAB_BITS; i++)
		map_free(&t->by_length[i]);
}

bool prefixtab_set(struct prefixtab *t, uint64_t addr, unsigned bits, uint32_t key)
{
	struct map *m = &t->by_length[bits - 1];
	uint64_t bit = UINT64_C(1) << (bits - 1);

	if (!map_set(m, addr >> (PREFIXTAB_BITS - bits), key))
		return false;
	if (m->live)
		atomic_fetch_or_explicit(&t->lengths, bit, memory_order_release);
	else
		atomic_fetch_and_explicit(&t->lengths, ~bit, memory_order_release);
	return true;
}

struct prefixtab_kept {
	struct prefixtab *t;
	const struct prefixtab *only;
	unsigned bits;
};

static void prefixtab_keep_one(void *ctx, uint64_t top, uintptr_t v)
{
	const struct prefixtab_kept *k = ctx;

	(void)v;
	if (!map_get(&k->only->by_length[k->bits - 1], top))
		prefixtab_set(k->t, top << (PREFIXTAB_BITS - k->bits), k->bits, 0);
}

void prefixtab_keep(struct prefixtab *t, const struct prefixtab *only)
{
	for (unsigned bits = 1; bits <= PREFIXTAB_BITS; bits++)
		map_each(&t->by_length[bits - 1], prefixtab_keep_one,
			 &(struct prefixtab_kept){t, only, bits});
}

struct prefixtab_shown {
	void (*fn)(void *ctx, uint64_t addr, unsigned bits, uint32_t key);
	void *ctx;
	unsigned bits;
};

static void prefixtab_show(void *ctx, uint64_t top, uintptr_t v)
{
	const struct prefixtab_shown *s = ctx;

	s->fn(s->ctx, top << (PREFIXTAB_BITS - s->bits), s->bits, (uint32_t)v);
}

void prefixtab_each(struct prefixtab *t,
		    void (*fn)(void *ctx, uint64_t addr, unsigned bits, uint32_t key), void *ctx)
{
	for (unsigned bits = 1; bits <= PREFIXTAB_BITS; bits++)
		map_each(&t->by_length[bits - 1], prefixtab_show,
			 &(struct prefixtab_shown){fn, ctx, bits});
}

uint32_t prefixtab_get(const struct prefixtab *t, uint64_t addr)
{
	uint64_t left = atomic_load_explicit(&t->lengths, memory_order_acquire);

	while (left) {
		unsigned bits = PREFIXTAB_BITS - (unsigned)__builtin_clzll(left);
		uint32_t key =
			(uint32_t)map_get(&t->by_length[bits - 1], addr >> (PREFIXTAB_BITS - bits));

		if (key)
			return key;
		left &= ~(UINT64_C(1) << (bits - 1));
	}
	return 0;
}
