/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manual page isthmus.conf(5): hand-written text, into which the tables of keys are put.  A
 * line
 * `.\" keys SECTION` stands for the keys of that section and of those in it, SECTION being `top`,
 * the word of a section, or `ports`.  Each must stand there once, so that no key is forgotten.
 */
#include "cfg/help.h"

#include <string.h>

#define MAN_MARK ".\\\" keys "
#define MAN_LINE 1024u

/* Roff reads `\`, and a dot or an apostrophe that begins a line; a bare `-` is a hyphen. */
static void man_text(FILE *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else
			fputc(*text, out);
	}
}

static void man_begin(FILE *out, const struct cfg_schema *s, unsigned depth)
{
	if (depth > 1 || s->section == CFG_S_PORT) {
		fputs(".PP\n\\fB", out);
		man_text(out, s->word);
		fprintf(out, "\\fR%s\\fI%s\\fR { ... }\n.br\n", s->title ? " " : "",
			s->title ? s->title : "");
		man_text(out, s->help);
		fputc('\n', out);
	}
	fputs(".RS\n", out);
}

static void man_key(FILE *out, const struct help_key *k, unsigned depth)
{
	(void)depth;
	fputs(".TP\n\\fB", out);
	man_text(out, k->name);
	fputs("\\fR = \\fI", out);
	man_text(out, k->kind);
	fprintf(out, "\\fR%s\n", k->list ? ", or a list" : "");
	man_text(out, k->help);
	fputs("\n(", out);
	if (k->required)
		fputs("required; ", out);
	else if (k->deflt && *k->deflt) {
		fputs("default: ", out);
		man_text(out, k->deflt);
		fputs("; ", out);
	}
	man_text(out, k->when);
	fputs(")\n", out);
}

static void man_end(FILE *out, const struct cfg_schema *s, unsigned depth)
{
	(void)s;
	(void)depth;
	fputs(".RE\n", out);
}

static const struct help_form man_form = {.begin = man_begin, .key = man_key, .end = man_end};

/* Which mark a section of the top level belongs to. */
static const char *man_mark(const struct cfg_schema *s)
{
	return s->section == CFG_S_PORT ? "ports" : s->word;
}

/* How many sections have this mark; they are printed. */
static unsigned man_keys(FILE *out, struct cfg_load *l, const char *mark)
{
	unsigned n = 0;

	if (!strcmp(mark, "top")) {
		help_section(&man_form, out, l, l->schema, 0);
		return 1;
	}
	for (const struct cfg_schema *const *s = l->schema->sub; *s; s++) {
		if (strcmp(man_mark(*s), mark) != 0)
			continue;
		help_section(&man_form, out, l, *s, 1);
		n++;
	}
	return n;
}

static unsigned man_page(FILE *out, FILE *in, struct cfg_load *l)
{
	char line[MAN_LINE];
	unsigned n = 0;

	while (fgets(line, sizeof(line), in)) {
		const char *mark = line + sizeof(MAN_MARK) - 1;
		unsigned put;

		if (strncmp(line, MAN_MARK, sizeof(MAN_MARK) - 1) != 0) {
			fputs(line, out);
			continue;
		}
		line[strcspn(line, "\n")] = '\0';
		put = man_keys(out, l, mark);
		if (!put)
			fprintf(stderr, "there is no section `%s` to list the keys of\n", mark);
		n += put ? put : MAN_LINE;
	}
	return n;
}

bool cfg_print_man(FILE *out, FILE *in, const struct ist_transport *const *transports)
{
	struct cfg_load l;
	unsigned want = 1, put;

	cfg_load_init(&l, "", transports);
	for (const struct cfg_schema *const *s = l.schema->sub; *s; s++)
		want++;
	put = man_page(out, in, &l);
	if (put < want)
		fprintf(stderr, "the keys of %u sections are not in the page\n", want - put);
	cfg_load_drop(&l);
	return put == want;
}
