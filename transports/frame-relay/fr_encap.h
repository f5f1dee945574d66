/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What follows the Q.922 address: control field, optional pad, NLPID, and a SNAP header behind
 * NLPID 80 (RFC 2427).  L2TP is SNAP 00-00-5E/0007 (RFC 3070), PPP is NLPID CF (RFC 1973).
 */
#ifndef TRANSPORTS_FRAME_RELAY_FR_ENCAP_H
#define TRANSPORTS_FRAME_RELAY_FR_ENCAP_H

#include "core/bytes.h"

#define FR_ENCAP_MAX 8u /* octets */

enum fr_kind {
	FR_L2TP,
	FR_PPP,
	FR_LMI, /* NLPID 08 or 09: Q.933 and its relatives */
	/* known protocols that are neither L2TP nor PPP: dropped */
	FR_IPV4,
	FR_IPV6,
	FR_OSI,
	FR_FRAGMENT,   /* FRF.12 */
	FR_COMPRESSED, /* FRF.9 */
	FR_BRIDGED,
	FR_ETHERTYPE,
	FR_SNAP_OTHER,
	FR_NLPID_OTHER,
	/* malformed */
	FR_SHORT,
	FR_NOT_UI,
	FR_NLPID_ZERO,
	FR_KINDS
};

/* Takes the header from r, which is left at the payload.  *nlpid: its NLPID, 0 = it has none. */
enum fr_kind fr_encap_get(struct rd *r, uint8_t *nlpid);
/* The header of FR_L2TP or FR_PPP; pad: with the octet that puts L2TP on an even offset. */
void fr_encap_put(struct wr *w, enum fr_kind kind, bool pad);
/* Octets fr_encap_put writes. */
unsigned fr_encap_octets(enum fr_kind kind, bool pad);

#endif
