/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/route_ask.h"

#include "gw/lns.h"
#include "gw/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool route_asks(const struct route_way *w)
{
	return w->begun && w->route->radius && !w->named && !w->answered;
}

/* --- the question ------------------------------------------------------------------------------ */

static const char *route_ask_called(const struct route_what *what, char *buf, size_t cap)
{
	return snprintf(buf, cap, "%s", what->called ? what->called : "") ? NULL
									  : "no called address";
}

static const char *route_ask_calling(const struct route_what *what, char *buf, size_t cap)
{
	return snprintf(buf, cap, "%s", what->calling ? what->calling : "") ? NULL
									    : "no calling address";
}

/* "fr0/100": one word, which servers like better in a name. */
static const char *route_ask_circuit(const struct route_what *what, char *buf, size_t cap)
{
	if (!what->port || !what->circuit)
		return "no circuit";
	snprintf(buf, cap, "%s/%s", what->port->config.name, what->circuit);
	return NULL;
}

static const char *route_ask_realm(const struct route_what *what, char *buf, size_t cap)
{
	const char *user = what->user ? what->user : "";
	const struct realm_name n = realm_split(user, strlen(user));

	snprintf(buf, cap, "%.*s", (int)n.realm.left, (const char *)n.realm.p);
	return *buf ? NULL : "no realm";
}

/* Write the name that is asked about; NULL, or what is not known. */
static const char *(*const route_ask_names[CFG_ASKS])(const struct route_what *what, char *buf,
						      size_t cap) = {
	[CFG_ASK_REALM] = route_ask_realm,
	[CFG_ASK_CALLED] = route_ask_called,
	[CFG_ASK_CALLING] = route_ask_calling,
	[CFG_ASK_CIRCUIT] = route_ask_circuit,
};

/* A claim of what is no user: its name, and the password that the section gives. */
static const char *route_ask_claim(const struct cfg_route *r, const struct route_what *what,
				   struct ppp_auth_claim *c)
{
	const char *unknown = route_ask_names[r->ask](what, c->name, sizeof(c->name)), *password;
	size_t len;

	if (unknown)
		return unknown;
	c->method = PPP_AUTH_PAP;
	c->name_len = (uint16_t)strlen(c->name);
	password = r->ask_password ? r->ask_password : c->name;
	len = strlen(password);
	c->response_len = (uint8_t)(len < 128 ? len : 128); /* RFC 2865 5.2 */
	memcpy(c->response, password, c->response_len);
	return NULL;
}

static void route_ask_done(void *ctx, const struct aaa_answer *a, uint64_t now);

static bool route_ask_send(struct gw *gw, struct route_way *w, const struct route_question *q,
			   const struct ppp_auth_claim *claim, uint64_t now)
{
	const struct aaa_question ask = {.claim = claim,
					 .lac = {w->route->radius, w->route->ask},
					 .source = q->source,
					 .source_text = q->source_text,
					 .about = q->about,
					 .medium = q->medium,
					 .called = q->what->called,
					 .calling = q->what->calling,
					 .access = q->what->access,
					 .access_len = q->what->access_len};

	w->gw = gw;
	w->source = q->source;
	w->about = q->about;
	w->request = aaa_ask(gw->aaa, &ask, route_ask_done, w, now);
	if (!w->request)
		route_way_say(w, ", radius %s cannot be asked", w->route->radius->name);
	return w->request;
}

bool route_ask(struct gw *gw, struct route_way *w, const struct route_question *q,
	       void (*answered)(void *ctx, bool ok, const char *message, uint64_t now), void *ctx,
	       uint64_t now)
{
	const struct cfg_route *r = w->route;
	struct ppp_auth_claim claim = {.name_len = 0};
	const char *unknown = NULL;
	bool asked;

	w->answered = answered;
	w->answered_ctx = ctx;
	if (r->ask != CFG_ASK_USER)
		unknown = route_ask_claim(r, q->what, &claim);
	else if (!q->claim || !q->claim->name_len)
		unknown = "no user";
	if (unknown) {
		route_way_say(w, ", radius %s is not asked: %s is known", r->radius->name, unknown);
		return false;
	}
	asked = route_ask_send(gw, w, q, r->ask == CFG_ASK_USER ? q->claim : &claim, now);
	explicit_bzero(&claim, sizeof(claim));
	return asked;
}

/* --- the answer -------------------------------------------------------------------------------- */

static void route_ask_pass_over(struct route_way *w, const struct radius_tunnel *t,
				const char *words, uint64_t now)
{
	route_way_say(w, ", not tunnel %u", t->tag);
	gw_log_peer(w->about, GW_LOG_CALL, LOGL_NOTICE, w->source, now,
		    "route %s: radius %s: tunnel %u to %s is passed over: %s", w->route->name,
		    w->route->radius->name, t->tag, *t->server ? t->server : "-", words);
}

static void route_ask_take(struct route_way *w, const struct radius_tunnel *t, uint64_t now)
{
	const char *words = t->wrong;
	const struct cfg_peer *peer = words ? NULL : lns_for(w->gw, w->route->like, t, &words);

	if (!peer) {
		route_ask_pass_over(w, t, words, now);
		return;
	}
	if (t->has_group)
		gw_log_peer(w->about, GW_LOG_CALL, LOGL_INFO, w->source, now,
			    "route %s: radius %s: Tunnel-Private-Group-ID of tunnel %u is "
			    "ignored: only `add` of a peer section tells an LNS of a group",
			    w->route->name, w->route->radius->name, t->tag);
	lns_use(w->gw, peer);
	w->named->of[w->named->n].peer = peer;
	w->named->of[w->named->n++].preference = t->preference;
}

/* NULL, or why the call goes nowhere.  RFC 2868 3.1: tunnels of which none can be opened are as a
 * refusal. */
static const char *route_ask_name(struct route_way *w, const struct radius_tunnels *all,
				  uint64_t now)
{
	w->named = calloc(1, sizeof(*w->named) + all->n * sizeof(w->named->of[0]));
	if (!w->named)
		return "out of memory";
	for (unsigned i = 0; i < all->n; i++)
		route_ask_take(w, &all->tunnel[i], now);
	return w->named->n ? NULL : "no tunnel of RADIUS's answer can be used";
}

/* Without tunnels the route's own peers count. */
static const char *route_ask_judge(struct route_way *w, const struct aaa_answer *a, uint64_t now)
{
	if (a->unanswered && w->route->to.n) {
		route_way_say(w, ", radius %s does not answer", w->route->radius->name);
		return NULL;
	}
	route_way_say(w, ", radius %s", w->route->radius->name);
	if (!a->ok)
		return a->unanswered ? "no RADIUS server answers" : "refused by RADIUS";
	if (a->tunnels)
		return route_ask_name(w, a->tunnels, now);
	return w->route->to.n ? NULL : "RADIUS's answer names no tunnel";
}

static void route_ask_done(void *ctx, const struct aaa_answer *a, uint64_t now)
{
	struct route_way *w = ctx;
	const char *why;

	w->request = NULL;
	why = route_ask_judge(w, a, now);
	w->refused = why;
	if (why)
		route_way_say(w, ": %s", why);
	w->answered(w->answered_ctx, !why, why && !a->unanswered ? a->message : NULL, now);
}
