/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list in order of arrival whose nodes live inside their owners: the oldest is first, and any
 * node can be taken out. */
#ifndef CORE_FIFO_H
#define CORE_FIFO_H

#include <stdbool.h>
#include <stdint.h>

struct fifo_node {
	struct fifo_node *next, **at; /* at: the pointer to this node; NULL = it is in no list */
};
static inline bool fifo_in(const struct fifo_node *n)
{
	return n->at;
}

struct fifo {
	struct fifo_node *first, **end; /* end: where the next one goes, unless first is NULL */
	uint32_t count;
};

static inline void fifo_add(struct fifo *f, struct fifo_node *n)
{
	n->next = (struct fifo_node *)0;
	n->at = f->first ? f->end : &f->first;
	*n->at = n;
	f->end = &n->next;
	f->count++;
}

/* No effect when n is in no list. */
static inline void fifo_del(struct fifo *f, struct fifo_node *n)
{
	if (!n->at)
		return;
	*n->at = n->next;
	*(n->next ? &n->next->at : &f->end) = n->at;
	n->at = (struct fifo_node **)0;
	f->count--;
}

#endif
