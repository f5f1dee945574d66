/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The codec of the door, with a struct that has each type of field once.  Octets are typed from
 * what gw/dp/door_codec.h says of them.
 */
#include "gw/dp/door_codec.h"

#include "gw/dp/door_msg.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

struct item {
	uint32_t size; /* DOOR_SIZE */
	uint16_t v;
	uint16_t unlisted;
};

struct thing {
	uint8_t u8;
	uint16_t u16[2];
	uint32_t u32;
	uint64_t u64;
	const char *text, *optional;
	struct ist_addr addr;
	uint64_t channel, channel0;
	uint32_t octets_len;
	const uint8_t *octets;
	uint32_t items;
	const struct item *item;
	uint8_t in_place;
	struct item each[2];
};

static const struct door_field item_fields[] = {
	{DOOR_SIZE, 4, offsetof(struct item, size), 0, 0, 0, sizeof(struct item), NULL},
	{DOOR_NUM, 2, offsetof(struct item, v), 0, 1, 1, 0x1000, NULL},
};
static const struct door_shape item_shape = {item_fields, 2, sizeof(struct item)};

#define AT(member) offsetof(struct thing, member)
static const struct door_field f_u8 = {DOOR_NUM, 1, AT(u8), 0, 1, 2, 200, NULL},
			       f_u16 = {DOOR_NUM, 2, AT(u16), 0, 2, 0, 0xfff0, NULL},
			       f_u32 = {DOOR_NUM, 4, AT(u32), 0, 1, 1, 0xfffffff0, NULL},
			       f_u64 = {DOOR_NUM, 8, AT(u64), 0, 1, 1, UINT64_MAX - 1, NULL},
			       f_text = {DOOR_STRING, 0, AT(text), 0, 0, 1, 3, NULL},
			       f_optional = {DOOR_OPTIONAL, 0, AT(optional), 0, 0, 0, 3, NULL},
			       f_addr = {DOOR_ADDR, 0, AT(addr), 0, 0, 0, 0, NULL},
			       f_channel = {DOOR_CHANNEL, 0, AT(channel), 0, 0, 0, 0, NULL},
			       f_channel0 = {DOOR_CHANNEL0, 0, AT(channel0), 0, 0, 0, 0, NULL},
			       f_octets = {DOOR_OCTETS, 0, AT(octets), AT(octets_len),
					   0,		0, 3,	       NULL},
			       f_list = {DOOR_LIST, 0, AT(item), AT(items), 0, 0, 2, &item_shape},
			       f_each = {DOOR_EACH, 1, AT(each), AT(in_place),
					 2,	    0, 0,	 &item_shape};

static const uint8_t four[] = {0xde, 0xad, 0xbe, 0xef};
static const struct item items[] = {{0, 1, 0}, {0, 0x1000, 0}, {0, 1, 0}}, worse[] = {{0, 0, 0}};

#define CHANNEL(port, c) ((uint64_t)((port) + 1) << 32 | (c))

