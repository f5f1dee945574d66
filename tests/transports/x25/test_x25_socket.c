/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls as sockets, with a kernel of ours in place of AF_X25: the near end of a pair of sockets is
 * the call, the far end is ours, and the Q octet stands in front of each SDU as the kernel has it.
 */
#include "tests/heap.h"
#include "tests/transports/x25/x25_pair.h"
#include "transports/x25/x25_socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define L2TP IST_PAYLOAD_L2TP
#define PPP  IST_PAYLOAD_PPP
#define SNAP "\x80\x00\x00\x5e\x00\x07"

enum { CALLS = 8 };
static struct {
	int listener[3], knock[3]; /* an octet into `knock` is a call */
	uint8_t first[3];
	char listens_on[16];
	unsigned listeners;
	struct x25_kernel_call in, out; /* the next call to us; our last one */
	struct the_call {
		int near, far, state;
		bool open, accepted;
		uint8_t cause, diag;	     /* why it is over */
		uint8_t our_cause, our_diag; /* we have cleared it with */
	} call[CALLS];
	unsigned calls, interrupts;
	int fails; /* errno of the next take or call */
	int accept_fails, send_fails;
	size_t room; /* octets the kernel takes in all */
	uint8_t throughput;
	int listen_fails;
} k;

static struct the_call *x25_socket_find(int fd)
{
	for (unsigned i = 0; i < k.calls; i++)
		if (k.call[i].open && k.call[i].near == fd)
			return &k.call[i];
	return NULL;
}

static int new_call(int state)
{
	struct the_call *c = &k.call[k.calls];
	int fds[2];

	CU_ASSERT_TRUE_FATAL(k.calls < CALLS);
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	*c = (struct the_call){.near = fds[0], .far = fds[1], .state = state, .open = true};
	k.calls++;
	return c->near;
}

static int k_listen(const struct x25_kernel_call *c)
{
	int fds[2];

	if (k.listen_fails)
		return -k.listen_fails;
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), 0);
	snprintf(k.listens_on, sizeof(k.listens_on), "%s", c->called);
	CU_ASSERT_EQUAL(c->size_in, 7); /* never more than a caller who asks nothing expects */
	CU_ASSERT_EQUAL(c->window_out, 2);
	CU_ASSERT_EQUAL(c->len, 1);
	k.listener[k.listeners] = fds[0];
	k.knock[k.listeners] = fds[1];
	k.first[k.listeners] = c->data[0];
	return k.listener[k.listeners++];
}

static int k_next_call(int fd, struct x25_kernel_call *out)
{
	char octet;

	if (k.fails)
		return -k.fails;
	if (recv(fd, &octet, 1, 0) < 0)
		return -EAGAIN;
	*out = k.in;
	return new_call(0);
}

static int k_accept(int fd)
{
	x25_socket_find(fd)->accepted = !k.accept_fails;
	return -k.accept_fails;
}

static int k_call(const struct x25_kernel_call *c)
{
	k.out = *c;
	return k.fails ? -k.fails : new_call(0);
}

static int k_state(int fd, uint8_t *cause, uint8_t *diagnostic)
{
	const struct the_call *c = x25_socket_find(fd);

	*cause = c->cause;
	*diagnostic = c->diag;
	return c->state;
}

static int k_facilities(int fd, struct x25_kernel_call *out)
{
	(void)fd;
	*out = (struct x25_kernel_call){.throughput = k.throughput};
	return 0;
}

static void k_clear(int fd, uint8_t cause, uint8_t diagnostic)
{
	struct the_call *c = x25_socket_find(fd);

	close(fd);
	if (!c)
		return; /* one that listens */
	c->open = false;
	c->our_cause = cause;
	c->our_diag = diagnostic;
}

/* Nothing more goes in, and poll says so, until the far end has drained it. */
static void stuff(int fd)
{
	static const char wad[1000] = "\xff";

	while (send(fd, wad, sizeof(wad), MSG_EOR) > 0)
		;
}

/* What has come, the Q octets checked and taken off. */
static size_t x25_socket_drain(unsigned call, char *out, size_t room)
{
	char buf[2000];
	size_t len = 0;
	ssize_t n;

	while ((n = recv(k.call[call].far, buf, sizeof(buf), 0)) > 0) {
		if (buf[0] == '\xff')
			continue;
		CU_ASSERT_TRUE_FATAL(!buf[0] && n > 1 && len + (size_t)n <= room);
		memcpy(out + len, buf + 1, (size_t)n - 1);
		len += (size_t)n - 1;
	}
	return len;
}

