/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `show counters`: messages by type, and everything that was dropped, refused or tolerated, each by
 * its reason.  Counters at zero are left out, but for metrics.
 */
#include "gw/operator/counters.h"

#include "gw/aaa/aaa.h"
#include "gw/legs/legs.h"
#include "gw/operator/ctl_listen.h"
#include "gw/operator/metrics_listen.h"
#include "gw/operator/vty.h"
#include "gw/port.h"

#include <stdlib.h>
#include <string.h>

#define PORT_COUNTERS_MAX 128u

TABLE_TEXT(counter_where, counter_row, row->where)
TABLE_TEXT(counter_key, counter_row, row->key)
TABLE_NUMBER(counter_count, counter_row, row->count)
TABLE_TEXT(counter_meaning, counter_row, row->meaning)

static const struct table_column table_counters_columns[] = {
	{"Where", "where", TABLE_LEFT, TABLE_WORDS(counter_where)},
	{"Counter", "counter", TABLE_LEFT, TABLE_WORDS(counter_key)},
	{"Count", "count", TABLE_RIGHT, TABLE_COUNT(counter_count)},
	{"Meaning", "meaning", TABLE_LEFT, TABLE_WORDS(counter_meaning)},
};

static void counter_row(struct table_sink *to, const char *where, const char *key, uint64_t count,
			const char *meaning, bool reason)
{
	const struct counter_row row = {where, key, count, meaning, reason};

	table_row(to, &row);
}

static void counter_add(struct table_sink *to, const char *where, const char *key, uint64_t count,
			const char *meaning)
{
	counter_row(to, where, key, count, meaning, false);
}

/* One of those that are counted by their reason. */
static void counter_why(struct table_sink *to, const char *where, const char *key, uint64_t count,
			const char *meaning)
{
	counter_row(to, where, key, count, meaning, true);
}

static void counter_engine_rows(struct gw *gw, struct table_sink *to)
{
	char key[32], name[32];
	struct l2tp_counters n;
	unsigned i;

	l2tp_engine_counters(gw->engine, &n);
	for (i = 0; i <= L2TP_MSG_TYPES; i++) {
		const char *m = i ? l2tp_msg_name((uint16_t)i, name, sizeof(name)) : "ZLB";

		snprintf(key, sizeof(key), "rx-%s", m);
		counter_add(to, "l2tp", key, n.rx[i], "control messages received");
		snprintf(key, sizeof(key), "tx-%s", m);
		counter_add(to, "l2tp", key, n.tx[i], "control messages sent");
	}
	for (i = 1; i < L2TP_R_COUNT; i++)
		counter_why(to, "l2tp", l2tp_reasons[i].key, n.reason[i], l2tp_reasons[i].words);
}

static void counter_ppp_rows(struct gw *gw, struct table_sink *to)
{
	uint64_t n[PPP_R_COUNT];
	struct join *j;
	unsigned i;

	memcpy(n, gw->ppp_count, sizeof(n));
	llist_for_each_entry(j, &gw->joins->head, entry)
	{
		struct leg_terminal_view v;

		if (leg_terminal_view(j->leg[1], &v) && v.ppp)
			ppp_add_counters(v.ppp, n);
	}
	for (i = 0; i < PPP_R_COUNT; i++)
		counter_why(to, "ppp", ppp_reasons[i].key, n[i], ppp_reasons[i].words);
	for (i = 0; i < JOIN_D_COUNT; i++)
		counter_why(to, "join", join_drops[i].key, gw->joins->drop[i], join_drops[i].words);
}

static void counter_aaa_rows(struct gw *gw, struct table_sink *to)
{
	struct aaa_counters n;

	aaa_count(gw->aaa, &n);
	counter_add(to, "aaa", "asked", n.asked, "log-ins asked about");
	counter_add(to, "aaa", "accepted", n.accepted, "log-ins accepted");
	counter_add(to, "aaa", "refused", n.refused, "log-ins refused");
	counter_add(to, "aaa", "unanswered", n.unanswered,
		    "log-ins that no RADIUS server has answered");
	counter_add(to, "aaa", "delayed", n.delayed, "log-ins answered later after failed ones");
	counter_add(to, "aaa", "locks", n.locks, "users locked where their log-ins failed");
	counter_add(to, "aaa", "refused-locked", n.refused_locked,
		    "log-ins refused since the user was locked there");
}

static void counter_control_rows(struct gw *gw, struct table_sink *to)
{
	(void)gw;
	for (unsigned i = 0; i < CTL_N_COUNT; i++)
		counter_add(to, "control", ctl_counter_names[i].key, ctl_count(i),
			    ctl_counter_names[i].words);
}

