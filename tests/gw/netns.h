/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a test does in a network namespace of its own. */
#ifndef TESTS_GW_NETNS_H
#define TESTS_GW_NETNS_H

#include "tests/netns.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Does a line of a file of /proc/net, which is of this namespace, hold the text? */
bool netns_proc(const char *file, const char *text, char *line, size_t cap);
/* The kernel brings IPv6 addresses up in its own time: wait until there is a route to this one. */
bool netns_settled6(const uint8_t addr[16]);

/* UDP sockets, bound; AF_PACKET on a device, which sees bare IP that comes in from it. */
int netns_udp4(uint32_t addr, uint16_t port);
int netns_udp6(const uint8_t addr[16], uint16_t port);
int netns_sniff(const char *device);
/* Send to an address and port; returns what sendto does. */
long netns_send4(int fd, uint32_t addr, uint16_t port, const void *p, size_t len);
long netns_send6(int fd, const uint8_t addr[16], uint16_t port, const void *p, size_t len);
/* Octets as they are, as an IPv4 packet that leaves by the device; fd of netns_sniff(). */
long netns_send_raw(int fd, const char *device, const void *p, size_t len);

/* Packets with good checksums; they return the length. */
size_t netns_packet4(uint8_t *out, uint32_t src, uint32_t dst, uint16_t port, const void *p,
		     size_t len);
size_t netns_packet6(uint8_t *out, const uint8_t *src, const uint8_t *dst, uint16_t port,
		     const void *p, size_t len);

#endif
