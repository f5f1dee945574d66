/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of a configuration.  libconfuse reads them a second time, but it cannot say where
 * things stand, drops characters it does not know from unquoted words, takes an unset variable for
 * an empty text and lets a quoted text run over the end of its line.  So the text is cut into
 * tokens here first, with these rules:
 *
 *   # comment            to the end of the line; needs a blank before it
 *   word                 anything but blanks, quotes, { } ( ) = , ; #
 *   "text ${NAME} \" "   escapes \" \\ \$ \n \t \r \xHH; on one line
 *   'text'               as it stands; on one line
 *   ${NAME} ${NAME:-x}   the environment; not set and no default is a mistake
 */
#include "cfg/lex.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct lex {
	struct cfg_load *l;
	const char *p, *end;
	unsigned line;
	struct cfg_token **tail;
};

/* A word or quoted text while it is read. */
struct word {
	struct arena_buf text;
	const char *wrong; /* first mistake */
	bool env, astray;
};

static void lex_wrong_word(struct word *w, const char *what)
{
	if (!w->wrong)
		w->wrong = what;
}

static struct cfg_token *lex_add(struct lex *x, enum cfg_token_kind kind, const char *raw)
{
	struct cfg_token *t = arena_get(x->l->scratch, sizeof(*t));

	t->kind = kind;
	t->line = x->line;
	t->raw = raw;
	t->raw_len = (size_t)(x->p - raw);
	t->text = "";
	*x->tail = t;
	x->tail = &t->next;
	return t;
}

static void lex_add_word(struct lex *x, struct word *w, const char *raw, bool quoted)
{
	struct cfg_token *t = lex_add(x, w->wrong ? CFG_T_BAD : CFG_T_WORD, raw);

	t->text = w->wrong ? w->wrong : w->text.p;
	t->quoted = quoted;
	t->env = w->env;
	t->astray = w->astray;
}

static bool lex_name_char(char c, bool first)
{
	return c == '_' || isalpha((unsigned char)c) || (!first && isdigit((unsigned char)c));
}

/* At "${": append what it stands for and go past its "}". */
static void lex_variable(struct lex *x, struct word *w)
{
	const char *name = x->p + 2, *p = name, *deflt = NULL, *value;
	size_t name_len;

	while (p < x->end && lex_name_char(*p, p == name))
		p++;
	name_len = (size_t)(p - name);
	if (x->end - p >= 2 && p[0] == ':' && p[1] == '-') {
		deflt = p += 2;
		while (p < x->end && *p != '}' && *p != '\n' && *p != '"')
			p++;
	}
	if (!name_len || p == x->end || *p != '}') {
		lex_wrong_word(w,
			       "`${` needs a name and `}` after it: ${NAME} or ${NAME:-default}");
		x->p += 2;
		return;
	}
	x->p = p + 1;
	w->env = true;
	value = getenv(arena_text(x->l->scratch, name, name_len));
	if (value)
		arena_add_text(&w->text, value);
	else if (deflt)
		arena_add(&w->text, deflt, (size_t)(p - deflt));
	else
		lex_wrong_word(
			w, arena_printf(x->l->scratch,
					"the environment has no variable `%.*s`; set it, or write "
					"${%.*s:-default}",
					(int)name_len, name, (int)name_len, name));
}

