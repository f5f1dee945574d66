/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/reason.h"

#include "core/avp.h"

#include <ctype.h>
#include <string.h>

#include "tests/harness.h"

static bool is_key(const char *s)
{
	for (const char *p = s; *p; p++)
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '-')
			return false;
	return *s;
}

static bool is_ascii(const char *s)
{
	for (; *s; s++)
		if (*s < 0x20 || *s > 0x7e)
			return false;
	return true;
}

static void every_reason_has_its_own_words(void)
{
	for (unsigned i = 0; i < L2TP_R_COUNT; i++) {
		CU_ASSERT_TRUE(is_key(l2tp_reasons[i].key));
		CU_ASSERT_TRUE(strlen(l2tp_reasons[i].words) > 2);
		for (unsigned j = 0; j < i; j++) {
			CU_ASSERT_STRING_NOT_EQUAL(l2tp_reasons[i].key, l2tp_reasons[j].key);
			CU_ASSERT_STRING_NOT_EQUAL(l2tp_reasons[i].words, l2tp_reasons[j].words);
		}
	}
}

static void keys_are_where_the_symbols_say(void)
{
	CU_ASSERT_STRING_EQUAL(l2tp_reasons[L2TP_R_NONE].key, "none");
	CU_ASSERT_STRING_EQUAL(l2tp_reasons[L2TP_R_AVP_UNKNOWN_M].key, "avp-unknown-mandatory");
	CU_ASSERT_STRING_EQUAL(l2tp_reasons[L2TP_R_DATA_REORDER_FULL].key, "data-reorder-full");
}

/* What we send as human readable text is made of these words and of attribute names: ASCII, and so
 * UTF-8. */
static void rfc2661_4_4_2_words_are_ascii(void)
{
	for (unsigned i = 0; i < L2TP_R_COUNT; i++)
		CU_ASSERT_TRUE(is_ascii(l2tp_reasons[i].words));
	for (size_t i = 0; i < l2tp_avp_table_len; i++)
		CU_ASSERT_TRUE(is_ascii(l2tp_avp_table[i].name));
}

/* Sections that RFC 2661 has; what breaks a rule names it. */
static void rules_have_sections(void)
{
	for (unsigned i = 0; i < L2TP_R_COUNT; i++) {
		const struct l2tp_rule *r = &l2tp_rules[i];

		CU_ASSERT_EQUAL(r->section != NULL, r->says != NULL);
		CU_ASSERT_TRUE(!r->breach || r->section);
		CU_ASSERT_TRUE(!r->section || (r->section[0] >= '3' && r->section[0] <= '8'));
		CU_ASSERT_TRUE(!r->says || is_ascii(r->says));
	}
	CU_ASSERT_TRUE(l2tp_rules[L2TP_R_AVP_MISSING].breach);
	CU_ASSERT_STRING_EQUAL(l2tp_rules[L2TP_R_AUTH_FAILED].section, "5.1.1");
	CU_ASSERT_FALSE(l2tp_rules[L2TP_R_DUPLICATE].breach);
	CU_ASSERT_PTR_NULL(l2tp_rules[L2TP_R_CALL_CAP].section);
}

static const struct test_case cases[] = {
	{"every_reason_has_its_own_words", every_reason_has_its_own_words},
	{"keys_are_where_the_symbols_say", keys_are_where_the_symbols_say},
	{"rules_have_sections", rules_have_sections},
	{"rfc2661_4_4_2_words_are_ascii", rfc2661_4_4_2_words_are_ascii},
	{NULL, NULL},
};
const struct test_suite suite_reason = {"reason", cases};
