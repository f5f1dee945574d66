/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h" /* first: GNU extensions */

#include "tests/gw/netns.h"
#include "gw/dp/dp.h"
#include "gw/ip/ip.h"
#include "tests/harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool netns_proc(const char *file, const char *text, char *line, size_t cap)
{
	char path[64];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/thread-self/net/%s", file);
	f = fopen(path, "r");
	if (!f)
		abort();
	while (!found && fgets(line, (int)cap, f))
		found = strstr(line, text);
	fclose(f);
	return found;
}

/* The local route is the one with metric 0: address, 128, no source, no gateway, metric. */
#define LOCAL_ROUTE " 80 " ZERO " 00 " ZERO " 00000000 "
#define ZERO	    "00000000000000000000000000000000"

bool netns_settled6(const uint8_t addr[16])
{
	uint64_t end = dp_now() + 10000000;
	char want[160], line[256];

	for (unsigned i = 0; i < 16; i++)
		snprintf(want + 2 * i, sizeof(want) - 2 * i, "%02x", addr[i]);
	snprintf(want + 32, sizeof(want) - 32, LOCAL_ROUTE);
	while (!netns_proc("ipv6_route", want, line, sizeof(line))) {
		if (dp_now() > end)
			return false;
		sched_yield();
	}
	return true;
}

static int must(int fd)
{
	if (fd < 0)
		abort();
	return fd;
}

int netns_udp4(uint32_t addr, uint16_t port)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(addr)};
	int fd = must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));

	must(bind(fd, (struct sockaddr *)&sa, sizeof(sa)));
	return fd;
}

int netns_udp6(const uint8_t addr[16], uint16_t port)
{
	struct sockaddr_in6 sa = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = must(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));

	memcpy(&sa.sin6_addr, addr, 16);
	must(bind(fd, (struct sockaddr *)&sa, sizeof(sa)));
	return fd;
}

static struct sockaddr_ll netns_device(const char *device, uint16_t protocol)
{
	return (struct sockaddr_ll){.sll_family = AF_PACKET,
				    .sll_protocol = htons(protocol),
				    .sll_ifindex = (int)if_nametoindex(device)};
}

int netns_sniff(const char *device)
{
	struct sockaddr_ll sa = netns_device(device, ETH_P_ALL);
	int fd = must(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));

	must(bind(fd, (struct sockaddr *)&sa, sizeof(sa)));
	return fd;
}

long netns_send4(int fd, uint32_t addr, uint16_t port, const void *p, size_t len)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(addr)};

	return sendto(fd, p, len, 0, (struct sockaddr *)&sa, sizeof(sa));
}

long netns_send6(int fd, const uint8_t addr[16], uint16_t port, const void *p, size_t len)
{
	struct sockaddr_in6 sa = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	memcpy(&sa.sin6_addr, addr, 16);
	return sendto(fd, p, len, 0, (struct sockaddr *)&sa, sizeof(sa));
}

long netns_send_raw(int fd, const char *device, const void *p, size_t len)
{
	struct sockaddr_ll sa = netns_device(device, ETH_P_IP);

	return sendto(fd, p, len, 0, (struct sockaddr *)&sa, sizeof(sa));
}

static void put_udp(uint8_t *udp, uint16_t port, uint32_t pseudo, const void *p, size_t len)
{
	wr_put16(udp, 4000);
	wr_put16(udp + 2, port);
	wr_put16(udp + 4, (uint16_t)(8 + len));
	wr_put16(udp + 6, 0);
	memcpy(udp + 8, p, len);
	wr_put16(udp + 6, (uint16_t)~ip_fold(ip_sum(pseudo, udp, 8 + len)));
}

size_t netns_packet4(uint8_t *out, uint32_t src, uint32_t dst, uint16_t port, const void *p,
		     size_t len)
{
	test_hex(out, 12, "45000000 00010000 40110000");
	wr_put16(out + 2, (uint16_t)(28 + len));
	wr_put32(out + 12, src);
	wr_put32(out + 16, dst);
	wr_put16(out + 10, (uint16_t)~ip_fold(ip_sum(0, out, 20)));
	put_udp(out + 20, port, ip_sum((uint32_t)(8 + len) + 17, out + 12, 8), p, len);
	return 28 + len;
}

size_t netns_packet6(uint8_t *out, const uint8_t *src, const uint8_t *dst, uint16_t port,
		     const void *p, size_t len)
{
	test_hex(out, 8, "60000000 0000 1140");
	wr_put16(out + 4, (uint16_t)(8 + len));
	memcpy(out + 8, src, 16);
	memcpy(out + 24, dst, 16);
	put_udp(out + 40, port, ip_sum((uint32_t)(8 + len) + 17, out + 8, 32), p, len);
	return 48 + len;
}
