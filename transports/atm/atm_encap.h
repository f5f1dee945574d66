/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands in front of the payload in an AAL5 SDU: L2TP by RFC 3355 (LLC/SNAP AA-AA-03 00-00-5E
 * 00-07, or nothing when the circuit is multiplexed by VC), PPP by RFC 2364 (LLC FE-FE-03 and NLPID
 * CF, or nothing).  Pure functions.
 */
#ifndef TRANSPORTS_ATM_ATM_ENCAP_H
#define TRANSPORTS_ATM_ATM_ENCAP_H

#include "core/bytes.h"
#include "transports/transport.h"

#define ATM_ENCAP_MAX 8u

enum atm_mux { ATM_LLC, ATM_VC_MUX };

/* What an SDU is; behind ATM_PPP all are what RFC 2684 may carry there and we do not. */
enum atm_kind {
	ATM_L2TP,
	ATM_PPP,
	ATM_IPV4,      /* LLC SNAP 000000-0800 */
	ATM_IPV6,      /* 000000-86DD */
	ATM_ETHERTYPE, /* 000000 with another ethertype */
	ATM_BRIDGED,   /* 0080C2 */
	ATM_OTHER_SNAP,
	ATM_OTHER_NLPID, /* FE-FE-03 with another NLPID */
	ATM_OTHER_LLC,
	ATM_OTHER_MUX_PPP, /* what the other kind of multiplexing would send: RFC 2364, 8 */
	ATM_OTHER_MUX_L2TP,
	ATM_SHORT,
	ATM_KINDS
};

/* LLC: take the head off r and say what follows.  VC multiplexing has no head: `configured` it is,
 * unless there is an LLC header all the same, which is neither a PPP protocol nor L2TP's version.
 */
enum atm_kind atm_encap_get(struct rd *r, enum atm_mux mux, uint8_t configured);
void atm_encap_put(struct wr *w, enum atm_mux mux, uint8_t payload);
uint32_t atm_encap_octets(enum atm_mux mux, uint8_t payload);

#endif
