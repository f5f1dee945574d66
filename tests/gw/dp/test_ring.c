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
	void *room = ring_reserve(&r->out, len);

	if (!room)
		return false;
	memcpy(room, p, len);
	ring_commit(&r->out);
	return true;
}

static void keeps_order_and_lengths(void)
{
	struct ring r;
	const char *got;
	size_t len;

	CU_ASSERT_FATAL(!ring_init(&r, 1000));
	CU_ASSERT(ring_empty(&r.in) && !ring_peek(&r.in, &len));
	CU_ASSERT(ring_push(&r, "one", 4) && ring_push(&r, "", 0) && ring_push(&r, "three", 6));
	got = ring_peek(&r.in, &len);
	CU_ASSERT(len == 4 && !strcmp(got, "one"));
	got = ring_peek(&r.in, &len); /* stays until dropped */
	CU_ASSERT(len == 4 && !strcmp(got, "one"));
	ring_drop(&r.in);
	CU_ASSERT(ring_peek(&r.in, &len) && len == 0);
	ring_drop(&r.in);
	got = ring_peek(&r.in, &len);
	CU_ASSERT(len == 6 && !strcmp(got, "three"));
	ring_drop(&r.in);
	CU_ASSERT(ring_empty(&r.in) && !ring_peek(&r.in, &len));
	ring_free(&r);
}

static void refuses_what_does_not_fit(void)
{
	char big[64] = {0};
	struct ring r;
	size_t len;
	unsigned n = 0;

	CU_ASSERT_FATAL(!ring_init(&r, 256));
	CU_ASSERT(!ring_reserve(&r.out, 256) && !ring_reserve(&r.out, 129));
	CU_ASSERT(!ring_reserve(&r.out, SIZE_MAX) && !ring_reserve(&r.out, SIZE_MAX - 8));
	while (ring_push(&r, big, 24)) /* 32 octets each with its head */
		n++;
	CU_ASSERT(n == 8);
	CU_ASSERT(ring_peek(&r.in, &len) && len == 24);
	ring_drop(&r.in);
	CU_ASSERT(ring_push(&r, big, 24) && !ring_push(&r, big, 1));
	ring_free(&r);
}

#define LARGE (1u << 20)

/* Of a large one that is read as fast as it is written the first half is used.  What comes while it
 * is not read has as much room as that, wherever it begins. */
static void one_that_is_read_stays_small(void)
{
	static const struct {
		size_t size;
		uint64_t again;
	} row[] = {{4096, 4096}, {LARGE / 2, LARGE / 2}, {LARGE, LARGE / 2}};

	for (unsigned i = 0; i < 3; i++) {
		struct ring_out out;
		uint64_t most = 0;
		unsigned n = 0;
		struct ring r;
		size_t len;

		CU_ASSERT_FATAL(!ring_init(&r, row[i].size));
		CU_ASSERT_FATAL(ring_out_open(&out, r.in.mem, row[i].size));
		for (uint32_t k = 0; k < LARGE / 20; k++) {
			bool two = k % 3 == 0; /* the second may not begin anew */

			for (uint32_t m = 0; m <= two; m++) {
				uint32_t *to = ring_reserve(&out, 36);

				CU_ASSERT_PTR_NOT_NULL_FATAL(to);
				*to = k + m;
				most = out.reserved % row[i].size > most
					       ? out.reserved % row[i].size
					       : most;
				ring_commit(&out);
			}
			for (uint32_t m = 0; m <= two; m++) {
				const uint32_t *got = ring_peek(&r.in, &len);

				CU_ASSERT_FATAL(got && len == 36 && *got == k + m);
				ring_drop(&r.in);
			}
			CU_ASSERT_TRUE_FATAL(ring_empty(&r.in));
		}
		CU_ASSERT(most >= row[i].again - 3 * 48 && most < row[i].again + 3 * 48);
		while ((out.head & (row[i].size - 1)) < row[i].size / 2 - 48) {
			CU_ASSERT_PTR_NOT_NULL_FATAL(ring_reserve(&out, 36));
			ring_commit(&out);
			CU_ASSERT_PTR_NOT_NULL_FATAL(ring_peek(&r.in, &len));
			ring_drop(&r.in);
		}
		for (; ring_reserve(&out, 36); n++)
			ring_commit(&out);
		CU_ASSERT(n >= row[i].size / 2 / 48 - 1);
		CU_ASSERT_FALSE(r.in.broken);
		ring_free(&r);
	}
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
		CU_ASSERT_EQUAL(r.out.size, row[i].size);
		CU_ASSERT(ring_reserve(&r.out, row[i].size / 2 - 8) != NULL);
		CU_ASSERT(ring_reserve(&r.out, row[i].size / 2 - 8 + 1) == NULL);
		ring_free(&r);
		CU_ASSERT_PTR_NULL(r.out.mem);
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
	CU_ASSERT(ring_reserve(&r.out, 8) != NULL);
	CU_ASSERT(ring_empty(&r.in) && !ring_peek(&r.in, &len));
	mark = ring_mark(&r.in);
	CU_ASSERT(ring_push(&r, "x", 1));
	CU_ASSERT(!ring_before(&r.in, mark) && ring_before(&r.in, ring_mark(&r.in)));
	ring_free(&r);
}

