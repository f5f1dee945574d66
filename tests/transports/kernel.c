/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "tests/transports/kernel.h"

#include "tests/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

struct kernel kernel;

#define WRAPPED(result, name, ...)         \
	result __real_##name(__VA_ARGS__); \
	result __wrap_##name(__VA_ARGS__)

WRAPPED(int, socket, int family, int type, int protocol);
WRAPPED(int, setsockopt, int fd, int level, int name, const void *value, socklen_t len);
WRAPPED(int, getsockopt, int fd, int level, int name, void *value, socklen_t *len);
WRAPPED(int, bind, int fd, const struct sockaddr *to, socklen_t len);
WRAPPED(int, connect, int fd, const struct sockaddr *to, socklen_t len);
WRAPPED(int, listen, int fd, int backlog);
WRAPPED(int, accept4, int fd, struct sockaddr *from, socklen_t *len, int flags);
WRAPPED(int, getsockname, int fd, struct sockaddr *name, socklen_t *len);
WRAPPED(int, getpeername, int fd, struct sockaddr *name, socklen_t *len);
WRAPPED(ssize_t, recv, int fd, void *buf, size_t len, int flags);
WRAPPED(ssize_t, recvmsg, int fd, struct msghdr *m, int flags);
WRAPPED(ssize_t, sendmsg, int fd, const struct msghdr *m, int flags);
WRAPPED(int, recvmmsg, int fd, struct mmsghdr *m, unsigned n, int flags, struct timespec *wait);
WRAPPED(int, sendmmsg, int fd, struct mmsghdr *m, unsigned n, int flags);
WRAPPED(int, socketpair, int family, int type, int protocol, int fd[2]);
WRAPPED(ssize_t, read, int fd, void *buf, size_t len);
WRAPPED(ssize_t, write, int fd, const void *buf, size_t len);
WRAPPED(ssize_t, writev, int fd, const struct iovec *iov, int n);
WRAPPED(ssize_t, pwritev, int fd, const struct iovec *iov, int n, off_t at);
WRAPPED(int, ftruncate, int fd, off_t len);
WRAPPED(void *, mmap, void *at, size_t len, int protection, int flags, int fd, off_t offset);
int __real_open(const char *name, int flags, ...);
int __wrap_open(const char *name, int flags, ...);
int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);

void kernel_begin(void)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.on = true;
}

void kernel_end(void)
{
	for (unsigned i = 0; i < kernel.sockets; i++)
		close(kernel.socket[i].far);
	kernel.on = false;
}

void kernel_refuse(const char *call, int err)
{
	kernel.refused = call;
	kernel.err = err;
}

struct kernel_socket *kernel_last(void)
{
	return &kernel.socket[kernel.sockets - 1];
}

/* The latest first: a descriptor that was closed may have been given again. */
static struct kernel_socket *kernel_of(int fd)
{
	for (unsigned i = kernel.sockets; kernel.on && i--;)
		if (kernel.socket[i].fd == fd)
			return &kernel.socket[i];
	return NULL;
}

static bool kernel_refuses(const char *call)
{
	if (!kernel.refused || strcmp(kernel.refused, call))
		return false;
	errno = kernel.err;
	return true;
}

/* --- the system's own descriptors ------------------------------------------------------------- */

/* The call that fails. */
static struct {
	const char *call; /* NULL = none, or it has failed */
	unsigned long number;
	unsigned skip;
	int err;
	bool failed;
} kernel_failing;

void kernel_fail(const char *call, unsigned long number, unsigned skip, int err)
{
	kernel_failing.call = call;
	kernel_failing.number = number;
	kernel_failing.skip = skip;
	kernel_failing.err = err;
	kernel_failing.failed = false;
}

bool kernel_failed(void)
{
	bool failed = kernel_failing.failed;

	memset(&kernel_failing, 0, sizeof(kernel_failing));
	return failed;
}

int kernel_next_fd(void)
{
	int fd = dup(STDOUT_FILENO);

	close(fd);
	return fd;
}

const char *kernel_loopback(void)
{
	static char text[16];
	unsigned pid = (unsigned)getpid();

	snprintf(text, sizeof(text), "127.%u.%u.%u", 64 + (pid >> 16) % 64, pid >> 8 & 0xff,
		 pid & 0xff);
	return text;
}

static bool kernel_fails(const char *call, unsigned long number)
{
	if (!kernel_failing.call || strcmp(kernel_failing.call, call) ||
	    kernel_failing.number != number || kernel_failing.skip--)
		return false;
	kernel_failing.call = NULL;
	kernel_failing.failed = true;
	errno = kernel_failing.err;
	return true;
}

int __wrap_recvmmsg(int fd, struct mmsghdr *m, unsigned n, int flags, struct timespec *wait)
{
	return kernel_fails("recvmmsg", 0) ? -1 : __real_recvmmsg(fd, m, n, flags, wait);
}

