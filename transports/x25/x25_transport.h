/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `x25`: L2TP and PPP over X.25 switched and permanent virtual circuits.  x25.md describes the
 * octets on the line; the encapsulation of L2TP is our own, since there is no standard.
 *
 * A circuit is a virtual call, or a permanent circuit, whose address is its logical channel.  Each
 * has one channel.  Incoming calls are offered; `connect` places a call.  A Clear is `down` for
 * ever, a Reset is no `down`.  When the line fails, calls are down for ever, permanent circuits
 * until the line is back.  When a circuit's window is shut `send` takes fewer frames and `writable`
 * follows; a circuit never waits for another.
 */
#ifndef TRANSPORTS_X25_X25_TRANSPORT_H
#define TRANSPORTS_X25_X25_TRANSPORT_H

#include "transports/transport.h"

extern const struct ist_transport x25_transport;

#endif
