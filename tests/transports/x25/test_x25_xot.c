/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XOT over real TCP on the loopback address: two ports, and a port against octets typed by hand. */
#include "tests/transports/x25/xot_far.h"

#include "core/bytes.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define L2TP IST_PAYLOAD_L2TP

/* --- two ports -------------------------------------------------------------------------------- */

static void open_two(struct pair *p, const char *const *dialler, const char *const *listener)
{
	char to[60], at[60];
	int port = xot_free_port();

	snprintf(to, sizeof(to), "link=xot:127.0.0.1:%d", port);
	snprintf(at, sizeof(at), "link=xot-listen:127.0.0.1:%d", port);
	xot_open_port(&p->dce, at, listener);
	xot_open_port(&p->dte, to, dialler);
	fake_join(&p->dte, &p->dce);
}

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

	open_two(&p, keys, NULL);
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

	open_two(&p, NULL, NULL);
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

	open_two(&p, NULL, NULL);
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

	open_two(&p, NULL, NULL);
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
	open_two(&p, NULL, NULL);
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
	open_two(&p, keys, keys);
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

/* --- permanent circuits ----------------------------------------------------------------------- */

static void x25_xot_permanent_circuits(void)
{
	static const char *const dialler[] = {"@1 l2tp", "xot-interface=TEST0", "xot-lci=9", NULL};
	static const char *const listener[] = {"packet-size=256", "@9 l2tp", "xot-lci=1", NULL};
	struct fake_event *e;
	struct pair p;
	ist_channel a, b;

	open_two(&p, dialler, listener);
	UNTIL(&p.dte, fake_pending(&p.dte, FAKE_UP) && fake_pending(&p.dce, FAKE_UP));
	a = fake_channel(&p.dte, FAKE_UP);
	b = fake_channel(&p.dce, FAKE_UP);
	CU_ASSERT_EQUAL(fake_send(&p.dte, a, "there", 5), 1);
	CU_ASSERT_EQUAL(fake_send(&p.dce, b, "back", 4), 1);
	UNTIL(&p.dte, fake_pending(&p.dte, FAKE_FRAME) && fake_pending(&p.dce, FAKE_FRAME));
	CU_ASSERT_TRUE(pair_got(&p.dce, b, "there", 5));
	CU_ASSERT_TRUE(pair_got(&p.dte, a, "back", 4));
	fake_close(&p.dce);
	UNTIL(&p.dte, fake_pending(&p.dte, FAKE_DOWN));
	e = fake_take(&p.dte, FAKE_DOWN);
	CU_ASSERT_FALSE(e->forever);
	CU_ASSERT_EQUAL(e->channel, a);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_send(&p.dte, a, "x", 1), 1);
	CU_ASSERT_EQUAL(fake_count(&p.dte, "tx-down"), 1);
	fake_close(&p.dte);
}

