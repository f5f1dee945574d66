/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/route_way.h"

#include "gw/drain.h"
#include "gw/lns.h"
#include "gw/random.h"
#include "gw/record.h"
#include "gw/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct route_use {
	unsigned calls; /* now */
	unsigned turn;	/* calls so far */
};

struct routes {
	struct route_use *use;	     /* of each route section */
	struct route_denied *denied; /* of each peer section */
};

struct routes *routes_new(const struct cfg_model *m)
{
	struct routes *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->use = calloc(m->routes + 1, sizeof(*r->use));
	r->denied = calloc(m->peers + 1, sizeof(*r->denied));
	if (r->use && r->denied)
		return r;
	routes_free(r);
	return NULL;
}

void routes_free(struct routes *r)
{
	if (!r)
		return;
	free(r->use);
	free(r->denied);
	free(r);
}

static struct route_use *route_way_use(const struct gw *gw, const struct cfg_route *r)
{
	return &gw->routes->use[r - gw->cfg->route];
}

static struct route_denied *route_way_denied(const struct gw *gw, const struct cfg_peer *p)
{
	struct route_denied *of_named = lns_denied(gw, p);

	return of_named ? of_named : &gw->routes->denied[p - gw->cfg->peer];
}

unsigned route_way_calls(const struct gw *gw, const struct cfg_route *r)
{
	return route_way_use(gw, r)->calls;
}

uint64_t route_way_denied_until(const struct gw *gw, const struct cfg_peer *p, uint64_t now,
				const char **words)
{
	const struct route_denied *d = route_way_denied(gw, p);

	*words = d->words;
	return d->until > now ? d->until : 0;
}

/* --- words ------------------------------------------------------------------------------------ */

void route_way_say(struct route_way *w, const char *fmt, ...)
{
	size_t at = strlen(w->why), room = sizeof(w->why) - at;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->why + at, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		memcpy(w->why + sizeof(w->why) - 4, "...", 4);
}

static const char *route_way_why_not(struct gw *gw, const struct cfg_route *r,
				     const struct route_what *what)
{
	const char *words = route_why_not(r, what);

	if (!words && r->max_calls && route_way_use(gw, r)->calls >= r->max_calls)
		words = "it has as many calls as it may have";
	return words;
}

/* The routes in front of the one that is taken. */
static void route_way_say_others(struct gw *gw, struct route_way *w, const struct route_what *what)
{
	const struct cfg_route *end = w->route ? w->route : gw->cfg->route + gw->cfg->routes;
	const char *between = " (not ";

	for (const struct cfg_route *r = gw->cfg->route; r < end; r++) {
		route_way_say(w, "%s%s: %s", between, r->name, route_way_why_not(gw, r, what));
		between = ", not ";
	}
	if (end > gw->cfg->route)
		route_way_say(w, ")");
}

/* --- which peer -------------------------------------------------------------------------------- */

uint32_t route_way_number(const struct cfg_numbers *n, unsigned i)
{
	return i < n->n ? n->at[i] : 1;
}

/* Of these peers those of the lowest priority. */
static uint64_t route_way_lowest(const struct cfg_route *r, uint64_t left)
{
	uint32_t least = UINT32_MAX;
	uint64_t group = 0;

	for (unsigned i = 0; i < r->to.n; i++) {
		uint32_t p = route_way_number(&r->priority, i);

		if (!(left >> i & 1) || p > least)
			continue;
		group = p < least ? 0 : group;
		group |= UINT64_C(1) << i;
		least = p;
	}
	return group;
}

static uint32_t route_way_share(const struct cfg_route *r, unsigned i)
{
	return r->balance == CFG_BALANCE_WEIGHT ? route_way_number(&r->weight, i) : 1;
}

/* Where among the shares, `total` of them. */
static uint64_t route_way_at(const struct cfg_route *r, uint64_t total, unsigned turn,
			     uint32_t dice)
{
	switch ((enum cfg_balance)r->balance) {
	case CFG_BALANCE_ROUND:
		return turn % total;
	case CFG_BALANCE_WEIGHT:
		return dice * total >> 32;
	case CFG_BALANCE_FIRST:
		break;
	}
	return 0;
}

