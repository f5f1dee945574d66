/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of the log, to standard error, to a journal that the test plays, and to who is told of
 * each.  What leads there is in test_log.c and test_journal.c. */
#include "gw/log_out.h"

#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const struct log_line log_out_line = {
	.category = "aaa", .level = "notice", .priority = 5, .words = "let in"};

/* What this line is on standard error. */
static const char *log_out_said(const struct log_line *l)
{
	static char text[500];
	FILE *out = tmpfile();
	int kept = dup(STDERR_FILENO);
	size_t n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	fflush(stderr);
	dup2(fileno(out), STDERR_FILENO);
	log_out(l);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(out);
	n = fread(text, 1, sizeof(text) - 1, out);
	text[n] = '\0';
	fclose(out);
	return text;
}

/* --- standard error ---------------------------------------------------------------------------- */

static void category_and_level(void)
{
	log_out_set(LOG_FORM_PLAIN, NULL);
	CU_ASSERT_STRING_EQUAL(log_out_said(&log_out_line), "aaa notice: let in\n");
	/* sd-daemon(3) */
	log_out_set(LOG_FORM_STREAM, NULL);
	CU_ASSERT_STRING_EQUAL(log_out_said(&log_out_line), "<5>aaa notice: let in\n");
	log_out_end();
	CU_ASSERT_STRING_EQUAL(log_out_said(&log_out_line), "aaa notice: let in\n");
}

/* ECMA-48 8.3.117: 1 bold, 2 faint, 31 red, 33 yellow, 0 as before; of syslog's levels. */
static void colours_on_a_terminal(void)
{
	static const struct {
		unsigned priority;
		const char *colour;
	} rows[] = {{2, "\033[1;31m"}, {3, "\033[1;31m"}, {4, "\033[33m"},
		    {5, "\033[1m"},    {6, "\033[1m"},	  {7, "\033[2m"}};
	const char *before = getenv("TERM");
	char *kept = before ? strdup(before) : NULL, want[60];

	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	log_out_set(LOG_FORM_TERMINAL, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct log_line l = log_out_line;

		l.priority = rows[i].priority;
		snprintf(want, sizeof(want), " %saaa notice:\033[0m let in\n", rows[i].colour);
		CU_ASSERT_PTR_NOT_NULL(strstr(log_out_said(&l), want));
	}
	/* no-color.org, and terminals that cannot */
	setenv("NO_COLOR", "1", 1);
	log_out_set(LOG_FORM_TERMINAL, NULL);
	CU_ASSERT_PTR_NULL(strchr(log_out_said(&log_out_line), '\033'));
	setenv("NO_COLOR", "", 1);
	log_out_set(LOG_FORM_TERMINAL, NULL);
	CU_ASSERT_PTR_NOT_NULL(strchr(log_out_said(&log_out_line), '\033'));
	setenv("TERM", "dumb", 1);
	log_out_set(LOG_FORM_TERMINAL, NULL);
	CU_ASSERT_PTR_NULL(strchr(log_out_said(&log_out_line), '\033'));
	unsetenv("TERM");
	log_out_set(LOG_FORM_TERMINAL, NULL);
	CU_ASSERT_PTR_NULL(strchr(log_out_said(&log_out_line), '\033'));
	unsetenv("NO_COLOR");
	if (kept)
		setenv("TERM", kept, 1);
	free(kept);
	log_out_set(LOG_FORM_PLAIN, NULL);
}

/* --- a journal --------------------------------------------------------------------------------- */

static char log_out_folder[40], log_out_path[60];
static int log_out_far;