static ssize_t k_send(int fd, const void *head, size_t head_len, const void *data, size_t len)
{
	size_t take = k.room < head_len + len ? k.room : head_len + len;
	size_t from_head = take < head_len ? take : head_len;
	ssize_t n;

	if (k.send_fails)
		return -k.send_fails;
	if (!take)
		return -EAGAIN;
	k.room -= take;
	n = x25_af_x25.send(fd, head, from_head, data, take - from_head);
	if (!k.room)
		stuff(fd);
	return n;
}

static ssize_t k_receive(int fd, uint8_t *buf, size_t len, bool *cut)
{
	return x25_af_x25.receive(fd, buf, len, cut);
}

static unsigned k_interrupts(int fd)
{
	unsigned n = k.interrupts;

	(void)fd;
	k.interrupts = 0;
	return n;
}

static const struct x25_kernel kernel = {k_listen,  k_next_call,  k_accept, k_call,
					 k_state,   k_facilities, k_clear,  k_send,
					 k_receive, k_interrupts};

/* --- a port on it ----------------------------------------------------------------------------- */

static void x25_socket_open_port(struct fake_host *h, const char *const *config)
{
	memset(&k, 0, sizeof(k));
	k.room = SIZE_MAX;
	x25_socket_kernel = &kernel;
	fake_open(h, &x25_transport, config);
}

static void close_port(struct fake_host *h)
{
	fake_close(h);
	for (unsigned i = 0; i < k.calls; i++) {
		CU_ASSERT_FALSE(k.call[i].open);
		close(k.call[i].far);
	}
	for (unsigned i = 0; i < k.listeners; i++)
		close(k.knock[i]);
	x25_socket_kernel = &x25_af_x25;
}

static void x25_socket_run(struct fake_host *h)
{
	fake_run(h, fake_now);
}

static const char *const plain[] = {"link=x25-socket:", "address=31101111", NULL};

/* A call to us: from, user data. */
static void ring(struct fake_host *h, const char *from, const void *data, uint8_t len)
{
	k.in = (struct x25_kernel_call){.called = "31101111", .len = len};
	snprintf(k.in.calling, sizeof(k.in.calling), "%s", from);
	memcpy(k.in.data, data, len);
	CU_ASSERT_EQUAL(send(k.knock[0], "!", 1, 0), 1);
	x25_socket_run(h);
}

/* A call of ours, accepted. */
static ist_channel x25_socket_call_up(struct fake_host *h, const char *to, uint8_t payload)
{
	ist_channel c = 0;

	CU_ASSERT_EQUAL(fake_connect(h, to, payload, &c), 0);
	k.call[k.calls - 1].state = 1;
	x25_socket_run(h);
	CU_ASSERT_EQUAL_FATAL(fake_channel(h, FAKE_UP), c);
	return c;
}

static void far_sends(struct fake_host *h, unsigned call, const void *octets, size_t len)
{
	CU_ASSERT_EQUAL(send(k.call[call].far, octets, len, MSG_EOR), (ssize_t)len);
	x25_socket_run(h);
}

/* One SDU at the far end of a call, the Q octet in front. */
static void far_got(unsigned call, const char *octets, size_t len)
{
	char buf[2000];

	ASSERT_OCTETS(buf, recv(k.call[call].far, buf, sizeof(buf), 0), octets, len);
}

