/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floors of media: what it costs to move frames by packet sockets, without a look into them.
 *
 *   framefloor forward DEVICE DEVICE          each one's frames out of the other: a receive ring
 *                                             (TPACKET_V3), sendmmsg past queueing disciplines
 *   framefloor tun TUN DEVICE OCTETS|cells    IP packets of a TUN in frames with OCTETS more, or as
 *                                             large as ATM cells of them are, and back: recvmmsg
 *
 * It says READY and ends by a signal.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH  64u
#define ROOM   4096u
#define HEAD   16u /* Ethernet, and the octets of length that our links have */
#define BLOCK  (256u << 10)
#define BLOCKS 32u
#define RETIRE 1u /* ms until a block that is not full is shown */
#define ETHER  0x88b5

struct floor_end {
	int fd;
	uint8_t *ring;
	unsigned at; /* block that comes next */
};

static struct mmsghdr floor_msg[BATCH];
static struct iovec floor_iov[BATCH];
static uint8_t floor_room[BATCH][ROOM];

static void framefloor_fail(const char *what)
{
	perror(what);
	exit(1);
}

static int framefloor_socket(const char *device, uint16_t protocol)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(protocol),
				 .sll_ifindex = (int)if_nametoindex(device)};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), on = 1, size = 8 << 20;

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		framefloor_fail(device);
	at.sll_protocol = htons(protocol);
	if (!protocol)
		return fd;
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)))
		framefloor_fail(device);
	return fd;
}

static void framefloor_send(int fd, unsigned n)
{
	unsigned done = 0;
	int took;

	while (done < n) {
		took = sendmmsg(fd, floor_msg + done, n - done, 0);
		done += took > 0 ? (unsigned)took : 1;
	}
}

static void framefloor_message(unsigned i, void *p, size_t len)
{
	floor_iov[i] = (struct iovec){p, len};
	floor_msg[i].msg_hdr = (struct msghdr){.msg_iov = &floor_iov[i], .msg_iovlen = 1};
}

/* --- forward ---------------------------------------------------------------------------------- */

static void framefloor_open_ring(struct floor_end *e, const char *device)
{
	struct tpacket_req3 r = {.tp_block_size = BLOCK,
				 .tp_block_nr = BLOCKS,
				 .tp_frame_size = 2048,
				 .tp_frame_nr = BLOCK / 2048 * BLOCKS,
				 .tp_retire_blk_tov = RETIRE};
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_ALL),
				 .sll_ifindex = (int)if_nametoindex(device)};
	int version = TPACKET_V3;

	e->fd = framefloor_socket(device, 0);
	if (setsockopt(e->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(e->fd, SOL_PACKET, PACKET_RX_RING, &r, sizeof(r)))
		framefloor_fail("ring");
	e->ring = mmap(NULL, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, e->fd, 0);
	if (e->ring == MAP_FAILED || bind(e->fd, (struct sockaddr *)&at, sizeof(at)))
		framefloor_fail(device);
}

static void framefloor_block(struct tpacket_block_desc *b, int to)
{
	struct tpacket3_hdr *h = (void *)((uint8_t *)b + b->hdr.bh1.offset_to_first_pkt);
	unsigned n = 0;

	for (unsigned i = 0; i < b->hdr.bh1.num_pkts; i++) {
		framefloor_message(n++, (uint8_t *)h + h->tp_mac, h->tp_snaplen);
		if (n == BATCH) {
			framefloor_send(to, n);
			n = 0;
		}
		h = (void *)((uint8_t *)h + h->tp_next_offset);
	}
	framefloor_send(to, n);
}

static void framefloor_pass(struct floor_end *from, int to)
{
	struct tpacket_block_desc *b;

	for (;;) {
		b = (void *)(from->ring + (size_t)from->at * BLOCK);
		if (!(__atomic_load_n(&b->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			return;
		framefloor_block(b, to);
		__atomic_store_n(&b->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		from->at = (from->at + 1) % BLOCKS;
	}
}

static void framefloor_forward(const char *a, const char *b)
{
	struct floor_end e[2] = {{0}, {0}};
	struct pollfd p[2];

	framefloor_open_ring(&e[0], a);
	framefloor_open_ring(&e[1], b);
	for (int i = 0; i < 2; i++)
		p[i] = (struct pollfd){e[i].fd, POLLIN, 0};
	printf("READY\n");
	fflush(stdout);
	for (;;) {
		poll(p, 2, -1);
		framefloor_pass(&e[0], e[1].fd);
		framefloor_pass(&e[1], e[0].fd);
	}
}

/* --- tun -------------------------------------------------------------------------------------- */

/* Octets of the frame for a packet of len. */
static size_t framefloor_size(size_t len, int more)
{
	if (more >= 0)
		return HEAD + len + (size_t)more;
	return HEAD + (len + 8 + 8 + 10 + 47) / 48 * 53; /* trailer, LLC, L2TP */
}

static void framefloor_out(int tun, int fd, int more)
{
	unsigned n = 0;
	ssize_t len;

	for (; n < BATCH; n++) {
		len = read(tun, floor_room[n] + HEAD, ROOM / 2);
		if (len < 0)
			break;
		memset(floor_room[n], 0xff, 6);
		memset(floor_room[n] + 6, 2, 6);
		floor_room[n][12] = ETHER >> 8;
		floor_room[n][13] = ETHER & 0xff;
		framefloor_message(n, floor_room[n], framefloor_size((size_t)len, more));
	}
	framefloor_send(fd, n);
}

static void framefloor_in(int fd, int tun)
{
	int n;

	for (unsigned i = 0; i < BATCH; i++)
		framefloor_message(i, floor_room[i], ROOM);
	n = recvmmsg(fd, floor_msg, BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++) {
		const uint8_t *p = floor_room[i] + HEAD;
		size_t len = (size_t)(p[2] << 8 | p[3]);

		if (len <= floor_msg[i].msg_len - HEAD && write(tun, p, len) < 0 && errno != EIO &&
		    errno != EINVAL) /* EINVAL: no IP, as what a host asks for in IPv6 */
			framefloor_fail("write");
	}
}

static void framefloor_tun(const char *tun, const char *device, int more)
{
	struct ifreq r = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd = framefloor_socket(device, ETHER), t = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	struct pollfd p[2] = {{fd, POLLIN, 0}, {t, POLLIN, 0}};

	strncpy(r.ifr_name, tun, sizeof(r.ifr_name) - 1);
	if (t < 0 || ioctl(t, TUNSETIFF, &r))
		framefloor_fail("TUN");
	printf("READY\n");
	fflush(stdout);
	for (;;) {
		poll(p, 2, -1);
		framefloor_in(fd, t);
		framefloor_out(t, fd, more);
	}
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "forward"))
		framefloor_forward(argv[2], argv[3]);
	if (argc == 5 && !strcmp(argv[1], "tun"))
		framefloor_tun(argv[2], argv[3], strcmp(argv[4], "cells") ? atoi(argv[4]) : -1);
	fprintf(stderr, "usage: framefloor forward DEVICE DEVICE | tun TUN DEVICE OCTETS|cells\n");
	return 2;
}
