/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joined legs: frames of a line or a call go out by another one, on any worker, unchanged. */
#include "core/bytes.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define LINE_CHANNEL 0x101u /* payload ppp */
#define CALL_CHANNEL 0x001u
#define CALL_HEADER  "0002 0a0b 0c0d" /* RFC 2661 3.1: data, no options, the peer's ids */

/* Line 7 on LINE_CHANNEL, call 2/3 on CALL_CHANNEL of the same port. */
static struct dp_call line_leg(const struct rig *r)
{
	struct dp_call c = {
		.sid = 7,
		.channel = rig_channel(r, LINE_CHANNEL),
		.mode = DP_FORWARD,
		.to_tid = 2,
		.to_sid = 3,
		.no_address = true,
		.mtu = 1400,
	};

	return c;
}

static struct dp_call call_leg(const struct rig *r)
{
	struct dp_call c = {
		.tid = 2,
		.sid = 3,
		.channel = rig_channel(r, CALL_CHANNEL),
		.data = {.peer_tid = 0x0a0b, .peer_sid = 0x0c0d},
		.mode = DP_FORWARD,
		.to_sid = 7,
		.ff03 = true,
		.mtu = 1400,
	};

	return c;
}

static void forward_join(struct rig *r, struct dp_call line, struct dp_call call)
{
	fake_say(r->fake, FAKE_UP, LINE_CHANNEL);
	fake_say(r->fake, FAKE_UP, CALL_CHANNEL);
	CU_ASSERT_FATAL(rig_wait_lines(r, 2));
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &line));
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &call));
}

static void sent_is(struct rig *r, unsigned i, ist_channel c, const char *hex)
{
	uint8_t want[256];
	size_t len = test_hex(want, sizeof(want), hex);

	CU_ASSERT_FATAL(rig_wait_sent(r, i + 1));
	CU_ASSERT(r->fake->sent[i].c == c);
	ASSERT_OCTETS(r->fake->sent[i].octets, r->fake->sent[i].len, want, len);
}

static void do_both_ways(struct rig *r)
{
	struct dp_counters n;
	struct dp_call_stats s;

	forward_join(r, line_leg(r), call_leg(r));
	/* LCP, authentication and NCP included; RFC 2661 4.4.6 leaves HDLC's FF 03 in. */
	fake_hex(r->fake, LINE_CHANNEL, "c021 0101 0004");
	sent_is(r, 0, CALL_CHANNEL, CALL_HEADER "ff03 c021 0101 0004");
	fake_hex(r->fake, LINE_CHANNEL, "21 4500");
	sent_is(r, 1, CALL_CHANNEL, CALL_HEADER "ff03 0021 4500");
	fake_hex(r->fake, CALL_CHANNEL, "0002 0002 0003 ff03 c021 0201 0004");
	sent_is(r, 2, LINE_CHANNEL, "c021 0201 0004");
	fake_hex(r->fake, CALL_CHANNEL, "0002 0002 0003 8021 0201 0004");
	sent_is(r, 3, LINE_CHANNEL, "8021 0201 0004");
	CU_ASSERT(r->n_line == 2); /* nothing for the control thread */
	CU_ASSERT_FATAL(dp_call_stats(r->dp, 0, 7, &s));
	CU_ASSERT(s.rx_frames == 2 && s.rx_octets == 6 + 3);
	CU_ASSERT(s.tx_frames == 2 && s.tx_octets == 6 + 6 && s.drops == 0);
	CU_ASSERT_FATAL(dp_call_stats(r->dp, 2, 3, &s));
	CU_ASSERT(s.rx_frames == 2 && s.tx_frames == 2 && s.drops == 0);
	rig_settle(r); /* a frame is counted when the transport has taken it */
	dp_count(r->dp, &n);
	CU_ASSERT(n.rx_frames == 4 && n.tx_frames == 4 && !n.rx_control && !n.tx_control);
}

/* Of link control, authentication and network control alone, of the leg that is watched, and no
 * more than 200 at once and in a second. */
