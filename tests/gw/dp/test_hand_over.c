/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a data side hands over goes on where it was: numbers, counters, channels, devices. */
#include "config.h" /* first: GNU extensions */

#include "core/bytes.h"
#include "gw/netif.h"
#include "tests/gw/dp/ip_bench.h"
#include "tests/gw/dp/pass.h"
#include "tests/harness.h"

#include <net/if.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- calls -------------------------------------------------------------------------------------- */

static void a_call_is_handed_over(void)
{
	struct dp_call_stats s;
	uint64_t heard;
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	pass_call(&p);
	pass_echoes(&p, 0, 0);
	for (unsigned i = 1; i < 4; i++) {
		pass_on(&p);
		pass_echoes(&p, i, i);
	}
	pass_no_more_lines(&p, 1); /* control knows the channel */
	CU_ASSERT_EQUAL(p.r.fake->freezes, 3);
	CU_ASSERT_EQUAL(p.r.fake->thaws, 3);
	CU_ASSERT_EQUAL(p.r.fake->closes, 0);
	CU_ASSERT_TRUE_FATAL(dp_call_stats(p.r.dp, 2, 3, &s));
	CU_ASSERT_EQUAL(s.rx_frames, 4);
	CU_ASSERT_EQUAL(s.tx_frames, 4);
	heard = dp_tunnel_heard(p.r.dp, 2);
	CU_ASSERT_NOT_EQUAL(heard, 0);
	pass_on(&p);
	CU_ASSERT_EQUAL(dp_tunnel_heard(p.r.dp, 2), heard);
	dp_call_del(p.r.dp, 2, 3);
	dp_flush(p.r.dp);
	fake_hex(p.r.fake, 7, pass_echo);
	CU_ASSERT_TRUE(rig_wait_reason(&p.r, DP_R_NO_CALL, 1));
	pass_end(&p);
	CU_ASSERT_EQUAL(p.first, false);
}

/* A port that cannot be handed over is closed, and opened anew. */
static void a_port_begins_anew(void)
{
	struct pass p;

	pass_begin_up(&p, &fake_flow);
	pass_call(&p);
	pass_echoes(&p, 0, 0);
	pass_on(&p);
	pass_line_is(&p, 1, "down 7 its port has begun anew forever");
	CU_ASSERT_EQUAL(p.r.fake->closes, 1);
	CU_ASSERT_TRUE(p.r.fake->open);
	fake_say(p.r.fake, FAKE_UP, 7);
	pass_line_is(&p, 2, "up 7 - 31101234/77");
	pass_echoes(&p, 1, 1); /* the entry is there still */
	pass_end(&p);
}

/* --- frames that wait --------------------------------------------------------------------------- */

static void frames_of_a_full_channel_wait(void)
{
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	pass_call(&p);
	fake_say_room(p.r.fake, 7, 0);
	rig_settle(&p.r);
	CU_ASSERT_EQUAL(dp_send(p.r.dp, rig_channel(&p.r, 7), (const uint8_t *)"one", 3, 11, 0),
			L2TP_TX_WAITING);
	fake_hex(p.r.fake, 7, pass_echo);
	rig_settle(&p.r);
	pass_on(&p);
	CU_ASSERT_EQUAL(dp_send(p.r.dp, rig_channel(&p.r, 7), (const uint8_t *)"two", 3, 12, 0),
			L2TP_TX_WAITING);
	fake_hex(p.r.fake, 7, pass_echo);
	rig_settle(&p.r);
	CU_ASSERT_EQUAL(fake_sent_count(p.r.fake), 0);
	fake_say_room(p.r.fake, 7, 4);
	CU_ASSERT_TRUE_FATAL(rig_wait_sent(&p.r, 4));
	ASSERT_OCTETS(p.r.fake->sent[0].octets, p.r.fake->sent[0].len, "one", 3);
	ASSERT_OCTETS(p.r.fake->sent[1].octets, p.r.fake->sent[1].len, "two", 3);
	CU_ASSERT_EQUAL(p.r.fake->sent[2].octets[7], 0);
	CU_ASSERT_EQUAL(p.r.fake->sent[3].octets[7], 1);
	pass_line_is(&p, 1, "sent 11");
	pass_line_is(&p, 2, "sent 12");
	pass_end(&p);
}

