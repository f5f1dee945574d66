/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A route whose RADIUS servers say where a call goes (RFC 2868): they are asked when the way has
 * begun, and the peers that they name take the place of the route's.  Control thread only.
 */
#ifndef GW_ROUTE_ASK_H
#define GW_ROUTE_ASK_H

#include "gw/route_way.h"

struct route_question {
	const struct route_what *what;
	const struct ppp_auth_claim *claim; /* of the user; NULL = there is none */
	uint64_t source;		    /* of the circuit or tunnel, and the same in words */
	const char *source_text;
	struct log_about about; /* of it, for the log; its texts outlive the way */
	enum aaa_medium medium;
};

/* Are servers to be asked before route_way_next()? */
bool route_asks(const struct route_way *w);
/* Ask them.  `answered` is called later from the loop, unless the way has been ended before:
 * ok = route_way_next() may be called, else w->why says why not, and message is for the client,
 * NULL = nothing is said to him.  False: they cannot be asked, and w->why says why. */
bool route_ask(struct gw *gw, struct route_way *w, const struct route_question *q,
	       void (*answered)(void *ctx, bool ok, const char *message, uint64_t now), void *ctx,
	       uint64_t now);

#endif