static void clear_from_afar(struct fake_host *h, unsigned call, int state, uint8_t cause,
			    uint8_t diag)
{
	k.call[call].state = state;
	k.call[call].cause = cause;
	k.call[call].diag = diag;
	shutdown(k.call[call].far, SHUT_RDWR);
	x25_socket_run(h);
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
		x25_socket_open_port(&h, rows[i].config);
		CU_ASSERT_EQUAL(k.listeners, 3);
		ASSERT_OCTETS(k.first, 3, "\x80\x00\xcf", 3);
		CU_ASSERT_STRING_EQUAL(k.listens_on, rows[i].on);
		close_port(&h);
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

		x25_socket_open_port(&h, plain);
		ring(&h, "31105555", rows[i].data, rows[i].len);
		e = fake_take(&h, FAKE_OFFER);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_FALSE(k.call[0].accepted);
		CU_ASSERT_EQUAL(e->attrs.payload, rows[i].payload);
		CU_ASSERT_STRING_EQUAL(fake_addr(&h, &e->attrs.peer), "31105555");
		CU_ASSERT_STRING_EQUAL(fake_addr(&h, &e->attrs.local), "31101111");
		CU_ASSERT_STRING_EQUAL(e->attrs.called, "31101111");
		CU_ASSERT_STRING_EQUAL(e->attrs.calling, "31105555");
		CU_ASSERT_EQUAL(e->attrs.user_data_len + e->attrs.tx_bps + e->attrs.rx_bps, 0);
		c = e->channel;
		fake_free(e);
		CU_ASSERT_EQUAL(fake_answer(&h, c), 0);
		CU_ASSERT_TRUE(k.call[0].accepted);
		k.call[0].state = 1;
		x25_socket_run(&h);
		CU_ASSERT_EQUAL(fake_channel(&h, FAKE_UP), c);
		CU_ASSERT_EQUAL(fake_answer(&h, c), -ESTALE);
		far_sends(&h, 0, rows[i].sdu, rows[i].sdu_len);
		e = fake_take(&h, FAKE_FRAME);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		ASSERT_OCTETS(e->data, e->len, "hello", 5);
		fake_free(e);
		CU_ASSERT_EQUAL(fake_send(&h, c, "hello", 5), 1);
		far_got(0, rows[i].sdu, rows[i].sdu_len);
		CU_ASSERT_EQUAL(fake_count(&h, "x25-calls-in"), 1);
		CU_ASSERT_STRING_EQUAL(fake_fill(&h), "calls 1/1024 0/0");
		fake_disconnect(&h, c);
		x25_socket_run(&h);
		CU_ASSERT_FALSE(k.call[0].open);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_DOWN), 0); /* the host knows */
		close_port(&h);
	}
}

/* The kernel's facilities: 4800 bit/s from the called side (us), 19200 to it. */
static void attributes_from_the_kernel(void)
{
	struct fake_event *e;
	struct fake_host h;

	x25_socket_open_port(&h, plain);
	k.in = (struct x25_kernel_call){
		.called = "31101111", .throughput = 0x9b, .data = {0xcf, 'a', 'b'}, .len = 3};
	CU_ASSERT_EQUAL(send(k.knock[2], "!", 1, 0), 1);
	x25_socket_run(&h);
	e = fake_take(&h, FAKE_OFFER);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_PTR_NULL(e->attrs.calling);
	CU_ASSERT_EQUAL(e->attrs.tx_bps, 4800);
	CU_ASSERT_EQUAL(e->attrs.rx_bps, 19200);
	ASSERT_OCTETS(e->attrs.user_data, e->attrs.user_data_len, "ab", 2);
	CU_ASSERT_EQUAL(fake_answer(&h, e->channel), 0);
	fake_free(e);
	k.call[0].state = 1;
	x25_socket_run(&h);
	pair_rates(&h, FAKE_UP, 4800, 19200);
	close_port(&h);
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
		x25_socket_open_port(&h, plain);
		k.in = rows[i].call;
		CU_ASSERT_EQUAL(send(k.knock[1], "!", 1, 0), 1);
		x25_socket_run(&h);
		CU_ASSERT_EQUAL(k.calls, 1);
		CU_ASSERT_FALSE(k.call[0].open || k.call[0].accepted);
		CU_ASSERT_EQUAL(k.call[0].our_diag, rows[i].diag);
		CU_ASSERT_EQUAL(fake_count(&h, rows[i].counter), 1);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_OFFER), 0);
		close_port(&h);
	}
	x25_socket_open_port(&h, plain);
	ring(&h, "5", SNAP, 6);
	CU_ASSERT_EQUAL(fake_refuse(&h, fake_channel(&h, FAKE_OFFER)), 0);
	x25_socket_run(&h);
	CU_ASSERT_FALSE(k.call[0].open || k.call[0].accepted);
	CU_ASSERT_EQUAL(fake_count(&h, "refused-host"), 1);
	close_port(&h);
}

