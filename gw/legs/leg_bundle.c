/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bundle is known to the data plane as an entry like a line's, with the entries of its links in
 * it.  Who belongs to it is decided here, by the four cases of RFC 1990 5.1.3: a user without a
 * name, or an endpoint without discriminator, equals any other without one.
 */
#include "gw/legs/leg_bundle.h"

#include "core/container.h"
#include "gw/legs/leg_entry.h"
#include "gw/line.h"
#include "gw/record.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct leg_bundle {
	struct leg leg;
	struct llist_head entry_in_gw;
	struct leg_entry entry;
	struct line_number number;
	const void *who; /* of struct leg_bundle_for */
	struct leg_link *link[MP_LINKS];
	struct dp_bundle_link entry_link[MP_LINKS]; /* of the entry */
	struct leg_link *coming[MP_LINKS];	    /* see leg_bundle_expect() */
	uint64_t rx_bps[MP_LINKS];
	struct ppp_link agreed; /* of its first link */
	char user[PPP_NAME_MAX + 1];
};

static struct leg_bundle *leg_bundle_of(struct leg *l)
{
	return (struct leg_bundle *)l;
}

static unsigned leg_bundle_links(const struct leg_bundle *b)
{
	unsigned n = 0;

	for (unsigned i = 0; i < MP_LINKS; i++)
		n += b->link[i] != NULL;
	return n;
}

/* A fragment may be behind another one on the slowest of the links: at 9,600 bit/s two of 1,500
 * octets take 2.5 s. */
static uint32_t leg_bundle_patience(const struct leg_bundle *b)
{
	enum { FRAGMENTS = 2, HEADS = 16, MOST = 10000000 };
	uint64_t bits = FRAGMENTS * 8u * (b->agreed.our_mrru + HEADS), most = MP_PATIENCE;

	for (unsigned i = 0; i < MP_LINKS; i++) {
		uint64_t us = b->link[i] && b->rx_bps[i]
				      ? MP_PATIENCE + bits * 1000000 / b->rx_bps[i]
				      : 0;

		if (us > most)
			most = us;
	}
	return most < MOST ? (uint32_t)most : MOST;
}

/* Tell the data plane of its links as they are now. */
static int leg_bundle_set(struct leg_bundle *b)
{
	b->entry.c.bundle.patience = leg_bundle_patience(b);
	b->entry.c.bundle.more = false;
	for (unsigned i = 0; i < MP_LINKS; i++)
		b->entry.c.bundle.more |= b->coming[i] != NULL;
	join_changed(&b->leg);
	return leg_entry_set(&b->entry);
}

/* --- the leg ---------------------------------------------------------------------------------- */

/* It is waited for no longer; the data plane is told by the caller. */
static void leg_bundle_has_come(struct leg_link *l)
{
	for (unsigned i = 0; l->comes_to && i < MP_LINKS; i++)
		if (l->comes_to->coming[i] == l)
			l->comes_to->coming[i] = NULL;
	l->comes_to = NULL;
}

static void leg_bundle_forget(struct leg_bundle *b)
{
	for (unsigned i = 0; i < MP_LINKS; i++)
		if (b->coming[i])
			leg_bundle_has_come(b->coming[i]);
	leg_entry_del(&b->entry);
	line_number_give(b->entry.gw, &b->number);
	llist_del(&b->entry_in_gw);
	INIT_LLIST_HEAD(&b->entry_in_gw);
}

/* The links are none of its any more. */
static void leg_bundle_let_go(struct leg_bundle *b)
{
	for (unsigned i = 0; i < MP_LINKS; i++) {
		if (b->link[i])
			b->link[i]->bundle = NULL;
		b->link[i] = NULL;
	}
}

static void bundle_stop(struct leg *l, const struct leg_end *why, uint64_t now)
{
	struct leg_bundle *b = leg_bundle_of(l);
	struct leg_link *links[MP_LINKS];

	memcpy(links, b->link, sizeof(links));
	leg_bundle_let_go(b);
	leg_bundle_forget(b);
	for (unsigned i = 0; i < MP_LINKS; i++)
		if (links[i])
			leg_terminal_close(links[i]->t, why, now);
	join_leg_gone(l, why, now);
}

