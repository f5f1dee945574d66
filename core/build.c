/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building a control message.  Attributes are appended as they are given; M and whether H is
 * allowed come from the attribute's row.  The first hidden attribute is preceded by the message's
 * one Random Vector.  Errors stick to the writer, so that only the result of l2tp_build_end() needs
 * a check.
 */
#include "core/msg.h"

#include "core/hdr.h"

static void build_put_avp(struct l2tp_build *b, uint16_t flags, uint16_t vendor, uint16_t type,
			  const void *val, size_t len)
{
	if (len > L2TP_AVP_VALUE_MAX)
		b->w.bad = true;
	wr_u16(&b->w, (uint16_t)(flags | (L2TP_AVP_HDR_LEN + len)));
	wr_u16(&b->w, vendor);
	wr_u16(&b->w, type);
	wr_bytes(&b->w, val, len);
}

/* Octets of padding behind a hidden value of len octets. */
static size_t build_padding(const struct l2tp_build *b, size_t len)
{
	size_t used = 2 + len, room = L2TP_AVP_VALUE_MAX - used;
	size_t over = b->pad_to ? used % b->pad_to : 0;
	size_t pad = over ? b->pad_to - over : 0;

	return pad < room ? pad : room;
}

/* Padding must be unpredictable: known padding reveals octets of the MD5 mask, against which an
 * eavesdropper can try secrets. */
static void build_fill(uint8_t *out, size_t len, const struct l2tp_build *b, uint16_t type)
{
	uint8_t seed[18], block[L2TP_MD5_LEN];

	memcpy(seed, b->pad_seed, sizeof(b->pad_seed));
	wr_put16(seed + 16, type);
	for (size_t i = 0; i < len; i++) {
		if (i % sizeof(block) == 0)
			l2tp_challenge_response(block, (uint16_t)(i / sizeof(block)), b->secret,
						seed, sizeof(seed));
		out[i] = block[i % sizeof(block)];
	}
}

static void build_put_hidden(struct l2tp_build *b, uint16_t flags, uint16_t vendor, uint16_t type,
			     const void *val, size_t len)
{
	uint8_t pad[L2TP_PAD_MAX];
	size_t n;

	if (!b->rv_sent)
		build_put_avp(b, L2TP_AVP_M, L2TP_IETF, L2TP_AVP_RANDOM_VECTOR, b->rv,
			      sizeof(b->rv));
	b->rv_sent = true;
	if (len + 2 > L2TP_AVP_VALUE_MAX) {
		b->w.bad = true;
		return;
	}
	n = build_padding(b, len);
	build_fill(pad, n, b, type);
	wr_u16(&b->w, (uint16_t)(flags | L2TP_AVP_H | (L2TP_AVP_HDR_LEN + 2 + len + n)));
	wr_u16(&b->w, vendor);
	wr_u16(&b->w, type);
	l2tp_hide(&b->w, type, b->secret, b->rv, sizeof(b->rv), val, len, pad, n);
}

static void build_put(struct l2tp_build *b, const struct l2tp_avp *a)
{
	bool hide = a->hidden && b->secret && b->secret->len && (!a->row || a->row->may_hide);

	(hide ? build_put_hidden : build_put_avp)(b, a->mandatory ? L2TP_AVP_M : 0, a->vendor,
						  a->type, a->val, a->len);
}

void l2tp_build_start(struct l2tp_build *b, void *buf, size_t cap, uint16_t type, uint16_t tid,
		      uint16_t sid, const struct l2tp_secret *secret, bool hide,
		      const uint8_t rv[16])
{
	memset(b, 0, sizeof(*b));
	b->w = wr_init(buf, cap < L2TP_MSG_MAX ? cap : L2TP_MSG_MAX);
	b->type = type;
	b->secret = secret;
	b->hide = hide;
	memcpy(b->rv, rv, sizeof(b->rv));
	l2tp_hdr_control(&b->w, tid, sid, 0, 0);
	l2tp_build_u16(b, L2TP_IETF, L2TP_AVP_MESSAGE_TYPE, type);
}

void l2tp_build_padding(struct l2tp_build *b, uint16_t to, const uint8_t seed[16])
{
	b->pad_to = to < L2TP_PAD_MAX ? to : L2TP_PAD_MAX;
	memcpy(b->pad_seed, seed, sizeof(b->pad_seed));
}

void l2tp_build_avp(struct l2tp_build *b, uint16_t vendor, uint16_t type, const void *val,
		    size_t len)
{
	struct l2tp_avp a = {
		.vendor = vendor, .type = type, .val = val, .row = l2tp_avp_row(vendor, type)};

	if (!a.row || len > L2TP_AVP_VALUE_MAX) {
		b->w.bad = true;
		return;
	}
	a.len = (uint16_t)len;
	a.mandatory = a.row->m != L2TP_M_MUST_BE_0;
	a.hidden = b->hide;
	build_put(b, &a);
}

void l2tp_build_u16(struct l2tp_build *b, uint16_t vendor, uint16_t type, uint16_t v)
{
	uint8_t octets[2];

	wr_put16(octets, v);
	l2tp_build_avp(b, vendor, type, octets, sizeof(octets));
}

void l2tp_build_u32(struct l2tp_build *b, uint16_t vendor, uint16_t type, uint32_t v)
{
	uint8_t octets[4];

	wr_put32(octets, v);
	l2tp_build_avp(b, vendor, type, octets, sizeof(octets));
}

void l2tp_build_raw(struct l2tp_build *b, const struct l2tp_avp *a)
{
	build_put(b, a);
}

/* Always with an Error Code: Windows 2000 takes a Result Code without one for a wrong length. */
void l2tp_build_result(struct l2tp_build *b, const struct l2tp_result *r)
{
	uint8_t octets[4 + L2TP_MSG_TEXT_MAX];
	struct wr w = wr_init(octets, sizeof(octets));

	wr_u16(&w, r->result);
	wr_u16(&w, r->error);
	wr_bytes(&w, r->text, strnlen(r->text, L2TP_MSG_TEXT_MAX));
	l2tp_build_avp(b, L2TP_IETF, L2TP_AVP_RESULT_CODE, octets, w.len);
}

size_t l2tp_build_end(struct l2tp_build *b)
{
	l2tp_hdr_finish(&b->w, b->start);
	return b->w.bad ? 0 : b->w.len - b->start;
}
