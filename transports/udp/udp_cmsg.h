/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel says with a datagram besides its octets, and is told with one: which of our
 * addresses it came to or leaves from (RFC 3542 section 6), its codepoint (RFC 2474), and its mark,
 * which is that of the IPsec security association it came by or is to leave by.
 */
#ifndef TRANSPORTS_UDP_UDP_CMSG_H
#define TRANSPORTS_UDP_UDP_CMSG_H

#include "transports/kit/udp_addr.h"

#include <netinet/in.h>

union udp_cmsg {
	struct cmsghdr align;
	char buf[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(int)) +
		 CMSG_SPACE(sizeof(uint32_t)) + CMSG_SPACE(sizeof(int))];
};

/* The address it came to, without a port.  False: the kernel did not say. */
bool udp_cmsg_local(struct msghdr *m, struct udp_ep *out);
/* 0 = none. */
uint32_t udp_cmsg_mark(struct msghdr *m);

/* UDP_GRO: octets of each datagram in the buffer but the last; 0 = the kernel did not say. */
uint32_t udp_cmsg_segment(struct msghdr *m);

/* Each adds to what m has, in c, which is m's from then on.  m begins without any. */
void udp_cmsg_put_source(struct msghdr *m, union udp_cmsg *c, const struct udp_ep *local);
void udp_cmsg_put_mark(struct msghdr *m, union udp_cmsg *c, uint32_t mark);
/* tos: the octet whose upper six bits are the codepoint. */
void udp_cmsg_put_tos(struct msghdr *m, union udp_cmsg *c, uint8_t family, int tos);
/* The kernel cuts the message into datagrams of this size (UDP_SEGMENT). */
void udp_cmsg_put_segment(struct msghdr *m, union udp_cmsg *c, uint16_t size);
/* to has what from has, in c. */
void udp_cmsg_copy(struct msghdr *to, union udp_cmsg *c, const struct msghdr *from);

/* May this process set the mark of what it sends? 0 or -errno. */
int udp_cmsg_may_mark(int fd);

#endif