static void bundle_start(struct leg *l, uint64_t now)
{
	struct leg_bundle *b = leg_bundle_of(l);

	if (leg_bundle_set(b) < 0) {
		struct leg_end why = leg_end(LEG_BY_RESOURCES, "no room for the bundle");

		bundle_stop(l, &why, now);
	} else {
		join_leg_up(l, now);
	}
}

static struct leg_entry *bundle_entry(struct leg *l)
{
	return &leg_bundle_of(l)->entry;
}

/* Its packets may be longer than any of its links carries. */
static uint16_t bundle_mtu(const struct leg *l)
{
	return ((const struct leg_bundle *)l)->agreed.peer_mrru;
}

static void bundle_free(struct leg *l)
{
	leg_bundle_let_go(leg_bundle_of(l));
	leg_bundle_forget(leg_bundle_of(l));
	leg_entry_free(&leg_bundle_of(l)->entry);
	free(l);
}

static bool bundle_save(const struct leg *l, struct wr *w)
{
	const struct leg_bundle *b = (const struct leg_bundle *)l;
	const struct ppp_link *a = &b->agreed;

	wr_u16(w, b->number.n);
	record_text(w, b->user);
	wr_u16(w, a->our_mrru);
	wr_u16(w, a->peer_mrru);
	wr_u8(w, a->rx_short);
	wr_u8(w, a->tx_short);
	wr_u8(w, a->endpoint.len);
	wr_bytes(w, a->endpoint.octets, sizeof(a->endpoint.octets));
	leg_filters_save(&b->entry, w);
	for (unsigned i = 0; i < MP_LINKS; i++)
		wr_u32(w, b->link[i] ? leg_key(join_other(&b->link[i]->t->leg)) : 0);
	leg_rates_save(&b->entry, w);
	return true;
}

static const struct leg_ops bundle_ops = {
	.kind = LEG_BUNDLE,
	.name = "bundle",
	.start = bundle_start,
	.stop = bundle_stop,
	.lost = bundle_stop,
	.frame = leg_entry_frame,
	.network = leg_entry_on_network,
	.entry = bundle_entry,
	.mtu = bundle_mtu,
	.save = bundle_save,
	.free = bundle_free,
};

/* A frame of it that the data plane has punted.  It has the number only while it is up. */
static void leg_bundle_rx(struct line_number *n, const uint8_t *frame, size_t len, uint64_t now)
{
	join_frame(&IST_CONTAINER_OF(n, struct leg_bundle, number)->leg, frame, len, now);
}

const struct ppp_link *leg_bundle_agreed(const struct leg *bundle)
{
	return &((const struct leg_bundle *)bundle)->agreed;
}

bool leg_bundle_view(const struct leg *l, struct leg_bundle_view *out)
{
	const struct leg_bundle *b = (const struct leg_bundle *)l;

	if (l->ops->kind != LEG_BUNDLE)
		return false;
	*out = (struct leg_bundle_view){.number = b->number.n, .links = leg_bundle_links(b)};
	for (unsigned i = 0; i < MP_LINKS; i++)
		out->link[i] = b->link[i] ? join_other(&b->link[i]->t->leg) : NULL;
	leg_entry_stats(&b->entry, &out->stats);
	return true;
}

struct leg *leg_bundle_with(const struct gw *gw, const struct leg *link)
{
	struct leg_bundle *b;

	llist_for_each_entry(b, &gw->bundles, entry_in_gw)
	{
		for (unsigned i = 0; i < MP_LINKS; i++)
			if (b->link[i] && join_other(&b->link[i]->t->leg) == link)
				return &b->leg;
	}
	return NULL;
}

/* --- links ------------------------------------------------------------------------------------ */

