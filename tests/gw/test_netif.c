/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/netif.h"
#include "gw/dp/tun.h"
#include "tests/gw/netns.h"
#include "tests/harness.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct cfg_prefix prefix(bool v6, const char *hex, uint8_t bits)
{
	struct cfg_prefix p = {.v6 = v6, .bits = bits};

	test_hex(v6 ? p.addr : p.addr + 12, v6 ? 16 : 4, hex);
	return p;
}

static int if_get(const char *name, unsigned long what, struct ifreq *req)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0), rc;

	memset(req, 0, sizeof(*req));
	snprintf(req->ifr_name, sizeof(req->ifr_name), "%s", name);
	rc = ioctl(s, what, req);
	close(s);
	return rc;
}

static bool proc_has(const char *file, const char *text)
{
	char line[256];

	return netns_proc(file, text, line, sizeof(line));
}

static void in_a_namespace(const char *test, void (*fn)(const char *dev))
{
	char name[TUN_NAME], err[64];
	int fd;

	if (!netns_enter(test))
		return;
	fd = tun_open("nif%d", 1400, 0, name, err, sizeof(err));
	CU_ASSERT(fd >= 0);
	if (fd >= 0) {
		fn(name);
		close(fd);
	}
	netns_leave();
}

static void do_link(const char *dev)
{
	struct ifreq req;

	CU_ASSERT(!strcmp(dev, "nif0"));
	CU_ASSERT(!if_get(dev, SIOCGIFMTU, &req) && req.ifr_mtu == 1400);
	CU_ASSERT(!if_get(dev, SIOCGIFFLAGS, &req) && !(req.ifr_flags & IFF_UP));
	CU_ASSERT(!netif_set(dev, true, 1300));
	CU_ASSERT(!if_get(dev, SIOCGIFMTU, &req) && req.ifr_mtu == 1300);
	CU_ASSERT(!if_get(dev, SIOCGIFFLAGS, &req) && req.ifr_flags & IFF_UP);
	CU_ASSERT(!netif_set(dev, false, 0));
	CU_ASSERT(!if_get(dev, SIOCGIFFLAGS, &req) && !(req.ifr_flags & IFF_UP));
	CU_ASSERT(netif_set("nosuch0", true, 1300) == -ENODEV);
}

static void link_up_and_down(void)
{
	in_a_namespace("netif link_up_and_down", do_link);
}

static void do_addr(const char *dev)
{
	struct cfg_prefix a4 = prefix(false, "0a400001", 32), peer = prefix(false, "0a400002", 32);
	struct cfg_prefix a6 = prefix(true, "20010db8006400000000000000000001", 64);

	CU_ASSERT(!netif_set(dev, true, 1400));
	CU_ASSERT(!netif_addr(dev, &a4, NULL, true) && !netif_addr(dev, &a4, NULL, true));
	CU_ASSERT(proc_has("fib_trie", "10.64.0.1"));
	CU_ASSERT(!netif_addr(dev, &a4, NULL, false) && !netif_addr(dev, &a4, NULL, false));
	CU_ASSERT(!proc_has("fib_trie", "10.64.0.1"));
	CU_ASSERT(!netif_addr(dev, &a4, &peer, true));
	CU_ASSERT(proc_has("fib_trie", "10.64.0.1") && proc_has("fib_trie", "10.64.0.2"));
	CU_ASSERT(!netif_addr(dev, &a4, &peer, false));
	CU_ASSERT(!netif_addr(dev, &a6, NULL, true) && !netif_addr(dev, &a6, NULL, true));
	CU_ASSERT(proc_has("if_inet6", "20010db8006400000000000000000001"));
	CU_ASSERT(!netif_addr(dev, &a6, NULL, false));
	CU_ASSERT(!proc_has("if_inet6", "20010db8006400000000000000000001"));
	CU_ASSERT(netif_addr("nosuch0", &a4, NULL, true) == -ENODEV);
	a4.bits = 33;
	CU_ASSERT_EQUAL(netif_addr(dev, &a4, NULL, true), -EINVAL);
}

static void netif_addresses(void)
{
	in_a_namespace("netif addresses", do_addr);
}

static void do_route(const char *dev)
{
	struct cfg_prefix r4 = prefix(false, "0a400000", 16), all = prefix(false, "00000000", 0);
	struct cfg_prefix r6 = prefix(true, "20010db8006400000000000000000000", 48);

	CU_ASSERT(!netif_set(dev, true, 1400));
	CU_ASSERT(!netif_route(dev, &r4, true) && !netif_route(dev, &r4, true));
	CU_ASSERT(proc_has("route", "0000400A")); /* as the kernel prints 10.64.0.0 */
	CU_ASSERT(!netif_route(dev, &r4, false) && !netif_route(dev, &r4, false));
	CU_ASSERT(!proc_has("route", "0000400A"));
	CU_ASSERT(!netif_route(dev, &r6, true) && !netif_route(dev, &r6, true));
	CU_ASSERT(proc_has("ipv6_route", "20010db8006400000000000000000000 30"));
	CU_ASSERT(!netif_route(dev, &r6, false) && !netif_route(dev, &r6, false));
	CU_ASSERT(!proc_has("ipv6_route", "20010db8006400000000000000000000 30"));
	CU_ASSERT(netif_route("nosuch0", &r4, true) == -ENODEV);
	CU_ASSERT(!netif_route(dev, &all, true) && !netif_route(dev, &all, true));
	CU_ASSERT(proc_has("route", "00000000\t00000000"));
	CU_ASSERT(!netif_route(dev, &all, false));
	CU_ASSERT(!proc_has("route", "00000000\t00000000"));
	CU_ASSERT(!netif_set(dev, false, 0));
	CU_ASSERT_EQUAL(netif_route(dev, &r4, true), -ENETDOWN);
	r4.bits = 33;
	CU_ASSERT_EQUAL(netif_route(dev, &r4, false), -EINVAL);
}

