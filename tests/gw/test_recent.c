/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/recent.h"

#include "tests/harness.h"

#include <stdio.h>

/* An ICCN (12), a ZLB and others that are no message, typed from RFC 2661 3.1 and 4.4.1. */
#define HEAD  "c802 0014 1234 5678 0001 0002 "
#define ICCN  HEAD "8008 0000 0000 000c"
#define HELLO HEAD "8008 0000 0000 0006"

static void recent_hex(bool sent, const char *hex, uint64_t now)
{
	uint8_t octets[64];

	recent_add(sent, 7, octets, test_hex(octets, sizeof(octets), hex), now);
}

static void what_a_message_is(void)
{
	const struct recent *m;

	recent_clear();
	CU_ASSERT_PTR_NULL(recent_get(0));
	recent_hex(true, ICCN, 5);
	recent_hex(false, HELLO, 6);
	m = recent_get(1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->type, 12);
	CU_ASSERT_EQUAL(m->tid, 0x1234);
	CU_ASSERT_EQUAL(m->sid, 0x5678);
	CU_ASSERT_EQUAL(m->channel, 7);
	CU_ASSERT_EQUAL(m->when, 5);
	CU_ASSERT_TRUE(m->sent);
	CU_ASSERT_EQUAL(recent_get(0)->type, 6);
	CU_ASSERT_FALSE(recent_get(0)->sent);
	CU_ASSERT_PTR_NULL(recent_get(2));
	recent_clear();
}

static void what_is_none(void)
{
	static const char *const none[] = {
		"c802 000c 1234 0000 0001 0002",		     /* a ZLB */
		"",						     /* nothing */
		HEAD "8008 0000 0000 00",			     /* cut off */
		"c803 0014 1234 5678 0001 0002 8008 0000 0000 000c", /* version 3 */
		"4802 0014 1234 5678 0001 0002 8008 0000 0000 000c", /* data */
		"ca02 0014 1234 5678 0001 0002 8008 0000 0000 000c", /* with an offset */
		HEAD "8008 0001 0000 000c",			     /* an AVP of a vendor */
		HEAD "8008 0000 0001 000c",			     /* another AVP */
		HEAD "800a 0000 0000 000c 0000",		     /* of another length */
	};

	recent_clear();
	for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		recent_hex(false, none[i], i);
	CU_ASSERT_PTR_NULL(recent_get(0));
}

/* The newest are kept. */
static void there_are_so_many(void)
{
	recent_clear();
	for (unsigned i = 0; i < 3 * RECENT_MAX + 5; i++)
		recent_hex(false, HELLO, i);
	for (unsigned i = 0; i < RECENT_MAX; i++)
		CU_ASSERT_EQUAL(recent_get(i)->when, 3 * RECENT_MAX + 4 - i);
	CU_ASSERT_PTR_NULL(recent_get(RECENT_MAX));
	recent_clear();
}

static const struct test_case cases[] = {
	{"what_a_message_is", what_a_message_is},
	{"what_is_none", what_is_none},
	{"there_are_so_many", there_are_so_many},
	{NULL, NULL},
};
const struct test_suite suite_recent = {"recent", cases};
