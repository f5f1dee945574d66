/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show services`, `show pools` and `show log`. */
#include "gw/aaa/aaa.h"
#include "gw/client.h"
#include "gw/filter.h"
#include "gw/legs/legs.h"
#include "gw/operator/vty.h"
#include "gw/port.h"
#include "gw/text.h"

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
TABLE_NUMBER(pool_prefixes, pool_row, row->n.prefixes)
TABLE_NUMBER(pool_delegated, pool_row, row->n.delegated)
TABLE_NUMBER(pool_outside, pool_row, row->n.outside)

static const struct table_column table_pools_columns[] = {
	{"Pool", "pool", TABLE_LEFT, TABLE_WORDS(pool_name)},
	{"IPv4", "ipv4", TABLE_RIGHT, TABLE_COUNT(pool_size4)},
	{"Used", "ipv4-used", TABLE_RIGHT, TABLE_COUNT(pool_used4)},
	{"Held", "ipv4-held", TABLE_RIGHT, TABLE_COUNT(pool_held4)},
	{"IPv6 /64", "ipv6", TABLE_RIGHT, TABLE_COUNT(pool_size6)},
	{"Used", "ipv6-used", TABLE_RIGHT, TABLE_COUNT(pool_used6)},
	{"Fixed outside", "fixed-outside", TABLE_RIGHT, TABLE_COUNT(pool_outside)},
	{"Prefixes", "prefixes", TABLE_RIGHT, TABLE_COUNT(pool_prefixes)},
	{"Delegated", "delegated", TABLE_RIGHT, TABLE_COUNT(pool_delegated)},
};

static void table_pools_rows(struct gw *gw, struct table_sink *to)
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
TABLE_TEXT(service_device, gw_service, row->tun ? dp_tun_name(row->gw->dp, row->tun) : "-")
TABLE_TEXT(service_pool, gw_service, row->cfg->pool ? row->cfg->pool->name : "-")
TABLE_NUMBER(service_mtu, gw_service, row->cfg->mtu)
TABLE_NUMBER(service_clients, gw_service, row->clients)

/* What the filters of the service have dropped, at IP and PPP level. */
static uint64_t service_filtered(const struct gw_service *s, enum dp_filter ip, enum dp_filter ppp)
{
	const struct gw_filters *f = filters_of(s->gw, s->cfg->filter);
	struct dp_filter_counters a, b;

	if (!f)
		return 0;
	dp_filter_count(s->gw->dp, f->no[ip], &a);
	dp_filter_count(s->gw->dp, f->no[ppp], &b);
	return a.dropped + b.dropped;
}

TABLE_NUMBER(service_filtered_in, gw_service,
	     service_filtered(row, DP_FILTER_IP_IN, DP_FILTER_PPP_IN))
TABLE_NUMBER(service_filtered_out, gw_service,
	     service_filtered(row, DP_FILTER_IP_OUT, DP_FILTER_PPP_OUT))

static void service_local(const void *object, char *buf, size_t cap)
{
	gw_ip4_text(buf, cap, ((const struct gw_service *)object)->cfg->local4);
}

static const struct table_column table_services_columns[] = {
	{"Service", "service", TABLE_LEFT, TABLE_WORDS(service_name)},
	{"Device", "device", TABLE_LEFT, TABLE_WORDS(service_device)},
	{"Local", "local", TABLE_LEFT, TABLE_WORDS(service_local)},
	{"Pool", "pool", TABLE_LEFT, TABLE_WORDS(service_pool)},
	{"MTU", "mtu", TABLE_RIGHT, TABLE_COUNT(service_mtu)},
	{"Clients", "clients", TABLE_RIGHT, TABLE_COUNT(service_clients)},
	{"Filtered in", "filtered-in", TABLE_RIGHT, TABLE_COUNT(service_filtered_in)},
	{"Filtered out", "filtered-out", TABLE_RIGHT, TABLE_COUNT(service_filtered_out)},
};

static void table_services_rows(struct gw *gw, struct table_sink *to)
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
	{"Category", "category", TABLE_LEFT, TABLE_WORDS(log_category)},
	{"Level", "level", TABLE_LEFT, TABLE_WORDS(log_level)},
	{"About", "about", TABLE_LEFT, TABLE_WORDS(log_words)},
};

static void table_log_rows(struct gw *gw, struct table_sink *to)
{
	static const char *const words[] = {
#define WORDS(sym, name, words) words,
		CFG_LOG_CATEGORIES(WORDS)};

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
	install_element_ve(&show_pools_cmd);
	install_element_ve(&show_services_cmd);
	install_element_ve(&show_log_cmd);
}
