/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files laid out by hand by draft-ietf-opsawg-pcapng, of either order of octets. */
#include "gw/replay/replay.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

#define SHB	"0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c"
#define IDB(lt) "00000001 00000014 00" lt " 0000 00000000 00000014"
#define EPB	"00000006 00000024 "
/* interface 0, no time, two octets */
#define EPB_MIN EPB "00000000 00000000 00000000 00000002 00000002 abcd0000 00000024"
/* the same in the other order */
#define SHB_L "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000"
#define IDB_L "01000000 14000000 6b00 0000 00000000 14000000"

struct ng_seen {
	unsigned n, stop_at;
	struct replay_captured last;
	uint8_t octets[16];
};

static bool ng_on_frame(void *ctx, const struct replay_captured *f)
{
	struct ng_seen *s = ctx;

	s->n++;
	s->last = *f;
	memcpy(s->octets, f->octets, f->len < 16 ? f->len : 16);
	return s->n != s->stop_at;
}

/* NULL = all of it was read. */
static const char *ng_read(struct ng_seen *s, const char *hex)
{
	static uint8_t octets[1000];
	size_t len = test_hex(octets, sizeof(octets), hex);
	FILE *in = fmemopen(octets, len, "rb");
	const char *wrong;

	*s = (struct ng_seen){.n = 0};
	CU_ASSERT_EQUAL(replay_pcapng(in, ng_on_frame, s, &wrong), !wrong);
	fclose(in);
	return wrong;
}

static void frames_of_either_order(void)
{
	struct ng_seen s;

	/* interface 1, outbound by epb_flags, 5 octets of 9 */
	CU_ASSERT_PTR_NULL(
		ng_read(&s, SHB IDB("65") IDB("6b") "00000006 00000034 00000001 00000000 000f4245"
						    "00000005 00000009 0102030405000000 0002 0004 "
						    "00000002 00000000 00000034"));
	CU_ASSERT_TRUE(s.n == 1 && s.last.interface == 1 && s.last.link_type == 107 &&
		       s.last.us == 1000005 && s.last.way == REPLAY_OUTBOUND);
	ASSERT_OCTETS(s.octets, s.last.len, ((const uint8_t[]){1, 2, 3, 4, 5}), 5);
	CU_ASSERT_PTR_NULL(ng_read(
		&s, SHB_L IDB_L "06000000 30000000 00000000 00000000 45420f00"
				"01000000 01000000 07000000 0200 0400 01000000 00000000 30000000"));
	CU_ASSERT_TRUE(s.n == 1 && s.last.link_type == 107 && s.last.us == 1000005 &&
		       s.last.way == REPLAY_INBOUND && s.last.len == 1 && s.octets[0] == 7);
}

/* A Simple Packet Block, and one of old files; blocks that are not known are passed. */
static void other_blocks(void)
{
	struct ng_seen s;

	CU_ASSERT_PTR_NULL(
		ng_read(&s, SHB IDB("65") "00000003 00000014 00000003 01020300 00000014"));
	CU_ASSERT_TRUE(s.n == 1 && s.last.len == 3 && s.last.us == 0);
	CU_ASSERT_PTR_NULL(
		ng_read(&s, SHB IDB("65") "00000002 00000024 0000 0001 00000000 00000009 00000002 "
					  "00000002 abcd0000 00000024"));
	CU_ASSERT_TRUE(s.n == 1 && s.last.len == 2 && s.last.us == 9);
	CU_ASSERT_PTR_NULL(ng_read(&s,
				   SHB IDB("65") "0000000b 0000000c 0000000c"
						 "80000001 00000010 01020304 00000010" EPB_MIN));
	CU_ASSERT_EQUAL(s.n, 1);
}

/* Interfaces are of their section. */
static void another_section(void)
{
	struct ng_seen s;

	CU_ASSERT_PTR_NULL(ng_read(&s, SHB IDB("65") EPB_MIN SHB IDB("6b") EPB_MIN));
	CU_ASSERT_TRUE(s.n == 2 && s.last.link_type == 107);
	CU_ASSERT_STRING_EQUAL(ng_read(&s, SHB IDB("65") SHB EPB_MIN),
			       "a frame of an interface that is not there");
}

