/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hash table whose nodes live inside their owners.  Adding cannot fail: without memory to grow the
 * chains get longer.  Deleting takes the same time however long they are.  Keys of 64 bits are
 * mixed with a secret, so that a peer cannot choose ids that fall into one chain.  Several nodes
 * may have the same key; the caller compares what the key was made from.
 */
#ifndef CORE_HTAB_H
#define CORE_HTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hnode {
	struct hnode *next, **at; /* at: the pointer to this node; NULL = it is in no table */
	uint64_t key;
};
static inline bool hnode_in(const struct hnode *n)
{
	return n->at;
}

struct htab {
	struct hnode **bucket; /* NULL until the first one is added */
	struct hnode *one;     /* the only bucket while there is no memory for more */
	uint32_t mask, count;
	uint64_t secret;
};

void htab_init(struct htab *t, uint64_t secret);
void htab_free(struct htab *t);
/* Two numbers as one key. */
uint64_t htab_key(uint64_t a, uint64_t b);
/* Octets as one key (FNV-1a: two texts with the same key are easy to make). */
uint64_t htab_octets(const void *octets, size_t len);
void htab_add(struct htab *t, struct hnode *n, uint64_t key);
/* No effect when n is in no table. */
void htab_del(struct htab *t, struct hnode *n);
/* The first node with this key, and the next one after n with the same key; NULL = none. */
struct hnode *htab_first(const struct htab *t, uint64_t key);
struct hnode *htab_more(const struct hnode *n);

#endif
