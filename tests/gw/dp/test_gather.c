/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What passes a device comes out the same with and without super-packets.  The kernel forwards
 * between the device of the call and one at the far end, and is the judge: it cuts and joins by its
 * own rules.
 */
#include "config.h" /* first: GNU extensions */

#include "core/bytes.h"
#include "gw/dp/tun.h"
#include "gw/dp/tun_super.h"
#include "gw/ip/ip.h"
#include "gw/netif.h"
#include "tests/gw/dp/ip_bench.h"
#include "tests/harness.h"

#include <fcntl.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FAR	 0x0a630001u /* 10.99.0.1 */
#define DATA	 100u
#define ROW	 12u /* packets of a flow */
#define LONGEST	 1500u
#define L2TP_PPP 8u /* flags, two ids, protocol */

static const uint8_t far6[16] = {0x20, 1, 0x0d, 0xb8, 0, 0x99, [15] = 1};

struct packet {
	uint8_t octets[LONGEST];
	size_t len;
	unsigned flow;
	bool seen;
};

struct pass {
	struct bench *b;
	uint32_t tun;
	int far;
	struct packet p[8 * ROW];
	unsigned n;
};

/* --- two devices ------------------------------------------------------------------------------ */

static void pass_write(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);

	CU_ASSERT_FATAL(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static void pass_route(const char *dev, uint32_t four, const uint8_t *six, bool add)
{
	struct cfg_prefix r4 = {.bits = 32}, r6 = {.v6 = true, .bits = 64};

	wr_put32(r4.addr + 12, four);
	memcpy(r6.addr, six, 8);
	CU_ASSERT_FATAL(!netif_set(dev, true, 1500));
	CU_ASSERT_FATAL(!netif_route(dev, &r4, add) && !netif_route(dev, &r6, add));
}

/* The call's device with these offloads; the far one has super-packets, or none. */
static void pass_up(struct pass *s, struct bench *b, unsigned offload, bool far_super)
{
	unsigned far = far_super ? TUN_TCP | TUN_UDP : 0;
	char err[64], made[TUN_NAME];

	*s = (struct pass){.b = b};
	pass_write("/proc/sys/net/ipv4/ip_forward", "1");
	pass_write("/proc/sys/net/ipv6/conf/all/forwarding", "1");
	s->tun = dp_tun_open(b->r.dp, "near%d", 1500, offload, err, sizeof(err));
	s->far = tun_open("far%d", 1500, far, made, err, sizeof(err));
	CU_ASSERT_FATAL(s->tun && s->far >= 0);
	if (far_super)
		tun_super_probe(s->far, far);
	CU_ASSERT_EQUAL(dp_tun_offload(b->r.dp, s->tun) & ~offload, 0);
	pass_route(dp_tun_name(b->r.dp, s->tun), CLIENT, client6, true);
	pass_route(made, FAR, far6, true);
	b->call.tun = s->tun;
	CU_ASSERT_FATAL(!dp_call_set(b->r.dp, &b->call));
	dp_flush(b->r.dp);
}

static void pass_down(struct pass *s)
{
	pass_route(dp_tun_name(s->b->r.dp, s->tun), CLIENT, client6, false);
	close(s->far);
	s->b->call.tun = s->b->tun;
	dp_call_set(s->b->r.dp, &s->b->call);
	dp_tun_close(s->b->r.dp, s->tun);
}

/* --- packets ---------------------------------------------------------------------------------- */

struct flow {
	bool v6, tcp;
	uint16_t port;
};

static void packet_sums(uint8_t *p, size_t len, const struct flow *f)
{
	size_t at = f->v6 ? 40 : 20;
	uint32_t sum = (uint32_t)(len - at) + (f->tcp ? 6 : 17);
	uint8_t *to = p + at + (f->tcp ? 16 : 6);

	wr_put16(to, 0);
	sum = f->v6 ? ip_sum(sum, p + 8, 32) : ip_sum(sum, p + 12, 8);
	wr_put16(to, (uint16_t)~ip_fold(ip_sum(sum, p + at, len - at)));
	if (!f->v6) {
		wr_put16(p + 10, 0);
		wr_put16(p + 10, (uint16_t)~ip_fold(ip_sum(0, p, 20)));
	}
}

/* Number i of a flow, n octets of data; up: from the client to the far end. */
static struct packet *packet(struct pass *s, const struct flow *f, bool up, unsigned i, size_t n)
{
	struct packet *to = &s->p[s->n++];
	struct wr w = wr_init(to->octets, sizeof(to->octets));
	size_t own = f->tcp ? 20 : 8;

	to->flow = f->port;
	if (f->v6) {
		wr_u32(&w, 0x60000000);
		wr_u16(&w, (uint16_t)(own + n));
		wr_u16(&w, (uint16_t)((f->tcp ? 6 : 17) << 8 | 64));
		wr_bytes(&w, up ? client6 : far6, 16);
		wr_bytes(&w, up ? far6 : client6, 16);
	} else {
		wr_u32(&w, 0x45000000u | (uint32_t)(20 + own + n));
		wr_u32(&w, (100 + i) << 16);
		wr_u32(&w, 64u << 24 | (f->tcp ? 6u : 17u) << 16);
		wr_u32(&w, up ? CLIENT : FAR);
		wr_u32(&w, up ? FAR : CLIENT);
	}
	wr_u16(&w, f->port);
	wr_u16(&w, 4000);
	if (f->tcp) {
		wr_u32(&w, 1000 + i * DATA);
		wr_u32(&w, 77);
		wr_u32(&w, 0x50100400);
		wr_u32(&w, 0);
	} else {
		wr_u16(&w, (uint16_t)(own + n));
		wr_u16(&w, 0);
	}
	for (size_t o = 0; o < n; o++)
		wr_u8(&w, (uint8_t)(f->port + i * n + o));
	to->len = w.len;
	packet_sums(to->octets, to->len, f);
	return to;
}

/* As a router has it: one hop fewer. */
static void packet_hop(struct packet *p)
{
	if (p->octets[0] >> 4 == 6) {
		p->octets[7]--;
		return;
	}
	p->octets[8]--;
	wr_put16(p->octets + 10, 0);
	wr_put16(p->octets + 10, (uint16_t)~ip_fold(ip_sum(0, p->octets, 20)));
}

/* One that was sent and has not been seen; in its flow it is the next. */
static bool pass_sees(struct pass *s, const uint8_t *octets, size_t len)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->p[i].seen || s->p[i].len != len || memcmp(s->p[i].octets, octets, len))
			continue;
		s->p[i].seen = true;
		for (unsigned k = 0; k < i; k++)
			CU_ASSERT_TRUE(s->p[k].seen || s->p[k].flow != s->p[i].flow);
		return true;
	}
	return false;
}

