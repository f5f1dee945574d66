/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets on every address, where they dial from, and their buffers. */
#include "transports/udp/udp.h"

#include "tests/harness.h"
#include "tests/netns.h"
#include "tests/transports/kernel.h"
#include "tests/transports/host.h"
#include "transports/kit/udp_addr.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* From a socket on every address: the answer comes back to the channel that was dialled, since its
 * source is asked for. */
static void dials_from_every_address(void)
{
	static const char *const rows[][2] = {{"listen=0.0.0.0:0", "listen=127.0.0.1:0"},
					      {"listen=[::]:0", "listen=[::1]:0"}};

	for (size_t i = 0; i < 2; i++) {
		struct fake_host a, b;
		struct fake_event *e;
		ist_channel to_b, again, to_a;
		char at[80];

		fake_open(&a, &udp_transport, (const char *const[]){rows[i][0], NULL});
		fake_open(&b, &udp_transport, (const char *const[]){rows[i][1], NULL});
		snprintf(at, sizeof(at), "%s", fake_status(&b) + strlen("listening on "));
		at[strcspn(at, ",")] = '\0';
		CU_ASSERT_EQUAL(fake_connect(&a, at, IST_PAYLOAD_L2TP, &to_b), 0);
		CU_ASSERT_EQUAL(fake_connect(&a, at, IST_PAYLOAD_L2TP, &again), 0);
		CU_ASSERT_EQUAL(again, to_b);
		CU_ASSERT_EQUAL(fake_send(&a, to_b, "hello", 5), 1);
		CU_ASSERT_TRUE_FATAL(fake_wait(&b, FAKE_FRAME, 1));
		to_a = fake_channel(&b, FAKE_FRAME);
		CU_ASSERT_EQUAL(fake_send(&b, to_a, "good day", 8), 1);
		CU_ASSERT_TRUE_FATAL(fake_wait(&a, FAKE_FRAME, 1));
		e = fake_take(&a, FAKE_FRAME);
		CU_ASSERT_EQUAL(e->channel, to_b);
		ASSERT_OCTETS(e->data, e->len, "good day", 8);
		fake_free(e);
		CU_ASSERT_EQUAL(fake_pending(&a, FAKE_UP), 0);
		/* Refused, a channel is none any more. */
		CU_ASSERT_EQUAL(fake_refuse(&b, to_a), 0);
		CU_ASSERT_EQUAL(fake_send(&b, to_a, "x", 1), -ESTALE);
		CU_ASSERT_EQUAL(fake_answer(&b, to_a), -ESTALE);
		fake_close(&a);
		fake_close(&b);
	}
}

static void no_way_there(void)
{
	struct fake_host a;
	ist_channel c;

	if (!netns_enter("no_way_there"))
		return;
	fake_open(&a, &udp_transport, (const char *const[]){"listen=0.0.0.0:0", NULL});
	CU_ASSERT_EQUAL(fake_connect(&a, "192.0.2.1:1701", IST_PAYLOAD_L2TP, &c), -ENETUNREACH);
	fake_close(&a);
	netns_leave();
}

/* The kernel doubles what it is asked for. */
static void buffers_as_configured(void)
{
	struct fake_host a;
	int rcv = 0, snd = 0;
	socklen_t len = sizeof(int);

	fake_open(
		&a, &udp_transport,
		(const char *const[]){"listen=127.0.0.1:0", "rcvbuf=70000", "sndbuf=50000", NULL});
	getsockopt(a.watch[0].fd, SOL_SOCKET, SO_RCVBUF, &rcv, &len);
	getsockopt(a.watch[0].fd, SOL_SOCKET, SO_SNDBUF, &snd, &len);
	CU_ASSERT_EQUAL(rcv, 140000);
	CU_ASSERT_EQUAL(snd, 100000);
	fake_close(&a);
}

