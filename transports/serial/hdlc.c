/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RFC 1662: flags 7E between frames, escape 7D before an octet with bit 5 turned over, the FCS over
 * everything between the flags.  The decoder is a stream: it may be fed one octet at a time, loses
 * nothing but the frame that was damaged, and counts each loss by its kind (section 4.3: too short,
 * FCS wrong, or ended by an escape).
 */
#include "transports/serial/hdlc.h"

#define FLAG   0x7eu
#define ESCAPE 0x7du
#define FLIP   0x20u
/* A protocol field; with FCS-16, the four octets of RFC 1662 section 4.3. */
#define FRAME_MIN  2u
#define FCS16_INIT 0xffffu
#define FCS16_GOOD 0xf0b8u
#define FCS32_INIT 0xffffffffu
#define FCS32_GOOD 0xdebb20e3u

/* Every 16th entry of the tables in appendix C: what four bits do to the register. */
static const uint16_t fcs16_nibble[16] = {0x0000, 0x1081, 0x2102, 0x3183, 0x4204, 0x5285,
					  0x6306, 0x7387, 0x8408, 0x9489, 0xa50a, 0xb58b,
					  0xc60c, 0xd68d, 0xe70e, 0xf78f};
static const uint32_t fcs32_nibble[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
					  0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
					  0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
					  0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};

uint16_t hdlc_fcs16(uint16_t fcs, const uint8_t *p, size_t len)
{
	for (; len--; p++) {
		fcs = (uint16_t)(fcs >> 4 ^ fcs16_nibble[(fcs ^ *p) & 15]);
		fcs = (uint16_t)(fcs >> 4 ^ fcs16_nibble[(fcs ^ *p >> 4) & 15]);
	}
	return fcs;
}

uint32_t hdlc_fcs32(uint32_t fcs, const uint8_t *p, size_t len)
{
	for (; len--; p++) {
		fcs = fcs >> 4 ^ fcs32_nibble[(fcs ^ *p) & 15];
		fcs = fcs >> 4 ^ fcs32_nibble[(fcs ^ *p >> 4) & 15];
	}
	return fcs;
}

unsigned hdlc_fcs_octets(enum hdlc_fcs kind)
{
	return kind == HDLC_FCS_32 ? 4 : kind == HDLC_FCS_16 ? 2 : 0;
}

unsigned hdlc_fcs_put(enum hdlc_fcs kind, uint8_t out[HDLC_FCS_MAX], const uint8_t *frame,
		      size_t len)
{
	uint32_t fcs = 0;
	unsigned n = hdlc_fcs_octets(kind);

	if (kind == HDLC_FCS_16)
		fcs = ~(uint32_t)hdlc_fcs16(FCS16_INIT, frame, len);
	else if (kind == HDLC_FCS_32)
		fcs = ~hdlc_fcs32(FCS32_INIT, frame, len);
	for (unsigned i = 0; i < n; i++)
		out[i] = (uint8_t)(fcs >> 8 * i);
	return n;
}

bool hdlc_fcs_is_good(enum hdlc_fcs kind, const uint8_t *frame, size_t len)
{
	if (len < hdlc_fcs_octets(kind))
		return false;
	if (kind == HDLC_FCS_16)
		return hdlc_fcs16(FCS16_INIT, frame, len) == FCS16_GOOD;
	return kind == HDLC_FCS_NONE || hdlc_fcs32(FCS32_INIT, frame, len) == FCS32_GOOD;
}

static void hdlc_put_octet(struct wr *w, uint8_t octet, uint32_t accm)
{
	if (octet == FLAG || octet == ESCAPE || (octet < 0x20 && accm >> octet & 1)) {
		wr_u8(w, ESCAPE);
		octet ^= FLIP;
	}
	wr_u8(w, octet);
}

size_t hdlc_encode(uint8_t *out, size_t cap, const uint8_t *frame, size_t len, uint32_t accm,
		   enum hdlc_fcs kind)
{
	struct wr w = wr_init(out, cap);
	uint8_t fcs[HDLC_FCS_MAX];
	unsigned n = hdlc_fcs_put(kind, fcs, frame, len);

	wr_u8(&w, FLAG);
	for (size_t i = 0; i < len && !w.bad; i++)
		hdlc_put_octet(&w, frame[i], accm);
	for (unsigned i = 0; i < n; i++)
		hdlc_put_octet(&w, fcs[i], accm);
	wr_u8(&w, FLAG);
	return w.bad ? 0 : w.len;
}

static void hdlc_begin(struct hdlc_decoder *d)
{
	d->len = 0;
	d->escaped = false;
	d->hunting = false;
}

void hdlc_decoder_init(struct hdlc_decoder *d, uint8_t *buf, size_t cap, uint32_t accm,
		       enum hdlc_fcs kind)
{
	memset(d, 0, sizeof(*d));
	d->buf = buf;
	d->cap = cap;
	d->accm = accm;
	d->kind = kind;
	d->hunting = true;
}

/* A flag: is what came before it a frame?  Two flags in a row have nothing between them. */
static size_t hdlc_end(struct hdlc_decoder *d)
{
	size_t len = 0, fcs = hdlc_fcs_octets(d->kind);

	if (d->hunting || (!d->len && !d->escaped))
		;
	else if (d->escaped)
		d->aborted++;
	else if (d->len < FRAME_MIN + fcs)
		d->too_short++;
	else if (!hdlc_fcs_is_good(d->kind, d->buf, d->len))
		d->bad_fcs++;
	else
		len = d->len - fcs;
	if (len)
		d->frames++;
	hdlc_begin(d);
	return len;
}

static void hdlc_take(struct hdlc_decoder *d, uint8_t octet)
{
	if (d->hunting || (octet < 0x20 && d->accm >> octet & 1))
		return;
	if (octet == ESCAPE && !d->escaped) {
		d->escaped = true;
		return;
	}
	if (d->len == d->cap) {
		d->too_long++;
		d->hunting = true;
		return;
	}
	if (d->escaped)
		octet ^= FLIP;
	d->escaped = false;
	d->buf[d->len++] = octet;
}

size_t hdlc_decode(struct hdlc_decoder *d, const uint8_t *in, size_t n, size_t *frame_len)
{
	size_t i;

	*frame_len = 0;
	for (i = 0; i < n && !*frame_len; i++) {
		if (in[i] == FLAG)
			*frame_len = hdlc_end(d);
		else
			hdlc_take(d, in[i]);
	}
	return i;
}
