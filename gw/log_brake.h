/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A brake for log lines of one kind: a token bucket per source, in a table of fixed size, so that
 * no source silences another and memory is bounded.  A source whose bucket is full again is
 * forgotten; when all of a source's places are taken, it shares one bucket with others that have
 * none.  Kinds share nothing.
 */
#ifndef GW_LOG_BRAKE_H
#define GW_LOG_BRAKE_H

#include <stdbool.h>
#include <stdint.h>

enum log_brake_kind {
	LOG_BRAKE_SESSION,  /* of sources that have proved a secret or are configured */
	LOG_BRAKE_PEER,	    /* of sources with a proved address */
	LOG_BRAKE_STRANGER, /* sources can be forged: each new one takes of a bucket for all too */
	LOG_BRAKE_KINDS
};

struct log_bucket {
	uint64_t at; /* up to when tokens were counted, us; 0 = never used */
	unsigned tokens;
};
struct log_brake_slot;

/* One for each place that logs; kind and category are set, the rest is zero. */
struct log_brake {
	enum log_brake_kind kind;
	int category;
	struct log_brake *next;
	struct log_brake_slot *slot; /* NULL before the first line */
	struct log_bucket newcomers;
	unsigned left_out;    /* lines that nothing has said yet */
	unsigned left_out_no; /* how often log_brake_take_left_out() has said it */
	uint64_t left_out_since;
	bool known; /* to log_brake_next() */
};

/* May a line about this source be said at `now` (us)?  If so, *left_out = how many of the source's
 * have been left out since the last one that was said. */
bool log_brake_allows(struct log_brake *b, uint64_t source, uint64_t now, unsigned *left_out);
/* How many lines have been left out that no line has said, once the first of them is `after` us
 * ago; 0 before.  They count as said. */
unsigned log_brake_take_left_out(struct log_brake *b, uint64_t now, uint64_t after);
/* Walk the brakes that have been used: start with NULL, ends with NULL. */
struct log_brake *log_brake_next(const struct log_brake *after);
/* Forget all sources and free the tables of all brakes. */
void log_brakes_reset(void);

#endif
