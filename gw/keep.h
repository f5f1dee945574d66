/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Channels that tunnels stand on.  A transport that takes strangers recycles their channels when it
 * needs the room; the channel of a tunnel that is up must stay.  It is given up some time after its
 * last tunnel has gone, so that what the far end sends again can still be answered.
 */
#ifndef GW_KEEP_H
#define GW_KEEP_H

#include "gw/dp/dp.h"
#include "gw/loop.h"

struct keep;

/* Does a tunnel stand on c that keep_tunnel_up() has not been told of, since it is being set up? */
typedef bool (*keep_used_fn)(void *ctx, l2tp_channel c);
/* linger: us between the last tunnel and giving the channel up, and as long again while it is used
 * (NULL = never). */
struct keep *keep_new(struct loop *loop, struct dp *dp, uint64_t linger, keep_used_fn used,
		      void *ctx);
void keep_free(struct keep *k);
/* A tunnel on c is up; a tunnel that was counted so is down. */
void keep_tunnel_up(struct keep *k, l2tp_channel c);
void keep_tunnel_down(struct keep *k, l2tp_channel c, uint64_t now);
/* c, answered or dialled, has no tunnel: it is given up unless one comes up on it in that time. */
void keep_unused(struct keep *k, l2tp_channel c, uint64_t now);
/* c is gone by itself. */
void keep_lost(struct keep *k, l2tp_channel c);

#endif