/* Of a port that begins anew they are lost, and said to be sent. */
static void frames_of_a_closed_channel_are_lost(void)
{
	struct pass p;

	pass_begin_up(&p, &fake_flow);
	fake_say_room(p.r.fake, 7, 0);
	rig_settle(&p.r);
	CU_ASSERT_EQUAL(dp_send(p.r.dp, rig_channel(&p.r, 7), (const uint8_t *)"one", 3, 11, 0),
			L2TP_TX_WAITING);
	rig_settle(&p.r);
	pass_on(&p);
	pass_line_is(&p, 1, "down 7 its port has begun anew forever");
	pass_line_is(&p, 2, "sent 11");
	CU_ASSERT_EQUAL(rig_reason(&p.r, DP_R_SEND), 1);
	pass_end(&p);
}

/* A frame that waits for the one before it is delivered, and that one comes too late then. */
static void frames_ahead_of_their_turn_are_delivered(void)
{
	struct dp_call c;
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	c = pass_call_of(&p);
	c.data.reorder = 8;
	c.data.reorder_timeout = 100000000;
	CU_ASSERT_EQUAL_FATAL(dp_call_set(p.r.dp, &c), 0);
	fake_hex(p.r.fake, 7, "0802 0002 0003 0000 0000 ff03 8021 01000004");
	fake_hex(p.r.fake, 7, "0802 0002 0003 0003 0000 ff03 8021 01030004");
	fake_hex(p.r.fake, 7, "0802 0002 0003 0002 0000 ff03 8021 01020004");
	pass_line_is(&p, 1, "ppp 2/3");
	pass_no_more_lines(&p, 2);
	pass_on(&p);
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(&p.r, 4));
	CU_ASSERT_EQUAL(p.r.line[2].octets[3], 2);
	CU_ASSERT_EQUAL(p.r.line[3].octets[3], 3);
	fake_hex(p.r.fake, 7, "0802 0002 0003 0001 0000 ff03 8021 01010004");
	fake_hex(p.r.fake, 7, "0802 0002 0003 0005 0000 ff03 8021 01050004"); /* this one waits */
	fake_hex(p.r.fake, 7, "0802 0002 0003 0004 0000 ff03 8021 01040004");
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(&p.r, 6));
	CU_ASSERT_EQUAL(p.r.line[4].octets[3], 4);
	CU_ASSERT_EQUAL(p.r.line[5].octets[3], 5);
	CU_ASSERT_EQUAL(rig_reason(&p.r, DP_R_SEQ), 1);
	pass_end(&p);
}

/* Sequencing Required of an entry that no frame has used leaves nothing behind. */
static void required_without_a_frame(void)
{
	static const uint8_t frame[] = {0x80, 0x21, 1, 2, 0, 4};

	for (unsigned i = 0; i < 4; i++) {
		struct dp_call c;
		struct pass p;

		pass_begin_up(&p, &fake_frozen);
		c = pass_call_of(&p);
		c.data.lns = c.data.send_seq = i % 2;
		CU_ASSERT_EQUAL_FATAL(dp_call_set(p.r.dp, &c), 0);
		fake_hex(p.r.fake, 7, "0802 0002 0003 0000 0000 ff03 8021 01000004");
		fake_hex(p.r.fake, 7, "0002 0002 0003 ff03 8021 01000004");
		pass_line_is(&p, 2, "ppp 2/3");
		c.data.send_seq = false;
		c.data.required = true;
		CU_ASSERT_EQUAL_FATAL(dp_call_set(p.r.dp, &c), 0);
		dp_flush(p.r.dp);
		if (i / 2)
			pass_on(&p);
		c.data.required = false;
		CU_ASSERT_EQUAL_FATAL(dp_call_set(p.r.dp, &c), 0);
		CU_ASSERT_TRUE(dp_ppp_send(p.r.dp, 2, 3, frame, sizeof(frame)));
		CU_ASSERT_TRUE_FATAL(rig_wait_sent(&p.r, 1));
		CU_ASSERT_EQUAL(p.r.fake->sent[0].octets[0], 0); /* no S */
		pass_end(&p);
	}
}

/* --- what control is told ----------------------------------------------------------------------- */

