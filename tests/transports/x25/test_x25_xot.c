/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XOT over real TCP on the loopback address: two ports, and a port against octets typed by hand. */
#include "tests/transports/x25/xot_far.h"

#include "core/bytes.h"
#include "transports/kit/linktype.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define L2TP IST_PAYLOAD_L2TP

/* --- two ports -------------------------------------------------------------------------------- */

static void xot_pair_call(struct pair *p, ist_channel *a, ist_channel *b)
{
	CU_ASSERT_EQUAL_FATAL(fake_connect(&p->dte, "3111", L2TP, a), 0);
	UNTIL(&p->dte, fake_pending(&p->dce, FAKE_OFFER));
	*b = fake_channel(&p->dce, FAKE_OFFER);
	CU_ASSERT_EQUAL(fake_answer(&p->dce, *b), 0);
	UNTIL(&p->dte, fake_pending(&p->dte, FAKE_UP) && fake_pending(&p->dce, FAKE_UP));
	CU_ASSERT_EQUAL(fake_channel(&p->dte, FAKE_UP), *a);
	CU_ASSERT_EQUAL(fake_channel(&p->dce, FAKE_UP), *b);
}

/* Small packets leave at once: Nagle's algorithm is off on each connection. */
static unsigned xot_undelayed(const struct fake_host *h)
{
	unsigned n = 0;

	for (size_t i = 0; i < 16; i++) {
		struct sockaddr_storage ss;
		socklen_t len = sizeof(ss), size = sizeof(int);
		int on = 0;

		if (!h->watch[i].on_fd || getpeername(h->watch[i].fd, (struct sockaddr *)&ss, &len))
			continue;
		CU_ASSERT_EQUAL(getsockopt(h->watch[i].fd, IPPROTO_TCP, TCP_NODELAY, &on, &size),
				0);
		n += on != 0;
	}
	return n;
}

static void calls_both_ends_and_every_size(void)
{
	static const char *const keys[] = {"address=3110", NULL};
	uint64_t seed = test_seed();
	uint8_t data[1620];
	struct pair p;
	ist_channel a, b;

	xot_open_two(&p, keys, NULL);
	CU_ASSERT_EQUAL(fake_connect(&p.dce, "1", L2TP, &a), -EADDRNOTAVAIL); /* it only listens */
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &a), 0);
	CU_ASSERT_EQUAL(fake_send(&p.dte, a, "early", 5), 0); /* TCP is not connected */
	UNTIL(&p.dte, fake_pending(&p.dce, FAKE_OFFER));
	b = fake_channel(&p.dce, FAKE_OFFER);
	CU_ASSERT_EQUAL(fake_answer(&p.dce, b), 0);
	UNTIL(&p.dte, fake_pending(&p.dte, FAKE_WRITABLE));
	CU_ASSERT_EQUAL(xot_undelayed(&p.dte), 1);
	CU_ASSERT_EQUAL(xot_undelayed(&p.dce), 1);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)test_rand(&seed);
	for (uint32_t len = 1; len <= sizeof(data); len += len < 1000 ? 1 : 31) {
		struct fake_host *from = len & 1 ? &p.dte : &p.dce;
		struct fake_host *to = len & 1 ? &p.dce : &p.dte;

		CU_ASSERT_EQUAL_FATAL(fake_send(from, len & 1 ? a : b, data, len), 1);
		UNTIL(&p.dte, fake_pending(to, FAKE_FRAME));
		CU_ASSERT_TRUE_FATAL(pair_got(to, len & 1 ? b : a, data, len));
	}
	fake_disconnect(&p.dce, b);
	UNTIL(&p.dte, fake_pending(&p.dte, FAKE_DOWN));
	CU_ASSERT_EQUAL(fake_channel(&p.dte, FAKE_DOWN), a);
	UNTIL(&p.dte, strstr(fake_status(&p.dce), ", 0 connections, 0 circuits"));
	UNTIL(&p.dte, strstr(fake_status(&p.dte), ", 0 connections, 0 circuits"));
	pair_close(&p);
}