/* --- to the device ---------------------------------------------------------------------------- */

static const struct flow flows[] = {
	{false, true, 1}, {false, false, 2}, {true, true, 3}, {true, false, 4}};
#define FLOWS (sizeof(flows) / sizeof(flows[0]))

/* All in one batch, which is one buffer of frames of equal length; of each family. */
static void pass_client_says(struct pass *s, bool v6)
{
	static uint8_t batch[FAKE_FRAME];
	size_t one = 0, len = 0;

	for (unsigned i = 0; i < s->n; i++) {
		uint8_t *at = batch + len;

		if ((s->p[i].octets[0] >> 4 == 6) != v6)
			continue;
		len += test_hex(at, 16,
				v6 ? "0002 0002 0003 ff03 0057" : "0002 0002 0003 ff03 0021");
		memcpy(batch + len, s->p[i].octets, s->p[i].len);
		len += s->p[i].len;
		one = one ? one : len;
		CU_ASSERT_TRUE_FATAL((size_t)(batch + len - at) == one && len + one < FAKE_FRAME);
	}
	fake_octets(s->b->r.fake, 1, batch, len, (uint32_t)one);
}

static bool pass_far_has(struct rig *r, void *arg)
{
	struct pass *s = arg;
	struct pollfd p = {.fd = s->far, .events = POLLIN};
	uint8_t got[LONGEST];
	ssize_t n;

	(void)r;
	while (poll(&p, 1, 10) == 1 && (n = read(s->far, got, sizeof(got))) > 0)
		pass_sees(s, got, (size_t)n);
	for (unsigned i = 0; i < s->n; i++)
		if (!s->p[i].seen)
			return false;
	return true;
}

/* Two flows take turns in each batch; one packet has a wrong checksum, which is no router's
 * business. UDP's data is longer, so that the frames are of one length. */
