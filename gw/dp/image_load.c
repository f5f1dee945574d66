/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building a data side from what another has written down.  Nothing that a row names is believed to
 * be there, or to be there only once.
 */
#include "gw/dp/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IMAGE_NOTICE 5 /* as in syslog */

struct load {
	struct data *data;
	struct image_fds *fds;
	bool begun;		/* the head was read */
	struct filter **filter; /* in the order of their rows */
	unsigned filters, filters_room;
};

typedef int load_row(struct load *l, const struct image_row *row);

/* In memory of data's, until the next message is decoded.  False: not a message of this way. */
static bool load_message(struct load *l, enum door_way way, const struct image_octets *from,
			 struct door_msg *m)
{
	return door_msg_decode(m, way, from->p, from->len, l->data->room,
			       door_msg_room(DOOR_MSG_MAX));
}

/* --- the first image ---------------------------------------------------------------------------- */

static int load_head(struct load *l, const struct image_row *row)
{
	const struct image_head *h = &row->head;
	struct data *data = l->data;

	if (h->version != IMAGE_VERSION || h->messages != DOOR_MSG_VERSION)
		return -EPROTONOSUPPORT;
	if (l->begun || h->workers != data->n)
		return -EINVAL;
	l->begun = true;
	data->attach = h->attach;
	data->last_tun = h->last_tun;
	atomic_store(&data->lines, h->lines);
	for (unsigned i = 0; i < data->n; i++)
		data->worker[i]->attach = h->attach;
	return 0;
}

static int load_port(struct load *l, const struct image_row *row)
{
	const struct image_port *p = &row->port;

	return data_port_restore(l->data, p->settings.p, p->settings.len, p->claimed) ? 0 : -EINVAL;
}

static bool load_keep_filter(struct load *l, struct filter *f)
{
	if (l->filters == l->filters_room) {
		unsigned room = l->filters_room ? 2 * l->filters_room : 16;
		struct filter **more = realloc(l->filter, room * sizeof(*more));

		if (!more)
			return false;
		l->filter = more;
		l->filters_room = room;
	}
	l->filter[l->filters++] = f;
	return true;
}

static int load_filter(struct load *l, const struct image_row *row)
{
	struct door_msg m;
	struct filter *f;

	if (!load_message(l, DOOR_TABLE, &row->filter.msg, &m) || m.kind != DOOR_FILTER_ADD)
		return -EINVAL;
	f = data_filter_restore(l->data, &m.filter, row->filter.registered);
	if (!f)
		return -EINVAL;
	if (load_keep_filter(l, f))
		return 0;
	data_filter_release(f);
	return -ENOMEM;
}

static int load_take_fd(struct load *l, uint32_t no)
{
	int fd = no < l->fds->n ? l->fds->fd[no] : -1;

	if (fd >= 0)
		l->fds->fd[no] = -1;
	return fd;
}

static int load_tun(struct load *l, const struct image_row *row)
{
	int fd = load_take_fd(l, row->tun.fd);

	return fd >= 0 && data_tun_restore(l->data, &row->tun, fd) ? 0 : -EINVAL;
}

static int load_route(struct load *l, const struct image_row *row)
{
	const struct image_route *r = &row->route;
	struct data_tun *t = data_tun_get(l->data, r->no);
	bool v6 = r->table & 1;
	struct prefixtab *to;

	if (!t || (!v6 && r->bits > 32) || (r->table > 1 && !t->claimed))
		return -EINVAL;
	to = r->table > 1 ? &t->claimed[v6] : v6 ? &t->route6 : &t->route4;
	return prefixtab_set(to, r->top, r->bits, r->key) ? 0 : -ENOMEM;
}

static int load_call(struct load *l, const struct image_row *row)
{
	const struct image_call *c = &row->call;
	struct filter *filter[DP_FILTERS];
	struct door_msg m;

	if (!load_message(l, DOOR_TABLE, &c->msg, &m) || m.kind != DOOR_CALL_SET)
		return -EINVAL;
	for (unsigned i = 0; i < DP_FILTERS; i++) {
		if (c->filter[i] > l->filters)
			return -EINVAL;
		filter[i] = c->filter[i] ? l->filter[c->filter[i] - 1] : NULL;
		m.call_set.call.filter[i] = 0;
	}
	return data_call_restore(l->data, &m.call_set, c->claimed, filter, c->owns) ? 0 : -EINVAL;
}

