/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links alone: what is malformed, what comes and goes, what the line does to frames. */
#include "tests/harness.h"
#include "tests/transports/link/ends.h"
#include "transports/kit/udp_addr.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOP_MTU (LINK_FRAME_MAX - 2)

static void link_malformed(void)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"", "is none of udp:"},
		{"eth0",
		 "is none of udp:ADDRESS:PORT>ADDRESS:PORT, packet:INTERFACE, tun:INTERFACE, "
		 "tap:INTERFACE, loop:NAME, "},
		{"UDP:127.0.0.1:1>127.0.0.1:2", "is none of"},
		{"udp:", "is not udp:ADDRESS:PORT>ADDRESS:PORT"},
		{"udp:127.0.0.1:1", "\"udp:127.0.0.1:1\" is not udp:"},
		{"udp:127.0.0.1>127.0.0.1:2", "is not udp:"},
		{"udp:127.0.0.1:1>127.0.0.1", "is not udp:"},
		{"udp:127.0.0.1:1>[::1]:2", "is not udp:"},
		{"udp:127.0.0.1:1>host:2", "is not udp:"},
		{"udp:127.0.0.1:1>127.0.0.1:2>127.0.0.1:3", "is not udp:"},
		{"packet:", "is not packet:INTERFACE"},
		{"packet:a-name-too-long-for-it", "is not packet:INTERFACE"},
		{"loop:", "is not loop:NAME"},
		{"tun:x0", "no tun:INTERFACE with this transport"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char err[200] = "";
		struct end e;

		CU_ASSERT_EQUAL(end_try(&e, rows[i].text, NULL, err, sizeof(err)), -EINVAL);
		if (!strstr(err, rows[i].words))
			CU_FAIL(err);
	}
}

static void link_sizes(void)
{
	static uint8_t data[LINK_FRAME_MAX + 1];
	struct end a, b;

	end_open(&a, "loop:sizes", NULL);
	end_open(&b, "loop:sizes", NULL);
	fake_join(&a.h, &b.h);
	fake_run(&a.h, fake_now);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31 >> 3);
	for (uint32_t len = 0; len <= LOOP_MTU; len += len < 1598 ? 1 : 480) {
		const struct link_frame f = {data, data + len / 2, len / 2, len - len / 2};

		link_send(a.l, &f, 1);
		fake_run(&a.h, fake_now);
		if (b.last_len != len || memcmp(b.last, data, len))
			CU_FAIL("changed on its way");
	}
	b.frames = 0;
	CU_ASSERT_EQUAL(link_mtu(a.l), LOOP_MTU);
	end_send(&a, data, LOOP_MTU);
	end_send(&a, data, LOOP_MTU + 1);
	fake_run(&a.h, fake_now);
	CU_ASSERT_EQUAL(b.frames, 1);
	CU_ASSERT_EQUAL(end_count(&a, LINK_TX_TOO_LONG), 1);
	end_close(&a);
	end_close(&b);
}

/* Too long ones inside a batch take only themselves away. */
static void batch_with_long_ones(void)
{
	static uint8_t data[LINK_FRAME_MAX + 1];
	struct link_frame f[80];
	struct end a, b;

	end_open(&a, "loop:batch", NULL);
	end_open(&b, "loop:batch", NULL);
	fake_join(&a.h, &b.h);
	fake_run(&a.h, fake_now);
	for (uint32_t i = 0; i < 80; i++)
		f[i] = (struct link_frame){NULL, data, 0, i % 10 == 3 ? LINK_FRAME_MAX + 1 : 2 + i};
	link_send(a.l, f, 80);
	fake_run(&a.h, fake_now);
	CU_ASSERT_EQUAL(b.frames, 72);
	CU_ASSERT_EQUAL(b.last_len, 81);
	CU_ASSERT_EQUAL(end_count(&a, LINK_TX_TOO_LONG), 8);
	CU_ASSERT_EQUAL(end_count(&a, LINK_TX), 72);
	end_close(&a);
	end_close(&b);
}

/* A free UDP port of 127.0.0.1, its socket and text. */
static int udp_peer(char *text, size_t len)
{
	struct sockaddr_storage ss;
	struct udp_ep e;
	socklen_t n;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_TRUE(udp_ep_parse(&e, "127.0.0.1:0", 0));
	n = udp_ep_to_sock(&e, &ss);
	CU_ASSERT_FATAL(!bind(fd, (struct sockaddr *)&ss, n));
	n = sizeof(ss);
	getsockname(fd, (struct sockaddr *)&ss, &n);
	udp_ep_from_sock(&e, &ss);
	udp_ep_format(&e, text, len);
	return fd;
}

