/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls as sockets, with a kernel of ours in place of AF_X25. */
#include "tests/heap.h"
#include "tests/transports/x25/x25_calls.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const plain[] = {"link=x25-socket:", "address=31101111", NULL};

static void clear_from_afar(struct fake_host *h, unsigned call, int state, uint8_t cause,
			    uint8_t diag)
{
	kern.call[call].state = state;
	kern.call[call].cause = cause;
	kern.call[call].diag = diag;
	shutdown(kern.call[call].far, SHUT_RDWR);
	x25_calls_run(h);
}

static void expect_down(struct fake_host *h, enum ist_cause_kind kind, uint8_t cause, uint8_t diag)
{
	struct fake_event *e = fake_take(h, FAKE_DOWN);

	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->cause.kind, kind);
	CU_ASSERT_EQUAL(e->cause.cause, cause);
	CU_ASSERT_EQUAL(e->cause.diagnostic, diag);
	CU_ASSERT_TRUE(e->forever);
	fake_free(e);
}

/* --- calls to us ------------------------------------------------------------------------------ */

static void listeners(void)
{
	static const struct {
		const char *config[3], *on;
	} rows[] = {
		{{"link=x25-socket:", "address=31101111"}, "31101111"},
		{{"link=x25-socket:*", "address=31101111"}, ""},
		{{"link=x25-socket:"}, ""},
	};
	struct fake_host h;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		x25_calls_open(&h, rows[i].config);
		CU_ASSERT_EQUAL(kern.listeners, 3);
		ASSERT_OCTETS(kern.first, 3, "\x80\x00\xcf", 3);
		CU_ASSERT_STRING_EQUAL(kern.listens_on, rows[i].on);
		x25_calls_close(&h);
	}
}

static void offered_before_it_is_accepted(void)
{
	static const struct {
		const char *data;
		uint8_t len, payload;
		const char *sdu;
		size_t sdu_len;
	} rows[] = {
		{SNAP, 6, L2TP, "\0hello", 6},
		{"\0", 1, L2TP, "\0" SNAP "hello", 12},
		{"\xcf", 1, PPP, "\0hello", 6},
	};
	struct fake_host h;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fake_event *e;
		ist_channel c;

		x25_calls_open(&h, plain);
		x25_calls_ring(&h, "31105555", rows[i].data, rows[i].len);
		e = fake_take(&h, FAKE_OFFER);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_FALSE(kern.call[0].accepted);
		CU_ASSERT_EQUAL(e->attrs.payload, rows[i].payload);
		CU_ASSERT_STRING_EQUAL(fake_addr(&h, &e->attrs.peer), "31105555");
		CU_ASSERT_STRING_EQUAL(fake_addr(&h, &e->attrs.local), "31101111");
		CU_ASSERT_STRING_EQUAL(e->attrs.called, "31101111");
		CU_ASSERT_STRING_EQUAL(e->attrs.calling, "31105555");
		CU_ASSERT_EQUAL(e->attrs.user_data_len + e->attrs.tx_bps + e->attrs.rx_bps, 0);
		c = e->channel;
		fake_free(e);
		CU_ASSERT_EQUAL(fake_answer(&h, c), 0);
		CU_ASSERT_TRUE(kern.call[0].accepted);
		kern.call[0].state = 1;
		x25_calls_run(&h);
		CU_ASSERT_EQUAL(fake_channel(&h, FAKE_UP), c);
		CU_ASSERT_EQUAL(fake_answer(&h, c), -ESTALE);
		x25_calls_far_sends(&h, 0, rows[i].sdu, rows[i].sdu_len);
		e = fake_take(&h, FAKE_FRAME);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		ASSERT_OCTETS(e->data, e->len, "hello", 5);
		fake_free(e);
		CU_ASSERT_EQUAL(fake_send(&h, c, "hello", 5), 1);
		x25_calls_far_got(0, rows[i].sdu, rows[i].sdu_len);
		CU_ASSERT_EQUAL(fake_count(&h, "x25-calls-in"), 1);
		CU_ASSERT_STRING_EQUAL(fake_fill(&h), "calls 1/1024 0/0");
		fake_disconnect(&h, c);
		x25_calls_run(&h);
		CU_ASSERT_FALSE(kern.call[0].open);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_DOWN), 0); /* the host knows */
		x25_calls_close(&h);
	}
}