static void pass_up_once(struct bench *b, unsigned offload)
{
	struct dp_counters before, after;
	struct pass s;
	unsigned has, joined = 0;

	pass_up(&s, b, offload, false);
	has = dp_tun_offload(b->r.dp, s.tun);
	dp_count(b->r.dp, &before);
	for (unsigned i = 0; i < ROW; i++)
		for (unsigned f = 0; f < FLOWS; f++)
			packet(&s, &flows[f], true, i, flows[f].tcp ? DATA : DATA + 12);
	s.p[s.n - 1].octets[60] ^= 1; /* the last of UDP in IPv6 */
	pass_client_says(&s, false);
	pass_client_says(&s, true);
	for (unsigned i = 0; i < s.n; i++)
		packet_hop(&s.p[i]);
	CU_ASSERT_TRUE(rig_wait(&b->r, pass_far_has, &s));
	rig_settle(&b->r);
	dp_count(b->r.dp, &after);
	joined += has & DP_TUN_TCP ? 2 * ROW : 0;
	joined += has & DP_TUN_UDP ? 2 * ROW - 1 : 0;
	CU_ASSERT_EQUAL(after.tun_joined - before.tun_joined, joined);
	CU_ASSERT_EQUAL(after.tun_tx - before.tun_tx, 4 * ROW);
	pass_down(&s);
}

static const unsigned offloads[] = {0, DP_TUN_TCP, DP_TUN_UDP, DP_TUN_OFFLOADS};

static void do_joined(struct bench *b)
{
	for (unsigned i = 0; i < sizeof(offloads) / sizeof(offloads[0]); i++)
		pass_up_once(b, offloads[i]);
}

static void joined(void)
{
	ip_bench_each("gather joined", do_joined);
}

/* --- from the device -------------------------------------------------------------------------- */

/* A row of packets as one super-packet, written at the far end. */
static void pass_far_says(struct pass *s, unsigned first)
{
	struct iovec iov[TUN_SUPER_HEAD + ROW];
	uint8_t head[TUN_HEADERS];
	struct ip_run r, x;

	CU_ASSERT_EQUAL(ip_run_begin(&r, s->p[first].octets, s->p[first].len), IP_RUN_BEGUN);
	for (unsigned i = 0; i < ROW; i++) {
		struct packet *p = &s->p[first + i];

		ip_run_begin(&x, p->octets, p->len);
		CU_ASSERT_TRUE_FATAL(!i || ip_run_join(&r, &x));
		iov[TUN_SUPER_HEAD + i] = (struct iovec){p->octets + r.hlen, p->len - r.hlen};
	}
	CU_ASSERT_TRUE(tun_super_write(s->far, &r, head, iov, TUN_SUPER_HEAD + ROW));
}

static bool pass_client_has(struct rig *r, void *arg)
{
	struct pass *s = arg;
	unsigned sent = fake_sent_count(r->fake), seen = 0;

	for (unsigned i = 0; i < sent; i++)
		if (r->fake->sent[i].len > L2TP_PPP)
			pass_sees(s, r->fake->sent[i].octets + L2TP_PPP,
				  r->fake->sent[i].len - L2TP_PPP);
	for (unsigned i = 0; i < s->n; i++)
		seen += s->p[i].seen;
	return seen == s->n;
}

static void pass_down_once(struct bench *b, unsigned offload, const struct flow *f)
{
	struct dp_counters before, after;
	struct pass s;
	unsigned has;

	pass_up(&s, b, offload, true);
	has = dp_tun_offload(b->r.dp, s.tun);
	dp_count(b->r.dp, &before);
	for (unsigned i = 0; i < ROW; i++)
		packet(&s, f, false, i, i + 1 < ROW ? DATA : DATA / 2);
	pass_far_says(&s, 0);
	for (unsigned i = 0; i < s.n; i++)
		packet_hop(&s.p[i]);
	CU_ASSERT_TRUE(rig_wait(&b->r, pass_client_has, &s));
	dp_count(b->r.dp, &after);
	CU_ASSERT_EQUAL(after.tun_cut - before.tun_cut,
			has & (f->tcp ? DP_TUN_TCP : DP_TUN_UDP) ? ROW : 0);
	pass_down(&s);
	b->r.fake->n_sent = 0;
}

/* Where the far device has no super-packets of UDP, there is nothing to begin with. */
static bool far_has_udp(struct bench *b)
{
	uint32_t no;
	char err[64];
	unsigned has;

	no = dp_tun_open(b->r.dp, "try%d", 1500, DP_TUN_OFFLOADS, err, sizeof(err));
	has = dp_tun_offload(b->r.dp, no);
	dp_tun_close(b->r.dp, no);
	return has & DP_TUN_UDP;
}

