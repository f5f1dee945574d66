/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A join: two legs connected.  The first leg is started first; when it is up the second is.  Frames
 * of one go out by the other.  When one goes, a const table says what the other does, and when both
 * are gone the join frees itself, after the handler that is running has returned.
 */
#ifndef GW_LEGS_JOIN_H
#define GW_LEGS_JOIN_H

#include "gw/legs/leg.h"
#include "gw/loop.h"
#include <osmocom/core/linuxlist.h>

/* Callbacks of the join's owner; any member may be NULL. */
struct join_owner {
	void (*up)(void *ctx, uint64_t now); /* both legs are up */
	void (*gone)(void *ctx, const struct leg_end *why, uint64_t now);
	/* What the owner needs to go on in another life; false = it cannot (gw/resume.h). */
	bool (*save)(void *ctx, struct wr *w);
};

/* X(symbol, "key", "words"): PPP frames that a join or one of its legs drops */
#define JOIN_DROPS(X)                                                                             \
	X(EARLY, "early", "frame before the join was up, more or longer than are kept")           \
	X(NOT_UP, "rx-not-up", "frame received on a call that is ending")                         \
	X(SEND_NOT_UP, "tx-not-up", "frame to send on a call that is not up")                     \
	X(NOT_STARTED, "not-started", "frame for a PPP link that has not been started")           \
	X(NO_MEMORY, "no-memory", "frame for a PPP link at rest that there is no memory to wake") \
	X(OTHER_NOT_UP, "other-not-up", "frame whose way out has not been started or is gone")    \
	X(IPV6, "ipv6", "Router Solicitation that is malformed or gets no prefix")                \
	X(SOLICITATION, "solicitation", "Router Solicitation while another waits for its answer") \
	X(DHCP6, "dhcpv6", "DHCPv6 message that is malformed, not valid, or for another server")  \
	X(DHCP6_LIMIT, "dhcpv6-limit", "DHCPv6 message beyond what a client may send")            \
	X(DHCP6_UNANSWERED, "dhcpv6-unanswered", "DHCPv6 message that gets no answer")            \
	X(NO_LINE, "no-line", "PPP frame of a circuit without a join, no Configure-Request")      \
	X(NO_CALL, "no-call", "frame of a call that has ended")                                   \
	X(ABSENT, "absent", "packet for a client that could not be called, or is being called")

enum join_drop {
#define X(sym, key, words) JOIN_D_##sym,
	JOIN_DROPS(X)
#undef X
		JOIN_D_COUNT
};
struct join_drop_row {
	const char *key, *words;
};
extern const struct join_drop_row join_drops[JOIN_D_COUNT];

struct join_list {
	struct llist_head head;
	unsigned n;
	uint64_t gone; /* joins there were and are no more */
	struct loop *loop;
	struct loop_timer reap; /* set while there are joins whose legs are gone: */
	struct join *over_first;
	uint64_t drop[JOIN_D_COUNT];
	/* Both legs of a join are gone; NULL = nobody wants to know. */
	void (*over)(void *ctx, const struct join *j, uint64_t now);
	void *over_ctx;
	/* What a join needs to go on in another life has changed; NULL = it has none. */
	void (*changed)(void *ctx, struct join *j);
	void *changed_ctx;
};

/* Frames that came before the other leg could take them: a Configure-Request or two. */
#define JOIN_EARLY_MAX 4u
#define JOIN_EARLY_LEN 1600u
struct join_early;

/* Whose it is; few joins are anybody's. */
struct join_owned {
	const struct join_owner *by;
	void *ctx;
};

struct join {
	struct llist_head entry;
	struct join_list *list;
	struct leg *leg[2];
	union {
		struct join_early *early; /* until it is over: oldest first */
		struct join *reap;	  /* then: the next one that is to be freed */
	};
	struct join_owned *owned;  /* NULL = nobody's */
	const struct leg_end *why; /* what ended it first; NULL = nothing yet */
	bool ending, told_up;
	bool announced; /* why is what a leg has announced; it has not ended yet */
	bool kept;	/* it has a record */
	bool over;	/* both legs are gone */
	uint64_t since;
	char *reason;		   /* why these two legs, for people; NULL = there was no choice */
	struct llist_head changed; /* in gw/resume.c's list while it has to be written */
};

/* NULL without memory. */
struct join_list *join_list_new(struct loop *loop);
/* Takes both legs, also when it fails (NULL: no memory, the legs have been freed). */
struct join *join_new(struct join_list *list, struct leg *first, struct leg *second,
		      const struct join_owner *owner, void *ctx, uint64_t now);
/* Why the two legs were chosen, for `show`; copied. */
void join_explain(struct join *j, const char *reason);
void join_start(struct join *j, uint64_t now);
/* End it in good order: the second leg first, which brings down the other by the table. */
void join_end(struct join *j, const struct leg_end *why, uint64_t now);
/* End it at once, without waiting for any far end. */
void join_cut(struct join *j, const struct leg_end *why, uint64_t now);
/* Free it and all its joins, without a message to any far end.  NULL is fine. */
void join_list_free(struct join_list *l);

static inline struct leg *join_other(const struct leg *l)
{
	return l->join->leg[l->join->leg[0] == l];
}

/* --- called by legs ----------------------------------------------------------------------------- */

void join_leg_up(struct leg *l, uint64_t now);
/* l is about to go, why it will: the reason of the join's end, even if the other leg goes first. */
void join_leg_ends(struct leg *l, const struct leg_end *why);
/* It is not. */
void join_leg_recovers(struct leg *l);
void join_leg_gone(struct leg *l, const struct leg_end *why, uint64_t now);
/* What l saves has changed. */
void join_changed(struct leg *l);
/* l has dropped a frame. */
void join_drop(struct leg *l, enum join_drop why);
/* A frame came in by l. */
void join_frame(struct leg *l, const uint8_t *frame, size_t len, uint64_t now);
/* l has learnt this; the other leg is told when it is up. */
void join_accm(struct leg *l, uint32_t send, uint32_t receive, uint64_t now);
void join_errors(struct leg *l, const uint32_t errors[IST_ERRORS], uint64_t now);
/* l, a terminal, says how the data path treats the frames of its join. */
void join_network(struct leg *l, const struct leg_network *n);

/* --- the table -------------------------------------------------------------------------------- */

enum join_then {
	JOIN_THEN_STOP, /* end it in good order: its far end is still reachable */
	JOIN_THEN_LOST, /* end it at once: its far end was behind the leg that has gone */
};
struct join_row {
	enum leg_kind gone, other;
	enum join_then then;
};
extern const struct join_row join_table[];
extern const unsigned join_table_len;

#endif
