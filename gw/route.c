/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/route.h"

#include "gw/peer.h"
#include <stdio.h>
#include <string.h>

static bool route_names(const struct cfg_refs *refs, const void *what)
{
	for (unsigned i = 0; i < refs->n; i++)
		if (refs->at[i] == what)
			return true;
	return false;
}

static bool route_like(const char *pattern, const char *text)
{
	return peer_host_match(pattern, (const uint8_t *)text, strlen(text));
}

/* A pattern without an @ is of what is behind the last @ of the name. */
static bool route_takes_realm(const char *pattern, const char *user)
{
	const char *at = strrchr(user, '@');

	if (strchr(pattern, '@'))
		return route_like(pattern, user);
	return at && route_like(pattern, at + 1);
}

static const char *route_why_not_from(const struct cfg_route *r, const struct route_what *what)
{
	if (what->peer && !route_names(&r->from_peer, what->peer))
		return "it is not for calls of this peer";
	if (!what->peer && r->from_peer.n)
		return "it is for calls";
	if (r->to_circuit.port && !what->outgoing)
		return "it is for outgoing calls";
	if (r->radius && what->outgoing)
		return "it is for calls that come in";
	if (!what->peer && r->from.n && !route_names(&r->from, what->port))
		return "it is not from this port";
	return NULL;
}

/* Its servers are asked about him. */
static bool route_asks_about_user(const struct cfg_route *r)
{
	return r->radius && (r->ask == CFG_ASK_USER || r->ask == CFG_ASK_REALM);
}

static const char *route_why_not_user(const struct cfg_route *r, const struct route_what *what)
{
	if (!r->user && !r->realm && !route_asks_about_user(r))
		return NULL;
	if (!what->user)
		return what->user_later ? NULL : "no user is known";
	if (r->user && !route_like(r->user, what->user))
		return "the user differs";
	return r->realm && !route_takes_realm(r->realm, what->user) ? "the realm differs" : NULL;
}

const char *route_why_not(const struct cfg_route *r, const struct route_what *what)
{
	const struct {
		const char *pattern, *text, *differs, *unknown;
	} rows[] = {
		{r->circuit, what->circuit, "the circuit differs", "no circuit is known"},
		{r->called, what->called, "the called address differs",
		 "no called address is known"},
		{r->calling, what->calling, "the calling address differs",
		 "no calling address is known"},
	};
	const char *words = route_why_not_from(r, what);

	for (unsigned i = 0; !words && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].pattern && !rows[i].text)
			words = rows[i].unknown;
		else if (rows[i].pattern && !route_like(rows[i].pattern, rows[i].text))
			words = rows[i].differs;
	return words ? words : route_why_not_user(r, what);
}

const struct cfg_route *route_find(const struct cfg_model *m, const struct route_what *what)
{
	for (unsigned i = 0; i < m->routes; i++)
		if (!route_why_not(&m->route[i], what))
			return &m->route[i];
	return NULL;
}

bool route_waits_for_user(const struct cfg_model *m, const struct route_what *what)
{
	struct route_what later = *what;

	later.user_later = true;
	return !what->user && route_find(m, what) != route_find(m, &later);
}

/* --- circuits without an end ------------------------------------------------------------------- */

static bool route_from(const struct cfg_model *m, const struct cfg_port *p)
{
	for (unsigned i = 0; i < m->routes; i++) {
		const struct cfg_route *r = &m->route[i];

		if (!r->from_peer.n && (!r->from.n || route_names(&r->from, p)))
			return true;
	}
	return false;
}

static bool route_is_dialled(const struct cfg_model *m, const struct cfg_port *p,
			     const struct cfg_circuit *c)
{
	struct ist_addr a;

	for (unsigned i = 0; i < m->clients; i++) {
		const struct cfg_client *q = &m->client[i];

		if (q->port == p && q->circuit && !p->transport->addr_parse(&a, q->circuit) &&
		    !memcmp(&a, &c->config.addr, sizeof(a)))
			return true;
	}
	return false;
}

static unsigned route_no_end(const struct cfg_port *p, const struct cfg_where *where,
			     const char *word, const char *address, const char *no_client,
			     cfg_report report, void *ctx)
{
	char text[400];

	snprintf(text, sizeof(text),
		 "%s:%u: %s %s: %s %s: carries ppp, but has no `service` and no `join`,%s and no "
		 "`route` is from this port",
		 where->file, where->line, p->transport->name, p->config.name, word, address,
		 no_client);
	report(ctx, text);
	return 1;
}

static unsigned route_check_port(const struct cfg_model *m, const struct cfg_port *p,
				 cfg_report report, void *ctx)
{
	const char *word = p->transport->circuit_word;
	unsigned bad = 0;

	for (unsigned i = 0; i < p->circuits; i++) {
		const struct cfg_circuit *c = &p->circuit[i];

		if (c->config.payloads & 1u << IST_PAYLOAD_PPP && !c->service && !c->join.port &&
		    !c->accepts && !route_is_dialled(m, p, c))
			bad += route_no_end(p, &c->where, word ? word : "channel", c->addr_text,
					    " no `client` goes out on it,", report, ctx);
	}
	for (unsigned i = 0; i < p->accepts; i++) {
		const struct cfg_accept *a = &p->accept[i];

		if (a->payloads & 1u << IST_PAYLOAD_PPP && !a->service && !a->join.port)
			bad += route_no_end(p, &a->where, "accept", a->pattern, "", report, ctx);
	}
	return bad;
}

unsigned routes_check(const struct cfg_model *m, cfg_report report, void *ctx)
{
	unsigned bad = 0;

	for (unsigned i = 0; i < m->ports; i++)
		if (!route_from(m, &m->port[i]))
			bad += route_check_port(m, &m->port[i], report, ctx);
	return bad;
}
