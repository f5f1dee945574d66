/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What TCP, memory and time do to a connection of XOT. */
#include "tests/heap.h"
#include "tests/transports/x25/xot_far.h"
#include "transports/x25/x25_xot.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define L2TP  IST_PAYLOAD_L2TP
#define SETUP "1005f5 81 00 01 0005 05 0005 02020707 73 7465737430"

static const char *const pvc_5[] = {"@5 l2tp", NULL};

/* Our port calls a listening socket of the test's; f->fd is the connection. */
static ist_channel xot_tcp_called(struct far *f, const char *const *more)
{
	int door = xot_socket(0);
	ist_channel c = 0;
	char spec[60];

	CU_ASSERT_FATAL(listen(door, 1) == 0);
	f->port = xot_free_port();
	snprintf(spec, sizeof(spec), "link=xot:127.0.0.1:%d>127.0.0.1:%d", f->port,
		 xot_port_of(door));
	xot_open_port(&f->h, spec, more);
	CU_ASSERT_EQUAL(fake_connect(&f->h, "5555", L2TP, &c), 0);
	f->fd = accept(door, NULL, NULL);
	CU_ASSERT_FATAL(f->fd >= 0);
	close(door);
	return c;
}

/* --- the stream ------------------------------------------------------------------------------- */

#define INTERRUPTS 4500u

/* The far end sends INTERRUPTS of them, and goes on later where TCP took no more. */
static void xot_tcp_interrupts(struct far *f, size_t *sent)
{
	static uint8_t stream[8 * INTERRUPTS];
	ssize_t n;

	for (size_t i = 0; i < sizeof(stream); i += 8)
		memcpy(stream + i, "\x00\x00\x00\x04\x10\x01\x23\x55", 8);
	n = send(f->fd, stream + *sent % 8, sizeof(stream) - *sent % 8,
		 MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n > 0)
		*sent += (size_t)n;
}

/* Octets of our confirmations that have come, `got` before these. */
static size_t xot_tcp_confirmed(const struct far *f, size_t got)
{
	uint8_t octets[1000];
	ssize_t n = recv(f->fd, octets, sizeof(octets), MSG_DONTWAIT);

	for (ssize_t i = 0; i < n; i++, got++)
		CU_ASSERT_FATAL(octets[i] == (uint8_t) "\0\0\0\3\x10\x01\x27"[got % 7]);
	return got;
}

/* While TCP takes no more our confirmations are queued; the far end reads some, and more come: each
 * goes out once, whole and in order. */