/* --- the second image --------------------------------------------------------------------------- */

static int load_frozen(struct load *l, const struct image_row *row)
{
	const struct image_frozen *z = &row->frozen;
	struct data_port *at = &l->data->port[z->port];
	struct ist_frozen f = {.size = sizeof(f),
			       .octets = (uint8_t *)z->octets.p,
			       .len = z->octets.len,
			       .room = z->octets.len,
			       .fds = z->fds,
			       .fd_room = z->fds};
	struct worker_port *p;
	int rc;

	if (!at->home || at->home->port[z->port] || z->fd > l->fds->n || z->fds > l->fds->n - z->fd)
		return -EINVAL;
	f.fd = z->fds ? l->fds->fd + z->fd : NULL;
	rc = data_port_thaw(l->data, z->port, z->frozen ? &f : NULL);
	if (rc)
		return rc;
	p = at->home->port[z->port];
	p->tap_on = z->tap_on;
	if (!z->failed)
		return 0;
	free(p->failure);
	p->failure = NULL;
	p->failed = z->err;
	snprintf(p->failed_words, sizeof(p->failed_words), "%s", z->words);
	return 0;
}

static int load_impair(struct load *l, const struct image_row *row)
{
	const struct dp_impair_row *of = &row->impair.row;
	const struct data_port *at = &l->data->port[row->impair.port];
	struct worker_port *p = at->home ? at->home->port[row->impair.port] : NULL;

	if (!p)
		return -EINVAL;
	return worker_impair_set(p, &of->circuit, of->way, &of->set, of->configured);
}

static struct worker_port *load_port_of(const struct load *l, l2tp_channel c)
{
	unsigned no = dp_channel_port(c);

	return data_port_is_open(l->data, c) ? l->data->port[no].home->port[no] : NULL;
}

/* Its last OFFER or UP, which the next control is told again. */
static bool load_story(struct load *l, struct worker_chan *c, const struct image_octets *story)
{
	struct door_msg m;

	if (!story->len)
		return true;
	if (!load_message(l, DOOR_REPORT, story, &m) ||
	    (m.kind != DOOR_OFFER && m.kind != DOOR_UP) || (ist_channel)m.report.channel != c->id)
		return false;
	c->story = malloc(story->len);
	if (!c->story)
		return false;
	memcpy(c->story, story->p, story->len);
	c->story_len = story->len;
	c->again = true;
	return true;
}

static int load_chan(struct load *l, const struct image_row *row)
{
	const struct image_chan *from = &row->chan;
	struct worker_port *p = load_port_of(l, from->channel);
	struct worker_chan *c;

	if (!p || worker_chan_find(p, (ist_channel)from->channel))
		return -EINVAL;
	c = worker_chan_make(p, (ist_channel)from->channel);
	if (!c)
		return -ENOMEM;
	c->payload = from->payload;
	c->permanent = from->permanent;
	c->told = from->told;
	c->peer = from->peer;
	c->claimed = from->claimed;
	c->refilled = from->refilled;
	c->tokens = from->tokens;
	return load_story(l, c, &from->story) ? 0 : -EINVAL;
}

static int load_queued(struct load *l, const struct image_row *row)
{
	const struct image_queued *q = &row->queued;
	struct worker_port *p = load_port_of(l, q->channel);
	struct worker_chan *c = p ? worker_chan_find(p, (ist_channel)q->channel) : NULL;
	struct cmd_rec *r;

	if (!c || !c->q)
		return -EINVAL;
	r = ring_reserve(q->control ? &c->q->control.out : &c->q->data.out,
			 sizeof(*r) + q->octets.len);
	if (!r)
		return -EINVAL;
	*r = (struct cmd_rec){.kind = q->flags,
			      .cookie = q->cookie,
			      .after = q->after,
			      .want_sent = q->want_sent};
	if (q->octets.len)
		memcpy(r->octets, q->octets.p, q->octets.len);
	ring_commit(q->control ? &c->q->control.out : &c->q->data.out);
	return 0;
}