/* Each call that opening needs, refused: why is said, and nothing stays open. */
static void refused_openings(void)
{
	static char fixed[40], words[80];
	static const char *const six = "listen=[::]:0", *const four = "listen=0.0.0.0:0";
	static const struct {
		const char *listen, *call;
		unsigned long number;
		unsigned skip; /* to the socket to dial from: behind the listen socket's, and the
				  one for control, which a fixed port has */
		const char *words;
	} rows[] = {
		{fixed, "socket", 0, 0, words},
		{fixed, "bind", 0, 0, words},
		{fixed, "getsockname", 0, 0, words},
		{four, "setsockopt", IP_PKTINFO, 0, "listen 0.0.0.0:0: Operation not permitted"},
		{six, "setsockopt", IPV6_V6ONLY, 0, "listen [::]:0: Operation not permitted"},
		{six, "setsockopt", IPV6_RECVPKTINFO, 0, "listen [::]:0: Operation not permitted"},
		{fixed, "socket", 0, 2, "socket to dial from: Operation not permitted"},
		{fixed, "bind", 0, 2, "socket to dial from: Operation not permitted"},
		{fixed, "getsockname", 0, 1, "socket to dial from: Operation not permitted"},
		{four, "setsockopt", IP_PKTINFO, 1, "socket to dial from: Operation not permitted"},
	};
	int before = kernel_next_fd();

	snprintf(fixed, sizeof(fixed), "listen=%s:28140", kernel_loopback());
	snprintf(words, sizeof(words), "listen %s:28140: Operation not permitted",
		 kernel_loopback());
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const cfg[] = {rows[i].listen, "dial-port=ephemeral", NULL};
		struct fake_host h;
		char err[100] = "";

		kernel_fail(rows[i].call, rows[i].number, rows[i].skip, EPERM);
		CU_ASSERT_EQUAL(fake_try(&h, &udp_transport, cfg, err, sizeof(err)), -EPERM);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_STRING_EQUAL(err, rows[i].words);
		CU_ASSERT_EQUAL(kernel_next_fd(), before);
		for (size_t w = 0; w < 16; w++)
			CU_ASSERT_PTR_NULL(h.watch[w].on_fd);
	}
}

static uint16_t bound_port(int fd)
{
	struct sockaddr_in at;
	socklen_t len = sizeof(at);

	CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	return ntohs(at.sin_port);
}

/* The second socket is on a port the system chooses, whatever the first one's is. */
static void dials_from_a_port_of_the_system(void)
{
	int before = kernel_next_fd();
	char listen[40], want[60];
	struct fake_host h;

	snprintf(listen, sizeof(listen), "listen=%s:28140", kernel_loopback());
	snprintf(want, sizeof(want), "listening on %s:28140,", kernel_loopback());
	fake_open(&h, &udp_transport, (const char *const[]){listen, "dial-port=ephemeral", NULL});
	CU_ASSERT_EQUAL(bound_port(h.watch[0].fd), 28140);
	CU_ASSERT_TRUE(bound_port(h.watch[2].fd) >= 1024 && bound_port(h.watch[2].fd) != 28140);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&h), want));
	fake_close(&h);
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
}

/* Which of our addresses a call leaves by is asked with a socket that is gone afterwards. */
static void refused_dialling(void)
{
	static const struct {
		const char *call;
		int err, result;
	} rows[] = {
		{"socket", EMFILE, -EMFILE},
		{"connect", EHOSTUNREACH, -EHOSTUNREACH},
		{"getsockname", ENOBUFS, -EADDRNOTAVAIL},
	};
	struct fake_host a;
	ist_channel c;
	int before;

	fake_open(&a, &udp_transport, (const char *const[]){"listen=0.0.0.0:0", NULL});
	before = kernel_next_fd();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		kernel_fail(rows[i].call, 0, 0, rows[i].err);
		CU_ASSERT_EQUAL(fake_connect(&a, "127.0.0.1:9", IST_PAYLOAD_L2TP, &c),
				rows[i].result);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_EQUAL(kernel_next_fd(), before);
	}
	CU_ASSERT_STRING_EQUAL(fake_fill(&a), "channels 0/65536 0/0");
	CU_ASSERT_EQUAL(fake_connect(&a, "127.0.0.1:9", IST_PAYLOAD_L2TP, &c), 0);
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
	CU_ASSERT_STRING_EQUAL(fake_fill(&a), "channels 1/65536 0/0");
	CU_ASSERT_EQUAL(a.tr->fill(a.port, NULL, 0), 1); /* how many there are */
	fake_close(&a);
}

