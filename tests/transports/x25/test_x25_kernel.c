/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/x25/x25_kernel.h"

#include "tests/harness.h"
#include "tests/transports/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Sizes of 1024 and 256, throughput 9600 both ways, RFC 1356's user data of IP's NLPID. */
static const struct x25_kernel_call call = {.called = "311000",
					    .calling = "311001",
					    .size_in = 10,
					    .size_out = 8,
					    .window_in = 3,
					    .window_out = 7,
					    .throughput = 0xaa,
					    .reverse = true,
					    .data = {0xcc, 1},
					    .len = 2};

static bool kernel_closed(int fd)
{
	return fcntl(fd, F_GETFD) < 0;
}

static void asked_facilities(const struct kernel_socket *s)
{
	CU_ASSERT_TRUE(s->facilities.pacsize_in == 10 && s->facilities.pacsize_out == 8);
	CU_ASSERT_TRUE(s->facilities.winsize_in == 3 && s->facilities.winsize_out == 7);
	CU_ASSERT_TRUE(s->facilities.throughput == 0xaa && s->facilities.reverse == 1);
	ASSERT_OCTETS(s->data.cuddata, s->data.cudlength, "\xcc\x01", 2);
}

static void like_all_sockets(const struct kernel_socket *s, const char *address)
{
	CU_ASSERT_TRUE(s->family == AF_X25 && !s->protocol);
	CU_ASSERT_EQUAL(s->type, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC);
	CU_ASSERT_TRUE(s->q_bit == 1 && s->send_buffer == 16384);
	CU_ASSERT_EQUAL(s->bound.sx25_family, AF_X25);
	CU_ASSERT_STRING_EQUAL(s->bound.sx25_addr.x25_addr, address);
}

static void listens_for_an_address(void)
{
	struct x25_kernel_call any = call;
	const struct kernel_socket *s;

	kernel_begin();
	CU_ASSERT_EQUAL(x25_af_x25.listen(&call), kernel.socket[0].fd);
	s = kernel_last();
	like_all_sockets(s, "311000");
	asked_facilities(s);
	CU_ASSERT_TRUE(s->match == 1 && s->approve == 1 && s->backlog == 64);
	CU_ASSERT_EQUAL(s->receive_us, 1000); /* accept() must not block */
	CU_ASSERT_EQUAL(s->sent_accept, 0);
	memset(any.called, 0, sizeof(any.called));
	any.reverse = false;
	CU_ASSERT_EQUAL(x25_af_x25.listen(&any), kernel.socket[1].fd);
	CU_ASSERT_STRING_EQUAL(kernel_last()->bound.sx25_addr.x25_addr, "               ");
	CU_ASSERT_EQUAL(kernel_last()->facilities.reverse, 0);
	close(kernel.socket[0].fd);
	close(kernel.socket[1].fd);
	kernel_end();
}

static void places_a_call(void)
{
	const struct kernel_socket *s;

	kernel_begin();
	CU_ASSERT_EQUAL(x25_af_x25.call(&call), kernel.socket[0].fd);
	s = kernel_last();
	like_all_sockets(s, "311001");
	asked_facilities(s);
	CU_ASSERT_EQUAL(s->to.sx25_family, AF_X25);
	CU_ASSERT_STRING_EQUAL(s->to.sx25_addr.x25_addr, "311000");
	close(s->fd);
	kernel_refuse("connect", EINPROGRESS); /* goes on in the background */
	CU_ASSERT_EQUAL(x25_af_x25.call(&call), kernel.socket[1].fd);
	close(kernel_last()->fd);
	kernel_end();
}