/* The kernel's facilities: 4800 bit/s from the called side (us), 19200 to it. */
static void attributes_from_the_kernel(void)
{
	struct fake_event *e;
	struct fake_host h;

	x25_calls_open(&h, plain);
	kern.in = (struct x25_kernel_call){
		.called = "31101111", .throughput = 0x9b, .data = {0xcf, 'a', 'b'}, .len = 3};
	CU_ASSERT_EQUAL(send(kern.knock[2], "!", 1, 0), 1);
	x25_calls_run(&h);
	e = fake_take(&h, FAKE_OFFER);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_PTR_NULL(e->attrs.calling);
	CU_ASSERT_EQUAL(e->attrs.tx_bps, 4800);
	CU_ASSERT_EQUAL(e->attrs.rx_bps, 19200);
	ASSERT_OCTETS(e->attrs.user_data, e->attrs.user_data_len, "ab", 2);
	CU_ASSERT_EQUAL(fake_answer(&h, e->channel), 0);
	fake_free(e);
	kern.call[0].state = 1;
	x25_calls_run(&h);
	pair_rates(&h, FAKE_UP, 4800, 19200);
	x25_calls_close(&h);
}

static void refused_unaccepted(void)
{
	static const struct {
		struct x25_kernel_call call;
		const char *counter;
		uint8_t diag;
	} rows[] = {
		{{.data = {1, 0, 0, 0}, .len = 4}, "refused-protocol", 249}, /* X.29 */
		{{.len = 0}, "refused-protocol", 249},
		{{.data = {0xcf}, .len = 1, .reverse = true}, "refused-charge", 0},
		{{.data = {0xcf}, .len = 1, .fast = true}, "x25-clears-tx", 0},
	};
	struct fake_host h;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		x25_calls_open(&h, plain);
		kern.in = rows[i].call;
		CU_ASSERT_EQUAL(send(kern.knock[1], "!", 1, 0), 1);
		x25_calls_run(&h);
		CU_ASSERT_EQUAL(kern.calls, 1);
		CU_ASSERT_FALSE(kern.call[0].open || kern.call[0].accepted);
		CU_ASSERT_EQUAL(kern.call[0].our_diag, rows[i].diag);
		CU_ASSERT_EQUAL(fake_count(&h, rows[i].counter), 1);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_OFFER), 0);
		x25_calls_close(&h);
	}
	x25_calls_open(&h, plain);
	x25_calls_ring(&h, "5", SNAP, 6);
	CU_ASSERT_EQUAL(fake_refuse(&h, fake_channel(&h, FAKE_OFFER)), 0);
	x25_calls_run(&h);
	CU_ASSERT_FALSE(kern.call[0].open || kern.call[0].accepted);
	CU_ASSERT_EQUAL(fake_count(&h, "refused-host"), 1);
	x25_calls_close(&h);
}

static void caller_gives_up(void)
{
	struct fake_host h;
	ist_channel c;

	x25_calls_open(&h, plain);
	x25_calls_ring(&h, "5", SNAP, 6);
	c = fake_channel(&h, FAKE_OFFER);
	clear_from_afar(&h, 0, -ECONNRESET, 0x80, 7);
	expect_down(&h, IST_CAUSE_CLEARED, 0x80, 7);
	CU_ASSERT_EQUAL(fake_answer(&h, c), -ESTALE);
	CU_ASSERT_FALSE(kern.call[0].open);
	x25_calls_close(&h);
}

static void x25_socket_no_room(void)
{
	static const char *const config[] = {"link=x25-socket:", "socket-calls=1", NULL};
	struct fake_host h;
	ist_channel c;

	x25_calls_open(&h, config);
	x25_calls_ring(&h, "5", SNAP, 6);
	x25_calls_ring(&h, "6", SNAP, 6);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_OFFER), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "refused-room"), 1);
	CU_ASSERT_FALSE(kern.call[1].open);
	CU_ASSERT_EQUAL(fake_connect(&h, "7", L2TP, &c), -ENOBUFS);
	x25_calls_close(&h);
}