static void the_queue_for_tcp_moves_on(void)
{
	const int small = 4096;
	const struct xot_conn *k;
	size_t sent = 0, got = 0;
	struct far f;

	far_open(&f, NULL);
	far_let_in(&f);
	k = f.h.port->xot->first;
	CU_ASSERT_EQUAL(setsockopt(k->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
	while (k->out_len - k->out_at < 100000) {
		xot_tcp_interrupts(&f, &sent);
		fake_run(&f.h, fake_now);
	}
	while (k->out_at <= 16384 && k->out_len) {
		got = xot_tcp_confirmed(&f, got);
		fake_run(&f.h, fake_now);
	}
	CU_ASSERT_FATAL(k->out_len > 0); /* else nothing would have to move */
	for (size_t before = sent; sent < before + 8;) {
		xot_tcp_interrupts(&f, &sent);
		fake_run(&f.h, fake_now);
	}
	for (unsigned idle = 0; got < sent / 8 * 7 && idle < 5000; idle++) {
		size_t before;

		do {
			before = got;
			got = xot_tcp_confirmed(&f, got);
		} while (got > before);
		xot_serve(&f.h);
	}
	CU_ASSERT_EQUAL(got, sent / 8 * 7);
	CU_ASSERT_EQUAL(fake_count(&f.h, "x25-interrupts"), sent / 8);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-slow"), 0);
	far_close(&f);
}

/* All that has come is read at once, more than one buffer of it. */
static void reads_until_nothing_is_left(void)
{
	const struct fake_watch *w;
	size_t sent = 0;
	struct far f;

	far_open(&f, NULL);
	far_let_in(&f);
	for (w = f.h.watch; w->fd != f.h.port->xot->first->fd; w++)
		;
	xot_tcp_interrupts(&f, &sent);
	CU_ASSERT_EQUAL_FATAL(sent, 8 * INTERRUPTS);
	w->on_fd(w->arg, IST_READ);
	CU_ASSERT_EQUAL(fake_count(&f.h, "x25-interrupts"), INTERRUPTS);
	far_close(&f);
}

/* A port of modulo 128 and wide windows has no more than 7 for a call of modulo 8. */
static void a_call_of_modulo_8_to_a_port_of_128(void)
{
	static const char *const keys[] = {"modulo=128", "window=10", "window-want=20", NULL};
	struct far f;

	far_open(&f, keys);
	f.fd = far_connect(&f);
	far_put(f.fd, "10010b 00 00 cf");
	UNTIL(&f.h, fake_pending(&f.h, FAKE_OFFER));
	CU_ASSERT_EQUAL(fake_answer(&f.h, fake_channel(&f.h, FAKE_OFFER)), 0);
	far_expect(&f, "10010f 00 06 420707 430707");
	far_close(&f);
}

/* --- no memory -------------------------------------------------------------------------------- */

static void no_memory_for_a_connection(void)
{
	for (unsigned n = 0; n < 2; n++) {
		struct far f;

		far_open(&f, NULL);
		if (n)
			fake_watches_left = 1;
		else
			heap_refuse(0);
		f.fd = far_connect(&f);
		UNTIL(&f.h, fake_count(&f.h, "xot-full") == 1);
		CU_ASSERT_EQUAL(fake_watches_left, 0);
		CU_ASSERT_TRUE(n || heap_refused());
		UNTIL(&f.h, far_closed(&f));
		CU_ASSERT_EQUAL(fake_count(&f.h, "xot-in"), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&f.h), ", 0 connections"));
		far_close(&f);
	}
}

/* Its table of channels, and that of circuits. */
static void no_memory_for_a_packet_layer(void)
{
	for (unsigned n = 0; n < 2; n++) {
		struct far f;

		far_open(&f, NULL);
		f.fd = far_connect(&f);
		UNTIL(&f.h, fake_count(&f.h, "xot-in") == 1);
		far_put(f.fd, CALL);
		heap_refuse(n);
		UNTIL(&f.h, far_closed(&f));
		CU_ASSERT_TRUE(heap_refused());
		CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_OFFER), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&f.h), ", 0 connections, 0 circuits"));
		far_close(&f);
	}
}

static void no_memory_for_our_call(void)
{
	struct far f;
	ist_channel c;

	for (unsigned n = 0; n < 3; n++) { /* the channel too */
		c = xot_tcp_called(&f, NULL);
		heap_refuse(n);
		fake_run(&f.h, fake_now);
		CU_ASSERT_TRUE(heap_refused());
		CU_ASSERT_EQUAL(xot_far_lost(&f, "no memory"), c);
		UNTIL(&f.h, far_closed(&f));
		far_close(&f);
	}
}

/* The answer cannot be queued: the circuit is lost, and nothing is written behind it. */
static void no_memory_to_queue_for_tcp(void)
{
	struct far f;
	ist_channel c;

	far_open(&f, NULL);
	f.fd = far_connect(&f);
	far_put(f.fd, CALL);
	UNTIL(&f.h, fake_pending(&f.h, FAKE_OFFER));
	c = fake_channel(&f.h, FAKE_OFFER);
	heap_refuse(0);
	CU_ASSERT_EQUAL(fake_answer(&f.h, c), 0);
	CU_ASSERT_TRUE(heap_refused());
	fake_run(&f.h, fake_now);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-slow"), 1);
	CU_ASSERT_EQUAL(xot_far_lost(&f, "the far end does not read"), c);
	CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_UP), 0);
	UNTIL(&f.h, far_closed(&f));
	far_close(&f);
}

