/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of a frame that the kernel does not take, and codepoints on the wire. */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "tests/transports/kernel.h"
#include "transports/udp/udp.h"
#include "transports/udp/udp_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A port with a channel to a plain socket. */
static int udp_tx_open(struct fake_host *h, const char *offload, ist_channel *c)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const char *const cfg[] = {"listen=127.0.0.1:0", offload, NULL};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
	socklen_t len = sizeof(at);
	char to[40];

	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	CU_ASSERT_EQUAL_FATAL(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	CU_ASSERT_EQUAL(setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &on, sizeof(on)), 0);
	fake_open(h, &udp_transport, cfg);
	snprintf(to, sizeof(to), "127.0.0.1:%u", ntohs(at.sin_port));
	CU_ASSERT_EQUAL_FATAL(fake_connect(h, to, IST_PAYLOAD_L2TP, c), 0);
	return fd;
}

/* The next datagram is this; its TOS octet. */
static int udp_tx_heard(int fd, const char *want)
{
	union {
		struct cmsghdr align;
		uint8_t octets[CMSG_SPACE(sizeof(int))];
	} control;
	char got[40];
	struct iovec iov = {got, sizeof(got)};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = &control,
			   .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(fd, &m, 0);

	CU_ASSERT_FATAL(n >= 0);
	ASSERT_OCTETS(got, (size_t)n, want, strlen(want));
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS)
			return *CMSG_DATA(c);
	return -1;
}

static struct ist_frame udp_tx_frame(ist_channel c, const char *text)
{
	return (struct ist_frame){
		.channel = c, .payload = (const uint8_t *)text, .len = (uint32_t)strlen(text)};
}

/* Each error has its counter, and costs the frame that it is of: those behind it go.  What is
 * interrupted is tried again. */
static void errors_of_sending(void)
{
	static const struct {
		int err;
		const char *counter;
	} rows[] = {
		{EAGAIN, "tx-full"},
		{ENOBUFS, "tx-full"},
		{EMSGSIZE, "tx-too-long"},
		{ENETUNREACH, "tx-unreachable"},
		{EHOSTUNREACH, "tx-unreachable"},
		{ECONNREFUSED, "tx-unreachable"},
		{ENETDOWN, "tx-unreachable"},
		{EADDRNOTAVAIL, "tx-unreachable"},
		{EPERM, "tx-error"},
		{EINTR, NULL},
	};
	static const char *const all[] = {"tx-full", "tx-too-long", "tx-unreachable", "tx-error"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_host h;
		ist_channel c;
		int fd = udp_tx_open(&h, "offload=off", &c);
		const struct ist_frame f[] = {udp_tx_frame(c, "one"), udp_tx_frame(c, "two"),
					      udp_tx_frame(c, "three")};

		kernel_fail("sendmmsg", 0, 0, rows[i].err);
		CU_ASSERT_EQUAL(fake_send_frames(&h, f, 3), 3);
		CU_ASSERT_TRUE(kernel_failed());
		if (!rows[i].counter)
			udp_tx_heard(fd, "one");
		udp_tx_heard(fd, "two");
		udp_tx_heard(fd, "three");
		CU_ASSERT_EQUAL(fake_count(&h, "tx-frames"), rows[i].counter ? 2 : 3);
		CU_ASSERT_EQUAL(fake_count(&h, "tx-octets"), rows[i].counter ? 8 : 11);
		for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
			CU_ASSERT_EQUAL(fake_count(&h, all[k]),
					rows[i].counter && !strcmp(all[k], rows[i].counter));
		close(fd);
		fake_close(&h);
	}
}

/* RFC 2474 3: the upper six bits of the octet; with a head of its own in front. */
static void codepoints(void)
{
	static const uint8_t rows[] = {0, 1, 10, 46, 63};
	struct fake_host h;
	ist_channel c;
	int fd = udp_tx_open(&h, "offload=off", &c);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ist_frame f = udp_tx_frame(c, "ppp");

		f.flags = IST_FRAME_DSCP(rows[i]);
		f.head = (const uint8_t *)"l2tp";
		f.head_len = i % 2 ? 4 : 2;
		CU_ASSERT_EQUAL(fake_send_frames(&h, &f, 1), 1);
		CU_ASSERT_EQUAL(udp_tx_heard(fd, i % 2 ? "l2tpppp" : "l2ppp"), rows[i] << 2);
	}
	close(fd);
	fake_close(&h);
}

/* A channel that is given up takes nothing. */
static void a_channel_that_is_gone(void)
{
	struct fake_host h;
	ist_channel c;
	int fd = udp_tx_open(&h, "offload=off", &c);
	const struct ist_frame f[] = {udp_tx_frame(c, "one"), udp_tx_frame(c, "two")};
	char got[4];

	fake_disconnect(&h, c);
	CU_ASSERT_EQUAL(fake_send_frames(&h, f, 2), -ESTALE);
	CU_ASSERT_EQUAL(fake_count(&h, "tx-stale"), 2);
	CU_ASSERT_EQUAL(fake_count(&h, "tx-frames"), 0);
	CU_ASSERT_EQUAL(recv(fd, got, sizeof(got), 0), -1);
	close(fd);
	fake_close(&h);
}

/* More than one batch, in their order. */
static void more_than_a_batch(void)
{
	enum { MANY = UDP_BATCH + 3 };
	struct ist_frame f[MANY];
	struct fake_host h;
	ist_channel c;
	int fd = udp_tx_open(&h, "offload=off", &c);
	char text[MANY][4];

	for (unsigned i = 0; i < MANY; i++) {
		snprintf(text[i], sizeof(text[i]), "%u", i);
		f[i] = udp_tx_frame(c, text[i]);
	}
	CU_ASSERT_EQUAL(fake_send_frames(&h, f, MANY), MANY);
	CU_ASSERT_EQUAL(fake_count(&h, "tx-frames"), MANY);
	for (unsigned i = 0; i < MANY; i++)
		udp_tx_heard(fd, text[i]);
	close(fd);
	fake_close(&h);
}

static const struct test_case cases[] = {
	{"errors_of_sending", errors_of_sending},
	{"codepoints", codepoints},
	{"a_channel_that_is_gone", a_channel_that_is_gone},
	{"more_than_a_batch", more_than_a_batch},
	{NULL, NULL},
};
const struct test_suite suite_udp_tx = {"udp_tx", cases};
