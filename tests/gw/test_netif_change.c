/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One change of a device as the kernel has it then; the devices are TUNs in a namespace. */
#include "gw/dp/tun.h"
#include "gw/netif.h"
#include "tests/gw/netns.h"
#include "tests/harness.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct opener_net change_net(bool v6, const char *hex, uint8_t bits)
{
	struct opener_net n = {.v6 = v6, .bits = bits};

	test_hex(v6 ? n.addr : n.addr + 12, v6 ? 16 : 4, hex);
	return n;
}

/* With the devices chg0 and chg1. */
static void change_in_a_namespace(const char *test, void (*fn)(void))
{
	char name[TUN_NAME], err[64];
	int fd[2];

	if (!netns_enter(test))
		return;
	for (unsigned i = 0; i < 2; i++) {
		fd[i] = tun_open("chg%d", 1400, 0, name, err, sizeof(err));
		CU_ASSERT_FATAL(fd[i] >= 0);
	}
	fn();
	for (unsigned i = 0; i < 2; i++)
		close(fd[i]);
	netns_leave();
}

static int change_link(const char *device, bool up, uint16_t mtu)
{
	struct opener_change c = {.kind = OPENER_LINK, .add = up, .mtu = mtu};

	snprintf(c.device, sizeof(c.device), "%s", device);
	return netif_here(&c);
}

static int change_with(uint8_t kind, const char *device, const struct opener_net *net,
		       const struct opener_net *peer, bool add)
{
	struct opener_change c = {.kind = kind, .add = add, .net = *net, .has_peer = peer != NULL};

	if (peer)
		c.peer = *peer;
	snprintf(c.device, sizeof(c.device), "%s", device);
	return netif_here(&c);
}

static bool change_seen(const char *file, const char *text, const char *more)
{
	char line[256];

	return netns_proc(file, text, line, sizeof(line)) && strstr(line, more);
}

static unsigned change_mtu(const char *device)
{
	char path[64];
	unsigned mtu = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/mtu", device);
	f = fopen(path, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fscanf(f, "%u", &mtu), 1);
	fclose(f);
	return mtu;
}

/* An MTU of 0 leaves it as it is, and so does a device that goes down. */
static void change_do_link(void)
{
	const struct opener_net net = change_net(false, "0a400000", 16);

	CU_ASSERT_EQUAL(change_mtu("chg0"), 1400);
	CU_ASSERT_EQUAL(change_link("chg0", true, 1300), 0);
	CU_ASSERT_EQUAL(change_mtu("chg0"), 1300);
	CU_ASSERT_EQUAL(change_link("chg0", true, 0), 0);
	CU_ASSERT_EQUAL(change_link("chg0", true, 0), 0);
	CU_ASSERT_EQUAL(change_mtu("chg0"), 1300);
	CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, "chg0", &net, NULL, true), 0);
	CU_ASSERT_EQUAL(change_link("chg0", false, 1350), 0);
	CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, "chg0", &net, NULL, true), -ENETDOWN);
	CU_ASSERT_EQUAL(change_mtu("chg0"), 1300);
	CU_ASSERT_EQUAL(change_mtu("chg1"), 1400);
	CU_ASSERT_EQUAL(change_link("chg0", true, 20), -EINVAL); /* RFC 791: 68 at least */
	CU_ASSERT_EQUAL(change_link("chg7", true, 1300), -ENODEV);
}

static void the_state_of_a_device(void)
{
	change_in_a_namespace("netif_change link", change_do_link);
}

/* /proc/net/if_inet6: address, index, length of the prefix, scope, flags.  82: permanent, and no
 * duplicate is looked for, so that it can be used at once. */
