/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show history failures`, and for short `show failures`. */
#include "gw/history.h"
#include "gw/operator/vty.h"
#include "gw/text.h"

struct history_row {
	const struct history_entry *e;
	uint64_t now;
};

TABLE_TEXT(history_what, history_row, row->e->what)
TABLE_TEXT(history_from, history_row, row->e->from)
TABLE_TEXT(history_user, history_row, row->e->user)
TABLE_TEXT(history_reason, history_row, row->e->why)

TABLE_TIME(history_ago, history_row, true, row->now - row->e->when)

static const struct table_column table_failures_columns[] = {
	{"Ago", "ago-seconds", TABLE_RIGHT, TABLE_COUNT(history_ago)},
	{"What", "what", TABLE_LEFT, TABLE_WORDS(history_what)},
	{"From", "from", TABLE_LEFT, TABLE_WORDS(history_from)},
	{"User", "user", TABLE_LEFT, TABLE_WORDS(history_user)},
	{"Reason", "reason", TABLE_LEFT, TABLE_WORDS(history_reason)},
};

static void table_failures_rows(struct gw *gw, struct table_sink *to)
{
	struct history_row row = {NULL, loop_now(gw->loop)};

	while ((row.e = history_next(gw->history, row.e)))
		table_row(to, &row);
}

TABLE(table_failures, "failures");

DEFUN(show_failures, show_failures_cmd, "show history failures",
      SHOW_STR "What has happened\n"
	       "The last tunnels, calls, log-ins and lines that failed, newest first\n")
{
	return vty_table(vty, &table_failures);
}

ALIAS(show_failures, show_failures_short_cmd, "show failures",
      SHOW_STR "The last tunnels, calls, log-ins and lines that failed, newest first\n")

void vty_history_init(void)
{
	install_element_ve(&show_failures_cmd);
	install_element_ve(&show_failures_short_cmd);
}