/* A port that is sent datagrams by a plain socket. */
struct plain_peer {
	struct fake_host h;
	char at[80]; /* the socket's */
	int fd;
};

static void plain_peer_open(struct plain_peer *p, const char *listen)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct udp_ep e;
	char at[80];

	fake_open(&p->h, &udp_transport, (const char *const[]){listen, "max-channels=4", NULL});
	snprintf(at, sizeof(at), "127.0.0.1%s", strchr(fake_status(&p->h), ':'));
	at[strcspn(at, ",")] = '\0';
	CU_ASSERT_TRUE_FATAL(udp_ep_parse(&e, at, 0));
	p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	len = udp_ep_to_sock(&e, &ss);
	CU_ASSERT_EQUAL_FATAL(connect(p->fd, (struct sockaddr *)&ss, len), 0);
	len = sizeof(ss);
	CU_ASSERT_EQUAL_FATAL(getsockname(p->fd, (struct sockaddr *)&ss, &len), 0);
	udp_ep_from_sock(&e, &ss);
	udp_ep_format(&e, p->at, sizeof(p->at));
}

static void plain_peer_close(struct plain_peer *p)
{
	fake_close(&p->h);
	close(p->fd);
}

static void plain_peer_ready(struct plain_peer *p)
{
	p->h.watch[0].on_fd(p->h.watch[0].arg, IST_READ);
}

/* 128 datagrams are read until other ports have their turn. */
static void reads_a_share_at_a_time(void)
{
	struct plain_peer p;

	plain_peer_open(&p, "listen=127.0.0.1:0");
	for (uint8_t i = 0; i < 130; i++)
		CU_ASSERT_EQUAL(send(p.fd, &i, 1, 0), 1);
	plain_peer_ready(&p);
	CU_ASSERT_EQUAL(fake_pending(&p.h, FAKE_FRAME), 128);
	plain_peer_ready(&p);
	plain_peer_ready(&p);
	CU_ASSERT_EQUAL(fake_pending(&p.h, FAKE_FRAME), 130);
	CU_ASSERT_STRING_EQUAL(fake_counted(&p.h), "rx-frames=130 rx-octets=130 strangers=1");
	plain_peer_close(&p);
}

static void read_errors(void)
{
	static const int errs[] = {EAGAIN, EINTR, ENETDOWN};
	struct plain_peer p;

	plain_peer_open(&p, "listen=127.0.0.1:0");
	for (size_t i = 0; i < sizeof(errs) / sizeof(errs[0]); i++) {
		CU_ASSERT_EQUAL(send(p.fd, "x", 1, 0), 1);
		kernel_fail("recvmmsg", 0, 0, errs[i]);
		plain_peer_ready(&p);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_EQUAL(fake_count(&p.h, "rx-error"), errs[i] == ENETDOWN);
		CU_ASSERT_EQUAL(fake_pending(&p.h, FAKE_FRAME), i);
		plain_peer_ready(&p);
		CU_ASSERT_EQUAL(fake_pending(&p.h, FAKE_FRAME), i + 1);
	}
	plain_peer_close(&p);
}

/* A kernel that does not say which address a datagram came to: nobody could answer from it. */
static void no_address_of_ours(void)
{
	struct plain_peer p;
	int off = 0;

	plain_peer_open(&p, "listen=0.0.0.0:0");
	CU_ASSERT_EQUAL(setsockopt(p.h.watch[0].fd, IPPROTO_IP, IP_PKTINFO, &off, sizeof(off)), 0);
	CU_ASSERT_EQUAL(send(p.fd, "x", 1, 0), 1);
	plain_peer_ready(&p);
	CU_ASSERT_STRING_EQUAL(fake_counted(&p.h), "rx-source=1");
	CU_ASSERT_PTR_NULL(p.h.first);
	plain_peer_close(&p);
}

