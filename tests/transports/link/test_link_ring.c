/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ring in memory of our own, filled as the kernel does it. */
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

static bool link_ring_take(void *impl, const struct sockaddr_storage *from, struct link_frame *f)
{
	const struct sockaddr_ll *ll = (const struct sockaddr_ll *)from;

	(void)impl;
	(void)f;
	return ll->sll_pkttype != PACKET_OUTGOING;
}

static void link_ring_begin(void)
{
	end_open(&end, "loop:ring", NULL);
	end_open(&other, "loop:ring", NULL);
	fake_join(&end.h, &other.h);
	fake_run(&end.h, fake_now);
	CU_ASSERT_TRUE_FATAL(link_up(end.l));
	sock = (struct link_socket){.link = end.l, .fd = -1, .take = link_ring_take};
	ring.blocks = calloc(LINK_RING_BLOCKS, LINK_RING_BLOCK);
	ring.next = 0;
	CU_ASSERT_PTR_NOT_NULL_FATAL(ring.blocks);
}

static void link_ring_finish(void)
{
	free(ring.blocks);
	end_close(&end);
	end_close(&other);
}

static uint8_t *block(unsigned i)
{
	return ring.blocks + (size_t)i * LINK_RING_BLOCK;
}

static uint32_t status(unsigned i)
{
	struct tpacket_block_desc d;

	memcpy(&d, block(i), sizeof(d));
	return d.hdr.bh1.block_status;
}

/* One more frame into a block that is still the kernel's. */
static void link_ring_add(unsigned i, const void *data, uint32_t len, uint32_t wire_len,
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

static void link_ring_hand_over(unsigned i)
{
	struct tpacket_block_desc d;

	memcpy(&d, block(i), sizeof(d));
	d.hdr.bh1.block_status = TP_STATUS_USER;
	memcpy(block(i), &d, sizeof(d));
}

static void one_block(void)
{
	link_ring_begin();
	link_ring_add(0, "first", 5, 5, PACKET_BROADCAST);
	link_ring_add(0, "ours", 4, 4, PACKET_OUTGOING);
	link_ring_add(0, "second one", 10, 10, PACKET_HOST);
	link_ring_receive(&ring, &sock); /* not handed over yet */
	CU_ASSERT_EQUAL(end.frames, 0);
	link_ring_hand_over(0);
	link_ring_receive(&ring, &sock);
	CU_ASSERT_EQUAL(end.frames, 2);
	ASSERT_OCTETS(end.last, end.last_len, "second one", 10);
	CU_ASSERT_EQUAL(status(0), TP_STATUS_KERNEL);
	CU_ASSERT_EQUAL(ring.next, 1);
	link_ring_receive(&ring, &sock);
	CU_ASSERT_EQUAL(end.frames, 2);
	link_ring_finish();
}

static void cut_and_empty(void)
{
	static uint8_t data[LINK_FRAME_MAX + 1];

	link_ring_begin();
	link_ring_add(0, "cut", 3, 4, PACKET_HOST);
	link_ring_add(0, data, LINK_FRAME_MAX, LINK_FRAME_MAX, PACKET_HOST);
	link_ring_add(0, data, LINK_FRAME_MAX + 1, LINK_FRAME_MAX + 1, PACKET_HOST);
	link_ring_hand_over(0);
	link_ring_hand_over(1); /* a block that timed out with nothing in it */
	link_ring_receive(&ring, &sock);
	CU_ASSERT_EQUAL(end.frames, 1);
	CU_ASSERT_EQUAL(end.last_len, LINK_FRAME_MAX);
	CU_ASSERT_EQUAL(end_count(&end, LINK_RX_TOO_LONG), 2);
	CU_ASSERT_EQUAL(ring.next, 2);
	link_ring_finish();
}

/* Three times round, with more frames in a block than are handed on at once. */
static void round_and_round(void)
{
	unsigned sent = 0;

	link_ring_begin();
	for (unsigned i = 0; i < 3 * LINK_RING_BLOCKS; i++) {
		unsigned b = i % LINK_RING_BLOCKS;

		memset(block(b), 0, sizeof(struct tpacket_block_desc));
		for (unsigned k = 0; k < 130; k++, sent++)
			link_ring_add(b, &sent, sizeof(sent), sizeof(sent), PACKET_HOST);
		link_ring_hand_over(b);
		if (i % 5 == 0) /* one, or several at a time */
			link_ring_receive(&ring, &sock);
	}
	link_ring_receive(&ring, &sock);
	CU_ASSERT_EQUAL(end.frames, sent);
	sent--;
	ASSERT_OCTETS(end.last, end.last_len, &sent, sizeof(sent));
	link_ring_finish();
}

static const struct test_case cases[] = {
	{"block_of_frames", one_block},
	{"cut_frames_and_empty_blocks", cut_and_empty},
	{"round_and_round", round_and_round},
	{NULL, NULL},
};
const struct test_suite suite_link_ring = {"link_ring", cases};