/* Two packets of one SDU, and a second SDU: none is tried when the first was too much. */
static void the_first_packet_of_an_sdu_is_too_much(void)
{
	static const uint8_t data[1600];
	struct ist_frame frames[2];
	struct far f;
	ist_channel c;

	far_open(&f, NULL);
	c = far_let_in(&f);
	frames[0] = frames[1] =
		(struct ist_frame){.channel = c, .payload = data, .len = sizeof(data)};
	heap_refuse(0);
	CU_ASSERT_EQUAL(fake_send_frames(&f.h, frames, 2), 1);
	CU_ASSERT_TRUE(heap_refused());
	fake_run(&f.h, fake_now);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-slow"), 1);
	CU_ASSERT_EQUAL(xot_far_lost(&f, "the far end does not read"), c);
	UNTIL(&f.h, far_closed(&f));
	far_close(&f);
}

/* --- dialling and listening ------------------------------------------------------------------- */

static void dials_that_fail_at_once(void)
{
	static const char *const one[] = {"xot-connections=1", NULL};
	struct fake_host h;
	struct far f;
	ist_channel c;

	xot_open_port(&h, "link=xot:255.255.255.255", NULL); /* no TCP to a broadcast address */
	CU_ASSERT_EQUAL(fake_count(&h, "xot-failed"), 0);
	CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), -ENETUNREACH);
	CU_ASSERT_EQUAL(fake_count(&h, "xot-failed"), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "xot-out"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&h), ", 0 connections, 0 circuits"));
	fake_close(&h);
	xot_tcp_called(&f, one);
	CU_ASSERT_EQUAL(fake_connect(&f.h, "6", L2TP, &c), -ENOBUFS);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-failed"), 0);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-out"), 1);
	far_close(&f);
}

static void the_port_of_another(void)
{
	int other = xot_socket(0);
	char spec[60], want[100], err[200];
	const char *const keys[] = {spec, NULL};
	struct fake_host h;

	CU_ASSERT_EQUAL(listen(other, 1), 0);
	snprintf(spec, sizeof(spec), "link=xot-listen:127.0.0.1:%d", xot_port_of(other));
	snprintf(want, sizeof(want), "link %s: Address already in use", spec + 5);
	CU_ASSERT_EQUAL(fake_try(&h, &x25_transport, keys, err, sizeof(err)), -EADDRINUSE);
	CU_ASSERT_STRING_EQUAL(err, want);
	close(other);
}

/* --- time ------------------------------------------------------------------------------------- */

/* T21 of our call, also after another connection had its own limit. */
static void our_call_is_not_answered(void)
{
	ist_channel c;
	struct far f;
	int silent;

	c = xot_tcp_called(&f, NULL);
	far_expect(&f, "10010b 04 5555 06 420a0a 430707 80 00005e0007");
	silent = far_connect(&f);
	UNTIL(&f.h, fake_count(&f.h, "xot-in") == 1);
	fake_run(&f.h, fake_now + 30 * S);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-silent"), 1);
	fake_run(&f.h, fake_now + 170 * S - 1);
	CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_DOWN), 0);
	fake_run(&f.h, fake_now + 1);
	CU_ASSERT_EQUAL(fake_channel(&f.h, FAKE_DOWN), c);
	far_expect(&f, "1001130031");
	CU_ASSERT_EQUAL(fake_count(&f.h, "x25-timeouts"), 1);
	fake_run(&f.h, fake_now + 5 * S - 1);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-unconfirmed"), 0);
	fake_run(&f.h, fake_now + 1);
	CU_ASSERT_EQUAL(fake_count(&f.h, "xot-unconfirmed"), 1);
	UNTIL(&f.h, far_closed(&f));
	close(silent);
	far_close(&f);
}

/* --- permanent circuits ----------------------------------------------------------------------- */

/* RFC 1613 6.5: what the far end's network gives it, 256 octets, a window of 3, it sends to us;
 * what it gives to its network, 128 and 2, is what we send. */
