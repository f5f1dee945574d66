/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XDP program, frame by frame: each branch has a row, and what it carries is compared octet by
 * octet with the packet that RFC 1812 5.3.1 and RFC 2661 3.1 make of it, and with what the workers
 * and the kernel together make of the same packet.
 */
#include "config.h" /* first: GNU extensions */

#include "core/bytes.h"
#include "gw/dp/tun_super.h"
#include "gw/ip/ip.h"
#include "tests/gw/dp/through.h"
#include "tests/gw/dp/xdp/xdp_bench.h"
#include "tests/harness.h"

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- frames ----------------------------------------------------------------------------------- */

enum base { UP4, UP6, DOWN4, DOWN6 };

/* Where things are in them. */
#define OUT  14
#define UDP  34
#define L2TP 42
#define PPP  48
#define UPIN 52 /* the packet on its way up */
#define DNIN 14 /* and down */

#define HEAD "0002 0002 0003 ff03 "

static void vec_sum(uint8_t *ip)
{
	wr_put16(ip + 10, 0);
	wr_put16(ip + 10, (uint16_t)~ip_fold(ip_sum(0, ip, 20)));
}

static size_t vec_ethernet(uint8_t *to, const uint8_t *dst, const uint8_t *src, bool v6)
{
	memcpy(to, dst, 6);
	memcpy(to + 6, src, 6);
	wr_put16(to + 12, v6 ? 0x86dd : 0x0800);
	return XDP_ETH;
}

/* IPv4 and UDP around n octets that follow. */
static void vec_outer(uint8_t *ip, bool up, size_t n)
{
	test_hex(ip, 20, "4500 0000 0000 4000 4011 0000");
	test_hex(ip + 12, 16, up ? "c000024d c0000201 06a6 06a5" : "c0000201 c000024d 06a5 06a6");
	wr_put16(ip + 2, (uint16_t)(28 + n));
	wr_put16(ip + 24, (uint16_t)(8 + n));
	wr_put16(ip + 26, 0);
	vec_sum(ip);
}

/* A packet on its way, behind this L2TP and PPP head if it goes up. */
static size_t vec_frame(uint8_t *to, bool up, const uint8_t *head, size_t h, const uint8_t *pkt,
			size_t len)
{
	size_t at = vec_ethernet(to, xdp_us, xdp_router, !up && pkt[0] >> 4 == 6);

	if (up) {
		vec_outer(to + at, true, h + len);
		at = XDP_OUTER;
		memcpy(to + at, head, h);
		at += h;
	}
	memcpy(to + at, pkt, len);
	return at + len;
}

static void vec_hop(uint8_t *pkt)
{
	if (pkt[0] >> 4 == 6) {
		pkt[7]--;
	} else {
		pkt[8]--;
		vec_sum(pkt);
	}
}

/* --- each branch ------------------------------------------------------------------------------ */

struct vec {
	const char *name;
	enum base base;
	const char *head; /* of L2TP and PPP, in which a protocol follows; NULL = HEAD */
	int at;		  /* octets are other ones there ... */
	const char *hex;  /* ... these; NULL = all as it was */
	int more;	  /* so many zeros behind, or cut off */
	unsigned data;	  /* octets behind the header of UDP; 0 = 4 */
	unsigned tcp;	  /* it is TCP with these flags, and 0x100; 0 = UDP */
	bool as_is;	  /* lengths and checksums of IPv4 are not set right afterwards */
	unsigned flags;	  /* of the call, besides */
	unsigned without; /* and these not */
	uint32_t verdict;
	enum xdp_why why; /* of XDP_PASS; FAST = it is counted nowhere */
	const char *want; /* down: the L2TP and PPP head that must come */
};

#define CARRIED(...)                                 \
	{                                            \
		__VA_ARGS__, .verdict = XDP_REDIRECT \
	}
#define DROPPED(...)                             \
	{                                        \
		__VA_ARGS__, .verdict = XDP_DROP \
	}
#define PASSED(reason, ...)                                             \
	{                                                               \
		__VA_ARGS__, .verdict = XDP_PASS, .why = XDP_W_##reason \
	}
#define NOBODYS(...)                             \
	{                                        \
		__VA_ARGS__, .verdict = XDP_PASS \
	}

