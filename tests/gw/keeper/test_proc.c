/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/keeper/proc.h"
#include "tests/harness.h"

#include <unistd.h>

/* As Linux 6.1 writes it, without the lines between. */
static const char proc_text[] = "Name:\tUid: 7\nUid:\t0\t107\t107\t107\nGid:\t0\t0\t0\t0\n"
				"CapPrm:\t000001ffffffffff\nCapEff:\t0000000000003000\n"
				"Seccomp:\t2\nSeccomp_filters:\t1\n";

static void rights_are_the_effective_ones(void)
{
	struct keeper_process p = {0};

	CU_ASSERT_TRUE(proc_rights_text(proc_text, &p));
	CU_ASSERT_EQUAL(p.uid, 107);
	CU_ASSERT_EQUAL(p.capabilities, 0x3000);
	CU_ASSERT_EQUAL(p.seccomp, 2);
}

static void what_is_not_there_is_not_made_up(void)
{
	struct keeper_process p = {.uid = 5};

	CU_ASSERT_FALSE(proc_rights_text("", &p));
	CU_ASSERT_FALSE(proc_rights_text("Uid:\t0\t1\t1\t1\n", &p));
	CU_ASSERT_FALSE(proc_rights_text("Uid:\nCapEff:\t0\n", &p));
	CU_ASSERT_EQUAL(p.uid, 5);
	CU_ASSERT_FALSE(proc_rights(0x7fffffff, &p));
}

static void our_own_can_be_read(void)
{
	struct keeper_process p = {.uid = 12345};

	CU_ASSERT_TRUE(proc_rights(getpid(), &p));
	CU_ASSERT_EQUAL(p.uid, geteuid());
}

static const struct test_case cases[] = {
	{"rights_are_the_effective_ones", rights_are_the_effective_ones},
	{"what_is_not_there_is_not_made_up", what_is_not_there_is_not_made_up},
	{"our_own_can_be_read", our_own_can_be_read},
	{NULL, NULL},
};
const struct test_suite suite_proc = {"proc", cases};
