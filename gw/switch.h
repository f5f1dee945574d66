/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tunnel switch: a call that a peer offers is placed anew to the peers of a route, one after
 * the other until one takes it; the two calls are a join.  What the far LAC said of the call is
 * passed on (tunnel switch column of core/avp_table.c), hidden again where the next tunnel hides;
 * our PPP sees nothing of it.
 *
 * When a route asks for the user, the call is answered first, because the user's name comes with
 * its ICCN; else it is answered when the next peer has taken it.
 *
 * Loops are found in three ways.  ICRQ has the list of gateways that have switched the call
 * (Gateways Passed); a gateway that finds itself in it refuses the call.  For peers that do not
 * pass the list on, a call is never placed to the peer section it came from, and of calls that have
 * the same Call Serial Number, Called and Calling Number only SWITCH_SAME_MAX may be on their way.
 */
#ifndef GW_SWITCH_H
#define GW_SWITCH_H

#include "core/engine.h"
#include "gw/gw.h"

struct route_way;

/* An offered ICRQ (`msg`) of this peer: true when a route takes it, whatever becomes of it then. */
bool switch_offered(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
		    const struct l2tp_msg *msg, uint64_t now);
/* An offered OCRQ that goes to the peers of a route; way: begun, and ended by the switch. */
void switch_outgoing(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
		     const struct l2tp_msg *msg, struct route_way *way, uint64_t now);

/* Row of gw/resume.h. */
struct resume_from;
struct join *switch_resume(struct resume_from *f);

#define SWITCH_SAME_MAX	  4u
#define SWITCH_PASSED_MAX 16u /* gateways that may have switched a call before */

/* NULL without memory. */
struct switches *switches_new(void);
/* After the joins.  NULL is fine. */
void switches_free(struct switches *all);

#endif
