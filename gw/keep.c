/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash of channels with the number of tunnels on each; one entry per channel that has had one. */
#include "gw/keep.h"

#include "core/container.h"
#include "core/htab.h"
#include "gw/random.h"
#include <osmocom/core/linuxlist.h>
#include <stdlib.h>

struct kept {
	struct hnode node; /* by channel */
	struct llist_head entry;
	struct keep *keep;
	l2tp_channel channel;
	unsigned tunnels;
	struct loop_timer give_up;
};

struct keep {
	struct loop *loop;
	struct dp *dp;
	uint64_t linger;
	keep_used_fn used;
	void *used_ctx;
	struct htab by_channel;
	struct llist_head all;
};

struct keep *keep_new(struct loop *loop, struct dp *dp, uint64_t linger, keep_used_fn used,
		      void *ctx)
{
	struct keep *k = calloc(1, sizeof(*k));
	uint64_t secret;

	if (!k)
		return NULL;
	*k = (struct keep){.loop = loop, .dp = dp, .linger = linger, .used = used, .used_ctx = ctx};
	INIT_LLIST_HEAD(&k->all);
	gw_random(&secret, sizeof(secret));
	htab_init(&k->by_channel, secret);
	return k;
}

static struct kept *keep_find(struct keep *k, l2tp_channel c)
{
	struct hnode *n = htab_first(&k->by_channel, c);

	return n ? IST_CONTAINER_OF(n, struct kept, node) : NULL;
}

static void keep_drop(struct kept *x)
{
	htab_del(&x->keep->by_channel, &x->node);
	llist_del(&x->entry);
	loop_cancel(x->keep->loop, &x->give_up);
	free(x);
}

void keep_free(struct keep *k)
{
	struct kept *x, *next;

	if (!k)
		return;
	llist_for_each_entry_safe(x, next, &k->all, entry) keep_drop(x);
	htab_free(&k->by_channel);
	free(k);
}

static void keep_give_up(void *ctx, uint64_t now)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LOCAL};
	struct kept *x = ctx;

	if (x->keep->used && x->keep->used(x->keep->used_ctx, x->channel)) {
		loop_set(x->keep->loop, &x->give_up, now + x->keep->linger);
		return;
	}
	dp_disconnect(x->keep->dp, x->channel, &why);
	keep_drop(x);
}

static struct kept *keep_add(struct keep *k, l2tp_channel c)
{
	struct kept *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->keep = k;
	x->channel = c;
	loop_timer_init(&x->give_up, keep_give_up, x);
	htab_add(&k->by_channel, &x->node, c);
	llist_add_tail(&x->entry, &k->all);
	return x;
}

void keep_unused(struct keep *k, l2tp_channel c, uint64_t now)
{
	struct kept *x = keep_find(k, c);

	if (!x)
		x = keep_add(k, c);
	if (x && !x->tunnels)
		loop_set(k->loop, &x->give_up, now + k->linger);
}

void keep_tunnel_up(struct keep *k, l2tp_channel c)
{
	struct kept *x = keep_find(k, c);

	if (!x) {
		x = keep_add(k, c);
		if (!x)
			return;
		dp_answer(k->dp, c);
	}
	loop_cancel(k->loop, &x->give_up);
	x->tunnels++;
}

void keep_tunnel_down(struct keep *k, l2tp_channel c, uint64_t now)
{
	struct kept *x = keep_find(k, c);

	if (x && x->tunnels && !--x->tunnels)
		loop_set(k->loop, &x->give_up, now + k->linger);
}

void keep_lost(struct keep *k, l2tp_channel c)
{
	struct kept *x = keep_find(k, c);

	if (x)
		keep_drop(x);
}
