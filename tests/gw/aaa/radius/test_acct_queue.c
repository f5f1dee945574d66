/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/radius/acct_queue.h"
#include "gw/aaa/radius/radius_acct.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <stdlib.h>

#define NONE UINT64_MAX

static struct acct_queue queue;

static void queue_add(uint64_t serial, uint64_t session, enum radius_acct_status status)
{
	const struct acct_record r = {
		.serial = serial, .session = session, .status = (uint8_t)status};
	uint8_t *octets = malloc(1);

	CU_ASSERT_TRUE_FATAL(octets && acct_queue_add(&queue, &r, 100, octets, ACCT_NO_FILE));
}

/* Serial number of the next that is sent. */
static uint64_t queue_sent(unsigned most)
{
	uint64_t place;

	return acct_queue_send(&queue, most, &place) ? acct_queue_at(&queue, place)->serial : NONE;
}

static uint64_t queue_least(void)
{
	uint64_t place;

	return acct_queue_least(&queue, &place) ? acct_queue_at(&queue, place)->serial : NONE;
}

/* RFC 2866 section 2: a Stop is not to come before its Start. */
static void a_log_ins_records_go_one_by_one(void)
{
	queue_add(10, 1, RADIUS_ACCT_START);
	queue_add(11, 2, RADIUS_ACCT_START);
	queue_add(12, 1, RADIUS_ACCT_STOP);
	queue_add(13, 3, RADIUS_ACCT_START);
	CU_ASSERT_EQUAL(queue_sent(ACCT_ON_WAY), 10);
	CU_ASSERT_EQUAL(queue_sent(ACCT_ON_WAY), 11);
	CU_ASSERT_EQUAL(queue_sent(ACCT_ON_WAY), NONE); /* nobody overtakes either */
	acct_queue_over(&queue, 1);
	CU_ASSERT_EQUAL(queue_sent(ACCT_ON_WAY), NONE);
	acct_queue_over(&queue, 0);
	CU_ASSERT_EQUAL(queue_sent(ACCT_ON_WAY), 12);
	CU_ASSERT_EQUAL(queue_sent(ACCT_ON_WAY), 13);
	CU_ASSERT_EQUAL(queue.waiting, 2);
	CU_ASSERT_EQUAL(queue.octets, 200);
	acct_queue_free(&queue);
}

static void what_comes_back_goes_first(void)
{
	for (unsigned i = 0; i < 5; i++)
		queue_add(i, i, RADIUS_ACCT_START);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(queue_sent(3), i);
	CU_ASSERT_EQUAL(queue_sent(3), NONE);
	acct_queue_back(&queue, 2);
	acct_queue_back(&queue, 0);
	CU_ASSERT_EQUAL(queue_sent(1), NONE); /* 1 is on its way */
	acct_queue_over(&queue, 1);
	CU_ASSERT_EQUAL(queue_sent(1), 0);
	acct_queue_over(&queue, 0);
	CU_ASSERT_EQUAL(queue.first, 2);
	CU_ASSERT_EQUAL(queue_sent(2), 2);
	CU_ASSERT_EQUAL(queue_sent(2), 3);
	acct_queue_free(&queue);
	CU_ASSERT_EQUAL(queue.waiting, 0);
}

static void interim_records_are_given_up_first(void)
{
	queue_add(0, 1, RADIUS_ACCT_START);
	queue_add(1, 1, RADIUS_ACCT_INTERIM);
	queue_add(2, 2, RADIUS_ACCT_START);
	queue_add(3, 1, RADIUS_ACCT_INTERIM);
	queue_add(4, 1, RADIUS_ACCT_STOP);
	CU_ASSERT_EQUAL(queue_least(), 1);
	acct_queue_over(&queue, 1);
	CU_ASSERT_EQUAL(queue_least(), 3);
	/* one that is on its way stays */
	CU_ASSERT_EQUAL(queue_sent(9), 0);
	acct_queue_over(&queue, 0);
	CU_ASSERT_EQUAL(queue_sent(9), 2);
	CU_ASSERT_EQUAL(queue_sent(9), 3);
	CU_ASSERT_EQUAL(queue_least(), 4);
	acct_queue_back(&queue, 3);
	CU_ASSERT_EQUAL(queue_least(), 3);
	acct_queue_over(&queue, 3);
	acct_queue_over(&queue, 4);
	CU_ASSERT_EQUAL(queue_least(), NONE);
	queue_add(5, 1, RADIUS_ACCT_INTERIM);
	CU_ASSERT_EQUAL(queue_least(), 5);
	acct_queue_free(&queue);
}

/* However long it is, and wherever its ring begins. */
static void a_long_queue(void)
{
	for (uint64_t i = 0; i < 1000; i++)
		queue_add(i, i, RADIUS_ACCT_START);
	for (uint64_t i = 0; i < 900; i++) {
		CU_ASSERT_EQUAL(queue_sent(9), i);
		acct_queue_over(&queue, i);
	}
	for (uint64_t i = 1000; i < 5000; i++)
		queue_add(i, i, RADIUS_ACCT_START);
	for (uint64_t i = 900; i < 5000; i++) {
		CU_ASSERT_EQUAL(queue_sent(9), i);
		acct_queue_over(&queue, i);
	}
	CU_ASSERT_TRUE(!queue.waiting && !queue.octets && queue.first == 5000);
	acct_queue_free(&queue);
}

static void what_is_recalled_is_sorted(void)
{
	static const uint64_t serials[] = {7, 3, 9, 5, 4};

	for (unsigned i = 0; i < 5; i++)
		queue_add(serials[i], i, RADIUS_ACCT_START);
	CU_ASSERT_TRUE(acct_queue_sort(&queue, 1));
	CU_ASSERT_EQUAL(queue_sent(9), 7); /* it is in a file */
	for (uint64_t i = 3; i < 6; i++)
		CU_ASSERT_EQUAL(queue_sent(9), i);
	CU_ASSERT_EQUAL(queue_sent(9), 9);
	heap_refuse(0);
	CU_ASSERT_FALSE(acct_queue_sort(&queue, 0));
	CU_ASSERT_TRUE(heap_refused());
	acct_queue_free(&queue);
}

static void without_memory_nothing_is_added(void)
{
	const struct acct_record r = {.serial = 1};

	heap_refuse(0);
	CU_ASSERT_FALSE(acct_queue_add(&queue, &r, 100, NULL, 32));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(queue.waiting, 0);
	acct_queue_free(&queue);
}

static const struct test_case cases[] = {
	{"a_log_ins_records_go_one_by_one", a_log_ins_records_go_one_by_one},
	{"what_comes_back_goes_first", what_comes_back_goes_first},
	{"interim_records_are_given_up_first", interim_records_are_given_up_first},
	{"a_long_queue", a_long_queue},
	{"what_is_recalled_is_sorted", what_is_recalled_is_sorted},
	{"without_memory_nothing_is_added", without_memory_nothing_is_added},
	{NULL, NULL},
};
const struct test_suite suite_acct_queue = {"acct_queue", cases};
