/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/log_out.h"

#include "gw/journal.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "config.h"

#define LINE 1200u

static enum log_form form = LOG_FORM_PLAIN;
static bool coloured;
static int journal = -1;
static const char *journal_at;
static unsigned lost; /* which no line has said */
static void (*told)(const struct log_line *l);

/* --- standard error ---------------------------------------------------------------------------- */

/* 2026-11-30T01:02:03.456789+01:00 (RFC 3339) */
static void log_out_stamp(char *buf, size_t cap)
{
	struct timespec ts;
	struct tm tm;
	char day[32], zone[8];

	clock_gettime(CLOCK_REALTIME, &ts);
	if (!localtime_r(&ts.tv_sec, &tm) || !strftime(day, sizeof(day), "%FT%T", &tm) ||
	    strftime(zone, sizeof(zone), "%z", &tm) != 5)
		return;
	snprintf(buf, cap, "%s.%06u%.3s:%s ", day, (unsigned)(ts.tv_nsec / 1000) % 1000000, zone,
		 zone + 3);
}

static void log_out_clock(char *buf, size_t cap)
{
	time_t now = time(NULL);
	struct tm tm;

	if (!localtime_r(&now, &tm) || !strftime(buf, cap, "%F %T ", &tm))
		*buf = '\0';
}

static const char *log_out_colour(unsigned priority)
{
	return !coloured		 ? ""
	       : priority <= LOG_ERR	 ? "\033[1;31m"
	       : priority <= LOG_WARNING ? "\033[33m"
	       : priority >= LOG_DEBUG	 ? "\033[2m"
					 : "\033[1m";
}

/* In one write, so that lines of two processes stay lines. */
static void log_out_to_stderr(const struct log_line *l)
{
	char front[64] = "";

	if (form == LOG_FORM_TERMINAL)
		log_out_clock(front, sizeof(front));
	else if (form == LOG_FORM_FILE)
		log_out_stamp(front, sizeof(front));
	else if (form == LOG_FORM_STREAM)
		snprintf(front, sizeof(front), "<%u>", l->priority);
	fprintf(stderr, "%s%s%s %s:%s %s\n", front, log_out_colour(l->priority), l->category,
		l->level, coloured ? "\033[0m" : "", l->words);
}

/* --- the journal -------------------------------------------------------------------------------- */

/* As in the makefiles' words: all files are compiled with the folder in front that this one has. */
static const char *log_out_source(const char *file)
{
	const size_t front = sizeof(__FILE__) - sizeof("gw/log_out.c");

	return file && !strncmp(file, __FILE__, front) ? file + front : file;
}

static void log_out_record(struct journal_record *r, const struct log_line *l)
{
	char text[LINE];

	snprintf(text, sizeof(text), "%s %s: %s", l->category, l->level, l->words);
	journal_text(r, "MESSAGE", text);
	journal_number(r, "PRIORITY", l->priority);
	journal_text(r, "SYSLOG_IDENTIFIER", PACKAGE_NAME);
	journal_text(r, "MESSAGE_ID", l->about.id);
	journal_text(r, "ISTHMUS_CATEGORY", l->category);
	if (l->about.tunnel)
		journal_number(r, "ISTHMUS_TUNNEL", l->about.tunnel);
	if (l->about.call)
		journal_number(r, "ISTHMUS_CALL", l->about.call);
	if (l->about.line)
		journal_number(r, "ISTHMUS_LINE", l->about.line);
	journal_text(r, "ISTHMUS_PEER", l->about.peer);
	journal_text(r, "ISTHMUS_USER", l->about.user);
	journal_text(r, "ISTHMUS_PORT", l->about.port);
	journal_text(r, "ISTHMUS_CIRCUIT", l->about.circuit);
	journal_text(r, "ISTHMUS_SERVICE", l->about.service);
	journal_text(r, "ISTHMUS_RADIUS", l->about.radius);
	journal_text(r, "ISTHMUS_DEVICE", l->about.device);
	journal_text(r, "CODE_FILE", log_out_source(l->file));
	if (l->file)
		journal_number(r, "CODE_LINE", l->at);
}

static int log_out_send(const struct log_line *l)
{
	struct journal_record r = {0};

	log_out_record(&r, l);
	return journal_send(journal, journal_at, &r);
}

/* How many lines are missing stands before the first one that is not.  False = not yet. */
static bool log_out_say_lost(void)
{
	char words[80];
	const struct log_line l = {
		.category = "main", .level = "error", .priority = LOG_ERR, .words = words};

	if (!lost)
		return true;
	snprintf(words, sizeof(words), "%u lines are lost: the journal did not take them", lost);
	if (log_out_send(&l) == -EAGAIN)
		return false;
	lost = 0;
	return true;
}

/* False: there is no journal. */
static bool log_out_to_journal(const struct log_line *l)
{
	int rc = log_out_say_lost() ? log_out_send(l) : -EAGAIN;

	if (rc == -EAGAIN)
		lost++;
	return rc == 0 || rc == -EAGAIN;
}

/* --- both --------------------------------------------------------------------------------------- */

void log_out(const struct log_line *l)
{
	if (journal < 0 || !log_out_to_journal(l))
		log_out_to_stderr(l);
	if (told)
		told(l);
}

void log_out_also(void (*also)(const struct log_line *l))
{
	told = also;
}

unsigned log_out_lost(void)
{
	return lost;
}

static bool log_out_may_colour(void)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	return term && strcmp(term, "dumb") != 0 && !(no && *no);
}

void log_out_set(enum log_form f, const char *path)
{
	log_out_end();
	form = f;
	coloured = f == LOG_FORM_TERMINAL && log_out_may_colour();
	journal_at = path;
	if (path)
		journal = journal_open();
}

void log_out_begin(enum cfg_log_to to)
{
	bool stream = *journal_front(false);
	const bool native[] = {[CFG_LOG_TO_AUTO] = stream,
			       [CFG_LOG_TO_STDERR] = false,
			       [CFG_LOG_TO_JOURNAL] = true};

	tzset(); /* reads a file, which is not possible any more when rights are given up */
	log_out_set(stream			 ? LOG_FORM_STREAM
		    : isatty(STDERR_FILENO) == 1 ? LOG_FORM_TERMINAL
						 : LOG_FORM_FILE,
		    native[to] ? JOURNAL_SOCKET : NULL);
}

void log_out_end(void)
{
	if (journal >= 0)
		close(journal);
	journal = -1;
	form = LOG_FORM_PLAIN;
	coloured = false;
	lost = 0;
}
