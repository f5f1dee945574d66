/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of a life before, when it is not what it should be. */
#include "config.h" /* first: GNU extensions */

#include "gw/store/store_image.h"
#include "tests/gw/store/model.h"
#include "tests/harness.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROOM   4u
#define SLOTS  (STORE_SLOTS * ROOM)
#define BLOCKS (STORE_BLOCKS * ROOM)
#define LONG   (40u + BLOCKS / 2 * 60u) /* octets: the slot, and half of the blocks */

/* With room for data: */
union image_slot {
	struct store_slot h;
	uint8_t whole[64];
};
union image_block {
	struct store_block b;
	uint8_t whole[64];
};
struct image {
	struct store_head head;
	union image_slot slot[SLOTS];
	union image_block block[BLOCKS];
};

/* Publication 2 of two long records, which are in slots 0 and 1 and all blocks. */
static struct image *store_open_image(void)
{
	struct image *i = malloc(sizeof(*i));
	struct store *s = store_new(ROOM, model_boot);
	uint8_t rec[LONG];

	CU_ASSERT_FATAL(i && s);
	CU_ASSERT_EQUAL_FATAL(sizeof(*i), store_image_size(&store_shape, SLOTS, BLOCKS));
	store_publish(s);
	for (uint64_t key = 1; key <= 2; key++) {
		memset(rec, (int)key, sizeof(rec));
		CU_ASSERT_TRUE_FATAL(store_put(s, 1, key, rec, sizeof(rec)));
	}
	store_publish(s);
	CU_ASSERT_EQUAL_FATAL(pread(store_fd(s), i, sizeof(*i), 0), sizeof(*i));
	store_free(s);
	return i;
}

static void store_open_count_keys(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	unsigned *seen = ctx;

	CU_ASSERT_EQUAL(len, LONG);
	for (size_t i = 0; i < len; i++)
		CU_ASSERT_EQUAL_FATAL(rec[i], key);
	*seen |= 1u << key;
}

/* The same two records as a major before had them, in pairs of slots: of each pair the second
 * counts, and what is in the first was before, of another record. */
struct image_1 { /* slots and blocks of 256 octets */
	struct store_head head;
	struct {
		struct store_slot h;
		uint8_t data[232];
	} slot[2 * ROOM];
	struct {
		struct store_block b;
		uint8_t data[252];
	} block[2 * ROOM];
};
struct image_2 {
	struct store_head head;
	union image_slot slot[2 * ROOM];
	union image_block block[BLOCKS];
};

static struct store_head store_open_head_before(uint16_t major, uint32_t blocks)
{
	struct store_head h = {.magic = STORE_MAGIC,
			       .major = major,
			       .slots = ROOM,
			       .blocks = blocks,
			       .used = 3,
			       .published = 2};

	memcpy(h.boot, model_boot, sizeof(h.boot));
	return h;
}

/* A pair; key 3 was deleted in the third. */
static void store_open_pair_before(struct store_slot *low, struct store_slot *high, unsigned k,
				   uint32_t next)
{
	*low = (struct store_slot){.txn = 1, .key = 3 + k, .next = STORE_NONE, .len = 8, .kind = 1};
	*high = (struct store_slot){.txn = 2, .key = k + 1, .next = next, .len = LONG, .kind = 1};
	if (k == 2)
		*high = (struct store_slot){.txn = 2, .key = 5, .next = STORE_NONE};
}

static struct image_1 *store_open_image_1(void)
{
	struct image_1 *i = calloc(1, sizeof(*i));

	CU_ASSERT_PTR_NOT_NULL_FATAL(i);
	i->head = store_open_head_before(1, 2 * ROOM);
	for (unsigned k = 0; k < 3; k++)
		store_open_pair_before(&i->slot[2 * k].h, &i->slot[2 * k + 1].h, k, 4 * k);
	for (unsigned k = 0; k < 2; k++) {
		memset(i->slot[2 * k + 1].data, (int)k + 1, 232);
		for (unsigned n = 0; n < 4; n++) {
			i->block[4 * k + n].b.next = n < 3 ? 4 * k + n + 1 : STORE_NONE;
			memset(i->block[4 * k + n].data, (int)k + 1, 252);
		}
	}
	return i;
}

static struct image_2 *store_open_image_2(void)
{
	struct image_2 *i = calloc(1, sizeof(*i));
	const unsigned half = BLOCKS / 2;