static void do_copies(struct rig *r)
{
	struct dp_call line = line_leg(r);
	struct pollfd fd = {.events = POLLIN};
	unsigned most;
	uint64_t start;

	start = dp_now();
	line.watched = true;
	forward_join(r, line, call_leg(r));
	fake_hex(r->fake, LINE_CHANNEL, "c021 0101 0004");
	fake_hex(r->fake, LINE_CHANNEL, "21 4500");
	fake_hex(r->fake, CALL_CHANNEL, "0002 0002 0003 ff03 c021 0201 0004");
	fake_hex(r->fake, LINE_CHANNEL, "8021 0102 0004");
	sent_is(r, 3, CALL_CHANNEL, CALL_HEADER "ff03 8021 0102 0004");
	CU_ASSERT_FATAL(rig_wait_lines(r, 4));
	CU_ASSERT_STRING_EQUAL(r->line[2].text, "copy 0/7 0");
	ASSERT_OCTETS(r->line[2].octets, r->line[2].len, "\xc0\x21\x01\x01\x00\x04", 6);
	ASSERT_OCTETS(r->line[3].octets, r->line[3].len, "\x80\x21\x01\x02\x00\x04", 6);
	rig_settle(r);
	fd.fd = dp_fd(r->dp);
	fake_hex(r->fake, LINE_CHANNEL, "c021 0101 0004");
	CU_ASSERT_EQUAL(poll(&fd, 1, 10000), 1); /* control is woken */
	for (unsigned i = 0; i < 350; i++)
		fake_hex(r->fake, LINE_CHANNEL, "c021 0101 0004");
	sent_is(r, 354, CALL_CHANNEL, CALL_HEADER "ff03 c021 0101 0004");
	CU_ASSERT(rig_wait_reason(r, DP_R_COPY_LIMIT, 1));
	rig_settle(r);
	CU_ASSERT(rig_wait_lines(r, 2 + 353 - (unsigned)rig_reason(r, DP_R_COPY_LIMIT)));
	most = 2 + 200 + (unsigned)((dp_now() - start) / 5000) + 1;
	CU_ASSERT(r->n_line <= most && rig_reason(r, DP_R_TAP_RING) == 0);
}

static void copies_for_who_watches(void)
{
	rig_each(do_copies);
}

static void a_line_and_a_call_both_ways(void)
{
	rig_each(do_both_ways);
}

/* Two workers with a port each; `second` is r by its second port, which `other` plays. */
static void two_ports(struct rig *r, struct rig *second, struct fake *other)
{
	char err[80];
	int port;

	rig_up(r, 2, &fake_flow);
	port = rig_open(r, &fake_flow, other, err, sizeof(err));
	CU_ASSERT_FATAL(port >= 0 && (unsigned)port != r->port);
	*second = *r;
	second->port = (unsigned)port;
	second->fake = other;
}

/* The other leg's worker builds the frame. */
static void legs_on_two_workers(void)
{
	struct fake *other = fake_new();
	struct dp_call line, call;
	struct rig r, second;

	two_ports(&r, &second, other);
	line = line_leg(&r);
	call = call_leg(&second);
	fake_say(r.fake, FAKE_UP, LINE_CHANNEL);
	fake_say(other, FAKE_UP, CALL_CHANNEL);
	CU_ASSERT_FATAL(rig_wait_lines(&r, 2));
	CU_ASSERT_FATAL(!dp_call_set(r.dp, &line) && !dp_call_set(r.dp, &call));
	fake_hex(r.fake, LINE_CHANNEL, "c021 0101 0004");
	sent_is(&second, 0, CALL_CHANNEL, CALL_HEADER "ff03 c021 0101 0004");
	fake_hex(other, CALL_CHANNEL, "0002 0002 0003 ff03 c021 0201 0004");
	sent_is(&r, 0, LINE_CHANNEL, "c021 0201 0004");
	dp_call_del(r.dp, 0, 7);
	fake_hex(other, CALL_CHANNEL, "0002 0002 0003 ff03 c021 0201 0004");
	CU_ASSERT(rig_wait_reason(&r, DP_R_NO_JOIN, 1));
	rig_down(&r);
	fake_free(other);
}

