/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `frame-relay`: L2TP (RFC 3070) and PPP (RFC 1973) on permanent circuits of a Frame Relay link.
 *
 * A circuit is a DLCI; it has a channel for each payload it carries, told apart by NLPID and SNAP.
 * A channel is up while the link is and the LMI says the PVC is active; without LMI, while the link
 * is. Sizes: `mtu` is the information field (all behind the Q.922 address), which with L2TP must be
 * at least 1526 octets (RFC 3070 section 5); a channel's own MTU is that less its encapsulation.
 */
#ifndef TRANSPORTS_FRAME_RELAY_FRAME_RELAY_H
#define TRANSPORTS_FRAME_RELAY_FRAME_RELAY_H

#include "transports/transport.h"

extern const struct ist_transport frame_relay_transport;

#endif
