/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Four ways to the same remainder.  The table takes an octet at a time; slice-by-8 takes eight with
 * eight tables; PCLMULQDQ folds 64 octets at a time, VPCLMULQDQ 128: with the message as a
 * polynomial, a 128-bit block B at distance D from the next one is replaced by what leaves the same
 * remainder, B.hi * (x^(D+64) mod P) + B.lo * (x^D mod P), which fits in 96 bits and is added to
 * the block D bits later.  What is left at the end, 16 octets, goes through the tables.  The
 * constants are computed.
 */
#include "transports/atm/aal5_crc.h"

#include <string.h>

#define POLY	       0x04c11db7u
#define POLY_REFLECTED 0xedb88320u

static uint32_t slice[8][256];
static uint32_t reflected[8][256];

static const struct aal5_crc_way *chosen;

static void aal5_crc_make_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i << 24, r = i;

		for (int bit = 0; bit < 8; bit++) {
			c = c << 1 ^ (c & 0x80000000u ? POLY : 0);
			r = r >> 1 ^ (r & 1 ? POLY_REFLECTED : 0);
		}
		slice[0][i] = c;
		reflected[0][i] = r;
	}
	for (int k = 1; k < 8; k++)
		for (int i = 0; i < 256; i++) {
			uint32_t c = slice[k - 1][i], r = reflected[k - 1][i];

			slice[k][i] = c << 8 ^ slice[0][c >> 24];
			reflected[k][i] = r >> 8 ^ reflected[0][r & 0xff];
		}
}

static uint32_t aal5_crc_by_table(uint32_t c, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len--)
		c = c << 8 ^ slice[0][c >> 24 ^ *p++];
	return c;
}

static uint32_t aal5_crc_by_slice8(uint32_t c, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (; len >= 8; len -= 8, p += 8)
		c = slice[7][p[0] ^ c >> 24] ^ slice[6][p[1] ^ (c >> 16 & 0xff)] ^
		    slice[5][p[2] ^ (c >> 8 & 0xff)] ^ slice[4][p[3] ^ (c & 0xff)] ^
		    slice[3][p[4]] ^ slice[2][p[5]] ^ slice[1][p[6]] ^ slice[0][p[7]];
	return aal5_crc_by_table(c, p, len);
}

uint32_t aal5_crc_reflected(uint32_t c, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (; len >= 8; len -= 8, p += 8)
		c = reflected[7][p[0] ^ (c & 0xff)] ^ reflected[6][p[1] ^ (c >> 8 & 0xff)] ^
		    reflected[5][p[2] ^ (c >> 16 & 0xff)] ^ reflected[4][p[3] ^ c >> 24] ^
		    reflected[3][p[4]] ^ reflected[2][p[5]] ^ reflected[1][p[6]] ^
		    reflected[0][p[7]];
	while (len--)
		c = c >> 8 ^ reflected[0][(c ^ *p++) & 0xff];
	return c;
}

#ifdef __x86_64__
#include <immintrin.h>

/* x^n mod P */
static uint64_t aal5_crc_power_of_x(unsigned n)
{
	uint32_t r = 1;

	while (n--)
		r = r << 1 ^ (r & 0x80000000u ? POLY : 0);
	return r;
}

#define WITH_PCLMUL  __attribute__((target("pclmul,ssse3")))
#define WITH_VPCLMUL __attribute__((target("pclmul,ssse3,vpclmulqdq,avx2")))

/* What a block is multiplied by to stand that many bits further: [0] its low half, [1] its high. */
static uint64_t over_1024[2], over_512[2], over_256[2], over_128[2];

static void aal5_crc_constants(void)
{
	for (unsigned half = 0; half < 2; half++) {
		over_1024[half] = aal5_crc_power_of_x(1024 + 64 * half);
		over_512[half] = aal5_crc_power_of_x(512 + 64 * half);
		over_256[half] = aal5_crc_power_of_x(256 + 64 * half);
		over_128[half] = aal5_crc_power_of_x(128 + 64 * half);
	}
}

static inline WITH_PCLMUL __m128i aal5_crc_constant(const uint64_t k[2])
{
	return _mm_loadu_si128((const __m128i *)k);
}

static inline WITH_PCLMUL __m128i aal5_crc_turn(void)
{
	return _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

static inline WITH_PCLMUL __m128i aal5_crc_load(const uint8_t *p)
{
	return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)p), aal5_crc_turn());
}

static inline WITH_PCLMUL __m128i aal5_crc_fold(__m128i block, __m128i k, __m128i onto)
{
	return _mm_xor_si128(onto, _mm_xor_si128(_mm_clmulepi64_si128(block, k, 0x11),
						 _mm_clmulepi64_si128(block, k, 0x00)));
}

/* The n blocks before p, and what is left. */
static inline WITH_PCLMUL uint32_t aal5_crc_finish(__m128i *a, int n, const uint8_t *p, size_t len)
{
	const __m128i near = aal5_crc_constant(over_128);
	uint8_t rest[16];

	for (int i = 1; i < n; i++)
		a[0] = aal5_crc_fold(a[0], near, a[i]);
	for (; len >= 16; p += 16, len -= 16)
		a[0] = aal5_crc_fold(a[0], near, aal5_crc_load(p));
	_mm_storeu_si128((__m128i *)rest, _mm_shuffle_epi8(a[0], aal5_crc_turn()));
	return aal5_crc_by_slice8(aal5_crc_by_slice8(0, rest, sizeof(rest)), p, len);
}

