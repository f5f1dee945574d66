/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/keeper/keeper.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int fds_new(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static bool fds_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void a_table_owns_its_descriptors(void)
{
	struct keeper_fds t = {0};
	int a = fds_new(), b = fds_new(), c = fds_new();

	CU_ASSERT_EQUAL(keeper_fds_put(&t, "data/a", a), 0);
	CU_ASSERT_EQUAL(keeper_fds_put(&t, "data/b", b), 0);
	CU_ASSERT_EQUAL(keeper_fds_find(&t, "data/a"), a);
	CU_ASSERT_EQUAL(keeper_fds_find(&t, "data/c"), -1);
	CU_ASSERT_EQUAL(keeper_fds_put(&t, "data/a", c), 0); /* instead of the old one */
	CU_ASSERT_FALSE(fds_open(a));
	CU_ASSERT_EQUAL(keeper_fds_find(&t, "data/a"), c);
	CU_ASSERT_EQUAL(keeper_fds_take(&t, "data/a"), c);
	CU_ASSERT_EQUAL(keeper_fds_take(&t, "data/a"), -1);
	CU_ASSERT_TRUE(fds_open(c));
	CU_ASSERT_FALSE(keeper_fds_drop(&t, "data/a"));
	CU_ASSERT_EQUAL(t.n, 1);
	keeper_fds_free(&t);
	CU_ASSERT_FALSE(fds_open(b));
	close(c);
}

static void serials_rise_along_the_table(void)
{
	struct keeper_fds t = {0};
	char name[16];

	for (unsigned i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "data/%u", i);
		CU_ASSERT_EQUAL(keeper_fds_put(&t, name, fds_new()), 0);
		if (i % 3 == 1)
			CU_ASSERT_TRUE(keeper_fds_drop(&t, name));
	}
	for (unsigned i = 1; i < t.n; i++)
		CU_ASSERT_TRUE(t.at[i].serial > t.at[i - 1].serial);
	keeper_fds_free(&t);
}

/* What cannot be put stays the caller's. */
static void a_table_refuses(void)
{
	struct keeper_fds t = {0};
	int fd = fds_new();

	CU_ASSERT_EQUAL(keeper_fds_put(&t, "", fd), -EINVAL);
	CU_ASSERT_EQUAL(keeper_fds_put(&t, "data/a b", fd), -EINVAL);
	heap_refuse(0);
	CU_ASSERT_EQUAL(keeper_fds_put(&t, "data/a", fd), -ENFILE);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_TRUE(fds_open(fd));
	CU_ASSERT_EQUAL(t.n, 0);
	close(fd);
	keeper_fds_free(&t);
}

static void a_table_has_an_end(void)
{
	struct keeper_fds t = {0};
	char name[16];
	unsigned n;

	/* no test needs as many descriptors open: the table does not look at them */
	for (n = 0; n <= KEEPER_HELD_MAX; n++) {
		snprintf(name, sizeof(name), "data/%u", n);
		if (keeper_fds_put(&t, name, -1) < 0)
			break;
	}
	CU_ASSERT_EQUAL(n, KEEPER_HELD_MAX);
	CU_ASSERT_EQUAL(t.n, KEEPER_HELD_MAX);
	keeper_fds_free(&t);
}

static const struct test_case cases[] = {
	{"a_table_owns_its_descriptors", a_table_owns_its_descriptors},
	{"serials_rise_along_the_table", serials_rise_along_the_table},
	{"a_table_refuses", a_table_refuses},
	{"a_table_has_an_end", a_table_has_an_end},
	{NULL, NULL},
};
const struct test_suite suite_keeper_fds = {"keeper_fds", cases};
