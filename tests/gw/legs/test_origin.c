/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/origin.h"

#include "cfg/cfg.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <string.h>

static struct origin_avps out;

static const struct l2tp_avp *origin_avp(uint16_t vendor, uint16_t type)
{
	const struct l2tp_avp *found = NULL;

	for (unsigned i = 0; i < out.n; i++)
		if (l2tp_avp_is(&out.avp[i], vendor, type)) {
			CU_ASSERT_PTR_NULL(found); /* once */
			found = &out.avp[i];
		}
	return found;
}

static void assert_avp(uint16_t vendor, uint16_t type, const char *hex, unsigned line)
{
	const struct l2tp_avp *a = origin_avp(vendor, type);
	uint8_t want[64];
	size_t len = test_hex(want, sizeof(want), hex);

	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	test_same_octets(a->val, a->len, want, len, __FILE__, line);
}
#define ASSERT_AVP(vendor, type, hex) assert_avp(vendor, type, hex, __LINE__)

/* A DLCI: RFC 2661 4.4.4, D is the last bit of Bearer Type. */
static void a_digital_line(void)
{
	static const struct leg_origin o = {.called = "31101", .calling = "4242", .number = 100};

	out = (struct origin_avps){0};
	origin_icrq(&out, &o);
	CU_ASSERT_EQUAL(out.n, 4);
	ASSERT_AVP(0, 21, "33 31 31 30 31");
	ASSERT_AVP(0, 22, "34 32 34 32");
	ASSERT_AVP(0, 25, "00 00 00 64");
	ASSERT_AVP(0, 18, "00 00 00 01");
	CU_ASSERT_TRUE(origin_avp(0, 21)->mandatory && origin_avp(0, 18)->mandatory);
	CU_ASSERT_FALSE(origin_avp(0, 25)->mandatory);
	out = (struct origin_avps){0};
	origin_iccn(&out, &o);
	CU_ASSERT_EQUAL(out.n, 0);
}

/* RFC 2661 4.4.4: Sub-Address, attribute 23, mandatory. */
static void a_called_sub_address(void)
{
	static const struct leg_origin o = {.called = "3110", .sub_address = "12f"};

	out = (struct origin_avps){0};
	origin_icrq(&out, &o);
	CU_ASSERT_EQUAL(out.n, 3);
	ASSERT_AVP(0, 23, "31 32 66");
	CU_ASSERT_TRUE(origin_avp(0, 23)->mandatory);
}

/* RFC 2661 4.4.4 as its LNS reads it: what a message leaves out stays. */
static void what_a_lac_says(void)
{
	static const uint8_t number[4] = {0, 0, 0, 100}, tx[4] = {0, 0, 0xfa, 0},
			     rx[4] = {0, 0, 0x25, 0x80}, async[4] = {0, 0, 0, 2};
	const struct l2tp_avp icrq[] = {{.type = 21, .val = (const uint8_t *)"31101", .len = 5},
					{.type = 22, .val = (const uint8_t *)"4\n2", .len = 3},
					{.type = 23, .val = (const uint8_t *)"12f", .len = 3},
					{.type = 25, .val = number, .len = 4}};
	const struct l2tp_avp iccn[] = {{.type = 24, .val = tx, .len = 4},
					{.type = 19, .val = async, .len = 4},
					{.type = 38, .val = rx, .len = 4}};
	struct leg_origin o = {.number = 0};
	struct origin_room room;

	origin_read(&o, &room, icrq, 4);
	CU_ASSERT_STRING_EQUAL(o.called, "31101");
	CU_ASSERT_STRING_EQUAL(o.calling, "4\\x0a2");
	CU_ASSERT_STRING_EQUAL(o.sub_address, "12f");
	CU_ASSERT_EQUAL(o.number, 100);
	CU_ASSERT_TRUE(!o.async && !o.speed.tx_bps && !o.speed.rx_bps);
	origin_read(&o, &room, iccn, 2);
	CU_ASSERT_STRING_EQUAL(o.called, "31101");
	CU_ASSERT_TRUE(o.async && o.speed.tx_bps == 64000 && o.speed.rx_bps == 64000);
	origin_read(&o, &room, iccn, 3);
	CU_ASSERT_TRUE(o.speed.tx_bps == 64000 && o.speed.rx_bps == 9600);
}