static void a_permanent_circuit_that_is_not_there(void)
{
	static const char *const dialler[] = {"xot-retry=5m", "@1 l2tp", "xot-lci=2", NULL};
	static const char *const listener[] = {"@1 l2tp", NULL};
	struct pair p;

	open_two(&p, dialler, listener);
	UNTIL(&p.dte, fake_count(&p.dte, "xot-pvc") == 1);
	CU_ASSERT_EQUAL(fake_count(&p.dce, "xot-pvc"), 1);
	CU_ASSERT_EQUAL(p.dte.warnings, 1);
	CU_ASSERT_STRING_EQUAL(p.dte.last_log, "PVC 1: set-up failed: no such destination PVC");
	fake_run(&p.dte, fake_now + 299 * S);
	CU_ASSERT_EQUAL(fake_count(&p.dte, "xot-out"), 1);
	fake_run(&p.dte, fake_now + 2 * S);
	UNTIL(&p.dte, fake_count(&p.dte, "xot-pvc") == 2);
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

static void set_up_of_a_permanent_circuit_in_octets(void)
{
	static const char *const keys[] = {"@5 l2tp", NULL};
	static const struct {
		const char *setup, *answer; /* NULL: closed */
	} rows[] = {
		/* initiator "s" channel 5, responder "test0" channel 5; windows 2, sizes 128 */
		{"1005f5 81 00 01 0005 05 0005 02020707 73 7465737430",
		 "1005f5 81 00 01 0005 05 0005 02020707 73 7465737430"},
		/* asymmetric: what goes in there comes out here */
		{"1005f5 81 00 01 0005 05 0005 03020807 73 5445535430",
		 "1005f5 81 00 01 0005 05 0005 02030708 73 5445535430"},
		{"1005f5 81 00 01 0005 03 0005 02020707 73 782531",
		 "1005f5 81 13 01 0005 03 0005 02020707 73 782531"}, /* no such interface */
		{"1005f5 81 00 01 0006 05 0006 02020707 73 7465737430",
		 "1005f5 81 16 01 0006 05 0006 02020707 73 7465737430"}, /* no such PVC */
		{"1005f5 81 00 01 0007 05 0005 02020707 73 7465737430",
		 "1005f5 81 17 01 0007 05 0005 02020707 73 7465737430"}, /* configured otherwise */
		{"1005f5 81 00 01 0005 05 0005 08020707 73 7465737430",
		 "1005f5 81 19 01 0005 05 0005 02080707 73 7465737430"}, /* a window of 8 */
		/* a status, which only an answer has; also beside a window of 8 */
		{"1005f5 81 13 01 0005 05 0005 02020707 73 7465737430", NULL},
		{"1005f5 81 13 01 0005 05 0005 08020707 73 7465737430",
		 "1005f5 81 19 01 0005 05 0005 02080707 73 7465737430"},
		{"1005f5 80 00 01 0005 05 0005 02020707 73 7465737430", NULL},
		{"1005f5 81 00 ff 0005 05 0005 02020707 73 7465737430", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct far f;

		far_open(&f, keys);
		f.fd = far_connect(&f);
		far_put(f.fd, rows[i].setup);
		if (rows[i].answer)
			far_expect(&f, rows[i].answer);
		if (i < 2) {
			far_expect(&f, "10011b 00 00"); /* both reset */
			CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_UP), 0);
			far_put(f.fd, "10051f");
			UNTIL(&f.h, fake_pending(&f.h, FAKE_UP));
		} else {
			UNTIL(&f.h, far_closed(&f));
			CU_ASSERT_EQUAL(fake_count(&f.h, "xot-pvc"), 1);
		}
		far_close(&f);
	}
}

/* While one connection has it, another that asks for it is told "configuration mismatch". */
static void one_connection_for_each_circuit(void)
{
	static const char *const keys[] = {"@5 l2tp", NULL};
	static const char setup[] = "1005f5 81 00 01 0005 05 0005 02020707 73 7465737430";
	struct far f;
	int first;

	far_open(&f, keys);
	first = f.fd = far_connect(&f);
	far_put(f.fd, setup);
	far_expect(&f, setup);
	f.fd = far_connect(&f);
	far_put(f.fd, setup);
	far_expect(&f, "1005f5 81 17 01 0005 05 0005 02020707 73 7465737430");
	UNTIL(&f.h, far_closed(&f));
	close(first);
	far_close(&f);
}

#define SETUP "1005f5 81 00 01 0005 05 0005 02020707 73 7465737430"

/* The far end sets up permanent circuit 5 on a new connection. */
static void far_sets_up(struct far *f)
{
	f->fd = far_connect(f);
	far_put(f->fd, SETUP);
	far_expect(f, SETUP);
	far_expect(f, "10011b 00 00");
	far_put(f->fd, "10011f");
	UNTIL(&f->h, fake_pending(&f->h, FAKE_UP));
	fake_forget(&f->h);
}

/* The responder waits for the initiator, however long, and takes the circuit up again. */
static void the_responder_waits_to_be_asked_again(void)
{
	static const char *const keys[] = {"xot-retry=1s", "@5 l2tp", NULL};
	struct far f;

	far_open(&f, keys);
	for (unsigned i = 0; i < 2; i++) {
		far_sets_up(&f);
		close(f.fd);
		f.fd = -1;
		UNTIL(&f.h, fake_pending(&f.h, FAKE_DOWN));
		fake_forget(&f.h);
		fake_run(&f.h, fake_now + 3600 * S);
	}
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-in"), 2);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-out") + fake_count(&f.h, "xot-failed"), 0);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-pvc"), 0);
	far_close(&f);
}

/* The far end was not there when we dialled, and then asks itself: the retry is off. */
static void a_circuit_that_is_up_is_not_dialled(void)
{
	static const char *const keys[] = {"xot-retry=5s", "@5 l2tp", NULL};
	char spec[80];
	struct far f;

	f.port = xot_free_port();
	snprintf(spec, sizeof(spec), "link=xot:127.0.0.1:%d>127.0.0.1:%d", f.port, xot_free_port());
	xot_open_port(&f.h, spec, keys);
	UNTIL(&f.h, fake_count(&f.h, "xot-failed") == 1);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-out"), 1);
	far_sets_up(&f);
	fake_run(&f.h, fake_now + 60 * S);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-out"), 1);
	CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_DOWN), 0);
	far_close(&f);
}

