/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protocol numbers end in an odd octet and begin with an even one, so a first octet that is odd is
 * a compressed protocol, and FF 03 can be told from any protocol: FF is never the first of two.
 */
#include "ppp/frame.h"

#include "ppp/ppp.h"

#define ALL_STATIONS 0xffu
#define UI	     0x03u

bool ppp_frame_parse(const uint8_t *frame, size_t len, struct ppp_parsed *out)
{
	struct rd r = rd_init(frame, len);
	uint8_t a, c, first;

	if (rd_peek(&r, 0, &a) && rd_peek(&r, 1, &c) && a == ALL_STATIONS && c == UI)
		rd_skip(&r, 2);
	first = rd_u8(&r);
	out->proto = first;
	if (!(first & 1))
		out->proto = (uint16_t)(first << 8 | rd_u8(&r));
	out->head = (uint8_t)(len - r.left);
	return !r.bad && (out->proto & 1);
}

size_t ppp_frame_head(uint8_t *head, uint16_t proto, const struct ppp_framing *f)
{
	struct wr w = wr_init(head, PPP_HEAD_MAX);

	if (f->address && (!f->acfc || proto == PPP_LCP)) {
		wr_u8(&w, ALL_STATIONS);
		wr_u8(&w, UI);
	}
	if (f->pfc && proto < 0x100)
		wr_u8(&w, (uint8_t)proto);
	else
		wr_u16(&w, proto);
	return w.len;
}

size_t ppp_frame_normalize(uint8_t *out, size_t cap, const uint8_t *frame, size_t len)
{
	struct wr w = wr_init(out, cap);
	struct ppp_parsed f;

	if (!ppp_frame_parse(frame, len, &f))
		return 0;
	wr_u16(&w, f.proto);
	wr_bytes(&w, frame + f.head, len - f.head);
	return w.bad ? 0 : w.len;
}

size_t ppp_frame_dress(uint8_t *out, size_t cap, const uint8_t *frame, size_t len,
		       const struct ppp_framing *f)
{
	struct rd r = rd_init(frame, len);
	uint16_t proto = rd_u16(&r);
	uint8_t head[PPP_HEAD_MAX];
	struct wr w = wr_init(out, cap);

	if (r.bad)
		return 0;
	wr_bytes(&w, head, ppp_frame_head(head, proto, f));
	wr_bytes(&w, r.p, r.left);
	return w.bad ? 0 : w.len;
}
