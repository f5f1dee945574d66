/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says of drivers: a veth has run programs since Linux 4.19, lo never has. */
#include "gw/netif_xdp.h"

#include "tests/gw/netns.h"
#include "tests/harness.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>

static void drivers(void)
{
	const char *test = "netif_xdp drivers";
	int rc;

	if (!netns_enter(test))
		return;
	CU_ASSERT_EQUAL_FATAL(system("ip link add va type veth peer name vb"), 0);
	rc = netif_xdp(if_nametoindex("va"));
	if (rc == -ENOSYS) {
		test_skip(test, "this kernel does not tell what drivers can do");
	} else {
		CU_ASSERT_EQUAL(rc, 0);
		CU_ASSERT_EQUAL(netif_xdp(if_nametoindex("lo")), -EOPNOTSUPP);
		CU_ASSERT_EQUAL(netif_xdp(4711), -ENODEV);
	}
	netns_leave();
}

static const struct test_case cases[] = {
	{"drivers", drivers},
	{NULL, NULL},
};
const struct test_suite suite_netif_xdp = {"netif_xdp", cases};
