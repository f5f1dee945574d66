/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/route.h"

#include "gw/peer.h"
#include <string.h>

static bool route_takes_port(const struct cfg_route *r, const struct cfg_port *p)
{
	for (unsigned i = 0; i < r->from.n; i++)
		if (r->from.at[i] == p)
			return true;
	return !r->from.n;
}

static bool route_takes_number(const char *pattern, const char *number)
{
	return !pattern ||
	       (number && peer_host_match(pattern, (const uint8_t *)number, strlen(number)));
}

const char *route_why_not(const struct cfg_route *r, const struct route_what *what)
{
	if (!route_takes_port(r, what->port))
		return "it is not from this port";
	if (!route_takes_number(r->called, what->called))
		return what->called ? "the called address differs" : "no called address is known";
	if (!route_takes_number(r->calling, what->calling))
		return what->calling ? "the calling address differs"
				     : "no calling address is known";
	return NULL;
}

const struct cfg_route *route_find(const struct cfg_model *m, const struct route_what *what)
{
	for (unsigned i = 0; i < m->routes; i++)
		if (!route_why_not(&m->route[i], what))
			return &m->route[i];
	return NULL;
}