/* A transport tells its channels again; control knows them, unless they have changed. */
static void channels_are_not_told_again(void)
{
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	fake_say(p.r.fake, FAKE_OFFER, 8);
	pass_line_is(&p, 1, "offer 8 31101234");
	fake_say(p.r.fake, FAKE_UP, 9);
	pass_line_is(&p, 2, "up 9 - 31101234/77");
	pass_on(&p);
	pass_no_more_lines(&p, 3);
	fake_say(p.r.fake, FAKE_UP, 7);
	pass_line_is(&p, 3, "up 7 - 31101234/77");
	fake_say_mtu(p.r.fake, 9, 555);
	pass_line_is(&p, 4, "mtu 9 555");
	p.r.fake->no_peer = true;
	fake_say(p.r.fake, FAKE_UP, 9);
	pass_line_is(&p, 5, "up 9 - 31101234/77");
	/* and the next control is told all */
	dp_free(p.r.dp);
	p.r.n_line = 0;
	pass_attach(&p);
	CU_ASSERT_EQUAL(pass_port(&p, &fake_frozen, "p"), (int)p.r.port);
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(&p.r, 6));
	pass_no_more_lines(&p, 6);
	pass_end(&p);
}

/* What control takes for up or offered, and the port does not know: it is told, once. */
static void channels_that_nobody_knows_are_down(void)
{
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	pass_call(&p);
	fake_say(p.r.fake, FAKE_OFFER, 8);
	pass_line_is(&p, 1, "offer 8 31101234");
	p.r.fake->forgets = true;
	pass_on(&p);
	fake_say(p.r.fake, FAKE_UP, 9); /* a new one */
	pass_line_is(&p, 2, "up 9 - 31101234/77");
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(&p.r, 5));
	for (unsigned i = 3; i < 5; i++)
		CU_ASSERT(!strcmp(p.r.line[i].text,
				  "down 7 its port does not know it any more forever") ||
			  !strcmp(p.r.line[i].text,
				  "down 8 its port does not know it any more forever"));
	CU_ASSERT_EQUAL(p.r.fake->disconnects, 2);
	CU_ASSERT_EQUAL(p.r.fake->closes, 0);
	pass_on(&p);
	pass_no_more_lines(&p, 5);
	pass_end(&p);
}

#define REPORTS 8000u /* more than the ring takes */

static unsigned mtu_told;

static void count_mtu(void *ctx, l2tp_channel c, uint32_t mtu, uint64_t now)
{
	(void)ctx;
	(void)now;
	CU_ASSERT_EQUAL((ist_channel)c, 7);
	CU_ASSERT_EQUAL(mtu, 1 + mtu_told++ % 4000);
}

static bool all_mtu_told(struct rig *r, void *arg)
{
	(void)r;
	(void)arg;
	return mtu_told == REPORTS;
}

/* Reports that control has not read: some are in the ring, and the others come along. */
static void reports_wait(void)
{
	struct dp_ops ops = rig_ops;
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	dp_free(p.r.dp);
	ops.mtu = count_mtu;
	p.ops = &ops;
	mtu_told = 1006; /* attach tells the one of now */
	pass_attach(&p);
	CU_ASSERT_EQUAL(pass_port(&p, &fake_frozen, "p"), (int)p.r.port);
	rig_settle(&p.r);
	mtu_told = 0;
	for (unsigned i = 0; i < REPORTS; i++) {
		fake_say_mtu(p.r.fake, 7, 1 + i % 4000);
		if (i % 250 == 249)
			rig_finish(&p.r);
	}
	fake_say(p.r.fake, FAKE_OFFER, 8);
	rig_finish(&p.r);
	CU_ASSERT_PTR_NOT_NULL(p.data->port[p.r.port].home->report_head);
	p.r.n_line = 0;
	pass_on(&p);
	fake_say(p.r.fake, FAKE_DOWN_FOREVER, 8); /* withdrawn */
	rig_finish(&p.r);
	CU_ASSERT_TRUE(rig_wait(&p.r, all_mtu_told, NULL));
	pass_no_more_lines(&p, 0);
	pass_end(&p);
}

