/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/random.h"

#include "tests/gw/calls.h"
#include "tests/harness.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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

static void without_any_the_process_ends(void)
{
	pid_t child = fork();
	int status = 0;

	CU_ASSERT_FATAL(child >= 0);
	if (!child) {
		static const struct rlimit none;
		uint8_t octet;

		setrlimit(RLIMIT_CORE, &none);
		calls_refuse("getrandom", ENOSYS);
		gw_random(&octet, 1);
		_exit(0);
	}
	CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
	CU_ASSERT_TRUE(WIFSIGNALED(status));
	CU_ASSERT_EQUAL(WTERMSIG(status), SIGABRT);
}

static const struct test_case cases[] = {
	{"octets_are_filled", octets_are_filled},
	{"without_any_the_process_ends", without_any_the_process_ends},
	{NULL, NULL},
};
const struct test_suite suite_random = {"random", cases};
