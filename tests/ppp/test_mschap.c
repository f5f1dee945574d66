/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 2759 section 9, RFC 2433 appendix B, and an MD5 computed with another implementation. */
#include "ppp/mschap.h"
#include "ppp/ppp.h"
#include "tests/harness.h"

#include <nettle/md4.h>
#include <string.h>

/* RFC 2759 9.2 */
static const char *const auth_challenge = "5B 5D 7C 7D 7B 3F 2F 3E 3C 2C 60 21 32 26 26 28";
static const char *const peer_challenge = "21 40 23 24 25 5E 26 2A 28 29 5F 2B 3A 33 7C 7E";

static void mschap_same(const void *got, size_t len, const char *hex)
{
	uint8_t want[64];
	size_t n = test_hex(want, sizeof(want), hex);

	ASSERT_OCTETS(got, len, want, n);
}

static void prove_as(struct mschap_proof *proof, const char *user)
{
	uint8_t a[16], b[16];
	struct mschap_exchange x = {a, b, user, strlen(user)};

	test_hex(a, sizeof(a), auth_challenge);
	test_hex(b, sizeof(b), peer_challenge);
	mschap_prove(proof, &x, "clientPass", 10);
}

static void rfc2759_9_2_steps(void)
{
	uint8_t a[16], b[16], hash[16], challenge[8], nt[24];
	struct mschap_exchange x = {a, b, "User", 4};

	test_hex(a, sizeof(a), auth_challenge);
	test_hex(b, sizeof(b), peer_challenge);
	mschap_challenge_hash(challenge, &x);
	mschap_same(challenge, 8, "D0 2E 43 86 BC E9 12 26");
	mschap_password_hash(hash, "clientPass", 10);
	mschap_same(hash, 16, "44 EB BA 8D 53 12 B8 D6 11 47 44 11 F5 69 89 AE");
	mschap_challenge_response(nt, challenge, hash);
	mschap_same(nt, 24,
		    "82 30 9E CD 8D 70 8B 5E A0 8F AA 39 81 CD 83 54 42 33 11 4A 3D 85 D6 DF");
}

static void rfc2759_9_2_both_proofs(void)
{
	struct mschap_proof proof;

	prove_as(&proof, "User");
	mschap_same(proof.nt_response, 24,
		    "82 30 9E CD 8D 70 8B 5E A0 8F AA 39 81 CD 83 54 42 33 11 4A 3D 85 D6 DF");
	CU_ASSERT_STRING_EQUAL(proof.success, "S=407A5589115FD0D6209F510FE9C04566932CDA56");
}

/* Section 4: the name is hashed without the domain in front of it. */
static void rfc2759_4_domain_is_left_out(void)
{
	struct mschap_proof proof;

	prove_as(&proof, "BIGCO\\User");
	CU_ASSERT_STRING_EQUAL(proof.success, "S=407A5589115FD0D6209F510FE9C04566932CDA56");
	prove_as(&proof, "user");
	CU_ASSERT_STRING_NOT_EQUAL(proof.success, "S=407A5589115FD0D6209F510FE9C04566932CDA56");
}

static void rfc2433_b_2(void)
{
	uint8_t hash[16], challenge[8], nt[24];

	mschap_password_hash(hash, "MyPw", 4);
	mschap_same(hash, 16, "FC 15 6A F7 ED CD 6C 0E DD E3 33 7D 42 7F 4E AC");
	test_hex(challenge, 8, "10 2D B5 DF 08 5D 30 41");
	mschap_challenge_response(nt, challenge, hash);
	mschap_same(nt, 24, "4E9D3C8F9CFD385D5BF4D3246791956CA4C351AB409A3D61");
}

