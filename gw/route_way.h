/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of one call through the peers of a route: which peer is tried next, which are passed over
 * because they refused a call lately, and the reasons in words.  Control thread only.
 */
#ifndef GW_ROUTE_WAY_H
#define GW_ROUTE_WAY_H

#include "gw/aaa/aaa.h"
#include "gw/gw.h"
#include "gw/legs/legs.h"
#include "gw/route.h"

#define ROUTE_WHY_MAX 256u

/* Why a peer is passed over for a while. */
struct route_denied {
	uint64_t until; /* us; 0 = it is not */
	char words[64];
};

/* Peers that RADIUS servers have named for one call. */
struct route_named {
	unsigned n; /* at most RADIUS_TUNNELS */
	struct {
		const struct cfg_peer *peer;
		uint32_t preference;
	} of[];
};

/* All zero = no route. */
struct route_way {
	const struct cfg_route *route;
	const struct cfg_peer *peer; /* tried last */
	const struct cfg_peer
		*from;	/* whose call it is, which is not placed to it; NULL = a circuit */
	uint64_t tried; /* a bit for each peer of route->to, or of named */
	struct route_named *named;   /* in place of those of the route; NULL = none */
	struct aaa_request *request; /* the servers are asked (route_ask.h), */
	struct gw *gw;		     /* of this gateway, */
	uint64_t source;	     /* about a call from there, */
	struct log_about about;	     /* which is this one */
	void (*answered)(void *ctx, bool ok, const char *message, uint64_t now);
	void *answered_ctx;
	const char *refused; /* after ok = false: why, in short */
	bool begun;
	bool came_from;		 /* a peer was passed over because the call came from it */
	char why[ROUTE_WHY_MAX]; /* the route, its peer, and why no others */
};

/* What routes remember from call to call; NULL without memory. */
struct routes *routes_new(const struct cfg_model *m);
void routes_free(struct routes *r);

/* The first route that fits and has room for a call; w is filled.  False: there is none, and w->why
 * says why.  Else the call counts as the route's until route_way_end(). */
bool route_way_begin(struct gw *gw, struct route_way *w, const struct route_what *what);
/* The peer to try now; NULL = none is left. */
const struct cfg_peer *route_way_next(struct gw *gw, struct route_way *w, uint64_t now);
/* In a record (gw/resume.h), and of one: the call counts as the route's again, if there is one of
 * that name. */
void route_way_save(struct wr *wr, const struct route_way *w);
void route_way_recall(struct gw *gw, struct rd *r, struct route_way *w);
/* No call could be placed to it. */
void route_way_unreached(struct route_way *w, const char *words);
/* The call to it ended before it was up.  True: the next peer may be tried. */
bool route_way_refused(struct gw *gw, struct route_way *w, const struct leg_end *why, uint64_t now);
/* Add to the words; a text that is full ends with "...". */
void __attribute__((format(printf, 2, 3))) route_way_say(struct route_way *w, const char *fmt, ...);
/* Harmless when there is no route; w->why is kept.  Servers that are asked are not listened to. */
void route_way_end(struct gw *gw, struct route_way *w);

/* A dry run: route_way_begin() and route_way_next() without effect on calls. */
void route_way_show(struct gw *gw, struct route_way *w, const struct route_what *what,
		    uint64_t now);

/* Calls by this route now. */
unsigned route_way_calls(const struct gw *gw, const struct cfg_route *r);
/* Until when a peer is passed over, us, with *words saying why; 0 = it is not. */
uint64_t route_way_denied_until(const struct gw *gw, const struct cfg_peer *p, uint64_t now,
				const char **words);
/* One of the numbers of a route for its peer i. */
uint32_t route_way_number(const struct cfg_numbers *n, unsigned i);

/* Index of the peer of r to try, among those whose bit is set in `left` (not 0).  turn: number of
 * calls before this one, for CFG_BALANCE_ROUND.  dice: any number, for CFG_BALANCE_WEIGHT. */
unsigned route_way_pick(const struct cfg_route *r, uint64_t left, unsigned turn, uint32_t dice);

#endif
