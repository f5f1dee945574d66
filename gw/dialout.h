/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Outgoing calls as their LAC: an LNS asks for a call (OCRQ), the route for its called number says
 * on which circuit it is placed, OCRP goes when that can be done, OCCN when the circuit is up, and
 * CDN with the reason when it does not come up.
 */
#ifndef GW_DIALOUT_H
#define GW_DIALOUT_H

#include "core/engine.h"
#include "gw/gw.h"
#include "gw/line.h"

/* An offered OCRQ (`msg`) of this peer: placed, switched to another LAC by a route with `to`, or
 * refused. */
void dialout_offered(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
		     const struct l2tp_msg *msg, uint64_t now);

/* After the joins, before the routes. */
void dialouts_free(struct gw *gw);

/* The Result Code of RFC 2661 4.4.2 for a circuit that could not be had, or did not come up. */
enum l2tp_cdn_result dialout_result_of_fail(const struct line_fail *fail);
enum l2tp_cdn_result dialout_result_of_end(const struct leg_end *why);

#endif