static void change_do_addr6(void)
{
	const struct opener_net a = change_net(true, "20010db8006400000000000000000001", 64);
	char line[256];
	unsigned index, bits, scope, flags;

	CU_ASSERT_EQUAL(change_link("chg0", true, 0), 0);
	CU_ASSERT_EQUAL(change_with(OPENER_ADDRESS, "chg0", &a, NULL, true), 0);
	CU_ASSERT_TRUE_FATAL(
		netns_proc("if_inet6", "20010db8006400000000000000000001", line, sizeof(line)));
	CU_ASSERT_EQUAL_FATAL(sscanf(line, "%*s %x %x %x %x", &index, &bits, &scope, &flags), 4);
	CU_ASSERT(index == if_nametoindex("chg0") && bits == 64 && flags == 0x82);
	CU_ASSERT_EQUAL(change_with(OPENER_ADDRESS, "chg0", &a, NULL, true), 0);
	CU_ASSERT_EQUAL(change_with(OPENER_ADDRESS, "chg1", &a, NULL, false), 0);
	CU_ASSERT_TRUE(change_seen("if_inet6", "20010db8006400000000000000000001", "chg0"));
	CU_ASSERT_EQUAL(change_with(OPENER_ADDRESS, "chg0", &a, NULL, false), 0);
	CU_ASSERT_FALSE(change_seen("if_inet6", "20010db8006400000000000000000001", ""));
	CU_ASSERT_EQUAL(change_with(OPENER_ADDRESS, "chg0", &a, NULL, false), 0);
}

static void addresses_of_ipv6(void)
{
	change_in_a_namespace("netif_change addr6", change_do_addr6);
}

/* /proc/net/route: device, destination as the kernel has it in memory, ..., mask.  The address of
 * a point-to-point device leads to its far end alone. */
static void change_do_addr4(void)
{
	const struct opener_net a = change_net(false, "0a400001", 24),
				far = change_net(false, "0a410002", 32);

	CU_ASSERT_EQUAL(change_link("chg0", true, 0), 0);
	CU_ASSERT_EQUAL(change_with(OPENER_ADDRESS, "chg0", &a, NULL, true), 0);
	CU_ASSERT_TRUE(change_seen("route", "chg0\t0000400A", "00FFFFFF"));
	CU_ASSERT_EQUAL(change_with(OPENER_ADDRESS, "chg0", &a, NULL, false), 0);
	CU_ASSERT_FALSE(change_seen("route", "chg0", ""));
	CU_ASSERT_EQUAL(change_with(OPENER_ADDRESS, "chg0", &a, &far, true), 0);
	CU_ASSERT_TRUE(change_seen("route", "chg0\t0200410A", "FFFFFFFF"));
	CU_ASSERT_FALSE(change_seen("route", "chg0\t0000400A", ""));
	CU_ASSERT_TRUE(change_seen("fib_trie", "10.64.0.1", ""));
	CU_ASSERT_EQUAL(change_with(OPENER_ADDRESS, "chg0", &a, &far, true), 0);
	CU_ASSERT_EQUAL(change_with(OPENER_ADDRESS, "chg0", &a, &far, false), 0);
	CU_ASSERT_FALSE(change_seen("fib_trie", "10.64.0.1", ""));
	CU_ASSERT_EQUAL(change_with(OPENER_ADDRESS, "chg7", &a, NULL, true), -ENODEV);
}

static void addresses_of_ipv4(void)
{
	change_in_a_namespace("netif_change addr4", change_do_addr4);
}

/* It leads to the device, or elsewhere: of this prefix exactly, and the default route too. */
static void change_do_routes(void)
{
	static const struct {
		bool v6;
		const char *to;
		uint8_t bits;
		const char *file, *line, *more;
	} rows[] = {
		{false, "0a400000", 16, "route", "chg0\t0000400A", "0000FFFF"},
		{false, "0a400000", 24, "route", "chg0\t0000400A", "00FFFFFF"},
		{false, "00000000", 0, "route", "chg0\t00000000", "\t00000000"},
		{true, "20010db8000000000000000000000000", 32, "ipv6_route",
		 "20010db8000000000000000000000000 20", "chg0"},
		{true, "20010db8006400000000000000000000", 48, "ipv6_route",
		 "20010db8006400000000000000000000 30", "chg0"},
	};

	for (unsigned i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(change_link(i ? "chg1" : "chg0", true, 0), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct opener_net to = change_net(rows[i].v6, rows[i].to, rows[i].bits);

		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, "chg0", &to, NULL, false), 0);
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, "chg0", &to, NULL, true), 0);
		CU_ASSERT_TRUE(change_seen(rows[i].file, rows[i].line, rows[i].more));
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, "chg0", &to, NULL, true), 0);
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, "chg1", &to, NULL, true), -EEXIST);
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, "chg1", &to, NULL, false), 0);
		CU_ASSERT_TRUE(change_seen(rows[i].file, rows[i].line, rows[i].more));
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct opener_net to = change_net(rows[i].v6, rows[i].to, rows[i].bits);

		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, "chg0", &to, NULL, false), 0);
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, "chg1", &to, NULL, true), 0);
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, "chg0", &to, NULL, true), -EEXIST);
	}
}

