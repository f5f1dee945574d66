/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `show counters`: what was sent and received by message type, and everything that was dropped,
 * refused or forgiven, each by its reason.  Zeroes are left out: what is shown has happened.
 */
#include "gw/aaa/aaa.h"
#include "gw/legs/legs.h"
#include "gw/operator/table.h"
#include "gw/operator/vty.h"
#include "gw/port.h"

#include <stdlib.h>

#define PORT_COUNTERS_MAX 128u

static void stats_row(struct table *t, const char *where, const char *key, uint64_t n,
		      const char *words)
{
	if (!n)
		return;
	table_cell(t, "%s", where);
	table_cell(t, "%s", key);
	table_cell(t, "%llu", (unsigned long long)n);
	table_cell(t, "%s", words);
}

static void stats_engine_rows(struct gw *gw, struct table *t)
{
	char key[32], name[32];
	struct l2tp_counters n;
	unsigned i;

	l2tp_engine_counters(gw->engine, &n);
	for (i = 0; i <= L2TP_MSG_TYPES; i++) {
		const char *m = i ? l2tp_msg_name((uint16_t)i, name, sizeof(name)) : "ZLB";

		snprintf(key, sizeof(key), "rx-%s", m);
		stats_row(t, "l2tp", key, n.rx[i], "control messages received");
		snprintf(key, sizeof(key), "tx-%s", m);
		stats_row(t, "l2tp", key, n.tx[i], "control messages sent");
	}
	for (i = 1; i < L2TP_R_COUNT; i++)
		stats_row(t, "l2tp", l2tp_reasons[i].key, n.reason[i], l2tp_reasons[i].words);
}

static void stats_ppp_rows(struct gw *gw, struct table *t)
{
	uint64_t n[PPP_R_COUNT];
	struct join *j;
	unsigned i;

	memcpy(n, gw->ppp_count, sizeof(n));
	llist_for_each_entry(j, &gw->joins->head, entry)
	{
		struct leg_terminal_view v;
		const uint64_t *c =
			leg_terminal_view(j->leg[1], &v) && v.ppp ? ppp_counters(v.ppp) : NULL;

		for (i = 0; c && i < PPP_R_COUNT; i++)
			n[i] += c[i];
	}
	for (i = 0; i < PPP_R_COUNT; i++)
		stats_row(t, "ppp", ppp_reasons[i].key, n[i], ppp_reasons[i].words);
}

static void stats_join_rows(struct gw *gw, struct table *t)
{
	for (unsigned i = 0; i < JOIN_D_COUNT; i++)
		stats_row(t, "join", join_drops[i].key, gw->joins->drop[i], join_drops[i].words);
}

static void stats_data_rows(struct gw *gw, struct table *t)
{
	struct dp_counters n;
	unsigned i;

	dp_count(gw->dp, &n);
	stats_row(t, "data", "rx-frames", n.rx_frames, "PPP frames in");
	stats_row(t, "data", "tx-frames", n.tx_frames, "PPP frames out");
	stats_row(t, "data", "rx-congested", n.rx_congested,
		  "frames in with FECN, BECN or EFCI: their circuit is congested");
	stats_row(t, "data", "rx-discard", n.rx_discard,
		  "frames in with DE or CLP: the network may drop them first");
	stats_row(t, "data", "tun-rx", n.tun_rx, "packets read from TUN devices");
	stats_row(t, "data", "tun-tx", n.tun_tx, "packets written to TUN devices");
	for (i = 0; i < DP_R_COUNT; i++)
		stats_row(t, "data", dp_reasons[i].key, n.reason[i], dp_reasons[i].words);
}

static void stats_port_rows(struct gw *gw, const struct gw_port *p, struct table *t)
{
	const struct ist_counter *c = p->cfg->transport->counters;
	uint64_t n[PORT_COUNTERS_MAX] = {0};
	unsigned i, names = 0;

	while (c && c[names].name && names < PORT_COUNTERS_MAX)
		names++;
	if (p->number < 0 || !names)
		return;
	dp_port_count(gw->dp, (unsigned)p->number, n, names);
	for (i = 0; i < names; i++)
		stats_row(t, p->cfg->config.name, c[i].name, n[i], c[i].words);
}

DEFUN(show_counters, show_counters_cmd, "show counters",
      SHOW_STR "What has happened and how often; what never did is left out\n")
{
	struct table *t = table_new("Where|Counter|>Count|Meaning");
	struct gw *gw = vty_gw(vty);
	struct aaa_counters a;
	unsigned i;

	if (!t)
		return CMD_WARNING;
	stats_engine_rows(gw, t);
	stats_ppp_rows(gw, t);
	stats_join_rows(gw, t);
	aaa_count(gw->aaa, &a);
	stats_row(t, "aaa", "asked", a.asked, "logins judged");
	stats_row(t, "aaa", "accepted", a.accepted, "let in");
	stats_row(t, "aaa", "refused", a.refused, "not let in");
	stats_data_rows(gw, t);
	for (i = 0; i < gw->cfg->ports; i++)
		stats_port_rows(gw, &gw->port[i], t);
	table_end(t, vty_line, vty);
	return CMD_SUCCESS;
}

void vty_count_init(void)
{
	install_element_ve(&show_counters_cmd);
}
