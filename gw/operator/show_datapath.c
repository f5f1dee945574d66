/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `show datapath`: what makes frames cheaper, where it is at work, and what could be switched on:
 * by ports, TUN devices, network devices of Ethernet, and workers.
 */
#include "gw/accelerate.h"
#include "gw/netif_feature.h"
#include "gw/operator/vty.h"
#include "gw/port.h"

#include <net/if.h>
#include <string.h>

#define DATAPATH_OFFLOADS 32u
#define DATAPATH_DEVICES  64u

struct datapath_row {
	const char *kind, *name; /* of the subject */
	const char *feature, *state;
	uint32_t err; /* of a state that is an error; 0 = none */
	uint64_t asked, got;
	const char *hint, *hint_device, *hint_feature;
};

static void datapath_subject(const void *object, char *buf, size_t cap)
{
	const struct datapath_row *row = object;

	snprintf(buf, cap, "%s %s", row->kind, row->name);
}

TABLE_TEXT(datapath_feature, datapath_row, row->feature ? row->feature : "?")

static void datapath_state(const void *object, char *buf, size_t cap)
{
	const struct datapath_row *row = object;

	if (row->err)
		snprintf(buf, cap, "%s: %s", row->state, strerror((int)row->err));
	else
		snprintf(buf, cap, "%s", row->state);
}

static void datapath_size(const void *object, char *buf, size_t cap)
{
	const struct datapath_row *row = object;

	if (row->asked)
		snprintf(buf, cap, "%llu of %llu", (unsigned long long)row->got,
			 (unsigned long long)row->asked);
	else if (row->got)
		snprintf(buf, cap, "%llu", (unsigned long long)row->got);
}

static void datapath_hint(const void *object, char *buf, size_t cap)
{
	const struct datapath_row *row = object;

	if (row->hint_device)
		snprintf(buf, cap, "ethtool -K %s %s on", row->hint_device, row->hint_feature);
	else if (row->hint)
		snprintf(buf, cap, "%s", row->hint);
}

static const struct table_column table_datapath_columns[] = {
	{"Subject", "subject", TABLE_LEFT, TABLE_WORDS(datapath_subject)},
	{"Feature", "feature", TABLE_LEFT, TABLE_WORDS(datapath_feature)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(datapath_state)},
	{"Size", "size", TABLE_RIGHT, TABLE_WORDS(datapath_size)},
	{"Hint", "hint", TABLE_LEFT, TABLE_WORDS(datapath_hint)},
};

static const char *const datapath_states[] = {
	[IST_OFFLOAD_ACTIVE] = "active",
	[IST_OFFLOAD_OFF] = "off by configuration",
	[IST_OFFLOAD_ABSENT] = "not offered by this kernel",
	[IST_OFFLOAD_REFUSED] = "refused",
	[IST_OFFLOAD_SMALLER] = "smaller than asked for",
};

static void datapath_port_rows(const struct gw_port *p, struct table_sink *to)
{
	struct ist_offload o[DATAPATH_OFFLOADS];
	unsigned n = p->number < 0 ? 0
				   : dp_port_offloads(p->gw->dp, (unsigned)p->number, o,
						      DATAPATH_OFFLOADS);

	for (unsigned i = 0; i < n; i++) {
		struct datapath_row row = {.kind = p->cfg->transport->name,
					   .name = p->cfg->config.name,
					   .feature = o[i].words,
					   .state = datapath_states[o[i].state],
					   .err = o[i].err,
					   .asked = o[i].asked,
					   .got = o[i].got,
					   .hint = o[i].hint};

		table_row(to, &row);
	}
}

/* --- TUN devices ------------------------------------------------------------------------------ */

static const struct {
	enum dp_tun_offload bit;
	const char *feature, *absent;
} datapath_tun[] = {
	{DP_TUN_TCP, "TCP packets as super-packets (TSO)", "a kernel with TUNSETOFFLOAD has it"},
	{DP_TUN_UDP, "UDP packets as super-packets (USO)", "Linux 6.2 has it"},
};

static void datapath_tun_rows(struct gw *gw, uint32_t no, struct table_sink *to)
{
	unsigned has = dp_tun_offload(gw->dp, no), wanted = dp_tun_wanted(gw->dp, no);

	for (size_t i = 0; i < sizeof(datapath_tun) / sizeof(datapath_tun[0]); i++) {
		struct datapath_row row = {.kind = "tun",
					   .name = dp_tun_name(gw->dp, no),
					   .feature = datapath_tun[i].feature};

		if (has & datapath_tun[i].bit) {
			row.state = datapath_states[IST_OFFLOAD_ACTIVE];
		} else if (wanted & datapath_tun[i].bit) {
			row.state = datapath_states[IST_OFFLOAD_ABSENT];
			row.hint = datapath_tun[i].absent;
		} else {
			row.state = datapath_states[IST_OFFLOAD_OFF];
			row.hint = "tun-offload = auto";
		}
		table_row(to, &row);
	}
}

