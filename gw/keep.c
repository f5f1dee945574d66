/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash of channels with the number of tunnels on each; one entry per channel that has had one. */
#include "gw/keep.h"

#include <stdlib.h>

#define BUCKETS 1024u

struct kept {
	struct kept *next;
	struct keep *keep;
	l2tp_channel channel;
	unsigned tunnels;
	struct loop_timer give_up;
};

struct keep {
	struct loop *loop;
	struct dp *dp;
	uint64_t linger;
	struct kept *bucket[BUCKETS];
};

struct keep *keep_new(struct loop *loop, struct dp *dp, uint64_t linger)
{
	struct keep *k = calloc(1, sizeof(*k));

	if (k)
		*k = (struct keep){.loop = loop, .dp = dp, .linger = linger};
	return k;
}

static struct kept **keep_find(struct keep *k, l2tp_channel c)
{
	uint64_t h = (c ^ c >> 32) * 0x9e3779b97f4a7c15ull;
	struct kept **at = &k->bucket[h >> 54];

	while (*at && (*at)->channel != c)
		at = &(*at)->next;
	return at;
}

static void keep_drop(struct kept **at)
{
	struct kept *x = *at;

	*at = x->next;
	loop_cancel(x->keep->loop, &x->give_up);
	free(x);
}

void keep_free(struct keep *k)
{
	unsigned i;

	for (i = 0; k && i < BUCKETS; i++)
		while (k->bucket[i])
			keep_drop(&k->bucket[i]);
	free(k);
}

static void keep_give_up(void *ctx, uint64_t now)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LOCAL};
	struct kept *x = ctx;

	(void)now;
	dp_disconnect(x->keep->dp, x->channel, &why);
	keep_drop(keep_find(x->keep, x->channel));
}

static struct kept *keep_add(struct keep *k, l2tp_channel c)
{
	struct kept **at = keep_find(k, c), *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->keep = k;
	x->channel = c;
	loop_timer_init(&x->give_up, keep_give_up, x);
	*at = x;
	return x;
}

void keep_unused(struct keep *k, l2tp_channel c, uint64_t now)
{
	struct kept *x = *keep_find(k, c);

	if (!x)
		x = keep_add(k, c);
	if (x && !x->tunnels)
		loop_set(k->loop, &x->give_up, now + k->linger);
}

void keep_tunnel_up(struct keep *k, l2tp_channel c)
{
	struct kept *x = *keep_find(k, c);

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
	struct kept *x = *keep_find(k, c);

	if (x && x->tunnels && !--x->tunnels)
		loop_set(k->loop, &x->give_up, now + k->linger);
}

void keep_lost(struct keep *k, l2tp_channel c)
{
	struct kept **at = keep_find(k, c);

	if (*at)
		keep_drop(at);
}
