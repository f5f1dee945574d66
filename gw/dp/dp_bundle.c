/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multilink bundles (RFC 1990).  Frames that come by a link of a bundle are brought to the bundle's
 * worker; ppp/mp.c says which fragments make a packet, and fragments that wait are copied into the
 * worker's pool.  A packet that goes out is cut there too, and its pieces leave by the links, each
 * on its own worker.
 */
#include "gw/dp/image.h"
#include "gw/dp/gather.h"

#include <stdlib.h>
#include <string.h>

struct bundle {
	struct mp_rx rx;
	struct mp_tx tx;
	uint16_t held[MP_HELD]; /* pool buffer of each slot */
	uint32_t key[MP_LINKS]; /* call_key() of each link; 0 = none here */
	uint32_t version;	/* of the struct call that rx and tx follow */
	struct deadline timer;
	struct call_state *st;
};

struct bundle *bundle_new(const struct dp_bundle *cfg)
{
	struct bundle *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	mp_rx_init(&b->rx, cfg->rx_short, cfg->mrru);
	mp_tx_init(&b->tx, cfg->tx_short);
	return b;
}

static void bundle_give(struct worker *w, struct bundle *b, unsigned slot)
{
	pool_give(&w->reorder, b->held[slot]);
}

void bundle_free(struct worker *w, struct bundle *b)
{
	deadline_cancel(&w->heap, &b->timer);
	for (unsigned i = 0; i < MP_HELD; i++) {
		if (!b->rx.slot[i].used)
			continue;
		worker_drop(w, DP_R_NO_CALL);
		bundle_give(w, b, i);
	}
	free(b);
}

/* The number of a link; MP_LINKS = it is none of the bundle's. */
static unsigned bundle_link(const struct bundle *b, uint32_t member)
{
	unsigned i = 0;

	while (i < MP_LINKS && b->key[i] != member)
		i++;
	return i;
}

/* Another link may have the place of one that has gone. */
static void bundle_follow_link(struct bundle *b, unsigned i, uint32_t key)
{
	if (b->key[i] == key)
		return;
	if (b->key[i])
		mp_rx_leave(&b->rx, i);
	if (key)
		mp_rx_join(&b->rx, i);
	b->tx.link[i].until = 0;
	b->key[i] = key;
}

/* Links that the control thread has added or taken away. */
static struct bundle *bundle_of(struct call *c)
{
	const struct dp_bundle *cfg = &c->more->bundle;
	struct bundle *b = c->st->bundle;

	if (b->version == c->version)
		return b;
	b->version = c->version;
	b->st = c->st;
	b->rx.patience = cfg->patience ? cfg->patience : MP_PATIENCE;
	mp_rx_expect(&b->rx, cfg->more);
	for (unsigned i = 0; i < MP_LINKS; i++) {
		bundle_follow_link(
			b, i, cfg->link[i].sid ? call_key(cfg->link[i].tid, cfg->link[i].sid) : 0);
		b->tx.link[i].kbps = cfg->link[i].kbps;
	}
	return b;
}

/* --- in --------------------------------------------------------------------------------------- */

/* A packet: protocol field, compressed or not, and information. */
static void bundle_deliver(struct worker *w, struct call *c, const uint8_t *frame, size_t len)
{
	call_count_in(w, c, len);
	call_ppp_in(w, c, frame, len);
}

static void bundle_join(struct worker *w, struct call *c, const struct mp_run *run)
{
	struct bundle *b = c->st->bundle;
	size_t len = 0, n;
	bool might;

	for (unsigned i = 0; i < run->n; i++) {
		unsigned slot = (run->first + i) % MP_HELD;
		const uint8_t *octets = pool_get(&w->reorder, b->held[slot], &n);

		memcpy(w->whole + len, octets, n); /* mp_rx_next() keeps to the MRRU */
		len += n;
		bundle_give(w, b, slot);
	}
	count_add(&w->n->joined, run->n - 1u);
	might = gather_may(w, false); /* the next packet is put together in the same place */
	bundle_deliver(w, c, w->whole, len);
	gather_may(w, might);
}

static void bundle_break(struct worker *w, struct call *c, const struct mp_run *run)
{
	struct bundle *b = c->st->bundle;

	for (unsigned i = 0; i < run->n; i++) {
		unsigned slot = (run->first + i) % MP_HELD;
		size_t n;

		pool_get(&w->reorder, b->held[slot], &n);
		if (n)
			call_drop(w, c, DP_R_BUNDLE_BROKEN);
		else /* a fragment of no octets is not part of a packet */
			count_add(&w->n->joined, 1);
		bundle_give(w, b, slot);
	}
}

