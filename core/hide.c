/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hiding (RFC 2661 section 4.3).  The value, with its length in front and padding behind, is cut
 * into blocks of sixteen octets; each is XORed with an MD5 that covers the secret and, for the
 * first block, the attribute type and the Random Vector, for every later one the cipher block
 * before it. Hiding and deciphering are the same walk; only where the cipher octets lie differs.
 */
#include "core/hide.h"

#include <nettle/md5.h>
#include <nettle/memops.h>

#define BLOCK MD5_DIGEST_SIZE
_Static_assert(BLOCK == L2TP_MD5_LEN, "one MD5 is one block");

#define ORIGINAL_LENGTH 2u /* octets of the length in front of the value */

/* b1 = MD5(AV + S + RV) */
static void hide_first_mask(uint8_t b[BLOCK], uint16_t type, const struct l2tp_secret *secret,
			    const uint8_t *rv, size_t rv_len)
{
	struct md5_ctx md5;
	uint8_t av[2];

	wr_put16(av, type);
	md5_init(&md5);
	md5_update(&md5, sizeof(av), av);
	md5_update(&md5, secret->len, secret->octets);
	md5_update(&md5, rv_len, rv);
	md5_digest(&md5, BLOCK, b);
}

/* bi = MD5(S + c(i-1)) */
static void hide_next_mask(uint8_t b[BLOCK], const struct l2tp_secret *secret,
			   const uint8_t *cipher)
{
	struct md5_ctx md5;

	md5_init(&md5);
	md5_update(&md5, secret->len, secret->octets);
	md5_update(&md5, BLOCK, cipher);
	md5_digest(&md5, BLOCK, b);
}

/* dst = src XOR masks.  cipher: where the cipher octets are, src when deciphering, dst when hiding.
 * b holds the first mask. */
static void hide_walk(uint8_t *dst, const uint8_t *src, const uint8_t *cipher, size_t len,
		      uint8_t b[BLOCK], const struct l2tp_secret *secret)
{
	for (size_t i = 0; i < len; i++) {
		if (i && i % BLOCK == 0)
			hide_next_mask(b, secret, cipher + i - BLOCK);
		dst[i] = src[i] ^ b[i % BLOCK];
	}
}

int l2tp_unhide(uint8_t *out, uint16_t type, const struct l2tp_secret *secret, const uint8_t *rv,
		size_t rv_len, const uint8_t *in, size_t len)
{
	uint8_t b[BLOCK];
	struct rd r;
	uint16_t original;

	hide_first_mask(b, type, secret, rv, rv_len);
	hide_walk(out, in, in, len, b, secret);
	r = rd_init(out, len);
	original = rd_u16(&r);
	return r.bad || original > r.left ? -1 : original;
}

void l2tp_hide(struct wr *w, uint16_t type, const struct l2tp_secret *secret, const uint8_t *rv,
	       size_t rv_len, const uint8_t *value, size_t len, const uint8_t *pad_octets,
	       size_t pad)
{
	uint8_t b[BLOCK];
	size_t start = w->len;
	uint8_t *p;

	if (len > UINT16_MAX)
		w->bad = true;
	wr_u16(w, (uint16_t)len);
	wr_bytes(w, value, len);
	wr_bytes(w, pad_octets, pad);
	if (w->bad)
		return;
	p = w->buf + start;
	hide_first_mask(b, type, secret, rv, rv_len);
	hide_walk(p, p, p, ORIGINAL_LENGTH + len + pad, b, secret);
}

void l2tp_challenge_response(uint8_t out[L2TP_MD5_LEN], uint16_t msg_type,
			     const struct l2tp_secret *secret, const uint8_t *challenge, size_t len)
{
	struct md5_ctx md5;
	uint8_t id = (uint8_t)msg_type;

	md5_init(&md5);
	md5_update(&md5, 1, &id);
	md5_update(&md5, secret->len, secret->octets);
	md5_update(&md5, len, challenge);
	md5_digest(&md5, L2TP_MD5_LEN, out);
}

bool l2tp_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	return memeql_sec(a, b, len);
}
