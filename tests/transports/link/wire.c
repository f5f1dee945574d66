/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/link/wire.h"

#include "tests/harness.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void wire_ask(const char *name, unsigned long what, struct ifreq *r)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc;

	snprintf(r->ifr_name, sizeof(r->ifr_name), "%s", name);
	rc = ioctl(s, what, r);
	close(s);
	CU_ASSERT_EQUAL_FATAL(rc, 0);
}

int wire_open(const char *name, uint16_t arphrd, unsigned mtu)
{
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	struct ifreq r = {.ifr_flags = arphrd ? IFF_TUN | IFF_NO_PI : IFF_TAP | IFF_NO_PI};

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	CU_ASSERT_EQUAL_FATAL(ioctl(fd, TUNSETIFF, &r), 0);
	if (arphrd)
		CU_ASSERT_EQUAL_FATAL(ioctl(fd, TUNSETLINK, (unsigned long)arphrd), 0);
	wire_set_mtu(name, mtu);
	wire_set_up(name, true);
	return fd;
}

int wire_sniff(const char *name, uint16_t protocol)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_ll ll = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(protocol),
				 .sll_ifindex = (int)if_nametoindex(name)};

	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&ll, sizeof(ll)), 0);
	return fd;
}

void wire_write(int fd, const void *p, size_t len)
{
	CU_ASSERT_EQUAL(write(fd, p, len), (ssize_t)len);
}

void wire_send(int fd, const char *name, uint16_t protocol, const void *p, size_t len)
{
	struct sockaddr_ll ll = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(protocol),
				 .sll_ifindex = (int)if_nametoindex(name)};

	CU_ASSERT_EQUAL(sendto(fd, p, len, 0, (struct sockaddr *)&ll, sizeof(ll)), (ssize_t)len);
}

size_t wire_read(int fd, void *out, size_t cap, size_t at, uint16_t type)
{
	struct pollfd p = {fd, POLLIN, 0};
	uint8_t *o = out;

	while (poll(&p, 1, 5000) > 0) {
		ssize_t n = read(fd, out, cap);

		if (n >= (ssize_t)at + 2 && (o[at] << 8 | o[at + 1]) == type)
			return (size_t)n;
	}
	return 0;
}

void wire_set_up(const char *name, bool up)
{
	struct ifreq r = {.ifr_flags = up ? IFF_UP : 0};

	wire_ask(name, SIOCSIFFLAGS, &r);
}

unsigned wire_flags(const char *name)
{
	struct ifreq r;

	wire_ask(name, SIOCGIFFLAGS, &r);
	return (unsigned short)r.ifr_flags;
}

void wire_rename(const char *name, const char *to)
{
	struct ifreq r = {.ifr_flags = 0};

	wire_set_up(name, false);
	snprintf(r.ifr_newname, sizeof(r.ifr_newname), "%s", to);
	wire_ask(name, SIOCSIFNAME, &r);
}

void wire_mac(const char *name, uint8_t mac[6])
{
	struct ifreq r;

	wire_ask(name, SIOCGIFHWADDR, &r);
	memcpy(mac, r.ifr_hwaddr.sa_data, 6);
}

void wire_set_mac(const char *name, const uint8_t mac[6])
{
	struct ifreq r = {.ifr_hwaddr = {.sa_family = ARPHRD_ETHER}};

	memcpy(r.ifr_hwaddr.sa_data, mac, 6);
	wire_ask(name, SIOCSIFHWADDR, &r);
}

uint16_t wire_arphrd(const char *name)
{
	struct ifreq r;

	wire_ask(name, SIOCGIFHWADDR, &r);
	return r.ifr_hwaddr.sa_family;
}

unsigned wire_mtu(const char *name)
{
	struct ifreq r;

	wire_ask(name, SIOCGIFMTU, &r);
	return (unsigned)r.ifr_mtu;
}

void wire_set_mtu(const char *name, unsigned mtu)
{
	struct ifreq r = {.ifr_mtu = (int)mtu};

	wire_ask(name, SIOCSIFMTU, &r);
}