/* What is written and read, and what is neither. */
static const struct {
	const char *what;
	const struct door_field *f;
	const char *hex;
	bool ok;
	struct thing thing;
} rows[] = {
	{"the least octet", &f_u8, "02", true, {.u8 = 2}},
	{"one less", &f_u8, "01", false, {.u8 = 1}},
	{"the greatest octet", &f_u8, "c8", true, {.u8 = 200}},
	{"one more", &f_u8, "c9", false, {.u8 = 201}},
	{"two of 16 bits", &f_u16, "0102 fff0", true, {.u16 = {0x0102, 0xfff0}}},
	{"the first is too great", &f_u16, "fff1 0000", false, {.u16 = {0xfff1, 0}}},
	{"the second is", &f_u16, "0000 fff1", false, {.u16 = {0, 0xfff1}}},
	{"32 bits", &f_u32, "01020304", true, {.u32 = 0x01020304}},
	{"the greatest", &f_u32, "fffffff0", true, {.u32 = 0xfffffff0}},
	{"too great", &f_u32, "fffffff1", false, {.u32 = 0xfffffff1}},
	{"too small", &f_u32, "00000000", false, {.u32 = 0}},
	{"64 bits", &f_u64, "0102030405060708", true, {.u64 = 0x0102030405060708}},
	{"the greatest", &f_u64, "fffffffffffffffe", true, {.u64 = UINT64_MAX - 1}},
	{"too great", &f_u64, "ffffffffffffffff", false, {.u64 = UINT64_MAX}},
	{"text", &f_text, "0003 616263 00", true, {.text = "abc"}},
	{"the shortest text", &f_text, "0001 61 00", true, {.text = "a"}},
	{"longer text", &f_text, "0004 61626364 00", false, {.text = "abcd"}},
	{"shorter text", &f_text, "0000 00", false, {.text = ""}},
	{"no text", &f_text, "ffff", false, {.text = NULL}},
	{"text where there may be none", &f_optional, "0001 61 00", true, {.optional = "a"}},
	{"empty text", &f_optional, "0000 00", true, {.optional = ""}},
	{"none", &f_optional, "ffff", true, {.optional = NULL}},
	{"longer text", &f_optional, "0004 61626364 00", false, {.optional = "abcd"}},
	{"an address", &f_addr, "0003 010203", true, {.addr = {3, {1, 2, 3}}}},
	{"no address", &f_addr, "0000", true, {.addr = {0, {0}}}},
	{"a channel", &f_channel, "00000001 00000001", true, {.channel = CHANNEL(0, 1)}},
	{"of the last port",
	 &f_channel,
	 "00000100 ffffffff",
	 true,
	 {.channel = CHANNEL(DOOR_PORTS - 1, 0xffffffff)}},
	{"of one more",
	 &f_channel,
	 "00000101 00000001",
	 false,
	 {.channel = CHANNEL(DOOR_PORTS, 1)}},
	{"of no port", &f_channel, "00000000 00000001", false, {.channel = 1}},
	{"a port alone", &f_channel, "00000001 00000000", false, {.channel = CHANNEL(0, 0)}},
	{"no channel", &f_channel, "00000000 00000000", false, {.channel = 0}},
	{"a channel, or none", &f_channel0, "00000001 00000001", true, {.channel0 = CHANNEL(0, 1)}},
	{"none", &f_channel0, "00000000 00000000", true, {.channel0 = 0}},
	{"of no port", &f_channel0, "00000000 00000001", false, {.channel0 = 1}},
	{"a port alone", &f_channel0, "00000001 00000000", false, {.channel0 = CHANNEL(0, 0)}},
	{"octets", &f_octets, "00000003 deadbe", true, {.octets_len = 3, .octets = four}},
	{"no octets", &f_octets, "00000000", true, {.octets_len = 0, .octets = four}},
	{"too many", &f_octets, "00000004 deadbeef", false, {.octets_len = 4, .octets = four}},
	{"a list", &f_list, "00000002 0001 1000", true, {.items = 2, .item = items}},
	{"an empty list", &f_list, "00000000", true, {.items = 0, .item = NULL}},
	{"a list too long", &f_list, "00000003 0001 1000 0001", false, {.items = 3, .item = items}},
	{"an element that cannot be", &f_list, "00000001 0000", false, {.items = 1, .item = worse}},
	{"structs in place",
	 &f_each,
	 "0001 0fff",
	 true,
	 {.in_place = 7, .each = {{.v = 1}, {.v = 0x0fff}}}},
	{"none of them", &f_each, "", true, {.in_place = 0, .each = {{.v = 1}}}},
	{"one that cannot be",
	 &f_each,
	 "0001 0000",
	 false,
	 {.in_place = 1, .each = {{.v = 1}, {.v = 0}}}},
};

static bool door_codec_same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_items(const struct item *got, const struct item *want, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (got[i].v != want[i].v || got[i].size != sizeof(*got) || got[i].unlisted)
			return false;
	return true;
}

