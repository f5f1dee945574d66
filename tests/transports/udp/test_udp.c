/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The udp transport over real loopback sockets, both ends in this process or a plain socket as
 * peer. */
#define _GNU_SOURCE
#include "tests/harness.h"
#include "tests/transports/keys.h"
#include "tests/transports/host.h"
#include "transports/builtin.h"
#include "transports/udp/udp.h"
#include "transports/kit/udp_addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <linux/udp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* "listening on ADDRESS, ..." */
static void listen_at(struct fake_host *h, char *out, size_t len)
{
	snprintf(out, len, "%s", fake_status(h) + strlen("listening on "));
	out[strcspn(out, ",")] = '\0';
}

static void udp_open_at(struct fake_host *h, const char *listen)
{
	const char *const cfg[] = {listen, NULL};

	fake_open(h, &udp_transport, cfg);
}

/* A plain socket bound to `at`, whose address is left in `text`. */
static int udp_plain(const char *at, char *text, size_t len)
{
	struct sockaddr_storage ss;
	struct udp_ep e;
	socklen_t n;
	int fd;

	CU_ASSERT_TRUE_FATAL(udp_ep_parse(&e, at, 0));
	n = udp_ep_to_sock(&e, &ss);
	fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_TRUE_FATAL(fd >= 0 && !bind(fd, (struct sockaddr *)&ss, n));
	n = sizeof(ss);
	CU_ASSERT_TRUE_FATAL(!getsockname(fd, (struct sockaddr *)&ss, &n));
	udp_ep_from_sock(&e, &ss);
	udp_ep_format(&e, text, len);
	return fd;
}

static void plain_send(int fd, const char *to, const void *data, size_t len)
{
	struct sockaddr_storage ss;
	struct udp_ep e;
	socklen_t n;

	CU_ASSERT_TRUE_FATAL(udp_ep_parse(&e, to, 0));
	n = udp_ep_to_sock(&e, &ss);
	CU_ASSERT_EQUAL(sendto(fd, data, len, 0, (struct sockaddr *)&ss, n), (ssize_t)len);
}

static void there_and_back(const char *wild)
{
	struct fake_host a, b;
	struct fake_event *e;
	char at[80];
	ist_channel to_b, to_a;

	udp_open_at(&a, wild);
	udp_open_at(&b, wild);
	listen_at(&b, at, sizeof(at));
	CU_ASSERT_EQUAL(fake_connect(&a, at, IST_PAYLOAD_L2TP, &to_b), 0);
	CU_ASSERT_EQUAL(fake_send(&a, to_b, "hello", 5), 1);
	CU_ASSERT_TRUE_FATAL(fake_wait(&b, FAKE_FRAME, 1));
	e = fake_take(&b, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_STRING_EQUAL(fake_addr(&b, &e->attrs.local), at);
	CU_ASSERT_EQUAL(e->attrs.payload, IST_PAYLOAD_L2TP);
	to_a = e->channel;
	fake_free(e);
	e = fake_take(&b, FAKE_FRAME);
	CU_ASSERT_EQUAL(e->channel, to_a);
	ASSERT_OCTETS(e->data, e->len, "hello", 5);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_send(&b, to_a, "good day", 8), 1);
	CU_ASSERT_TRUE_FATAL(fake_wait(&a, FAKE_FRAME, 1));
	e = fake_take(&a, FAKE_FRAME);
	CU_ASSERT_EQUAL(e->channel, to_b); /* no stranger: the dialled channel */
	ASSERT_OCTETS(e->data, e->len, "good day", 8);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_UP), 0);
	fake_close(&a);
	fake_close(&b);
}

