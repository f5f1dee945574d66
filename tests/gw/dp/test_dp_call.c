/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data frames in: header, look-up, sequencing, punts.  Call 2/3 of channel 1 unless said. */
#include "core/bytes.h"
#include "gw/dp/rcu.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"

#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct dp_call dp_call_of(const struct rig *r)
{
	struct dp_call c = {
		.tid = 2,
		.sid = 3,
		.channel = rig_channel(r, 1),
		.data = {.peer_tid = 0x0a0b, .peer_sid = 0x0c0d},
		.mode = DP_PUNT,
		.mtu = 1400,
	};

	return c;
}

static void dp_call_each(void (*fn)(struct rig *r), const struct dp_call *with)
{
	for (const struct rig_form *f = rig_forms; f->name; f++) {
		struct rig r;
		struct dp_call c;

		rig_up_form(&r, f, &fake_udp, &rig_ops);
		c = dp_call_of(&r);
		if (with) {
			c.data.reorder = with->data.reorder;
			c.data.reorder_timeout = with->data.reorder_timeout;
			c.data.required = with->data.required;
			c.data.lns = with->data.lns;
			c.mode = with->mode;
		}
		CU_ASSERT_FATAL(!dp_call_set(r.dp, &c));
		fn(&r);
		rig_down(&r);
	}
}

/* RFC 2661 3.1: every L, S, O, P; the pad is two octets, Length covers all. */
static size_t data_header(uint8_t *p, unsigned flags, uint16_t ns, size_t payload)
{
	struct wr w = wr_init(p, 64);

	wr_u16(&w, (uint16_t)(2 | flags));
	if (flags & 0x4000)
		wr_u16(&w, 0);
	wr_u16(&w, 2);
	wr_u16(&w, 3);
	if (flags & 0x0800) {
		wr_u16(&w, ns);
		wr_u16(&w, 0);
	}
	if (flags & 0x0200) {
		wr_u16(&w, 2);
		wr_u16(&w, 0xdead);
	}
	if (flags & 0x4000)
		wr_patch16(&w, 2, (uint16_t)(w.len + payload));
	return w.len;
}

static void say_data(struct rig *r, ist_channel from, unsigned flags, uint16_t ns, const char *hex)
{
	uint8_t p[FAKE_FRAME], payload[256];
	size_t len = test_hex(payload, sizeof(payload), hex);
	size_t h = data_header(p, flags, ns, len);

	memcpy(p + h, payload, len);
	fake_octets(r->fake, from, p, h + len, 0);
}

static void ppp_line_is(struct rig *r, unsigned i, const char *hex)
{
	uint8_t want[256];
	size_t len = test_hex(want, sizeof(want), hex);

	CU_ASSERT_FATAL(i < r->n_line);
	CU_ASSERT(!strcmp(r->line[i].text, "ppp 2/3"));
	ASSERT_OCTETS(r->line[i].octets, r->line[i].len, want, len);
}

static void do_headers(struct rig *r)
{
	unsigned n = 0;

	for (unsigned bits = 0; bits < 16; bits++) {
		unsigned flags = (bits & 1 ? 0x4000 : 0) | (bits & 2 ? 0x0800 : 0) |
				 (bits & 4 ? 0x0200 : 0) | (bits & 8 ? 0x0100 : 0);

		say_data(r, 1, flags, (uint16_t)(bits & 2 ? n++ : 0), "ff03 c021 01010004");
	}
	CU_ASSERT_FATAL(rig_wait_lines(r, 16));
	for (unsigned i = 0; i < 16; i++)
		ppp_line_is(r, i, "c021 01010004");
}

static void rfc2661_3_1_every_header(void)
{
	dp_call_each(do_headers, NULL);
}

static const struct {
	const char *frame, *up;
} ppp_row[] = {
	{"ff03 c021 0102", "c021 0102"},
	{"c021 0102", "c021 0102"}, /* ACFC */
	{"ff03 21 45", "0021 45"},  /* PFC: first octet odd */
	{"57 60", "0057 60"},
	{"ff03 0021 45", "0021 45"},
	{"80fd 0405", "80fd 0405"},
	{"c021", "c021"},
	{"0020 45", "0020 45"}, /* even: for a Protocol-Reject (RFC 1661 2) */
	{"ff03 c022 01", "c022 01"},
	{"ff04 01", "00ff 0401"}, /* FF without 03 (RFC 1662 3.2) */
};

