/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control messages while more data comes than is read. */
#define _GNU_SOURCE
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "tests/transports/kernel.h"
#include "transports/kit/udp_addr.h"
#include "transports/udp/udp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define URGENT_MANY 900u /* datagrams: several times what the socket keeps */
#define URGENT_EACH 45u	 /* of which one is control */

static char urgent_listen[60];
static const char *const urgent_config[] = {urgent_listen, "rcvbuf=65536", NULL};

/* Where the port listens: another address in each process. */
static const char *urgent_at(void)
{
	snprintf(urgent_listen, sizeof(urgent_listen), "listen=%s:28141", kernel_loopback());
	return urgent_listen + strlen("listen=");
}

static void urgent_send(int fd, const void *data, size_t len)
{
	struct sockaddr_storage ss;
	struct udp_ep e;
	socklen_t n;

	CU_ASSERT_TRUE_FATAL(udp_ep_parse(&e, urgent_at(), 0));
	n = udp_ep_to_sock(&e, &ss);
	CU_ASSERT_EQUAL(sendto(fd, data, len, 0, (struct sockaddr *)&ss, n), (ssize_t)len);
}

/* Data of a call without an option, and a ZLB (RFC 2661 3.1): nobody reads meanwhile. */
static unsigned urgent_flood(int fd)
{
	static const uint8_t zlb[12] = {0xc8, 0x02, 0, 12, 0, 9};
	uint8_t data[106] = {0x00, 0x02, 0, 2, 0, 3};
	unsigned control = 0;

	for (unsigned i = 1; i <= URGENT_MANY; i++) {
		bool now = i % URGENT_EACH == 0;

		urgent_send(fd, now ? zlb : data, now ? sizeof(zlb) : sizeof(data));
		control += now;
	}
	return control;
}

/* Frames that have come, all of them taken: how many are control. */
static unsigned urgent_take(struct fake_host *h, unsigned *data)
{
	unsigned control = 0;
	struct fake_event *e;

	*data = 0;
	while ((e = fake_take(h, FAKE_FRAME))) {
		if (e->data[0] & 0x80)
			control++;
		else
			++*data;
		fake_free(e);
	}
	return control;
}

static void urgent_overload(struct fake_host *h, int fd)
{
	uint64_t lost = fake_count(h, "rx-lost");
	unsigned sent = urgent_flood(fd), data;

	for (unsigned i = 0; i < 100; i++)
		fake_run(h, fake_now);
	CU_ASSERT_EQUAL(urgent_take(h, &data), sent);
	lost = fake_count(h, "rx-lost") - lost;
	CU_ASSERT_TRUE(lost > URGENT_MANY / 3 && data > 0);
	CU_ASSERT_EQUAL(data + lost + sent, URGENT_MANY);
}

static void control_is_not_lost_when_data_is(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct fake_host h;

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	urgent_at();
	fake_open(&h, &udp_transport, urgent_config);
	urgent_overload(&h, fd);
	fake_hand_over(&h, urgent_config);
	urgent_overload(&h, fd);
	CU_ASSERT_EQUAL(h.warnings + h.errors, 0);
	CU_ASSERT_STRING_EQUAL(h.last_log, "");
	fake_close(&h);
	close(fd);
}

/* What waits while the port goes to another process is there. */
static void what_waits_comes_along(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct fake_host h;
	unsigned data, sent;

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	urgent_at();
	fake_open(&h, &udp_transport, urgent_config);
	sent = urgent_flood(fd);
	fake_hand_over(&h, urgent_config);
	for (unsigned i = 0; i < 100; i++)
		fake_run(&h, fake_now);
	CU_ASSERT_EQUAL(urgent_take(&h, &data), sent);
	CU_ASSERT_TRUE(data > 0);
	fake_close(&h);
	close(fd);
}

