/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket: a Unix socket for programs, one JSON object a line (ctl_request.h,
 * ctl_command.h).  Who connects is known by the credentials that the kernel tells: root, the user
 * that isthmus runs as and the admin group may do all, the read-only group may look, and nobody
 * else gets in.  A client is read again only when it has taken its answer, and one that takes
 * nothing for CTL_PATIENCE is cut, but for one that gets events (ctl_event.h).
 *
 * The process may be replaced at any time (a reload, an upgrade, its death): clients are cut then,
 * after what has been answered, and connect again at the same path.
 */
#ifndef GW_OPERATOR_CTL_LISTEN_H
#define GW_OPERATOR_CTL_LISTEN_H

#include "gw/operator/counters.h"
#include "gw/operator/ctl_command.h"

#include <sys/types.h>

#define CTL_CLIENTS_MAX 64u
#define CTL_READERS_MAX 32u	  /* of them, those that may only look */
#define CTL_PER_UID_MAX 16u	  /* of one user but root */
#define CTL_PATIENCE	30000000u /* us */

/* X(symbol, "key", "words") */
#define CTL_COUNTERS(X)                                                             \
	X(CONNECTED, "connected", "clients of the control socket that were let in") \
	X(STRANGER, "refused-stranger", "clients refused: neither of both groups")  \
	X(CROWD, "refused-crowd", "clients refused: so many are connected already") \
	X(REQUESTS, "requests", "requests of programs")                             \
	X(TOO_LONG, "too-long", "clients cut: a request over 8,191 octets")         \
	X(SLOW, "slow", "clients cut: they have not read their answer for 30 s")    \
	X(LOST, "events-lost", "events lost: the client had not read those before") \
	X(MEMORY, "no-memory", "clients cut: no memory for their answer")

enum ctl_counter {
#define X(sym, key, words) CTL_N_##sym,
	CTL_COUNTERS(X)
#undef X
		CTL_N_COUNT
};
extern const struct counter_name ctl_counter_names[CTL_N_COUNT];
uint64_t ctl_count(enum ctl_counter c);

/* Whom a connection is from. */
struct ctl_peer {
	uid_t uid;
	gid_t gid;
	unsigned groups; /* others */
	gid_t group[64];
};
/* What it may; admin and read: the groups, (gid_t)-1 = there is none. */
enum ctl_right ctl_right_of(const struct ctl_peer *p, uid_t ours, gid_t admin, gid_t read);

unsigned ctl_clients(void);

#endif
