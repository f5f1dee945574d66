/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/radius/radius.h"

#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/memxor.h>

#define TYPE_VENDOR 26u
#define VENDOR_HEAD 6u
#define LENGTH_AT   2u
#define AUTH_AT	    4u

static const uint8_t zeros[RADIUS_AUTH];

static bool radius_is_answer(enum radius_code code)
{
	switch (code) {
	case RADIUS_ACCESS_REQUEST:
	case RADIUS_ACCOUNTING_REQUEST:
	case RADIUS_STATUS_SERVER:
	case RADIUS_DISCONNECT_REQUEST:
	case RADIUS_COA_REQUEST:
		return false;
	default:
		return true;
	}
}

void radius_begin(struct radius_writer *b, void *buf, size_t cap, enum radius_code code, uint8_t id,
		  const uint8_t *authenticator)
{
	bool answer = radius_is_answer(code);

	*b = (struct radius_writer){.w = wr_init(buf, cap < RADIUS_MAX ? cap : RADIUS_MAX)};
	b->request = answer ? authenticator : NULL;
	b->given = authenticator;
	wr_u8(&b->w, (uint8_t)code);
	wr_u8(&b->w, id);
	wr_u16(&b->w, 0);
	wr_bytes(&b->w, authenticator ? authenticator : zeros, RADIUS_AUTH);
	if (code == RADIUS_ACCOUNTING_REQUEST || code == RADIUS_ACCOUNTING_RESPONSE)
		return;
	radius_put(b, RADIUS_MESSAGE_AUTHENTICATOR, zeros, sizeof(zeros));
	b->proof = b->w.len - RADIUS_AUTH;
}

void radius_put(struct radius_writer *b, enum radius_name name, const void *value, size_t len)
{
	const struct radius_attr *a = &radius_attrs[name];

	if (len < a->least || len > a->most) {
		b->w.bad = true;
		return;
	}
	if (a->vendor) {
		wr_u8(&b->w, TYPE_VENDOR);
		wr_u8(&b->w, (uint8_t)(VENDOR_HEAD + 2 + len));
		wr_u32(&b->w, a->vendor);
	}
	wr_u8(&b->w, a->type);
	wr_u8(&b->w, (uint8_t)(2 + len));
	wr_bytes(&b->w, value, len);
}

void radius_put_u32(struct radius_writer *b, enum radius_name name, uint32_t value)
{
	uint8_t octets[4];

	wr_put32(octets, value);
	radius_put(b, name, octets, sizeof(octets));
}

void radius_put_text(struct radius_writer *b, enum radius_name name, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (len > radius_attrs[name].most)
		len = radius_attrs[name].most;
	if (len)
		radius_put(b, name, text, len);
}

/* Each block is masked by a digest over the one before it as sent (RFC 2865 5.2). */
void radius_put_password(struct radius_writer *b, const void *password, size_t len,
			 const void *secret, size_t secret_len)
{
	size_t padded = len ? (len + RADIUS_AUTH - 1) & ~(size_t)(RADIUS_AUTH - 1) : RADIUS_AUTH;
	uint8_t hidden[RADIUS_PASSWORD] = {0}, mask[RADIUS_AUTH];
	const uint8_t *last = b->given;
	struct md5_ctx md5;

	if (len > RADIUS_PASSWORD || !last) {
		b->w.bad = true;
		return;
	}
	memcpy(hidden, password, len);
	for (size_t at = 0; at < padded; at += RADIUS_AUTH) {
		md5_init(&md5);
		md5_update(&md5, secret_len, secret);
		md5_update(&md5, RADIUS_AUTH, last);
		md5_digest(&md5, RADIUS_AUTH, mask);
		memxor(hidden + at, mask, RADIUS_AUTH);
		last = hidden + at;
	}
	radius_put(b, RADIUS_USER_PASSWORD, hidden, padded);
}

static void radius_write_proof(struct radius_writer *b, const void *secret, size_t secret_len)
{
	struct hmac_md5_ctx hmac;

	hmac_md5_set_key(&hmac, secret_len, secret);
	hmac_md5_update(&hmac, b->w.len, b->w.buf);
	hmac_md5_digest(&hmac, RADIUS_AUTH, b->w.buf + b->proof);
}

static void radius_write_authenticator(struct radius_writer *b, const void *secret,
				       size_t secret_len)
{
	struct md5_ctx md5;

	md5_init(&md5);
	md5_update(&md5, b->w.len, b->w.buf);
	md5_update(&md5, secret_len, secret);
	md5_digest(&md5, RADIUS_AUTH, b->w.buf + AUTH_AT);
}

size_t radius_end(struct radius_writer *b, const void *secret, size_t secret_len)
{
	wr_patch16(&b->w, LENGTH_AT, (uint16_t)b->w.len);
	if (b->w.bad)
		return 0;
	if (b->proof)
		radius_write_proof(b, secret, secret_len);
	if (b->request || !b->given)
		radius_write_authenticator(b, secret, secret_len);
	return b->w.len;
}
