/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told about one who has been let in: his own name, or what a server's answer says. */
#include "gw/aaa/acct.h"
#include "tests/gw/radius_far.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

static struct acct_said said_of(const char *attrs, bool *whole)
{
	static uint8_t octets[RADIUS_MAX];
	static const struct ppp_auth_claim ann = {.name = "ann", .name_len = 3};
	struct radius_packet p;
	struct acct_said s;

	acct_said_claim(&s, &ann);
	radius_far_make(&p, octets, RADIUS_ACCESS_ACCEPT, attrs);
	*whole = acct_said_answer(&s, &p);
	return s;
}

/* Nobody has judged him: his name, and nothing else of what was there before. */
static void a_claim_is_his_name(void)
{
	const struct ppp_auth_claim ann = {.name = "an\0n", .name_len = 4};
	struct acct_said s;

	memset(&s, 0xff, sizeof(s));
	acct_said_claim(&s, &ann);
	ASSERT_OCTETS(s.user, s.user_len, "an\0n", 4);
	CU_ASSERT(!s.remote && !s.interim && !s.classes_len);
	CU_ASSERT_EQUAL(s.user[4], 0);
}

/* RFC 2865 5: an attribute has 253 octets at the most. */
static void a_name_is_cut_where_an_attribute_ends(void)
{
	struct ppp_auth_claim c = {.name_len = 252};
	struct acct_said s;

	memset(c.name, 'x', sizeof(c.name));
	for (; c.name_len < 256 && c.name_len <= sizeof(c.name); c.name_len++) {
		acct_said_claim(&s, &c);
		CU_ASSERT_EQUAL(s.user_len, c.name_len < 253 ? c.name_len : 253);
		CU_ASSERT_EQUAL(s.user[s.user_len - 1], 'x');
		CU_ASSERT_EQUAL(s.classes_len, 0);
	}
}

/* RFC 2865 5.1 and 5.25, RFC 2869 5.16 */
static void an_answer_counts(void)
{
	bool whole;
	struct acct_said s = said_of("0105 626f62 1904 6162 1903 63 5506 0000012c", &whole);

	CU_ASSERT(whole && s.remote);
	ASSERT_OCTETS(s.user, s.user_len, "bob", 3);
	CU_ASSERT_EQUAL(s.interim, 300);
	ASSERT_OCTETS(s.classes, s.classes_len, "\2ab\1c", 5);
}

/* What it does not say stays, and what is no matter of accounting changes nothing. */
static void an_answer_that_says_nothing(void)
{
	bool whole;
	struct acct_said s = said_of("", &whole);

	CU_ASSERT(whole && s.remote && !s.interim && !s.classes_len);
	ASSERT_OCTETS(s.user, s.user_len, "ann", 3);
	s = said_of("0806 0a000001 1b06 0000000a", &whole);
	CU_ASSERT(whole && !s.interim);
	ASSERT_OCTETS(s.user, s.user_len, "ann", 3);
}

/* Two of 253 octets fit, each behind its length, and of what is left the first does. */
static void classes_that_do_not_fit(void)
{
	static const unsigned last[] = {2, 3, 4};
	char hex[2000];
	bool whole;

	for (unsigned i = 0; i < 3; i++) {
		size_t at = 0;
		struct acct_said s;

		for (unsigned k = 0; k < 2; k++) {
			at += (size_t)snprintf(hex + at, sizeof(hex) - at, "19ff");
			for (unsigned n = 0; n < 253; n++)
				at += (size_t)snprintf(hex + at, sizeof(hex) - at, "%02x", 'a' + k);
		}
		at += (size_t)snprintf(hex + at, sizeof(hex) - at, "19%02x", last[i] + 2);
		for (unsigned n = 0; n < last[i]; n++)
			at += (size_t)snprintf(hex + at, sizeof(hex) - at, "63");
		s = said_of(hex, &whole);
		/* 2 * 254 are 508: three octets and their length fill the room of 512 */
		CU_ASSERT_EQUAL(whole, last[i] <= 3);
		CU_ASSERT_EQUAL(s.classes_len, 508 + (whole ? 1 + last[i] : 0));
		CU_ASSERT(s.classes[0] == 253 && s.classes[1] == 'a' && s.classes[254] == 253 &&
			  s.classes[507] == 'b');
	}
}

static const struct test_case cases[] = {
	{"a_claim_is_his_name", a_claim_is_his_name},
	{"a_name_is_cut_where_an_attribute_ends", a_name_is_cut_where_an_attribute_ends},
	{"an_answer_counts", an_answer_counts},
	{"an_answer_that_says_nothing", an_answer_that_says_nothing},
	{"classes_that_do_not_fit", classes_that_do_not_fit},
	{NULL, NULL},
};
const struct test_suite suite_acct_said = {"acct_said", cases};
