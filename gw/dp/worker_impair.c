/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bad lines on purpose, of a port and of its circuits: frames that come in go through here before
 * frames_in(), and those that go out before the transport's send.  A circuit that is set by itself
 * does not have what its port has.  Control messages are spoilt as data is.
 *
 * To control a packet has left when the line has taken it.  Frames are counted as sent when they
 * leave, and as received when they are let in; the others are counted as IMPAIR_*.
 */
#include "gw/dp/data.h"
#include "gw/dp/impaired.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct worker_impair {
	struct ist_addr circuit; /* len 0 = the port */
	struct impaired *way[DP_IMPAIR_WAYS];
	bool configured[DP_IMPAIR_WAYS];
};

struct worker_impairs {
	struct worker_port *p;
	struct deadline next;
	unsigned n;
	struct worker_impair row[DP_IMPAIR_CIRCUITS];
};

static bool worker_impair_is_of(const struct worker_impair *row, const struct ist_addr *circuit)
{
	return row->circuit.len == circuit->len &&
	       !memcmp(row->circuit.data, circuit->data, circuit->len);
}

static struct worker_impair *worker_impair_row(struct worker_impairs *s,
					       const struct ist_addr *circuit)
{
	for (unsigned i = 0; i < s->n; i++)
		if (worker_impair_is_of(&s->row[i], circuit))
			return &s->row[i];
	return NULL;
}

/* What spoils the frames of a channel; NULL = nothing. */
static struct impaired *worker_impair_find(struct worker_port *p, ist_channel id,
					   enum dp_impair_way way, uint64_t now)
{
	static const struct ist_addr whole;
	const struct worker_chan *c = worker_chan_find(p, id);
	struct worker_impair *row = NULL;

	if (c && c->peer.len)
		row = worker_impair_row(p->impairs, &c->peer);
	if (!row || !row->way[way])
		row = worker_impair_row(p->impairs, &whole);
	return row && row->way[way] && !impaired_is_over(row->way[way], now) ? row->way[way] : NULL;
}

/* --- frames that are let go --------------------------------------------------------------------- */

/* A run that goes by one channel, in one queue of it. */
static bool worker_impair_runs(const struct ist_frame *a, const struct ist_frame *b)
{
	return a->channel == b->channel && !((a->flags ^ b->flags) & (uint32_t)IST_FRAME_CONTROL);
}

static void worker_impair_let_out(struct worker_port *p, const struct ist_frame *f, unsigned n)
{
	unsigned from = 0;

	for (unsigned i = 1; i <= n; i++) {
		if (i < n && worker_impair_runs(&f[from], &f[i]))
			continue;
		tx_let_go(p, &f[from], i - from);
		from = i;
	}
}

static void worker_impair_release(struct worker_port *p, struct impaired *x, enum dp_impair_way way,
				  uint64_t now)
{
	static void (*const let[])(struct worker_port * p, const struct ist_frame *f,
				   unsigned n) = {
		[DP_IMPAIR_IN] = frames_in,
		[DP_IMPAIR_OUT] = worker_impair_let_out,
	};
	struct ist_frame f[TX_MAX];
	unsigned n;
	bool was = path_set(true);

	do {
		for (n = 0; n < TX_MAX && impaired_take(x, now, &f[n]); n++)
			;
		if (n)
			let[way](p, f, n);
		impaired_forget(x);
	} while (n == TX_MAX);
	path_set(was);
}

/* --- time --------------------------------------------------------------------------------------- */

/* What is on, and when there is something to do. */
static void worker_impair_arm(struct worker_port *p, uint64_t now)
{
	struct worker_impairs *s = p->impairs;
	uint64_t next = UINT64_MAX, at;

	p->impaired = 0;
	for (unsigned i = 0; i < s->n; i++) {
		for (unsigned way = 0; way < DP_IMPAIR_WAYS; way++) {
			const struct impaired *x = s->row[i].way[way];

			if (!x)
				continue;
			if (!impaired_is_over(x, now))
				p->impaired |= (uint8_t)(1u << way);
			at = impaired_next(x);
			next = at < next ? at : next;
		}
	}
	worker_timer(p->w, &s->next, TIMER_IMPAIR, next);
}

