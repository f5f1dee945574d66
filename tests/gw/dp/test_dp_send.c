/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames out: heads, batches by channel, queues of flow-controlled channels. */
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

static void sent_is(struct rig *r, unsigned i, ist_channel c, const char *hex)
{
	uint8_t want[256];
	size_t len = test_hex(want, sizeof(want), hex);

	CU_ASSERT_FATAL(i < fake_sent_count(r->fake));
	CU_ASSERT(r->fake->sent[i].c == c);
	ASSERT_OCTETS(r->fake->sent[i].octets, r->fake->sent[i].len, want, len);
}

static enum l2tp_tx send_text(struct rig *r, ist_channel c, const char *text, uint64_t cookie)
{
	return dp_send(r->dp, rig_channel(r, c), (const uint8_t *)text, strlen(text), cookie, 0);
}

static bool ppp_hex(struct rig *r, const char *hex)
{
	uint8_t p[256];

	return dp_ppp_send(r->dp, 2, 3, p, test_hex(p, sizeof(p), hex));
}

/* PPP frames and control messages are counted apart. */
static void counted(struct rig *r, uint64_t rx, uint64_t tx, uint64_t rx_control,
		    uint64_t tx_control)
{
	struct dp_counters n;

	dp_count(r->dp, &n);
	CU_ASSERT_EQUAL(n.rx_frames, rx);
	CU_ASSERT_EQUAL(n.tx_frames, tx);
	CU_ASSERT_EQUAL(n.rx_control, rx_control);
	CU_ASSERT_EQUAL(n.tx_control, tx_control);
}

static void dp_send_do_control(struct rig *r)
{
	CU_ASSERT(send_text(r, 5, "one", 0) == L2TP_TX_TAKEN);
	CU_ASSERT(send_text(r, 6, "two", 0) == L2TP_TX_TAKEN);
	CU_ASSERT_FATAL(rig_wait_sent(r, 2));
	sent_is(r, 0, 5, "6f6e65");
	sent_is(r, 1, 6, "74776f");
	CU_ASSERT(r->fake->sent[0].flags == IST_FRAME_CONTROL);
	r->fake->send_error = -ENETUNREACH;
	CU_ASSERT(send_text(r, 5, "one", 0) == L2TP_TX_TAKEN);
	CU_ASSERT(rig_wait_reason(r, DP_R_SEND, 1));
	fake_hex(r->fake, 5, "c802 000c 0000 0000 0000 0000");
	CU_ASSERT(rig_wait_lines(r, 1));
	rig_settle(r);
	counted(r, 0, 0, 1, 2);
}

static void control_packets(void)
{
	rig_each_of(dp_send_do_control, &fake_udp);
}

static struct dp_call send_call(const struct rig *r)
{
	return (struct dp_call){.tid = 2,
				.sid = 3,
				.channel = rig_channel(r, 1),
				.data = {.peer_tid = 1, .peer_sid = 1},
				.mtu = 1400};
}

static void send_leaving(void *ctx)
{
	(void)ctx;
}

/* Control messages and frames of a turn: one send for each channel, each in its order. */
static void a_turn_is_a_send_for_each_channel(void)
{
	struct dp_ops ops = rig_ops;
	struct dp_call c;
	struct rig r;
	unsigned calls;

	ops.leaving = send_leaving;
	rig_up_with(&r, 1, &fake_udp, &ops);
	c = send_call(&r);
	CU_ASSERT_FATAL(!dp_call_set(r.dp, &c));
	dp_push(r.dp);
	rig_settle(&r);
	calls = r.fake->send_calls;
	for (unsigned i = 0; i < 10; i++) {
		CU_ASSERT(send_text(&r, 1, "icrp", 0) == L2TP_TX_TAKEN);
		CU_ASSERT(ppp_hex(&r, "c021 0101 0004"));
		CU_ASSERT(send_text(&r, 6, "hello", 0) == L2TP_TX_TAKEN);
	}
	dp_push(r.dp);
	CU_ASSERT_FATAL(rig_wait_sent(&r, 30));
	CU_ASSERT_EQUAL(r.fake->send_calls - calls, 2);
	for (unsigned i = 0; i < 20; i += 2) {
		sent_is(&r, i, 1, "69637270");
		CU_ASSERT_EQUAL(r.fake->sent[i].flags, IST_FRAME_CONTROL);
		sent_is(&r, i + 1, 1, "0002 0001 0001 ff03 c021 0101 0004");
		CU_ASSERT_EQUAL(r.fake->sent[i + 1].flags & IST_FRAME_CONTROL, 0);
	}
	for (unsigned i = 20; i < 30; i++)
		sent_is(&r, i, 6, "68656c6c6f");
	rig_settle(&r); /* sent frames are counted after they have left */
	counted(&r, 0, 10, 0, 20);
	rig_down(&r);
}

