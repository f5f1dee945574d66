/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octet-stuffed HDLC framing of RFC 1662 section 4, for serial lines and byte streams, and the two
 * frame check sequences of its appendix C, which synchronous lines have as well.  A frame here is
 * what stands between flag and FCS: FF 03 if present, protocol, information.
 */
#ifndef TRANSPORTS_SERIAL_HDLC_H
#define TRANSPORTS_SERIAL_HDLC_H

#include "core/bytes.h"

#define HDLC_FCS_MAX 4u /* octets */

/* In the order of the words of the key `fcs`. */
enum hdlc_fcs { HDLC_FCS_NONE, HDLC_FCS_16, HDLC_FCS_32 };

/* Continue fcs over the octets; start with all ones, send the complement low octet first. */
uint16_t hdlc_fcs16(uint16_t fcs, const uint8_t *p, size_t len);
uint32_t hdlc_fcs32(uint32_t fcs, const uint8_t *p, size_t len);

/* 0, 2 or 4. */
unsigned hdlc_fcs_octets(enum hdlc_fcs kind);
/* The FCS of a frame as it is sent; returns its octets. */
unsigned hdlc_fcs_put(enum hdlc_fcs kind, uint8_t out[HDLC_FCS_MAX], const uint8_t *frame,
		      size_t len);
/* Of a frame with its FCS; a frame shorter than its FCS is not. */
bool hdlc_fcs_is_good(enum hdlc_fcs kind, const uint8_t *frame, size_t len);

/* Octets that hdlc_encode needs at most for a frame of len: all escaped, two flags. */
#define HDLC_ROOM(len) (2 * ((len) + HDLC_FCS_MAX) + 2)

/* Flag, frame with FCS escaped by the transmit ACCM (bit n = escape octet n), flag.  Returns the
 * octets written, 0 when out has no room. */
size_t hdlc_encode(uint8_t *out, size_t cap, const uint8_t *frame, size_t len, uint32_t accm,
		   enum hdlc_fcs kind);

struct hdlc_decoder {
	uint8_t *buf; /* the owner's: longest frame and its FCS */
	size_t cap;
	uint32_t accm; /* receive ACCM: modems insert these control octets; they are dropped */
	enum hdlc_fcs kind;
	/* private */
	size_t len;
	bool escaped, hunting;
	/* counters: good frames, then the lost ones by reason */
	uint64_t frames, bad_fcs, aborted, too_short, too_long;
};

/* Silent until the first flag. */
void hdlc_decoder_init(struct hdlc_decoder *d, uint8_t *buf, size_t cap, uint32_t accm,
		       enum hdlc_fcs kind);

/* Feed octets until a frame ends or they are used up; returns how many were taken.  *frame_len is
 * the length of a good frame now in d->buf, without its FCS, or 0; it is valid until the next call.
 */
size_t hdlc_decode(struct hdlc_decoder *d, const uint8_t *in, size_t n, size_t *frame_len);

#endif
