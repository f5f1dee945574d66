/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show radius`: the servers and what they have answered. */
#include "gw/aaa/aaa.h"
#include "gw/operator/vty.h"

TABLE_TEXT(radius_name, aaa_server_view, row->radius->name)

/* With its port for accounting, where it is about that. */
static void radius_server(const void *object, char *buf, size_t cap)
{
	const struct aaa_server_view *row = object;
	const struct cfg_radius_server *s = row->server;

	if (!row->accounting)
		snprintf(buf, cap, "%s", s->text);
	else
		snprintf(buf, cap, strchr(s->address, ':') ? "[%s]:%u" : "%s:%u", s->address,
			 s->acct_port);
}

TABLE_TEXT(radius_use, aaa_server_view, row->server->backup ? "backup" : "yes")
TABLE_TEXT(radius_state, aaa_server_view, row->alive ? "alive" : "dead")
TABLE_NUMBER(radius_waiting, aaa_server_view, row->waiting)
TABLE_NUMBER(radius_asked, aaa_server_view, row->asked)
TABLE_NUMBER(radius_answered, aaa_server_view, row->answered)
TABLE_NUMBER(radius_resent, aaa_server_view, row->resent)
TABLE_NUMBER(radius_timeouts, aaa_server_view, row->timeouts)
TABLE_NUMBER(radius_unproved, aaa_server_view, row->unproved)
TABLE_NUMBER(radius_dropped, aaa_server_view, row->dropped)
TABLE_NUMBER(radius_probes, aaa_server_view, row->probes)
TABLE_NUMBER(radius_probes_answered, aaa_server_view, row->probes_answered)

static void radius_round_trip(const void *object, char *buf, size_t cap)
{
	const struct aaa_server_view *row = object;

	if (row->round_trip)
		snprintf(buf, cap, "%.1f", (double)row->round_trip / 1000);
}

/* us to a program */
static bool radius_round_trip_number(const void *object, uint64_t *value)
{
	*value = ((const struct aaa_server_view *)object)->round_trip;
	return *value;
}

static const struct table_column table_radius_columns[] = {
	{"Radius", "radius", TABLE_LEFT, TABLE_WORDS(radius_name)},
	{"Server", "server", TABLE_LEFT, TABLE_WORDS(radius_server)},
	{"Used", "used", TABLE_LEFT, TABLE_WORDS(radius_use)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(radius_state)},
	{"ms", "round-trip-microseconds", TABLE_RIGHT, TABLE_COUNT(radius_round_trip)},
	{"Waiting", "waiting", TABLE_RIGHT, TABLE_COUNT(radius_waiting)},
	{"Asked", "asked", TABLE_RIGHT, TABLE_COUNT(radius_asked)},
	{"Answered", "answered", TABLE_RIGHT, TABLE_COUNT(radius_answered)},
	{"Sent again", "resent", TABLE_RIGHT, TABLE_COUNT(radius_resent)},
	{"No answer", "timeouts", TABLE_RIGHT, TABLE_COUNT(radius_timeouts)},
	{"Wrong secret", "unproved", TABLE_RIGHT, TABLE_COUNT(radius_unproved)},
	{"Dropped", "dropped", TABLE_RIGHT, TABLE_COUNT(radius_dropped)},
	{"Status asked", "status-asked", TABLE_RIGHT, TABLE_COUNT(radius_probes)},
	{"Status answered", "status-answered", TABLE_RIGHT, TABLE_COUNT(radius_probes_answered)},
};

static void table_radius_rows(struct gw *gw, struct table_sink *to)
{
	struct aaa_server_view v;

	for (unsigned i = 0; aaa_server(gw->aaa, i, &v); i++)
		table_row(to, &v);
	for (unsigned i = 0; acct_server(gw->acct, i, &v); i++)
		table_row(to, &v);
}

TABLE(table_radius, "radius");

/* --- accounting -------------------------------------------------------------------------------- */

TABLE_TEXT(accounting_name, acct_view, row->radius->name)
TABLE_TEXT(accounting_where, acct_view,
	   row->spool_fails ? "memory, spool fails"
	   : row->spool	    ? "spool"
			    : "memory")
TABLE_NUMBER(accounting_sessions, acct_view, row->sessions)
TABLE_NUMBER(accounting_made, acct_view, row->made)
TABLE_NUMBER(accounting_found, acct_view, row->found)
TABLE_NUMBER(accounting_acknowledged, acct_view, row->acknowledged)
TABLE_NUMBER(accounting_given_up, acct_view, row->given_up)
TABLE_NUMBER(accounting_unreadable, acct_view, row->unreadable)
TABLE_NUMBER(accounting_waiting, acct_view, row->waiting)
TABLE_NUMBER(accounting_octets, acct_view, row->octets)
TABLE_NUMBER(accounting_oldest, acct_view, row->oldest)
TABLE_NUMBER(accounting_skipped, acct_view, row->skipped)
TABLE_TEXT(accounting_state, acct_view, row->former ? "removed" : "configured")

/* Made and found are acknowledged, given up, unreadable and waiting together. */
static const struct table_column table_accounting_columns[] = {
	{"Radius", "radius", TABLE_LEFT, TABLE_WORDS(accounting_name)},
	{"Kept in", "where", TABLE_LEFT, TABLE_WORDS(accounting_where)},
	{"Log-ins", "log-ins", TABLE_RIGHT, TABLE_COUNT(accounting_sessions)},
	{"Made", "made", TABLE_RIGHT, TABLE_COUNT(accounting_made)},
	{"Found", "found", TABLE_RIGHT, TABLE_COUNT(accounting_found)},
	{"Acknowledged", "acknowledged", TABLE_RIGHT, TABLE_COUNT(accounting_acknowledged)},
	{"Given up", "given-up", TABLE_RIGHT, TABLE_COUNT(accounting_given_up)},
	{"Unreadable", "unreadable", TABLE_RIGHT, TABLE_COUNT(accounting_unreadable)},
	{"Waiting", "waiting", TABLE_RIGHT, TABLE_COUNT(accounting_waiting)},
	{"Octets", "octets", TABLE_RIGHT, TABLE_COUNT(accounting_octets)},
	{"Oldest s", "oldest-seconds", TABLE_RIGHT, TABLE_COUNT(accounting_oldest)},
	{"Skipped octets", "skipped", TABLE_RIGHT, TABLE_COUNT(accounting_skipped)},
	{"Section", "section", TABLE_LEFT, TABLE_WORDS(accounting_state)},
};

static void table_accounting_rows(struct gw *gw, struct table_sink *to)
{
	struct acct_view v;

	for (unsigned i = 0; acct_view(gw->acct, i, &v); i++)
		table_row(to, &v);
}

TABLE(table_accounting, "accounting");

DEFUN(show_accounting, show_accounting_cmd, "show accounting",
      SHOW_STR "records of log-ins for RADIUS servers\n")
{
	return vty_table(vty, &table_accounting);
}

DEFUN(show_radius, show_radius_cmd, "show radius",
      SHOW_STR "RADIUS servers and what they have answered\n")
{
	return vty_table(vty, &table_radius);
}

void vty_radius_init(void)
{
	install_element_ve(&show_radius_cmd);
	install_element_ve(&show_accounting_cmd);
}
