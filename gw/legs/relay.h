/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tunnel switch passes on of a message: attributes whose row says RELAY (core/avp_table.c).
 * One that came hidden is for tunnels that can hide it, which takes a secret (RFC 2661 4.3); it is
 * left out, and the log says so, where the next peer's section has none. */
#ifndef GW_LEGS_RELAY_H
#define GW_LEGS_RELAY_H

#include "core/engine.h"

struct cfg_peer;
struct gw;

/* The call whose message is made. */
struct relay_to {
	const struct cfg_peer *peer;
	uint16_t tid, sid;
	struct gw *gw; /* for the log, as the rest */
	l2tp_channel channel;
	uint64_t source;
};

/* Those of m, whichever peer they are for, and `more` unless it is NULL, copied; free() it.  NULL
 * without memory. */
struct l2tp_avps *relay_new(const struct l2tp_msg *m, const struct l2tp_avp *more);
/* Those of r for this call, without values of their own: they stay in r.  out has room for as many
 * as r has. */
unsigned relay_copied(const struct l2tp_avps *r, const struct relay_to *to, struct l2tp_avp *out,
		      uint64_t now);
/* The same of m, which may be NULL: there is none.  out has room for L2TP_MSG_AVPS. */
unsigned relay_pick(const struct l2tp_msg *m, const struct relay_to *to, struct l2tp_avp *out,
		    uint64_t now);
/* None of r is left out for this peer. */
bool relay_is_whole(const struct l2tp_avps *r, const struct cfg_peer *to);
/* NULL = it is not among them; r may be NULL. */
const struct l2tp_avp *relay_find(const struct l2tp_avps *r, uint16_t vendor, uint16_t type);

#endif