/* A port may be closed right after the last packet: it has left. */
static void dp_send_do_close(struct rig *r)
{
	for (unsigned i = 0; i < 200; i++)
		CU_ASSERT(send_text(r, 5, "stop", 0) == L2TP_TX_TAKEN);
	dp_port_close(r->dp, r->port);
	CU_ASSERT(fake_sent_count(r->fake) == 200 && !r->fake->open);
}

static void sent_before_the_port_is_closed(void)
{
	rig_each_of(dp_send_do_close, &fake_udp);
}

/* RFC 2661 3.1: Length has 16 bits. */
static void do_too_long(struct rig *r)
{
	static uint8_t frame[70000] = {0xc2, 0x23};
	struct dp_call c = send_call(r);
	struct dp_call_stats st;

	c.data.send_length = true;
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	r->fake->send_error = -EMSGSIZE;
	CU_ASSERT(dp_ppp_send(r->dp, 2, 3, frame, 65535 - 8));
	CU_ASSERT(rig_wait_reason(r, DP_R_SEND, 1));
	rig_settle(r);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_TOO_BIG), 0);
	CU_ASSERT(dp_ppp_send(r->dp, 2, 3, frame, 65535 - 8 + 1));
	CU_ASSERT(rig_wait_reason(r, DP_R_TOO_BIG, 1));
	rig_settle(r);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_SEND), 1);
	CU_ASSERT(dp_call_stats(r->dp, 2, 3, &st));
	CU_ASSERT(st.drops == 1 && st.tx_frames == 1 && st.tx_octets == 65535 - 8);
	CU_ASSERT_EQUAL(st.control, 2);
}

static void longer_than_the_length_field(void)
{
	rig_each_of(do_too_long, &fake_udp);
}

static const struct {
	bool ff03, pfc, length, seq;
	const char *frame, *want;
} head_row[] = {
	/* L2TP header of call 0a0b/0c0d, then what RFC 1661 leaves of the frame */
	{0, 0, 0, 0, "0021 45", "0002 0a0b 0c0d 0021 45"},
	{1, 0, 0, 0, "0021 45", "0002 0a0b 0c0d ff03 0021 45"},
	{0, 1, 0, 0, "0021 45", "0002 0a0b 0c0d 21 45"},
	{1, 1, 0, 0, "0057 60", "0002 0a0b 0c0d ff03 57 60"},
	{0, 1, 0, 0, "8021 01", "0002 0a0b 0c0d 8021 01"},
	{0, 1, 0, 0, "c021 01", "0002 0a0b 0c0d ff03 c021 01"}, /* LCP is never compressed */
	/* RFC 2661 3.1: P on echoes of LCP, and on nothing else */
	{0, 0, 0, 0, "c021 09", "0102 0a0b 0c0d ff03 c021 09"},
	{0, 0, 1, 1, "c021 0a01", "4902 0012 0a0b 0c0d 0000 0000 ff03 c021 0a01"},
	{0, 0, 0, 0, "c021 0b01", "0002 0a0b 0c0d ff03 c021 0b01"},
	{0, 0, 0, 0, "c021 08", "0002 0a0b 0c0d ff03 c021 08"},
	{0, 0, 0, 0, "c021", "0002 0a0b 0c0d ff03 c021"},
	{0, 0, 0, 0, "8021 09", "0002 0a0b 0c0d 8021 09"},
	{0, 0, 1, 0, "c223 01", "4002 000b 0a0b 0c0d c223 01"},
	{0, 0, 0, 1, "c223 01", "0802 0a0b 0c0d 0000 0000 c223 01"},
	{0, 0, 1, 1, "c223 01", "4802 000f 0a0b 0c0d 0000 0000 c223 01"},
};