/* The datagram is the frame: nothing is added, nothing is taken. */
static void udp_datagrams(void)
{
	char local[80], remote[80], text[200];
	struct sockaddr_storage ss;
	struct udp_ep ep;
	uint8_t buf[16];
	struct end e;
	int fd = udp_peer(remote, sizeof(remote));

	close(udp_peer(local, sizeof(local)));
	snprintf(text, sizeof(text), "udp:%s>%s", local, remote);
	end_open(&e, text, NULL);
	CU_ASSERT_FALSE(link_up(e.l)); /* reported later */
	fake_run(&e.h, fake_now);
	CU_ASSERT_TRUE(link_up(e.l) && e.ups == 1);
	end_send(&e, "\x18\x41\x03\xcc", 4);
	CU_ASSERT_EQUAL(recv(fd, buf, sizeof(buf), 0), 4);
	ASSERT_OCTETS(buf, 4, "\x18\x41\x03\xcc", 4);
	CU_ASSERT_TRUE(udp_ep_parse(&ep, local, 0));
	CU_ASSERT_EQUAL(
		sendto(fd, "\x18\x41\x03", 3, 0, (struct sockaddr *)&ss, udp_ep_to_sock(&ep, &ss)),
		3);
	for (int i = 0; i < 1000000 && !e.frames; i++)
		fake_run(&e.h, fake_now);
	ASSERT_OCTETS(e.last, e.last_len, "\x18\x41\x03", 3);
	for (uint8_t i = 0; i < 40; i++) /* more than are read at once */
		sendto(fd, &i, 1, 0, (struct sockaddr *)&ss, udp_ep_to_sock(&ep, &ss));
	END_UNTIL(&e, e.frames == 41);
	CU_ASSERT_EQUAL(e.most, 32);
	ASSERT_OCTETS(e.last, e.last_len, "\x27", 1);
	close(fd);
	for (int i = 0; i < 5; i++) { /* refused now: no reason to go down */
		end_send(&e, "xyz", 3);
		fake_run(&e.h, fake_now + 2 * S);
	}
	CU_ASSERT_TRUE(link_up(e.l) && e.downs == 0);
	end_close(&e);
}

/* What the socket's buffer had no room for is counted once, also when the link goes down with it.
 */
static void udp_lost(void)
{
	enum { SENT = 5000 };
	char local[80], remote[80], text[200];
	static uint8_t octets[1000];
	struct sockaddr_storage ss;
	struct udp_ep ep;
	struct end e;
	int fd = udp_peer(remote, sizeof(remote));

	close(udp_peer(local, sizeof(local)));
	snprintf(text, sizeof(text), "udp:%s>%s", local, remote);
	end_open(&e, text, NULL);
	fake_run(&e.h, fake_now);
	CU_ASSERT_TRUE(link_up(e.l) && udp_ep_parse(&ep, local, 0));
	for (unsigned i = 0; i < SENT; i++)
		CU_ASSERT_EQUAL(sendto(fd, octets, sizeof(octets), 0, (struct sockaddr *)&ss,
				       udp_ep_to_sock(&ep, &ss)),
				sizeof(octets));
	fake_run(&e.h, fake_now + 2 * S);
	CU_ASSERT_TRUE(end_count(&e, LINK_RX_LOST) > 0);
	END_UNTIL(&e, e.frames + end_count(&e, LINK_RX_LOST) >= SENT)
	fake_run(&e.h, fake_now + 3 * S);
	CU_ASSERT_EQUAL(e.frames + end_count(&e, LINK_RX_LOST), SENT);
	close(fd);
	end_close(&e);
}

static void udp_not_ours(void)
{
	struct end e, f;
	char local[80], text[200], err[200];
	int fd = udp_peer(local, sizeof(local));

	/* An address that is not here yet may come: wait for it. */
	end_open(&e, "udp:192.0.2.1:9999>192.0.2.2:9999", NULL);
	fake_run(&e.h, fake_now + 200 * S);
	CU_ASSERT_FALSE(link_up(e.l));
	CU_ASSERT_EQUAL(e.ups + e.downs, 0);
	end_close(&e);
	/* A port somebody has will not come free by waiting. */
	snprintf(text, sizeof(text), "udp:%s>127.0.0.1:9", local);
	CU_ASSERT_EQUAL(end_try(&f, text, NULL, err, sizeof(err)), -EADDRINUSE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "Address already in use"));
	close(fd);
}