static const struct vec vecs[] = {
	CARRIED("up, IPv4", UP4),
	CARRIED("up, IPv6", UP6),
	CARRIED("up, Length", UP4, .head = "4002 002c 0002 0003 ff03 "),
	CARRIED("up, no FF 03", UP4, .head = "0002 0002 0003 "),
	CARRIED("up, ACFC and PFC", UP4, .head = "0002 0002 0003 21"),
	CARRIED("up, FF 03 and PFC", UP6, .head = "0002 0002 0003 ff03 57"),
	CARRIED("up, Length, ACFC and PFC", UP6, .head = "4002 003d 0002 0003 57"),
	CARRIED("up, DF", UP4, .at = UPIN + 6, .hex = "4000"),
	CARRIED("up, TTL 2", UP4, .at = UPIN + 8, .hex = "02"),
	CARRIED("up, TTL 255", UP4, .at = UPIN + 8, .hex = "ff"),
	CARRIED("up, Hop Limit 2", UP6, .at = UPIN + 7, .hex = "02"),
	CARRIED("up, outer TTL 1: it is for us", UP4, .at = OUT + 8, .hex = "01"),
	CARRIED("up, outer codepoint", UP4, .at = OUT + 1, .hex = "b8"),
	CARRIED("up, a route of the call's device", UP4, .at = UPIN + 16, .hex = "0a5e0001"),
	CARRIED("up, checksum that has a carry", UP4, .at = UPIN + 4, .hex = "6725"),
	CARRIED("up, echo of ICMP", UP4, .at = UPIN + 9, .hex = "01"),
	CARRIED("up, ICMPv6 echo", UP6, .at = UPIN + 6, .hex = "3a", .more = 0),

	DROPPED("up, another's address", UP4, .at = UPIN + 15, .hex = "06"),
	DROPPED("up, another's /64", UP6, .at = UPIN + 15, .hex = "06"),
	DROPPED("up, of a device that does not lead there", UP4, .at = UPIN + 12,
		.hex = "c0000209 0a630001"),
	PASSED(NETWORK, "up, a network behind the client", UP4, .at = UPIN + 15, .hex = "06",
	       .flags = XDP_NETS),
	PASSED(NETWORK, "up, an IPv6 network behind the client", UP6, .at = UPIN + 15, .hex = "06",
	       .flags = XDP_NETS),

	NOBODYS("control", UP4, .head = "c802 0030 0002 0003 ff03 "),
	NOBODYS("another session", UP4, .head = "0002 0002 0004 ff03 "),
	NOBODYS("another tunnel", UP4, .head = "0002 0003 0003 ff03 "),
	NOBODYS("from another host", UP4, .at = OUT + 12, .hex = "c000024e"),
	NOBODYS("to another address of ours", UP4, .at = OUT + 16, .hex = "c0000202"),
	NOBODYS("from another port", UP4, .at = UDP, .hex = "06a7"),
	NOBODYS("to another port", UP4, .at = UDP + 2, .hex = "06a6"),
	NOBODYS("another protocol", UP4, .at = OUT + 9, .hex = "06"),
	NOBODYS("for another host on the wire", UP4, .at = 0, .hex = "020000000002"),
	NOBODYS("broadcast on the wire", UP4, .at = 0, .hex = "ffffffffffff"),
	NOBODYS("ARP", UP4, .at = 12, .hex = "0806"),
	NOBODYS("tagged", UP4, .at = 12, .hex = "8100"),
	NOBODYS("too short for L2TP", UP4, .more = -(int)(UPIN + 32 - L2TP - 11), .as_is = true),
	NOBODYS("too short for IPv4", UP4, .more = -(int)(UPIN + 32 - OUT - 19), .as_is = true),
	NOBODYS("too short for IPv6", DOWN6, .more = -(int)(12 + 1), .as_is = true),

	PASSED(OUTER, "up, outer options", UP4, .at = OUT, .hex = "46"),
	PASSED(OUTER, "up, outer first fragment", UP4, .at = OUT + 6, .hex = "2000"),
	PASSED(OUTER, "up, outer last fragment", UP4, .at = OUT + 6, .hex = "0001"),
	PASSED(OUTER, "up, outer checksum", UP4, .at = OUT + 10, .hex = "0000", .as_is = true),
	PASSED(LENGTHS, "up, octets behind the packet", UP4, .more = 1, .as_is = true),
	PASSED(LENGTHS, "up, an octet is missing", UP4, .more = -1, .as_is = true),
	PASSED(LENGTHS, "up, octets behind the datagram", UP4, .at = UDP + 4, .hex = "0031",
	       .more = 0),
	PASSED(LENGTHS, "up, Length too short", UP4, .head = "4002 002b 0002 0003 ff03 "),
	PASSED(LENGTHS, "up, Length too long", UP4, .head = "4002 002d 0002 0003 ff03 "),
	PASSED(LENGTHS, "up, padding of PPP", UP4, .more = 3),
	PASSED(SEQUENCE, "up, sequence numbers", UP4, .head = "0802 0002 0003 ff03 "),
	PASSED(L2TP, "up, Offset", UP4, .head = "0202 0002 0003 ff03 "),
	PASSED(L2TP, "up, Priority", UP4, .head = "0102 0002 0003 ff03 "),
	PASSED(L2TP, "up, a reserved bit", UP4, .head = "0012 0002 0003 ff03 "),
	PASSED(L2TP, "up, version 3", UP4, .head = "0003 0002 0003 ff03 "),
	PASSED(PPP, "up, LCP", UP4, .at = PPP + 2, .hex = "c021"),
	PASSED(PPP, "up, IPCP", UP4, .at = PPP + 2, .hex = "8021"),
	PASSED(PPP, "up, multilink", UP4, .at = PPP + 2, .hex = "003d"),
	PASSED(PPP, "up, IPCP is not open", UP4, .without = XDP_IP4),
	PASSED(PPP, "up, IPV6CP is not open", UP6, .without = XDP_IP6),
	PASSED(LENGTHS, "up, IPv6 in a frame of IPv4", UP6, .at = PPP + 3, .hex = "21"),
	PASSED(LENGTHS, "up, IPv4 in a frame of IPv6", UP4, .at = PPP + 3, .hex = "57"),
	PASSED(LENGTHS, "up, the packet says more", UP4, .at = UPIN + 2, .hex = "0021",
	       .as_is = true),
	PASSED(OPTIONS, "up, options", UP4, .at = UPIN, .hex = "46"),
	PASSED(OPTIONS, "up, hop-by-hop options", UP6, .at = UPIN + 6, .hex = "00"),
	PASSED(OPTIONS, "up, routing header", UP6, .at = UPIN + 6, .hex = "2b"),
	PASSED(OPTIONS, "up, destination options", UP6, .at = UPIN + 6, .hex = "3c"),
	PASSED(FRAGMENT, "up, IPv6 fragment", UP6, .at = UPIN + 6, .hex = "2c"),
	PASSED(FRAGMENT, "up, first fragment", UP4, .at = UPIN + 6, .hex = "2000"),
	PASSED(FRAGMENT, "up, last fragment", UP4, .at = UPIN + 6, .hex = "0001"),
	PASSED(CHECKSUM, "up, checksum", UP4, .at = UPIN + 10, .hex = "0000", .as_is = true),
	PASSED(TTL, "up, TTL 1", UP4, .at = UPIN + 8, .hex = "01"),
	PASSED(TTL, "up, TTL 0", UP4, .at = UPIN + 8, .hex = "00"),
	PASSED(TTL, "up, Hop Limit 1", UP6, .at = UPIN + 7, .hex = "01"),
	PASSED(ADDRESS, "up, from 0.0.0.0", UP4, .at = UPIN + 12, .hex = "00000000"),
	PASSED(ADDRESS, "up, to 127.0.0.1", UP4, .at = UPIN + 16, .hex = "7f000001"),
	PASSED(ADDRESS, "up, to a group", UP4, .at = UPIN + 16, .hex = "e0000001"),
	PASSED(ADDRESS, "up, to all", UP4, .at = UPIN + 16, .hex = "ffffffff"),
	PASSED(ADDRESS, "up, from ::", UP6, .at = UPIN + 8,
	       .hex = "00000000000000000000000000000000"),
	PASSED(ADDRESS, "up, from a link-local address", UP6, .at = UPIN + 8,
	       .hex = "fe800000000000000000000000000005"),
	PASSED(ADDRESS, "up, to a group of IPv6", UP6, .at = UPIN + 24, .hex = "ff02"),
	PASSED(NEIGHBOUR, "up, Router Solicitation", UP6, .at = UPIN + 6,
	       .hex = "3a40 20010db8006400050000000000000009 20010db8009900000000000000000001 85"),
	PASSED(NEIGHBOUR, "up, Redirect", UP6, .at = UPIN + 6,
	       .hex = "3a40 20010db8006400050000000000000009 20010db8009900000000000000000001 89"),
	PASSED(LENGTHS, "up, TCP cut off", UP4, .at = UPIN + 9, .hex = "06"),
	PASSED(LENGTHS, "up, TCP in IPv6 cut off", UP6, .at = UPIN + 6, .hex = "06"),
	PASSED(ROUTE, "up, to this host", UP4, .at = UPIN + 16, .hex = "c0000201"),
	PASSED(ROUTE, "up, no route", UP4, .at = UPIN + 16, .hex = "0a5f0001"),
	PASSED(NO_NEIGHBOUR, "up, a next hop that is not known", UP4, .at = UPIN + 16,
	       .hex = "0a610001"),
	PASSED(DEVICE, "up, out by another device", UP4, .at = UPIN + 16, .hex = "0a600001"),

	CARRIED("down, IPv4", DOWN4, .want = "0002 0a0b 0c0d 0021"),
	CARRIED("down, IPv6", DOWN6, .want = "0002 0a0b 0c0d 0057"),
	CARRIED("down, FF 03", DOWN4, .flags = XDP_FF03, .want = "0002 0a0b 0c0d ff03 0021"),
	CARRIED("down, PFC", DOWN4, .flags = XDP_PFC, .want = "0002 0a0b 0c0d 21"),
	CARRIED("down, FF 03 and PFC", DOWN6, .flags = XDP_PFC | XDP_FF03,
		.want = "0002 0a0b 0c0d ff03 57"),
	CARRIED("down, Length", DOWN4, .flags = XDP_LENGTH, .want = "4002 002a 0a0b 0c0d 0021"),
	CARRIED("down, Length, FF 03, PFC", DOWN6, .flags = XDP_LENGTH | XDP_FF03 | XDP_PFC,
		.want = "4002 003f 0a0b 0c0d ff03 57"),
	CARRIED("down, octets behind a short packet", DOWN4, .more = 14, .as_is = true,
		.want = "0002 0a0b 0c0d 0021"),
	CARRIED("down, TTL 2", DOWN4, .at = DNIN + 8, .hex = "02", .want = "0002 0a0b 0c0d 0021"),
	NOBODYS("down, to nobody", DOWN4, .at = DNIN + 19, .hex = "06"),
	NOBODYS("down, to nobody's /64", DOWN6, .at = DNIN + 31, .hex = "06"),
	NOBODYS("down, for another host on the wire", DOWN4, .at = 5, .hex = "02"),
	PASSED(LENGTHS, "down, octets behind a long one", DOWN4, .more = 15, .as_is = true),
	PASSED(LENGTHS, "down, octets are missing", DOWN4, .more = -1, .as_is = true),
	PASSED(LENGTHS, "down, IPv4 of another version", DOWN4, .at = DNIN, .hex = "55"),
	PASSED(LENGTHS, "down, IPv6 of another version", DOWN6, .at = DNIN, .hex = "50"),
	PASSED(OPTIONS, "down, options", DOWN4, .at = DNIN, .hex = "46"),
	PASSED(OPTIONS, "down, hop-by-hop options", DOWN6, .at = DNIN + 6, .hex = "00"),
	PASSED(FRAGMENT, "down, first fragment", DOWN4, .at = DNIN + 6, .hex = "2000"),
	PASSED(FRAGMENT, "down, fragment of IPv6", DOWN6, .at = DNIN + 6, .hex = "2c"),
	PASSED(CHECKSUM, "down, checksum", DOWN4, .at = DNIN + 10, .hex = "0000", .as_is = true),
	PASSED(TTL, "down, TTL 1", DOWN4, .at = DNIN + 8, .hex = "01"),
	PASSED(TTL, "down, Hop Limit 1", DOWN6, .at = DNIN + 7, .hex = "01"),
	PASSED(ADDRESS, "down, from 127.0.0.1", DOWN4, .at = DNIN + 12, .hex = "7f000001"),
	PASSED(ADDRESS, "down, from a group", DOWN6, .at = DNIN + 8, .hex = "ff"),
	NOBODYS("down, IPV6CP is not open: it has no address", DOWN6, .without = XDP_IP6),
	CARRIED("down, as long as may be", DOWN4, .data = 972, .want = "0002 0a0b 0c0d 0021"),
	PASSED(MTU, "down, too long", DOWN4, .data = 973),
	CARRIED("down, IPv6 as long as may be", DOWN6, .data = 952, .want = "0002 0a0b 0c0d 0057"),
	PASSED(MTU, "down, IPv6 too long", DOWN6, .data = 953),
	CARRIED("down, TCP", DOWN4, .tcp = 0x110, .data = 12, .want = "0002 0a0b 0c0d 0021"),
	PASSED(SYN, "down, SYN", DOWN4, .tcp = 0x102, .data = 12),
	PASSED(SYN, "down, SYN and ACK in IPv6", DOWN6, .tcp = 0x112, .data = 12),
	CARRIED("up, TCP", UP4, .tcp = 0x118, .data = 12),
	CARRIED("up, TCP in IPv6", UP6, .tcp = 0x111, .data = 12),
	PASSED(SYN, "up, SYN", UP4, .tcp = 0x102, .data = 12),
	PASSED(SYN, "up, SYN in IPv6", UP6, .tcp = 0x102, .data = 12),
	CARRIED("up, a long one", UP4, .data = 1400),
	CARRIED("up, as long as the way out may have it", UP4, .at = UPIN + 16, .hex = "0a620001",
		.data = 40),
	PASSED(MTU, "up, longer than the way out may have it", UP4, .at = UPIN + 16,
	       .hex = "0a620001", .data = 41),
};