static void do_cut(struct bench *b)
{
	bool udp = far_has_udp(b);

	if (!udp)
		test_skip("gather cut", "this kernel has no super-packets of UDP at TUN devices");
	for (unsigned f = 0; f < FLOWS; f++)
		for (unsigned i = 0; i < sizeof(offloads) / sizeof(offloads[0]); i++)
			if (udp || flows[f].tcp)
				pass_down_once(b, offloads[i], &flows[f]);
}

static void cut(void)
{
	ip_bench_in(&rig_forms[0], "gather cut", do_cut);
}

/* The packet to the client with this text has the checksum it must have. */
static void pass_sum_is_right(struct bench *b, const char *text, bool v6)
{
	const struct flow of = {v6, false, 7000};
	const struct fake_frame *f = frame_with(b, text, strlen(text));
	uint8_t copy[LONGEST];
	size_t len;

	CU_ASSERT_FATAL(f != NULL);
	len = f->len - L2TP_PPP;
	memcpy(copy, f->octets + L2TP_PPP, len);
	packet_sums(copy, len, &of);
	ASSERT_OCTETS(f->octets + L2TP_PPP, len, copy, len);
}

/* The kernel leaves the checksum of what its own sockets send to the device. */
static void do_sums_of_sockets(struct bench *b)
{
	int s4 = netns_udp4(GATEWAY, 7000), s6 = netns_udp6(gateway6, 7000);

	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7000, "out four", 8) == 8);
	pass_sum_is_right(b, "out four", false);
	CU_ASSERT(ip_bench_send6(b, s6, client6, 7000, "out six", 7) == 7);
	pass_sum_is_right(b, "out six", true);
	close(s4);
	close(s6);
}

static void sums_of_sockets(void)
{
	ip_bench_each("gather sums_of_sockets", do_sums_of_sockets);
}

/* Packets cut out of a super-packet that are above the call's MTU are cut again (RFC 791). */
static void do_cut_and_fragmented(struct bench *b)
{
	static const struct flow f = {false, true, 9};
	uint8_t got[ROW * DATA];
	size_t total = 0;
	struct pass s;

	b->call.mtu = 20 + 20 + 56;
	pass_up(&s, b, DP_TUN_OFFLOADS, true);
	for (unsigned i = 0; i < ROW; i++)
		packet(&s, &f, false, i, DATA);
	pass_far_says(&s, 0);
	CU_ASSERT_TRUE(rig_wait_sent(&b->r, 2 * ROW));
	for (unsigned i = 0; i < 2 * ROW; i++) {
		const struct fake_frame *at = &b->r.fake->sent[i];
		size_t skip = L2TP_PPP + (i & 1 ? 20 : 40);

		CU_ASSERT_TRUE_FATAL(at->len > skip && total + at->len - skip <= sizeof(got));
		memcpy(got + total, at->octets + skip, at->len - skip);
		total += at->len - skip;
	}
	for (unsigned i = 0; i < ROW; i++)
		ASSERT_OCTETS(got + i * DATA, DATA, s.p[i].octets + 40, DATA);
	CU_ASSERT_EQUAL(total, ROW * DATA);
	b->call.mtu = CALL_MTU;
	pass_down(&s);
}

static void cut_and_fragmented(void)
{
	ip_bench_in(&rig_forms[0], "gather cut_and_fragmented", do_cut_and_fragmented);
}

/* --- whatever is done with packets, the same comes out ----------------------------------------- */

#define SAME_MOST 64u /* packets of a flow */
#define SAME_MTU  96u /* cuts each IPv4 packet into two */
#define SAME_HEAD 12u /* of a data message with sequence numbers: ids, Ns and Nr, protocol */
#define SYN_DATA  (DATA - 4u)

static unsigned same_16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t same_32(const uint8_t *p)
{
	return (uint32_t)same_16(p) << 16 | same_16(p + 2);
}

/* What is asked of the data plane besides. */
struct deed {
	const char *name;
	void (*set)(struct bench *b, struct dp_call *c);
	bool sequenced; /* data messages bear numbers, and come in another order */
	bool cut;	/* each IPv4 packet to the client is two fragments */
};

