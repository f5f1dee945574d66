/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mailboxes between two threads: a bounded ring of records of any length with one producer and one
 * consumer, and the waker that several rings share to get their consumer out of its wait.
 *
 * The producer reserves, fills and commits records, then pokes the consumer's waker once; a poke
 * costs a system call only when the consumer is asleep.  A record that does not fit is refused; the
 * producer counts the loss.  A record lies in one piece, aligned to 8 octets.
 */
#ifndef GW_DP_RING_H
#define GW_DP_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct waker {
	atomic_int asleep;
	int fd; /* eventfd, readable after a poke */
};

/* 0 or -errno. */
int waker_init(struct waker *w);
void waker_free(struct waker *w);
/* Any thread: what was committed before this is seen by the consumer before it sleeps, or wakes it.
 */
void waker_poke(struct waker *w);
/* Consumer: from now on a poke writes fd.  Look at every ring once more after this, then wait. */
void waker_sleep(struct waker *w);
/* Consumer: awake again; pokes cost nothing from here. */
void waker_rise(struct waker *w);
/* Consumer: fd was readable. */
void waker_clear(struct waker *w);

struct ring {
	uint8_t *buf;
	uint64_t size;			    /* power of two */
	_Alignas(64) _Atomic uint64_t head; /* octets ever written; the producer's */
	uint64_t reserved;		    /* head after the commit to come */
	uint64_t tail_seen;
	_Alignas(64) _Atomic uint64_t tail; /* octets ever read; the consumer's */
	uint64_t head_seen;
	uint64_t next; /* tail after the record peeked at */
};

/* size: octets, rounded up to a power of two.  0 or -ENOMEM. */
int ring_init(struct ring *r, size_t size);
void ring_free(struct ring *r);

/* Producer: room for one record of len octets, or NULL when it does not fit now (or ever: a record
 * may take half the ring).  Nothing is seen by the consumer before the commit. */
void *ring_reserve(struct ring *r, size_t len);
void ring_commit(struct ring *r);

/* Consumer: the oldest record, or NULL; it stays until ring_drop(). */
const void *ring_peek(struct ring *r, size_t *len);
void ring_drop(struct ring *r);
bool ring_empty(struct ring *r);

/* A mark of what has been committed; ring_before() says whether the oldest record was by then. */
static inline uint64_t ring_mark(struct ring *r)
{
	return atomic_load_explicit(&r->head, memory_order_acquire);
}

static inline bool ring_before(struct ring *r, uint64_t mark)
{
	return atomic_load_explicit(&r->tail, memory_order_relaxed) < mark;
}

#endif
