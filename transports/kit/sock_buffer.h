/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The buffers of a datagram socket: how much they hold, and what the receiving one had no room for.
 * The kernel drops that in silence and keeps a number, which is asked for (SO_MEMINFO) when
 * counters are read rather than with every datagram.
 */
#ifndef TRANSPORTS_KIT_SOCK_BUFFER_H
#define TRANSPORTS_KIT_SOCK_BUFFER_H

#include <linux/sock_diag.h>
#include <stdint.h>
#include <sys/socket.h>

/* SO_RCVBUF or SO_SNDBUF; `force` is its namesake, by which root gets more than the system's limit.
 */
static inline void sock_buffer(int fd, int force, int plain, int octets)
{
	if (setsockopt(fd, SOL_SOCKET, force, &octets, sizeof(octets)) < 0)
		setsockopt(fd, SOL_SOCKET, plain, &octets, sizeof(octets));
}

/* Datagrams lost since the socket was made; a kernel that does not tell: 0. */
static inline uint32_t sock_rx_lost(int fd)
{
	uint32_t info[SK_MEMINFO_VARS] = {0};
	socklen_t len = sizeof(info);

	return getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) ? 0 : info[SK_MEMINFO_DROPS];
}

#endif
