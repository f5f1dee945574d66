/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/mask.h"

#include "core/msg.h"
#include "ppp/frame.h"

#include <string.h>

#define PAP_REQUEST    1u
#define EAP_RESPONSE   2u
#define EAP_TOKEN_CARD 6u
#define EAP_PROTOCOL   0xc227u

#define MULTILINK_BEGIN 0x80u

/* Proxy Authen Type (RFC 2661 4.4.5) */
enum { PROXY_NOT_SAID, PROXY_TEXT, PROXY_CHAP, PROXY_PAP, PROXY_NONE, PROXY_MSCHAP };

struct mask {
	const struct inside *in;
	uint8_t *copy; /* of in->p */
};

/* The next n octets of the PDU, as far as they are in this frame. */
static void mask_octets(const struct mask *m, const uint8_t *p, size_t n)
{
	const uint8_t *first = m->in->pdu + m->in->have - m->in->len; /* of those in this frame */
	size_t skip = p < first ? (size_t)(first - p) : 0;

	if (n > skip)
		memset(m->copy + (p + skip - first), '*', n - skip);
}

/* A field of n octets, or what there is of it by now. */
static void mask_field(const struct mask *m, const struct rd *r, size_t n)
{
	mask_octets(m, r->p, n < r->left ? n : r->left);
}

static void mask_pap(const struct mask *m, struct rd r)
{
	uint8_t code = rd_u8(&r), len;

	rd_skip(&r, 3);
	rd_skip(&r, rd_u8(&r));
	len = rd_u8(&r);
	if (code == PAP_REQUEST && !r.bad)
		mask_field(m, &r, len);
}

static void mask_eap(const struct mask *m, struct rd r)
{
	uint8_t code = rd_u8(&r), type;

	rd_skip(&r, 3);
	type = rd_u8(&r);
	if (code == EAP_RESPONSE && type == EAP_TOKEN_CARD && !r.bad)
		mask_field(m, &r, r.left);
}

static void mask_protocol(const struct mask *m, uint16_t proto, struct rd r)
{
	if (proto == PPP_PAP)
		mask_pap(m, r);
	else if (proto == EAP_PROTOCOL)
		mask_eap(m, r);
}

/* The first piece of a frame; how long the head is (RFC 1990) only LCP has said. */
static void mask_multilink(const struct mask *m, struct rd r)
{
	static const size_t heads[] = {2, 4};
	uint16_t proto;

	if (!r.left || !(r.p[0] & MULTILINK_BEGIN))
		return;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct rd inner = r;

		rd_skip(&inner, heads[i]);
		if (ppp_frame_split(&inner, &proto))
			mask_protocol(m, proto, inner);
	}
}

static void mask_ppp(const struct mask *m, struct rd r)
{
	uint16_t proto;

	if (!ppp_frame_split(&r, &proto))
		return;
	if (proto == PPP_MP)
		mask_multilink(m, r);
	else
		mask_protocol(m, proto, r);
}

struct mask_avp {
	uint16_t vendor, type;
	bool hidden;
	size_t len; /* of the value; r may have less of it */
};

static bool mask_next_avp(struct rd *r, struct mask_avp *a)
{
	uint16_t flags = rd_u16(r);

	a->vendor = rd_u16(r);
	a->type = rd_u16(r);
	a->hidden = flags & L2TP_AVP_H;
	a->len = flags & L2TP_AVP_LEN;
	if (a->len < L2TP_AVP_HDR_LEN)
		return false;
	a->len -= L2TP_AVP_HDR_LEN;
	return !r->bad;
}

static bool mask_is(const struct mask_avp *a, uint16_t type)
{
	return a->vendor == L2TP_IETF && a->type == type && !a->hidden;
}

/* PROXY_NOT_SAID also where it may come later. */
static uint16_t mask_proxy_type(struct rd r)
{
	struct mask_avp a;

	while (r.left && mask_next_avp(&r, &a)) {
		struct rd value = rd_sub(&r, a.len);

		if (mask_is(&a, L2TP_AVP_PROXY_AUTHEN_TYPE))
			return rd_u16(&value);
	}
	return PROXY_NOT_SAID;
}

static void mask_avps(const struct mask *m, struct rd r)
{
	uint16_t proxy = mask_proxy_type(r);
	struct mask_avp a;

	if (proxy == PROXY_CHAP || proxy == PROXY_NONE || proxy == PROXY_MSCHAP)
		return;
	while (r.left && mask_next_avp(&r, &a)) {
		if (mask_is(&a, L2TP_AVP_PROXY_AUTHEN_RESPONSE))
			mask_field(m, &r, a.len);
		rd_skip(&r, a.len);
	}
}

void mask_secrets(const struct inside *in, uint8_t *frame, const uint8_t *from)
{
	struct mask m = {in, frame + (in->p ? in->p - from : 0)};
	struct rd r;

	if (!in->p)
		return;
	if (in->lost)
		memset(m.copy, '*', in->len);
	else if (inside_ppp(in, &r))
		mask_ppp(&m, r);
	else if (inside_control(in, &r))
		mask_avps(&m, r);
}
