/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mailboxes between two threads or processes: a bounded ring of records of any length with one
 * producer and one consumer, and the waker that several rings share to get their consumer out of
 * its wait.
 *
 * The producer reserves, fills and commits records, then pokes the consumer's waker once; a poke
 * costs a system call only when the consumer is asleep.  A record that does not fit is refused; the
 * producer counts the loss.  A record lies in one piece, aligned to 8 octets.
 *
 * The memory that both see (struct ring_mem) is apart from what each side knows (ring_out,
 * ring_in): positions that the other side writes are checked before they are used, and nothing it
 * writes can lead a read or a write outside the ring.  The octets of a record may change while they
 * are read when the other side is hostile: copy first, then judge the copy.
 */
#ifndef GW_DP_RING_H
#define GW_DP_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct waker {
	atomic_int *asleep; /* in memory that both sides see */
	int fd;		    /* eventfd, readable after a poke */
};

/* Makes the descriptor.  0 or -errno. */
int waker_init(struct waker *w, atomic_int *asleep);
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

/* Seen by both sides; followed by the octets of the ring.  All zero is an empty ring. */
struct ring_mem {
	_Alignas(64) _Atomic uint64_t head; /* octets ever written; the producer's */
	_Alignas(64) _Atomic uint64_t tail; /* octets ever read; the consumer's */
	_Alignas(64) uint8_t octets[];
};

struct ring_out { /* the producer's */
	struct ring_mem *mem;
	uint64_t size; /* power of two */
	uint64_t head;
	uint64_t reserved; /* head after the commit to come */
	uint64_t tail_seen;
	/* From this offset on it begins anew at its start once all has been read: what is never
	 * full takes little memory.  size = it does not. */
	uint64_t again;
};

struct ring_in { /* the consumer's */
	struct ring_mem *mem;
	uint64_t size;
	uint64_t tail;
	uint64_t head_seen;
	uint64_t next; /* tail after the record peeked at */
	bool broken;   /* the producer has written what no producer writes; empty from then on */
};

/* Both ends in one process. */
struct ring {
	_Alignas(64) struct ring_out out;
	_Alignas(64) struct ring_in in;
};

/* Octets of a ring, rounded up to a power of two, at least 64. */
uint64_t ring_size(size_t size);
/* Octets of memory for a ring of ring_size() octets. */
static inline size_t ring_mem_size(uint64_t size)
{
	return sizeof(struct ring_mem) + size;
}
/* Take up an end where the memory says that it was left.  mem: of ring_mem_size(size) octets,
 * aligned to 64.  False when it says what cannot be. */
bool ring_out_open(struct ring_out *r, struct ring_mem *mem, uint64_t size);
bool ring_in_open(struct ring_in *r, struct ring_mem *mem, uint64_t size);

/* Both ends, in memory of its own.  0 or -ENOMEM. */
int ring_init(struct ring *r, size_t size);
void ring_free(struct ring *r);

/* Producer: room for one record of len octets, or NULL when it does not fit now (or ever: a record
 * may take half the ring).  Nothing is seen by the consumer before the commit. */
void *ring_reserve(struct ring_out *r, size_t len);
void ring_commit(struct ring_out *r);
/* Producer: the same in two steps.  What has been put is seen with the next show or commit. */
void ring_put(struct ring_out *r);
void ring_show(struct ring_out *r);
/* Octets put and not shown. */
uint64_t ring_unseen(const struct ring_out *r);
/* Producer: the consumer has read all. */
bool ring_is_taken(const struct ring_out *r);

/* Consumer: the oldest record, or NULL; it stays until ring_drop(). */
const void *ring_peek(struct ring_in *r, size_t *len);
void ring_drop(struct ring_in *r);
/* Consumer: on to the next record; the producer is not told. */
static inline void ring_pass(struct ring_in *r)
{
	r->tail = r->next;
}
bool ring_empty(struct ring_in *r);

/* Consumer: a mark of what has been committed; ring_before() says whether the oldest record was by
 * then. */
uint64_t ring_mark(struct ring_in *r);
static inline bool ring_before(const struct ring_in *r, uint64_t mark)
{
	return (int64_t)(mark - r->tail) > 0;
}

#endif
