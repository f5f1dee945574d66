/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `isthmus --help-config` prints the tables.  A default is read from a new object where the row
 * says the value's offset, so that help and behaviour cannot differ.
 */
#include "cfg/help.h"
#include "cfg/load.h"
#include "cfg/schema.h"
#include "cfg/value.h"

#include <inttypes.h>
#include <string.h>

/* "a | b" */
static const char *help_words_text(struct arena *a, const char *words)
{
	struct arena_buf b = {.a = a};

	arena_add_text(&b, "");
	for (; *words; words++)
		arena_add(&b, *words == ' ' ? " | " : words, *words == ' ' ? 3 : 1);
	return b.p;
}

static const char *help_range_text(struct arena *a, const struct cfg_key *k)
{
	if (k->kind == CFG_K_TIME)
		return k->max ? arena_printf(a, "time, %s to %s",
					     cfg_time_text(a, (uint64_t)k->min),
					     cfg_time_text(a, (uint64_t)k->max))
			      : "time";
	return k->min || k->max ? arena_printf(a, "number, %" PRId64 " to %" PRId64, k->min, k->max)
				: "number";
}

static const char *help_kind_text(struct arena *a, const struct cfg_key *k)
{
	switch (k->kind) {
	case CFG_K_NUMBER:
	case CFG_K_TIME:
		return help_range_text(a, k);
	case CFG_K_RATE:
		return "rate, bit/s with k, M or G";
	case CFG_K_BOOL:
		return "yes | no";
	case CFG_K_WORD:
		return help_words_text(a, k->words);
	case CFG_K_IPV4:
		return "IPv4 address";
	case CFG_K_PREFIX:
		return "prefix";
	case CFG_K_REF:
		return arena_printf(a, "name of a %s", k->words);
	default:
		return "text";
	}
}

/* The value in a new object as text; NULL = there is no text for this kind. */
static const char *help_object_default(struct arena *a, const struct cfg_key *k, const char *obj)
{
	const void *at = obj + k->offset;
	uint64_t n = k->width == 1   ? *(const uint8_t *)at
		     : k->width == 2 ? *(const uint16_t *)at
		     : k->width == 4 ? *(const uint32_t *)at
		     : k->width == 8 ? *(const uint64_t *)at
				     : 0;
	const char *text;

	switch (k->kind) {
	case CFG_K_NUMBER:
		return arena_printf(a, "%" PRIu64, n);
	case CFG_K_TIME:
		return cfg_time_text(a, n);
	case CFG_K_RATE:
		return cfg_rate_text(a, n);
	case CFG_K_BOOL:
		return n ? "yes" : "no";
	case CFG_K_TEXT:
		memcpy(&text, at, sizeof(text));
		return text;
	default:
		return NULL;
	}
}

static void help_one(const struct help_form *form, FILE *out, struct arena *a,
		     const struct cfg_schema *s, const struct cfg_key *k, const char *obj,
		     unsigned depth)
{
	struct help_key h = {.name = k->name,
			     .kind = help_kind_text(a, k),
			     .deflt = k->deflt,
			     .when = cfg_when_words[cfg_key_when(s, k)],
			     .help = k->help,
			     .list = cfg_key_is_list(k),
			     .required = k->flags & CFG_KEY_REQUIRED};

	if (!h.deflt && !k->set && !k->ist && k->width && obj)
		h.deflt = help_object_default(a, k, obj);
	form->key(out, &h, depth);
}

void help_section(const struct help_form *form, FILE *out, struct cfg_load *l,
		  const struct cfg_schema *s, unsigned depth)
{
	char *obj = s->size ? arena_get(l->scratch, s->size) : NULL;

	if (s->init && obj)
		s->init(l, obj);
	form->begin(out, s, depth);
	for (unsigned i = 0; i < s->keys; i++)
		help_one(form, out, l->scratch, s, &s->key[i], obj, depth);
	for (const struct cfg_schema *const *sub = s->sub; *sub && (depth || form->below_top);
	     sub++)
		/* the second word for a circuit has no keys of its own */
		if (!(sub != s->sub && (*sub)->section == CFG_S_CIRCUIT))
			help_section(form, out, l, *sub, depth + 1);
	form->end(out, s, depth);
}

/* --- for a terminal --------------------------------------------------------------------------- */

static void help_print_begin(FILE *out, const struct cfg_schema *s, unsigned depth)
{
	const char *indent = depth > 1 ? "  " : "";

	if (*s->word)
		fprintf(out, "\n%s%s%s%s { }\n%s    %s\n", indent, s->word, s->title ? " " : "",
			s->title ? s->title : "", indent, s->help);
}

static void help_print_key(FILE *out, const struct help_key *k, unsigned depth)
{
	const char *indent = depth > 1 ? "  " : "";

	fprintf(out, "%s  %s = %s%s", indent, k->name, k->kind,
		k->list ? ", or a list { a, b }" : "");
	if (k->required)
		fprintf(out, " (required)");
	else if (k->deflt)
		fprintf(out, " (default: %s)", k->deflt);
	fprintf(out, " [%s]\n", k->when);
	fprintf(out, "%s      %s\n", indent, k->help);
}

static void help_print_end(FILE *out, const struct cfg_schema *s, unsigned depth)
{
	(void)out;
	(void)s;
	(void)depth;
}

static const struct help_form help_text = {
	.begin = help_print_begin, .key = help_print_key, .end = help_print_end, .below_top = true};

void cfg_print_help(FILE *out, const struct ist_transport *const *transports)
{
	struct cfg_load l;

	cfg_load_init(&l, "", transports);
	fprintf(out, "In brackets: when another value takes effect at a reload.  live = at once;\n"
		     "new-calls = for tunnels, calls and log-ins that begin after it; reopens-port "
		     "= its\n"
		     "port is closed and opened again; restart = at the next start or upgrade.\n\n"
		     "include \"conf.d/*.conf\"  outside of sections: the text of these files.\n\n"
		     "Keys of the top level:\n");
	help_section(&help_text, out, &l, l.schema, 0);
	cfg_load_drop(&l);
}