/* Packets whose last octet has none of these bits: some of each flow of TCP. */
static const struct bpf_insn same_some[] = {
	BPF_STMT(BPF_LD + BPF_W + BPF_LEN, 0),
	BPF_STMT(BPF_ALU + BPF_SUB + BPF_K, 1),
	BPF_STMT(BPF_MISC + BPF_TAX, 0),
	BPF_STMT(BPF_LD + BPF_B + BPF_IND, 0),
	BPF_JUMP(BPF_JMP + BPF_JSET + BPF_K, 4, 0, 1),
	BPF_STMT(BPF_RET + BPF_K, 0),
	BPF_STMT(BPF_RET + BPF_K, 65535),
};

static void deed_none(struct bench *b, struct dp_call *c)
{
	(void)b;
	(void)c;
}

static uint32_t same_filter; /* its number; 0 = none */

static void deed_filter(struct bench *b, struct dp_call *c)
{
	CU_ASSERT_FATAL(!dp_filter_add(b->r.dp, same_some, sizeof(same_some) / sizeof(same_some[0]),
				       &same_filter));
	c->filter[DP_FILTER_IP_IN] = c->filter[DP_FILTER_IP_OUT] = same_filter;
}

static void deed_sequence(struct bench *b, struct dp_call *c)
{
	(void)b;
	c->data.lns = c->data.send_seq = true;
	c->data.reorder = 8;
	c->data.reorder_timeout = 10000000;
}

static void deed_capture(struct bench *b, struct dp_call *c)
{
	CU_ASSERT(!dp_port_tap(b->r.dp, b->r.port, true));
	c->watched = true;
}

/* Nothing is added meanwhile: a burst of two packets of 1500 octets. */
static void deed_rate(struct bench *b, struct dp_call *c)
{
	(void)b;
	c->rate[DP_RATE_UP] = c->rate[DP_RATE_DOWN] = 1;
}

static void deed_cut(struct bench *b, struct dp_call *c)
{
	(void)b;
	c->mtu = SAME_MTU;
}

static void deed_marks(struct bench *b, struct dp_call *c)
{
	(void)b;
	c->dscp = DP_DSCP_COPY;
	c->discard = 1;
}

enum { DEED_NONE, DEED_FILTER, DEED_RATE, DEED_CUT };
static const struct deed deeds[] = {
	[DEED_NONE] = {"nothing more", deed_none, false, false},
	[DEED_FILTER] = {"filters", deed_filter, false, false},
	[DEED_RATE] = {"rates", deed_rate, false, false},
	[DEED_CUT] = {"fragments", deed_cut, false, true},
	{"sequence numbers", deed_sequence, true, false},
	{"captures", deed_capture, false, false},
	{"marks", deed_marks, false, false},
};
#define DEEDS (sizeof(deeds) / sizeof(deeds[0]))

/* What has come out of one flow, in its order. */
struct outcome {
	unsigned n;
	struct {
		uint32_t flags;
		size_t len;
		uint8_t octets[256];
	} p[SAME_MOST];
};

static void outcome_add(struct outcome *o, const uint8_t *octets, size_t len, uint32_t flags)
{
	CU_ASSERT_FATAL(o->n < SAME_MOST && len <= sizeof(o->p[0].octets));
	o->p[o->n].flags = flags;
	o->p[o->n].len = len;
	memcpy(o->p[o->n++].octets, octets, len);
}

static void outcome_same(const struct outcome *o, const struct outcome *want, const char *deed,
			 unsigned offload, bool together)
{
	unsigned bad = o->n != want->n;

	for (unsigned i = 0; i < o->n && i < want->n; i++)
		bad += o->p[i].len != want->p[i].len || o->p[i].flags != want->p[i].flags ||
		       memcmp(o->p[i].octets, want->p[i].octets, o->p[i].len);
	CU_ASSERT_EQUAL(bad, 0);
	if (bad)
		printf("\n      %s, offload %u, %s: %u of %u, wanted %u", deed, offload,
		       together ? "together" : "one by one", bad, o->n, want->n);
}

/* A call that has carried nothing yet, of this device. */
static void same_begin(struct pass *s, const struct deed *d)
{
	struct bench *b = s->b;
	struct dp_call c = b->call;

	s->n = 0;
	memset(s->p, 0, sizeof(s->p));
	b->r.n_line = 0;
	b->r.fake->n_sent = 0;
	dp_port_tap(b->r.dp, b->r.port, false);
	d->set(b, &c);
	dp_call_del(b->r.dp, c.tid, c.sid);
	CU_ASSERT_FATAL(!dp_call_set(b->r.dp, &c));
	dp_flush(b->r.dp);
}