static void caller_gives_up(void)
{
	struct fake_host h;
	ist_channel c;

	x25_socket_open_port(&h, plain);
	ring(&h, "5", SNAP, 6);
	c = fake_channel(&h, FAKE_OFFER);
	clear_from_afar(&h, 0, -ECONNRESET, 0x80, 7);
	expect_down(&h, IST_CAUSE_CLEARED, 0x80, 7);
	CU_ASSERT_EQUAL(fake_answer(&h, c), -ESTALE);
	CU_ASSERT_FALSE(k.call[0].open);
	close_port(&h);
}

static void x25_socket_no_room(void)
{
	static const char *const config[] = {"link=x25-socket:", "socket-calls=1", NULL};
	struct fake_host h;
	ist_channel c;

	x25_socket_open_port(&h, config);
	ring(&h, "5", SNAP, 6);
	ring(&h, "6", SNAP, 6);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_OFFER), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "refused-room"), 1);
	CU_ASSERT_FALSE(k.call[1].open);
	CU_ASSERT_EQUAL(fake_connect(&h, "7", L2TP, &c), -ENOBUFS);
	close_port(&h);
}

/* A socket that listens would be readable for ever. */
static void no_descriptors(void)
{
	struct fake_host h;

	static const int errors[] = {EMFILE, ENFILE, ENOMEM, ENOBUFS};

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		x25_socket_open_port(&h, plain);
		CU_ASSERT_EQUAL(fake_count(&h, "no-descriptors"), 0);
		k.fails = errors[i];
		ring(&h, "5", SNAP, 6);
		CU_ASSERT_EQUAL(k.calls, 0);
		CU_ASSERT_EQUAL(fake_count(&h, "no-descriptors"), 1);
		CU_ASSERT_EQUAL(h.warnings, 1);
		fake_run(&h, fake_now + S); /* still none: once a second, one line of log */
		CU_ASSERT_EQUAL(fake_count(&h, "no-descriptors"), 2);
		CU_ASSERT_EQUAL(h.warnings, 1);
		k.fails = 0;
		fake_run(&h, fake_now + S - 1);
		CU_ASSERT_EQUAL(k.calls, 0);
		fake_run(&h, fake_now + 1);
		x25_socket_run(&h);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_OFFER), 1);
		CU_ASSERT_EQUAL(fake_count(&h, "no-descriptors"), 2);
		k.fails = errors[i]; /* after one that was taken it is news again */
		ring(&h, "6", SNAP, 6);
		CU_ASSERT_EQUAL(fake_count(&h, "no-descriptors"), 3);
		CU_ASSERT_EQUAL(h.warnings, 2);
		k.fails = 0;
		close_port(&h);
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

	x25_socket_open_port(&h, config);
	k.throughput = 0x9a; /* 4800 bit/s from the called side, 9600 from ours */
	CU_ASSERT_EQUAL(fake_connect(&h, "31105555", L2TP, &c), 0);
	CU_ASSERT_STRING_EQUAL(k.out.called, "31105555");
	CU_ASSERT_STRING_EQUAL(k.out.calling, "31101111");
	CU_ASSERT_TRUE(k.out.size_in == 10 && k.out.size_out == 10);
	CU_ASSERT_TRUE(k.out.window_in == 7 && k.out.window_out == 7);
	CU_ASSERT_EQUAL(k.out.throughput, 0xaa);
	CU_ASSERT_TRUE(k.out.reverse);
	ASSERT_OCTETS(k.out.data, k.out.len, "\0", 1);
	k.call[0].state = 1;
	x25_socket_run(&h);
	pair_rates(&h, FAKE_UP, 9600, 4800);
	CU_ASSERT_EQUAL(fake_connect(&h, "6", PPP, &c), 0);
	ASSERT_OCTETS(k.out.data, k.out.len, "\xcf", 1);
	close_port(&h);
	x25_socket_open_port(&h, modest);
	CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), 0);
	CU_ASSERT_STRING_EQUAL(k.out.calling, "");
	CU_ASSERT_TRUE(k.out.size_in == 7 && k.out.window_out == 2 && !k.out.throughput);
	ASSERT_OCTETS(k.out.data, k.out.len, SNAP, 6);
	close_port(&h);
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
		x25_socket_open_port(&h, plain);
		if (rows[i].up)
			c = x25_socket_call_up(&h, "5", L2TP);
		else
			CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), 0);
		clear_from_afar(&h, 0, rows[i].state, rows[i].cause, rows[i].diag);
		expect_down(&h, rows[i].kind, rows[i].says_cause, rows[i].says_diag);
		CU_ASSERT_FALSE(k.call[0].open);
		CU_ASSERT_EQUAL(fake_send(&h, c, "x", 1), -ESTALE);
		CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), -EHOSTDOWN); /* held down */
		close_port(&h);
	}
	x25_socket_open_port(&h, plain);
	k.fails = ENETUNREACH; /* no route */
	CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), -ENETUNREACH);
	CU_ASSERT_EQUAL(k.calls, 0);
	close_port(&h);
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

		x25_socket_open_port(&h, (const char *const[]){"link=x25-socket:",
							       "encapsulation=multiplexed", NULL});
		c = x25_socket_call_up(&h, "5", L2TP);
		k.room = part;
		CU_ASSERT_EQUAL(fake_send(&h, c, sdu, 20), 1);
		CU_ASSERT_EQUAL(fake_send(&h, c, "next", 4), 0);
		x25_socket_run(&h);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_WRITABLE), 0);
		n = x25_socket_drain(0, got, sizeof(got));
		CU_ASSERT_EQUAL(n, part);
		k.room = 3; /* and again */
		x25_socket_run(&h);
		n += x25_socket_drain(0, got + n, sizeof(got) - n);
		CU_ASSERT_EQUAL(n, part + 3 < 26 ? part + 3 : 26);
		k.room = SIZE_MAX;
		x25_socket_run(&h);
		CU_ASSERT_EQUAL(fake_channel(&h, FAKE_WRITABLE), c);
		n += x25_socket_drain(0, got + n, sizeof(got) - n);
		ASSERT_OCTETS(got, n, SNAP "twenty octets of SDU", 26);
		CU_ASSERT_EQUAL(fake_send(&h, c, "next", 4), 1);
		far_got(0, "\0" SNAP "next", 11);
		CU_ASSERT_EQUAL(fake_count(&h, "tx-frames"), 2);
		close_port(&h);
	}
}

