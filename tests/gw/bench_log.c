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

static void bench_log(struct log_target *t, int category, unsigned level, const char *file, int at,
		      int cont, const char *fmt, va_list ap)
{
	const char *name = gw_log_name((enum gw_log_category)category);
	char line[300];

	(void)t;
	(void)file;
	(void)at;
	(void)cont;
	if (!name || logged_lines == sizeof(logged) / sizeof(logged[0]))
		return;
	vsnprintf(line, sizeof(line), fmt, ap);
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
