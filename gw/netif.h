/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel network devices by name, for the control thread: rtnetlink, one request and its answer at
 * a time.  All return 0 or -errno; adding what is there and removing what is not are no errors.
 */
#ifndef GW_NETIF_H
#define GW_NETIF_H

#include "cfg/cfg.h"
#include "gw/keeper/opener.h"

/* Have another make the changes; NULL = they are made here. */
void netif_by(int (*change)(void *ctx, const struct opener_change *c), void *ctx);
/* Make one here, or by whom netif_by() said. */
int netif_here(const struct opener_change *c);
int netif_do(const struct opener_change *c);
struct opener_net netif_net(const struct cfg_prefix *p);

/* Up with this MTU, or down (mtu is then ignored). */
int netif_set(const char *name, bool up, uint16_t mtu);
/* addr->bits is the prefix length of the network; peer: far end of a point-to-point address or
 * NULL. */
int netif_addr(const char *name, const struct cfg_prefix *addr, const struct cfg_prefix *peer,
	       bool add);
/* -EEXIST when a route of the main table to this prefix leads elsewhere. */
int netif_route(const char *name, const struct cfg_prefix *to, bool add);

#endif
