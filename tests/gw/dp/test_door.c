/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* memfd_create */
#include "gw/dp/door.h"
#include "tests/harness.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Descriptors as another process would have got them. */
static unsigned copy_fds(struct door *d, int fd[DOOR_FDS])
{
	unsigned n = door_fds(d, fd);

	for (unsigned i = 0; i < n; i++)
		fd[i] = dup(fd[i]);
	return n;
}

static void both_sides_see_one_region(void)
{
	struct door *a = door_new(3), *b;
	struct ring_out out;
	struct ring_in in;
	int fd[DOOR_FDS];
	unsigned n;
	size_t len;
	char *room;

	CU_ASSERT_FATAL(a != NULL);
	n = copy_fds(a, fd);
	CU_ASSERT_EQUAL(n, 7);
	b = door_open(fd, n);
	CU_ASSERT_FATAL(b != NULL);
	CU_ASSERT(b->workers == 3 && b->words != a->words);
	atomic_store(&a->heard[65535], 77);
	atomic_store(&b->slot[DOOR_CALLS - 1].returned, 5);
	CU_ASSERT(atomic_load(&b->heard[65535]) == 77);
	CU_ASSERT(atomic_load(&a->slot[DOOR_CALLS - 1].returned) == 5);
	CU_ASSERT(ring_out_open(&out, a->mail[2][MAIL_CMD], door_ring_size[MAIL_CMD]));
	CU_ASSERT(ring_in_open(&in, b->mail[2][MAIL_CMD], door_ring_size[MAIL_CMD]));
	room = ring_reserve(&out, 6);
	CU_ASSERT_FATAL(room != NULL);
	memcpy(room, "hello", 6);
	ring_commit(&out);
	CU_ASSERT_STRING_EQUAL(ring_peek(&in, &len), "hello");
	waker_sleep(&b->worker[2]);
	waker_poke(&a->worker[2]);
	CU_ASSERT(read(b->worker[2].fd, &(uint64_t){0}, 8) == 8);
	door_free(a);
	CU_ASSERT_STRING_EQUAL(ring_peek(&in, &len), "hello");
	door_free(b);
}

/* Every part has memory of its own. */
static void nothing_overlaps(void)
{
	struct door *d = door_new(2);
	uint8_t *at;

	CU_ASSERT_FATAL(d != NULL);
	at = (uint8_t *)d->words + sizeof(*d->words);
	CU_ASSERT(at <= (uint8_t *)d->table_ring);
	at = d->table_ring->octets + DOOR_TABLE_SIZE;
	CU_ASSERT(at <= (uint8_t *)d->answer_ring);
	at = d->answer_ring->octets + DOOR_ANSWER_SIZE;
	CU_ASSERT(at <= (uint8_t *)d->heard &&
		  (uint8_t *)(d->heard + 65536) <= (uint8_t *)d->tun_gone);
	at = (uint8_t *)(d->tun_gone + DOOR_TUNS);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT(at <= (uint8_t *)d->counters[i]);
		at = (uint8_t *)(d->counters[i] + 1);
		for (unsigned k = 0; k < MAIL_KINDS; k++) {
			CU_ASSERT(at <= (uint8_t *)d->mail[i][k]);
			CU_ASSERT(((uintptr_t)d->mail[i][k] & 63) == 0);
			at = d->mail[i][k]->octets + door_ring_size[k];
		}
	}
	CU_ASSERT(at <= (uint8_t *)d->call);
	CU_ASSERT((void *)(d->call + DOOR_CALLS) <= (void *)d->slot);
	CU_ASSERT((void *)(d->slot + DOOR_CALLS) <= (void *)d->rare);
	CU_ASSERT((void *)(d->rare + DOOR_CALLS) <= (void *)d->left);
	CU_ASSERT((uint8_t *)(d->left + DOOR_CALLS) <= (uint8_t *)d->words + d->size);
	door_free(d);
}

/* A region that could be cut would end whoever reads it. */
static void what_is_no_door(void)
{
	struct door *d = door_new(1);
	int fd[DOOR_FDS], wrong[DOOR_FDS];
	unsigned n;

	CU_ASSERT_FATAL(d != NULL);
	CU_ASSERT(ftruncate(d->fd, 4096) < 0); /* sealed */
	n = copy_fds(d, fd);
	memcpy(wrong, fd, sizeof(wrong));
	wrong[0] = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	CU_ASSERT(!ftruncate(wrong[0], (off_t)d->size));
	CU_ASSERT_PTR_NULL(door_open(wrong, n)); /* not sealed; its descriptors are closed */
	CU_ASSERT(fcntl(fd[1], F_GETFD) < 0);
	close(fd[0]);
	n = copy_fds(d, fd);
	CU_ASSERT_PTR_NULL(door_open(fd, 4)); /* no worker */
	for (unsigned i = 4; i < n; i++)
		close(fd[i]);
	n = copy_fds(d, fd);
	d->words->version++;
	CU_ASSERT_PTR_NULL(door_open(fd, n));
	d->words->version--;
	n = copy_fds(d, fd);
	d->words->workers = 2;
	CU_ASSERT_PTR_NULL(door_open(fd, n));
	door_free(d);
}

/* To read, and whatever becomes of it; who writes there all the same is not ours. */
static void a_door_that_is_read(void)
{
	struct door *d = door_new(2), *other;
	int cut = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	CU_ASSERT_FATAL(d != NULL);
	atomic_store(&d->slot[DOOR_CALLS - 1].owner, 7);
	other = door_read(dup(d->fd), 2);
	CU_ASSERT_PTR_NOT_NULL_FATAL(other);
	CU_ASSERT_EQUAL(atomic_load(&other->slot[DOOR_CALLS - 1].owner), 7);
	door_free(other);
	CU_ASSERT_PTR_NULL(door_read(dup(d->fd), 1));
	CU_ASSERT_PTR_NULL(door_read(dup(d->fd), 3));
	CU_ASSERT(!ftruncate(cut, (off_t)d->size));
	CU_ASSERT_PTR_NULL(door_read(cut, 2)); /* it could be cut */
	CU_ASSERT(fcntl(cut, F_GETFD) < 0);    /* and is closed */
	d->words->version++;
	CU_ASSERT_PTR_NULL(door_read(dup(d->fd), 2));
	door_free(d);
}

static const struct test_case cases[] = {
	{"both_sides_see_one_region", both_sides_see_one_region},
	{"nothing_overlaps", nothing_overlaps},
	{"what_is_no_door", what_is_no_door},
	{"a_door_that_is_read", a_door_that_is_read},
	{NULL, NULL},
};
const struct test_suite suite_door = {"door", cases};
