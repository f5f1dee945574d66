/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries stand in one array.  Those in use are on a list, newest first, and when all are used, or
 * the source has as many as it may, the oldest (of that source) is used again.
 */
#include "gw/history.h"

#include "gw/gw.h"
#include "gw/legs/legs.h"
#include "gw/peer.h"
#include "gw/port.h"
#include "gw/text.h"
#include <stdio.h>
#include <stdlib.h>

struct history {
	struct llist_head used, unused;
	struct history_entry entries[HISTORY_MAX];
};

struct history *history_new(void)
{
	struct history *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	INIT_LLIST_HEAD(&h->used);
	INIT_LLIST_HEAD(&h->unused);
	for (unsigned i = 0; i < HISTORY_MAX; i++)
		llist_add_tail(&h->entries[i].entry, &h->unused);
	return h;
}

void history_free(struct history *h)
{
	free(h);
}

static struct history_entry *history_room(struct history *h, uint64_t source)
{
	struct history_entry *e, *oldest = NULL;
	unsigned n = 0;

	llist_for_each_entry(e, &h->used, entry)
	{
		if (e->source != source)
			continue;
		oldest = e;
		n++;
	}
	if (n >= HISTORY_PER_SOURCE)
		return oldest;
	return llist_entry(llist_empty(&h->unused) ? h->used.prev : h->unused.next,
			   struct history_entry, entry);
}

void history_add(struct history *h, uint64_t source, uint64_t now, const char *what,
		 const char *from, const char *user, const char *why)
{
	struct history_entry *e = history_room(h, source);

	llist_del(&e->entry);
	llist_add(&e->entry, &h->used);
	e->when = now;
	e->source = source;
	snprintf(e->what, sizeof(e->what), "%s", what ? what : "");
	snprintf(e->from, sizeof(e->from), "%s", from ? from : "");
	snprintf(e->user, sizeof(e->user), "%s", user ? user : "");
	snprintf(e->why, sizeof(e->why), "%s", why ? why : "");
}

const struct history_entry *history_next(const struct history *h, const struct history_entry *after)
{
	const struct llist_head *at = after ? after->entry.next : h->used.next;

	return at == &h->used ? NULL : llist_entry(at, struct history_entry, entry);
}

void history_call(struct gw *gw, const struct l2tp_call *call, uint64_t now, const char *why)
{
	char what[GW_TEXT_MAX], from[GW_TEXT_MAX];
	struct l2tp_tunnel_info t;
	struct l2tp_call_info c;

	l2tp_call_info(call, &c);
	l2tp_tunnel_info(c.tunnel, &t);
	snprintf(what, sizeof(what), "call %u/%u", t.local_id, c.local_id);
	history_add(gw->history, peer_channel_source(gw, t.channel), now, what,
		    port_channel_text(from, sizeof(from), gw, t.channel), NULL, why);
}

/* Ends that mean that something went wrong; LEG_BY_PEER does when the join never was up. */
static const bool history_failed[LEG_CAUSES] = {
	[LEG_BY_LOSS] = true,	  [LEG_BY_TIMEOUT] = true,   [LEG_BY_AUTH] = true,
	[LEG_BY_MISMATCH] = true, [LEG_BY_RESOURCES] = true,
};

/* The words of the end, and the far end's Result Code in words where these do not say it. */
static void history_why(char *buf, size_t cap, const struct leg_end *why)
{
	const struct l2tp_result r = {.result = why->cdn_result, .error = why->cdn_error};
	char code[GW_TEXT_MAX] = "", words[GW_TEXT_MAX];

	if (why->has_cdn)
		snprintf(code, sizeof(code), " (result %u: %.130s)", r.result,
			 gw_result_text(words, sizeof(words), &r, false));
	snprintf(buf, cap, "%s: %s%s", leg_cause_name(why->cause), why->words, code);
}

void history_not_begun(struct gw *gw, uint64_t source, uint64_t now, const char *kind,
		       const char *name, const char *where, const struct leg_end *why)
{
	char what[GW_TEXT_MAX], words[sizeof(why->words) + GW_TEXT_MAX + 40];

	snprintf(what, sizeof(what), "%s %s", kind, name);
	history_why(words, sizeof(words), why);
	history_add(gw->history, source, now, what, where, NULL, words);
}

void history_join(void *ctx, const struct join *j, uint64_t now)
{
	char name[GW_TEXT_MAX], to[GW_TEXT_MAX], what[2 * GW_TEXT_MAX + 4];
	const char *from = NULL, *user = NULL;
	char why[sizeof(j->why->words) + GW_TEXT_MAX + 40];
	uint64_t source = HISTORY_STRANGERS;
	struct leg_terminal_view term;

	if (!history_failed[j->why->cause] && (j->told_up || j->why->cause != LEG_BY_PEER))
		return;
	for (unsigned i = 0; i < 2; i++) {
		if (!from)
			from = leg_circuit(j->leg[i], &source);
		if (leg_terminal_view(j->leg[i], &term))
			user = term.user;
	}
	snprintf(what, sizeof(what), "%s - %s", leg_text(name, sizeof(name), j->leg[0]),
		 leg_text(to, sizeof(to), j->leg[1]));
	history_why(why, sizeof(why), j->why);
	history_add(ctx, source, now, what, from, user, why);
}
