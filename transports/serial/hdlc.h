/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octet-stuffed HDLC framing of RFC 1662 section 4 with the 16-bit FCS of its appendix C, for
 * serial lines and byte streams.  A frame here is what stands between flag and FCS: FF 03 if
 * present, protocol, information.  The serial transport frames what it sends and receives with it.
 */
#ifndef TRANSPORTS_SERIAL_HDLC_H
#define TRANSPORTS_SERIAL_HDLC_H

#include "core/bytes.h"

#define HDLC_FCS_INIT 0xffffu
#define HDLC_FCS_GOOD 0xf0b8u

/* Continue fcs over the octets; start with HDLC_FCS_INIT, send the complement low octet first. */
uint16_t hdlc_fcs16(uint16_t fcs, const uint8_t *p, size_t len);

/* Octets that hdlc_encode needs at most for a frame of len: all escaped, two flags. */
#define HDLC_ROOM(len) (2 * ((len) + 2) + 2)

/* Flag, frame with FCS escaped by the transmit ACCM (bit n = escape octet n), flag.  Returns the
 * octets written, 0 when out has no room. */
size_t hdlc_encode(uint8_t *out, size_t cap, const uint8_t *frame, size_t len, uint32_t accm);

struct hdlc_decoder {
	uint8_t *buf; /* the owner's: longest frame plus 2 for the FCS */
	size_t cap;
	uint32_t accm; /* receive ACCM: modems insert these control octets; they are dropped */
	/* private */
	size_t len;
	uint16_t fcs;
	bool escaped, hunting;
	/* counters: good frames, then the lost ones by reason */
	uint64_t frames, bad_fcs, aborted, too_short, too_long;
};

/* Silent until the first flag. */
void hdlc_decoder_init(struct hdlc_decoder *d, uint8_t *buf, size_t cap, uint32_t accm);

/* Feed octets until a frame ends or they are used up; returns how many were taken.  *frame_len is
 * the length of a good frame now in d->buf, without its FCS, or 0; it is valid until the next call.
 */
size_t hdlc_decode(struct hdlc_decoder *d, const uint8_t *in, size_t n, size_t *frame_len);

#endif
