/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One array of slots; buckets and the strangers' order are indices into it.  Slots that were never
 * used are not touched, so a large table costs address space and no memory.
 *
 * core/htab is not used here: its nodes are allocated by their owners and it grows by allocating,
 * while this table is on the path of every datagram, whose source address a stranger chooses.
 */
#include "transports/udp/udp_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct udp_ep) == 24, "hashed and compared as octets");
_Static_assert(sizeof(struct udp_key) == 52, "hashed and compared as octets");

/* Multilinear hashing, pairwise: strongly universal for random keys. */
static uint32_t udp_table_bucket_of(const struct udp_table *t, const struct udp_key *key)
{
	uint32_t w[14] = {0};
	uint64_t h = t->hash_key[14];

	memcpy(w, key, sizeof(*key));
	for (unsigned i = 0; i < 14; i += 2)
		h += (t->hash_key[i] + w[i]) * (t->hash_key[i + 1] + w[i + 1]);
	return (uint32_t)(h >> 32) & (t->buckets - 1);
}

int udp_table_init(struct udp_table *t, uint32_t max, const uint8_t key[128])
{
	memset(t, 0, sizeof(*t));
	t->max = max > HANDLE_SLOTS ? HANDLE_SLOTS : max;
	for (t->buckets = 4; t->buckets < t->max; t->buckets *= 2)
		;
	t->slot = calloc(t->max, sizeof(*t->slot));
	t->bucket = calloc(t->buckets, sizeof(*t->bucket));
	if (slots_init(&t->slots, 0, t->max) < 0 || !t->slot || !t->bucket) {
		udp_table_free(t);
		return -ENOMEM;
	}
	memcpy(t->hash_key, key, sizeof(t->hash_key));
	t->oldest = t->newest = SLOT_NONE;
	return 0;
}

void udp_table_free(struct udp_table *t)
{
	slots_free(&t->slots);
	free(t->slot);
	free(t->bucket);
	t->slot = NULL;
	t->bucket = NULL;
}

static uint32_t udp_table_index_of(const struct udp_table *t, const struct udp_slot *s)
{
	return (uint32_t)(s - t->slot);
}

struct udp_slot *udp_table_get(const struct udp_table *t, ist_channel c)
{
	uint32_t i = handle_index(c);

	/* the slot's own copy of its handle: sending touches one line of memory, not two */
	return c && i < t->max && t->slot[i].id == c ? &t->slot[i] : NULL;
}

/* Buckets hold index + 1, so that zeroed memory is an empty table. */
struct udp_slot *udp_table_find(const struct udp_table *t, const struct udp_key *key)
{
	uint32_t i = t->bucket[udp_table_bucket_of(t, key)];

	for (; i; i = t->slot[i - 1].chain)
		if (!memcmp(&t->slot[i - 1].key, key, sizeof(*key)))
			return &t->slot[i - 1];
	return NULL;
}

static void udp_table_order_out(struct udp_table *t, struct udp_slot *s)
{
	if (s->older == SLOT_NONE)
		t->oldest = s->newer;
	else
		t->slot[s->older].newer = s->newer;
	if (s->newer == SLOT_NONE)
		t->newest = s->older;
	else
		t->slot[s->newer].older = s->older;
}

static void udp_table_order_last(struct udp_table *t, struct udp_slot *s)
{
	uint32_t i = udp_table_index_of(t, s);

	s->older = t->newest;
	s->newer = SLOT_NONE;
	if (t->newest == SLOT_NONE)
		t->oldest = i;
	else
		t->slot[t->newest].newer = i;
	t->newest = i;
}

struct udp_slot *udp_table_victim(const struct udp_table *t)
{
	if (t->strangers < t->max / 2 && t->strangers + t->held < t->max)
		return NULL;
	return t->oldest == SLOT_NONE ? NULL : &t->slot[t->oldest];
}

struct udp_slot *udp_table_add(struct udp_table *t, const struct udp_key *key, bool held)
{
	uint32_t *head = &t->bucket[udp_table_bucket_of(t, key)];
	struct udp_slot *s;
	uint32_t i;

	if (!held && t->strangers >= t->max / 2)
		return NULL;
	i = slots_take(&t->slots);
	if (i == SLOT_NONE)
		return NULL;
	s = &t->slot[i];
	s->key = *key;
	s->id = slots_handle(&t->slots, i);
	s->chain = *head;
	*head = i + 1;
	s->state = held ? UDP_SLOT_HELD : UDP_SLOT_STRANGER;
	if (held) {
		t->held++;
	} else {
		t->strangers++;
		udp_table_order_last(t, s);
	}
	return s;
}

void udp_table_touch(struct udp_table *t, struct udp_slot *s)
{
	if (s->state != UDP_SLOT_STRANGER || s->newer == SLOT_NONE)
		return;
	udp_table_order_out(t, s);
	udp_table_order_last(t, s);
}

void udp_table_hold(struct udp_table *t, struct udp_slot *s)
{
	if (s->state != UDP_SLOT_STRANGER)
		return;
	udp_table_order_out(t, s);
	s->state = UDP_SLOT_HELD;
	t->strangers--;
	t->held++;
}

void udp_table_remove(struct udp_table *t, struct udp_slot *s)
{
	uint32_t *p = &t->bucket[udp_table_bucket_of(t, &s->key)], i = udp_table_index_of(t, s);

	if (s->state == UDP_SLOT_STRANGER) {
		udp_table_order_out(t, s);
		t->strangers--;
	} else {
		t->held--;
	}
	while (*p != i + 1)
		p = &t->slot[*p - 1].chain;
	*p = s->chain;
	s->state = UDP_SLOT_FREE;
	s->id = 0;
	slots_give_back(&t->slots, i);
}
