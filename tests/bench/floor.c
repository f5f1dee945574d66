/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floors: what a loop costs that does nothing but move packets by the system calls that a gateway
 * must make, without tables, checks or PPP.  Each is a way to go:
 *
 *   floor WAY ADDRESS DEVICE PEER
 *
 * up-plain       receive one, write it to the TUN
 * up-gro         receive what UDP_GRO has put together, write each packet
 * up-uso         the same, packets of one flow in one write (USO)
 * up-wrong       does to some packets what must not be done: the generator has to see it
 * down-plain     read one, send it
 * down-segment   read what is there, send packets of one size together (UDP_SEGMENT)
 * down-uso       read large packets (USO), take them apart, send by UDP_SEGMENT
 * switch-plain   receive one, send it on to PEER
 * switch-segment receive by UDP_GRO, send on by UDP_SEGMENT
 *
 * ADDRESS is our own, DEVICE the TUN that is made (the switches make none), PEER whom to send to;
 * ports are 1701.  It says READY and ends by a signal.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define L2TP_PPP 10u /* octets in front of IP: header, FF 03, protocol */
#define BATCH	 32
#define LARGE	 65536u
#define SEGMENTS 64u /* in one send, and in one write */
#define IP_UDP	 28u

#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif
#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

static struct {
	int udp, tun;
	struct sockaddr_in to;
	uint8_t in[BATCH][LARGE], out[2 * LARGE];
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	union {
		struct cmsghdr head;
		uint8_t room[CMSG_SPACE(sizeof(int))];
	} control[BATCH];
} fl;

struct floor_way {
	const char *name;
	bool tun, gro, large; /* large: the TUN has a header of virtio and large packets */
	void (*turn)(void);
	bool reads_tun;
};

static void floor_fail(const char *what)
{
	perror(what);
	exit(1);
}

/* --- UDP -------------------------------------------------------------------------------------- */

static int floor_receive(void)
{
	for (int i = 0; i < BATCH; i++) {
		fl.iov[i] = (struct iovec){fl.in[i], LARGE};
		fl.msg[i].msg_hdr = (struct msghdr){.msg_iov = &fl.iov[i],
						    .msg_iovlen = 1,
						    .msg_control = &fl.control[i],
						    .msg_controllen = sizeof(fl.control[i])};
	}
	return recvmmsg(fl.udp, fl.msg, BATCH, MSG_DONTWAIT, NULL);
}

/* Octets of each packet in a message. */
static unsigned floor_part(int i)
{
	struct cmsghdr *c =
		fl.msg[i].msg_hdr.msg_controllen ? CMSG_FIRSTHDR(&fl.msg[i].msg_hdr) : NULL;
	int size = 0;

	if (c && c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO)
		memcpy(&size, CMSG_DATA(c), sizeof(size));
	return size > 0 ? (unsigned)size : fl.msg[i].msg_len;
}

static bool floor_is_data(const uint8_t *p, unsigned len)
{
	return len > L2TP_PPP && !(p[0] & 0x80);
}

/* Sends `len` octets as packets of `part`. */
static void floor_send(const uint8_t *p, unsigned len, unsigned part)
{
	struct iovec iov = {(void *)p, len};
	union {
		struct cmsghdr head;
		uint8_t room[CMSG_SPACE(sizeof(uint16_t))];
	} control = {.head = {.cmsg_level = SOL_UDP,
			      .cmsg_type = UDP_SEGMENT,
			      .cmsg_len = CMSG_LEN(sizeof(uint16_t))}};
	struct msghdr m = {
		.msg_name = &fl.to, .msg_namelen = sizeof(fl.to), .msg_iov = &iov, .msg_iovlen = 1};
	uint16_t size = (uint16_t)part;

	if (part < len) {
		memcpy(CMSG_DATA(&control.head), &size, sizeof(size));
		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
	}
	if (sendmsg(fl.udp, &m, 0) < 0 && errno != ECONNREFUSED && errno != ENOBUFS)
		floor_fail("send");
}

