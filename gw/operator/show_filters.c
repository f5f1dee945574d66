/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show filters`, and the filters of one call. */
#include "gw/filter.h"
#include "gw/legs/legs.h"
#include "gw/operator/vty.h"
#include "gw/text.h"

#include <stdlib.h>
#include <string.h>

struct filter_row {
	const char *of;
	enum dp_filter place;
	const char *text;
	struct dp_filter_counters n;
};

TABLE_TEXT(filter_of, filter_row, row->of)
TABLE_TEXT(filter_place, filter_row, filter_key(row->place))
TABLE_NUMBER(filter_calls, filter_row, row->n.calls)
TABLE_NUMBER(filter_passed, filter_row, row->n.passed)
TABLE_NUMBER(filter_dropped, filter_row, row->n.dropped)
TABLE_TEXT(filter_text, filter_row, row->text)

static const struct table_column table_filters_columns[] = {
	{"Of", "of", TABLE_LEFT, TABLE_WORDS(filter_of)},
	{"Filter", "filter", TABLE_LEFT, TABLE_WORDS(filter_place)},
	{"In force", "in-force", TABLE_RIGHT, TABLE_COUNT(filter_calls)},
	{"Passed", "passed", TABLE_RIGHT, TABLE_COUNT(filter_passed)},
	{"Dropped", "dropped", TABLE_RIGHT, TABLE_COUNT(filter_dropped)},
	{"Expression", "expression", TABLE_LEFT, TABLE_WORDS(filter_text)},
};

static void filter_rows(struct gw *gw, struct table_sink *to, const struct gw_filters *f,
			const char *of)
{
	struct filter_row row = {.of = of};

	for (unsigned i = 0; f && i < DP_FILTERS; i++) {
		if (!f->no[i])
			continue;
		row.place = (enum dp_filter)i;
		row.text = f->text[i];
		dp_filter_count(gw->dp, f->no[i], &row.n);
		table_row(to, &row);
	}
}

/* Those that an operator has set. */
static void filter_rows_of_leg(struct gw *gw, struct table_sink *to, const struct leg *l)
{
	char name[GW_TEXT_MAX];

	if (l->ops->entry)
		filter_rows(gw, to, leg_own_filters(l), leg_text(name, sizeof(name), l));
}

static void table_filters_rows(struct gw *gw, struct table_sink *to)
{
	const struct gw_filters *f = NULL;
	struct join *j;

	while ((f = filters_next(gw, f)))
		filter_rows(gw, to, f, f->of);
	llist_for_each_entry(j, &gw->joins->head, entry)
	{
		filter_rows_of_leg(gw, to, j->leg[0]);
		filter_rows_of_leg(gw, to, j->leg[1]);
	}
}

TABLE(table_filters, "filters");

DEFUN(show_filters, show_filters_cmd, "show filters",
      SHOW_STR "Packet filters, how many calls and lines have them, and what they have dropped\n")
{
	return vty_table(vty, &table_filters);
}

void vty_filter_lines(struct vty *vty, const struct leg *l)
{
	char name[GW_TEXT_MAX];

	for (unsigned i = 0; l->ops->entry && i < DP_FILTERS; i++) {
		const struct gw_filters *f = leg_filters_in_force(l, (enum dp_filter)i);

		if (f)
			vty_out(vty, "  filter  %s of %s: %s%s", filter_key((enum dp_filter)i),
				f->of ? f->of : leg_text(name, sizeof(name), l), f->text[i],
				VTY_NEWLINE);
	}
}

/* --- of one call ------------------------------------------------------------------------------ */

static enum dp_filter filter_place_arg(const char *level, const char *direction)
{
	bool ppp = !strcmp(level, "ppp-filter"), out = !strcmp(direction, "out");

	return ppp   ? out ? DP_FILTER_PPP_OUT : DP_FILTER_PPP_IN
	       : out ? DP_FILTER_IP_OUT
		     : DP_FILTER_IP_IN;
}

/* Quotes around the whole, as in the configuration, are no part of an expression. */
static void filter_unquote(char *expr)
{
	size_t len = strlen(expr);

	if (len < 2 || expr[0] != '"' || expr[len - 1] != '"')
		return;
	memmove(expr, expr + 1, len - 2);
	expr[len - 2] = '\0';
}

/* argv: Tunnel ID, Session ID, level, direction; expr NULL = take it away. */
static int filter_of_call(struct vty *vty, const char *const *argv, const char *expr)
{
	struct leg *l = vty_call_leg(vty, argv[0], argv[1]);
	struct leg *bundle = l ? leg_bundle_with(vty_gw(vty), l) : NULL;
	char err[GW_TEXT_MAX];

	if (!l)
		return CMD_WARNING;
	if (leg_filter(bundle ? bundle : l, filter_place_arg(argv[2], argv[3]), expr, err,
		       sizeof(err)))
		return CMD_SUCCESS;
	vty_out(vty, "%% %s/%s: %s%s", argv[0], argv[1], err, VTY_NEWLINE);
	return CMD_WARNING;
}

#define FILTER_HELP                         \
	"Our Tunnel ID\n"                   \
	"Our Session ID\n"                  \
	"IP packets from and to the peer\n" \
	"PPP frames of the call\n"          \
	"What comes in by the call\n"       \
	"What goes out by it\n"

DEFUN(call_filter, call_filter_cmd,
      "call <1-65535> <1-65535> (filter|ppp-filter) (in|out) .EXPRESSION",
      "A call\n" FILTER_HELP
      "What passes, as in pcap-filter(7): addresses, since looking up a name holds everything up\n")
{
	char *expr = argv_concat(argv, argc, 4);
	int rc;

	if (!expr)
		return CMD_WARNING;
	filter_unquote(expr);
	rc = filter_of_call(vty, argv, expr);
	talloc_free(expr);
	return rc;
}

DEFUN(no_call_filter, no_call_filter_cmd,
      "no call <1-65535> <1-65535> (filter|ppp-filter) (in|out)",
      NO_STR "A call: the filter of its user, service or route again\n" FILTER_HELP)
{
	return filter_of_call(vty, argv, NULL);
}

void vty_filters_init(void)
{
	install_element_ve(&show_filters_cmd);
	install_element(ENABLE_NODE, &call_filter_cmd);
	install_element(ENABLE_NODE, &no_call_filter_cmd);
}