static void same_end(struct pass *s)
{
	dp_port_tap(s->b->r.dp, s->b->r.port, false);
	dp_call_del(s->b->r.dp, s->b->call.tid, s->b->call.sid);
	CU_ASSERT_FATAL(!dp_call_set(s->b->r.dp, &s->b->call));
	dp_filter_del(s->b->r.dp, same_filter);
	same_filter = 0;
}

/* The first packet of a connection, with an MSS of 1460 (RFC 9293 3.2) and as long as the others.
 */
static void same_syn(struct pass *s, const struct flow *f, bool up)
{
	static const uint8_t option[] = {2, 4, 1460 >> 8, 1460 & 255};
	struct packet *p = packet(s, f, up, 0, SYN_DATA);
	size_t at = f->v6 ? 60 : 40;

	memmove(p->octets + at + 4, p->octets + at, SYN_DATA);
	memcpy(p->octets + at, option, sizeof(option));
	p->len += 4;
	p->octets[at - 8] = 0x60; /* data offset: 24 octets */
	p->octets[at - 7] = 0x02;
	if (f->v6)
		wr_put16(p->octets + 4, (uint16_t)(p->len - 40));
	else
		wr_put16(p->octets + 2, (uint16_t)p->len);
	packet_sums(p->octets, p->len, f);
}

static void same_spoofed(struct packet *p, const struct flow *f)
{
	if (f->v6)
		memcpy(p->octets + 8, other6, 16);
	else
		wr_put32(p->octets + 12, CLIENT + 1);
	packet_sums(p->octets, p->len, f);
}

/* Flows take turns; connections begin; each fourth packet of UDP has a source that is not the
 * client's. */
static void same_up_packets(struct pass *s)
{
	for (unsigned i = 0; i < ROW; i++)
		for (unsigned k = 0; k < FLOWS; k++) {
			const struct flow *f = &flows[k];

			if (f->tcp && !i)
				same_syn(s, f, true);
			else
				packet(s, f, true, i, f->tcp ? DATA : DATA + 12);
			if (!f->tcp && i % 4 == 3)
				same_spoofed(&s->p[s->n - 1], f);
		}
}

static size_t same_message(uint8_t *to, const struct packet *p, const struct deed *d, unsigned ns)
{
	size_t len = test_hex(to, 16, d->sequenced ? "0802 0002 0003" : "0002 0002 0003");

	if (d->sequenced) {
		wr_put16(to + len, (uint16_t)ns);
		wr_put16(to + len + 2, 0);
		len += 4;
	}
	len += test_hex(to + len, 16, p->octets[0] >> 4 == 6 ? "ff03 0057" : "ff03 0021");
	memcpy(to + len, p->octets, p->len);
	return len + p->len;
}

/* Those of a family, each by itself or all in one buffer; with numbers, the second of two first. */
static void same_client_says(struct pass *s, const struct deed *d, bool together, bool v6,
			     unsigned *ns)
{
	static uint8_t buffer[FAKE_FRAME];
	const struct packet *of[8 * ROW];
	size_t len = 0, one = 0;
	unsigned n = 0;

	for (unsigned i = 0; i < s->n; i++)
		if ((s->p[i].octets[0] >> 4 == 6) == v6)
			of[n++] = &s->p[i];
	for (unsigned i = 0; i < n; i++) {
		unsigned k = d->sequenced ? i ^ 1u : i;

		one = same_message(buffer + len, of[k], d, *ns + k);
		len += one;
		CU_ASSERT_TRUE_FATAL(len + one < FAKE_FRAME);
		if (!together) {
			fake_octets(s->b->r.fake, 1, buffer, len, 0);
			len = 0;
		}
	}
	*ns += n;
	if (together)
		fake_octets(s->b->r.fake, 1, buffer, len, (uint32_t)one);
}

struct same_far {
	struct pass *s;
	struct outcome *out; /* one of each flow */
	uint64_t want;
	unsigned n;
};

