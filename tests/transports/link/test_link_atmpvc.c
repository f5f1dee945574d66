/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The atmpvc link with pairs of sockets where the kernel's PVCs would be; ends.c has 0/35 of 1600
 * octets and 8/48 of 100. */
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/transports/kernel.h"
#include "tests/transports/link/ends.h"
#include "transports/atm/atm.h"
#include "transports/link/link_kind.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int (*the_kernels)(int interface, const struct link_circuit *c);
static int far_end[2]; /* of 0/35, of 8/48 */
static int fails;      /* with this errno */
static unsigned opened, attempts;

static int pair(int interface, const struct link_circuit *c)
{
	int fds[2];

	CU_ASSERT_EQUAL(interface, 3);
	attempts++;
	if (fails)
		return -fails;
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	CU_ASSERT_TRUE((!c->vpi && c->vci == 35) || (c->vpi == 8 && c->vci == 48));
	far_end[c->vpi == 8] = fds[1];
	opened++;
	return fds[0];
}

static void link_atmpvc_begin(struct end *e)
{
	the_kernels = link_atmpvc_open;
	link_atmpvc_open = pair;
	fails = 0;
	opened = 0;
	end_open(e, "atmpvc:3", NULL);
	fake_run(&e->h, fake_now);
	CU_ASSERT_TRUE_FATAL(link_up(e->l));
	CU_ASSERT_EQUAL(opened, 2);
	CU_ASSERT_EQUAL(link_mtu(e->l), 1604);
}

static void link_atmpvc_finish(struct end *e)
{
	end_close(e);
	close(far_end[0]);
	close(far_end[1]);
	link_atmpvc_open = the_kernels;
}

static void both_ways(void)
{
	static const uint8_t first[] = {0, 0, 0, 35, 0xfe, 0xfe, 3, 0xcf},
			     second[] = {0, 8, 0, 48, 'x'};
	uint8_t buf[200], head[] = {0, 8, 0};
	const struct link_frame cut = {head, (const uint8_t *)"\x30yz", 3, 3},
				headed = {second, (const uint8_t *)"..", 5, 2};
	struct end e;

	link_atmpvc_begin(&e);
	CU_ASSERT_EQUAL(send(far_end[0], first + 4, 4, 0), 4);
	END_UNTIL(&e, e.frames == 1);
	ASSERT_OCTETS(e.last, e.last_len, first, sizeof(first));
	CU_ASSERT_EQUAL(send(far_end[1], second + 4, 1, 0), 1);
	END_UNTIL(&e, e.frames == 2);
	ASSERT_OCTETS(e.last, e.last_len, second, sizeof(second));
	end_send(&e, first, sizeof(first));
	ASSERT_OCTETS(buf, recv(far_end[0], buf, sizeof(buf), 0), first + 4, 4);
	link_send(e.l, &cut, 1);
	ASSERT_OCTETS(buf, recv(far_end[1], buf, sizeof(buf), 0), "yz", 2);
	link_send(e.l, &headed, 1);
	ASSERT_OCTETS(buf, recv(far_end[1], buf, sizeof(buf), 0), "x..", 3);
	link_atmpvc_finish(&e);
}

static void link_atmpvc_many_at_once(void)
{
	struct end e;

	link_atmpvc_begin(&e);
	for (uint8_t i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(send(far_end[i & 1], &i, 1, 0), 1);
	END_UNTIL(&e, e.frames == 100);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX), 100);
	link_atmpvc_finish(&e);
}

static void what_does_not_go(void)
{
	static uint8_t data[4 + 1601] = {0, 8, 0, 48};
	struct end e;
	unsigned n = 0;

	link_atmpvc_begin(&e);
	end_send(&e, data, 3); /* not even a circuit */
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX_ERROR), 1);
	end_send(&e, data, 4 + 101); /* more than its circuit takes */
	end_send(&e, data, 4 + 1601);
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX_TOO_LONG), 2);
	data[3] = 49; /* nobody's */
	end_send(&e, data, 5);
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX_ERROR), 2);
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX), 0);
	data[3] = 48;
	while (!end_count(&e, LINK_TX_FULL) && n++ < 100000)
		end_send(&e, data, 5); /* read by nobody: neither blocks nor goes down */
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX_FULL), 1);
	CU_ASSERT_TRUE(link_up(e.l));
	CU_ASSERT_EQUAL(send(far_end[0], data, sizeof(data), 0), sizeof(data));
	END_UNTIL(&e, end_count(&e, LINK_RX_TOO_LONG) == 1);
	CU_ASSERT_EQUAL(e.frames, 0);
	link_atmpvc_finish(&e);
}