int __wrap_sendmmsg(int fd, struct mmsghdr *m, unsigned n, int flags)
{
	return kernel_fails("sendmmsg", 0) ? -1 : __real_sendmmsg(fd, m, n, flags);
}

int __wrap_socketpair(int family, int type, int protocol, int fd[2])
{
	return kernel_fails("socketpair", 0) ? -1 : __real_socketpair(family, type, protocol, fd);
}

ssize_t __wrap_read(int fd, void *buf, size_t len)
{
	return kernel_fails("read", 0) ? -1 : __real_read(fd, buf, len);
}

ssize_t __wrap_write(int fd, const void *buf, size_t len)
{
	return kernel_fails("write", 0) ? -1 : __real_write(fd, buf, len);
}

ssize_t __wrap_writev(int fd, const struct iovec *iov, int n)
{
	return kernel_fails("writev", 0) ? -1 : __real_writev(fd, iov, n);
}

ssize_t __wrap_pwritev(int fd, const struct iovec *iov, int n, off_t at)
{
	return kernel_fails("pwritev", 0) ? -1 : __real_pwritev(fd, iov, n, at);
}

int __wrap_ftruncate(int fd, off_t len)
{
	return kernel_fails("ftruncate", 0) ? -1 : __real_ftruncate(fd, len);
}

int __wrap_open(const char *name, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	return kernel_fails("open", 0) ? -1 : __real_open(name, flags, mode);
}

void *__wrap_mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
	return kernel_fails("mmap", 0) ? MAP_FAILED
				       : __real_mmap(at, len, protection, flags, fd, offset);
}

/* --- sockets of the families that are played -------------------------------------------------- */

static int kernel_new(int family, int type, int protocol)
{
	struct kernel_socket *s = &kernel.socket[kernel.sockets];
	int fds[2];

	if (kernel.sockets == KERNEL_SOCKETS ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | (type & (SOCK_NONBLOCK | SOCK_CLOEXEC)), 0, fds))
		abort();
	*s = (struct kernel_socket){
		.fd = fds[0], .far = fds[1], .family = family, .type = type, .protocol = protocol};
	kernel.sockets++;
	return s->fd;
}

int __wrap_socket(int family, int type, int protocol)
{
	if (kernel_fails("socket", 0))
		return -1;
	if (!kernel.on || (family != AF_X25 && family != AF_ATMPVC))
		return __real_socket(family, type, protocol);
	return kernel_refuses("socket") ? -1 : kernel_new(family, type, protocol);
}

int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	struct kernel_socket *s = kernel_of(fd);
	char call[40];

	if (kernel_fails("setsockopt", (unsigned)name))
		return -1;
	if (!s)
		return __real_setsockopt(fd, level, name, value, len);
	snprintf(call, sizeof(call), "setsockopt %d", name);
	if (kernel_refuses(call))
		return -1;
	if (level == SOL_X25 && name == X25_QBITINCL && len == sizeof(int)) {
		memcpy(&s->q_bit, value, len);
	} else if (level == SOL_SOCKET && name == SO_SNDBUF && len == sizeof(int)) {
		memcpy(&s->send_buffer, value, len);
	} else if (level == SOL_SOCKET && name == SO_RCVTIMEO && len == sizeof(struct timeval)) {
		const struct timeval *t = value;

		s->receive_us = (long)t->tv_sec * 1000000 + (long)t->tv_usec;
	} else if (level == SOL_ATM && name == SO_ATMQOS && len == sizeof(s->qos)) {
		memcpy(&s->qos, value, len);
	} else {
		errno = ENOPROTOOPT;
		return -1;
	}
	return 0;
}

/* False: nobody asks for it. */
static bool kernel_option(const struct kernel_socket *s, int name, int *out)
{
	if (name == SO_ERROR)
		*out = kernel.so_error;
	else if (name == SO_DOMAIN)
		*out = s->family;
	else if (name == SO_ACCEPTCONN)
		*out = s->backlog != 0;
	else
		return false;
	return true;
}

int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	int is;

	if (kernel_fails("getsockopt", (unsigned)name))
		return -1;
	if (!kernel_of(fd))
		return __real_getsockopt(fd, level, name, value, len);
	if (level != SOL_SOCKET || *len != sizeof(int) ||
	    !kernel_option(kernel_of(fd), name, &is)) {
		errno = ENOPROTOOPT;
		return -1;
	}
	memcpy(value, &is, sizeof(int));
	return 0;
}

int __wrap_bind(int fd, const struct sockaddr *to, socklen_t len)
{
	struct kernel_socket *s = kernel_of(fd);

	if (kernel_fails("bind", 0))
		return -1;
	if (!s)
		return __real_bind(fd, to, len);
	CU_ASSERT_EQUAL_FATAL(len, sizeof(s->bound));
	memcpy(&s->bound, to, len);
	return kernel_refuses("bind") ? -1 : 0;
}

