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

int waker_init(struct waker *w)
{
	atomic_init(&w->asleep, 0);
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

	if (!atomic_exchange(&w->asleep, 0))
		return;
	ignored = write(w->fd, &one, sizeof(one));
	(void)ignored;
}

void waker_sleep(struct waker *w)
{
	atomic_exchange(&w->asleep, 1);
}

void waker_rise(struct waker *w)
{
	atomic_exchange(&w->asleep, 0);
}

void waker_clear(struct waker *w)
{
	uint64_t n;
	ssize_t ignored = read(w->fd, &n, sizeof(n)); /* nothing to read is as good */

	(void)ignored;
}

int ring_init(struct ring *r, size_t size)
{
	memset(r, 0, sizeof(*r));
	for (r->size = 64; r->size < size;)
		r->size <<= 1;
	r->buf = malloc(r->size);
	return r->buf ? 0 : -ENOMEM;
}

void ring_free(struct ring *r)
{
	free(r->buf);
	r->buf = NULL;
}

static uint64_t ring_footprint(size_t len)
{
	return HEAD + ((len + 7) & ~(uint64_t)7);
}

static bool ring_has_room(struct ring *r, uint64_t head, uint64_t need)
{
	if (head + need - r->tail_seen <= r->size)
		return true;
	r->tail_seen = atomic_load_explicit(&r->tail, memory_order_acquire);
	return head + need - r->tail_seen <= r->size;
}

static void ring_put_length(struct ring *r, uint64_t at, uint32_t len)
{
	memcpy(r->buf + (at & (r->size - 1)), &len, sizeof(len));
}

void *ring_reserve(struct ring *r, size_t len)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint64_t need = ring_footprint(len), left = r->size - (head & (r->size - 1));

	if (len > r->size / 2 - HEAD)
		return NULL;
	if (need > left) {
		if (!ring_has_room(r, head, left + need))
			return NULL;
		ring_put_length(r, head, SKIP);
		head += left;
	} else if (!ring_has_room(r, head, need)) {
		return NULL;
	}
	ring_put_length(r, head, (uint32_t)len);
	r->reserved = head + need;
	return r->buf + (head & (r->size - 1)) + HEAD;
}

void ring_commit(struct ring *r)
{
	atomic_store_explicit(&r->head, r->reserved, memory_order_release);
}

bool ring_empty(struct ring *r)
{
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

	if (tail == r->head_seen)
		r->head_seen = atomic_load_explicit(&r->head, memory_order_acquire);
	return tail == r->head_seen;
}

const void *ring_peek(struct ring *r, size_t *len)
{
	uint64_t at = atomic_load_explicit(&r->tail, memory_order_relaxed);
	uint32_t n;

	if (ring_empty(r))
		return NULL;
	memcpy(&n, r->buf + (at & (r->size - 1)), sizeof(n));
	if (n == SKIP) {
		at += r->size - (at & (r->size - 1));
		memcpy(&n, r->buf, sizeof(n));
	}
	*len = n;
	r->next = at + ring_footprint(n);
	return r->buf + (at & (r->size - 1)) + HEAD;
}

void ring_drop(struct ring *r)
{
	atomic_store_explicit(&r->tail, r->next, memory_order_release);
}
