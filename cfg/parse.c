/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libconfuse parses the text.  Its option tables are made from our schemas; every option is a text
 * or a list of texts, because we check values and report mistakes ourselves.  The outline has every
 * item in the order of the file with its line, so the two trees are walked side by side, and each
 * item takes its values from libconfuse's tree.
 */
#include "cfg/parse.h"
#include "cfg/preproc.h"
#include "cfg/report.h"
#include "cfg/schema.h"

#include <confuse.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static cfg_opt_t parse_option(const struct cfg_key *k, const char *name)
{
	if (cfg_key_is_list(k))
		return (cfg_opt_t)CFG_STR_LIST(name, NULL, CFGF_NODEFAULT);
	return (cfg_opt_t)CFG_STR(name, NULL, CFGF_NODEFAULT);
}

static cfg_opt_t *parse_options(struct cfg_load *l, const struct cfg_schema *s)
{
	unsigned subs = 0;
	cfg_opt_t *opt, *o;

	while (s->sub[subs])
		subs++;
	opt = o = arena_get(l->scratch, (s->keys + subs + 1) * sizeof(*opt));
	for (unsigned i = 0; i < s->keys; i++)
		*o++ = parse_option(&s->key[i], s->key[i].name);
	for (unsigned i = 0; i < subs; i++) {
		const struct cfg_schema *sub = s->sub[i];

		*o++ = (cfg_opt_t)CFG_SEC(sub->word, parse_options(l, sub), CFGF_MULTI);
	}
	*o = (cfg_opt_t)CFG_END();
	return opt;
}

/* libconfuse passes no context to its error function.  Good while it parses. */
static _Thread_local struct cfg_load *parsing;

static void parse_on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[256];

	vsnprintf(text, sizeof(text), fmt, ap);
	cfg_wrong(parsing, (unsigned)cfg->line, parsing->root, "%s",
		  cfg_clean(parsing, text, strlen(text)));
}

/* The two trees differ: a bug, which must not pass unnoticed. */
static void parse_differs(struct cfg_load *l, struct cfg_item *it)
{
	cfg_wrong(l, it->line, it, "libconfuse reads this differently");
	it->dropped = true;
}

static void parse_take_values(struct cfg_load *l, struct cfg_item *it, cfg_t *sec)
{
	cfg_opt_t *o = cfg_getopt(sec, it->name);

	if (!o || cfg_opt_size(o) != it->values) {
		parse_differs(l, it);
		return;
	}
	for (unsigned i = 0; i < it->values; i++) {
		const char *text = cfg_opt_getnstr(o, i);

		if (text)
			it->value[i].text = arena_text(l->scratch, text, strlen(text));
		else
			parse_differs(l, it);
	}
}

static unsigned parse_sub_index(const struct cfg_schema *s, const char *word)
{
	unsigned i = 0;

	while (s->sub[i] && strcmp(s->sub[i]->word, word))
		i++;
	return i;
}

/* The nth section of a word in the outline is libconfuse's nth of that option. */
static void parse_take(struct cfg_load *l, struct cfg_item *section, cfg_t *sec)
{
	unsigned *nth, subs = 0;

	while (section->schema->sub[subs])
		subs++;
	nth = arena_get(l->scratch, (subs + 1) * sizeof(*nth));
	for (struct cfg_item *it = section->child; it; it = it->next) {
		cfg_t *inner;

		if (it->dropped)
			continue;
		if (it->kind == CFG_ITEM_KEY) {
			parse_take_values(l, it, sec);
			continue;
		}
		inner = cfg_getnsec(sec, it->name,
				    nth[parse_sub_index(section->schema, it->name)]++);
		if (inner)
			parse_take(l, it, inner);
		else
			parse_differs(l, it);
	}
}

void cfg_confuse(struct cfg_load *l)
{
	cfg_t *cfg = cfg_init(parse_options(l, l->schema), CFGF_NONE);

	if (!cfg) {
		cfg_wrong(l, 0, NULL, "libconfuse cannot start: out of memory");
		return;
	}
	parsing = l;
	cfg_set_error_function(cfg, parse_on_error);
	if (cfg_parse_buf(cfg, cfg_plain(l)) == CFG_SUCCESS)
		parse_take(l, l->root, cfg);
	cfg_free(cfg);
}
