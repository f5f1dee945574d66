/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Features of devices, as the old ioctls set them by number and as we read them by name. */
#include "gw/netif_feature.h"

#include "tests/gw/netns.h"
#include "tests/harness.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void feature_set_gro(const char *device, unsigned on)
{
	struct ethtool_value v = {ETHTOOL_SGRO, on};
	struct ifreq r = {.ifr_data = (void *)&v};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", device);
	CU_ASSERT_EQUAL(ioctl(fd, SIOCETHTOOL, &r), 0);
	close(fd);
}

/* One feature follows what was set, the other stays. */
static void on_and_off(void)
{
	int other;

	if (!netns_enter("netif_feature on_and_off"))
		return;
	CU_ASSERT_EQUAL_FATAL(system("ip link add va type veth peer name vb"), 0);
	other = netif_feature("va", "tx-scatter-gather");
	CU_ASSERT(other == 0 || other == 1);
	for (unsigned i = 0; i < 4; i++) {
		feature_set_gro("va", i & 1);
		CU_ASSERT_EQUAL(netif_feature("va", "rx-gro"), (int)(i & 1));
		CU_ASSERT_EQUAL(netif_feature("va", "tx-scatter-gather"), other);
	}
	netns_leave();
}

static void not_there(void)
{
	if (!netns_enter("netif_feature not_there"))
		return;
	CU_ASSERT_EQUAL(netif_feature("va", "rx-gro"), -ENODEV);
	CU_ASSERT_EQUAL(netif_feature("lo", "rx-nonsense"), -ENOENT);
	netns_leave();
}

/* Those of Ethernet that are up; no more than asked for. */
static void ethers(void)
{
	char name[3][IF_NAMESIZE] = {"", "", ""};

	if (!netns_enter("netif_feature ethers"))
		return;
	CU_ASSERT_EQUAL_FATAL(system("ip link set lo up"), 0);
	CU_ASSERT_EQUAL(netif_ethers(name, 3), 0);
	CU_ASSERT_EQUAL_FATAL(system("ip link add va type veth peer name vb"), 0);
	CU_ASSERT_EQUAL(netif_ethers(name, 3), 0);
	CU_ASSERT_EQUAL_FATAL(system("ip link set vb up"), 0);
	CU_ASSERT_EQUAL(netif_ethers(name, 3), 1);
	CU_ASSERT_STRING_EQUAL(name[0], "vb");
	CU_ASSERT_EQUAL_FATAL(system("ip link set va up"), 0);
	memset(name, 0, sizeof(name));
	CU_ASSERT_EQUAL(netif_ethers(name, 1), 1);
	CU_ASSERT_STRING_EQUAL(name[1], "");
	CU_ASSERT_EQUAL(netif_ethers(name, 3), 2);
	netns_leave();
}

static const struct test_case cases[] = {
	{"on_and_off", on_and_off},
	{"not_there", not_there},
	{"ethers", ethers},
	{NULL, NULL},
};
const struct test_suite suite_netif_feature = {"netif_feature", cases};
