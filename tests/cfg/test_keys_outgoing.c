/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client that a LAC calls for us. */
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

#define US UINT64_C(1000000)
#define AROUND                                                                              \
	"net n { }\npeer lac { }\npool p { ranges = { 10.64.0.0/24, 2001:db8:64::/48 } }\n" \
	"service s { local = 10.64.0.1 pool = p }\n"
#define OUT(keys) AROUND "outgoing o { peer = lac service = s called = 555 " keys " }"

static void a_client_to_be_called(void)
{
	static const uint8_t prefix[8] = {0x20, 1, 0x0d, 0xb8, 0, 0x64, 0, 7};
	static struct told t;
	const struct cfg_outgoing *o;

	tell(&t, OUT("sub-address = 7 address = 10.64.0.9 prefix = 2001:db8:64:7::/64\n"
		     "routes = { 192.168.7.0/24, 2001:db8:7::/48 } minimum-bps = 9600\n"
		     "maximum-bps = 4294967295 bearer = analog framing = asynchronous retry = 1h"));
	ASSERT_TEXT(t.text, "");
	CU_ASSERT_EQUAL_FATAL(t.m->outgoings, 1);
	o = t.m->outgoing;
	CU_ASSERT_PTR_EQUAL(o->peer, t.m->peer);
	CU_ASSERT_PTR_EQUAL(o->service, t.m->service);
	ASSERT_TEXT(o->called, "555");
	ASSERT_TEXT(o->sub_address, "7");
	CU_ASSERT_EQUAL(o->address4, 0x0a400009);
	CU_ASSERT(o->prefix6.v6 && o->prefix6.bits == 64);
	ASSERT_OCTETS(o->prefix6.addr, 8, prefix, 8);
	CU_ASSERT_EQUAL_FATAL(o->routes, 2);
	CU_ASSERT(!o->route[0].v6 && o->route[0].bits == 24);
	CU_ASSERT(o->route[1].v6 && o->route[1].bits == 48);
	CU_ASSERT(o->min_bps == 9600 && o->max_bps == UINT32_MAX);
	CU_ASSERT_EQUAL(o->retry, 3600 * US);
	told_end(&t);
}

static void what_is_not_said_of_it(void)
{
	static struct told t;
	const struct cfg_outgoing *o;

	tell(&t, OUT(""));
	ASSERT_TEXT(t.text, "");
	CU_ASSERT_EQUAL_FATAL(t.m->outgoings, 1);
	o = t.m->outgoing;
	CU_ASSERT(!o->sub_address && !o->address4 && !o->prefix6.bits && !o->routes);
	CU_ASSERT(!o->min_bps && !o->max_bps && !o->bearer && !o->framing);
	CU_ASSERT_EQUAL(o->retry, 10 * US);
	told_end(&t);
}

/* RFC 2661 4.4.3: S is bit 1, A is bit 2 of framing; D is 1, A is 2 of bearer. */
static void bits_of_the_line(void)
{
	static const struct {
		const char *keys;
		unsigned bearer, framing;
	} rows[] = {{"bearer = any framing = any", 0, 0},
		    {"bearer = digital framing = synchronous", 1, 1},
		    {"bearer = analog framing = asynchronous", 2, 2}};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static struct told t;
		char text[600];

		snprintf(text, sizeof(text), OUT("%s"), rows[i].keys);
		tell(&t, text);
		CU_ASSERT_EQUAL_FATAL(t.faults, 0);
		CU_ASSERT_EQUAL(t.m->outgoing->bearer, rows[i].bearer);
		CU_ASSERT_EQUAL(t.m->outgoing->framing, rows[i].framing);
		told_end(&t);
	}
}

static void outgoing_is_wrong(const char *keys, unsigned faults)
{
	static struct told t;
	char text[600];

	snprintf(text, sizeof(text), OUT("%s"), keys);
	tell(&t, text);
	CU_ASSERT_EQUAL(t.faults, faults);
	if (t.faults != faults)
		printf("\n      %s: %s", keys, t.text);
	told_end(&t);
}

/* The first and the last value of each range, and those beside them. */
static void ranges_of_outgoing(void)
{
	char number[70] = "";

	memset(number, '5', 64);
	outgoing_is_wrong("retry = 1s", 0);
	outgoing_is_wrong("retry = 999ms", 1);
	outgoing_is_wrong("retry = 3601s", 1);
	outgoing_is_wrong("maximum-bps = 4294967296", 1);
	outgoing_is_wrong("minimum-bps = 4294967296", 1);
	outgoing_is_wrong("minimum-bps = 4294967295", 0);
	outgoing_is_wrong("prefix = 2001:db8:64:7::/129", 1);
	outgoing_is_wrong("bearer = digital, analog", 1);
	for (unsigned more = 0; more < 2; more++) {
		char keys[90];

		number[64] = more ? '5' : '\0';
		snprintf(keys, sizeof(keys), "sub-address = %s", number);
		outgoing_is_wrong(keys, more);
	}
}

static void what_has_to_be_said(void)
{
	static const char *const keys[] = {"peer = lac", "service = s", "called = 555"};

	for (unsigned without = 0; without < 3; without++) {
		static struct told t;
		char text[600], *end = text + sprintf(text, AROUND "outgoing o { ");

		for (unsigned i = 0; i < 3; i++)
			if (i != without)
				end += sprintf(end, "%s ", keys[i]);
		sprintf(end, "}");
		tell(&t, text);
		CU_ASSERT_EQUAL(t.faults, 1);
		told_end(&t);
	}
}

static const struct test_case cases[] = {
	{"a_client_to_be_called", a_client_to_be_called},
	{"what_is_not_said_of_it", what_is_not_said_of_it},
	{"bits_of_the_line", bits_of_the_line},
	{"ranges_of_outgoing", ranges_of_outgoing},
	{"what_has_to_be_said", what_has_to_be_said},
	{NULL, NULL},
};
const struct test_suite suite_keys_outgoing = {"keys_outgoing", cases};
