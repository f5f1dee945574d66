/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings: the value given wins, the table's default stands in, numbers are numbers. */
#include "tests/harness.h"
#include "transports/kit/settings.h"

#include <errno.h>
#include <string.h>

static const struct ist_key keys[] = {
	{"name", IST_KEY_TEXT, IST_KEY_PORT, 0, 0, NULL, "none", "a name"},
	{"t391", IST_KEY_TIME, IST_KEY_PORT, 0, 0, NULL, "10s", "a time"},
	{"n391", IST_KEY_NUMBER, IST_KEY_PORT, 1, 255, NULL, "6", "a number"},
	{"pad", IST_KEY_BOOL, IST_KEY_PORT, 0, 0, NULL, "yes", "a switch"},
	{"bare", IST_KEY_TEXT, IST_KEY_PORT, 0, 0, NULL, NULL, "no default"},
	{NULL, 0, 0, 0, 0, NULL, NULL, NULL},
};

static void settings_defaults(void)
{
	const struct settings s = {keys, NULL, 0};

	CU_ASSERT_STRING_EQUAL(settings_text(&s, "name"), "none");
	CU_ASSERT_EQUAL(settings_time(&s, "t391"), 10000000);
	CU_ASSERT_EQUAL(settings_number(&s, "n391"), 6);
	CU_ASSERT_TRUE(settings_bool(&s, "pad"));
	CU_ASSERT_PTR_NULL(settings_text(&s, "bare"));
	CU_ASSERT_EQUAL(settings_number(&s, "bare"), 0);
	CU_ASSERT_EQUAL(settings_time(&s, "bare"), 0);
	CU_ASSERT_PTR_NULL(settings_text(&s, "unheard-of"));
}

static void settings_given(void)
{
	const struct ist_setting set[] = {
		{"name", "first"}, {"t391", "5000000"}, {"pad", "no"}, {"name", "last"}};
	const struct settings s = {keys, set, 4};

	CU_ASSERT_STRING_EQUAL(settings_text(&s, "name"), "last");
	CU_ASSERT_TRUE(settings_is(&s, "name", "last"));
	CU_ASSERT_FALSE(settings_is(&s, "name", "first"));
	CU_ASSERT_EQUAL(settings_time(&s, "t391"), 5000000);
	CU_ASSERT_FALSE(settings_bool(&s, "pad"));
}

static void settings_times(void)
{
	static const struct {
		const char *text;
		uint64_t us;
	} rows[] = {{"0", 0},	       {"7", 7},	  {"7us", 7},	      {"500ms", 500000},
		    {"10s", 10000000}, {"2m", 120000000}, {"1h", 3600000000}, {"1d", 86400000000},
		    {"3 parsecs", 0}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ist_setting set = {"t391", rows[i].text};
		const struct settings s = {keys, &set, 1};

		CU_ASSERT_EQUAL(settings_time(&s, "t391"), rows[i].us);
	}
}

static void percent(void)
{
	CU_ASSERT_EQUAL(settings_percent("0"), 0);
	CU_ASSERT_EQUAL(settings_percent("5"), 50000);
	CU_ASSERT_EQUAL(settings_percent("0.1%"), 1000);
	CU_ASSERT_EQUAL(settings_percent("100%"), 1000000);
	CU_ASSERT_EQUAL(settings_percent("100.1"), UINT32_MAX);
	CU_ASSERT_EQUAL(settings_percent("-1"), UINT32_MAX);
	CU_ASSERT_EQUAL(settings_percent("nan"), UINT32_MAX);
	CU_ASSERT_EQUAL(settings_percent("five"), UINT32_MAX);
	CU_ASSERT_EQUAL(settings_percent(""), UINT32_MAX);
	CU_ASSERT_EQUAL(settings_percent("5%%"), UINT32_MAX);
}

static void errors(void)
{
	char err[12];

	CU_ASSERT_EQUAL(settings_error(err, sizeof(err), EINVAL, "a%s", "bcdefghijklmnop"),
			-EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "abcdefghijk");
	CU_ASSERT_EQUAL(settings_error(NULL, 0, ENOMEM, "unread"), -ENOMEM);
}

static void host_abi(void)
{
	struct ist_host h = {.abi = IST_TRANSPORT_ABI, .size = sizeof(h)};

	CU_ASSERT_EQUAL(settings_host_ok(&h, NULL, 0), 0);
	h.size--;
	CU_ASSERT_EQUAL(settings_host_ok(&h, NULL, 0), -EPROTO);
	h.size += 9;
	CU_ASSERT_EQUAL(settings_host_ok(&h, NULL, 0), 0);
	h.abi++;
	CU_ASSERT_EQUAL(settings_host_ok(&h, NULL, 0), -EPROTO);
}

static const struct test_case cases[] = {
	{"defaults_from_the_key_table", settings_defaults},
	{"what_is_given_wins", settings_given},
	{"times_and_units", settings_times},
	{"percentages", percent},
	{"error_words_are_bounded", errors},
	{"host_abi_and_size", host_abi},
	{NULL, NULL},
};
const struct test_suite suite_settings = {"settings", cases};
