/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* MSG_CMSG_CLOEXEC */
#include "gw/dp/hand.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HAND_MAGIC 0x69737468u /* "isth" */
#define HAND_EACH  250u	       /* descriptors of a packet: the kernel takes 253 */
#define HAND_MOST  65536u

struct hand_packet {
	uint32_t magic, kind;
	int32_t rc;
	uint32_t fds; /* that follow, with these */
};

union hand_control {
	struct cmsghdr align;
	uint8_t octets[CMSG_SPACE(HAND_EACH * sizeof(int))];
};

static int hand_send(int sock, const struct hand_packet *p, const int *fd, unsigned n)
{
	union hand_control c;
	struct iovec v = {.iov_base = (void *)p, .iov_len = sizeof(*p)};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
	struct cmsghdr *h;

	if (n) {
		memset(&c, 0, sizeof(c));
		m.msg_control = &c;
		m.msg_controllen = CMSG_SPACE(n * sizeof(int));
		h = CMSG_FIRSTHDR(&m);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(h), fd, n * sizeof(int));
	}
	return sendmsg(sock, &m, MSG_NOSIGNAL) == (ssize_t)sizeof(*p) ? 0 : -errno;
}

int hand_say(int sock, enum hand_kind kind, int32_t rc, const struct image_fds *fds)
{
	unsigned left = fds ? fds->n : 0, n = left < HAND_EACH ? left : HAND_EACH;
	struct hand_packet p = {HAND_MAGIC, kind, rc, left};
	int err = hand_send(sock, &p, fds ? fds->fd : NULL, n);

	p.kind = HAND_FDS;
	while (!err && n < left) {
		unsigned more = left - n < HAND_EACH ? left - n : HAND_EACH;

		p.fds = left - n;
		err = hand_send(sock, &p, fds->fd + n, more);
		n += more;
	}
	return err;
}

/* --- receiving ---------------------------------------------------------------------------------- */

static int hand_wait(int sock, int ms)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};
	int n;

	do
		n = poll(&p, 1, ms);
	while (n < 0 && errno == EINTR);
	return n > 0 ? 0 : n < 0 ? -errno : -ETIMEDOUT;
}

static int hand_take_fds(struct msghdr *m, struct image_fds *fds)
{
	int rc = m->msg_flags & (MSG_CTRUNC | MSG_TRUNC) ? -EPROTO : 0;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		unsigned n = (unsigned)((h->cmsg_len - CMSG_LEN(0)) / sizeof(int));

		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		for (unsigned i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(h) + i * sizeof(int), sizeof(int));
			if (fds && image_fds_add(fds, fd) >= 0)
				continue;
			close(fd);
			rc = fds ? -ENOMEM : -EPROTO;
		}
	}
	return rc;
}

static int hand_receive(int sock, int ms, struct hand_packet *p, struct image_fds *fds)
{
	union hand_control c;
	struct iovec v = {.iov_base = p, .iov_len = sizeof(*p)};
	struct msghdr m = {
		.msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c)};
	int rc = hand_wait(sock, ms);
	ssize_t n;

	if (rc)
		return rc;
	n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	if (n <= 0)
		return !n || errno == ECONNRESET ? -EPIPE : -errno;
	rc = hand_take_fds(&m, fds);
	return rc ? rc : n == (ssize_t)sizeof(*p) && p->magic == HAND_MAGIC ? 0 : -EPROTO;
}

int hand_hear(int sock, enum hand_kind kind, int ms, struct image_fds *fds)
{
	struct hand_packet p, more;
	int rc = hand_receive(sock, ms, &p, fds);

	if (!rc && (p.kind != kind || p.rc > 0 || p.fds > HAND_MOST || p.fds < (fds ? fds->n : 0) ||
		    (!fds && p.fds)))
		rc = -EPROTO;
	while (!rc && fds && fds->n < p.fds) {
		unsigned had = fds->n;

		rc = hand_receive(sock, ms, &more, fds);
		if (!rc && (more.kind != HAND_FDS || fds->n == had || fds->n > p.fds))
			rc = -EPROTO;
	}
	return rc ? rc : p.rc;
}

void hand_close(struct image_fds *fds)
{
	for (unsigned i = 0; i < fds->n; i++)
		if (fds->fd[i] >= 0)
			close(fds->fd[i]);
	free(fds->fd);
	*fds = (struct image_fds){0};
}
