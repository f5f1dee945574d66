/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rings of real packet sockets: made, found again, handed on. */
#include "transports/link/link_ring.h"

#include "tests/harness.h"
#include "tests/netns.h"
#include "tests/transports/host.h"
#include "tests/transports/kernel.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int link_ring_socket(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	CU_ASSERT_FATAL(fd >= 0);
	return fd;
}

/* Sizes tell them apart; slots leave room at the end of a block, and hold what they must. */
static void shapes(void)
{
	const struct link_ring_shape *s = link_ring_shapes;

	for (size_t i = 0; i < LINK_RING_SHAPES; i++) {
		for (size_t k = 0; k < i; k++)
			CU_ASSERT_NOT_EQUAL(s[i].block * s[i].blocks, s[k].block * s[k].blocks);
		if (!s[i].slots)
			continue;
		CU_ASSERT_EQUAL(s[i].slots, s[i].blocks * (s[i].block / s[i].slot));
		CU_ASSERT(s[i].block % s[i].slot >= sizeof(uint32_t));
		CU_ASSERT_EQUAL(s[i].slot % 128, 64);
		CU_ASSERT(s[i].slots < 1u << 24);
	}
}

static void made_and_found_again(void)
{
	static const struct {
		enum link_ring_of of;
		uint32_t most;
		size_t shape;
	} rows[] = {
		{LINK_RING_SLOTS, 87, 0},     {LINK_RING_SLOTS, 240, 0},
		{LINK_RING_SLOTS, 241, 1},    {LINK_RING_SLOTS, 2032, 1},
		{LINK_RING_SLOTS, 2033, 2},   {LINK_RING_SLOTS, LINK_FRAME_MAX, 2},
		{LINK_RING_SLOTS, 70000, 2},  {LINK_RING_BLOCKS, 87, 3},
		{LINK_RING_BLOCKS, 70000, 3},
	};

	if (!netns_enter("made_and_found_again"))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct link_ring ring = {0}, again = {0};
		int fd = link_ring_socket();
		uint32_t lost = 7;

		CU_ASSERT_EQUAL_FATAL(link_ring_open(&ring, fd, rows[i].of, rows[i].most), 0);
		CU_ASSERT_PTR_EQUAL(ring.shape, &link_ring_shapes[rows[i].shape]);
		CU_ASSERT_EQUAL(link_ring_open(&again, fd, rows[i].of, rows[i].most), -EBUSY);
		CU_ASSERT_EQUAL(link_ring_adopt(&again, fd, &lost), 0);
		CU_ASSERT_PTR_EQUAL(again.shape, ring.shape);
		CU_ASSERT_EQUAL(lost, 0);
		link_ring_close(&again);
		link_ring_close(&ring);
		link_ring_forget(fd);
		CU_ASSERT_EQUAL(link_ring_adopt(&again, fd, &lost), -EINVAL);
		CU_ASSERT_PTR_NULL(again.at);
		CU_ASSERT_EQUAL(link_ring_open(&ring, fd, rows[i].of, rows[i].most), 0);
		link_ring_close(&ring);
		close(fd);
	}
	netns_leave();
}

static void no_ring_at_all(void)
{
	struct link_ring ring = {0};
	uint32_t lost;

	CU_ASSERT_EQUAL(link_ring_adopt(&ring, -1, &lost), -EBADF);
	CU_ASSERT_EQUAL(link_ring_open(&ring, -1, LINK_RING_SLOTS, 1500), -EBADF);
	CU_ASSERT_PTR_NULL(ring.at);
	CU_ASSERT_EQUAL(link_ring_receive(&ring, NULL), 0);
}

/* A ring of blocks as the version before this wrote it, and one of slots; what is no ring. */
static void handed_on(void)
{
	static const struct {
		size_t shape;
		const char *octets; /* each, number, next */
		int result;
		unsigned next;
	} rows[] = {
		{3, "00008000 00000080 0000007f", 0, 127},
		{3, "00008000 00000080 00000080", -EINVAL, 0},
		{3, "00008000 00000081 00000000", -EINVAL, 0},
		{0, "00000140 00004c80 00004c7f", 0, 19583},
		{1, "00000840 00000f80 00000f7f", 0, 3967},
		{1, "00000840 00000f80 00000f80", -EINVAL, 0},
		{2, "000028c0 00000600 00000005", 0, 5},
		{1, "00008000 00000080 00000000", -EINVAL, 0}, /* another one's: not mapped */
		{1, "00008000 00000080", -EINVAL, 0},
	};

	if (!netns_enter("handed_on"))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct link_ring_shape *s = &link_ring_shapes[rows[i].shape];
		struct link_ring ring = {0}, next = {0};
		struct handover h = {.thawing = true};
		int fd = link_ring_socket();
		uint8_t octets[12];

		CU_ASSERT_EQUAL_FATAL(
			link_ring_open(&ring, fd, s->of, s->slots ? s->slot - 100 : 0), 0);
		CU_ASSERT_PTR_EQUAL_FATAL(ring.shape, s);
		h.r = rd_init(octets, test_hex(octets, sizeof(octets), rows[i].octets));
		CU_ASSERT_EQUAL(link_ring_hand(&next, fd, &h), rows[i].result);
		CU_ASSERT_EQUAL(next.at != NULL, !rows[i].result);
		CU_ASSERT_EQUAL(next.next, rows[i].next);
		if (next.at)
			CU_ASSERT_PTR_EQUAL(next.shape, s);
		link_ring_close(&next);
		link_ring_close(&ring);
		close(fd);
	}
	netns_leave();
}

static const struct test_case cases[] = {
	{"shapes", shapes},
	{"made_and_found_again", made_and_found_again},
	{"no_ring_at_all", no_ring_at_all},
	{"handed_on", handed_on},
	{NULL, NULL},
};
const struct test_suite suite_link_ring = {"link_ring", cases};
