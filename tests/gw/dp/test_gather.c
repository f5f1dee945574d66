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
#include <poll.h>
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

static const struct test_case cases[] = {
	{"joined", joined},
	{"cut", cut},
	{"sums_of_sockets", sums_of_sockets},
	{"cut_and_fragmented", cut_and_fragmented},
	{NULL, NULL},
};
const struct test_suite suite_gather = {"gather", cases};