static void worker_impair_release_all(struct worker_port *p, uint64_t now, bool end)
{
	struct worker_impairs *s = p->impairs;

	for (unsigned i = 0; i < s->n; i++) {
		for (unsigned way = 0; way < DP_IMPAIR_WAYS; way++) {
			struct impaired *x = s->row[i].way[way];

			if (!x)
				continue;
			if (!end && impaired_is_over(x, now))
				impaired_end(x);
			worker_impair_release(p, x, way, end ? UINT64_MAX : now);
		}
	}
	worker_impair_arm(p, now);
}

void worker_impair_time(struct deadline *d, uint64_t now)
{
	struct worker_impairs *s = IST_CONTAINER_OF(d, struct worker_impairs, next);

	worker_impair_release_all(s->p, now, false);
}

void worker_impair_flush(struct worker_port *p)
{
	if (p->impairs)
		worker_impair_release_all(p, dp_now(), true);
}

/* --- frames that come --------------------------------------------------------------------------- */

static void worker_impair_count(struct worker *w, enum dp_reason why, const struct ist_frame *f,
				unsigned n)
{
	count_add(&w->n->reason[why], n);
	if (f->flags & IST_FRAME_CONTROL)
		count_add(&w->n->control_lost, n);
}

/* A frame that goes out is counted when it leaves; a second one is made here. */
static void worker_impair_put_out(struct worker *w, struct impaired *x, const struct ist_frame *f,
				  uint64_t now)
{
	const struct impaired_fate fate = impaired_put(x, f, now);

	if (fate.held + fate.full > 1 && !(f->flags & IST_FRAME_CONTROL))
		count_add(&w->n->made, 1);
	if (fate.full)
		worker_impair_count(w, DP_R_IMPAIR_OUT_FULL, f, fate.full);
	else if (!fate.held)
		worker_impair_count(w, DP_R_IMPAIR_OUT, f, 1);
}

bool worker_impair_out(struct worker_port *p, const struct ist_frame *f, const struct tx_told *told,
		       unsigned n)
{
	const uint64_t now = dp_now();
	struct impaired *x = worker_impair_find(p, f->channel, DP_IMPAIR_OUT, now);

	if (!x)
		return false;
	for (unsigned i = 0; i < n; i++) {
		worker_impair_put_out(p->w, x, &f[i], now);
		if (told[i].want_sent)
			tell_sent(p->w, told[i].cookie);
	}
	worker_impair_release(p, x, DP_IMPAIR_OUT, now);
	worker_impair_arm(p, now);
	return true;
}

static void worker_impair_put_in(struct worker *w, struct impaired *x, const struct ist_frame *f,
				 uint64_t now)
{
	const struct impaired_fate fate = impaired_put(x, f, now);

	if (fate.full)
		count_add(&w->n->reason[DP_R_IMPAIR_IN_FULL], fate.full);
	else if (!fate.held)
		worker_drop(w, DP_R_IMPAIR_IN);
}

/* Each frame by itself: what is a segment to the transport is a frame to the line. */
static void worker_impair_split(struct worker *w, struct impaired *x, const struct ist_frame *f,
				uint64_t now)
{
	struct ist_frame one = *f;

	one.segment = 0;
	for (uint32_t at = 0; at < f->len; at += one.len) {
		one.payload = f->payload + at;
		one.len = f->segment && f->segment < f->len - at ? f->segment : f->len - at;
		worker_impair_put_in(w, x, &one, now);
		one.flags = 0; /* marks are counted once */
	}
}

void worker_impair_in(struct worker_port *p, const struct ist_frame *f, unsigned n)
{
	const uint64_t now = dp_now();
	unsigned from = 0;
	struct impaired *x;

	for (unsigned i = 0; i < n; i++) {
		x = worker_impair_find(p, f[i].channel, DP_IMPAIR_IN, now);
		if (!x)
			continue;
		if (i > from)
			frames_in(p, &f[from], i - from);
		from = i + 1;
		worker_impair_split(p->w, x, &f[i], now);
		worker_impair_release(p, x, DP_IMPAIR_IN, now);
	}
	if (n > from)
		frames_in(p, &f[from], n - from);
	worker_impair_arm(p, now);
}

