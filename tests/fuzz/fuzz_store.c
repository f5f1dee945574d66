/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a store that another life has left: whatever is in it, the store works with what it
 * has taken over, and the next life finds what this one has published.
 *
 * Input: an image.
 */
#include "config.h" /* first: GNU extensions */

#include "gw/store/store.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(x)                  \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

static const uint8_t boot[STORE_BOOT] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

struct sum {
	uint64_t octets;
	uint32_t n;
};

static void fuzz_store_add(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	struct sum *sum = ctx;
	uint64_t one = key * 31 + len;

	MUST(len <= STORE_RECORD_MAX);
	for (size_t i = 0; i < len; i++)
		one = one * 131 + rec[i];
	sum->octets += one; /* in any order */
	sum->n++;
}

static struct sum fuzz_store_sum(struct store *s)
{
	struct store_counters n;
	struct sum sum = {0, 0};

	for (unsigned kind = 1; kind <= UINT8_MAX; kind++)
		store_each(s, (uint8_t)kind, fuzz_store_add, &sum);
	store_count(s, &n);
	MUST(n.records == sum.n && n.blocks <= n.block_room);
	/* An image may have as many records as it has slots, of which there are three for each that
	 * is let in, and none for those of a format before. */
	MUST(!n.room || n.records / 3 <= n.room);
	return sum;
}

/* Fill it with records of all lengths, and take every other away. */
static void fuzz_store_use(struct store *s)
{
	static const uint8_t rec[STORE_RECORD_MAX] = {7};

	for (unsigned i = 0; i < 40; i++)
		store_put(s, 9, i, rec, (i * 457u) % 1500);
	store_publish(s);
	for (unsigned i = 0; i < 40; i += 2)
		store_del(s, 9, i);
	for (unsigned i = 0; i < 40; i++)
		store_put(s, 1, i, rec, (i * 37u) % 700);
}

/* A format before is only read: all of it is in the copy. */
static void fuzz_store_copy(struct store *s, struct sum before)
{
	struct store *to = store_new(before.n, boot);
	struct sum after;

	MUST(to && store_copy(to, s));
	after = fuzz_store_sum(to);
	MUST(before.octets == after.octets && before.n == after.n);
	store_free(to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING), again;
	struct store_counters n;
	struct sum before, after;
	const char *why;
	struct store *s;

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	MUST(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0);
	again = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	s = store_open(fd, boot, &why);
	if (!s) {
		close(again);
		return 0;
	}
	before = fuzz_store_sum(s);
	store_count(s, &n);
	if (!n.room) {
		fuzz_store_copy(s, before);
		store_free(s);
		close(again);
		return 0;
	}
	fuzz_store_use(s);
	before = fuzz_store_sum(s);
	store_publish(s);
	store_free(s);
	s = store_open(again, boot, &why);
	MUST(s);
	after = fuzz_store_sum(s);
	MUST(before.octets == after.octets && before.n == after.n);
	store_free(s);
	return 0;
}
