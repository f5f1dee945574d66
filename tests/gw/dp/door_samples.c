/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/dp/door_samples.h"

#include <string.h>
#include <sys/types.h>

#include <pcap/bpf.h> /* last: it needs the types of sys/types.h */

#define CHANNEL(port, c) ((uint64_t)((port) + 1) << 32 | (c))

static const struct bpf_insn program[] = {{0x28, 1, 2, 0x0c}, {6, 0, 0, 0xffff}};
static const struct ist_setting port_settings[] = {{"bind", "192.0.2.1"}, {"gro", "yes"}};
static const struct ist_setting circuit_settings[] = {{"cir", "64000"}, {"be", ""}};
static const struct ist_circuit_config circuits[] = {
	{{3, {1, 2, 3}}, 1u << IST_PAYLOAD_L2TP, circuit_settings, 2},
	{{1, {16}}, 1u << IST_PAYLOAD_L2TP | 1u << IST_PAYLOAD_PPP, NULL, 0},
};
static const uint64_t counts[] = {1, UINT64_MAX, 0x0102030405060708};
static const struct ist_fill fills[] = {{"sessions", 1, 2, 3, 4}, {"hosts", 5, 6, 7, 8}};

static const struct ist_offload offload_rows[] = {
	{"magic", IST_OFFLOAD_SMALLER, 0, 1ull << 40, 9, "a wand"},
	{"none", IST_OFFLOAD_REFUSED, 12, 0, 0, NULL},
};

static void sample_attach(struct door_msg *m)
{
	m->attach = (struct door_attach){DOOR_MSG_VERSION, true};
}

static void sample_mark(struct door_msg *m)
{
	(void)m;
}

static void sample_bundle(struct dp_bundle *b, struct dp_bundle_link link[MP_LINKS])
{
	b->mrru = 0x1111;
	b->rx_short = b->tx_short = b->more = true;
	b->patience = 0x12131415;
	for (unsigned i = 0; i < MP_LINKS; i++) {
		link[i].tid = (uint16_t)(0x2000 + i);
		link[i].sid = (uint16_t)(0x3000 + i);
		link[i].kbps = 0x40000000 + i;
	}
}

static void sample_call_data(struct l2tp_data_config *d)
{
	d->peer_tid = 0x0a01;
	d->peer_sid = 0x0a02;
	d->lns = d->send_seq = d->required = d->send_length = true;
	d->reorder = L2TP_REORDER_MAX;
	d->reorder_timeout = 0x0b01020304050607;
}

static void sample_call_set(struct door_msg *m)
{
	struct dp_call *c = &m->call_set.call;

	c->tid = 0x0102;
	c->sid = 0x0304;
	c->channel = CHANNEL(5, 0x06070809);
	sample_call_data(&c->data);
	c->mode = DP_MEMBER;
	c->to_tid = 0x0c01;
	c->to_sid = 0x0c02;
	sample_bundle(&c->bundle, m->call_set.link);
	c->no_address = c->mirror_ff03 = c->ff03 = c->pfc = true;
	c->mtu = 0x0d01;
	c->tun = 0x0e010203;
	c->ip4 = c->ip6 = c->client = c->has_peer6 = true;
	c->peer4 = 0xc0000201;
	memcpy(c->peer6, "\x20\x01\x0d\xb8\1\2\3\4\5\6\7\10\11\12\13\14", 16);
	c->peer_iid = 0x0f01020304050607;
	for (unsigned i = 0; i < DP_FILTERS; i++)
		c->filter[i] = 0x50000000 + i;
	c->dscp = DP_DSCP_COPY;
	c->discard = 0x6001020304050607;
	c->echo = true;
	c->our_magic = 0x71020304;
	c->peer_magic = 0x81020304;
	m->call_set.slot = 0x0f4240;
	c->rate[DP_RATE_UP] = DP_RATE_MAX;
	c->rate[DP_RATE_DOWN] = 0x0001020304;
	c->rate_burst = DP_RATE_BURST_MAX;
}

static void sample_leg(struct door_msg *m)
{
	m->leg = (struct door_leg){0x0102, 0x0304};
}

static void sample_filter(struct door_msg *m)
{
	m->filter = (struct door_filter){0x01020304, program, 2};
}

static void sample_number(struct door_msg *m)
{
	m->number.no = 0xff;
}

static void sample_tun_open(struct door_msg *m)
{
	m->tun_open = (struct door_tun_open){"tun0", 1400, DP_TUN_TCP};
}

static void sample_tun_route(struct door_msg *m)
{
	m->tun_route = (struct door_tun_route){
		.no = 7, .to = {true, 48, 0x20010db800010000}, .tid = 0x0102, .sid = 0x0304};
}

