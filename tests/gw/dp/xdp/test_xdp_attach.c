/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program at work in drivers: frames go in at the far ends of two cables, and come out at the
 * other one's.  The kernel has no socket here for what goes up, and no route for what goes down:
 * what comes out has been through the program.
 */
#include "config.h" /* first: GNU extensions */

#include "core/bytes.h"
#include "gw/ip/ip.h"
#include "tests/gw/netns.h"
#include "tests/gw/dp/xdp/xdp_bench.h"
#include "tests/harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAN, LAC, CORE, AWAY, DEVICES };
static const char *const attach_name[DEVICES] = {"core", "core-far", "away", "away-far"};

#define ATTACH_CLIENT 0x0a400005u
#define ATTACH_FAR    0x0a600001u /* its route leads out by `away` */

struct cables {
	struct xdp_bench x;
	int link[DEVICES], wire[DEVICES];
};

/* All that goes in and out at the far end of a cable. */
static int attach_wire(const char *device)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_ALL),
				 .sll_ifindex = (int)if_nametoindex(device)};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), one = 1;

	CU_ASSERT_FATAL(fd >= 0 && !bind(fd, (struct sockaddr *)&at, sizeof(at)));
	setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one));
	return fd;
}

static void attach_all(struct cables *c)
{
	char why[96];

	for (unsigned i = 0; i < DEVICES; i++) {
		uint32_t ifindex = if_nametoindex(attach_name[i]);

		/* the far ends' drivers take what is redirected to them only with a program */
		c->link[i] = xdp_attach(c->x.fd[XDP_FD_PROGRAM], ifindex, why, sizeof(why));
		CU_ASSERT_FATAL(c->link[i] >= 0);
		c->wire[i] = i == LAC || i == AWAY ? attach_wire(attach_name[i]) : -1;
	}
	CU_ASSERT(!xdp_table_device(c->x.t, if_nametoindex("core"), xdp_core));
	CU_ASSERT(!xdp_table_device(c->x.t, if_nametoindex("away"),
				    (const uint8_t[]){2, 0, 0, 0, 0, 0x0a}));
	CU_ASSERT_EQUAL(xdp_table_set(c->x.t, 3, &c->x.call), 0);
}

static void attach_in(const char *test, void (*fn)(struct cables *c))
{
	struct cables c;

	if (!netns_enter(test))
		return;
	if (xdp_bench_load(&c.x, test)) {
		CU_ASSERT_EQUAL(system("ip tuntap add near mode tun && ip link set near up"), 0);
		xdp_bench_network(&c.x, "near");
		attach_all(&c);
		fn(&c);
		for (unsigned i = 0; i < DEVICES; i++) {
			close(c.link[i]);
			if (c.wire[i] >= 0)
				close(c.wire[i]);
		}
		xdp_bench_unload(&c.x);
	}
	netns_leave();
}

/* --- frames ----------------------------------------------------------------------------------- */

static size_t attach_data(uint8_t *to, bool up, unsigned no, size_t n)
{
	uint8_t data[1400];

	for (size_t i = 0; i < n; i++)
		data[i] = (uint8_t)(no * 7 + i);
	return netns_packet4(to, up ? ATTACH_CLIENT : ATTACH_FAR, up ? ATTACH_FAR : ATTACH_CLIENT,
			     7000, data, n);
}

/* Ethernet to one of our devices, and for what goes up the heads of the tunnel. */
static size_t attach_frame(uint8_t *to, bool up, const uint8_t *pkt, size_t len)
{
	size_t at = test_hex(to, 14,
			     up ? "02000000000c 020000000077 0800"
				: "02000000000a "
				  "020000000009 0800");

	if (up) {
		at += test_hex(to + at, 36,
			       "4500 0000 0000 4000 4011 0000 c000024d c0000201 "
			       "06a6 06a5 0000 0000 0002 0002 0003 ff03");
		wr_put16(to + 16, (uint16_t)(38 + len));
		wr_put16(to + 38, (uint16_t)(18 + len));
		wr_put16(to + 24, (uint16_t)~ip_fold(ip_sum(0, to + 14, 20)));
		at += test_hex(to + at, 2, "0021");
	}
	memcpy(to + at, pkt, len);
	return at + len;
}

