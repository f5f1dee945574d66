/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls of the kernel's X.25 that go to another process with their sockets. */
#include "tests/transports/frozen.h"
#include "tests/transports/x25/x25_calls.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const plain[] = {"link=x25-socket:", "address=31101111", NULL};

static void nothing_is_cleared(struct fake_host *h)
{
	x25_calls_run(h);
	CU_ASSERT_EQUAL(fake_pending(h, FAKE_DOWN), 0);
	for (unsigned i = 0; i < kern.calls; i++)
		CU_ASSERT_TRUE(kern.call[i].open);
}

/* It is reported again as it was, with what the Call and the kernel said of it. */
static void up_goes_on(void)
{
	struct fake_event *was, *is;
	struct fake_host h;
	ist_channel c, in;

	x25_calls_open(&h, plain);
	kern.throughput = 0x9b;
	c = x25_calls_up(&h, "31105555", L2TP);
	x25_calls_ring(&h, "31106666",
		       "\xcf"
		       "ab",
		       3);
	in = fake_channel(&h, FAKE_OFFER);
	CU_ASSERT_EQUAL(fake_answer(&h, in), 0);
	kern.call[1].state = 1;
	x25_calls_run(&h);
	was = fake_take(&h, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(was);
	fake_hand_over(&h, plain);
	nothing_is_cleared(&h);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_UP), c);
	is = fake_take(&h, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(is);
	CU_ASSERT(is->channel == in && is->attrs_sum == was->attrs_sum);
	CU_ASSERT_EQUAL(is->attrs.payload, PPP);
	CU_ASSERT_STRING_EQUAL(is->attrs.calling, "31106666");
	fake_free(was);
	fake_free(is);
	CU_ASSERT_EQUAL(fake_send(&h, c, "out", 3), 1);
	x25_calls_far_got(0, "\0out", 4);
	x25_calls_far_sends(&h, 1, "\0in", 3);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_FRAME), in);
	CU_ASSERT_EQUAL(fake_count(&h, "x25-calls-out"), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "x25-calls-in"), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "tx-frames"), 1);
	CU_ASSERT_STRING_EQUAL(fake_fill(&h), "calls 2/1024 0/0");
	fake_disconnect(&h, c);
	x25_calls_run(&h);
	CU_ASSERT_FALSE(kern.call[0].open);
	CU_ASSERT_TRUE(kern.call[1].open);
	x25_calls_close(&h);
}

/* Neither end notices at what step of a call it was. */
static void half_way_in(void)
{
	struct fake_host h;
	ist_channel c;

	x25_calls_open(&h, plain);
	x25_calls_ring(&h, "31106666", SNAP, 6);
	c = fake_channel(&h, FAKE_OFFER);
	fake_hand_over(&h, plain);
	nothing_is_cleared(&h);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_OFFER), c);
	CU_ASSERT_FALSE(kern.call[0].accepted);
	CU_ASSERT_EQUAL(fake_answer(&h, c), 0);
	CU_ASSERT_TRUE(kern.call[0].accepted);
	fake_hand_over(&h, plain);
	nothing_is_cleared(&h);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_UP), c);
	x25_calls_close(&h);
}

/* This kernel's sockets are always writable: what is not accepted yet is not run. */
static void half_way_out(void)
{
	struct fake_host h;
	ist_channel c = 0;

	x25_calls_open(&h, plain);
	CU_ASSERT_EQUAL(fake_connect(&h, "31105555", L2TP, &c), 0);
	CU_ASSERT_EQUAL(fake_send(&h, c, "x", 1), 0); /* not up yet */
	fake_hand_over(&h, plain);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_UP), 0);
	kern.call[0].state = 1;
	nothing_is_cleared(&h);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_UP), c);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_WRITABLE), c);
	x25_calls_close(&h);
}

/* The rest of an SDU is sent by whoever has the socket. */
static void an_sdu_in_part(void)
{
	static const char sdu[] = "twenty octets of SDU";
	char got[60];
	struct fake_host h;
	ist_channel c;
	size_t n;

	for (size_t part = 1; part < 19; part++) {
		x25_calls_open(&h, plain);
		c = x25_calls_up(&h, "5", L2TP);
		kern.room = part;
		CU_ASSERT_EQUAL(fake_send(&h, c, sdu, 20), 1);
		CU_ASSERT_EQUAL(fake_send(&h, c, "next", 4), 0);
		n = x25_calls_drain(0, got, sizeof(got));
		CU_ASSERT_EQUAL(n, part);
		kern.room = 1; /* one octet more */
		x25_calls_run(&h);
		fake_hand_over(&h, plain);
		n += x25_calls_drain(0, got + n, sizeof(got) - n);
		CU_ASSERT_EQUAL(n, part + 1);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_WRITABLE), 0);
		kern.room = SIZE_MAX;
		x25_calls_run(&h);
		CU_ASSERT_EQUAL(fake_channel(&h, FAKE_WRITABLE), c);
		n += x25_calls_drain(0, got + n, sizeof(got) - n);
		ASSERT_OCTETS(got, n, sdu, 20);
		x25_calls_close(&h);
	}
}

/* What came and was not read waits in the socket. */
static void what_waits_is_read(void)
{
	struct fake_host h;
	ist_channel c;

	x25_calls_open(&h, plain);
	c = x25_calls_up(&h, "5", L2TP);
	CU_ASSERT_EQUAL(send(kern.call[0].far, "\0late", 5, MSG_EOR), 5);
	fake_hand_over(&h, plain);
	x25_calls_run(&h);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_FRAME), c);
	x25_calls_close(&h);
}

