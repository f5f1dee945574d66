/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names are compared with the tables.  libconfuse would stop at the first unknown name, and of two
 * equal ones silently keep the last.  Here each is reported with its line and the nearest known
 * name of the section, or the section the name belongs in.
 */
#include "cfg/names.h"
#include "cfg/parts.h"
#include "cfg/report.h"
#include "cfg/suggest.h"

#include "core/container.h"
#include "core/htab.h"

#include <ctype.h>
#include <string.h>

#define NAMES_FEW 10 /* keys of a section that a mistake may list */

/* Every (section, name, title) seen, to find the second one. */
struct seen {
	struct htab by_name;
	struct arena *arena;
};

struct seen_item {
	struct hnode node;
	const struct cfg_item *item;
};

/* The names of all ports must differ, whatever their transport; other names only within their word.
 */
static const char *names_space(const struct cfg_item *it)
{
	return it->schema && it->schema->section == CFG_S_PORT ? "port" : it->name;
}

static bool names_same(const struct cfg_item *a, const struct cfg_item *b)
{
	return a->parent == b->parent && a->kind == b->kind &&
	       !strcmp(names_space(a), names_space(b)) &&
	       !strcmp(a->title ? a->title : "", b->title ? b->title : "");
}

/* The file is the administrator's own: its names need no secret to be spread by. */
static uint64_t names_key(const struct cfg_item *it)
{
	const char *space = names_space(it), *title = it->title ? it->title : "";

	return htab_key((uintptr_t)it->parent, htab_key(htab_octets(space, strlen(space)),
							htab_octets(title, strlen(title))));
}

/* An equal item that came before, or NULL. */
static const struct cfg_item *names_seen_before(struct seen *s, const struct cfg_item *it)
{
	uint64_t key = names_key(it);
	struct seen_item *x;

	for (struct hnode *n = htab_first(&s->by_name, key); n; n = htab_more(n)) {
		x = IST_CONTAINER_OF(n, struct seen_item, node);
		if (names_same(x->item, it))
			return x->item;
	}
	x = arena_get(s->arena, sizeof(*x));
	x->item = it;
	htab_add(&s->by_name, &x->node, key);
	return NULL;
}

static void names_drop(struct cfg_item *it)
{
	it->dropped = true;
}

/* --- unknown names ---------------------------------------------------------------------------- */

/* A section where this key would be known, or NULL.  Those of `log` are words for all that there
 * is. */
static const char *names_key_belongs(const struct cfg_schema *s, const char *name)
{
	for (const struct cfg_schema *const *sub = s->sub; *sub; sub++) {
		const char *deeper;

		if ((*sub)->section != CFG_S_LOG && cfg_schema_key(*sub, name))
			return (*sub)->word;
		deeper = names_key_belongs(*sub, name);
		if (deeper)
			return deeper;
	}
	return NULL;
}

/* A section where this one would be known, or NULL.  One of the top level was none of an inner
 * section's: the outline takes it for the end of that. */
static const char *names_section_belongs(const struct cfg_schema *top, const char *word)
{
	for (const struct cfg_schema *const *sub = top->sub; *sub; sub++)
		if (cfg_schema_sub(*sub, word))
			return (*sub)->word;
	return NULL;
}

/* All that there is, where that is a line at the most. */
static const char *names_of_few(struct cfg_load *l, const struct cfg_schema *s)
{
	const char *list = "";

	if (s->keys > NAMES_FEW)
		return "";
	for (unsigned i = 0; i < s->keys; i++)
		list = arena_printf(l->scratch, "%s%s%s", list,
				    i ? ", " : "; there are: ", s->key[i].name);
	return list;
}