static bool leg_bundle_is_endpoint(const struct leg_bundle *b, const struct ppp_endpoint *e)
{
	return b->agreed.endpoint.len == e->len &&
	       !memcmp(b->agreed.endpoint.octets, e->octets, e->len);
}

static struct leg_bundle *leg_bundle_find(struct gw *gw, const struct leg_bundle_for *of,
					  const char *user, const struct ppp_endpoint *e)
{
	struct leg_bundle *b;

	llist_for_each_entry(b, &gw->bundles, entry_in_gw)
	{
		if (b->who == of->who && !strcmp(b->user, user) &&
		    (of->one || leg_bundle_is_endpoint(b, e)))
			return b;
	}
	return NULL;
}

bool leg_bundle_wants(const struct leg_terminal *t, struct ppp_link *agreed)
{
	struct ppp_info i;

	ppp_get_info(t->ppp, &i);
	*agreed = i.link;
	return join_other(&t->leg)->ops->kind != LEG_BUNDLE && ppp_is_multilink(agreed);
}

static struct leg_entry *leg_bundle_entry_of(const struct leg_terminal *t)
{
	struct leg *l = join_other(&t->leg);

	return l->ops->entry(l);
}

static bool leg_bundle_filters_alike(const struct gw_filters *a, const struct gw_filters *b)
{
	for (unsigned i = 0; i < DP_FILTERS; i++) {
		const char *one = a && a->text[i] ? a->text[i] : "";
		const char *two = b && b->text[i] ? b->text[i] : "";

		if (strcmp(one, two) != 0)
			return false;
	}
	return true;
}

/* Sections 5.1.1 and 5.1.2: each link agrees on what the first one did.  Packets come by any link,
 * so that one with other filters would be a way around them. */
static const char *leg_bundle_misfit(const struct leg_bundle *b, const struct leg_entry *e,
				     const struct ppp_link *l)
{
	const struct ppp_link *first = &b->agreed;

	if (!leg_bundle_is_endpoint(b, &l->endpoint))
		return "another endpoint than that of its bundle";
	if (!leg_bundle_filters_alike(leg_entry_filters(&b->entry, LEG_FILTERS_CIRCUIT),
				      leg_entry_filters(e, LEG_FILTERS_CIRCUIT)))
		return "its circuit has other filters than its bundle";
	if (first->our_mrru != l->our_mrru || first->peer_mrru != l->peer_mrru)
		return "another MRRU than its bundle has";
	if (first->rx_short != l->rx_short || first->tx_short != l->tx_short)
		return "sequence numbers of another length than its bundle has";
	return NULL;
}

/* Its entry, when it has its number. */
static void leg_bundle_name(struct leg_bundle *b, struct gw *gw)
{
	struct dp_call c = {.mode = DP_PUNT,
			    .sid = b->number.n,
			    .bundle = {.mrru = b->agreed.our_mrru,
				       .rx_short = b->agreed.rx_short,
				       .tx_short = b->agreed.tx_short,
				       .link = b->entry_link}};

	leg_entry_init(&b->entry, gw, &c);
	llist_add_tail(&b->entry_in_gw, &gw->bundles);
}

/* As that of its first link. */
static void leg_bundle_is_of(struct leg_bundle *b, const struct leg_entry *first)
{
	b->entry.source = first->source;
	leg_take_filters(&b->leg, LEG_FILTERS_CIRCUIT,
			 leg_entry_filters(first, LEG_FILTERS_CIRCUIT));
}

static struct leg_bundle *leg_bundle_alloc(struct gw *gw, const void *who)
{
	struct leg_bundle *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->leg.ops = &bundle_ops;
	b->who = who;
	b->entry.gw = gw;
	INIT_LLIST_HEAD(&b->entry_in_gw);
	return b;
}

