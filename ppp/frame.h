/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The head of a PPP frame, in front of its information field: FF 03 and the protocol field, whole
 * or compressed (RFC 1661 sections 2 and 6.5, 6.6; RFC 1662 sections 3.1 and 3.2).  Every reader
 * and writer of PPP frames uses these two functions; they are inline because the data path calls
 * them for each frame.  No payload is moved.
 *
 * Protocol numbers end in an odd octet and begin with an even one.  So a first octet that is odd is
 * a compressed protocol, and FF 03 can be told from any protocol.
 */
#ifndef PPP_FRAME_H
#define PPP_FRAME_H

#include "core/bytes.h"
#include "ppp/ppp.h"

#define PPP_HEAD_MAX	 4u /* FF 03 and two octets of protocol */
#define PPP_ALL_STATIONS 0xffu
#define PPP_UI		 0x03u

/* How a leg wants its frames. */
struct ppp_framing {
	bool address; /* Address and Control are used at all, as in HDLC and L2TP */
	bool acfc;    /* LCP agreed to leave them out */
	bool pfc;     /* LCP agreed to send one-octet protocols */
};

/* Take the head off a frame as it came, compressed or not, whatever was agreed: a peer may change
 * over in the middle of a negotiation.  r then holds the information field.  False when the frame
 * ends before its protocol field does.  A number that breaks the rules above (even last octet) is
 * returned like any other: RFC 1661 section 2 has it treated as an unrecognized protocol, which the
 * engine answers by a Protocol-Reject. */
static inline bool ppp_frame_split(struct rd *r, uint16_t *proto)
{
	uint8_t first;

	if (r->left >= 2 && r->p[0] == PPP_ALL_STATIONS && r->p[1] == PPP_UI)
		rd_skip(r, 2);
	first = rd_u8(r);
	*proto = first & 1 ? first : (uint16_t)(first << 8 | rd_u8(r));
	return !r->bad;
}

/* Write the head for proto into head[PPP_HEAD_MAX]; returns its length, 1 to 4.  LCP is never
 * compressed. */
static inline size_t ppp_frame_head(uint8_t *head, uint16_t proto, const struct ppp_framing *f)
{
	size_t n = 0;

	if (f->address && (!f->acfc || proto == PPP_LCP)) {
		head[n++] = PPP_ALL_STATIONS;
		head[n++] = PPP_UI;
	}
	if (proto > 0xff || !f->pfc)
		head[n++] = (uint8_t)(proto >> 8);
	head[n++] = (uint8_t)proto;
	return n;
}

#endif
