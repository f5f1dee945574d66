/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket of a udp: link, by which link_socket.c is looked at too: how it is opened, what it
 * does not receive or send, and why. */
#include "tests/harness.h"
#include "tests/transports/kernel.h"
#include "tests/transports/link/ends.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NEAR 28130
#define FAR  28131

static const char *link_udp_text(void)
{
	static char text[80];

	snprintf(text, sizeof(text), "udp:%s:%d>%s:%d", kernel_loopback(), NEAR, kernel_loopback(),
		 FAR);
	return text;
}

/* The far end: a plain socket on FAR, connected to NEAR. */
static int link_udp_far(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(FAR)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, kernel_loopback(), &at.sin_addr);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	at.sin_port = htons(NEAR);
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static int link_udp_up(struct end *e)
{
	end_open(e, link_udp_text(), NULL);
	fake_run(&e->h, fake_now);
	CU_ASSERT_TRUE_FATAL(link_up(e->l));
	return link_udp_far();
}

static void link_udp_refused(void)
{
	static const char *const calls[] = {"socket", "bind", "connect"};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		end_refused(link_udp_text(), NULL, calls[i], 0);
}

/* What may pass is waited for, a second. */
static void link_udp_waits(void)
{
	static const struct {
		const char *call;
		int err;
		const char *words;
	} rows[] = {
		{"socket", EMFILE, "Too many open files"},
		{"bind", EADDRNOTAVAIL, "Cannot assign requested address"},
		{"connect", ENETUNREACH, "Network is unreachable"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int before = kernel_next_fd();
		char want[200];
		struct end e;

		kernel_fail(rows[i].call, 0, 0, rows[i].err);
		end_open(&e, link_udp_text(), NULL);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_EQUAL(kernel_next_fd(), before);
		snprintf(want, sizeof(want), "link %s: %s, waiting for it", link_udp_text(),
			 rows[i].words);
		CU_ASSERT_STRING_EQUAL(e.h.last_log, want);
		CU_ASSERT_EQUAL(e.h.warnings, 1);
		fake_run(&e.h, fake_now + S - 1);
		CU_ASSERT_EQUAL(e.ups, 0);
		fake_run(&e.h, fake_now + 1);
		CU_ASSERT_EQUAL(e.ups, 1);
		end_close(&e);
		CU_ASSERT_EQUAL(kernel_next_fd(), before);
	}
}

static int link_udp_buffer(void)
{
	socklen_t len = sizeof(int);
	int octets = 0;
	struct end e;

	close(link_udp_up(&e));
	CU_ASSERT_EQUAL(getsockopt(e.h.watch[0].fd, SOL_SOCKET, SO_RCVBUF, &octets, &len), 0);
	end_close(&e);
	return octets;
}

/* A megabyte, of which the kernel makes two: root has it whatever the system's limit is, others up
 * to that. */
static void link_udp_buffers(void)
{
	FILE *f = fopen("/proc/sys/net/core/rmem_max", "re");
	int most = 0;

	CU_ASSERT_TRUE_FATAL(f != NULL);
	CU_ASSERT_EQUAL(fscanf(f, "%d", &most), 1);
	fclose(f);
	most = most < 1 << 20 ? most : 1 << 20;
	if (!geteuid())
		CU_ASSERT_EQUAL(link_udp_buffer(), 2 << 20);
	kernel_fail("setsockopt", SO_RCVBUFFORCE, 0, EPERM);
	CU_ASSERT_EQUAL(link_udp_buffer(), 2 * most);
	CU_ASSERT_TRUE(kernel_failed());
}

/* The longest frame of any link, and one octet more. */
static void link_udp_too_long(void)
{
	static uint8_t octets[LINK_FRAME_MAX + 1];
	struct end e;
	int fd = link_udp_up(&e);

	octets[LINK_FRAME_MAX - 1] = 7;
	CU_ASSERT_EQUAL(send(fd, octets, LINK_FRAME_MAX + 1, 0), LINK_FRAME_MAX + 1);
	CU_ASSERT_EQUAL(send(fd, octets, LINK_FRAME_MAX, 0), LINK_FRAME_MAX);
	END_UNTIL(&e, e.frames == 1);
	ASSERT_OCTETS(e.last, e.last_len, octets, LINK_FRAME_MAX);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_TOO_LONG), 1);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX), 1);
	close(fd);
	end_close(&e);
}