static void do_protocols(struct rig *r)
{
	unsigned n = sizeof(ppp_row) / sizeof(ppp_row[0]);

	for (unsigned i = 0; i < n; i++)
		say_data(r, 1, 0, 0, ppp_row[i].frame);
	CU_ASSERT_FATAL(rig_wait_lines(r, n));
	for (unsigned i = 0; i < n; i++)
		ppp_line_is(r, i, ppp_row[i].up);
	say_data(r, 1, 0, 0, "");
	say_data(r, 1, 0, 0, "ff03");
	say_data(r, 1, 0, 0, "c0");
	CU_ASSERT(rig_wait_reason(r, DP_R_BAD_PPP, 3));
	CU_ASSERT(r->n_line == n);
}

static void rfc1661_framing_is_undone(void)
{
	dp_call_each(do_protocols, NULL);
}

static void do_dropped(struct rig *r)
{
	fake_hex(r->fake, 1, "c8");
	CU_ASSERT(rig_wait_reason(r, DP_R_NOT_L2TP, 1));
	fake_hex(r->fake, 1, "0002 0002 00");		  /* header cut off */
	fake_hex(r->fake, 1, "4002 00ff 0002 0003 c021"); /* Length past the end */
	fake_hex(r->fake, 1, "0202 0002 0003 00ff c021"); /* Offset past the end */
	CU_ASSERT(rig_wait_reason(r, DP_R_BAD_HDR, 3));
	fake_hex(r->fake, 1, "0002 0002 0004 c021");
	fake_hex(r->fake, 1, "0002 0003 0003 c021");
	fake_hex(r->fake, 1, "0002 0000 0000 c021");
	CU_ASSERT(rig_wait_reason(r, DP_R_NO_CALL, 3));
	say_data(r, 2, 0, 0, "c021 0102");
	CU_ASSERT(rig_wait_reason(r, DP_R_WRONG_CHANNEL, 1));
	CU_ASSERT(r->n_line == 0);
	CU_ASSERT(dp_tunnel_heard(r->dp, 2) == 0);
}

static void bad_data_is_counted(void)
{
	dp_call_each(do_dropped, NULL);
}

/* Packets that are not L2TPv2 data go to the engine, which counts or answers them. */
static const char *const control_row[] = {
	"c802 000c 0002 0000 0000 0000",
	"8002",			       /* T without L and S */
	"0001 0002 0003",	       /* L2F */
	"c803 000c 00000001 00000000", /* L2TPv3 */
	"0003 0002 0003",
};

static void dp_call_do_control(struct rig *r)
{
	unsigned n = sizeof(control_row) / sizeof(control_row[0]);
	uint8_t want[64];

	for (unsigned i = 0; i < n; i++)
		fake_hex(r->fake, 9, control_row[i]);
	CU_ASSERT_FATAL(rig_wait_lines(r, n));
	for (unsigned i = 0; i < n; i++) {
		size_t len = test_hex(want, sizeof(want), control_row[i]);

		CU_ASSERT(!strcmp(r->line[i].text, "control 9"));
		ASSERT_OCTETS(r->line[i].octets, r->line[i].len, want, len);
	}
}

static void control_goes_to_the_engine(void)
{
	dp_call_each(dp_call_do_control, NULL);
}

static void dp_call_do_marks(struct rig *r)
{
	static const uint32_t marks[] = {0, IST_FRAME_CONGESTED, IST_FRAME_DISCARD,
					 IST_FRAME_CONGESTED | IST_FRAME_DISCARD,
					 IST_FRAME_DISCARD};
	struct dp_counters n;

	dp_count(r->dp, &n);
	CU_ASSERT(!n.rx_congested && !n.rx_discard);
	for (unsigned i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		r->fake->marks = marks[i];
		fake_hex(r->fake, 9, "c802 000c 0000 0000 0000 0000");
		CU_ASSERT(rig_wait_lines(r, i + 1));
	}
	dp_count(r->dp, &n);
	CU_ASSERT_EQUAL(n.rx_congested, 2);
	CU_ASSERT_EQUAL(n.rx_discard, 3);
}

