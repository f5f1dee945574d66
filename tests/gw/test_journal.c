/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records as systemd's "Native Journal Protocol" has them, at a socket that plays the journal. */
#include "gw/journal.h"

#include "gw/log.h"
#include "tests/harness.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[40], path[60];
static int far = -1;

static void journal_listen(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	strcpy(at.sun_path, path);
	far = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	CU_ASSERT_EQUAL_FATAL(bind(far, (struct sockaddr *)&at, sizeof(at)), 0);
}

static void journal_deaf(void)
{
	close(far);
	unlink(path);
	far = -1;
}

static void journal_play(void)
{
	strcpy(folder, "/tmp/isthmus-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/socket", folder);
	journal_listen();
}

static void journal_over(void)
{
	journal_deaf();
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void journal_log_begin(void)
{
	journal_play();
	log_out_set(LOG_FORM_STREAM, path);
	gw_log_set("all", "notice");
}

static void journal_log_over(void)
{
	gw_log_set("all", "fatal");
	log_out_set(LOG_FORM_PLAIN, NULL);
	log_brakes_reset();
	journal_over();
}

/* The next record; "" = there is none.  Good until the next call. */
static const char *journal_heard(void)
{
	static char text[JOURNAL_RECORD + 1];
	ssize_t n = recv(far, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void fields(void)
{
	static const char want[] = "MESSAGE=a line\nPRIORITY=5\n"
				   "WORDS\n\x07\0\0\0\0\0\0\0two\nend\nLAST=x\n";
	struct journal_record r = {0};
	int fd = journal_open();

	journal_play();
	journal_text(&r, "MESSAGE", "a line");
	journal_number(&r, "PRIORITY", 5);
	journal_text(&r, "NOTHING", "");
	journal_text(&r, "NOTHING", NULL);
	journal_text(&r, "WORDS", "two\nend");
	journal_text(&r, "LAST", "x");
	CU_ASSERT_EQUAL(r.len, sizeof(want) - 1);
	CU_ASSERT_EQUAL(journal_send(fd, path, &r), 0);
	CU_ASSERT_EQUAL(memcmp(journal_heard(), want, sizeof(want) - 1), 0);
	close(fd);
	journal_over();
}

/* To the last octet there is room for, and no further. */
static void a_field_that_does_not_fit(void)
{
	char value[JOURNAL_RECORD + 1];
	struct journal_record r;

	memset(value, 'v', sizeof(value));
	for (unsigned len = JOURNAL_RECORD - 20; len <= JOURNAL_RECORD; len++) {
		value[len] = '\0';
		r.len = 0;
		journal_text(&r, "A", value);
		CU_ASSERT_EQUAL(r.len, len + 3 <= JOURNAL_RECORD ? len + 3 : 0);
		value[0] = '\n';
		r.len = 0;
		journal_text(&r, "A", value);
		CU_ASSERT_EQUAL(r.len, len + 11 <= JOURNAL_RECORD ? len + 11 : 0);
		value[0] = value[len] = 'v';
	}
	r.len = JOURNAL_RECORD - 4;
	journal_text(&r, "BB", "x");
	CU_ASSERT_EQUAL(r.len, JOURNAL_RECORD - 4);
	journal_text(&r, "A", "x");
	CU_ASSERT_EQUAL(r.len, JOURNAL_RECORD);
}

static void whose_standard_error_is(void)
{
	char text[64];
	struct stat st;
	int pipes[2];

	CU_ASSERT_EQUAL_FATAL(pipe(pipes), 0);
	CU_ASSERT_EQUAL(fstat(pipes[1], &st), 0);
	snprintf(text, sizeof(text), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	CU_ASSERT_TRUE(journal_has(pipes[1], text));
	CU_ASSERT_FALSE(journal_has(pipes[1], NULL));
	strcat(text, "1");
	CU_ASSERT_FALSE(journal_has(pipes[1], text));
	snprintf(text, sizeof(text), "%llu:%llu", (unsigned long long)st.st_dev + 1,
		 (unsigned long long)st.st_ino);
	CU_ASSERT_FALSE(journal_has(pipes[1], text));
	CU_ASSERT_FALSE(journal_has(pipes[1], "words"));
	CU_ASSERT_FALSE(journal_has(pipes[1], "7"));
	close(pipes[0]);
	close(pipes[1]);
	CU_ASSERT_FALSE(journal_has(-1, "1:1"));
}

#define LET_IN "MESSAGE=aaa notice: let in\nPRIORITY=5\nSYSLOG_IDENTIFIER=isthmus\n"
#define NEXT                                     \
	"MESSAGE=main error: next\nPRIORITY=3\n" \
	"SYSLOG_IDENTIFIER=isthmus\nISTHMUS_CATEGORY=main\nCODE_FILE="

/* What gw/log.h says of a line, as a person finds it with `journalctl ISTHMUS_USER=ann`. */
static void a_line_of_the_log(void)
{
	static const struct log_about ann = {.id = "0123456789abcdef0123456789abcdef",
					     .tunnel = 7,
					     .call = 9,
					     .peer = "lac",
					     .user = "ann",
					     .port = "wan",
					     .circuit = "wan 192.0.2.1:1701",
					     .service = "internet",
					     .radius = "isp",
					     .device = "isthmus0"};
	const char *text;

	journal_log_begin();
	gw_log_session(ann, GW_LOG_AAA, LOGL_NOTICE, 1, 1, "let in");
	text = journal_heard();
	CU_ASSERT_EQUAL(strncmp(text, LET_IN, strlen(LET_IN)), 0);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(text, "\nISTHMUS_CATEGORY=aaa\nISTHMUS_TUNNEL=7\nISTHMUS_CALL=9\n"
			     "ISTHMUS_PEER=lac\nISTHMUS_USER=ann\nISTHMUS_PORT=wan\n"
			     "ISTHMUS_CIRCUIT=wan 192.0.2.1:1701\nISTHMUS_SERVICE=internet\n"
			     "ISTHMUS_RADIUS=isp\nISTHMUS_DEVICE=isthmus0\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nMESSAGE_ID=0123456789abcdef0123456789abcdef\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nCODE_FILE=tests/gw/test_journal.c\nCODE_LINE="));
	/* Each line forgets it, one that is off too. */
	GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "next\n");
	CU_ASSERT_EQUAL(strncmp(journal_heard(), NEXT, strlen(NEXT)), 0);
	GW_LOG(ann, MAIN, LOGL_DEBUG, "off\n");
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "on\n");
	CU_ASSERT_PTR_NULL(strstr(text = journal_heard(), "ISTHMUS_USER"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "MESSAGE=main notice: on\n"));
	for (unsigned i = 0; i < 30; i++) { /* the brake takes most of them */
		gw_log_stranger(ann, GW_LOG_AAA, LOGL_NOTICE, 1, 1, "again");
	}
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "on\n");
	while (strstr(text = journal_heard(), "again"))
		CU_ASSERT_PTR_NOT_NULL(strstr(text, "ISTHMUS_USER"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "MESSAGE=main notice: on\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "ISTHMUS_USER"));
	journal_log_over();
}

/* A journal that does not read never stops us: what it does not take is counted and said. */
static void a_journal_that_is_full(void)
{
	unsigned taken = 0, written;
	char want[80];

	journal_log_begin();
	for (written = 0; written < 100000 && log_out_lost() < 3; written++)
		GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "again\n");
	CU_ASSERT_EQUAL_FATAL(log_out_lost(), 3);
	while (strstr(journal_heard(), "again"))
		taken++;
	CU_ASSERT_EQUAL(taken, written - 3);
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "later\n");
	snprintf(want, sizeof(want), "MESSAGE=main error: 3 lines are lost: ");
	CU_ASSERT_EQUAL(strncmp(journal_heard(), want, strlen(want)), 0);
	CU_ASSERT_EQUAL(strncmp(journal_heard(), "MESSAGE=main notice: later\n", 27), 0);
	CU_ASSERT_EQUAL(log_out_lost(), 0);
	journal_log_over();
}