static struct leg_bundle *leg_bundle_new(struct leg_terminal *t, const void *who,
					 const struct ppp_link *agreed, uint64_t now)
{
	struct leg_bundle *b = leg_bundle_alloc(t->gw, who);

	if (!b)
		return NULL;
	b->agreed = *agreed;
	snprintf(b->user, sizeof(b->user), "%s", leg_terminal_name(t));
	if (!line_number_take(t->gw, &b->number, leg_bundle_rx, now)) {
		free(b);
		return NULL;
	}
	leg_bundle_name(b, t->gw);
	leg_bundle_is_of(b, leg_bundle_entry_of(t));
	return b;
}

/* What is known of the line itself, else of the channel. */
static struct dp_speed leg_bundle_speed(const struct leg *l, const struct leg_entry *e)
{
	const struct leg_origin *o =
		l->ops->kind == LEG_LINE ? leg_line_origin(l) : leg_call_origin(l);
	const struct dp_speed s = o->speed;

	return s.tx_bps ? s : dp_channel_speed(e->gw->dp, e->c.channel);
}

static void leg_bundle_put(struct leg_bundle *b, struct leg_link *l, unsigned i)
{
	struct leg_entry *e = leg_bundle_entry_of(l->t);
	struct dp_speed speed = leg_bundle_speed(join_other(&l->t->leg), e);

	b->link[i] = l;
	l->bundle = b;
	l->no = i;
	b->entry_link[i] = (struct dp_bundle_link){
		.tid = e->c.tid, .sid = e->c.sid, .kbps = (uint32_t)(speed.tx_bps / 1000)};
	b->rx_bps[i] = speed.rx_bps;
	l->t->net.bundle = b->number.n;
	leg_bundle_has_come(l);
}

/* False: it has as many as there may be. */
static bool leg_bundle_add(struct leg_bundle *b, struct leg_link *l)
{
	unsigned i = 0;

	while (i < MP_LINKS && b->link[i])
		i++;
	if (i < MP_LINKS)
		leg_bundle_put(b, l, i);
	return i < MP_LINKS;
}

void leg_bundle_expect(struct leg_link *l, const struct leg_terminal *t,
		       const struct leg_bundle_for *of)
{
	struct ppp_link agreed;
	struct leg_bundle *b;
	unsigned i = 0;

	if (l->bundle || l->comes_to || !leg_bundle_wants(t, &agreed))
		return;
	b = leg_bundle_find(t->gw, of, leg_terminal_name(t), &agreed.endpoint);
	while (b && i < MP_LINKS && b->coming[i])
		i++;
	if (!b || i == MP_LINKS)
		return;
	b->coming[i] = l;
	l->comes_to = b;
	leg_bundle_set(b);
}

/* NULL, or words. */
static const char *leg_bundle_start(struct leg_bundle *b, struct leg_link *first,
				    const struct leg_bundle_for *of, uint64_t now)
{
	struct join *j = join_new(first->t->gw->joins, &b->leg, of->network(first->t), of->owner,
				  of->ctx, now);

	if (!j)
		return "no memory for a bundle";
	join_start(j, now);
	return first->bundle ? NULL : "no room for the bundle";
}

const char *leg_bundle_join(struct leg_link *l, struct leg_terminal *t,
			    const struct leg_bundle_for *of, const struct ppp_link *agreed,
			    uint64_t now)
{
	struct leg_bundle *b = leg_bundle_find(t->gw, of, leg_terminal_name(t), &agreed->endpoint);
	bool first = !b;
	const char *words;

	if (first)
		b = leg_bundle_new(t, of->who, agreed, now);
	if (!b)
		return "no memory for a bundle";
	words = leg_bundle_misfit(b, leg_bundle_entry_of(t), agreed);
	if (words) {
		if (first)
			bundle_free(&b->leg);
		return words;
	}
	if (of->links && leg_bundle_links(b) >= of->links)
		return "its user may have no more links";
	l->t = t;
	if (!leg_bundle_add(b, l))
		return "its bundle has as many links as there may be";
	if (leg_bundle_set(b) < 0 && first) {
		t->net.bundle = 0;
		bundle_free(&b->leg);
		return "no room for the bundle";
	}
	leg_terminal_tell(t);
	join_changed(&t->leg);
	return first ? leg_bundle_start(b, l, of, now) : NULL;
}