static void a_refused_call_closes_its_connection(void)
{
	struct fake_event *e;
	struct pair p;
	ist_channel a;

	xot_open_two(&p, NULL, NULL);
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &a), 0);
	UNTIL(&p.dte, fake_pending(&p.dce, FAKE_OFFER));
	CU_ASSERT_EQUAL(fake_refuse(&p.dce, fake_channel(&p.dce, FAKE_OFFER)), 0);
	UNTIL(&p.dte, fake_pending(&p.dte, FAKE_DOWN));
	e = fake_take(&p.dte, FAKE_DOWN);
	CU_ASSERT_EQUAL(e->channel, a);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_REFUSED);
	fake_free(e);
	UNTIL(&p.dte, strstr(fake_status(&p.dce), ", 0 connections, 0 circuits"));
	UNTIL(&p.dte, strstr(fake_status(&p.dte), ", 0 connections, 0 circuits"));
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &a), -EHOSTDOWN);
	pair_close(&p);
}

static void nobody_listens(void)
{
	struct fake_event *e;
	struct fake_host h;
	char spec[60];
	ist_channel c;

	snprintf(spec, sizeof(spec), "link=xot:127.0.0.1:%d", xot_free_port());
	xot_open_port(&h, spec, NULL);
	CU_ASSERT_EQUAL(fake_connect(&h, "3111", L2TP, &c), 0);
	UNTIL(&h, fake_pending(&h, FAKE_DOWN));
	e = fake_take(&h, FAKE_DOWN);
	CU_ASSERT_EQUAL(e->channel, c);
	CU_ASSERT_TRUE(e->forever);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_LINK);
	CU_ASSERT_EQUAL(fake_count(&h, "xot-failed"), 1);
	fake_free(e);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&h), ", 0 connections, 0 circuits"));
	fake_close(&h);
}

static void given_up_before_tcp_is_there(void)
{
	struct pair p;
	ist_channel a;

	xot_open_two(&p, NULL, NULL);
	CU_ASSERT_EQUAL(fake_connect(&p.dte, "3111", L2TP, &a), 0);
	fake_disconnect(&p.dte, a);
	UNTIL(&p.dte, strstr(fake_status(&p.dte), ", 0 connections, 0 circuits"));
	CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_DOWN), 0);
	pair_close(&p);
}

static void the_listener_goes_away(void)
{
	struct fake_event *e;
	struct pair p;
	ist_channel a, b;

	xot_open_two(&p, NULL, NULL);
	xot_pair_call(&p, &a, &b);
	fake_close(&p.dce);
	UNTIL(&p.dte, fake_pending(&p.dte, FAKE_DOWN));
	e = fake_take(&p.dte, FAKE_DOWN);
	CU_ASSERT_TRUE(e->forever);
	fake_free(e);
	fake_close(&p.dte);
}

/* One end does not read: `send` takes nothing more, and nothing is lost. */
static void x25_xot_back_pressure(void)
{
	struct pair p;
	uint8_t data[1600];
	ist_channel a, b;
	unsigned sent = 0, got = 0;
	struct fake_event *e;

	memset(data, 7, sizeof(data));
	xot_open_two(&p, NULL, NULL);
	xot_pair_call(&p, &a, &b);
	while (fake_send(&p.dte, a, data, sizeof(data)) == 1)
		CU_ASSERT_FATAL(sent++ < 100);
	CU_ASSERT_TRUE(sent > 0);
	CU_ASSERT_EQUAL(fake_pending(&p.dte, FAKE_WRITABLE), 0);
	UNTIL(&p.dte, fake_pending(&p.dte, FAKE_WRITABLE));
	UNTIL(&p.dte, fake_pending(&p.dce, FAKE_FRAME) == sent);
	while ((e = fake_take(&p.dce, FAKE_FRAME))) {
		got += e->len == sizeof(data);
		fake_free(e);
	}
	CU_ASSERT_EQUAL(got, sent);
	pair_close(&p);
}

