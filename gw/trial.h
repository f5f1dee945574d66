/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an operator tries, and what came of it: a HELLO in a tunnel until it is acknowledged, or an
 * Access-Request to the servers of a `radius` section.  The last few are there to be shown; they go
 * with the process.  Control thread only.
 */
#ifndef GW_TRIAL_H
#define GW_TRIAL_H

#include "gw/gw.h"

#define TRIALS_MAX  16u
#define TRIAL_WORDS 256u

enum trial_kind { TRIAL_PING, TRIAL_RADIUS, TRIAL_KINDS };
extern const char *const trial_kind_names[TRIAL_KINDS]; /* "ping-tunnel", "test-radius" */

enum trial_state { TRIAL_GOING_ON, TRIAL_DONE, TRIAL_FAILED, TRIAL_STATES };
extern const char *const trial_state_names[TRIAL_STATES];

struct trial_view {
	unsigned number; /* from 1 on */
	enum trial_kind kind;
	enum trial_state state;
	const char *of;	   /* a tunnel's id; "USER by SECTION" */
	uint64_t took;	   /* us until it ended; 0 = it goes on */
	const char *words; /* what came of it; "" = it goes on */
};

/* NULL without memory. */
struct trials *trials_new(void);
/* Before aaa, which some of them wait for. */
void trials_free(struct trials *t);
/* From the oldest on. */
void trials_each(const struct gw *gw, void (*each)(void *ctx, const struct trial_view *v),
		 void *ctx);

/* Begin one: its number, or 0 with *words saying why not. */
unsigned trial_ping(struct gw *gw, unsigned tid, const char **words);
/* By PAP; radius NULL: the only section there is.  The password is in the request and nowhere else.
 */
unsigned trial_radius(struct gw *gw, const char *radius, const char *user, const char *password,
		      const char **words);

/* The engine says that the HELLO is acknowledged, or that the tunnel is no more. */
void trial_pinged(struct gw *gw, unsigned tid, uint64_t now);
void trial_tunnel_down(struct gw *gw, unsigned tid, const char *why, uint64_t now);

#endif