/* What is counted, and that nothing else is. */
static void every_counter_of_a_clean_exchange(void)
{
	struct fake_host a, b;
	struct fake_event *e;
	ist_channel to_b;
	char at[80];
	struct ist_frame f[2];

	udp_open_at(&a, "listen=127.0.0.1:0");
	udp_open_at(&b, "listen=127.0.0.1:0");
	CU_ASSERT_STRING_EQUAL(fake_counted(&a), "");
	listen_at(&b, at, sizeof(at));
	CU_ASSERT_EQUAL(fake_connect(&a, at, IST_PAYLOAD_L2TP, &to_b), 0);
	f[0] = (struct ist_frame){.channel = to_b,
				  .head = (const uint8_t *)"headed ",
				  .head_len = 7,
				  .payload = (const uint8_t *)"frame",
				  .len = 5};
	f[1] = (struct ist_frame){.channel = to_b, .payload = (const uint8_t *)"bare", .len = 4};
	CU_ASSERT_EQUAL(fake_send_frames(&a, f, 2), 2);
	CU_ASSERT_TRUE_FATAL(fake_wait(&b, FAKE_FRAME, 2));
	e = fake_take(&b, FAKE_FRAME);
	CU_ASSERT_EQUAL(fake_send(&b, e->channel, "answer", 6), 1);
	fake_free(e);
	CU_ASSERT_TRUE_FATAL(fake_wait(&a, FAKE_FRAME, 1));
	CU_ASSERT_STRING_EQUAL(fake_counted(&a),
			       "rx-frames=1 rx-octets=6 tx-frames=2 tx-octets=16 tx-joined=2");
	CU_ASSERT_STRING_EQUAL(
		fake_counted(&b),
		"rx-frames=2 rx-octets=16 tx-frames=1 tx-octets=6 rx-joined=2 strangers=1");
	fake_close(&a);
	fake_close(&b);
}

/* fe80::1 on the loopback device of a namespace; false = not permitted. */
static bool link_local_world(int *home)
{
	struct {
		struct in6_addr addr;
		uint32_t prefix;
		int ifindex;
	} set = {.prefix = 64};
	struct ifreq up = {.ifr_flags = IFF_UP};
	struct sockaddr_in6 at = {.sin6_family = AF_INET6};
	int fd, r;

	*home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (*home < 0 || unshare(CLONE_NEWNET) < 0) {
		test_skip("ipv6_link_local", "no right to make a network namespace");
		close(*home);
		return false;
	}
	fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	memcpy(up.ifr_name, "lo", 3);
	set.ifindex = (int)if_nametoindex("lo");
	inet_pton(AF_INET6, "fe80::1", &set.addr);
	r = ioctl(fd, SIOCSIFFLAGS, &up);
	CU_ASSERT_FATAL(!r && !ioctl(fd, SIOCSIFADDR, &set));
	at.sin6_scope_id = (uint32_t)set.ifindex;
	at.sin6_addr = set.addr;
	for (int tries = 0; bind(fd, (struct sockaddr *)&at, sizeof(at)); tries++) {
		CU_ASSERT_FATAL(tries < 5000);
		usleep(1000); /* the kernel takes an address into use in its own time */
	}
	close(fd);
	return true;
}

/* A link-local address means nothing without its interface: there, back, and in what is reported.
 */
static void ipv6_link_local(void)
{
	struct fake_host a, b;
	struct fake_event *e;
	char at_b[80], at_a[80], any[80];
	ist_channel to_b;
	int home;

	if (!link_local_world(&home))
		return;
	udp_open_at(&a, "listen=[fe80::1%lo]:0");
	udp_open_at(&b, "listen=[::]:0");
	listen_at(&a, at_a, sizeof(at_a));
	listen_at(&b, any, sizeof(any));
	snprintf(at_b, sizeof(at_b), "[fe80::1%%lo]%s", strrchr(any, ':'));
	CU_ASSERT_EQUAL(fake_connect(&a, at_b, IST_PAYLOAD_L2TP, &to_b), 0);
	CU_ASSERT_EQUAL(fake_send(&a, to_b, "there", 5), 1);
	CU_ASSERT_TRUE_FATAL(fake_wait(&b, FAKE_FRAME, 1));
	e = fake_take(&b, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_STRING_EQUAL(fake_addr(&b, &e->attrs.local), at_b);
	CU_ASSERT_STRING_EQUAL(fake_addr(&b, &e->attrs.peer), at_a);
	CU_ASSERT_EQUAL(fake_send(&b, e->channel, "and back", 8), 1);
	fake_free(e);
	CU_ASSERT_TRUE_FATAL(fake_wait(&a, FAKE_FRAME, 1));
	e = fake_take(&a, FAKE_FRAME);
	CU_ASSERT_EQUAL(e->channel, to_b);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_UP), 0);
	fake_close(&a);
	fake_close(&b);
	CU_ASSERT_EQUAL(setns(home, CLONE_NEWNET), 0);
	close(home);
}

