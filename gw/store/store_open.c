/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a life before.  Each field of it is read once, checked, and kept beside it.  What
 * was written but never published is taken out, since its number will be used again.  A store of a
 * format before has no room for records: its owner wants a larger one then, with all that is in it.
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

/* Until major 2 numbers of slots are of pairs. */
static uint32_t store_head_per_slot(const struct store_head *h)
{
	return h->major < STORE_MAJOR ? 2 : 1;
}

/* NULL, or why it cannot be used. */
static const char *store_head_wrong(const struct store_head *h, off_t size,
				    const uint8_t boot[STORE_BOOT])
{
	if (h->magic != STORE_MAGIC)
		return "it is no store";
	if (h->major > STORE_MAJOR || !h->major)
		return "its format is another one than this program's";
	if (h->slots > STORE_SLOTS_MAX || h->blocks > STORE_BLOCKS_MAX || h->used > h->slots ||
	    store_image_size(store_head_shape(h), h->slots * store_head_per_slot(h), h->blocks) !=
		    (size_t)size)
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

/* The number of a slot, 0 for one that was not published, which is taken out. */
static uint64_t store_open_txn(const struct store *s, uint32_t slot)
{
	uint64_t txn = atomic_load_explicit(&store_slot(s, slot)->txn, memory_order_relaxed);

	if (txn < s->txn)
		return txn;
	store_slot_clear(s, slot);
	return 0;
}

/* Until major 2 the lower slot of a pair does not count, and two that are the same are broken. */
static void store_open_pair(struct store *s, uint32_t slot)
{
	uint64_t low = store_open_txn(s, slot), high = store_open_txn(s, slot + 1);

	if (low >= high)
		store_slot_clear(s, slot + 1);
	if (low <= high)
		store_slot_clear(s, slot);
	s->n.broken += low && low == high;
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

/* It is no record. */
static void store_open_leave(struct store *s, uint32_t slot)
{
	store_slot_clear(s, slot);
	s->index[slot].kind = 0;
}

/* Of two slots of one record the later one counts.  With the same number it is not the deletion:
 * the record was set again before the publication. */
static bool store_open_is_later(const struct store *s, uint32_t slot, uint32_t other)
{
	uint64_t txn = s->index[slot].txn, than = s->index[other].txn;

	return txn > than ||
	       (txn == than && store_slot(s, slot)->kind && !store_slot(s, other)->kind);
}

/* The latest slot of each record is linked, deletions too; the others go at once. */
static void store_open_slot(struct store *s, uint32_t slot)
{
	struct store_index *x = &s->index[slot];
	uint32_t other;
	struct store_slot h;

	*x = (struct store_index){.chain = STORE_NONE, .txn = store_open_txn(s, slot)};
	if (!x->txn)
		return;
	memcpy(&h, store_slot(s, slot), sizeof(h));
	x->kind = h.kind ? h.kind : h.was;
	x->key = h.key;
	other = x->kind ? store_find(s, x->kind, x->key) : slot;
	if (other != STORE_NONE && !store_open_is_later(s, slot, other)) {
		s->n.broken += other != slot && !store_open_is_later(s, other, slot);
		store_open_leave(s, slot);
		return;
	}
	if (other != STORE_NONE) {
		store_unlink(s, other);
		store_open_leave(s, other);
	}
	store_link(s, slot);
}

/* What a slot that is linked holds.  Deletions go: all that was below them has gone. */
static void store_open_record(struct store *s, uint32_t *owner, uint32_t slot)
{
	struct store_index *x = &s->index[slot];
	struct store_slot h;
	uint32_t need;

	memcpy(&h, store_slot(s, slot), sizeof(h));
	need = store_blocks_for(s, h.len);
	if (h.kind == x->kind && h.len <= STORE_RECORD_MAX &&
	    store_open_claim(s, owner, slot, h.next, need)) {
		x->len = h.len;
		x->chain = need ? h.next : STORE_NONE;
		s->n.blocks += need;
		return;
	}
	if (h.kind) {
		store_open_unclaim(s, owner, slot, h.next);
		s->n.broken++;
	}
	store_unlink(s, slot);
	store_open_leave(s, slot);
}

/* The free ones from the last to the first, so that the first are taken first. */
static void store_open_slots(struct store *s, uint32_t *owner, bool pairs)
{
	for (uint32_t i = 0; pairs && i < s->fresh; i += 2)
		store_open_pair(s, i);
	for (uint32_t i = 0; i < s->fresh; i++)
		store_open_slot(s, i);
	for (uint32_t i = 0; i < s->fresh; i++)
		if (s->index[i].kind)
			store_open_record(s, owner, i);
	for (uint32_t i = s->fresh; i--;) {
		if (s->index[i].kind)
			continue;
		s->index[i].next = s->free;
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
	uint32_t per_slot = store_head_per_slot(head);
	struct store *s =
		store_map(fd, store_head_shape(head), head->slots * per_slot, head->blocks);
	uint32_t *owner = s ? calloc(head->blocks + 1, sizeof(*owner)) : NULL;

	if (!owner) {
		if (s)
			s->fd = -1;
		store_free(s);
		return NULL;
	}
	s->txn = head->published + 1;
	s->fresh = head->used * per_slot;
	store_open_slots(s, owner, per_slot == 2);
	store_open_blocks(s, owner);
	if (head->major < STORE_MAJOR)
		s->n.room = 0;
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