static void bundle_drain(struct worker *w, struct call *c)
{
	struct bundle *b = c->st->bundle;
	struct mp_run run;
	uint64_t at;

	while (mp_rx_next(&b->rx, w->now, &run))
		(run.packet ? bundle_join : bundle_break)(w, c, &run);
	at = mp_rx_deadline(&b->rx);
	if (b->timer.set || at != DEADLINE_NEVER)
		worker_timer(w, &b->timer, TIMER_BUNDLE, at);
	if (!(b->rx.lost | b->rx.late))
		return;
	atomic_store_explicit(&call_rare(c->st)->seq_lost, b->rx.lost, memory_order_relaxed);
	atomic_store_explicit(&call_rare(c->st)->seq_late, b->rx.late, memory_order_relaxed);
}

void bundle_timeout(struct deadline *d, uint64_t now)
{
	struct call_state *st = IST_CONTAINER_OF(d, struct bundle, timer)->st;
	struct call *c = calltab_get(&st->home->data->tab, st->tid, st->sid);

	(void)now;
	if (c && c->st == st)
		bundle_drain(st->home, c);
}

void bundle_settle(struct worker *w, struct call *c)
{
	struct bundle *b = bundle_of(c);

	b->rx.given_up = b->rx.span;
	bundle_drain(w, c);
}

void bundle_save(const struct call *c, struct image_bundle *to)
{
	const struct bundle *b = c->st->bundle;

	*to = (struct image_bundle){.tid = c->c.tid,
				    .sid = c->c.sid,
				    .next = b->rx.next,
				    .heard = b->rx.heard,
				    .tx_seq = b->tx.seq,
				    .lost = b->rx.lost,
				    .late = b->rx.late,
				    .broken = b->rx.broken};
	memcpy(to->key, b->key, sizeof(to->key));
	memcpy(to->last, b->rx.last, sizeof(to->last));
}

void bundle_load(struct call *c, const struct image_bundle *from)
{
	struct bundle *b = c->st->bundle;

	for (unsigned i = 0; i < MP_LINKS; i++) {
		b->key[i] = from->key[i];
		if (b->key[i])
			mp_rx_join(&b->rx, i);
		b->rx.last[i] = from->last[i] & b->rx.mask;
	}
	b->rx.next = from->next & b->rx.mask;
	b->rx.heard = from->heard & b->rx.links;
	b->rx.lost = from->lost;
	b->rx.late = from->late;
	b->rx.broken = from->broken;
	b->tx.seq = from->tx_seq & b->tx.mask;
}

/* The pool is every call's and bundle's of the worker: one may hold a quarter as many as are free,
 * so that however many do some are left. */
static bool bundle_may_hold(const struct worker *w, const struct bundle *b)
{
	return b->rx.held <= w->reorder.n_free / 4u;
}

static void bundle_hold(struct worker *w, struct call *c, unsigned slot, const struct rd *r)
{
	struct bundle *b = c->st->bundle;

	b->held[slot] = bundle_may_hold(w, b) ? pool_copy(&w->reorder, r->p, r->left) : POOL_NONE;
	if (b->held[slot] != POOL_NONE)
		return;
	mp_rx_forget(&b->rx, slot);
	call_drop(w, c, DP_R_BUNDLE_FULL);
}

static void bundle_fragment(struct worker *w, struct call *c, unsigned link, struct rd *r)
{
	struct bundle *b = c->st->bundle;
	enum mp_verdict v;
	struct mp_head h;
	unsigned slot;

	if (!mp_head_get(r, c->more->bundle.rx_short, &h)) {
		call_drop(w, c, DP_R_BUNDLE_HEAD);
		return;
	}
	while ((v = mp_rx_put(&b->rx, link, &h, r->left, &slot)) == MP_DRAIN)
		bundle_drain(w, c);
	if (v == MP_DROP)
		call_drop(w, c, DP_R_BUNDLE_LATE);
	else if (v == MP_HOLD)
		bundle_hold(w, c, slot, r);
	else
		bundle_deliver(w, c, r->p, r->left);
	if (b->rx.held || v == MP_DROP)
		bundle_drain(w, c);
}

void bundle_in(struct worker *w, struct call *c, uint32_t member, uint16_t proto,
	       const uint8_t *info, size_t len)
{
	struct rd r = rd_init(info, len);
	unsigned link = call_is_bundle(c) ? bundle_link(bundle_of(c), member) : MP_LINKS;

	if (link == MP_LINKS) {
		call_drop(w, c, DP_R_NO_BUNDLE);
	} else if (proto == PPP_MP) {
		bundle_fragment(w, c, link, &r);
	} else {
		call_count_in(w, c, len + 2);
		call_info_in(w, c, proto, &r);
	}
}