static void udp_ipv4(void)
{
	there_and_back("listen=127.0.0.1:0");
}

static void udp_ipv6(void)
{
	there_and_back("listen=[::1]:0");
}

/* The host of a wildcard port answers each frame on its channel. */
static void echo(struct fake_host *h, const struct fake_event *e)
{
	if (e->kind == FAKE_FRAME)
		CU_ASSERT_EQUAL(fake_send(h, e->channel, e->data, e->len), 1);
}

static void reply_source(const char *listen, const char *const *addresses, const char *any)
{
	char text[80], port[80];
	struct fake_host h;
	int fd;

	udp_open_at(&h, listen);
	h.on_event = echo;
	listen_at(&h, port, sizeof(port));
	fd = udp_plain(any, text, sizeof(text));
	for (; *addresses; addresses++) {
		struct sockaddr_storage from;
		socklen_t n = sizeof(from);
		struct udp_ep e;
		char to[80], buf[8];

		snprintf(to, sizeof(to), "%s%s", *addresses, strrchr(port, ':'));
		plain_send(fd, to, "ping", 4);
		CU_ASSERT_TRUE(fake_wait(&h, FAKE_FRAME, 1));
		fake_forget(&h);
		CU_ASSERT_EQUAL(recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&from, &n), 4);
		udp_ep_from_sock(&e, &from);
		udp_ep_format(&e, text, sizeof(text));
		CU_ASSERT_STRING_EQUAL(text, to);
	}
	close(fd);
	fake_close(&h);
}

static void reply_from_used_address(void)
{
	static const char *const v4[] = {"127.0.0.1", "127.0.0.2", "127.9.9.9", NULL};
	static const char *const v6[] = {"[::1]", NULL};

	reply_source("listen=0.0.0.0:0", v4, "127.0.0.1:0");
	reply_source("listen=[::]:0", v6, "[::1]:0");
}

static void two_addresses_two_channels(void)
{
	char text[80], port[80], to[80];
	struct fake_host h;
	struct fake_event *a, *b;
	int fd = udp_plain("127.0.0.1:0", text, sizeof(text));

	udp_open_at(&h, "listen=0.0.0.0:0");
	listen_at(&h, port, sizeof(port));
	snprintf(to, sizeof(to), "127.0.0.1%s", strrchr(port, ':'));
	plain_send(fd, to, "1", 1);
	snprintf(to, sizeof(to), "127.0.0.2%s", strrchr(port, ':'));
	plain_send(fd, to, "2", 1);
	CU_ASSERT_TRUE_FATAL(fake_wait(&h, FAKE_FRAME, 2));
	a = fake_take(&h, FAKE_UP);
	b = fake_take(&h, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	CU_ASSERT_NOT_EQUAL(a->channel, b->channel);
	CU_ASSERT_STRING_EQUAL(fake_addr(&h, &b->attrs.local), to);
	CU_ASSERT_STRING_EQUAL(fake_addr(&h, &b->attrs.peer), text);
	fake_free(a);
	fake_free(b);
	close(fd);
	fake_close(&h);
}

static void udp_dial_port(void)
{
	static const char *const cfg[] = {"listen=127.0.0.1:0", "dial-port=ephemeral", NULL};
	char server[80], at[80], from[80];
	struct fake_host h;
	struct sockaddr_storage ss;
	socklen_t n = sizeof(ss);
	struct udp_ep e;
	ist_channel c;
	char buf[8];
	int fd = udp_plain("127.0.0.1:0", server, sizeof(server));

	fake_open(&h, &udp_transport, cfg);
	listen_at(&h, at, sizeof(at));
	CU_ASSERT_EQUAL(fake_connect(&h, server, IST_PAYLOAD_L2TP, &c), 0);
	CU_ASSERT_EQUAL(fake_send(&h, c, "dial", 4), 1);
	CU_ASSERT_EQUAL(recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&ss, &n), 4);
	udp_ep_from_sock(&e, &ss);
	udp_ep_format(&e, from, sizeof(from));
	CU_ASSERT_STRING_NOT_EQUAL(from, at);
	plain_send(fd, from, "answer", 6);
	CU_ASSERT_TRUE(fake_wait(&h, FAKE_FRAME, 1));
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_FRAME), c);
	plain_send(fd, at, "other", 5); /* to the listen port: another channel */
	CU_ASSERT_TRUE(fake_wait(&h, FAKE_FRAME, 1));
	CU_ASSERT_NOT_EQUAL(fake_channel(&h, FAKE_FRAME), c);
	close(fd);
	fake_close(&h);
}