int __wrap_connect(int fd, const struct sockaddr *to, socklen_t len)
{
	struct kernel_socket *s = kernel_of(fd);

	if (kernel_fails("connect", 0))
		return -1;
	if (!s)
		return __real_connect(fd, to, len);
	CU_ASSERT_EQUAL_FATAL(len, s->family == AF_X25 ? sizeof(s->to) : sizeof(s->pvc));
	memcpy(s->family == AF_X25 ? (void *)&s->to : (void *)&s->pvc, to, len);
	return kernel_refuses("connect") ? -1 : 0;
}

int __wrap_listen(int fd, int backlog)
{
	struct kernel_socket *s = kernel_of(fd);

	if (!s)
		return __real_listen(fd, backlog);
	s->backlog = backlog;
	return kernel_refuses("listen") ? -1 : 0;
}

int __wrap_accept4(int fd, struct sockaddr *from, socklen_t *len, int flags)
{
	if (!kernel_of(fd))
		return __real_accept4(fd, from, len, flags);
	return kernel_refuses("accept4") ? -1 : kernel_new(AF_X25, SOCK_SEQPACKET | flags, 0);
}

static int kernel_name(const char *call, const struct sockaddr_x25 *is, struct sockaddr *name,
		       socklen_t *len)
{
	CU_ASSERT_EQUAL_FATAL(*len, sizeof(*is));
	memcpy(name, is, sizeof(*is));
	return kernel_refuses(call) ? -1 : 0;
}

int __wrap_getsockname(int fd, struct sockaddr *name, socklen_t *len)
{
	if (kernel_fails("getsockname", 0))
		return -1;
	return kernel_of(fd) ? kernel_name("getsockname", &kernel.name, name, len)
			     : __real_getsockname(fd, name, len);
}

int __wrap_getpeername(int fd, struct sockaddr *name, socklen_t *len)
{
	return kernel_of(fd) ? kernel_name("getpeername", &kernel.peer, name, len)
			     : __real_getpeername(fd, name, len);
}

ssize_t __wrap_recv(int fd, void *buf, size_t len, int flags)
{
	if (!kernel_of(fd) || !(flags & MSG_OOB))
		return __real_recv(fd, buf, len, flags);
	CU_ASSERT_TRUE(flags & MSG_DONTWAIT);
	CU_ASSERT_EQUAL(len, 32); /* X.25 5.3.3.2: the longest interrupt */
	if (!kernel.interrupts) {
		errno = EAGAIN;
		return -1;
	}
	return --kernel.interrupts % 2; /* one may be empty */
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *m, int flags)
{
	if (kernel_fails("recvmsg", 0))
		return -1;
	return kernel_of(fd) && kernel_refuses("recvmsg") ? -1 : __real_recvmsg(fd, m, flags);
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags)
{
	const struct kernel_socket *s = kernel_of(fd);

	if (s && kernel_refuses("sendmsg"))
		return -1;
	if (s && s->family == AF_X25)
		CU_ASSERT_EQUAL(flags, MSG_EOR | MSG_DONTWAIT);
	return s && kernel.sent ? kernel.sent : __real_sendmsg(fd, m, flags);
}

static int kernel_ioctl(struct kernel_socket *s, unsigned long request, void *arg)
{
	const struct {
		unsigned long request;
		void *to;
		const void *from;
		size_t len;
	} rows[] = {
		{SIOCX25SFACILITIES, &s->facilities, arg, sizeof(s->facilities)},
		{SIOCX25GFACILITIES, arg, &s->facilities, sizeof(s->facilities)},
		{SIOCX25SCALLUSERDATA, &s->data, arg, sizeof(s->data)},
		{SIOCX25GCALLUSERDATA, arg, &s->data, sizeof(s->data)},
		{SIOCX25SCAUSEDIAG, &s->cause, arg, sizeof(s->cause)},
		{SIOCX25GCAUSEDIAG, arg, &s->cause, sizeof(s->cause)},
		{SIOCX25SCUDMATCHLEN, &s->match, arg, sizeof(s->match)},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].request == request) {
			memcpy(rows[i].to, rows[i].from, rows[i].len);
			return 0;
		}
	s->approve += request == SIOCX25CALLACCPTAPPRV;
	s->sent_accept += request == SIOCX25SENDCALLACCPT;
	return 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct kernel_socket *s = kernel_of(fd);
	char call[40];
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (kernel_fails("ioctl", request))
		return -1;
	if (!s)
		return __real_ioctl(fd, request, arg);
	snprintf(call, sizeof(call), "ioctl %lu", request & 0xff);
	return kernel_refuses(call) ? -1 : kernel_ioctl(s, request, arg);
}
