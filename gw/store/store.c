/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two rules make a kill harmless at any store to the memory.  What counts is never written to: a
 * change goes into the half of its slot that does not count, or that has not been published.  And
 * the blocks of a half are given back when it is written over, or counts no more, not before.
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
			    .changed = STORE_NONE,
			    .size = store_image_size(shape, slots, blocks)};
	at = mmap(NULL, s->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	s->head = at == MAP_FAILED ? NULL : at;
	if (!s->head || !store_index_new(s)) {
		store_free(s);
		return NULL;
	}
	s->slot = (uint8_t *)(s->head + 1);
	s->block = s->slot + 2 * (size_t)slots * shape->half;
	s->n.room = slots;
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
	uint32_t slots = records < STORE_SLOTS_MAX ? (uint32_t)records : STORE_SLOTS_MAX;
	uint32_t blocks = slots * STORE_PER_SLOT;
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
		i = s->index[i - 1].bucket;
	return i ? i - 1 : STORE_NONE;
}

static void store_chain_in(struct store *s, uint32_t slot)
{
	struct store_index *x = &s->index[slot];
	uint32_t *at = store_bucket(s, x->kind, x->key);

	x->bucket = *at;
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
		uint32_t next = s->index[i - 1].bucket;

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

/* Back to the free ones.  Until it is taken again its halves and blocks stay as they are. */
static void store_unlink(struct store *s, uint32_t slot)
{
	struct store_index *x = &s->index[slot];
	uint32_t *at = store_bucket(s, x->kind, x->key);

	while (*at != slot + 1)
		at = &s->index[*at - 1].bucket;
	*at = x->bucket;
	x->kind = 0;
	x->bucket = s->free;
	s->free = slot;
	s->n.records--;
}

static uint32_t store_slot_fresh(struct store *s)
{
	uint32_t i = s->fresh++;

	s->index[i].chain[0] = s->index[i].chain[1] = STORE_NONE;
	atomic_store_explicit(&s->head->used, s->fresh, memory_order_relaxed);
	return i;
}

/* For a new record. */
static uint32_t store_slot_take(struct store *s, uint8_t kind, uint64_t key)
{
	uint32_t i = s->free;

	if (i != STORE_NONE)
		s->free = s->index[i].bucket;
	else if (s->fresh < s->slots)
		i = store_slot_fresh(s);
	else
		return STORE_NONE;
	s->index[i].kind = kind;
	s->index[i].key = key;
	store_link(s, i);
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

/* Counting those that the half has which is written over. */
static bool store_has_blocks(const struct store *s, uint32_t need, uint32_t half_has)
{
	uint32_t there = s->blocks - s->n.blocks;

	for (; there < need && half_has != STORE_NONE; half_has = s->next[half_has])
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

/* The half that a change goes to: the one that is not published, else the one that does not count.
 */
static unsigned store_half_next(const struct store *s, const struct store_index *x)
{
	return x->txn == s->txn ? x->last : !x->last;
}

/* kind 0: a deletion. */
static void store_half_write(struct store *s, uint32_t slot, uint8_t kind, const uint8_t *rec,
			     size_t len)
{
	struct store_index *x = &s->index[slot];
	unsigned which = store_half_next(s, x);
	bool first = x->txn != s->txn; /* change of it since the last publication */
	struct store_half *h = store_half(s, slot, which);
	size_t here = len < store_half_data(s) ? len : store_half_data(s);

	atomic_store_explicit(&h->txn, s->txn, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst); /* not published: what follows may be torn */
	store_chain_give(s, x->chain[which]);
	x->chain[which] = store_chain_write(s, rec + here, len - here);
	h->key = x->key;
	h->next = x->chain[which];
	h->len = (uint16_t)len;
	h->kind = kind;
	memcpy(h + 1, rec, here);
	if (first && x->chain[x->last] != STORE_NONE) {
		x->changed = s->changed;
		s->changed = slot;
	}
	x->txn = s->txn;
	x->last = (uint8_t)which;
	x->len = (uint16_t)len;
}

bool store_put(struct store *s, uint8_t kind, uint64_t key, const void *rec, size_t len)
{
	uint32_t need = store_blocks_for(s, len), i = store_find(s, kind, key), mine = STORE_NONE;

	if (i != STORE_NONE)
		mine = s->index[i].chain[store_half_next(s, &s->index[i])];
	if (kind && len <= STORE_RECORD_MAX && store_has_blocks(s, need, mine)) {
		if (i == STORE_NONE)
			i = store_slot_take(s, kind, key);
		if (i != STORE_NONE) {
			store_half_write(s, i, kind, rec, len);
			return true;
		}
	}
	s->n.refused++;
	return false;
}

void store_del(struct store *s, uint8_t kind, uint64_t key)
{
	uint32_t i = kind ? store_find(s, kind, key) : STORE_NONE;

	if (i == STORE_NONE)
		return;
	store_half_write(s, i, 0, (const uint8_t *)"", 0);
	store_unlink(s, i);
}

void store_publish(struct store *s)
{
	atomic_store_explicit(&s->head->published, s->txn, memory_order_release);
	s->txn++;
	for (; s->changed != STORE_NONE; s->changed = s->index[s->changed].changed) {
		struct store_index *x = &s->index[s->changed];

		store_chain_give(s, x->chain[!x->last]);
		x->chain[!x->last] = STORE_NONE;
	}
}

/* --- reading ---------------------------------------------------------------------------------- */

static void store_read(const struct store *s, uint32_t slot, uint8_t *out)
{
	const struct store_index *x = &s->index[slot];
	size_t n = x->len < store_half_data(s) ? x->len : store_half_data(s), at = n;

	memcpy(out, store_half(s, slot, x->last) + 1, n);
	for (uint32_t i = x->chain[x->last]; i != STORE_NONE; i = s->next[i]) {
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

void store_each(struct store *s, uint8_t kind, store_fn fn, void *ctx)
{
	uint8_t rec[STORE_RECORD_MAX];

	for (uint32_t i = 0; i < s->fresh; i++) {
		if (!kind || s->index[i].kind != kind)
			continue;
		store_read(s, i, rec);
		fn(ctx, s->index[i].key, rec, s->index[i].len);
	}
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
