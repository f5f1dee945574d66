/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accounting of tunnels and of the calls in them (RFC 2867), for peers with `radius`: Tunnel-Start
 * and -Stop, Tunnel-Link-Start and -Stop, and a Reject of either that never came up.  A tunnel's
 * octets are those of its calls that have ended.
 *
 * Of what section 3 of the RFC wishes in a record all is there but for what there is not: a tunnel
 * is no user's, and who is behind a call that the far LAC has authenticated is not known before he
 * is let in.  NAS-Identifier stands for NAS-IP-Address (RFC 2866 4.1).
 */
#ifndef GW_TUNNEL_ACCT_H
#define GW_TUNNEL_ACCT_H

#include "gw/gw.h"

/* A request of the peer's for a call that the engine has refused without an event. */
void tunnel_acct_refused(struct gw *gw, struct l2tp_tunnel *t, const struct l2tp_msg *msg,
			 uint64_t now);
/* More is known of the call now, as who is behind it. */
void tunnel_acct_learn(struct gw *gw, uint16_t tid, uint16_t sid);
/* An event of the engine, before anybody else has heard of it. */
void tunnel_acct_event(struct gw *gw, const struct l2tp_event *ev);
/* The call is about to leave the data plane: its counters are read for the last time. */
void tunnel_acct_read(struct gw *gw, uint16_t tid, uint16_t sid);
/* In another life: tunnels and calls are there again. */
void tunnel_acct_resume(struct gw *gw);

#endif
