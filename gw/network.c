/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/network.h"

#include "core/container.h"
#include "core/htab.h"
#include "gw/device.h"

#include <stdlib.h>
#include <string.h>

struct network {
	struct hnode node;
	struct llist_head entry, holds; /* holds: the last one first */
	uint32_t tun;
	struct cfg_prefix to;
	bool in_kernel;
};

struct networks {
	struct htab by_prefix;
	struct llist_head all;
};

struct networks *networks_new(void)
{
	struct networks *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	htab_init(&n->by_prefix, 0); /* servers say them, not peers */
	INIT_LLIST_HEAD(&n->all);
	return n;
}

static uint64_t network_key(uint32_t tun, const struct cfg_prefix *to)
{
	const struct dp_prefix p = device_network(to);

	return htab_key(p.top, (uint64_t)tun << 16 | (uint64_t)p.v6 << 8 | p.bits);
}

static struct network *network_find(struct gw *gw, uint32_t tun, const struct cfg_prefix *to)
{
	struct hnode *n = htab_first(&gw->networks->by_prefix, network_key(tun, to));

	for (; n; n = htab_more(n)) {
		struct network *w = IST_CONTAINER_OF(n, struct network, node);

		if (w->tun == tun && cfg_same_prefix(&w->to, to))
			return w;
	}
	return NULL;
}

static struct network *network_make(struct gw *gw, uint32_t tun, const struct cfg_prefix *to)
{
	struct network *w = network_find(gw, tun, to);

	if (w)
		return w;
	w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	w->tun = tun;
	w->to = *to;
	INIT_LLIST_HEAD(&w->holds);
	llist_add_tail(&w->entry, &gw->networks->all);
	htab_add(&gw->networks->by_prefix, &w->node, network_key(tun, to));
	return w;
}

static void network_forget(struct network *w, struct networks *n)
{
	htab_del(&n->by_prefix, &w->node);
	llist_del(&w->entry);
	free(w);
}

void networks_free(struct networks *n)
{
	struct network *w, *next;

	if (!n)
		return;
	llist_for_each_entry_safe(w, next, &n->all, entry)
	{
		network_forget(w, n);
	}
	htab_free(&n->by_prefix);
	free(n);
}

/* To the call that has taken it last. */
static bool network_lead(struct gw *gw, const struct network *w)
{
	const struct network_hold *h = llist_entry(w->holds.next, struct network_hold, entry);
	const struct dp_prefix p = device_network(&w->to);

	return dp_tun_route(gw->dp, w->tun, &p, h->tid, h->sid);
}

static void network_end(struct gw *gw, struct network *w)
{
	const struct dp_prefix p = device_network(&w->to);

	if (!dp_tun_gone(gw->dp, w->tun)) {
		if (w->in_kernel)
			device_route(gw, dp_tun_name(gw->dp, w->tun), &w->to, false);
		dp_tun_unroute(gw->dp, w->tun, &p);
	}
	network_forget(w, gw->networks);
}

bool network_take(struct gw *gw, struct network_hold *h, uint32_t tun, const struct cfg_prefix *to,
		  uint16_t tid, uint16_t sid)
{
	struct network *w = network_make(gw, tun, to);
	bool ok;

	if (!w)
		return false;
	*h = (struct network_hold){.of = w, .tid = tid, .sid = sid};
	ok = llist_empty(&w->holds) ? device_route(gw, dp_tun_name(gw->dp, tun), to, true)
				    : w->in_kernel;
	w->in_kernel = ok;
	llist_add(&h->entry, &w->holds);
	return network_lead(gw, w) && ok;
}

void network_give(struct gw *gw, struct network_hold *h)
{
	struct network *w = h->of;

	if (!w)
		return;
	llist_del(&h->entry);
	h->of = NULL;
	if (llist_empty(&w->holds))
		network_end(gw, w);
	else
		network_lead(gw, w);
}

void network_left(struct gw *gw, uint32_t tun, const struct cfg_prefix *to)
{
	struct network *w = network_make(gw, tun, to);

	if (w)
		w->in_kernel = true;
}

void networks_sweep(struct gw *gw)
{
	struct network *w, *next;

	llist_for_each_entry_safe(w, next, &gw->networks->all, entry)
	{
		if (llist_empty(&w->holds))
			network_end(gw, w);
	}
}
