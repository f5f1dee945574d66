/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libconfuse 3.3 counts lines wrongly after comments, accepts a file that ends inside a section,
 * loses the `*` of an unquoted 3110*, stops at its first error and nests without bound.  The
 * outline makes up for this: it has the line of every item, checks that braces match, and continues
 * after a mistake at the next item or line.
 */
#include "cfg/preproc.h"
#include "cfg/lex.h"
#include "cfg/parts.h"
#include "cfg/report.h"
#include "cfg/schema.h"

#include <ctype.h>
#include <string.h>

struct pre {
	struct cfg_load *l;
	unsigned part;	     /* the file */
	unsigned next;	     /* part: those before it have been included, or never will be */
	struct cfg_token *t; /* the next one */
	struct cfg_item *at; /* the section we are in */
	unsigned depth;
	bool astray; /* a quote was left open and has not been closed since */
};

static struct cfg_item *preproc_add_item(struct pre *p, enum cfg_item_kind kind,
					 const struct cfg_token *t)
{
	struct cfg_item *it = arena_get(p->l->scratch, sizeof(*it));

	it->kind = kind;
	it->name = t->text;
	it->line = t->line;
	it->unnamed = p->astray;
	it->parent = p->at;
	it->prev = p->at->last;
	if (p->at->last)
		p->at->last->next = it;
	else
		p->at->child = it;
	p->at->last = it;
	return it;
}

static void preproc_bad_token(struct pre *p, const struct cfg_token *t, const struct cfg_item *at)
{
	cfg_wrong(p->l, t->line, at, "%s", t->text);
	p->astray ^= t->astray;
}

/* Skip to the next line or brace. */
static void preproc_skip_line(struct pre *p, unsigned line)
{
	while (p->t->line == line && p->t->kind != CFG_T_END && p->t->kind != CFG_T_CLOSE &&
	       p->t->kind != CFG_T_OPEN)
		p->t = p->t->next;
}

static void preproc_add_value(struct pre *p, struct cfg_item *it, const struct cfg_token *t)
{
	struct cfg_value *v = it->value;

	if (t->kind == CFG_T_BAD) {
		preproc_bad_token(p, t, it);
		it->dropped = true;
		return;
	}
	if (!(it->values & (it->values - 1))) {
		v = arena_get(p->l->scratch, 2 * (it->values + 1) * sizeof(*v));
		if (it->values)
			memcpy(v, it->value, it->values * sizeof(*v));
		it->value = v;
	}
	v += it->values++;
	v->text = t->text;
	v->raw = t->raw;
	v->raw_len = t->raw_len;
	v->line = t->line;
}

static bool preproc_is_word(const struct cfg_token *t)
{
	return t->kind == CFG_T_WORD || t->kind == CFG_T_BAD;
}

/* Does `name =` or `name {` or `name title {` start here? */
static bool preproc_starts_item(const struct cfg_token *t)
{
	if (t->kind != CFG_T_WORD || t->quoted || !isalnum((unsigned char)*t->text))
		return false;
	if (t->next->kind == CFG_T_EQUALS || t->next->kind == CFG_T_OPEN)
		return true;
	return preproc_is_word(t->next) && t->next->next->kind == CFG_T_OPEN;
}

/* After the `{` of a list. */
static void preproc_list(struct pre *p, struct cfg_item *it)
{
	bool comma = true;

	it->braces = true;
	for (; p->t->kind != CFG_T_CLOSE; p->t = p->t->next) {
		if (preproc_is_word(p->t) && !preproc_starts_item(p->t)) {
			if (!comma)
				cfg_wrong(p->l, p->t->line, it, "a comma is missing in the list");
			preproc_add_value(p, it, p->t);
			comma = false;
		} else if (p->t->kind == CFG_T_COMMA) {
			if (comma)
				cfg_wrong(p->l, p->t->line, it, "nothing before the comma");
			comma = true;
		} else {
			cfg_wrong(p->l, it->line, it, "the list is not closed: `}` is missing");
			it->dropped = true;
			return;
		}
	}
	p->t = p->t->next;
}

/* At a name that `=` follows. */
static void preproc_key(struct pre *p)
{
	struct cfg_item *it = preproc_add_item(p, CFG_ITEM_KEY, p->t);
	unsigned line = p->t->next->line;

	p->t = p->t->next->next;
	if (p->t->kind == CFG_T_OPEN) {
		p->t = p->t->next;
		preproc_list(p, it);
	} else if (preproc_is_word(p->t) && p->t->line == line) {
		preproc_add_value(p, it, p->t);
		p->t = p->t->next;
	} else {
		cfg_wrong(p->l, line, it, "no value after `=`");
		it->dropped = true;
	}
}

