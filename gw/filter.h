/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filters of services, routes, users, circuits and `filter` sections at work: registered with
 * the data plane. */
#ifndef GW_FILTER_H
#define GW_FILTER_H

#include "gw/gw.h"

/* False with the reason logged; those that were made are freed by filters_free(). */
bool filters_open(struct gw *gw);
/* Harmless when some or all were not made. */
void filters_free(struct gw *gw);
/* What the filters of this one are called in the configuration: "filter-in". */
const char *filter_key(enum dp_filter place);
/* Those of a section, which has cfg[CFG_FILTERS]; they are there as long as gw.  NULL = it has
 * none. */
const struct gw_filters *filters_of(const struct gw *gw, const struct cfg_filter *cfg);
/* Those of each section that has any, after f (NULL = the first), in the order of services, routes,
 * users, `filter` sections and circuits. */
const struct gw_filters *filters_next(const struct gw *gw, const struct gw_filters *f);

#endif
