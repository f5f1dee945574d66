/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line with `lcp = proxy` has two joins for a while: with our PPP, which has asked the client who
 * it is and keeps the answer, and the one of the call that is being placed.  When a peer has taken
 * the call, its line's leg takes over the entry in the data plane, and our PPP goes without a word.
 * When none takes it, our PPP refuses the client.
 */
#include "gw/line_int.h"

#include "gw/dial.h"
#include "gw/lns.h"
#include "gw/route.h"
#include "gw/text.h"

/* What the client is told is the same whatever the reason; the log has it. */
#define LINE_PROXY_REFUSED "No network server takes the call"

/* --- the join with our PPP -------------------------------------------------------------------- */

static void line_proxy_cut_call(struct line *l, const struct leg_end *why, uint64_t now)
{
	route_way_end(l->all->gw, &l->way);
	if (l->calling)
		join_cut(l->calling->join, why, now);
}

static void line_proxy_on_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	struct line *l = ctx;

	if (!l->proxy) /* a call has the line */
		return;
	l->origin.proxy = l->proxy = NULL;
	line_proxy_cut_call(l, why, now);
	line_join_gone(l, why, now);
}

static void line_proxy_refuse(struct line *l, enum leg_cause cause, const char *words, uint64_t now)
{
	struct leg_end why = leg_end(cause, words);

	leg_proxy_refuse(l->proxy, &why, LINE_PROXY_REFUSED, now);
}

void line_proxy_not_taken(struct line *l, const char *message, uint64_t now)
{
	struct leg_end why = leg_end(message ? LEG_BY_AUTH : LEG_BY_RESOURCES,
				     l->way.refused ? l->way.refused : "no peer can be called");

	leg_proxy_refuse(l->proxy, &why, message ? message : LINE_PROXY_REFUSED, now);
}

static void line_proxy_known(void *ctx, const char *user, uint64_t now)
{
	static const char again[] = "the client has started again";
	struct line *l = ctx;
	struct leg_end why = leg_end(LEG_BY_PEER, again);
	char circuit[GW_TEXT_MAX];
	struct route_what what;

	line_proxy_cut_call(l, &why, now);
	if (!line_what_of(l, &what, circuit)) {
		line_proxy_refuse(l, LEG_BY_LOSS, "the circuit is gone", now);
		return;
	}
	what.user = *user ? user : NULL;
	if (!line_route(l, &what, now))
		line_proxy_refuse(l, LEG_BY_RESOURCES, l->way.why, now);
}

/* The join of the call keeps it until the call is up. */
static void line_proxy_frame(void *ctx, const uint8_t *frame, size_t len, uint64_t now)
{
	struct line *l = ctx;

	if (l->calling)
		leg_line_rx(l->calling, frame, len, now);
	else
		join_drop(l->leg, JOIN_D_OTHER_NOT_UP);
}

static const struct leg_proxy_owner line_proxy_owner = {line_proxy_known, line_proxy_frame};
static const struct join_owner line_proxy_join = {.gone = line_proxy_on_gone};

struct line_proxy_room {
	struct gw *gw;
	uint16_t least;
};

static void line_proxy_carries(void *ctx, const struct cfg_peer *peer)
{
	struct line_proxy_room *r = ctx;
	uint16_t room = dial_carries(r->gw, peer);

	r->least = room < r->least ? room : r->least;
}

/* What the client may send has to fit into a call to each peer that may be tried: it is for our PPP
 * to say so, since the frames of a call are passed on as they are. */
static uint16_t line_proxy_room(const struct line *l)
{
	const struct cfg_model *m = l->all->gw->cfg;
	struct line_proxy_room room = {l->all->gw, UINT16_MAX};
	char circuit[GW_TEXT_MAX];
	struct route_what what;

	if (!line_what_of(l, &what, circuit))
		return room.least;
	what.user_later = true;
	for (const struct cfg_route *r = m->route; r < m->route + m->routes; r++) {
		if (route_why_not(r, &what))
			continue;
		for (unsigned i = 0; i < r->to.n; i++)
			line_proxy_carries(&room, r->to.at[i]);
		if (r->radius)
			lns_each(l->all->gw, line_proxy_carries, &room);
	}
	return room.least;
}

void line_proxy_begin(struct line *l, const struct cfg_lcp *cfg, uint64_t now)
{
	struct gw *gw = l->all->gw;
	struct leg *line = line_leg_new(l, now);
	uint16_t room = line_proxy_room(l);
	struct cfg_lcp lcp = *cfg;

	lcp.mru = room < lcp.mru ? room : lcp.mru;
	l->origin.proxy = l->proxy = leg_proxy_new(gw, &lcp, &line_proxy_owner, l);
	l->calling = NULL;
	if (line_start_join(l, join_new(gw->joins, line, l->proxy, &line_proxy_join, l, now), now))
		return;
	l->origin.proxy = l->proxy = NULL;
}

/* --- the join of the call --------------------------------------------------------------------- */

struct leg *line_proxy_leg(struct line *l)
{
	l->calling = line_leg_made(l);
	return l->calling;
}

bool line_proxy_start(struct line *l, struct join *j, uint64_t now)
{
	if (j)
		join_start(j, now);
	else
		l->calling = NULL;
	return l->calling || !l->proxy || !l->way.begun;
}

static void line_proxy_on_call_up(void *ctx, uint64_t now)
{
	struct line *l = ctx;
	struct leg *was = l->leg;
	struct leg_end why = leg_end(LEG_BY_OPERATOR, "a call has the line");

	l->leg = l->calling;
	l->origin.proxy = l->calling = l->proxy = NULL;
	leg_line_let_go(was);
	join_cut(was->join, &why, now);
	line_joined(l, now);
}

static void line_proxy_on_call_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	struct line *l = ctx;

	if (l->joined) {
		line_join_gone(l, why, now);
		return;
	}
	l->calling = NULL;
	if (!l->proxy || !l->way.begun) /* it was we who cut it */
		return;
	if (why->cause != LEG_BY_OPERATOR && why->cause != LEG_BY_SHUTDOWN &&
	    route_way_refused(l->all->gw, &l->way, why, now) && line_place_call(l, now))
		return;
	route_way_end(l->all->gw, &l->way);
	line_proxy_refuse(l, why->cause, why->words, now);
}

const struct join_owner line_proxy_call = {
	.up = line_proxy_on_call_up, .gone = line_proxy_on_call_gone, .save = line_save};