/* got has been read from what was written of want. */
static bool same_thing(const struct thing *got, const struct thing *want)
{
	return got->u8 == want->u8 && !memcmp(got->u16, want->u16, sizeof(got->u16)) &&
	       got->u32 == want->u32 && got->u64 == want->u64 &&
	       door_codec_same_text(got->text, want->text) &&
	       door_codec_same_text(got->optional, want->optional) &&
	       !memcmp(&got->addr, &want->addr, sizeof(got->addr)) &&
	       got->channel == want->channel && got->channel0 == want->channel0 &&
	       got->octets_len == want->octets_len && !got->octets == !got->octets_len &&
	       (!got->octets_len || !memcmp(got->octets, want->octets, got->octets_len)) &&
	       got->items == want->items && !got->item == !got->items &&
	       same_items(got->item, want->item, got->items) &&
	       same_items(got->each, want->each, want->in_place ? 2 : 0);
}

struct read {
	struct door_in in;
	uint64_t room[16];
	uint8_t octets[100];
	struct thing thing;
};

/* One field of a stranger's octets; what is there before is no zeroed memory. */
static bool read_field(struct read *r, const struct door_field *f, const char *hex, size_t room)
{
	size_t n = test_hex(r->octets, sizeof(r->octets), hex);

	memset(r->room, 0xff, sizeof(r->room));
	r->in = (struct door_in){rd_init(r->octets, n), (uint8_t *)r->room, room};
	door_get(&r->in, &r->thing, f, 1);
	return !r->in.r.bad;
}

static void written_and_read(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t want[100], out[100];
		size_t n = test_hex(want, sizeof(want), rows[i].hex);
		struct read r = {.thing.in_place = rows[i].thing.in_place};
		struct wr w = wr_init(out, sizeof(out));
		bool read = read_field(&r, rows[i].f, rows[i].hex, sizeof(r.room));

		door_put(&w, &rows[i].thing, rows[i].f, 1);
		if (!w.bad != rows[i].ok || read != rows[i].ok)
			printf("%s, %s\n", rows[i].what, rows[i].hex);
		CU_ASSERT_EQUAL(!w.bad, rows[i].ok);
		CU_ASSERT_EQUAL(read, rows[i].ok);
		if (!rows[i].ok)
			continue;
		ASSERT_OCTETS(out, w.len, want, n);
		CU_ASSERT(same_thing(&r.thing, &rows[i].thing));
		CU_ASSERT_EQUAL(r.in.r.left, 0);
		for (size_t cut = 0; cut < n; cut++) {
			struct read less = {.thing.in_place = rows[i].thing.in_place};

			w = wr_init(out, cut);
			door_put(&w, &rows[i].thing, rows[i].f, 1);
			CU_ASSERT(w.bad);
			less.in = (struct door_in){rd_init(want, cut), (uint8_t *)less.room,
						   sizeof(less.room)};
			door_get(&less.in, &less.thing, rows[i].f, 1);
			CU_ASSERT(less.in.r.bad);
		}
	}
}

static void not_written(void)
{
	static const struct {
		const struct door_field *f;
		struct thing thing;
	} bad[] = {
		{&f_addr, {.addr = {sizeof(((struct ist_addr *)0)->data) + 1, {0}}}},
		{&f_list, {.items = 1, .item = NULL}},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		uint8_t out[100];
		struct wr w = wr_init(out, sizeof(out));

		door_put(&w, &bad[i].thing, bad[i].f, 1);
		CU_ASSERT(w.bad);
	}
}

/* Octets that are not there are none, whatever their number says. */
static void octets_that_are_not_there(void)
{
	const struct thing t = {.octets_len = 3, .octets = NULL};
	uint8_t out[100];
	struct wr w = wr_init(out, sizeof(out));

	door_put(&w, &t, &f_octets, 1);
	CU_ASSERT_FALSE(w.bad);
	ASSERT_OCTETS(out, w.len, "\0\0\0\0", 4);
}

