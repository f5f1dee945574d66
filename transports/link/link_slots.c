/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slots go round: the kernel writes a frame into the next one, sets TP_STATUS_USER and wakes us; we
 * give it back when the frame was handed on.  What finds the next slot taken is lost in the kernel,
 * and counted there (PACKET_STATISTICS).
 *
 * A frame that is longer than a slot, as from a veth peer that leaves segmentation to the hardware,
 * has its beginning in the slot (TP_STATUS_COPY) and lies whole in the queue of the socket.
 *
 * Slots bear no number, so what another process must know to go on is kept in the ring itself: at
 * the end of its first block, where no slot is, since slots do not fill a block.
 */
#include "transports/link/link_ring.h"

#include <linux/if_packet.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#define TURN   512u /* frames; others want to be served, too */
#define COPIES 1024u
#define LINE   64u /* octets of the cache */

/* The next slot << 8 | how many from there on are being read. */
static _Atomic uint32_t *link_slots_mark(const struct link_ring *g)
{
	return (_Atomic uint32_t *)(void *)(g->at + g->shape->block - sizeof(uint32_t));
}

static void link_slots_note(const struct link_ring *g, unsigned reading)
{
	atomic_store_explicit(link_slots_mark(g), g->next << 8 | reading, memory_order_relaxed);
}

static uint8_t *link_slots_slot(const struct link_ring *g, unsigned i)
{
	const struct link_ring_shape *s = g->shape;
	unsigned in_block = s->block / s->slot;

	return g->at + (size_t)(i / in_block) * s->block + (size_t)(i % in_block) * s->slot;
}

static unsigned link_slots_after(const struct link_ring *g, unsigned i)
{
	return i + 1 < g->shape->slots ? i + 1 : 0;
}

static _Atomic uint32_t *link_slots_status(uint8_t *slot)
{
	return (_Atomic uint32_t *)(void *)slot; /* tp_status comes first */
}

static void link_slots_give_back(struct link_ring *g, unsigned n)
{
	while (n--) {
		atomic_store_explicit(link_slots_status(link_slots_slot(g, g->next)),
				      TP_STATUS_KERNEL, memory_order_release);
		g->next = link_slots_after(g, g->next);
	}
	link_slots_note(g, 0);
}

/* The copies of frames may have been taken or not: none of them is. */
void link_slots_adopt(struct link_ring *g, int fd, uint32_t *lost)
{
	uint32_t mark = atomic_load_explicit(link_slots_mark(g), memory_order_relaxed);
	unsigned reading = mark & 0xff;
	uint8_t octet;

	for (unsigned i = 0; i < COPIES && recv(fd, &octet, sizeof(octet), MSG_DONTWAIT) >= 0; i++)
		;
	g->next = mark >> 8 < g->shape->slots ? mark >> 8 : 0;
	if (reading > LINK_RING_BATCH)
		return;
	*lost = reading;
	link_slots_give_back(g, reading);
}

/* The whole of a frame whose beginning is `data`: its length; 0 when it is not there. */
static uint32_t link_slots_whole(struct link_socket *s, uint8_t *out, const uint8_t *data,
				 uint32_t len)
{
	ssize_t n = recv(s->fd, out, LINK_FRAME_MAX, MSG_DONTWAIT | MSG_TRUNC | MSG_PEEK);

	if (n < (ssize_t)len || memcmp(out, data, len < LINK_FRAME_MAX ? len : LINK_FRAME_MAX))
		return 0;
	recv(s->fd, out, 1, MSG_DONTWAIT);
	return n <= (ssize_t)LINK_FRAME_MAX ? (uint32_t)n : 0;
}

static bool link_slots_frame_of(const struct link_ring *g, struct link_socket *s,
				const uint8_t *slot, unsigned *copies, struct link_frame *f)
{
	uint8_t *whole = s->buffer + (size_t)*copies * LINK_FRAME_MAX;
	const uint8_t *data;
	struct tpacket2_hdr h;

	memcpy(&h, slot, sizeof(h));
	if (h.tp_mac > g->shape->slot || h.tp_snaplen > g->shape->slot - h.tp_mac)
		h.tp_snaplen = h.tp_mac = 0; /* nothing the kernel would write */
	data = slot + h.tp_mac;
	if (h.tp_status & TP_STATUS_COPY) {
		uint32_t len = link_slots_whole(s, whole, data, h.tp_snaplen);

		++*copies;
		if (len) {
			h.tp_snaplen = len;
			data = whole;
		}
	}
	return link_ring_take(s, slot + TPACKET_ALIGN(sizeof(h)), data, h.tp_snaplen, h.tp_len, f);
}

/* At most a batch, and of copies what the buffer takes.  Another processor has written the slots:
 * what is read of each is asked for here, for all of them at once. */
static unsigned link_slots_count(const struct link_ring *g)
{
	unsigned n = 0, copies = 0;

	for (unsigned at = g->next; n < LINK_RING_BATCH; at = link_slots_after(g, at), n++) {
		uint8_t *slot = link_slots_slot(g, at);
		uint32_t status =
			atomic_load_explicit(link_slots_status(slot), memory_order_acquire);

		if (!(status & TP_STATUS_USER))
			break;
		copies += status & TP_STATUS_COPY ? 1 : 0;
		if (copies > LINK_SOCKET_BATCH)
			break;
		__builtin_prefetch(slot + LINE);
		__builtin_prefetch(slot + 2 * LINE);
	}
	return n;
}

/* The slot half way round is taken only when all before it are. */
static bool link_slots_are_many(const struct link_ring *g)
{
	unsigned at = g->next + g->shape->slots / 2;
	uint8_t *slot = link_slots_slot(g, at < g->shape->slots ? at : at - g->shape->slots);

	return atomic_load_explicit(link_slots_status(slot), memory_order_relaxed) & TP_STATUS_USER;
}

static unsigned link_slots_hand_on(struct link_ring *g, struct link_socket *s)
{
	struct link_frame frames[LINK_RING_BATCH];
	unsigned got = link_slots_count(g), n = 0, at = g->next, copies = 0;

	if (!got)
		return 0;
	link_slots_note(g, got);
	link_crowded(s->link, got == LINK_RING_BATCH && link_slots_are_many(g));
	for (unsigned i = 0; i < got; i++, at = link_slots_after(g, at))
		n += link_slots_frame_of(g, s, link_slots_slot(g, at), &copies, &frames[n]);
	if (n)
		link_received(s->link, frames, n);
	link_slots_give_back(g, got);
	return got;
}

unsigned link_slots_receive(struct link_ring *g, struct link_socket *s)
{
	unsigned got = 0, n;

	do {
		n = link_slots_hand_on(g, s);
		got += n;
	} while (n && got < TURN);
	return got;
}
