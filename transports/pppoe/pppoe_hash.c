/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/pppoe/pppoe_hash.h"

struct sip {
	uint64_t a, b, c, d;
};

/* SipHash reads and mixes words with their low octet first. */
static uint64_t pppoe_hash_word(const uint8_t *p, size_t octets)
{
	uint64_t v = 0;

	for (size_t i = 0; i < octets; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

static uint64_t pppoe_hash_turn(uint64_t v, unsigned bits)
{
	return v << bits | v >> (64 - bits);
}

static void pppoe_hash_rounds(struct sip *s, unsigned n)
{
	while (n--) {
		s->a += s->b;
		s->c += s->d;
		s->b = pppoe_hash_turn(s->b, 13) ^ s->a;
		s->d = pppoe_hash_turn(s->d, 16) ^ s->c;
		s->a = pppoe_hash_turn(s->a, 32) + s->d;
		s->c += s->b;
		s->d = pppoe_hash_turn(s->d, 21) ^ s->a;
		s->b = pppoe_hash_turn(s->b, 17) ^ s->c;
		s->c = pppoe_hash_turn(s->c, 32);
	}
}

static void pppoe_hash_take(struct sip *s, uint64_t word)
{
	s->d ^= word;
	pppoe_hash_rounds(s, 2);
	s->a ^= word;
}

uint64_t pppoe_hash(const uint8_t key[PPPOE_KEY], const void *p, size_t len)
{
	uint64_t k0 = pppoe_hash_word(key, 8), k1 = pppoe_hash_word(key + 8, 8);
	struct sip s = {k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
			k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
	const uint8_t *at = p;
	size_t left = len;

	for (; left >= 8; left -= 8, at += 8)
		pppoe_hash_take(&s, pppoe_hash_word(at, 8));
	pppoe_hash_take(&s, pppoe_hash_word(at, left) | (uint64_t)len << 56);
	s.c ^= 0xff;
	pppoe_hash_rounds(&s, 4);
	return s.a ^ s.b ^ s.c ^ s.d;
}
