/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "tests/netns.h"

#include "tests/harness.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

static int home = -1;

static bool may_tun(void)
{
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool netns_enter(const char *test)
{
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0 || unshare(CLONE_NEWNET) < 0) {
		close(home);
		test_skip(test, "no right to make a network namespace");
		return false;
	}
	if (!may_tun()) {
		netns_leave();
		test_skip(test, "/dev/net/tun cannot be opened");
		return false;
	}
	return true;
}

void netns_leave(void)
{
	if (setns(home, CLONE_NEWNET) < 0)
		abort();
	close(home);
}
