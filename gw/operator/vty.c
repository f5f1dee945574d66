/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Start and stop of the VTY, and the commands that change something.  A command that ends a tunnel
 * or call returns at once, before the far end has answered.
 */
#include "gw/operator/vty.h"

#include "gw/client.h"
#include "gw/legs/legs.h"
#include "gw/operator/capture.h"
#include "gw/operator/clear.h"
#include "gw/operator/vty_listen.h"
#include "gw/outgoing.h"
#include <arpa/inet.h>
#include <osmocom/vty/telnet_interface.h>
#include <stdlib.h>

#include "config.h"

struct gw *vty_gw(const struct vty *vty)
{
	const struct telnet_connection *c = vty->priv;

	return c->priv;
}

const struct table *const operator_more_tables[] = {&table_summary, &table_radius_changes,
						    &table_radius_refusals, NULL};

const struct table *const operator_tables[] = {
	&table_ports,
	&table_captures,
	&table_plugins,
	&table_peers,
	&table_tunnels,
	&table_clients,
	&table_calls,
	&table_counters,
	&table_services,
	&table_pools,
	&table_log,
	&table_failures,
	&table_bundles,
	&table_lines,
	&table_joins,
	&table_routes,
	&table_filters,
	&table_outgoing,
	&table_processes,
	&table_radius,
	&table_upgrade,
	&table_reload,
	&table_drain,
	&table_accounting,
	&table_datapath,
	&table_users,
	&table_trials,
	&table_impair,
	NULL,
};

struct vty_lines {
	struct vty *vty;
	bool cut;
};

static void vty_line(void *ctx, const char *line)
{
	struct vty_lines *to = ctx;
	struct vty *vty = to->vty;

	to->cut = to->cut || !vty_memory_left();
	if (!to->cut)
		vty_out(vty, "%s%s", line, VTY_NEWLINE);
}

int vty_table(struct vty *vty, const struct table *t)
{
	struct vty_lines to = {.vty = vty};

	table_print(t, vty_gw(vty), vty_line, &to);
	if (to.cut)
		vty_out(vty, "%% Out of memory: the rest is left out%s", VTY_NEWLINE);
	return CMD_SUCCESS;
}

static struct l2tp_tunnel *vty_tunnel_arg(struct vty *vty, const char *id)
{
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(vty_gw(vty)->engine, (uint16_t)atoi(id));

	if (!t)
		vty_out(vty, "%% No tunnel %s%s", id, VTY_NEWLINE);
	return t;
}

struct leg *vty_call_leg(struct vty *vty, const char *tid, const char *sid)
{
	struct l2tp_tunnel *t = vty_tunnel_arg(vty, tid);
	struct l2tp_call *c = t ? l2tp_call_by_id(t, (uint16_t)atoi(sid)) : NULL;
	struct leg *l = c ? leg_of_call(c) : NULL;

	if (t && !l)
		vty_out(vty, "%% No call %s in tunnel %s%s", sid, tid, VTY_NEWLINE);
	return l;
}

#define CLEARS_STR "End tunnels, calls or log-ins\n"

DEFUN(clear_tunnel_id, clear_tunnel_cmd, "clear tunnel <1-65535>",
      CLEARS_STR "An L2TP tunnel with all its calls\n"
		 "Our Tunnel ID\n")
{
	if (clear_tunnel(vty_gw(vty), (unsigned)atoi(argv[0])))
		return CMD_SUCCESS;
	vty_out(vty, "%% No tunnel %s%s", argv[0], VTY_NEWLINE);
	return CMD_WARNING;
}

DEFUN(clear_call_id, clear_call_cmd, "clear call <1-65535> <1-65535>",
      CLEARS_STR "A call: PPP is terminated, then the call is hung up\n"
		 "Our Tunnel ID\n"
		 "Our Session ID\n")
{
	struct leg *l = vty_call_leg(vty, argv[0], argv[1]);

	return l && clear_call(vty_gw(vty), (unsigned)atoi(argv[0]), (unsigned)atoi(argv[1]))
		       ? CMD_SUCCESS
		       : CMD_WARNING;
}

/* How many log-ins, or that there is none. */
static int vty_cleared(struct vty *vty, const char *what, unsigned n)
{
	if (n)
		vty_out(vty, "%u log-in%s%s", n, n == 1 ? "" : "s", VTY_NEWLINE);
	else
		vty_out(vty, "%% No log-in of %s%s", what, VTY_NEWLINE);
	return n ? CMD_SUCCESS : CMD_WARNING;
}

