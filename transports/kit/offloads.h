/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a port answers to ist_transport.offloads, row by row. */
#ifndef TRANSPORTS_KIT_OFFLOADS_H
#define TRANSPORTS_KIT_OFFLOADS_H

#include "transports/transport.h"

struct offloads {
	struct ist_offload *out;
	unsigned room, n; /* rows that fit, that there are */
};

void offloads_add(struct offloads *l, struct ist_offload row);
/* One that the settings want, or not (off: what in them would switch it on), and that the kernel
 * was asked for; err: its errno, 0 = it has it.  absent: the kernel that has it. */
void offloads_asked(struct offloads *l, const char *words, bool wanted, int err, const char *off,
		    const char *absent);
/* The buffer of a socket, SO_RCVBUF or SO_SNDBUF; asked: octets, 0 = nothing was asked. */
void offloads_buffer(struct offloads *l, int fd, int option, uint32_t asked);

#endif
