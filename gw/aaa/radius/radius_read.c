/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/radius/radius.h"

#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <nettle/memxor.h>

#define TYPE_VENDOR 26u
#define TAG_MOST    31u
#define AUTH_AT	    4u
#define SALT	    2u

/* --- attributes -------------------------------------------------------------------------------- */

static void radius_take_tag(struct radius_value *v, bool always)
{
	if (v->octets.left && (always || v->octets.p[0] <= TAG_MOST))
		v->tag = rd_u8(&v->octets);
	if (v->tag > TAG_MOST)
		v->tag = 0;
}

static uint32_t radius_number(struct rd octets)
{
	uint32_t n = 0;

	while (octets.left)
		n = n << 8 | rd_u8(&octets);
	return n;
}

/* The tag of a number and of a password is always there (RFC 2868 sections 3.1 and 3.5). */
static void radius_read_form(struct radius_value *v)
{
	switch (radius_attrs[v->name].form) {
	case RADIUS_TAGGED:
		radius_take_tag(v, false);
		break;
	case RADIUS_TAGGED_SALTED:
		radius_take_tag(v, true);
		break;
	case RADIUS_TAGGED_U24:
		radius_take_tag(v, true);
		v->number = radius_number(v->octets);
		break;
	case RADIUS_U32:
	case RADIUS_ADDR4:
		v->number = radius_number(v->octets);
		break;
	default:
		break;
	}
}

/* A prefix of n bits has at least the octets of them. */
static bool radius_is_prefix(struct rd r)
{
	uint8_t bits;

	rd_skip(&r, 1);
	bits = rd_u8(&r);
	return !r.bad && bits <= 128 && r.left >= (bits + 7u) / 8;
}

uint8_t radius_prefix6(const struct radius_value *v, uint8_t prefix[16])
{
	struct rd r = v->octets;
	unsigned whole, rest;
	uint8_t bits;

	rd_skip(&r, 1); /* reserved */
	bits = rd_u8(&r);
	whole = bits / 8u;
	rest = bits % 8u;
	memset(prefix, 0, 16);
	memcpy(prefix, r.p, whole + (rest != 0));
	if (rest)
		prefix[whole] &= (uint8_t)(0xff00u >> rest);
	return bits;
}

static bool radius_fits(enum radius_name name, struct rd octets)
{
	const struct radius_attr *a = &radius_attrs[name];

	return octets.left >= a->least && octets.left <= a->most &&
	       (a->form != RADIUS_PREFIX6 || radius_is_prefix(octets));
}

/* The head of an attribute and its octets. */
static bool radius_tlv(struct rd *r, uint8_t *type, struct rd *octets)
{
	uint8_t len;

	*type = rd_u8(r);
	len = rd_u8(r);
	if (len < 2)
		rd_fail(r);
	*octets = rd_sub(r, len < 2 ? 0 : len - 2u);
	return !r->bad;
}

/* Others may write attributes in a form of their own (RFC 2865 5.26). */
static bool radius_knows_vendor(uint32_t vendor)
{
	for (unsigned i = 0; i < RADIUS_NAMES; i++)
		if (vendor && radius_attrs[i].vendor == vendor)
			return true;
	return false;
}

/* --- a packet ---------------------------------------------------------------------------------- */

static bool radius_check_one(struct radius_packet *p, const struct radius_value *v)
{
	if (v->name == RADIUS_NAMES)
		return true;
	if (!radius_fits(v->name, v->octets))
		return false;
	if (v->name != RADIUS_MESSAGE_AUTHENTICATOR)
		return true;
	if (p->proof) /* a second one is nobody's but a forger's */
		return false;
	p->proof = (size_t)(v->octets.p - p->octets);
	return true;
}

struct radius_walk radius_walk(const struct radius_packet *p)
{
	return (struct radius_walk){.attrs =
					    rd_init(p->octets + RADIUS_HEAD, p->len - RADIUS_HEAD)};
}

/* The next attribute as it stands there. */
static bool radius_step(struct radius_walk *at, struct radius_value *v)
{
	uint8_t type;

	*v = (struct radius_value){.name = RADIUS_NAMES};
	if (!at->inside.left) {
		if (!at->attrs.left || !radius_tlv(&at->attrs, &type, &v->octets))
			return false;
		if (type != TYPE_VENDOR) {
			v->name = radius_find(0, type);
			return true;
		}
		at->inside = v->octets;
		at->vendor = rd_u32(&at->inside);
		if (at->inside.bad)
			rd_fail(&at->attrs);
		if (at->inside.bad || !radius_knows_vendor(at->vendor) || !at->inside.left) {
			at->inside = rd_init(NULL, 0);
			return !at->attrs.bad;
		}
	}
	if (!radius_tlv(&at->inside, &type, &v->octets)) {
		rd_fail(&at->attrs);
		return false;
	}
	v->name = radius_find(at->vendor, type);
	return true;
}

