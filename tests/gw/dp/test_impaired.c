/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One way of a bad line, on a clock of its own: rates, order, times, octets and counters. */
#include "gw/dp/impaired.h"

#include "core/bytes.h"
#include "tests/heap.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

#define FOR_EVER UINT64_MAX

static struct impaired *line;

static void line_begin(struct dp_impair set)
{
	if (!set.left)
		set.left = FOR_EVER;
	line = impaired_new(&set, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(line);
}

static void line_end(void)
{
	impaired_free(line);
	line = NULL;
}

/* A frame that bears a number, of `len` octets. */
static struct impaired_fate line_put(uint32_t no, uint32_t len, uint64_t now)
{
	static uint8_t octets[2048];
	const struct ist_frame f = {.channel = 7, .flags = 3, .payload = octets, .len = len};

	memset(octets, 0, len);
	wr_put32(octets, no);
	return impaired_put(line, &f, now);
}

static bool line_take(uint64_t now, uint32_t *no)
{
	struct ist_frame f;
	struct rd r;

	if (!impaired_take(line, now, &f))
		return false;
	r = rd_init(f.payload, f.len);
	*no = rd_u32(&r);
	impaired_forget(line);
	return true;
}

static uint64_t line_count(enum dp_impair_count which)
{
	struct dp_impair_row row = {0};

	impaired_view(line, 0, &row);
	CU_ASSERT_EQUAL(row.n[DP_IMPAIR_FRAMES] + row.n[DP_IMPAIR_DUPLICATED],
			row.n[DP_IMPAIR_PASSED] + row.n[DP_IMPAIR_LOST] + row.n[DP_IMPAIR_FULL] +
				row.n[DP_IMPAIR_WAITING]);
	return row.n[which];
}

/* Of 10,000 frames with 5 % the standard deviation is 21.8: five of them for each of 60 seeds. */
static void each_rate_is_met_for_sixty_seeds(void)
{
	enum { FRAMES = 10000, LEAST = 391, MOST = 609 };
	static const enum dp_impair_count which[] = {DP_IMPAIR_LOST, DP_IMPAIR_DUPLICATED,
						     DP_IMPAIR_REORDERED, DP_IMPAIR_CORRUPTED};
	uint32_t no;

	for (unsigned k = 0; k < sizeof(which) / sizeof(which[0]); k++) {
		for (uint64_t seed = 0; seed < 60; seed++) {
			struct dp_impair set = {.seed = seed};
			uint64_t n;

			*(uint32_t *[]){&set.loss, &set.duplicate, &set.reorder, &set.corrupt}[k] =
				50000;
			line_begin(set);
			for (unsigned i = 0; i < FRAMES; i++) {
				line_put(i, 100, i);
				while (line_take(i, &no))
					;
			}
			n = line_count(which[k]);
			CU_ASSERT(n >= LEAST && n <= MOST);
			for (unsigned other = 0; other < 4; other++)
				CU_ASSERT(other == k || !line_count(which[other]));
			line_end();
		}
	}
}

/* All and none. */
static void every_frame_or_none(void)
{
	uint32_t no;

	line_begin((struct dp_impair){.loss = 1000000});
	for (unsigned i = 0; i < 100; i++) {
		struct impaired_fate fate = line_put(i, 100, 5);

		CU_ASSERT(!fate.held && !fate.full);
	}
	CU_ASSERT_FALSE(line_take(FOR_EVER, &no));
	CU_ASSERT_EQUAL(line_count(DP_IMPAIR_LOST), 100);
	CU_ASSERT_EQUAL(impaired_next(line), FOR_EVER);
	line_end();
	line_begin((struct dp_impair){.duplicate = 1000000});
	CU_ASSERT_EQUAL(line_put(1, 100, 5).held, 2);
	CU_ASSERT(line_take(5, &no) && no == 1);
	CU_ASSERT(line_take(5, &no) && no == 1);
	CU_ASSERT_FALSE(line_take(5, &no));
	CU_ASSERT_EQUAL(line_count(DP_IMPAIR_DELAYED), 0);
	line_end();
}

/* To the microsecond, and in the order in which they came. */
static void a_delay_is_exact(void)
{
	uint32_t no;

	line_begin((struct dp_impair){.delay = 20000});
	for (uint32_t i = 0; i < 50; i++)
		CU_ASSERT_EQUAL(line_put(i, 100, 1000 + i / 2).held, 1);
	CU_ASSERT_EQUAL(impaired_next(line), 21000);
	for (uint32_t i = 0; i < 50; i++) {
		CU_ASSERT_FALSE(line_take(20999 + i / 2, &no));
		CU_ASSERT(line_take(21000 + i / 2, &no) && no == i);
		if (i % 2 == 0)
			CU_ASSERT(line_take(21000 + i / 2, &no) && no == ++i);
	}
	CU_ASSERT_EQUAL(line_count(DP_IMPAIR_DELAYED), 50);
	CU_ASSERT_EQUAL(line_count(DP_IMPAIR_PASSED), 50);
	line_end();
}

/* Each waits from the delay to the delay and the jitter, and both halves of that are used. */
static void jitter_stays_in_its_bounds(void)
{
	unsigned early = 0;
	uint32_t no;

	line_begin((struct dp_impair){.delay = 20000, .jitter = 5000, .seed = 9});
	for (uint32_t i = 0; i < 1000; i++) {
		uint64_t now = i * UINT64_C(100000), next;

		line_put(i, 100, now);
		next = impaired_next(line);
		CU_ASSERT(next >= now + 20000 && next <= now + 25000);
		early += next < now + 22500;
		CU_ASSERT(line_take(next, &no) && no == i);
	}
	CU_ASSERT(early > 400 && early < 600);
	line_end();
}

/* One that is held back comes behind those that came after it, and none is lost. */
static void some_come_late(void)
{
	unsigned late = 0, n = 0;
	uint32_t no, last = 0;
	uint64_t now = 0;

	line_begin((struct dp_impair){.reorder = 100000, .seed = 3});
	for (uint32_t i = 1; i <= 1000; i++, now += 1000) {
		line_put(i, 100, now);
		for (; line_take(now, &no); n++) {
			late += no < last;
			last = no > last ? no : last;
		}
	}
	while (line_take(FOR_EVER - 1, &no)) {
		late += no < last;
		n++;
	}
	CU_ASSERT_EQUAL(n, 1000);
	/* those at the very end have none behind them */
	CU_ASSERT(late <= line_count(DP_IMPAIR_REORDERED) &&
		  late + 12 >= line_count(DP_IMPAIR_REORDERED));
	CU_ASSERT(late > 50);
	line_end();
}

/* 64 kbit/s: 100 octets take 12.5 ms, and the line is busy with one at a time. */
static void a_rate_spaces_frames(void)
{
	uint32_t no;

	line_begin((struct dp_impair){.rate = 64000});
	for (uint32_t i = 0; i < 4; i++)
		line_put(i, 100, 0);
	for (uint32_t i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(impaired_next(line), 12500 * (i + 1));
		CU_ASSERT(line_take(12500 * (i + 1), &no) && no == i);
	}
	line_put(9, 200, 1000000); /* it has been idle */
	CU_ASSERT_EQUAL(impaired_next(line), 1025000);
	line_end();
}

/* One bit of one octet, and the frame's own memory is left alone. */
static void one_bit_is_turned(void)
{
	uint8_t octets[64] = {0};
	const struct ist_frame f = {
		.head = octets, .head_len = 4, .payload = octets + 4, .len = 60, .channel = 9};
	unsigned seen = 0;

	line_begin((struct dp_impair){.corrupt = 1000000});
	for (unsigned i = 0; i < 4000; i++) {
		struct ist_frame out;
		unsigned bits = 0;

		impaired_put(line, &f, 0);
		CU_ASSERT_FATAL(impaired_take(line, 0, &out));
		CU_ASSERT(out.channel == 9 && out.len == 64 && !out.head_len);
		for (unsigned k = 0; k < 64; k++) {
			bits += (unsigned)__builtin_popcount(out.payload[k]);
			seen |= out.payload[k] ? k < 4 ? 1 : 2 : 0;
		}
		CU_ASSERT_EQUAL(bits, 1);
		impaired_forget(line);
	}
	CU_ASSERT_EQUAL(seen, 3); /* in the head too */
	CU_ASSERT_EQUAL(line_count(DP_IMPAIR_CORRUPTED), 4000);
	line_end();
}

/* The same seed is the same run, whatever else is set. */
static void a_seed_repeats_a_run(void)
{
	bool lost[2][1000];

	for (unsigned run = 0; run < 2; run++) {
		line_begin((struct dp_impair){.loss = 200000,
					      .seed = 77,
					      .delay = run ? 5000 : 0,
					      .corrupt = run ? 500000 : 0,
					      .rate = run ? 1000000 : 0});
		for (uint32_t i = 0; i < 1000; i++)
			lost[run][i] = !line_put(i, 100, i * 1000).held;
		line_end();
	}
	CU_ASSERT_EQUAL(memcmp(lost[0], lost[1], sizeof(lost[0])), 0);
}

/* What finds no room is counted, and there is room again when some have gone: many times round. */
static void what_waits_is_bounded(void)
{
	uint32_t no, next = 0;
	uint64_t now = 0;

	line_begin((struct dp_impair){.delay = 1000000});
	for (uint32_t i = 0; i < IMPAIRED_FRAMES; i++)
		CU_ASSERT_EQUAL(line_put(i, 64, 0).held, 1);
	CU_ASSERT_EQUAL(line_put(1, 64, 0).full, 1);
	CU_ASSERT_EQUAL(line_count(DP_IMPAIR_FULL), 1);
	CU_ASSERT_EQUAL(line_count(DP_IMPAIR_WAITING), IMPAIRED_FRAMES);
	line_end();
	line_begin((struct dp_impair){.delay = 1000000});
	for (uint32_t i = 0;; i++)
		if (line_put(i, 2000, 0).full)
			break;
	CU_ASSERT(line_count(DP_IMPAIR_WAITING) * 2000 > IMPAIRED_OCTETS / 10 * 9);
	CU_ASSERT(line_count(DP_IMPAIR_WAITING) * 2000 <= IMPAIRED_OCTETS);
	while (line_take(FOR_EVER, &no))
		CU_ASSERT_EQUAL(no, next++);
	for (uint32_t i = 0; i < 10000; i++, now += 1000) {
		CU_ASSERT_EQUAL(line_put(i, 900 + i % 700, now).held, 1);
		while (line_take(now, &no))
			CU_ASSERT_EQUAL(no, now / 1000 - 1000);
	}
	line_end();
}

/* It ends by itself, or is ended: then nothing is held any more. */
static void it_is_over_in_time(void)
{
	struct dp_impair_row row;
	uint32_t no;

	line_begin((struct dp_impair){.delay = 50000, .left = 60000000});
	CU_ASSERT_EQUAL(impaired_next(line), 60000000);
	line_put(1, 100, 0);
	CU_ASSERT_EQUAL(impaired_next(line), 50000);
	impaired_view(line, 20000000, &row);
	CU_ASSERT(row.on && row.set.left == 40000000);
	CU_ASSERT_FALSE(impaired_is_over(line, 59999999));
	CU_ASSERT_TRUE(impaired_is_over(line, 60000000));
	impaired_view(line, 60000000, &row);
	CU_ASSERT(!row.on && !row.set.left);
	impaired_end(line);
	CU_ASSERT_EQUAL(impaired_next(line), 0);
	CU_ASSERT(line_take(0, &no) && no == 1);
	CU_ASSERT_EQUAL(impaired_next(line), FOR_EVER);
	line_end();
}

static void without_memory_for_a_line(void)
{
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(impaired_new(&(struct dp_impair){.loss = 1}, 0));
	CU_ASSERT_TRUE(heap_refused());
}

static const struct test_case cases[] = {
	{"each_rate_is_met_for_sixty_seeds", each_rate_is_met_for_sixty_seeds},
	{"every_frame_or_none", every_frame_or_none},
	{"a_delay_is_exact", a_delay_is_exact},
	{"jitter_stays_in_its_bounds", jitter_stays_in_its_bounds},
	{"some_come_late", some_come_late},
	{"a_rate_spaces_frames", a_rate_spaces_frames},
	{"one_bit_is_turned", one_bit_is_turned},
	{"a_seed_repeats_a_run", a_seed_repeats_a_run},
	{"what_waits_is_bounded", what_waits_is_bounded},
	{"it_is_over_in_time", it_is_over_in_time},
	{"without_memory_for_a_line", without_memory_for_a_line},
	{NULL, NULL},
};
const struct test_suite suite_impaired = {"impaired", cases};
