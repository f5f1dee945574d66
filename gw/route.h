/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The route sections of the configuration: which of them PPP of a circuit or a call goes by.  What
 * becomes of a call then is in route_way.h. */
#ifndef GW_ROUTE_H
#define GW_ROUTE_H

#include "cfg/cfg.h"

/* What is known of the PPP that wants a way; members may be NULL. */
struct route_what {
	const struct cfg_port *port; /* of a circuit */
	const struct cfg_peer *peer; /* whose call it is; NULL = it is a circuit */
	const char *circuit;	     /* its address on the port */
	const char *called, *calling;
	const uint8_t *access; /* what an access node says of the line (gw/legs/origin.h) */
	uint16_t access_len;
	const char *user;
	bool outgoing;	 /* the peer asks for an outgoing call (OCRQ) */
	bool user_later; /* the user is not known yet and will be: a pattern of it may fit */
};

/* The first route that fits, or NULL.  A pattern for something that is not known does not fit. */
const struct cfg_route *route_find(const struct cfg_model *m, const struct route_what *what);
/* Why a route does not fit, for people; NULL when it does. */
const char *route_why_not(const struct cfg_route *r, const struct route_what *what);
/* The user is not known yet.  May another route fit when he is? */
bool route_waits_for_user(const struct cfg_model *m, const struct route_what *what);

/* Does PPP of every circuit have an end: a service, a route from its port, or a client?  Reports
 * like cfg_load(), returns the mistakes. */
unsigned routes_check(const struct cfg_model *m, cfg_report report, void *ctx);

#endif
