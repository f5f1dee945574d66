/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading, where it cannot be: there are words, and nothing is left behind. */
#include "config.h" /* first: GNU extensions */

#include "gw/dp/xdp/xdp.h"
#include "tests/harness.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void load_fails(int wanted)
{
	int fd[XDP_FDS];
	char why[128];

	CU_ASSERT_EQUAL(xdp_load(fd, why, sizeof(why)), wanted);
	CU_ASSERT(strlen(why) > 0);
	for (unsigned i = 0; i < XDP_FDS; i++)
		CU_ASSERT_EQUAL(fd[i], -1);
	CU_ASSERT(xdp_load(fd, NULL, 0) < 0);
}

/* This thread alone has no right for a while; built without XDP, nobody can. */
static void xdp_load_cannot_be(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct was[2], none[2];

	CU_ASSERT_EQUAL_FATAL(syscall(SYS_capget, &head, was), 0);
	memcpy(none, was, sizeof(none));
	none[0].effective = none[1].effective = 0;
	CU_ASSERT_EQUAL_FATAL(syscall(SYS_capset, &head, none), 0);
	load_fails(xdp_is_built() ? -EPERM : -ENOTSUP);
	CU_ASSERT_EQUAL_FATAL(syscall(SYS_capset, &head, was), 0);
}

static const struct test_case cases[] = {
	{"cannot_be", xdp_load_cannot_be},
	{NULL, NULL},
};
const struct test_suite suite_xdp_load = {"xdp_load", cases};
