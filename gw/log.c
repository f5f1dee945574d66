/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libosmocore logging with categories of ours.  Lines that others cause pass a brake
 * (gw/log_brake.h): each place in the code has its own.
 */
#include "gw/log.h"

#include <osmocom/core/utils.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>
#include <time.h>

#define SECOND 1000000u

static const struct log_info_cat categories[] = {
/* libosmocore's VTY leaves out the first letter of a category's name. */
#define X(sym, cat_name, words)                    \
	[GW_LOG_##sym] = {.name = "D" cat_name,    \
			  .description = words,    \
			  .loglevel = LOGL_NOTICE, \
			  .enabled = 1},
	CFG_LOG_CATEGORIES(X)
#undef X
};
static const struct log_info info = {.cat = categories, .num_cat = GW_LOG_CATEGORY_COUNT};

static struct log_target *target;

static const struct value_string levels[] = {
	{LOGL_DEBUG, "debug"}, {LOGL_INFO, "info"},   {LOGL_NOTICE, "notice"},
	{LOGL_ERROR, "error"}, {LOGL_FATAL, "fatal"}, {0, NULL},
};

static uint64_t log_monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec / 1000;
}

/* Lines of ours pass the brake where they are written.  Those of libraries pass it here, each
 * format as a source of its own; a continued line goes the way of its beginning. */
static bool log_library_allowed(const char *fmt, bool continued, unsigned *left_out)
{
	static struct log_brake brake = {.kind = LOG_BRAKE_PEER, .category = GW_LOG_MAIN};
	static bool allowed;

	if (!continued)
		allowed = log_brake_allows(&brake, (uintptr_t)fmt, log_monotonic(), left_out);
	return allowed;
}

/* --- lines ------------------------------------------------------------------------------------- */

static struct log_about about; /* of the line that is being said */

/* A line that has begun; libraries may say it in pieces. */
static struct {
	size_t len;
	int category;
	unsigned level, at;
	const char *file;
	char words[1024];
} piece;

const struct log_about *gw_log_about(void)
{
	return &about;
}

/* Of syslog(3). */
static unsigned log_priority(unsigned level)
{
	return level >= LOGL_FATAL    ? LOG_CRIT
	       : level >= LOGL_ERROR  ? LOG_ERR
	       : level >= LOGL_NOTICE ? LOG_NOTICE
	       : level >= LOGL_INFO   ? LOG_INFO
				      : LOG_DEBUG;
}

static void log_line_out(const char *category, unsigned level, const char *words,
			 const struct log_about *a)
{
	struct log_line l = {.category = category ? category : "library",
			     .level = get_value_string(levels, level),
			     .priority = log_priority(level),
			     .words = words,
			     .file = piece.file,
			     .at = piece.at};

	if (a)
		l.about = *a;
	log_out(&l);
}

static void log_piece_out(void)
{
	const char *name = gw_log_name((enum gw_log_category)piece.category);

	if (!piece.len)
		return;
	if (piece.words[piece.len - 1] == '\n')
		piece.words[piece.len - 1] = '\0';
	log_line_out(name, piece.level, piece.words, &about);
	piece.len = 0;
}

static void log_piece_add(const char *fmt, va_list ap)
{
	size_t room = sizeof(piece.words) - piece.len;
	int n = vsnprintf(piece.words + piece.len, room, fmt, ap);

	piece.len += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

static void log_raw(struct log_target *t, int category, unsigned level, const char *file, int at,
		    int cont, const char *fmt, va_list ap)
{
	unsigned left_out = 0;
	char words[48];

	(void)t;
	if (!gw_log_name((enum gw_log_category)category) &&
	    !log_library_allowed(fmt, cont, &left_out))
		return;
	if (!cont) {
		log_piece_out();
		piece.category = category;
		piece.level = level;
		piece.file = file;
		piece.at = (unsigned)at;
	}
	if (left_out) {
		snprintf(words, sizeof(words), "%u lines left out", left_out);
		log_line_out(NULL, LOGL_NOTICE, words, NULL);
	}
	log_piece_add(fmt, ap);
	if (piece.len && piece.words[piece.len - 1] == '\n')
		log_piece_out();
}

/* Lines of libraries, which come by log_raw() alone, are about nobody. */
void gw_log_line(struct log_about who, const char *file, int at, enum gw_log_category cat,
		 int level, const char *fmt, ...)
{
	va_list ap;

	about = who;
	va_start(ap, fmt);
	osmo_vlogp((int)cat, level, file, at, 0, fmt, ap);
	va_end(ap);
	about = LOG_NOBODY;
}

int gw_log_start(void *talloc, enum cfg_log_to to)
{
	struct log_target *t = log_init(&info, talloc) < 0 ? NULL : log_target_create();

	if (!t)
		return -1;
	target = t;
	target->type = LOG_TGT_TYPE_STDERR;
	target->raw_output = log_raw;
	log_out_begin(to);
	log_add_target(target);
	log_set_category_filter(target, DLGLOBAL, 1, LOGL_ERROR); /* says what we say ourselves */
	return 0;
}

void gw_log_stop(void)
{
	log_brakes_reset();
	log_fini();
	log_out_end();
	target = NULL;
}

const char *gw_log_name(enum gw_log_category c)
{
	return c < GW_LOG_CATEGORY_COUNT ? categories[c].name + 1 : NULL;
}

const char *gw_log_level(enum gw_log_category c)
{
	return target && c < GW_LOG_CATEGORY_COUNT
		       ? get_value_string(levels, target->categories[c].loglevel)
		       : "-";
}

bool gw_log_set(const char *category, const char *level)
{
	int l = get_string_value(levels, level);
	bool all = !strcasecmp(category, "all"), any = false;
	unsigned i;

	if (l < 0)
		return false;
	for (i = 0; i < GW_LOG_CATEGORY_COUNT; i++) {
		if (!all && strcasecmp(category, gw_log_name(i)))
			continue;
		if (target)
			log_set_category_filter(target, (int)i, 1, l);
		any = true;
	}
	return any;
}

/* --- lines that pass the brake ----------------------------------------------------------------- */

/* How long lines are left out before a line says how many. */
#define REPORT_AFTER (60 * UINT64_C(1000000))

void gw_log_braked_at(struct log_brake *brake, struct log_about who, const char *file, int at,
		      enum gw_log_category cat, int level, uint64_t source, uint64_t now,
		      const char *fmt, ...)
{
	char line[512], left_out[64] = "";
	unsigned skipped;
	va_list ap;

	if (!log_check_level((int)cat, (unsigned)level) ||
	    !log_brake_allows(brake, source, now, &skipped))
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (skipped)
		snprintf(left_out, sizeof(left_out), " (%u lines left out)", skipped);
	gw_log_line(who, file, at, cat, level, "%s%s\n", line, left_out);
}

void gw_log_say_left_out(uint64_t now)
{
	struct log_brake *b = NULL;
	unsigned n;

	while ((b = log_brake_next(b)))
		if ((n = log_brake_take_left_out(b, now, REPORT_AFTER)))
			gw_log_line(LOG_NOBODY, __FILE__, __LINE__,
				    (enum gw_log_category)b->category, LOGL_NOTICE,
				    "%u lines of this kind left out\n", n);
}
