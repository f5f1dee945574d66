/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Encapsulations of a virtual circuit: the call user data name one (RFC 1356 3.2), and it says what
 * stands in front of each PDU.  x25.md has the diagrams.
 *
 *   dedicated    80 00 00 5E 00 07   a PDU is L2TP and nothing else
 *   multiplexed  00                  80 00 00 5E 00 07 | L2TP; other PDUs are other protocols
 *   PPP          CF                  PPP from its protocol field on (RFC 1598)
 */
#ifndef TRANSPORTS_X25_X25_ENCAP_H
#define TRANSPORTS_X25_X25_ENCAP_H

#include "core/bytes.h"

#define X25_SNAP_LEN	  6u /* NLPID, OUI, PID */
#define X25_CUD_ENCAP_MAX X25_SNAP_LEN

enum x25_encap {
	X25_ENCAP_DEDICATED,
	X25_ENCAP_MULTIPLEXED,
	X25_ENCAP_PPP,
	X25_ENCAPS /* another protocol */
};

/* The encapsulation that call user data ask for; octets after the identifier do not matter. */
enum x25_encap x25_encap_of(const uint8_t *cud, size_t len);
/* Write the call user data that ask for this encapsulation; returns their length in octets.  This
 * is the protocol identifier; what a caller puts behind it is user data. */
size_t x25_encap_cud(enum x25_encap e, uint8_t out[X25_CUD_ENCAP_MAX]);
/* Write the header in front of each PDU; returns its length in octets, which may be 0. */
size_t x25_encap_head(enum x25_encap e, uint8_t out[X25_SNAP_LEN]);

enum x25_encap_result { X25_PDU_OK, X25_PDU_OTHER, X25_PDU_EMPTY };
/* Remove the header of a received PDU: pdu is left at the payload. */
enum x25_encap_result x25_encap_remove(enum x25_encap e, struct rd *pdu);

#endif