/* Of a port that listens everywhere too: the address by which the far end is reached. */
static void connect_knows_our_end(void)
{
	static const char *const listen[] = {"listen=127.0.0.1:0", "listen=0.0.0.0:0"};
	char server[80], at[80];
	struct fake_host h;
	struct ist_addr a;
	ist_channel c;
	int fd = udp_plain("127.0.0.1:0", server, sizeof(server));

	for (unsigned i = 0; i < 2; i++) {
		udp_open_at(&h, listen[i]);
		listen_at(&h, at, sizeof(at));
		CU_ASSERT_EQUAL(fake_connect(&h, server, IST_PAYLOAD_L2TP, &c), 0);
		CU_ASSERT_TRUE(h.tr->chan_local(h.port, c, &a));
		CU_ASSERT_EQUAL(strncmp(fake_addr(&h, &a), "127.0.0.1:", 10), 0);
		CU_ASSERT_STRING_EQUAL(strrchr(fake_addr(&h, &a), ':'), strrchr(at, ':'));
		fake_disconnect(&h, c);
		CU_ASSERT_FALSE(h.tr->chan_local(h.port, c, &a));
		fake_close(&h);
	}
	close(fd);
}

static void connect_finds_stranger(void)
{
	char server[80], at[80];
	struct fake_host h;
	ist_channel c, d;
	int fd = udp_plain("127.0.0.1:0", server, sizeof(server));

	udp_open_at(&h, "listen=127.0.0.1:0");
	listen_at(&h, at, sizeof(at));
	plain_send(fd, at, "x", 1);
	CU_ASSERT_TRUE(fake_wait(&h, FAKE_FRAME, 1));
	c = fake_channel(&h, FAKE_FRAME);
	CU_ASSERT_EQUAL(fake_connect(&h, server, IST_PAYLOAD_L2TP, &d), 0);
	CU_ASSERT_EQUAL(c, d);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&h), "channels: 1 held, 0 strangers"));
	fake_disconnect(&h, c);
	CU_ASSERT_EQUAL(fake_send(&h, c, "x", 1), -ESTALE);
	CU_ASSERT_EQUAL(fake_count(&h, "tx-stale"), 1);
	close(fd);
	fake_close(&h);
}

static void refused_connects(void)
{
	struct fake_host h;
	struct ist_addr a;
	ist_channel c;

	udp_open_at(&h, "listen=127.0.0.1:0");
	CU_ASSERT_EQUAL(fake_connect(&h, "[::1]:1701", IST_PAYLOAD_L2TP, &c), -EAFNOSUPPORT);
	CU_ASSERT_EQUAL(fake_connect(&h, "127.0.0.1:0", IST_PAYLOAD_L2TP, &c), -EINVAL);
	CU_ASSERT_EQUAL(fake_connect(&h, "127.0.0.1:1", IST_PAYLOAD_PPP, &c), -EPROTONOSUPPORT);
	CU_ASSERT_EQUAL(udp_transport.addr_parse(&a, "lns.example.net"), -EINVAL);
	fake_close(&h);
}

/* 40 peers on a table of 16: 8 strangers at a time, each newcomer is told, each leaver too. */
static void udp_bounded(void)
{
	static const char *const cfg[] = {"listen=127.0.0.1:0", "max-channels=16", NULL};
	char at[80], text[80];
	struct fake_host h;
	ist_channel first;
	int fd[40];

	fake_open(&h, &udp_transport, cfg);
	listen_at(&h, at, sizeof(at));
	for (int i = 0; i < 40; i++) {
		fd[i] = udp_plain("127.0.0.1:0", text, sizeof(text));
		plain_send(fd[i], at, "x", 1);
		CU_ASSERT_TRUE(fake_wait(&h, FAKE_FRAME, 1));
		first = fake_channel(&h, FAKE_FRAME);
		if (i == 0)
			CU_ASSERT_EQUAL(fake_answer(&h, first), 0); /* this one stays */
		if (i == 39)
			CU_ASSERT_EQUAL(fake_answer(&h, first), 0);
	}
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_UP), 40);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_DOWN), 31);
	CU_ASSERT_EQUAL(fake_count(&h, "recycled"), 31);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&h), "channels: 2 held, 7 strangers"));
	CU_ASSERT_STRING_EQUAL(fake_fill(&h), "channels 9/16 0/0");
	for (struct fake_event *e; (e = fake_take(&h, FAKE_DOWN)); fake_free(e)) {
		CU_ASSERT_TRUE(e->forever);
		CU_ASSERT_EQUAL(fake_answer(&h, e->channel), -ESTALE);
	}
	plain_send(fd[0], at, "y", 1); /* the first is still known */
	CU_ASSERT_TRUE(fake_wait(&h, FAKE_FRAME, 1));
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_UP), 40);
	for (int i = 0; i < 40; i++)
		close(fd[i]);
	fake_close(&h);
}