static int lex_hex(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void lex_zero(struct lex *x, struct word *w)
{
	lex_wrong_word(w, "a zero octet (`\\x00`) cannot be part of a text");
	x->p++;
}

/* At a backslash inside "text". */
static void lex_escape(struct lex *x, struct word *w)
{
	static const char from[] = "\"\\$ntr", to[] = "\"\\$\n\t\r";
	const char *known;
	size_t left = (size_t)(x->end - x->p);
	char c;

	if (left >= 4 && x->p[1] == 'x' && lex_hex(x->p[2]) >= 0 && lex_hex(x->p[3]) >= 0) {
		c = (char)(lex_hex(x->p[2]) << 4 | lex_hex(x->p[3]));
		x->p += 3;
		if (!c) {
			lex_zero(x, w);
			return;
		}
		arena_add(&w->text, &c, 1);
		x->p++;
		return;
	}
	known = left >= 2 && x->p[1] ? strchr(from, x->p[1]) : NULL;
	if (known)
		arena_add(&w->text, &to[known - from], 1);
	else
		lex_wrong_word(
			w, "unknown escape after `\\` in a quoted text, known are "
			   "\\\" \\\\ \\$ \\n \\t \\r \\xHH; single quotes take all as it stands");
	x->p += left >= 2 && x->p[1] != '\n' ? 2 : 1;
}

static void lex_quoted(struct lex *x)
{
	struct word w = {.text = {.a = x->l->scratch}};
	const char *raw = x->p, quote = *x->p++;

	arena_add_text(&w.text, "");
	while (x->p < x->end && *x->p != '\n' && *x->p != quote) {
		if (quote == '"' && *x->p == '\\')
			lex_escape(x, &w);
		else if (quote == '"' && *x->p == '$' && x->end - x->p >= 2 && x->p[1] == '{')
			lex_variable(x, &w);
		else if (*x->p)
			arena_add(&w.text, x->p++, 1);
		else
			lex_zero(x, &w);
	}
	if (x->p < x->end && *x->p == quote) {
		x->p++;
	} else {
		w.wrong = "the quoted text that starts here has no closing quote on its line";
		w.astray = true;
	}
	lex_add_word(x, &w, raw, true);
}

static bool lex_word_char(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f && !strchr("\"'{}()=,;#", c);
}

static void lex_unquoted(struct lex *x)
{
	struct word w = {.text = {.a = x->l->scratch}};
	const char *raw = x->p;

	arena_add_text(&w.text, "");
	while (x->p < x->end) {
		if (*x->p == '$' && x->end - x->p >= 2 && x->p[1] == '{')
			lex_variable(x, &w);
		else if (lex_word_char(*x->p))
			arena_add(&w.text, x->p++, 1);
		else
			break;
	}
	if (x->p < x->end && *x->p == '#')
		w.wrong = "`#` inside a word: quote the text, or put a blank before the comment";
	else if (x->p < x->end && (*x->p == '"' || *x->p == '\''))
		w.wrong = "a quote inside a word: quote the whole text";
	else if (!strncmp(w.text.p, "//", 2) || !strncmp(w.text.p, "/*", 2))
		w.wrong = "a comment starts with `#`";
	if (w.wrong && x->p < x->end && strchr("#\"'", *x->p)) {
		w.astray = *x->p != '#';
		while (x->p < x->end && *x->p != '\n')
			x->p++;
	}
	lex_add_word(x, &w, raw, false);
}

static void lex_odd(struct lex *x)
{
	struct word w = {.wrong = "a character that cannot be part of a text"};
	const char *raw = x->p++;

	if (strchr("();", *raw) && *raw)
		w.wrong = "`(`, `)` and `;` have no meaning here; quote the text";
	lex_add_word(x, &w, raw, false);
}

static void lex_blank(struct lex *x)
{
	if (*x->p == '#')
		while (x->p < x->end && *x->p != '\n')
			x->p++;
	else if (*x->p++ == '\n')
		x->line++;
}

static void lex_one(struct lex *x)
{
	static const char marks[] = "={},";
	static const enum cfg_token_kind kinds[] = {CFG_T_EQUALS, CFG_T_OPEN, CFG_T_CLOSE,
						    CFG_T_COMMA};
	const char *mark = *x->p ? strchr(marks, *x->p) : NULL;

	if (mark) {
		lex_add(x, kinds[mark - marks], x->p);
		x->p++;
	} else if (strchr(" \t\r\n#", *x->p) && *x->p) {
		lex_blank(x);
	} else if (*x->p == '"' || *x->p == '\'') {
		lex_quoted(x);
	} else if (lex_word_char(*x->p)) {
		lex_unquoted(x);
	} else {
		lex_odd(x);
	}
}

struct cfg_token *cfg_lex(struct cfg_load *l, const char *text, size_t len, unsigned line)
{
	struct cfg_token *first = NULL;
	struct lex x = {.l = l, .p = text, .end = text + len, .line = line, .tail = &first};

	while (x.p < x.end)
		lex_one(&x);
	lex_add(&x, CFG_T_END, x.p);
	return first;
}
