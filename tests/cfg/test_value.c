/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/load.h"
#include "cfg/preproc.h"
#include "cfg/value.h"
#include "tests/cfg/media.h"

#include <string.h>

static void value_numbers(void)
{
	static const char *const wrong[] = {"",	    "-1",  "+1",  " 1",	 "1 ",
					    "0x10", "1e3", "ten", "1.5", "1234567890123456789"};
	uint64_t n;

	CU_ASSERT(cfg_parse_number(&n, "0") && n == 0);
	CU_ASSERT(cfg_parse_number(&n, "0010") && n == 10); /* decimal, never octal */
	CU_ASSERT(cfg_parse_number(&n, "999999999999999999") && n == 999999999999999999u);
	for (size_t i = 0; i < CFG_ROWS(wrong); i++)
		CU_ASSERT_FALSE(cfg_parse_number(&n, wrong[i]));
}

static void value_times(void)
{
	static const struct {
		const char *text;
		uint64_t us;
		const char *again;
	} rows[] = {
		{"0", 0, "0"},
		{"10s", 10000000, "10s"},
		{"500ms", 500000, "500ms"},
		{"2m", 120000000, "2m"},
		{"90s", 90000000, "90s"},
		{"1h", 3600000000u, "1h"},
		{"1d", 86400000000u, "1d"},
		{"3us", 3, "3us"},
		{"1500ms", 1500000, "1500ms"},
		{"60s", 60000000, "1m"},
		{"0s", 0, "0"},
	};
	static const char *const wrong[] = {"",	   "10", "s",	 "-1s",	 "1.5s",
					    "1 s", "1S", "1sec", "4000d"};
	struct arena *a = arena_new();
	uint64_t us;

	for (size_t i = 0; i < CFG_ROWS(rows); i++) {
		CU_ASSERT(cfg_parse_time(&us, rows[i].text) && us == rows[i].us);
		ASSERT_TEXT(cfg_time_text(a, rows[i].us), rows[i].again);
	}
	for (size_t i = 0; i < CFG_ROWS(wrong); i++)
		CU_ASSERT_FALSE(cfg_parse_time(&us, wrong[i]));
	arena_free(a);
}

static void value_rates(void)
{
	static const struct {
		const char *text;
		uint64_t bps;
		const char *again;
	} rows[] = {
		{"0", 0, "0"},
		{"64000", 64000, "64k"},
		{"1500k", 1500000, "1500k"},
		{"2M", 2000000, "2M"},
		{"100G", UINT64_C(100000000000), "100G"},
		{"9", 9, "9"},
	};
	static const char *const wrong[] = {"",	  "M",	"-1",  "1.5M", "1 M",
					    "1m", "1K", "1Mb", "101G", "100000000001"};
	struct arena *a = arena_new();
	uint64_t bps;

	for (size_t i = 0; i < CFG_ROWS(rows); i++) {
		CU_ASSERT(cfg_parse_rate(&bps, rows[i].text) && bps == rows[i].bps);
		ASSERT_TEXT(cfg_rate_text(a, rows[i].bps), rows[i].again);
	}
	for (size_t i = 0; i < CFG_ROWS(wrong); i++)
		CU_ASSERT_FALSE(cfg_parse_rate(&bps, wrong[i]));
	arena_free(a);
}

static void booleans_and_words(void)
{
	bool b;

	CU_ASSERT(cfg_parse_bool(&b, "yes") && b);
	CU_ASSERT(cfg_parse_bool(&b, "no") && !b);
	CU_ASSERT_FALSE(cfg_parse_bool(&b, "true"));
	CU_ASSERT_FALSE(cfg_parse_bool(&b, ""));
	CU_ASSERT_EQUAL(cfg_word_index("pap chap mschapv2", "chap"), 1);
	CU_ASSERT_EQUAL(cfg_word_index("pap chap mschapv2", "cha"), -1);
	CU_ASSERT_EQUAL(cfg_word_index("pap chap mschapv2", ""), -1);
	CU_ASSERT_EQUAL(cfg_word_index("", "x"), -1);
}

