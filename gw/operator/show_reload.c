/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `reload`, and `show reload`: what the last one, or a dry run, has found to differ, and how many
 * calls each change concerns.  The lines are of a check that keeper has started
 * (cfg_print_changes()); other lines of it are mistakes and warnings.
 */
#define _GNU_SOURCE /* strsep, memfd_create */
#include "core/htab.h"
#include "gw/client.h"
#include "gw/drain.h"
#include "gw/keeper/keeper.h"
#include "gw/legs/legs.h"
#include "gw/line.h"
#include "gw/operator/operator.h"
#include "gw/operator/replace.h"
#include "gw/operator/vty.h"
#include "gw/port.h"
#include "gw/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct reload_row {
	const char *kind, *name, *change, *when, *keys;
	long calls; /* -1 = none can be */
};

TABLE_TEXT(reload_kind, reload_row, row->kind)
TABLE_TEXT(reload_name, reload_row, row->name)
TABLE_TEXT(reload_change, reload_row, row->change)
TABLE_TEXT(reload_when, reload_row, row->when)
TABLE_TEXT(reload_keys, reload_row, row->keys)

TABLE_NUMBER_IF(reload_calls, reload_row, row->calls >= 0, row->calls)

static const struct table_column table_reload_columns[] = {
	{"Section", "section", TABLE_LEFT, TABLE_WORDS(reload_kind)},
	{"Name", "name", TABLE_LEFT, TABLE_WORDS(reload_name)},
	{"Change", "change", TABLE_LEFT, TABLE_WORDS(reload_change)},
	{"Effect", "effect", TABLE_LEFT, TABLE_WORDS(reload_when)},
	{"Calls", "calls", TABLE_RIGHT, TABLE_COUNT(reload_calls)},
	{"Keys", "keys", TABLE_LEFT, TABLE_WORDS(reload_keys)},
};

/* --- calls that a change concerns ------------------------------------------------------------- */

static long reload_calls_of_service(struct gw *gw, const char *name)
{
	struct leg_terminal_view t;
	uint32_t tun = 0;
	struct join *j;
	long n = 0;

	for (unsigned i = 0; i < gw->cfg->services; i++)
		if (!strcmp(gw->cfg->service[i].name, name))
			tun = gw->service[i].tun;
	llist_for_each_entry(j, &gw->joins->head, entry) n +=
		tun && leg_terminal_view(j->leg[1], &t) && t.tun == tun;
	return n;
}

static long reload_calls_of_client(struct gw *gw, const char *name)
{
	for (unsigned i = 0; i < gw->cfg->clients; i++)
		if (!strcmp(gw->cfg->client[i].name, name))
			return gw->client[i].join != NULL;
	return 0;
}

static long reload_calls_of_peer(struct gw *gw, const char *name)
{
	return drain_left(gw, DRAIN_PEER, name);
}

static long reload_calls_of_port(struct gw *gw, const char *name)
{
	return drain_left(gw, DRAIN_PORT, name);
}

static long reload_concerns(struct gw *gw, const char *kind, const char *name)
{
	static const struct {
		const char *kind;
		long (*count)(struct gw *gw, const char *name);
	} rows[] = {
		{"peer", reload_calls_of_peer},
		{"service", reload_calls_of_service},
		{"client", reload_calls_of_client},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].kind, kind))
			return rows[i].count(gw, name);
	return strcmp(kind, "top") != 0 && !cfg_is_section(kind) ? reload_calls_of_port(gw, name)
								 : -1;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* The next column of a line, "" behind the last. */
static const char *reload_column(char **line)
{
	const char *text = strsep(line, "\t");

	return text ? text : "";
}

/* False: the line is no change. */
static bool reload_read(struct gw *gw, char *line, struct reload_row *out)
{
	if (strncmp(line, CFG_CHANGE "\t", sizeof(CFG_CHANGE)) != 0)
		return false;
	line += sizeof(CFG_CHANGE);
	out->kind = reload_column(&line);
	out->name = reload_column(&line);
	out->change = reload_column(&line);
	out->when = reload_column(&line);
	out->keys = reload_column(&line);
	out->calls =
		strcmp(out->change, "added") != 0 ? reload_concerns(gw, out->kind, out->name) : -1;
	return true;
}

/* NULL without one.  One that is full may break off in a line, which is left out. */
static char *reload_text(struct gw *gw, bool *full)
{
	char *text = gw->keeper ? keeper_report(gw->keeper) : NULL;
	char *last = text ? strrchr(text, '\n') : NULL;

	*full = text && strlen(text) == KEEPER_REPORT_MAX;
	if (*full && last)
		last[1] = '\0';
	return text;
}

