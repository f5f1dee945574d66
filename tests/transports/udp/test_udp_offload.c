/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Datagrams that pass the kernel together, at both ends: what comes out is the same without.  On
 * the loopback device a message that the kernel is to cut comes whole to a socket that takes it so.
 */
#define _GNU_SOURCE
#include "tests/harness.h"
#include "tests/netns.h"
#include "tests/transports/host.h"
#include "tests/transports/kernel.h"
#include "tests/transports/told.h"
#include "transports/udp/udp.h"
#include "transports/udp/udp_cmsg.h"
#include "transports/udp/udp_int.h"

#include <errno.h>
#include <linux/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define N 200u

/* Two ports of the same settings, the first has a channel to the second. */
struct ends {
	struct fake_host a, b;
	ist_channel c;
};

static void ends_open(struct ends *e, const char *listen, const char *offload)
{
	const char *const cfg[] = {listen, offload, NULL};
	char at[80];

	fake_open(&e->a, &udp_transport, cfg);
	fake_open(&e->b, &udp_transport, cfg);
	snprintf(at, sizeof(at), "%s", fake_status(&e->b) + strlen("listening on "));
	at[strcspn(at, ",")] = '\0';
	if (strstr(listen, "0.0.0.0")) {
		char wild[80];

		snprintf(wild, sizeof(wild), "127.0.0.1%s", strrchr(at, ':'));
		memcpy(at, wild, sizeof(at));
	}
	CU_ASSERT_EQUAL_FATAL(fake_connect(&e->a, at, IST_PAYLOAD_L2TP, &e->c), 0);
}

static void ends_close(struct ends *e)
{
	fake_close(&e->a);
	fake_close(&e->b);
}

/* Rows of equal ones, shorter ones, longer ones; with a head and without. */
static uint32_t length(unsigned i)
{
	static const uint16_t len[] = {100, 100, 100, 100, 100, 100, 60, 100, 1400, 1400, 1, 8};

	return i < N / 2 ? 77 : len[i % (sizeof(len) / sizeof(len[0]))];
}

static void frame(struct ist_frame *f, ist_channel c, uint8_t *octets, unsigned i)
{
	uint32_t len = length(i), head = i % 3 && len > 20 ? 12 : 0;

	memset(octets, (int)i, len);
	*f = (struct ist_frame){
		.channel = c,
		.flags = i / 20 % 2 ? IST_FRAME_DSCP(46) : 0,
		.head = head ? octets : NULL,
		.head_len = head,
		.payload = octets + head,
		.len = len - head,
	};
}

static void ends_pass(const char *listen, const char *offload, bool send, bool receive)
{
	static uint8_t octets[N][1400];
	struct ist_frame f[N];
	struct fake_event *got;
	struct ends e;
	uint64_t all = 0;

	ends_open(&e, listen, offload);
	for (unsigned i = 0; i < N; i++) {
		frame(&f[i], e.c, octets[i], i);
		all += length(i);
	}
	CU_ASSERT_EQUAL(fake_send_frames(&e.a, f, N), N);
	CU_ASSERT_TRUE_FATAL(fake_wait(&e.b, FAKE_FRAME, N));
	for (unsigned i = 0; i < N; i++) {
		got = fake_take(&e.b, FAKE_FRAME);
		ASSERT_OCTETS(got->data, got->len, octets[i], length(i));
		fake_free(got);
	}
	CU_ASSERT_EQUAL(fake_count(&e.a, "tx-frames"), N);
	CU_ASSERT_EQUAL(fake_count(&e.a, "tx-octets"), all);
	CU_ASSERT_EQUAL(fake_count(&e.b, "rx-frames"), N);
	CU_ASSERT_EQUAL(fake_count(&e.b, "rx-octets"), all);
	CU_ASSERT_EQUAL(fake_count(&e.b, "strangers"), 1);
	CU_ASSERT_EQUAL(fake_count(&e.a, "tx-joined") > N / 2, send);
	CU_ASSERT_EQUAL(fake_count(&e.b, "rx-joined") > 0, send && receive);
	ends_close(&e);
}

