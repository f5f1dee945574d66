/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show summary`, `show services`, `show pools` and `show log`. */
#include "gw/aaa/aaa.h"
#include "gw/client.h"
#include "gw/legs/legs.h"
#include "gw/operator/vty.h"
#include "gw/port.h"
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

DEFUN(show_summary, show_summary_cmd, "show summary", SHOW_STR "The gateway in a dozen lines\n")
{
	struct gw *gw = vty_gw(vty);
	struct l2tp_counters n;
	struct dp_counters d;
	struct aaa_view logins;
	char text[GW_TEXT_MAX];
	unsigned i, up = 0, clients = 0;
	uint64_t drops = 0;

	l2tp_engine_counters(gw->engine, &n);
	dp_count(gw->dp, &d);
	aaa_view(gw->aaa, &logins);
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
	vty_out(vty, "%-12s %u of %u open%s", "ports", up, gw->cfg->ports, VTY_NEWLINE);
	vty_out(vty, "%-12s %llu, %llu half-open%s", "tunnels", (unsigned long long)n.tunnels,
		(unsigned long long)n.half_open, VTY_NEWLINE);
	summary_count(vty, "calls", n.calls);
	summary_count(vty, "joins", gw->joins->n);
	vty_out(vty, "%-12s %u of %u up%s", "clients", clients, gw->cfg->clients, VTY_NEWLINE);
	vty_out(vty, "%-12s %u waiting, %u locked, %u of %u entries%s", "log-ins", logins.waiting,
		logins.limit.locked, logins.limit.entries, logins.limit.room, VTY_NEWLINE);
	vty_out(vty, "%-12s %llu in, %llu out, %llu dropped%s", "frames",
		(unsigned long long)d.rx_frames, (unsigned long long)d.tx_frames,
		(unsigned long long)drops, VTY_NEWLINE);
	return CMD_SUCCESS;
}

struct pool_row {
	const char *name;
	struct addrpool_stats n;
};

TABLE_TEXT(pool_name, pool_row, row->name)
TABLE_NUMBER(pool_size4, pool_row, row->n.size4)
TABLE_NUMBER(pool_used4, pool_row, row->n.used4)
TABLE_NUMBER(pool_held4, pool_row, row->n.held4)
TABLE_NUMBER(pool_size6, pool_row, row->n.size6)
TABLE_NUMBER(pool_used6, pool_row, row->n.used6)
TABLE_NUMBER(pool_outside, pool_row, row->n.outside)

static const struct table_column table_pools_columns[] = {
	{"Pool", "pool", TABLE_LEFT, pool_name},
	{"IPv4", "ipv4", TABLE_RIGHT, pool_size4},
	{"Used", "ipv4-used", TABLE_RIGHT, pool_used4},
	{"Held", "ipv4-held", TABLE_RIGHT, pool_held4},
	{"IPv6 /64", "ipv6", TABLE_RIGHT, pool_size6},
	{"Used", "ipv6-used", TABLE_RIGHT, pool_used6},
	{"Fixed outside", "fixed-outside", TABLE_RIGHT, pool_outside},
};

static void table_pools_rows(struct gw *gw, struct table_text *to)
{
	struct pool_row row;

	for (unsigned i = 0; i < gw->cfg->pools; i++) {
		row.name = addrpool_name(gw->pool[i]);
		addrpool_stats(gw->pool[i], &row.n);
		table_row(to, &row);
	}
}

TABLE(table_pools, "pools");

DEFUN(show_pools, show_pools_cmd, "show pools", SHOW_STR "Address pools of clients\n")
{
	return vty_table(vty, &table_pools);
}

TABLE_TEXT(service_name, gw_service, row->cfg->name)
TABLE_TEXT(service_device, gw_service, row->tun ? dp_tun_name(row->tun) : "-")
TABLE_TEXT(service_pool, gw_service, row->cfg->pool ? row->cfg->pool->name : "-")
TABLE_NUMBER(service_mtu, gw_service, row->cfg->mtu)
TABLE_NUMBER(service_clients, gw_service, row->clients)

static void service_local(const void *object, char *buf, size_t cap)
{
	gw_ip4_text(buf, cap, ((const struct gw_service *)object)->cfg->local4);
}

static const struct table_column table_services_columns[] = {
	{"Service", "service", TABLE_LEFT, service_name},
	{"Device", "device", TABLE_LEFT, service_device},
	{"Local", "local", TABLE_LEFT, service_local},
	{"Pool", "pool", TABLE_LEFT, service_pool},
	{"MTU", "mtu", TABLE_RIGHT, service_mtu},
	{"Clients", "clients", TABLE_RIGHT, service_clients},
};

static void table_services_rows(struct gw *gw, struct table_text *to)
{
	for (unsigned i = 0; i < gw->cfg->services; i++)
		table_row(to, &gw->service[i]);
}

TABLE(table_services, "services");

DEFUN(show_services, show_services_cmd, "show services",
      SHOW_STR "Services with their devices and clients\n")
{
	return vty_table(vty, &table_services);
}

struct log_row {
	enum gw_log_category category;
	const char *words;
};

TABLE_TEXT(log_category, log_row, gw_log_name(row->category))
TABLE_TEXT(log_level, log_row, gw_log_level(row->category))
TABLE_TEXT(log_words, log_row, row->words)

static const struct table_column table_log_columns[] = {
	{"Category", "category", TABLE_LEFT, log_category},
	{"Level", "level", TABLE_LEFT, log_level},
	{"About", "about", TABLE_LEFT, log_words},
};

static void table_log_rows(struct gw *gw, struct table_text *to)
{
	static const char *const words[] = {
#define WORDS(sym, name, words) words,
		GW_LOG_CATEGORIES(WORDS)};

	(void)gw;
	for (unsigned i = 0; i < GW_LOG_CATEGORY_COUNT; i++) {
		struct log_row row = {(enum gw_log_category)i, words[i]};

		table_row(to, &row);
	}
}

TABLE(table_log, "log");

DEFUN(show_log, show_log_cmd, "show log", SHOW_STR "Categories of the log and their levels\n")
{
	return vty_table(vty, &table_log);
}

void vty_services_init(void)
{
	install_element_ve(&show_summary_cmd);
	install_element_ve(&show_pools_cmd);
	install_element_ve(&show_services_cmd);
	install_element_ve(&show_log_cmd);
}
