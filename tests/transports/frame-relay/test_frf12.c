/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fragments: the header's octets, every loss a gap, and frames of every size cut and put together.
 */
#include "tests/harness.h"
#include "transports/frame-relay/frf12.h"

#include <string.h>

static uint8_t buf[2000];

static struct frf12 frf12_fresh(void)
{
	return (struct frf12){.buf = buf, .cap = sizeof(buf)};
}

/* Hex behind NLPID B1. */
static enum frf12_result test_frf12_take(struct frf12 *f, const char *hex)
{
	uint8_t in[64];
	struct rd r = rd_init(in, test_hex(in, sizeof(in), hex));

	return frf12_take(f, 0, &r);
}

static void frf12_header(void)
{
	static const struct {
		uint16_t seq;
		bool first, last;
		const char *hex;
	} rows[] = {
		{0, true, false, "03 b1 80 00"},     {1, false, false, "03 b1 00 01"},
		{255, false, true, "03 b1 40 ff"},   {256, true, true, "03 b1 c2 00"},
		{4095, false, false, "03 b1 1e ff"}, {0x800, false, false, "03 b1 10 00"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t out[4], want[4];
		struct wr w = wr_init(out, sizeof(out));
		uint16_t seq = rows[i].seq;

		test_hex(want, sizeof(want), rows[i].hex);
		frf12_put(&w, &seq, rows[i].first, rows[i].last);
		ASSERT_OCTETS(out, w.len, want, FRF12_HEAD);
		CU_ASSERT_EQUAL(seq, (rows[i].seq + 1) % 4096);
	}
}

static void frf12_together(void)
{
	struct frf12 f = frf12_fresh();

	CU_ASSERT_EQUAL(test_frf12_take(&f, "80 05 03 cf"), FRF12_MORE);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "00 06 c0 21"), FRF12_MORE);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "40 07 01"), FRF12_WHOLE);
	ASSERT_OCTETS(f.buf, f.len, "\x03\xcf\xc0\x21\x01", 5);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "c0 08 03"), FRF12_WHOLE); /* first and last at once */
	CU_ASSERT_EQUAL(f.len, 1);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "9e ff aa"),
			FRF12_MORE); /* the number wraps at 12 bits */
	CU_ASSERT_EQUAL(test_frf12_take(&f, "40 00 bb"), FRF12_WHOLE);
	ASSERT_OCTETS(f.buf, f.len, "\xaa\xbb", 2);
}

static void frf12_missing(void)
{
	struct frf12 f = frf12_fresh();

	CU_ASSERT_EQUAL(test_frf12_take(&f, "00 01 aa"), FRF12_MISSING); /* no first one */
	CU_ASSERT_EQUAL(test_frf12_take(&f, "40 02 aa"), FRF12_MISSING);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "80 03 aa"), FRF12_MORE);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "00 05 aa"), FRF12_MISSING); /* 4 is lost */
	CU_ASSERT_EQUAL(test_frf12_take(&f, "40 06 aa"), FRF12_MISSING); /* and with it the rest */
	CU_ASSERT_EQUAL(test_frf12_take(&f, "80 07 aa"), FRF12_MORE);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "80 09 bb"),
			FRF12_MORE); /* the last of 7 is lost: begin anew */
	CU_ASSERT_EQUAL(test_frf12_take(&f, "40 0a cc"), FRF12_WHOLE);
	ASSERT_OCTETS(f.buf, f.len, "\xbb\xcc", 2);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "80 0b aa"), FRF12_MORE);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "00 0c aa"), FRF12_MORE);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "00 0c aa"), FRF12_MISSING); /* twice */
}

static void frf12_malformed(void)
{
	static const char *const bad[] = {"", "80", "80 01", "a0 02 aa", "81 02 aa", "21 02 aa"};
	struct frf12 f = frf12_fresh();

	CU_ASSERT_EQUAL(test_frf12_take(&f, "80 01 03"), FRF12_MORE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(test_frf12_take(&f, bad[i]), FRF12_MALFORMED);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "40 02 cf"), FRF12_WHOLE); /* they did no harm */
}

static void frf12_too_long(void)
{
	struct frf12 f = {.buf = buf, .cap = 3};

	CU_ASSERT_EQUAL(test_frf12_take(&f, "80 01 aa aa"), FRF12_MORE);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "00 02 aa aa"), FRF12_TOO_LONG);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "40 03 aa"), FRF12_MISSING);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "80 04 aa aa"), FRF12_MORE);
	CU_ASSERT_EQUAL(test_frf12_take(&f, "40 05 aa"), FRF12_WHOLE);
	f.cap = 0; /* no memory */
	CU_ASSERT_EQUAL(test_frf12_take(&f, "80 06 aa"), FRF12_TOO_LONG);
}

/* Of a frame, not of the one before it. */
static void marks(void)
{
	static const struct {
		uint8_t header[3];
		uint32_t mark, all;
	} rows[] = {
		{{0x80, 1, 0xaa}, 1, 1}, {{0x00, 2, 0xaa}, 0, 1}, {{0x40, 3, 0xaa}, 4, 5},
		{{0x80, 4, 0xaa}, 2, 2}, {{0x40, 5, 0xaa}, 0, 2}, {{0xc0, 6, 0xaa}, 0, 0},
	};
	struct frf12 f = frf12_fresh();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rd r = rd_init(rows[i].header, 3);

		frf12_take(&f, rows[i].mark, &r);
		CU_ASSERT_EQUAL(f.marks, rows[i].all);
	}
}

/* Cut at random places, some fragments dropped: what comes whole is what went. */
static void random_cuts(void)
{
	uint64_t seed = test_seed();
	struct frf12 f = frf12_fresh();
	unsigned whole = 0, expected = 0;
	uint16_t seq = 0;

	for (int round = 0; round < 2000; round++) {
		uint8_t frame[200], out[256];
		size_t len = 1 + test_rand(&seed) % sizeof(frame), at = 0;
		bool complete = true;

		memset(frame, round & 0xff, len);
		while (at < len) {
			size_t n = 1 + test_rand(&seed) % (len - at);
			struct wr w = wr_init(out, sizeof(out));
			struct rd r;

			frf12_put(&w, &seq, !at, at + n == len);
			wr_bytes(&w, frame + at, n);
			at += n;
			if (test_rand(&seed) % 10 == 0) {
				complete = false;
				continue;
			}
			r = rd_init(out + 2, w.len - 2);
			if (frf12_take(&f, 0, &r) != FRF12_WHOLE)
				continue;
			whole++;
			if (!complete || f.len != len || memcmp(f.buf, frame, len))
				CU_FAIL("not what went in");
		}
		expected += complete;
	}
	CU_ASSERT_EQUAL(whole, expected);
	CU_ASSERT_TRUE(whole > 500 && whole < 1900);
}

static const struct test_case cases[] = {
	{"header_octets", frf12_header},
	{"fragments_make_a_frame", frf12_together},
	{"a_missing_fragment_takes_the_frame", frf12_missing},
	{"malformed_fragments", frf12_malformed},
	{"longer_than_there_is_room", frf12_too_long},
	{"marks_of_all_fragments", marks},
	{"cut_at_random_and_lossy", random_cuts},
	{NULL, NULL},
};
const struct test_suite suite_frf12 = {"frf12", cases};
