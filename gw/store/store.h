/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records that outlive the process that wrote them: shared memory (memfd), whose descriptor another
 * process holds.
 *
 * A record is octets under a kind and a key.  Changes collect until store_publish(): then all of
 * them count, at once.  A process that is killed at any instant leaves what it has published last,
 * whole.  There is no system call in any change, and no allocation.
 *
 * Who opens the memory of a life before takes it as hostile: no index, length or number of it leads
 * out of the memory, to two records, or round in a circle.  What is wrong is left out and counted.
 * Nothing in the memory is believed again after that.
 *
 * One thread of one process writes; nobody else writes meanwhile.
 */
#ifndef GW_STORE_STORE_H
#define GW_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_RECORD_MAX 4096u /* octets */
#define STORE_BOOT	 16u   /* octets of the name of a boot */
/* A store of a lower major is read, and is to be copied; a higher one is refused.  A minor that is
 * higher has kinds and fields that we skip. */
#define STORE_MAJOR 3u
#define STORE_MINOR 0u

struct store;

/* A new one, empty: room for this many records, and for nine blocks of 60 octets for each, which
 * hold what goes beyond the first 40.  Memory is taken as records come.  boot: names this boot of
 * the machine, since times in records are of its clock.  NULL with errno set. */
struct store *store_new(size_t records, const uint8_t boot[STORE_BOOT]);
/* What a life before has left; fd is the store's from now on, and closed when it is refused.  NULL,
 * with words in *why: no store, another format, of another boot, or no memory. */
struct store *store_open(int fd, const uint8_t boot[STORE_BOOT], const char **why);
/* The memory stays as it is for whoever holds another descriptor of it.  NULL is fine. */
void store_free(struct store *s);
/* Its descriptor, close-on-exec; it stays the store's. */
int store_fd(const struct store *s);

/* Set a record.  kind: 1 to 255.  False, and nothing has changed: it is too long, or there is no
 * room; store_counters.refused counts it. */
bool store_put(struct store *s, uint8_t kind, uint64_t key, const void *rec, size_t len);
/* Not there: nothing to do. */
void store_del(struct store *s, uint8_t kind, uint64_t key);
/* All changes since the last time count from now on. */
void store_publish(struct store *s);

/* Each record of a kind as it is now, published or not, in no order.  rec is aligned to nothing and
 * good until fn returns; fn may delete this record, and set others. */
typedef void (*store_fn)(void *ctx, uint64_t key, const uint8_t *rec, size_t len);
void store_each(struct store *s, uint8_t kind, store_fn fn, void *ctx);

/* Set each record of another store in this one.  False when there was no room for one. */
bool store_copy(struct store *s, struct store *from);

/* One record as it is now, at most STORE_RECORD_MAX octets.  Its length, or -1: there is none. */
int store_get(const struct store *s, uint8_t kind, uint64_t key, uint8_t buf[STORE_RECORD_MAX]);

struct store_counters {
	uint32_t records, room;	     /* there are, there may be */
	uint32_t blocks, block_room; /* of the tails of long records, 60 octets each */
	uint64_t published;	     /* number of the last publication */
	uint64_t refused;	     /* records for which there was no room */
	uint32_t broken;	     /* left out when it was opened */
};
void store_count(const struct store *s, struct store_counters *out);

#endif
