/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last failures, for `show history failures`: tunnels and calls that were refused or lost,
 * log-ins that failed, lines that found no peer.  What an operator or a peer ends in good order is
 * none.  It holds HISTORY_MAX entries and no more; one source has at most HISTORY_PER_SOURCE of
 * them, so that an attacker does not push out the failures of others.
 */
#ifndef GW_HISTORY_H
#define GW_HISTORY_H

#include <osmocom/core/linuxlist.h>
#include <stdint.h>

struct gw;
struct history;
struct join;
struct leg_end;
struct l2tp_call;

#define HISTORY_MAX	   256u
#define HISTORY_PER_SOURCE 32u
#define HISTORY_STRANGERS  0u /* the source of those with an address that is not proved */

struct history_entry {
	struct llist_head entry;
	uint64_t when, source; /* us of the loop's clock; any number that names the source */
	char what[96], from[96], user[64], why[192]; /* "" = not known; longer text is cut */
};

/* NULL without memory. */
struct history *history_new(void);
void history_free(struct history *h); /* NULL is fine */
/* Printable texts, copied; NULL = not known. */
void history_add(struct history *h, uint64_t source, uint64_t now, const char *what,
		 const char *from, const char *user, const char *why);
/* What cannot be begun, so that there is no join: a client, an outgoing call, a bridge.  kind and
 * name: "client" and the section's; where: the circuit or address, NULL = not known. */
void history_not_begun(struct gw *gw, uint64_t source, uint64_t now, const char *kind,
		       const char *name, const char *where, const struct leg_end *why);
/* A call that is refused before it has a join. */
void history_call(struct gw *gw, const struct l2tp_call *call, uint64_t now, const char *why);
/* A join is over: join_list.over, ctx is the struct history. */
void history_join(void *ctx, const struct join *j, uint64_t now);
/* Newest first: start with NULL, ends with NULL. */
const struct history_entry *history_next(const struct history *h,
					 const struct history_entry *after);

#endif
