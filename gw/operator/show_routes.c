/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show routes`, and `show route`: which way a call would go. */
#include "gw/operator/vty.h"
#include "gw/route_way.h"
#include "gw/text.h"
#include <string.h>

struct routed_row {
	struct gw *gw;
	const struct cfg_route *route;
	const struct cfg_peer *peer;
	unsigned i; /* of the peer in the route */
};

TABLE_TEXT(route_name, routed_row, row->route->name)
TABLE_NUMBER(route_calls, routed_row, route_way_calls(row->gw, row->route))
TABLE_TEXT(route_peer, routed_row, row->peer->name)
TABLE_NUMBER(route_priority, routed_row, route_way_number(&row->route->priority, row->i))
TABLE_NUMBER(route_weight, routed_row, route_way_number(&row->route->weight, row->i))

static void route_denied(const void *object, char *buf, size_t cap)
{
	const struct routed_row *row = object;
	uint64_t now = loop_now(row->gw->loop);
	const char *words;
	uint64_t until = route_way_denied_until(row->gw, row->peer, now, &words);
	char more[GW_TEXT_MAX];

	if (until)
		snprintf(buf, cap, "%s more: %s", gw_duration_text(more, sizeof(more), until - now),
			 words);
}

static const struct table_column table_routes_columns[] = {
	{"Route", "route", TABLE_LEFT, TABLE_WORDS(route_name)},
	{"Calls", "calls", TABLE_RIGHT, TABLE_COUNT(route_calls)},
	{"Peer", "peer", TABLE_LEFT, TABLE_WORDS(route_peer)},
	{"Priority", "priority", TABLE_RIGHT, TABLE_COUNT(route_priority)},
	{"Weight", "weight", TABLE_RIGHT, TABLE_COUNT(route_weight)},
	{"Passed over for", "passed-over", TABLE_LEFT, TABLE_WORDS(route_denied)},
};

static void table_routes_rows(struct gw *gw, struct table_sink *to)
{
	for (unsigned i = 0; i < gw->cfg->routes; i++) {
		struct routed_row row = {.gw = gw, .route = &gw->cfg->route[i]};

		for (row.i = 0; row.i < row.route->to.n; row.i++) {
			row.peer = row.route->to.at[row.i];
			table_row(to, &row);
		}
	}
}

TABLE(table_routes, "routes");

DEFUN(show_routes, show_routes_cmd, "show routes", SHOW_STR "Routes, their calls and their peers\n")
{
	return vty_table(vty, &table_routes);
}

/* --- a dry run --------------------------------------------------------------------------------- */

static const char *route_set_port(const struct cfg_model *m, struct route_what *what,
				  const char *name)
{
	what->port = cfg_named(m, "port", name);
	return what->port ? NULL : "no port of this name";
}

static const char *route_set_peer(const struct cfg_model *m, struct route_what *what,
				  const char *name)
{
	what->peer = cfg_named(m, "peer", name);
	return what->peer ? NULL : "no peer of this name";
}

#define ROUTE_SETTER(member)                                                                      \
	static const char *route_set_##member(const struct cfg_model *m, struct route_what *what, \
					      const char *text)                                   \
	{                                                                                         \
		(void)m;                                                                          \
		what->member = text;                                                              \
		return NULL;                                                                      \
	}
ROUTE_SETTER(circuit)
ROUTE_SETTER(called)
ROUTE_SETTER(calling)
ROUTE_SETTER(user)

static const struct {
	const char *word;
	const char *(*set)(const struct cfg_model *m, struct route_what *what, const char *value);
} route_words[] = {
	{"port", route_set_port},	{"peer", route_set_peer},
	{"circuit", route_set_circuit}, {"called", route_set_called},
	{"calling", route_set_calling}, {"service-name", route_set_called},
	{"user", route_set_user},
};

/* One word and its value; NULL, or what is wrong. */
static const char *route_set(const struct cfg_model *m, struct route_what *what, const char *word,
			     const char *value)
{
	for (size_t i = 0; i < sizeof(route_words) / sizeof(route_words[0]); i++)
		if (!strcmp(route_words[i].word, word))
			return value ? route_words[i].set(m, what, value) : "its value is missing";
	return "not port, peer, circuit, called, calling, service-name or user";
}

DEFUN(show_route, show_route_cmd, "show route .WHAT",
      SHOW_STR "Which way a call would go, and why; none is placed\n"
	       "What is known of it: port NAME, circuit ADDRESS, peer NAME, called NUMBER, calling "
	       "NUMBER, service-name NAME, user NAME\n")
{
	struct gw *gw = vty_gw(vty);
	struct route_what what = {0};
	struct route_way way;

	for (int i = 0; i < argc; i += 2) {
		const char *words =
			route_set(gw->cfg, &what, argv[i], i + 1 < argc ? argv[i + 1] : NULL);

		if (words) {
			vty_out(vty, "%% %s: %s%s", argv[i], words, VTY_NEWLINE);
			return CMD_WARNING;
		}
	}
	route_way_show(gw, &way, &what, loop_now(gw->loop));
	vty_out(vty, "%s%s", way.why, VTY_NEWLINE);
	return CMD_SUCCESS;
}

void vty_routes_init(void)
{
	install_element_ve(&show_routes_cmd);
	install_element_ve(&show_route_cmd);
}