static void load_numbers(struct l2tp_data *d, const struct image_state *s)
{
	d->cfg.lns = s->lns;
	d->cfg.send_seq = s->send_seq;
	d->cfg.reorder = s->reorder;
	d->cfg.reorder_timeout = s->reorder_timeout;
	d->ns = s->ns;
	d->nr = s->nr;
	d->sending_seq = s->sending_seq;
	d->seen_seq = s->seen_seq;
	d->far_next = s->far_next;
	d->far_run = s->far_run;
	d->lost = s->lost;
	d->late = s->late;
	d->reordered = s->reordered;
	d->no_seq = s->no_seq;
	d->resyncs = s->resyncs;
}

static int load_state(struct load *l, const struct image_row *row)
{
	const struct image_state *s = &row->state;
	struct call *c = calltab_get(&l->data->tab, s->tid, s->sid);
	struct call_state *st;

	if (!c)
		return -EINVAL;
	st = c->st;
	load_numbers(&st->data, s);
	st->punted = s->punted;
	atomic_store(&st->taken, s->taken);
	st->early = s->early;
	st->early_version = s->is_early ? c->version : 0;
	st->lcp_version = s->lcp ? c->version : 0;
	st->told_unsequenced = s->told_unsequenced;
	st->plain = s->plain;
	return 0;
}

static int load_bundle(struct load *l, const struct image_row *row)
{
	struct call *c = calltab_get(&l->data->tab, row->bundle.tid, row->bundle.sid);

	if (!c || !c->st->bundle)
		return -EINVAL;
	bundle_load(c, &row->bundle);
	return 0;
}

static int load_report(struct load *l, const struct image_row *row)
{
	const struct image_report *r = &row->report;
	struct door_msg m;

	if (r->worker >= l->data->n || !load_message(l, DOOR_REPORT, &r->msg, &m))
		return -EINVAL;
	return report_restore(l->data->worker[r->worker], &m, r->msg.p, r->msg.len, r->birth)
		       ? 0
		       : -ENOMEM;
}

/* --- both --------------------------------------------------------------------------------------- */

static int load_rows(struct load *l, struct image *im, load_row *const *rows)
{
	struct image_row row;
	int rc = 0;

	rcu_online();
	for (unsigned i = 0; i < l->data->n; i++)
		l->data->worker[i]->now = dp_now();
	while (!rc && image_next(im, &row))
		rc = rows[row.kind] && (l->begun || row.kind == IMAGE_HEAD)
			     ? rows[row.kind](l, &row)
			     : -EINVAL;
	rcu_offline();
	return rc ? rc : im->bad ? -EBADMSG : 0;
}

int image_load_tables(struct data *data, struct image *im, struct image_fds *fds)
{
	static load_row *const rows[IMAGE_KINDS] = {
		[IMAGE_HEAD] = load_head, [IMAGE_PORT] = load_port,   [IMAGE_FILTER] = load_filter,
		[IMAGE_TUN] = load_tun,	  [IMAGE_ROUTE] = load_route, [IMAGE_CALL] = load_call,
	};
	struct load l = {.data = data, .fds = fds};
	int rc = load_rows(&l, im, rows);

	for (unsigned i = 0; i < l.filters; i++)
		data_filter_release(l.filter[i]);
	free(l.filter);
	return rc ? rc : l.begun ? 0 : -EBADMSG;
}

int image_load_state(struct data *data, struct image *im, struct image_fds *fds)
{
	static load_row *const rows[IMAGE_KINDS] = {
		[IMAGE_FROZEN] = load_frozen, [IMAGE_CHAN] = load_chan,
		[IMAGE_QUEUED] = load_queued, [IMAGE_STATE] = load_state,
		[IMAGE_BUNDLE] = load_bundle, [IMAGE_REPORT] = load_report,
		[IMAGE_IMPAIR] = load_impair,
	};
	struct load l = {.data = data, .fds = fds, .begun = true};

	calltab_each(&data->tab, data_call_go_on, NULL);
	return load_rows(&l, im, rows);
}

/* --- taken back --------------------------------------------------------------------------------- */

static void take_back_chan(void *ctx, uint64_t key, uintptr_t v)
{
	struct worker_chan *c = (struct worker_chan *)v;

	(void)ctx;
	(void)key;
	c->again = c->story;
}