static void sizes_of_a_permanent_circuit(void)
{
	static uint8_t data[300], pkt[4 + 3 + 256] = {0, 0, 1, 3, 0x10, 5, 0x10};
	uint8_t got[600];
	struct far f;
	ist_channel c;

	far_open(&f, pvc_5);
	f.fd = far_connect(&f);
	far_put(f.fd, "1005f5 81 00 01 0005 05 0005 03020807 73 7465737430");
	far_expect(&f, "1005f5 81 00 01 0005 05 0005 02030708 73 7465737430");
	far_expect(&f, "10011b 00 00");
	far_put(f.fd, "10051f");
	UNTIL(&f.h, fake_pending(&f.h, FAKE_UP));
	c = fake_channel(&f.h, FAKE_UP);
	CU_ASSERT_EQUAL(fake_send(&f.h, c, data, sizeof(data)), 1);
	fake_run(&f.h, fake_now);
	CU_ASSERT_EQUAL(recv(f.fd, got, sizeof(got), MSG_DONTWAIT), 2 * (4 + 3 + 128));
	CU_ASSERT_EQUAL(got[6], 0x10);
	CU_ASSERT_EQUAL(send(f.fd, pkt, sizeof(pkt), MSG_NOSIGNAL), sizeof(pkt));
	far_put(f.fd, "100502 61");
	UNTIL(&f.h, fake_pending(&f.h, FAKE_FRAME));
	CU_ASSERT_EQUAL(fake_count(&f.h, "rx-octets"), 257);
	CU_ASSERT_EQUAL(fake_count(&f.h, "x25-resets-tx"), 1);
	far_close(&f);
}

/* Calls to an address have a section too; it is no circuit to set up. */
static void only_permanent_circuits_are_set_up(void)
{
	static const char *const keys[] = {"@7 l2tp", "kind=svc", "@5 l2tp", "@9 l2tp", NULL};
	struct far f;

	far_open(&f, keys);
	f.fd = far_connect(&f);
	far_put(f.fd, "1007f5 81 00 01 0007 05 0007 02020707 73 7465737430");
	far_expect(&f, "1007f5 81 16 01 0007 05 0007 02020707 73 7465737430");
	UNTIL(&f.h, far_closed(&f));
	close(f.fd);
	f.fd = far_connect(&f);
	far_put(f.fd, SETUP);
	far_expect(&f, SETUP);
	far_close(&f);
}

static void no_memory_for_a_permanent_circuit(void)
{
	struct far f;

	far_open(&f, pvc_5);
	f.fd = far_connect(&f);
	UNTIL(&f.h, fake_count(&f.h, "xot-in") == 1);
	far_put(f.fd, SETUP);
	heap_refuse(1); /* behind the answer */
	UNTIL(&f.h, f.h.port->xot->conns == 0);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(fake_pending(&f.h, FAKE_UP), 0);
	close(f.fd);
	f.fd = far_connect(&f); /* and it may be asked for again */
	far_put(f.fd, SETUP);
	far_expect(&f, SETUP);
	far_close(&f);
}

static const struct test_case cases[] = {
	{"the_queue_for_tcp_moves_on", the_queue_for_tcp_moves_on},
	{"reads_until_nothing_is_left", reads_until_nothing_is_left},
	{"a_call_of_modulo_8_to_a_port_of_128", a_call_of_modulo_8_to_a_port_of_128},
	{"no_memory_for_a_connection", no_memory_for_a_connection},
	{"no_memory_for_a_packet_layer", no_memory_for_a_packet_layer},
	{"no_memory_for_our_call", no_memory_for_our_call},
	{"no_memory_to_queue_for_tcp", no_memory_to_queue_for_tcp},
	{"the_first_packet_of_an_sdu_is_too_much", the_first_packet_of_an_sdu_is_too_much},
	{"dials_that_fail_at_once", dials_that_fail_at_once},
	{"the_port_of_another", the_port_of_another},
	{"our_call_is_not_answered", our_call_is_not_answered},
	{"rfc1613_6_5_sizes_of_a_permanent_circuit", sizes_of_a_permanent_circuit},
	{"only_permanent_circuits_are_set_up", only_permanent_circuits_are_set_up},
	{"no_memory_for_a_permanent_circuit", no_memory_for_a_permanent_circuit},
	{NULL, NULL},
};
const struct test_suite suite_x25_xot_tcp = {"x25_xot_tcp", cases};
