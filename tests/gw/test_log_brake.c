/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/log_brake.h"
#include "tests/harness.h"

#include <string.h>

#define S 1000000ull

static struct log_brake a_session = {.kind = LOG_BRAKE_SESSION};
static struct log_brake a_peer = {.kind = LOG_BRAKE_PEER};
static struct log_brake a_stranger = {.kind = LOG_BRAKE_STRANGER};

static unsigned log_brake_said(struct log_brake *b, uint64_t source, uint64_t now, unsigned times)
{
	unsigned n = 0, left_out;

	while (times--)
		n += log_brake_allows(b, source, now, &left_out);
	return n;
}

static void one_source_gets_a_few_lines_then_a_trickle(void)
{
	log_brakes_reset();
	CU_ASSERT_EQUAL(log_brake_said(&a_peer, 7, 100 * S, 1000), 10);
	CU_ASSERT_EQUAL(log_brake_said(&a_peer, 7, 102 * S - 1, 1000), 0);
	CU_ASSERT_EQUAL(log_brake_said(&a_peer, 7, 102 * S, 1000), 1);
	CU_ASSERT_EQUAL(log_brake_said(&a_peer, 7, 108 * S, 1000), 3);
	/* Another source, or another place in the code, is not punished for it. */
	CU_ASSERT_EQUAL(log_brake_said(&a_peer, 8, 108 * S, 1), 1);
	CU_ASSERT_EQUAL(log_brake_said(&a_session, 7, 108 * S, 1), 1);
	log_brakes_reset();
}

static void log_ins_of_500_users_are_all_said(void)
{
	unsigned n = 0;

	log_brakes_reset();
	for (uint64_t user = 1; user <= 500; user++)
		n += log_brake_said(&a_session, user * 4096, 100 * S, 1);
	CU_ASSERT_EQUAL(n, 500);
	CU_ASSERT_EQUAL(log_brake_said(&a_session, 99, 100 * S, 500), 500); /* one user's, too */
	log_brakes_reset();
}

/* 2,000 attackers, each as loud as it can be, and one who is refused once in a while. */
static void no_source_silences_another(void)
{
	log_brakes_reset();
	CU_ASSERT_EQUAL(log_brake_said(&a_peer, 1, 100 * S, 1), 1);
	for (uint64_t i = 0; i < 200000; i++)
		log_brake_said(&a_peer, 1000 + i % 2000, 100 * S, 1);
	CU_ASSERT_EQUAL(log_brake_said(&a_peer, 1, 100 * S, 9), 9);
	CU_ASSERT_EQUAL(log_brake_said(&a_peer, 1, 100 * S, 9), 0);
	log_brakes_reset();
}

/* A flood from ever new addresses: 100,000 in one second, then a minute of it. */
static void forged_sources_do_not_open_the_brake(void)
{
	uint64_t seed = test_seed();
	unsigned n = 0;

	log_brakes_reset();
	for (uint64_t i = 0; i < 100000; i++)
		n += log_brake_said(&a_stranger, test_rand(&seed), 1000 * S + i * 10, 1);
	CU_ASSERT(n >= 20 && n <= 21);
	for (uint64_t i = n = 0; i < 100000; i++)
		n += log_brake_said(&a_stranger, test_rand(&seed), 1001 * S + i * 600, 1);
	CU_ASSERT(n >= 59 && n <= 61);
	log_brakes_reset();
}

/* Proved addresses cannot be made at will, but the table has an end: 100,000 new ones a second. */
static void more_sources_than_places_share_a_bucket(void)
{
	unsigned n = 0;

	log_brakes_reset();
	for (uint64_t i = 0; i < 100000; i++)
		n += log_brake_said(&a_peer, i, 1000 * S, 1);
	CU_ASSERT(n > 2000 && n <= 2048 + 50);
	log_brakes_reset();
}

