/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring of slots in memory of our own, filled as the kernel does it. */
#include "transports/link/link_ring.h"

#include "tests/harness.h"
#include "tests/transports/link/ends.h"

#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SHAPE (&link_ring_shapes[1])
#define HEAD  TPACKET_ALIGN(sizeof(struct tpacket2_hdr))
#define MAC   (HEAD + TPACKET_ALIGN(sizeof(struct sockaddr_ll)))

/* A link to count and to report: half of a loop, which is up.  far: where the kernel queues copies.
 */
static struct end end, other;
static struct link_socket sock;
static struct link_ring ring;
static int far;

static bool link_slots_wanted(void *impl, const struct sockaddr_storage *from, struct link_frame *f)
{
	const struct sockaddr_ll *ll = (const struct sockaddr_ll *)from;

	(void)impl;
	(void)f;
	return ll->sll_pkttype != PACKET_OUTGOING;
}

static void link_slots_begin(void)
{
	int fds[2];

	end_open(&end, "loop:ring", NULL);
	end_open(&other, "loop:ring", NULL);
	fake_join(&end.h, &other.h);
	fake_run(&end.h, fake_now);
	CU_ASSERT_TRUE_FATAL(link_up(end.l));
	CU_ASSERT_EQUAL_FATAL(SHAPE->of, LINK_RING_SLOTS);
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	far = fds[1];
	sock = (struct link_socket){.link = end.l,
				    .fd = fds[0],
				    .take = link_slots_wanted,
				    .buffer = malloc((size_t)LINK_SOCKET_BATCH * LINK_FRAME_MAX)};
	ring = (struct link_ring){calloc(SHAPE->blocks, SHAPE->block), SHAPE, 0};
	CU_ASSERT_FATAL(ring.at && sock.buffer);
}

static void link_slots_finish(void)
{
	free(ring.at);
	free(sock.buffer);
	close(sock.fd);
	close(far);
	end_close(&end);
	end_close(&other);
}

/* No slot crosses the end of a block. */
static uint8_t *slot(unsigned i)
{
	unsigned each = SHAPE->block / SHAPE->slot;

	i %= SHAPE->slots;
	return ring.at + (size_t)(i / each) * SHAPE->block + (size_t)(i % each) * SHAPE->slot;
}

static uint32_t status(unsigned i)
{
	uint32_t s;

	memcpy(&s, slot(i), sizeof(s));
	return s;
}

static void link_slots_set(unsigned i, const void *data, uint32_t len, uint32_t wire_len,
			   uint32_t bits, uint8_t type)
{
	struct tpacket2_hdr h = {.tp_status = TP_STATUS_USER | bits,
				 .tp_len = wire_len,
				 .tp_snaplen = len,
				 .tp_mac = MAC};
	struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_pkttype = type};

	CU_ASSERT_EQUAL(status(i), TP_STATUS_KERNEL);
	memcpy(slot(i), &h, sizeof(h));
	memcpy(slot(i) + HEAD, &ll, sizeof(ll));
	memcpy(slot(i) + MAC, data, len < SHAPE->slot - MAC ? len : SHAPE->slot - MAC);
}

static void link_slots_put(unsigned i, const void *data, uint32_t len)
{
	link_slots_set(i, data, len, len, 0, PACKET_HOST);
}

static void frame_by_frame(void)
{
	link_slots_begin();
	CU_ASSERT_EQUAL(link_ring_receive(&ring, &sock), 0);
	link_slots_set(0, "ours", 4, 4, 0, PACKET_OUTGOING);
	link_slots_put(1, "first", 5);
	link_slots_put(3, "behind one that is being written", 32);
	CU_ASSERT_EQUAL(link_ring_receive(&ring, &sock), 2);
	CU_ASSERT_EQUAL(end.frames, 1);
	ASSERT_OCTETS(end.last, end.last_len, "first", 5);
	CU_ASSERT_EQUAL(status(0) + status(1), TP_STATUS_KERNEL);
	CU_ASSERT_EQUAL(ring.next, 2);
	link_slots_put(2, "second one", 10);
	CU_ASSERT_EQUAL(link_ring_receive(&ring, &sock), 2);
	CU_ASSERT_EQUAL(end.frames, 3);
	ASSERT_OCTETS(end.last, end.last_len, "behind one that is being written", 32);
	CU_ASSERT_EQUAL(link_ring_receive(&ring, &sock), 0);
	link_slots_finish();
}

