/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `reload`, and `show reload`: what the last one, or a dry run, has found to differ, and how many
 * calls each change concerns.  The lines are of a check that keeper has started
 * (cfg_print_changes()); other lines of it are mistakes and warnings.
 */
#define _DEFAULT_SOURCE /* strsep */
#include "gw/client.h"
#include "gw/keeper/keeper.h"
#include "gw/legs/legs.h"
#include "gw/line.h"
#include "gw/operator/vty.h"
#include "gw/port.h"
#include "gw/service.h"

#include <stdlib.h>
#include <string.h>

struct reload_row {
	const char *kind, *name, *change, *when, *keys;
	long calls; /* -1 = none can be */
};

TABLE_TEXT(reload_kind, reload_row, row->kind)
TABLE_TEXT(reload_name, reload_row, row->name)
TABLE_TEXT(reload_change, reload_row, row->change)
TABLE_TEXT(reload_when, reload_row, row->when)
TABLE_TEXT(reload_keys, reload_row, row->keys)

static void reload_calls(const void *object, char *buf, size_t cap)
{
	const struct reload_row *row = object;

	if (row->calls >= 0)
		snprintf(buf, cap, "%ld", row->calls);
}

static const struct table_column table_reload_columns[] = {
	{"Section", "section", TABLE_LEFT, reload_kind},
	{"Name", "name", TABLE_LEFT, reload_name},
	{"Change", "change", TABLE_LEFT, reload_change},
	{"Effect", "effect", TABLE_LEFT, reload_when},
	{"Calls", "calls", TABLE_RIGHT, reload_calls},
	{"Keys", "keys", TABLE_LEFT, reload_keys},
};

/* --- calls that a change concerns ------------------------------------------------------------- */

static long reload_calls_of_peer(struct gw *gw, const char *name)
{
	const void *peer = cfg_named(gw->cfg, "peer", name);
	struct l2tp_tunnel *t = NULL;
	struct l2tp_tunnel_info info;
	long n = 0;

	while ((t = l2tp_tunnel_next(gw->engine, t))) {
		l2tp_tunnel_info(t, &info);
		if (peer && info.peer == peer)
			n += info.calls;
	}
	return n;
}

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

struct reload_lines {
	unsigned port;
	long n;
};

static void reload_count_line(void *ctx, const struct line_view *line)
{
	struct reload_lines *r = ctx;

	r->n += line->leg && dp_channel_port(line->channel) == r->port;
}

static long reload_calls_of_port(struct gw *gw, const char *name)
{
	const void *cfg = cfg_named(gw->cfg, "port", name);
	struct reload_lines r = {.n = 0};
	struct l2tp_tunnel *t = NULL;
	struct l2tp_tunnel_info info;

	for (unsigned i = 0; i < gw->cfg->ports; i++)
		if (gw->port[i].cfg == cfg && gw->port[i].number >= 0)
			r.port = (unsigned)gw->port[i].number;
	if (!cfg)
		return 0;
	lines_each(gw, reload_count_line, &r);
	while ((t = l2tp_tunnel_next(gw->engine, t))) {
		l2tp_tunnel_info(t, &info);
		if (info.channel && dp_channel_port(info.channel) == r.port)
			r.n += info.calls;
	}
	return r.n;
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

static void table_reload_rows(struct gw *gw, struct table_text *to)
{
	bool full;
	char *text = reload_text(gw, &full), *rest = text, *line;
	struct reload_row row;

	while ((line = strsep(&rest, "\n"))) /* none without a text */
		if (reload_read(gw, line, &row))
			table_row(to, &row);
	free(text);
}

TABLE(table_reload, "reload");

/* --- commands --------------------------------------------------------------------------------- */

static int reload_ask(struct keeper_link *l)
{
	return keeper_ask_reload(l, false);
}

static int reload_ask_dry(struct keeper_link *l)
{
	return keeper_ask_reload(l, true);
}

#define RELOAD_STR \
	"Go on with the configuration as its file is now; calls of what is still there go on\n"

DEFUN(reload, reload_cmd, "reload", RELOAD_STR)
{
	return vty_replace_begin(vty, "reload", reload_ask);
}

DEFUN(reload_dry, reload_dry_cmd, "reload dry-run",
      RELOAD_STR "Only check it, and find out for `show reload` what would change\n")
{
	return vty_replace_begin(vty, "reload", reload_ask_dry);
}

/* Mistakes and warnings; a text of the check, which may hold what an operator has typed. */
static void reload_print_words(struct vty *vty, char *text)
{
	char *line;

	while ((line = strsep(&text, "\n"))) /* none without a text */
		if (*line && strncmp(line, CFG_CHANGE "\t", sizeof(CFG_CHANGE)) != 0)
			vty_out(vty, "%s%s", line, VTY_NEWLINE);
}

DEFUN(show_reload, show_reload_cmd, "show reload",
      SHOW_STR "What the last reload, or its dry run, has found to differ, when that takes effect, "
	       "and how many calls it concerns now\n")
{
	struct gw *gw = vty_gw(vty);
	bool full;
	char *text = reload_text(gw, &full);

	reload_print_words(vty, text);
	if (full)
		vty_out(vty, "more has changed than can be told%s", VTY_NEWLINE);
	free(text);
	return vty_table(vty, &table_reload);
}

void vty_reload_init(void)
{
	install_element(ENABLE_NODE, &reload_cmd);
	install_element(ENABLE_NODE, &reload_dry_cmd);
	install_element_ve(&show_reload_cmd);
}
