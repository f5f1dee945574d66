/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accounting: what servers of `radius` sections are told of log-ins (RFC 2866).  A log-in has one
 * struct acct_session, which makes its records: Start, Interim-Update, Stop.  A record is kept
 * until a server has acknowledged it:
 *
 *   made      in memory, and by the owner's `keep` in what outlives the process
 *   written   to the spool at the end of the turn that made it, when that turn's records of calls
 *             are valid (acct_turn_end()); from then on the owner need not keep it
 *   sent      in order, some at a time; again, when no server has answered
 *   over      acknowledged, or given up since more wait than may
 *
 * A section that a reload removes, or whose `accounting` or `spool` it changes, goes on as a former
 * one (acct_former.c) until its log-ins have ended and its records are over: they go to the servers
 * that they began at.  A section that keeps its name is the same one, whatever its servers are.
 *
 * Killed at any instant, the process has each record in the owner's keeping, in the spool, or in
 * both, and by its serial number it is taken up once.
 */
#ifndef GW_AAA_ACCT_H
#define GW_AAA_ACCT_H

#include "cfg/cfg.h"
#include "gw/aaa/radius/radius_acct.h"
#include "gw/loop.h"

struct acct;
struct acct_session;

#define ACCT_CLASSES 512u	/* octets of Class attributes, each with its length of one octet */
#define ACCT_MEMORY  (4u << 20) /* octets of records that may wait without a spool */
/* Records that the owner may have to keep of one section at a time, for calls that may end in one
 * turn: without a spool they are of 200 octets or more. */
#define ACCT_KEPT (ACCT_MEMORY / 200)

#define ACCT_FORMER 16u /* former sections at a time */
/* What the owner is to keep, by a key, for the next life: valid with all that this turn changes. */
enum acct_kept {
	ACCT_KEPT_EPOCH,   /* key 0 */
	ACCT_KEPT_SECTION, /* with the secrets of its servers */
	ACCT_KEPT_SESSION, /* a log-in, by its Acct-Session-Id */
	ACCT_KEPT_RECORD,  /* one that is not in the spool yet, by its serial number */
	ACCT_KEPTS
};
#define ACCT_KEPT_MAX 4096u /* octets of the longest */

struct acct_ops {
	uint64_t (*wall)(void); /* seconds since 1970 */
	/* The files of a spool, "FOLDER/NAME": a descriptor for reading and writing, of file
	 * `which` (0, 1), or -errno. */
	int (*open)(void *ctx, const char *path, unsigned which);
	void (*keep)(void *ctx, enum acct_kept kind, uint64_t key, const uint8_t *rec, size_t len);
	void (*drop)(void *ctx, enum acct_kept kind, uint64_t key);
};

/* Sections with `accounting`; they outlive it.  NULL without memory. */
struct acct *acct_new(struct loop *loop, const struct cfg_radius *radius, unsigned n,
		      const struct acct_ops *ops, void *ctx);
/* With the log-ins that are left. */
void acct_free(struct acct *a);
/* At start: what the life before has had kept, kind by kind. */
void acct_recall(struct acct *a, enum acct_kept kind, uint64_t key, const uint8_t *rec, size_t len,
		 uint64_t now);
/* Then: numbers of this life begin.  When there was no life before, the servers are told that the
 * gateway starts. */
void acct_begin(struct acct *a);
/* Log-ins that nobody goes on with have ended. */
void acct_resumed(struct acct *a, uint64_t now);
/* All that was made in this turn is valid: write and send it. */
void acct_turn_end(struct acct *a, uint64_t now);
/* Nothing is made or written any more: the next life goes on. */
void acct_stop(struct acct *a);
/* The next life goes on since somebody wants it so: what log-ins have come to is kept first, and
 * those that it does not go on with were ended by the operator. */
void acct_leave(struct acct *a);
/* The gateway ends: so do log-ins that are left, and the servers are told. */
void acct_end(struct acct *a, uint64_t now);
/* The process ends for good: say what is lost with it. */
void acct_say_lost(const struct acct *a);
/* Is there something that a server may still acknowledge soon? */
bool acct_is_busy(const struct acct *a);

/* --- a log-in ---------------------------------------------------------------------------------- */

/* What is to be told about one who has been let in. */
struct acct_said {
	bool remote;	  /* a server has judged it */
	uint32_t interim; /* Acct-Interim-Interval, seconds; 0 = none was given */
	uint8_t user_len;
	uint8_t user[253]; /* User-Name, as the server or the client says it */
	uint16_t classes_len;
	uint8_t classes[ACCT_CLASSES];
};

