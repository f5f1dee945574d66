/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on the sockets between keeper and its processes. */
#define _GNU_SOURCE
#include "gw/keeper/keeper.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

const char *const keeper_role_names[KEEPER_ROLES] = {
	[KEEPER_DATA] = "data",
	[KEEPER_CONTROL] = "control",
};

/* Room for the descriptors of one message. */
union keeper_ancillary {
	char room[CMSG_SPACE(KEEPER_FDS_MAX * sizeof(int))];
	struct cmsghdr align;
};

static void keeper_msg_attach(struct msghdr *h, union keeper_ancillary *a,
			      const struct keeper_msg *m)
{
	size_t octets = m->fds * sizeof(int);
	struct cmsghdr *c;

	if (!m->fds)
		return;
	memset(a, 0, sizeof(*a));
	h->msg_control = a->room;
	h->msg_controllen = CMSG_SPACE(octets);
	c = CMSG_FIRSTHDR(h);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(octets);
	memcpy(CMSG_DATA(c), m->fd, octets);
}

int keeper_send(int sock, const struct keeper_msg *m)
{
	uint8_t head[KEEPER_HEAD] = {KEEPER_VERSION, m->kind};
	struct iovec iov[2] = {{head, sizeof(head)}, {(void *)m->body, m->len}};
	struct msghdr h = {.msg_iov = iov, .msg_iovlen = m->len ? 2 : 1};
	union keeper_ancillary a;

	if (m->len > KEEPER_MSG_MAX - KEEPER_HEAD || m->fds > KEEPER_FDS_MAX)
		return -EMSGSIZE;
	wr_put16(head + 2, m->error);
	keeper_msg_attach(&h, &a, m);
	if (sendmsg(sock, &h, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return -errno;
	return 0;
}

/* All descriptors that came, so that none stays open unseen; those that do not fit are closed. */
static bool keeper_msg_detach(struct msghdr *h, struct keeper_msg *m)
{
	bool fits = true;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (m->fds < KEEPER_FDS_MAX) {
				m->fd[m->fds++] = fd;
				continue;
			}
			close(fd);
			fits = false;
		}
	}
	return fits;
}

int keeper_recv(int sock, uint8_t *buf, struct keeper_msg *out)
{
	struct iovec iov = {buf, KEEPER_MSG_MAX};
	union keeper_ancillary a;
	struct msghdr h = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = a.room,
			   .msg_controllen = sizeof(a.room)};
	struct rd r;
	ssize_t n;
	bool fits;

	*out = (struct keeper_msg){0};
	do
		n = recvmsg(sock, &h, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n < 0 ? -errno : 0;
	fits = keeper_msg_detach(&h, out) && !(h.msg_flags & (MSG_TRUNC | MSG_CTRUNC));
	r = rd_init(buf, (size_t)n);
	if (rd_u8(&r) != KEEPER_VERSION)
		rd_fail(&r);
	out->kind = rd_u8(&r);
	out->error = rd_u16(&r);
	if (r.bad || !fits) {
		keeper_msg_close(out);
		return -EBADMSG;
	}
	out->body = r.p;
	out->len = r.left;
	return 1;
}

void keeper_msg_close(struct keeper_msg *m)
{
	while (m->fds) {
		int fd = m->fd[--m->fds];

		if (fd >= 0)
			close(fd);
	}
}

int keeper_msg_take(struct keeper_msg *m, unsigned i)
{
	int fd = i < m->fds ? m->fd[i] : -1;

	if (fd >= 0)
		m->fd[i] = -1;
	return fd;
}

bool keeper_name_ok(const char *name, size_t len)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._+-/";

	if (!len || len >= KEEPER_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!name[i] || !strchr(allowed, name[i]))
			return false;
	return true;
}

bool keeper_get_name(struct rd *r, char out[KEEPER_NAME_MAX])
{
	size_t n = rd_u8(r);
	const char *p = (const char *)rd_take(r, n);

	if (!p || !keeper_name_ok(p, n)) {
		rd_fail(r);
		return false;
	}
	memcpy(out, p, n);
	out[n] = '\0';
	return true;
}

void keeper_put_name(struct wr *w, const char *name)
{
	size_t n = strlen(name);

	if (!keeper_name_ok(name, n)) {
		w->bad = true;
		return;
	}
	wr_u8(w, (uint8_t)n);
	wr_bytes(w, name, n);
}
