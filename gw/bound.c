/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/bound.h"

#include "transports/kit/opening.h"

#include <string.h>

/* Octets: requests that come while control is replaced wait. */
#define BOUND_BUFFER (1u << 20)

static int (*bound_ask)(void *link, const struct ist_open *what);
static void *bound_link;

void bound_by(int (*ask)(void *link, const struct ist_open *what), void *link)
{
	bound_ask = ask;
	bound_link = link;
}

static struct ist_open bound_at(enum ist_open_kind kind, const struct cfg_address *at)
{
	struct udp_ep e = {.family = at->at.v6 ? 6 : 4, .port = at->port};

	memcpy(e.ip, at->at.addr + (at->at.v6 ? 0 : 12), at->at.v6 ? 16 : 4);
	return opening_at(kind, &e);
}

struct ist_open bound_datagrams(const struct cfg_address *at)
{
	struct ist_open w = bound_at(IST_OPEN_UDP, at);

	w.flags = IST_OPEN_DESTINATION;
	w.receive = BOUND_BUFFER;
	return w;
}

struct ist_open bound_listener(const struct cfg_address *at, unsigned backlog)
{
	struct ist_open w = bound_at(IST_OPEN_LISTEN, at);

	w.backlog = backlog;
	return w;
}

int bound_open(const struct ist_open *what)
{
	return bound_ask ? bound_ask(bound_link, what) : opening_here(what);
}