static void the_same_with_each(void)
{
	static const char *const listens[] = {"listen=127.0.0.1:0", "listen=[::1]:0",
					      "listen=0.0.0.0:0"};

	for (size_t i = 0; i < sizeof(listens) / sizeof(listens[0]); i++) {
		ends_pass(listens[i], NULL, true, true);
		ends_pass(listens[i], "offload=auto", true, true);
		ends_pass(listens[i], "offload=send", true, false);
		ends_pass(listens[i], "offload=receive", false, true);
		ends_pass(listens[i], "offload=off", false, false);
		ends_pass(listens[i], "ipsec=prefer", true, false); /* marks tell peers apart */
	}
}

/* The length of each of six frames, and of how many the first is a message. */
static void runs(void)
{
	static const struct {
		uint32_t len[6], none_from;
		unsigned run;
	} rows[] = {
		{{9, 9, 9, 9, 9, 9}, 0, 6},
		{{9, 9, 8, 9, 9, 9}, 0, 3},  /* a shorter one ends it */
		{{9, 9, 10, 9, 9, 9}, 0, 2}, /* a longer one is not in it */
		{{9, 1, 9, 9, 9, 9}, 0, 2},
		{{9, 0, 9, 9, 9, 9}, 0, 1}, /* empty datagrams are sent alone */
		{{0, 9, 9, 9, 9, 9}, 0, 1},
		{{9, 9, 9, 9, 9, 9}, 9, 1},
		{{9, 9, 9, 9, 9, 9}, 10, 6},
		{{9, 9, 9, 9, 9, 9}, 1, 1},
		{{13000, 13000, 13000, 13000, 13000, 13000}, 0, 5}, /* 65000 octets */
		{{13001, 13001, 13001, 13001, 12996, 12996}, 0, 5},
		{{13001, 13001, 13001, 13001, 12997, 12997}, 0, 4},
	};
	struct ist_frame f[100];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(f, 0, sizeof(f));
		for (unsigned k = 0; k < 6; k++)
			f[k].len = rows[i].len[k];
		CU_ASSERT_EQUAL(udp_tx_run(f, 6, rows[i].none_from), rows[i].run);
	}
	memset(f, 0, sizeof(f));
	for (unsigned k = 0; k < 100; k++) {
		f[k].head = (const uint8_t *)"abc";
		f[k].head_len = k & 1 ? 3 : 2;
		f[k].len = k & 1 ? 4 : 5;
	}
	CU_ASSERT_EQUAL(udp_tx_run(f, 100, 0), 64);
	CU_ASSERT_EQUAL(udp_tx_run(f, 10, 0), 10);
	f[4].flags = IST_FRAME_DSCP(46);
	CU_ASSERT_EQUAL(udp_tx_run(f, 100, 0), 4);
}

/* Batches of one length: as many frames as are sent at a time, and more. */
static void runs_of_each_length(void)
{
	enum { MOST = 70 };
	static const uint32_t lengths[] = {2, 64, 255, 256, 257, 300, 400, 900};
	static uint8_t octets[MOST][900];
	struct ist_frame f[MOST];
	struct fake_event *got;
	struct ends e;

	for (unsigned k = 0; k < MOST; k++)
		for (unsigned i = 0; i < sizeof(octets[k]); i++)
			octets[k][i] = (uint8_t)(k * 7 + i);
	ends_open(&e, "listen=127.0.0.1:0", NULL);
	for (size_t n = 0; n < sizeof(lengths) / sizeof(lengths[0]); n++) {
		for (unsigned k = 0; k < MOST; k++)
			f[k] = (struct ist_frame){.channel = e.c,
						  .head = octets[k],
						  .head_len = k % 2,
						  .payload = octets[k] + k % 2,
						  .len = lengths[n] - k % 2};
		CU_ASSERT_EQUAL(fake_send_frames(&e.a, f, MOST), MOST);
		CU_ASSERT_TRUE_FATAL(fake_wait(&e.b, FAKE_FRAME, MOST));
		for (unsigned k = 0; k < MOST; k++) {
			got = fake_take(&e.b, FAKE_FRAME);
			ASSERT_OCTETS(got->data, got->len, octets[k], lengths[n]);
			fake_free(got);
		}
	}
	ends_close(&e);
}

