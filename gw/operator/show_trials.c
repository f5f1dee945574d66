/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ping tunnel`, and `show trials`: what an operator has tried, and what came of it. */
#include "gw/operator/vty.h"
#include "gw/trial.h"

#include <stdlib.h>

TABLE_NUMBER(trial_number, trial_view, row->number)
TABLE_TEXT(trial_kind, trial_view, trial_kind_names[row->kind])
TABLE_TEXT(trial_of, trial_view, row->of)
TABLE_TEXT(trial_state, trial_view, trial_state_names[row->state])
TABLE_TEXT(trial_words, trial_view, row->words)
TABLE_VALUE(trial_took, trial_view, row->took, row->took) /* us to a program */

static void trial_took(const void *object, char *buf, size_t cap)
{
	const struct trial_view *row = object;

	if (row->took)
		snprintf(buf, cap, "%.1f", (double)row->took / 1000);
}

static const struct table_column table_trials_columns[] = {
	{"Number", "number", TABLE_RIGHT, TABLE_COUNT(trial_number)},
	{"Trial", "trial", TABLE_LEFT, TABLE_WORDS(trial_kind)},
	{"Of", "of", TABLE_LEFT, TABLE_WORDS(trial_of)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(trial_state)},
	{"ms", "took-microseconds", TABLE_RIGHT, TABLE_COUNT(trial_took)},
	{"Result", "result", TABLE_LEFT, TABLE_WORDS(trial_words)},
};

static void trial_to_table(void *ctx, const struct trial_view *v)
{
	table_row(ctx, v);
}

static void table_trials_rows(struct gw *gw, struct table_sink *to)
{
	trials_each(gw, trial_to_table, to);
}

TABLE(table_trials, "trials");

DEFUN(show_trials, show_trials_cmd, "show trials",
      SHOW_STR "What `ping tunnel` and isthmusctl's `test radius` have come to\n")
{
	return vty_table(vty, &table_trials);
}

DEFUN(ping_tunnel, ping_tunnel_cmd, "ping tunnel <1-65535>",
      "Send something that is answered, for `show trials`\n"
      "A HELLO in an L2TP tunnel\n"
      "Our Tunnel ID\n")
{
	const char *words;

	if (trial_ping(vty_gw(vty), (unsigned)atoi(argv[0]), &words))
		return CMD_SUCCESS;
	vty_out(vty, "%% tunnel %s: %s%s", argv[0], words, VTY_NEWLINE);
	return CMD_WARNING;
}

void vty_trials_init(void)
{
	install_element(ENABLE_NODE, &ping_tunnel_cmd);
	install_element_ve(&show_trials_cmd);
}