static void marks_of_the_medium_are_counted(void)
{
	dp_call_each(dp_call_do_marks, NULL);
}

static void do_segments(struct rig *r)
{
	uint8_t p[64];
	size_t n = test_hex(p, sizeof(p),
			    "0002 0002 0003 c021 01  0002 0002 0003 c021 02  0002 0002 0003 c021");

	fake_octets(r->fake, 1, p, n, 9);
	CU_ASSERT_FATAL(rig_wait_lines(r, 3));
	ppp_line_is(r, 0, "c021 01");
	ppp_line_is(r, 1, "c021 02");
	ppp_line_is(r, 2, "c021");
}

static void segments_are_walked(void)
{
	dp_call_each(do_segments, NULL);
}

static void do_gone(struct rig *r)
{
	struct dp_call c = dp_call_of(r);

	dp_call_del(r->dp, 2, 3);
	dp_call_del(r->dp, 2, 3);
	say_data(r, 1, 0, 0, "c021 0102");
	CU_ASSERT(rig_wait_reason(r, DP_R_NO_CALL, 1));
	c.channel = (l2tp_channel)100 << 32 | 1;
	CU_ASSERT(dp_call_set(r->dp, &c) == -ENOENT);
	c.channel = rig_channel(r, 1);
	c.sid = 0;
	CU_ASSERT(dp_call_set(r->dp, &c) == -EINVAL);
}

static void a_deleted_call_is_unknown(void)
{
	dp_call_each(do_gone, NULL);
}

static void do_stats(struct rig *r)
{
	struct dp_call_stats st;
	uint64_t before = dp_now();

	rig_finish(r); /* what comes now is of a later batch */
	CU_ASSERT(dp_call_stats(r->dp, 2, 3, &st) && !st.rx_frames && !st.last_rx);
	say_data(r, 1, 0, 0, "c021 0102");
	say_data(r, 1, 0, 0, "c021 010203");
	CU_ASSERT(rig_wait_lines(r, 2));
	rig_finish(r);
	CU_ASSERT(dp_call_stats(r->dp, 2, 3, &st));
	CU_ASSERT(st.rx_frames == 2 && st.rx_octets == 9 && !st.tx_frames && !st.drops);
	CU_ASSERT(st.control == 2);
	CU_ASSERT(st.last_rx >= before && st.last_rx <= dp_now());
	CU_ASSERT(dp_tunnel_heard(r->dp, 2) == st.last_rx && dp_tunnel_heard(r->dp, 3) == 0);
	CU_ASSERT(!dp_call_stats(r->dp, 2, 4, &st));
}

static void stats_and_heard(void)
{
	dp_call_each(do_stats, NULL);
}

/* --- sequencing: RFC 2661 5.4 ----------------------------------------------------------------- */

static const struct dp_call reordering = {.data = {.reorder = 8, .reorder_timeout = 60000000}};
static const struct dp_call impatient = {.data = {.reorder = 8, .reorder_timeout = 1000}};

static void do_reorder(struct rig *r)
{
	struct dp_call_stats st;

	say_data(r, 1, 0x0800, 0, "c021 00");
	say_data(r, 1, 0x0800, 3, "c021 03");
	say_data(r, 1, 0x0800, 2, "c021 02");
	rig_settle(r);
	CU_ASSERT(r->n_line == 1);
	say_data(r, 1, 0x0800, 1, "c021 01");
	CU_ASSERT_FATAL(rig_wait_lines(r, 4));
	ppp_line_is(r, 0, "c021 00");
	ppp_line_is(r, 1, "c021 01");
	ppp_line_is(r, 2, "c021 02");
	ppp_line_is(r, 3, "c021 03");
	say_data(r, 1, 0x0800, 1, "c021 01");
	CU_ASSERT(rig_wait_reason(r, DP_R_SEQ, 1));
	rig_finish(r);
	CU_ASSERT(dp_call_stats(r->dp, 2, 3, &st));
	CU_ASSERT(st.seq_reordered == 2 && st.seq_late == 1 && st.seq_lost == 0 && st.drops == 1);
}

static void held_until_their_turn(void)
{
	dp_call_each(do_reorder, &reordering);
}

