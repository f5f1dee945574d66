/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pairing heap: the root is the earliest; to remove a node its children are melded two by two.
 * The root has no siblings, and what its `next` and `prev` hold is never looked at.
 * Set, cancel and pop are O(log n) amortised, next is O(1).
 */
#include "core/deadline.h"

#include <stddef.h>

static struct deadline *deadline_meld(struct deadline *a, struct deadline *b)
{
	if (!a)
		return b;
	if (!b)
		return a;
	if (b->when < a->when) {
		struct deadline *t = a;

		a = b;
		b = t;
	}
	b->next = a->child;
	if (b->next)
		b->next->prev = b;
	b->prev = a;
	a->child = b;
	return a;
}

/* The siblings from `first` on as one heap: pairs from the left, then the pairs from the right. */
static struct deadline *deadline_meld_siblings(struct deadline *first)
{
	struct deadline *pairs = NULL, *root = NULL;

	while (first) {
		struct deadline *a = first, *b = a->next;

		first = b ? b->next : NULL;
		a = deadline_meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct deadline *rest = pairs->next;

		root = deadline_meld(root, pairs);
		pairs = rest;
	}
	return root;
}

static void deadline_unlink_node(struct deadline_heap *h, struct deadline *d)
{
	struct deadline *below = deadline_meld_siblings(d->child);

	if (h->root == d) {
		h->root = below;
	} else {
		if (d->prev->child == d)
			d->prev->child = d->next;
		else
			d->prev->next = d->next;
		if (d->next)
			d->next->prev = d->prev;
		h->root = deadline_meld(h->root, below);
	}
	d->set = false;
}

void deadline_set(struct deadline_heap *h, struct deadline *d, uint64_t when)
{
	if (d->set && d->when == when)
		return;
	deadline_cancel(h, d);
	if (when == DEADLINE_NEVER)
		return;
	d->when = when;
	d->set = true;
	d->child = NULL;
	h->root = deadline_meld(h->root, d);
}

void deadline_cancel(struct deadline_heap *h, struct deadline *d)
{
	if (d->set)
		deadline_unlink_node(h, d);
}

uint64_t deadline_next(const struct deadline_heap *h)
{
	return h->root ? h->root->when : DEADLINE_NEVER;
}

struct deadline *deadline_pop(struct deadline_heap *h, uint64_t now)
{
	struct deadline *d = h->root;

	if (!d || d->when > now)
		return NULL;
	deadline_unlink_node(h, d);
	return d;
}