static void do_heads(struct rig *r)
{
	unsigned n = sizeof(head_row) / sizeof(head_row[0]);

	for (unsigned i = 0; i < n; i++) {
		struct dp_call c = {
			.tid = 2,
			.sid = 3,
			.channel = rig_channel(r, 8),
			.data = {.peer_tid = 0x0a0b,
				 .peer_sid = 0x0c0d,
				 .lns = true,
				 .send_length = head_row[i].length,
				 .send_seq = head_row[i].seq},
			.ff03 = head_row[i].ff03,
			.pfc = head_row[i].pfc,
			.mtu = 1400,
		};

		dp_call_del(r->dp, 2, 3);
		CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
		CU_ASSERT(ppp_hex(r, head_row[i].frame));
		CU_ASSERT_FATAL(rig_wait_sent(r, i + 1));
		sent_is(r, i, 8, head_row[i].want);
	}
	rig_settle(r);
	counted(r, 0, n, 0, 0);
	CU_ASSERT(!dp_ppp_send(r->dp, 2, 4, (const uint8_t *)"ab", 2));
	CU_ASSERT(rig_reason(r, DP_R_NO_CALL) == 1);
	CU_ASSERT(!dp_ppp_send(r->dp, 2, 3, (const uint8_t *)"a", 1));
	CU_ASSERT(rig_reason(r, DP_R_BAD_PPP) == 1);
}

static void heads_of_every_kind(void)
{
	rig_each_of(do_heads, &fake_udp);
}

/* RFC 2661 5.4: the LNS turns sequencing on and off during the call. */
/* RFC 2474: octet 1 of IPv4, RFC 8200: bits 4 to 9 of IPv6; EF is 46, AF12 12, AF43 38. */
static void do_marks(struct rig *r)
{
	static const struct {
		uint8_t dscp;
		const char *frame;
		uint32_t flags;
	} row[] = {
		{0, "0021 45b8", 0},
		{DP_DSCP_COPY, "0021 45b8", IST_FRAME_DSCP(46)},
		{DP_DSCP_COPY, "0021 45b9", IST_FRAME_DSCP(46)}, /* ECN is not copied */
		{DP_DSCP_COPY, "0057 6b80", IST_FRAME_DSCP(46)},
		{DP_DSCP_COPY, "0021 4500", 0},
		{DP_DSCP_COPY, "0021 45", 0},
		{DP_DSCP_COPY, "c021 0db8", 0},
		{DP_DSCP_COPY, "0021 4530", IST_FRAME_DSCP(12) | IST_FRAME_DISCARD},
		{DP_DSCP_COPY, "0057 6980", IST_FRAME_DSCP(38) | IST_FRAME_DISCARD},
		{46, "0021 4530", IST_FRAME_DSCP(46) | IST_FRAME_DISCARD},
		{46, "0021 4528", IST_FRAME_DSCP(46)},
		{46, "c021 0901", IST_FRAME_DSCP(46)},
		{0, "0057 6980", IST_FRAME_DISCARD},
		{0, "8021 0130", 0},
	};
	struct dp_call c = {
		.tid = 2,
		.sid = 3,
		.channel = rig_channel(r, 1),
		.data = {.peer_tid = 4, .peer_sid = 5},
		.discard = UINT64_C(1) << 12 | UINT64_C(1) << 38,
	};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		c.dscp = row[i].dscp;
		CU_ASSERT(!dp_call_set(r->dp, &c));
		CU_ASSERT(ppp_hex(r, row[i].frame));
		CU_ASSERT_FATAL(rig_wait_sent(r, i + 1));
		CU_ASSERT_EQUAL(r->fake->sent[i].flags, row[i].flags);
	}
	/* Codepoint 0 may be dropped first too, where that is asked for. */
	c.discard = 1;
	CU_ASSERT(!dp_call_set(r->dp, &c));
	CU_ASSERT(ppp_hex(r, "0021 4500"));
	CU_ASSERT_FATAL(rig_wait_sent(r, sizeof(row) / sizeof(row[0]) + 1));
	CU_ASSERT_EQUAL(r->fake->sent[sizeof(row) / sizeof(row[0])].flags, IST_FRAME_DISCARD);
}

static void marks_of_frames(void)
{
	rig_each(do_marks);
}

