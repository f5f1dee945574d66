/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/pppoe/pppoe_line.h"

#include "tests/harness.h"

#include <string.h>

static const uint8_t mac[] = {0, 0, 0x5e, 0, 0x53, 1};

static bool line(struct pppoe_line *out, uint8_t *buf, size_t cap, const char *hex)
{
	struct pppoe_tag tag = {buf, (uint16_t)test_hex(buf, cap, hex)};

	return pppoe_line_get(out, &tag);
}

/* TR-101: suboptions 1 and 2 name the line, 0x81 and 0x82 are rates in kbit/s, of four octets. */
static void pppoe_line_tr101(void)
{
	char calling[PPPOE_CALLING_MAX];
	uint8_t buf[64];
	struct pppoe_line l;

	/* "ms1 eth 1/2", "joe"; 1022 kbit/s up, 16240 down; minimum and encapsulation are no rates
	 */
	CU_ASSERT_TRUE(line(&l, buf, sizeof(buf),
			    "01 0b 6d733120657468 20312f32 02 03 6a6f65 81 04 000003fe"
			    "82 04 00003f70 83 04 00000001 90 03 010200"));
	CU_ASSERT_EQUAL(l.upstream_bps, 1022000);
	CU_ASSERT_EQUAL(l.downstream_bps, 16240000);
	pppoe_line_calling(calling, mac, &l);
	CU_ASSERT_STRING_EQUAL(calling, "00:00:5e:00:53:01#ms1 eth 1/2#joe");
}

static void pppoe_line_parts(void)
{
	static const struct {
		const char *hex, *want;
		bool ok;
	} rows[] = {
		{"", "00:00:5e:00:53:01", true},
		{"01 01 61", "00:00:5e:00:53:01#a", true},
		{"02 01 62", "00:00:5e:00:53:01##b", true},
		{"01 03 610a7f", "00:00:5e:00:53:01#a??", true},
		{"01 01 61 02 05 62", "00:00:5e:00:53:01#a", false},
		{"01 01 61 02", "00:00:5e:00:53:01#a", false},
		{"81 03 000003 01 01 61", "00:00:5e:00:53:01#a", true}, /* not of four octets */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char calling[PPPOE_CALLING_MAX];
		uint8_t buf[64];
		struct pppoe_line l;

		CU_ASSERT_EQUAL(line(&l, buf, sizeof(buf), rows[i].hex), rows[i].ok);
		CU_ASSERT_EQUAL(l.upstream_bps + l.downstream_bps, 0);
		pppoe_line_calling(calling, mac, &l);
		CU_ASSERT_STRING_EQUAL(calling, rows[i].want);
	}
}

/* Names longer than TR-101's 63 octets are cut; a rate has 32 bits of kbit/s. */
static void pppoe_line_long(void)
{
	char calling[PPPOE_CALLING_MAX];
	uint8_t buf[2 * 257 + 6];
	struct pppoe_tag tag = {buf, sizeof(buf)};
	struct pppoe_line l;

	memset(buf, 'x', sizeof(buf));
	buf[0] = 1;
	buf[257] = 2;
	buf[1] = buf[258] = 255;
	test_hex(buf + 514, 6, "82 04 ffffffff");
	CU_ASSERT_TRUE(pppoe_line_get(&l, &tag));
	CU_ASSERT_EQUAL(l.downstream_bps, UINT64_C(4294967295000));
	pppoe_line_calling(calling, mac, &l);
	CU_ASSERT_EQUAL(strlen(calling), 17 + 64 + 64);
}

static void pppoe_line_none(void)
{
	static const struct pppoe_tag none;
	struct pppoe_line l;
	char text[4];

	CU_ASSERT_TRUE(pppoe_line_get(&l, &none));
	CU_ASSERT_PTR_NULL(l.circuit.p);
	pppoe_text(text, sizeof(text), (const uint8_t *)"abcdef", 6);
	CU_ASSERT_STRING_EQUAL(text, "abc");
}

static const struct test_case cases[] = {
	{"tr101_names_and_rates", pppoe_line_tr101},
	{"some_of_it_and_malformed", pppoe_line_parts},
	{"longer_than_allowed", pppoe_line_long},
	{"no_tag", pppoe_line_none},
	{NULL, NULL},
};
const struct test_suite suite_pppoe_line = {"pppoe_line", cases};