static void sample_port_open(struct door_msg *m)
{
	m->port_open = (struct door_port_open){
		.port = 255,
		.worker = 15,
		.transport = "frame-relay",
		.cfg = {.size = sizeof(m->port_open.cfg),
			.name = "fr0",
			.setting = port_settings,
			.settings = 2,
			.circuit = circuits,
			.circuits = 2},
	};
}

static void sample_connect(struct door_msg *m)
{
	m->connect = (struct door_connect){.port = 3,
					   .to = {4, {192, 0, 2, 9}},
					   .sub_address = "12",
					   .payload = IST_PAYLOAD_PPP};
}

static void sample_resume(struct door_msg *m)
{
	m->connect = (struct door_connect){.port = 3,
					   .to = {6, {0, 0, 0x5e, 0, 0x53, 1}},
					   .payload = IST_PAYLOAD_PPP,
					   .ticket = (const uint8_t *)"t\0t",
					   .ticket_len = 3};
}

static void sample_port_ask(struct door_msg *m)
{
	m->port_ask = (struct door_port_ask){3, 64};
}

static void sample_impair_ask(struct door_msg *m)
{
	m->port_ask = (struct door_port_ask){3, DP_IMPAIR_ROWS};
}

static void sample_port_tap(struct door_msg *m)
{
	m->port_tap = (struct door_port_tap){3, true};
}

static void sample_accm(struct door_msg *m)
{
	m->line = (struct door_line){CHANNEL(3, 9), 0x000a0000, 0xffffffff};
}

static void sample_line_errors(struct door_msg *m)
{
	m->line.channel = CHANNEL(3, 9);
}

static void sample_done(struct door_msg *m)
{
	m->answer.rc = -22;
	m->answer.words = "no such device";
}

static void sample_tun(struct door_msg *m)
{
	m->answer.no = 9;
	m->answer.words = "tun3";
	m->answer.offload = DP_TUN_UDP;
}

static void sample_connected(struct door_msg *m)
{
	m->answer.channel = CHANNEL(3, 9);
	m->answer.peer = (struct ist_addr){4, {192, 0, 2, 9}};
	m->answer.local = (struct ist_addr){4, {192, 0, 2, 1}};
	m->answer.mtu = 1472;
	m->answer.permanent = true;
}

static void sample_counts(struct door_msg *m)
{
	m->answer.count = counts;
	m->answer.counts = 3;
}

static void sample_fills(struct door_msg *m)
{
	m->answer.rc = 2;
	m->answer.fill = fills;
	m->answer.fills = 2;
}

static void sample_offloads(struct door_msg *m)
{
	m->answer.rc = 2;
	m->answer.offload_row = offload_rows;
	m->answer.offload_rows = 2;
}

#define IMPAIR_SET                                                                          \
	{                                                                                   \
		50000, 25000, 10000, 1000, 20000, 5000, 64000, 0x1122334455667788, 59000000 \
	}

static const struct dp_impair_row impair_rows[] = {
	{.circuit = {.len = 3, .data = "abc"},
	 .way = DP_IMPAIR_OUT,
	 .configured = true,
	 .on = true,
	 .set = IMPAIR_SET,
	 .n = {9, 8, 7, 6, 5, 4, 3, 2, 1}},
	{.set.loss = 1},
};

static void sample_impair(struct door_msg *m)
{
	m->impair = (struct door_impair){.port = 3,
					 .circuit = {.len = 3, .data = "abc"},
					 .way = DP_IMPAIR_OUT,
					 .off = true,
					 .configured = true,
					 .set = IMPAIR_SET};
}

static void sample_impaired(struct door_msg *m)
{
	m->answer.rc = 2;
	m->answer.impair_row = impair_rows;
	m->answer.impair_rows = 2;
}

static void sample_errors(struct door_msg *m)
{
	for (unsigned i = 0; i < IST_ERRORS; i++)
		m->answer.error[i] = 0x70000000 + i;
}

static void sample_channel(struct door_msg *m)
{
	m->report.port = 3;
	m->report.when = 0x0102030405060708;
	m->report.channel = CHANNEL(3, 0x0a0b0c0d);
}

static void sample_attrs(struct door_msg *m)
{
	sample_channel(m);
	m->report.mtu = 1500;
	m->report.attrs = (struct ist_attrs){
		.size = sizeof(m->report.attrs),
		.payload = IST_PAYLOAD_L2TP,
		.permanent = 1,
		.local = {2, {1, 2}},
		.peer = {3, {4, 5, 6}},
		.called = "31103",
		.calling = "31104",
		.user_data = (const uint8_t *)"\0user",
		.user_data_len = 5,
		.tx_bps = 0x1112131415161718,
		.rx_bps = 0x2122232425262728,
		.number = 0x31323334,
		.async = 1,
		.access_line = (const uint8_t *)"\1\2ab",
		.access_line_len = 4,
		.sub_address = "77",
		.ticket = (const uint8_t *)"t\0t",
		.ticket_len = 3,
	};
}

