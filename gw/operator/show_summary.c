/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show summary`: the gateway on one screen, with every limit and how much of it is taken. */
#include "gw/aaa/aaa.h"
#include "gw/client.h"
#include "gw/legs/legs.h"
#include "gw/line.h"
#include "gw/operator/vty.h"
#include "gw/operator/vty_listen.h"
#include "gw/port.h"
#include "gw/reserve.h"
#include "gw/text.h"

#include "config.h"

static void summary_line(struct vty *vty, const char *key, const char *value)
{
	vty_out(vty, "%-12s %s%s", key, value, VTY_NEWLINE);
}

static void summary_count(struct vty *vty, const char *key, uint64_t n)
{
	vty_out(vty, "%-12s %llu%s", key, (unsigned long long)n, VTY_NEWLINE);
}

static void summary_fill(struct vty *vty, const char *key, uint64_t n, uint64_t most,
			 const char *words)
{
	vty_out(vty, "%-12s %llu of %llu%s%s", key, (unsigned long long)n, (unsigned long long)most,
		words, VTY_NEWLINE);
}

#define SUMMARY_FILLS 4u /* kinds of things on one port */

/* What others can take up on each port. */
static void summary_port(struct vty *vty, const struct gw_port *p)
{
	struct ist_fill fill[SUMMARY_FILLS];
	char words[GW_TEXT_MAX];
	unsigned n;

	if (p->number < 0)
		return;
	n = dp_port_fill(p->gw->dp, (unsigned)p->number, fill, SUMMARY_FILLS);
	for (unsigned i = 0; i < n && i < SUMMARY_FILLS; i++) {
		if (fill[i].each_most)
			snprintf(words, sizeof(words), " %s, the most from one source %u of %u",
				 fill[i].words, fill[i].worst, fill[i].each_most);
		else
			snprintf(words, sizeof(words), " %s", fill[i].words);
		summary_fill(vty, p->cfg->config.name, fill[i].taken, fill[i].most, words);
	}
}

static void summary_limits(struct vty *vty, struct gw *gw)
{
	struct l2tp_counters n;
	struct reserve_limits fd;
	struct aaa_view logins;
	char text[GW_TEXT_MAX];

	l2tp_engine_counters(gw->engine, &n);
	reserve_limits(&fd);
	aaa_view(gw->aaa, &logins);
	summary_fill(vty, "tunnels", n.tunnels, n.limits.max_tunnels, "");
	snprintf(text, sizeof(text), ", the most from one source %llu of %u",
		 (unsigned long long)n.half_open_worst, n.limits.half_open_per_source);
	summary_fill(vty, "half-open", n.half_open, n.limits.max_half_open, text);
	summary_fill(vty, "calls", n.calls, n.limits.max_calls, "");
	for (unsigned i = 0; i < gw->cfg->ports; i++)
		summary_port(vty, &gw->port[i]);
	summary_fill(vty, "lines", lines_joined(gw), UINT16_MAX, "");
	summary_count(vty, "joins", gw->joins->n);
	vty_out(vty, "%-12s %u waiting, %u locked, %u of %u entries%s", "log-ins", logins.waiting,
		logins.limit.locked, logins.limit.entries, logins.limit.room, VTY_NEWLINE);
	summary_fill(vty, "vty", vty_listen_connections(), VTY_CONNECTIONS_MAX, " connections");
	snprintf(text, sizeof(text), ", %u kept for the operator", fd.kept);
	summary_fill(vty, "descriptors", fd.used, fd.soft, text);
}

DEFUN(show_summary, show_summary_cmd, "show summary",
      SHOW_STR "The gateway on one screen, limits with their fill\n")
{
	struct gw *gw = vty_gw(vty);
	struct dp_counters d;
	char text[GW_TEXT_MAX];
	unsigned i, up = 0, clients = 0;
	uint64_t drops = 0;

	dp_count(gw->dp, &d);
	for (i = 0; i < gw->cfg->ports; i++)
		up += gw->port[i].number >= 0;
	for (i = 0; i < gw->cfg->clients; i++)
		clients += gw->client[i].state == CLIENT_UP;
	for (i = 0; i < DP_R_COUNT; i++)
		drops += d.reason[i];
	summary_line(vty, "version", PACKAGE_NAME " " PACKAGE_VERSION);
	summary_line(vty, "host name", gw->cfg->host_name);
	summary_line(vty, "file", gw->cfg->file);
	summary_line(vty, "up for",
		     gw_duration_text(text, sizeof(text), loop_now(gw->loop) - gw->started));
	summary_count(vty, "workers", dp_workers(gw->dp));
	summary_fill(vty, "ports", up, gw->cfg->ports, " open");
	summary_limits(vty, gw);
	summary_fill(vty, "clients", clients, gw->cfg->clients, " up");
	vty_out(vty, "%-12s %llu in, %llu out, %llu dropped%s", "frames",
		(unsigned long long)d.rx_frames, (unsigned long long)d.tx_frames,
		(unsigned long long)drops, VTY_NEWLINE);
	return CMD_SUCCESS;
}

void vty_summary_init(void)
{
	install_element_ve(&show_summary_cmd);
}
