/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fragmentation of FRF.12, end to end: a frame too long for the way is sent as several, each with
 * NLPID B1, a sequence number of 12 bits and marks for the first and the last.  All octets behind
 * the Q.922 address are cut up, so the fragments together begin with the frame's own control field.
 * No peer and no decoder for it was found (tshark 4.0 calls B1 unknown): the octets are FRF.12's
 * figures, proved between two of us only.
 */
#ifndef TRANSPORTS_FRAME_RELAY_FRF12_H
#define TRANSPORTS_FRAME_RELAY_FRF12_H

#include "core/bytes.h"

#define FRF12_HEAD  4u	 /* control, NLPID, fragmentation header */
#define FRF12_LEAST 128u /* octets of a fragment: room for every head in the first one */

/* One circuit, receiving. */
struct frf12 {
	uint8_t *buf; /* the owner's; cap octets */
	uint32_t cap, len;
	uint16_t next;	/* sequence number that belongs here */
	bool open;	/* the first fragment has come */
	uint32_t marks; /* those of all its fragments */
};

enum frf12_result {
	FRF12_MORE,
	FRF12_WHOLE,	 /* buf has the frame, until the next call */
	FRF12_MALFORMED, /* short, control bit set, or of the interface kind */
	FRF12_MISSING,	 /* a fragment before this one is lost, and the frame with it */
	FRF12_TOO_LONG,
};

/* r is behind NLPID B1; marks: the owner's, e.g. congestion that this fragment met. */
enum frf12_result frf12_take(struct frf12 *f, uint32_t marks, struct rd *r);
/* The head of a fragment, and the next number. */
void frf12_put(struct wr *w, uint16_t *seq, bool first, bool last);

#endif
