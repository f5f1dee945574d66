/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RFC 2759 section 8 step by step: the password as UTF-16LE through MD4, the two challenges and the
 * user name through SHA-1, three DES blocks for the NT-Response, and SHA-1 twice for the
 * authenticator's own proof.
 */
#include "ppp/mschap.h"

#include <nettle/des.h>
#include <nettle/md4.h>
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <stdbool.h>
#include <string.h>

void chap_md5(uint8_t digest[16], uint8_t id, const char *secret, size_t len,
	      const uint8_t *challenge, size_t challenge_len)
{
	struct md5_ctx md5;

	md5_init(&md5);
	md5_update(&md5, 1, &id);
	md5_update(&md5, len, (const uint8_t *)secret);
	md5_update(&md5, challenge_len, challenge);
	md5_digest(&md5, MD5_DIGEST_SIZE, digest);
	explicit_bzero(&md5, sizeof(md5));
}

/* Length of the UTF-8 sequence at s, and its code point; 0 when it is not one. */
static size_t mschap_utf8(const uint8_t *s, size_t left, uint32_t *cp)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = s[0] < 0x80	     ? 1
		   : s[0] >> 5 == 6  ? 2
		   : s[0] >> 4 == 14 ? 3
		   : s[0] >> 3 == 30 ? 4
				     : 0;

	if (!n || n > left)
		return 0;
	*cp = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3f);
	}
	if (*cp < least[n] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp < 0xe000))
		return 0;
	return n;
}

static void mschap_hash_unit(struct md4_ctx *md4, uint32_t u)
{
	uint8_t le[2] = {(uint8_t)u, (uint8_t)(u >> 8)};

	md4_update(md4, 2, le);
}

void mschap_password_hash(uint8_t hash[16], const char *password, size_t len)
{
	const uint8_t *s = (const uint8_t *)password;
	struct md4_ctx md4;

	md4_init(&md4);
	while (len) {
		uint32_t cp = s[0];
		size_t n = mschap_utf8(s, len, &cp);

		if (!n) {
			cp = s[0];
			n = 1;
		}
		if (cp >= 0x10000) {
			mschap_hash_unit(&md4, 0xd7c0 + (cp >> 10));
			cp = 0xdc00 | (cp & 0x3ff);
		}
		mschap_hash_unit(&md4, cp);
		s += n;
		len -= n;
	}
	md4_digest(&md4, MD4_DIGEST_SIZE, hash);
	explicit_bzero(&md4, sizeof(md4));
}

void mschap_challenge_hash(uint8_t out[8], const struct mschap_exchange *x)
{
	size_t user = x->name_len;
	struct sha1_ctx sha;

	while (user && x->name[user - 1] != '\\')
		user--;
	sha1_init(&sha);
	sha1_update(&sha, MSCHAP_CHALLENGE, x->peer_challenge);
	sha1_update(&sha, MSCHAP_CHALLENGE, x->challenge);
	sha1_update(&sha, x->name_len - user, (const uint8_t *)x->name + user);
	sha1_digest(&sha, 8, out);
}

/* 56 bits spread over eight octets, seven in each; the parity bit is ignored by DES. */
static void mschap_des_block(uint8_t out[8], const uint8_t in[8], const uint8_t key7[7])
{
	struct des_ctx des;
	uint8_t key[DES_KEY_SIZE];
	uint64_t bits = 0;

	for (int i = 0; i < 7; i++)
		bits = bits << 8 | key7[i];
	for (int i = 0; i < 8; i++)
		key[i] = (uint8_t)(bits >> (49 - 7 * i) << 1);
	/* A weak key is reported but set; the protocol has no way to avoid one. */
	(void)des_set_key(&des, key);
	des_encrypt(&des, DES_BLOCK_SIZE, out, in);
	explicit_bzero(&des, sizeof(des));
	explicit_bzero(key, sizeof(key));
}

void mschap_challenge_response(uint8_t out[24], const uint8_t challenge[8], const uint8_t hash[16])
{
	uint8_t padded[21] = {0};

	memcpy(padded, hash, 16);
	for (int i = 0; i < 3; i++)
		mschap_des_block(out + 8 * i, challenge, padded + 7 * i);
	explicit_bzero(padded, sizeof(padded));
}

static void mschap_sha1_of(uint8_t out[SHA1_DIGEST_SIZE], const void *const parts[3],
			   const size_t len[3])
{
	struct sha1_ctx sha;

	sha1_init(&sha);
	for (int i = 0; i < 3; i++)
		sha1_update(&sha, len[i], parts[i]);
	sha1_digest(&sha, SHA1_DIGEST_SIZE, out);
	explicit_bzero(&sha, sizeof(sha));
}

static void mschap_authenticator_response(char out[44], const uint8_t hash[16],
					  const uint8_t nt[24], const uint8_t challenge[8])
{
	static const char magic1[] = "Magic server to client signing constant";
	static const char magic2[] = "Pad to make it do more than one iteration";
	static const char hex[] = "0123456789ABCDEF";
	uint8_t hash_hash[16], digest[SHA1_DIGEST_SIZE];
	struct md4_ctx md4;

	md4_init(&md4);
	md4_update(&md4, 16, hash);
	md4_digest(&md4, 16, hash_hash);
	mschap_sha1_of(digest, (const void *[]){hash_hash, nt, magic1},
		       (const size_t[]){16, MSCHAP_NT, sizeof(magic1) - 1});
	mschap_sha1_of(digest, (const void *[]){digest, challenge, magic2},
		       (const size_t[]){SHA1_DIGEST_SIZE, 8, sizeof(magic2) - 1});
	out[0] = 'S';
	out[1] = '=';
	for (unsigned i = 0; i < SHA1_DIGEST_SIZE; i++) {
		out[2 + 2 * i] = hex[digest[i] >> 4];
		out[3 + 2 * i] = hex[digest[i] & 15];
	}
	memset(out + 42, 0, 2);
	explicit_bzero(&md4, sizeof(md4));
	explicit_bzero(hash_hash, sizeof(hash_hash));
}

void mschap_prove(struct mschap_proof *out, const struct mschap_exchange *x, const char *password,
		  size_t len)
{
	uint8_t hash[16], challenge[8];

	mschap_password_hash(hash, password, len);
	mschap_challenge_hash(challenge, x);
	mschap_challenge_response(out->nt_response, challenge, hash);
	mschap_authenticator_response(out->success, hash, out->nt_response, challenge);
	explicit_bzero(hash, sizeof(hash));
}