/* The descriptors are the port's until it is closed, so that it is opened with others. */
static void take_back_port(struct data *data, const struct image_frozen *z,
			   const struct image_fds *fds)
{
	struct worker_port *p = data->port[z->port].home->port[z->port];
	struct ist_frozen f = {.size = sizeof(f),
			       .octets = (uint8_t *)z->octets.p,
			       .len = z->octets.len,
			       .room = z->octets.len,
			       .fd_room = z->fds};

	f.fd = calloc(z->fds + 1, sizeof(int));
	for (; f.fd && f.fds < z->fds; f.fds++)
		f.fd[f.fds] = fcntl(fds->fd[z->fd + f.fds], F_DUPFD_CLOEXEC, 0);
	map_each(&p->chans, take_back_chan, NULL);
	worker_port_close(p);
	data_port_thaw(data, z->port, z->frozen && f.fd ? &f : NULL);
	for (unsigned i = 0; i < f.fds; i++)
		if (f.fd[i] >= 0)
			close(f.fd[i]);
	free(f.fd);
}

/* A port that is not in the image was frozen, or closed, when there was no more memory. */
void image_take_back(struct data *data, struct image *im, const struct image_fds *fds)
{
	bool back[WORKER_PORTS] = {false};
	struct image_row row;

	image_again(im);
	while (im->mem && image_next(im, &row)) {
		if (row.kind != IMAGE_FROZEN)
			continue;
		take_back_port(data, &row.frozen, fds);
		back[row.frozen.port] = true;
	}
	for (unsigned i = 0; i < WORKER_PORTS; i++) {
		struct image_frozen anew = {.port = i};

		if (data->port[i].home && !back[i])
			take_back_port(data, &anew, fds);
	}
}

/* --- before the workers start ------------------------------------------------------------------- */

static void begin_chan_anew(void *ctx, uint64_t key, uintptr_t v)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LOCAL,
					     .words = "its port has begun anew"};
	struct worker_chan *c = (struct worker_chan *)v;
	struct worker_port *p = ctx;

	(void)key;
	c->again = false;
	report_down(p, c, c->id, &why, !c->permanent);
	if (c->permanent)
		worker_chan_purge(p, c);
	else
		worker_chan_drop(p, c);
}

static void begin_lost(struct data *data, struct worker *w, struct worker_port *p)
{
	unsigned no = p->no;
	int err = p->lost;
	char *words = p->anew_words;

	p->anew_words = NULL;
	worker_port_free(p);
	w->port[no] = NULL;
	report_lost(w, no, err, words ? words : "");
	free(words);
	free(data->port[no].settings);
	data->port[no] = (struct data_port){0};
}

/* A port that has thawed tells its channels again, when its worker runs: it had more than time
 * enough.  One that it has not told it does not know, whatever control was told before. */
#define IMAGE_SETTLE 1000000u

static void settle_chan(void *ctx, uint64_t key, uintptr_t v)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LOCAL,
					     .words = "its port does not know it any more"};
	struct worker_chan *c = (struct worker_chan *)v;
	struct worker_port *p = ctx;
	ist_channel id = c->id;
	bool forever = !c->permanent;

	(void)key;
	if (!c->again)
		return;
	c->again = false;
	p->host.down(p, id, &why, forever);
	if (forever && p->t->disconnect) /* should it know it all the same */
		p->t->disconnect(p->p, id, &why);
}

void image_settle_port(struct deadline *d, uint64_t now)
{
	struct worker_port *p = IST_CONTAINER_OF(d, struct worker_port, settle);

	(void)now;
	map_each(&p->chans, settle_chan, p);
}

static void begin_port(struct data *data, struct worker *w, struct worker_port *p)
{
	if (!p->anew) {
		worker_timer(w, &p->settle, TIMER_SETTLE, w->now + IMAGE_SETTLE);
		return;
	}
	p->anew = false;
	if (p->lost) {
		begin_lost(data, w, p);
		return;
	}
	map_each(&p->chans, begin_chan_anew, p);
	if (p->anew_words)
		p->host.log(p, IMAGE_NOTICE, "its circuits begin anew: %s", p->anew_words);
	free(p->anew_words);
	p->anew_words = NULL;
}

void image_begin(struct data *data)
{
	rcu_online();
	for (unsigned i = 0; i < data->n; i++) {
		struct worker *w = data->worker[i];

		w->now = dp_now();
		for (unsigned no = 0; no < WORKER_PORTS; no++)
			if (w->port[no])
				begin_port(data, w, w->port[no]);
	}
	rcu_offline();
}
