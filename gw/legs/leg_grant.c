/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a RADIUS server has granted to the user of a terminal as server: the sections that it names
 * are looked up here, and what has to be given back is.  While a log-in stands, an answer to a
 * later challenge changes its filter and time limits only.
 */
#include "gw/legs/leg_server.h"

#include "gw/filter.h"
#include "gw/network.h"
#include "gw/service.h"

#include <stdlib.h>

static struct addrpool *leg_grant_pool(const struct leg_server *s, const char *name)
{
	const struct gw *gw = s->t.gw;
	const struct cfg_pool *pool = *name ? cfg_named(gw->cfg, "pool", name) : NULL;

	if (!*name)
		return s->service->pool;
	return pool ? gw->pool[pool - gw->cfg->pool] : NULL;
}

struct addrpool *leg_grant_pool4(const struct leg_server *s)
{
	return leg_grant_pool(s, s->grant ? s->grant->pool4 : "");
}

struct addrpool *leg_grant_pool6(const struct leg_server *s)
{
	return leg_grant_pool(s, s->grant ? s->grant->pool6 : "");
}

/* RFC 6911 3.5; where no pool is named for that, the one of his addresses, if it delegates. */
struct addrpool *leg_grant_pool_pd(const struct leg_server *s)
{
	struct addrpool *pool = leg_grant_pool6(s);

	if (s->grant && *s->grant->pool_pd)
		return leg_grant_pool(s, s->grant->pool_pd);
	return pool && addrpool_delegates(pool) ? pool : s->service->pool;
}

/* False: there is no such section. */
static bool leg_grant_filters(const struct leg_server *s, const struct grant *g,
			      const struct gw_filters **out)
{
	const struct cfg_filter_section *f =
		*g->filter ? cfg_named(s->t.gw->cfg, "filter", g->filter) : NULL;

	*out = f ? filters_of(s->t.gw, f->filter) : NULL;
	return f || !*g->filter;
}

static bool leg_grant_stands(const struct leg_server *s)
{
	return s->t.net.ip4 || s->t.net.ip6 || s->t.net.bundle;
}

void leg_grant_drop(struct leg_server *s)
{
	free(s->hold); /* no network protocol is open, so that they hold nothing */
	s->hold = NULL;
	free(s->grant);
	s->grant = NULL;
	s->t.user_mtu = 0;
}

/* False without memory. */
static bool leg_grant_put(struct leg_server *s, const struct grant *g)
{
	struct grant *kept = grant_keep(g);

	if (g && !kept)
		return false;
	leg_grant_drop(s);
	s->grant = kept;
	leg_terminal_set_user_mtu(&s->t, g ? g->mtu : 0);
	return true;
}

bool leg_grant_can_name(struct leg_server *s)
{
	const struct grant none = {.filter = ""};

	if (s->grant)
		return true;
	s->grant_waits = leg_grant_put(s, &none);
	return s->grant_waits;
}

void leg_grant_name(struct leg_server *s, const char *filter)
{
	memset(s->grant->filter, 0, sizeof(s->grant->filter));
	memcpy(s->grant->filter, filter, strlen(filter));
	s->grant_waits = false;
}

void leg_grant_does_not_name(struct leg_server *s)
{
	if (s->grant_waits)
		leg_grant_drop(s);
	s->grant_waits = false;
}

/* Of a log-in that stands. */
static bool leg_grant_change(struct leg_server *s, const struct grant *g)
{
	if (g && !leg_grant_can_name(s))
		return false;
	if (s->grant)
		leg_grant_name(s, g ? g->filter : "");
	return true;
}

const char *leg_grant_take(struct leg_server *s, const struct grant *g)
{
	if (g && !leg_grant_filters(s, g, &s->filters))
		return "the filter that its Filter-Id names is not configured";
	if (!(leg_grant_stands(s) ? leg_grant_change(s, g) : leg_grant_put(s, g)))
		return "out of memory";
	if (!leg_grant_pool4(s))
		return "the pool that its Framed-Pool names is not configured";
	if (!leg_grant_pool6(s))
		return "the pool that its Framed-IPv6-Pool names is not configured";
	if (!leg_grant_pool_pd(s))
		return "the pool that its Delegated-IPv6-Prefix-Pool names is not configured";
	return NULL;
}

const char *leg_grant_again(struct leg_server *s)
{
	if (!leg_grant_pool4(s) || !leg_grant_pool6(s) || !leg_grant_pool_pd(s))
		return "its pool is not configured any more";
	if (s->grant && !leg_grant_filters(s, s->grant, &s->filters))
		return "its filter is not configured any more";
	s->t.user_mtu = s->grant ? s->grant->mtu : 0;
	return NULL;
}

bool leg_grant_give(struct leg_server *to, const struct leg_server *from)
{
	to->grant = grant_keep(from->grant);
	to->t.user_mtu = from->t.user_mtu;
	return to->grant || !from->grant;
}

/* A server's name servers come in place of those of the service, not beside them. */
void leg_grant_addresses(const struct leg_server *s, struct ppp_addresses *a)
{
	const struct grant *g = s->grant;

	if (!g)
		return;
	if (g->dns4[0] || g->dns4[1])
		memcpy(a->dns4, g->dns4, sizeof(a->dns4));
	if (g->iid != a->local_iid) /* both ends cannot have it */
		a->peer_iid = g->iid;
}

/* --- networks ---------------------------------------------------------------------------------- */

void leg_grant_lead(struct leg_server *s, bool v6, const struct dp_call *c)
{
	const struct grant *g = s->grant;

	if (!s->hold && g && g->routes && c)
		s->hold = calloc(g->routes, sizeof(s->hold[0]));
	for (unsigned i = 0; s->hold && i < g->routes; i++) {
		if (g->route[i].v6 != v6)
			continue;
		network_give(s->t.gw, &s->hold[i]);
		if (c)
			network_take(s->t.gw, &s->hold[i], s->t.net.tun, &g->route[i], c->tid,
				     c->sid);
	}
}

void leg_grant_left(const struct leg_server *s)
{
	for (unsigned i = 0; s->grant && i < s->grant->routes; i++)
		network_left(s->t.gw, s->t.net.tun, &s->grant->route[i]);
	leg_dhcp6_left(s);
}

/* --- shown ------------------------------------------------------------------------------------- */

bool leg_server_view(const struct leg *l, struct leg_server_view *out)
{
	const struct leg_server *s = (const struct leg_server *)l;
	if (l->ops->kind != LEG_SERVER)
		return false;
	*out = (struct leg_server_view){
		.address4 = s->given4,
		.prefix6 = s->has6 ? s->prefix6 : NULL,
		.pool4 = s->given4 && !s->taken_as->w.fixed4 ? addrpool_name(leg_server_from4(s))
							     : NULL,
		.pool6 = s->has6 && !s->taken_as->w.has_fixed6 ? addrpool_name(leg_server_from6(s))
							       : NULL,
		.grant = s->grant,
		.lease = leg_dhcp6_lease(s),
		.pool_pd = leg_dhcp6_pool(s),
	};
	return true;
}
