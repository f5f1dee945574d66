/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What outlives the control side: tunnels and calls as the engine keeps them, and joins as their
 * legs do, in a store (gw/store/store.h) that a later life of the gateway goes on from.
 *
 *   tunnel  by our Tunnel ID: its channel, its peer section, and the engine's record
 *   call    by our Tunnel and Session ID: the engine's record
 *   join    by those of its first leg (a line: 0 and its number): when it began, and what each leg
 *           and the owner need to go on; by names of the configuration, which is today's
 *   lines   which numbers of lines have been given
 *   iid     by a hash of the service's name: its interface identifier
 *   ports   whether they have been opened, and the names of those that wait
 *   lns     one that RADIUS has named: its name, its section, and what differs from that
 *   coa     answers to requests for changes (RFC 5176)
 *   acct    what accounting keeps: its epoch, sections, log-ins, records that no spool has
 *
 * A record is written before a packet leaves that tells of it.  What cannot go on ends in good
 * order: a call with CDN, a tunnel with StopCCN, if its channel can be reached.
 */
#ifndef GW_RESUME_H
#define GW_RESUME_H

#include "core/engine.h"
#include "gw/aaa/aaa.h"
#include "gw/gw.h"
#include "gw/legs/legs.h"
#include "gw/store/store.h"

struct resume;

/* Nothing is kept or gone on from without a store, which stays the caller's.  NULL without memory.
 */
struct resume *resume_new(struct gw *gw, struct store *store);
/* Nothing is written any more: what is freed now goes on in the next life. */
void resume_stop(struct resume *r);
/* After the joins.  NULL is fine. */
void resume_free(struct resume *r);

/* struct l2tp_ops.keep, with the gateway as ctx. */
void resume_keep(void *gw, const struct l2tp_kept *k);
/* What its record says has changed: it is written with the next resume_write(). struct
 * join_list.changed, with struct resume as ctx. */
void resume_join_changed(void *r, struct join *j);
/* Write what has changed, and make it valid: at the end of each turn, and when packets are about to
 * leave that tell of it. */
void resume_write(struct resume *r);
/* A number of a line has been given. */
void resume_line_number(struct resume *r);
/* What drains has changed. */
void resume_drain(struct resume *r);

/* Which ports wait to be opened (gw/port.c); and the same of the life before, at most
 * STORE_RECORD_MAX octets.  -1: there is no such record. */
void resume_ports(struct resume *r, const uint8_t *rec, size_t len);
int resume_ports_before(const struct resume *r, uint8_t *rec);

/* An LNS that RADIUS has named (gw/lns.h). */
void resume_lns_put(struct resume *r, uint64_t key, const uint8_t *rec, size_t len);
void resume_lns_del(struct resume *r, uint64_t key);

/* What accounting keeps (struct acct_ops). */
void resume_acct_put(struct resume *r, enum acct_kept kind, uint64_t key, const uint8_t *rec,
		     size_t len);
void resume_acct_del(struct resume *r, enum acct_kept kind, uint64_t key);

/* Answers to requests for changes of log-ins (gw/aaa/coa_listen.h); those of the life before go to
 * it by resume_coa(). */
void resume_coa_put(struct resume *r, uint64_t key, const uint8_t *rec, size_t len);
void resume_coa_del(struct resume *r, uint64_t key);
void resume_coa(struct resume *r);

/* The interface identifier that a service has had in the life before; else it has `fresh` from now
 * on.  So its device keeps one link-local address. */
uint64_t resume_iid(struct resume *r, const char *service, uint64_t fresh);
/* At start, when ports, services and clients are there: go on with all that the life before has
 * left. */
void resume_all(struct resume *r, uint64_t now);

struct resume_counters {
	uint64_t records;		/* written */
	uint64_t no_room;		/* records that could not be */
	unsigned tunnels, calls, joins; /* gone on with at start */
	unsigned ended;			/* calls, tunnels and lines that could not go on */
};
void resume_count(const struct resume *r, struct resume_counters *out);

/* --- joins ------------------------------------------------------------------------------------ */

/* A join to go on with. */
struct resume_from {
	struct gw *gw;
	struct rd leg[2], owner; /* what each has saved */
	uint64_t now;
	const char *words; /* why it cannot go on, when that is so */
};
/* One row for each pair of legs that can go on.  make() makes legs and join, in the state of one
 * that has not been started; NULL with words. */
struct resume_row {
	enum leg_kind first, second;
	struct join *(*make)(struct resume_from *f);
};
extern const struct resume_row resume_rows[];
extern const unsigned resume_rows_len;

/* Is this join to be kept, in its present state? */
bool resume_join_keeps(const struct join *j);
/* Octets of its record, or 0 when it cannot go on in another life. */
size_t resume_join_save(const struct join *j, uint8_t *buf, size_t cap);
/* Is the join of a record a bundle's, which goes on after its links? */
bool resume_join_is_bundle(const uint8_t *rec, size_t len);
/* The join of a record, going on; NULL with *words when it cannot. */
struct join *resume_join(struct gw *gw, const uint8_t *rec, size_t len, const char **words,
			 uint64_t now);

#endif