/* --- up --------------------------------------------------------------------------------------- */

static void floor_write(const void *p, size_t len)
{
	if (write(fl.tun, p, len) < 0 && errno != ENOBUFS && errno != EINVAL)
		floor_fail("write");
}

static void floor_up_plain(void)
{
	ssize_t n;

	for (int i = 0; i < BATCH; i++) {
		n = recv(fl.udp, fl.in[0], LARGE, MSG_DONTWAIT);
		if (n < 0)
			return;
		if (floor_is_data(fl.in[0], (unsigned)n))
			floor_write(fl.in[0] + L2TP_PPP, (size_t)n - L2TP_PPP);
	}
}

static void floor_up_gro(void)
{
	int n = floor_receive();
	unsigned part, len;

	for (int i = 0; i < n; i++) {
		part = floor_part(i);
		for (unsigned at = 0; at < fl.msg[i].msg_len; at += part) {
			len = fl.msg[i].msg_len - at < part ? fl.msg[i].msg_len - at : part;
			if (floor_is_data(fl.in[i] + at, len))
				floor_write(fl.in[i] + at + L2TP_PPP, len - L2TP_PPP);
		}
	}
}

/* Each hundredth packet is changed, or comes twice, or after the next one, or not at all. */
static void floor_up_wrong(void)
{
	static unsigned n;
	static uint8_t held[2048];
	static ssize_t late;
	ssize_t len = recv(fl.udp, fl.in[0], sizeof(held), MSG_DONTWAIT);
	uint8_t *p = fl.in[0] + L2TP_PPP;

	if (len <= (ssize_t)(L2TP_PPP + IP_UDP))
		return;
	len -= L2TP_PPP;
	if (n % 400 == 100) {
		p[26] = p[27] = 0; /* no checksum of UDP, so that it arrives */
		p[len - 1] ^= 1;
	} else if (n % 400 == 300) {
		memcpy(held, p, (size_t)len);
		late = len;
	}
	if (n % 400 != 0 && n % 400 != 300)
		floor_write(p, (size_t)len);
	if (n % 400 == 200)
		floor_write(p, (size_t)len);
	if (n++ % 400 == 370)
		floor_write(held, (size_t)late);
}

/* The head is written in front of the payloads, which are pieces of the message. */
static void floor_write_large(const uint8_t *first, unsigned part, unsigned n, unsigned octets)
{
	struct virtio_net_hdr vh = {0};
	struct iovec iov[SEGMENTS + 2] = {{&vh, sizeof(vh)}, {(void *)first, IP_UDP}};
	uint8_t head[IP_UDP];
	unsigned payload = octets - IP_UDP * n;
	uint32_t sum = 17 + 8 + payload;

	memcpy(head, first, IP_UDP);
	for (unsigned i = 0; i < n; i++)
		iov[i + 2] = (struct iovec){(void *)(first + i * part + IP_UDP),
					    part - L2TP_PPP - IP_UDP};
	if (n > 1) {
		iov[1].iov_base = head;
		vh = (struct virtio_net_hdr){.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
					     .gso_type = VIRTIO_NET_HDR_GSO_UDP_L4,
					     .hdr_len = IP_UDP,
					     .gso_size = (uint16_t)(part - L2TP_PPP - IP_UDP),
					     .csum_start = 20,
					     .csum_offset = 6};
		*(uint16_t *)(void *)(head + 2) = htons((uint16_t)(payload + IP_UDP));
		*(uint16_t *)(void *)(head + 24) = htons((uint16_t)(payload + 8));
		*(uint16_t *)(void *)(head + 10) = 0;
		for (int i = 12; i < 20; i += 2)
			sum += (uint32_t)head[i] << 8 | head[i + 1];
		sum = (sum >> 16) + (sum & 0xffff);
		*(uint16_t *)(void *)(head + 26) = htons((uint16_t)((sum >> 16) + sum));
		sum = 0;
		for (int i = 0; i < 20; i += 2)
			sum += (uint32_t)head[i] << 8 | head[i + 1];
		sum = (sum >> 16) + (sum & 0xffff);
		*(uint16_t *)(void *)(head + 10) = htons((uint16_t) ~((sum >> 16) + sum));
	}
	if (writev(fl.tun, iov, (int)n + 2) < 0 && errno != ENOBUFS && errno != EINVAL)
		floor_fail("write");
}