static bool vec_is_up(const struct vec *v)
{
	return v->base == UP4 || v->base == UP6;
}

static bool vec_is6(const struct vec *v)
{
	return v->base == UP6 || v->base == DOWN6;
}

static size_t vec_packet(const struct vec *v, uint8_t *to)
{
	static const uint8_t data[XDP_FRAME];
	const size_t n = v->data ? v->data : 4, at = vec_is6(v) ? 40 : 20;
	const bool up = vec_is_up(v);
	size_t len;

	if (vec_is6(v))
		len = netns_packet6(to, up ? client6 : through_far6, up ? through_far6 : client6,
				    7000, data, n);
	else
		len = netns_packet4(to, up ? CLIENT : FAR, up ? FAR : CLIENT, 7000, data, n);
	if (v->tcp) {
		to[vec_is6(v) ? 6 : 9] = 6;
		to[at + 13] = (uint8_t)v->tcp;
	}
	return len;
}

static size_t vec_build(const struct vec *v, uint8_t *frame)
{
	const bool up = vec_is_up(v), v6 = vec_is6(v);
	uint8_t head[16], pkt[XDP_FRAME];
	size_t len = vec_packet(v, pkt), h = test_hex(head, sizeof(head), v->head ?: HEAD);

	if (!(h & 1)) /* no compressed protocol at its end */
		h += test_hex(head + h, 2, v6 ? "0057" : "0021");
	len = vec_frame(frame, up, head, h, pkt, len);
	if (v->more > 0)
		memset(frame + len, 0, (size_t)v->more);
	len = (size_t)((int)len + v->more);
	if (up && !v->as_is)
		vec_outer(frame + OUT, true, len - XDP_OUTER);
	if (v->hex)
		test_hex(frame + v->at, XDP_FRAME - (size_t)v->at, v->hex);
	if (!v->as_is && up)
		vec_sum(frame + OUT);
	if (!v->as_is && !v6)
		vec_sum(frame + (up ? XDP_OUTER + h : XDP_ETH));
	return len;
}

