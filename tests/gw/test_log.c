/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/log.h"
#include "tests/gw/calls.h"
#include "tests/harness.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* libosmocore logs a failed accept() as often as select() returns. */
static void libraries_pass_the_brake_too(void)
{
	FILE *out = tmpfile();
	int kept = dup(STDERR_FILENO), lines = 0, first = 0;
	char line[200];

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	log_brakes_reset();
	fflush(stderr);
	dup2(fileno(out), STDERR_FILENO);
	for (int i = 0; i < 10000; i++)
		LOGP(DLGLOBAL, LOGL_ERROR, "accept failed %d\n", i);
	LOGP(DLGLOBAL, LOGL_ERROR, "something else\n");
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(out);
	while (fgets(line, sizeof(line), out)) {
		lines++;
		first += strstr(line, "library error: accept failed ") != NULL;
	}
	CU_ASSERT(first >= 10 && first <= 25); /* ten, and one for each two seconds this took */
	CU_ASSERT(lines > first && lines <= first + 20);
	CU_ASSERT_PTR_NOT_NULL(strstr(line, "library error: something else"));
	fclose(out);
	log_brakes_reset();
}

/* --- what is written to stderr ---------------------------------------------------------------- */

static FILE *log_out;
static int log_kept;

static void log_catch(void)
{
	log_out = tmpfile();
	CU_ASSERT_PTR_NOT_NULL_FATAL(log_out);
	log_kept = dup(STDERR_FILENO);
	fflush(stderr);
	dup2(fileno(log_out), STDERR_FILENO);
	log_brakes_reset();
}

/* All that was written since; good until the next call. */
static const char *log_caught(void)
{
	static char text[2000];
	size_t n;

	fflush(stderr);
	dup2(log_kept, STDERR_FILENO);
	close(log_kept);
	rewind(log_out);
	n = fread(text, 1, sizeof(text) - 1, log_out);
	text[n] = '\0';
	fclose(log_out);
	log_brakes_reset();
	return text;
}

/* Category and level in front, then the words; continued lines as they are. */
static void the_form_of_a_line(void)
{
	gw_log_set("all", "debug");
	log_catch();
	LOGP(GW_LOG_PORT, LOGL_DEBUG, "one\n");
	LOGP(GW_LOG_AAA, LOGL_INFO, "two\n");
	LOGP(GW_LOG_MAIN, LOGL_NOTICE, "three\n");
	LOGP(GW_LOG_CALL, LOGL_ERROR, "four");
	LOGPC(GW_LOG_CALL, LOGL_ERROR, " and more\n");
	LOGP(GW_LOG_CLIENT, LOGL_FATAL, "five\n");
	CU_ASSERT_STRING_EQUAL(log_caught(), "port debug: one\n"
					     "aaa info: two\n"
					     "main notice: three\n"
					     "call error: four and more\n"
					     "client fatal: five\n");
	gw_log_set("all", "fatal");
}

/* For a person who reads along. */
static void with_the_time(void)
{
	struct log_target *t = log_target_find(LOG_TGT_TYPE_STDERR, NULL);
	const char *text;
	int year, month, day, hour, minute, second, n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	gw_log_set("all", "notice");
	log_set_print_timestamp(t, 1);
	log_catch();
	LOGP(GW_LOG_PORT, LOGL_NOTICE, "words\n");
	text = log_caught();
	log_set_print_timestamp(t, 0);
	gw_log_set("all", "fatal");
	CU_ASSERT_EQUAL(sscanf(text, "%4d-%2d-%2d %2d:%2d:%2d port notice: words%n", &year, &month,
			       &day, &hour, &minute, &second, &n),
			6);
	CU_ASSERT_TRUE(year > 2000 && month >= 1 && month <= 12 && day >= 1 && n > 0);
}

static void say_braked(uint64_t source, uint64_t now)
{
	gw_log_peer(GW_LOG_CALL, LOGL_NOTICE, source, now, "words of %u", (unsigned)source);
}

/* With the source's next line, or a minute later in a line of its own. */
static void lines_left_out_are_said(void)
{
	const char *text;

	gw_log_set("all", "notice");
	log_catch();
	for (unsigned i = 0; i < 13; i++)
		say_braked(7, 100000000);
	say_braked(7, 110000000);
	for (unsigned i = 0; i < 12; i++)
		say_braked(8, 120000000);
	gw_log_say_left_out(179999999);
	gw_log_say_left_out(180000000);
	gw_log_say_left_out(999000000);
	text = log_caught();
	gw_log_set("all", "fatal");
	CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(
		text, "call notice: words of 7 (3 lines left out)\ncall notice: words of 8\n"));
	text = strstr(text,
		      "call notice: words of 8\ncall notice: 2 lines of this kind left out\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(text, "call notice: words of 8\n"
				     "call notice: 2 lines of this kind left out\n");
}