static bool floor_same_flow(const uint8_t *a, const uint8_t *b)
{
	return !memcmp(a + 12, b + 12, 12);
}

static void floor_up_uso(void)
{
	int got = floor_receive();
	unsigned part, n, len;
	const uint8_t *p;

	for (int i = 0; i < got; i++) {
		part = floor_part(i);
		len = fl.msg[i].msg_len / part * part;
		if (!floor_is_data(fl.in[i], part))
			continue;
		for (unsigned at = 0; at < len; at += n * part) {
			p = fl.in[i] + at + L2TP_PPP;
			for (n = 1; n < SEGMENTS && at + (n + 1) * part <= len; n++)
				if (!floor_same_flow(p, p + n * part))
					break;
			floor_write_large(p, part, n, n * (part - L2TP_PPP));
		}
	}
}

/* --- down ------------------------------------------------------------------------------------- */

static const uint8_t floor_head[L2TP_PPP] = {0, 2, 0, 1, 0, 1, 0xff, 0x03, 0, 0x21};

static void floor_down_plain(void)
{
	ssize_t n;

	for (int i = 0; i < BATCH; i++) {
		n = read(fl.tun, fl.out + L2TP_PPP, LARGE - L2TP_PPP);
		if (n < 0)
			return;
		memcpy(fl.out, floor_head, L2TP_PPP);
		floor_send(fl.out, (unsigned)n + L2TP_PPP, (unsigned)n + L2TP_PPP);
	}
}

static void floor_down_segment(void)
{
	unsigned len = 0, part = 0, n = 0;
	ssize_t got;

	for (;;) {
		got = read(fl.tun, fl.out + len + L2TP_PPP, LARGE);
		if (n && (got < 0 || (unsigned)got + L2TP_PPP != part || n == SEGMENTS ||
			  len + part > 65000)) {
			floor_send(fl.out, len, part);
			if (got < 0)
				return;
			memmove(fl.out + L2TP_PPP, fl.out + len + L2TP_PPP, (size_t)got);
			len = n = 0;
		}
		if (got < 0)
			return;
		memcpy(fl.out + len, floor_head, L2TP_PPP);
		part = n ? part : (unsigned)got + L2TP_PPP;
		len += (unsigned)got + L2TP_PPP;
		n++;
	}
}

/* One packet of a large one: its head is the first one's with the lengths of this one. */
static unsigned floor_cut(uint8_t *to, const uint8_t *p, unsigned at, unsigned size)
{
	memcpy(to, floor_head, L2TP_PPP);
	memcpy(to + L2TP_PPP, p, IP_UDP);
	*(uint16_t *)(void *)(to + L2TP_PPP + 2) = htons((uint16_t)(size + IP_UDP));
	*(uint16_t *)(void *)(to + L2TP_PPP + 24) = htons((uint16_t)(size + 8));
	memcpy(to + L2TP_PPP + IP_UDP, p + at, size);
	return size + L2TP_PPP + IP_UDP;
}

static void floor_down_uso(void)
{
	static uint8_t in[LARGE + sizeof(struct virtio_net_hdr)];
	struct virtio_net_hdr vh;
	unsigned len, size, total;
	ssize_t got;

	for (int i = 0; i < BATCH; i++) {
		got = read(fl.tun, in, sizeof(in));
		if (got < 0)
			return;
		memcpy(&vh, in, sizeof(vh));
		total = (unsigned)got - sizeof(vh);
		size = vh.gso_size ? vh.gso_size : total - IP_UDP;
		len = 0;
		for (unsigned at = IP_UDP; at < total; at += size)
			len += floor_cut(fl.out + len, in + sizeof(vh), at,
					 total - at < size ? total - at : size);
		floor_send(fl.out, len, size + L2TP_PPP + IP_UDP);
	}
}