static void do_gap(struct rig *r)
{
	struct dp_call_stats st;

	say_data(r, 1, 0x0800, 0, "c021 00");
	say_data(r, 1, 0x0800, 2, "c021 02");
	CU_ASSERT_FATAL(rig_wait_lines(r, 2)); /* by the gap timer alone */
	ppp_line_is(r, 1, "c021 02");
	rig_finish(r);
	CU_ASSERT(dp_call_stats(r->dp, 2, 3, &st) && st.seq_lost == 1);
}

static void a_gap_is_given_up_in_time(void)
{
	dp_call_each(do_gap, &impatient);
}

/* Deleted with frames held: they are counted, their buffers come back, and the timer does not touch
 * freed memory. */
static void do_deleted_while_held(struct rig *r)
{
	struct dp_call c = dp_call_of(r);

	c.data = reordering.data;
	for (unsigned round = 0; round < 300; round++) {
		say_data(r, 1, 0x0800, 0, "c021 00");
		for (uint16_t ns = 2; ns < 9; ns++)
			say_data(r, 1, 0x0800, ns, "c021 02");
		CU_ASSERT_FATAL(rig_wait_lines(r, 1));
		rig_settle(r);
		dp_call_del(r->dp, 2, 3);
		r->n_line = 0;
		CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	}
	CU_ASSERT(rig_wait_reason(r, DP_R_NO_CALL, 300 * 7));
	/* there is room for others */
	say_data(r, 1, 0x0800, 0, "c021 00");
	say_data(r, 1, 0x0800, 2, "c021 02");
	say_data(r, 1, 0x0800, 1, "c021 01");
	CU_ASSERT_FATAL(rig_wait_lines(r, 3));
	ppp_line_is(r, 2, "c021 02");
	CU_ASSERT(rig_reason(r, DP_R_REORDER_FULL) == 0);
}

static void deleted_while_frames_are_held(void)
{
	dp_call_each(do_deleted_while_held, &reordering);
}

static void say_ahead(struct rig *r, uint16_t sid, uint16_t ns)
{
	char hex[64];

	snprintf(hex, sizeof(hex), "0802 0002 %04x %04x 0000 c021 %02x", sid, ns, ns);
	fake_hex(r->fake, 1, hex);
}

/* 33 calls of 32 frames each are more than the 1024 that are kept: the last call's are lost, and
 * counted when it is their turn. */
static void do_no_more_room(struct rig *r)
{
	struct dp_call c = dp_call_of(r);
	struct dp_call_stats st;

	c.data.reorder = 32;
	c.data.reorder_timeout = 60000000;
	for (c.sid = 100; c.sid < 133; c.sid++) {
		CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
		for (uint16_t ns = 1; ns <= 32; ns++)
			say_ahead(r, c.sid, ns);
		rig_settle(r);
	}
	CU_ASSERT_EQUAL(r->n_line, 0);
	say_ahead(r, 132, 0);
	CU_ASSERT(rig_wait_reason(r, DP_R_REORDER_FULL, 32));
	rig_settle(r);
	CU_ASSERT_EQUAL(r->n_line, 1);
	CU_ASSERT(dp_call_stats(r->dp, 2, 132, &st));
	CU_ASSERT(st.drops == 32 && st.rx_frames == 33);
	say_ahead(r, 100, 0);
	CU_ASSERT_FATAL(rig_wait_lines(r, 1 + 33));
	rig_settle(r);
	CU_ASSERT(r->n_line == 1 + 33 && rig_reason(r, DP_R_REORDER_FULL) == 32);
	for (unsigned i = 0; i < 33; i++)
		CU_ASSERT(r->line[1 + i].len == 3 && r->line[1 + i].octets[2] == i);
	r->holds = true;
}

static void no_room_to_hold_more(void)
{
	dp_call_each(do_no_more_room, NULL);
}

struct dp_call_reader {
	sem_t reads, leave;
};

static void *dp_call_read(void *arg)
{
	struct dp_call_reader *d = arg;

	rcu_enter();
	rcu_online();
	sem_post(&d->reads);
	sem_wait(&d->leave);
	rcu_offline();
	rcu_leave();
	return NULL;
}

