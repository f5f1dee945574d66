/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run of packets waits at the place that the hash of its flow names.  A packet joins the run that
 * waits there, or takes its place once that is written; so the packets of a flow are never out of
 * order, and nobody searches.  Fragments have no ports: all that waits goes before them.
 *
 * A device whose kernel does not take what was joined gets the packets one by one.
 */
#include "gw/dp/gather.h"

#include "gw/dp/data.h"
#include "gw/dp/tun_super.h"

void gather_now(struct worker *w, const struct data_tun *t, const uint8_t *pkt, size_t len)
{
	if (t && tun_super_write_one(t->fd, t->offload, pkt, len))
		count_add(&w->n->tun_tx, 1);
	else
		worker_drop(w, DP_R_TUN_WRITE);
}

static size_t gather_length(const struct ip_run *r, unsigned i)
{
	return (size_t)r->hlen + (i + 1u < r->n ? r->size : r->last);
}

static bool gather_write_super(const struct gather_run *g)
{
	const struct ip_run *r = &g->run;
	struct iovec iov[TUN_SUPER_HEAD + IP_RUN_PACKETS];
	uint8_t head[TUN_HEADERS];
	unsigned n = TUN_SUPER_HEAD;

	for (unsigned i = 0; i < r->n; i++)
		iov[n++] = (struct iovec){(void *)(uintptr_t)(g->pkt[i] + r->hlen),
					  gather_length(r, i) - r->hlen};
	return tun_super_write(g->tun->fd, r, head, iov, n);
}

static void gather_write(struct worker *w, unsigned at)
{
	const struct gather_run *g = &w->gather->run[at];
	const struct ip_run *r = &g->run;

	w->gather->waits &= ~((uint64_t)1 << at);
	if (r->n > 1 && gather_write_super(g)) {
		count_add(&w->n->tun_tx, r->n);
		count_add(&w->n->tun_joined, r->n);
		return;
	}
	for (unsigned i = 0; i < r->n; i++)
		gather_now(w, g->tun, g->pkt[i], gather_length(r, i));
}

void gather_flush(struct worker *w)
{
	struct gather *g = w->gather;

	for (unsigned i = 0; i < g->n; i++)
		if (g->waits >> g->order[i] & 1)
			gather_write(w, g->order[i]);
	g->n = 0;
}

/* The run at this place has been written, or there was none. */
static void gather_wait(struct gather *g, unsigned at, const struct data_tun *t,
			const struct ip_run *r)
{
	struct gather_run *to = &g->run[at];

	to->tun = t;
	to->run = *r;
	to->pkt[0] = r->first;
	g->waits |= (uint64_t)1 << at;
	g->order[g->n++] = (uint8_t)at;
}

static bool gather_join(struct gather_run *g, const struct data_tun *t, const struct ip_run *r)
{
	if (g->tun != t || !ip_run_same(&g->run, r) || !ip_run_join(&g->run, r))
		return false;
	g->pkt[g->run.n - 1u] = r->first;
	return true;
}

bool gather_may(struct worker *w, bool may)
{
	bool was = w->gather->may;

	w->gather->may = may;
	return was;
}

static bool gather_may_join(const struct data_tun *t, const struct ip_run *r)
{
	return t->offload & (r->tcp ? TUN_TCP : TUN_UDP);
}

void gather_packet(struct worker *w, const struct data_tun *t, const uint8_t *pkt, size_t len)
{
	struct gather *g = w->gather;
	enum ip_run_kind kind = IP_RUN_OTHER;
	struct ip_run r;
	unsigned at;

	if (g->may && t->offload & (TUN_TCP | TUN_UDP))
		kind = ip_run_begin(&r, pkt, len);
	if (kind == IP_RUN_PART || !g->may)
		gather_flush(w);
	if (kind < IP_RUN_ALONE || !gather_may_join(t, &r)) {
		gather_now(w, t, pkt, len);
		return;
	}
	at = ip_run_hash(&r) % GATHER_RUNS;
	if (g->waits >> at & 1) {
		if (kind == IP_RUN_BEGUN && gather_join(&g->run[at], t, &r))
			return;
		gather_write(w, at);
	}
	if (kind == IP_RUN_ALONE) {
		gather_now(w, t, pkt, len);
		return;
	}
	if (g->n == GATHER_RUNS)
		gather_flush(w);
	gather_wait(g, at, t, &r);
}