/* A socket that listens would be readable for ever. */
static void no_descriptors(void)
{
	struct fake_host h;

	static const int errors[] = {EMFILE, ENFILE, ENOMEM, ENOBUFS};

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		x25_calls_open(&h, plain);
		CU_ASSERT_EQUAL(fake_count(&h, "no-descriptors"), 0);
		kern.fails = errors[i];
		x25_calls_ring(&h, "5", SNAP, 6);
		CU_ASSERT_EQUAL(kern.calls, 0);
		CU_ASSERT_EQUAL(fake_count(&h, "no-descriptors"), 1);
		CU_ASSERT_EQUAL(h.warnings, 1);
		fake_run(&h, fake_now + S); /* still none: once a second, one line of log */
		CU_ASSERT_EQUAL(fake_count(&h, "no-descriptors"), 2);
		CU_ASSERT_EQUAL(h.warnings, 1);
		kern.fails = 0;
		fake_run(&h, fake_now + S - 1);
		CU_ASSERT_EQUAL(kern.calls, 0);
		fake_run(&h, fake_now + 1);
		x25_calls_run(&h);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_OFFER), 1);
		CU_ASSERT_EQUAL(fake_count(&h, "no-descriptors"), 2);
		kern.fails = errors[i]; /* after one that was taken it is news again */
		x25_calls_ring(&h, "6", SNAP, 6);
		CU_ASSERT_EQUAL(fake_count(&h, "no-descriptors"), 3);
		CU_ASSERT_EQUAL(h.warnings, 2);
		kern.fails = 0;
		x25_calls_close(&h);
	}
}

/* --- calls of ours ---------------------------------------------------------------------------- */

static void what_a_call_says(void)
{
	static const char *const config[] = {"link=x25-socket:",	  "address=31101111",
					     "throughput=9600",		  "reverse-charging=yes",
					     "encapsulation=multiplexed", NULL},
				 *const modest[] = {"link=x25-socket:", "negotiate=no", NULL};
	struct fake_host h;
	ist_channel c;

	x25_calls_open(&h, config);
	kern.throughput = 0x9a; /* 4800 bit/s from the called side, 9600 from ours */
	CU_ASSERT_EQUAL(fake_connect(&h, "31105555", L2TP, &c), 0);
	CU_ASSERT_STRING_EQUAL(kern.out.called, "31105555");
	CU_ASSERT_STRING_EQUAL(kern.out.calling, "31101111");
	CU_ASSERT_TRUE(kern.out.size_in == 10 && kern.out.size_out == 10);
	CU_ASSERT_TRUE(kern.out.window_in == 7 && kern.out.window_out == 7);
	CU_ASSERT_EQUAL(kern.out.throughput, 0xaa);
	CU_ASSERT_TRUE(kern.out.reverse);
	ASSERT_OCTETS(kern.out.data, kern.out.len, "\0", 1);
	kern.call[0].state = 1;
	x25_calls_run(&h);
	pair_rates(&h, FAKE_UP, 9600, 4800);
	CU_ASSERT_EQUAL(fake_connect(&h, "6", PPP, &c), 0);
	ASSERT_OCTETS(kern.out.data, kern.out.len, "\xcf", 1);
	x25_calls_close(&h);
	x25_calls_open(&h, modest);
	CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), 0);
	CU_ASSERT_STRING_EQUAL(kern.out.calling, "");
	CU_ASSERT_TRUE(kern.out.size_in == 7 && kern.out.window_out == 2 && !kern.out.throughput);
	ASSERT_OCTETS(kern.out.data, kern.out.len, SNAP, 6);
	x25_calls_close(&h);
}

