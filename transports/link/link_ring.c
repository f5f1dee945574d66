/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both kinds of ring have in common: asking the kernel for one, mapping it, and finding one
 * again that another process had.
 */
#define _GNU_SOURCE
#include "transports/link/link_ring.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define RETIRE	   1u	 /* ms: a block is handed over at the latest */
#define BLOCK_SLOT 2048u /* what the kernel checks its arithmetic of blocks by */
#define SLOT_HEAD                                                                                \
	(TPACKET_ALIGN(TPACKET_ALIGN(sizeof(struct tpacket2_hdr)) + sizeof(struct sockaddr_ll) + \
		       16u)) /* what the kernel puts in front of a frame */

/* Sizes are all different.  Slots are an odd number of cache lines apart, since by a power of two
 * their heads would share a few places of the cache, and leave room at the end of a block for
 * link_slots.c.  The first of a kind
 * that holds the frames is taken; the last one holds all. */
const struct link_ring_shape link_ring_shapes[LINK_RING_SHAPES] = {
	{LINK_RING_SLOTS, 1u << 16, 96, 320, 96 * ((1u << 16) / 320)},
	{LINK_RING_SLOTS, 1u << 16, 128, 2112, 128 * ((1u << 16) / 2112)},
	{LINK_RING_SLOTS, 1u << 16, 256, 10432, 256 * ((1u << 16) / 10432)},
	{LINK_RING_BLOCKS, 1u << 15, 128, BLOCK_SLOT, 0},
};

static int link_ring_version(const struct link_ring_shape *s)
{
	return s->of == LINK_RING_SLOTS ? TPACKET_V2 : TPACKET_V3;
}

static size_t link_ring_size(const struct link_ring_shape *s)
{
	return (size_t)s->block * s->blocks;
}

static bool link_ring_fits(const struct link_ring_shape *s, uint32_t most)
{
	if (most > LINK_FRAME_MAX)
		most = LINK_FRAME_MAX;
	return s->of == LINK_RING_BLOCKS || most <= s->slot - SLOT_HEAD;
}

static int link_ring_map(struct link_ring *g, int fd, const struct link_ring_shape *s)
{
	void *at = mmap(NULL, link_ring_size(s), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return -errno;
	*g = (struct link_ring){at, s, 0};
	return 0;
}

static int link_ring_make(struct link_ring *g, int fd, const struct link_ring_shape *s)
{
	struct tpacket_req3 want = {
		.tp_block_size = s->block,
		.tp_block_nr = s->blocks,
		.tp_frame_size = s->slot,
		.tp_frame_nr = s->slots ? s->slots : s->block / s->slot * s->blocks,
		.tp_retire_blk_tov = RETIRE,
	};
	socklen_t len = s->slots ? sizeof(struct tpacket_req) : sizeof(want);
	int version = link_ring_version(s), copies = s->slots != 0, r;

	if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_COPY_THRESH, &copies, sizeof(copies)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &want, len) < 0)
		return -errno;
	r = link_ring_map(g, fd, s);
	if (r)
		link_ring_forget(fd);
	return r;
}

int link_ring_open(struct link_ring *g, int fd, enum link_ring_of of, uint32_t most)
{
	for (size_t i = 0; i < LINK_RING_SHAPES; i++)
		if (link_ring_shapes[i].of == of && link_ring_fits(&link_ring_shapes[i], most))
			return link_ring_make(g, fd, &link_ring_shapes[i]);
	return -EMSGSIZE;
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

/* The kernel maps a ring only whole. */
int link_ring_adopt(struct link_ring *g, int fd, uint32_t *lost)
{
	int version, r = -ENOENT;
	socklen_t len = sizeof(version);

	*lost = 0;
	if (getsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, &len) < 0)
		return -errno;
	for (size_t i = 0; i < LINK_RING_SHAPES && r; i++)
		if (link_ring_version(&link_ring_shapes[i]) == version)
			r = link_ring_map(g, fd, &link_ring_shapes[i]);
	if (r)
		return r;
	if (g->shape->slots)
		link_slots_adopt(g, fd, lost);
	else
		link_blocks_adopt(g, lost);
	return 0;
}

/* A ring of blocks goes as it always has: size of a block, blocks, the next one.  One of slots:
 * size of a slot, slots, the next one. */
static uint32_t link_ring_each(const struct link_ring_shape *s)
{
	return s->slots ? s->slot : s->block;
}

static uint32_t link_ring_number(const struct link_ring_shape *s)
{
	return s->slots ? s->slots : s->blocks;
}

/* The kernel fills it meanwhile, and refuses a mapping of another size. */
int link_ring_hand(struct link_ring *g, int fd, struct handover *h)
{
	uint32_t each = handover_word(h, g->at ? link_ring_each(g->shape) : 0, UINT32_MAX);
	uint32_t number = handover_word(h, g->at ? link_ring_number(g->shape) : 0, UINT32_MAX);
	unsigned next = handover_word(h, g->next, UINT32_MAX);
	int r = -EINVAL;

	if (!h->thawing)
		return 0;
	for (size_t i = 0; i < LINK_RING_SHAPES && !h->bad && next < number; i++)
		if (each == link_ring_each(&link_ring_shapes[i]) &&
		    number == link_ring_number(&link_ring_shapes[i]))
			r = link_ring_map(g, fd, &link_ring_shapes[i]);
	if (!r)
		g->next = next;
	return r;
}

void link_ring_close(struct link_ring *g)
{
	if (g->at)
		munmap(g->at, link_ring_size(g->shape));
	g->at = NULL;
}

bool link_ring_take(struct link_socket *s, const void *from, const uint8_t *data, uint32_t len,
		    uint32_t wire_len, struct link_frame *f)
{
	*f = (struct link_frame){NULL, data, 0, len};
	if (len < wire_len || len > LINK_FRAME_MAX) {
		link_counted(s->link, LINK_RX_TOO_LONG);
		return false;
	}
	return s->take(s->impl, from, f);
}

unsigned link_ring_receive(struct link_ring *g, struct link_socket *s)
{
	if (!g->at)
		return 0;
	return g->shape->slots ? link_slots_receive(g, s) : link_blocks_receive(g, s);
}
