/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a life before.  Each field of it is read once, checked, and kept beside it.  What
 * was written but never published is taken out, since its number will be used again.
 */
#include "config.h" /* first: GNU extensions */

#include "gw/store/store_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

static const struct store_shape *store_head_shape(const struct store_head *h)
{
	return h->major == 1 ? &store_shape_1 : &store_shape;
}

/* NULL, or why it cannot be used. */
static const char *store_head_wrong(const struct store_head *h, off_t size,
				    const uint8_t boot[STORE_BOOT])
{
	if (h->magic != STORE_MAGIC)
		return "it is no store";
	if (h->major != STORE_MAJOR && h->major != 1)
		return "its format is another one than this program's";
	if (h->slots > STORE_SLOTS_MAX || h->blocks > STORE_BLOCKS_MAX || h->used > h->slots ||
	    store_image_size(store_head_shape(h), h->slots, h->blocks) != (size_t)size)
		return "its size is not what it says";
	if (h->published >= STORE_TXN_MAX)
		return "its number of publications is out of range";
	if (memcmp(h->boot, boot, STORE_BOOT) != 0)
		return "it is of another boot of the machine";
	return NULL;
}

/* A copy of the head. */
static const char *store_head_read(int fd, struct store_head *out, const uint8_t boot[STORE_BOOT])
{
	struct stat st;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &st) != 0)
		return "it is no sealed memory";
	if (pread(fd, out, sizeof(*out), 0) != (ssize_t)sizeof(*out))
		return "it is too short";
	return store_head_wrong(out, st.st_size, boot);
}

/* --- slots ------------------------------------------------------------------------------------ */

/* Numbers of the halves, 0 for one that was not published, which is taken out. */
static void store_open_txns(const struct store *s, uint32_t slot, uint64_t txn[2])
{
	for (unsigned i = 0; i < 2; i++) {
		struct store_half *h = store_half(s, slot, i);

		txn[i] = atomic_load_explicit(&h->txn, memory_order_relaxed);
		if (txn[i] < s->txn)
			continue;
		txn[i] = 0;
		atomic_store_explicit(&h->txn, 0, memory_order_relaxed);
	}
}

/* The chain of a record, each block of which must be nobody else's.  owner: by block, slot + 1. */
static bool store_open_claim(struct store *s, uint32_t *owner, uint32_t slot, uint32_t first,
			     uint32_t need)
{
	for (uint32_t at = first; need--; at = s->next[at]) {
		if (at >= s->blocks || owner[at])
			return false;
		owner[at] = slot + 1;
		s->next[at] =
			need ? *(const volatile uint32_t *)&store_block(s, at)->next : STORE_NONE;
	}
	return true;
}

static void store_open_unclaim(struct store *s, uint32_t *owner, uint32_t slot, uint32_t at)
{
	for (; at < s->blocks && owner[at] == slot + 1; at = s->next[at])
		owner[at] = 0;
}

/* Neither half counts any more; the one that does not count now goes first. */
static void store_open_break(struct store *s, uint32_t slot)
{
	unsigned last = s->index[slot].last;

	atomic_store_explicit(&store_half(s, slot, !last)->txn, 0, memory_order_relaxed);
	atomic_store_explicit(&store_half(s, slot, last)->txn, 0, memory_order_release);
	s->index[slot].txn = 0;
	s->n.broken++;
}

/* Where a slot stands: false = it holds nothing, which may be its fault. */
static bool store_open_slot(struct store *s, uint32_t *owner, uint32_t slot)
{
	struct store_index *x = &s->index[slot];
	struct store_half h;
	uint64_t txn[2];
	uint32_t need;

	store_open_txns(s, slot, txn);
	*x = (struct store_index){.chain = {STORE_NONE, STORE_NONE}, .last = txn[1] > txn[0]};
	x->txn = txn[x->last];
	if (!x->txn)
		return false;
	memcpy(&h, store_half(s, slot, x->last), sizeof(h));
	need = store_blocks_for(s, h.len);
	if (!h.kind && txn[0] != txn[1])
		return false;
	if (txn[0] == txn[1] || h.len > STORE_RECORD_MAX ||
	    store_find(s, h.kind, h.key) != STORE_NONE ||
	    !store_open_claim(s, owner, slot, h.next, need)) {
		store_open_unclaim(s, owner, slot, h.next);
		store_open_break(s, slot);
		return false;
	}
	x->kind = h.kind;
	x->key = h.key;
	x->len = h.len;
	x->chain[x->last] = need ? h.next : STORE_NONE;
	s->n.blocks += need;
	return true;
}

/* From the last to the first, so that the first are taken first. */
static void store_open_slots(struct store *s, uint32_t *owner)
{
	for (uint32_t i = 0; i < s->fresh; i++)
		if (store_open_slot(s, owner, i))
			store_link(s, i);
	for (uint32_t i = s->fresh; i--;) {
		if (s->index[i].kind)
			continue;
		s->index[i].bucket = s->free;
		s->free = i;
	}
}

static void store_open_blocks(struct store *s, const uint32_t *owner)
{
	s->fresh_block = s->blocks;
	while (s->fresh_block && !owner[s->fresh_block - 1])
		s->fresh_block--;
	for (uint32_t i = s->fresh_block; i--;) {
		if (owner[i])
			continue;
		s->next[i] = s->free_block;
		s->free_block = i;
	}
}

static struct store *store_open_all(int fd, const struct store_head *head)
{
	struct store *s = store_map(fd, store_head_shape(head), head->slots, head->blocks);
	uint32_t *owner = s ? calloc(head->blocks + 1, sizeof(*owner)) : NULL;

	if (!owner) {
		if (s)
			s->fd = -1;
		store_free(s);
		return NULL;
	}
	s->txn = head->published + 1;
	s->fresh = head->used;
	store_open_slots(s, owner);
	store_open_blocks(s, owner);
	free(owner);
	return s;
}

struct store *store_open(int fd, const uint8_t boot[STORE_BOOT], const char **why)
{
	struct store_head head;
	struct store *s;

	*why = store_head_read(fd, &head, boot);
	s = *why ? NULL : store_open_all(fd, &head);
	if (s)
		return s;
	if (!*why)
		*why = "out of memory";
	close(fd);
	return NULL;
}
