/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * X.25 over TCP, RFC 1613: each virtual circuit has a TCP connection of its own.  A header of
 * version (0) and length, two octets each, stands in front of every X.25 packet.  A permanent
 * circuit begins with an exchange of PVC-setup packets.  No I/O: pieces of the stream go in,
 * packets come out.
 */
#ifndef TRANSPORTS_X25_XOT_H
#define TRANSPORTS_X25_XOT_H

#include "core/bytes.h"

#define XOT_PORT       1998u
#define XOT_HDR_LEN    4u
#define XOT_PACKET_MAX 4112u /* 4096 octets of data, and room for the longest header */
#define XOT_PACKET_MIN 3u

/* Collects one packet from the stream. */
struct xot_in {
	uint8_t buf[XOT_HDR_LEN + XOT_PACKET_MAX];
	size_t len; /* octets of buf filled */
};

void xot_in_init(struct xot_in *x);
/* Read the next packet from the stream at *data, *len, which are moved on.  1: *pkt, *pkt_len is a
 * packet, valid until the next call.  0: the packet is not complete, all octets were read.  -1:
 * wrong version or length, the connection must be closed (RFC 1613 4.1). */
int xot_next_packet(struct xot_in *x, const uint8_t **data, size_t *len, const uint8_t **pkt,
		    size_t *pkt_len);
void xot_header(uint8_t out[XOT_HDR_LEN], size_t pkt_len);

/* --- permanent circuits (section 6.5) --------------------------------------------------------- */

enum xot_pvc_status {
	XOT_PVC_OK = 0x00,
	XOT_PVC_NO_INTERFACE = 0x13,
	XOT_PVC_DOWN = 0x14,
	XOT_PVC_NOT_X25 = 0x15,
	XOT_PVC_NO_PVC = 0x16,
	XOT_PVC_MISMATCH = 0x17,
	XOT_PVC_FLOW_DIFFERS = 0x18,
	XOT_PVC_FLOW_UNSUPPORTED = 0x19,
	XOT_PVC_PROTOCOL = 0x1a,
};

#define XOT_NAME_MAX 255u
struct xot_pvc {
	bool extended; /* modulo 128 in the GFI */
	uint16_t lci;  /* of the packet */
	uint8_t status;
	uint16_t initiator_lci, responder_lci;
	uint8_t window_in, window_out; /* of the sender */
	uint8_t size_in, size_out;     /* log2 */
	char initiator[XOT_NAME_MAX + 1], responder[XOT_NAME_MAX + 1];
};

/* Is this a PVC-setup packet? */
bool xot_is_pvc_setup(const uint8_t *pkt, size_t len);
/* XOT_PVC_OK; XOT_PVC_PROTOCOL when it is malformed; XOT_PVC_FLOW_UNSUPPORTED for a window or
 * packet size out of range. */
uint8_t xot_pvc_decode(struct xot_pvc *p, const uint8_t *pkt, size_t len);
void xot_pvc_encode(struct wr *w, const struct xot_pvc *p);
const char *xot_pvc_words(uint8_t status);

#endif
