/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/legs/far_leg.h"

#include "tests/heap.h"

#include <stdlib.h>
#include <string.h>

struct far_leg {
	struct leg leg;
	struct leg_entry entry;
};

unsigned far_leg_gone;
struct leg_end far_leg_why;
static struct far_leg *far_leg;
static uint8_t far_leg_request[100];
static size_t far_leg_request_len;

static void far_leg_start(struct leg *l, uint64_t now)
{
	join_leg_up(l, now);
}

static void far_leg_ends(struct leg *l, const struct leg_end *why, uint64_t now)
{
	join_leg_gone(l, why, now);
}

static struct leg_entry *far_leg_entry(struct leg *l)
{
	return &((struct far_leg *)l)->entry;
}

static uint16_t far_leg_mtu(const struct leg *l)
{
	(void)l;
	return UINT16_MAX;
}

static void far_leg_free(struct leg *l)
{
	struct far_leg *p = (struct far_leg *)l;

	leg_entry_del(&p->entry);
	leg_entry_free(&p->entry);
	free(p);
}

static const struct leg_ops far_leg_ops = {.kind = LEG_LINE,
					   .name = "line",
					   .start = far_leg_start,
					   .stop = far_leg_ends,
					   .lost = far_leg_ends,
					   .frame = leg_entry_frame,
					   .network = leg_entry_on_network,
					   .entry = far_leg_entry,
					   .mtu = far_leg_mtu,
					   .free = far_leg_free};

static void far_leg_on_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	(void)ctx;
	(void)now;
	far_leg_gone++;
	far_leg_why = *why;
}

struct join *far_leg_join(struct leg *ours)
{
	static const struct join_owner owner = {.gone = far_leg_on_gone};
	const struct dp_call c = {.sid = FAR_LEG_NUMBER, .mode = DP_PUNT};
	struct join *j;

	far_leg_gone = 0;
	far_leg_why = (struct leg_end){0};
	frames_record();
	far_leg = calloc(1, sizeof(*far_leg));
	far_leg->leg.ops = &far_leg_ops;
	leg_entry_init(&far_leg->entry, bench.gw, &c);
	CU_ASSERT_EQUAL_FATAL(leg_entry_set(&far_leg->entry), 0);
	j = join_new(bench.gw->joins, &far_leg->leg, ours, &owner, NULL, clock_us);
	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	return j;
}

void far_leg_starts_without_memory(struct join *j)
{
	heap_refuse(0);
	join_start(j, clock_us);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL_FATAL(far_leg_gone, 1);
	CU_ASSERT_EQUAL(far_leg_why.cause, LEG_BY_RESOURCES);
	CU_ASSERT_STRING_EQUAL(far_leg_why.words, "out of memory");
}

void far_leg_says(const char *hex)
{
	uint8_t frame[300];
	size_t n = test_hex(frame, sizeof(frame), hex);

	join_frame(&far_leg->leg, frame, n, clock_us);
	bench_pass(0);
}

void far_leg_hears_request(const char *pattern)
{
	CU_ASSERT_TRUE(frames_next(pattern));
	memcpy(far_leg_request, frames_last(&far_leg_request_len), sizeof(far_leg_request));
}

void far_leg_acks(void)
{
	far_leg_request[2] = 2;
	join_frame(&far_leg->leg, far_leg_request, far_leg_request_len, clock_us);
	bench_pass(0);
}

void far_leg_asks(const char *request, const char *ack)
{
	far_leg_says(request);
	CU_ASSERT_TRUE(frames_next("c021 01 01 *"));
	CU_ASSERT_TRUE(frames_next(ack));
}