static void preproc_never_closed(struct pre *p, const struct cfg_item *it)
{
	cfg_wrong(p->l, it->line, it, "this section is never closed: `}` is missing");
}

/* At a name, with or without a title, and `{`. */
static void preproc_section(struct pre *p)
{
	const struct cfg_token *title = p->t->next->kind == CFG_T_OPEN ? NULL : p->t->next;
	struct cfg_item *it;

	/* A section of the top level inside another: its `}` was forgotten. */
	if (p->at->parent && cfg_schema_is_top(p->l->schema, p->t->text)) {
		for (it = p->at; it->parent; it = it->parent)
			preproc_never_closed(p, it);
		p->at = it;
		p->depth = 0;
	}
	it = preproc_add_item(p, CFG_ITEM_SECTION, p->t);
	if (title) {
		it->title = title->text;
		if (title->kind == CFG_T_BAD)
			preproc_bad_token(p, title, p->at);
		else if (title->env)
			cfg_wrong(p->l, title->line, p->at,
				  "the name of a section cannot come from the environment");
		if (title->kind == CFG_T_BAD || title->env) {
			it->dropped = true;
			it->title = "?";
		}
	}
	p->t = title ? title->next->next : p->t->next->next;
	p->at = it;
	if (++p->depth == CFG_DEPTH_MAX + 1)
		cfg_wrong(p->l, it->line, it->parent, "sections nested more than %u deep",
			  CFG_DEPTH_MAX);
	it->dropped |= p->depth > CFG_DEPTH_MAX;
}

static void preproc_stray(struct pre *p)
{
	unsigned line = p->t->line;
	struct cfg_item *it;

	if (p->t->kind == CFG_T_BAD) {
		preproc_bad_token(p, p->t, p->at);
	} else {
		it = preproc_add_item(p, CFG_ITEM_STRAY, p->t);
		it->unnamed |= p->t->quoted || p->t->env;
		it->dropped = true;
	}
	p->t = p->t->next;
	while (preproc_is_word(p->t) && p->t->line == line && !preproc_starts_item(p->t))
		p->t = p->t->next;
	if (p->t->kind == CFG_T_EQUALS && p->t->line == line)
		preproc_skip_line(p, line);
}

static void preproc_close_section(struct pre *p)
{
	if (p->at->parent) {
		p->at = p->at->parent;
		p->depth--;
	} else {
		cfg_wrong(p->l, p->t->line, p->at, "this `}` closes nothing");
	}
	p->t = p->t->next;
}

/* A `{` without a name: still a section, so that its `}` is not one too many. */
static void preproc_nameless(struct pre *p)
{
	struct cfg_item *it = preproc_add_item(p, CFG_ITEM_SECTION, p->t);

	cfg_wrong(p->l, p->t->line, p->at, "`{` without the name of a section before it");
	it->name = "?";
	it->dropped = true;
	p->at = it;
	p->depth++;
	p->t = p->t->next;
}

static void preproc_misplaced(struct pre *p, const char *what)
{
	unsigned line = p->t->line;

	cfg_wrong(p->l, line, p->at, "%s", what);
	p->t = p->t->next;
	preproc_skip_line(p, line);
}

static void preproc_part(struct cfg_load *l, unsigned part);

/* All files that this pattern stands for, as they were found when the files were read. */
static void preproc_include(struct pre *p)
{
	const struct cfg_token *t = p->t->next;
	const struct cfg_value v = {.raw = t->raw, .raw_len = t->raw_len};
	size_t at = (size_t)(t->raw - p->l->part[p->part].text);
	unsigned found = 0;

	for (; p->next < p->l->parts; p->next++) {
		const struct cfg_part *q = &p->l->part[p->next];

		if (q->from != p->part || q->at < at)
			continue;
		if (q->at > at)
			break;
		found++;
		if (q->wrong)
			cfg_wrong(p->l, t->line, p->l->root, "cannot include %s: %s",
				  cfg_printable(p->l, q->name, strlen(q->name)),
				  cfg_printable(p->l, q->wrong, strlen(q->wrong)));
		else
			preproc_part(p->l, p->next);
	}
	if (!found && !cfg_is_pattern(t->text))
		cfg_wrong(p->l, t->line, p->l->root, "cannot include `%s` here",
			  cfg_shown(p->l, &v));
}

