/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LCP Echo-Requests answered in the data plane (RFC 1661 5.8), of call 2/3 and of line 7.  Our
 * magic number is 11223344, the peer's is a1a2a3a4.
 */
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"

#include <pcap.h>
#include <string.h>

enum { CALL = 0x001, LINE = 0x101 }; /* channels; a line's payload is ppp */

/* L2TP head, LCP; the P bit is set in what we send (RFC 2661 3.1). */
#define IN  "0002 0002 0003 ff03 c021 "
#define OUT "0102 0a0b 0c0d ff03 c021 "
#define UP  "c021 "

static struct dp_call echo_call(const struct rig *r)
{
	return (struct dp_call){.tid = 2,
				.sid = 3,
				.channel = rig_channel(r, CALL),
				.data = {.peer_tid = 0x0a0b, .peer_sid = 0x0c0d},
				.mode = DP_TERMINAL,
				.ff03 = true,
				.mtu = 64,
				.echo = true,
				.our_magic = 0x11223344,
				.peer_magic = 0xa1a2a3a4};
}

static void echo_set(struct rig *r, const struct dp_call *c)
{
	CU_ASSERT_EQUAL_FATAL(dp_call_set(r->dp, c), 0);
}

static void echo_is_sent(struct rig *r, unsigned i, const char *hex)
{
	uint8_t want[256];
	size_t len = test_hex(want, sizeof(want), hex);

	CU_ASSERT_TRUE_FATAL(rig_wait_sent(r, i + 1));
	ASSERT_OCTETS(r->fake->sent[i].octets, r->fake->sent[i].len, want, len);
}

static void echo_goes_up(struct rig *r, unsigned i, const char *hex)
{
	uint8_t want[256];
	size_t len = test_hex(want, sizeof(want), hex);

	CU_ASSERT_TRUE_FATAL(rig_wait_lines(r, i + 1));
	ASSERT_OCTETS(r->line[i].octets, r->line[i].len, want, len);
}

static void echo_each(void (*fn)(struct rig *r))
{
	for (const struct rig_form *f = rig_forms; f->name; f++) {
		struct rig r;
		struct dp_call c;

		rig_up_form(&r, f, &fake_udp, &rig_ops);
		c = echo_call(&r);
		echo_set(&r, &c);
		fn(&r);
		rig_down(&r);
	}
}

/* --- answered --------------------------------------------------------------------------------- */

static void do_answered(struct rig *r)
{
	fake_hex(r->fake, CALL, IN "0907 0008 a1a2a3a4");
	echo_is_sent(r, 0, OUT "0a07 0008 11223344");
	fake_hex(r->fake, CALL, IN "0908 000d a1a2a3a4 0001020304");
	echo_is_sent(r, 1, OUT "0a08 000d 11223344 0001020304");
	/* before it has negotiated one, or without, its magic number is 0 */
	fake_hex(r->fake, CALL, IN "0908 0009 00000000 ff");
	echo_is_sent(r, 2, OUT "0a08 0009 11223344 ff");
	rig_settle(r);
	CU_ASSERT_EQUAL(r->n_line, 0);
}

static void rfc1661_5_8_id_and_data_are_copied(void)
{
	echo_each(do_answered);
}

static void echo_is_copied(struct rig *r, unsigned i, const char *words, const char *hex)
{
	echo_goes_up(r, i, hex);
	CU_ASSERT_STRING_EQUAL(r->line[i].text, words);
}

/* Neither is seen by control otherwise; padding is none of it. */
static void do_watched(struct rig *r)
{
	struct dp_call c = echo_call(r);

	c.watched = true;
	echo_set(r, &c);
	fake_hex(r->fake, CALL, IN "0907 000a a1a2a3a4 beef 00");
	echo_is_sent(r, 0, OUT "0a07 000a 11223344 beef");
	echo_is_copied(r, 0, "copy 2/3 0", "c021 0907 000a a1a2a3a4 beef");
	echo_is_copied(r, 1, "copy 2/3 1", "c021 0a07 000a 11223344 beef");
	c.watched = false;
	echo_set(r, &c);
	fake_hex(r->fake, CALL, IN "0908 0008 a1a2a3a4");
	echo_is_sent(r, 1, OUT "0a08 0008 11223344");
	rig_settle(r);
	CU_ASSERT_EQUAL(r->n_line, 2);
}

