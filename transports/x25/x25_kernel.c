/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AF_X25 sockets of Linux, for x25_socket.c.  Particulars of the family:
 *
 *   - With SIOCX25CALLACCPTAPPRV accept() gives calls that are not accepted yet.  A call is
 * accepted by SIOCX25SENDCALLACCPT, and cleared by closing its socket.
 *   - SIOCX25SCUDMATCHLEN selects calls by the first octets of their user data; a call with fewer
 *     octets may come to any listener.  An address of fifteen blanks listens on every address.
 *   - accept() ignores O_NONBLOCK and blocks for SO_RCVTIMEO.
 *   - With X25_QBITINCL an octet with the Q bit stands in front of each SDU, sent and received.
 *   - A send for which the buffer is too small has sent a part with M = 1; the next send continues
 *     the packet sequence.
 *   - SDUs that were received and not read are lost when the call is cleared.
 */
#define _GNU_SOURCE
#include "transports/x25/x25_kernel.h"

#include <errno.h>
#include <linux/sockios.h>
#include <linux/x25.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#define ANY_ADDRESS "               "
#define BACKLOG	    64
/* A few SDUs: the queue that puts control first is the gateway's. */
#define SEND_BUFFER    16384
#define INTERRUPTS_MAX 64u

static int x25_kernel_failed(int fd)
{
	int r = -errno;

	close(fd);
	return r;
}

static int x25_kernel_new_socket(const char *address)
{
	struct sockaddr_x25 at = {.sx25_family = AF_X25};
	int fd = socket(AF_X25, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
	int room = SEND_BUFFER;

	if (fd < 0)
		return -errno;
	memcpy(at.sx25_addr.x25_addr, *address ? address : ANY_ADDRESS, sizeof(ANY_ADDRESS) - 1);
	if (setsockopt(fd, SOL_X25, X25_QBITINCL, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)) < 0 ||
	    bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0)
		return x25_kernel_failed(fd);
	return fd;
}

static int x25_kernel_set_facilities(int fd, const struct x25_kernel_call *c)
{
	const struct x25_facilities f = {.winsize_in = c->window_in,
					 .winsize_out = c->window_out,
					 .pacsize_in = c->size_in,
					 .pacsize_out = c->size_out,
					 .throughput = c->throughput,
					 .reverse = c->reverse};
	struct x25_calluserdata d = {.cudlength = c->len};

	memcpy(d.cuddata, c->data, c->len);
	return ioctl(fd, SIOCX25SFACILITIES, &f) < 0 || ioctl(fd, SIOCX25SCALLUSERDATA, &d) < 0
		       ? -errno
		       : 0;
}

static int x25_kernel_listen_for(const struct x25_kernel_call *c)
{
	const struct timeval at_once = {0, 1000};
	struct x25_subaddr match = {.cudmatchlength = 1};
	int fd = x25_kernel_new_socket(c->called);

	if (fd < 0)
		return fd;
	if (x25_kernel_set_facilities(fd, c) < 0 || ioctl(fd, SIOCX25SCUDMATCHLEN, &match) < 0 ||
	    ioctl(fd, SIOCX25CALLACCPTAPPRV) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &at_once, sizeof(at_once)) < 0 ||
	    listen(fd, BACKLOG) < 0)
		return x25_kernel_failed(fd);
	return fd;
}

static int x25_kernel_facilities(int fd, struct x25_kernel_call *out)
{
	struct x25_facilities f;

	if (ioctl(fd, SIOCX25GFACILITIES, &f) < 0)
		return -errno;
	out->size_in = (uint8_t)f.pacsize_in;
	out->size_out = (uint8_t)f.pacsize_out;
	out->window_in = (uint8_t)f.winsize_in;
	out->window_out = (uint8_t)f.winsize_out;
	out->throughput = (uint8_t)f.throughput;
	out->reverse = f.reverse & 0x01;
	out->fast = f.reverse & 0x80;
	return 0;
}

static void x25_kernel_digits(char out[16], const struct sockaddr_x25 *a)
{
	size_t n = strspn(a->sx25_addr.x25_addr, "0123456789");

	n = n < 15 ? n : 15;
	memcpy(out, a->sx25_addr.x25_addr, n);
	out[n] = '\0';
}