/* Only a stranger writes these. */
static void not_read(void)
{
	static const struct {
		const struct door_field *f;
		const char *hex;
	} bad[] = {
		{&f_text, "0003 616263 64"}, /* text without its NUL */
		{&f_text, "0003 610063 00"}, /* with one more */
		{&f_optional, "0001 0000"},  {&f_optional, "fffe"},	 {&f_addr, "003f 00"},
		{&f_octets, "ffffffff 00"},  {&f_list, "ffffffff 0001"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct read r = {.thing.u8 = 0};

		CU_ASSERT_FALSE(read_field(&r, bad[i].f, bad[i].hex, sizeof(r.room)));
	}
}

/* The longest address takes all its octets. */
static void the_longest_address(void)
{
	const struct thing t = {.addr = {sizeof(t.addr.data), {[sizeof(t.addr.data) - 1] = 0x61}}};
	struct thing got = {.u8 = 0};
	uint8_t out[2 + sizeof(t.addr.data)];
	struct wr w = wr_init(out, sizeof(out));
	struct door_in in;

	door_put(&w, &t, &f_addr, 1);
	CU_ASSERT(!w.bad && w.len == sizeof(out) && out[sizeof(out) - 1] == 0x61);
	in = (struct door_in){rd_init(out, w.len), NULL, 0};
	door_get(&in, &got, &f_addr, 1);
	CU_ASSERT(!in.r.bad && !memcmp(&got, &t, sizeof(t)));
}

/* A list takes room that is a multiple of 8 octets, and not one more. */
static void the_room_of_lists(void)
{
	static const struct door_field two_octets = {DOOR_NUM, 2, 0, 0, 1, 0, 9, NULL};
	static const struct door_shape odd = {&two_octets, 1, 2};
	const struct door_field f = {DOOR_LIST, 0, AT(item), AT(items), 0, 0, 2, &odd};
	struct read r = {.thing.u8 = 0};

	CU_ASSERT(read_field(&r, &f_list, "00000002 0001 0001", 16));
	CU_ASSERT(!r.in.room_left && r.in.room == (uint8_t *)(r.room + 2));
	CU_ASSERT_FALSE(read_field(&r, &f_list, "00000002 0001 0001", 15));
	CU_ASSERT_EQUAL(r.room[0], UINT64_MAX); /* and nothing was touched */
	CU_ASSERT(read_field(&r, &f, "00000001 0001", 24));
	CU_ASSERT_EQUAL(r.in.room_left, 16);
	CU_ASSERT(r.in.room == (uint8_t *)(r.room + 1));
	CU_ASSERT(read_field(&r, &f_list, "00000000", 0));
}

/* Nothing is read behind the first error, and a value out of its range is not stored. */
static void an_error_is_the_end(void)
{
	const struct door_field f[] = {f_u8, f_u32};
	struct read r = {.thing = {.u8 = 3, .u32 = 4}};
	size_t n = test_hex(r.octets, sizeof(r.octets), "ff 01020304");

	r.in.r = rd_init(r.octets, n);
	door_get(&r.in, &r.thing, f, 2);
	CU_ASSERT(r.in.r.bad && r.thing.u8 == 3 && r.thing.u32 == 4);
	CU_ASSERT_FALSE(read_field(&r, &f_list, "00000002 0000 0001", sizeof(r.room)));
	CU_ASSERT_EQUAL(((struct item *)r.room)[1].v, 0);
}

static const struct test_case cases[] = {
	{"written_and_read", written_and_read},
	{"not_written", not_written},
	{"octets_that_are_not_there", octets_that_are_not_there},
	{"not_read", not_read},
	{"the_longest_address", the_longest_address},
	{"the_room_of_lists", the_room_of_lists},
	{"an_error_is_the_end", an_error_is_the_end},
	{NULL, NULL},
};
const struct test_suite suite_door_codec = {"door_codec", cases};
