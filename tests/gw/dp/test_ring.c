/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dp/ring.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>

static bool ring_push(struct ring *r, const void *p, size_t len)
{
	void *room = ring_reserve(r, len);

	if (!room)
		return false;
	memcpy(room, p, len);
	ring_commit(r);
	return true;
}

static void keeps_order_and_lengths(void)
{
	struct ring r;
	const char *got;
	size_t len;

	CU_ASSERT_FATAL(!ring_init(&r, 1000));
	CU_ASSERT(ring_empty(&r) && !ring_peek(&r, &len));
	CU_ASSERT(ring_push(&r, "one", 4) && ring_push(&r, "", 0) && ring_push(&r, "three", 6));
	got = ring_peek(&r, &len);
	CU_ASSERT(len == 4 && !strcmp(got, "one"));
	got = ring_peek(&r, &len); /* stays until dropped */
	CU_ASSERT(len == 4 && !strcmp(got, "one"));
	ring_drop(&r);
	CU_ASSERT(ring_peek(&r, &len) && len == 0);
	ring_drop(&r);
	got = ring_peek(&r, &len);
	CU_ASSERT(len == 6 && !strcmp(got, "three"));
	ring_drop(&r);
	CU_ASSERT(ring_empty(&r) && !ring_peek(&r, &len));
	ring_free(&r);
}

static void refuses_what_does_not_fit(void)
{
	char big[64] = {0};
	struct ring r;
	size_t len;
	unsigned n = 0;

	CU_ASSERT_FATAL(!ring_init(&r, 256));
	CU_ASSERT(!ring_reserve(&r, 256) && !ring_reserve(&r, 129));
	CU_ASSERT(!ring_reserve(&r, SIZE_MAX) && !ring_reserve(&r, SIZE_MAX - 8));
	while (ring_push(&r, big, 24)) /* 32 octets each with its head */
		n++;
	CU_ASSERT(n == 8);
	CU_ASSERT(ring_peek(&r, &len) && len == 24);
	ring_drop(&r);
	CU_ASSERT(ring_push(&r, big, 24) && !ring_push(&r, big, 1));
	ring_free(&r);
}

/* A record may take half the ring with its head of 8 octets, and the ring is a power of two. */
static void the_largest_record(void)
{
	static const struct {
		size_t asked, size;
	} row[] = {{0, 64}, {64, 64}, {65, 128}, {256, 256}, {257, 512}};
	struct ring r;

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		CU_ASSERT_FATAL(!ring_init(&r, row[i].asked));
		CU_ASSERT_EQUAL(r.size, row[i].size);
		CU_ASSERT(ring_reserve(&r, row[i].size / 2 - 8) != NULL);
		CU_ASSERT(ring_reserve(&r, row[i].size / 2 - 8 + 1) == NULL);
		ring_free(&r);
		CU_ASSERT_PTR_NULL(r.buf);
	}
	heap_refuse(0);
	CU_ASSERT_EQUAL(ring_init(&r, 64), -ENOMEM);
	CU_ASSERT_TRUE(heap_refused());
}

static void reserved_is_not_seen_before_commit(void)
{
	struct ring r;
	size_t len;
	uint64_t mark;

	CU_ASSERT_FATAL(!ring_init(&r, 256));
	CU_ASSERT(ring_reserve(&r, 8) != NULL);
	CU_ASSERT(ring_empty(&r) && !ring_peek(&r, &len));
	mark = ring_mark(&r);
	CU_ASSERT(ring_push(&r, "x", 1));
	CU_ASSERT(!ring_before(&r, mark) && ring_before(&r, ring_mark(&r)));
	ring_free(&r);
}