	CU_ASSERT_PTR_NOT_NULL_FATAL(i);
	i->head = store_open_head_before(2, BLOCKS);
	for (unsigned k = 0; k < 3; k++)
		store_open_pair_before(&i->slot[2 * k].h, &i->slot[2 * k + 1].h, k, half * k);
	for (unsigned k = 0; k < 2; k++) {
		memset(&i->slot[2 * k + 1].h + 1, (int)k + 1, 40);
		for (unsigned n = 0; n < half; n++) {
			union image_block *b = &i->block[half * k + n];

			memset(b, (int)k + 1, sizeof(*b));
			b->b.next = n + 1 < half ? half * k + n + 1 : STORE_NONE;
		}
	}
	return i;
}

/* Which keys are left (a bit each); `broken` records must have been left out.  The room of those
 * can be used again. */
static void store_open_memory_leaves(void *i, size_t size, unsigned keys, unsigned broken)
{
	const char *why = NULL;
	struct store *s = store_open(model_memory(i, size), model_boot, &why);
	struct store_counters n;
	unsigned seen = 0, room = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	store_each(s, 1, store_open_count_keys, &seen);
	store_count(s, &n);
	CU_ASSERT_EQUAL(seen, keys);
	CU_ASSERT_EQUAL(n.broken, broken);
	while (store_put(s, 2, room, "", 0))
		room++;
	CU_ASSERT_EQUAL(room, n.room ? n.room - n.records : 0);
	store_publish(s);
	store_free(s);
	free(i);
}

static void store_open_leaves(struct image *i, unsigned keys, unsigned broken)
{
	store_open_memory_leaves(i, sizeof(*i), keys, broken);
}

static void store_open_whole(void)
{
	store_open_leaves(store_open_image(), 6, 0);
}

static void store_open_of_major_1(void)
{
	struct image_1 *i = store_open_image_1();

	store_open_memory_leaves(i, sizeof(*i), 6, 0);
	i = store_open_image_1();
	i->block[1].b.next = 2 * ROOM;
	store_open_memory_leaves(i, sizeof(*i), 4, 1);
}

static void store_open_of_major_2(void)
{
	struct image_2 *i = store_open_image_2();

	store_open_memory_leaves(i, sizeof(*i), 6, 0);
	i = store_open_image_2();
	i->slot[0].h.txn = 2; /* which of the two? */
	store_open_memory_leaves(i, sizeof(*i), 4, 1);
}

/* There is no room in it, so that it is copied into another one. */
static void store_open_before_has_less_room(void)
{
	struct image_2 *i = store_open_image_2();
	const char *why;
	struct store *s = store_open(model_memory(i, sizeof(*i)), model_boot, &why);
	struct store_counters n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	store_count(s, &n);
	CU_ASSERT(n.room < ROOM);
	store_del(s, 1, 1);
	store_del(s, 1, 2);
	store_publish(s);
	store_count(s, &n);
	CU_ASSERT_EQUAL(n.records, 0);
	store_free(s);
	free(i);
}

/* Each mistake in the image, and which keys are left. */
static void store_open_older(struct image *i)
{
	i->slot[2] = i->slot[0];
	i->slot[2].h.txn = 1;
	i->head.used = 3;
}
static void store_open_newer(struct image *i)
{
	store_open_older(i);
	i->slot[0].h.txn = 1;
	i->slot[2].h.txn = 2;
}
static void store_open_deleted(struct image *i)
{
	store_open_newer(i);
	i->slot[2].h.kind = 0;
	i->slot[2].h.was = 1;
}
static void store_open_deleted_of_none(struct image *i)
{
	store_open_deleted(i);
	i->slot[2].h.was = 0;
}
/* Deleted, and set again before the publication: slots 2 and 0, or 0 and 2, came with it. */
static void store_open_set_again(struct image *i)
{
	store_open_deleted(i);
	i->slot[0].h.txn = 2;
}
static void store_open_set_again_below(struct image *i)
{
	union image_slot of;

	store_open_set_again(i);
	of = i->slot[0];
	i->slot[0] = i->slot[2];
	i->slot[2] = of;
}
static void store_open_deleted_twice(struct image *i)
{
	store_open_set_again(i);
	i->slot[0].h.kind = 0;
	i->slot[0].h.was = 1;
}
static void store_open_txn_ahead(struct image *i)
{
	i->slot[0].h.txn = 3;
}
static void store_open_long(struct image *i)
{
	i->slot[0].h.len = STORE_RECORD_MAX + 1;
}
static void store_open_next_outside(struct image *i)
{
	i->slot[0].h.next = BLOCKS;
}
static void store_open_next_none(struct image *i)
{
	i->block[i->slot[0].h.next].b.next = STORE_NONE;
}
static void store_open_circle(struct image *i)
{
	i->block[i->slot[0].h.next].b.next = i->slot[0].h.next;
}
static void store_open_into_other(struct image *i)
{
	i->block[i->slot[1].h.next].b.next = i->slot[0].h.next;
}
static void store_open_key_twice(struct image *i)
{
	i->slot[1].h.key = 1;
}
static void store_open_used_short(struct image *i)
{
	i->head.used = 1;
}

