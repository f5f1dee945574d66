/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "tests/gw/calls.h"

#include <errno.h>
#include <osmocom/core/logging.h>
#include <osmocom/core/select.h>
#include <osmocom/vty/vty.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

long calls_receive_us, calls_seconds_ahead;

static _Thread_local const char *refused;
static _Thread_local int refused_err;

void calls_refuse(const char *name, int err)
{
	refused = name;
	refused_err = err;
}

bool calls_refused(void)
{
	bool was = !refused;

	refused = NULL;
	return was;
}

static bool calls_fails(const char *name)
{
	if (!refused || strcmp(refused, name))
		return false;
	refused = NULL;
	errno = refused_err;
	return true;
}

#define CALLS_WRAP(type, name, bad, params, args)                       \
	type __real_##name params;                                      \
	type __wrap_##name params;                                      \
	type __wrap_##name params                                       \
	{                                                               \
		return calls_fails(#name) ? (bad) : __real_##name args; \
	}

CALLS_WRAP(int, accept4, -1, (int fd, struct sockaddr *a, socklen_t *n, int flags),
	   (fd, a, n, flags))
CALLS_WRAP(int, listen, -1, (int fd, int backlog), (fd, backlog))
CALLS_WRAP(FILE *, fdopen, NULL, (int fd, const char *mode), (fd, mode))
CALLS_WRAP(int, poll, -1, (struct pollfd * p, nfds_t n, int ms), (p, n, ms))
CALLS_WRAP(ssize_t, read, -1, (int fd, void *buf, size_t n), (fd, buf, n))
CALLS_WRAP(int, timerfd_create, -1, (int clock, int flags), (clock, flags))
CALLS_WRAP(int, log_init, -1, (const struct log_info *info, void *talloc), (info, talloc))
CALLS_WRAP(int, osmo_fd_register, -refused_err, (struct osmo_fd * fd), (fd))
CALLS_WRAP(void *, _talloc_zero, NULL, (const void *ctx, size_t n, const char *name),
	   (ctx, n, name))

/* With errno 0 it gives one octet. */
ssize_t __real_getrandom(void *buf, size_t n, unsigned flags);
ssize_t __wrap_getrandom(void *buf, size_t n, unsigned flags);
ssize_t __wrap_getrandom(void *buf, size_t n, unsigned flags)
{
	if (!calls_fails("getrandom"))
		return __real_getrandom(buf, n, flags);
	return refused_err ? -1 : __real_getrandom(buf, 1, flags);
}

/* Without memory the library's closes the descriptor. */
struct vty *__real_vty_create(int fd, void *priv);
struct vty *__wrap_vty_create(int fd, void *priv);
struct vty *__wrap_vty_create(int fd, void *priv)
{
	if (!calls_fails("vty_create"))
		return __real_vty_create(fd, priv);
	close(fd);
	return NULL;
}

int __real_setsockopt(int fd, int level, int option, const void *value, socklen_t len);
int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t len);
int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t len)
{
	const struct timeval *tv = value;

	if (level == SOL_SOCKET && option == SO_RCVTIMEO)
		calls_receive_us = tv->tv_sec * 1000000 + tv->tv_usec;
	return __real_setsockopt(fd, level, option, value, len);
}

int __real_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	int rc = __real_clock_gettime(clock, t);

	t->tv_sec += calls_seconds_ahead;
	return rc;
}
