/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing down what a data side has.  Whoever adds a member to a struct of the data side that is to
 * outlive the process adds it to its row in image.h, here, and in image_load.c.
 */
#include "gw/dp/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct save {
	struct data *data;
	struct image *im;
	struct image_fds *fds;
	uint8_t *octets; /* of one message */
	size_t room;
	struct filter **filter; /* in the order of their rows */
	unsigned filters;
	unsigned filters_room;
	uint32_t tun; /* whose routes these are */
	uint8_t table;
};

static void save_fail(struct save *s)
{
	s->im->bad = true;
}

static struct image_octets save_message(struct save *s, const struct door_msg *m)
{
	size_t len = door_msg_encode(m, s->octets, s->room);

	if (!len)
		save_fail(s);
	return (struct image_octets){s->octets, (uint32_t)len};
}

/* --- the first image ---------------------------------------------------------------------------- */

static void save_ports(struct save *s)
{
	for (unsigned i = 0; i < WORKER_PORTS; i++) {
		const struct data_port *p = &s->data->port[i];
		struct image_row row = {.kind = IMAGE_PORT, .port.claimed = p->claimed};

		row.port.settings = (struct image_octets){p->settings, (uint32_t)p->settings_len};
		if (p->home)
			image_put(s->im, &row);
	}
}

/* no: as registered; 0 = only calls have it. */
static bool save_filter(struct save *s, struct filter *f, uint32_t no)
{
	struct image_row row = {.kind = IMAGE_FILTER, .filter.registered = no};
	struct door_msg m = data_filter_message(f, no);

	if (s->filters == s->filters_room) {
		unsigned room = s->filters_room ? 2 * s->filters_room : 16;
		struct filter **more = realloc(s->filter, room * sizeof(*more));

		if (!more) {
			save_fail(s);
			return false;
		}
		s->filter = more;
		s->filters_room = room;
	}
	s->filter[s->filters++] = f;
	row.filter.msg = save_message(s, &m);
	image_put(s->im, &row);
	return true;
}

static void save_registered(void *ctx, uint64_t no, uintptr_t v)
{
	save_filter(ctx, (struct filter *)v, (uint32_t)no);
}

/* Its row, from 1 on.  Few filters serve many calls. */
static uint32_t save_filter_row(struct save *s, struct filter *f)
{
	unsigned i = 0;

	if (!f)
		return 0;
	while (i < s->filters && s->filter[i] != f)
		i++;
	return i < s->filters || save_filter(s, f, 0) ? i + 1 : 0;
}

static void save_route(void *ctx, uint64_t top, unsigned bits, uint32_t key)
{
	struct save *s = ctx;
	struct image_row row = {.kind = IMAGE_ROUTE,
				.route = {.no = s->tun,
					  .table = s->table,
					  .bits = (uint8_t)bits,
					  .top = top,
					  .key = key}};

	image_put(s->im, &row);
}

static void save_routes(struct save *s, struct data_tun *t)
{
	struct prefixtab *const tables[] = {&t->route4, &t->route6, t->claimed,
					    t->claimed ? t->claimed + 1 : NULL};

	s->tun = t->no;
	for (s->table = 0; s->table < 4; s->table++)
		if (tables[s->table])
			prefixtab_each(tables[s->table], save_route, s);
}

static void save_tun(struct save *s, struct data_tun *t)
{
	int fd = image_fds_add(s->fds, t->fd);
	struct image_row row = {.kind = IMAGE_TUN,
				.tun = {.no = t->no,
					.home = t->home->no,
					.name = t->name,
					.asked = t->asked,
					.opened = t->opened,
					.claims = t->claimed,
					.gone = atomic_load(&t->gone),
					.fd = (uint32_t)fd,
					.offload = t->offload}};

	if (fd < 0)
		save_fail(s);
	image_put(s->im, &row);
	save_routes(s, t);
}

static void save_call(void *ctx, struct call *c)
{
	struct save *s = ctx;
	const uint32_t slot = call_slot_no(c->st);
	const struct dp_call said = data_call_said(c);
	struct door_msg m = {.kind = DOOR_CALL_SET, .call_set = door_call_set_of(&said, slot)};
	struct image_row row = {
		.kind = IMAGE_CALL,
		.call = {.claimed = c->claimed, .owns = data_call_owns(s->data, c)}};

	for (unsigned i = 0; i < DP_FILTERS; i++)
		row.call.filter[i] = save_filter_row(s, call_filter(c, i));
	row.call.msg = save_message(s, &m);
	image_put(s->im, &row);
}