/* What is cut, and what no kernel writes. */
static void cut_frames(void)
{
	static const uint8_t much[65536];

	link_slots_begin();
	CU_ASSERT_FATAL(SHAPE->slot <= sizeof(much));
	link_slots_set(0, "cut", 3, 4, 0, PACKET_HOST);
	link_slots_set(1, "losing", 6, 6, TP_STATUS_LOSING | TP_STATUS_CSUMNOTREADY, PACKET_HOST);
	link_slots_set(2, much, SHAPE->slot - MAC + 1, SHAPE->slot - MAC + 1, 0, PACKET_HOST);
	link_slots_set(3, "too far", 7, 7, 0, PACKET_HOST);
	memset(slot(3) + offsetof(struct tpacket2_hdr, tp_mac), 0xff, 2);
	CU_ASSERT_EQUAL(link_ring_receive(&ring, &sock), 4);
	CU_ASSERT_EQUAL(end.frames, 1);
	ASSERT_OCTETS(end.last, end.last_len, "losing", 6);
	CU_ASSERT_EQUAL(end_count(&end, LINK_RX_TOO_LONG), 3);
	link_slots_finish();
}

/* Three times round, the ring full now and then, with more than is handed on at once. */
static void round_and_round(void)
{
	unsigned sent = 0, read = 0, n;

	link_slots_begin();
	while (sent < 3 * SHAPE->slots) {
		for (n = sent % 700 + 1; n-- && sent - read < SHAPE->slots; sent++)
			link_slots_put(sent, &sent, sizeof(sent));
		if (sent % 3)
			read += link_ring_receive(&ring, &sock);
		CU_ASSERT_EQUAL(end.frames, read);
	}
	while ((n = link_ring_receive(&ring, &sock)))
		read += n;
	CU_ASSERT_EQUAL(read, sent);
	CU_ASSERT_EQUAL(end.frames, sent);
	CU_ASSERT(end.most <= LINK_RING_BATCH);
	sent--;
	ASSERT_OCTETS(end.last, end.last_len, &sent, sizeof(sent));
	link_slots_finish();
}

/* --- frames longer than a slot ------------------------------------------------------------------- */

static void link_slots_put_long(unsigned i, uint8_t fill, uint32_t len)
{
	static uint8_t data[LINK_FRAME_MAX + 1];
	uint32_t first = SHAPE->slot - MAC;

	memset(data, fill, sizeof(data));
	link_slots_set(i, data, first, len, TP_STATUS_COPY, PACKET_HOST);
	CU_ASSERT_EQUAL(send(far, data, len, MSG_DONTWAIT), (ssize_t)len);
}

static void longer_than_a_slot(void)
{
	link_slots_begin();
	link_slots_put(0, "short", 5);
	link_slots_put_long(1, 'a', 5000);
	link_slots_put(2, "short", 5);
	link_slots_put_long(3, 'b', LINK_FRAME_MAX);
	CU_ASSERT_EQUAL(link_ring_receive(&ring, &sock), 4);
	CU_ASSERT_EQUAL(end.frames, 4);
	CU_ASSERT_EQUAL(end.last_len, LINK_FRAME_MAX);
	CU_ASSERT(end.last[0] == 'b' && end.last[LINK_FRAME_MAX - 1] == 'b');
	link_slots_put_long(4, 'c', LINK_FRAME_MAX + 1);
	link_slots_put_long(5, 'd', 6000);
	CU_ASSERT_EQUAL(link_ring_receive(&ring, &sock), 2);
	CU_ASSERT_EQUAL(end.frames, 5);
	CU_ASSERT_EQUAL(end.last_len, 6000);
	CU_ASSERT_EQUAL(end_count(&end, LINK_RX_TOO_LONG), 1);
	link_slots_finish();
}

/* More of them than the buffer takes at a time; the pair has room for a few copies, and those
 * without one are cut: no other is taken for it. */
static void many_long_ones(void)
{
	enum { MANY = LINK_SOCKET_BATCH + 3 };
	uint8_t data[3000];
	unsigned copies = 0;

	link_slots_begin();
	for (unsigned i = 0; i < MANY; i++) {
		memset(data, (int)i, sizeof(data));
		link_slots_set(i, data, SHAPE->slot - MAC, sizeof(data), TP_STATUS_COPY,
			       PACKET_HOST);
		if (i % 5 == 4)
			continue;
		copies += send(far, data, sizeof(data), MSG_DONTWAIT) == sizeof(data);
	}
	CU_ASSERT(copies > 1);
	CU_ASSERT_EQUAL(link_ring_receive(&ring, &sock), MANY);
	CU_ASSERT_EQUAL(end.frames, copies);
	CU_ASSERT_EQUAL(end_count(&end, LINK_RX_TOO_LONG), MANY - copies);
	CU_ASSERT_EQUAL(end.last[2999], end.last[0]);
	link_slots_finish();
}

/* --- the ring that a process has left ------------------------------------------------------------ */

