/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring of blocks in memory of our own, filled as the kernel does it. */
#include "transports/link/link_ring.h"

#include "tests/harness.h"
#include "tests/transports/link/ends.h"

#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>

/* A link to count and to report: half of a loop, which is up. */
static struct end end, other;
static struct link_socket sock;
static struct link_ring ring;

#define SHAPE  (&link_ring_shapes[LINK_RING_SHAPES - 1])
#define BLOCKS 128u /* of it, as is checked */
#define BLOCK  (1u << 15)

static bool link_blocks_wanted(void *impl, const struct sockaddr_storage *from,
			       struct link_frame *f)
{
	const struct sockaddr_ll *ll = (const struct sockaddr_ll *)from;

	(void)impl;
	(void)f;
	return ll->sll_pkttype != PACKET_OUTGOING;
}

static void link_blocks_begin(void)
{
	end_open(&end, "loop:ring", NULL);
	end_open(&other, "loop:ring", NULL);
	fake_join(&end.h, &other.h);
	fake_run(&end.h, fake_now);
	CU_ASSERT_TRUE_FATAL(link_up(end.l));
	sock = (struct link_socket){.link = end.l, .fd = -1, .take = link_blocks_wanted};
	CU_ASSERT_EQUAL_FATAL(SHAPE->of, LINK_RING_BLOCKS);
	CU_ASSERT_FATAL(SHAPE->blocks == BLOCKS && SHAPE->block == BLOCK);
	ring = (struct link_ring){calloc(BLOCKS, BLOCK), SHAPE, 0};
	CU_ASSERT_PTR_NOT_NULL_FATAL(ring.at);
}

static void link_blocks_finish(void)
{
	free(ring.at);
	end_close(&end);
	end_close(&other);
}

static uint8_t *block(unsigned i)
{
	return ring.at + (size_t)i * BLOCK;
}

static uint32_t status(unsigned i)
{
	struct tpacket_block_desc d;

	memcpy(&d, block(i), sizeof(d));
	return d.hdr.bh1.block_status;
}

/* One more frame into a block that is still the kernel's. */
static void link_blocks_add(unsigned i, const void *data, uint32_t len, uint32_t wire_len,
			    uint8_t type)
{
	const uint32_t head = TPACKET_ALIGN(sizeof(struct tpacket3_hdr));
	const uint32_t mac = head + TPACKET_ALIGN(sizeof(struct sockaddr_ll));
	struct tpacket_block_desc d;
	struct tpacket3_hdr h = {0};
	struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_pkttype = type};
	uint32_t at;

	memcpy(&d, block(i), sizeof(d));
	if (!d.hdr.bh1.num_pkts)
		d.hdr.bh1.offset_to_first_pkt = d.hdr.bh1.blk_len = TPACKET_ALIGN(sizeof(d));
	at = d.hdr.bh1.blk_len;
	h.tp_next_offset = TPACKET_ALIGN(mac + len);
	h.tp_mac = (uint16_t)mac;
	h.tp_snaplen = len;
	h.tp_len = wire_len;
	memcpy(block(i) + at, &h, sizeof(h));
	memcpy(block(i) + at + head, &ll, sizeof(ll));
	memcpy(block(i) + at + mac, data, len);
	d.hdr.bh1.num_pkts++;
	d.hdr.bh1.blk_len += h.tp_next_offset;
	memcpy(block(i), &d, sizeof(d));
}

static void link_blocks_hand_over(unsigned i)
{
	struct tpacket_block_desc d;

	memcpy(&d, block(i), sizeof(d));
	d.hdr.bh1.block_status = TP_STATUS_USER;
	memcpy(block(i), &d, sizeof(d));
}

static void one_block(void)
{
	link_blocks_begin();
	link_blocks_add(0, "first", 5, 5, PACKET_BROADCAST);
	link_blocks_add(0, "ours", 4, 4, PACKET_OUTGOING);
	link_blocks_add(0, "second one", 10, 10, PACKET_HOST);
	link_ring_receive(&ring, &sock); /* not handed over yet */
	CU_ASSERT_EQUAL(end.frames, 0);
	link_blocks_hand_over(0);
	link_ring_receive(&ring, &sock);
	CU_ASSERT_EQUAL(end.frames, 2);
	ASSERT_OCTETS(end.last, end.last_len, "second one", 10);
	CU_ASSERT_EQUAL(status(0), TP_STATUS_KERNEL);
	CU_ASSERT_EQUAL(ring.next, 1);
	link_ring_receive(&ring, &sock);
	CU_ASSERT_EQUAL(end.frames, 2);
	link_blocks_finish();
}

static void cut_and_empty(void)
{
	static uint8_t data[LINK_FRAME_MAX + 1];

	link_blocks_begin();
	link_blocks_add(0, "cut", 3, 4, PACKET_HOST);
	link_blocks_add(0, data, LINK_FRAME_MAX, LINK_FRAME_MAX, PACKET_HOST);
	link_blocks_add(0, data, LINK_FRAME_MAX + 1, LINK_FRAME_MAX + 1, PACKET_HOST);
	link_blocks_hand_over(0);
	link_blocks_hand_over(1); /* a block that timed out with nothing in it */
	link_ring_receive(&ring, &sock);
	CU_ASSERT_EQUAL(end.frames, 1);
	CU_ASSERT_EQUAL(end.last_len, LINK_FRAME_MAX);
	CU_ASSERT_EQUAL(end_count(&end, LINK_RX_TOO_LONG), 2);
	CU_ASSERT_EQUAL(ring.next, 2);
	link_blocks_finish();
}