/* Each call that may fail does: its errno comes out and no descriptor stays. */
static void each_step_refused(void)
{
	static const struct {
		const char *listening, *calling;
	} rows[] = {
		{"socket", "socket"},
		{"setsockopt 1", "setsockopt 1"}, /* X25_QBITINCL */
		{"setsockopt 7", "setsockopt 7"}, /* SO_SNDBUF */
		{"bind", "bind"},
		{"ioctl 227", "ioctl 227"}, /* SIOCX25SFACILITIES */
		{"ioctl 229", "ioctl 229"}, /* SIOCX25SCALLUSERDATA */
		{"ioctl 231", "connect"},   /* SIOCX25SCUDMATCHLEN */
		{"ioctl 232", "connect"},   /* SIOCX25CALLACCPTAPPRV */
		{"setsockopt 20", "bind"},  /* SO_RCVTIMEO */
		{"listen", "bind"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		kernel_begin();
		kernel_refuse(rows[i].listening, EADDRINUSE);
		CU_ASSERT_EQUAL(x25_af_x25.listen(&call), -EADDRINUSE);
		kernel_refuse(rows[i].calling, ENETUNREACH);
		CU_ASSERT_EQUAL(x25_af_x25.call(&call), -ENETUNREACH);
		CU_ASSERT_EQUAL(kernel.sockets, i ? 2 : 0);
		for (unsigned k = 0; k < kernel.sockets; k++)
			CU_ASSERT_TRUE(kernel_closed(kernel.socket[k].fd));
		kernel_end();
	}
}

static void kernel_incoming(void)
{
	kernel.name = (struct sockaddr_x25){.sx25_family = AF_X25};
	kernel.peer = kernel.name;
	memcpy(kernel.name.sx25_addr.x25_addr, "311000   ", 9);
	memcpy(kernel.peer.sx25_addr.x25_addr, "123456789012345", 16);
}

static void an_incoming_call_is_described(void)
{
	struct x25_kernel_call got;
	int fd, next;

	kernel_begin();
	fd = x25_af_x25.listen(&call);
	kernel_incoming();
	next = x25_af_x25.next_call(fd, &got);
	CU_ASSERT_EQUAL(next, kernel.socket[1].fd);
	CU_ASSERT_EQUAL(kernel_last()->type, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC);
	CU_ASSERT_STRING_EQUAL(got.called, "311000");
	CU_ASSERT_STRING_EQUAL(got.calling, "123456789012345");
	CU_ASSERT_EQUAL(got.len, 0);
	CU_ASSERT_FALSE(got.reverse || got.fast);
	CU_ASSERT_EQUAL(x25_af_x25.accept(next), 0);
	CU_ASSERT_EQUAL(kernel_last()->sent_accept, 1);
	kernel_refuse("ioctl 233", ENOTCONN);
	CU_ASSERT_EQUAL(x25_af_x25.accept(next), -ENOTCONN);
	close(next);
	close(fd);
	kernel_end();
}

/* SIOCX25GFACILITIES: bit 1 of the facility's octet is reverse charging, bit 8 fast select. */
static void facilities_of_a_call(void)
{
	static const struct {
		unsigned octet;
		bool reverse, fast;
	} rows[] = {{0, false, false}, {1, true, false}, {0x80, false, true}, {0xc1, true, true}};
	struct x25_kernel_call got;
	struct kernel_socket *s;
	int fd;

	kernel_begin();
	fd = x25_af_x25.call(&call);
	s = kernel_last();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		s->facilities = (struct x25_facilities){1, 2, 7, 9, 0xbc, rows[i].octet};
		CU_ASSERT_EQUAL(x25_af_x25.facilities(fd, &got), 0);
		CU_ASSERT_TRUE(got.window_in == 1 && got.window_out == 2);
		CU_ASSERT_TRUE(got.size_in == 7 && got.size_out == 9 && got.throughput == 0xbc);
		CU_ASSERT_EQUAL(got.reverse, rows[i].reverse);
		CU_ASSERT_EQUAL(got.fast, rows[i].fast);
	}
	kernel_refuse("ioctl 226", EINVAL);
	CU_ASSERT_EQUAL(x25_af_x25.facilities(fd, &got), -EINVAL);
	close(fd);
	kernel_end();
}

