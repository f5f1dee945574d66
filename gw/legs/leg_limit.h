/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a log-in may last, and how long it may carry nothing.  What it carries is read from the
 * data plane's counters now and then: frames of the user's network protocols, either way.  LCP
 * echoes and other frames of the control thread do not count, nor do packets that a filter drops.
 */
#ifndef GW_LEGS_LEG_LIMIT_H
#define GW_LEGS_LEG_LIMIT_H

#include "gw/legs/leg_terminal.h"

/* The longest, us: that of a configuration.  A server's 2^32 - 1 seconds are as good as none. */
#define LEG_LIMIT_MOST (365 * 24 * 3600 * UINT64_C(1000000))

/* NULL = there are no limits; then each of these does nothing. */
struct leg_limit;

/* The log-in has begun at `since`, perhaps in the life before; *l, of one that ran before, is
 * forgotten.  idle, session: us, 0 = no limit.  When a limit is reached the leg is closed with a
 * reason that names it: an idle one after idle and a twentieth of it at the latest (a second at
 * least, a minute at most).  False without memory for limits that there are. */
bool leg_limit_start(struct leg_limit **l, struct leg_terminal *t, uint64_t idle, uint64_t session,
		     uint64_t since, uint64_t now);
/* There may be limits later.  False without memory. */
bool leg_limit_reserve(struct leg_limit **l, struct leg_terminal *t, uint64_t since);
/* Other limits for a log-in that goes on, behind leg_limit_reserve(); idle time begins again. */
void leg_limit_change(struct leg_limit *l, uint64_t idle, uint64_t session, uint64_t now);
/* Is it by the idle limit that it has ended the leg? */
bool leg_limit_is_idle(const struct leg_limit *l);
void leg_limit_stop(struct leg_limit *l);
void leg_limit_free(struct leg_limit *l); /* it has been stopped */

#endif
