/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The peer sections of the configuration: which of them an SCCRQ belongs to. */
#ifndef GW_PEER_H
#define GW_PEER_H

#include "core/engine.h"
#include "gw/gw.h"

/* The first peer section that takes (port, address, Host Name), or NULL. */
const struct cfg_peer *peer_choose(struct gw *gw, l2tp_channel from, const uint8_t *host,
				   size_t len);
/* Does a Host Name match a pattern?  * stands for any octets, case is ignored. */
bool peer_host_match(const char *pattern, const uint8_t *host, size_t len);
/* Key that half-open tunnels are counted by: the same for all ports of one IPv4 address and for all
 * addresses of one IPv6 /64. */
uint64_t peer_source(const struct ist_transport *t, const struct ist_addr *a);
/* peer_source() of the far end of a channel; the channel itself when that is not known. */
uint64_t peer_channel_source(struct gw *gw, l2tp_channel c);
/* What the engine has to know of a peer section. */
void peer_answer(struct l2tp_peer_answer *out, const struct cfg_peer *peer, uint64_t source);

#endif