/* A window of more octets than are queued for TCP: what one `send` brings stays in the circuit, and
 * goes when TCP has taken the rest. */
static void a_window_wider_than_the_queue(void)
{
	static const char *const keys[] = {"modulo=128", "window-want=127", "packet-size-want=1024",
					   NULL};
	struct ist_frame f[40];
	uint8_t data[1600];
	ist_channel a, b;
	struct pair p;
	int sent;

	memset(data, 7, sizeof(data));
	xot_open_two(&p, keys, keys);
	xot_pair_call(&p, &a, &b);
	for (size_t i = 0; i < 40; i++)
		f[i] = (struct ist_frame){.channel = a, .payload = data, .len = sizeof(data)};
	sent = fake_send_frames(&p.dte, f, 40);
	CU_ASSERT_FATAL(sent > 9 && sent < 40); /* 16384 octets and one SDU */
	UNTIL(&p.dte, fake_pending(&p.dte, FAKE_WRITABLE));
	CU_ASSERT_EQUAL(fake_send(&p.dte, a, data, sizeof(data)), 1);
	UNTIL(&p.dte, fake_pending(&p.dce, FAKE_FRAME) == (unsigned)sent + 1);
	pair_close(&p);
}

/* --- octets typed by hand --------------------------------------------------------------------- */

/* RFC 1613 6: the channel number is arbitrary; 6.1: both sizes are in the Call Confirm. */
static void a_call_in_octets(void)
{
	struct far f;
	ist_channel c;

	far_open(&f, NULL);
	f.fd = far_connect(&f);
	far_put_raw(f.fd, "00");
	xot_serve(&f.h);
	far_put_raw(f.fd, "00 0015 1f ff 0b 44 5555");
	xot_serve(&f.h);
	far_put_raw(f.fd, "3110 06 420707 430202 80 00005e");
	xot_serve(&f.h);
	CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_OFFER), 0); /* one piece is missing */
	far_put_raw(f.fd, "0007");
	UNTIL(&f.h, fake_pending(&f.h, FAKE_OFFER));
	c = fake_channel(&f.h, FAKE_OFFER);
	CU_ASSERT_EQUAL(fake_answer(&f.h, c), 0);
	far_expect(&f, "10010f 00 06 420707 430202");
	far_put(f.fd, "123400 c802"); /* channel 0x234 */
	far_expect(&f, "100121");
	CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_FRAME), 1);
	far_put(f.fd, "100113 00 00");
	far_expect(&f, "100117");
	UNTIL(&f.h, far_closed(&f));
	far_close(&f);
}

static void a_call_without_sizes_is_told_them(void)
{
	struct far f;

	far_open(&f, NULL);
	f.fd = far_connect(&f);
	far_put(f.fd, "10010b 00 00 cf");
	UNTIL(&f.h, fake_pending(&f.h, FAKE_OFFER));
	CU_ASSERT_EQUAL(fake_answer(&f.h, fake_channel(&f.h, FAKE_OFFER)), 0);
	far_expect(&f, "10010f 00 06 420707 430202");
	far_close(&f);
}

static void modulo_128_is_seen_from_the_call(void)
{
	struct far f;

	far_open(&f, NULL);
	f.fd = far_connect(&f);
	far_put(f.fd, "20010b 00 06 420a0a 431414 cf");
	UNTIL(&f.h, fake_pending(&f.h, FAKE_OFFER));
	CU_ASSERT_EQUAL(fake_answer(&f.h, fake_channel(&f.h, FAKE_OFFER)), 0);
	far_expect(&f, "20010f 00 06 420a0a 430707");
	far_put(f.fd, "20010000 c021");
	far_expect(&f, "200101 02");
	far_close(&f);
}

