/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The HDLC decoder and the head of PPP frames.  The first octet of the input is the piece size that
 * the stream is fed in, FCS-32 from 128 on; the next four are the receive ACCM, the rest the
 * stream.
 *
 * The pieces make no difference to what comes out; a frame that came out is found again after we
 * have encoded it; its head, taken off and put back uncompressed, leads to the same information.
 */
#include "ppp/frame.h"
#include "transports/serial/hdlc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FRAME_MAX 1600u

static void fuzz_ppp_hdlc_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_ppp_hdlc_head(const uint8_t *frame, size_t len)
{
	static const struct ppp_framing full = {true, false, false};
	struct rd r = rd_init(frame, len), again;
	uint8_t wire[FRAME_MAX + PPP_HEAD_MAX];
	uint16_t proto, found;
	size_t head;

	if (!ppp_frame_split(&r, &proto)) {
		fuzz_ppp_hdlc_check(len < PPP_HEAD_MAX);
		return;
	}
	head = len - r.left;
	fuzz_ppp_hdlc_check(head >= 1 && head <= PPP_HEAD_MAX && r.p == frame + head);
	fuzz_ppp_hdlc_check(ppp_frame_head(wire, proto, &full) == PPP_HEAD_MAX);
	memcpy(wire + PPP_HEAD_MAX, r.p, r.left);
	again = rd_init(wire, PPP_HEAD_MAX + r.left);
	fuzz_ppp_hdlc_check(ppp_frame_split(&again, &found));
	/* the uncompressed form of an odd first octet is 00 and that octet */
	fuzz_ppp_hdlc_check(found == proto && again.left == r.left);
}

static void found_again(const uint8_t *frame, size_t len, enum hdlc_fcs kind)
{
	static uint8_t wire[HDLC_ROOM(FRAME_MAX)], buf[FRAME_MAX + HDLC_FCS_MAX];
	struct hdlc_decoder d;
	size_t n = hdlc_encode(wire, sizeof(wire), frame, len, 0xffffffff, kind), got;

	fuzz_ppp_hdlc_check(n);
	hdlc_decoder_init(&d, buf, sizeof(buf), 0xffffffff, kind);
	fuzz_ppp_hdlc_check(hdlc_decode(&d, wire, n, &got) == n);
	fuzz_ppp_hdlc_check(got == len && !memcmp(buf, frame, len));
}

/* Counts that tell two runs apart. */
static void fuzz_ppp_hdlc_run(struct hdlc_decoder *d, const uint8_t *in, size_t n, size_t piece,
			      bool look)
{
	static uint8_t buf[FRAME_MAX];
	uint32_t accm = d->accm;
	enum hdlc_fcs kind = d->kind;
	size_t at = 0, len;

	hdlc_decoder_init(d, buf, sizeof(buf), accm, kind);
	while (at < n) {
		size_t part = n - at < piece ? n - at : piece;

		at += hdlc_decode(d, in + at, part, &len);
		fuzz_ppp_hdlc_check(len <= sizeof(buf) - hdlc_fcs_octets(kind));
		if (len && look) {
			fuzz_ppp_hdlc_head(buf, len);
			found_again(buf, len, kind);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hdlc_decoder whole, pieces;
	struct rd r = rd_init(data, size);
	size_t piece = rd_u8(&r);

	whole.kind = pieces.kind = piece < 128 ? HDLC_FCS_16 : HDLC_FCS_32;
	whole.accm = pieces.accm = rd_u32(&r);
	if (r.bad)
		return 0;
	fuzz_ppp_hdlc_head(r.p, r.left < FRAME_MAX ? r.left : FRAME_MAX);
	fuzz_ppp_hdlc_run(&whole, r.p, r.left, r.left, true);
	fuzz_ppp_hdlc_run(&pieces, r.p, r.left, piece ? piece : 1, false);
	fuzz_ppp_hdlc_check(whole.frames == pieces.frames && whole.bad_fcs == pieces.bad_fcs);
	fuzz_ppp_hdlc_check(whole.aborted == pieces.aborted && whole.too_short == pieces.too_short);
	fuzz_ppp_hdlc_check(whole.too_long == pieces.too_long && whole.len == pieces.len);
	return 0;
}