/* A held frame that the gap timer gives up waiting for wakes the other leg's worker too. */
static void a_gap_before_a_leg_on_another_worker(void)
{
	struct fake *other = fake_new();
	struct dp_call line, call;
	struct rig r, second;

	two_ports(&r, &second, other);
	line = line_leg(&second);
	call = call_leg(&r);
	call.data.reorder = 8;
	call.data.reorder_timeout = 100000; /* the other worker sleeps by then */
	fake_say(r.fake, FAKE_UP, CALL_CHANNEL);
	fake_say(other, FAKE_UP, LINE_CHANNEL);
	CU_ASSERT_FATAL(rig_wait_lines(&r, 2));
	CU_ASSERT_FATAL(!dp_call_set(r.dp, &line) && !dp_call_set(r.dp, &call));
	fake_hex(r.fake, CALL_CHANNEL, "0802 0002 0003 0000 0000 ff03 c021 0101 0004");
	sent_is(&second, 0, LINE_CHANNEL, "c021 0101 0004");
	fake_hex(r.fake, CALL_CHANNEL, "0802 0002 0003 0002 0000 ff03 c021 0103 0004");
	sent_is(&second, 1, LINE_CHANNEL, "c021 0103 0004");
	rig_down(&r);
	fake_free(other);
}

/* The other leg's worker is held up: its mailbox takes 1 MiB and no more. */
static void the_mailbox_of_the_other_worker_is_bounded(void)
{
	uint8_t frame[2 + 4000] = {0x00, 0x21};
	struct fake *other = fake_new();
	struct dp_call line, call;
	struct rig r, second;
	unsigned full;

	two_ports(&r, &second, other);
	line = line_leg(&r);
	call = call_leg(&second);
	call.mtu = 4000;
	fake_say(r.fake, FAKE_UP, LINE_CHANNEL);
	fake_say(other, FAKE_UP, CALL_CHANNEL);
	CU_ASSERT_FATAL(rig_wait_lines(&r, 2));
	CU_ASSERT_FATAL(!dp_call_set(r.dp, &line) && !dp_call_set(r.dp, &call));
	pthread_mutex_lock(&other->lock);
	other->host->wake(other->host_ctx); /* it goes for the lock */
	for (unsigned i = 0; i < 400; i++)
		fake_octets(r.fake, LINE_CHANNEL, frame, sizeof(frame), 0);
	rig_finish(&r);
	pthread_mutex_unlock(&other->lock);
	full = (unsigned)rig_reason(&r, DP_R_PAIR_RING);
	CU_ASSERT(full > 120 && full < 160); /* 1 MiB is 260 of them */
	CU_ASSERT(rig_wait_sent(&second, 400 - full));
	rig_settle(&r);
	CU_ASSERT_EQUAL(fake_sent_count(other), 400 - full);
	CU_ASSERT_EQUAL(rig_reason(&r, DP_R_PAIR_RING), full);
	/* The leg has gone when its worker comes to what waits for it. */
	pthread_mutex_lock(&other->lock);
	other->host->wake(other->host_ctx);
	for (unsigned i = 0; i < 3; i++)
		fake_octets(r.fake, LINE_CHANNEL, frame, 8, 0);
	rig_finish(&r);
	dp_call_del(r.dp, 2, 3);
	dp_flush(r.dp);
	pthread_mutex_unlock(&other->lock);
	CU_ASSERT(rig_wait_reason(&r, DP_R_NO_JOIN, 3));
	CU_ASSERT_EQUAL(rig_reason(&r, DP_R_NO_CALL), 0);
	rig_down(&r);
	fake_free(other);
}

/* 70 frames of two calls by turns, for two channels: what comes in one piece leaves in as few calls
 * of the transport as a batch of 64 allows, each channel's in order. */
static void do_batches(struct rig *r)
{
	struct dp_call line = line_leg(r), call = call_leg(r);
	uint8_t frames[70 * 9];
	unsigned next[2] = {0, 1}, calls;

	forward_join(r, line, call);
	line.sid = 8;
	line.channel = rig_channel(r, LINE_CHANNEL + 1);
	line.to_sid = 4;
	call.sid = 4;
	call.to_sid = 8;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &line) && !dp_call_set(r->dp, &call));
	for (unsigned i = 0; i < 70; i++) {
		test_hex(frames + i * 9, 9, i & 1 ? "0002 0002 0004 8021" : "0002 0002 0003 8021");
		frames[i * 9 + 8] = (uint8_t)i;
	}
	calls = r->fake->send_calls;
	fake_octets(r->fake, CALL_CHANNEL, frames, sizeof(frames), 9);
	CU_ASSERT_FATAL(rig_wait_sent(r, 70));
	CU_ASSERT_EQUAL(r->fake->send_calls - calls, 4);
	for (unsigned i = 0; i < 70; i++) {
		const struct fake_frame *f = &r->fake->sent[i];
		unsigned second = f->c == LINE_CHANNEL + 1;

		CU_ASSERT(second || f->c == LINE_CHANNEL);
		CU_ASSERT(f->len == 3 && f->octets[2] == next[second]);
		next[second] += 2;
	}
}