static void put_is_not_seen_before_it_is_shown(void)
{
	struct ring r;
	size_t len;

	CU_ASSERT_FATAL(!ring_init(&r, 256));
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(ring_unseen(&r.out), i * 16u);
		CU_ASSERT_PTR_NOT_NULL(ring_reserve(&r.out, 8));
		ring_put(&r.out);
		CU_ASSERT(ring_empty(&r.in) && !ring_peek(&r.in, &len));
	}
	ring_show(&r.out);
	CU_ASSERT_EQUAL(ring_unseen(&r.out), 0);
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT(ring_peek(&r.in, &len) && len == 8);
		ring_drop(&r.in);
	}
	CU_ASSERT_TRUE(ring_empty(&r.in));
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
		if (!(test_rand(&seed) & 1) || !(p = ring_peek(&r.in, &len)))
			continue;
		CU_ASSERT_FATAL(((uintptr_t)p & 7) == 0);
		for (size_t k = 0; k < len; k++)
			CU_ASSERT_FATAL(p[k] == in);
		in++;
		taken++;
		ring_drop(&r.in);
	}
	ring_free(&r);
}

/* What the other side writes leads nowhere outside the ring, and is seen once and for all. */
static void positions_that_cannot_be(void)
{
	static const uint64_t heads[] = {8 + 256, 1, UINT64_MAX - 7, 1ull << 40};
	struct ring r;
	size_t len;

	for (unsigned i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		CU_ASSERT_FATAL(!ring_init(&r, 256));
		atomic_store(&r.in.mem->head, heads[i]);
		CU_ASSERT(!ring_peek(&r.in, &len) && r.in.broken);
		atomic_store(&r.in.mem->head, 8); /* too late */
		CU_ASSERT(ring_empty(&r.in) && !ring_peek(&r.in, &len));
		ring_free(&r);
	}
}

static void lengths_that_cannot_be(void)
{
	static const uint32_t lengths[] = {9, 248, 249, UINT32_MAX, UINT32_MAX - 1, 1u << 31};
	static const char filler[56];
	struct ring r;
	size_t len;

	for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		CU_ASSERT_FATAL(!ring_init(&r, 256));
		CU_ASSERT(ring_push(&r, filler, 8));
		memcpy(r.in.mem->octets, &lengths[i], 4);
		CU_ASSERT(!ring_peek(&r.in, &len) && r.in.broken);
		ring_free(&r);
	}
	/* a record that would go on behind the end */
	CU_ASSERT_FATAL(!ring_init(&r, 256));
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT(ring_push(&r, "12345678123456781234567812345678123456781234567812345678",
				    56));
	for (unsigned i = 0; i < 3 && ring_peek(&r.in, &len); i++)
		ring_drop(&r.in);
	CU_ASSERT(ring_push(&r, filler, 56) && ring_push(&r, filler, 56));
	memcpy(r.in.mem->octets + 192, &(uint32_t){120}, 4);
	CU_ASSERT(!ring_peek(&r.in, &len) && r.in.broken);
	ring_free(&r);
}