static void store_open_mistakes(void)
{
	static const struct {
		void (*make)(struct image *i);
		unsigned keys, broken;
	} row[] = {
		{store_open_older, 6, 0},	  {store_open_newer, 6, 0},
		{store_open_deleted, 4, 0},	  {store_open_deleted_of_none, 6, 0},
		{store_open_set_again, 6, 0},	  {store_open_set_again_below, 6, 0},
		{store_open_deleted_twice, 4, 1}, {store_open_txn_ahead, 4, 0},
		{store_open_long, 4, 1},	  {store_open_next_outside, 4, 1},
		{store_open_next_none, 4, 1},	  {store_open_circle, 4, 1},
		{store_open_into_other, 2, 1},	  {store_open_key_twice, 2, 1},
		{store_open_used_short, 2, 0},
	};

	for (size_t k = 0; k < sizeof(row) / sizeof(row[0]); k++) {
		struct image *i = store_open_image();

		row[k].make(i);
		store_open_leaves(i, row[k].keys, row[k].broken);
	}
}

/* What is broken does not come back as what it was before, however often it is opened. */
static void store_open_broken_stays_broken(void)
{
	struct image *i = store_open_image();
	const char *why;
	struct store *s;
	int fd;

	store_open_older(i);
	i->slot[2].h.len = 10;
	i->slot[0].h.next = BLOCKS;
	fd = model_memory(i, sizeof(*i));
	s = store_open(fcntl(fd, F_DUPFD_CLOEXEC, 0), model_boot, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	store_free(s);
	CU_ASSERT_EQUAL(pread(fd, i, sizeof(*i), 0), sizeof(*i));
	close(fd);
	store_open_leaves(i, 4, 0);
}

static void store_open_refuses(struct image *i, size_t len, const char *words)
{
	const char *why = NULL;

	CU_ASSERT_PTR_NULL(store_open(model_memory(i, len), model_boot, &why));
	CU_ASSERT_PTR_NOT_NULL_FATAL(why);
	CU_ASSERT_STRING_EQUAL(why, words);
	free(i);
}

static void store_open_another_format(void)
{
	struct image *i = store_open_image();

	i->head.magic++;
	store_open_refuses(i, sizeof(*i), "it is no store");
	i = store_open_image();
	i->head.major = STORE_MAJOR + 1;
	store_open_refuses(i, sizeof(*i), "its format is another one than this program's");
	i = store_open_image();
	i->head.minor = STORE_MINOR + 1;
	store_open_leaves(i, 6, 0);
}

static void store_open_another_size(void)
{
	static const char words[] = "its size is not what it says";
	struct image *i = store_open_image();

	store_open_refuses(i, 100, "it is too short");
	i = store_open_image();
	store_open_refuses(i, sizeof(*i) - 1, words);
	i = store_open_image();
	i->head.slots = UINT32_MAX;
	store_open_refuses(i, sizeof(*i), words);
	i = store_open_image();
	i->head.blocks = UINT32_MAX;
	store_open_refuses(i, sizeof(*i), words);
	i = store_open_image();
	i->head.used = SLOTS + 1;
	store_open_refuses(i, sizeof(*i), words);
}

static void store_open_another_boot(void)
{
	struct image *i = store_open_image();

	i->head.boot[15]++;
	store_open_refuses(i, sizeof(*i), "it is of another boot of the machine");
	i = store_open_image();
	i->head.published = STORE_TXN_MAX;
	store_open_refuses(i, sizeof(*i), "its number of publications is out of range");
}

static void store_open_unsealed(void)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	const char *why = NULL;

	CU_ASSERT_PTR_NULL(store_open(fd, model_boot, &why));
	CU_ASSERT_STRING_EQUAL(why, "it is no sealed memory");
	CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), -1);
	CU_ASSERT_PTR_NULL(store_open(-1, model_boot, &why));
	CU_ASSERT_STRING_EQUAL(why, "it is no sealed memory");
}

static const struct test_case cases[] = {
	{"whole", store_open_whole},
	{"of_major_1", store_open_of_major_1},
	{"of_major_2", store_open_of_major_2},
	{"before_has_less_room", store_open_before_has_less_room},
	{"mistakes", store_open_mistakes},
	{"broken_stays_broken", store_open_broken_stays_broken},
	{"another_format", store_open_another_format},
	{"another_size", store_open_another_size},
	{"another_boot", store_open_another_boot},
	{"unsealed", store_open_unsealed},
	{NULL, NULL},
};
const struct test_suite suite_store_open = {"store_open", cases};