/* What comes back goes to who asked, by the address that was asked. */
static void answers_come_from_the_address(void)
{
	static const uint8_t zlb[12] = {0xc8, 0x02, 0, 12, 0, 9};
	struct ist_frame f = {.flags = IST_FRAME_CONTROL, .payload = zlb, .len = sizeof(zlb)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct fake_host h;
	struct udp_ep e;
	uint8_t got[64];
	char text[80];

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	urgent_at();
	fake_open(&h, &udp_transport, urgent_config);
	urgent_send(fd, zlb, sizeof(zlb));
	CU_ASSERT_TRUE_FATAL(fake_wait(&h, FAKE_FRAME, 1));
	f.channel = fake_channel(&h, FAKE_UP);
	CU_ASSERT_EQUAL(fake_send_frames(&h, &f, 1), 1);
	CU_ASSERT_EQUAL(recvfrom(fd, got, sizeof(got), 0, (struct sockaddr *)&ss, &len),
			sizeof(zlb));
	CU_ASSERT_TRUE_FATAL(udp_ep_from_sock(&e, &ss));
	udp_ep_format(&e, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, urgent_at());
	fake_close(&h);
	close(fd);
}

/* Control and data in one batch leave in their order, each by its own socket. */
static void a_batch_of_both(void)
{
	static const uint8_t zlb[12] = {0xc8, 0x02, 0, 12, 0, 9}, data[12] = {0, 2, 0, 9, 0, 1};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ist_frame f[6];
	struct fake_host h;
	uint8_t got[64];

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	urgent_at();
	fake_open(&h, &udp_transport, urgent_config);
	urgent_send(fd, zlb, sizeof(zlb));
	CU_ASSERT_TRUE_FATAL(fake_wait(&h, FAKE_FRAME, 1));
	for (unsigned i = 0; i < 6; i++)
		f[i] = (struct ist_frame){.channel = fake_channel(&h, FAKE_UP),
					  .flags = i & 2 ? IST_FRAME_CONTROL : 0,
					  .payload = i & 2 ? zlb : data,
					  .len = 12};
	CU_ASSERT_EQUAL(fake_send_frames(&h, f, 6), 6);
	for (unsigned i = 0; i < 6; i++) {
		CU_ASSERT_EQUAL(recv(fd, got, sizeof(got), 0), 12);
		ASSERT_OCTETS(got, 12, i & 2 ? zlb : data, 12);
	}
	kernel_fail("sendmmsg", 0, 1, EAGAIN); /* the second: that of control */
	CU_ASSERT_EQUAL(fake_send_frames(&h, f, 6), 6);
	CU_ASSERT_TRUE(kernel_failed());
	CU_ASSERT_EQUAL(fake_count(&h, "tx-full"), 2);
	CU_ASSERT_EQUAL(fake_count(&h, "tx-frames"), 10);
	fake_close(&h);
	close(fd);
}

/* Its second socket lets nobody in who would not be without it. */
static void an_address_is_taken_as_ever(void)
{
	struct fake_host h, second;
	char err[160];

	urgent_at();
	fake_open(&h, &udp_transport, urgent_config);
	CU_ASSERT_EQUAL(fake_try(&second, &udp_transport, urgent_config, err, sizeof(err)),
			-EADDRINUSE);
	fake_close(&h);
	fake_open(&second, &udp_transport, urgent_config);
	fake_close(&second);
}

/* The port does without, and says so. */
static void without_a_second_socket(void)
{
	static const struct {
		const char *call;
		unsigned long number;
		unsigned skip;
	} rows[] = {
		{"setsockopt", SO_REUSEPORT, 0},
		{"setsockopt", SO_REUSEPORT, 1},
		{"bind", 0, 1},
		{"setsockopt", SO_ATTACH_REUSEPORT_CBPF, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		struct fake_host h;

		urgent_at();
		kernel_fail(rows[i].call, rows[i].number, rows[i].skip, EPERM);
		urgent_at();
		fake_open(&h, &udp_transport, urgent_config);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_PTR_NOT_NULL(strstr(h.last_log, "no socket of their own: Operation not"));
		urgent_send(fd, "\xc8\2", 2);
		CU_ASSERT_TRUE(fake_wait(&h, FAKE_FRAME, 1));
		fake_hand_over(&h, urgent_config);
		urgent_send(fd, "\xc8\2", 2);
		CU_ASSERT_TRUE(fake_wait(&h, FAKE_FRAME, 2));
		fake_close(&h);
		close(fd);
	}
}

static const struct test_case cases[] = {
	{"without_a_second_socket", without_a_second_socket},
	{"control_is_not_lost_when_data_is", control_is_not_lost_when_data_is},
	{"what_waits_comes_along", what_waits_comes_along},
	{"answers_come_from_the_address", answers_come_from_the_address},
	{"a_batch_of_both", a_batch_of_both},
	{"an_address_is_taken_as_ever", an_address_is_taken_as_ever},
	{NULL, NULL},
};
const struct test_suite suite_udp_urgent = {"udp_urgent", cases};
