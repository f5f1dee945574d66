/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/log.h"
#include "tests/gw/bench.h"

#include <fnmatch.h>
#include <osmocom/core/talloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what is logged --------------------------------------------------------------------------- */

static char logged[400][320];
static unsigned logged_lines;

/* --- whom each line is about ------------------------------------------------------------------- */

static bool log_names(const char *field, const char *name, size_t len)
{
	return field && strlen(field) >= len && !strncmp(field, name, len);
}

static const char *log_behind(const char *line, const char *front)
{
	const char *at = strstr(line, front);

	return at && (at == line || at[-1] == ' ') ? at + strlen(front) : NULL;
}

/* What a line says of calls, tunnels, lines, ports and users its fields say too. */
static void log_has_fields(const char *line, const struct log_about *a)
{
	unsigned tunnel, number;
	const char *at;
	int end = 0;
	bool ok = true;

	if ((at = log_behind(line, "call ")) && sscanf(at, "%u/%u", &tunnel, &number) == 2)
		ok = a->tunnel == tunnel && (a->call == number || strstr(line, "without sequence"));
	if (sscanf(line, "tunnel %u:%n", &tunnel, &end) == 1 && end)
		ok = ok && a->tunnel == tunnel;
	if (sscanf(line, "line %u (%n", &number, &end) == 1 && end)
		ok = ok && a->line == number;
	if ((at = log_behind(line, "line (")))
		ok = ok && a->port && log_names(at, a->circuit, strlen(a->circuit));
	if (((at = log_behind(line, "capture of port ")) || !strncmp(line, "port ", 5)) &&
	    strncmp(line, "port ?", 6) != 0)
		ok = ok && log_names(a->port, at ? at : line + 5, strcspn(at ? at : line + 5, ":"));
	if (!strncmp(line, "channel ", 8) && line[8] != '?')
		ok = ok && log_names(a->port, line + 8, strcspn(line + 8, " :"));
	if (!strncmp(line, "client ", 7))
		ok = ok && a->user;
	/* what servers are asked about may be a circuit or a number */
	if (!strncmp(line, "user ", 5))
		ok = ok && (a->port || a->user);
	CU_ASSERT_TRUE(ok);
	if (!ok)
		fprintf(stderr,
			"\n%s\n\tsays another thing than its fields: tunnel %u call %u line %u "
			"peer %s user %s port %s circuit %s\n",
			line, a->tunnel, a->call, a->line, a->peer, a->user, a->port, a->circuit);
}

static void bench_log(struct log_target *t, int category, unsigned level, const char *file, int at,
		      int cont, const char *fmt, va_list ap)
{
	const char *name = gw_log_name((enum gw_log_category)category);
	char line[300];

	(void)t;
	(void)file;
	(void)at;
	(void)cont;
	if (!name)
		return;
	vsnprintf(line, sizeof(line), fmt, ap);
	if (CU_get_current_test())
		log_has_fields(line, gw_log_about());
	if (logged_lines == sizeof(logged) / sizeof(logged[0]))
		return;
	line[strcspn(line, "\n")] = '\0';
	snprintf(logged[logged_lines++], sizeof(logged[0]), "%s %s: %s", name,
		 level == LOGL_DEBUG	? "debug"
		 : level == LOGL_INFO	? "info"
		 : level == LOGL_NOTICE ? "notice"
		 : level == LOGL_ERROR	? "error"
					: "fatal",
		 line);
}

void bench_log_begin(void)
{
	struct log_target *t = log_target_create();

	t->raw_output = bench_log;
	log_add_target(t);
	log_set_all_filter(t, 1);
	for (int i = 0; i < GW_LOG_CATEGORY_COUNT; i++)
		log_set_category_filter(t, i, 1, LOGL_DEBUG);
}

void bench_log_forget(void)
{
	logged_lines = 0;
}

unsigned bench_logged(const char *pattern)
{
	unsigned n = 0;

	for (unsigned i = 0; i < logged_lines; i++)
		n += !fnmatch(pattern, logged[i], 0);
	for (unsigned i = 0; !n && getenv("BENCH_LOG") && i < logged_lines; i++)
		fprintf(stderr, "%s%s\n", i ? "" : "\nnot logged, but only:\n", logged[i]);
	return n;
}

static void *bench_talloc_ctx;

static void bench_talloc_free(void)
{
	talloc_free(bench_talloc_ctx);
}

void *bench_talloc(void)
{
	if (!bench_talloc_ctx) {
		bench_talloc_ctx = talloc_named_const(NULL, 0, "test");
		atexit(bench_talloc_free);
	}
	return bench_talloc_ctx;
}

const char *bench_file(const char *folder, const char *name, const char *text)
{
	static char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(text, f);
	fclose(f);
	return path;
}
