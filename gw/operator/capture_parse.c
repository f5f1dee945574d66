/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the commands `capture` and `no capture`. */
#include "gw/operator/capture.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARSE_USAGE                                                                        \
	"call TUNNEL SESSION | tunnel ID | user NAME | circuit PORT ADDRESS | port NAME, " \
	"then [filter EXPRESSION] [ring SIZExFILES] [with secrets] to FILE"

struct parse {
	const char **word;
	unsigned n, at;
	char *text; /* room for texts of several words, */
	size_t left;
};

static const char *const parse_options[] = {"filter", "ring", "with"};

static bool parse_is_option(const char *word)
{
	for (size_t i = 0; i < sizeof(parse_options) / sizeof(parse_options[0]); i++)
		if (!strcmp(word, parse_options[i]))
			return true;
	return false;
}

/* The words up to the next option, with a blank between them; NULL = there is none, or no room. */
static const char *parse_text(struct parse *p)
{
	char *text = p->text;
	size_t len = 0;

	for (; p->at < p->n && !parse_is_option(p->word[p->at]); p->at++) {
		int more =
			snprintf(text + len, p->left - len, "%s%s", len ? " " : "", p->word[p->at]);

		if ((size_t)more >= p->left - len)
			return NULL;
		len += (size_t)more;
	}
	p->text += len + 1;
	p->left -= len + 1;
	return len ? text : NULL;
}

/* "512k", "1M"; 0 = it is none. */
static uint64_t parse_size(const char *text, char **end)
{
	static const char units[] = "kMG";
	uint64_t size = isdigit((unsigned char)*text) ? strtoull(text, end, 10) : 0;
	const char *unit = size && **end ? strchr(units, **end) : NULL;

	if (size >= UINT64_C(1) << 32)
		return 0;
	if (unit) {
		size <<= 10 * (unit - units + 1);
		++*end;
	}
	return size;
}

/* SIZExFILES */
static bool parse_ring(struct capture_wish *w, const char *text)
{
	char *end = NULL;

	w->ring_size = parse_size(text, &end);
	if (!w->ring_size || *end != 'x' || !isdigit((unsigned char)end[1]))
		return false;
	w->ring_files = (unsigned)strtoul(end + 1, &end, 10);
	return !*end;
}

static const char *parse_one_option(struct capture_wish *w, struct parse *p)
{
	const char *option = p->word[p->at++], *text = parse_text(p);

	if (!text)
		return PARSE_USAGE;
	if (!strcmp(option, "filter")) {
		w->filter = text;
		return NULL;
	}
	if (!strcmp(option, "ring"))
		return parse_ring(w, text) ? NULL : "a ring is SIZExFILES, as 1Mx4";
	w->secrets = !strcmp(text, "secrets");
	return w->secrets ? NULL : PARSE_USAGE;
}

static bool parse_kind(struct capture_wish *w, const char *word)
{
	for (unsigned i = 0; i < CAPTURE_KINDS; i++)
		if (!strcmp(word, capture_kind_names[i])) {
			w->kind = (enum capture_kind)i;
			return true;
		}
	return false;
}

const char *capture_parse(struct capture_wish *w, char text[CAPTURE_TEXT], const char **word,
			  unsigned n)
{
	struct parse p = {word, n - 2, 1, text, CAPTURE_TEXT};
	const char *wrong = NULL;

	*w = (struct capture_wish){.kind = CAPTURE_PORT};
	if (n == 2) {
		w->who = word[0];
		w->file = word[1];
		return NULL;
	}
	if (n < 4 || strcmp(word[n - 2], "to") || !parse_kind(w, word[0]))
		return PARSE_USAGE;
	w->file = word[n - 1];
	w->who = parse_text(&p);
	while (!wrong && p.at < p.n)
		wrong = parse_one_option(w, &p);
	return w->who ? wrong : PARSE_USAGE;
}

void capture_name_of(char name[CAPTURE_WHAT], const char *const *word, unsigned n)
{
	size_t len = 0;

	*name = '\0';
	for (unsigned i = 0; i < n && len < CAPTURE_WHAT; i++)
		len += (size_t)snprintf(name + len, CAPTURE_WHAT - len, "%s%s", i ? " " : "",
					word[i]);
}