static void udp_no_room(void)
{
	static const char *const cfg[] = {"listen=127.0.0.1:0", "max-channels=4", NULL};
	char at[80], text[80];
	struct fake_host h;
	ist_channel c;
	int fd = udp_plain("127.0.0.1:0", text, sizeof(text));

	fake_open(&h, &udp_transport, cfg);
	listen_at(&h, at, sizeof(at));
	for (int i = 1; i <= 4; i++) {
		snprintf(text, sizeof(text), "127.0.0.1:%d", i);
		CU_ASSERT_EQUAL(fake_connect(&h, text, IST_PAYLOAD_L2TP, &c), 0);
	}
	CU_ASSERT_EQUAL(fake_connect(&h, "127.0.0.1:5", IST_PAYLOAD_L2TP, &c), -ENOBUFS);
	plain_send(fd, at, "x", 1);
	while (!fake_count(&h, "rx-no-room"))
		fake_run(&h, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 0);
	fake_disconnect(&h, c);
	plain_send(fd, at, "x", 1);
	CU_ASSERT_TRUE(fake_wait(&h, FAKE_FRAME, 1));
	close(fd);
	fake_close(&h);
}

static void give_up_at_once(struct fake_host *h, const struct fake_event *e)
{
	if (e->kind == FAKE_UP)
		fake_disconnect(h, e->channel);
}

static void disconnect_in_report(void)
{
	char at[80], text[80];
	struct fake_host h;
	int fd = udp_plain("127.0.0.1:0", text, sizeof(text));

	udp_open_at(&h, "listen=127.0.0.1:0");
	h.on_event = give_up_at_once;
	listen_at(&h, at, sizeof(at));
	plain_send(fd, at, "x", 1);
	CU_ASSERT_TRUE(fake_wait(&h, FAKE_UP, 1));
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&h), "channels: 0 held, 0 strangers"));
	close(fd);
	fake_close(&h);
}

static void udp_many_channels(void)
{
	enum { N = 2000 };
	struct fake_host a, b;
	ist_channel c[N];
	char at[80], text[80];

	/* One peer address per channel: 127.x.y.z all end at the wildcard port. */
	udp_open_at(&a, "listen=127.0.0.1:0");
	udp_open_at(&b, "listen=0.0.0.0:0");
	listen_at(&b, at, sizeof(at));
	for (unsigned i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "127.1.%u.%u%s", i >> 8, i & 255, strrchr(at, ':'));
		CU_ASSERT_EQUAL(fake_connect(&a, text, IST_PAYLOAD_L2TP, &c[i]), 0);
	}
	b.on_event = echo;
	for (unsigned i = 0; i < N; i++) {
		CU_ASSERT_EQUAL(fake_send(&a, c[i], &i, sizeof(i)), 1);
		if (!fake_wait(&b, FAKE_FRAME, 1) || !fake_wait(&a, FAKE_FRAME, 1))
			CU_FAIL_FATAL("a datagram did not come");
		fake_forget(&b);
		struct fake_event *e = fake_take(&a, FAKE_FRAME);

		if (e->channel != c[i] || e->len != sizeof(i) || memcmp(e->data, &i, sizeof(i)))
			CU_FAIL("not on its channel");
		fake_free(e);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&b), "2000 strangers"));
	fake_close(&a);
	fake_close(&b);
}