static void batches_by_channel(void)
{
	rig_each(do_batches);
}

/* The line has another circuit now: the first one has no line. */
static void do_line_moves(struct rig *r)
{
	struct dp_call line = line_leg(r);

	line.mode = DP_PUNT;
	fake_say(r->fake, FAKE_UP, LINE_CHANNEL);
	fake_say(r->fake, FAKE_UP, LINE_CHANNEL + 1);
	CU_ASSERT_FATAL(rig_wait_lines(r, 2));
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &line));
	line.channel = rig_channel(r, LINE_CHANNEL + 1);
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &line));
	fake_hex(r->fake, LINE_CHANNEL, "c021 0101 0004");
	fake_hex(r->fake, LINE_CHANNEL + 1, "c021 0101 0004");
	CU_ASSERT_FATAL(rig_wait_lines(r, 4));
	CU_ASSERT_STRING_EQUAL(r->line[2].text, "line 257");
	CU_ASSERT_STRING_EQUAL(r->line[3].text, "ppp 0/7");
}

static void a_line_moves(void)
{
	rig_each(do_line_moves);
}

static void do_oversize(struct rig *r)
{
	struct dp_call line = line_leg(r), call = call_leg(r);
	uint8_t frame[2 + 65] = {0x00, 0x21};
	struct dp_call_stats s;

	call.mtu = 64;
	forward_join(r, line, call);
	fake_octets(r->fake, LINE_CHANNEL, frame, 2 + 64, 0);
	CU_ASSERT_FATAL(rig_wait_sent(r, 1));
	CU_ASSERT(rig_reason(r, DP_R_TOO_BIG) == 0);
	fake_octets(r->fake, LINE_CHANNEL, frame, 2 + 65, 0);
	CU_ASSERT(rig_wait_reason(r, DP_R_TOO_BIG, 1));
	CU_ASSERT(fake_sent_count(r->fake) == 1);
	CU_ASSERT_FATAL(dp_call_stats(r->dp, 2, 3, &s));
	CU_ASSERT(s.drops == 1 && s.tx_frames == 1);
}

static void what_the_leg_cannot_carry_is_counted(void)
{
	rig_each(do_oversize);
}

static void do_leg_gone(struct rig *r)
{
	struct dp_call_stats s;

	forward_join(r, line_leg(r), call_leg(r));
	dp_call_del(r->dp, 2, 3);
	fake_hex(r->fake, LINE_CHANNEL, "c021 0101 0004");
	CU_ASSERT(rig_wait_reason(r, DP_R_NO_JOIN, 1));
	CU_ASSERT_FATAL(dp_call_stats(r->dp, 0, 7, &s));
	CU_ASSERT(s.drops == 1);
	/* Without the line its channel's frames are the control thread's again. */
	dp_call_del(r->dp, 0, 7);
	fake_hex(r->fake, LINE_CHANNEL, "c021 0101 0004");
	CU_ASSERT_FATAL(rig_wait_lines(r, 3));
	CU_ASSERT(!strcmp(r->line[2].text, "line 257"));
}

static void frames_for_a_leg_that_has_gone(void)
{
	rig_each(do_leg_gone);
}

