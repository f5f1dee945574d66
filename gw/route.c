/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/route.h"

#include "gw/peer.h"
#include <string.h>

static bool route_names(const struct cfg_refs *refs, const void *what)
{
	for (unsigned i = 0; i < refs->n; i++)
		if (refs->at[i] == what)
			return true;
	return false;
}

static bool route_takes_number(const char *pattern, const char *number)
{
	return !pattern ||
	       (number && peer_host_match(pattern, (const uint8_t *)number, strlen(number)));
}

const char *route_why_not(const struct cfg_route *r, const struct route_what *what)
{
	if (what->peer && !route_names(&r->from_peer, what->peer))
		return "it is not for calls of this peer";
	if (!what->peer && r->from_peer.n)
		return "it is for calls";
	if (!what->peer && r->from.n && !route_names(&r->from, what->port))
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
