/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limit of a call's rate in one direction: a token bucket.  It fills at the rate, up to a
 * burst, and a packet that finds less in it than it has octets is dropped (policing: nothing
 * waits).
 *
 * All is whole numbers, so that nothing is lost to rounding however short the time between two
 * packets is: tokens are bits times a million, and a microsecond at R bit/s brings R of them.  The
 * time is that of the worker's batch.  A bucket has one writer, its call's home worker.
 */
#ifndef GW_DP_RATE_H
#define GW_DP_RATE_H

#include "gw/dp/dp.h"

#include <stdbool.h>

#define RATE_OCTET   UINT64_C(8000000) /* tokens */
#define RATE_PACKETS 2u		       /* of the largest, that a burst has room for at least */
#define RATE_LARGEST 1500u	       /* octets of such a packet, or the call's MTU */

/* Of an entry; all zeros = no limit. */
struct rate {
	uint64_t bps;
	uint64_t most; /* tokens of a full bucket */
	uint64_t full; /* us after which it is full, whatever was in it */
};

/* Of the call's state; all zeros = full. */
struct rate_bucket {
	uint64_t missing; /* tokens */
	uint64_t filled;  /* when that was brought up to date, us */
};

/* bps at most DP_RATE_MAX, burst at most DP_RATE_BURST_MAX; us.  burst 0 = DP_RATE_BURST. */
static inline struct rate rate_of(uint64_t bps, uint32_t burst, uint16_t mtu)
{
	uint64_t least = RATE_PACKETS * RATE_OCTET * (mtu > RATE_LARGEST ? mtu : RATE_LARGEST);
	uint64_t most = bps * (burst ? burst : DP_RATE_BURST);

	if (!bps)
		return (struct rate){0};
	most = most > least ? most : least;
	return (struct rate){.bps = bps, .most = most, .full = most / bps + 1};
}

/* A packet of so many octets, at most 65535, under a limit: false = it is too much.  One that is
 * larger than the burst passes when the bucket is full. */
static inline bool rate_take(const struct rate *r, struct rate_bucket *b, uint64_t now,
			     size_t octets)
{
	uint64_t cost = octets * RATE_OCTET, passed = now - b->filled;
	uint64_t come = passed < r->full ? passed * r->bps : r->most;
	uint64_t missing = b->missing < r->most ? b->missing : r->most;

	missing = missing > come ? missing - come : 0;
	b->filled = now;
	b->missing = missing;
	cost = cost < r->most ? cost : r->most;
	if (cost > r->most - missing)
		return false;
	b->missing = missing + cost;
	return true;
}

#endif
