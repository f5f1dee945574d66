/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of ports: messages in a ring to control, in the order they were made, never dropped.  A
 * report waits in a list of its worker until the batch ends, and longer when the ring is full;
 * until the list is empty no frame of that worker goes up.  Reports are rare (circuits come and
 * go), so they are allocated one by one.
 *
 * The list stays bounded by the channels there are: when a channel goes for good before its first
 * report has left, all its reports are withdrawn, since control does not know it yet.  Without
 * memory for a report the port has failed, and that report is kept ready in the port.
 */
#include "gw/dp/data.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_FAILURE (REPORT_TEXT + 256u) /* octets of its message */

static struct report *report_new(size_t len)
{
	return calloc(1, sizeof(struct report) + len);
}

struct report *report_new_failure(void)
{
	return report_new(REPORT_FAILURE);
}

/* c: the channel's record, when it has one.  birth: its first report. */
static void report_append(struct worker *w, struct worker_chan *c, struct report *r, bool birth)
{
	r->next = NULL;
	r->prev = w->report_tail;
	*w->report_tail = r;
	w->report_tail = &r->next;
	if (c && c->birth)
		c->last->same = r;
	if (c)
		c->last = r;
	if (birth) {
		r->chan = c;
		c->birth = r;
	}
}

static void report_unlink(struct worker *w, struct report *r)
{
	*r->prev = r->next;
	if (r->next)
		r->next->prev = r->prev;
	else
		w->report_tail = r->prev;
	if (r->chan)
		r->chan->birth = NULL;
}

/* On failure the port has failed. */
static void report_octets(struct worker_port *p, struct worker_chan *c, const uint8_t *octets,
			  size_t len, bool birth)
{
	struct report *r = report_new(len);

	if (!r) {
		report_failed(p, -ENOMEM, "no memory for a report");
		return;
	}
	r->port = p->no;
	r->len = len;
	memcpy(r->octets, octets, len);
	report_append(p->w, c, r, birth);
}

/* Encode m into a report of its own; its octets are in the worker's buffer then.  0: the port has
 * failed. */
static size_t report_make(struct worker_port *p, struct worker_chan *c, struct door_msg *m,
			  bool birth)
{
	size_t len;

	m->no = p->w->attach;
	m->report.port = p->no;
	m->report.when = p->w->now;
	len = door_msg_encode(m, p->w->report_octets, REPORT_MAX);
	if (len)
		report_octets(p, c, p->w->report_octets, len, birth);
	else
		report_failed(p, -EMSGSIZE, "a report with attributes that are too long");
	return len;
}

/* Where some of its members are in an encoded OFFER or UP: port, time, channel, MTU. */
enum { BEHIND_TIME = DOOR_MSG_HEAD + 4 + 8, STORY_MTU = BEHIND_TIME + 8 };

/* --- what a channel is told to be ------------------------------------------------------------- */

static void report_forget_story(struct worker_chan *c)
{
	free(c->story);
	c->story = NULL;
	c->story_len = 0;
}

/* Without memory for it the port has failed: a control that begins would not hear of the channel.
 */
static void report_keep_story(struct worker_port *p, struct worker_chan *c, size_t len)
{
	report_forget_story(c);
	c->story = malloc(len);
	if (!c->story) {
		report_failed(p, -ENOMEM, "no memory for a report");
		return;
	}
	memcpy(c->story, p->w->report_octets, len);
	c->story_len = len;
}

/* Handed over, and the same as before but for its time. */
static bool report_is_known(struct worker_port *p, struct worker_chan *c, struct door_msg *m)
{
	uint8_t *octets = p->w->report_octets;
	size_t len;

	if (!c->again)
		return false;
	c->again = false;
	m->report.port = p->no;
	len = door_msg_encode(m, octets, REPORT_MAX);
	return c->story && len == c->story_len && len >= BEHIND_TIME &&
	       !memcmp(octets, c->story, 6) &&
	       !memcmp(octets + BEHIND_TIME, c->story + BEHIND_TIME, len - BEHIND_TIME);
}

void report_attrs(struct worker_port *p, struct worker_chan *c, enum door_kind kind,
		  const struct ist_attrs *a)
{
	struct door_msg m = {.kind = (uint16_t)kind};
	struct ist_attrs *to = &m.report.attrs;
	size_t len;

	m.report.channel = worker_port_channel(p, c->id);
	m.report.mtu = worker_chan_mtu(p, c->id);
	/* A transport of an older ABI has a shorter struct. */
	memcpy(to, a, a->size < sizeof(*a) ? a->size : sizeof(*a));
	if (!IST_HAS(a, access_line_len)) {
		to->access_line = NULL;
		to->access_line_len = 0;
	}
	if (!IST_HAS(a, sub_address))
		to->sub_address = NULL;
	if (!IST_HAS(a, ticket_len) || !to->ticket || to->ticket_len > IST_TICKET_MAX) {
		to->ticket = NULL;
		to->ticket_len = 0;
	}
	to->size = sizeof(*to);
	if (!to->payload)
		to->payload = c->payload;
	if (report_is_known(p, c, &m))
		return;
	len = report_make(p, c, &m, !c->told);
	c->told = true;
	if (len)
		report_keep_story(p, c, len);
}

bool report_annul(struct worker *w, struct worker_chan *c)
{
	struct report *r = c->birth, *next;

	if (!r)
		return false;
	for (; r; r = next) {
		next = r->same;
		report_unlink(w, r);
		free(r);
	}
	return true;
}

void report_down(struct worker_port *p, struct worker_chan *c, ist_channel id,
		 const struct ist_cause *why, bool forever)
{
	struct door_msg m = {.kind = DOOR_DOWN};

	if (c)
		report_forget_story(c);
	if (c && forever && report_annul(p->w, c))
		return;
	m.report.channel = worker_port_channel(p, id);
	m.report.cause = *why;
	m.report.forever = forever;
	report_make(p, c, &m, false);
}