static void names_unknown_key(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_schema *s = it->parent->schema;
	const char *name = cfg_clean(l, it->name, strlen(it->name)), *home;
	struct suggest sg;

	if (cfg_may_be_secret(it)) {
		cfg_wrong(l, it->line, it->parent, "unknown key after another value");
		return;
	}
	suggest_init(&sg, it->name);
	for (unsigned i = 0; i < s->keys; i++)
		suggest_offer(&sg, s->key[i].name);
	home = cfg_schema_key(l->schema, it->name) ? "top level"
						   : names_key_belongs(l->schema, it->name);
	if (!strcmp(it->name, "include"))
		cfg_wrong(l, it->line, it->parent,
			  "`include` stands without `=`: include \"FILE\"");
	else if (home)
		cfg_wrong(l, it->line, it->parent, "unknown key `%s`, it belongs in `%s`", name,
			  home);
	else if (sg.best)
		cfg_wrong(l, it->line, it->parent, "unknown key `%s`, did you mean `%s`?", name,
			  sg.best);
	else
		cfg_wrong(l, it->line, it->parent, "unknown key `%s`%s", name, names_of_few(l, s));
}

static void names_unknown_section(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_schema *s = it->parent->schema;
	const char *name = cfg_clean(l, it->name, strlen(it->name));
	const char *home = names_section_belongs(l->schema, it->name);
	struct suggest sg;

	if (cfg_may_be_secret(it)) {
		cfg_wrong(l, it->line, it->parent, "unknown section after a value");
		return;
	}
	for (const struct cfg_absent *a = l->absent; a && a->name; a++)
		if (!it->parent->parent && !strcmp(a->name, it->name)) {
			cfg_wrong(l, it->line, it->parent,
				  "unknown section `%s`, its plugin was refused: %s", name, a->why);
			return;
		}
	suggest_init(&sg, it->name);
	for (const struct cfg_schema *const *sub = s->sub; *sub; sub++)
		suggest_offer(&sg, (*sub)->word);
	if (sg.best)
		cfg_wrong(l, it->line, it->parent, "unknown section `%s`, did you mean `%s`?", name,
			  sg.best);
	else if (home)
		cfg_wrong(l, it->line, it->parent, "section `%s` belongs in `%s`", name, home);
	else
		cfg_wrong(l, it->line, it->parent, "unknown section `%s`", name);
}

/* Words that are neither `key = value` nor `section { }`.  They are shown only when they are a
 * known name, because they may be the rest of a secret. */
static void names_stray(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_schema *s = it->parent->schema;

	if (!it->unnamed && !strcmp(it->name, "include"))
		cfg_wrong(l, it->line, it->parent,
			  "`include` needs the name of a file, or a pattern: include "
			  "\"conf.d/*.conf\"");
	else if (!it->unnamed && cfg_schema_key(s, it->name))
		cfg_wrong(l, it->line, it->parent, "`=` is missing after `%s`", it->name);
	else if (!it->unnamed && cfg_schema_sub(s, it->name))
		cfg_wrong(l, it->line, it->parent, "`{` is missing after `%s`", it->name);
	else if (it->prev && it->prev->kind == CFG_ITEM_KEY && it->prev->line == it->line)
		cfg_wrong(l, it->line, it->prev,
			  "text after the value; quote a value that has blanks");
	else
		cfg_wrong(l, it->line, it->parent,
			  "text that is neither `key = value` nor `section { ... }`");
}

/* --- known names ------------------------------------------------------------------------------ */

static void names_check_key(struct cfg_load *l, struct cfg_item *it, struct seen *seen)
{
	const struct cfg_schema *s = it->parent->schema;
	const struct cfg_item *first;

	it->key = cfg_schema_key(s, it->name);
	if (!it->key) {
		if (cfg_schema_sub(s, it->name))
			cfg_wrong(l, it->line, it->parent,
				  "`%s` is a section: `%s { ... }`, without `=`", it->name,
				  it->name);
		else
			names_unknown_key(l, it);
		names_drop(it);
		return;
	}
	first = names_seen_before(seen, it);
	if (first) {
		cfg_wrong(l, it->line, it, "given twice, first on %s",
			  cfg_line_text(l, first->line, it->line));
		names_drop(it);
	} else if (!it->dropped && !cfg_key_is_list(it->key) && (it->braces || it->values != 1)) {
		cfg_wrong(l, it->line, it, "takes one value, not a list");
		names_drop(it);
	} else if (!it->dropped && !it->values) {
		cfg_wrong(l, it->line, it, "the list is empty");
		names_drop(it);
	}
}