/* Records of random length through a small ring, so that every kind of wrap happens. */
static void wraps(void)
{
	uint64_t seed = test_seed();
	uint8_t out[200], in = 0;
	struct ring r;
	size_t len;

	CU_ASSERT_FATAL(!ring_init(&r, 512));
	for (unsigned i = 0, pushed = 0, taken = 0; taken < 20000; i++) {
		const uint8_t *p;

		len = test_rand(&seed) % sizeof(out);
		memset(out, (int)(pushed & 255), sizeof(out));
		if (test_rand(&seed) & 1 && ring_push(&r, out, len))
			pushed++;
		if (!(test_rand(&seed) & 1) || !(p = ring_peek(&r, &len)))
			continue;
		CU_ASSERT_FATAL(((uintptr_t)p & 7) == 0);
		for (size_t k = 0; k < len; k++)
			CU_ASSERT_FATAL(p[k] == in);
		in++;
		taken++;
		ring_drop(&r);
	}
	ring_free(&r);
}

static bool readable(const struct waker *w)
{
	struct pollfd p = {.fd = w->fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static void wakes_once_and_only_the_sleeping(void)
{
	struct waker w;

	CU_ASSERT_FATAL(!waker_init(&w));
	waker_poke(&w);
	CU_ASSERT(!readable(&w)); /* awake: no system call */
	waker_sleep(&w);
	CU_ASSERT(!readable(&w));
	waker_poke(&w);
	CU_ASSERT(readable(&w));
	waker_rise(&w);
	waker_clear(&w);
	CU_ASSERT(!readable(&w));
	waker_poke(&w);
	CU_ASSERT(!readable(&w));
	waker_free(&w);
}

#define RECORDS 200000u

struct pipe {
	struct ring ring;
	struct waker waker;
};

static void *produce(void *arg)
{
	struct pipe *p = arg;

	for (uint32_t i = 0; i < RECORDS;) {
		uint32_t *room = ring_reserve(&p->ring, sizeof(i) * (1 + i % 5));

		if (!room) {
			waker_poke(&p->waker);
			continue;
		}
		for (unsigned k = 0; k <= i % 5; k++)
			room[k] = i;
		ring_commit(&p->ring);
		if (!(i++ & 15))
			waker_poke(&p->waker);
	}
	waker_poke(&p->waker);
	return NULL;
}

/* The consumer sleeps whenever the ring is empty; it must be woken each time, and see everything.
 */
static void two_threads_lose_nothing(void)
{
	struct pipe p;
	struct pollfd fd;
	pthread_t t;
	uint32_t want = 0;
	size_t len;

	CU_ASSERT_FATAL(!ring_init(&p.ring, 4096) && !waker_init(&p.waker));
	CU_ASSERT_FATAL(!pthread_create(&t, NULL, produce, &p));
	fd = (struct pollfd){.fd = p.waker.fd, .events = POLLIN};
	while (want < RECORDS) {
		const uint32_t *r = ring_peek(&p.ring, &len);

		if (r) {
			CU_ASSERT_FATAL(len == sizeof(*r) * (1 + want % 5) && r[0] == want &&
					r[want % 5] == want);
			ring_drop(&p.ring);
			want++;
			continue;
		}
		waker_sleep(&p.waker);
		if (ring_empty(&p.ring) && poll(&fd, 1, 10000) != 1) {
			CU_FAIL_FATAL("a wake-up was lost");
		}
		waker_rise(&p.waker);
		waker_clear(&p.waker);
	}
	pthread_join(t, NULL);
	ring_free(&p.ring);
	waker_free(&p.waker);
}

static const struct test_case cases[] = {
	{"keeps_order_and_lengths", keeps_order_and_lengths},
	{"refuses_what_does_not_fit", refuses_what_does_not_fit},
	{"the_largest_record", the_largest_record},
	{"reserved_is_not_seen_before_commit", reserved_is_not_seen_before_commit},
	{"wraps", wraps},
	{"wakes_once_and_only_the_sleeping", wakes_once_and_only_the_sleeping},
	{"two_threads_lose_nothing", two_threads_lose_nothing},
	{NULL, NULL},
};
const struct test_suite suite_ring = {"ring", cases};
