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

static void kinds_of_a_transports_keys(void)
{
	static const struct {
		const char *name;
		unsigned kind, flags;
		int64_t min, max;
		const char *words, *deflt, *help;
	} rows[] = {
		{"link", CFG_K_TEXT, CFG_KEY_REQUIRED, 0, 0, "", NULL, "the wire"},
		{"lmi", CFG_K_WORD, 0, 0, 0, "none annex-a", "none", "who says what is alive"},
		{"n391", CFG_K_NUMBER, 0, 1, 255, "", "6", "full status every so often"},
		{"t391", CFG_K_TIME, 0, 5000000, 30000000, "", "10s", "polling"},
		{"fast", CFG_K_BOOL, 0, 0, 0, "", "no", "hurry"},
		{"alarm", CFG_K_TEXT, CFG_KEY_LIST, 0, 0, "", NULL, "whom to tell"},
	};
	struct arena *a = arena_new();
	const struct cfg_schema *line = cfg_schema_sub(cfg_schema_new(a, media), "line");

	for (size_t i = 0; i < CFG_ROWS(rows); i++) {
		const struct cfg_key *k = cfg_schema_key(line, rows[i].name);

		CU_ASSERT_PTR_NOT_NULL_FATAL(k);
		CU_ASSERT_EQUAL(k->kind, rows[i].kind);
		CU_ASSERT_EQUAL(k->flags, rows[i].flags);
		CU_ASSERT_EQUAL(k->min, rows[i].min);
		CU_ASSERT_EQUAL(k->max, rows[i].max);
		ASSERT_TEXT(k->words, rows[i].words);
		ASSERT_TEXT(k->deflt ? k->deflt : "?", rows[i].deflt ? rows[i].deflt : "?");
		ASSERT_TEXT(k->help, rows[i].help);
		CU_ASSERT_PTR_EQUAL(k->ist, &media[1]->keys[i]);
	}
	arena_free(a);
}

/* A kind of a later ABI is a text, which the transport reads itself. */
static void a_kind_that_is_not_known(void)
{
	static const struct ist_key keys[] = {
		{"later", 99, IST_KEY_PORT, 0, 0, NULL, NULL, NULL},
		{.name = NULL},
	};
	struct ist_transport t = *media[0];
	const struct ist_transport *const list[] = {&t, NULL};
	struct arena *a = arena_new();
	const struct cfg_key *k;

	t.keys = keys;
	k = cfg_schema_key(cfg_schema_sub(cfg_schema_new(a, list), "net"), "later");
	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	CU_ASSERT_EQUAL(k->kind, CFG_K_TEXT);
	ASSERT_TEXT(k->help, "");
	t.keys = NULL;
	CU_ASSERT_EQUAL(cfg_schema_sub(cfg_schema_new(a, list), "net")->keys, 0);
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
	{"kinds_of_a_transports_keys", kinds_of_a_transports_keys},
	{"a_kind_that_is_not_known", a_kind_that_is_not_known},
	{"no_transports_at_all", no_transports_at_all},
	{NULL, NULL},
};
const struct test_suite suite_keys = {"keys", cases};
