/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks go round: the kernel fills one until it is full or RETIRE has passed, sets TP_STATUS_USER,
 * and we give it back when its frames were handed on.  What finds no free block is lost in the
 * kernel, and counted there (PACKET_STATISTICS).
 */
#define _GNU_SOURCE
#include "transports/link/link_ring.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define RETIRE	 1u    /* ms */
#define SLOT_MAX 2048u /* what the kernel checks its arithmetic by; frames may be longer */
#define BATCH	 64u

static int link_ring_map(struct link_ring *g, int fd, unsigned next)
{
	void *at = mmap(NULL, (size_t)LINK_RING_BLOCK * LINK_RING_BLOCKS, PROT_READ | PROT_WRITE,
			MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return -errno;
	*g = (struct link_ring){at, next};
	return 0;
}

int link_ring_open(struct link_ring *g, int fd)
{
	struct tpacket_req3 want = {
		.tp_block_size = LINK_RING_BLOCK,
		.tp_block_nr = LINK_RING_BLOCKS,
		.tp_frame_size = SLOT_MAX,
		.tp_frame_nr = LINK_RING_BLOCK / SLOT_MAX * LINK_RING_BLOCKS,
		.tp_retire_blk_tov = RETIRE,
	};
	int version = TPACKET_V3, r;

	if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &want, sizeof(want)) < 0)
		return -errno;
	r = link_ring_map(g, fd, 0);
	if (!r)
		return 0;
	memset(&want, 0, sizeof(want));
	setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &want, sizeof(want));
	return r;
}

/* The kernel fills it meanwhile, and refuses a mapping of another size. */
int link_ring_hand(struct link_ring *g, int fd, struct handover *h)
{
	uint32_t block = handover_word(h, LINK_RING_BLOCK, UINT32_MAX);
	uint32_t blocks = handover_word(h, LINK_RING_BLOCKS, UINT32_MAX);
	unsigned next = handover_word(h, g->next, LINK_RING_BLOCKS - 1);

	if (!h->thawing)
		return 0;
	if (h->bad || block != LINK_RING_BLOCK || blocks != LINK_RING_BLOCKS)
		return -EINVAL;
	return link_ring_map(g, fd, next);
}

void link_ring_close(struct link_ring *g)
{
	if (g->blocks)
		munmap(g->blocks, (size_t)LINK_RING_BLOCK * LINK_RING_BLOCKS);
	g->blocks = NULL;
}

/* One frame as its block describes it; false when the link does not want it. */
static bool link_ring_frame_of(struct link_socket *s, const uint8_t *at, struct link_frame *f)
{
	struct tpacket3_hdr h;
	struct sockaddr_storage from = {0};

	memcpy(&h, at, sizeof(h));
	memcpy(&from, at + TPACKET_ALIGN(sizeof(h)), sizeof(struct sockaddr_ll));
	*f = (struct link_frame){NULL, at + h.tp_mac, 0, h.tp_snaplen};
	if (h.tp_snaplen < h.tp_len || h.tp_snaplen > LINK_FRAME_MAX) {
		link_counted(s->link, LINK_RX_TOO_LONG);
		return false;
	}
	return s->take(s->impl, &from, f);
}

static void link_ring_hand_on(struct link_socket *s, const uint8_t *block)
{
	struct tpacket_block_desc d;
	struct link_frame frames[BATCH];
	unsigned n = 0;
	size_t at;

	memcpy(&d, block, sizeof(d));
	at = d.hdr.bh1.offset_to_first_pkt;
	for (uint32_t i = 0; i < d.hdr.bh1.num_pkts; i++) {
		uint32_t step;

		n += link_ring_frame_of(s, block + at, &frames[n]);
		memcpy(&step, block + at, sizeof(step)); /* tp_next_offset */
		at += step;
		if (n == BATCH || (n && i + 1 == d.hdr.bh1.num_pkts)) {
			link_received(s->link, frames, n);
			n = 0;
		}
	}
}

void link_ring_receive(struct link_ring *g, struct link_socket *s)
{
	for (unsigned i = 0; i < LINK_RING_BLOCKS && g->blocks; i++) {
		uint8_t *block = g->blocks + (size_t)g->next * LINK_RING_BLOCK;
		_Atomic uint32_t *status =
			(_Atomic uint32_t *)(void *)(block + offsetof(struct tpacket_block_desc,
								      hdr.bh1.block_status));

		if (!(atomic_load_explicit(status, memory_order_acquire) & TP_STATUS_USER))
			return;
		link_ring_hand_on(s, block);
		atomic_store_explicit(status, TP_STATUS_KERNEL, memory_order_release);
		g->next = (g->next + 1) % LINK_RING_BLOCKS;
	}
}
