/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The array by Tunnel ID is one lazily touched block; a tunnel's table lives while it has calls. */
#include "gw/dp/calltab.h"

#include <errno.h>
#include <stdlib.h>

#define TUNNELS 65536u

int calltab_init(struct calltab *t, _Atomic uint64_t *heard)
{
	t->heard = heard;
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

bool calltab_set(struct calltab *t, uint16_t tid, uint16_t sid, struct call *c)
{
	struct map *calls = &t->tunnel[tid];

	if (!calls->live && c) {
		calls->shared = true;
		calltab_heard(t, tid, 0);
	}
	return map_set(calls, sid, (uintptr_t)c);
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