static bool same_far_has(struct rig *r, void *arg)
{
	struct same_far *w = arg;
	struct pollfd p = {.fd = w->s->far, .events = POLLIN};
	uint8_t got[LONGEST];
	ssize_t n;

	(void)r;
	while (poll(&p, 1, w->n < w->want ? 10 : 0) == 1 &&
	       (n = read(w->s->far, got, sizeof(got))) > 0) {
		unsigned port = same_16(got + (got[0] >> 4 == 6 ? 40 : 20));

		if (n < 28 || same_16(got + (got[0] >> 4 == 6 ? 42 : 22)) != 4000)
			continue; /* what the kernel says by itself */
		CU_ASSERT_TRUE_FATAL(port >= 1 && port <= FLOWS);
		outcome_add(&w->out[port - 1], got, (size_t)n, 0);
		w->n++;
	}
	return w->n >= w->want;
}

static void same_up(struct pass *s, const struct deed *d, bool together, struct outcome *out)
{
	struct dp_counters before, after;
	struct same_far w = {.s = s, .out = out};
	unsigned ns = 0;

	same_begin(s, d);
	memset(out, 0, FLOWS * sizeof(*out));
	same_up_packets(s);
	dp_count(s->b->r.dp, &before);
	same_client_says(s, d, together, false, &ns);
	same_client_says(s, d, together, true, &ns);
	rig_settle(&s->b->r);
	dp_count(s->b->r.dp, &after);
	w.want = after.tun_tx - before.tun_tx;
	CU_ASSERT_TRUE(rig_wait(&s->b->r, same_far_has, &w));
	CU_ASSERT_EQUAL(w.n, w.want);
	if (d - deeds != DEED_FILTER && d - deeds != DEED_RATE) /* these drop some of them */
		CU_ASSERT_EQUAL(after.reason[DP_R_SPOOF] - before.reason[DP_R_SPOOF], 2 * ROW / 4);
	same_end(s);
}

/* By what the words of each say, not by what we send. */
static void same_up_is_right(const struct deed *d, const struct outcome *o)
{
	const unsigned which = (unsigned)(d - deeds);

	if (which == DEED_RATE) {
		/* IPv4 goes first, and among these are two whose source is not the client's */
		CU_ASSERT_EQUAL(o[0].n + o[1].n + o[2].n + o[3].n, 3000 / 140 - 2);
		return;
	}
	CU_ASSERT_EQUAL(same_16(o[0].p[0].octets + 42), (d->cut ? SAME_MTU : CALL_MTU) - 40);
	for (unsigned f = 0; f < FLOWS; f++) {
		unsigned all = flows[f].tcp ? ROW : ROW - ROW / 4;

		CU_ASSERT_EQUAL(o[f].n < all, which == DEED_FILTER && flows[f].tcp);
		CU_ASSERT(o[f].n > 0 && o[f].n <= all);
	}
}

static void do_same_up(struct bench *b)
{
	static struct outcome want[DEEDS][FLOWS], got[FLOWS];
	struct pass s;

	for (unsigned i = 0; i < 2 * sizeof(offloads) / sizeof(offloads[0]); i++) {
		pass_up(&s, b, offloads[i / 2], false);
		for (unsigned k = 0; k < DEEDS; k++) {
			same_up(&s, &deeds[k], i & 1, i ? got : want[k]);
			if (!i)
				same_up_is_right(&deeds[k], want[k]);
			for (unsigned f = 0; i && f < FLOWS; f++)
				outcome_same(&got[f], &want[k][f], deeds[k].name, offloads[i / 2],
					     i & 1);
		}
		pass_down(&s);
	}
}

static void same_towards_the_device(void)
{
	ip_bench_in(&rig_forms[0], "gather same_towards_the_device", do_same_up);
}

/* --- the same from the device ------------------------------------------------------------------ */

/* Those of ours that have been sent to the client. */
static unsigned same_client_has(struct pass *s, struct outcome *out)
{
	struct fake *f = s->b->r.fake;
	unsigned sent = fake_sent_count(f);

	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; i < sent; i++) {
		const struct fake_frame *at = &f->sent[i];
		const uint8_t *far;
		size_t len;

		for (size_t h = L2TP_PPP; h <= SAME_HEAD && at->len > h + 40; h += 4) {
			far = at->octets + h;
			len = at->len - h;
			if ((far[0] == 0x45 && same_32(far + 12) == FAR && len <= 256) ||
			    (far[0] >> 4 == 6 && !memcmp(far + 8, far6, 16))) {
				outcome_add(out, at->octets, at->len, at->flags);
				break;
			}
		}
	}
	return out->n;
}

