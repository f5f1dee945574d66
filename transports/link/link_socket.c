/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets that keep boundaries, used alike by all links: batches in, batches out, each frame with
 * an optional prefix that ends with its length.
 */
#define _GNU_SOURCE
#include "transports/link/link_kind.h"

#include "transports/link/link_ether.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define BATCH  LINK_SOCKET_BATCH
#define ROUNDS 4u
#define FRONT  256u /* octets of a frame that go as one piece */

/* Messages read; 0 when there were none. */
static unsigned link_socket_receive(struct link_socket *s)
{
	struct sockaddr_storage from[BATCH];
	struct link_frame frames[BATCH];
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];
	unsigned kept = 0;
	int n;

	memset(from, 0, sizeof(from));
	for (unsigned i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){s->buffer + (size_t)i * LINK_FRAME_MAX, LINK_FRAME_MAX};
		m[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
					       .msg_namelen = sizeof(from[i]),
					       .msg_iov = &iov[i],
					       .msg_iovlen = 1};
	}
	n = recvmmsg(s->fd, m, BATCH, MSG_DONTWAIT, NULL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		link_recheck(s->link);
	for (int i = 0; i < n; i++) {
		struct link_frame *f = &frames[kept];

		*f = (struct link_frame){NULL, iov[i].iov_base, 0, m[i].msg_len};
		if (m[i].msg_hdr.msg_flags & MSG_TRUNC)
			link_counted(s->link, LINK_RX_TOO_LONG);
		else if (!s->take || s->take(s->impl, &from[i], f))
			kept++;
	}
	if (kept)
		link_received(s->link, frames, kept);
	return n > 0 ? (unsigned)n : 0;
}

static void link_socket_on_readable(void *arg, unsigned ready)
{
	struct link_socket *s = arg;

	(void)ready;
	if (s->drain) {
		s->drain(s->impl);
		return;
	}
	for (unsigned i = 0; i < ROUNDS && s->watched; i++)
		if (link_socket_receive(s) < BATCH)
			return;
}

int link_socket_watch(struct link_socket *s)
{
	const struct link_conf *c = link_conf_of(s->link);
	int r = c->host->watch(c->host_ctx, s->fd, IST_READ, link_socket_on_readable, s);

	s->watched = r >= 0;
	return r < 0 ? r : 0;
}

int link_socket_open(struct link_socket *s, int fd)
{
	int r;

	s->fd = fd;
	s->watched = false;
	s->buffer = malloc((size_t)BATCH * LINK_FRAME_MAX);
	r = s->buffer ? link_socket_watch(s) : -ENOMEM;
	if (r < 0) {
		free(s->buffer);
		close(fd);
	}
	return r;
}

void link_socket_unwatch(struct link_socket *s)
{
	const struct link_conf *c = link_conf_of(s->link);

	if (s->watched)
		c->host->watch(c->host_ctx, s->fd, 0, link_socket_on_readable, s);
	s->watched = false;
}

void link_socket_close(struct link_socket *s)
{
	link_socket_unwatch(s);
	close(s->fd);
	free(s->buffer);
}

int link_socket_hand(struct link_socket *s, struct handover *h, int type)
{
	int fd = handover_fd(h, s->fd), is;
	socklen_t len = sizeof(is);

	if (!h->thawing)
		return 0;
	if (fd < 0)
		return -EBADF;
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &is, &len) < 0 || is != type) {
		close(fd);
		return -ENOTSOCK;
	}
	return link_socket_open(s, fd);
}

/* Counts and skips the one that did not go; the thing under the link may be gone too. */
static void link_socket_failed(struct link_socket *s, int err, unsigned *i)
{
	(*i)++;
	if (err == EAGAIN || err == ENOBUFS) {
		link_counted(s->link, LINK_TX_FULL);
	} else if (err == EMSGSIZE) {
		link_counted(s->link, LINK_TX_TOO_LONG);
	} else {
		link_counted(s->link, LINK_TX_ERROR);
		link_recheck(s->link);
	}
}

/* What the kernel gathers it must look at piece by piece: prefix, head and a short payload become
 * one piece.  How many there are. */
static unsigned link_socket_gather(const struct link_socket *s, const struct link_frame *f,
				   uint8_t front[FRONT], struct iovec iov[3])
{
	uint32_t head = f->head ? f->head_len : 0, len = s->prefix_len;

	memcpy(front, s->prefix, sizeof(s->prefix));
	if (len)
		link_ether_length(front + len - 2, (uint16_t)(head + f->len), s->little_endian);
	if (len + head > FRONT) {
		iov[0] = (struct iovec){front, len};
		iov[1] = (struct iovec){(void *)(uintptr_t)f->head, head};
		iov[2] = (struct iovec){(void *)(uintptr_t)f->payload, f->len};
		return 3;
	}
	if (head)
		memcpy(front + len, f->head, head);
	len += head;
	if (f->len <= FRONT - len) {
		if (f->len)
			memcpy(front + len, f->payload, f->len);
		iov[0] = (struct iovec){front, len + f->len};
		return 1;
	}
	iov[0] = (struct iovec){front, len};
	iov[1] = (struct iovec){(void *)(uintptr_t)f->payload, f->len};
	return 2;
}

static void link_socket_send_batch(struct link_socket *s, const struct link_frame *f, unsigned n)
{
	uint8_t front[BATCH][FRONT];
	struct iovec iov[BATCH][3];
	struct mmsghdr m[BATCH];

	memset(m, 0, sizeof(m));
	for (unsigned i = 0; i < n; i++) {
		m[i].msg_hdr.msg_iov = iov[i];
		m[i].msg_hdr.msg_iovlen = link_socket_gather(s, &f[i], front[i], iov[i]);
	}
	for (unsigned i = 0; i < n;) {
		int sent = sendmmsg(s->fd, m + i, n - i, MSG_DONTWAIT | MSG_NOSIGNAL);

		for (int k = 0; k < sent; k++)
			link_counted(s->link, LINK_TX);
		if (sent > 0)
			i += (unsigned)sent;
		else if (errno != EINTR)
			link_socket_failed(s, errno, &i);
	}
}

void link_socket_send(struct link_socket *s, const struct link_frame *f, unsigned n)
{
	for (unsigned i = 0; i < n; i += BATCH)
		link_socket_send_batch(s, f + i, n - i < BATCH ? n - i : BATCH);
}
