/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/pppoe/pppoe_addr.h"

#include "tests/harness.h"

#include <errno.h>
#include <string.h>

static void pppoe_addr_texts(void)
{
	static const char *const good[] = {
		"00:00:5e:00:53:01", "isp@00:00:5e:00:53:01", "*", "isp@*", "a@b@*",
		"gold line 2@*",
	};
	static const char *const bad[] = {
		"",
		"isp",
		"isp@",
		"00:00:5e:00:53",
		"00:00:5e:00:53:0",
		"00:00:5e:00:53:01:",
		"00-00-5e-00-53-01",
		"01:00:5e:00:53:01",
		"i*p@*",
		"i\tp@*",
		"00:00:5e:00:53:0g",
		"00:00:5e:*",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct ist_addr a;
		char text[100], cut[4];

		CU_ASSERT_EQUAL(pppoe_addr_parse(&a, good[i]), 0);
		CU_ASSERT_EQUAL(pppoe_addr_format(&a, text, sizeof(text)), (int)strlen(good[i]));
		CU_ASSERT_STRING_EQUAL(text, good[i]);
		CU_ASSERT_EQUAL(pppoe_addr_format(&a, cut, sizeof(cut)), (int)strlen(good[i]));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ist_addr a;

		if (pppoe_addr_parse(&a, bad[i]) != -EINVAL)
			CU_FAIL(bad[i]);
	}
}

/* Octets of the address itself: six of MAC, then the name. */
static void pppoe_addr_octets(void)
{
	struct ist_addr a, b;
	const uint8_t *name;
	char text[100];

	CU_ASSERT_EQUAL(pppoe_addr_parse(&a, "isp@00:00:5E:00:53:01"), 0);
	ASSERT_OCTETS(a.data, a.len, "\0\0\x5e\0\x53\1isp", 9);
	ASSERT_OCTETS(pppoe_addr_mac(&a), 6, "\0\0\x5e\0\x53\1", 6);
	CU_ASSERT_EQUAL(pppoe_addr_service(&a, &name), 3);
	pppoe_addr_set(&b, pppoe_addr_mac(&a), "isp", 3);
	CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof(a)), 0);
	pppoe_addr_set(&b, NULL, "a*\n\x7f", 4);
	CU_ASSERT_PTR_NULL(pppoe_addr_mac(&b));
	pppoe_addr_format(&b, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "a???@*");
	memset(text, 'n', sizeof(text));
	pppoe_addr_set(&b, NULL, text, sizeof(text));
	CU_ASSERT_EQUAL(pppoe_addr_service(&b, &name), PPPOE_SERVICE_MAX);
	memset(&a, 0, sizeof(a)); /* nothing at all is any station */
	pppoe_addr_format(&a, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "*");
}

/* 56 octets of name fit, 57 do not. */
static void pppoe_addr_longest(void)
{
	char text[80];
	struct ist_addr a;

	memset(text, 'n', sizeof(text));
	strcpy(text + PPPOE_SERVICE_MAX, "@*");
	CU_ASSERT_EQUAL(pppoe_addr_parse(&a, text), 0);
	CU_ASSERT_EQUAL(a.len, 62);
	memset(text, 'n', sizeof(text));
	strcpy(text + PPPOE_SERVICE_MAX + 1, "@*");
	CU_ASSERT_EQUAL(pppoe_addr_parse(&a, text), -EINVAL);
}

static void pppoe_addr_patterns(void)
{
	static const struct {
		const char *pattern;
		bool isp, bare; /* does isp@00:00:5e:00:53:01, does 00:00:5e:00:53:02 */
	} rows[] = {
		{"*", true, true},
		{"00:00:5e:*", true, true},
		{"00:00:5e:00:53:01", true, false},
		{"*:02", false, true},
		{"isp@*", true, false},
		{"i*p@00:00:*", true, false},
		{"*@*", true, true},
		{"@*", false, true},
		{"*s*p*@*:53:*", true, false},
		{"is@*", false, false},
		{"ispx@*", false, false},
		{"", false, false},
		{"isp@", false, false},
		{"**:*0*1", true, false},
	};
	struct ist_addr isp, bare;

	CU_ASSERT_EQUAL(pppoe_addr_parse(&isp, "isp@00:00:5e:00:53:01"), 0);
	CU_ASSERT_EQUAL(pppoe_addr_parse(&bare, "00:00:5e:00:53:02"), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (pppoe_addr_match(&isp, rows[i].pattern) != rows[i].isp ||
		    pppoe_addr_match(&bare, rows[i].pattern) != rows[i].bare)
			CU_FAIL(rows[i].pattern);
}

static const struct test_case cases[] = {
	{"texts_there_and_back", pppoe_addr_texts},
	{"octets_of_an_address", pppoe_addr_octets},
	{"longest_service_name", pppoe_addr_longest},
	{"patterns", pppoe_addr_patterns},
	{NULL, NULL},
};
const struct test_suite suite_pppoe_addr = {"pppoe_addr", cases};