static void sizes_of(const char *listen, const char *family, uint32_t mtu)
{
	static const uint32_t sizes[] = {1, 2, 3, 11, 12, 63, 64, 65, 1472, 1473, 1500, 9000};
	static uint8_t data[65536];
	struct fake_host a, b;
	uint64_t seed = test_seed();
	ist_channel c;
	char at[80];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)test_rand(&seed);
	udp_open_at(&a, listen);
	udp_open_at(&b, listen);
	listen_at(&b, at, sizeof(at));
	CU_ASSERT_EQUAL(fake_connect(&a, at, IST_PAYLOAD_L2TP, &c), 0);
	CU_ASSERT_EQUAL(a.tr->mtu(a.port, c), mtu);
	for (size_t i = 0; i <= sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint32_t len = i < sizeof(sizes) / sizeof(sizes[0]) ? sizes[i] : mtu;
		uint32_t head = len > 12 ? 12 : len / 2;
		struct ist_frame f = {c, 0, data, data + head, head, len - head, 0};
		struct fake_event *e;

		CU_ASSERT_EQUAL(fake_send_frames(&a, &f, 1), 1);
		CU_ASSERT_TRUE_FATAL(fake_wait(&b, FAKE_FRAME, 1));
		e = fake_take(&b, FAKE_FRAME);
		CU_ASSERT_TRUE(e->len == len && !memcmp(e->data, data, len));
		fake_free(e);
	}
	CU_ASSERT_EQUAL(fake_send(&a, c, data, mtu + 1), 1);
	CU_ASSERT_EQUAL(fake_count(&a, "tx-too-long"), 1);
	fake_close(&a);
	fake_close(&b);
	(void)family;
}

static void udp_sizes(void)
{
	sizes_of("listen=127.0.0.1:0", "4", 65507);
	sizes_of("listen=[::1]:0", "6", 65527);
}

static void batches_keep_order(void)
{
	enum { N = 100 };
	struct ist_frame f[N];
	struct fake_host a, b;
	uint32_t v[N];
	ist_channel c;
	char at[80];

	udp_open_at(&a, "listen=127.0.0.1:0");
	udp_open_at(&b, "listen=127.0.0.1:0");
	listen_at(&b, at, sizeof(at));
	fake_connect(&a, at, IST_PAYLOAD_L2TP, &c);
	for (uint32_t i = 0; i < N; i++) {
		v[i] = i;
		f[i] = (struct ist_frame){.channel = c, .payload = (uint8_t *)&v[i], .len = 4};
	}
	CU_ASSERT_EQUAL(fake_send_frames(&a, f, N), N);
	CU_ASSERT_TRUE_FATAL(fake_wait(&b, FAKE_FRAME, N));
	for (uint32_t i = 0; i < N; i++) {
		struct fake_event *e = fake_take(&b, FAKE_FRAME);

		CU_ASSERT_TRUE(e->len == 4 && !memcmp(e->data, &i, 4));
		fake_free(e);
	}
	CU_ASSERT_EQUAL(fake_count(&a, "tx-frames"), N);
	CU_ASSERT_EQUAL(fake_count(&a, "tx-octets"), 4 * N);
	CU_ASSERT_EQUAL(fake_count(&b, "rx-frames"), N);
	CU_ASSERT_EQUAL(fake_count(&b, "rx-octets"), 4 * N);
	CU_ASSERT_EQUAL(fake_count(&b, "strangers"), 1);
	fake_close(&a);
	fake_close(&b);
}

static void empty_datagrams(void)
{
	char at[80], text[80];
	struct fake_host h;
	int fd = udp_plain("127.0.0.1:0", text, sizeof(text));

	udp_open_at(&h, "listen=127.0.0.1:0");
	listen_at(&h, at, sizeof(at));
	plain_send(fd, at, "", 0);
	plain_send(fd, at, "x", 1);
	CU_ASSERT_TRUE(fake_wait(&h, FAKE_FRAME, 1));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-empty"), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-frames"), 1);
	close(fd);
	fake_close(&h);
}

/* A refused datagram (nobody listens) is no failure of the port. */
static void nobody_there(void)
{
	char text[80];
	struct fake_host h;
	ist_channel c;

	close(udp_plain("127.0.0.1:0", text, sizeof(text)));
	udp_open_at(&h, "listen=127.0.0.1:0");
	CU_ASSERT_EQUAL(fake_connect(&h, text, IST_PAYLOAD_L2TP, &c), 0);
	for (int i = 0; i < 10; i++)
		CU_ASSERT_EQUAL(fake_send(&h, c, "x", 1), 1);
	fake_run(&h, fake_now + 1000000);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FAILED), 0);
	fake_close(&h);
}

