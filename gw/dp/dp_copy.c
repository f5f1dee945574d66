/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies of frames for whoever watches a call (`debug`).  They go by the mailbox of captures, so
 * that they never take the room of a frame, and no worker gives more than so many in a second.
 */
#include "gw/dp/data.h"

#include <string.h>

#define COPY_RATE  200u
#define COPY_BURST 200u

void call_copy(struct worker *w, struct call *c, bool outbound, uint16_t proto, const uint8_t *info,
	       size_t len)
{
	enum dp_reason why = DP_R_COPY_LIMIT;
	struct tap_rec *r = NULL;

	if (bucket_take(&w->copy_tokens, &w->copy_refilled, w->now, COPY_RATE, COPY_BURST)) {
		why = DP_R_TAP_RING;
		r = ring_reserve(&w->tap, sizeof(*r) + 2 + len);
	}
	if (!r) {
		worker_drop(w, why);
		return;
	}
	*r = (struct tap_rec){
		.when = w->now, .call = call_key(c->c.tid, c->c.sid), .outbound = outbound};
	wr_put16(r->octets, proto);
	if (len)
		memcpy(r->octets + 2, info, len);
	ring_commit(&w->tap);
	w->told = true;
}