static void an_incoming_call_refused(void)
{
	static const char *const steps[] = {"getsockname", "getpeername", "ioctl 228", "ioctl 226"};
	struct x25_kernel_call got;
	int fd;

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		kernel_begin();
		fd = x25_af_x25.listen(&call);
		kernel_incoming();
		kernel_refuse("accept4", EAGAIN);
		CU_ASSERT_EQUAL(x25_af_x25.next_call(fd, &got), -EAGAIN);
		kernel_refuse(steps[i], ENOTCONN);
		CU_ASSERT_EQUAL(x25_af_x25.next_call(fd, &got), -ENOTCONN);
		CU_ASSERT_EQUAL(kernel.sockets, 2);
		CU_ASSERT_TRUE(kernel_closed(kernel_last()->fd));
		close(fd);
		kernel_end();
	}
}

static void the_state_of_a_call(void)
{
	static const struct {
		int so_error, state;
	} rows[] = {{0, -ECONNRESET},
		    {ECONNREFUSED, -ECONNRESET},
		    {ENETUNREACH, -ENETUNREACH},
		    {ETIMEDOUT, -ETIMEDOUT}};
	uint8_t cause = 0, diagnostic = 0;
	int fd;

	kernel_begin();
	fd = x25_af_x25.call(&call);
	CU_ASSERT_EQUAL(x25_af_x25.state(fd, &cause, &diagnostic), 1);
	while (send(fd, "x", 1, MSG_DONTWAIT) == 1) /* until it is not writable */
		;
	CU_ASSERT_EQUAL(x25_af_x25.state(fd, &cause, &diagnostic), 0);
	CU_ASSERT_TRUE(!cause && !diagnostic);
	close(kernel_last()->far);
	kernel_last()->cause = (struct x25_causediag){9, 67};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		kernel.so_error = rows[i].so_error;
		CU_ASSERT_EQUAL(x25_af_x25.state(fd, &cause, &diagnostic), rows[i].state);
		CU_ASSERT_TRUE(cause == 9 && diagnostic == 67);
	}
	x25_af_x25.clear(fd, 5, 33);
	CU_ASSERT_TRUE(kernel_last()->cause.cause == 5 && kernel_last()->cause.diagnostic == 33);
	CU_ASSERT_TRUE(kernel_closed(fd));
	kernel.on = false;
}

/* An octet with the Q bit stands in front, which the caller does not count. */
static void sdus_go_both_ways(void)
{
	static const struct {
		int err, result;
	} rows[] = {{EINTR, -EAGAIN}, {ENOBUFS, -EAGAIN}, {EAGAIN, -EAGAIN}, {EPIPE, -EPIPE}};
	uint8_t buf[8];
	bool cut = true;
	int fd;

	kernel_begin();
	fd = x25_af_x25.call(&call);
	CU_ASSERT_EQUAL(x25_af_x25.send(fd, "ab", 2, "cde", 3), 5);
	ASSERT_OCTETS(buf, recv(kernel_last()->far, buf, sizeof(buf), 0), "\0abcde", 6);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		kernel_refuse("sendmsg", rows[i].err);
		CU_ASSERT_EQUAL(x25_af_x25.send(fd, "ab", 2, "cde", 3), rows[i].result);
	}
	kernel_refuse(NULL, 0);
	kernel.sent = 3;
	CU_ASSERT_EQUAL(x25_af_x25.send(fd, "ab", 2, "cde", 3), 2);
	kernel.sent = 1; /* nothing but the octet in front */
	CU_ASSERT_EQUAL(x25_af_x25.send(fd, "ab", 2, "cde", 3), -EAGAIN);
	kernel.sent = 2;
	CU_ASSERT_EQUAL(x25_af_x25.send(fd, "ab", 2, "cde", 3), 1);
	CU_ASSERT_EQUAL(x25_af_x25.receive(fd, buf, sizeof(buf), &cut), -EAGAIN);
	CU_ASSERT_FALSE(cut);
	CU_ASSERT_EQUAL(send(kernel_last()->far, "\0xyz4567", 8, 0), 8);
	ASSERT_OCTETS(buf, x25_af_x25.receive(fd, buf, sizeof(buf), &cut), "\0xyz4567", 8);
	CU_ASSERT_FALSE(cut);
	CU_ASSERT_EQUAL(send(kernel_last()->far, "\0xyz45678", 9, 0), 9);
	CU_ASSERT_EQUAL(x25_af_x25.receive(fd, buf, sizeof(buf), &cut), 8);
	CU_ASSERT_TRUE(cut);
	kernel_refuse("recvmsg", EINTR);
	CU_ASSERT_EQUAL(x25_af_x25.receive(fd, buf, sizeof(buf), &cut), -EAGAIN);
	CU_ASSERT_FALSE(cut);
	kernel_refuse("recvmsg", ECONNRESET);
	CU_ASSERT_EQUAL(x25_af_x25.receive(fd, buf, sizeof(buf), &cut), -ECONNRESET);
	kernel_refuse(NULL, 0);
	close(kernel_last()->far);
	CU_ASSERT_EQUAL(x25_af_x25.receive(fd, buf, sizeof(buf), &cut), 0);
	close(fd);
	kernel.on = false;
}

