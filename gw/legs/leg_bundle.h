/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multilink bundles (RFC 1990): several calls or lines of one client as one link.
 *
 * Each link is a join of its own, of a call or line with our PPP, which has LCP and authentication
 * and no more.  When the first link of a client has authenticated a bundle is made: a leg whose
 * frames the data plane sends and receives by the links, joined with our PPP for the network
 * protocols.  It goes with its last link; when it ends by itself its links are closed.
 */
#ifndef GW_LEGS_LEG_BUNDLE_H
#define GW_LEGS_LEG_BUNDLE_H

#include "gw/legs/leg_terminal.h"

struct leg_bundle;

/* A link's place in a bundle; of zeros at first. */
struct leg_link {
	struct leg_terminal *t;		      /* its PPP */
	struct leg_bundle *bundle, *comes_to; /* not both */
	unsigned no;
};

/* t, whose PPP has authenticated, has agreed to be a link of a bundle, on this. */
bool leg_bundle_wants(const struct leg_terminal *t, struct ppp_link *agreed);
/* For whom bundles are. */
struct leg_bundle_for {
	const void *who; /* of a service, or of a client section */
	bool one;	 /* it has one bundle only */
	/* Makes the leg that has the network protocols. */
	struct leg *(*network)(struct leg_terminal *first);
	unsigned links;			/* the most that this one may have; 0 = no limit */
	const struct join_owner *owner; /* of the join with that leg; NULL = nobody's */
	void *ctx;
};
/* t->user is about to be told, or may have told us, that t is a link: the far end sends by it
 * before it has joined.  Its bundle, if there is one, takes no fragment for lost at once until
 * then, or until leg_bundle_leave().  For links whose far end has proved who it is, or is ours to
 * call: others would make a stranger's packets wait.  of: `who` and `one` only. */
void leg_bundle_expect(struct leg_link *l, const struct leg_terminal *t,
		       const struct leg_bundle_for *of);
/* t has authenticated, and LCP has agreed on `agreed`: it becomes a link of the bundle of the same
 * service or client, user and endpoint (section 5.1.3), or the first of a new one.  t->net.bundle
 * is set.  NULL, or words saying why it cannot be. */
const char *leg_bundle_join(struct leg_link *l, struct leg_terminal *t,
			    const struct leg_bundle_for *of, const struct ppp_link *agreed,
			    uint64_t now);
/* It is one no longer, nor comes to one; harmless when it was none.  why: how the bundle ends if it
 * was the last. */
void leg_bundle_leave(struct leg_link *l, const struct leg_end *why, uint64_t now);
/* What the links of the bundle have agreed. */
const struct ppp_link *leg_bundle_agreed(const struct leg *bundle);

#endif
