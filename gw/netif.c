/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each function is one change (gw/netif_change.c). */
#include "gw/netif.h"

#include <errno.h>
#include <string.h>

static int netif_change(const char *name, struct opener_change *c)
{
	size_t len = strlen(name);

	if (len >= sizeof(c->device))
		return -ENODEV;
	memcpy(c->device, name, len);
	return netif_do(c);
}

int netif_set(const char *name, bool up, uint16_t mtu)
{
	struct opener_change c = {.kind = OPENER_LINK, .add = up, .mtu = up ? mtu : 0};

	return netif_change(name, &c);
}

int netif_addr(const char *name, const struct cfg_prefix *addr, const struct cfg_prefix *peer,
	       bool add)
{
	struct opener_change c = {.kind = OPENER_ADDRESS,
				  .add = add,
				  .net = netif_net(addr),
				  .has_peer = peer != NULL};

	if (peer)
		c.peer = netif_net(peer);
	return netif_change(name, &c);
}

int netif_route(const char *name, const struct cfg_prefix *to, bool add)
{
	struct opener_change c = {.kind = OPENER_ROUTE, .add = add, .net = netif_net(to)};

	return netif_change(name, &c);
}
