/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/trace_ring.h"

#include <stdlib.h>
#include <string.h>

struct trace_ring {
	unsigned next; /* to be written, which is the oldest */
	struct trace_kept kept[TRACE_RING_SIZE];
};

struct trace_ring *trace_ring_new(void)
{
	return calloc(1, sizeof(struct trace_ring));
}

void trace_ring_free(struct trace_ring *r)
{
	if (r)
		explicit_bzero(r, sizeof(*r)); /* there may be passwords in it */
	free(r);
}

struct trace_kept *trace_ring_take(struct trace_ring *r,
				   bool (*is)(const struct trace_kept *k, const void *ctx),
				   const void *ctx)
{
	for (unsigned i = 0; i < TRACE_RING_SIZE; i++) {
		struct trace_kept *k = &r->kept[(r->next + i) % TRACE_RING_SIZE];

		if (!k->used || !is(k, ctx))
			continue;
		k->used = false;
		return k;
	}
	return NULL;
}

struct trace_kept *trace_ring_put(struct trace_ring *r)
{
	struct trace_kept *k = &r->kept[r->next];

	r->next = (r->next + 1) % TRACE_RING_SIZE;
	k->used = true;
	return k;
}
