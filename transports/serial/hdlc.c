/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RFC 1662: flags 7E between frames, escape 7D before an octet with bit 5 turned over, FCS-16 over
 * everything between the flags.  The decoder is a stream: it may be fed one octet at a time, loses
 * nothing but the frame that was damaged, and counts each loss by its kind (section 4.3: too short,
 * FCS wrong, or ended by an escape).
 */
#include "transports/serial/hdlc.h"

#define FLAG	   0x7eu
#define ESCAPE	   0x7du
#define FLIP	   0x20u
#define POLYNOMIAL 0x8408u
#define FCS_SIZE   2u
/* A protocol field; with the FCS, the four octets of RFC 1662 section 4.3. */
#define FRAME_MIN 2u

static uint16_t hdlc_fcs_octet(uint16_t fcs, uint8_t octet)
{
	fcs ^= octet;
	for (int i = 0; i < 8; i++)
		fcs = (uint16_t)(fcs & 1 ? fcs >> 1 ^ POLYNOMIAL : fcs >> 1);
	return fcs;
}

uint16_t hdlc_fcs16(uint16_t fcs, const uint8_t *p, size_t len)
{
	while (len--)
		fcs = hdlc_fcs_octet(fcs, *p++);
	return fcs;
}

static void hdlc_put_octet(struct wr *w, uint8_t octet, uint32_t accm)
{
	if (octet == FLAG || octet == ESCAPE || (octet < 0x20 && accm >> octet & 1)) {
		wr_u8(w, ESCAPE);
		octet ^= FLIP;
	}
	wr_u8(w, octet);
}

size_t hdlc_encode(uint8_t *out, size_t cap, const uint8_t *frame, size_t len, uint32_t accm)
{
	uint16_t fcs = (uint16_t)~hdlc_fcs16(HDLC_FCS_INIT, frame, len);
	struct wr w = wr_init(out, cap);

	wr_u8(&w, FLAG);
	for (size_t i = 0; i < len && !w.bad; i++)
		hdlc_put_octet(&w, frame[i], accm);
	hdlc_put_octet(&w, (uint8_t)fcs, accm);
	hdlc_put_octet(&w, (uint8_t)(fcs >> 8), accm);
	wr_u8(&w, FLAG);
	return w.bad ? 0 : w.len;
}

static void hdlc_begin(struct hdlc_decoder *d)
{
	d->len = 0;
	d->fcs = HDLC_FCS_INIT;
	d->escaped = false;
	d->hunting = false;
}

void hdlc_decoder_init(struct hdlc_decoder *d, uint8_t *buf, size_t cap, uint32_t accm)
{
	memset(d, 0, sizeof(*d));
	d->buf = buf;
	d->cap = cap;
	d->accm = accm;
	d->hunting = true;
}

/* A flag: is what came before it a frame?  Two flags in a row have nothing between them. */
static size_t hdlc_end(struct hdlc_decoder *d)
{
	size_t len = 0;

	if (d->hunting || (!d->len && !d->escaped))
		;
	else if (d->escaped)
		d->aborted++;
	else if (d->len < FRAME_MIN + FCS_SIZE)
		d->too_short++;
	else if (d->fcs != HDLC_FCS_GOOD)
		d->bad_fcs++;
	else
		len = d->len - FCS_SIZE;
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
	d->fcs = hdlc_fcs_octet(d->fcs, octet);
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
