/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/item.h"
#include "cfg/parts.h"
#include "tests/cfg/media.h"

#include <string.h>

/* The first key of that name, dropped or not; a section or stray word is none. */
static void item_given(void)
{
	struct cfg_item at[] = {
		{.kind = CFG_ITEM_SECTION, .name = "a"},
		{.kind = CFG_ITEM_STRAY, .name = "a"},
		{.kind = CFG_ITEM_KEY, .name = "a", .dropped = true},
		{.kind = CFG_ITEM_KEY, .name = "a"},
	};
	struct cfg_item section = {.child = at}, empty = {.child = NULL};

	for (unsigned i = 0; i < 3; i++)
		at[i].next = &at[i + 1];
	CU_ASSERT_PTR_EQUAL(cfg_given(&section, "a"), &at[2]);
	CU_ASSERT_PTR_NULL(cfg_given(&section, "b"));
	CU_ASSERT_PTR_NULL(cfg_given(&empty, "a"));
}

static void item_copies(void)
{
	struct cfg_part part[] = {{.name = "f", .line = 1}, {.name = "g", .line = 8}};
	struct cfg_load l = {.arena = arena_new(), .part = part, .parts = 2};
	struct cfg_item it = {.line = 7}, other = {.line = 10};
	char text[] = "abc";
	const char *kept = cfg_keep(&l, text);

	text[0] = 'x';
	ASSERT_TEXT(kept, "abc");
	ASSERT_TEXT(cfg_where_of(&l, &it).file, "f");
	CU_ASSERT_EQUAL(cfg_where_of(&l, &it).line, 7);
	ASSERT_TEXT(cfg_where_of(&l, &other).file, "g");
	CU_ASSERT_EQUAL(cfg_where_of(&l, &other).line, 3);
	arena_free(l.arena);
}

static const struct test_case cases[] = {
	{"given", item_given},
	{"copies", item_copies},
	{NULL, NULL},
};
const struct test_suite suite_item = {"item", cases};
