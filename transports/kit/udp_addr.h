/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP end points: text, opaque address and socket address, one into the other.  IPv4 and IPv6;
 * names are not resolved.  The text is "192.0.2.1:1701", "[2001:db8::1]:1701" or
 * "[fe80::1%eth0]:1701"; the port may be left out, the brackets too when it is.
 */
#ifndef TRANSPORTS_KIT_UDP_ADDR_H
#define TRANSPORTS_KIT_UDP_ADDR_H

#include "transports/transport.h"

#include <sys/socket.h>

#define UDP_PORT_L2TP 1701 /* RFC 2661 8.1 */

/* Without gaps and zero filled, so that memcmp is equality. */
struct udp_ep {
	uint8_t ip[16]; /* IPv4: the first 4 */
	uint32_t scope; /* interface of an IPv6 link-local address */
	uint16_t port;
	uint8_t family; /* 4 or 6; 0 = nothing */
	uint8_t zero;
};

bool udp_ep_parse(struct udp_ep *out, const char *text, uint16_t default_port);
/* snprintf rules */
int udp_ep_format(const struct udp_ep *e, char *buf, size_t len);
bool udp_ep_wildcard(const struct udp_ep *e);
/* For limits per source: the same IPv4 address, or the same /64 of IPv6, which is what one host
 * has.  Ports do not count. */
bool udp_ep_same_source(const struct udp_ep *a, const struct udp_ep *b);
/* The same as an order, for sorting: 0 = one source. */
int udp_ep_source_order(const struct udp_ep *a, const struct udp_ep *b);
socklen_t udp_ep_to_sock(const struct udp_ep *e, struct sockaddr_storage *out);
bool udp_ep_from_sock(struct udp_ep *out, const struct sockaddr_storage *ss);

void udp_ep_to_addr(const struct udp_ep *e, struct ist_addr *out);
bool udp_ep_from_addr(struct udp_ep *out, const struct ist_addr *a);

/* Is e inside a pattern: "*", an address with or without port, a prefix "192.0.2.0/24", or a prefix
 * with port "[2001:db8::/32]:1701", "192.0.2.0/24:1701"? */
bool udp_ep_match(const struct udp_ep *e, const char *pattern);

#endif
