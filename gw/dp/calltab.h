/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calls as the workers see them, found by our own Tunnel and Session ID.
 *
 * Two levels: an array by Tunnel ID, and under each tunnel a small table by Session ID.  Our ids
 * are a random permutation (core/ids.h), so an array of pages by Session ID would hold one call a
 * page; the second level is therefore indexed by the id's low bits and at most half full.
 *
 * An entry has two parts.  `struct call` holds the settings made by the control thread: immutable,
 * replaced whole under RCU. `struct call_state` holds the state: sequence numbers, held frames,
 * counters; written by the call's home worker only, and kept when the entry is replaced.
 */
#ifndef GW_DP_CALLTAB_H
#define GW_DP_CALLTAB_H

#include "core/data.h"
#include "core/deadline.h"
#include "gw/dp/door.h"
#include "gw/dp/map.h"
#include "gw/dp/rate.h"
#include "gw/dp/rcu.h"
#include "gw/dp/slab.h"

#include <assert.h>
#include <stddef.h>

struct bundle;
struct worker;

struct call_state;

/* Frames of a call that wait for those before them; of its home worker's, while there are any. */
struct call_held {
	struct call_state *st;
	struct deadline gap; /* in the home worker's heap */
	struct l2tp_data_slot slot[L2TP_REORDER_MAX];
	uint16_t buffer[L2TP_REORDER_MAX]; /* of the worker's pool */
	struct call_held *next;		   /* while it is free */
};

struct call_state {
	/* Of every frame, in the first cache line; data's numbers, too. */
	struct call_counters *n; /* in the door */
	struct worker *home;
	uint32_t version; /* of the struct call that data follows */
	uint16_t tid, sid;
	uint8_t early; /* packets punted of NCPs that are not open, or in forward */
	bool told_unsequenced;
	bool plain;	 /* the far end's last frame but LCP came without FF 03 */
	uint32_t tokens; /* punts left, in thousandths */
	struct l2tp_data data;
	uint64_t refilled;	/* when tokens was brought up to date, us */
	uint32_t early_version; /* of the entry that early counts for */
	uint32_t lcp_version;	/* of the entry under which LCP was negotiated */
	struct call_held *held; /* NULL = no frame waits */
	/* Frames given to the control thread, and those that it has done with; frames that it has
	 * sent to this leg, and those that have left. */
	uint32_t punted; /* the others are in n */
	_Atomic uint32_t taken;
	struct rate_bucket *bucket; /* DP_RATES of them; NULL = there was never a limit */
	struct bundle *bundle;	    /* of a bundle; else NULL */
	union {
		struct rcu_head rcu;
		struct call_state *next; /* after it: on the home worker's list of the retired */
	};
};

struct data_tun;
struct filter;

/* What each entry has of struct dp_call, under the same names; CALL_WHAT has those that are
 * copied as they are. */
struct call_what {
	l2tp_channel channel;
	uint16_t tid, sid, to_tid, to_sid;
	uint32_t peer4;
	uint16_t mtu;
	uint8_t mode; /* enum dp_mode */
	bool ip4, ip6, client, no_address, ff03, pfc, mirror_ff03, watched, echo, has_peer6;
	uint8_t dscp;
	uint32_t our_magic, peer_magic, tun;
	struct l2tp_data_config data;
	uint8_t peer6[16];
	uint64_t peer_iid;
};

/* clang-format off */
#define CALL_WHAT(X)                                                                       \
	X(channel) X(tid) X(sid) X(to_tid) X(to_sid) X(peer4) X(mtu) X(ip4) X(ip6) X(client) \
	X(no_address) X(ff03) X(pfc) X(mirror_ff03) X(watched) X(echo) X(has_peer6) X(dscp)  \
	X(our_magic) X(peer_magic) X(tun) X(data) X(peer_iid)
/* clang-format on */

/* What few have. */
struct call_more {
	struct dp_bundle bundle; /* its links are its own */
	uint64_t discard;
	uint32_t rate_burst;
	uint64_t said[DP_RATES];    /* dp_call.rate */
	struct rate rate[DP_RATES]; /* of those, while the entry is limited */
	struct filter *filter[DP_FILTERS];
};

struct call {
	/* What is asked for every frame is in the first cache line, c's first part too. */
	struct call_state *st;
	struct data_tun *tun;	/* of c.tun */
	struct call_more *more; /* NULL = nothing */
	uint32_t version;
	uint8_t filters; /* bit N: there is a more->filter[N] */
	bool bundle;	 /* more->bundle is one */
	bool marked;	 /* c.dscp or more->discard say something */
	bool limited;	 /* more->rate says how */
	struct call_what c;
	uint64_t claimed; /* the ATTACH under which control has set it */
	struct rcu_head rcu;
};
static_assert(offsetof(struct call, c.pfc) < SLAB_LINE, "what each frame asks is in one line");
static_assert(offsetof(struct call_state, data.seen_seq) < SLAB_LINE, "and its state in another");
static_assert(sizeof(struct call) <= 3 * SLAB_LINE, "there are many of them");
static_assert(sizeof(struct call_state) <= 3 * SLAB_LINE, "there are as many");

struct calltab {
	struct map *tunnel; /* 65536; untouched pages cost nothing */
	_Atomic uint64_t *heard;
	_Atomic uint32_t n;
};

/* heard: 65536 words, in which it is noted when data last came in for a tunnel.  0 or -ENOMEM. */
int calltab_init(struct calltab *t, _Atomic uint64_t *heard);
/* No reader is left; entries are the caller's. */
void calltab_free(struct calltab *t);

static inline struct call *calltab_get(const struct calltab *t, uint16_t tid, uint16_t sid)
{
	return (struct call *)map_get(&t->tunnel[tid], sid);
}

#define CALLTAB_AHEAD 16u /* look-ups that are worth beginning together */
/* Entries whose first lines a cache of the first level does not hold. */
#define CALLTAB_LARGE 512u

/* Look-ups of n keys (call_key()), CALLTAB_AHEAD at the most, will follow: fetch what they and the
 * frames of these calls need, all at once.  Any key may be of no call. */
void calltab_look_ahead(const struct calltab *t, const uint32_t *key, unsigned n);
/* Is that worth while? */
static inline bool calltab_is_large(const struct calltab *t)
{
	return atomic_load_explicit(&t->n, memory_order_relaxed) > CALLTAB_LARGE;
}

/* Control thread: publish an entry, NULL = take it out; the old one may go after a grace period.
 * False only without memory. */
bool calltab_set(struct calltab *t, uint16_t tid, uint16_t sid, struct call *c);
void calltab_each(struct calltab *t, void (*fn)(void *ctx, struct call *c), void *ctx);

static inline bool call_is_bundle(const struct call *c)
{
	return c->bundle;
}

/* c has more. */
static inline void call_set_filter(struct call *c, unsigned place, struct filter *f)
{
	c->more->filter[place] = f;
	c->filters |= (uint8_t)((f != NULL) << place);
}

static inline struct filter *call_filter(const struct call *c, unsigned place)
{
	return c->more ? c->more->filter[place] : NULL;
}

/* PPP on a channel of its own, without L2TP. */
static inline bool call_is_line(const struct call *c)
{
	return !c->c.tid && !call_is_bundle(c);
}

static inline void calltab_heard(struct calltab *t, uint16_t tid, uint64_t now)
{
	atomic_store_explicit(&t->heard[tid], now, memory_order_relaxed);
}

#endif