unsigned route_way_pick(const struct cfg_route *r, uint64_t left, unsigned turn, uint32_t dice)
{
	uint64_t group = route_way_lowest(r, left), total = 0, at;
	unsigned i;

	for (i = 0; i < r->to.n; i++)
		total += group >> i & 1 ? route_way_share(r, i) : 0;
	at = route_way_at(r, total, turn, dice);
	for (i = 0; !(group >> i & 1) || at >= route_way_share(r, i); i++)
		at -= group >> i & 1 ? route_way_share(r, i) : 0;
	return i;
}

/* Of the peers that servers have named, and whose bit is set in `left`, the one of the lowest
 * preference that has the fewest calls. */
static unsigned route_way_pick_named(const struct gw *gw, const struct route_named *named,
				     uint64_t left, uint32_t dice)
{
	unsigned best = named->n, calls, least = 0;

	for (unsigned k = 0; k < named->n; k++) {
		unsigned i = (k + dice % named->n) % named->n;

		if (!(left >> i & 1))
			continue;
		calls = l2tp_peer_calls(gw->engine, named->of[i].peer);
		if (best < named->n &&
		    (named->of[i].preference > named->of[best].preference ||
		     (named->of[i].preference == named->of[best].preference && calls >= least)))
			continue;
		best = i;
		least = calls;
	}
	return best;
}

static unsigned route_way_peers(const struct route_way *w)
{
	return w->named ? w->named->n : w->route->to.n;
}

static const struct cfg_peer *route_way_peer(const struct route_way *w, unsigned i)
{
	return w->named ? w->named->of[i].peer : w->route->to.at[i];
}

/* May a call be placed to this peer?  If not, the words say why. */
static bool route_way_allows(struct gw *gw, struct route_way *w, const struct cfg_peer *p,
			     uint64_t now)
{
	char more[GW_TEXT_MAX];
	const char *words;
	uint64_t until = route_way_denied_until(gw, p, now, &words);
	const char *drains = drain_why(gw, p->port, lns_section(gw, p), 0);

	if (drains) {
		route_way_say(w, ", %s passed over: %s", p->name, drains);
	} else if (p == w->from) {
		w->came_from = true;
		route_way_say(w, ", %s passed over: the call comes from it", p->name);
	} else if (until) {
		route_way_say(w, ", %s passed over for %s more: %s", p->name,
			      gw_duration_text(more, sizeof(more), until - now), words);
	}
	return p != w->from && !until && !drains;
}

/* The bits of the peers that may be tried; those passed over count as tried. */
static uint64_t route_way_left(struct gw *gw, struct route_way *w, uint64_t now)
{
	uint64_t left = 0, bit = 1;

	for (unsigned i = 0; i < route_way_peers(w); i++, bit <<= 1) {
		if (w->tried & bit)
			continue;
		if (route_way_allows(gw, w, route_way_peer(w, i), now))
			left |= bit;
		else
			w->tried |= bit;
	}
	return left;
}

const struct cfg_peer *route_way_next(struct gw *gw, struct route_way *w, uint64_t now)
{
	uint64_t left = route_way_left(gw, w, now);
	uint32_t dice;
	unsigned i;

	if (!left)
		return NULL;
	gw_random(&dice, sizeof(dice));
	i = w->named ? route_way_pick_named(gw, w->named, left, dice)
		     : route_way_pick(w->route, left, route_way_use(gw, w->route)->turn - 1, dice);
	w->tried |= UINT64_C(1) << i;
	w->peer = route_way_peer(w, i);
	route_way_say(w, ", to %s", w->peer->name);
	if (w->named && w->named->n > 1)
		route_way_say(w, " of preference %u", w->named->of[i].preference);
	return w->peer;
}