static void both_are_copied_for_who_watches(void)
{
	echo_each(do_watched);
}

static void do_padding(struct rig *r)
{
	fake_hex(r->fake, CALL, IN "0907 000a a1a2a3a4 beef 000000000000");
	echo_is_sent(r, 0, OUT "0a07 000a 11223344 beef");
}

/* Section 5: octets outside the Length are padding. */
static void rfc1661_5_padding_is_not_copied(void)
{
	echo_each(do_padding);
}

static void do_no_magic(struct rig *r)
{
	struct dp_call c = echo_call(r);

	c.our_magic = c.peer_magic = 0;
	echo_set(r, &c);
	fake_hex(r->fake, CALL, IN "0907 0008 00000000");
	echo_is_sent(r, 0, OUT "0a07 0008 00000000");
}

static void rfc1661_5_8_magic_is_zero_unless_negotiated(void)
{
	echo_each(do_no_magic);
}

static void do_longest(struct rig *r)
{
	static const uint8_t head[] = {0, 2, 0, 2, 0, 3, 0xff, 3, 0xc0, 0x21};
	uint8_t in[sizeof(head) + 65] = {0};

	memcpy(in, head, sizeof(head));
	memcpy(in + sizeof(head), "\x09\x01\x00\x40\xa1\xa2\xa3\xa4", 8);
	fake_octets(r->fake, CALL, in, sizeof(head) + 64, 0);
	CU_ASSERT_TRUE_FATAL(rig_wait_sent(r, 1));
	CU_ASSERT_EQUAL(r->fake->sent[0].len, sizeof(head) + 64);
	in[sizeof(head) + 3] = 65; /* longer than the link carries: for the engine to cut */
	fake_octets(r->fake, CALL, in, sizeof(head) + 65, 0);
	CU_ASSERT_TRUE(rig_wait_lines(r, 1));
	CU_ASSERT_EQUAL(fake_sent_count(r->fake), 1);
}

static void an_answer_fits_the_link(void)
{
	echo_each(do_longest);
}

static void do_sequenced(struct rig *r)
{
	struct dp_call c = echo_call(r);

	c.data.lns = c.data.send_seq = true;
	echo_set(r, &c);
	for (unsigned i = 0; i < 2; i++)
		fake_hex(r->fake, CALL, IN "0907 0008 a1a2a3a4");
	echo_is_sent(r, 0, "0902 0a0b 0c0d 0000 0000 ff03 c021 0a07 0008 11223344");
	echo_is_sent(r, 1, "0902 0a0b 0c0d 0001 0000 ff03 c021 0a07 0008 11223344");
}

static void answers_take_the_numbers_of_the_call(void)
{
	echo_each(do_sequenced);
}

/* Many in one batch: the memory for answers is given back in between. */
static void do_many(struct rig *r)
{
	for (unsigned i = 0; i < 90; i++)
		fake_hex(r->fake, CALL, IN "0907 000a a1a2a3a4 1234");
	CU_ASSERT_TRUE_FATAL(rig_wait_sent(r, 90));
	for (unsigned i = 0; i < 90; i++)
		echo_is_sent(r, i, OUT "0a07 000a 11223344 1234");
}

static void many_at_once(void)
{
	echo_each(do_many);
}

/* --- for the engine --------------------------------------------------------------------------- */

