/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encapsulations of RFC 2427, 3070 and 1973, as their figures have them. */
#include "tests/harness.h"
#include "transports/frame-relay/fr_encap.h"

static void test_fr_encap_get(void)
{
	static const struct {
		const char *hex;
		enum fr_kind kind;
		uint8_t nlpid;
		size_t left;
	} rows[] = {
		{"03 00 80 00 00 5e 00 07 c8 02", FR_L2TP, 0x80, 2}, /* RFC 3070 figure 1 */
		{"03 80 00 00 5e 00 07 c8 02", FR_L2TP, 0x80, 2},    /* without its pad */
		{"03 00 80 00 00 5e 00 07", FR_L2TP, 0x80, 0},
		{"03 cf c0 21 01", FR_PPP, 0xcf, 3}, /* RFC 1973 3.1 */
		{"03 00 cf c0 21", FR_PPP, 0xcf, 2},
		{"03 cc 45 00", FR_IPV4, 0xcc, 2}, /* RFC 2427 section 4.1 */
		{"03 00 cc 45", FR_IPV4, 0xcc, 1},
		{"03 8e 60", FR_IPV6, 0x8e, 1},
		{"03 81", FR_OSI, 0x81, 0},
		{"03 82", FR_OSI, 0x82, 0},
		{"03 83", FR_OSI, 0x83, 0},
		{"03 08 00 75", FR_LMI, 0x08, 2},
		{"03 09 00 75", FR_LMI, 0x09, 2},
		{"03 b1 c0 00", FR_FRAGMENT, 0xb1, 2},
		{"03 b0", FR_COMPRESSED, 0xb0, 0},
		{"03 00 80 00 80 c2 00 07 aa", FR_BRIDGED, 0x80, 1}, /* RFC 2427 4.2 */
		{"03 00 80 00 80 c2 00 01", FR_BRIDGED, 0x80, 0},
		{"03 00 80 00 00 00 08 06", FR_ETHERTYPE, 0x80, 0}, /* InARP, RFC 2390 */
		{"03 00 80 00 00 5e 00 08", FR_SNAP_OTHER, 0x80, 0},
		{"03 00 80 00 00 0c 20 00", FR_SNAP_OTHER, 0x80, 0},
		{"03 21 45", FR_NLPID_OTHER, 0x21, 1},
		{"03 00 00 80 00 00 5e 00 07", FR_NLPID_ZERO, 0, 6}, /* one pad, not two */
		{"", FR_SHORT, 0, 0},
		{"03", FR_SHORT, 0, 0},
		{"03 00", FR_SHORT, 0, 0},
		{"03 80 00 00 5e 00", FR_SHORT, 0x80, 0},
		{"03 00 80", FR_SHORT, 0x80, 0},
		{"13 00 80 00 00 5e 00 07", FR_NOT_UI, 0, 6}, /* UI with P set is not ours */
		{"00 00 80", FR_NOT_UI, 0, 1},
		{"2f cf", FR_NOT_UI, 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t in[16], nlpid = 99;
		struct rd r = rd_init(in, test_hex(in, sizeof(in), rows[i].hex));

		if (fr_encap_get(&r, &nlpid) != rows[i].kind || nlpid != rows[i].nlpid ||
		    r.left != rows[i].left)
			CU_FAIL(rows[i].hex);
	}
}

static void test_fr_encap_put(void)
{
	static const struct {
		enum fr_kind kind;
		bool pad;
		const char *hex;
	} rows[] = {
		{FR_L2TP, true, "03 00 80 00 00 5e 00 07"},
		{FR_L2TP, false, "03 80 00 00 5e 00 07"},
		{FR_PPP, true, "03 cf"},
		{FR_PPP, false, "03 cf"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t want[FR_ENCAP_MAX], out[FR_ENCAP_MAX];
		size_t n = test_hex(want, sizeof(want), rows[i].hex);
		struct wr w = wr_init(out, sizeof(out));

		fr_encap_put(&w, rows[i].kind, rows[i].pad);
		CU_ASSERT_FALSE(w.bad);
		ASSERT_OCTETS(out, w.len, want, n);
		CU_ASSERT_EQUAL(fr_encap_octets(rows[i].kind, rows[i].pad), n);
	}
}

/* The octet after 03 decides, whatever follows: all 256. */
static void every_nlpid(void)
{
	unsigned other = 0;

	for (unsigned v = 0; v < 256; v++) {
		const uint8_t in[] = {3, (uint8_t)v, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
		struct rd r = rd_init(in, sizeof(in));
		uint8_t nlpid;
		enum fr_kind kind = fr_encap_get(&r, &nlpid);

		CU_ASSERT_EQUAL(nlpid, v ? v : 0xff);
		CU_ASSERT_TRUE(kind < FR_KINDS);
		other += kind == FR_NLPID_OTHER;
	}
	CU_ASSERT_EQUAL(other,
			256 - 11); /* 10 in the table besides 0, and 80; 00 FF is an NLPID FF */
}

static const struct test_case cases[] = {
	{"rfc2427_3070_1973_in", test_fr_encap_get},
	{"rfc3070_1973_out", test_fr_encap_put},
	{"every_nlpid", every_nlpid},
	{NULL, NULL},
};
const struct test_suite suite_fr_encap = {"fr_encap", cases};
