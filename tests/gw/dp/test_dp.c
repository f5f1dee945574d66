/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports and life of the data plane. */
#include "gw/dp/dp_int.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

static void dp_each(void (*fn)(struct rig *r), const struct ist_transport *t)
{
	for (const struct rig_form *f = rig_forms; f->name; f++) {
		struct rig r;

		rig_up_form(&r, f, t, &rig_ops);
		CU_ASSERT(dp_workers(r.dp) == f->workers);
		fn(&r);
		rig_down(&r);
	}
}

static void workers_are_chosen(void)
{
	static const struct dp_ops none;
	struct dp *dp = dp_new(UINT_MAX, &none, NULL);

	CU_ASSERT_FATAL(dp != NULL);
	CU_ASSERT(dp_workers(dp) >= 1 && dp_workers(dp) <= 4);
	if (sysconf(_SC_NPROCESSORS_ONLN) <= 2)
		CU_ASSERT_EQUAL(dp_workers(dp), 1);
	dp_free(dp);
}

/* With every number of descriptors from none to enough: whole or not at all. */
static void out_of_descriptors(void)
{
	static const struct dp_ops none;
	struct rlimit before, few;
	unsigned refused = 0;

	CU_ASSERT_FATAL(!getrlimit(RLIMIT_NOFILE, &before));
	few = before;
	for (few.rlim_cur = 3; few.rlim_cur < 64; few.rlim_cur++) {
		struct dp *dp;

		CU_ASSERT_FATAL(!setrlimit(RLIMIT_NOFILE, &few));
		dp = dp_new(few.rlim_cur & 1 ? 2 : 0, &none, NULL);
		refused += !dp;
		if (dp)
			dp_free(dp);
	}
	CU_ASSERT(!setrlimit(RLIMIT_NOFILE, &before));
	CU_ASSERT(refused > 5 && refused < 60);
}

/* The linker's --wrap leads these calls here: the call of this thread with this number, from 1 on,
 * is refused. */
static _Thread_local unsigned refuse_epoll_ctl, refuse_pthread_create;

int __real_epoll_ctl(int ep, int op, int fd, struct epoll_event *ev);
int __real_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*fn)(void *), void *arg);
int __wrap_epoll_ctl(int ep, int op, int fd, struct epoll_event *ev);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*fn)(void *), void *arg);

int __wrap_epoll_ctl(int ep, int op, int fd, struct epoll_event *ev)
{
	if (!refuse_epoll_ctl || --refuse_epoll_ctl)
		return __real_epoll_ctl(ep, op, fd, ev);
	errno = ENOSPC;
	return -1;
}

int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*fn)(void *), void *arg)
{
	if (!refuse_pthread_create || --refuse_pthread_create)
		return __real_pthread_create(t, a, fn, arg);
	return EAGAIN;
}

/* calls: how many of them a data plane makes when it begins. */
static void dp_refused(unsigned workers, unsigned *which, unsigned calls)
{
	static const struct dp_ops none;

	for (unsigned n = 1; n <= calls + 1; n++) {
		struct dp *dp;

		*which = n;
		dp = dp_new(workers, &none, NULL);
		CU_ASSERT_EQUAL(*which == 0, n <= calls);
		CU_ASSERT_EQUAL(!dp, n <= calls);
		*which = 0;
		if (dp)
			dp_free(dp);
	}
}

/* Whole or not at all. */
static void out_of_watches_or_threads(void)
{
	dp_refused(0, &refuse_epoll_ctl, 4); /* waker and timer; then waker and worker */
	dp_refused(2, &refuse_epoll_ctl, 4);
	dp_refused(3, &refuse_pthread_create, 4); /* and one for tables */
}