/* RFC 768: a source port of 0 says that no answer is expected.  Only a raw socket sends one. */
static void no_source_port(void)
{
	uint8_t datagram[9] = {0, 0, 0, 0, 0, 9, 0, 0, 'x'};
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct plain_peer p;
	uint16_t port;
	int raw;

	if (!netns_enter("no_source_port"))
		return;
	netns_leave();
	raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_UDP);
	if (raw < 0) {
		test_skip("no_source_port", "no right to a raw socket");
		return;
	}
	plain_peer_open(&p, "listen=127.0.0.1:0");
	port = bound_port(p.h.watch[0].fd);
	datagram[2] = (uint8_t)(port >> 8);
	datagram[3] = (uint8_t)port;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CU_ASSERT_EQUAL(
		sendto(raw, datagram, sizeof(datagram), 0, (struct sockaddr *)&to, sizeof(to)),
		sizeof(datagram));
	plain_peer_ready(&p);
	CU_ASSERT_STRING_EQUAL(fake_counted(&p.h), "rx-source=1");
	CU_ASSERT_PTR_NULL(p.h.first);
	close(raw);
	plain_peer_close(&p);
}

/* One frame of three does not go: it is counted by its reason, the others are sent. */
static void send_errors(void)
{
	static const struct {
		int err;
		const char *counted;
	} rows[] = {
		{EAGAIN, "tx-frames=2 tx-octets=4 tx-joined=2 tx-full=1"},
		{ENOBUFS, "tx-frames=2 tx-octets=4 tx-joined=2 tx-full=1"},
		{EMSGSIZE, "tx-frames=2 tx-octets=4 tx-joined=2 tx-too-long=1"},
		{ENETUNREACH, "tx-frames=2 tx-octets=4 tx-joined=2 tx-unreachable=1"},
		{EHOSTUNREACH, "tx-frames=2 tx-octets=4 tx-joined=2 tx-unreachable=1"},
		{ECONNREFUSED, "tx-frames=2 tx-octets=4 tx-joined=2 tx-unreachable=1"},
		{ENETDOWN, "tx-frames=2 tx-octets=4 tx-joined=2 tx-unreachable=1"},
		{EADDRNOTAVAIL, "tx-frames=2 tx-octets=4 tx-joined=2 tx-unreachable=1"},
		{EPERM, "tx-frames=2 tx-octets=4 tx-joined=2 tx-error=1"},
		{EINTR, "tx-frames=3 tx-octets=5 tx-joined=2"}, /* again */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ist_frame f[3] = {
			{.payload = (const uint8_t *)"1", .len = 1},
			{.payload = (const uint8_t *)"22", .len = 2},
			{.payload = (const uint8_t *)"33", .len = 2},
		};
		struct plain_peer p;
		char got[8];

		plain_peer_open(&p, "listen=127.0.0.1:0");
		CU_ASSERT_EQUAL(fake_connect(&p.h, p.at, IST_PAYLOAD_L2TP, &f[0].channel), 0);
		CU_ASSERT_EQUAL(fake_send_frames(&p.h, f, 0), 0);
		kernel_fail("sendmmsg", 0, 0, rows[i].err);
		CU_ASSERT_EQUAL(fake_send_frames(&p.h, f, 3), 3);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_STRING_EQUAL(fake_counted(&p.h), rows[i].counted);
		if (rows[i].err == EINTR)
			CU_ASSERT_EQUAL(recv(p.fd, got, sizeof(got), 0), 1);
		ASSERT_OCTETS(got, recv(p.fd, got, sizeof(got), 0), "22", 2);
		ASSERT_OCTETS(got, recv(p.fd, got, sizeof(got), 0), "33", 2);
		plain_peer_close(&p);
	}
}

