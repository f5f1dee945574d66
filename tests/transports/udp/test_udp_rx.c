/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much is read in a turn, what is none of a channel's, and errors of the socket. */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "tests/transports/kernel.h"
#include "transports/udp/udp.h"
#include "transports/udp/udp_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A port on the loopback device, and a plain socket that is connected to it. */
static int udp_rx_open(struct fake_host *h, const char *offload)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const char *const cfg[] = {"listen=127.0.0.1:0", offload, NULL};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	fake_open(h, &udp_transport, cfg);
	at.sin_port = htons((uint16_t)atoi(fake_status(h) + strlen("listening on 127.0.0.1:")));
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void udp_rx_turn(struct fake_host *h)
{
	h->watch[0].on_fd(h->watch[0].arg, IST_READ);
}

static void udp_rx_says(int fd, const char *text)
{
	CU_ASSERT_EQUAL(send(fd, text, strlen(text), 0), (ssize_t)strlen(text));
}

/* Four batches, then other ports have their turn; the next one goes on where this one ended. */
static void udp_rx_turn_is_bounded(void)
{
	enum { MANY = 4 * UDP_BUFFERS };
	struct fake_host h;
	int fd = udp_rx_open(&h, "offload=off");

	for (unsigned i = 0; i < MANY + 10; i++) {
		const char text[2] = {(char)('a' + i % 26), '\0'};

		udp_rx_says(fd, text);
	}
	udp_rx_turn(&h);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), MANY);
	udp_rx_turn(&h);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), MANY + 10);
	for (unsigned i = 0; i < MANY + 10; i++) {
		struct fake_event *e = fake_take(&h, FAKE_FRAME);

		CU_ASSERT(e->len == 1 && e->data[0] == 'a' + i % 26);
		fake_free(e);
	}
	udp_rx_turn(&h);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 0);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-error"), 0);
	close(fd);
	fake_close(&h);
}

/* What the kernel has to say later is no error, nor is an empty datagram a frame. */
static void errors_of_reading(void)
{
	static const struct {
		int err;
		unsigned counted;
	} rows[] = {{EAGAIN, 0}, {EINTR, 0}, {EIO, 1}, {ENOMEM, 1}, {ECONNREFUSED, 1}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_host h;
		int fd = udp_rx_open(&h, "offload=off");
		struct fake_event *e;

		CU_ASSERT_EQUAL(send(fd, "", 0, 0), 0);
		udp_rx_says(fd, "one");
		kernel_fail("recvmmsg", 0, 0, rows[i].err);
		udp_rx_turn(&h);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_EQUAL(fake_count(&h, "rx-error"), rows[i].counted);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 0);
		udp_rx_turn(&h);
		CU_ASSERT_EQUAL(fake_count(&h, "rx-empty"), 1);
		CU_ASSERT_EQUAL(fake_count(&h, "rx-frames"), 1);
		CU_ASSERT_EQUAL(fake_count(&h, "rx-octets"), 3);
		CU_ASSERT_EQUAL(fake_count(&h, "strangers"), 1);
		e = fake_take(&h, FAKE_FRAME);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		ASSERT_OCTETS(e->data, e->len, "one", 3);
		fake_free(e);
		close(fd);
		fake_close(&h);
	}
}

/* It is reported before its first frame, once. */
static void a_stranger_has_a_channel(void)
{
	struct fake_host h;
	int fd = udp_rx_open(&h, "offload=off");
	struct fake_event *e;
	ist_channel c;

	udp_rx_says(fd, "one");
	udp_rx_says(fd, "two");
	udp_rx_turn(&h);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_UP), 1);
	CU_ASSERT_EQUAL_FATAL(h.first->kind, FAKE_UP);
	c = fake_channel(&h, FAKE_UP);
	for (unsigned i = 0; i < 2; i++) {
		e = fake_take(&h, FAKE_FRAME);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->channel, c);
		ASSERT_OCTETS(e->data, e->len, i ? "two" : "one", 3);
		fake_free(e);
	}
	close(fd);
	fake_close(&h);
}

static const struct test_case cases[] = {
	{"udp_rx_turn_is_bounded", udp_rx_turn_is_bounded},
	{"errors_of_reading", errors_of_reading},
	{"a_stranger_has_a_channel", a_stranger_has_a_channel},
	{NULL, NULL},
};
const struct test_suite suite_udp_rx = {"udp_rx", cases};