static void a_failed_port_stays_failed(void)
{
	char failed[64], lost[64];
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	fake_say(p.r.fake, FAKE_FAILED, 0);
	snprintf(failed, sizeof(failed), "failed %u -5 broken", p.r.port);
	pass_line_is(&p, 1, failed);
	pass_on(&p);
	fake_say(p.r.fake, FAKE_FAILED, 0);
	pass_no_more_lines(&p, 2); /* a port fails once */
	dp_free(p.r.dp);
	p.r.n_line = 0;
	pass_attach(&p);
	CU_ASSERT_EQUAL(pass_port(&p, &fake_frozen, "p"), (int)p.r.port);
	pass_line_is(&p, 2, failed);
	/* one that cannot be opened any more is not there */
	p.r.fake->refuse_thaw = p.r.fake->refuse_open = true;
	pass_on(&p);
	snprintf(lost, sizeof(lost), "failed %u -13 will not", p.r.port);
	pass_line_is(&p, 3, lost);
	CU_ASSERT_PTR_NULL(p.data->port[p.r.port].home);
	dp_port_close(p.r.dp, p.r.port);
	p.r.fake->refuse_open = false;
	CU_ASSERT_TRUE(pass_port(&p, &fake_frozen, "p") >= 0);
	pass_end(&p);
}

static void a_port_refuses_to_thaw(void)
{
	char log[64];
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	p.r.fake->refuse_thaw = true;
	pass_on(&p);
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(&p.r, 3));
	snprintf(log, sizeof(log), "log %u 5 its circuits begin anew: not mine", p.r.port);
	for (unsigned i = 1; i < 3; i++)
		CU_ASSERT(!strcmp(p.r.line[i].text, log) ||
			  !strcmp(p.r.line[i].text, "down 7 its port has begun anew forever"));
	pass_end(&p);
}

/* The one that leaves has its sockets until it ends. */
static void a_port_opens_when_the_other_has_ended(void)
{
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	p.r.fake->refuse_thaw = true;
	p.r.fake->in_the_way = 4;
	pass_on(&p);
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(&p.r, 2));
	CU_ASSERT_STRING_EQUAL(p.r.line[1].text, "down 7 its port has begun anew forever");
	CU_ASSERT_EQUAL(p.r.fake->in_the_way, 0);
	fake_say(p.r.fake, FAKE_UP, 7);
	pass_line_is(&p, 2, "up 7 - 31101234/77");
	pass_end(&p);
}

/* However long its octets are. */
static void a_large_port(void)
{
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	pass_call(&p);
	p.r.fake->frozen_len = 3000000;
	pass_on(&p);
	CU_ASSERT_EQUAL(p.r.fake->thaws, 1);
	pass_echoes(&p, 0, 0);
	pass_end(&p);
}

/* --- what control has asked for ----------------------------------------------------------------- */

/* Messages and commands that nobody has read yet: the next one does them in their order. */
static void what_was_asked_is_done(void)
{
	static const uint8_t frame[] = {0x80, 0x21, 1, 2, 0, 4};
	struct pass p;
	struct dp_call c;

	pass_begin_up(&p, &fake_frozen);
	c = pass_call_of(&p);
	data_stop_thread(p.data);
	for (unsigned i = 0; i < 200; i++) {
		c.sid = (uint16_t)(3 + i);
		c.data.peer_sid = (uint16_t)i;
		CU_ASSERT_EQUAL_FATAL(dp_call_set(p.r.dp, &c), 0);
		CU_ASSERT_TRUE(dp_ppp_send(p.r.dp, 2, c.sid, frame, sizeof(frame)));
	}
	pass_on(&p);
	CU_ASSERT_TRUE_FATAL(rig_wait_sent(&p.r, 200));
	for (unsigned i = 0; i < 200; i++)
		CU_ASSERT_EQUAL(p.r.fake->sent[i].octets[5], i);
	CU_ASSERT_EQUAL(rig_reason(&p.r, DP_R_NO_CALL), 0);
	pass_end(&p);
}

/* --- filters, bundles --------------------------------------------------------------------------- */

