/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Queues in front of channels.  A channel is tried again only after it has been reported writable:
 * one that takes less and never says so fails the case, since what waits here never arrives.
 */
#include "tests/conformance/l2tp_line.h"

#include <stdlib.h>
#include <string.h>

struct waiting {
	struct waiting *next;
	uint64_t cookie;
	uint32_t flags, len;
	uint8_t octets[];
};

struct line *line_new(unsigned links)
{
	struct line *l = calloc(links + 1, sizeof(*l));

	if (!l)
		abort();
	for (unsigned i = 0; i < links; i++) {
		l[i].control.end = &l[i].control.first;
		l[i].data.end = &l[i].data.first;
	}
	return l;
}

bool bed_queued(const struct queue *q)
{
	return q->first != NULL;
}

static void l2tp_line_push(struct queue *q, const struct ist_frame *f, uint64_t cookie)
{
	struct waiting *w = malloc(sizeof(*w) + f->head_len + f->len);

	if (!w)
		abort();
	*w = (struct waiting){.cookie = cookie, .flags = f->flags, .len = f->head_len + f->len};
	if (f->head_len)
		memcpy(w->octets, f->head, f->head_len);
	memcpy(w->octets + f->head_len, f->payload, f->len);
	*q->end = w;
	q->end = &w->next;
}

static void pop(struct queue *q)
{
	struct waiting *w = q->first;

	q->first = w->next;
	if (!q->first)
		q->end = &q->first;
	free(w);
}

void line_flush(struct l2tp_end *e, unsigned link)
{
	while (e->line[link].control.first)
		pop(&e->line[link].control);
	while (e->line[link].data.first)
		pop(&e->line[link].data);
}

/* The channel a link has at this side, if frames may go there now. */
static struct check_chan *l2tp_line_channel(struct l2tp_end *e, unsigned link)
{
	ist_channel id = e->bed->p->link[link].id[e->side];
	struct check_chan *c = e->host->port && id ? check_chan(e->host, id) : NULL;

	return c && c->state != CHAN_DEAD ? c : NULL;
}

/* What `writable` said before still holds for what waits, unless the channel is full again. */
static int attempt(struct l2tp_end *e, struct check_chan *c, struct ist_frame *f)
{
	bool was = c->writable;
	int r;

	f->channel = c->id;
	c->writable = false;
	r = check_send(e->host, f, 1);
	c->writable |= r == 1 && was;
	return r;
}

enum l2tp_tx line_send(struct l2tp_end *e, unsigned link, struct ist_frame *f, uint64_t cookie)
{
	struct line *l = &e->line[link];
	bool control = f->flags & IST_FRAME_CONTROL;
	struct check_chan *c = l2tp_line_channel(e, link);
	int r;

	if (!c)
		return L2TP_TX_FAILED;
	r = l->control.first || (l->data.first && !control) ? 0 : attempt(e, c, f);
	if (!r)
		l2tp_line_push(control ? &l->control : &l->data, f, cookie);
	return r > 0 ? L2TP_TX_TAKEN : !r ? L2TP_TX_WAITING : L2TP_TX_FAILED;
}

/* False = the channel is full again. */
static bool l2tp_line_drain(struct l2tp_end *e, struct check_chan *c, struct queue *q)
{
	while (q->first) {
		struct waiting *w = q->first;
		struct ist_frame f = {.flags = w->flags, .payload = w->octets, .len = w->len};
		uint64_t cookie = w->cookie;
		int r = attempt(e, c, &f);

		if (!r)
			return false;
		if (r < 0)
			check_fault(e->host, "send refuses a frame it had taken less of before");
		pop(q);
		if (f.flags & IST_FRAME_CONTROL)
			l2tp_engine_sent(e->e, cookie, bed_now());
	}
	return true;
}

void line_drain(struct l2tp_end *e)
{
	for (unsigned i = 0; i < e->bed->p->links; i++) {
		struct check_chan *c = l2tp_line_channel(e, i);

		if (!c || !c->writable)
			continue;
		if (l2tp_line_drain(e, c, &e->line[i].control))
			l2tp_line_drain(e, c, &e->line[i].data);
	}
}
