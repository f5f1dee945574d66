/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The glue between the engine, the data plane and the joins: it hands what one of them reports to
 * the other, and decides what becomes of a call that is offered.
 */
#ifndef GW_BIND_H
#define GW_BIND_H

#include "gw/gw.h"

extern const struct l2tp_ops bind_engine_ops; /* ctx: struct gw */
extern const struct dp_ops bind_dp_ops;	      /* ctx: struct gw */

/* Frames of another size fit into this channel from now on: its calls and lines take note. */
void bind_channel_mtu(struct gw *gw, l2tp_channel c);
/* It is gone for good, and so are its tunnels; nothing is sent. */
void bind_channel_lost(struct gw *gw, l2tp_channel c, const struct ist_cause *why, uint64_t now);

#endif
