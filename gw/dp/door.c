/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The region is laid out by one function that both sides run: it adds up sizes, first to know how
 * much there is, then to set pointers.
 */
#define _GNU_SOURCE /* memfd_create, seals */
#include "gw/dp/door.h"

#include "gw/dp/door_msg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC  0x69737464u /* "istd" */
#define LAYOUT 4u
/* Of the memory and of what goes through it: one that stands by must know both. */
#define VERSION (LAYOUT << 16 | DOOR_MSG_VERSION)
#define TUNNELS 65536u
#define SEALS	(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW)

const uint64_t door_ring_size[MAIL_KINDS] = {
	[MAIL_CMD] = 1u << 20,	   [MAIL_CONTROL] = 1u << 20, [MAIL_PPP] = 1u << 20,
	[MAIL_SENT] = 1u << 16,	   [MAIL_LOG] = 1u << 16,     [MAIL_TAP] = 1u << 20,
	[MAIL_REPORTS] = 1u << 18,
};

/* Memory at offset *at of the region, in whole pages; base NULL = only add up. */
static void *door_place(uint8_t *base, size_t *at, size_t len)
{
	void *p = base ? base + *at : NULL;

	*at += (len + 4095) & ~(size_t)4095;
	return p;
}

static size_t door_lay_out(struct door *d, uint8_t *base)
{
	size_t at = 0;

	d->words = door_place(base, &at, sizeof(*d->words));
	d->table_ring = door_place(base, &at, ring_mem_size(DOOR_TABLE_SIZE));
	d->answer_ring = door_place(base, &at, ring_mem_size(DOOR_ANSWER_SIZE));
	d->heard = door_place(base, &at, TUNNELS * sizeof(*d->heard));
	d->tun_gone = door_place(base, &at, DOOR_TUNS * sizeof(*d->tun_gone));
	for (unsigned i = 0; i < d->workers; i++) {
		d->counters[i] = door_place(base, &at, sizeof(*d->counters[i]));
		for (unsigned k = 0; k < MAIL_KINDS; k++)
			d->mail[i][k] = door_place(base, &at, ring_mem_size(door_ring_size[k]));
	}
	d->call = door_place(base, &at, DOOR_CALLS * sizeof(*d->call));
	d->slot = door_place(base, &at, DOOR_CALLS * sizeof(*d->slot));
	d->rare = door_place(base, &at, DOOR_CALLS * sizeof(*d->rare));
	d->left = door_place(base, &at, DOOR_CALLS * sizeof(*d->left));
	return at;
}

static bool door_map(struct door *d, int prot)
{
	uint8_t *base;

	d->size = door_lay_out(d, NULL);
	base = mmap(NULL, d->size, prot, MAP_SHARED | MAP_NORESERVE, d->fd, 0);
	if (base == MAP_FAILED)
		return false;
	door_lay_out(d, base);
	return true;
}

/* The wakers in the order of door_fds(): three, then one of each worker. */
static struct waker *door_waker(struct door *d, unsigned i)
{
	struct waker *const first[] = {&d->control, &d->answer, &d->table};

	return i < 3 ? first[i] : &d->worker[i - 3];
}

static atomic_int *door_asleep(struct door *d, unsigned i)
{
	struct door_words *w = d->words;
	atomic_int *const first[] = {&w->control_asleep, &w->answer_asleep, &w->table_asleep};

	return i < 3 ? first[i] : &w->worker[i - 3].asleep;
}

static bool door_make_wakers(struct door *d)
{
	for (unsigned i = 0; i < 3 + d->workers; i++)
		if (waker_init(door_waker(d, i), door_asleep(d, i)) < 0)
			return false;
	return true;
}

static struct door *door_alloc(unsigned workers)
{
	struct door *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->workers = workers;
	d->fd = d->control.fd = d->answer.fd = d->table.fd = -1;
	for (unsigned i = 0; i < DOOR_WORKERS; i++)
		d->worker[i].fd = -1;
	return d;
}

struct door *door_new(unsigned workers)
{
	struct door *d = door_alloc(workers);

	if (!d)
		return NULL;
	d->fd = memfd_create("isthmus-door", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (d->fd < 0 || ftruncate(d->fd, (off_t)door_lay_out(d, NULL)) < 0 ||
	    fcntl(d->fd, F_ADD_SEALS, SEALS) < 0 || !door_map(d, PROT_READ | PROT_WRITE) ||
	    !door_make_wakers(d)) {
		door_free(d);
		return NULL;
	}
	d->words->magic = MAGIC;
	d->words->version = VERSION;
	d->words->workers = workers;
	return d;
}

unsigned door_fds(struct door *d, int fd[DOOR_FDS])
{
	fd[0] = d->fd;
	for (unsigned i = 0; i < 3 + d->workers; i++)
		fd[1 + i] = door_waker(d, i)->fd;
	return 4 + d->workers;
}

/* The seals and the size are known before the first access. */
static bool door_has_size(struct door *d)
{
	struct stat st;
	int seals = fcntl(d->fd, F_GET_SEALS);

	return seals >= 0 && (seals & SEALS) == SEALS && !fstat(d->fd, &st) &&
	       (uint64_t)st.st_size == door_lay_out(d, NULL);
}

static bool door_is_whole(struct door *d, int prot)
{
	return door_has_size(d) && door_map(d, prot) && d->words->magic == MAGIC &&
	       d->words->version == VERSION && d->words->workers == d->workers;
}

struct door *door_open(const int *fd, unsigned n)
{
	struct door *d = n > 4 && n <= DOOR_FDS ? door_alloc(n - 4) : NULL;

	for (unsigned i = 0; !d && i < n; i++)
		close(fd[i]);
	if (!d)
		return NULL;
	d->fd = fd[0];
	for (unsigned i = 0; i < 3 + d->workers; i++)
		door_waker(d, i)->fd = fd[1 + i];
	if (!door_is_whole(d, PROT_READ | PROT_WRITE)) {
		door_free(d);
		return NULL;
	}
	for (unsigned i = 0; i < 3 + d->workers; i++)
		door_waker(d, i)->asleep = door_asleep(d, i);
	return d;
}

struct door *door_read(int fd, unsigned workers)
{
	struct door *d = door_alloc(workers);

	if (!d) {
		close(fd);
		return NULL;
	}
	d->fd = fd;
	if (door_is_whole(d, PROT_READ))
		return d;
	door_free(d);
	return NULL;
}

void door_free(struct door *d)
{
	if (!d)
		return;
	if (d->words)
		munmap(d->words, d->size);
	for (unsigned i = 0; i < d->workers; i++)
		waker_free(&d->worker[i]);
	waker_free(&d->control);
	waker_free(&d->answer);
	waker_free(&d->table);
	if (d->fd >= 0)
		close(d->fd);
	free(d);
}
