/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/schema.h"
#include "cfg/keys.h"
#include "tests/cfg/media.h"

static const struct cfg_key rows[] = {{.name = "a"}, {.name = "b", .flags = CFG_KEY_LIST}};
static const struct cfg_schema inner = {.word = "inner", .sub = cfg_no_sections},
			       open = {.word = "open", .sub = cfg_no_sections};
static const struct cfg_schema *const subs[] = {&inner, &open, NULL};
static const struct cfg_schema outer = {.key = rows, .keys = 2, .sub = subs};

static void schema_look_up(void)
{
	CU_ASSERT_PTR_EQUAL(cfg_schema_key(&outer, "b"), &rows[1]);
	CU_ASSERT_PTR_NULL(cfg_schema_key(&outer, "c"));
	CU_ASSERT_PTR_NULL(cfg_schema_key(&outer, ""));
	CU_ASSERT_PTR_EQUAL(cfg_schema_sub(&outer, "open"), &open);
	CU_ASSERT_PTR_NULL(cfg_schema_sub(&outer, "ope"));
	CU_ASSERT_PTR_NULL(cfg_schema_sub(&inner, "inner"));
	CU_ASSERT(cfg_schema_is_top(&outer, "inner"));
	CU_ASSERT_FALSE(cfg_schema_is_top(&outer, "a"));
}

static void schema_lists(void)
{
	CU_ASSERT(cfg_key_is_list(&rows[1]));
	CU_ASSERT_FALSE(cfg_key_is_list(&rows[0]));
	CU_ASSERT_FALSE(cfg_key_is_list(NULL));
}

/* Dropped items, keys and other sections are passed over. */
static void schema_next_section(void)
{
	static const struct cfg_schema port = {.section = CFG_S_PORT},
				       peer = {.section = CFG_S_PEER};
	struct cfg_item at[] = {
		{.schema = &port, .dropped = true},
		{.kind = CFG_ITEM_KEY},
		{.schema = &port},
		{.schema = &peer},
		{.schema = &port},
	};
	struct cfg_item parent = {.child = at};

	for (unsigned i = 0; i + 1 < CFG_ROWS(at); i++)
		at[i].next = &at[i + 1];
	CU_ASSERT_PTR_EQUAL(cfg_next(&parent, NULL, CFG_S_PORT), &at[2]);
	CU_ASSERT_PTR_EQUAL(cfg_next(&parent, &at[2], CFG_S_PORT), &at[4]);
	CU_ASSERT_PTR_NULL(cfg_next(&parent, &at[4], CFG_S_PORT));
	CU_ASSERT_PTR_EQUAL(cfg_next(&parent, NULL, CFG_S_PEER), &at[3]);
	CU_ASSERT_PTR_NULL(cfg_next(&parent, NULL, CFG_S_USER));
}

static const struct test_case cases[] = {
	{"look_up", schema_look_up},
	{"lists", schema_lists},
	{"next_section", schema_next_section},
	{NULL, NULL},
};
const struct test_suite suite_schema = {"schema", cases};
