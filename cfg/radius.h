/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `radius` sections and the servers in them. */
#ifndef CFG_RADIUS_H
#define CFG_RADIUS_H

#include "cfg/schema.h"

/* The keys and servers of a section into its object. */
void cfg_build_radius(struct cfg_load *l, struct cfg_item *section, struct cfg_radius *r);

#endif
