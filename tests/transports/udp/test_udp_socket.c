/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets on every address, where they dial from, and their buffers. */
#include "transports/udp/udp.h"

#include "tests/harness.h"
#include "tests/netns.h"
#include "tests/transports/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

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

static const struct test_case cases[] = {
	{"dials_from_every_address", dials_from_every_address},
	{"no_way_there", no_way_there},
	{"buffers_as_configured", buffers_as_configured},
	{NULL, NULL},
};
const struct test_suite suite_udp_socket = {"udp_socket", cases};
