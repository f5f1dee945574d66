/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks go round: the kernel fills one until it is full or its time is over, sets TP_STATUS_USER,
 * and we give it back when its frames were handed on.  What finds no free block is lost in the
 * kernel, and counted there (PACKET_STATISTICS).
 */
#include "transports/link/link_ring.h"

#include <linux/if_packet.h>
#include <stdatomic.h>
#include <string.h>

#define READING 0x40000000u /* in a block's status, beside the kernel's bits: it is being read */

static uint8_t *link_blocks_block(const struct link_ring *g, unsigned i)
{
	return g->at + (size_t)(i % g->shape->blocks) * g->shape->block;
}

static _Atomic uint32_t *link_blocks_status(const struct link_ring *g, unsigned i)
{
	return (_Atomic uint32_t *)(void *)(link_blocks_block(g, i) +
					    offsetof(struct tpacket_block_desc,
						     hdr.bh1.block_status));
}

static bool link_blocks_is_ours(const struct link_ring *g, unsigned i)
{
	return atomic_load_explicit(link_blocks_status(g, i), memory_order_acquire) &
	       TP_STATUS_USER;
}

/* The kernel numbers the blocks as it opens them, and may open one while we look: what it has
 * handed over lies before the youngest. */
static unsigned link_blocks_oldest(const struct link_ring *g)
{
	const unsigned all = g->shape->blocks;
	unsigned at = 0, back = 0;
	uint64_t most = 0;

	for (unsigned i = 0; i < all; i++) {
		struct tpacket_block_desc d;

		memcpy(&d, link_blocks_block(g, i), sizeof(d));
		if (d.hdr.bh1.seq_num <= most)
			continue;
		most = d.hdr.bh1.seq_num;
		at = i;
	}
	while (back + 1 < all && link_blocks_is_ours(g, at + all - back - 1))
		back++;
	return (at + all - back) % all;
}

static void link_blocks_give_back(struct link_ring *g)
{
	atomic_store_explicit(link_blocks_status(g, g->next), TP_STATUS_KERNEL,
			      memory_order_release);
	g->next = (g->next + 1) % g->shape->blocks;
}

void link_blocks_adopt(struct link_ring *g, uint32_t *lost)
{
	struct tpacket_block_desc d;

	g->next = link_blocks_oldest(g);
	memcpy(&d, link_blocks_block(g, g->next), sizeof(d));
	if (!(d.hdr.bh1.block_status & READING))
		return;
	*lost = d.hdr.bh1.num_pkts;
	link_blocks_give_back(g);
}

/* One frame as its block describes it; false when the link does not want it. */
static bool link_blocks_frame_of(struct link_socket *s, const uint8_t *at, struct link_frame *f)
{
	struct tpacket3_hdr h;

	memcpy(&h, at, sizeof(h));
	return link_ring_take(s, at + TPACKET_ALIGN(sizeof(h)), at + h.tp_mac, h.tp_snaplen,
			      h.tp_len, f);
}

static unsigned link_blocks_hand_on(struct link_socket *s, const uint8_t *block)
{
	struct tpacket_block_desc d;
	struct link_frame frames[LINK_RING_BATCH];
	unsigned n = 0;
	size_t at;

	memcpy(&d, block, sizeof(d));
	at = d.hdr.bh1.offset_to_first_pkt;
	for (uint32_t i = 0; i < d.hdr.bh1.num_pkts; i++) {
		uint32_t step;

		n += link_blocks_frame_of(s, block + at, &frames[n]);
		memcpy(&step, block + at, sizeof(step)); /* tp_next_offset */
		at += step;
		if (n == LINK_RING_BATCH || (n && i + 1 == d.hdr.bh1.num_pkts)) {
			link_received(s->link, frames, n);
			n = 0;
		}
	}
	return d.hdr.bh1.num_pkts;
}

unsigned link_blocks_receive(struct link_ring *g, struct link_socket *s)
{
	unsigned got = 0;

	for (unsigned i = 0; i < g->shape->blocks && link_blocks_is_ours(g, g->next); i++) {
		link_crowded(s->link, link_blocks_is_ours(g, g->next + g->shape->blocks / 2));
		atomic_fetch_or(link_blocks_status(g, g->next), READING);
		got += link_blocks_hand_on(s, link_blocks_block(g, g->next));
		link_blocks_give_back(g);
	}
	return got;
}
