/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accounting as its files see it: acct.c has sections and their records, acct_session.c log-ins,
 * acct_former.c sections of the life before.
 */
#ifndef GW_AAA_ACCT_INT_H
#define GW_AAA_ACCT_INT_H

#include "gw/aaa/acct.h"
#include "gw/aaa/acct_file.h"
#include "gw/aaa/radius_client.h"

#include <osmocom/core/linuxlist.h>

struct acct_group;
struct acct_former;

/* A record that is on its way. */
struct acct_way {
	struct acct_group *group;
	struct radius_request *request; /* NULL: this one is free */
	uint64_t place;
};

/* A section at work. */
struct acct_group {
	struct acct *acct;
	const struct cfg_radius *cfg; /* NULL: a former one that has nothing left to do */
	struct acct_former *former;   /* whose cfg it is; NULL: the configuration's */
	uint64_t key;		      /* of what is kept of the section; 0 = nothing is yet */
	unsigned owned;		      /* log-ins, started or not */
	struct radius_client *client;
	struct acct_queue queue;
	struct acct_way way[ACCT_ON_WAY];
	struct loop_timer timer; /* set: nothing is sent before */
	uint64_t wait;		 /* us, of the next pause */
	bool paused, trying;	 /* trying: one at a time, since none was answered */
	struct acct_file file;
	bool has_file, file_fails;
	uint64_t file_again; /* when it is written next, us */
	uint64_t made, found, acknowledged, given_up, unreadable;
	unsigned sessions;
};

#define ACCT_BUCKETS 4096u

struct acct {
	struct loop *loop;
	const struct acct_ops *ops;
	void *ctx;
	struct acct_group *group; /* those of the configuration, then former ones */
	unsigned groups, room;
	uint32_t epoch, salt, count; /* of the next serial number */
	uint32_t before;	     /* epoch of the life before; 0 = there was none */
	bool stopped;
	bool left;				/* the life before has left since it was told to */
	struct llist_head sessions;		/* all there are */
	struct llist_head bucket[ACCT_BUCKETS]; /* by tag, or by id while they are unclaimed */
};

/* A number that no other record or log-in has or had. */
uint64_t acct_serial(struct acct *a);
/* The section's; NULL = it has no accounting. */
struct acct_group *acct_group_of(struct acct *a, const struct cfg_radius *radius);
/* Make a record: the attributes of the log-in, and the event's, whose time is set here. */
void acct_make(struct acct_group *g, const uint8_t *attrs, size_t len, struct radius_acct_event *e);

/* What the owner keeps has the section's name in front. */
void acct_keep(struct acct_group *g, enum acct_kept kind, uint64_t key, const uint8_t *rec,
	       size_t len);
void acct_drop(struct acct *a, enum acct_kept kind, uint64_t key);
/* The section of such a record, whose rest is in r then; NULL = there is none any more. */
struct acct_group *acct_read_group(struct acct *a, struct rd *r);

/* False without memory, and nothing is left of it.  former is the group's from now on. */
bool acct_group_init(struct acct_group *g, struct acct *a, const struct cfg_radius *cfg,
		     struct acct_former *former);
void acct_group_free(struct acct_group *g);

/* acct_former.c */
void acct_former_recall(struct acct *a, uint64_t key, struct rd *r);
/* What the next life needs to know of a section. */
void acct_former_keep(struct acct_group *g);
/* True: it was one, and has nothing left to do. */
bool acct_former_is_over(const struct acct_group *g);
void acct_former_end(struct acct_group *g);
void acct_former_free(struct acct_former *f);

/* acct_session.c */
void acct_session_recall(struct acct_group *g, uint64_t id, struct rd *r, uint64_t now);
/* All that are left. */
void acct_sessions_free(struct acct *a);
/* What each one has come to is kept. */
void acct_sessions_read(struct acct *a);
/* Each log-in that is started is stopped. */
void acct_sessions_end(struct acct *a, uint64_t now);

#endif
