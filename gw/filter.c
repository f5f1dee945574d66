/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/filter.h"

#include <stdlib.h>
#include <string.h>

_Static_assert((int)CFG_FILTER_IN == DP_FILTER_IP_IN && (int)CFG_FILTER_OUT == DP_FILTER_IP_OUT &&
		       (int)CFG_FILTER_PPP_IN == DP_FILTER_PPP_IN &&
		       (int)CFG_FILTER_PPP_OUT == DP_FILTER_PPP_OUT,
	       "filters of the configuration are those of the data plane");

const char *filter_key(enum dp_filter place)
{
	static const char *const keys[DP_FILTERS] = {
		[DP_FILTER_IP_IN] = "filter-in",
		[DP_FILTER_IP_OUT] = "filter-out",
		[DP_FILTER_PPP_IN] = "ppp-filter-in",
		[DP_FILTER_PPP_OUT] = "ppp-filter-out",
	};

	return keys[place];
}

static bool filter_open(struct gw *gw, struct gw_filters *out, const struct cfg_filter *cfg,
			const char *name)
{
	int rc;

	for (unsigned i = 0; i < CFG_FILTERS; i++) {
		if (!cfg[i].text)
			continue;
		rc = dp_filter_add(gw->dp, cfg[i].insn, cfg[i].n, &out->no[i]);
		if (rc < 0) {
			GW_LOG(MAIN, LOGL_ERROR, "%s: %s: %s\n", name,
			       filter_key((enum dp_filter)i), strerror(-rc));
			return false;
		}
		out->text[i] = cfg[i].text;
	}
	return true;
}

bool filters_open(struct gw *gw)
{
	const struct cfg_model *m = gw->cfg;

	gw->service_filters = calloc(m->services + 1, sizeof(*gw->service_filters));
	gw->route_filters = calloc(m->routes + 1, sizeof(*gw->route_filters));
	if (!gw->service_filters || !gw->route_filters)
		return false;
	for (unsigned i = 0; i < m->services; i++)
		if (!filter_open(gw, &gw->service_filters[i], m->service[i].filter,
				 m->service[i].name))
			return false;
	for (unsigned i = 0; i < m->routes; i++)
		if (!filter_open(gw, &gw->route_filters[i], m->route[i].filter, m->route[i].name))
			return false;
	return true;
}

static void filter_close(struct gw *gw, struct gw_filters *f, unsigned n)
{
	for (unsigned i = 0; f && i < n; i++)
		for (unsigned k = 0; k < DP_FILTERS; k++)
			dp_filter_del(gw->dp, f[i].no[k]);
	free(f);
}

void filters_free(struct gw *gw)
{
	filter_close(gw, gw->service_filters, gw->cfg->services);
	filter_close(gw, gw->route_filters, gw->cfg->routes);
	gw->service_filters = gw->route_filters = NULL;
}

const struct gw_filters *filters_of_route(const struct gw *gw, const struct cfg_route *r)
{
	return &gw->route_filters[r - gw->cfg->route];
}
