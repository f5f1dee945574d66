/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `impair`, `no impair` and `show impair`: lines that are bad on purpose. */
#include "gw/operator/impair_parse.h"
#include "gw/operator/vty.h"
#include "gw/text.h"

TABLE_TEXT(impair_port, impairs_view, row->port)
TABLE_TEXT(impair_circuit, impairs_view, row->circuit)
TABLE_TEXT(impair_way, impairs_view, impairs_way_names[row->row.way])
TABLE_NUMBER(impair_seed, impairs_view, row->row.set.seed)
TABLE_TIME(impair_left, impairs_view, row->row.on && row->row.set.left != UINT64_MAX,
	   row->row.set.left)

static void impair_set(const void *object, char *buf, size_t cap)
{
	const struct impairs_view *v = object;
	char text[IMPAIRS_TEXT];

	snprintf(buf, cap, "%s", impairs_text(text, &v->row.set));
}

static void impair_state(const void *object, char *buf, size_t cap)
{
	const struct impairs_view *v = object;

	snprintf(buf, cap, "%s", !v->row.on ? "over" : v->row.configured ? "configured" : "on");
}

#define X(sym, key, title) TABLE_NUMBER(impair_##key, impairs_view, row->row.n[DP_IMPAIR_##sym])
DP_IMPAIR_COUNTS(X)
#undef X

static const struct table_column table_impair_columns[] = {
	{"Port", "port", TABLE_LEFT, TABLE_WORDS(impair_port)},
	{"Circuit", "circuit", TABLE_LEFT, TABLE_WORDS(impair_circuit)},
	{"Way", "way", TABLE_LEFT, TABLE_WORDS(impair_way)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(impair_state)},
	{"Left", "left-seconds", TABLE_RIGHT, TABLE_COUNT(impair_left)},
	{"Set", "set", TABLE_LEFT, TABLE_WORDS(impair_set)},
	{"Seed", "seed", TABLE_RIGHT, TABLE_COUNT(impair_seed)},
#define X(sym, key, title) {title, #key, TABLE_RIGHT, TABLE_COUNT(impair_##key)},
	DP_IMPAIR_COUNTS(X)
#undef X
};

static void impair_to_table(void *ctx, const struct impairs_view *v)
{
	table_row(ctx, v);
}

static void table_impair_rows(struct gw *gw, struct table_sink *to)
{
	impairs_each(gw, impair_to_table, to);
}

TABLE(table_impair, "impair");

DEFUN(show_impair, show_impair_cmd, "show impair",
      SHOW_STR "Lines that are bad on purpose: what is set, for how long, and what it has done\n")
{
	return vty_table(vty, &table_impair);
}

static int impair_said(struct vty *vty, const char *command, const char *words)
{
	if (!words)
		return CMD_SUCCESS;
	vty_out(vty, "%% %s: %s%s", command, words, VTY_NEWLINE);
	return CMD_WARNING;
}

DEFUN(impair, impair_cmd, "impair .WHAT",
      "Make the line under a port or circuit a bad one, both ways or one of them\n"
      "PORT [CIRCUIT] [in|out], then loss P% delay TIME jitter TIME reorder P% duplicate P% "
      "corrupt P% rate RATE, one or more, and [seed N] [for TIME]\n")
{
	struct impairs_wish w;
	const char *words = impair_parse(&w, argv, (unsigned)argc, false);

	if (!words)
		words = impairs_begin(vty_gw(vty), &w);
	if (!words)
		vty_out(vty, "seed %llu%s", (unsigned long long)w.set.seed, VTY_NEWLINE);
	return impair_said(vty, "impair", words);
}

DEFUN(no_impair, no_impair_cmd, "no impair .WHAT",
      NO_STR "The line is as it was, and what waits goes on at once\n"
	     "PORT [CIRCUIT] [in|out]\n")
{
	struct impairs_wish w;
	const char *words = impair_parse(&w, argv, (unsigned)argc, true);

	if (!words)
		words = impairs_end(vty_gw(vty), &w);
	return impair_said(vty, "no impair", words);
}

void vty_impair_init(void)
{
	install_element(ENABLE_NODE, &impair_cmd);
	install_element(ENABLE_NODE, &no_impair_cmd);
	install_element_ve(&show_impair_cmd);
}