struct same_client {
	struct pass *s;
	struct outcome *out;
	struct dp_counters before;
	unsigned want;
};

/* Each has come, or is counted as dropped. */
static bool same_all_came(struct rig *r, void *arg)
{
	static const enum dp_reason why[] = {DP_R_FILTER_OUT, DP_R_RATE_DOWN, DP_R_TOO_BIG};
	struct same_client *w = arg;
	struct dp_counters now;
	uint64_t n = same_client_has(w->s, w->out);

	dp_count(r->dp, &now);
	for (unsigned i = 0; i < 3; i++)
		n += now.reason[why[i]] - w->before.reason[why[i]];
	return n >= w->want;
}

static void same_far_says(struct pass *s, bool together, unsigned from)
{
	if (together) {
		pass_far_says(s, from);
		return;
	}
	for (unsigned i = from; i < from + ROW; i++)
		CU_ASSERT_TRUE(tun_super_write_one(s->far, 0, s->p[i].octets, s->p[i].len));
}

static void same_down(struct pass *s, const struct deed *d, const struct flow *f, bool together,
		      struct outcome *out)
{
	struct same_client w = {.s = s, .out = out};

	same_begin(s, d);
	if (f->tcp)
		same_syn(s, f, false);
	for (unsigned i = 0; i < 2 * ROW; i++)
		packet(s, f, false, i + 1, f->tcp ? DATA : DATA + 12);
	w.want = s->n * (d->cut && !f->v6 ? 2 : 1);
	dp_count(s->b->r.dp, &w.before);
	if (f->tcp)
		CU_ASSERT_TRUE(tun_super_write_one(s->far, together ? TUN_VNET : 0, s->p[0].octets,
						   s->p[0].len));
	same_far_says(s, together, f->tcp);
	same_far_says(s, together, f->tcp + ROW);
	CU_ASSERT_TRUE(rig_wait(&s->b->r, same_all_came, &w));
	same_end(s);
}

static void same_down_is_right(const struct deed *d, const struct flow *f, const struct outcome *o)
{
	const unsigned all = 2 * ROW + f->tcp, which = (unsigned)(d - deeds);
	const unsigned mss = L2TP_PPP + (f->v6 ? 62 : 42);
	unsigned want = all;

	if (which == DEED_RATE)
		want = 3000 / (f->v6 ? 160 : 140);
	else if (which == DEED_CUT)
		want = f->v6 ? 0 : 2 * all;
	if (which == DEED_FILTER && f->tcp)
		CU_ASSERT(o->n > 1 && o->n < all);
	if (which != DEED_FILTER)
		CU_ASSERT_EQUAL(o->n, want);
	if (which == DEED_NONE && f->tcp)
		CU_ASSERT_EQUAL(same_16(o->p[0].octets + mss), CALL_MTU - (f->v6 ? 60 : 40));
}

static void do_same_down(struct bench *b)
{
	static struct outcome want[DEEDS][FLOWS], got;
	bool udp = far_has_udp(b);
	struct pass s;

	for (unsigned i = 0; i < 2 * sizeof(offloads) / sizeof(offloads[0]); i++) {
		pass_up(&s, b, offloads[i / 2], i & 1);
		for (unsigned k = 0; k < DEEDS * FLOWS; k++) {
			const struct flow *f = &flows[k % FLOWS];
			const struct deed *d = &deeds[k / FLOWS];
			struct outcome *first = &want[k / FLOWS][k % FLOWS];

			if (i & 1 && !udp && !f->tcp)
				continue;
			same_down(&s, d, f, i & 1, i ? &got : first);
			if (i)
				outcome_same(&got, first, d->name, offloads[i / 2], i & 1);
			else
				same_down_is_right(d, f, first);
		}
		pass_down(&s);
	}
	b->r.fake->n_sent = 0;
}

static void same_from_the_device(void)
{
	ip_bench_in(&rig_forms[0], "gather same_from_the_device", do_same_down);
}

static const struct test_case cases[] = {
	{"joined", joined},
	{"cut", cut},
	{"sums_of_sockets", sums_of_sockets},
	{"cut_and_fragmented", cut_and_fragmented},
	{"same_towards_the_device", same_towards_the_device},
	{"same_from_the_device", same_from_the_device},
	{NULL, NULL},
};
const struct test_suite suite_gather = {"gather", cases};