static bool dp_call_is_later(struct rig *r, void *arg)
{
	uint64_t one = 1;

	if (write(r->fake->fd, &one, sizeof(one)) < 0) /* not to wait for anything else */
		return false;
	return dp_now() > *(uint64_t *)arg;
}

/* A reader keeps the deleted call's state: its gap timer fires, and delivers nothing, not to the
 * call that has its ids now either. */
static void the_gap_of_a_deleted_call(void)
{
	struct dp_call_reader d;
	struct dp_call c;
	pthread_t t;
	uint64_t end;
	struct rig r;

	rig_up(&r, 0, &fake_udp);
	for (int again = 0; again < 2; again++) {
		c = dp_call_of(&r);
		c.data.reorder = 8;
		c.data.reorder_timeout = 20000;
		CU_ASSERT_FATAL(!dp_call_set(r.dp, &c));
		r.n_line = 0;
		say_data(&r, 1, 0x0800, 0, "c021 00");
		say_data(&r, 1, 0x0800, 2, "c021 02");
		CU_ASSERT_FATAL(!sem_init(&d.reads, 0, 0) && !sem_init(&d.leave, 0, 0));
		CU_ASSERT_FATAL(!pthread_create(&t, NULL, dp_call_read, &d));
		sem_wait(&d.reads);
		dp_poll(r.dp);
		dp_call_del(r.dp, 2, 3);
		if (again)
			CU_ASSERT_FATAL(!dp_call_set(r.dp, &c));
		end = dp_now() + 25000;
		CU_ASSERT(rig_wait(&r, dp_call_is_later, &end));
		CU_ASSERT_EQUAL(r.n_line, 1);
		CU_ASSERT_EQUAL(rig_reason(&r, DP_R_NO_CALL), (uint64_t)again);
		sem_post(&d.leave);
		pthread_join(t, NULL);
		CU_ASSERT(rig_wait_reason(&r, DP_R_NO_CALL, again + 1u));
		sem_destroy(&d.reads);
		sem_destroy(&d.leave);
	}
	say_data(&r, 1, 0x0800, 0, "c021 07");
	CU_ASSERT_FATAL(rig_wait_lines(&r, 2));
	ppp_line_is(&r, 1, "c021 07");
	rig_down(&r);
}

static const struct dp_call required = {.data = {.required = true}};

/* The control thread hears of it once in the life of the call, not with each frame. */
static void do_required(struct rig *r)
{
	struct dp_call_stats st;

	for (unsigned i = 0; i < 5; i++)
		say_data(r, 1, 0, 0, "c021 00");
	CU_ASSERT(rig_wait_reason(r, DP_R_NO_SEQ, 5));
	say_data(r, 1, 0x0800, 0, "c021 00");
	CU_ASSERT_FATAL(rig_wait_lines(r, 2));
	rig_settle(r);
	CU_ASSERT_EQUAL(r->n_line, 2);
	CU_ASSERT_STRING_EQUAL(r->line[0].text, "unsequenced 2/3");
	ppp_line_is(r, 1, "c021 00");
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_SEQ), 0);
	rig_finish(r);
	CU_ASSERT(dp_call_stats(r->dp, 2, 3, &st) && st.drops == 5 && st.rx_frames == 6);
}

static void unsequenced_where_required(void)
{
	dp_call_each(do_required, &required);
}

static void do_set_keeps(struct rig *r)
{
	struct dp_call c = dp_call_of(r);
	struct dp_call_stats st;

	say_data(r, 1, 0x0800, 0, "c021 00");
	say_data(r, 1, 0x0800, 1, "c021 01");
	CU_ASSERT(rig_wait_lines(r, 2));
	c.mode = DP_TERMINAL;
	c.data.peer_sid = 99;
	CU_ASSERT(!dp_call_set(r->dp, &c));
	say_data(r, 1, 0x0800, 1, "c021 01"); /* still a duplicate */
	CU_ASSERT(rig_wait_reason(r, DP_R_SEQ, 1));
	rig_finish(r);
	CU_ASSERT(dp_call_stats(r->dp, 2, 3, &st) && st.rx_frames == 3);
}

static void a_change_keeps_the_sequence(void)
{
	dp_call_each(do_set_keeps, NULL);
}

/* --- punts ------------------------------------------------------------------------------------ */

