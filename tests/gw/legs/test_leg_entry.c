/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/leg_entry.h"

#include "gw/gw.h"
#include "gw/legs/legs.h"
#include "gw/peer.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"
#include <errno.h>

#define CONF "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"

static struct leg_entry entry_new(const struct dp_call *c)
{
	struct leg_entry e;

	bench_start(CONF);
	leg_entry_init(&e, bench.gw, c);
	return e;
}

static void entry_end(struct leg_entry *e)
{
	leg_entry_del(e);
	leg_entry_free(e);
	bench_stop();
}

static const struct dp_call a_call = {.tid = 5, .sid = 6, .channel = FAR_CHANNEL};
static const struct dp_call a_line = {.sid = 3, .channel = FAR_CHANNEL, .no_address = true};

static void what_a_log_line_calls_it(void)
{
	static const struct {
		const struct dp_call *c;
		const char *name, *from;
	} rows[] = {
		{&a_call, "call 5/6", " from a 192.0.2.9:1701"},
		{&a_line, "line 3 (a 192.0.2.9:1701)", ""},
	};

	for (size_t i = 0; i < 2; i++) {
		struct leg_entry e = entry_new(rows[i].c);
		char buf[GW_LEG_NAME];

		CU_ASSERT_STRING_EQUAL(leg_entry_circuit(&e), "a 192.0.2.9:1701");
		CU_ASSERT_EQUAL(e.source, peer_channel_source(bench.gw, FAR_CHANNEL));
		CU_ASSERT_NOT_EQUAL(e.source, 0);
		CU_ASSERT_PTR_EQUAL(leg_entry_name(buf, sizeof(buf), &e), buf);
		CU_ASSERT_STRING_EQUAL(buf, rows[i].name);
		CU_ASSERT_PTR_EQUAL(leg_entry_from(buf, sizeof(buf), &e), buf);
		CU_ASSERT_STRING_EQUAL(buf, rows[i].from);
		entry_end(&e);
	}
}

/* Words that were found for one channel are another's in no case. */
static void each_circuit_has_its_own_words(void)
{
	struct ist_addr a = {0}, b = {0};
	struct leg_entry e;

	bench_start(CONF);
	bench.gw->cfg->port[0].transport->addr_parse(&a, "192.0.2.7:1701");
	bench.gw->cfg->port[0].transport->addr_parse(&b, "192.0.2.8:1701");
	fake_circuit(FAR_CHANNEL + GW_CIRCUITS, &a); /* the same place */
	for (unsigned i = 0; i < 2; i++) {
		leg_entry_init(&e, bench.gw, &a_call);
		CU_ASSERT_STRING_EQUAL(leg_entry_circuit(&e), "a 192.0.2.9:1701");
		leg_entry_free(&e);
		leg_entry_init(&e, bench.gw,
			       &(struct dp_call){
				       .tid = 1, .sid = 2, .channel = FAR_CHANNEL + GW_CIRCUITS});
		CU_ASSERT_STRING_EQUAL(leg_entry_circuit(&e), "a 192.0.2.7:1701");
		leg_entry_free(&e);
	}
	/* the channel is somebody else's now */
	fake.circuit[0].peer = b;
	leg_entry_init(&e, bench.gw,
		       &(struct dp_call){.tid = 1, .sid = 2, .channel = FAR_CHANNEL + GW_CIRCUITS});
	CU_ASSERT_STRING_EQUAL(leg_entry_circuit(&e), "a 192.0.2.8:1701");
	CU_ASSERT_EQUAL(e.source, peer_channel_source(bench.gw, FAR_CHANNEL + GW_CIRCUITS));
	leg_entry_free(&e);
	bench_stop();
}

/* A call whose tunnel has no channel yet. */
static void without_a_channel_it_has_no_source(void)
{
	struct leg_entry e = entry_new(&(struct dp_call){.tid = 5, .sid = 6});

	CU_ASSERT_STRING_EQUAL(leg_entry_circuit(&e), "");
	CU_ASSERT_EQUAL(e.source, 0);
	entry_end(&e);
}

/* RFC 2661 3.1: flags, Length, ids, Ns and Nr; then FF 03 and the protocol field. */
static void what_a_channel_carries(void)
{
	static const struct dp_call long_call = {
		.tid = 5, .sid = 6, .channel = FAR_CHANNEL, .data = {.send_length = true}};
	static const struct dp_call hdlc_line = {.sid = 3, .channel = FAR_CHANNEL};
	static const struct {
		const struct dp_call *c;
		uint32_t mtu;
		uint16_t carries;
	} rows[] = {
		{&a_call, 0, 65535},	    {&a_call, 13, 65535},    {&a_call, 14, 65535},
		{&a_call, 15, 1},	    {&a_call, 1500, 1486},   {&a_call, 65548, 65534},
		{&a_call, 65549, 65535},    {&a_call, 65550, 65535}, {&a_call, 131085, 65535},
		{&long_call, 16, 65535},    {&long_call, 17, 1},     {&long_call, 1500, 1484},
		{&a_line, 2, 65535},	    {&a_line, 3, 1},	     {&a_line, 1500, 1498},
		{&hdlc_line, 4, 65535},	    {&hdlc_line, 5, 1},	     {&hdlc_line, 1500, 1496},
		{&hdlc_line, 65538, 65534}, {&a_line, 65537, 65535},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg_entry e = entry_new(rows[i].c);

		fake.mtu = rows[i].mtu;
		CU_ASSERT_EQUAL(leg_entry_carries(&e), rows[i].carries);
		entry_end(&e);
	}
}

