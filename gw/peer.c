/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/peer.h"

#include "core/htab.h"
#include "gw/port.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static uint8_t peer_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

bool peer_host_match(const char *pattern, const uint8_t *host, size_t len)
{
	const char *star = NULL;
	size_t i = 0, mark = 0;

	/* The usual walk with one place to come back to: linear in what is kept, never recursive.
	 */
	while (i < len) {
		if (*pattern == '*') {
			star = ++pattern;
			mark = i;
		} else if (*pattern && peer_lower((uint8_t)*pattern) == peer_lower(host[i])) {
			pattern++;
			i++;
		} else if (star) {
			pattern = star;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static bool peer_address_match(const struct gw_port *p, const struct cfg_peer *peer,
			       const struct ist_addr *a)
{
	unsigned i;

	for (i = 0; i < peer->addresses; i++)
		if (port_match(p, a, peer->address[i]))
			return true;
	return !peer->addresses;
}

/* The circuit's or accept section's own peer, when it names one. */
static const struct cfg_peer *peer_of_circuit(const struct gw_port *p, const struct ist_addr *a)
{
	const struct cfg_circuit *c = port_circuit(p, a);
	const struct cfg_accept *acc = c ? NULL : port_accept(p, a);

	return c ? c->peer : acc ? acc->peer : NULL;
}

const struct cfg_peer *peer_choose(struct gw *gw, l2tp_channel from, const uint8_t *host,
				   size_t len)
{
	const struct gw_port *port = port_by_number(gw, dp_channel_port(from));
	const struct cfg_peer *only;
	struct ist_addr a;
	unsigned i;

	if (!port || !dp_channel_peer(gw->dp, from, &a))
		return NULL;
	only = peer_of_circuit(port, &a);
	for (i = 0; i < gw->cfg->peers; i++) {
		const struct cfg_peer *p = &gw->cfg->peer[i];

		if (p->is_template || (only && p != only) || (p->port && p->port != port->cfg))
			continue;
		if (p->hostname && !peer_host_match(p->hostname, host, len))
			continue;
		if (peer_address_match(port, p, &a))
			return p;
	}
	return NULL;
}

uint64_t peer_source(const struct ist_transport *t, const struct ist_addr *a)
{
	char text[128] = "", v6[INET6_ADDRSTRLEN] = "";
	struct in6_addr in6;
	const char *colon;

	/* Ports are left out: a peer can use any number of them. */
	t->addr_format(a, text, sizeof(text));
	/* An IPv6 site has at least a /64 and can use any number of its addresses. */
	if (sscanf(text, "[%45[0-9a-f:]", v6) == 1 && inet_pton(AF_INET6, v6, &in6) == 1)
		return htab_octets(&in6, 8);
	colon = strrchr(text, ':');
	return htab_octets(text, colon ? (size_t)(colon - text) : strlen(text));
}

uint64_t peer_channel_source(struct gw *gw, l2tp_channel c)
{
	const struct gw_port *p = port_by_number(gw, dp_channel_port(c));
	struct ist_addr a;

	return p && dp_channel_peer(gw->dp, c, &a) ? peer_source(p->cfg->transport, &a) : c;
}

void peer_answer(struct l2tp_peer_answer *out, const struct cfg_peer *peer, uint64_t source)
{
	out->policy = peer->policy;
	out->source = source;
	out->peer = (void *)(uintptr_t)peer;
}