DEFUN(clear_user_name, clear_user_cmd, "clear user NAME",
      CLEARS_STR "All log-ins of a user\n"
		 "The name as the client has said it\n")
{
	return vty_cleared(vty, argv[0], clear_user(vty_gw(vty), argv[0]));
}

DEFUN(clear_address_of, clear_address_cmd, "clear address A.B.C.D",
      CLEARS_STR "The log-in that has an address\n"
		 "The client's IPv4 address\n")
{
	struct in_addr in;

	return vty_cleared(vty, argv[0],
			   inet_pton(AF_INET, argv[0], &in) == 1
				   ? clear_address(vty_gw(vty), ntohl(in.s_addr))
				   : 0);
}

DEFUN(call_sequencing, call_sequencing_cmd, "call <1-65535> <1-65535> sequencing (on|off)",
      "A call\n"
      "Our Tunnel ID\n"
      "Our Session ID\n"
      "Sequence numbers on its data messages, where we are the LNS\n"
      "Send them; the LAC follows\n"
      "Send none; the LAC follows\n")
{
	struct leg *l = vty_call_leg(vty, argv[0], argv[1]);
	const char *words;

	if (!l)
		return CMD_WARNING;
	words = leg_call_sequence(l, !strcmp(argv[2], "on"));
	if (!words)
		return CMD_SUCCESS;
	vty_out(vty, "%% %s/%s: %s%s", argv[0], argv[1], words, VTY_NEWLINE);
	return CMD_WARNING;
}

static int vty_said(struct vty *vty, const char *what, const char *words)
{
	if (!words)
		return CMD_SUCCESS;
	vty_out(vty, "%% %s: %s%s", what, words, VTY_NEWLINE);
	return CMD_WARNING;
}

DEFUN(client_dial, client_dial_cmd, "client NAME dial",
      "A link that we dial\n"
      "Name of its section\n"
      "Dial now instead of waiting\n")
{
	struct gw *gw = vty_gw(vty);

	return vty_said(vty, argv[0], client_dial_now(gw, argv[0], loop_now(gw->loop)));
}

DEFUN(call_number, call_number_cmd, "call PEER called NUMBER service NAME",
      "Have a LAC place a call\n"
      "Name of its peer section\n"
      "The number it calls\n"
      "Digits, as its network has them\n"
      "What the far end's PPP meets here\n"
      "Name of a service section\n")
{
	struct gw *gw = vty_gw(vty);

	return vty_said(vty, argv[0],
			outgoing_call(gw, argv[0], argv[1], argv[2], loop_now(gw->loop)));
}

DEFUN(outgoing_dial, outgoing_dial_cmd, "outgoing NAME call",
      "A client that a LAC calls for us\n"
      "Name of its section\n"
      "Have it called now\n")
{
	struct gw *gw = vty_gw(vty);

	return vty_said(vty, argv[0], outgoing_call_now(gw, argv[0], loop_now(gw->loop)));
}

DEFUN(capture, capture_cmd, "capture .WHAT",
      "Capture the frames of a call, tunnel, user, circuit or port to a pcapng file\n"
      "call TUNNEL SESSION | tunnel ID | user NAME | circuit PORT ADDRESS | port NAME, then "
      "[filter EXPRESSION] [ring SIZExFILES] [with secrets] to FILE, a new one in the folder of "
      "captures\n")
{
	struct capture_wish wish;
	char text[CAPTURE_TEXT];
	const char *words = capture_parse(&wish, text, argv, (unsigned)argc);

	if (words) {
		vty_out(vty, "%% capture %s%s", words, VTY_NEWLINE);
		return CMD_WARNING;
	}
	if (capture_open(vty_gw(vty), &wish, &words))
		return CMD_SUCCESS;
	vty_out(vty, "%% %s: %s%s", wish.who, words, VTY_NEWLINE);
	return CMD_WARNING;
}

DEFUN(no_capture, no_capture_cmd, "no capture .WHAT",
      NO_STR "End a capture\n"
	     "What is captured, as `show captures` has it, or the file\n")
{
	char name[CAPTURE_WHAT];

	capture_name_of(name, argv, (unsigned)argc);
	if (capture_stop(vty_gw(vty), name))
		return CMD_SUCCESS;
	vty_out(vty, "%% No capture of %s%s", name, VTY_NEWLINE);
	return CMD_WARNING;
}

