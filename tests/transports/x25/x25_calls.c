/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/x25/x25_calls.h"

#include "tests/harness.h"
#include "transports/x25/x25_transport.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct x25_calls kern;

static ino_t x25_calls_is(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

static struct the_call *x25_calls_find(int fd)
{
	ino_t is = x25_calls_is(fd);

	for (unsigned i = 0; i < kern.calls; i++)
		if (kern.call[i].open && kern.call[i].is == is)
			return &kern.call[i];
	return NULL;
}

static int new_call(int state)
{
	struct the_call *c = &kern.call[kern.calls];
	int fds[2];

	CU_ASSERT_TRUE_FATAL(kern.calls < sizeof(kern.call) / sizeof(kern.call[0]));
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	*c = (struct the_call){.near = fds[0], .far = fds[1], .state = state, .open = true};
	c->is = x25_calls_is(c->near);
	kern.calls++;
	return c->near;
}

static int k_listen(const struct x25_kernel_call *c)
{
	unsigned at = kern.listeners % X25_CALLS_LISTENERS;
	int fds[2];

	if (kern.listen_fails)
		return -kern.listen_fails;
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), 0);
	snprintf(kern.listens_on, sizeof(kern.listens_on), "%s", c->called);
	CU_ASSERT_EQUAL(c->size_in, 7); /* never more than a caller who asks nothing expects */
	CU_ASSERT_EQUAL(c->window_out, 2);
	CU_ASSERT_EQUAL(c->len, 1);
	if (kern.listeners >= X25_CALLS_LISTENERS)
		close(kern.knock[at]);
	kern.listener_is[at] = x25_calls_is(fds[0]);
	kern.knock[at] = fds[1];
	kern.first[at] = c->data[0];
	kern.listeners++;
	return fds[0];
}

static int k_next_call(int fd, struct x25_kernel_call *out)
{
	char octet;

	if (kern.fails)
		return -kern.fails;
	if (recv(fd, &octet, 1, 0) < 0)
		return -EAGAIN;
	*out = kern.in;
	return new_call(0);
}

static int k_accept(int fd)
{
	x25_calls_find(fd)->accepted = !kern.accept_fails;
	return -kern.accept_fails;
}

static int k_call(const struct x25_kernel_call *c)
{
	kern.out = *c;
	return kern.fails ? -kern.fails : new_call(0);
}

static int k_state(int fd, uint8_t *cause, uint8_t *diagnostic)
{
	const struct the_call *c = x25_calls_find(fd);

	*cause = c->cause;
	*diagnostic = c->diag;
	return c->state;
}

static int k_facilities(int fd, struct x25_kernel_call *out)
{
	(void)fd;
	*out = (struct x25_kernel_call){.throughput = kern.throughput};
	return 0;
}

static void k_clear(int fd, uint8_t cause, uint8_t diagnostic)
{
	struct the_call *c = x25_calls_find(fd);

	close(fd);
	if (!c || kern.deathless)
		return; /* or one that listens */
	c->open = false;
	c->our_cause = cause;
	c->our_diag = diagnostic;
}

/* Nothing more goes in, and poll says so, until the far end has drained it. */
static void stuff(int fd)
{
	static const char wad[1000] = "\xff";

	while (send(fd, wad, sizeof(wad), MSG_EOR) > 0)
		;
}

size_t x25_calls_drain(unsigned call, char *out, size_t room)
{
	char buf[2000];
	size_t len = 0;
	ssize_t n;

	while ((n = recv(kern.call[call].far, buf, sizeof(buf), 0)) > 0) {
		if (buf[0] == '\xff')
			continue;
		CU_ASSERT_TRUE_FATAL(!buf[0] && n > 1 && len + (size_t)n <= room);
		memcpy(out + len, buf + 1, (size_t)n - 1);
		len += (size_t)n - 1;
	}
	return len;
}

static ssize_t k_send(int fd, const void *head, size_t head_len, const void *data, size_t len)
{
	size_t take = kern.room < head_len + len ? kern.room : head_len + len;
	size_t from_head = take < head_len ? take : head_len;
	ssize_t n;

	if (kern.send_fails)
		return -kern.send_fails;
	if (!take) {
		stuff(fd); /* it may be another call's, by a hostile record */
		return -EAGAIN;
	}
	kern.room -= take;
	n = x25_af_x25.send(fd, head, from_head, data, take - from_head);
	if (!kern.room)
		stuff(fd);
	return n;
}

static ssize_t k_receive(int fd, uint8_t *buf, size_t len, bool *cut)
{
	return x25_af_x25.receive(fd, buf, len, cut);
}

static unsigned k_interrupts(int fd)
{
	unsigned n = kern.interrupts;

	(void)fd;
	kern.interrupts = 0;
	return n;
}

static enum x25_kernel_kind k_kind(int fd)
{
	for (unsigned i = 0; i < kern.listeners && i < X25_CALLS_LISTENERS; i++)
		if (kern.listener_is[i] == x25_calls_is(fd))
			return X25_KERNEL_LISTENS;
	return x25_calls_find(fd) ? X25_KERNEL_CALL : X25_KERNEL_OTHER;
}

const struct x25_kernel x25_calls_kernel = {k_listen,  k_next_call,  k_accept, k_call,
					    k_state,   k_facilities, k_clear,  k_send,
					    k_receive, k_interrupts, k_kind};

/* --- a port on it ----------------------------------------------------------------------------- */

void x25_calls_open(struct fake_host *h, const char *const *config)
{
	memset(&kern, 0, sizeof(kern));
	kern.room = SIZE_MAX;
	x25_socket_kernel = &x25_calls_kernel;
	fake_open(h, &x25_transport, config);
}

void x25_calls_end(void)
{
	for (unsigned i = 0; i < kern.calls; i++)
		close(kern.call[i].far);
	for (unsigned i = 0; i < kern.listeners && i < X25_CALLS_LISTENERS; i++)
		close(kern.knock[i]);
	x25_socket_kernel = &x25_af_x25;
}

void x25_calls_close(struct fake_host *h)
{
	fake_close(h);
	for (unsigned i = 0; i < kern.calls; i++)
		CU_ASSERT_FALSE(kern.call[i].open);
	x25_calls_end();
}

void x25_calls_run(struct fake_host *h)
{
	fake_run(h, fake_now);
}

void x25_calls_ring(struct fake_host *h, const char *from, const void *data, uint8_t len)
{
	kern.in = (struct x25_kernel_call){.called = "31101111", .len = len};
	snprintf(kern.in.calling, sizeof(kern.in.calling), "%s", from);
	memcpy(kern.in.data, data, len);
	CU_ASSERT_EQUAL(send(kern.knock[0], "!", 1, 0), 1);
	x25_calls_run(h);
}

ist_channel x25_calls_up(struct fake_host *h, const char *to, uint8_t payload)
{
	ist_channel c = 0;

	CU_ASSERT_EQUAL(fake_connect(h, to, payload, &c), 0);
	kern.call[kern.calls - 1].state = 1;
	x25_calls_run(h);
	CU_ASSERT_EQUAL_FATAL(fake_channel(h, FAKE_UP), c);
	return c;
}

void x25_calls_far_sends(struct fake_host *h, unsigned call, const void *octets, size_t len)
{
	CU_ASSERT_EQUAL(send(kern.call[call].far, octets, len, MSG_EOR), (ssize_t)len);
	x25_calls_run(h);
}

void x25_calls_far_got(unsigned call, const char *octets, size_t len)
{
	char buf[2000];

	ASSERT_OCTETS(buf, recv(kern.call[call].far, buf, sizeof(buf), 0), octets, len);
}