static const struct dp_call terminal = {.mode = DP_TERMINAL};

static void do_terminal_punts(struct rig *r)
{
	struct dp_call c = dp_call_of(r);
	struct dp_call_stats st;

	/* No NCP is open, but the control thread may be about to open one: the first few go up, and
	 * again after each change. */
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 10; i++) {
			say_data(r, 1, 0, 0, "0021 45");
			say_data(r, 1, 0, 0, "57 60");
		}
		CU_ASSERT(rig_wait_reason(r, DP_R_NOT_OPEN, 4 * (round + 1)));
		rig_settle(r);
		CU_ASSERT_EQUAL_FATAL(r->n_line, 16);
		ppp_line_is(r, 0, "0021 45");
		ppp_line_is(r, 15, "0057 60");
		r->n_line = 0;
		c.mode = DP_TERMINAL;
		CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	}
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_NOT_OPEN), 8);
	rig_finish(r);
	CU_ASSERT(dp_call_stats(r->dp, 2, 3, &st) && st.drops == 8);
	say_data(r, 1, 0, 0, "c021 0901 0008 00000000");
	say_data(r, 1, 0, 0, "002d 01"); /* an NCP we do not do: for a Protocol-Reject */
	say_data(r, 1, 0, 0, "0020 45"); /* no protocol has this number */
	CU_ASSERT_FATAL(rig_wait_lines(r, 3));
	ppp_line_is(r, 2, "0020 45");
	ppp_line_is(r, 0, "c021 0901 0008 00000000");
	ppp_line_is(r, 1, "002d 01");
}

static void a_terminal_punts_the_rest(void)
{
	dp_call_each(do_terminal_punts, &terminal);
}

static bool lcp_came(struct rig *r, void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < r->n_line; i++)
		if (r->line[i].len && r->line[i].octets[0] == 0xc0)
			return true;
	return false;
}

/* Network packets that come too early may not use up what negotiation needs. */
static void do_punts(struct rig *r)
{
	uint64_t start = dp_now();
	uint64_t most;

	for (unsigned i = 0; i < 400; i++)
		say_data(r, 1, 0, 0, "0021 45");
	CU_ASSERT(rig_wait_reason(r, DP_R_PUNT_LIMIT, 1));
	say_data(r, 1, 0, 0, "c021 01");
	CU_ASSERT(rig_wait(r, lcp_came, NULL));
	for (unsigned i = 0; i < 99; i++)
		say_data(r, 1, 0, 0, "c021 01");
	rig_settle(r);
	CU_ASSERT(rig_wait_lines(r, 500 - (unsigned)rig_reason(r, DP_R_PUNT_LIMIT)));
	most = 100 + (dp_now() - start) / 10000 + 1; /* the burst, and 100 a second */
	CU_ASSERT(r->n_line <= most);
}

static void punts_are_limited(void)
{
	dp_call_each(do_punts, NULL);
}

/* A flood of one kind fills its own mailbox only. */
static void do_rings_apart(struct rig *r)
{
	uint8_t p[FAKE_FRAME] = {0xc8, 0x02};

	/* 400 of 4 KiB are more than the mailbox holds; nobody polls meanwhile. */
	for (unsigned i = 0; i < 400; i++)
		fake_octets(r->fake, 5, p, sizeof(p), 0);
	say_data(r, 1, 0, 0, "c021 01");
	rig_finish(r);
	CU_ASSERT(rig_reason(r, DP_R_CONTROL_RING) > 0);
	CU_ASSERT(rig_wait(r, lcp_came, NULL));
	CU_ASSERT(rig_reason(r, DP_R_PPP_RING) == 0);
}

