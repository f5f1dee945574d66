/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `loop:NAME`: two links of one process on a socket pair, which may be on different threads.  The
 * first of a name makes the pair and leaves the other end in a list; the second takes it and sends
 * one octet, shorter than any frame, by which the first knows that it is there.
 */
#include "transports/link/link_kind.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD 2 /* octets of length */

struct loop_link {
	struct link_socket socket;
	char *name;
	bool joined, lost;
};

/* Ends that no second link has taken yet. */
struct spare {
	struct spare *next;
	const struct loop_link *maker;
	int fd;
	char name[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct spare *spares;

/* Closes the end this link has left for others, if it is still there. */
static void link_loop_withdraw(const struct loop_link *u)
{
	pthread_mutex_lock(&lock);
	for (struct spare **at = &spares; *at;) {
		struct spare *s = *at;

		if (s->maker != u) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		close(s->fd);
		free(s);
	}
	pthread_mutex_unlock(&lock);
}

/* The end waiting under that name, or -1. */
static int link_loop_take_spare(const char *name)
{
	int fd = -1;

	pthread_mutex_lock(&lock);
	for (struct spare **at = &spares; *at; at = &(*at)->next) {
		struct spare *s = *at;

		if (strcmp(s->name, name))
			continue;
		fd = s->fd;
		*at = s->next;
		free(s);
		break;
	}
	pthread_mutex_unlock(&lock);
	return fd;
}

static int link_loop_make_pair(const struct loop_link *u)
{
	struct spare *s = calloc(1, sizeof(*s) + strlen(u->name) + 1);
	int fd[2];

	if (!s)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd) < 0) {
		free(s);
		return -errno;
	}
	s->maker = u;
	s->fd = fd[1];
	memcpy(s->name, u->name, strlen(u->name) + 1);
	pthread_mutex_lock(&lock);
	s->next = spares;
	spares = s;
	pthread_mutex_unlock(&lock);
	return fd[0];
}

static bool link_loop_take(void *impl, const struct sockaddr_storage *from, struct link_frame *f)
{
	struct loop_link *u = impl;

	(void)from;
	if (f->len >= HEAD && u->joined) {
		f->payload += HEAD;
		f->len -= HEAD;
		return true;
	}
	u->lost = f->len < HEAD;
	u->joined = !u->lost;
	if (u->lost)
		link_socket_unwatch(&u->socket);
	link_recheck(u->socket.link);
	return false;
}

static int link_loop_start(void *impl)
{
	static const uint8_t hello[HEAD];
	struct loop_link *u = impl;
	int fd = link_loop_take_spare(u->name), r;

	u->lost = false;
	u->joined = fd >= 0 && send(fd, hello, HEAD, MSG_NOSIGNAL) == HEAD;
	if (fd < 0)
		fd = link_loop_make_pair(u);
	if (fd < 0)
		return fd;
	r = link_socket_open(&u->socket, fd);
	if (r < 0)
		link_loop_withdraw(u);
	return r;
}

static void link_loop_stop(void *impl)
{
	link_loop_withdraw(impl);
	link_socket_close(&((struct loop_link *)impl)->socket);
}

/* An end that nobody has joined is in this process's list: it starts anew. */
static int link_loop_hand(void *impl, struct handover *h)
{
	struct loop_link *u = impl;

	u->joined = handover_flag(h, u->joined && !u->lost);
	return u->joined ? link_socket_hand(&u->socket, h, SOCK_SEQPACKET) : -ENOTCONN;
}

static void link_loop_quiet(void *impl)
{
	link_socket_unwatch(&((struct loop_link *)impl)->socket);
}

static int link_loop_check(void *impl)
{
	const struct loop_link *u = impl;

	return u->lost ? -ECONNRESET : u->joined;
}

static void *link_loop_parse(struct link *l, const char *rest, char *err, size_t err_len)
{
	struct loop_link *u = *rest ? calloc(1, sizeof(*u)) : NULL;

	if (!u || !(u->name = strdup(rest))) {
		free(u);
		settings_error(err, err_len, EINVAL, "link: \"loop:%s\" is not %s", rest,
			       link_loop.form);
		return NULL;
	}
	u->socket = (struct link_socket){
		.link = l, .prefix_len = HEAD, .take = link_loop_take, .impl = u};
	return u;
}

static void link_loop_free_link(void *impl)
{
	free(((struct loop_link *)impl)->name);
	free(impl);
}

static void link_loop_send_frames(void *impl, const struct link_frame *f, unsigned n)
{
	link_socket_send(&((struct loop_link *)impl)->socket, f, n);
}

static uint32_t link_loop_mtu(const void *impl)
{
	(void)impl;
	return LINK_FRAME_MAX - HEAD;
}

const struct link_kind link_loop = {
	.scheme = "loop:",
	.form = "loop:NAME",
	.parse = link_loop_parse,
	.free = link_loop_free_link,
	.start = link_loop_start,
	.stop = link_loop_stop,
	.check = link_loop_check,
	.send = link_loop_send_frames,
	.mtu = link_loop_mtu,
	.hand = link_loop_hand,
	.quiet = link_loop_quiet,
};
