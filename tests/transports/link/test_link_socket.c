/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket that keeps boundaries, of a link that is up: what is read and what is not, and what a
 * frame is on the wire.  The errors of its calls are in test_link_udp.c too. */
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/transports/kernel.h"
#include "tests/transports/link/ends.h"
#include "transports/link/link_kind.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
	struct end a, b; /* joined, so that a is up */
	struct link_socket s;
	int far;
	unsigned takes, drains;
	bool stops; /* at the first message that is taken */
} socket_at;

/* A message that begins with a k is the rest of it, others are dropped. */
static bool link_socket_test_take(void *impl, const struct sockaddr_storage *from,
				  struct link_frame *f)
{
	(void)from;
	CU_ASSERT_PTR_EQUAL(impl, &socket_at);
	socket_at.takes++;
	if (socket_at.stops)
		link_socket_unwatch(&socket_at.s);
	if (!f->len || f->payload[0] != 'k')
		return false;
	f->payload++;
	f->len--;
	return true;
}

static void link_socket_test_drain(void *impl)
{
	CU_ASSERT_PTR_EQUAL(impl, &socket_at);
	socket_at.drains++;
}

static void link_socket_test_pair(int fd[2])
{
	CU_ASSERT_EQUAL_FATAL(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd), 0);
}

static void link_socket_test_up(void)
{
	int fd[2];

	memset(&socket_at, 0, sizeof(socket_at));
	end_open(&socket_at.a, "loop:socket", NULL);
	end_open(&socket_at.b, "loop:socket", NULL);
	fake_join(&socket_at.a.h, &socket_at.b.h);
	fake_run(&socket_at.a.h, fake_now);
	CU_ASSERT_TRUE_FATAL(link_up(socket_at.a.l));
	link_socket_test_pair(fd);
	socket_at.s = (struct link_socket){.link = socket_at.a.l, .impl = &socket_at};
	socket_at.far = fd[1];
	CU_ASSERT_EQUAL_FATAL(link_socket_open(&socket_at.s, fd[0]), 0);
}

static void link_socket_test_down(void)
{
	link_socket_close(&socket_at.s);
	CU_ASSERT_EQUAL(fcntl(socket_at.s.fd, F_GETFD), -1);
	close(socket_at.far);
	end_close(&socket_at.b);
	end_close(&socket_at.a);
}

/* It is readable; false: nobody looks at it. */
static bool link_socket_test_turn(void)
{
	for (unsigned i = 0; i < 16; i++) {
		struct fake_watch *w = &socket_at.a.h.watch[i];

		if (!w->on_fd || w->fd != socket_at.s.fd)
			continue;
		w->on_fd(w->arg, IST_READ);
		return true;
	}
	return false;
}

static void link_socket_test_says(const void *octets, size_t len)
{
	CU_ASSERT_EQUAL(send(socket_at.far, octets, len, 0), (ssize_t)len);
}

/* --- read -------------------------------------------------------------------------------------- */

static void messages_are_taken_or_dropped(void)
{
	link_socket_test_up();
	socket_at.s.take = link_socket_test_take;
	link_socket_test_says("keep", 4);
	link_socket_test_says("drop", 4);
	link_socket_test_says("k", 1);
	link_socket_test_says("kind", 4);
	CU_ASSERT_TRUE(link_socket_test_turn());
	CU_ASSERT(socket_at.takes == 4 && socket_at.a.frames == 3);
	ASSERT_OCTETS(socket_at.a.last, socket_at.a.last_len, "ind", 3);
	/* without it each is a frame */
	socket_at.s.take = NULL;
	link_socket_test_says("drop", 4);
	CU_ASSERT_TRUE(link_socket_test_turn());
	CU_ASSERT_EQUAL(socket_at.a.frames, 4);
	ASSERT_OCTETS(socket_at.a.last, socket_at.a.last_len, "drop", 4);
	link_socket_test_down();
}

/* The longest frame of any link, and one octet more. */
static void one_that_is_too_long(void)
{
	static uint8_t octets[LINK_FRAME_MAX + 1];

	link_socket_test_up();
	octets[LINK_FRAME_MAX - 1] = 9;
	link_socket_test_says(octets, LINK_FRAME_MAX + 1);
	link_socket_test_says(octets, LINK_FRAME_MAX);
	CU_ASSERT_TRUE(link_socket_test_turn());
	CU_ASSERT_EQUAL(socket_at.a.frames, 1);
	ASSERT_OCTETS(socket_at.a.last, socket_at.a.last_len, octets, LINK_FRAME_MAX);
	CU_ASSERT_EQUAL(end_count(&socket_at.a, LINK_RX_TOO_LONG), 1);
	link_socket_test_down();
}

/* Four batches a turn; and none behind the one in which it is given up. */
static void how_much_is_read(void)
{
	enum { MANY = 4 * LINK_SOCKET_BATCH };

	for (unsigned stops = 0; stops < 2; stops++) {
		link_socket_test_up();
		socket_at.s.take = link_socket_test_take;
		socket_at.stops = stops;
		for (unsigned i = 0; i < MANY + 2; i++)
			link_socket_test_says("kx", 2);
		CU_ASSERT_TRUE(link_socket_test_turn());
		CU_ASSERT_EQUAL(socket_at.a.frames, stops ? LINK_SOCKET_BATCH : MANY);
		CU_ASSERT_EQUAL(socket_at.a.most, LINK_SOCKET_BATCH);
		CU_ASSERT_EQUAL(link_socket_test_turn(), !stops);
		CU_ASSERT_EQUAL(socket_at.a.frames, stops ? LINK_SOCKET_BATCH : MANY + 2);
		if (stops) { /* and is looked at again */
			socket_at.stops = false;
			CU_ASSERT_EQUAL(link_socket_watch(&socket_at.s), 0);
			CU_ASSERT_TRUE(link_socket_test_turn());
			CU_ASSERT_EQUAL(socket_at.a.frames, MANY + 2);
		}
		link_socket_test_down();
	}
}

