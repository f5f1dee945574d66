/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a reload changes: two texts, section by section and key by key.  Sections are the same when
 * their word and name are; both lists are sorted for that, since there may be 60,000 users.  Values
 * are compared and never printed, since there are secrets among them.  Of a secret's file a hash
 * that was taken with the copy of the text is compared.
 */
#include "cfg/load.h"
#include "cfg/names.h"
#include "cfg/parts.h"
#include "cfg/preproc.h"
#include "cfg/schema.h"

#include <stdlib.h>
#include <string.h>

#define DIFF_KEYS 200u /* octets of the names of what has changed in a section */

/* Items of one text, and how far they have been read. */
struct diff_side {
	const struct cfg_item **at;
	unsigned n, i;
};

/* One section while it is compared. */
struct diff_row {
	enum cfg_when when;
	char keys[DIFF_KEYS];
};

static int diff_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int diff_order(const void *a, const void *b)
{
	const struct cfg_item *x = *(const struct cfg_item *const *)a;
	const struct cfg_item *y = *(const struct cfg_item *const *)b;
	int by_word = diff_text(x->name, y->name);

	return by_word ? by_word : diff_text(x->title, y->title);
}

/* The sections inside an item, sorted. */
static struct diff_side diff_sections(struct arena *a, const struct cfg_item *of)
{
	struct diff_side s = {0};
	unsigned n = 0;

	for (const struct cfg_item *it = of->child; it; it = it->next)
		n += it->kind == CFG_ITEM_SECTION;
	s.at = arena_get(a, n * sizeof(*s.at));
	for (const struct cfg_item *it = of->child; it; it = it->next)
		if (it->kind == CFG_ITEM_SECTION)
			s.at[s.n++] = it;
	qsort(s.at, s.n, sizeof(*s.at), diff_order);
	return s;
}

/* The next section of either side, or of both when they are the same.  False at the end. */
static bool diff_next(struct diff_side *before, struct diff_side *after, const struct cfg_item **b,
		      const struct cfg_item **a)
{
	*b = before->i < before->n ? before->at[before->i] : NULL;
	*a = after->i < after->n ? after->at[after->i] : NULL;
	if (*a && *b) {
		int order = diff_order(b, a);

		if (order < 0)
			*a = NULL;
		if (order > 0)
			*b = NULL;
	}
	before->i += *b != NULL;
	after->i += *a != NULL;
	return *a || *b;
}

/* --- keys ------------------------------------------------------------------------------------- */

static bool diff_same_values(const struct cfg_item *x, const struct cfg_item *y)
{
	if (x->values != y->values)
		return false;
	for (unsigned i = 0; i < x->values; i++)
		if (diff_text(x->value[i].text, y->value[i].text) != 0)
			return false;
	return true;
}

static enum cfg_when diff_when(const struct cfg_item *k)
{
	return k->key && k->parent->schema ? cfg_key_when(k->parent->schema, k->key) : CFG_WHEN_NEW;
}

static void diff_note(struct diff_row *r, enum cfg_when when, const char *inside, const char *name,
		      const char *title)
{
	size_t n = strlen(r->keys);

	if (when > r->when)
		r->when = when;
	snprintf(r->keys + n, sizeof(r->keys) - n, "%s%s%s%s%s%s", n ? ", " : "", inside,
		 *inside ? " " : "", name, title ? " " : "", title ? title : "");
}

static void diff_keys(struct diff_row *r, const struct cfg_item *before,
		      const struct cfg_item *after, const char *inside)
{
	for (const struct cfg_item *k = after->child; k; k = k->next) {
		const struct cfg_item *was = cfg_given(before, k->name);

		if (k->kind == CFG_ITEM_KEY && (!was || !diff_same_values(was, k)))
			diff_note(r, diff_when(k), inside, k->name, NULL);
	}
	for (const struct cfg_item *k = before->child; k; k = k->next)
		if (k->kind == CFG_ITEM_KEY && !cfg_given(after, k->name))
			diff_note(r, diff_when(k), inside, k->name, NULL);
}

