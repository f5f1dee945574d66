/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/log.h"

#include "gw/journal.h"
#include "tests/gw/calls.h"
#include "tests/harness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
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

static FILE *log_file;
static int log_kept;

static void log_catch(void)
{
	log_file = tmpfile();
	CU_ASSERT_PTR_NOT_NULL_FATAL(log_file);
	log_kept = dup(STDERR_FILENO);
	fflush(stderr);
	dup2(fileno(log_file), STDERR_FILENO);
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
	rewind(log_file);
	n = fread(text, 1, sizeof(text) - 1, log_file);
	text[n] = '\0';
	fclose(log_file);
	log_brakes_reset();
	return text;
}

/* A line of each level in this form, one of them in two pieces. */
static const char *log_each_level(enum log_form form)
{
	const char *text;

	log_out_set(form, NULL);
	gw_log_set("all", "debug");
	log_catch();
	LOGP(GW_LOG_PORT, LOGL_DEBUG, "one\n");
	LOGP(GW_LOG_AAA, LOGL_INFO, "two\n");
	LOGP(GW_LOG_MAIN, LOGL_NOTICE, "three\n");
	LOGP(GW_LOG_CALL, LOGL_ERROR, "four");
	LOGPC(GW_LOG_CALL, LOGL_ERROR, " and more\n");
	LOGP(GW_LOG_CLIENT, LOGL_FATAL, "five\n");
	text = log_caught();
	log_out_set(LOG_FORM_PLAIN, NULL);
	gw_log_set("all", "fatal");
	return text;
}

/* Category and level in front, then the words; pieces are one line. */
static void the_form_of_a_line(void)
{
	CU_ASSERT_STRING_EQUAL(log_each_level(LOG_FORM_PLAIN), "port debug: one\n"
							       "aaa info: two\n"
							       "main notice: three\n"
							       "call error: four and more\n"
							       "client fatal: five\n");
}

/* sd-daemon(3): the journal takes the priority off, and has a time of its own. */
static void to_the_stream_of_the_journal(void)
{
	CU_ASSERT_STRING_EQUAL(log_each_level(LOG_FORM_STREAM), "<7>port debug: one\n"
								"<6>aaa info: two\n"
								"<5>main notice: three\n"
								"<3>call error: four and more\n"
								"<2>client fatal: five\n");
}

/* A line in this form, which starts with the time of day; the words behind the time. */
static const char *log_with_time(enum log_form form, const char *time, int parts)
{
	int n[8], end = 0;
	const char *text;

	gw_log_set("all", "notice");
	log_out_set(form, NULL);
	log_catch();
	LOGP(GW_LOG_PORT, LOGL_ERROR, "words\n");
	text = log_caught();
	log_out_set(LOG_FORM_PLAIN, NULL);
	gw_log_set("all", "fatal");
	CU_ASSERT_EQUAL(
		sscanf(text, time, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7], &end),
		parts);
	if (parts < 8)
		end = n[parts];
	CU_ASSERT_TRUE(n[0] > 2000 && n[1] >= 1 && n[1] <= 12 && n[2] >= 1 && end > 0);
	return text + end;
}

/* For a person who reads along, in colour where that is understood and wanted. */
static void on_a_terminal(void)
{
	static const char day[] = "%4d-%2d-%2d %2d:%2d:%2d%n";

	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	CU_ASSERT_STRING_EQUAL(log_with_time(LOG_FORM_TERMINAL, day, 6),
			       " \033[1;31mport error:\033[0m words\n");
	setenv("TERM", "dumb", 1);
	CU_ASSERT_STRING_EQUAL(log_with_time(LOG_FORM_TERMINAL, day, 6), " port error: words\n");
	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "1", 1);
	CU_ASSERT_STRING_EQUAL(log_with_time(LOG_FORM_TERMINAL, day, 6), " port error: words\n");
	unsetenv("NO_COLOR");
}

/* RFC 3339, with a zone of half hours. */
static void to_a_file(void)
{
	setenv("TZ", "XXX-05:30", 1);
	tzset();
	CU_ASSERT_STRING_EQUAL(
		log_with_time(LOG_FORM_FILE, "%4d-%2d-%2dT%2d:%2d:%2d.%6d+05:%2d%n", 8),
		" port error: words\n");
	unsetenv("TZ");
	tzset();
}

/* As `log-to = stderr` has it, where JOURNAL_STREAM names this device and inode, or others. */
static const char *log_begun(unsigned more)
{
	char stream[64];
	struct stat st;
	const char *text;

	gw_log_set("all", "notice");
	log_catch();
	fstat(STDERR_FILENO, &st);
	snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino + more);
	setenv("JOURNAL_STREAM", stream, 1);
	log_out_begin(CFG_LOG_TO_STDERR);
	LOGP(GW_LOG_PORT, LOGL_ERROR, "words\n");
	fprintf(stderr, "%s%s", journal_front(false), journal_front(true));
	text = log_caught();
	unsetenv("JOURNAL_STREAM");
	log_out_set(LOG_FORM_PLAIN, NULL);
	gw_log_set("all", "fatal");
	return text;
}

static void what_standard_error_is(void)
{
	const char *text;
	int year = 0;

	CU_ASSERT_STRING_EQUAL(log_begun(0), "<3>port error: words\n<3><4>");
	text = log_begun(1);
	CU_ASSERT_EQUAL(sscanf(text, "%4d-", &year), 1);
	CU_ASSERT_TRUE(year > 2000 && strchr(text, ' '));
	CU_ASSERT_STRING_EQUAL(strchr(text, ' '), " port error: words\n");
}

static void say_braked(uint64_t source, uint64_t now)
{
	gw_log_peer(LOG_NOBODY, GW_LOG_CALL, LOGL_NOTICE, source, now, "words of %u",
		    (unsigned)source);
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
	CU_ASSERT_EQUAL(gw_log_start(NULL, CFG_LOG_TO_STDERR), -1);
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
	{"on_a_terminal", on_a_terminal},
	{"to_a_file", to_a_file},
	{"to_the_stream_of_the_journal", to_the_stream_of_the_journal},
	{"what_standard_error_is", what_standard_error_is},
	{"lines_left_out_are_said", lines_left_out_are_said},
	{"lines_of_a_library_left_out_are_said", lines_of_a_library_left_out_are_said},
	{"a_log_that_does_not_start", a_log_that_does_not_start},
	{"a_line_that_is_off", a_line_that_is_off},
	{"levels_by_name", levels_by_name},
	{"categories_by_name", categories_by_name},
	{NULL, NULL},
};
const struct test_suite suite_log = {"log", cases};