/* One that receives in another way is not read here. */
static void one_that_drains(void)
{
	link_socket_test_up();
	socket_at.s.drain = link_socket_test_drain;
	link_socket_test_says("keep", 4);
	CU_ASSERT_TRUE(link_socket_test_turn());
	CU_ASSERT(socket_at.drains == 1 && socket_at.a.frames == 0);
	link_socket_test_down();
}

/* --- sent -------------------------------------------------------------------------------------- */

#define SENT_MOST 700u

/* Prefix, head and payload, however they are put together; the prefix ends with the length. */
static void what_a_frame_is_on_the_wire(void)
{
	static const unsigned heads[] = {0, 1, 12, 252, 253, 254, 300},
			      lens[] = {0, 1, 100, 239, 240, 241, 242, 252, 253, 254, 255, 400};
	static uint8_t head[300], payload[400];
	uint8_t want[SENT_MOST + 4], got[SENT_MOST + 5];

	for (unsigned i = 0; i < sizeof(payload); i++) {
		payload[i] = (uint8_t)(3 * i + 1);
		if (i < sizeof(head))
			head[i] = (uint8_t)(7 * i);
	}
	link_socket_test_up();
	for (unsigned prefix = 0; prefix < 3; prefix++) {
		socket_at.s.prefix_len = prefix ? 4 : 0;
		socket_at.s.little_endian = prefix == 2;
		memcpy(socket_at.s.prefix, "\x88\xb5", 2);
		for (size_t h = 0; h < sizeof(heads) / sizeof(heads[0]); h++)
			for (size_t l = 0; l < sizeof(lens) / sizeof(lens[0]); l++) {
				const unsigned n = heads[h] + lens[l], p = prefix ? 4 : 0;
				const struct link_frame f[] = {
					{heads[h] ? head : NULL, payload, heads[h], lens[l]},
					{head, payload, 200, 9}}; /* does not touch the first */

				if (!n && !p)
					continue; /* no message at all */
				memcpy(want, "\x88\xb5", 2);
				want[2] = (uint8_t)(prefix == 2 ? n : n >> 8);
				want[3] = (uint8_t)(prefix == 2 ? n >> 8 : n);
				memcpy(want + p, head, heads[h]);
				memcpy(want + p + heads[h], payload, lens[l]);
				link_socket_send(&socket_at.s, f, 2);
				ASSERT_OCTETS(got, recv(socket_at.far, got, sizeof(got), 0), want,
					      p + n);
				CU_ASSERT_EQUAL(recv(socket_at.far, got, sizeof(got), 0), p + 209);
			}
	}
	CU_ASSERT_EQUAL(end_count(&socket_at.a, LINK_TX_ERROR), 0);
	link_socket_test_down();
}

/* Each that does not go is counted by its reason, and those behind it go. */
static void messages_that_do_not_go(void)
{
	static const struct {
		int err;
		enum link_counter counter;
	} rows[] = {{EAGAIN, LINK_TX_FULL},
		    {ENOBUFS, LINK_TX_FULL},
		    {EMSGSIZE, LINK_TX_TOO_LONG},
		    {EPIPE, LINK_TX_ERROR}};
	const struct link_frame f[] = {{NULL, (const uint8_t *)"one", 0, 3},
				       {NULL, (const uint8_t *)"two", 0, 3}};
	char got[8];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		link_socket_test_up();
		kernel_fail("sendmmsg", 0, 0, rows[i].err);
		link_socket_send(&socket_at.s, f, 2);
		CU_ASSERT_TRUE(kernel_failed());
		ASSERT_OCTETS(got, recv(socket_at.far, got, sizeof(got), 0), "two", 3);
		CU_ASSERT_EQUAL(end_count(&socket_at.a, rows[i].counter), 1);
		CU_ASSERT_EQUAL(end_count(&socket_at.a, LINK_TX), 1);
		link_socket_test_down();
	}
}

/* --- opened ------------------------------------------------------------------------------------ */

/* The descriptor is closed also then. */
static void one_that_cannot_be_opened(void)
{
	int fd[2];

	for (unsigned i = 0; i < 2; i++) {
		struct link_socket s = {0};

		link_socket_test_up();
		link_socket_test_pair(fd);
		s.link = socket_at.a.l;
		if (i)
			fake_watches_left = 1;
		else
			heap_refuse(0);
		CU_ASSERT_EQUAL(link_socket_open(&s, fd[0]), -ENOMEM);
		CU_ASSERT(i || heap_refused());
		CU_ASSERT_EQUAL(fcntl(fd[0], F_GETFD), -1);
		close(fd[1]);
		link_socket_test_down();
	}
}

static const struct test_case cases[] = {
	{"messages_are_taken_or_dropped", messages_are_taken_or_dropped},
	{"one_that_is_too_long", one_that_is_too_long},
	{"how_much_is_read", how_much_is_read},
	{"one_that_drains", one_that_drains},
	{"what_a_frame_is_on_the_wire", what_a_frame_is_on_the_wire},
	{"messages_that_do_not_go", messages_that_do_not_go},
	{"one_that_cannot_be_opened", one_that_cannot_be_opened},
	{NULL, NULL},
};
const struct test_suite suite_link_socket = {"link_socket", cases};
