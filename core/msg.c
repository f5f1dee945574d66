/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding a control message.  The body is a run of attributes; the first must be the Message Type.
 * Each following one is cut out of the body, looked up, deciphered if hidden, measured against its
 * row and added to the list.  Whatever is wrong with one attribute is answered by the same rule
 * (RFC 2661 4.1 and 7.1): with the M bit set the session or tunnel ends, without it the attribute
 * is passed over and counted.  A length that does not fit the body ends the message whatever its M
 * bit, because the next attribute cannot be found.
 */
#include "core/msg.h"

#include <stdio.h>

/* What becomes of one attribute: keep it, pass over it, or close the call or tunnel. */
enum step { KEEP, PASS, CLOSE };

struct decode {
	struct l2tp_msg *m;
	struct l2tp_fault *fault;
	const struct l2tp_secret *secret;
	uint32_t quirks;
	struct rd in;
	struct wr plain; /* over m->plain */
	struct rd rv;	 /* the Random Vector that applies now */
	bool have_rv;
	bool reserved; /* the attribute at hand has reserved bits set */
};

/* --- verdicts about one attribute ------------------------------------------------------------- */

static enum step msg_close_with(struct decode *d, const struct l2tp_avp *a, enum l2tp_reason why,
				enum l2tp_error_code error)
{
	struct l2tp_result *r = &d->fault->answer;

	d->fault->reason = why;
	r->result = L2TP_CDN_GENERAL_ERROR;
	r->error = error;
	snprintf(r->text, sizeof(r->text), "%s (vendor %u, type %u): %s",
		 a->row ? a->row->name : "unknown AVP", a->vendor, a->type,
		 l2tp_reasons[why].words);
	return CLOSE;
}

static enum step msg_pass(struct decode *d, enum l2tp_reason why)
{
	d->m->ignored[why]++;
	return PASS;
}

/* RFC 2661 7.1: "look to the M-bit for that AVP to determine whether the error is recoverable". */
static enum step msg_malformed(struct decode *d, const struct l2tp_avp *a, enum l2tp_reason why,
			       enum l2tp_error_code error)
{
	return a->mandatory ? msg_close_with(d, a, why, error) : msg_pass(d, why);
}

static bool msg_quirk(struct decode *d, uint32_t bit)
{
	if (!(d->quirks & bit))
		return false;
	d->m->quirks_used |= bit;
	return true;
}

/* RFC 2661 4.1: not recognised. */
static enum step msg_unrecognised(struct decode *d, const struct l2tp_avp *a, enum l2tp_reason why)
{
	if (!a->mandatory)
		return msg_pass(d, why);
	if (msg_quirk(d, L2TP_QUIRK_UNKNOWN_MANDATORY))
		return msg_pass(d, why);
	return msg_close_with(d, a, why, L2TP_ERR_UNKNOWN_MANDATORY);
}

/* --- the steps an attribute goes through ------------------------------------------------------ */

/* Take the next attribute; false = its length does not fit, so that no later one can be found. */
static bool msg_take_avp(struct rd *in, struct l2tp_avp *a, bool *reserved, enum l2tp_reason *why)
{
	uint16_t flags = rd_u16(in);
	uint16_t len = flags & L2TP_AVP_LEN;

	memset(a, 0, sizeof(*a));
	a->mandatory = flags & L2TP_AVP_M;
	a->hidden = flags & L2TP_AVP_H;
	*reserved = flags & L2TP_AVP_RESERVED;
	a->vendor = rd_u16(in);
	a->type = rd_u16(in);
	*why = L2TP_R_AVP_OVERRUN;
	if (in->bad)
		return false;
	a->row = l2tp_avp_row(a->vendor, a->type);
	*why = L2TP_R_AVP_SHORT;
	if (len < L2TP_AVP_HDR_LEN)
		return false;
	*why = L2TP_R_AVP_OVERRUN;
	a->len = len - L2TP_AVP_HDR_LEN;
	a->val = rd_take(in, a->len);
	return a->val;
}

static enum step msg_decipher(struct decode *d, struct l2tp_avp *a)
{
	uint8_t *out;
	int len;

