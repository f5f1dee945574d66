/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show ports`, `show captures` and `show plugins`: what carries frames, and from where. */
#include "gw/operator/capture.h"
#include "gw/operator/vty.h"
#include "gw/plugin.h"
#include "gw/port.h"
#include <string.h>

TABLE_TEXT(port_name, gw_port, row->cfg->config.name)
TABLE_TEXT(port_transport, gw_port, row->cfg->transport->name)
TABLE_TEXT(port_state, gw_port, row->number < 0 ? "failed" : "open")
TABLE_NUMBER(port_failures, gw_port, row->failures)

static void port_circuits(const void *object, char *buf, size_t cap)
{
	const struct gw_port *p = object;

	if (p->cfg->circuits)
		snprintf(buf, cap, "%u configured", p->cfg->circuits);
	else
		snprintf(buf, cap, "any");
}

static void port_status(const void *object, char *buf, size_t cap)
{
	const struct gw_port *p = object;

	if (p->number < 0)
		snprintf(buf, cap, "%s", p->error);
	else if (dp_port_status(p->gw->dp, (unsigned)p->number, buf, cap) <= 0)
		*buf = '\0';
}

static const struct table_column table_ports_columns[] = {
	{"Port", "port", TABLE_LEFT, TABLE_WORDS(port_name)},
	{"Transport", "transport", TABLE_LEFT, TABLE_WORDS(port_transport)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(port_state)},
	{"Circuits", "circuits", TABLE_LEFT, TABLE_WORDS(port_circuits)},
	{"Failures", "failures", TABLE_RIGHT, TABLE_COUNT(port_failures)},
	{"Status", "status", TABLE_LEFT, TABLE_WORDS(port_status)},
};

static void table_ports_rows(struct gw *gw, struct table_sink *to)
{
	for (unsigned i = 0; i < gw->cfg->ports; i++)
		table_row(to, &gw->port[i]);
}

TABLE(table_ports, "ports");

DEFUN(show_ports, show_ports_cmd, "show ports", SHOW_STR "Ports, their state and status\n")
{
	return vty_table(vty, &table_ports);
}

TABLE_TEXT(capture_port, capture, row->name)
TABLE_TEXT(capture_file, capture, row->out.name)
TABLE_NUMBER(capture_files, capture, row->out.files)
TABLE_NUMBER(capture_frames, capture, row->frames)
TABLE_NUMBER(capture_octets, capture, row->octets)
TABLE_NUMBER(capture_missed, capture, capture_lost(row))

static void capture_state(const void *object, char *buf, size_t cap)
{
	const struct capture *c = object;

	snprintf(buf, cap, "%s",
		 c->error				     ? strerror(c->error)
		 : c->octets >= CAPTURE_MOST && !c->out.ring ? "at its limit"
							     : "running");
}

static const struct table_column table_captures_columns[] = {
	{"Port", "port", TABLE_LEFT, TABLE_WORDS(capture_port)},
	{"File", "file", TABLE_LEFT, TABLE_WORDS(capture_file)},
	{"Files", "files", TABLE_RIGHT, TABLE_COUNT(capture_files)},
	{"Frames", "frames", TABLE_RIGHT, TABLE_COUNT(capture_frames)},
	{"Octets", "octets", TABLE_RIGHT, TABLE_COUNT(capture_octets)},
	{"Lost", "lost", TABLE_RIGHT, TABLE_COUNT(capture_missed)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(capture_state)},
};

static void table_captures_rows(struct gw *gw, struct table_sink *to)
{
	for (const struct capture *c = gw->capture; c; c = c->next)
		table_row(to, c);
}

TABLE(table_captures, "captures");

DEFUN(show_captures, show_captures_cmd, "show captures", SHOW_STR "Running captures\n")
{
	return vty_table(vty, &table_captures);
}

TABLE_TEXT(plugin_name, plugin, row->name)
TABLE_TEXT(plugin_state, plugin, row->transport ? "loaded" : "refused")
TABLE_TEXT(plugin_path, plugin, row->path)
TABLE_TEXT(plugin_why, plugin, row->why)

static const struct table_column table_plugins_columns[] = {
	{"Transport", "transport", TABLE_LEFT, TABLE_WORDS(plugin_name)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(plugin_state)},
	{"File", "file", TABLE_LEFT, TABLE_WORDS(plugin_path)},
	{"Refused because", "refused-because", TABLE_LEFT, TABLE_WORDS(plugin_why)},
};

static void table_plugins_rows(struct gw *gw, struct table_sink *to)
{
	for (unsigned i = 0; gw->plugins && i < gw->plugins->n; i++)
		table_row(to, &gw->plugins->plugin[i]);
}

TABLE(table_plugins, "plugins");

DEFUN(show_plugins, show_plugins_cmd, "show plugins", SHOW_STR "Transports from plugin-dir\n")
{
	const struct plugins *ps = vty_gw(vty)->plugins;

	if (ps && ps->dir)
		return vty_table(vty, &table_plugins);
	vty_out(vty, "No plugin-dir is configured.%s", VTY_NEWLINE);
	return CMD_SUCCESS;
}

void vty_ports_init(void)
{
	install_element_ve(&show_ports_cmd);
	install_element_ve(&show_captures_cmd);
	install_element_ve(&show_plugins_cmd);
}
