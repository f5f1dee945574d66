/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/filter.h"

#include "core/container.h"
#include "core/htab.h"
#include "gw/text.h"
#include <stdio.h>
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

/* Of one section. */
struct filter_set {
	struct llist_head entry;
	struct hnode node; /* key: address of the section's struct cfg_filter */
	struct gw_filters f;
	char of[GW_TEXT_MAX];
};

struct filters {
	struct llist_head list;
	struct htab by_section;
};

static uint64_t filter_section_key(const struct cfg_filter *cfg)
{
	return (uint64_t)(uintptr_t)cfg;
}

static bool filter_register(struct gw *gw, struct filter_set *set, const struct cfg_filter *cfg)
{
	int rc;

	for (unsigned i = 0; i < CFG_FILTERS; i++) {
		if (!cfg[i].text)
			continue;
		rc = dp_filter_add(gw->dp, cfg[i].insn, cfg[i].n, &set->f.no[i]);
		if (rc < 0) {
			GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "%s: %s: %s\n", set->of,
			       filter_key((enum dp_filter)i), strerror(-rc));
			return false;
		}
		set->f.text[i] = cfg[i].text;
	}
	return true;
}

static bool filter_section_has_any(const struct cfg_filter *cfg)
{
	for (unsigned i = 0; i < CFG_FILTERS; i++)
		if (cfg[i].text)
			return true;
	return false;
}

static bool filter_open(struct gw *gw, const struct cfg_filter *cfg, const char *kind,
			const char *name)
{
	struct filter_set *set;

	if (!filter_section_has_any(cfg))
		return true;
	set = calloc(1, sizeof(*set));
	if (!set)
		return false;
	snprintf(set->of, sizeof(set->of), "%s %s", kind, name);
	set->f.of = set->of;
	llist_add_tail(&set->entry, &gw->filters->list);
	htab_add(&gw->filters->by_section, &set->node, filter_section_key(cfg));
	return filter_register(gw, set, cfg);
}

static bool filters_new(struct gw *gw)
{
	gw->filters = calloc(1, sizeof(*gw->filters));
	if (!gw->filters)
		return false;
	INIT_LLIST_HEAD(&gw->filters->list);
	htab_init(&gw->filters->by_section, 0);
	return true;
}

static bool filter_open_port(struct gw *gw, const struct cfg_port *p)
{
	char name[GW_TEXT_MAX];
	bool ok = true;

	for (unsigned i = 0; ok && i < p->circuits; i++) {
		snprintf(name, sizeof(name), "%s %s", p->config.name, p->circuit[i].addr_text);
		ok = filter_open(gw, p->circuit[i].filter, "circuit", name);
	}
	for (unsigned i = 0; ok && i < p->accepts; i++) {
		snprintf(name, sizeof(name), "%s %s", p->config.name, p->accept[i].pattern);
		ok = filter_open(gw, p->accept[i].filter, "circuits", name);
	}
	return ok;
}

bool filters_open(struct gw *gw)
{
	const struct cfg_model *m = gw->cfg;
	bool ok = filters_new(gw);

	for (unsigned i = 0; ok && i < m->services; i++)
		ok = filter_open(gw, m->service[i].filter, "service", m->service[i].name);
	for (unsigned i = 0; ok && i < m->routes; i++)
		ok = filter_open(gw, m->route[i].filter, "route", m->route[i].name);
	for (unsigned i = 0; ok && i < m->users; i++)
		ok = filter_open(gw, m->user[i].filter, "user", m->user[i].name);
	for (unsigned i = 0; ok && i < m->filters; i++)
		ok = filter_open(gw, m->filter[i].filter, "filter", m->filter[i].name);
	for (unsigned i = 0; ok && i < m->ports; i++)
		ok = filter_open_port(gw, &m->port[i]);
	return ok;
}

void filters_free(struct gw *gw)
{
	struct filter_set *set, *next;

	if (!gw->filters)
		return;
	llist_for_each_entry_safe(set, next, &gw->filters->list, entry)
	{
		for (unsigned i = 0; i < DP_FILTERS; i++)
			dp_filter_del(gw->dp, set->f.no[i]);
		free(set);
	}
	htab_free(&gw->filters->by_section);
	free(gw->filters);
	gw->filters = NULL;
}

const struct gw_filters *filters_of(const struct gw *gw, const struct cfg_filter *cfg)
{
	struct hnode *n = htab_first(&gw->filters->by_section, filter_section_key(cfg));

	return n ? &IST_CONTAINER_OF(n, struct filter_set, node)->f : NULL;
}

const struct gw_filters *filters_next(const struct gw *gw, const struct gw_filters *f)
{
	const struct llist_head *head = &gw->filters->list, *at = head;

	if (f)
		at = &IST_CONTAINER_OF(f, const struct filter_set, f)->entry;
	return at->next == head ? NULL : &llist_entry(at->next, struct filter_set, entry)->f;
}
