/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests for changes of log-ins (RFC 5176), by UDP from the loop: the server of
 * gw/aaa/radius/coa_server.h with sockets under it.  Sockets are the owner's to open; one that
 * cannot be is tried again.  An answer leaves at the end of the turn, when what it says is valid,
 * from the address that the request came to.
 */
#ifndef GW_AAA_COA_LISTEN_H
#define GW_AAA_COA_LISTEN_H

#include "cfg/cfg.h"
#include "gw/aaa/radius/coa_server.h"
#include "gw/loop.h"

struct coa_listen;

struct coa_listen_ops {
	/* A socket bound there, which tells where datagrams came to (IP_PKTINFO), or -errno. */
	int (*open)(void *ctx, const struct cfg_address *at);
	uint64_t (*wall)(void); /* seconds since 1970 */
	/* A request of that client of the section, for this gateway: do all or nothing.  *n:
	 * log-ins that it is about. */
	enum radius_refusal (*change)(void *ctx, const struct cfg_radius *of, const char *client,
				      const struct radius_coa *what, unsigned *n, uint64_t now);
	/* As of struct coa_ops. */
	void (*keep)(void *ctx, uint64_t key, const uint8_t rec[COA_RECORD]);
	void (*drop)(void *ctx, uint64_t key);
};

/* Those sections that have clients; they outlive it.  NULL without memory. */
struct coa_listen *coa_listen_new(struct loop *loop, const struct cfg_radius *radius, unsigned n,
				  const struct coa_listen_ops *ops, void *ctx);
/* Before the loop. */
void coa_listen_free(struct coa_listen *c);
/* As coa_server_recall() and coa_server_recalled(). */
void coa_listen_recall(struct coa_listen *c, uint64_t key, const uint8_t *rec, size_t len);
void coa_listen_recalled(struct coa_listen *c);
/* What was done in this turn is valid. */
void coa_listen_turn_end(struct coa_listen *c);

struct coa_view {
	const struct cfg_radius *radius; /* NULL: of those who are no clients */
	const char *client;
	const struct coa_counters *n;
};
/* Row i: a client, and last those who are none; false = there are no more. */
bool coa_listen_view(const struct coa_listen *c, unsigned i, struct coa_view *out);

#endif