	if (a->row && !a->row->may_hide)
		return msg_malformed(d, a, L2TP_R_HIDDEN_NOT_ALLOWED, L2TP_ERR_BAD_VALUE);
	if (!d->secret || !d->secret->len)
		return msg_malformed(d, a, L2TP_R_HIDDEN_NO_SECRET, L2TP_ERR_BAD_VALUE);
	if (!d->have_rv)
		return msg_malformed(d, a, L2TP_R_HIDDEN_NO_VECTOR, L2TP_ERR_BAD_VALUE);
	out = wr_room(&d->plain, a->len);
	if (!out)
		return msg_close_with(d, a, L2TP_R_MSG_TOO_LONG, L2TP_ERR_NO_RESOURCES);
	len = l2tp_unhide(out, a->type, d->secret, d->rv.p, d->rv.left, a->val, a->len);
	if (len < 0)
		return msg_malformed(d, a, L2TP_R_HIDDEN_LENGTH, L2TP_ERR_WRONG_LENGTH);
	a->val = out + 2;
	a->len = (uint16_t)len;
	return KEEP;
}

static enum step msg_unknown(struct decode *d, struct l2tp_avp *a)
{
	if (a->mandatory)
		return msg_unrecognised(d, a, L2TP_R_AVP_UNKNOWN_M);
	d->m->ignored[L2TP_R_AVP_UNKNOWN]++;
	return a->hidden ? msg_decipher(d, a) : KEEP;
}

static enum step msg_misplaced(struct decode *d, const struct l2tp_avp *a)
{
	if (msg_quirk(d, L2TP_QUIRK_MISPLACED_AVP))
		return msg_pass(d, L2TP_R_AVP_MISPLACED);
	return msg_unrecognised(d, a, L2TP_R_AVP_MISPLACED);
}

static enum step msg_check_length(struct decode *d, struct l2tp_avp *a)
{
	if (a->row->shape == L2TP_SHAPE_RESULT && a->len == 2)
		d->m->quirks_used |= L2TP_QUIRK_SHORT_RESULT;
	if (l2tp_avp_length_ok(a->row, a->len))
		return KEEP;
	if (l2tp_avp_is(a, L2TP_IETF, L2TP_AVP_CHALLENGE_RESPONSE) && a->len == L2TP_MD5_LEN + 6 &&
	    msg_quirk(d, L2TP_QUIRK_LONG_RESPONSE)) {
		a->len = L2TP_MD5_LEN;
		return KEEP;
	}
	return msg_malformed(d, a, L2TP_R_AVP_LENGTH, L2TP_ERR_WRONG_LENGTH);
}

/* Protocol Version is the one attribute with a result of its own: "protocol version of the
 * requester is not supported; Error Code indicates highest version supported", here 1.0. */
static enum step msg_bad_version(struct decode *d, const struct l2tp_avp *a)
{
	msg_close_with(d, a, L2TP_R_AVP_VALUE, L2TP_ERR_NONE);
	d->fault->answer.result = L2TP_STOP_BAD_VERSION;
	d->fault->answer.error = 0x0100;
	return CLOSE;
}

static enum step msg_check_value(struct decode *d, const struct l2tp_avp *a)
{
	if (a->row->shape == L2TP_SHAPE_VERSION && a->val[0] != 1)
		return msg_bad_version(d, a);
	if (l2tp_avp_value_ok(a->row, d->m->type, a->val, a->len))
		return KEEP;
	return msg_malformed(d, a, L2TP_R_AVP_VALUE, L2TP_ERR_BAD_VALUE);
}

static bool msg_repeatable(const struct l2tp_avp *a)
{
	return l2tp_avp_is(a, L2TP_IETF, L2TP_AVP_RANDOM_VECTOR) ||
	       l2tp_avp_is(a, L2TP_IETF, L2TP_AVP_PPP_DISCONNECT_CAUSE);
}

static enum step msg_known(struct decode *d, struct l2tp_avp *a)
{
	enum step s = KEEP;

	if (!(a->row->messages & 1u << d->m->type))
		return msg_misplaced(d, a);
	if (a->hidden)
		s = msg_decipher(d, a);
	if (s == KEEP)
		s = msg_check_length(d, a);
	if (s == KEEP)
		s = msg_check_value(d, a);
	if (s == KEEP && !msg_repeatable(a) && l2tp_msg_find(d->m, a->vendor, a->type))
		return msg_pass(d, L2TP_R_AVP_DUPLICATE);
	return s;
}

