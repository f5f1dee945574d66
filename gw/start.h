/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Start, orderly end and immediate end of the gateway. */
#ifndef GW_START_H
#define GW_START_H

#include "gw/gw.h"

/* Open everything a configuration names: pools, data plane, engine, devices, ports, clients.  NULL
 * with the reasons logged when anything cannot be opened.  cfg must outlive the gateway. */
struct gw *gw_new(const struct cfg_model *cfg);
/* The same with a store, in which tunnels, calls and lines are kept, and of which those go on that
 * a life before has left.  It must outlive the gateway; NULL = nothing is kept. */
struct store;
struct gw *gw_new_kept(const struct cfg_model *cfg, struct store *store);
/* The same with a data side in another process: the descriptors of the door to it, which are taken
 * over, and one that is readable when it has gone, which is not.  NULL = it is in this process. */
struct gw_door {
	int fd[DP_DOOR_FDS];
	unsigned fds;
	int life;
};
struct gw *gw_new_apart(const struct cfg_model *cfg, struct store *store,
			const struct gw_door *door);
/* End at once, without a message to any peer; with a store, all goes on in the next life.  NULL is
 * fine. */
void gw_free(struct gw *gw);
/* SIGHUP has come, to this process or to its keeper. */
void gw_hup(void);
/* An operator has it ended: all processes, in good order. */
void gw_end(struct gw *gw, uint64_t now);
/* Orderly end: PPP is terminated, then CDN and StopCCN are sent; the loop quits when all are
 * acknowledged or after five seconds.  A second call ends at once. */
void gw_shutdown(struct gw *gw, uint64_t now);
/* Check what cfg_load() cannot know; mistakes are reported as cfg_load() does and counted. */
unsigned gw_check(const struct cfg_model *cfg, cfg_report report, void *ctx);

#endif