static void preproc_at_include(struct pre *p)
{
	const struct cfg_token *t = p->t->next;

	if (t->kind == CFG_T_BAD)
		preproc_bad_token(p, t, p->at);
	else if (p->at->parent)
		cfg_wrong(p->l, p->t->line, p->at, "`include` stands outside of sections");
	else if (t->env)
		cfg_wrong(p->l, t->line, p->at,
			  "the name of a file cannot come from the environment");
	else
		preproc_include(p);
	p->t = t->next;
}

static void preproc_statement(struct pre *p)
{
	if (cfg_is_include(p->t))
		preproc_at_include(p);
	else if (preproc_starts_item(p->t) && p->t->next->kind == CFG_T_EQUALS && !p->t->env)
		preproc_key(p);
	else if (preproc_starts_item(p->t) && p->t->next->kind != CFG_T_EQUALS && !p->t->env)
		preproc_section(p);
	else if (preproc_is_word(p->t))
		preproc_stray(p);
	else if (p->t->kind == CFG_T_CLOSE)
		preproc_close_section(p);
	else if (p->t->kind == CFG_T_OPEN)
		preproc_nameless(p);
	else if (p->t->kind == CFG_T_COMMA)
		preproc_misplaced(p,
				  "a comma stands only between the values of a list: `{ a, b }`");
	else
		preproc_misplaced(p, "`=` without the name of a key before it");
}

/* What it includes is behind it, so this ends. */
static void preproc_part(struct cfg_load *l, unsigned part)
{
	const struct cfg_part *f = &l->part[part];
	struct pre p = {.l = l,
			.part = part,
			.next = part + 1,
			.t = cfg_lex(l, f->text, f->len, f->line),
			.at = l->root};

	while (p.t->kind != CFG_T_END)
		preproc_statement(&p);
	for (struct cfg_item *it = p.at; it->parent; it = it->parent)
		preproc_never_closed(&p, it);
}

void cfg_outline(struct cfg_load *l)
{
	l->root = arena_get(l->scratch, sizeof(*l->root));
	l->root->kind = CFG_ITEM_SECTION;
	l->root->name = "";
	l->root->schema = l->schema;
	preproc_part(l, 0);
}

/* --- for libconfuse --------------------------------------------------------------------------- */

struct plain {
	struct arena_buf text;
	unsigned line;
};

static void preproc_to_line(struct plain *o, unsigned line)
{
	arena_add_text(&o->text, o->line < line ? "" : " ");
	for (; o->line < line; o->line++)
		arena_add_text(&o->text, "\n");
}

static void preproc_put_quoted(struct plain *o, const char *s)
{
	arena_add_text(&o->text, "\"");
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		const char *digits = "0123456789abcdef";

		if (c < ' ' || c == 0x7f) {
			char esc[4] = {'\\', 'x', digits[c >> 4], digits[c & 15]};

			arena_add(&o->text, esc, sizeof(esc));
			continue;
		}
		if (strchr("\"\\$", c))
			arena_add_text(&o->text, "\\");
		arena_add(&o->text, s, 1);
	}
	arena_add_text(&o->text, "\"");
}

static void preproc_put_key(struct plain *o, const struct cfg_item *it)
{
	bool is_list = cfg_key_is_list(it->key);

	preproc_to_line(o, it->line);
	arena_add_text(&o->text, it->name);
	arena_add_text(&o->text, is_list ? " = {" : " =");
	for (unsigned i = 0; i < it->values; i++) {
		if (i)
			arena_add_text(&o->text, ",");
		preproc_to_line(o, it->value[i].line);
		preproc_put_quoted(o, it->value[i].text);
	}
	arena_add_text(&o->text, is_list ? " }" : "");
}

/* Without titles: the library would compare each with all before it.  The depth is bounded: items
 * deeper than CFG_DEPTH_MAX were dropped. */
static void preproc_put_items(struct plain *o, const struct cfg_item *section)
{
	for (const struct cfg_item *it = section->child; it; it = it->next) {
		if (it->dropped)
			continue;
		if (it->kind == CFG_ITEM_KEY) {
			preproc_put_key(o, it);
			continue;
		}
		preproc_to_line(o, it->line);
		arena_add_text(&o->text, it->name);
		arena_add_text(&o->text, " {");
		preproc_put_items(o, it);
		arena_add_text(&o->text, " }");
	}
}

const char *cfg_plain(struct cfg_load *l)
{
	struct plain o = {.text = {.a = l->scratch}, .line = 1};

	preproc_put_items(&o, l->root);
	arena_add_text(&o.text, "\n");
	return o.text.p;
}
