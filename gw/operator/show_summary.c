/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show summary`: the gateway on one screen, with every limit and how much of it is taken. */
#include "gw/aaa/aaa.h"
#include "gw/client.h"
#include "gw/legs/legs.h"
#include "gw/line.h"
#include "gw/operator/ctl_listen.h"
#include "gw/operator/vty.h"
#include "gw/operator/vty_listen.h"
#include "gw/port.h"
#include "gw/reserve.h"
#include "gw/text.h"

#include "config.h"

/* A line, or what follows on the same line behind a comma. */
struct summary_row {
	const char *item;
	bool more;	   /* on the line of the row before */
	const char *about; /* words in front of the value; "" = none */
	const char *text;  /* in place of a value; NULL = there is one */
	bool has;	   /* a value, also beside a text */
	uint64_t value, most;
	bool limited;	    /* most counts, also when it is 0 */
	const char *behind; /* words behind it */
};

TABLE_TEXT(summary_item, summary_row, row->item)
TABLE_TEXT(summary_about, summary_row, *row->about ? row->about : row->behind)
TABLE_NUMBER_IF(summary_value, summary_row, row->has, row->value)
TABLE_NUMBER_IF(summary_most, summary_row, row->limited, row->most)
TABLE_TEXT(summary_text, summary_row, row->text ? row->text : "")

static const struct table_column table_summary_columns[] = {
	{"Item", "item", TABLE_LEFT, TABLE_WORDS(summary_item)},
	{"About", "about", TABLE_LEFT, TABLE_WORDS(summary_about)},
	{"Value", "value", TABLE_RIGHT, TABLE_COUNT(summary_value)},
	{"Most", "most", TABLE_RIGHT, TABLE_COUNT(summary_most)},
	{"Text", "text", TABLE_LEFT, TABLE_WORDS(summary_text)},
};

static void summary_say(struct table_sink *to, const char *item, const char *text)
{
	table_row(to, &(struct summary_row){item, .about = "", .text = text, .behind = ""});
}

static void summary_fill(struct table_sink *to, const char *item, uint64_t n, uint64_t most,
			 const char *behind)
{
	table_row(to, &(struct summary_row){item, .about = "", .has = true, .value = n,
					    .most = most, .limited = true, .behind = behind});
}

static void summary_count(struct table_sink *to, const char *item, uint64_t n, const char *behind)
{
	table_row(to, &(struct summary_row){item, .about = "", .has = true, .value = n,
					    .behind = behind});
}

/* more: on the line of the row before. */
static void summary_more(struct table_sink *to, const char *item, const char *about, uint64_t n,
			 uint64_t most, const char *behind)
{
	table_row(to, &(struct summary_row){item, true, .about = about, .has = true, .value = n,
					    .most = most, .limited = most, .behind = behind});
}

#define SUMMARY_FILLS 4u /* kinds of things on one port */
#define SUMMARY_WORST "the most from one source"

/* What others can take up on each port. */
static void summary_port(struct table_sink *to, const struct gw_port *p)
{
	const char *name = p->cfg->config.name;
	struct ist_fill fill[SUMMARY_FILLS];
	unsigned n;

	if (p->number < 0)
		return;
	n = dp_port_fill(p->gw->dp, (unsigned)p->number, fill, SUMMARY_FILLS);
	for (unsigned i = 0; i < n && i < SUMMARY_FILLS; i++) {
		summary_fill(to, name, fill[i].taken, fill[i].most, fill[i].words);
		if (fill[i].each_most)
			summary_more(to, name, SUMMARY_WORST, fill[i].worst, fill[i].each_most, "");
	}
}

static void summary_limits(struct gw *gw, struct table_sink *to)
{
	struct l2tp_counters n;
	struct reserve_limits fd;
	struct aaa_view logins;

	l2tp_engine_counters(gw->engine, &n);
	reserve_limits(&fd);
	aaa_view(gw->aaa, &logins);
	summary_fill(to, "tunnels", n.tunnels, n.limits.max_tunnels, "");
	summary_fill(to, "half-open", n.half_open, n.limits.max_half_open, "");
	summary_more(to, "half-open", SUMMARY_WORST, n.half_open_worst,
		     n.limits.half_open_per_source, "");
	summary_fill(to, "calls", n.calls, n.limits.max_calls, "");
	for (unsigned i = 0; i < gw->cfg->ports; i++)
		summary_port(to, &gw->port[i]);
	summary_fill(to, "lines", lines_joined(gw), UINT16_MAX, "");
	summary_count(to, "joins", gw->joins->n, "");
	summary_count(to, "log-ins", logins.waiting, "waiting");
	summary_more(to, "log-ins", "", logins.limit.locked, 0, "locked");
	summary_more(to, "log-ins", "", logins.limit.entries, logins.limit.room, "entries");
	summary_fill(to, "vty", vty_listen_connections(), VTY_CONNECTIONS_MAX, "connections");
	summary_fill(to, "control", ctl_clients(), CTL_CLIENTS_MAX, "clients");
	summary_fill(to, "descriptors", fd.used, fd.soft, "");
	summary_more(to, "descriptors", "", fd.kept, 0, "kept for the operator");
}

static void summary_frames(struct gw *gw, struct table_sink *to)
{
	struct dp_counters d;
	uint64_t drops = 0;

	dp_count(gw->dp, &d);
	for (unsigned i = 0; i < DP_R_COUNT; i++)
		drops += d.reason[i];
	summary_count(to, "frames", d.rx_frames, "in");
	summary_more(to, "frames", "", d.tx_frames, 0, "out");
	summary_more(to, "frames", "", drops, 0, "dropped");
}

static void table_summary_rows(struct gw *gw, struct table_sink *to)
{
	uint64_t up_for = loop_now(gw->loop) - gw->started;
	unsigned i, up = 0, clients = 0;
	char text[GW_TEXT_MAX];

	for (i = 0; i < gw->cfg->ports; i++)
		up += gw->port[i].number >= 0;
	for (i = 0; i < gw->cfg->clients; i++)
		clients += gw->client[i].state == CLIENT_UP;
	summary_say(to, "version", PACKAGE_NAME " " PACKAGE_VERSION);
	summary_say(to, "host name", gw->cfg->host_name);
	summary_say(to, "file", gw->cfg->file);
	table_row(to, &(struct summary_row){"up for", .about = "seconds",
					    .text = gw_duration_text(text, sizeof(text), up_for),
					    .has = true, .value = up_for / 1000000, .behind = ""});
	summary_count(to, "workers", dp_workers(gw->dp), "");
	summary_fill(to, "ports", up, gw->cfg->ports, "open");
	summary_limits(gw, to);
	summary_fill(to, "clients", clients, gw->cfg->clients, "up");
	summary_frames(gw, to);
}

TABLE(table_summary, "summary");

struct summary_lines {
	struct table_sink sink; /* first: found from it */
	struct vty *vty;
	bool begun;
};

static void summary_row_text(char *buf, size_t cap, const struct summary_row *r)
{
	char most[40] = "";

	if (r->text) {
		snprintf(buf, cap, "%s", r->text);
		return;
	}
	if (r->limited)
		snprintf(most, sizeof(most), " of %llu", (unsigned long long)r->most);
	snprintf(buf, cap, "%s%s%llu%s%s%s", r->about, *r->about ? " " : "",
		 (unsigned long long)r->value, most, *r->behind ? " " : "", r->behind);
}

static void summary_line(struct table_sink *to, const void *row)
{
	struct summary_lines *l = (struct summary_lines *)to;
	const struct summary_row *r = row;
	struct vty *vty = l->vty;
	char text[512];

	summary_row_text(text, sizeof(text), r);
	if (r->more)
		vty_out(vty, ", %s", text);
	else
		vty_out(vty, "%s%-12s %s", l->begun ? VTY_NEWLINE : "", r->item, text);
	l->begun = true;
}

DEFUN(show_summary, show_summary_cmd, "show summary",
      SHOW_STR "The gateway on one screen, limits with their fill\n")
{
	struct summary_lines to = {.sink = {&table_summary, summary_line}, .vty = vty};

	table_summary_rows(vty_gw(vty), &to.sink);
	vty_out(vty, "%s", VTY_NEWLINE);
	return CMD_SUCCESS;
}

void vty_summary_init(void)
{
	install_element_ve(&show_summary_cmd);
}
