/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/hide.h"

#include <string.h>

#include "tests/core/kat.h"

struct row {
	uint16_t type;
	struct l2tp_secret secret;
	uint8_t rv[64], hidden[1024];
	size_t rv_len, hidden_len;
};

static void read_row(const struct kat *k, struct row *r)
{
	char secret[256];

	kat_text(k, "secret", secret, sizeof(secret));
	r->secret = kat_secret(secret);
	r->type = (uint16_t)kat_number(k, "type");
	r->rv_len = kat_hex(k, "rv", r->rv, sizeof(r->rv));
	r->hidden_len = kat_hex(k, "hidden_value", r->hidden, sizeof(r->hidden));
}

static void rfc2661_4_3_known_answers(void)
{
	unsigned rows = 0;
	struct kat k;
	struct row r;

	for (kat_open(&k, "rfc2661-kat.txt"); kat_next(&k);) {
		uint8_t value[1024], pad[1024], out[1024];
		size_t value_len, pad_len;
		struct wr w = wr_init(out, sizeof(out));
		int n;

		if (!kat_starts(&k, "hide"))
			continue;
		read_row(&k, &r);
		value_len = kat_hex(&k, "value", value, sizeof(value));
		pad_len = kat_hex(&k, "pad", pad, sizeof(pad));
		l2tp_hide(&w, r.type, &r.secret, r.rv, r.rv_len, value, value_len, pad, pad_len);
		CU_ASSERT_FALSE(w.bad);
		ASSERT_OCTETS(out, w.len, r.hidden, r.hidden_len);
		n = l2tp_unhide(out, r.type, &r.secret, r.rv, r.rv_len, r.hidden, r.hidden_len);
		CU_ASSERT_EQUAL_FATAL(n, (int)value_len);
		ASSERT_OCTETS(out + 2, (size_t)n, value, value_len);
		rows++;
	}
	CU_ASSERT_EQUAL(rows, 7);
}

static void hide_deciphered_length_is_not_believed(void)
{
	unsigned rows = 0;
	struct kat k;
	struct row r;

	for (kat_open(&k, "rfc2661-kat.txt"); kat_next(&k);) {
		uint8_t out[1024];

		if (!kat_starts(&k, "reject"))
			continue;
		read_row(&k, &r);
		CU_ASSERT_EQUAL(
			l2tp_unhide(out, r.type, &r.secret, r.rv, r.rv_len, r.hidden, r.hidden_len),
			-1);
		rows++;
	}
	CU_ASSERT_EQUAL(rows, 6);
}

/* Every length of value and padding over four blocks comes back, and only under the right secret,
 * vector and type. */
static void every_length_round_trip(void)
{
	uint64_t seed = test_seed();
	struct l2tp_secret secret = kat_secret("swordfish");
	uint8_t value[80], rv[16], hidden[160], out[160];

	for (size_t len = 0; len < 64; len++)
		for (size_t pad = 0; pad < 20; pad += 3) {
			struct wr w = wr_init(hidden, sizeof(hidden));

			for (size_t i = 0; i < sizeof(value); i++)
				value[i] = (uint8_t)test_rand(&seed);
			for (size_t i = 0; i < sizeof(rv); i++)
				rv[i] = (uint8_t)test_rand(&seed);
			l2tp_hide(&w, 33, &secret, rv, 16, value, len, value, pad);
			CU_ASSERT_EQUAL(w.len, 2 + len + pad);
			CU_ASSERT_EQUAL_FATAL(l2tp_unhide(out, 33, &secret, rv, 16, hidden, w.len),
					      (int)len);
			ASSERT_OCTETS(out + 2, len, value, len);
		}
}

static void hide_that_does_not_fit(void)
{
	struct l2tp_secret secret = kat_secret("s");
	uint8_t buf[8] = {0}, rv[16] = {0};
	struct wr w = wr_init(buf, 7);

	l2tp_hide(&w, 7, &secret, rv, 16, rv, 6, NULL, 0);
	CU_ASSERT_TRUE(w.bad);
}

/* 4.3: the original length has 16 bits. */
static void hide_length_has_16_bits(void)
{
	static const struct l2tp_secret secret = {.len = 1};
	static const uint8_t rv[16], value[65536];
	static uint8_t buf[70000];

	for (unsigned more = 0; more < 2; more++) {
		struct wr w = wr_init(buf, sizeof(buf));

		l2tp_hide(&w, 1, &secret, rv, sizeof(rv), value, 65535 + more, NULL, 0);
		CU_ASSERT_EQUAL(w.bad, more);
	}
}

static void rfc2661_5_1_1_challenge_response(void)
{
	unsigned rows = 0;
	struct kat k;

	for (kat_open(&k, "rfc2661-kat.txt"); kat_next(&k);) {
		uint8_t challenge[64], want[16], got[16];
		struct l2tp_secret s;
		char secret[256];
		size_t n;

		if (!kat_starts(&k, "challenge") && !kat_starts(&k, "challenge-wire"))
			continue;
		kat_text(&k, "secret", secret, sizeof(secret));
		s = kat_secret(secret);
		n = kat_hex(&k, "challenge", challenge, sizeof(challenge));
		kat_hex(&k, "response", want, sizeof(want));
		l2tp_challenge_response(got, (uint16_t)kat_number(&k, "id"), &s, challenge, n);
		ASSERT_OCTETS(got, 16, want, 16);
		rows++;
	}
	CU_ASSERT_EQUAL(rows, 5);
}

static void equal_compares_all_octets(void)
{
	uint8_t a[16] = {0}, b[16] = {0};

	CU_ASSERT_TRUE(l2tp_equal(a, b, 16));
	for (unsigned i = 0; i < 16; i++) {
		b[i] = 1;
		CU_ASSERT_FALSE(l2tp_equal(a, b, 16));
		b[i] = 0;
	}
}

static const struct test_case cases[] = {
	{"rfc2661_4_3_known_answers", rfc2661_4_3_known_answers},
	{"deciphered_length_is_not_believed", hide_deciphered_length_is_not_believed},
	{"every_length_round_trip", every_length_round_trip},
	{"hide_that_does_not_fit", hide_that_does_not_fit},
	{"hide_length_has_16_bits", hide_length_has_16_bits},
	{"rfc2661_5_1_1_challenge_response", rfc2661_5_1_1_challenge_response},
	{"equal_compares_all_octets", equal_compares_all_octets},
	{NULL, NULL},
};
const struct test_suite suite_hide = {"hide", cases};