static void do_rare_calls(struct rig *r)
{
	struct ist_addr to = {.len = 1, .data = {42}}, nobody = {0}, got;
	const struct ist_cause why = {.kind = IST_CAUSE_LOCAL};
	uint64_t counts[3] = {0};
	l2tp_channel c;
	char buf[64];

	CU_ASSERT(!dp_connect(r->dp, r->port, &to, NULL, IST_PAYLOAD_L2TP, &c));
	CU_ASSERT(c == rig_channel(r, 42) && dp_channel_port(c) == r->port);
	CU_ASSERT(dp_channel_peer(r->dp, c, &got) && !memcmp(&got, &to, sizeof(got)));
	CU_ASSERT(dp_connect(r->dp, r->port, &nobody, NULL, IST_PAYLOAD_L2TP, &c) ==
		  -EADDRNOTAVAIL);
	CU_ASSERT(dp_channel_mtu(r->dp, rig_channel(r, 42)) == 1042);
	dp_disconnect(r->dp, rig_channel(r, 42), &why);
	CU_ASSERT(!dp_channel_peer(r->dp, rig_channel(r, 42), &got));
	dp_answer(r->dp, rig_channel(r, 7));
	dp_answer(r->dp, rig_channel(r, 8));
	dp_refuse(r->dp, rig_channel(r, 7), &why);
	rig_settle(r);
	CU_ASSERT(r->fake->answers == 2 && r->fake->refusals == 2 && r->fake->disconnects == 1);
	CU_ASSERT(r->fake->asked == 7 && r->fake->why == IST_CAUSE_LOCAL);
	dp_port_count(r->dp, r->port, counts, 3);
	CU_ASSERT(counts[0] == 10 && counts[2] == 12);
	CU_ASSERT(dp_port_status(r->dp, r->port, buf, sizeof(buf)) == 14);
	CU_ASSERT(!strcmp(buf, "played by hand"));
}

static void rare_calls(void)
{
	dp_each(do_rare_calls, &fake_udp);
}

static void do_fill(struct rig *r)
{
	struct ist_fill f[2] = {{.taken = 9}, {.taken = 9}};

	CU_ASSERT_EQUAL(dp_port_fill(r->dp, r->port, f, 2), 1);
	CU_ASSERT(f[0].taken == 3 && f[0].each_most == 8 && !f[1].taken);
	CU_ASSERT_EQUAL(dp_port_fill(r->dp, 199, f, 2), 0);
}

static void do_no_fill(struct rig *r)
{
	struct ist_fill f[2];

	CU_ASSERT_EQUAL(dp_port_fill(r->dp, r->port, f, 2), 0);
}

/* A plugin that was compiled before the contract had it is not asked. */
static void what_others_can_take_up(void)
{
	dp_each(do_fill, &fake_udp);
	dp_each(do_no_fill, &fake_old);
}

static void do_offloads(struct rig *r)
{
	struct ist_offload o[3];

	memset(o, 9, sizeof(o));
	CU_ASSERT_EQUAL(dp_port_offloads(r->dp, r->port, o, 3), 2);
	CU_ASSERT_STRING_EQUAL(o[0].words, "magic");
	CU_ASSERT(o[0].state == IST_OFFLOAD_ACTIVE && !o[0].hint && !o[0].asked && !o[0].got);
	CU_ASSERT_STRING_EQUAL(o[1].words, "more magic");
	CU_ASSERT(o[1].state == IST_OFFLOAD_REFUSED && o[1].err == EPERM);
	CU_ASSERT(o[1].asked == UINT64_MAX && o[1].got == 7);
	CU_ASSERT_STRING_EQUAL(o[1].hint, "a wand");
	CU_ASSERT_PTR_NULL(o[2].words);
	CU_ASSERT_EQUAL(dp_port_offloads(r->dp, r->port, o, 1), 1);
	CU_ASSERT_EQUAL(dp_port_offloads(r->dp, 199, o, 3), 0);
	CU_ASSERT(dp_port_worker(r->dp, r->port) <= dp_workers(r->dp));
}

static void do_no_offloads(struct rig *r)
{
	struct ist_offload o[2];

	CU_ASSERT_EQUAL(dp_port_offloads(r->dp, r->port, o, 2), 0);
}

static void offloads_of_a_port(void)
{
	dp_each(do_offloads, &fake_udp);
	dp_each(do_no_offloads, &fake_old);
}

/* What it does not do is left out, and nothing fails that need not. */
static void do_bare(struct rig *r)
{
	struct ist_addr to = {.len = 1, .data = {42}};
	const struct ist_cause why = {.kind = IST_CAUSE_LOCAL};
	uint32_t errors[IST_ERRORS];
	uint64_t counts[2] = {5, 5};
	struct ist_fill fill[2];
	char text[8] = "x";
	l2tp_channel c;

	CU_ASSERT_EQUAL(dp_connect(r->dp, r->port, &to, NULL, IST_PAYLOAD_L2TP, &c), -EOPNOTSUPP);
	CU_ASSERT_FALSE(dp_line_accm(r->dp, rig_channel(r, 7), 1, 2));
	CU_ASSERT_FALSE(dp_line_errors(r->dp, rig_channel(r, 7), errors));
	CU_ASSERT_EQUAL(dp_port_fill(r->dp, r->port, fill, 2), 0);
	CU_ASSERT_EQUAL(dp_port_status(r->dp, r->port, text, sizeof(text)), 0);
	CU_ASSERT_STRING_EQUAL(text, "");
	dp_port_count(r->dp, r->port, counts, 2);
	CU_ASSERT(!counts[0] && !counts[1]);
	dp_answer(r->dp, rig_channel(r, 1));
	dp_refuse(r->dp, rig_channel(r, 2), &why);
	dp_disconnect(r->dp, rig_channel(r, 3), &why);
	CU_ASSERT_EQUAL(dp_send(r->dp, rig_channel(r, 9), (const uint8_t *)"x", 1, 4, 0),
			L2TP_TX_WAITING);
	CU_ASSERT(rig_wait_lines(r, 1)); /* what was sent before has been handled */
	CU_ASSERT_STRING_EQUAL(r->line[0].text, "sent 4");
}

