/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * head and tail count octets for ever and are masked on use.  Each side keeps the other's last
 * known counter and looks at the shared one only when that is not enough, so a busy ring moves few
 * cache lines.  A record is a 4-octet length, 4 unused, and its octets padded to 8; where one would
 * cross the end of the buffer the rest is filled by a length of SKIP and the record starts at 0.
 *
 * Sleeping: both sides do a read-modify-write on `asleep`.  Either the producer's comes second,
 * sees that the consumer sleeps and writes the eventfd; or the consumer's comes second, and then
 * sees all that was committed before the poke when it looks at its rings once more.
 */
#include "gw/dp/ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SKIP UINT32_MAX
#define HEAD 8u
/* What begins anew has only the room in front of it until its first record is read, so large ones
 * do, and from their middle on. */
#define RING_LARGE (UINT64_C(1) << 20)

int waker_init(struct waker *w, atomic_int *asleep)
{
	w->asleep = asleep;
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return w->fd < 0 ? -errno : 0;
}

void waker_free(struct waker *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

void waker_poke(struct waker *w)
{
	static const uint64_t one = 1;
	ssize_t ignored; /* a full eventfd is readable already */

	if (!atomic_exchange(w->asleep, 0))
		return;
	ignored = write(w->fd, &one, sizeof(one));
	(void)ignored;
}

void waker_sleep(struct waker *w)
{
	atomic_exchange(w->asleep, 1);
}

void waker_rise(struct waker *w)
{
	atomic_exchange(w->asleep, 0);
}

void waker_clear(struct waker *w)
{
	uint64_t n;
	ssize_t ignored = read(w->fd, &n, sizeof(n)); /* nothing to read is as good */

	(void)ignored;
}

uint64_t ring_size(size_t size)
{
	uint64_t n = 64;

	while (n < size)
		n <<= 1;
	return n;
}

static bool ring_ends_agree(const struct ring_mem *mem, uint64_t size, uint64_t *head,
			    uint64_t *tail)
{
	*head = atomic_load_explicit(&mem->head, memory_order_acquire);
	*tail = atomic_load_explicit(&mem->tail, memory_order_acquire);
	return *head - *tail <= size && !(*head & 7) && !(*tail & 7);
}

bool ring_out_open(struct ring_out *r, struct ring_mem *mem, uint64_t size)
{
	*r = (struct ring_out){
		.mem = mem, .size = size, .again = size < RING_LARGE ? size : size / 2};
	return ring_ends_agree(mem, size, &r->head, &r->tail_seen);
}

bool ring_in_open(struct ring_in *r, struct ring_mem *mem, uint64_t size)
{
	*r = (struct ring_in){.mem = mem, .size = size};
	return ring_ends_agree(mem, size, &r->head_seen, &r->tail);
}

int ring_init(struct ring *r, size_t size)
{
	uint64_t n = ring_size(size);
	struct ring_mem *mem = aligned_alloc(64, ring_mem_size(n));

	memset(r, 0, sizeof(*r));
	if (!mem)
		return -ENOMEM;
	memset(mem, 0, sizeof(*mem));
	ring_out_open(&r->out, mem, n);
	r->out.again = n;
	ring_in_open(&r->in, mem, n);
	return 0;
}

void ring_free(struct ring *r)
{
	free(r->out.mem);
	r->out.mem = NULL;
	r->in.mem = NULL;
}

static uint64_t ring_footprint(size_t len)
{
	return HEAD + ((len + 7) & ~(uint64_t)7);
}

static bool ring_has_room(struct ring_out *r, uint64_t head, uint64_t need)
{
	if (head + need - r->tail_seen <= r->size)
		return true;
	r->tail_seen = atomic_load_explicit(&r->mem->tail, memory_order_acquire);
	return head + need - r->tail_seen <= r->size;
}

/* Asked at the first record behind those that are shown: most likely they have been read then. */
static bool ring_begins_anew(struct ring_out *r, uint64_t takes)
{
	if ((r->head & (r->size - 1)) < r->again || takes > r->size || ring_unseen(r))
		return false;
	r->tail_seen = atomic_load_explicit(&r->mem->tail, memory_order_acquire);
	return r->tail_seen == r->head;
}

static void ring_put_length(struct ring_out *r, uint64_t at, uint32_t len)
{
	memcpy(r->mem->octets + (at & (r->size - 1)), &len, sizeof(len));
}

void *ring_reserve(struct ring_out *r, size_t len)
{
	uint64_t head = r->head;
	uint64_t need = ring_footprint(len), left = r->size - (head & (r->size - 1));

	if (len > r->size / 2 - HEAD)
		return NULL;
	if (need > left || ring_begins_anew(r, left + need)) {
		if (!ring_has_room(r, head, left + need))
			return NULL;
		ring_put_length(r, head, SKIP);
		head += left;
	} else if (!ring_has_room(r, head, need)) {
		return NULL;
	}
	ring_put_length(r, head, (uint32_t)len);
	r->reserved = head + need;
	return r->mem->octets + (head & (r->size - 1)) + HEAD;
}

void ring_put(struct ring_out *r)
{
	r->head = r->reserved;
}

void ring_show(struct ring_out *r)
{
	atomic_store_explicit(&r->mem->head, r->head, memory_order_release);
}

void ring_commit(struct ring_out *r)
{
	ring_put(r);
	ring_show(r);
}

uint64_t ring_unseen(const struct ring_out *r)
{
	return r->head - atomic_load_explicit(&r->mem->head, memory_order_relaxed);
}

/* What the producer has written; nothing more once it has written nonsense. */
static void ring_look(struct ring_in *r)
{
	uint64_t head = atomic_load_explicit(&r->mem->head, memory_order_acquire);

	r->broken |= head - r->tail > r->size || head & 7;
	r->head_seen = r->broken ? r->tail : head;
}

uint64_t ring_mark(struct ring_in *r)
{
	ring_look(r);
	return r->head_seen;
}

bool ring_empty(struct ring_in *r)
{
	if (r->tail == r->head_seen)
		ring_look(r);
	return r->tail == r->head_seen;
}

/* Read once: the producer may change it after it was checked. */
static uint32_t ring_length(const struct ring_in *r, uint64_t at)
{
	return *(const volatile uint32_t *)(r->mem->octets + (at & (r->size - 1)));
}

/* Does a record of len octets at `at` lie in one piece in what has been written? */
static bool ring_holds(const struct ring_in *r, uint64_t at, uint32_t len)
{
	uint64_t need = ring_footprint(len);

	return at - r->tail < r->head_seen - r->tail && need <= r->head_seen - at &&
	       need <= r->size - (at & (r->size - 1));
}

const void *ring_peek(struct ring_in *r, size_t *len)
{
	uint64_t at = r->tail;
	uint32_t n;

	if (ring_empty(r))
		return NULL;
	n = ring_length(r, at);
	if (n == SKIP) {
		at += r->size - (at & (r->size - 1));
		n = ring_length(r, at);
	}
	if (!ring_holds(r, at, n)) {
		r->broken = true;
		r->head_seen = r->tail;
		return NULL;
	}
	*len = n;
	r->next = at + ring_footprint(n);
	return r->mem->octets + (at & (r->size - 1)) + HEAD;
}

bool ring_is_taken(const struct ring_out *r)
{
	return atomic_load_explicit(&r->mem->tail, memory_order_acquire) == r->head;
}

void ring_drop(struct ring_in *r)
{
	r->tail = r->next;
	atomic_store_explicit(&r->mem->tail, r->tail, memory_order_release);
}
