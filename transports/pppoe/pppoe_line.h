/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an access node says of a subscriber's line in the Broadband Forum's vendor tag
 * (TR-101 3.9.2): suboptions of one octet of type, one of length and a value.  Rates are kbit/s
 * there.
 */
#ifndef TRANSPORTS_PPPOE_PPPOE_LINE_H
#define TRANSPORTS_PPPOE_PPPOE_LINE_H

#include "transports/pppoe/pppoe_pkt.h"

/* A MAC address and two names of at most 63 octets each, with room for longer ones. */
#define PPPOE_CALLING_MAX 160u

struct pppoe_line {
	struct pppoe_tag circuit, remote;      /* Agent Circuit ID, Agent Remote ID */
	uint64_t upstream_bps, downstream_bps; /* actual data rates; 0 = not said */
};

/* An absent tag gives an empty line.  What stands before a malformed suboption holds; then false.
 */
bool pppoe_line_get(struct pppoe_line *out, const struct pppoe_tag *tag);
/* "MAC", "MAC#CIRCUIT" or "MAC#CIRCUIT#REMOTE", cut to what fits. */
void pppoe_line_calling(char out[PPPOE_CALLING_MAX], const uint8_t mac[6],
			const struct pppoe_line *l);
/* Octets of a peer as text, NUL ended and cut to cap: control characters become '?'. */
void pppoe_text(char *out, size_t cap, const uint8_t *p, size_t len);

#endif