static void filters_go_on(void)
{
	static const struct bpf_insn none[] = {BPF_STMT(BPF_RET + BPF_K, 0)},
				     all[] = {BPF_STMT(BPF_RET + BPF_K, 1)};
	struct dp_filter_counters n;
	uint32_t kept, given;
	struct dp_call c;
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	c = pass_call_of(&p);
	CU_ASSERT_EQUAL_FATAL(dp_filter_add(p.r.dp, none, 1, &kept), 0);
	CU_ASSERT_EQUAL_FATAL(dp_filter_add(p.r.dp, all, 1, &given), 0);
	c.filter[DP_FILTER_PPP_IN] = kept;
	CU_ASSERT_EQUAL_FATAL(dp_call_set(p.r.dp, &c), 0);
	c.sid = 4;
	c.filter[DP_FILTER_PPP_IN] = given;
	CU_ASSERT_EQUAL_FATAL(dp_call_set(p.r.dp, &c), 0);
	dp_filter_del(p.r.dp, given); /* only the call has it now */
	for (unsigned i = 1; i < 4; i++) {
		fake_hex(p.r.fake, 7, "0002 0002 0003 ff03 8021 01020004");
		fake_hex(p.r.fake, 7, "0002 0002 0004 ff03 8021 01020004");
		pass_line_is(&p, i, "ppp 2/4");
		CU_ASSERT_TRUE(dp_filter_count(p.r.dp, kept, &n));
		CU_ASSERT(n.dropped == i && !n.passed);
		pass_on(&p);
	}
	CU_ASSERT_EQUAL(p.data->filters.live, 1);
	dp_call_del(p.r.dp, 2, 4);
	dp_call_del(p.r.dp, 2, 3);
	dp_filter_del(p.r.dp, kept);
	dp_flush(p.r.dp);
	CU_ASSERT_EQUAL(p.data->filters.live, 0);
	pass_end(&p); /* every filter has been freed */
}

/* The limit goes on; the bucket is full again. */
static void a_rate_goes_on(void)
{
	static const char echo[] = "0002 0002 0003 ff03 0021 45";
	struct dp_call_stats s;
	struct dp_call c;
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	c = pass_call_of(&p);
	c.mode = DP_FORWARD; /* to nobody */
	c.rate[DP_RATE_UP] = 1;
	CU_ASSERT_EQUAL_FATAL(dp_call_set(p.r.dp, &c), 0);
	for (unsigned i = 1; i < 3; i++) {
		uint8_t frame[3100] = {0};
		size_t len = test_hex(frame, sizeof(frame), echo);

		fake_octets(p.r.fake, 7, frame, len - 1 + 3000, 0);
		fake_octets(p.r.fake, 7, frame, len, 0);
		CU_ASSERT_TRUE(rig_wait_reason(&p.r, DP_R_RATE_UP, i));
		CU_ASSERT_EQUAL(rig_reason(&p.r, DP_R_NO_JOIN), i);
		CU_ASSERT_TRUE(dp_call_stats(p.r.dp, 2, 3, &s));
		CU_ASSERT_EQUAL(s.limited[DP_RATE_UP], i);
		pass_on(&p);
	}
	pass_end(&p);
}

enum { FIRST = 0x101, SECOND = 0x102 };

static void pass_bundle(struct pass *p)
{
	struct dp_call b = {.sid = 9, .mode = DP_PUNT, .mtu = 1500};
	struct dp_bundle_link link[MP_LINKS] = {{0}};

	b.bundle.mrru = 1500;
	b.bundle.patience = 100000000;
	b.bundle.link = link;
	for (unsigned i = 0; i < 2; i++) {
		struct dp_call m = {.sid = (uint16_t)(7 + i),
				    .channel = rig_channel(&p->r, FIRST + i),
				    .mode = DP_MEMBER,
				    .to_sid = 9,
				    .no_address = true,
				    .mtu = 1400};

		link[i].sid = m.sid;
		fake_say(p->r.fake, FAKE_UP, FIRST + i);
		CU_ASSERT_TRUE_FATAL(rig_wait_lines(&p->r, 1 + i));
		CU_ASSERT_EQUAL_FATAL(dp_call_set(p->r.dp, &m), 0);
	}
	CU_ASSERT_EQUAL_FATAL(dp_call_set(p->r.dp, &b), 0);
	dp_flush(p->r.dp);
}