/* Of one whom nobody has judged yet. */
void acct_said_claim(struct acct_said *out, const struct ppp_auth_claim *claim);
/* A server has let him in: a User-Name there counts in place of his own (RFC 2865 5.1).  False:
 * there is no room for all Class attributes; the first are there. */
bool acct_said_answer(struct acct_said *out, const struct radius_packet *p);

/* What is known of a log-in now; counts since its call began. */
struct acct_now {
	struct radius_acct_facts facts;
	struct radius_acct_counts counts;
};
/* Asked at any time between start and stop.  Text and octets of the facts are good until the next
 * time.  Authentic and nas_identifier need not be filled, nor user and classes of a log-in. */
typedef void (*acct_ask)(void *ctx, uint64_t tag, struct acct_now *out);

/* NULL: the servers of this section get no accounting, or there is no memory (logged). */
struct acct_session *acct_session_new(struct acct *a, const struct cfg_radius *radius,
				      const struct acct_said *said, acct_ask ask, void *ctx);
/* Not of a log-in: the tag finds it, now and in the next life, and is not 0.  user: its name, until
 * `ask` has one. */
enum acct_of { ACCT_OF_LOG_IN, ACCT_OF_TUNNEL, ACCT_OF_LINK, ACCT_OFS };
struct acct_session *acct_session_new_of(struct acct *a, const struct cfg_radius *radius,
					 enum acct_of of, uint64_t tag, struct rd user,
					 acct_ask ask, void *ctx);
struct acct_session *acct_session_tagged(struct acct *a, uint64_t tag);
/* The one of the life before, if there is one. */
void acct_session_claim_tag(struct acct *a, uint64_t tag, acct_ask ask, void *ctx);
/* What is known of it now is in its later records. */
void acct_session_learn(struct acct_session *s);
/* If it has never come up a Reject is all that is told, with what was learned of it before; with
 * what is known now when that was nothing. */
void acct_session_reject(struct acct_session *s, enum radius_acct_cause cause, uint64_t now);
/* What is counted of it now counts when it cannot be asked any more. */
void acct_session_read_now(struct acct_session *s);
/* What has been counted of `part` counts for s too.  Either may be NULL. */
void acct_session_add(struct acct_session *s, const struct acct_session *part);
/* The one of the life before that has this id; NULL = there is none.  Its owner asks again what is
 * known of it. */
struct acct_session *acct_session_claim(struct acct *a, uint64_t id, acct_ask ask, void *ctx);
/* The same with another owner.  Harmless with NULL, as are those below. */
void acct_session_move(struct acct_session *s, void *ctx);
/* It must have been stopped, or never started. */
void acct_session_free(struct acct_session *s);
void acct_session_start(struct acct_session *s, uint64_t now);
/* What is known of it may have changed; a record follows if it has. */
void acct_session_changed(struct acct_session *s, uint64_t now);
void acct_session_stop(struct acct_session *s, enum radius_acct_cause cause, uint64_t now);
/* 0 = there is none. */
uint64_t acct_session_id(const struct acct_session *s);
/* His name as the records have it; nothing = there are none. */
struct rd acct_session_user(const struct acct_session *s);
/* His Class attributes likewise, each behind its length. */
struct rd acct_session_classes(const struct acct_session *s);
/* Room for other Class attributes of len octets; false without memory. */
bool acct_session_reserve(struct acct_session *s, size_t len);
/* The records that follow have these, each behind its length; there is room for them. */
void acct_session_set_classes(struct acct_session *s, const uint8_t *classes, size_t len);
/* Another time between records, counted from the beginning; at least a minute. */
void acct_session_set_interim(struct acct_session *s, uint32_t seconds, uint64_t now);
/* Of the same user? */
bool acct_session_is_of(const struct acct_session *s, const struct acct_said *said);

/* --- for `show` -------------------------------------------------------------------------------- */

struct acct_view {
	const struct cfg_radius *radius;
	/* made + found = acknowledged + given_up + unreadable + waiting */
	uint64_t made, found, acknowledged, given_up, unreadable, waiting;
	uint64_t octets;   /* of those that wait */
	uint64_t oldest;   /* seconds that the first has waited */
	uint64_t skipped;  /* octets of the spool that were no record */
	unsigned sessions; /* started and not stopped */
	bool spool, spool_fails;
	bool former; /* the configuration has it no more */
};
/* Section i of those with accounting; false = there are no more. */
bool acct_view(const struct acct *a, unsigned i, struct acct_view *out);
struct aaa_server_view;
/* Server i, counted through those sections; false = there are no more. */
bool acct_server(const struct acct *a, unsigned i, struct aaa_server_view *out);

#endif