static void what_was_left_out_is_said_with_the_next_line(void)
{
	unsigned left_out = 99;

	log_brakes_reset();
	CU_ASSERT_EQUAL(log_brake_said(&a_peer, 7, 100 * S, 30), 10);
	CU_ASSERT_TRUE(log_brake_allows(&a_peer, 8, 100 * S, &left_out));
	CU_ASSERT_EQUAL(left_out, 0); /* others' */
	CU_ASSERT_TRUE(log_brake_allows(&a_peer, 7, 110 * S, &left_out));
	CU_ASSERT_EQUAL(left_out, 20);
	CU_ASSERT_TRUE(log_brake_allows(&a_peer, 7, 110 * S, &left_out));
	CU_ASSERT_EQUAL(left_out, 0);
	CU_ASSERT_EQUAL(log_brake_take_left_out(&a_peer, 999 * S, 60 * S), 0);
	log_brakes_reset();
}

/* A source that says nothing any more: a line of its own, a minute after the first. */
static void what_was_left_out_is_said_in_the_end(void)
{
	unsigned left_out;

	log_brakes_reset();
	log_brake_said(&a_peer, 7, 100 * S, 30);
	log_brake_said(&a_peer, 8, 120 * S, 11);
	CU_ASSERT_EQUAL(log_brake_take_left_out(&a_peer, 160 * S - 1, 60 * S), 0);
	CU_ASSERT_EQUAL(log_brake_take_left_out(&a_peer, 160 * S, 60 * S), 21);
	CU_ASSERT_EQUAL(log_brake_take_left_out(&a_peer, 999 * S, 60 * S), 0);
	CU_ASSERT_TRUE(log_brake_allows(&a_peer, 7, 200 * S, &left_out));
	CU_ASSERT_EQUAL(left_out, 0); /* not twice */
	log_brakes_reset();
}

/* What a line of its own has said is not said again with the source's next line; what is left out
 * after it is. */
static void said_in_the_end_and_again(void)
{
	unsigned left_out;

	log_brakes_reset();
	CU_ASSERT_EQUAL(log_brake_said(&a_peer, 7, 100 * S, 30), 10);
	CU_ASSERT_EQUAL(log_brake_take_left_out(&a_peer, 160 * S, 60 * S), 20);
	CU_ASSERT_EQUAL(log_brake_said(&a_peer, 7, 160 * S, 15), 10);
	CU_ASSERT_TRUE(log_brake_allows(&a_peer, 7, 170 * S, &left_out));
	CU_ASSERT_EQUAL(left_out, 5);
	log_brakes_reset();
}

static void all_brakes_are_walked(void)
{
	unsigned n = 0;

	log_brakes_reset();
	log_brake_said(&a_peer, 7, 100 * S, 1);
	log_brake_said(&a_session, 7, 100 * S, 1);
	for (struct log_brake *b = NULL; (b = log_brake_next(b));)
		n += b == &a_peer || b == &a_session;
	CU_ASSERT_EQUAL(n, 2);
	log_brakes_reset();
	log_brakes_reset();
}

static const struct test_case cases[] = {
	{"one_source_gets_a_few_lines_then_a_trickle", one_source_gets_a_few_lines_then_a_trickle},
	{"log_ins_of_500_users_are_all_said", log_ins_of_500_users_are_all_said},
	{"no_source_silences_another", no_source_silences_another},
	{"forged_sources_do_not_open_the_brake", forged_sources_do_not_open_the_brake},
	{"more_sources_than_places_share_a_bucket", more_sources_than_places_share_a_bucket},
	{"what_was_left_out_is_said_with_the_next_line",
	 what_was_left_out_is_said_with_the_next_line},
	{"what_was_left_out_is_said_in_the_end", what_was_left_out_is_said_in_the_end},
	{"said_in_the_end_and_again", said_in_the_end_and_again},
	{"all_brakes_are_walked", all_brakes_are_walked},
	{NULL, NULL},
};
const struct test_suite suite_log_brake = {"log_brake", cases};
