/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "tests/netns.h"

#include "tests/harness.h"

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
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

/* Where packages are built there is no ip. */
void netns_loopback(int mtu)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_mtu = mtu};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_FATAL(fd >= 0 && !ioctl(fd, SIOCSIFMTU, &lo));
	lo.ifr_flags = IFF_UP;
	CU_ASSERT_FATAL(!ioctl(fd, SIOCSIFFLAGS, &lo));
	close(fd);
}

/* The kernel brings IPv6 addresses up in its own time. */
static bool netns_has(int fd, const uint8_t addr[16])
{
	struct sockaddr_in6 at = {.sin6_family = AF_INET6};

	memcpy(&at.sin6_addr, addr, 16);
	for (unsigned i = 0; i < 10000; i++) {
		if (!bind(fd, (const struct sockaddr *)&at, sizeof(at)))
			return true;
		usleep(1000);
	}
	return false;
}

void netns_loopback6(const uint8_t addr[16])
{
	struct {
		struct in6_addr addr;
		uint32_t bits;
		int device;
	} more = {.bits = 128, .device = (int)if_nametoindex("lo")};
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int one = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int two = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(&more.addr, addr, 16);
	CU_ASSERT_FATAL(one >= 0 && two >= 0);
	CU_ASSERT_FATAL(!ioctl(one, SIOCSIFFLAGS, &lo) && !ioctl(one, SIOCSIFADDR, &more));
	CU_ASSERT_FATAL(netns_has(one, in6addr_loopback.s6_addr) && netns_has(two, addr));
	close(one);
	close(two);
}

void netns_leave(void)
{
	if (setns(home, CLONE_NEWNET) < 0)
		abort();
	close(home);
}
