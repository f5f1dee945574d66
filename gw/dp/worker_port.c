/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A port on its worker, and its channels.  A channel's record is made when something first names it
 * and freed when the channel is down for ever, refused or disconnected.
 */
#include "gw/dp/data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- the port --------------------------------------------------------------------------------- */

struct worker_port *worker_port_new(struct worker *w, unsigned no, const struct ist_transport *t,
				    const char *name)
{
	struct worker_port *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->name = strdup(name);
	p->failure = report_new_failure();
	if (!p->name || !p->failure) {
		free(p->name);
		free(p->failure);
		free(p);
		return NULL;
	}
	p->w = w;
	p->no = no;
	p->t = t;
	map_init(&p->chans, false);
	p->host = host_table;
	p->host.tap_on = &p->tap_on;
	return p;
}

static void worker_port_drop_chan(void *ctx, uint64_t key, uintptr_t v)
{
	(void)key;
	worker_chan_drop(ctx, (struct worker_chan *)v);
}

static void worker_port_unwatch(struct worker_port *p)
{
	for (unsigned i = 0; i < p->watches; i++) {
		if (p->watch[i])
			worker_unwatch(p->w, p->watch[i]);
		p->watch[i] = NULL;
	}
}

void worker_port_close(struct worker_port *p)
{
	/* Before the transport closes its descriptors: epoll knows one that a child process also
	 * holds until that has gone, and could not be told to forget it any more. */
	worker_port_unwatch(p);
	if (p->p)
		p->t->close(p->p);
	p->p = NULL;
	worker_port_unwatch(p); /* what it has watched meanwhile */
	deadline_cancel(&p->w->heap, &p->settle);
	for (unsigned i = 0; i < p->timers; i++) {
		if (p->timer[i])
			deadline_cancel(&p->w->heap, &p->timer[i]->d);
		free(p->timer[i]);
		p->timer[i] = NULL;
	}
}

#define FROZEN_FIRST 65536u /* octets to begin with */
#define FROZEN_FDS   16u
#define FDS_MOST     65536u

static bool worker_port_make_room(struct ist_frozen *f)
{
	size_t room = f->room ? 2 * f->room : FROZEN_FIRST;
	unsigned fds = f->fd_room ? 2 * f->fd_room : FROZEN_FDS;
	uint8_t *octets = room <= FROZEN_MOST ? realloc(f->octets, room) : NULL;
	int *fd = fds <= FDS_MOST ? realloc(f->fd, fds * sizeof(*fd)) : f->fd;

	f->octets = octets ? octets : f->octets;
	f->room = octets ? room : f->room;
	if (fd && fds <= FDS_MOST)
		f->fd_room = fds;
	f->fd = fd ? fd : f->fd;
	return octets && fd;
}

int worker_port_freeze(struct worker_port *p, struct ist_frozen *f)
{
	int rc = -ENOSPC;

	if (!p->p || !IST_HAS(p->t, freeze) || !p->t->freeze)
		return -EOPNOTSUPP;
	while (rc == -ENOSPC && worker_port_make_room(f))
		rc = p->t->freeze(p->p, f);
	return rc;
}

void worker_port_forget_frozen(struct ist_frozen *f)
{
	free(f->octets);
	free(f->fd);
}

void worker_port_free(struct worker_port *p)
{
	worker_port_close(p);
	worker_impair_free(p);
	report_forget(p->w, p->no);
	map_each(&p->chans, worker_port_drop_chan, p);
	map_free(&p->chans);
	free(p->watch);
	free(p->timer);
	free(p->failure);
	free(p->anew_words);
	free(p->name);
	free(p);
}

/* --- channels --------------------------------------------------------------------------------- */

#define QUEUE_CONTROL (16u << 10)
#define QUEUE_DATA    (64u << 10)

struct worker_chan *worker_chan_find(const struct worker_port *p, ist_channel c)
{
	return (struct worker_chan *)map_get(&p->chans, c);
}

static bool worker_chan_get_queues(struct worker_chan *c)
{
	c->q = aligned_alloc(64, (sizeof(*c->q) + 63) & ~(size_t)63);
	if (!c->q)
		return false;
	memset(c->q, 0, sizeof(*c->q));
	return !ring_init(&c->q->control, QUEUE_CONTROL) && !ring_init(&c->q->data, QUEUE_DATA);
}

struct worker_chan *worker_chan_make(struct worker_port *p, ist_channel id)
{
	struct worker_chan *c = worker_chan_find(p, id);

	if (c)
		return c;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->id = id;
	c->payload = worker_port_has(p, IST_CAP_L2TP) ? IST_PAYLOAD_L2TP : IST_PAYLOAD_PPP;
	if ((worker_port_has(p, IST_CAP_FLOW) && !worker_chan_get_queues(c)) ||
	    !map_set(&p->chans, id, (uintptr_t)c)) {
		worker_chan_drop(p, c);
		return NULL;
	}
	return c;
}

uint32_t worker_chan_mtu(const struct worker_port *p, ist_channel c)
{
	return p->p && p->t->mtu ? p->t->mtu(p->p, c) : 0;
}

/* Dropped packets are reported as sent too, so that the engine's window does not stall. */
static void worker_chan_drain_queue(struct worker_port *p, struct ring *r)
{
	const struct cmd_rec *q;
	size_t len;

	while (r->out.mem && (q = ring_peek(&r->in, &len))) {
		worker_drop(p->w, DP_R_SEND);
		count_add(&p->w->n->control_lost, (q->kind & IST_FRAME_CONTROL) != 0);
		if (worker_queue_wants_sent(p->w, q))
			tell_sent(p->w, q->cookie);
		ring_drop(&r->in);
	}
}

void worker_chan_purge(struct worker_port *p, struct worker_chan *c)
{
	if (c->q && !p->w->data->aside) { /* else the other one has them */
		worker_chan_drain_queue(p, &c->q->control);
		worker_chan_drain_queue(p, &c->q->data);
	}
}

void worker_chan_drop(struct worker_port *p, struct worker_chan *c)
{
	map_set(&p->chans, c->id, 0);
	report_annul(p->w, c);
	worker_chan_purge(p, c);
	if (c->q) {
		ring_free(&c->q->control);
		ring_free(&c->q->data);
	}
	free(c->q);
	free(c->story);
	free(c);
}

/* --- timers, wake-ups ------------------------------------------------------------------------- */

void worker_port_timer_fire(struct deadline *d, uint64_t now)
{
	struct worker_port_timer *t = IST_CONTAINER_OF(d, struct worker_port_timer, d);

	t->on_time(t->arg, now);
}

void worker_ports_woken(struct worker *w)
{
	for (unsigned i = 0; i < WORKER_PORTS; i++) {
		struct worker_port *p = w->port[i];

		if (p && atomic_exchange(&p->woken, false) && p->t->on_wake)
			p->t->on_wake(p->p);
	}
}
