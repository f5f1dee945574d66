/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XOT framing and the PVC-setup packet.  x25_xot.c gives each piece that TCP delivers to
 * xot_next_packet, which collects a header, then as many octets as it says.  A length that no X.25
 * packet can have is an error at once, before any buffer grows.
 */
#include "transports/x25/xot.h"

#define PVC_SETUP   0xf5u
#define PVC_VERSION 0x81u
#define GFI_MOD8    0x10u
#define GFI_MOD128  0x20u

void xot_in_init(struct xot_in *x)
{
	x->len = 0;
}

/* Fill the buffer up to `want` octets.  False: more must come. */
static bool xot_fill(struct xot_in *x, size_t want, const uint8_t **data, size_t *len)
{
	size_t n = want > x->len ? want - x->len : 0;

	if (n > *len)
		n = *len;
	if (n)
		memcpy(x->buf + x->len, *data, n);
	x->len += n;
	*data += n;
	*len -= n;
	return x->len >= want;
}

int xot_next_packet(struct xot_in *x, const uint8_t **data, size_t *len, const uint8_t **pkt,
		    size_t *pkt_len)
{
	struct rd r = rd_init(x->buf, XOT_HDR_LEN);
	uint16_t version, n;

	if (!xot_fill(x, XOT_HDR_LEN, data, len))
		return 0;
	version = rd_u16(&r);
	n = rd_u16(&r);
	if (version || n < XOT_PACKET_MIN || n > XOT_PACKET_MAX)
		return -1;
	if (!xot_fill(x, XOT_HDR_LEN + n, data, len))
		return 0;
	*pkt = x->buf + XOT_HDR_LEN;
	*pkt_len = n;
	x->len = 0;
	return 1;
}

void xot_header(uint8_t out[XOT_HDR_LEN], size_t pkt_len)
{
	wr_put16(out, 0);
	wr_put16(out + 2, (uint16_t)pkt_len);
}

bool xot_is_pvc_setup(const uint8_t *pkt, size_t len)
{
	return len >= 3 && pkt[2] == PVC_SETUP;
}

static void xot_name(char *out, struct rd *r, uint8_t len)
{
	const uint8_t *p = rd_take(r, len);

	if (p && len && memchr(p, 0, len))
		rd_fail(r); /* a name has no zero octets */
	else if (p && len)
		memcpy(out, p, len);
	out[p && !r->bad ? len : 0] = '\0';
}

static bool xot_flow_valid(const struct xot_pvc *p)
{
	uint8_t windows = p->extended ? 127 : 7;

	return p->window_in && p->window_in <= windows && p->window_out &&
	       p->window_out <= windows && p->size_in >= 4 && p->size_in <= 12 &&
	       p->size_out >= 4 && p->size_out <= 12;
}

uint8_t xot_pvc_decode(struct xot_pvc *p, const uint8_t *pkt, size_t len)
{
	struct rd r = rd_init(pkt, len);
	uint16_t first = rd_u16(&r);
	uint8_t n, m, version;

	memset(p, 0, sizeof(*p));
	p->extended = first >> 8 & GFI_MOD128;
	p->lci = first & 0xfff;
	rd_skip(&r, 1); /* packet type */
	version = rd_u8(&r);
	p->status = rd_u8(&r);
	n = rd_u8(&r);
	p->initiator_lci = rd_u16(&r) & 0xfff;
	m = rd_u8(&r);
	p->responder_lci = rd_u16(&r) & 0xfff;
	p->window_in = rd_u8(&r);
	p->window_out = rd_u8(&r);
	p->size_in = rd_u8(&r);
	p->size_out = rd_u8(&r);
	xot_name(p->initiator, &r, n);
	xot_name(p->responder, &r, m);
	if (r.bad || r.left || version != PVC_VERSION)
		return XOT_PVC_PROTOCOL;
	return xot_flow_valid(p) ? XOT_PVC_OK : XOT_PVC_FLOW_UNSUPPORTED;
}

void xot_pvc_encode(struct wr *w, const struct xot_pvc *p)
{
	size_t n = strlen(p->initiator), m = strlen(p->responder);

	wr_u16(w, (uint16_t)((p->extended ? GFI_MOD128 : GFI_MOD8) << 8 | p->lci));
	wr_u8(w, PVC_SETUP);
	wr_u8(w, PVC_VERSION);
	wr_u8(w, p->status);
	wr_u8(w, (uint8_t)n);
	wr_u16(w, p->initiator_lci);
	wr_u8(w, (uint8_t)m);
	wr_u16(w, p->responder_lci);
	wr_u8(w, p->window_in);
	wr_u8(w, p->window_out);
	wr_u8(w, p->size_in);
	wr_u8(w, p->size_out);
	wr_bytes(w, p->initiator, n);
	wr_bytes(w, p->responder, m);
}

const char *xot_pvc_words(uint8_t status)
{
	static const struct {
		uint8_t status;
		const char *words;
	} rows[] = {
		{0x00, "waiting to connect"},
		{0x08, "destination disconnected"},
		{0x09, "PVC/TCP connection refused"},
		{0x0a, "PVC/TCP routing error"},
		{0x0b, "PVC/TCP connect timed out"},
		{0x10, "trying to connect via TCP"},
		{0x11, "awaiting PVC-SETUP reply"},
		{0x12, "connected"},
		{0x13, "no such destination interface"},
		{0x14, "destination interface is not up"},
		{0x15, "non-X.25 destination interface"},
		{0x16, "no such destination PVC"},
		{0x17, "destination PVC configuration mismatch"},
		{0x18, "mismatched flow control values"},
		{0x19, "can't support flow control values"},
		{0x1a, "PVC setup protocol error"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].status == status)
			return rows[i].words;
	return "unknown status";
}
