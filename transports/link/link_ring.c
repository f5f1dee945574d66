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

#define RETIRE	 1u	     /* ms */
#define READING	 0x40000000u /* in a block's status, beside the kernel's bits: it is being read */
#define SLOT_MAX 2048u	     /* what the kernel checks its arithmetic by; frames may be longer */
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
	if (r)
		link_ring_forget(fd);
	return r;
}

/* The version cannot be set while there is a ring.  Without one the kernel would forget what waits
 * in the socket. */
void link_ring_forget(int fd)
{
	const struct tpacket_req3 none = {0};
	int version = TPACKET_V1;

	if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) < 0)
		setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &none, sizeof(none));
}

static uint8_t *link_ring_block(const struct link_ring *g, unsigned i)
{
	return g->blocks + (size_t)(i % LINK_RING_BLOCKS) * LINK_RING_BLOCK;
}

static _Atomic uint32_t *link_ring_status(const struct link_ring *g, unsigned i)
{
	return (_Atomic uint32_t *)(void *)(link_ring_block(g, i) +
					    offsetof(struct tpacket_block_desc,
						     hdr.bh1.block_status));
}

static bool link_ring_is_ours(const struct link_ring *g, unsigned i)
{
	return atomic_load_explicit(link_ring_status(g, i), memory_order_acquire) & TP_STATUS_USER;
}

/* The kernel numbers the blocks as it opens them, and may open one while we look: what it has
 * handed over lies before the youngest. */
static unsigned link_ring_oldest(const struct link_ring *g)
{
	unsigned at = 0, back = 0;
	uint64_t most = 0;

	for (unsigned i = 0; i < LINK_RING_BLOCKS; i++) {
		struct tpacket_block_desc d;

		memcpy(&d, link_ring_block(g, i), sizeof(d));
		if (d.hdr.bh1.seq_num <= most)
			continue;
		most = d.hdr.bh1.seq_num;
		at = i;
	}
	while (back + 1 < LINK_RING_BLOCKS &&
	       link_ring_is_ours(g, at + LINK_RING_BLOCKS - back - 1))
		back++;
	return (at + LINK_RING_BLOCKS - back) % LINK_RING_BLOCKS;
}

static void link_ring_give_back(struct link_ring *g)
{
	atomic_store_explicit(link_ring_status(g, g->next), TP_STATUS_KERNEL, memory_order_release);
	g->next = (g->next + 1) % LINK_RING_BLOCKS;
}

int link_ring_adopt(struct link_ring *g, int fd, uint32_t *lost)
{
	struct tpacket_block_desc d;
	int r = link_ring_map(g, fd, 0);

	*lost = 0;
	if (r)
		return r;
	g->next = link_ring_oldest(g);
	memcpy(&d, link_ring_block(g, g->next), sizeof(d));
	if (!(d.hdr.bh1.block_status & READING))
		return 0;
	*lost = d.hdr.bh1.num_pkts;
	link_ring_give_back(g);
	return 0;
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
		if (!link_ring_is_ours(g, g->next))
			return;
		atomic_fetch_or(link_ring_status(g, g->next), READING);
		link_ring_hand_on(s, link_ring_block(g, g->next));
		link_ring_give_back(g);
	}
}