/* --- through ---------------------------------------------------------------------------------- */

static void floor_switch_plain(void)
{
	ssize_t n;

	for (int i = 0; i < BATCH; i++) {
		n = recv(fl.udp, fl.in[0], LARGE, MSG_DONTWAIT);
		if (n < 0)
			return;
		memcpy(fl.in[0], floor_head, 6);
		floor_send(fl.in[0], (unsigned)n, (unsigned)n);
	}
}

static void floor_switch_segment(void)
{
	int n = floor_receive();
	unsigned part;

	for (int i = 0; i < n; i++) {
		part = floor_part(i);
		for (unsigned at = 0; at + 6 < fl.msg[i].msg_len; at += part)
			memcpy(fl.in[i] + at, floor_head, 6);
		floor_send(fl.in[i], fl.msg[i].msg_len, part);
	}
}

/* --- begin ------------------------------------------------------------------------------------ */

static const struct floor_way floor_ways[] = {
	{"up-plain", true, false, false, floor_up_plain, false},
	{"up-gro", true, true, false, floor_up_gro, false},
	{"up-uso", true, true, true, floor_up_uso, false},
	{"up-wrong", true, false, false, floor_up_wrong, false},
	{"down-plain", true, false, false, floor_down_plain, true},
	{"down-segment", true, false, false, floor_down_segment, true},
	{"down-uso", true, false, true, floor_down_uso, true},
	{"switch-plain", false, false, false, floor_switch_plain, false},
	{"switch-segment", false, true, false, floor_switch_segment, false},
};

static void floor_open_udp(const struct floor_way *w, const char *address)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(1701)};
	int on = 1, size = 4 << 20;

	fl.udp = socket(AF_INET, SOCK_DGRAM, 0);
	if (inet_pton(AF_INET, address, &at.sin_addr) != 1 ||
	    bind(fl.udp, (struct sockaddr *)&at, sizeof(at)) ||
	    setsockopt(fl.udp, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    setsockopt(fl.udp, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		floor_fail(address);
	if (w->gro && setsockopt(fl.udp, SOL_UDP, UDP_GRO, &on, sizeof(on)))
		floor_fail("UDP_GRO");
}

static void floor_open_tun(const struct floor_way *w, const char *device)
{
	struct ifreq r = {.ifr_flags = IFF_TUN | IFF_NO_PI};

	strncpy(r.ifr_name, device, sizeof(r.ifr_name) - 1);
	if (w->large)
		r.ifr_flags |= IFF_VNET_HDR;
	fl.tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	if (fl.tun < 0 || ioctl(fl.tun, TUNSETIFF, &r))
		floor_fail("TUN");
	if (w->large && ioctl(fl.tun, TUNSETOFFLOAD,
			      TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_USO4 | TUN_F_USO6))
		floor_fail("large packets of the TUN");
}

int main(int argc, char **argv)
{
	const struct floor_way *w = NULL;
	struct pollfd p = {.events = POLLIN};

	for (size_t i = 0; i < sizeof(floor_ways) / sizeof(floor_ways[0]); i++)
		if (argc > 4 && !strcmp(argv[1], floor_ways[i].name))
			w = &floor_ways[i];
	fl.to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(1701)};
	if (!w || inet_pton(AF_INET, argv[4], &fl.to.sin_addr) != 1) {
		fprintf(stderr, "usage: floor WAY ADDRESS DEVICE PEER\n");
		return 2;
	}
	floor_open_udp(w, argv[2]);
	if (w->tun)
		floor_open_tun(w, argv[3]);
	printf("READY\n");
	fflush(stdout);
	p.fd = w->reads_tun ? fl.tun : fl.udp;
	for (;;) {
		poll(&p, 1, -1);
		w->turn();
	}
}
