/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The L2TP header.  Control and data messages share one layout whose fields depend on the flag
 * bits, so one function reads both; a control message only allows fewer combinations.  A Length
 * bounds everything: when a header field lies beyond it, the Length is wrong, and octets after it
 * (padding of the medium) are ignored.
 */
#include "core/hdr.h"

#define CONTROL_ON  (L2TP_HDR_L | L2TP_HDR_S)
#define CONTROL_OFF (L2TP_HDR_O | L2TP_HDR_P)

#define FLAGS_AND_LENGTH 4u /* octets up to and with the Length field */
#define SHORTEST	 8u /* Length: the Tunnel ID and the Session ID are always there */

/* What follows the flags, up to the payload. */
static enum l2tp_hdr_kind hdr_decode_fields(struct l2tp_hdr *h, struct rd *r, const uint8_t *pkt,
					    enum l2tp_hdr_kind good)
{
	enum l2tp_hdr_kind cut = L2TP_HDR_SHORT;
	uint16_t offset = 0;

	if (h->flags & L2TP_HDR_L) {
		uint16_t length = rd_u16(r);

		if (r->bad)
			return L2TP_HDR_SHORT;
		if (length < SHORTEST)
			return L2TP_HDR_BAD_LENGTH;
		cut = L2TP_HDR_BAD_LENGTH;
		*r = rd_sub(r, length - FLAGS_AND_LENGTH);
	}
	h->tid = rd_u16(r);
	h->sid = rd_u16(r);
	if (h->flags & L2TP_HDR_S) {
		h->ns = rd_u16(r);
		h->nr = rd_u16(r);
	}
	if (h->flags & L2TP_HDR_O)
		offset = rd_u16(r);
	if (r->bad)
		return cut;
	if (!rd_take(r, offset) || r->p - pkt > UINT16_MAX)
		return L2TP_HDR_BAD_OFFSET;
	h->hlen = (uint16_t)(r->p - pkt);
	h->payload = r->p;
	h->len = r->left;
	return good;
}

static enum l2tp_hdr_kind hdr_decode_v2(struct l2tp_hdr *h, struct rd *r, const uint8_t *pkt)
{
	if (!(h->flags & L2TP_HDR_T))
		return hdr_decode_fields(h, r, pkt, L2TP_HDR_IS_DATA);
	if ((h->flags & CONTROL_ON) != CONTROL_ON || (h->flags & CONTROL_OFF))
		return L2TP_HDR_BAD_FLAGS;
	return hdr_decode_fields(h, r, pkt, L2TP_HDR_IS_CONTROL);
}

/* RFC 3931 4.1.2.1: a v3 control header has the same length, with the two ids as one of 32 bits. */
static enum l2tp_hdr_kind hdr_decode_v3(struct l2tp_hdr *h, struct rd *r, const uint8_t *pkt)
{
	if (!(h->flags & L2TP_HDR_T))
		return L2TP_HDR_IS_V3;
	if ((h->flags & CONTROL_ON) != CONTROL_ON || (h->flags & CONTROL_OFF))
		return L2TP_HDR_BAD_FLAGS;
	return hdr_decode_fields(h, r, pkt, L2TP_HDR_IS_V3);
}

enum l2tp_hdr_kind l2tp_hdr_decode(struct l2tp_hdr *h, const uint8_t *pkt, size_t len)
{
	struct rd r = rd_init(pkt, len);

	memset(h, 0, sizeof(*h));
	h->flags = rd_u16(&r);
	if (r.bad)
		return L2TP_HDR_SHORT;
	switch (h->flags & L2TP_HDR_VER) {
	case 1:
		return L2TP_HDR_IS_L2F;
	case 2:
		return hdr_decode_v2(h, &r, pkt);
	case 3:
		return hdr_decode_v3(h, &r, pkt);
	default:
		return L2TP_HDR_BAD_VERSION;
	}
}

void l2tp_hdr_control(struct wr *w, uint16_t tid, uint16_t sid, uint16_t ns, uint16_t nr)
{
	wr_u16(w, L2TP_HDR_T | CONTROL_ON | 2);
	wr_u16(w, L2TP_HDR_CONTROL_LEN); /* of a ZLB; l2tp_hdr_finish() knows better */
	wr_u16(w, tid);
	wr_u16(w, sid);
	wr_u16(w, ns);
	wr_u16(w, nr);
}

void l2tp_hdr_finish(struct wr *w, size_t start)
{
	if (w->bad || start > w->len || w->len - start > UINT16_MAX) {
		w->bad = true;
		return;
	}
	wr_patch16(w, start + 2, (uint16_t)(w->len - start));
}

void l2tp_hdr_data(struct wr *w, uint16_t flags, uint16_t tid, uint16_t sid, uint16_t ns,
		   uint16_t nr, size_t payload_len)
{
	size_t start = w->len;

	flags &= L2TP_HDR_L | L2TP_HDR_S | L2TP_HDR_O | L2TP_HDR_P;
	wr_u16(w, flags | 2);
	if (flags & L2TP_HDR_L)
		wr_u16(w, 0);
	wr_u16(w, tid);
	wr_u16(w, sid);
	if (flags & L2TP_HDR_S) {
		wr_u16(w, ns);
		wr_u16(w, nr);
	}
	if (flags & L2TP_HDR_O)
		wr_u16(w, 0);
	if (!(flags & L2TP_HDR_L))
		return;
	if (payload_len > UINT16_MAX - (w->len - start))
		w->bad = true;
	wr_patch16(w, start + 2, (uint16_t)(w->len - start + payload_len));
}