/* 4.1: another version, or a length that no packet has, ends the connection. */
static void headers_that_end_the_connection(void)
{
	static const char *const bad[] = {"00010003 100117", "00000002 1001", "00000000",
					  "0000ffff", "ffffffff"};

	for (size_t i = 0; i < 2 * sizeof(bad) / sizeof(*bad); i++) {
		struct far f;

		far_open(&f, NULL);
		if (i & 1)
			far_let_in(&f);
		else
			f.fd = far_connect(&f);
		far_put_raw(f.fd, bad[i / 2]);
		UNTIL(&f.h, fake_count(&f.h, "xot-header") == 1);
		xot_far_lost(&f, i & 1 ? "XOT header wrong" : NULL);
		far_close(&f);
	}
}

/* RFC 1613 6.4 and 6.1: dropped and counted, without an answer, in a call and before it. */
static void what_has_no_place_is_dropped(void)
{
	static const char *const dropped[] = {"1000fb0000", "1000ff", "1000f124", "1000f3",
					      "1000f7",	    "100109", "100129"};

	for (size_t i = 0; i < 2 * sizeof(dropped) / sizeof(*dropped); i++) {
		struct far f;

		far_open(&f, NULL);
		if (i & 1)
			far_let_in(&f);
		else
			f.fd = far_connect(&f);
		far_put(f.fd, dropped[i / 2]);
		UNTIL(&f.h, fake_count(&f.h, "xot-ignored") == 1);
		if (!(i & 1)) {
			far_put(f.fd, "100101"); /* an RR in p1 */
			far_put(f.fd, "100153");
			far_put(f.fd, CALL);
			UNTIL(&f.h, fake_pending(&f.h, FAKE_OFFER));
		} else {
			far_put(f.fd, "100100 61");
			far_expect(&f, "100121");
		}
		far_close(&f);
	}
}

static void who_says_nothing_is_closed(void)
{
	struct far f;

	far_open(&f, NULL);
	f.fd = far_connect(&f);
	far_put_raw(f.fd, "0000");
	UNTIL(&f.h, fake_count(&f.h, "xot-in") == 1);
	fake_run(&f.h, fake_now + 29 * S);
	CU_ASSERT_FALSE(far_closed(&f));
	fake_run(&f.h, fake_now + 2 * S);
	UNTIL(&f.h, far_closed(&f));
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-silent"), 1);
	far_close(&f);
}

static void only_from_there(void)
{
	static const char *const others[] = {"xot-from=192.0.2.0/24", "xot-from=2001:db8::1", NULL};
	static const char *const us[] = {"xot-from=192.0.2.0/24", "xot-from=127.0.0.0/8", NULL};
	struct far f;

	far_open(&f, others);
	f.fd = far_connect(&f);
	UNTIL(&f.h, fake_count(&f.h, "xot-stranger") == 1);
	UNTIL(&f.h, far_closed(&f));
	far_close(&f);
	far_open(&f, us);
	far_let_in(&f);
	far_close(&f);
}