/* A run that the kernel does not cut is sent one by one, and so are those of its length from then
 * on; where it can cut none, all are. */
static void runs_that_are_not_cut(void)
{
	static const struct {
		int err;
		unsigned shorter; /* of three frames that are shorter: in runs */
	} rows[] = {{EINVAL, 3}, {EMSGSIZE, 3}, {EIO, 0}, {EOPNOTSUPP, 0}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ist_frame f[3];
		struct fake_event *got;
		struct ends e;

		ends_open(&e, "listen=127.0.0.1:0", NULL);
		for (unsigned k = 0; k < 3; k++)
			f[k] = (struct ist_frame){.channel = e.c,
						  .payload = (const uint8_t *)&"a12b34c56"[3 * k],
						  .len = 3};
		kernel_fail("sendmmsg", 0, 0, rows[i].err);
		CU_ASSERT_EQUAL(fake_send_frames(&e.a, f, 3), 3);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_EQUAL(fake_send_frames(&e.a, f, 3), 3);
		CU_ASSERT_STRING_EQUAL(fake_counted(&e.a), "tx-frames=6 tx-octets=18");
		for (unsigned k = 0; k < 3; k++)
			f[k].len = 2;
		CU_ASSERT_EQUAL(fake_send_frames(&e.a, f, 3), 3);
		CU_ASSERT_EQUAL(fake_count(&e.a, "tx-frames"), 9);
		CU_ASSERT_EQUAL(fake_count(&e.a, "tx-joined"), rows[i].shorter);
		CU_ASSERT_TRUE_FATAL(fake_wait(&e.b, FAKE_FRAME, 9));
		for (unsigned k = 0; k < 9; k++) {
			got = fake_take(&e.b, FAKE_FRAME);
			ASSERT_OCTETS(got->data, got->len, &"a12b34c56"[3 * (k % 3)],
				      k < 6 ? 3 : 2);
			fake_free(got);
		}
		ends_close(&e);
	}
}

/* Longer than the path's MTU: they are fragments of IP, as without. */
static void longer_than_the_mtu(void)
{
	static uint8_t octets[3][3000];
	struct ist_frame f[3];
	struct ends e;

	if (!netns_enter("udp_offload longer_than_the_mtu"))
		return;
	netns_loopback(1500);
	ends_open(&e, "listen=127.0.0.1:0", NULL);
	for (unsigned k = 0; k < 3; k++) {
		memset(octets[k], (int)k, sizeof(octets[k]));
		f[k] = (struct ist_frame){
			.channel = e.c, .payload = octets[k], .len = k < 2 ? 3000 : 60};
	}
	CU_ASSERT_EQUAL(fake_send_frames(&e.a, f, 3), 3);
	CU_ASSERT_TRUE(fake_wait(&e.b, FAKE_FRAME, 3));
	CU_ASSERT_STRING_EQUAL(fake_counted(&e.a), "tx-frames=3 tx-octets=6060");
	for (unsigned k = 0; k < 3; k++)
		f[k].len = 1472; /* as long as goes without */
	CU_ASSERT_EQUAL(fake_send_frames(&e.a, f, 3), 3);
	CU_ASSERT_TRUE(fake_wait(&e.b, FAKE_FRAME, 6));
	CU_ASSERT_EQUAL(fake_count(&e.a, "tx-joined"), 3);
	ends_close(&e);
	netns_leave();
}