static bool names_plain_name(const char *s)
{
	size_t len = strlen(s);

	if (!len || len > 63 || !isalnum((unsigned char)*s))
		return false;
	while (isalnum((unsigned char)*s) || (*s && strchr("._-", *s)))
		s++;
	return !*s;
}

static bool names_printable(const char *s)
{
	size_t len = strlen(s);

	while (*s && (unsigned char)*s >= ' ' && *s != 0x7f)
		s++;
	return len && len <= 255 && !*s;
}

/* A user may have any printable name; other names are words of VTY commands and log lines. */
static bool names_title_fits(const struct cfg_schema *s, const char *title)
{
	bool any = s->section == CFG_S_USER || s->section == CFG_S_CIRCUIT ||
		   s->section == CFG_S_ACCEPT || s->section == CFG_S_RADIUS_SERVER ||
		   s->section == CFG_S_COA_CLIENT;

	return any ? names_printable(title) : names_plain_name(title);
}

static void names_check_title(struct cfg_load *l, struct cfg_item *it, struct seen *seen)
{
	const struct cfg_schema *s = it->schema;
	const struct cfg_item *first;

	if (!s->title && it->title) {
		cfg_wrong(l, it->line, it->parent, "section `%s` takes no name", s->word);
	} else if (s->title && !it->title) {
		cfg_wrong(l, it->line, it->parent, "section `%s` needs a name: `%s %s { ... }`",
			  s->word, s->word, s->title);
	} else if (s->title && !names_title_fits(s, it->title)) {
		cfg_wrong(l, it->line, it->parent, "`%s` is not a name for a `%s`%s",
			  cfg_clean(l, it->title, strlen(it->title)), s->word,
			  s->section == CFG_S_USER ? ""
						   : ": letters, digits, dots, dashes, at most 63");
	} else {
		first = names_seen_before(seen, it);
		if (!first)
			return;
		cfg_wrong(l, it->line, it, "given twice, first on %s",
			  cfg_line_text(l, first->line, it->line));
	}
	names_drop(it);
}

static void names_check_required(struct cfg_load *l, const struct cfg_item *it)
{
	for (unsigned i = 0; i < it->schema->keys; i++) {
		const struct cfg_key *k = &it->schema->key[i];
		const struct cfg_item *c = it->child;

		if (!(k->flags & CFG_KEY_REQUIRED))
			continue;
		while (c && (c->kind == CFG_ITEM_SECTION || strcmp(c->name, k->name)))
			c = c->next;
		if (!c)
			cfg_wrong(l, it->line, it, "`%s` is missing: %s", k->name, k->help);
	}
}

static void names_check_section(struct cfg_load *l, struct cfg_item *section, struct seen *seen);

static void names_check_item(struct cfg_load *l, struct cfg_item *it, struct seen *seen)
{
	if (it->kind == CFG_ITEM_STRAY) {
		names_stray(l, it);
		return;
	}
	if (it->kind == CFG_ITEM_KEY) {
		names_check_key(l, it, seen);
		return;
	}
	it->schema = cfg_schema_sub(it->parent->schema, it->name);
	if (it->schema) {
		if (!it->dropped)
			names_check_title(l, it, seen);
		names_check_section(l, it, seen);
		return;
	}
	if (!it->dropped && cfg_schema_key(it->parent->schema, it->name))
		cfg_wrong(l, it->line, it->parent, "`%s` is a key: `%s = value`", it->name,
			  it->name);
	else if (!it->dropped)
		names_unknown_section(l, it);
	names_drop(it);
}

/* The schemas bound the depth: nothing below an unknown section is visited. */
static void names_check_section(struct cfg_load *l, struct cfg_item *section, struct seen *seen)
{
	for (struct cfg_item *it = section->child; it; it = it->next)
		names_check_item(l, it, seen);
	names_check_required(l, section);
}

void cfg_names(struct cfg_load *l)
{
	struct seen seen = {.arena = l->scratch};

	htab_init(&seen.by_name, 0);
	names_check_section(l, l->root, &seen);
	htab_free(&seen.by_name);
}
