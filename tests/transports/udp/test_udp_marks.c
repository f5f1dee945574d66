/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The codepoints of datagrams, as a plain socket at the other end is told of them. */
#define _GNU_SOURCE
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "transports/kit/udp_addr.h"
#include "transports/udp/udp.h"

#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A socket bound to an address with any port, its own left in text. */
static int marks_socket(const char *at, char *text, size_t len)
{
	struct sockaddr_storage ss;
	struct udp_ep e;
	socklen_t n;
	int fd, one = 1;

	CU_ASSERT_TRUE_FATAL(udp_ep_parse(&e, at, 0));
	n = udp_ep_to_sock(&e, &ss);
	fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_TRUE_FATAL(fd >= 0 && !bind(fd, (struct sockaddr *)&ss, n));
	setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, &one, sizeof(one));
	n = sizeof(ss);
	CU_ASSERT_TRUE_FATAL(!getsockname(fd, (struct sockaddr *)&ss, &n));
	udp_ep_from_sock(&e, &ss);
	udp_ep_format(&e, text, len);
	return fd;
}

static int mark_of_next(int fd, char *text)
{
	char control[128];
	struct iovec iov = {text, 8};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control,
			   .msg_controllen = sizeof(control)};
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int tos = -1;

	memset(text, 0, 9);
	CU_ASSERT_EQUAL(poll(&p, 1, 10000), 1);
	CU_ASSERT(recvmsg(fd, &m, 0) > 0);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS)
			tos = *CMSG_DATA(c);
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS)
			memcpy(&tos, CMSG_DATA(c), sizeof(tos));
	}
	return tos;
}

/* RFC 2474: EF (46) is B8 on the wire, AF11 (10) 28; frames without a mark between them. */
static void marked(const char *listen, const char *at)
{
	static const uint8_t dscp[] = {46, 46, 0, 10, 46, 0};
	char to[80], text[9];
	struct ist_frame f[6];
	struct fake_host a;
	ist_channel c;
	const char *const cfg[] = {listen, NULL};
	int fd = marks_socket(at, to, sizeof(to));

	fake_open(&a, &udp_transport, cfg);
	CU_ASSERT_EQUAL(fake_connect(&a, to, IST_PAYLOAD_L2TP, &c), 0);
	for (unsigned i = 0; i < 6; i++)
		f[i] = (struct ist_frame){
			c, IST_FRAME_DSCP(dscp[i]), NULL, (const uint8_t *)"abcdef" + i, 0, 1, 0};
	CU_ASSERT_EQUAL(fake_send_frames(&a, f, 6), 6);
	for (unsigned i = 0; i < 6; i++) {
		CU_ASSERT_EQUAL(mark_of_next(fd, text), dscp[i] << 2);
		CU_ASSERT_EQUAL(text[0], "abcdef"[i]);
	}
	fake_close(&a);
	close(fd);
}

static void rfc2474_codepoints(void)
{
	marked("listen=127.0.0.1:0", "127.0.0.1:0");
	marked("listen=0.0.0.0:0", "127.0.0.1:0");
	marked("listen=[::1]:0", "[::1]:0");
	marked("listen=[::]:0", "[::1]:0");
}

static const struct test_case cases[] = {
	{"rfc2474_codepoints", rfc2474_codepoints},
	{NULL, NULL},
};
const struct test_suite suite_udp_marks = {"udp_marks", cases};