/* if_tsresol: powers of ten, and with the highest bit of two; if_tsoffset: seconds. */
static void ng_times(void)
{
	static const struct {
		const char *options, *time;
		uint64_t us;
	} rows[] = {
		{"0009 0001 06000000", "00000001 00000000", 0x100000000},
		{"0009 0001 09000000", "00000000 3b9aca00", 1000000},
		{"0009 0001 00000000", "00000000 00000002", 2000000},
		{"0009 0001 03000000", "00000000 000003e8", 1000000},
		{"0009 0001 7f000000", "ffffffff ffffffff", 0},
		{"0009 0001 80000000", "00000000 00000002", 2000000},
		{"0009 0001 8a000000", "00000000 00000600", 1500000},
		{"0009 0001 a0000000", "00000001 80000000", 1500000},
		{"0009 0001 bf000000", "c0000000 00000000", 1500000},
		{"0009 0001 ff000000", "ffffffff ffffffff", 0},
	};
	char hex[400];
	struct ng_seen s;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(hex, sizeof(hex),
			 SHB "00000001 00000020 0065 0000 00000000 %s 00000000 00000020" EPB
			     "00000000 %s 00000002 00000002 abcd0000 00000024",
			 rows[i].options, rows[i].time);
		CU_ASSERT_PTR_NULL(ng_read(&s, hex));
		CU_ASSERT_EQUAL(s.last.us, rows[i].us);
	}
	CU_ASSERT_PTR_NULL(ng_read(&s, SHB "00000001 00000024 0065 0000 00000000"
					   "000e 0008 0000000000000003 00000000 00000024" EPB_MIN));
	CU_ASSERT_EQUAL(s.last.us, 3000000);
}

static void ng_what_is_wrong(void)
{
	static const struct {
		const char *hex, *words;
	} rows[] = {
		{"00", "the file is cut short"},
		{IDB("65"), "a file without a section"},
		{"0a0d0d0a 0000001c 1a2b3c4e 0001 0000 ffffffffffffffff 0000001c",
		 "a section without its magic number"},
		{"0a0d0d0a 0000001c 1a2b3c4d 0002 0000 ffffffffffffffff 0000001c",
		 "a section of another version"},
		{SHB "00000001 00000008 00650000", "the length of a block is wrong"},
		{SHB "00000001 00000015 0065 0000 00000000 00000014",
		 "the length of a block is wrong"},
		{SHB "00000001 0000000c 0065 0000", "an interface is cut short"},
		{SHB IDB("65") "00000006 00200000 00000000", "a block is too long"},
		{SHB IDB("65") "0000000b 00000014 00000000", "the file is cut short"},
		{SHB IDB("65") EPB "00000000 00000000", "the file is cut short"},
		{SHB EPB_MIN, "a frame of an interface that is not there"},
		{SHB "00000003 00000014 00000003 01020300 00000014",
		 "a frame of an interface that is not there"},
		{SHB IDB("65") EPB "00000000 00000000 00000000 00000009 00000009 abcd0000 00000024",
		 "a frame is cut short"},
		{SHB IDB("65") EPB "00000000 00000000 00000000 ffffffff 00000009 abcd0000 00000024",
		 "a frame is cut short"},
	};
	struct ng_seen s;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *wrong = ng_read(&s, rows[i].hex);

		CU_ASSERT_PTR_NOT_NULL_FATAL(wrong);
		CU_ASSERT_STRING_EQUAL(wrong, rows[i].words);
		CU_ASSERT_EQUAL(s.n, 0);
	}
}

static void more_interfaces_than_there_can_be(void)
{
	uint8_t octets[28 + 257 * 20];
	FILE *in = fmemopen(octets, sizeof(octets), "rb");
	struct ng_seen s = {.n = 0};
	const char *wrong;

	test_hex(octets, 28, SHB);
	for (unsigned i = 0; i < 257; i++)
		test_hex(octets + 28 + i * 20, 20, IDB("65"));
	CU_ASSERT_FALSE(replay_pcapng(in, ng_on_frame, &s, &wrong));
	CU_ASSERT_STRING_EQUAL(wrong, "more interfaces than can be held");
	fclose(in);
}

static const struct test_case cases[] = {
	{"frames_of_either_order", frames_of_either_order},
	{"other_blocks", other_blocks},
	{"another_section", another_section},
	{"ng_times", ng_times},
	{"ng_what_is_wrong", ng_what_is_wrong},
	{"more_interfaces_than_there_can_be", more_interfaces_than_there_can_be},
	{NULL, NULL},
};
const struct test_suite suite_replay_pcapng = {"replay_pcapng", cases};
