/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the gateway does, in numbers: the text format of Prometheus (version 0.0.4).  Each metric is
 * a row of a const table and is made of the rows that `show` has, or of the state they are made of.
 * Units are seconds and counts.  No label names a user, a call or a tunnel, so that the number of
 * series depends on the configuration alone.
 */
#ifndef GW_OPERATOR_METRICS_H
#define GW_OPERATOR_METRICS_H

#include "gw/gw.h"
#include "gw/operator/ctl_text.h"

/* All of them.  out->failed without memory. */
void metrics_text(struct gw *gw, struct ctl_text *out);

#endif
