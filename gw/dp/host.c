/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host table that a transport is given (struct ist_host): watches, timers, log, captures and
 * reports, all on the worker its port lives on.  The host context of every call is the worker_port.
 */
#include "gw/dp/data.h"
#include "gw/dp/tun.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_TEXT 256

/* --- descriptors ------------------------------------------------------------------------------ */

/* A free place in a growing array of pointers; its number, or -1 without memory. A port has a
 * handful of watches and timers: no table is worth it. */
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

static struct watch **host_find_watch(struct worker_port *p, int fd)
{
	for (unsigned i = 0; i < p->watches; i++)
		if (p->watch[i] && p->watch[i]->fd == fd)
			return &p->watch[i];
	return NULL;
}

static bool host_is_late(const struct worker_port *p, int fd)
{
	for (unsigned i = 0; atomic_load(&p->w->data->waits) && i < p->lates; i++)
		if (p->late[i] == fd)
			return true;
	return false;
}

static int host_watch(void *host, int fd, unsigned what, void (*on_fd)(void *arg, unsigned ready),
		      void *arg)
{
	struct worker_port *p = host;
	struct watch **x = host_find_watch(p, fd);
	bool was;
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
	was = path_set(false);
	i = host_place((void ***)&p->watch, &p->watches);
	if (i >= 0)
		p->watch[i] = worker_watch(p->w, fd, what, on_fd, arg);
	path_set(was);
	if (i < 0)
		return -ENOMEM;
	if (p->watch[i] && host_is_late(p, fd))
		worker_watch_later(p->w, p->watch[i]);
	return p->watch[i] ? 0 : -errno;
}

/* --- timers ----------------------------------------------------------------------------------- */

static struct worker_port_timer *host_new_timer(struct worker_port *p, uint32_t *id)
{
	bool was = path_set(false);
	int i = host_place((void ***)&p->timer, &p->timers);
	struct worker_port_timer *t = i < 0 ? NULL : calloc(1, sizeof(*t));

	path_set(was);
	if (!t)
		return NULL;
	p->timer[i] = t;
	*id = (uint32_t)i + 1;
	return t;
}

static void host_end_timer(struct worker_port *p, struct worker_port_timer *t, uint32_t at)
{
	bool was = path_set(false);

	deadline_cancel(&p->w->heap, &t->d);
	p->timer[at] = NULL;
	free(t);
	path_set(was);
}

static int host_timer(void *host, uint32_t *id, uint64_t at,
		      void (*on_time)(void *arg, uint64_t now), void *arg)
{
	struct worker_port *p = host;
	struct worker_port_timer *t;

	if (*id > p->timers || (*id && !p->timer[*id - 1]))
		return -ENOENT;
	t = *id ? p->timer[*id - 1] : NULL;
	if (at == UINT64_MAX) {
		if (t)
			host_end_timer(p, t, *id - 1);
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

/* --- clock, log, capture, wake ---------------------------------------------------------------- */

static uint64_t host_now(void *host)
{
	(void)host;
	return dp_now();
}

__attribute__((format(printf, 3, 4))) static void host_log(void *host, int level, const char *fmt,
							   ...)
{
	struct worker_port *p = host;
	char text[LOG_TEXT];
	struct log_rec *r;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || p->w->data->aside)
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
	struct worker_port *p = host;

	atomic_store(&p->woken, true);
	atomic_store(&p->w->port_woken, true);
	worker_poke(p->w);
}

/* --- reports ---------------------------------------------------------------------------------- */

static void host_frames(void *host, const struct ist_frame *f, unsigned n)
{
	struct worker_port *p = host;

	if (__builtin_expect(p->impaired >> DP_IMPAIR_IN & 1, 0))
		worker_impair_in(p, f, n);
	else
		frames_in(p, f, n);
}

static void host_attrs_report(struct worker_port *p, ist_channel id, enum door_kind kind,
			      const struct ist_attrs *a)
{
	struct worker_chan *c = worker_chan_make(p, id);

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
	bool was = path_set(false);

	host_attrs_report(host, c, DOOR_OFFER, a);
	path_set(was);
}

static void host_up(void *host, ist_channel c, const struct ist_attrs *a)
{
	bool was = path_set(false);

	host_attrs_report(host, c, DOOR_UP, a);
	path_set(was);
	worker_chan_writable(host, c);
}

static void host_down(void *host, ist_channel id, const struct ist_cause *why, bool forever)
{
	struct worker_port *p = host;
	struct worker_chan *c = worker_chan_find(p, id);
	bool was = path_set(false);

	report_down(p, c, id, why, forever);
	if (c && forever)
		worker_chan_drop(p, c);
	else if (c)
		worker_chan_purge(p, c); /* stale when the channel comes back */
	path_set(was);
}

static void host_mtu_changed(void *host, ist_channel id)
{
	struct worker_port *p = host;
	struct worker_chan *c = worker_chan_find(p, id);
	bool was = path_set(false);

	if (c)
		report_mtu(p, c);
	path_set(was);
}

static void host_writable(void *host, ist_channel c)
{
	worker_chan_writable(host, c);
}

static void host_failed(void *host, int err, const char *words)
{
	bool was = path_set(false);

	report_failed(host, err, words);
	path_set(was);
}

/* --- captures --------------------------------------------------------------------------------- */

static void host_tap(void *host, bool outbound, uint16_t link_type, const void *head,
		     uint32_t head_len, const void *payload, uint32_t len)
{
	struct worker_port *p = host;
	struct ring_out *ring = &p->w->tap;
	struct tap_rec *r;

	if (!p->tap_on)
		return;
	r = ring_reserve(ring, sizeof(*r) + head_len + len);
	if (!r) {
		worker_drop(p->w, DP_R_TAP_RING);
		return;
	}
	r->when = dp_now();
	r->call = 0;
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

/* What comes by these is kept in the kernel, and may be of channels that control has yet to set or
 * to resume. */
static bool host_may_be_late(const struct ist_open *what)
{
	return what->kind == IST_OPEN_UDP || what->kind == IST_OPEN_PACKET ||
	       what->kind == IST_OPEN_TAP;
}

static void host_crowded(void *host, bool on)
{
	((struct worker_port *)host)->crowded = on;
}

static int host_open(void *host, const struct ist_open *what)
{
	struct worker_port *p = host;
	int fd = tun_ask_open(what);

	if (fd >= 0 && host_may_be_late(what) && atomic_load(&p->w->data->waits) &&
	    p->lates < WORKER_PORT_LATE)
		p->late[p->lates++] = fd;
	return fd;
}

const struct ist_host host_table = {
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
	.open = host_open,
	.crowded = host_crowded,
};
