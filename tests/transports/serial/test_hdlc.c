/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 1662: FCS-16 and FCS-32, octet stuffing, and the stream decoder fed with damaged input. */
#include "transports/serial/hdlc.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

#define ALL_ACCM 0xffffffffu

/* The catalogue values of CRC-16/X-25 and CRC-32 over "123456789", low octet first; and the "good
 * final FCS values" of appendix C.2 and C.3. */
static void rfc1662_c_known_values(void)
{
	static const uint8_t x25[] = {0x6e, 0x90}, crc32[] = {0x26, 0x39, 0xf4, 0xcb};
	uint8_t data[13] = "123456789", fcs[HDLC_FCS_MAX];

	CU_ASSERT_EQUAL(hdlc_fcs_put(HDLC_FCS_16, fcs, data, 9), 2);
	ASSERT_OCTETS(fcs, 2, x25, 2);
	memcpy(data + 9, fcs, 2);
	CU_ASSERT_EQUAL(hdlc_fcs16(0xffff, data, 11), 0xf0b8);
	CU_ASSERT_EQUAL(hdlc_fcs_put(HDLC_FCS_32, fcs, data, 9), 4);
	ASSERT_OCTETS(fcs, 4, crc32, 4);
	memcpy(data + 9, fcs, 4);
	CU_ASSERT_EQUAL(hdlc_fcs32(0xffffffff, data, 13), 0xdebb20e3);
	CU_ASSERT_EQUAL(hdlc_fcs_put(HDLC_FCS_NONE, fcs, data, 9), 0);
}

/* Entries of the tables fcstab in C.2 and fcstab_32 in C.3: the register after one octet, from 0.
 */
static void rfc1662_c_table_entries(void)
{
	static const struct {
		uint8_t octet;
		uint16_t fcs16;
		uint32_t fcs32;
	} rows[] = {
		{0x00, 0x0000, 0x00000000}, {0x01, 0x1189, 0x77073096}, {0x02, 0x2312, 0xee0e612c},
		{0x08, 0x8c48, 0x0edb8832}, {0x10, 0x1081, 0x1db71064}, {0x80, 0x8408, 0xedb88320},
		{0xff, 0x0f78, 0x2d02ef8d},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CU_ASSERT_EQUAL(hdlc_fcs16(0, &rows[i].octet, 1), rows[i].fcs16);
		CU_ASSERT_EQUAL(hdlc_fcs32(0, &rows[i].octet, 1), rows[i].fcs32);
	}
}