/* Nobody polls: what does not fit is counted, with the call too. */
static void the_ppp_mailbox_is_bounded(void)
{
	enum { CALLS = 4, EACH = 100, LEN = 4500 };
	uint8_t p[LEN] = {0, 2, 0, 2, 0, 0, 0xc0, 0x21};
	struct dp_call_stats st;
	uint64_t full, drops = 0;
	struct dp_call c;
	struct rig r;

	rig_up(&r, 1, &fake_udp);
	c = dp_call_of(&r);
	for (c.sid = 1; c.sid <= CALLS; c.sid++) {
		CU_ASSERT_FATAL(!dp_call_set(r.dp, &c));
		p[5] = (uint8_t)c.sid;
		for (unsigned i = 0; i < EACH; i++)
			fake_octets(r.fake, 1, p, LEN, 0);
	}
	rig_finish(&r);
	full = rig_reason(&r, DP_R_PPP_RING);
	CU_ASSERT(full > 150 && full < 200); /* 1 MiB is 233 of them */
	CU_ASSERT_EQUAL(rig_reason(&r, DP_R_PUNT_LIMIT), 0);
	for (uint16_t sid = 1; sid <= CALLS; sid++) {
		CU_ASSERT(dp_call_stats(r.dp, 2, sid, &st) && st.control == EACH);
		drops += st.drops;
	}
	CU_ASSERT_EQUAL(drops, full);
	CU_ASSERT(rig_wait_lines(&r, CALLS * EACH - (unsigned)full));
	rig_settle(&r);
	CU_ASSERT_EQUAL(r.n_line, CALLS * EACH - full);
	rig_down(&r);
}

static void control_does_not_starve_ppp(void)
{
	struct rig r;
	struct dp_call c;

	rig_up(&r, 1, &fake_udp);
	c = dp_call_of(&r);
	CU_ASSERT_FATAL(!dp_call_set(r.dp, &c));
	do_rings_apart(&r);
	rig_down(&r);
}

/* --- lines ------------------------------------------------------------------------------------ */

static void ppp_channels_go_up_whole(void)
{
	struct rig r;
	uint8_t want[8];

	rig_up(&r, 0, &fake_flow);
	fake_say(r.fake, FAKE_UP, 0x101); /* payload ppp */
	fake_say(r.fake, FAKE_UP, 0x001);
	fake_hex(r.fake, 0x101, "ff03 c021 0102");
	fake_hex(r.fake, 0x001, "c802 000c 0000 0000 0000 0000");
	fake_hex(r.fake, 0x101, "c0");
	fake_hex(r.fake, 0x101, "c021 0902"); /* no link begins so */
	fake_hex(r.fake, 0x101, "c021");
	fake_hex(r.fake, 0x101, "8021 0102");
	CU_ASSERT_FATAL(rig_wait_lines(&r, 4));
	CU_ASSERT(!strcmp(r.line[2].text, "control 1"));
	CU_ASSERT(!strcmp(r.line[3].text, "line 257"));
	ASSERT_OCTETS(r.line[3].octets, r.line[3].len, want, test_hex(want, 8, "c021 0102"));
	CU_ASSERT(rig_wait_reason(&r, DP_R_BAD_PPP, 1));
	CU_ASSERT(rig_wait_reason(&r, DP_R_NO_LINE, 3));
	rig_settle(&r);
	CU_ASSERT_EQUAL(r.n_line, 4);
	rig_down(&r);
}

/* A circuit without a line takes no more of the mailbox than a call does. */
static void requests_of_no_line_are_limited(void)
{
	uint64_t start = dp_now();
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	fake_say(r.fake, FAKE_UP, 0x101);
	fake_say(r.fake, FAKE_UP, 0x102);
	for (unsigned i = 0; i < 400; i++)
		fake_hex(r.fake, 0x101, "c021 0102");
	fake_hex(r.fake, 0x102, "c021 0102");
	rig_settle(&r);
	CU_ASSERT(rig_wait_lines(&r, 403 - (unsigned)rig_reason(&r, DP_R_PUNT_LIMIT)));
	CU_ASSERT(r.n_line >= 2 + 100 + 1);
	CU_ASSERT(r.n_line <= 2 + 1 + 100 + (dp_now() - start) / 10000 + 1);
	CU_ASSERT_STRING_EQUAL(r.line[r.n_line - 1].text, "line 258");
	rig_down(&r);
}