static void a_bare_transport(void)
{
	dp_each(do_bare, &fake_bare);
}

static void do_no_such_port(struct rig *r)
{
	struct ist_addr to = {.len = 1, .data = {42}};
	const struct ist_cause why = {.kind = IST_CAUSE_LOCAL};
	uint64_t counts[1] = {5};
	l2tp_channel none = (l2tp_channel)200 << 32 | 1, c;
	char buf[8] = "x";

	CU_ASSERT(dp_connect(r->dp, 199, &to, NULL, IST_PAYLOAD_L2TP, &c) == -ENOENT);
	CU_ASSERT(dp_connect(r->dp, UINT_MAX, &to, NULL, IST_PAYLOAD_L2TP, &c) == -ENOENT);
	dp_answer(r->dp, none);
	dp_refuse(r->dp, 0, &why);
	dp_disconnect(r->dp, none, &why);
	dp_port_close(r->dp, 199);
	CU_ASSERT(!dp_channel_peer(r->dp, none, &to) && !dp_channel_mtu(r->dp, none));
	dp_port_count(r->dp, 199, counts, 1);
	CU_ASSERT(counts[0] == 0);
	CU_ASSERT(dp_port_status(r->dp, 199, buf, sizeof(buf)) == -ENOENT && !buf[0]);
	CU_ASSERT(dp_send(r->dp, none, (const uint8_t *)"x", 1, 0, 0) == L2TP_TX_FAILED);
	CU_ASSERT(dp_send(r->dp, 0, (const uint8_t *)"x", 1, 0, 0) == L2TP_TX_FAILED);
}

static void no_such_port(void)
{
	dp_each(do_no_such_port, &fake_udp);
}

static void dp_do_close(struct rig *r)
{
	char err[64];
	int again;

	fake_say(r->fake, FAKE_UP, 1);
	CU_ASSERT(rig_wait_lines(r, 1));
	fake_say(r->fake, FAKE_DOWN, 1);
	dp_port_close(r->dp, r->port);
	CU_ASSERT(!r->fake->open);
	dp_poll(r->dp);
	CU_ASSERT(r->n_line == 1); /* what was still unread is not told */
	again = rig_open(r, &fake_udp, r->fake, err, sizeof(err));
	CU_ASSERT(again >= 0 && (unsigned)again != r->port); /* a stale channel names nothing */
	dp_port_close(r->dp, (unsigned)again);
}

static void close_forgets(void)
{
	dp_each(dp_do_close, &fake_udp);
}

/* The port goes to the worker that has the fewest, of several to the first. */
static void ports_are_spread(void)
{
	static const char *const want[] = {"worker-0", "worker-1", "worker-2", "worker-0",
					   "worker-1"};
	struct fake *f[5];
	char err[64];
	struct rig r;
	int port[5];

	rig_up(&r, 3, &fake_udp);
	dp_port_close(r.dp, r.port);
	for (unsigned i = 0; i < 5; i++) {
		f[i] = fake_new();
		port[i] = rig_open(&r, &fake_udp, f[i], err, sizeof(err));
		CU_ASSERT_EQUAL(port[i], (int)i + 1); /* number 0 was used last */
	}
	dp_port_close(r.dp, (unsigned)port[2]);
	port[2] = rig_open(&r, &fake_udp, f[2], err, sizeof(err));
	CU_ASSERT_EQUAL(port[2], 6);
	for (unsigned i = 0; i < 5; i++) {
		fake_say(f[i], FAKE_UP, i);
		CU_ASSERT(rig_wait_lines(&r, i + 1));
		CU_ASSERT_STRING_EQUAL(f[i]->thread, want[i]);
	}
	rig_down(&r);
	for (unsigned i = 0; i < 5; i++)
		fake_free(f[i]);
}

