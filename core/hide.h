/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hidden AVP values (RFC 2661 section 4.3) and tunnel authentication (section 5.1.1): MD5 over the
 * attribute type, the shared secret and a Random Vector, sixteen octets at a time; the Challenge
 * Response is MD5 over message type, secret and challenge.  Pure functions.
 */
#ifndef CORE_HIDE_H
#define CORE_HIDE_H

#include "core/bytes.h"

#define L2TP_MD5_LEN 16u

struct l2tp_secret {
	uint8_t len; /* 0 = none */
	uint8_t octets[255];
};

/* Decipher `len` octets of hidden value into out (room for len), check the Original Length inside.
 * Returns the length of the value, which starts at out + 2, or -1 when the deciphered length does
 * not fit (the caller must treat the AVP as malformed). */
int l2tp_unhide(uint8_t *out, uint16_t type, const struct l2tp_secret *secret, const uint8_t *rv,
		size_t rv_len, const uint8_t *in, size_t len);

/* Hide value with `pad` octets of padding taken from pad_octets; writes 2 + len + pad octets. */
void l2tp_hide(struct wr *w, uint16_t type, const struct l2tp_secret *secret, const uint8_t *rv,
	       size_t rv_len, const uint8_t *value, size_t len, const uint8_t *pad_octets,
	       size_t pad);

/* Challenge Response: msg_type is that of the message that carries it (SCCRP 2, SCCCN 3). */
void l2tp_challenge_response(uint8_t out[L2TP_MD5_LEN], uint16_t msg_type,
			     const struct l2tp_secret *secret, const uint8_t *challenge,
			     size_t len);

/* True when equal; takes the same time whatever differs. */
bool l2tp_equal(const uint8_t *a, const uint8_t *b, size_t len);

#endif