static void do_sequence(struct rig *r)
{
	struct dp_call c = {.tid = 2,
			    .sid = 3,
			    .channel = rig_channel(r, 8),
			    .data = {.peer_tid = 1, .peer_sid = 1, .lns = true},
			    .mtu = 1400};
	struct dp_call_stats st;

	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	CU_ASSERT(ppp_hex(r, "c223 01") && rig_wait_sent(r, 1));
	c.data.send_seq = true;
	CU_ASSERT(!dp_call_set(r->dp, &c));
	CU_ASSERT(ppp_hex(r, "c223 02") && ppp_hex(r, "c223 03") && rig_wait_sent(r, 3));
	rig_finish(r);
	CU_ASSERT(dp_call_stats(r->dp, 2, 3, &st) && st.sending_seq && st.tx_frames == 3);
	c.data.send_seq = false;
	CU_ASSERT(!dp_call_set(r->dp, &c));
	CU_ASSERT(ppp_hex(r, "c223 04") && rig_wait_sent(r, 4));
	sent_is(r, 0, 8, "0002 0001 0001 c223 01");
	sent_is(r, 1, 8, "0802 0001 0001 0000 0000 c223 02");
	sent_is(r, 2, 8, "0802 0001 0001 0001 0000 c223 03");
	sent_is(r, 3, 8, "0002 0001 0001 c223 04");
}

static void sequencing_on_and_off(void)
{
	rig_each_of(do_sequence, &fake_udp);
}

/* It begins and ends with the entry that has it, whatever the call has sent before. */
static void do_required(struct rig *r)
{
	struct dp_call c = {.tid = 2,
			    .sid = 3,
			    .channel = rig_channel(r, 8),
			    .data = {.peer_tid = 1, .peer_sid = 1, .lns = true, .send_seq = true},
			    .mtu = 1400};
	struct dp_call_stats st;

	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	CU_ASSERT(ppp_hex(r, "c223 01") && rig_wait_sent(r, 1));
	c.data.send_seq = false;
	for (unsigned i = 1; i < 5; i++) {
		c.data.required = i % 2;
		CU_ASSERT(!dp_call_set(r->dp, &c));
		CU_ASSERT(ppp_hex(r, "c223 02") && rig_wait_sent(r, 1 + i));
		rig_finish(r);
		CU_ASSERT(dp_call_stats(r->dp, 2, 3, &st) && st.sending_seq == i % 2);
	}
	sent_is(r, 0, 8, "0802 0001 0001 0000 0000 c223 01");
	sent_is(r, 1, 8, "0802 0001 0001 0001 0000 c223 02");
	sent_is(r, 2, 8, "0002 0001 0001 c223 02");
	sent_is(r, 3, 8, "0802 0001 0001 0002 0000 c223 02");
	sent_is(r, 4, 8, "0002 0001 0001 c223 02");
}

static void required_on_and_off(void)
{
	rig_each_of(do_required, &fake_udp);
}

/* --- flow control ----------------------------------------------------------------------------- */

static bool dp_send_line_is(struct rig *r, unsigned i, const char *want)
{
	return i < r->n_line && !strcmp(r->line[i].text, want);
}

static void do_waiting(struct rig *r)
{
	fake_say(r->fake, FAKE_UP, 1);
	CU_ASSERT(rig_wait_lines(r, 1));
	CU_ASSERT(send_text(r, 1, "one", 11) == L2TP_TX_WAITING); /* taken at once */
	CU_ASSERT(rig_wait_lines(r, 2) && dp_send_line_is(r, 1, "sent 11"));
	r->fake->room = 0;
	CU_ASSERT(send_text(r, 1, "two", 12) == L2TP_TX_WAITING);
	CU_ASSERT(send_text(r, 1, "three", 13) == L2TP_TX_WAITING);
	rig_settle(r);
	CU_ASSERT(r->n_line == 2);
	fake_say_room(r->fake, 1, 1);
	CU_ASSERT(rig_wait_lines(r, 3) && dp_send_line_is(r, 2, "sent 12"));
	fake_say_room(r->fake, 1, 5);
	CU_ASSERT(rig_wait_lines(r, 4) && dp_send_line_is(r, 3, "sent 13"));
	CU_ASSERT_FATAL(fake_sent_count(r->fake) == 3);
	sent_is(r, 1, 1, "74776f");
	sent_is(r, 2, 1, "7468726565");
}

