/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `drain`, and `show drain`: what takes no new call, and how many are left there. */
#include "gw/drain.h"
#include "gw/legs/legs.h"
#include "gw/operator/vty.h"
#include "gw/text.h"

#include <stdlib.h>

struct drain_line {
	const struct gw *gw;
	struct drain_view of;
};

TABLE_TEXT(drain_what, drain_line, drain_kind_names[row->of.kind])
TABLE_TEXT(drain_name, drain_line, row->of.name)
TABLE_NUMBER(drain_calls, drain_line, row->of.calls)

/* Since when; of a shutdown, how long until then. */
static void drain_age(const void *object, char *buf, size_t cap)
{
	const struct drain_line *row = object;
	uint64_t now = loop_now(row->gw->loop), at = row->of.since;
	char text[GW_TEXT_MAX];

	gw_duration_text(text, sizeof(text), at > now ? at - now : now - at);
	snprintf(buf, cap, "%s%s", at > now ? "in " : "", text);
}

static const struct table_column table_drain_columns[] = {
	{"Drains", "drains", TABLE_LEFT, TABLE_WORDS(drain_what)},
	{"Name", "name", TABLE_LEFT, TABLE_WORDS(drain_name)},
	{"For", "for", TABLE_LEFT, TABLE_WORDS(drain_age)},
	{"Calls left", "calls-left", TABLE_RIGHT, TABLE_COUNT(drain_calls)},
};

struct drain_rows {
	struct gw *gw;
	struct table_sink *to;
};

static void drain_to_table(void *ctx, const struct drain_view *v)
{
	const struct drain_rows *r = ctx;

	table_row(r->to, &(struct drain_line){.gw = r->gw, .of = *v});
}

static void table_drain_rows(struct gw *gw, struct table_sink *to)
{
	struct drain_rows r = {gw, to};

	drain_each(gw, drain_to_table, &r);
}

TABLE(table_drain, "drain");

DEFUN(show_drain, show_drain_cmd, "show drain",
      SHOW_STR "What takes no new call, since when, and how many are left there\n")
{
	return vty_table(vty, &table_drain);
}

static int drain_said(struct vty *vty, const char *name, const char *words)
{
	if (!words)
		return CMD_SUCCESS;
	vty_out(vty, "%% %s: %s%s", *name ? name : "the gateway", words, VTY_NEWLINE);
	return CMD_WARNING;
}

#define DRAIN_STR    "Take no new calls; those that are there go on\n"
#define NO_DRAIN_STR NO_STR "Take new calls again\n"

#define DRAIN_COMMANDS(sym, words, strings, kind, name)                                      \
	DEFUN(drain_##sym, drain_##sym##_cmd, "drain " words, DRAIN_STR strings)             \
	{                                                                                    \
		return drain_said(vty, name, drain_begin(vty_gw(vty), kind, name));          \
	}                                                                                    \
	DEFUN(no_drain_##sym, no_drain_##sym##_cmd, "no drain " words, NO_DRAIN_STR strings) \
	{                                                                                    \
		return drain_said(vty, name, drain_end(vty_gw(vty), kind, name));            \
	}

DRAIN_COMMANDS(gateway, "gateway", "All of it\n", DRAIN_GATEWAY, "")
DRAIN_COMMANDS(port, "port NAME", "Tunnels and circuits of a port\nName of its section\n",
	       DRAIN_PORT, argv[0])
DRAIN_COMMANDS(peer, "peer NAME", "Tunnels of a peer, and calls to it\nName of its section\n",
	       DRAIN_PEER, argv[0])
DRAIN_COMMANDS(tunnel, "tunnel <1-65535>", "A tunnel\nOur Tunnel ID\n", DRAIN_TUNNEL, argv[0])

#define SHUTDOWN_STR "End the gateway in good order\n"

DEFUN(shutdown_after, shutdown_after_cmd, "shutdown after <0-10080>",
      SHUTDOWN_STR "Take no new calls, and end when none is left, or then\nMinutes\n")
{
	drain_shutdown(vty_gw(vty), (uint64_t)atoi(argv[0]) * 60000000u);
	return CMD_SUCCESS;
}

DEFUN(no_shutdown, no_shutdown_cmd, "no shutdown", NO_STR SHUTDOWN_STR)
{
	const char *words = drain_end(vty_gw(vty), DRAIN_SHUTDOWN, "");

	return drain_said(vty, "shutdown", words ? "none has been asked for" : NULL);
}

void vty_drain_init(void)
{
	static struct cmd_element *const commands[] = {
		&drain_gateway_cmd, &no_drain_gateway_cmd, &drain_port_cmd,   &no_drain_port_cmd,
		&drain_peer_cmd,    &no_drain_peer_cmd,	   &drain_tunnel_cmd, &no_drain_tunnel_cmd,
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		install_element(ENABLE_NODE, commands[i]);
	install_element(ENABLE_NODE, &shutdown_after_cmd);
	install_element(ENABLE_NODE, &no_shutdown_cmd);
	install_element_ve(&show_drain_cmd);
}