void image_save_tables(struct data *data, struct image *im, struct image_fds *fds)
{
	struct save s = {.data = data,
			 .im = im,
			 .fds = fds,
			 .octets = malloc(DOOR_MSG_MAX),
			 .room = DOOR_MSG_MAX};
	struct image_row head = {.kind = IMAGE_HEAD,
				 .head = {.version = IMAGE_VERSION,
					  .messages = DOOR_MSG_VERSION,
					  .workers = data->n,
					  .attach = data->attach,
					  .last_tun = data->last_tun,
					  .lines = atomic_load(&data->lines)}};

	if (!s.octets) {
		save_fail(&s);
		return;
	}
	image_put(im, &head);
	save_ports(&s);
	map_each(&data->filters, save_registered, &s);
	for (struct data_tun *t = data->tuns; t; t = t->next)
		save_tun(&s, t);
	calltab_each(&data->tab, save_call, &s);
	free(s.filter);
	free(s.octets);
}

/* --- the second image: ports -------------------------------------------------------------------- */

/* The first of them in the list. */
static uint32_t save_fds(struct save *s, const struct ist_frozen *f)
{
	uint32_t first = s->fds->n;

	for (unsigned i = 0; i < f->fds; i++)
		if (image_fds_add(s->fds, f->fd[i]) < 0)
			save_fail(s);
	return first;
}

/* One that cannot be frozen may be bound to an address: it is closed before another process binds
 * that. */
static void save_port(struct save *s, struct worker_port *p)
{
	struct ist_frozen f = {.size = sizeof(f)};
	struct image_row row = {.kind = IMAGE_FROZEN,
				.frozen = {.port = p->no,
					   .frozen = worker_port_freeze(p, &f) == 0,
					   .tap_on = p->tap_on,
					   .failed = !p->failure,
					   .err = p->failed,
					   .words = p->failed_words}};

	if (row.frozen.frozen) {
		row.frozen.octets = (struct image_octets){f.octets, (uint32_t)f.len};
		row.frozen.fd = save_fds(s, &f);
		row.frozen.fds = f.fds;
	}
	image_put(s->im, &row);
	worker_port_forget_frozen(&f);
	if (!row.frozen.frozen)
		worker_port_close(p);
}

static void save_impairs(struct save *s, const struct worker_port *p)
{
	struct image_row row = {.kind = IMAGE_IMPAIR, .impair.port = p->no};
	struct dp_impair_row *of = s->data->impair;
	const unsigned n = worker_impair_rows(p, dp_now(), of, DP_IMPAIR_ROWS);

	for (unsigned i = 0; i < n; i++) {
		row.impair.row = of[i];
		if (of[i].on)
			image_put(s->im, &row);
	}
}

static void save_queue(struct save *s, l2tp_channel channel, struct ring *r, bool control)
{
	struct ring_in in = r->in; /* they stay there: perhaps this data side goes on */
	const struct cmd_rec *q;
	size_t len;

	while (in.mem && (q = ring_peek(&in, &len))) {
		struct image_row row = {.kind = IMAGE_QUEUED,
					.queued = {.channel = channel,
						   .control = control,
						   .want_sent = q->want_sent,
						   .flags = q->kind,
						   .cookie = q->cookie,
						   .after = q->after}};

		row.queued.octets = (struct image_octets){q->octets, (uint32_t)(len - sizeof(*q))};
		image_put(s->im, &row);
		ring_pass(&in);
	}
}

struct save_chans {
	struct save *s;
	struct worker_port *p;
};

static void save_chan(void *ctx, uint64_t key, uintptr_t v)
{
	const struct save_chans *in = ctx;
	const struct worker_chan *c = (struct worker_chan *)v;
	l2tp_channel channel = worker_port_channel(in->p, c->id);
	struct image_row row = {.kind = IMAGE_CHAN,
				.chan = {.channel = channel,
					 .payload = c->payload,
					 .permanent = c->permanent,
					 .told = c->told,
					 .peer = c->peer,
					 .claimed = c->claimed,
					 .refilled = c->refilled,
					 .tokens = c->tokens}};

	(void)key;
	row.chan.story = (struct image_octets){c->story, c->story ? (uint32_t)c->story_len : 0};
	image_put(in->s->im, &row);
	if (c->q) {
		save_queue(in->s, channel, &c->q->control, true);
		save_queue(in->s, channel, &c->q->data, false);
	}
}