/* Who was sent something is as new as who has sent. */
static void sending_keeps_a_stranger(void)
{
	struct plain_peer p;
	struct fake_event *down;
	ist_channel first, second;
	int fd[2];

	plain_peer_open(&p, "listen=127.0.0.1:0"); /* two strangers at a time */
	for (int i = 0; i < 2; i++) {
		struct sockaddr_in to;
		socklen_t len = sizeof(to);

		getpeername(p.fd, (struct sockaddr *)&to, &len);
		fd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		CU_ASSERT_EQUAL(connect(fd[i], (struct sockaddr *)&to, len), 0);
	}
	CU_ASSERT_EQUAL(send(fd[0], "1", 1, 0), 1);
	CU_ASSERT_EQUAL(send(fd[1], "2", 1, 0), 1);
	plain_peer_ready(&p);
	first = fake_channel(&p.h, FAKE_FRAME);
	second = fake_channel(&p.h, FAKE_FRAME);
	CU_ASSERT_EQUAL(fake_send(&p.h, first, "x", 1), 1);
	CU_ASSERT_EQUAL(send(p.fd, "3", 1, 0), 1);
	plain_peer_ready(&p);
	down = fake_take(&p.h, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(down);
	CU_ASSERT_EQUAL(down->channel, second);
	CU_ASSERT_EQUAL(down->cause.kind, IST_CAUSE_LOCAL);
	CU_ASSERT_STRING_EQUAL(down->cause.words, "channel recycled");
	fake_free(down);
	close(fd[0]);
	close(fd[1]);
	plain_peer_close(&p);
}

static unsigned tapped;

static void count_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
		      size_t len)
{
	(void)arg, (void)outbound, (void)link_type, (void)frame, (void)len;
	tapped++;
}

/* What no IP packet can hold is not captured either; the longest and one octet more. */
static void too_long_for_a_capture(void)
{
	static uint8_t octets[65508];
	struct plain_peer p;
	ist_channel c;

	plain_peer_open(&p, "listen=127.0.0.1:0");
	CU_ASSERT_EQUAL(fake_connect(&p.h, p.at, IST_PAYLOAD_L2TP, &c), 0);
	p.h.tap_on = true;
	p.h.on_tap = count_tap;
	tapped = 0;
	CU_ASSERT_EQUAL(fake_send(&p.h, c, octets, 65507), 1);
	CU_ASSERT_EQUAL(tapped, 1);
	CU_ASSERT_EQUAL(fake_send(&p.h, c, octets, 65508), 1);
	CU_ASSERT_EQUAL(tapped, 1);
	CU_ASSERT_EQUAL(fake_count(&p.h, "tx-too-long"), 1);
	plain_peer_close(&p);
}

static void matched_addresses(void)
{
	struct ist_addr a = {.len = 3};

	CU_ASSERT_FALSE(udp_transport.addr_match(&a, "*")); /* is none of ours */
	CU_ASSERT_EQUAL(udp_transport.addr_format(&a, (char[4]){0}, 4), -EINVAL);
	CU_ASSERT_EQUAL(udp_transport.addr_parse(&a, "192.0.2.1:1702"), 0);
	CU_ASSERT_TRUE(udp_transport.addr_match(&a, "*"));
	CU_ASSERT_TRUE(udp_transport.addr_match(&a, "192.0.2.0/24"));
	CU_ASSERT_FALSE(udp_transport.addr_match(&a, "192.0.3.0/24"));
}

static const struct test_case cases[] = {
	{"dials_from_every_address", dials_from_every_address},
	{"no_way_there", no_way_there},
	{"buffers_as_configured", buffers_as_configured},
	{"refused_openings", refused_openings},
	{"dials_from_a_port_of_the_system", dials_from_a_port_of_the_system},
	{"refused_dialling", refused_dialling},
	{"reads_a_share_at_a_time", reads_a_share_at_a_time},
	{"read_errors", read_errors},
	{"no_address_of_ours", no_address_of_ours},
	{"rfc768_no_source_port", no_source_port},
	{"send_errors", send_errors},
	{"sending_keeps_a_stranger", sending_keeps_a_stranger},
	{"too_long_for_a_capture", too_long_for_a_capture},
	{"matched_addresses", matched_addresses},
	{NULL, NULL},
};
const struct test_suite suite_udp_socket = {"udp_socket", cases};