/* One circuit lost is the driver gone; it is tried again with pauses. */
static void goes_and_comes(void)
{
	struct end e;

	link_atmpvc_begin(&e);
	close(far_end[1]);
	fails = ENODEV;
	END_UNTIL(&e, e.downs == 1);
	close(far_end[0]);
	fake_run(&e.h, fake_now + 5 * S);
	CU_ASSERT_EQUAL(opened, 2);
	CU_ASSERT_FALSE(link_up(e.l));
	fails = 0;
	fake_run(&e.h, fake_now + 10 * S);
	CU_ASSERT_EQUAL(opened, 4);
	CU_ASSERT_EQUAL(e.ups, 2);
	CU_ASSERT_EQUAL(send(far_end[0], "x", 1, 0), 1);
	END_UNTIL(&e, e.frames == 1);
	link_atmpvc_finish(&e);
}

/* Of any kind of link: it is tried again after 1, 2, 4, 8, 16, then every 30 s; once it was up,
 * from the beginning. */
static void link_atmpvc_pauses(void)
{
	static const unsigned at[] = {1, 3, 7, 15, 31, 61, 91};
	struct end e;
	uint64_t began = fake_now;

	the_kernels = link_atmpvc_open;
	link_atmpvc_open = pair;
	fails = ENODEV;
	attempts = opened = 0;
	end_open(&e, "atmpvc:3", NULL);
	for (unsigned i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		fake_run(&e.h, began + at[i] * S - 1);
		CU_ASSERT_EQUAL(attempts, 1 + i);
		fake_run(&e.h, began + at[i] * S);
		CU_ASSERT_EQUAL(attempts, 2 + i);
	}
	fails = 0;
	fake_run(&e.h, began + 121 * S);
	CU_ASSERT_EQUAL(e.ups, 1);
	fails = ENODEV;
	attempts = 0;
	close(far_end[1]);
	END_UNTIL(&e, e.downs == 1);
	close(far_end[0]);
	CU_ASSERT_STRING_EQUAL(e.why, "Transport endpoint is not connected");
	fake_run(&e.h, began + 122 * S - 1);
	CU_ASSERT_EQUAL(attempts, 0);
	fake_run(&e.h, began + 122 * S);
	CU_ASSERT_EQUAL(attempts, 1);
	fails = 0;
	fake_run(&e.h, began + 124 * S);
	CU_ASSERT_EQUAL(e.ups, 2);
	link_atmpvc_finish(&e);
}

static void link_atmpvc_waited_for(void)
{
	char err[200];
	struct end e;

	the_kernels = link_atmpvc_open;
	link_atmpvc_open = pair;
	fails = ENODEV;
	end_open(&e, "atmpvc:3", NULL);
	fails = EPERM;
	fake_run(&e.h, fake_now + 2 * S);
	fails = 0;
	fake_run(&e.h, fake_now + 10 * S);
	CU_ASSERT_TRUE(link_up(e.l));
	link_atmpvc_finish(&e);
	link_atmpvc_open = pair;
	fails = EPERM; /* will not pass by waiting */
	CU_ASSERT_EQUAL(end_try(&e, "atmpvc:3", NULL, err, sizeof(err)), -EPERM);
	CU_ASSERT_STRING_EQUAL(err, "link atmpvc:3: Operation not permitted");
	link_atmpvc_open = the_kernels;
}

static void link_atmpvc_refused(void)
{
	static const char *const forms[] = {"atmpvc:",	 "atmpvc:x",   "atmpvc:0x1",
					    "atmpvc:-1", "atmpvc:0:1", "atmpvc:32768"};
	static const struct {
		const char *config[4], *words;
	} rows[] = {
		{{"link=atmpvc:0", "@0/35 ppp"}, "needs atm with framing = sdus"},
		{{"link=atmpvc:0", "framing=sdus"}, "there is none"},
	};
	struct fake_host h;
	char err[300];
	struct end e;
	int fd;

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		CU_ASSERT_EQUAL(end_try(&e, forms[i], NULL, err, sizeof(err)), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(err, "is not atmpvc:INTERFACE"));
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CU_ASSERT_EQUAL(fake_try(&h, &atm_transport, rows[i].config, err, sizeof(err)),
				-EINVAL);
		if (!strstr(err, rows[i].words))
			CU_FAIL(err);
	}
	fd = socket(AF_ATMPVC, SOCK_DGRAM, 0);
	if (fd >= 0) {
		close(fd); /* this kernel could */
		return;
	}
	CU_ASSERT_EQUAL(end_try(&e, "atmpvc:0", NULL, err, sizeof(err)), -EINVAL);
	if (!strstr(err, "address family not supported"))
		CU_FAIL(err);
}