static void password_becomes_utf16(void)
{
	static const struct {
		const char *utf8, *utf16le;
	} rows[] = {
		{"", ""},
		{"\xc3\xa4", "e400"},
		{"\xe2\x82\xac"
		 "1",
		 "ac203100"},
		{"\xf0\x9f\x98\x80", "3dd800de"},
		/* not UTF-8: alone, cut short, too long for its value, a surrogate */
		{"\xe4", "e400"},
		{"\xe2\x82", "e2008200"},
		{"\xc0\xaf", "c000af00"},
		{"\xed\xa0\x80", "ed00a0008000"},
		{"\xf8", "f800"},
		/* the edges of each length, and one beyond */
		{"\x7f", "7f00"},
		{"\xc2\x80", "8000"},
		{"\xc1\xbf", "c100bf00"},
		{"\xdf\xbf", "ff07"},
		{"\xe0\xa0\x80", "0008"},
		{"\xe0\x9f\xbf", "e0009f00bf00"},
		{"\xed\x9f\xbf", "ffd7"},
		{"\xee\x80\x80", "00e0"},
		{"\xef\xbf\xbf", "ffff"},
		{"\xf0\x90\x80\x80", "00d800dc"},
		{"\xf0\x8f\xbf\xbf", "f0008f00bf00bf00"},
		{"\xf4\x8f\xbf\xbf", "ffdbffdf"},
		{"\xf4\x90\x80\x80", "f400900080008000"},
		{"\xc3\xc3\xa4", "c300e400"},
		{"\xe2\x82z", "e20082007a00"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t got[16], want[16], text[32];
		size_t n = test_hex(text, sizeof(text), rows[i].utf16le);
		struct md4_ctx md4;

		md4_init(&md4);
		md4_update(&md4, n, text);
		md4_digest(&md4, 16, want);
		mschap_password_hash(got, rows[i].utf8, strlen(rows[i].utf8));
		ASSERT_OCTETS(got, 16, want, 16);
	}
}

/* A password that ends inside a character ends there, whatever lies behind it in memory. */
static void a_password_cut_short(void)
{
	uint8_t whole[16], cut[16];

	mschap_password_hash(cut, "x\xc3\xa4", 2);
	mschap_password_hash(whole, "x\xc3", 2);
	ASSERT_OCTETS(cut, 16, whole, 16);
	mschap_password_hash(cut, "x\xe2\x82\xac", 3);
	mschap_password_hash(whole, "x\xe2\x82", 3);
	ASSERT_OCTETS(cut, 16, whole, 16);
	mschap_password_hash(cut, "x\xe2\x82\xac", 4);
	CU_ASSERT(memcmp(cut, whole, 16));
}

/* A proof that is right but for one bit anywhere is refused. */
static void auth_every_octet_counts(struct ppp_auth_claim *c, const char *password, unsigned from,
				    unsigned n)
{
	size_t len = strlen(password);

	CU_ASSERT(ppp_auth_check(c, password, len, NULL));
	for (unsigned i = from; i < from + n; i++) {
		c->response[i] ^= 0x80;
		CU_ASSERT(!ppp_auth_check(c, password, len, NULL));
		c->response[i] ^= 0x81;
		CU_ASSERT(!ppp_auth_check(c, password, len, NULL));
		c->response[i] ^= 0x01;
	}
	CU_ASSERT(ppp_auth_check(c, password, len, NULL));
}

static void all_of_a_proof_is_compared(void)
{
	struct ppp_auth_claim md5 = {.method = PPP_AUTH_CHAP_MD5, .id = 1};
	struct ppp_auth_claim ms = {.method = PPP_AUTH_MSCHAPV2, .name = "User", .name_len = 4};
	struct ppp_auth_claim pap = {.method = PPP_AUTH_PAP, .response_len = 6};

	/* challenge 02 x 16, Identifier 01, secret "secret" */
	md5.challenge_len = 16;
	memset(md5.challenge, 2, 16);
	md5.response_len = (uint8_t)test_hex(md5.response, 255, "0e2483e0da85f656522f3da3ffe0a142");
	auth_every_octet_counts(&md5, "secret", 0, 16);
	/* RFC 2759 9.2 */
	ms.challenge_len = (uint8_t)test_hex(ms.challenge, 64, "5B5D7C7D7B3F2F3E3C2C602132262628");
	ms.response_len = (uint8_t)test_hex(ms.response, 255,
					    "21402324255E262A28295F2B3A337C7E 0000000000000000"
					    "82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF 00");
	auth_every_octet_counts(&ms, "clientPass", 24, 24);
	auth_every_octet_counts(&ms, "clientPass", 0, 16); /* the peer's challenge */
	memcpy(pap.response, "secret", 6);
	auth_every_octet_counts(&pap, "secret", 0, 6);
}

static void chap_md5_known_answer(void)
{
	uint8_t challenge[16], digest[16];

	for (unsigned i = 0; i < 16; i++)
		challenge[i] = (uint8_t)i;
	chap_md5(digest, 1, "secret", 6, challenge, 16);
	mschap_same(digest, 16, "740e86463bda3a4d7017d6e0fba0699d");
}

static const struct test_case cases[] = {
	{"rfc2759_9_2_steps", rfc2759_9_2_steps},
	{"rfc2759_9_2_both_proofs", rfc2759_9_2_both_proofs},
	{"rfc2759_4_domain_is_left_out", rfc2759_4_domain_is_left_out},
	{"rfc2433_b_2", rfc2433_b_2},
	{"password_becomes_utf16", password_becomes_utf16},
	{"a_password_cut_short", a_password_cut_short},
	{"all_of_a_proof_is_compared", all_of_a_proof_is_compared},
	{"chap_md5_known_answer", chap_md5_known_answer},
	{NULL, NULL},
};
const struct test_suite suite_mschap = {"mschap", cases};
