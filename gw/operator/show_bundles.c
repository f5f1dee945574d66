/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show bundles`: links of multilink PPP, and the clients that have them. */
#include "gw/legs/legs.h"
#include "gw/operator/vty.h"
#include "gw/text.h"

#include <stdio.h>
#include <string.h>

struct bundle_row {
	struct gw *gw;
	const struct join *join;
	struct leg_bundle_view b;
	bool has_term;
	struct leg_terminal_view term;
};

TABLE_NUMBER(bundle_number, bundle_row, row->b.number)
TABLE_NUMBER(bundle_links, bundle_row, row->b.links)
TABLE_TEXT(bundle_state, bundle_row, leg_state_name(row->join->leg[0]->state))
TABLE_TEXT(bundle_user, bundle_row, row->has_term ? row->term.user : "")
TABLE_NUMBER(bundle_in, bundle_row, row->b.stats.rx_frames)
TABLE_NUMBER(bundle_out, bundle_row, row->b.stats.tx_frames)
TABLE_NUMBER(bundle_lost, bundle_row, row->b.stats.seq_lost)
TABLE_NUMBER(bundle_late, bundle_row, row->b.stats.seq_late)
TABLE_NUMBER(bundle_dropped, bundle_row, row->b.stats.drops)

static void bundle_ip4(const void *object, char *buf, size_t cap)
{
	const struct bundle_row *row = object;

	if (row->has_term)
		gw_ip4_text(buf, cap, row->term.net->peer4);
}

TABLE_TIME(bundle_age, bundle_row, true, loop_now(row->gw->loop) - row->join->since)

/* "call 1/2, line 3 (fr0 100)" */
static void bundle_by(const void *object, char *buf, size_t cap)
{
	const struct bundle_row *row = object;
	char name[GW_TEXT_MAX];
	size_t n = 0;

	for (unsigned i = 0; i < MP_LINKS && n < cap; i++)
		if (row->b.link[i])
			n += (size_t)snprintf(buf + n, cap - n, "%s%s", n ? ", " : "",
					      leg_text(name, sizeof(name), row->b.link[i]));
}

static const struct table_column table_bundles_columns[] = {
	{"Bundle", "bundle", TABLE_RIGHT, TABLE_COUNT(bundle_number)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(bundle_state)},
	{"User", "user", TABLE_LEFT, TABLE_WORDS(bundle_user)},
	{"IPv4", "ipv4", TABLE_LEFT, TABLE_WORDS(bundle_ip4)},
	{"Age", "age-seconds", TABLE_LEFT, TABLE_COUNT(bundle_age)},
	{"In", "frames-in", TABLE_RIGHT, TABLE_COUNT(bundle_in)},
	{"Out", "frames-out", TABLE_RIGHT, TABLE_COUNT(bundle_out)},
	{"Lost", "lost", TABLE_RIGHT, TABLE_COUNT(bundle_lost)},
	{"Late", "late", TABLE_RIGHT, TABLE_COUNT(bundle_late)},
	{"Dropped", "dropped", TABLE_RIGHT, TABLE_COUNT(bundle_dropped)},
	{"Links", "links", TABLE_RIGHT, TABLE_COUNT(bundle_links)},
	{"By", "by", TABLE_LEFT, TABLE_WORDS(bundle_by)},
};

static void table_bundles_rows(struct gw *gw, struct table_sink *to)
{
	struct bundle_row row = {.gw = gw};
	struct join *j;

	llist_for_each_entry(j, &gw->joins->head, entry)
	{
		if (!leg_bundle_view(j->leg[0], &row.b))
			continue;
		row.join = j;
		row.has_term = leg_terminal_view(j->leg[1], &row.term);
		table_row(to, &row);
	}
}

TABLE(table_bundles, "bundles");

DEFUN(show_bundles, show_bundles_cmd, "show bundles",
      SHOW_STR "Multilink PPP: clients with several links\n")
{
	return vty_table(vty, &table_bundles);
}

void vty_bundles_init(void)
{
	install_element_ve(&show_bundles_cmd);
}