static void workers_are_at_most_sixteen(void)
{
	static const struct dp_ops none;
	struct dp *dp = dp_new(17, &none, NULL);

	CU_ASSERT_FATAL(dp != NULL);
	CU_ASSERT_EQUAL(dp_workers(dp), 16);
	dp_free(dp);
}

static void do_refused(struct rig *r)
{
	struct fake *f = fake_new();
	char err[64];

	f->refuse_open = true;
	CU_ASSERT(rig_open(r, &fake_udp, f, err, sizeof(err)) == -EACCES);
	CU_ASSERT(!strcmp(err, "will not"));
	fake_free(f);
}

static void open_fails_with_words(void)
{
	dp_each(do_refused, &fake_udp);
}

static void do_log_and_tap(struct rig *r)
{
	char want[64];

	fake_say(r->fake, FAKE_TAP, 1); /* nobody captures */
	fake_say(r->fake, FAKE_LOG, 77);
	CU_ASSERT(rig_wait_lines(r, 1));
	snprintf(want, sizeof(want), "log %u 5 channel 77", r->port);
	CU_ASSERT(!strcmp(r->line[0].text, want));
	CU_ASSERT(!dp_port_tap(r->dp, r->port, true));
	fake_say(r->fake, FAKE_TAP, 1);
	CU_ASSERT_FATAL(rig_wait_lines(r, 2));
	snprintf(want, sizeof(want), "tap %u 1 107", r->port);
	CU_ASSERT(!strcmp(r->line[1].text, want));
	ASSERT_OCTETS(r->line[1].octets, r->line[1].len, "abcd", 4);
	CU_ASSERT(!dp_port_tap(r->dp, r->port, false));
	fake_say(r->fake, FAKE_TAP, 1);
	rig_settle(r);
	CU_ASSERT(r->n_line == 2);
}

static void log_and_tap(void)
{
	dp_each(do_log_and_tap, &fake_udp);
}

/* Frames that were in the mailbox when their port was closed, and one sent afterwards.  With a
 * thread: without one nothing is in the mailbox between two polls. */
static void do_port_closed(struct rig *r)
{
	fake_say(r->fake, FAKE_UP, 0x101); /* payload ppp */
	fake_hex(r->fake, 0x101, "c021 0102");
	fake_hex(r->fake, 1, "c802000c000000000000000000000000");
	rig_finish(r);
	dp_port_close(r->dp, r->port);
	CU_ASSERT(rig_wait_reason(r, DP_R_PORT_CLOSED, 2));
	CU_ASSERT(r->n_line == 0);
	CU_ASSERT(dp_send(r->dp, rig_channel(r, 1), (const uint8_t *)"a", 1, 0, 0) ==
		  L2TP_TX_FAILED);
	CU_ASSERT(rig_reason(r, DP_R_PORT_CLOSED) == 3);
}

static void frames_of_a_closed_port_are_counted(void)
{
	struct rig r;

	rig_up(&r, 1, &fake_flow);
	do_port_closed(&r);
	rig_down(&r);
}

static void do_idle(struct rig *r)
{
	struct pollfd fd = {.fd = dp_fd(r->dp), .events = POLLIN};

	dp_poll(r->dp);
	dp_poll(r->dp);
	CU_ASSERT(poll(&fd, 1, 0) == 0); /* nothing to do: does not spin */
	fake_say(r->fake, FAKE_UP, 1);
	CU_ASSERT(poll(&fd, 1, 10000) == 1);
	CU_ASSERT(rig_wait_lines(r, 1));
}

static void idle_is_quiet(void)
{
	dp_each(do_idle, &fake_udp);
}

/* All was delivered in one poll: the descriptor is not readable for it again. */
static void one_poll_is_enough(void)
{
	struct pollfd fd = {.events = POLLIN};
	struct rig r;

	rig_up(&r, 0, &fake_udp);
	dp_poll(r.dp);
	fd.fd = dp_fd(r.dp);
	CU_ASSERT_EQUAL(poll(&fd, 1, 0), 0);
	fake_say(r.fake, FAKE_UP, 1);
	CU_ASSERT_EQUAL(poll(&fd, 1, 0), 1);
	dp_poll(r.dp);
	CU_ASSERT_EQUAL(r.n_line, 1);
	CU_ASSERT_EQUAL(poll(&fd, 1, 0), 0);
	rig_down(&r);
}

/* More than one poll delivers at a time: the descriptor stays readable until all is out. */
static void do_bounded(struct rig *r)
{
	for (unsigned i = 0; i < 300; i++)
		fake_hex(r->fake, 1, "c802000c000000000000000000000000");
	rig_finish(r);
	dp_poll(r->dp);
	CU_ASSERT(r->n_line == 64);
	CU_ASSERT(rig_wait_lines(r, 300));
	CU_ASSERT(r->n_line == 300);
}

