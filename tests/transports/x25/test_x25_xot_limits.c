/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a far end of XOT can take up: connections, descriptors, time. */
#include "tests/transports/x25/xot_far.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define L2TP IST_PAYLOAD_L2TP

static void no_more_than_so_many(void)
{
	static const char *const keys[] = {"xot-connections=2", NULL};
	int more[2];
	struct far f;

	far_open(&f, keys);
	more[0] = far_connect(&f);
	more[1] = far_connect(&f);
	f.fd = far_connect(&f);
	UNTIL(&f.h, fake_count(&f.h, "xot-full") == 1);
	UNTIL(&f.h, far_closed(&f));
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-in"), 2);
	close(more[0]);
	close(more[1]);
	far_close(&f);
}

/* The limit is per source address, at the edge and one beyond; a slot that is free again counts. */
static void no_more_than_so_many_from_one_source(void)
{
	static const char *const keys[] = {"xot-per-source=2", "xot-connections=4", NULL};
	int fd[6];
	struct far f;

	far_open(&f, keys);
	for (unsigned i = 0; i < 2; i++)
		fd[i] = far_connect_from(&f, 2);
	UNTIL(&f.h, fake_count(&f.h, "xot-in") == 2);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-source-full"), 0);
	fd[2] = far_connect_from(&f, 2);
	UNTIL(&f.h, fake_count(&f.h, "xot-source-full") == 1);
	fd[3] = far_connect_from(&f, 3);
	UNTIL(&f.h, fake_count(&f.h, "xot-in") == 3);
	CU_ASSERT_STRING_EQUAL(fake_fill(&f.h), "connections 3/4 2/2");
	close(fd[0]);
	UNTIL(&f.h, strstr(fake_status(&f.h), ", 2 connections"));
	fd[4] = far_connect_from(&f, 2);
	UNTIL(&f.h, fake_count(&f.h, "xot-in") == 4);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-source-full"), 1);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-full"), 0);
	for (unsigned i = 1; i < 5; i++)
		close(fd[i]);
	far_close(&f);
}

/* Connections that we dial do not count for the source we dial to. */
static void our_own_connections_have_no_source(void)
{
	static const char *const keys[] = {"xot-per-source=1", "hold-down=0", NULL};
	int door = xot_socket(0), fd[2];
	char spec[80];
	struct far f;
	ist_channel c;

	CU_ASSERT_FATAL(listen(door, 4) == 0);
	f.port = xot_free_port();
	snprintf(spec, sizeof(spec), "link=xot:127.0.0.1:%d>127.0.0.1:%d", f.port,
		 xot_port_of(door));
	xot_open_port(&f.h, spec, keys);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(fake_connect(&f.h, "5555", L2TP, &c), 0);
		fd[i] = accept(door, NULL, NULL);
	}
	f.fd = far_connect(&f);
	UNTIL(&f.h, fake_count(&f.h, "xot-in") == 1);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-source-full"), 0);
	CU_ASSERT_STRING_EQUAL(fake_fill(&f.h), "connections 3/1024 1/1");
	close(fd[0]);
	close(fd[1]);
	close(door);
	far_close(&f);
}

/* Calls that are refused, and a far end that never confirms the Clear: the slot is free again after
 * five seconds, whatever the far end sends meanwhile. */
static void refused_calls_keep_no_slot(void)
{
	static const char *const calls[] = {
		"10010b 44 5555 3110 00 cc",		     /* another protocol */
		"10010b 44 5555 3110 02 0180 80 00005e0007", /* fast select */
		"10010b 44 5555 3110 00 80 00005e0007",	     /* the host refuses */
		"10010b ff",				     /* malformed */
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		struct far f;

		far_open(&f, NULL);
		f.fd = far_connect(&f);
		far_put(f.fd, calls[i]);
		if (i == 2) {
			UNTIL(&f.h, fake_pending(&f.h, FAKE_OFFER));
			CU_ASSERT_EQUAL(fake_refuse(&f.h, fake_channel(&f.h, FAKE_OFFER)), 0);
		}
		UNTIL(&f.h, fake_count(&f.h, "x25-clears-tx") == 1);
		fake_run(&f.h, fake_now + 3 * S);
		far_put(f.fd, "100101"); /* no Clear Confirmation */
		UNTIL(&f.h, fake_count(&f.h, "x25-discarded") == 1);
		fake_run(&f.h, fake_now + 2 * S - 1);
		CU_ASSERT_EQUAL(fake_count(&f.h, "xot-unconfirmed"), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&f.h), ", 1 connections"));
		fake_run(&f.h, fake_now + 1);
		CU_ASSERT_EQUAL(fake_count(&f.h, "xot-unconfirmed"), 1);
		CU_ASSERT_EQUAL(fake_count(&f.h, "xot-silent"), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&f.h), ", 0 connections, 0 circuits"));
		far_close(&f);
	}
}

/* One octet of a packet now and then does not move the limit; a complete packet does. */
static void half_a_packet_is_timed_out(void)
{
	struct far f;
	ist_channel c;

	far_open(&f, NULL);
	c = far_let_in(&f);
	for (unsigned i = 0; i < 2; i++) {
		far_put_raw(f.fd, "0000 0004 1001");
		xot_serve(&f.h);
		fake_run(&f.h, fake_now + 29 * S);
		far_put_raw(f.fd, "01");
		xot_serve(&f.h);
		fake_run(&f.h, fake_now + S - 1);
		CU_ASSERT_EQUAL(fake_count(&f.h, "xot-half"), 0);
		if (!i)
			far_put_raw(f.fd, "01"); /* complete (and no RR of modulo 8: a reset) */
		UNTIL(&f.h, i || fake_count(&f.h, "x25-resets-tx") == 1);
	}
	fake_run(&f.h, fake_now + 1);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-half"), 1);
	CU_ASSERT_EQUAL(xot_far_lost(&f, "the rest of a packet did not come"), c);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&f.h), ", 0 connections, 0 circuits"));
	far_close(&f);
}