static void how_a_call_ends(void)
{
	static const struct {
		int state;
		bool up;
		uint8_t cause, diag;
		enum ist_cause_kind kind;
		uint8_t says_cause, says_diag;
	} rows[] = {
		{-ECONNRESET, true, 0x05, 3, IST_CAUSE_CLEARED, 0x05, 3},
		{-ECONNRESET, false, 0x0d, 67, IST_CAUSE_REFUSED, 0x0d, 67},
		{-ETIMEDOUT, false, 0, 0, IST_CAUSE_TIMEOUT, 0, 49},
		{-ENETUNREACH, true, 0, 0, IST_CAUSE_LINK, 0, 0},
		{-ENETUNREACH, false, 0, 0, IST_CAUSE_LINK, 0, 0},
	};
	struct fake_host h;
	ist_channel c;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		x25_calls_open(&h, plain);
		if (rows[i].up)
			c = x25_calls_up(&h, "5", L2TP);
		else
			CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), 0);
		clear_from_afar(&h, 0, rows[i].state, rows[i].cause, rows[i].diag);
		expect_down(&h, rows[i].kind, rows[i].says_cause, rows[i].says_diag);
		CU_ASSERT_FALSE(kern.call[0].open);
		CU_ASSERT_EQUAL(fake_send(&h, c, "x", 1), -ESTALE);
		CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), -EHOSTDOWN); /* held down */
		x25_calls_close(&h);
	}
	x25_calls_open(&h, plain);
	kern.fails = ENETUNREACH; /* no route */
	CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), -ENETUNREACH);
	CU_ASSERT_EQUAL(kern.calls, 0);
	x25_calls_close(&h);
}

/* --- data ------------------------------------------------------------------------------------- */

static void kernel_takes_a_part(void)
{
	static const char sdu[] = "twenty octets of SDU";
	struct fake_host h;
	ist_channel c;

	/* everywhere: inside the head of the encapsulation, at its end, in the payload */
	for (size_t part = 1; part < 6 + 20; part++) {
		char got[60];
		size_t n;

		x25_calls_open(&h, (const char *const[]){
					   "link=x25-socket:", "encapsulation=multiplexed", NULL});
		c = x25_calls_up(&h, "5", L2TP);
		kern.room = part;
		CU_ASSERT_EQUAL(fake_send(&h, c, sdu, 20), 1);
		CU_ASSERT_EQUAL(fake_send(&h, c, "next", 4), 0);
		x25_calls_run(&h);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_WRITABLE), 0);
		n = x25_calls_drain(0, got, sizeof(got));
		CU_ASSERT_EQUAL(n, part);
		kern.room = 3; /* and again */
		x25_calls_run(&h);
		n += x25_calls_drain(0, got + n, sizeof(got) - n);
		CU_ASSERT_EQUAL(n, part + 3 < 26 ? part + 3 : 26);
		kern.room = SIZE_MAX;
		x25_calls_run(&h);
		CU_ASSERT_EQUAL(fake_channel(&h, FAKE_WRITABLE), c);
		n += x25_calls_drain(0, got + n, sizeof(got) - n);
		ASSERT_OCTETS(got, n, SNAP "twenty octets of SDU", 26);
		CU_ASSERT_EQUAL(fake_send(&h, c, "next", 4), 1);
		x25_calls_far_got(0, "\0" SNAP "next", 11);
		CU_ASSERT_EQUAL(fake_count(&h, "tx-frames"), 2);
		x25_calls_close(&h);
	}
}

static void kernel_takes_nothing(void)
{
	struct ist_frame f[3];
	struct fake_host h;
	char got[60];
	ist_channel c;

	x25_calls_open(&h, plain);
	CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), 0);
	CU_ASSERT_EQUAL(fake_send(&h, c, "x", 1), 0); /* not up yet */
	kern.call[0].state = 1;
	x25_calls_run(&h);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_WRITABLE), c);
	for (unsigned i = 0; i < 3; i++)
		f[i] = (struct ist_frame){
			.channel = c, .payload = (const uint8_t *)"abcd", .len = 4};
	kern.room = 8;
	CU_ASSERT_EQUAL(fake_send_frames(&h, f, 3), 2);
	x25_calls_run(&h);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_WRITABLE), 0);
	kern.room = SIZE_MAX;
	ASSERT_OCTETS(got, x25_calls_drain(0, got, sizeof(got)), "abcdabcd", 8);
	x25_calls_run(&h);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_WRITABLE), c);
	CU_ASSERT_EQUAL(fake_send(&h, c, "efgh", 4), 1);
	x25_calls_far_got(0, "\0efgh", 5);
	x25_calls_close(&h);
}

