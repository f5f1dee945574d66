/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `atm`: L2TP (RFC 3355) and PPP (RFC 2364) on permanent virtual channels over AAL5.
 *
 * A circuit is a VPI/VCI; by LLC it has a channel for each payload it carries, multiplexed by VC
 * just the one.  The port is a stream of 53-octet cells (`framing = cells`: one or more to a frame
 * of the link), of whole CPCS-PDUs (`pdus`: a four-octet cell header without HEC in front) or of
 * SDUs (`sdus`: VPI, VCI, two octets each, in front), as its link needs.  A channel is up while the
 * link is and, when oam-interval is set, while the far end answers F5 loopback cells.
 */
#ifndef TRANSPORTS_ATM_ATM_H
#define TRANSPORTS_ATM_ATM_H

#include "transports/transport.h"

extern const struct ist_transport atm_transport;

#endif