static void interrupts_are_read_in_bounds(void)
{
	int fd;

	kernel_begin();
	fd = x25_af_x25.call(&call);
	CU_ASSERT_EQUAL(x25_af_x25.interrupts(fd), 0);
	kernel.interrupts = 3;
	CU_ASSERT_EQUAL(x25_af_x25.interrupts(fd), 3);
	kernel.interrupts = 65;
	CU_ASSERT_EQUAL(x25_af_x25.interrupts(fd), 64);
	CU_ASSERT_EQUAL(x25_af_x25.interrupts(fd), 1);
	close(fd);
	kernel_end();
}

/* What came from another process is believed when the kernel says so. */
static void the_kind_of_a_descriptor(void)
{
	int listens, calls, pipes[2];

	kernel_begin();
	listens = x25_af_x25.listen(&call);
	calls = x25_af_x25.call(&call);
	CU_ASSERT_EQUAL(x25_af_x25.kind(listens), X25_KERNEL_LISTENS);
	CU_ASSERT_EQUAL(x25_af_x25.kind(calls), X25_KERNEL_CALL);
	CU_ASSERT_FATAL(!pipe(pipes));
	CU_ASSERT_EQUAL(x25_af_x25.kind(pipes[0]), X25_KERNEL_OTHER);
	CU_ASSERT_EQUAL(x25_af_x25.kind(kernel.socket[0].far), X25_KERNEL_OTHER); /* AF_UNIX */
	kernel_fail("getsockopt", SO_ACCEPTCONN, 0, EINVAL);
	CU_ASSERT_EQUAL(x25_af_x25.kind(calls), X25_KERNEL_OTHER);
	CU_ASSERT_TRUE(kernel_failed());
	close(pipes[0]);
	close(pipes[1]);
	close(listens);
	close(calls);
	kernel_end();
}

static const struct test_case cases[] = {
	{"listens_for_an_address", listens_for_an_address},
	{"places_a_call", places_a_call},
	{"each_step_refused", each_step_refused},
	{"an_incoming_call_is_described", an_incoming_call_is_described},
	{"facilities_of_a_call", facilities_of_a_call},
	{"an_incoming_call_refused", an_incoming_call_refused},
	{"the_state_of_a_call", the_state_of_a_call},
	{"sdus_go_both_ways", sdus_go_both_ways},
	{"interrupts_are_read_in_bounds", interrupts_are_read_in_bounds},
	{"the_kind_of_a_descriptor", the_kind_of_a_descriptor},
	{NULL, NULL},
};
const struct test_suite suite_x25_kernel = {"x25_kernel", cases};
