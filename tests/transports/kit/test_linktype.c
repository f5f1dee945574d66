/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "transports/kit/linktype.h"

static void linktype_tags(void)
{
	uint8_t got[LINKTYPE_TAGS_MAX], want[LINKTYPE_TAGS_MAX];
	size_t n = test_hex(want, sizeof(want), "000c0004 782e3235 00230004 00000000 00000000");

	ASSERT_OCTETS(got, linktype_tags_encode(got, "x.25", true, 0), want, n);
	n = test_hex(want, sizeof(want), "000c0008 6c327470 72617700 00230004 00000001 00000000");
	ASSERT_OCTETS(got, linktype_tags_encode(got, "l2tpraw", false, 0), want, n);
	CU_ASSERT_EQUAL(linktype_tags_encode(got, "a name of 17 octe", true, 0), 0);
	n = test_hex(want, sizeof(want),
		     "000c0004 782e3235 00230004 00000000 00190004 01020304 00000000");
	ASSERT_OCTETS(got, linktype_tags_encode(got, "x.25", true, 0x01020304), want, n);
	CU_ASSERT_EQUAL(linktype_tags_connection(rd_init(want, n)), 0x01020304);
	CU_ASSERT_EQUAL(linktype_tags_connection(rd_init(want, 16)), 0);
	CU_ASSERT_EQUAL(linktype_tags_encode(got, "nine octe", true, 1), 0);
}

static void linktype_tags_taken_off(void)
{
	static const struct {
		const char *hex, *name;
		bool ok;
		size_t left;
	} rows[] = {
		{"000c0004 782e3235 00000000 1001ff", "x.25", 1, 3},
		{"000c0004 782e3235 00000000", "x.25", 1, 0},
		{"000c0004 6c617062 00000000 01", "lapb", 1, 1},
		{"000c0004 6c617062 00000000 01", "x.25", 0, 1},
		/* others before and behind, as a dissector's export has them */
		{"00180004 00000001 000c0004 782e3235 001e0004 00000007 00000000 aa", "x.25", 1, 1},
		{"000c0008 6c617062 00000000 00000000 01", "lapb", 1, 1},
		{"000c0008 6c617062 32000000 00000000 01", "lapb", 0, 1},
		{"000c0002 6c61 00000000 01", "lapb", 0, 1},
		{"00000000 1001ff", "x.25", 0, 3},
		{"000c0004 782e3235 0000", "x.25", 0, 0},
		{"000c0004 782e3235", "x.25", 0, 0},
		{"000c0005 782e3235", "x.25", 0, 0},
		{"000cffff 782e3235 00000000", "x.25", 0, 0},
		{"", "x.25", 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t octets[64];
		struct rd r = rd_init(octets, test_hex(octets, sizeof(octets), rows[i].hex));

		CU_ASSERT_EQUAL(linktype_tags_decode(&r, rows[i].name), rows[i].ok);
		CU_ASSERT_EQUAL(r.left, rows[i].left);
	}
}

static void linktype_directions(void)
{
	static const struct {
		const char *hex;
		bool from_dte;
	} rows[] = {
		{"000c 0004 782e3235 0023 0004 00000000 0000 0000", true},
		{"000c 0004 782e3235 0023 0004 00000001 0000 0000", false},
		{"000c 0004 782e3235 0000 0000 0023 0004 00000000",
		 false}, /* behind the last one */
		{"0023 0002 0000 0000 0000", false},
		{"0023 0004 0000", false},
		{"", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t octets[64];
		size_t len = test_hex(octets, sizeof(octets), rows[i].hex);

		CU_ASSERT_EQUAL(linktype_tags_from_dte(rd_init(octets, len)), rows[i].from_dte);
	}
}

static const struct test_case cases[] = {
	{"tags", linktype_tags},
	{"directions", linktype_directions},
	{"tags_taken_off", linktype_tags_taken_off},
	{NULL, NULL},
};
const struct test_suite suite_linktype = {"linktype", cases};