/* 32 datagrams a report, 128 until others have their turn. */
static void link_udp_shares(void)
{
	struct end e;
	int fd = link_udp_up(&e);

	for (uint8_t i = 0; i < 130; i++)
		CU_ASSERT_EQUAL(send(fd, &i, 1, 0), 1);
	e.h.watch[0].on_fd(e.h.watch[0].arg, IST_READ);
	CU_ASSERT_EQUAL(e.frames, 128);
	CU_ASSERT_EQUAL(e.most, 32);
	ASSERT_OCTETS(e.last, e.last_len, "\x7f", 1);
	e.h.watch[0].on_fd(e.h.watch[0].arg, IST_READ);
	CU_ASSERT_EQUAL(e.frames, 130);
	ASSERT_OCTETS(e.last, e.last_len, "\x81", 1);
	e.h.watch[0].on_fd(e.h.watch[0].arg, IST_READ); /* there is nothing */
	CU_ASSERT_EQUAL(e.frames, 130);
	close(fd);
	end_close(&e);
}

/* A socket that cannot be read may have lost its device: that is looked at now, not in a second.
 * Nothing to read, or a signal, is no such reason. */
static void link_udp_read_errors(void)
{
	static const struct {
		int err;
		bool now;
	} rows[] = {{EAGAIN, false}, {EINTR, false}, {ENETDOWN, true}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct end e;
		int fd = link_udp_up(&e);

		CU_ASSERT_EQUAL(end_next_look(&e), fake_now + S);
		kernel_fail("recvmmsg", 0, 0, rows[i].err);
		e.h.watch[0].on_fd(e.h.watch[0].arg, IST_READ);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_EQUAL(end_next_look(&e), fake_now + (rows[i].now ? 0 : S));
		CU_ASSERT_EQUAL(e.frames, 0);
		close(fd);
		end_close(&e);
	}
}

/* One frame of three does not go: it is counted by its reason, the others are sent. */
static void link_udp_send_errors(void)
{
	static const struct {
		int err;
		enum link_counter counter;
		bool look;
	} rows[] = {
		{EAGAIN, LINK_TX_FULL, false},
		{ENOBUFS, LINK_TX_FULL, false},
		{EMSGSIZE, LINK_TX_TOO_LONG, false},
		{EPERM, LINK_TX_ERROR, true},
		{EINTR, LINK_TX, false},
	};
	static const enum link_counter all[] = {LINK_TX_FULL, LINK_TX_TOO_LONG, LINK_TX_ERROR};
	const struct link_frame f[3] = {
		{NULL, (const uint8_t *)"1", 0, 1},
		{(const uint8_t *)"2", (const uint8_t *)"2", 1, 1},
		{NULL, (const uint8_t *)"333", 0, 3},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned sent = rows[i].counter == LINK_TX ? 3 : 2;
		struct end e;
		int fd = link_udp_up(&e);
		char got[8];

		kernel_fail("sendmmsg", 0, 0, rows[i].err);
		end_send_frames(&e, f, 3);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_EQUAL(end_count(&e, LINK_TX), sent);
		for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
			CU_ASSERT_EQUAL(end_count(&e, all[k]), all[k] == rows[i].counter);
		CU_ASSERT_EQUAL(end_next_look(&e), fake_now + (rows[i].look ? 0 : S));
		if (sent == 3)
			CU_ASSERT_EQUAL(recv(fd, got, sizeof(got), 0), 1);
		ASSERT_OCTETS(got, recv(fd, got, sizeof(got), 0), "22", 2);
		ASSERT_OCTETS(got, recv(fd, got, sizeof(got), 0), "333", 3);
		CU_ASSERT_EQUAL(recv(fd, got, sizeof(got), 0), -1);
		close(fd);
		end_close(&e);
	}
}

/* 32 go with one call, the 33rd with another. */
static void link_udp_batches(void)
{
	struct link_frame f[65];
	uint8_t octet[65], got[8];
	struct end e;
	int fd = link_udp_up(&e);

	for (uint8_t i = 0; i < 65; i++) {
		octet[i] = i;
		f[i] = (struct link_frame){NULL, &octet[i], 0, 1};
	}
	for (unsigned n = 31; n < 66; n += n == 33 ? 31 : 1) {
		uint64_t before = end_count(&e, LINK_TX);

		end_send_frames(&e, f, n);
		CU_ASSERT_EQUAL(end_count(&e, LINK_TX), before + n);
		for (unsigned i = 0; i < n; i++)
			ASSERT_OCTETS(got, recv(fd, got, sizeof(got), 0), &octet[i], 1);
		CU_ASSERT_EQUAL(recv(fd, got, sizeof(got), 0), -1);
	}
	close(fd);
	end_close(&e);
}

static const struct test_case cases[] = {
	{"calls_refused", link_udp_refused},
	{"waited_for", link_udp_waits},
	{"receive_buffer", link_udp_buffers},
	{"longest_frame_and_one_octet_more", link_udp_too_long},
	{"reads_a_share_at_a_time", link_udp_shares},
	{"read_errors", link_udp_read_errors},
	{"send_errors", link_udp_send_errors},
	{"batches", link_udp_batches},
	{NULL, NULL},
};
const struct test_suite suite_link_udp = {"link_udp", cases};
