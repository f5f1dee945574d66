/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show radius`: the servers and what they have answered. */
#include "gw/aaa/aaa.h"
#include "gw/operator/vty.h"

TABLE_TEXT(radius_name, aaa_server_view, row->radius->name)
TABLE_TEXT(radius_server, aaa_server_view, row->server->text)
TABLE_TEXT(radius_use, aaa_server_view, row->server->backup ? "backup" : "yes")
TABLE_TEXT(radius_state, aaa_server_view, row->alive ? "alive" : "dead")
TABLE_NUMBER(radius_waiting, aaa_server_view, row->waiting)
TABLE_NUMBER(radius_asked, aaa_server_view, row->asked)
TABLE_NUMBER(radius_answered, aaa_server_view, row->answered)
TABLE_NUMBER(radius_resent, aaa_server_view, row->resent)
TABLE_NUMBER(radius_timeouts, aaa_server_view, row->timeouts)
TABLE_NUMBER(radius_unproved, aaa_server_view, row->unproved)
TABLE_NUMBER(radius_dropped, aaa_server_view, row->dropped)

static void radius_round_trip(const void *object, char *buf, size_t cap)
{
	const struct aaa_server_view *row = object;

	if (row->round_trip)
		snprintf(buf, cap, "%.1f", (double)row->round_trip / 1000);
}

static const struct table_column table_radius_columns[] = {
	{"Radius", "radius", TABLE_LEFT, radius_name},
	{"Server", "server", TABLE_LEFT, radius_server},
	{"Used", "used", TABLE_LEFT, radius_use},
	{"State", "state", TABLE_LEFT, radius_state},
	{"ms", "round-trip", TABLE_RIGHT, radius_round_trip},
	{"Waiting", "waiting", TABLE_RIGHT, radius_waiting},
	{"Asked", "asked", TABLE_RIGHT, radius_asked},
	{"Answered", "answered", TABLE_RIGHT, radius_answered},
	{"Sent again", "resent", TABLE_RIGHT, radius_resent},
	{"No answer", "timeouts", TABLE_RIGHT, radius_timeouts},
	{"Wrong secret", "unproved", TABLE_RIGHT, radius_unproved},
	{"Dropped", "dropped", TABLE_RIGHT, radius_dropped},
};

static void table_radius_rows(struct gw *gw, struct table_text *to)
{
	struct aaa_server_view v;

	for (unsigned i = 0; aaa_server(gw->aaa, i, &v); i++)
		table_row(to, &v);
}

TABLE(table_radius, "radius");

DEFUN(show_radius, show_radius_cmd, "show radius",
      SHOW_STR "RADIUS servers and what they have answered\n")
{
	return vty_table(vty, &table_radius);
}

void vty_radius_init(void)
{
	install_element_ve(&show_radius_cmd);
}