static void what_is_received(void)
{
	static uint8_t longer[1 + 1621];
	struct fake_host h;
	ist_channel c;

	x25_calls_open(&h, plain);
	c = x25_calls_up(&h, "5", L2TP);
	x25_calls_far_sends(&h, 0, "\1\1", 2); /* qualified */
	CU_ASSERT_EQUAL(fake_count(&h, "rx-qualified"), 1);
	x25_calls_far_sends(&h, 0, longer, sizeof(longer));
	CU_ASSERT_EQUAL(fake_count(&h, "x25-sdu-long"), 1);
	x25_calls_far_sends(&h, 0, "\0", 1);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-empty"), 1);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 0);
	x25_calls_far_sends(&h, 0, longer, sizeof(longer) - 1);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_FRAME), c);
	kern.interrupts = 3; /* nobody is woken for them */
	fake_run(&h, fake_now + 10 * S);
	CU_ASSERT_EQUAL(fake_count(&h, "x25-interrupts"), 3);
	x25_calls_far_sends(&h, 0, "\1\2", 2); /* a PAD's */
	expect_down(&h, IST_CAUSE_REFUSED, 0, 0);
	CU_ASSERT_EQUAL(fake_count(&h, "pads"), 1);
	CU_ASSERT_FALSE(kern.call[0].open);
	x25_calls_close(&h);
}

/* An SDU that goes while the call ends is lost; the end of the stream is that of the call. */
static void the_kernel_ends_it(void)
{
	struct fake_host h;
	ist_channel c;

	x25_calls_open(&h, plain);
	x25_calls_ring(&h, "5", SNAP, 6);
	kern.accept_fails = ENOTCONN;
	CU_ASSERT_EQUAL(fake_answer(&h, fake_channel(&h, FAKE_OFFER)), -ESTALE);
	kern.accept_fails = 0;
	c = x25_calls_up(&h, "6", L2TP);
	CU_ASSERT_STRING_EQUAL(fake_status(&h), "the kernel's X.25, 2 sockets, 2 circuits");
	kern.send_fails = EPIPE;
	CU_ASSERT_EQUAL(fake_send(&h, c, "a", 1), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "x25-sdu-lost"), 1);
	CU_ASSERT_EQUAL(shutdown(kern.call[1].far, SHUT_WR), 0);
	x25_calls_run(&h);
	expect_down(&h, IST_CAUSE_CLEARED, 0, 0);
	x25_calls_close(&h);
}

static void no_memory_for_a_call(void)
{
	struct fake_host h;
	ist_channel c;

	x25_calls_open(&h, plain);
	for (unsigned n = 0; n < 2; n++) {
		heap_refuse(n);
		x25_calls_ring(&h, "5", SNAP, 6);
		CU_ASSERT_TRUE(heap_refused());
		CU_ASSERT_EQUAL(fake_count(&h, "refused-room"), n + 1);
		heap_refuse(1 + n); /* behind the circuit */
		CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), -ENOBUFS);
		CU_ASSERT_TRUE(heap_refused());
	}
	fake_watches_left = 1;
	CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), -ENOBUFS);
	CU_ASSERT_EQUAL(kern.calls, 5);
	for (unsigned i = 0; i < kern.calls; i++)
		CU_ASSERT_FALSE(kern.call[i].open);
	x25_calls_close(&h);
}

/* One call that is busy does not keep the others waiting: 32 SDUs at a time. */
static void so_many_at_a_time(void)
{
	const struct fake_watch *w;
	struct fake_host h;

	x25_calls_open(&h, plain);
	x25_calls_up(&h, "5", L2TP);
	for (unsigned i = 0; i < 40; i++)
		CU_ASSERT_EQUAL(send(kern.call[0].far, "\0a", 2, MSG_EOR), 2);
	for (w = h.watch; w->fd != kern.call[0].near; w++)
		;
	w->on_fd(w->arg, IST_READ);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 32);
	x25_calls_close(&h);
}