/* A tty: nobody knows whether there is a modem; A is bit 1 of Framing Type. */
static void an_asynchronous_line(void)
{
	static const struct leg_origin o = {.async = true};

	out = (struct origin_avps){0};
	origin_icrq(&out, &o);
	CU_ASSERT_EQUAL(out.n, 0);
	origin_iccn(&out, &o);
	CU_ASSERT_EQUAL(out.n, 1);
	ASSERT_AVP(0, 19, "00 00 00 02");
}

static void speeds(void)
{
	out = (struct origin_avps){0};
	origin_speeds(&out, 64000, 64000);
	CU_ASSERT_EQUAL(out.n, 1);
	CU_ASSERT_EQUAL(out.used, 4);
	ASSERT_AVP(0, 24, "00 00 fa 00");
	out = (struct origin_avps){0};
	origin_speeds(&out, UINT64_C(10000000000), 0);
	ASSERT_AVP(0, 24, "ff ff ff ff");
	ASSERT_AVP(0, 38, "00 00 00 00");
}

static void origin_line(struct leg_origin *o, const char *hex)
{
	static uint8_t access[LEG_LINE_MAX];

	*o = (struct leg_origin){.access = access};
	o->access_len = (uint16_t)test_hex(access, sizeof(access), hex);
	out = (struct origin_avps){0};
	origin_icrq(&out, o);
}

/* TR-101 appendix A: circuit "m1", remote "r2", 1022 kbit/s up, 16240 down, minimum up 64, delay up
 * 8 ms, encapsulation AAL5 and PPPoA LLC, interworking done.  RFC 5515 5.1-5.19 in bit/s. */
static void rfc5515_5_access_line(void)
{
	struct leg_origin o;

	origin_line(&o, "01 02 6d31  02 02 7232  81 04 000003fe  82 04 00003f70  83 04 00000040"
			"8c 04 00000008  90 03 000001  fe 00");
	CU_ASSERT_EQUAL(out.n, 9); /* and Bearer Type */
	ASSERT_AVP(3561, 1, "6d31");
	ASSERT_AVP(3561, 2, "7232");
	ASSERT_AVP(3561, 129, "00000000 000f9830");
	ASSERT_AVP(3561, 130, "00000000 00f7cd80");
	ASSERT_AVP(3561, 131, "00000000 0000fa00");
	ASSERT_AVP(3561, 140, "00000008");
	ASSERT_AVP(3561, 144, "000001");
	ASSERT_AVP(3561, 254, "00000001");
	CU_ASSERT_FALSE(origin_avp(3561, 1)->mandatory);
	/* 6,000,000 kbit/s does not fit into 32 bits */
	origin_line(&o, "82 04 005b8d80");
	CU_ASSERT_EQUAL(out.used, 4 + 8); /* Bearer Type, and the rate */
	ASSERT_AVP(3561, 130, "00000001 65a0bc00");
}

#define LINE_AVP(t, octets)                                                    \
	{                                                                      \
		.vendor = 3561, .type = (t), .val = (const uint8_t *)(octets), \
		.len = sizeof(octets) - 1                                      \
	}

