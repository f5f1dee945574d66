/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands in front of the information field: FF 03 and the protocol field, whole or compressed
 * (RFC 1661 sections 2 and 6.5, 6.6; RFC 1662 section 3.1).  For whoever owns the link: the engine
 * and the data path know only a protocol number and the information.  No payload is moved.
 */
#ifndef PPP_FRAME_H
#define PPP_FRAME_H

#include "core/bytes.h"

#define PPP_HEAD_MAX 4u /* FF 03 and two octets of protocol */

/* How a leg wants its frames. */
struct ppp_framing {
	bool address; /* Address and Control are used at all, as in HDLC and L2TP */
	bool acfc;    /* LCP agreed to leave them out */
	bool pfc;     /* LCP agreed to send one-octet protocols */
};

struct ppp_parsed {
	uint16_t proto;
	uint8_t head; /* octets before the information */
};

/* Take the head off a frame as it came, compressed or not, whatever was agreed (a peer may switch
 * in the middle of a negotiation); false when there is no whole and valid protocol field. */
bool ppp_frame_parse(const uint8_t *frame, size_t len, struct ppp_parsed *out);

/* Write the head for proto into head[PPP_HEAD_MAX]; returns its length, 1 to 4.  LCP is never
 * compressed. */
size_t ppp_frame_head(uint8_t *head, uint16_t proto, const struct ppp_framing *f);

/* A frame as the engine takes it (ppp_rx): two octets of protocol, then the information.  Copies to
 * out; 0 when the frame is invalid or cap too small. */
size_t ppp_frame_normalize(uint8_t *out, size_t cap, const uint8_t *frame, size_t len);
/* The reverse, for what the engine sends; 0 when cap is too small or the frame shorter than 2. */
size_t ppp_frame_dress(uint8_t *out, size_t cap, const uint8_t *frame, size_t len,
		       const struct ppp_framing *f);

#endif
