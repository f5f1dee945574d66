/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses for clients.  A pool is a list of ranges: IPv4 ranges give addresses, IPv6 ranges give
 * one /64 per client, and others prefixes to delegate.  What was never used goes first, then what
 * was given back longest ago, so that an address seldom changes hands quickly.  Fixed addresses of
 * users are taken by name and are never handed to others.  Memory is bounded by the ranges, not by
 * what peers do.
 */
#ifndef GW_AAA_ADDRPOOL_H
#define GW_AAA_ADDRPOOL_H

#include "cfg/cfg.h"

/* Of a range larger than this only the first so many are handed out. */
#define ADDRPOOL_RANGE_MAX (1u << 20)

struct addrpool;

/* NULL without memory.  No pointer into range is kept; name is copied. */
struct addrpool *addrpool_new(const char *name, const struct cfg_prefix *range, unsigned ranges);
/* Once: prefixes of this length can be had of these as well.  False without memory. */
bool addrpool_delegate(struct addrpool *p, const struct cfg_prefix *from, unsigned n, uint8_t bits);
void addrpool_free(struct addrpool *p);
const char *addrpool_name(const struct addrpool *p);

/* Keep an address for whoever asks for it with addrpool_take4_fixed(); outside the ranges: nothing
 * to do. */
void addrpool_hold4(struct addrpool *p, uint32_t addr);
/* Host order; 0 = none left. */
uint32_t addrpool_take4(struct addrpool *p);
/* A certain address, inside the ranges or not; false when it is in use or without memory. */
bool addrpool_take4_fixed(struct addrpool *p, uint32_t addr);
/* The same for one that a client has chosen: not one that is kept for somebody. */
bool addrpool_take4_chosen(struct addrpool *p, uint32_t addr);
void addrpool_give4(struct addrpool *p, uint32_t addr);
/* Is it in one of the ranges (so that the route of the range leads to it)? */
bool addrpool_covers4(const struct addrpool *p, uint32_t addr);

/* The same of the /64 that begins at this address. */
void addrpool_hold6(struct addrpool *p, const uint8_t prefix[16]);
bool addrpool_take6(struct addrpool *p, uint8_t prefix[16]);
bool addrpool_take6_fixed(struct addrpool *p, const uint8_t prefix[16]);
void addrpool_give6(struct addrpool *p, const uint8_t prefix[16]);
bool addrpool_covers6(const struct addrpool *p, const uint8_t prefix[16]);

/* Prefixes to delegate.  The first: one of the pool's length; false = none left. */
bool addrpool_delegates(const struct addrpool *p);
bool addrpool_take_prefix(struct addrpool *p, struct cfg_prefix *out);
/* A certain one of IPv6, of at most 64 bits.  Where the pool has others in it, or it is in one of
 * the pool's, all those are taken. */
bool addrpool_take_prefix_fixed(struct addrpool *p, const struct cfg_prefix *prefix);
void addrpool_give_prefix(struct addrpool *p, const struct cfg_prefix *prefix);
/* Is it one, or in one, of those that the pool has? */
bool addrpool_covers_prefix(const struct addrpool *p, const struct cfg_prefix *prefix);
/* Could addrpool_take_prefix() have given it? */
bool addrpool_has_prefix(const struct addrpool *p, const struct cfg_prefix *prefix);

/* Of what the pool has had none for somebody (*full), or has again since, in words; each is said
 * once. NULL = nothing has changed.  What is kept for one alone is not there for others. */
const char *addrpool_news(struct addrpool *p, bool *full);

struct addrpool_stats {
	uint32_t size4, used4, held4; /* held4: reserved, used or not */
	uint32_t size6, used6;
	uint32_t prefixes, delegated;
	uint32_t outside; /* fixed addresses and prefixes in use that no range covers */
};
void addrpool_stats(const struct addrpool *p, struct addrpool_stats *out);

#endif
