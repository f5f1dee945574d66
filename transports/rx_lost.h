/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a socket's receive buffer had no room for: the kernel drops it in silence and keeps a number,
 * which is asked for (SO_MEMINFO) when counters are read rather than with every datagram.
 */
#ifndef TRANSPORTS_RX_LOST_H
#define TRANSPORTS_RX_LOST_H

#include <linux/sock_diag.h>
#include <stdint.h>
#include <sys/socket.h>

/* Datagrams lost since the socket was made; a kernel that does not tell: 0. */
static inline uint32_t rx_lost(int fd)
{
	uint32_t info[SK_MEMINFO_VARS] = {0};
	socklen_t len = sizeof(info);

	return getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) ? 0 : info[SK_MEMINFO_DROPS];
}

#endif