/* While we look away from those that listen, another timer comes: they are not forgotten. */
static void looks_again_after_another_timer(void)
{
	struct fake_host h;

	x25_calls_open(&h, plain);
	x25_calls_up(&h, "5", L2TP);
	fake_run(&h, fake_now + 9 * S + S / 2); /* half a second before the sweep */
	kern.fails = EMFILE;
	x25_calls_ring(&h, "6", SNAP, 6);
	kern.fails = 0;
	fake_run(&h, fake_now + S - 1);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_OFFER), 0);
	fake_run(&h, fake_now + 1);
	x25_calls_run(&h);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_OFFER), 1);
	x25_calls_close(&h);
}

static void x25_socket_silence(void)
{
	struct fake_host h;

	x25_calls_open(&h, (const char *const[]){"link=x25-socket:", "inactivity=60s", NULL});
	x25_calls_up(&h, "5", L2TP);
	fake_run(&h, fake_now + 59 * S);
	CU_ASSERT_TRUE(kern.call[0].open);
	fake_run(&h, fake_now + S);
	expect_down(&h, IST_CAUSE_LOCAL, 0, 0);
	CU_ASSERT_FALSE(kern.call[0].open);
	x25_calls_close(&h);
}

/* --- configuration ---------------------------------------------------------------------------- */

static void x25_socket_refused(void)
{
	static const struct {
		const char *config[4], *words;
		int listen_fails;
	} rows[] = {
		{{"link=x25-socket:5"}, "is not x25-socket: nor x25-socket:*", 0},
		{{"link=x25-socket:", "@1 l2tp"}, "no permanent circuits", 0},
		{{"link=x25-socket:", "closed-user-group=5"}, "closed-user-group", 0},
		{{"link=x25-socket:", "network-user-id=me"}, "network-user-id", 0},
		{{"link=x25-socket:"}, "the kernel has no AF_X25", EAFNOSUPPORT},
		{{"link=x25-socket:"}, "Cannot allocate memory", ENOMEM},
	};
	struct fake_host h;
	char err[300];
	int fd;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		memset(&kern, 0, sizeof(kern));
		x25_socket_kernel = &x25_calls_kernel;
		kern.listen_fails = rows[i].listen_fails;
		err[0] = '\0';
		CU_ASSERT_TRUE(fake_try(&h, &x25_transport, rows[i].config, err, sizeof(err)) < 0);
		if (!strstr(err, rows[i].words))
			CU_FAIL(err);
	}
	x25_socket_kernel = &x25_af_x25;
	fd = socket(AF_X25, SOCK_SEQPACKET, 0);
	if (fd >= 0) {
		close(fd); /* this kernel could */
		return;
	}
	CU_ASSERT_EQUAL(fake_try(&h, &x25_transport, plain, err, sizeof(err)), -EAFNOSUPPORT);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "Address family not supported"));
}

static const struct test_case cases[] = {
	{"listeners", listeners},
	{"offered_before_it_is_accepted", offered_before_it_is_accepted},
	{"attributes_from_the_kernel", attributes_from_the_kernel},
	{"refused_unaccepted", refused_unaccepted},
	{"caller_gives_up", caller_gives_up},
	{"no_room", x25_socket_no_room},
	{"no_descriptors", no_descriptors},
	{"what_a_call_says", what_a_call_says},
	{"how_a_call_ends", how_a_call_ends},
	{"kernel_takes_a_part", kernel_takes_a_part},
	{"kernel_takes_nothing", kernel_takes_nothing},
	{"what_is_received", what_is_received},
	{"the_kernel_ends_it", the_kernel_ends_it},
	{"no_memory_for_a_call", no_memory_for_a_call},
	{"so_many_at_a_time", so_many_at_a_time},
	{"looks_again_after_another_timer", looks_again_after_another_timer},
	{"silence", x25_socket_silence},
	{"refused", x25_socket_refused},
	{NULL, NULL},
};
const struct test_suite suite_x25_socket = {"x25_socket", cases};