/* What must come of a frame that is carried. */
static size_t vec_wanted(const struct vec *v, const uint8_t *frame, size_t len, uint8_t *want)
{
	const bool up = vec_is_up(v), v6 = vec_is6(v);
	const size_t packet = (v6 ? 48 : 28) + (v->data ? v->data : 4);
	size_t at = vec_ethernet(want, up ? xdp_router : xdp_peer, xdp_core, up && v6);

	if (!up) {
		uint8_t head[16];
		size_t h = test_hex(head, sizeof(head), v->want);

		vec_outer(want + at, false, h + packet);
		memcpy(want + XDP_OUTER, head, h);
		at = XDP_OUTER + h;
		memcpy(want + at, frame + XDP_ETH, packet);
	} else {
		memcpy(want + at, frame + len - packet, packet);
	}
	vec_hop(want + at);
	return at + packet;
}

static void vec_one(struct xdp_bench *x, const struct vec *v)
{
	uint8_t frame[XDP_FRAME], want[XDP_FRAME];
	const unsigned failed = CU_get_number_of_failures();
	uint64_t passed[XDP_W_COUNT];
	struct xdp_call c = x->call;
	struct xdp_seen seen;
	struct xdp_count n;
	size_t len = vec_build(v, frame);

	c.flags = (__u16)((c.flags | v->flags) & ~v->without);
	CU_ASSERT_EQUAL_FATAL(xdp_table_set(x->t, 3, &c), 0);
	for (unsigned i = 0; i < XDP_W_COUNT; i++)
		passed[i] = xdp_table_passed(x->t, i);
	xdp_bench_run(x, frame, len, 1, &seen);
	CU_ASSERT_EQUAL(seen.verdict, v->verdict);
	for (unsigned i = 0; i < XDP_W_COUNT; i++)
		CU_ASSERT_EQUAL(xdp_table_passed(x->t, i) - passed[i],
				v->verdict == XDP_PASS && v->why != XDP_W_FAST && v->why == i);
	if (v->verdict == XDP_REDIRECT)
		ASSERT_OCTETS(seen.octets, seen.len, want, vec_wanted(v, frame, len, want));
	else
		ASSERT_OCTETS(seen.octets, seen.len, frame, len);
	xdp_table_del(x->t, 3, &n);
	CU_ASSERT_EQUAL(n.spoofed, v->verdict == XDP_DROP);
	CU_ASSERT_EQUAL(n.rx_frames + n.tx_frames, v->verdict != XDP_PASS);
	if (CU_get_number_of_failures() > failed)
		printf("\n      %s", v->name);
}