/* A network and one inside it that begins as it does are two: each leads to its own device. */
static void change_do_routes_inside(void)
{
	const struct opener_net wide = change_net(false, "0a400000", 16),
				narrow = change_net(false, "0a400000", 24);

	for (unsigned i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(change_link(i ? "chg1" : "chg0", true, 0), 0);
	for (unsigned i = 0; i < 2; i++) {
		const char *a = i ? "chg1" : "chg0", *b = i ? "chg0" : "chg1";

		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, a, &wide, NULL, true), 0);
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, b, &narrow, NULL, true), 0);
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, a, &narrow, NULL, true), -EEXIST);
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, b, &wide, NULL, true), -EEXIST);
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, a, &wide, NULL, true), 0);
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, b, &narrow, NULL, true), 0);
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, a, &wide, NULL, false), 0);
		CU_ASSERT_EQUAL(change_with(OPENER_ROUTE, b, &narrow, NULL, false), 0);
	}
}

static void routes_inside_each_other(void)
{
	change_in_a_namespace("netif_change inside", change_do_routes_inside);
}

static void changed_routes(void)
{
	change_in_a_namespace("netif_change routes", change_do_routes);
}

/* --- by another process ------------------------------------------------------------------------ */

static int change_by(void *ctx, const struct opener_change *c)
{
	CU_ASSERT_EQUAL(c->kind, OPENER_LINK);
	++*(unsigned *)ctx;
	return -EXDEV;
}

static void who_makes_a_change(void)
{
	const struct opener_change c = {.kind = OPENER_LINK, .device = "nosuch0"};
	const struct opener_change other = {.kind = OPENER_ROUTE + 7, .device = "lo"};
	unsigned n = 0;

	CU_ASSERT_EQUAL(netif_do(&c), -ENODEV);
	netif_by(change_by, &n);
	CU_ASSERT_EQUAL(netif_do(&c), -EXDEV);
	CU_ASSERT_EQUAL(netif_here(&c), -ENODEV);
	CU_ASSERT_EQUAL(n, 1);
	netif_by(NULL, NULL);
	CU_ASSERT_EQUAL(netif_do(&c), -ENODEV);
	CU_ASSERT_EQUAL(netif_here(&other), -EINVAL);
}

static void a_prefix_as_it_is_sent(void)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct cfg_prefix p = {.v6 = v6, .bits = 29};
		struct opener_net n;

		for (uint8_t i = 0; i < 16; i++)
			p.addr[i] = i;
		n = netif_net(&p);
		CU_ASSERT(n.v6 == v6 && n.bits == 29);
		ASSERT_OCTETS(n.addr, 16, p.addr, 16);
	}
}

static const struct test_case cases[] = {
	{"the_state_of_a_device", the_state_of_a_device},
	{"addresses_of_ipv6", addresses_of_ipv6},
	{"addresses_of_ipv4", addresses_of_ipv4},
	{"changed_routes", changed_routes},
	{"routes_inside_each_other", routes_inside_each_other},
	{"who_makes_a_change", who_makes_a_change},
	{"a_prefix_as_it_is_sent", a_prefix_as_it_is_sent},
	{NULL, NULL},
};
const struct test_suite suite_netif_change = {"netif_change", cases};