static void packet_absent(void)
{
	char err[200] = "";
	struct end e;
	int r = end_try(&e, "packet:absent0", NULL, err, sizeof(err));

	if (geteuid()) {
		CU_ASSERT_EQUAL(r, -EPERM);
		CU_ASSERT_PTR_NOT_NULL(strstr(err, "link packet:absent0: "));
		return;
	}
	CU_ASSERT_EQUAL_FATAL(r, 0);
	CU_ASSERT_STRING_EQUAL(e.h.last_log, "link packet:absent0: No such device, waiting for it");
	fake_run(&e.h, fake_now + 200 * S);
	CU_ASSERT_EQUAL(e.h.warnings, 1);
	CU_ASSERT_FALSE(link_up(e.l));
	end_close(&e);
}

static void impaired(const char *direction, unsigned least, unsigned most)
{
	const char *const pairs[] = {"impair-loss", "50", "impair-direction", direction, NULL};
	struct end a, b;
	unsigned got;

	end_open(&a, "loop:bad", pairs);
	end_open(&b, "loop:bad", NULL);
	fake_join(&a.h, &b.h);
	fake_run(&a.h, fake_now);
	b.echo = true;
	for (int i = 0; i < 1000; i++) {
		end_send(&a, "frame", 5);
		fake_run(&a.h, fake_now);
	}
	got = a.frames;
	CU_ASSERT_TRUE(got > least && got < most);
	CU_ASSERT_EQUAL(got + end_count(&a, IMPAIR_LOST), 1000);
	end_close(&a);
	end_close(&b);
}

static void impaired_directions(void)
{
	impaired("send", 400, 600);
	impaired("receive", 400, 600);
	impaired("both", 180, 320);
}

static void delayed(void)
{
	static const char *const pairs[] = {"impair-delay", "300000", "impair-direction", "send",
					    NULL};
	struct end a, b;

	end_open(&a, "loop:late", pairs);
	end_open(&b, "loop:late", NULL);
	fake_join(&a.h, &b.h);
	fake_run(&a.h, fake_now);
	end_send(&a, "xy", 2);
	fake_run(&a.h, fake_now + 299999);
	CU_ASSERT_EQUAL(b.frames, 0);
	fake_run(&a.h, fake_now + 1);
	CU_ASSERT_EQUAL(b.frames, 1);
	for (int i = 0; i < 5000; i++) /* what it holds back is bounded */
		end_send(&a, "xy", 2);
	CU_ASSERT_EQUAL(end_count(&a, LINK_TX_FULL), 5000 - 4096);
	end_close(&b);
	fake_run(&a.h, fake_now + S);
	end_close(&a);
}

/* Frames on their way when the link is lost: each counts as what it was. */
static void delayed_and_lost(void)
{
	static const char *const pairs[] = {"impair-delay", "300000", NULL};
	struct end a, b;

	end_open(&a, "loop:late", pairs);
	end_open(&b, "loop:late", NULL);
	fake_join(&a.h, &b.h);
	fake_run(&a.h, fake_now);
	end_send(&a, "x", 1);
	end_send(&b, "y", 1);
	end_send(&b, "z", 1);
	fake_run(&a.h, fake_now);
	end_close(&b);
	fake_run(&a.h, fake_now + S);
	CU_ASSERT_EQUAL(a.frames, 0);
	CU_ASSERT_EQUAL(end_count(&a, LINK_TX_DOWN), 1);
	CU_ASSERT_EQUAL(end_count(&a, LINK_RX_DOWN), 2);
	CU_ASSERT_EQUAL(end_count(&a, LINK_TX) + end_count(&a, LINK_RX), 0);
	end_close(&a);
}

static const struct test_case cases[] = {
	{"malformed_texts_have_words", link_malformed},
	{"sizes_0_to_the_longest_and_one_over", link_sizes},
	{"long_frames_inside_a_batch", batch_with_long_ones},
	{"udp_datagram_is_the_frame", udp_datagrams},
	{"udp_lost_in_the_kernel", udp_lost},
	{"udp_address_absent_or_taken", udp_not_ours},
	{"packet_interface_absent", packet_absent},
	{"impaired_either_way", impaired_directions},
	{"delayed_and_bounded", delayed},
	{"delayed_and_lost", delayed_and_lost},
	{NULL, NULL},
};
const struct test_suite suite_link = {"link", cases};