static void vec_in(const char *test, void (*fn)(struct xdp_bench *x))
{
	struct xdp_bench x;

	if (!netns_enter(test))
		return;
	if (xdp_bench_load(&x, test)) {
		CU_ASSERT_EQUAL(system("ip tuntap add near mode tun && ip link set near up"), 0);
		xdp_bench_network(&x, "near");
		fn(&x);
		xdp_bench_unload(&x);
	}
	netns_leave();
}

static void vec_each_branch(struct xdp_bench *x)
{
	for (unsigned i = 0; i < sizeof(vecs) / sizeof(vecs[0]); i++)
		vec_one(x, &vecs[i]);
}

static void xdp_kern_each_branch(void)
{
	vec_in("xdp_kern each_branch", vec_each_branch);
}

/* The far end's last frame says whether FF 03 is left out. */
static void vec_mirror(struct xdp_bench *x)
{
	static const struct vec up[] = {CARRIED("up, plain", UP4, .head = "0002 0002 0003 "),
					CARRIED("up, with FF 03", UP6)};
	static const struct vec down = CARRIED("down", DOWN4);
	static const size_t head[] = {8, 10}, first = 10;
	uint8_t frame[XDP_FRAME];
	struct xdp_seen seen;
	size_t len;

	x->call.flags |= XDP_FF03 | XDP_MIRROR;
	CU_ASSERT_EQUAL_FATAL(xdp_table_set(x->t, 3, &x->call), 0);
	len = vec_build(&down, frame);
	xdp_bench_run(x, frame, len, 1, &seen);
	CU_ASSERT_EQUAL(seen.len, XDP_OUTER + first + 32);
	for (unsigned i = 0; i < 2; i++) {
		len = vec_build(&up[i], frame);
		xdp_bench_run(x, frame, len, 1, &seen);
		len = vec_build(&down, frame);
		xdp_bench_run(x, frame, len, 1, &seen);
		CU_ASSERT_EQUAL(seen.len, XDP_OUTER + head[i] + 32);
	}
}

