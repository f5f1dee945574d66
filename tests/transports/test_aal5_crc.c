/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/aal5_crc.h"

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

/* The three ways at every length to 3000 and at random cuts give one answer. */
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
		uint32_t want = aal5_crc_table(AAL5_CRC_INIT, p, len);

		CU_ASSERT_EQUAL(aal5_crc_slice8(AAL5_CRC_INIT, p, len), want);
		CU_ASSERT_EQUAL(aal5_crc(aal5_crc(AAL5_CRC_INIT, p, cut), p + cut, len - cut), want);
		if (aal5_crc_have_pclmul())
			CU_ASSERT_EQUAL(aal5_crc_pclmul(AAL5_CRC_INIT, p, len), want);
	}
}

static void the_choice_is_named(void)
{
	const char *name = aal5_crc_choose();

	CU_ASSERT_PTR_EQUAL(aal5_crc_choose(), name);
	CU_ASSERT_STRING_EQUAL(name, aal5_crc_have_pclmul() ? "pclmul" : "slice-by-8");
}

static const struct test_case cases[] = {
	{"check_values", check_values},
	{"all_ways_agree", all_ways_agree},
	{"the_choice_is_named", the_choice_is_named},
	{NULL, NULL},
};
const struct test_suite suite_aal5_crc = {"aal5_crc", cases};