static void counter_metrics_rows(struct gw *gw, struct table_sink *to)
{
	(void)gw;
	for (unsigned i = 0; i < METRICS_N_COUNT; i++)
		counter_add(to, "metrics", metrics_counter_names[i].key, metrics_count(i),
			    metrics_counter_names[i].words);
}

static void counter_data_rows(struct gw *gw, struct table_sink *to)
{
	struct dp_counters n;
	unsigned i;

	dp_count(gw->dp, &n);
	counter_add(to, "data", "rx-frames", n.rx_frames, "PPP frames in");
	counter_add(to, "data", "tx-frames", n.tx_frames, "PPP frames out");
	counter_add(to, "data", "rx-control", n.rx_control, "L2TP control messages in");
	counter_add(to, "data", "tx-control", n.tx_control, "L2TP control messages out");
	counter_add(to, "data", "rx-congested", n.rx_congested,
		    "frames in with FECN, BECN or EFCI: their circuit is congested");
	counter_add(to, "data", "rx-discard", n.rx_discard,
		    "frames in with DE or CLP: the network may drop them first");
	counter_add(to, "data", "tun-rx", n.tun_rx, "packets read from TUN devices");
	counter_add(to, "data", "tun-tx", n.tun_tx, "packets written to TUN devices");
	counter_add(to, "data", "tun-cut", n.tun_cut,
		    "of those read: cut out of super-packets (TSO, USO)");
	counter_add(to, "data", "tun-joined", n.tun_joined,
		    "of those written: in super-packets (TSO, USO)");
	counter_add(to, "data", "from-control", n.from_control,
		    "PPP frames in from our own PPP and its neighbours");
	counter_add(to, "data", "punted", n.punted, "frames and packets out to these");
	counter_add(to, "data", "made", n.made,
		    "more frames in: all but the first fragment, and our ICMP errors");
	counter_add(to, "data", "joined", n.joined,
		    "fewer frames out: all but the first fragment of multilink");
	counter_add(to, "data", "dropped", n.dropped,
		    "of these frames and packets, each by its reason below");
	counter_add(to, "data", "fragmented", n.fragmented,
		    "IPv4 packets cut to the MTU of their leg");
	counter_add(to, "data", "echoes", n.echoes,
		    "LCP echo requests answered without the control thread");
	counter_add(to, "data", "deaths", n.deaths,
		    "times that the data process died and another one went on");
	for (i = 0; i < DP_R_COUNT; i++)
		counter_why(to, "data", dp_reasons[i].key, n.reason[i], dp_reasons[i].words);
}

/* Of calls that are fast: what the program has left to the workers. */
static void counter_xdp_rows(struct gw *gw, struct table_sink *to)
{
	struct dp_fast_reason r;

	for (unsigned i = 0; dp_fast_reason(gw->dp, i, &r); i++)
		counter_why(to, "xdp", r.key, r.count, r.words);
}

static void counter_port_rows(struct gw *gw, const struct gw_port *p, struct table_sink *to)
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
		counter_add(to, p->cfg->config.name, c[i].name, n[i], c[i].words);
}

static void counter_ports_rows(struct gw *gw, struct table_sink *to)
{
	for (unsigned i = 0; i < gw->cfg->ports; i++)
		counter_port_rows(gw, &gw->port[i], to);
}

static void (*const counter_parts[])(struct gw *gw, struct table_sink *to) = {
	[COUNTER_L2TP] = counter_engine_rows,	  [COUNTER_PPP] = counter_ppp_rows,
	[COUNTER_AAA] = counter_aaa_rows,	  [COUNTER_CONTROL] = counter_control_rows,
	[COUNTER_METRICS] = counter_metrics_rows, [COUNTER_DATA] = counter_data_rows,
	[COUNTER_XDP] = counter_xdp_rows,	  [COUNTER_PORTS] = counter_ports_rows,
};

void counter_part_rows(struct gw *gw, enum counter_part part, struct table_sink *to)
{
	counter_parts[part](gw, to);
}

struct counter_filter {
	struct table_sink sink; /* first: found from it */
	struct table_sink *to;
};

static void counter_not_zero(struct table_sink *sink, const void *row)
{
	const struct counter_filter *f = (const struct counter_filter *)sink;
	const struct counter_row *r = row;

	if (r->count)
		table_row(f->to, row);
}

static void table_counters_rows(struct gw *gw, struct table_sink *to)
{
	struct counter_filter f = {.sink = {to->table, counter_not_zero}, .to = to};

	for (size_t i = 0; i < sizeof(counter_parts) / sizeof(counter_parts[0]); i++)
		counter_parts[i](gw, &f.sink);
}

TABLE(table_counters, "counters");

DEFUN(show_counters, show_counters_cmd, "show counters",
      SHOW_STR "Every counter that is not zero\n")
{
	return vty_table(vty, &table_counters);
}

void vty_counters_init(void)
{
	install_element_ve(&show_counters_cmd);
}