static WITH_PCLMUL uint32_t aal5_crc_by_pclmul(uint32_t c, const void *data, size_t len)
{
	const uint8_t *p = data;
	const __m128i far = aal5_crc_constant(over_512);
	__m128i a[4];

	if (len < 128)
		return aal5_crc_by_slice8(c, data, len);
	for (int i = 0; i < 4; i++)
		a[i] = aal5_crc_load(p + 16 * i);
	a[0] = _mm_xor_si128(a[0], _mm_set_epi32((int)c, 0, 0, 0));
	for (p += 64, len -= 64; len >= 64; p += 64, len -= 64)
		for (int i = 0; i < 4; i++)
			a[i] = aal5_crc_fold(a[i], far, aal5_crc_load(p + 16 * i));
	return aal5_crc_finish(a, 4, p, len);
}

/* Two blocks in one register. */
static inline WITH_VPCLMUL __m256i aal5_crc_load2(const uint8_t *p)
{
	return _mm256_shuffle_epi8(_mm256_loadu_si256((const __m256i *)p),
				   _mm256_broadcastsi128_si256(aal5_crc_turn()));
}

static inline WITH_VPCLMUL __m256i aal5_crc_fold2(__m256i blocks, __m256i k, __m256i onto)
{
	return _mm256_xor_si256(onto, _mm256_xor_si256(_mm256_clmulepi64_epi128(blocks, k, 0x11),
						       _mm256_clmulepi64_epi128(blocks, k, 0x00)));
}

static WITH_VPCLMUL uint32_t aal5_crc_by_vpclmul(uint32_t c, const void *data, size_t len)
{
	const uint8_t *p = data;
	const __m256i far = _mm256_broadcastsi128_si256(aal5_crc_constant(over_1024));
	const __m256i near = _mm256_broadcastsi128_si256(aal5_crc_constant(over_256));
	__m256i a[4];
	__m128i last[2];

	if (len < 256)
		return aal5_crc_by_pclmul(c, data, len);
	for (int i = 0; i < 4; i++)
		a[i] = aal5_crc_load2(p + 32 * i);
	a[0] = _mm256_xor_si256(a[0], _mm256_zextsi128_si256(_mm_set_epi32((int)c, 0, 0, 0)));
	for (p += 128, len -= 128; len >= 128; p += 128, len -= 128)
		for (int i = 0; i < 4; i++)
			a[i] = aal5_crc_fold2(a[i], far, aal5_crc_load2(p + 32 * i));
	for (int i = 1; i < 4; i++)
		a[0] = aal5_crc_fold2(a[0], near, a[i]);
	for (; len >= 32; p += 32, len -= 32)
		a[0] = aal5_crc_fold2(a[0], near, aal5_crc_load2(p));
	_mm256_storeu_si256((__m256i *)last, a[0]);
	return aal5_crc_finish(last, 2, p, len);
}

static bool aal5_crc_cpu_pclmul(void)
{
	return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("ssse3");
}

static bool aal5_crc_cpu_vpclmul(void)
{
	return aal5_crc_cpu_pclmul() && __builtin_cpu_supports("vpclmulqdq") &&
	       __builtin_cpu_supports("avx2");
}
#else
#define aal5_crc_by_pclmul  aal5_crc_by_slice8
#define aal5_crc_by_vpclmul aal5_crc_by_slice8

static void aal5_crc_constants(void)
{
}

static bool aal5_crc_cpu_pclmul(void)
{
	return false;
}

static bool aal5_crc_cpu_vpclmul(void)
{
	return false;
}
#endif

const struct aal5_crc_way aal5_crc_ways[AAL5_CRC_WAYS] = {
	{"vpclmul", aal5_crc_by_vpclmul, aal5_crc_cpu_vpclmul},
	{"pclmul", aal5_crc_by_pclmul, aal5_crc_cpu_pclmul},
	{"slice-by-8", aal5_crc_by_slice8, NULL},
	{"table", aal5_crc_by_table, NULL},
};

/* Every length to 600 at eight alignments, against the table. */
static bool aal5_crc_agrees(const struct aal5_crc_way *way)
{
	enum { LONGEST = 600 };
	uint8_t buf[LONGEST + 8];

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(i * 167 + 13);
	for (size_t at = 0; at < 8; at++) {
		uint32_t want = AAL5_CRC_INIT;

		for (size_t len = 0; len <= LONGEST; len++) {
			if (way->crc(AAL5_CRC_INIT, buf + at, len) != want)
				return false;
			want = aal5_crc_by_table(want, buf + at + len, len < LONGEST);
		}
	}
	return true;
}

static void aal5_crc_prepare(void)
{
	static bool done;

	if (done)
		return;
	aal5_crc_make_tables();
	aal5_crc_constants();
	done = true;
}

const struct aal5_crc_way *aal5_crc_first_right(const struct aal5_crc_way *ways, unsigned n)
{
	aal5_crc_prepare();
	for (unsigned i = 0; i < n; i++)
		if ((!ways[i].have || ways[i].have()) && aal5_crc_agrees(&ways[i]))
			return &ways[i];
	return NULL;
}

const char *aal5_crc_choose(void)
{
	if (!chosen)
		chosen = aal5_crc_first_right(aal5_crc_ways, AAL5_CRC_WAYS);
	return chosen->name;
}

uint32_t aal5_crc(uint32_t state, const void *data, size_t len)
{
	return chosen->crc(state, data, len);
}