/* A packet that waits for a lost one is delivered; half a packet is lost; the numbers go on. */
static void a_bundle_goes_on(void)
{
	static const uint8_t frame[] = {0x80, 0x21, 1, 2, 0, 4};
	struct dp_call_stats s;
	struct pass p;

	for (unsigned workers = 1; workers < 3; workers++) {
		pass_begin(&p, workers, &fake_frozen);
		pass_bundle(&p);
		fake_hex(p.r.fake, FIRST, "003d c0000000 8021 0100 0004");
		pass_line_is(&p, 2, "ppp 0/9");
		fake_hex(p.r.fake, FIRST, "003d c0000002 8021 0102 0004");
		fake_hex(p.r.fake, FIRST, "003d 80000003 8021 0103");
		CU_ASSERT_TRUE(dp_ppp_send(p.r.dp, 0, 9, frame, sizeof(frame)));
		CU_ASSERT_TRUE_FATAL(rig_wait_sent(&p.r, 1));
		rig_settle(&p.r);
		pass_on(&p);
		pass_line_is(&p, 3, "ppp 0/9");
		CU_ASSERT_EQUAL(p.r.line[3].octets[3], 2);
		fake_hex(p.r.fake, SECOND, "003d 40000004 0004"); /* the other half */
		fake_hex(p.r.fake, SECOND, "003d c0000005 8021 0105 0004");
		fake_hex(p.r.fake, FIRST, "003d c0000006 8021 0106 0004");
		pass_line_is(&p, 5, "ppp 0/9");
		CU_ASSERT_EQUAL(p.r.line[4].octets[3], 5);
		CU_ASSERT_EQUAL(p.r.line[5].octets[3], 6);
		CU_ASSERT_TRUE(dp_ppp_send(p.r.dp, 0, 9, frame, sizeof(frame)));
		CU_ASSERT_TRUE_FATAL(rig_wait_sent(&p.r, 2));
		CU_ASSERT_EQUAL(p.r.fake->sent[1].octets[5], p.r.fake->sent[0].octets[5] + 1);
		rig_settle(&p.r);
		CU_ASSERT_TRUE(dp_call_stats(p.r.dp, 0, 9, &s));
		CU_ASSERT_EQUAL(s.seq_lost, 1);
		CU_ASSERT(s.drops == 2 && rig_reason(&p.r, DP_R_BUNDLE_BROKEN) == 2);
		pass_end(&p);
	}
}

/* --- devices ------------------------------------------------------------------------------------ */

static struct dp_call pass_terminal(struct pass *p, uint32_t tun)
{
	return (struct dp_call){.tid = 2,
				.sid = 3,
				.channel = rig_channel(&p->r, 7),
				.data = {.peer_tid = 0x0a0b, .peer_sid = 0x0c0d},
				.mode = DP_TERMINAL,
				.mtu = CALL_MTU,
				.tun = tun,
				.ip4 = true,
				.peer4 = CLIENT};
}

static void pass_device_up(const char *dev)
{
	struct cfg_prefix a4 = {.bits = 32}, r4 = {.bits = 16};

	wr_put32(a4.addr + 12, GATEWAY);
	wr_put32(r4.addr + 12, CLIENT & 0xffff0000);
	CU_ASSERT_FATAL(!netif_set(dev, true, 1500) && !netif_addr(dev, &a4, NULL, true) &&
			!netif_route(dev, &r4, true));
}

static const struct fake_frame *pass_says_to(struct pass *p, int fd, uint32_t addr,
					     const char *text)
{
	struct bench b = {.r = p->r};

	CU_ASSERT(netns_send4(fd, addr, 7000, text, strlen(text)) == (long)strlen(text));
	return frame_with(&b, text, strlen(text));
}

