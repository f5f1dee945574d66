/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rates as servers say them: accel-ppp's manual (Filter-Id), the dictionaries of FreeRADIUS for
 * WISPr (vendor 14122) and MikroTik (vendor 14988). */
#include "gw/aaa/rate.h"

#include "gw/aaa/radius/radius.h"
#include "tests/gw/radius_far.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <stdio.h>
#include <string.h>

static struct rate_draft draft;

/* Attributes in hex; the first refusal, or NULL. */
static const char *rate_from(const char *attrs)
{
	uint8_t octets[RADIUS_MAX];
	struct radius_packet p;
	struct radius_walk at;
	struct radius_value v;
	const char *why = NULL;

	radius_far_make(&p, octets, RADIUS_ACCESS_ACCEPT, attrs);
	rate_begin(&draft);
	for (at = radius_walk(&p); !why && radius_next(&at, &v);)
		why = rate_add(&draft, &v);
	return why;
}

static const char *rate_from_text(const char *head, size_t inner, const char *text)
{
	size_t n = strlen(text);
	char hex[600];
	int at = 0;

	if (inner)
		at = snprintf(hex, sizeof(hex), "1a%02zx%s%02zx", n + 8, head, n + 2);
	else
		at = snprintf(hex, sizeof(hex), "%s%02zx", head, n + 2);
	for (size_t i = 0; i < n; i++)
		at += snprintf(hex + at, sizeof(hex) - (size_t)at, "%02x", (uint8_t)text[i]);
	return rate_from(hex);
}
#define FILTER_ID(text) rate_from_text("0b", 0, text)
#define MIKROTIK(text)	rate_from_text("00003a8c08", 1, text)

static void rate_is(uint64_t up, uint64_t down)
{
	CU_ASSERT_EQUAL(draft.rates.bps[CFG_RATE_UP], up);
	CU_ASSERT_EQUAL(draft.rates.bps[CFG_RATE_DOWN], down);
}

/* Down comes first, in kbit/s. */
static void filter_id(void)
{
	static const char *const names[] = {"web", "2048", "10M/2M", "gold-2", "1.5/2"};
	static const char *const neither[] = {"/", "1/", "/1", "1/2/3", "//", "100000001/1"};

	CU_ASSERT_PTR_NULL(FILTER_ID("2048/512"));
	rate_is(512000, 2048000);
	CU_ASSERT_PTR_NULL(FILTER_ID("0/0"));
	rate_is(0, 0);
	CU_ASSERT_PTR_NULL(FILTER_ID("100000000/1")); /* 100 Gbit/s */
	rate_is(1000, UINT64_C(100000000000));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct rd r = rd_init(names[i], strlen(names[i]));

		CU_ASSERT_PTR_NULL(FILTER_ID(names[i]));
		rate_is(CFG_OF_SERVICE, CFG_OF_SERVICE);
		CU_ASSERT_FALSE(rate_is_filter_id(r));
	}
	for (size_t i = 0; i < sizeof(neither) / sizeof(neither[0]); i++) {
		struct rd r = rd_init(neither[i], strlen(neither[i]));

		CU_ASSERT_STRING_EQUAL(FILTER_ID(neither[i]),
				       "a Filter-Id that is neither a name nor a rate");
		CU_ASSERT_TRUE(rate_is_filter_id(r));
	}
}

/* WISPr-Bandwidth-Max-Up 7 and -Down 8, bit/s */
static void wispr(void)
{
	CU_ASSERT_PTR_NULL(rate_from("1a0c 0000372a 0706 000fa000"));
	rate_is(1024000, CFG_OF_SERVICE);
	CU_ASSERT_PTR_NULL(rate_from("1a0c 0000372a 0806 00000000 1a0c 0000372a 0706 ffffffff"));
	rate_is(4294967295u, 0);
}

/* Mikrotik-Rate-Limit 8: "rx-rate[/tx-rate] [bursts]", as the router sees it: rx is up. */
static void mikrotik(void)
{
	static const struct {
		const char *text;
		uint64_t up, down;
	} rows[] = {
		{"2M/10M", 2000000, 10000000},
		{"512k", 512000, 512000},
		{"64000/128000", 64000, 128000},
		{"1G/0", 1000000000, 0},
		{"1M/2M 2M/4M 512k/512k 8/8 5", 1000000, 2000000},
	};
	static const char *const wrong[] = {"M",       "1M/",	"1M/x", "-1/2", "1T/1T",
					    "1Mb/1Mb", "1/2/3", "101G", "1.5M", "12345678901234",
					    " 1M"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_PTR_NULL(MIKROTIK(rows[i].text));
		rate_is(rows[i].up, rows[i].down);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *why = MIKROTIK(wrong[i]);

		CU_ASSERT_PTR_NOT_NULL_FATAL(why);
		CU_ASSERT_STRING_EQUAL(why, "a Mikrotik-Rate-Limit that is no rate");
	}
}

/* Whatever comes first in the packet: MikroTik's before WISPr's before Filter-Id; of two of one
 * kind the last. */
static void several(void)
{
#define ID    "0b05322f31" /* 2/1 */
#define WISPR "1a0c 0000372a 0706 000003ea"
#define MK    "1a0d 00003a8c 0807 332f342020"
	CU_ASSERT_PTR_NULL(rate_from(ID WISPR));
	rate_is(1002, 2000);
	CU_ASSERT_PTR_NULL(rate_from(WISPR ID));
	rate_is(1002, 2000);
	CU_ASSERT_PTR_NULL(rate_from(MK ID WISPR));
	rate_is(3, 4);
	CU_ASSERT_PTR_NULL(rate_from(ID "0b05332f34"));
	rate_is(4000, 3000);
	/* and a name besides */
	CU_ASSERT_PTR_NULL(rate_from("0b05776562" ID));
	rate_is(1000, 2000);
}

static const struct test_case cases[] = {
	{"filter_id", filter_id}, {"wispr", wispr}, {"mikrotik", mikrotik},
	{"several", several},	  {NULL, NULL},
};
const struct test_suite suite_rate = {"rate", cases};