static void report_plain(struct worker_port *p, struct worker_chan *c, ist_channel id,
			 enum door_kind kind)
{
	struct door_msg m = {.kind = (uint16_t)kind};

	m.report.channel = worker_port_channel(p, id);
	m.report.mtu = worker_chan_mtu(p, id);
	report_make(p, c, &m, false);
}

void report_mtu(struct worker_port *p, struct worker_chan *c)
{
	if (c->story)
		wr_put32(c->story + STORY_MTU, worker_chan_mtu(p, c->id));
	report_plain(p, c, c->id, DOOR_MTU);
}

void report_gone(struct worker_port *p, ist_channel id)
{
	report_plain(p, NULL, id, DOOR_GONE);
}

static void report_failure(struct worker_port *p, struct report *r)
{
	struct door_msg m = {.kind = DOOR_FAILED, .no = p->w->attach};

	m.report.port = p->no;
	m.report.when = p->w->now;
	m.report.err = p->failed;
	m.report.words = p->failed_words;
	r->port = p->no;
	r->len = door_msg_encode(&m, r->octets, REPORT_FAILURE);
	report_append(p->w, NULL, r, false);
}

void report_failed(struct worker_port *p, int err, const char *words)
{
	struct report *r = p->failure;

	if (!r)
		return; /* a port fails once */
	p->failure = NULL;
	p->failed = err;
	snprintf(p->failed_words, sizeof(p->failed_words), "%s", words ? words : "");
	report_failure(p, r);
}

/* Once more after control has been told, which may have made room just before. */
static void *report_room(struct worker *w, size_t len)
{
	void *room = ring_reserve(&w->mailed, len);

	if (room)
		return room;
	atomic_store(&w->data->door->words->worker[w->no].reports_wait, true);
	atomic_thread_fence(memory_order_seq_cst);
	return ring_reserve(&w->mailed, len);
}

/* Before a frame, if there are any; they are no frames. */
bool report_mail(struct worker *w)
{
	bool was = path_set(false);
	struct report *r;

	while ((r = w->report_head)) {
		void *room = report_room(w, r->len);

		if (!room)
			break;
		memcpy(room, r->octets, r->len);
		ring_commit(&w->mailed);
		report_unlink(w, r);
		free(r);
		w->told = true;
	}
	path_set(was);
	return !r;
}

void report_forget(struct worker *w, unsigned port)
{
	struct report *r, *next;

	for (r = w->report_head; r; r = next) {
		next = r->next;
		if (r->port != port)
			continue;
		report_unlink(w, r);
		free(r);
	}
}

/* --- for a control that begins ---------------------------------------------------------------- */

static void report_channel_again(void *ctx, uint64_t key, uintptr_t v)
{
	struct worker_chan *c = (struct worker_chan *)v;
	struct worker_port *p = ctx;

	(void)key;
	c->told = c->story;
	if (!c->story)
		return;
	wr_put32(c->story + 6, (uint32_t)(p->w->attach >> 32));
	wr_put32(c->story + 10, (uint32_t)p->w->attach);
	report_octets(p, c, c->story, c->story_len, true);
	report_mtu(p, c);
}

static bool report_message(struct worker *w, struct door_msg *m)
{
	size_t len;
	struct report *r;

	m->no = w->attach;
	m->report.when = w->now;
	len = door_msg_encode(m, w->report_octets, REPORT_MAX);
	r = len ? report_new(len) : NULL;
	if (!r)
		return false;
	r->port = m->kind == DOOR_PORT ? m->report.port : WORKER_PORTS; /* of none */
	r->len = len;
	memcpy(r->octets, w->report_octets, len);
	report_append(w, NULL, r, false);
	return true;
}

static bool report_port_again(struct worker_port *p)
{
	struct door_msg m = {.kind = DOOR_PORT};
	struct report *failure = p->failure ? NULL : report_new_failure();

	m.report.port = p->no;
	m.report.worker = p->w->no;
	m.report.transport = p->t->name;
	m.report.name = p->name;
	if ((!p->failure && !failure) || !report_message(p->w, &m)) {
		free(failure);
		return false;
	}
	map_each(&p->chans, report_channel_again, p);
	if (failure)
		report_failure(p, failure);
	return true;
}

bool report_all(struct worker *w, uint64_t attach)
{
	struct door_msg told = {.kind = DOOR_TOLD};
	struct report *r, *next;

	for (r = w->report_head; r; r = next) {
		next = r->next;
		report_unlink(w, r);
		free(r);
	}
	w->attach = attach;
	for (unsigned i = 0; i < WORKER_PORTS; i++)
		if (w->port[i] && !report_port_again(w->port[i]))
			return false;
	return report_message(w, &told);
}

/* --- handed over -------------------------------------------------------------------------------- */

void report_lost(struct worker *w, unsigned port, int err, const char *words)
{
	struct door_msg m = {.kind = DOOR_FAILED,
			     .report = {.port = port, .err = err, .words = words}};

	report_message(w, &m);
}

bool report_restore(struct worker *w, const struct door_msg *m, const uint8_t *octets, size_t len,
		    bool birth)
{
	struct worker_port *p = w->port[m->report.port];
	struct worker_chan *c = p ? worker_chan_find(p, (ist_channel)m->report.channel) : NULL;
	struct report *r = report_new(len);

	if (!r)
		return false;
	r->port = m->kind == DOOR_TOLD ? WORKER_PORTS : m->report.port;
	r->len = len;
	memcpy(r->octets, octets, len);
	report_append(w, c, r, birth && c && !c->birth);
	return true;
}
