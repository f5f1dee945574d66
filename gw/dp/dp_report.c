/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of ports: a list per worker, in the order they were made, never dropped.  They are rare
 * (circuits come and go), so they are allocated one by one and the list has a lock.
 *
 * The list stays bounded by the channels there are: when a channel goes for good before its first
 * report was read, all its reports are withdrawn, since the control thread does not know it yet.
 * Without memory for a report the port has failed, and that report is kept ready in the port.
 */
#include "gw/dp/dp_int.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct report *report_new(size_t text)
{
	return calloc(1, sizeof(struct report) + text);
}

/* c: the channel's record, when it has one. */
static void dp_report_append(struct worker *w, struct worker_chan *c, struct report *r)
{
	r->when = w->now;
	pthread_mutex_lock(&w->report_lock);
	r->next = NULL;
	r->prev = w->report_tail;
	*w->report_tail = r;
	w->report_tail = &r->next;
	w->reports++;
	if (c && c->birth)
		c->last->same = r;
	if (c)
		c->last = r;
	if (r->chan)
		r->chan->birth = r;
	pthread_mutex_unlock(&w->report_lock);
	w->told = true;
}

/* With the lock held. */
static void dp_report_unlink(struct worker *w, struct report *r)
{
	*r->prev = r->next;
	if (r->next)
		r->next->prev = r->prev;
	else
		w->report_tail = r->prev;
	w->reports--;
	if (r->chan)
		r->chan->birth = NULL;
}

/* A transport of an older ABI has a shorter struct. */
static bool dp_report_has_line(const struct ist_attrs *a)
{
	return IST_HAS(a, access_line_len) && a->access_line;
}

static const char *dp_report_sub(const struct ist_attrs *a)
{
	return IST_HAS(a, sub_address) ? a->sub_address : NULL;
}