static void waits_for_the_channel(void)
{
	rig_each_of(do_waiting, &fake_flow);
}

static void do_control_first(struct rig *r)
{
	struct dp_call c = {.tid = 2,
			    .sid = 3,
			    .channel = rig_channel(r, 1),
			    .data = {.peer_tid = 1, .peer_sid = 1},
			    .mtu = 1400};

	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	fake_say(r->fake, FAKE_UP, 1);
	CU_ASSERT(rig_wait_lines(r, 1));
	r->fake->room = 0;
	CU_ASSERT(ppp_hex(r, "c223 01") && ppp_hex(r, "c223 02"));
	CU_ASSERT(send_text(r, 1, "ctl", 1) == L2TP_TX_WAITING);
	rig_settle(r);
	fake_say_room(r->fake, 1, 3);
	CU_ASSERT_FATAL(rig_wait_sent(r, 3));
	sent_is(r, 0, 1, "63746c");
	sent_is(r, 1, 1, "0002 0001 0001 c223 01");
	sent_is(r, 2, 1, "0002 0001 0001 c223 02");
	CU_ASSERT(r->fake->sent[0].flags == IST_FRAME_CONTROL && !r->fake->sent[1].flags);
	CU_ASSERT(rig_wait_lines(r, 2) && dp_send_line_is(r, 1, "sent 1"));
}

static void control_goes_first(void)
{
	rig_each_of(do_control_first, &fake_flow);
}

/* One stuck channel: its queue fills and drops, the other goes on. */
static void do_stuck(struct rig *r)
{
	struct dp_call c = {.tid = 2,
			    .sid = 3,
			    .channel = rig_channel(r, 1),
			    .data = {.peer_tid = 1, .peer_sid = 1},
			    .mtu = 1400};
	uint8_t frame[1000] = {0xc2, 0x23};
	unsigned kept;

	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	fake_say(r->fake, FAKE_UP, 1);
	fake_say(r->fake, FAKE_UP, 2);
	CU_ASSERT(rig_wait_lines(r, 2));
	r->fake->room = 0;
	for (unsigned i = 0; i < 100; i++)
		CU_ASSERT(dp_ppp_send(r->dp, 2, 3, frame, sizeof(frame)));
	CU_ASSERT(rig_wait_reason(r, DP_R_CHANNEL_FULL, 30));
	rig_settle(r);
	kept = 100 - (unsigned)rig_reason(r, DP_R_CHANNEL_FULL);
	CU_ASSERT(kept >= 60);
	fake_say_room(r->fake, 2, 1);
	rig_settle(r);
	CU_ASSERT(send_text(r, 2, "go", 5) == L2TP_TX_WAITING);
	CU_ASSERT(rig_wait_lines(r, 3) && dp_send_line_is(r, 2, "sent 5"));
	fake_say_room(r->fake, 1, 200);
	CU_ASSERT(rig_wait_sent(r, 1 + kept));
	rig_settle(r);
	CU_ASSERT(fake_sent_count(r->fake) == 1 + kept);
}

static void a_stuck_channel_harms_none(void)
{
	rig_each_of(do_stuck, &fake_flow);
}

/* Dropped packets are reported as sent too, so that the engine's window does not stall. */
static void do_lost(struct rig *r)
{
	fake_say(r->fake, FAKE_UP, 1);
	CU_ASSERT(rig_wait_lines(r, 1));
	r->fake->room = 0;
	CU_ASSERT(send_text(r, 1, "one", 1) == L2TP_TX_WAITING);
	rig_settle(r);
	fake_say(r->fake, FAKE_DOWN_FOREVER, 1);
	CU_ASSERT(rig_wait_lines(r, 3));
	CU_ASSERT(dp_send_line_is(r, 1, "down 1 inactive forever") &&
		  dp_send_line_is(r, 2, "sent 1"));
	CU_ASSERT(rig_wait_reason(r, DP_R_SEND, 1));
	r->fake->send_error = -ENETDOWN;
	CU_ASSERT(send_text(r, 1, "two", 2) == L2TP_TX_WAITING);
	CU_ASSERT(rig_wait_lines(r, 4) && dp_send_line_is(r, 3, "sent 2"));
}

static void a_lost_packet_is_told(void)
{
	rig_each_of(do_lost, &fake_flow);
}

