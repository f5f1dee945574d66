/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `x25`: L2TP and PPP on X.25, on switched and permanent virtual circuits.  x25.md says what goes
 * over the line; for L2TP that is a scheme of our own, since there is no standard.
 *
 * A circuit is a virtual call, or a permanent circuit known by its logical channel; each is one
 * channel.  Calls to us are offered, `connect` places one; a clear is down for ever, a reset is not
 * down at all, a line that fails takes calls for ever and permanent circuits until it is back.  A
 * shut window makes `send` take less, and `writable` follows; no circuit waits for another.
 */
#ifndef TRANSPORTS_X25_X25_TRANSPORT_H
#define TRANSPORTS_X25_X25_TRANSPORT_H

#include "transports/transport.h"

extern const struct ist_transport x25_transport;

#endif
