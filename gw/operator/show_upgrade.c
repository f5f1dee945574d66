/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `upgrade`, and `show upgrade`: each step of the last one of either. */
#include "gw/keeper/keeper.h"
#include "gw/operator/replace.h"
#include "gw/operator/vty.h"

struct upgrade_row {
	const struct keeper_progress *of;
	const struct keeper_step *step;
};

static const char *const upgrade_states[KEEPER_UPGRADE_STATES] = {
	[KEEPER_UPGRADE_NONE] = "none",
	[KEEPER_UPGRADE_GOING_ON] = "going-on",
	[KEEPER_UPGRADE_DONE] = "done",
	[KEEPER_UPGRADE_REFUSED] = "refused",
	[KEEPER_UPGRADE_TAKEN_BACK] = "taken-back",
};

TABLE_NUMBER(upgrade_number, upgrade_row, row->of->number)
TABLE_TEXT(upgrade_state, upgrade_row, upgrade_states[row->of->state])
TABLE_NUMBER(upgrade_ms, upgrade_row, row->step->ms)
TABLE_TEXT(upgrade_step, upgrade_row, row->step->words)

static const struct table_column table_upgrade_columns[] = {
	{"Upgrade", "number", TABLE_RIGHT, TABLE_COUNT(upgrade_number)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(upgrade_state)},
	{"ms", "milliseconds", TABLE_RIGHT, TABLE_COUNT(upgrade_ms)},
	{"Step", "step", TABLE_LEFT, TABLE_WORDS(upgrade_step)},
};

static void table_upgrade_rows(struct gw *gw, struct table_sink *to)
{
	struct keeper_progress p;

	if (!gw->keeper || keeper_progress(gw->keeper, &p) < 0)
		return;
	for (unsigned i = 0; i < p.steps; i++)
		table_row(to, &(struct upgrade_row){.of = &p, .step = &p.step[i]});
}

TABLE(table_upgrade, "upgrade");

int vty_replaced(struct vty *vty, const char *what, const char *words)
{
	if (!words)
		return CMD_SUCCESS;
	vty_out(vty, "%% No %s: %s%s", what, words, VTY_NEWLINE);
	return CMD_WARNING;
}

DEFUN(upgrade, upgrade_cmd, "upgrade",
      "Replace data and control by those of the program's file of today; calls go on\n")
{
	return vty_replaced(vty, "upgrade", replace_upgrade(vty_gw(vty)));
}

DEFUN(show_upgrade, show_upgrade_cmd, "show upgrade",
      SHOW_STR "The steps of the last upgrade or reload, and whether it is done, refused or taken "
	       "back\n")
{
	struct gw *gw = vty_gw(vty);
	struct keeper_progress p;

	if (!gw->keeper || keeper_progress(gw->keeper, &p) == 0)
		return vty_table(vty, &table_upgrade);
	vty_out(vty, "%% Keeper does not tell: it is of an older version%s", VTY_NEWLINE);
	return CMD_WARNING;
}

void vty_upgrade_init(void)
{
	install_element(ENABLE_NODE, &upgrade_cmd);
	install_element_ve(&show_upgrade_cmd);
}