/* --- the ring that a process has left ----------------------------------------------------------- */

/* As the kernel leaves it: block `young` is open, the `n` before it are handed over. */
static void link_blocks_left(unsigned young, unsigned n, bool open)
{
	link_blocks_begin();
	for (unsigned i = 0; i <= n; i++) {
		unsigned at = (young + BLOCKS - i) % BLOCKS;
		struct tpacket_block_desc d;

		if (i || !open) {
			link_blocks_add(at, "frame", 5, 5, PACKET_HOST);
			link_blocks_hand_over(at);
		}
		memcpy(&d, block(at), sizeof(d));
		d.hdr.bh1.seq_num = 1000 - i;
		memcpy(block(at), &d, sizeof(d));
	}
}

static void what_was_left_is_read(void)
{
	static const struct {
		unsigned young, n;
		bool open; /* else the ring is full, and the kernel waits */
		unsigned next;
	} rows[] = {
		{0, 0, true, 0},	  {5, 0, true, 5},	    {5, 3, true, 2},
		{1, 3, true, BLOCKS - 2}, {0, BLOCKS - 1, true, 1}, {7, BLOCKS - 1, false, 8},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t lost = 0;

		link_blocks_left(rows[i].young, rows[i].n, rows[i].open);
		link_blocks_adopt(&ring, &lost);
		CU_ASSERT_EQUAL(ring.next, rows[i].next);
		CU_ASSERT_EQUAL(lost, 0);
		link_ring_receive(&ring, &sock);
		CU_ASSERT_EQUAL(end.frames, rows[i].n + !rows[i].open);
		link_blocks_finish();
	}
}

static bool link_blocks_dies(void *impl, const struct sockaddr_storage *from, struct link_frame *f)
{
	struct link_ring next = ring;
	uint32_t lost = 0;

	(void)impl;
	(void)from;
	(void)f;
	link_blocks_adopt(&next, &lost);
	CU_ASSERT_EQUAL(lost, 1);
	CU_ASSERT_EQUAL(next.next, ring.next + 1);
	return false;
}

/* A frame that kills its reader would kill the next one too. */
static void what_was_being_read_is_not(void)
{
	uint32_t lost = 0;

	link_blocks_left(5, 3, true);
	link_blocks_adopt(&ring, &lost);
	sock.take = link_blocks_dies; /* while the first block is being read another one looks */
	link_ring_receive(&ring, &sock);
	CU_ASSERT_EQUAL(ring.next, 5);
	link_blocks_adopt(&ring, &lost);
	CU_ASSERT_EQUAL(lost, 0);
	link_blocks_finish();
}

/* Three times round, with more frames in a block than are handed on at once. */
static void round_and_round(void)
{
	unsigned sent = 0;

	link_blocks_begin();
	for (unsigned i = 0; i < 3 * BLOCKS; i++) {
		unsigned b = i % BLOCKS;

		memset(block(b), 0, sizeof(struct tpacket_block_desc));
		for (unsigned k = 0; k < 130; k++, sent++)
			link_blocks_add(b, &sent, sizeof(sent), sizeof(sent), PACKET_HOST);
		link_blocks_hand_over(b);
		if (i % 5 == 0) /* one, or several at a time */
			link_ring_receive(&ring, &sock);
	}
	link_ring_receive(&ring, &sock);
	CU_ASSERT_EQUAL(end.frames, sent);
	sent--;
	ASSERT_OCTETS(end.last, end.last_len, &sent, sizeof(sent));
	link_blocks_finish();
}

static unsigned crowded_frames;

static bool link_blocks_in_a_crowd(void *impl, const struct sockaddr_storage *from,
				   struct link_frame *f)
{
	(void)impl;
	(void)from;
	(void)f;
	crowded_frames += end.h.crowded;
	return true;
}

/* The host is told before it has the frames of the block that is read then. */
static void a_half_is_a_crowd(void)
{
	const unsigned half = BLOCKS / 2;

	link_blocks_begin();
	sock.take = link_blocks_in_a_crowd;
	crowded_frames = 0;
	for (unsigned i = 0; i < half + 3; i++) {
		link_blocks_add(i, "frame", 5, 5, PACKET_HOST);
		link_blocks_hand_over(i);
	}
	CU_ASSERT_EQUAL(link_ring_receive(&ring, &sock), half + 3);
	CU_ASSERT_EQUAL(crowded_frames, 3);
	CU_ASSERT_FALSE(end.h.crowded);
	link_blocks_finish();
}

static const struct test_case cases[] = {
	{"a_half_is_a_crowd", a_half_is_a_crowd},
	{"block_of_frames", one_block},
	{"cut_frames_and_empty_blocks", cut_and_empty},
	{"round_and_round", round_and_round},
	{"what_was_left_is_read", what_was_left_is_read},
	{"what_was_being_read_is_not", what_was_being_read_is_not},
	{NULL, NULL},
};
const struct test_suite suite_link_blocks = {"link_blocks", cases};