/* --- out -------------------------------------------------------------------------------------- */

/* The links as they are now; members may have gone before the control thread has said so. */
static void bundle_find_links(struct worker *w, struct call *c, struct call *member[MP_LINKS])
{
	struct bundle *b = bundle_of(c);
	uint16_t head = c->more->bundle.tx_short ? 2 : 4;

	for (unsigned i = 0; i < MP_LINKS; i++) {
		const struct dp_bundle *cfg = &c->more->bundle;
		struct call *m = cfg->link[i].sid ? calltab_get(&w->data->tab, cfg->link[i].tid,
								cfg->link[i].sid)
						  : NULL;

		member[i] = m && m->c.mode == DP_MEMBER ? m : NULL;
		b->tx.link[i].there = member[i];
		b->tx.link[i].room = member[i] && m->c.mtu > head ? (uint16_t)(m->c.mtu - head) : 0;
	}
}

/* The link may have changed while the piece was on its way to this worker: section 5.1.1, nothing
 * is sent by a link that negotiates anew. */
void bundle_piece_out(struct worker *w, struct call *m, uint32_t marks, const uint8_t *front,
		      size_t n, const uint8_t *payload, size_t len)
{
	if (m->c.mode != DP_MEMBER)
		call_drop(w, m, DP_R_NO_BUNDLE);
	else if (n + len > m->c.mtu)
		call_drop(w, m, DP_R_TOO_BIG);
	else
		tx_frame_behind(w, m, PPP_MP, marks, front, n, payload, len);
}

static void bundle_send(struct worker *w, struct call *m, uint32_t marks, const uint8_t *front,
			size_t n, const uint8_t *payload, size_t len)
{
	if (m->st->home == w)
		bundle_piece_out(w, m, marks, front, n, payload, len);
	else
		tx_pass_on(w, m->st->home,
			   &(struct pair_rec){.call = call_key(m->c.tid, m->c.sid),
					      .marks = marks,
					      .kind = PAIR_TO_MEMBER},
			   front, n, payload, len);
}

/* Where a piece begins and ends, in the protocol field and in the payload behind it. */
static void bundle_send_piece(struct worker *w, struct call *c, struct call *m,
			      const struct mp_piece *p, const struct rd *proto,
			      const uint8_t *payload, uint32_t marks)
{
	uint8_t front[BUNDLE_HEAD_MAX];
	size_t n = mp_head_put(front, c->more->bundle.tx_short, &p->head), end = p->at + p->len;
	size_t from = p->at < proto->left ? p->at : proto->left;
	size_t to = end < proto->left ? end : proto->left;

	memcpy(front + n, proto->p + from, to - from);
	n += to - from;
	bundle_send(w, m, marks, front, n, payload + (p->at - from), p->len - (to - from));
}

/* Each piece has the marks of the packet as its own link gives them. */
static uint32_t bundle_marks(const struct call *m, uint16_t proto, const uint8_t *payload,
			     size_t len)
{
	return m->marked ? tx_marks(m, proto, payload, len) : 0;
}

void bundle_out(struct worker *w, struct call *c, uint16_t proto, const uint8_t *payload,
		size_t len)
{
	const struct ppp_framing framing = {.pfc = c->c.pfc};
	struct mp_piece piece[MP_PIECES];
	struct call *member[MP_LINKS];
	uint8_t field[PPP_HEAD_MAX];
	struct rd front = rd_init(field, ppp_frame_head(field, proto, &framing));
	bool full;
	unsigned n;

	bundle_find_links(w, c, member);
	n = mp_tx_cut(&c->st->bundle->tx, front.left + len, w->now, piece);
	if (!n) {
		call_drop(w, c, DP_R_BUNDLE_LINKS);
		return;
	}
	count_add(&w->n->made, n - 1u);
	full = w->tx.n + n > TX_MAX;
	for (unsigned i = 0; i < n; i++) {
		struct call *m = member[piece[i].link];

		bundle_send_piece(w, c, m, &piece[i], &front, payload,
				  bundle_marks(m, proto, payload, len));
	}
	if (full) /* a flush in between gives the payload's memory back while pieces need it */
		tx_flush(w);
	count_add(&c->st->n->tx_frames, 1);
	count_add(&c->st->n->tx_octets, front.left + len);
}
