/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/realm.h"

#include "tests/harness.h"

#include <string.h>

static bool realm_is(struct rd got, const char *want)
{
	return got.left == strlen(want) && (!got.left || !memcmp(got.p, want, got.left));
}

static void names_are_split(void)
{
	static const struct {
		const char *name, *user, *realm;
		bool prefix;
	} rows[] = {
		{"ann", "ann", "", false},
		{"ann@isp.example", "ann", "isp.example", false},
		{"ann@home@isp.example", "ann@home", "isp.example", false},
		{"CORP\\ann", "ann", "CORP", true},
		{"CORP\\ann@isp.example", "ann@isp.example", "CORP", true},
		{"CORP\\x\\ann", "x\\ann", "CORP", true},
		{"@isp.example", "@isp.example", "", false},
		{"ann@", "ann@", "", false},
		{"\\ann", "\\ann", "", false},
		{"CORP\\", "CORP\\", "", false},
		{"", "", "", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct realm_name n = realm_split(rows[i].name, strlen(rows[i].name));

		CU_ASSERT_TRUE(realm_is(n.user, rows[i].user));
		CU_ASSERT_TRUE(realm_is(n.realm, rows[i].realm));
		CU_ASSERT_EQUAL(n.prefix, rows[i].prefix);
	}
}

static void names_are_stripped(void)
{
	static const struct {
		uint8_t rule;
		const char *suffix, *prefix;
	} rows[] = {
		{CFG_STRIP_NONE, "ann@isp", "ISP\\ann"},
		{CFG_STRIP_SUFFIX, "ann", "ISP\\ann"},
		{CFG_STRIP_PREFIX, "ann@isp", "ann"},
		{CFG_STRIP_BOTH, "ann", "ann"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cfg_service s = {.strip_realm = rows[i].rule};

		CU_ASSERT_TRUE(realm_is(realm_strip(&s, "ann@isp", 7), rows[i].suffix));
		CU_ASSERT_TRUE(realm_is(realm_strip(&s, "ISP\\ann", 7), rows[i].prefix));
		CU_ASSERT_TRUE(realm_is(realm_strip(&s, "ann", 3), "ann"));
	}
	CU_ASSERT_TRUE(realm_is(realm_strip(NULL, "ann@isp", 7), "ann@isp"));
}

/* RFC 2759 section 8.2: the challenge is hashed with the user's name, without a prepended domain.
 */
static void what_is_signed_is_asked_whole(void)
{
	const struct cfg_service s = {.strip_realm = CFG_STRIP_BOTH};
	struct ppp_auth_claim c = {.method = PPP_AUTH_MSCHAPV2, .name = "ann@isp", .name_len = 7};

	CU_ASSERT_TRUE(realm_is(realm_asked(&s, &c), "ann@isp"));
	c.method = PPP_AUTH_EAP;
	CU_ASSERT_TRUE(realm_is(realm_asked(&s, &c), "ann@isp"));
	c.method = PPP_AUTH_CHAP_MD5;
	CU_ASSERT_TRUE(realm_is(realm_asked(&s, &c), "ann"));
	strcpy(c.name, "ISP\\ann");
	c.method = PPP_AUTH_MSCHAPV2;
	CU_ASSERT_TRUE(realm_is(realm_asked(&s, &c), "ann"));
}

static const struct test_case cases[] = {
	{"names_are_split", names_are_split},
	{"names_are_stripped", names_are_stripped},
	{"what_is_signed_is_asked_whole", what_is_signed_is_asked_whole},
	{NULL, NULL},
};
const struct test_suite suite_realm = {"realm", cases};
