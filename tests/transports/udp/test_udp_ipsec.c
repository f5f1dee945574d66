/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mark of a security association as a part of a peer's address.  On a loopback device the
 * receiver sees the mark that the sender's socket has, so no association is needed for it.
 */
#define _GNU_SOURCE
#include "tests/harness.h"
#include "tests/netns.h"
#include "tests/transports/host.h"
#include "tests/transports/link/wire.h"
#include "transports/kit/udp_addr.h"
#include "transports/udp/udp.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif

static struct fake_host port;
static struct sockaddr_storage port_at;
static socklen_t port_at_len;
static int far; /* a socket whose mark changes: hosts behind one NAT */
static char far_at[80];

/* With its loopback device up. */
static bool ipsec_space(const char *test)
{
	if (!netns_enter(test))
		return false;
	wire_set_up("lo", true);
	return true;
}

static void ipsec_port_opens(const char *listen, const char *ipsec)
{
	struct sockaddr_storage ss;
	socklen_t len;
	struct udp_ep e;
	char at[80];
	int on = 1;

	fake_now = 1000000;
	fake_open(&port, &udp_transport, (const char *const[]){listen, ipsec, NULL});
	snprintf(at, sizeof(at), "%s", fake_status(&port) + strlen("listening on "));
	at[strcspn(at, ",")] = '\0';
	CU_ASSERT_TRUE_FATAL(udp_ep_parse(&e, at, 0));
	if (udp_ep_wildcard(&e)) {
		if (e.family == 4)
			memcpy(e.ip, "\177\0\0\1", 4);
		else
			e.ip[15] = 1;
	}
	port_at_len = udp_ep_to_sock(&e, &port_at);
	far = socket(port_at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	e.port = 0;
	len = udp_ep_to_sock(&e, &ss);
	CU_ASSERT_TRUE_FATAL(far >= 0 && !bind(far, (struct sockaddr *)&ss, len));
	CU_ASSERT_EQUAL(setsockopt(far, SOL_SOCKET, SO_RCVMARK, &on, sizeof(on)), 0);
	len = sizeof(ss);
	CU_ASSERT_EQUAL_FATAL(getsockname(far, (struct sockaddr *)&ss, &len), 0);
	udp_ep_from_sock(&e, &ss);
	udp_ep_format(&e, far_at, sizeof(far_at));
}

static void ipsec_port_closes(void)
{
	close(far);
	fake_close(&port);
}

static void far_says(uint32_t mark, const char *text)
{
	CU_ASSERT_EQUAL(setsockopt(far, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)), 0);
	CU_ASSERT_EQUAL(
		sendto(far, text, strlen(text), 0, (struct sockaddr *)&port_at, port_at_len),
		(ssize_t)strlen(text));
}

/* The channel that the next frame came by; its text must be this. */
static ist_channel port_hears(const char *text)
{
	struct fake_event *e;
	ist_channel c;

	CU_ASSERT_TRUE_FATAL(fake_wait(&port, FAKE_FRAME, 1));
	e = fake_take(&port, FAKE_FRAME);
	ASSERT_OCTETS(e->data, e->len, text, strlen(text));
	c = e->channel;
	fake_free(e);
	return c;
}

/* The mark of the next datagram, whose text must be this. */
static uint32_t far_hears(const char *text)
{
	char octets[32], control[128];
	struct iovec iov = {octets, sizeof(octets)};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control,
			   .msg_controllen = sizeof(control)};
	struct pollfd p = {.fd = far, .events = POLLIN};
	uint32_t mark = UINT32_MAX;
	ssize_t n;

	CU_ASSERT_EQUAL_FATAL(poll(&p, 1, 10000), 1);
	n = recvmsg(far, &m, 0);
	CU_ASSERT_TRUE_FATAL(n > 0);
	ASSERT_OCTETS(octets, (size_t)n, text, strlen(text));
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_MARK)
			memcpy(&mark, CMSG_DATA(c), sizeof(mark));
	return mark;
}

