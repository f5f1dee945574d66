/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three rules make a kill harmless at any store to the memory.  What counts is never written to: a
 * change goes into another slot, or into one that has not been published.  Slots and blocks are
 * given back when they count no more, not before.  And a slot that is given back holds nothing:
 * else it would count again when the slots that were above it are used for something else.
 */
#include "config.h" /* first: GNU extensions */

#include "gw/store/store_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* --- the memory and what lies beside it ------------------------------------------------------- */

/* Room for as many as there may ever be, which is used from its start on: a huge page for each
 * would be much more than there is in it. */
static void *store_table(size_t n, size_t size)
{
	uint8_t *p = calloc(n, size);
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t skip = (page - (uintptr_t)p % page) % page;

	if (p && n * size > skip + page)
		madvise(p + skip, (n * size - skip) / page * page, MADV_NOHUGEPAGE);
	return p;
}

static bool store_index_new(struct store *s)
{
	s->buckets = 1;
	s->index = store_table(s->slots + 1, sizeof(*s->index));
	s->next = store_table(s->blocks + 1, sizeof(*s->next));
	s->bucket = store_table(s->slots + 1, sizeof(*s->bucket));
	return s->index && s->next && s->bucket;
}

struct store *store_map(int fd, const struct store_shape *shape, uint32_t slots, uint32_t blocks)
{
	struct store *s = calloc(1, sizeof(*s));
	void *at;

