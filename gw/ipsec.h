/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L2TP under IPsec (RFC 3193).  The kernel and an IKE daemon do the encryption; which security
 * association a peer has is known by the mark in its channel's address, and on ports without marks
 * by its address.  Here is what the gateway does about it: it leaves room for ESP, shows the
 * association, and ends the tunnels of one that has gone.
 *
 * The associations are read when the kernel says that they have changed, and now and then besides,
 * since what it says can be lost.  An IKE daemon makes the new one before it removes the old, so
 * one that is missing twice, a second apart, has gone and is no rekeying.
 */
#ifndef GW_IPSEC_H
#define GW_IPSEC_H

#include "gw/gw.h"

/* Who asks the kernel: sa_xfrm_open() in another process.  NULL = it is asked here. */
void ipsec_ask_by(int (*ask)(void *ctx, unsigned which), void *ctx);

/* Nothing is asked unless a port of the configuration has `ipsec`.  NULL without memory. */
struct ipsec *ipsec_new(struct gw *gw);
void ipsec_free(struct ipsec *i);

/* Does the configuration need it? */
bool ipsec_configured(const struct cfg_model *cfg);
/* Octets that a frame of this channel may have, of `mtu` that the transport can carry: as many as
 * fit into one packet on the way to the peer, ESP and all.  mtu, when no association is known. */
uint32_t ipsec_mtu(struct gw *gw, l2tp_channel c, uint32_t mtu);
/* As sa_text(), "none" for a channel that has none, "-" for one of a port without `ipsec`. */
void ipsec_text(struct gw *gw, l2tp_channel c, char *buf, size_t cap);

#endif