static void save_worker_ports(struct save *s, struct worker *w)
{
	for (unsigned i = 0; i < WORKER_PORTS; i++) {
		struct worker_port *p = w->port[i];
		struct save_chans chans = {s, p};

		if (!p)
			continue;
		save_port(s, p);
		save_impairs(s, p);
		map_each(&p->chans, save_chan, &chans);
	}
}

/* Behind all ports: their channels are known then. */
static void save_reports(struct save *s, struct worker *w)
{
	for (const struct report *r = w->report_head; r; r = r->next) {
		struct image_row row = {.kind = IMAGE_REPORT,
					.report = {.worker = w->no, .birth = r->chan}};

		row.report.msg = (struct image_octets){r->octets, (uint32_t)r->len};
		image_put(s->im, &row);
	}
}

/* --- the second image: calls -------------------------------------------------------------------- */

static void save_bundle(struct save *s, struct call *c)
{
	struct image_row row = {.kind = IMAGE_BUNDLE};

	bundle_save(c, &row.bundle);
	image_put(s->im, &row);
}

static void save_call_row(struct save *s, const struct call *c)
{
	const struct call_state *st = c->st;
	const struct l2tp_data *d = &st->data;
	struct image_row row = {.kind = IMAGE_STATE,
				.state = {.tid = st->tid,
					  .sid = st->sid,
					  .lns = d->cfg.lns,
					  .send_seq = d->cfg.send_seq,
					  .reorder = d->cfg.reorder,
					  .reorder_timeout = d->cfg.reorder_timeout,
					  .ns = d->ns,
					  .nr = d->nr,
					  .sending_seq = d->sending_seq,
					  .seen_seq = d->seen_seq,
					  .far_next = d->far_next,
					  .far_run = d->far_run,
					  .lost = d->lost,
					  .late = d->late,
					  .reordered = d->reordered,
					  .no_seq = d->no_seq,
					  .resyncs = d->resyncs,
					  .punted = st->punted,
					  .taken = atomic_load(&st->taken),
					  .early = st->early,
					  .is_early = st->early_version == c->version,
					  .lcp = st->lcp_version == c->version,
					  .told_unsequenced = st->told_unsequenced,
					  .plain = st->plain}};

	image_put(s->im, &row);
}

/* Is all of it at the door, where the other one finds it (data_call_go_on)?  So it is with nearly
 * all calls, and no frame is carried meanwhile. */
static bool save_is_at_door(const struct call *c)
{
	const struct call_state *st = c->st;
	const struct l2tp_data *d = &st->data;
	const struct l2tp_data_config *now = &d->cfg, *set = &c->c.data;

	return count_get(&st->n->numbers) == call_numbers(d) &&
	       /* the door does not tell Sequencing Required from what the LNS says */
	       d->sending_seq == l2tp_data_sends_seq(d) && !d->far_run && !d->no_seq &&
	       !d->resyncs && st->punted == atomic_load(&call_slot(st)->returned) &&
	       atomic_load(&st->taken) == atomic_load(&call_slot(st)->posted) &&
	       /* a leg that forwards finds out by itself that nothing is to be waited for */
	       (st->early_version != c->version || c->c.mode == DP_FORWARD) &&
	       st->lcp_version != c->version && !st->told_unsequenced && !st->plain &&
	       now->lns == set->lns && now->send_seq == set->send_seq &&
	       now->reorder == set->reorder && now->reorder_timeout == set->reorder_timeout;
}

static void save_call_state(void *ctx, struct call *c)
{
	struct save *s = ctx;

	if (!save_is_at_door(c))
		save_call_row(s, c);
	if (c->st->bundle)
		save_bundle(s, c);
}

void image_save_state(struct data *data, struct image *im, struct image_fds *fds)
{
	struct save s = {.data = data, .im = im, .fds = fds};

	for (unsigned i = 0; i < data->n; i++)
		save_worker_ports(&s, data->worker[i]);
	for (unsigned i = 0; i < data->n; i++)
		save_reports(&s, data->worker[i]);
	calltab_each(&data->tab, save_call_state, &s);
}