/* What waited is refused by the transport when its turn has come. */
static void do_refused_late(struct rig *r)
{
	struct dp_counters n;

	fake_say(r->fake, FAKE_UP, 1);
	CU_ASSERT(rig_wait_lines(r, 1));
	r->fake->room = 0;
	CU_ASSERT(send_text(r, 1, "one", 1) == L2TP_TX_WAITING);
	CU_ASSERT(send_text(r, 1, "two", 2) == L2TP_TX_WAITING);
	rig_settle(r);
	r->fake->send_error = -ENETDOWN;
	fake_say_room(r->fake, 1, 5);
	CU_ASSERT(rig_wait_lines(r, 3));
	CU_ASSERT(dp_send_line_is(r, 1, "sent 1") && dp_send_line_is(r, 2, "sent 2"));
	rig_settle(r);
	dp_count(r->dp, &n);
	CU_ASSERT(r->n_line == 3 && n.reason[DP_R_SEND] == 2 && !n.tx_control && !n.tx_frames);
}

static void refused_when_its_turn_has_come(void)
{
	rig_each_of(do_refused_late, &fake_flow);
}

/* Data that waits when the channel goes down is dropped and counted. */
static void do_data_dropped(struct rig *r)
{
	struct dp_call c = send_call(r);
	struct dp_counters n;

	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	fake_say(r->fake, FAKE_UP, 1);
	CU_ASSERT(rig_wait_lines(r, 1));
	r->fake->room = 0;
	CU_ASSERT(ppp_hex(r, "c223 01") && ppp_hex(r, "c223 02"));
	rig_settle(r);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_SEND), 0);
	fake_say(r->fake, FAKE_DOWN, 1);
	CU_ASSERT(rig_wait_reason(r, DP_R_SEND, 2));
	r->fake->room = -1;
	fake_say(r->fake, FAKE_UP, 1);
	rig_settle(r);
	dp_count(r->dp, &n);
	CU_ASSERT(!fake_sent_count(r->fake) && n.reason[DP_R_SEND] == 2 && !n.tx_frames);
}

static void data_of_a_channel_that_goes_down(void)
{
	rig_each_of(do_data_dropped, &fake_flow);
}

/* A channel that is down for a while: what waited is not sent late; what comes meanwhile is sent
 * once it is up, without the transport saying writable. */
static void do_down(struct rig *r)
{
	fake_say(r->fake, FAKE_UP, 1);
	CU_ASSERT(rig_wait_lines(r, 1));
	r->fake->room = 0;
	CU_ASSERT(send_text(r, 1, "old", 1) == L2TP_TX_WAITING);
	rig_settle(r);
	fake_say(r->fake, FAKE_DOWN, 1);
	CU_ASSERT(rig_wait_lines(r, 3));
	CU_ASSERT(dp_send_line_is(r, 1, "down 1 inactive") && dp_send_line_is(r, 2, "sent 1"));
	CU_ASSERT(send_text(r, 1, "new", 2) == L2TP_TX_WAITING);
	rig_settle(r);
	r->fake->room = -1;
	fake_say(r->fake, FAKE_UP, 1);
	CU_ASSERT_FATAL(rig_wait_lines(r, 5) && rig_wait_sent(r, 1));
	CU_ASSERT(dp_send_line_is(r, 3, "up 1 - 31101234/77") && dp_send_line_is(r, 4, "sent 2"));
	sent_is(r, 0, 1, "6e6577");
	CU_ASSERT(fake_sent_count(r->fake) == 1);
}

static void nothing_stale_is_sent(void)
{
	rig_each_of(do_down, &fake_flow);
}

/* The mailbox to the worker is bounded: without the worker running it refuses in the end. */
static void command_ring_is_bounded(void)
{
	uint8_t big[4000] = {0};
	struct rig r;
	unsigned n = 0;

	rig_up(&r, 0, &fake_udp);
	while (dp_send(r.dp, rig_channel(&r, 1), big, sizeof(big), 0, 0) == L2TP_TX_TAKEN &&
	       n < 10000)
		n++;
	CU_ASSERT(n > 100 && n < 1000);
	CU_ASSERT(rig_reason(&r, DP_R_COMMAND_RING) == 1);
	CU_ASSERT(rig_wait_sent(&r, n)); /* what was accepted leaves */
	rig_down(&r);
}