/* Apple sends the two octets of the Result Code swapped.  No result code is 0 or over 255. */
static void msg_detect_swapped(struct decode *d, const struct l2tp_avp *a)
{
	if (a->row && a->row->shape == L2TP_SHAPE_RESULT && a->val[0] && !a->val[1])
		msg_quirk(d, L2TP_QUIRK_SWAPPED_RESULT);
}

static enum step msg_keep(struct decode *d, const struct l2tp_avp *a)
{
	if (d->m->n == L2TP_MSG_AVPS)
		return a->row ? msg_close_with(d, a, L2TP_R_AVP_TOO_MANY, L2TP_ERR_NO_RESOURCES)
			      : msg_pass(d, L2TP_R_AVP_TOO_MANY);
	d->m->avp[d->m->n++] = *a;
	msg_detect_swapped(d, a);
	if (l2tp_avp_is(a, L2TP_IETF, L2TP_AVP_RANDOM_VECTOR)) {
		d->rv = rd_init(a->val, a->len);
		d->have_rv = true;
	}
	return KEEP;
}

static enum step msg_next(struct decode *d)
{
	struct l2tp_avp a;
	enum l2tp_reason why;
	enum step s;

	if (!msg_take_avp(&d->in, &a, &d->reserved, &why))
		return msg_close_with(d, &a, why, L2TP_ERR_WRONG_LENGTH);
	if (d->reserved)
		return msg_unrecognised(d, &a, L2TP_R_AVP_RESERVED);
	s = a.row ? msg_known(d, &a) : msg_unknown(d, &a);
	return s == KEEP ? msg_keep(d, &a) : s;
}

/* --- the message as a whole ------------------------------------------------------------------- */

static enum l2tp_verdict msg_fail(struct l2tp_fault *f, enum l2tp_reason why,
				  enum l2tp_error_code error, const char *what)
{
	f->reason = why;
	f->answer.result = L2TP_STOP_GENERAL_ERROR;
	f->answer.error = error;
	snprintf(f->answer.text, sizeof(f->answer.text), "%s: %s", what, l2tp_reasons[why].words);
	return L2TP_MSG_CLOSE;
}

/* RFC 2661 4.4.1: the M bit here is about the message, not about the attribute. */
static enum l2tp_verdict msg_unknown_message(struct decode *d)
{
	char name[24];

	l2tp_msg_name(d->m->type, name, sizeof(name));
	if (d->m->mandatory)
		return msg_fail(d->fault, L2TP_R_MSG_UNKNOWN_M, L2TP_ERR_BAD_VALUE, name);
	d->fault->reason = L2TP_R_MSG_UNKNOWN;
	return L2TP_MSG_IGNORE;
}

static enum l2tp_verdict msg_message_type(struct decode *d)
{
	struct l2tp_avp a;
	enum l2tp_reason why;

	if (!msg_take_avp(&d->in, &a, &d->reserved, &why)) {
		msg_close_with(d, &a, why, L2TP_ERR_WRONG_LENGTH);
		return L2TP_MSG_CLOSE;
	}
	if (!l2tp_avp_is(&a, L2TP_IETF, L2TP_AVP_MESSAGE_TYPE) || a.hidden || d->reserved)
		return msg_fail(d->fault, L2TP_R_MSG_TYPE_NOT_FIRST, L2TP_ERR_BAD_VALUE,
				"Message Type");
	if (a.len != 2) {
		msg_close_with(d, &a, L2TP_R_AVP_LENGTH, L2TP_ERR_WRONG_LENGTH);
		return L2TP_MSG_CLOSE;
	}
	d->m->mandatory = a.mandatory;
	d->m->type = (uint16_t)(a.val[0] << 8 | a.val[1]);
	msg_keep(d, &a);
	if (d->m->type >= L2TP_MSG_TYPES || !l2tp_msg_table[d->m->type].name)
		return msg_unknown_message(d);
	return L2TP_MSG_OK;
}

static enum l2tp_verdict msg_required(struct decode *d)
{
	for (const uint16_t *t = l2tp_msg_table[d->m->type].required; *t != L2TP_NO_AVP; t++) {
		struct l2tp_avp a = {.type = *t, .row = l2tp_avp_row(L2TP_IETF, *t)};

		if (l2tp_msg_find(d->m, L2TP_IETF, *t))
			continue;
		msg_close_with(d, &a, L2TP_R_AVP_MISSING, L2TP_ERR_BAD_VALUE);
		return L2TP_MSG_CLOSE;
	}
	return L2TP_MSG_OK;
}