static void kernel_takes_nothing(void)
{
	struct ist_frame f[3];
	struct fake_host h;
	char got[60];
	ist_channel c;

	x25_socket_open_port(&h, plain);
	CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), 0);
	CU_ASSERT_EQUAL(fake_send(&h, c, "x", 1), 0); /* not up yet */
	k.call[0].state = 1;
	x25_socket_run(&h);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_WRITABLE), c);
	for (unsigned i = 0; i < 3; i++)
		f[i] = (struct ist_frame){
			.channel = c, .payload = (const uint8_t *)"abcd", .len = 4};
	k.room = 8;
	CU_ASSERT_EQUAL(fake_send_frames(&h, f, 3), 2);
	x25_socket_run(&h);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_WRITABLE), 0);
	k.room = SIZE_MAX;
	ASSERT_OCTETS(got, x25_socket_drain(0, got, sizeof(got)), "abcdabcd", 8);
	x25_socket_run(&h);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_WRITABLE), c);
	CU_ASSERT_EQUAL(fake_send(&h, c, "efgh", 4), 1);
	far_got(0, "\0efgh", 5);
	close_port(&h);
}

static void what_is_received(void)
{
	static uint8_t longer[1 + 1621];
	struct fake_host h;
	ist_channel c;

	x25_socket_open_port(&h, plain);
	c = x25_socket_call_up(&h, "5", L2TP);
	far_sends(&h, 0, "\1\1", 2); /* qualified */
	CU_ASSERT_EQUAL(fake_count(&h, "rx-qualified"), 1);
	far_sends(&h, 0, longer, sizeof(longer));
	CU_ASSERT_EQUAL(fake_count(&h, "x25-sdu-long"), 1);
	far_sends(&h, 0, "\0", 1);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-empty"), 1);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 0);
	far_sends(&h, 0, longer, sizeof(longer) - 1);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_FRAME), c);
	k.interrupts = 3; /* nobody is woken for them */
	fake_run(&h, fake_now + 10 * S);
	CU_ASSERT_EQUAL(fake_count(&h, "x25-interrupts"), 3);
	far_sends(&h, 0, "\1\2", 2); /* a PAD's */
	expect_down(&h, IST_CAUSE_REFUSED, 0, 0);
	CU_ASSERT_EQUAL(fake_count(&h, "pads"), 1);
	CU_ASSERT_FALSE(k.call[0].open);
	close_port(&h);
}

