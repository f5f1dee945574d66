/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/random.h"

#include "tests/gw/calls.h"
#include "tests/harness.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>

/* All octets that are asked for, and none behind them, also when a signal comes or the kernel gives
 * fewer. */
static void octets_are_filled(void)
{
	static const int errors[] = {-1, EINTR, 0};

	for (size_t k = 0; k < sizeof(errors) / sizeof(errors[0]); k++) {
		uint8_t octets[65], seen[64] = {0};
		bool all = true;

		octets[64] = 0xa7;
		for (unsigned turn = 0; turn < 8; turn++) { /* a zero is as good as any other */
			memset(octets, 0, 64);
			if (errors[k] >= 0)
				calls_refuse("getrandom", errors[k]);
			gw_random(octets, 64);
			for (unsigned i = 0; i < 64; i++)
				seen[i] |= octets[i];
		}
		for (unsigned i = 0; i < 64; i++)
			all &= seen[i] != 0;
		CU_ASSERT_TRUE(all);
		CU_ASSERT_EQUAL(octets[64], 0xa7);
	}
}

static sigjmp_buf random_way_out;

static void random_on_abort(int number)
{
	siglongjmp(random_way_out, number);
}

static void without_any_the_process_ends(void)
{
	static volatile bool returned;
	uint8_t octets[64];

	returned = false;
	signal(SIGABRT, random_on_abort);
	if (!sigsetjmp(random_way_out, 1)) {
		calls_refuse("getrandom", ENOSYS);
		gw_random(octets, sizeof(octets));
		returned = true;
	}
	signal(SIGABRT, SIG_DFL);
	CU_ASSERT_FALSE(returned);
	CU_ASSERT_TRUE(calls_refused());
}

/* A few octets come from a store of them that is filled once in a while. */
static void a_few_are_never_given_twice(void)
{
	static uint8_t few[100][16];

	for (unsigned i = 0; i < 100; i++) {
		gw_random(few[i], sizeof(few[i]));
		for (unsigned k = 0; k < i; k++)
			CU_ASSERT(memcmp(few[i], few[k], sizeof(few[i])));
	}
}

static const struct test_case cases[] = {
	{"a_few_are_never_given_twice", a_few_are_never_given_twice},
	{"octets_are_filled", octets_are_filled},
	{"without_any_the_process_ends", without_any_the_process_ends},
	{NULL, NULL},
};
const struct test_suite suite_random = {"random", cases};
