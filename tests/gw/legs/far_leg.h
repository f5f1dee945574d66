/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of the test's, as the first leg of a join with our PPP; whom it leads to is played by
 * hand, with frames.h for what we send. */
#ifndef TESTS_GW_LEGS_FAR_LEG_H
#define TESTS_GW_LEGS_FAR_LEG_H

#include "gw/legs/leg_entry.h"
#include "tests/gw/frames.h"

#define FAR_LEG_NUMBER 1000u /* of its entry, fake_entry(0, FAR_LEG_NUMBER) */

/* The join of it with `ours`, not started.  Its owner is the test: */
struct join *far_leg_join(struct leg *ours);
extern unsigned far_leg_gone;	   /* how often the join has said that it is gone */
extern struct leg_end far_leg_why; /* and why */

/* The join is started without memory, and ends for that. */
void far_leg_starts_without_memory(struct join *j);
/* A frame of the far end. */
void far_leg_says(const char *hex);
/* Our first Configure-Request of LCP is this one, and is kept. */
void far_leg_hears_request(const char *pattern);
/* It is fine. */
void far_leg_acks(void);
/* The far end asks for nothing, or so: ours is repeated, since it may have been lost while nobody
 * was there, and its own acknowledged. */
void far_leg_asks(const char *request, const char *ack);

#endif
