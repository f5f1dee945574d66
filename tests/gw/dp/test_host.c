/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a port asks of its host.  Without threads, so that the test is on the port's thread. */
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned rung, timed;
static void *rung_by;

static void host_on_fd(void *arg, unsigned ready)
{
	(void)ready;
	rung++;
	rung_by = arg;
}

static void host_on_time(void *arg, uint64_t now)
{
	(void)arg;
	(void)now;
	timed++;
}

static bool host_timed(struct rig *r, void *arg)
{
	(void)r;
	return timed == *(unsigned *)arg;
}

static bool host_rung(struct rig *r, void *arg)
{
	(void)r;
	return rung_by == arg;
}

static void watches_and_timers(void)
{
	enum { MANY = 9 }; /* more than places at first */
	uint32_t id[MANY] = {0}, none = 77, first;
	const struct ist_host *h;
	unsigned want = MANY - 1;
	struct fake *f[MANY];
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	h = r.fake->host;
	for (unsigned i = 0; i < MANY; i++) {
		f[i] = fake_new();
		CU_ASSERT_EQUAL(h->watch(r.fake->host_ctx, f[i]->fd, 0, host_on_fd, f[i]), -ENOENT);
		CU_ASSERT_EQUAL(h->watch(r.fake->host_ctx, f[i]->fd, IST_WRITE, host_on_fd, f[i]),
				0);
		CU_ASSERT(rig_wait(&r, host_rung, f[i])); /* an eventfd has room */
		CU_ASSERT_EQUAL(h->watch(r.fake->host_ctx, f[i]->fd, IST_READ, host_on_fd, &f[i]),
				0);
	}
	rung = 0;
	rig_settle(&r);
	CU_ASSERT_EQUAL(rung, 0); /* nothing to read */
	CU_ASSERT_EQUAL(h->watch(r.fake->host_ctx, f[4]->fd, IST_WRITE, host_on_fd, &f[4]), 0);
	CU_ASSERT(rig_wait(&r, host_rung, &f[4]));
	for (unsigned i = 0; i < MANY; i++) {
		CU_ASSERT_EQUAL(h->watch(r.fake->host_ctx, f[i]->fd, 0, host_on_fd, NULL), 0);
		CU_ASSERT_EQUAL(h->watch(r.fake->host_ctx, f[i]->fd, 0, host_on_fd, NULL), -ENOENT);
		fake_free(f[i]);
	}
	timed = 0;
	for (unsigned i = 0; i < MANY; i++) {
		CU_ASSERT_EQUAL(
			h->timer(r.fake->host_ctx, &id[i], UINT64_MAX - 1, host_on_time, NULL), 0);
		CU_ASSERT_EQUAL(id[i], i + 1);
	}
	first = id[0];
	CU_ASSERT_EQUAL(h->timer(r.fake->host_ctx, &id[0], UINT64_MAX, host_on_time, NULL), 0);
	CU_ASSERT_EQUAL(id[0], 0);
	CU_ASSERT_EQUAL(h->timer(r.fake->host_ctx, &first, 1, host_on_time, NULL), -ENOENT);
	CU_ASSERT_EQUAL(h->timer(r.fake->host_ctx, &none, 1, host_on_time, NULL), -ENOENT);
	CU_ASSERT_EQUAL(h->timer(r.fake->host_ctx, &id[0], UINT64_MAX, host_on_time, NULL), 0);
	for (unsigned i = 1; i < MANY; i++)
		CU_ASSERT_EQUAL(h->timer(r.fake->host_ctx, &id[i], 1, host_on_time, NULL), 0);
	CU_ASSERT(rig_wait(&r, host_timed, &want)); /* those of the past, at once */
	for (unsigned n = 0; n < 2; n++) {
		uint32_t fresh[20] = {0};
		int rc = 0;

		for (unsigned i = 0; i < 20 && !rc; i++) {
			heap_refuse(n);
			rc = h->timer(r.fake->host_ctx, &fresh[i], UINT64_MAX - 1, host_on_time,
				      NULL);
			CU_ASSERT_EQUAL(rc, heap_refused() ? -ENOMEM : 0);
		}
		CU_ASSERT_EQUAL(rc, -ENOMEM);
	}
	rig_down(&r);
}

