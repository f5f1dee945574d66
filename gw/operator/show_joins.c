/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show lines`, `show joins` and `show users`. */
#include "gw/legs/legs.h"
#include "gw/line.h"
#include "gw/operator/vty.h"
#include "gw/operator/vty_listen.h"
#include "gw/port.h"
#include "gw/text.h"
#include <stdio.h>
#include <string.h>

struct joined_row {
	struct gw *gw;
	const struct join *join; /* NULL = a line without one */
	const struct leg *leg;	 /* the row is about this one, */
	const struct leg *other; /* which is joined to that one */
	bool has_term;
	struct leg_terminal_view term; /* of other */
	struct line_view line;
};

static void join_row_set(struct joined_row *row, const struct leg *leg)
{
	row->leg = leg;
	row->join = leg ? leg->join : NULL;
	row->other = leg ? join_other(leg) : NULL;
	row->has_term = row->other && leg_terminal_view(row->other, &row->term);
}

TABLE_NUMBER(line_number, joined_row, row->line.number)
TABLE_TEXT(line_kind, joined_row, row->line.switched ? "switched" : "permanent")
TABLE_TEXT(line_state, joined_row, row->leg ? leg_state_name(row->leg->state) : "waiting")
TABLE_TEXT(join_user, joined_row, row->has_term ? row->term.user : "")

static void line_circuit(const void *object, char *buf, size_t cap)
{
	const struct joined_row *row = object;

	port_channel_text(buf, cap, row->gw, row->line.channel);
}

/* Digits of the medium, or text that the far end has chosen. */
static void line_calling(const void *object, char *buf, size_t cap)
{
	const char *calling =
		origin_text(((const struct joined_row *)object)->line.origin->calling);

	gw_printable(buf, cap, (const uint8_t *)calling, strlen(calling));
}

/* With the sub-address behind a slash. */
static void line_called(const void *object, char *buf, size_t cap)
{
	const struct leg_origin *o = ((const struct joined_row *)object)->line.origin;
	char text[2 * LEG_NUMBER_MAX + 2];

	snprintf(text, sizeof(text), "%s%s%s", origin_text(o->called), o->sub_address ? "/" : "",
		 origin_text(o->sub_address));
	gw_printable(buf, cap, (const uint8_t *)text, strlen(text));
}

static void join_other_text(const void *object, char *buf, size_t cap)
{
	const struct joined_row *row = object;

	if (row->other)
		leg_text(buf, cap, row->other);
}

static void join_ip4(const void *object, char *buf, size_t cap)
{
	const struct joined_row *row = object;

	if (row->has_term)
		gw_ip4_text(buf, cap, leg_terminal_client4(&row->term));
}

TABLE_TIME(join_age, joined_row, row->join, loop_now(row->gw->loop) - row->join->since)

static const struct table_column table_lines_columns[] = {
	{"Line", "line", TABLE_RIGHT, TABLE_COUNT(line_number)},
	{"Circuit", "circuit", TABLE_LEFT, TABLE_WORDS(line_circuit)},
	{"Kind", "kind", TABLE_LEFT, TABLE_WORDS(line_kind)},
	{"Calling", "calling", TABLE_LEFT, TABLE_WORDS(line_calling)},
	{"Called", "called", TABLE_LEFT, TABLE_WORDS(line_called)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(line_state)},
	{"Joined to", "joined-to", TABLE_LEFT, TABLE_WORDS(join_other_text)},
	{"User", "user", TABLE_LEFT, TABLE_WORDS(join_user)},
	{"IPv4", "ipv4", TABLE_LEFT, TABLE_WORDS(join_ip4)},
	{"Age", "age-seconds", TABLE_LEFT, TABLE_COUNT(join_age)},
};

struct line_rows {
	struct gw *gw;
	struct table_sink *to;
};

static void line_to_table(void *ctx, const struct line_view *line)
{
	const struct line_rows *r = ctx;
	struct joined_row row = {.gw = r->gw, .line = *line};

	join_row_set(&row, line->leg);
	table_row(r->to, &row);
}

static void table_lines_rows(struct gw *gw, struct table_sink *to)
{
	struct line_rows r = {gw, to};

	lines_each(gw, line_to_table, &r);
}

TABLE(table_lines, "lines");

DEFUN(show_lines, show_lines_cmd, "show lines",
      SHOW_STR "Circuits that carry PPP, and what they are joined to\n")
{
	return vty_table(vty, &table_lines);
}

TABLE_TEXT(join_state, joined_row, leg_state_name(row->leg->state))
TABLE_TEXT(join_other_state, joined_row, leg_state_name(row->other->state))

static void join_leg_text(const void *object, char *buf, size_t cap)
{
	leg_text(buf, cap, ((const struct joined_row *)object)->leg);
}

static const struct table_column table_joins_columns[] = {
	{"Leg", "leg", TABLE_LEFT, TABLE_WORDS(join_leg_text)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(join_state)},
	{"Other leg", "other-leg", TABLE_LEFT, TABLE_WORDS(join_other_text)},
	{"State", "other-state", TABLE_LEFT, TABLE_WORDS(join_other_state)},
	{"User", "user", TABLE_LEFT, TABLE_WORDS(join_user)},
	{"IPv4", "ipv4", TABLE_LEFT, TABLE_WORDS(join_ip4)},
	{"Age", "age-seconds", TABLE_LEFT, TABLE_COUNT(join_age)},
};

static void table_joins_rows(struct gw *gw, struct table_sink *to)
{
	struct joined_row row = {.gw = gw};
	struct join *j;

	llist_for_each_entry(j, &gw->joins->head, entry)
	{
		join_row_set(&row, j->leg[0]);
		table_row(to, &row);
	}
}

TABLE(table_joins, "joins");

DEFUN(show_joins, show_joins_cmd, "show joins",
      SHOW_STR "Pairs of legs: calls, lines, and our own PPP\n")
{
	return vty_table(vty, &table_joins);
}

static void join_detail(struct vty *vty, const struct joined_row *row)
{
	char leg[GW_TEXT_MAX], other[GW_TEXT_MAX], age[GW_TEXT_MAX] = "";

	join_age(row, age, sizeof(age));
	vty_out(vty, "%s %s - %s %s, for %s%s", leg_text(leg, sizeof(leg), row->leg),
		leg_state_name(row->leg->state), leg_text(other, sizeof(other), row->other),
		leg_state_name(row->other->state), age, VTY_NEWLINE);
	if (row->join->reason)
		vty_out(vty, "  way     %s%s", row->join->reason, VTY_NEWLINE);
	vty_grant_lines(vty, row->other, loop_now(row->gw->loop));
	vty_filter_lines(vty, row->leg);
	vty_filter_lines(vty, row->other);
	vty_rate_lines(vty, row->leg);
	vty_rate_lines(vty, row->other);
}

DEFUN(show_joins_detail, show_joins_detail_cmd, "show joins detail",
      SHOW_STR "Pairs of legs: calls, lines, and our own PPP\n"
	       "Each with its filters, the route that was taken and why no other was\n")
{
	struct joined_row row = {.gw = vty_gw(vty)};
	struct join *j;

	llist_for_each_entry(j, &row.gw->joins->head, entry)
	{
		join_row_set(&row, j->leg[0]);
		if (vty_memory_left())
			join_detail(vty, &row);
	}
	return CMD_SUCCESS;
}

static const struct table_column table_users_columns[] = {
	{"User", "user", TABLE_LEFT, TABLE_WORDS(join_user)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(join_other_state)},
	{"IPv4", "ipv4", TABLE_LEFT, TABLE_WORDS(join_ip4)},
	{"By", "by", TABLE_LEFT, TABLE_WORDS(join_leg_text)},
	{"Age", "age-seconds", TABLE_LEFT, TABLE_COUNT(join_age)},
};

/* Those who have said who they are; not the user that a client of ours is. */
static void table_users_rows(struct gw *gw, struct table_sink *to)
{
	struct joined_row row = {.gw = gw};
	struct join *j;

	llist_for_each_entry(j, &gw->joins->head, entry)
	{
		join_row_set(&row, j->leg[0]);
		if (row.has_term && *row.term.user && !row.term.net->client)
			table_row(to, &row);
	}
}

TABLE(table_users, "users");

DEFUN(show_users, show_users_cmd, "show users",
      SHOW_STR "Users who log in here, and the calls and lines they come by\n")
{
	return vty_table(vty, &table_users);
}

void vty_joins_init(void)
{
	install_element_ve(&show_users_cmd);
	install_element_ve(&show_joins_detail_cmd);
	install_element_ve(&show_lines_cmd);
	install_element_ve(&show_joins_cmd);
}