static const char *const left[] = {
	"0907 0008 11223344", /* ours: the link is looped back (6.4) */
	"0907 0008 a1a2a3a5", /* a stranger's */
	"0907 0007 a1a2a3a4", /* Length without a magic number */
	"0907 0009 a1a2a3a4", /* and past the frame */
	"0907 0008 a1a2a3",   /* cut off */
	"0907",
	"09",			   /* */
	"0a07 0008 a1a2a3a4",	   /* an Echo-Reply: to a request of the engine */
	"0b07 0008 a1a2a3a4",	   /* Discard-Request */
	"0c07 0008 a1a2a3a4",	   /* Identification */
	"0807 000a 8057 01010004", /* Protocol-Reject */
};

static void do_left(struct rig *r)
{
	unsigned n = sizeof(left) / sizeof(left[0]);
	char hex[128];

	for (unsigned i = 0; i < n; i++) {
		snprintf(hex, sizeof(hex), IN "%s", left[i]);
		fake_hex(r->fake, CALL, hex);
		snprintf(hex, sizeof(hex), UP "%s", left[i]);
		echo_goes_up(r, i, hex);
	}
	CU_ASSERT_EQUAL(fake_sent_count(r->fake), 0);
	/* none of them has ended the Opened state */
	fake_hex(r->fake, CALL, IN "0907 0008 a1a2a3a4");
	echo_is_sent(r, 0, OUT "0a07 0008 11223344");
}

static void what_the_engine_must_see(void)
{
	echo_each(do_left);
}

static void do_closed(struct rig *r)
{
	struct dp_call c = echo_call(r);

	c.echo = false;
	echo_set(r, &c);
	fake_hex(r->fake, CALL, IN "0907 0008 a1a2a3a4");
	echo_goes_up(r, 0, UP "0907 0008 a1a2a3a4");
	CU_ASSERT_EQUAL(fake_sent_count(r->fake), 0);
}

static void rfc1661_5_8_not_unless_lcp_is_open(void)
{
	echo_each(do_closed);
}

/* Any of these may end the Opened state (section 4.1), which the engine decides: it sees the
 * requests behind it, until it has set the entry anew. */
static void do_negotiates(struct rig *r)
{
	struct dp_call c = echo_call(r);
	char hex[128];

	for (unsigned code = 1; code <= 7; code++) {
		snprintf(hex, sizeof(hex), IN "%02x01 0004", code);
		fake_hex(r->fake, CALL, hex);
		fake_hex(r->fake, CALL, IN "0907 0008 a1a2a3a4");
		echo_goes_up(r, 2 * code - 1, UP "0907 0008 a1a2a3a4");
		CU_ASSERT_EQUAL(fake_sent_count(r->fake), code - 1);
		echo_set(r, &c);
		fake_hex(r->fake, CALL, IN "0907 0008 a1a2a3a4");
		echo_is_sent(r, code - 1, OUT "0a07 0008 11223344");
	}
}

static void rfc1661_4_1_what_ends_opened_comes_first(void)
{
	echo_each(do_negotiates);
}

static void do_forward(struct rig *r)
{
	struct dp_call c = echo_call(r), line = {.sid = 7,
						 .channel = rig_channel(r, CALL + 1),
						 .mode = DP_FORWARD,
						 .to_tid = 2,
						 .to_sid = 3,
						 .mtu = 1400};

	c.mode = DP_FORWARD;
	c.to_tid = 0;
	c.to_sid = 7;
	c.mtu = 1400;
	echo_set(r, &c);
	echo_set(r, &line);
	fake_hex(r->fake, CALL, IN "0907 0008 a1a2a3a4");
	CU_ASSERT_TRUE_FATAL(rig_wait_sent(r, 1));
	CU_ASSERT_EQUAL(r->fake->sent[0].c, CALL + 1);
	CU_ASSERT_EQUAL(r->fake->sent[0].octets[r->fake->sent[0].len - 8], 9);
}

static void a_forwarded_request_is_not_answered(void)
{
	echo_each(do_forward);
}

/* --- links of other kinds --------------------------------------------------------------------- */