/* --- a call ------------------------------------------------------------------------------------ */

static bool route_way_find(struct gw *gw, struct route_way *w, const struct route_what *what)
{
	*w = (struct route_way){.from = what->peer};
	for (unsigned i = 0; !w->route && i < gw->cfg->routes; i++)
		if (!route_way_why_not(gw, &gw->cfg->route[i], what))
			w->route = &gw->cfg->route[i];
	if (w->route)
		route_way_say(w, "route %s", w->route->name);
	else
		route_way_say(w, "no route");
	route_way_say_others(gw, w, what);
	return w->route;
}

bool route_way_begin(struct gw *gw, struct route_way *w, const struct route_what *what)
{
	struct route_use *use;

	if (!route_way_find(gw, w, what))
		return false;
	use = route_way_use(gw, w->route);
	w->begun = true;
	use->calls++;
	use->turn++;
	return true;
}

void route_way_save(struct wr *wr, const struct route_way *w)
{
	record_text(wr, w->begun ? w->route->name : "");
	record_text(wr, w->begun && w->peer ? w->peer->name : "");
}

void route_way_recall(struct gw *gw, struct rd *r, struct route_way *w)
{
	char route[RECORD_TEXT_MAX + 1], peer[RECORD_TEXT_MAX + 1];

	*w = (struct route_way){.route = NULL};
	record_read_text(r, route, sizeof(route));
	record_read_text(r, peer, sizeof(peer));
	if (r->bad || !*route)
		return;
	w->route = cfg_named(gw->cfg, "route", route);
	w->peer = lns_named(gw, peer);
	w->begun = w->route;
	if (!w->begun)
		return;
	lns_use(gw, w->peer);
	route_way_use(gw, w->route)->calls++;
}

void route_way_unreached(struct route_way *w, const char *words)
{
	route_way_say(w, " not possible: %s", words);
}

/* Bit of cfg_route.deny; 0 = none is for this. */
static uint32_t route_way_denial(const struct leg_end *why)
{
	if (why->has_cdn)
		return why->cdn_result && why->cdn_result < 32 ? 1u << why->cdn_result : 0;
	return why->cause == LEG_BY_TIMEOUT || why->cause == LEG_BY_LOSS ? CFG_DENY_SILENT : 0;
}

bool route_way_refused(struct gw *gw, struct route_way *w, const struct leg_end *why, uint64_t now)
{
	const struct cfg_route *r = w->route;
	struct route_denied *d;

	if (!r || !w->peer)
		return false;
	route_way_say(w, " refused: %s", why->words);
	if (r->deny_for && r->deny & route_way_denial(why)) {
		d = route_way_denied(gw, w->peer);
		d->until = now + r->deny_for;
		snprintf(d->words, sizeof(d->words), "%.60s", why->words);
	}
	return !(why->has_cdn && r->ends_on_refusal);
}

static void route_way_forget_named(struct gw *gw, struct route_way *w)
{
	for (unsigned i = 0; i < w->named->n; i++)
		lns_unuse(gw, w->named->of[i].peer);
	free(w->named);
	w->named = NULL;
}

void route_way_end(struct gw *gw, struct route_way *w)
{
	aaa_cancel(w->request);
	w->request = NULL;
	if (w->named)
		route_way_forget_named(gw, w);
	else if (w->begun)
		lns_unuse(gw, w->peer); /* of one that goes on */
	if (w->begun)
		route_way_use(gw, w->route)->calls--;
	w->begun = false;
}

void route_way_show(struct gw *gw, struct route_way *w, const struct route_what *what, uint64_t now)
{
	struct route_use *use;

	if (!route_way_find(gw, w, what))
		return;
	use = route_way_use(gw, w->route);
	if (w->route->radius)
		route_way_say(w, ", radius %s says to whom", w->route->radius->name);
	use->turn++;
	if ((w->route->to.n || !w->route->radius) && !route_way_next(gw, w, now))
		route_way_say(w, ", no peer may be tried");
	use->turn--;
}