static size_t dp_report_octets(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static size_t dp_report_text_size(const struct ist_attrs *a)
{
	return dp_report_octets(a->called) + dp_report_octets(a->calling) +
	       dp_report_octets(dp_report_sub(a)) + a->user_data_len +
	       dp_report_has_line(a) * a->access_line_len;
}

static void *dp_report_keep(char **at, const void *octets, size_t len)
{
	char *p = *at;

	if (!octets)
		return NULL;
	memcpy(p, octets, len);
	*at += len;
	return p;
}

void report_attrs(struct worker_port *p, struct worker_chan *c, enum report_kind kind,
		  const struct ist_attrs *a)
{
	struct report *r = report_new(dp_report_text_size(a));
	char *at;

	if (!r) {
		report_failed(p, -ENOMEM, "no memory for a report");
		return;
	}
	r->kind = kind;
	r->port = p->no;
	r->channel = worker_port_channel(p, c->id);
	r->mtu = worker_chan_mtu(p, c->id);
	memcpy(&r->attrs, a, a->size < sizeof(*a) ? a->size : sizeof(*a));
	at = r->text;
	r->attrs.called = dp_report_keep(&at, a->called, dp_report_octets(a->called));
	r->attrs.calling = dp_report_keep(&at, a->calling, dp_report_octets(a->calling));
	r->attrs.sub_address =
		dp_report_keep(&at, dp_report_sub(a), dp_report_octets(dp_report_sub(a)));
	r->attrs.user_data = dp_report_keep(&at, a->user_data, a->user_data_len);
	if (dp_report_has_line(a))
		r->attrs.access_line = dp_report_keep(&at, a->access_line, a->access_line_len);
	else
		r->attrs.access_line = NULL;
	if (!c->told) {
		c->told = true;
		r->chan = c;
	}
	dp_report_append(p->w, c, r);
}

bool report_annul(struct worker *w, struct worker_chan *c)
{
	struct report *r, *next;

	pthread_mutex_lock(&w->report_lock);
	r = c->birth;
	for (struct report *x = r; x; x = x->same)
		dp_report_unlink(w, x);
	pthread_mutex_unlock(&w->report_lock);
	if (!r)
		return false;
	for (; r; r = next) {
		next = r->same;
		free(r);
	}
	return true;
}

void report_down(struct worker_port *p, struct worker_chan *c, ist_channel id,
		 const struct ist_cause *why, bool forever)
{
	struct report *r;

	if (c && forever && report_annul(p->w, c))
		return;
	r = report_new(0);
	if (!r) {
		report_failed(p, -ENOMEM, "no memory for a report");
		return;
	}
	r->kind = REPORT_DOWN;
	r->port = p->no;
	r->channel = worker_port_channel(p, id);
	r->cause = *why;
	r->forever = forever;
	dp_report_append(p->w, c, r);
}

static void report_plain(struct worker_port *p, struct worker_chan *c, ist_channel id,
			 enum report_kind kind)
{
	struct report *r = report_new(0);

	if (!r) {
		report_failed(p, -ENOMEM, "no memory for a report");
		return;
	}
	r->kind = kind;
	r->port = p->no;
	r->channel = worker_port_channel(p, id);
	r->mtu = worker_chan_mtu(p, id);
	dp_report_append(p->w, c, r);
}

void report_mtu(struct worker_port *p, struct worker_chan *c)
{
	report_plain(p, c, c->id, REPORT_MTU);
}

void report_gone(struct worker_port *p, ist_channel id)
{
	report_plain(p, NULL, id, REPORT_GONE);
}

void report_failed(struct worker_port *p, int err, const char *words)
{
	struct report *r = p->failure;

	if (!r)
		return; /* a port fails once */
	p->failure = NULL;
	r->kind = REPORT_FAILED;
	r->err = err;
	r->port = p->no;
	snprintf(r->text, REPORT_TEXT, "%s", words ? words : "");
	dp_report_append(p->w, NULL, r);
}

struct report *report_take(struct worker *w)
{
	struct report *r;

	pthread_mutex_lock(&w->report_lock);
	r = w->report_head;
	if (r)
		dp_report_unlink(w, r);
	pthread_mutex_unlock(&w->report_lock);
	return r;
}

unsigned report_count(struct worker *w)
{
	unsigned n;

	pthread_mutex_lock(&w->report_lock);
	n = w->reports;
	pthread_mutex_unlock(&w->report_lock);
	return n;
}

void report_forget(struct worker *w, unsigned port)
{
	struct report *r, *next;

	pthread_mutex_lock(&w->report_lock);
	for (r = w->report_head; r; r = next) {
		next = r->next;
		if (r->port != port)
			continue;
		dp_report_unlink(w, r);
		free(r);
	}
	pthread_mutex_unlock(&w->report_lock);
}

static void dp_report_tell_offer(struct dp *dp, const struct report *r)
{
	if (dp->ops.offer)
		dp->ops.offer(dp->ctx, r->channel, &r->attrs, r->when);
}

static void dp_report_tell_up(struct dp *dp, const struct report *r)
{
	if (dp->ops.up)
		dp->ops.up(dp->ctx, r->channel, &r->attrs, r->when);
}

static void dp_report_tell_down(struct dp *dp, const struct report *r)
{
	if (dp->ops.down)
		dp->ops.down(dp->ctx, r->channel, &r->cause, r->forever, r->when);
}

static void dp_report_tell_mtu(struct dp *dp, const struct report *r)
{
	if (dp->ops.mtu)
		dp->ops.mtu(dp->ctx, r->channel, r->mtu, r->when);
}

static void dp_report_tell_failed(struct dp *dp, const struct report *r)
{
	if (dp->ops.port_failed)
		dp->ops.port_failed(dp->ctx, r->port, r->err, r->text, r->when);
}

void report_deliver(struct dp *dp, const struct report *r)
{
	static void (*const tell[REPORT_KINDS])(struct dp * dp, const struct report *r) = {
		[REPORT_OFFER] = dp_report_tell_offer,	 [REPORT_UP] = dp_report_tell_up,
		[REPORT_DOWN] = dp_report_tell_down,	 [REPORT_MTU] = dp_report_tell_mtu,
		[REPORT_FAILED] = dp_report_tell_failed,
	};

	dp_chan_before(dp, r);
	if (tell[r->kind] && (r->kind == REPORT_FAILED || dp_chan_wanted(dp, r)))
		tell[r->kind](dp, r);
	dp_chan_after(dp, r);
}
