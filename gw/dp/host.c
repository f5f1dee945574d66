/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a transport is given (struct ist_host): watches, timers, log and reports, all on the worker
 * its port lives on.  The host context of every call is the port.
 *
 * A report while the port is still being opened, or after it failed, is not possible by contract
 * and ignored.  A channel's record is made when something first names it and goes when it is down
 * for ever or given up.
 */
#include "gw/dp/dp_int.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_TEXT 256

static const struct ist_host host_table;

/* --- the port --------------------------------------------------------------------------------- */

struct port *port_new(struct worker *w, unsigned no, const struct ist_transport *t)
{
	struct port *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->failure = report_new(REPORT_TEXT);
	if (!p->failure) {
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

static void host_drop_one(void *ctx, uint64_t key, uintptr_t v)
{
	(void)key;
	port_chan_drop(ctx, (struct chan *)v);
}

void port_free(struct port *p)
{
	if (p->p)
		p->t->close(p->p);
	for (unsigned i = 0; i < p->watches; i++)
		if (p->watch[i])
			worker_unwatch(p->w, p->watch[i]);
	for (unsigned i = 0; i < p->timers; i++) {
		if (p->timer[i])
			deadline_cancel(&p->w->heap, &p->timer[i]->d);
		free(p->timer[i]);
	}
	report_forget(p->w, p->no);
	map_each(&p->chans, host_drop_one, p);
	map_free(&p->chans);
	free(p->watch);
	free(p->timer);
	free(p->failure);
	free(p);
}

/* --- channels --------------------------------------------------------------------------------- */

#define QUEUE_CONTROL (16u << 10)
#define QUEUE_DATA    (64u << 10)

struct chan *port_chan(const struct port *p, ist_channel c)
{
	return (struct chan *)map_get(&p->chans, c);
}

static bool host_get_queues(struct chan *c)
{
	c->q = aligned_alloc(64, (sizeof(*c->q) + 63) & ~(size_t)63);
	if (!c->q)
		return false;
	memset(c->q, 0, sizeof(*c->q));
	return !ring_init(&c->q->control, QUEUE_CONTROL) && !ring_init(&c->q->data, QUEUE_DATA);
}

struct chan *port_chan_make(struct port *p, ist_channel id)
{
	struct chan *c = port_chan(p, id);

	if (c)
		return c;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->id = id;
	c->payload = port_has(p, IST_CAP_L2TP) ? IST_PAYLOAD_L2TP : IST_PAYLOAD_PPP;
	if ((port_has(p, IST_CAP_FLOW) && !host_get_queues(c)) ||
	    !map_set(&p->chans, id, (uintptr_t)c)) {
		port_chan_drop(p, c);
		return NULL;
	}
	return c;
}

uint32_t port_chan_mtu(const struct port *p, ist_channel c)
{
	return p->p && p->t->mtu ? p->t->mtu(p->p, c) : 0;
}

/* Whoever waits to hear that a packet has left hears it also when it never will. */
static void host_drain_queue(struct port *p, struct ring *r)
{
	const struct cmd_rec *q;
	size_t len;

	while (r->buf && (q = ring_peek(r, &len))) {
		worker_drop(p->w, DP_R_SEND);
		if (q->want_sent)
			tell_sent(p->w, q->cookie);
		ring_drop(r);
	}
}

static void host_purge(struct port *p, struct chan *c)
{
	if (c->q) {
		host_drain_queue(p, &c->q->control);
		host_drain_queue(p, &c->q->data);
	}
}

void port_chan_drop(struct port *p, struct chan *c)
{
	map_set(&p->chans, c->id, 0);
	report_annul(p->w, c);
	host_purge(p, c);
	if (c->q) {
		ring_free(&c->q->control);
		ring_free(&c->q->data);
	}
	free(c->q);
	free(c);
}

/* --- descriptors ------------------------------------------------------------------------------ */

/* A free place in a growing array of pointers; its number, or -1 without memory. */
static int host_place(void ***array, unsigned *n)
{
	unsigned i, more;
	void **grown;

	for (i = 0; i < *n; i++)
		if (!(*array)[i])
			return (int)i;
	more = *n ? 2 * *n : 4;
	grown = realloc(*array, more * sizeof(grown[0]));
	if (!grown)
		return -1;
	memset(grown + *n, 0, (more - *n) * sizeof(grown[0]));
	*array = grown;
	*n = more;
	return (int)i;
}

static struct watch **host_find_watch(struct port *p, int fd)
{
	for (unsigned i = 0; i < p->watches; i++)
		if (p->watch[i] && p->watch[i]->fd == fd)
			return &p->watch[i];
	return NULL;
}

static int host_watch(void *host, int fd, unsigned what, void (*on_fd)(void *arg, unsigned ready),
		      void *arg)
{
	struct port *p = host;
	struct watch **x = host_find_watch(p, fd);
	int i;

	if (!what) {
		if (!x)
			return -ENOENT;
		worker_unwatch(p->w, *x);
		*x = NULL;
		return 0;
	}
	if (x) {
		(*x)->on_fd = on_fd;
		(*x)->arg = arg;
		return worker_watch_change(p->w, *x, what);
	}
	i = host_place((void ***)&p->watch, &p->watches);
	if (i < 0)
		return -ENOMEM;
	p->watch[i] = worker_watch(p->w, fd, what, on_fd, arg);
	return p->watch[i] ? 0 : -errno;
}

/* --- timers ----------------------------------------------------------------------------------- */

static struct port_timer *host_new_timer(struct port *p, uint32_t *id)
{
	int i = host_place((void ***)&p->timer, &p->timers);
	struct port_timer *t = i < 0 ? NULL : calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	p->timer[i] = t;
	t->port = p;
	*id = (uint32_t)i + 1;
	return t;
}

static int host_timer(void *host, uint32_t *id, uint64_t at,
		      void (*on_time)(void *arg, uint64_t now), void *arg)
{
	struct port *p = host;
	struct port_timer *t;

	if (*id > p->timers || (*id && !p->timer[*id - 1]))
		return -ENOENT;
	t = *id ? p->timer[*id - 1] : NULL;
	if (at == UINT64_MAX) {
		if (t) {
			deadline_cancel(&p->w->heap, &t->d);
			p->timer[*id - 1] = NULL;
			free(t);
		}
		*id = 0;
		return 0;
	}
	if (!t && !(t = host_new_timer(p, id)))
		return -ENOMEM;
	t->on_time = on_time;
	t->arg = arg;
	worker_timer(p->w, &t->d, TIMER_PORT, at);
	return 0;
}

void port_timer_fire(struct deadline *d, uint64_t now)
{
	struct port_timer *t = caa_container_of(d, struct port_timer, d);

	t->on_time(t->arg, now);
}

/* --- clock, log, capture, wake ---------------------------------------------------------------- */

static uint64_t host_now(void *host)
{
	(void)host;
	return dp_now();
}

__attribute__((format(printf, 3, 4))) static void host_log(void *host, int level, const char *fmt,
							   ...)
{
	struct port *p = host;
	char text[LOG_TEXT];
	struct log_rec *r;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if (n >= LOG_TEXT)
		n = LOG_TEXT - 1;
	r = ring_reserve(&p->w->log, sizeof(*r) + (size_t)n + 1);
	if (!r) {
		worker_drop(p->w, DP_R_LOG_RING);
		return;
	}
	r->port = p->no;
	r->level = level;
	memcpy(r->text, text, (size_t)n + 1);
	ring_commit(&p->w->log);
	p->w->told = true;
}

static void host_wake(void *host)
{
	struct port *p = host;

	atomic_store(&p->woken, true);
	atomic_store(&p->w->port_woken, true);
	worker_poke(p->w);
}

void ports_woken(struct worker *w)
{
	for (unsigned i = 0; i < WORKER_PORTS; i++) {
		struct port *p = w->port[i];

		if (p && atomic_exchange(&p->woken, false) && p->t->on_wake)
			p->t->on_wake(p->p);
	}
}

/* --- reports ---------------------------------------------------------------------------------- */

static void host_frames(void *host, const struct ist_frame *f, unsigned n)
{
	frames_in(host, f, n);
}

static void host_attrs_report(struct port *p, ist_channel id, enum report_kind kind,
			      const struct ist_attrs *a)
{
	struct chan *c = port_chan_make(p, id);

	if (!c) {
		report_failed(p, -ENOMEM, "no memory for a channel");
		return;
	}
	if (a->payload)
		c->payload = a->payload;
	c->permanent = a->permanent;
	if (a->peer.len)
		c->peer = a->peer;
	report_attrs(p, c, kind, a);
}

static void host_offer(void *host, ist_channel c, const struct ist_attrs *a)
{
	host_attrs_report(host, c, REPORT_OFFER, a);
}

static void host_up(void *host, ist_channel c, const struct ist_attrs *a)
{
	host_attrs_report(host, c, REPORT_UP, a);
	chan_writable(host, c);
}

static void host_down(void *host, ist_channel id, const struct ist_cause *why, bool forever)
{
	struct port *p = host;
	struct chan *c = port_chan(p, id);

	report_down(p, c, id, why, forever);
	if (c && forever)
		port_chan_drop(p, c);
	else if (c)
		host_purge(p, c); /* would be stale when the channel comes back */
}

static void host_mtu_changed(void *host, ist_channel id)
{
	struct port *p = host;
	struct chan *c = port_chan(p, id);

	if (c)
		report_mtu(p, c);
}

static void host_writable(void *host, ist_channel c)
{
	chan_writable(host, c);
}

static void host_failed(void *host, int err, const char *words)
{
	report_failed(host, err, words);
}

/* --- captures --------------------------------------------------------------------------------- */

#define TAP_RING (1u << 20)

static void host_tap(void *host, bool outbound, uint16_t link_type, const void *head,
		     uint32_t head_len, const void *payload, uint32_t len)
{
	struct port *p = host;
	struct ring *ring = &p->w->tap;
	struct tap_rec *r;

	if (!p->tap_on)
		return;
	r = ring_reserve(ring, sizeof(*r) + head_len + len);
	if (!r) {
		worker_drop(p->w, DP_R_TAP_RING);
		return;
	}
	r->when = dp_now();
	r->port = p->no;
	r->link_type = link_type;
	r->outbound = outbound;
	if (head_len)
		memcpy(r->octets, head, head_len);
	if (len)
		memcpy(r->octets + head_len, payload, len);
	ring_commit(ring);
	p->w->told = true;
}

int port_tap(struct port *p, bool on)
{
	if (on && !p->w->tap.buf && ring_init(&p->w->tap, TAP_RING))
		return -ENOMEM;
	p->tap_on = on;
	return 0;
}

static const struct ist_host host_table = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_host),
	.watch = host_watch,
	.timer = host_timer,
	.now = host_now,
	.log = host_log,
	.tap = host_tap,
	.wake = host_wake,
	.frames = host_frames,
	.offer = host_offer,
	.up = host_up,
	.down = host_down,
	.mtu_changed = host_mtu_changed,
	.writable = host_writable,
	.failed = host_failed,
};
