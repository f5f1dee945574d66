/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ties the control process to its keeper (gw/keeper/keeper.h): what it was given at its start,
 * and the notices that come while its loop runs.
 */
#ifndef GW_KEPT_H
#define GW_KEPT_H

#include "gw/accelerate.h"
#include "gw/gw.h"
#include "gw/keeper/keeper.h"
#include "gw/start.h"
#include "gw/store/store.h"

/* The exit status of a control that leaves all to its next life. */
#define KEPT_LEAVE 3

struct kept {
	struct keeper_link link;
	struct keeper_fds held; /* that nobody has taken yet */
	struct keeper_go go;
	struct store *store;
	struct gw_door door;
	struct osmo_fd ofd;
	struct gw *gw;
	int xdp[XDP_FDS]; /* maps of the XDP program */
	bool has_xdp;
	bool stored; /* keeper's death is no end: all is started again */
};

/* In a process that keeper has started: wait for what it gives.  0 or -errno. */
int kept_begin(struct kept *k);
/* The store of the life before, or a new one that keeper holds from now on, for as many calls as
 * the configuration allows; and the door to data.  False, with the reason logged. */
bool kept_take(struct kept *k, const struct cfg_model *cfg);
/* The descriptors of the door out of what keeper has given, which become the caller's; how many. */
unsigned kept_door(struct keeper_fds *held, int fd[DP_DOOR_FDS]);
/* Serve the notices of keeper from the loop of gw, and tell it that the gateway is at work.  0 or
 * -errno. */
int kept_serve(struct kept *k, struct gw *gw);
/* No more notices. */
void kept_leave(struct kept *k);
/* After the gateway. */
void kept_end(struct kept *k);

/* struct dp_ops.gone: the process ends, and the next one goes on with the next data. */
void kept_data_gone(void *gw, const char *why, uint64_t now);

#endif
