/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frame of a link inside an Ethernet frame: broadcast, with the configured ethertype and a
 * length of two octets, since Ethernet pads short frames.  lapbether has that length with its low
 * octet first.
 */
#ifndef TRANSPORTS_LINK_LINK_ETHER_H
#define TRANSPORTS_LINK_LINK_ETHER_H

#include "transports/link/link.h"

#define LINK_ETHER_HEAD 16u

/* Everything but the length. */
void link_ether_head(uint8_t head[LINK_ETHER_HEAD], const uint8_t mac[6], uint16_t ethertype);
/* The last two octets of a head. */
void link_ether_length(uint8_t at[2], uint16_t len, bool little_endian);
/* Octets in front of each frame on an Ethernet: none when the transport's are whole. */
static inline unsigned link_ether_own(const struct link_conf *c)
{
	return c->ether[0] ? 0 : LINK_ETHER_HEAD;
}
/* Octets of the longest frame of a transport on an Ethernet of that MTU. */
uint32_t link_ether_mtu(const struct link_conf *c, uint32_t device_mtu);
/* Is it of an ethertype of the transport's? */
bool link_ether_wanted(const struct link_conf *c, const struct link_frame *f);
bool link_ether_is(const struct link_frame *f, uint16_t ethertype);
/* Takes the head and the padding off; false when the length is none.  A whole frame stays as it is.
 */
bool link_ether_take(const struct link_conf *c, struct link_frame *f);

#endif
