/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/atm/aal5_crc.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

/* CRC-32/BZIP2 and CRC-32 of the usual check text. */
static void check_values(void)
{
	aal5_crc_choose();
	CU_ASSERT_EQUAL(~aal5_crc(AAL5_CRC_INIT, "123456789", 9), 0xfc891918u);
	CU_ASSERT_EQUAL(~aal5_crc_reflected(AAL5_CRC_INIT, "123456789", 9), 0xcbf43926u);
}

static bool aal5_crc_has(const struct aal5_crc_way *w)
{
	return !w->have || w->have();
}

/* All ways at every length to 3000 and at random cuts give one answer. */
static void all_ways_agree(void)
{
	static uint8_t buf[3016];
	uint64_t seed = test_seed();

	aal5_crc_choose();
	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)test_rand(&seed);
	for (size_t len = 0; len <= 3000; len++) {
		const uint8_t *p = buf + test_rand(&seed) % 16;
		size_t cut = len ? test_rand(&seed) % len : 0;
		uint32_t want = aal5_crc_ways[AAL5_CRC_WAYS - 1].crc(AAL5_CRC_INIT, p, len);

		CU_ASSERT_EQUAL(aal5_crc(aal5_crc(AAL5_CRC_INIT, p, cut), p + cut, len - cut),
				want);
		for (unsigned i = 0; i < AAL5_CRC_WAYS; i++)
			if (aal5_crc_has(&aal5_crc_ways[i]))
				CU_ASSERT_EQUAL(aal5_crc_ways[i].crc(AAL5_CRC_INIT, p, len), want);
	}
}

/* The reflected one bit by bit, at every length to 300 and every alignment to 8. */
static void reflected_is_that_of_its_definition(void)
{
	uint8_t buf[308];
	uint64_t seed = test_seed();

	aal5_crc_choose();
	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)test_rand(&seed);
	for (size_t at = 0; at < 8; at++) {
		uint32_t want = AAL5_CRC_INIT;

		for (size_t len = 0; len <= 300; len++) {
			CU_ASSERT_EQUAL(aal5_crc_reflected(AAL5_CRC_INIT, buf + at, len), want);
			want ^= buf[at + len];
			for (int bit = 0; bit < 8; bit++)
				want = want >> 1 ^ (want & 1 ? 0xedb88320u : 0);
		}
	}
}

static void the_choice_is_the_fastest_there_is(void)
{
	const char *name = aal5_crc_choose();
	unsigned i = 0;

	while (!aal5_crc_has(&aal5_crc_ways[i]))
		i++;
	CU_ASSERT_PTR_EQUAL(aal5_crc_choose(), name);
	CU_ASSERT_STRING_EQUAL(name, aal5_crc_ways[i].name);
}

/* Right for short ones, wrong for long ones: as a CPU's or a compiler's mistake would be. */
static uint32_t liar(uint32_t state, const void *data, size_t len)
{
	return aal5_crc_ways[AAL5_CRC_WAYS - 1].crc(state, data, len) ^ (len > 511);
}

static bool never(void)
{
	return false;
}

static void what_disagrees_with_the_table_is_passed_over(void)
{
	const struct aal5_crc_way ways[] = {
		{"not here", aal5_crc_ways[AAL5_CRC_WAYS - 1].crc, never},
		{"liar", liar, NULL},
		aal5_crc_ways[AAL5_CRC_WAYS - 1],
	};

	CU_ASSERT_PTR_EQUAL(aal5_crc_first_right(ways, 3), &ways[2]);
	CU_ASSERT_PTR_NULL(aal5_crc_first_right(ways, 2));
}

static const struct test_case cases[] = {
	{"check_values", check_values},
	{"all_ways_agree", all_ways_agree},
	{"reflected_is_that_of_its_definition", reflected_is_that_of_its_definition},
	{"the_choice_is_the_fastest_there_is", the_choice_is_the_fastest_there_is},
	{"what_disagrees_with_the_table_is_passed_over",
	 what_disagrees_with_the_table_is_passed_over},
	{NULL, NULL},
};
const struct test_suite suite_aal5_crc = {"aal5_crc", cases};
