/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list in order of arrival whose nodes live inside their owners: the oldest is first, and any
 * node can be taken out. */
#ifndef CORE_FIFO_H
#define CORE_FIFO_H

#include <stdbool.h>
#include <stdint.h>

struct fifo_node {
	struct fifo_node *next, *prev;
	bool in;
};

struct fifo {
	struct fifo_node *first, *last;
	uint32_t count;
};

static inline void fifo_add(struct fifo *f, struct fifo_node *n)
{
	n->in = true;
	n->next = (struct fifo_node *)0;
	n->prev = f->last;
	*(n->prev ? &n->prev->next : &f->first) = n;
	f->last = n;
	f->count++;
}

/* No effect when n is in no list. */
static inline void fifo_del(struct fifo *f, struct fifo_node *n)
{
	if (!n->in)
		return;
	n->in = false;
	*(n->prev ? &n->prev->next : &f->first) = n->next;
	*(n->next ? &n->next->prev : &f->last) = n->prev;
	f->count--;
}

#endif