/* An SDU that goes while the call ends is lost; the end of the stream is that of the call. */
static void the_kernel_ends_it(void)
{
	struct fake_host h;
	ist_channel c;

	x25_socket_open_port(&h, plain);
	ring(&h, "5", SNAP, 6);
	k.accept_fails = ENOTCONN;
	CU_ASSERT_EQUAL(fake_answer(&h, fake_channel(&h, FAKE_OFFER)), -ESTALE);
	k.accept_fails = 0;
	c = x25_socket_call_up(&h, "6", L2TP);
	CU_ASSERT_STRING_EQUAL(fake_status(&h), "the kernel's X.25, 2 sockets, 2 circuits");
	k.send_fails = EPIPE;
	CU_ASSERT_EQUAL(fake_send(&h, c, "a", 1), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "x25-sdu-lost"), 1);
	CU_ASSERT_EQUAL(shutdown(k.call[1].far, SHUT_WR), 0);
	x25_socket_run(&h);
	expect_down(&h, IST_CAUSE_CLEARED, 0, 0);
	close_port(&h);
}

static void no_memory_for_a_call(void)
{
	struct fake_host h;
	ist_channel c;

	x25_socket_open_port(&h, plain);
	for (unsigned n = 0; n < 2; n++) {
		heap_refuse(n);
		ring(&h, "5", SNAP, 6);
		CU_ASSERT_TRUE(heap_refused());
		CU_ASSERT_EQUAL(fake_count(&h, "refused-room"), n + 1);
		heap_refuse(1 + n); /* behind the circuit */
		CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), -ENOBUFS);
		CU_ASSERT_TRUE(heap_refused());
	}
	fake_watches_left = 1;
	CU_ASSERT_EQUAL(fake_connect(&h, "5", L2TP, &c), -ENOBUFS);
	CU_ASSERT_EQUAL(k.calls, 5);
	for (unsigned i = 0; i < k.calls; i++)
		CU_ASSERT_FALSE(k.call[i].open);
	close_port(&h);
}

/* One call that is busy does not keep the others waiting: 32 SDUs at a time. */
static void so_many_at_a_time(void)
{
	const struct fake_watch *w;
	struct fake_host h;

	x25_socket_open_port(&h, plain);
	x25_socket_call_up(&h, "5", L2TP);
	for (unsigned i = 0; i < 40; i++)
		CU_ASSERT_EQUAL(send(k.call[0].far, "\0a", 2, MSG_EOR), 2);
	for (w = h.watch; w->fd != k.call[0].near; w++)
		;
	w->on_fd(w->arg, IST_READ);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 32);
	close_port(&h);
}

/* While we look away from those that listen, another timer comes: they are not forgotten. */
static void looks_again_after_another_timer(void)
{
	struct fake_host h;

	x25_socket_open_port(&h, plain);
	x25_socket_call_up(&h, "5", L2TP);
	fake_run(&h, fake_now + 9 * S + S / 2); /* half a second before the sweep */
	k.fails = EMFILE;
	ring(&h, "6", SNAP, 6);
	k.fails = 0;
	fake_run(&h, fake_now + S - 1);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_OFFER), 0);
	fake_run(&h, fake_now + 1);
	x25_socket_run(&h);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_OFFER), 1);
	close_port(&h);
}

static void x25_socket_silence(void)
{
	struct fake_host h;

	x25_socket_open_port(&h, (const char *const[]){"link=x25-socket:", "inactivity=60s", NULL});
	x25_socket_call_up(&h, "5", L2TP);
	fake_run(&h, fake_now + 59 * S);
	CU_ASSERT_TRUE(k.call[0].open);
	fake_run(&h, fake_now + S);
	expect_down(&h, IST_CAUSE_LOCAL, 0, 0);
	CU_ASSERT_FALSE(k.call[0].open);
	close_port(&h);
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
		memset(&k, 0, sizeof(k));
		x25_socket_kernel = &kernel;
		k.listen_fails = rows[i].listen_fails;
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