/* The next frame there that holds the packet, but for its hop; where it begins, 0 = none came. */
static size_t attach_comes(int fd, const uint8_t *pkt, size_t len)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	uint8_t got[XDP_FRAME];
	ssize_t n;

	while (poll(&p, 1, 10000) == 1 && (n = recv(fd, got, sizeof(got), 0)) > 0) {
		const uint8_t *at = memmem(got, (size_t)n, pkt + 12, len - 12);

		if (at && at - got >= 26 && at - 12 + len == got + n && at[-4] == pkt[8] - 1 &&
		    ip_fold(ip_sum(0, at - 12, 20)) == 0xffff)
			return (size_t)(at - 12 - got);
	}
	return 0;
}

static void attach_both_ways(struct cables *c)
{
	static const size_t size[] = {0, 18, 100, 1400};
	uint8_t pkt[XDP_FRAME], frame[XDP_FRAME];
	struct xdp_count n;

	for (unsigned i = 0; i < 32; i++) {
		const bool up = i & 1;
		size_t len = attach_data(pkt, up, i, up ? size[i / 2 % 4] : size[i / 2 % 3]);
		size_t all = attach_frame(frame, up, pkt, len);

		CU_ASSERT_EQUAL(send(c->wire[up ? LAC : AWAY], frame, all, 0), (ssize_t)all);
		CU_ASSERT_EQUAL_FATAL(attach_comes(c->wire[up ? AWAY : LAC], pkt, len),
				      up ? 14 : 42 + 8);
	}
	CU_ASSERT(xdp_table_count(c->x.t, 3, &n) && n.rx_frames == 16 && n.tx_frames == 16);
}

static void xdp_attach_both_ways(void)
{
	attach_in("xdp_attach both_ways", attach_both_ways);
}

/* Whoever held it has ended: the device is as it was. */
static void attach_leaves(struct cables *c)
{
	CU_ASSERT_EQUAL(system("ip link show core | grep -q 'prog/xdp'"), 0);
	CU_ASSERT_NOT_EQUAL(system("ip link show core | grep -q xdpgeneric"), 0);
	close(c->link[WAN]);
	c->link[WAN] = -1;
	CU_ASSERT_NOT_EQUAL(system("ip link show core | grep -q 'prog/xdp'"), 0);
	CU_ASSERT_EQUAL(system("ip link show away | grep -q 'prog/xdp'"), 0);
}

static void xdp_attach_leaves(void)
{
	attach_in("xdp_attach leaves", attach_leaves);
}

/* Not by a driver that cannot, and not beside another one. */
static void attach_refused(struct cables *c)
{
	char why[96];

	CU_ASSERT_EQUAL(xdp_attach(c->x.fd[XDP_FD_PROGRAM], 1, why, sizeof(why)), -EOPNOTSUPP);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "driver"));
	CU_ASSERT_NOT_EQUAL(system("ip link show lo | grep -q xdp"), 0);
	CU_ASSERT_EQUAL(
		xdp_attach(c->x.fd[XDP_FD_PROGRAM], if_nametoindex("core"), why, sizeof(why)),
		-EBUSY);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "another"));
	CU_ASSERT(xdp_attach(c->x.fd[XDP_FD_PROGRAM], 0x7ffffff, NULL, 0) < 0);
}

static void xdp_attach_refused(void)
{
	attach_in("xdp_attach refused", attach_refused);
}

static const struct test_case cases[] = {
	{"both_ways", xdp_attach_both_ways},
	{"leaves", xdp_attach_leaves},
	{"refused", xdp_attach_refused},
	{NULL, NULL},
};
const struct test_suite suite_xdp_attach = {"xdp_attach", cases};
