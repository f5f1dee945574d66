/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One array of slots; buckets and the strangers' order are indices into it.  Slots that were never
 * used are not touched, so a large table costs address space and no memory.
 *
 * core/htab is not used here: its nodes are allocated by their owners and it grows by allocating,
 * while this table is on the path of every datagram, whose source address a stranger chooses.
 */
#include "transports/udp/udp_table.h"

#include "transports/kit/handover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct udp_ep) == 24, "hashed and compared as octets");
_Static_assert(sizeof(struct udp_key) == 56, "hashed and compared as octets");

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

/* A slot with key and id. */
static void udp_table_fill(struct udp_table *t, struct udp_slot *s, uint32_t *head, bool held)
{
	s->chain = *head;
	*head = udp_table_index_of(t, s) + 1;
	s->state = held ? UDP_SLOT_HELD : UDP_SLOT_STRANGER;
	if (held) {
		t->held++;
	} else {
		t->strangers++;
		udp_table_order_last(t, s);
	}
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
	s->reported = false;
	udp_table_fill(t, s, head, held);
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

/* --- to and from another process ----------------------------------------------------------------- */

static void udp_table_hand_key(struct udp_key *k, uint8_t family, uint32_t socks, bool marks,
			       struct handover *h)
{
	size_t octets = family == 4 ? 4 : 16;

	if (h->thawing)
		memset(k, 0, sizeof(*k));
	k->sock = handover_word(h, k->sock, socks - 1);
	k->peer.family = k->local.family = family;
	k->peer.port = (uint16_t)handover_word(h, k->peer.port, UINT16_MAX);
	k->peer.scope = handover_word(h, k->peer.scope, UINT32_MAX);
	k->local.scope = handover_word(h, k->local.scope, UINT32_MAX);
	handover_octets(h, k->peer.ip, octets);
	handover_octets(h, k->local.ip, octets);
	if (marks)
		k->mark = handover_word(h, k->mark, UINT32_MAX);
}

static void udp_table_thaw_slot(struct udp_table *t, uint8_t family, uint32_t socks, bool marks,
				bool held, struct handover *h)
{
	uint32_t i = handover_word(h, 0, t->max - 1);
	struct udp_slot *s = &t->slot[i];
	bool reported = handover_flag(h, false);
	struct udp_key key;

	udp_table_hand_key(&key, family, socks, marks, h);
	if (i >= t->slots.fresh || !t->slots.slot[i].taken || s->id || !key.peer.port ||
	    udp_table_find(t, &key))
		h->bad = true;
	if (h->bad)
		return;
	s->key = key;
	s->id = slots_handle(&t->slots, i);
	s->reported = reported;
	udp_table_fill(t, s, &t->bucket[udp_table_bucket_of(t, &key)], held);
}

static void udp_table_freeze_slot(struct udp_table *t, struct udp_slot *s, bool marks,
				  struct handover *h)
{
	handover_word(h, udp_table_index_of(t, s), t->max - 1);
	handover_flag(h, s->reported);
	udp_table_hand_key(&s->key, s->key.peer.family, UINT32_MAX, marks, h);
}

/* Strangers in the order of their last use. */
static void udp_table_hand_slots(struct udp_table *t, uint8_t family, uint32_t socks, bool marks,
				 struct handover *h)
{
	uint32_t strangers = handover_word(h, t->strangers, t->max);
	uint32_t held = handover_word(h, t->held, t->max);

	if (h->thawing) {
		while (strangers-- && !h->bad)
			udp_table_thaw_slot(t, family, socks, marks, false, h);
		while (held-- && !h->bad)
			udp_table_thaw_slot(t, family, socks, marks, true, h);
		return;
	}
	for (uint32_t i = t->oldest; i != SLOT_NONE; i = t->slot[i].newer)
		udp_table_freeze_slot(t, &t->slot[i], marks, h);
	for (uint32_t i = 0; i < t->slots.fresh; i++)
		if (t->slot[i].state == UDP_SLOT_HELD)
			udp_table_freeze_slot(t, &t->slot[i], marks, h);
}

bool udp_table_hand(struct udp_table *t, uint8_t family, uint32_t socks, bool marks,
		    struct handover *h)
{
	if (handover_word(h, t->max, HANDLE_SLOTS) > t->max)
		return false;
	slots_hand(&t->slots, h);
	if (!h->bad)
		udp_table_hand_slots(t, family, socks, marks, h);
	if (t->strangers + t->held != t->slots.taken)
		h->bad = true; /* a slot that is taken and empty */
	return true;
}