static void it_is_in_the_table_or_not(void)
{
	struct leg_entry e = entry_new(&a_call);

	CU_ASSERT_FALSE(e.in_table);
	fake.call_refuses = true;
	CU_ASSERT_EQUAL(leg_entry_set(&e), -ENOMEM);
	CU_ASSERT_FALSE(e.in_table);
	CU_ASSERT_EQUAL(bench_logged("call error: call 5/6: no entry in the data plane: "
				     "Cannot allocate memory"),
			1);
	leg_entry_del(&e);
	CU_ASSERT_EQUAL(fake_said("del"), 0);
	fake.call_refuses = false;
	CU_ASSERT_EQUAL(leg_entry_set(&e), 0);
	CU_ASSERT_TRUE(e.in_table);
	CU_ASSERT_PTR_NOT_NULL(fake_entry(5, 6));
	leg_entry_del(&e);
	CU_ASSERT_FALSE(e.in_table);
	leg_entry_del(&e);
	CU_ASSERT_EQUAL(fake_said("del"), 1);
	entry_end(&e);
}

static void entry_counters_outlive_it(bool memory)
{
	struct leg_entry e = entry_new(&a_call);
	struct dp_call_stats n;

	leg_entry_stats(&e, &n);
	CU_ASSERT_EQUAL(n.rx_frames, 0);
	leg_entry_set(&e);
	leg_entry_stats(&e, &n);
	CU_ASSERT_EQUAL(n.rx_frames, 3);
	fake.stats.rx_frames = 8;
	if (!memory)
		heap_refuse(0);
	leg_entry_del(&e);
	CU_ASSERT_EQUAL(heap_refused(), !memory);
	fake.stats.rx_frames = 9;
	leg_entry_stats(&e, &n);
	CU_ASSERT_EQUAL(n.rx_frames, 8);
	CU_ASSERT_EQUAL(n.tx_frames, 4);
	entry_end(&e);
}

/* What was counted can be asked for when the data plane has forgotten it. */
static void its_counters_outlive_it(void)
{
	entry_counters_outlive_it(true);
	entry_counters_outlive_it(false);
}

/* The data plane is told of what is new, and only when it has the entry. */
static void changes_are_told_once(void)
{
	struct leg_entry e = entry_new(&a_call);

	fake.mtu = 1000;
	leg_entry_mtu_changed(&e);
	leg_entry_discard(&e, 1 << 10);
	CU_ASSERT_EQUAL(e.c.mtu, 1000 - 14);
	CU_ASSERT_EQUAL(e.c.discard, 1 << 10);
	CU_ASSERT_EQUAL(fake_said("set"), 0);
	leg_entry_set(&e);
	leg_entry_mtu_changed(&e);
	leg_entry_discard(&e, 1 << 10);
	leg_entry_discard(&e, 0);
	CU_ASSERT_EQUAL(fake_said("set"), 1);
	fake.mtu = 999;
	leg_entry_mtu_changed(&e);
	CU_ASSERT_EQUAL(fake_said("set"), 2);
	CU_ASSERT_EQUAL(fake_entry(5, 6)->mtu, 999 - 14);
	leg_entry_discard(&e, 1 << 10 | 1 << 12);
	CU_ASSERT_EQUAL(fake_said("set"), 3);
	CU_ASSERT_EQUAL(fake_entry(5, 6)->discard, 1 << 10 | 1 << 12);
	entry_end(&e);
}

static void as_the_terminal_says(void)
{
	struct leg_network n = {.pfc = true,
				.mtu = 1200,
				.tun = 77,
				.ip4 = true,
				.ip6 = true,
				.client = true,
				.has_peer6 = true,
				.peer4 = 0x0a000001,
				.peer6 = {0x20, 1, [15] = 9},
				.peer_iid = 77};
	struct leg_entry e = entry_new(&a_call);
	const struct dp_call *c;

	leg_entry_network(&e, &n);
	c = fake_entry(5, 6);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_EQUAL(c->mode, DP_TERMINAL);
	CU_ASSERT_TRUE(!c->ff03 && c->pfc && c->ip4 && c->ip6 && c->client && c->has_peer6);
	CU_ASSERT_EQUAL(c->mtu, 1200);
	CU_ASSERT_EQUAL(c->tun, n.tun);
	CU_ASSERT_EQUAL(c->peer4, 0x0a000001);
	ASSERT_OCTETS(c->peer6, 16, n.peer6, 16);
	CU_ASSERT_EQUAL(c->peer_iid, 77);
	/* what PPP agreed counts no more than what the channel carries, the day it carries less */
	fake.mtu = 1213;
	leg_entry_mtu_changed(&e);
	CU_ASSERT_EQUAL(fake_entry(5, 6)->mtu, 1199);
	fake.mtu = 1215;
	leg_entry_mtu_changed(&e);
	CU_ASSERT_EQUAL(fake_entry(5, 6)->mtu, 1200);
	n = (struct leg_network){.ff03 = true, .mtu = 1500};
	leg_entry_network(&e, &n);
	c = fake_entry(5, 6);
	CU_ASSERT_EQUAL(c->mode, DP_PUNT);
	CU_ASSERT_TRUE(c->ff03 && !c->pfc && !c->ip4 && !c->ip6 && !c->client && !c->has_peer6);
	CU_ASSERT_EQUAL(c->mtu, 1215 - 14);
	CU_ASSERT_TRUE(!c->tun && !c->peer4 && !c->peer_iid && !c->peer6[0] && !c->peer6[15]);
	e.ff03 = CFG_FF03_YES;
	leg_entry_network(&e, &(struct leg_network){.mtu = 1500});
	CU_ASSERT_TRUE(fake_entry(5, 6)->ff03);
	entry_end(&e);
}