static void msg_start(struct decode *d, const uint8_t *body, size_t len)
{
	d->m->type = 0;
	d->m->mandatory = true;
	d->m->n = 0;
	d->m->quirks_used = 0;
	memset(d->m->ignored, 0, sizeof(d->m->ignored));
	memset(d->fault, 0, sizeof(*d->fault));
	d->in = rd_init(body, len);
	d->plain = wr_init(d->m->plain, sizeof(d->m->plain));
}

enum l2tp_verdict l2tp_msg_decode(struct l2tp_msg *m, struct l2tp_fault *fault, const uint8_t *body,
				  size_t len, const struct l2tp_secret *secret, uint32_t quirks)
{
	struct decode d = {.m = m, .fault = fault, .secret = secret, .quirks = quirks};
	enum l2tp_verdict v;

	msg_start(&d, body, len);
	if (len > L2TP_MSG_MAX)
		return msg_fail(fault, L2TP_R_MSG_TOO_LONG, L2TP_ERR_WRONG_LENGTH, "message");
	v = msg_message_type(&d);
	if (v != L2TP_MSG_OK)
		return v;
	while (d.in.left)
		if (msg_next(&d) == CLOSE)
			return L2TP_MSG_CLOSE;
	return msg_required(&d);
}

/* --- looking into a message ------------------------------------------------------------------- */

const uint8_t *l2tp_msg_peek(const uint8_t *body, size_t len, uint16_t vendor, uint16_t type,
			     size_t *val_len)
{
	struct rd in = rd_init(body, len);
	struct l2tp_avp a;
	enum l2tp_reason why;
	bool reserved;

	while (in.left && msg_take_avp(&in, &a, &reserved, &why))
		if (l2tp_avp_is(&a, vendor, type) && !a.hidden && !reserved) {
			*val_len = a.len;
			return a.val;
		}
	return NULL;
}

bool l2tp_msg_peek_u16(const uint8_t *body, size_t len, uint16_t vendor, uint16_t type,
		       uint16_t *out)
{
	size_t n;
	const uint8_t *p = l2tp_msg_peek(body, len, vendor, type, &n);

	if (!p || n != 2)
		return false;
	*out = (uint16_t)(p[0] << 8 | p[1]);
	return true;
}

const struct l2tp_avp *l2tp_msg_find(const struct l2tp_msg *m, uint16_t vendor, uint16_t type)
{
	return l2tp_avp_find(m->avp, m->n, vendor, type);
}

bool l2tp_msg_u16(const struct l2tp_msg *m, uint16_t vendor, uint16_t type, uint16_t *out)
{
	const struct l2tp_avp *a = l2tp_msg_find(m, vendor, type);
	struct rd r;

	if (!a || a->len != 2)
		return false;
	r = rd_init(a->val, a->len);
	*out = rd_u16(&r);
	return true;
}

bool l2tp_msg_u32(const struct l2tp_msg *m, uint16_t vendor, uint16_t type, uint32_t *out)
{
	const struct l2tp_avp *a = l2tp_msg_find(m, vendor, type);
	struct rd r;

	if (!a || a->len != 4)
		return false;
	r = rd_init(a->val, a->len);
	*out = rd_u32(&r);
	return true;
}

static uint16_t msg_swap_if(bool swapped, uint16_t v)
{
	return swapped ? (uint16_t)(v << 8 | v >> 8) : v;
}

bool l2tp_msg_result(const struct l2tp_msg *m, struct l2tp_result *out)
{
	const struct l2tp_avp *a = l2tp_msg_find(m, L2TP_IETF, L2TP_AVP_RESULT_CODE);
	bool swapped = m->quirks_used & L2TP_QUIRK_SWAPPED_RESULT;
	size_t n = 0;
	struct rd r;

	memset(out, 0, sizeof(*out));
	if (!a)
		return false;
	r = rd_init(a->val, a->len);
	out->result = msg_swap_if(swapped, rd_u16(&r));
	if (r.left >= 2)
		out->error = msg_swap_if(swapped, rd_u16(&r));
	while (r.left && n < L2TP_MSG_TEXT_MAX) {
		uint8_t c = rd_u8(&r);

		out->text[n++] = c >= 0x20 && c < 0x7f ? (char)c : '.';
	}
	return true;
}
