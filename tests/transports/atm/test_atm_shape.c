/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/atm/atm_shape.h"

#include "tests/harness.h"
#include "tests/heap.h"

/* More than 292 days of microseconds times the rate would not fit into 63 bits. */
static void a_year_without_a_cell(void)
{
	struct atm_shape s;

	atm_shape_init(&s, 365566, 0); /* what 155 Mbit/s carry */
	CU_ASSERT_TRUE(atm_shape_may(&s, 0));
	atm_shape_pay(&s, 1000);
	CU_ASSERT_TRUE(atm_shape_may(&s, UINT64_C(366) * 86400 * 1000000));
	atm_shape_free(&s);
}

static void no_memory_to_wait(void)
{
	struct atm_shape s;

	atm_shape_init(&s, 1000, 0);
	for (unsigned n = 0; n < 2; n++) {
		heap_refuse(n);
		CU_ASSERT_FALSE(atm_shape_wait(&s, "h", 1, "data", 4, false));
		CU_ASSERT_TRUE(heap_refused());
		CU_ASSERT_EQUAL(s.count, 0);
	}
	CU_ASSERT_TRUE(atm_shape_wait(&s, "h", 1, "data", 4, false));
	CU_ASSERT_EQUAL(s.count, 1);
	atm_shape_free(&s);
}

static void unshaped_always_may(void)
{
	struct atm_shape s;

	atm_shape_init(&s, 0, 0);
	for (int i = 0; i < 1000; i++) {
		CU_ASSERT_TRUE(atm_shape_may(&s, 5));
		atm_shape_pay(&s, 100);
	}
	CU_ASSERT_EQUAL(atm_shape_deadline(&s), UINT64_MAX);
	atm_shape_free(&s);
}

/* 100 cells a second, SDUs of 5 cells: twenty a second, whatever is asked. */
static void the_rate_is_kept_over_ten_seconds(void)
{
	struct atm_shape s;
	unsigned sent = 0;

	atm_shape_init(&s, 100, 0);
	for (uint64_t now = 0; now <= 10000000; now += 1000)
		if (atm_shape_may(&s, now)) {
			atm_shape_pay(&s, 5);
			sent++;
		}
	CU_ASSERT_TRUE(sent >= 200 && sent <= 201);
	atm_shape_free(&s);
}

static void the_queue_goes_out_in_order_at_the_rate(void)
{
	struct atm_shape s;
	uint64_t now = 0;
	const struct atm_waiting *w;

	atm_shape_init(&s, 1000, 0); /* a cell a millisecond */
	CU_ASSERT_TRUE(atm_shape_may(&s, 0));
	atm_shape_pay(&s, 2);
	for (uint8_t i = 0; i < ATM_SHAPE_QUEUE; i++)
		CU_ASSERT_TRUE(atm_shape_wait(&s, "h", 1, &i, 1, i == 3));
	CU_ASSERT_FALSE(atm_shape_wait(&s, "h", 1, "x", 1, false));
	for (uint8_t i = 0; i < ATM_SHAPE_QUEUE; i++) {
		CU_ASSERT_PTR_NULL(atm_shape_next(&s, now));
		CU_ASSERT_TRUE(atm_shape_deadline(&s) > now);
		now = atm_shape_deadline(&s);
		w = atm_shape_next(&s, now);
		CU_ASSERT_PTR_NOT_NULL_FATAL(w);
		CU_ASSERT_TRUE(w->len == 2 && w->sdu[0] == 'h' && w->sdu[1] == i);
		CU_ASSERT_EQUAL(w->discard, i == 3);
		atm_shape_pay(&s, 2);
	}
	/* 64 SDUs of 2 cells and the first: the last may go at 2 ms each */
	CU_ASSERT_TRUE(now >= 2 * ATM_SHAPE_QUEUE * 1000 - 2000 &&
		       now <= 2 * ATM_SHAPE_QUEUE * 1000 + 2000);
	CU_ASSERT_EQUAL(atm_shape_deadline(&s), UINT64_MAX);
	atm_shape_free(&s);
}

/* Nothing overtakes what waits, and a long silence heaps up the cells of 4 ms and no more. */
static void no_overtaking_and_no_burst(void)
{
	struct atm_shape s;
	unsigned burst = 0;

	atm_shape_init(&s, 1000, 0);
	CU_ASSERT_TRUE(atm_shape_may(&s, 0));
	atm_shape_pay(&s, 10);
	CU_ASSERT_TRUE(atm_shape_wait(&s, NULL, 0, "a", 1, false));
	CU_ASSERT_FALSE(atm_shape_may(&s, 60000000));
	CU_ASSERT_PTR_NOT_NULL(atm_shape_next(&s, 60000000));
	while (atm_shape_may(&s, 60000000)) {
		atm_shape_pay(&s, 1);
		burst++;
	}
	CU_ASSERT_EQUAL(burst, 4);
	atm_shape_free(&s);
}

/* A timer that is never early and up to 3 ms late costs a busy circuit nothing of its rate. */
static void a_late_timer_costs_no_rate(void)
{
	static const uint32_t rates[] = {1000, 20000, 353207};
	uint64_t seed = test_seed();

	for (unsigned k = 0; k < 3; k++) {
		uint64_t now = 0, sent = 0;
		struct atm_shape s;

		atm_shape_init(&s, rates[k], 0);
		while (now < 10000000) {
			while (s.count < ATM_SHAPE_QUEUE)
				CU_ASSERT_TRUE_FATAL(atm_shape_wait(&s, NULL, 0, "x", 1, false));
			while (atm_shape_next(&s, now)) {
				atm_shape_pay(&s, 2);
				sent += 2;
				if (s.count < ATM_SHAPE_QUEUE)
					CU_ASSERT_TRUE_FATAL(
						atm_shape_wait(&s, NULL, 0, "x", 1, false));
			}
			now = atm_shape_deadline(&s) + test_rand(&seed) % 3000;
		}
		CU_ASSERT_TRUE(sent >= 10ull * rates[k] * 99 / 100);
		CU_ASSERT_TRUE(sent <= 10ull * rates[k] + rates[k] / 250 + 4);
		atm_shape_free(&s);
	}
}

static const struct test_case cases[] = {
	{"a_year_without_a_cell", a_year_without_a_cell},
	{"no_memory_to_wait", no_memory_to_wait},
	{"unshaped_always_may", unshaped_always_may},
	{"the_rate_is_kept_over_ten_seconds", the_rate_is_kept_over_ten_seconds},
	{"the_queue_goes_out_in_order_at_the_rate", the_queue_goes_out_in_order_at_the_rate},
	{"no_overtaking_and_no_burst", no_overtaking_and_no_burst},
	{"a_late_timer_costs_no_rate", a_late_timer_costs_no_rate},
	{NULL, NULL},
};
const struct test_suite suite_atm_shape = {"atm_shape", cases};
