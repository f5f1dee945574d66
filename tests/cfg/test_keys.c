/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/keys.h"
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

static void row_makes_sense(const struct cfg_schema *s, const struct cfg_key *k)
{
	CU_ASSERT(k->name && *k->name);
	CU_ASSERT(k->help && *k->help);
	CU_ASSERT(k->min <= k->max);
	CU_ASSERT(k->kind != CFG_K_WORD || (k->words && *k->words));
	CU_ASSERT(k->kind != CFG_K_REF || (k->words && *k->words));
	/* a row stores by itself or by its kind; a list has no place of its own */
	CU_ASSERT(k->ist || k->set || k->width || !strcmp(k->name, "carries"));
	CU_ASSERT(k->ist || k->set || !(k->flags & CFG_KEY_LIST) || k->kind == CFG_K_REF ||
		  !strcmp(k->name, "carries"));
	CU_ASSERT(k->width <= 8 || k->width == sizeof(struct cfg_refs) ||
		  k->width == sizeof(struct cfg_filter));
	CU_ASSERT(!k->width || k->offset + k->width <= s->size);
	/* found again, so no name is there twice */
	CU_ASSERT_PTR_EQUAL(cfg_schema_key(s, k->name), k);
}

static void every_row_makes_sense(void)
{
	struct arena *a = arena_new();

	media_each_key(cfg_schema_new(a, media), row_makes_sense);
	arena_free(a);
}

static void sections_by_transport(void)
{
	struct arena *a = arena_new();
	const struct cfg_schema *top = cfg_schema_new(a, media), *s;

	CU_ASSERT(cfg_schema_is_top(top, "peer"));
	CU_ASSERT(cfg_schema_is_top(top, "line"));
	CU_ASSERT_FALSE(cfg_schema_is_top(top, "dlci"));
	CU_ASSERT_FALSE(cfg_schema_is_top(top, "frame-relay"));
	s = cfg_schema_sub(top, "net");
	CU_ASSERT_PTR_NOT_NULL(cfg_schema_sub(s, "channel"));
	CU_ASSERT_PTR_NOT_NULL(cfg_schema_sub(s, "accept"));
	CU_ASSERT_PTR_NULL(cfg_schema_sub(s, "dlci"));
	s = cfg_schema_sub(top, "line");
	CU_ASSERT_PTR_NOT_NULL(cfg_schema_sub(s, "channel"));
	CU_ASSERT_PTR_NOT_NULL(cfg_schema_sub(s, "dlci"));
	CU_ASSERT_PTR_NULL(cfg_schema_sub(s, "accept"));
	CU_ASSERT_PTR_NOT_NULL(cfg_schema_sub(cfg_schema_sub(top, "sw"), "accept"));
	arena_free(a);
}

static void keys_of_both_levels(void)
{
	struct arena *a = arena_new();
	const struct cfg_schema *port = cfg_schema_sub(cfg_schema_new(a, media), "line");
	const struct cfg_schema *dlci = cfg_schema_sub(port, "dlci");

	CU_ASSERT_PTR_NOT_NULL(cfg_schema_key(port, "mtu"));
	CU_ASSERT_PTR_NOT_NULL(cfg_schema_key(dlci, "mtu"));
	CU_ASSERT_PTR_NULL(cfg_schema_key(port, "cir"));
	CU_ASSERT_PTR_NOT_NULL(cfg_schema_key(dlci, "cir"));
	CU_ASSERT_PTR_NULL(cfg_schema_key(dlci, "link"));
	CU_ASSERT_PTR_NOT_NULL(cfg_schema_key(dlci, "carries"));
	arena_free(a);
}

static void no_transports_at_all(void)
{
	struct arena *a = arena_new();

	CU_ASSERT(cfg_schema_is_top(cfg_schema_new(a, NULL), "peer"));
	CU_ASSERT_FALSE(cfg_schema_is_top(cfg_schema_new(a, NULL), "net"));
	arena_free(a);
}

static const struct test_case cases[] = {
	{"every_row_makes_sense", every_row_makes_sense},
	{"sections_by_transport", sections_by_transport},
	{"keys_of_both_levels", keys_of_both_levels},
	{"no_transports_at_all", no_transports_at_all},
	{NULL, NULL},
};
const struct test_suite suite_keys = {"keys", cases};
