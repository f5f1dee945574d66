/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filters of services and routes at work: registered with the data plane. */
#ifndef GW_FILTER_H
#define GW_FILTER_H

#include "gw/gw.h"

/* False with the reason logged. */
bool filters_open(struct gw *gw);
/* Every call and line is gone by then. */
void filters_free(struct gw *gw);
/* What the filters of this one are called in the configuration: "filter-in". */
const char *filter_key(enum dp_filter place);
const struct gw_filters *filters_of_route(const struct gw *gw, const struct cfg_route *r);

#endif
