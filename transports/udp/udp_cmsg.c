/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "transports/udp/udp_cmsg.h"

#include <errno.h>
#include <linux/udp.h>
#include <string.h>
#include <sys/socket.h>

static void udp_cmsg_ep(struct udp_ep *e, uint8_t family, const void *ip, uint32_t scope)
{
	memset(e, 0, sizeof(*e));
	e->family = family;
	memcpy(e->ip, ip, family == 4 ? 4 : 16);
	e->scope = scope;
}

bool udp_cmsg_local(struct msghdr *m, struct udp_ep *out)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo pi;

			memcpy(&pi, CMSG_DATA(c), sizeof(pi));
			udp_cmsg_ep(out, 4, &pi.ipi_spec_dst, 0);
			return true;
		}
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo pi;

			memcpy(&pi, CMSG_DATA(c), sizeof(pi));
			udp_cmsg_ep(out, 6, &pi.ipi6_addr,
				    IN6_IS_ADDR_LINKLOCAL(&pi.ipi6_addr) ? pi.ipi6_ifindex : 0);
			return true;
		}
	}
	return false;
}

uint32_t udp_cmsg_mark(struct msghdr *m)
{
	uint32_t mark = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_MARK)
			memcpy(&mark, CMSG_DATA(c), sizeof(mark));
	return mark;
}

uint32_t udp_cmsg_segment(struct msghdr *m)
{
	int size = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO)
			memcpy(&size, CMSG_DATA(c), sizeof(size));
	return size > 0 ? (uint32_t)size : 0;
}

static void udp_cmsg_put(struct msghdr *m, union udp_cmsg *u, int level, int type,
			 const void *value, size_t len)
{
	size_t at = m->msg_controllen;
	struct cmsghdr *c = (struct cmsghdr *)(void *)(u->buf + at);

	memset(u->buf + at, 0, CMSG_SPACE(len));
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), value, len);
	m->msg_control = u;
	m->msg_controllen = at + CMSG_SPACE(len);
}

void udp_cmsg_put_source(struct msghdr *m, union udp_cmsg *c, const struct udp_ep *local)
{
	struct in6_pktinfo six = {.ipi6_ifindex = local->scope};
	struct in_pktinfo four = {0};

	if (local->family == 4) {
		memcpy(&four.ipi_spec_dst, local->ip, sizeof(four.ipi_spec_dst));
		udp_cmsg_put(m, c, IPPROTO_IP, IP_PKTINFO, &four, sizeof(four));
		return;
	}
	memcpy(&six.ipi6_addr, local->ip, sizeof(six.ipi6_addr));
	udp_cmsg_put(m, c, IPPROTO_IPV6, IPV6_PKTINFO, &six, sizeof(six));
}

void udp_cmsg_put_mark(struct msghdr *m, union udp_cmsg *c, uint32_t mark)
{
	udp_cmsg_put(m, c, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
}

void udp_cmsg_put_tos(struct msghdr *m, union udp_cmsg *c, uint8_t family, int tos)
{
	udp_cmsg_put(m, c, family == 4 ? IPPROTO_IP : IPPROTO_IPV6,
		     family == 4 ? IP_TOS : IPV6_TCLASS, &tos, sizeof(tos));
}

void udp_cmsg_put_segment(struct msghdr *m, union udp_cmsg *c, uint16_t size)
{
	udp_cmsg_put(m, c, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size));
}

void udp_cmsg_copy(struct msghdr *to, union udp_cmsg *c, const struct msghdr *from)
{
	if (from->msg_controllen)
		memcpy(c, from->msg_control, from->msg_controllen);
	to->msg_control = c;
	to->msg_controllen = from->msg_controllen;
}

/* Setting the one that is there already takes the right for it. */
int udp_cmsg_may_mark(int fd)
{
	int mark = 0;

	return setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) < 0 ? -errno : 0;
}