/* --- what the control before has counted --------------------------------------------------------
 *
 * A reload that is done has ended the calls of what was removed.  So who is told to leave notes the
 * numbers of all rows, behind one that says which report they are of.
 */

static unsigned long long reload_number(const char *text)
{
	return htab_octets(text, strlen(text));
}

/* The numbers that belong to this report, or NULL: it is the calls of now that count. */
static char *reload_noted(const struct gw *gw, const char *text)
{
	struct stat st;
	char *noted = NULL, *end;
	ssize_t n = -1;

	if (text && gw->reload_calls >= 0 && fstat(gw->reload_calls, &st) == 0)
		noted = malloc((size_t)st.st_size + 1);
	if (noted)
		n = pread(gw->reload_calls, noted, (size_t)st.st_size, 0);
	if (n >= 0) {
		noted[n] = '\0';
		if (strtoull(noted, &end, 16) == reload_number(text)) {
			memmove(noted, end, strlen(end) + 1);
			return noted;
		}
	}
	free(noted);
	return NULL;
}

/* Calls each for every row of the text, which is changed. */
static void reload_each(struct gw *gw, char *text,
			void (*each)(void *ctx, const struct reload_row *row), void *ctx)
{
	char *noted = reload_noted(gw, text), *at = noted, *line;
	struct reload_row row;

	while ((line = strsep(&text, "\n"))) { /* none without a text */
		if (!reload_read(gw, line, &row))
			continue;
		if (noted)
			row.calls = strtol(at, &at, 10);
		each(ctx, &row);
	}
	free(noted);
}

static void reload_put_number(void *ctx, const struct reload_row *row)
{
	fprintf(ctx, " %ld", row->calls);
}

static int reload_write_numbers(struct gw *gw, char *text)
{
	int fd = memfd_create("calls of changes", MFD_CLOEXEC), own = dup(fd);
	FILE *f = own >= 0 ? fdopen(own, "w") : NULL;

	if (f) {
		fprintf(f, "%llx", reload_number(text));
		reload_each(gw, text, reload_put_number, f);
		fclose(f);
		return fd;
	}
	if (own >= 0)
		close(own);
	if (fd >= 0)
		close(fd);
	return -1;
}

int vty_reload_calls(struct gw *gw)
{
	bool full;
	char *text = reload_text(gw, &full), *noted = reload_noted(gw, text);
	int fd = text && !noted ? reload_write_numbers(gw, text) : -1;

	free(noted);
	free(text);
	return fd;
}

static void reload_put_row(void *ctx, const struct reload_row *row)
{
	table_row(ctx, row);
}

static void table_reload_rows(struct gw *gw, struct table_sink *to)
{
	bool full;
	char *text = reload_text(gw, &full);

	reload_each(gw, text, reload_put_row, to);
	free(text);
}

TABLE(table_reload, "reload");

void reload_messages(struct gw *gw, void (*each)(void *ctx, const char *words), void *ctx)
{
	bool full;
	char *text = reload_text(gw, &full), *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) /* none without a text */
		if (*line && strncmp(line, CFG_CHANGE "\t", sizeof(CFG_CHANGE)) != 0)
			each(ctx, line);
	if (full)
		each(ctx, "more has changed than can be told");
	free(text);
}

/* --- commands --------------------------------------------------------------------------------- */

#define RELOAD_STR \
	"Go on with the configuration as its file is now; calls of what is still there go on\n"

DEFUN(reload, reload_cmd, "reload", RELOAD_STR)
{
	return vty_replaced(vty, "reload", replace_reload(vty_gw(vty), false));
}

DEFUN(reload_dry, reload_dry_cmd, "reload dry-run",
      RELOAD_STR "Only check it, and find out for `show reload` what would change\n")
{
	return vty_replaced(vty, "reload", replace_reload(vty_gw(vty), true));
}

static void reload_print_words(void *ctx, const char *words)
{
	struct vty *vty = ctx;

	vty_out(vty, "%s%s", words, VTY_NEWLINE);
}

DEFUN(show_reload, show_reload_cmd, "show reload",
      SHOW_STR "What the last reload, or its dry run, has found to differ, when that takes effect, "
	       "and how many calls it concerns now\n")
{
	reload_messages(vty_gw(vty), reload_print_words, vty);
	return vty_table(vty, &table_reload);
}

void vty_reload_init(void)
{
	install_element(ENABLE_NODE, &reload_cmd);
	install_element(ENABLE_NODE, &reload_dry_cmd);
	install_element_ve(&show_reload_cmd);
}