/* The far end never reads: our answers are queued up to a limit, then the connection is closed. */
static void who_never_reads_is_let_go(void)
{
	int small = 4096;
	struct far f;
	ist_channel c;

	far_open(&f, NULL);
	c = far_let_in(&f);
	setsockopt(f.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	for (unsigned i = 0; !fake_count(&f.h, "xot-slow"); i++) {
		uint8_t pkt[4096];

		CU_ASSERT_FATAL(i < 100000);
		for (size_t at = 0; at + 8 <= sizeof(pkt); at += 8)
			memcpy(pkt + at, "\x00\x00\x00\x04\x10\x01\x23\x55", 8); /* interrupts */
		(void)!send(f.fd, pkt, sizeof(pkt), MSG_NOSIGNAL | MSG_DONTWAIT);
		fake_run(&f.h, fake_now);
	}
	fake_run(&f.h, fake_now);
	CU_ASSERT_EQUAL(fake_channel(&f.h, FAKE_DOWN), c);
	far_close(&f);
}

/* --- a far end that listens ------------------------------------------------------------------- */

static void our_call_says_both_sizes(void)
{
	static const char *const keys[] = {"negotiate=no", "packet-size-want=256", "window-want=4",
					   NULL};
	ist_channel c;
	struct far f;

	far_dialled(&f, keys, &c);
	far_expect(&f, "10010b 04 5555 06 420808 430404 80 00005e0007");
	far_put(f.fd, "10010f"); /* as asked */
	UNTIL(&f.h, fake_pending(&f.h, FAKE_UP));
	CU_ASSERT_EQUAL(fake_channel(&f.h, FAKE_UP), c);
	close(f.fd);
	f.fd = -1;
	UNTIL(&f.h, fake_pending(&f.h, FAKE_DOWN));
	xot_far_lost(&f, "closed by the far end");
	far_close(&f);
}

/* The kernel says whether it took data with the SYN. */
static void no_data_in_the_syn(void)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);
	ist_channel c;
	struct far f;

	far_dialled(&f, NULL, &c);
	UNTIL(&f.h, fake_count(&f.h, "xot-out") == 1);
	CU_ASSERT_EQUAL(getsockopt(f.fd, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
	CU_ASSERT_EQUAL(info.tcpi_state, TCP_ESTABLISHED);
	CU_ASSERT_EQUAL(info.tcpi_options & TCPI_OPT_SYN_DATA, 0);
	far_close(&f);
}

static void port_1998(void)
{
	static const char *const dialler[] = {"xot-retry=1s", "@1 l2tp", NULL};
	struct fake_host h;

	xot_open_port(&h, "link=xot:127.0.0.1", dialler);
	CU_ASSERT_STRING_EQUAL(fake_status(&h), "XOT to 127.0.0.1:1998, 0 connections, 1 circuits");
	UNTIL(&h, fake_count(&h, "xot-failed") == 1); /* nobody is there */
	fake_run(&h, fake_now + 1 * S);
	CU_ASSERT_EQUAL(fake_count(&h, "xot-out"), 2);
	fake_close(&h);
}

static void a_connection_for_each_circuit(void)
{
	ist_channel a, b, c, d;
	struct pair p;

	xot_open_two(&p, NULL, NULL);
	xot_pair_call(&p, &a, &b);
	xot_pair_call(&p, &c, &d);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&p.dce), ", 2 connections, 2 circuits"));
	fake_disconnect(&p.dte, a);
	UNTIL(&p.dte, strstr(fake_status(&p.dce), ", 1 connections, 1 circuits"));
	CU_ASSERT_EQUAL(fake_send(&p.dte, c, "x", 1), 1);
	UNTIL(&p.dte, fake_pending(&p.dce, FAKE_FRAME));
	CU_ASSERT_TRUE(pair_got(&p.dce, d, "x", 1));
	pair_close(&p);
}

/* Connections by what captures are told of them, as far as there are. */
struct xot_taps {
	unsigned n;
	uint32_t connection[8];
	uint8_t type[8];
};

static void xot_on_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
		       size_t len)
{
	struct rd r = rd_init(frame, len);
	struct xot_taps *t = arg;

	(void)link_type;
	if (outbound || t->n == 8 || !linktype_tags_decode(&r, "x.25"))
		return;
	t->connection[t->n] = linktype_tags_connection(rd_init(frame, len));
	t->type[t->n++] = r.left > 2 ? r.p[2] : 0;
}

