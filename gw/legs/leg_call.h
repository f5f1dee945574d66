/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The leg that is a call: a session in an L2TP tunnel, offered to us (we are its LNS) or placed by
 * us (we are its LAC).  It keeps the call's entry in the data plane in step with the engine.
 */
#ifndef GW_LEGS_LEG_CALL_H
#define GW_LEGS_LEG_CALL_H

#include "gw/gw.h"
#include "gw/legs/leg.h"

/* A call the engine has offered; peer: its section.  NULL without memory.  start() answers it. */
struct leg *leg_call_offered(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer);
/* A call reserved by l2tp_call_new(); start() places it. */
struct leg *leg_call_placed(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer);

/* The engine's events about the call: REPLIED, UP, DOWN. */
void leg_call_event(struct leg *l, const struct l2tp_event *ev);
/* A PPP frame the data plane has punted. */
void leg_call_rx(struct leg *l, const uint8_t *frame, size_t len, uint64_t now);
/* Number what we send from now on, or no more; the LAC follows (RFC 2661 5.4).  Words when that
 * cannot be, else NULL. */
const char *leg_call_sequence(struct leg *l, bool on);
/* The channel's frames have another size now. */
void leg_call_mtu_changed(struct leg *l);

/* What CDN says for a cause; for tests. */
struct leg_call_result {
	uint16_t result, error;
};
extern const struct leg_call_result leg_call_results[LEG_CAUSES];

/* The entry in the data plane, for `show`. */
const struct dp_call *leg_call_entry(const struct leg *l);
const struct cfg_peer *leg_call_peer(const struct leg *l);

#endif