/* Lines go to standard error while there is none, and to the next one as soon as it listens. */
static void a_journal_that_goes(void)
{
	FILE *out = tmpfile();
	int kept = dup(STDERR_FILENO);
	char line[100] = "", more[100];

	journal_log_begin();
	journal_deaf();
	dup2(fileno(out), STDERR_FILENO);
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "nobody\n");
	journal_listen();
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "somebody\n");
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(out);
	CU_ASSERT_PTR_NOT_NULL(fgets(line, sizeof(line), out));
	CU_ASSERT_STRING_EQUAL(line, "<5>main notice: nobody\n");
	CU_ASSERT_PTR_NULL(fgets(more, sizeof(more), out));
	CU_ASSERT_PTR_NOT_NULL(strstr(journal_heard(), "MESSAGE=main notice: somebody\n"));
	fclose(out);
	journal_log_over();
}

static const struct test_case cases[] = {
	{"fields", fields},
	{"a_field_that_does_not_fit", a_field_that_does_not_fit},
	{"whose_standard_error_is", whose_standard_error_is},
	{"a_line_of_the_log", a_line_of_the_log},
	{"a_journal_that_is_full", a_journal_that_is_full},
	{"a_journal_that_goes", a_journal_that_goes},
	{NULL, NULL},
};
const struct test_suite suite_journal = {"journal", cases};