static int x25_kernel_describe(int fd, struct x25_kernel_call *out)
{
	struct sockaddr_x25 to = {0}, from = {0};
	socklen_t to_len = sizeof(to), from_len = sizeof(from);
	struct x25_calluserdata d;

	if (getsockname(fd, (struct sockaddr *)&to, &to_len) < 0 ||
	    getpeername(fd, (struct sockaddr *)&from, &from_len) < 0 ||
	    ioctl(fd, SIOCX25GCALLUSERDATA, &d) < 0)
		return -errno;
	x25_kernel_digits(out->called, &to);
	x25_kernel_digits(out->calling, &from);
	out->len = (uint8_t)(d.cudlength <= sizeof(out->data) ? d.cudlength : sizeof(out->data));
	memcpy(out->data, d.cuddata, out->len);
	return x25_kernel_facilities(fd, out);
}

static int x25_kernel_next_call(int fd, struct x25_kernel_call *out)
{
	int call = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), r;

	if (call < 0)
		return -errno;
	r = x25_kernel_describe(call, out);
	if (r < 0)
		close(call);
	return r < 0 ? r : call;
}

static int x25_kernel_accept_call(int fd)
{
	return ioctl(fd, SIOCX25SENDCALLACCPT) < 0 ? -errno : 0;
}

static int x25_kernel_call(const struct x25_kernel_call *c)
{
	struct sockaddr_x25 to = {.sx25_family = AF_X25};
	int fd = x25_kernel_new_socket(c->calling), r;

	if (fd < 0)
		return fd;
	memcpy(to.sx25_addr.x25_addr, c->called, sizeof(c->called));
	r = x25_kernel_set_facilities(fd, c);
	if (!r && connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0 && errno != EINPROGRESS)
		r = -errno;
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}

static int x25_kernel_state(int fd, uint8_t *cause, uint8_t *diagnostic)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	struct x25_causediag c = {0};
	socklen_t len = sizeof(int);
	int err = 0;

	poll(&p, 1, 0);
	if (!(p.revents & (POLLHUP | POLLERR)))
		return p.revents & POLLOUT ? 1 : 0;
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len);
	ioctl(fd, SIOCX25GCAUSEDIAG, &c);
	*cause = c.cause;
	*diagnostic = c.diagnostic;
	return err == ENETUNREACH || err == ETIMEDOUT ? -err : -ECONNRESET;
}

static void x25_kernel_clear(int fd, uint8_t cause, uint8_t diagnostic)
{
	struct x25_causediag c = {cause, diagnostic};

	ioctl(fd, SIOCX25SCAUSEDIAG, &c);
	close(fd);
}

static ssize_t x25_kernel_send_sdu(int fd, const void *head, size_t head_len, const void *data,
				   size_t len)
{
	uint8_t q = 0;
	struct iovec iov[] = {
		{&q, 1}, {(void *)(uintptr_t)head, head_len}, {(void *)(uintptr_t)data, len}};
	const struct msghdr m = {.msg_iov = iov, .msg_iovlen = 3};
	ssize_t n = sendmsg(fd, &m, MSG_EOR | MSG_DONTWAIT);

	if (n < 0)
		return errno == EINTR || errno == ENOBUFS ? -EAGAIN : -errno;
	return n > 1 ? n - 1 : -EAGAIN;
}

static ssize_t x25_kernel_receive(int fd, uint8_t *buf, size_t len, bool *cut)
{
	struct iovec iov = {buf, len};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT);

	*cut = n >= 0 && m.msg_flags & MSG_TRUNC;
	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	return n;
}

static unsigned x25_kernel_interrupts(int fd)
{
	uint8_t octets[32];
	unsigned n = 0;

	while (n < INTERRUPTS_MAX && recv(fd, octets, sizeof(octets), MSG_OOB | MSG_DONTWAIT) >= 0)
		n++;
	return n;
}

static enum x25_kernel_kind x25_kernel_kind_of(int fd)
{
	int family = 0, listens = 0;
	socklen_t len = sizeof(int), listens_len = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) < 0 || family != AF_X25 ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &listens_len) < 0)
		return X25_KERNEL_OTHER;
	return listens ? X25_KERNEL_LISTENS : X25_KERNEL_CALL;
}

const struct x25_kernel x25_af_x25 = {
	.listen = x25_kernel_listen_for,
	.next_call = x25_kernel_next_call,
	.accept = x25_kernel_accept_call,
	.call = x25_kernel_call,
	.state = x25_kernel_state,
	.facilities = x25_kernel_facilities,
	.clear = x25_kernel_clear,
	.send = x25_kernel_send_sdu,
	.receive = x25_kernel_receive,
	.interrupts = x25_kernel_interrupts,
	.kind = x25_kernel_kind_of,
};
