/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `pppoe`: PPP over Ethernet (RFC 2516), with larger payloads by RFC 4638 and the Broadband Forum's
 * line tags, on a packet: or tap: link, or on any other link that carries whole Ethernet frames.
 * Carries PPP only.  role = server is an access concentrator: sessions are offered.  role = client
 * is a host: sessions are connected.  On a VLAN it runs on the VLAN's device.
 */
#ifndef TRANSPORTS_PPPOE_PPPOE_H
#define TRANSPORTS_PPPOE_PPPOE_H

#include "transports/transport.h"

extern const struct ist_transport pppoe_transport;

#endif