/* Sections inside, as circuits of a port and servers of a radius section. */
static void diff_inside(struct arena *a, struct diff_row *r, const struct cfg_item *before,
			const struct cfg_item *after)
{
	struct diff_side was = diff_sections(a, before), is = diff_sections(a, after);
	const struct cfg_item *b, *c;

	while (diff_next(&was, &is, &b, &c)) {
		const struct cfg_item *any = b ? b : c;
		char inside[80];

		snprintf(inside, sizeof(inside), "%s%s%s", any->name, any->title ? " " : "",
			 any->title ? any->title : "");
		if (b && c)
			diff_keys(r, b, c, inside);
		else
			diff_note(r,
				  any->schema && any->schema->transport ? CFG_WHEN_REOPEN
									: CFG_WHEN_LIVE,
				  "", any->name, any->title);
	}
}

/* --- rows ------------------------------------------------------------------------------------- */

/* What a terminal or a table would not survive. */
static void diff_put_text(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc((unsigned char)*text < ' ' || *text == 127 ? '?' : *text, out);
}

static void diff_put(FILE *out, const struct cfg_item *s, const char *change, enum cfg_when when,
		     const char *keys)
{
	const char *column[] = {s->name, s->title ? s->title : "-", change, cfg_when_words[when],
				*keys ? keys : "-"};

	fputs(CFG_CHANGE, out);
	for (size_t i = 0; i < sizeof(column) / sizeof(column[0]); i++) {
		fputc('\t', out);
		diff_put_text(out, column[i]);
	}
	fputc('\n', out);
}

/* What is configured no more cannot go on, unless it is only looked at when something begins. */
static enum cfg_when diff_when_removed(const struct cfg_item *s)
{
	if (!s->schema)
		return CFG_WHEN_NEW;
	if (s->schema->transport)
		return CFG_WHEN_ENDS;
	return s->schema->when_removed ? s->schema->when_removed : CFG_WHEN_LIVE;
}

static void diff_section(FILE *out, struct arena *a, const struct cfg_item *before,
			 const struct cfg_item *after)
{
	struct diff_row r = {0};

	if (!before) {
		diff_put(out, after, "added", CFG_WHEN_LIVE, "");
		return;
	}
	if (!after) {
		diff_put(out, before, "removed", diff_when_removed(before), "");
		return;
	}
	diff_keys(&r, before, after, "");
	diff_inside(a, &r, before, after);
	if (*r.keys)
		diff_put(out, after, "changed", r.when, r.keys);
}

static void diff_top(FILE *out, const struct cfg_item *before, const struct cfg_item *after)
{
	const struct cfg_item top = {.name = "top", .title = "-"};
	struct diff_row r = {0};

	diff_keys(&r, before, after, "");
	if (*r.keys)
		diff_put(out, &top, "changed", r.when, r.keys);
}

/* The first route that fits is taken: their order is a setting too. */
static void diff_routes(FILE *out, const struct cfg_item *before, const struct cfg_item *after)
{
	const struct cfg_item routes = {.name = "route", .title = "*"};
	const struct cfg_item *b = cfg_next(before, NULL, CFG_S_ROUTE);
	const struct cfg_item *a = cfg_next(after, NULL, CFG_S_ROUTE);

	for (; b && a && !diff_text(b->title, a->title);
	     b = cfg_next(before, b, CFG_S_ROUTE), a = cfg_next(after, a, CFG_S_ROUTE))
		;
	if (b && a)
		diff_put(out, &routes, "changed", CFG_WHEN_LIVE, "order");
}

static void diff_read(struct cfg_load *l, int fd, const char *file,
		      const struct ist_transport *const *transports)
{
	cfg_load_init(l, file, transports);
	if (!cfg_parts_fd(l, fd) || l->part->wrong)
		return;
	cfg_outline(l);
	cfg_names(l);
}

void cfg_print_changes(FILE *out, int before, int after, const char *file,
		       const struct ist_transport *const *transports)
{
	const struct cfg_item *b, *a;
	struct diff_side was, is;
	struct cfg_load old, new;

	diff_read(&old, before, file, transports);
	diff_read(&new, after, file, transports);
	if (old.root && new.root) {
		if (cfg_has_stamps(&old) && cfg_has_stamps(&new)) {
			cfg_stamp_values(&old);
			cfg_stamp_values(&new);
		}
		diff_top(out, old.root, new.root);
		was = diff_sections(old.scratch, old.root);
		is = diff_sections(new.scratch, new.root);
		while (diff_next(&was, &is, &b, &a))
			diff_section(out, new.scratch, b, a);
		diff_routes(out, old.root, new.root);
	}
	cfg_load_drop(&old);
	cfg_load_drop(&new);
}