static void every_frame_goes_out_by_the_other(void)
{
	struct leg_entry e = entry_new(&a_call), to;
	const struct dp_call *c;

	leg_entry_init(&to, bench.gw, &(struct dp_call){.tid = 8, .sid = 9});
	leg_entry_forward(&e, &to);
	c = fake_entry(5, 6);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_EQUAL(c->mode, DP_FORWARD);
	CU_ASSERT_TRUE(c->to_tid == 8 && c->to_sid == 9 && c->ff03 && c->mirror_ff03);
	CU_ASSERT_EQUAL(c->mtu, 1472 - 14);
	e.ff03 = CFG_FF03_YES;
	leg_entry_forward(&e, &to);
	CU_ASSERT_TRUE(fake_entry(5, 6)->ff03 && !fake_entry(5, 6)->mirror_ff03);
	entry_end(&e);
}

static void frames_reach_the_data_plane(void)
{
	static const uint8_t lcp[] = {0xc0, 0x21, 1}, packet[] = {0, 0x21, 0x45};
	struct leg_entry e = entry_new(&a_call);

	fake.frame = NULL;
	CU_ASSERT_FALSE(leg_entry_send(&e, lcp, sizeof(lcp)));
	leg_entry_set(&e);
	CU_ASSERT_TRUE(leg_entry_send(&e, lcp, sizeof(lcp)));
	CU_ASSERT_EQUAL(fake_said("ppp c021"), 1);
	leg_entry_ip_rx(&e, packet, sizeof(packet));
	CU_ASSERT_EQUAL(fake_said("ip 0021 closed"), 1);
	entry_end(&e);
}

static void legs_have_names_and_some_a_circuit(void)
{
	struct leg *line, *server;
	struct join *j;
	uint64_t source = 4;
	char buf[GW_LEG_NAME];

	bench_start(CONF "pool s { ranges = 10.64.0.0/24 }\n"
			 "service s { local = 10.64.0.1  pool = s  auth = none }\n");
	line = leg_line_new(bench.gw, FAR_CHANNEL, 9, NULL, true);
	server = leg_server_new(bench.gw, &bench.gw->service[0]);
	j = join_new(bench.gw->joins, line, server, NULL, NULL, clock_us);
	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	CU_ASSERT_PTR_EQUAL(leg_text(buf, sizeof(buf), server), buf);
	CU_ASSERT_STRING_EQUAL(buf, "server");
	CU_ASSERT_PTR_NULL(leg_circuit(server, &source));
	CU_ASSERT_EQUAL(source, 4);
	CU_ASSERT_PTR_EQUAL(leg_text(buf, sizeof(buf), line), buf);
	CU_ASSERT_STRING_EQUAL(buf, "line 9 (a 192.0.2.9:1701)");
	CU_ASSERT_STRING_EQUAL(leg_circuit(line, &source), "a 192.0.2.9:1701");
	CU_ASSERT_EQUAL(source, peer_channel_source(bench.gw, FAR_CHANNEL));
	bench_stop();
}

static const struct test_case cases[] = {
	{"each_circuit_has_its_own_words", each_circuit_has_its_own_words},
	{"what_a_log_line_calls_it", what_a_log_line_calls_it},
	{"without_a_channel_it_has_no_source", without_a_channel_it_has_no_source},
	{"rfc2661_3_1_what_a_channel_carries", what_a_channel_carries},
	{"it_is_in_the_table_or_not", it_is_in_the_table_or_not},
	{"its_counters_outlive_it", its_counters_outlive_it},
	{"changes_are_told_once", changes_are_told_once},
	{"as_the_terminal_says", as_the_terminal_says},
	{"every_frame_goes_out_by_the_other", every_frame_goes_out_by_the_other},
	{"frames_reach_the_data_plane", frames_reach_the_data_plane},
	{"legs_have_names_and_some_a_circuit", legs_have_names_and_some_a_circuit},
	{NULL, NULL},
};
const struct test_suite suite_leg_entry = {"leg_entry", cases};