/* A peer that agreed to ACFC end to end leaves FF 03 out, and gets none; LCP always has it. */
static void do_mirror(struct rig *r)
{
	struct dp_call call = call_leg(r);

	call.mirror_ff03 = true;
	forward_join(r, line_leg(r), call);
	fake_hex(r->fake, LINE_CHANNEL, "0021 45");
	sent_is(r, 0, CALL_CHANNEL, CALL_HEADER "ff03 0021 45");
	fake_hex(r->fake, CALL_CHANNEL, "0002 0002 0003 0021 45");
	sent_is(r, 1, LINE_CHANNEL, "0021 45");
	fake_hex(r->fake, LINE_CHANNEL, "0021 45");
	sent_is(r, 2, CALL_CHANNEL, CALL_HEADER "0021 45");
	fake_hex(r->fake, LINE_CHANNEL, "c021 0901 0004");
	sent_is(r, 3, CALL_CHANNEL, "0102 0a0b 0c0d ff03 c021 0901 0004"); /* P: 3.1 */
	fake_hex(r->fake, CALL_CHANNEL, "0002 0002 0003 ff03 0021 45");
	sent_is(r, 4, LINE_CHANNEL, "0021 45");
	fake_hex(r->fake, LINE_CHANNEL, "0021 45");
	sent_is(r, 5, CALL_CHANNEL, CALL_HEADER "ff03 0021 45");
}

static void ff03_as_the_far_end_has_it(void)
{
	rig_each(do_mirror);
}

/* Frames that wait for their turn leave in order, and by their own octets. */
static void do_reordered(struct rig *r)
{
	struct dp_call call = call_leg(r);

	call.data.reorder = 4;
	call.data.reorder_timeout = 10000000;
	forward_join(r, line_leg(r), call);
	fake_hex(r->fake, CALL_CHANNEL, "0802 0002 0003 0000 0000 ff03 c021 00");
	fake_hex(r->fake, CALL_CHANNEL, "0802 0002 0003 0002 0000 ff03 c021 02");
	fake_hex(r->fake, CALL_CHANNEL, "0802 0002 0003 0003 0000 ff03 c021 03");
	fake_hex(r->fake, CALL_CHANNEL, "0802 0002 0003 0001 0000 ff03 c021 01");
	sent_is(r, 0, LINE_CHANNEL, "c021 00");
	sent_is(r, 1, LINE_CHANNEL, "c021 01");
	sent_is(r, 2, LINE_CHANNEL, "c021 02");
	sent_is(r, 3, LINE_CHANNEL, "c021 03");
}

static void held_frames_leave_in_order(void)
{
	rig_each(do_reordered);
}

/* As the join does: at the first frame of the call it is up, and frames go on to the line. */
static void forward_on_ppp(void *ctx, uint16_t tid, uint16_t sid, const uint8_t *p, size_t len,
			   uint64_t now)
{
	struct rig *r = ctx;
	bool first = r->n_line == 2;
	struct dp_call call = call_leg(r);

	rig_ops.ppp(ctx, tid, sid, p, len, now);
	CU_ASSERT(dp_ppp_send(r->dp, 0, 7, p, len));
	if (first)
		CU_ASSERT(!dp_call_set(r->dp, &call));
}

static void punting_join(struct rig *r, unsigned workers)
{
	struct dp_ops ops = rig_ops;
	struct dp_call call;

	ops.ppp = forward_on_ppp;
	rig_up_with(r, workers, &fake_flow, &ops);
	call = call_leg(r);
	call.mode = DP_PUNT;
	forward_join(r, line_leg(r), call);
}

/* RFC 1661 1: links "are assumed to deliver packets in order". */
static void frames_before_the_join_was_up_leave_first(void)
{
	struct rig r;

	punting_join(&r, 0);
	fake_hex(r.fake, CALL_CHANNEL, "0002 0002 0003 ff03 c021 01");
	fake_hex(r.fake, CALL_CHANNEL, "0002 0002 0003 ff03 c021 02");
	CU_ASSERT_FATAL(rig_wait_lines(&r, 4));
	/* A worker reads what comes in before what the control thread sends. */
	fake_hex(r.fake, CALL_CHANNEL, "0002 0002 0003 ff03 c021 03");
	sent_is(&r, 0, LINE_CHANNEL, "c021 01");
	sent_is(&r, 1, LINE_CHANNEL, "c021 02");
	sent_is(&r, 2, LINE_CHANNEL, "c021 03");
	CU_ASSERT(r.n_line == 5);
	rig_settle(&r);
	fake_hex(r.fake, CALL_CHANNEL, "0002 0002 0003 ff03 c021 04");
	sent_is(&r, 3, LINE_CHANNEL, "c021 04");
	CU_ASSERT(r.n_line == 5); /* nothing is in front of it */
	rig_down(&r);
}