/* PPP frames as well; and a frame whose call has gone before the worker came to it. */
static void command_ring_is_bounded_for_ppp(void)
{
	static const uint8_t big[4000] = {0xc2, 0x23};
	struct dp_call c;
	struct rig r;
	unsigned n = 0;

	rig_up(&r, 0, &fake_udp);
	c = send_call(&r);
	CU_ASSERT_FATAL(!dp_call_set(r.dp, &c));
	while (dp_ppp_send(r.dp, 2, 3, big, sizeof(big)) && n < 10000)
		n++;
	CU_ASSERT(n > 100 && n < 300);
	CU_ASSERT(rig_reason(&r, DP_R_COMMAND_RING) == 1);
	CU_ASSERT(rig_wait_sent(&r, n));
	CU_ASSERT(dp_ppp_send(r.dp, 2, 3, big, 2));
	CU_ASSERT(dp_ip_rx(r.dp, 2, 3, big, 2));
	dp_call_del(r.dp, 2, 3);
	CU_ASSERT(rig_wait_reason(&r, DP_R_NO_CALL, 2));
	CU_ASSERT_EQUAL(fake_sent_count(r.fake), n);
	rig_down(&r);
}

static void waiting_is_bounded(void)
{
	struct rig r;
	unsigned n = 0;

	rig_up(&r, 0, &fake_flow);
	r.fake->room = 0;
	while (send_text(&r, 1, "x", n) == L2TP_TX_WAITING && n < 10000)
		n++;
	CU_ASSERT(n == 2048);
	CU_ASSERT(rig_reason(&r, DP_R_COMMAND_RING) == 1);
	rig_down(&r);
}

static bool bell_rings(struct rig *r, int ms)
{
	struct pollfd p = {.fd = dp_fd(r->dp), .events = POLLIN};

	return poll(&p, 1, ms) == 1;
}

/* Nothing else may happen for a long time on the control thread: it is woken for this. */
static void a_packet_that_has_left_wakes_the_control_thread(void)
{
	struct rig r;

	rig_up(&r, 1, &fake_flow);
	fake_say(r.fake, FAKE_UP, 1);
	CU_ASSERT_FATAL(rig_wait_lines(&r, 1));
	rig_settle(&r);
	while (bell_rings(&r, 0))
		dp_poll(r.dp);
	CU_ASSERT(send_text(&r, 1, "one", 11) == L2TP_TX_WAITING);
	CU_ASSERT(bell_rings(&r, 10000));
	dp_poll(r.dp);
	CU_ASSERT_EQUAL_FATAL(r.n_line, 2);
	CU_ASSERT_STRING_EQUAL(r.line[1].text, "sent 11");
	rig_down(&r);
}

static const struct test_case cases[] = {
	{"marks_of_frames", marks_of_frames},
	{"control_packets", control_packets},
	{"a_turn_is_a_send_for_each_channel", a_turn_is_a_send_for_each_channel},
	{"sent_before_the_port_is_closed", sent_before_the_port_is_closed},
	{"heads_of_every_kind", heads_of_every_kind},
	{"rfc2661_5_4_sequencing_on_and_off", sequencing_on_and_off},
	{"rfc2661_5_4_required_on_and_off", required_on_and_off},
	{"waits_for_the_channel", waits_for_the_channel},
	{"control_goes_first", control_goes_first},
	{"a_stuck_channel_harms_none", a_stuck_channel_harms_none},
	{"a_lost_packet_is_told", a_lost_packet_is_told},
	{"nothing_stale_is_sent", nothing_stale_is_sent},
	{"command_ring_is_bounded", command_ring_is_bounded},
	{"longer_than_the_length_field", longer_than_the_length_field},
	{"refused_when_its_turn_has_come", refused_when_its_turn_has_come},
	{"data_of_a_channel_that_goes_down", data_of_a_channel_that_goes_down},
	{"command_ring_is_bounded_for_ppp", command_ring_is_bounded_for_ppp},
	{"waiting_is_bounded", waiting_is_bounded},
	{"a_packet_that_has_left_wakes_the_control_thread",
	 a_packet_that_has_left_wakes_the_control_thread},
	{NULL, NULL},
};
const struct test_suite suite_dp_send = {"dp_send", cases};