/* The sockets themselves: AAL5 of unspecified bit rate on the circuits of interface 3, and each
 * step refused. */
static void link_atmpvc_sockets(void)
{
	char qos[40], err[200];
	const char *const steps[] = {"socket", qos, "connect"};
	int before = kernel_next_fd();
	struct end e;

	snprintf(qos, sizeof(qos), "setsockopt %d", (int)SO_ATMQOS);
	kernel_begin();
	end_open(&e, "atmpvc:3", NULL);
	fake_run(&e.h, fake_now);
	CU_ASSERT_TRUE(link_up(e.l));
	CU_ASSERT_EQUAL_FATAL(kernel.sockets, 3); /* the first asks for the family only */
	for (unsigned i = 0; i < 2; i++) {
		const struct kernel_socket *s = &kernel.socket[1 + i];

		CU_ASSERT_TRUE(s->family == AF_ATMPVC && s->protocol == ATM_AAL5);
		CU_ASSERT_EQUAL(s->type, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC);
		CU_ASSERT_TRUE(s->pvc.sap_family == AF_ATMPVC && s->pvc.sap_addr.itf == 3);
		CU_ASSERT_EQUAL(s->pvc.sap_addr.vpi, i ? 8 : 0);
		CU_ASSERT_EQUAL(s->pvc.sap_addr.vci, i ? 48 : 35);
		CU_ASSERT_TRUE(s->qos.aal == ATM_AAL5);
		CU_ASSERT_EQUAL(s->qos.txtp.traffic_class, ATM_UBR);
		CU_ASSERT_EQUAL(s->qos.txtp.max_pcr, ATM_MAX_PCR);
		CU_ASSERT_EQUAL(s->qos.txtp.max_sdu, i ? 100 : 1600);
		CU_ASSERT_EQUAL(memcmp(&s->qos.txtp, &s->qos.rxtp, sizeof(s->qos.txtp)), 0);
	}
	end_close(&e);
	kernel_end();
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		kernel_begin();
		kernel_refuse(steps[i], EPERM);
		CU_ASSERT_EQUAL(end_try(&e, "atmpvc:3", NULL, err, sizeof(err)), -EPERM);
		kernel_end();
		CU_ASSERT_EQUAL(kernel_next_fd(), before);
	}
}

/* By the sockets of kernel.h; their far ends are kernel.socket[1] and [2].far. */
static void link_atmpvc_play(struct end *e)
{
	kernel_begin();
	end_open(e, "atmpvc:3", NULL);
	fake_run(&e->h, fake_now);
	CU_ASSERT_TRUE_FATAL(link_up(e->l));
}

static void link_atmpvc_played(struct end *e)
{
	end_close(e);
	kernel_end();
}

/* One circuit opened and the next one not: none stays. */
static void link_atmpvc_half_opened(void)
{
	static const struct {
		const char *call;
		unsigned long number;
		unsigned skip;
	} rows[] = {
		{"socket", 0, 1},
		{"socket", 0, 2},
		{"setsockopt", SO_ATMQOS, 0},
		{"setsockopt", SO_ATMQOS, 1},
		{"connect", 0, 0},
		{"connect", 0, 1},
	};
	int before = kernel_next_fd();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char err[200];
		struct end e;

		kernel_begin();
		kernel_fail(rows[i].call, rows[i].number, rows[i].skip, EPERM);
		CU_ASSERT_EQUAL(end_try(&e, "atmpvc:3", NULL, err, sizeof(err)), -EPERM);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_STRING_EQUAL(err, "link atmpvc:3: Operation not permitted");
		kernel_end();
		CU_ASSERT_EQUAL(kernel_next_fd(), before);
	}
}

