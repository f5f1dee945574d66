/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `accelerate = xdp` of ports: keeper loads the XDP program (gw/dp/xdp/xdp.h) and has the drivers
 * of the devices run it, before it gives up the right to; control gets the maps.  Keeper alone
 * holds the program at the devices, so it goes on while the others die, and leaves them with
 * keeper.
 */
#ifndef GW_ACCELERATE_H
#define GW_ACCELERATE_H

#include "cfg/cfg.h"
#include "gw/dp/xdp/xdp.h"
#include "gw/keeper/keeper.h"

#include <net/if.h>

struct dp;

struct accelerate {
	int fd[XDP_FDS];
	int link[XDP_DEVICES];
	unsigned links; /* 0 = nothing is accelerated, and fd is not open */
	bool given;
};

/* Network devices that the configuration wants to run the program. */
struct accelerate_devices {
	char name[XDP_DEVICES][IFNAMSIZ];
	unsigned n;
};
struct accelerate_devices accelerate_devices(const struct cfg_model *cfg);

/* Has any port of the configuration the key? */
bool accelerate_wanted(const struct cfg_model *cfg);
/* With the rights that this takes.  What cannot be done is said in a line of the log, and all works
 * without it. */
void accelerate_start(struct accelerate *a, const struct cfg_model *cfg,
		      void (*log)(enum keeper_level level, const char *words));
void accelerate_end(struct accelerate *a);
/* Have the maps held for control.  False: they cannot be. */
bool accelerate_give(struct accelerate *a, struct keeper_fds *held);
/* In control: has it been given any, and what, the caller's.  False: nothing. */
bool accelerate_given(const struct keeper_fds *held);
bool accelerate_take(struct keeper_fds *held, int fd[XDP_FDS]);
/* In control, as it begins: keeper loads and attaches at its own start only, so a reload may want
 * what is not there.  A line for each. */
void accelerate_tell(const struct cfg_model *cfg, const struct dp *dp);
/* In control, now and then: what has become of the devices. */
void accelerate_look(const struct cfg_model *cfg, struct dp *dp);
/* What this host or this program lacks for it, as far as it can be seen without rights. */
void accelerate_lacks(const struct cfg_model *cfg, void (*say)(const char *words));

#endif