/* --- network devices -------------------------------------------------------------------------- */

/* What they do with packets before a socket or a TUN device has them: both are needed for datagrams
 * of a peer to come together, the second for those that are forwarded to clients too. */
static const struct {
	const char *feature, *words;
} datapath_device[] = {
	{"rx-gro", "packets received together (rx-gro)"},
	{"rx-udp-gro-forwarding", "datagrams received together (rx-udp-gro-forwarding)"},
};

/* A device that does not know the feature has no row of it. */
static void datapath_device_rows(const char *name, struct table_sink *to)
{
	for (size_t i = 0; i < sizeof(datapath_device) / sizeof(datapath_device[0]); i++) {
		int on = netif_feature(name, datapath_device[i].feature);
		struct datapath_row row = {
			.kind = "device", .name = name, .feature = datapath_device[i].words};

		if (on < 0)
			continue;
		row.state = on ? "active" : "off";
		row.hint_device = on ? NULL : name;
		row.hint_feature = datapath_device[i].feature;
		if (!on && !strcmp(row.hint_feature, "rx-gro"))
			row.hint_feature = "gro"; /* as ethtool calls it */
		table_row(to, &row);
	}
}

/* --- the program for drivers ------------------------------------------------------------------- */

static void datapath_program_rows(struct gw *gw, struct table_sink *to)
{
	const struct accelerate_devices d = accelerate_devices(gw->cfg);

	for (unsigned i = 0; i < d.n; i++) {
		unsigned index = if_nametoindex(d.name[i]);
		struct datapath_row row = {.kind = "device",
					   .name = d.name[i],
					   .feature = "frames of calls by a program (XDP)"};

		if (index && dp_fast_device(gw->dp, index)) {
			row.state = "active, in the driver";
		} else {
			row.state = !index		      ? "there is no such device"
				    : !dp_fast_loaded(gw->dp) ? "not loaded"
							      : "not run by its driver";
			row.hint = "what the log says at the start";
		}
		table_row(to, &row);
	}
}

/* --- workers ---------------------------------------------------------------------------------- */

/* The ports that it serves. */
static void datapath_worker_row(struct gw *gw, unsigned worker, struct table_sink *to)
{
	char number[16], ports[TABLE_CELL_MAX] = "ports:";
	struct datapath_row row = {.kind = "worker", .name = number, .feature = ports};
	size_t len = strlen(ports);

	for (unsigned i = 0; i < gw->cfg->ports && len < sizeof(ports); i++) {
		const struct gw_port *p = &gw->port[i];

		if (p->number >= 0 && dp_port_worker(gw->dp, (unsigned)p->number) == worker)
			len += (size_t)snprintf(ports + len, sizeof(ports) - len, " %s",
						p->cfg->config.name);
	}
	snprintf(number, sizeof(number), "%u", worker);
	row.state = dp_workers(gw->dp) ? "a thread of its own" : "in the main loop (workers = 0)";
	table_row(to, &row);
}

static void table_datapath_rows(struct gw *gw, struct table_sink *to)
{
	char device[DATAPATH_DEVICES][IF_NAMESIZE];
	unsigned n = netif_ethers(device, DATAPATH_DEVICES), workers = dp_workers(gw->dp);

	for (unsigned i = 0; i < gw->cfg->ports; i++)
		datapath_port_rows(&gw->port[i], to);
	for (uint32_t no = 0; (no = dp_tun_next(gw->dp, no));)
		datapath_tun_rows(gw, no, to);
	for (unsigned i = 0; i < n; i++)
		datapath_device_rows(device[i], to);
	datapath_program_rows(gw, to);
	for (unsigned i = 0; i < (workers ? workers : 1); i++)
		datapath_worker_row(gw, i, to);
}

TABLE(table_datapath, "datapath");

DEFUN(show_datapath, show_datapath_cmd, "show datapath",
      SHOW_STR "What makes frames cheaper: where it is at work, and what could be switched on\n")
{
	return vty_table(vty, &table_datapath);
}

void vty_datapath_init(void)
{
	install_element_ve(&show_datapath_cmd);
}
