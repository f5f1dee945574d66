/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chained buckets, a power of two of them, doubled when the chains average more than one node.
 */
#include "core/htab.h"

#include <stdlib.h>
#include <string.h>

static uint64_t htab_spread(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t htab_key(uint64_t a, uint64_t b)
{
	return htab_spread(a + 0x9e3779b97f4a7c15u) ^ b;
}

uint64_t htab_octets(const void *octets, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;
	const uint8_t *p = octets;

	while (len--)
		h = (h ^ *p++) * 0x100000001b3u;
	return h;
}

static struct hnode **htab_bucket(struct htab *t, uint64_t key)
{
	return t->bucket ? &t->bucket[htab_spread(key ^ t->secret) & t->mask] : &t->one;
}

void htab_init(struct htab *t, uint64_t secret)
{
	memset(t, 0, sizeof(*t));
	t->secret = secret;
}

void htab_free(struct htab *t)
{
	free(t->bucket);
	t->bucket = NULL;
	t->one = NULL;
	t->count = 0;
}

static void htab_put(struct hnode **b, struct hnode *n)
{
	n->next = *b;
	n->at = b;
	if (n->next)
		n->next->at = &n->next;
	*b = n;
}

static void htab_move_chain(struct htab *to, struct hnode *n)
{
	while (n) {
		struct hnode *next = n->next;

		htab_put(htab_bucket(to, n->key), n);
		n = next;
	}
}

static void htab_grow(struct htab *t)
{
	struct htab bigger = *t;
	uint32_t buckets = t->bucket ? (t->mask + 1) * 2 : 16;

	bigger.bucket = calloc(buckets, sizeof(struct hnode *));
	if (!bigger.bucket)
		return;
	bigger.mask = buckets - 1;
	bigger.one = NULL;
	for (uint32_t i = 0; t->bucket && i <= t->mask; i++)
		htab_move_chain(&bigger, t->bucket[i]);
	htab_move_chain(&bigger, t->one);
	free(t->bucket);
	*t = bigger;
}

void htab_add(struct htab *t, struct hnode *n, uint64_t key)
{
	if (!t->bucket || t->count > t->mask)
		htab_grow(t);
	n->key = key;
	htab_put(htab_bucket(t, key), n);
	t->count++;
}

void htab_del(struct htab *t, struct hnode *n)
{
	if (!n->at)
		return;
	*n->at = n->next;
	if (n->next)
		n->next->at = n->at;
	n->at = NULL;
	t->count--;
}

static struct hnode *htab_with_key(struct hnode *n, uint64_t key)
{
	while (n && n->key != key)
		n = n->next;
	return n;
}

struct hnode *htab_first(const struct htab *t, uint64_t key)
{
	if (!t->bucket)
		return htab_with_key(t->one, key);
	return htab_with_key(t->bucket[htab_spread(key ^ t->secret) & t->mask], key);
}

struct hnode *htab_more(const struct hnode *n)
{
	return htab_with_key(n->next, n->key);
}
