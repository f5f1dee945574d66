/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `metrics`: where HTTP is served.  A port without an address is this host's alone, so that nobody
 * opens the gateway to others by leaving something out.
 */
#include "cfg/cfg.h"
#include "cfg/keys.h"
#include "cfg/report.h"
#include "cfg/value.h"

#include <string.h>

#define METRICS_HOST "127.0.0.1"

/* "127.0.0.1:9101", "[::1]:9101", "9101" */
static bool metrics_parse(struct cfg_address *to, char *host, size_t cap, const char *text)
{
	uint64_t port;

	if (!cfg_parse_number(&port, text))
		return cfg_parse_host_port(host, cap, &to->port, text) &&
		       cfg_parse_prefix(&to->at, host);
	to->port = (uint16_t)port;
	strcpy(host, METRICS_HOST);
	return port > 0 && port <= UINT16_MAX && cfg_parse_prefix(&to->at, host);
}

static void metrics_set_listen(struct cfg_load *l, const struct cfg_item *it, void *obj,
			       const char *text)
{
	struct cfg_address *to = arena_get(l->arena, sizeof(*to));
	struct cfg_model *m = obj;
	char host[64];

	to->text = cfg_keep(l, text);
	if (strchr(text, '/') || !metrics_parse(to, host, sizeof(host), text)) {
		cfg_wrong(l, it->line, it, "`%s` is not an address and port, as in 127.0.0.1:9101",
			  cfg_shown(l, it->value));
		return;
	}
	m->metrics_listen = to;
	if (!cfg_keys_is_loopback(host))
		cfg_warn(l, it->line, it,
			 "anybody who can reach %s can read what the gateway does: there is no "
			 "password",
			 cfg_keep(l, host));
}

static const struct cfg_key metrics_keys[] = {
	{"listen", CFG_K_TEXT, .deflt = "none", .set = metrics_set_listen,
	 .help = "address and port where HTTP is served, for Prometheus at /metrics; a port alone "
		 "is one of " METRICS_HOST},
	{"page", CFG_K_BOOL, .deflt = "yes",
	 .help = "a web page of ports, circuits, tunnels and calls at /, to look at",
	 CFG_AT(struct cfg_model, metrics_page)},
};

const struct cfg_schema cfg_schema_metrics = {
	.section = CFG_S_METRICS,
	.when = CFG_WHEN_LIVE,
	.word = "metrics",
	.help = "what the gateway does, in numbers for other programs",
	.key = metrics_keys,
	.keys = CFG_ROWS(metrics_keys),
	.sub = cfg_no_sections,
	.size = sizeof(struct cfg_model),
};