/* The producer keeps inside too, whatever it is told of what has been read. */
static void a_tail_that_cannot_be(void)
{
	struct ring r;

	CU_ASSERT_FATAL(!ring_init(&r, 256));
	while (ring_push(&r, "12345678", 8))
		;
	atomic_store(&r.out.mem->tail, UINT64_MAX);
	for (unsigned i = 0; i < 1000; i++) {
		uint8_t *p = ring_reserve(&r.out, 1 + i % 100);

		if (p) {
			CU_ASSERT(p >= r.out.mem->octets &&
				  p + 1 + i % 100 <= r.out.mem->octets + 256);
			ring_commit(&r.out);
		}
	}
	ring_free(&r);
}

/* A successor of either side goes on where the one before stopped. */
static void ends_are_taken_up(void)
{
	struct ring r;
	struct ring_out out;
	struct ring_in in;
	size_t len;

	CU_ASSERT_FATAL(!ring_init(&r, 256));
	CU_ASSERT(ring_push(&r, "one", 4) && ring_push(&r, "two", 4));
	CU_ASSERT(ring_peek(&r.in, &len) != NULL);
	ring_drop(&r.in);
	CU_ASSERT(ring_in_open(&in, r.in.mem, 256) && ring_out_open(&out, r.out.mem, 256));
	CU_ASSERT_STRING_EQUAL(ring_peek(&in, &len), "two");
	ring_drop(&in);
	CU_ASSERT(!ring_peek(&in, &len) && ring_reserve(&out, 128 - 8));
	ring_commit(&out);
	CU_ASSERT(ring_peek(&in, &len) && len == 120);
	atomic_store(&r.out.mem->tail, 1);
	CU_ASSERT(!ring_in_open(&in, r.in.mem, 256) && !ring_out_open(&out, r.out.mem, 256));
	ring_free(&r);
}

static bool readable(const struct waker *w)
{
	struct pollfd p = {.fd = w->fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static void wakes_once_and_only_the_sleeping(void)
{
	atomic_int asleep = 0;
	struct waker w;

	CU_ASSERT_FATAL(!waker_init(&w, &asleep));
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
	atomic_int asleep;
};

static void *produce(void *arg)
{
	struct pipe *p = arg;

	for (uint32_t i = 0; i < RECORDS;) {
		uint32_t *room = ring_reserve(&p->ring.out, sizeof(i) * (1 + i % 5));

		if (!room) {
			waker_poke(&p->waker);
			continue;
		}
		for (unsigned k = 0; k <= i % 5; k++)
			room[k] = i;
		ring_commit(&p->ring.out);
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
	struct pipe p = {0};
	struct pollfd fd;
	pthread_t t;
	uint32_t want = 0;
	size_t len;

	CU_ASSERT_FATAL(!ring_init(&p.ring, 4096) && !waker_init(&p.waker, &p.asleep));
	CU_ASSERT_FATAL(!pthread_create(&t, NULL, produce, &p));
	fd = (struct pollfd){.fd = p.waker.fd, .events = POLLIN};
	while (want < RECORDS) {
		const uint32_t *r = ring_peek(&p.ring.in, &len);

		if (r) {
			CU_ASSERT_FATAL(len == sizeof(*r) * (1 + want % 5) && r[0] == want &&
					r[want % 5] == want);
			ring_drop(&p.ring.in);
			want++;
			continue;
		}
		waker_sleep(&p.waker);
		if (ring_empty(&p.ring.in) && poll(&fd, 1, 10000) != 1) {
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
	{"one_that_is_read_stays_small", one_that_is_read_stays_small},
	{"the_largest_record", the_largest_record},
	{"reserved_is_not_seen_before_commit", reserved_is_not_seen_before_commit},
	{"put_is_not_seen_before_it_is_shown", put_is_not_seen_before_it_is_shown},
	{"wraps", wraps},
	{"positions_that_cannot_be", positions_that_cannot_be},
	{"lengths_that_cannot_be", lengths_that_cannot_be},
	{"a_tail_that_cannot_be", a_tail_that_cannot_be},
	{"ends_are_taken_up", ends_are_taken_up},
	{"wakes_once_and_only_the_sleeping", wakes_once_and_only_the_sleeping},
	{"two_threads_lose_nothing", two_threads_lose_nothing},
	{NULL, NULL},
};
const struct test_suite suite_ring = {"ring", cases};
