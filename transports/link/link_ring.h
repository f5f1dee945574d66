/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The receive ring of a packet socket (TPACKET_V3): the kernel fills blocks of shared memory with
 * frames and hands over whole blocks, so that a burst costs one wake-up and no copy by us.
 */
#ifndef TRANSPORTS_LINK_LINK_RING_H
#define TRANSPORTS_LINK_LINK_RING_H

#include "transports/link/link_kind.h"

#define LINK_RING_BLOCK	 (1u << 18)
#define LINK_RING_BLOCKS 16u

struct link_ring {
	uint8_t *blocks; /* NULL = there is none */
	unsigned next;	 /* block */
};

/* -errno when the kernel has no TPACKET_V3: the socket is unchanged. */
int link_ring_open(struct link_ring *g, int fd);
void link_ring_close(struct link_ring *g);
/* To another process, or from one: fd has come with it, and the frames in it are read there.  0;
 * -errno: the ring of fd is another one. */
int link_ring_hand(struct link_ring *g, int fd, struct handover *h);
/* Every block that is handed over: its frames to s->take, then to the link. */
void link_ring_receive(struct link_ring *g, struct link_socket *s);

#endif
