/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/lex.h"
#include "tests/cfg/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The tokens of a text, spelt: "2<word>" with the line in front, marks as they are, "!" for BAD. */
static void spell(char *out, size_t cap, const char *text, size_t len)
{
	struct cfg_load l = {.scratch = arena_new()};
	size_t n = 0;

	out[0] = '\0';
	for (struct cfg_token *t = cfg_lex(&l, text, len, 1); t && n < cap; t = t->next) {
		static const char marks[] = "w={},!$";

		if (t->kind == CFG_T_WORD)
			n += (size_t)snprintf(out + n, cap - n, "%u<%s>%s", t->line, t->text,
					      t->env ? "e" : "");
		else if (t->kind == CFG_T_BAD)
			n += (size_t)snprintf(out + n, cap - n, "%u!%s!", t->line, t->text);
		else
			n += (size_t)snprintf(out + n, cap - n, "%u%c", t->line, marks[t->kind]);
	}
	arena_free(l.scratch);
}

static void assert_tokens(const char *text, const char *want, unsigned line)
{
	char got[2048];

	spell(got, sizeof(got), text, strlen(text));
	assert_same_text(got, want, __FILE__, line);
}
#define TOKENS(text, want) assert_tokens(text, want, __LINE__)

static void words_and_marks(void)
{
	TOKENS("", "1$");
	TOKENS("a = b", "1<a>1=1<b>1$");
	TOKENS("a=b{c,d}", "1<a>1=1<b>1{1<c>1,1<d>1}1$");
	TOKENS("pvc 0/35 {\n}\n", "1<pvc>1<0/35>1{2}3$");
}

static void unquoted_star_is_kept(void)
{
	TOKENS("accept 3110* {", "1<accept>1<3110*>1{1$");
	TOKENS("x = *@isp.example", "1<x>1=1<*@isp.example>1$");
}

static void comments_do_not_shift_lines(void)
{
	TOKENS("# one\n# two\n\na # three\n#\nb", "4<a>6<b>6$");
	TOKENS("a = \"# no comment\" # one", "1<a>1=1<# no comment>1$");
	TOKENS("a\r\nb\r\n", "1<a>2<b>3$");
}

static void quoted_texts(void)
{
	TOKENS("\"a b\" 'c \"d\" ${X}'", "1<a b>1<c \"d\" ${X}>1$");
	TOKENS("\"q\\\" b\\\\ d\\$ t\\x41\"", "1<q\" b\\ d$ tA>1$");
	TOKENS("\"\"", "1<>1$");
	TOKENS("\"\\t|\\r|\\n\"", "1<\t|\r|\n>1$");
}

static void quotes_end_on_their_line(void)
{
	TOKENS("a = \"b\nc", "1<a>1=1!the quoted text that starts here has no closing quote on its "
			     "line!2<c>2$");
	TOKENS("'", "1!the quoted text that starts here has no closing quote on its line!1$");
	TOKENS("\"\\", "1!the quoted text that starts here has no closing quote on its line!1$");
}

static void escapes_that_are_none(void)
{
	TOKENS("\"\\q\"",
	       "1!unknown escape after `\\` in a quoted text, known are \\\" \\\\ \\$ \\n \\t "
	       "\\r \\xHH; single quotes take all as it stands!1$");
	TOKENS("\"\\x00\"", "1!a zero octet (`\\x00`) cannot be part of a text!1$");
}

/* Two hexadecimal digits of either case, no neighbours of theirs, and no fewer. */
static void escapes_in_hex(void)
{
#define ESCAPE                                                                                    \
	"unknown escape after `\\` in a quoted text, known are \\\" \\\\ \\$ \\n \\t \\r \\xHH; " \
	"single quotes take all as it stands!"
	static const char *const none[] = {"4g", "g4", "4G", "4`", "4@",
					   "4/", "4:", "/4", ":4", "4"};

	TOKENS("\"\\x4a\\x4F\\x4f\\x6A\\x30\\x39\\xe9\"", "1<JOOj09\xe9>1$");
	TOKENS("\"\\x01\"", "1<\x01>1$");
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		char text[16];

		snprintf(text, sizeof(text), "\"\\x%s\"", none[i]);
		TOKENS(text, "1!" ESCAPE "1$");
	}
	TOKENS("\"\\x4", "1!the quoted text that starts here has no closing quote on its line!1$");
}

