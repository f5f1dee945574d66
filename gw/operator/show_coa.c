/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show radius changes`: who has asked for changes of log-ins, and what has become of it. */
#include "gw/aaa/aaa.h"
#include "gw/operator/vty.h"

TABLE_TEXT(coa_radius, coa_view, row->radius ? row->radius->name : "-")
TABLE_TEXT(coa_client, coa_view, row->client)
TABLE_NUMBER(coa_received, coa_view, row->n->received)
TABLE_NUMBER(coa_disconnects, coa_view, row->n->disconnects)
TABLE_NUMBER(coa_changes, coa_view, row->n->changes)
TABLE_NUMBER(coa_repeated, coa_view, row->n->repeated)

static uint64_t coa_sum(const uint64_t *n, unsigned of)
{
	uint64_t sum = 0;

	while (of)
		sum += n[--of];
	return sum;
}

TABLE_NUMBER(coa_refused, coa_view, coa_sum(row->n->refused, RADIUS_REFUSALS))
TABLE_NUMBER(coa_dropped, coa_view, coa_sum(row->n->drop, COA_DROP_COUNT))

/* Requests are ACKs, NAKs, repeated and dropped together. */
static const struct table_column table_radius_changes_columns[] = {
	{"Radius", "radius", TABLE_LEFT, TABLE_WORDS(coa_radius)},
	{"Client", "client", TABLE_LEFT, TABLE_WORDS(coa_client)},
	{"Requests", "requests", TABLE_RIGHT, TABLE_COUNT(coa_received)},
	{"Disconnect-ACK", "disconnect-ack", TABLE_RIGHT, TABLE_COUNT(coa_disconnects)},
	{"CoA-ACK", "coa-ack", TABLE_RIGHT, TABLE_COUNT(coa_changes)},
	{"NAK", "nak", TABLE_RIGHT, TABLE_COUNT(coa_refused)},
	{"Repeated", "repeated", TABLE_RIGHT, TABLE_COUNT(coa_repeated)},
	{"Dropped", "dropped", TABLE_RIGHT, TABLE_COUNT(coa_dropped)},
};

static void table_radius_changes_rows(struct gw *gw, struct table_sink *to)
{
	struct coa_view v;

	for (unsigned i = 0; coa_listen_view(gw->coa, i, &v); i++)
		table_row(to, &v);
}

TABLE(table_radius_changes, "radius-changes");

/* --- why ---------------------------------------------------------------------------------------- */

/* A reason that there has been. */
struct coa_reason {
	struct coa_view of;
	uint16_t cause; /* Error-Cause; 0 = it was dropped */
	const char *words;
	uint64_t n;
};

TABLE_TEXT(coa_why_radius, coa_reason, row->of.radius ? row->of.radius->name : "-")
TABLE_TEXT(coa_why_client, coa_reason, row->of.client)
TABLE_TEXT(coa_why_answer, coa_reason, row->cause ? "NAK" : "none")
TABLE_TEXT(coa_why_words, coa_reason, row->words)
TABLE_NUMBER(coa_why_n, coa_reason, row->n)

TABLE_NUMBER_IF(coa_why_cause, coa_reason, row->cause, row->cause)

static const struct table_column table_radius_refusals_columns[] = {
	{"Radius", "radius", TABLE_LEFT, TABLE_WORDS(coa_why_radius)},
	{"Client", "client", TABLE_LEFT, TABLE_WORDS(coa_why_client)},
	{"Requests", "requests", TABLE_RIGHT, TABLE_COUNT(coa_why_n)},
	{"Answer", "answer", TABLE_LEFT, TABLE_WORDS(coa_why_answer)},
	{"Error-Cause", "error-cause", TABLE_RIGHT, TABLE_COUNT(coa_why_cause)},
	{"Reason", "reason", TABLE_LEFT, TABLE_WORDS(coa_why_words)},
};

static void table_radius_refusals_of(const struct coa_view *v, struct table_sink *to)
{
	for (unsigned i = 0; i < RADIUS_REFUSALS; i++) {
		const struct coa_reason r = {*v, radius_refusals[i].number,
					     radius_refusals[i].words, v->n->refused[i]};

		if (r.n)
			table_row(to, &r);
	}
	for (unsigned i = 0; i < COA_DROP_COUNT; i++) {
		const struct coa_reason r = {*v, 0, coa_drops[i].words, v->n->drop[i]};

		if (r.n)
			table_row(to, &r);
	}
}

static void table_radius_refusals_rows(struct gw *gw, struct table_sink *to)
{
	struct coa_view v;

	for (unsigned i = 0; coa_listen_view(gw->coa, i, &v); i++)
		table_radius_refusals_of(&v, to);
}

TABLE(table_radius_refusals, "radius-refusals");

DEFUN(show_radius_changes, show_radius_changes_cmd, "show radius changes",
      SHOW_STR "RADIUS servers and what they have answered\n"
	       "Requests of theirs for changes of log-ins (RFC 5176)\n")
{
	return vty_table(vty, &table_radius_changes);
}

DEFUN(show_radius_refusals, show_radius_refusals_cmd, "show radius refusals",
      SHOW_STR "RADIUS servers and what they have answered\n"
	       "Why requests for changes of log-ins were refused or dropped\n")
{
	return vty_table(vty, &table_radius_refusals);
}

void vty_coa_init(void)
{
	install_element_ve(&show_radius_changes_cmd);
	install_element_ve(&show_radius_refusals_cmd);
}
