/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a RADIUS server grants to a user beside his address and his time limits: pools, a prefix,
 * name servers, a filter, routes, and how much he may have of something.  It is made of attributes
 * (grant.c), kept with the log-in, and goes along in its record.  Names are those of sections of
 * the configuration, and whoever uses them looks them up.  Pure functions.
 */
#ifndef GW_AAA_GRANT_H
#define GW_AAA_GRANT_H

#include "cfg/cfg.h"
#include "core/bytes.h"

#define GRANT_NAME    63u /* octets of a section's name */
#define GRANT_ROUTES  16u
#define GRANT_DNS6    3u
#define GRANT_MESSAGE 253u /* octets for the peer; those of one attribute (RFC 2865 5.18) */
#define GRANT_SKIPPED 80u

struct grant {
	char pool4[GRANT_NAME + 1];   /* Framed-Pool; "" = the service's */
	char pool6[GRANT_NAME + 1];   /* Framed-IPv6-Pool; likewise */
	char filter[GRANT_NAME + 1];  /* Filter-Id that is no rate; "" = none */
	char pool_pd[GRANT_NAME + 1]; /* Delegated-IPv6-Prefix-Pool; "" = as pool6 */
	bool chooses4;		      /* he may have the address that he asks for */
	uint32_t dns4[2];	      /* host order; 0 = that of the service */
	uint8_t dns6[GRANT_DNS6][16];
	uint8_t dns6s; /* of them */
	bool has_prefix6;
	uint8_t prefix6[16];	     /* a /64 */
	struct cfg_prefix delegated; /* Delegated-IPv6-Prefix; bits 0 = one of the pool */
	uint64_t iid;		     /* his interface identifier; 0 = any */
	uint16_t mtu;		     /* largest packet to him; 0 = no limit */
	uint16_t links;		     /* of his bundle; 0 = no limit */
	const struct cfg_prefix *route;
	uint8_t routes; /* at most GRANT_ROUTES; IPv6 with at most 64 bits, none of 0 bits */
};

/* One that is being made of attributes. */
struct grant_draft {
	struct grant g;
	struct cfg_prefix route[GRANT_ROUTES];
	char message[GRANT_MESSAGE + 1];	/* Reply-Message, without control characters */
	char skipped[GRANT_SKIPPED];		/* the first route that cannot be had */
	const char *skipped_name, *skipped_why; /* its attribute; NULL = there was none */
};

struct radius_value;

/* Nothing yet. */
void grant_begin(struct grant_draft *d);
/* One attribute of an answer; others than those of a grant are left alone.  NULL, or why the user
 * cannot be let in. */
const char *grant_add(struct grant_draft *d, const struct radius_value *v);

/* Words for the peer, unless there are some already. */
void grant_say(struct grant_draft *d, const char *words);

/* A copy in one piece of memory, for free(); NULL without memory, or of NULL. */
struct grant *grant_keep(const struct grant *g);

/* As a part of a record with its length; NULL is written as nothing. */
void grant_save(const struct grant *g, struct wr *w);
/* As a stranger could have written it.  *out: for free(), NULL when nothing was written.  False:
 * malformed, or no memory. */
bool grant_read(struct rd *r, struct grant **out);

/* The text form of Framed-Route (RFC 2865 5.22) and of Framed-IPv6-Route (RFC 3162 2.5): prefix,
 * next hop, metrics.  The prefix is what counts.  NULL, or what is wrong with it. */
const char *grant_route(struct cfg_prefix *out, bool v6, const char *text);

#endif