static void value_addresses(void)
{
	uint32_t a;

	CU_ASSERT(cfg_parse_ipv4(&a, "10.64.0.1") && a == 0x0a400001);
	CU_ASSERT_FALSE(cfg_parse_ipv4(&a, "10.64.0"));
	CU_ASSERT_FALSE(cfg_parse_ipv4(&a, "10.64.0.256"));
	CU_ASSERT_FALSE(cfg_parse_ipv4(&a, "::1"));
}

static void value_prefixes(void)
{
	static const char *const wrong[] = {"",
					    "/8",
					    "10.0.0.0/",
					    "10.0.0.0/33",
					    "10.0.0.0/-1",
					    "2001:db8::/129",
					    "10.0.0.0/8/8",
					    "host/8",
					    "11111111111111111111111111111111111111111111111111/8"};
	struct arena *a = arena_new();
	struct cfg_prefix p;

	CU_ASSERT(cfg_parse_prefix(&p, "10.64.0.0/16") && !p.v6 && p.bits == 16);
	ASSERT_OCTETS(p.addr, 16, "\0\0\0\0\0\0\0\0\0\0\0\0\x0a\x40\0\0", 16);
	ASSERT_TEXT(cfg_prefix_text(a, &p), "10.64.0.0/16");
	CU_ASSERT(cfg_parse_prefix(&p, "2001:db8:64::/48") && p.v6 && p.bits == 48);
	ASSERT_OCTETS(p.addr, 16, "\x20\x01\x0d\xb8\0\x64\0\0\0\0\0\0\0\0\0\0", 16);
	ASSERT_TEXT(cfg_prefix_text(a, &p), "2001:db8:64::/48");
	CU_ASSERT(cfg_parse_prefix(&p, "192.0.2.1") && p.bits == 32);
	CU_ASSERT(cfg_parse_prefix(&p, "::1") && p.bits == 128);
	CU_ASSERT(cfg_parse_prefix(&p, "0.0.0.0/0") && p.bits == 0);
	for (size_t i = 0; i < CFG_ROWS(wrong); i++)
		CU_ASSERT_FALSE(cfg_parse_prefix(&p, wrong[i]));
	arena_free(a);
}

static void masks(void)
{
	static const struct {
		const char *text, *masked;
		bool any;
	} rows[] = {
		{"10.2.3.4/16", "10.2.0.0/16", true},	  {"10.2.0.0/16", "10.2.0.0/16", false},
		{"10.2.3.4/32", "10.2.3.4/32", false},	  {"10.2.3.4/0", "0.0.0.0/0", true},
		{"10.2.3.129/25", "10.2.3.128/25", true}, {"2001:db8::1/64", "2001:db8::/64", true},
	};
	struct arena *a = arena_new();
	struct cfg_prefix p;

	for (size_t i = 0; i < CFG_ROWS(rows); i++) {
		CU_ASSERT_FATAL(cfg_parse_prefix(&p, rows[i].text));
		CU_ASSERT_EQUAL(cfg_prefix_mask(&p), rows[i].any);
		ASSERT_TEXT(cfg_prefix_text(a, &p), rows[i].masked);
	}
	arena_free(a);
}

static void one_prefix_in_another(void)
{
	static const struct {
		const char *a, *b;
		bool want;
	} rows[] = {
		{"10.0.0.0/8", "10.1.0.0/16", true},
		{"10.1.0.0/16", "10.0.0.0/8", false},
		{"10.0.0.0/8", "10.0.0.0/8", true},
		{"10.0.0.0/9", "10.128.0.0/9", false},
		{"0.0.0.0/0", "192.0.2.1", true},
		{"0.0.0.0/0", "::1", false},
		{"2001:db8::/32", "2001:db8:64::/48", true},
	};
	struct cfg_prefix a, b;

	for (size_t i = 0; i < CFG_ROWS(rows); i++) {
		CU_ASSERT_FATAL(cfg_parse_prefix(&a, rows[i].a) && cfg_parse_prefix(&b, rows[i].b));
		CU_ASSERT_EQUAL(cfg_prefix_holds(&a, &b), rows[i].want);
	}
}