/* Packets both ways, and what the kernel holds of them meanwhile. */
static void devices_go_on(void)
{
	const struct dp_prefix net = {.bits = 24, .top = (uint64_t)(CLIENT + 0x100) << 32};
	uint32_t tun, other;
	char err[128];
	struct dp_call c;
	struct pass p;
	int fd;

	if (!netns_enter("hand_over devices_go_on"))
		return;
	pass_begin_up(&p, &fake_frozen);
	tun = dp_tun_open(p.r.dp, "ist%d", 1500, DP_TUN_OFFLOADS, err, sizeof(err));
	other = dp_tun_open(p.r.dp, "more", 1500, DP_TUN_OFFLOADS, err, sizeof(err));
	CU_ASSERT_FATAL(tun && other);
	pass_device_up("ist0");
	c = pass_terminal(&p, tun);
	CU_ASSERT_EQUAL_FATAL(dp_call_set(p.r.dp, &c), 0);
	CU_ASSERT_TRUE(dp_tun_route(p.r.dp, tun, &net, 2, 3));
	dp_flush(p.r.dp);
	fd = netns_udp4(GATEWAY, 7001);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_PTR_NOT_NULL(pass_says_to(&p, fd, CLIENT, "before"));
	for (unsigned i = 0; i < 3; i++) {
		char text[16];

		snprintf(text, sizeof(text), "while %u", i);
		pass_on(&p);
		CU_ASSERT_PTR_NOT_NULL(pass_says_to(&p, fd, CLIENT, text));
		snprintf(text, sizeof(text), "route %u", i);
		CU_ASSERT_PTR_NOT_NULL(pass_says_to(&p, fd, CLIENT + 0x100, text));
	}
	close(fd);
	dp_call_del(p.r.dp, 2, 3);
	dp_tun_close(p.r.dp, tun);
	dp_flush(p.r.dp);
	pass_end(&p);
	CU_ASSERT_EQUAL(if_nametoindex("ist0"), 0);
	CU_ASSERT_EQUAL(if_nametoindex("more"), 0);
	netns_leave();
}

/* --- at any moment ------------------------------------------------------------------------------ */

#define STEPS 60u
#define PAST  65536u

/* What the port was given and what control was told, in order. */
struct story {
	char text[PAST];
	size_t len;
};

static void story_add(struct story *s, const char *what, const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum = sum * 31 + p[i];
	s->len +=
		(size_t)snprintf(s->text + s->len, PAST - s->len, "%s %zu %08x\n", what, len, sum);
}

static void story_note(struct story *s, struct pass *p)
{
	rig_settle(&p->r);
	for (unsigned i = 0; i < p->r.n_line; i++)
		story_add(s, p->r.line[i].text, p->r.line[i].octets, p->r.line[i].len);
	p->r.n_line = 0;
	for (unsigned i = 0; i < p->r.fake->n_sent; i++)
		story_add(s, "sends", p->r.fake->sent[i].octets, p->r.fake->sent[i].len);
	p->r.fake->n_sent = 0;
}

static void random_set(struct pass *p, uint64_t *rng)
{
	struct dp_call c = pass_call_of(p);

	c.sid = (uint16_t)(3 + test_rand(rng) % 4);
	c.data.send_seq = test_rand(rng) % 2;
	c.data.lns = test_rand(rng) % 4;
	c.data.required = test_rand(rng) % 8 == 0;
	c.mode = test_rand(rng) % 3 ? DP_PUNT : DP_FORWARD;
	c.to_tid = 2;
	c.to_sid = (uint16_t)(3 + test_rand(rng) % 4);
	c.ff03 = test_rand(rng) % 2;
	c.mirror_ff03 = test_rand(rng) % 4 == 0;
	dp_call_set(p->r.dp, &c);
	dp_flush(p->r.dp);
}

static void random_delete(struct pass *p, uint64_t *rng)
{
	dp_call_del(p->r.dp, 2, (uint16_t)(3 + test_rand(rng) % 4));
	dp_flush(p->r.dp);
}

/* Of a call, numbered or not, LCP or not. */
static void random_frame(struct pass *p, uint64_t *rng)
{
	static const char *const ends[] = {"ff03 8021 01020004", "8021 01020004",
					   "ff03 c021 0907 0008 00000000", "ff03 c021 0101 0004",
					   "0021 4500"};
	unsigned sid = 3 + test_rand(rng) % 4, ns = test_rand(rng) % 12;
	const char *end = ends[test_rand(rng) % 5];
	char hex[128];

	if (test_rand(rng) % 2)
		snprintf(hex, sizeof(hex), "0802 0002 %04x %04x 0000 %s", sid, ns, end);
	else
		snprintf(hex, sizeof(hex), "0002 0002 %04x %s", sid, end);
	fake_hex(p->r.fake, 7, hex);
}

static enum fake_what random_last[4]; /* of the channels from 8 on */