static void routes(void)
{
	in_a_namespace("netif routes", do_route);
}

/* As when a second gateway has the same pool. */
static void do_route_elsewhere(const char *dev)
{
	struct cfg_prefix r[] = {prefix(false, "0a400000", 16), prefix(false, "0a400000", 24),
				 prefix(true, "20010db8006400000000000000000000", 48)};

	CU_ASSERT(!netif_set(dev, true, 1400) && !netif_set("lo", true, 0));
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(netif_route("lo", &r[i], true), 0);
		CU_ASSERT_EQUAL(netif_route("lo", &r[i], true), 0);
		CU_ASSERT_EQUAL(netif_route(dev, &r[i], true), -EEXIST);
	}
	CU_ASSERT_EQUAL(netif_route("lo", &r[0], false), 0);
	CU_ASSERT_EQUAL(netif_route(dev, &r[0], true), 0);
}

static void a_route_that_leads_elsewhere(void)
{
	in_a_namespace("netif a_route_that_leads_elsewhere", do_route_elsewhere);
}

static void do_tun_names(const char *dev)
{
	char name[TUN_NAME], err[64] = "";

	CU_ASSERT(tun_open(dev, 1400, 0, name, err, sizeof(err)) == -EBUSY && err[0]);
	CU_ASSERT(tun_open("lo", 1400, 0, name, err, sizeof(err)) == -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "there is a device of that name already"));
	CU_ASSERT(tun_open("a-name-that-is-too-long", 1400, 0, name, err, sizeof(err)) ==
		  -ENAMETOOLONG);
	CU_ASSERT(tun_open("small", 1, 0, name, err, sizeof(err)) == -EINVAL); /* under 68 */
	CU_ASSERT(!if_nametoindex("small"));
}

static void tun_that_cannot_be(void)
{
	in_a_namespace("netif tun_that_cannot_be", do_tun_names);
}

static struct opener_change asked;

static int netif_other_side(void *ctx, const struct opener_change *c)
{
	asked = *c;
	++*(unsigned *)ctx;
	return -EXDEV;
}

/* Another process changes; the device need not be one of ours. */
static void changed_by_another(void)
{
	struct cfg_prefix a = prefix(false, "0a400001", 32), b = prefix(false, "0a400002", 32);
	unsigned n = 0;

	netif_by(netif_other_side, &n);
	CU_ASSERT_EQUAL(netif_set("far0", true, 1400), -EXDEV);
	CU_ASSERT(asked.kind == OPENER_LINK && asked.add && asked.mtu == 1400);
	CU_ASSERT_STRING_EQUAL(asked.device, "far0");
	CU_ASSERT_EQUAL(netif_set("far0", false, 1400), -EXDEV);
	CU_ASSERT(!asked.add && !asked.mtu);
	CU_ASSERT_EQUAL(netif_addr("far0", &a, &b, true), -EXDEV);
	CU_ASSERT(asked.kind == OPENER_ADDRESS && asked.add && asked.has_peer);
	ASSERT_OCTETS(asked.net.addr + 12, 4, a.addr + 12, 4);
	ASSERT_OCTETS(asked.peer.addr + 12, 4, b.addr + 12, 4);
	CU_ASSERT(asked.net.bits == 32 && !asked.net.v6 && asked.peer.bits == 32);
	CU_ASSERT_EQUAL(netif_addr("far0", &a, NULL, false), -EXDEV);
	CU_ASSERT(!asked.add && !asked.has_peer);
	a = prefix(true, "20010db8006400000000000000000000", 48);
	CU_ASSERT_EQUAL(netif_route("far0", &a, true), -EXDEV);
	CU_ASSERT(asked.kind == OPENER_ROUTE && asked.net.v6 && asked.net.bits == 48);
	CU_ASSERT_EQUAL(n, 5);
	CU_ASSERT_EQUAL(netif_set("a-name-of-16-oct", true, 0), -ENODEV);
	CU_ASSERT_EQUAL(n, 5);
	netif_by(NULL, NULL);
	CU_ASSERT_EQUAL(netif_set("far0", true, 1400), -ENODEV);
	CU_ASSERT_EQUAL(n, 5);
}

static void do_nonsense(const char *dev)
{
	struct opener_change c = {.kind = OPENER_OPEN};

	memcpy(c.device, dev, strlen(dev));
	CU_ASSERT_EQUAL(netif_here(&c), -EINVAL);
}

static void no_kind_of_change(void)
{
	in_a_namespace("netif no_kind_of_change", do_nonsense);
}

static const struct test_case cases[] = {
	{"changed_by_another", changed_by_another},
	{"no_kind_of_change", no_kind_of_change},
	{"link_up_and_down", link_up_and_down},
	{"addresses", netif_addresses},
	{"routes", routes},
	{"a_route_that_leads_elsewhere", a_route_that_leads_elsewhere},
	{"tun_that_cannot_be", tun_that_cannot_be},
	{NULL, NULL},
};
const struct test_suite suite_netif = {"netif", cases};