static struct dp_call echo_line(const struct rig *r)
{
	struct dp_call c = echo_call(r);

	c.tid = 0;
	c.sid = 7;
	c.channel = rig_channel(r, LINE);
	return c;
}

static void do_line(struct rig *r)
{
	struct dp_call c = echo_line(r);

	c.mode = DP_PUNT; /* LCP is open, no NCP is */
	fake_say(r->fake, FAKE_UP, LINE);
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(r, 1));
	echo_set(r, &c);
	fake_hex(r->fake, LINE, "ff03 c021 0907 0008 a1a2a3a4");
	echo_is_sent(r, 0, "ff03 c021 0a07 0008 11223344");
	CU_ASSERT_EQUAL(r->fake->sent[0].c, LINE);
}

static void a_line_answers(void)
{
	rig_each(do_line);
}

static void do_bundle(struct rig *r)
{
	static const struct dp_bundle_link links[MP_LINKS] = {{.sid = 7}};
	struct dp_call link = echo_line(r), bundle = {.sid = 9,
						      .mode = DP_TERMINAL,
						      .pfc = true,
						      .mtu = 1500,
						      .echo = true,
						      .bundle = {.mrru = 1500, .link = links}};

	link.mode = DP_MEMBER;
	link.to_sid = 9;
	fake_say(r->fake, FAKE_UP, LINE);
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(r, 1));
	echo_set(r, &bundle);
	echo_set(r, &link);
	fake_hex(r->fake, LINE, "ff03 c021 0907 0008 a1a2a3a4");
	echo_is_sent(r, 0, "ff03 c021 0a07 0008 11223344");
	/* RFC 1990 section 2: the bundle's own, without a magic number */
	fake_hex(r->fake, LINE, "ff03 003d c0000000 c021 0909 0008 00000000");
	echo_is_sent(r, 1, "ff03 003d c0000000 c021 0a09 0008 00000000");
}

static void a_link_of_a_bundle_and_the_bundle_answer(void)
{
	rig_each(do_bundle);
}

/* --- counters, limits ------------------------------------------------------------------------- */

static void do_counts(struct rig *r)
{
	struct dp_call_stats s;
	struct dp_counters n;

	for (unsigned i = 0; i < 3; i++)
		fake_hex(r->fake, CALL, IN "0907 0008 a1a2a3a4");
	CU_ASSERT_TRUE_FATAL(rig_wait_sent(r, 3));
	rig_settle(r);
	CU_ASSERT_TRUE_FATAL(dp_call_stats(r->dp, 2, 3, &s));
	CU_ASSERT_EQUAL(s.rx_frames, 3);
	CU_ASSERT_EQUAL(s.tx_frames, 3);
	CU_ASSERT_EQUAL(s.tx_octets, s.rx_octets);
	CU_ASSERT_EQUAL(s.control, 6); /* none is the user's data */
	CU_ASSERT_EQUAL(s.drops, 0);
	CU_ASSERT_TRUE(s.last_rx >= r->begin);
	dp_count(r->dp, &n);
	CU_ASSERT_EQUAL(n.echoes, 3);
	CU_ASSERT_EQUAL(n.rx_frames, 3);
	CU_ASSERT_EQUAL(n.tx_frames, 3);
}

static void counted_as_control_both_ways(void)
{
	echo_each(do_counts);
}

/* The bucket of punted frames: as many answers as the engine would have given.  Without a thread
 * all come in one batch, so that it is not filled up in between. */
