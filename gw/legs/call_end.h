/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a call ends, in the words of legs and in those of CDN: Result and Error Code (RFC 2661
 * 4.4.2) and PPP Disconnect Cause Code (RFC 3145).
 */
#ifndef GW_LEGS_CALL_END_H
#define GW_LEGS_CALL_END_H

#include "core/engine.h"
#include "gw/legs/join.h"

/* Octets of a PPP Disconnect Cause Code at most. */
#define CALL_END_CAUSE (5 + sizeof(((struct leg_end *)0)->words))

/* The attribute with the cause of RFC 3145 that `why` has; its value is in `out`, to which it
 * points. */
struct l2tp_avp call_end_cause(uint8_t out[CALL_END_CAUSE], const struct leg_end *why);
/* Why the engine says that a call is over (L2TP_EV_CALL_DOWN).  lost: what is known of the channel
 * that is lost, or NULL. */
struct leg_end call_end_why(const struct l2tp_event *ev, const char *lost);

#endif
