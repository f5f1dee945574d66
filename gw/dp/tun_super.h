/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets and super-packets of a TUN device: with IFF_VNET_HDR each one read or written has the
 * header of virtio-net in front, which says how it is to be cut and which checksum is not there
 * yet.
 */
#ifndef GW_DP_TUN_SUPER_H
#define GW_DP_TUN_SUPER_H

#include "gw/dp/dp.h"
#include "gw/ip/super.h"

#include <sys/types.h>
#include <sys/uio.h>

enum tun_offload {
	TUN_TCP = DP_TUN_TCP,
	TUN_UDP = DP_TUN_UDP, /* Linux 6.2 */
	TUN_VNET = 4	      /* the header */
};
#define TUN_FRONT      16u  /* octets before a packet that is read, for the device's header */
#define TUN_HEADERS    100u /* octets of IPv6's and TCP's at most, as a run has them */
#define TUN_SUPER_HEAD 2u   /* pieces of a super-packet before its data */

/* What is had of what is wanted (TUN_TCP, TUN_UDP); the device is told. */
unsigned tun_super_probe(int fd, unsigned want);

/* How a packet that was read is to be cut. */
struct tun_cut {
	uint16_t size; /* 0 = it is one packet */
	bool udp;
};
/* One packet or super-packet to buf, with its checksum finished if it is one packet.  The TUN_FRONT
 * octets before buf are overwritten.  Its length; 0 = dropped, as its header makes no sense; -1 and
 * errno. */
ssize_t tun_super_read(int fd, unsigned offload, uint8_t *buf, size_t room, struct tun_cut *cut);
/* True = written whole. */
bool tun_super_write_one(int fd, unsigned offload, const uint8_t *pkt, size_t len);
/* A run of more than one packet: iov has n pieces, of which the first TUN_SUPER_HEAD are filled in
 * here; head: TUN_HEADERS octets of memory. */
bool tun_super_write(int fd, const struct ip_run *r, uint8_t *head, struct iovec *iov, unsigned n);

#endif