/* Each says whether it has a value, beside the report. */
static void a_wrong_value_is_none(void)
{
	struct cfg_key k = {.name = "k", .min = 5, .max = 10, .words = "a b"};
	struct cfg_item it = {.key = &k, .name = "k", .line = 1};
	struct cfg_value wrong = {.text = "?", .raw = "?", .raw_len = 1, .line = 1};
	struct cfg_value few = {.text = "4", .raw = "4", .raw_len = 1, .line = 1};
	struct cfg_value soon = {.text = "11us", .raw = "11us", .raw_len = 4, .line = 1};
	struct cfg_value host = {
		.text = "10.0.0.1/8", .raw = "10.0.0.1/8", .raw_len = 10, .line = 1};
	struct cfg_prefix p;
	struct told t = {0};
	struct cfg_load l;
	unsigned word;
	uint32_t a;
	uint64_t n;
	bool b;

	cfg_load_init(&l, "t", media);
	cfg_outline(&l);
	it.parent = l.root;
	CU_ASSERT_FALSE(cfg_get_number(&l, &it, &wrong, &n));
	CU_ASSERT_FALSE(cfg_get_number(&l, &it, &few, &n));
	CU_ASSERT_FALSE(cfg_get_time(&l, &it, &wrong, &n));
	CU_ASSERT_FALSE(cfg_get_time(&l, &it, &few, &n));
	CU_ASSERT_FALSE(cfg_get_time(&l, &it, &soon, &n));
	CU_ASSERT_FALSE(cfg_get_bool(&l, &it, &wrong, &b));
	CU_ASSERT_FALSE(cfg_get_word(&l, &it, &wrong, &word));
	CU_ASSERT_FALSE(cfg_get_ipv4(&l, &it, &wrong, &a));
	CU_ASSERT_FALSE(cfg_get_prefix(&l, &it, &wrong, &p));
	CU_ASSERT_FALSE(cfg_get_prefix(&l, &it, &host, &p));
	CU_ASSERT_EQUAL(cfg_load_report(&l, told_add, &t), 10);
}

static void host_and_port(void)
{
	static const char *const wrong[] = {"",
					    "127.0.0.1",
					    "127.0.0.1:",
					    "127.0.0.1:0",
					    "127.0.0.1:65536",
					    "localhost:4246",
					    "::1:4246",
					    "[::1]",
					    "[127.0.0.1]:1",
					    "[]:1",
					    "[:1",
					    "10.0.0.0/8:1"};
	char host[64];
	uint16_t port;

	CU_ASSERT(cfg_parse_host_port(host, sizeof(host), &port, "127.0.0.1:4246") && port == 4246);
	ASSERT_TEXT(host, "127.0.0.1");
	CU_ASSERT(cfg_parse_host_port(host, sizeof(host), &port, "[2001:db8::1]:1") && port == 1);
	ASSERT_TEXT(host, "2001:db8::1");
	for (size_t i = 0; i < CFG_ROWS(wrong); i++)
		CU_ASSERT_FALSE(cfg_parse_host_port(host, sizeof(host), &port, wrong[i]));
	CU_ASSERT_FALSE(cfg_parse_host_port(host, 4, &port, "127.0.0.1:4246"));
}

static const struct test_case cases[] = {
	{"numbers", value_numbers},
	{"times", value_times},
	{"rates", value_rates},
	{"booleans_and_words", booleans_and_words},
	{"addresses", value_addresses},
	{"prefixes", value_prefixes},
	{"masks", masks},
	{"one_prefix_in_another", one_prefix_in_another},
	{"a_wrong_value_is_none", a_wrong_value_is_none},
	{"host_and_port", host_and_port},
	{NULL, NULL},
};
const struct test_suite suite_value = {"value", cases};
