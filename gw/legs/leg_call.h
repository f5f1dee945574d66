/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A call as the files of it see it: leg_call.c, and leg_call_save.c. */
#ifndef GW_LEGS_LEG_CALL_H
#define GW_LEGS_LEG_CALL_H

#include "gw/legs/leg_entry.h"
#include "gw/legs/legs.h"

/* What few calls have. */
struct leg_call_more {
	struct leg_out ask; /* of an outgoing call, which we are to place or have a LAC place */
	/* Of the one of a switch that goes out: what its ICRQ says, and its ICCN where that was
	 * waited for; of the maker, who keeps them until the join is up. */
	const struct l2tp_avps *icrq, *iccn;
	uint32_t wen[IST_ERRORS]; /* of the last one */
	bool has_wen;
};

struct leg_call {
	struct leg leg;
	const struct cfg_peer *peer;
	struct l2tp_call *call; /* NULL when the engine has let it go */
	/* A switched call: the other one of the join.  The one that came in is answered when the
	 * one that goes out has been, and its ICCN goes on in the other's. */
	struct leg_call *other;
	const struct leg_call_waiter *waiter; /* instead of a join */
	void *waiter_ctx;
	const struct leg_origin *from; /* origin_keep() */
	struct leg_call_more *more;    /* NULL = nothing */
	int16_t asked; /* codepoint of the behavior that the peer's request is for, or enum in phb.h
			*/
	bool placed, has_origin;
	bool out;	/* an outgoing call, as more->ask says: who has placed it is the LNS */
	bool async;	/* ICCN said that the line is asynchronous */
	bool connected; /* of the one that came in: ICCN is here */
	struct leg_entry entry;
};

static inline struct leg_call *leg_call_of(struct leg *l)
{
	return (struct leg_call *)l;
}

/* The leg of a call of the engine's, with the entry that its peer section and what the engine knows
 * make.  NULL without memory. */
struct leg *leg_call_new(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
			 bool placed);
/* Of leg_ops. */
bool leg_call_save(const struct leg *l, struct wr *w);
const char *leg_call_go_on(struct leg *l, struct rd *r, uint64_t now);

#endif
