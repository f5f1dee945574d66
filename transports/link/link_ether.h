/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frame of a link inside an Ethernet frame: to everybody, with the configured ethertype and a
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
bool link_ether_is(const struct link_frame *f, uint16_t ethertype);
/* Takes the head and the padding off; false when the length is none. */
bool link_ether_take(struct link_frame *f, bool little_endian);

#endif