/* What the LAC says by RFC 5515 is known as TR-101 has it: kbit/s, and a flag without a value. */
static void rfc5515_5_an_access_line_is_read(void)
{
	static const struct l2tp_avp icrq[] = {
		LINE_AVP(1, "m1"),
		LINE_AVP(129, "\0\0\0\0\0\x0f\x98\x30"),
		LINE_AVP(130, "\0\0\0\x01\x65\xa0\xbf\xe7"), /* 999 bit/s more */
		LINE_AVP(136, "\xff\xff\xff\xff\xff\xff\xff\xff"),
		LINE_AVP(140, "\0\0\0\x08"),
		LINE_AVP(144, "\0\0\x01"),
		LINE_AVP(254, "\0\0\0\x01"),
		LINE_AVP(1, "r2"), /* the first counts */
	};
	static const struct l2tp_avp none[] = {
		LINE_AVP(2, "m"), /* 5.2: greater than one octet */
		LINE_AVP(129, "\0\0\x03\xfe"),
		LINE_AVP(140, "\0\x08"),
		LINE_AVP(254, "\0\0\0\0"), /* 5.19: not performed */
		LINE_AVP(257, "m1"),
		{.vendor = 9, .type = 1, .val = (const uint8_t *)"m1", .len = 2},
	};
	uint8_t want[64];
	struct leg_origin o = {.number = 0};
	struct origin_room room;

	origin_read(&o, &room, none, sizeof(none) / sizeof(none[0]));
	CU_ASSERT_EQUAL(o.access_len, 0);
	origin_read(&o, &room, icrq, sizeof(icrq) / sizeof(icrq[0]));
	ASSERT_OCTETS(o.access, o.access_len, want,
		      test_hex(want, sizeof(want),
			       "01 02 6d31  81 04 000003fe  82 04 005b8d80  88 04 ffffffff"
			       "8c 04 00000008  90 03 000001  fe 00"));
	/* ICCN says nothing of it */
	origin_read(&o, &room, none, sizeof(none) / sizeof(none[0]));
	CU_ASSERT_EQUAL(o.access_len, 35);
	out = (struct origin_avps){0};
	origin_icrq(&out, &o);
	ASSERT_AVP(3561, 1, "6d31");
	ASSERT_AVP(3561, 129, "00000000 000f9830");
	ASSERT_AVP(3561, 254, "00000001");
}

/* All that a LAC can say has room. */
static void the_longest_access_line(void)
{
	static const uint8_t value[63];
	struct l2tp_avp icrq[256];
	struct leg_origin o = {.number = 0};
	struct origin_room room;
	unsigned n = 0;

	for (uint16_t type = 0; type < 256; type++) {
		const struct l2tp_avp_row *row = l2tp_avp_row(3561, type);
		uint16_t len = sizeof(value);

		while (row && !l2tp_avp_length_ok(row, len))
			len--;
		if (row)
			icrq[n++] = (struct l2tp_avp){
				.vendor = 3561, .type = type, .val = value, .len = len};
	}
	origin_read(&o, &room, icrq, n);
	/* two texts, ten rates, four delays, 144 and 145, and no 254, which is 0 */
	CU_ASSERT_EQUAL(o.access_len, 2 * 65 + 10 * 6 + 4 * 6 + 5 + 6);
}

/* Only what is well formed goes on. */
static void malformed_access_line(void)
{
	static const char *const none[] = {
		"01 01 6d",	/* 5.1: greater than one octet */
		"81 03 0003fe", /* a rate has four */
		"81 08 0000000000000001",
		"8c 02 0008",
		"30 02 6d31", /* not of RFC 5515 */
		"01 05 6d31", /* longer than what is left */
		"01",
	};
	struct leg_origin o;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		origin_line(&o, none[i]);
		CU_ASSERT_EQUAL(out.n, 1); /* Bearer Type */
	}
	origin_line(&o, "01 02 6d31 01 02 7232"); /* the first counts */
	CU_ASSERT_EQUAL(out.n, 2);
	ASSERT_AVP(3561, 1, "6d31");
	origin_line(&o, "01 02 6d31 02 09 7232");
	CU_ASSERT_EQUAL(out.n, 2);
	ASSERT_AVP(3561, 1, "6d31");
}