static void a_poll_is_bounded(void)
{
	struct rig r;

	rig_up(&r, 1, &fake_udp);
	do_bounded(&r);
	rig_down(&r);
}

static unsigned leavings, sent_before;
static struct rig *gathering;

static void dp_on_leaving(void *ctx)
{
	(void)ctx;
	leavings++;
	sent_before = fake_sent_count(gathering->fake);
}

static void dp_gathering_up(struct rig *r)
{
	struct dp_ops ops = rig_ops;

	ops.leaving = dp_on_leaving;
	gathering = r;
	rig_up_with(r, 1, &fake_udp, &ops);
	dp_push(r->dp);
	leavings = sent_before = 0;
}

/* What the owner has to store before it leaves is asked for once. */
static void what_is_gathered_leaves_together(void)
{
	struct rig r;

	dp_gathering_up(&r);
	for (unsigned i = 0; i < 3; i++)
		dp_send(r.dp, rig_channel(&r, 1), (const uint8_t *)"ab", 2, 0, 0);
	dp_poll(r.dp);
	CU_ASSERT(ring_unseen(&r.dp->mail[0].cmd) > 3 * sizeof(struct cmd_rec));
	CU_ASSERT_EQUAL(leavings, 0);
	dp_push(r.dp);
	CU_ASSERT_EQUAL(leavings, 1);
	CU_ASSERT_EQUAL(sent_before, 0);
	CU_ASSERT_EQUAL(ring_unseen(&r.dp->mail[0].cmd), 0);
	CU_ASSERT(rig_wait_sent(&r, 3));
	dp_push(r.dp); /* there is nothing more */
	CU_ASSERT_EQUAL(leavings, 1);
	rig_down(&r);
}

/* Nobody waits for an answer to what has not been asked yet. */
static void a_question_does_not_wait(void)
{
	struct rig r;

	dp_gathering_up(&r);
	dp_send(r.dp, rig_channel(&r, 1), (const uint8_t *)"ab", 2, 0, 0);
	CU_ASSERT(!dp_port_tap(r.dp, r.port, true));
	CU_ASSERT_EQUAL(leavings, 1);
	CU_ASSERT(rig_wait_sent(&r, 1));
	rig_down(&r);
}

/* A mailbox does not run full of what its reader cannot see. */
static void much_does_not_wait(void)
{
	static const uint8_t octets[1000];
	struct rig r;
	unsigned n = 0;

	dp_gathering_up(&r);
	for (; n < 300 && !leavings; n++)
		dp_send(r.dp, rig_channel(&r, 1), octets, sizeof(octets), 0, 0);
	CU_ASSERT(n > 200 && n < 300);
	CU_ASSERT(rig_wait_sent(&r, n));
	rig_down(&r);
}

static void reasons_have_words(void)
{
	for (unsigned i = 0; i < DP_R_COUNT; i++) {
		CU_ASSERT(dp_reasons[i].key && dp_reasons[i].words);
		for (unsigned k = 0; k < i; k++)
			CU_ASSERT(strcmp(dp_reasons[i].key, dp_reasons[k].key));
	}
}

static const struct test_case cases[] = {
	{"workers_are_chosen", workers_are_chosen},
	{"workers_are_at_most_sixteen", workers_are_at_most_sixteen},
	{"ports_are_spread", ports_are_spread},
	{"out_of_descriptors", out_of_descriptors},
	{"out_of_watches_or_threads", out_of_watches_or_threads},
	{"rare_calls", rare_calls},
	{"what_others_can_take_up", what_others_can_take_up},
	{"offloads_of_a_port", offloads_of_a_port},
	{"a_bare_transport", a_bare_transport},
	{"no_such_port", no_such_port},
	{"close_forgets", close_forgets},
	{"open_fails_with_words", open_fails_with_words},
	{"log_and_tap", log_and_tap},
	{"frames_of_a_closed_port_are_counted", frames_of_a_closed_port_are_counted},
	{"idle_is_quiet", idle_is_quiet},
	{"one_poll_is_enough", one_poll_is_enough},
	{"a_poll_is_bounded", a_poll_is_bounded},
	{"what_is_gathered_leaves_together", what_is_gathered_leaves_together},
	{"a_question_does_not_wait", a_question_does_not_wait},
	{"much_does_not_wait", much_does_not_wait},
	{"reasons_have_words", reasons_have_words},
	{NULL, NULL},
};
const struct test_suite suite_dp = {"dp", cases};