static void captures_tell_connections_apart(void)
{
	struct xot_taps t = {0};
	struct far f;
	int fd;

	far_open(&f, NULL);
	f.h.on_tap = xot_on_tap;
	f.h.tap_arg = &t;
	f.h.tap_on = true;
	f.fd = far_connect(&f);
	fd = far_connect(&f);
	far_put(f.fd, CALL);
	UNTIL(&f.h, t.n == 1);
	far_put(fd, CALL);
	UNTIL(&f.h, t.n == 2);
	far_put(f.fd, "100113 00 00");
	UNTIL(&f.h, t.n == 3);
	CU_ASSERT_TRUE(t.connection[0] && t.connection[1] && t.connection[0] != t.connection[1]);
	CU_ASSERT_EQUAL(t.connection[2], t.connection[0]);
	CU_ASSERT_EQUAL(t.type[2], 0x13);
	close(fd);
	far_close(&f);
}

static void hostile_streams(void)
{
	static const char *const keys[] = {"@5 l2tp", NULL};
	uint64_t seed = test_seed();
	struct far f;

	far_open(&f, keys);
	for (unsigned round = 0; round < 300; round++) {
		int fd = far_connect(&f);

		for (unsigned i = 0; i < 20; i++) {
			static const uint8_t types[] = {0x0b, 0x0f, 0x13, 0x17, 0x00, 0x10,
							0x01, 0x1b, 0x1f, 0xf5, 0x23, 0x27};
			uint8_t buf[64] = {0};
			size_t n = 3 + test_rand(&seed) % 40;

			for (size_t j = 2; j < sizeof(buf); j++)
				buf[j] = (uint8_t)test_rand(&seed);
			if (test_rand(&seed) % 20)
				wr_put16(buf + 2, (uint16_t)n);
			buf[4] = test_rand(&seed) % 8 ? 0x10 : 0x20;
			buf[6] = types[test_rand(&seed) % sizeof(types)];
			if (buf[6] == 0x0b)
				memcpy(buf + 7, "\x00\x00\x80\x00\x00\x5e\x00\x07", 8);
			(void)!send(fd, buf, 4 + n, MSG_NOSIGNAL);
			fake_run(&f.h, fake_now + test_rand(&seed) % 1000);
			if (fake_pending(&f.h, FAKE_OFFER))
				(void)fake_answer(&f.h, fake_channel(&f.h, FAKE_OFFER));
		}
		close(fd);
		fake_run(&f.h, fake_now + 1000);
		fake_forget(&f.h);
	}
	far_close(&f);
}

static const struct test_case cases[] = {
	{"calls_both_ends_and_every_size", calls_both_ends_and_every_size},
	{"a_refused_call_closes_its_connection", a_refused_call_closes_its_connection},
	{"nobody_listens", nobody_listens},
	{"given_up_before_tcp_is_there", given_up_before_tcp_is_there},
	{"the_listener_goes_away", the_listener_goes_away},
	{"back_pressure", x25_xot_back_pressure},
	{"a_window_wider_than_the_queue", a_window_wider_than_the_queue},
	{"rfc1613_6_a_call_in_octets", a_call_in_octets},
	{"rfc1613_6_1_a_call_without_sizes_is_told_them", a_call_without_sizes_is_told_them},
	{"modulo_128_is_seen_from_the_call", modulo_128_is_seen_from_the_call},
	{"rfc1613_4_1_headers_that_end_the_connection", headers_that_end_the_connection},
	{"rfc1613_6_4_what_has_no_place_is_dropped", what_has_no_place_is_dropped},
	{"who_says_nothing_is_closed", who_says_nothing_is_closed},
	{"only_from_there", only_from_there},
	{"who_never_reads_is_let_go", who_never_reads_is_let_go},
	{"rfc1613_6_1_our_call_says_both_sizes", our_call_says_both_sizes},
	{"rfc1613_5_port_1998", port_1998},
	{"rfc1613_5_no_data_in_the_syn", no_data_in_the_syn},
	{"rfc1613_5_a_connection_for_each_circuit", a_connection_for_each_circuit},
	{"captures_tell_connections_apart", captures_tell_connections_apart},
	{"hostile_streams", hostile_streams},
	{NULL, NULL},
};
const struct test_suite suite_x25_xot = {"x25_xot", cases};
