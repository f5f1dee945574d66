/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The receive ring of a packet socket (TPACKET_V3): the kernel fills blocks of shared memory with
 * frames and hands over whole blocks, so that a burst costs one wake-up and no copy by us.
 */
#ifndef TRANSPORTS_LINK_LINK_RING_H
#define TRANSPORTS_LINK_LINK_RING_H

#include "transports/link/link_kind.h"

/* A block is handed over when it is full, or a millisecond after its first frame: with so many the
 * ring holds a tenth of a second of any traffic while nobody reads it. */
#define LINK_RING_BLOCK	 (1u << 15)
#define LINK_RING_BLOCKS 128u

struct link_ring {
	uint8_t *blocks; /* NULL = there is none */
	unsigned next;	 /* block */
};

/* -errno when the kernel has no TPACKET_V3, or fd has a ring (-EBUSY): the socket is unchanged. */
int link_ring_open(struct link_ring *g, int fd);
void link_ring_close(struct link_ring *g);
/* The ring that a process which has died has left in fd.  *lost: frames of the block that it was
 * reading, one of which may have killed it; they are not read again. */
int link_ring_adopt(struct link_ring *g, int fd, uint32_t *lost);
/* There is no ring in fd any more. */
void link_ring_forget(int fd);
/* To another process, or from one: fd has come with it, and the frames in it are read there.  0;
 * -errno: the ring of fd is another one. */
int link_ring_hand(struct link_ring *g, int fd, struct handover *h);
/* Every block that is handed over: its frames to s->take, then to the link. */
void link_ring_receive(struct link_ring *g, struct link_socket *s);

#endif