/* Every bit that is turned over is seen, and a frame shorter than its FCS is none. */
static void rfc1662_c_damage_is_seen(void)
{
	static const enum hdlc_fcs kinds[] = {HDLC_FCS_16, HDLC_FCS_32};

	for (unsigned k = 0; k < 2; k++) {
		uint8_t frame[20] = {0xff, 0x03, 0x00, 0x21, 0x45};
		unsigned n = 16 + hdlc_fcs_put(kinds[k], frame + 16, frame, 16);

		CU_ASSERT_TRUE(hdlc_fcs_is_good(kinds[k], frame, n));
		for (unsigned bit = 0; bit < 8 * n; bit++) {
			frame[bit / 8] ^= (uint8_t)(1u << bit % 8);
			CU_ASSERT_FALSE(hdlc_fcs_is_good(kinds[k], frame, n));
			frame[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		CU_ASSERT_FALSE(hdlc_fcs_is_good(kinds[k], frame, 1));
	}
	CU_ASSERT_TRUE(hdlc_fcs_is_good(HDLC_FCS_NONE, NULL, 0));
}

/* The Configure-Request of 4.2's rows with the FCS of C.3, by zlib's crc32. */
static void rfc1662_c_3_fcs32_frames(void)
{
	static const char good[] = "7e ff 03 c0 21 01 01 00 04 59 12 db 21 7e";
	uint8_t frame[8], want[32], got[32], buf[16];
	size_t n = test_hex(frame, sizeof(frame), "ff03c02101010004");
	size_t m = test_hex(want, sizeof(want), good), len;
	struct hdlc_decoder d;

	ASSERT_OCTETS(got, hdlc_encode(got, sizeof(got), frame, n, 0, HDLC_FCS_32), want, m);
	hdlc_decoder_init(&d, buf, sizeof(buf), 0, HDLC_FCS_32);
	CU_ASSERT_EQUAL(hdlc_decode(&d, want, m, &len), m);
	ASSERT_OCTETS(buf, len, frame, n);
	/* the same with FCS-16 is damaged; a protocol field and FCS-16 is too short */
	m = test_hex(want, sizeof(want), "ff 03 c0 21 01 01 00 04 d1 b5 7e c0 21 12 34 56 7e");
	for (size_t at = 0; at < m;)
		at += hdlc_decode(&d, want + at, m - at, &len);
	CU_ASSERT_EQUAL(d.frames, 1);
	CU_ASSERT_EQUAL(d.bad_fcs, 1);
	CU_ASSERT_EQUAL(d.too_short, 1);
}

static void rfc1662_4_2_known_frames(void)
{
	static const struct {
		const char *frame, *wire;
		uint32_t accm;
	} rows[] = {
		{"ff03c02101010004", "7e ff 7d23 c0 21 7d21 7d21 7d20 7d24 d1 b5 7e", ALL_ACCM},
		{"ff03c02101010004", "7e ff 03 c0 21 01 01 00 04 d1 b5 7e", 0},
		{"ff03c02101010004", "7e ff 7d23 c0 21 01 01 00 04 d1 b5 7e", 1u << 3},
		/* flag and escape are escaped whatever the map */
		{"ff03c0210101000a05067d7e0111",
		 "7e ff 03 c0 21 01 01 00 0a 05 06 7d5d 7d5e 01 7d31 50 3e 7e", 1u << 0x11},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t frame[32], want[64], got[64];
		size_t n = test_hex(frame, sizeof(frame), rows[i].frame);
		size_t m = test_hex(want, sizeof(want), rows[i].wire);

		n = hdlc_encode(got, sizeof(got), frame, n, rows[i].accm, HDLC_FCS_16);
		ASSERT_OCTETS(got, n, want, m);
	}
}

static void rfc1662_every_octet_survives(void)
{
	uint8_t frame[256], wire[HDLC_ROOM(256)], buf[256 + HDLC_FCS_MAX];
	struct hdlc_decoder d;
	size_t n, len;

	for (unsigned i = 0; i < 256; i++)
		frame[i] = (uint8_t)i;
	n = hdlc_encode(wire, sizeof(wire), frame, sizeof(frame), ALL_ACCM, HDLC_FCS_16);
	CU_ASSERT(n > 0);
	for (size_t i = 1; i < n - 1; i++)
		CU_ASSERT(wire[i] >= 0x20 && wire[i] != 0x7e);
	hdlc_decoder_init(&d, buf, sizeof(buf), ALL_ACCM, HDLC_FCS_16);
	CU_ASSERT_EQUAL(hdlc_decode(&d, wire, n, &len), n);
	ASSERT_OCTETS(d.buf, len, frame, sizeof(frame));
}

/* Fed in two pieces, cut at every place; the flag between two frames may be shared (4.4.2). */
static void rfc1662_4_stream_in_pieces(void)
{
	uint8_t frame[] = {0xff, 0x03, 0xc0, 0x21, 0x7e, 0x7d, 0x01}, wire[80], buf[16];
	size_t n = hdlc_encode(wire, sizeof(wire), frame, sizeof(frame), ALL_ACCM, HDLC_FCS_16);

	n += hdlc_encode(wire + n - 1, sizeof(wire) - n + 1, frame, sizeof(frame), 0, HDLC_FCS_16) -
	     1;
	for (size_t cut = 0; cut <= n; cut++) {
		struct hdlc_decoder d;
		size_t at = 0, len, end = cut;

		hdlc_decoder_init(&d, buf, sizeof(buf), 0, HDLC_FCS_16);
		while (at < n) {
			at += hdlc_decode(&d, wire + at, end - at, &len);
			if (len)
				ASSERT_OCTETS(d.buf, len, frame, sizeof(frame));
			if (at == cut)
				end = n;
		}
		CU_ASSERT_EQUAL(d.frames, 2);
		CU_ASSERT_EQUAL(d.bad_fcs + d.aborted + d.too_short + d.too_long, 0);
	}
}

static void hdlc_feed(struct hdlc_decoder *d, const char *hex)
{
	uint8_t in[128];
	size_t n = test_hex(in, sizeof(in), hex), len;

	for (size_t at = 0; at < n;)
		at += hdlc_decode(d, in + at, n - at, &len);
}

static void rfc1662_4_3_invalid_frames(void)
{
	static const struct {
		const char *wire;
		unsigned frames, bad_fcs, aborted, too_short, too_long;
	} rows[] = {
		{"7e ff03c02101010004 d1b5 7e", 1, 0, 0, 0, 0},
		{"7e7e7e ff03c02101010004 d1b5 7e7e", 1, 0, 0, 0, 0},
		/* before the first flag nothing counts */
		{"c02101 7e ff03c02101010004 d1b5 7e", 1, 0, 0, 0, 0},
		{"7e ff03c02101010004 d1b4 7e", 0, 1, 0, 0, 0},
		{"7e ff03c02101010004 d1b5 7d7e", 0, 0, 1, 0, 0},
		{"7e 7d7e", 0, 0, 1, 0, 0},
		{"7e 21 7e", 0, 0, 0, 1, 0},
		{"7e 21 f0b8 7e", 0, 0, 0, 1, 0},
		{"7e 000102030405060708090a0b0c0d0e0f10 7e", 0, 0, 0, 0, 1},
		/* the loss of one does not hurt the next */
		{"7e 000102030405060708090a0b0c0d0e0f10 7e ff03c02101010004 d1b5 7e", 1, 0, 0, 0,
		 1},
		{"7e ff03 7e ff03c02101010004 d1b5 7e", 1, 0, 0, 1, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t buf[16];
		struct hdlc_decoder d;

		hdlc_decoder_init(&d, buf, sizeof(buf), 0, HDLC_FCS_16);
		hdlc_feed(&d, rows[i].wire);
		CU_ASSERT_EQUAL(d.frames, rows[i].frames);
		CU_ASSERT_EQUAL(d.bad_fcs, rows[i].bad_fcs);
		CU_ASSERT_EQUAL(d.aborted, rows[i].aborted);
		CU_ASSERT_EQUAL(d.too_short, rows[i].too_short);
		CU_ASSERT_EQUAL(d.too_long, rows[i].too_long);
	}
}

/* 7.1: octets of the receive ACCM that stand bare were put there on the way, and go. */
static void rfc1662_7_1_inserted_octets_are_dropped(void)
{
	uint8_t buf[16];
	struct hdlc_decoder d;

	hdlc_decoder_init(&d, buf, sizeof(buf), 1u << 0x11 | 1u << 0x13, HDLC_FCS_16);
	hdlc_feed(&d, "7e 11 ff03 13 c021 11 01 13 010004 d1b5 11 7e");
	CU_ASSERT_EQUAL(d.frames, 1);
}

static void hdlc_no_room_is_no_frame(void)
{
	uint8_t frame[] = {0xff, 0x03, 0xc0, 0x21}, out[32];
	size_t need = hdlc_encode(out, sizeof(out), frame, sizeof(frame), ALL_ACCM, HDLC_FCS_16);

	CU_ASSERT(need > 0 && need <= HDLC_ROOM(sizeof(frame)));
	for (size_t cap = 0; cap < need; cap++)
		CU_ASSERT_EQUAL(hdlc_encode(out, cap, frame, sizeof(frame), ALL_ACCM, HDLC_FCS_16),
				0);
}

static void random_noise_between_frames(void)
{
	uint64_t seed = test_seed();
	uint8_t frame[64], wire[400], buf[80];
	struct hdlc_decoder d;
	unsigned good = 0;

	hdlc_decoder_init(&d, buf, sizeof(buf), ALL_ACCM, HDLC_FCS_16);
	for (unsigned round = 0; round < 2000; round++) {
		size_t noise = test_rand(&seed) % 100, n = 4 + test_rand(&seed) % 60, len, all;
		bool found = false;

		for (size_t i = 0; i < noise; i++)
			wire[i] = (uint8_t)test_rand(&seed);
		for (size_t i = 0; i < n; i++)
			frame[i] = (uint8_t)test_rand(&seed);
		all = noise + hdlc_encode(wire + noise, sizeof(wire) - noise, frame, n, ALL_ACCM,
					  HDLC_FCS_16);
		for (size_t at = 0; at < all;) {
			at += hdlc_decode(&d, wire + at, all - at, &len);
			CU_ASSERT(len <= sizeof(buf) - 2);
			found = len == n && !memcmp(d.buf, frame, n);
		}
		good += found;
	}
	CU_ASSERT_EQUAL(good, 2000);
}

static const struct test_case cases[] = {
	{"rfc1662_c_known_values", rfc1662_c_known_values},
	{"rfc1662_c_table_entries", rfc1662_c_table_entries},
	{"rfc1662_c_damage_is_seen", rfc1662_c_damage_is_seen},
	{"rfc1662_c_3_fcs32_frames", rfc1662_c_3_fcs32_frames},
	{"rfc1662_4_2_known_frames", rfc1662_4_2_known_frames},
	{"rfc1662_every_octet_survives", rfc1662_every_octet_survives},
	{"rfc1662_4_stream_in_pieces", rfc1662_4_stream_in_pieces},
	{"rfc1662_4_3_invalid_frames", rfc1662_4_3_invalid_frames},
	{"rfc1662_7_1_inserted_octets_are_dropped", rfc1662_7_1_inserted_octets_are_dropped},
	{"no_room_is_no_frame", hdlc_no_room_is_no_frame},
	{"random_noise_between_frames", random_noise_between_frames},
	{NULL, NULL},
};
const struct test_suite suite_hdlc = {"hdlc", cases};
