/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/cfg/media.h"

#include <confuse.h>
#include <stdio.h>
#include <string.h>

/* Whatever libconfuse's scanner thinks of an octet, it comes out as it went in. */
static void every_octet_survives(void)
{
	static struct told t;
	char text[2048] = "user u { secret = \"", want[256];
	size_t n = strlen(text);

	for (unsigned c = 1; c < 256; c++) {
		want[c - 1] = (char)c;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "\\x%02x", c);
	}
	want[255] = '\0';
	strcat(text, "\" }");
	tell(&t, text);
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	ASSERT_TEXT(t.m->user[0].secret, want);
	told_end(&t);
}

static void raw_octets_survive(void)
{
	static struct told t;
	char text[1024] = "user u { secret = '", *p = text + strlen(text);
	char want[256], *w = want;

	for (unsigned c = 1; c < 256; c++)
		if (c != '\n' && c != '\'')
			*p++ = *w++ = (char)c;
	*w = '\0';
	strcpy(p, "' }");
	tell(&t, text);
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	ASSERT_TEXT(t.m->user[0].secret, want);
	told_end(&t);
}

/* What libconfuse would take for its own: variables, its function calls, its comments, its paths.
 */
static void nothing_is_expanded_twice(void)
{
	static const char *const texts[] = {"${HOME}", "~/x", "a|b",	    "/* x */",
					    "// x",    "# x", "include(x)", "3110*",
					    "a=b",     "+=",  "{ a, b }",   "\\\\"};
	static struct told t;
	char text[256];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		snprintf(text, sizeof(text), "user u { secret = '%s' }", texts[i]);
		tell(&t, text);
		CU_ASSERT_EQUAL_FATAL(t.faults, 0);
		ASSERT_TEXT(t.m->user[0].secret, texts[i]);
		told_end(&t);
	}
}

static void sections_meet_their_values(void)
{
	static struct told t;

	tell(&t, "user a { secret = 1 }\nuser a { secret = 2 }\n");
	CU_ASSERT_EQUAL(t.faults, 1);
	told_end(&t);
	/* dropped ones in between, sections of other kinds, and both words for circuits */
	tell(&t, "user a { secret = s1 }\npool p { ranges = 10.0.0.0/8 }\nuser b { secret = s2 }\n"
		 "line l { link = x dlci 16 { cir = 1 } channel 17 { cir = 2 } dlci 18 { cir = 3 } "
		 "}\n");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	ASSERT_TEXT(t.m->user[0].secret, "s1");
	ASSERT_TEXT(t.m->user[1].secret, "s2");
	for (unsigned i = 0; i < 3; i++) {
		const struct ist_circuit_config *c = &t.m->port[0].config.circuit[i];

		CU_ASSERT_EQUAL(c->addr.data[0], 16 + i);
		ASSERT_TEXT(c->setting[c->settings - 1].key, "cir");
		CU_ASSERT_EQUAL(c->setting[c->settings - 1].value[0], (char)('1' + i));
	}
	told_end(&t);
}

/* --- libconfuse disagrees --------------------------------------------------------------------- */

static int trees; /* of libconfuse, held */

/* The linker's --wrap: our calls of libconfuse pass through here, and one kind of them fails. */
static enum {
	PARSE_AS_IT_IS,
	PARSE_NO_START,
	PARSE_ONE_MORE,
	PARSE_NO_TEXT,
	PARSE_NO_SECTION,
	PARSE_OTHER_TEXT
} odd;

cfg_t *__real_cfg_init(cfg_opt_t *opts, cfg_flag_t flags);
cfg_t *__wrap_cfg_init(cfg_opt_t *opts, cfg_flag_t flags);
cfg_t *__wrap_cfg_init(cfg_opt_t *opts, cfg_flag_t flags)
{
	cfg_t *cfg = odd == PARSE_NO_START ? NULL : __real_cfg_init(opts, flags);

	trees += cfg != NULL;
	return cfg;
}

int __real_cfg_free(cfg_t *cfg);
int __wrap_cfg_free(cfg_t *cfg);
int __wrap_cfg_free(cfg_t *cfg)
{
	trees--;
	return __real_cfg_free(cfg);
}

unsigned int __real_cfg_opt_size(cfg_opt_t *opt);
unsigned int __wrap_cfg_opt_size(cfg_opt_t *opt);
unsigned int __wrap_cfg_opt_size(cfg_opt_t *opt)
{
	return __real_cfg_opt_size(opt) + (odd == PARSE_ONE_MORE);
}

char *__real_cfg_opt_getnstr(cfg_opt_t *opt, unsigned int index);
char *__wrap_cfg_opt_getnstr(cfg_opt_t *opt, unsigned int index);
char *__wrap_cfg_opt_getnstr(cfg_opt_t *opt, unsigned int index)
{
	return odd == PARSE_NO_TEXT ? NULL : __real_cfg_opt_getnstr(opt, index);
}

cfg_t *__real_cfg_getnsec(cfg_t *cfg, const char *name, unsigned int index);
cfg_t *__wrap_cfg_getnsec(cfg_t *cfg, const char *name, unsigned int index);
cfg_t *__wrap_cfg_getnsec(cfg_t *cfg, const char *name, unsigned int index)
{
	return odd == PARSE_NO_SECTION ? NULL : __real_cfg_getnsec(cfg, name, index);
}

int __real_cfg_parse_buf(cfg_t *cfg, const char *buf);
int __wrap_cfg_parse_buf(cfg_t *cfg, const char *buf);
int __wrap_cfg_parse_buf(cfg_t *cfg, const char *buf)
{
	return __real_cfg_parse_buf(cfg, odd == PARSE_OTHER_TEXT ? "\n\nno-key = \"1\"\n" : buf);
}

static void parse_oddly(unsigned how, const char *want)
{
	odd = how;
	ASSERT_TOLD("workers = 1\npool p { ranges = 10.0.0.0/8 }", want);
	odd = PARSE_AS_IT_IS;
}

/* Nothing is taken from a tree that is not the outline's. */
static void what_is_read_differently_is_refused(void)
{
	parse_oddly(PARSE_NO_START, "t: libconfuse cannot start: out of memory\n");
	parse_oddly(PARSE_ONE_MORE, "t:1: workers: libconfuse reads this differently\n"
				    "t:2: pool p: ranges: libconfuse reads this differently\n");
	parse_oddly(PARSE_NO_TEXT, "t:1: workers: libconfuse reads this differently\n"
				   "t:2: pool p: ranges: libconfuse reads this differently\n");
	parse_oddly(PARSE_NO_SECTION, "t:2: pool p: libconfuse reads this differently\n");
	/* in libconfuse's words; the values have not been taken then */
	parse_oddly(PARSE_OTHER_TEXT, "t:3: top level: no such option 'no-key'\n");
	parse_oddly(PARSE_AS_IT_IS, "");
	CU_ASSERT_EQUAL(trees, 0);
}

static const struct test_case cases[] = {
	{"every_octet_survives", every_octet_survives},
	{"raw_octets_survive", raw_octets_survive},
	{"nothing_is_expanded_twice", nothing_is_expanded_twice},
	{"sections_meet_their_values", sections_meet_their_values},
	{"what_is_read_differently_is_refused", what_is_read_differently_is_refused},
	{NULL, NULL},
};
const struct test_suite suite_parse = {"parse", cases};