/* Whatever an access node says, each attribute has a length its row allows. */
static void random_access_lines(void)
{
	uint64_t seed = test_seed();

	for (unsigned i = 0; i < 20000; i++) {
		uint8_t access[LEG_LINE_MAX];
		struct leg_origin o = {.access_len = (uint16_t)(test_rand(&seed) % 256),
				       .access = access};

		for (unsigned k = 0; k < o.access_len; k++)
			access[k] = (uint8_t)(test_rand(&seed) >> (k % 3 ? 0 : 5) & 0x9f);
		out = (struct origin_avps){0};
		origin_icrq(&out, &o);
		for (unsigned k = 0; k < out.n; k++)
			CU_ASSERT_TRUE(l2tp_avp_length_ok(
				l2tp_avp_row(out.avp[k].vendor, out.avp[k].type), out.avp[k].len));
	}
}

static void what_the_peer_section_adds(void)
{
	static const struct cfg_avp add[] = {
		{{0, L2TP_AVP_CALLING_NUMBER}, 3, (const uint8_t *)"999"},
		{{9, 1}, 1, (const uint8_t *)"x"},
	};
	static const struct cfg_peer peer = {.add = add, .adds = 2};
	static const struct leg_origin o = {.calling = "4242"};

	out = (struct origin_avps){0};
	origin_icrq(&out, &o);
	origin_add(&out, &peer);
	CU_ASSERT_EQUAL(out.n, 3);
	ASSERT_AVP(0, 22, "393939");
	ASSERT_AVP(9, 1, "78");
	CU_ASSERT_FALSE(origin_avp(9, 1)->mandatory);
}

/* The most a message can have, and all that a section adds. */
static void no_more_than_there_is_room_for(void)
{
	static struct l2tp_avp many[L2TP_MSG_AVPS];
	static struct cfg_avp add[CFG_ADD_MAX];
	const struct cfg_peer peer = {.add = add, .adds = CFG_ADD_MAX};

	for (uint16_t i = 0; i < CFG_ADD_MAX; i++)
		add[i].key = (struct l2tp_avp_key){9, i};
	out = (struct origin_avps){0};
	for (unsigned i = 0; i < 3; i++)
		origin_relay(&out, many, L2TP_MSG_AVPS);
	CU_ASSERT_EQUAL(out.n, ORIGIN_AVPS);
	origin_add(&out, &peer);
	CU_ASSERT_EQUAL(out.n, ORIGIN_AVPS);
	out = (struct origin_avps){0};
	origin_relay(&out, many, L2TP_MSG_AVPS);
	origin_add(&out, &peer);
	CU_ASSERT_EQUAL(out.n, L2TP_MSG_AVPS + CFG_ADD_MAX);
	for (unsigned i = 0; i < 200; i++)
		origin_speeds(&out, 1, 2); /* values of ours */
	CU_ASSERT_TRUE(out.used <= sizeof(out.octets) && out.n <= ORIGIN_AVPS);
}

