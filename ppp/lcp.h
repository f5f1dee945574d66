/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LCP: the options of RFC 1661 section 6 and RFC 1662 section 7, echo, and the rejection of
 * protocols.
 */
#ifndef PPP_LCP_H
#define PPP_LCP_H

#include "ppp/cp.h"

enum lcp_option {
	LCP_MRU = 1,
	LCP_ACCM = 2,
	LCP_AUTH = 3,
	LCP_MAGIC = 5,
	LCP_PFC = 7,
	LCP_ACFC = 8,
	LCP_MRRU = 17,
	LCP_SHORT_SEQ = 18,
	LCP_ENDPOINT = 19,
};

extern const struct cp_def lcp_def;

/* Open as another has negotiated for us; NULL, or why not, counted. */
const char *lcp_adopt(struct ppp *p, const struct ppp_proxy *x);
void lcp_rx(struct ppp *p, struct rd r);
/* Open without a word, as the LCP of a bundle with this first link. */
void lcp_open_bundle(struct ppp *p, const struct ppp_link *l);
/* The echo timer went off. */
void lcp_echo_timeout(struct ppp *p);
/* Send a Protocol-Reject for proto; info is the information field of the rejected frame. */
void lcp_reject_protocol(struct ppp *p, uint16_t proto, const uint8_t *info, size_t len);

#endif
