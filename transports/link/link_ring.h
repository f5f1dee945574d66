/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The receive ring of a packet socket: memory that the kernel fills with frames and we read without
 * a system call.  It comes in two kinds.
 *
 *   slots    (TPACKET_V2) a place for each frame, handed over by itself: a frame that comes alone
 *            wakes us at once, and under load many are there when we look
 *   blocks   (TPACKET_V3) frames lie close together and are handed over by the block, when it is
 *            full or its time is over: a frame that comes alone waits 1 to 4 ms, but the same
 * memory holds many more short frames
 *
 * Each has a few shapes, so that the ring a process has left behind is known by the kernel's
 * version number and its size.
 */
#ifndef TRANSPORTS_LINK_LINK_RING_H
#define TRANSPORTS_LINK_LINK_RING_H

#include "transports/link/link_kind.h"

enum link_ring_of { LINK_RING_SLOTS, LINK_RING_BLOCKS };

struct link_ring_shape {
	enum link_ring_of of;
	uint32_t block, blocks; /* octets of a block, blocks: what the kernel allocates */
	uint32_t slot;		/* octets of a slot */
	uint32_t slots;		/* in the ring; 0 = there are none */
};

struct link_ring {
	uint8_t *at; /* NULL = there is none */
	const struct link_ring_shape *shape;
	unsigned next; /* block or slot */
};

/* Most frames have at most `most` octets, the device's header included.  -errno when the kernel has
 * no such ring, or fd has one (-EBUSY): the socket is unchanged. */
int link_ring_open(struct link_ring *g, int fd, enum link_ring_of of, uint32_t most);
void link_ring_close(struct link_ring *g);
/* The ring that a process which has died has left in fd.  *lost: frames that it was reading, one of
 * which may have killed it; they are not read again. */
int link_ring_adopt(struct link_ring *g, int fd, uint32_t *lost);
/* There is no ring in fd any more. */
void link_ring_forget(int fd);
/* To another process, or from one: fd has come with it, and the frames in it are read there.  0;
 * -errno: the ring of fd is another one. */
int link_ring_hand(struct link_ring *g, int fd, struct handover *h);
/* Frames that are handed over, to s->take, then to the link; what is left is read when we are
 * called again.  How many there were, with those that are not wanted. */
unsigned link_ring_receive(struct link_ring *g, struct link_socket *s);

/* --- the two kinds, between these files -------------------------------------------------------- */

/* The ring is mapped and was another process's: find where to go on. */
void link_blocks_adopt(struct link_ring *g, uint32_t *lost);
unsigned link_blocks_receive(struct link_ring *g, struct link_socket *s);
void link_slots_adopt(struct link_ring *g, int fd, uint32_t *lost);
unsigned link_slots_receive(struct link_ring *g, struct link_socket *s);
/* What a ring says of a frame: false when the link does not want it. */
bool link_ring_take(struct link_socket *s, const void *from, const uint8_t *data, uint32_t len,
		    uint32_t wire_len, struct link_frame *f);

#define LINK_RING_BATCH 64u /* frames handed on at once */

extern const struct link_ring_shape link_ring_shapes[];
#define LINK_RING_SHAPES 4u

#endif