/* --- set, shown, freed -------------------------------------------------------------------------- */

static struct worker_impairs *worker_impair_make(struct worker_port *p)
{
	if (!p->impairs)
		p->impairs = calloc(1, sizeof(*p->impairs));
	if (p->impairs)
		p->impairs->p = p;
	return p->impairs;
}

static struct worker_impair *worker_impair_add(struct worker_impairs *s,
					       const struct ist_addr *circuit)
{
	struct worker_impair *row = worker_impair_row(s, circuit);

	if (row || s->n == DP_IMPAIR_CIRCUITS)
		return row;
	row = &s->row[s->n++];
	*row = (struct worker_impair){.circuit = *circuit};
	return row;
}

/* What waits goes on at once. */
static void worker_impair_end(struct worker_port *p, struct worker_impair *row, unsigned way)
{
	struct impaired *x = row->way[way];

	row->way[way] = NULL;
	if (!x)
		return;
	impaired_end(x);
	worker_impair_release(p, x, way, UINT64_MAX);
	impaired_free(x);
}

/* One that has nothing left gives its place to the last. */
static void worker_impair_tidy(struct worker_impairs *s, struct worker_impair *row)
{
	if (!row->way[DP_IMPAIR_IN] && !row->way[DP_IMPAIR_OUT])
		*row = s->row[--s->n];
}

static int worker_impair_off(struct worker_port *p, const struct ist_addr *circuit, unsigned way)
{
	struct worker_impair *row = p->impairs ? worker_impair_row(p->impairs, circuit) : NULL;

	if (!row || !row->way[way])
		return -ENOENT;
	worker_impair_end(p, row, way);
	worker_impair_tidy(p->impairs, row);
	worker_impair_arm(p, dp_now());
	return 0;
}

int worker_impair_set(struct worker_port *p, const struct ist_addr *circuit, unsigned way,
		      const struct dp_impair *set, bool configured)
{
	const uint64_t now = dp_now();
	struct worker_impair *row;
	struct impaired *x;

	if (!set)
		return worker_impair_off(p, circuit, way);
	if (!worker_impair_make(p))
		return -ENOMEM;
	row = worker_impair_add(p->impairs, circuit);
	if (!row)
		return -ENOSPC;
	x = impaired_new(set, now);
	if (x) {
		worker_impair_end(p, row, way);
		row->way[way] = x;
		row->configured[way] = configured;
	}
	worker_impair_tidy(p->impairs, row);
	worker_impair_arm(p, now);
	return x ? 0 : -ENOMEM;
}

unsigned worker_impair_rows(const struct worker_port *p, uint64_t now, struct dp_impair_row *out,
			    unsigned n)
{
	const struct worker_impairs *s = p->impairs;
	unsigned k = 0;

	for (unsigned i = 0; s && i < s->n; i++) {
		for (unsigned way = 0; way < DP_IMPAIR_WAYS && k < n; way++) {
			if (!s->row[i].way[way])
				continue;
			out[k] = (struct dp_impair_row){
				.circuit = s->row[i].circuit,
				.way = (uint8_t)way,
				.configured = s->row[i].configured[way],
			};
			impaired_view(s->row[i].way[way], now, &out[k++]);
		}
	}
	return k;
}

/* They were on their way, and their port is no more. */
static void worker_impair_drop(struct worker_port *p, struct impaired *x, unsigned way)
{
	struct ist_frame f;

	impaired_end(x);
	while (impaired_take(x, UINT64_MAX, &f)) {
		if (way == DP_IMPAIR_OUT)
			worker_impair_count(p->w, DP_R_SEND, &f, 1);
		else
			worker_drop(p->w, DP_R_PORT_CLOSED);
	}
	impaired_free(x);
}

void worker_impair_free(struct worker_port *p)
{
	struct worker_impairs *s = p->impairs;

	if (!s)
		return;
	for (unsigned i = 0; i < s->n; i++)
		for (unsigned way = 0; way < DP_IMPAIR_WAYS; way++)
			if (s->row[i].way[way])
				worker_impair_drop(p, s->row[i].way[way], way);
	deadline_cancel(&p->w->heap, &s->next);
	p->impaired = 0;
	p->impairs = NULL;
	free(s);
}