static void long_lines_of_the_log(void)
{
	char text[400];
	struct rig r;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	rig_up(&r, 0, &fake_flow);
	r.fake->host->log(r.fake->host_ctx, 4, "%s", text);
	CU_ASSERT(rig_wait_lines(&r, 1));
	CU_ASSERT_EQUAL(strncmp(r.line[0].text, "log 0 4 xxxxxxxx", 16), 0);
	/* There is room for some, and the rest is counted. */
	for (unsigned i = 0; i < 10000; i++)
		r.fake->host->log(r.fake->host_ctx, 4, "%s", text);
	CU_ASSERT(rig_reason(&r, DP_R_LOG_RING) > 5000);
	rig_down(&r);
}

static int host_watch_fd(struct rig *r, int *fd, unsigned what)
{
	return r->fake->host->watch(r->fake->host_ctx, *fd, what, host_on_fd, fd);
}

static bool host_is_quiet(struct rig *r)
{
	struct pollfd fd = {.fd = dp_fd(r->dp), .events = POLLIN};

	dp_poll(r->dp);
	dp_poll(r->dp);
	return poll(&fd, 1, 0) == 0;
}

/* The table of places, when it grows, and the watch: each is refused once. */
static void watches_without_memory(void)
{
	enum { MANY = 9 };
	int fd[MANY], none = -1;
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	for (unsigned i = 0; i < MANY; i++) {
		unsigned n = 0;
		int rc;

		fd[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		do {
			heap_refuse(n++);
			rc = host_watch_fd(&r, &fd[i], IST_WRITE);
			CU_ASSERT_EQUAL(rc, heap_refused() ? -ENOMEM : 0);
		} while (rc);
		CU_ASSERT_EQUAL(n, i == 4 || i == 8 ? 3 : i ? 2 : n);
		CU_ASSERT(rig_wait(&r, host_rung, &fd[i]));
	}
	CU_ASSERT_EQUAL(host_watch_fd(&r, &none, IST_READ), -EBADF);
	rig_down(&r);
	for (unsigned i = 0; i < MANY; i++)
		close(fd[i]);
}

/* The place of a watch that has ended is used again: the table does not grow. */
static void a_place_is_used_again(void)
{
	int fd[5];
	struct rig r;
	unsigned before;

	rig_up(&r, 0, &fake_flow);
	for (unsigned i = 0; i < 5; i++)
		fd[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(host_watch_fd(&r, &fd[i], IST_READ), 0);
	CU_ASSERT_EQUAL(host_watch_fd(&r, &fd[2], 0), 0);
	dp_poll(r.dp); /* it is freed */
	before = heap_blocks();
	CU_ASSERT_EQUAL(host_watch_fd(&r, &fd[4], IST_WRITE), 0);
	CU_ASSERT_EQUAL(heap_blocks(), before + 1);
	CU_ASSERT(rig_wait(&r, host_rung, &fd[4]));
	rig_down(&r);
	for (unsigned i = 0; i < 5; i++)
		close(fd[i]);
}

/* A watch that has ended is freed when the descriptors of a turn have been handled. */
static void removed_watches_are_freed(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct rig r;
	unsigned before;

	rig_up(&r, 0, &fake_flow);
	CU_ASSERT_EQUAL(host_watch_fd(&r, &fd, IST_READ), 0);
	CU_ASSERT_EQUAL(host_watch_fd(&r, &fd, 0), 0);
	before = heap_blocks();
	dp_poll(r.dp);
	CU_ASSERT_EQUAL(heap_blocks(), before - 1);
	rig_down(&r);
	close(fd);
}

static int host_first, host_second;

/* As a transport that leaves its watch to the host, and watches another one for its last frame. */
static void host_close_watched(struct fake *f)
{
	CU_ASSERT_EQUAL(f->host->watch(f->host_ctx, host_second, IST_READ, host_on_fd, NULL), 0);
	close(host_first);
}

/* A child process that was started meanwhile holds the descriptor: here its duplicate does. */
static void a_child_holds_what_a_port_has_closed(void)
{
	uint64_t one = 1;
	struct rig r;
	int child;

	rig_up(&r, 0, &fake_flow);
	host_first = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	host_second = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	child = dup(host_first);
	CU_ASSERT_EQUAL(host_watch_fd(&r, &host_first, IST_READ), 0);
	r.fake->on_close = host_close_watched;
	rung = 0;
	dp_port_close(r.dp, r.port);
	CU_ASSERT(host_is_quiet(&r));
	CU_ASSERT_EQUAL(write(child, &one, sizeof(one)), sizeof(one));
	CU_ASSERT_EQUAL(write(host_second, &one, sizeof(one)), sizeof(one));
	CU_ASSERT(host_is_quiet(&r)); /* epoll knows of neither */
	CU_ASSERT_EQUAL(rung, 0);
	close(child);
	close(host_second);
	rig_down(&r);
}

/* A deadline of 0 is past like any other, also when it is set between two turns. */
static void a_timer_of_time_zero(void)
{
	struct pollfd fd;
	uint32_t id = 0;
	char text[32];
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	fd = (struct pollfd){.fd = dp_fd(r.dp), .events = POLLIN};
	CU_ASSERT(host_is_quiet(&r));
	timed = 0;
	CU_ASSERT_EQUAL(r.fake->host->timer(r.fake->host_ctx, &id, 0, host_on_time, NULL), 0);
	dp_port_status(r.dp, r.port, text, sizeof(text)); /* ends by arming the timer */
	CU_ASSERT_EQUAL(poll(&fd, 1, 10000), 1);
	dp_poll(r.dp);
	CU_ASSERT_EQUAL(timed, 1);
	CU_ASSERT(host_is_quiet(&r));
	rig_down(&r);
}

static unsigned host_ready;

static void host_keep_ready(void *arg, unsigned ready)
{
	(void)arg;
	host_ready = ready;
}

/* An error or the end is told as all that is watched: what is done then finds out. */
static void what_is_ready(void)
{
	enum { NONE = 0, BOTH = IST_READ | IST_WRITE };
	int end[2], two[2];
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	CU_ASSERT_FATAL(!pipe(end) && !socketpair(AF_UNIX, SOCK_STREAM, 0, two));
	for (unsigned what = IST_READ; what <= BOTH; what++) {
		CU_ASSERT_EQUAL(
			r.fake->host->watch(r.fake->host_ctx, two[0], what, host_keep_ready, NULL),
			0);
		host_ready = NONE;
		dp_poll(r.dp);
		CU_ASSERT_EQUAL(host_ready, what & IST_WRITE);
	}
	CU_ASSERT_EQUAL(write(two[1], "x", 1), 1);
	dp_poll(r.dp);
	CU_ASSERT_EQUAL(host_ready, BOTH);
	CU_ASSERT_EQUAL(r.fake->host->watch(r.fake->host_ctx, two[0], 0, host_keep_ready, NULL), 0);
	CU_ASSERT_EQUAL(
		r.fake->host->watch(r.fake->host_ctx, end[0], IST_READ, host_keep_ready, NULL), 0);
	host_ready = NONE;
	dp_poll(r.dp);
	CU_ASSERT_EQUAL(host_ready, NONE);
	close(end[1]); /* a hang-up alone */
	dp_poll(r.dp);
	CU_ASSERT_EQUAL(host_ready, IST_READ);
	rig_down(&r);
	close(end[0]);
	close(two[0]);
	close(two[1]);
}

static void host_wake_it(void *arg, unsigned ready)
{
	struct fake *f = arg;
	uint64_t n;

	(void)ready;
	CU_ASSERT_EQUAL(read(host_first, &n, sizeof(n)), sizeof(n));
	f->host->wake(f->host_ctx);
}

/* A wake-up from a descriptor's handler is handled in the same turn, once. */
static void woken_in_a_turn(void)
{
	struct pollfd fd = {.events = POLLIN};
	uint64_t one = 1;
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	host_first = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	CU_ASSERT_EQUAL(
		r.fake->host->watch(r.fake->host_ctx, host_first, IST_READ, host_wake_it, r.fake),
		0);
	CU_ASSERT(host_is_quiet(&r));
	CU_ASSERT_EQUAL(write(host_first, &one, sizeof(one)), sizeof(one));
	dp_poll(r.dp);
	CU_ASSERT_EQUAL(r.fake->wakes, 1);
	fd.fd = dp_fd(r.dp);
	CU_ASSERT_EQUAL(poll(&fd, 1, 0), 0);
	rig_down(&r);
	close(host_first);
}

static void the_clock(void)
{
	uint64_t before = dp_now(), now;
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	now = r.fake->host->now(r.fake->host_ctx);
	CU_ASSERT(now >= before && now <= dp_now());
	rig_down(&r);
}

static void host_on_log(void *ctx, unsigned port, int level, const char *text)
{
	struct rig *r = ctx;

	CU_ASSERT(port == r->port && level == 3);
	r->n_line = (unsigned)strlen(text);
}

/* 255 characters and the NUL fit; longer ones are cut. */
static void lines_of_the_log_are_cut(void)
{
	static const unsigned row[][2] = {{0, 0}, {254, 254}, {255, 255}, {256, 255}, {399, 255}};
	struct dp_ops ops = rig_ops;
	char text[400];
	struct rig r;

	memset(text, 'x', sizeof(text));
	ops.log = host_on_log;
	rig_up_with(&r, 0, &fake_flow, &ops);
	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		r.fake->host->log(r.fake->host_ctx, 3, "%.*s", (int)row[i][0], text);
		dp_poll(r.dp);
		CU_ASSERT_EQUAL(r.n_line, row[i][1]);
	}
	rig_down(&r);
}

/* One poll delivers 64 of each kind, so that none of them starves another, and says that there is
 * more. */
static void a_poll_is_bounded(void)
{
	enum { ONE_POLL = 64 };
	struct pollfd fd = {.events = POLLIN};
	struct rig r;

	for (unsigned taps = 0; taps < 2; taps++) {
		rig_up(&r, 0, &fake_flow);
		fd.fd = dp_fd(r.dp);
		CU_ASSERT_EQUAL(dp_port_tap(r.dp, r.port, true), 0);
		CU_ASSERT(host_is_quiet(&r));
		for (unsigned i = 0; i <= ONE_POLL; i++)
			if (taps)
				r.fake->host->tap(r.fake->host_ctx, true, 107, "ab", 2, "cd", 2);
			else
				r.fake->host->log(r.fake->host_ctx, 4, "line");
		dp_poll(r.dp);
		CU_ASSERT_EQUAL(r.n_line, ONE_POLL);
		CU_ASSERT_EQUAL(poll(&fd, 1, 0), 1);
		dp_poll(r.dp);
		CU_ASSERT_EQUAL(r.n_line, ONE_POLL + 1);
		CU_ASSERT(host_is_quiet(&r));
		rig_down(&r);
	}
}

/* So does a turn of the worker with 64 timers, and with 64 packets of the control side. */
static void a_turn_is_bounded(void)
{
	enum { ONE_TURN = 64 };
	static const uint8_t packet[12] = {0xc8, 2, 0, 12};
	uint32_t id[ONE_TURN + 1] = {0};
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	timed = 0;
	for (unsigned i = 0; i <= ONE_TURN; i++)
		CU_ASSERT_EQUAL(
			r.fake->host->timer(r.fake->host_ctx, &id[i], 1, host_on_time, NULL), 0);
	dp_poll(r.dp);
	CU_ASSERT_EQUAL(timed, ONE_TURN);
	dp_poll(r.dp);
	CU_ASSERT_EQUAL(timed, ONE_TURN + 1);
	for (unsigned i = 0; i <= ONE_TURN; i++)
		CU_ASSERT_EQUAL(dp_send(r.dp, rig_channel(&r, 7), packet, sizeof(packet), 0, 0),
				L2TP_TX_WAITING);
	dp_poll(r.dp);
	CU_ASSERT_EQUAL(fake_sent_count(r.fake), ONE_TURN);
	dp_poll(r.dp);
	CU_ASSERT_EQUAL(fake_sent_count(r.fake), ONE_TURN + 1);
	rig_down(&r);
}

/* A capture that is not read is bounded, and what does not fit is counted. */
static void captures_are_bounded(void)
{
	static const uint8_t octets[4000];
	const struct ist_host *h;
	struct rig r;
	unsigned n;

	rig_up(&r, 0, &fake_flow);
	h = r.fake->host;
	h->tap(r.fake->host_ctx, true, 1, octets, 14, octets, 1);
	CU_ASSERT_EQUAL(dp_port_tap(r.dp, r.port, true), 0);
	CU_ASSERT_EQUAL(dp_port_tap(r.dp, r.port, true), 0); /* twice does no harm */
	for (n = 0; !rig_reason(&r, DP_R_TAP_RING) && n < 1000; n++)
		h->tap(r.fake->host_ctx, false, 1, octets, 14, octets, 4000);
	CU_ASSERT(n > 250 && n < 262); /* what 1 MiB holds */
	CU_ASSERT_EQUAL(rig_reason(&r, DP_R_TAP_RING), 1);
	CU_ASSERT(rig_wait_lines(&r, n - 1));
	rig_settle(&r);
	CU_ASSERT_EQUAL(r.n_line, n - 1);
	CU_ASSERT_STRING_EQUAL(r.line[0].text, "tap 0 0 1");
	CU_ASSERT_EQUAL(r.line[0].len, 4014);
	h->tap(r.fake->host_ctx, true, 9, "head", 4, NULL, 0);
	h->tap(r.fake->host_ctx, true, 9, NULL, 0, "body", 4);
	CU_ASSERT_FATAL(rig_wait_lines(&r, n + 1));
	ASSERT_OCTETS(r.line[n - 1].octets, r.line[n - 1].len, "head", 4);
	ASSERT_OCTETS(r.line[n].octets, r.line[n].len, "body", 4);
	rig_down(&r);
}

static const struct test_case cases[] = {
	{"watches_and_timers", watches_and_timers},
	{"watches_without_memory", watches_without_memory},
	{"a_place_is_used_again", a_place_is_used_again},
	{"removed_watches_are_freed", removed_watches_are_freed},
	{"a_child_holds_what_a_port_has_closed", a_child_holds_what_a_port_has_closed},
	{"a_timer_of_time_zero", a_timer_of_time_zero},
	{"what_is_ready", what_is_ready},
	{"woken_in_a_turn", woken_in_a_turn},
	{"the_clock", the_clock},
	{"long_lines_of_the_log", long_lines_of_the_log},
	{"lines_of_the_log_are_cut", lines_of_the_log_are_cut},
	{"a_poll_is_bounded", a_poll_is_bounded},
	{"a_turn_is_bounded", a_turn_is_bounded},
	{"captures_are_bounded", captures_are_bounded},
	{NULL, NULL},
};
const struct test_suite suite_host = {"host", cases};
