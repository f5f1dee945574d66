/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Failed log-ins delay the next one and lock.  Three things are counted:
 *  - a pair of user name and source: strict.  The first log-in is answered at once, after a failure
 *    the next waits `delay`, then twice that, up to eight times; after `failures` in a row the pair
 *    is locked for `lock`.
 *  - a source alone, whatever names it tries: the same delays, after `failures` that no success has
 *    made up for; it is never locked, since one peer may carry many users.
 *  - a user name alone, wherever it is tried: after `failures` each log-in waits `delay`.  It is
 *    never locked, since anybody can know a name.
 * A success clears its pair, and the pair is proved: from then on failures of others, on the same
 * source or with the same name, do not delay it.  Failures are forgotten some time after the last.
 *
 * Memory is fixed.  When the table is full the pair, name or source that was not proved and has
 * been quiet for the longest time gives way; at most half the table is proved pairs.
 */
#ifndef GW_AAA_LOGIN_LIMIT_H
#define GW_AAA_LOGIN_LIMIT_H

#include "cfg/cfg.h"

#define LOGIN_LIMIT_KEY	   16u		       /* octets */
#define LOGIN_LIMIT_ROOM   4096u	       /* entries of a gateway */
#define LOGIN_LIMIT_MIN	   8u		       /* the smallest table */
#define LOGIN_LIMIT_FORGET UINT64_C(600000000) /* us after the last failure */

struct login_limit;

/* One who logs in.  The name may hold any octets and need not be a user's. */
struct login_id {
	const void *name;
	size_t name_len;
	uint64_t source; /* names a peer's address or a circuit */
};

/* What is counted. */
enum login_limit_kind { LOGIN_LIMIT_BY_PAIR, LOGIN_LIMIT_BY_USER, LOGIN_LIMIT_BY_SOURCE };

/* key: unpredictable octets, so that nobody can find names that share an entry.  room: entries, at
 * least LOGIN_LIMIT_MIN.  NULL without memory. */
struct login_limit *login_limit_new(const struct cfg_login *cfg, const uint8_t key[LOGIN_LIMIT_KEY],
				    unsigned room);
void login_limit_free(struct login_limit *l); /* NULL is fine */

/* How long to wait with the answer, us.  *locked: refuse, whatever the password. */
uint64_t login_limit_wait(struct login_limit *l, const struct login_id *id, uint64_t now,
			  bool *locked);
/* True when this failure has locked the pair. */
bool login_limit_failed(struct login_limit *l, const struct login_id *id, uint64_t now);
void login_limit_succeeded(struct login_limit *l, const struct login_id *id, uint64_t now);

struct login_limit_view {
	unsigned room, entries;
	unsigned proved, locked; /* pairs */
	uint64_t evicted;	 /* entries that gave way, ever */
};
void login_limit_view(const struct login_limit *l, uint64_t now, struct login_limit_view *out);

/* The key of an entry: the first 64 bits of a SHA-256 of the secret, the kind, and the source and
 * name where they count; for tests. */
uint64_t login_limit_hash(const struct login_limit *l, enum login_limit_kind kind,
			  const struct login_id *id);

#endif
