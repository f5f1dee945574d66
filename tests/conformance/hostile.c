/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kind opens its socket and wraps; one frame in eight or so is wrapped wrongly.  A stream that
 * the other side breaks off is begun again at the next frame.
 */
#define _GNU_SOURCE
#include "tests/conformance/hostile.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define WRAP_MAX 24u
#define ETHER	 16u /* two addresses, ethertype, and the length behind it */

struct hostile_kind {
	const char *scheme;
	char between; /* the parts of the text; 0 = there is one */
	int (*open)(struct hostile *h);
	/* What goes in front of a frame; returns its octets. */
	size_t (*wrap)(const struct hostile *h, uint8_t out[WRAP_MAX], size_t len, uint64_t random);
};

static void hostile_put(uint8_t *out, unsigned octets, uint64_t value, bool little)
{
	for (unsigned i = 0; i < octets; i++)
		out[little ? i : octets - 1 - i] = (uint8_t)(value >> 8 * i);
}

static size_t no_wrap(const struct hostile *h, uint8_t out[WRAP_MAX], size_t len, uint64_t random)
{
	(void)h;
	(void)out;
	(void)len;
	(void)random;
	return 0;
}

/* --- sockets ---------------------------------------------------------------------------------- */

static bool inet(const char *text, struct sockaddr_storage *out, socklen_t *len)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
	struct sockaddr_in *in = (struct sockaddr_in *)out;
	char host[64];
	unsigned port;

	memset(out, 0, sizeof(*out));
	if (sscanf(text, "[%63[0-9a-f:]]:%u", host, &port) == 2) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		*len = sizeof(*in6);
		return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1;
	}
	if (sscanf(text, "%63[0-9.]:%u", host, &port) != 2)
		return false;
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	*len = sizeof(*in);
	return inet_pton(AF_INET, host, &in->sin_addr) == 1;
}

static int hostile_dial(int type, const struct sockaddr_storage *from,
			const struct sockaddr_storage *to, socklen_t len)
{
	int fd = socket(to->ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && ((from && bind(fd, (const struct sockaddr *)from, len)) ||
			(connect(fd, (const struct sockaddr *)to, len) && errno != EINPROGRESS))) {
		close(fd);
		return -1;
	}
	return fd;
}

static int hostile_open_udp(struct hostile *h)
{
	struct sockaddr_storage from, to;
	socklen_t len;

	if (!inet(h->part[0], &from, &len) || !inet(h->part[1], &to, &len))
		return -1;
	return hostile_dial(SOCK_DGRAM, &from, &to, len);
}

static int open_unix(struct hostile *h)
{
	struct sockaddr_storage ss[2] = {0};

	for (unsigned k = 0; k < 2; k++) {
		struct sockaddr_un *un = (struct sockaddr_un *)&ss[k];

		un->sun_family = AF_UNIX;
		memcpy(un->sun_path, h->part[k], sizeof(un->sun_path));
	}
	return hostile_dial(SOCK_DGRAM, &ss[0], &ss[1], sizeof(struct sockaddr_un));
}

static int open_tcp(struct hostile *h)
{
	struct sockaddr_storage to;
	socklen_t len;

	return inet(h->part[0], &to, &len) ? hostile_dial(SOCK_STREAM, NULL, &to, len) : -1;
}

static size_t wrap_xot(const struct hostile *h, uint8_t out[WRAP_MAX], size_t len, uint64_t random)
{
	(void)h;
	hostile_put(out, 2, random & 7 ? 0 : random >> 8, false);
	hostile_put(out + 2, 2, random & 0x70 ? len : random >> 16, false);
	return 4;
}

/* The frame begins with VPI and VCI, as our own do: their place is in front of the length. */
static size_t wrap_atmtcp(const struct hostile *h, uint8_t out[WRAP_MAX], size_t len,
			  uint64_t random)
{
	(void)h;
	hostile_put(out, 4, random & 7 ? 35 : random >> 8, false);
	hostile_put(out + 4, 4, random & 0x70 ? len : random >> 16, false);
	return 8;
}

/* --- network devices -------------------------------------------------------------------------- */

static int open_packet(struct hostile *h)
{
	struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_protocol = htons(3)};
	struct ifreq r = {0};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

	h->protocol = (uint16_t)strtoul(h->part[1], NULL, 16);
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%.15s", h->part[0]);
	ll.sll_ifindex = (int)if_nametoindex(r.ifr_name);
	if (fd < 0 || !ll.sll_ifindex || ioctl(fd, SIOCGIFHWADDR, &r) ||
	    bind(fd, (struct sockaddr *)&ll, sizeof(ll))) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	h->ethernet = r.ifr_hwaddr.sa_family == ARPHRD_ETHER;
	setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	return fd;
}

/* The length is right in one order of its octets or the other: some media have it so, some so. */
static size_t wrap_packet(const struct hostile *h, uint8_t out[WRAP_MAX], size_t len,
			  uint64_t random)
{
	if (!h->ethernet)
		return 0;
	memset(out, 0xff, 6);
	hostile_put(out + 6, 6, 0x020000000001, false);
	hostile_put(out + 12, 2, h->protocol, false);
	hostile_put(out + 14, 2, random & 6 ? len : random >> 8, random & 1);
	return ETHER;
}

