/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What keeper may open and change for the others: all that the configuration names, and nothing
 * else.
 */
#ifndef GW_PERMIT_H
#define GW_PERMIT_H

#include "cfg/cfg.h"
#include "gw/keeper/opener.h"

#define PERMIT_OPENS 8u /* a port names at most two */

/* What this port asks to be opened, as its transport's `check` names it; returns how many. */
unsigned permit_opens(const struct cfg_port *p, struct ist_open out[PERMIT_OPENS]);
/* A table from the configuration; what it allows is done in place.  NULL without memory. */
struct opener *permit_new(const struct cfg_model *cfg);
/* From now on this process has its keeper open and change; NULL = it does so itself. */
void permit_ask(struct keeper_link *keeper);

#endif
