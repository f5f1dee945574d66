/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/reserve.h"
#include "tests/gw/bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static void the_limit_is_raised(void)
{
	struct rlimit old, low;
	struct reserve_limits n;

	getrlimit(RLIMIT_NOFILE, &old);
	low = (struct rlimit){.rlim_cur = old.rlim_max / 2, .rlim_max = old.rlim_max};
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &low), 0);
	reserve_start();
	reserve_limits(&n);
	CU_ASSERT_TRUE(n.soft > low.rlim_cur);
	CU_ASSERT_EQUAL(n.hard, old.rlim_max);
	reserve_stop();
	setrlimit(RLIMIT_NOFILE, &old);
}

static void it_is_given_up_and_filled_again(void)
{
	struct reserve_limits before, n;

	reserve_limits(&before);
	reserve_start();
	reserve_limits(&n);
	CU_ASSERT_EQUAL(n.kept, RESERVE_MAX);
	CU_ASSERT_EQUAL(n.used, before.used + RESERVE_MAX);
	for (unsigned i = 0; i < RESERVE_MAX; i++)
		CU_ASSERT_TRUE(reserve_give_up());
	CU_ASSERT_FALSE(reserve_give_up());
	reserve_limits(&n);
	CU_ASSERT_TRUE(n.kept == 0 && n.used == before.used);
	reserve_refill();
	reserve_limits(&n);
	CU_ASSERT_EQUAL(n.kept, RESERVE_MAX);
	reserve_stop();
}

static uint64_t reserve_need_of(const char *conf)
{
	uint64_t n;

	bench_start(conf);
	n = reserve_need(bench.gw->cfg);
	bench_stop();
	return n;
}

#define UDP		"host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
#define X25(link, keys) "x25 x { link = \"" link "\"  address = 1  " keys " }\n"
#define MORE		"udp b { listen = \"192.0.2.2:1701\" }\n"

/* One more of each: a port's link, listener and timer, the files of its capture and a socket for
 * each worker; ports whose calls have a descriptor each need many. */
static void what_a_configuration_needs(void)
{
	static const char home[] = "peer p { port = a  dial = \"192.0.2.9:1701\" }\n"
				   "client c { peer = p  user = u  secret = \"a password\" }\n";
	static const char service[] = "pool p { ranges = 10.64.0.0/24 }\n"
				      "service s { local = 10.64.0.1  pool = p  auth = none }\n";
	uint64_t one = reserve_need_of("workers = 1\n" UDP);
	uint64_t two = reserve_need_of("workers = 2\n" UDP);
	char text[1000];

	CU_ASSERT_TRUE(one > 64 + RESERVE_MAX && one < 256);
	CU_ASSERT_EQUAL(two, one + 4 + 1);
	CU_ASSERT_EQUAL(reserve_need_of("workers = 1\n" UDP MORE), one + 4 + 6 + 1);
	CU_ASSERT_EQUAL(reserve_need_of("workers = 2\n" UDP MORE), two + 4 + 6 + 2);
	CU_ASSERT_EQUAL(reserve_need_of("workers = 1\n" UDP X25("xot-listen:0.0.0.0", "")),
			one + 4 + 6 + 1 + 1024);
	CU_ASSERT_EQUAL(reserve_need_of("workers = 1\n" UDP X25("xot:192.0.2.9>192.0.2.1",
								"xot-connections = 30000")),
			one + 4 + 6 + 1 + 30000);
	CU_ASSERT_EQUAL(
		reserve_need_of("workers = 1\n" UDP X25("x25-socket:*", "socket-calls = 17")),
		one + 4 + 6 + 1 + 17);
	/* all circuits of these are on one link */
	CU_ASSERT_EQUAL(reserve_need_of("workers = 1\n" UDP X25("loop:x", "")), one + 4 + 6 + 1);
	CU_ASSERT_EQUAL(reserve_need_of("workers = 1\n" UDP "pppoe x { link = \"loop:x\" }\n"),
			one + 4 + 6 + 1);
	snprintf(text, sizeof(text), "workers = 1\n" UDP "%s", home);
	CU_ASSERT_EQUAL(reserve_need_of(text), one + 1);
	snprintf(text, sizeof(text), "workers = 1\n" UDP "%s", service);
	CU_ASSERT_EQUAL(reserve_need_of(text), one + 1);
}

/* What is held is not inherited by programs, and is of no use to read. */
static void what_is_held(void)
{
	int first = dup(STDERR_FILENO);

	close(first);
	reserve_start();
	CU_ASSERT_EQUAL(fcntl(first, F_GETFD), FD_CLOEXEC);
	CU_ASSERT_EQUAL(fcntl(first, F_GETFL) & O_ACCMODE, O_RDONLY);
	reserve_stop();
	CU_ASSERT_EQUAL(fcntl(first, F_GETFD), -1);
}

/* Without any left to take, what there is stays. */
static void no_descriptor_is_left(void)
{
	struct reserve_limits n;
	struct rlimit old, low;
	int first = dup(STDERR_FILENO);

	close(first);
	getrlimit(RLIMIT_NOFILE, &old);
	low = (struct rlimit){.rlim_cur = (rlim_t)first + 2, .rlim_max = old.rlim_max};
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &low), 0);
	reserve_refill();
	setrlimit(RLIMIT_NOFILE, &old);
	reserve_limits(&n);
	CU_ASSERT_EQUAL(n.kept, 2);
	CU_ASSERT_EQUAL(n.soft, old.rlim_cur);
	reserve_stop();
	reserve_limits(&n);
	CU_ASSERT_EQUAL(n.kept, 0);
}

static const struct test_case cases[] = {
	{"the_limit_is_raised", the_limit_is_raised},
	{"it_is_given_up_and_filled_again", it_is_given_up_and_filled_again},
	{"what_a_configuration_needs", what_a_configuration_needs},
	{"what_is_held", what_is_held},
	{"no_descriptor_is_left", no_descriptor_is_left},
	{NULL, NULL},
};
const struct test_suite suite_reserve = {"reserve", cases};
