/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tunnel switch: a call that a peer offers is placed anew to the peers of a route, one after
 * the other until one takes it; the two calls are a join.  What the far LAC said of the call is
 * passed on, hidden again where the next tunnel hides; our PPP sees nothing of it.
 */
#ifndef GW_SWITCH_H
#define GW_SWITCH_H

#include "core/engine.h"
#include "gw/gw.h"

/* An offered ICRQ (`msg`) of this peer: true when a route takes it, whatever becomes of it then. */
bool switch_offered(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
		    const struct l2tp_msg *msg, uint64_t now);

/* After the joins. */
void switches_free(struct gw *gw);

#endif
