/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The address of a UDP channel: an end point, and the mark of the IPsec security association by
 * which it is reached, if it has one: "192.0.2.1:1701", "192.0.2.1:1701#0x11".  So hosts behind one
 * NAT, which all have its address and often one port, are different peers.
 */
#ifndef TRANSPORTS_UDP_UDP_PEER_H
#define TRANSPORTS_UDP_UDP_PEER_H

#include "transports/kit/udp_addr.h"

void udp_peer_to_addr(const struct udp_ep *e, uint32_t mark, struct ist_addr *out);
/* *mark 0: it has none. */
bool udp_peer_from_addr(struct udp_ep *e, uint32_t *mark, const struct ist_addr *a);
bool udp_peer_parse(struct ist_addr *out, const char *text);
/* snprintf rules, or -EINVAL */
int udp_peer_format(const struct ist_addr *a, char *buf, size_t len);

#endif