/* Without lines the workers drop such frames themselves; L2TP on the same port is not touched. */
static void ppp_without_a_line_is_counted(void)
{
	for (const struct rig_form *f = rig_forms; f->name; f++) {
		struct dp_ops no_line = rig_ops;
		struct rig r;

		no_line.line = NULL;
		rig_up_form(&r, f, &fake_flow, &no_line);
		fake_say(r.fake, FAKE_UP, 0x101); /* payload ppp */
		fake_say(r.fake, FAKE_UP, 0x001);
		fake_hex(r.fake, 0x101, "ff03 c021 0102");
		fake_hex(r.fake, 0x101, "c0");
		fake_hex(r.fake, 0x001, "c802 000c 0000 0000 0000 0000");
		CU_ASSERT(rig_wait_reason(&r, DP_R_NO_LINE, 2));
		CU_ASSERT_FATAL(rig_wait_lines(&r, 3));
		CU_ASSERT(!strcmp(r.line[2].text, "control 1"));
		CU_ASSERT(rig_reason(&r, DP_R_BAD_PPP) == 0);
		rig_down(&r);
	}
}

/* Users' packets go first, so that tunnels and links live. */
static void do_crowded(struct rig *r)
{
	struct dp_call c = {
		.tid = 2, .sid = 3, .channel = rig_channel(r, 7), .mode = DP_TERMINAL, .mtu = 1400};

	fake_say(r->fake, FAKE_UP, 7);
	CU_ASSERT_FATAL(rig_wait_lines(r, 1));
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	fake_say_crowded(r->fake, true);
	fake_hex(r->fake, 7, "0002 0002 0003 ff03 0021 4500");
	fake_hex(r->fake, 7, "0002 0002 0003 ff03 003d c000 0000");
	fake_hex(r->fake, 7, "c802 000c 0002 0000 0001 0001");
	fake_hex(r->fake, 7, "0002 0002 0003 ff03 c021 0901 0008 0000 0000");
	fake_hex(r->fake, 7, "0002 0002 0003 ff03 8021 0101 0004");
	CU_ASSERT_FATAL(rig_wait_lines(r, 4));
	CU_ASSERT_STRING_EQUAL(r->line[1].text, "control 7");
	CU_ASSERT_STRING_EQUAL(r->line[2].text, "ppp 2/3");
	CU_ASSERT_STRING_EQUAL(r->line[3].text, "ppp 2/3");
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_CROWDED), 2);
	fake_say_crowded(r->fake, false);
	fake_hex(r->fake, 7, "0002 0002 0003 ff03 0021 4500");
	CU_ASSERT_TRUE(rig_wait_lines(r, 5)); /* early: its NCP is not open */
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_CROWDED), 2);
}

static void a_crowded_port_brings_what_keeps_links_alive(void)
{
	rig_each(do_crowded);
}

static const struct test_case cases[] = {
	{"a_crowded_port_brings_what_keeps_links_alive",
	 a_crowded_port_brings_what_keeps_links_alive},
	{"rfc2661_3_1_every_header", rfc2661_3_1_every_header},
	{"rfc1661_framing_is_undone", rfc1661_framing_is_undone},
	{"bad_data_is_counted", bad_data_is_counted},
	{"control_goes_to_the_engine", control_goes_to_the_engine},
	{"marks_of_the_medium_are_counted", marks_of_the_medium_are_counted},
	{"segments_are_walked", segments_are_walked},
	{"a_deleted_call_is_unknown", a_deleted_call_is_unknown},
	{"stats_and_heard", stats_and_heard},
	{"held_until_their_turn", held_until_their_turn},
	{"a_gap_is_given_up_in_time", a_gap_is_given_up_in_time},
	{"deleted_while_frames_are_held", deleted_while_frames_are_held},
	{"no_room_to_hold_more", no_room_to_hold_more},
	{"the_gap_of_a_deleted_call", the_gap_of_a_deleted_call},
	{"unsequenced_where_required", unsequenced_where_required},
	{"a_change_keeps_the_sequence", a_change_keeps_the_sequence},
	{"a_terminal_punts_the_rest", a_terminal_punts_the_rest},
	{"punts_are_limited", punts_are_limited},
	{"the_ppp_mailbox_is_bounded", the_ppp_mailbox_is_bounded},
	{"control_does_not_starve_ppp", control_does_not_starve_ppp},
	{"ppp_channels_go_up_whole", ppp_channels_go_up_whole},
	{"requests_of_no_line_are_limited", requests_of_no_line_are_limited},
	{"ppp_without_a_line_is_counted", ppp_without_a_line_is_counted},
	{NULL, NULL},
};
const struct test_suite suite_dp_call = {"dp_call", cases};
