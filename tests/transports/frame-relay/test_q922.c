/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Q.922 addresses against octets typed from the recommendation's figures. */
#include "tests/harness.h"
#include "transports/frame-relay/q922.h"

#include <string.h>

struct row {
	enum q922_format f;
	const char *hex;
	struct q922_addr a;
};

static const struct row rows[] = {
	{Q922_2_OCTETS, "00 01", {.dlci = 0}},
	{Q922_2_OCTETS, "18 41", {.dlci = 100}}, /* RFC 3070 on DLCI 100 */
	{Q922_2_OCTETS, "fc f1", {.dlci = 1023}},
	{Q922_2_OCTETS, "04 01", {.dlci = 16}},
	{Q922_2_OCTETS, "f4 f1", {.dlci = 991}}, /* 61 * 16 + 15 */
	{Q922_2_OCTETS, "1a 41", {.dlci = 100, .cr = true}},
	{Q922_2_OCTETS, "18 49", {.dlci = 100, .fecn = true}},
	{Q922_2_OCTETS, "18 45", {.dlci = 100, .becn = true}},
	{Q922_2_OCTETS, "18 43", {.dlci = 100, .de = true}},
	{Q922_2_OCTETS, "1a 4f", {.dlci = 100, .cr = true, .fecn = true, .becn = true, .de = true}},
	{Q922_3_OCTETS, "00 00 01", {.dlci = 0}},
	{Q922_3_OCTETS, "fc f0 fd", {.dlci = 0xffff}},
	{Q922_3_OCTETS, "04 00 01", {.dlci = 1 << 10}},
	{Q922_3_OCTETS, "00 10 01", {.dlci = 1 << 6}},
	{Q922_3_OCTETS, "00 00 05", {.dlci = 1}},
	{Q922_3_OCTETS,
	 "02 0e 05",
	 {.dlci = 1, .cr = true, .fecn = true, .becn = true, .de = true}},
	{Q922_4_OCTETS, "00 00 00 01", {.dlci = 0}},
	{Q922_4_OCTETS, "fc f0 fe fd", {.dlci = 0x7fffff}},
	{Q922_4_OCTETS, "04 00 00 01", {.dlci = 1 << 17}},
	{Q922_4_OCTETS, "00 10 00 01", {.dlci = 1 << 13}},
	{Q922_4_OCTETS, "00 00 02 01", {.dlci = 1 << 6}},
	{Q922_4_OCTETS, "00 00 00 05", {.dlci = 1}},
	{Q922_4_OCTETS, "00 08 00 05", {.dlci = 1, .fecn = true}},
};

static bool q922_same(const struct q922_addr *a, const struct q922_addr *b)
{
	return a->dlci == b->dlci && a->cr == b->cr && a->fecn == b->fecn && a->becn == b->becn &&
	       a->de == b->de && a->control == b->control;
}

static void test_q922_get(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct q922_addr a;
		uint8_t in[5];
		size_t n = test_hex(in, sizeof(in), rows[i].hex);
		struct rd r = rd_init(in, n + 1);

		in[n] = 0x03;
		CU_ASSERT_EQUAL(q922_get(&r, rows[i].f, &a), Q922_OK);
		if (!q922_same(&a, &rows[i].a))
			CU_FAIL(rows[i].hex);
		CU_ASSERT_EQUAL(r.left, 1);
	}
}

static void test_q922_put(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t want[4], out[4];
		size_t n = test_hex(want, sizeof(want), rows[i].hex);
		struct wr w = wr_init(out, sizeof(out));

		q922_put(&w, rows[i].f, &rows[i].a);
		ASSERT_OCTETS(out, w.len, want, n);
	}
}

static void q922_wrong(void)
{
	static const struct {
		enum q922_format f;
		const char *hex;
		enum q922_result r;
	} bad[] = {
		{Q922_2_OCTETS, "", Q922_SHORT},
		{Q922_2_OCTETS, "18", Q922_SHORT},
		{Q922_2_OCTETS, "19 41", Q922_EA},
		{Q922_2_OCTETS, "18 40", Q922_EA},
		{Q922_2_OCTETS, "19 40", Q922_EA},
		{Q922_3_OCTETS, "18 41", Q922_SHORT},
		{Q922_3_OCTETS, "18 41 03", Q922_EA},
		{Q922_3_OCTETS, "18 40 00", Q922_EA},
		{Q922_3_OCTETS, "18 40 03", Q922_DL_CORE},
		{Q922_4_OCTETS, "18 40 03", Q922_SHORT},
		{Q922_4_OCTETS, "18 40 01 01", Q922_EA},
		{Q922_4_OCTETS, "18 40 00 03", Q922_DL_CORE},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct q922_addr a;
		uint8_t in[4];
		struct rd r = rd_init(in, test_hex(in, sizeof(in), bad[i].hex));

		if (q922_get(&r, bad[i].f, &a) != bad[i].r)
			CU_FAIL(bad[i].hex);
	}
}

static void bounds(void)
{
	static const uint32_t most[] = {1023, 65535, 8388607};

	for (enum q922_format f = Q922_2_OCTETS; f < Q922_FORMATS; f++) {
		struct q922_addr a = {.dlci = most[f]};
		uint8_t out[4];
		struct wr w = wr_init(out, sizeof(out));

		CU_ASSERT_EQUAL(q922_max_dlci(f), most[f]);
		q922_put(&w, f, &a);
		CU_ASSERT_FALSE(w.bad);
		CU_ASSERT_EQUAL(w.len, f + 2u);
		CU_ASSERT_EQUAL(q922_octets(f), f + 2u);
		w = wr_init(out, sizeof(out));
		a.dlci++;
		q922_put(&w, f, &a);
		CU_ASSERT_TRUE(w.bad);
		w = wr_init(out, f + 1u);
		a.dlci--;
		q922_put(&w, f, &a);
		CU_ASSERT_TRUE(w.bad);
	}
}

/* Every DLCI of 10 and 16 bits comes back as it went. */
static void q922_round_trip(void)
{
	for (enum q922_format f = Q922_2_OCTETS; f <= Q922_3_OCTETS; f++)
		for (uint32_t d = 0; d <= q922_max_dlci(f); d++) {
			struct q922_addr a = {.dlci = d, .fecn = d & 1, .de = d & 2}, b;
			uint8_t out[4];
			struct wr w = wr_init(out, sizeof(out));
			struct rd r;

			q922_put(&w, f, &a);
			r = rd_init(out, w.len);
			if (q922_get(&r, f, &b) != Q922_OK || !q922_same(&a, &b))
				CU_FAIL_FATAL("not what went in");
		}
}

static const struct test_case cases[] = {
	{"q922_3_3_addresses_in", test_q922_get},	{"q922_3_3_addresses_out", test_q922_put},
	{"short_extension_and_dl_core", q922_wrong},	{"bounds_of_each_length", bounds},
	{"every_dlci_there_and_back", q922_round_trip}, {NULL, NULL},
};
const struct test_suite suite_q922 = {"q922", cases};
