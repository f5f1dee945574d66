/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header of virtio-net (OASIS virtio 1.2, 5.1.6) in the machine's order of octets, 10 octets
 * long, as a TUN device has it unless told otherwise.
 *
 * A packet and its header are one piece of memory: the kernel takes longer over two pieces than we
 * over a copy of a packet.
 */
#define _GNU_SOURCE
#include "gw/dp/tun_super.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Names of Linux 6.2 */
#define USO4	  0x20u
#define USO6	  0x40u
#define UDP_SUPER 5u

#define TUN_COPY 2048u /* octets of a packet that is copied behind its header */

_Static_assert(sizeof(struct virtio_net_hdr) <= TUN_FRONT, "the header goes in front of a packet");

enum { TCP_SUM = 16, UDP_SUM = 6 };

/* read() and write() of the C library may end the thread (pthread_cancel()), which costs two atomic
 * operations for each packet. */
static ssize_t tun_super_get(int fd, void *to, size_t len)
{
	return syscall(SYS_read, fd, to, len);
}

static bool tun_super_put(int fd, const void *from, size_t len)
{
	return syscall(SYS_write, fd, from, len) == (long)len;
}

static bool tun_super_ask(int fd, unsigned want)
{
	unsigned features = want ? TUN_F_CSUM : 0;

	if (want & TUN_TCP)
		features |= TUN_F_TSO4 | TUN_F_TSO6;
	if (want & TUN_UDP)
		features |= USO4 | USO6;
	return !ioctl(fd, TUNSETOFFLOAD, (unsigned long)features);
}

/* A kernel that has not all has those of TCP, or none. */
unsigned tun_super_probe(int fd, unsigned want)
{
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	if (ioctl(fd, TUNGETIFF, &r) < 0 || !(r.ifr_flags & IFF_VNET_HDR))
		return 0;
	want &= TUN_TCP | TUN_UDP;
	while (!tun_super_ask(fd, want) && want)
		want = want & TUN_UDP ? want & ~(unsigned)TUN_UDP : 0;
	return TUN_VNET | want;
}

static bool tun_super_understand(const struct virtio_net_hdr *h, uint8_t *pkt, size_t len,
				 struct tun_cut *cut)
{
	switch (h->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
	case VIRTIO_NET_HDR_GSO_NONE:
		return !(h->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) ||
		       ip_super_finish_sum(pkt, len, h->csum_start, h->csum_offset);
	case UDP_SUPER:
		cut->udp = true;
		break;
	case VIRTIO_NET_HDR_GSO_TCPV4:
	case VIRTIO_NET_HDR_GSO_TCPV6:
		break;
	default:
		return false;
	}
	cut->size = h->gso_size;
	return h->gso_size;
}

ssize_t tun_super_read(int fd, unsigned offload, uint8_t *buf, size_t room, struct tun_cut *cut)
{
	struct virtio_net_hdr h;
	ssize_t n;

	*cut = (struct tun_cut){0, false};
	if (!(offload & TUN_VNET))
		return tun_super_get(fd, buf, room);
	n = tun_super_get(fd, buf - sizeof(h), sizeof(h) + room);
	if (n < 0)
		return n;
	memcpy(&h, buf - sizeof(h), sizeof(h));
	n -= (ssize_t)sizeof(h);
	return n > 0 && tun_super_understand(&h, buf, (size_t)n, cut) ? n : 0;
}

bool tun_super_write_one(int fd, unsigned offload, const uint8_t *pkt, size_t len)
{
	const size_t head = sizeof(struct virtio_net_hdr);
	uint8_t copy[sizeof(struct virtio_net_hdr) + TUN_COPY];
	struct iovec iov[] = {{copy, head}, {(void *)(uintptr_t)pkt, len}};

	if (!(offload & TUN_VNET))
		return tun_super_put(fd, pkt, len);
	memset(copy, 0, head);
	if (len > TUN_COPY)
		return writev(fd, iov, 2) == (ssize_t)(head + len);
	memcpy(copy + head, pkt, len);
	return tun_super_put(fd, copy, head + len);
}

static uint8_t tun_super_type(const struct ip_run *r)
{
	if (!r->tcp)
		return UDP_SUPER;
	return r->v6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
}

bool tun_super_write(int fd, const struct ip_run *r, uint8_t *head, struct iovec *iov, unsigned n)
{
	struct virtio_net_hdr h = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = tun_super_type(r),
		.hdr_len = r->hlen,
		.gso_size = r->size,
		.csum_start = r->at,
		.csum_offset = r->tcp ? TCP_SUM : UDP_SUM,
	};

	ip_run_head(r, head);
	iov[0] = (struct iovec){&h, sizeof(h)};
	iov[1] = (struct iovec){head, r->hlen};
	return writev(fd, iov, (int)n) == (ssize_t)(sizeof(h) + r->len);
}