/* RFC 3193 section 4.1: hosts behind one address translator differ in nothing but this. */
static void told_apart(const char *listen)
{
	struct fake_event *up;
	ist_channel a, b, clear;
	char want[100];

	ipsec_port_opens(listen, "ipsec=prefer");
	far_says(0x11, "one");
	a = port_hears("one");
	far_says(0x12, "two");
	b = port_hears("two");
	far_says(0, "clear");
	clear = port_hears("clear");
	CU_ASSERT_TRUE(a != b && b != clear && a != clear);
	far_says(0x11, "one again");
	CU_ASSERT_EQUAL(port_hears("one again"), a);

	up = fake_take(&port, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(up);
	snprintf(want, sizeof(want), "%s#0x11", far_at);
	CU_ASSERT_STRING_EQUAL(fake_addr(&port, &up->attrs.peer), want);
	fake_free(up);

	CU_ASSERT_EQUAL(fake_send(&port, b, "to two", 6), 1);
	CU_ASSERT_EQUAL(far_hears("to two"), 0x12);
	CU_ASSERT_EQUAL(fake_send(&port, a, "to one", 6), 1);
	CU_ASSERT_EQUAL(far_hears("to one"), 0x11);
	CU_ASSERT_EQUAL(fake_send(&port, clear, "to none", 7), 1);
	CU_ASSERT_EQUAL(far_hears("to none"), 0);
	ipsec_port_closes();
}

static void ipsec_tells_apart(void)
{
	if (!ipsec_space("ipsec_tells_apart"))
		return;
	told_apart("listen=127.0.0.1:0");
	told_apart("listen=0.0.0.0:0");
	told_apart("listen=[::1]:0");
	told_apart("listen=[::]:0");
	netns_leave();
}

/* Frames with a codepoint too: both are in one datagram's control data. */
static void ipsec_with_codepoints(void)
{
	struct ist_frame f[3];
	ist_channel c;

	if (!ipsec_space("ipsec_with_codepoints"))
		return;
	ipsec_port_opens("listen=0.0.0.0:0", "ipsec=prefer");
	far_says(7, "hello");
	c = port_hears("hello");
	for (unsigned i = 0; i < 3; i++)
		f[i] = (struct ist_frame){.channel = c,
					  .flags = IST_FRAME_DSCP(i == 1 ? 46 : 0),
					  .payload = (const uint8_t *)"abc" + i,
					  .len = 1};
	CU_ASSERT_EQUAL(fake_send_frames(&port, f, 3), 3);
	CU_ASSERT_EQUAL(far_hears("a"), 7);
	CU_ASSERT_EQUAL(far_hears("b"), 7);
	CU_ASSERT_EQUAL(far_hears("c"), 7);
	ipsec_port_closes();
	netns_leave();
}

static void ipsec_dials(void)
{
	ist_channel c, again, other;
	char to[100];

	if (!ipsec_space("ipsec_dials"))
		return;
	ipsec_port_opens("listen=127.0.0.1:0", "ipsec=prefer");
	snprintf(to, sizeof(to), "%s#305419896", far_at);
	CU_ASSERT_EQUAL(fake_connect(&port, to, IST_PAYLOAD_L2TP, &c), 0);
	snprintf(to, sizeof(to), "%s#0x12345678", far_at);
	CU_ASSERT_EQUAL(fake_connect(&port, to, IST_PAYLOAD_L2TP, &again), 0);
	CU_ASSERT_EQUAL(fake_connect(&port, far_at, IST_PAYLOAD_L2TP, &other), 0);
	CU_ASSERT_TRUE(c == again && c != other);
	CU_ASSERT_EQUAL(fake_send(&port, c, "hello", 5), 1);
	CU_ASSERT_EQUAL(far_hears("hello"), 0x12345678);
	far_says(0x12345678, "good day");
	CU_ASSERT_EQUAL(port_hears("good day"), c);
	ipsec_port_closes();

	ipsec_port_opens("listen=127.0.0.1:0", "ipsec=off");
	CU_ASSERT_EQUAL(fake_connect(&port, to, IST_PAYLOAD_L2TP, &c), -EOPNOTSUPP);
	far_says(0x11, "one");
	c = port_hears("one");
	far_says(0x12, "two");
	CU_ASSERT_EQUAL(port_hears("two"), c); /* marks say nothing there */
	ipsec_port_closes();
	netns_leave();
}

/* The mark does not help: it is the kernel that knows what came by an association. */
static void ipsec_refuses_clear(void)
{
	if (!ipsec_space("ipsec_refuses_clear"))
		return;
	ipsec_port_opens("listen=127.0.0.1:0", "ipsec=require");
	far_says(0, "one");
	far_says(0x11, "two");
	far_says(0, "three");
	CU_ASSERT_STRING_EQUAL(fake_counted(&port), "rx-clear=3");
	port.last_level = 0;
	fake_run(&port, fake_now + 10000000);
	CU_ASSERT_EQUAL(port.last_level, 5);
	CU_ASSERT_STRING_EQUAL(
		port.last_log,
		"3 datagrams came without IPsec, which is required, and were dropped");
	port.last_level = 0;
	fake_run(&port, fake_now + 60000000);
	CU_ASSERT_EQUAL(port.last_level, 0);
	CU_ASSERT_EQUAL(fake_pending(&port, FAKE_FRAME), 0);
	ipsec_port_closes();

	ipsec_port_opens("listen=[::1]:0", "ipsec=require");
	far_says(0, "one");
	CU_ASSERT_STRING_EQUAL(fake_counted(&port), "rx-clear=1");
	ipsec_port_closes();
	netns_leave();
}

/* In the next process the same hosts have the same channels; with another `ipsec` all is anew. */
static void ipsec_goes_on(void)
{
	static const char *const same[] = {"listen=127.0.0.1:0", "ipsec=prefer", NULL};
	static const char *const other[] = {"listen=127.0.0.1:0", "ipsec=require", NULL};
	ist_channel a, b;

	if (!ipsec_space("ipsec_goes_on"))
		return;
	ipsec_port_opens(same[0], same[1]);
	far_says(0x11, "one");
	a = port_hears("one");
	far_says(0x12, "two");
	b = port_hears("two");
	CU_ASSERT_EQUAL(fake_answer(&port, b), 0);
	fake_hand_over(&port, same);
	far_says(0x11, "one");
	CU_ASSERT_EQUAL(port_hears("one"), a);
	far_says(0x12, "two");
	CU_ASSERT_EQUAL(port_hears("two"), b);
	CU_ASSERT_EQUAL(fake_send(&port, a, "to one", 6), 1);
	CU_ASSERT_EQUAL(far_hears("to one"), 0x11);
	fake_hand_over(&port, other);
	CU_ASSERT_EQUAL(fake_send(&port, a, "to one", 6), -ESTALE);
	ipsec_port_closes();
	netns_leave();
}

static const struct test_case cases[] = {
	{"tells_apart", ipsec_tells_apart},
	{"with_codepoints", ipsec_with_codepoints},
	{"dials", ipsec_dials},
	{"refuses_clear", ipsec_refuses_clear},
	{"goes_on", ipsec_goes_on},
	{NULL, NULL},
};
const struct test_suite suite_udp_ipsec = {"udp_ipsec", cases};
