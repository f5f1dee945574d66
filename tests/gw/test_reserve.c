/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/reserve.h"
#include "tests/gw/bench.h"

#include <sys/resource.h>

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

/* Ports whose calls have a descriptor each need many. */
static void what_a_configuration_needs(void)
{
	uint64_t few, many;

	bench_start("host-name = gw\nworkers = 1\nudp a { listen = \"192.0.2.1:1701\" }\n");
	few = reserve_need(bench.gw->cfg);
	bench_stop();
	bench_start("host-name = gw\nworkers = 1\nudp a { listen = \"192.0.2.1:1701\" }\n"
		    "x25 x { link = \"loop:x\"  address = 1 }\n");
	many = reserve_need(bench.gw->cfg);
	bench_stop();
	CU_ASSERT_TRUE(few > 64 + RESERVE_MAX && few < 256);
	CU_ASSERT_TRUE(many > few + 1024);
}

static const struct test_case cases[] = {
	{"the_limit_is_raised", the_limit_is_raised},
	{"it_is_given_up_and_filled_again", it_is_given_up_and_filled_again},
	{"what_a_configuration_needs", what_a_configuration_needs},
	{NULL, NULL},
};
const struct test_suite suite_reserve = {"reserve", cases};