/* Other errors of a run are those of each of its frames. */
static void a_run_that_is_lost(void)
{
	struct ist_frame f[3];
	struct ends e;

	ends_open(&e, "listen=127.0.0.1:0", NULL);
	for (unsigned k = 0; k < 3; k++)
		f[k] = (struct ist_frame){
			.channel = e.c, .payload = (const uint8_t *)"x", .len = 1};
	kernel_fail("sendmmsg", 0, 0, EAGAIN);
	CU_ASSERT_EQUAL(fake_send_frames(&e.a, f, 3), 3);
	CU_ASSERT_TRUE(kernel_failed());
	CU_ASSERT_STRING_EQUAL(fake_counted(&e.a), "tx-full=3");
	kernel_fail("sendmmsg", 0, 0, EINVAL);
	f[1].len = 0; /* runs of one */
	CU_ASSERT_EQUAL(fake_send_frames(&e.a, f, 1), 1);
	CU_ASSERT_STRING_EQUAL(fake_counted(&e.a), "tx-full=3 tx-error=1");
	ends_close(&e);
}

/* A kernel that does not have it: each datagram comes by itself. */
static void not_had(void)
{
	struct ist_frame f[3];
	struct ends e;

	kernel_fail("setsockopt", UDP_GRO, 1, ENOPROTOOPT);
	ends_open(&e, "listen=127.0.0.1:0", NULL);
	CU_ASSERT_TRUE(kernel_failed());
	for (unsigned k = 0; k < 3; k++)
		f[k] = (struct ist_frame){
			.channel = e.c, .payload = (const uint8_t *)&"xyz"[k], .len = 1};
	CU_ASSERT_EQUAL(fake_send_frames(&e.a, f, 3), 3);
	CU_ASSERT_TRUE(fake_wait(&e.b, FAKE_FRAME, 3));
	CU_ASSERT_STRING_EQUAL(fake_counted(&e.b), "rx-frames=3 rx-octets=3 strangers=1");
	ends_close(&e);
}

#define RECEIVED "datagrams received together (UDP_GRO): "
#define SENT	 "datagrams sent together (UDP_SEGMENT): "
#define BUFFERS	 "receive buffer: active\nsend buffer: active\n"