static void sample_down(struct door_msg *m)
{
	sample_channel(m);
	m->report.forever = true;
	m->report.cause = (struct ist_cause){IST_CAUSE_REFUSED, 17, 0x43, "number busy"};
}

static void sample_mtu(struct door_msg *m)
{
	sample_channel(m);
	m->report.mtu = 1400;
}

static void sample_failed(struct door_msg *m)
{
	sample_channel(m);
	m->report.channel = 0;
	m->report.err = -5;
	m->report.words = "link gone";
}

static void sample_port(struct door_msg *m)
{
	sample_channel(m);
	m->report.channel = 0;
	m->report.worker = 2;
	m->report.transport = "udp";
	m->report.name = "udp0";
}

static void sample_told(struct door_msg *m)
{
	m->report.when = 12;
}

static const struct {
	enum door_way way;
	void (*fill)(struct door_msg *m);
} samples[DOOR_KINDS] = {
	[DOOR_ATTACH] = {DOOR_TABLE, sample_attach},
	[DOOR_MARK] = {DOOR_TABLE, sample_mark},
	[DOOR_CALL_SET] = {DOOR_TABLE, sample_call_set},
	[DOOR_CALL_DEL] = {DOOR_TABLE, sample_leg},
	[DOOR_FILTER_ADD] = {DOOR_TABLE, sample_filter},
	[DOOR_FILTER_DEL] = {DOOR_TABLE, sample_number},
	[DOOR_TUN_OPEN] = {DOOR_TABLE, sample_tun_open},
	[DOOR_TUN_CLOSE] = {DOOR_TABLE, sample_number},
	[DOOR_TUN_ROUTE] = {DOOR_TABLE, sample_tun_route},
	[DOOR_PORT_OPEN] = {DOOR_TABLE, sample_port_open},
	[DOOR_PORT_CLOSE] = {DOOR_TABLE, sample_number},
	[DOOR_CONNECT] = {DOOR_TABLE, sample_connect},
	[DOOR_RESUME] = {DOOR_TABLE, sample_resume},
	[DOOR_PORT_COUNT] = {DOOR_TABLE, sample_port_ask},
	[DOOR_PORT_STATUS] = {DOOR_TABLE, sample_port_ask},
	[DOOR_PORT_FILL] = {DOOR_TABLE, sample_port_ask},
	[DOOR_PORT_OFFLOADS] = {DOOR_TABLE, sample_port_ask},
	[DOOR_OFFLOADS_ARE] = {DOOR_ANSWER, sample_offloads},
	[DOOR_PORT_TAP] = {DOOR_TABLE, sample_port_tap},
	[DOOR_IMPAIR] = {DOOR_TABLE, sample_impair},
	[DOOR_IMPAIR_ROWS] = {DOOR_TABLE, sample_impair_ask},
	[DOOR_IMPAIRED] = {DOOR_ANSWER, sample_impaired},
	[DOOR_LINE_ACCM] = {DOOR_TABLE, sample_accm},
	[DOOR_LINE_ERRORS] = {DOOR_TABLE, sample_line_errors},
	[DOOR_DONE] = {DOOR_ANSWER, sample_done},
	[DOOR_TUN] = {DOOR_ANSWER, sample_tun},
	[DOOR_CONNECTED] = {DOOR_ANSWER, sample_connected},
	[DOOR_COUNTS_ARE] = {DOOR_ANSWER, sample_counts},
	[DOOR_STATUS] = {DOOR_ANSWER, sample_done},
	[DOOR_FILLS_ARE] = {DOOR_ANSWER, sample_fills},
	[DOOR_ERRORS] = {DOOR_ANSWER, sample_errors},
	[DOOR_OFFER] = {DOOR_REPORT, sample_attrs},
	[DOOR_UP] = {DOOR_REPORT, sample_attrs},
	[DOOR_DOWN] = {DOOR_REPORT, sample_down},
	[DOOR_MTU] = {DOOR_REPORT, sample_mtu},
	[DOOR_GONE] = {DOOR_REPORT, sample_channel},
	[DOOR_FAILED] = {DOOR_REPORT, sample_failed},
	[DOOR_PORT] = {DOOR_REPORT, sample_port},
	[DOOR_TOLD] = {DOOR_REPORT, sample_told},
};

void door_sample(struct door_msg *m, unsigned kind)
{
	memset(m, 0, sizeof(*m));
	m->kind = (uint16_t)kind;
	m->no = 0xa1a2a3a4a5a6a7a8;
	samples[kind].fill(m);
}

enum door_way door_sample_way(unsigned kind)
{
	return samples[kind].way;
}