static void a_flood_is_cut(void)
{
	struct dp_call_stats s;
	struct dp_counters n;
	struct dp_call c;
	struct rig r;

	rig_up(&r, 0, &fake_udp);
	c = echo_call(&r);
	echo_set(&r, &c);
	for (unsigned i = 0; i < 400; i++)
		fake_hex(r.fake, CALL, IN "0907 0008 a1a2a3a4");
	rig_settle(&r);
	CU_ASSERT_TRUE_FATAL(dp_call_stats(r.dp, 2, 3, &s));
	dp_count(r.dp, &n);
	CU_ASSERT_EQUAL(s.rx_frames, 400);
	CU_ASSERT_EQUAL(n.echoes, 100);
	CU_ASSERT_EQUAL(n.tx_frames, 100);
	CU_ASSERT_EQUAL(n.reason[DP_R_PUNT_LIMIT], 300);
	CU_ASSERT_EQUAL(s.drops, 300);
	CU_ASSERT_EQUAL(s.control, 500);
	rig_down(&r);
}

/* A filter of the call that lets nothing out is not asked about link control. */
static void do_filtered(struct rig *r)
{
	static const struct bpf_insn none[] = {BPF_STMT(BPF_RET + BPF_K, 0)};
	struct dp_call c = echo_call(r);

	CU_ASSERT_EQUAL_FATAL(dp_filter_add(r->dp, none, 1, &c.filter[DP_FILTER_PPP_IN]), 0);
	c.filter[DP_FILTER_PPP_OUT] = c.filter[DP_FILTER_PPP_IN];
	echo_set(r, &c);
	fake_hex(r->fake, CALL, IN "0907 0008 a1a2a3a4");
	echo_is_sent(r, 0, OUT "0a07 0008 11223344");
}

static void filters_do_not_see_it(void)
{
	echo_each(do_filtered);
}

/* The control thread reads nothing: its mailboxes are full, and nothing is delivered. */
static void the_control_thread_is_not_needed(void)
{
	struct dp_call c;
	struct rig r;

	rig_up(&r, 1, &fake_udp);
	c = echo_call(&r);
	echo_set(&r, &c);
	for (unsigned i = 0; i < 50; i++) /* replies to the engine's own requests */
		fake_hex(r.fake, CALL, IN "0a07 0008 a1a2a3a4");
	for (unsigned i = 0; i < 20; i++)
		fake_hex(r.fake, CALL, IN "0907 0008 a1a2a3a4");
	rig_finish(&r);
	CU_ASSERT_EQUAL(fake_sent_count(r.fake), 20);
	CU_ASSERT_EQUAL(r.n_line, 0);
	CU_ASSERT_TRUE(rig_wait_lines(&r, 50)); /* and they are all there when it comes back */
	rig_down(&r);
}

static const struct test_case cases[] = {
	{"rfc1661_5_8_id_and_data_are_copied", rfc1661_5_8_id_and_data_are_copied},
	{"both_are_copied_for_who_watches", both_are_copied_for_who_watches},
	{"rfc1661_5_padding_is_not_copied", rfc1661_5_padding_is_not_copied},
	{"rfc1661_5_8_magic_is_zero_unless_negotiated",
	 rfc1661_5_8_magic_is_zero_unless_negotiated},
	{"an_answer_fits_the_link", an_answer_fits_the_link},
	{"answers_take_the_numbers_of_the_call", answers_take_the_numbers_of_the_call},
	{"many_at_once", many_at_once},
	{"what_the_engine_must_see", what_the_engine_must_see},
	{"rfc1661_5_8_not_unless_lcp_is_open", rfc1661_5_8_not_unless_lcp_is_open},
	{"rfc1661_4_1_what_ends_opened_comes_first", rfc1661_4_1_what_ends_opened_comes_first},
	{"a_forwarded_request_is_not_answered", a_forwarded_request_is_not_answered},
	{"a_line_answers", a_line_answers},
	{"a_link_of_a_bundle_and_the_bundle_answer", a_link_of_a_bundle_and_the_bundle_answer},
	{"counted_as_control_both_ways", counted_as_control_both_ways},
	{"a_flood_is_cut", a_flood_is_cut},
	{"filters_do_not_see_it", filters_do_not_see_it},
	{"the_control_thread_is_not_needed", the_control_thread_is_not_needed},
	{NULL, NULL},
};
const struct test_suite suite_dp_echo = {"dp_echo", cases};