static void link_atmpvc_send_errors(void)
{
	static const uint8_t sdu[] = {0, 8, 0, 48, 'x'};
	static const struct {
		int err;
		enum link_counter counter;
		const char *down; /* and down for this reason; NULL = it stays up */
	} rows[] = {
		{EAGAIN, LINK_TX_FULL, NULL},
		{ENOBUFS, LINK_TX_FULL, NULL},
		{ENOMEM, LINK_TX_FULL, NULL},
		{EIO, LINK_TX_ERROR, NULL},
		{EPIPE, LINK_TX_ERROR, "Broken pipe"},
		{ENOTCONN, LINK_TX_ERROR, "Transport endpoint is not connected"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct end e;

		link_atmpvc_play(&e);
		kernel_refuse("sendmsg", rows[i].err);
		end_send(&e, sdu, sizeof(sdu));
		CU_ASSERT_EQUAL(end_count(&e, LINK_TX), 0);
		CU_ASSERT_EQUAL(end_count(&e, LINK_TX_FULL), rows[i].counter == LINK_TX_FULL);
		CU_ASSERT_EQUAL(end_count(&e, LINK_TX_ERROR), rows[i].counter == LINK_TX_ERROR);
		fake_run(&e.h, fake_now);
		CU_ASSERT_EQUAL(e.downs, rows[i].down != NULL);
		CU_ASSERT_STRING_EQUAL(e.why, rows[i].down ? rows[i].down : "not up yet");
		link_atmpvc_played(&e);
	}
}

static void link_atmpvc_read_errors(void)
{
	static const struct {
		int err; /* 0 = the far end is closed */
		const char *down;
	} rows[] = {
		{EAGAIN, NULL},
		{EINTR, NULL},
		{ENODEV, "No such device"},
		{0, "Transport endpoint is not connected"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct end e;

		link_atmpvc_play(&e);
		if (rows[i].err)
			kernel_fail("recvmsg", 0, 0, rows[i].err);
		if (rows[i].err)
			send(kernel.socket[2].far, "x", 1, 0);
		else
			shutdown(kernel.socket[2].far, SHUT_RDWR);
		fake_run(&e.h, fake_now);
		CU_ASSERT_EQUAL(kernel_failed(), rows[i].err != 0);
		CU_ASSERT_EQUAL(e.downs, rows[i].down != NULL);
		CU_ASSERT_STRING_EQUAL(e.why, rows[i].down ? rows[i].down : "not up yet");
		CU_ASSERT_EQUAL(e.frames, rows[i].down == NULL);
		link_atmpvc_played(&e);
	}
}

/* Each allocation, and each place in the host's list of descriptors, refused. */
static void link_atmpvc_no_room(void)
{
	int before = kernel_next_fd();
	char err[200];
	struct end e;

	for (unsigned n = 0;; n++) {
		int r;

		kernel_begin();
		heap_refuse(n);
		r = end_try(&e, "atmpvc:3", NULL, err, sizeof(err));
		if (!heap_refused()) {
			CU_ASSERT_TRUE(r == 0 && n == 4); /* the link, its own, PVCs, buffer */
			link_atmpvc_played(&e);
			break;
		}
		CU_ASSERT_EQUAL(r, -ENOMEM);
		CU_ASSERT_STRING_EQUAL(err, "out of memory");
		kernel_end();
	}
	for (unsigned n = 1; n < 3; n++) {
		kernel_begin();
		end_open(&e, "atmpvc:3", NULL);
		fake_watches_left = n;
		fake_run(&e.h, fake_now);
		CU_ASSERT_EQUAL(fake_watches_left, 0);
		CU_ASSERT_EQUAL(e.ups, 0);
		link_atmpvc_played(&e);
	}
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
}

static const struct test_case cases[] = {
	{"both_ways", both_ways},
	{"many_at_once", link_atmpvc_many_at_once},
	{"what_does_not_go", what_does_not_go},
	{"goes_and_comes", goes_and_comes},
	{"pauses", link_atmpvc_pauses},
	{"waited_for", link_atmpvc_waited_for},
	{"refused", link_atmpvc_refused},
	{"sockets", link_atmpvc_sockets},
	{"half_opened", link_atmpvc_half_opened},
	{"send_errors", link_atmpvc_send_errors},
	{"read_errors", link_atmpvc_read_errors},
	{"no_room", link_atmpvc_no_room},
	{NULL, NULL},
};
const struct test_suite suite_link_atmpvc = {"link_atmpvc", cases};