static void xdp_kern_mirror(void)
{
	vec_in("xdp_kern mirror", vec_mirror);
}

/* While the far end sends numbers all of the call is the workers', and the first frame behind. */
static void vec_sequence(struct xdp_bench *x)
{
	static const struct {
		struct vec v;
		bool sequenced; /* afterwards */
	} steps[] = {
		{CARRIED("up", UP4), false},
		{PASSED(SEQUENCE, "up, numbers", UP4, .head = "0802 0002 0003 0000 0000 ff03 "),
		 true},
		{PASSED(SEQUENCE, "down", DOWN4), true},
		{PASSED(SEQUENCE, "up, numbers and Length", UP6,
			.head = "4802 0044 0002 0003 0001 0000 ff03 "),
		 true},
		{PASSED(SEQUENCE, "up, without again", UP4), false},
		{CARRIED("up", UP4), false},
		{CARRIED("down", DOWN4, .want = HEAD), false},
	};
	uint8_t frame[XDP_FRAME];
	struct xdp_seen seen;
	uint64_t passed;

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		/* other settings are another slot, which knows it too */
		x->call.mtu++;
		CU_ASSERT_EQUAL_FATAL(xdp_table_set(x->t, 3, &x->call), 0);
		passed = xdp_table_passed(x->t, XDP_W_SEQUENCE);
		xdp_bench_run(x, frame, vec_build(&steps[i].v, frame), 1, &seen);
		CU_ASSERT_EQUAL(seen.verdict, steps[i].v.verdict);
		CU_ASSERT_EQUAL(xdp_table_passed(x->t, XDP_W_SEQUENCE) - passed,
				seen.verdict == XDP_PASS);
		CU_ASSERT_EQUAL(xdp_table_sequenced(x->t, 3), steps[i].sequenced);
	}
	CU_ASSERT_FALSE(xdp_table_sequenced(x->t, 4));
}

static void xdp_kern_sequence(void)
{
	vec_in("xdp_kern sequence", vec_sequence);
}

/* An address whose word another call has is found all the same, and that other call's too. */
static void vec_address_beside(struct xdp_bench *x)
{
	static const struct vec down = CARRIED("down", DOWN4, .want = "0002 0a0b 0c0d 0021"),
				other = NOBODYS("down", DOWN4, .at = DNIN + 17, .hex = "44");
	struct xdp_call c = x->call;
	uint8_t frame[XDP_FRAME];
	struct xdp_seen seen;
	struct xdp_count n;

	c.peer4 = htonl(ntohl(c.peer4) + XDP_NEAR4);
	CU_ASSERT_EQUAL_FATAL(xdp_table_set(x->t, 9, &c), 0);
	vec_one(x, &down);
	vec_one(x, &other);
	for (unsigned i = 0; i < 2; i++) {
		size_t len = vec_build(&down, frame);

		/* the destination's third bit of the second octet: 10.64 or 10.66 */
		frame[DNIN + 17] = i ? 0x40 : 0x42;
		vec_sum(frame + DNIN);
		xdp_bench_run(x, frame, len, 1, &seen);
		CU_ASSERT_EQUAL(seen.verdict, i ? XDP_PASS : XDP_REDIRECT);
	}
	CU_ASSERT(xdp_table_count(x->t, 9, &n) && n.tx_frames == 1);
}

