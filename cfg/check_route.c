/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules about `route`: its peers, the servers that name others, and whether it is ever taken. */
#include "cfg/check.h"
#include "cfg/report.h"
#include "cfg/schema.h"

#include <string.h>
#include <strings.h>

static void check_route_peers(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_route *r = it->object;
	const struct cfg_item *b = cfg_blame(it, "to"), *from = cfg_given(it, "from");
	const struct cfg_item *circuit = cfg_given(it, "to-circuit");

	if (!cfg_given(it, "to") && !circuit && !r->radius)
		cfg_wrong(l, it->line, it, "needs `to`, `to-circuit` or `radius`");
	else if (cfg_given(it, "to") && circuit)
		cfg_wrong(l, circuit->line, circuit, "`to` and `to-circuit` exclude each other");
	else if (r->radius && circuit)
		cfg_wrong(l, circuit->line, circuit,
			  "`radius` and `to-circuit` exclude each other");
	if (circuit && !cfg_given(it, "from-peer"))
		cfg_wrong(l, circuit->line, circuit,
			  "is for outgoing calls that a peer asks for: needs `from-peer`");

	if (r->from_peer.n && from)
		cfg_wrong(l, from->line, from,
			  "a route is for circuits or, with `from-peer`, for "
			  "calls, not for both");

	for (unsigned i = 0; i < r->to.n; i++) {
		const struct cfg_peer *p = r->to.at[i];

		if (!p->dial)
			cfg_wrong(l, b->line, b, "peer `%s` has no `dial`, so it cannot be called",
				  p->name);
	}
}

static void check_route_numbers(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_route *r = it->object;
	const struct {
		const char *key;
		const struct cfg_numbers *n;
	} rows[] = {{"priority", &r->priority}, {"weight", &r->weight}};
	const struct cfg_item *to = cfg_given(it, "to"), *b = cfg_given(it, "service-name");

	for (size_t i = 0; to && i < CFG_ROWS(rows); i++)
		if (rows[i].n->n && rows[i].n->n != to->values) {
			const struct cfg_item *k = cfg_blame(it, rows[i].key);

			cfg_wrong(l, k->line, k, "one number for each of `to`: %u, not %u",
				  to->values, rows[i].n->n);
		}
	if (r->to.n > CFG_ROUTE_PEERS_MAX)
		cfg_wrong(l, to->line, to, "at most %u peers", CFG_ROUTE_PEERS_MAX);
	if (r->weight.n && r->balance != CFG_BALANCE_WEIGHT)
		cfg_warn(l, it->line, it, "`weight` has no effect without `balance = weight`");
	if (b && cfg_given(it, "called"))
		cfg_wrong(l, b->line, b, "is the called address: cannot be combined with `called`");
}

static bool check_refs_hold(const struct cfg_refs *all, const struct cfg_refs *some)
{
	for (unsigned i = 0; i < some->n; i++) {
		unsigned k = 0;

		while (k < all->n && all->at[k] != some->at[i])
			k++;
		if (k == all->n)
			return false;
	}
	return true;
}

/* Does the wide pattern, * and text or text and *, fit everything that the narrow one fits?  False
 * also when that is hard to say. */
static bool check_pattern_holds(const char *wide, const char *narrow)
{
	const char *star = wide ? strchr(wide, '*') : NULL;
	size_t front = star ? (size_t)(star - wide) : 0, back = star ? strlen(star + 1) : 0;

	if (!wide || !narrow)
		return !wide;
	if (!star || strchr(star + 1, '*'))
		return !strcasecmp(wide, narrow);
	return strlen(narrow) >= front + back && !strncasecmp(wide, narrow, front) &&
	       !strcasecmp(star + 1, narrow + strlen(narrow) - back);
}

/* Does the first route fit everything that the second fits, at any time? */
static bool check_route_shadows(const struct cfg_route *first, const struct cfg_route *second)
{
	const char *const wide[] = {first->circuit, first->called, first->calling, first->user,
				    first->realm};
	const char *const narrow[] = {second->circuit, second->called, second->calling,
				      second->user, second->realm};

	if (first->max_calls || !first->from_peer.n != !second->from_peer.n ||
	    !check_refs_hold(&first->from_peer, &second->from_peer))
		return false;
	if (first->from.n && (!second->from.n || !check_refs_hold(&first->from, &second->from)))
		return false;
	for (size_t i = 0; i < CFG_ROWS(wide); i++)
		if (!check_pattern_holds(wide[i], narrow[i]))
			return false;
	return true;
}

static void check_route_is_reached(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_route *r = it->object;

	for (const struct cfg_route *q = l->m->route; q < r; q++)
		if (check_route_shadows(q, r)) {
			cfg_warn(l, it->line, it,
				 "is never taken: route `%s` fits all that this one fits", q->name);
			return;
		}
}

/* --- servers that say where a call goes -------------------------------------------------------- */

static bool check_route_has_proxy(const struct cfg_route *r, const struct cfg_port *p)
{
	bool from = !r->from.n, proxy = false;

	for (unsigned i = 0; i < r->from.n; i++)
		from |= r->from.at[i] == p;
	for (unsigned i = 0; i < p->circuits; i++)
		proxy |= p->circuit[i].lcp.proxy;
	for (unsigned i = 0; i < p->accepts; i++)
		proxy |= p->accept[i].lcp.proxy;
	return from && proxy;
}

/* Our PPP asks a client of a circuit who he is, the LAC says it of a call. */
static void check_route_asks_user(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_route *r = it->object;
	const struct cfg_item *b = cfg_blame(it, "ask");

	if (!r->radius || r->from_peer.n || (r->ask != CFG_ASK_USER && r->ask != CFG_ASK_REALM))
		return;
	for (unsigned i = 0; i < l->m->ports; i++)
		if (check_route_has_proxy(r, &l->m->port[i]))
			return;
	cfg_wrong(
		l, b->line, b,
		"the servers are asked about users, and no circuit of its ports has `lcp = proxy`");
}

static void check_route_radius(struct cfg_load *l, const struct cfg_item *it)
{
	static const char *const keys[] = {"ask", "ask-password", "template"};
	const struct cfg_route *r = it->object;
	const struct cfg_item *b;

	for (size_t i = 0; !cfg_given(it, "radius") && i < CFG_ROWS(keys); i++)
		if ((b = cfg_given(it, keys[i])))
			cfg_wrong(l, b->line, b, "means nothing without `radius`");
	b = cfg_given(it, "ask-password");
	if (b && r->radius && r->ask == CFG_ASK_USER)
		cfg_wrong(l, b->line, b, "a user has a proof of his own: say `ask` too");
	b = cfg_given(it, "radius");
	if (r->radius && !r->like && !cfg_given(it, "template"))
		cfg_warn(l, b->line, b,
			 "without `template` only an LNS that a peer section dials can be called");
	for (unsigned i = 0; r->like && i < r->from_peer.n; i++)
		if (r->from_peer.at[i] == r->like) {
			b = cfg_blame(it, "template");
			cfg_wrong(l, b->line, b,
				  "`%s` opens no tunnels to us, so that `from-peer` "
				  "cannot name it",
				  r->like->name);
		}
	check_route_asks_user(l, it);
}

void cfg_check_route(struct cfg_load *l, const struct cfg_item *it)
{
	check_route_peers(l, it);
	check_route_numbers(l, it);
	check_route_radius(l, it);
	check_route_is_reached(l, it);
}