static void log_out_play(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	strcpy(log_out_folder, "/tmp/isthmus-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(log_out_folder));
	snprintf(log_out_path, sizeof(log_out_path), "%s/socket", log_out_folder);
	strcpy(at.sun_path, log_out_path);
	log_out_far = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	CU_ASSERT_EQUAL_FATAL(bind(log_out_far, (struct sockaddr *)&at, sizeof(at)), 0);
	log_out_set(LOG_FORM_PLAIN, log_out_path);
}

static void log_out_over(void)
{
	log_out_set(LOG_FORM_PLAIN, NULL);
	close(log_out_far);
	unlink(log_out_path);
	CU_ASSERT_EQUAL(rmdir(log_out_folder), 0);
}

/* The next record; "" = there is none. */
static const char *log_out_heard(void)
{
	static char text[4000];
	ssize_t n = recv(log_out_far, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

/* What is not known has no field; systemd.journal-fields(7) names those in front. */
static void fields_of_a_record(void)
{
	static const struct {
		struct log_about about;
		const char *field;
	} rows[] = {
		{{.tunnel = 7}, "ISTHMUS_TUNNEL=7\n"},
		{{.call = 65535}, "ISTHMUS_CALL=65535\n"},
		{{.line = 9}, "ISTHMUS_LINE=9\n"},
		{{.peer = "lac"}, "ISTHMUS_PEER=lac\n"},
		{{.user = "ann"}, "ISTHMUS_USER=ann\n"},
		{{.port = "wan"}, "ISTHMUS_PORT=wan\n"},
		{{.circuit = "wan 5"}, "ISTHMUS_CIRCUIT=wan 5\n"},
		{{.service = "gold"}, "ISTHMUS_SERVICE=gold\n"},
		{{.radius = "isp"}, "ISTHMUS_RADIUS=isp\n"},
		{{.device = "ist0"}, "ISTHMUS_DEVICE=ist0\n"},
		{{.user = ""}, ""},
	};
	static const char front[] = "MESSAGE=aaa notice: let in\nPRIORITY=5\n"
				    "SYSLOG_IDENTIFIER=isthmus\n";
	char want[300];

	log_out_play();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct log_line l = log_out_line;

		l.about = rows[i].about;
		CU_ASSERT_STRING_EQUAL(log_out_said(&l), "");
		snprintf(want, sizeof(want), "%sISTHMUS_CATEGORY=aaa\n%s", front, rows[i].field);
		CU_ASSERT_STRING_EQUAL(log_out_heard(), want);
	}
	{
		struct log_line l = log_out_line;

		l.about.id = "0123456789abcdef0123456789abcdef";
		l.file = "elsewhere.c";
		l.at = 12;
		log_out(&l);
		snprintf(want, sizeof(want),
			 "%sMESSAGE_ID=%s\nISTHMUS_CATEGORY=aaa\nCODE_FILE=elsewhere.c\n"
			 "CODE_LINE=12\n",
			 front, l.about.id);
		CU_ASSERT_STRING_EQUAL(log_out_heard(), want);
	}
	log_out_over();
}

/* Nobody listens: the line is not lost, and none is counted. */
static void without_a_journal(void)
{
	log_out_play();
	unlink(log_out_path);
	CU_ASSERT_STRING_EQUAL(log_out_said(&log_out_line), "aaa notice: let in\n");
	CU_ASSERT_EQUAL(log_out_lost(), 0);
	log_out_over();
}

/* It does not read: lines are counted, and how many there were stands before the next one. */
static void a_journal_that_does_not_read(void)
{
	static const char want[] = "MESSAGE=main error: 2 lines are lost: the journal did not take "
				   "them\nPRIORITY=3\n";
	unsigned sent;

	log_out_play();
	for (sent = 0; sent < 100000 && !log_out_lost(); sent++)
		log_out(&log_out_line);
	CU_ASSERT_EQUAL(log_out_lost(), 1);
	CU_ASSERT_STRING_EQUAL(log_out_said(&log_out_line), ""); /* nor is it said elsewhere */
	CU_ASSERT_EQUAL(log_out_lost(), 2);
	while (*log_out_heard())
		;
	log_out(&log_out_line);
	CU_ASSERT_EQUAL(strncmp(log_out_heard(), want, strlen(want)), 0);
	CU_ASSERT_EQUAL(strncmp(log_out_heard(), "MESSAGE=aaa notice: let in\n", 27), 0);
	CU_ASSERT_STRING_EQUAL(log_out_heard(), "");
	CU_ASSERT_EQUAL(log_out_lost(), 0);
	log_out_over();
}

static const struct test_case cases[] = {
	{"category_and_level", category_and_level},
	{"colours_on_a_terminal", colours_on_a_terminal},
	{"fields_of_a_record", fields_of_a_record},
	{"without_a_journal", without_a_journal},
	{"a_journal_that_does_not_read", a_journal_that_does_not_read},
	{NULL, NULL},
};
const struct test_suite suite_log_out = {"log_out", cases};