static void log_say_as_library(const char *words)
{
	LOGP(DLGLOBAL, LOGL_ERROR, "%s\n", words);
}

/* Of a library too: in front of its next line, when that may be written again. */
static void lines_of_a_library_left_out_are_said(void)
{
	const char *text;
	unsigned written = 0, left_out = 0;

	log_catch();
	for (unsigned i = 0; i < 100; i++)
		log_say_as_library("again");
	calls_seconds_ahead = 3600;
	log_say_as_library("later");
	log_say_as_library("at last");
	calls_seconds_ahead = 0;
	text = log_caught();
	for (; !strncmp(text, "library error: again\n", 21); text += 21)
		written++;
	CU_ASSERT(written >= 10 && written < 100);
	CU_ASSERT_EQUAL(sscanf(text, "library notice: %u lines left out", &left_out), 1);
	CU_ASSERT_EQUAL(written + left_out, 100);
	CU_ASSERT_STRING_EQUAL(strchr(text, '\n'),
			       "\nlibrary error: later\nlibrary error: at last\n");
}

static void a_log_that_does_not_start(void)
{
	calls_refuse("log_init", ENOMEM);
	CU_ASSERT_EQUAL(gw_log_start(NULL), -1);
	CU_ASSERT_TRUE(calls_refused());
	gw_log_set("port", "fatal");
	CU_ASSERT_STRING_EQUAL(gw_log_level(GW_LOG_PORT), "fatal"); /* the first one goes on */
}

/* A level that is off costs the source nothing. */
static void a_line_that_is_off(void)
{
	gw_log_set("all", "error");
	log_catch();
	for (unsigned i = 0; i < 30; i++)
		say_braked(7, 100000000);
	CU_ASSERT_STRING_EQUAL(log_caught(), "");
	gw_log_set("all", "fatal");
}

static void levels_by_name(void)
{
	static const char *const levels[] = {"debug", "info", "notice", "error", "fatal"};

	for (unsigned i = 0; i < 5; i++) {
		CU_ASSERT_TRUE(gw_log_set("Port", levels[i]));
		CU_ASSERT_STRING_EQUAL(gw_log_level(GW_LOG_PORT), levels[i]);
		CU_ASSERT_STRING_EQUAL(gw_log_level(GW_LOG_CLIENT), "fatal");
	}
	CU_ASSERT_STRING_EQUAL(gw_log_level(GW_LOG_CATEGORY_COUNT), "-");
	for (unsigned i = 0; i < 5; i++) {
		CU_ASSERT_TRUE(gw_log_set("ALL", levels[i]));
		for (unsigned k = 0; k < GW_LOG_CATEGORY_COUNT; k++)
			CU_ASSERT_STRING_EQUAL(gw_log_level((enum gw_log_category)k), levels[i]);
	}
}

static void categories_by_name(void)
{
	CU_ASSERT_TRUE(gw_log_set("tunnel", "fatal"));
	CU_ASSERT_TRUE(gw_log_set("all", "fatal"));
	CU_ASSERT_FALSE(gw_log_set("tunel", "debug"));
	CU_ASSERT_FALSE(gw_log_set("tunnel", "loud"));
	CU_ASSERT_STRING_EQUAL(gw_log_name(GW_LOG_MAIN), "main");
	CU_ASSERT_PTR_NULL(gw_log_name(GW_LOG_CATEGORY_COUNT));
}

static const struct test_case cases[] = {
	{"libraries_pass_the_brake_too", libraries_pass_the_brake_too},
	{"the_form_of_a_line", the_form_of_a_line},
	{"with_the_time", with_the_time},
	{"lines_left_out_are_said", lines_left_out_are_said},
	{"lines_of_a_library_left_out_are_said", lines_of_a_library_left_out_are_said},
	{"a_log_that_does_not_start", a_log_that_does_not_start},
	{"a_line_that_is_off", a_line_that_is_off},
	{"levels_by_name", levels_by_name},
	{"categories_by_name", categories_by_name},
	{NULL, NULL},
};
const struct test_suite suite_log = {"log", cases};