static void xdp_kern_address_beside(void)
{
	vec_in("xdp_kern address_beside", vec_address_beside);
}

/* What is counted is what the workers count, and the call was heard. */
static void vec_counts(struct xdp_bench *x)
{
	static const struct vec up = CARRIED("up", UP4), down = CARRIED("down", DOWN6);
	uint8_t frame[XDP_FRAME];
	struct xdp_seen seen;
	struct xdp_count n;
	size_t len;

	CU_ASSERT_EQUAL_FATAL(xdp_table_set(x->t, 3, &x->call), 0);
	CU_ASSERT(xdp_table_count(x->t, 3, &n) && !n.last_rx);
	CU_ASSERT_EQUAL(xdp_table_heard(x->t, 2), 0);
	len = vec_build(&down, frame);
	xdp_bench_run(x, frame, len, 1, &seen);
	CU_ASSERT(xdp_table_count(x->t, 3, &n) && n.tx_frames == 1 && n.tx_octets == 2 + 52);
	CU_ASSERT(!n.last_rx && !n.rx_frames);
	for (unsigned i = 0; i < 2; i++) {
		len = vec_build(&up, frame);
		xdp_bench_run(x, frame, len, 1, &seen);
	}
	CU_ASSERT(xdp_table_count(x->t, 3, &n) && n.rx_frames == 2 && n.rx_octets == 2 * (4 + 32));
	CU_ASSERT(n.last_rx && n.last_rx <= dp_now() && n.last_rx + 60000000 > dp_now());
	CU_ASSERT_EQUAL(xdp_table_heard(x->t, 2), n.last_rx);
}

static void xdp_kern_counts(void)
{
	vec_in("xdp_kern counts", vec_counts);
}

/* --- what the workers make of it --------------------------------------------------------------- */

#define SAMPLES 80u

/* A packet, with its headers as they go into the program, and what came of it by the workers. */
struct sample {
	uint8_t in[1600], slow[1600];
	size_t in_len, slow_len;
	unsigned flags;
};

struct vec_far {
	struct through *s;
	struct sample *to;
};

/* What the kernel says by itself is not for this port. */
static bool vec_is_ours(const uint8_t *p, size_t len)
{
	size_t at = p[0] >> 4 == 6 ? 42 : 22;

	return len > at + 2 && p[at] == 4000 >> 8 && p[at + 1] == (4000 & 255);
}

static bool vec_far_has(struct rig *r, void *arg)
{
	struct vec_far *w = arg;
	struct pollfd p = {.fd = w->s->far, .events = POLLIN};
	ssize_t n;

	(void)r;
	while (!w->to->slow_len && poll(&p, 1, 10) == 1) {
		n = read(w->s->far, w->to->slow, sizeof(w->to->slow));
		if (n > 0 && vec_is_ours(w->to->slow, (size_t)n))
			w->to->slow_len = (size_t)n;
	}
	return w->to->slow_len;
}

static const size_t vec_sizes[] = {0, 1, 100, 900};
#define KERN_SIZES (sizeof(vec_sizes) / sizeof(vec_sizes[0]))

static void vec_up_slow(struct through *s, const char *head, const struct through_packet *p,
			struct sample *to)
{
	struct vec_far w = {s, to};
	const bool v6 = p->octets[0] >> 4 == 6;
	uint8_t *m = to->in + XDP_OUTER;
	size_t h = test_hex(m, 16, head);

	h += test_hex(m + h, 2, h & 1 ? v6 ? "57" : "21" : v6 ? "0057" : "0021");
	memcpy(m + h, p->octets, p->len);
	if (m[0] & 0x40)
		wr_put16(m + 2, (uint16_t)(h + p->len));
	vec_ethernet(to->in, xdp_us, xdp_router, false);
	vec_outer(to->in + OUT, true, h + p->len);
	to->in_len = XDP_OUTER + h + p->len;
	fake_octets(s->b->r.fake, 1, m, h + p->len, 0);
	CU_ASSERT_TRUE_FATAL(rig_wait(&s->b->r, vec_far_has, &w));
}