/* --- a far end that listens ------------------------------------------------------------------- */

/* Our port dials a socket of the test's; f->fd is the connection. */
static void x25_xot_dialled(struct far *f, const char *const *more, ist_channel *call)
{
	int door = xot_socket(0);
	char spec[60];

	CU_ASSERT_FATAL(listen(door, 1) == 0);
	snprintf(spec, sizeof(spec), "link=xot:127.0.0.1:%d", xot_port_of(door));
	xot_open_port(&f->h, spec, more);
	if (call)
		CU_ASSERT_EQUAL(fake_connect(&f->h, "5555", L2TP, call), 0);
	fake_run(&f->h, fake_now);
	f->fd = accept(door, NULL, NULL);
	CU_ASSERT_FATAL(f->fd >= 0);
	close(door);
}

static void our_call_says_both_sizes(void)
{
	static const char *const keys[] = {"negotiate=no", "packet-size-want=256", "window-want=4",
					   NULL};
	ist_channel c;
	struct far f;

	x25_xot_dialled(&f, keys, &c);
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

static void our_set_up_in_octets(void)
{
	static const char *const keys[] = {"packet-size=256",	    "window=3",	  "@1 l2tp",
					   "xot-interface=Serial1", "xot-lci=18", NULL};
	struct far f;

	x25_xot_dialled(&f, keys, NULL);
	far_expect(&f, "1001f5 81 00 05 0001 07 0012 03030808 7465737430 53657269616c31");
	far_put(f.fd, "1012f5 81 00 05 0001 07 0012 03030808 7465737430 53657269616c31");
	far_expect(&f, "10011b 00 00");
	CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_UP), 0);
	far_put(f.fd, "10121b 00 00"); /* its own: that is one reset */
	UNTIL(&f.h, fake_pending(&f.h, FAKE_UP));
	far_put(f.fd, "10010b 00 00 cf"); /* there are no calls on it */
	far_expect(&f, "10011b 00 23");
	far_close(&f);
}

/* The kernel says whether it took data with the SYN. */
static void no_data_in_the_syn(void)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);
	ist_channel c;
	struct far f;

	x25_xot_dialled(&f, NULL, &c);
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

	open_two(&p, NULL, NULL);
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
	{"rfc1613_6_5_permanent_circuits", x25_xot_permanent_circuits},
	{"a_permanent_circuit_that_is_not_there", a_permanent_circuit_that_is_not_there},
	{"rfc1613_6_a_call_in_octets", a_call_in_octets},
	{"rfc1613_6_1_a_call_without_sizes_is_told_them", a_call_without_sizes_is_told_them},
	{"modulo_128_is_seen_from_the_call", modulo_128_is_seen_from_the_call},
	{"rfc1613_4_1_headers_that_end_the_connection", headers_that_end_the_connection},
	{"rfc1613_6_4_what_has_no_place_is_dropped", what_has_no_place_is_dropped},
	{"who_says_nothing_is_closed", who_says_nothing_is_closed},
	{"only_from_there", only_from_there},
	{"who_never_reads_is_let_go", who_never_reads_is_let_go},
	{"rfc1613_6_5_set_up_in_octets", set_up_of_a_permanent_circuit_in_octets},
	{"rfc1613_6_5_the_responder_waits_to_be_asked_again",
	 the_responder_waits_to_be_asked_again},
	{"rfc1613_6_5_a_circuit_that_is_up_is_not_dialled", a_circuit_that_is_up_is_not_dialled},
	{"rfc1613_6_5_one_connection_for_each_circuit", one_connection_for_each_circuit},
	{"rfc1613_6_1_our_call_says_both_sizes", our_call_says_both_sizes},
	{"rfc1613_6_5_our_set_up_in_octets", our_set_up_in_octets},
	{"rfc1613_5_port_1998", port_1998},
	{"rfc1613_5_no_data_in_the_syn", no_data_in_the_syn},
	{"rfc1613_5_a_connection_for_each_circuit", a_connection_for_each_circuit},
	{"hostile_streams", hostile_streams},
	{NULL, NULL},
};
const struct test_suite suite_x25_xot = {"x25_xot", cases};