static void hash_and_quotes_inside_words(void)
{
	TOKENS("a = b#c\nd", "1<a>1=1!`#` inside a word: quote the text, or put a blank before the "
			     "comment!2<d>2$");
	TOKENS("a = b\"c\"\nd", "1<a>1=1!a quote inside a word: quote the whole text!2<d>2$");
}

static void other_comments_and_marks(void)
{
	TOKENS("// x", "1!a comment starts with `#`!1<x>1$");
	TOKENS("/* x", "1!a comment starts with `#`!1<x>1$");
	TOKENS("a;", "1<a>1!`(`, `)` and `;` have no meaning here; quote the text!1$");
	TOKENS("\x01", "1!a character that cannot be part of a text!1$");
}

static void zero_octets(void)
{
	char got[256];

	spell(got, sizeof(got), "a\0b", 3);
	ASSERT_TEXT(got, "1<a>1!a character that cannot be part of a text!1<b>1$");
	spell(got, sizeof(got), "\"a\0\"", 4);
	ASSERT_TEXT(got, "1!a zero octet (`\\x00`) cannot be part of a text!1$");
}

static void environment(void)
{
	setenv("IST_TEST_A", "it's \"${B}\" {", 1);
	setenv("IST_TEST_EMPTY", "", 1);
	unsetenv("IST_TEST_UNSET");
	TOKENS("\"<${IST_TEST_A}>\"", "1<<it's \"${B}\" {>>e1$");
	TOKENS("${IST_TEST_A}x", "1<it's \"${B}\" {x>e1$");
	TOKENS("\"${IST_TEST_EMPTY}\"", "1<>e1$");
	TOKENS("\"${IST_TEST_UNSET:-a b}\"", "1<a b>e1$");
	TOKENS("\"${IST_TEST_A:-a b}\"", "1<it's \"${B}\" {>e1$");
	TOKENS("'${IST_TEST_A}' \"\\${IST_TEST_A}\" \"$5\"",
	       "1<${IST_TEST_A}>1<${IST_TEST_A}>1<$5>1$");
	TOKENS("\"${IST_TEST_UNSET}\"",
	       "1!the environment has no variable `IST_TEST_UNSET`; set it, or "
	       "write ${IST_TEST_UNSET:-default}!1$");
	TOKENS("\"${}\"", "1!`${` needs a name and `}` after it: ${NAME} or ${NAME:-default}!1$");
	TOKENS("\"${a b}\"",
	       "1!`${` needs a name and `}` after it: ${NAME} or ${NAME:-default}!1$");
	static const char *const none[] = {
		"${IST_TEST_A:a}", "${IST_TEST_A-a}",  "${IST_TEST_A--a}",
		"${IST_TEST_A:}",  "${IST_TEST_A:+a}", "${-a}",
		"${:-a}"};

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		char text[40];

		snprintf(text, sizeof(text), "\"%s\"", none[i]);
		TOKENS(text,
		       "1!`${` needs a name and `}` after it: ${NAME} or ${NAME:-default}!1$");
	}
	TOKENS("\"${IST_TEST_UNSET:-}\"", "1<>e1$");
	TOKENS("\"${IST_TEST_UNSET:-:-}\"", "1<:->e1$");
	TOKENS("\"${9}\"", "1!`${` needs a name and `}` after it: ${NAME} or ${NAME:-default}!1$");
}

static const struct test_case cases[] = {
	{"words_and_marks", words_and_marks},
	{"unquoted_star_is_kept", unquoted_star_is_kept},
	{"comments_do_not_shift_lines", comments_do_not_shift_lines},
	{"quoted_texts", quoted_texts},
	{"quotes_end_on_their_line", quotes_end_on_their_line},
	{"escapes_that_are_none", escapes_that_are_none},
	{"escapes_in_hex", escapes_in_hex},
	{"hash_and_quotes_inside_words", hash_and_quotes_inside_words},
	{"other_comments_and_marks", other_comments_and_marks},
	{"zero_octets", zero_octets},
	{"environment", environment},
	{NULL, NULL},
};
const struct test_suite suite_lex = {"lex", cases};