/* Octets that the far end has sent and we have not acknowledged yet. */
static unsigned unacknowledged(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	CU_ASSERT_FATAL(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0);
	return info.tcpi_unacked;
}

/* A header that comes alone is acknowledged at once: a far end with Nagle's algorithm holds the
 * packet back until then.  A delayed acknowledgement would be out for 40 ms each time; since the
 * kernel may be late now and then, more than half must be there when we have read. */
static void a_header_alone_is_acknowledged_at_once(void)
{
	unsigned at_once = 0;
	struct far f;

	far_open(&f, NULL);
	far_let_in(&f);
	for (unsigned i = 0; i < 60; i++) {
		char data[16], rr[16];

		far_put_raw(f.fd, "0000 0004");
		xot_serve(&f.h);
		xot_serve(&f.h);
		at_once += !unacknowledged(f.fd);
		snprintf(data, sizeof(data), "1001%02x 61", (i % 8) << 1);
		far_put_raw(f.fd, data);
		snprintf(rr, sizeof(rr), "1001%02x", ((i + 1) % 8) << 5 | 1);
		far_expect(&f, rr);
	}
	CU_ASSERT_TRUE(at_once > 30);
	far_close(&f);
}

/* No descriptor for a connection: the listening socket is not watched for a second, then again. */
static void without_descriptors_we_look_away(void)
{
	struct rlimit was, none;
	struct far f;
	int next, another;

	far_open(&f, NULL);
	CU_ASSERT_EQUAL(fake_count(&f.h, "no-descriptors"), 0);
	f.fd = far_connect(&f);
	next = dup(f.fd);
	close(next);
	CU_ASSERT_FATAL(getrlimit(RLIMIT_NOFILE, &was) == 0);
	none = was;
	none.rlim_cur = (rlim_t)next;
	CU_ASSERT_FATAL(setrlimit(RLIMIT_NOFILE, &none) == 0);
	UNTIL(&f.h, fake_count(&f.h, "no-descriptors") == 1);
	for (unsigned i = 0; i < 100; i++)
		fake_run(&f.h, fake_now); /* it does not spin */
	CU_ASSERT_EQUAL(fake_count(&f.h, "no-descriptors"), 1);
	CU_ASSERT_EQUAL(f.h.warnings, 1);
	fake_run(&f.h, fake_now + S);
	CU_ASSERT_EQUAL(fake_count(&f.h, "no-descriptors"), 2);
	CU_ASSERT_EQUAL(f.h.warnings, 1); /* said once */
	setrlimit(RLIMIT_NOFILE, &was);
	fake_run(&f.h, fake_now + S - 1);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-in"), 0);
	fake_run(&f.h, fake_now + 1);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-in"), 1);
	CU_ASSERT_EQUAL(fake_count(&f.h, "no-descriptors"), 2);
	another = far_connect(&f); /* after one that was taken it is news again */
	none.rlim_cur = (rlim_t)another + 1;
	CU_ASSERT_FATAL(setrlimit(RLIMIT_NOFILE, &none) == 0);
	UNTIL(&f.h, fake_count(&f.h, "no-descriptors") == 3);
	CU_ASSERT_EQUAL(f.h.warnings, 2);
	setrlimit(RLIMIT_NOFILE, &was);
	close(another);
	far_close(&f);
}

/* Rates and user data of a call over XOT. */
static void attributes_of_a_call(void)
{
	struct fake_event *e;
	struct far f;

	far_open(&f, NULL);
	f.fd = far_connect(&f);
	far_put(f.fd, "10010b 44 5555 3110 02 02ab 80 00005e0007 6162"); /* 9600, 19200 */
	UNTIL(&f.h, fake_pending(&f.h, FAKE_OFFER));
	e = fake_take(&f.h, FAKE_OFFER);
	CU_ASSERT_STRING_EQUAL(e->attrs.called, "5555");
	CU_ASSERT_STRING_EQUAL(e->attrs.calling, "3110");
	CU_ASSERT_EQUAL(e->attrs.tx_bps, 9600);
	CU_ASSERT_EQUAL(e->attrs.rx_bps, 19200);
	ASSERT_OCTETS(e->attrs.user_data, e->attrs.user_data_len, "ab", 2);
	fake_free(e);
	far_close(&f);
}

static const struct test_case cases[] = {
	{"no_more_than_so_many", no_more_than_so_many},
	{"no_more_than_so_many_from_one_source", no_more_than_so_many_from_one_source},
	{"our_own_connections_have_no_source", our_own_connections_have_no_source},
	{"refused_calls_keep_no_slot", refused_calls_keep_no_slot},
	{"half_a_packet_is_timed_out", half_a_packet_is_timed_out},
	{"a_header_alone_is_acknowledged_at_once", a_header_alone_is_acknowledged_at_once},
	{"without_descriptors_we_look_away", without_descriptors_we_look_away},
	{"attributes_of_a_call", attributes_of_a_call},
	{NULL, NULL},
};
const struct test_suite suite_x25_xot_limits = {"x25_xot_limits", cases};
