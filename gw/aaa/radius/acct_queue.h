/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of accounting that wait for a server, in the order in which they were made: which is sent
 * next, how many may be on their way, and which are given up when there are too many.  No I/O: a
 * record is octets here, or a place in a file that its owner reads.
 *
 * A record is not sent while an earlier one of the same log-in is on its way, so that a server gets
 * a Start before its Stop.  When there are more octets than may wait, the oldest interim records
 * go, whose log-ins have later ones, then the oldest of all.  A record has a place, which counts up
 * and never changes.
 */
#ifndef GW_AAA_RADIUS_ACCT_QUEUE_H
#define GW_AAA_RADIUS_ACCT_QUEUE_H

#include "gw/aaa/radius/acct_record.h"

#define ACCT_ON_WAY  64u /* records at a time */
#define ACCT_NO_FILE UINT64_MAX

enum acct_state {
	ACCT_WAITS,
	ACCT_ON_ITS_WAY,
	ACCT_OVER, /* it has been acknowledged, given up or was unreadable */
};

struct acct_item {
	uint64_t serial, session;
	uint64_t when;	 /* seconds since 1970 */
	uint64_t offset; /* in its file; ACCT_NO_FILE = octets has it */
	uint8_t *octets; /* of acct_record_write(), malloc(); NULL = the file has them */
	uint16_t size;	 /* octets of the record */
	uint8_t status, state;
};

struct acct_queue {
	struct acct_item *item; /* a ring of `room`, a power of two */
	size_t room;
	uint64_t first, end; /* places of the oldest that is not over, and behind the newest */
	uint64_t next;	     /* nothing before it waits to be sent */
	uint64_t fresh;	     /* from here on none is in a file */
	uint64_t interim;    /* no interim record before it waits */
	uint64_t way[ACCT_ON_WAY];
	unsigned on_way;
	uint64_t octets; /* of those that are not over */
	uint64_t waiting;
};

/* One of zeros is empty. */
void acct_queue_free(struct acct_queue *q);
/* Behind the others; octets (malloc) is the queue's then, if there are any.  False without memory,
 * and nothing has changed. */
bool acct_queue_add(struct acct_queue *q, const struct acct_record *r, size_t size, uint8_t *octets,
		    uint64_t offset);
/* Those from `from` on, of which none has been sent, by their serial numbers.  False without
 * memory.
 */
bool acct_queue_sort(struct acct_queue *q, uint64_t from);
struct acct_item *acct_queue_at(const struct acct_queue *q, uint64_t place);
/* The next to be sent, on its way from now on.  False: none may go now.  most: at a time, up to
 * ACCT_ON_WAY. */
bool acct_queue_send(struct acct_queue *q, unsigned most, uint64_t *place);
/* No server has answered: it waits again. */
void acct_queue_back(struct acct_queue *q, uint64_t place);
/* It is over, wherever it was. */
void acct_queue_over(struct acct_queue *q, uint64_t place);
/* Which one goes when there is one too many; false: all that are left are on their way. */
bool acct_queue_least(struct acct_queue *q, uint64_t *place);

#endif