static bool send_packet(const struct hostile *h, const struct iovec *iov)
{
	struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_protocol = htons(h->protocol)};
	struct msghdr m = {.msg_name = &ll,
			   .msg_namelen = sizeof(ll),
			   .msg_iov = (struct iovec *)(uintptr_t)iov,
			   .msg_iovlen = 2};

	ll.sll_ifindex = (int)if_nametoindex(h->part[0]);
	return sendmsg(h->fd, &m, 0) >= 0 || errno != EAGAIN;
}

/* --- pipes ------------------------------------------------------------------------------------ */

static int open_pcap(struct hostile *h)
{
	h->in = open(h->part[0], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	h->begun = false;
	h->heads = 0;
	return open(h->part[1], O_WRONLY | O_CLOEXEC | O_NONBLOCK);
}

/* Its own header tells what kind of frames the other side takes; ours is the same. */
static bool begin_stream(struct hostile *h)
{
	ssize_t n;

	if (h->begun)
		return true;
	n = read(h->in, h->head + h->heads, sizeof(h->head) - h->heads);
	h->heads += n > 0 ? (size_t)n : 0;
	if (h->heads < sizeof(h->head))
		return false;
	h->begun = write(h->fd, h->head, sizeof(h->head)) == (ssize_t)sizeof(h->head);
	return h->begun;
}

static size_t wrap_pcap(const struct hostile *h, uint8_t out[WRAP_MAX], size_t len, uint64_t random)
{
	(void)h;
	hostile_put(out, 8, random >> 16, false);
	hostile_put(out + 8, 4, random & 0xfff ? len : random >> 20, false);
	hostile_put(out + 12, 4, random & 0x700 ? len : random >> 40, false);
	return 16;
}

/* --- all -------------------------------------------------------------------------------------- */

static const struct hostile_kind kinds[] = {
	{"udp:", '>', hostile_open_udp, no_wrap},   {"unix:", '>', open_unix, no_wrap},
	{"packet:", '/', open_packet, wrap_packet}, {"xot:", 0, open_tcp, wrap_xot},
	{"atmtcp:", 0, open_tcp, wrap_atmtcp},	    {"pcap:", '>', open_pcap, wrap_pcap},
};

static void shut(struct hostile *h)
{
	if (h->fd >= 0)
		close(h->fd);
	if (h->in >= 0)
		close(h->in);
	h->fd = h->in = -1;
}

static bool reopen(struct hostile *h)
{
	shut(h);
	h->fd = h->kind->open(h);
	return h->fd >= 0;
}

bool hostile_open(struct hostile *h, const char *text)
{
	*h = (struct hostile){.fd = -1, .in = -1};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *rest = text + strlen(kinds[i].scheme), *mid;

		if (strncmp(text, kinds[i].scheme, strlen(kinds[i].scheme)))
			continue;
		h->kind = &kinds[i];
		mid = h->kind->between ? strchr(rest, h->kind->between) : rest + strlen(rest);
		if (!mid || mid - rest >= (int)sizeof(h->part[0]))
			return false;
		memcpy(h->part[0], rest, (size_t)(mid - rest));
		if (*mid)
			snprintf(h->part[1], sizeof(h->part[1]), "%s", mid + 1);
		return reopen(h);
	}
	return false;
}

static bool again(void)
{
	return errno == EAGAIN || errno == ENOBUFS || errno == ECONNREFUSED || errno == ENOTCONN;
}

bool hostile_send(struct hostile *h, const uint8_t *frame, size_t len, uint64_t random)
{
	uint8_t wrap[WRAP_MAX];
	struct iovec iov[2] = {{wrap, 0}, {(void *)(uintptr_t)frame, len}};
	bool pipes = h->kind->open == open_pcap;

	if ((h->fd < 0 && !reopen(h)) || (pipes && !begin_stream(h)))
		return false;
	iov[0].iov_len = h->kind->wrap(h, wrap, len, random);
	if (h->kind->open == open_packet)
		return send_packet(h, iov);
	if (writev(h->fd, iov, 2) >= 0)
		return true;
	if (!again())
		shut(h);
	return false;
}

size_t hostile_hear(struct hostile *h, uint8_t *out)
{
	bool pipes = h->kind->open == open_pcap;
	size_t skip = h->kind->open == open_packet && h->ethernet ? ETHER : pipes ? 16 : 0;
	ssize_t n;

	if (h->fd < 0 || (pipes && !begin_stream(h)))
		return 0;
	n = read(pipes ? h->in : h->fd, out, HOSTILE_ROOM);
	if (n <= (ssize_t)skip)
		return 0;
	memmove(out, out + skip, (size_t)n - skip);
	return (size_t)n - skip;
}

void hostile_close(struct hostile *h)
{
	shut(h);
}
