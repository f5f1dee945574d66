/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The glue between the engine, the data plane and the joins: what one wants the other to do.  Here
 * it is decided which peer section an SCCRQ belongs to and what becomes of a call that is offered.
 */
#ifndef GW_BIND_H
#define GW_BIND_H

#include "gw/gw.h"

extern const struct l2tp_ops bind_engine_ops; /* ctx: struct gw */
extern const struct dp_ops bind_dp_ops;	      /* ctx: struct gw */

/* The first peer section of the configuration that takes (port, address, Host Name), or NULL. */
const struct cfg_peer *bind_choose(struct gw *gw, l2tp_channel from, const uint8_t *host,
				   size_t len);
/* Does a Host Name match a pattern in which * stands for anything? */
bool bind_host_match(const char *pattern, const uint8_t *host, size_t len);
/* Where half-open tunnels are counted: the same for all ports of one IP address. */
uint64_t bind_source(const struct ist_transport *t, const struct ist_addr *a);

/* A tunnel to this peer that we have opened, or a new one; NULL with *words saying why. */
struct l2tp_tunnel *bind_tunnel_to(struct gw *gw, const struct cfg_peer *peer, uint64_t now,
				   const char **words);

/* The join a call belongs to, or NULL. */
struct join *bind_join_of(const struct l2tp_call *c);

#endif
