/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `udp`: L2TP in UDP datagrams (RFC 2661 8.1), IPv4 or IPv6, one port per listen address.
 *
 * A channel is (peer address and port, our address), so that the answer to a datagram leaves from
 * the address it came to, on a wildcard port too.  A datagram from an unknown address makes
 * a stranger's channel: `up` is reported, then the frame.  Strangers are recycled, least recently
 * heard first, with `down` for ever; `answer` keeps one, and it is then ours until `disconnect`, as
 * a channel made by `connect` is from the start.
 */
#ifndef TRANSPORTS_UDP_UDP_H
#define TRANSPORTS_UDP_UDP_H

#include "transports/transport.h"

extern const struct ist_transport udp_transport;

#endif
