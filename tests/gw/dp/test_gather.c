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
#include "tests/gw/dp/through.h"
#include "tests/harness.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- to the device ---------------------------------------------------------------------------- */

/* All in one batch, which is one buffer of frames of equal length; of each family. */
static void pass_client_says(struct through *s, bool v6)
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
	struct through *s = arg;
	struct pollfd p = {.fd = s->far, .events = POLLIN};
	uint8_t got[LONGEST];
	ssize_t n;

	(void)r;
	while (poll(&p, 1, 10) == 1 && (n = read(s->far, got, sizeof(got))) > 0)
		through_sees(s, got, (size_t)n);
	for (unsigned i = 0; i < s->n; i++)
		if (!s->p[i].seen)
			return false;
	return true;
}

/* Two through_flows take turns in each batch; one packet has a wrong checksum, which is no router's
 * business. UDP's data is longer, so that the frames are of one length. */
static void pass_up_once(struct bench *b, unsigned offload)
{
	struct dp_counters before, after;
	struct through s;
	unsigned has, joined = 0;

	through_up(&s, b, offload, false);
	has = dp_tun_offload(b->r.dp, s.tun);
	dp_count(b->r.dp, &before);
	for (unsigned i = 0; i < ROW; i++)
		for (unsigned f = 0; f < THROUGH_FLOWS; f++)
			through_packet(&s, &through_flows[f], true, i,
				       through_flows[f].tcp ? DATA : DATA + 12);
	s.p[s.n - 1].octets[60] ^= 1; /* the last of UDP in IPv6 */
	pass_client_says(&s, false);
	pass_client_says(&s, true);
	for (unsigned i = 0; i < s.n; i++)
		through_hop(&s.p[i]);
	CU_ASSERT_TRUE(rig_wait(&b->r, pass_far_has, &s));
	rig_settle(&b->r);
	dp_count(b->r.dp, &after);
	joined += has & DP_TUN_TCP ? 2 * ROW : 0;
	joined += has & DP_TUN_UDP ? 2 * ROW - 1 : 0;
	CU_ASSERT_EQUAL(after.tun_joined - before.tun_joined, joined);
	CU_ASSERT_EQUAL(after.tun_tx - before.tun_tx, 4 * ROW);
	through_down(&s);
}

static void do_joined(struct bench *b)
{
	for (unsigned i = 0; i < THROUGH_OFFLOADS; i++)
		pass_up_once(b, through_offloads[i]);
}

static void joined(void)
{
	ip_bench_each("gather joined", do_joined);
}

/* --- from the device -------------------------------------------------------------------------- */

static bool pass_client_has(struct rig *r, void *arg)
{
	struct through *s = arg;
	unsigned sent = fake_sent_count(r->fake), seen = 0;

	for (unsigned i = 0; i < sent; i++)
		if (r->fake->sent[i].len > L2TP_PPP)
			through_sees(s, r->fake->sent[i].octets + L2TP_PPP,
				     r->fake->sent[i].len - L2TP_PPP);
	for (unsigned i = 0; i < s->n; i++)
		seen += s->p[i].seen;
	return seen == s->n;
}

static void pass_down_once(struct bench *b, unsigned offload, const struct through_flow *f)
{
	struct dp_counters before, after;
	struct through s;
	unsigned has;

	through_up(&s, b, offload, true);
	has = dp_tun_offload(b->r.dp, s.tun);
	dp_count(b->r.dp, &before);
	for (unsigned i = 0; i < ROW; i++)
		through_packet(&s, f, false, i, i + 1 < ROW ? DATA : DATA / 2);
	through_far_says(&s, 0);
	for (unsigned i = 0; i < s.n; i++)
		through_hop(&s.p[i]);
	CU_ASSERT_TRUE(rig_wait(&b->r, pass_client_has, &s));
	dp_count(b->r.dp, &after);
	CU_ASSERT_EQUAL(after.tun_cut - before.tun_cut,
			has & (f->tcp ? DP_TUN_TCP : DP_TUN_UDP) ? ROW : 0);
	through_down(&s);
	b->r.fake->n_sent = 0;
}

static void do_cut(struct bench *b)
{
	bool udp = through_has_udp(b);

	if (!udp)
		test_skip("gather cut", "this kernel has no super-packets of UDP at TUN devices");
	for (unsigned f = 0; f < THROUGH_FLOWS; f++)
		for (unsigned i = 0; i < THROUGH_OFFLOADS; i++)
			if (udp || through_flows[f].tcp)
				pass_down_once(b, through_offloads[i], &through_flows[f]);
}

static void cut(void)
{
	ip_bench_in(&rig_forms[0], "gather cut", do_cut);
}

/* The packet to the client with this text has the checksum it must have. */
static void pass_sum_is_right(struct bench *b, const char *text, bool v6)
{
	const struct through_flow of = {v6, false, 7000};
	const struct fake_frame *f = frame_with(b, text, strlen(text));
	uint8_t copy[LONGEST];
	size_t len;

	CU_ASSERT_FATAL(f != NULL);
	len = f->len - L2TP_PPP;
	memcpy(copy, f->octets + L2TP_PPP, len);
	through_sums(copy, len, &of);
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
	static const struct through_flow f = {false, true, 9};
	uint8_t got[ROW * DATA];
	size_t total = 0;
	struct through s;

	b->call.mtu = 20 + 20 + 56;
	through_up(&s, b, DP_TUN_OFFLOADS, true);
	for (unsigned i = 0; i < ROW; i++)
		through_packet(&s, &f, false, i, DATA);
	through_far_says(&s, 0);
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
	through_down(&s);
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
