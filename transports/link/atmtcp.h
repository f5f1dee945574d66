/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stream between two ends of Linux's "ATM over TCP" (struct atmtcp_hdr): records of VPI and
 * VCI, two octets each, a length of four, and that many octets.  On a circuit the octets are one
 * AAL5 SDU, without pad, trailer or cells.  On 0/0 they are words about circuits, "O 0.35 0.0.35
 * ubr,aal5:..." when one is opened and "C 0.35" when it is closed; nobody waits for an answer to
 * those. Byte code: the octets that are there in, records out.
 */
#ifndef TRANSPORTS_LINK_ATMTCP_H
#define TRANSPORTS_LINK_ATMTCP_H

#include "core/bytes.h"

#define ATMTCP_HDR_LEN	   8u
#define ATMTCP_SDU_MAX	   65535u /* what AAL5 has a length for */
#define ATMTCP_CONTROL_MAX 1024u
#define ATMTCP_RECORD_MAX  (ATMTCP_HDR_LEN + ATMTCP_SDU_MAX)

enum atmtcp_kind {
	ATMTCP_MORE,	/* the record is not all there; nothing was taken */
	ATMTCP_SDU,	/* of a circuit */
	ATMTCP_CONTROL, /* words */
	ATMTCP_BAD,	/* a length no record has: the stream is of no more use */
};

struct atmtcp_record {
	uint16_t vpi, vci;
	const uint8_t *data; /* inside the reader's octets */
	uint32_t len;
};

enum atmtcp_kind atmtcp_next(struct rd *r, struct atmtcp_record *out);
void atmtcp_header(uint8_t out[ATMTCP_HDR_LEN], uint16_t vpi, uint16_t vci, uint32_t len);
/* The words of a control record, NUL ended, cut to fit; what is not printable is a dot. */
void atmtcp_words(char *out, size_t cap, const struct atmtcp_record *rec);

#endif