static void who_listens(void)
{
	static const struct {
		const char *config[4];
		unsigned listeners;
	} rows[] = {
		{{"link=x25-socket:", "address=31101111"}, 3},
		{{"link=x25-socket:", "address=31101111", "window-want=3"}, 3},
		{{"link=x25-socket:*", "address=31101111"}, 6},
		{{"link=x25-socket:", "address=31102222"}, 6},
	};
	struct fake_host h;
	ist_channel c;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		x25_calls_open(&h, plain);
		c = x25_calls_up(&h, "5", L2TP);
		fake_hand_over(&h, rows[i].config);
		nothing_is_cleared(&h); /* it is the call's own matter how it was called */
		CU_ASSERT_EQUAL(fake_channel(&h, FAKE_UP), c);
		CU_ASSERT_EQUAL(kern.listeners, rows[i].listeners);
		kern.in = (struct x25_kernel_call){.called = "31101111", .len = 6};
		memcpy(kern.in.data, SNAP, 6);
		CU_ASSERT_EQUAL(send(kern.knock[kern.listeners - 3], "!", 1, 0), 1);
		x25_calls_run(&h);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_OFFER), 1);
		x25_calls_close(&h);
	}
}

/* Nobody else would tell the far end why. */
static void cleared_before_it_leaves(void)
{
	const struct ist_cause why = {.kind = IST_CAUSE_LOCAL, .diagnostic = 77};
	struct fake_host h;
	ist_channel in;

	x25_calls_open(&h, plain);
	x25_calls_ring(&h, "31106666", SNAP, 6);
	in = fake_channel(&h, FAKE_OFFER);
	h.in_call++;
	CU_ASSERT_EQUAL(h.tr->refuse(h.port, in, &why), 0);
	h.in_call--;
	CU_ASSERT_TRUE(kern.call[0].open); /* until the port's timer */
	fake_hand_over(&h, plain);
	CU_ASSERT_FALSE(kern.call[0].open);
	CU_ASSERT_EQUAL(kern.call[0].our_diag, 77);
	x25_calls_close(&h);
}

/* A thawed port in which the call's descriptor is another one. */
static void thaw_with(struct fake_host *h, const char *const *config, unsigned which, int fd)
{
	struct fake_frozen f;
	char err[200] = "";

	fake_freeze(h, &f);
	CU_ASSERT_FATAL(which < f.f.fds);
	if (fd >= 0) {
		close(f.fd[which]);
		f.fd[which] = fd;
	}
	CU_ASSERT_EQUAL_FATAL(fake_thaw(h, &f, config, err, sizeof(err)), 0);
	fake_frozen_free(&f);
	x25_calls_run(h);
}

/* The circuit of a socket that is none ends; the others go on, whoever listens. */
static void another_descriptor(void)
{
	struct fake_host h;
	ist_channel c[2];
	int fd[2];

	for (unsigned which = 0; which < 5; which++) {
		x25_calls_open(&h, plain);
		for (unsigned i = 0; i < 2; i++)
			c[i] = x25_calls_up(&h, "5", L2TP);
		CU_ASSERT_FATAL(!pipe(fd));
		thaw_with(&h, plain, which, fd[0]);
		CU_ASSERT_EQUAL(kern.listeners, which < 3 ? 6 : 3);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_UP), which < 3 ? 2 : 1);
		if (which >= 3) {
			CU_ASSERT_EQUAL(fake_channel(&h, FAKE_DOWN), c[which - 3]);
			kern.call[which - 3].open = false; /* the kernel has cleared it */
		}
		close(fd[1]);
		x25_calls_close(&h);
	}
}

static void more_than_are_allowed(void)
{
	static const char *const few[] = {"link=x25-socket:", "address=31101111", "socket-calls=1",
					  NULL};
	struct fake_host h;
	ist_channel c[2];

	x25_calls_open(&h, plain);
	for (unsigned i = 0; i < 2; i++)
		c[i] = x25_calls_up(&h, "5", L2TP);
	thaw_with(&h, few, 3, -1);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_UP), c[0]);
	CU_ASSERT_EQUAL(fake_channel(&h, FAKE_DOWN), c[1]);
	kern.call[1].open = false;
	x25_calls_close(&h);
}

static void hostile_octets_of_sockets(void)
{
	struct fake_host h;
	ist_channel up, out;

	x25_calls_open(&h, plain);
	kern.deathless = true;
	up = x25_calls_up(&h, "31105555", L2TP);
	x25_calls_ring(&h, "31106666", SNAP, 6);
	CU_ASSERT_EQUAL(fake_connect(&h, "5", PPP, &out), 0);
	kern.room = 3;
	fake_send(&h, up, "twenty octets of SDU", 20);
	for (unsigned i = 0; i < kern.calls; i++)
		kern.call[i].state = 1;
	frozen_hostile(&h, plain, test_seed());
	x25_calls_end();
}

static const struct test_case cases[] = {
	{"up_goes_on", up_goes_on},
	{"half_way_in", half_way_in},
	{"half_way_out", half_way_out},
	{"an_sdu_in_part", an_sdu_in_part},
	{"what_waits_is_read", what_waits_is_read},
	{"who_listens", who_listens},
	{"cleared_before_it_leaves", cleared_before_it_leaves},
	{"another_descriptor", another_descriptor},
	{"more_than_are_allowed", more_than_are_allowed},
	{"hostile_octets_of_sockets", hostile_octets_of_sockets},
	{NULL, NULL},
};
const struct test_suite suite_x25_socket_hand = {"x25_socket_hand", cases};