/* Where the program's packet begins that is to be what the workers made. */
static void vec_same(const char *test, struct bench *b, struct sample *sample, unsigned n,
		     size_t at)
{
	struct xdp_bench x;
	struct xdp_seen seen;

	if (!xdp_bench_load(&x, test))
		return;
	xdp_bench_network(&x, dp_tun_name(b->r.dp, b->tun));
	for (unsigned i = 0; i < n; i++) {
		struct xdp_call c = x.call;

		c.flags |= (__u16)sample[i].flags;
		CU_ASSERT_EQUAL_FATAL(xdp_table_set(x.t, 3, &c), 0);
		xdp_bench_run(&x, sample[i].in, sample[i].in_len, 1, &seen);
		CU_ASSERT_EQUAL_FATAL(seen.verdict, XDP_REDIRECT);
		ASSERT_OCTETS(seen.octets + at, seen.len - at, sample[i].slow, sample[i].slow_len);
	}
	xdp_bench_unload(&x);
}

static void do_up_is_the_same(struct bench *b)
{
	/* an odd one ends with half a protocol, since it is compressed */
	static const char *const heads[] = {"0002 0002 0003 ff03", "0002 0002 0003",
					    "4002 0000 0002 0003 ff03", "0002 0002 0003 ff03 00"};
	static struct sample sample[SAMPLES];
	struct through s;
	unsigned n = 0;

	memset(sample, 0, sizeof(sample));
	through_up(&s, b, 0, false);
	for (unsigned h = 0; h < 4; h++)
		for (unsigned k = 0; k < THROUGH_FLOWS * KERN_SIZES; k++, n++) {
			s.n = 0;
			vec_up_slow(&s, heads[h],
				    through_packet(&s, &through_flows[k % THROUGH_FLOWS], true, n,
						   vec_sizes[k / THROUGH_FLOWS]),
				    &sample[n]);
		}
	through_down(&s);
	vec_same("xdp_kern up_is_the_same", b, sample, n, XDP_ETH);
}

static void xdp_kern_up_is_the_same(void)
{
	ip_bench_in(&rig_forms[0], "xdp_kern up_is_the_same", do_up_is_the_same);
}

static void vec_down_slow(struct through *s, const struct through_packet *p, struct sample *to)
{
	const bool v6 = p->octets[0] >> 4 == 6;
	const size_t same = v6 ? 8 : 12; /* before it is what a hop changes */
	const struct fake_frame *f;

	to->in_len = vec_ethernet(to->in, xdp_us, xdp_router, v6);
	memcpy(to->in + to->in_len, p->octets, p->len);
	to->in_len += p->len;
	s->b->r.fake->n_sent = 0;
	CU_ASSERT_TRUE(tun_super_write_one(s->far, 0, p->octets, p->len));
	f = frame_with(s->b, p->octets + same, p->len - same);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	to->slow_len = f->len;
	memcpy(to->slow, f->octets, f->len);
}

static void do_down_is_the_same(struct bench *b)
{
	static const unsigned flags[] = {0, XDP_FF03, XDP_PFC, XDP_LENGTH | XDP_FF03,
					 XDP_LENGTH | XDP_PFC};
	static struct sample sample[SAMPLES];
	struct through s;
	unsigned n = 0;

	memset(sample, 0, sizeof(sample));
	through_up(&s, b, 0, false);
	for (unsigned h = 0; h < 5; h++) {
		struct dp_call c = b->call;

		c.ff03 = flags[h] & XDP_FF03;
		c.pfc = flags[h] & XDP_PFC;
		c.data.send_length = flags[h] & XDP_LENGTH;
		CU_ASSERT_FATAL(!dp_call_set(b->r.dp, &c));
		for (unsigned k = 0; k < THROUGH_FLOWS * KERN_SIZES; k++, n++) {
			s.n = 0;
			sample[n].flags = flags[h];
			vec_down_slow(&s,
				      through_packet(&s, &through_flows[k % THROUGH_FLOWS], false,
						     n, vec_sizes[k / THROUGH_FLOWS]),
				      &sample[n]);
		}
	}
	through_down(&s);
	vec_same("xdp_kern down_is_the_same", b, sample, n, XDP_OUTER);
	b->r.fake->n_sent = 0;
}

static void xdp_kern_down_is_the_same(void)
{
	ip_bench_in(&rig_forms[0], "xdp_kern down_is_the_same", do_down_is_the_same);
}

static const struct test_case cases[] = {
	{"each_branch", xdp_kern_each_branch},
	{"mirror", xdp_kern_mirror},
	{"sequence", xdp_kern_sequence},
	{"address_beside", xdp_kern_address_beside},
	{"counts", xdp_kern_counts},
	{"up_is_the_same", xdp_kern_up_is_the_same},
	{"down_is_the_same", xdp_kern_down_is_the_same},
	{NULL, NULL},
};
const struct test_suite suite_xdp_kern = {"xdp_kern", cases};