/* The control thread has the first frame and does not run: 16 frames wait behind it, no more. */
static void few_frames_wait_for_the_control_thread(void)
{
	struct dp_call call;
	struct rig r;
	unsigned i;

	punting_join(&r, 1);
	fake_hex(r.fake, CALL_CHANNEL, "0002 0002 0003 ff03 c021 01");
	rig_finish(&r);
	call = call_leg(&r);
	CU_ASSERT_FATAL(!dp_call_set(r.dp, &call));
	for (i = 0; i < 16; i++)
		fake_hex(r.fake, CALL_CHANNEL, "0002 0002 0003 ff03 c021 02");
	rig_finish(&r);
	CU_ASSERT(fake_sent_count(r.fake) == 0);
	fake_hex(r.fake, CALL_CHANNEL, "0002 0002 0003 ff03 c021 03");
	rig_finish(&r);
	sent_is(&r, 0, LINE_CHANNEL, "c021 03");
	sent_is(&r, 1, LINE_CHANNEL, "c021 01");
	CU_ASSERT(rig_wait_sent(&r, 18));
	rig_down(&r);
}

/* A line that ends in a terminal: what the control thread sends and gets. */
static void do_terminal(struct rig *r)
{
	struct dp_call line = line_leg(r);
	uint8_t frame[] = {0xc0, 0x21, 1, 1, 0, 4}, want[8];

	line.mode = DP_PUNT;
	fake_say(r->fake, FAKE_UP, LINE_CHANNEL);
	CU_ASSERT_FATAL(rig_wait_lines(r, 1));
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &line));
	fake_hex(r->fake, LINE_CHANNEL, "ff03 c021 0102");
	CU_ASSERT_FATAL(rig_wait_lines(r, 2));
	CU_ASSERT(!strcmp(r->line[1].text, "ppp 0/7"));
	ASSERT_OCTETS(r->line[1].octets, r->line[1].len, want, test_hex(want, 8, "c021 0102"));
	CU_ASSERT(dp_ppp_send(r->dp, 0, 7, frame, sizeof(frame)));
	sent_is(r, 0, LINE_CHANNEL, "c021 0101 0004");
}

static void a_line_without_a_join(void)
{
	rig_each(do_terminal);
}

static void wrong_entries(void)
{
	struct dp_call c;
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	c = line_leg(&r);
	c.sid = 0;
	CU_ASSERT(dp_call_set(r.dp, &c) == -EINVAL);
	c = line_leg(&r);
	c.channel += UINT64_C(1) << 32;
	CU_ASSERT(dp_call_set(r.dp, &c) == -ENOENT);
	/* Tunnel ID 0 on the wire names no line. */
	c = line_leg(&r);
	CU_ASSERT(!dp_call_set(r.dp, &c));
	fake_hex(r.fake, CALL_CHANNEL, "0002 0000 0007 ff03 c021 01");
	CU_ASSERT(rig_wait_reason(&r, DP_R_NO_CALL, 1));
	rig_down(&r);
}

static const struct test_case cases[] = {
	{"a_line_and_a_call_both_ways", a_line_and_a_call_both_ways},
	{"copies_for_who_watches", copies_for_who_watches},
	{"legs_on_two_workers", legs_on_two_workers},
	{"a_gap_before_a_leg_on_another_worker", a_gap_before_a_leg_on_another_worker},
	{"the_mailbox_of_the_other_worker_is_bounded", the_mailbox_of_the_other_worker_is_bounded},
	{"batches_by_channel", batches_by_channel},
	{"a_line_moves", a_line_moves},
	{"what_the_leg_cannot_carry_is_counted", what_the_leg_cannot_carry_is_counted},
	{"frames_for_a_leg_that_has_gone", frames_for_a_leg_that_has_gone},
	{"ff03_as_the_far_end_has_it", ff03_as_the_far_end_has_it},
	{"held_frames_leave_in_order", held_frames_leave_in_order},
	{"frames_before_the_join_was_up_leave_first", frames_before_the_join_was_up_leave_first},
	{"few_frames_wait_for_the_control_thread", few_frames_wait_for_the_control_thread},
	{"a_line_without_a_join", a_line_without_a_join},
	{"wrong_entries", wrong_entries},
	{NULL, NULL},
};
const struct test_suite suite_dp_forward = {"dp_forward", cases};
