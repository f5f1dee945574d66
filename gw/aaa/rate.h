/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limits of a log-in's rates as a RADIUS server says them, of a row of attributes.  No RFC has
 * an attribute for that; these are what servers of access networks are set up with:
 *
 *   Filter-Id "DOWN/UP"                  kbit/s, as accel-ppp reads it.  No section `filter` can
 *                                        have a name with a slash, so that it is no name.
 *   WISPr-Bandwidth-Max-Up, -Down        bit/s
 *   Mikrotik-Rate-Limit "UP[/DOWN] ..."  bit/s with k, M or G; UP alone is both; what follows (of
 *                                        bursts) is not used
 *
 * Up is from the client.  0 = no limit.  When several say something of one direction, one further
 * down comes first.  Pure functions.
 */
#ifndef GW_AAA_RATE_H
#define GW_AAA_RATE_H

#include "cfg/cfg.h"
#include "core/bytes.h"

struct radius_value;

struct rate_draft {
	struct cfg_rates rates;	 /* CFG_OF_SERVICE: nothing was said */
	uint8_t rank[CFG_RATES]; /* of the attribute that has said it */
};

void rate_begin(struct rate_draft *d);
/* One attribute; others are left alone.  NULL, or why the user cannot have it. */
const char *rate_add(struct rate_draft *d, const struct radius_value *v);
/* Is this Filter-Id a rate, and no name? */
bool rate_is_filter_id(struct rd octets);

#endif