/* RFC 2661 4.4.4: Minimum and Maximum BPS hold for either way of the line. */
static void a_line_that_is_not_what_was_asked_for(void)
{
	static const char slow[] = "the line is slower than Minimum BPS",
			  fast[] = "the line is faster than Maximum BPS";
	static const struct {
		uint64_t tx, rx;
		uint32_t min, max;
		const char *words;
	} rows[] = {
		{9600, 9600, 9600, 9600, NULL},	  {9599, 0, 9600, 0, slow},
		{9600, 9599, 9600, 0, slow},	  {9599, 9600, 9600, 0, slow},
		{19200, 9600, 9600, 19200, NULL}, {9600, 19200, 9600, 19200, NULL},
		{9600, 19201, 0, 19200, fast},	  {19201, 9600, 0, 19200, fast},
		{19201, 0, 0, 19200, fast},	  {0, 0, 9600, 19200, NULL},
		{64000, 64000, 0, 0, NULL},
	};
	static const struct {
		bool async;
		uint32_t framing, bearer;
		const char *words;
	} kinds[] = {
		{false, 1, 0, NULL}, {false, 2, 0, "the line is synchronous"},
		{false, 3, 0, NULL}, {true, 1, 0, "the line is asynchronous"},
		{true, 2, 0, NULL},  {true, 3, 0, NULL},
		{false, 0, 1, NULL}, {false, 0, 2, "the line is digital"},
		{false, 0, 3, NULL}, {true, 0, 2, NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg_origin o = {.speed = {rows[i].tx, rows[i].rx}};
		struct leg_out ask = {.min_bps = rows[i].min, .max_bps = rows[i].max};
		const char *words = leg_out_wrong(&ask, &o);

		CU_ASSERT_TRUE(words ? rows[i].words && !strcmp(words, rows[i].words)
				     : !rows[i].words);
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct leg_origin o = {.async = kinds[i].async};
		struct leg_out ask = {.framing = kinds[i].framing, .bearer = kinds[i].bearer};
		const char *words = leg_out_wrong(&ask, &o);

		CU_ASSERT_TRUE(words ? kinds[i].words && !strcmp(words, kinds[i].words)
				     : !kinds[i].words);
	}
}

/* Calls of which a speed is known, and no more, have one between them. */
static void alike_is_kept_once(void)
{
	const struct leg_origin fast = {.speed = {.tx_bps = 10000000, .rx_bps = 1000000}};
	struct leg_origin other[] = {fast, fast, fast, fast, fast};
	const struct leg_origin *a, *b;

	other[0].speed.rx_bps++;
	other[1].speed.tx_bps++;
	other[2].number = 7;
	other[3].async = true;
	other[4].calling = "4242";
	CU_ASSERT_PTR_EQUAL(origin_keep(&origin_nothing, &origin_nothing), &origin_nothing);
	a = origin_keep(&origin_nothing, &fast);
	b = origin_keep(&origin_nothing, &fast);
	CU_ASSERT_PTR_EQUAL(a, b);
	b = origin_keep(b, b); /* nothing has been learnt */
	CU_ASSERT_PTR_EQUAL(a, b);
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++) {
		b = origin_keep(b, &other[i]);
		CU_ASSERT_PTR_NOT_EQUAL(a, b);
		CU_ASSERT(b->speed.tx_bps == other[i].speed.tx_bps && b->number == other[i].number);
		CU_ASSERT(b->speed.rx_bps == other[i].speed.rx_bps && b->async == other[i].async);
	}
	CU_ASSERT_STRING_EQUAL(b->calling, "4242");
	CU_ASSERT_PTR_NOT_EQUAL(b->calling, other[4].calling); /* its own */
	other[4] = *b;
	other[4].number = 9;
	b = origin_keep(b, &other[4]); /* its texts come along */
	CU_ASSERT_STRING_EQUAL(b->calling, "4242");
	origin_drop(b);
	b = origin_keep(&origin_nothing, &other[0]);
	origin_drop(b);
	CU_ASSERT_EQUAL(a->speed.rx_bps, 1000000);
	origin_drop(a);
	heap_refuse(0);
	CU_ASSERT_PTR_EQUAL(origin_keep(&origin_nothing, &fast), &origin_nothing);
	CU_ASSERT_TRUE(heap_refused());
}

static const struct test_case cases[] = {
	{"alike_is_kept_once", alike_is_kept_once},
	{"a_digital_line", a_digital_line},
	{"what_a_lac_says", what_a_lac_says},
	{"a_called_sub_address", a_called_sub_address},
	{"an_asynchronous_line", an_asynchronous_line},
	{"speeds", speeds},
	{"rfc5515_5_access_line", rfc5515_5_access_line},
	{"rfc5515_5_an_access_line_is_read", rfc5515_5_an_access_line_is_read},
	{"the_longest_access_line", the_longest_access_line},
	{"malformed_access_line", malformed_access_line},
	{"random_access_lines", random_access_lines},
	{"a_line_that_is_not_what_was_asked_for", a_line_that_is_not_what_was_asked_for},
	{"what_the_peer_section_adds", what_the_peer_section_adds},
	{"no_more_than_there_is_room_for", no_more_than_there_is_room_for},
	{NULL, NULL},
};
const struct test_suite suite_origin = {"origin", cases};