bool radius_next(struct radius_walk *at, struct radius_value *v)
{
	if (!radius_step(at, v))
		return false;
	if (v->name != RADIUS_NAMES)
		radius_read_form(v);
	return true;
}

bool radius_open(struct radius_packet *p, const void *octets, size_t len)
{
	struct rd r = rd_init(octets, len);
	struct radius_walk at;
	struct radius_value v;
	uint16_t length;

	*p = (struct radius_packet){.octets = octets};
	p->code = rd_u8(&r);
	p->id = rd_u8(&r);
	length = rd_u16(&r);
	if (r.bad || length < RADIUS_HEAD || length > RADIUS_MAX || length > len)
		return false;
	p->len = length;
	at = radius_walk(p);
	while (radius_step(&at, &v))
		if (!radius_check_one(p, &v))
			return false;
	return !at.attrs.bad;
}

/* --- proofs ------------------------------------------------------------------------------------ */

static void radius_digest(const struct radius_packet *p, const uint8_t auth[RADIUS_AUTH],
			  const void *secret, size_t secret_len, uint8_t out[RADIUS_AUTH])
{
	struct md5_ctx md5;

	md5_init(&md5);
	md5_update(&md5, AUTH_AT, p->octets);
	md5_update(&md5, RADIUS_AUTH, auth);
	md5_update(&md5, p->len - RADIUS_HEAD, p->octets + RADIUS_HEAD);
	md5_update(&md5, secret_len, secret);
	md5_digest(&md5, RADIUS_AUTH, out);
}

/* Over the packet with that authenticator and zeros in the place of the value (RFC 3579 3.2). */
static void radius_hmac(const struct radius_packet *p, const uint8_t auth[RADIUS_AUTH],
			const void *secret, size_t secret_len, uint8_t out[RADIUS_AUTH])
{
	static const uint8_t zeros[RADIUS_AUTH];
	size_t after = p->proof + RADIUS_AUTH;
	struct hmac_md5_ctx hmac;

	hmac_md5_set_key(&hmac, secret_len, secret);
	hmac_md5_update(&hmac, AUTH_AT, p->octets);
	hmac_md5_update(&hmac, RADIUS_AUTH, auth);
	hmac_md5_update(&hmac, p->proof - RADIUS_HEAD, p->octets + RADIUS_HEAD);
	hmac_md5_update(&hmac, RADIUS_AUTH, zeros);
	hmac_md5_update(&hmac, p->len - after, p->octets + after);
	hmac_md5_digest(&hmac, RADIUS_AUTH, out);
}

static enum radius_proof radius_prove(const struct radius_packet *p,
				      const uint8_t auth[RADIUS_AUTH], const void *secret,
				      size_t secret_len)
{
	uint8_t want[RADIUS_AUTH];

	radius_digest(p, auth, secret, secret_len, want);
	if (!memeql_sec(want, p->octets + AUTH_AT, RADIUS_AUTH))
		return RADIUS_FORGED;
	if (!p->proof)
		return RADIUS_UNPROVED;
	radius_hmac(p, auth, secret, secret_len, want);
	return memeql_sec(want, p->octets + p->proof, RADIUS_AUTH) ? RADIUS_PROVED : RADIUS_FORGED;
}

enum radius_proof radius_prove_answer(const struct radius_packet *p,
				      const uint8_t request[RADIUS_AUTH], const void *secret,
				      size_t secret_len)
{
	return radius_prove(p, request, secret, secret_len);
}

enum radius_proof radius_prove_request(const struct radius_packet *p, const void *secret,
				       size_t secret_len)
{
	static const uint8_t zeros[RADIUS_AUTH];

	return radius_prove(p, zeros, secret, secret_len);
}

/* --- hidden values ----------------------------------------------------------------------------- */

int radius_reveal(const struct radius_value *v, const uint8_t request[RADIUS_AUTH],
		  const void *secret, size_t secret_len, uint8_t *out)
{
	struct rd r = v->octets;
	const uint8_t *last = r.p; /* the salt, then the block before */
	size_t last_len = SALT, n = r.left - SALT;
	uint8_t mask[RADIUS_AUTH], plain[RADIUS_VALUE_MAX] = {0};
	struct md5_ctx md5;
	int revealed;

	if (r.left <= SALT || n % RADIUS_AUTH || n > sizeof(plain))
		return -1;
	rd_skip(&r, SALT);
	for (size_t at = 0; at < n; at += RADIUS_AUTH) {
		md5_init(&md5);
		md5_update(&md5, secret_len, secret);
		if (!at)
			md5_update(&md5, RADIUS_AUTH, request);
		md5_update(&md5, last_len, last);
		md5_digest(&md5, RADIUS_AUTH, mask);
		memxor3(plain + at, r.p + at, mask, RADIUS_AUTH);
		last = r.p + at;
		last_len = RADIUS_AUTH;
	}
	revealed = plain[0] > n - 1 ? -1 : plain[0];
	if (revealed > 0)
		memcpy(out, plain + 1, plain[0]);
	explicit_bzero(plain, sizeof(plain));
	return revealed;
}
