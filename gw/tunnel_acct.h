/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accounting of tunnels and of the calls in them (RFC 2867), for peers with `radius`: Tunnel-Start
 * and -Stop, Tunnel-Link-Start and -Stop, and a Reject of either that never came up.  A tunnel's
 * octets are those of its calls that have ended.
 */
#ifndef GW_TUNNEL_ACCT_H
#define GW_TUNNEL_ACCT_H

#include "gw/gw.h"

/* An event of the engine, before anybody else has heard of it. */
void tunnel_acct_event(struct gw *gw, const struct l2tp_event *ev);
/* The call is about to leave the data plane: its counters are read for the last time. */
void tunnel_acct_read(struct gw *gw, uint16_t tid, uint16_t sid);
/* In another life: tunnels and calls are there again. */
void tunnel_acct_resume(struct gw *gw);

#endif
