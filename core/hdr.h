/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The L2TP header, RFC 2661 section 3.1: decode and encode, control and data, every L/S/O/P
 * combination.  Pure functions over octets.
 *
 *   0                   1                   2                   3
 *  |T|L|x|x|S|x|O|P|x|x|x|x|  Ver  |          Length (opt)         |
 *  |           Tunnel ID           |           Session ID          |
 *  |             Ns (opt)          |             Nr (opt)          |
 *  |      Offset Size (opt)        |    Offset pad... (opt)        |
 */
#ifndef CORE_HDR_H
#define CORE_HDR_H

#include "core/bytes.h"

#define L2TP_HDR_T   0x8000u
#define L2TP_HDR_L   0x4000u
#define L2TP_HDR_S   0x0800u
#define L2TP_HDR_O   0x0200u
#define L2TP_HDR_P   0x0100u
#define L2TP_HDR_VER 0x000fu

#define L2TP_HDR_CONTROL_LEN 12u
#define L2TP_HDR_DATA_MAX    14u /* the longest data header we send: L, S, O with no pad */

struct l2tp_hdr {
	uint16_t flags; /* L2TP_HDR_* bits and version, host order */
	uint16_t tid;	/* Tunnel ID: the receiver's */
	uint16_t sid;	/* Session ID: the receiver's; 0 = about the tunnel */
	uint16_t ns, nr;
	uint16_t hlen;		/* octets before the payload, offset pad included */
	const uint8_t *payload; /* into the decoded buffer */
	size_t len;		/* octets of payload: what L says where L is set, else the rest */
};

/* The kind of a packet, or what is wrong with it. */
enum l2tp_hdr_kind {
	L2TP_HDR_IS_CONTROL, /* T=1, Ver=2 */
	L2TP_HDR_IS_DATA,    /* T=0, Ver=2 */
	L2TP_HDR_IS_L2F,     /* Ver=1: RFC 2661 3.1 leaves it to an L2F implementation; dropped */
	L2TP_HDR_IS_V3,	     /* Ver=3: RFC 3931; control may be answered, data dropped */
	L2TP_HDR_BAD_VERSION,
	L2TP_HDR_SHORT,	     /* fewer octets than the flags demand */
	L2TP_HDR_BAD_LENGTH, /* Length under the header or over the datagram */
	L2TP_HDR_BAD_FLAGS,  /* control without L or S, or with O or P set where they must be 0 */
	L2TP_HDR_BAD_OFFSET, /* Offset Size runs past the end */
};

/* Decode pkt.  For IS_V3 only flags (and, for control, tid:sid as the 32-bit Control Connection ID,
 * ns and nr) are filled.  Octets after Length are ignored (some media pad).  Reserved
 * bits are ignored on receipt. */
enum l2tp_hdr_kind l2tp_hdr_decode(struct l2tp_hdr *h, const uint8_t *pkt, size_t len);

/* Write a control header with length 0; l2tp_hdr_finish() puts the length in. */
void l2tp_hdr_control(struct wr *w, uint16_t tid, uint16_t sid, uint16_t ns, uint16_t nr);
void l2tp_hdr_finish(struct wr *w, size_t start);

/* Write a data header.  flags: any of L2TP_HDR_L|S|O|P; with L the Length covers the header and
 * payload_len; with O an Offset Size of 0 follows. */
void l2tp_hdr_data(struct wr *w, uint16_t flags, uint16_t tid, uint16_t sid, uint16_t ns,
		   uint16_t nr, size_t payload_len);

#endif
