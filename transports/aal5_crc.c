/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three ways to the same remainder.  The table takes an octet at a time; slice-by-8 takes eight with
 * eight tables; PCLMULQDQ folds 64 octets at a time: with the message as a polynomial, a 128-bit block
 * B at distance D from the next one is replaced by B mod-equivalent, B.hi * (x^(D+64) mod P) +
 * B.lo * (x^D mod P), which fits in 96 bits and is added to the block D bits later.  What is left at
 * the end, 16 octets, goes through the table way.  The constants are computed, not copied.
 */
#include "transports/aal5_crc.h"

#include <string.h>

#define POLY 0x04c11db7u
#define POLY_REFLECTED 0xedb88320u

static uint32_t slice[8][256];
static uint32_t reflected[256];

static uint32_t (*chosen)(uint32_t, const void *, size_t);

static void make_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i << 24, r = i;

		for (int bit = 0; bit < 8; bit++) {
			c = c << 1 ^ (c & 0x80000000u ? POLY : 0);
			r = r >> 1 ^ (r & 1 ? POLY_REFLECTED : 0);
		}
		slice[0][i] = c;
		reflected[i] = r;
	}
	for (int k = 1; k < 8; k++)
		for (int i = 0; i < 256; i++)
			slice[k][i] = slice[k - 1][i] << 8 ^ slice[0][slice[k - 1][i] >> 24];
}

uint32_t aal5_crc_table(uint32_t c, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len--)
		c = c << 8 ^ slice[0][c >> 24 ^ *p++];
	return c;
}

uint32_t aal5_crc_slice8(uint32_t c, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (; len >= 8; len -= 8, p += 8)
		c = slice[7][p[0] ^ c >> 24] ^ slice[6][p[1] ^ (c >> 16 & 0xff)] ^
		    slice[5][p[2] ^ (c >> 8 & 0xff)] ^ slice[4][p[3] ^ (c & 0xff)] ^
		    slice[3][p[4]] ^ slice[2][p[5]] ^ slice[1][p[6]] ^ slice[0][p[7]];
	return aal5_crc_table(c, p, len);
}

uint32_t aal5_crc_reflected(uint32_t c, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len--)
		c = c >> 8 ^ reflected[(c ^ *p++) & 0xff];
	return c;
}

#ifdef __x86_64__
#include <immintrin.h>

/* x^n mod P */
static uint64_t power_of_x(unsigned n)
{
	uint32_t r = 1;

	while (n--)
		r = r << 1 ^ (r & 0x80000000u ? POLY : 0);
	return r;
}

#define WITH_PCLMUL __attribute__((target("pclmul,ssse3")))

static uint64_t far_hi, far_lo; /* over 512 bits */
static uint64_t near_hi, near_lo; /* over 128 bits */

static void make_constants(void)
{
	far_hi = power_of_x(512 + 64);
	far_lo = power_of_x(512);
	near_hi = power_of_x(128 + 64);
	near_lo = power_of_x(128);
}

static inline WITH_PCLMUL __m128i load(const uint8_t *p)
{
	const __m128i turn = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

	return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)p), turn);
}

static inline WITH_PCLMUL __m128i fold(__m128i block, __m128i k, __m128i onto)
{
	return _mm_xor_si128(onto, _mm_xor_si128(_mm_clmulepi64_si128(block, k, 0x11),
						 _mm_clmulepi64_si128(block, k, 0x00)));
}

WITH_PCLMUL uint32_t aal5_crc_pclmul(uint32_t c, const void *data, size_t len)
{
	const uint8_t *p = data;
	const __m128i far = _mm_set_epi64x((long long)far_hi, (long long)far_lo);
	const __m128i near = _mm_set_epi64x((long long)near_hi, (long long)near_lo);
	__m128i a[4];
	uint8_t rest[16];

	if (len < 128)
		return aal5_crc_slice8(c, data, len);
	for (int i = 0; i < 4; i++)
		a[i] = load(p + 16 * i);
	a[0] = _mm_xor_si128(a[0], _mm_set_epi32((int)c, 0, 0, 0));
	for (p += 64, len -= 64; len >= 64; p += 64, len -= 64)
		for (int i = 0; i < 4; i++)
			a[i] = fold(a[i], far, load(p + 16 * i));
	for (int i = 1; i < 4; i++)
		a[0] = fold(a[0], near, a[i]);
	for (; len >= 16; p += 16, len -= 16)
		a[0] = fold(a[0], near, load(p));
	_mm_storeu_si128((__m128i *)rest, a[0]);
	for (int i = 0; i < 8; i++) {
		uint8_t t = rest[i];

		rest[i] = rest[15 - i];
		rest[15 - i] = t;
	}
	return aal5_crc_slice8(aal5_crc_slice8(0, rest, 16), p, len);
}

bool aal5_crc_have_pclmul(void)
{
	return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("ssse3");
}
#else
static void make_constants(void)
{
}

uint32_t aal5_crc_pclmul(uint32_t c, const void *data, size_t len)
{
	return aal5_crc_slice8(c, data, len);
}

bool aal5_crc_have_pclmul(void)
{
	return false;
}
#endif

/* Every length to 300 at eight alignments, against the table. */
static bool agrees(uint32_t (*way)(uint32_t, const void *, size_t))
{
	uint8_t buf[308];

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(i * 167 + 13);
	for (size_t at = 0; at < 8; at++)
		for (size_t len = 0; len <= 300; len++)
			if (way(AAL5_CRC_INIT, buf + at, len) !=
			    aal5_crc_table(AAL5_CRC_INIT, buf + at, len))
				return false;
	return true;
}

const char *aal5_crc_choose(void)
{
	static const char *name;

	if (name)
		return name;
	make_tables();
	make_constants();
	if (aal5_crc_have_pclmul() && agrees(aal5_crc_pclmul)) {
		chosen = aal5_crc_pclmul;
		name = "pclmul";
	} else if (agrees(aal5_crc_slice8)) {
		chosen = aal5_crc_slice8;
		name = "slice-by-8";
	} else {
		chosen = aal5_crc_table;
		name = "table";
	}
	return name;
}

uint32_t aal5_crc(uint32_t state, const void *data, size_t len)
{
	return chosen(state, data, len);
}