	if (!s)
		return NULL;
	*s = (struct store){.fd = -1,
			    .shape = *shape,
			    .slots = slots,
			    .blocks = blocks,
			    .free = STORE_NONE,
			    .free_block = STORE_NONE,
			    .gone = STORE_NONE,
			    .graves = STORE_NONE,
			    .size = store_image_size(shape, slots, blocks)};
	at = mmap(NULL, s->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	s->head = at == MAP_FAILED ? NULL : at;
	if (!s->head || !store_index_new(s)) {
		store_free(s);
		return NULL;
	}
	s->slot = (uint8_t *)(s->head + 1);
	s->block = s->slot + (size_t)slots * shape->slot;
	s->n.room = slots / STORE_SLOTS;
	s->n.block_room = blocks;
	s->fd = fd;
	return s;
}

void store_free(struct store *s)
{
	if (!s)
		return;
	if (s->head)
		munmap(s->head, s->size);
	if (s->fd >= 0)
		close(s->fd);
	free(s->index);
	free(s->next);
	free(s->bucket);
	free(s);
}

/* Sealed, so that nobody who holds it can make it smaller under its readers. */
static int store_memory(size_t size)
{
	int fd = memfd_create("isthmus-store", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && ftruncate(fd, (off_t)size) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

struct store *store_new(size_t records, const uint8_t boot[STORE_BOOT])
{
	uint32_t room = records < STORE_RECORDS ? (uint32_t)records : STORE_RECORDS;
	uint32_t slots = room * STORE_SLOTS, blocks = room * STORE_BLOCKS;
	int fd = store_memory(store_image_size(&store_shape, slots, blocks));
	struct store *s = fd < 0 ? NULL : store_map(fd, &store_shape, slots, blocks);

	if (!s) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	s->head->major = STORE_MAJOR;
	s->head->minor = STORE_MINOR;
	s->head->slots = slots;
	s->head->blocks = blocks;
	memcpy(s->head->boot, boot, STORE_BOOT);
	s->head->magic = STORE_MAGIC;
	s->txn = 1;
	return s;
}

int store_fd(const struct store *s)
{
	return s->fd;
}

void store_count(const struct store *s, struct store_counters *out)
{
	*out = s->n;
	out->published = s->txn - 1;
}

/* --- slots ------------------------------------------------------------------------------------ */

static uint32_t *store_bucket(const struct store *s, uint8_t kind, uint64_t key)
{
	uint64_t mixed = (key ^ (uint64_t)kind << 56) * UINT64_C(0x9e3779b97f4a7c15);
	uint32_t i = (uint32_t)(mixed >> 32) & s->mask;

	return &s->bucket[i < s->buckets ? i : i & s->mask >> 1];
}

uint32_t store_find(const struct store *s, uint8_t kind, uint64_t key)
{
	uint32_t i = *store_bucket(s, kind, key);

	while (i && (s->index[i - 1].key != key || s->index[i - 1].kind != kind))
		i = s->index[i - 1].next;
	return i ? i - 1 : STORE_NONE;
}

static void store_chain_in(struct store *s, uint32_t slot)
{
	struct store_index *x = &s->index[slot];
	uint32_t *at = store_bucket(s, x->kind, x->key);

	x->next = *at;
	*at = slot + 1;
}

/* One bucket more: it takes what is its own of the one that has had it until now. */
static void store_bucket_split(struct store *s)
{
	uint32_t i, *from;

	if (s->buckets > s->mask)
		s->mask = s->mask * 2 + 1;
	from = &s->bucket[s->buckets++ & s->mask >> 1];
	i = *from;
	*from = 0;
	while (i) {
		uint32_t next = s->index[i - 1].next;

		store_chain_in(s, i - 1);
		i = next;
	}
}

void store_link(struct store *s, uint32_t slot)
{
	if (++s->n.records > s->buckets)
		store_bucket_split(s);
	store_chain_in(s, slot);
}

void store_unlink(struct store *s, uint32_t slot)
{
	const struct store_index *x = &s->index[slot];
	uint32_t *at = store_bucket(s, x->kind, x->key);

	while (*at != slot + 1)
		at = &s->index[*at - 1].next;
	*at = x->next;
	s->n.records--;
}

/* STORE_NONE = all are taken. */
static uint32_t store_slot_take(struct store *s)
{
	uint32_t i = s->free;

	if (i != STORE_NONE) {
		s->free = s->index[i].next;
		return i;
	}
	if (s->fresh == s->slots)
		return STORE_NONE;
	i = s->fresh++;
	s->index[i].chain = STORE_NONE;
	atomic_store_explicit(&s->head->used, s->fresh, memory_order_relaxed);
	return i;
}

/* --- blocks ----------------------------------------------------------------------------------- */

static void store_chain_give(struct store *s, uint32_t first)
{
	while (first != STORE_NONE) {
		uint32_t next = s->next[first];

		s->next[first] = s->free_block;
		s->free_block = first;
		s->n.blocks--;
		first = next;
	}
}

static uint32_t store_block_take(struct store *s)
{
	uint32_t i = s->free_block;

	if (i != STORE_NONE)
		s->free_block = s->next[i];
	else
		i = s->fresh_block++;
	s->n.blocks++;
	return i;
}

/* Counting those that the slot has which is written over. */
static bool store_has_blocks(const struct store *s, uint32_t need, uint32_t slot_has)
{
	uint32_t there = s->blocks - s->n.blocks;

	for (; there < need && slot_has != STORE_NONE; slot_has = s->next[slot_has])
		there++;
	return there >= need;
}

/* The first block of a chain with these octets. */
static uint32_t store_chain_write(struct store *s, const uint8_t *p, size_t len)
{
	uint32_t first = STORE_NONE, *at = &first, *image_at = NULL;

	while (len) {
		uint32_t i = store_block_take(s);
		size_t n = len < store_block_data(s) ? len : store_block_data(s);
		struct store_block *b = store_block(s, i);

		memcpy(b + 1, p, n);
		b->next = STORE_NONE;
		s->next[i] = STORE_NONE;
		*at = i;
		if (image_at)
			*image_at = i;
		at = &s->next[i];
		image_at = &b->next;
		p += n;
		len -= n;
	}
	return first;
}

/* --- changes ---------------------------------------------------------------------------------- */

/* One slot of a list back to the free ones. */
static void store_slot_give(struct store *s, uint32_t slot)
{
	struct store_index *x = &s->index[slot];

	store_slot_clear(s, slot);
	store_chain_give(s, x->chain);
	x->chain = STORE_NONE;
	x->kind = 0;
	x->next = s->free;
	s->free = slot;
}

/* A slot that does not count, of x's record, with what it is from now on; kind 0: a deletion. */
static void store_slot_write(struct store *s, uint32_t slot, uint8_t kind, const uint8_t *rec,
			     size_t len)
{
	struct store_index *x = &s->index[slot];
	struct store_slot *h = store_slot(s, slot);
	size_t here = len < store_slot_data(s) ? len : store_slot_data(s);

	atomic_store_explicit(&h->txn, s->txn, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst); /* not published: what follows may be torn */
	store_chain_give(s, x->chain);
	x->chain = store_chain_write(s, rec + here, len - here);
	h->key = x->key;
	h->next = x->chain;
	h->len = (uint16_t)len;
	h->kind = kind;
	h->was = x->kind;
	memcpy(h + 1, rec, here);
	x->txn = s->txn;
	x->len = (uint16_t)len;
}

/* It counts until the next publication. */
static void store_slot_goes(struct store *s, uint32_t slot, uint32_t *list)
{
	s->index[slot].kind = 0;
	s->index[slot].next = *list;
	*list = slot;
}

/* The slot for another state of what is in slot i (STORE_NONE = nothing). */
static uint32_t store_slot_next(struct store *s, uint8_t kind, uint64_t key, uint32_t i)
{
	bool before = i != STORE_NONE;
	uint32_t to;

	if (before && s->index[i].txn == s->txn)
		return i;
	to = before || s->n.records < s->n.room ? store_slot_take(s) : STORE_NONE;
	if (to == STORE_NONE)
		return STORE_NONE;
	if (before) {
		store_unlink(s, i);
		store_slot_goes(s, i, &s->gone);
	}
	s->index[to].kind = kind;
	s->index[to].key = key;
	s->index[to].before = before;
	s->index[to].seen = before ? s->index[i].seen : 0;
	store_link(s, to);
	return to;
}

bool store_put(struct store *s, uint8_t kind, uint64_t key, const void *rec, size_t len)
{
	uint32_t need = store_blocks_for(s, len), i = store_find(s, kind, key), mine = STORE_NONE;

	if (i != STORE_NONE && s->index[i].txn == s->txn)
		mine = s->index[i].chain;
	if (kind && len <= STORE_RECORD_MAX && store_has_blocks(s, need, mine)) {
		i = store_slot_next(s, kind, key, i);
		if (i != STORE_NONE) {
			store_slot_write(s, i, kind, rec, len);
			return true;
		}
	}
	s->n.refused++;
	return false;
}

void store_del(struct store *s, uint8_t kind, uint64_t key)
{
	uint32_t i = kind ? store_find(s, kind, key) : STORE_NONE, grave;

	if (i == STORE_NONE)
		return;
	grave = store_slot_next(s, kind, key, i);
	if (grave == STORE_NONE) /* only in memory that was made to have none */
		grave = i;
	store_unlink(s, grave);
	if (grave != i || s->index[i].before) {
		store_slot_write(s, grave, 0, (const uint8_t *)"", 0);
		store_slot_goes(s, grave, &s->graves);
	} else {
		store_slot_give(s, i);
	}
}

/* All of a list. */
static void store_slots_give(struct store *s, uint32_t *list)
{
	while (*list != STORE_NONE) {
		uint32_t slot = *list;

		*list = s->index[slot].next;
		store_slot_give(s, slot);
	}
}

void store_publish(struct store *s)
{
	atomic_store_explicit(&s->head->published, s->txn, memory_order_release);
	atomic_signal_fence(memory_order_seq_cst);
	s->txn++;
	store_slots_give(s, &s->gone);
	store_slots_give(s, &s->graves);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void store_read(const struct store *s, uint32_t slot, uint8_t *out)
{
	const struct store_index *x = &s->index[slot];
	size_t n = x->len < store_slot_data(s) ? x->len : store_slot_data(s), at = n;

	memcpy(out, store_slot(s, slot) + 1, n);
	for (uint32_t i = x->chain; i != STORE_NONE; i = s->next[i]) {
		n = x->len - at < store_block_data(s) ? x->len - at : store_block_data(s);
		memcpy(out + at, store_block(s, i) + 1, n);
		at += n;
	}
}

int store_get(const struct store *s, uint8_t kind, uint64_t key, uint8_t buf[STORE_RECORD_MAX])
{
	uint32_t i = kind ? store_find(s, kind, key) : STORE_NONE;

	if (i == STORE_NONE)
		return -1;
	store_read(s, i, buf);
	return s->index[i].len;
}

/* False = there was none that this look has not had. */
static bool store_each_once(struct store *s, uint8_t kind, uint32_t look, store_fn fn, void *ctx)
{
	uint8_t rec[STORE_RECORD_MAX];
	bool any = false;

	for (uint32_t i = 0; i < s->fresh; i++) {
		struct store_index *x = &s->index[i];

		if (x->kind != kind || x->seen == look)
			continue;
		x->seen = look;
		any = true;
		store_read(s, i, rec);
		fn(ctx, x->key, rec, x->len);
	}
	return any;
}

/* A record that fn sets is in another slot then, which may be one that was passed. */
void store_each(struct store *s, uint8_t kind, store_fn fn, void *ctx)
{
	uint32_t look = ++s->looks;

	while (kind && store_each_once(s, kind, look, fn, ctx))
		;
}

bool store_copy(struct store *s, struct store *from)
{
	uint8_t rec[STORE_RECORD_MAX];
	bool ok = true;

	for (uint32_t i = 0; i < from->fresh; i++) {
		const uint8_t kind = from->index[i].kind;

		if (!kind)
			continue;
		store_read(from, i, rec);
		ok = store_put(s, kind, from->index[i].key, rec, from->index[i].len) && ok;
	}
	return ok;
}