#define OR(sym, name, words)   "|" name
#define HELP(sym, name, words) words "\n"

DEFUN(log_level, log_level_cmd,
      "log level (all" CFG_LOG_CATEGORIES(OR) ") (debug|info|notice|error|fatal)",
      "The log on standard error\n"
      "Set the level of a category\n"
      "Every category\n" CFG_LOG_CATEGORIES(HELP) "Everything\n"
						  "What goes on\n"
						  "What an operator may want to know\n"
						  "What went wrong\n"
						  "What ends the gateway\n")
{
	return gw_log_set(argv[0], argv[1]) ? CMD_SUCCESS : CMD_WARNING;
}

/* --- commands of the library that are left out -------------------------------------------------- */

/* The file is the one configuration: nothing here writes it, shows another, or changes one.  Its
 * logging, with categories of other programs, is never added; ours has rows of its own.  The
 * library has no call to leave a command out, so they are taken from its table (which it does not
 * declare) before ours are added; where a later one hides that, they stay. */
extern vector cmdvec __attribute__((weak));

static bool vty_unwanted(const struct cmd_element *e)
{
	static const char *const begin[] = {
		"write",
		"copy ",
		"configure ",
		"show running-config",
		"show startup-config",
		"show alarms",
		"show vty-attributes",
		"show online-help",
		"terminal monitor",
		"terminal no monitor",
		"echo ",
	};

	for (unsigned i = 0; i < sizeof(begin) / sizeof(begin[0]); i++)
		if (!strncmp(e->string, begin[i], strlen(begin[i])))
			return true;
	return !strcmp(e->string, "shutdown");
}

static void vty_leave_out(vector commands)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < commands->active; i++) {
		struct cmd_element *e = commands->index[i];

		if (!e || !vty_unwanted(e))
			commands->index[kept++] = e;
	}
	commands->active = kept;
}

static void vty_leave_out_library(void)
{
	for (unsigned i = 0; &cmdvec && i < cmdvec->active; i++) {
		struct cmd_node *n = cmdvec->index[i];

		if (n && n->cmd_vector)
			vty_leave_out(n->cmd_vector);
	}
}

static const char copyright[] = "License GPL-2.0-or-later: free software; change and share it.\r\n"
				"There is NO WARRANTY, as far as the law permits.\r\n";

static void vty_install(void)
{
	vty_ports_init();
	vty_peers_init();
	vty_calls_init();
	vty_services_init();
	vty_counters_init();
	vty_joins_init();
	vty_routes_init();
	vty_radius_init();
	vty_coa_init();
	vty_filters_init();
	vty_datapath_init();
	vty_rates_init();
	vty_history_init();
	vty_bundles_init();
	vty_processes_init();
	vty_upgrade_init();
	vty_reload_init();
	vty_drain_init();
	vty_trials_init();
	vty_impair_init();
	vty_debug_init();
	vty_summary_init();
	install_element(ENABLE_NODE, &clear_tunnel_cmd);
	install_element(ENABLE_NODE, &clear_call_cmd);
	install_element(ENABLE_NODE, &clear_user_cmd);
	install_element(ENABLE_NODE, &clear_address_cmd);
	install_element(ENABLE_NODE, &call_sequencing_cmd);
	install_element(ENABLE_NODE, &client_dial_cmd);
	install_element(ENABLE_NODE, &call_number_cmd);
	install_element(ENABLE_NODE, &outgoing_dial_cmd);
	install_element(ENABLE_NODE, &capture_cmd);
	install_element(ENABLE_NODE, &no_capture_cmd);
	install_element(ENABLE_NODE, &log_level_cmd);
}

int vty_start(struct gw *gw, void *talloc)
{
	static struct vty_app_info info = {
		.name = PACKAGE_NAME,
		.version = PACKAGE_VERSION,
		.copyright = copyright,
	};
	static bool installed;

	if (!installed) { /* the library knows no way back */
		info.tall_ctx = talloc;
		vty_init(&info);
		vty_leave_out_library();
		vty_install();
		installed = true;
	}
	return vty_listen_start(gw, talloc);
}

void vty_stop(void)
{
	vty_listen_stop();
}
