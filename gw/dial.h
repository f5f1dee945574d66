/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tunnels that we open. */
#ifndef GW_DIAL_H
#define GW_DIAL_H

#include "core/engine.h"
#include "gw/gw.h"

/* A tunnel to this peer that we have opened and that has room for a call, or a new one; NULL with
 * *words saying why there is none. */
struct l2tp_tunnel *dial_tunnel(struct gw *gw, const struct cfg_peer *peer, uint64_t now,
				const char **words);
/* A call in such a tunnel, reserved and not yet placed; NULL with *words likewise. */
struct l2tp_call *dial_call(struct gw *gw, const struct cfg_peer *peer, uint64_t now,
			    const char **words);
/* The same in any tunnel of this peer, for who is asked and not called: the LAC of an outgoing call
 * may have opened it, and need not have a dial address. */
struct l2tp_call *dial_call_of(struct gw *gw, const struct cfg_peer *peer, uint64_t now,
			       const char **words);
/* Octets of information that a frame of a call to this peer can carry in a tunnel there is;
 * UINT16_MAX: there is none, or its medium does not say. */
uint16_t dial_carries(struct gw *gw, const struct cfg_peer *peer);
/* Give back such a call when there is no memory for its leg or join; *words says so. */
void dial_abandon(struct l2tp_call *call, const char **words, uint64_t now);

#endif
