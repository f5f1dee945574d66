/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/link/link_ether.h"

#include "tests/harness.h"

#include <string.h>

static const uint8_t mac[] = {2, 0, 0, 0, 0, 7};

static void test_link_ether_head(void)
{
	uint8_t got[LINK_ETHER_HEAD], want[LINK_ETHER_HEAD];

	memset(got, 0xee, sizeof(got));
	link_ether_head(got, mac, 0x88b5);
	link_ether_length(got + 14, 0x123, false);
	test_hex(want, sizeof(want), "ffffffffffff 020000000007 88b5 0123");
	ASSERT_OCTETS(got, sizeof(got), want, sizeof(want));
	link_ether_length(got + 14, 0x123, true);
	test_hex(want + 14, 2, "2301");
	ASSERT_OCTETS(got, sizeof(got), want, sizeof(want));
}

/* Padding goes; a length that is not in the frame, or none, is an error. */
static void taken(void)
{
	static const struct {
		const char *hex;
		bool little_endian, ok;
		uint32_t len;
	} rows[] = {
		{"ffffffffffff 020000000007 88b5 0003 aabbcc 000000", false, true, 3},
		{"ffffffffffff 020000000007 88b5 0003 aabbcc", false, true, 3},
		{"ffffffffffff 020000000007 8000 0300 aabbcc 000000", true, true, 3},
		{"ffffffffffff 020000000007 88b5 0004 aabbcc", false, false, 0},
		{"ffffffffffff 020000000007 88b5 0300 aabbcc 000000", false, false, 0},
		{"ffffffffffff 020000000007 88b5 0000 aabbcc", false, false, 0},
		{"ffffffffffff 020000000007 88b5 00", false, false, 0},
		{"ffffffffffff 020000000007 88b5", false, false, 0},
		{"", false, false, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[64];
		struct link_frame f = {NULL, buf, 0,
				       (uint32_t)test_hex(buf, sizeof(buf), rows[i].hex)};

		CU_ASSERT_EQUAL(link_ether_take(&f, rows[i].little_endian), rows[i].ok);
		if (!rows[i].ok)
			continue;
		ASSERT_OCTETS(f.payload, f.len, buf + 16, rows[i].len);
	}
}

static void whose(void)
{
	uint8_t buf[16];
	struct link_frame f = {NULL, buf, 0, LINK_ETHER_HEAD};

	link_ether_head(buf, mac, 0x88b5);
	CU_ASSERT_TRUE(link_ether_is(&f, 0x88b5));
	CU_ASSERT_FALSE(link_ether_is(&f, 0x88b6));
	f.len = 13;
	CU_ASSERT_FALSE(link_ether_is(&f, 0x88b5));
}

static const struct test_case cases[] = {
	{"head_with_a_length_of_either_order", test_link_ether_head},
	{"head_and_padding_taken_off", taken},
	{"ethertype_looked_at", whose},
	{NULL, NULL},
};
const struct test_suite suite_link_ether = {"link_ether", cases};
