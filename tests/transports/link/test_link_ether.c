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

		const struct link_conf c = {.little_endian = rows[i].little_endian};

		CU_ASSERT_EQUAL(link_ether_take(&c, &f), rows[i].ok);
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

/* Whole frames of two ethertypes: nothing is taken off, and no other ethertype is wanted. */
static void link_ether_whole(void)
{
	static const struct {
		const char *hex;
		bool wanted, ok;
	} rows[] = {
		{"020000000008 020000000007 8863 1109000000040101 0000", true, true},
		{"020000000008 020000000007 8864 1100000100020021", true, true},
		{"020000000008 020000000007 8864", true, true},
		{"020000000008 020000000007 88", false, false},
		{"020000000008 020000000007 0800 45000014", false, true},
		{"020000000008 020000000007 8100 0064 8863 1109", false, true},
		{"020000000008 020000000007 88b5 0003 aabbcc", false, true},
	};
	static const struct link_conf c = {.ethertype = 0x88b5, .ether = {0x8863, 0x8864}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[64];
		uint32_t len = (uint32_t)test_hex(buf, sizeof(buf), rows[i].hex);
		struct link_frame f = {NULL, buf, 0, len};

		CU_ASSERT_EQUAL(link_ether_wanted(&c, &f), rows[i].wanted);
		CU_ASSERT_EQUAL(link_ether_take(&c, &f), rows[i].ok);
		CU_ASSERT_PTR_EQUAL(f.payload, buf);
		CU_ASSERT_EQUAL(f.len, len);
	}
	CU_ASSERT_EQUAL(link_ether_own(&c), 0);
}

/* On an Ethernet of 1500 octets: ours have a length of two octets, whole ones bring their own head
 * of 14. */
static void link_ether_mtus(void)
{
	static const struct link_conf ours = {.ethertype = 0x88b5},
				      whole = {.ether = {0x8863, 0x8864}};

	CU_ASSERT_EQUAL(link_ether_own(&ours), 16);
	CU_ASSERT_EQUAL(link_ether_mtu(&ours, 1500), 1498);
	CU_ASSERT_EQUAL(link_ether_mtu(&whole, 1500), 1514);
	CU_ASSERT_EQUAL(link_ether_mtu(&ours, 65535), LINK_FRAME_MAX - 16);
	CU_ASSERT_EQUAL(link_ether_mtu(&whole, 65535), LINK_FRAME_MAX);
}

static const struct test_case cases[] = {
	{"whole_frames_of_two_ethertypes", link_ether_whole},
	{"mtu_of_an_ethernet", link_ether_mtus},
	{"head_with_a_length_of_either_order", test_link_ether_head},
	{"head_and_padding_taken_off", taken},
	{"ethertype_looked_at", whose},
	{NULL, NULL},
};
const struct test_suite suite_link_ether = {"link_ether", cases};
