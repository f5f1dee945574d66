/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The array by Tunnel ID is one lazily touched block; a tunnel's table lives while it has calls. */
#include "gw/dp/calltab.h"

#include <errno.h>
#include <stdlib.h>

#define TUNNELS 65536u

int calltab_init(struct calltab *t, _Atomic uint64_t *heard)
{
	t->heard = heard;
	t->n = 0;
	t->tunnel = calloc(TUNNELS, sizeof(t->tunnel[0]));
	return t->tunnel ? 0 : -ENOMEM;
}

void calltab_free(struct calltab *t)
{
	for (unsigned i = 0; t->tunnel && i < TUNNELS; i++)
		if (t->tunnel[i].live)
			map_free(&t->tunnel[i]);
	free(t->tunnel);
	t->tunnel = NULL;
}

/* Each step fetches what the next one reads, for all before any is read, so that the waits for
 * memory are one. */
void calltab_look_ahead(const struct calltab *t, const uint32_t *key, unsigned n)
{
	struct call *c[CALLTAB_AHEAD];

	for (unsigned i = 0; i < n; i++)
		map_ahead(&t->tunnel[key[i] >> 16], (uint16_t)key[i]);
	for (unsigned i = 0; i < n; i++) {
		c[i] = calltab_get(t, (uint16_t)(key[i] >> 16), (uint16_t)key[i]);
		__builtin_prefetch(c[i]);
	}
	for (unsigned i = 0; i < n; i++)
		if (c[i])
			__builtin_prefetch(c[i]->st, 1);
	for (unsigned i = 0; i < n; i++)
		if (c[i])
			__builtin_prefetch(c[i]->st->n, 1);
}

bool calltab_set(struct calltab *t, uint16_t tid, uint16_t sid, struct call *c)
{
	struct map *calls = &t->tunnel[tid];
	const uint32_t before = calls->live;
	bool ok;

	if (!calls->live && c) {
		calls->shared = true;
		calltab_heard(t, tid, 0);
	}
	ok = map_set(calls, sid, (uintptr_t)c);
	t->n += calls->live - before;
	return ok;
}

struct each {
	void (*fn)(void *ctx, struct call *c);
	void *ctx;
};

static void calltab_show(void *ctx, uint64_t key, uintptr_t v)
{
	struct each *e = ctx;

	(void)key;
	e->fn(e->ctx, (struct call *)v);
}

void calltab_each(struct calltab *t, void (*fn)(void *ctx, struct call *c), void *ctx)
{
	struct each e = {fn, ctx};

	for (unsigned i = 0; i < TUNNELS; i++)
		if (t->tunnel[i].live)
			map_each(&t->tunnel[i], calltab_show, &e);
}