/* Nothing is told twice, since that is what the one does that goes on. */
static void random_channel(struct pass *p, uint64_t *rng)
{
	static const enum fake_what what[] = {FAKE_UP, FAKE_OFFER, FAKE_DOWN, FAKE_DOWN_FOREVER};
	unsigned i = test_rand(rng) % 4;
	enum fake_what now = what[test_rand(rng) % 4];

	if (now != random_last[i])
		fake_say(p->r.fake, now, 8 + i);
	random_last[i] = now;
}

static void random_room(struct pass *p, uint64_t *rng)
{
	fake_say_room(p->r.fake, 7, test_rand(rng) % 12);
}

static void random_send(struct pass *p, uint64_t *rng)
{
	static const uint8_t frame[] = {0x80, 0x21, 1, 2, 0, 4};
	uint64_t what = test_rand(rng);

	if (what % 2)
		dp_send(p->r.dp, rig_channel(&p->r, 7), frame, 1 + what % 6, what % 1000, 0);
	else
		dp_ppp_send(p->r.dp, 2, (uint16_t)(3 + what / 2 % 4), frame, sizeof(frame));
}

/* handing: where the instants come from; NULL = no hand-over. */
static void random_run(struct story *s, uint64_t seed, uint64_t *handing)
{
	static void (*const steps[])(struct pass * p, uint64_t * rng) = {
		random_set,   random_delete,  random_frame, random_frame,
		random_frame, random_channel, random_room,  random_send,
	};
	struct pass p;

	s->len = 0;
	memset(random_last, 0, sizeof(random_last));
	pass_begin_up(&p, &fake_frozen);
	for (unsigned i = 0; i < 4; i++)
		random_set(&p, &seed);
	for (unsigned i = 0; i < STEPS; i++) {
		steps[test_rand(&seed) % 8](&p, &seed);
		story_note(s, &p);
		if (handing && test_rand(handing) % 4 == 0)
			pass_on(&p);
	}
	fake_say_room(p.r.fake, 7, 400);
	story_note(s, &p);
	CU_ASSERT_EQUAL(p.r.fake->closes, 0);
	pass_end(&p);
}

static void at_any_moment(void)
{
	static struct story plain, other;
	uint64_t seed = test_seed();
	size_t told = 0;

	for (unsigned i = 0; i < 6; i++, seed++) {
		uint64_t handing = seed ^ 0x5eed;

		random_run(&plain, seed, NULL);
		random_run(&other, seed, &handing);
		told += plain.len;
		if (!strcmp(plain.text, other.text))
			continue;
		CU_FAIL("a hand-over was noticed");
		printf("\n      seed %llu\n%s---\n%s", (unsigned long long)seed, plain.text,
		       other.text);
	}
	CU_ASSERT_TRUE(told > 1200); /* one of them may have little to tell */
}

static const struct test_case cases[] = {
	{"a_call_is_handed_over", a_call_is_handed_over},
	{"a_port_begins_anew", a_port_begins_anew},
	{"frames_of_a_full_channel_wait", frames_of_a_full_channel_wait},
	{"frames_of_a_closed_channel_are_lost", frames_of_a_closed_channel_are_lost},
	{"frames_ahead_of_their_turn_are_delivered", frames_ahead_of_their_turn_are_delivered},
	{"required_without_a_frame", required_without_a_frame},
	{"channels_are_not_told_again", channels_are_not_told_again},
	{"channels_that_nobody_knows_are_down", channels_that_nobody_knows_are_down},
	{"reports_wait", reports_wait},
	{"a_failed_port_stays_failed", a_failed_port_stays_failed},
	{"a_port_refuses_to_thaw", a_port_refuses_to_thaw},
	{"a_port_opens_when_the_other_has_ended", a_port_opens_when_the_other_has_ended},
	{"a_large_port", a_large_port},
	{"what_was_asked_is_done", what_was_asked_is_done},
	{"filters_go_on", filters_go_on},
	{"a_rate_goes_on", a_rate_goes_on},
	{"a_bundle_goes_on", a_bundle_goes_on},
	{"devices_go_on", devices_go_on},
	{"at_any_moment", at_any_moment},
	{NULL, NULL},
};
const struct test_suite suite_hand_over = {"hand_over", cases};