void leg_bundle_leave(struct leg_link *l, const struct leg_end *why, uint64_t now)
{
	struct leg_bundle *b = l->bundle, *expecting = l->comes_to;

	leg_bundle_has_come(l);
	if (expecting)
		leg_bundle_set(expecting);
	if (!b)
		return;
	l->bundle = NULL;
	b->link[l->no] = NULL;
	b->entry_link[l->no].sid = 0;
	if (leg_bundle_links(b)) {
		leg_bundle_set(b);
		return;
	}
	leg_bundle_forget(b);
	join_leg_gone(&b->leg, why, now);
}

/* --- going on in another life ----------------------------------------------------------------- */

static void leg_bundle_read(struct leg_bundle *b, struct rd *r)
{
	struct ppp_link *a = &b->agreed;
	const uint8_t *endpoint;

	record_read_text(r, b->user, sizeof(b->user));
	a->our_mrru = rd_u16(r);
	a->peer_mrru = rd_u16(r);
	a->rx_short = rd_u8(r);
	a->tx_short = rd_u8(r);
	a->endpoint.len = rd_u8(r);
	endpoint = rd_take(r, sizeof(a->endpoint.octets));
	if (!endpoint || a->endpoint.len > sizeof(a->endpoint.octets) || !a->our_mrru)
		rd_fail(r);
	else
		memcpy(a->endpoint.octets, endpoint, sizeof(a->endpoint.octets));
}

/* The terminal of a link that goes on and was one of bundle `number`; NULL = there is none. */
static struct leg_terminal *leg_bundle_link_of(struct gw *gw, uint32_t key, uint16_t number)
{
	struct leg *l = key ? leg_by_key(gw, key) : NULL;
	struct leg_terminal *t = l && l->join && l->join->leg[0] == l && !l->join->ending
					 ? (struct leg_terminal *)join_other(l)
					 : NULL;

	if (!t || t->leg.ops->entry || !t->role->link || t->net.bundle != number)
		return NULL;
	return t;
}

static unsigned leg_bundle_recall_links(struct leg_bundle *b, struct rd *r)
{
	unsigned n = 0;

	for (unsigned i = 0; i < MP_LINKS; i++) {
		struct leg_terminal *t = leg_bundle_link_of(b->entry.gw, rd_u32(r), b->number.n);
		struct leg_link *l = t ? t->role->link(t) : NULL;

		if (!l || l->bundle)
			continue;
		l->t = t;
		leg_bundle_put(b, l, i);
		if (!n++)
			leg_bundle_is_of(b, leg_bundle_entry_of(t));
	}
	return n;
}

struct leg *leg_bundle_resume(struct gw *gw, struct rd *r, const void *who, const char **words)
{
	struct leg_bundle *b = leg_bundle_alloc(gw, who);
	uint16_t number = rd_u16(r);

	*words = "out of memory";
	if (!b)
		return NULL;
	leg_bundle_read(b, r);
	*words = "its record cannot be read, or none of its links goes on";
	if (!r->bad && line_number_take_again(gw, &b->number, number, leg_bundle_rx)) {
		leg_bundle_name(b, gw);
		if (leg_filters_recall(&b->entry, r) && leg_bundle_recall_links(b, r) &&
		    leg_rates_recall(&b->entry, r)) {
			b->entry.c.bundle.patience = leg_bundle_patience(b);
			return &b->leg;
		}
	}
	bundle_free(&b->leg);
	return NULL;
}

bool leg_bundle_is_lost(const struct leg *l)
{
	struct leg_terminal *t = (struct leg_terminal *)(uintptr_t)l;
	const struct leg_link *link;

	if (l->ops->entry || !t->net.bundle)
		return false;
	link = t->role->link(t);
	return !link || !link->bundle;
}
