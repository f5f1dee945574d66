/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arithmetic of CHAP with MD5 (RFC 1994) and of MS-CHAP version 2 (RFC 2759 section 8).  Pure
 * functions; intermediate hashes are wiped.
 */
#ifndef PPP_MSCHAP_H
#define PPP_MSCHAP_H

#include <stddef.h>
#include <stdint.h>

#define MSCHAP_CHALLENGE 16u
#define MSCHAP_RESPONSE	 49u /* peer challenge 16, reserved 8, NT response 24, flags 1 */
#define MSCHAP_NT_AT	 24u
#define MSCHAP_NT	 24u

/* RFC 1994 4.1: MD5 of Identifier, secret and Challenge. */
void chap_md5(uint8_t digest[16], uint8_t id, const char *secret, size_t len,
	      const uint8_t *challenge, size_t challenge_len);

struct mschap_exchange {
	const uint8_t *challenge;      /* 16 octets, the authenticator's */
	const uint8_t *peer_challenge; /* 16 octets */
	const char *name;	       /* a "DOMAIN\" in front does not count */
	size_t name_len;
};
struct mschap_proof {
	uint8_t nt_response[MSCHAP_NT];
	char success[44]; /* "S=" and 40 upper-case hex digits, NUL ended */
};
/* password is UTF-8; octets that are not are taken as Latin-1. */
void mschap_prove(struct mschap_proof *out, const struct mschap_exchange *x, const char *password,
		  size_t len);

/* The steps one by one; tests check them against the vectors of the RFC. */
void mschap_password_hash(uint8_t hash[16], const char *password, size_t len);
void mschap_challenge_hash(uint8_t out[8], const struct mschap_exchange *x);
void mschap_challenge_response(uint8_t out[24], const uint8_t challenge[8], const uint8_t hash[16]);

#endif
