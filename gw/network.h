/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Networks behind clients of a service that RADIUS names (Framed-Route): each leads through the
 * service's device while a call holds it, in the kernel and in the data plane.  Several calls may
 * hold one, as when a client comes back before its last call has ended: packets go to the one that
 * came last, and to the one before it when that goes.
 */
#ifndef GW_NETWORK_H
#define GW_NETWORK_H

#include "gw/gw.h"

struct network;
struct networks;

/* One call's hold of one network; of zeros at first. */
struct network_hold {
	struct llist_head entry;
	struct network *of; /* NULL = it holds none */
	uint16_t tid, sid;
};

/* NULL without memory. */
struct networks *networks_new(void);
/* Nothing is held any more. */
void networks_free(struct networks *n);

/* The call holds this network of the device.  False: there is no memory, or it does not lead there,
 * which is logged. */
bool network_take(struct gw *gw, struct network_hold *h, uint32_t tun, const struct cfg_prefix *to,
		  uint16_t tid, uint16_t sid);
/* Harmless with one that holds none. */
void network_give(struct gw *gw, struct network_hold *h);
/* A call of the life before has held it, and the kernel may lead there still. */
void network_left(struct gw *gw, uint32_t tun, const struct cfg_prefix *to);
/* All calls go on that can: what was left and nobody holds leads there no more. */
void networks_sweep(struct gw *gw);

#endif