/* Each kept off by itself, by the settings and by the kernel; what is not there is not used. */
static void told(void)
{
	static const struct {
		const char *key;
		int option, err;
		const char *text;
		bool send;
	} rows[] = {
		{"offload=auto", 0, 0, RECEIVED "active\n" SENT "active\n" BUFFERS, true},
		{"offload=receive", 0, 0, RECEIVED "active\n" SENT "off, offload = auto\n" BUFFERS,
		 false},
		{"offload=send", 0, 0, RECEIVED "off, offload = auto\n" SENT "active\n" BUFFERS,
		 true},
		{"offload=off", 0, 0,
		 RECEIVED "off, offload = auto\n" SENT "off, offload = auto\n" BUFFERS, false},
		{"ipsec=prefer", 0, 0, RECEIVED "off, not with ipsec\n" SENT "active\n" BUFFERS,
		 true},
		{"offload=auto", UDP_GRO, ENOPROTOOPT,
		 RECEIVED "absent, Linux 5.0 has it\n" SENT "active\n" BUFFERS, true},
		{"offload=auto", UDP_GRO, EPERM, RECEIVED "refused 1\n" SENT "active\n" BUFFERS,
		 true},
		{"offload=auto", UDP_SEGMENT, ENOPROTOOPT,
		 RECEIVED "active\n" SENT "absent, Linux 4.18 has it\n" BUFFERS, false},
		{"offload=auto", UDP_SEGMENT, EPERM, RECEIVED "active\n" SENT "refused 1\n" BUFFERS,
		 false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const cfg[] = {"listen=127.0.0.1:0", rows[i].key, "rcvbuf=65536", NULL};
		struct ist_frame f[3];
		struct ends e;

		if (rows[i].option)
			kernel_fail("setsockopt", (unsigned long)rows[i].option, 0, rows[i].err);
		fake_open(&e.a, &udp_transport, cfg);
		CU_ASSERT_EQUAL(kernel_failed(), rows[i].option != 0);
		CU_ASSERT_STRING_EQUAL(told_port(&e.a), rows[i].text);
		CU_ASSERT_EQUAL_FATAL(fake_connect(&e.a, "127.0.0.1:9", IST_PAYLOAD_L2TP, &e.c), 0);
		for (unsigned k = 0; k < 3; k++)
			f[k] = (struct ist_frame){
				.channel = e.c, .payload = (const uint8_t *)"x", .len = 1};
		CU_ASSERT_EQUAL(fake_send_frames(&e.a, f, 3), 3);
		CU_ASSERT_EQUAL(fake_count(&e.a, "tx-joined"), rows[i].send ? 3 : 0);
		fake_close(&e.a);
	}
}

/* Without the right to more the system's limit holds, and is named. */
static void a_small_buffer(void)
{
	static const char *const cfg[] = {"listen=127.0.0.1:0", "rcvbuf=536870912", NULL};
	FILE *f = fopen("/proc/sys/net/core/rmem_max", "r");
	struct ist_offload o;
	struct fake_host h;
	unsigned long most = 0;

	CU_ASSERT_FATAL(f && fscanf(f, "%lu", &most) == 1);
	fclose(f);
	kernel_fail("setsockopt", SO_RCVBUFFORCE, 0, EPERM);
	fake_open(&h, &udp_transport, cfg);
	CU_ASSERT_TRUE(kernel_failed());
	o = told_row(&h, "receive buffer");
	CU_ASSERT_EQUAL(o.asked, 536870912);
	CU_ASSERT_EQUAL(o.got, most < o.asked ? most : o.asked);
	CU_ASSERT_EQUAL(o.state, most < o.asked ? IST_OFFLOAD_SMALLER : IST_OFFLOAD_ACTIVE);
	fake_close(&h);
}

static void three(struct ends *e)
{
	struct ist_frame f[3];

	for (unsigned k = 0; k < 3; k++)
		f[k] = (struct ist_frame){
			.channel = e->c, .payload = (const uint8_t *)&"a12b34c56"[3 * k], .len = 3};
	CU_ASSERT_EQUAL(fake_send_frames(&e->a, f, 3), 3);
}

/* What waited joined comes apart in the next process; what comes on the way there is not joined, so
 * that one of an older release can read it. */
static void handed_over(void)
{
	static const char *const cfg[] = {"listen=127.0.0.1:0", NULL};
	struct fake_frozen z;
	struct fake_event *got;
	struct ends e;
	char octets[16], err[120];

	ends_open(&e, cfg[0], NULL);
	three(&e);
	fake_freeze(&e.b, &z);
	three(&e);
	CU_ASSERT_EQUAL(recv(z.fd[0], octets, sizeof(octets), MSG_DONTWAIT), 9);
	for (unsigned k = 0; k < 3; k++) {
		CU_ASSERT_EQUAL(recv(z.fd[0], octets, sizeof(octets), MSG_DONTWAIT), 3);
		ASSERT_OCTETS(octets, 3, &"a12b34c56"[3 * k], 3);
	}
	CU_ASSERT_EQUAL_FATAL(fake_thaw(&e.b, &z, cfg, err, sizeof(err)), 0);
	fake_frozen_free(&z);
	three(&e);
	fake_hand_over(&e.b, cfg);
	CU_ASSERT_TRUE_FATAL(fake_wait(&e.b, FAKE_FRAME, 3));
	for (unsigned k = 0; k < 3; k++) {
		got = fake_take(&e.b, FAKE_FRAME);
		ASSERT_OCTETS(got->data, got->len, &"a12b34c56"[3 * k], 3);
		fake_free(got);
	}
	CU_ASSERT_EQUAL(fake_count(&e.b, "rx-joined"), 3);
	ends_close(&e);
}

static const struct test_case cases[] = {
	{"the_same_with_each", the_same_with_each},
	{"runs", runs},
	{"runs_of_each_length", runs_of_each_length},
	{"runs_that_are_not_cut", runs_that_are_not_cut},
	{"longer_than_the_mtu", longer_than_the_mtu},
	{"a_run_that_is_lost", a_run_that_is_lost},
	{"not_had", not_had},
	{"told", told},
	{"a_small_buffer", a_small_buffer},
	{"handed_over", handed_over},
	{NULL, NULL},
};
const struct test_suite suite_udp_offload = {"udp_offload", cases};