static void udp_bad_settings(void)
{
	static const struct {
		const char *cfg[4];
		int err;
		const char *words;
	} rows[] = {
		{{"listen=nowhere"}, -EINVAL, "listen: \"nowhere\" is not ADDRESS or ADDRESS:PORT"},
		{{"listen=192.0.2.1:70000"}, -EINVAL, "is not ADDRESS or ADDRESS:PORT"},
		{{"listen=192.0.2.1:1701"}, -EADDRNOTAVAIL, "listen 192.0.2.1:1701: "},
		{{"listen=127.0.0.1:0", "@127.0.0.1:1 l2tp"}, -EINVAL, "no circuit sections"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_host h;
		char err[128] = "";

		CU_ASSERT_EQUAL(fake_try(&h, &udp_transport, rows[i].cfg, err, sizeof(err)),
				rows[i].err);
		if (!strstr(err, rows[i].words))
			CU_FAIL(rows[i].words);
		for (size_t w = 0; w < 16; w++)
			CU_ASSERT_PTR_NULL(h.watch[w].on_fd);
	}
}

static void udp_in_use(void)
{
	char err[128] = "", at[80], cfg[100];
	const char *const settings[] = {cfg, NULL};
	struct fake_host a, b;

	udp_open_at(&a, "listen=127.0.0.1:0");
	listen_at(&a, at, sizeof(at));
	snprintf(cfg, sizeof(cfg), "listen=%s", at);
	CU_ASSERT_EQUAL(fake_try(&b, &udp_transport, settings, err, sizeof(err)), -EADDRINUSE);
	fake_close(&a);
}

/* Every socket of a port with both kinds computes and checks them. */
static void checksums(void)
{
	static const char *const listens[] = {"listen=127.0.0.1:0", "listen=[::1]:0"};

	for (int i = 0; i < 2; i++) {
		const char *const cfg[] = {listens[i], "dial-port=ephemeral", NULL};
		struct fake_host h;

		fake_open(&h, &udp_transport, cfg);
		for (int k = 0; k < 2; k++) {
			int off = -1, off6[2] = {-1, -1}, fd = h.watch[k].fd;
			socklen_t n = sizeof(off);

			CU_ASSERT_PTR_NOT_NULL_FATAL(h.watch[k].on_fd);
			CU_ASSERT_EQUAL(getsockopt(fd, SOL_SOCKET, SO_NO_CHECK, &off, &n), 0);
			CU_ASSERT_EQUAL(off, 0);
			getsockopt(fd, IPPROTO_UDP, UDP_NO_CHECK6_TX, &off6[0], &n);
			getsockopt(fd, IPPROTO_UDP, UDP_NO_CHECK6_RX, &off6[1], &n);
			CU_ASSERT_TRUE(off6[0] == 0 && off6[1] == 0);
		}
		fake_close(&h);
	}
}

static void offered_by_default(void)
{
	struct ist_addr a;
	char text[40];

	CU_ASSERT_PTR_EQUAL(ist_builtin_transports[0], &udp_transport);
	CU_ASSERT_STRING_EQUAL(udp_transport.keys[0].name, "listen");
	CU_ASSERT_STRING_EQUAL(udp_transport.keys[0].deflt, "0.0.0.0:1701");
	CU_ASSERT_EQUAL(udp_transport.addr_parse(&a, "192.0.2.1"), 0);
	CU_ASSERT_TRUE(udp_transport.addr_format(&a, text, sizeof(text)) > 0);
	CU_ASSERT_STRING_EQUAL(text, "192.0.2.1:1701");
}

/* More than the socket's buffer holds while nobody reads: what is not received is counted. */
static void lost_in_the_kernel(void)
{
	const char *const cfg[] = {"listen=127.0.0.1:0", "rcvbuf=4096", NULL};
	static uint8_t octets[1000];
	char at[80], text[80];
	struct fake_host h;
	int fd = udp_plain("127.0.0.1:0", text, sizeof(text));

	fake_open(&h, &udp_transport, cfg);
	listen_at(&h, at, sizeof(at));
	for (unsigned i = 0; i < 200; i++)
		plain_send(fd, at, octets, sizeof(octets));
	CU_ASSERT_TRUE(fake_count(&h, "rx-lost") > 100);
	while (fake_count(&h, "rx-frames") + fake_count(&h, "rx-lost") < 200)
		CU_ASSERT_TRUE_FATAL(
			fake_wait(&h, FAKE_FRAME, (unsigned)fake_count(&h, "rx-frames") + 1));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-frames") + fake_count(&h, "rx-lost"), 200);
	close(fd);
	fake_close(&h);
}

static unsigned tapped[2];

static void udp_look(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame, size_t len)
{
	(void)arg;
	CU_ASSERT_EQUAL(link_type, 101);
	CU_ASSERT_EQUAL(len, 28 + 5);
	CU_ASSERT_EQUAL(frame[0], 0x45);
	CU_ASSERT_EQUAL(frame[9], 17);
	ASSERT_OCTETS(frame + 28, len - 28, "hello", 5);
	tapped[outbound]++;
}

static void taps(void)
{
	const struct ist_frame f = {0, 0, (const uint8_t *)"he", (const uint8_t *)"llo", 2, 3, 0};
	struct ist_frame g = f;
	struct fake_host a, b;
	char at[80];

	tapped[0] = tapped[1] = 0;
	udp_open_at(&a, "listen=127.0.0.1:0");
	udp_open_at(&b, "listen=127.0.0.1:0");
	a.tap_on = b.tap_on = true;
	a.on_tap = b.on_tap = udp_look;
	listen_at(&b, at, sizeof(at));
	fake_connect(&a, at, IST_PAYLOAD_L2TP, &g.channel);
	CU_ASSERT_EQUAL(fake_send_frames(&a, &g, 1), 1);
	CU_ASSERT_TRUE(fake_wait(&b, FAKE_FRAME, 1));
	CU_ASSERT_EQUAL(tapped[0], 1);
	CU_ASSERT_EQUAL(tapped[1], 1);
	fake_close(&a);
	fake_close(&b);
}

static void rows_of_the_key_table(void)
{
	static const struct key_row rows[] = {
		{"listen", "port text =0.0.0.0:1701"},
		{"dial-port", "port word =listen"},
		{"offload", "port word"},
		{"max-channels", "port number 4-65536 =65536"},
		{"rcvbuf", "port number 4096-1073741824 =67108864"},
		{"sndbuf", "port number 4096-1073741824"},
	};

	keys_are(&udp_transport, rows, sizeof(rows) / sizeof(*rows));
}

static const struct test_case cases[] = {
	{"rows_of_the_key_table", rows_of_the_key_table},
	{"ipv4_there_and_back", udp_ipv4},
	{"ipv6_link_local", ipv6_link_local},
	{"every_counter_of_a_clean_exchange", every_counter_of_a_clean_exchange},
	{"ipv6_there_and_back", udp_ipv6},
	{"reply_leaves_from_the_address_used", reply_from_used_address},
	{"one_peer_two_of_our_addresses", two_addresses_two_channels},
	{"dial_port_ephemeral", udp_dial_port},
	{"connect knows our end", connect_knows_our_end},
	{"connect_finds_a_strangers_channel", connect_finds_stranger},
	{"connect_refuses", refused_connects},
	{"strangers_are_bounded_and_recycled", udp_bounded},
	{"no_room_when_all_are_held", udp_no_room},
	{"disconnect_inside_up", disconnect_in_report},
	{"two_thousand_channels", udp_many_channels},
	{"sizes_1_to_mtu_and_one_over", udp_sizes},
	{"batches_keep_order_and_count", batches_keep_order},
	{"lost_in_the_kernel", lost_in_the_kernel},
	{"empty_datagrams_are_counted", empty_datagrams},
	{"nobody_listens_there", nobody_there},
	{"bad_settings_have_words", udp_bad_settings},
	{"address_in_use", udp_in_use},
	{"rfc2661_8_1_checksums", checksums},
	{"rfc2661_8_2_offered_by_default", offered_by_default},
	{"tap_sees_ip_packets", taps},
	{NULL, NULL},
};
const struct test_suite suite_udp = {"udp", cases};