static void what_was_left_is_read(void)
{
	struct link_ring left;
	uint32_t lost = 7;

	link_slots_begin();
	for (unsigned i = 0; i < 700; i++)
		link_slots_put(i, &i, sizeof(i));
	CU_ASSERT_EQUAL(link_ring_receive(&ring, &sock), 512);
	left = (struct link_ring){ring.at, SHAPE, 0};
	lost = 0;
	link_slots_adopt(&left, sock.fd, &lost);
	CU_ASSERT_EQUAL(lost, 0);
	CU_ASSERT_EQUAL(left.next, 512);
	CU_ASSERT_EQUAL(link_ring_receive(&left, &sock), 700 - 512);
	CU_ASSERT_EQUAL(end.frames, 700);
	link_slots_finish();
}

static bool link_slots_dies(void *impl, const struct sockaddr_storage *from, struct link_frame *f)
{
	struct link_ring next = {ring.at, SHAPE, 0};
	uint32_t *lost = impl;

	(void)from;
	(void)f;
	if (*lost)
		return false; /* once */
	link_slots_adopt(&next, sock.fd, lost);
	CU_ASSERT_EQUAL(next.next, ring.next + 3);
	return false;
}

/* A frame that kills its reader would kill the next one too. */
static void what_was_being_read_is_not(void)
{
	uint32_t lost = 0;

	link_slots_begin();
	for (unsigned i = 0; i < 3; i++)
		link_slots_put(i, "deadly", 6);
	sock.take = link_slots_dies;
	sock.impl = &lost;
	link_ring_receive(&ring, &sock);
	CU_ASSERT_EQUAL(lost, 3);
	CU_ASSERT_EQUAL(end.frames, 0);
	link_slots_finish();
}

/* The place of a mark that no process of ours wrote, and copies that nobody knows. */
static void what_was_left_is_not_believed(void)
{
	struct link_ring left;
	uint32_t lost = 0;

	link_slots_begin();
	memset(ring.at + SHAPE->block - sizeof(uint32_t), 0xff, sizeof(uint32_t));
	CU_ASSERT_EQUAL(send(far, "stale", 5, 0), 5);
	left = (struct link_ring){ring.at, SHAPE, 0};
	link_slots_adopt(&left, sock.fd, &lost);
	CU_ASSERT_EQUAL(lost, 0);
	CU_ASSERT_EQUAL(left.next, 0);
	link_slots_put_long(0, 'x', 4000);
	CU_ASSERT_EQUAL(link_ring_receive(&left, &sock), 1);
	CU_ASSERT_EQUAL(end.last_len, 4000);
	link_slots_finish();
}

/* --- more comes than is read ------------------------------------------------------------------ */

/* Each frame that is served lets three more come; one that is dropped by a host which was told so
 * lets none.  Every fiftieth is one that must not be lost. */
static struct {
	unsigned due, sent, kept, lost, served;
	bool deaf; /* the host takes no notice */
} rush;

static bool link_slots_serve(void *impl, const struct sockaddr_storage *from, struct link_frame *f)
{
	(void)impl;
	(void)from;
	rush.kept += f->payload[0];
	if (end.h.crowded && !rush.deaf)
		return false;
	rush.due += 3;
	rush.served++;
	return true;
}

/* How many of the frames that must not be lost were. */
static unsigned link_slots_rush(bool deaf)
{
	unsigned at = 0, kept = 0;

	link_slots_begin();
	sock.take = link_slots_serve;
	memset(&rush, 0, sizeof(rush));
	rush.due = 100;
	rush.deaf = deaf;
	for (unsigned turn = 0; turn < 200; turn++) {
		for (; rush.due; rush.due--, rush.sent++) {
			uint8_t keep = rush.sent % 50 == 0;

			kept += keep;
			if (status(at) != TP_STATUS_KERNEL)
				rush.lost++;
			else
				link_slots_put(at++, &keep, sizeof(keep));
		}
		link_ring_receive(&ring, &sock);
	}
	while (link_ring_receive(&ring, &sock))
		;
	CU_ASSERT_TRUE(rush.served > 10000);
	link_slots_finish();
	return kept - rush.kept;
}

static void nothing_is_lost_of_what_must_not_be(void)
{
	CU_ASSERT_EQUAL(link_slots_rush(false), 0);
	CU_ASSERT_EQUAL(rush.lost, 0);
	CU_ASSERT_TRUE(link_slots_rush(true) > 100); /* there was too much indeed */
}

static const struct test_case cases[] = {
	{"nothing_is_lost_of_what_must_not_be", nothing_is_lost_of_what_must_not_be},
	{"frame_by_frame", frame_by_frame},
	{"cut_frames", cut_frames},
	{"round_and_round", round_and_round},
	{"longer_than_a_slot", longer_than_a_slot},
	{"many_long_ones", many_long_ones},
	{"what_was_left_is_read", what_was_left_is_read},
	{"what_was_being_read_is_not", what_was_being_read_is_not},
	{"what_was_left_is_not_believed", what_was_left_is_not_believed},
	{NULL, NULL},
};
const struct test_suite suite_link_slots = {"link_slots", cases};
